/* frame.c: reads the wrapper of a message. See <ocpp/frame.h>.
 *
 * The tree tells what the elements are; where the payload stands in the text is found by stepping over the few scalars before it,
 * so no payload text is copied or printed.
 */
#include "rpc_dialect.h"
#include "text.h"
#include "walk.h"

#include <ocpp/frame.h>

#include <string.h>

/* --- stepping through the text ------------------------------------------------------------------------------------ */

struct cursor {
    const char *at;
    const char *end;
};

static void skip_space(struct cursor *cursor)
{
    while (cursor->at < cursor->end && (*cursor->at == ' ' || *cursor->at == '\t' || *cursor->at == '\n' || *cursor->at == '\r'))
        cursor->at++;
}

static bool skip_char(struct cursor *cursor, char c)
{
    skip_space(cursor);
    if (cursor->at == cursor->end || *cursor->at != c)
        return false;
    cursor->at++;
    skip_space(cursor);
    return true;
}

/* The text is known to be JSON and the element to be a scalar. */
static void skip_scalar(struct cursor *cursor)
{
    if (*cursor->at != '"') {
        while (cursor->at < cursor->end && *cursor->at != ',' && *cursor->at != ']')
            cursor->at++;
        return;
    }
    const char *start = ++cursor->at;
    const char *quote = memchr(start, '"', (size_t)(cursor->end - start));
    if (quote[-1] == '\\') { /* escaped, or so it looks: step by step */
        for (quote = start; *quote != '"'; quote++) {
            if (*quote == '\\')
                quote++;
        }
    }
    cursor->at = quote + 1;
}

