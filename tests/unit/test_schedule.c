/* test_schedule.c: what profiles say at a moment and over a time: the examples of the standards, and what users of other stations
 * reported to be wrong there. Random stacks are in test_schedule_oracle.c. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "schedule.h"

enum { PROFILES = 6, PERIODS = 6, EVSES = 3, HOUR_S = 3600, DAY_S = 86400 };

#define NEW_YEAR_MS              ((int64_t)1767225600000) /* 2026-01-01T00:00:00Z, a Thursday */
#define AT(days, hours, seconds) (NEW_YEAR_MS + ((int64_t)(days)*DAY_S + (int64_t)(hours)*HOUR_S + (seconds)) * 1000)

struct world {
    struct profile_table table;
    struct schedule_site site;
    struct schedule_user users[EVSES + 1];
    struct schedule_view view;
    uint8_t slots[PROFILES * (sizeof(struct profile) + PERIODS * sizeof(struct profile_period))];
    size_t used;
};

/* A station of three phases at 230 V, 32 A per EVSE, nothing installed; at EVSE 1 a vehicle charges since 08:00. */
static struct world *world_of(void **state)
{
    struct world *world = *state;
    memset(world, 0, sizeof(*world));
    world->table = (struct profile_table){ .slots = world->slots, .room = PROFILES, .most_periods = PERIODS };
    world->table.stride = sizeof(struct profile) + PERIODS * sizeof(struct profile_period);
    world->site = (struct schedule_site){ .voltage_v = 230, .least_current_ma = 6000 };
    world->view = (struct schedule_view){ &world->table, &world->site, world->users, EVSES, true };
    for (int i = 0; i <= EVSES; i++) {
        world->users[i].hardware = i == 0 ? ocpp_schedule_no_limit(3) : (struct limit){ 32000, 32000 * 690, 3, 0 };
        world->users[i].external = ocpp_schedule_no_limit(3);
        world->users[i].start_ms = AT(0, 8, 0);
        world->users[i].order = INT64_MAX;
        world->users[i].transaction[0] = (uint8_t)i;
    }
    world->users[1].charges = world->users[1].has_transaction = true;
    world->users[1].order = 1;
    return world;
}

static void begin(struct world *world, int evse, int order)
{
    world->users[evse].charges = world->users[evse].has_transaction = true;
    world->users[evse].order = order;
}

/* A profile that holds for ever; in ampere, absolute, from the new year on. */
static struct profile *add(struct world *world, enum profile_purpose purpose, int level)
{
    struct profile *profile = ocpp_profile_slot(&world->table, world->used++);
    *profile = (struct profile){
        .is_used = true,
        .purpose = (int8_t)purpose,
        .stack_level = level,
        .kind = PROFILE_ABSOLUTE,
        .unit = IN_AMPERE,
        .start_ms = NEW_YEAR_MS,
        .duration_s = PROFILE_UNBOUNDED_S,
        .valid_from_ms = INT64_MIN,
        .valid_to_ms = INT64_MAX,
    };
    profile->transaction[0] = 1;
    return profile;
}

static void period(struct profile *profile, int32_t start_s, int64_t rate)
{
    profile->periods[profile->period_count++] = (struct profile_period){ .start_s = start_s, .rate_milli = rate * 1000 };
}

static int64_t ampere_at(const struct world *world, int evse, int64_t at_ms)
{
    int64_t until_ms;
    return ocpp_schedule_limit(&world->view, evse, at_ms, &until_ms).current_ma / 1000;
}

static int64_t watt_at(const struct world *world, int evse, int64_t at_ms)
{
    int64_t until_ms;
    return ocpp_schedule_limit(&world->view, evse, at_ms, &until_ms).power_mw / 1000;
}

static int64_t until(const struct world *world, int evse, int64_t at_ms)
{
    int64_t until_ms;
    ocpp_schedule_limit(&world->view, evse, at_ms, &until_ms);
    return until_ms;
}

