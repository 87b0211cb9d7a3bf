/* frame.h: one OCPP-J frame: an array of a message type number, a message id and what belongs to that type.
 *
 * A text is parsed once; the payload is decoded from the node that is there already, and its text is a part of the text that was
 * given. What a side does about a frame (answer, match, ignore) is not decided here, but in incoming.c and outgoing.c.
 */
#ifndef OCPP_LIB_FRAME_H
#define OCPP_LIB_FRAME_H

#include "json.h"

#include <ocpp/rpc.h>

/* The message type numbers. OCPP-J 1.6 4.1.3; OCPP 2.0.1 part 4, 4.1.3; OCPP 2.1 part 4, 4.1.3 for the last two. */
enum ocpp_frame_type {
    OCPP_FRAME_UNREADABLE = 0,
    OCPP_FRAME_CALL = 2,
    OCPP_FRAME_RESULT = 3,
    OCPP_FRAME_ERROR = 4,
    OCPP_FRAME_RESULT_ERROR = 5,
    OCPP_FRAME_SEND = 6
};

enum { OCPP_MESSAGE_ID_CHARACTERS = 36 };

/* ocpp_frame: what could be read of a text. After a failure |type| and |id| still hold what was readable, so that a CALL can be
 * answered and a call of ours can end. Pointers live until ocpp_frame_free() or as long as the text. */
struct ocpp_frame {
    struct ocpp_json *root;
    int64_t type;                    /* enum ocpp_frame_type, or the number a peer made up; OCPP_FRAME_UNREADABLE */
    const char *id;                  /* NULL: not readable. Longer than 36 characters only together with a failure */
    const char *action;              /* of CALL and SEND */
    const struct ocpp_json *payload; /* of CALL, SEND and RESULT; NULL where the frame says null or {} is meant */
    const char *payload_text;        /* "{}" for null */
    size_t payload_size;
    const char *error_code;  /* of ERROR and RESULT_ERROR, as the peer spells it */
    const char *description; /* "" when the peer gave none */
    const char *details;     /* JSON text; "{}" when the peer gave none */
    size_t details_size;
    const char *fault; /* one sentence about what is wrong with the frame; NULL: nothing, or see the status */
    size_t offset;     /* of an error of the JSON text */
    char recovered[OCPP_MESSAGE_ID_CHARACTERS + 1]; /* the id of a text that is no JSON */
};

/* ocpp_frame_parse: reads |text|. |version| says which message types are known; OCPP_VERSION_NONE knows all. |limits| and
 * |tolerance| may be NULL; the only quirk here is OCPP_QUIRK_ERROR_DETAILS. Always to be followed by ocpp_frame_free().
 *
 * Errors: those of ocpp_json_parse(), of which only OCPP_ERR_NOMEM leaves the frame empty; OCPP_ERR_NOT_FRAME with |fault|;
 * OCPP_ERR_MESSAGE_TYPE. */
enum ocpp_status ocpp_frame_parse(struct ocpp_frame *frame, const char *text, size_t size, enum ocpp_version version,
                                  const struct ocpp_json_limits *limits, const struct ocpp_tolerance *tolerance);

/* ocpp_frame_peek: reads |type| and |id| from the beginning of a text without looking at the rest, for texts that are no JSON or
 * too large to parse. An id is only read this way when it is plain ASCII without escapes, as every id made by a program is. */
void ocpp_frame_peek(struct ocpp_frame *frame, const char *text, size_t size);

/* ocpp_frame_decode: the payload as a struct of |type| in |arena|; a null payload is {}. Errors: those of ocpp_message_decode().
 */
enum ocpp_status ocpp_frame_decode(const struct ocpp_frame *frame, const struct ocpp_type *type,
                                   const struct ocpp_tolerance *tolerance, struct ocpp_arena *arena, struct ocpp_issue *issue,
                                   const void **message);

void ocpp_frame_free(struct ocpp_frame *frame);

/* ocpp_frame_type_known: whether |version| has the message type. */
bool ocpp_frame_type_known(enum ocpp_version version, int64_t type);

#endif
