/* monitoring.h: monitors of variables and the events they make (OCPP 2.0.1 N02 to N08).
 *
 * A monitor watches one variable of the device model, at one place, and makes an event when its value passes a threshold, changes
 * by more than an amount, or by the clock. Firmware declares those it always has; the central system adds, changes and removes
 * others. Variables of the engine are watched by themselves; for those of the firmware that it reads by callback
 * (device_model.h), ocpp_charge_point_variable_reported() says that the value is another now. 1.6 knows no monitors: while it is
 * spoken, a station counts as offline for them. docs/monitoring.md tells the whole.
 */
#ifndef OCPP_MONITORING_H
#define OCPP_MONITORING_H

#include <ocpp/device_model.h>
#include <ocpp/status.h>
#include <ocpp/types.h>
#include <ocpp/vocabulary.h>

OCPP_BEGIN_DECLARATIONS

struct ocpp_charge_point;

/* OCPP_DECLARED_MONITORS: ids of monitors that firmware declares are 1 to this; those of the central system lie behind it. */
enum { OCPP_DECLARED_MONITORS = 999 };

enum ocpp_monitor_origin {
    OCPP_MONITOR_HARD_WIRED,    /* nobody changes or removes it */
    OCPP_MONITOR_PRECONFIGURED, /* active with the monitoring bases All and FactoryDefault; may be changed and removed */
    OCPP_MONITOR_CUSTOM         /* of the central system */
};

/* ocpp_monitor: a monitor, as firmware declares it and as it is shown. Texts are borrowed. */
struct ocpp_monitor {
    int64_t id;                        /* declared: 1 to OCPP_DECLARED_MONITORS, the same in every release of the firmware */
    struct ocpp_setting_name variable; /* of the engine (docs/settings.md) or of the firmware */
    enum ocpp_monitor_type type;
    struct ocpp_decimal value; /* threshold, amount of change, or seconds */
    int severity;              /* 0 (danger) to 9 (debug) */
    bool only_in_transaction;  /* active while a transaction runs at its EVSE; of the station's variables: anywhere */
    enum ocpp_monitor_origin origin;
    bool only_with_all; /* preconfigured: active with All, not with FactoryDefault */
};

/* ocpp_monitoring_settings: what settings.monitoring points to, borrowed for life; zero means the default. */
struct ocpp_monitoring_settings {
    const struct ocpp_monitor *monitors; /* declared ones; NULL: none */
    size_t monitor_count;                /* at most 256 */
    size_t max_monitors;                 /* custom ones there may be; at most 1,000; default 32. One more is rejected */
    int64_t look_interval_ms;  /* between looks at values that only a callback tells; 100 to 86,400,000; default 10,000 */
    int64_t shortest_period_s; /* of periodic monitors; at most 86,400; default 1. A shorter one is rejected */
    /* whether the central system may set |monitor| (N04.FR.07: safety); |monitor->id| is 0 for a new one. It may not call back.
     * NULL: it may */
    bool (*allows)(const struct ocpp_monitor *monitor, void *user);
    void *user;
};

/* ocpp_charge_point_variable_reported: the value of the variable |name| may have changed: its monitors look at it now. Needed for
 * variables with a callback |get|; for any other it does no harm. Errors: OCPP_ERR_NOT_FOUND no such variable; OCPP_ERR_STATE
 * the station has no monitoring. */
OCPP_API enum ocpp_status ocpp_charge_point_variable_reported(struct ocpp_charge_point *cp, const struct ocpp_setting_name *name,
                                                              struct ocpp_now now);

/* ocpp_event: something the firmware tells by itself, without a monitor (a hard-wired notification). Texts are borrowed for the
 * call. */
struct ocpp_event {
    struct ocpp_setting_name variable; /* any names, at most 50 characters each; no need to be in the device model */
    const char *value;                 /* its actual value, at most 1,000 bytes; NULL: "" */
    int severity;                      /* 0 (danger) to 9 (debug): what the central system muted is not told */
    bool is_cleared;                   /* what was told before is over */
    const char *tech_code;             /* at most 50 characters; NULL: none */
    const char *tech_info;             /* at most 500 characters; NULL: none */
};

/* ocpp_charge_point_event: tells |event|; without a link it waits in the store, when its severity is within
 * OfflineQueuingSeverity. Where EVSE |event->variable.evse| has a transaction, the event names it. Errors: OCPP_ERR_ARGUMENT a
 * name, text or place outside its bounds; OCPP_ERR_STATE the station has no monitoring, or tells nothing of that severity now;
 * OCPP_ERR_FULL no room. */
OCPP_API enum ocpp_status ocpp_charge_point_event(struct ocpp_charge_point *cp, const struct ocpp_event *event,
                                                  struct ocpp_now now);

/* ocpp_charge_point_each_monitor: calls |visit| for every monitor that is active or would be in a transaction, until it returns
 * false. |is_exceeded|: its threshold is passed, and that was told. Texts live until |visit| returns. */
OCPP_API void ocpp_charge_point_each_monitor(const struct ocpp_charge_point *cp,
                                             bool (*visit)(const struct ocpp_monitor *monitor, bool is_exceeded, void *user),
                                             void *user);

OCPP_END_DECLARATIONS

#endif
