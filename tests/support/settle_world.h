/* settle_world.h: a settlement backend in a world of its own: a clock that the test moves, a store in memory that survives the
 * handle, keys, one tariff, a provider that does what its script says, piles that record what they are told and say what the test
 * lets them say.
 *
 *     struct settle_world *w = settle_world_new();
 *     car_starts(w, "PILE-1", 1, "7", "CARD-A", 1000);
 *     pass_s(w, 3600);
 *     car_ends(w, "PILE-1", "7", 21000);
 *     assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
 *     settle_world_free(w);
 *
 * The tariff: energy 0.50 EUR/kWh and 10 % tax, idle time 0.10 EUR/min and 20 % tax; a bank 10.00 EUR deposit, 5 minutes free,
 * then 1.00 EUR for each half hour begun, at most 6.00 EUR a day and 20.00 EUR in all, 20 % tax, all net. The zone is UTC.
 * Payers: each token is one, by the provider "card" unless |payment_by| says otherwise; a token that begins with "NOBODY" is
 * nobody's, one that begins with "KNOWN" a known renter's. It is 2026-11-20T08:00:00Z.
 *
 * After each step that the world makes the invariants are checked (settle_world_check). Link ocpp_settle_test_support.
 */
#ifndef SETTLE_WORLD_H
#define SETTLE_WORLD_H

#include "allocator.h"
#include "settle_keys.h"
#include "settle_provider.h"

#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/orders.h>
#include <ocpp/settlement/visits.h>

enum { SETTLE_WORLD_TOLD = 512, SETTLE_WORLD_EVENTS = 1024 };

/* settle_told: a message the backend sent to a pile. */
struct settle_told {
    char station[OCPP_IDENTITY_SIZE];
    char name[51];
    char *data; /* JSON */
    uint64_t token;
    bool is_answered;
};

/* settle_cut: what happens at a write of the store. */
enum settle_cut {
    SETTLE_CUT_NEVER,
    SETTLE_CUT_BEFORE,  /* the power goes before it is durable */
    SETTLE_CUT_AFTER,   /* the power goes when it is durable, and nobody has heard of it */
    SETTLE_CUT_REFUSED, /* the store says no, once; nothing else happens */
    SETTLE_CUT_BUSY     /* another process was faster, once: the decision is made again */
};

struct settle_world {
    struct ocpp_arena *arena;     /* lives as long as the world */
    struct test_allocator memory; /* of the backend; fail_at as allocator.h says */
    struct settle_keys keys;
    struct ocpp_settle_store *store;
    struct ocpp_settle_store *own_store; /* NULL: the test's */
    struct settle_provider card;
    struct ocpp_settle_provider providers[1];
    struct ocpp_settle_settings settings; /* change it before settle_world_restart() */
    struct ocpp_settle *settle;           /* NULL after a power cut */
    struct ocpp_now now;
    const char *payment_by; /* the provider of payers; "card" at first */
    bool has_tariff;        /* true at first */
    /* piles */
    struct settle_told told[SETTLE_WORLD_TOLD];
    size_t told_count;
    bool piles_are_deaf; /* false: each message is accepted when the world runs */
    uint64_t token;
    char piles[16][OCPP_IDENTITY_SIZE]; /* that said hello */
    int64_t seqs[16];                   /* of their own streams */
    size_t pile_count;
    char *answer; /* what the last message of a pile was answered: JSON, or NULL */
    enum ocpp_data_transfer_status answer_status;
    /* what the application was told */
    char events[SETTLE_WORLD_EVENTS][64];                         /* "KIND ID STATE" */
    char event_houses[SETTLE_WORLD_EVENTS][OCPP_SETTLE_ID_SIZE];  /* whose; "": no house's */
    char event_tenants[SETTLE_WORLD_EVENTS][OCPP_SETTLE_ID_SIZE]; /* whom alone it concerns; "": nobody in particular */
    char event_text[160];                                         /* of the last one */
    size_t event_count;
    char stopped[16][96]; /* "STATION TRANSACTION" of stop_transaction */
    size_t stop_count;
    /* guided visits (settle_world_visits.c): what OCPP was asked to do */
    struct settle_asked {
        char what[12]; /* reserve, cancel, start, unlock */
        char visit[OCPP_SETTLE_ID_SIZE];
        char station[OCPP_IDENTITY_SIZE];
        char number[OCPP_SETTLE_NUMBER_SIZE];
        int evse;
        int64_t reservation;
    } asked[64];
    size_t asked_count;
    bool piles_are_guided; /* they have gates */
    /* the last command */
    enum ocpp_status done_status;
    char done_code[41]; /* "": not refused */
    char done_id[OCPP_KEY_SIZE];
    int done_count;
    /* cars */
    struct settle_car {
        struct ocpp_transaction transaction;
        char station[OCPP_IDENTITY_SIZE];
        char id[40];
        char token[64];
    } cars[16];
    size_t car_count;
    /* power */
    enum settle_cut cut;
    int64_t cut_at; /* the write, counted from 1 */
    int64_t writes;
    bool is_cut;
    struct settle_checker *checker; /* settle_checker.h */
};

