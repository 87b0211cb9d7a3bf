/* link_internal.h: a pile's side of the phone link, for its own files. */
#ifndef SETTLE_LINK_INTERNAL_H
#define SETTLE_LINK_INTERNAL_H

#include "link_session.h"

#include <ocpp/settlement/link.h>

enum { LINK_PILE_SIZE = 49, LINK_KID_SIZE = 65, LINK_SESSIONS_LIMIT = 16 };

/* Something that was asked and is being answered. */
struct link_asked {
    uint32_t number; /* 0: the place is free */
    uint32_t session;
    char id[OCPP_SETTLE_ID_SIZE];
    unsigned char hash[OCPP_SETTLE_DIGEST_SIZE];
    const struct ocpp_action *action;
    bool is_act;
};

/* An answer that is remembered; its text lies behind the table. */
struct link_remembered {
    uint32_t turn; /* the oldest makes room; 0: the place is free */
    char id[OCPP_SETTLE_ID_SIZE];
    unsigned char hash[OCPP_SETTLE_DIGEST_SIZE];
    size_t size;
    char *text;
};

struct link_served {
    const struct ocpp_settle_link_route *route; /* NULL: nobody serves it */
    void *user;
};

/* What is said before there is a session, or outside of one. */
struct link_reply {
    unsigned char content[LINK_CONTENT_LIMIT];
    size_t size; /* 0: nothing */
};

struct ocpp_settle_link {
    struct ocpp_settle_link_settings settings;
    char pile[LINK_PILE_SIZE];
    char kid[LINK_KID_SIZE];
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    struct ocpp_arena *arena;
    struct link_served served[OCPP_SETTLE_LINK_ACTION_COUNT];
    struct link_line line;
    /* Sessions; |present| is that of the phone that is here. */
    struct link_session *sessions[LINK_SESSIONS_LIMIT];
    struct link_session *present;
    uint32_t last_session;
    /* How the last one began: Open as it was heard, Welcome as it is said, a bit per piece that waits. */
    struct link_hello coming;
    struct link_hello open;
    struct link_hello welcome;
    unsigned welcome_pieces;
    uint32_t welcome_session; /* that Welcome is of */
    int64_t welcomed_ms;
    int64_t opened_ms;
    bool has_opened;
    bool open_waits; /* |coming| is whole, and too soon */
    bool is_hearing; /* what is in the arena is being heard */
    struct link_reply reply;
    /* Requests. */
    struct link_asked *asked;
    uint32_t last_asked;
    struct link_remembered *remembered;
    uint32_t last_turn;
    unsigned char frame[LINK_FRAME_LIMIT];
    uint32_t damaged;
    uint32_t repeated; /* of sessions that are over */
};

void link_log(const struct ocpp_settle_link *link, enum ocpp_log_level level, const char *what);

/* link_rest: the arena may be used anew, unless somebody is hearing what is in it. */
void link_rest(struct ocpp_settle_link *link);

/* --- sessions (link_sessions.c)
 * ------------------------------------------------------------------------------------------------ */

struct link_session *link_session_of(const struct ocpp_settle_link *link, uint32_t number);

/* link_forget: the session is over. */
void link_forget(struct ocpp_settle_link *link, struct link_session *session, enum ocpp_settle_link_event_kind why);

/* link_break: likewise, since what comes is not the other side's; the phone is told that nobody knows it. */
void link_break(struct ocpp_settle_link *link, struct link_session *session);

/* link_open_waiting: opens what came too soon, when its time is there. link_open_deadline: when that is. */
void link_open_waiting(struct ocpp_settle_link *link, struct ocpp_now now);
int64_t link_open_deadline(const struct ocpp_settle_link *link);

/* link_hear_hello: a content outside of any session. */
void link_hear_hello(struct ocpp_settle_link *link, const unsigned char *content, size_t size, struct ocpp_now now);

/* --- requests (link_requests.c)
 * ------------------------------------------------------------------------------------------------ */

/* link_hear_message: what was said in |session|. False: there is no room to answer; as if it had not come. */
bool link_hear_message(struct ocpp_settle_link *link, struct link_session *session, const struct link_message *message,
                       struct ocpp_now now);

#endif
