/* test_rpc_pair.c: a station and a central system, two call layers back to back, talking structs in every version: what one side
 * sends, the other takes; what goes wrong on the way goes wrong alike on both sides. */
#include "unit.h"

#include <ocpp/v16_calls.h>
#include <ocpp/v201_calls.h>
#include <ocpp/v21_calls.h>

#include <stdio.h>
#include <string.h>

enum { MAX_CALLS = 512 };

struct side;

struct side {
    struct ocpp_rpc *rpc;
    enum ocpp_direction who;
    void (*answer)(struct side *side, const struct ocpp_incoming_call *call);
    bool honest; /* neither side answers late or wrong */
    size_t calls;
    size_t answers;
    enum ocpp_status status;         /* of the latest answer */
    enum ocpp_call_error call_error; /* of the latest CALLERROR */
    char description[300];
    size_t outstanding; /* calls of ours on the wire */
};

struct pair {
    struct side station;
    struct side central;
    struct ocpp_now now;
};

static void on_call(struct ocpp_rpc *rpc, const struct ocpp_incoming_call *call, void *user)
{
    struct side *side = user;
    assert_ptr_equal(rpc, side->rpc);
    side->calls++;
    side->answer(side, call);
}

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    struct side *side = user;
    assert_ptr_equal(rpc, side->rpc);
    side->answers++;
    side->status = answer->status;
    side->call_error = answer->error;
    snprintf(side->description, sizeof side->description, "%s", answer->description != NULL ? answer->description : "");
    assert_true((answer->status == OCPP_OK) == (answer->response != NULL));
}

static void on_frame(enum ocpp_direction from, const char *text, size_t size, const struct ocpp_issue *issue, void *user)
{
    struct side *side = user;
    assert_true(size > 3);
    if (!side->honest)
        return;
    assert_null(issue);
    if (from == side->who && strncmp(text, "[2,", 3) == 0)
        side->outstanding++;
    if (from != side->who && (strncmp(text, "[3,", 3) == 0 || strncmp(text, "[4,", 3) == 0))
        side->outstanding--;
    assert_true(side->outstanding <= 1);
}

static void side_open(struct side *side, enum ocpp_direction who, const struct ocpp_protocol *protocol,
                      void (*answer)(struct side *side, const struct ocpp_incoming_call *call))
{
    struct ocpp_rpc_settings settings = ocpp_rpc_settings_default(who);
    const struct ocpp_rpc_handler handler = { .on_call = on_call, .on_frame = on_frame, .user = side };
    settings.max_waiting_calls = MAX_CALLS;
    *side = (struct side){ .rpc = ocpp_rpc_new(&settings, &handler), .who = who, .answer = answer, .honest = true };
    assert_non_null(side->rpc);
    assert_int_equal(ocpp_rpc_open(side->rpc, protocol, (struct ocpp_now){ 0, 0 }), OCPP_OK);
}

static void pair_open(struct pair *pair, const struct ocpp_protocol *protocol,
                      void (*station)(struct side *side, const struct ocpp_incoming_call *call),
                      void (*central)(struct side *side, const struct ocpp_incoming_call *call))
{
    side_open(&pair->station, OCPP_FROM_STATION, protocol, station);
    side_open(&pair->central, OCPP_FROM_CENTRAL, protocol, central);
    pair->now = (struct ocpp_now){ 0, 0 };
}

static void pair_close(struct pair *pair)
{
    ocpp_rpc_close(pair->station.rpc, pair->now);
    ocpp_rpc_close(pair->central.rpc, pair->now);
    ocpp_rpc_free(pair->station.rpc);
    ocpp_rpc_free(pair->central.rpc);
}

static bool carry_one(struct side *from, struct side *to, struct ocpp_now now)
{
    size_t size;
    const char *text = ocpp_rpc_next_output(from->rpc, &size, now);
    if (text == NULL)
        return false;
    assert_int_equal(ocpp_rpc_receive(to->rpc, text, size, now), OCPP_OK);
    return true;
}

/* carry: until both sides are quiet. */
static void carry(struct pair *pair)
{
    bool moved = true;
    while (moved) {
        moved = carry_one(&pair->station, &pair->central, pair->now);
        moved |= carry_one(&pair->central, &pair->station, pair->now);
    }
}

/* --- OCPP 1.6 ------------------------------------------------------------------------------------------------------------ */

static void central_16(struct side *side, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_boot_notification_req *request = call->request;
    const struct ocpp16_boot_notification_conf accepted = { .status = OCPP16_REGISTRATION_STATUS_ACCEPTED, .interval = 300 };
    assert_string_equal(call->action_name, "BootNotification");
    assert_string_equal(request->charge_point_vendor, "Vendor");
    assert_string_equal(request->charge_point_model, "M \"1\" ä");
    assert_null(request->iccid);
    assert_int_equal(ocpp16_boot_notification_reply(side->rpc, call->token, &accepted), OCPP_OK);
}

