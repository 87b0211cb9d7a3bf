/* schedule.c: which period of a profile holds at a moment, which profile leads, and the schedule all of them make together.
 * OCPP 1.6 3.13, errata 3.43, 3.44, 3.69, 3.79; OCPP 2.0.1 K 3.4, 3.5, SC.01, K01.FR.11 to .13, .17, .30, .36, .37, K08.
 *
 * Each question is answered together with the moment until which the answer holds, so that nobody has to ask at every second. */
#include "schedule.h"

#include <string.h>

#include "schedule_share.h"

enum { SECOND_MS = 1000, MOST_PHASES = 3, MOST_STEPS = 2000 };

static const int64_t recurrence_ms[] = { [RECURS_DAILY] = 86400000, [RECURS_WEEKLY] = 7 * 86400000 };

/* A moment, and until when what was found out about it holds. */
struct instant {
    int64_t at_ms;
    int64_t until_ms;
};

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* --- one profile -------------------------------------------------------------------------------------------------- */

static bool applies(const struct schedule_view *view, const struct profile *profile, enum profile_purpose purpose, int evse)
{
    if (!profile->is_used || profile->awaits != 0 || profile->purpose != (int8_t)purpose) {
        return false;
    }
    if (purpose == PURPOSE_STATION_MAX || evse == 0) {
        return purpose == PURPOSE_STATION_MAX && evse == 0;
    }
    const struct schedule_user *user = &view->users[evse];
    if (purpose == PURPOSE_TX) {
        return user->has_transaction && memcmp(profile->transaction, user->transaction, PROFILE_UUID_BYTES) == 0;
    }
    return profile->evse == 0 ||
           (profile->evse == evse && (profile->connector == 0 || user->connector == 0 || profile->connector == user->connector));
}

/* The period that holds |elapsed_ms| after the start of the schedule; NULL before the first one. */
static const struct profile_period *period_at(const struct profile *profile, int64_t elapsed_ms, int64_t *next_ms)
{
    const struct profile_period *found = NULL;
    *next_ms = INT64_MAX;
    for (size_t i = 0; i < profile->period_count; i++) {
        const int64_t start_ms = (int64_t)profile->periods[i].start_s * SECOND_MS;
        if (start_ms > elapsed_ms) {
            *next_ms = start_ms;
            break;
        }
        found = &profile->periods[i];
    }
    return found;
}

/* Where the run of the schedule began that |at_ms| falls into, and where the next one begins. A recurring schedule starts again
 * every 24 hours or 7 days of UTC after its first start (1.6 errata 3.79): summer time moves nothing. */
static int64_t run_of(const struct profile *profile, int64_t start_ms, int64_t at_ms, int64_t *next_ms)
{
    *next_ms = INT64_MAX;
    if (profile->kind != PROFILE_RECURRING || profile->recurrency == RECURS_NOT || at_ms < start_ms) {
        return start_ms;
    }
    const int64_t every_ms = recurrence_ms[profile->recurrency];
    const int64_t run_ms = start_ms + (at_ms - start_ms) / every_ms * every_ms;
    *next_ms = run_ms + every_ms;
    return run_ms;
}

/* The period of the schedule that began, or will begin, at |start_ms|; NULL where it says nothing. */
static const struct profile_period *scheduled_at(const struct profile *profile, int64_t start_ms, int64_t at_ms,
                                                 int64_t *until_ms)
{
    int64_t next_ms;
    const int64_t run_ms = run_of(profile, start_ms, at_ms, until_ms);
    if (at_ms < run_ms) { /* K01.FR.30 */
        *until_ms = run_ms;
        return NULL;
    }
    if (profile->duration_s != PROFILE_UNBOUNDED_S) {
        const int64_t end_ms = run_ms + (int64_t)profile->duration_s * SECOND_MS;
        if (at_ms >= end_ms) { /* until it starts again, if ever (K01.FR.13) */
            return NULL;
        }
        *until_ms = earlier(*until_ms, end_ms);
    }
    const struct profile_period *period = period_at(profile, at_ms - run_ms, &next_ms);
    *until_ms = earlier(*until_ms, next_ms == INT64_MAX ? INT64_MAX : run_ms + next_ms);
    return period;
}

static int64_t start_of(const struct profile *profile, const struct schedule_user *user)
{
    return profile->kind == PROFILE_RELATIVE ? user->start_ms : profile->start_ms;
}

