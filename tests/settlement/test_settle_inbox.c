/* What piles say: read strictly, done once, answered when it is durable. */
#include "backend_internal.h"
#include "inbox.h"
#include "settle_frame.h"
#include "timers.h"
#include "unit.h"

#include <ocpp/settlement/wire.h>

#include <stdio.h>
#include <string.h>

static struct frame frame;
static int done_times;
static enum ocpp_settle_refusal_code refuse_with;
static enum ocpp_status fail_with;

/* Each notice is counted in a row. */
static void do_notice(struct command *command, void *args)
{
    struct incoming *incoming = args;
    const struct ocpp_settle_slot_notice_req *message = incoming->message;
    const char *key = command_key(command, "balance", "EUR", incoming->station, NULL);
    const struct row_balance *before = command_read(command, key, &row_balance_type);
    const struct row_balance after = { .minor = message->slot, .entries = before ? before->entries + 1 : 1 };

    done_times++;
    command_put(command, key, &row_balance_type, &after);
    if (refuse_with) {
        command_refuse(command, refuse_with, "as the test says");
    }
    command_fail(command, fail_with);
}

static const enum ocpp_settle_feature features[] = { OCPP_SETTLE_FEATURE_POWER_BANKS };

static void do_hello(struct command *command, void *args)
{
    struct incoming *incoming = args;
    struct ocpp_settle_hello_conf *answer = incoming->answer;

    if (refuse_with) {
        command_refuse(command, refuse_with, "as the test says");
    }
    answer->version = "1";
    answer->features.items = features;
}

static command_body *body_of(const struct ocpp_action *action)
{
    if (action == &ocpp_settle_actions[OCPP_SETTLE_ACTION_SLOT_NOTICE]) {
        return do_notice;
    }
    return action == &ocpp_settle_actions[OCPP_SETTLE_ACTION_HELLO] ? do_hello : NULL;
}

static int start(void **state)
{
    (void)state;
    frame_start(&frame, NULL);
    frame.settle->find_body = body_of;
    frame_connect(&frame, "P1");
    done_times = 0;
    refuse_with = OCPP_SETTLE_REFUSAL_CODE_UNSET;
    fail_with = OCPP_OK;
    return 0;
}

static int end(void **state)
{
    (void)state;
    frame_end(&frame);
    return 0;
}

static const char *notice(const char *id, int seq, int slot)
{
    static char text[400];

    snprintf(
        text, sizeof text,
        "{\"envelope\":{\"id\":\"%s\",\"stream\":\"pile\",\"seq\":%d},\"at\":{\"boot\":1,\"monoMs\":5,\"status\":\"Unknown\"},"
        "\"slot\":%d,\"state\":\"Suspect\"}",
        id, seq, slot);
    return text;
}

static const struct frame_message *last_answer(void)
{
    assert_true(frame.answer_count > 0);
    return &frame.answers[(frame.answer_count - 1) % FRAME_SENT];
}

static void assert_receipt(const char *word)
{
    assert_int_equal(last_answer()->result, OCPP_DATA_TRANSFER_ACCEPTED);
    if (!strstr(last_answer()->data, word)) {
        fail_msg("no %s in %s", word, last_answer()->data);
    }
}

static void a_message_is_done_once_and_gets_the_same_answer_ever_after(void **state)
{
    char first[FRAME_TEXT];

    (void)state;
    frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 3));
    assert_receipt("Accepted");
    snprintf(first, sizeof first, "%s", last_answer()->data);
    for (int i = 0; i < 3; i++) {
        frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 3));
        assert_string_equal(last_answer()->data, first);
        frame_restart(&frame);
        frame.settle->find_body = body_of;
    }
    assert_int_equal(done_times, 1);
    assert_string_equal(frame_row(&frame, "balance/EUR/P1"), "{\"minor\":3,\"entries\":1}");
}

static void the_same_id_with_another_body_is_refused_and_noticed(void **state)
{
    (void)state;
    frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 3));
    frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 4));
    assert_receipt("SameIdOtherBody");
    assert_int_equal(done_times, 1);
    assert_string_equal(frame_row(&frame, "balance/EUR/P1"), "{\"minor\":3,\"entries\":1}");
    assert_int_equal(frame.event_count, 1);
    frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 3));
    assert_receipt("Accepted");
}

static void two_piles_may_use_one_id(void **state)
{
    (void)state;
    frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 3));
    frame_hear(&frame, "P2", "SlotNotice", notice("M1", 1, 4));
    assert_receipt("Accepted");
    assert_int_equal(done_times, 2);
}

static void numbers_may_be_left_out_but_not_come_late(void **state)
{
    (void)state;
    frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 1));
    frame_hear(&frame, "P1", "SlotNotice", notice("M4", 4, 4));
    assert_receipt("Accepted");
    assert_int_equal(frame_entries(&frame, "state"), 1);
    frame_hear(&frame, "P1", "SlotNotice", notice("M2", 2, 2));
    assert_receipt("OutOfSequence");
    assert_int_equal(done_times, 2);
}

