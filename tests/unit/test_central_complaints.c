/* test_central_complaints.c: what people complain about in central systems, so that it cannot happen here: what can be shown of
 * the engine alone. */
#include "driver_world.h"

#include <ocpp/central_lists.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

#define START_16 "[2,'s','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':100,'timestamp':'2026-01-01T00:00:00Z'}]"
#define STARTED_201                                                                                                              \
    "[2,'s','TransactionEvent',{'eventType':'Started','timestamp':'2026-01-01T00:00:00Z','triggerReason':'Authorized',"          \
    "'seqNo':0,'transactionInfo':{'transactionId':'T1'},'evse':{'id':1},'idToken':{'idToken':'TAG','type':'ISO14443'}}]"

static struct central_world *world;
static struct ocpp_station *one; /* speaks 1.6 */
static struct ocpp_station *two; /* speaks 2.0.1 */

static int set_up(void **state)
{
    (void)state;
    world = driver_world_new();
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    world_boot(world, one);
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

/* peers: unanswered calls that never time out. Ours end after their time, and the next one leaves; theirs are answered after a
 * minute, should nobody decide. */
static void a_call_nobody_answers_ends(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_clear_cache(one, &driver_done), OCPP_OK);
    assert_int_equal(ocpp_station_reset(one, false, NULL), OCPP_OK);
    assert_holds(world_hears(world, one), "'ClearCache'");
    assert_text(world_hears(world, one), "");
    world_pass(world, 30001);
    assert_holds(driver_answer, "no ");
    assert_int_equal(driver_answer[0], '-'); /* an error, not an answer */
    assert_holds(world_hears(world, one), "'Reset'");
    world->decide_later = true;
    assert_text(world_says(world, one, "[2,'a','Authorize',{'idTag':'TAG'}]"), "");
    world_pass(world, 60001);
    assert_holds(world_hears(world, one), "[4,'a','InternalError'");
}

/* peers: server stuck or crashed around disconnect. Orders, decisions, reports and writes are under way when the connection goes:
 * each order ends once, what was told stays told, and what is decided afterwards is void. */
static void a_disconnect_in_the_middle_of_everything_leaves_nothing_open(void **state)
{
    const struct ocpp_list_entry entry = { .token = { "TAG", OCPP_TOKEN_CENTRAL }, .authorization = OCPP_AUTHORIZATION_ACCEPTED };
    const struct ocpp_list_order list = { .entries = &entry, .count = 1 };
    const struct ocpp_driver_answer nothing = { 0 };

    (void)state;
    assert_int_equal(ocpp_station_clear_cache(two, &driver_done), OCPP_OK);
    assert_int_equal(ocpp_station_sync_list(two, &list, NULL), OCPP_OK);
    world_says(world, two,
               "[2,'m','NotifyDisplayMessages',{'requestId':1,'tbc':true,'messageInfo':[{'id':1,'priority':'InFront','message':"
               "{'format':'UTF8','content':'Hello'}}]}]");
    driver_decisions.cost_later = driver_decisions.data_later = true;
    world_says(world, two, "[2,'d','DataTransfer',{'vendorId':'com.example'}]");
    world_says(world, two, STARTED_201); /* is recorded, and waits for its price */
    world->hold_writes = true;
    world_says(world, two,
               "[2,'e','TransactionEvent',{'eventType':'Ended','timestamp':'2026-01-01T00:10:00Z','triggerReason':'EVDeparted',"
               "'seqNo':1,'transactionInfo':{'transactionId':'T1'}}]"); /* is being written */
    (void)world_told(world);
    ocpp_station_disconnect(two, world->now);
    assert_int_equal(driver_answer[0], '-');
    assert_holds(world_told(world), " ended T1");
    world->hold_writes = false;
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    assert_int_equal(ocpp_station_decide_cost(two, driver_decisions.cost_question, &nothing, world->now), OCPP_ERR_NOT_FOUND);
    driver_decisions.cost_later = false;
    assert_text(world_says(world, two, STARTED_201), "[3,'s',{'idTokenInfo':{'status':'Accepted'}}]");
    assert_null(strstr(world_told(world), "PILE-2 started")); /* it was told the first time */
}

/* peers: validation all-or-nothing when one charger's firmware is off. The same message of two stations: the one that is known to
 * send such is understood, the other refused, and both stay. */
static void leniency_is_for_the_station_that_is_known_to_need_it(void **state)
{
    static const char late[] = "[2,'s','StatusNotification',{'connectorId':1,'status':'Available'}]"; /* without errorCode */
    const struct ocpp_station_options options = { .identity = "LAX",
                                                  .version = OCPP_VERSION_1_6,
                                                  .quirks = OCPP_QUIRK_MISSING_ENUM };
    struct ocpp_station *lax;

    (void)state;
    assert_int_equal(ocpp_central_connect(world->central, &options, world->now, &lax), OCPP_OK);
    world_boot(world, lax);
    assert_text(world_says(world, lax, late), "[3,'s',{}]");
    assert_holds(world_says(world, one, late), "[4,'s','");
    assert_holds(world_says(world, lax, "[2,'t','StatusNotification',{'connectorId':'1','status':'Available'}]"), "[4,'t','");
    assert_holds(world_says(world, one, "[2,'h','Heartbeat',{}]"), "[3,'h',");
}