/* The period of |profile| at |at_ms|, NULL where it says nothing then; |*until_ms| is when that may change. */
static const struct profile_period *profile_at(const struct profile *profile, const struct schedule_user *user, int64_t at_ms,
                                               int64_t *until_ms)
{
    *until_ms = OCPP_NEVER;
    if (at_ms >= profile->valid_to_ms) { /* K01.FR.37 */
        return NULL;
    }
    if (at_ms < profile->valid_from_ms) { /* K01.FR.36 */
        *until_ms = profile->valid_from_ms;
        return NULL;
    }
    const struct profile_period *period = scheduled_at(profile, start_of(profile, user), at_ms, until_ms);
    *until_ms = earlier(*until_ms, profile->valid_to_ms);
    return period;
}

/* --- limits ------------------------------------------------------------------------------------------------------- */

struct limit ocpp_schedule_no_limit(int phases)
{
    return (struct limit){ NO_LIMIT, NO_LIMIT, (int8_t)phases, 0 };
}

struct limit ocpp_schedule_lowest(struct limit a, struct limit b)
{
    const struct limit *narrow = a.phases <= b.phases ? &a : &b;
    const struct limit *other = narrow == &a ? &b : &a;
    struct limit lowest = { earlier(a.current_ma, b.current_ma), earlier(a.power_mw, b.power_mw), narrow->phases, 0 };
    if (lowest.phases == 1) {
        lowest.phase_to_use = narrow->phase_to_use != 0 ? narrow->phase_to_use : other->phase_to_use;
    }
    return lowest;
}

/* The rate of a period in both measures. A limit in ampere is meant per phase and is never recomputed for other phases than those
 * said (1.6 errata 3.34); a power is divided by the phases that were said (K01.FR.50), 3 where none were (K01.FR.49). */
static struct limit limit_of(const struct schedule_view *view, int evse, enum schedule_unit unit,
                             const struct profile_period *period)
{
    const int there = view->users[evse].hardware.phases;
    const int said = there == 0 ? 1 : period->phases == 0 ? MOST_PHASES : period->phases;
    const int used = there == 0 ? 1 : said < there ? said : there;
    struct limit limit = { .phases = (int8_t)(there == 0 ? 0 : used) };
    limit.phase_to_use = (int8_t)(limit.phases == 1 ? period->phase_to_use : 0);
    if (unit == IN_WATT) {
        limit.power_mw = period->rate_milli;
        limit.current_ma = period->rate_milli / (view->site->voltage_v * said);
    } else {
        limit.current_ma = period->rate_milli;
        limit.power_mw = period->rate_milli * view->site->voltage_v * used;
    }
    return limit;
}

/* --- which profile leads -------------------------------------------------------------------------------------------- */

/* Whether |a| goes before |b|: the higher level; at the same one, what was said of the one place goes before what holds for all
 * (1.6 3.13.1). */
static bool goes_before(const struct profile *a, const struct profile *b)
{
    if (b == NULL || a->stack_level != b->stack_level) {
        return b == NULL || a->stack_level > b->stack_level;
    }
    return a->evse != b->evse ? a->evse > b->evse : a->connector > b->connector;
}

static const struct profile_period *lowest_period(const struct profile *profile)
{
    const struct profile_period *lowest = NULL;
    for (size_t i = 0; i < profile->period_count && profile->duration_s != 0; i++) {
        if (lowest == NULL || profile->periods[i].rate_milli < lowest->rate_milli) {
            lowest = &profile->periods[i];
        }
    }
    return lowest;
}

/* Without a date nobody knows where in a calendar we are: the lowest limit that any profile of the purpose may ever set is safe,
 * whatever its level. What counts from the start of charging is known all the same. */
static const struct profile *lead_without_date(const struct schedule_view *view, enum profile_purpose purpose, int evse,
                                               struct instant *instant, const struct profile_period **period)
{
    const struct profile *leader = NULL;
    int64_t least_ma = 0;
    for (size_t i = 0; i < view->profiles->room; i++) {
        const struct profile *profile = ocpp_profile_slot(view->profiles, i);
        if (!applies(view, profile, purpose, evse)) {
            continue;
        }
        int64_t next_ms = OCPP_NEVER;
        const struct profile_period *found = profile->kind == PROFILE_RELATIVE
                                                 ? scheduled_at(profile, view->users[evse].start_ms, instant->at_ms, &next_ms)
                                                 : lowest_period(profile);
        instant->until_ms = earlier(instant->until_ms, next_ms);
        const int64_t current_ma = found == NULL ? 0 : limit_of(view, evse, (enum schedule_unit)profile->unit, found).current_ma;
        if (found != NULL && (leader == NULL || current_ma < least_ma)) {
            leader = profile;
            least_ma = current_ma;
            *period = found;
        }
    }
    return leader;
}

