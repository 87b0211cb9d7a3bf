/* What a station may send when, rule by rule: boots and their waits, heartbeats, what a time offline leaves, transaction messages
 * and their repetitions, resets. Each test is one rule in each version; details are in the tests of the engine. */
#include "station_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

static struct world *told(void **state, const char *status, int interval)
{
    struct world *world = world_new();
    world->boot_status = status;
    world->boot_interval = interval;
    world_power_on(world);
    world_connect(world, version_of(state));
    return world;
}

static const char *start_of(const struct world *world)
{
    return world_is_old(world) ? "StartTransaction" : "TransactionEvent";
}

/* Part 4, 5.3; 1.6 edition 2, 4.2. Boot on reconnect: only when it has news (test_charge_point_boot.c). */
static void no_boot_on_reconnect(void **state)
{
    struct world *world = world_of(state);
    for (int i = 0; i < 3; i++) {
        world_disconnect(world);
        world_pass(world, 400);
        world_connect(world, version_of(state));
    }
    assert_int_equal(central_counts(world, "BootNotification"), 1);
    world_free(world);
}

/* G02.FR.02, G02.FR.05, G02.FR.07; 1.6 edition 2, 4.6. After the interval without another message, and once a day in any case. */
static void a_heartbeat_after_the_interval_of_silence(void **state)
{
    struct world *world = told(state, "Accepted", 100);
    world_pass(world, 60);
    plug(world, 1); /* a status leaves */
    world_pass(world, 99);
    assert_int_equal(central_counts(world, "Heartbeat"), 0);
    world_pass(world, 1);
    assert_int_equal(central_counts(world, "Heartbeat"), 1);
    world_free(world);
}

/* B01.FR.04; 1.6 edition 2, 4.2. Accepted: the interval is that of heartbeats; in 2.x nought leaves what there was. */
static void an_accepted_boot_sets_the_interval_of_heartbeats(void **state)
{
    struct world *world = told(state, "Accepted", 33);
    world_pass(world, 33);
    assert_int_equal(central_counts(world, "Heartbeat"), 1);
    world_free(world);
    world = told(state, "Accepted", 0);
    world_pass(world, 299);
    assert_int_equal(central_counts(world, "Heartbeat"), 0);
    world_pass(world, 1);
    assert_int_equal(central_counts(world, "Heartbeat"), 1);
    world_free(world);
}

/* B02.FR.02, B02.FR.04, B02.FR.05, B02.FR.07, B02.FR.08; 1.6 edition 2, 4.2. Pending: silence, answers, no starts from afar, the
 * next boot when the interval is over, and our own interval where it is nought. */
static void a_pending_boot_waits_and_answers(void **state)
{
    for (int interval = 0; interval <= 45; interval += 45) {
        struct world *world = told(state, "Pending", interval);
        const int wait = interval == 0 ? 60 : interval;
        plug(world, 1);
        assert_string_equal(central_starts(world, 1, "APP"), "Rejected");
        world_set(world, "HeartbeatInterval", "500");
        world_pass(world, wait - 1);
        assert_int_equal(world->call_count, 1);
        world_pass(world, 1);
        assert_int_equal(central_counts(world, "BootNotification"), 2);
        world_free(world);
    }
}

/* B03.FR.02, B03.FR.05, B03.FR.06, B03.FR.08; 1.6 edition 2, 4.2. Rejected: nothing until the interval is over, on this link or
 * the next; calls meet silence in 1.6, SecurityError in 2.x. */
static void a_rejected_boot_is_silent(void **state)
{
    for (int interval = 0; interval <= 90; interval += 90) {
        struct world *world = told(state, "Rejected", interval);
        const int wait = interval == 0 ? 60 : interval;
        assert_string_equal(central_asks(world, "TriggerMessage", "{'requestedMessage':'BootNotification'}"),
                            world_is_old(world) ? "" : "SecurityError");
        world_pass(world, wait / 2);
        world_disconnect(world);
        world_connect(world, version_of(state));
        world_pass(world, wait - wait / 2 - 1);
        assert_int_equal(world->call_count, 1);
        world_pass(world, 1);
        assert_int_equal(central_counts(world, "BootNotification"), 2);
        world_free(world);
    }
}

/* B01.FR.08; 1.6 edition 2, 4.2. Before the boot is answered nothing else leaves, what waits from earlier included. */
static void nothing_leaves_before_the_boot_is_answered(void **state)
{
    struct world *world = world_new();
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    plug(world, 1);
    card(world, 1, "TAG");
    world->silent_action = "BootNotification";
    world->silent_count = 1;
    world_connect(world, version_of(state));
    world_pass(world, 89);
    assert_int_equal(world->call_count, 1);
    world_pass(world, 1);
    assert_string_equal(world->calls[1].action, "BootNotification");
    assert_int_equal(the_session(world)->started, 1);
    world_free(world);
}

/* 1.6 edition 2, 4.9; 1.6 errata 3.19. A status that does not last MinimumStatusDuration is not told. */
static void a_status_that_does_not_last_is_not_told(void **state)
{
    struct world *world = world_of(state);
    world_set(world, "MinimumStatusDuration", "10");
    central_forgets(world);
    plug(world, 1);
    world_pass(world, 9);
    unplug(world, 1);
    world_pass(world, 60);
    central_does_not_see(world, "StatusNotification");
    plug(world, 1);
    world_pass(world, 10);
    central_sees(world, "StatusNotification", "");
    world_free(world);
}

