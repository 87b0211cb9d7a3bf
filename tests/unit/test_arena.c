/* arena.c: pieces, limits, what a reset keeps, growth in place, and every request for memory failing in turn. */
#include "arena.h"

#include "allocator.h"
#include "unit.h"

#include <string.h>

static bool is_zero(const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i]) {
            return false;
        }
    }
    return true;
}

static void pieces_are_zeroed_aligned_and_apart(void **state)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    unsigned char *pieces[200];

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT_OF(pieces); i++) {
            pieces[i] = ocpp_arena_take(arena, i);
            assert_non_null(pieces[i]);
            assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
            assert_true(is_zero(pieces[i], i));
            memset(pieces[i], (int)i, i);
        }
        for (size_t i = 1; i < COUNT_OF(pieces); i++) {
            assert_int_equal(pieces[i][0], i);
            assert_int_equal(pieces[i][i - 1], i);
            assert_ptr_not_equal(pieces[i], pieces[i - 1]);
        }
        ocpp_arena_reset(arena);
    }
    ocpp_arena_free(arena);
}

static void text_is_copied_and_terminated(void **state)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);

    (void)state;
    memset(ocpp_arena_take(arena, 900), 0xFF, 900);
    ocpp_arena_reset(arena);
    char *copy = ocpp_arena_text(arena, "pile-7 and more", 6);
    assert_string_equal(copy, "pile-7");
    assert_string_equal(ocpp_arena_text(arena, NULL, 0), "");
    assert_null(ocpp_arena_text(arena, "x", SIZE_MAX));
    ocpp_arena_free(arena);
}

static void free_of_null_is_fine(void **state)
{
    (void)state;
    ocpp_arena_free(NULL);
}

static void a_steady_state_asks_for_no_memory(void **state)
{
    struct test_allocator memory;

    (void)state;
    test_allocator_start(&memory, 0);
    struct ocpp_arena *arena = ocpp_arena_new(&memory.allocator, 0);
    size_t calls = 0;
    for (int message = 0; message < 50; message++) {
        for (size_t piece = 1; piece < 4000; piece += 37) {
            assert_non_null(ocpp_arena_take(arena, piece));
        }
        if (message == 0) {
            calls = memory.calls;
        }
        assert_int_equal(memory.calls, calls);
        ocpp_arena_reset(arena);
        assert_int_equal(ocpp_arena_used(arena), 0);
    }
    ocpp_arena_free(arena);
    assert_int_equal(memory.blocks, 0);
}

static void used_counts_what_is_taken_with_its_padding(void **state)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);
    const size_t unit = _Alignof(max_align_t);

    (void)state;
    assert_int_equal(ocpp_arena_used(arena), 0);
    (void)ocpp_arena_take(arena, 1);
    assert_int_equal(ocpp_arena_used(arena), unit);
    (void)ocpp_arena_take(arena, unit);
    assert_int_equal(ocpp_arena_used(arena), 2 * unit);
    (void)ocpp_arena_take(arena, 10 * 1024 + 1);
    assert_int_equal(ocpp_arena_used(arena), 2 * unit + 10 * 1024 + unit);
    ocpp_arena_free(arena);
}

static void the_limit_holds_and_says_so(void **state)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 8192);
    size_t got = 0;

    (void)state;
    assert_int_equal(ocpp_arena_status(arena), OCPP_OK);
    while (ocpp_arena_take(arena, 64)) {
        got += 64;
    }
    assert_true(got <= 8192);
    assert_true(got >= 7000);
    assert_int_equal(ocpp_arena_status(arena), OCPP_ERR_LIMIT);
    ocpp_arena_reset(arena);
    assert_int_equal(ocpp_arena_status(arena), OCPP_OK);
    assert_null(ocpp_arena_take(arena, SIZE_MAX));
    assert_null(ocpp_arena_take(arena, SIZE_MAX - 8));
    assert_null(ocpp_arena_take(arena, 8193));
    assert_int_equal(ocpp_arena_status(arena), OCPP_ERR_LIMIT);
    assert_non_null(ocpp_arena_take(arena, 64));
    ocpp_arena_free(arena);
}

static void a_limit_too_small_for_any_block_gives_nothing(void **state)
{
    (void)state;
    for (size_t limit = 1; limit <= 48; limit++) {
        struct ocpp_arena *arena = ocpp_arena_new(NULL, limit);
        void *piece = ocpp_arena_take(arena, 1);
        assert_true(!piece || limit >= 33);
        ocpp_arena_free(arena);
    }
}

