/* outlets_internal.h: a pile without a network: its handle, and who of its files does what. What a restart must not lose is in
 * the store below "outlets/"; memory holds what is there and what is about to be.
 *
 *   outlets.c          the handle, its settings, time      outlet_machine.c  the table of an outlet
 *   outlets_start.c    what a start finds in the store     outlets_store.c   one write at a time, and what follows it
 *   outlets_session.c  effects of the machine, samples     outlets_price.c   what it costs; the cap
 *   outlets_bill.c     pages of the chain                  outlets_status.c  what the pile says of itself, nonces
 *   outlets_take.c     what a phone brings                 outlets_trial.c   whether an authorisation is good
 *   outlets_enrol.c    belonging to a fleet                outlets_vouch.c   who vouches for it
 *   outlets_link.c     phones                              outlets_account.c  phones of a house
 *   outlets_house.c    its list: cards, phones, the price  outlets_uses.c     what an account used
 */
#ifndef SETTLEMENT_OUTLETS_INTERNAL_H
#define SETTLEMENT_OUTLETS_INTERNAL_H

#include "outlet_machine.h"

#include <ocpp/settlement/compute.h>

#include <ocpp/settlement/outlets.h>

enum {
    OUTLET_NONCES = 8,  /* of an outlet, at a time */
    OUTLET_REFUSED = 4, /* authorisations that could not be used, remembered of each outlet */
    OUTLET_WINDOW = 64, /* D7 */
    OUTLET_USES_TOLD = 40
};

#define OUTLETS_PREFIX "outlets/"

struct outlet_nonce {
    char text[OCPP_SETTLE_NONCE_TEXT_SIZE]; /* "": free */
    int64_t made_mono_ms;
};

/* How far authorisations of an outlet were used. */
struct outlet_used {
    int64_t high;
    uint64_t window; /* the highest bit is |high| */
    char refused[OUTLET_REFUSED][OCPP_SETTLE_ID_SIZE];
};

/* Somebody may have energy, or has it. Texts and snapshot lie in the outlet's arena. */
struct outlet_session {
    char id[OCPP_SETTLE_ID_SIZE];
    char jti[OCPP_SETTLE_ID_SIZE];   /* "": without an authorisation */
    char order[OCPP_SETTLE_ID_SIZE]; /* "" */
    int64_t seq;
    const struct ocpp_settle_session_user *user; /* NULL */
    const char *vehicle;                         /* NULL: any */
    int64_t frozen_minor;                        /* 0: no limit */
    const struct ocpp_settle_snapshot *snapshot; /* NULL: no price */
    char hash[OCPP_SETTLE_HASH_TEXT_SIZE];
    int64_t base_utc_ms; /* its time is this and the uptime */
    enum ocpp_settle_time_status time_status;
    struct ocpp_settle_moment begin;
    bool has_energy;
    int64_t start_mwh;
    int64_t last_mwh;
    int64_t last_mono_ms; /* of the last reading */
    bool is_idle;
    int64_t cost_minor;
    const char *signed_start; /* NULL */
    const char *signed_end;
    struct ocpp_settle_usage_event *events;
    size_t event_count;
    enum ocpp_settle_session_end why;
    struct ocpp_settle_moment end;
    int64_t end_mono_ms;
};

struct outlet {
    enum outlet_state state;
    bool is_plugged;
    bool is_faulted;
    char vehicle[65]; /* that is plugged in; "": not known */
    struct outlet_nonce nonces[OUTLET_NONCES];
    struct outlet_used used;
    struct ocpp_arena *arena; /* of the session */
    struct outlet_session session;
    int64_t until_mono_ms; /* the next sample, or nobody came; OCPP_NEVER */
    bool must_end;         /* as soon as it is stored */
    bool session_dirty;    /* to be written */
    bool used_dirty;
    bool is_written; /* what stands is part of the write that is under way */
};

/* A page that was not acknowledged. */
struct kept_page {
    int64_t number;
    char hash[OCPP_SETTLE_HASH_TEXT_SIZE];
    char jti[OCPP_SETTLE_ID_SIZE];
    bool is_leaving; /* acknowledged, and to be taken out of the store */
    bool is_written; /* that is part of the write that is under way */
};