/* B04.FR.01, B04.FR.02. After a time offline what changed is told; all of it after a long one (test_station_b.c has the edge). */
static void after_a_time_offline_the_present_is_told_and_no_history(void **state)
{
    struct world *world = world_of(state);
    world_disconnect(world);
    plug(world, 1);
    unplug(world, 1);
    plug(world, 1);
    central_forgets(world);
    world_connect(world, version_of(state));
    central_sees(world, "StatusNotification", world_is_old(world) ? "status=Preparing" : "connectorStatus=Occupied");
    central_does_not_see(world, "StatusNotification");
    world_free(world);
}

/* E04.FR.01, E04.FR.03; 1.6 edition 2, 3.7. Transaction messages leave in their order, what is told live behind what waited. */
static void transaction_messages_keep_their_order(void **state)
{
    struct world *world = world_new();
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    for (int i = 0; i < 2; i++) {
        plug(world, 1);
        card(world, 1, i == 0 ? "A" : "B");
        world_pass(world, 60);
        card(world, 1, i == 0 ? "A" : "B");
        unplug(world, 1);
    }
    plug(world, 1);
    card(world, 1, "C");
    world_connect(world, version_of(state));
    card(world, 1, "C");
    static const char *const tokens[] = { "A", "B", "C" };
    assert_int_equal(world->session_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(world->sessions[i].token, tokens[i]);
        assert_int_equal(world->sessions[i].started + world->sessions[i].ended, 2);
        assert_true(i == 0 || strcmp(world->sessions[i - 1].ended_at, world->sessions[i].started_at) <= 0);
    }
    world_free(world);
}

/* E13.FR.01, E13.FR.02, E13.FR.03, E13.FR.04; 1.6 edition 2, 3.7.1; J errata 3.3. Repeated after the interval times the number of
 * transmissions so far, then given up; an error answer is a failure like silence. */
static void a_transaction_message_is_repeated_with_growing_waits_and_given_up(void **state)
{
    struct world *world = world_of(state);
    world_set(world, "TransactionMessageAttempts", "3");
    world_set(world, "TransactionMessageRetryInterval", "10");
    world->refuse_action = start_of(world);
    world->refuse_count = 3;
    plug(world, 1);
    const int before = central_counts(world, start_of(world));
    card(world, 1, "TAG");
    assert_int_equal(central_counts(world, start_of(world)), before + 1);
    world_pass(world, 9);
    assert_int_equal(central_counts(world, start_of(world)), before + 1);
    world_pass(world, 1);
    assert_int_equal(central_counts(world, start_of(world)), before + 2);
    world_pass(world, 19);
    assert_int_equal(central_counts(world, start_of(world)), before + 2);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 0);
    world_pass(world, 1);
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 1);
    world_free(world);
}

/* 1.6 errata 3.18. A transaction whose start was never answered has the number -1, and its end is told all the same. */
static void a_transaction_without_a_number_ends_with_minus_one(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    world_set(world, "TransactionMessageAttempts", "1");
    world->refuse_action = "StartTransaction";
    world->refuse_count = 1;
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 5);
    card(world, 1, "TAG");
    central_sees(world, "StopTransaction", "transactionId=-1");
    world_free(world);
}

/* E05.FR.09, E05.FR.10; 1.6 errata 3.17. A token refused when the start is told: the transaction ends, or only its energy. */
static void a_token_refused_at_the_start_ends_the_transaction_or_its_energy(void **state)
{
    for (int ends = 0; ends <= 1; ends++) {
        struct world *world = world_of(state);
        world_set(world, "StopTransactionOnInvalidId", ends ? "true" : "false");
        world->start_status = "Invalid";
        plug(world, 1);
        card(world, 1, "TAG");
        assert_false(world->closed[1]);
        assert_int_equal(the_session(world)->ended, ends);
        assert_string_equal(the_session(world)->reason, ends ? "DeAuthorized" : "");
        world_free(world);
    }
}

/* B12.FR.04, B12.FR.05; 1.6 errata 3.36. A reset ends what runs; what nobody answers in time is told after it. */
static void a_reset_ends_what_runs_and_tells_it_then_or_later(void **state)
{
    for (int answered = 0; answered <= 1; answered++) {
        struct world *world = world_of(state);
        plug(world, 1);
        card(world, 1, "TAG");
        world->silent_action = world_is_old(world) ? "StopTransaction" : "TransactionEvent";
        world->silent_count = answered ? 0 : 5;
        central_asks(world, "Reset", world_is_old(world) ? "{'type':'Soft'}" : "{'type':'Immediate'}");
        world_pass(world, answered ? 0 : 30);
        assert_int_equal(world->restarts, 1);
        world->silent_count = 0;
        world_power_back(world, 5);
        world_connect(world, version_of(state));
        assert_int_equal(the_session(world)->ended, 1);
        world_free(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(no_boot_on_reconnect),
        IN_EACH_VERSION(a_heartbeat_after_the_interval_of_silence),
        IN_EACH_VERSION(an_accepted_boot_sets_the_interval_of_heartbeats),
        IN_EACH_VERSION(a_pending_boot_waits_and_answers),
        IN_EACH_VERSION(a_rejected_boot_is_silent),
        IN_EACH_VERSION(nothing_leaves_before_the_boot_is_answered),
        IN_EACH_VERSION(a_status_that_does_not_last_is_not_told),
        IN_EACH_VERSION(after_a_time_offline_the_present_is_told_and_no_history),
        IN_EACH_VERSION(transaction_messages_keep_their_order),
        IN_EACH_VERSION(a_transaction_message_is_repeated_with_growing_waits_and_given_up),
        cmocka_unit_test(a_transaction_without_a_number_ends_with_minus_one),
        IN_EACH_VERSION(a_token_refused_at_the_start_ends_the_transaction_or_its_energy),
        IN_EACH_VERSION(a_reset_ends_what_runs_and_tells_it_then_or_later),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
