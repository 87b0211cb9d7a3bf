/* decode.c: from JSON to the C struct of a message, checking all its table demands on the way.
 *
 * The walk follows the order of the text, so the first violation in the document wins; what an object lacks is noticed at its
 * end. Everything a tolerant peer survives is decided in lenient.c; the strict way never goes there.
 */
#include "walk.h"

#include <string.h>

static enum ocpp_status decode_object(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_type *type,
                                      const struct ocpp_json *node, void *base);

/* --- values ------------------------------------------------------------------------------------------------------ */

static enum ocpp_status decode_boolean(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                       const struct ocpp_json *node, void *out)
{
    (void)member;
    bool boolean;
    if (ocpp_json_kind(node) == OCPP_JSON_BOOLEAN) {
        boolean = ocpp_json_boolean(node);
    } else {
        const enum ocpp_status status = ocpp_lenient_boolean(walk, place, node, &boolean);
        if (status != OCPP_OK)
            return status;
    }
    memcpy(out, &boolean, sizeof boolean);
    return OCPP_OK;
}

static enum ocpp_status decode_integer(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                       const struct ocpp_json *node, void *out)
{
    int64_t integer;
    if (ocpp_json_kind(node) != OCPP_JSON_NUMBER) {
        struct ocpp_decimal number;
        const enum ocpp_status status = ocpp_lenient_number(walk, place, node, &number);
        if (status != OCPP_OK)
            return status;
        if (ocpp_decimal_to_integer(number, 0, &integer) != OCPP_OK ||
            ocpp_decimal_compare(number, OCPP_DECIMAL(integer, 0)) != 0)
            return ocpp_walk_fail(walk, place, OCPP_ERR_TYPE);
    } else if (!ocpp_json_is_integer(node, &integer)) {
        return ocpp_walk_fail(walk, place, OCPP_ERR_TYPE);
    }
    memcpy(out, &integer, sizeof integer);
    if (ocpp_integer_in_range(member, integer))
        return OCPP_OK;
    return ocpp_walk_forgive(walk, place, OCPP_QUIRK_OUT_OF_RANGE, OCPP_ERR_RANGE);
}

static enum ocpp_status decode_number(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                      const struct ocpp_json *node, void *out)
{
    struct ocpp_decimal number;
    if (ocpp_json_kind(node) == OCPP_JSON_NUMBER) {
        number = ocpp_json_number(node);
    } else {
        const enum ocpp_status status = ocpp_lenient_number(walk, place, node, &number);
        if (status != OCPP_OK)
            return status;
    }
    memcpy(out, &number, sizeof number);
    if (ocpp_number_in_range(member, number))
        return OCPP_OK;
    return ocpp_walk_forgive(walk, place, OCPP_QUIRK_OUT_OF_RANGE, OCPP_ERR_RANGE);
}

static enum ocpp_status keep_text(const struct ocpp_walk *walk, const struct ocpp_place *place, const char *text, void *out)
{
    const char *copy = ocpp_arena_text(walk->arena, text, strlen(text));
    if (copy == NULL)
        return ocpp_walk_no_memory(walk, place);
    memcpy(out, &copy, sizeof copy);
    return OCPP_OK;
}

static enum ocpp_status decode_string(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                      const struct ocpp_json *node, void *out)
{
    const char *text;
    if (ocpp_json_kind(node) == OCPP_JSON_STRING) {
        text = ocpp_json_string(node);
    } else {
        const enum ocpp_status status = ocpp_lenient_text(walk, place, node, &text);
        if (status != OCPP_OK)
            return status;
    }
    if (ocpp_text_is_longer(text, member->max_length)) {
        const enum ocpp_status status = ocpp_walk_forgive(walk, place, OCPP_QUIRK_OVERLONG_TEXT, OCPP_ERR_LENGTH);
        if (status != OCPP_OK)
            return status;
    }
    return keep_text(walk, place, text, out);
}