/* A bill that is part of the write that is under way. */
struct new_page {
    int outlet; /* from 0 */
    struct kept_page page;
};

/* A phone waits for the next card. */
enum house_wait_kind { HOUSE_WAIT_NONE, HOUSE_WAIT_BIND, HOUSE_WAIT_LOG_OUT, HOUSE_WAIT_SHOW };

struct house_wait {
    enum house_wait_kind kind;
    struct ocpp_settle_link_call call;
    char challenge[65];
    char by[OCPP_SETTLE_ID_SIZE]; /* the privilege card */
    int64_t until_mono_ms;
};

struct ocpp_settle_outlets {
    struct ocpp_settle_outlets_settings settings;
    struct ocpp_now now;
    struct ocpp_arena *scratch;    /* of an entry point */
    struct ocpp_arena *work;       /* of one computation */
    struct ocpp_arena *store;      /* of one write */
    struct ocpp_arena *reply;      /* of one answer to a phone */
    struct ocpp_settle_link *link; /* NULL: none is served */
    struct outlet outlets[OCPP_SETTLE_OUTLETS_LIMIT];
    struct ocpp_settle_trust trust;
    char kid[OCPP_SETTLE_JWS_KID_SIZE];
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    char operator_id[41];
    char *certificate;                               /* NULL */
    struct ocpp_arena *vouch_arena;                  /* NULL */
    const struct ocpp_settle_outlet_vouch *vouch;    /* in it; NULL: none */
    char request_nonce[OCPP_SETTLE_NONCE_TEXT_SIZE]; /* of the last request to enrol; "" */
    int64_t boots;
    int64_t page; /* the last one that is durable */
    char page_hash[OCPP_SETTLE_HASH_TEXT_SIZE];
    struct kept_page *pages;
    size_t page_count;
    bool knows_time; /* of this run, from an authorisation */
    int64_t learned_base_utc_ms;
    struct ocpp_arena *house_arena;               /* NULL */
    const struct ocpp_settle_outlet_house *house; /* in it; NULL: none */
    struct house_wait wait;
    /* the write that is under way */
    bool is_writing;
    bool has_ended;
    bool is_pumping;
    enum ocpp_status ended_status;
    int64_t write_again_mono_ms; /* OCPP_NEVER */
    bool chain_dirty;
    bool trust_dirty;
    bool wrote_chain;
    bool wrote_trust;
    bool house_dirty;
    bool wrote_house;
    struct new_page new_pages[OCPP_SETTLE_OUTLETS_LIMIT];
    size_t new_page_count;
    char taken_session[OCPP_SETTLE_ID_SIZE]; /* that the last parcel began */
};

/* --- outlets.c --------------------------------------------------------------------------------------------------- */

void *outlets_allocate(const struct ocpp_settle_outlets *outlets, void *pointer, size_t size);

/* outlets_enter: an entry point begins; what was waiting for the store goes on. outlets_leave: it ends: what is to be durable is
 * written. */
void outlets_enter(struct ocpp_settle_outlets *outlets, struct ocpp_now now);
void outlets_leave(struct ocpp_settle_outlets *outlets);

void outlets_tell(struct ocpp_settle_outlets *outlets, enum ocpp_settle_outlets_event_kind kind, int outlet, const char *session,
                  int64_t page, const char *text);
void outlets_log(const struct ocpp_settle_outlets *outlets, enum ocpp_log_level level, const char *what, const char *why);

/* outlet_of: NULL: there is none of that number. outlet_number: from 1. */
struct outlet *outlet_of(struct ocpp_settle_outlets *outlets, int64_t number);
int outlet_number(const struct ocpp_settle_outlets *outlets, const struct outlet *outlet);

struct ocpp_settle_moment outlets_moment(const struct ocpp_settle_outlets *outlets);
void outlets_copy(char *to, size_t room, const char *from);
void outlets_new_id(struct ocpp_settle_outlets *outlets, char id[OCPP_SETTLE_ID_SIZE]);

/* outlets_room: how many more sessions may begin (D18). */
int outlets_room(const struct ocpp_settle_outlets *outlets);

