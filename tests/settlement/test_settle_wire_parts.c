/* Messages in parts: cut, put together, lost on the way, too large. */
#include "allocator.h"
#include "unit.h"

#include <ocpp/settlement/wire.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_SIZE = 40000, RENTERS = 400 };

static const struct ocpp_action *const known = &ocpp_settle_actions[OCPP_SETTLE_ACTION_KNOWN_RENTERS];
static const struct ocpp_action *const chunk = &ocpp_settle_actions[OCPP_SETTLE_ACTION_CHUNK];

struct world {
    struct ocpp_arena *arena;
    struct ocpp_settle_wire sender;
    struct ocpp_settle_wire receiver;
    const char *text; /* of a list that is too large */
    size_t size;
    size_t count; /* of parts */
    struct test_allocator memory;
    struct ocpp_settle_joiner joiner;
};

static int start(void **state)
{
    static struct world world;
    static struct ocpp_settle_known_renter renters[RENTERS];
    static char digests[RENTERS][65];
    struct ocpp_settle_known_renters_req list = { .envelope = { "M1", "pile", 1 }, .list_version = 1, .is_full = true };
    struct ocpp_data_transfer data;

    world = (struct world){ .arena = ocpp_arena_new(NULL, 8U << 20),
                            .sender = { .peer = OCPP_FROM_STATION },
                            .receiver = { .peer = OCPP_FROM_CENTRAL } };
    for (unsigned i = 0; i < RENTERS; i++) {
        (void)snprintf(digests[i], sizeof digests[i], "%064u", i);
        renters[i] = (struct ocpp_settle_known_renter){ digests[i], 1 };
    }
    static const char *const nobody[1] = { "" };
    list.gone.items = nobody;
    list.renters.items = renters;
    list.renters.count = RENTERS;
    assert_int_equal(ocpp_settle_wire_write(&world.sender, known, &list, world.arena, &data), OCPP_ERR_TOO_LARGE);
    world.text = data.data;
    world.size = strlen(data.data);
    world.count = ocpp_settle_wire_parts(&world.sender, world.text, world.size);
    assert_true(world.count > 3);
    test_allocator_start(&world.memory, 0);
    world.joiner.allocator = &world.memory.allocator;
    *state = &world;
    return 0;
}

static int end(void **state)
{
    struct world *world = *state;

    ocpp_settle_joiner_drop(&world->joiner);
    assert_int_equal(world->memory.blocks, 0);
    ocpp_arena_free(world->arena);
    return 0;
}

static struct ocpp_settle_chunk_req part_of(struct world *world, size_t index)
{
    struct ocpp_settle_chunk_req part;

    assert_int_equal(
        ocpp_settle_wire_part(&world->sender, "KnownRenters", "M1", world->text, world->size, index, world->arena, &part),
        OCPP_OK);
    return part;
}

static enum ocpp_settle_joined add(struct world *world, size_t index)
{
    const struct ocpp_settle_chunk_req part = part_of(world, index);

    return ocpp_settle_joiner_add(&world->joiner, &part);
}

static void what_was_cut_is_put_together_again(void **state)
{
    struct world *world = *state;
    struct ocpp_settle_wire_message message;
    struct ocpp_settle_wire_fault fault;

    for (size_t i = 0; i < world->count; i++) {
        assert_int_equal(add(world, i), i + 1 < world->count ? OCPP_SETTLE_JOINED_MORE : OCPP_SETTLE_JOINED_WHOLE);
    }
    assert_int_equal(world->joiner.size, world->size);
    assert_string_equal(world->joiner.text, world->text);
    assert_int_equal(ocpp_settle_joiner_read(&world->joiner, &world->receiver, world->arena, &message, &fault), OCPP_OK);
    assert_ptr_equal(message.action, known);
    assert_int_equal(((const struct ocpp_settle_known_renters_req *)message.message)->renters.count, RENTERS);
}

