/* test_rpc_outgoing.c: calls of ours beyond the rules of the frame: order, urgency, cancelling, raw and unchecked calls, and what
 * callbacks may do. */
#include "rpc_world.h"

#include <ocpp/v16_calls.h>

#include <string.h>

#define CLEAR(id) "[2,\"" id "\",\"ClearCache\",{}]"

static enum ocpp_status clear_cache(struct world *world, const char *id)
{
    return we_call(world, id, "ClearCache", "{}");
}

/* ask: any call, with nobody waiting for the answer. */
static enum ocpp_status ask(struct world *world, struct ocpp_outgoing_call call)
{
    if (call.payload != NULL)
        call.payload_size = strlen(call.payload);
    return ocpp_rpc_call(world->rpc, &call, NULL);
}

/* --- order ------------------------------------------------------------------------------------------------------------ */

static void urgent_calls_go_before_those_that_wait_and_not_before_each_other(void **state)
{
    struct world world;
    (void)state;
    open_central(&world, V16);
    assert_int_equal(clear_cache(&world, "first"), OCPP_OK);
    layer_says(&world, CLEAR("first"));
    assert_int_equal(clear_cache(&world, "second"), OCPP_OK);
    struct ocpp_outgoing_call call = { .action = world_action(&world, "ClearCache"), .payload = "{}", .urgent = true };
    call.id = "urgent 1";
    assert_int_equal(ask(&world, call), OCPP_OK);
    call.id = "urgent 2";
    assert_int_equal(ask(&world, call), OCPP_OK);
    layer_is_silent(&world);
    peer_says(&world, CLEAR_CACHE_ANSWER("first"));
    layer_says(&world, CLEAR("urgent 1"));
    peer_says(&world, CLEAR_CACHE_ANSWER("urgent 1"));
    layer_says(&world, CLEAR("urgent 2"));
    peer_says(&world, CLEAR_CACHE_ANSWER("urgent 2"));
    layer_says(&world, CLEAR("second"));
    world_close(&world);
}

/* OCPP 2.0.1 part 2, FR.05 */
static void an_answer_goes_before_a_call_that_was_made_earlier(void **state)
{
    struct world world;
    (void)state;
    open_central(&world, V16);
    world.habit = WORLD_ANSWERS_LATER;
    peer_says(&world, "[2,\"theirs\",\"Heartbeat\",{}]");
    assert_int_equal(clear_cache(&world, "ours"), OCPP_OK);
    assert_int_equal(ocpp_rpc_refuse(world.rpc, world.token, OCPP_CALL_ERROR_GENERIC_ERROR, ""), OCPP_OK);
    layer_says(&world, "[4,\"theirs\",\"GenericError\",\"\",{}]");
    layer_says(&world, CLEAR("ours"));
    world_close(&world);
}

static void the_host_is_told_that_there_is_something_to_send(void **state)
{
    struct world world;
    (void)state;
    open_central(&world, V16);
    world.habit = WORLD_ANSWERS_LATER;
    assert_int_equal(clear_cache(&world, "ours"), OCPP_OK);
    assert_int_equal(world.outputs, 1);
    layer_says(&world, CLEAR("ours"));
    peer_says(&world, "[2,\"theirs\",\"Heartbeat\",{}]");
    assert_int_equal(world.outputs, 1);
    assert_int_equal(ocpp_rpc_refuse(world.rpc, world.token, OCPP_CALL_ERROR_GENERIC_ERROR, ""), OCPP_OK);
    assert_int_equal(world.outputs, 2);
    assert_int_equal(ocpp_rpc_send_text(world.rpc, "{}", 2), OCPP_OK);
    assert_int_equal(world.outputs, 3);
    world_close(&world);
}

