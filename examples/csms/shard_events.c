/* shard_events.c: what stations tell, in words of no version: noted for operators, logged, told to listeners; and what this
 * program decides. A backend would put its own code here. */
#include "shard.h"
#include "body.h"
#include "settlement.h"
#include "tokens.h"
#include "transactions.h"

#include <string.h>

cJSON *app_event(const struct app *app, const char *station)
{
    cJSON *event = events_wanted(app->events) ? cJSON_CreateObject() : NULL;

    if (event) {
        json_add_time(event, "time", app_utc_ms(app));
        json_add_text(event, "station", station);
    }
    return event;
}

/* With security profile 3 the engine has held the serial number against the certificate, where the boot tells one (B01.FR.11). */
static enum ocpp_registration decide_boot(const struct station_settings *settings, const struct ocpp_boot *boot, bool proved)
{
    if (settings->serial[0] && !proved && (!boot->serial_number || strcmp(settings->serial, boot->serial_number) != 0)) {
        return OCPP_REGISTRATION_REJECTED;
    }
    return settings->boot;
}

static bool on_boot(struct ocpp_station *peer, const struct ocpp_boot *boot, struct ocpp_question question,
                    struct ocpp_boot_decision *decision, void *user)
{
    struct shard *shard = user;
    struct known_station *station = ocpp_station_user(peer);
    cJSON *event = app_event(shard->app, station->identity);

    (void)question;
    pthread_mutex_lock(&station->lock);
    decision->registration =
        decide_boot(&station->settings, boot, ocpp_station_security_profile(peer) == OCPP_SECURITY_CERTIFICATE);
    decision->interval_s = station->settings.boot_interval_s;
    station_note_boot(station, boot, decision->registration, app_utc_ms(shard->app));
    pthread_mutex_unlock(&station->lock);
    log_fields(&shard->app->log, OCPP_LOG_INFO, "boot", station->identity,
               LOG_FIELDS(LOG_TEXT_OF("status", ocpp_registration_name(decision->registration)),
                          LOG_TEXT_OF("vendor", boot->vendor), LOG_TEXT_OF("model", boot->model),
                          LOG_TEXT_OF("serialNumber", boot->serial_number),
                          LOG_TEXT_OF("firmwareVersion", boot->firmware_version)),
               "%s: %s %s, serial %s, firmware %s", ocpp_registration_name(decision->registration),
               boot->vendor ? boot->vendor : "?", boot->model ? boot->model : "?",
               boot->serial_number ? boot->serial_number : "?", boot->firmware_version ? boot->firmware_version : "?");
    if (event) {
        json_add_text(event, "status", ocpp_registration_name(decision->registration));
        json_add_text(event, "vendor", boot->vendor);
        json_add_text(event, "model", boot->model);
        json_add_text(event, "serialNumber", boot->serial_number);
        json_add_text(event, "firmwareVersion", boot->firmware_version);
        json_add_text(event, "reason", boot->reason);
        events_publish(shard->app->events, EVENT_BOOT, station->identity, event);
    }
    return true;
}

static bool on_authorize(struct ocpp_station *peer, const struct ocpp_authorize_request *request, struct ocpp_question question,
                         struct ocpp_authorize_decision *decision, void *user)
{
    struct shard *shard = user;

    (void)question;
    if (settlement_authorize(shard, ocpp_station_identity(peer), &request->token, decision)) {
        return true; /* the number of a guided visit */
    }
    if (settlement_card(shard->app, ocpp_station_identity(peer), request->token.id, &decision->authorization)) {
        return true; /* of a rental house: its cards are not in the list of tokens */
    }
    tokens_decide(shard, ocpp_station_identity(peer), request, decision);
    return true;
}

static void on_status(struct ocpp_station *peer, const struct ocpp_status_event *status, void *user)
{
    struct shard *shard = user;
    struct known_station *station = ocpp_station_user(peer);
    const char *word = ocpp_connector_status_name(status->status);
    cJSON *event = app_event(shard->app, station->identity);

    pthread_mutex_lock(&station->lock);
    station_note_status(station, status, app_utc_ms(shard->app));
    pthread_mutex_unlock(&station->lock);
    log_fields(&shard->app->log, OCPP_LOG_INFO, "status", station->identity,
               LOG_FIELDS(LOG_NUMBER_OF("evse", status->evse), LOG_NUMBER_OF("connector", status->connector),
                          LOG_TEXT_OF("status", word), LOG_TEXT_OF("errorCode", status->error_code)),
               "evse %d connector %d %s%s%s", status->evse, status->connector, word, status->error_code ? " " : "",
               status->error_code ? status->error_code : "");
    settlement_status(shard->app, station->identity, status);
    if (event) {
        cJSON_AddNumberToObject(event, "evse", status->evse);
        cJSON_AddNumberToObject(event, "connector", status->connector);
        json_add_text(event, "status", word);
        json_add_text(event, "errorCode", status->error_code);
        json_add_text(event, "info", status->info);
        json_add_text(event, "vendorId", status->vendor_id);
        json_add_text(event, "vendorErrorCode", status->vendor_error_code);
        json_add_time(event, "timestamp", status->timestamp_utc_ms);
        events_publish(shard->app->events, EVENT_STATUS, station->identity, event);
    }
}

