/* What is told to piles: in order per stream, one at a time, until it was acknowledged. */
#include "command.h"
#include "outbox.h"
#include "settle_frame.h"
#include "unit.h"

#include <ocpp/settlement/wire.h>

#include <stdio.h>
#include <string.h>

static struct frame frame;

static int start(void **state)
{
    (void)state;
    frame_start(&frame, NULL);
    frame_speaks(&frame, "P1", 8192);
    frame_speaks(&frame, "P2", 8192);
    frame_connect(&frame, "P1");
    return 0;
}

static int end(void **state)
{
    (void)state;
    frame_end(&frame);
    return 0;
}

static const char accepted[] = "{\"receipt\":{\"reception\":\"Accepted\"}}";
static const char refused[] = "{\"receipt\":{\"reception\":\"Refused\",\"code\":\"WrongState\",\"reason\":\"no\"}}";
static const char later[] = "{\"receipt\":{\"reception\":\"Retry\",\"retryS\":100}}";

struct to_send {
    const char *station;
    const char *stream;
    const char *rental;
};

static void send_closed(struct command *command, void *args)
{
    const struct to_send *what = args;
    struct ocpp_settle_rental_closed_req message = { .rental = what->rental };

    command_send(command, what->station, what->stream, &ocpp_settle_actions[OCPP_SETTLE_ACTION_RENTAL_CLOSED], &message,
                 &message.envelope);
}

static void tell(const char *station, const char *stream, const char *rental)
{
    struct to_send what = { station, stream, rental };

    assert_int_equal(command_run(frame.settle, "tell", send_closed, &what, NULL), OCPP_OK);
}

/* The |index|-th message that left says |rental|, and is number |seq| of its stream. */
static void assert_sent(size_t index, const char *rental, int seq)
{
    char part[80];

    assert_true(frame.sent_count > index);
    assert_string_equal(frame.sent[index].name, "RentalClosed");
    snprintf(part, sizeof part, "\"seq\":%d}", seq);
    assert_non_null(strstr(frame.sent[index].data, part));
    snprintf(part, sizeof part, "\"rental\":\"%s\"", rental);
    assert_non_null(strstr(frame.sent[index].data, part));
}

/* --- how often the store is asked --------------------------------------------------------------------------------------------
 */

static int looks; /* lists of messages that were asked of the store */

static enum ocpp_status (*frame_each)(const char *prefix, const char *from,
                                      bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user, void *user);

static enum ocpp_status count_each(const char *prefix, const char *from,
                                   bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user, void *user)
{
    looks += strncmp(prefix, "op/out/", strlen("op/out/")) == 0;
    return frame_each(prefix, from, visit, visit_user, user);
}

static void count_lists(struct ocpp_settle_settings *settings)
{
    frame_each = settings->store.each;
    settings->store.each = count_each;
}

static int start_counting(void **state)
{
    (void)state;
    frame_start(&frame, count_lists);
    frame_speaks(&frame, "P1", 8192);
    frame_connect(&frame, "P1");
    return 0;
}

static void a_message_that_is_alone_is_not_looked_for(void **state)
{
    (void)state;
    looks = 0;
    for (int i = 0; i < 5; i++) {
        tell("P1", "rental-1", "R1");
        frame_answer(&frame, accepted, OCPP_OK);
    }
    assert_int_equal(frame.sent_count, 5);
    assert_int_equal(looks, 0);
    tell("P1", "rental-1", "R1");
    tell("P1", "rental-1", "R1"); /* while the one before is on its way */
    frame_answer(&frame, accepted, OCPP_OK);
    assert_sent(6, "R1", 7);
    frame_answer(&frame, accepted, OCPP_OK);
    assert_int_equal(looks, 0);
}

