/* test_rpc_answer_rules.c: the rules of the OCPP-J frame layer about answers, and about SENDs, which have none. The table of all
 * rules is in test_rpc_rules.c. */
#include "rpc_world.h"

/* clang-format off */
#define RULES(X) \
    X("invalid CALLRESULT received",             a_broken_result_never_looks_valid_and_is_answered_in_2_1_only) \
    X("answer with no matching CALL",            an_answer_nobody_waits_for_is_ignored) \
    X("SEND",                                    a_send_is_never_answered_and_waits_for_nobody)
/* clang-format on */

/* --- answers ------------------------------------------------------------------------------------------------------------- */

struct broken_result {
    const char *text;
    enum ocpp_status issue;
    const char *answer_21; /* what 2.1 says about it */
};

static const struct broken_result broken_results[] = {
    { "[3,\"1\",{}]", OCPP_ERR_MISSING_MEMBER,
      "[5,\"1\",\"OccurrenceConstraintViolation\",\"/status: a required member is missing\",{\"path\":\"/status\"}]" },
    { "[3,\"1\",{\"status\":\"Perhaps\"}]", OCPP_ERR_VALUE,
      "[5,\"1\",\"PropertyConstraintViolation\",\"/status: a value is not one of those allowed\",{\"path\":\"/status\"}]" },
    { "[3,\"1\",{\"status\":\"Accepted\",\"x\":1}]", OCPP_ERR_UNKNOWN_MEMBER,
      "[5,\"1\",\"FormatViolation\",\"/x: a member is not part of this message\",{\"path\":\"/x\"}]" },
    { "[3,\"1\",[]]", OCPP_ERR_TYPE, "[5,\"1\",\"TypeConstraintViolation\",\"a value is of the wrong JSON type\",{}]" },
    { "[3,\"1\"]", OCPP_ERR_NOT_FRAME,
      "[5,\"1\",\"RpcFrameworkError\",\"the frame has fewer elements than its message type\",{}]" },
    { "[3,\"1\",{\"status\":\"Accepted\"},{}]", OCPP_ERR_NOT_FRAME,
      "[5,\"1\",\"RpcFrameworkError\",\"the frame has more elements than its message type\",{}]" },
    { "[3,\"1\",{\"status\":\"Accepted\"", OCPP_ERR_NOT_JSON,
      "[5,\"1\",\"RpcFrameworkError\",\"not JSON text\",{\"offset\":27}]" },
    { "[4,\"1\",\"GenericError\"]", OCPP_ERR_NOT_FRAME, NULL },
    { "[4,\"1\",\"GenericError\",\"\",\"text\"]", OCPP_ERR_NOT_FRAME, NULL },
    { "[4,\"1\",17,\"\",{}]", OCPP_ERR_NOT_FRAME, NULL },
    { "[4,\"1\",\"GenericError\",\"\",{", OCPP_ERR_NOT_JSON, NULL },
};

static void check_broken_results(struct world *world)
{
    const bool answers = ocpp_rpc_protocol(world->rpc)->version == V21;
    for (size_t i = 0; i < sizeof broken_results / sizeof broken_results[0]; i++) {
        const struct broken_result *row = &broken_results[i];
        we_ask(world, "1", "ClearCache", "{}");
        peer_says(world, row->text);
        assert_int_equal(world->answers, i + 1);
        assert_int_equal(world->answer.status, OCPP_ERR_BAD_ANSWER);
        assert_false(world->answer_has_response);
        assert_int_equal(world->answer_issue.status, row->issue);
        assert_int_equal(world->frame_status, row->issue);
        if (answers && row->answer_21 != NULL)
            layer_says(world, row->answer_21);
        layer_is_silent(world);
    }
}

/* part 2, chapter 3; 2.1 FR.06 */
static void a_broken_result_never_looks_valid_and_is_answered_in_2_1_only(void **state)
{
    (void)state;
    on_each_version(check_broken_results);
    struct world world;
    if (!world_has(V21))
        return;
    world_prepare(&world, OCPP_FROM_CENTRAL);
    world.settings.answer_results = false;
    world_open(&world, V21);
    we_ask(&world, "1", "ClearCache", "{}");
    peer_says(&world, "[3,\"1\",{}]");
    assert_int_equal(world.answer.status, OCPP_ERR_BAD_ANSWER);
    layer_is_silent(&world);
    world_close(&world);
}

