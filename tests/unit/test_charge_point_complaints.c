/* What users of other stations complain about, each as a test; those that are tested elsewhere carry the same mark, "peers". */
#include "allocator.h"
#include "station_world.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum ocpp_version version_of(void **state)
{
    return *(enum ocpp_version *)*state;
}

/* peers: StartTransaction lost by a reset while offline. */
static void a_start_made_without_a_link_outlives_a_reset(void **state)
{
    struct world *world = world_new();
    world->settings.offline_unknown_allowed = true;
    world_power_on(world);
    world_connect(world, version_of(state));
    world_disconnect(world);
    plug(world, 1);
    card(world, 1, "TAG");
    charge(world, 1, 250);
    world_pass(world, 120);
    assert_int_equal(ocpp_charge_point_restarting(world->cp, OCPP_BOOT_REASON_LOCAL_RESET, world->now), OCPP_OK);
    world_power_off(world);
    world_power_on(world);
    world_connect(world, version_of(state));
    assert_int_equal(the_session(world)->started, 1);
    assert_int_equal(the_session(world)->ended, 1);
    assert_int_equal(the_session(world)->meter_stop - the_session(world)->meter_start, 250);
    assert_string_equal(the_session(world)->reason, "Reboot");
    world_free(world);
}

/* peers: transactionId -1 and StopTransaction sent twice. Everything that can end a transaction does, one after the other; the
 * number is known by then, also where both messages waited for a link. */
static void a_stop_is_sent_once_with_the_number_of_its_transaction(void **state)
{
    (void)state;
    for (int offline = 0; offline <= 1; offline++) {
        struct world *world = world_new();
        world->settings.offline_unknown_allowed = true;
        world_power_on(world);
        world_connect(world, OCPP_VERSION_1_6);
        if (offline) {
            world_disconnect(world);
        }
        plug(world, 1);
        card(world, 1, "TAG");
        charge(world, 1, 30);
        card(world, 1, "TAG");
        ocpp_charge_point_stop(world->cp, 1, OCPP_STOP_EMERGENCY_STOP, world->now);
        unplug(world, 1);
        if (offline) {
            world_power_back(world, 10);
            world_connect(world, OCPP_VERSION_1_6);
        }
        central_asks(world, "RemoteStopTransaction", "{'transactionId':1}");
        central_asks(world, "Reset", "{'type':'Soft'}");
        world_power_back(world, 10);
        world_connect(world, OCPP_VERSION_1_6);
        assert_int_equal(central_counts(world, "StartTransaction"), 1);
        assert_int_equal(central_counts(world, "StopTransaction"), 1);
        central_sees(world, "StopTransaction", "transactionId=1 meterStop=30");
        world_free(world);
    }
}

