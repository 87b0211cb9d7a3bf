/* test_rpc_bounds.c: where the call layer stops: sizes of messages, depth, arena, and output that nobody reads. */
#include "allocator.h"
#include "rpc_world.h"

#include <ocpp/v16_calls.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEARTBEAT(id) "[2,\"" id "\",\"Heartbeat\",{}]"

/* --- sizes ---------------------------------------------------------------------------------------------------------------- */

/* padded: a Heartbeat of |size| bytes. */
static void padded(char *text, size_t size, const char *head)
{
    memset(text, ' ', size);
    memcpy(text, head, strlen(head));
    text[size - 1] = ']';
    text[size] = '\0';
}

static void a_call_up_to_twice_the_limit_is_answered_and_beyond_the_transport_closes(void **state)
{
    struct world world;
    char text[300];
    (void)state;
    world_prepare(&world, OCPP_FROM_CENTRAL);
    world.settings.limits.max_bytes = 128;
    world.reply = "{\"currentTime\":\"2026-11-20T20:31:00.000Z\"}";
    world_open(&world, V16);

    padded(text, 128, "[2,\"a\",\"Heartbeat\",{}");
    peer_says(&world, text);
    layer_says(&world, HEARTBEAT_RESULT("a"));
    padded(text, 129, "[2,\"a\",\"Heartbeat\",{}");
    peer_says(&world, text);
    layer_says(&world, "[4,\"a\",\"FormationViolation\",\"the message is larger than the limit\",{\"offset\":128}]");
    assert_int_equal(world.frame_status, OCPP_ERR_TOO_LARGE);
    padded(text, 257, "[2,\"a\",\"Heartbeat\",{}");
    peer_says(&world, text);
    assert_non_null(layer_text(&world));
    padded(text, 258, "[2,\"a\",\"Heartbeat\",{}");
    assert_int_equal(ocpp_rpc_receive(world.rpc, text, 258, world.now), OCPP_ERR_TOO_LARGE);
    layer_is_silent(&world);
    assert_int_equal(world.frames_in, 4);

    /* an answer that is too large ends its call */
    we_ask(&world, "1", "ClearCache", "{}");
    padded(text, 129, "[3,\"1\",{\"status\":\"Accepted\"}");
    peer_says(&world, text);
    assert_int_equal(world.answer.status, OCPP_ERR_BAD_ANSWER);
    assert_int_equal(world.answer_issue.status, OCPP_ERR_TOO_LARGE);
    world_close(&world);
}

static void depth_and_number_of_values_are_bounded(void **state)
{
    struct world world;
    (void)state;
    world_prepare(&world, OCPP_FROM_CENTRAL);
    world.settings.limits.max_depth = 4;
    world.settings.limits.max_nodes = 10;
    world_open(&world, V16);
    peer_says(&world, "[2,\"a\",\"Heartbeat\",{\"x\":[[[[]]]]}]");
    layer_says(&world, "[4,\"a\",\"FormationViolation\",\"nested more deeply than the limit\",{\"offset\":26}]");
    peer_says(&world, "[2,\"a\",\"Heartbeat\",{\"x\":[1,2,3,4,5,6,7,8,9]}]");
    assert_int_equal(world.frame_status, OCPP_ERR_NODES);
    world_close(&world);
}

static void a_message_that_needs_too_much_arena_is_refused(void **state)
{
    struct world world;
    (void)state;
    world_prepare(&world, OCPP_FROM_CENTRAL);
    world.settings.max_arena_bytes = 64;
    world_open(&world, V16);
    peer_says(&world,
              "[2,\"a\",\"DataTransfer\",{\"vendorId\":\"123456789012345678901234567890123456789012345678901234567890\"}]");
    layer_says(&world, "[4,\"a\",\"InternalError\",\"/vendorId: a configured limit was reached; nothing was "
                       "changed\",{\"path\":\"/vendorId\"}]");
    world_close(&world);
}

/* --- output ---------------------------------------------------------------------------------------------------------------- */

static void at_the_output_limit_nothing_is_taken_that_needs_an_answer(void **state)
{
    struct world world;
    (void)state;
    world_prepare(&world, OCPP_FROM_CENTRAL);
    world.settings.max_output_bytes = 150;
    world.habit = WORLD_ANSWERS_LATER;
    world_open(&world, V16);
    peer_says(&world, HEARTBEAT("open"));
    const struct ocpp_call_token token = world.token;
    assert_int_equal(we_call(&world, "1", "ClearCache", "{}"), OCPP_OK);
    layer_says(&world, "[2,\"1\",\"ClearCache\",{}]"); /* outstanding: it counts no more */
    char text[200];
    padded(text, 100, "x");
    assert_int_equal(ocpp_rpc_send_text(world.rpc, text, 100), OCPP_OK);
    assert_int_equal(ocpp_rpc_send_text(world.rpc, text, 51), OCPP_ERR_LIMIT);
    assert_int_equal(we_call(&world, "2", "DataTransfer", "{\"vendorId\":\"1234567890123456789012345678901234567890\"}"),
                     OCPP_ERR_LIMIT);
    assert_int_equal(ocpp_rpc_send_text(world.rpc, text, 50), OCPP_OK); /* full to the brim */
    assert_int_equal(we_call(&world, "2", "ClearCache", "{}"), OCPP_ERR_LIMIT);

    const struct ocpp16_heartbeat_conf noon = { .current_time = 1795176660000 };
    assert_int_equal(ocpp16_heartbeat_reply(world.rpc, token, &noon), OCPP_ERR_LIMIT); /* may be tried again */
    peer_says(&world, HEARTBEAT("dropped"));
    assert_int_equal(world.frame_status, OCPP_ERR_LIMIT);
    peer_says(&world, "[2,\"dropped\",\"Dance\",{}]");
    peer_says(&world, "[2,\"dropped\"]");
    assert_int_equal(world.frame_status, OCPP_ERR_LIMIT);
    assert_int_equal(world.calls, 1);
    peer_says(&world, CLEAR_CACHE_ANSWER("1")); /* answers are taken all the time */
    assert_int_equal(world.answer.status, OCPP_OK);
    assert_int_equal(ocpp_rpc_refuse(world.rpc, token, OCPP_CALL_ERROR_INTERNAL_ERROR, "late"), OCPP_OK);

    assert_non_null(layer_text(&world));
    assert_non_null(layer_text(&world));
    layer_says(&world, "[4,\"open\",\"InternalError\",\"late\",{}]");
    layer_is_silent(&world);
    peer_says(&world, HEARTBEAT("taken"));
    assert_int_equal(world.calls, 2);
    world_close(&world);
}

