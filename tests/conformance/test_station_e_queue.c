/* Block E of a station, OCPP 2.0.1, second half: how a transaction stands (E14), and what becomes of it without a link or with a
 * central system that does not answer (E04, E08, E11 to E13). */
#include "station_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

#define EVENT "TransactionEvent"

static struct world *charging(void)
{
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world->settings.offline_unknown_allowed = true;
    world_set(world, "MeterValueSampleInterval", "10");
    plug(world, 1);
    card(world, 1, "TAG");
    central_forgets(world);
    return world;
}

/* --- how it stands -------------------------------------------------------------------------------------------------------------
 */

static void stands(struct world *world, const char *id, const char *ongoing, const char *queued)
{
    char payload[96] = "{}";
    if (id != NULL) {
        snprintf(payload, sizeof(payload), "{'transactionId':'%s'}", id);
    }
    central_asks(world, "GetTransactionStatus", payload);
    assert_string_equal(value_of(world->answer, "ongoingIndicator"), ongoing);
    assert_string_equal(value_of(world->answer, "messagesInQueue"), queued);
}

/* The link is there, and no event of the queue was answered yet. */
static void connect_to_the_deaf(struct world *world)
{
    world->silent_action = EVENT;
    world->silent_count = 1;
    world_connect(world, OCPP_VERSION_2_0_1);
}

/* TC_E_28_CS; TC_E_34_CS; E14.FR.01; E14.FR.06; E14.FR.08. */
static void of_what_never_was_there_is_nothing(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    stands(world, "1f1fb1c4-8c5f-4b57-8d39-000000000000", "false", "false");
    stands(world, "", "false", "false");
    stands(world, NULL, "", "false");
    world_free(world);
}

/* TC_E_29_CS; TC_E_30_CS; TC_E_33_CS; E14.FR.02; E14.FR.04; E14.FR.05; E14.FR.07. */
static void a_transaction_goes_on_with_and_without_messages(void **state)
{
    (void)state;
    struct world *world = charging();
    char id[40];
    snprintf(id, sizeof(id), "%s", the_session(world)->id);
    stands(world, id, "true", "false");
    stands(world, NULL, "", "false");
    world_disconnect(world);
    world_pass(world, 25);
    connect_to_the_deaf(world);
    stands(world, id, "true", "true");
    stands(world, NULL, "", "true");
    stands(world, "another", "false", "false");
    world_pass(world, 200);
    central_sees(world, EVENT, "eventType=Updated offline=true meterValue/0/sampledValue/0/value=*");
    stands(world, id, "true", "false");
    world_free(world);
}

/* TC_E_31_CS; TC_E_32_CS; E14.FR.03; E14.FR.04; E14.FR.05. */
static void a_transaction_has_ended_with_and_without_messages(void **state)
{
    (void)state;
    struct world *world = charging();
    char id[40];
    snprintf(id, sizeof(id), "%s", the_session(world)->id);
    world_disconnect(world);
    card(world, 1, "TAG");
    unplug(world, 1);
    connect_to_the_deaf(world);
    stands(world, id, "false", "true");
    world_pass(world, 200);
    central_sees(world, EVENT, "eventType=Ended offline=true");
    stands(world, id, "false", "false");
    world_free(world);
}

/* E14.FR.02; E01.FR.02. One that nobody is authorised for goes on as well; one that did not begin does not. */
static void a_transaction_goes_on_without_anybody(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "TxStartPoint", "EVConnected");
    plug(world, 1);
    stands(world, the_session(world)->id, "true", "false");
    unplug(world, 1);
    stands(world, the_session(world)->id, "false", "false");
    world_free(world);
}

/* --- without a link
 * ------------------------------------------------------------------------------------------------------------- */

static void no_number_is_missing(const struct session *session)
{
    int count = 0;
    while (session->numbers[count] > 0) {
        assert_int_equal(session->numbers[count++], 1);
    }
    assert_int_equal(count, session->started + session->ended + session->updates);
}

