/* outlets.h: a pile without a network, which only phones can reach: it keeps sessions of its own on its outlets, believes signed
 * authorisations and nobody who carries them, stops by itself before what was frozen is used up, and writes signed bill pages
 * that it keeps until the server has acknowledged them. A pile with a network speaks OCPP instead (agent.h).
 *
 *     outlets = new(settings)       reads back what was kept; a session that a power cut interrupted ends at its last reading
 *     plug, fault                   what the board sees
 *     status                        what a phone takes to the server: signed, with a nonce that is good once
 *     take                          what a phone brings from there: trust, an authorisation, acknowledgements
 *     card                          of a house: by the list that phones brought
 *     start, stop                   by whatever the firmware knows itself: no order, nothing is frozen
 *     page                          bills, for any phone to carry
 *     deadline, advance             as of the engines
 *
 * Sans-I/O. Threads: as of the engines. Callbacks of the hardware and on_event run inside entry points, when the state is
 * consistent; they may call the getters, not the other functions.
 *
 * What is durable before what: that an authorisation was used, and the session it began, before the contactor closes; a bill
 * before anybody sees it; whom to trust before anything is done by it. The store's |done| may come late: what waits for it goes
 * on at the next entry point.
 */
#ifndef OCPP_SETTLEMENT_OUTLETS_H
#define OCPP_SETTLEMENT_OUTLETS_H

#include <ocpp/settlement/id.h>
#include <ocpp/settlement/keys.h>
#include <ocpp/settlement/link.h>
#include <ocpp/settlement/model.h>
#include <ocpp/settlement/trust.h>
#include <ocpp/storage.h>

OCPP_BEGIN_DECLARATIONS

struct ocpp_settle_outlets;

enum { OCPP_SETTLE_OUTLETS_LIMIT = 20, OCPP_SETTLE_PAGES_LIMIT = 128 };

/* ocpp_settle_outlet_reading: what a meter says. */
struct ocpp_settle_outlet_reading {
    int64_t mwh;              /* its register, 0 or more; rises */
    const char *signed_value; /* OCMF, byte for byte, borrowed until the callback's caller returns; NULL: it does not sign */
};

/* ocpp_settle_outlet_hardware: outlets count from 1. */
struct ocpp_settle_outlet_hardware {
    /* switch_outlet: the contactor. Opening it cannot be refused. Errors: it did not close; the session ends as a fault. */
    enum ocpp_status (*switch_outlet)(int outlet, bool on, void *user);
    /* read_meter: now. Errors: it does not answer; |reading| is untouched. */
    enum ocpp_status (*read_meter)(int outlet, struct ocpp_settle_outlet_reading *reading, void *user);
    void *user;
};

enum ocpp_settle_outlets_event_kind {
    OCPP_SETTLE_OUTLETS_STATE,    /* |outlet| has another state; ocpp_settle_outlet_view() */
    OCPP_SETTLE_OUTLETS_STARTED,  /* |session| gets energy */
    OCPP_SETTLE_OUTLETS_ENDED,    /* it is over and its bill is |page| */
    OCPP_SETTLE_OUTLETS_REFUSED,  /* an authorisation or a start: |text| says why, for a display */
    OCPP_SETTLE_OUTLETS_FULL,     /* no session may begin: the store is full of bills that were not acknowledged */
    OCPP_SETTLE_OUTLETS_SECURITY, /* somebody tries something: a forged, altered or repeated authorisation, acknowledgement or
                                     account */
    OCPP_SETTLE_OUTLETS_WAITS     /* a phone waits for a card at the reader; for a display */
};

/* ocpp_settle_outlets_event: what on_event is told; borrowed for the call. */
struct ocpp_settle_outlets_event {
    enum ocpp_settle_outlets_event_kind kind;
    int outlet;          /* 0: none */
    const char *session; /* NULL: none */
    int64_t page;        /* 0: none */
    const char *text;    /* NULL: none */
};

/* ocpp_settle_outlets_settings: start from ocpp_settle_outlets_settings_default(). Copied; what it points to is borrowed for
 * life. */
