/* energy.c: charging profiles as they are ordered, and what stations ask about energy: the application decides, the dialect says
 * it. */
#include "energy.h"
#include "dialect.h"
#include "profile_reports.h"
#include "reports.h"

/* --- profiles ------------------------------------------------------------------------------------------------------------ */

static bool is_period(const struct ocpp_limit_period *period)
{
    const bool is_phase = period->phase_to_use == 0 || period->phases == 1; /* K01.FR.19 */

    return is_phase && period->phases >= 0 && period->phases <= 3 && period->phase_to_use >= 0 && period->phase_to_use <= 3;
}

/* The first begins at once, the others in order (K01.FR.31, FR.35). */
static bool are_periods(const struct ocpp_limit_period *periods, size_t count)
{
    bool are = count > 0;

    for (size_t i = 0; are && i < count; i++) {
        are = is_period(&periods[i]) && (i == 0 ? periods[i].start_s == 0 : periods[i].start_s > periods[i - 1].start_s);
    }
    return are;
}

static bool is_schedule(const struct ocpp_charging_schedule *schedule, enum ocpp_limit_kind kind)
{
    const bool has_start = schedule->start_utc_ms != OCPP_UTC_UNKNOWN;

    return has_start == (kind != OCPP_LIMIT_RELATIVE) && /* K01.FR.40, FR.41 */
           schedule->duration_s >= 0 && (schedule->unit == OCPP_RATE_CURRENT || schedule->unit == OCPP_RATE_POWER) &&
           are_periods(schedule->periods, schedule->period_count);
}

/* A vehicle names the one it follows by its id. */
static bool is_named_once(const struct ocpp_charging_profile *profile, size_t index)
{
    bool is = true;

    for (size_t i = 0; i < index; i++) {
        is = is && profile->schedules[i].id != profile->schedules[index].id;
    }
    return is;
}

bool central_is_profile(const struct ocpp_charging_profile *profile)
{
    bool is = profile->stack_level >= 0 && (unsigned)profile->purpose <= OCPP_LIMIT_OF_TRANSACTION && /* K01.FR.22 */
              (unsigned)profile->kind <= OCPP_LIMIT_RELATIVE && profile->schedule_count > 0 &&
              profile->schedule_count <= OCPP_PROFILE_SCHEDULES &&
              (profile->schedule_count == 1 || profile->purpose == OCPP_LIMIT_OF_TRANSACTION);

    for (size_t i = 0; is && i < profile->schedule_count; i++) {
        is = is_schedule(&profile->schedules[i], profile->kind) && is_named_once(profile, i);
    }
    return is;
}

enum ocpp_status ocpp_station_set_profile(struct ocpp_station *station, int evse, const struct ocpp_charging_profile *profile,
                                          const struct ocpp_command_done *done)
{
    const struct profile_order what = { evse, profile };
    const bool is_of_transaction = profile->purpose == OCPP_LIMIT_OF_TRANSACTION;
    const bool is_in_place = is_of_transaction ? evse > 0 : profile->transaction_id == NULL; /* K01.FR.16 */

    if (evse < 0 || !is_in_place || (profile->purpose == OCPP_LIMIT_OF_STATION && evse != 0) || !central_is_profile(profile)) {
        return OCPP_ERR_ARGUMENT;
    }
    return order_give(station, ORDER_SET_PROFILE, &what, done);
}

struct ocpp_charging_profile central_profile_of(const struct ocpp_limit_order *order, struct ocpp_charging_schedule *schedule)
{
    *schedule = (struct ocpp_charging_schedule){
        .id = 1, /* of its profile, which has one */
        .start_utc_ms = order->start_utc_ms,
        .duration_s = order->duration_s,
        .unit = order->unit,
        .has_min_rate = order->has_min_rate,
        .min_rate = order->min_rate,
        .periods = order->periods,
        .period_count = order->period_count,
    };
    return (struct ocpp_charging_profile){
        .id = order->id,
        .stack_level = order->stack_level,
        .purpose = order->purpose,
        .kind = order->kind,
        .transaction_id = order->transaction_id,
        .valid_from_utc_ms = order->valid_from_utc_ms,
        .valid_to_utc_ms = order->valid_to_utc_ms,
        .schedules = schedule,
        .schedule_count = 1,
    };
}

