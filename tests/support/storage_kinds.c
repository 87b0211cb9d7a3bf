/* storage_kinds.c: every store of this library as a row. */
#define _POSIX_C_SOURCE 200809L

#include "storage_kinds.h"

#include "scratch.h"
#include "test_storage.h"

#include <stdio.h>
#include <stdlib.h>

static void fail(const char *what)
{
    (void)fprintf(stderr, "storage_kinds: %s\n", what);
    abort();
}

static void open_memory(struct kind_fixture *fixture)
{
    fixture->storage = ocpp_memory_storage_new(NULL, 0);
}

static void close_memory(struct kind_fixture *fixture)
{
    ocpp_memory_storage_free(fixture->storage);
}

static void open_sqlite(struct kind_fixture *fixture, bool group, size_t group_limit, bool shared)
{
    char reason[256] = "";
    struct ocpp_sqlite_storage_settings settings = ocpp_sqlite_storage_settings_default();
    settings.group = group;
    settings.group_limit = group_limit;
    settings.shared = shared;
    if (ocpp_sqlite_storage_open(fixture->path, &settings, &fixture->storage, reason, sizeof reason) != OCPP_OK)
        fail(reason);
}

static void open_sqlite_through(struct kind_fixture *fixture)
{
    open_sqlite(fixture, false, 1, false);
}

static void open_sqlite_group(struct kind_fixture *fixture)
{
    open_sqlite(fixture, true, 256, false);
}

static void open_sqlite_small_group(struct kind_fixture *fixture)
{
    open_sqlite(fixture, true, 3, false);
}

static void open_sqlite_shared(struct kind_fixture *fixture)
{
    open_sqlite(fixture, false, 1, true);
}

/* The wrapper over a memory store: its own tests are in test_test_storage.c. */
static void open_test(struct kind_fixture *fixture, bool delayed)
{
    fixture->disk = ocpp_memory_storage_new(NULL, 0);
    if (fixture->disk == NULL)
        fail("out of memory");
    fixture->test = test_storage_new(fixture->disk);
    test_storage_delay(fixture->test, delayed);
    fixture->storage = test_storage_face(fixture->test);
}

static void open_test_at_once(struct kind_fixture *fixture)
{
    open_test(fixture, false);
}

static void open_test_delayed(struct kind_fixture *fixture)
{
    open_test(fixture, true);
}

static void close_test(struct kind_fixture *fixture)
{
    test_storage_free(fixture->test);
    ocpp_memory_storage_free(fixture->disk);
}

static void close_sqlite(struct kind_fixture *fixture)
{
    ocpp_sqlite_storage_close(fixture->storage);
}

/* clang-format off */
const struct storage_kind storage_kinds[] = {
    { "memory",                              false, open_memory,             close_memory },
    { "sqlite, writing through",             true,  open_sqlite_through,     close_sqlite },
    { "sqlite, gathering",                   true,  open_sqlite_group,       close_sqlite },
    { "sqlite, gathering three at the most", true,  open_sqlite_small_group, close_sqlite },
    { "sqlite, shared",                      true,  open_sqlite_shared,      close_sqlite },
    { "the store for tests",                 false, open_test_at_once,       close_test },
    { "the store for tests, delayed",        false, open_test_delayed,       close_test },
};
/* clang-format on */
const size_t storage_kind_count = sizeof storage_kinds / sizeof storage_kinds[0];

void *kind_state(const struct storage_kind *kind)
{
    /* cmocka passes the state as void *; kind_setup() turns it back before anybody else sees it. */
    union {
        const struct storage_kind *kind;
        void *state;
    } pass = { .kind = kind };
    return pass.state;
}

int kind_setup(void **state)
{
    struct kind_fixture *fixture = calloc(1, sizeof *fixture);
    if (fixture == NULL)
        fail("out of memory");
    fixture->kind = *state;
    scratch_make(fixture->folder, sizeof fixture->folder);
    (void)snprintf(fixture->path, sizeof fixture->path, "%s/store.db", fixture->folder);
    fixture->kind->open(fixture);
    if (fixture->storage == NULL)
        fail("no store");
    *state = fixture;
    return 0;
}

int kind_teardown(void **state)
{
    struct kind_fixture *fixture = *state;
    fixture->kind->close(fixture);
    scratch_remove(fixture->folder);
    free(fixture);
    return 0;
}

void kind_reopen(struct kind_fixture *fixture)
{
    fixture->kind->close(fixture);
    fixture->kind->open(fixture);
}
