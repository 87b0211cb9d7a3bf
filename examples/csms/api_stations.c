/* api_stations.c: stations as operators see them, and what is written down about them. */
#include "http.h"
#include "station_settings.h"

#include <stdlib.h>
#include <string.h>

/* --- showing
 * -------------------------------------------------------------------------------------------------------------------- */

static cJSON *boot_json(const struct known_station *station)
{
    cJSON *boot = cJSON_CreateObject();

    json_add_text(boot, "status", ocpp_registration_name(station->registration));
    json_add_text(boot, "vendor", station->vendor);
    json_add_text(boot, "model", station->model);
    json_add_text(boot, "serialNumber", station->serial_number);
    json_add_text(boot, "firmwareVersion", station->firmware_version);
    json_add_text(boot, "reason", station->boot_reason);
    json_add_time(boot, "time", station->boot_utc_ms);
    return boot;
}

static cJSON *connectors_json(const struct known_station *station)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < station->connector_count; i++) {
        const struct known_connector *known = &station->connectors[i];
        cJSON *connector = cJSON_CreateObject();
        cJSON_AddNumberToObject(connector, "evse", known->evse);
        cJSON_AddNumberToObject(connector, "connector", known->connector);
        json_add_text(connector, "status", ocpp_connector_status_name(known->status));
        json_add_text(connector, "errorCode", known->error_code);
        json_add_text(connector, "info", known->info);
        json_add_time(connector, "time", known->utc_ms);
        cJSON_AddItemToArray(list, connector);
    }
    return list;
}

/* How often each quirk was survived, and how often a frame was refused that it would have let pass. */
static cJSON *quirks_json(const struct ocpp_quirk_tally *tally)
{
    cJSON *json = cJSON_CreateObject();

    for (unsigned bit = 0; bit < OCPP_QUIRK_COUNT; bit++) {
        if (tally->survived[bit] > 0 || tally->refused[bit] > 0) {
            cJSON *counts = cJSON_AddObjectToObject(json, ocpp_quirk_name((enum ocpp_quirk)(UINT32_C(1) << bit)));
            json_add_integer(counts, "survived", tally->survived[bit]);
            json_add_integer(counts, "refused", tally->refused[bit]);
        }
    }
    return json;
}

static cJSON *station_json(struct known_station *station)
{
    cJSON *json = cJSON_CreateObject();

    pthread_mutex_lock(&station->lock);
    json_add_text(json, "id", station->identity);
    cJSON_AddBoolToObject(json, "registered", station->settings.registered);
    cJSON_AddBoolToObject(json, "connected", station->connected);
    json_add_text(json, "version", station->version != OCPP_VERSION_NONE ? ocpp_version_name(station->version) : NULL);
    json_add_text(json, "address", station->address[0] ? station->address : NULL);
    json_add_time(json, "connectedSince", station->connected ? station->connected_utc_ms : OCPP_UTC_UNKNOWN);
    json_add_time(json, "lastSeen", station->seen_utc_ms);
    cJSON_AddItemToObject(json, "boot", boot_json(station));
    cJSON_AddItemToObject(json, "connectors", connectors_json(station));
    cJSON_AddItemToObject(json, "quirks", quirks_json(&station->quirks));
    cJSON_AddItemToObject(json, "settings", station_settings_json(&station->settings, station->quick.known));
    json_add_integer(json, "lastMessage", station->ring.next > 0 ? (int64_t)station->ring.next - 1 : 0);
    pthread_mutex_unlock(&station->lock);
    return json;
}

void api_stations(struct request *request)
{
    struct known_station **list;
    char after[QUERY_VALUE_SIZE];
    bool has_after = query_value(request, "after", after);
    int64_t limit = PAGE_DEFAULT;
    cJSON *answer;
    cJSON *stations;
    size_t count;

    if (!query_number(request, "limit", &limit, 1, PAGE_MAX)) {
        return;
    }
    list = calloc((size_t)limit + 1, sizeof(*list));
    if (!list) {
        answer_status(request->exchange, OCPP_ERR_NOMEM);
        return;
    }
    count = stations_after(request->app->stations, has_after ? after : NULL, list, (size_t)limit + 1);
    answer = cJSON_CreateObject();
    stations = cJSON_AddArrayToObject(answer, "stations");
    for (size_t i = 0; i < count && i < (size_t)limit; i++) {
        cJSON_AddItemToArray(stations, station_json(list[i]));
    }
    json_add_text(answer, "next", count > (size_t)limit ? list[limit - 1]->identity : NULL);
    free(list);
    answer_json(request->exchange, 200, answer);
}