static void each_part_keeps_to_the_limit_and_uses_most_of_it(void **state)
{
    struct world *world = *state;

    for (size_t limit = OCPP_SETTLE_WIRE_BYTES_LEAST; limit < world->size; limit += 997) {
        world->sender.max_bytes = limit;
        const size_t count = ocpp_settle_wire_parts(&world->sender, world->text, world->size);
        for (size_t i = 0; i < count; i++) {
            const struct ocpp_settle_chunk_req part = part_of(world, i);
            struct ocpp_data_transfer data;

            assert_int_equal(ocpp_settle_wire_write(&world->sender, chunk, &part, world->arena, &data), OCPP_OK);
            assert_true(i + 1 == count || strlen(data.data) + 260 > limit);
        }
        ocpp_arena_reset(world->arena);
        end(state);
        start(state); /* the text was in the arena */
    }
}

static void a_cut_never_goes_through_a_character_nor_an_escape(void **state)
{
    struct world *world = *state;
    static char text[TEXT_SIZE + 1];
    static const char *const pieces[] = { "\"", "\\", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x94\x8b", "a", "\t" };
    unsigned seed = 1;
    size_t size = 0;

    while (size + 4 < TEXT_SIZE) {
        const char *piece = pieces[(seed = seed * 1103515245U + 12345U) / 65536U % COUNT_OF(pieces)];

        memcpy(text + size, piece, strlen(piece));
        size += strlen(piece);
    }
    const size_t count = ocpp_settle_wire_parts(&world->sender, text, size);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        struct ocpp_settle_chunk_req part;
        struct ocpp_data_transfer data;

        assert_int_equal(ocpp_settle_wire_part(&world->sender, "KnownRenters", "M1", text, size, i, world->arena, &part),
                         OCPP_OK);
        assert_int_equal(ocpp_settle_wire_write(&world->sender, chunk, &part, world->arena, &data), OCPP_OK);
        assert_memory_equal(part.text, text + at, strlen(part.text));
        at += strlen(part.text);
    }
    assert_int_equal(at, size);
}

static void what_fits_goes_whole_and_a_limit_too_small_is_no_limit(void **state)
{
    struct world *world = *state;
    struct ocpp_settle_chunk_req part;

    world->sender.max_bytes = world->size;
    assert_int_equal(ocpp_settle_wire_parts(&world->sender, world->text, world->size), 1);
    assert_int_equal(
        ocpp_settle_wire_part(&world->sender, "KnownRenters", "M1", world->text, world->size, 0, world->arena, &part),
        OCPP_ERR_ARGUMENT);
    world->sender.max_bytes = 100;
    assert_int_equal(ocpp_settle_wire_parts(&world->sender, world->text, world->size), 0);
    world->sender.max_bytes = 0;
    assert_int_equal(
        ocpp_settle_wire_part(&world->sender, "KnownRenters", "M1", world->text, world->size, world->count, world->arena, &part),
        OCPP_ERR_ARGUMENT);
}

static void a_part_that_comes_twice_counts_once(void **state)
{
    struct world *world = *state;

    for (size_t i = 0; i < world->count; i++) {
        const enum ocpp_settle_joined expected = i + 1 < world->count ? OCPP_SETTLE_JOINED_MORE : OCPP_SETTLE_JOINED_WHOLE;

        assert_int_equal(add(world, i), expected);
        assert_int_equal(add(world, i), expected);
    }
    assert_string_equal(world->joiner.text, world->text);
}

static void a_gap_begins_again(void **state)
{
    struct world *world = *state;

    assert_int_equal(add(world, 1), OCPP_SETTLE_JOINED_RESTART); /* the receiver lost its memory */
    assert_int_equal(add(world, 0), OCPP_SETTLE_JOINED_MORE);
    assert_int_equal(add(world, 2), OCPP_SETTLE_JOINED_RESTART);
    assert_int_equal(add(world, 1), OCPP_SETTLE_JOINED_RESTART);
    assert_null(world->joiner.text);
}

static void another_message_takes_the_place_of_what_had_come(void **state)
{
    struct world *world = *state;
    struct ocpp_settle_chunk_req other = part_of(world, 0);

    assert_int_equal(add(world, 0), OCPP_SETTLE_JOINED_MORE);
    other.id = "M2";
    assert_int_equal(ocpp_settle_joiner_add(&world->joiner, &other), OCPP_SETTLE_JOINED_MORE);
    assert_int_equal(add(world, 1), OCPP_SETTLE_JOINED_RESTART);
    for (size_t i = 0; i < world->count; i++) {
        struct ocpp_settle_chunk_req part = part_of(world, i);

        part.id = "M2";
        (void)ocpp_settle_joiner_add(&world->joiner, &part);
    }
    struct ocpp_settle_wire_message message;
    struct ocpp_settle_wire_fault fault;
    assert_int_equal(ocpp_settle_joiner_read(&world->joiner, &world->receiver, world->arena, &message, &fault), OCPP_ERR_VALUE);
    assert_int_equal(fault.result, OCPP_DATA_TRANSFER_REJECTED);
    assert_string_equal(fault.reason, "the parts bear another id");
}