/* --- outlets_store.c --------------------------------------------------------------------------------------------- */

/* outlets_pump: begins a write if something waits and none is under way; hears how one ended. */
void outlets_pump(struct ocpp_settle_outlets *outlets);
bool outlets_has_to_write(const struct ocpp_settle_outlets *outlets);

/* outlets_key: KIND/NN or KIND/NNNNNNNNNNNNNNNN in |key|. */
void outlets_key(const char *kind, int64_t number, int digits, char key[OCPP_KEY_SIZE]);

/* outlets_read: OCPP_ERR_NOT_FOUND and others; the record in |arena|. */
enum ocpp_status outlets_read(struct ocpp_settle_outlets *outlets, const char *key, const struct ocpp_type *type,
                              struct ocpp_arena *arena, const void **record);

/* --- outlets_start.c --------------------------------------------------------------------------------------------- */

enum ocpp_status outlets_load(struct ocpp_settle_outlets *outlets);

/* --- outlets_house.c --------------------------------------------------------------------------------------------- */

/* outlets_open_list: the house-list that |token| is, in scratch. Errors: OCPP_ERR_SECURITY  nobody signed it who may, or it is
 * another pile's; of decoding; of keys. outlets_take_list: it counts from now on, unless a later one does. */
enum ocpp_status outlets_open_list(struct ocpp_settle_outlets *outlets, const char *token,
                                   const struct ocpp_settle_house_list **list);
enum ocpp_status outlets_take_list(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_house_list *list);
enum ocpp_status outlets_load_house(struct ocpp_settle_outlets *outlets);

/* outlets_listed: the card |id|, or that whose token this is; NULL: it is none, or logged out. */
const struct ocpp_settle_listed_card *outlets_listed(const struct ocpp_settle_outlets *outlets, const char *id);
const struct ocpp_settle_listed_card *outlets_listed_token(const struct ocpp_settle_outlets *outlets, const char *token);

/* outlets_may_charge: the landlord lets tenants charge here. */
bool outlets_may_charge(const struct ocpp_settle_outlets *outlets);

/* outlets_authorise, outlets_log_out: by the privilege card |by|; durable soon, and told with each status. The sessions of a card
 * that is logged out end; |token| is its token. Errors: OCPP_ERR_FULL  too many; OCPP_ERR_NOMEM. */
enum ocpp_status outlets_authorise(struct ocpp_settle_outlets *outlets, const char *by);
enum ocpp_status outlets_log_out(struct ocpp_settle_outlets *outlets, const char *card, const char *token, const char *by);

/* --- outlets_account.c, outlets_uses.c ------------------------------------------------------------------------------- */

/* outlets_account_stops: whether |proof| is of the account that |outlet| is used by. */
bool outlets_account_stops(struct ocpp_settle_outlets *outlets, const struct outlet *outlet, struct ocpp_settle_link_call call,
                           const struct ocpp_settle_link_account_proof *proof);

/* outlets_wait_over: nobody showed a card in time. outlets_wait_ends: a card was shown. */
void outlets_wait_over(struct ocpp_settle_outlets *outlets);
enum ocpp_status outlets_wait_ends(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_user_token *token,
                                   enum ocpp_settle_outlets_card *what);

/* outlets_account_routes: what outlets_link.c serves besides. */
enum { OUTLETS_ACCOUNT_ROUTES = 4 };
extern const struct ocpp_settle_link_route outlets_account_routes[OUTLETS_ACCOUNT_ROUTES];

/* outlets_uses: sessions of |token| (NULL: of everybody without an authorisation) that the pile knows: open ones and those on
 * pages it keeps, the latest first, behind |before| (NULL: from the first on), in |arena|. */
struct outlets_use {
    struct ocpp_settle_link_use_view view;
    int64_t order; /* the page; open ones are behind all */
};
enum ocpp_status outlets_uses(struct ocpp_settle_outlets *outlets, const char *token, const char *before,
                              struct ocpp_arena *arena, struct ocpp_settle_link_consumption_conf *said);

/* --- outlets_link.c ------------------------------------------------------------------------------------------------ */

