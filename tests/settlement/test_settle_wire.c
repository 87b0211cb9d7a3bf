/* Requests within DataTransfer: reading, writing, Hello, repetitions. */
#include "allocator.h"
#include "settle_keys.h"
#include "unit.h"

#include <ocpp/settlement/wire.h>

#include <stdio.h>
#include <string.h>

static const struct ocpp_settle_wire backend = { .peer = OCPP_FROM_STATION };
static const struct ocpp_settle_wire pile = { .peer = OCPP_FROM_CENTRAL };

#define ENVELOPE "\"envelope\":{\"id\":\"M1\",\"stream\":\"S\",\"seq\":3}"
#define CLOSED   "{" ENVELOPE ",\"rental\":\"R1\"}"

static int start(void **state)
{
    *state = ocpp_arena_new(NULL, 0);
    return *state != NULL ? 0 : -1;
}

static int end(void **state)
{
    ocpp_arena_free(*state);
    return 0;
}

static struct ocpp_data_transfer request(const char *name, const char *text)
{
    return (struct ocpp_data_transfer){ OCPP_SETTLE_VENDOR_ID, name, text != NULL ? OCPP_DATA_TEXT : OCPP_DATA_NONE, text };
}

static void a_message_is_read_with_its_envelope(void **state)
{
    const struct ocpp_data_transfer data = request("RentalClosed", CLOSED);
    struct ocpp_settle_wire_message message;
    struct ocpp_settle_wire_fault fault;

    assert_int_equal(ocpp_settle_wire_read(&pile, &data, *state, &message, &fault), OCPP_OK);
    assert_ptr_equal(message.action, &ocpp_settle_actions[OCPP_SETTLE_ACTION_RENTAL_CLOSED]);
    assert_string_equal(((const struct ocpp_settle_rental_closed_req *)message.message)->rental, "R1");
    assert_string_equal(message.envelope->id, "M1");
    assert_string_equal(message.envelope->stream, "S");
    assert_int_equal(message.envelope->seq, 3);
}

static void a_message_without_members_needs_no_data(void **state)
{
    static const char *const texts[] = { NULL, "{}" };

    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        const struct ocpp_data_transfer data = request("TriggerInventory", texts[i]);
        struct ocpp_settle_wire_message message;
        struct ocpp_settle_wire_fault fault;

        assert_int_equal(ocpp_settle_wire_read(&pile, &data, *state, &message, &fault), OCPP_OK);
        assert_null(message.envelope);
    }
}

static void what_is_no_message_is_refused_with_a_code_and_a_reason(void **state)
{
    static const struct {
        const char *name;
        const char *text;
        enum ocpp_data_transfer_status result;
        enum ocpp_settle_refusal_code code;
        const char *reason;
    } wrong[] = {
        { NULL, "{}", OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID, OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED, "no such message" },
        { "", "{}", OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID, OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED, "no such message" },
        { "rentalClosed", CLOSED, OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID, OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED,
          "no such message" },
        { "BankTaken", "{}", OCPP_DATA_TRANSFER_REJECTED, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "not from this side" },
        { "RentalClosed", "", OCPP_DATA_TRANSFER_REJECTED, OCPP_SETTLE_REFUSAL_CODE_INVALID, "not JSON text" },
        { "RentalClosed", NULL, OCPP_DATA_TRANSFER_REJECTED, OCPP_SETTLE_REFUSAL_CODE_INVALID,
          "/envelope: a required member is missing" },
        { "RentalClosed", "{" ENVELOPE "}", OCPP_DATA_TRANSFER_REJECTED, OCPP_SETTLE_REFUSAL_CODE_INVALID,
          "/rental: a required member is missing" },
        { "RentalClosed", "{" ENVELOPE ",\"rental\":\"R1\",\"\\\"x\\u00e9\":1}", OCPP_DATA_TRANSFER_REJECTED,
          OCPP_SETTLE_REFUSAL_CODE_INVALID, "/?x??: a member is not part of this message" },
        { "RentalClosed", "{\"envelope\":{\"id\":\"\",\"stream\":\"S\",\"seq\":3},\"rental\":\"R1\"}",
          OCPP_DATA_TRANSFER_REJECTED, OCPP_SETTLE_REFUSAL_CODE_INVALID, "/envelope: a value is not one of those allowed" },
        { "RentalClosed", "{\"envelope\":{\"id\":\"M\",\"stream\":\"a b\",\"seq\":3},\"rental\":\"R1\"}",
          OCPP_DATA_TRANSFER_REJECTED, OCPP_SETTLE_REFUSAL_CODE_INVALID, "/envelope: a value is not one of those allowed" },
        { "RentalClosed", "{\"envelope\":{\"id\":\"M\xc3\xa4\",\"stream\":\"S\",\"seq\":3},\"rental\":\"R1\"}",
          OCPP_DATA_TRANSFER_REJECTED, OCPP_SETTLE_REFUSAL_CODE_INVALID, "/envelope: a value is not one of those allowed" },
        { "RentalClosed", "{\"envelope\":{\"id\":\"M\",\"stream\":\"S\",\"seq\":0},\"rental\":\"R1\"}",
          OCPP_DATA_TRANSFER_REJECTED, OCPP_SETTLE_REFUSAL_CODE_INVALID, "/envelope/seq: a number is outside its range" },
        { "RentalClosed", "\"{}\"", OCPP_DATA_TRANSFER_REJECTED, OCPP_SETTLE_REFUSAL_CODE_INVALID,
          "a value is of the wrong JSON type" },
    };

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const struct ocpp_data_transfer data = request(wrong[i].name, wrong[i].text);
        struct ocpp_settle_wire_message message;
        struct ocpp_settle_wire_fault fault;

        assert_int_not_equal(ocpp_settle_wire_read(&pile, &data, *state, &message, &fault), OCPP_OK);
        assert_int_equal(fault.result, wrong[i].result);
        assert_int_equal(fault.code, wrong[i].code);
        assert_string_equal(fault.reason, wrong[i].reason);
    }
}

