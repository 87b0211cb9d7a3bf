/* events.c: numbers of events, and what an event says of where it happened.
 *
 * Keys of the store: events, struct events_record: the numbers below it were given. They are reserved some at a time, so that a
 * number is not repeated after a restart and flash is spared. */
#include "events.h"

#include "charge_point_internal.h"
#include "text.h"

enum { NUMBERS_AT_ONCE = 1000 };

struct events_record {
    int64_t next;
};

static const struct ocpp_field events_rows[] = {
    OCPP_FIELD_ROW(1, OCPP_FIELD_INTEGER, struct events_record, next),
};
static const struct ocpp_layout events_layout = { 93, sizeof(struct events_record), events_rows, 1 };
static const char events_key[] = "events";

/* Where the store fails, numbers go on: an event that says something counts more than its number. */
static int64_t next_number(struct ocpp_charge_point *cp)
{
    if (cp->next_event_id < cp->event_ids_end) {
        return cp->next_event_id++;
    }
    struct events_record record = { .next = 0 };
    if (ocpp_cp_read_record(cp, events_key, &events_layout, &record) != OCPP_OK || record.next < 0 ||
        record.next > INT32_MAX - NUMBERS_AT_ONCE) {
        record.next = 0;
    }
    record.next = record.next > cp->next_event_id ? record.next : cp->next_event_id;
    cp->next_event_id = record.next;
    record.next = record.next > INT32_MAX - 2 * NUMBERS_AT_ONCE ? 0 : record.next + NUMBERS_AT_ONCE;
    if (ocpp_cp_put(cp, events_key, &events_layout, &record) == OCPP_OK && record.next != 0) {
        cp->event_ids_end = record.next;
    }
    return cp->next_event_id++;
}

void ocpp_cp_event_about(struct event_notice *event, const struct ocpp_setting_name *name)
{
    event->evse = name->evse;
    event->connector = name->connector;
    ocpp_text_copy(event->component, sizeof(event->component), name->component);
    ocpp_text_copy(event->variable, sizeof(event->variable), name->variable);
    ocpp_text_copy(event->component_instance, sizeof(event->component_instance),
                   name->component_instance == NULL ? "" : name->component_instance);
    ocpp_text_copy(event->variable_instance, sizeof(event->variable_instance), name->instance == NULL ? "" : name->instance);
}

enum ocpp_status ocpp_cp_event(struct ocpp_charge_point *cp, struct event_notice *event, int severity)
{
    const struct evse *evse = ocpp_cp_evse(cp, event->evse);
    if (ocpp_cp_notices(cp) == NULL) {
        return OCPP_ERR_STATE;
    }
    if (evse != NULL && ocpp_cp_is_ongoing(evse)) {
        ocpp_uuid_text(evse->transaction.uuid, event->transaction);
    }
    event->event_id = next_number(cp);
    event->notice.is_critical = severity <= CRITICAL_SEVERITY;
    const enum ocpp_status status = ocpp_cp_notice_add(cp, NOTICE_EVENT, event);
    cp->dirty = true;
    return status;
}

void ocpp_cp_event_of_fault(struct ocpp_charge_point *cp, const struct ocpp_setting_name *place, const struct ocpp_fault *fault,
                            bool is_over, bool is_left)
{
    const bool is_warning = ocpp_cp_fault_is_warning(fault->code);
    const int severity = is_warning ? WARNING_SEVERITY : FAULT_SEVERITY;
    const bool has_vendor_code = fault->vendor_error_code != NULL && fault->vendor_error_code[0] != '\0';
    const bool has_info = fault->info != NULL && fault->info[0] != '\0';
    struct event_notice event = {
        .trigger = EVENT_ALERTING,
        .origin = EVENT_HARD_WIRED_NOTIFICATION,
        .is_cleared = is_over,
    };
    if (!ocpp_cp_has_feature(cp, FEATURE_MONITORING) || !ocpp_cp_event_is_heard(cp, severity)) {
        return;
    }
    ocpp_cp_event_about(&event, place);
    ocpp_text_copy(event.value, sizeof(event.value), is_over && !is_left ? "false" : "true");
    ocpp_text_cut(event.tech_code, sizeof(event.tech_code), has_vendor_code ? fault->vendor_error_code : fault->code,
                  EVENT_CODE_CHARACTERS);
    ocpp_text_cut(event.tech_info, sizeof(event.tech_info), has_info ? fault->info : "", EVENT_INFO_CHARACTERS);
    if (ocpp_cp_event(cp, &event, severity) != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "nobody is told of the fault %s", fault->code);
    }
}

bool ocpp_cp_event_is_heard(const struct ocpp_charge_point *cp, int severity)
{
    if (!ocpp_cp_has_feature(cp, FEATURE_MONITORING)) {
        return true;
    }
    const struct notice_words *words = ocpp_cp_words(cp, BLOCK_NOTICES);
    const bool is_online = ocpp_cp_may_send(cp) && words != NULL && words->send_events != NULL;
    return severity <= cp->values[VARIABLE_MONITORING_LEVEL] && (is_online || severity <= cp->values[VARIABLE_OFFLINE_SEVERITY]);
}