static void waiting_calls_are_bounded(void **state)
{
    struct world world;
    (void)state;
    world_prepare(&world, OCPP_FROM_CENTRAL);
    world.settings.max_waiting_calls = 2;
    world_open(&world, V16);
    assert_int_equal(clear_cache(&world, "1"), OCPP_OK);
    layer_says(&world, CLEAR("1"));
    assert_int_equal(clear_cache(&world, "2"), OCPP_OK);
    assert_int_equal(clear_cache(&world, "3"), OCPP_OK);
    assert_int_equal(clear_cache(&world, "4"), OCPP_ERR_BUSY);
    assert_int_equal(ocpp_rpc_waiting_calls(world.rpc), 3);
    peer_says(&world, CLEAR_CACHE_ANSWER("1"));
    assert_int_equal(clear_cache(&world, "4"), OCPP_OK);
    world_close(&world);
}

static void each_call_may_have_its_own_time(void **state)
{
    struct world world;
    (void)state;
    open_central(&world, V16);
    const struct ocpp_outgoing_call call = {
        .action = world_action(&world, "ClearCache"), .payload = "{}", .id = "1", .timeout_ms = 5
    };
    assert_int_equal(ask(&world, call), OCPP_OK);
    layer_says(&world, CLEAR("1"));
    assert_true(ocpp_rpc_deadline(world.rpc) == world.now.mono_ms + 5);
    wait_ms(&world, 5);
    assert_int_equal(ocpp_rpc_waiting_calls(world.rpc), 0);

    struct ocpp_outgoing_call forever = call;
    forever.timeout_ms = INT64_MAX;
    assert_int_equal(ask(&world, forever), OCPP_OK);
    layer_says(&world, CLEAR("1"));
    assert_true(ocpp_rpc_deadline(world.rpc) == OCPP_NEVER);
    world_close(&world);
}

/* --- cancelling and closing ---------------------------------------------------------------------------------------------- */

static void a_cancelled_call_is_never_heard_of_again(void **state)
{
    struct world world;
    (void)state;
    open_central(&world, V16);
    assert_int_equal(clear_cache(&world, "1"), OCPP_OK);
    layer_says(&world, CLEAR("1"));
    assert_int_equal(clear_cache(&world, "2"), OCPP_OK);
    assert_int_equal(
        ask(&world, (struct ocpp_outgoing_call){ .action = world_action(&world, "ClearCache"), .payload = "{}", .id = "other" }),
        OCPP_OK);
    assert_int_equal(ocpp_rpc_cancel(world.rpc, &world), 2);
    assert_int_equal(ocpp_rpc_cancel(world.rpc, &world), 0);
    layer_is_silent(&world); /* the rule of one outstanding call holds for a cancelled one, too */
    peer_says(&world, CLEAR_CACHE_ANSWER("1"));
    assert_int_equal(world.frame_status, OCPP_OK);
    layer_says(&world, CLEAR("other"));
    wait_ms(&world, world.settings.call_timeout_ms);
    assert_int_equal(world.answers, 0);
    world_close(&world);
}

static void a_close_ends_every_call_and_a_new_connection_knows_none_of_them(void **state)
{
    struct world world;
    (void)state;
    open_central(&world, V16);
    world.habit = WORLD_ANSWERS_LATER;
    peer_says(&world, "[2,\"theirs\",\"Heartbeat\",{}]");
    assert_int_equal(clear_cache(&world, "1"), OCPP_OK);
    layer_says(&world, CLEAR("1"));
    assert_int_equal(clear_cache(&world, "2"), OCPP_OK);
    ocpp_rpc_close(world.rpc, world.now);
    assert_int_equal(world.answers, 2);
    assert_int_equal(world.answer.status, OCPP_ERR_CLOSED);
    assert_string_equal(world.answer_id, "2");
    assert_true(ocpp_rpc_deadline(world.rpc) == OCPP_NEVER);
    assert_int_equal(ocpp_rpc_refuse(world.rpc, world.token, OCPP_CALL_ERROR_GENERIC_ERROR, ""), OCPP_ERR_NOT_FOUND);
    assert_null(ocpp_rpc_protocol(world.rpc));
    ocpp_rpc_close(world.rpc, world.now); /* nothing happens */
    assert_int_equal(world.answers, 2);

    world_open(&world, V16);
    layer_is_silent(&world);
    peer_says(&world, CLEAR_CACHE_ANSWER("1"));
    assert_int_equal(world.frame_status, OCPP_ERR_NOT_FOUND);
    world_close(&world);
}

