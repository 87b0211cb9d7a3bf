/* visits.h: guided visits: a place is found, kept under a number, used, and paid at its end, before the cable is free.
 *
 *     reserve(station, evse, token)    the pile is told by ReserveNow; the visit has an order from here on
 *     reserve_answered(…)              the application tells what the pile said
 *     confirm(visit, number)           the phone shows that it has the number: the visit is confirmed when both have it
 *     … the number is keyed in, a transaction begins with it as its token, and goes on the visit's order …
 *     scanned(link), pay(visit)        from the page behind the QR code; then the gate opens
 *
 * docs/guided-payment.md tells it at a glance, with the machine. Sans-I/O, one thread, as backend.h.
 */
#ifndef OCPP_SETTLEMENT_VISITS_H
#define OCPP_SETTLEMENT_VISITS_H

#include <ocpp/central_system.h>
#include <ocpp/settlement/backend.h>
#include <ocpp/settlement/id.h>

OCPP_BEGIN_DECLARATIONS

/* OCPP_SETTLE_NUMBER_SIZE: "RSV" and eight digits, terminated. */
enum { OCPP_SETTLE_NUMBER_SIZE = 12, OCPP_SETTLE_LINK_SIZE = 128 };

/* --- places ---------------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_place: where one may charge: an EVSE. Texts are borrowed. Set by the application; what follows |is_bookable| is
 * learned from what the pile tells (ocpp_settle_status()) and shown only. */
struct ocpp_settle_place {
    const char *station;
    int evse;
    const char *name;       /* NULL: none; at most 80 characters */
    int64_t latitude_udeg;  /* millionths of a degree, -90,000,000 to 90,000,000 */
    int64_t longitude_udeg; /* -180,000,000 to 180,000,000 */
    const char *connector;  /* its type as OCPP 2.x names it ("cCCS2", "sType2"); at most 20 characters */
    int64_t power_w;
    bool is_bookable;   /* the pile has the Reservation profile, as far as known */
    const char *status; /* as OCPP 2.x names it; "": not told yet */
    int64_t faults;     /* of the last 30 days, with half of those before */
    const char *visit;  /* it is kept for; NULL: nobody */
};

/* ocpp_settle_place_set: there is this place, or it is another one now. Refused: Invalid a member outside its range; LimitReached
 * the policy's |places|. ocpp_settle_place_remove: there is not. Refused: Invalid none. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_place_set(struct ocpp_settle *settle, const struct ocpp_settle_place *place,
                                                              const struct ocpp_settle_done *done, struct ocpp_now now);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_place_remove(struct ocpp_settle *settle, const char *station, int evse,
                                                                 const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_wish: what a phone wants. */
struct ocpp_settle_wish {
    int64_t latitude_udeg;
    int64_t longitude_udeg;
    int64_t radius_m;      /* 1 to 100,000 */
    const char *connector; /* NULL: any */
    int64_t power_w;       /* at least */
    int64_t energy_wh;     /* wanted, for the price; 0: 20,000 */
    size_t limit;          /* of what is shown, 1 to OCPP_SETTLE_OFFERS; 0: 10 */
};

enum { OCPP_SETTLE_OFFERS = 50, OCPP_SETTLE_REASONS_SIZE = 400 };

/* ocpp_settle_offer: a place that would do, the best first. The rank is a sum of points that anybody can add up again: |reasons|
 * tells each. Places that are taken, faulted or cannot be reached are shown behind those that are free, and say so. */
struct ocpp_settle_offer {
    struct ocpp_settle_place place;
    int64_t distance_m;
    bool is_free;    /* could be reserved now */
    bool is_reached; /* false: its pile could not be asked now, so it is not free */
    bool has_price;
    int64_t price_minor; /* of the energy wanted, taxes included, beginning now */
    const char *currency;
    int exponent;
    int64_t duration_s;  /* that the energy takes at the place's power */
    int64_t points;      /* fewer are better */
    const char *reasons; /* "1,200 m away: 120; 4.50 EUR: 450; …" */
};

