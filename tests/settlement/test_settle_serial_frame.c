/* Frames on the line of a cabinet and what they say: each is found whole in whatever it comes in, and nothing else is one. */
#include "serial_cabinet_emulator.h"
#include "serial_words.h"
#include "unit.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static struct serial_frame some_frame(size_t size)
{
    struct serial_frame frame = { .address = 0x83, .sequence = 0xA5, .command = 0x10, .size = (unsigned char)size };

    for (size_t i = 0; i < size; i++) {
        frame.payload[i] = (unsigned char)(i % 3 == 0 ? SERIAL_START : i * 29);
    }
    return frame;
}

static void assert_same(const struct serial_frame *one, const struct serial_frame *other)
{
    assert_int_equal(one->address, other->address);
    assert_int_equal(one->sequence, other->sequence);
    assert_int_equal(one->command, other->command);
    assert_int_equal(one->size, other->size);
    assert_memory_equal(one->payload, other->payload, one->size);
}

/* How many frames there are in |bytes|, given |step| at a time; the last is |last|. */
static int frames_in(struct serial_receiver *receiver, const unsigned char *bytes, size_t size, size_t step,
                     struct serial_frame *last)
{
    int found = 0;

    while (size > 0) {
        size_t piece = size < step ? size : step;
        size -= piece;
        while (serial_take(receiver, &bytes, &piece, last)) {
            found++;
        }
    }
    return found;
}

static void the_check_is_the_one_of_the_page(void **state)
{
    (void)state;
    assert_int_equal(serial_crc((const unsigned char *)"123456789", 9), 0x29B1);
    assert_int_equal(serial_crc((const unsigned char *)"", 0), 0xFFFF);
}

static void a_frame_of_any_size_is_read_as_it_was_written(void **state)
{
    unsigned char bytes[OCPP_SETTLE_SERIAL_FRAME];
    struct serial_frame read;

    (void)state;
    for (size_t size = 0; size <= SERIAL_PAYLOAD; size++) {
        const struct serial_frame frame = some_frame(size);
        const size_t whole = serial_write(&frame, bytes);
        assert_int_equal(whole, size + SERIAL_AROUND);
        for (size_t step = 1; step <= whole; step += 7) {
            struct serial_receiver receiver = { .size = 0 };
            assert_int_equal(frames_in(&receiver, bytes, whole, step, &read), 1);
            assert_same(&read, &frame);
            assert_int_equal(receiver.size + receiver.bad_bytes, 0);
        }
    }
}

static void a_frame_with_any_byte_changed_is_none(void **state)
{
    unsigned char bytes[OCPP_SETTLE_SERIAL_FRAME];
    struct serial_frame read;
    const struct serial_frame frame = some_frame(29);
    const size_t whole = serial_write(&frame, bytes);

    (void)state;
    for (size_t at = 0; at < whole; at++) {
        for (unsigned mask = 1; mask < 256; mask++) {
            struct serial_receiver receiver = { .size = 0 };
            bytes[at] ^= (unsigned char)mask;
            assert_int_equal(frames_in(&receiver, bytes, whole, whole, &read), 0);
            assert_false(serial_give_up(&receiver, &read));
            assert_int_equal(receiver.bad_bytes, whole); /* nothing is kept */
            bytes[at] ^= (unsigned char)mask;
        }
    }
}

static void a_frame_that_was_cut_anywhere_is_none_and_the_next_is_found(void **state)
{
    unsigned char bytes[3 * OCPP_SETTLE_SERIAL_FRAME];
    struct serial_frame read;
    const struct serial_frame frame = some_frame(30);
    const struct serial_frame next = some_frame(SERIAL_PAYLOAD);

    (void)state;
    for (size_t cut = 0; cut < serial_write(&frame, bytes); cut++) {
        struct serial_receiver receiver = { .size = 0 };
        const size_t whole = cut + serial_write(&next, bytes + cut);
        const int found = frames_in(&receiver, bytes, whole, 5, &read) + serial_give_up(&receiver, &read);
        assert_int_equal(found, 1);
        assert_same(&read, &next);
        assert_false(serial_give_up(&receiver, &read));
        assert_int_equal(receiver.bad_bytes, cut);
    }
}