static void a_hostile_path_is_cut_and_made_harmless(void **state)
{
    char text[400] = "";
    const struct ocpp_data_transfer data = request("RentalClosed", text);
    struct ocpp_settle_wire_message message;
    struct ocpp_settle_wire_fault fault;
    char refusal[OCPP_SETTLE_REFUSAL_SIZE];
    struct ocpp_data_transfer_answer answer;
    const void *read;

    snprintf(text, sizeof text, "{" ENVELOPE ",\"%0150d\\n\":1}", 0);
    assert_int_equal(ocpp_settle_wire_read(&pile, &data, *state, &message, &fault), OCPP_ERR_UNKNOWN_MEMBER);
    ocpp_settle_wire_refuse(&fault, refusal, &answer);
    assert_int_equal(
        ocpp_message_decode(&ocpp_settle_refusal_type, answer.data, strlen(answer.data), NULL, NULL, *state, &read, NULL),
        OCPP_OK);
    assert_int_equal(((const struct ocpp_settle_refusal *)read)->code, OCPP_SETTLE_REFUSAL_CODE_INVALID);
}

static void another_vendor_is_not_ours(void **state)
{
    const struct ocpp_settle_wire renamed = { .vendor_id = "com.example", .peer = OCPP_FROM_CENTRAL };
    struct ocpp_data_transfer data = request("RentalClosed", CLOSED);
    struct ocpp_settle_wire_message message;
    struct ocpp_settle_wire_fault fault;

    assert_int_equal(ocpp_settle_wire_read(&renamed, &data, *state, &message, &fault), OCPP_ERR_UNKNOWN_ACTION);
    assert_int_equal(fault.result, OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID);
    data.vendor_id = "com.examples";
    assert_int_equal(ocpp_settle_wire_read(&renamed, &data, *state, &message, &fault), OCPP_ERR_UNKNOWN_ACTION);
    data.vendor_id = "COM.Example";
    assert_int_equal(ocpp_settle_wire_read(&renamed, &data, *state, &message, &fault), OCPP_OK);
    assert_int_equal(ocpp_settle_wire_read(&pile, &data, *state, &message, &fault), OCPP_ERR_UNKNOWN_ACTION);
    data.vendor_id = NULL;
    assert_int_equal(ocpp_settle_wire_read(&pile, &data, *state, &message, &fault), OCPP_ERR_UNKNOWN_ACTION);
}

