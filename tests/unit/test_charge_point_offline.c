/* What happens without a link is told when there is one: in order, once, dated, in the family of versions it began in. */
#include "station_world.h"
#include "unit.h"

#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

/* A charge point that trusts cards without a link. */
static struct world *trusting(void)
{
    struct world *world = world_new();
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    return world;
}

static void charge_whole(struct world *world, int evse, const char *tag, int64_t wh)
{
    plug(world, evse);
    card(world, evse, tag);
    charge(world, evse, wh);
    world_pass(world, 30);
    card(world, evse, tag);
    unplug(world, evse);
}

static void an_unknown_card_is_refused_without_a_link(void **state)
{
    (void)state;
    struct world *world = world_new();
    world_power_on(world);
    plug(world, 1);
    card(world, 1, "TAG");
    assert_int_equal(world->judgements, 1);
    assert_int_equal(world->judged, OCPP_AUTHORIZATION_UNKNOWN_STATUS);
    assert_false(world->closed[1]);
    world_free(world);
}

static void a_whole_charge_without_a_link_is_told_afterwards(void **state)
{
    struct world *world = trusting();
    charge_whole(world, 1, "TAG", 700);
    charge_whole(world, 1, "NEXT", 300);
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 6);
    world_connect(world, version_of(state));
    assert_int_equal(world->session_count, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(world->sessions[i].started, 1);
        assert_int_equal(world->sessions[i].ended, 1);
    }
    assert_int_equal(world->sessions[0].meter_stop, 700);
    assert_int_equal(world->sessions[1].meter_start, 700);
    assert_int_equal(world->sessions[1].meter_stop, 1000);
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    world_free(world);
}

static void a_start_without_a_link_and_a_stop_with_one_are_one_session(void **state)
{
    struct world *world = trusting();
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 100);
    world_connect(world, version_of(state));
    charge(world, 1, 50);
    card(world, 1, "TAG");
    assert_int_equal(the_session(world)->started, 1);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_stop, 50);
    if (!world_is_old(world)) { /* E04.FR.03 */
        central_sees(world, "TransactionEvent", "eventType=Started offline=true");
        central_sees(world, "TransactionEvent", "eventType=Ended offline=-");
    }
    world_free(world);
}

static void a_loss_of_the_link_makes_what_waits_offline(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world->silent_action = "TransactionEvent";
    world->silent_count = 1;
    plug(world, 1);
    card(world, 1, "TAG");
    central_sees(world, "TransactionEvent", "eventType=Started offline=- seqNo=0");
    world_disconnect(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, "TransactionEvent", "eventType=Started offline=true seqNo=0"); /* E11.FR.07 */
    assert_string_equal(world->calls[world->looked_at - 1].id, world->calls[world->looked_at - 2].id);
    world_free(world);
}

/* The records are dated by the clock that became known later, each at its own distance. */
static void facts_from_before_the_clock_was_known_are_dated_afterwards(void **state)
{
    struct world *world = trusting();
    world_pass(world, 9); /* mono 10 s */
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 20);
    card(world, 1, "TAG");
    world_pass(world, 970);
    world_connect(world, version_of(state));
    assert_string_equal(the_session(world)->started_at,
                        "2023-11-14T22:13:30.000Z"); /* the central clock's 1,700,000,000 s + 10 s */
    assert_string_equal(the_session(world)->ended_at, "2023-11-14T22:13:50.000Z");
    world_free(world);
}

/* A start of the software later, the clock of the earlier one is still known. */
static void facts_of_an_earlier_start_are_dated_by_its_own_clock(void **state)
{
    struct world *world = trusting();
    world_pass(world, 9);
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 20);
    card(world, 1, "TAG");
    world->boot_status = "Pending"; /* the clock is told, the facts are not */
    world_connect(world, version_of(state));
    world_power_off(world);
    world->now.mono_ms = 500; /* another start, another clock */
    world->central_utc_ms += 5000000;
    world->boot_status = "Accepted";
    world_power_on(world);
    world_connect(world, version_of(state));
    assert_string_equal(the_session(world)->started_at, "2023-11-14T22:13:30.000Z");
    assert_string_equal(the_session(world)->ended_at, "2023-11-14T22:13:50.000Z");
    world_free(world);
}

/* Nobody ever told the earlier start the time: it ended when this one began, at the latest. */
static void facts_of_a_start_that_never_knew_the_time_keep_their_distances(void **state)
{
    struct world *world = trusting();
    world_pass(world, 9);
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 20);
    card(world, 1, "TAG");
    world_power_off(world);
    world->now.mono_ms = 2000;
    world_power_on(world);
    world_pass(world, 100);
    world_connect(world, version_of(state));
    assert_string_equal(the_session(world)->ended_at, "2023-11-14T22:13:21.000Z"); /* a moment before this start */
    assert_string_equal(the_session(world)->started_at, "2023-11-14T22:13:01.000Z");
    world_free(world);
}

static void a_board_with_a_calendar_dates_its_facts_itself(void **state)
{
    struct world *world = world_new();
    world->settings.offline_unknown_allowed = true;
    world->now.utc_ms = 1600000000000;
    world_power_on(world);
    plug(world, 1);
    card(world, 1, "TAG");
    card(world, 1, "TAG");
    world_connect(world, version_of(state));
    assert_string_equal(the_session(world)->started_at, "2020-09-13T12:26:40.000Z");
    world_free(world);
}

