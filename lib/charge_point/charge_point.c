/* charge_point.c: the life of a handle and the entry points that are not inputs of the hardware (inputs.c) or questions of it
 * (views.c).
 *
 * Every entry point enters, notes, leaves; leaving runs the pump (pump.c). */
#include "charge_point_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "arena.h"
#include "require.h"
#include "text.h"

struct ocpp_charge_point_settings ocpp_charge_point_settings_default(void)
{
    struct ocpp_charge_point_settings settings = {
        .evse_count = 1,
        .connectors_per_evse = 1,
        .boot_retry_ms = 60000,
        .heartbeat_interval_ms = 300000,
        .call_timeout_ms = 30000,
        .connection_timeout_ms = 60000,
        .sample_interval_ms = 60000,
        .transaction_attempts = 3,
        .transaction_retry_ms = 60000,
        .family_hold_s = 86400,
        .max_queued_records = 1000,
        .max_notices = 100,
        .max_data_vendors = 4,
        .max_data_transfers = 4,
        .max_profiles = 20,
        .max_periods_per_profile = 24,
        .max_stack_level = 9,
        .rate_units = OCPP_RATE_CURRENT | OCPP_RATE_POWER,
        .nominal_voltage_v = 230,
        .evse_min_current_ma = 6000,
        .local_list_length = 100,
        .local_list_items = 100,
        .cache_entries = 100,
        .no_authorization_id = "NoAuthorization",
        .max_transaction_readings = 100,
    };
    ocpp_cp_dialect_versions(settings.versions);
    return settings;
}

/* --- checking settings -------------------------------------------------------------------------------------------- */

static bool is_text(const char *text, size_t most_characters, bool required)
{
    if (text == NULL || text[0] == '\0') {
        return !required;
    }
    return ocpp_text_valid(text, strlen(text)) && ocpp_text_count(text, strlen(text)) <= most_characters;
}

static bool are_versions(const enum ocpp_version versions[3])
{
    for (size_t i = 0; i < 3 && versions[i] != OCPP_VERSION_NONE; i++) {
        if (ocpp_cp_dialect(versions[i]) == NULL) {
            return false;
        }
    }
    return versions[0] != OCPP_VERSION_NONE;
}