static void nothing_goes_without_a_connection(void **state)
{
    struct world world;
    (void)state;
    open_central(&world, V16);
    const struct ocpp_outgoing_call call = { .action = world_action(&world, "ClearCache"), .payload = "{}", .payload_size = 2 };
    assert_int_equal(ocpp_rpc_open(world.rpc, ocpp_protocol_of(V16), world.now), OCPP_ERR_STATE);
    ocpp_rpc_close(world.rpc, world.now);
    assert_int_equal(ocpp_rpc_call(world.rpc, &call, NULL), OCPP_ERR_STATE);
    assert_int_equal(ocpp_rpc_send_text(world.rpc, "x", 1), OCPP_ERR_STATE);
    assert_int_equal(ocpp_rpc_receive(world.rpc, "[]", 2, world.now), OCPP_ERR_STATE);
    layer_is_silent(&world);
    wait_ms(&world, 1);
    world_close(&world);
}

/* --- what is sent ----------------------------------------------------------------------------------------------------------- */

static void a_struct_is_checked_and_written(void **state)
{
    struct world world;
    struct ocpp_issue issue = { 0 };
    (void)state;
    open_central(&world, V16);
    const struct ocpp16_reset_req soft = { .type = OCPP16_RESET_TYPE_SOFT };
    const struct ocpp16_reset_req nothing = { 0 };
    assert_int_equal(ocpp16_reset_call(world.rpc, &nothing, NULL, NULL), OCPP_ERR_MISSING_MEMBER);
    const struct ocpp_outgoing_call call = { .action = world_action(&world, "Reset"), .message = &nothing };
    assert_int_equal(ocpp_rpc_call(world.rpc, &call, &issue), OCPP_ERR_MISSING_MEMBER);
    assert_string_equal(issue.path, "/type");
    layer_is_silent(&world);
    assert_int_equal(ocpp16_reset_call(world.rpc, &soft, NULL, NULL), OCPP_OK);
    layer_says(&world, "[2,\"3\",\"Reset\",{\"type\":\"Soft\"}]");
    peer_says(&world, "[3,\"3\",{\"status\":\"Accepted\"}]"); /* nobody listens, nothing breaks */
    world_close(&world);
}

static void a_payload_is_checked_unless_told_otherwise(void **state)
{
    struct world world;
    struct ocpp_issue issue = { 0 };
    (void)state;
    open_central(&world, V16);
    struct ocpp_outgoing_call call = { .action = world_action(&world, "Reset"), .payload = "{\"type\":\"Tepid\"}" };
    call.payload_size = strlen(call.payload);
    assert_int_equal(ocpp_rpc_call(world.rpc, &call, &issue), OCPP_ERR_VALUE);
    assert_string_equal(issue.path, "/type");
    call.unchecked = true;
    call.id = "1";
    assert_int_equal(ocpp_rpc_call(world.rpc, &call, &issue), OCPP_OK);
    layer_says(&world, "[2,\"1\",\"Reset\",{\"type\":\"Tepid\"}]");

    call.payload_size--; /* grammar is checked all the same: half a frame helps no tool */
    assert_int_equal(ocpp_rpc_call(world.rpc, &call, &issue), OCPP_ERR_DUPLICATE_ID);
    call.id = NULL;
    assert_int_equal(ocpp_rpc_call(world.rpc, &call, &issue), OCPP_ERR_NOT_JSON);
    assert_int_equal(issue.offset, call.payload_size);
    world_close(&world);
}

