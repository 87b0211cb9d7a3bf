/* relay.h: piles without a network: the backend authorises sessions that phones carry to them, and takes in the bills that any
 * phone brings back, once, whoever brings them and however often. Put a struct ocpp_settle_relay into the settings (backend.h).
 *
 *     trust        what the offline root has signed: keys of this server, and those that count no more
 *     register     a pile that was installed; its claim code proves it when it enrols
 *     enrol        the pile's request, brought by the installer's phone
 *     ask          somebody wants to charge there: an order, a hold, then an authorisation for the pile
 *     status, page what phones bring from piles: what was used, and bills
 *
 * Texts of piles are believed by their signatures only. Ids are those of id.h. Each command is told through |done| as in
 * backend.h. Errors of every command, and nothing happened: OCPP_ERR_STATE  no struct ocpp_settle_relay in the settings;
 * OCPP_ERR_ARGUMENT  a text that is missing or too long; OCPP_ERR_NOMEM; of the store and of keys. What is refused changes
 * nothing but the journal.
 */
#ifndef OCPP_SETTLEMENT_RELAY_H
#define OCPP_SETTLEMENT_RELAY_H

#include <ocpp/settlement/backend.h>
#include <ocpp/settlement/reconciliation.h>
#include <ocpp/settlement/trust.h>

OCPP_BEGIN_DECLARATIONS

/* ocpp_settle_relay: start from ocpp_settle_relay_default(). Borrowed for life, like what it points to. */
struct ocpp_settle_relay {
    const char *root_kid; /* the offline root; required */
    unsigned char root[OCPP_SETTLE_POINT_SIZE];
    const char
        *key_name; /* of the P-256 key in the settings' keys that signs; the root must have certified it; default "server" */
    const char *seal_name;   /* of the one that opens what piles seal; default: key_name */
    int64_t authorisation_s; /* how long after its nonce an authorisation may begin; default 600 */
    int64_t hold_s;          /* without a bill and without proof of a start a hold is let go then; default 604,800 (D3, D6) */
    int64_t
        capture_before_s; /* with proof of a start, what was frozen is taken so long before its hold expires; default 86,400 */
    int64_t frozen_minor; /* where an ask names no amount; default 5,000 */
    int64_t most_frozen_minor; /* an ask may name; default 50,000 */
    int64_t sessions_per_pile; /* authorised and not billed; default 64 */
};

OCPP_API struct ocpp_settle_relay ocpp_settle_relay_default(void);

/* --- keys ------------------------------------------------------------------------------------------------------------ */

/* ocpp_settle_relay_key: what the root has to certify: the key that signs here, and its name. Made where there is none. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_key(struct ocpp_settle *settle, char kid[OCPP_SETTLE_JWS_KID_SIZE],
                                                              unsigned char point[OCPP_SETTLE_POINT_SIZE]);

/* ocpp_settle_relay_trust: |size| bytes of a TrustParcel as JSON, from the root: taken over, and handed on with every message
 * from now on. Refused: Invalid  the root did not sign it, or it is older than what is known. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_trust(struct ocpp_settle *settle, const char *json, size_t size,
                                                                const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_relay_register: |pile| (its identity, at most 48 characters) was installed; |claim_code| (12 to 64 characters,
 * random) was printed for it. NULL: it enrols over a link that proves who speaks. Refused: WrongState  it has enrolled. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_register(struct ocpp_settle *settle, const char *pile,
                                                                   const char *claim_code, const struct ocpp_settle_done *done,
                                                                   struct ocpp_now now);

/* ocpp_settle_relay_enrol: |token| of type pile-request. |proven_pile| is the pile at the other end of a link that proved it (its
 * identity), or NULL: the claim code proves it, once. |done| is told the pile. Refused: BadToken  no request, not signed by its
 * key, not the claim code's; WrongPile; WrongState  it has enrolled with another key; NotSupported  the server has no key for it.
 */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_enrol(struct ocpp_settle *settle, const char *token, size_t size,
                                                                const char *proven_pile, const struct ocpp_settle_done *done,
                                                                struct ocpp_now now);