/* What is wrong with the settings, for the log; NULL: nothing. */
static const char *wrong_setting(const struct ocpp_charge_point_settings *settings, const struct ocpp_hardware *hardware)
{
    const struct {
        bool is_right;
        const char *name;
    } rules[] = {
        { is_text(settings->identity, 48, true) && strchr(settings->identity, ':') == NULL, "identity" },
        { is_text(settings->vendor, 50, true), "vendor" },
        { is_text(settings->model, 20, true), "model" },
        { is_text(settings->serial_number, 25, false), "serial_number" },
        { is_text(settings->firmware_version, 50, false), "firmware_version" },
        { is_text(settings->charge_box_serial_number, 25, false), "charge_box_serial_number" },
        { is_text(settings->meter_type, 25, false), "meter_type" },
        { is_text(settings->meter_serial_number, 25, false), "meter_serial_number" },
        { is_text(settings->iccid, SIM_CHARACTERS, false), "iccid" },
        { is_text(settings->imsi, SIM_CHARACTERS, false), "imsi" },
        { (unsigned)settings->boot_reason <= OCPP_BOOT_REASON_WATCHDOG, "boot_reason" },
        { settings->evse_count >= 1 && settings->evse_count <= MOST_EVSES, "evse_count" },
        { settings->connectors_per_evse >= 1 && settings->connectors_per_evse <= MOST_CONNECTORS, "connectors_per_evse" },
        { are_versions(settings->versions), "versions" },
        { settings->random != NULL, "random" },
        { settings->boot_retry_ms > 0, "boot_retry_ms" },
        { settings->heartbeat_interval_ms > 0, "heartbeat_interval_ms" },
        { settings->call_timeout_ms > 0, "call_timeout_ms" },
        { settings->connection_timeout_ms >= 0, "connection_timeout_ms" },
        { settings->sample_interval_ms >= 0, "sample_interval_ms" },
        { settings->minimum_status_duration_ms >= 0, "minimum_status_duration_ms" },
        { settings->transaction_attempts >= 1, "transaction_attempts" },
        { settings->transaction_retry_ms >= 0, "transaction_retry_ms" },
        { settings->family_hold_s >= 0, "family_hold_s" },
        { settings->resume_transactions_ms >= 0, "resume_transactions_ms" },
        { settings->local_list_length <= 1000000, "local_list_length" },
        { settings->local_list_items >= 1 && settings->local_list_items <= 1000000, "local_list_items" },
        { settings->cache_entries <= 65536, "cache_entries" },
        { is_text(settings->no_authorization_id, 20, true), "no_authorization_id" },
        { settings->max_queued_records >= (size_t)settings->evse_count * 2 && settings->max_queued_records <= 1000000,
          "max_queued_records" },
        { settings->max_data_vendors <= 1000, "max_data_vendors" },
        { settings->max_data_transfers <= 1000, "max_data_transfers" },
        { settings->max_reservations <= MOST_RESERVATIONS, "max_reservations" },
        { ocpp_cp_own_wrong(settings) == NULL, ocpp_cp_own_wrong(settings) },
        { ocpp_cp_are_properties(settings), "evse_properties" },
        { hardware->permit_changed != NULL, "hardware permit_changed" },
        { settings->max_transaction_readings >= 2 && settings->max_transaction_readings <= 10000, "max_transaction_readings" },
        { settings->max_signed_bytes <= MOST_SIGNED_BYTES, "max_signed_bytes" },
        { settings->pushed_reading_ms >= 0, "pushed_reading_ms" },
        { settings->meter_wait_ms >= 0, "meter_wait_ms" },
        { hardware->read_meter != NULL || settings->pushed_reading_ms > 0, "hardware read_meter" },
    };
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (!rules[i].is_right) {
            return rules[i].name;
        }
    }
    const char *wrong = ocpp_cp_smart_wrong_setting(settings);
    return wrong != NULL ? wrong : ocpp_cp_blocks_wrong_setting(settings, hardware);
}

/* --- new and free --------------------------------------------------------------------------------------------------- */

static void *take(const struct ocpp_charge_point_settings *settings, size_t count, size_t size)
{
    void *memory = ocpp_reallocate(settings->allocator, NULL, count * size);
    if (memory != NULL) {
        memset(memory, 0, count * size);
    }
    return memory;
}

static void on_call(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user)
{
    (void)rpc;
    struct ocpp_charge_point *cp = user;
    cp->dirty = true;
    const block_on_call hearing = ocpp_cp_blocks_hearing(cp, call->action);
    if (hearing != NULL) {
        hearing(cp, call);
        return;
    }
    cp->dialect->on_call(cp, call);
}

static bool supports(const struct ocpp_action *action, void *user)
{
    const struct ocpp_charge_point *cp = user;
    return cp->dialect->supports(action) || ocpp_cp_blocks_hearing(cp, action) != NULL;
}

static enum ocpp_status admit(const struct ocpp_action *action, void *user)
{
    (void)action;
    const struct ocpp_charge_point *cp = user;
    return cp->registration == OCPP_REGISTRATION_REJECTED && cp->step != STEP_ACCEPTED ? cp->dialect->when_rejected : OCPP_OK;
}

/* What is wrong with a message of the central system, for the security log. That an action is not known here, or that an answer
 * came too late, is no attack; a message that is repeated under its id while it is being answered is called a replay. */
