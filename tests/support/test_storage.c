/* test_storage.c: the store that fails when told to. Every accepted write is kept as the changes that would take it back. */
#include "test_storage.h"

#include <ocpp/adapters.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void require(bool condition, const char *what)
{
    if (condition)
        return;
    (void)fprintf(stderr, "test_storage: %s\n", what);
    abort();
}

static void *grow(void *pointer, size_t size)
{
    void *grown = realloc(pointer, size);
    require(grown != NULL, "out of memory");
    return grown;
}

/* A list of changes that owns its texts. */
struct changes {
    struct ocpp_change *items;
    size_t count;
};

static void changes_add(struct changes *changes, enum ocpp_change_kind kind, const char *key, const void *value, size_t size)
{
    char *copy = grow(NULL, size + strlen(key) + 1);
    if (size > 0)
        memcpy(copy, value, size);
    (void)strcpy(copy + size, key);
    if ((changes->count & (changes->count - 1)) == 0) /* room doubles; a sanitizer's realloc always copies */
        changes->items = grow(changes->items, (changes->count ? 2 * changes->count : 1) * sizeof *changes->items);
    changes->items[changes->count++] = (struct ocpp_change){ .kind = kind, .key = copy + size, .value = copy, .size = size };
}

static void changes_free(struct changes *changes)
{
    for (size_t i = 0; i < changes->count; i++) {
        union {
            const void *borrowed;
            void *owned;
        } text = { .borrowed = changes->items[i].value };
        free(text.owned);
    }
    free(changes->items);
    *changes = (struct changes){ .items = NULL };
}

struct waiting {
    struct changes undo;
    void (*done)(enum ocpp_status status, void *user);
    void *user;
};

/* Something that happens at the nth write from when it was set; 0: never. */
struct trap {
    unsigned nth;
    enum ocpp_status status;
    size_t keep;
};

struct test_storage {
    struct ocpp_storage face;
    struct ocpp_storage *disk;
    struct waiting *waiting;
    size_t waiting_count;
    unsigned writes;
    unsigned looks;
    unsigned visiting;
    bool delayed;
    bool cut;
    struct trap refuse;
    struct trap lose;
    struct trap blind;
    struct trap power;
};

static bool sprung(struct trap *trap)
{
    return trap->nth > 0 && --trap->nth == 0;
}

/* --- taking back ------------------------------------------------------------------------------------------------- */

static bool remember_entry(const char *key, const void *value, size_t size, void *user)
{
    changes_add(user, OCPP_CHANGE_PUT, key, value, size);
    return true;
}

static void remember_key(struct ocpp_storage *disk, const char *key, struct changes *undo)
{
    const enum ocpp_status status = disk->read(key, remember_entry, undo, disk->user);
    if (status == OCPP_ERR_NOT_FOUND)
        changes_add(undo, OCPP_CHANGE_DELETE, key, NULL, 0);
    else
        require(status == OCPP_OK, "the disk cannot be read");
}

/* The disk's numbers rise, so what is new in a stream stands behind what was last. */
static bool remember_last(const char *key, const void *value, size_t size, void *user)
{
    (void)value;
    (void)size;
    (void)snprintf(user, OCPP_KEY_SIZE, "%s", key);
    return true;
}

static void last_of_stream(struct ocpp_storage *disk, const char *stream, char last[OCPP_KEY_SIZE])
{
    char prefix[OCPP_KEY_SIZE];
    (void)snprintf(prefix, sizeof prefix, "%s/", stream);
    (void)strcpy(last, "");
    require(disk->each(prefix, NULL, remember_last, last, disk->user) == OCPP_OK, "the disk cannot be read");
}

static void remember_before(struct ocpp_storage *disk, const struct ocpp_change *change, struct changes *undo)
{
    switch (change->kind) {
    case OCPP_CHANGE_PUT:
    case OCPP_CHANGE_DELETE:
        remember_key(disk, change->key, undo);
        return;
    case OCPP_CHANGE_DELETE_PREFIX:
        require(disk->each(change->key, NULL, remember_entry, undo, disk->user) == OCPP_OK, "the disk cannot be read");
        return;
    case OCPP_CHANGE_APPEND:
        return; /* only known afterwards */
    }
}

struct fresh {
    struct changes *undo;
    const char *last;
};

static bool remember_fresh(const char *key, const void *value, size_t size, void *user)
{
    struct fresh *fresh = user;
    (void)value;
    (void)size;
    if (strcmp(key, fresh->last) > 0)
        changes_add(fresh->undo, OCPP_CHANGE_DELETE, key, NULL, 0);
    return true;
}

