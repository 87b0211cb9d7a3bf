/* backend.h: the settlement backend beside a central system: orders, money, power banks. One handle is one operator on one store;
 * nothing of another operator can be read through it.
 *
 * Sans-I/O like the engines: what arrives is handed in, what shall leave goes through callbacks, deadline tells when advance
 * wants to be called. Every command is one atomic write; what it causes (a message, a payment) happens when that write is
 * durable. So call flush of the store after each round of events, as with a central system.
 *
 * Threads: a handle belongs to one thread. Callbacks run inside the entry points; they may call the getters, not the entry
 * points, unless they say so.
 */
#ifndef OCPP_SETTLEMENT_BACKEND_H
#define OCPP_SETTLEMENT_BACKEND_H

#include <ocpp/settlement/compute.h>
#include <ocpp/settlement/payment.h>
#include <ocpp/settlement/store.h>
#include <ocpp/vocabulary.h>

OCPP_BEGIN_DECLARATIONS

struct ocpp_settle;
struct ocpp_settle_relay;

/* ocpp_settle_transport: how messages reach a pile. ocpp_settle_central_transport() (central.h) binds it to a central system. */
struct ocpp_settle_transport {
    /* send: DataTransfer to |station|; its answer is told with |token| by ocpp_settle_answered(), never from within. Errors:
     * nothing was sent (not connected: OCPP_ERR_STATE). */
    enum ocpp_status (*send)(const char *station, const struct ocpp_data_transfer *data, uint64_t token, void *user);
    /* answer: to the question |token| of ocpp_settle_receive(); possibly from within it. */
    void (*answer)(const char *station, uint64_t token, const struct ocpp_data_transfer_answer *answer, void *user);
    void *user;
};