static void note_issue(struct ocpp_charge_point *cp, const struct ocpp_issue *issue)
{
    const bool is_known = issue->status == OCPP_ERR_UNKNOWN_ACTION || issue->status == OCPP_ERR_UNSUPPORTED_ACTION ||
                          issue->status == OCPP_ERR_NOT_ACCEPTED;
    if (issue->status == OCPP_ERR_DUPLICATE_ID) {
        ocpp_cp_security_event(cp, "AttemptedReplayAttacks", ocpp_status_sentence(issue->status));
    } else if (ocpp_status_class_of(issue->status) == OCPP_CLASS_MESSAGE && !is_known) {
        ocpp_cp_security_event(cp, "InvalidMessages", ocpp_status_sentence(issue->status));
    }
}

static void on_frame(enum ocpp_direction from, const char *text, size_t size, const struct ocpp_issue *issue, void *user)
{
    struct ocpp_charge_point *cp = user;
    if (from == OCPP_FROM_CENTRAL && issue != NULL) {
        note_issue(cp, issue);
    }
    if (cp->watch != NULL) {
        cp->watch(from, text, size, issue, cp->watch_user);
    }
}

static struct ocpp_rpc *new_rpc(struct ocpp_charge_point *cp)
{
    struct ocpp_rpc_settings settings = ocpp_rpc_settings_default(OCPP_FROM_STATION);
    settings.allocator = cp->settings.allocator;
    settings.limits = cp->settings.limits;
    settings.call_timeout_ms = cp->settings.call_timeout_ms;
    settings.tolerance = cp->settings.tolerance;
    settings.random = cp->settings.random;
    settings.random_user = cp->settings.random_user;
    const struct ocpp_rpc_handler handler = {
        .on_call = on_call,
        .supports = supports,
        .admit = admit,
        .on_frame = on_frame,
        .user = cp,
    };
    return ocpp_rpc_new(&settings, &handler);
}

static bool take_parts(struct ocpp_charge_point *cp)
{
    const struct ocpp_charge_point_settings *settings = &cp->settings;
    const size_t evses = (size_t)settings->evse_count;
    if (!ocpp_cp_blocks_take(cp) || !ocpp_cp_blocks_bring(cp)) {
        return false;
    }
    cp->queue.room = cp->queue.capacity = settings->max_queued_records;
    cp->evses = take(settings, evses, sizeof(struct evse));
    cp->connectors = take(settings, evses * (size_t)settings->connectors_per_evse, sizeof(struct connector));
    cp->authorizations = take(settings, evses + 1, sizeof(struct authorization));
    cp->reservations.room = ocpp_cp_reservations_room(settings);
    cp->reservations.entries = take(settings, cp->reservations.room, sizeof(struct reservation));
    cp->queue.entries = take(settings, cp->queue.room, sizeof(struct queued));
    cp->texts = take(settings, 1, ocpp_cp_settings_size(cp));
    const bool has_cache = ocpp_cp_cache_new(cp);
    const bool has_transfers = ocpp_cp_data_transfers_new(cp);
    const bool has_meters = ocpp_cp_take_meters(cp);
    cp->arena = ocpp_arena_new(settings->allocator, 0);
    cp->rpc = new_rpc(cp);
    return cp->evses != NULL && cp->connectors != NULL && cp->authorizations != NULL && cp->queue.entries != NULL &&
           cp->reservations.entries != NULL && cp->texts != NULL && has_cache && has_transfers && has_meters &&
           cp->arena != NULL && cp->rpc != NULL && ocpp_cp_smart_take(cp);
}

