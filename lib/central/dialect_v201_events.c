/* dialect_v201_events.c: what stations tell of their device model in OCPP 2.0.1: events, and the routes of reports; and how far a
 * local controller has come with firmware it shares. */
#include "bridge.h"
#include "dialect.h"
#include "dialect_notices.h"
#include "dialect_v201_names.h"
#include "dialect_v201_reports.h"

static const enum ocpp_event_trigger triggers[] = {
    [OCPP201_EVENT_TRIGGER_ALERTING] = OCPP_EVENT_ALERTING,
    [OCPP201_EVENT_TRIGGER_DELTA] = OCPP_EVENT_DELTA,
    [OCPP201_EVENT_TRIGGER_PERIODIC] = OCPP_EVENT_PERIODIC,
};

static const enum ocpp_event_origin origins[] = {
    [OCPP201_EVENT_NOTIFICATION_HARD_WIRED_NOTIFICATION] = OCPP_EVENT_NOTIFICATION,
    [OCPP201_EVENT_NOTIFICATION_HARD_WIRED_MONITOR] = OCPP_EVENT_HARD_WIRED,
    [OCPP201_EVENT_NOTIFICATION_PRECONFIGURED_MONITOR] = OCPP_EVENT_PRECONFIGURED,
    [OCPP201_EVENT_NOTIFICATION_CUSTOM_MONITOR] = OCPP_EVENT_CUSTOM,
};

static struct ocpp_station_event event_of(const struct ocpp201_event_data *told)
{
    return (struct ocpp_station_event){
        .event_id = told->event_id,
        .timestamp_utc_ms = told->timestamp,
        .name = central_v201_read_name(&told->component, &told->variable, OCPP201_ATTRIBUTE_UNSET),
        .value = told->actual_value,
        .trigger = triggers[told->trigger],
        .origin = origins[told->event_notification_type],
        .has_monitor = told->has_variable_monitoring_id,
        .monitor_id = told->variable_monitoring_id,
        .has_cause = told->has_cause,
        .cause = told->cause,
        .is_cleared = told->cleared,
        .transaction_id = told->transaction_id,
        .tech_code = told->tech_code,
        .tech_info = told->tech_info,
    };
}

static int severity_of(const struct ocpp_station *station, const struct ocpp_incoming_call *call, int64_t event_id)
{
    const struct ocpp_incoming_call *original = bridge_original(station, call);

    return station->dialect->event_severity ? station->dialect->event_severity(original->request, event_id) : -1;
}

static void handle_event(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp201_notify_event_req *req = call->request;
    const bool is_heard = handler->reports && handler->reports->on_event;

    for (size_t i = 0; is_heard && i < req->event_data.count; i++) {
        struct ocpp_station_event event = event_of(&req->event_data.items[i]);
        event.severity = severity_of(station, call, event.event_id);
        event.generated_utc_ms = req->generated_at;
        event.seq_no = req->seq_no;
        event.is_last = !req->tbc && i + 1 == req->event_data.count;
        handler->reports->on_event(station, &event, handler->user);
    }
    station_thank(station, call, is_heard);
}

static void handle_published(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp201_publish_firmware_status_notification_req *req = call->request;
    const bool is_heard = handler->reports && handler->reports->on_publish_status;
    const struct ocpp_publish_status status = {
        .word = central_word(&ocpp201_publish_firmware_status_enum, (int)req->status),
        .has_request_id = req->has_request_id,
        .request_id = req->request_id,
        .locations = req->location.items,
        .location_count = req->location.count,
    };

    if (is_heard) {
        handler->reports->on_publish_status(station, &status, handler->user);
    }
    station_thank(station, call, is_heard);
}

/* clang-format off */
const struct central_route central_v201_reports[] = {
    { &ocpp201_actions[OCPP201_ACTION_NOTIFY_EVENT],                         handle_event },
    { &ocpp201_actions[OCPP201_ACTION_NOTIFY_REPORT],                        central_v201_hear_report },
    { &ocpp201_actions[OCPP201_ACTION_NOTIFY_MONITORING_REPORT],             central_v201_hear_monitoring_report },
    { &ocpp201_actions[OCPP201_ACTION_NOTIFY_CUSTOMER_INFORMATION],          central_v201_hear_customer },
    { &ocpp201_actions[OCPP201_ACTION_PUBLISH_FIRMWARE_STATUS_NOTIFICATION], handle_published },
    { 0 },
};
/* clang-format on */
