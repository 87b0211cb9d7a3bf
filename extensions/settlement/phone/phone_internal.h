/* phone_internal.h: a phone's side of the link, for its own files. */
#ifndef SETTLE_PHONE_INTERNAL_H
#define SETTLE_PHONE_INTERNAL_H

#include "link_session.h"

#include <ocpp/settlement/phone.h>

/* States are named for what they await. */
enum phone_state {
    PHONE_AWAIT_CONNECTION, /* there is no stream, or nobody answered on it */
    PHONE_AWAIT_WELCOME,    /* Open was said */
    PHONE_AWAIT_PROOF,      /* keys are agreed, with whom is not known */
    PHONE_AWAIT_RESUMED,    /* Resume was said */
    PHONE_AWAIT_WORDS       /* the session stands */
};

/* Something that was asked. */
struct phone_asked {
    struct phone_asked *next;
    char id[OCPP_SETTLE_ID_SIZE];
    const struct ocpp_action *action;
    void (*done)(const struct ocpp_settle_phone_answer *answer, void *user);
    void *user;
    bool is_said; /* in the present session */
    size_t size;
    char text[];
};

struct ocpp_settle_phone {
    struct ocpp_settle_phone_settings settings;
    struct ocpp_arena *arena;
    bool is_hearing;
    enum phone_state state;
    struct link_line line;
    /* How a session begins. */
    unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE];
    bool has_scalar;
    struct link_hello open;
    unsigned open_pieces; /* that wait to leave */
    struct link_hello coming;
    bool resume_waits;
    bool tells_resumed; /* who uses the phone is waiting to hear it */
    /* The session; its number is 0 where there is none. */
    struct link_session session;
    uint32_t last_session;
    int64_t since_ms; /* the last thing that gave hope */
    int tries;
    struct phone_asked *asked;
    size_t asked_count;
    unsigned char frame[LINK_FRAME_LIMIT];
    uint32_t damaged;
    uint32_t repeated;
};

void phone_tell(struct ocpp_settle_phone *phone, enum ocpp_settle_phone_event_kind kind,
                const struct ocpp_settle_phone_pile *pile);

/* --- sessions (phone_sessions.c)
 * ----------------------------------------------------------------------------------------------- */

/* phone_begin: a new session is opened. */
void phone_begin(struct ocpp_settle_phone *phone, struct ocpp_now now);

/* phone_resume: the pile is asked whether it knows the session. */
void phone_resume(struct ocpp_settle_phone *phone, struct ocpp_now now);

/* phone_end_session: keys are overwritten; what was asked will be said again. */
void phone_end_session(struct ocpp_settle_phone *phone);

/* phone_hear_hello: a content outside of any session. */
void phone_hear_hello(struct ocpp_settle_phone *phone, const unsigned char *content, size_t size, struct ocpp_now now);

/* What a proof was. Unheard: it could not be looked at for want of something; as if it had not come. */
enum phone_proof { PHONE_PROOF_GOOD, PHONE_PROOF_REFUSED, PHONE_PROOF_UNHEARD };

enum phone_proof phone_hear_proof(struct ocpp_settle_phone *phone, const struct link_message *message);

/* --- requests (phone_requests.c)
 * ----------------------------------------------------------------------------------------------- */

/* phone_say_asked: what was asked and not said in this session. */
void phone_say_asked(struct ocpp_settle_phone *phone, struct ocpp_now now);

/* phone_hear_message: an answer, a refusal, or something the pile says. False: for want of memory; as if it had not come. */
bool phone_hear_message(struct ocpp_settle_phone *phone, const struct link_message *message);

/* phone_drop_all: nothing is asked any more, and nobody told. */
void phone_drop_all(struct ocpp_settle_phone *phone);

#endif