/* The one that was alone is told again later, or did not leave: then another is not alone. */
static void a_message_behind_one_that_waits_again_does_not_overtake_it(void **state)
{
    (void)state;
    tell("P1", "rental-1", "R1");
    tell("P1", "rental-1", "R2");
    frame_answer(&frame, later, OCPP_OK);
    assert_int_equal(frame.sent_count, 1);
    frame_wait(&frame, 101);
    assert_sent(1, "R1", 1);
    frame_answer(&frame, accepted, OCPP_OK);
    assert_sent(2, "R2", 2);
    frame_answer(&frame, accepted, OCPP_OK);
    frame.send_fails = OCPP_ERR_LIMIT;
    tell("P1", "rental-1", "R3");
    tell("P1", "rental-1", "R4");
    frame.send_fails = OCPP_OK;
    frame_wait(&frame, 3600);
    assert_sent(frame.sent_count - 1, "R3", 3);
    frame_answer(&frame, accepted, OCPP_OK);
    assert_sent(frame.sent_count - 1, "R4", 4);
}

static void messages_of_a_stream_leave_in_order_one_at_a_time(void **state)
{
    (void)state;
    tell("P1", "a", "R1");
    tell("P1", "a", "R2");
    tell("P1", "b", "R3");
    assert_int_equal(frame.sent_count, 1);
    assert_sent(0, "R1", 1);
    frame_answer(&frame, accepted, OCPP_OK);
    assert_sent(1, "R2", 2);
    frame_answer(&frame, accepted, OCPP_OK);
    assert_sent(2, "R3", 1);
    frame_answer(&frame, accepted, OCPP_OK);
    assert_int_equal(frame.sent_count, 3);
    assert_int_equal(frame_rows(&frame, "out/"), 0);
}

static void a_message_is_the_same_whenever_it_is_told_again(void **state)
{
    char first[FRAME_TEXT];

    (void)state;
    tell("P1", "a", "R1");
    snprintf(first, sizeof first, "%s", frame.sent[0].data);
    frame_answer(&frame, NULL, OCPP_ERR_TIMEOUT);
    frame_wait(&frame, 31);
    assert_int_equal(frame.sent_count, 2);
    assert_string_equal(frame.sent[1].data, first);
    frame_restart(&frame);
    frame_connect(&frame, "P1");
    assert_int_equal(frame.sent_count, 3);
    assert_string_equal(frame.sent[2].data, first);
}

static void an_old_answer_is_nobodys(void **state)
{
    const struct ocpp_data_transfer_answer answer = { .result = OCPP_DATA_TRANSFER_ACCEPTED,
                                                      .kind = OCPP_DATA_JSON,
                                                      .data = accepted };

    (void)state;
    tell("P1", "a", "R1");
    ocpp_settle_answered(frame.settle, "P1", frame.sent[0].token + 1, &answer, frame.now);
    ocpp_settle_answered(frame.settle, "P2", frame.sent[0].token, &answer, frame.now);
    ocpp_settle_answered(frame.settle, "P1", 0, &answer, frame.now);
    assert_int_equal(frame_rows(&frame, "out/"), 1);
}

static void what_is_refused_for_good_becomes_a_dead_letter_and_blocks_nobody(void **state)
{
    (void)state;
    tell("P1", "a", "R1");
    tell("P1", "a", "R2");
    frame_answer(&frame, refused, OCPP_OK);
    assert_sent(1, "R2", 2);
    assert_int_equal(frame_rows(&frame, "dead/"), 1);
    assert_int_equal(frame_rows(&frame, "out/"), 1);
    assert_int_equal(frame.event_count, 1);
    assert_non_null(strstr(frame.events[0], "RentalClosed"));
}

static void what_is_not_possible_now_waits_and_holds_back_its_stream_only(void **state)
{
    (void)state;
    tell("P1", "a", "R1");
    tell("P1", "a", "R2");
    tell("P1", "b", "R3");
    frame_answer(&frame, later, OCPP_OK);
    assert_sent(1, "R3", 1);
    frame_answer(&frame, accepted, OCPP_OK);
    assert_int_equal(frame.sent_count, 2);
    frame_wait(&frame, 99);
    assert_int_equal(frame.sent_count, 2);
    frame_wait(&frame, 2);
    assert_sent(2, "R1", 1);
    frame_answer(&frame, accepted, OCPP_OK);
    assert_sent(3, "R2", 2);
}