/* --- meters and transactions
 * ------------------------------------------------------------------------------------------------------ */

static cJSON *sample_json(const struct ocpp_meter_sample *sample)
{
    cJSON *json = cJSON_CreateObject();

    json_add_time(json, "timestamp", sample->timestamp_utc_ms);
    json_add_text(json, "measurand", ocpp_measurand_name(sample->sample.measurand));
    json_add_decimal(json, "value", sample->sample.value);
    json_add_text(json, "unit", ocpp_measurand_unit(sample->sample.measurand));
    json_add_text(json, "phase", sample->sample.phase != OCPP_PHASE_NONE ? ocpp_phase_name(sample->sample.phase) : NULL);
    json_add_text(json, "location",
                  sample->sample.location != OCPP_LOCATION_UNKNOWN ? ocpp_location_name(sample->sample.location) : NULL);
    json_add_text(json, "context", sample->context != OCPP_CONTEXT_UNKNOWN ? ocpp_reading_context_name(sample->context) : NULL);
    return json;
}

static cJSON *samples_json(const struct ocpp_meter_sample *samples, size_t count)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < count; i++) {
        cJSON_AddItemToArray(list, sample_json(&samples[i]));
    }
    return list;
}

static void on_meter(struct ocpp_station *peer, int evse, int connector, const struct ocpp_meter_sample *samples, size_t count,
                     void *user)
{
    struct shard *shard = user;
    cJSON *event = app_event(shard->app, ocpp_station_identity(peer));

    settlement_meter(shard->app, ocpp_station_identity(peer), evse, connector, samples, count);
    if (event) {
        cJSON_AddNumberToObject(event, "evse", evse);
        cJSON_AddNumberToObject(event, "connector", connector);
        cJSON_AddItemToObject(event, "samples", samples_json(samples, count));
        events_publish(shard->app->events, EVENT_METER, ocpp_station_identity(peer), event);
    }
}

static const char *const phases[] = {
    [OCPP_TRANSACTION_STARTED] = "started", [OCPP_TRANSACTION_UPDATED] = "updated", [OCPP_TRANSACTION_ENDED] = "ended"
};

/* |peer| may be gone: what became durable is told all the same. */
static void on_transaction(struct ocpp_station *peer, const struct ocpp_transaction_event *told, void *user)
{
    struct shard *shard = user;
    const struct ocpp_transaction *transaction = told->transaction;
    cJSON *event = app_event(shard->app, transaction->identity);

    if (peer) {
        struct known_station *station = ocpp_station_user(peer);
        open_transactions_note_change(shard->app->open_transactions, &station->noted, transaction);
    } else {
        open_transactions_note(shard->app->open_transactions, transaction);
    }
    curves_note(shard->app->curves, told);
    settlement_transaction(shard->app, told);
    if (told->phase != OCPP_TRANSACTION_UPDATED) {
        log_fields(&shard->app->log, OCPP_LOG_INFO, "transaction", transaction->identity,
                   LOG_FIELDS(LOG_TEXT_OF("transaction", transaction->id), LOG_TEXT_OF("phase", phases[told->phase]),
                              LOG_NUMBER_OF("evse", transaction->evse)),
                   "%s %s, evse %d", transaction->id, phases[told->phase], transaction->evse);
    }
    if (event) {
        json_add_text(event, "phase", phases[told->phase]);
        json_add_text(event, "trigger", told->trigger ? ocpp_trigger_name(told->trigger) : NULL);
        cJSON_AddItemToObject(event, "transaction", transaction_json(transaction));
        cJSON_AddItemToObject(event, "samples", samples_json(told->samples, told->sample_count));
        events_publish(shard->app->events, EVENT_TRANSACTION, transaction->identity, event);
    }
}

static int64_t next_number(void *user)
{
    struct shard *shard = user;

    return atomic_fetch_add(&shard->app->last_number, 1) + 1;
}

/* --- security, firmware, logs
 * ----------------------------------------------------------------------------------------------------- */