static void frames_are_found_between_any_garbage(void **state)
{
    unsigned char bytes[4 * OCPP_SETTLE_SERIAL_FRAME];
    struct serial_frame read;
    uint32_t random = 11; /* with others one of 65,536 beginnings has the right check by chance */

    (void)state;
    for (int round = 0; round < 2000; round++) {
        const struct serial_frame frame = some_frame((size_t)round % SERIAL_PAYLOAD);
        struct serial_receiver receiver = { .size = 0 };
        size_t size = (size_t)round % 40;
        for (size_t i = 0; i < size; i++) {
            random = random * 1664525 + 1013904223;
            bytes[i] = (unsigned char)((random >> 28) < 5 ? SERIAL_START : random >> 24 & 0x3F);
        }
        size += serial_write(&frame, bytes + size);
        assert_int_equal(frames_in(&receiver, bytes, size, 1 + (size_t)round % 9, &read) + serial_give_up(&receiver, &read), 1);
        assert_same(&read, &frame);
    }
}

/* Bounded: whatever comes, no more than a frame is kept. */
static void an_endless_stream_of_start_bytes_is_passed_over(void **state)
{
    unsigned char bytes[4096];
    struct serial_receiver receiver = { .size = 0 };
    struct serial_frame read;

    (void)state;
    memset(bytes, SERIAL_START, sizeof bytes);
    assert_int_equal(frames_in(&receiver, bytes, sizeof bytes, 17, &read), 0);
    memset(bytes, 1, sizeof bytes);
    assert_int_equal(frames_in(&receiver, bytes, sizeof bytes, 17, &read), 0);
    assert_true(receiver.size < OCPP_SETTLE_SERIAL_FRAME);
}

/* --- what frames say ----------------------------------------------------------------------------------------------- */

static struct serial_frame poll_answer(const unsigned char *payload, size_t size)
{
    struct serial_frame frame = { .address = 0x81, .command = SERIAL_POLL, .size = (unsigned char)size };

    memcpy(frame.payload, payload, size);
    return frame;
}

#define POLLED(...) poll_answer((const unsigned char[]){ __VA_ARGS__ }, sizeof((const unsigned char[]){ __VA_ARGS__ }))

static void an_event_is_read_whole_or_not_at_all(void **state)
{
    const struct serial_frame good[] = { POLLED(0, 0),          POLLED(0, 9, 2, 1, 1),
                                         POLLED(0, 9, 2, 1, 0), POLLED(0, 9, 3, 1, 100),
                                         POLLED(0, 9, 4, 1),    POLLED(0, 9, 1, 1, 0, 7, 0) };
    const struct serial_frame bad[] = { POLLED(0),
                                        POLLED(0, 0, 0),
                                        POLLED(0, 9),
                                        POLLED(0, 9, 2),
                                        POLLED(0, 9, 0, 1),
                                        POLLED(0, 9, 5, 1),
                                        POLLED(0, 9, 2, 1),
                                        POLLED(0, 9, 2, 1, 2),
                                        POLLED(0, 9, 2, 1, 1, 0),
                                        POLLED(0, 9, 3, 1, 101),
                                        POLLED(0, 9, 3, 1),
                                        POLLED(0, 9, 4, 1, 0),
                                        POLLED(0, 9, 1, 1, 0, 7) };
    struct serial_event event;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(good); i++) {
        assert_true(serial_hear_poll(&good[i], &event));
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_false(serial_hear_poll(&bad[i], &event));
        assert_int_equal(event.number, bad[i].size >= 2 ? bad[i].payload[1] : 0); /* so it can be seen all the same */
    }
}

static bool is_heard(const unsigned char *rest, size_t size, enum serial_command command, struct ocpp_settle_bay_outcome *outcome)
{
    static char bank[SERIAL_ID_SIZE], hardware[SERIAL_ID_SIZE];
    const struct serial_event event = { .kind = SERIAL_OUTCOME, .slot = 1, .tag = 1, .rest = rest, .rest_size = size };

    *outcome = (struct ocpp_settle_bay_outcome){ .slot = 1 };
    return serial_hear_outcome(&event, command, OCPP_SETTLE_MARK_ROOM_BYTES, bank, hardware, outcome);
}

