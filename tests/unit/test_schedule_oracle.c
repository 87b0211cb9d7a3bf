/* test_schedule_oracle.c: the scheduler against a second, naive one that shares no line with it: that one paints what each
 * profile says onto every second of a window, run by run, and looks for the water level of a shared limit by halving. Stacks of
 * profiles, hardware and vehicles are random, from seeds; a failing one prints its seed.
 *
 * OCPP_STACKS says how many (2,000 without it); OCPP_STACK_SEED where to begin. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "schedule.h"

enum { EVSES = 3, PROFILES = 10, PERIODS = 5, WINDOW_S = 1200, DAY_S = 86400, WEEK_S = 7 * DAY_S };

static const int64_t day_zero_s = 1767225600; /* a midnight */

struct case_of {
    uint64_t random;
    int64_t from_s;
    struct profile_table table;
    struct schedule_site site;
    struct schedule_user users[EVSES + 1];
    struct schedule_view view;
    uint8_t slots[PROFILES * (sizeof(struct profile) + PERIODS * sizeof(struct profile_period))];
    int16_t painted[EVSES + 1][PROFILES][WINDOW_S]; /* the period of each profile at each second at each place; -1: none */
};

/* --- random stacks ------------------------------------------------------------------------------------------------- */

static int64_t dice(struct case_of *c, int64_t sides)
{
    c->random = c->random * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)(c->random >> 33) % sides;
}

static bool chance(struct case_of *c, int percent)
{
    return dice(c, 100) < percent;
}

/* A moment in the window or a little around it, so that its edges fall where somebody looks. */
static int64_t edge_s(struct case_of *c)
{
    return c->from_s + dice(c, WINDOW_S + 600) - 300;
}

static void make_periods(struct case_of *c, struct profile *profile)
{
    const int64_t step_s = chance(c, 50) ? 400 : chance(c, 50) ? 7200 : 50000;
    profile->period_count = (size_t)(1 + dice(c, PERIODS));
    for (size_t i = 0; i < profile->period_count; i++) {
        struct profile_period *period = &profile->periods[i];
        period->start_s = i == 0 ? 0 : (int32_t)(period[-1].start_s + 1 + dice(c, step_s));
        period->rate_milli = profile->unit == IN_WATT ? dice(c, 250) * 100000 : dice(c, 640) * 100;
        period->phases = (int8_t)dice(c, 4);
        period->phase_to_use = (int8_t)(period->phases == 1 && chance(c, 50) ? 1 + dice(c, 3) : 0);
    }
}

static void make_profile(struct case_of *c, struct profile *profile)
{
    static const int8_t purposes[] = { PURPOSE_STATION_MAX, PURPOSE_TX_DEFAULT, PURPOSE_TX_DEFAULT, PURPOSE_TX };
    memset(profile, 0, c->table.stride);
    profile->is_used = chance(c, 90);
    profile->purpose = purposes[dice(c, 4)];
    profile->unit = chance(c, 50) ? IN_AMPERE : IN_WATT;
    profile->stack_level = (int32_t)dice(c, 3);
    profile->evse = profile->purpose == PURPOSE_STATION_MAX ? 0 : (int32_t)dice(c, EVSES + 1);
    profile->connector = profile->evse > 0 && chance(c, 30) ? (int32_t)(1 + dice(c, 2)) : 0;
    profile->kind = (int8_t)(PROFILE_ABSOLUTE + dice(c, profile->purpose == PURPOSE_STATION_MAX ? 2 : 3));
    profile->recurrency = (int8_t)(profile->kind == PROFILE_RECURRING ? 1 + dice(c, 2) : 0);
    profile->awaits = chance(c, 5);
    if (profile->purpose == PURPOSE_TX) {
        profile->evse = profile->evse == 0 ? 1 : profile->evse;
        profile->transaction[0] = (uint8_t)profile->evse;
    }
    const int64_t back_s = profile->kind == PROFILE_RECURRING && chance(c, 80)
                               ? (profile->recurrency == RECURS_DAILY ? DAY_S : WEEK_S) * dice(c, 40)
                           : chance(c, 40) ? dice(c, 100000)
                                           : 0;
    profile->start_ms = profile->kind == PROFILE_RELATIVE ? PROFILE_NO_START : (edge_s(c) - back_s) * 1000;
    profile->duration_s = chance(c, 40) ? PROFILE_UNBOUNDED_S
                                        : (int32_t)(chance(c, 10)   ? 0
                                                    : chance(c, 50) ? dice(c, 900)
                                                                    : dice(c, 2 * WEEK_S));
    profile->valid_from_ms = chance(c, 25) ? edge_s(c) * 1000 : INT64_MIN;
    profile->valid_to_ms = chance(c, 25) ? edge_s(c) * 1000 : INT64_MAX;
    make_periods(c, profile);
}