static void station_16(struct side *side, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_reset_req *request = call->request;
    const struct ocpp16_reset_conf accepted = { .status = OCPP16_RESET_STATUS_ACCEPTED };
    assert_int_equal(request->type, OCPP16_RESET_TYPE_HARD);
    assert_int_equal(ocpp16_reset_reply(side->rpc, call->token, &accepted), OCPP_OK);
}

static void calls_cross_in_1_6(void **state)
{
    const struct ocpp16_boot_notification_req boot = { .charge_point_vendor = "Vendor", .charge_point_model = "M \"1\" ä" };
    const struct ocpp16_reset_req reset = { .type = OCPP16_RESET_TYPE_HARD };
    struct pair pair;
    (void)state;
    if (ocpp_protocol_of(OCPP_VERSION_1_6) == NULL)
        skip();
    pair_open(&pair, ocpp_protocol_of(OCPP_VERSION_1_6), station_16, central_16);
    assert_int_equal(ocpp16_boot_notification_call(pair.station.rpc, &boot, on_answer, &pair.station), OCPP_OK);
    assert_int_equal(ocpp16_reset_call(pair.central.rpc, &reset, on_answer, &pair.central), OCPP_OK);
    carry(&pair);
    assert_int_equal(pair.station.answers, 1);
    assert_int_equal(pair.central.answers, 1);
    assert_int_equal(pair.station.status, OCPP_OK);
    assert_int_equal(pair.central.status, OCPP_OK);
    pair_close(&pair);
}

/* --- OCPP 2.0.1 ------------------------------------------------------------------------------------------------------------ */

static void central_201(struct side *side, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_boot_notification_req *request = call->request;
    const struct ocpp201_boot_notification_res pending = { .status = OCPP201_REGISTRATION_STATUS_PENDING, .interval = 60 };
    assert_string_equal(request->charging_station.vendor_name, "Vendor");
    assert_int_equal(ocpp201_boot_notification_reply(side->rpc, call->token, &pending), OCPP_OK);
}

static void station_201(struct side *side, const struct ocpp_incoming_call *call)
{
    assert_string_equal(call->action_name, "ClearCache");
    assert_int_equal(ocpp_rpc_refuse(side->rpc, call->token, OCPP_CALL_ERROR_OCCURRENCE_CONSTRAINT_VIOLATION, "so \"it\" is"),
                     OCPP_OK);
}

static void calls_and_errors_cross_in_2_0_1(void **state)
{
    const struct ocpp201_boot_notification_req boot = { .reason = OCPP201_BOOT_REASON_POWER_UP,
                                                        .charging_station = { .model = "M", .vendor_name = "Vendor" } };
    const struct ocpp201_clear_cache_req clear = { 0 };
    struct pair pair;
    (void)state;
    if (ocpp_protocol_of(OCPP_VERSION_2_0_1) == NULL)
        skip();
    pair_open(&pair, ocpp_protocol_of(OCPP_VERSION_2_0_1), station_201, central_201);
    assert_int_equal(ocpp201_clear_cache_call(pair.central.rpc, &clear, on_answer, &pair.central), OCPP_OK);
    assert_int_equal(ocpp201_boot_notification_call(pair.station.rpc, &boot, on_answer, &pair.station), OCPP_OK);
    carry(&pair);
    assert_int_equal(pair.station.status, OCPP_OK);
    assert_int_equal(pair.central.status, OCPP_ERR_CALL_ERROR);
    assert_int_equal(pair.central.call_error, OCPP_CALL_ERROR_OCCURRENCE_CONSTRAINT_VIOLATION);
    assert_string_equal(pair.central.description, "so \"it\" is");
    pair_close(&pair);
}

/* --- OCPP 2.1 -------------------------------------------------------------------------------------------------------------- */

static void central_21(struct side *side, const struct ocpp_incoming_call *call)
{
    const struct ocpp21_notify_periodic_event_stream_req *stream = call->request;
    (void)side;
    assert_true(call->token.value == 0);
    assert_int_equal(stream->data.count, 1);
    assert_string_equal(stream->data.items[0].v, "230.4");
}

static void station_21(struct side *side, const struct ocpp_incoming_call *call)
{
    const struct ocpp21_clear_cache_res accepted = { .status = OCPP21_CLEAR_CACHE_STATUS_ACCEPTED };
    assert_int_equal(ocpp21_clear_cache_reply(side->rpc, call->token, &accepted), OCPP_OK);
}

static void a_stream_overtakes_a_call_in_2_1(void **state)
{
    const struct ocpp21_stream_data_element datum = { .v = "230.4" };
    const struct ocpp21_notify_periodic_event_stream_req stream = { .id = 1, .data = { &datum, 1 } };
    const struct ocpp21_clear_cache_req clear = { 0 };
    struct pair pair;
    (void)state;
    if (ocpp_protocol_of(OCPP_VERSION_2_1) == NULL)
        skip();
    pair_open(&pair, ocpp_protocol_of(OCPP_VERSION_2_1), station_21, central_21);
    assert_int_equal(ocpp21_clear_cache_call(pair.central.rpc, &clear, on_answer, &pair.central), OCPP_OK);
    for (int i = 0; i < 5; i++)
        assert_int_equal(ocpp21_notify_periodic_event_stream_send(pair.station.rpc, &stream), OCPP_OK);
    carry(&pair);
    assert_int_equal(pair.central.calls, 5);
    assert_int_equal(pair.central.status, OCPP_OK);
    assert_int_equal(pair.station.answers, 0);
    pair_close(&pair);
}

