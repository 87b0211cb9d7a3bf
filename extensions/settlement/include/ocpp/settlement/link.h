/* link.h: a pile's side of the phone link: a byte stream between a pile and one phone at a time (mostly a Bluetooth module on a
 * serial port), framed, encrypted with keys of this conversation, and resumed after a loss. docs/phone-link.md tells what goes
 * over it, to the byte; phone.h is the other side.
 *
 *     link = new(settings)               whoever owns the stream
 *     serve(link, routes, …)             each part of a pile that answers phones, once, in any order
 *     receive(link, bytes)               what came; handlers run inside
 *     next_output(link) until 0          what wants to leave, a frame at a time
 *     deadline, advance                  as of the engines
 *     lost(link)                         the connection went away, where the board knows
 *
 * What is asked has an id of the phone's. An answer to something that does something is remembered: the same id and words, over
 * whatever connection, get the same answer, and nothing is done twice; the same id with other words is refused. The memory is as
 * long as |max_answers| and does not survive a restart: what must not happen twice at all is the handler's to know, durably, as
 * it is with authorisations.
 *
 * A phone is a stranger: the link proves the pile to it, not it to the pile. Who must know the phone asks for something signed
 * over ocpp_settle_link_binding().
 *
 * Sans-I/O. Threads: one at a time per handle. Handlers run inside receive(); they may call answer, refuse, push and the getters.
 */
#ifndef OCPP_SETTLEMENT_LINK_H
#define OCPP_SETTLEMENT_LINK_H

#include <ocpp/settlement/id.h>
#include <ocpp/settlement/keys.h>
#include <ocpp/settlement/link_model.h>
#include <ocpp/settlement/model.h>

OCPP_BEGIN_DECLARATIONS

enum {
    OCPP_SETTLE_LINK_FRAME_LEAST = 20, /* bytes: what Bluetooth Low Energy carries at once without having agreed on more */
    OCPP_SETTLE_LINK_FRAME_LIMIT = 255,
    OCPP_SETTLE_LINK_BINDING_SIZE = OCPP_SETTLE_DIGEST_SIZE
};

struct ocpp_settle_link;

enum ocpp_settle_link_event_kind {
    OCPP_SETTLE_LINK_OPENED,  /* a phone has a session */
    OCPP_SETTLE_LINK_RESUMED, /* it came back to it */
    OCPP_SETTLE_LINK_ENDED,   /* a session is forgotten: another took its place, or nobody came back */
    OCPP_SETTLE_LINK_BROKEN   /* what came was not the other side's: the session is forgotten */
};

/* |session| counts from 1 and is never used again. */
struct ocpp_settle_link_event {
    enum ocpp_settle_link_event_kind kind;
    uint32_t session;
};

/* ocpp_settle_link_settings: start from ocpp_settle_link_settings_default(). Copied; what it points to is borrowed for life. */
struct ocpp_settle_link_settings {
    const struct ocpp_allocator *allocator; /* NULL: malloc */
    struct ocpp_log log;
    const char *pile;             /* required: its identity, at most 48 characters */
    struct ocpp_settle_keys keys; /* required: sha256, sign, public_key, point_of, agree, seal, open, random */
    const char *key_name;         /* of the pile's P-256 key in |keys|; default "pile-key" */
    const char *kid;              /* of it, at most 64 characters; NULL: ocpp_settle_kid() of it */
    /* certificate: the token of type pile-key that the pile has by now, and those of type server-key, at most 4, borrowed until
     * the next call. NULL, or false: it has none. */
    bool (*certificate)(struct ocpp_settle_link_proof *proof, void *user);
    size_t frame_bytes; /* largest frame, 20 to 255; a session uses the smaller of both sides'; default 244 */
    size_t max_message; /* bytes of one, both ways; 1,024 to 65,535; default 16,384 */
    size_t max_queued;  /* messages that wait to leave in a session; 2 to 64; default 8 */
    int window;         /* frames that may be on their way unacknowledged; 4 to 32; default 16 */
    int max_sessions; /* that are remembered, the present one counted; the one not heard for longest makes room; 1 to 16; default
                         4 */
    int max_answers;  /* that are remembered; 1 to 64; default 8 */
    size_t answer_bytes; /* of one; a longer one is not remembered and its handler asked again; default 512 */
    int max_open;        /* requests that are being answered; 1 to 64; default 4 */
    int64_t resend_ms;   /* after which what was not acknowledged is sent again, doubling up to eight times as much; 50 to 60,000;
                            default 1,000 */
    int attempts;        /* without a word: then it is quiet until the phone speaks; 1 to 100; default 8 */
    int64_t keep_ms;     /* how long a session waits for its phone; 1,000 to 86,400,000; default 600,000 */
    int64_t open_gap_ms; /* between two openings, which cost a computation each; 0 to 60,000; default 200 */
    size_t arena_bytes;  /* for one message; default 131,072 */
    void (*on_event)(const struct ocpp_settle_link_event *event, void *user); /* NULL: nothing is told */
    void *user;
};

OCPP_API struct ocpp_settle_link_settings ocpp_settle_link_settings_default(void);

/* ocpp_settle_link_new. Errors: OCPP_ERR_ARGUMENT  a setting is missing or outside its range; OCPP_ERR_NOMEM; of keys. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_link_new(const struct ocpp_settle_link_settings *settings,
                                                             struct ocpp_settle_link **link);

/* ocpp_settle_link_free: keys of sessions are overwritten. NULL is fine. */
OCPP_API void ocpp_settle_link_free(struct ocpp_settle_link *link);

/* --- serving -------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_link_call: something a phone asks, by value: it may be kept, and names nothing once it was answered. */
struct ocpp_settle_link_call {
    uint32_t session; /* that it came in */
    uint32_t number;
};

