/* test_rpc_bounds.c: what the call layer costs and where it stops: size limits of messages and output, memory of idle handles,
 * allocations of a steady state, and any failing allocation. Linked with --wrap for malloc, calloc and realloc, so that what this
 * library takes is counted however it is taken; cJSON's tree is its own. */
#include "allocator.h"
#include "rpc_world.h"

#include <ocpp/v16_calls.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t allocations;

void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *pointer, size_t size);
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *pointer, size_t size);

void *__wrap_malloc(size_t size)
{
    allocations++;
    return __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    allocations++;
    return __real_calloc(count, size);
}

void *__wrap_realloc(void *pointer, size_t size)
{
    allocations++;
    return __real_realloc(pointer, size);
}

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

/* --- memory ---------------------------------------------------------------------------------------------------------------- */

struct sizes {
    size_t bytes;
};

/* Knows what is out by a header before each block. */
static void *sized(void *pointer, size_t size, void *user)
{
    struct sizes *sizes = user;
    const size_t head = 16;
    size_t *block = pointer != NULL ? (size_t *)(void *)((char *)pointer - head) : NULL;
    sizes->bytes -= block != NULL ? *block : 0;
    if (size == 0) {
        free(block);
        return NULL;
    }
    block = realloc(block, size + head);
    assert_non_null(block);
    *block = size;
    sizes->bytes += size;
    return (char *)block + head;
}

static void an_idle_handle_of_a_shared_pool_costs_a_few_hundred_bytes(void **state)
{
    enum { HANDLES = 100 };
    struct sizes sizes = { 0 };
    const struct ocpp_allocator allocator = { sized, &sizes };
    struct world worlds[HANDLES];
    (void)state;
    struct ocpp_rpc_pool *pool = ocpp_rpc_pool_new(&allocator, 0, 0);
    const size_t empty_pool = sizes.bytes;
    assert_in_range(empty_pool, 1, 600);
    for (size_t i = 0; i < HANDLES; i++) {
        world_prepare(&worlds[i], OCPP_FROM_CENTRAL);
        worlds[i].settings.allocator = &allocator;
        worlds[i].settings.pool = pool;
        world_open(&worlds[i], V16);
        if (i == 0)
            assert_in_range(sizes.bytes - empty_pool, 1, 600);
    }
    /* the same after traffic: buffers went back to the pool, which keeps those of one handle for all */
    const size_t idle = sizes.bytes;
    for (size_t i = 0; i < HANDLES; i++) {
        worlds[i].reply = "{\"currentTime\":\"2026-11-20T20:31:00.000Z\"}";
        peer_says(&worlds[i], HEARTBEAT("1"));
        layer_says(&worlds[i], HEARTBEAT_RESULT("1"));
        layer_is_silent(&worlds[i]);
    }
    assert_in_range(sizes.bytes - idle, 1, 8192);
    for (size_t i = 0; i < HANDLES; i++)
        world_close(&worlds[i]);
    ocpp_rpc_pool_free(pool);
    assert_int_equal(sizes.bytes, 0);
}

static void reply_to_heartbeat(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user)
{
    const struct ocpp16_heartbeat_conf noon = { .current_time = 1795176660000 };
    (void)user;
    assert_int_equal(ocpp16_heartbeat_reply(rpc, call->token, &noon), OCPP_OK);
}

static void drain(struct ocpp_rpc *rpc, struct ocpp_now now)
{
    size_t size;
    while (ocpp_rpc_next_output(rpc, &size, now) != NULL) {
    }
}

/* one_round: a call of the peer answered, one refused, one of ours answered. */
static void one_round(struct ocpp_rpc *rpc, struct ocpp_now now)
{
    static const char good[] = "[2,\"a\",\"Heartbeat\",{}]";
    static const char bad[] = "[2,\"a\",\"Authorize\",{\"idTag\":17}]";
    static const char answer[] = "[3,\"1\",{\"status\":\"Accepted\"}]";
    const struct ocpp16_reset_req request = { .type = OCPP16_RESET_TYPE_SOFT };
    const struct ocpp_outgoing_call call = { .action = &ocpp16_actions[OCPP16_ACTION_RESET], .message = &request, .id = "1" };
    assert_int_equal(ocpp_rpc_receive(rpc, good, strlen(good), now), OCPP_OK);
    drain(rpc, now);
    assert_int_equal(ocpp_rpc_receive(rpc, bad, strlen(bad), now), OCPP_OK);
    drain(rpc, now);
    assert_int_equal(ocpp_rpc_call(rpc, &call, NULL), OCPP_OK);
    drain(rpc, now);
    assert_int_equal(ocpp_rpc_receive(rpc, answer, strlen(answer), now), OCPP_OK);
    assert_int_equal(ocpp_rpc_waiting_calls(rpc), 0);
}

