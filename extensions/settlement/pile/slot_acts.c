/* slot_acts.c: acts of the bay: begun, given their time, tried again where that helps, and their outcomes as events of the
 * machine. A mark is written in two halves and read back; only what was read counts. */
#include "pile_internal.h"

#include <string.h>

enum write_step { WRITE_FIRST, WRITE_SECOND, WRITE_READ_BACK };

/* --- marks -------------------------------------------------------------------------------------------------------------------
 */

static bool is_short(const struct ocpp_settle_agent *agent)
{
    return agent->bay.mark_room == OCPP_SETTLE_MARK_ROOM_CHARACTERS;
}

/* Whether |text| is a mark this bay can write, and says what it is said to say. Ten characters say nothing. */
bool slot_mark_says(const struct ocpp_settle_agent *agent, const char *text, bool is_neutral, int64_t generation)
{
    unsigned char bytes[OCPP_SETTLE_MARK_SIZE];
    struct ocpp_settle_mark mark = { .generation = 0 };
    uint16_t fleet = 0;
    if (is_short(agent)) {
        return ocpp_settle_mark_short_is_valid(text);
    }
    if (ocpp_settle_mark_parse(text, bytes) != OCPP_OK ||
        ocpp_settle_mark_fleet(&agent->settings.keys, agent->kept.operator_id, &fleet) != OCPP_OK) {
        return false;
    }
    const enum ocpp_settle_mark_reading reading = ocpp_settle_mark_read(bytes, fleet, &mark);
    return reading == (is_neutral ? OCPP_SETTLE_READ_NEUTRAL : OCPP_SETTLE_READ_MARKED) && mark.generation == generation;
}

/* What a bank was found to bear, as text and judged without a key. False: no mark at all. */
static bool take_mark(struct ocpp_settle_agent *agent, struct slot *slot, const struct ocpp_settle_bay_outcome *outcome)
{
    struct ocpp_settle_mark mark = { .generation = 0 };
    uint16_t fleet = 0;
    slot->read_generation = 0;
    if (outcome->mark == NULL ||
        outcome->mark_size != (is_short(agent) ? OCPP_SETTLE_MARK_SHORT_SIZE - 1 : OCPP_SETTLE_MARK_SIZE)) {
        return false;
    }
    if (is_short(agent)) { /* a handle says nothing by itself */
        memcpy(slot->read_mark, outcome->mark, OCPP_SETTLE_MARK_SHORT_SIZE - 1);
        slot->read_mark[OCPP_SETTLE_MARK_SHORT_SIZE - 1] = '\0';
        slot->read_state = OCPP_SETTLE_MARK_STATE_MARKED;
        return ocpp_settle_mark_short_is_valid(slot->read_mark);
    }
    if (ocpp_settle_mark_fleet(&agent->settings.keys, agent->kept.operator_id, &fleet) != OCPP_OK) {
        return false;
    }
    ocpp_settle_mark_write(outcome->mark, slot->read_mark);
    switch (ocpp_settle_mark_read(outcome->mark, fleet, &mark)) {
    case OCPP_SETTLE_READ_UNREADABLE:
        return false;
    case OCPP_SETTLE_READ_TORN:
        slot->read_state = OCPP_SETTLE_MARK_STATE_TORN;
        return true;
    case OCPP_SETTLE_READ_NEUTRAL:
        slot->read_state = OCPP_SETTLE_MARK_STATE_NEUTRAL;
        break;
    case OCPP_SETTLE_READ_MARKED:
    case OCPP_SETTLE_READ_FOREIGN:
    case OCPP_SETTLE_READ_FORGED:
        slot->read_state = OCPP_SETTLE_MARK_STATE_MARKED;
        break;
    }
    slot->read_generation = mark.generation;
    return true;
}

/* Whether the bank bears exactly |text|. */
static bool bears(const struct ocpp_settle_agent *agent, const struct ocpp_settle_bay_outcome *outcome, const char *text)
{
    unsigned char bytes[OCPP_SETTLE_MARK_SIZE];
    if (is_short(agent)) {
        return outcome->mark_size == strlen(text) && outcome->mark != NULL && memcmp(outcome->mark, text, strlen(text)) == 0;
    }
    return outcome->mark_size == sizeof(bytes) && outcome->mark != NULL && ocpp_settle_mark_parse(text, bytes) == OCPP_OK &&
           memcmp(outcome->mark, bytes, sizeof(bytes)) == 0;
}