/* ocpp_settle_link_route: who answers one kind of request. */
struct ocpp_settle_link_route {
    enum ocpp_settle_link_action action; /* that phones may ask */
    bool is_act;                         /* it does something: its answer is remembered */
    /* heard: |message| is the struct of the action's request, valid for the call. Answer or refuse |call|, now or later. */
    void (*heard)(struct ocpp_settle_link_call call, const void *message, struct ocpp_now now, void *user);
};

/* ocpp_settle_link_serve: |count| routes, borrowed for life, with |user|. What nobody serves is refused with NotSupported.
 * Errors: OCPP_ERR_ARGUMENT  no request of phones; OCPP_ERR_STATE  somebody serves it already: nothing was added. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_link_serve(struct ocpp_settle_link *link,
                                                               const struct ocpp_settle_link_route *routes, size_t count,
                                                               void *user);

/* ocpp_settle_link_answer: |answer| is a struct of the action's response. Where the phone went away meanwhile, it is kept for
 * when the phone asks again, if it is an act's. Errors: OCPP_ERR_NOT_FOUND  there is no such call (any more); those of
 * ocpp_message_encode(); OCPP_ERR_TOO_LARGE; OCPP_ERR_LIMIT  max_queued; OCPP_ERR_NOMEM; of keys: the call is still open, unless
 * the session broke. */
OCPP_API enum ocpp_status ocpp_settle_link_answer(struct ocpp_settle_link *link, struct ocpp_settle_link_call call,
                                                  const void *answer, struct ocpp_now now);

/* ocpp_settle_link_refuse: |reason| (for a display, at most 200 characters; may be NULL). A refusal is not remembered: the same
 * may be asked again. Errors: as above. */
OCPP_API enum ocpp_status ocpp_settle_link_refuse(struct ocpp_settle_link *link, struct ocpp_settle_link_call call,
                                                  enum ocpp_settle_refusal_code code, const char *reason, struct ocpp_now now);

/* ocpp_settle_link_push: something the pile says by itself, in |session| (0: the present one); it arrives once while the session
 * lasts. Errors: OCPP_ERR_ARGUMENT  nothing a pile says; OCPP_ERR_STATE  there is no such session; and as above. */
OCPP_API enum ocpp_status ocpp_settle_link_push(struct ocpp_settle_link *link, uint32_t session,
                                                enum ocpp_settle_link_action action, const void *message, struct ocpp_now now);

/* ocpp_settle_link_binding: what only the two sides of |session| know to be this conversation: to be signed by a phone that must
 * be known. Errors: OCPP_ERR_STATE  there is no such session. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_link_binding(const struct ocpp_settle_link *link, uint32_t session,
                                                                 unsigned char binding[OCPP_SETTLE_LINK_BINDING_SIZE]);

/* --- accounts --------------------------------------------------------------------------------------------------------- */

enum { OCPP_SETTLE_LINK_SIGNATURE_TEXT_SIZE = 87 };

/* ocpp_settle_link_account_sign: the signature of an AccountProof by the phone's key |key_name|, over the |binding| of the
 * session it is shown in. Errors: of keys. ocpp_settle_link_account_verify: whether it is one of the key |point|. Errors:
 * OCPP_ERR_SECURITY  it is not; of keys. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_link_account_sign(const struct ocpp_settle_keys *keys, const char *key_name,
                                                                      const unsigned char binding[OCPP_SETTLE_LINK_BINDING_SIZE],
                                                                      char signature[OCPP_SETTLE_LINK_SIGNATURE_TEXT_SIZE]);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_link_account_verify(
    const struct ocpp_settle_keys *keys, const unsigned char point[OCPP_SETTLE_POINT_SIZE],
    const unsigned char binding[OCPP_SETTLE_LINK_BINDING_SIZE], const char *signature);

/* --- the stream ------------------------------------------------------------------------------------------------------- */

/* ocpp_settle_link_receive: |size| bytes that came, in pieces of any size. What is none of a phone's is passed over. */
OCPP_API void ocpp_settle_link_receive(struct ocpp_settle_link *link, const void *bytes, size_t size, struct ocpp_now now);

/* ocpp_settle_link_next_output: the next frame that wants to leave, whole, at most OCPP_SETTLE_LINK_FRAME_LIMIT bytes; valid
 * until the next call. 0: nothing does. What is fetched counts as sent. */
OCPP_API size_t ocpp_settle_link_next_output(struct ocpp_settle_link *link, const unsigned char **bytes, struct ocpp_now now);

/* ocpp_settle_link_lost: the connection went away: what was half received is forgotten, nothing is sent until a phone speaks. */
OCPP_API void ocpp_settle_link_lost(struct ocpp_settle_link *link, struct ocpp_now now);

/* ocpp_settle_link_deadline, _advance: when it wants to be called next (monotonic ms; OCPP_NEVER), and that call. */
OCPP_API int64_t ocpp_settle_link_deadline(const struct ocpp_settle_link *link);
OCPP_API void ocpp_settle_link_advance(struct ocpp_settle_link *link, struct ocpp_now now);

/* ocpp_settle_link_view: for screens and tests. */
struct ocpp_settle_link_view {
    uint32_t session;   /* the present one; 0: none */
    int sessions;       /* that are remembered */
    size_t frame_bytes; /* of the present one */
    size_t queued;      /* messages of it that were not acknowledged */
    uint32_t damaged;   /* frames that were passed over */
    uint32_t repeated;  /* frames that were sent again */
};

OCPP_API struct ocpp_settle_link_view ocpp_settle_link_view(const struct ocpp_settle_link *link);

OCPP_END_DECLARATIONS

#endif