/* Two profiles of the same right at one place cannot be: the rules of the stack let no second one in. */
static void drop_rivals(struct case_of *c)
{
    for (size_t i = 0; i < PROFILES; i++) {
        for (size_t j = 0; j < i; j++) {
            const struct profile *a = ocpp_profile_slot(&c->table, i);
            struct profile *b = ocpp_profile_slot(&c->table, j);
            const bool is_same_place = a->purpose == PURPOSE_TX ? a->transaction[0] == b->transaction[0]
                                                                : a->evse == b->evse && a->connector == b->connector;
            if (a->is_used && a->purpose == b->purpose && a->stack_level == b->stack_level && is_same_place) {
                b->is_used = false;
            }
        }
    }
}

/* What an EVSE can, or the station (0) where it has a bound, and perhaps a limit from outside. */
static void make_hardware(struct case_of *c, int place)
{
    struct schedule_user *user = &c->users[place];
    const int phases = (int)dice(c, 4);
    const int64_t volts = c->site.voltage_v * (phases == 0 ? 1 : phases);
    user->hardware = user->external = ocpp_schedule_no_limit(phases);
    if (place > 0 || chance(c, 40)) {
        user->hardware.current_ma = place > 0 ? 16000 * (1 + dice(c, 2)) : dice(c, 100) * 1000;
        user->hardware.power_mw = user->hardware.current_ma * volts;
    }
    if (chance(c, 20)) {
        user->external.current_ma = dice(c, 40) * 1000;
        user->external.power_mw = user->external.current_ma * volts;
    }
}

static void make_case(struct case_of *c, uint64_t seed)
{
    static const int volts[] = { 230, 110, 400 };
    memset(c, 0, sizeof(*c));
    c->random = seed * 2654435761u + 7;
    c->from_s = day_zero_s + (chance(c, 40) ? -dice(c, WINDOW_S) : dice(c, 3 * DAY_S));
    c->table = (struct profile_table){ .slots = c->slots, .room = PROFILES, .most_periods = PERIODS };
    c->table.stride = sizeof(struct profile) + PERIODS * sizeof(struct profile_period);
    c->site = (struct schedule_site){ .voltage_v = volts[dice(c, 3)] };
    c->site.least_current_ma = chance(c, 70) ? 6000 : 0;
    for (size_t i = 0; i < PROFILES; i++) {
        make_profile(c, ocpp_profile_slot(&c->table, i));
    }
    drop_rivals(c);
    for (int i = 0; i <= EVSES; i++) {
        struct schedule_user *user = &c->users[i];
        make_hardware(c, i);
        user->has_transaction = chance(c, 70);
        user->charges = user->has_transaction && chance(c, 80);
        user->connector = (int)dice(c, 3);
        user->start_ms = (chance(c, 50) ? edge_s(c) : c->from_s - dice(c, 20000)) * 1000;
        user->order = user->has_transaction ? dice(c, 3) : INT64_MAX;
        user->transaction[0] = (uint8_t)i;
    }
    c->view = (struct schedule_view){ &c->table, &c->site, c->users, EVSES, true };
}

