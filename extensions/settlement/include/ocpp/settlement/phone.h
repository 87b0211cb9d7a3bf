/* phone.h: the phone's side of the phone link (link.h): what an app, a terminal in a vehicle or a test does to speak with a pile.
 *
 *     phone = new(settings)
 *     connected(phone)                    the stream to a pile stands: a session is opened, or the one before goes on
 *     ask(phone, …)                       any time: it is sent when there is a session, and again in the next one
 *     receive, next_output, deadline, advance
 *     lost(phone)                         the stream went away; what was asked is kept and asked again
 *
 * The pile proves itself with its key before anything is asked of it; |trust| says whose key is believed. What is asked has an
 * id; the same id over as many connections as it takes is one request (link.h).
 *
 * Sans-I/O. Threads: one at a time per handle. Callbacks run inside entry points and may call ask and the getters.
 */
#ifndef OCPP_SETTLEMENT_PHONE_H
#define OCPP_SETTLEMENT_PHONE_H

#include <ocpp/settlement/link.h>
#include <ocpp/settlement/trust.h>

OCPP_BEGIN_DECLARATIONS

struct ocpp_settle_phone;

/* ocpp_settle_phone_pile: who the other side showed itself to be. Borrowed for the call. |point| signed this conversation, so the
 * other side has its key; |proof| tells what it says of itself. */
struct ocpp_settle_phone_pile {
    const struct ocpp_settle_link_proof *proof;
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    bool is_certified; /* by a key that |settings.trust| believes: |proof->pile| is who it says */
};

enum ocpp_settle_phone_event_kind {
    OCPP_SETTLE_PHONE_OPENED,  /* a new session: |pile| */
    OCPP_SETTLE_PHONE_RESUMED, /* the one before goes on */
    OCPP_SETTLE_PHONE_PUSHED,  /* the pile says something: |action|, |message| */
    OCPP_SETTLE_PHONE_REFUSED, /* the other side is not believed, or is another pile: nothing was asked of it; |pile| where it
                                  told */
    OCPP_SETTLE_PHONE_UNHEARD, /* nobody answers; connected() tries again */
    OCPP_SETTLE_PHONE_BROKEN   /* what came was not the other side's; a new session is opened */
};

/* ocpp_settle_phone_event: what on_event is told; borrowed for the call. What a kind does not need is NULL or 0. */
struct ocpp_settle_phone_event {
    enum ocpp_settle_phone_event_kind kind;
    const struct ocpp_settle_phone_pile *pile;
    enum ocpp_settle_link_action action;
    const void *message;
};

/* ocpp_settle_phone_answer: what became of a request. */
struct ocpp_settle_phone_answer {
    const char *id;
    const void *answer;                 /* a struct of the action's response; NULL: it was refused */
    enum ocpp_settle_refusal_code code; /* where it was refused */
    const char *reason;                 /* "" */
};

/* ocpp_settle_phone_settings: start from ocpp_settle_phone_settings_default(). Copied; what it points to is borrowed for life. */
struct ocpp_settle_phone_settings {
    const struct ocpp_allocator *allocator; /* NULL: malloc */
    struct ocpp_log log;
    struct ocpp_settle_keys keys;          /* required: sha256, verify, point_of, agree, seal, open, random */
    const char *pile;                      /* whose identity alone is accepted; NULL: any */
    const unsigned char *point;            /* whose key alone is accepted; NULL: any that |trust| certifies */
    const struct ocpp_settle_trust *trust; /* whose certificates count; NULL: none */
    /* judge: whether to go on with |pile|; NULL: only where |point| matches or it is certified. An installer's app goes on with a
     * pile that has no certificate yet. */
    bool (*judge)(const struct ocpp_settle_phone_pile *pile, void *user);
    size_t frame_bytes; /* 20 to 255; default 244 */
    size_t max_message; /* default 16,384 */
    size_t max_asked;   /* requests that are not answered; 1 to 64; default 8 */
    int window;         /* 4 to 32; default 16 */
    int64_t resend_ms;  /* default 1,000; longer than a window takes on a slow line */
    int attempts;       /* default 8 */
    int64_t idle_ms;    /* between two looks whether the pile still knows the session, while nothing is asked; 1,000 to 3,600,000;
                           default    30,000. While something is asked: four times |resend_ms| */
    size_t arena_bytes; /* default 131,072 */
    void (*on_event)(const struct ocpp_settle_phone_event *event, void *user); /* NULL: nothing is told */
    void *user;
};

OCPP_API struct ocpp_settle_phone_settings ocpp_settle_phone_settings_default(void);

/* ocpp_settle_phone_new. Errors: OCPP_ERR_ARGUMENT  a setting; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_phone_new(const struct ocpp_settle_phone_settings *settings,
                                                              struct ocpp_settle_phone **phone);
OCPP_API void ocpp_settle_phone_free(struct ocpp_settle_phone *phone);

/* ocpp_settle_phone_ask: |message| is a struct of the request of |action|, copied. |id| is 26 characters of an id that was used
 * before for the same request (after a restart of the app), or "": then one is made and written there. |done| is called once,
 * unless the phone is freed first. Errors: OCPP_ERR_ARGUMENT  nothing a phone asks, or no id; OCPP_ERR_LIMIT  max_asked;
 * OCPP_ERR_TOO_LARGE; those of ocpp_message_encode(); OCPP_ERR_NOMEM. */
OCPP_API enum ocpp_status ocpp_settle_phone_ask(struct ocpp_settle_phone *phone, enum ocpp_settle_link_action action,
                                                const void *message, char id[OCPP_SETTLE_ID_SIZE],
                                                void (*done)(const struct ocpp_settle_phone_answer *answer, void *user),
                                                void *user, struct ocpp_now now);

/* ocpp_settle_phone_forget: the request |id| is not asked any more, and |done| not called. It may have been heard. */
OCPP_API void ocpp_settle_phone_forget(struct ocpp_settle_phone *phone, const char *id);

/* ocpp_settle_phone_connected, _lost: the connection to the pile came about, or went away. _receive, _next_output, _deadline and
 * _advance: as in link.h. */
OCPP_API void ocpp_settle_phone_connected(struct ocpp_settle_phone *phone, struct ocpp_now now);
OCPP_API void ocpp_settle_phone_lost(struct ocpp_settle_phone *phone, struct ocpp_now now);
OCPP_API void ocpp_settle_phone_receive(struct ocpp_settle_phone *phone, const void *bytes, size_t size, struct ocpp_now now);
OCPP_API size_t ocpp_settle_phone_next_output(struct ocpp_settle_phone *phone, const unsigned char **bytes, struct ocpp_now now);
OCPP_API int64_t ocpp_settle_phone_deadline(const struct ocpp_settle_phone *phone);
OCPP_API void ocpp_settle_phone_advance(struct ocpp_settle_phone *phone, struct ocpp_now now);

/* ocpp_settle_phone_binding: as ocpp_settle_link_binding(). Errors: OCPP_ERR_STATE  there is no session. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_phone_binding(const struct ocpp_settle_phone *phone,
                                                                  unsigned char binding[OCPP_SETTLE_LINK_BINDING_SIZE]);

/* ocpp_settle_phone_view: for screens and tests. */
struct ocpp_settle_phone_view {
    bool is_open; /* the pile proved itself, and what is asked leaves */
    size_t asked;
    size_t frame_bytes;
    uint32_t damaged;
    uint32_t repeated;
};

OCPP_API struct ocpp_settle_phone_view ocpp_settle_phone_view(const struct ocpp_settle_phone *phone);

OCPP_END_DECLARATIONS

#endif
