/* houses.h: rental houses: a landlord, tenants, their cards, the phones bound to cards, piles, a price, and statements.
 *
 * A tenant's session is a transaction of OCPP whose token is a card. Its order (orders.h) has the price of the house that held
 * when it began, is sealed like any other, and then due by statement. When a period is closed each tenant gets a statement of
 * what ended in it; a statement is an order too, of the same id, and paying it pays them all. docs/rental-houses.md tells it at a
 * glance.
 *
 *     struct ocpp_settle_house_caller caller = { .house = id };     // the operator; or a phone, by its bearer
 *     ocpp_settle_tenant_add(settle, &caller, &(struct ocpp_settle_tenant_wish){ .name = "Ada", .flat = "3" }, &done, now);
 *     ocpp_settle_card_issue(settle, &caller, &wish, secret, &done, now);     // print |secret| as the card's QR code
 *     ocpp_settle_price_set(settle, &caller, &price, &done, now);
 *     // … transactions come and go by ocpp_settle_transaction() …
 *     ocpp_settle_period_close(settle, &caller, end_of_november, &done, now);
 *
 * Who calls is either the operator (no bearer) or a phone: what its card may do is looked at within each command, so a card that
 * is logged out, lost or revoked has lost its phones at once. A phone sees its own house, a tenant's phone its own tenant; for
 * everything else the answer is that there is no such thing.
 *
 * Commands end as ocpp_settle_done says. Errors of all of them: OCPP_ERR_ARGUMENT a text that is missing or too long, an amount
 * out of range; OCPP_ERR_NOMEM; of the store. Refused: UnknownHouse, NotAllowed (that caller may not), LimitReached.
 */
#ifndef OCPP_SETTLEMENT_HOUSES_H
#define OCPP_SETTLEMENT_HOUSES_H

#include <ocpp/settlement/backend.h>

OCPP_BEGIN_DECLARATIONS

/* Rooms for the secret of a card's QR code and for the bearer token of a phone, terminators included. Both are told once, when
 * they are made; the backend keeps hashes. */
enum { OCPP_SETTLE_CARD_SECRET_SIZE = 27, OCPP_SETTLE_BEARER_SIZE = 53 };

/* ocpp_settle_house_caller: who asks, and for which house. */
struct ocpp_settle_house_caller {
    const char *house;
    const char *bearer; /* of a phone; NULL: the operator */
};

/* --- houses and piles ----------------------------------------------------------------------------------------------------- */

/* ocpp_settle_house_wish: a house to be opened. */
struct ocpp_settle_house_wish {
    const char *name;             /* of the house, at most 80 characters */
    const char *landlord;         /* his name, at most 80 characters */
    const char *landlord_contact; /* NULL, or at most 120 characters */
    const char *currency;         /* ISO 4217 */
    const char *zone;             /* where it stands, as find_transitions knows it */
};

/* ocpp_settle_house_open: a new house; the operator's to do. Told to |done|: its id. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_house_open(struct ocpp_settle *settle,
                                                               const struct ocpp_settle_house_wish *wish,
                                                               const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_house_add_pile: |station| is the house's, and waits for the landlord to authorise it.
 * ocpp_settle_house_remove_pile: it is nobody's house's any more. The operator's to do. Refused: WrongState it is another's, or
 * is not this one's. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_house_add_pile(struct ocpp_settle *settle, const char *house,
                                                                   const char *station, const struct ocpp_settle_done *done,
                                                                   struct ocpp_now now);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_house_remove_pile(struct ocpp_settle *settle, const char *house,
                                                                      const char *station, const struct ocpp_settle_done *done,
                                                                      struct ocpp_now now);

/* ocpp_settle_house_authorise_pile: the tenants may charge there from now on. Right AuthorisePile. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_house_authorise_pile(struct ocpp_settle *settle,
                                                                         const struct ocpp_settle_house_caller *caller,
                                                                         const char *station, const struct ocpp_settle_done *done,
                                                                         struct ocpp_now now);

/* --- tenants ---------------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_tenant_wish: somebody who moves in. */
struct ocpp_settle_tenant_wish {
    const char *name;     /* at most 80 characters; kept where it can be erased */
    const char *contact;  /* NULL, or at most 120 characters */
    const char *flat;     /* at most 40 characters */
    const char *provider; /* statements are paid by; NULL: by hand, the landlord notes what came */
    const char *account;  /* of that provider; NULL: the tenant's own. Only the operator may name one */
};

