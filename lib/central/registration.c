/* registration.c: who may speak. A boot is decided by the application; an acceptance is stored, so that a restarted central
 * system goes on serving a fleet that has no reason to boot again. B01 to B03; OCPP 1.6 4.2 and J errata 3.10. */
#include "central_internal.h"
#include "dialect.h"
#include "json.h"
#include "records.h"

#include <ocpp/frame.h>

#include <string.h>

/* --- the stored acceptance ----------------------------------------------------------------------------------------------- */

enum ocpp_status registration_read(struct ocpp_central *central, const char *identity, enum ocpp_registration *registration)
{
    char key[OCPP_KEY_SIZE];
    struct station_record record;
    enum ocpp_status status;

    *registration = OCPP_REGISTRATION_UNKNOWN;
    station_key(key, identity);
    ocpp_arena_reset(central->scratch);
    status = record_read(central->storage, key, &station_record_type, central->scratch, &record);
    if (status == OCPP_OK) {
        *registration = OCPP_REGISTRATION_ACCEPTED;
    }
    if (status == OCPP_ERR_CORRUPT) {
        ocpp_log_write(&central->settings.log, OCPP_LOG_WARNING, "%s: its record cannot be read; it has to boot again", identity);
        return OCPP_OK;
    }
    return status == OCPP_ERR_NOT_FOUND ? OCPP_OK : status;
}

/* --- boots --------------------------------------------------------------------------------------------------------------- */

static void boot_stored(struct pending *pending, enum ocpp_status status)
{
    struct ocpp_station *station = pending->station;

    if (status != OCPP_OK) {
        pending_refuse(pending, status);
        return;
    }
    if (station) {
        station->registration = pending->boot.registration;
        memset(station->triggered, 0, sizeof station->triggered);
        pending->answer(pending);
    }
    pending_free(pending);
}

/* Whether the store says already what it is about to be told: a fleet that reconnects after a power cut writes nothing. */
static bool is_stored(struct pending *pending, const char *key, const void *value, size_t size)
{
    struct record_compare compare = { value, size, false };

    (void)pending->central->storage->read(key, record_compare_visit, &compare, pending->central->storage->user);
    return compare.equal;
}

static void store_acceptance(struct pending *pending)
{
    struct ocpp_change change = { .kind = OCPP_CHANGE_PUT };
    char key[OCPP_KEY_SIZE];
    const char *text;
    enum ocpp_status status;

    status = ocpp_message_encode(&station_record_type, pending->work, pending->arena, &text, &change.size, NULL);
    if (status != OCPP_OK) {
        pending_refuse(pending, status);
        return;
    }
    station_key(key, pending->station->identity);
    change.key = key;
    change.value = text;
    if (is_stored(pending, key, change.value, change.size)) {
        boot_stored(pending, OCPP_OK);
        return;
    }
    pending_write(pending, &change, 1);
}

static void boot_turn(struct pending *pending)
{
    struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE };
    char key[OCPP_KEY_SIZE];

    pending->stored = boot_stored;
    if (pending->boot.registration == OCPP_REGISTRATION_ACCEPTED) {
        store_acceptance(pending);
        return;
    }
    if (pending->station->registration != OCPP_REGISTRATION_ACCEPTED) {
        boot_stored(pending, OCPP_OK);
        return;
    }
    station_key(key, pending->station->identity);
    change.key = key;
    pending_write(pending, &change, 1);
}

static bool is_decision(const struct ocpp_boot_decision *decision)
{
    return decision->registration == OCPP_REGISTRATION_ACCEPTED || decision->registration == OCPP_REGISTRATION_PENDING ||
           decision->registration == OCPP_REGISTRATION_REJECTED;
}

static void boot_decided(struct pending *pending)
{
    const struct ocpp_central_settings *settings = &pending->central->settings;

    if (pending->boot.interval_s <= 0) {
        pending->boot.interval_s = pending->boot.registration == OCPP_REGISTRATION_ACCEPTED ? settings->heartbeat_interval_s
                                                                                            : settings->boot_retry_interval_s;
    }
    pending_take_turn(pending, boot_turn);
}

static struct station_record *keep_boot(struct pending *pending, const struct ocpp_boot *boot)
{
    struct station_record *record = ocpp_arena_take(pending->arena, sizeof *record);

    if (!record) {
        return NULL;
    }
    *record = (struct station_record){ .version = ocpp_version_name(pending->station->dialect->version),
                                       .vendor = pending_keep(pending, boot->vendor),
                                       .model = pending_keep(pending, boot->model),
                                       .serial_number = pending_keep(pending, boot->serial_number),
                                       .firmware_version = pending_keep(pending, boot->firmware_version) };
    return (boot->vendor && !record->vendor) || (boot->model && !record->model) ||
                   (boot->serial_number && !record->serial_number) || (boot->firmware_version && !record->firmware_version)
               ? NULL
               : record;
}