/* A program that waits for the deadline would not wait at all until that answer. */
static void a_stream_whose_turn_comes_while_an_answer_is_awaited_waits_without_a_deadline(void **state)
{
    (void)state;
    tell("P1", "a", "R1");
    frame_answer(&frame, later, OCPP_OK);
    tell("P1", "b", "R2");
    assert_sent(1, "R2", 1);
    frame.now.mono_ms += 101 * 1000;
    frame.now.utc_ms += 101 * 1000;
    ocpp_settle_advance(frame.settle, frame.now);
    assert_int_equal(frame.sent_count, 2);
    assert_true(ocpp_settle_deadline(frame.settle) > frame.now.mono_ms);
    frame_answer(&frame, accepted, OCPP_OK);
    assert_sent(2, "R1", 1);
}

static void time_outs_are_attempts_that_get_rarer_and_end(void **state)
{
    int64_t last_ms = 0;

    (void)state;
    tell("P1", "a", "R1");
    for (int i = 0; i < 10; i++) {
        const int64_t sent_ms = frame.now.mono_ms;

        assert_int_equal(frame.sent_count, i + 1);
        frame_answer(&frame, NULL, OCPP_ERR_TIMEOUT);
        for (int s = 0; frame.sent_count == (size_t)i + 1 && s < 4000; s++) {
            frame_wait(&frame, 1);
        }
        if (i < 9) {
            assert_true(frame.now.mono_ms - sent_ms >= last_ms);
            last_ms = frame.now.mono_ms - sent_ms;
        }
    }
    assert_int_equal(last_ms, 3600 * 1000);
    assert_int_equal(frame_rows(&frame, "dead/"), 1);
    assert_int_equal(frame_rows(&frame, "out/"), 0);
}

static void the_loss_of_the_link_is_no_attempt(void **state)
{
    (void)state;
    tell("P1", "a", "R1");
    for (int i = 0; i < 50; i++) {
        frame_answer(&frame, NULL, OCPP_ERR_CLOSED);
        frame.sent_count = 0;
        ocpp_settle_connected(frame.settle, "P1", false, frame.now);
        frame_connect(&frame, "P1");
        assert_sent(0, "R1", 1);
    }
    assert_int_equal(frame_rows(&frame, "out/"), 1);
}

static void answers_that_make_no_sense_are_attempts(void **state)
{
    static const char *const senseless[] = { "", "{}", "[]", "nonsense", "{\"receipt\":{\"reception\":\"Perhaps\"}}" };

    (void)state;
    tell("P1", "a", "R1");
    for (size_t i = 0; i < COUNT_OF(senseless); i++) {
        frame_answer(&frame, senseless[i], OCPP_OK);
        assert_int_equal(frame_rows(&frame, "out/"), 1);
        frame_wait(&frame, 3600);
        assert_int_equal(frame.sent_count, i + 2);
    }
}

static void a_pile_that_never_said_hello_is_told_nothing(void **state)
{
    (void)state;
    frame_connect(&frame, "P3");
    tell("P3", "a", "R1");
    assert_int_equal(frame.sent_count, 0);
    frame_speaks(&frame, "P3", 8192);
    outbox_wake(frame.settle, "P3");
    assert_sent(0, "R1", 1);
}

static void a_pile_that_no_longer_knows_the_extension_is_left_alone_until_it_connects_again(void **state)
{
    const struct ocpp_data_transfer_answer unknown = { .result = OCPP_DATA_TRANSFER_UNKNOWN_VENDOR_ID };

    (void)state;
    tell("P1", "a", "R1");
    ocpp_settle_answered(frame.settle, "P1", frame.sent[0].token, &unknown, frame.now);
    tell("P1", "a", "R2");
    frame_wait(&frame, 86400);
    assert_int_equal(frame.sent_count, 1);
    assert_int_equal(frame_rows(&frame, "out/"), 2);
    ocpp_settle_connected(frame.settle, "P1", false, frame.now);
    frame_connect(&frame, "P1");
    assert_sent(1, "R1", 1);
}

static void what_cannot_leave_is_tried_again(void **state)
{
    (void)state;
    frame.send_fails = OCPP_ERR_STATE;
    tell("P1", "a", "R1");
    assert_int_equal(frame.sent_count, 0);
    frame.send_fails = OCPP_OK;
    frame_wait(&frame, 31);
    assert_sent(0, "R1", 1);
}

