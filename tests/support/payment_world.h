/* payment_world.h: payments of the settlement's backend with a bank that behaves as a test wants: it answers at once, late,
 * never, twice, wrongly, and loses what it was told, but does each operation id at most once. It keeps books of its own, so that
 * a test can ask where the money is.
 *
 * After each step payment_world_check() asserts what always holds (I1 to I4, I8, and that outcomes are told once).
 * Link ocpp_settlement_adapters, ocpp_settle_checker and ocpp_settle_test_support.
 */
#ifndef PAYMENT_WORLD_H
#define PAYMENT_WORLD_H

#include "allocator.h"
#include "command.h"
#include "payments.h"
#include "settle_checker.h"
#include "settle_keys.h"

#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/money.h>

/* What the bank does with the next act it is told. */
enum bank_mood {
    BANK_SAYS_OK,           /* does it, answers from within */
    BANK_SAYS_OK_LATER,     /* does it; the answer waits for bank_deliver() */
    BANK_SAYS_OK_TWICE,     /* does it; two answers wait */
    BANK_DECLINES,          /* does not, says so */
    BANK_CANNOT,            /* UNSUPPORTED */
    BANK_PENDS,             /* PENDING from within; does it, the answer waits */
    BANK_PENDS_DECLINES,    /* PENDING from within; the refusal waits */
    BANK_WANTS_ACTION,      /* ACTION_REQUIRED; does it, the answer waits */
    BANK_LOSES_ANSWER,      /* does it, and nobody hears of it */
    BANK_NEVER_HEARS,       /* what was sent never comes */
    BANK_UNKNOWN_DONE,      /* does it, and UNKNOWN is said */
    BANK_UNKNOWN_UNHEARD,   /* never comes, and UNKNOWN is said */
    BANK_OTHER_AMOUNT,      /* does it, says another amount; a query tells the right one */
    BANK_OTHER_CURRENCY,    /* likewise */
    BANK_REFUSES_TO_LISTEN, /* begin is an error: nothing left */
    BANK_NOT_SENT,          /* NOT_SENT is said later */
    BANK_MOOD_COUNT
};

enum { PAYMENT_WORLD_BILL = 1000000, BANK_ACTS = 256, BANK_LETTERS = 512, WORLD_LEGS = 16, WORLD_EVENTS = 64 };

struct bank_act {
    char operation[27];
    char leg[27];
    enum ocpp_settle_payment_kind kind;
    int64_t minor;
    bool happened;
    bool declined;
    bool unsupported;
    int begun; /* how often it was asked for */
};

/* A letter to the backend that waits to be delivered. */
struct bank_letter {
    char operation[27];
    struct ocpp_settle_payment_answer answer;
};

struct bank {
    struct bank_act acts[BANK_ACTS];
    size_t count;
    struct bank_letter letters[BANK_LETTERS];
    size_t letter_count;
    enum bank_mood mood; /* of the next act */
    bool is_silent;      /* queries are not answered */
    bool keeps_lying;    /* queries tell another amount */
    int begins;
    int queries;
};

struct payment_world {
    struct ocpp_settle *settle;
    struct ocpp_settle_store *inner;
    struct ocpp_settle_store store; /* in front of |inner|: loses power */
    struct settle_keys keys;
    struct settle_checker *checker;
    struct test_allocator memory;
    struct ocpp_settle_settings settings;
    struct ocpp_settle_provider provider;
    struct ocpp_now now;
    struct bank bank;
    size_t writes;
    size_t cut_at;  /* the write at which power is lost, counted from 1; 0: none */
    bool cut_after; /* that write is on the disk, but nothing that follows it happens */
    bool is_cut;
    char legs[WORLD_LEGS][27];
    size_t leg_count;
    char events[WORLD_EVENTS][40]; /* their states */
    size_t event_count;
    enum ocpp_status status; /* of the last command */
    char refusal[40];
};

/* payment_world_start: with an order whose provider is |provider| ("bank", "wallet", "postpaid"). */
void payment_world_start(struct payment_world *world, const char *provider);
void payment_world_end(struct payment_world *world);

/* payment_world_restart: as after a power cut: the handle is another one, the store the same; the first advance has run. */
void payment_world_restart(struct payment_world *world);

/* payment_world_wait: time passes, timers run, in steps of at most a minute. */
void payment_world_wait(struct payment_world *world, int64_t seconds);

/* What is asked for; the leg's number, or -1. */
int payment_world_hold(struct payment_world *world, int64_t minor);
int payment_world_grow(struct payment_world *world, int leg, int64_t minor);
void payment_world_capture(struct payment_world *world, int leg, int64_t minor);
void payment_world_release(struct payment_world *world, int leg);
void payment_world_refund(struct payment_world *world, int leg, int64_t minor);

/* payment_world_bill: the order has a bill from now on, of more than any test pays. */
void payment_world_bill(struct payment_world *world);

/* Rows as they are; valid until the next call of the same function. */
const struct row_leg *payment_world_leg(struct payment_world *world, int leg);
const struct row_operation *payment_world_operation(struct payment_world *world, const char *id);

/* payment_world_last: the latest operation of |leg|. */
const struct row_operation *payment_world_last(struct payment_world *world, int leg);

/* payment_world_open: how many operations are not done. payment_world_told: how often an outcome with |result| was told. */
size_t payment_world_open(struct payment_world *world);
size_t payment_world_told(struct payment_world *world, enum row_operation_result result);

/* payment_world_balance: of an account ("hold:…"); credits minus debits. */
int64_t payment_world_balance(struct payment_world *world, const char *account);

/* payment_world_timer: when the timer |kind| of the leg runs out; OCPP_NEVER: it does not. */
int64_t payment_world_timer(struct payment_world *world, const char *kind, int leg);

/* payment_world_notes: entries of |kind| in the journal. */
size_t payment_world_notes(struct payment_world *world, const char *kind);

/* bank_deliver: the |n|-th letter that waits, which waits no more. bank_repeat: likewise, and it goes on waiting. */
enum ocpp_status bank_deliver(struct payment_world *world, size_t n);
enum ocpp_status bank_repeat(struct payment_world *world, size_t n);

/* bank_minor: what the bank has done for |leg|: |kind| added up. */
int64_t bank_minor(const struct payment_world *world, int leg, enum ocpp_settle_payment_kind kind);

/* payment_world_check: what always holds. payment_world_check_end: every operation is done and the bank's books are ours. */
void payment_world_check(struct payment_world *world);
void payment_world_check_end(struct payment_world *world);

#endif
