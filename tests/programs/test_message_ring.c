/* The frame log of a station in ocpp-csms: a ring of bytes that has to give back what was put in, however it wraps. */
#include "message_ring.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct ring_budget budget;
static struct message_ring ring;

static int set_up(void **state)
{
    (void)state;
    memset(&ring, 0, sizeof ring);
    atomic_store(&budget.left, 1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ring_free(&ring);
    return 0;
}

/* The text of message |number|: its size and its letters follow from it. */
static size_t text_of(uint64_t number, char *text)
{
    const size_t size = (size_t)(number * 2654435761u % 301);

    for (size_t i = 0; i < size; i++) {
        text[i] = (char)('a' + (number + i) % 26);
    }
    text[size] = '\0';
    return size;
}

static void put(const char *text, size_t size, const char *path)
{
    const struct ring_message message = {
        .utc_ms = (int64_t)ring.next * 10,
        .from = OCPP_FROM_STATION,
        .status = path[0] ? OCPP_ERR_TYPE : OCPP_OK,
        .size = size,
        .text = text,
        .path = path,
    };

    ring_put(&ring, &budget, &message);
}

struct seen {
    uint64_t first;
    uint64_t last;
    size_t count;
};

static bool check(const struct ring_message *message, void *user)
{
    struct seen *seen = user;
    char expected[512];
    const size_t size = text_of(message->number, expected);

    assert_int_equal(message->size, size);
    assert_int_equal(message->kept, size);
    assert_string_equal(message->text, expected);
    assert_string_equal(message->path, message->number % 7 == 0 ? "/a/b" : "");
    assert_int_equal(message->status, message->number % 7 == 0 ? OCPP_ERR_TYPE : OCPP_OK);
    assert_true(seen->count == 0 || message->number == seen->last + 1);
    seen->first = seen->count == 0 ? message->number : seen->first;
    seen->last = message->number;
    seen->count++;
    return true;
}

static struct seen look(uint64_t after)
{
    struct message_ring copy;
    struct seen seen = { 0 };

    assert_true(ring_copy(&ring, &copy));
    ring_each(&copy, after, check, &seen);
    ring_free(&copy);
    return seen;
}

static void what_was_put_in_comes_out_again_newest_last_however_the_ring_wraps(void **state)
{
    char text[512];

    (void)state;
    ring.limit = 4096;
    for (uint64_t number = 1; number <= 3000; number++) {
        const size_t size = text_of(number, text);
        put(text, size, number % 7 == 0 ? "/a/b" : "");
        const struct seen seen = look(0);
        assert_int_equal(seen.last, number);
        assert_true(ring.used <= ring.capacity && ring.capacity <= 4096);
    }
    assert_true(look(0).count > 10);
}

static void a_reader_goes_on_behind_what_it_has_seen(void **state)
{
    char text[512];

    (void)state;
    for (uint64_t number = 1; number <= 20; number++) {
        put(text, text_of(number, text), number % 7 == 0 ? "/a/b" : "");
    }
    assert_int_equal(look(0).count, 20);
    assert_int_equal(look(15).first, 16);
    assert_int_equal(look(20).count, 0);
    assert_int_equal(look(1000).count, 0);
}

static bool note_kept(const struct ring_message *message, void *user)
{
    *(struct ring_message *)user = *message;
    return true;
}

static void a_frame_that_is_larger_than_the_ring_is_kept_as_its_beginning(void **state)
{
    struct ring_message last = { 0 };
    char *large = malloc(10000);

    (void)state;
    memset(large, 'x', 10000);
    ring.limit = 1024;
    put("small", 5, "");
    put(large, 10000, "");
    ring_each(&ring, 0, note_kept, &last);
    assert_int_equal(ring.kept, 1);
    assert_int_equal(last.number, 2);
    assert_int_equal(last.size, 10000);
    assert_true(last.kept > 900 && last.kept < 1024);
    free(large);
}

static void rings_stop_growing_when_their_common_budget_is_spent_and_keep_what_fits(void **state)
{
    struct ring_message last = { 0 };

    (void)state;
    atomic_store(&budget.left, 2000);
    for (int i = 0; i < 100; i++) {
        put("a text of a few dozen characters, to fill the ring", 50, "");
    }
    assert_int_equal(ring.capacity, 2048); /* grown once, by 1,536 bytes */
    assert_int_equal(atomic_load(&budget.left), 2000 - 1536);
    ring_each(&ring, 0, note_kept, &last);
    assert_int_equal(last.number, 100);
}

static void an_empty_ring_shows_nothing_and_can_be_copied(void **state)
{
    struct message_ring copy;

    (void)state;
    assert_true(ring_copy(&ring, &copy));
    assert_int_equal(look(0).count, 0);
    ring_free(&copy);
}

static void a_large_first_frame_is_no_way_around_the_budget(void **state)
{
    static char text[20000];

    (void)state;
    memset(text, 'x', sizeof text);
    atomic_store(&budget.left, 0);
    put(text, sizeof text, "");
    assert_int_equal(ring.capacity, RING_MIN_BYTES);
    assert_int_equal(ring.kept, 1);
    atomic_store(&budget.left, 1 << 20);
    put(text, sizeof text, "");
    assert_true(ring.capacity > sizeof text);
    assert_int_equal(atomic_load(&budget.left), (1 << 20) - (int64_t)(ring.capacity - RING_MIN_BYTES));
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_was_put_in_comes_out_again_newest_last_however_the_ring_wraps),
        TEST(a_reader_goes_on_behind_what_it_has_seen),
        TEST(a_frame_that_is_larger_than_the_ring_is_kept_as_its_beginning),
        TEST(rings_stop_growing_when_their_common_budget_is_spent_and_keep_what_fits),
        TEST(a_large_first_frame_is_no_way_around_the_budget),
        TEST(an_empty_ring_shows_nothing_and_can_be_copied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
