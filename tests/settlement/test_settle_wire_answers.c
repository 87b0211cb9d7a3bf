/* Answers within DataTransfer: what is given, and what it means for the message that was sent. */
#include "allocator.h"
#include "unit.h"

#include <ocpp/settlement/wire.h>

#include <string.h>

static const struct ocpp_settle_wire wire = { .peer = OCPP_FROM_CENTRAL };
static const struct ocpp_action *const taken = &ocpp_settle_actions[OCPP_SETTLE_ACTION_BANK_TAKEN];
static const struct ocpp_action *const hello = &ocpp_settle_actions[OCPP_SETTLE_ACTION_HELLO];

#define HELLO_ANSWER                                                                                                             \
    "{\"version\":\"1\",\"features\":[\"Warp\",\"Chunks\"],\"maxBytes\":8192,\"operator\":\"op\",\"news\":1,"                    \
    "\"now\":\"2026-11-21T10:00:00.000Z\",\"policy\":{\"takeWithinS\":30,\"swapWithinS\":300,\"suspectAfter\":3,"                \
    "\"offlineRentals\":4,\"retryS\":30,\"grantWithinS\":120}}"

struct sample {
    struct ocpp_data_transfer_answer answer;
    enum ocpp_settle_verdict verdict;
    enum ocpp_settle_refusal_code code;
    const char *reason;
    int64_t retry_s;
};

#define ACCEPTED(text)                                                                                                           \
    {                                                                                                                            \
        OCPP_OK, OCPP_DATA_TRANSFER_ACCEPTED, OCPP_DATA_TEXT, text                                                               \
    }
#define REJECTED(text)                                                                                                           \
    {                                                                                                                            \
        OCPP_OK, OCPP_DATA_TRANSFER_REJECTED, OCPP_DATA_TEXT, text                                                               \
    }

static const struct sample samples[] = {
    { ACCEPTED("{\"receipt\":{\"reception\":\"Accepted\"}}"), OCPP_SETTLE_VERDICT_DONE, 0, "", 0 },
    { ACCEPTED("{\"receipt\":{\"reception\":\"Duplicate\"}}"), OCPP_SETTLE_VERDICT_DONE, 0, "", 0 },
    { ACCEPTED("{\"receipt\":{\"reception\":\"Refused\",\"code\":\"UnknownOrder\",\"reason\":\"who?\"}}"),
      OCPP_SETTLE_VERDICT_REFUSED, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_ORDER, "who?", 0 },
    { ACCEPTED("{\"receipt\":{\"reception\":\"Refused\"}}"), OCPP_SETTLE_VERDICT_REFUSED, OCPP_SETTLE_REFUSAL_CODE_INVALID, "",
      0 },
    { ACCEPTED("{\"receipt\":{\"reception\":\"Retry\",\"code\":\"TryLater\",\"retryS\":60}}"), OCPP_SETTLE_VERDICT_LATER,
      OCPP_SETTLE_REFUSAL_CODE_TRY_LATER, "", 60 },
    { ACCEPTED("{\"receipt\":{\"reception\":\"Retry\"}}"), OCPP_SETTLE_VERDICT_LATER, OCPP_SETTLE_REFUSAL_CODE_INVALID, "", 0 },
    { ACCEPTED("{}"), OCPP_SETTLE_VERDICT_UNHEARD, 0, "the answer cannot be read", 0 },
    { ACCEPTED("no"), OCPP_SETTLE_VERDICT_UNHEARD, 0, "the answer cannot be read", 0 },
    { ACCEPTED(NULL), OCPP_SETTLE_VERDICT_UNHEARD, 0, "the answer cannot be read", 0 },
    { REJECTED(NULL), OCPP_SETTLE_VERDICT_REFUSED, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "", 0 },
    { REJECTED("go away"), OCPP_SETTLE_VERDICT_REFUSED, OCPP_SETTLE_REFUSAL_CODE_NOT_ALLOWED, "", 0 },
    { REJECTED("{\"code\":\"Invalid\",\"reason\":\"/slot\"}"), OCPP_SETTLE_VERDICT_REFUSED, OCPP_SETTLE_REFUSAL_CODE_INVALID,
      "/slot", 0 },
    { REJECTED("{\"code\":\"TryLater\"}"), OCPP_SETTLE_VERDICT_LATER, OCPP_SETTLE_REFUSAL_CODE_TRY_LATER, "", 0 },
    { REJECTED("{\"code\":\"NotAgreed\"}"), OCPP_SETTLE_VERDICT_OFF, OCPP_SETTLE_REFUSAL_CODE_NOT_AGREED, "", 0 },
    { { OCPP_OK, OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID, OCPP_DATA_NONE, NULL },
      OCPP_SETTLE_VERDICT_REFUSED,
      OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED,
      "the other side does not know this message",
      0 },
    { { OCPP_OK, OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID, OCPP_DATA_NONE, NULL }, OCPP_SETTLE_VERDICT_OFF, 0, "", 0 },
    { { OCPP_OK, OCPP_DATA_TRANSFER_UNANSWERED, OCPP_DATA_NONE, NULL }, OCPP_SETTLE_VERDICT_UNHEARD, 0, "", 0 },
    { { OCPP_ERR_TIMEOUT, OCPP_DATA_TRANSFER_UNANSWERED, OCPP_DATA_NONE, NULL },
      OCPP_SETTLE_VERDICT_UNHEARD,
      0,
      "the peer did not answer in time",
      0 },
    { { OCPP_ERR_CLOSED, OCPP_DATA_TRANSFER_UNANSWERED, OCPP_DATA_NONE, NULL },
      OCPP_SETTLE_VERDICT_UNHEARD,
      0,
      "the connection was lost",
      0 },
    { { OCPP_ERR_CALL_ERROR, OCPP_DATA_TRANSFER_UNANSWERED, OCPP_DATA_NONE, NULL },
      OCPP_SETTLE_VERDICT_UNHEARD,
      0,
      "the peer answered with an error",
      0 },
};

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