static enum ocpp_status decode_date_time(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                         const struct ocpp_json *node, void *out)
{
    if (ocpp_json_kind(node) != OCPP_JSON_STRING)
        return ocpp_walk_fail(walk, place, OCPP_ERR_TYPE);
    const char *text = ocpp_json_string(node);
    int64_t utc_ms = 0;
    if (ocpp_time_parse(text, strlen(text), &utc_ms) != OCPP_OK) {
        const enum ocpp_status status = ocpp_lenient_time(walk, place, member, text, &utc_ms);
        if (status != OCPP_OK)
            return status;
    }
    memcpy(out, &utc_ms, sizeof utc_ms);
    return OCPP_OK;
}

static enum ocpp_status decode_enum(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                    const struct ocpp_json *node, void *out)
{
    if (ocpp_json_kind(node) != OCPP_JSON_STRING)
        return ocpp_walk_fail(walk, place, OCPP_ERR_TYPE);
    const char *text = ocpp_json_string(node);
    int number = ocpp_enum_value(member->detail, text);
    if (number == 0) {
        const enum ocpp_status status = ocpp_lenient_enum(walk, place, member, text, &number);
        if (status != OCPP_OK)
            return status;
    }
    ocpp_enum_store(member->detail, out, number);
    return OCPP_OK;
}

static enum ocpp_status decode_struct(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                      const struct ocpp_json *node, void *out)
{
    if (ocpp_json_kind(node) != OCPP_JSON_OBJECT)
        return ocpp_walk_fail(walk, place, OCPP_ERR_TYPE);
    return decode_object(walk, place, member->detail, node, out);
}

static enum ocpp_status decode_any(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                   const struct ocpp_json *node, void *out)
{
    (void)member;
    struct ocpp_json_writer writer;
    ocpp_json_writer_start(&writer, walk->arena);
    ocpp_json_write_value(&writer, node);
    const char *text;
    size_t size;
    if (ocpp_json_writer_finish(&writer, &text, &size) != OCPP_OK)
        return ocpp_walk_no_memory(walk, place);
    memcpy(out, &text, sizeof text);
    return OCPP_OK;
}

static enum ocpp_status decode_custom(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                      const struct ocpp_json *node, void *out)
{
    const enum ocpp_status status = ocpp_check_custom(walk, place, node);
    if (status != OCPP_OK)
        return status;
    return decode_any(walk, place, member, node, out);
}

/* One value of |member|, or one item of it where it is a list. Null is a value only where any value is. */
static enum ocpp_status decode_value(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                     const struct ocpp_json *node, void *out)
{
    static enum ocpp_status (*const by_kind[])(struct ocpp_walk *, const struct ocpp_place *, const struct ocpp_member *,
                                               const struct ocpp_json *, void *) = {
        [OCPP_MEMBER_BOOLEAN] = decode_boolean,     [OCPP_MEMBER_INTEGER] = decode_integer, [OCPP_MEMBER_NUMBER] = decode_number,
        [OCPP_MEMBER_STRING] = decode_string,       [OCPP_MEMBER_CISTRING] = decode_string, [OCPP_MEMBER_ENUM] = decode_enum,
        [OCPP_MEMBER_DATE_TIME] = decode_date_time, [OCPP_MEMBER_STRUCT] = decode_struct,   [OCPP_MEMBER_ANY] = decode_any,
        [OCPP_MEMBER_CUSTOM] = decode_custom,
    };
    if (ocpp_json_kind(node) == OCPP_JSON_NULL && member->kind != OCPP_MEMBER_ANY) {
        walk->absent = ocpp_walk_survives(walk, place, OCPP_QUIRK_NULL_AS_ABSENT, OCPP_ERR_TYPE);
        return walk->absent ? OCPP_OK : ocpp_walk_fail(walk, place, OCPP_ERR_TYPE);
    }
    return by_kind[member->kind](walk, place, member, node, out);
}

/* --- members ----------------------------------------------------------------------------------------------------- */

/* Appends an item to |list|, unless a quirk drops it. */
static enum ocpp_status decode_item(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                    const struct ocpp_json *node, struct ocpp_list *list)
{
    const size_t size = ocpp_member_item_size(member);
    /* the arena gave this memory to this walk; the list type shows it as const to readers */
    char *items;
    memcpy(&items, &list->items, sizeof items);
    char *item = items + list->count * size;