/* TC_E_40_CS; E11.FR.01; E11.FR.02; E11.FR.06. */
static void a_link_is_lost_during_a_transaction(void **state)
{
    (void)state;
    struct world *world = charging();
    world_disconnect(world);
    world_pass(world, 35);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, EVENT, "eventType=Updated offline=true meterValue/0/sampledValue/0/value=*");
    central_sees(world, EVENT, "eventType=Updated offline=true");
    central_sees(world, EVENT, "eventType=Updated offline=true");
    central_forgets(world);
    world_pass(world, 10);
    central_sees(world, EVENT, "eventType=Updated offline=-");
    no_number_is_missing(the_session(world));
    world_free(world);
}

/* TC_E_43_CS; E04.FR.01; E04.FR.03; E12.FR.01; E12.FR.02; E12.FR.06. From its first event to its last. */
static void a_transaction_takes_place_without_a_link(void **state)
{
    (void)state;
    static const char *const points[] = { "EVConnected", "Authorized", "PowerPathClosed" };
    for (size_t i = 0; i < 3; i++) {
        struct world *world = world_accepted(OCPP_VERSION_2_0_1);
        world_set(world, "TxStartPoint", points[i]);
        world_set(world, "TxStopPoint", points[i]);
        world_set(world, "AllowOfflineTxForUnknownId", "true");
        world_disconnect(world);
        card(world, 1, "TAG");
        plug(world, 1);
        charge(world, 1, 321);
        world_pass(world, 100);
        card(world, 1, "TAG");
        unplug(world, 1);
        world_connect(world, OCPP_VERSION_2_0_1);
        central_sees(world, EVENT, "eventType=Started offline=true seqNo=0 idToken/idToken=TAG");
        central_sees(world, EVENT, "eventType=Ended offline=true");
        assert_int_equal(the_session(world)->ended, 1);
        no_number_is_missing(the_session(world));
        world_free(world);
    }
}

/* TC_E_44_CS; E08.FR.01; E08.FR.03; E08.FR.04; E08.FR.05; E08.FR.06; E08.FR.07; E08.FR.08. */
static void a_transaction_is_stopped_without_a_link(void **state)
{
    (void)state;
    struct world *world = charging();
    world_disconnect(world);
    card(world, 1, "TAG");
    assert_false(world->closed[1]);
    assert_false(world->locked);
    unplug(world, 1);
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(
        world, EVENT,
        "eventType=Ended offline=true triggerReason=StopAuthorized transactionInfo/stoppedReason=Local idToken/idToken=TAG");
    no_number_is_missing(the_session(world));
    world_free(world);
}

/* TC_E_16_CS; E05.FR.10; C15.FR.04. Refused when it is told afterwards. */
static void a_token_is_refused_after_a_time_without_a_link(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "AllowOfflineTxForUnknownId", "true");
    world_disconnect(world);
    card(world, 1, "TAG");
    plug(world, 1);
    world->start_status = "Invalid";
    world_connect(world, OCPP_VERSION_2_0_1);
    central_sees(world, EVENT, "eventType=Started offline=true");
    central_sees(world, EVENT, "eventType=Ended offline=- triggerReason=Deauthorized transactionInfo/stoppedReason=DeAuthorized");
    assert_false(world->closed[1]);
    world_free(world);
}

/* E05.FR.10. What is heard of an authorization that is over says nothing of the next one. */
static void a_late_refusal_is_of_whom_it_speaks(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "TxStartPoint", "EVConnected");
    world_set(world, "TxStopPoint", "EVConnected");
    world_set(world, "AllowOfflineTxForUnknownId", "true");
    world_disconnect(world);
    plug(world, 1);
    card(world, 1, "TAG");
    card(world, 1, "TAG");
    card(world, 1, "TAG");
    assert_true(world->closed[1]);
    world->start_status = "Accepted";
    world_connect(world, OCPP_VERSION_2_0_1);
    assert_true(world->closed[1]);
    assert_int_equal(the_session(world)->ended, 0);
    central_sees(world, EVENT, "triggerReason=Authorized idToken/idToken=TAG");
    central_sees(world, EVENT, "triggerReason=StopAuthorized idToken/idToken=TAG");
    central_sees(world, EVENT, "triggerReason=Authorized idToken/idToken=TAG");
    world_free(world);
}

/* --- not accepted
 * ------------------------------------------------------------------------------------------------------------------ */

enum { ATTEMPTS = 3, INTERVAL_S = 60, TIMEOUT_S = 30 };

