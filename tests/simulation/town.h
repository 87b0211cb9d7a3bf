/* town.h: piles with power banks, the backend they belong to, a provider that does what it likes, and people; all of it the real
 * thing but for people, provider and cabinets, in one process on one clock that the town moves. Every chance is thrown from the
 * seed, so the same seed is the same history.
 *
 *     struct town *town = town_new(seed);
 *     for (…) town_step(town);       one thing happens, then time goes by; every invariant is looked at
 *     town_rest(town);               everybody is honest from now on: every order has to end
 *     town_free(town);
 *
 * The town knows who took which bank when, whatever piles and backend believe. What should not be ends the program with the seed
 * and the command that plays the history again (town_require).
 */
#ifndef TOWN_H
#define TOWN_H

#include "allocator.h"
#include "cabinet.h"
#include "settle_keys.h"
#include "test_storage.h"

#include <ocpp/adapters.h>
#include <ocpp/central_system.h>
#include <ocpp/charge_point.h>
#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/agent.h>
#include <ocpp/settlement/mark.h>
#include <ocpp/settlement/orders.h>
#include <ocpp/settlement/rentals.h>

enum {
    TOWN_PILES = 3,
    TOWN_SLOTS = 4,
    TOWN_HANDS = 16,
    TOWN_CARS = 16,
    TOWN_ASKS = 256,
    TOWN_TAKINGS = 128,
    TOWN_ACTS = 1024,
    TOWN_ADJUSTMENTS = 32
};
enum { TOWN_KEPT = 8, TOWN_CALLS = 64, TOWN_ID = OCPP_SETTLE_ID_SIZE };

/* A text on its way. */
struct town_letter {
    struct town_letter *next;
    int pile;
    bool to_backend;
    int64_t due_ms;
    char *text;
};

/* A call somebody waits for: of a pile, to which the backend owes an answer, or of the backend. */
struct town_call {
    bool is_open;
    bool is_mute; /* said again: nobody waits */
    int pile;
    uint64_t token;
    int64_t until_ms;
    char id[48];
};

struct town_pile {
    struct town *town;
    int number;
    char name[OCPP_IDENTITY_SIZE];
    enum ocpp_version version;
    struct ocpp_charge_point_settings cp_settings;
    struct ocpp_hardware hardware;
    struct ocpp_charge_point *cp;
    struct ocpp_storage *memory;
    struct test_storage *storage;
    struct cabinet cabinet;
    struct ocpp_settle_bay bay;
    struct settle_keys keys;
    struct ocpp_settle_agent_settings settings;
    struct ocpp_settle_agent *agent; /* NULL: no power */
    bool is_connected;
    bool is_awake;  /* something was handed in: look whether there is something to do */
    int64_t due_ms; /* when there is, otherwise */
    bool has_no_calendar;
    int64_t skew_ms;     /* its calendar minus the right one */
    int64_t mono_at_ms;  /* the town's clock when its own was 700 */
    int64_t power_at_ms; /* when the power comes back */
    int64_t link_at_ms;  /* when the link comes back */
    int64_t last_due_ms[2];
    struct ocpp_station *station;       /* as the central system has it; NULL: no link */
    int64_t meter_wh;                   /* no two vehicles find it the same */
    int car;                            /* that stands there; -1 */
    char out[TOWN_SLOTS + 1][TOWN_ID];  /* the rental each slot was last let out for */
    char busy[TOWN_SLOTS + 1][TOWN_ID]; /* the one it was busy with when it was last heard of; "": none */
    char *kept[TOWN_KEPT];              /* frames of both ways that may be heard again */
    bool kept_to_backend[TOWN_KEPT];
    unsigned kept_count;
};

/* An act of the provider. */
struct town_act {
    char operation[TOWN_ID];
    char order[TOWN_ID];
    char leg[TOWN_ID];
    enum ocpp_settle_payment_kind kind;
    int64_t amount_minor;
    enum ocpp_settle_payment_result result; /* UNKNOWN: open; what really became of it */
    int64_t decides_ms;                     /* of one that is open: when it is decided by itself */
    int64_t answer_ms;                      /* when it is told; OCPP_NEVER */
    enum town_lie { TOWN_TRUTH, TOWN_OTHER_AMOUNT, TOWN_OTHER_CURRENCY, TOWN_SAYS_UNKNOWN, TOWN_SAYS_PENDING } lie;
};

/* Who pays. */
struct town_provider {
    struct ocpp_settle_provider contract;
    struct town_act acts[TOWN_ACTS];
    size_t count;
    bool is_honest;
};