/* ocpp_settle_policy: what the operator decides. */
struct ocpp_settle_policy {
    int64_t grace_s; /* banks of a vehicle order may come back until then after the vehicle has left; default 86,400 (A11) */
    int64_t vehicle_hold_minor;  /* held when a vehicle begins; default 5,000 */
    int64_t hold_renew_before_s; /* holds are renewed that long before they expire; default 86,400 (A1) */
    int64_t lost_pile_after_s;   /* a vehicle session without a word is sealed at what is known; default 259,200 (A27) */
    int64_t unreturned_seal_s;   /* a rental at its buy-out cap becomes a purchase; 0: at once when the cap is reached */
    int64_t user_report_pins_s;  /* a report that there is nowhere to return stops the clock for so long; default 7,200 (A22) */
    int64_t take_within_s;       /* default 30 (A24) */
    int64_t swap_within_s;       /* default 300 (A26) */
    int64_t grant_within_s;      /* default 120 */
    int64_t suspect_after;       /* default 3 (A3) */
    int64_t offline_rentals;     /* open at a time per pile; default 4 (A19) */
    int64_t known_renter_banks;  /* of one renter while the pile is offline; default 1 */
    int64_t known_renters;       /* on the list; at most 10,000, default 2,000 */
    int64_t rental_longest_s;    /* a bank that is out for so long is bought, whatever it cost by then; default 7,776,000 (A1) */
    int64_t banks_per_order;     /* at most 64; default 8 */
    int64_t open_orders_per_payer; /* default 8 */
    int64_t vehicle_events;  /* of a session that are kept apart; beyond, readings become one, and beyond twice as many idle time
                                ends; at most 9,000, default 2,000 */
    int64_t message_retry_s; /* default 30 */
    int message_attempts; /* refusals by time-out before a message counts as undeliverable while the pile is connected; default 10
                           */
    int64_t payment_query_s;                 /* an outcome that has not come is asked for; default 30, doubling up to an hour */
    int64_t remember_messages_s;             /* repetitions are recognised for so long; default 2,592,000 */
    bool reservation_no_start_fee;           /* default false */
    enum ocpp_settle_rounding_mode rounding; /* default HALF_UP */
    enum ocpp_settle_tax_rounding tax_rounding; /* default PER_LINE */
    int64_t payment_attempts;                   /* so often an authorisation that could not leave is tried, with payment_query_s
                                                   doubling between; then it is declined. Default 4 */
    int64_t postpaid_limit_minor;               /* what an account without a limit of its own may owe by statement, holds counted;
                                                   default 100,000 */
    int64_t remember_closed_s;                  /* insertions and suspense entries that are over, streams of piles that fell
                                                   silent, what terminals started and is settled, terminals and associations
                                                   that were revoked are forgotten after so long; at least remember_messages_s, default
                                                   7,776,000 */
    int64_t offline_longest_s;                  /* a pile that was alone may tell of a bank it let out so long ago; longer ago is
                                                   not believed, and the rental begins when it is told; default 2,592,000 */
    int64_t anchor_every;                       /* with an anchor key: after so many entries of the journal an anchor is written;
                                                   default 1,000, at most 1,000,000 */
    int64_t anchor_after_s;                     /* and so long after the first entry it would cover; default 3,600 */
    /* --- guided visits (visits.h) --- */
    int64_t confirm_within_s;      /* phone and pile have the number by then, or it is cancelled; default 60 (C3) */
    int64_t reservation_longest_s; /* default 7,200 */
    int64_t number_tries;          /* wrong numbers at a pile in a row; default 5 (C4) */
    int64_t number_locked_s;       /* then none is taken for so long; default 900 */
    int64_t gate_within_s;         /* a cable is kept so long after the first attempt to pull it, or to pay; default 1,800 (C7) */
    int64_t gate_longest_s;        /* and so long after the end of the charging; default 86,400 */
    int64_t link_s;                /* a link to pay at is good for so long; default 900, at least 120 (C11) */
    int64_t idle_pause_s;          /* idle time does not count so long after the QR code was scanned; default 600 (C16) */
    int64_t places;                /* at most 10,000; default 10,000 */
    /* rental houses (houses.h) */
    int64_t house_phones_per_card;  /* default 2 (B9) */
    int64_t house_bind_within_s;    /* a phone waits so long for its card to be shown; default 300 (B10) */
    int64_t house_approve_within_s; /* and so long for the landlord; default 604,800 */
    int64_t house_secret_tries;     /* wrong secrets of a card in a row, before none is looked at; default 5 */
    int64_t house_secret_lock_s;    /* for so long; default 900 */
    int64_t house_price_most_micro; /* of a kWh; above it a price has to be confirmed twice; default 2,000,000 (B14) */
    int64_t house_tenants;          /* of a house, those who left counted; at most 10,000, default 500 */
    int64_t house_cards;            /* of a house; at most 10,000, default 1,000 */
    int64_t house_piles;            /* of a house; at most 1,000, default 100 */
    int64_t house_pay_within_s;     /* a statement that is not paid by then is a debt; default 2,592,000 */
    int64_t service_s; /* a bank that was let out for service is put in again by then, or somebody is asked to look; default
                          604,800 */
};

OCPP_API struct ocpp_settle_policy ocpp_settle_policy_default(void);

/* ocpp_settle_terminal_policy: what the operator decides of charging that terminals start (terminals.h). */
struct ocpp_settle_terminal_policy {
    int64_t prompt_s;     /* a prompt is to be answered so soon; default 120 (E2) */
    int64_t prompts;      /* that a pile may have open at a time; default 64 */
    int64_t list_s;       /* a pile may use the list it has for so long; default 86,400 */
    int64_t start_s;      /* a grant that has not begun by then is let go; default 300 */
    int64_t least_minor;  /* what a wallet must have to start at all; default 100 */
    int64_t power_w;      /* that a vehicle is reckoned to charge with, where time costs something; default 11,000 */
    int64_t connect_s;    /* a terminal that connects says who it is within; default 15 */
    int64_t ticket_s;     /* how long a ticket is good; default 172,800 */
    int64_t confirm_s;    /* a fee is to be confirmed within; default 86,400 (E7) */
    int64_t stop_retry_s; /* a stop is told again after; default 60 (E6) */
    int64_t connections;  /* of terminals at a time; default 1,000 */
    int64_t waiting;      /* things that may wait for a slow terminal; 80 to 1,000, default 128 */
};

