/* agent.c: the handle: what it is made of, how time comes in, what it shows. */
#include "vehicle_prompts.h"

#include <stdlib.h>
#include <string.h>

/* --- small things ------------------------------------------------------------------------------------------------------------
 */

void *pile_allocate(struct ocpp_settle_agent *agent, void *pointer, size_t size)
{
    const struct ocpp_allocator *allocator = agent->settings.allocator;
    if (size == 0 && pointer == NULL) {
        return NULL;
    }
    if (allocator != NULL) {
        return allocator->reallocate(pointer, size, allocator->user);
    }
    if (size == 0) {
        free(pointer);
        return NULL;
    }
    return realloc(pointer, size);
}

void pile_event(struct ocpp_settle_agent *agent, const struct ocpp_settle_agent_event *event)
{
    if (agent->settings.on_event != NULL) {
        agent->settings.on_event(event, agent->settings.user);
    }
}

void agent_log(struct ocpp_settle_agent *agent, enum ocpp_log_level level, const char *what, const char *why)
{
    const struct ocpp_log *log = &agent->settings.log;
    char line[160] = "settlement: ";
    if (log->write != NULL && level <= log->level) {
        pile_copy(line + strlen(line), sizeof(line) - strlen(line), what);
        pile_copy(line + strlen(line), sizeof(line) - strlen(line), ": ");
        pile_copy(line + strlen(line), sizeof(line) - strlen(line), why);
        log->write(level, line, log->user);
    }
}

void pile_new_id(struct ocpp_settle_agent *agent, char id[OCPP_SETTLE_ID_SIZE])
{
    unsigned char bytes[16];
    agent->settings.keys.random(bytes, sizeof(bytes), agent->settings.keys.user);
    ocpp_settle_id_write(bytes, id);
}

void pile_new_tag(struct ocpp_settle_agent *agent, char tag[PILE_TAG_SIZE])
{
    char id[OCPP_SETTLE_ID_SIZE];
    pile_new_id(agent, id);
    memcpy(tag, id + OCPP_SETTLE_ID_SIZE - PILE_TAG_SIZE, PILE_TAG_SIZE);
}

struct ocpp_settle_moment pile_moment(const struct ocpp_settle_agent *agent)
{
    const int64_t utc_ms = ocpp_charge_point_utc_ms(agent->settings.cp, agent->now);
    const bool has_utc = utc_ms != OCPP_UTC_UNKNOWN;
    return (struct ocpp_settle_moment){
        .has_utc = has_utc,
        .utc = has_utc ? utc_ms : 0,
        .boot = agent->kept.boots,
        .mono_ms = agent->now.mono_ms - agent->start_mono_ms,
        .status = !has_utc              ? OCPP_SETTLE_TIME_STATUS_UNKNOWN
                  : agent->was_accepted ? OCPP_SETTLE_TIME_STATUS_SYNCHRONISED
                                        : OCPP_SETTLE_TIME_STATUS_RELATIVE,
    };
}

uint32_t pile_hash(const char *text)
{
    uint32_t hash = 2166136261U;
    for (; *text != '\0'; text++) {
        hash = (hash ^ (unsigned char)*text) * 16777619U;
    }
    return hash;
}

bool pile_tells(const struct ocpp_settle_agent *agent)
{
    return agent->kept.operator_id[0] != '\0' && agent->link != OCPP_SETTLE_AGENT_OFF;
}

int64_t pile_earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

void pile_copy(char *to, size_t room, const char *text)
{
    const size_t length = text == NULL ? 0 : strlen(text);
    const size_t size = length < room ? length : room - 1;
    if (text != NULL && size > 0) {
        memcpy(to, text, size);
    }
    to[size] = '\0';
}

/* How many bytes the character at |text| has; 0: it is none, or no visible one. */
static size_t character_at(const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;
    const size_t size = bytes[0] < 0x80 ? 1 : bytes[0] < 0xC2 ? 0 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;
    if (size == 1) {
        return bytes[0] >= ' ' && bytes[0] != 0x7F ? 1 : 0;
    }
    for (size_t i = 1; i < size; i++) { /* an end of the text is none of these */
        if ((bytes[i] & 0xC0U) != 0x80) {
            return 0;
        }
    }
    const bool is_too_long = (bytes[0] == 0xE0 && bytes[1] < 0xA0) || (bytes[0] == 0xF0 && bytes[1] < 0x90);
    const bool is_no_character = (bytes[0] == 0xED && bytes[1] > 0x9F) || (bytes[0] == 0xF4 && bytes[1] > 0x8F) || bytes[0] > 0xF4;
    return is_too_long || is_no_character ? 0 : size;
}

