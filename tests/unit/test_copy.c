/* test_copy.c: lib/model/copy.c: deep copies and equality, on a hand-written message. */
#include "allocator.h"
#include "sample_message.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sample *decode(struct ocpp_arena *arena, const char *text)
{
    const void *message = NULL;
    assert_int_equal(ocpp_message_decode(&sample_type, text, strlen(text), NULL, NULL, arena, &message, NULL), OCPP_OK);
    return message;
}

static int setup_arena(void **state)
{
    *state = ocpp_arena_new(NULL, 0);
    return *state == NULL;
}

static int free_arena(void **state)
{
    ocpp_arena_free(*state);
    return 0;
}

static void a_copy_outlives_its_original(void **state)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    const void *copy;
    assert_int_equal(ocpp_message_copy(&sample_type, decode(arena, sample_full), *state, &copy), OCPP_OK);
    ocpp_arena_free(arena);
    assert_true(ocpp_message_equal(&sample_type, copy, decode(*state, sample_full)));
}

static void a_copy_keeps_what_is_absent_absent_and_what_is_empty_empty(void **state)
{
    const void *copied;
    assert_int_equal(ocpp_message_copy(&sample_type, decode(*state, SAMPLE_WITH("\"names\":[]")), *state, &copied), OCPP_OK);
    const struct sample *copy = copied;
    assert_non_null(copy->names.items);
    assert_int_equal(copy->names.count, 0);
    assert_null(copy->levels.items);
    assert_null(copy->detail);
    assert_null(copy->secret);
}

static void what_was_there_before_is_zero_in_a_copy(void **state)
{
    struct sample sample = *decode(*state, sample_full);
    const void *copied;

    sample.has_option = false;
    sample.option = true;
    sample.has_until = false;
    sample.until = 12345;
    assert_int_equal(ocpp_message_copy(&sample_type, &sample, *state, &copied), OCPP_OK);
    const struct sample *copy = copied;
    assert_false(copy->has_option);
    assert_false(copy->option);
    assert_int_equal(copy->until, 0);
    assert_true(ocpp_message_equal(&sample_type, copy, &sample));
}

/* --- in one piece --------------------------------------------------------------------------------------------------------- */

static const char *const packed[] = {
    sample_full,
    SAMPLE_WITH("\"names\":[]"),
    SAMPLE_WITH("\"data\":[\"\",\"x\",\"a longer text than the others\"],\"customData\":{\"vendorId\":\"v\",\"x\":[1]}"),
};

/* Every room that is too small says how large it must be, and is left alone behind its end. */
static void a_message_in_one_piece_is_the_same_and_says_what_it_needs(void **state)
{
    for (size_t i = 0; i < COUNT_OF(packed); i++) {
        const struct sample *message = decode(*state, packed[i]);
        size_t needed = 0;

        assert_int_equal(ocpp_message_pack(&sample_type, message, NULL, 0, &needed), OCPP_ERR_LIMIT);
        assert_true(needed >= sizeof(struct sample));
        for (size_t size = 0; size <= needed; size++) {
            unsigned char *room = malloc(size + 1); /* of its own size: who writes beyond it is seen by the sanitizer */
            size_t says = 0;

            room[size] = 0xA5;
            assert_int_equal(ocpp_message_pack(&sample_type, message, room, size, &says),
                             size < needed ? OCPP_ERR_LIMIT : OCPP_OK);
            assert_int_equal(says, needed);
            assert_int_equal(room[size], 0xA5);
            if (size == needed) {
                assert_true(ocpp_message_equal(&sample_type, message, room));
            }
            free(room);
        }
    }
}

static void a_piece_keeps_what_is_absent_absent_and_outlives_its_original(void **state)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    struct sample sample = *decode(arena, SAMPLE_WITH("\"names\":[]"));
    _Alignas(max_align_t) char room[4096];
    const struct sample *piece = (const void *)room;
    size_t needed;

    sample.until = 12345; /* absent */
    assert_int_equal(ocpp_message_pack(&sample_type, &sample, room, sizeof room, &needed), OCPP_OK);
    ocpp_arena_free(arena);
    assert_int_equal(piece->until, 0);
    assert_non_null(piece->names.items);
    assert_int_equal(piece->names.count, 0);
    assert_null(piece->levels.items);
    assert_null(piece->detail);
    assert_true(ocpp_message_equal(&sample_type, piece, decode(*state, SAMPLE_WITH("\"names\":[]"))));
}