/* ocpp_settle_payer: who pays and how, as the application knows a token. Texts are borrowed until the callback returns. */
struct ocpp_settle_payer {
    const char *account;  /* of whom the money comes; NULL: the token itself */
    const char *provider; /* a name of the settings' providers, "wallet" or "postpaid" */
    bool known_renter;    /* may rent while a pile is offline */
};

/* ocpp_settle_event: something people or programs may want to know. */
enum ocpp_settle_event_kind {
    OCPP_SETTLE_EVENT_ORDER,    /* an order has another state */
    OCPP_SETTLE_EVENT_RENTAL,   /* a rental has */
    OCPP_SETTLE_EVENT_PAYMENT,  /* a payment operation ended, or wants the payer to act */
    OCPP_SETTLE_EVENT_SUSPENSE, /* somebody has to look */
    OCPP_SETTLE_EVENT_SECURITY, /* somebody tries something: a forged mark, a message from the wrong pile */
    OCPP_SETTLE_EVENT_PILE,     /* a pile speaks the extension now, or no more */
    OCPP_SETTLE_EVENT_DEAD_LETTER,
    OCPP_SETTLE_EVENT_START, /* a start by a terminal has another state */
    OCPP_SETTLE_EVENT_VISIT, /* a guided visit has another state, or its gate; no number stands in it */
    OCPP_SETTLE_EVENT_HOUSE  /* a card, a phone, a tenant, a statement, a price of a rental house has another state */
};

/* ocpp_settle_event: what on_event is told; borrowed for the call. What a kind does not need is NULL or 0. */
struct ocpp_settle_event {
    enum ocpp_settle_event_kind kind;
    const char *id;      /* of the order, rental, operation, suspense entry, station, dead letter, visit */
    const char *station; /* NULL: none */
    const char *state;   /* the word of its new state; NULL */
    const char *text;    /* for a log; NULL. No personal data */
    const char *house;   /* whose it is: of a rental house, its tenants' orders, visits and rentals at its piles; NULL: no house's */
    const char *tenant;  /* of that house, whom alone it concerns; NULL: the house's, or the landlord's */
};

/* ocpp_settle_shown: what is to be paid for a visit, for the displays OCPP knows itself. Borrowed for the call. */
struct ocpp_settle_shown {
    const char *visit;
    const char *station;
    int evse;
    const char *transaction;
    int64_t reservation; /* the number OCPP knew the visit by, below 2^31 */
    int64_t amount_minor;
    const char *currency;
    int exponent;
    const char *url; /* for a QR code; not for logs */
    int64_t expires_utc_ms;
};

/* ocpp_settle_reservation: a place that is to be kept, for ReserveNow. Borrowed for the call. */
struct ocpp_settle_reservation {
    const char *visit;
    const char *station;
    int evse;
    int64_t id;              /* of the reservation, below 2^31 */
    struct ocpp_token token; /* the number: of type KeyCode */
    int64_t expires_utc_ms;
};