/* --- the naive scheduler ------------------------------------------------------------------------------------------------ */

static void paint_run(struct case_of *c, const struct profile *profile, int16_t *painted, int64_t run_s, int64_t end_s)
{
    for (size_t i = 0; i < profile->period_count; i++) {
        int64_t until_s = i + 1 < profile->period_count ? run_s + profile->periods[i + 1].start_s : INT64_MAX;
        if (until_s > end_s) {
            until_s = end_s;
        }
        for (int64_t s = run_s + profile->periods[i].start_s; s < until_s && s < c->from_s + WINDOW_S; s++) {
            if (s < c->from_s) {
                s = c->from_s - 1;
                continue;
            }
            if (s * 1000 >= profile->valid_from_ms && s * 1000 < profile->valid_to_ms) {
                painted[s - c->from_s] = (int16_t)i;
            }
        }
    }
}

static void paint(struct case_of *c, size_t index, int evse)
{
    int16_t *painted = c->painted[evse][index];
    const int64_t relative_ms = c->users[evse].start_ms;
    const struct profile *profile = ocpp_profile_slot(&c->table, index);
    const int64_t start_s = (profile->kind == PROFILE_RELATIVE ? relative_ms : profile->start_ms) / 1000;
    const int64_t every_s = profile->kind != PROFILE_RECURRING ? 0 : profile->recurrency == RECURS_DAILY ? DAY_S : WEEK_S;
    for (size_t s = 0; s < WINDOW_S; s++) {
        painted[s] = -1;
    }
    for (int64_t run_s = start_s; run_s < c->from_s + WINDOW_S; run_s += every_s) {
        int64_t end_s = profile->duration_s == PROFILE_UNBOUNDED_S ? INT64_MAX : run_s + profile->duration_s;
        if (every_s > 0 && end_s > run_s + every_s) { /* what is longer than its recurrence is cut (1.6 errata 3.44) */
            end_s = run_s + every_s;
        }
        paint_run(c, profile, painted, run_s, end_s);
        if (every_s == 0) {
            break;
        }
    }
}

struct naive {
    int64_t ma;
    int64_t mw;
    int phases;
    int phase_to_use;
};

static void lower(struct naive *limit, int64_t ma, int64_t mw)
{
    limit->ma = ma < limit->ma ? ma : limit->ma;
    limit->mw = mw < limit->mw ? mw : limit->mw;
}

static bool is_for(const struct case_of *c, const struct profile *profile, int purpose, int evse)
{
    if (!profile->is_used || profile->awaits || profile->purpose != purpose) {
        return false;
    }
    switch (purpose) {
    case PURPOSE_STATION_MAX:
        return evse == 0;
    case PURPOSE_TX:
        return evse > 0 && c->users[evse].has_transaction && profile->transaction[0] == evse;
    default:
        return evse > 0 && (profile->evse == 0 || profile->evse == evse) &&
               (profile->connector == 0 || c->users[evse].connector == 0 || profile->connector == c->users[evse].connector);
    }
}

/* Lowers |limit| by the profile of the highest level that says anything; at one level what is said of fewer places. */
static bool lower_by(const struct case_of *c, int purpose, int evse, size_t second, struct naive *limit)
{
    int best = -1;
    int best_right = -1;
    for (int i = 0; i < PROFILES; i++) {
        const struct profile *profile = ocpp_profile_slot(&c->table, (size_t)i);
        const int right = profile->stack_level * 100 + (profile->evse > 0 ? 10 : 0) + profile->connector;
        if (is_for(c, profile, purpose, evse) && c->painted[evse][i][second] >= 0 && right > best_right) {
            best = i;
            best_right = right;
        }
    }
    if (best < 0) {
        return false;
    }
    const struct profile *profile = ocpp_profile_slot(&c->table, (size_t)best);
    const struct profile_period *period = &profile->periods[c->painted[evse][best][second]];
    const int site = c->users[evse].hardware.phases;
    const int said = period->phases == 0 ? 3 : period->phases;
    const int used = said < site ? said : site;
    if (profile->unit == IN_WATT) {
        lower(limit, period->rate_milli / ((site == 0 ? 1 : said) * c->site.voltage_v), period->rate_milli);
    } else {
        lower(limit, period->rate_milli, period->rate_milli * (site == 0 ? 1 : used) * c->site.voltage_v);
    }
    if (site > 0 && used <= limit->phases) {
        limit->phase_to_use = used == 1 ? period->phase_to_use : 0;
        limit->phases = used;
    }
    return true;
}