/* ocpp_settle_relay_revoke: the key of |pile| counts no more (D12): bills that come from now on are suspense, nothing is
 * authorised there. It may enrol again with another key after it was registered anew. Refused: Invalid  no such pile. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_revoke(struct ocpp_settle *settle, const char *pile, const char *reason,
                                                                 const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_relay_lift: a person has looked at a pile that was quarantined (D10): its bills count again. What was set aside
 * stays for resolve. Refused: Invalid; WrongState  it is not quarantined. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_lift(struct ocpp_settle *settle, const char *pile, const char *reason,
                                                               const struct ocpp_settle_done *done, struct ocpp_now now);

/* --- starting ---------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_relay_ask: somebody, known by |token|, wants to charge. |status| is what the pile said just now. */
struct ocpp_settle_relay_wish {
    const char *token;  /* who pays, as find_payer knows it */
    const char *type;   /* of it; NULL: "" */
    const char *status; /* a token of type pile-status; its nonce is used */
    size_t status_size;
    int64_t outlet;
    int64_t frozen_minor; /* 0: the default */
    const char *vehicle;  /* at most 64 characters; NULL: any */
};

/* |done| is told the id of the authorisation, which is ready once its hold stands (ocpp_settle_relay_authorisation()). Refused:
 * BadToken, NoMoney, LimitReached, NotSupported as for every order; Invalid  the status; UnknownSlot; WrongState  the outlet is
 * in use, the pile is full, quarantined or revoked; SameIdOtherBody  the nonce was used; BadAmount. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_ask(struct ocpp_settle *settle,
                                                              const struct ocpp_settle_relay_wish *wish,
                                                              const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_relay_authorisation: how it stands. Texts are borrowed for the visit, NULL where there is none. */
struct ocpp_settle_relay_authorisation {
    const char *id;
    const char *order;
    const char *pile;
    int64_t outlet;
    const char *state;  /* Holding, Ready, Used, Billed, Refused, Expired, Denied, Captured */
    const char *parcel; /* a PileParcel as JSON, for the pile; while it is Ready */
    const char *currency;
    int exponent;
    int64_t frozen_minor;
    int64_t expires_utc_ms;
};

/* Errors: OCPP_ERR_NOT_FOUND; of the store; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_authorisation(
    struct ocpp_settle *settle, const char *id,
    void (*visit)(const struct ocpp_settle_relay_authorisation *authorisation, void *user), void *user);

/* --- what phones bring --------------------------------------------------------------------------------------------------- */

/* ocpp_settle_relay_status: what a pile says of itself, by any road: proof of what was used, refusals that let holds go at once,
 * gaps and forks. |done| is told the pile. Refused: BadToken  not of a pile we know, or its signature. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_status(struct ocpp_settle *settle, const char *token, size_t size,
                                                                 const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_relay_page: a bill: a token of type bill, or that sealed (a JWE). Once and the same: deduplicated by pile, page and
 * the hash of what was signed. |done| is told PILE/PAGE, for ocpp_settle_relay_find_page(). Refused: BadToken  the signature (D4;
 * an event of security), or no bill. A fork is not refused: it is Quarantined. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_page(struct ocpp_settle *settle, const char *text, size_t size,
                                                               const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_relay_page_view: what became of it. */
struct ocpp_settle_relay_page_view {
    const char *pile;
    int64_t page;
    const char *hash;
    enum ocpp_settle_page_result result;
    const char *reason;     /* of Suspense and Quarantined; NULL */
    const char *order;      /* NULL: none */
    const char *parcel;     /* a PileParcel as JSON with the acknowledgement, for the pile */
    const char *reconciled; /* a token of type reconciled-bill, for the phone; NULL: nothing was charged to an order */
    const char *payload;    /* JSON of the BillPage; for who may see it */
};

/* Errors: OCPP_ERR_NOT_FOUND; of the store; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_find_page(struct ocpp_settle *settle, const char *pile, int64_t page,
                                                                    void (*visit)(const struct ocpp_settle_relay_page_view *page,
                                                                                  void *user),
                                                                    void *user);

/* ocpp_settle_relay_resolve: a person has looked at a page in suspense and settled it by other means (an adjustment of
 * its order, say): it waits no more, |reason| is noted, no order is changed. Refused: Invalid  no such page; WrongState  it waits
 * for nobody. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_resolve(struct ocpp_settle *settle, const char *pile, int64_t page,
                                                                  const char *reason, const struct ocpp_settle_done *done,
                                                                  struct ocpp_now now);

/* ocpp_settle_relay_accept: a person stands by a page in suspense: it counts as if its key had not been revoked, and its order is
 * settled by it. Refused: Invalid  no such page; WrongState  it waits for nobody, or something else speaks against it: it goes on
 * waiting. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_accept(struct ocpp_settle *settle, const char *pile, int64_t page,
                                                                 const char *reason, const struct ocpp_settle_done *done,
                                                                 struct ocpp_now now);

/* --- houses (houses.h) -------------------------------------------------------------------------------------------------------
 *
 * A pile without a network that belongs to a house learns of its cards, phones and price by a list that any phone carries, and
 * tells with its statuses what was decided there. */

