/* dialect_v201_lock.c: a latch that fails, as an event of OCPP 2.0.1 (G05.FR.02; NotifyEvent, N07). */
#include "dialect_v201.h"

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    ocpp_cp_lock_event_answered(user, answer->status);
}

/* Numbers of events are not repeated within a start of the software. */
enum ocpp_status ocpp_cp_v201_send_lock_event(struct ocpp_charge_point *cp, const struct lock_event *event)
{
    const struct ocpp201_evse place = { .id = event->evse, .has_connector_id = true, .connector_id = event->connector };
    const struct ocpp201_event_data data = {
        .event_id = cp->next_event_id,
        .timestamp = ocpp_cp_date(cp, &event->when),
        .trigger = OCPP201_EVENT_TRIGGER_DELTA,
        .actual_value = event->is_trouble ? "true" : "false",
        .has_cleared = !event->is_trouble,
        .cleared = true,
        .component = { .name = "ConnectorPlugRetentionLock", .evse = &place },
        .event_notification_type = OCPP201_EVENT_NOTIFICATION_HARD_WIRED_NOTIFICATION,
        .variable = { .name = "Problem" },
    };
    const struct ocpp201_notify_event_req request = {
        .generated_at = ocpp_cp_utc(cp, cp->now),
        .event_data = { &data, 1 },
    };
    const enum ocpp_status status = ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_NOTIFY_EVENT], &request, NULL, on_answer);
    cp->next_event_id += status == OCPP_OK;
    return status;
}