/* The composite schedule as pairs "second:tenths". */
static const char *composite(const struct world *world, int evse, enum schedule_unit unit, int64_t from_ms, int32_t duration_s)
{
    static char text[512];
    struct composite_period periods[16];
    struct composite composite = { .from_ms = from_ms, .asked_s = duration_s, .periods = periods, .room = 16 };
    ocpp_schedule_composite(&world->view, evse, unit, &composite);
    size_t size = 0;
    for (size_t i = 0; i < composite.count; i++) {
        size += (size_t)snprintf(text + size, sizeof(text) - size, "%s%d:%lld", i == 0 ? "" : " ", (int)periods[i].start_s,
                                 (long long)periods[i].rate_tenths);
    }
    snprintf(text + size, sizeof(text) - size, " /%d", (int)composite.duration_s);
    return text;
}

/* --- the examples of the standards ------------------------------------------------------------------------------------- */

/* 1.6 edition 2, 3.13.7; 2.0.1 K 3.6. 11 kW at night and 6 kW from 8 to 20 o'clock, every day. */
static void the_daily_example_of_both_standards_is_understood(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 0);
    profile->kind = PROFILE_RECURRING;
    profile->recurrency = RECURS_DAILY;
    profile->start_ms = 1356998400000; /* 2013-01-01T00:00Z */
    profile->duration_s = DAY_S;
    profile->unit = IN_WATT;
    period(profile, 0, 11000);
    period(profile, 28800, 6000);
    period(profile, 72000, 11000);
    assert_int_equal(watt_at(world, 1, AT(0, 0, 0)), 11000);
    assert_int_equal(watt_at(world, 1, AT(0, 7, 3599)), 11000);
    assert_int_equal(watt_at(world, 1, AT(0, 8, 0)), 6000);
    assert_int_equal(watt_at(world, 1, AT(200, 19, 3599)), 6000);
    assert_int_equal(watt_at(world, 1, AT(200, 20, 0)), 11000);
    assert_string_equal(composite(world, 1, IN_WATT, AT(0, 7, 0), DAY_S), "0:110000 3600:60000 46800:110000 /86400");
}

/* 2.0.1 K 3.6.1. Peak hours of every day, no limit on Sundays, nor on Christmas: by stack levels. */
static void the_stacked_example_knows_sundays_and_christmas(void **state)
{
    struct world *world = world_of(state);
    struct profile *peak = add(world, PURPOSE_TX_DEFAULT, 1);
    peak->kind = PROFILE_RECURRING;
    peak->recurrency = RECURS_DAILY;
    peak->start_ms = 1578589200000; /* 2020-01-09T17:00:00Z */
    peak->duration_s = 3 * HOUR_S;
    peak->unit = IN_WATT;
    period(peak, 0, 2000);
    struct profile *sunday = add(world, PURPOSE_TX_DEFAULT, 2);
    sunday->kind = PROFILE_RECURRING;
    sunday->recurrency = RECURS_WEEKLY;
    sunday->start_ms = 1578182400000; /* 2020-01-05T00:00:00Z, a Sunday */
    sunday->duration_s = DAY_S;
    sunday->unit = IN_WATT;
    period(sunday, 0, 999999);
    struct profile *christmas = add(world, PURPOSE_TX_DEFAULT, 3);
    christmas->valid_from_ms = 1577836800000; /* the year 2020 */
    christmas->valid_to_ms = 1609459200000;
    christmas->start_ms = 1608854400000; /* 2020-12-25T00:00:00Z, a Friday */
    christmas->duration_s = DAY_S;
    christmas->unit = IN_WATT;
    period(christmas, 0, 999999);
    const int64_t hardware = 32 * 690;
    assert_int_equal(watt_at(world, 1, 1608746400000), 2000);     /* Wednesday, 18:00 */
    assert_int_equal(watt_at(world, 1, 1608753600000), hardware); /* Wednesday, 20:00: nothing is said then */
    assert_int_equal(watt_at(world, 1, 1608919200000), hardware); /* Christmas */
    assert_int_equal(watt_at(world, 1, 1609005600000), 2000);     /* Saturday */
    assert_int_equal(watt_at(world, 1, 1609092000000), hardware); /* Sunday */
    assert_int_equal(watt_at(world, 1, 1640455200000),
                     2000); /* Christmas of 2021, a Saturday: the profile is not valid any more */
}

/* 2.0.1 K 3.5, figures 99 and 100. The leaders of the purposes, the lowest of them; a profile of the transaction goes before the
 * default ones. */