/* ocpp_settle_tenant_add: right ManageTenants. Told to |done|: the tenant's id. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_tenant_add(struct ocpp_settle *settle,
                                                               const struct ocpp_settle_house_caller *caller,
                                                               const struct ocpp_settle_tenant_wish *wish,
                                                               const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_tenant_move_out: the tenant's cards end, sessions that run are stopped, and a closing statement is made once the
 * last of them has ended (B6). Right ManageTenants. Refused: UnknownTenant; WrongState: on the way already. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_tenant_move_out(struct ocpp_settle *settle,
                                                                    const struct ocpp_settle_house_caller *caller,
                                                                    const char *tenant, const struct ocpp_settle_done *done,
                                                                    struct ocpp_now now);

/* ocpp_settle_tenant_forget: the name is erased; what was billed stays. Right ManageTenants. Refused: UnknownTenant; WrongState:
 * still lives there. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_tenant_forget(struct ocpp_settle *settle,
                                                                  const struct ocpp_settle_house_caller *caller,
                                                                  const char *tenant, const struct ocpp_settle_done *done,
                                                                  struct ocpp_now now);

/* --- cards
 * ---------------------------------------------------------------------------------------------------------------------- */

enum ocpp_settle_card_kind { OCPP_SETTLE_PRIVILEGE_CARD, OCPP_SETTLE_CHARGING_CARD };

/* Rights, as bits. */
enum ocpp_settle_right {
    OCPP_SETTLE_RIGHT_CHARGE = 1,
    OCPP_SETTLE_RIGHT_SEE_OWN = 2, /* what the card's tenant used and owes */
    OCPP_SETTLE_RIGHT_AUTHORISE_PILE = 4,
    OCPP_SETTLE_RIGHT_LOG_OUT_CARDS = 8,
    OCPP_SETTLE_RIGHT_SEE_CONSUMPTION = 16, /* of the whole house */
    OCPP_SETTLE_RIGHT_MANAGE_TENANTS = 32,
    OCPP_SETTLE_RIGHT_SET_PRICES = 64,
    OCPP_SETTLE_RIGHT_STATEMENTS = 128
};

/* ocpp_settle_card_wish: a card to be issued. */
struct ocpp_settle_card_wish {
    enum ocpp_settle_card_kind kind;
    const char *tenant; /* of a charging card; NULL of a privilege card */
    const char *token;  /* as readers tell it, at most 255 characters */
    uint32_t rights;    /* 0: all of its kind */
};

/* ocpp_settle_card_issue: a card; |secret| is for its QR code and told now, once. Privilege cards are the operator's to issue,
 * charging cards want the right ManageTenants. It is a card at the piles of the house; elsewhere, and for other houses, |token|
 * stays what it is. Told to |done|: the card's id. Refused: UnknownTenant; WrongState the token is a card of the house already.
 */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_card_issue(struct ocpp_settle *settle,
                                                               const struct ocpp_settle_house_caller *caller,
                                                               const struct ocpp_settle_card_wish *wish,
                                                               char secret[OCPP_SETTLE_CARD_SECRET_SIZE],
                                                               const struct ocpp_settle_done *done, struct ocpp_now now);

/* What becomes of a card. Those but let_in stop its sessions; what they used stays billable (B1), and its phones have lost their
 * right at once (B3). Told to |done|: the card's id. Refused: UnknownCard; WrongState. */