void outlets_answer(struct ocpp_settle_outlets *outlets, struct ocpp_settle_link_call call, const void *said,
                    struct ocpp_now now);
void outlets_refuse(struct ocpp_settle_outlets *outlets, struct ocpp_settle_link_call call, enum ocpp_settle_refusal_code code,
                    const char *reason, struct ocpp_now now);
void outlets_refuse_status(struct ocpp_settle_outlets *outlets, struct ocpp_settle_link_call call, enum ocpp_status status,
                           struct ocpp_now now);

/* --- outlets_vouch.c --------------------------------------------------------------------------------------------- */

/* outlets_keep_vouch: the tokens that came with a certificate, as far as there is room; they go into the store with whom to
 * trust. outlets_load_vouch: what a start finds; what cannot be read is not there. */
enum ocpp_status outlets_keep_vouch(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_trust_parcel *parcel);
enum ocpp_status outlets_load_vouch(struct ocpp_settle_outlets *outlets);

/* --- outlets_session.c ------------------------------------------------------------------------------------------- */

/* outlet_happens: |event| by the table, with its effect. False: it means nothing now. */
bool outlet_happens(struct ocpp_settle_outlets *outlets, struct outlet *outlet, enum outlet_event event);

/* outlet_end: the session ends for |why|, as soon as it can. */
void outlet_end(struct ocpp_settle_outlets *outlets, struct outlet *outlet, enum ocpp_settle_session_end why);

/* outlet_stored: its session is durable, or (not |ok|) will not be. */
void outlet_stored(struct ocpp_settle_outlets *outlets, struct outlet *outlet, bool ok);

/* outlet_time: what is due at |now|. */
void outlet_time(struct ocpp_settle_outlets *outlets, struct outlet *outlet);

/* outlet_new_session: cleared, with an id, an arena and room for events. Errors: OCPP_ERR_NOMEM. */
enum ocpp_status outlet_new_session(struct ocpp_settle_outlets *outlets, struct outlet *outlet);

/* outlet_drop_session: nothing is left of it in memory. */
void outlet_drop_session(struct outlet *outlet);

/* --- outlets_price.c --------------------------------------------------------------------------------------------- */

/* outlet_add_event: of |kind| now, or |at_mono_ms|, with what was delivered; readings between give way where there is no room. */
void outlet_add_event(struct ocpp_settle_outlets *outlets, struct outlet_session *session, enum ocpp_settle_usage_kind kind,
                      int64_t at_mono_ms);

/* outlet_cost: so far, or altogether once it has stopped. False: it cannot be computed. */
bool outlet_cost(struct ocpp_settle_outlets *outlets, const struct outlet_session *session, int64_t *minor);

/* outlet_is_cap_near: at the next sample more than what was frozen could be used (D1). What cannot be computed is near. */
bool outlet_is_cap_near(struct ocpp_settle_outlets *outlets, const struct outlet_session *session);

/* --- outlets_bill.c ---------------------------------------------------------------------------------------------- */

/* outlets_make_page: the page of |session| behind |prev|, as number |number|: its token in the write's arena, and what is to be
 * remembered of it. */
enum ocpp_status outlets_make_page(struct ocpp_settle_outlets *outlets, const struct outlet *outlet, int64_t number,
                                   const char *prev, const char **token, size_t *size, struct kept_page *page);

/* --- outlets_status.c -------------------------------------------------------------------------------------------- */

/* outlet_find_nonce: one that is good now; NULL: none. */
struct outlet_nonce *outlet_find_nonce(struct ocpp_settle_outlets *outlets, struct outlet *outlet, const char *text);

/* --- outlets_trial.c --------------------------------------------------------------------------------------------- */

/* outlets_try: whether |authorisation|, whose signature is good, may begin now; begins it. */
void outlets_try(struct ocpp_settle_outlets *outlets, const struct ocpp_settle_authorisation *authorisation, const char *vehicle,
                 struct ocpp_settle_outlets_taken *taken);

/* outlet_window_takes: whether |seq| was not used and is not too old (D7); notes it where |use|. */
bool outlet_window_takes(struct outlet_used *used, int64_t seq, bool use);

#endif