static void the_purposes_combine_as_in_the_two_situations(void **state)
{
    struct world *world = world_of(state);
    period(add(world, PURPOSE_STATION_MAX, 0), 0, 30);
    period(add(world, PURPOSE_TX_DEFAULT, 1), 0, 10);
    period(add(world, PURPOSE_TX_DEFAULT, 2), 0, 20);
    world->users[1].external.current_ma = 25000;
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 20);
    period(add(world, PURPOSE_TX, 1), 0, 28);
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 25);
    world->users[1].external.current_ma = NO_LIMIT;
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 28);
}

/* --- time ------------------------------------------------------------------------------------------------------------------ */

/* Reported: "wrong composite schedule around midnight". A window over midnight of a schedule that begins at another hour. */
static void a_day_that_begins_in_the_evening_goes_on_after_midnight(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 0);
    profile->kind = PROFILE_RECURRING;
    profile->recurrency = RECURS_DAILY;
    profile->start_ms = AT(-30, 22, 0);
    period(profile, 0, 16);
    period(profile, 4 * HOUR_S, 10); /* 02:00 */
    assert_string_equal(composite(world, 1, IN_AMPERE, AT(3, 21, 0), 8 * HOUR_S), "0:100 3600:160 18000:100 /28800");
    assert_int_equal(until(world, 1, AT(3, 23, 0)), AT(4, 2, 0));
}

/* 1.6 errata 3.79. Every 24 hours of UTC: on the day summer time begins the schedule does not move, and a local clock that wants
 * it to has to be served by another profile (2.0.1 K 3.6, the tip). */
static void a_recurrence_is_24_hours_whatever_the_clocks_on_the_wall_do(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 0);
    profile->kind = PROFILE_RECURRING;
    profile->recurrency = RECURS_DAILY;
    profile->duration_s = HOUR_S;
    profile->start_ms = 1774641600000; /* 2026-03-27T20:00:00Z; European summer time begins on the 29th */
    period(profile, 0, 8);
    for (int day = 0; day < 5; day++) {
        const int64_t start_ms = profile->start_ms + (int64_t)day * DAY_S * 1000;
        assert_int_equal(ampere_at(world, 1, start_ms - 1000), 32);
        assert_int_equal(ampere_at(world, 1, start_ms), 8);
        assert_int_equal(ampere_at(world, 1, start_ms + HOUR_S * 1000), 32);
    }
}

/* 1.6 errata 3.79. The day of the week is that of the start. */
static void a_week_is_counted_from_the_start_of_the_schedule(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 0);
    profile->kind = PROFILE_RECURRING;
    profile->recurrency = RECURS_WEEKLY;
    profile->start_ms = AT(2, 6, 0);
    profile->duration_s = 2 * DAY_S;
    period(profile, 0, 8);
    assert_int_equal(ampere_at(world, 1, AT(2, 5, 3599)), 32);
    assert_int_equal(ampere_at(world, 1, AT(9, 6, 0)), 8);
    assert_int_equal(ampere_at(world, 1, AT(11, 5, 3599)), 8);
    assert_int_equal(ampere_at(world, 1, AT(11, 6, 0)), 32);
    assert_int_equal(until(world, 1, AT(12, 0, 0)), AT(16, 6, 0));
}

/* K01.FR.11; reported: a duration of zero read as "without end". */
static void a_duration_of_zero_is_over_before_it_begins(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 0);
    profile->duration_s = 0;
    period(profile, 0, 8);
    assert_int_equal(ampere_at(world, 1, profile->start_ms), 32);
    profile->kind = PROFILE_RECURRING;
    profile->recurrency = RECURS_DAILY;
    assert_int_equal(ampere_at(world, 1, AT(5, 0, 0)), 32);
    assert_string_equal(composite(world, 1, IN_AMPERE, AT(5, 0, 0), 2 * DAY_S), "0:320 /172800");
}

/* K01.FR.11, .12. The last period lasts until the duration is over; one that begins behind it never runs. */
static void periods_behind_the_duration_do_not_run(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 0);
    profile->duration_s = 300;
    period(profile, 0, 10);
    period(profile, 100, 12);
    period(profile, 300, 14);
    period(profile, 400, 16);
    assert_string_equal(composite(world, 1, IN_AMPERE, NEW_YEAR_MS, 600), "0:100 100:120 300:320 /600");
}

