/* slots.c: runs the machine of each slot: looks the row up, makes its note durable, begins its act. Where a note cannot be
 * stored, it is tried again until it can, and the slot stays where it is meanwhile. */
#include "pile_internal.h"

#include <string.h>

int slot_number(const struct ocpp_settle_agent *agent, const struct slot *slot)
{
    return (int)(slot - agent->slots) + 1;
}

struct slot *slot_of(struct ocpp_settle_agent *agent, int64_t number)
{
    return number >= 1 && number <= agent->bay.slots ? &agent->slots[number - 1] : NULL;
}

bool slot_is_suspect(const struct ocpp_settle_agent *agent, const struct slot *slot)
{
    return slot->failures >= agent->settings.suspect_after ||
           (slot->is_asleep && slot->silences >= agent->settings.suspect_after);
}

bool slot_may_be_rented(const struct ocpp_settle_agent *agent, const struct slot *slot)
{
    return slot->state == SLOT_IDLE && !slot->is_asleep && !slot->is_noting && slot->is_present && !slot->is_closed &&
           slot->act == ACT_NONE && !slot_is_suspect(agent, slot) &&
           (slot->charge < 0 || slot->charge >= agent->settings.min_charge);
}

/* --- what a row changes ------------------------------------------------------------------------------------------------------
 */

static void clear_bank(struct slot *slot)
{
    slot->bank[0] = slot->hardware_id[0] = slot->mark[0] = slot->insertion[0] = '\0';
    slot->generation = 0;
    slot->mark_state = OCPP_SETTLE_MARK_STATE_UNSET;
    slot->condition = OCPP_SETTLE_BAY_GOOD;
    slot->is_told = false;
    slot->intent = (struct intent){ .until_mono_ms = OCPP_NEVER };
}

/* What the query saw is what is there now. */
static void take_seen(struct slot *slot)
{
    memcpy(slot->bank, slot->seen_bank, sizeof(slot->bank));
    memcpy(slot->hardware_id, slot->seen_hardware_id, sizeof(slot->hardware_id));
}

static void insert(struct slot *slot)
{
    const enum ocpp_settle_bay_condition condition = slot->condition;
    clear_bank(slot);
    slot->condition = condition;
    take_seen(slot);
    memcpy(slot->insertion, slot->next_insertion, sizeof(slot->insertion));
    slot->inserted_at = slot->sensed;
}

static void take_read(struct slot *slot)
{
    memcpy(slot->mark, slot->read_mark, sizeof(slot->mark));
    slot->mark_state = slot->read_state;
    slot->generation = slot->read_generation;
}

static void undo(struct slot *slot)
{
    memcpy(slot->intent.target, slot->intent.undo, sizeof(slot->intent.target));
    slot->intent.generation++;
}

static void marked(struct slot *slot)
{
    memcpy(slot->mark, slot->intent.target, sizeof(slot->mark));
    slot->generation = slot->intent.generation;
    slot->mark_state = OCPP_SETTLE_MARK_STATE_NEUTRAL;
}

/* What is changed before the note is built. */
static void change(struct ocpp_settle_agent *agent, struct slot *slot, const struct slot_row *row)
{
    if (row->tell == TELL_REPLACED) {
        slot->sensed = pile_moment(agent);
    }
    switch ((enum slot_change)row->change) {
    case CHANGE_NOTHING:
    case CHANGE_CLEAR:
        break;
    case CHANGE_INSERTION:
        if (slot->insertion[0] != '\0') { /* it stands there since then, and is only looked at again (A8) */
            slot->sensed = slot->inserted_at;
        }
        pile_new_id(agent, slot->next_insertion);
        insert(slot);
        break;
    case CHANGE_MARKED:
        marked(slot);
        break;
    case CHANGE_UNDO:
        undo(slot);
        break;
    case CHANGE_UNKNOWN:
        slot->mark[0] = '\0';
        slot->mark_state = OCPP_SETTLE_MARK_STATE_UNREADABLE;
        break;
    case CHANGE_READ:
        pile_new_id(agent, slot->next_insertion);
        if (row->tell != TELL_REPLACED) {
            take_read(slot);
        }
        break;
    case CHANGE_CLOSED:
        slot->is_closed = true;
        break;
    case CHANGE_OPENED:
        slot->is_closed = false;
        break;
    }
}

/* What is changed after it was told what was there before. */
static void finish(struct slot *slot, const struct slot_row *row)
{
    if (row->tell == TELL_REPLACED) {
        insert(slot);
        take_read(slot);
    }
    if (row->change == CHANGE_CLEAR) {
        clear_bank(slot);
    }
    if (row->change == CHANGE_MARKED || row->change == CHANGE_UNKNOWN) {
        slot->intent = (struct intent){ .until_mono_ms = OCPP_NEVER };
    }
}

