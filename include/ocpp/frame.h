/* frame.h: one OCPP-J frame, read without a connection: an array of a message type number, a message id and what belongs to that
 * type. For proxies, recorders and tools; rpc.h does all of this for a side that talks.
 *
 * A text is parsed once: the payload is decoded from what is parsed already, and its text is a part of the text that was given.
 *
 * Order of use: ocpp_frame_parse(), ocpp_frame_decode() as often as wanted, ocpp_frame_free().
 */
#ifndef OCPP_FRAME_H
#define OCPP_FRAME_H

#include <ocpp/message.h>

OCPP_BEGIN_DECLARATIONS

/* ocpp_frame_type: the message type numbers. OCPP-J 1.6 4.1.3; OCPP 2.0.1 part 4, 4.1.3; OCPP 2.1 part 4, 4.1.3 for the last two.
 */
enum ocpp_frame_type {
    OCPP_FRAME_UNREADABLE = 0,
    OCPP_FRAME_CALL = 2,
    OCPP_FRAME_RESULT = 3,
    OCPP_FRAME_ERROR = 4,
    OCPP_FRAME_RESULT_ERROR = 5,
    OCPP_FRAME_SEND = 6
};

enum { OCPP_MESSAGE_ID_CHARACTERS = 36 };

struct ocpp_json;

/* ocpp_frame: what could be read of a text. After a failure |type| and |id| still hold what was readable, so that a CALL can be
 * answered and a call of ours can end. Pointers live until ocpp_frame_free() or as long as the text. */
struct ocpp_frame {
    struct ocpp_json *root;          /* of the library */
    const struct ocpp_json *payload; /* of the library: NULL where the frame says null or {} is meant */
    int64_t type;                    /* enum ocpp_frame_type, or the number a peer made up; OCPP_FRAME_UNREADABLE */
    const char *id;                  /* NULL: not readable. Longer than 36 characters only together with a failure */
    const char *action;              /* of CALL and SEND */
    const char *payload_text;        /* of CALL, SEND and RESULT; "{}" for null. Not terminated */
    size_t payload_size;
    const char *error_code;  /* of ERROR and RESULT_ERROR, as the peer spells it */
    const char *description; /* "" when the peer gave none */
    const char *details;     /* JSON text, not terminated; "{}" when the peer gave none */
    size_t details_size;
    const char *fault; /* one sentence about what is wrong with the frame; NULL: nothing, or see the status */
    size_t offset;     /* of an error of the JSON text */
    char recovered[OCPP_MESSAGE_ID_CHARACTERS + 1]; /* the id of a text that is no JSON */
};

/* ocpp_frame_parse: reads |size| bytes of |text|, which must outlive the frame. |version| says which message types are known;
 * OCPP_VERSION_NONE knows all. |limits| and |tolerance| may be NULL; the only quirk here is OCPP_QUIRK_ERROR_DETAILS. Always to
 * be followed by ocpp_frame_free(), after an error, too.
 *
 * Errors: those of the JSON text (OCPP_ERR_NOT_JSON to OCPP_ERR_TOO_LARGE) with |offset|; OCPP_ERR_NOMEM; OCPP_ERR_NOT_FRAME with
 * |fault|; OCPP_ERR_MESSAGE_TYPE. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_frame_parse(struct ocpp_frame *frame, const char *text, size_t size,
                                                         enum ocpp_version version, const struct ocpp_json_limits *limits,
                                                         const struct ocpp_tolerance *tolerance);

/* ocpp_frame_decode: the payload of a CALL, a SEND or a RESULT as a struct of |type| in |arena|; a null payload is {}.
 * |tolerance| and |issue| may be NULL. Errors: those of ocpp_message_decode(). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_frame_decode(const struct ocpp_frame *frame, const struct ocpp_type *type,
                                                          const struct ocpp_tolerance *tolerance, struct ocpp_arena *arena,
                                                          struct ocpp_issue *issue, const void **message);

/* ocpp_frame_free: gives back what the parsing took. */
OCPP_API void ocpp_frame_free(struct ocpp_frame *frame);

/* ocpp_frame_type_known: whether |version| has the message type. */
OCPP_API bool ocpp_frame_type_known(enum ocpp_version version, int64_t type);

OCPP_END_DECLARATIONS

#endif
