/* K15 to K17 of a station: what a vehicle needs, the schedules it is offered, and what it chooses. 2.0.1 has words for that; with
 * 1.6 the vehicle is offered what the station's own limits allow. */
#include "ev_world.h"
#include "profile_texts.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

/* A vehicle that speaks ISO 15118 is plugged in, and somebody authorised it. */
static struct ev_world *charging_in(enum ocpp_version version)
{
    struct ev_world *ev = ev_world_in(version);
    plug(ev->world, 1);
    card(ev->world, 1, "A");
    assert_true(ev->world->closed[1]);
    assert_int_equal(open_session(ev, 1), OCPP_OK);
    central_forgets(ev->world);
    return ev;
}

static struct ev_world *charging(void)
{
    return charging_in(OCPP_VERSION_2_0_1);
}

static const char *profile_for(struct ev_world *ev, const struct profile_text *text)
{
    struct profile_text of_transaction = *text;
    of_transaction.purpose = "TxProfile";
    of_transaction.evse = 1;
    of_transaction.transaction = the_session(ev->world)->id;
    return set_profile(ev->world, &of_transaction);
}

/* A TxProfile with several schedules, each of one limit in W. */
static const char *choice_of(struct ev_world *ev, int id, int level, const int *watts, int count, const char *more)
{
    char text[4096];
    char schedules[3000] = "";
    for (int i = 0; i < count; i++) {
        char one[900];
        snprintf(one, sizeof(one),
                 "%s{'id':%d,'startSchedule':'%s','duration':3600,'chargingRateUnit':'W','chargingSchedulePeriod':"
                 "[{'startPeriod':0,'limit':%d}]%s}",
                 i == 0 ? "" : ",", 10 * level + i + 1, date_text(ev->world, -1), watts[i], i == 0 ? more : "");
        strncat(schedules, one, sizeof(schedules) - strlen(schedules) - 1);
    }
    snprintf(text, sizeof(text),
             "{'evseId':1,'chargingProfile':{'id':%d,'stackLevel':%d,'chargingProfilePurpose':'TxProfile',"
             "'chargingProfileKind':'Absolute','transactionId':'%s','chargingSchedule':[%s]}}",
             id, level, the_session(ev->world)->id, schedules);
    return value_of(central_asks(ev->world, "SetChargingProfile", text), "status");
}

static int64_t watts_at(const struct ev_world *ev, int schedule, int64_t at_s)
{
    const struct offered_schedule *offered = &ev->schedules[schedule];
    int64_t watts = 0;
    for (size_t i = 0; i < offered->count && offered->periods[i].start_s <= at_s; i++) {
        watts = offered->periods[i].power_w;
    }
    return watts;
}

/* --- needs (K15) ------------------------------------------------------------------------------------------------------------ */

/* TC_K_53_CS; K15.FR.01, K15.FR.06, K15.FR.09, K15.FR.10. */
static void needs_bring_a_profile_and_the_vehicle_chooses(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    central_sees(
        ev->world, "NotifyEVChargingNeeds",
        "evseId=1 chargingNeeds/requestedEnergyTransfer=AC_three_phase chargingNeeds/acChargingParameters/energyAmount=30000 "
        "chargingNeeds/acChargingParameters/evMinCurrent=6 chargingNeeds/acChargingParameters/evMaxCurrent=32 "
        "chargingNeeds/acChargingParameters/evMaxVoltage=400 chargingNeeds/dcChargingParameters=- maxScheduleTuples=-");
    assert_int_equal(ev->offers, 0);
    assert_string_equal(profile_for(ev, &(struct profile_text){ .id = 7, .periods = "0:10", .duration_s = 300 }), "Accepted");
    assert_int_equal(ev->offers, 1);
    assert_int_equal(ev->offer.origin, OCPP_SCHEDULE_OF_CENTRAL);
    assert_false(ev->offer.renegotiate);
    assert_int_equal(ev->offer.count, 1);
    assert_int_equal(watts_at(ev, 0, 0), 6900);
    assert_int_equal(choose(ev, 1, ev->schedules[0].id, 6000), OCPP_OK);
    central_sees(ev->world, "NotifyEVChargingSchedule",
                 "evseId=1 timeBase=* chargingSchedule/chargingRateUnit=W chargingSchedule/chargingSchedulePeriod=(1) "
                 "chargingSchedule/chargingSchedulePeriod/0/startPeriod=0 chargingSchedule/chargingSchedulePeriod/0/limit=6000");
    assert_int_equal(ev->choices, 1);
    assert_true(ev->choice_accepted);
    ev_world_free(ev);
}