static void an_unchecked_call_may_be_of_any_action_and_takes_any_answer(void **state)
{
    struct world world;
    (void)state;
    open_central(&world, V16);
    assert_int_equal(we_call(&world, "0", "Reset", "{\"type\":\"Soft\"}"), OCPP_OK); /* gives us the callback */
    layer_says(&world, "[2,\"0\",\"Reset\",{\"type\":\"Soft\"}]");
    peer_says(&world, "[3,\"0\",{\"status\":\"Accepted\"}]");
    assert_true(world.answer_has_response);
    assert_string_equal(world.answer_payload, "{\"status\":\"Accepted\"}");

    assert_int_equal(
        ask(&world, (struct ocpp_outgoing_call){ .action_name = "Dance", .payload = "{\"a\":1}", .unchecked = true, .id = "1" }),
        OCPP_OK);
    layer_says(&world, "[2,\"1\",\"Dance\",{\"a\":1}]");
    peer_says(&world, "[3,\"1\",[\"anything\"]]");
    assert_int_equal(world.frame_status, OCPP_OK);
    /* without unchecked, or without a name, it is a mistake */
    assert_int_equal(ask(&world, (struct ocpp_outgoing_call){ .action_name = "Dance", .payload = "{}" }), OCPP_ERR_ARGUMENT);
    assert_int_equal(ask(&world, (struct ocpp_outgoing_call){ .payload = "{}", .unchecked = true }), OCPP_ERR_ARGUMENT);
    assert_int_equal(ask(&world, (struct ocpp_outgoing_call){ .action = world_action(&world, "Reset") }), OCPP_ERR_ARGUMENT);
    world_close(&world);
}

