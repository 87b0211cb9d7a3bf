/* test_rpc_memory.c: what the call layer costs: memory of idle handles, allocations of a steady state, and any failing
 * allocation. Linked with
 * --wrap for malloc, calloc and realloc, so that what this library takes is counted however it is taken; the parser's tree is not
 * counted, and fails where ocpp_json_parse() is told to. */
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

/* The parser's tree is not the allocator's: it fails here when it is told to. */
static bool parser_fails;

struct ocpp_json;
enum ocpp_status __wrap_ocpp_json_parse(const char *text, size_t size, const struct ocpp_json_limits *limits,
                                        struct ocpp_json **root, size_t *offset);
enum ocpp_status __real_ocpp_json_parse(const char *text, size_t size, const struct ocpp_json_limits *limits,
                                        struct ocpp_json **root, size_t *offset);

enum ocpp_status __wrap_ocpp_json_parse(const char *text, size_t size, const struct ocpp_json_limits *limits,
                                        struct ocpp_json **root, size_t *offset)
{
    return parser_fails ? OCPP_ERR_NOMEM : __real_ocpp_json_parse(text, size, limits, root, offset);
}

#define HEARTBEAT(id) "[2,\"" id "\",\"Heartbeat\",{}]"

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

/* a_bent_life: a peer that is known for texts that are no JSON, and breaks other rules for which it is not. */
static void a_bent_life(struct ocpp_rpc *rpc, struct tally *tally)
{
    const struct ocpp_now now = { 1, 0 };
    const struct ocpp_tolerance tolerance = { .quirks = OCPP_QUIRK_BROKEN_JSON };
    ocpp_rpc_set_tolerance(rpc, &tolerance);
    assert_int_equal(ocpp_rpc_open(rpc, ocpp_protocol_of(V16), now), OCPP_OK);
    assert_true(
        receive_twice(rpc, "[2,\"a\",\"BootNotification\",\"chargePointModel\":\"m\",\"chargePointVendor\":\"v\"}]", now));
    assert_int_equal(tally->calls, 1);
    assert_true(receive_twice(rpc, "[2,\"b\",\"Authorize\",{\"idTag\":17}]", now));
    assert_true(receive_twice(rpc, "[4,\"c\",\"GenericError\"]", now));
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
        settings.advise = life == a_bent_life;
        settings.mend = life == a_bent_life ? ocpp_rpc_mend : NULL;
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
    fail_each(a_bent_life);
    fail_each(another_life);
    fail_each(a_newer_life);
}

static void without_memory_for_the_parser_a_text_may_be_given_again(void **state)
{
    static const char text[] = HEARTBEAT("1");
    struct world world;
    (void)state;
    open_central(&world, V16);
    we_ask(&world, "1", "ClearCache", "{}");
    parser_fails = true;
    assert_int_equal(ocpp_rpc_receive(world.rpc, text, strlen(text), world.now), OCPP_ERR_NOMEM);
    assert_int_equal(ocpp_rpc_receive(world.rpc, "garbage", 7, world.now), OCPP_ERR_NOMEM);
    assert_int_equal(world.frames_in, 0);
    assert_int_equal(world.calls + world.answers, 0);
    layer_is_silent(&world);
    parser_fails = false;
    peer_says(&world, text);
    assert_int_equal(world.calls, 1);
    world_close(&world);
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
        cmocka_unit_test(an_idle_handle_of_a_shared_pool_costs_a_few_hundred_bytes),
        cmocka_unit_test(a_steady_state_allocates_nothing),
        cmocka_unit_test(any_failing_allocation_is_told_and_loses_nothing),
        cmocka_unit_test(without_memory_for_the_parser_a_text_may_be_given_again),
        cmocka_unit_test(a_forgotten_call_is_refused_once_there_is_memory),
        cmocka_unit_test(a_lack_of_memory_that_lasts_breaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
