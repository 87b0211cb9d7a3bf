/* encode.c: from the C struct of a message to JSON text, straight into the writer, checked like a received message.
 *
 * Members come in the order of the model. Like a decoder of the same text, the walk tells the first violation it meets and an
 * object's missing members at its end.
 */
#include "plain.h"
#include "text.h"
#include "walk.h"

#include <string.h>

/* Integers beyond this are not exact in every JSON reader; the scan refuses them too. */
#define INTEGER_LIMIT (INT64_C(1) << 53)

/* What a text of the application may cost is the receiver's business; here it only has to be JSON. */
static const struct ocpp_json_limits unlimited = { .max_bytes = SIZE_MAX, .max_nodes = SIZE_MAX, .max_depth = SIZE_MAX };

static enum ocpp_status encode_object(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_type *type,
                                      const void *base);

static enum ocpp_status encode_boolean(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                       const void *value)
{
    (void)place;
    (void)member;
    bool boolean;
    memcpy(&boolean, value, sizeof boolean);
    if (walk->writer != NULL)
        ocpp_json_write_boolean(walk->writer, boolean);
    return OCPP_OK;
}

static enum ocpp_status encode_integer(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                       const void *value)
{
    int64_t integer;
    memcpy(&integer, value, sizeof integer);
    if (integer > INTEGER_LIMIT || integer < -INTEGER_LIMIT)
        return ocpp_walk_fail(walk, place, OCPP_ERR_NUMBER_RANGE);
    if (!ocpp_integer_in_range(member, integer))
        return ocpp_walk_fail(walk, place, OCPP_ERR_RANGE);
    if (walk->writer != NULL)
        ocpp_json_write_integer(walk->writer, integer);
    return OCPP_OK;
}

/* Whether a reader with our own scan would take the number; the common ones are seen without looking at their text. */
static bool is_readable(struct ocpp_decimal number)
{
    if (number.scale >= 0 && number.scale <= 18 && number.coefficient <= INTEGER_LIMIT && number.coefficient >= -INTEGER_LIMIT)
        return true;
    if (number.scale < -330 || number.scale > 330)
        return false;
    char text[OCPP_DECIMAL_TEXT_SIZE];
    const size_t size = ocpp_decimal_format(number, text);
    return ocpp_json_scan(text, size, NULL, NULL) == OCPP_OK;
}

static enum ocpp_status encode_number(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                      const void *value)
{
    struct ocpp_decimal number;
    memcpy(&number, value, sizeof number);
    if (!is_readable(number))
        return ocpp_walk_fail(walk, place, OCPP_ERR_NUMBER_RANGE);
    if (!ocpp_number_in_range(member, number))
        return ocpp_walk_fail(walk, place, OCPP_ERR_RANGE);
    if (walk->writer != NULL)
        ocpp_json_write_decimal(walk->writer, number);
    return OCPP_OK;
}

static enum ocpp_status encode_string(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                      const void *value)
{
    const char *text = ocpp_member_text(value);
    if (text == NULL)
        return ocpp_walk_fail(walk, place, OCPP_ERR_TYPE);
    const size_t size = strlen(text);
    const bool is_plain = ocpp_json_is_all_plain(text, size);
    if (!is_plain && !ocpp_text_valid(text, size))
        return ocpp_walk_fail(walk, place, OCPP_ERR_UTF8);
    if (size > member->max_length && ocpp_text_is_longer(text, member->max_length))
        return ocpp_walk_fail(walk, place, OCPP_ERR_LENGTH);
    if (walk->writer == NULL)
        return OCPP_OK;
    if (is_plain)
        ocpp_json_write_plain(walk->writer, text, size);
    else
        ocpp_json_write_string_of(walk->writer, text, size);
    return OCPP_OK;
}

static enum ocpp_status encode_date_time(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                         const void *value)
{
    (void)member;
    int64_t utc_ms;
    char text[OCPP_TIME_TEXT_SIZE];
    memcpy(&utc_ms, value, sizeof utc_ms);
    if (ocpp_time_format(utc_ms, text) != OCPP_OK)
        return ocpp_walk_fail(walk, place, OCPP_ERR_DATE_TIME);
    if (walk->writer != NULL)
        ocpp_json_write_plain(walk->writer, text, strlen(text));
    return OCPP_OK;
}

static enum ocpp_status encode_enum(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                    const void *value)
{
    const char *name = ocpp_enum_name(member->detail, ocpp_enum_load(member->detail, value));
    if (name == NULL)
        return ocpp_walk_fail(walk, place, OCPP_ERR_VALUE);
    if (walk->writer != NULL)
        ocpp_json_write_plain(walk->writer, name, strlen(name));
    return OCPP_OK;
}

static enum ocpp_status encode_struct(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                      const void *value)
{
    return encode_object(walk, place, member->detail, value);
}

/* JSON that the application brings as text is scanned again: it could break the frame around it. */
static enum ocpp_status encode_any(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                   const void *value)
{
    (void)member;
    const char *text = ocpp_member_text(value);
    if (text == NULL)
        return ocpp_walk_fail(walk, place, OCPP_ERR_TYPE);
    const size_t size = strlen(text);
    const enum ocpp_status status = ocpp_json_scan(text, size, &unlimited, NULL);
    if (status != OCPP_OK)
        return ocpp_walk_fail(walk, place, status);
    if (walk->writer != NULL)
        ocpp_json_write_raw(walk->writer, text, size);
    return OCPP_OK;
}

