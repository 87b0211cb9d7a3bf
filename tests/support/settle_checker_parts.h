/* settle_checker_parts.h: what the files of the checker share. */
#ifndef SETTLE_CHECKER_PARTS_H
#define SETTLE_CHECKER_PARTS_H

#include "house_records.h"
#include "records.h"
#include "settle_checker.h"

#include <ocpp/central_transactions.h>
#include <ocpp/settlement/model.h>

/* A map of texts to a few numbers. */
struct checker_item {
    char *key;
    int64_t number;  /* of a row its version, of an account its balance, of a leg its captures */
    int64_t other;   /* of a bank its generation, of an account its entries */
    uint64_t hash;   /* of a row its bytes */
    unsigned pass;   /* that saw it last */
    bool is_touched; /* an account since the last run */
};

struct checker_map {
    struct checker_item *items;
    size_t count;
    size_t room;
};

struct checker_item *checker_map_find(const struct checker_map *map, const char *key);
struct checker_item *checker_map_get(struct checker_map *map, const char *key); /* made of zeros where there is none */
void checker_map_clear(struct checker_map *map);

struct settle_checker {
    struct ocpp_settle_store store;
    struct ocpp_settle_keys keys;
    struct ocpp_arena *arena;     /* of one look */
    struct ocpp_settle_head head; /* of the journal, as far as it was looked at */
    struct checker_map accounts;  /* OPERATOR/CURRENCY/ACCOUNT, folded */
    struct checker_map captures;  /* OPERATOR/LEG */
    struct checker_map rows;      /* by key */
    struct checker_map settled;   /* OPERATOR/WHAT/ID: by which order */
    unsigned pass;
    bool in_full;
    bool at_rest; /* everything has ended */
    bool refused; /* nothing may have changed */
    bool believes_rentals;
    char broken[600];
};

/* A row as it is shown. */
struct checker_row {
    const char *key;
    char operator_id[48];
    char kind[24];
    const char *rest; /* of the key, behind the kind; "" */
    const struct ocpp_settle_row *row;
    struct checker_item *seen;
    bool is_new;
};

/* checker_break: notes the first thing that is wrong. Always false. */
bool checker_break(struct settle_checker *checker, const char *invariant, const char *format, ...) OCPP_PRINTF(3, 4);

/* checker_require: |holds|, or what is wrong. */
#define CHECKER_REQUIRE(checker, holds, invariant, ...)                                                                          \
    do {                                                                                                                         \
        if (!(holds)) {                                                                                                          \
            return checker_break(checker, invariant, __VA_ARGS__);                                                               \
        }                                                                                                                        \
    } while (0)

/* checker_decode: NULL breaks: what is stored cannot be read. In the arena. */
const void *checker_decode(struct settle_checker *checker, const struct ocpp_type *type, const void *text, size_t size,
                           const char *where);

/* checker_read: the record OPERATOR/KIND/SUBJECT; NULL: there is none (or it cannot be read, which breaks). */
const void *checker_read(struct settle_checker *checker, const char *operator_id, const char *kind, const char *subject,
                         const struct ocpp_type *type);
bool checker_exists(struct settle_checker *checker, const char *operator_id, const char *kind, const char *subject);

/* checker_balance: of an account, as the journal adds up. */
int64_t checker_balance(const struct settle_checker *checker, const char *operator_id, const char *currency, const char *kind,
                        const char *subject);

/* The journal: I1, I2, I4, I8. */
bool checker_walk_journal(struct settle_checker *checker);
bool checker_compare_balances(struct settle_checker *checker);

/* A row that is new or has another version, and one that is gone. */
bool checker_look_at_row(struct settle_checker *checker, const struct checker_row *row);
bool checker_look_at_gap(struct settle_checker *checker, const struct checker_row *row);

/* A bill: I7, I10, I11. The numbers of what an order has, and what it settles: I10. */
bool checker_look_at_page(struct settle_checker *checker, const struct checker_row *row, const void *record);
bool checker_look_at_bill(struct settle_checker *checker, const struct checker_row *row, const void *record);
bool checker_look_at_numbers(struct settle_checker *checker, const struct checker_row *row, const struct row_order *order);

/* checker_settle_first: nobody but |by| was said to settle |what| |id|. checker_settle_once: or I10. */
bool checker_settle_first(struct settle_checker *checker, const char *operator_id, const char *what, const char *id,
                          const char *by);
bool checker_settle_once(struct settle_checker *checker, const char *operator_id, const char *what, const char *id,
                         const char *by);

/* Houses and piles without a network: I10, I12. */
bool checker_look_at_shared(struct settle_checker *checker, const struct checker_row *row);

/* Who waits because of the row, or for it, has a timer or an owner: I14. |row->row| is NULL when it is gone. */
bool checker_look_who_waits(struct settle_checker *checker, const struct checker_row *row);

/* Who has to do something about a record that waits for no timer is there, and finds it: I14. */
bool checker_look_at_owner(struct settle_checker *checker, const struct checker_row *row);

/* What was begun has ended, and no money hangs between two accounts: I14. */
bool checker_look_whether_over(struct settle_checker *checker, const struct checker_row *row);
bool checker_look_whether_even(struct settle_checker *checker);

#endif