static void a_message_is_as_long_as_was_agreed_and_no_longer(void **state)
{
    static char text[OCPP_SETTLE_WIRE_BYTES + 2];
    const struct ocpp_data_transfer data = request("RentalClosed", text);
    struct ocpp_settle_wire_message message;
    struct ocpp_settle_wire_fault fault;

    memset(text, ' ', sizeof text - 1);
    memcpy(text, CLOSED, sizeof CLOSED - 1);
    text[OCPP_SETTLE_WIRE_BYTES] = '\0';
    assert_int_equal(ocpp_settle_wire_read(&pile, &data, *state, &message, &fault), OCPP_OK);
    text[OCPP_SETTLE_WIRE_BYTES] = ' ';
    assert_int_equal(ocpp_settle_wire_read(&pile, &data, *state, &message, &fault), OCPP_ERR_TOO_LARGE);
    assert_int_equal(fault.result, OCPP_DATA_TRANSFER_REJECTED);
    assert_int_equal(fault.code, OCPP_SETTLE_REFUSAL_CODE_TOO_LARGE);
    const struct ocpp_settle_wire wider = { .peer = OCPP_FROM_CENTRAL, .max_bytes = OCPP_SETTLE_WIRE_BYTES + 1 };
    assert_int_equal(ocpp_settle_wire_read(&wider, &data, *state, &message, &fault), OCPP_OK);
}

static void what_is_written_is_read_again(void **state)
{
    const struct ocpp_action *action = &ocpp_settle_actions[OCPP_SETTLE_ACTION_RENTAL_CLOSED];
    const struct ocpp_settle_rental_closed_req closed = { { "M1", "S", 3 }, "R1" };
    struct ocpp_data_transfer data;
    struct ocpp_settle_wire_message message;
    struct ocpp_settle_wire_fault fault;

    assert_int_equal(ocpp_settle_wire_write(&backend, action, &closed, *state, &data), OCPP_OK);
    assert_string_equal(data.vendor_id, OCPP_SETTLE_VENDOR_ID);
    assert_string_equal(data.message_id, "RentalClosed");
    assert_int_equal(data.kind, OCPP_DATA_JSON);
    assert_string_equal(data.data, CLOSED);
    assert_int_equal(ocpp_settle_wire_read(&pile, &data, *state, &message, &fault), OCPP_OK);
    assert_true(ocpp_message_equal(action->request, &closed, message.message));
    const struct ocpp_settle_wire narrow = { .peer = OCPP_FROM_STATION, .max_bytes = sizeof CLOSED - 2 };
    assert_int_equal(ocpp_settle_wire_write(&narrow, action, &closed, *state, &data), OCPP_ERR_TOO_LARGE);
    assert_string_equal(data.data, CLOSED);
    const struct ocpp_settle_rental_closed_req wrong = { { "M1", "S", 0 }, "R1" };
    assert_int_equal(ocpp_settle_wire_write(&backend, action, &wrong, *state, &data), OCPP_ERR_RANGE);
}

static void each_message_says_who_may_send_it(void **state)
{
    for (size_t i = 0; i < OCPP_SETTLE_ACTION_COUNT; i++) {
        const struct ocpp_settle_wire *const sides[] = { &backend, &pile };

        for (int side = 0; side < 2; side++) {
            const struct ocpp_data_transfer data = request(ocpp_settle_actions[i].name, "[]");
            struct ocpp_settle_wire_message message;
            struct ocpp_settle_wire_fault fault;

            const enum ocpp_status status = ocpp_settle_wire_read(sides[side], &data, *state, &message, &fault);
            const bool may = (ocpp_settle_actions[i].direction & sides[side]->peer) != 0;
            assert_int_equal(status, may ? OCPP_ERR_TYPE : OCPP_ERR_UNKNOWN_ACTION);
        }
    }
}

/* Every message that has an envelope has a receipt, every other one is answered with what it says or with a receipt. */
static void whoever_has_an_envelope_gets_a_receipt(void **state)
{
    (void)state;
    for (size_t i = 0; i < OCPP_SETTLE_ACTION_COUNT; i++) {
        const struct ocpp_action *action = &ocpp_settle_actions[i];
        static const char nothing[4096] = { 0 };

        assert_non_null(action->response);
        assert_true(action->request->size <= sizeof nothing && action->response->size <= sizeof nothing);
        const bool has_receipt = ocpp_settle_wire_receipt(action->response, nothing) != NULL;
        assert_true(has_receipt || i == OCPP_SETTLE_ACTION_HELLO);
        assert_true(has_receipt || ocpp_settle_wire_envelope(action->request, nothing) == NULL);
    }
}

