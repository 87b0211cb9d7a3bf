/* test_memory_storage.c: what only the memory store has: a bound on its size and memory that may run out. The rest is in
 * test_storage_contract.c.
 */
#include <ocpp/adapters.h>

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* An allocator that counts what is out and fails the nth allocation (0: none). */
struct counted {
    int out;
    int fail_at;
    int allocations;
};

static void *count_reallocate(void *pointer, size_t size, void *user)
{
    struct counted *counted = user;
    if (size == 0) {
        counted->out -= pointer != NULL;
        free(pointer);
        return NULL;
    }
    if (++counted->allocations == counted->fail_at)
        return NULL;
    counted->out += pointer == NULL;
    return realloc(pointer, size);
}

static enum ocpp_status put(struct ocpp_storage *storage, const char *key, size_t size)
{
    static const char bytes[1000];
    const struct ocpp_change one = { .kind = OCPP_CHANGE_PUT, .key = key, .value = bytes, .size = size };
    return storage->write(&one, 1, NULL, NULL, storage->user);
}

static enum ocpp_status delete_key(struct ocpp_storage *storage, const char *key)
{
    const struct ocpp_change one = { .kind = OCPP_CHANGE_DELETE, .key = key };
    return storage->write(&one, 1, NULL, NULL, storage->user);
}

static bool note(const char *key, const void *value, size_t size, void *user)
{
    char *text = user;
    (void)value;
    (void)snprintf(text + strlen(text), 1024 - strlen(text), "%s:%zu;", key, size);
    return true;
}

static void assert_all(struct ocpp_storage *storage, const char *expected)
{
    char text[1024] = "";
    assert_int_equal(storage->each("", NULL, note, text, storage->user), OCPP_OK);
    assert_string_equal(text, expected);
}

static void a_full_store_refuses_what_grows_it_and_takes_what_does_not(void **state)
{
    struct ocpp_storage *storage = ocpp_memory_storage_new(NULL, 2900);
    (void)state;
    assert_int_equal(put(storage, "a", 900), OCPP_OK);
    assert_int_equal(put(storage, "b", 900), OCPP_OK);
    assert_int_equal(put(storage, "c", 1000), OCPP_ERR_FULL);
    assert_int_equal(put(storage, "a", 900), OCPP_OK);
    assert_int_equal(put(storage, "a", 800), OCPP_OK);
    assert_all(storage, "a:800;b:900;");
    assert_int_equal(delete_key(storage, "b"), OCPP_OK);
    assert_int_equal(put(storage, "c", 1000), OCPP_OK);
    assert_all(storage, "a:800;c:1000;");
    ocpp_memory_storage_free(storage);
}

static void a_write_that_makes_its_own_room_fits(void **state)
{
    struct ocpp_storage *storage = ocpp_memory_storage_new(NULL, 1500);
    static const char bytes[1000];
    const struct ocpp_change swap[] = { { .kind = OCPP_CHANGE_PUT, .key = "b", .value = bytes, .size = 1000 },
                                        { .kind = OCPP_CHANGE_DELETE, .key = "a" } };
    (void)state;
    assert_int_equal(put(storage, "a", 1000), OCPP_OK);
    assert_int_equal(storage->write(swap, 2, NULL, NULL, storage->user), OCPP_OK);
    assert_all(storage, "b:1000;");
    ocpp_memory_storage_free(storage);
}

static void a_write_that_does_not_fit_as_a_whole_leaves_no_part(void **state)
{
    struct ocpp_storage *storage = ocpp_memory_storage_new(NULL, 2000);
    static const char bytes[900];
    const struct ocpp_change changes[] = { { .kind = OCPP_CHANGE_DELETE_PREFIX, .key = "" },
                                           { .kind = OCPP_CHANGE_PUT, .key = "a", .value = bytes, .size = 900 },
                                           { .kind = OCPP_CHANGE_APPEND, .key = "s", .value = bytes, .size = 900 },
                                           { .kind = OCPP_CHANGE_PUT, .key = "b", .value = bytes, .size = 900 } };
    (void)state;
    assert_int_equal(put(storage, "a", 1), OCPP_OK);
    assert_int_equal(put(storage, "z", 2), OCPP_OK);
    assert_int_equal(storage->write(changes, 4, NULL, NULL, storage->user), OCPP_ERR_FULL);
    assert_all(storage, "a:1;z:2;");
    ocpp_memory_storage_free(storage);
}

