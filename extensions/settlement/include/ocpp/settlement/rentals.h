/* rentals.h: power banks: what a phone, an operator or a program may do with them, and how they are read. What piles tell of them
 * comes by ocpp_settle_receive(); PROTOCOL.md has the messages.
 *
 * A rental is asked for (at the pile, or from afar), its deposit is held, it is granted, taken, and ends: returned, bought or
 * failed. docs/power-banks.md tells the states. Ids are those of id.h. Texts shown by visits are borrowed for the visit.
 */
#ifndef OCPP_SETTLEMENT_RENTALS_H
#define OCPP_SETTLEMENT_RENTALS_H

#include <ocpp/settlement/backend.h>

OCPP_BEGIN_DECLARATIONS

/* --- what a renter may do -------------------------------------------------------------------------------------------------- */

/* Each function of this header with a |done| (may be NULL) is one command, and |done| is told how it ended, as in backend.h.
 * Errors, and nothing happened: those of the store, OCPP_ERR_NOMEM, OCPP_ERR_ARGUMENT a text that is missing or too long. */

/* ocpp_settle_rent: |count| banks (1 to 16) of |station| for |token|, from afar. The pile chooses them; |done| is told the
 * request, and events tell what becomes of it. While an earlier visit is not paid, that is asked for, and the request is denied
 * at once. Refused: NotAgreed the pile lets no banks; BadToken nobody pays; LimitReached more than one order may have. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_rent(struct ocpp_settle *settle, const char *station,
                                                         const struct ocpp_token *token, int count,
                                                         const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_rent_cancel: the renter does not want |request| any more. What was granted already is taken back as far as the pile
 * has not let it out. Refused: Invalid no such request; WrongState it is over. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_rent_cancel(struct ocpp_settle *settle, const char *request,
                                                                const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_rental_report: the renter found nowhere to return the bank: the clock stands for user_report_pins_s. Who returns it
 * by then pays until now; who does not, as if nothing had been said. Refused: UnknownRental; WrongState it is not out, or its
 * clock stands already. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_rental_report(struct ocpp_settle *settle, const char *rental,
                                                                  const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_rental_swap: the bank is faulty: when it is put back into a bay within swap_within_s of the moment it was taken,
 * another one is let out for it, free of charge. A bank whose own test finds it faulty needs no word. Refused: UnknownRental;
 * WrongState it is not out; NotAllowed too late. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_rental_swap(struct ocpp_settle *settle, const char *rental,
                                                                const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_rental_keep: the renter lost the bank or keeps it: it is bought now. Refused: UnknownRental; WrongState it is not
 * out, or somebody has to look at it first. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_rental_keep(struct ocpp_settle *settle, const char *rental,
                                                                const struct ocpp_settle_done *done, struct ocpp_now now);

/* --- what an operator may do -------------------------------------------------------------------------------------------------
 */

enum ocpp_settle_resolution {
    OCPP_SETTLE_RESOLVE_RETURNED, /* it is the bank of |rental|, which ended when it was put in */
    OCPP_SETTLE_RESOLVE_ADOPT,    /* it is one of ours, and nobody owes anything for it: it becomes neutral and rentable */
    OCPP_SETTLE_RESOLVE_RETIRE,   /* likewise, and goes out of service */
    OCPP_SETTLE_RESOLVE_EJECT,    /* somebody takes it out of the bay */
    OCPP_SETTLE_RESOLVE_DISMISS   /* seen; nothing lies in a bay for it */
};

/* ocpp_settle_resolve: |rental| of RETURNED may be NULL: the one the entry names. |bank| is what somebody read on it, NULL: as
 * the entry says. A rental whose clock stood for the entry, and which did not end, goes on as if it never had. */
struct ocpp_settle_resolve {
    const char *suspense;
    enum ocpp_settle_resolution resolution;
    const char *rental;
    const char *bank;
    const char *note; /* for the record, at most 100 characters; NULL: none */
};

/* ocpp_settle_suspense_resolve: an operator looked. Refused: Invalid no such entry; WrongState it was resolved, or there is no
 * bank in a bay for it (none of the first four); UnknownRental, UnknownBank nobody says which. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_suspense_resolve(struct ocpp_settle *settle,
                                                                     const struct ocpp_settle_resolve *resolve,
                                                                     const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_bank_retire: |bank| is not let any more; one that is out or coming back goes out of service when it is neutral.
 * ocpp_settle_bank_serve: it may be let again. Refused: UnknownBank; WrongState: not out
 * of service, held, nor to go there. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_bank_retire(struct ocpp_settle *settle, const char *bank,
                                                                const struct ocpp_settle_done *done, struct ocpp_now now);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_bank_serve(struct ocpp_settle *settle, const char *bank,
                                                               const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_slot_command: |order| for |slot| of |station|. Refused: NotAgreed the pile lets no banks;
 * UnknownSlot. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_slot_command(struct ocpp_settle *settle, const char *station, int slot,
                                                                 enum ocpp_settle_slot_order order,
                                                                 const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_known_renter: |token| may rent up to |banks| (at most known_renter_banks; 0: none any more) while a pile is
 * offline. Piles hear of it with their next Hello, or within a minute. Refused: LimitReached the list is full. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_known_renter(struct ocpp_settle *settle, const struct ocpp_token *token,
                                                                 int banks, const struct ocpp_settle_done *done,
                                                                 struct ocpp_now now);

/* --- reading ---------------------------------------------------------------------------------------------------------------- */

