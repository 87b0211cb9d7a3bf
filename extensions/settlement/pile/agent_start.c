/* agent_start.c: settings, the beginning and the end of an agent. */
#include "vehicle_prompts.h"

#include <string.h>

enum { SMALLEST_SCRATCH = 1 << 18, POLICY_DAY_S = 86400 };

struct ocpp_settle_agent_settings ocpp_settle_agent_settings_default(void)
{
    return (struct ocpp_settle_agent_settings){
        .vendor_id = OCPP_SETTLE_VENDOR_ID,
        .pile_key = "pile",
        .max_bytes = OCPP_SETTLE_WIRE_BYTES,
        .max_chunked_bytes = OCPP_SETTLE_WIRE_BYTES_LIMIT,
        .max_messages = 256,
        .max_remembered = 64,
        .max_dead_letters = 32,
        .answer_ms = 60000,
        .retry_ms = 30000,
        .message_attempts = 10,
        .hello_retry_ms = 900000,
        .transactions_first_ms = 300000,
        .debounce_ms = 500,
        .query_ms = 5000,
        .read_ms = 5000,
        .write_ms = 5000,
        .eject_ms = 15000,
        .test_ms = 60000,
        .take_within_ms = 30000,
        .swap_within_ms = 300000,
        .read_attempts = 3,
        .write_attempts = 2,
        .suspect_after = 3,
        .min_charge = 60,
        .storage_retry_ms = 5000,
        .offline_rentals = 4,
        .max_known_renters = 2000,
        .latch_ms = 5000,
        .latch_attempts = 3,
        .gate_query_ms = 60000,
        .manage_ms = 60000,
        .gate_alone_ms = 10000,
        .number_tries = 5,
        .number_locked_ms = 900000,
        .max_vehicles = 8,
        .max_vehicle_lists = 64,
        .prompt_ms = 120000,
        .list_ms = 86400000,
    };
}

struct ocpp_own_setting ocpp_settle_own_setting(const char *vendor_id)
{
    return (struct ocpp_own_setting){
        .name = { .component = "CustomizationCtrlr", .variable = "CustomImplementationEnabled", .instance = vendor_id },
        .stored_as = "settlement",
        .type = OCPP_SETTING_BOOLEAN,
        .access = OCPP_SETTING_READ_ONLY,
        .length = 5,
        .initial = "true",
    };
}

/* --- settings ----------------------------------------------------------------------------------------------------------------
 */

static bool is_within(int64_t value, int64_t least, int64_t most)
{
    return value >= least && value <= most;
}

static bool messages_are_good(const struct ocpp_settle_agent_settings *settings)
{
    return is_within((int64_t)settings->max_bytes, OCPP_SETTLE_WIRE_BYTES_LEAST, OCPP_SETTLE_WIRE_BYTES_LIMIT) &&
           is_within((int64_t)settings->max_chunked_bytes, OCPP_SETTLE_WIRE_BYTES_LEAST, 1 << 20) &&
           is_within((int64_t)settings->max_messages, 16, 10000) && is_within((int64_t)settings->max_remembered, 8, 1000) &&
           is_within((int64_t)settings->max_dead_letters, 1, 1000) && is_within(settings->message_attempts, 1, 100) &&
           settings->answer_ms > 0 && settings->retry_ms > 0 && settings->hello_retry_ms >= 0 &&
           settings->transactions_first_ms >= 0;
}

static bool bay_is_good(const struct ocpp_settle_bay *bay)
{
    return bay == NULL || (is_within(bay->slots, 1, OCPP_SETTLE_SLOTS) && bay->query != NULL && bay->read_mark != NULL &&
                           bay->write_mark != NULL && bay->eject != NULL);
}

static bool acts_are_good(const struct ocpp_settle_agent_settings *settings)
{
    return settings->debounce_ms >= 0 && settings->query_ms > 0 && settings->read_ms > 0 && settings->write_ms > 0 &&
           settings->eject_ms > 0 && settings->test_ms > 0 && settings->take_within_ms > 0 && settings->swap_within_ms >= 0 &&
           is_within(settings->read_attempts, 1, 100) && is_within(settings->write_attempts, 1, 100) &&
           is_within(settings->suspect_after, 1, 1000) && is_within(settings->min_charge, 0, 100) &&
           settings->storage_retry_ms > 0 && is_within(settings->offline_rentals, 0, PILE_OFFLINE_LIMIT) &&
           is_within((int64_t)settings->max_known_renters, 0, 100000);
}