    enum ocpp_status status = decode_value(walk, place, member, node, item);
    if (status != OCPP_OK && !walk->skip_item)
        return status;
    if (status == OCPP_OK && !walk->absent) {
        list->count++;
        return OCPP_OK;
    }
    memset(item, 0, size);
    walk->skip_item = false;
    walk->absent = false;
    return OCPP_OK;
}

static enum ocpp_status decode_items(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                     const struct ocpp_json *node, struct ocpp_list *list)
{
    struct ocpp_place here = { place, NULL, 0 };
    for (const struct ocpp_json *item = ocpp_json_first(node); item != NULL; item = ocpp_json_next(item), here.index++) {
        const enum ocpp_status status = decode_item(walk, &here, member, item, list);
        if (status != OCPP_OK)
            return status;
    }
    return OCPP_OK;
}

static enum ocpp_status decode_list(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                    const struct ocpp_json *node, void *out)
{
    const enum ocpp_json_kind kind = ocpp_json_kind(node);
    const bool single = kind == OCPP_JSON_OBJECT && member->kind == OCPP_MEMBER_STRUCT &&
                        ocpp_walk_survives(walk, place, OCPP_QUIRK_OBJECT_AS_LIST, OCPP_ERR_TYPE);
    if (kind != OCPP_JSON_ARRAY && !single)
        return ocpp_walk_fail(walk, place, OCPP_ERR_TYPE);
    const size_t count = single ? 1 : ocpp_json_count(node);
    if (member->max_items != 0 && count > member->max_items)
        return ocpp_walk_fail(walk, place, OCPP_ERR_TOO_MANY);

    const size_t bytes = count * ocpp_member_item_size(member);
    struct ocpp_list list = { ocpp_arena_take(walk->arena, bytes != 0 ? bytes : 1), 0 };
    if (list.items == NULL)
        return ocpp_walk_no_memory(walk, place);
    walk->lists++;
    const enum ocpp_status status =
        single ? decode_item(walk, place, member, node, &list) : decode_items(walk, place, member, node, &list);
    walk->lists--;
    if (status != OCPP_OK)
        return status;
    memcpy(out, &list, sizeof list);
    if (list.count == 0 && (member->flags & OCPP_MEMBER_NOT_EMPTY))
        return ocpp_walk_forgive(walk, place, OCPP_QUIRK_EMPTY_LIST, OCPP_ERR_TOO_FEW);
    return OCPP_OK;
}

static enum ocpp_status decode_optional_struct(struct ocpp_walk *walk, const struct ocpp_place *place,
                                               const struct ocpp_member *member, const struct ocpp_json *node, void *out)
{
    const struct ocpp_type *type = member->detail;
    void *value = ocpp_arena_take(walk->arena, type->size);
    if (value == NULL)
        return ocpp_walk_no_memory(walk, place);
    const enum ocpp_status status = decode_value(walk, place, member, node, value);
    if (status == OCPP_OK && !walk->absent)
        memcpy(out, &value, sizeof value);
    return status;
}

/* Reads |member| into the struct at |base|; walk->absent tells that it counts as not sent. */
static enum ocpp_status decode_member(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                      const struct ocpp_json *node, void *base)
{
    void *out = (char *)base + member->offset;
    if (member->flags & OCPP_MEMBER_LIST) {
        if (ocpp_json_kind(node) != OCPP_JSON_NULL)
            return decode_list(walk, place, member, node, out);
        walk->absent = ocpp_walk_survives(walk, place, OCPP_QUIRK_NULL_AS_ABSENT, OCPP_ERR_TYPE);
        return walk->absent ? OCPP_OK : ocpp_walk_fail(walk, place, OCPP_ERR_TYPE);
    }
    if (member->kind == OCPP_MEMBER_STRUCT && !(member->flags & OCPP_MEMBER_REQUIRED))
        return decode_optional_struct(walk, place, member, node, out);
    const enum ocpp_status status = decode_value(walk, place, member, node, out);
    if (status == OCPP_OK && !walk->absent && member->has_distance != 0) {
        const bool has = true;
        memcpy((char *)out - member->has_distance, &has, sizeof has);
    }
    return status;
}