/* ocpp_settle_settings: start from ocpp_settle_settings_default(). Copied; what it points to is borrowed for life. */
struct ocpp_settle_settings {
    const struct ocpp_allocator *allocator;
    struct ocpp_log log;
    const char *operator_id; /* letters, digits, '-', '_', at most 40; default "operator" */
    const char *vendor_id;   /* default "org.ocpp-c.settlement" */
    struct ocpp_settle_keys keys;
    struct ocpp_settle_store store;
    struct ocpp_settle_transport transport;
    struct ocpp_settle_policy policy;
    struct ocpp_settle_terminal_policy terminals;
    const char *fleet_key;  /* its name in |keys|: marks are authenticated with it; default "fleet" */
    const char *anchor_key; /* the name in |keys| of the P-256 key the journal's anchors are signed by (store.h), in time, when
                               advance is called; NULL (default): none are written */
    int64_t mark_key_epoch; /* of the keys piles get to rent alone: raise it with another fleet key; default 1 */
    const char *holder;     /* of leases: this process; default "backend" */
    int32_t cached_rows;    /* kept in memory, over a store that counts its changes; 0: none; at most 1,000,000; default 16384 */
    int32_t cached_bytes;   /* that they may take together; default 16 MiB */
    const struct ocpp_settle_provider *providers;
    size_t provider_count;
    const struct ocpp_settle_relay *relay; /* piles without a network (relay.h); NULL: there are none */
    /* the tariff for |station| now, and the zone it stands in. False: none, nothing can be opened there. Required */
    bool (*find_tariff)(const char *station, const struct ocpp_settle_tariff **tariff, const char **zone, void *user);
    /* the transitions of |zone| around |utc_ms| (one before, those of the next two years), into |transitions|; how many. Required
     */
    size_t (*find_transitions)(const char *zone, int64_t utc_ms, struct ocpp_settle_zone_transition *transitions, size_t room,
                               void *user);
    /* who pays for |token|. False: nobody does, nothing is opened for it. Required */
    bool (*find_payer)(const struct ocpp_token *token, struct ocpp_settle_payer *payer, void *user);
    /* whether a key may be told to |station|: its link is encrypted. NULL: to none, so none rents alone */
    bool (*may_tell_key)(const char *station, void *user);
    /* a vehicle's order could not be held: stop its transaction. NULL: it goes on */
    void (*stop_transaction)(const char *station, const char *transaction, const char *reason, void *user);
    /* a connection of a terminal has something to send (ocpp_settle_terminal_next_output()), or, |is_over|, is to be closed once
     * that was sent. It may not be fetched from within. NULL: no terminal connects */
    void (*on_terminal)(uint64_t connection, bool is_over, void *user);
    /* --- guided visits: what OCPP does itself. Each is called once, when it is durable that it is to be; NULL: nobody does it
     * ---
     */
    /* whether |station| could be asked now: a place of one that could not is not offered as free. Calls nothing of the
     * settlement. NULL: all can */
    bool (*is_reached)(const char *station, void *user);
    /* ReserveNow. ocpp_settle_reserve_answered() tells how it ended. NULL: nothing is bookable */
    void (*reserve)(const struct ocpp_settle_reservation *reservation, void *user);
    /* CancelReservation. Nobody waits for its end: a number that is over opens nothing */
    void (*cancel_reservation)(const char *station, int64_t reservation, void *user);
    /* RemoteStartTransaction, RequestStartTransaction with the number */
    void (*start)(const char *station, int evse, const struct ocpp_token *token, void *user);
    /* UnlockConnector. ocpp_settle_unlock_answered() tells how it ended */
    void (*unlock)(const char *visit, const char *station, int evse, void *user);
    /* display means of OCPP itself: FinalCost of the pricing note in 1.6, display messages in 2.x; again with each new link. What
     * becomes of it is nobody's business here */
    void (*show)(const struct ocpp_settle_shown *shown, void *user);
    /* what was shown under that reservation is to be taken away: the cable is free, or there is nothing to be paid any more.
     * NULL: it ends by itself with its time */
    void (*hide)(const char *station, int64_t reservation, void *user);
    const char *link_key; /* its name in |keys|: links to pay at are authenticated with it; default "link" */
    const char *pay_url;  /* what stands before a link in a QR code, at most 300 characters; default "" */

    /* told after it is durable. NULL: nothing is told */
    void (*on_event)(const struct ocpp_settle_event *event, void *user);
    void *user;
};

