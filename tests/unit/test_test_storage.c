/* test_test_storage.c: the store that other tests trust to fail when told to. */
#include "test_storage.h"

#include <ocpp/adapters.h>

#include <stdarg.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct bench {
    struct ocpp_storage *disk;
    struct test_storage *test;
    struct ocpp_storage *storage;
    int dones;
    enum ocpp_status last;
};

static int setup(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);
    assert_non_null(bench);
    bench->disk = ocpp_memory_storage_new(NULL, 0);
    assert_non_null(bench->disk);
    bench->test = test_storage_new(bench->disk);
    bench->storage = test_storage_face(bench->test);
    *state = bench;
    return 0;
}

static int teardown(void **state)
{
    struct bench *bench = *state;
    test_storage_free(bench->test);
    ocpp_memory_storage_free(bench->disk);
    free(bench);
    return 0;
}

static void count_done(enum ocpp_status status, void *user)
{
    struct bench *bench = user;
    bench->dones++;
    bench->last = status;
}

static enum ocpp_status write_one(struct bench *bench, enum ocpp_change_kind kind, const char *key, const char *text)
{
    const struct ocpp_change one = { .kind = kind, .key = key, .value = text, .size = strlen(text) };
    return bench->storage->write(&one, 1, count_done, bench, bench->storage->user);
}

static enum ocpp_status put(struct bench *bench, const char *key, const char *text)
{
    return write_one(bench, OCPP_CHANGE_PUT, key, text);
}

static bool note(const char *key, const void *value, size_t size, void *user)
{
    char *text = user;
    const size_t length = strlen(text);
    (void)snprintf(text + length, 1024 - length, "%s=%.*s;", key, (int)size, (const char *)value);
    return true;
}

static void assert_disk(struct bench *bench, const char *expected)
{
    char text[1024] = "";
    assert_int_equal(bench->disk->each("", NULL, note, text, bench->disk->user), OCPP_OK);
    assert_string_equal(text, expected);
}

static void nothing_fails_unless_it_is_told_to(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(put(bench, "a", "1"), OCPP_OK);
    assert_int_equal(put(bench, "b", "2"), OCPP_OK);
    assert_int_equal(bench->dones, 2);
    assert_int_equal(test_storage_writes(bench->test), 2);
    assert_disk(bench, "a=1;b=2;");
}

static void the_nth_write_is_refused_and_leaves_nothing(void **state)
{
    struct bench *bench = *state;
    test_storage_refuse(bench->test, 2, OCPP_ERR_FULL);
    assert_int_equal(put(bench, "a", "1"), OCPP_OK);
    assert_int_equal(put(bench, "a", "2"), OCPP_ERR_FULL);
    assert_int_equal(bench->dones, 1);
    assert_int_equal(put(bench, "b", "3"), OCPP_OK);
    assert_disk(bench, "a=1;b=3;");
}

static void a_delayed_done_waits_for_flush_while_reads_see_the_write(void **state)
{
    struct bench *bench = *state;
    char text[1024] = "";
    test_storage_delay(bench->test, true);
    assert_int_equal(put(bench, "a", "1"), OCPP_OK);
    assert_int_equal(bench->storage->read("a", note, text, bench->storage->user), OCPP_OK);
    assert_string_equal(text, "a=1;");
    assert_int_equal(bench->dones, 0);
    assert_int_equal(test_storage_waiting(bench->test), 1);
    bench->storage->flush(bench->storage->user);
    assert_int_equal(bench->dones, 1);
    assert_int_equal(bench->last, OCPP_OK);
    assert_int_equal(test_storage_waiting(bench->test), 0);
}

static void a_lost_write_takes_all_that_waits_with_it(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(put(bench, "a", "0"), OCPP_OK);
    test_storage_delay(bench->test, true);
    test_storage_lose(bench->test, 3, OCPP_ERR_STORAGE);
    assert_int_equal(put(bench, "a", "1"), OCPP_OK);
    assert_int_equal(put(bench, "b", "1"), OCPP_OK);
    assert_int_equal(bench->dones, 1);
    assert_int_equal(write_one(bench, OCPP_CHANGE_DELETE_PREFIX, "", ""), OCPP_OK);
    assert_int_equal(bench->dones, 4);
    assert_int_equal(bench->last, OCPP_ERR_STORAGE);
    assert_disk(bench, "a=0;");
}

