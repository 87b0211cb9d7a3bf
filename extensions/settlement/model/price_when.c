/* price_when.c: restrictions. OCPI 2.2.1 TariffRestrictions; OCPP 2.1 part 2, TariffConditionsType; I12.FR.37 for local time. */
#include "price_when.h"

#include "price_zone.h"
#include "wide.h"

#include <string.h>

enum { MINUTE_S = 60, HOUR_S = 3600 };

int64_t slope_at(const struct slope *slope, int64_t at_s)
{
    if (at_s >= slope->to_s) {
        return slope->base_mwh + slope->delta_mwh;
    }
    return slope->base_mwh + wide_floor(slope->delta_mwh, at_s - slope->from_s, slope->to_s - slope->from_s);
}

/* When the energy reaches |mwh|, in whole seconds rounded up; INT64_MAX: not on this slope. */
static int64_t slope_reaches(const struct slope *slope, int64_t mwh)
{
    const int64_t missing = mwh - slope->base_mwh;

    if (missing <= 0 || missing > slope->delta_mwh) {
        return INT64_MAX;
    }
    return slope->from_s + wide_ceiling(missing, slope->to_s - slope->from_s, slope->delta_mwh);
}

/* --- whether ------------------------------------------------------------------------------------------------------ */

static bool is_within(int64_t value, bool has_minimum, int64_t minimum, bool has_maximum, int64_t maximum)
{
    return (!has_minimum || value >= minimum) && (!has_maximum || value < maximum);
}

static int64_t begin_of_day_s(const struct ocpp_settle_restrictions *restrictions)
{
    return restrictions->has_start_minute ? restrictions->start_minute * MINUTE_S : 0;
}

/* Midnight at the end of a day is written 0 as well as 1440. */
static int64_t end_of_day_s(const struct ocpp_settle_restrictions *restrictions)
{
    return restrictions->has_end_minute && restrictions->end_minute != 0 ? restrictions->end_minute * MINUTE_S : DAY_S;
}

static bool time_holds(const struct ocpp_settle_restrictions *restrictions, const struct local_time *local)
{
    const int64_t begin_s = begin_of_day_s(restrictions);
    const int64_t end_s = end_of_day_s(restrictions);

    if (begin_s < end_s) {
        return local->second >= begin_s && local->second < end_s;
    }
    return local->second >= begin_s || local->second < end_s;
}

static bool calendar_holds(const struct ocpp_settle_restrictions *restrictions, const struct local_time *local)
{
    return time_holds(restrictions, local) && (!restrictions->has_days || (restrictions->days >> local->weekday & 1) != 0) &&
           is_within(local->day, restrictions->has_start_day, restrictions->start_day, restrictions->has_end_day,
                     restrictions->end_day);
}

/* Power between readings: mWh by seconds; |limit_mw| times the seconds stays below 2^63 as both are bounded. */
static bool power_reaches(const struct moment *moment, int64_t limit_mw)
{
    const int64_t length_s = moment->energy.to_s - moment->energy.from_s;

    if (moment->has_power || moment->energy.delta_mwh == 0) {
        return (moment->has_power ? moment->power_mw : 0) >= limit_mw;
    }
    return moment->energy.delta_mwh * HOUR_S >= limit_mw * (length_s > 0 ? length_s : 1);
}

static bool flow_holds(const struct ocpp_settle_restrictions *restrictions, const struct moment *moment)
{
    const bool asks_current = restrictions->has_min_current_ma || restrictions->has_max_current_ma;

    if (asks_current && !moment->has_current) {
        return false;
    }
    return is_within(moment->current_ma, restrictions->has_min_current_ma, restrictions->min_current_ma,
                     restrictions->has_max_current_ma, restrictions->max_current_ma) &&
           (!restrictions->has_min_power_mw || power_reaches(moment, restrictions->min_power_mw)) &&
           (!restrictions->has_max_power_mw || !power_reaches(moment, restrictions->max_power_mw));
}

static bool amount_holds(const struct ocpp_settle_restrictions *restrictions, const struct moment *moment, int64_t energy_mwh)
{
    return is_within(energy_mwh, restrictions->has_min_energy_mwh, restrictions->min_energy_mwh, restrictions->has_max_energy_mwh,
                     restrictions->max_energy_mwh) &&
           is_within(moment->at_s - moment->begun_s, restrictions->has_min_duration_s, restrictions->min_duration_s,
                     restrictions->has_max_duration_s, restrictions->max_duration_s) &&
           is_within(moment->charging_s, restrictions->has_min_charging_s, restrictions->min_charging_s,
                     restrictions->has_max_charging_s, restrictions->max_charging_s) &&
           is_within(moment->idle_s, restrictions->has_min_idle_s, restrictions->min_idle_s, restrictions->has_max_idle_s,
                     restrictions->max_idle_s);
}