/* Writes to the disk and fills |undo| with what takes it back. */
static enum ocpp_status write_undoable(struct ocpp_storage *disk, const struct ocpp_change *changes, size_t count,
                                       struct changes *undo)
{
    char(*last)[OCPP_KEY_SIZE] = grow(NULL, (count + 1) * sizeof *last);
    struct changes before = { .items = NULL };
    for (size_t i = 0; i < count; i++) {
        if (changes[i].kind == OCPP_CHANGE_APPEND && strlen(changes[i].key) < OCPP_STREAM_SIZE)
            last_of_stream(disk, changes[i].key, last[i]);
        else if (strlen(changes[i].key) < OCPP_KEY_SIZE)
            remember_before(disk, &changes[i], &before);
    }
    const enum ocpp_status status = disk->write(changes, count, NULL, NULL, disk->user);
    for (size_t i = 0; status == OCPP_OK && i < count; i++) {
        char prefix[OCPP_KEY_SIZE];
        struct fresh fresh = { .undo = undo, .last = last[i] };
        if (changes[i].kind != OCPP_CHANGE_APPEND)
            continue;
        (void)snprintf(prefix, sizeof prefix, "%s/", changes[i].key);
        require(disk->each(prefix, NULL, remember_fresh, &fresh, disk->user) == OCPP_OK, "the disk cannot be read");
    }
    for (size_t i = 0; status == OCPP_OK && i < before.count; i++)
        changes_add(undo, before.items[i].kind, before.items[i].key, before.items[i].value, before.items[i].size);
    changes_free(&before);
    free(last);
    return status;
}

static void take_back_from(struct test_storage *test, size_t keep)
{
    for (size_t i = test->waiting_count; i-- > keep;) {
        const struct changes *undo = &test->waiting[i].undo;
        require(test->disk->write(undo->items, undo->count, NULL, NULL, test->disk->user) == OCPP_OK,
                "the disk cannot be written");
    }
}

/* Empties the list; every |done| is told |status| when |tell|. */
static void end_waiting(struct test_storage *test, bool tell, enum ocpp_status status)
{
    struct waiting *list = test->waiting;
    const size_t count = test->waiting_count;
    test->waiting = NULL;
    test->waiting_count = 0;
    for (size_t i = 0; i < count; i++) {
        changes_free(&list[i].undo);
        if (tell && list[i].done != NULL)
            list[i].done(status, list[i].user);
    }
    free(list);
}

/* --- the contract ------------------------------------------------------------------------------------------------ */

static void test_flush(void *user)
{
    struct test_storage *test = user;
    require(test->visiting == 0, "flush inside a visit");
    if (!test->cut)
        end_waiting(test, true, OCPP_OK);
}

static enum ocpp_status accept(struct test_storage *test, const struct ocpp_change *changes, size_t count,
                               void (*done)(enum ocpp_status status, void *user), void *done_user)
{
    struct waiting one = { .done = done, .user = done_user };
    const enum ocpp_status status = write_undoable(test->disk, changes, count, &one.undo);
    if (status != OCPP_OK) {
        changes_free(&one.undo);
        return status;
    }
    test->waiting = grow(test->waiting, (test->waiting_count + 1) * sizeof *test->waiting);
    test->waiting[test->waiting_count++] = one;
    return OCPP_OK;
}

static enum ocpp_status test_write(const struct ocpp_change *changes, size_t count,
                                   void (*done)(enum ocpp_status status, void *user), void *done_user, void *user)
{
    struct test_storage *test = user;
    if (test->visiting > 0)
        return OCPP_ERR_STATE;
    if (test->cut)
        return OCPP_ERR_STORAGE;
    test->writes++;
    const bool refused = sprung(&test->refuse);
    const bool lost = sprung(&test->lose);
    const bool cut = sprung(&test->power);
    if (refused && !cut)
        return test->refuse.status;
    const enum ocpp_status status = accept(test, changes, count, done, done_user);
    if (cut) {
        test_storage_cut_now(test, test->power.keep);
        return OCPP_ERR_STORAGE;
    }
    if (status != OCPP_OK)
        return status;
    if (lost) {
        take_back_from(test, 0);
        end_waiting(test, true, test->lose.status);
    } else if (!test->delayed) {
        test_flush(test);
    }
    return OCPP_OK;
}

/* Counts, so that a write inside a visit is refused here before the traps are touched. */
struct watched {
    struct test_storage *test;
    bool (*visit)(const char *key, const void *value, size_t size, void *user);
    void *user;
};

static bool watch(const char *key, const void *value, size_t size, void *user)
{
    const struct watched *watched = user;
    watched->test->visiting++;
    const bool go_on = watched->visit(key, value, size, watched->user);
    watched->test->visiting--;
    return go_on;
}