void pile_copy_heard(char *to, size_t room, const char *text)
{
    size_t at = 0;
    while (text != NULL && *text != '\0') {
        const size_t size = character_at(text);
        const size_t taken = size == 0 ? 1 : size;
        if (at + taken >= room) {
            break;
        }
        memcpy(to + at, size == 0 ? "?" : text, taken);
        at += taken;
        text += taken;
    }
    to[at] = '\0';
}

const char *pile_optional(const char *text)
{
    return text == NULL || text[0] == '\0' ? NULL : text;
}

/* --- entry points ------------------------------------------------------------------------------------------------------------
 */

/* Of the agent and its charge point, whoever was told later. */
struct ocpp_now pile_now(const struct ocpp_settle_agent *agent)
{
    const struct ocpp_now now = ocpp_charge_point_now(agent->settings.cp);
    return now.mono_ms >= agent->now.mono_ms ? now : agent->now;
}

void pile_enter(struct ocpp_settle_agent *agent, struct ocpp_now now)
{
    agent->depth++;
    agent->now = now;
}

/* What became durable meanwhile has its consequences, and what may leave leaves. */
void pile_leave(struct ocpp_settle_agent *agent)
{
    if (agent->depth == 1) {
        do {
            while (pile_batches_settle(agent)) {
            }
            speaking_advance(agent);
        } while (pile_batches_have_ended(agent));
        ocpp_arena_reset(agent->scratch);
    }
    agent->depth--;
}

void ocpp_settle_agent_advance(struct ocpp_settle_agent *agent, struct ocpp_now now)
{
    pile_enter(agent, now);
    slots_advance(agent);
    pile_requests_advance(agent);
    gates_advance(agent);
    vehicles_advance(agent);
    pile_leave(agent);
}

int64_t ocpp_settle_agent_deadline(const struct ocpp_settle_agent *agent)
{
    const int64_t bay = pile_earlier(slots_deadline(agent), pile_requests_deadline(agent));
    const int64_t deadline = pile_earlier(pile_earlier(bay, gates_deadline(agent)), vehicles_deadline(agent));
    return pile_batches_have_ended(agent) ? agent->now.mono_ms : pile_earlier(deadline, speaking_deadline(agent));
}

/* --- what the bay tells ------------------------------------------------------------------------------------------------------
 */

static void sensed(void *user, int number, bool is_present, struct ocpp_now now)
{
    struct ocpp_settle_agent *agent = user;
    struct slot *slot = slot_of(agent, number);
    if (slot == NULL) {
        return;
    }
    pile_enter(agent, now);
    if (slot->is_present != is_present) {
        slot->is_present = is_present;
        slot->sensed_at = now.mono_ms;
        slot->sensed = pile_moment(agent);
        slot_sense(agent, slot);
    }
    pile_leave(agent);
}

static void inserted(int slot, struct ocpp_now now, void *user)
{
    sensed(user, slot, true, now);
}

static void removed(int slot, struct ocpp_now now, void *user)
{
    sensed(user, slot, false, now);
}

static void outcome_told(const struct ocpp_settle_bay_outcome *outcome, struct ocpp_now now, void *user)
{
    struct ocpp_settle_agent *agent = user;
    struct slot *slot = slot_of(agent, outcome->slot);
    if (slot == NULL) {
        return;
    }
    pile_enter(agent, now);
    slot_outcome(agent, slot, outcome);
    pile_leave(agent);
}

static void charge_told(int number, int percent, struct ocpp_now now, void *user)
{
    struct ocpp_settle_agent *agent = user;
    struct slot *slot = slot_of(agent, number);
    if (slot == NULL) {
        return;
    }
    pile_enter(agent, now);
    slot->charge = percent > 100 ? 100 : percent;
    pile_leave(agent);
}

static void jam_told(int number, struct ocpp_now now, void *user)
{
    struct ocpp_settle_agent *agent = user;
    struct slot *slot = slot_of(agent, number);
    if (slot == NULL) {
        return;
    }
    pile_enter(agent, now);
    if (!slot_is_suspect(agent, slot) && !slot->is_asleep) { /* one that sleeps is asked first what is there */
        slot_happens(agent, slot, SLOT_JAM, NULL);
    }
    pile_leave(agent);
}

struct ocpp_settle_bay_listener ocpp_settle_agent_bay_listener(struct ocpp_settle_agent *agent)
{
    return (struct ocpp_settle_bay_listener){ inserted, removed, outcome_told, charge_told, jam_told, agent };
}