/* --- objects ----------------------------------------------------------------------------------------------------- */

/* Senders mostly keep the order of the model, so the search starts behind the last hit. */
static const struct ocpp_member *find_member(const struct ocpp_type *type, const char *name, size_t *cursor)
{
    size_t at = *cursor;
    for (size_t tried = 0; tried < type->count; tried++, at++) {
        if (at >= type->count)
            at = 0;
        const struct ocpp_member *member = &type->members[at];
        if (member->name[0] == name[0] && strcmp(member->name, name) == 0) {
            *cursor = at + 1;
            return member;
        }
    }
    return NULL;
}

/* The member that |name| means in an object of |type|: by its name or, for a tolerant walk, by an earlier name that the object
 * does not use beside the present one. */
static const struct ocpp_member *find_legacy(const struct ocpp_walk *walk, const struct ocpp_type *type, const char *name,
                                             const struct ocpp_json *object)
{
    const char *present = ocpp_lenient_name(walk, type, name);
    if (present == NULL || ocpp_json_member(object, present) != NULL)
        return NULL;
    size_t cursor = 0;
    return find_member(type, present, &cursor);
}

static bool is_sent(const struct ocpp_walk *walk, const struct ocpp_type *type, const struct ocpp_member *member,
                    const struct ocpp_json *object)
{
    for (const struct ocpp_json *child = ocpp_json_first(object); child != NULL; child = ocpp_json_next(child)) {
        const char *name = ocpp_json_member_name(child);
        if (ocpp_json_kind(child) == OCPP_JSON_NULL && member->kind != OCPP_MEMBER_ANY)
            continue;
        if (strcmp(name, member->name) == 0 || find_legacy(walk, type, name, object) == member)
            return true;
    }
    return false;
}

/* Called only when fewer required members came than the type has: the first one missing in the order of the model is told. */
static enum ocpp_status tell_missing(const struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_type *type,
                                     const struct ocpp_json *object)
{
    for (size_t i = 0; i < type->count; i++) {
        const struct ocpp_member *member = &type->members[i];
        const struct ocpp_place here = { place, member->name, 0 };
        if (!(member->flags & OCPP_MEMBER_REQUIRED) || is_sent(walk, type, member, object))
            continue;
        if (member->kind == OCPP_MEMBER_ENUM && !(member->flags & OCPP_MEMBER_LIST) &&
            ocpp_walk_survives(walk, &here, OCPP_QUIRK_MISSING_ENUM, OCPP_ERR_MISSING_MEMBER))
            continue;
        return ocpp_walk_fail(walk, &here, OCPP_ERR_MISSING_MEMBER);
    }
    return OCPP_OK;
}

static size_t count_required(const struct ocpp_type *type)
{
    size_t required = 0;
    for (size_t i = 0; i < type->count; i++)
        required += type->members[i].flags & OCPP_MEMBER_REQUIRED;
    return required;
}

/* Forgets what a failed optional member left in the struct. */
static void clear_member(const struct ocpp_member *member, void *base)
{
    size_t size = ocpp_member_item_size(member);
    if (member->flags & OCPP_MEMBER_LIST)
        size = sizeof(struct ocpp_list);
    else if (member->kind == OCPP_MEMBER_STRUCT)
        size = sizeof(void *);
    memset((char *)base + member->offset, 0, size);
    if (member->has_distance != 0)
        memset((char *)base + member->offset - member->has_distance, 0, sizeof(bool));
}

