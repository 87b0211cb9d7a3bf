/* test_rpc_incoming.c: calls of the peer beyond the rules of the frame: answers that come later or never, tokens, bounds, and
 * what callbacks may do. */
#include "rpc_world.h"

#include <ocpp/v16_calls.h>

#include <stdio.h>
#include <string.h>

#define HEARTBEAT(id) "[2,\"" id "\",\"Heartbeat\",{}]"

static const struct ocpp16_heartbeat_conf noon = { .current_time = 1795176660000 };

/* later: a central system that answers later, with one call that waits. */
static struct ocpp_call_token later(struct world *world, const char *text)
{
    world->habit = WORLD_ANSWERS_LATER;
    peer_says(world, text);
    assert_true(world->token.value != 0);
    return world->token;
}

static void an_answer_may_come_later_and_in_any_order(void **state)
{
    struct world world;
    (void)state;
    open_central(&world, V16);
    const struct ocpp_call_token first = later(&world, HEARTBEAT("1"));
    const struct ocpp_call_token second = later(&world, HEARTBEAT("2"));
    layer_is_silent(&world);
    assert_int_equal(ocpp16_heartbeat_reply(world.rpc, second, &noon), OCPP_OK);
    layer_says(&world, "[3,\"2\",{\"currentTime\":\"2026-11-20T12:11:00.000Z\"}]");
    assert_int_equal(ocpp16_heartbeat_reply(world.rpc, first, &noon), OCPP_OK);
    layer_says(&world, "[3,\"1\",{\"currentTime\":\"2026-11-20T12:11:00.000Z\"}]");
    world_close(&world);
}

static void a_call_is_answered_once(void **state)
{
    struct world world;
    (void)state;
    open_central(&world, V16);
    const struct ocpp_call_token token = later(&world, HEARTBEAT("1"));
    const struct ocpp_call_token none = { 0 };
    assert_true(ocpp_rpc_is_open(world.rpc, token));
    assert_false(ocpp_rpc_is_open(world.rpc, none));
    assert_int_equal(ocpp16_heartbeat_reply(world.rpc, none, &noon), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp16_heartbeat_reply(world.rpc, token, &noon), OCPP_OK);
    assert_false(ocpp_rpc_is_open(world.rpc, token));
    assert_int_equal(ocpp16_heartbeat_reply(world.rpc, token, &noon), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_rpc_reply_raw(world.rpc, token, "{}", 2), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_rpc_refuse(world.rpc, token, OCPP_CALL_ERROR_GENERIC_ERROR, ""), OCPP_ERR_NOT_FOUND);
    const struct ocpp_call_token next = later(&world, HEARTBEAT("1"));
    assert_true(next.value != token.value); /* a token is never used again */
    world_close(&world);
}

