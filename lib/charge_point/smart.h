/* smart.h: what a charge point keeps for smart charging; for the files of that block only. */
#ifndef OCPP_LIB_SMART_H
#define OCPP_LIB_SMART_H

#include "charge_point_internal.h"

enum limit_notice { NOTICE_NONE, NOTICE_SET, NOTICE_CLEARED };

/* A limit that somebody beside the central system set. */
struct external {
    bool is_set;
    struct ocpp_external_limit limit;
    int64_t since_ms;         /* OCPP_UTC_UNKNOWN */
    enum limit_notice notice; /* the central system is to be told */
    bool is_told;             /* it was, of … */
    struct ocpp_external_limit told;
    uint8_t reports; /* as in struct profile */
};

/* The limit of an EVSE as last worked out. */
struct limit_now {
    uint8_t transaction[UUID_BYTES]; /* the one whose vehicle may draw since … */
    struct moment since;             /* … then: relative schedules count from it (K01.FR.42) */
    struct limit limit;
    bool is_charging; /* it charged then … */
    int64_t rate_ma;  /* … and this is the rate the central system may know of */
};

struct smart {
    struct profile_table table;
    struct profile *candidate;   /* one more slot */
    struct ocpp_change *changes; /* of one write, room + 1 of them */
    char (*keys)[PROFILE_KEY_SIZE];
    uint32_t next_serial;
    struct schedule_site site;
    struct schedule_user *users; /* evse_count + 1 */
    struct external *externals;  /* evse_count + 1 */
    struct limit_now *limits;    /* evse_count + 1 */
    bool is_stale;
    uint32_t revision; /* grows when what bears on the limits changes */
    bool is_on; /* ocpp_cp_smart_is_on() when the limits were worked out */
    int64_t axis_ms;       /* the date of mono 0 the limits were worked out with; INT64_MIN: none */
    uint64_t charging;     /* who charged then, a bit each */
    int64_t until_mono_ms; /* how long they hold */
    struct profile_report reports[MOST_PROFILE_REPORTS];
    int flight_notice_evse; /* of the notice under way; -1: a report is */
    int64_t retry_mono_ms;
};

static inline struct profile *ocpp_smart_slot(const struct ocpp_charge_point *cp, size_t index)
{
    return ocpp_profile_slot(&cp->smart->table, index);
}

#endif