static void a_steady_state_allocates_nothing(void **state)
{
    const struct ocpp_now now = { 1, 0 };
    const struct ocpp_rpc_handler handler = { .on_call = reply_to_heartbeat };
    (void)state;
    for (int shared = 0; shared <= 1; shared++) {
        struct ocpp_rpc_settings settings = ocpp_rpc_settings_default(OCPP_FROM_CENTRAL);
        settings.pool = shared ? ocpp_rpc_pool_new(NULL, 0, 0) : NULL;
        struct ocpp_rpc *rpc = ocpp_rpc_new(&settings, &handler);
        assert_int_equal(ocpp_rpc_open(rpc, ocpp_protocol_of(V16), now), OCPP_OK);
        one_round(rpc, now);
        const size_t before = allocations;
        for (int i = 0; i < 100; i++)
            one_round(rpc, now);
        assert_int_equal(allocations - before, 0);
        assert_true(before > 0); /* the count counts */
        ocpp_rpc_free(rpc);
        ocpp_rpc_pool_free(settings.pool);
    }
}

/* --- failing allocations -----------------------------------------------------------------------------------------------------
 */

static bool ok(enum ocpp_status status)
{
    assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM);
    return status == OCPP_OK;
}

/* receive_twice: what NOMEM refused may be given again. */
static bool receive_twice(struct ocpp_rpc *rpc, const char *text, struct ocpp_now now)
{
    return ok(ocpp_rpc_receive(rpc, text, strlen(text), now)) || ok(ocpp_rpc_receive(rpc, text, strlen(text), now));
}

struct tally {
    struct ocpp_call_token token;
    size_t calls;
    size_t answers;
};

static void tally_call(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user)
{
    struct tally *tally = user;
    (void)rpc;
    tally->token = call->token;
    tally->calls++;
}

static void tally_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    struct tally *tally = user;
    (void)rpc;
    (void)answer;
    tally->answers++;
}

/* a_life: everything once, each refused step tried once more. With one failing allocation nothing is lost. */
static void a_life(struct ocpp_rpc *rpc, struct tally *tally)
{
    struct ocpp_now now = { 1, 0 };
    const struct ocpp_outgoing_call call = { .action = &ocpp16_actions[OCPP16_ACTION_CLEAR_CACHE],
                                             .payload = "{}",
                                             .payload_size = 2,
                                             .id = "1",
                                             .on_answer = tally_answer,
                                             .user = tally };
    char large[2000];
    const struct ocpp16_heartbeat_conf noon = { .current_time = 1795176660000 };
    assert_int_equal(ocpp_rpc_open(rpc, ocpp_protocol_of(V16), now), OCPP_OK);
    assert_true(receive_twice(rpc, HEARTBEAT("a"), now));
    assert_true(ok(ocpp16_heartbeat_reply(rpc, tally->token, &noon)) || ok(ocpp16_heartbeat_reply(rpc, tally->token, &noon)));
    assert_true(receive_twice(rpc, "[2,\"b\",\"Authorize\",{}]", now));
    assert_true(receive_twice(rpc, "[2,\"c\",\"Authorize\"", now));
    assert_true(ok(ocpp_rpc_call(rpc, &call, NULL)) || ok(ocpp_rpc_call(rpc, &call, NULL)));
    drain(rpc, now);
    assert_true(receive_twice(rpc, "[4,\"1\",\"GenericError\",\"\",{\"some\":\"details\"}]", now));
    assert_int_equal(tally->answers, 1);
    memset(large, 'x', sizeof large);
    assert_true(ok(ocpp_rpc_send_text(rpc, large, sizeof large)) || ok(ocpp_rpc_send_text(rpc, large, sizeof large)));
    assert_true(receive_twice(rpc, HEARTBEAT("d"), now));
    assert_true(ok(ocpp_rpc_refuse(rpc, tally->token, OCPP_CALL_ERROR_GENERIC_ERROR, "")) ||
                ok(ocpp_rpc_refuse(rpc, tally->token, OCPP_CALL_ERROR_GENERIC_ERROR, "")));
    assert_true(receive_twice(rpc, HEARTBEAT("e"), now));
    for (int i = 0; i < 2; i++) { /* a forgotten call is refused a little later when there is no memory for the words */
        now.mono_ms = ocpp_rpc_deadline(rpc);
        if (now.mono_ms != OCPP_NEVER)
            ocpp_rpc_advance(rpc, now);
        else
            now.mono_ms = 200000;
    }
    assert_true(ocpp_rpc_deadline(rpc) == OCPP_NEVER);
    assert_int_equal(tally->calls, 3);
    drain(rpc, now);
    ocpp_rpc_close(rpc, now);
}