enum ocpp_settle_card_act {
    OCPP_SETTLE_CARD_LOG_OUT, /* until it is let in again. Right LogOutCards */
    OCPP_SETTLE_CARD_LET_IN,  /* likewise */
    OCPP_SETTLE_CARD_LOST,    /* until it is replaced. Right LogOutCards, or the tenant's own phone */
    OCPP_SETTLE_CARD_END      /* for good. Right ManageTenants; of privilege cards the operator's to do */
};
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_card_act(struct ocpp_settle *settle,
                                                             const struct ocpp_settle_house_caller *caller, const char *card,
                                                             enum ocpp_settle_card_act act, const struct ocpp_settle_done *done,
                                                             struct ocpp_now now);

/* ocpp_settle_card_replace: a new card with |token| takes the place of one that is lost or logged out, once; what stands in no
 * statement yet moves to it (B2). Phones bind anew. As card_issue otherwise. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_card_replace(struct ocpp_settle *settle,
                                                                 const struct ocpp_settle_house_caller *caller, const char *card,
                                                                 const char *token, char secret[OCPP_SETTLE_CARD_SECRET_SIZE],
                                                                 const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_card_verdict: whether |token| may charge at |station| now: for on_authorize of a central system. Errors: of the
 * store; OCPP_ERR_NOMEM. */
enum ocpp_settle_card_verdict {
    OCPP_SETTLE_CARD_OTHER, /* no house's pile: not for houses to say */
    OCPP_SETTLE_CARD_MAY,
    OCPP_SETTLE_CARD_BLOCKED, /* a card of this house that may not */
    OCPP_SETTLE_CARD_INVALID  /* none of this house's, or the pile is not authorised */
};
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_card_verdict(struct ocpp_settle *settle, const char *station,
                                                                 const char *token, enum ocpp_settle_card_verdict *verdict,
                                                                 struct ocpp_now now);

/* --- phones
 * ---------------------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_phone_wish: a phone to be bound to a card. */
struct ocpp_settle_phone_wish {
    const char *card;   /* as its QR code says */
    const char *secret; /* likewise */
    const char *name;   /* of the phone, for people; at most 40 characters */
};

/* ocpp_settle_phone_bind: a phone scanned a card's QR code. |bearer| is told now, once, and worth nothing until the card was
 * shown at a pile of the house for this purpose, within policy.house_bind_within_s, or, of a charging card, the landlord approved
 * it (B10). Told to |done|: the phone's id. Refused: UnknownCard: no such card, another secret, or too many wrong ones (all the
 * same to who guesses); WrongState: the card is not active; LimitReached: as many phones as a card may have (B9). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_phone_bind(struct ocpp_settle *settle,
                                                               const struct ocpp_settle_phone_wish *wish,
                                                               char bearer[OCPP_SETTLE_BEARER_SIZE],
                                                               const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_phone_approve: the landlord lets |phone| in. Right ManageTenants. Refused: UnknownPhone; WrongState: it does not
 * wait; NotAllowed: of a privilege card. ocpp_settle_phone_revoke: it has no right any more; also a phone's own act, of the same
 * card. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_phone_approve(struct ocpp_settle *settle,
                                                                  const struct ocpp_settle_house_caller *caller,
                                                                  const char *phone, const struct ocpp_settle_done *done,
                                                                  struct ocpp_now now);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_phone_revoke(struct ocpp_settle *settle,
                                                                 const struct ocpp_settle_house_caller *caller, const char *phone,
                                                                 const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_phone_scope: what |bearer| is: for who mounts an interface. Errors: OCPP_ERR_NOT_FOUND: nobody's, or not any more;
 * of the store. */
struct ocpp_settle_phone_scope {
    char house[OCPP_SETTLE_ID_SIZE];
    char card[OCPP_SETTLE_ID_SIZE];
    char tenant[OCPP_SETTLE_ID_SIZE]; /* "": a privilege card's */
    char phone[OCPP_SETTLE_ID_SIZE];
    char token[256]; /* of the card */
    uint32_t rights; /* 0: it still waits */
};
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_phone_scope(struct ocpp_settle *settle, const char *bearer,
                                                                struct ocpp_settle_phone_scope *scope, struct ocpp_now now);