/* ocpp_settle_find: shows what fits, best first; the same question gets the same order. Looks at the policy's |places| at most.
 * Errors: OCPP_ERR_ARGUMENT a member outside its range; of the store; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_find(struct ocpp_settle *settle, const struct ocpp_settle_wish *wish,
                                                         void (*visit)(const struct ocpp_settle_offer *offer, void *user),
                                                         void *user, struct ocpp_now now);

/* --- reserving -------------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_reserve: |token| wants |evse| of |station| kept for |minutes| (1 to the policy's reservation_longest_s). |done| is
 * told the id of the visit. Its order is opened with the tariff of now; callback reserve follows. Refused: Invalid no such place;
 * NotSupported no tariff there, the pile keeps no places, or nobody asks piles; WrongState it is taken (|reason| names another
 * one: C2); BadToken; NoMoney an earlier visit is not paid (C12: it is asked for); LimitReached. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_reserve(struct ocpp_settle *settle, const char *station, int evse,
                                                            const struct ocpp_token *token, int minutes,
                                                            const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_reserved: what became of ReserveNow. */
enum ocpp_settle_reserved {
    OCPP_SETTLE_RESERVED,              /* Accepted: the pile has the number */
    OCPP_SETTLE_RESERVE_OCCUPIED,      /* Occupied, Faulted, Unavailable */
    OCPP_SETTLE_RESERVE_NOT_SUPPORTED, /* Rejected, or no such message: the pile is not bookable (noted with its place) */
    OCPP_SETTLE_RESERVE_UNKNOWN        /* no answer: nobody knows, so it is cancelled (C3) */
};

/* ocpp_settle_reserve_answered: how the callback reserve of |visit| ended; tell it once, also when nothing could be sent. Errors:
 * those of the store: tell it again. */
OCPP_API enum ocpp_status ocpp_settle_reserve_answered(struct ocpp_settle *settle, const char *visit,
                                                       enum ocpp_settle_reserved outcome, struct ocpp_now now);

/* ocpp_settle_confirm: the phone has |number|. Refused: UnknownOrder no such visit; BadToken another number; WrongState it is
 * over. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_confirm(struct ocpp_settle *settle, const char *visit, const char *number,
                                                            const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_visit_cancel: it is not wanted any more. Refused: UnknownOrder; WrongState it is used, or over. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_visit_cancel(struct ocpp_settle *settle, const char *visit,
                                                                 const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_visit_start: the phone starts it, without a keypad (C4): callback start. Refused: Invalid; WrongState not
 * confirmed; NotSupported nobody starts. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_visit_start(struct ocpp_settle *settle, const char *visit,
                                                                const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_reservation_ended: on_reservation of a central system (2.x). What is not ours, or over, changes nothing. */
OCPP_API enum ocpp_status ocpp_settle_reservation_ended(struct ocpp_settle *settle, const char *station, int64_t reservation,
                                                        const char *word, struct ocpp_now now);

/* ocpp_settle_number_verdict: what a token is to a station. */
struct ocpp_settle_number {
    bool is_number; /* it has the form of one; else nothing below means anything */
    enum ocpp_settle_number_verdict verdict;
    char text[160]; /* for whoever keyed it in; "" */
};

/* ocpp_settle_number: for on_authorize: whether |token| is the number of a visit of |station|. Nothing changes but the count of
 * wrong ones (C4). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_number(struct ocpp_settle *settle, const char *station,
                                                           const struct ocpp_token *token, struct ocpp_settle_number *number,
                                                           struct ocpp_now now);

/* --- paying ------------------------------------------------------------------------------------------------------------------
 */

/* ocpp_settle_scanned: somebody opened the page behind |link| (what follows the setting pay_url in a QR code). |done| is told the
 * id of its visit. Idle time pauses, once per order (C16). Refused: BadToken it is no link of ours, or expired (C11). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_scanned(struct ocpp_settle *settle, const char *link,
                                                            const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_visit_pay: |amount_minor| of what is missing (0: all) is asked of the payer's provider, with a leg of its own.
 * While the vehicle charges: its transaction is stopped first, and then everything is asked for. Refused: UnknownOrder; BadAmount
 * more than is missing; WrongState nothing is, or it is being paid. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_visit_pay(struct ocpp_settle *settle, const char *visit, int64_t amount_minor,
                                                              const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_visit_release: the operator lets the cable go; what is not paid is a debt. |by| names the person (at most 80
 * characters). Callback unlock follows beside the message to the pile. Refused: UnknownOrder; WrongState no gate is closed. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_visit_release(struct ocpp_settle *settle, const char *visit, const char *by,
                                                                  const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_unlock_answered: how the callback unlock of |visit| ended. */