static void count(const struct ocpp_settle_agent *agent, struct slot *slot, const struct slot_row *row)
{
    const int most = 1000000;
    switch ((enum slot_count)row->count) {
    case COUNT_NOTHING:
        break;
    case COUNT_SOUND:
        slot->failures = 0;
        slot->retracts = 0;
        break;
    case COUNT_FAILURE:
        slot->failures += slot->failures < most;
        break;
    case COUNT_SUSPECT:
        slot->failures = slot->failures >= agent->settings.suspect_after ? slot->failures : agent->settings.suspect_after;
        break;
    }
}

/* An eject is begun: from now on the bank may be taken (A5). */
static void open_for_taking(struct ocpp_settle_agent *agent, struct slot *slot, const struct slot_row *row)
{
    if (row->act == ACT_EJECT) {
        slot->intent.at = pile_moment(agent);
        slot->intent.has_at = true;
        slot->retracts = 0;
    }
}

/* --- notes -------------------------------------------------------------------------------------------------------------------
 */

/* Nothing goes on there: what is told of the slot is not over in a moment. */
static bool is_at_rest(enum slot_state state)
{
    return state == SLOT_EMPTY || state == SLOT_IDLE || state == SLOT_HELD || state == SLOT_OUT_OF_SERVICE;
}

/* The slot's record as it is with the note, and what is told, into |batch|. The slot itself changes when that is durable: until
 * then the note may have to be built again. */
static void put_note(struct batch *batch, struct slot *slot, const struct slot_row *row)
{
    struct slot *after = ocpp_arena_take(batch->agent->scratch, sizeof(*after));
    if (after == NULL) {
        pile_batch_fail(batch, OCPP_ERR_NOMEM);
        return;
    }
    *after = *slot;
    slot_tell(batch, after, (enum slot_tell)row->tell, slot_number(batch->agent, slot));
    finish(after, row);
    if (row->tell == TELL_REPLACED) {
        slot_tell(batch, after, TELL_RETURNED, slot_number(batch->agent, slot));
    }
    if (slot->must_tell_suspect && is_at_rest(slot->state) && row->tell != TELL_STUCK) {
        slot_tell(batch, after, TELL_NOTICE, slot_number(batch->agent, slot));
    }
    slot_put(batch, after, slot_number(batch->agent, slot));
    slot->note_seq = after->seq;
    slot->note_told = after->is_told;
}

static void store_note(struct ocpp_settle_agent *agent, struct slot *slot)
{
    struct batch batch;
    pile_batch_begin(agent, &batch);
    if (batch.pending != NULL) {
        batch.pending->slots = (uint64_t)1 << (slot_number(agent, slot) - 1);
    }
    put_note(&batch, slot, slot->note);
    slot->note_again_at = OCPP_NEVER;
    if (pile_batch_write(&batch) != OCPP_OK) {
        slot->note_again_at = agent->now.mono_ms + agent->settings.storage_retry_ms;
    }
}

/* As the record in the store has it: what was about to be noted did not happen. A store that cannot even be read: ask again what
 * is there when it can. */
void slot_reload(struct ocpp_settle_agent *agent, struct slot *slot)
{
    slot->act_until = slot->until = OCPP_NEVER;
    slot->act = ACT_NONE;
    if (slot_load(agent, slot) != OCPP_OK) {
        slot->must_reload = slot->is_asleep = true;
        slot->until = agent->now.mono_ms + agent->settings.storage_retry_ms;
    }
}

void slot_noted(struct ocpp_settle_agent *agent, struct slot *slot, enum ocpp_status status)
{
    const struct slot_row *row = slot->note;
    if (row == NULL) {
        return;
    }
    if (status != OCPP_OK && slot->is_message_note) { /* the backend says it again: as if it had not come */
        slot->is_noting = slot->is_message_note = false;
        slot->note = NULL;
        slot_reload(agent, slot);
        slot_sense(agent, slot);
        return;
    }
    if (status != OCPP_OK) {
        slot->note_again_at = agent->now.mono_ms + agent->settings.storage_retry_ms;
        return;
    }
    slot->is_noting = slot->is_message_note = false;
    slot->must_tell_suspect &= !is_at_rest(slot->state);
    slot->note = NULL;
    slot_announce(agent, slot, (enum slot_tell)row->tell);
    finish(slot, row);
    slot->seq = slot->note_seq;
    slot->is_told = slot->note_told;
    slot_begin(agent, slot, (enum slot_act)row->act);
    slot_sense(agent, slot);
}