static bool start_parts(struct ocpp_charge_point *cp, struct ocpp_now now)
{
    cp->now = now;
    cp->start_mono_ms = now.mono_ms;
    cp->last_sent_mono_ms = cp->last_heartbeat_mono_ms = now.mono_ms;
    cp->boot_due_mono_ms = now.mono_ms;
    ocpp_text_copy(cp->iccid, sizeof(cp->iccid), cp->settings.iccid == NULL ? "" : cp->settings.iccid);
    ocpp_text_copy(cp->imsi, sizeof(cp->imsi), cp->settings.imsi == NULL ? "" : cp->settings.imsi);
    cp->link_down_mono_ms = now.mono_ms;
    cp->queue.slot.cp = cp->waited.cp = cp;
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        evse->number = i + 1;
        evse->slot.cp = cp;
        evse->held_mono_ms = evse->look_due_mono_ms = OCPP_NEVER;
        evse->timeout_mono_ms = evse->sample_due_mono_ms = evse->retry_mono_ms = OCPP_NEVER;
        evse->told_permit.reason = OCPP_PERMIT_NO_TRANSACTION;
    }
    ocpp_cp_settings_place(cp);
    ocpp_cp_variable_defaults(cp);
    ocpp_cp_smart_start(cp);
    return ocpp_cp_blocks_start(cp);
}

struct ocpp_charge_point *ocpp_charge_point_new(const struct ocpp_charge_point_settings *settings,
                                                const struct ocpp_hardware *hardware, struct ocpp_storage *storage,
                                                struct ocpp_now now)
{
    const char *wrong = storage == NULL ? "storage" : wrong_setting(settings, hardware);
    if (wrong != NULL) {
        ocpp_log_write(&settings->log, OCPP_LOG_ERROR, "charge point: the setting %s is missing or outside its range", wrong);
        return NULL;
    }
    struct ocpp_charge_point *cp = take(settings, 1, sizeof(*cp));
    if (cp == NULL) {
        return NULL;
    }
    cp->settings = *settings;
    cp->hardware = *hardware;
    cp->storage = storage;
    if (!take_parts(cp) || !start_parts(cp, now)) {
        ocpp_charge_point_free(cp);
        return NULL;
    }
    const enum ocpp_status status = ocpp_cp_load(cp);
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "the store cannot be used: %s", ocpp_status_sentence(status));
        ocpp_charge_point_free(cp);
        return NULL;
    }
    cp->dirty = true;
    return cp;
}

void ocpp_charge_point_free(struct ocpp_charge_point *cp)
{
    if (cp == NULL) {
        return;
    }
    ocpp_require(cp->depth == 0);
    cp->depth++; /* what the store still has to tell may not start anything */
    if (cp->storage->flush != NULL) {
        cp->storage->flush(cp->storage->user);
    }
    const struct ocpp_allocator *allocator = cp->settings.allocator;
    ocpp_rpc_free(cp->rpc);
    ocpp_arena_free(cp->arena);
    ocpp_cp_blocks_free(cp);
    ocpp_cp_smart_free(cp);
    ocpp_reallocate(allocator, cp->texts, 0);
    ocpp_cp_cache_free(cp);
    ocpp_cp_data_transfers_free(cp);
    ocpp_reallocate(allocator, cp->reservations.entries, 0);
    ocpp_reallocate(allocator, cp->queue.entries, 0);
    ocpp_reallocate(allocator, cp->authorizations, 0);
    ocpp_reallocate(allocator, cp->connectors, 0);
    ocpp_reallocate(allocator, cp->evses, 0);
    ocpp_cp_free_meters(cp);
    ocpp_reallocate(allocator, cp, 0);
}

/* --- entering and leaving ------------------------------------------------------------------------------------------- */

void ocpp_cp_enter(struct ocpp_charge_point *cp, struct ocpp_now now)
{
    ocpp_require(now.mono_ms >= cp->now.mono_ms);
    cp->now = now;
    cp->depth++;
    cp->dirty = true;
}

void ocpp_cp_leave(struct ocpp_charge_point *cp)
{
    cp->depth--;
    if (cp->depth == 0) {
        ocpp_cp_pump(cp);
    }
}

/* --- the link --------------------------------------------------------------------------------------------------------- */