/* --- families ------------------------------------------------------------------------------------------------------------ */

static void offers(struct world *world, enum ocpp_version first, enum ocpp_version second)
{
    enum ocpp_version versions[4];
    ocpp_charge_point_offer(world->cp, world->now, versions);
    assert_int_equal(versions[0], first);
    assert_int_equal(versions[1], second);
}

static void without_waiting_facts_every_version_is_offered_newest_first(void **state)
{
    (void)state;
    struct world *world = trusting();
    offers(world, OCPP_VERSION_2_0_1, OCPP_VERSION_1_6);
    charge_whole(world, 1, "TAG", 5); /* no start has left yet: any version can tell it */
    offers(world, OCPP_VERSION_2_0_1, OCPP_VERSION_1_6);
    world_free(world);
}

static void a_transaction_that_began_in_a_family_is_waited_for_in_it(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    plug(world, 1);
    card(world, 1, "TAG");
    world_disconnect(world);
    offers(world, OCPP_VERSION_1_6, OCPP_VERSION_NONE);
    card(world, 1, "TAG");
    unplug(world, 1);
    world_pass(world, 86399);
    offers(world, OCPP_VERSION_1_6, OCPP_VERSION_NONE);
    world_pass(world, 1);
    offers(world, OCPP_VERSION_2_0_1, OCPP_VERSION_1_6);
    world_free(world);
}

static void in_another_family_it_is_parked_and_told_when_its_own_returns(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    world_set(world, "AllowOfflineTxForUnknownId", "true");
    plug(world, 1);
    card(world, 1, "TAG");
    world_disconnect(world);
    charge(world, 1, 60);
    card(world, 1, "TAG");
    unplug(world, 1);
    charge_whole(world, 1, "LATER", 40);
    world_pass(world, 86400);
    central_forgets(world);
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_int_equal(ocpp_charge_point_view(world->cp).parked_records, 1);
    central_sees(world, "TransactionEvent", "eventType=Started idToken/idToken=LATER");
    central_sees(world, "TransactionEvent", "eventType=Ended");
    assert_int_equal(world->session_count, 2);
    assert_int_equal(world->sessions[0].ended, 0);
    world_disconnect(world);
    world_connect(world, OCPP_VERSION_1_6);
    central_sees(world, "StopTransaction", "transactionId=1 meterStop=60");
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    assert_int_equal(world->sessions[0].ended, 1);
    world_free(world);
}

/* The day of waiting is over once: a link in another family that breaks must come back at once. */
static void a_family_that_was_waited_for_is_not_waited_for_again_at_every_loss_of_a_link(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    plug(world, 1);
    card(world, 1, "TAG");
    world_disconnect(world);
    card(world, 1, "TAG");
    unplug(world, 1);
    world_pass(world, 86400);
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_int_equal(ocpp_charge_point_view(world->cp).parked_records, 1);
    world_disconnect(world);
    offers(world, OCPP_VERSION_2_0_1, OCPP_VERSION_1_6);
    world_free(world);
}

static void the_family_is_remembered_over_a_restart(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    plug(world, 1);
    card(world, 1, "TAG");
    world_disconnect(world);
    card(world, 1, "TAG");
    world_power_off(world);
    world_power_on(world);
    offers(world, OCPP_VERSION_1_6, OCPP_VERSION_NONE);
    world_connect(world, OCPP_VERSION_1_6);
    central_sees(world, "StopTransaction", "transactionId=1 reason=Local");
    offers(world, OCPP_VERSION_2_0_1, OCPP_VERSION_1_6);
    world_free(world);
}

static void a_start_that_never_left_may_be_told_in_any_version(void **state)
{
    (void)state;
    struct world *world = trusting();
    charge_whole(world, 1, "TAG", 5);
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_int_equal(the_session(world)->ended, 1);
    charge_whole(world, 1, "TAG", 5);
    world_disconnect(world);
    charge_whole(world, 1, "TAG", 5);
    world_connect(world, OCPP_VERSION_1_6);
    assert_int_equal(world->session_count, 3);
    assert_int_equal(world->sessions[2].ended, 1);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_unknown_card_is_refused_without_a_link),
        IN_EACH_VERSION(a_whole_charge_without_a_link_is_told_afterwards),
        IN_EACH_VERSION(a_start_without_a_link_and_a_stop_with_one_are_one_session),
        cmocka_unit_test(a_loss_of_the_link_makes_what_waits_offline),
        IN_EACH_VERSION(facts_from_before_the_clock_was_known_are_dated_afterwards),
        IN_EACH_VERSION(facts_of_an_earlier_start_are_dated_by_its_own_clock),
        IN_EACH_VERSION(facts_of_a_start_that_never_knew_the_time_keep_their_distances),
        IN_EACH_VERSION(a_board_with_a_calendar_dates_its_facts_itself),
        cmocka_unit_test(without_waiting_facts_every_version_is_offered_newest_first),
        cmocka_unit_test(a_transaction_that_began_in_a_family_is_waited_for_in_it),
        cmocka_unit_test(in_another_family_it_is_parked_and_told_when_its_own_returns),
        cmocka_unit_test(a_family_that_was_waited_for_is_not_waited_for_again_at_every_loss_of_a_link),
        cmocka_unit_test(the_family_is_remembered_over_a_restart),
        cmocka_unit_test(a_start_that_never_left_may_be_told_in_any_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