/* What a look at the disk meets instead: a cut, or a sector that cannot be read. */
static enum ocpp_status look(struct test_storage *test)
{
    if (test->cut)
        return OCPP_ERR_STORAGE;
    test->looks++;
    return sprung(&test->blind) ? test->blind.status : OCPP_OK;
}

static enum ocpp_status test_read(const char *key, bool (*visit)(const char *key, const void *value, size_t size, void *user),
                                  void *visit_user, void *user)
{
    struct test_storage *test = user;
    struct watched watched = { test, visit, visit_user };
    const enum ocpp_status status = look(test);
    return status != OCPP_OK ? status : test->disk->read(key, watch, &watched, test->disk->user);
}

static enum ocpp_status test_each(const char *prefix, const char *from,
                                  bool (*visit)(const char *key, const void *value, size_t size, void *user), void *visit_user,
                                  void *user)
{
    struct test_storage *test = user;
    struct watched watched = { test, visit, visit_user };
    const enum ocpp_status status = look(test);
    return status != OCPP_OK ? status : test->disk->each(prefix, from, watch, &watched, test->disk->user);
}

/* --- what the test says ------------------------------------------------------------------------------------------ */

struct test_storage *test_storage_new(struct ocpp_storage *disk)
{
    require(disk->flush == NULL, "the disk must write through");
    struct test_storage *test = grow(NULL, sizeof *test);
    *test = (struct test_storage){
        .face = { .read = test_read,
                  .each = test_each,
                  .write = test_write,
                  .flush = test_flush,
                  .max_value_bytes = disk->max_value_bytes,
                  .user = test },
        .disk = disk,
    };
    return test;
}

void test_storage_free(struct test_storage *test)
{
    if (test == NULL)
        return;
    end_waiting(test, false, OCPP_OK);
    free(test);
}

struct ocpp_storage *test_storage_face(struct test_storage *test)
{
    return &test->face;
}

void test_storage_delay(struct test_storage *test, bool delayed)
{
    test->delayed = delayed;
    if (!delayed)
        test_flush(test);
}

void test_storage_refuse(struct test_storage *test, unsigned nth, enum ocpp_status status)
{
    test->refuse = (struct trap){ .nth = nth, .status = status };
}

void test_storage_lose(struct test_storage *test, unsigned nth, enum ocpp_status status)
{
    test->lose = (struct trap){ .nth = nth, .status = status };
}

void test_storage_blind(struct test_storage *test, unsigned nth, enum ocpp_status status)
{
    test->blind = (struct trap){ .nth = nth, .status = status };
}

void test_storage_cut(struct test_storage *test, unsigned nth, size_t keep)
{
    test->power = (struct trap){ .nth = nth, .keep = keep };
}

void test_storage_cut_now(struct test_storage *test, size_t keep)
{
    test->cut = true;
    take_back_from(test, keep);
    end_waiting(test, false, OCPP_OK);
}

bool test_storage_is_cut(const struct test_storage *test)
{
    return test->cut;
}

void test_storage_power_on(struct test_storage *test)
{
    require(test->cut, "the power is on");
    test->cut = false;
    test->delayed = false;
    test->refuse = test->lose = test->blind = test->power = (struct trap){ .nth = 0 };
}

unsigned test_storage_writes(const struct test_storage *test)
{
    return test->writes;
}

unsigned test_storage_looks(const struct test_storage *test)
{
    return test->looks;
}

size_t test_storage_waiting(const struct test_storage *test)
{
    return test->waiting_count;
}

struct ocpp_storage *test_storage_snapshot(const struct test_storage *test)
{
    struct ocpp_storage *snapshot = ocpp_memory_storage_new(NULL, 0);
    struct changes all = { .items = NULL };
    require(snapshot != NULL, "out of memory");
    require(test->disk->each("", NULL, remember_entry, &all, test->disk->user) == OCPP_OK, "the disk cannot be read");
    require(snapshot->write(all.items, all.count, NULL, NULL, snapshot->user) == OCPP_OK, "the snapshot cannot be written");
    changes_free(&all);
    return snapshot;
}

void test_storage_restore(struct test_storage *test, struct ocpp_storage *snapshot)
{
    struct changes all = { .items = NULL };
    require(test->waiting_count == 0, "writes wait");
    changes_add(&all, OCPP_CHANGE_DELETE_PREFIX, "", NULL, 0);
    require(snapshot->each("", NULL, remember_entry, &all, snapshot->user) == OCPP_OK, "the snapshot cannot be read");
    require(test->disk->write(all.items, all.count, NULL, NULL, test->disk->user) == OCPP_OK, "the disk cannot be written");
    changes_free(&all);
}
