/* checker_bench.h: a store in which each invariant is broken by hand, and the checker that has to say which. */
#ifndef CHECKER_BENCH_H
#define CHECKER_BENCH_H

#include "records.h"
#include "settle_checker.h"
#include "settle_keys.h"
#include "unit.h"

#include <ocpp/settlement/model.h>
#include <ocpp/settlement/store.h>

struct bench {
    struct ocpp_settle_store *store;
    struct settle_keys keys;
    struct ocpp_arena *arena;
    struct settle_checker *checker;
};

int setup(void **state);
int teardown(void **state);

/* change: of one row, whatever its version. put: a record there, or in place of what is there. take_away: nothing is there. */
void change(struct bench *bench, enum ocpp_settle_change_kind kind, const char *key, const char *text, size_t size);
void put(struct bench *bench, const char *key, const struct ocpp_type *type, const void *record);
void take_away(struct bench *bench, const char *key);

/* journal: an entry. post: an entry of the ledger, of leg L. balance: of an account. */
void journal(struct bench *bench, const char *kind, const char *body);
void post(struct bench *bench, const char *event, const char *debit, int64_t debit_minor, const char *credit,
          int64_t credit_minor);
void balance(struct bench *bench, const char *key, int64_t minor, int64_t entries);

/* leg_of, order_of: leg L, order O with it and with a vehicle that charges. hold: 80 are held for leg L. put_order: with the row
 * by which its payer finds it. timer: "KIND/SUBJECT" runs. */
struct row_leg leg_of(enum row_leg_state state, int64_t held, int64_t captured, int64_t released);
struct row_order order_of(enum row_order_state state, int64_t paid);
void put_leg(struct bench *bench, struct row_leg leg);
void put_order(struct bench *bench, const struct row_order *order);
void hold(struct bench *bench);
void timer(struct bench *bench, const char *rest);

/* bill_of: of |lines|. put_bill: as bill |number| of order O, with its hash. */
struct ocpp_settle_bill bill_of(const struct ocpp_settle_bill_line *lines, size_t count, int64_t net, int64_t gross);
void put_bill(struct bench *bench, int number, struct ocpp_settle_bill bill);

/* assert_good: nothing is broken, in both kinds of run. assert_broken: |expected| is said by the run that looks at what changed,
 * and its invariant by one that has seen nothing before. assert_broken_since: of what only shows to who saw it before. */
void assert_good(struct bench *bench);
void assert_broken(struct bench *bench, const char *expected);
void assert_broken_since(struct bench *bench, const char *expected);

#endif