/* --- prices
 * ------------------------------------------------------------------------------------------------------------------------ */

enum { OCPP_SETTLE_HOUSE_TAXES = 4 };

/* ocpp_settle_house_price: what a kWh costs from now on. */
struct ocpp_settle_house_price {
    int64_t price_micro; /* of a kWh, millionths of the major unit */
    const struct ocpp_settle_tax *taxes;
    size_t tax_count; /* at most OCPP_SETTLE_HOUSE_TAXES */
    bool tax_included;
    int64_t valid_from_utc_ms; /* not before now; OCPP_UTC_UNKNOWN: now */
};

/* ocpp_settle_price_set: another version of the price. Sessions keep the one they began with (B4), and what was used is never
 * priced again (B5). Right SetPrices. Told to |done|: its number. Above policy.house_price_most_micro it waits to be confirmed
 * twice (B14): ocpp_settle_price_confirm(), the second time at least ten seconds after the first. Refused: Invalid: in the past;
 * WrongState: it does not wait, or too soon; BadAmount: beyond what a bill can hold. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_price_set(struct ocpp_settle *settle,
                                                              const struct ocpp_settle_house_caller *caller,
                                                              const struct ocpp_settle_house_price *price,
                                                              const struct ocpp_settle_done *done, struct ocpp_now now);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_price_confirm(struct ocpp_settle *settle,
                                                                  const struct ocpp_settle_house_caller *caller, int64_t number,
                                                                  const struct ocpp_settle_done *done, struct ocpp_now now);

/* --- periods and statements
 * ---------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_period_close: each tenant gets a statement of the sessions that ended before |to_utc_ms| and stand in none yet.
 * What is heard later goes on the next one. The same end again is the same period, closed once. Right Statements. Told to |done|:
 * the number of the period. Refused: Invalid: it has not come yet, or lies before the last one; WrongState: another one is being
 * closed. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_period_close(struct ocpp_settle *settle,
                                                                 const struct ocpp_settle_house_caller *caller, int64_t to_utc_ms,
                                                                 const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_statement_confirm: the landlord stands by item |number| although its readings cannot be (B7);
 * ocpp_settle_statement_waive: he does not, and nothing is asked for it. A statement is issued when none is left. Right
 * Statements. Refused: UnknownStatement; WrongState: nothing about it is to be confirmed. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_statement_confirm(struct ocpp_settle *settle,
                                                                      const struct ocpp_settle_house_caller *caller,
                                                                      const char *statement, int64_t number,
                                                                      const struct ocpp_settle_done *done, struct ocpp_now now);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_statement_waive(struct ocpp_settle *settle,
                                                                    const struct ocpp_settle_house_caller *caller,
                                                                    const char *statement, int64_t number,
                                                                    const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_statement_paid: |amount_minor| of it came by hand (cash, a bank transfer); what is missing stays due. |key| names
 * the payment, at most 80 characters: the same key is the same payment, noted once. Right Statements. Refused: UnknownStatement;
 * WrongState: not issued, paid, or being paid otherwise; BadAmount: less than nothing or more than is missing; SameIdOtherBody.
 */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_statement_paid(struct ocpp_settle *settle,
                                                                   const struct ocpp_settle_house_caller *caller,
                                                                   const char *statement, int64_t amount_minor, const char *key,
                                                                   const struct ocpp_settle_done *done, struct ocpp_now now);

/* --- the pile's own meter
 * --------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_own_meter: |station| itself has used energy (its EVSE 0 or connector 0 has a meter): the landlord's (B16). What is
 * not a house's changes nothing. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_own_meter(struct ocpp_settle *settle, const char *station,
                                                              int64_t register_wh, int64_t at_utc_ms, struct ocpp_now now);

/* --- reading
 * ---------------------------------------------------------------------------------------------------------------------------- */