/* Every way a step can meet another in one write: replace, replace again, remove what was added, remove and add again. */
static const struct ocpp_change tangle[] = {
    { .kind = OCPP_CHANGE_PUT, .key = "a", .value = "xx", .size = 2 },
    { .kind = OCPP_CHANGE_PUT, .key = "a", .value = "xxx", .size = 3 },
    { .kind = OCPP_CHANGE_APPEND, .key = "b", .value = "x", .size = 1 },
    { .kind = OCPP_CHANGE_DELETE_PREFIX, .key = "b" },
    { .kind = OCPP_CHANGE_PUT, .key = "b", .value = "xxxx", .size = 4 },
    { .kind = OCPP_CHANGE_DELETE, .key = "c" },
    { .kind = OCPP_CHANGE_PUT, .key = "c", .value = "x", .size = 1 },
    { .kind = OCPP_CHANGE_DELETE, .key = "c" },
    { .kind = OCPP_CHANGE_PUT, .key = "d", .value = "x", .size = 1 },
};

static void memory_that_runs_out_in_a_write_leaves_everything_as_it_was(void **state)
{
    (void)state;
    for (int nth = 1;; nth++) {
        struct counted counted = { .fail_at = 0 };
        const struct ocpp_allocator allocator = { .reallocate = count_reallocate, .user = &counted };
        struct ocpp_storage *storage = ocpp_memory_storage_new(&allocator, 0);
        assert_int_equal(put(storage, "a", 1), OCPP_OK);
        assert_int_equal(put(storage, "b", 2), OCPP_OK);
        assert_int_equal(put(storage, "c", 3), OCPP_OK);
        counted.fail_at = counted.allocations + nth;
        const enum ocpp_status status = storage->write(tangle, sizeof tangle / sizeof tangle[0], NULL, NULL, storage->user);
        counted.fail_at = 0;
        assert_all(storage, status == OCPP_OK ? "a:3;b:4;d:1;" : "a:1;b:2;c:3;");
        assert_int_equal(put(storage, "e", 5), OCPP_OK);
        ocpp_memory_storage_free(storage);
        assert_int_equal(counted.out, 0);
        if (status == OCPP_OK) {
            assert_int_equal(nth, 7);
            return;
        }
        assert_int_equal(status, OCPP_ERR_NOMEM);
    }
}

static void a_store_that_cannot_be_made_is_null(void **state)
{
    struct counted counted = { .fail_at = 1 };
    const struct ocpp_allocator allocator = { .reallocate = count_reallocate, .user = &counted };
    (void)state;
    assert_null(ocpp_memory_storage_new(&allocator, 0));
    ocpp_memory_storage_free(NULL);
}

static bool in_order(const char *key, const void *value, size_t size, void *user)
{
    unsigned *next = user;
    char expected[16];
    (void)value;
    (void)size;
    (void)snprintf(expected, sizeof expected, "k%05u", (*next)++);
    assert_string_equal(key, expected);
    return true;
}

static void twenty_thousand_entries_in_any_order_of_writing_are_kept_in_theirs(void **state)
{
    struct ocpp_storage *storage = ocpp_memory_storage_new(NULL, 0);
    unsigned next = 0;
    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "k%05u", i * 7919u % 20000u);
        assert_int_equal(put(storage, key, 1), OCPP_OK);
    }
    assert_int_equal(storage->each("k", NULL, in_order, &next, storage->user), OCPP_OK);
    assert_int_equal(next, 20000);
    ocpp_memory_storage_free(storage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_store_refuses_what_grows_it_and_takes_what_does_not),
        cmocka_unit_test(a_write_that_makes_its_own_room_fits),
        cmocka_unit_test(a_write_that_does_not_fit_as_a_whole_leaves_no_part),
        cmocka_unit_test(memory_that_runs_out_in_a_write_leaves_everything_as_it_was),
        cmocka_unit_test(a_store_that_cannot_be_made_is_null),
        cmocka_unit_test(twenty_thousand_entries_in_any_order_of_writing_are_kept_in_theirs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