static void a_refusal_is_an_answer_and_stays_one(void **state)
{
    (void)state;
    refuse_with = OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT;
    frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 3));
    assert_receipt("\"Refused\"");
    assert_receipt("UnknownSlot");
    assert_false(frame_has_row(&frame, "balance/EUR/P1"));
    refuse_with = OCPP_SETTLE_REFUSAL_CODE_UNSET;
    frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 3));
    assert_receipt("UnknownSlot");
    assert_int_equal(done_times, 1);
    frame_hear(&frame, "P1", "SlotNotice", notice("M2", 2, 3));
    assert_receipt("Accepted");
}

static void what_is_only_not_possible_now_is_asked_again(void **state)
{
    (void)state;
    refuse_with = OCPP_SETTLE_REFUSAL_CODE_TRY_LATER;
    frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 3));
    assert_receipt("\"Retry\"");
    refuse_with = OCPP_SETTLE_REFUSAL_CODE_UNSET;
    frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 3));
    assert_receipt("\"Accepted\"");
    assert_int_equal(done_times, 2);
}

static void trouble_of_our_own_is_told_as_trouble_that_passes(void **state)
{
    static const enum ocpp_status troubles[] = { OCPP_ERR_NOMEM, OCPP_ERR_STORAGE, OCPP_ERR_CRYPTO };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(troubles); i++) {
        fail_with = troubles[i];
        frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 3));
        assert_int_equal(last_answer()->result, OCPP_DATA_TRANSFER_REJECTED);
        assert_non_null(strstr(last_answer()->data, "TryLater"));
    }
    fail_with = OCPP_OK;
    frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 3));
    assert_receipt("Accepted");
}

static void what_is_no_message_is_answered_as_such_and_changes_nothing(void **state)
{
    static const struct {
        const char *vendor, *name, *data;
        enum ocpp_data_transfer_status result;
    } wrong[] = {
        { "com.example", "SlotNotice", "{}", OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID },
        { "org.ocpp-c.settlement", "Nonsense", "{}", OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID },
        { "org.ocpp-c.settlement", NULL, "{}", OCPP_DATA_TRANSFER_UNKNOWN_MESSAGE_ID },
        { "org.ocpp-c.settlement", "RentGrant", "{}", OCPP_DATA_TRANSFER_REJECTED }, /* not from a pile */
        { "org.ocpp-c.settlement", "SlotNotice", "{}", OCPP_DATA_TRANSFER_REJECTED },
        { "org.ocpp-c.settlement", "SlotNotice", "", OCPP_DATA_TRANSFER_REJECTED },
        { "org.ocpp-c.settlement", "SlotNotice", "[1", OCPP_DATA_TRANSFER_REJECTED },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        const struct ocpp_data_transfer data = {
            .vendor_id = wrong[i].vendor, .message_id = wrong[i].name, .kind = OCPP_DATA_TEXT, .data = wrong[i].data
        };

        ocpp_settle_receive(frame.settle, "P1", &data, 100 + i, frame.now);
        assert_int_equal(frame.answer_count, i + 1);
        assert_int_equal(last_answer()->token, 100 + i);
        assert_int_equal(last_answer()->result, wrong[i].result);
    }
    assert_int_equal(done_times, 0);
    assert_int_equal(frame_entries(&frame, NULL), 0);
    assert_int_equal(frame_rows(&frame, ""), 0);
}

static void the_answer_waits_until_what_it_says_is_durable(void **state)
{
    (void)state;
    frame.holds_back = true;
    frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 3));
    assert_int_equal(frame.answer_count, 0);
    frame_durable(&frame, OCPP_OK);
    assert_int_equal(frame.answer_count, 1);
    assert_receipt("Accepted");
}

static void a_repetition_is_not_answered_before_what_it_repeats_is_durable(void **state)
{
    (void)state;
    frame.holds_back = true;
    frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 3));
    frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 3));
    assert_int_equal(frame.answer_count, 0);
    frame_durable(&frame, OCPP_OK);
    assert_int_equal(frame.answer_count, 2);
    assert_int_equal(done_times, 1);
}

static void hello_is_refused_without_a_receipt(void **state)
{
    static const char hello[] = "{\"versions\":[\"1\"],\"features\":[],\"maxBytes\":8192,\"serial\":\"S\","
                                "\"now\":{\"boot\":1,\"monoMs\":5,\"status\":\"Unknown\"}}";

    (void)state;
    refuse_with = OCPP_SETTLE_REFUSAL_CODE_NOT_AGREED;
    frame_hear(&frame, "P1", "Hello", hello);
    assert_int_equal(last_answer()->result, OCPP_DATA_TRANSFER_REJECTED);
    assert_non_null(strstr(last_answer()->data, "NotAgreed"));
}

/* --- parts ----------------------------------------------------------------------------------------------------------------- */