static const char *large_data(void)
{
    static char data[1500];
    memset(data, 'd', sizeof data - 1);
    return data;
}

/* another_life: our calls first, larger than a fresh text, and answers of every kind. */
static void another_life(struct ocpp_rpc *rpc, struct tally *tally)
{
    const struct ocpp_now now = { 1, 0 };
    const struct ocpp16_data_transfer_req request = { .vendor_id = "v", .data = large_data() };
    struct ocpp_outgoing_call call = { .action = &ocpp16_actions[OCPP16_ACTION_DATA_TRANSFER],
                                       .message = &request,
                                       .id = "1",
                                       .on_answer = tally_answer,
                                       .user = tally };
    char answer[2000];
    assert_int_equal(ocpp_rpc_open(rpc, ocpp_protocol_of(V16), now), OCPP_OK);
    assert_true(ok(ocpp_rpc_call(rpc, &call, NULL)) || ok(ocpp_rpc_call(rpc, &call, NULL)));
    drain(rpc, now);
    snprintf(answer, sizeof answer, "[3,\"1\",{\"status\":\"Accepted\",\"data\":\"%s\"}]", large_data());
    assert_true(receive_twice(rpc, answer, now));
    call.message = NULL;
    call.payload = "{\"vendorId\":\"v\"}";
    call.payload_size = strlen(call.payload);
    assert_true(ok(ocpp_rpc_call(rpc, &call, NULL)) || ok(ocpp_rpc_call(rpc, &call, NULL)));
    drain(rpc, now);
    assert_true(receive_twice(rpc, "[4,\"1\",\"GenericError\",\"\",{\"some\":\"details\"}]", now));
    assert_int_equal(tally->answers, 2);
    ocpp_rpc_close(rpc, now);
}

/* a_newer_life: what only 2.1 sends. */
static void a_newer_life(struct ocpp_rpc *rpc, struct tally *tally)
{
    const struct ocpp_now now = { 1, 0 };
    const struct ocpp_protocol *protocol = ocpp_protocol_of(V21);
    if (protocol == NULL)
        return;
    assert_int_equal(ocpp_rpc_open(rpc, protocol, now), OCPP_OK);
    const struct ocpp_outgoing_call call = { .action = ocpp_protocol_action(protocol, "ClearCache", 10),
                                             .payload = "{}",
                                             .payload_size = 2,
                                             .id = "1",
                                             .on_answer = tally_answer,
                                             .user = tally };
    assert_true(ok(ocpp_rpc_call(rpc, &call, NULL)) || ok(ocpp_rpc_call(rpc, &call, NULL)));
    assert_non_null(ocpp_rpc_next_output(rpc, &(size_t){ 0 }, now));
    assert_true(receive_twice(rpc, "[3,\"1\",{\"status\":17}]", now)); /* while the text of the call is lent */
    assert_int_equal(tally->answers, 1);
    assert_true(receive_twice(rpc,
                              "[6,\"a\",\"NotifyPeriodicEventStream\",{\"id\":1,\"pending\":0,\"basetime\":"
                              "\"2026-01-01T00:00:00Z\",\"data\":[{\"t\":0,\"v\":\"1\"}]}]",
                              now));
    assert_int_equal(tally->calls, 1);
    drain(rpc, now);
    ocpp_rpc_close(rpc, now);
}