static void kept_blocks_make_way_for_a_piece_that_needs_the_whole_limit(void **state)
{
    struct test_allocator memory;

    (void)state;
    test_allocator_start(&memory, 0);
    struct ocpp_arena *arena = ocpp_arena_new(&memory.allocator, 64 * 1024);
    while (ocpp_arena_take(arena, 1000)) {
    }
    ocpp_arena_reset(arena);
    assert_non_null(ocpp_arena_take(arena, 60 * 1024));
    ocpp_arena_reset(arena);
    assert_non_null(ocpp_arena_take(arena, 60 * 1024));
    ocpp_arena_free(arena);
    assert_int_equal(memory.blocks, 0);
}

static void the_last_piece_grows_and_shrinks_where_it_stands(void **state)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);

    (void)state;
    char *piece = ocpp_arena_grow(arena, NULL, 0, 10);
    memcpy(piece, "0123456789", 10);
    assert_ptr_equal(ocpp_arena_grow(arena, piece, 10, 500), piece);
    assert_int_equal(ocpp_arena_used(arena), 512);
    ocpp_arena_trim(arena, piece, 10);
    assert_int_equal(ocpp_arena_used(arena), 16);
    char *next = ocpp_arena_take(arena, 1);
    assert_ptr_equal(next, piece + 16);
    ocpp_arena_trim(arena, piece, 1); /* not the last any more: nothing happens */
    assert_int_equal(ocpp_arena_used(arena), 32);
    assert_memory_equal(piece, "0123456789", 10);
    ocpp_arena_free(arena);
}

static void a_piece_that_cannot_grow_in_place_moves_with_its_bytes(void **state)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 0);

    (void)state;
    char *piece = ocpp_arena_text(arena, "bytes that move", 15);
    assert_non_null(ocpp_arena_take(arena, 1));
    char *moved = ocpp_arena_grow(arena, piece, 16, 40);
    assert_ptr_not_equal(moved, piece);
    assert_string_equal(moved, "bytes that move");
    char *far_away = ocpp_arena_grow(arena, moved, 40, 100000);
    assert_ptr_not_equal(far_away, moved);
    assert_string_equal(far_away, "bytes that move");
    ocpp_arena_free(arena);
}

static void a_piece_that_may_not_grow_stays_as_it_was(void **state)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 4096);

    (void)state;
    char *piece = ocpp_arena_text(arena, "stays", 5);
    assert_null(ocpp_arena_grow(arena, piece, 6, 5000));
    assert_null(ocpp_arena_grow(arena, piece, 6, SIZE_MAX));
    assert_int_equal(ocpp_arena_status(arena), OCPP_ERR_LIMIT);
    assert_string_equal(piece, "stays");
    ocpp_arena_free(arena);
}

/* Takes small and large pieces; how many it got. */
static size_t take_many(struct ocpp_arena *arena)
{
    static const size_t sizes[] = { 16, 2000, 1, 70000, 300, 100000 };
    size_t got = 0;

    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        unsigned char *piece = ocpp_arena_take(arena, sizes[i]);
        if (piece) {
            memset(piece, 1, sizes[i]);
            got++;
        }
    }
    return got;
}

static void every_failing_request_is_reported_and_loses_nothing(void **state)
{
    struct test_allocator memory;
    bool complete = false;

    (void)state;
    for (size_t fail_at = 1; !complete; fail_at++) {
        test_allocator_start(&memory, fail_at);
        struct ocpp_arena *arena = ocpp_arena_new(&memory.allocator, 0);
        if (!arena) {
            assert_int_equal(fail_at, 1);
            continue;
        }
        complete = take_many(arena) == 6;
        assert_int_equal(ocpp_arena_status(arena), complete ? OCPP_OK : OCPP_ERR_NOMEM);
        ocpp_arena_reset(arena);
        assert_int_equal(take_many(arena), 6);
        ocpp_arena_free(arena);
        assert_int_equal(memory.blocks, 0);
        assert_true(fail_at < 20);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_zeroed_aligned_and_apart),
        cmocka_unit_test(text_is_copied_and_terminated),
        cmocka_unit_test(free_of_null_is_fine),
        cmocka_unit_test(a_steady_state_asks_for_no_memory),
        cmocka_unit_test(used_counts_what_is_taken_with_its_padding),
        cmocka_unit_test(the_limit_holds_and_says_so),
        cmocka_unit_test(a_limit_too_small_for_any_block_gives_nothing),
        cmocka_unit_test(kept_blocks_make_way_for_a_piece_that_needs_the_whole_limit),
        cmocka_unit_test(the_last_piece_grows_and_shrinks_where_it_stands),
        cmocka_unit_test(a_piece_that_cannot_grow_in_place_moves_with_its_bytes),
        cmocka_unit_test(a_piece_that_may_not_grow_stays_as_it_was),
        cmocka_unit_test(every_failing_request_is_reported_and_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
