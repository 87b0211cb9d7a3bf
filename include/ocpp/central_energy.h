/* central_energy.h: limits from the side of the central system beyond one schedule (central_orders.h): charging profiles with up
 * to three schedules and sales tariffs, which profiles a station holds, limits that somebody else set, and what vehicles that
 * speak ISO 15118 need and choose (OCPP 2.x K09, K11 to K17).
 *
 * A vehicle's needs are a question, answered now or later, and a promise: a profile follows within 60 s (K15.FR.08).
 *
 *     static bool on_ev_needs(struct ocpp_station *station, const struct ocpp_ev_needs_told *told, struct ocpp_question question,
 *                             enum ocpp_ev_needs_decision *decision, void *user)
 *     {
 *         *decision = OCPP_EV_NEEDS_PROCESSING;
 *         plan_later(user, station, told);        … which ends in ocpp_station_set_profile()
 *         return true;
 *     }
 *     static const struct ocpp_energy_handler energy = { .on_ev_needs = on_ev_needs };
 *     handler.energy = &energy;
 *
 * Orders are like those of central_orders.h: they fail at once, with the errors of all commands, or |done| runs exactly once.
 */
#ifndef OCPP_CENTRAL_ENERGY_H
#define OCPP_CENTRAL_ENERGY_H

#include <ocpp/central_orders.h>
#include <ocpp/vehicle.h>

OCPP_BEGIN_DECLARATIONS

/* --- profiles ------------------------------------------------------------------------------------------------------------ */

/* ocpp_charging_schedule: what may be drawn from when on, and what energy costs meanwhile. */
struct ocpp_charging_schedule {
    int64_t id;           /* the vehicle's choice names it (SAScheduleTuple); differs within a profile. 1.6 has no room for it */
    int64_t start_utc_ms; /* OCPP_UTC_UNKNOWN: not told */
    int64_t duration_s;   /* 0: without end */
    enum ocpp_rate_unit unit;
    bool has_min_rate;
    struct ocpp_decimal min_rate;
    const struct ocpp_limit_period *periods;
    size_t period_count;
    const struct ocpp_sales_tariff *tariff; /* NULL: none; none in 1.6 */
};

enum { OCPP_PROFILE_SCHEDULES = 3 };

/* ocpp_charging_profile: as struct ocpp_limit_order, with one to three schedules. More than one is for vehicles that speak ISO
 * 15118, and for transactions (K01.FR.34; 1.6: one). */
struct ocpp_charging_profile {
    int64_t id;
    int stack_level;
    enum ocpp_limit_purpose purpose;
    enum ocpp_limit_kind kind;
    const char *transaction_id; /* NULL: none */
    int64_t valid_from_utc_ms;  /* OCPP_UTC_UNKNOWN: not limited; so below */
    int64_t valid_to_utc_ms;
    const struct ocpp_charging_schedule *schedules;
    size_t schedule_count;
};

/* ocpp_station_set_profile: SetChargingProfile (1.6 5.16; K01, K15 to K17) for |evse|, as ocpp_station_set_limit().
 * OCPP_ERR_UNSUPPORTED_ACTION in 1.6: several schedules, a tariff, one phase to use. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_set_profile(struct ocpp_station *station, int evse,
                                                                 const struct ocpp_charging_profile *profile,
                                                                 const struct ocpp_command_done *done);

/* --- which profiles a station holds (K09) ---------------------------------------------------------------------------------- */

#define OCPP_LIMIT_SOURCE_BIT(source) (1u << (source))

/* ocpp_profile_query: which charging profiles; what is not asked for is not looked at. */
struct ocpp_profile_query {
    int64_t request_id; /* comes back with the report; 0: the engine chooses one that no other order of this shard has */
    bool has_evse;      /* false: all; with |evse| 0: those of the grid connection */
    int evse;
    const int64_t *ids; /* then nothing below may be asked for (K09.FR.03) */
    size_t id_count;
    bool has_purpose; /* of what is below at least one */
    enum ocpp_limit_purpose purpose;
    bool has_stack_level;
    int stack_level;
    unsigned sources; /* OCPP_LIMIT_SOURCE_BIT(); 0: any */
};

/* ocpp_station_get_profiles: GetChargingProfiles (K09). Not accepted ("NoProfiles"): there is none such, and no report follows.
 * request_id of the result says under which the report comes. Errors, beside those of all commands: OCPP_ERR_LIMIT
 * |max_open_reports| of this station are open; OCPP_ERR_BUSY one with that |request_id| is; OCPP_ERR_UNSUPPORTED_ACTION 1.6. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_get_profiles(struct ocpp_station *station,
                                                                  const struct ocpp_profile_query *query,
                                                                  const struct ocpp_command_done *done);

/* ocpp_reported_profile: a profile the station holds. */
struct ocpp_reported_profile {
    int evse; /* 0: the station */
    enum ocpp_limit_source source;
    struct ocpp_charging_profile profile;
};