static const struct profile *lead_with_date(const struct schedule_view *view, enum profile_purpose purpose, int evse,
                                            struct instant *instant, const struct profile_period **period)
{
    const struct profile *leader = NULL;
    for (size_t i = 0; i < view->profiles->room; i++) {
        const struct profile *profile = ocpp_profile_slot(view->profiles, i);
        if (!applies(view, profile, purpose, evse)) {
            continue;
        }
        int64_t next_ms;
        const struct profile_period *found = profile_at(profile, &view->users[evse], instant->at_ms, &next_ms);
        instant->until_ms = earlier(instant->until_ms, next_ms);
        if (found != NULL && goes_before(profile, leader)) {
            leader = profile;
            *period = found;
        }
    }
    return leader;
}

/* --- a place --------------------------------------------------------------------------------------------------------- */

/* Lowers |limit| by what leads of |purpose|; false when nothing does. */
static bool narrow(const struct schedule_view *view, enum profile_purpose purpose, int evse, struct instant *instant,
                   struct limit *limit)
{
    const struct profile_period *period = NULL;
    const struct profile *leader = view->has_date ? lead_with_date(view, purpose, evse, instant, &period)
                                                  : lead_without_date(view, purpose, evse, instant, &period);
    if (leader != NULL) {
        *limit = ocpp_schedule_lowest(*limit, limit_of(view, evse, (enum schedule_unit)leader->unit, period));
    }
    return leader != NULL;
}

/* What an EVSE may have without regard to the others: a profile of the transaction goes before the default ones, and where it
 * says nothing they hold again (K02.FR.04, .08). */
static struct limit own_limit(const struct schedule_view *view, int evse, struct instant *instant)
{
    struct limit limit = ocpp_schedule_lowest(view->users[evse].hardware, view->users[evse].external);
    if (!narrow(view, PURPOSE_TX, evse, instant, &limit)) {
        narrow(view, PURPOSE_TX_DEFAULT, evse, instant, &limit);
    }
    return limit;
}

static struct limit limit_at(const struct schedule_view *view, int evse, struct instant *instant)
{
    struct limit station = ocpp_schedule_lowest(view->users[0].hardware, view->users[0].external);
    narrow(view, PURPOSE_STATION_MAX, 0, instant, &station);
    const bool is_shared = evse == 0 || station.current_ma != NO_LIMIT || station.power_mw != NO_LIMIT;
    for (int i = 1; i <= view->count; i++) {
        if (i == evse || is_shared) {
            view->users[i].own = own_limit(view, i, instant);
        }
    }
    if (evse == 0) {
        return ocpp_schedule_total(view, station);
    }
    return is_shared ? ocpp_schedule_share(view, evse, station) : view->users[evse].own;
}

struct limit ocpp_schedule_limit(const struct schedule_view *view, int evse, int64_t at_ms, int64_t *until_ms)
{
    struct instant instant = { at_ms, OCPP_NEVER };
    const struct limit limit = limit_at(view, evse, &instant);
    *until_ms = instant.until_ms;
    return limit;
}

/* --- over a time ------------------------------------------------------------------------------------------------------- */

int64_t ocpp_schedule_tenths(const struct limit *limit, enum schedule_unit unit)
{
    return (unit == IN_WATT ? limit->power_mw : limit->current_ma) / 100;
}

static bool is_same(const struct composite_period *a, const struct composite_period *b)
{
    return a->rate_tenths == b->rate_tenths && a->phases == b->phases && a->phase_to_use == b->phase_to_use;
}

void ocpp_schedule_composite(const struct schedule_view *view, int evse, enum schedule_unit unit, struct composite *composite)
{
    const int64_t from_ms = composite->from_ms;
    const int64_t end_ms = from_ms + (int64_t)composite->asked_s * SECOND_MS;
    int64_t at_s = 0;
    composite->count = 0;
    for (int step = 0; step < MOST_STEPS && (at_s < composite->asked_s || step == 0); step++) {
        struct instant instant = { from_ms + at_s * SECOND_MS, OCPP_NEVER };
        const struct limit limit = limit_at(view, evse, &instant);
        const struct composite_period period = { (int32_t)at_s, ocpp_schedule_tenths(&limit, unit), limit.phases,
                                                 limit.phase_to_use };
        if (composite->count == 0 || !is_same(&period, &composite->periods[composite->count - 1])) {
            if (composite->count == composite->room) {
                break;
            }
            composite->periods[composite->count++] = period;
        }
        /* the first whole second at which something may be different */
        at_s = instant.until_ms >= end_ms ? composite->asked_s : (instant.until_ms - from_ms + SECOND_MS - 1) / SECOND_MS;
    }
    composite->duration_s = at_s < composite->asked_s ? (int32_t)at_s : composite->asked_s;
}
