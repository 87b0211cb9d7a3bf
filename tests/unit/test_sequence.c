/* test_sequence.c: which numbers were seen, held to a naive row of booleans. */
#include "sequence.h"

#include "unit.h"

#include <stdlib.h>
#include <string.h>

static struct sequence of(const int64_t *numbers, size_t count)
{
    struct sequence sequence = { 0 };

    for (size_t i = 0; i < count; i++) {
        (void)sequence_note(&sequence, numbers[i]);
    }
    return sequence;
}

static void a_number_is_new_once(void **state)
{
    struct sequence sequence = of((int64_t[]){ 5, 9, 2 }, 3);

    (void)state;
    assert_int_equal(sequence_missing(&sequence), 5);
    for (int64_t number = 2; number <= 9; number++) {
        const bool is_new = number != 2 && number != 5 && number != 9;
        assert_int_equal(sequence_note(&sequence, number), is_new);
        assert_false(sequence_note(&sequence, number));
    }
    assert_int_equal(sequence_missing(&sequence), 0);
}

static void gaps_are_written_and_read_back(void **state)
{
    struct sequence sequence = of((int64_t[]){ -3, 0, 2, 3, 10 }, 5);
    struct sequence again = { .any = true, .first = -3, .last = 10 };
    char text[SEQUENCE_TEXT_SIZE];

    (void)state;
    sequence_format(&sequence, text);
    assert_string_equal(text, "-2:-1,1,4:9");
    assert_true(sequence_parse(&again, text));
    assert_memory_equal(again.gaps, sequence.gaps, 3 * sizeof again.gaps[0]);
    assert_int_equal(again.count, 3);
}

static void the_longest_text_has_room(void **state)
{
    struct sequence sequence = { .any = true, .first = -9007199254740992, .last = 9007199254740992, .count = SEQUENCE_GAPS };
    char text[SEQUENCE_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < SEQUENCE_GAPS; i++) {
        sequence.gaps[i] = (struct sequence_gap){ -9007199254740000 + 4 * (int64_t)i, -9007199254740000 + 4 * (int64_t)i + 1 };
    }
    sequence_format(&sequence, text);
    assert_true(sequence_parse(&sequence, text));
    assert_int_equal(sequence.count, SEQUENCE_GAPS);
}

static void a_text_that_is_none_is_refused(void **state)
{
    static const char *const texts[] = {
        "x", "1:", "1,1", "3,2", "0", "10", "2:1", "1;2", "-", "1:2:3", "999999999999999999999"
    };

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct sequence sequence = { .any = true, .first = 0, .last = 10 };
        assert_false(sequence_parse(&sequence, texts[i]));
    }
}

static void what_the_first_release_knew_of_the_last_48_is_kept(void **state)
{
    struct sequence sequence;

    (void)state;
    sequence_of_bits(&sequence, 4, 25); /* 4, 1 and 0 */
    assert_int_equal(sequence_missing(&sequence), 2);
    assert_false(sequence_note(&sequence, 0));
    assert_true(sequence_note(&sequence, 2));
    sequence_of_bits(&sequence, 1000, 3);
    assert_true(sequence_note(&sequence, 10)); /* too old to tell, every time */
    assert_true(sequence_note(&sequence, 10));
    assert_false(sequence_note(&sequence, 999));
    assert_int_equal(sequence_missing(&sequence), 0);
}

static void of_more_gaps_than_are_remembered_the_oldest_is_given_up(void **state)
{
    struct sequence sequence = { 0 };

    (void)state;
    for (int64_t number = 0; number <= 2 * SEQUENCE_GAPS + 2; number += 2) {
        assert_true(sequence_note(&sequence, number));
    }
    assert_true(sequence.has_floor);
    assert_int_equal(sequence.floor, 2);
    assert_true(sequence_note(&sequence, 1)); /* nobody knows */
    assert_true(sequence_note(&sequence, 3));
    assert_false(sequence_note(&sequence, 3));
}

/* Whatever comes in whatever order: above the floor it is as a row of booleans has it. */
static void it_is_what_a_row_of_booleans_says(void **state)
{
    uint64_t random = 1;

    (void)state;
    for (int round = 0; round < 2000; round++) {
        struct sequence sequence = { 0 };
        bool seen[64] = { false };
        for (int i = 0; i < 80; i++) {
            random = random * 6364136223846793005u + 1442695040888963407u;
            const int number = (int)(random >> 40) % 64;
            const bool is_known = !sequence.has_floor || number >= sequence.floor;
            const bool is_new = sequence_note(&sequence, number);
            assert_int_equal(is_new, !is_known || !seen[number]);
            seen[number] = true;
            char text[SEQUENCE_TEXT_SIZE];
            sequence_format(&sequence, text);
            assert_true(sequence_parse(&sequence, text));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_is_new_once),
        cmocka_unit_test(gaps_are_written_and_read_back),
        cmocka_unit_test(the_longest_text_has_room),
        cmocka_unit_test(a_text_that_is_none_is_refused),
        cmocka_unit_test(what_the_first_release_knew_of_the_last_48_is_kept),
        cmocka_unit_test(of_more_gaps_than_are_remembered_the_oldest_is_given_up),
        cmocka_unit_test(it_is_what_a_row_of_booleans_says),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