static bool has_order(const struct ocpp_transaction *transaction, void *user)
{
    *(int64_t *)user = transaction->remote_start_id;
    return true;
}

static int64_t order_told;

static void on_start(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    (void)user;
    order_told = result->remote_start_id;
}

/* peers: no API to command a charger and tie a remote start to its transaction. In 1.6, too, which has no word for it. */
static void a_start_from_afar_is_tied_to_its_transaction_in_every_version(void **state)
{
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_ISO14443 };
    const struct ocpp_command_done done = { on_start, NULL };
    int64_t found = 0;
    char frame[300];

    (void)state;
    assert_int_equal(ocpp_station_start(one, 1, &token, &done), OCPP_OK);
    world_hears(world, one);
    driver_answered(world, one, "{'status':'Accepted'}");
    assert_true(order_told > 0);
    world_says(world, one, START_16);
    assert_int_equal(ocpp_central_find_transaction(&world->store, "PILE-1", "1", has_order, &found), OCPP_OK);
    assert_int_equal(found, order_told);
    assert_int_equal(ocpp_station_start(two, 1, &token, &done), OCPP_OK);
    world_hears(world, two);
    driver_answered(world, two, "{'status':'Accepted'}");
    snprintf(frame, sizeof frame,
             "[2,'r','TransactionEvent',{'eventType':'Started','timestamp':'2026-01-01T00:00:00Z','triggerReason':'RemoteStart',"
             "'seqNo':0,'transactionInfo':{'transactionId':'T2','remoteStartId':%ld}}]",
             (long)order_told);
    world_says(world, two, frame);
    assert_int_equal(ocpp_central_find_transaction(&world->store, "PILE-2", "T2", has_order, &found), OCPP_OK);
    assert_int_equal(found, order_told);
}

/* peers: nothing known about limits. Each is a setting with a default, and reaching it is told at once. */
static void limits_have_defaults_and_outcomes(void **state)
{
    const struct ocpp_central_settings settings = ocpp_central_settings_default();
    size_t given = 0;

    (void)state;
    assert_int_equal(settings.max_waiting_calls, 16);
    assert_int_equal(settings.max_stations, 20000);
    assert_int_equal(settings.max_display_messages, 200);
    assert_int_equal(settings.call_timeout_ms, 30000);
    while (ocpp_station_clear_cache(one, NULL) == OCPP_OK) {
        given++;
    }
    assert_true(given >= settings.max_waiting_calls && given <= settings.max_waiting_calls + 1);
    assert_int_equal(ocpp_station_clear_cache(one, NULL), OCPP_ERR_BUSY);
    assert_int_equal(ocpp_station_clear_cache(two, NULL), OCPP_OK); /* it is one station's trouble */
}

static void fill(void *bytes, size_t size, void *user)
{
    (void)user;
    memset(bytes, 9, size);
}

/* peers: in-memory registries with no multi-node story. What one node accepted and recorded, another one over the same store
 * knows: the station need not boot, and its transaction goes on there. */
static void another_node_over_the_same_store_goes_on(void **state)
{
    static const char stop[] = "[2,\"e\",\"StopTransaction\",{\"transactionId\":1,\"meterStop\":900,"
                               "\"timestamp\":\"2026-01-01T01:00:00Z\"}]";
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    const struct ocpp_station_options options = { .identity = "PILE-1", .version = OCPP_VERSION_1_6 };
    struct ocpp_station *there;
    const char *answer;
    size_t size;

    (void)state;
    assert_holds(world_says(world, one, START_16), "'transactionId':1");
    ocpp_station_disconnect(one, world->now);
    settings.random = fill;
    settings.shard = 1;
    struct ocpp_central *node = ocpp_central_new(&settings, &world->handler, &world->store);
    assert_int_equal(ocpp_central_connect(node, &options, world->now, &there), OCPP_OK);
    assert_int_equal(ocpp_station_registration(there), OCPP_REGISTRATION_ACCEPTED);
    (void)world_told(world);
    assert_int_equal(ocpp_station_receive(there, stop, strlen(stop), world->now), OCPP_OK);
    answer = ocpp_station_next_output(there, &size, world->now);
    assert_non_null(answer);
    assert_memory_equal(answer, "[3,\"e\",{}]", 10);
    assert_holds(world_told(world), "PILE-1 ended 1 evse 1 token TAG meter 100..900");
    ocpp_station_disconnect(there, world->now);
    ocpp_central_free(node);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_call_nobody_answers_ends),
        TEST(a_disconnect_in_the_middle_of_everything_leaves_nothing_open),
        TEST(leniency_is_for_the_station_that_is_known_to_need_it),
        TEST(a_start_from_afar_is_tied_to_its_transaction_in_every_version),
        TEST(limits_have_defaults_and_outcomes),
        TEST(another_node_over_the_same_store_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