static size_t versions_of_family(const struct ocpp_charge_point *cp, enum family family, enum ocpp_version versions[4])
{
    size_t count = 0;
    for (size_t i = 0; i < 3 && cp->settings.versions[i] != OCPP_VERSION_NONE; i++) {
        const enum ocpp_version version = cp->settings.versions[i];
        if (family == FAMILY_NONE || ocpp_cp_dialect(version)->family == family) {
            versions[count++] = version;
        }
    }
    versions[count] = OCPP_VERSION_NONE;
    return count;
}

void ocpp_charge_point_offer(const struct ocpp_charge_point *cp, struct ocpp_now now, enum ocpp_version versions[4])
{
    const enum family family = ocpp_cp_queue_family(cp);
    const bool is_held = family != FAMILY_NONE && ocpp_cp_hold_waited_ms(cp, now) / 1000 < cp->settings.family_hold_s;
    if (!is_held || versions_of_family(cp, family, versions) == 0) {
        versions_of_family(cp, FAMILY_NONE, versions);
    }
}

bool ocpp_cp_speaks_family(const struct ocpp_charge_point *cp, enum family family)
{
    enum ocpp_version versions[4];
    return versions_of_family(cp, family, versions) > 0;
}

void ocpp_cp_offer(const struct ocpp_charge_point *cp, enum family family, enum ocpp_version versions[4])
{
    if (family == FAMILY_NONE || versions_of_family(cp, family, versions) == 0) {
        ocpp_charge_point_offer(cp, cp->now, versions);
    }
}

enum ocpp_status ocpp_charge_point_link_up(struct ocpp_charge_point *cp, enum ocpp_version version, struct ocpp_now now)
{
    const struct dialect *dialect = ocpp_cp_dialect(version);
    if (dialect == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    if (cp->dialect != NULL) {
        return OCPP_ERR_STATE;
    }
    ocpp_cp_enter(cp, now);
    const enum ocpp_status status = ocpp_rpc_open(cp->rpc, ocpp_protocol_of(version), now);
    if (status == OCPP_OK) {
        cp->dialect = dialect;
        cp->send_retry_mono_ms = now.mono_ms;
        ocpp_cp_blocks_link_up(cp);
        ocpp_cp_registration_link_up(cp);
    }
    ocpp_cp_leave(cp);
    return status;
}

void ocpp_charge_point_link_down(struct ocpp_charge_point *cp, struct ocpp_now now)
{
    if (cp->dialect == NULL) {
        return;
    }
    ocpp_cp_enter(cp, now);
    ocpp_rpc_close(cp->rpc, now);
    ocpp_cp_registration_link_down(cp);
    cp->unlock.is_open = false;
    cp->rests_due = 0;
    ocpp_cp_profiles_link_down(cp);
    ocpp_cp_blocks_link_down(cp);
    cp->flight = FLIGHT_NONE;
    cp->report.is_open = false;
    cp->must_reconnect = false;
    cp->dialect = NULL;
    ocpp_cp_leave(cp);
}

enum ocpp_status ocpp_charge_point_receive(struct ocpp_charge_point *cp, const char *text, size_t size, struct ocpp_now now)
{
    if (cp->dialect == NULL) {
        return OCPP_ERR_STATE;
    }
    ocpp_cp_enter(cp, now);
    const enum ocpp_status status = ocpp_rpc_receive(cp->rpc, text, size, now);
    ocpp_cp_leave(cp);
    return status;
}

const char *ocpp_charge_point_next_output(struct ocpp_charge_point *cp, size_t *size, struct ocpp_now now)
{
    if (cp->dialect == NULL) {
        return NULL;
    }
    ocpp_cp_enter(cp, now);
    const char *text = ocpp_rpc_next_output(cp->rpc, size, now);
    if (text != NULL) {
        cp->last_sent_mono_ms = now.mono_ms;
    }
    ocpp_cp_leave(cp);
    return text;
}

void ocpp_charge_point_advance(struct ocpp_charge_point *cp, struct ocpp_now now)
{
    ocpp_cp_enter(cp, now);
    if (cp->dialect != NULL) {
        ocpp_rpc_advance(cp->rpc, now);
    }
    ocpp_cp_leave(cp);
}

void ocpp_charge_point_watch_frames(struct ocpp_charge_point *cp,
                                    void (*watch)(enum ocpp_direction from, const char *text, size_t size,
                                                  const struct ocpp_issue *issue, void *user),
                                    void *user)
{
    cp->watch = watch;
    cp->watch_user = user;
}

/* --- small services ---------------------------------------------------------------------------------------------------- */

struct evse *ocpp_cp_evse(const struct ocpp_charge_point *cp, int evse)
{
    return evse >= 1 && evse <= cp->settings.evse_count ? &cp->evses[evse - 1] : NULL;
}

struct connector *ocpp_cp_connector(const struct ocpp_charge_point *cp, int evse, int connector)
{
    const int per_evse = cp->settings.connectors_per_evse;
    if (ocpp_cp_evse(cp, evse) == NULL || connector < 1 || connector > per_evse) {
        return NULL;
    }
    return &cp->connectors[(evse - 1) * per_evse + connector - 1];
}

void ocpp_cp_uuid(struct ocpp_charge_point *cp, uint8_t uuid[UUID_BYTES])
{
    cp->settings.random(uuid, UUID_BYTES, cp->settings.random_user);
    uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x40);
    uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
}