/* locate_last: the text of the last element of a frame whose |before| elements ahead of it are scalars. */
static const char *locate_last(const char *text, size_t size, size_t before, size_t *found)
{
    struct cursor cursor = { text, text + size };
    skip_char(&cursor, '[');
    for (size_t i = 0; i < before; i++) {
        skip_scalar(&cursor);
        skip_char(&cursor, ',');
    }
    const char *end = text + size;
    while (end[-1] != ']')
        end--;
    end--;
    while (end > cursor.at && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\n' || end[-1] == '\r'))
        end--;
    *found = (size_t)(end - cursor.at);
    return cursor.at;
}

/* --- what can be read of a text that is no JSON ------------------------------------------------------------------------ */

static bool peek_id(struct cursor *cursor, char id[OCPP_MESSAGE_ID_CHARACTERS + 1])
{
    if (!skip_char(cursor, ',') || cursor->at == cursor->end || *cursor->at != '"')
        return false;
    cursor->at++;
    for (size_t length = 0; length <= OCPP_MESSAGE_ID_CHARACTERS && cursor->at < cursor->end; length++, cursor->at++) {
        if (*cursor->at == '"') {
            id[length] = '\0';
            return true;
        }
        if (*cursor->at < 0x20 || *cursor->at > 0x7e || *cursor->at == '\\' || length == OCPP_MESSAGE_ID_CHARACTERS)
            return false;
        id[length] = *cursor->at;
    }
    return false;
}

/* Reads type and id from the beginning of a text without looking at the rest. An id is only read this way when it is plain ASCII
 * without escapes, as every id made by a program is. */
static void peek(struct ocpp_frame *frame, const char *text, size_t size)
{
    struct cursor cursor = { text, text + size };
    frame->type = OCPP_FRAME_UNREADABLE;
    frame->id = NULL;
    if (!skip_char(&cursor, '[') || cursor.at == cursor.end || *cursor.at < '0' || *cursor.at > '9')
        return;
    const int type = *cursor.at++ - '0';
    skip_space(&cursor);
    if (cursor.at == cursor.end || *cursor.at != ',') /* a longer number, a fraction: not one of ours */
        return;
    frame->type = type;
    if (peek_id(&cursor, frame->recovered))
        frame->id = frame->recovered;
}

/* --- the elements of each type -------------------------------------------------------------------------------------- */

/* CALL and SEND: [type, id, action, payload]; RESULT: [type, id, payload]; both errors: [type, id, code, description, details].
 */
static size_t element_count(int64_t type)
{
    static const uint8_t counts[] = {
        [OCPP_FRAME_CALL] = 4,         [OCPP_FRAME_RESULT] = 3, [OCPP_FRAME_ERROR] = 5,
        [OCPP_FRAME_RESULT_ERROR] = 5, [OCPP_FRAME_SEND] = 4,
    };
    return type > 0 && (size_t)type < sizeof counts / sizeof counts[0] ? counts[type] : 0;
}

bool ocpp_frame_type_known(enum ocpp_version version, int64_t type)
{
    return type >= OCPP_FRAME_CALL && type <= ocpp_rpc_dialect_of(version)->last_type;
}

static enum ocpp_status fail(struct ocpp_frame *frame, const char *fault)
{
    frame->fault = fault;
    return OCPP_ERR_NOT_FRAME;
}

/* An id is a string of at most 36 characters. The empty one is poor but a string: no clause forbids it, and it can be answered.
 */
static enum ocpp_status read_id(struct ocpp_frame *frame, const struct ocpp_json *element)
{
    if (element == NULL)
        return fail(frame, "the message id is missing");
    if (ocpp_json_kind(element) != OCPP_JSON_STRING)
        return fail(frame, "the message id is not a string");
    frame->id = ocpp_json_string(element);
    const size_t size = strlen(frame->id);
    if (size > OCPP_MESSAGE_ID_CHARACTERS && ocpp_text_count(frame->id, size) > OCPP_MESSAGE_ID_CHARACTERS)
        return fail(frame, "the message id is longer than 36 characters");
    return OCPP_OK;
}

static void locate_payload(struct ocpp_frame *frame, const struct ocpp_json *payload, const char *text, size_t size,
                           size_t before)
{
    if (ocpp_json_kind(payload) == OCPP_JSON_NULL) { /* allowed, though {} is recommended: OCPP-J 1.6 4.2.1; part 4, 4.1.5 */
        frame->payload_text = "{}";
        frame->payload_size = 2;
        return;
    }
    frame->payload = payload;
    frame->payload_text = locate_last(text, size, before, &frame->payload_size);
}

static enum ocpp_status read_call(struct ocpp_frame *frame, const struct ocpp_json *action, const char *text, size_t size)
{
    if (ocpp_json_kind(action) != OCPP_JSON_STRING)
        return fail(frame, "the action is not a string");
    frame->action = ocpp_json_string(action);
    locate_payload(frame, ocpp_json_next(action), text, size, 3);
    return OCPP_OK;
}

/* Real peers leave out the details of an error, or the description, or put a text where an object belongs. */
static enum ocpp_status bend_error(struct ocpp_frame *frame, const struct ocpp_tolerance *tolerance, const char *fault)
{
    if (tolerance == NULL || (tolerance->quirks & OCPP_QUIRK_ERROR_DETAILS) == 0)
        return fail(frame, fault);
    if (tolerance->report != NULL) {
        const struct ocpp_issue issue = { .status = OCPP_ERR_NOT_FRAME, .quirk = OCPP_QUIRK_ERROR_DETAILS };
        tolerance->report(&issue, tolerance->user);
    }
    return OCPP_OK;
}

static enum ocpp_status read_error(struct ocpp_frame *frame, const struct ocpp_json *code, const struct ocpp_tolerance *tolerance,
                                   const char *text, size_t size)
{
    if (code == NULL || ocpp_json_kind(code) != OCPP_JSON_STRING)
        return fail(frame, "the error code is not a string");
    frame->error_code = ocpp_json_string(code);
    const struct ocpp_json *description = ocpp_json_next(code);
    const struct ocpp_json *details = description != NULL ? ocpp_json_next(description) : NULL;
    if (description != NULL && ocpp_json_kind(description) == OCPP_JSON_STRING)
        frame->description = ocpp_json_string(description);
    else if (description != NULL && ocpp_json_kind(description) != OCPP_JSON_NULL)
        return fail(frame, "the error description is not a string");
    if (details != NULL)
        frame->details = locate_last(text, size, 4, &frame->details_size);
    if (details == NULL || ocpp_json_kind(description) != OCPP_JSON_STRING)
        return bend_error(frame, tolerance, "the error has no description or no details");
    if (ocpp_json_kind(details) != OCPP_JSON_OBJECT)
        return bend_error(frame, tolerance, "the error details are not an object");
    return OCPP_OK;
}

static enum ocpp_status read_elements(struct ocpp_frame *frame, const struct ocpp_tolerance *tolerance, const char *text,
                                      size_t size)
{
    const struct ocpp_json *third = ocpp_json_item(frame->root, 2);
    const size_t count = ocpp_json_count(frame->root);
    const size_t wanted = element_count(frame->type);
    const bool is_error = frame->type == OCPP_FRAME_ERROR || frame->type == OCPP_FRAME_RESULT_ERROR;
    if (count > wanted)
        return fail(frame, "the frame has more elements than its message type");
    if (is_error)
        return read_error(frame, third, tolerance, text, size);
    if (count < wanted)
        return fail(frame, "the frame has fewer elements than its message type");
    if (frame->type != OCPP_FRAME_RESULT)
        return read_call(frame, third, text, size);
    locate_payload(frame, third, text, size, 2);
    return OCPP_OK;
}

static enum ocpp_status read_frame(struct ocpp_frame *frame, enum ocpp_version version, const struct ocpp_tolerance *tolerance,
                                   const char *text, size_t size)
{
    if (ocpp_json_kind(frame->root) != OCPP_JSON_ARRAY)
        return fail(frame, "the message is not an array");
    const struct ocpp_json *first = ocpp_json_first(frame->root);
    const struct ocpp_json *second = first != NULL ? ocpp_json_next(first) : NULL;
    const enum ocpp_status id_status = read_id(frame, second);
    if (first == NULL || ocpp_json_kind(first) != OCPP_JSON_NUMBER || !ocpp_json_is_integer(first, &frame->type)) {
        frame->type = OCPP_FRAME_UNREADABLE;
        return fail(frame, "the message type is not an integer");
    }
    if (!ocpp_frame_type_known(version, frame->type)) {
        frame->fault = NULL;
        return OCPP_ERR_MESSAGE_TYPE;
    }
    if (id_status != OCPP_OK)
        return id_status;
    return read_elements(frame, tolerance, text, size);
}

enum ocpp_status ocpp_frame_parse(struct ocpp_frame *frame, const char *text, size_t size, enum ocpp_version version,
                                  const struct ocpp_json_limits *limits, const struct ocpp_tolerance *tolerance)
{
    memset(frame, 0, sizeof *frame);
    frame->description = "";
    frame->details = "{}";
    frame->details_size = 2;
    const enum ocpp_status status = ocpp_json_parse(text, size, limits, &frame->root, &frame->offset);
    if (status == OCPP_OK)
        return read_frame(frame, version, tolerance, text, size);
    frame->root = NULL;
    if (status != OCPP_ERR_NOMEM)
        peek(frame, text, size);
    return status;
}

enum ocpp_status ocpp_frame_decode(const struct ocpp_frame *frame, const struct ocpp_type *type,
                                   const struct ocpp_tolerance *tolerance, struct ocpp_arena *arena, struct ocpp_issue *issue,
                                   const void **message)
{
    if (frame->payload != NULL)
        return ocpp_walk_decode(type, frame->payload, tolerance, arena, issue, message);
    return ocpp_message_decode(type, frame->payload_text, frame->payload_size, NULL, tolerance, arena, message, issue);
}

void ocpp_frame_free(struct ocpp_frame *frame)
{
    ocpp_json_free(frame->root);
    frame->root = NULL;
}