/* ocpp_settle_settings_default: each member as its comment says; without one, 0, false or NULL. */
OCPP_API struct ocpp_settle_settings ocpp_settle_settings_default(void);

/* ocpp_settle_done: how a command given by a person or program ended; runs once, when it is durable, possibly from within.
 * |refusal| is NULL, or the code and reason why nothing was changed. |id| names what came into being ("": nothing). */
struct ocpp_settle_done {
    void (*run)(enum ocpp_status status, const char *refusal_code, const char *reason, const char *id, void *user);
    void *user;
};

/* ocpp_settle_new: opens what the store holds and takes up what was left: unacknowledged messages wait for their piles, timers
 * run, payments whose outcome is unknown are asked for (with the first advance). Errors: OCPP_ERR_ARGUMENT a setting outside its
 * range; OCPP_ERR_BUSY another process has the lease; OCPP_ERR_NOMEM; of the store. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_new(const struct ocpp_settle_settings *settings, struct ocpp_now now,
                                                        struct ocpp_settle **settle);
OCPP_API void ocpp_settle_free(struct ocpp_settle *settle);

/* ocpp_settle_deadline, ocpp_settle_advance: as of the engines; mono ms. Timers are dated in UTC: with utc_ms unknown none runs.
 */
OCPP_API int64_t ocpp_settle_deadline(const struct ocpp_settle *settle);
OCPP_API void ocpp_settle_advance(struct ocpp_settle *settle, struct ocpp_now now);

/* ocpp_settle_connected: the pile can be reached, or no more. */
OCPP_API void ocpp_settle_connected(struct ocpp_settle *settle, const char *station, bool connected, struct ocpp_now now);

/* ocpp_settle_receive: DataTransfer of |station|. Whatever it is, transport.answer() is told |token| once, when what it says is
 * durable. A vendor that is not ours gets UnknownVendorId. */
OCPP_API void ocpp_settle_receive(struct ocpp_settle *settle, const char *station, const struct ocpp_data_transfer *data,
                                  uint64_t token, struct ocpp_now now);

/* ocpp_settle_answered: the answer to what transport.send() sent. */
OCPP_API void ocpp_settle_answered(struct ocpp_settle *settle, const char *station, uint64_t token,
                                   const struct ocpp_data_transfer_answer *answer, struct ocpp_now now);

/* ocpp_settle_payment_answered: what a provider says of |operation|, asked or not. Of one that is done already it changes nothing
 * (another outcome than the known one is noted and told, once). Errors: OCPP_ERR_NOT_FOUND no such operation; OCPP_ERR_VALUE the
 * amount or currency is another: not believed, noted, and asked for again; of the store. */
OCPP_API enum ocpp_status ocpp_settle_payment_answered(struct ocpp_settle *settle, const char *operation,
                                                       const struct ocpp_settle_payment_answer *answer, struct ocpp_now now);

/* ocpp_settle_payment_resolve: a person who asked the provider decides what became of |operation|, which is not done: |result| is
 * OK (it happened, as asked), DECLINED or UNSUPPORTED (nothing happened). |by| names the person for the journal (at most 80
 * characters). Refused: Invalid (there is none), WrongState (it is done, or nothing has left). Errors: as of every command. */
OCPP_API enum ocpp_status ocpp_settle_payment_resolve(struct ocpp_settle *settle, const char *operation,
                                                      enum ocpp_settle_payment_result result, const char *by,
                                                      const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_notified: a notification that came for |provider|. Errors: OCPP_ERR_NOT_FOUND no such provider, or no such
 * operation; OCPP_ERR_SECURITY, those of class MESSAGE: not believed, nothing changed. */
OCPP_API enum ocpp_status ocpp_settle_notified(struct ocpp_settle *settle, const char *provider, const char *body, size_t size,
                                               const char *signature, struct ocpp_now now);

OCPP_END_DECLARATIONS

#endif