/* 1.6 errata 3.43, 3.44; K01.FR.13; reported: daily schedules of more than 24 hours that overlap themselves. */
static void what_is_longer_than_a_day_is_cut_by_the_next_day(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 0);
    profile->kind = PROFILE_RECURRING;
    profile->recurrency = RECURS_DAILY;
    profile->duration_s = 30 * HOUR_S;
    period(profile, 0, 10);
    period(profile, 23 * HOUR_S, 12);
    period(profile, 25 * HOUR_S, 14);
    assert_string_equal(composite(world, 1, IN_AMPERE, AT(0, 22, 0), 4 * HOUR_S), "0:100 3600:120 7200:100 /14400");
}

/* K01.FR.13; 1.6 errata 3.43. Shorter than its day: what is below holds until it starts again. */
static void what_is_shorter_than_a_day_falls_back_to_the_level_below(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 1);
    profile->kind = PROFILE_RECURRING;
    profile->recurrency = RECURS_DAILY;
    profile->duration_s = HOUR_S;
    period(profile, 0, 10);
    period(add(world, PURPOSE_TX_DEFAULT, 0), 0, 20);
    assert_string_equal(composite(world, 1, IN_AMPERE, AT(4, 0, 0), DAY_S + 10), "0:100 3600:200 86400:100 /86410");
}

/* K01.FR.30. A schedule that begins later limits nothing before. */
static void nothing_is_limited_before_the_start_of_a_schedule(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 0);
    profile->start_ms = AT(1, 0, 0);
    period(profile, 0, 10);
    assert_int_equal(ampere_at(world, 1, AT(0, 23, 3599)), 32);
    assert_int_equal(until(world, 1, AT(0, 9, 0)), AT(1, 0, 0));
    profile->kind = PROFILE_RECURRING; /* nor a recurring one before its first time */
    profile->recurrency = RECURS_DAILY;
    assert_int_equal(ampere_at(world, 1, AT(0, 23, 3599)), 32);
    assert_int_equal(ampere_at(world, 1, AT(1, 0, 0)), 10);
}

/* K01.FR.36, .37; reported: validTo in the middle of a period, and at the moment itself. */
static void validity_begins_with_its_moment_and_ends_before_it(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 1);
    profile->valid_from_ms = AT(0, 9, 50);
    profile->valid_to_ms = AT(0, 9, 150);
    period(profile, 0, 10);
    period(add(world, PURPOSE_TX_DEFAULT, 0), 0, 20);
    assert_string_equal(composite(world, 1, IN_AMPERE, AT(0, 9, 0), 300), "0:200 50:100 150:200 /300");
    assert_int_equal(until(world, 1, AT(0, 9, 60)), AT(0, 9, 150));
}

/* K 3.3, K01.FR.42; reported: relative profiles taken from the moment they were sent. */
static void a_relative_schedule_counts_from_when_the_vehicle_may_draw(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX, 0);
    profile->kind = PROFILE_RELATIVE;
    profile->start_ms = PROFILE_NO_START;
    period(profile, 0, 10);
    period(profile, 2 * HOUR_S, 16);
    assert_int_equal(ampere_at(world, 1, AT(0, 8, 0)), 10);
    assert_int_equal(ampere_at(world, 1, AT(0, 10, 0)), 16);
    assert_int_equal(ampere_at(world, 1, AT(0, 7, 0)), 32); /* before: it says nothing */
    assert_int_equal(until(world, 1, AT(0, 7, 0)), AT(0, 8, 0));
}

/* K02.FR.08; reported: a gap behind the last period of a transaction's profile. The default profiles hold again, then the
 * hardware. */
static void behind_the_end_of_a_transactions_profile_the_defaults_hold_again(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX, 0);
    profile->start_ms = AT(0, 9, 0);
    profile->duration_s = 60;
    period(profile, 0, 25);
    struct profile *usual = add(world, PURPOSE_TX_DEFAULT, 0);
    usual->duration_s = 9 * HOUR_S + 120;
    period(usual, 0, 10);
    assert_string_equal(composite(world, 1, IN_AMPERE, AT(0, 9, 0) - 30000, 300), "0:100 30:250 90:100 150:320 /300");
}

/* The rules let no such profile in (K01.FR.31), a record of another hand might bring one: it says nothing before its first
 * period. */