struct ocpp_settle_outlets_settings {
    const struct ocpp_allocator *allocator; /* NULL: malloc */
    struct ocpp_log log;
    const char *pile;             /* required: its identity, at most 48 characters: whom authorisations are for */
    const char *serial;           /* at most 40 characters; NULL: |pile| */
    struct ocpp_settle_keys keys; /* required */
    const char *key_name;         /* of the pile's P-256 key in |keys|; default "pile-key" */
    const char *claim_name;       /* of the secret that the claim code is (its SHA-256); NULL: no enrolment by a phone */
    struct ocpp_storage *storage; /* required; below "outlets/" */
    struct ocpp_settle_outlet_hardware hardware; /* required */
    int outlet_count;                            /* 1 to 20; default 1 */
    int64_t max_power_mw;   /* of an outlet: more cannot flow; guards the cap between two samples; default 22,000,000 */
    int64_t sample_ms;      /* between two readings, each durable; default 60,000; 1,000 to 3,600,000 */
    int64_t nonce_ms;       /* how long a nonce is good; default 600,000; 10,000 to 86,400,000 */
    int64_t plug_within_ms; /* after an authorisation; then its session is over and cost nothing; default 600,000 */
    bool starts_unplugged;  /* the hardware cannot see a plug: energy flows at once; default false */
    int max_pages;          /* that are kept; an outlet in use has one reserved; default 64; more than the outlets, at most 128 */
    int max_events;         /* of a session on its bill: beyond, readings between are left out; default 24; 8 to 48, which fit into one token */
    int64_t storage_retry_ms; /* after a write that failed; default 5,000 */
    size_t arena_bytes;       /* for one computation, token or record; default 262,144 */
    void (*on_event)(const struct ocpp_settle_outlets_event *event, void *user); /* NULL: nothing is told */
    void *user;
};

OCPP_API struct ocpp_settle_outlets_settings ocpp_settle_outlets_settings_default(void);

/* ocpp_settle_outlets_new: every outlet is switched off first. Sessions that were open end at their last durable reading; their
 * bills are written. Errors: OCPP_ERR_ARGUMENT  a setting; OCPP_ERR_NOMEM; of the store and of keys; OCPP_ERR_CORRUPT  what must
 * not be lost (how far authorisations were used, the chain of pages) cannot be read: the pile needs its operator. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_outlets_new(const struct ocpp_settle_outlets_settings *settings,
                                                                struct ocpp_now now, struct ocpp_settle_outlets **outlets);

/* ocpp_settle_outlets_free: as a power cut, but outlets are switched off. NULL is fine. */
OCPP_API void ocpp_settle_outlets_free(struct ocpp_settle_outlets *outlets);

/* ocpp_settle_outlets_deadline, _advance: when it wants to be called next (monotonic ms; OCPP_NEVER), and that call. */
OCPP_API int64_t ocpp_settle_outlets_deadline(const struct ocpp_settle_outlets *outlets);
OCPP_API void ocpp_settle_outlets_advance(struct ocpp_settle_outlets *outlets, struct ocpp_now now);

/* --- what the board sees ------------------------------------------------------------------------------------------ */

/* ocpp_settle_outlets_plug: something is plugged in, or no more. |vehicle| (NULL: not known) is what it is known by (EVCCID,
 * VIN): another one than authorised gets nothing (D14). A session ends when its plug is pulled; the next one is another (B8). */
OCPP_API void ocpp_settle_outlets_plug(struct ocpp_settle_outlets *outlets, int outlet, bool on, const char *vehicle,
                                       struct ocpp_now now);

/* ocpp_settle_outlets_fault: an outlet cannot be used, or can again. A session on it ends. */
OCPP_API void ocpp_settle_outlets_fault(struct ocpp_settle_outlets *outlets, int outlet, bool on, struct ocpp_now now);

/* --- phones --------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_outlets_request: a token of type pile-request in |arena|: this pile wants to belong. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_outlets_request(struct ocpp_settle_outlets *outlets, struct ocpp_arena *arena,
                                                                    const char **token);

/* ocpp_settle_outlets_enrol: a PileEnrolment as JSON: pins the root. A root that is
 * pinned stays: another one is refused. Errors: OCPP_ERR_SECURITY  the proof is not that of the claim code (or there is none), or
 * the certificate is not of this pile's key; OCPP_ERR_STATE  another root is pinned, or no request was made; of decoding. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_outlets_enrol(struct ocpp_settle_outlets *outlets, const char *json,
                                                                  size_t size, struct ocpp_now now);

/* ocpp_settle_outlets_pin: pins |root| named |kid| by another road than a phone: at the factory, or over a link that proves who
 * speaks. Errors: OCPP_ERR_ARGUMENT  |root| is no uncompressed point, or |kid| no name; OCPP_ERR_STATE  another root is pinned.
 */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_outlets_pin(struct ocpp_settle_outlets *outlets, const char *kid,
                                                                const unsigned char root[OCPP_SETTLE_POINT_SIZE],
                                                                struct ocpp_now now);