/* K15.FR.06. Direct current has its own group, and what the vehicle does not tell is left out. */
static void needs_of_direct_current_have_their_own_members(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    struct ocpp_ev_needs needs = ac_needs();
    needs.transfer = OCPP_ENERGY_TRANSFER_DC;
    needs.energy_wh = OCPP_EV_UNSAID;
    needs.state_of_charge = 42;
    needs.max_power_w = 50000;
    needs.max_schedule_tuples = 12;
    needs.departure_utc_ms = 1700003600000;
    assert_int_equal(tell_needs(ev, 1, &needs), OCPP_OK);
    central_sees(ev->world, "NotifyEVChargingNeeds",
                 "maxScheduleTuples=12 chargingNeeds/departureTime=2023-11-14T23:13:20.000Z chargingNeeds/acChargingParameters=- "
                 "chargingNeeds/dcChargingParameters/stateOfCharge=42 chargingNeeds/dcChargingParameters/evMaxPower=50000 "
                 "chargingNeeds/dcChargingParameters/energyAmount=- chargingNeeds/dcChargingParameters/fullSoC=-");
    ev_world_free(ev);
}

/* TC_K_54_CS; K15.FR.01, K15.FR.04, K17.FR.04, K17.FR.15. */
static void refused_needs_are_answered_by_the_station(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    ev->needs_word = "Rejected";
    assert_string_equal(set_profile(ev->world, &(struct profile_text){ .evse = 1, .id = 3, .periods = "0:16" }), "Accepted");
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_int_equal(ev->offers, 1);
    assert_int_equal(ev->offer.origin, OCPP_SCHEDULE_OF_STATION);
    assert_int_equal(watts_at(ev, 0, 0), 16 * 3 * 230);
    assert_int_equal(choose(ev, 1, ev->schedules[0].id, 11000), OCPP_OK);
    central_sees(ev->world, "NotifyEVChargingSchedule", "evseId=1 chargingSchedule/chargingSchedulePeriod/0/limit=11000");
    assert_true(ev->world->closed[1]);
    ev_world_free(ev);
}

/* K15.FR.03, K15.FR.05, K15.FR.08. A promise that is not kept in time; what comes later is renegotiated (K16). */
static void a_profile_that_is_promised_is_waited_for(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    ev->needs_word = "Processing";
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    world_pass(ev->world, 49);
    assert_int_equal(ev->offers, 0);
    world_pass(ev->world, 2);
    assert_int_equal(ev->offers, 1);
    assert_int_equal(ev->offer.origin, OCPP_SCHEDULE_OF_STATION);
    assert_false(ev->offer.renegotiate);
    world_pass(ev->world, 10);
    assert_string_equal(profile_for(ev, &(struct profile_text){ .id = 7, .periods = "0:10" }), "Accepted");
    assert_int_equal(ev->offers, 2);
    assert_int_equal(ev->offer.origin, OCPP_SCHEDULE_OF_CENTRAL);
    assert_true(ev->offer.renegotiate);
    ev_world_free(ev);
}

/* The request times out, is refused, or loses its link: the vehicle is not left waiting. */
static void needs_without_an_answer_are_answered_by_the_station(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    ev->world->refuse_action = "NotifyEVChargingNeeds";
    ev->world->refuse_count = 1;
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_int_equal(ev->offers, 1);
    assert_int_equal(ev->offer.origin, OCPP_SCHEDULE_OF_STATION);
    ev->world->silent_action = "NotifyEVChargingNeeds";
    ev->world->silent_count = 1;
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_int_equal(ev->offers, 1);
    world_disconnect(ev->world);
    assert_int_equal(ev->offers, 2);
    assert_int_equal(ev->offer.origin, OCPP_SCHEDULE_OF_STATION);
    ev_world_free(ev);
}