enum ocpp_status ocpp_station_set_limit(struct ocpp_station *station, const struct ocpp_limit_order *order,
                                        const struct ocpp_command_done *done)
{
    struct ocpp_charging_schedule schedule;
    const struct ocpp_charging_profile profile = central_profile_of(order, &schedule);

    return ocpp_station_set_profile(station, order->evse, &profile, done);
}

bool order_is_start_limit(const struct ocpp_limit_order *limit, int evse)
{
    struct ocpp_charging_schedule schedule;
    const struct ocpp_charging_profile profile = central_profile_of(limit, &schedule);

    return profile.purpose == OCPP_LIMIT_OF_TRANSACTION && !profile.transaction_id && (limit->evse == 0 || limit->evse == evse) &&
           central_is_profile(&profile);
}

/* --- profiles a station holds -------------------------------------------------------------------------------------------------
 */

/* Either by their ids, or by at least one of what they are (K09.FR.03). */
static bool is_query(const struct ocpp_profile_query *query)
{
    const bool has_criteria = query->has_purpose || query->has_stack_level || query->sources != 0;

    return query->request_id >= 0 && query->evse >= 0 && has_criteria == (query->id_count == 0) &&
           (!query->has_purpose || (unsigned)query->purpose <= OCPP_LIMIT_EXTERNAL) &&
           (!query->has_stack_level || query->stack_level >= 0) &&
           query->sources < 2 * OCPP_LIMIT_SOURCE_BIT(OCPP_LIMIT_SOURCE_CSO);
}

enum ocpp_status ocpp_station_get_profiles(struct ocpp_station *station, const struct ocpp_profile_query *query,
                                           const struct ocpp_command_done *done)
{
    struct ocpp_profile_query what = *query;
    struct order_request request = { .leads_to_profiles = true };

    if (!is_query(query)) {
        return OCPP_ERR_ARGUMENT;
    }
    what.request_id = query->request_id != 0 ? query->request_id : reports_request_id(station);
    request.id = what.request_id;
    enum ocpp_status status = profile_report_expect(station, what.request_id);
    if (status != OCPP_OK) {
        return status;
    }
    status = order_give_request(station, ORDER_GET_PROFILES, &what, &request, done);
    if (status != OCPP_OK) {
        profile_report_answered(station, what.request_id, false);
    }
    return status;
}

/* --- what vehicles need and choose --------------------------------------------------------------------------------------------
 */

void energy_ask_needs(struct pending *pending, const struct ocpp_ev_needs_told *told, void (*answer)(struct pending *pending))
{
    const struct ocpp_central_handler *handler = &pending->central->handler;
    struct ocpp_station *station = pending->station;
    enum ocpp_ev_needs_decision decision = OCPP_EV_NEEDS_REJECTED;
    const struct ocpp_question question = pending_ask(pending, QUESTION_EV_NEEDS, answer);

    if (handler->energy->on_ev_needs(station, told, question, &decision, handler->user)) {
        (void)pending_settle(station, question, QUESTION_EV_NEEDS, (struct verdict){ (int)decision, NULL });
    }
}

void energy_ask_schedule(struct pending *pending, const struct ocpp_ev_schedule_told *told,
                         void (*answer)(struct pending *pending))
{
    const struct ocpp_central_handler *handler = &pending->central->handler;
    struct ocpp_station *station = pending->station;
    bool accepted = false;
    const struct ocpp_question question = pending_ask(pending, QUESTION_EV_SCHEDULE, answer);

    if (handler->energy->on_ev_schedule(station, told, question, &accepted, handler->user)) {
        (void)pending_settle(station, question, QUESTION_EV_SCHEDULE, (struct verdict){ accepted, NULL });
    }
}

enum ocpp_status ocpp_station_decide_ev_needs(struct ocpp_station *station, struct ocpp_question question,
                                              enum ocpp_ev_needs_decision decision, struct ocpp_now now)
{
    if ((unsigned)decision > OCPP_EV_NEEDS_PROCESSING) {
        return OCPP_ERR_ARGUMENT;
    }
    return pending_decide(station, question, QUESTION_EV_NEEDS, (struct verdict){ (int)decision, NULL }, now);
}

enum ocpp_status ocpp_station_decide_ev_schedule(struct ocpp_station *station, struct ocpp_question question, bool accepted,
                                                 struct ocpp_now now)
{
    return pending_decide(station, question, QUESTION_EV_SCHEDULE, (struct verdict){ accepted, NULL }, now);
}