/* ocpp_settle_outlets_status: a token of type pile-status in |arena|, with a nonce for |outlet| (0: for none; the nonce is good
 * for nothing then). Errors: OCPP_ERR_ARGUMENT  no such outlet; OCPP_ERR_NOMEM, OCPP_ERR_LIMIT; of keys. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_outlets_status(struct ocpp_settle_outlets *outlets, int outlet,
                                                                   struct ocpp_arena *arena, struct ocpp_now now,
                                                                   const char **token);

/* ocpp_settle_outlets_taken: what became of a parcel. */
struct ocpp_settle_outlets_taken {
    enum ocpp_settle_refusal_code code; /* why the authorisation was refused; UNSET: it was not, or there was none */
    const char *reason;                 /* for a display; static; "" */
    const char *session;                /* it began, or began before; "" */
    int acknowledged;                   /* pages that need not be kept any more */
};

/* ocpp_settle_outlets_take: |size| bytes of a PileParcel as JSON. The same authorisation again, while its session lasts, is
 * answered as at first. Errors, and nothing was done: OCPP_ERR_STATE  no root is pinned; OCPP_ERR_SECURITY  something in it was
 * signed by nobody who may; those of decoding; OCPP_ERR_NOMEM, OCPP_ERR_LIMIT; of keys. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_outlets_take(struct ocpp_settle_outlets *outlets, const char *json,
                                                                 size_t size, struct ocpp_now now,
                                                                 struct ocpp_settle_outlets_taken *taken);

/* ocpp_settle_outlets_page: the first page kept from number |from| on, as the pile signed it (a token of type bill), in |arena|;
 * |*number| is its own. Errors: OCPP_ERR_NOT_FOUND  none; of the store; OCPP_ERR_NOMEM, OCPP_ERR_LIMIT. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_outlets_page(struct ocpp_settle_outlets *outlets, int64_t from,
                                                                 struct ocpp_arena *arena, const char **token, int64_t *number);

/* ocpp_settle_outlets_sealed_page: the same, encrypted to the server, so that who carries it cannot read it: a JWE of typ bill.
 * Errors: OCPP_ERR_STATE  no key of the server is known that may open it; as above; of ocpp_settle_jwe_seal(). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_outlets_sealed_page(struct ocpp_settle_outlets *outlets, int64_t from,
                                                                        struct ocpp_arena *arena, const char **token,
                                                                        int64_t *number);

/* ocpp_settle_outlets_serve: all of this for phones on |link| (borrowed for the life of |outlets|): Hello, Status, Deliver,
 * StopSession by the authorisation or the account it began with, NextBill (sealed), ClaimRequest, Enrol, and what accounts of a
 * house may: BindCard, StartOutlet, Consumption, Manage. Errors: those of ocpp_settle_link_serve(); OCPP_ERR_STATE  another link
 * is served. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_outlets_serve(struct ocpp_settle_outlets *outlets,
                                                                  struct ocpp_settle_link *link);

/* --- sessions without an order ------------------------------------------------------------------------------------- */

/* ocpp_settle_outlets_start: who may charge at a house's pile begins at |outlet|. Whether the card may is for the caller to say.
 * Texts are copied. |snapshot| may be NULL: the pile knows no price, and the page tells the readings. */
struct ocpp_settle_outlet_start {
    int outlet;
    const char *token;   /* of the card, at most 255 characters */
    const char *type;    /* of it, at most 20; NULL: "" */
    const char *binding; /* of the phone that asked, at most 64; NULL: the card itself was shown */
    const struct ocpp_settle_snapshot *snapshot;
    int64_t most_minor; /* the session ends before it costs more; 0: no limit. Needs a snapshot */
};

/* |session| gets its id. Errors: OCPP_ERR_ARGUMENT; OCPP_ERR_STATE  the outlet is not free; OCPP_ERR_FULL  of bills (D18);
 * OCPP_ERR_NOMEM, OCPP_ERR_LIMIT. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_outlets_start(struct ocpp_settle_outlets *outlets,
                                                                  const struct ocpp_settle_outlet_start *start,
                                                                  struct ocpp_now now, char session[OCPP_SETTLE_ID_SIZE]);

/* ocpp_settle_outlets_stop: the session of |outlet| ends. Errors: OCPP_ERR_STATE  there is none, or it ends already. */
OCPP_API enum ocpp_status ocpp_settle_outlets_stop(struct ocpp_settle_outlets *outlets, int outlet,
                                                   enum ocpp_settle_session_end why, struct ocpp_now now);