/* TC_K_56_CS; K15.FR.15, K17.FR.15. */
static void offline_the_default_profile_makes_the_schedule(void **state)
{
    (void)state;
    struct ev_world *ev = ev_world_in(OCPP_VERSION_2_0_1);
    assert_string_equal(
        set_profile(ev->world,
                    &(struct profile_text){
                        .evse = 1, .id = 3, .periods = "0:6", .duration_s = 400, .valid_from_s = -10, .valid_to_s = 401 }),
        "Accepted");
    plug(ev->world, 1);
    card(ev->world, 1, "A");
    assert_int_equal(open_session(ev, 1), OCPP_OK);
    world_disconnect(ev->world);
    central_forgets(ev->world);
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_int_equal(ev->offers, 1);
    assert_int_equal(ev->offer.origin, OCPP_SCHEDULE_OF_STATION);
    assert_int_equal(watts_at(ev, 0, 0), 6 * 3 * 230);
    assert_true(watts_at(ev, 0, 1000) > 6 * 3 * 230);
    assert_int_equal(choose(ev, 1, ev->schedules[0].id, 4000), OCPP_OK);
    assert_int_equal(ocpp_charge_point_vehicle(ev->world->cp, 1, true, ev->world->now), OCPP_OK);
    world_pass(ev->world, 90);
    world_connect(ev->world, OCPP_VERSION_2_0_1);
    central_does_not_see(ev->world, "NotifyEVChargingNeeds");
    central_sees(ev->world, "NotifyEVChargingSchedule", "evseId=1 chargingSchedule/chargingSchedulePeriod/0/limit=4000");
    assert_int_equal(ev->choices, 1);
    ev_world_free(ev);
}

/* K15.FR.17; K01.FR.34. */
static void a_profile_before_the_needs_comes_too_early(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    assert_string_equal(profile_for(ev, &(struct profile_text){ .id = 7, .periods = "0:10" }), "Rejected");
    assert_string_equal(reason_of(ev->world), "InvalidMessageSeq");
    assert_string_equal(set_profile(ev->world, &(struct profile_text){ .evse = 1, .id = 3, .periods = "0:16" }), "Accepted");
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_string_equal(profile_for(ev, &(struct profile_text){ .id = 7, .periods = "0:10" }), "Accepted");
    ev_world_free(ev);
}

/* K01.FR.34. A vehicle that does not speak ISO 15118 cannot choose. */
static void several_schedules_need_a_vehicle_that_chooses(void **state)
{
    (void)state;
    struct ev_world *ev = ev_world_in(OCPP_VERSION_2_0_1);
    plug(ev->world, 1);
    card(ev->world, 1, "A");
    assert_string_equal(choice_of(ev, 7, 1, (int[]){ 5000, 8000 }, 2, ""), "Rejected");
    assert_string_equal(reason_of(ev->world), "TooManyElements");
    assert_string_equal(choice_of(ev, 7, 1, (int[]){ 5000 }, 1, ""), "Accepted");
    assert_int_equal(ev->offers, 0);
    ev_world_free(ev);
}

/* --- choosing -------------------------------------------------------------------------------------------------------------- */

/* K15.FR.07, K15.FR.19. What the vehicle chose holds from then on, and is told where it gave no profile of its own. */
static void the_schedule_that_was_chosen_holds(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_string_equal(choice_of(ev, 7, 1, (int[]){ 5520, 8280, 11040 }, 3, ""), "Accepted");
    assert_int_equal(ev->offer.count, 3);
    assert_int_equal(watts_at(ev, 0, 0), 5520);
    assert_int_equal(watts_at(ev, 1, 0), 8280);
    assert_int_equal(watts_at(ev, 2, 0), 11040);
    assert_int_equal(ocpp_charge_point_permit(ev->world->cp, 1, ev->world->now).max_power_w, 5520);
    assert_int_equal(choose(ev, 1, ev->schedules[1].id, 0), OCPP_OK);
    central_sees(ev->world, "NotifyEVChargingSchedule",
                 "chargingSchedule/id=12 chargingSchedule/chargingSchedulePeriod/0/limit=8280");
    assert_int_equal(ocpp_charge_point_permit(ev->world->cp, 1, ev->world->now).max_power_w, 8280);
    assert_int_equal(ev->offers, 1); /* the choice itself is no change */
    ev_world_free(ev);
}

