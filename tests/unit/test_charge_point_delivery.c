/* Delivery of what belongs to transactions: attempts, waits, dead letters, the bounds of the queue. */
#include "station_world.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

static const char *first_message(const struct world *world)
{
    return world_is_old(world) ? "StartTransaction" : "TransactionEvent";
}

/* Attempts of the message that was sent last, by its id. */
static int attempts_of(const struct world *world, const char *id)
{
    int count = 0;
    for (size_t i = 0; i < world->call_count; i++) {
        count += strcmp(world->calls[i].id, id) == 0;
    }
    return count;
}

static const char *id_of_first(const struct world *world, const char *action)
{
    for (size_t i = 0; i < world->call_count; i++) {
        if (strcmp(world->calls[i].action, action) == 0) {
            return world->calls[i].id;
        }
    }
    fail();
    return "";
}

/* 1.6 3.7.1; E13.FR.02, FR.03: 3 attempts, 60 s and 120 s between them, all under one id. */
static void a_refused_message_is_sent_again_after_growing_waits(void **state)
{
    struct world *world = world_of(state);
    world->refuse_action = first_message(world);
    world->refuse_count = 2;
    plug(world, 1);
    card(world, 1, "TAG");
    const char *id = id_of_first(world, first_message(world));
    assert_int_equal(attempts_of(world, id), 1);
    world_pass(world, 59);
    assert_int_equal(attempts_of(world, id), 1);
    world_pass(world, 1);
    assert_int_equal(attempts_of(world, id), 2);
    world_pass(world, 119);
    assert_int_equal(attempts_of(world, id), 2);
    world_pass(world, 1);
    assert_int_equal(attempts_of(world, id), 3);
    world_pass(world, 1);
    assert_int_equal(the_session(world)->started, 1);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 0);
    world_free(world);
}

static void silence_counts_as_a_failure_and_the_wait_starts_at_its_end(void **state)
{
    struct world *world = world_of(state);
    world->silent_action = first_message(world);
    world->silent_count = 1;
    plug(world, 1);
    card(world, 1, "TAG");
    const char *id = id_of_first(world, first_message(world));
    world_pass(world, 30 + 59);
    assert_int_equal(attempts_of(world, id), 1);
    world_pass(world, 1);
    assert_int_equal(attempts_of(world, id), 2);
    world_free(world);
}

static void the_loss_of_the_link_is_no_failure(void **state)
{
    struct world *world = world_of(state);
    world->silent_action = first_message(world);
    world->silent_count = 10;
    plug(world, 1);
    card(world, 1, "TAG");
    const char *id = id_of_first(world, first_message(world));
    for (int i = 0; i < 9; i++) {
        world_disconnect(world);
        world_connect(world, world->version);
    }
    assert_int_equal(attempts_of(world, id), 10);
    world_disconnect(world);
    world_connect(world, world->version);
    assert_int_equal(the_session(world)->started, 1);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 0);
    world_free(world);
}

/* 1.6 errata 3.18: what follows a start that was never answered carries -1. 2.x: the number goes on, the gap shows. */
static void after_the_last_attempt_a_message_is_a_dead_letter_and_the_next_goes_on(void **state)
{
    struct world *world = world_of(state);
    world->refuse_action = first_message(world);
    world->refuse_count = 3;
    plug(world, 1);
    card(world, 1, "TAG");
    assert_true(world->closed[1]);
    world_pass(world, 181);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 1);
    card(world, 1, "TAG");
    if (world_is_old(world)) {
        central_sees(world, "StopTransaction", "transactionId=-1 reason=Local");
    } else {
        central_sees(world, "TransactionEvent", "eventType=Updated seqNo=1");
        central_sees(world, "TransactionEvent", "eventType=Ended");
    }
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 0);
    world_power_off(world);
    world_power_on(world);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 1);
    world_free(world);
}

static void an_answer_that_breaks_the_rules_is_a_failure(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    world->start_status = "Perhaps";
    plug(world, 1);
    card(world, 1, "TAG");
    world->start_status = "Accepted";
    world_pass(world, 60);
    assert_int_equal(central_counts(world, "StartTransaction"), 2);
    assert_int_equal(the_session(world)->started, 1);
    world_free(world);
}

static void attempts_are_remembered_over_a_restart(void **state)
{
    struct world *world = world_of(state);
    world_set(world, "TransactionMessageAttempts", "2");
    world->refuse_action = first_message(world);
    world->refuse_count = 2;
    plug(world, 1);
    card(world, 1, "TAG");
    world_disconnect(world);
    world_power_off(world);
    world_power_on(world);
    world_connect(world, world->version);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 1);
    world_free(world);
}

static void other_messages_overtake_what_waits(void **state)
{
    struct world *world = world_of(state);
    world->refuse_action = first_message(world);
    world->refuse_count = 1;
    plug(world, 1);
    card(world, 1, "TAG");
    central_forgets(world);
    card(world, 1, "TAG");
    unplug(world, 1);
    central_sees(world, "StatusNotification", world_is_old(world) ? "status=Available" : "connectorStatus=Available");
    central_does_not_see(world, "StopTransaction");
    central_does_not_see(world, "TransactionEvent");
    world_pass(world, 60);
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

/* A token that 1.6 cannot say (more than 20 characters) was taken without a link: telling it fails for ever, and says so at once.
 */
static void what_a_version_cannot_say_is_a_dead_letter_at_once(void **state)
{
    (void)state;
    struct world *world = world_new();
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    plug(world, 1);
    card(world, 1, "a-token-of-more-than-twenty-characters");
    card(world, 1, "a-token-of-more-than-twenty-characters");
    plug(world, 1);
    card(world, 1, "SHORT");
    world_connect(world, OCPP_VERSION_1_6);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 2); /* start and stop: the stop names the token too */
    central_sees(world, "StartTransaction", "idTag=SHORT");
    card(world, 1, "another-token-of-more-than-twenty-characters");
    world_free(world);
}

