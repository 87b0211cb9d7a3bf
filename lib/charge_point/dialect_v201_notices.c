/* dialect_v201_notices.c: SecurityEventNotification (A04) and NotifyEvent (N07, N08) of OCPP 2.0.1. */
#include "dialect_v201.h"
#include "notices.h"

static const enum ocpp201_event_trigger trigger_words[] = {
    [EVENT_ALERTING] = OCPP201_EVENT_TRIGGER_ALERTING,
    [EVENT_DELTA] = OCPP201_EVENT_TRIGGER_DELTA,
    [EVENT_PERIODIC] = OCPP201_EVENT_TRIGGER_PERIODIC,
};

static const enum ocpp201_event_notification origin_words[] = {
    [EVENT_HARD_WIRED_NOTIFICATION] = OCPP201_EVENT_NOTIFICATION_HARD_WIRED_NOTIFICATION,
    [EVENT_HARD_WIRED_MONITOR] = OCPP201_EVENT_NOTIFICATION_HARD_WIRED_MONITOR,
    [EVENT_PRECONFIGURED_MONITOR] = OCPP201_EVENT_NOTIFICATION_PRECONFIGURED_MONITOR,
    [EVENT_CUSTOM_MONITOR] = OCPP201_EVENT_NOTIFICATION_CUSTOM_MONITOR,
};

/* A record may be of a later release, which knows more of them. */
#define WORD(words, which) ((which) >= 0 && (size_t)(which) < sizeof(words) / sizeof((words)[0]) ? (words)[which] : (words)[0])

static enum ocpp_status send_security_event(struct ocpp_charge_point *cp, const struct security_notice *notice, const char *id)
{
    const struct ocpp201_security_event_notification_req request = {
        .type = notice->type,
        .timestamp = ocpp_cp_date(cp, &notice->notice.when),
        .tech_info = notice->info[0] == '\0' ? NULL : notice->info,
    };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_SECURITY_EVENT_NOTIFICATION], &request, id,
                        ocpp_cp_notices_on_answer);
}

static const char *unless_empty(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

static void fill(struct ocpp_charge_point *cp, const struct event_notice *event, struct ocpp201_event_data *data,
                 struct ocpp201_evse *place)
{
    *place = (struct ocpp201_evse){
        .id = event->evse,
        .has_connector_id = event->connector > 0,
        .connector_id = event->connector,
    };
    *data = (struct ocpp201_event_data){
        .event_id = event->event_id,
        .timestamp = ocpp_cp_date(cp, &event->notice.when),
        .trigger = WORD(trigger_words, event->trigger),
        .has_cause = event->has_cause,
        .cause = event->cause,
        .actual_value = event->value,
        .tech_code = unless_empty(event->tech_code),
        .tech_info = unless_empty(event->tech_info),
        .has_cleared = event->is_cleared,
        .cleared = event->is_cleared,
        .transaction_id = unless_empty(event->transaction),
        .component = { .name = event->component,
                       .instance = unless_empty(event->component_instance),
                       .evse = event->evse > 0 ? place : NULL },
        .has_variable_monitoring_id = event->has_monitor,
        .variable_monitoring_id = event->monitor,
        .event_notification_type = WORD(origin_words, event->origin),
        .variable = { .name = event->variable, .instance = unless_empty(event->variable_instance) },
    };
}

/* Each message is a report of its own: what is known when it leaves is in it. */
static enum ocpp_status send_events(struct ocpp_charge_point *cp, const struct event_notice *const *events, size_t count,
                                    const char *id)
{
    struct ocpp201_event_data data[MOST_EVENTS_TOGETHER];
    struct ocpp201_evse places[MOST_EVENTS_TOGETHER];
    for (size_t i = 0; i < count; i++) {
        fill(cp, events[i], &data[i], &places[i]);
    }
    const struct ocpp201_notify_event_req request = {
        .generated_at = ocpp_cp_utc(cp, cp->now),
        .event_data = { data, count },
    };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_NOTIFY_EVENT], &request, id, ocpp_cp_notices_on_answer);
}

const struct notice_words ocpp_cp_v201_notice_words = {
    .send_security_event = send_security_event,
    .send_events = send_events,
};