static void note(struct ocpp_settle_agent *agent, struct slot *slot, const struct slot_row *row, struct batch *batch)
{
    slot->kept = slot->state;
    slot->is_noting = true;
    slot->is_message_note = batch != NULL;
    slot->note = row;
    if (batch == NULL) {
        store_note(agent, slot);
        return;
    }
    if (batch->pending != NULL) {
        batch->pending->slots |= (uint64_t)1 << (slot_number(agent, slot) - 1);
    }
    put_note(batch, slot, row);
}

/* --- events ------------------------------------------------------------------------------------------------------------------
 */

/* A word after which all is as it was does not end the act that is under way. */
static bool changes(const struct slot *slot, const struct slot_row *row)
{
    return row->next != slot->state || row->is_noted || row->act != ACT_NONE;
}

static void follow(struct ocpp_settle_agent *agent, struct slot *slot, const struct slot_row *row, struct batch *batch)
{
    if (changes(slot, row)) {
        slot->act = ACT_NONE;
        slot->act_until = slot->until = OCPP_NEVER;
    }
    slot->state = (enum slot_state)row->next;
    if (row->why != 0) {
        slot->intent.why = row->event == SLOT_EXPIRED && slot->intent.is_cancelled ? OCPP_SETTLE_RENT_FAILURE_CANCELLED
                                                                                   : (enum ocpp_settle_rent_failure)row->why;
    }
    const bool was_suspect = slot_is_suspect(agent, slot);
    count(agent, slot, row);
    slot->must_tell_suspect |= !was_suspect && slot_is_suspect(agent, slot) && row->tell != TELL_NOTICE;
    change(agent, slot, row);
    open_for_taking(agent, slot, row);
    if (row->is_noted) {
        note(agent, slot, row, batch);
        return;
    }
    slot_announce(agent, slot, TELL_NOTHING);
    slot_begin(agent, slot, (enum slot_act)row->act);
}

bool slot_happens(struct ocpp_settle_agent *agent, struct slot *slot, enum slot_event event, struct batch *batch)
{
    const struct slot_row *row = slot_row_of(slot->state, event);
    if (row == NULL || slot->is_noting) {
        return false;
    }
    follow(agent, slot, row, batch);
    if (!slot->is_noting) {
        slot_sense(agent, slot);
    }
    return true;
}

/* --- the sensor --------------------------------------------------------------------------------------------------------------
 */

static bool awaits_a_hand(enum slot_state state)
{
    return state == SLOT_AWAIT_STEADY || state == SLOT_AWAIT_QUERY || state == SLOT_AWAIT_READ || state == SLOT_AWAIT_EJECT ||
           state == SLOT_AWAIT_REMOVAL || state == SLOT_AWAIT_RETRACT || state == SLOT_AWAIT_SERVICE;
}

/* A bank that came while nobody listened. It is told when somebody does, and when the slot has nothing else under way. */
static bool has_return_to_tell(const struct ocpp_settle_agent *agent, const struct slot *slot)
{
    return agent->link == OCPP_SETTLE_AGENT_ON && pile_tells(agent) && !slot->is_told && slot->insertion[0] != '\0' && slot->act == ACT_NONE;
}

/* The sensor says where the bank is, not what happened: so whatever was told twice, or while a note was being stored, counts
 * once. That a bank is gone which nobody let out has to be so for a moment. */
void slot_sense(struct ocpp_settle_agent *agent, struct slot *slot)
{
    const int64_t steady_at = slot->sensed_at + agent->settings.debounce_ms;
    if (slot->is_noting || slot->is_asleep || (has_return_to_tell(agent, slot) && slot_happens(agent, slot, SLOT_AGREED, NULL)) ||
        slot->is_present == (slot->state != SLOT_EMPTY)) {
        return;
    }
    if (slot->is_present && slot->is_exchanged) {
        slot->sensed = pile_moment(agent);
        slot->is_exchanged = false;
    }
    if (slot->is_present) {
        slot_happens(agent, slot, SLOT_INSERTED, NULL);
    } else if (awaits_a_hand(slot->state) || agent->now.mono_ms >= steady_at) {
        slot_happens(agent, slot, SLOT_REMOVED, NULL);
    } else {
        slot->until = pile_earlier(slot->until, steady_at);
    }
}

/* --- time --------------------------------------------------------------------------------------------------------------------
 */

/* After a start: what is there? A slot that does not answer is asked again, and is suspect soon. */
void slot_wake(struct ocpp_settle_agent *agent, struct slot *slot)
{
    slot->is_asleep = true;
    if (slot->must_reload && slot_load(agent, slot) != OCPP_OK) {
        slot->until = agent->now.mono_ms + agent->settings.storage_retry_ms;
        return;
    }
    slot->must_reload = false;
    slot_begin(agent, slot, ACT_QUERY);
}