/* Something that lies in a hand. */
struct town_hand {
    bool is_full;
    struct cabinet_bank bank;
    int taking; /* how it came there; -1: stolen */
};

/* A bank that went out through an open latch. */
struct town_taking {
    char rental[TOWN_ID];
    char bank[CABINET_ID_SIZE];
    int pile;
    int slot;
    bool is_void; /* put back there before the pile had power again, or torn out: perhaps nobody saw it go */
    int64_t at_ms;
    int64_t back_ms; /* OCPP_NEVER */
    bool was_faulty; /* somebody said so, or the bay found it */
    bool is_odd;     /* something was said or done that moves its clock: the town does not reckon what it costs */
};

/* What an operator put on an order. */
struct town_adjustment {
    char order[TOWN_ID];
    int64_t net_minor;
    bool is_sure; /* otherwise the power went before anybody heard */
};

struct town_ask {
    char request[TOWN_ID];
    char token[24];
    int pile; /* -1: from afar */
    int64_t at_ms;
};

/* A vehicle at a pile, and what its transaction is called once the central system has heard of it. */
struct town_car {
    int pile;
    char token[24];
    char id[40];
    bool is_there;
    bool lost_power; /* its pile did: what it delivered last nobody may know */
    int64_t start_wh;
    int64_t last_wh;
};

struct town {
    const struct ocpp_settle_tariff *odd_tariff; /* the only one there is, while it is not NULL */
    uint64_t seed;
    uint64_t dice;
    int steps;
    char doing[160]; /* the step under way */
    bool is_loud;
    bool is_calm;   /* no chance any more: everybody is well and honest */
    int64_t now_ms; /* the clock of the town */
    int64_t utc_ms; /* at 0 */
    struct ocpp_arena *arena;

    struct settle_keys keys;
    struct ocpp_settle_store *store;
    bool is_on_disk; /* SQLite that gathers: a power cut takes what was not synced, sector by sector. Otherwise memory, where all
                        is kept */
    char folder[64]; /* of the database … */
    int disk_count;  /* … which lies in another one below after each power cut */
    size_t durable_moment; /* of the disk, when the backend last heard that something is durable … */
    int64_t durable_entry; /* … and the last entry of the journal then */
    struct ocpp_settle_settings settings;
    struct ocpp_settle *settle; /* NULL: no power */
    struct ocpp_storage *records;
    struct ocpp_central *central; /* on the backend's machine */
    struct settle_checker *checker;
    int64_t writes;
    int64_t cut_at; /* the write at which the power goes; 0: none */
    bool cut_after; /* when it is durable, and nobody has heard of it */
    bool is_cut;
    int64_t backend_at_ms; /* when the power comes back */
    struct ocpp_settle_provider providers[1];
    struct town_provider provider;
    bool trust_postpaid;

    struct town_pile piles[TOWN_PILES];
    struct town_letter *letters;
    struct town_call heard[TOWN_CALLS]; /* of piles, by token */
    struct town_call said[TOWN_CALLS];  /* of the backend */
    int64_t said_until_ms;              /* the first one that ends without an answer; OCPP_NEVER */
    uint64_t next_token;
    uint64_t next_call;

    struct town_hand hands[TOWN_HANDS];
    struct town_taking takings[TOWN_TAKINGS];
    int taking_count;
    struct town_ask asks[TOWN_ASKS];
    int ask_count;
    struct town_car cars[TOWN_CARS];
    int car_count;
    int key_count;
    char last_key[32];
    int64_t wallet_minor; /* put into it, and not paid out */
    bool is_wallet_odd;   /* nobody knows whether one of those happened */
    struct town_adjustment adjustments[TOWN_ADJUSTMENTS];
    int adjustment_count;
    bool was_done; /* how the last command ended; neither: nobody heard */
    bool was_refused;
    char stopped[8][40]; /* transactions that shall end */
    int stop_count;
    char asked[TOWN_ID]; /* what the last command made */
};

struct town *town_new(uint64_t seed, bool is_loud);
void town_free(struct town *town);

/* town_step: one thing happens. town_pass: time goes by. town_check: the invariants. town_rest: until all is at rest, which is
 * then looked at. */
void town_step(struct town *town);
void town_pass(struct town *town, int64_t ms);
void town_check(struct town *town);
void town_rest(struct town *town);

/* town_chance: 0 to |below| - 1. */
unsigned town_chance(struct town *town, unsigned below);