/* ocpp_profile_report: what one order led to. Everything is borrowed for the callback. */
struct ocpp_profile_report {
    int64_t request_id;
    /* OCPP_OK: it is whole. Otherwise why it is not, and what came is here: OCPP_ERR_TIMEOUT a page did not come within
     * |report_timeout_ms|; OCPP_ERR_LIMIT it is larger than |max_report_bytes|, or all that are open are larger than
     * |max_open_report_bytes|; OCPP_ERR_NOMEM; OCPP_ERR_CLOSED the station
     * disconnected */
    enum ocpp_status status;
    const struct ocpp_reported_profile *profiles; /* in the order they came */
    size_t count;
    size_t page_count;
};

/* --- what the application hears -------------------------------------------------------------------------------------------- */

/* ocpp_limit_told: somebody else limits a station, or an EVSE (K11, K12). */
struct ocpp_limit_told {
    int evse; /* 0: the station */
    enum ocpp_limit_source source;
    bool is_grid_critical;
    const struct ocpp_charging_schedule *schedules; /* where the station tells them (EnableNotifyChargingLimitWithSchedules) */
    size_t schedule_count;
};

/* ocpp_ev_needs_told: a vehicle at |evse| told what it needs (K15, K17), or told it again although nobody asked (K16.FR.12). */
struct ocpp_ev_needs_told {
    int evse;
    struct ocpp_ev_needs needs; /* |max_schedule_tuples|: how many periods a schedule for it may have (K15.FR.07) */
};

enum ocpp_ev_needs_decision {
    OCPP_EV_NEEDS_REJECTED,  /* no profile follows; the station makes do (K15.FR.04) */
    OCPP_EV_NEEDS_ACCEPTED,  /* a profile follows at once (K15.FR.03) */
    OCPP_EV_NEEDS_PROCESSING /* it follows later, within 60 s (K15.FR.05, FR.08) */
};

/* ocpp_ev_schedule_told: what a vehicle chose of the schedules it was offered. |schedule.id| is that of the schedule it follows,
 * its periods count from |from_utc_ms| on. */
struct ocpp_ev_schedule_told {
    int evse;
    int64_t from_utc_ms;
    struct ocpp_charging_schedule schedule;
};

/* ocpp_energy_handler: central_system.h says how it gets there. Everything handed over is borrowed for the callback. */
struct ocpp_energy_handler {
    /* once for each ocpp_station_get_profiles() that was accepted. Pages nobody asked for come to on_call */
    void (*on_profiles)(struct ocpp_station *station, const struct ocpp_profile_report *report, void *user);
    void (*on_limit)(struct ocpp_station *station, const struct ocpp_limit_told *limit, void *user);
    /* a limit of |source| is gone; |evse| 0: that of the station, or all of them (K13) */
    void (*on_limit_cleared)(struct ocpp_station *station, int evse, enum ocpp_limit_source source, void *user);
    /* true: |decision| was filled; false: ocpp_station_decide_ev_needs() follows with |question|. A profile that is sent while
     * this runs leaves behind the answer */
    bool (*on_ev_needs)(struct ocpp_station *station, const struct ocpp_ev_needs_told *told, struct ocpp_question question,
                        enum ocpp_ev_needs_decision *decision, void *user);
    /* the same with |accepted| and ocpp_station_decide_ev_schedule(). Accept what is within the limits that were sent
     * (K15.FR.11), as ocpp_schedule_is_within() says; what is not is rejected, and renegotiated with another profile (K15.FR.12,
     * FR.13) */
    bool (*on_ev_schedule)(struct ocpp_station *station, const struct ocpp_ev_schedule_told *told, struct ocpp_question question,
                           bool *accepted, void *user);
};

/* ocpp_station_decide_ev_needs, _ev_schedule: as the decisions of central_system.h. Errors: OCPP_ERR_NOT_FOUND the question is of
 * another kind, was answered, or is void; OCPP_ERR_ARGUMENT no such decision, and the question still stands. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_decide_ev_needs(struct ocpp_station *station, struct ocpp_question question,
                                                                     enum ocpp_ev_needs_decision decision, struct ocpp_now now);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_decide_ev_schedule(struct ocpp_station *station,
                                                                        struct ocpp_question question, bool accepted,
                                                                        struct ocpp_now now);

/* ocpp_schedule_is_within: whether |chosen| never draws more than |allowed| lets it, and no longer (K15.FR.11). Both count from
 * their |start_utc_ms|, or from |from_utc_ms| where they have none. What |chosen| draws before the start of |allowed|, or after
 * its end, is not allowed; without an end of its own it ends with it. Their units must be the same; a number of phases that is
 * not told allows and means any. Starts and durations beyond what a date can be are not within. */
OCPP_API bool ocpp_schedule_is_within(const struct ocpp_charging_schedule *chosen, const struct ocpp_charging_schedule *allowed,
                                      int64_t from_utc_ms);

OCPP_END_DECLARATIONS

#endif