static void piles_do_not_wait_for_one_another(void **state)
{
    (void)state;
    frame_connect(&frame, "P2");
    tell("P1", "a", "R1");
    tell("P2", "a", "R2");
    assert_int_equal(frame.sent_count, 2);
    assert_string_equal(frame.sent[0].station, "P1");
    assert_string_equal(frame.sent[1].station, "P2");
    assert_sent(1, "R2", 1);
}

static void nothing_leaves_before_it_is_durable(void **state)
{
    (void)state;
    frame.holds_back = true;
    tell("P1", "a", "R1");
    assert_int_equal(frame.sent_count, 0);
    frame_durable(&frame, OCPP_OK);
    assert_int_equal(frame.sent_count, 1);
}

/* --- parts ----------------------------------------------------------------------------------------------------------------- */

static void send_renters(struct command *command, void *args)
{
    struct ocpp_settle_known_renter renters[100];
    static char digest[65];
    struct ocpp_settle_known_renters_req message = { .list_version = 1, .is_full = true };

    (void)args;
    memset(digest, 'a', 64);
    for (int i = 0; i < 100; i++) {
        renters[i] = (struct ocpp_settle_known_renter){ .digest = digest, .banks = 1 };
    }
    message.renters.items = renters;
    message.renters.count = 100;
    message.gone.items = (const char *const[]){ NULL };
    command_send(command, "P1", "pile", &ocpp_settle_actions[OCPP_SETTLE_ACTION_KNOWN_RENTERS], &message, &message.envelope);
}

/* The part that was sent last, as the pile reads it. */
static const struct ocpp_settle_chunk_req *last_part(struct ocpp_arena *arena)
{
    const struct ocpp_settle_wire wire = { .peer = OCPP_FROM_CENTRAL };
    const struct ocpp_data_transfer data = { .vendor_id = OCPP_SETTLE_VENDOR_ID,
                                             .message_id = frame.sent[frame.sent_count - 1].name,
                                             .kind = OCPP_DATA_TEXT,
                                             .data = frame.sent[frame.sent_count - 1].data };
    struct ocpp_settle_wire_message message;
    struct ocpp_settle_wire_fault fault;

    assert_int_equal(ocpp_settle_wire_read(&wire, &data, arena, &message, &fault), OCPP_OK);
    assert_string_equal(message.action->name, "Chunk");
    return message.message;
}

static void a_message_that_is_too_large_goes_in_parts_and_counts_when_the_whole_was_answered(void **state)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    struct ocpp_settle_joiner joiner = { .limit = 0 };
    enum ocpp_settle_joined joined = OCPP_SETTLE_JOINED_MORE;

    (void)state;
    assert_int_equal(command_run(frame.settle, "tell", send_renters, NULL, NULL), OCPP_OK);
    joined = ocpp_settle_joiner_add(&joiner, last_part(arena));
    frame_answer(&frame, accepted, OCPP_OK);
    while ((joined = ocpp_settle_joiner_add(&joiner, last_part(arena))) == OCPP_SETTLE_JOINED_MORE) {
        assert_int_equal(frame_rows(&frame, "out/"), 1);
        frame_answer(&frame, accepted, OCPP_OK);
    }
    assert_int_equal(joined, OCPP_SETTLE_JOINED_WHOLE);
    assert_string_equal(joiner.name, "KnownRenters");
    frame_answer(
        &frame,
        "{\"receipt\":{\"reception\":\"Accepted\"},\"answer\":\"{\\\"receipt\\\":{\\\"reception\\\":\\\"Accepted\\\"}}\"}",
        OCPP_OK);
    assert_int_equal(frame_rows(&frame, "out/"), 0);
    ocpp_settle_joiner_drop(&joiner);
    ocpp_arena_free(arena);
}

static void a_message_that_is_too_large_for_a_pile_that_takes_no_parts_is_an_operators(void **state)
{
    (void)state;
    frame_speaks_whole(&frame, "P1", 1024);
    assert_int_equal(command_run(frame.settle, "tell", send_renters, NULL, NULL), OCPP_OK);
    assert_int_equal(frame.sent_count, 0);
    assert_int_equal(frame_rows(&frame, "out/"), 0);
    assert_int_equal(frame_rows(&frame, "dead/"), 1);
}