/* town_note: what happens, for whoever reads a failure. */
void town_note(struct town *town, const char *format, ...) OCPP_PRINTF(2, 3);

/* town_require: |holds|, or the end. */
#define town_require(town, holds, ...)                                                                                           \
    do {                                                                                                                         \
        if (!(holds)) {                                                                                                          \
            town_fail(town, __VA_ARGS__);                                                                                        \
        }                                                                                                                        \
    } while (0)
_Noreturn void town_fail(const struct town *town, const char *format, ...) OCPP_PRINTF(2, 3);

/* --- between the files ---------------------------------------------------------------------------------------------------- */

struct ocpp_now town_now(const struct town *town); /* the right time */
struct ocpp_now town_pile_now(const struct town_pile *pile);

/* town_backend.c */
void town_backend_prepare(struct town *town);
void town_backend_on(struct town *town);
void town_backend_off(struct town *town); /* as by a power cut */
void town_backend_end(struct town *town);
const struct ocpp_settle_done *town_done(struct town *town);
void town_command(struct town *town, enum ocpp_status status); /* how one was taken */

/* town_line.c: what is said between piles and backend. */
void town_line_link(struct town_pile *pile, bool up);
void town_line_tell_backend(struct town_pile *pile, const char *text, size_t size);
void town_line_tell_pile(struct town_pile *pile, const char *text, size_t size);
bool town_line_run(struct town *town);
int64_t town_line_deadline(const struct town *town);
void town_line_transport(struct town *town, struct ocpp_settle_transport *transport);
void town_line_say(struct town *town, const char *station, const struct ocpp_data_transfer *data); /* nobody hears the answer */
void town_line_again(struct town_pile *pile); /* something is heard once more */
void town_line_end(struct town *town);

/* town_central.c: the central system: boots, authorisations, transactions. */
void town_central_prepare(struct town *town);
void town_central_on(struct town *town);
void town_central_off(struct town *town);
void town_central_end(struct town *town);
void town_central_link(struct town_pile *pile, bool up);
void town_central_hear(struct town_pile *pile, const char *text);
bool town_central_run(struct town *town);
int64_t town_central_deadline(const struct town *town);
void town_central_stop_cars(struct town *town); /* those the backend wants to be stopped */

/* town_cars.c: vehicles at the piles. */
void town_car_arrives(struct town *town);
void town_car_charges(struct town *town);
void town_car_leaves(struct town *town);
void town_car_loses_power(struct town_pile *pile);
void town_cars_leave(struct town *town);                 /* all of them */
struct town_pile *town_pile_with_car(struct town *town); /* and with power; NULL: there is none */

/* town_piles.c */
void town_pile_new(struct town *town, int number);
void town_pile_free(struct town_pile *pile);
void town_pile_on(struct town_pile *pile);
void town_pile_off(struct town_pile *pile);
bool town_pile_run(struct town_pile *pile);
int64_t town_pile_deadline(const struct town_pile *pile);

/* town_provider.c */
void town_provider_start(struct town *town);
bool town_provider_run(struct town *town);
int64_t town_provider_deadline(const struct town *town);
int64_t town_provider_sum(const struct town *town, const char *order, enum ocpp_settle_payment_kind kind);
int64_t town_provider_held(const struct town *town, const char *order);
void town_provider_again(struct town *town); /* says once more what became of something */

/* town_people.c: what people do. */
const char *town_token(struct town *town); /* of anybody */
void town_give_back_all(struct town *town);

/* town_operator.c: what an operator does to money. */
void town_adjusts(struct town *town);
void town_tops_up(struct town *town);
void town_pays_out(struct town *town);
void town_limits(struct town *town);
void town_knows(struct town *town);
const char *town_any_order(struct town *town, char id[TOWN_ID]); /* "": there is none */
void town_judge_wallet(struct town *town);

/* town_nonsense.c */
void town_nonsense(struct town *town); /* something wrong is said, and refused */

/* town_fees.c: what everything must have cost, by what the town saw. */
struct town_fees {
    int64_t least_minor;
    int64_t most_minor;
};
struct town_fees town_fee_of_car(const struct town_car *car);
struct town_fees town_fee_of_taking(const struct town *town, const struct town_taking *taking, bool is_bought);

struct town_fees town_adjusted(const struct town *town, const char *order, struct town_fees fees);

/* town_rest.c */
void town_look(struct town *town); /* an operator looks at what waits, and at who owes something */

#endif