static enum ocpp_status write_half(struct ocpp_settle_agent *agent, const struct slot *slot, enum ocpp_settle_bay_half half)
{
    unsigned char bytes[OCPP_SETTLE_MARK_SIZE] = { 0 };
    const int number = slot_number(agent, slot);
    size_t size = (OCPP_SETTLE_MARK_SHORT_SIZE - 1) / 2;
    if (is_short(agent)) {
        memcpy(bytes, slot->intent.target, 2 * size);
    } else {
        const enum ocpp_status status = ocpp_settle_mark_parse(slot->intent.target, bytes);
        if (status != OCPP_OK) {
            return status;
        }
        size = OCPP_SETTLE_MARK_HALF_SIZE;
    }
    return agent->bay.write_mark(number, slot->act_number, half, bytes + (half == OCPP_SETTLE_BAY_FIRST_HALF ? 0 : size), size,
                                 agent->bay.user);
}

/* --- beginning ---------------------------------------------------------------------------------------------------------------
 */

typedef enum ocpp_status simple_act(int slot, uint32_t act, void *user);

static simple_act *act_of(const struct ocpp_settle_agent *agent, const struct slot *slot)
{
    const struct ocpp_settle_bay *bay = &agent->bay;
    switch (slot->act) {
    case ACT_QUERY:
        return bay->query;
    case ACT_READ:
        return bay->read_mark;
    case ACT_WRITE:
        return slot->act_step == WRITE_READ_BACK ? bay->read_mark : NULL;
    case ACT_EJECT:
        return bay->eject;
    case ACT_RETRACT:
        return bay->retract;
    case ACT_FORCE:
        return bay->force_eject != NULL ? bay->force_eject : bay->eject;
    case ACT_TEST:
        return bay->self_test;
    case ACT_NONE:
    case ACT_STEADY_TIMER:
    case ACT_TAKE_TIMER:
        break;
    }
    return NULL;
}

static int64_t time_of(const struct ocpp_settle_agent *agent, const struct slot *slot)
{
    const struct ocpp_settle_agent_settings *settings = &agent->settings;
    switch (slot->act) {
    case ACT_QUERY:
        return settings->query_ms;
    case ACT_READ:
        return settings->read_ms;
    case ACT_WRITE:
        return slot->act_step == WRITE_READ_BACK ? settings->read_ms : settings->write_ms;
    case ACT_TEST:
        return settings->test_ms;
    case ACT_NONE:
    case ACT_STEADY_TIMER:
    case ACT_TAKE_TIMER:
    case ACT_EJECT:
    case ACT_RETRACT:
    case ACT_FORCE:
        break;
    }
    return settings->eject_ms;
}

/* Begins the act of the slot, or the next step of it. What cannot be begun has failed, a moment later. */
static void begin_step(struct ocpp_settle_agent *agent, struct slot *slot)
{
    simple_act *act = act_of(agent, slot);
    enum ocpp_status status;
    slot->act_number = ++agent->acts;
    slot->act_until = agent->now.mono_ms + time_of(agent, slot);
    if (slot->act == ACT_WRITE && slot->act_step != WRITE_READ_BACK) {
        status =
            write_half(agent, slot, slot->act_step == WRITE_FIRST ? OCPP_SETTLE_BAY_FIRST_HALF : OCPP_SETTLE_BAY_SECOND_HALF);
    } else {
        status = act(slot_number(agent, slot), slot->act_number, agent->bay.user);
    }
    if (status != OCPP_OK) {
        slot->act_until = agent->now.mono_ms;
    }
}

void slot_begin(struct ocpp_settle_agent *agent, struct slot *slot, enum slot_act act)
{
    if (act == ACT_NONE) {
        return;
    }
    if (act == ACT_STEADY_TIMER || act == ACT_TAKE_TIMER) {
        slot->until =
            agent->now.mono_ms + (act == ACT_STEADY_TIMER ? agent->settings.debounce_ms : agent->settings.take_within_ms);
        return;
    }
    if (act == ACT_TEST && agent->bay.self_test == NULL) {
        return;
    }
    if (act == ACT_RETRACT && agent->bay.retract == NULL) { /* it stands where it is */
        slot_happens(agent, slot, SLOT_DONE, NULL);
        return;
    }
    slot->act = act;
    slot->act_step = 0;
    slot->act_attempts = 1;
    begin_step(agent, slot);
}