OCPP_API enum ocpp_status ocpp_settle_unlock_answered(struct ocpp_settle *settle, const char *visit, bool unlocked,
                                                      struct ocpp_now now);

/* --- reading -----------------------------------------------------------------------------------------------------------------
 */

/* ocpp_settle_visit: as it stands. Times are OCPP_UTC_UNKNOWN where there is none, texts NULL. */
struct ocpp_settle_visit {
    const char *id;
    const char *order;
    const char *state; /* Asked, Told, Heard, Confirmed, Matched, Paying, Done, Owed, Expired, Cancelled, Refused */
    const char *station;
    int evse;
    const char *number; /* a secret of the phone and the pile: not for logs. NULL when it is over */
    int64_t asked_utc_ms;
    int64_t from_utc_ms;
    int64_t until_utc_ms;
    int64_t matched_utc_ms;
    const char *transaction;
    int64_t ended_utc_ms;
    const char *gate; /* as the pile told it last: Closed, AwaitPayment, AwaitPaid, AwaitOpen, Open, Jammed */
    const char *gate_why;
    int64_t deadline_utc_ms; /* then it is given up */
    int64_t paused_utc_ms;   /* idle time, since then */
    const char *currency;
    int exponent;
    bool has_missing;
    int64_t missing_minor;  /* what is to be paid or authorised before the cable is free */
    int64_t deposits_minor; /* of it, of power banks that are out */
    int64_t shown_minor;    /* the final amount people saw; 0: none yet */
    const char *bill_hash;  /* of the bill it is of */
    bool is_lowered;        /* charged as shown, which was less (C14) */
    bool is_being_paid;
    const char *action_url; /* where the payer has to act; NULL */
    const char *reason;
    const char *other; /* STATION/EVSE that was free instead (C2) */
};

/* ocpp_settle_find_visit. Errors: OCPP_ERR_NOT_FOUND; of the store; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_find_visit(struct ocpp_settle *settle, const char *id,
                                                               void (*visit)(const struct ocpp_settle_visit *shown, void *user),
                                                               void *user, struct ocpp_now now);

/* ocpp_settle_visits: shows up to |limit| (0: 100) visits in the order of their ids, from behind |cursor| on ("" at first), and
 * moves it; "" again when all were shown. |state| and |station|: only those; NULL: any. */
struct ocpp_settle_visits_query {
    const char *state;
    const char *station;
    size_t limit;
    char cursor[OCPP_SETTLE_ID_SIZE];
};

OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_visits(struct ocpp_settle *settle, struct ocpp_settle_visits_query *query,
                                                           void (*visit)(const struct ocpp_settle_visit *shown, void *user),
                                                           void *user, struct ocpp_now now);

/* ocpp_settle_places: shows up to |limit| (0: 100) places in the order of station and EVSE, from behind the one named by |cursor|
 * (STATION/EVSE; "" at first), and moves it. */
struct ocpp_settle_places_query {
    size_t limit;
    char cursor[OCPP_IDENTITY_SIZE + 12];
};

OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_places(struct ocpp_settle *settle, struct ocpp_settle_places_query *query,
                                                           void (*visit)(const struct ocpp_settle_place *place, void *user),
                                                           void *user);

/* ocpp_settle_link: the newest text for the QR code of |visit|, the setting pay_url first, as its pile shows it. Errors:
 * OCPP_ERR_NOT_FOUND no such visit, or nothing is to be paid. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_link(struct ocpp_settle *settle, const char *visit, char *url, size_t room,
                                                         struct ocpp_now now);

OCPP_END_DECLARATIONS

#endif