/* A member of an answer that says no: where it breaks a rule and nothing needs it, it is dropped rather than bent into shape. */
static enum ocpp_status decode_doubtful(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_member *member,
                                        const struct ocpp_json *node, void *base)
{
    if (member->flags & OCPP_MEMBER_REQUIRED)
        return decode_member(walk, place, member, node, base);
    struct ocpp_walk strict = { .arena = walk->arena };
    const enum ocpp_status status = decode_member(&strict, place, member, node, base);
    if (status == OCPP_OK)
        return OCPP_OK;
    if (ocpp_status_class_of(status) != OCPP_CLASS_MESSAGE)
        return ocpp_walk_fail(walk, place, status);
    clear_member(member, base);
    return ocpp_walk_forgive(walk, place, OCPP_QUIRK_JUNK_IN_REJECTED, status);
}

static enum ocpp_status decode_object(struct ocpp_walk *walk, const struct ocpp_place *place, const struct ocpp_type *type,
                                      const struct ocpp_json *node, void *base)
{
    const bool doubtful = place->up == NULL && ocpp_lenient_refusal(walk, type, node);
    size_t cursor = 0;
    size_t required = 0;
    for (const struct ocpp_json *child = ocpp_json_first(node); child != NULL; child = ocpp_json_next(child)) {
        const struct ocpp_place here = { place, ocpp_json_member_name(child), 0 };
        const struct ocpp_member *member = find_member(type, here.name, &cursor);
        enum ocpp_status status = OCPP_OK;
        if (member == NULL) {
            member = find_legacy(walk, type, here.name, node);
            const enum ocpp_quirk quirk = member != NULL ? OCPP_QUIRK_LEGACY_NAMES
                                          : doubtful     ? OCPP_QUIRK_JUNK_IN_REJECTED
                                                         : OCPP_QUIRK_UNKNOWN_MEMBER;
            status = ocpp_walk_forgive(walk, &here, quirk, OCPP_ERR_UNKNOWN_MEMBER);
        }
        if (status == OCPP_OK && member != NULL)
            status =
                doubtful ? decode_doubtful(walk, &here, member, child, base) : decode_member(walk, &here, member, child, base);
        if (status != OCPP_OK)
            return status;
        if (member != NULL && !walk->absent)
            required += member->flags & OCPP_MEMBER_REQUIRED;
        walk->absent = false;
    }
    return required == count_required(type) ? OCPP_OK : tell_missing(walk, place, type, node);
}

/* --- messages ---------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_walk_decode(const struct ocpp_type *type, const struct ocpp_json *node,
                                  const struct ocpp_tolerance *tolerance, struct ocpp_arena *arena, struct ocpp_issue *issue,
                                  const void **message)
{
    struct ocpp_walk walk = { .arena = arena, .tolerance = tolerance, .issue = issue };
    const struct ocpp_place root = { NULL, NULL, 0 };
    /* an empty payload may be sent as null: OCPP-J 1.6 4.1.5; OCPP 2.0.1 part 4, 4.1.5 */
    const bool empty = ocpp_json_kind(node) == OCPP_JSON_NULL && count_required(type) == 0;
    if (!empty && ocpp_json_kind(node) != OCPP_JSON_OBJECT)
        return ocpp_walk_fail(&walk, &root, OCPP_ERR_TYPE);
    void *base = ocpp_arena_take(arena, type->size);
    if (base == NULL)
        return ocpp_walk_no_memory(&walk, &root);
    const enum ocpp_status status = empty ? OCPP_OK : decode_object(&walk, &root, type, node, base);
    if (status == OCPP_OK)
        *message = base;
    return status;
}

enum ocpp_status ocpp_message_decode(const struct ocpp_type *type, const char *text, size_t size,
                                     const struct ocpp_json_limits *limits, const struct ocpp_tolerance *tolerance,
                                     struct ocpp_arena *arena, const void **message, struct ocpp_issue *issue)
{
    struct ocpp_json *root;
    size_t offset = 0;
    enum ocpp_status status = ocpp_json_parse(text, size, limits, &root, &offset);
    if (status != OCPP_OK) {
        if (issue != NULL)
            *issue = (struct ocpp_issue){ .status = status, .offset = offset };
        return status;
    }
    status = ocpp_walk_decode(type, root, tolerance, arena, issue, message);
    ocpp_json_free(root);
    return status;
}