static bool is_text(const char *wanted, const char *told)
{
    return wanted == NULL || (told != NULL && strcmp(wanted, told) == 0);
}

static bool way_holds(const struct ocpp_settle_restrictions *restrictions, const struct ocpp_settle_usage *usage)
{
    return (restrictions->evse_kind == OCPP_SETTLE_EVSE_KIND_UNSET || restrictions->evse_kind == usage->evse_kind) &&
           is_text(restrictions->payment_brand, usage->payment_brand) &&
           is_text(restrictions->payment_recognition, usage->payment_recognition);
}

/* A jump has not happened yet at its moment. */
static int64_t energy_now(const struct moment *moment)
{
    return moment->energy.from_s == moment->energy.to_s ? moment->energy.base_mwh : slope_at(&moment->energy, moment->at_s);
}

bool when_holds(const struct ocpp_settle_restrictions *restrictions, const struct moment *moment,
                const struct ocpp_settle_snapshot *snapshot, const struct ocpp_settle_usage *usage)
{
    if (restrictions == NULL) {
        return true;
    }
    const struct local_time local = local_time_of(snapshot, moment->at_s);
    return way_holds(restrictions, usage) && calendar_holds(restrictions, &local) && flow_holds(restrictions, moment) &&
           amount_holds(restrictions, moment, energy_now(moment));
}

/* --- until when --------------------------------------------------------------------------------------------------- */

/* Makes |*next| |then_s|, if that is sooner and still to come. */
static void sooner(int64_t *next, int64_t then_s, int64_t now_s)
{
    if (then_s > now_s && then_s < *next) {
        *next = then_s;
    }
}

static void calendar_changes(const struct ocpp_settle_restrictions *restrictions, const struct moment *moment,
                             const struct ocpp_settle_snapshot *snapshot, int64_t *next)
{
    const struct local_time local = local_time_of(snapshot, moment->at_s);
    const int64_t midnight_s = moment->at_s - local.second;

    if (restrictions->has_start_minute) {
        sooner(next, midnight_s + begin_of_day_s(restrictions), moment->at_s);
    }
    if (restrictions->has_end_minute) {
        sooner(next, midnight_s + end_of_day_s(restrictions), moment->at_s);
    }
    if (restrictions->has_start_minute || restrictions->has_end_minute || restrictions->has_days || restrictions->has_start_day ||
        restrictions->has_end_day) {
        sooner(next, midnight_s + DAY_S, moment->at_s);
    }
}

/* |counted_s| of something runs on with the clock, or stands still. */
static void count_changes(int64_t counted_s, bool runs, bool has_limit, int64_t limit_s, int64_t now_s, int64_t *next)
{
    if (runs && has_limit) {
        sooner(next, now_s + (limit_s - counted_s), now_s);
    }
}

int64_t when_changes(const struct ocpp_settle_restrictions *r, const struct moment *moment,
                     const struct ocpp_settle_snapshot *snapshot)
{
    const int64_t now_s = moment->at_s;
    const int64_t lasted_s = now_s - moment->begun_s;
    int64_t next = INT64_MAX;

    if (r == NULL) {
        return next;
    }
    calendar_changes(r, moment, snapshot, &next);
    count_changes(lasted_s, true, r->has_min_duration_s, r->min_duration_s, now_s, &next);
    count_changes(lasted_s, true, r->has_max_duration_s, r->max_duration_s, now_s, &next);
    count_changes(moment->charging_s, moment->is_charging, r->has_min_charging_s, r->min_charging_s, now_s, &next);
    count_changes(moment->charging_s, moment->is_charging, r->has_max_charging_s, r->max_charging_s, now_s, &next);
    count_changes(moment->idle_s, moment->is_idle, r->has_min_idle_s, r->min_idle_s, now_s, &next);
    count_changes(moment->idle_s, moment->is_idle, r->has_max_idle_s, r->max_idle_s, now_s, &next);
    if (r->has_min_energy_mwh) {
        sooner(&next, slope_reaches(&moment->energy, r->min_energy_mwh), now_s);
    }
    if (r->has_max_energy_mwh) {
        sooner(&next, slope_reaches(&moment->energy, r->max_energy_mwh), now_s);
    }
    return next;
}