static void check_unmatched(struct world *world)
{
    static const char *const texts[] = {
        "[3,\"2\",{\"status\":\"Accepted\"}]",
        "[3,\"2\",{}]",
        "[4,\"2\",\"GenericError\",\"\",{}]",
        "[4,\"-1\",\"RpcFrameworkError\",\"\",{}]", /* something of ours was unreadable, but who knows what */
        "[3,\"\",{}]",
    };
    for (int asked = 0; asked <= 1; asked++) {
        for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
            peer_says(world, texts[i]);
            assert_int_equal(world->frame_status, OCPP_ERR_NOT_FOUND);
            layer_is_silent(world);
        }
        assert_int_equal(world->answers, 0);
        if (!asked)
            we_ask(world, "1", "ClearCache", "{}");
    }
    peer_says(world, CLEAR_CACHE_ANSWER("1"));
    assert_int_equal(world->answers, 1);
    peer_says(world, CLEAR_CACHE_ANSWER("1")); /* twice */
    assert_int_equal(world->answers, 1);
    assert_int_equal(world->frame_status, OCPP_ERR_NOT_FOUND);
}

/* practice in every version; before 2.1 also a CALLERROR for a CALLRESULT of ours */
static void an_answer_nobody_waits_for_is_ignored(void **state)
{
    (void)state;
    on_each_version(check_unmatched);
}

#define STREAM "{\"id\":1,\"pending\":0,\"basetime\":\"2026-01-01T00:00:00.000Z\",\"data\":[{\"t\":0,\"v\":\"1\"}]}"

/* 2.1 part 4, 4.2.4; part 2, FR.07 */
static void a_send_is_never_answered_and_waits_for_nobody(void **state)
{
    (void)state;
    struct world world;
    if (!world_has(V21))
        skip();
    open_central(&world, V21);
    peer_says(&world, "[6,\"a\",\"NotifyPeriodicEventStream\"," STREAM "]");
    assert_int_equal(world.calls, 1);
    assert_true(world.token.value == 0);
    assert_string_equal(world.call_action, "NotifyPeriodicEventStream");
    assert_int_equal(ocpp_rpc_refuse(world.rpc, world.token, OCPP_CALL_ERROR_GENERIC_ERROR, ""), OCPP_ERR_NOT_FOUND);
    peer_says(&world, "[6,\"a\",\"NotifyPeriodicEventStream\",{}]"); /* invalid */
    assert_int_equal(world.frame_status, OCPP_ERR_MISSING_MEMBER);
    peer_says(&world, "[6,\"a\",\"Heartbeat\",{}]"); /* not a SEND */
    assert_int_equal(world.frame_status, OCPP_ERR_UNSUPPORTED_ACTION);
    peer_says(&world, "[6,\"a\",\"Dance\",{}]");
    assert_int_equal(world.frame_status, OCPP_ERR_UNKNOWN_ACTION);
    world.admits = OCPP_ERR_NOT_ACCEPTED;
    peer_says(&world, "[6,\"a\",\"NotifyPeriodicEventStream\"," STREAM "]");
    assert_int_equal(world.frame_status, OCPP_ERR_NOT_ACCEPTED);
    assert_int_equal(world.calls, 1);
    layer_is_silent(&world);
    assert_int_equal(we_call(&world, "x", "NotifyPeriodicEventStream", STREAM), OCPP_ERR_ARGUMENT); /* the station's to send */
    world_close(&world);

    open_station(&world, V21);
    we_ask(&world, "1", "Heartbeat", "{}");
    assert_int_equal(we_call(&world, "2", "Heartbeat", "{}"), OCPP_OK);
    assert_int_equal(we_call(&world, "3", "NotifyPeriodicEventStream", STREAM), OCPP_OK);
    layer_says(&world, "[6,\"3\",\"NotifyPeriodicEventStream\"," STREAM "]");
    layer_is_silent(&world);
    assert_int_equal(ocpp_rpc_waiting_calls(world.rpc), 2);
    peer_says(&world, "[3,\"3\",{}]"); /* an answer to a SEND is nobody's */
    assert_int_equal(world.answers, 0);
    world_close(&world);
}

int main(void)
{
#define RULE_TEST(rule, test) cmocka_unit_test(test),
    const struct CMUnitTest tests[] = { RULES(RULE_TEST) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