static bool gates_are_good(const struct ocpp_settle_agent_settings *settings)
{
    const struct ocpp_settle_latch *latch = settings->latch;
    return (latch == NULL || (is_within(latch->evses, 1, 64) && latch->drive != NULL)) && settings->latch_ms > 0 &&
           is_within(settings->latch_attempts, 1, 100) && settings->gate_query_ms > 0 && settings->gate_alone_ms >= 0 &&
           is_within(settings->number_tries, 1, 100) && settings->number_locked_ms > 0;
}

static bool vehicles_are_good(const struct ocpp_settle_agent_settings *settings)
{
    const struct ocpp_settle_terminal_port *port = settings->terminals;
    return port == NULL ||
           (port->prompt != NULL && port->over != NULL && port->news != NULL &&
            is_within((int64_t)settings->max_vehicles, 1, 64) && is_within((int64_t)settings->max_vehicle_lists, 1, 10000) &&
            is_within(settings->prompt_ms, 1000, 1000 * POLICY_DAY_S) && settings->list_ms >= 0);
}

static bool are_good(const struct ocpp_settle_agent_settings *settings)
{
    const struct ocpp_settle_keys *keys = &settings->keys;
    return settings->cp != NULL && settings->storage != NULL && pile_optional(settings->vendor_id) != NULL &&
           strlen(settings->vendor_id) <= 255 && keys->sha256 != NULL && keys->hmac_sha256 != NULL && keys->keep_secret != NULL &&
           keys->random != NULL && ocpp_settle_key_name_is_valid(settings->pile_key) &&
           (settings->serial == NULL || strlen(settings->serial) <= 40) && messages_are_good(settings) &&
           acts_are_good(settings) && bay_is_good(settings->bay) && gates_are_good(settings) && vehicles_are_good(settings) &&
           is_within(settings->manage_ms, 5000, 600000) &&
           (settings->bay == NULL || settings->max_messages >= 4 * (size_t)settings->bay->slots);
}

/* --- the pile's record -------------------------------------------------------------------------------------------------------
 */