/* Room comes back with the calls that are given up, and with the connection. */
static void calls_given_up_leave_their_room(void **state)
{
    struct world world;
    (void)state;
    world_prepare(&world, OCPP_FROM_CENTRAL);
    world.settings.max_output_bytes = 100;
    world_open(&world, V16);
    for (int round = 0; round < 20; round++) {
        size_t calls = 0;
        while (we_call(&world, NULL, "ClearCache", "{}") == OCPP_OK)
            calls++;
        assert_in_range(calls, 3, 5);
        if (round % 2 == 0) {
            assert_int_equal(ocpp_rpc_cancel(world.rpc, &world), calls);
            continue;
        }
        ocpp_rpc_close(world.rpc, world.now);
        world_open(&world, V16);
    }
    world_close(&world);
}

/* A text is written where it waits, and stops growing where the limit is. */
static void a_large_message_grows_in_its_place_up_to_the_limit(void **state)
{
    struct world world;
    char data[3000];
    (void)state;
    world_prepare(&world, OCPP_FROM_CENTRAL);
    world.settings.max_output_bytes = 2000;
    world_open(&world, V16);
    memset(data, 'x', sizeof data);
    data[sizeof data - 1] = '\0';
    struct ocpp16_data_transfer_req request = { .vendor_id = "v", .data = data };
    assert_int_equal(ocpp16_data_transfer_call(world.rpc, &request, NULL, NULL), OCPP_ERR_LIMIT);
    layer_is_silent(&world);
    data[1900] = '\0';
    assert_int_equal(ocpp16_data_transfer_call(world.rpc, &request, NULL, NULL), OCPP_OK);
    assert_int_equal(ocpp16_data_transfer_call(world.rpc, &request, NULL, NULL), OCPP_ERR_LIMIT);
    char expected[sizeof data + 100];
    snprintf(expected, sizeof expected, "[2,\"2\",\"DataTransfer\",{\"vendorId\":\"v\",\"data\":\"%s\"}]", data);
    layer_says(&world, expected);
    world_close(&world);
}

/* 0 in a setting is its default, so a zeroed struct with a side is a working one. */
static void zeroed_settings_are_the_defaults(void **state)
{
    struct world world;
    (void)state;
    world_prepare(&world, OCPP_FROM_CENTRAL);
    world.settings = (struct ocpp_rpc_settings){ .side = OCPP_FROM_CENTRAL };
    world.habit = WORLD_ANSWERS_LATER;
    world_open(&world, V16);
    peer_says(&world, HEARTBEAT("1"));
    assert_true(ocpp_rpc_deadline(world.rpc) == world.now.mono_ms + 60000);
    assert_int_equal(we_call(&world, "1", "ClearCache", "{}"), OCPP_OK);
    assert_int_equal(we_call(&world, "2", "ClearCache", "{}"), OCPP_ERR_BUSY); /* no queue was asked for */
    assert_non_null(layer_text(&world));
    assert_true(ocpp_rpc_deadline(world.rpc) == world.now.mono_ms + 30000);
    world_close(&world);
}

/* A peer that floods and never reads cannot make us hold more than the limit and the errors of open calls. */
static void a_flood_without_reading_costs_no_more_than_the_limit(void **state)
{
    struct test_allocator memory;
    struct world world;
    size_t blocks = 0;
    (void)state;
    test_allocator_start(&memory, 0);
    world_prepare(&world, OCPP_FROM_CENTRAL);
    world.settings.allocator = &memory.allocator;
    world.settings.max_output_bytes = 4096;
    world_open(&world, V16);
    for (int i = 0; i < 5000; i++) {
        char text[64];
        snprintf(text, sizeof text, "[2,\"%d\",\"Dance\",{}]", i);
        peer_says(&world, text);
        if (i == 200)
            blocks = memory.blocks;
    }
    assert_int_equal(memory.blocks, blocks);
    assert_true(blocks < 80);
    size_t total = 0;
    for (const char *text; (text = layer_text(&world)) != NULL;)
        total += strlen(text);
    assert_in_range(total, 4096, 4096 + 512);
    ocpp_rpc_free(world.rpc);
    assert_int_equal(memory.blocks, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_up_to_twice_the_limit_is_answered_and_beyond_the_transport_closes),
        cmocka_unit_test(depth_and_number_of_values_are_bounded),
        cmocka_unit_test(a_message_that_needs_too_much_arena_is_refused),
        cmocka_unit_test(at_the_output_limit_nothing_is_taken_that_needs_an_answer),
        cmocka_unit_test(calls_given_up_leave_their_room),
        cmocka_unit_test(a_large_message_grows_in_its_place_up_to_the_limit),
        cmocka_unit_test(zeroed_settings_are_the_defaults),
        cmocka_unit_test(a_flood_without_reading_costs_no_more_than_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