void registration_boot(struct ocpp_station *station, const struct ocpp_incoming_call *call, const struct ocpp_boot *boot,
                       void (*answer)(struct pending *pending))
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    struct pending *pending = pending_for(station, call);

    if (!pending) {
        return;
    }
    if (!security_allows_boot(station, boot)) {
        pending_refuse(pending, OCPP_ERR_SECURITY);
        return;
    }
    pending->work = keep_boot(pending, boot);
    if (!pending->work) {
        pending_refuse(pending, OCPP_ERR_NOMEM);
        return;
    }
    pending->answer = answer;
    pending->boot.registration = OCPP_REGISTRATION_ACCEPTED;
    station->boot_requested = true; /* it came by itself */
    if (handler->on_boot) {
        struct ocpp_boot_decision decision = pending->boot;
        struct ocpp_question question = pending_ask(pending, QUESTION_BOOT, boot_decided);
        if (!handler->on_boot(station, boot, question, &decision, handler->user) ||
            !pending_asked(station, question, QUESTION_BOOT)) {
            return;
        }
        if (!is_decision(&decision)) {
            pending_refuse(pending, OCPP_ERR_ARGUMENT);
            return;
        }
        pending->boot = decision;
    }
    boot_decided(pending);
}

enum ocpp_status ocpp_station_decide_boot(struct ocpp_station *station, struct ocpp_question question,
                                          const struct ocpp_boot_decision *decision, struct ocpp_now now)
{
    struct pending *pending = is_decision(decision) ? pending_asked(station, question, QUESTION_BOOT) : NULL;

    if (!pending) {
        return is_decision(decision) ? OCPP_ERR_NOT_FOUND : OCPP_ERR_ARGUMENT;
    }
    central_enter_late(station->central, now);
    pending->boot = *decision;
    boot_decided(pending);
    station_touch(station);
    central_leave(station->central);
    return OCPP_OK;
}

/* --- admission ----------------------------------------------------------------------------------------------------------- */

/* A station that was never accepted here and does not boot is asked to, once per connection. */
static void ask_for_boot(struct ocpp_station *station)
{
    if (station->boot_requested || station->registration != OCPP_REGISTRATION_UNKNOWN) {
        return;
    }
    station->boot_requested = true;
    if (ocpp_station_trigger(station, "BootNotification", 0, 0, NULL) != OCPP_OK) {
        ocpp_log_write(&station->central->settings.log, OCPP_LOG_WARNING, "%s: could not be asked to boot", station->identity);
    }
}

enum ocpp_status registration_admit(struct ocpp_station *station, const struct ocpp_action *action)
{
    if (station->registration == OCPP_REGISTRATION_ACCEPTED || action == station->dialect->boot) {
        return OCPP_OK;
    }
    for (size_t i = 0; i < STATION_TRIGGERED; i++) {
        if (station->triggered[i] == action) {
            return OCPP_OK;
        }
    }
    ask_for_boot(station);
    return OCPP_ERR_NOT_ACCEPTED;
}

/* What a call of ours may bring from a pending station: the report it asks for, or the message it requests. B01.FR.10, B02.FR.02.
 */
static const char *ordered_action(const struct ocpp_frame *frame)
{
    static const char *const orders[][2] = {
        { "GetBaseReport", "NotifyReport" },
        { "GetReport", "NotifyReport" },
    };
    const struct ocpp_json *requested;

    for (size_t i = 0; i < sizeof orders / sizeof orders[0]; i++) {
        if (strcmp(frame->action, orders[i][0]) == 0) {
            return orders[i][1];
        }
    }
    if (strcmp(frame->action, "TriggerMessage") != 0 && strcmp(frame->action, "ExtendedTriggerMessage") != 0) {
        return NULL;
    }
    requested = frame->payload ? ocpp_json_member(frame->payload, "requestedMessage") : NULL;
    if (!requested || ocpp_json_kind(requested) != OCPP_JSON_STRING) {
        return NULL;
    }
    /* SignChargePointCertificate and its like name a use, not an action */
    return strncmp(ocpp_json_string(requested), "Sign", 4) == 0 && strstr(ocpp_json_string(requested), "Certificate")
               ? "SignCertificate"
               : ocpp_json_string(requested);
}

static void allow(struct ocpp_station *station, const char *name)
{
    const struct ocpp_action *action = ocpp_protocol_action(ocpp_rpc_protocol(station->rpc), name, strlen(name));

    for (size_t i = 0; action && i < STATION_TRIGGERED; i++) {
        if (!station->triggered[i] || station->triggered[i] == action) {
            station->triggered[i] = action;
            return;
        }
    }
}

void registration_ordered(struct ocpp_station *station, const char *text, size_t size)
{
    struct ocpp_frame frame;
    const char *name = NULL;

    if (ocpp_frame_parse(&frame, text, size, station->dialect->version, &station->central->settings.limits, NULL) == OCPP_OK &&
        frame.type == OCPP_FRAME_CALL) {
        name = ordered_action(&frame);
    }
    if (name) {
        allow(station, name);
    }
    ocpp_frame_free(&frame);
}