static void a_profile_without_a_period_at_zero_says_nothing_until_its_first(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 1);
    period(profile, 60, 10);
    period(add(world, PURPOSE_TX_DEFAULT, 0), 0, 20);
    assert_string_equal(composite(world, 1, IN_AMPERE, NEW_YEAR_MS, 120), "0:200 60:100 /120");
}

/* A limit that changes within a second is told from the next whole one on. */
static void a_composite_counts_in_whole_seconds(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 0);
    profile->start_ms = NEW_YEAR_MS + 10001;
    period(profile, 0, 10);
    assert_string_equal(composite(world, 1, IN_AMPERE, NEW_YEAR_MS, 60), "0:320 11:100 /60");
    profile->start_ms = NEW_YEAR_MS + 10000;
    assert_string_equal(composite(world, 1, IN_AMPERE, NEW_YEAR_MS, 60), "0:320 10:100 /60");
}

/* --- levels and places --------------------------------------------------------------------------------------------------------
 */

/* 1.6 3.13.1: a default profile of connector 0 is replaced at a connector that has one of the same level of its own. */
static void what_is_said_of_one_place_goes_before_what_holds_for_all(void **state)
{
    struct world *world = world_of(state);
    begin(world, 2, 2);
    period(add(world, PURPOSE_TX_DEFAULT, 1), 0, 20);
    struct profile *own = add(world, PURPOSE_TX_DEFAULT, 1);
    own->evse = 2;
    period(own, 0, 24);
    struct profile *outlet = add(world, PURPOSE_TX_DEFAULT, 1);
    outlet->evse = 2;
    outlet->connector = 2;
    period(outlet, 0, 28);
    world->users[2].connector = 1;
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 20);
    assert_int_equal(ampere_at(world, 2, AT(0, 9, 0)), 24);
    world->users[2].connector = 2;
    assert_int_equal(ampere_at(world, 2, AT(0, 9, 0)), 28);
    period(add(world, PURPOSE_TX_DEFAULT, 2), 0, 12); /* a higher level of all goes before all of them */
    assert_int_equal(ampere_at(world, 2, AT(0, 9, 0)), 12);
}

/* K01.FR.14. A default profile of the station is applied to each EVSE, not shared. */
static void a_default_for_all_holds_at_each(void **state)
{
    struct world *world = world_of(state);
    begin(world, 2, 2);
    period(add(world, PURPOSE_TX_DEFAULT, 0), 0, 20);
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 20);
    assert_int_equal(ampere_at(world, 2, AT(0, 9, 0)), 20);
    assert_int_equal(ampere_at(world, 0, AT(0, 9, 0)), 40);
}

/* A profile of one transaction says nothing of another. */
static void a_transactions_profile_holds_for_it_alone(void **state)
{
    struct world *world = world_of(state);
    begin(world, 2, 2);
    period(add(world, PURPOSE_TX, 0), 0, 10);
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 10);
    assert_int_equal(ampere_at(world, 2, AT(0, 9, 0)), 32);
    world->users[1].transaction[0] = 7; /* the next one at the same place */
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 32);
}

/* --- the station's limit, shared
 * ------------------------------------------------------------------------------------------------ */

/* K04.FR.05; 1.6 3.13.3. docs/smart-charging.md tells this example. */
static void the_station_shares_what_it_has(void **state)
{
    struct world *world = world_of(state);
    period(add(world, PURPOSE_STATION_MAX, 0), 0, 48);
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 32); /* alone: all that its hardware can */
    begin(world, 2, 2);
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 24);
    assert_int_equal(ampere_at(world, 2, AT(0, 9, 0)), 24);
    struct profile *modest = add(world, PURPOSE_TX_DEFAULT, 0);
    modest->evse = 2;
    period(modest, 0, 10);
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 32); /* what the other cannot use */
    assert_int_equal(ampere_at(world, 2, AT(0, 9, 0)), 10);
    begin(world, 3, 3);
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 19); /* 48 less 10, for two */
    assert_int_equal(ampere_at(world, 3, AT(0, 9, 0)), 19);
    assert_int_equal(ampere_at(world, 0, AT(0, 9, 0)), 48);
}