static struct naive own_of(const struct case_of *c, int evse, size_t second)
{
    const struct limit *hardware = &c->users[evse].hardware;
    struct naive limit = { hardware->current_ma, hardware->power_mw, hardware->phases, 0 };
    lower(&limit, c->users[evse].external.current_ma, c->users[evse].external.power_mw);
    if (!lower_by(c, PURPOSE_TX, evse, second, &limit)) {
        lower_by(c, PURPOSE_TX_DEFAULT, evse, second, &limit);
    }
    return limit;
}

/* The highest level that all of |wants|, cut to it, may have together within |total|. */
static int64_t water_level(const int64_t *wants, int count, int64_t total)
{
    int64_t low = 0;
    int64_t high = total + 1;
    while (high - low > 1) {
        const int64_t middle = low + (high - low) / 2;
        int64_t sum = 0;
        for (int i = 0; i < count; i++) {
            sum += wants[i] < middle ? wants[i] : middle;
        }
        *(sum <= total ? &low : &high) = middle;
    }
    return low;
}

static struct naive limit_of_evse(const struct case_of *c, int evse, size_t second)
{
    struct naive station = { c->users[0].hardware.current_ma, c->users[0].hardware.power_mw, 3, 0 };
    struct naive own[EVSES + 1];
    lower(&station, c->users[0].external.current_ma, c->users[0].external.power_mw);
    lower_by(c, PURPOSE_STATION_MAX, 0, second, &station);
    for (int i = 1; i <= EVSES; i++) {
        own[i] = own_of(c, i, second);
    }
    if (station.ma == NO_LIMIT) {
        return own[evse];
    }
    int queue[EVSES];
    int count = 0;
    for (int order = 0; order < 5; order++) { /* in the order of their beginning: 0, 1, 2, and those without one last */
        for (int i = 1; i <= EVSES; i++) {
            const bool is_turn = c->users[i].order == order || (order == 4 && c->users[i].order == INT64_MAX);
            const bool can = own[i].ma > 0 && own[i].ma >= c->site.least_current_ma;
            if (is_turn && can && (c->users[i].charges || i == evse)) {
                queue[count++] = i;
            }
        }
    }
    int place = -1;
    for (int i = 0; i < count; i++) {
        place = queue[i] == evse ? i : place;
    }
    struct naive limit = own[evse];
    if (place < 0) {
        lower(&limit, station.ma, station.mw);
        return limit;
    }
    int64_t wants_ma[EVSES];
    int64_t wants_mw[EVSES];
    for (int i = 0; i < count; i++) {
        wants_ma[i] = own[queue[i]].ma;
        wants_mw[i] = own[queue[i]].mw;
    }
    while (count > 1 && water_level(wants_ma, count, station.ma) < c->site.least_current_ma) {
        count--;
    }
    if (place >= count) {
        lower(&limit, 0, 0);
    } else {
        lower(&limit, water_level(wants_ma, count, station.ma), water_level(wants_mw, count, station.mw));
    }
    return limit;
}

static struct naive limit_of_station(const struct case_of *c, size_t second)
{
    const struct limit *hardware = &c->users[0].hardware;
    struct naive station = { hardware->current_ma, hardware->power_mw, hardware->phases, 0 };
    lower(&station, c->users[0].external.current_ma, c->users[0].external.power_mw);
    lower_by(c, PURPOSE_STATION_MAX, 0, second, &station);
    int64_t ma = 0;
    int64_t mw = 0;
    bool any = false;
    for (int i = 1; i <= EVSES; i++) {
        any = any || c->users[i].charges;
    }
    for (int i = 1; i <= EVSES; i++) {
        const struct naive own = own_of(c, i, second);
        ma += !any || c->users[i].charges ? own.ma : 0;
        mw += !any || c->users[i].charges ? own.mw : 0;
    }
    lower(&station, ma, mw);
    return station;
}

