/* tokens.h: what a charge point knows about tokens without asking: the list the central system keeps here, and the cache of what
 * it said before; and what follows from it for a token that is presented.
 *
 * Keys of the store:
 *   list                  struct token_list: its version, how many entries, how their tokens are told apart
 *   list/<type><token>    struct token_info of one entry: the type in two hexadecimal digits, the text in lower case
 *   cache/<slot>          struct cache_record: the slot in four hexadecimal digits; slots are used again
 *
 * OCPP 1.6 3.5, 5.4, 5.10, 5.15; OCPP 2.0.1 C09 to C16, D01, D02.
 */
#ifndef OCPP_LIB_TOKENS_H
#define OCPP_LIB_TOKENS_H

#include "facts.h"

struct ocpp_charge_point;

/* What a driver is to read. */
struct driver_text {
    const char *text;     /* NULL: nothing */
    const char *language; /* NULL: not said */
    int32_t format;       /* enum ocpp_message_format */
};

/* What somebody says about a token: idTagInfo and idTokenInfo. Personal messages are told, not kept: they belong to a moment and
 * to a person (C10.FR.12). */
struct token_info {
    int32_t authorization; /* enum ocpp_authorization; 0: nothing was said */
    bool expires;
    int64_t expires_utc_ms;
    char group[TOKEN_SIZE]; /* "": none */
    uint64_t evses;         /* bits 1 << (evse - 1) of those where it is good; 0: see |elsewhere| */
    bool elsewhere;         /* good at EVSEs only that this station does not have; else good at all */
    char language[LANGUAGE_SIZE];
    char language2[LANGUAGE_SIZE];
    struct driver_text message; /* of an answer just heard, borrowed */
};

/* ocpp_token_info_at: the status of |info| at |evse| (0: at any one) on |utc_ms|. A date that nobody knows has passed: a board
 * without a calendar rather refuses than trusts what may have expired. C01.FR.21, C13.FR.05, C14.FR.05; 1.6 3.5.4. */
enum ocpp_authorization ocpp_token_info_at(const struct token_info *info, int evse, int64_t utc_ms);

/* ocpp_token_folded: the text of a token in lower case into |room| bytes; false when it does not fit. */
bool ocpp_token_folded(const struct token *token, char *to, size_t room);

/* --- token_list.c: the local authorization list --------------------------------------------------------------------------- */

/* What is in memory of the list, and the record of it; the entries stay in the store. */
struct token_list {
    int64_t version; /* 0: there is none */
    int64_t count;
    bool typed; /* tokens are told apart by their type, too */
};

enum list_verdict { LIST_ACCEPTED, LIST_FAILED, LIST_VERSION_MISMATCH, LIST_NOT_SUPPORTED };

struct list_update {
    bool full;
    bool typed;
    int64_t version;
    int64_t version_least; /* that may be sent */
    int64_t version_now;   /* of the list, as this version of the protocol counts it */
    const void *items;
    size_t count;
    /* item |i|; false: the entry is to go */
    bool (*item)(const void *items, size_t i, struct token *token, struct token_info *info);
};

enum ocpp_status ocpp_cp_list_load(struct ocpp_charge_point *cp);
bool ocpp_cp_list_is_enabled(const struct ocpp_charge_point *cp);
/* ocpp_cp_list_update: the new list is durable when it is accepted, and nothing of it has happened otherwise. */
enum list_verdict ocpp_cp_list_update(struct ocpp_charge_point *cp, const struct list_update *update);
/* ocpp_cp_list_find: what the list says of |token|; false when it is not in it, or the list is off. */
bool ocpp_cp_list_find(const struct ocpp_charge_point *cp, const struct token *token, struct token_info *info);

/* ocpp_cp_list_look: the same for somebody who wants to know what is kept, whether or not it is used. */
bool ocpp_cp_list_look(const struct ocpp_charge_point *cp, const struct token *token, struct token_info *info);

/* --- token_cache.c: the authorization cache --------------------------------------------------------------------------------- */

/* An entry as it stands in memory: enough to find it, to tell how old it is and which one makes room. */
struct cached {
    int64_t updated_utc_ms; /* when the central system last said something about it */
    uint32_t hash;          /* of the folded text */
    uint32_t used;          /* the higher, the later; as |added| */
    uint32_t added;
    uint16_t hits;
    bool is_used;
    bool is_accepted;
};

struct token_cache {
    struct cached *entries; /* NULL: there is no cache */
    size_t room;
    uint32_t clock;
    bool is_doubtful; /* a write was lost */
};

/* ocpp_cp_cache_new: its memory. ocpp_cp_cache_load: what the store has of it. */
bool ocpp_cp_cache_new(struct ocpp_charge_point *cp);
void ocpp_cp_cache_free(struct ocpp_charge_point *cp);
enum ocpp_status ocpp_cp_cache_load(struct ocpp_charge_point *cp);
bool ocpp_cp_cache_find(struct ocpp_charge_point *cp, const struct token *token, struct token_info *info);
/* ocpp_cp_cache_note: the central system said |info| of |token|. A cache that cannot keep it forgets the token: it is asked about
 * again then. */
void ocpp_cp_cache_note(struct ocpp_charge_point *cp, const struct token *token, const struct token_info *info);
/* ocpp_cp_cache_look: what is kept of |token|, whether or not it is used. ocpp_cp_cache_forget: nothing is, durably. */
bool ocpp_cp_cache_look(struct ocpp_charge_point *cp, const struct token *token, struct token_info *info);
enum ocpp_status ocpp_cp_cache_forget(struct ocpp_charge_point *cp, const struct token *token);
/* ocpp_cp_cache_clear: false when there is none, it is off, or the store refuses. */
bool ocpp_cp_cache_clear(struct ocpp_charge_point *cp);

/* --- token_decision.c: what follows ------------------------------------------------------------------------------------------ */

enum purpose { TO_START, TO_STOP };

struct question {
    const struct token *token;
    int evse; /* where; 0: wherever */
    enum purpose purpose;
    bool can_ask; /* the central system */
};

struct decision {
    enum { DECIDED_GRANT, DECIDED_ASK, DECIDED_REFUSE } what;
    enum ocpp_token_source source;
    enum ocpp_authorization authorization; /* of a refusal */
    struct token_info info;
};

/* ocpp_cp_decide: what is to be done about a token as things stand. */
void ocpp_cp_decide(struct ocpp_charge_point *cp, const struct question *question, struct decision *decision);

/* ocpp_cp_known_group: the group of |token| as the list or the cache knows it; false when neither knows one. */
bool ocpp_cp_known_group(struct ocpp_charge_point *cp, const struct token *token, char group[TOKEN_SIZE]);

/* ocpp_cp_is_master_group: whether |group| is that of the master passes (C16). */
bool ocpp_cp_is_master_group(const struct ocpp_charge_point *cp, const char *group);

/* ocpp_cp_token_told: the central system said |info| of |token| in whatever answer: keeps it (C10.FR.04, FR.05; 1.6 3.5.1). */
void ocpp_cp_token_told(struct ocpp_charge_point *cp, const struct token *token, const struct token_info *info);

/* ocpp_cp_send_list_conflict: tells that the list and the central system disagree (1.6 3.5.2). */
bool ocpp_cp_send_list_conflict(struct ocpp_charge_point *cp);

#endif