/* fail_each: lives |life| again and again, with one more allocation that works each time. */
static void fail_each(void (*life)(struct ocpp_rpc *rpc, struct tally *tally))
{
    size_t steps = 0;
    for (size_t fail_at = 1; steps == 0; fail_at++) {
        struct test_allocator memory;
        struct tally tally = { .calls = 0 };
        test_allocator_start(&memory, fail_at);
        struct ocpp_rpc_settings settings = ocpp_rpc_settings_default(OCPP_FROM_CENTRAL);
        const struct ocpp_rpc_handler handler = { .on_call = tally_call, .user = &tally };
        settings.allocator = &memory.allocator;
        struct ocpp_rpc *rpc = ocpp_rpc_new(&settings, &handler);
        if (rpc != NULL)
            life(rpc, &tally);
        ocpp_rpc_free(rpc);
        assert_int_equal(memory.blocks, 0);
        if (memory.calls < fail_at)
            steps = fail_at;
    }
    assert_in_range(steps, 6, 100);
}

static void any_failing_allocation_is_told_and_loses_nothing(void **state)
{
    (void)state;
    fail_each(a_life);
    fail_each(another_life);
    fail_each(a_newer_life);
}

/* A call nobody answered is refused when there is memory for the words, not forgotten. */
static void a_forgotten_call_is_refused_once_there_is_memory(void **state)
{
    struct test_allocator memory;
    struct world world;
    (void)state;
    test_allocator_start(&memory, 0);
    world_prepare(&world, OCPP_FROM_CENTRAL);
    world.settings.allocator = &memory.allocator;
    world.habit = WORLD_ANSWERS_LATER;
    world_open(&world, V16);
    peer_says(&world, HEARTBEAT("1"));
    memory.fail_at = memory.calls + 1;
    wait_ms(&world, world.settings.answer_timeout_ms);
    layer_is_silent(&world);
    assert_true(ocpp_rpc_deadline(world.rpc) == world.now.mono_ms + 1000);
    wait_ms(&world, 1000);
    layer_says(&world, "[4,\"1\",\"InternalError\",\"the request was not handled in time\",{}]");
    world_close(&world);
    assert_int_equal(memory.blocks, 0);
}

/* Without any memory from some point on: nothing is answered, nothing breaks, and the handle can be closed and freed. */
static void a_lack_of_memory_that_lasts_breaks_nothing(void **state)
{
    (void)state;
    for (size_t fail_at = 4; fail_at < 40; fail_at++) {
        struct test_allocator memory;
        struct tally tally = { .calls = 0 };
        const struct ocpp_now now = { 1, 0 };
        test_allocator_start(&memory, fail_at);
        memory.fail_after = true;
        struct ocpp_rpc_settings settings = ocpp_rpc_settings_default(OCPP_FROM_CENTRAL);
        const struct ocpp_rpc_handler handler = { .on_call = tally_call, .user = &tally };
        settings.allocator = &memory.allocator;
        struct ocpp_rpc *rpc = ocpp_rpc_new(&settings, &handler);
        if (rpc == NULL)
            continue;
        assert_int_equal(ocpp_rpc_open(rpc, ocpp_protocol_of(V16), now), OCPP_OK);
        for (int i = 0; i < 50; i++) {
            char text[64];
            snprintf(text, sizeof text, "[2,\"%d\",\"Heartbeat\",{%s}]", i, i % 3 == 0 ? "\"x\":1" : "");
            (void)ok(ocpp_rpc_receive(rpc, text, strlen(text), now));
            if (i % 5 == 0 && tally.calls != 0)
                assert_int_not_equal(ocpp_rpc_refuse(rpc, tally.token, OCPP_CALL_ERROR_GENERIC_ERROR, ""), OCPP_ERR_LIMIT);
        }
        ocpp_rpc_advance(rpc, (struct ocpp_now){ 100000, 0 });
        ocpp_rpc_close(rpc, (struct ocpp_now){ 100000, 0 });
        ocpp_rpc_free(rpc);
        assert_int_equal(memory.blocks, 0);
    }
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
        cmocka_unit_test(an_idle_handle_of_a_shared_pool_costs_a_few_hundred_bytes),
        cmocka_unit_test(a_steady_state_allocates_nothing),
        cmocka_unit_test(any_failing_allocation_is_told_and_loses_nothing),
        cmocka_unit_test(a_forgotten_call_is_refused_once_there_is_memory),
        cmocka_unit_test(a_lack_of_memory_that_lasts_breaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
