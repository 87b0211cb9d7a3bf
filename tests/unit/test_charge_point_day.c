/* The power goes at every write of a long day, in either version and where the version changes in the middle of it; with a store
 * that writes through, with one that writes later, and with SQLite on a disk that forgets what was not synced. */
#include "power_vfs.h"
#include "scratch.h"
#include "station_day.h"
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plan {
    enum ocpp_version morning;
    enum ocpp_version evening;
};

static struct plan plans[] = {
    { OCPP_VERSION_1_6, OCPP_VERSION_1_6 },
    { OCPP_VERSION_2_0_1, OCPP_VERSION_2_0_1 },
    { OCPP_VERSION_1_6, OCPP_VERSION_2_0_1 },
    { OCPP_VERSION_2_0_1, OCPP_VERSION_1_6 },
};

static struct day day_in(void **state, bool flushes)
{
    const struct plan *plan = *state;
    struct day day = day_of(plan->morning, plan->evening, flushes);
    world_power_on(day.world);
    return day;
}

static unsigned writes_of_a_day(void **state, bool flushes)
{
    struct day day = day_in(state, flushes);
    const unsigned before = test_storage_writes(day.world->storage);
    day_live(&day);
    day_is_exact(&day);
    assert_int_equal(day.world->session_count, 6);
    assert_int_equal(day.accepted, DAY_ORDERS);
    const unsigned writes = test_storage_writes(day.world->storage) - before;
    world_free(day.world);
    return writes;
}

/* peers: StartTransaction lost by a reset while offline; sessions stuck after power loss, meterStop gone; StopTransaction sent
 * twice. */
static void a_cut_at_any_write_of_a_long_day_leaves_an_exact_record(void **state)
{
    const unsigned writes = writes_of_a_day(state, false);
    print_message("    %u writes\n", writes);
    assert_true(writes > 60);
    for (unsigned nth = 1; nth <= writes; nth += every()) {
        for (size_t keep = 0; keep <= 1; keep++) {
            struct day day = day_in(state, false);
            test_storage_cut(day.world->storage, nth, keep);
            day_live(&day);
            assert_true(day_is_dark(&day));
            day_recover(&day);
            day_settle(&day);
            day_is_exact(&day);
            world_free(day.world);
        }
    }
}

static void the_same_with_a_store_that_is_durable_later(void **state)
{
    const unsigned writes = writes_of_a_day(state, true);
    for (unsigned nth = 1; nth <= writes; nth += every()) {
        for (size_t keep = nth % 2; keep <= 2; keep += 2) { /* every other one of the three in turn */
            struct day day = day_in(state, true);
            test_storage_cut(day.world->storage, nth, keep);
            day_live(&day);
            assert_true(day_is_dark(&day));
            day_recover(&day);
            day_settle(&day);
            day_is_exact(&day);
            world_free(day.world);
        }
    }
}

/* --- bytes that go bad
 * ------------------------------------------------------------------------------------------------------------ */

struct record {
    char key[OCPP_KEY_SIZE];
    uint8_t bytes[8192];
    size_t size;
};

struct records {
    struct record items[96];
    size_t count;
};

static bool note_record(const char *key, const void *value, size_t size, void *user)
{
    struct records *records = user;
    assert_true(records->count < COUNT_OF(records->items) && size <= sizeof(records->items[0].bytes));
    struct record *record = &records->items[records->count++];
    strcpy(record->key, key);
    memcpy(record->bytes, value, size);
    record->size = size;
    return true;
}

/* The store with every kind of record that a day leaves in it: a transaction runs, another waits to be told, and orders hold. */
static struct ocpp_storage *store_of_a_day(void **state, struct records *records)
{
    struct day day = day_in(state, false);
    day_live_until_late(&day);
    struct ocpp_storage *snapshot = test_storage_snapshot(day.world->storage);
    assert_int_equal(snapshot->each("", NULL, note_record, records, snapshot->user), OCPP_OK);
    world_free(day.world);
    return snapshot;
}

/* What the cache forgets is asked for again, and an entry of the list is looked at when its token is presented. */
static bool is_told_later(const char *key)
{
    return strncmp(key, "cache/", 6) == 0 || strncmp(key, "list/", 5) == 0;
}

static void wake_with(void **state, struct ocpp_storage *snapshot, const struct record *record, size_t size)
{
    const struct plan *plan = *state;
    struct day day = day_of(plan->morning, plan->evening, false);
    const struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = record->key, .value = record->bytes, .size = size };
    test_storage_restore(day.world->storage, snapshot);
    assert_int_equal(day.world->memory->write(&change, 1, NULL, NULL, day.world->memory->user), OCPP_OK);
    assert_true(day_switch_on(&day));
    if (ocpp_charge_point_view(day.world->cp).corrupt_records == 0 && !is_told_later(record->key)) {
        fail_msg("%s went bad, and nobody tells of it", record->key);
    }
    day_settle(&day);
    assert_int_equal(ocpp_charge_point_view(day.world->cp).queued_records, 0);
    const size_t before = day.world->session_count;
    plug(day.world, 1);
    card(day.world, 1, "TAG");
    charge(day.world, 1, 10);
    card(day.world, 1, "TAG");
    assert_int_equal(day.world->session_count, before + 1);
    world_free(day.world);
}

