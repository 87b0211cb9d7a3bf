/* schedule.h: what charging profiles say at a moment, and over a time: pure functions of the profiles, the vehicles that charge
 * and the time. Nothing here knows a message, a store or a clock.
 *
 * Rates are whole milliamperes per phase and whole milliwatts in all; times are milliseconds, of UTC or, while nobody knows the
 * date, of the monotonic clock. How limits combine is told in docs/smart-charging.md.
 */
#ifndef OCPP_LIB_SCHEDULE_H
#define OCPP_LIB_SCHEDULE_H

#include <ocpp/types.h>

enum { PROFILE_UUID_BYTES = 16, PROFILE_UNBOUNDED_S = -1 };

#define PROFILE_NO_START INT64_MIN
#define NO_LIMIT         INT64_MAX

enum profile_purpose { PURPOSE_NONE, PURPOSE_EXTERNAL, PURPOSE_STATION_MAX, PURPOSE_TX_DEFAULT, PURPOSE_TX, PURPOSE_COUNT };
enum profile_kind { PROFILE_ABSOLUTE = 1, PROFILE_RECURRING, PROFILE_RELATIVE };
enum profile_recurrency { RECURS_NOT, RECURS_DAILY, RECURS_WEEKLY };
enum schedule_unit { IN_NOTHING, IN_AMPERE, IN_WATT };

struct profile_period {
    int64_t rate_milli;  /* mA per phase, or mW in all phases */
    int32_t start_s;     /* from the start of the schedule */
    int8_t phases;       /* 0: not said, which means 3 */
    int8_t phase_to_use; /* 0: not said */
};

/* A profile has one schedule: more are only for vehicles that choose among them by ISO 15118 (K01.FR.34). */
struct profile {
    int64_t id;
    int64_t schedule_id;
    int64_t valid_from_ms;  /* INT64_MIN: always was */
    int64_t valid_to_ms;    /* INT64_MAX: for ever; not valid any more at this moment */
    int64_t start_ms;       /* PROFILE_NO_START: when the vehicle may draw */
    int64_t min_rate_milli; /* -1: none. Kept and reported; the division among EVSEs does not look at it (K01.FR.21) */
    int32_t duration_s;     /* PROFILE_UNBOUNDED_S: without end */
    int32_t evse;           /* 0: the station, or each EVSE */
    int32_t connector;      /* 0: whichever is in use */
    int32_t stack_level;
    int8_t purpose;                          /* enum profile_purpose */
    int8_t kind;                             /* enum profile_kind */
    int8_t recurrency;                       /* enum profile_recurrency */
    int8_t unit;                             /* enum schedule_unit */
    uint8_t transaction[PROFILE_UUID_BYTES]; /* of PURPOSE_TX */
    /* not stored */
    uint32_t awaits;  /* the serial of a remote start whose transaction it will belong to; 0: none */
    bool is_unstored; /* … nor yet written, though it should be */
    uint8_t reports;  /* one bit for each report it is to appear in */
    bool is_used;
    size_t period_count;
    struct profile_period periods[]; /* at least one, ascending */
};

/* All profiles there are, in slots of one size; an unused slot has is_used false. */
struct profile_table {
    uint8_t *slots;
    size_t stride;
    size_t room;
    size_t most_periods; /* of one profile */
};

static inline struct profile *ocpp_profile_slot(const struct profile_table *table, size_t index)
{
    return (struct profile *)(void *)(table->slots + index * table->stride);
}

/* A limit in both measures. A limit that was given in one of them is converted with the nominal voltage and the phases of its
 * period (K01.FR.50; 1.6 errata 3.69). */
struct limit {
    int64_t current_ma; /* per phase */
    int64_t power_mw;   /* in all */
    int8_t phases;      /* 0: direct current */
    int8_t phase_to_use;
};

/* What the hardware is. */
struct schedule_site {
    int64_t voltage_v;
    int64_t least_current_ma; /* no vehicle draws less */
};

/* An EVSE, or the station at [0], as the schedules see it. */
struct schedule_user {
    bool charges; /* energy may flow there now, but for limits */
    bool has_transaction;
    int connector;    /* in use; 0: none, and what is said of any may come to hold */
    int64_t start_ms; /* of relative schedules */
    int64_t order;    /* who began earlier is served first */
    uint8_t transaction[PROFILE_UUID_BYTES];
    struct limit hardware; /* NO_LIMIT where there is none; its phases are those there are */
    struct limit external; /* NO_LIMIT: none */
    struct limit own;      /* scratch of the functions below … */
    int rank;              /* … and of the division */
};

struct schedule_view {
    const struct profile_table *profiles;
    const struct schedule_site *site;
    struct schedule_user *users; /* count + 1 */
    int count;                   /* of EVSEs */
    bool has_date;               /* times are of UTC */
};

/* ocpp_schedule_limit: the limit at |evse| (0: of the whole station) at |at_ms|; |*until_ms| is when to look again: nothing
 * changes before. */
struct limit ocpp_schedule_limit(const struct schedule_view *view, int evse, int64_t at_ms, int64_t *until_ms);

struct composite_period {
    int32_t start_s;
    int64_t rate_tenths; /* A per phase or W in all, rounded down */
    int8_t phases;
    int8_t phase_to_use;
};

/* A composite schedule: what is asked for, and the answer. */
struct composite {
    int64_t from_ms;
    int32_t asked_s;
    struct composite_period *periods;
    size_t room;
    size_t count;
    int32_t duration_s; /* covered; less than was asked for where |room| or the effort was not enough */
};

/* ocpp_schedule_composite: the limits at |evse| from from_ms on for asked_s, at each whole second. Equal neighbours are one
 * period. */
void ocpp_schedule_composite(const struct schedule_view *view, int evse, enum schedule_unit unit, struct composite *composite);

/* ocpp_schedule_tenths: |limit| in the words of a composite. */
int64_t ocpp_schedule_tenths(const struct limit *limit, enum schedule_unit unit);

/* ocpp_schedule_lowest: the lower of both, measure by measure. */
struct limit ocpp_schedule_lowest(struct limit a, struct limit b);

/* ocpp_schedule_no_limit: what does not limit. */
struct limit ocpp_schedule_no_limit(int phases);

#endif