static void on_security_event(struct ocpp_station *peer, const struct ocpp_station_security_event *told, void *user)
{
    struct shard *shard = user;
    struct known_station *station = ocpp_station_user(peer);
    const uint64_t number = security_events_note(shard->app->security_events, station->identity, told, app_utc_ms(shard->app));
    cJSON *event = app_event(shard->app, station->identity);

    if (shard_may_log(station, app_utc_ms(shard->app))) {
        log_fields(&shard->app->log, OCPP_LOG_WARNING, "security", station->identity,
                   LOG_FIELDS(LOG_TEXT_OF("type", told->type), LOG_TEXT_OF("info", told->info)), "%s%s%s", told->type,
                   told->info ? ": " : "", told->info ? told->info : "");
    }
    if (event) {
        json_add_integer(event, "n", (int64_t)number);
        json_add_text(event, "type", told->type);
        json_add_text(event, "info", told->info);
        json_add_time(event, "timestamp", told->timestamp_utc_ms);
        if (told->noticed_here) {
            cJSON_AddTrueToObject(event, "noticedHere");
        }
        events_publish(shard->app->events, EVENT_SECURITY, station->identity, event);
    }
}

static void on_task(struct ocpp_station *peer, const struct ocpp_station_task_status *told, void *user)
{
    struct shard *shard = user;
    bool is_firmware = told->task == OCPP_TASK_FIRMWARE;
    struct known_station *station = ocpp_station_user(peer);
    cJSON *event = app_event(shard->app, station->identity);

    log_fields(&shard->app->log, OCPP_LOG_INFO, is_firmware ? "firmware" : "log", station->identity,
               LOG_FIELDS(LOG_TEXT_OF("status", told->word), LOG_NUMBER_OF("requestId", told->request_id)), "%s", told->word);
    if (event) {
        json_add_text(event, "status", told->word);
        if (told->has_request_id) {
            json_add_integer(event, "requestId", told->request_id);
        }
        events_publish(shard->app->events, is_firmware ? EVENT_FIRMWARE : EVENT_LOG, station->identity, event);
    }
}

void shard_hear_events(struct ocpp_central_handler *handler)
{
    handler->on_boot = on_boot;
    handler->on_authorize = on_authorize;
    handler->on_status = on_status;
    handler->on_meter = on_meter;
    handler->on_transaction = on_transaction;
    handler->on_security_event = on_security_event;
    handler->on_task = on_task;
    handler->next_transaction_number = next_number;
}

/* --- connections
 * ------------------------------------------------------------------------------------------------------------------------ */

void shard_on_connection(struct ocpp_station *peer, bool connected, const char *reason, void *user)
{
    struct app *app = user;
    struct shard *shard = shard_here();
    struct known_station *station = ocpp_station_user(peer);
    enum ocpp_version version = ocpp_station_version(peer);
    const char *word = connected ? "connected" : "disconnected";
    cJSON *event = app_event(app, station->identity);
    char address[ADDRESS_SIZE]; /* the next connection may be asked about already, on another thread */

    pthread_mutex_lock(&station->lock);
    station->connected = connected;
    if (connected) {
        station->version = version;
        station->connected_utc_ms = station->seen_utc_ms = app_utc_ms(app);
        station->registration = ocpp_station_registration(peer);
    }
    memcpy(address, station->address, sizeof address);
    pthread_mutex_unlock(&station->lock);
    settlement_connected(app, station->identity, connected);
    metrics_add(connected ? &shard->metrics.connects : &shard->metrics.disconnects, 1);
    metrics_add(&shard->metrics.connected[version], connected ? 1 : UINT64_MAX);
    metrics_forget_calls(&shard->metrics, station, version);
    log_fields(&app->log, OCPP_LOG_INFO, word, station->identity,
               LOG_FIELDS(LOG_TEXT_OF("version", ocpp_version_name(version)), LOG_TEXT_OF("address", address),
                          LOG_TEXT_OF("reason", connected ? NULL : reason)),
               "%s%s%s", ocpp_version_name(version), connected || !reason ? "" : ", ", connected || !reason ? "" : reason);
    if (event) {
        json_add_text(event, "status", word);
        json_add_text(event, "version", ocpp_version_name(version));
        json_add_text(event, "address", address);
        json_add_text(event, "reason", connected ? NULL : reason);
        events_publish(shard->app->events, EVENT_CONNECTION, station->identity, event);
    }
    /* Whoever takes the station over on another thread sees what was recorded here only when it is written. */
    if (!connected && shard->storage->flush) {
        shard->storage->flush(shard->storage->user);
    }
}
