/* monitors.h: the monitors there are, where they are kept, and the report of them (OCPP 2.0.1 N02 to N08).
 *
 * Keys of the store:
 *   monitoring            struct monitoring_record: the base, the level, the next id, which preconfigured ones were removed
 *   monitor/<id>          struct monitor_record: one of the central system; with the id of a declared one: what it became
 *   exceeded/<id>         struct exceeded_record: its threshold is passed, and that was told (N07.FR.14)
 */
#ifndef OCPP_LIB_MONITORS_H
#define OCPP_LIB_MONITORS_H

#include "block.h"
#include "charge_point_internal.h"
#include "monitor_rules.h"

enum {
    MOST_DECLARED = 256,
    MOST_CUSTOM = 1000,
    USUAL_CUSTOM = 32,
    USUAL_LOOK_MS = 10000,
    WORST_SEVERITY = 0,
    LEAST_SEVERITY = 9,
    LONGEST_PERIOD_S = 31622400,
    DAY_S = 86400,
    MONITOR_NAME_SIZE = 201, /* 50 characters of any script */
    REPORTED_MONITORS = 32   /* on a page, but for those of one variable, which stay together */
};

enum monitoring_base { MONITORING_ALL, MONITORING_FACTORY_DEFAULT, MONITORING_HARD_WIRED_ONLY };

struct monitor {
    int64_t id; /* 0: the place is free */
    struct entry entry;
    enum ocpp_monitor_type type;
    enum ocpp_monitor_origin origin;
    struct ocpp_decimal value;
    uint8_t severity;
    bool only_in_transaction;
    bool is_active; /* else a declared one that the base or a removal has switched off */
    bool is_marked; /* for the open report */
    bool is_exceeded_in_store;
    bool was_in_transaction;
    struct monitor_memory memory;
    int64_t look_mono_ms; /* not before; of values that nobody hands over: then */
};

struct monitor_report {
    bool is_open;
    bool is_on_its_way;
    int64_t request_id;
    int64_t seq_no;
    size_t next;       /* the place the next page begins with */
    size_t page_end;   /* where the one on its way ends */
    size_t page_items; /* how many monitors it has at most */
    int attempts;
    int64_t retry_mono_ms;
};

struct monitoring {
    const struct ocpp_monitoring_settings *settings;
    struct monitor *monitors; /* the declared ones in their order, then places for custom ones */
    size_t declared;
    size_t room;
    int64_t next_id;
    int64_t keep_mono_ms; /* when what is exceeded is written again after it could not be */
    uint8_t removed[OCPP_DECLARED_MONITORS / 8 + 1];
    struct monitor_report report;
};

/* What becomes of a request to set a monitor. */
enum monitor_verdict {
    MONITOR_SET,
    MONITOR_UNKNOWN_COMPONENT,
    MONITOR_UNKNOWN_VARIABLE,
    MONITOR_UNSUITABLE, /* the variable has no monitors of the type */
    MONITOR_DUPLICATE,
    MONITOR_OUT_OF_RANGE, /* from here on they are refusals */
    MONITOR_BAD_SEVERITY,
    MONITOR_UNKNOWN_ID,
    MONITOR_OF_ANOTHER, /* the monitor of that id watches another variable */
    MONITOR_FIXED,      /* it is hard-wired */
    MONITOR_REFUSED,    /* by the firmware */
    MONITOR_NO_ROOM,
    MONITOR_NO_STORAGE
};

enum clear_verdict { MONITOR_CLEARED_NOW, MONITOR_CANNOT_BE_CLEARED, MONITOR_NOT_FOUND };

/* The words of a version. send_report: the page that begins with monitoring->report.next; |end| gets the place behind it. */
struct monitoring_words {
    enum ocpp_status (*send_report)(struct ocpp_charge_point *cp, size_t *end);
};

extern const struct block ocpp_cp_monitoring_block;
enum { MONITORING_HEARINGS = 5 };
extern const struct hearing ocpp_cp_v201_monitoring_hearings[MONITORING_HEARINGS];
extern const struct monitoring_words ocpp_cp_v201_monitoring_words;

struct monitoring *ocpp_cp_monitoring(const struct ocpp_charge_point *cp); /* NULL: there is none */

/* --- monitors.c: which there are, and the store ---------------------------------------------------------------------------- */

size_t ocpp_cp_monitors_room(const struct ocpp_monitoring_settings *settings);
enum ocpp_status ocpp_cp_monitors_load(struct ocpp_charge_point *cp);
struct monitor *ocpp_cp_monitor_of(const struct monitoring *all, int64_t id); /* NULL: none, or not active */
/* ocpp_cp_monitor_name: the variable it watches. */
struct ocpp_setting_name ocpp_cp_monitor_name(const struct ocpp_charge_point *cp, const struct monitor *monitor);
/* ocpp_cp_monitors_activate: which of the declared ones the base and the removals leave active. */
void ocpp_cp_monitors_activate(struct monitoring *all, enum monitoring_base base);
/* ocpp_cp_monitors_keep: stores what has come to be exceeded, or is no longer. */
void ocpp_cp_monitors_keep(struct ocpp_charge_point *cp);
/* ocpp_cp_monitor_put: |monitor| as a change of the store, its bytes in cp->bytes. */
enum ocpp_status ocpp_cp_monitor_put(struct ocpp_charge_point *cp, const struct monitor *monitor, char key[OCPP_KEY_SIZE],
                                     struct ocpp_change *change);
/* ocpp_cp_monitoring_put: the base, the level, the next id and the removals, in |bytes|. */
enum { MONITORING_BYTES = 192 };
enum ocpp_status ocpp_cp_monitoring_put(const struct monitoring *all, int base, int level, uint8_t bytes[MONITORING_BYTES],
                                        struct ocpp_change *change);

/* --- monitor_setting.c: what the central system changes -------------------------------------------------------------------- */

/* ocpp_cp_monitor_set: sets |wanted|, whose id is 0 for a new one; |wanted->origin| does not count. The id of what was set goes
 * to |id|. It is durable then. */
enum monitor_verdict ocpp_cp_monitor_set(struct ocpp_charge_point *cp, const struct ocpp_monitor *wanted, int64_t *id);
enum clear_verdict ocpp_cp_monitor_clear(struct ocpp_charge_point *cp, int64_t id);
bool ocpp_cp_monitoring_set_base(struct ocpp_charge_point *cp, enum monitoring_base base);
bool ocpp_cp_monitoring_set_level(struct ocpp_charge_point *cp, int64_t severity);
/* ocpp_cp_monitor_start_over: |monitor| as if it had just been set. */
void ocpp_cp_monitor_start_over(struct ocpp_charge_point *cp, struct monitor *monitor);

/* --- monitor_reports.c ------------------------------------------------------------------------------------------------------ */

enum verdict ocpp_cp_monitor_report_open(struct ocpp_charge_point *cp, int64_t request_id,
                                         bool (*is_wanted)(const struct ocpp_charge_point *cp, const struct monitor *monitor,
                                                           const void *user),
                                         const void *user);
/* ocpp_cp_monitor_leads: whether the monitor at |place| is the first marked one of its variable: the others are told with it. */
bool ocpp_cp_monitor_leads(const struct monitoring *all, size_t place);
bool ocpp_cp_monitors_are_of_one(const struct monitor *a, const struct monitor *b);
bool ocpp_cp_monitor_report_send(struct ocpp_charge_point *cp);
void ocpp_cp_monitor_report_answered(struct ocpp_charge_point *cp);
void ocpp_cp_monitor_report_failed(struct ocpp_charge_point *cp);

#endif