/* Three vehicles cannot draw 5 A each: who began last waits. */
static void who_began_last_waits_when_there_is_too_little_for_all(void **state)
{
    struct world *world = world_of(state);
    begin(world, 2, 3);
    begin(world, 3, 2);
    period(add(world, PURPOSE_STATION_MAX, 0), 0, 15);
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 7);
    assert_int_equal(ampere_at(world, 3, AT(0, 9, 0)), 7);
    assert_int_equal(ampere_at(world, 2, AT(0, 9, 0)), 0);
    world->users[3].charges = false;
    assert_int_equal(ampere_at(world, 2, AT(0, 9, 0)), 7);
}

/* K08.FR.06. An EVSE where nothing runs is answered for as if something did, with its part. */
static void an_idle_evse_is_answered_for_as_if_it_charged(void **state)
{
    struct world *world = world_of(state);
    period(add(world, PURPOSE_STATION_MAX, 0), 0, 40);
    assert_int_equal(ampere_at(world, 2, AT(0, 9, 0)), 20);
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 32); /* it takes nothing as long as it does not */
}

/* --- A and W
 * ---------------------------------------------------------------------------------------------------------------------- */

/* K01.FR.49, .50; 1.6 errata 3.69. By the nominal voltage and the phases that were said, 3 where none were. */
static void power_is_divided_by_the_phases_that_were_said(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 0);
    profile->unit = IN_WATT;
    period(profile, 0, 6900);
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 10);
    profile->periods[0].phases = 1;
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 30);
    assert_int_equal(watt_at(world, 1, AT(0, 9, 0)), 6900);
}

/* 1.6 errata 3.34; K01.FR.45. A limit for three phases is not recomputed on one. */
static void a_limit_in_ampere_is_per_phase_however_many_there_are(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 0);
    period(profile, 0, 16);
    profile->periods[0].phases = 3;
    assert_int_equal(watt_at(world, 1, AT(0, 9, 0)), 11040);
    world->users[1].hardware = (struct limit){ 32000, 32000 * 230, 1, 0 };
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 16);
    assert_int_equal(watt_at(world, 1, AT(0, 9, 0)), 3680);
}

static void the_lowest_counts_whatever_it_was_said_in(void **state)
{
    struct world *world = world_of(state);
    struct profile *power = add(world, PURPOSE_STATION_MAX, 0);
    power->unit = IN_WATT;
    period(power, 0, 13800); /* 20 A on three phases */
    period(add(world, PURPOSE_TX_DEFAULT, 0), 0, 16);
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 16);
    power->periods[0].rate_milli = 6900000;
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 10);
    assert_string_equal(composite(world, 1, IN_WATT, AT(0, 9, 0), 10), "0:69000 /10");
}

/* Tenths are rounded down: a limit is never exceeded by rounding. */
static void converted_limits_are_rounded_down(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 0);
    profile->unit = IN_WATT;
    period(profile, 0, 11000); /* 15.942 A */
    assert_string_equal(composite(world, 1, IN_AMPERE, AT(0, 9, 0), 10), "0:159 /10");
    assert_string_equal(composite(world, 1, IN_WATT, AT(0, 9, 0), 10), "0:110000 /10");
}

static void direct_current_knows_no_phases(void **state)
{
    struct world *world = world_of(state);
    world->site.voltage_v = 400;
    world->users[1].hardware = (struct limit){ 125000, 50000000, 0, 0 };
    world->users[1].external = ocpp_schedule_no_limit(0);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 0);
    profile->unit = IN_WATT;
    period(profile, 0, 20000);
    assert_int_equal(ampere_at(world, 1, AT(0, 9, 0)), 50);
}

/* --- bounds
 * -------------------------------------------------------------------------------------------------------------------------- */

/* What does not fit is left away at the end, and the duration says so. */
static void a_composite_that_does_not_fit_ends_earlier(void **state)
{
    struct world *world = world_of(state);
    struct profile *profile = add(world, PURPOSE_TX_DEFAULT, 0);
    profile->kind = PROFILE_RECURRING;
    profile->recurrency = RECURS_DAILY;
    period(profile, 0, 10);
    period(profile, 12 * HOUR_S, 20);
    struct composite_period periods[3];
    struct composite composite = { .from_ms = AT(0, 0, 0), .asked_s = 30 * DAY_S, .periods = periods, .room = 3 };
    ocpp_schedule_composite(&world->view, 1, IN_AMPERE, &composite);
    assert_int_equal(composite.count, 3);
    assert_int_equal(composite.duration_s, 36 * HOUR_S);
}