/* --- both against each other --------------------------------------------------------------------------------------------- */

static void compare(struct case_of *c, int evse, enum schedule_unit unit, uint64_t seed)
{
    static struct composite_period periods[WINDOW_S + 1];
    struct composite composite = { .from_ms = c->from_s * 1000, .asked_s = WINDOW_S, .periods = periods, .room = WINDOW_S + 1 };
    for (size_t i = 0; i < PROFILES * (EVSES + 1); i++) {
        paint(c, i % PROFILES, (int)(i / PROFILES));
    }
    ocpp_schedule_composite(&c->view, evse, unit, &composite);
    assert_int_equal(composite.duration_s, WINDOW_S);
    size_t at = 0;
    for (size_t second = 0; second < WINDOW_S; second++) {
        while (at + 1 < composite.count && (size_t)periods[at + 1].start_s <= second) {
            at++;
            if (periods[at].rate_tenths == periods[at - 1].rate_tenths && periods[at].phases == periods[at - 1].phases &&
                periods[at].phase_to_use == periods[at - 1].phase_to_use) {
                fail_msg("seed %llu: equal periods were not merged", (unsigned long long)seed);
            }
        }
        const struct naive limit = evse == 0 ? limit_of_station(c, second) : limit_of_evse(c, evse, second);
        const int64_t tenths = (unit == IN_WATT ? limit.mw : limit.ma) / 100;
        if (periods[at].rate_tenths != tenths || periods[at].phases != limit.phases ||
            periods[at].phase_to_use != limit.phase_to_use) {
            fail_msg("seed %llu, EVSE %d, second %zu: %lld tenths on %d phases (%d), the oracle says %lld on %d (%d)",
                     (unsigned long long)seed, evse, second, (long long)periods[at].rate_tenths, periods[at].phases,
                     periods[at].phase_to_use, (long long)tenths, limit.phases, limit.phase_to_use);
        }
    }
}

/* What is said to hold until a moment holds until then, at every second. */
static void holds_as_said(struct case_of *c, int evse, uint64_t seed)
{
    int64_t until_ms;
    const int64_t from_ms = (c->from_s + dice(c, WINDOW_S)) * 1000;
    const struct limit now = ocpp_schedule_limit(&c->view, evse, from_ms, &until_ms);
    for (int i = 0; i < 60; i++) {
        const int64_t left_ms = until_ms == OCPP_NEVER ? 10 * (int64_t)WEEK_S * 1000 : until_ms - from_ms;
        int64_t ignored;
        const struct limit later = ocpp_schedule_limit(&c->view, evse, from_ms + dice(c, left_ms), &ignored);
        if (later.current_ma != now.current_ma || later.power_mw != now.power_mw || later.phases != now.phases) {
            fail_msg("seed %llu, EVSE %d: a limit changed before it was said to", (unsigned long long)seed, evse);
        }
    }
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    return text == NULL ? otherwise : strtoull(text, NULL, 10);
}

static void random_stacks_say_what_a_naive_oracle_says(void **state)
{
    (void)state;
    static struct case_of c;
    const uint64_t first = number_of("OCPP_STACK_SEED", 1);
    const uint64_t count = number_of("OCPP_STACKS", 2000);
    for (uint64_t seed = first; seed < first + count; seed++) {
        make_case(&c, seed);
        const int evse = (int)dice(&c, EVSES + 1);
        holds_as_said(&c, evse, seed);
        compare(&c, evse, chance(&c, 50) ? IN_AMPERE : IN_WATT, seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(random_stacks_say_what_a_naive_oracle_says) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
