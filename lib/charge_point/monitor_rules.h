/* monitor_rules.h: when a monitor makes an event: a function of the monitor, of what it remembers, of the value and of the time.
 * OCPP 2.0.1 N07.FR.02, FR.16 to FR.19, N08.FR.06, FR.07; part 1, 4.4. */
#ifndef OCPP_LIB_MONITOR_RULES_H
#define OCPP_LIB_MONITOR_RULES_H

#include <ocpp/monitoring.h>

/* Numbers are millionths here; what is larger than MONITOR_MOST stands for it. */
#define MONITOR_MOST ((int64_t)2000000000000000000)

/* Of a monitor what decides. */
struct monitor_rule {
    enum ocpp_monitor_type type;
    bool is_number;    /* of the variable: numbers, and dates in seconds; any other value counts by its text */
    int64_t value;     /* millionths; of periodic ones milliseconds */
    int64_t dead_band; /* millionths: how far within its threshold a value has to return (the variable Hysteresis) */
};

/* What a monitor remembers. Zero: nothing yet. */
struct monitor_memory {
    bool is_exceeded;
    bool has_reference; /* of a change: … */
    int64_t reference;  /* … the number, … */
    uint64_t text;      /* … or the digest of the text it counts from */
    bool has_due;       /* of a period: … */
    int64_t due_ms;     /* … when it ends: by the monotonic clock, or by the calendar where it is aligned to that */
};

/* What there is to see. */
struct monitor_view {
    bool has_value;
    int64_t number; /* millionths */
    uint64_t text;  /* ocpp_monitor_digest() of the value */
    int64_t mono_ms;
    int64_t utc_ms;    /* OCPP_UTC_UNKNOWN: a clock-aligned period rests */
    int64_t offset_ms; /* of local time: whose midnight counts */
};

enum monitor_event { MONITOR_QUIET, MONITOR_EXCEEDED, MONITOR_CLEARED, MONITOR_CHANGED, MONITOR_PERIOD };

/* ocpp_monitor_look: what |rule| makes of |view|; |memory| is what it remembers afterwards. The first look at a value is what
 * changes are counted from, and periods begin with it. */
enum monitor_event ocpp_monitor_look(const struct monitor_rule *rule, struct monitor_memory *memory,
                                     const struct monitor_view *view);

/* ocpp_monitor_skip: time goes by for a monitor that may tell nothing: what it remembers stays, but for periods that end, and for
 * the first value that changes are counted from. */
void ocpp_monitor_skip(const struct monitor_rule *rule, struct monitor_memory *memory, const struct monitor_view *view);

/* ocpp_monitor_due: when a period ends, by the monotonic clock; OCPP_NEVER: there is none. */
int64_t ocpp_monitor_due(const struct monitor_rule *rule, const struct monitor_memory *memory, int64_t mono_ms, int64_t utc_ms);

/* ocpp_monitor_millionths: a number of a variable or a monitor. ocpp_monitor_digest: of a text; two that differ have different
 * ones but for one in 2^64. */
int64_t ocpp_monitor_millionths(struct ocpp_decimal number);
uint64_t ocpp_monitor_digest(const char *text);

/* ocpp_monitor_suits: whether variables of |type| may have monitors of |monitor| (part 1, 4.4). _is_number: whether its values
 * count as numbers. */
bool ocpp_monitor_suits(enum ocpp_setting_type type, enum ocpp_monitor_type monitor);
bool ocpp_monitor_is_number(enum ocpp_setting_type type);

#endif