/* Times are OCPP_UTC_UNKNOWN where there is none, texts NULL, slots 0. States are the words of the machines
 * (docs/power-banks.md).
 */

struct ocpp_settle_rental {
    const char *id;
    const char *order;
    const char *request;
    const char *state; /* Requested, Granted, Taken, Unseen, Swapping, Suspense, Returned, Bought, Failed, Silent */
    const char *bank;
    const char *station; /* where it was let out */
    int64_t slot;
    const char *end_station;
    int64_t end_slot;
    int64_t deposit_minor;
    int64_t asked_utc_ms;
    int64_t taken_utc_ms;
    int64_t pinned_utc_ms; /* its clock stands since then */
    int64_t ended_utc_ms;
    int64_t swaps;
    bool is_vehicle_user;
    bool is_offline;
    const char *suspense;  /* the entry that holds it up */
    const char *condition; /* of the bank when it came back */
    const char *reason;    /* why it failed */
};

/* ocpp_settle_bank: a bank as the backend knows it. Borrowed for the visit. */
struct ocpp_settle_bank {
    const char *id;
    const char *hardware_id;
    const char *state; /* Idle, Reserved, Rented, Returning, Held, OutOfService, Sold, Lost */
    int64_t generation;
    const char *station; /* where it is, or was last */
    int64_t slot;
    const char *rental; /* the last one */
    int64_t charge;     /* percent; -1: not told */
    const char *condition;
    int64_t since_utc_ms;
};

/* ocpp_settle_slot: a slot of a pile, as last told. Borrowed for the visit. */
struct ocpp_settle_slot {
    const char *station;
    int64_t slot;
    const char *state; /* of messages.model */
    const char *bank;
    int64_t charge; /* percent; -1: not told */
    int64_t failures;
    const char *reason;
    int64_t since_utc_ms;
};

/* ocpp_settle_suspense: what waits for an operator, or was resolved. Borrowed for the visit. */
struct ocpp_settle_suspense {
    const char *id;
    const char *kind;
    bool is_resolved;
    const char *station;
    int64_t slot;
    const char *bank;
    const char *hardware_id;
    const char *rental; /* whose clock stands for it, as far as anybody knows */
    int64_t at_utc_ms;
    int64_t resolved_utc_ms;
    const char *resolution;
};

/* ocpp_settle_pile: a pile with the extension, as its Hello told. Borrowed for the visit. */
struct ocpp_settle_pile {
    const char *station;
    const char *version;
    const char *serial;
    int64_t number; /* of its marks */
    int64_t slots;
    int64_t clock_offset_ms; /* the backend's time minus the pile's */
    int64_t seen_utc_ms;     /* the last Hello */
};

/* OCPP_SETTLE_RENTALS_PAGE: no page is longer, and no call looks at more than that many times 20. OCPP_SETTLE_CURSOR_SIZE: room
 * for where to go on. */
enum { OCPP_SETTLE_RENTALS_PAGE = 100, OCPP_SETTLE_CURSOR_SIZE = OCPP_SETTLE_KEY_SIZE };

/* ocpp_settle_rentals_query: which. All zeros: the first page of all. A filter that a kind does not have is not looked at. */
struct ocpp_settle_rentals_query {
    const char *state;                    /* its word ("Waiting" and "Resolved" of suspense); NULL: any */
    const char *station;                  /* NULL: any */
    size_t limit;                         /* 0: OCPP_SETTLE_RENTALS_PAGE */
    char cursor[OCPP_SETTLE_CURSOR_SIZE]; /* where to go on; "" at first, and again when all were looked at */
};

/* Each shows a page and moves the cursor; a page may be empty although more follows. Errors: OCPP_ERR_ARGUMENT a cursor that is
 * none; of the store; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_rentals(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query,
                                                            void (*visit)(const struct ocpp_settle_rental *rental, void *user),
                                                            void *user);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_banks(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query,
                                                          void (*visit)(const struct ocpp_settle_bank *bank, void *user),
                                                          void *user);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_slots(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query,
                                                          void (*visit)(const struct ocpp_settle_slot *slot, void *user),
                                                          void *user);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_suspenses(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query,
                                                              void (*visit)(const struct ocpp_settle_suspense *entry, void *user),
                                                              void *user);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_piles(struct ocpp_settle *settle, struct ocpp_settle_rentals_query *query,
                                                          void (*visit)(const struct ocpp_settle_pile *pile, void *user),
                                                          void *user);

/* ocpp_settle_find_rental: shows rental |id|. Errors: OCPP_ERR_NOT_FOUND; of the store; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_find_rental(
    struct ocpp_settle *settle, const char *id, void (*visit)(const struct ocpp_settle_rental *rental, void *user), void *user);

OCPP_END_DECLARATIONS

#endif