static void hear_part(int index, int count, const char *part)
{
    char text[1000];
    size_t size = (size_t)snprintf(text, sizeof text,
                                   "{\"id\":\"M1\",\"name\":\"SlotNotice\",\"index\":%d,\"count\":%d,\"text\":\"", index, count);

    for (; *part; part++) {
        if (*part == '"') {
            text[size++] = '\\';
        }
        text[size++] = *part;
    }
    snprintf(text + size, sizeof text - size, "\"}");
    frame_hear(&frame, "P1", "Chunk", text);
}

static void a_message_in_parts_is_done_with_the_last_one(void **state)
{
    const char *whole = notice("M1", 1, 3);
    char half[200];

    (void)state;
    snprintf(half, sizeof half, "%.60s", whole);
    hear_part(0, 2, half);
    assert_receipt("NotAgreed");
    frame_speaks(&frame, "P1", 8192);
    hear_part(0, 2, half);
    assert_receipt("Accepted");
    assert_int_equal(done_times, 0);
    hear_part(1, 2, notice("M1", 1, 3) + 60);
    assert_int_equal(done_times, 1);
    assert_receipt("\\\"reception\\\":\\\"Accepted\\\"");
    hear_part(1, 2, "x");
    assert_receipt("OutOfSequence");
    hear_part(0, 2, half);
    hear_part(1, 2, notice("M1", 1, 3) + 60);
    assert_receipt("\\\"reception\\\":\\\"Accepted\\\"");
    assert_int_equal(done_times, 1);
}

/* --- time ------------------------------------------------------------------------------------------------------------------- */

static void old_answers_are_forgotten_and_young_ones_are_not(void **state)
{
    (void)state;
    for (int i = 1; i <= 250; i++) {
        char id[8];

        snprintf(id, sizeof id, "M%d", i);
        frame_hear(&frame, "P1", "SlotNotice", notice(id, i, 3));
    }
    frame_wait(&frame, 86400 * 20);
    frame_hear(&frame, "P1", "SlotNotice", notice("LATE", 251, 3));
    assert_int_equal(frame_rows(&frame, "in/P1/"), 251);
    frame_wait(&frame, 86400 * 12);
    assert_int_equal(frame_rows(&frame, "in/P1/"), 1);
    frame_hear(&frame, "P1", "SlotNotice", notice("M1", 1, 3));
    assert_receipt("OutOfSequence");
}

static struct ocpp_settle_moment moment;
static int64_t found_at;

static void find_moment(struct command *command, void *args)
{
    found_at = incoming_at(command, args, &moment);
}

/* A23: the pile's clock is corrected by its measured offset; nothing happens after now. */
static void a_moment_is_corrected_by_the_piles_offset_and_never_after_now(void **state)
{
    char station[] = "P1", stranger[] = "P9";
    const int64_t now = frame.now.utc_ms;

    (void)state;
    frame_put(&frame, "pile/P1",
              "{\"station\":\"P1\",\"number\":1,\"version\":\"1\",\"features\":[],\"maxBytes\":8192,\"serial\":\"S\","
              "\"clockOffsetMs\":-5000,"
              "\"boot\":1,\"monoMs\":0,\"seenAt\":\"2025-01-01T00:00:00Z\",\"slots\":0,\"isOff\":false,\"knownVersion\":0}");
    moment = (struct ocpp_settle_moment){ .has_utc = true, .utc = now - 60000, .status = OCPP_SETTLE_TIME_STATUS_SYNCHRONISED };
    assert_int_equal(command_run(frame.settle, "at", find_moment, station, NULL), OCPP_OK);
    assert_int_equal(found_at, now - 65000);
    assert_int_equal(command_run(frame.settle, "at", find_moment, stranger, NULL), OCPP_OK);
    assert_int_equal(found_at, now); /* who never said Hello has no clock that was looked at */
    moment.utc = now + 86400000;
    assert_int_equal(command_run(frame.settle, "at", find_moment, station, NULL), OCPP_OK);
    assert_int_equal(found_at, now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_FRAME(test) cmocka_unit_test_setup_teardown(test, start, end)
        IN_FRAME(a_message_is_done_once_and_gets_the_same_answer_ever_after),
        IN_FRAME(the_same_id_with_another_body_is_refused_and_noticed),
        IN_FRAME(two_piles_may_use_one_id),
        IN_FRAME(numbers_may_be_left_out_but_not_come_late),
        IN_FRAME(a_refusal_is_an_answer_and_stays_one),
        IN_FRAME(what_is_only_not_possible_now_is_asked_again),
        IN_FRAME(trouble_of_our_own_is_told_as_trouble_that_passes),
        IN_FRAME(what_is_no_message_is_answered_as_such_and_changes_nothing),
        IN_FRAME(the_answer_waits_until_what_it_says_is_durable),
        IN_FRAME(a_repetition_is_not_answered_before_what_it_repeats_is_durable),
        IN_FRAME(hello_is_refused_without_a_receipt),
        IN_FRAME(a_message_in_parts_is_done_with_the_last_one),
        IN_FRAME(old_answers_are_forgotten_and_young_ones_are_not),
        IN_FRAME(a_moment_is_corrected_by_the_piles_offset_and_never_after_now),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