/* --- bounds --------------------------------------------------------------------------------------------------------------- */

static struct world *narrow(size_t room)
{
    struct world *world = world_new();
    world->settings.offline_unknown_allowed = true;
    world->settings.max_queued_records = room;
    world->settings.sample_interval_ms = 10000;
    world->settings.evse_count = 2;
    world_power_on(world);
    return world;
}

static void samples_make_room_and_starts_and_stops_stay(void **state)
{
    struct world *world = narrow(12);
    plug(world, 1);
    card(world, 1, "TAG");
    for (int i = 0; i < 30; i++) {
        charge(world, 1, 100);
        world_pass(world, 10);
    }
    assert_int_equal(ocpp_charge_point_view(world->cp).queued_records, 11); /* and the end has its place */
    assert_int_equal(ocpp_charge_point_view(world->cp).dropped_records, 21);
    card(world, 1, "TAG");
    world_connect(world, *(enum ocpp_version *)*state);
    assert_int_equal(the_session(world)->started, 1);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_stop, 3000);
    assert_in_range(the_session(world)->updates, 8, 10);
    world_free(world);
}

/* What is left lies spread over the time: no long part of it is missing. */
static void the_samples_that_stay_are_spread_out(void **state)
{
    (void)state;
    struct world *world = narrow(20);
    plug(world, 1);
    card(world, 1, "TAG");
    for (int i = 0; i < 60; i++) {
        charge(world, 1, 100);
        world_pass(world, 10);
    }
    world_connect(world, OCPP_VERSION_1_6);
    long long before = 0;
    long long widest = 0;
    for (size_t i = 0; i < world->call_count; i++) {
        if (strcmp(world->calls[i].action, "MeterValues") == 0) {
            const long long value = atoll(value_of(world->calls[i].payload, "meterValue/0/sampledValue/0/value"));
            assert_true(value > before);
            widest = value - before > widest ? value - before : widest;
            before = value;
        }
    }
    assert_int_equal(before, 6000);
    assert_in_range(widest, 100, 1600);
    world_free(world);
}

static void without_room_for_its_end_no_transaction_is_opened(void **state)
{
    (void)state;
    struct world *world = narrow(4);
    plug(world, 1);
    card(world, 1, "A");
    card(world, 1, "A"); /* start and stop: two places */
    card(world, 1, "B");
    card(world, 1, "B");
    card(world, 1, "C");
    assert_false(world->closed[1]);
    assert_int_equal(ocpp_charge_point_permit(world->cp, 1, world->now).reason, OCPP_PERMIT_NOT_DURABLE);
    world_connect(world, OCPP_VERSION_1_6);
    world_pass(world, 5);
    assert_true(world->closed[1]);
    assert_int_equal(world->session_count, 3);
    world_free(world);
}

static void dropped_events_leave_a_gap_in_the_numbers(void **state)
{
    (void)state;
    struct world *world = narrow(8);
    plug(world, 1);
    card(world, 1, "TAG");
    for (int i = 0; i < 10; i++) {
        world_pass(world, 10);
    }
    card(world, 1, "TAG");
    world_connect(world, OCPP_VERSION_2_0_1);
    const struct session *session = the_session(world);
    int seen = 0;
    for (int i = 0; i < 256; i++) {
        assert_in_range(session->numbers[i], 0, 1);
        seen += session->numbers[i];
    }
    assert_int_equal(session->numbers[0], 1);
    assert_int_equal(session->numbers[12], 1); /* start, state, ten samples, end: 0 to 12, as if none were missing */
    assert_int_equal(seen, 13 - (int)ocpp_charge_point_view(world->cp).dropped_records);
    assert_true(seen < 13);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_refused_message_is_sent_again_after_growing_waits),
        IN_EACH_VERSION(silence_counts_as_a_failure_and_the_wait_starts_at_its_end),
        IN_EACH_VERSION(the_loss_of_the_link_is_no_failure),
        IN_EACH_VERSION(after_the_last_attempt_a_message_is_a_dead_letter_and_the_next_goes_on),
        cmocka_unit_test(an_answer_that_breaks_the_rules_is_a_failure),
        IN_EACH_VERSION(attempts_are_remembered_over_a_restart),
        IN_EACH_VERSION(other_messages_overtake_what_waits),
        cmocka_unit_test(what_a_version_cannot_say_is_a_dead_letter_at_once),
        IN_EACH_VERSION(samples_make_room_and_starts_and_stops_stay),
        cmocka_unit_test(the_samples_that_stay_are_spread_out),
        cmocka_unit_test(without_room_for_its_end_no_transaction_is_opened),
        cmocka_unit_test(dropped_events_leave_a_gap_in_the_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