/* Each of these shows what the caller may see, in the order of ids or numbers, until |visit| returns false; |visit| may not call
 * back. Texts live for the call; times are OCPP_UTC_UNKNOWN where there is none. Errors: OCPP_ERR_NOT_FOUND: no such thing, or
 * not for this caller; of the store; OCPP_ERR_NOMEM. */

/* ocpp_settle_houses: all of them, for operators; ocpp_settle_house_find: that of the caller. */
struct ocpp_settle_house {
    const char *id;
    const char *name;
    const char *landlord; /* his name; NULL: erased */
    const char *currency;
    int exponent;
    const char *zone;
    int64_t price_number; /* the version that holds now; 0: none */
    int64_t price_micro;
    int64_t closed_to_utc_ms;
    bool is_closing;
};
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_houses(struct ocpp_settle *settle,
                                                           bool (*visit)(const struct ocpp_settle_house *house, void *user),
                                                           void *user, struct ocpp_now now);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_house_find(struct ocpp_settle *settle,
                                                               const struct ocpp_settle_house_caller *caller,
                                                               bool (*visit)(const struct ocpp_settle_house *house, void *user),
                                                               void *user, struct ocpp_now now);

/* ocpp_settle_house_piles: what serves the house. */
struct ocpp_settle_house_pile {
    const char *station;
    bool is_authorised;
    bool has_own_meter;
    int64_t own_used_mwh; /* the landlord's */
    int64_t own_anomalies;
};
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_house_piles(
    struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
    bool (*visit)(const struct ocpp_settle_house_pile *pile, void *user), void *user, struct ocpp_now now);

/* ocpp_settle_house_at: the house whose pile |station| is, and whose tenant charges there as |transaction| (NULL: nobody asks):
 * for who tells pages that something happened there. Errors: OCPP_ERR_NOT_FOUND: no house's; of the store; OCPP_ERR_NOMEM. */
struct ocpp_settle_house_place {
    char house[OCPP_SETTLE_ID_SIZE];
    char tenant[OCPP_SETTLE_ID_SIZE]; /* "": nobody's of this house */
};
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_house_at(struct ocpp_settle *settle, const char *station,
                                                             const char *transaction, struct ocpp_settle_house_place *place,
                                                             struct ocpp_now now);

/* ocpp_settle_tenants: who lives there, and lived. */
struct ocpp_settle_tenant {
    const char *id;
    const char *name;    /* NULL: erased */
    const char *contact; /* likewise */
    const char *flat;
    const char *state; /* Living, Leaving, Left */
    const char *provider;
    int64_t statements;
};
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_tenants(struct ocpp_settle *settle,
                                                            const struct ocpp_settle_house_caller *caller,
                                                            bool (*visit)(const struct ocpp_settle_tenant *tenant, void *user),
                                                            void *user, struct ocpp_now now);

/* ocpp_settle_cards: of tenants and of the landlord. */
struct ocpp_settle_card {
    const char *id;
    enum ocpp_settle_card_kind kind;
    const char *state;  /* Active, LoggedOut, Lost, Replaced, Ended */
    const char *tenant; /* NULL */
    const char *token;
    uint32_t rights;
    int64_t phones;
    int64_t open_mwh; /* in no statement yet */
    int64_t open_minor;
    int64_t total_mwh;
    int64_t sessions;
    const char *replaced_by; /* NULL */
};
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_cards(struct ocpp_settle *settle,
                                                          const struct ocpp_settle_house_caller *caller,
                                                          bool (*visit)(const struct ocpp_settle_card *card, void *user),
                                                          void *user, struct ocpp_now now);

