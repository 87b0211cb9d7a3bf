/* What the central system keeps of a station's transaction beside the store: it spares reads, and never says what the store does
 * not. */
#include "central_world.h"
#include "unit.h"

#include <ocpp/central_system.h>

#include <stdio.h>
#include <string.h>

#define assert_holds(text, part) assert_non_null(strstr(text, part))

static struct central_world *world;
static struct ocpp_station *two;

static int set_up(void **state)
{
    (void)state;
    world = world_new();
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    world_boot(world, two);
    (void)world_told(world);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

/* What it is answered; at |seconds| its register shows as many kWh. */
static const char *event(const char *id, const char *type, int seq_no, int seconds)
{
    static int messages;
    char frame[600];

    (void)snprintf(frame, sizeof frame,
                   "[2,'%d','TransactionEvent',{'eventType':'%s','timestamp':'2026-01-01T00:00:%02dZ','triggerReason':"
                   "'MeterValuePeriodic','seqNo':%d,'transactionInfo':{'transactionId':'%s'},'meterValue':[{'timestamp':"
                   "'2026-01-01T00:00:%02dZ','sampledValue':[{'value':%d000}]}]}]",
                   ++messages, type, seconds, seq_no, id, seconds, seconds);
    return world_says(world, two, frame);
}

static bool note(const struct ocpp_transaction *transaction, void *user)
{
    struct ocpp_transaction *found = user;

    *found = *transaction;
    found->id = NULL; /* borrowed */
    return false;
}

static struct ocpp_transaction recorded(const char *id)
{
    struct ocpp_transaction found = { .last_seq_no = -1 };

    assert_int_equal(ocpp_central_find_transaction(world->memory, "PILE-2", id, note, &found), OCPP_OK);
    return found;
}

static void a_reading_of_the_transaction_at_hand_asks_the_store_for_nothing(void **state)
{
    (void)state;
    (void)event("T1", "Started", 0, 1);
    (void)event("T1", "Updated", 1, 2);
    world->reads = 0;
    world->writes = 0;
    (void)event("T1", "Updated", 2, 3);
    assert_int_equal(world->reads, 0);
    assert_int_equal(world->writes, 1);
    assert_int_equal(recorded("T1").last_seq_no, 2);
    assert_int_equal(recorded("T1").meter_last_wh, 3000);
}

static void what_was_lost_is_not_remembered(void **state)
{
    (void)state;
    (void)event("T1", "Started", 0, 1);
    (void)event("T1", "Updated", 1, 2);
    world->fail_write = world->writes + 1;
    assert_holds(event("T1", "Updated", 2, 3), "InternalError");
    world->fail_write = 0;
    assert_int_equal(recorded("T1").last_seq_no, 1);
    (void)world_told(world);
    assert_holds(event("T1", "Updated", 2, 3), "[3,");
    assert_holds(world_told(world), "updated T1"); /* it is news, as it was */
    assert_int_equal(recorded("T1").last_seq_no, 2);
}

static void what_the_store_lost_later_is_not_remembered(void **state)
{
    (void)state;
    (void)event("T1", "Started", 0, 1);
    world->hold_writes = true;
    (void)event("T1", "Updated", 1, 2);
    world_release(world, OCPP_ERR_STORAGE);
    world->hold_writes = false;
    (void)world_hears(world, two);
    (void)world_told(world);
    assert_holds(event("T1", "Updated", 1, 2), "[3,");
    assert_holds(world_told(world), "updated T1");
    assert_int_equal(recorded("T1").meter_last_wh, 2000);
}

static enum ocpp_status lose_while_writing(const struct ocpp_change *changes, size_t count,
                                           void (*done)(enum ocpp_status status, void *user), void *done_user, void *user)
{
    (void)changes;
    (void)count;
    (void)user;
    if (done) {
        done(OCPP_ERR_STORAGE, done_user);
    }
    return OCPP_OK;
}

/* A store that commits while it is given a write says that it is lost before it returns. */
static void what_was_answered_at_once_and_lost_at_once_is_not_remembered(void **state)
{
    enum ocpp_status (*write)(const struct ocpp_change *, size_t, void (*)(enum ocpp_status, void *), void *, void *);

    (void)state;
    world->durability = OCPP_ANSWER_AT_ONCE;
    world_restart(world);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    write = world->store.write;
    world->store.write = lose_while_writing;
    assert_holds(event("T1", "Started", 0, 1), "[3,");
    world->store.write = write;
    assert_holds(event("T1", "Updated", 1, 2), "[3,");
    assert_int_equal(recorded("T1").last_seq_no, 1); /* it is found by its id */
}

/* Two in turn, as of a station with two EVSEs: one is remembered at a time, and neither is taken for the other. */
static void transactions_in_turn_are_told_apart(void **state)
{
    (void)state;
    (void)event("T1", "Started", 0, 1);
    (void)event("T2", "Started", 0, 2);
    for (int i = 1; i < 6; i++) {
        (void)event("T1", "Updated", i, 10 * i);
        (void)event("T2", "Updated", i, 10 * i + 1);
    }
    assert_int_equal(recorded("T1").meter_last_wh, 50000);
    assert_int_equal(recorded("T2").meter_last_wh, 51000);
}

static void nothing_is_remembered_of_what_ended_or_of_another_connection(void **state)
{
    (void)state;
    (void)event("T1", "Started", 0, 1);
    (void)event("T1", "Ended", 1, 2);
    world->reads = 0;
    (void)event("T1", "Updated", 2, 1);
    assert_true(world->reads > 0);
    assert_true(recorded("T1").ended);
    (void)event("T2", "Started", 0, 3);
    ocpp_station_disconnect(two, world->now);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    world->reads = 0;
    (void)event("T2", "Updated", 1, 4);
    assert_true(world->reads > 0);
    assert_int_equal(recorded("T2").last_seq_no, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_reading_of_the_transaction_at_hand_asks_the_store_for_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_lost_is_not_remembered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_was_answered_at_once_and_lost_at_once_is_not_remembered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_the_store_lost_later_is_not_remembered, set_up, tear_down),
        cmocka_unit_test_setup_teardown(transactions_in_turn_are_told_apart, set_up, tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_remembered_of_what_ended_or_of_another_connection, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
