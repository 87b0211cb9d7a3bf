/* settle_store_kinds.h: every settlement store of this library as a row, so that one suite can be run over all of them. Link
 * ocpp_settle_test_support and ocpp_test_support.
 */
#ifndef SETTLE_STORE_KINDS_H
#define SETTLE_STORE_KINDS_H

#include <ocpp/settlement/adapters.h>

struct settle_store_fixture;

/* settle_store_kind: |open| fills fixture->store from fixture->path (a name that is free at first). */
struct settle_store_kind {
    const char *name;
    bool survives; /* what was written is there after close and open */
    bool gathers;  /* what was written waits for flush */
    void (*open)(struct settle_store_fixture *fixture);
    void (*close)(struct settle_store_fixture *fixture);
};

struct settle_store_fixture {
    const struct settle_store_kind *kind;
    struct ocpp_settle_store *store;
    char folder[64];
    char path[80];
};

extern const struct settle_store_kind settle_store_kinds[];
extern const size_t settle_store_kind_count;

/* settle_store_kind_state: |kind| as the initial state of a test. */
void *settle_store_kind_state(const struct settle_store_kind *kind);

/* settle_store_setup, settle_store_teardown: for CMUnitTest: turn the kind into an open store in a folder of its own, and clean
 * up.
 */
int settle_store_setup(void **state);
int settle_store_teardown(void **state);

/* settle_store_reopen: closes and opens again. */
void settle_store_reopen(struct settle_store_fixture *fixture);

#endif
