/* settle_store_kinds.c: every settlement store of this library as a row. */
#define _POSIX_C_SOURCE 200809L

#include "settle_store_kinds.h"

#include "scratch.h"

#include <stdio.h>
#include <stdlib.h>

static void fail(const char *what)
{
    (void)fprintf(stderr, "settle_store_kinds: %s\n", what);
    abort();
}

static void open_memory(struct settle_store_fixture *fixture)
{
    fixture->store = ocpp_settle_memory_store_new(NULL, 0);
}

static void close_memory(struct settle_store_fixture *fixture)
{
    ocpp_settle_memory_store_free(fixture->store);
}

static void open_sqlite(struct settle_store_fixture *fixture, size_t group_limit, bool shared)
{
    char reason[256] = "";
    struct ocpp_settle_sqlite_settings settings = ocpp_settle_sqlite_settings_default();

    settings.group = group_limit > 0;
    settings.group_limit = group_limit;
    settings.shared = shared;
    if (ocpp_settle_sqlite_open(fixture->path, &settings, &fixture->store, reason, sizeof reason) != OCPP_OK) {
        fail(reason);
    }
}

static void open_sqlite_through(struct settle_store_fixture *fixture)
{
    open_sqlite(fixture, 0, false);
}

static void open_sqlite_group(struct settle_store_fixture *fixture)
{
    open_sqlite(fixture, 256, false);
}

static void open_sqlite_small_group(struct settle_store_fixture *fixture)
{
    open_sqlite(fixture, 3, false);
}

static void open_sqlite_shared(struct settle_store_fixture *fixture)
{
    open_sqlite(fixture, 0, true);
}

static void open_sqlite_shared_group(struct settle_store_fixture *fixture)
{
    open_sqlite(fixture, 256, true);
}

static void close_sqlite(struct settle_store_fixture *fixture)
{
    ocpp_settle_sqlite_close(fixture->store);
}

/* clang-format off */
const struct settle_store_kind settle_store_kinds[] = {
    { "memory",                              false, false, open_memory,              close_memory },
    { "sqlite, writing through",             true,  false, open_sqlite_through,      close_sqlite },
    { "sqlite, gathering",                   true,  true,  open_sqlite_group,        close_sqlite },
    { "sqlite, gathering three at the most", true,  true,  open_sqlite_small_group,  close_sqlite },
    { "sqlite, shared",                      true,  false, open_sqlite_shared,       close_sqlite },
    { "sqlite, shared and gathering",        true,  true,  open_sqlite_shared_group, close_sqlite },
};
/* clang-format on */
const size_t settle_store_kind_count = sizeof settle_store_kinds / sizeof settle_store_kinds[0];

void *settle_store_kind_state(const struct settle_store_kind *kind)
{
    /* cmocka passes the state as void *; setup turns it back before anybody else sees it. */
    union {
        const struct settle_store_kind *kind;
        void *state;
    } pass = { .kind = kind };
    return pass.state;
}

int settle_store_setup(void **state)
{
    struct settle_store_fixture *fixture = calloc(1, sizeof *fixture);

    if (fixture == NULL) {
        fail("out of memory");
        return -1;
    }
    fixture->kind = *state;
    scratch_make(fixture->folder, sizeof fixture->folder);
    (void)snprintf(fixture->path, sizeof fixture->path, "%s/settle.db", fixture->folder);
    fixture->kind->open(fixture);
    if (fixture->store == NULL) {
        fail("no store");
    }
    *state = fixture;
    return 0;
}

int settle_store_teardown(void **state)
{
    struct settle_store_fixture *fixture = *state;

    fixture->kind->close(fixture);
    scratch_remove(fixture->folder);
    free(fixture);
    return 0;
}

void settle_store_reopen(struct settle_store_fixture *fixture)
{
    fixture->kind->close(fixture);
    fixture->kind->open(fixture);
}