static void what_grows_beyond_the_limit_is_refused_and_forgotten(void **state)
{
    struct world *world = *state;

    world->joiner.limit = world->size - 1;
    for (size_t i = 0; i + 1 < world->count; i++) {
        assert_int_equal(add(world, i), OCPP_SETTLE_JOINED_MORE);
    }
    assert_int_equal(add(world, world->count - 1), OCPP_SETTLE_JOINED_REFUSED);
    assert_null(world->joiner.text);
    assert_int_equal(world->memory.blocks, 0);
    world->joiner.limit = world->size;
    for (size_t i = 0; i < world->count; i++) {
        assert_int_equal(add(world, i), i + 1 < world->count ? OCPP_SETTLE_JOINED_MORE : OCPP_SETTLE_JOINED_WHOLE);
    }
}

static void parts_that_make_no_sense_are_refused(void **state)
{
    struct world *world = *state;
    struct ocpp_settle_chunk_req part = part_of(world, 0);

    part.index = part.count;
    assert_int_equal(ocpp_settle_joiner_add(&world->joiner, &part), OCPP_SETTLE_JOINED_REFUSED);
    part = part_of(world, 0);
    part.id = "123456789012345678901234567";
    assert_int_equal(ocpp_settle_joiner_add(&world->joiner, &part), OCPP_SETTLE_JOINED_REFUSED);
    part = part_of(world, 0);
    part.name = "RentalClosed"; /* whatever it says, it is no such message */
    part.count = 2;
    assert_int_equal(ocpp_settle_joiner_add(&world->joiner, &part), OCPP_SETTLE_JOINED_MORE);
    part.index = 1;
    assert_int_equal(ocpp_settle_joiner_add(&world->joiner, &part), OCPP_SETTLE_JOINED_WHOLE);
    struct ocpp_settle_wire_message message;
    struct ocpp_settle_wire_fault fault;
    assert_int_not_equal(ocpp_settle_joiner_read(&world->joiner, &world->receiver, world->arena, &message, &fault), OCPP_OK);
    assert_int_equal(fault.result, OCPP_DATA_TRANSFER_REJECTED);
}

static void without_memory_a_part_is_asked_for_again(void **state)
{
    struct world *world = *state;

    world->memory.fail_at = 2;
    assert_int_equal(add(world, 0), OCPP_SETTLE_JOINED_MORE);
    assert_int_equal(add(world, 1), OCPP_SETTLE_JOINED_NO_MEMORY);
    assert_int_equal(add(world, 1), OCPP_SETTLE_JOINED_MORE);
    for (size_t i = 2; i < world->count; i++) {
        (void)add(world, i);
    }
    assert_string_equal(world->joiner.text, world->text);
    end(state);
    start(state);
    world->memory.fail_at = 1;
    assert_int_equal(add(world, 0), OCPP_SETTLE_JOINED_NO_MEMORY);
    assert_int_equal(add(world, 0), OCPP_SETTLE_JOINED_MORE);
}

#define WIRE_TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WIRE_TEST(what_was_cut_is_put_together_again),
        WIRE_TEST(each_part_keeps_to_the_limit_and_uses_most_of_it),
        WIRE_TEST(a_cut_never_goes_through_a_character_nor_an_escape),
        WIRE_TEST(what_fits_goes_whole_and_a_limit_too_small_is_no_limit),
        WIRE_TEST(a_part_that_comes_twice_counts_once),
        WIRE_TEST(a_gap_begins_again),
        WIRE_TEST(another_message_takes_the_place_of_what_had_come),
        WIRE_TEST(what_grows_beyond_the_limit_is_refused_and_forgotten),
        WIRE_TEST(parts_that_make_no_sense_are_refused),
        WIRE_TEST(without_memory_a_part_is_asked_for_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
