/* profiles.h: the charging profiles a station has: rules for taking one in, the table, the store, and what the central system
 * does with them. The pure side, what they say at a moment, is schedule.h.
 *
 * A profile of a transaction goes with it; the others stay until they are cleared. One record each, profile/<id>; one write for
 * everything an operation changes. OCPP 1.6 3.13, 5.5, 5.7, 5.16; OCPP 2.0.1 K01, K08 to K13. */
#ifndef OCPP_LIB_PROFILES_H
#define OCPP_LIB_PROFILES_H

#include <ocpp/charge_point.h>

#include "record.h"
#include "schedule.h"

struct evse;
struct authorization;

enum {
    MOST_PROFILES = 1000,
    MOST_PROFILE_PERIODS = 200, /* what a record of FACT_ROOM bytes holds */
    MOST_PROFILE_REPORTS = 4,   /* under way at the same time */
    PROFILE_KEY_SIZE = 32
};

/* Why a profile was not taken; each dialect has its words for them. */
enum profile_refusal {
    PROFILE_TAKEN,
    PROFILE_NO_PLACE,       /* no such EVSE or connector */
    PROFILE_NO_TRANSACTION, /* none runs there, or another one */
    PROFILE_NOT_SOUND,      /* members that contradict each other or the purpose */
    PROFILE_BAD_SCHEDULE,   /* the same, of the schedule */
    PROFILE_LEVEL_TOO_HIGH,
    PROFILE_UNIT_UNSUPPORTED,
    PROFILE_PHASES_UNSUPPORTED,
    PROFILE_IS_DUPLICATE, /* the level is taken by another id */
    PROFILE_TOO_MANY,     /* periods or profiles */
    PROFILE_NOT_STORED,
    PROFILE_TOO_EARLY /* the vehicle has not told its needs yet (K15.FR.17) */
};

/* Which profiles are meant; what is not set matches all. */
struct profile_filter {
    bool has_id;
    int64_t id; /* nothing else counts then */
    const int64_t *ids;
    size_t id_count; /* 0: any */
    bool has_place;
    int evse;
    int connector;                /* 0: any */
    enum profile_purpose purpose; /* PURPOSE_NONE: any */
    bool has_stack_level;
    int64_t stack_level;
    unsigned sources; /* bits 1 << enum ocpp_limit_source; 0: any */
};

/* What becomes of a profile whose level another one has: the old one goes (1.6 3.13.2), or the new one is refused (K01.FR.06). */
enum profile_rivalry { RIVALS_ARE_REPLACED, RIVALS_REFUSE };

struct profile_report {
    bool is_open;
    int64_t request_id;
    struct profile *spare; /* a copy of one that is still to be reported, should all of those be gone by then; NULL: none */
    enum ocpp_limit_source spare_source;
};

/* A page of a report: profiles of one place and one source. */
struct profile_page {
    int64_t request_id;
    int evse;
    enum ocpp_limit_source source;
    const struct profile *const *profiles;
    size_t count;
    bool is_last;
};

/* A limit from outside that came, changed or went. */
struct limit_report {
    int evse;
    bool is_set;
    const struct ocpp_external_limit *limit;
    const struct profile *schedule; /* NULL: the central system does not want it */
};

struct evse;
struct authorization;

/* --- profile.c: one profile ------------------------------------------------------------------------------------------- */

/* ocpp_cp_profile_begin: the empty candidate: always valid, without start, end or transaction. It lives until the next one. */
struct profile *ocpp_cp_profile_begin(struct ocpp_charge_point *cp);

/* ocpp_cp_profile_add_period: false when the profile is full. |limit| is in A or W. */
enum profile_refusal ocpp_cp_profile_add_period(struct ocpp_charge_point *cp, struct profile *profile, int64_t start_s,
                                                struct ocpp_decimal limit, struct profile_period period);

/* ocpp_cp_profile_rate: A or W as thousandths, rounded down; false when it is negative or beyond counting. */
bool ocpp_cp_profile_rate(struct ocpp_decimal limit, int64_t *rate_milli);

/* ocpp_cp_profile_phases, _duration, _level: numbers from the wire; what is beyond every bound stays beyond. */
int8_t ocpp_cp_profile_phases(const struct ocpp_charge_point *cp, int evse, bool is_said, int64_t number);
int32_t ocpp_cp_profile_duration(int64_t duration_s);
int32_t ocpp_cp_profile_level(int64_t level);

/* ocpp_cp_profile_check: the rules that need no other profile. */
enum profile_refusal ocpp_cp_profile_check(const struct ocpp_charge_point *cp, const struct profile *profile);

/* ocpp_cp_profile_shape: the part of them that a record must keep to be used at all. */
enum profile_refusal ocpp_cp_profile_shape(const struct profile *profile);

enum ocpp_status ocpp_cp_profile_write(struct ocpp_charge_point *cp, const struct profile *profile, size_t *size); /* cp->bytes */
enum ocpp_status ocpp_cp_profile_read(const struct profile_table *table, const void *bytes, size_t size, struct profile *profile);
void ocpp_cp_profile_key(int64_t id, char key[PROFILE_KEY_SIZE]);