/* --- any order of things ------------------------------------------------------------------------------------------------------
 */

static uint32_t seed;

static uint32_t roll(uint32_t sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 16) % sides;
}

static struct ocpp_call_token later[MAX_CALLS];
static struct side *later_side[MAX_CALLS];
static size_t later_count;

/* Answers now, later, never, or not at all well. DataTransfer goes both ways in every version. */
static void moody(struct side *side, const struct ocpp_incoming_call *call)
{
    static const char reply[] = "{\"status\":\"Accepted\"}";
    static const char wrong[] = "{\"status\":\"Maybe\"}";
    const uint32_t mood = roll(6);
    if (mood == 0) /* never */
        return;
    if (mood == 1 && later_count < MAX_CALLS) {
        later_side[later_count] = side;
        later[later_count++] = call->token;
        return;
    }
    if (mood == 2)
        assert_int_equal(ocpp_rpc_refuse(side->rpc, call->token, OCPP_CALL_ERROR_GENERIC_ERROR, NULL), OCPP_OK);
    else if (mood == 3)
        assert_int_equal(ocpp_rpc_reply_raw(side->rpc, call->token, wrong, strlen(wrong)), OCPP_OK);
    else
        assert_int_equal(ocpp_rpc_reply_raw(side->rpc, call->token, reply, strlen(reply)), OCPP_OK);
}

static size_t ask(struct side *side)
{
    const struct ocpp_protocol *protocol = ocpp_rpc_protocol(side->rpc);
    const struct ocpp_outgoing_call call = { .action = ocpp_protocol_action(protocol, "DataTransfer", 12),
                                             .payload = "{\"vendorId\":\"v\"}",
                                             .payload_size = 16,
                                             .urgent = roll(4) == 0,
                                             .on_answer = on_answer,
                                             .user = side };
    return ocpp_rpc_call(side->rpc, &call, NULL) == OCPP_OK ? 1 : 0;
}

static void one_step(struct pair *pair, size_t asked[2])
{
    struct side *side = roll(2) ? &pair->station : &pair->central;
    struct side *other = side == &pair->station ? &pair->central : &pair->station;
    switch (roll(5)) {
    case 0:
        asked[side == &pair->station] += ask(side);
        break;
    case 1:
        pair->now.mono_ms += roll(20000);
        ocpp_rpc_advance(side->rpc, pair->now);
        break;
    case 2:
        if (later_count > 0) { /* too late, perhaps */
            later_count--;
            const enum ocpp_status status =
                ocpp_rpc_refuse(later_side[later_count]->rpc, later[later_count], OCPP_CALL_ERROR_INTERNAL_ERROR, "later");
            assert_true(status == OCPP_OK || status == OCPP_ERR_NOT_FOUND);
        }
        break;
    default:
        carry_one(side, other, pair->now);
        break;
    }
}

static void whatever_happens_every_call_ends_once(void **state)
{
    static const enum ocpp_version versions[] = { OCPP_VERSION_1_6, OCPP_VERSION_2_0_1, OCPP_VERSION_2_1 };
    (void)state;
    for (uint32_t round = 0; round < 60; round++) {
        const struct ocpp_protocol *protocol = ocpp_protocol_of(versions[round % COUNT_OF(versions)]);
        struct pair pair;
        size_t asked[2] = { 0, 0 };
        if (protocol == NULL)
            continue;
        seed = round * 7919u + 17u;
        later_count = 0;
        pair_open(&pair, protocol, moody, moody);
        pair.station.honest = pair.central.honest = false;
        for (int step = 0; step < 600; step++)
            one_step(&pair, asked);
        for (int i = 0; i < 1000 && (ocpp_rpc_waiting_calls(pair.station.rpc) || ocpp_rpc_waiting_calls(pair.central.rpc)); i++) {
            carry(&pair);
            pair.now.mono_ms += 31000;
            ocpp_rpc_advance(pair.station.rpc, pair.now);
            ocpp_rpc_advance(pair.central.rpc, pair.now);
        }
        assert_int_equal(pair.station.answers, asked[1]);
        assert_int_equal(pair.central.answers, asked[0]);
        assert_true(asked[0] > 10 && asked[1] > 10);
        pair_close(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_cross_in_1_6),
        cmocka_unit_test(calls_and_errors_cross_in_2_0_1),
        cmocka_unit_test(a_stream_overtakes_a_call_in_2_1),
        cmocka_unit_test(whatever_happens_every_call_ends_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