static void a_pile_that_lost_the_parts_gets_them_from_the_first_one_once_more(void **state)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    static const char lost[] = "{\"receipt\":{\"reception\":\"Refused\",\"code\":\"OutOfSequence\"}}";

    (void)state;
    assert_int_equal(command_run(frame.settle, "tell", send_renters, NULL, NULL), OCPP_OK);
    frame_answer(&frame, accepted, OCPP_OK);
    assert_int_equal(last_part(arena)->index, 1);
    frame_answer(&frame, lost, OCPP_OK);
    assert_int_equal(last_part(arena)->index, 0);
    frame_answer(&frame, accepted, OCPP_OK);
    frame_answer(&frame, NULL, OCPP_ERR_TIMEOUT);
    assert_int_equal(frame_rows(&frame, "out/"), 1);
    assert_int_equal(frame_rows(&frame, "dead/"), 0);
    frame_wait(&frame, 31);
    assert_int_equal(last_part(arena)->index, 0);
    ocpp_arena_free(arena);
}

/* --- questions ------------------------------------------------------------------------------------------------------------- */

static int answers, nothings;
static char heard_subject[40];
static enum ocpp_settle_reception heard;

static void hear(struct command *command, void *args)
{
    const struct asked *asked = args;
    const struct ocpp_settle_trigger_inventory_conf *answer = asked->answer;

    (void)command;
    snprintf(heard_subject, sizeof heard_subject, "%s %s", asked->station, asked->subject);
    answers++;
    nothings += !answer;
    heard = answer ? answer->receipt.reception : OCPP_SETTLE_RECEPTION_UNSET;
}

static void ask_inventory(struct command *command, void *args)
{
    const struct ocpp_settle_trigger_inventory_req message = { 0 };

    command_ask(command, "P1", &ocpp_settle_actions[OCPP_SETTLE_ACTION_TRIGGER_INVENTORY], &message, hear, args);
}

static void ask(char *subject)
{
    assert_int_equal(command_run(frame.settle, "ask", ask_inventory, subject, NULL), OCPP_OK);
}

static void a_question_goes_before_what_waits_and_is_asked_once(void **state)
{
    char first[] = "Q1", second[] = "Q2";

    (void)state;
    answers = nothings = 0;
    tell("P1", "a", "R1");
    tell("P1", "a", "R2");
    ask(first);
    ask(second);
    assert_int_equal(frame.sent_count, 1);
    frame_answer(&frame, accepted, OCPP_OK);
    assert_string_equal(frame.sent[1].name, "TriggerInventory");
    frame_answer(&frame, refused, OCPP_OK);
    assert_int_equal(answers, 1);
    assert_string_equal(heard_subject, "P1 Q1");
    assert_int_equal(heard, OCPP_SETTLE_RECEPTION_REFUSED);
    assert_string_equal(frame.sent[2].name, "TriggerInventory");
    frame_answer(&frame, NULL, OCPP_ERR_TIMEOUT);
    assert_string_equal(heard_subject, "P1 Q2");
    assert_int_equal(heard, OCPP_SETTLE_RECEPTION_UNSET);
    assert_sent(3, "R2", 2);
}

static void nobody_there_to_ask_answers_nothing_at_once(void **state)
{
    char subject[] = "Q1";

    (void)state;
    answers = nothings = 0;
    ocpp_settle_connected(frame.settle, "P1", false, frame.now);
    ask(subject);
    assert_int_equal(nothings, 1);
    frame_connect(&frame, "P1");
    frame.send_fails = OCPP_ERR_STATE;
    ask(subject);
    assert_int_equal(nothings, 2);
}

static void a_pile_that_goes_takes_its_questions_with_it(void **state)
{
    char subject[] = "Q1";

    (void)state;
    answers = nothings = 0;
    for (int i = 0; i < OUTBOX_ASKS + 2; i++) {
        ask(subject);
    }
    assert_int_equal(frame.sent_count, 1);
    assert_int_equal(nothings, 2);
    ocpp_settle_connected(frame.settle, "P1", false, frame.now);
    assert_int_equal(nothings, OUTBOX_ASKS + 2);
}