struct settle_world *settle_world_new(void);

/* settle_world_new_with: policy and the like may be changed before the handle is made. |change| may be NULL. */
struct settle_world *settle_world_new_with(void (*change)(struct settle_world *world));
void settle_world_free(struct settle_world *world);

/* settle_world_new_on: on a store of the test's (NULL: one of its own, in memory). settle_world_stop, settle_world_start: the
 * process ends, and begins on |store|, which shows what the one before it held: closed and opened again, perhaps. */
struct settle_world *settle_world_new_on(struct ocpp_settle_store *store, void (*change)(struct settle_world *world));
void settle_world_stop(struct settle_world *world);
void settle_world_start(struct settle_world *world, struct ocpp_settle_store *store);

/* settle_world_restart: the process ends, wherever it was, and another one begins on the same store. Answers of the provider that
 * were on their way are lost; piles are connected again. */
void settle_world_restart(struct settle_world *world);

/* settle_world_run: until nothing is left to do now: timers, messages and their acceptance, the provider's answers. */
void settle_world_run(struct settle_world *world);

/* settle_world_check: asserts the invariants of settle_checker.h, as far as something changed; settle_world_run() ends with it,
 * settle_world_free() with a look at everything. settle_world_check_refused: what happened since was refused: a code was told,
 * and nothing was changed but what a refusal may note (I6). */
void settle_world_check(struct settle_world *world);
void settle_world_check_in_full(struct settle_world *world);
void settle_world_check_at_rest(struct settle_world *world);
void settle_world_check_refused(struct settle_world *world);

/* pass_s: so many seconds pass, timers run out when they should. */
void pass_s(struct settle_world *world, int64_t seconds);

/* settle_world_done: to give to commands; their end is in done_*. */
const struct ocpp_settle_done *settle_world_done(struct settle_world *world);

/* --- vehicles ------------------------------------------------------------------------------------------------------------ */

/* car: a transaction as the central system records it. Fill it by car_of(), change it, tell it. */
struct ocpp_transaction car_of(const struct settle_world *world, const char *station, const char *id, const char *token);

/* tell_car: an event of |car| with |count| samples. OCPP_OK is asserted unless the power is cut. */
void tell_car(struct settle_world *world, enum ocpp_transaction_phase phase, const struct ocpp_transaction *car,
              const struct ocpp_meter_sample *samples, size_t count);

/* The usual ones, each followed by settle_world_run(): the car of |token| begins at register |wh|; its register is read; it ends.
 * A world remembers up to 16 cars by station and id. */
void car_starts(struct settle_world *world, const char *station, const char *id, const char *token, int64_t wh);
void car_reads(struct settle_world *world, const char *station, const char *id, int64_t wh);
void car_ends(struct settle_world *world, const char *station, const char *id, int64_t wh);