/* K15.FR.22, errata 2025-09 2.45. Profiles of different levels: first with first, second with second. */
static void choices_of_several_levels_are_combined_in_their_order(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_string_equal(choice_of(ev, 7, 1, (int[]){ 5520, 8280 }, 2, ""), "Accepted");
    assert_string_equal(choice_of(ev, 8, 2, (int[]){ 4140, 6900, 9660 }, 3, ""), "Accepted");
    world_pass(ev->world, 6);
    assert_int_equal(ev->offer.count, 3);
    assert_int_equal(watts_at(ev, 0, 0), 4140); /* the higher level leads while it lasts */
    assert_int_equal(watts_at(ev, 2, 0), 9660);
    assert_string_equal(choice_of(ev, 9, 3, (int[]){ 4140, 6900 }, 2, ""), "Rejected"); /* a third one to choose from */
    assert_string_equal(reason_of(ev->world), "TooManyElements");
    ev_world_free(ev);
}

/* K15.FR.09, K15.FR.12. It is told, and the central system sees for itself; here nothing changes. */
static void a_choice_beyond_its_schedule_is_told_and_does_not_count(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_string_equal(choice_of(ev, 7, 1, (int[]){ 5520, 8280 }, 2, ""), "Accepted");
    ev->choice_word = "Rejected";
    assert_int_equal(choose(ev, 1, ev->schedules[1].id, 9000), OCPP_ERR_RANGE);
    central_sees(ev->world, "NotifyEVChargingSchedule", "chargingSchedule/chargingSchedulePeriod/0/limit=9000");
    assert_int_equal(ev->choices, 1);
    assert_false(ev->choice_accepted);
    assert_int_equal(ocpp_charge_point_permit(ev->world->cp, 1, ev->world->now).max_power_w, 5520);
    ev_world_free(ev);
}