/* --- ending ------------------------------------------------------------------------------------------------------------------
 */

static void end(struct slot *slot)
{
    slot->act = ACT_NONE;
    slot->act_until = OCPP_NEVER;
}

/* A grant does not hold for ever, and may be taken back: then nothing is let out. */
static enum slot_event written(const struct ocpp_settle_agent *agent, struct slot *slot)
{
    if (slot->state != SLOT_AWAIT_MARK) {
        return SLOT_DONE;
    }
    return slot->intent.is_cancelled || agent->now.mono_ms >= slot->intent.until_mono_ms ? SLOT_EXPIRED : SLOT_DONE;
}

static void happens(struct ocpp_settle_agent *agent, struct slot *slot, enum slot_event event)
{
    end(slot);
    slot_happens(agent, slot, event, NULL);
}

static void try_again(struct ocpp_settle_agent *agent, struct slot *slot, int attempts)
{
    if (slot->act_attempts >= attempts) {
        happens(agent, slot, SLOT_FAILED);
        return;
    }
    slot->act_attempts++;
    slot->act_step = 0;
    begin_step(agent, slot);
}

/* After a start: a slot that says nothing is asked again. It is suspect until it answers, and no longer: a cabinet may start more
 * slowly than its pile. */
static void query_failed(struct ocpp_settle_agent *agent, struct slot *slot)
{
    if (!slot->is_asleep && slot->state == SLOT_AWAIT_RETRACT) { /* whether the bank was taken nobody knows until it answers */
        end(slot);
        slot->until = agent->now.mono_ms + agent->settings.storage_retry_ms;
        return;
    }
    if (!slot->is_asleep) {
        happens(agent, slot, SLOT_FAILED);
        return;
    }
    end(slot);
    slot->silences += slot->silences < agent->settings.suspect_after;
    slot->until = agent->now.mono_ms + agent->settings.storage_retry_ms;
}

/* Where it failed too often the slot is asked whether the bank is there at all: one that answers nothing any more may have let it
 * out, and says so when it speaks again. */
static void retract_failed(struct ocpp_settle_agent *agent, struct slot *slot)
{
    slot->retracts += slot->retracts < PILE_RETRACTS;
    if (slot->retracts >= PILE_RETRACTS) {
        slot_begin(agent, slot, ACT_QUERY);
        return;
    }
    happens(agent, slot, SLOT_FAILED);
}

void slot_act_failed(struct ocpp_settle_agent *agent, struct slot *slot, enum ocpp_settle_bay_result result)
{
    switch (slot->act) {
    case ACT_QUERY:
        query_failed(agent, slot);
        break;
    case ACT_READ:
        try_again(agent, slot, agent->settings.read_attempts);
        break;
    case ACT_WRITE:
        try_again(agent, slot, agent->settings.write_attempts);
        break;
    case ACT_EJECT:
    case ACT_FORCE:
        happens(agent, slot, result == OCPP_SETTLE_BAY_JAMMED ? SLOT_JAMMED : SLOT_FAILED);
        break;
    case ACT_RETRACT:
        retract_failed(agent, slot);
        break;
    case ACT_TEST:
        happens(agent, slot, SLOT_BAD);
        break;
    case ACT_NONE:
    case ACT_STEADY_TIMER:
    case ACT_TAKE_TIMER:
        end(slot);
        break;
    }
}

static bool is_another(const struct slot *slot)
{
    return (slot->hardware_id[0] != '\0' && strcmp(slot->hardware_id, slot->seen_hardware_id) != 0) ||
           (slot->bank[0] != '\0' && strcmp(slot->bank, slot->seen_bank) != 0);
}

static bool differs(const char *known, const char *seen)
{
    return known[0] != '\0' && seen[0] != '\0' && strcmp(known, seen) != 0;
}

/* Where the bank that is there is not the one the slot speaks of, that one went: its mark is not written into this one, and its
 * rental began (A5). Of a bank at rest the mark is looked at, too. */