/* What was acknowledged waits again where that could not be noted: it is told once more, not kept for ever or until a message
 * behind it. */
static void an_acknowledgement_that_was_lost_is_asked_for_again(void **state)
{
    char key[OCPP_SETTLE_KEY_SIZE];
    char row[1024];

    (void)state;
    tell("P1", "a", "R1");
    assert_sent(0, "R1", 1);
    snprintf(key, sizeof key, "out/P1/a/%016x", 1);
    snprintf(row, sizeof row, "%s", frame_row(&frame, key));
    assert_true(row[0] != '\0');
    frame.holds_back = true;
    frame_answer(&frame, accepted, OCPP_OK);
    assert_false(frame_has_row(&frame, key));
    frame_put(&frame, key, row); /* the store gave up what was written */
    frame_durable(&frame, OCPP_ERR_STORAGE);
    frame.holds_back = false;
    frame_wait(&frame, 60);
    assert_int_equal(frame.sent_count, 2);
    assert_string_equal(frame.sent[1].data, frame.sent[0].data);
    frame_answer(&frame, accepted, OCPP_OK);
    assert_int_equal(frame_rows(&frame, "out"), 0);
}

static void many_piles_come_and_go(void **state)
{
    (void)state;
    for (int i = 0; i < 500; i++) {
        char name[16];

        snprintf(name, sizeof name, "S%03d", i * 7 % 500);
        frame_connect(&frame, name);
        frame_connect(&frame, name);
    }
    for (int i = 0; i < 500; i += 2) {
        char name[16];

        snprintf(name, sizeof name, "S%03d", i);
        ocpp_settle_connected(frame.settle, name, false, frame.now);
    }
    tell("P1", "a", "R1");
    assert_sent(0, "R1", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_FRAME(test) cmocka_unit_test_setup_teardown(test, start, end)
        cmocka_unit_test_setup_teardown(a_message_that_is_alone_is_not_looked_for, start_counting, end),
        IN_FRAME(a_message_behind_one_that_waits_again_does_not_overtake_it),
        IN_FRAME(messages_of_a_stream_leave_in_order_one_at_a_time),
        IN_FRAME(a_message_is_the_same_whenever_it_is_told_again),
        IN_FRAME(an_old_answer_is_nobodys),
        IN_FRAME(what_is_refused_for_good_becomes_a_dead_letter_and_blocks_nobody),
        IN_FRAME(what_is_not_possible_now_waits_and_holds_back_its_stream_only),
        IN_FRAME(a_stream_whose_turn_comes_while_an_answer_is_awaited_waits_without_a_deadline),
        IN_FRAME(time_outs_are_attempts_that_get_rarer_and_end),
        IN_FRAME(the_loss_of_the_link_is_no_attempt),
        IN_FRAME(answers_that_make_no_sense_are_attempts),
        IN_FRAME(a_pile_that_never_said_hello_is_told_nothing),
        IN_FRAME(a_pile_that_no_longer_knows_the_extension_is_left_alone_until_it_connects_again),
        IN_FRAME(what_cannot_leave_is_tried_again),
        IN_FRAME(piles_do_not_wait_for_one_another),
        IN_FRAME(nothing_leaves_before_it_is_durable),
        IN_FRAME(a_message_that_is_too_large_goes_in_parts_and_counts_when_the_whole_was_answered),
        IN_FRAME(a_message_that_is_too_large_for_a_pile_that_takes_no_parts_is_an_operators),
        IN_FRAME(a_pile_that_lost_the_parts_gets_them_from_the_first_one_once_more),
        IN_FRAME(a_question_goes_before_what_waits_and_is_asked_once),
        IN_FRAME(nobody_there_to_ask_answers_nothing_at_once),
        IN_FRAME(a_pile_that_goes_takes_its_questions_with_it),
        IN_FRAME(an_acknowledgement_that_was_lost_is_asked_for_again),
        IN_FRAME(many_piles_come_and_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
