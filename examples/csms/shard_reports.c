/* shard_reports.c: what stations report when they were asked, or of their own accord: told to listeners. A backend would keep it.
 */
#include "setting_names.h"
#include "settlement.h"
#include "shard.h"
#include "words.h"

#include <ocpp/central_drivers.h>
#include <ocpp/central_reports.h>

/* A report is one event, and an event has its bounds: beyond so many, only their number is told. */
enum { TOLD_MAX = 500 };

/* --- the device model ------------------------------------------------------------------------------------------------------- */

static cJSON *attribute_json(const struct ocpp_setting_address *name, const struct ocpp_reported_attribute *attribute)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "type", attribute->type);
    json_add_setting_value(json, name, attribute->value);
    cJSON_AddBoolToObject(json, "writable", attribute->is_writable);
    return json;
}

static cJSON *variable_json(const struct ocpp_reported_variable *variable)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *attributes;

    json_add_setting_name(json, &variable->name);
    json_add_text(json, "dataType", variable->data_type);
    json_add_text(json, "unit", variable->unit);
    json_add_text(json, "values", variable->values);
    attributes = cJSON_AddArrayToObject(json, "attributes");
    for (size_t i = 0; i < variable->attribute_count; i++) {
        cJSON_AddItemToArray(attributes, attribute_json(&variable->name, &variable->attributes[i]));
    }
    return json;
}

static cJSON *monitor_json(const struct ocpp_reported_monitor *monitor)
{
    cJSON *json = cJSON_CreateObject();

    json_add_setting_name(json, &monitor->name);
    json_add_integer(json, "id", monitor->id);
    json_add_text(json, "type", monitor_type_words[monitor->type]);
    json_add_decimal(json, "value", monitor->value);
    json_add_integer(json, "severity", monitor->severity);
    cJSON_AddBoolToObject(json, "onlyInTransaction", monitor->only_in_transaction);
    return json;
}

static void add_content(cJSON *event, const struct ocpp_report *report)
{
    cJSON *variables = cJSON_AddArrayToObject(event, "variables");
    cJSON *monitors = cJSON_AddArrayToObject(event, "monitors");

    for (size_t i = 0; i < report->variable_count && i < TOLD_MAX; i++) {
        cJSON_AddItemToArray(variables, variable_json(&report->variables[i]));
    }
    for (size_t i = 0; i < report->monitor_count && i < TOLD_MAX; i++) {
        cJSON_AddItemToArray(monitors, monitor_json(&report->monitors[i]));
    }
    json_add_text(event, "text", report->text);
}

static void on_report(struct ocpp_station *peer, const struct ocpp_report *report, void *user)
{
    static const char *const kinds[] = { "variables", "monitors", "customer" };
    struct shard *shard = user;
    struct known_station *station = ocpp_station_user(peer);
    cJSON *event = app_event(shard->app, station->identity);

    log_fields(&shard->app->log, OCPP_LOG_INFO, "report", station->identity,
               LOG_FIELDS(LOG_TEXT_OF("kind", kinds[report->kind]), LOG_NUMBER_OF("requestId", report->request_id),
                          LOG_TEXT_OF("code", ocpp_status_name(report->status))),
               "%s, %zu variables, %zu monitors: %s", kinds[report->kind], report->variable_count, report->monitor_count,
               ocpp_status_sentence(report->status));
    if (event) {
        json_add_text(event, "kind", kinds[report->kind]);
        json_add_integer(event, "requestId", report->request_id);
        cJSON_AddBoolToObject(event, "whole", report->status == OCPP_OK);
        json_add_integer(event, "count", (int64_t)(report->variable_count + report->monitor_count));
        add_content(event, report);
        events_publish(shard->app->events, EVENT_REPORT, station->identity, event);
    }
}

static void on_event(struct ocpp_station *peer, const struct ocpp_station_event *told, void *user)
{
    static const char *const triggers[] = { "Alerting", "Delta", "Periodic" };
    struct shard *shard = user;
    struct known_station *station = ocpp_station_user(peer);
    cJSON *event = app_event(shard->app, station->identity);

    if (event) {
        json_add_integer(event, "id", told->event_id);
        json_add_time(event, "timestamp", told->timestamp_utc_ms);
        json_add_setting_name(event, &told->name);
        json_add_setting_value(event, &told->name, told->value);
        json_add_text(event, "trigger", triggers[told->trigger]);
        cJSON_AddBoolToObject(event, "cleared", told->is_cleared);
        if (told->has_monitor) {
            json_add_integer(event, "monitor", told->monitor_id);
        }
        json_add_text(event, "techCode", told->tech_code);
        json_add_text(event, "techInfo", told->tech_info);
        events_publish(shard->app->events, EVENT_MONITOR, station->identity, event);
    }
}

static void on_publish_status(struct ocpp_station *peer, const struct ocpp_publish_status *told, void *user)
{
    struct shard *shard = user;
    struct known_station *station = ocpp_station_user(peer);
    cJSON *event = app_event(shard->app, station->identity);

    log_event(&shard->app->log, OCPP_LOG_INFO, "publish", station->identity, "%s", told->word);
    if (event) {
        json_add_text(event, "status", told->word);
        if (told->has_request_id) {
            json_add_integer(event, "requestId", told->request_id);
        }
        events_publish(shard->app->events, EVENT_PUBLISH, station->identity, event);
    }
}

/* --- drivers ------------------------------------------------------------------------------------------------------------------
 */

static void on_messages(struct ocpp_station *peer, const struct ocpp_message_report *report, void *user)
{
    struct shard *shard = user;
    cJSON *event = app_event(shard->app, ocpp_station_identity(peer));
    cJSON *list;

    if (!event) {
        return;
    }
    json_add_integer(event, "requestId", report->request_id);
    cJSON_AddBoolToObject(event, "whole", report->is_whole);
    list = cJSON_AddArrayToObject(event, "messages");
    for (size_t i = 0; i < report->count && i < TOLD_MAX; i++) {
        cJSON *message = cJSON_CreateObject();
        json_add_integer(message, "id", report->messages[i].id);
        json_add_text(message, "text", report->messages[i].text.text);
        json_add_text(message, "transaction", report->messages[i].transaction_id);
        cJSON_AddItemToArray(list, message);
    }
    events_publish(shard->app->events, EVENT_DISPLAY, ocpp_station_identity(peer), event);
}

static void on_reservation(struct ocpp_station *peer, int64_t id, const char *word, void *user)
{
    struct shard *shard = user;
    cJSON *event = app_event(shard->app, ocpp_station_identity(peer));

    settlement_reservation(shard->app, ocpp_station_identity(peer), id, word);
    log_fields(&shard->app->log, OCPP_LOG_INFO, "reservation", ocpp_station_identity(peer),
               LOG_FIELDS(LOG_NUMBER_OF("reservation", id), LOG_TEXT_OF("status", word)), "%s", word);
    if (event) {
        json_add_integer(event, "id", id);
        json_add_text(event, "status", word);
        events_publish(shard->app->events, EVENT_RESERVATION, ocpp_station_identity(peer), event);
    }
}

void shard_hear_reports(struct ocpp_central_handler *handler)
{
    static const struct ocpp_report_handler reports = { .on_report = on_report,
                                                        .on_event = on_event,
                                                        .on_publish_status = on_publish_status };
    static const struct ocpp_driver_handler drivers = { .on_messages = on_messages, .on_reservation = on_reservation };

    handler->reports = &reports;
    handler->drivers = &drivers;
}