static void what_is_no_choice_is_refused(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    struct ocpp_charge_point *cp = ev->world->cp;
    const struct ocpp_ev_period late = { .start_s = 5, .power_w = 1000 };
    const struct ocpp_ev_choice without_begin = { .schedule_id = 1, .periods = &late, .count = 1 };
    struct ocpp_ev_period many[25];
    for (int i = 0; i < 25; i++) {
        many[i] = (struct ocpp_ev_period){ .start_s = i, .power_w = 1000 };
    }
    const struct ocpp_ev_choice too_many = { .schedule_id = 1, .periods = many, .count = 25 };
    assert_int_equal(choose(ev, 1, 1, 0), OCPP_ERR_NOT_FOUND); /* nothing was offered yet */
    ev->needs_word = "Rejected";
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_int_equal(choose(ev, 1, 77, 0), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_charge_point_ev_choice(cp, 1, &without_begin, ev->world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_ev_choice(cp, 1, &too_many, ev->world->now), OCPP_ERR_LIMIT);
    assert_int_equal(ocpp_charge_point_ev_choice(cp, 1, NULL, ev->world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_ev_choice(cp, 3, &too_many, ev->world->now), OCPP_ERR_ARGUMENT);
    ev_world_free(ev);
}

/* --- renegotiation (K16, K17) ------------------------------------------------------------------------------------------------
 */

/* TC_K_57_CS; K17.FR.01, K17.FR.06, K17.FR.09, K17.FR.10. */
static void a_vehicle_asks_for_another_schedule(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_string_equal(profile_for(ev, &(struct profile_text){ .id = 7, .periods = "0:10" }), "Accepted");
    assert_int_equal(choose(ev, 1, ev->schedules[0].id, 0), OCPP_OK);
    world_pass(ev->world, 30);
    central_forgets(ev->world);
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    central_sees(ev->world, "NotifyEVChargingNeeds", "evseId=1");
    assert_string_equal(profile_for(ev, &(struct profile_text){ .id = 7, .periods = "0:15" }), "Accepted");
    assert_int_equal(ev->offers, 2);
    assert_false(ev->offer.renegotiate);
    assert_int_equal(watts_at(ev, 0, 0), 15 * 690);
    assert_int_equal(choose(ev, 1, ev->schedules[0].id, 10000), OCPP_OK);
    central_sees(ev->world, "TransactionEvent", "triggerReason=ChargingRateChanged");
    central_sees(ev->world, "NotifyEVChargingSchedule", "evseId=1 chargingSchedule/chargingSchedulePeriod/0/limit=10000");
    ev_world_free(ev);
}

/* TC_K_58_CS; K16.FR.01, K16.FR.02, K16.FR.03, K16.FR.05, K16.FR.09, K16.FR.11. */
static void the_central_system_renegotiates(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_string_equal(profile_for(ev, &(struct profile_text){ .id = 7, .periods = "0:10" }), "Accepted");
    assert_int_equal(choose(ev, 1, ev->schedules[0].id, 0), OCPP_OK);
    world_pass(ev->world, 30);
    central_forgets(ev->world);
    assert_string_equal(profile_for(ev, &(struct profile_text){ .id = 7, .periods = "0:8" }), "Accepted");
    assert_int_equal(ev->offers, 2);
    assert_true(ev->offer.renegotiate);
    assert_int_equal(watts_at(ev, 0, 0), 8 * 690);
    assert_int_equal(ocpp_charge_point_permit(ev->world->cp, 1, ev->world->now).max_current_ma[0], 8000); /* at once */
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    central_does_not_see(ev->world, "NotifyEVChargingNeeds");
    assert_int_equal(ev->offers, 3);
    assert_false(ev->offer.renegotiate);
    assert_int_equal(choose(ev, 1, ev->schedules[0].id, 5000), OCPP_OK);
    central_sees(ev->world, "NotifyEVChargingSchedule", "evseId=1 chargingSchedule/chargingSchedulePeriod/0/limit=5000");
    ev_world_free(ev);
}

/* K16.FR.02. Whatever changes the composite schedule: a limit from outside here, and profiles that go. */
static void any_change_of_the_limits_is_renegotiated(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    const struct ocpp_external_limit limit = { OCPP_LIMIT_SOURCE_EMS, false, 7000, INT64_MAX };
    const struct ocpp_external_limit wide = { OCPP_LIMIT_SOURCE_EMS, false, 60000, INT64_MAX };
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_string_equal(profile_for(ev, &(struct profile_text){ .id = 7, .periods = "0:10" }), "Accepted");
    assert_int_equal(choose(ev, 1, ev->schedules[0].id, 0), OCPP_OK);
    world_pass(ev->world, 30);
    assert_int_equal(ocpp_charge_point_external_limit(ev->world->cp, 1, &wide, ev->world->now), OCPP_OK);
    world_run(ev->world);
    assert_int_equal(ev->offers, 1); /* it limits nothing */
    assert_int_equal(ocpp_charge_point_external_limit(ev->world->cp, 1, &limit, ev->world->now), OCPP_OK);
    world_run(ev->world);
    assert_int_equal(ev->offers, 2);
    assert_true(ev->offer.renegotiate);
    assert_int_equal(watts_at(ev, 0, 0), 7 * 690);
    assert_int_equal(ocpp_charge_point_external_limit(ev->world->cp, 1, NULL, ev->world->now), OCPP_OK);
    world_run(ev->world);
    assert_int_equal(ev->offers, 2); /* not that often … */
    world_pass(ev->world, 6);
    assert_int_equal(ev->offers, 3);
    assert_int_equal(watts_at(ev, 0, 0), 10 * 690);
    ev_world_free(ev);
}

/* Time going by is no change: what was offered said it. */
static void a_schedule_that_goes_as_it_was_offered_is_not_renegotiated(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_string_equal(profile_for(ev, &(struct profile_text){ .id = 7, .periods = "0:10 60:8 120:12", .duration_s = 7200 }),
                        "Accepted");
    assert_int_equal(ev->schedules[0].count, 4);
    assert_int_equal(choose(ev, 1, ev->schedules[0].id, 0), OCPP_OK);
    world_pass(ev->world, 600);
    assert_string_equal(
        set_profile(ev->world,
                    &(struct profile_text){ .evse = 0, .id = 3, .purpose = "ChargingStationMaxProfile", .periods = "0:60" }),
        "Accepted");
    world_pass(ev->world, 600);
    assert_int_equal(ev->offers, 1);
    ev_world_free(ev);
}

/* --- what is offered ---------------------------------------------------------------------------------------------------------
 */

/* The vehicle can hold so many entries, and leaves then. */
static void an_offer_fits_the_vehicle(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    struct ocpp_ev_needs needs = ac_needs();
    needs.max_schedule_tuples = 2;
    needs.departure_utc_ms = ocpp_charge_point_utc_ms(ev->world->cp, ev->world->now) + 1800 * 1000;
    assert_int_equal(tell_needs(ev, 1, &needs), OCPP_OK);
    assert_string_equal(profile_for(ev, &(struct profile_text){ .id = 7, .periods = "0:10 60:8 120:12" }), "Accepted");
    assert_int_equal(ev->schedules[0].count, 2);
    assert_int_equal(ev->schedules[0].duration_s, 120); /* as far as two entries reach */
    ev_world_free(ev);
}

static const char tariff[] =
    ",'salesTariff':{'id':3,'salesTariffDescription':'night','numEPriceLevels':2,'salesTariffEntry':[{'relativeTimeInterval':"
    "{'start':0,'duration':600},'ePriceLevel':2,'consumptionCost':[{'startValue':0,'cost':[{'costKind':'RelativePricePercentage',"
    "'amount':40,'amountMultiplier':0}]}]},{'relativeTimeInterval':{'start':600},'ePriceLevel':1}]}";

static void a_tariff_is_given_to_the_vehicle(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_string_equal(choice_of(ev, 7, 1, (int[]){ 5520, 8280 }, 2, tariff), "Accepted");
    assert_true(ev->schedules[0].has_tariff);
    assert_string_equal(ev->schedules[0].tariff_text, "night");
    assert_int_equal(ev->schedules[0].tariff_entries, 2);
    assert_int_equal(ev->schedules[0].tariff_level, 2);
    assert_int_equal(ev->schedules[0].tariff_amount, 40);
    assert_false(ev->schedules[1].has_tariff);
    ev_world_free(ev);
}

static void a_tariff_that_is_too_long_or_wrong_is_refused(void **state)
{
    (void)state;
    struct ev_world *ev = ev_world_new();
    ev->settings.max_tariff_entries = 1;
    world_power_on(ev->world);
    world_connect(ev->world, OCPP_VERSION_2_0_1);
    plug(ev->world, 1);
    card(ev->world, 1, "A");
    assert_int_equal(open_session(ev, 1), OCPP_OK);
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_string_equal(choice_of(ev, 7, 1, (int[]){ 5520 }, 1, tariff), "Rejected");
    assert_string_equal(reason_of(ev->world), "TooManyElements");
    assert_string_equal(choice_of(ev, 7, 1, (int[]){ 5520 }, 1,
                                  ",'salesTariff':{'id':3,'salesTariffEntry':[{'relativeTimeInterval':{'start':-1}}]}"),
                        "Rejected");
    assert_string_equal(choice_of(ev, 7, 1, (int[]){ 5520 }, 1,
                                  ",'salesTariff':{'id':3,'salesTariffEntry':[{'relativeTimeInterval':{'start':0},"
                                  "'consumptionCost':[{'startValue':0,'cost':[{'costKind':'RelativePricePercentage','amount':1,"
                                  "'amountMultiplier':4}]}]}]}"),
                        "Rejected");
    assert_int_equal(ev->offers, 0);
    ev_world_free(ev);
}

/* 1.6 has no words for needs; the vehicle is served all the same. */
static void in_1_6_the_station_answers_by_itself(void **state)
{
    (void)state;
    struct ev_world *ev = charging_in(OCPP_VERSION_1_6);
    assert_string_equal(set_profile(ev->world, &(struct profile_text){ .evse = 1, .id = 3, .periods = "0:16" }), "Accepted");
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_int_equal(ev->offers, 1);
    assert_int_equal(ev->offer.origin, OCPP_SCHEDULE_OF_STATION);
    assert_int_equal(watts_at(ev, 0, 0), 16 * 690);
    assert_int_equal(choose(ev, 1, ev->schedules[0].id, 0), OCPP_OK);
    central_does_not_see(ev->world, "DataTransfer");
    assert_string_equal(set_profile(ev->world, &(struct profile_text){ .evse = 1, .id = 3, .periods = "0:10" }), "Accepted");
    world_pass(ev->world, 6);
    assert_int_equal(ev->offers, 2);
    assert_true(ev->offer.renegotiate);
    assert_int_equal(watts_at(ev, 0, 0), 10 * 690);
    ev_world_free(ev);
}

/* Nobody knows the date: what holds now is all that can be said. */
static void without_a_date_the_limit_of_now_is_offered(void **state)
{
    (void)state;
    struct ev_world *ev = ev_world_new();
    world_power_on(ev->world);
    ev->world->settings.offline_unknown_allowed = true;
    plug(ev->world, 1);
    assert_int_equal(open_session(ev, 1), OCPP_OK);
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_int_equal(ev->offers, 1);
    assert_int_equal(ev->offer.from_utc_ms, OCPP_UTC_UNKNOWN);
    assert_int_equal(ev->schedules[0].count, 1);
    assert_true(ev->schedules[0].periods[0].power_w > 0);
    ev_world_free(ev);
}

/* --- beginning and end
 * ------------------------------------------------------------------------------------------------------------ */

static void a_session_ends_with_the_plug(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    unplug(ev->world, 1);
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_ERR_STATE);
    assert_int_equal(open_session(ev, 1), OCPP_ERR_STATE);
    world_pass(ev->world, 120);
    assert_int_equal(ev->offers, 0);
    ev_world_free(ev);
}

static void what_are_no_needs_is_refused(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    struct ocpp_ev_needs needs = ac_needs();
    needs.energy_wh = OCPP_EV_UNSAID;
    assert_int_equal(tell_needs(ev, 1, &needs), OCPP_ERR_ARGUMENT);
    needs = ac_needs();
    needs.max_schedule_tuples = 0;
    assert_int_equal(tell_needs(ev, 1, &needs), OCPP_ERR_ARGUMENT);
    needs = ac_needs();
    needs.max_current_a = -1;
    assert_int_equal(tell_needs(ev, 1, &needs), OCPP_ERR_ARGUMENT);
    needs = ac_needs();
    needs.transfer = OCPP_ENERGY_TRANSFER_DC;
    needs.state_of_charge = 101;
    assert_int_equal(tell_needs(ev, 1, &needs), OCPP_ERR_ARGUMENT);
    assert_int_equal(tell_needs(ev, 0, NULL), OCPP_ERR_ARGUMENT);
    central_does_not_see(ev->world, "NotifyEVChargingNeeds");
    ev_world_free(ev);
}

/* A profile that comes before the answer to the needs does not wait for it. */
static bool profile_first(struct world *world, const char *action, const char *payload, char *answer, size_t room)
{
    (void)payload;
    if (strcmp(action, "NotifyEVChargingNeeds") != 0) {
        return false;
    }
    world->answers = NULL;
    const struct profile_text text = {
        .evse = 1, .id = 7, .periods = "0:10", .purpose = "TxProfile", .transaction = the_session(world)->id
    };
    assert_string_equal(set_profile(world, &text), "Accepted");
    snprintf(answer, room, "{\"status\":\"Accepted\"}");
    return true;
}

static void a_profile_may_come_before_the_answer(void **state)
{
    (void)state;
    struct ev_world *ev = charging();
    ev->world->answers = profile_first;
    assert_int_equal(tell_needs(ev, 1, NULL), OCPP_OK);
    assert_int_equal(ev->offers, 1);
    assert_int_equal(ev->offer.origin, OCPP_SCHEDULE_OF_CENTRAL);
    world_pass(ev->world, 120);
    assert_int_equal(ev->offers, 1);
    ev_world_free(ev);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(needs_bring_a_profile_and_the_vehicle_chooses),
        cmocka_unit_test(needs_of_direct_current_have_their_own_members),
        cmocka_unit_test(refused_needs_are_answered_by_the_station),
        cmocka_unit_test(a_profile_that_is_promised_is_waited_for),
        cmocka_unit_test(needs_without_an_answer_are_answered_by_the_station),
        cmocka_unit_test(offline_the_default_profile_makes_the_schedule),
        cmocka_unit_test(a_profile_before_the_needs_comes_too_early),
        cmocka_unit_test(several_schedules_need_a_vehicle_that_chooses),
        cmocka_unit_test(the_schedule_that_was_chosen_holds),
        cmocka_unit_test(choices_of_several_levels_are_combined_in_their_order),
        cmocka_unit_test(a_choice_beyond_its_schedule_is_told_and_does_not_count),
        cmocka_unit_test(what_is_no_choice_is_refused),
        cmocka_unit_test(a_vehicle_asks_for_another_schedule),
        cmocka_unit_test(the_central_system_renegotiates),
        cmocka_unit_test(any_change_of_the_limits_is_renegotiated),
        cmocka_unit_test(a_schedule_that_goes_as_it_was_offered_is_not_renegotiated),
        cmocka_unit_test(an_offer_fits_the_vehicle),
        cmocka_unit_test(a_tariff_is_given_to_the_vehicle),
        cmocka_unit_test(a_tariff_that_is_too_long_or_wrong_is_refused),
        cmocka_unit_test(in_1_6_the_station_answers_by_itself),
        cmocka_unit_test(without_a_date_the_limit_of_now_is_offered),
        cmocka_unit_test(a_session_ends_with_the_plug),
        cmocka_unit_test(what_are_no_needs_is_refused),
        cmocka_unit_test(a_profile_may_come_before_the_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