void api_station(struct request *request)
{
    struct known_station *station = request_station(request);

    if (station) {
        answer_json(request->exchange, 200, station_json(station));
    }
}

/* --- registering
 * ------------------------------------------------------------------------------------------------------------------ */

/* A change on its way to the store. */
struct registering {
    struct app *app;
    struct ocpp_http_exchange *exchange;
    struct known_station *station;
    struct station_settings settings;
    struct quick_secret quick;
    bool fresh;
};

/* What is survived counts from the next message on, also of a station that is connected. */
static void apply_quirks(struct ocpp_station *peer, struct ocpp_now now, void *user)
{
    struct known_station *station = peer ? ocpp_station_user(peer) : NULL;
    const struct app *app = user;

    (void)now;
    if (station) {
        pthread_mutex_lock(&station->lock);
        ocpp_station_set_quirks(peer, app->options->lenient ? OCPP_QUIRK_ALL : station->settings.quirks);
        pthread_mutex_unlock(&station->lock);
    }
}

/* The settings count from when they are durable. */
static void registered(enum ocpp_status status, void *user)
{
    struct registering *registering = user;
    struct known_station *station = registering->station;

    pthread_mutex_lock(&station->lock);
    station->settings_are_written = false;
    if (status == OCPP_OK) {
        station->settings = registering->settings;
        station->quick = registering->quick;
        station->ring.limit = registering->settings.message_log_bytes;
    }
    pthread_mutex_unlock(&station->lock);
    if (status == OCPP_OK) {
        if (ocpp_server_post(registering->app->server, station->identity, apply_quirks, registering->app) != OCPP_OK) {
            log_event(&registering->app->log, OCPP_LOG_WARNING, "registered", station->identity,
                      "quirks count from its next connection on: too much work waits");
        }
        log_event(&registering->app->log, OCPP_LOG_INFO, "registered", station->identity, "by an operator");
        answer_json(registering->exchange, registering->fresh ? 201 : 200, station_json(station));
    } else {
        answer_status(registering->exchange, status);
    }
    free(registering);
}

static void write_settings(struct request *request, struct registering *registering)
{
    char key[OCPP_KEY_SIZE];
    char *text = station_settings_text(&registering->settings);
    const struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = key, .value = text, .size = text ? strlen(text) : 0 };

    station_settings_key(registering->station->identity, key);
    if (text) {
        store_write(request->shard->storage, &change, registered, registering);
    } else {
        registered(OCPP_ERR_NOMEM, registering);
    }
    cJSON_free(text);
}

/* The present settings, taken for a change; false: another change is on its way. */
static bool begin(struct registering *registering)
{
    struct known_station *station = registering->station;
    bool may;

    pthread_mutex_lock(&station->lock);
    may = !station->settings_are_written;
    registering->settings = station->settings;
    registering->quick = station->quick;
    registering->fresh = !station->settings.registered;
    station->settings_are_written = true;
    pthread_mutex_unlock(&station->lock);
    return may;
}

void api_station_put(struct request *request)
{
    struct station_settings settings;
    struct body_issue issue;
    struct registering *registering;
    struct known_station *station = NULL;

    if (!station_settings_check(request->body, &issue)) {
        answer_problem(request->exchange, 400, issue.path, "%s %s", issue.path, issue.why);
        return;
    }
    if (!station_identity_is_usable(request->parameters[0])) {
        answer_problem(request->exchange, 400, NULL,
                       "an identity has 1 to 48 bytes of UTF-8 without '/', ':' and control characters");
        return;
    }
    station = stations_add(request->app->stations, request->parameters[0]);
    registering = station ? calloc(1, sizeof *registering) : NULL;
    if (!registering) {
        answer_problem(request->exchange, 507, NULL, "no room for another station");
        return;
    }
    registering->app = request->app;
    registering->exchange = request->exchange;
    registering->station = station;
    if (!begin(registering)) {
        free(registering);
        answer_problem(request->exchange, 409, NULL, "another change of this station is being written");
        return;
    }
    settings = registering->settings;
    if (!station_settings_read(&settings, &registering->quick, request->body)) {
        registered(OCPP_ERR_CRYPTO, registering);
        return;
    }
    registering->settings = settings;
    write_settings(request, registering);
}

void api_station_disconnect(struct request *request)
{
    struct known_station *station = request_station(request);

    if (!station) {
        return;
    }
    if (ocpp_server_close_station(request->app->server, station->identity, 1000) != OCPP_OK) {
        answer_problem(request->exchange, 409, NULL, "the station is not connected");
        return;
    }
    log_event(&request->app->log, OCPP_LOG_INFO, "closed", station->identity, "by an operator");
    answer_nothing(request->exchange);
}