static struct world *with_attempts(void)
{
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    world_set(world, "TransactionMessageAttempts", "3");
    world_set(world, "TransactionMessageRetryInterval", "60");
    world_set(world, "MeterValueSampleInterval", "0");
    central_forgets(world);
    return world;
}

/* TC_E_41_CS; E13.FR.01; E13.FR.02; E13.FR.03; E13.FR.04. Waits of one, two, … intervals, then the next message. */
static void an_event_nobody_answers_is_given_up_in_the_end(void **state)
{
    (void)state;
    struct world *world = with_attempts();
    world->silent_action = EVENT;
    world->silent_count = ATTEMPTS;
    plug(world, 1);
    card(world, 1, "TAG");
    assert_int_equal(central_counts(world, EVENT), 1);
    world_pass(world, TIMEOUT_S + INTERVAL_S - 1);
    assert_int_equal(central_counts(world, EVENT), 1);
    world_pass(world, 2);
    assert_int_equal(central_counts(world, EVENT), 2);
    world_pass(world, TIMEOUT_S + 2 * INTERVAL_S - 2);
    assert_int_equal(central_counts(world, EVENT), 2);
    world_pass(world, 3);
    assert_int_equal(central_counts(world, EVENT), 3);
    world_pass(world, TIMEOUT_S + 2);
    central_sees(world, EVENT, "eventType=Started seqNo=0");
    central_sees(world, EVENT, "eventType=Started seqNo=0");
    central_sees(world, EVENT, "eventType=Started seqNo=0");
    central_sees(world, EVENT, "eventType=Updated seqNo=1");
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 1);
    world_free(world);
}

/* TC_E_50_CS; E13.FR.02; E13.FR.04. The same of errors. */
static void an_event_that_is_refused_is_given_up_in_the_end(void **state)
{
    (void)state;
    struct world *world = with_attempts();
    world->refuse_action = EVENT;
    world->refuse_count = ATTEMPTS;
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 3 * INTERVAL_S + 10);
    assert_int_equal(central_counts(world, EVENT), ATTEMPTS + 1);
    central_sees(world, EVENT, "eventType=Updated seqNo=1");
    assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 1);
    world_free(world);
}

/* TC_E_42_CS; TC_E_51_CS; E13.FR.02; E13.FR.03. An answer ends it, and the copy is the same message. */
static void an_event_that_is_answered_late_is_told_once(void **state)
{
    (void)state;
    for (int refuses = 0; refuses < 2; refuses++) {
        struct world *world = with_attempts();
        world->silent_action = world->refuse_action = EVENT;
        world->refuse_count = refuses;
        world->silent_count = !refuses;
        plug(world, 1);
        card(world, 1, "TAG");
        world_pass(world, TIMEOUT_S + INTERVAL_S + 2);
        assert_int_equal(central_counts(world, EVENT), 3);
        char first[40] = "";
        for (size_t i = 0; i < world->call_count; i++) {
            if (strcmp(world->calls[i].action, EVENT) == 0 && strcmp(value_of(world->calls[i].payload, "seqNo"), "0") == 0) {
                assert_true(first[0] == '\0' || strcmp(first, world->calls[i].id) == 0);
                snprintf(first, sizeof(first), "%s", world->calls[i].id);
            }
        }
        world_pass(world, 600);
        assert_int_equal(central_counts(world, EVENT), 3);
        assert_int_equal(ocpp_charge_point_view(world->cp).dead_letters, 0);
        world_free(world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_what_never_was_there_is_nothing),
        cmocka_unit_test(a_transaction_goes_on_with_and_without_messages),
        cmocka_unit_test(a_transaction_has_ended_with_and_without_messages),
        cmocka_unit_test(a_transaction_goes_on_without_anybody),
        cmocka_unit_test(a_link_is_lost_during_a_transaction),
        cmocka_unit_test(a_transaction_takes_place_without_a_link),
        cmocka_unit_test(a_transaction_is_stopped_without_a_link),
        cmocka_unit_test(a_token_is_refused_after_a_time_without_a_link),
        cmocka_unit_test(a_late_refusal_is_of_whom_it_speaks),
        cmocka_unit_test(an_event_nobody_answers_is_given_up_in_the_end),
        cmocka_unit_test(an_event_that_is_refused_is_given_up_in_the_end),
        cmocka_unit_test(an_event_that_is_answered_late_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