static void a_cut_before_the_disk_leaves_nothing_of_the_write(void **state)
{
    struct bench *bench = *state;
    test_storage_cut(bench->test, 2, 0);
    assert_int_equal(put(bench, "a", "1"), OCPP_OK);
    assert_int_equal(put(bench, "a", "2"), OCPP_ERR_STORAGE);
    assert_true(test_storage_is_cut(bench->test));
    assert_int_equal(bench->dones, 1);
    assert_disk(bench, "a=1;");
}

static void a_cut_after_the_disk_keeps_the_write_and_tells_nobody(void **state)
{
    struct bench *bench = *state;
    test_storage_cut(bench->test, 1, 1);
    assert_int_equal(put(bench, "a", "1"), OCPP_ERR_STORAGE);
    assert_int_equal(bench->dones, 0);
    assert_disk(bench, "a=1;");
}

static void without_power_nothing_works_until_it_is_back(void **state)
{
    struct bench *bench = *state;
    char text[1024] = "";
    assert_int_equal(put(bench, "a", "1"), OCPP_OK);
    test_storage_cut_now(bench->test, 0);
    assert_int_equal(bench->storage->read("a", note, text, bench->storage->user), OCPP_ERR_STORAGE);
    assert_int_equal(bench->storage->each("", NULL, note, text, bench->storage->user), OCPP_ERR_STORAGE);
    assert_int_equal(put(bench, "b", "1"), OCPP_ERR_STORAGE);
    bench->storage->flush(bench->storage->user);
    test_storage_power_on(bench->test);
    assert_int_equal(put(bench, "b", "2"), OCPP_OK);
    assert_disk(bench, "a=1;b=2;");
}

/* The same five overlapping writes, cut so that each possible number of them is kept. */
static void a_cut_keeps_as_many_of_the_waiting_writes_as_it_is_told(void **state)
{
    static const char *const expected[] = { "a=0;s/0000000000000001=x;",
                                            "a=1;s/0000000000000001=x;",
                                            "s/0000000000000001=x;",
                                            "s/0000000000000001=x;s/0000000000000002=y;",
                                            "",
                                            "a=2;" };
    for (size_t keep = 0; keep < 6; keep++) {
        void *inner;
        assert_int_equal(setup(&inner), 0);
        struct bench *bench = inner;
        assert_int_equal(put(bench, "a", "0"), OCPP_OK);
        assert_int_equal(write_one(bench, OCPP_CHANGE_APPEND, "s", "x"), OCPP_OK);
        test_storage_delay(bench->test, true);
        assert_int_equal(put(bench, "a", "1"), OCPP_OK);
        assert_int_equal(write_one(bench, OCPP_CHANGE_DELETE, "a", ""), OCPP_OK);
        assert_int_equal(write_one(bench, OCPP_CHANGE_APPEND, "s", "y"), OCPP_OK);
        assert_int_equal(write_one(bench, OCPP_CHANGE_DELETE_PREFIX, "", ""), OCPP_OK);
        assert_int_equal(put(bench, "a", "2"), OCPP_OK);
        test_storage_cut_now(bench->test, keep);
        assert_disk(bench, expected[keep]);
        assert_int_equal(bench->dones, 2);
        assert_int_equal(teardown(&inner), 0);
    }
    (void)state;
}

static void a_snapshot_brings_everything_back(void **state)
{
    struct bench *bench = *state;
    assert_int_equal(put(bench, "a", "1"), OCPP_OK);
    assert_int_equal(put(bench, "b", ""), OCPP_OK);
    struct ocpp_storage *snapshot = test_storage_snapshot(bench->test);
    assert_int_equal(put(bench, "a", "2"), OCPP_OK);
    assert_int_equal(put(bench, "c", "3"), OCPP_OK);
    test_storage_restore(bench->test, snapshot);
    ocpp_memory_storage_free(snapshot);
    assert_disk(bench, "a=1;b=;");
}

int main(void)
{
#define WITH_BENCH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_BENCH(nothing_fails_unless_it_is_told_to),
        WITH_BENCH(the_nth_write_is_refused_and_leaves_nothing),
        WITH_BENCH(a_delayed_done_waits_for_flush_while_reads_see_the_write),
        WITH_BENCH(a_lost_write_takes_all_that_waits_with_it),
        WITH_BENCH(a_cut_before_the_disk_leaves_nothing_of_the_write),
        WITH_BENCH(a_cut_after_the_disk_keeps_the_write_and_tells_nobody),
        WITH_BENCH(without_power_nothing_works_until_it_is_back),
        WITH_BENCH(a_cut_keeps_as_many_of_the_waiting_writes_as_it_is_told),
        WITH_BENCH(a_snapshot_brings_everything_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