/* peers: StopTransaction sent twice. One that was not answered is the same message when it is sent again, by its id. */
static void a_stop_that_was_not_answered_is_the_same_message_again(void **state)
{
    struct world *world = world_of(state);
    const char *action = world_is_old(world) ? "StopTransaction" : "TransactionEvent";
    plug(world, 1);
    card(world, 1, "TAG");
    world_pass(world, 1);
    world->silent_action = action;
    world->silent_count = 1;
    card(world, 1, "TAG");
    const char *first = world->calls[world->call_count - 1].id;
    world_pass(world, 30);
    world_power_back(world, 10);
    central_forgets(world);
    world_connect(world, version_of(state));
    size_t i = world->looked_at;
    while (i < world->call_count && strcmp(world->calls[i].action, action) != 0) {
        i++;
    }
    assert_true(i < world->call_count);
    assert_string_equal(world->calls[i].id, first);
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

/* peers: answers matched to the wrong call. */
static void an_answer_belongs_to_the_call_of_its_id_and_to_no_other(void **state)
{
    char text[160];
    struct world *world = world_of(state);
    world->silent_action = world_is_old(world) ? "StartTransaction" : "TransactionEvent";
    world->silent_count = 1;
    plug(world, 1);
    const char *earlier = world->calls[world->call_count - 1].id;
    card(world, 1, "TAG");
    snprintf(text, sizeof(text), "[3,'%s',{'idTagInfo':{'status':'Blocked'},'transactionId':99}]", earlier);
    central_says(world, text);
    central_says(world, "[3,'nobody-asked',{'idTagInfo':{'status':'Blocked'},'transactionId':98}]");
    central_says(world, "[4,'nobody-asked','InternalError','','{}']");
    assert_true(world->closed[1]);
    world_pass(world, 120);
    assert_int_equal(the_session(world)->started, 1);
    assert_true(world->closed[1]);
    card(world, 1, "TAG");
    assert_int_equal(the_session(world)->ended, 1);
    world_free(world);
}

/* peers: unbounded queue. Hours without a link: what is kept is bounded, and start and end are never given up. */
static void a_queue_has_a_bound_and_keeps_starts_and_ends(void **state)
{
    struct world *world = world_new();
    world->settings.offline_unknown_allowed = true;
    world->settings.max_queued_records = 12;
    world_power_on(world);
    world_connect(world, version_of(state));
    world_disconnect(world);
    for (int i = 0; i < 3; i++) {
        plug(world, 1);
        card(world, 1, "TAG");
        charge(world, 1, 1000);
        world_pass(world, 3 * 3600);
        assert_true(ocpp_charge_point_view(world->cp).queued_records <= 12);
        card(world, 1, "TAG");
        unplug(world, 1);
    }
    assert_true(ocpp_charge_point_view(world->cp).dropped_records > 500);
    world_connect(world, version_of(state));
    assert_int_equal(world->session_count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(world->sessions[i].started + world->sessions[i].ended, 2);
        assert_int_equal(world->sessions[i].meter_stop - world->sessions[i].meter_start, 1000);
    }
    world_free(world);
}

/* --- messages that are too much
 * ------------------------------------------------------------------------------------------------- */

static char *long_request(size_t size, const char *id)
{
    char *text = malloc(size + 256);
    const int begun = sprintf(text, "[2,\"%s\",\"DataTransfer\",{\"vendorId\":\"v\",\"data\":\"", id);
    memset(text + begun, 'x', size);
    strcpy(text + begun + size, "\"}]");
    return text;
}

/* peers: JSON capacity overflow. Over the limit is an error answer, far over it the end of the link, and no more. */
static void a_message_over_the_limit_costs_that_message(void **state)
{
    struct world *world = world_new();
    world->settings.limits.max_bytes = 2048;
    world_power_on(world);
    world_connect(world, version_of(state));
    for (size_t size = 1800; size < 3900; size += 100) {
        char *text = long_request(size, "too-long");
        world->answer[0] = '\0';
        assert_int_equal(ocpp_charge_point_receive(world->cp, text, strlen(text), world->now), OCPP_OK);
        world_run(world);
        assert_string_not_equal(world->answer, "");
        free(text);
    }
    char *text = long_request(6000, "much-too-long");
    assert_int_equal(ocpp_charge_point_receive(world->cp, text, strlen(text), world->now), OCPP_ERR_TOO_LARGE);
    free(text);
    world_disconnect(world);
    world_connect(world, version_of(state));
    plug(world, 1);
    card(world, 1, "TAG");
    assert_int_equal(the_session(world)->started, 1);
    world_free(world);
}

static const char *const hostile[] = {
    "[2,'id','NoSuchThing',{}]",
    "[2,'id','Reset',{}]",
    "[2,'id','Reset',{'type':'\xc3\xa4\xc3\xb6\xc3\xbc\xf0\x9f\x94\x8c'}]",
    "[2,'id','Reset',{'type':5,'nested':{'a':[1,2,{'b':null}]}}]",
    "[2,'a long id of more than thirty-six characters, which nobody may use','Reset',{}]",
    "[2,'','Reset',{}]",
    "[2,'id',{},{}]",
    "[2,'id']",
    "[9,'id']",
    "{}",
};

/* peers: crash while building an error. Every error, with every allocation on the way failing. */
static void an_error_without_the_memory_to_build_it_crashes_nobody(void **state)
{
    for (size_t i = 0; i < COUNT_OF(hostile); i++) {
        for (size_t nth = 1; nth < 12; nth++) {
            struct test_allocator memory;
            struct world *world = world_new();
            char text[256];
            test_allocator_start(&memory, 0);
            world->settings.allocator = &memory.allocator;
            world_power_on(world);
            world_connect(world, version_of(state));
            snprintf(text, sizeof(text), "%s", hostile[i]);
            for (char *c = text; *c != '\0'; c++) {
                *c = *c == '\'' ? '"' : *c;
            }
            memory.fail_at = memory.calls + nth;
            const enum ocpp_status status = ocpp_charge_point_receive(world->cp, text, strlen(text), world->now);
            assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM);
            world->is_starved = true;
            world_run(world);
            world->is_starved = false;
            plug(world, 1);
            card(world, 1, "TAG");
            world_pass(world, 10);
            assert_int_equal(the_session(world)->started, 1);
            world_free(world);
            assert_int_equal(memory.blocks, 0);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_start_made_without_a_link_outlives_a_reset),
        cmocka_unit_test(a_stop_is_sent_once_with_the_number_of_its_transaction),
        IN_EACH_VERSION(a_stop_that_was_not_answered_is_the_same_message_again),
        IN_EACH_VERSION(an_answer_belongs_to_the_call_of_its_id_and_to_no_other),
        IN_EACH_VERSION(a_queue_has_a_bound_and_keeps_starts_and_ends),
        IN_EACH_VERSION(a_message_over_the_limit_costs_that_message),
        IN_EACH_VERSION(an_error_without_the_memory_to_build_it_crashes_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