static void a_composite_of_no_duration_says_what_holds_now(void **state)
{
    struct world *world = world_of(state);
    period(add(world, PURPOSE_TX_DEFAULT, 0), 0, 10);
    assert_string_equal(composite(world, 1, IN_AMPERE, AT(0, 9, 0), 0), "0:100 /0");
}

/* A board that does not know the date: the lowest an absolute profile may ever say is safe, whatever level overrules it; what
 * counts from the start of charging is known. */
static void without_a_date_the_lowest_that_may_be_meant_holds(void **state)
{
    struct world *world = world_of(state);
    world->view.has_date = false;
    world->users[1].start_ms = 5000;
    struct profile *daily = add(world, PURPOSE_TX_DEFAULT, 0);
    daily->valid_to_ms = AT(0, 0, 0);
    period(daily, 0, 16);
    period(daily, 60, 8);
    period(add(world, PURPOSE_TX_DEFAULT, 5), 0, 30);
    assert_int_equal(ampere_at(world, 1, 10000), 8);
    struct profile *relative = add(world, PURPOSE_TX, 0);
    relative->kind = PROFILE_RELATIVE;
    period(relative, 0, 12);
    period(relative, 60, 20);
    assert_int_equal(ampere_at(world, 1, 10000), 12);
    assert_int_equal(until(world, 1, 10000), 65000);
    assert_int_equal(ampere_at(world, 1, 65000), 20);
}

static int give_world(void **state)
{
    static struct world world;
    *state = &world;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_daily_example_of_both_standards_is_understood),
        cmocka_unit_test(the_stacked_example_knows_sundays_and_christmas),
        cmocka_unit_test(the_purposes_combine_as_in_the_two_situations),
        cmocka_unit_test(a_day_that_begins_in_the_evening_goes_on_after_midnight),
        cmocka_unit_test(a_recurrence_is_24_hours_whatever_the_clocks_on_the_wall_do),
        cmocka_unit_test(a_week_is_counted_from_the_start_of_the_schedule),
        cmocka_unit_test(a_duration_of_zero_is_over_before_it_begins),
        cmocka_unit_test(periods_behind_the_duration_do_not_run),
        cmocka_unit_test(what_is_longer_than_a_day_is_cut_by_the_next_day),
        cmocka_unit_test(what_is_shorter_than_a_day_falls_back_to_the_level_below),
        cmocka_unit_test(nothing_is_limited_before_the_start_of_a_schedule),
        cmocka_unit_test(validity_begins_with_its_moment_and_ends_before_it),
        cmocka_unit_test(a_relative_schedule_counts_from_when_the_vehicle_may_draw),
        cmocka_unit_test(behind_the_end_of_a_transactions_profile_the_defaults_hold_again),
        cmocka_unit_test(a_profile_without_a_period_at_zero_says_nothing_until_its_first),
        cmocka_unit_test(a_composite_counts_in_whole_seconds),
        cmocka_unit_test(what_is_said_of_one_place_goes_before_what_holds_for_all),
        cmocka_unit_test(a_default_for_all_holds_at_each),
        cmocka_unit_test(a_transactions_profile_holds_for_it_alone),
        cmocka_unit_test(the_station_shares_what_it_has),
        cmocka_unit_test(who_began_last_waits_when_there_is_too_little_for_all),
        cmocka_unit_test(an_idle_evse_is_answered_for_as_if_it_charged),
        cmocka_unit_test(power_is_divided_by_the_phases_that_were_said),
        cmocka_unit_test(a_limit_in_ampere_is_per_phase_however_many_there_are),
        cmocka_unit_test(the_lowest_counts_whatever_it_was_said_in),
        cmocka_unit_test(converted_limits_are_rounded_down),
        cmocka_unit_test(direct_current_knows_no_phases),
        cmocka_unit_test(a_composite_that_does_not_fit_ends_earlier),
        cmocka_unit_test(a_composite_of_no_duration_says_what_holds_now),
        cmocka_unit_test(without_a_date_the_lowest_that_may_be_meant_holds),
    };
    return cmocka_run_group_tests(tests, give_world, NULL);
}