static void no_memory_is_told_and_refused_for_now(void **state)
{
    const struct ocpp_data_transfer data = request("RentalClosed", CLOSED);
    enum ocpp_status status = OCPP_ERR_NOMEM;

    (void)state;
    for (size_t n = 1; status != OCPP_OK; n++) {
        struct test_allocator memory;
        struct ocpp_settle_wire_message message;
        struct ocpp_settle_wire_fault fault;

        test_allocator_start(&memory, n);
        struct ocpp_arena *arena = ocpp_arena_new(&memory.allocator, 0);
        if (arena != NULL) {
            status = ocpp_settle_wire_read(&pile, &data, arena, &message, &fault);
            if (status != OCPP_OK) {
                assert_int_equal(status, OCPP_ERR_NOMEM);
                assert_int_equal(fault.result, OCPP_DATA_TRANSFER_REJECTED);
                assert_int_equal(fault.code, OCPP_SETTLE_REFUSAL_CODE_TRY_LATER);
            }
        }
        ocpp_arena_free(arena);
        assert_int_equal(memory.blocks, 0);
        assert_true(n < 20);
    }
}

/* --- Hello
 * ---------------------------------------------------------------------------------------------------------------------- */

#define HELLO_REST "\"maxBytes\":4096,\"serial\":\"P-1\",\"now\":{\"boot\":1,\"monoMs\":5,\"status\":\"Unknown\"}"

static const struct ocpp_settle_hello_req *read_hello(void **state, const char *text)
{
    const struct ocpp_data_transfer data = request("Hello", text);
    struct ocpp_settle_wire_message message;
    struct ocpp_settle_wire_fault fault;

    assert_int_equal(ocpp_settle_wire_read(&backend, &data, *state, &message, &fault), OCPP_OK);
    return message.message;
}

static void hello_is_read_past_what_it_does_not_know(void **state)
{
    const struct ocpp_settle_hello_req *hello =
        read_hello(state, "{\"versions\":[\"2\",\"1\"],\"features\":[\"PowerBanks\",\"Teleport\",\"Chunks\"],\"colour\":{},"
                          "" HELLO_REST "}");

    assert_int_equal(hello->features.count, 2);
    assert_int_equal(hello->features.items[0], OCPP_SETTLE_FEATURE_POWER_BANKS);
    assert_int_equal(hello->features.items[1], OCPP_SETTLE_FEATURE_CHUNKS);
}

static void both_sides_agree_on_what_both_have(void **state)
{
    static const enum ocpp_settle_feature wanted[] = { OCPP_SETTLE_FEATURE_CHUNKS, OCPP_SETTLE_FEATURE_OFFLINE_RENTALS,
                                                       OCPP_SETTLE_FEATURE_POWER_BANKS };
    static const struct {
        int64_t ours;
        int64_t agreed;
    } sizes[] = { { 0, 4096 }, { 3000, 3000 }, { 100, OCPP_SETTLE_WIRE_BYTES_LEAST }, { 1 << 20, 4096 } };
    enum ocpp_settle_feature room[4];
    struct ocpp_settle_hello_conf answer = { 0 };
    const struct ocpp_settle_hello_req *hello =
        read_hello(state, "{\"versions\":[\"2\",\"1\"],\"features\":[\"PowerBanks\",\"RentalHouse\",\"Chunks\",\"PowerBanks\"],"
                          "" HELLO_REST "}");

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        assert_true(ocpp_settle_wire_agree(hello, wanted, COUNT_OF(wanted), sizes[i].ours, room, &answer));
        assert_string_equal(answer.version, "1");
        assert_int_equal(answer.features.count, 2);
        assert_int_equal(answer.features.items[0], OCPP_SETTLE_FEATURE_POWER_BANKS);
        assert_int_equal(answer.features.items[1], OCPP_SETTLE_FEATURE_CHUNKS);
        assert_int_equal(answer.max_bytes, sizes[i].agreed);
    }
    struct ocpp_settle_hello_req large = *hello;
    large.max_bytes = 1 << 20;
    assert_true(ocpp_settle_wire_agree(&large, wanted, COUNT_OF(wanted), 1 << 20, room, &answer));
    assert_int_equal(answer.max_bytes, OCPP_SETTLE_WIRE_BYTES_LIMIT);
}