/* --- profile_stack.c: all of them --------------------------------------------------------------------------------------- */

/* ocpp_cp_profile_set: takes the candidate in. A profile of a transaction names it by its UUID or, with all zeros, means the one
 * that runs there. */
enum profile_refusal ocpp_cp_profile_set(struct ocpp_charge_point *cp, struct profile *profile, enum profile_rivalry rivalry);

/* ocpp_cp_profile_await: the same for the profile of a remote start: it waits for its transaction. |*serial| names it. */
enum profile_refusal ocpp_cp_profile_await(struct ocpp_charge_point *cp, struct profile *profile, uint32_t *serial);

/* ocpp_cp_profile_bind: the transaction of |evse| has begun by the authorization that brought the profile. */
void ocpp_cp_profile_bind(struct ocpp_charge_point *cp, struct evse *evse, const struct authorization *authorization);

/* ocpp_cp_profile_clear: all that match go, or none. Errors: OCPP_ERR_NOT_FOUND none does; those of the store. */
enum ocpp_status ocpp_cp_profile_clear(struct ocpp_charge_point *cp, const struct profile_filter *filter);

bool ocpp_cp_profile_matches(const struct profile *profile, const struct profile_filter *filter);
size_t ocpp_cp_profile_count(const struct ocpp_charge_point *cp);

/* --- profile_keeping.c: the store and the time ---------------------------------------------------------------------------- */

enum ocpp_status ocpp_cp_profiles_load(struct ocpp_charge_point *cp);
/* ocpp_cp_profiles_work: those whose transaction or remote start is over go; what was not stored is tried again. */
void ocpp_cp_profiles_work(struct ocpp_charge_point *cp);
int64_t ocpp_cp_profiles_deadline(const struct ocpp_charge_point *cp);

/* --- limits.c: the limit that holds at an EVSE now ------------------------------------------------------------------------ */

struct smart; /* everything of this block that a charge point keeps */

bool ocpp_cp_smart_take(struct ocpp_charge_point *cp); /* false: no memory */
void ocpp_cp_smart_free(struct ocpp_charge_point *cp);
void ocpp_cp_smart_start(struct ocpp_charge_point *cp);
const char *ocpp_cp_smart_wrong_setting(const struct ocpp_charge_point_settings *settings);

/* ocpp_cp_limits_update: works out the limits again where something may have changed them. */
void ocpp_cp_limits_update(struct ocpp_charge_point *cp);
void ocpp_cp_limits_stale(struct ocpp_charge_point *cp);
int64_t ocpp_cp_limits_deadline(const struct ocpp_charge_point *cp);

/* ocpp_cp_limit_at: the limit at an EVSE that charges; |*until_mono_ms| is when to ask again. */
struct limit ocpp_cp_limit_at(const struct ocpp_charge_point *cp, const struct evse *evse, struct ocpp_now now,
                              int64_t *until_mono_ms);
/* ocpp_cp_limit_is_of_hardware: nothing but the hardware limits there. */
bool ocpp_cp_limit_is_of_hardware(const struct ocpp_charge_point *cp, int evse, const struct limit *limit, bool in_watt);
/* ocpp_cp_phases_at: how many phases an EVSE has (0: the station); 0: direct current. */
int ocpp_cp_phases_at(const struct ocpp_charge_point *cp, int evse);
bool ocpp_cp_limit_suspends(const struct ocpp_charge_point *cp, const struct limit *limit);

struct composite_question {
    int evse;      /* 0: the station */
    int connector; /* 0: whichever is in use */
    enum schedule_unit unit;
    int64_t duration_s;
};

/* ocpp_cp_composite: the schedule from now on. Errors: OCPP_ERR_STATE nobody knows the date. */
enum ocpp_status ocpp_cp_composite(struct ocpp_charge_point *cp, const struct composite_question *question,
                                   struct composite *composite, int64_t *from_ms);

/* ocpp_cp_composite_unit: the measure to answer in; IN_NOTHING: it is not supported. |asked| may be IN_NOTHING. */
enum schedule_unit ocpp_cp_composite_unit(const struct ocpp_charge_point *cp, int evse, enum schedule_unit asked);

/* ocpp_cp_smart_is_on: charging profiles are supported and not switched off. */
bool ocpp_cp_smart_is_on(const struct ocpp_charge_point *cp);

/* --- limit_notices.c: telling the central system --------------------------------------------------------------------------- */

/* ocpp_cp_profile_report: the profiles that match will be reported. Errors: OCPP_ERR_NOT_FOUND none does; OCPP_ERR_LIMIT too many
 * reports are under way. */
enum ocpp_status ocpp_cp_profile_report(struct ocpp_charge_point *cp, int64_t request_id, const struct profile_filter *filter);
bool ocpp_cp_send_profiles(struct ocpp_charge_point *cp);
void ocpp_cp_profiles_answered(struct ocpp_charge_point *cp, enum ocpp_status status);
void ocpp_cp_profiles_link_down(struct ocpp_charge_point *cp);
void ocpp_cp_profile_reports_free(struct ocpp_charge_point *cp);

#endif