static void advance(struct ocpp_settle_agent *agent, struct slot *slot)
{
    const int64_t now = agent->now.mono_ms;
    if (slot->is_noting && slot->note_again_at <= now) {
        store_note(agent, slot);
    }
    if (slot->act_until <= now) {
        slot_act_failed(agent, slot, OCPP_SETTLE_BAY_FAILED);
    }
    if (slot->until > now) {
        return;
    }
    slot->until = OCPP_NEVER;
    if (slot->is_asleep) {
        slot_wake(agent, slot);
        return;
    }
    const enum slot_state before = slot->state;
    slot_sense(agent, slot);
    if (slot->state == before) {
        slot_happens(agent, slot, SLOT_TIMEOUT, NULL);
    }
}

void slots_advance(struct ocpp_settle_agent *agent)
{
    for (int i = 0; i < agent->bay.slots; i++) {
        advance(agent, &agent->slots[i]);
    }
}

int64_t slots_deadline(const struct ocpp_settle_agent *agent)
{
    int64_t deadline = OCPP_NEVER;
    for (int i = 0; i < agent->bay.slots; i++) {
        const struct slot *slot = &agent->slots[i];
        deadline = pile_earlier(deadline, pile_earlier(slot->act_until, slot->until));
        deadline = slot->is_noting ? pile_earlier(deadline, slot->note_again_at) : deadline;
    }
    return deadline;
}

/* --- what others are shown ---------------------------------------------------------------------------------------------------
 */

static const enum ocpp_settle_slot_state shown[SLOT_STATES] = {
    [SLOT_EMPTY] = OCPP_SETTLE_SLOT_STATE_EMPTY,
    [SLOT_AWAIT_STEADY] = OCPP_SETTLE_SLOT_STATE_AWAIT_READ,
    [SLOT_AWAIT_QUERY] = OCPP_SETTLE_SLOT_STATE_AWAIT_READ,
    [SLOT_AWAIT_READ] = OCPP_SETTLE_SLOT_STATE_AWAIT_READ,
    [SLOT_AWAIT_VERDICT] = OCPP_SETTLE_SLOT_STATE_AWAIT_VERDICT,
    [SLOT_AWAIT_NEUTRAL] = OCPP_SETTLE_SLOT_STATE_AWAIT_NEUTRAL,
    [SLOT_AWAIT_RETIRED] = OCPP_SETTLE_SLOT_STATE_AWAIT_NEUTRAL,
    [SLOT_IDLE] = OCPP_SETTLE_SLOT_STATE_IDLE,
    [SLOT_AWAIT_RECHECK] = OCPP_SETTLE_SLOT_STATE_AWAIT_READ,
    [SLOT_AWAIT_INTENT] = OCPP_SETTLE_SLOT_STATE_AWAIT_INTENT,
    [SLOT_AWAIT_MARK] = OCPP_SETTLE_SLOT_STATE_AWAIT_MARK,
    [SLOT_AWAIT_EJECT] = OCPP_SETTLE_SLOT_STATE_AWAIT_REMOVAL,
    [SLOT_AWAIT_REMOVAL] = OCPP_SETTLE_SLOT_STATE_AWAIT_REMOVAL,
    [SLOT_AWAIT_RETRACT] = OCPP_SETTLE_SLOT_STATE_AWAIT_REMOVAL,
    [SLOT_AWAIT_UNMARK] = OCPP_SETTLE_SLOT_STATE_AWAIT_UNMARK,
    [SLOT_HELD] = OCPP_SETTLE_SLOT_STATE_HELD,
    [SLOT_OUT_OF_SERVICE] = OCPP_SETTLE_SLOT_STATE_OUT_OF_SERVICE,
    [SLOT_AWAIT_SERVICE] = OCPP_SETTLE_SLOT_STATE_OUT_OF_SERVICE,
};

enum ocpp_settle_slot_state slot_shown(const struct ocpp_settle_agent *agent, const struct slot *slot)
{
    const bool is_at_rest = slot->state == SLOT_EMPTY || slot->state == SLOT_IDLE;
    if (is_at_rest && slot->is_closed) {
        return OCPP_SETTLE_SLOT_STATE_OUT_OF_SERVICE;
    }
    if (is_at_rest && slot_is_suspect(agent, slot)) {
        return OCPP_SETTLE_SLOT_STATE_SUSPECT;
    }
    if (slot->state == SLOT_IDLE && slot->charge >= 0 && slot->charge < agent->settings.min_charge) {
        return OCPP_SETTLE_SLOT_STATE_CHARGING;
    }
    return shown[slot->state];
}