static void each_answer_means_one_thing_for_the_message(void **state)
{
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct ocpp_settle_outcome outcome;

        assert_int_equal(ocpp_settle_wire_outcome(&wire, taken, &samples[i].answer, *state, &outcome), OCPP_OK);
        assert_int_equal(outcome.verdict, samples[i].verdict);
        assert_int_equal(outcome.code, samples[i].code);
        assert_string_equal(outcome.reason, samples[i].reason);
        assert_int_equal(outcome.retry_s, samples[i].retry_s);
        assert_int_equal(outcome.answer != NULL,
                         samples[i].answer.data != NULL && strstr(samples[i].answer.data, "receipt") != NULL);
    }
}

static void whoever_does_not_answer_hello_has_no_extension(void **state)
{
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct ocpp_settle_outcome outcome;
        const bool is_later = samples[i].answer.result == OCPP_DATA_TRANSFER_REJECTED && samples[i].answer.data != NULL &&
                              strstr(samples[i].answer.data, "TryLater") != NULL;

        assert_int_equal(ocpp_settle_wire_outcome(&wire, hello, &samples[i].answer, *state, &outcome), OCPP_OK);
        assert_int_equal(outcome.verdict, is_later ? OCPP_SETTLE_VERDICT_LATER : OCPP_SETTLE_VERDICT_OFF);
    }
}

static void hello_is_answered_past_what_is_not_known(void **state)
{
    const struct ocpp_data_transfer_answer answer = ACCEPTED(HELLO_ANSWER);
    struct ocpp_settle_outcome outcome;

    assert_int_equal(ocpp_settle_wire_outcome(&wire, hello, &answer, *state, &outcome), OCPP_OK);
    assert_int_equal(outcome.verdict, OCPP_SETTLE_VERDICT_DONE);
    const struct ocpp_settle_hello_conf *said = outcome.answer;
    assert_int_equal(said->features.count, 1);
    assert_int_equal(said->policy.retry_s, 30);
}

static void an_answer_is_given_as_json(void **state)
{
    const struct ocpp_settle_bank_taken_conf conf = { .receipt = { .reception = OCPP_SETTLE_RECEPTION_ACCEPTED } };
    const struct ocpp_settle_bank_taken_conf unset = { .receipt = { .reception = OCPP_SETTLE_RECEPTION_UNSET } };
    struct ocpp_data_transfer_answer answer = { .result = OCPP_DATA_TRANSFER_REJECTED };

    assert_int_equal(ocpp_settle_wire_answer(taken, &unset, *state, &answer), OCPP_ERR_MISSING_MEMBER);
    assert_int_equal(answer.result, OCPP_DATA_TRANSFER_REJECTED);
    assert_int_equal(ocpp_settle_wire_answer(taken, &conf, *state, &answer), OCPP_OK);
    assert_int_equal(answer.result, OCPP_DATA_TRANSFER_ACCEPTED);
    assert_int_equal(answer.kind, OCPP_DATA_JSON);
    assert_string_equal(answer.data, "{\"receipt\":{\"reception\":\"Accepted\"}}");
}

static void a_refusal_says_its_code_and_its_reason(void **state)
{
    char text[OCPP_SETTLE_REFUSAL_SIZE];
    struct ocpp_data_transfer_answer answer;
    struct ocpp_settle_wire_fault fault = { OCPP_DATA_TRANSFER_REJECTED, OCPP_SETTLE_REFUSAL_CODE_TOO_LARGE, "so it is" };

    (void)state;
    ocpp_settle_wire_refuse(&fault, text, &answer);
    assert_int_equal(answer.result, OCPP_DATA_TRANSFER_REJECTED);
    assert_string_equal(answer.data, "{\"code\":\"TooLarge\",\"reason\":\"so it is\"}");
    fault.result = OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID;
    ocpp_settle_wire_refuse(&fault, text, &answer);
    assert_int_equal(answer.result, OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID);
    assert_int_equal(answer.kind, OCPP_DATA_NONE);
    assert_null(answer.data);
}

static void an_answer_that_finds_no_memory_was_not_heard(void **state)
{
    static const struct ocpp_data_transfer_answer answers[] = { ACCEPTED("{\"receipt\":{\"reception\":\"Accepted\"}}"),
                                                                REJECTED("{\"code\":\"Invalid\"}") };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        enum ocpp_status status = OCPP_ERR_NOMEM;

        for (size_t n = 2; status != OCPP_OK; n++) {
            struct test_allocator memory;
            struct ocpp_settle_outcome outcome;

            test_allocator_start(&memory, n);
            struct ocpp_arena *arena = ocpp_arena_new(&memory.allocator, 0);
            status = ocpp_settle_wire_outcome(&wire, taken, &answers[i], arena, &outcome);
            assert_true(status == OCPP_OK || (status == OCPP_ERR_NOMEM && outcome.verdict == OCPP_SETTLE_VERDICT_UNHEARD));
            ocpp_arena_free(arena);
            assert_int_equal(memory.blocks, 0);
            assert_true(n < 20);
        }
    }
}

#define WIRE_TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WIRE_TEST(each_answer_means_one_thing_for_the_message), WIRE_TEST(whoever_does_not_answer_hello_has_no_extension),
        WIRE_TEST(hello_is_answered_past_what_is_not_known),    WIRE_TEST(an_answer_is_given_as_json),
        WIRE_TEST(a_refusal_says_its_code_and_its_reason),      WIRE_TEST(an_answer_that_finds_no_memory_was_not_heard),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
