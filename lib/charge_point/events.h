/* events.h: events of the device model, whoever makes them: monitors, the firmware, a latch that fails (OCPP 2.0.1 N07, G05). */
#ifndef OCPP_LIB_EVENTS_H
#define OCPP_LIB_EVENTS_H

#include "notices.h"

enum {
    CRITICAL_SEVERITY = 3,
    /* events up to this give way last when the queue is full */ LATCH_SEVERITY = 1,
    FAULT_SEVERITY = 1,
    WARNING_SEVERITY = 6
};

/* ocpp_cp_event: gives |event| a number and the transaction at its place, and puts it into the queue of notices. What it is
 * about, its value and its origin are the caller's to fill in. Errors: those of ocpp_cp_notice_add(). */
enum ocpp_status ocpp_cp_event(struct ocpp_charge_point *cp, struct event_notice *event, int severity);

/* ocpp_cp_event_about: |event| is about the variable |name|. */
void ocpp_cp_event_about(struct event_notice *event, const struct ocpp_setting_name *name);

/* ocpp_cp_event_of_fault: |fault| appeared at a place, or is over; where there is monitoring it is told as the Problem of that
 * component, because the statuses of 2.x do not say why. |is_left|: the place has another fault. */
void ocpp_cp_event_of_fault(struct ocpp_charge_point *cp, const struct ocpp_setting_name *place, const struct ocpp_fault *fault,
                            bool is_over, bool is_left);

/* ocpp_cp_event_is_heard: whether something of |severity| is told now, or kept until there is a link (N05.FR.03, N07.FR.04,
 * FR.15). A station without monitoring tells everything. */
bool ocpp_cp_event_is_heard(const struct ocpp_charge_point *cp, int severity);

#endif