static void without_a_version_in_common_nothing_is_agreed(void **state)
{
    struct ocpp_settle_hello_conf answer = { 0 };
    const struct ocpp_settle_hello_req *hello = read_hello(state, "{\"versions\":[\"2\",\"10\"],\"features\":[]," HELLO_REST "}");

    assert_false(ocpp_settle_wire_agree(hello, NULL, 0, 0, NULL, &answer));
    assert_null(answer.version);
}

/* --- repetitions
 * ---------------------------------------------------------------------------------------------------------------- */

static void read_and_hash(void **state, const struct settle_keys *keys, const char *name, const char *text,
                          unsigned char hash[32])
{
    const struct ocpp_data_transfer data = request(name, text);
    struct ocpp_settle_wire_message message;
    struct ocpp_settle_wire_fault fault;

    assert_int_equal(ocpp_settle_wire_read(&pile, &data, *state, &message, &fault), OCPP_OK);
    assert_int_equal(ocpp_settle_wire_hash(&keys->contract, message.action, message.message, *state, hash), OCPP_OK);
}

static void spelling_does_not_make_another_body(void **state)
{
    struct settle_keys keys;
    unsigned char hashes[3][32];

    settle_keys_start(&keys, 1);
    read_and_hash(state, &keys, "RentalClosed", CLOSED, hashes[0]);
    read_and_hash(state, &keys, "RentalClosed",
                  " { \"rental\" : \"\\u0052\\u0031\", \"envelope\":{\"seq\":3.0,\"stream\":\"S\",\"id\":\"M1\"}}", hashes[1]);
    read_and_hash(state, &keys, "RentalClosed", "{" ENVELOPE ",\"rental\":\"R2\"}", hashes[2]);
    assert_memory_equal(hashes[0], hashes[1], 32);
    assert_memory_not_equal(hashes[0], hashes[2], 32);
    settle_keys_end(&keys);
}

/* I5. */
static void the_same_again_gets_the_same_and_another_body_does_not(void **state)
{
    static const unsigned char hash[32] = { 1 };
    static const unsigned char other[32] = { 2 };
    static const struct {
        const unsigned char *kept;
        int64_t last;
        int64_t seq;
        enum ocpp_settle_repetition expected;
    } cases[] = {
        { NULL, 0, 1, OCPP_SETTLE_REPETITION_NONE },        { NULL, 4, 5, OCPP_SETTLE_REPETITION_NONE },
        { NULL, 4, 9, OCPP_SETTLE_REPETITION_NONE }, /* some before it became dead letters */
        { NULL, 4, 4, OCPP_SETTLE_REPETITION_TOO_LATE },    { NULL, 4, 1, OCPP_SETTLE_REPETITION_TOO_LATE },
        { hash, 4, 4, OCPP_SETTLE_REPETITION_SAME },        { hash, 4, 2, OCPP_SETTLE_REPETITION_SAME },
        { other, 4, 4, OCPP_SETTLE_REPETITION_OTHER_BODY }, { other, 4, 5, OCPP_SETTLE_REPETITION_OTHER_BODY },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct ocpp_settle_heard heard = { cases[i].kept, cases[i].last };
        const struct ocpp_settle_envelope envelope = { "M", "S", cases[i].seq };

        assert_int_equal(ocpp_settle_wire_repetition(&heard, &envelope, hash), cases[i].expected);
    }
}

#define WIRE_TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WIRE_TEST(a_message_is_read_with_its_envelope),
        WIRE_TEST(a_message_without_members_needs_no_data),
        WIRE_TEST(what_is_no_message_is_refused_with_a_code_and_a_reason),
        WIRE_TEST(a_hostile_path_is_cut_and_made_harmless),
        WIRE_TEST(another_vendor_is_not_ours),
        WIRE_TEST(a_message_is_as_long_as_was_agreed_and_no_longer),
        WIRE_TEST(what_is_written_is_read_again),
        WIRE_TEST(each_message_says_who_may_send_it),
        WIRE_TEST(whoever_has_an_envelope_gets_a_receipt),
        WIRE_TEST(no_memory_is_told_and_refused_for_now),
        WIRE_TEST(hello_is_read_past_what_it_does_not_know),
        WIRE_TEST(both_sides_agree_on_what_both_have),
        WIRE_TEST(without_a_version_in_common_nothing_is_agreed),
        WIRE_TEST(spelling_does_not_make_another_body),
        WIRE_TEST(the_same_again_gets_the_same_and_another_body_does_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