static void messages_that_differ_in_one_member_are_not_equal(void **state)
{
    static const char *const others[] = {
        "{\"flag\":false,\"count\":7,\"name\":\"Pile\",\"when\":\"2024-05-06T12:34:56Z\",\"shape\":\"Round\",\"point\":{\"x\":1."
        "5}}",
        "{\"flag\":true,\"count\":8,\"name\":\"Pile\",\"when\":\"2024-05-06T12:34:56Z\",\"shape\":\"Round\",\"point\":{\"x\":1.5}"
        "}",
        "{\"flag\":true,\"count\":7,\"name\":\"pile\",\"when\":\"2024-05-06T12:34:56Z\",\"shape\":\"Round\",\"point\":{\"x\":1.5}"
        "}",
        "{\"flag\":true,\"count\":7,\"name\":\"Pile\",\"when\":\"2024-05-06T12:34:57Z\",\"shape\":\"Round\",\"point\":{\"x\":1.5}"
        "}",
        "{\"flag\":true,\"count\":7,\"name\":\"Pile\",\"when\":\"2024-05-06T12:34:56Z\",\"shape\":\"Square\",\"point\":{\"x\":1."
        "5}}",
        "{\"flag\":true,\"count\":7,\"name\":\"Pile\",\"when\":\"2024-05-06T12:34:56Z\",\"shape\":\"Round\",\"point\":{\"x\":1.6}"
        "}",
        SAMPLE_WITH("\"option\":false"),
        SAMPLE_WITH("\"tag\":\"\""),
        SAMPLE_WITH("\"color\":\"Red\""),
        SAMPLE_WITH("\"detail\":{\"id\":0}"),
        SAMPLE_WITH("\"names\":[]"),
        SAMPLE_WITH("\"names\":[\"a\"]"),
        SAMPLE_WITH("\"names\":[\"a\",\"b\"]"),
        SAMPLE_WITH("\"items\":[{\"id\":1}]"),
        SAMPLE_WITH("\"items\":[{\"id\":1,\"label\":\"\"}]"),
        SAMPLE_WITH("\"limits\":[1]"),
        SAMPLE_WITH("\"data\":1"),
        SAMPLE_WITH("\"data\":\"1\""),
        SAMPLE_WITH("\"customData\":{\"vendorId\":\"\"}"),
        SAMPLE_MINIMAL,
    };
    const size_t count = COUNT_OF(others);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < count; j++)
            assert_int_equal(ocpp_message_equal(&sample_type, decode(*state, others[i]), decode(*state, others[j])), i == j);
    }
}

static void equal_numbers_and_times_may_be_spelt_differently(void **state)
{
    const struct sample *a = decode(*state, SAMPLE_WITH("\"limits\":[150],\"level\":100,\"until\":\"2024-05-06T12:00:00Z\""));
    const struct sample *b =
        decode(*state, SAMPLE_WITH("\"limits\":[1.5e2],\"level\":1e2,\"until\":\"2024-05-06T14:00:00.000+02:00\""));
    assert_true(ocpp_message_equal(&sample_type, a, b));
    struct sample c = *a;
    const struct ocpp_decimal written[] = { OCPP_DECIMAL(15000, 2) };
    c.limits.items = written;
    assert_true(ocpp_message_equal(&sample_type, a, &c));
}

static void the_values_of_absent_members_do_not_count(void **state)
{
    const struct sample *a = decode(*state, SAMPLE_MINIMAL);
    struct sample b = *a;
    b.level = 5;
    b.until = 6;
    assert_true(ocpp_message_equal(&sample_type, a, &b));
}

static void the_limit_of_the_arena_is_told(void **state)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 256);
    const void *copy = NULL;
    assert_int_equal(ocpp_message_copy(&sample_type, decode(*state, sample_full), arena, &copy), OCPP_ERR_LIMIT);
    assert_null(copy);
    ocpp_arena_free(arena);
}

static void any_failing_allocation_of_the_arena_is_survived(void **state)
{
    /* texts long enough that every one of them needs a block of its own */
    static char text[40000];
    char piece[8001];
    memset(piece, 'x', sizeof piece - 1);
    piece[sizeof piece - 1] = '\0';
    snprintf(text, sizeof text,
             SAMPLE_WITH("\"secret\":\"%s\",\"data\":[\"%s\"],\"customData\":{\"vendorId\":\"\",\"x\":\"%s\"}"), piece, piece,
             piece);
    const struct sample *message = decode(*state, text);
    enum ocpp_status status = OCPP_ERR_NOMEM;
    size_t failing = 0;
    while (status != OCPP_OK) {
        struct test_allocator memory;
        test_allocator_start(&memory, ++failing);
        assert_in_range(failing, 1, 100);
        const void *copy = NULL;
        struct ocpp_arena *arena = ocpp_arena_new(&memory.allocator, 0);
        if (arena != NULL) {
            status = ocpp_message_copy(&sample_type, message, arena, &copy);
            assert_true(status == OCPP_OK ? copy != NULL : status == OCPP_ERR_NOMEM && copy == NULL);
        }
        ocpp_arena_free(arena);
        assert_int_equal(memory.blocks, 0);
    }
    assert_true(failing > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_copy_outlives_its_original, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(a_copy_keeps_what_is_absent_absent_and_what_is_empty_empty, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(what_was_there_before_is_zero_in_a_copy, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(a_message_in_one_piece_is_the_same_and_says_what_it_needs, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(a_piece_keeps_what_is_absent_absent_and_outlives_its_original, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(messages_that_differ_in_one_member_are_not_equal, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(equal_numbers_and_times_may_be_spelt_differently, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(the_values_of_absent_members_do_not_count, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(the_limit_of_the_arena_is_told, setup_arena, free_arena),
        cmocka_unit_test_setup_teardown(any_failing_allocation_of_the_arena_is_survived, setup_arena, free_arena),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