static void a_query_that_was_cut_or_grew_has_no_sense(void **state)
{
    unsigned char rest[] = { 0, 1, 80, 3, 2, 'B', '7', 3, 'H', ' ', '7', 0 };
    const size_t whole = sizeof rest - 1;
    struct ocpp_settle_bay_outcome outcome;

    (void)state;
    assert_true(is_heard(rest, whole, SERIAL_QUERY, &outcome));
    assert_string_equal(outcome.bank, "B7");
    assert_string_equal(outcome.hardware_id, "H 7");
    assert_int_equal(outcome.charge, 80);
    assert_int_equal(outcome.condition, OCPP_SETTLE_BAY_FAULTY);
    for (size_t size = 0; size <= sizeof rest; size++) {
        assert_int_equal(is_heard(rest, size, SERIAL_QUERY, &outcome), size == whole);
    }
    static const struct {
        size_t at;
        unsigned char wrong;
    } changes[] = { { 0, 4 },  { 0, 2 },   { 0, 3 },    { 1, 2 },    { 2, 101 }, { 3, 4 },
                    { 4, 41 }, { 4, 255 }, { 5, 0x1F }, { 5, 0x7F }, { 9, 0 } };
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        const unsigned char right = rest[changes[i].at];
        rest[changes[i].at] = changes[i].wrong;
        assert_false(is_heard(rest, whole, SERIAL_QUERY, &outcome));
        rest[changes[i].at] = right;
    }
}

static void an_act_ends_only_as_its_kind_may(void **state)
{
    static const enum serial_command commands[] = { SERIAL_QUERY,   SERIAL_READ_MARK,   SERIAL_WRITE_HALF, SERIAL_EJECT,
                                                    SERIAL_RETRACT, SERIAL_FORCE_EJECT, SERIAL_SELF_TEST };
    struct ocpp_settle_bay_outcome outcome;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(commands); i++) {
        const enum serial_command command = commands[i];
        const bool moves = command >= SERIAL_EJECT && command <= SERIAL_FORCE_EJECT;
        const bool tells = command == SERIAL_QUERY || command == SERIAL_READ_MARK;
        assert_int_equal(is_heard((const unsigned char[]){ 0 }, 1, command, &outcome), !tells);
        assert_true(is_heard((const unsigned char[]){ 1 }, 1, command, &outcome));
        assert_int_equal(is_heard((const unsigned char[]){ 2 }, 1, command, &outcome), moves);
        assert_int_equal(is_heard((const unsigned char[]){ 3 }, 1, command, &outcome), command == SERIAL_READ_MARK);
        assert_false(is_heard((const unsigned char[]){ 1, 0 }, 2, command, &outcome));
    }
}

/* --- the page ------------------------------------------------------------------------------------------------------ */

static char *read_page(void)
{
    enum { ROOM = 1 << 20 };
    FILE *file = fopen("extensions/settlement/PROTOCOL.md", "rb");
    char *page = calloc(1, ROOM);

    assert_true(file != NULL && page != NULL);
    assert_true(fread(page, 1, ROOM - 1, file) < ROOM - 1);
    assert_int_equal(fclose(file), 0);
    return page;
}

static void assert_on_page(const char *page, const struct serial_frame *frame)
{
    unsigned char bytes[OCPP_SETTLE_SERIAL_FRAME];
    char text[3 * OCPP_SETTLE_SERIAL_FRAME + 3] = "`";

    const size_t size = serial_write(frame, bytes);
    for (size_t i = 0; i < size; i++) {
        (void)snprintf(text + 1 + 3 * i, 4, "%02X ", bytes[i]);
    }
    text[3 * size] = '`'; /* instead of the last blank */
    if (strstr(page, text) == NULL) {
        fail_msg("not on the page: %s", text);
    }
}