/* ocpp_settle_phones: what is bound to cards. */
struct ocpp_settle_phone {
    const char *id;
    const char *card;
    const char *name;
    const char *state; /* Asked, Bound, Revoked, Expired */
    int64_t asked_utc_ms;
    int64_t bound_utc_ms;
};
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_phones(struct ocpp_settle *settle,
                                                           const struct ocpp_settle_house_caller *caller,
                                                           bool (*visit)(const struct ocpp_settle_phone *phone, void *user),
                                                           void *user, struct ocpp_now now);

/* ocpp_settle_prices: each price per kWh there was, is, and waits to be confirmed. */
struct ocpp_settle_price_version {
    int64_t number;
    const char *state; /* Asked, Valid, Dropped */
    int64_t price_micro;
    bool tax_included;
    int64_t valid_from_utc_ms;
    int64_t confirmations;
    const char *set_by;
};
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_prices(
    struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
    bool (*visit)(const struct ocpp_settle_price_version *price, void *user), void *user, struct ocpp_now now);

/* ocpp_settle_statement: how its payment stands is in |order_state|. */
struct ocpp_settle_statement_tax {
    const char *name;
    int64_t rate_ppm;
    int64_t net_minor;
    int64_t tax_minor;
};

/* ocpp_settle_statement: one as it stands, for the caller who may see it. */
struct ocpp_settle_statement {
    const char *id;
    const char *house;
    const char *tenant;
    const char *tenant_name; /* NULL: erased */
    const char *flat;
    const char *house_name;
    int64_t number;
    const char *kind;        /* Period, Closing */
    const char *state;       /* Gathering, Review, Issued */
    const char *order_state; /* Due, Debt, Paid, WrittenOff; NULL: not issued */
    const char *currency;
    int exponent;
    int64_t from_utc_ms;
    int64_t to_utc_ms;
    int64_t issued_utc_ms;
    int64_t due_utc_ms;
    int64_t items;
    int64_t unconfirmed;
    int64_t energy_mwh;
    int64_t net_minor;
    int64_t tax_minor;
    int64_t gross_minor;
    int64_t waiting_minor; /* credits for the next one */
    int64_t paid_minor;
    const char *digest;
    const struct ocpp_settle_statement_tax *taxes;
    size_t tax_count;
};

/* ocpp_settle_statements: of |tenant|; NULL: of all whom the caller may see. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_statements(
    struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller, const char *tenant,
    bool (*visit)(const struct ocpp_settle_statement *statement, void *user), void *user, struct ocpp_now now);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_statement_find(
    struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller, const char *statement,
    bool (*visit)(const struct ocpp_settle_statement *statement, void *user), void *user, struct ocpp_now now);

/* ocpp_settle_session: of a tenant: on a statement, waiting for one, or (number 0, no end) running. */
struct ocpp_settle_session {
    int64_t number;   /* on its statement; 0: on none */
    const char *kind; /* Session, Correction, Running */
    const char *order;
    const char *card;
    const char *station;
    int64_t evse;
    const char *transaction;
    int64_t started_utc_ms;
    int64_t ended_utc_ms;
    bool has_registers;
    int64_t start_mwh; /* registers of the meter */
    int64_t end_mwh;
    int64_t energy_mwh;
    int64_t price_micro;
    int64_t net_minor;
    int64_t tax_minor;
    int64_t gross_minor;
    const char *bill_hash;
    const char *anomaly; /* what cannot be about its readings; NULL */
    bool is_confirmed;
    const char *signature; /* NULL */
};
/* ocpp_settle_statement_items: what it lists, from item |from| on. ocpp_settle_sessions: those of |tenant| (NULL: of all whom the
 * caller may see) that stand on none. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_statement_items(
    struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller, const char *statement, int64_t from,
    bool (*visit)(const struct ocpp_settle_session *session, void *user), void *user, struct ocpp_now now);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_sessions(struct ocpp_settle *settle,
                                                             const struct ocpp_settle_house_caller *caller, const char *tenant,
                                                             bool (*visit)(const struct ocpp_settle_session *session, void *user),
                                                             void *user, struct ocpp_now now);

OCPP_END_DECLARATIONS

#endif