/* peers: file system corrupt. Whatever its kind: it is set aside and told of, and the station works. */
static void any_record_of_a_living_store_may_go_bad(void **state)
{
    static struct records records;
    records.count = 0;
    struct ocpp_storage *snapshot = store_of_a_day(state, &records);
    for (size_t i = 0; i < records.count; i++) {
        struct record *record = &records.items[i];
        for (size_t at = 0; at < record->size; at += 1 + record->size / 4) {
            record->bytes[at] ^= 0x10;
            wake_with(state, snapshot, record, record->size);
            record->bytes[at] ^= 0x10;
            wake_with(state, snapshot, record, at);
        }
    }
    print_message("    %zu records\n", records.count);
    ocpp_memory_storage_free(snapshot);
}

/* --- SQLite -------------------------------------------------------------------------------------------------------------------
 */

struct disk {
    char folder[64];
    struct ocpp_storage *store;
};

static struct ocpp_storage *opened(const char *folder)
{
    char path[96];
    char reason[256] = "";
    struct ocpp_storage *store = NULL;
    snprintf(path, sizeof(path), "%s/store.db", folder);
    if (ocpp_sqlite_storage_open(path, NULL, &store, reason, sizeof(reason)) != OCPP_OK) {
        fail_msg("%s", reason);
    }
    return store;
}

static struct day day_on_disk(void **state, struct disk *disk)
{
    const struct plan *plan = *state;
    struct day day = day_of(plan->morning, plan->evening, false);
    scratch_make(disk->folder, sizeof(disk->folder));
    power_vfs_begin();
    disk->store = opened(disk->folder);
    test_storage_free(day.world->storage);
    day.world->storage = test_storage_new(disk->store);
    world_power_on(day.world);
    return day;
}

static void end_day_on_disk(struct day *day, struct disk *disk)
{
    world_free(day->world);
    ocpp_sqlite_storage_close(disk->store);
    scratch_remove(disk->folder);
    power_vfs_forget();
}

/* The day until its |nth| write is on its way to the disk, and how the disk would look then, had the power gone at |moment|. 0:
 * at the end of it. Gives the moment that was the last. */
static size_t cut_in_write(void **state, unsigned nth, size_t moment)
{
    struct disk disk;
    struct disk after;
    struct day day = day_on_disk(state, &disk);
    test_storage_cut(day.world->storage, nth, 1);
    day_live_shortly(&day);
    assert_true(day_is_dark(&day));
    const size_t last = power_vfs_moment();
    power_vfs_end();
    scratch_make(after.folder, sizeof(after.folder));
    power_vfs_lay_out(after.folder, moment == 0 ? last : moment, (uint32_t)(moment * 77 + nth));
    world_power_off(day.world);
    test_storage_free(day.world->storage);
    ocpp_sqlite_storage_close(disk.store);
    scratch_remove(disk.folder);
    after.store = opened(after.folder);
    day.world->storage = test_storage_new(after.store);
    day_recover(&day);
    day_settle(&day);
    day_is_exact(&day);
    end_day_on_disk(&day, &after);
    return last;
}

static void a_cut_at_any_moment_of_a_write_of_sqlite_leaves_an_exact_record(void **state)
{
    struct disk disk;
    struct day day = day_on_disk(state, &disk);
    size_t begun = power_vfs_moment();
    const unsigned before = test_storage_writes(day.world->storage);
    day_live_shortly(&day);
    const unsigned writes = test_storage_writes(day.world->storage) - before;
    power_vfs_end();
    end_day_on_disk(&day, &disk);
    size_t moments = 0;
    for (unsigned nth = 1; nth <= writes; nth++) {
        const size_t last = cut_in_write(state, nth, 0);
        for (size_t moment = begun + 1; moment < last; moment += every(), moments++) {
            cut_in_write(state, nth, moment);
        }
        begun = last;
    }
    print_message("    %u writes, %zu moments between\n", writes, moments);
    assert_true(moments * every() > writes);
}

int main(void)
{
#define IN_PLAN(test, name, plan)                                                                                                \
    {                                                                                                                            \
#test " (" name ")", test, NULL, NULL, &plans[plan]                                                                      \
    }
#define IN_ONE(test) IN_PLAN(test, "1.6", 0), IN_PLAN(test, "2.0.1", 1)
#define IN_TWO(test) IN_PLAN(test, "1.6, then 2.0.1", 2), IN_PLAN(test, "2.0.1, then 1.6", 3)
    const struct CMUnitTest tests[] = {
        IN_ONE(a_cut_at_any_write_of_a_long_day_leaves_an_exact_record),
        IN_TWO(a_cut_at_any_write_of_a_long_day_leaves_an_exact_record),
        IN_ONE(the_same_with_a_store_that_is_durable_later),
        IN_ONE(any_record_of_a_living_store_may_go_bad),
        IN_PLAN(a_cut_at_any_moment_of_a_write_of_sqlite_leaves_an_exact_record, "2.0.1, then 1.6", 3),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