enum ocpp_status ocpp_settle_agent_service(struct ocpp_settle_agent *agent, int slot, enum ocpp_settle_slot_order order,
                                           struct ocpp_now now)
{
    if (slot_of(agent, slot) == NULL || order <= OCPP_SETTLE_SLOT_ORDER_UNSET ||
        order > OCPP_SETTLE_SLOT_ORDER_EJECT_FOR_SERVICE) {
        return OCPP_ERR_ARGUMENT;
    }
    pile_enter(agent, now);
    const enum ocpp_settle_refusal_code code = hearing_order(agent, slot, order, NULL);
    pile_leave(agent);
    return code == OCPP_SETTLE_REFUSAL_CODE_UNSET ? OCPP_OK : OCPP_ERR_STATE;
}

/* --- views -------------------------------------------------------------------------------------------------------------------
 */

enum ocpp_status ocpp_settle_agent_slot(const struct ocpp_settle_agent *agent, int number, struct ocpp_settle_slot_view *view)
{
    if (number < 1 || number > agent->bay.slots) {
        return OCPP_ERR_ARGUMENT;
    }
    const struct slot *slot = &agent->slots[number - 1];
    *view = (struct ocpp_settle_slot_view){
        .state = slot_shown(agent, slot),
        .bank = slot->bank,
        .hardware_id = slot->hardware_id,
        .generation = slot->generation,
        .charge = slot->state == SLOT_EMPTY ? -1 : slot->charge,
        .failures = slot->failures,
        .may_be_rented = slot_may_be_rented(agent, slot) && !pile_request_holds(agent, slot),
        .rental = slot->intent.rental,
    };
    return OCPP_OK;
}

struct ocpp_settle_agent_view ocpp_settle_agent_view(const struct ocpp_settle_agent *agent)
{
    struct ocpp_settle_agent_view view = {
        .link = agent->link,
        .operator_id = agent->kept.operator_id,
        .queued = agent->out_count,
        .dead_letters = agent->dead_count,
        .offline_rentals = (int)agent->offline_count,
    };
    for (int i = 0; i < agent->bay.slots; i++) {
        const struct slot *slot = &agent->slots[i];
        view.free_banks += slot_may_be_rented(agent, slot) && !pile_request_holds(agent, slot);
        view.free_slots += slot->state == SLOT_EMPTY && !slot->is_asleep && !slot->is_closed && !slot_is_suspect(agent, slot);
    }
    return view;
}

struct letters {
    struct ocpp_settle_agent *agent;
    bool (*visit)(const struct ocpp_settle_dead_letter *letter, void *user);
    void *user;
};

static bool show_letter(const char *key, const void *value, size_t size, void *user)
{
    struct letters *letters = user;
    const void *message = NULL;
    ocpp_arena_reset(letters->agent->scratch);
    if (ocpp_message_decode(&kept_dead_letter_type, value, size, NULL, NULL, letters->agent->scratch, &message, NULL) !=
        OCPP_OK) {
        return true;
    }
    const struct kept_dead_letter *kept = message;
    const struct ocpp_settle_dead_letter letter = {
        .key = key + sizeof(PILE_PREFIX "dead/") - 1,
        .name = kept->name,
        .stream = kept->stream,
        .data = kept->data,
        .reason = kept->reason,
    };
    return letters->visit(&letter, letters->user);
}

enum ocpp_status ocpp_settle_agent_each_dead_letter(struct ocpp_settle_agent *agent,
                                                    bool (*visit)(const struct ocpp_settle_dead_letter *letter, void *user),
                                                    void *user)
{
    struct letters letters = { agent, visit, user };
    const struct ocpp_storage *storage = agent->settings.storage;
    pile_enter(agent, pile_now(agent));
    const enum ocpp_status status = storage->each(PILE_PREFIX "dead/", NULL, show_letter, &letters, storage->user);
    pile_leave(agent);
    return status;
}

enum ocpp_status ocpp_settle_agent_discard(struct ocpp_settle_agent *agent, const char *key)
{
    enum ocpp_status status;
    struct batch batch;
    pile_enter(agent, pile_now(agent));
    const char *whole = pile_key(agent, "dead", key);
    if (pile_read(agent, whole, &kept_dead_letter_type, &status) != NULL) {
        pile_batch_begin(agent, &batch);
        pile_batch_delete(&batch, whole);
        status = pile_batch_write(&batch);
        agent->dead_count -= status == OCPP_OK && agent->dead_count > 0;
    }
    pile_leave(agent);
    return status;
}
