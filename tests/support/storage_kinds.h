/* storage_kinds.h: every store of this library as a row, so that one suite can be run over all of them. */
#ifndef STORAGE_KINDS_H
#define STORAGE_KINDS_H

#include <ocpp/adapters.h>

struct kind_fixture;

/* storage_kind: how to make one. |open| fills fixture->storage from fixture->path (a name that is free at first). */
struct storage_kind {
    const char *name;
    bool survives; /* what was written is there after close and open */
    void (*open)(struct kind_fixture *fixture);
    void (*close)(struct kind_fixture *fixture);
};

struct kind_fixture {
    const struct storage_kind *kind;
    struct ocpp_storage *storage;
    struct ocpp_storage *disk; /* of the store for tests */
    struct test_storage *test;
    char folder[64];
    char path[80];
};

extern const struct storage_kind storage_kinds[];
extern const size_t storage_kind_count;

/* kind_state: |kind| as the initial state of a test. */
void *kind_state(const struct storage_kind *kind);

/* kind_setup, kind_teardown: for CMUnitTest: turn the kind into an open store in a folder of its own, and clean up. */
int kind_setup(void **state);
int kind_teardown(void **state);

/* kind_reopen: closes and opens again. */
void kind_reopen(struct kind_fixture *fixture);

#endif