static void a_reply_that_is_wrong_leaves_the_call_open(void **state)
{
    struct world world;
    struct ocpp_issue issue = { 0 };
    (void)state;
    open_central(&world, V16);
    const struct ocpp_call_token token = later(&world, "[2,\"1\",\"Authorize\",{\"idTag\":\"a\"}]");
    const struct ocpp16_authorize_conf wrong = { 0 };
    const struct ocpp16_authorize_conf right = { .id_tag_info.status = OCPP16_AUTHORIZATION_STATUS_BLOCKED };
    assert_int_equal(ocpp16_heartbeat_reply(world.rpc, token, &noon), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_rpc_reply(world.rpc, token, NULL, NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_rpc_reply(world.rpc, token, &wrong, &issue), OCPP_ERR_MISSING_MEMBER);
    assert_string_equal(issue.path, "/idTagInfo/status");
    assert_int_equal(ocpp_rpc_reply_raw(world.rpc, token, "{\"a\":", 5), OCPP_ERR_NOT_JSON);
    layer_is_silent(&world);
    assert_int_equal(ocpp16_authorize_reply(world.rpc, token, &right), OCPP_OK);
    layer_says(&world, "[3,\"1\",{\"idTagInfo\":{\"status\":\"Blocked\"}}]");
    world_close(&world);
}

static void a_call_the_application_forgets_ends_with_an_internal_error(void **state)
{
    struct world world;
    (void)state;
    world_prepare(&world, OCPP_FROM_CENTRAL);
    world.settings.answer_timeout_ms = 50;
    world_open(&world, V16);
    const struct ocpp_call_token first = later(&world, HEARTBEAT("1"));
    wait_ms(&world, 20);
    const struct ocpp_call_token second = later(&world, HEARTBEAT("2"));
    assert_true(ocpp_rpc_deadline(world.rpc) == world.now.mono_ms + 30);
    wait_ms(&world, 30);
    layer_says(&world, "[4,\"1\",\"InternalError\",\"the request was not handled in time\",{}]");
    layer_is_silent(&world);
    assert_false(ocpp_rpc_is_open(world.rpc, first));
    assert_true(ocpp_rpc_is_open(world.rpc, second));
    assert_int_equal(ocpp16_heartbeat_reply(world.rpc, first, &noon), OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp16_heartbeat_reply(world.rpc, second, &noon), OCPP_OK);
    assert_true(ocpp_rpc_deadline(world.rpc) == OCPP_NEVER);
    world_close(&world);
}

static void the_deadline_is_that_of_whoever_comes_first(void **state)
{
    struct world world;
    (void)state;
    world_prepare(&world, OCPP_FROM_CENTRAL);
    world.settings.call_timeout_ms = 100;
    world.settings.answer_timeout_ms = 60;
    world_open(&world, V16);
    we_ask(&world, "1", "ClearCache", "{}");
    assert_true(ocpp_rpc_deadline(world.rpc) == world.now.mono_ms + 100);
    later(&world, HEARTBEAT("1"));
    assert_true(ocpp_rpc_deadline(world.rpc) == world.now.mono_ms + 60);
    wait_ms(&world, 50);
    later(&world, HEARTBEAT("2"));
    wait_ms(&world, 10);
    assert_non_null(layer_text(&world));
    assert_true(ocpp_rpc_deadline(world.rpc) == world.now.mono_ms + 40); /* ours, before the second of theirs */
    world_close(&world);
}

static void open_calls_are_bounded(void **state)
{
    struct world world;
    (void)state;
    world_prepare(&world, OCPP_FROM_CENTRAL);
    world.settings.max_open_calls = 2;
    world_open(&world, V16);
    const struct ocpp_call_token first = later(&world, HEARTBEAT("1"));
    later(&world, HEARTBEAT("2"));
    peer_says(&world, HEARTBEAT("3"));
    layer_says(&world, "[4,\"3\",\"InternalError\",\"busy with an earlier request\",{}]");
    assert_int_equal(world.calls, 2);
    assert_int_equal(world.frame_status, OCPP_ERR_BUSY);
    assert_int_equal(ocpp16_heartbeat_reply(world.rpc, first, &noon), OCPP_OK);
    peer_says(&world, HEARTBEAT("4"));
    assert_int_equal(world.calls, 3);
    world_close(&world);
}

static void the_payload_is_handed_over_as_struct_and_as_text(void **state)
{
    struct world world;
    (void)state;
    open_central(&world, V16);
    later(&world, "[2,\"1\",\"Authorize\", {\"idTag\" : \"a\\u0062\"}\n]");
    assert_true(world.call_known);
    assert_string_equal(world.call_id, "1");
    assert_string_equal(world.call_action, "Authorize");
    assert_string_equal(world.call_payload, "{\"idTag\" : \"a\\u0062\"}");
    world_close(&world);
}

/* A tolerant side bends what a strict one refuses; each use is told once. */
static void a_quirk_of_the_peer_is_survived_when_it_is_allowed(void **state)
{
    struct world world;
    (void)state;
    open_central(&world, V16);
    peer_says(&world, "[2,\"1\",\"Heartbeat\",{\"x\":1}]");
    layer_says(&world, "[4,\"1\",\"FormationViolation\",\"/x: a member is not part of this message\",{\"path\":\"/x\"}]");
    struct ocpp_tolerance tolerance = world.settings.tolerance;
    tolerance.quirks = OCPP_QUIRK_UNKNOWN_MEMBER;
    ocpp_rpc_set_tolerance(world.rpc, &tolerance);
    peer_says(&world, "[2,\"2\",\"Heartbeat\",{\"x\":1}]");
    layer_says(&world, "[3,\"2\",{\"status\":\"Accepted\"}]");
    assert_int_equal(world.quirks, 1);
    assert_int_equal(world.last_quirk, OCPP_QUIRK_UNKNOWN_MEMBER);
    assert_int_equal(world.frame_status, OCPP_OK);
    world_close(&world);
}

/* --- callbacks ------------------------------------------------------------------------------------------------------------- */

static void do_everything(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user)
{
    const struct ocpp16_clear_cache_req request = { 0 };
    const struct ocpp16_data_transfer_conf accepted = { .status = OCPP16_DATA_TRANSFER_STATUS_ACCEPTED };
    struct ocpp_now *now = user;
    size_t size;
    assert_int_equal(ocpp16_clear_cache_call(rpc, &request, NULL, user), OCPP_OK);
    assert_int_equal(ocpp16_clear_cache_call(rpc, &request, NULL, user), OCPP_OK);
    assert_string_equal(ocpp_rpc_next_output(rpc, &size, *now), "[2,\"1\",\"ClearCache\",{}]");
    assert_int_equal(ocpp16_data_transfer_reply(rpc, call->token, &accepted), OCPP_OK);
    assert_int_equal(ocpp_rpc_cancel(rpc, user), 2);
    /* the request is still there */
    assert_string_equal(((const struct ocpp16_data_transfer_req *)call->request)->vendor_id, "someone");
    assert_memory_equal(call->payload, "{\"vendorId\":\"someone\"}", call->payload_size);
}

static void a_handler_may_call_answer_cancel_and_send(void **state)
{
    struct ocpp_now now = { 5, 0 };
    const struct ocpp_rpc_settings settings = ocpp_rpc_settings_default(OCPP_FROM_CENTRAL);
    const struct ocpp_rpc_handler handler = { .on_call = do_everything, .user = &now };
    struct ocpp_rpc *rpc = ocpp_rpc_new(&settings, &handler);
    static const char text[] = "[2,\"a\",\"DataTransfer\",{\"vendorId\":\"someone\"}]";
    size_t size;
    (void)state;
    assert_int_equal(ocpp_rpc_open(rpc, ocpp_protocol_of(V16), now), OCPP_OK);
    assert_int_equal(ocpp_rpc_receive(rpc, text, strlen(text), now), OCPP_OK);
    assert_string_equal(ocpp_rpc_next_output(rpc, &size, now), "[3,\"a\",{\"status\":\"Accepted\"}]");
    assert_null(ocpp_rpc_next_output(rpc, &size, now));
    ocpp_rpc_close(rpc, now);
    ocpp_rpc_free(rpc);
}

/* A proxy uses one handle inside a callback of another; both may share a pool. */
struct proxy {
    struct ocpp_rpc *towards_central;
    struct ocpp_call_token token;
};

static void forward(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user)
{
    struct proxy *proxy = user;
    const struct ocpp_now now = { 7, 0 };
    size_t size;
    (void)rpc;
    proxy->token = call->token;
    for (int round = 0; round < 2; round++) { /* the second would overwrite what the first had let go */
        static const char answer[] = "[3,\"a\",{\"status\":\"Rejected\",\"data\":\"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}]";
        const struct ocpp_outgoing_call onward = { .action = call->action, .message = call->request, .id = call->id };
        assert_int_equal(ocpp_rpc_call(proxy->towards_central, &onward, NULL), OCPP_OK);
        assert_string_equal(ocpp_rpc_next_output(proxy->towards_central, &size, now),
                            "[2,\"a\",\"DataTransfer\",{\"vendorId\":\"someone\"}]");
        assert_int_equal(ocpp_rpc_receive(proxy->towards_central, answer, strlen(answer), now), OCPP_OK);
    }
    /* receiving there forgot nothing here */
    assert_string_equal(((const struct ocpp16_data_transfer_req *)call->request)->vendor_id, "someone");
}

static void handles_that_share_a_pool_may_be_used_inside_each_other(void **state)
{
    struct ocpp_rpc_pool *pool = ocpp_rpc_pool_new(NULL, 0, 0);
    struct proxy proxy = { 0 };
    struct ocpp_rpc_settings settings = ocpp_rpc_settings_default(OCPP_FROM_CENTRAL);
    const struct ocpp_rpc_handler handler = { .on_call = forward, .user = &proxy };
    const struct ocpp_now now = { 5, 0 };
    static const char text[] = "[2,\"a\",\"DataTransfer\",{\"vendorId\":\"someone\"}]";
    (void)state;
    settings.pool = pool;
    struct ocpp_rpc *towards_station = ocpp_rpc_new(&settings, &handler);
    settings.side = OCPP_FROM_STATION;
    proxy.towards_central = ocpp_rpc_new(&settings, &handler);
    assert_int_equal(ocpp_rpc_open(towards_station, ocpp_protocol_of(V16), now), OCPP_OK);
    assert_int_equal(ocpp_rpc_open(proxy.towards_central, ocpp_protocol_of(V16), now), OCPP_OK);
    assert_int_equal(ocpp_rpc_receive(towards_station, text, strlen(text), now), OCPP_OK);
    assert_true(proxy.token.value != 0);
    ocpp_rpc_free(towards_station);
    ocpp_rpc_free(proxy.towards_central);
    ocpp_rpc_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_may_come_later_and_in_any_order),
        cmocka_unit_test(a_call_is_answered_once),
        cmocka_unit_test(a_reply_that_is_wrong_leaves_the_call_open),
        cmocka_unit_test(a_call_the_application_forgets_ends_with_an_internal_error),
        cmocka_unit_test(the_deadline_is_that_of_whoever_comes_first),
        cmocka_unit_test(open_calls_are_bounded),
        cmocka_unit_test(the_payload_is_handed_over_as_struct_and_as_text),
        cmocka_unit_test(a_quirk_of_the_peer_is_survived_when_it_is_allowed),
        cmocka_unit_test(a_handler_may_call_answer_cancel_and_send),
        cmocka_unit_test(handles_that_share_a_pool_may_be_used_inside_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