/* --- a house's cards -------------------------------------------------------------------------------------------------- */

/* What a card did at the reader. */
enum ocpp_settle_outlets_card {
    OCPP_SETTLE_OUTLETS_CARD_STARTED,    /* |session| */
    OCPP_SETTLE_OUTLETS_CARD_STOPPED,    /* likewise */
    OCPP_SETTLE_OUTLETS_CARD_SHOWN,      /* a phone was waiting for it, and carries to the server that it was here */
    OCPP_SETTLE_OUTLETS_CARD_LOGGED_OUT, /* management by the landlord's phone: it opens nothing here any more (B1) */
    OCPP_SETTLE_OUTLETS_CARD_TOLD        /* likewise: the phone was told what it used */
};

/* ocpp_settle_outlets_shown: what became of a card that was shown. */
struct ocpp_settle_outlets_shown {
    enum ocpp_settle_outlets_card what;
    char session[OCPP_SETTLE_ID_SIZE]; /* "" */
};

/* ocpp_settle_outlets_card: a card was shown at the reader of |outlet|: it starts a session there, or stops its own. |outlet| 0:
 * it was shown for the phone that waits for it, as people choose at the pile (B10: nobody's ordinary way of charging binds a
 * phone); where none waits it stops its session, wherever that is. |type| may be NULL. The house's list, which phones carry
 * (PileParcel), says whose it is and what it costs. Errors, and nothing happened: OCPP_ERR_NOT_FOUND  no card of the house, or
 * logged out; OCPP_ERR_STATE  the outlet is not free, the landlord does not let tenants charge here, it is a privilege card, or
 * nobody waits for it; OCPP_ERR_FULL  of bills (D18); OCPP_ERR_ARGUMENT; OCPP_ERR_NOMEM, OCPP_ERR_LIMIT; of keys. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_outlets_card(struct ocpp_settle_outlets *outlets, int outlet,
                                                                 const char *token, const char *type, struct ocpp_now now,
                                                                 struct ocpp_settle_outlets_shown *shown);

/* --- reading -------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_outlet_view: texts live until the next entry point. */
struct ocpp_settle_outlet_view {
    enum ocpp_settle_outlet_state state;
    bool is_plugged;
    const char *session;  /* "" */
    const char *jti;      /* of its authorisation; "": without one */
    const char *token;    /* of its card; "" */
    const char *currency; /* "" */
    int exponent;
    int64_t started_mono_ms; /* of energy */
    int64_t energy_mwh;
    int64_t cost_minor;   /* as far as the last sample */
    int64_t frozen_minor; /* 0: no limit */
};

/* ocpp_settle_outlet_view. Errors: OCPP_ERR_ARGUMENT  no such outlet. */
OCPP_API enum ocpp_status ocpp_settle_outlet_view(const struct ocpp_settle_outlets *outlets, int outlet,
                                                  struct ocpp_settle_outlet_view *view);

/* ocpp_settle_outlets_view: for screens and tests. */
struct ocpp_settle_outlets_view {
    int outlet_count;
    int64_t last_page;
    int kept_pages;
    int room; /* for sessions */
    bool is_enrolled;
    const char *kid; /* of the pile's key */
    const struct ocpp_settle_trust *trust;
};

/* ocpp_settle_outlets_certificate: of the pile's key (a token of type pile-key), for the certificate of struct
 * ocpp_settle_link_settings; borrowed until the next enrolment. NULL: the pile belongs to nobody. */
OCPP_API const char *ocpp_settle_outlets_certificate(const struct ocpp_settle_outlets *outlets);

/* ocpp_settle_outlets_prove: puts the certificate, and the keys of the server by which a phone that knows the root alone believes
 * it, into |proof|; borrowed until the next entry point. False: the pile belongs to nobody. */
OCPP_API bool ocpp_settle_outlets_prove(const struct ocpp_settle_outlets *outlets, struct ocpp_settle_link_proof *proof);

OCPP_API struct ocpp_settle_outlets_view ocpp_settle_outlets_view(const struct ocpp_settle_outlets *outlets);

OCPP_END_DECLARATIONS

#endif