static void an_action_of_another_version_or_side_is_a_mistake(void **state)
{
    struct world world;
    (void)state;
    if (!world_has(V201))
        skip();
    open_central(&world, V201);
    const struct ocpp16_reset_req soft = { .type = OCPP16_RESET_TYPE_SOFT };
    assert_int_equal(ocpp16_reset_call(world.rpc, &soft, NULL, NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(we_call(&world, "1", "Heartbeat", "{}"), OCPP_ERR_ARGUMENT);
    world_close(&world);
}

static void a_text_is_sent_as_it_is(void **state)
{
    struct world world;
    (void)state;
    open_central(&world, V16);
    assert_int_equal(ocpp_rpc_send_text(world.rpc, "[2,\"half a frame", 16), OCPP_OK);
    layer_says(&world, "[2,\"half a frame");
    assert_int_equal(ocpp_rpc_send_text(world.rpc, "", 0), OCPP_OK);
    layer_says(&world, "");
    char large[5000];
    memset(large, 'x', sizeof large);
    large[sizeof large - 1] = '\0';
    assert_int_equal(ocpp_rpc_send_text(world.rpc, large, strlen(large)), OCPP_OK);
    layer_says(&world, large);
    world_close(&world);
}

/* --- callbacks ------------------------------------------------------------------------------------------------------------- */

struct chain {
    size_t answers;
    size_t left; /* calls still to be made */
    enum ocpp_status last;
};

static void ask_again(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    struct chain *chain = user;
    chain->answers++;
    chain->last = answer->status;
    if (chain->left == 0)
        return;
    chain->left--;
    const struct ocpp16_clear_cache_req request = { 0 };
    const enum ocpp_status status = ocpp16_clear_cache_call(rpc, &request, ask_again, chain);
    assert_int_equal(status, answer->status == OCPP_ERR_CLOSED ? OCPP_ERR_STATE : OCPP_OK);
}

static void an_answer_may_ask_the_next_question(void **state)
{
    struct world world;
    struct chain chain = { .left = 2 };
    const struct ocpp16_clear_cache_req request = { 0 };
    (void)state;
    open_central(&world, V16);
    assert_int_equal(ocpp16_clear_cache_call(world.rpc, &request, ask_again, &chain), OCPP_OK);
    layer_says(&world, CLEAR("1"));
    peer_says(&world, CLEAR_CACHE_ANSWER("1"));
    layer_says(&world, CLEAR("2"));
    wait_ms(&world, world.settings.call_timeout_ms); /* a time-out may, too */
    assert_int_equal(chain.last, OCPP_ERR_TIMEOUT);
    layer_says(&world, CLEAR("3"));
    chain.left = 1;
    ocpp_rpc_close(world.rpc, world.now); /* a close may not: there is nobody to ask */
    assert_int_equal(chain.answers, 3);
    assert_int_equal(chain.last, OCPP_ERR_CLOSED);
    world_close(&world);
}

static void cancel_rest(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    size_t *cancelled = user;
    (void)answer;
    *cancelled += ocpp_rpc_cancel(rpc, user);
}

static void an_answer_may_cancel_the_calls_behind_it(void **state)
{
    (void)state;
    for (int closing = 0; closing <= 1; closing++) {
        struct world world;
        size_t cancelled = 0;
        const struct ocpp16_clear_cache_req request = { 0 };
        open_central(&world, V16);
        for (int i = 0; i < 4; i++)
            assert_int_equal(ocpp16_clear_cache_call(world.rpc, &request, cancel_rest, &cancelled), OCPP_OK);
        layer_says(&world, CLEAR("1"));
        if (closing)
            ocpp_rpc_close(world.rpc, world.now);
        else
            peer_says(&world, CLEAR_CACHE_ANSWER("1"));
        assert_int_equal(cancelled, 3);
        layer_is_silent(&world);
        world_close(&world);
    }
}

static void a_handle_may_be_freed_with_everything_open(void **state)
{
    struct world world;
    (void)state;
    open_central(&world, V16);
    world.habit = WORLD_ANSWERS_LATER;
    peer_says(&world, "[2,\"theirs\",\"Heartbeat\",{}]");
    peer_says(&world, "[2,\"wrong\",\"Heartbeat\",{\"x\":1}]");
    assert_int_equal(clear_cache(&world, "1"), OCPP_OK);
    assert_int_equal(clear_cache(&world, "2"), OCPP_OK);
    assert_non_null(layer_text(&world));
    assert_non_null(layer_text(&world));
    peer_says(&world, "[2,\"wrong\",\"Heartbeat\",{\"x\":1}]");
    ocpp_rpc_free(world.rpc);
    assert_int_equal(world.answers, 0);
    ocpp_rpc_free(NULL);
    ocpp_rpc_pool_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(urgent_calls_go_before_those_that_wait_and_not_before_each_other),
        cmocka_unit_test(an_answer_goes_before_a_call_that_was_made_earlier),
        cmocka_unit_test(the_host_is_told_that_there_is_something_to_send),
        cmocka_unit_test(waiting_calls_are_bounded),
        cmocka_unit_test(each_call_may_have_its_own_time),
        cmocka_unit_test(a_cancelled_call_is_never_heard_of_again),
        cmocka_unit_test(a_close_ends_every_call_and_a_new_connection_knows_none_of_them),
        cmocka_unit_test(nothing_goes_without_a_connection),
        cmocka_unit_test(a_struct_is_checked_and_written),
        cmocka_unit_test(a_payload_is_checked_unless_told_otherwise),
        cmocka_unit_test(an_unchecked_call_may_be_of_any_action_and_takes_any_answer),
        cmocka_unit_test(an_action_of_another_version_or_side_is_a_mistake),
        cmocka_unit_test(a_text_is_sent_as_it_is),
        cmocka_unit_test(an_answer_may_ask_the_next_question),
        cmocka_unit_test(an_answer_may_cancel_the_calls_behind_it),
        cmocka_unit_test(a_handle_may_be_freed_with_everything_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