static bool was_exchanged(const struct slot *slot)
{
    return slot->state != SLOT_EMPTY && slot->state != SLOT_IDLE &&
           (differs(slot->hardware_id, slot->seen_hardware_id) || differs(slot->bank, slot->seen_bank));
}

/* Whoever was told that it is suspect hears how it is when it has been looked at. */
static void tell_awake(struct ocpp_settle_agent *agent, const struct slot *slot)
{
    if (slot->silences >= agent->settings.suspect_after && agent->link == OCPP_SETTLE_AGENT_ON) {
        agent->inventory_at = agent->now.mono_ms + agent->settings.query_ms + agent->settings.read_ms;
    }
}

static void queried(struct ocpp_settle_agent *agent, struct slot *slot, const struct ocpp_settle_bay_outcome *outcome)
{
    const bool was_asleep = slot->is_asleep;
    pile_copy_heard(slot->seen_bank, sizeof(slot->seen_bank), outcome->bank);
    pile_copy_heard(slot->seen_hardware_id, sizeof(slot->seen_hardware_id), outcome->hardware_id);
    slot->charge = outcome->is_present ? outcome->charge : -1;
    if (slot->state == SLOT_EMPTY || slot->state == SLOT_AWAIT_QUERY) {
        slot->condition = outcome->condition;
    }
    if (was_asleep) { /* when it was taken, if it was, nobody saw: since it could be (A5) */
        slot->is_exchanged = outcome->is_present && was_exchanged(slot);
        slot->is_present = outcome->is_present;
        slot->sensed_at = agent->now.mono_ms;
        slot->sensed = (!outcome->is_present || slot->is_exchanged) && slot->intent.has_at ? slot->intent.at : pile_moment(agent);
        tell_awake(agent, slot);
        slot->is_asleep = false;
        slot->silences = 0;
    }
    if (slot->state == SLOT_AWAIT_RETRACT && !outcome->is_present && slot->is_present && slot->intent.has_at) {
        slot->sensed = slot->intent.at; /* likewise */
    }
    slot->is_present &= outcome->is_present; /* the sensor tells anew */
    happens(agent, slot, outcome->is_present && !slot->is_exchanged ? SLOT_FOUND : SLOT_MISSING);
}

static void read_done(struct ocpp_settle_agent *agent, struct slot *slot, const struct ocpp_settle_bay_outcome *outcome)
{
    if (!take_mark(agent, slot, outcome)) {
        slot_act_failed(agent, slot, OCPP_SETTLE_BAY_UNREADABLE);
        return;
    }
    const bool is_other = slot->state == SLOT_AWAIT_RECHECK && (!bears(agent, outcome, slot->mark) || is_another(slot));
    happens(agent, slot, is_other ? SLOT_OTHER : SLOT_DONE);
}

static void write_done(struct ocpp_settle_agent *agent, struct slot *slot, const struct ocpp_settle_bay_outcome *outcome)
{
    if (slot->act_step != WRITE_READ_BACK) {
        slot->act_step++;
        begin_step(agent, slot);
    } else if (bears(agent, outcome, slot->intent.target)) {
        happens(agent, slot, written(agent, slot));
    } else {
        slot_act_failed(agent, slot, OCPP_SETTLE_BAY_FAILED);
    }
}

void slot_outcome(struct ocpp_settle_agent *agent, struct slot *slot, const struct ocpp_settle_bay_outcome *outcome)
{
    if (slot->act == ACT_NONE || outcome->act != slot->act_number) {
        return;
    }
    if (outcome->result != OCPP_SETTLE_BAY_DONE) {
        slot_act_failed(agent, slot, outcome->result);
        return;
    }
    switch (slot->act) {
    case ACT_QUERY:
        queried(agent, slot, outcome);
        break;
    case ACT_READ:
        read_done(agent, slot, outcome);
        break;
    case ACT_WRITE:
        write_done(agent, slot, outcome);
        break;
    case ACT_TEST:
        happens(agent, slot, SLOT_GOOD);
        break;
    case ACT_NONE:
    case ACT_STEADY_TIMER:
    case ACT_TAKE_TIMER:
    case ACT_EJECT:
    case ACT_RETRACT:
    case ACT_FORCE:
        happens(agent, slot, SLOT_DONE);
        break;
    }
}
