/* map.c against a plain array: put, get, remove, growth, collisions, the limit, no memory. */
#include "map.h"

#include "allocator.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

static const uint64_t seed[2] = { 1, 2 };

static void what_is_put_is_got_until_it_is_removed(void **state)
{
    struct ocpp_map map;
    int one = 1;

    (void)state;
    ocpp_map_start(&map, NULL, 10, seed);
    assert_null(ocpp_map_get(&map, "PILE-7"));
    assert_null(ocpp_map_remove(&map, "PILE-7"));
    assert_int_equal(ocpp_map_put(&map, "PILE-7", &one), OCPP_OK);
    assert_ptr_equal(ocpp_map_get(&map, "PILE-7"), &one);
    assert_null(ocpp_map_get(&map, "PILE-70"));
    assert_null(ocpp_map_get(&map, "pile-7"));
    assert_null(ocpp_map_get(&map, ""));
    assert_ptr_equal(ocpp_map_remove(&map, "PILE-7"), &one);
    assert_null(ocpp_map_get(&map, "PILE-7"));
    assert_int_equal(map.count, 0);
    ocpp_map_stop(&map);
}

static void a_taken_key_and_an_empty_value_are_refused(void **state)
{
    struct ocpp_map map;
    int one = 1;
    int two = 2;

    (void)state;
    ocpp_map_start(&map, NULL, 10, seed);
    assert_int_equal(ocpp_map_put(&map, "", &one), OCPP_OK);
    assert_int_equal(ocpp_map_put(&map, "", &two), OCPP_ERR_BUSY);
    assert_ptr_equal(ocpp_map_get(&map, ""), &one);
    assert_int_equal(ocpp_map_put(&map, "x", NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(map.count, 1);
    ocpp_map_stop(&map);
}

static void the_limit_refuses_one_more_and_a_removal_makes_room(void **state)
{
    static const char *const keys[] = { "a", "b", "c", "d" };
    struct ocpp_map map;
    int value = 0;

    (void)state;
    ocpp_map_start(&map, NULL, 3, seed);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(ocpp_map_put(&map, keys[i], &value), OCPP_OK);
    }
    assert_int_equal(ocpp_map_put(&map, keys[3], &value), OCPP_ERR_LIMIT);
    assert_null(ocpp_map_get(&map, keys[3]));
    assert_non_null(ocpp_map_remove(&map, keys[1]));
    assert_int_equal(ocpp_map_put(&map, keys[3], &value), OCPP_OK);
    ocpp_map_stop(&map);

    ocpp_map_start(&map, NULL, 0, seed);
    assert_int_equal(ocpp_map_put(&map, "a", &value), OCPP_ERR_LIMIT);
    ocpp_map_stop(&map);
}

static void no_memory_changes_nothing(void **state)
{
    struct test_allocator memory;
    struct ocpp_map map;
    char keys[7][16];

    (void)state;
    test_allocator_start(&memory, 2);
    ocpp_map_start(&map, &memory.allocator, 100, seed);
    for (int i = 0; i < 7; i++) {
        snprintf(keys[i], sizeof keys[i], "k%d", i);
        assert_int_equal(ocpp_map_put(&map, keys[i], keys[i]), i < 6 ? OCPP_OK : OCPP_ERR_NOMEM);
    }
    assert_int_equal(map.count, 6);
    assert_null(ocpp_map_get(&map, "k6"));
    for (int i = 0; i < 6; i++) {
        assert_ptr_equal(ocpp_map_get(&map, keys[i]), keys[i]);
    }
    assert_int_equal(ocpp_map_put(&map, keys[6], keys[6]), OCPP_OK);
    ocpp_map_stop(&map);
    assert_int_equal(memory.blocks, 0);
}

struct item {
    char key[12];
    bool present;
};

static void assert_agrees(const struct ocpp_map *map, const struct item *items, size_t count)
{
    size_t present = 0;
    size_t walked = 0;
    size_t cursor = 0;

    for (size_t i = 0; i < count; i++) {
        assert_ptr_equal(ocpp_map_get(map, items[i].key), items[i].present ? &items[i] : NULL);
        present += items[i].present;
    }
    for (const struct item *item; (item = ocpp_map_next(map, &cursor)) != NULL; walked++) {
        assert_true(item->present);
    }
    assert_int_equal(walked, present);
    assert_int_equal(map->count, present);
}

static void a_long_random_history_agrees_with_a_plain_array(void **state)
{
    static struct item items[500];
    struct ocpp_map map;
    uint32_t random = 3;

    (void)state;
    ocpp_map_start(&map, NULL, COUNT_OF(items), seed);
    for (size_t i = 0; i < COUNT_OF(items); i++) {
        snprintf(items[i].key, sizeof items[i].key, "%zx", i * i * 977);
    }
    for (int step = 0; step < 40000; step++) {
        random = random * 1664525u + 1013904223u;
        struct item *item = &items[(random >> 8) % COUNT_OF(items)];
        if (item->present) {
            assert_ptr_equal(ocpp_map_remove(&map, item->key), item);
        } else {
            assert_int_equal(ocpp_map_put(&map, item->key, item), OCPP_OK);
        }
        item->present = !item->present;
        if (step % 997 == 0) {
            assert_agrees(&map, items, COUNT_OF(items));
        }
    }
    assert_agrees(&map, items, COUNT_OF(items));
    assert_true(map.room <= 1024); /* it does not grow with its history */
    ocpp_map_stop(&map);
}

/* The way a shard lets go of its stations; to start over after each would cost the square of them. */
static void a_walk_that_removes_what_it_is_shown_empties_the_map(void **state)
{
    static struct item items[500];

    (void)state;
    for (uint64_t round = 0; round < 50; round++) {
        const uint64_t seeds[2] = { round, 7 };
        struct ocpp_map map;
        struct item *item;
        size_t cursor = 0;
        size_t removed = 0;
        ocpp_map_start(&map, NULL, COUNT_OF(items), seeds);
        for (size_t i = 0; i < COUNT_OF(items); i++) {
            snprintf(items[i].key, sizeof items[i].key, "%zx", i);
            assert_int_equal(ocpp_map_put(&map, items[i].key, &items[i]), OCPP_OK);
        }
        for (; (item = ocpp_map_next(&map, &cursor)) != NULL; cursor--, removed++) {
            assert_ptr_equal(ocpp_map_remove(&map, item->key), item);
        }
        assert_int_equal(removed, COUNT_OF(items));
        assert_int_equal(map.count, 0);
        ocpp_map_stop(&map);
    }
}

static void another_seed_puts_keys_elsewhere(void **state)
{
    static const uint64_t other[2] = { 3, 4 };
    struct ocpp_map a;
    struct ocpp_map b;
    int value = 0;

    (void)state;
    ocpp_map_start(&a, NULL, 10, seed);
    ocpp_map_start(&b, NULL, 10, other);
    assert_int_equal(ocpp_map_put(&a, "PILE-7", &value), OCPP_OK);
    assert_int_equal(ocpp_map_put(&b, "PILE-7", &value), OCPP_OK);
    uint64_t hash_a = 0;
    uint64_t hash_b = 0;
    for (size_t i = 0; i < a.room; i++) {
        hash_a |= a.table[i].hash;
        hash_b |= b.table[i].hash;
    }
    assert_true(hash_a != hash_b);
    ocpp_map_stop(&a);
    ocpp_map_stop(&b);
}

/* The hash is SipHash-1-3: known answers from another implementation, with a seed of zeros. */
static void keys_are_hashed_as_siphash_1_3_says(void **state)
{
    static const struct {
        const char *key;
        uint64_t hash;
    } answers[] = {
        { "a", UINT64_C(0x407448d2b89b1813) },
        { "PILE-7", UINT64_C(0x7ff50119fe6f17e7) },
        { "12345678", UINT64_C(0x3489982430560a87) },
        { "8f2b7a1e-5d3c-4b8e-9a70-1c2d3e4f5a6b", UINT64_C(0xe0c700ad3489a1fd) },
    };
    static const uint64_t zeros[2] = { 0, 0 };
    int value = 0;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct ocpp_map map;
        ocpp_map_start(&map, NULL, 1, zeros);
        assert_int_equal(ocpp_map_put(&map, answers[i].key, &value), OCPP_OK);
        assert_ptr_equal(ocpp_map_get(&map, answers[i].key), &value);
        assert_true(map.table[answers[i].hash & (map.room - 1)].hash == answers[i].hash);
        ocpp_map_stop(&map);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_put_is_got_until_it_is_removed),
        cmocka_unit_test(a_taken_key_and_an_empty_value_are_refused),
        cmocka_unit_test(the_limit_refuses_one_more_and_a_removal_makes_room),
        cmocka_unit_test(no_memory_changes_nothing),
        cmocka_unit_test(a_long_random_history_agrees_with_a_plain_array),
        cmocka_unit_test(a_walk_that_removes_what_it_is_shown_empties_the_map),
        cmocka_unit_test(another_seed_puts_keys_elsewhere),
        cmocka_unit_test(keys_are_hashed_as_siphash_1_3_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