/* --- orders -------------------------------------------------------------------------------------------------------------- */

/* settle_world_order: an order as the getter shows it, texts kept by the world until it is freed. */
struct ocpp_settle_order settle_world_order(struct settle_world *world, const char *id);

/* order_of: the newest order of a token of type ISO14443 (or of an account), asserted to exist. orders_of: how many. */
struct ocpp_settle_order order_of(struct settle_world *world, const char *payer);
size_t orders_of(struct settle_world *world, const char *payer);

/* settle_world_bill: the newest bill (or number |number|), a copy that lives as long as the world. */
const struct ocpp_settle_bill *settle_world_bill(struct settle_world *world, const char *order, int64_t number);

/* bill_line: the first line of |kind|; NULL: none. */
const struct ocpp_settle_bill_line *bill_line(const struct ocpp_settle_bill *bill, enum ocpp_settle_line_kind kind);

/* --- piles --------------------------------------------------------------------------------------------------------------- */

/* pile_hello: the pile connects and says that it speaks the extension. */
void pile_hello(struct settle_world *world, const char *station);

/* pile_says: |message| (of |action|, with whatever envelope it has) from |station|; the answer is decoded, a copy that lives as
 * long as the world; NULL: it was not accepted by DataTransfer (see answer_status). settle_world_run() follows. */
const void *pile_says(struct settle_world *world, const char *station, enum ocpp_settle_action action, const void *message);

/* pile_envelope: the next one of |station|'s own stream. */
struct ocpp_settle_envelope pile_envelope(struct settle_world *world, const char *station);

/* pile_time: now, by a clock that is right. */
struct ocpp_settle_moment pile_time(const struct settle_world *world);

/* pile_heard: the newest message of |action| the pile was told, decoded; NULL: none. pile_heard_count: how many. */
const void *pile_heard(struct settle_world *world, const char *station, enum ocpp_settle_action action);
size_t pile_heard_count(const struct settle_world *world, const char *station, enum ocpp_settle_action action);

/* --- guided visits ------------------------------------------------------------------------------------------------------- */

/* settle_world_guided: for settle_world_new_with(): somebody reserves, cancels, starts and unlocks; piles have gates. */
void settle_world_guided(struct settle_world *world);

/* settle_world_place: |station| has EVSE |evse|, free and bookable, |metres| north of Berlin's middle. */
void settle_world_place(struct settle_world *world, const char *station, int evse, int64_t metres);

/* visit_begins: |token| reserves for half an hour, nobody has answered yet; the visit's id. visit_confirmed: both have the
 * number. Ids and texts live as long as the world. */
const char *visit_begins(struct settle_world *world, const char *station, int evse, const char *token);
const char *visit_confirmed(struct settle_world *world, const char *station, int evse, const char *token);

/* visit_number: of a visit while it is live. asked_last: what was asked last; asked_count_of: how often. */
const char *visit_number(struct settle_world *world, const char *visit);
const struct settle_asked *asked_last(const struct settle_world *world, const char *what);
size_t asked_count_of(const struct settle_world *world, const char *what);

/* settle_world_visit: as the getter shows it. */
struct ocpp_settle_visit settle_world_visit(struct settle_world *world, const char *id);

/* visit_charges: the number is used for transaction |id|, which delivers |wh| within half an hour and ends. */
void visit_charges(struct settle_world *world, const char *visit, const char *id, int64_t wh);

/* pile_gate: the pile tells that the gate of |visit| is |state|. */
void pile_gate(struct settle_world *world, const char *visit, enum ocpp_settle_gate_state state, enum ocpp_settle_gate_why why);

/* --- for the world's own files -------------------------------------------------------------------------------------------- */

void settle_world_piles_transport(struct settle_world *world, struct ocpp_settle_transport *transport);
int settle_world_piles_answer(struct settle_world *world);
void settle_world_piles_connect(struct settle_world *world);
void settle_world_check_begin(struct settle_world *world);
void settle_world_check_end(struct settle_world *world);

#endif