/* ocpp_settle_relay_house: a PileParcel as JSON with the list as it is now, for |pile|; nobody but the pile can read it. Errors:
 * OCPP_ERR_NOT_FOUND  it is no house's, or has not enrolled; of the store and of keys. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_house(struct ocpp_settle *settle, const char *pile,
                                                                void (*visit)(const char *parcel, void *user), void *user,
                                                                struct ocpp_now now);

/* ocpp_settle_relay_binding: a token of type phone-binding for the phone that shows |bearer|, whose key is |point|: by it and a
 * signature of that key it starts sessions at piles without a network. Errors: OCPP_ERR_NOT_FOUND  nobody's, or it has no right
 * (yet); of the store and of keys. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_binding(struct ocpp_settle *settle, const char *bearer,
                                                                  const unsigned char point[OCPP_SETTLE_POINT_SIZE],
                                                                  void (*visit)(const char *token, void *user), void *user,
                                                                  struct ocpp_now now);

/* ocpp_settle_relay_shown: a token of type card-shown, sealed: a pile saw a card while the phone was there that asked for it; so
 * it is bound (B10). |done| is told the phone; nothing where two phones asked for the card: then both begin again. Refused:
 * BadToken; UnknownCard; UnknownPhone  it has not asked for this card, or
 * too long ago; WrongState. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_shown(struct ocpp_settle *settle, const char *token, size_t size,
                                                                const struct ocpp_settle_done *done, struct ocpp_now now);

/* --- reading --------------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_relay_pile: a pile as it stands. */
struct ocpp_settle_relay_pile {
    const char *pile;
    const char *state; /* Registered, Enrolled, Quarantined, Revoked */
    const char *kid;   /* of its key; NULL */
    const char *reason;
    const char *enrolment; /* a PileEnrolment as JSON, for the pile; NULL */
    int64_t outlets;
    int64_t last_page;   /* the highest that came */
    int64_t gap_count;   /* pages below it that did not (D11) */
    int64_t first_gap;   /* 0: none */
    int64_t told_page;   /* the highest it said it has written */
    int64_t seen_utc_ms; /* when something of it came last; OCPP_UTC_UNKNOWN */
    int64_t open_authorisations;
};

OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_find_pile(struct ocpp_settle *settle, const char *pile,
                                                                    void (*visit)(const struct ocpp_settle_relay_pile *pile,
                                                                                  void *user),
                                                                    void *user);

/* ocpp_settle_relay_piles: all of them, in the order of their names, until |visit| returns false. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_piles(
    struct ocpp_settle *settle, bool (*visit)(const struct ocpp_settle_relay_pile *pile, void *user), void *user);

/* ocpp_settle_relay_waiting: the pages in suspense, until |visit| returns false. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_relay_waiting(
    struct ocpp_settle *settle, bool (*visit)(const struct ocpp_settle_relay_page_view *page, void *user), void *user);

/* ocpp_settle_relay_gaps: where ocpp_settle_relay_next_gap() is; begin with |settle| and zeros. |status| says afterwards whether
 * all were looked at. */
struct ocpp_settle_relay_gaps {
    struct ocpp_settle *settle;
    char station[49];
    int64_t page;
    enum ocpp_status status;
};

/* ocpp_settle_relay_next_gap: the next pages that did not come, pile by pile, below the highest that came (D11); false: no more.
 * |gaps| is a struct ocpp_settle_relay_gaps: so it can be the next_bill_gap of reconciliation.h. */
OCPP_API bool ocpp_settle_relay_next_gap(struct ocpp_settle_bill_gap *gap, void *gaps);

OCPP_END_DECLARATIONS

#endif