static int64_t bounded(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

void pile_policy(struct ocpp_settle_agent *agent, const struct ocpp_settle_pile_policy *policy)
{
    agent->settings.take_within_ms = 1000 * bounded(policy->take_within_s, 1, POLICY_DAY_S);
    agent->settings.swap_within_ms = 1000 * bounded(policy->swap_within_s, 0, POLICY_DAY_S);
    agent->settings.suspect_after = (int)bounded(policy->suspect_after, 1, 1000);
    agent->settings.offline_rentals = (int)bounded(policy->offline_rentals, 0, PILE_OFFLINE_LIMIT);
    agent->settings.retry_ms = 1000 * bounded(policy->retry_s, 1, POLICY_DAY_S);
}

static void take_record(struct ocpp_settle_agent *agent, const struct kept_pile *kept)
{
    agent->kept.boots = kept->boots;
    agent->kept.seq = kept->seq;
    pile_copy(agent->kept.tag, sizeof(agent->kept.tag), kept->tag);
    agent->kept.renters_version = kept->renters_version;
    agent->kept.renters = kept->renters;
    agent->kept.mark_epoch = kept->mark_epoch;
    agent->kept.mark_pile = kept->mark_pile;
    pile_copy(agent->kept.operator_id, sizeof(agent->kept.operator_id), kept->operator_);
    if (kept->operator_ != NULL) {
        agent->settings.take_within_ms = bounded(kept->take_within_ms, 1000, 1000 * POLICY_DAY_S);
        agent->settings.suspect_after = (int)bounded(kept->suspect_after, 1, 1000);
        agent->settings.offline_rentals = (int)bounded(kept->offline_rentals, 0, PILE_OFFLINE_LIMIT);
        agent->settings.retry_ms = bounded(kept->retry_ms, 1000, 1000 * POLICY_DAY_S);
    }
}

static enum ocpp_status load_pile(struct ocpp_settle_agent *agent)
{
    enum ocpp_status status;
    const struct kept_pile *kept = pile_read(agent, PILE_PREFIX "pile", &kept_pile_type, &status);
    if (kept != NULL) {
        take_record(agent, kept);
        return OCPP_OK;
    }
    if (status == OCPP_ERR_NOT_FOUND || ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE) {
        if (agent->kept.tag[0] == '\0') {
            pile_new_tag(agent, agent->kept.tag);
        }
        return OCPP_OK; /* nothing was ever agreed, or nobody can say what: the next Hello does */
    }
    return status;
}

/* What a message brought could not be stored, so it did not come. Who was agreed with is of this run, also where that could not
 * be stored; what another operator gave is void. */
enum ocpp_status pile_take_back(struct ocpp_settle_agent *agent)
{
    static const struct kept_pile nothing = { .operator_ = NULL };
    enum ocpp_status status;
    const struct kept_pile *kept = pile_read(agent, PILE_PREFIX "pile", &kept_pile_type, &status);
    if (kept == NULL && status != OCPP_ERR_NOT_FOUND && ocpp_status_class_of(status) != OCPP_CLASS_MESSAGE) {
        return status;
    }
    kept = kept != NULL ? kept : &nothing;
    const bool is_ours = kept->operator_ != NULL && strcmp(kept->operator_, agent->kept.operator_id) == 0;
    agent->kept.renters = kept->renters;
    agent->kept.renters_version = is_ours ? kept->renters_version : 0;
    agent->kept.mark_epoch = is_ours ? kept->mark_epoch : 0;
    agent->kept.mark_pile = kept->mark_pile;
    return OCPP_OK;
}

/* --- new and free ------------------------------------------------------------------------------------------------------------
 */

static void *take(struct ocpp_settle_agent *agent, size_t count, size_t size)
{
    void *memory = pile_allocate(agent, NULL, count * size);
    return memory == NULL ? NULL : memset(memory, 0, count * size);
}

static bool take_memory(struct ocpp_settle_agent *agent)
{
    const size_t slots = (size_t)agent->bay.slots;
    agent->pending_room = slots + (size_t)agent->latch.evses + PILE_ANSWERS;
    agent->out_room = agent->settings.max_messages;
    agent->out = take(agent, agent->out_room, sizeof(*agent->out));
    agent->heard = take(agent, agent->settings.max_remembered, sizeof(*agent->heard));
    agent->pendings = take(agent, agent->pending_room, sizeof(*agent->pendings));
    agent->slots = take(agent, slots + 1, sizeof(*agent->slots));
    agent->vehicles.room = agent->settings.terminals != NULL ? agent->settings.max_vehicles : 0;
    agent->vehicles.items = take(agent, agent->vehicles.room + 1, sizeof(*agent->vehicles.items));
    agent->scratch = ocpp_arena_new(agent->settings.allocator, SMALLEST_SCRATCH + 8 * agent->settings.max_chunked_bytes);
    return agent->out != NULL && agent->heard != NULL && agent->pendings != NULL && agent->slots != NULL &&
           agent->vehicles.items != NULL && agent->scratch != NULL;
}

static void release(struct ocpp_settle_agent *agent)
{
    for (size_t i = 0; agent->pendings != NULL && i < agent->pending_room; i++) {
        pile_allocate(agent, agent->pendings[i].answer, 0);
    }
    ocpp_settle_joiner_drop(&agent->joiner);
    gates_free(agent);
    ocpp_arena_free(agent->scratch);
    pile_allocate(agent, agent->vehicles.items, 0);
    pile_allocate(agent, agent->slots, 0);
    pile_allocate(agent, agent->pendings, 0);
    pile_allocate(agent, agent->heard, 0);
    pile_allocate(agent, agent->out, 0);
    pile_allocate(agent, agent, 0);
}

static enum ocpp_status load(struct ocpp_settle_agent *agent)
{
    enum ocpp_status status = load_pile(agent);
    agent->kept.boots++;
    status = status != OCPP_OK ? status : pile_outbox_load(agent);
    status = status != OCPP_OK ? status : pile_heard_load(agent);
    status = status != OCPP_OK ? status : alone_load(agent);
    status = status != OCPP_OK ? status : gates_load(agent);
    ocpp_arena_reset(agent->scratch);
    status = status != OCPP_OK ? status : reader_load(agent);
    for (int i = 0; i < agent->bay.slots && status == OCPP_OK; i++) {
        struct slot *slot = &agent->slots[i];
        ocpp_arena_reset(agent->scratch);
        slot->charge = -1;
        slot->act_until = slot->until = slot->note_again_at = OCPP_NEVER;
        status = slot_load(agent, slot);
    }
    ocpp_arena_reset(agent->scratch);
    return status;
}

static enum ocpp_status note_boot(struct ocpp_settle_agent *agent)
{
    struct batch batch;
    pile_batch_begin(agent, &batch);
    pile_batch_pile(&batch);
    return pile_batch_write(&batch);
}

static void wake_all(struct ocpp_settle_agent *agent)
{
    for (int i = 0; i < agent->bay.slots; i++) {
        slot_wake(agent, &agent->slots[i]);
    }
}

static enum ocpp_status start(struct ocpp_settle_agent *agent, struct ocpp_now now)
{
    const struct ocpp_data_transfer_handler handler = { agent->settings.vendor_id, hearing_request, speaking_link, agent };
    enum ocpp_status status = take_memory(agent) ? load(agent) : OCPP_ERR_NOMEM;
    pile_enter(agent, now);
    status = status != OCPP_OK ? status : note_boot(agent);
    status = status != OCPP_OK ? status : vehicles_load(agent);
    status = status != OCPP_OK ? status : ocpp_charge_point_on_data_transfer(agent->settings.cp, &handler, now);
    if (status == OCPP_OK) {
        wake_all(agent);
        pile_leave(agent);
    }
    return status;
}

static struct ocpp_settle_agent *make(const struct ocpp_settle_agent_settings *settings, struct ocpp_now now)
{
    const struct ocpp_settle_agent empty = { .settings = *settings };
    struct ocpp_settle_agent *agent =
        settings->allocator != NULL ? settings->allocator->reallocate(NULL, sizeof(*agent), settings->allocator->user) : NULL;
    if (settings->allocator == NULL) {
        struct ocpp_settle_agent nobody = { .settings = *settings };
        agent = pile_allocate(&nobody, NULL, sizeof(*agent));
    }
    if (agent == NULL) {
        return NULL;
    }
    *agent = empty;
    agent->now = now;
    agent->start_mono_ms = now.mono_ms;
    agent->hello_at = agent->held_since = agent->look_again_at = agent->inventory_at = OCPP_NEVER;
    agent->wire = (struct ocpp_settle_wire){ agent->settings.vendor_id, OCPP_FROM_CENTRAL, OCPP_SETTLE_WIRE_BYTES };
    agent->joiner.allocator = settings->allocator;
    agent->joiner.limit = settings->max_chunked_bytes;
    if (agent->settings.serial == NULL) {
        pile_copy(agent->serial, sizeof(agent->serial), ocpp_charge_point_identity(settings->cp));
        agent->settings.serial = agent->serial;
    }
    if (settings->bay != NULL) {
        agent->bay = *settings->bay;
    }
    if (settings->latch != NULL) {
        agent->latch = *settings->latch;
    }
    return agent;
}

enum ocpp_status ocpp_settle_agent_new(const struct ocpp_settle_agent_settings *settings, struct ocpp_now now,
                                       struct ocpp_settle_agent **agent)
{
    if (!are_good(settings)) {
        return OCPP_ERR_ARGUMENT;
    }
    struct ocpp_settle_agent *made = make(settings, now);
    const enum ocpp_status status = made == NULL ? OCPP_ERR_NOMEM : start(made, now);
    if (status == OCPP_OK) {
        *agent = made;
    } else if (made != NULL) {
        ocpp_settle_agent_free(made);
    }
    return status;
}

void ocpp_settle_agent_free(struct ocpp_settle_agent *agent)
{
    if (agent == NULL) {
        return;
    }
    const struct ocpp_storage *storage = agent->settings.storage;
    const struct ocpp_data_transfer_handler nobody = { .vendor_id = agent->settings.vendor_id };
    if (storage->flush != NULL) { /* nobody is told any more */
        storage->flush(storage->user);
    }
    ocpp_charge_point_on_data_transfer(agent->settings.cp, &nobody, pile_now(agent));
    release(agent);
}