static enum ocpp_status encode_custom(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                      const void *value)
{
    (void)member;
    const char *text = ocpp_member_text(value);
    if (text == NULL)
        return ocpp_walk_fail(walk, place, OCPP_ERR_TYPE);
    const size_t size = strlen(text);
    struct ocpp_json *node;
    enum ocpp_status status = ocpp_json_parse(text, size, &unlimited, &node, NULL);
    if (status != OCPP_OK)
        return ocpp_walk_fail(walk, place, status);
    status = ocpp_check_custom(walk, place, node);
    ocpp_json_free(node);
    if (status == OCPP_OK && walk->writer != NULL)
        ocpp_json_write_raw(walk->writer, text, size);
    return status;
}

static enum ocpp_status encode_value(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                     const void *value)
{
    static enum ocpp_status (*const by_kind[])(struct ocpp_walk *, const struct ocpp_place *, const struct ocpp_member *,
                                               const void *) = {
        [OCPP_MEMBER_BOOLEAN] = encode_boolean,     [OCPP_MEMBER_INTEGER] = encode_integer, [OCPP_MEMBER_NUMBER] = encode_number,
        [OCPP_MEMBER_STRING] = encode_string,       [OCPP_MEMBER_CISTRING] = encode_string, [OCPP_MEMBER_ENUM] = encode_enum,
        [OCPP_MEMBER_DATE_TIME] = encode_date_time, [OCPP_MEMBER_STRUCT] = encode_struct,   [OCPP_MEMBER_ANY] = encode_any,
        [OCPP_MEMBER_CUSTOM] = encode_custom,
    };
    return by_kind[member->kind](walk, place, member, value);
}

static enum ocpp_status encode_list(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                    const void *base)
{
    const struct ocpp_list list = ocpp_member_list(member, base);
    const size_t size = ocpp_member_item_size(member);
    if (member->max_items != 0 && list.count > member->max_items)
        return ocpp_walk_fail(walk, place, OCPP_ERR_TOO_MANY);
    if (list.count == 0 && (member->flags & OCPP_MEMBER_NOT_EMPTY))
        return ocpp_walk_fail(walk, place, OCPP_ERR_TOO_FEW);
    if (walk->writer != NULL)
        ocpp_json_write_begin(walk->writer, '[');
    struct ocpp_place here = { place, NULL, 0 };
    for (; here.index < list.count; here.index++) {
        const enum ocpp_status status = encode_value(walk, &here, member, (const char *)list.items + here.index * size);
        if (status != OCPP_OK)
            return status;
    }
    if (walk->writer != NULL)
        ocpp_json_write_end(walk->writer, ']');
    return OCPP_OK;
}

static enum ocpp_status encode_object(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_type *type,
                                      const void *base)
{
    const struct ocpp_member *missing = NULL;
    if (walk->writer != NULL)
        ocpp_json_write_begin(walk->writer, '{');
    for (size_t i = 0; i < type->count; i++) {
        const struct ocpp_member *member = &type->members[i];
        const struct ocpp_place here = { place, member->name, 0 };
        if (!ocpp_member_present(member, base)) {
            if (missing == NULL && (member->flags & OCPP_MEMBER_REQUIRED))
                missing = member;
            continue;
        }
        if (walk->writer != NULL)
            ocpp_json_write_plain_name(walk->writer, member->name);
        const enum ocpp_status status = (member->flags & OCPP_MEMBER_LIST)
                                            ? encode_list(walk, &here, member, base)
                                            : encode_value(walk, &here, member, ocpp_member_value(member, base));
        if (status != OCPP_OK)
            return status;
    }
    if (missing != NULL)
        return ocpp_walk_fail(walk, &(struct ocpp_place){ place, missing->name, 0 }, OCPP_ERR_MISSING_MEMBER);
    if (walk->writer != NULL)
        ocpp_json_write_end(walk->writer, '}');
    return OCPP_OK;
}

enum ocpp_status ocpp_walk_encode(const struct ocpp_type *type, const void *message, struct ocpp_json_writer *writer,
                                  struct ocpp_issue *issue)
{
    struct ocpp_walk walk = { .writer = writer, .issue = issue };
    const struct ocpp_place root = { NULL, NULL, 0 };
    return encode_object(&walk, &root, type, message);
}

enum ocpp_status ocpp_message_encode(const struct ocpp_type *type, const void *message, struct ocpp_arena *arena,
                                     const char **text, size_t *size, struct ocpp_issue *issue)
{
    struct ocpp_json_writer writer;
    ocpp_json_writer_start(&writer, arena);
    enum ocpp_status status = ocpp_walk_encode(type, message, &writer, issue);
    if (status != OCPP_OK)
        return status;
    status = ocpp_json_writer_finish(&writer, text, size);
    if (status != OCPP_OK && issue != NULL)
        *issue = (struct ocpp_issue){ .status = status };
    return status;
}
