/* link_session.h: one conversation, as each of its sides has it: a stream and the keys of its messages. */
#ifndef SETTLE_LINK_SESSION_H
#define SETTLE_LINK_SESSION_H

#include "link_message.h"
#include "link_secrets.h"
#include "link_stream.h"

struct link_session {
    uint32_t number;
    int64_t heard_ms;
    struct link_secrets secrets;
    struct link_stream stream;
};

/* link_session_end: keys are overwritten, memory is given back. */
void link_session_end(struct link_session *session);

/* link_words: a message to be sent: a head and JSON. */
struct link_words {
    enum link_message_kind kind;
    const char *id;
    const char *name;
    const char *text;
    size_t size;
};

/* link_session_say: |words|, sealed on |way| (one of the session's), behind what waits. Errors: OCPP_ERR_NOMEM; of link_seal().
 */
enum ocpp_status link_session_say(struct link_session *session, const struct ocpp_settle_keys *keys, struct link_way *way,
                                  const struct link_words *words, int64_t now_ms);

/* What a frame of a session was. */
enum link_heard {
    LINK_HEARD_NOTHING, /* to be told: an acknowledgement, a part, or nothing new */
    LINK_HEARD_MESSAGE, /* |message|, in the arena: then link_stream_taken(), or link_session_unheard() */
    LINK_HEARD_BROKEN   /* it is not the other side's: the session is to be forgotten */
};

/* link_session_hear: a content of |size| bytes that is the session's, and what it means. |way| is the one that comes. */
enum link_heard link_session_hear(struct link_session *session, const struct ocpp_settle_keys *keys, struct link_way *way,
                                  const unsigned char *content, size_t size, struct ocpp_arena *arena, int64_t now_ms,
                                  struct link_message *message);

/* link_session_unheard: the message could not be acted upon for want of something: its last frame, a content of |size| bytes, did
 * not come. */
void link_session_unheard(struct link_session *session, struct link_way *way, size_t size);

#endif