void ocpp_cp_log(const struct ocpp_charge_point *cp, enum ocpp_log_level level, const char *format, ...)
{
    char line[OCPP_LOG_LINE_SIZE];
    if (cp->settings.log.write == NULL || level > cp->settings.log.level) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    ocpp_log_write(&cp->settings.log, level, "%s: %s", cp->settings.identity, line);
}

/* --- writing ------------------------------------------------------------------------------------------------------------ */

static void slot_done(enum ocpp_status status, void *user)
{
    struct write_slot *slot = user;
    struct ocpp_charge_point *cp = slot->cp;
    slot->busy = false;
    slot->finished = true;
    slot->status = status;
    cp->dirty = true;
    if (cp->depth == 0) {
        ocpp_cp_pump(cp);
    }
}

enum ocpp_status ocpp_cp_write(struct ocpp_charge_point *cp, struct write_slot *slot, const struct ocpp_change *changes,
                               size_t count)
{
    ocpp_require(!slot->busy && !slot->finished);
    slot->busy = true;
    const enum ocpp_status status = cp->storage->write(changes, count, slot_done, slot, cp->storage->user);
    if (status != OCPP_OK) {
        slot->busy = false;
    }
    if (status == OCPP_ERR_FULL) {
        ocpp_cp_security_event(cp, "MemoryExhaustion", "the store is full");
    }
    return status;
}

bool ocpp_cp_slot_ended(struct write_slot *slot, enum ocpp_status *status)
{
    if (!slot->finished) {
        return false;
    }
    slot->finished = false;
    *status = slot->status;
    return true;
}

/* A store whose flush does not end the write breaks its contract; the write then counts as failed here, and its end, should it
 * come, is noted and forgotten. */
enum ocpp_status ocpp_cp_write_now(struct ocpp_charge_point *cp, const struct ocpp_change *changes, size_t count)
{
    struct write_slot *slot = &cp->waited;
    enum ocpp_status status = OCPP_ERR_STORAGE;
    ocpp_cp_slot_ended(slot, &status);
    if (slot->busy) {
        return OCPP_ERR_STORAGE;
    }
    cp->depth++; /* writes of ours that end meanwhile only note it */
    status = ocpp_cp_write(cp, slot, changes, count);
    if (status == OCPP_OK && slot->busy && cp->storage->flush != NULL) {
        cp->storage->flush(cp->storage->user);
    }
    cp->depth--;
    if (status == OCPP_OK && !ocpp_cp_slot_ended(slot, &status)) {
        status = OCPP_ERR_STORAGE;
    }
    return status;
}