static void what_the_pile_says_stands_on_the_page(void **state)
{
    char *page = read_page();
    struct serial_frame frame = { .address = 1, .sequence = 1 };
    struct serial_act act = { SERIAL_QUERY, 3, 258, 0, { 0 }, 0 };

    (void)state;
    serial_say_hello(&frame);
    assert_on_page(page, &frame);
    frame.sequence = 2;
    serial_say_act(&frame, &act);
    assert_on_page(page, &frame);
    frame.sequence = 4;
    serial_say_poll(&frame, 1);
    assert_on_page(page, &frame);
    frame.sequence = 5;
    act = (struct serial_act){
        SERIAL_WRITE_HALF, 3, 259, 1, { 0xa6, 0xa7, 0x37, 0x49, 0xde, 0xfc, 0xab, 0xc5, 0x19, 0, 1, 2 }, 12
    };
    serial_say_act(&frame, &act);
    assert_on_page(page, &frame);
    frame = (struct serial_frame){ .address = 2, .sequence = 12 };
    act = (struct serial_act){ SERIAL_EJECT, 8, 8, 0, { 0 }, 0 };
    serial_say_act(&frame, &act);
    assert_on_page(page, &frame);
    free(page);
}

/* The frame whose digits begin at |text|; behind it. */
static const char *frame_at(const char *text, struct serial_receiver *receiver, struct serial_frame *frame)
{
    unsigned char bytes[OCPP_SETTLE_SERIAL_FRAME];
    const unsigned char *at = bytes;
    size_t size = 0;

    while (isxdigit((unsigned char)*text) != 0) {
        assert_true(size < sizeof bytes);
        bytes[size++] = (unsigned char)strtoul(text, NULL, 16);
        text += text[2] == ' ' ? 3 : 2;
    }
    assert_true(serial_take(receiver, &at, &size, frame));
    assert_int_equal(size + receiver->size + receiver->bad_bytes, 0);
    return text;
}

static void every_frame_on_the_page_is_one_and_makes_sense(void **state)
{
    char *page = read_page();
    struct serial_receiver receiver = { .size = 0 };
    struct serial_frame frame;
    struct serial_event event;
    int found = 0, events = 0;

    (void)state;
    for (const char *at = page; (at = strstr(at, "`A5 ")) != NULL; found++) {
        at = frame_at(at + 1, &receiver, &frame);
        if (frame.address >= SERIAL_ANSWER && frame.command == SERIAL_POLL) {
            assert_true(serial_hear_poll(&frame, &event));
            events++;
        }
        if (frame.address >= SERIAL_ANSWER && frame.command == SERIAL_HELLO) {
            assert_true(serial_hear_hello(&frame, 8, OCPP_SETTLE_MARK_ROOM_BYTES));
            assert_false(serial_hear_hello(&frame, 9, OCPP_SETTLE_MARK_ROOM_BYTES));
            assert_false(serial_hear_hello(&frame, 8, OCPP_SETTLE_MARK_ROOM_CHARACTERS));
        }
    }
    assert_int_equal(found, 17);
    assert_int_equal(events, 6);
    free(page);
}

/* Two ways to reckon it, one check. */
static void the_boards_of_the_tests_reckon_the_same_check(void **state)
{
    unsigned char bytes[OCPP_SETTLE_SERIAL_FRAME + 2];

    (void)state;
    for (size_t size = 0; size <= SERIAL_PAYLOAD; size++) {
        const struct serial_frame frame = some_frame(size);
        unsigned char again[OCPP_SETTLE_SERIAL_FRAME];
        const size_t whole = serial_write(&frame, bytes);
        memcpy(again, bytes, whole);
        assert_int_equal(emulator_seal(again, whole - 2), whole);
        assert_memory_equal(again, bytes, whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_check_is_the_one_of_the_page),
        cmocka_unit_test(a_frame_of_any_size_is_read_as_it_was_written),
        cmocka_unit_test(a_frame_with_any_byte_changed_is_none),
        cmocka_unit_test(a_frame_that_was_cut_anywhere_is_none_and_the_next_is_found),
        cmocka_unit_test(frames_are_found_between_any_garbage),
        cmocka_unit_test(an_endless_stream_of_start_bytes_is_passed_over),
        cmocka_unit_test(an_event_is_read_whole_or_not_at_all),
        cmocka_unit_test(a_query_that_was_cut_or_grew_has_no_sense),
        cmocka_unit_test(an_act_ends_only_as_its_kind_may),
        cmocka_unit_test(what_the_pile_says_stands_on_the_page),
        cmocka_unit_test(every_frame_on_the_page_is_one_and_makes_sense),
        cmocka_unit_test(the_boards_of_the_tests_reckon_the_same_check),
    };
    return cmocka_run_group_tests_name("settle_serial_frame", tests, NULL, NULL);
}
