/* copy.c: deep copies of messages, and whether two messages say the same.
 *
 * Both go member by member; padding and the values of absent members are never looked at.
 */
#include "arena.h"
#include "walk.h"

#include <string.h>

/* --- copy -------------------------------------------------------------------------------------------------------- */

static enum ocpp_status copy_members(const struct ocpp_type *type, struct ocpp_arena *arena, void *base);

/* Makes the value at |value|, a bitwise copy, independent of its original. */
static enum ocpp_status copy_value(const struct ocpp_member *member, struct ocpp_arena *arena, void *value)
{
    if (member->kind == OCPP_MEMBER_STRUCT)
        return copy_members(member->detail, arena, value);
    if (member->kind != OCPP_MEMBER_STRING && member->kind != OCPP_MEMBER_CISTRING && member->kind != OCPP_MEMBER_ANY &&
        member->kind != OCPP_MEMBER_CUSTOM)
        return OCPP_OK;
    const char *text = ocpp_member_text(value);
    if (text == NULL)
        return OCPP_OK;
    text = ocpp_arena_text(arena, text, strlen(text));
    if (text == NULL)
        return ocpp_arena_status(arena);
    memcpy(value, &text, sizeof text);
    return OCPP_OK;
}

static enum ocpp_status copy_list(const struct ocpp_member *member, struct ocpp_arena *arena, void *value)
{
    struct ocpp_list list;
    memcpy(&list, value, sizeof list);
    if (list.items == NULL)
        return OCPP_OK;
    const size_t size = ocpp_member_item_size(member);
    char *items = ocpp_arena_take(arena, list.count != 0 ? list.count * size : 1);
    if (items == NULL)
        return ocpp_arena_status(arena);
    memcpy(items, list.items, list.count * size);
    list.items = items;
    memcpy(value, &list, sizeof list);
    for (size_t i = 0; i < list.count; i++) {
        const enum ocpp_status status = copy_value(member, arena, items + i * size);
        if (status != OCPP_OK)
            return status;
    }
    return OCPP_OK;
}

static enum ocpp_status copy_pointed(const struct ocpp_type *type, struct ocpp_arena *arena, void *value)
{
    const void *original;
    memcpy(&original, value, sizeof original);
    if (original == NULL)
        return OCPP_OK;
    const void *copy;
    const enum ocpp_status status = ocpp_message_copy(type, original, arena, &copy);
    if (status == OCPP_OK)
        memcpy(value, &copy, sizeof copy);
    return status;
}

static enum ocpp_status copy_members(const struct ocpp_type *type, struct ocpp_arena *arena, void *base)
{
    for (size_t i = 0; i < type->count; i++) {
        const struct ocpp_member *member = &type->members[i];
        void *value = (char *)base + member->offset;
        enum ocpp_status status;
        if (member->has_distance != 0 && !ocpp_member_present(member, base)) {
            memset(value, 0, ocpp_member_item_size(member)); /* as in a message that was decoded */
            continue;
        }
        if (member->flags & OCPP_MEMBER_LIST)
            status = copy_list(member, arena, value);
        else if (member->kind == OCPP_MEMBER_STRUCT && !(member->flags & OCPP_MEMBER_REQUIRED))
            status = copy_pointed(member->detail, arena, value);
        else
            status = copy_value(member, arena, value);
        if (status != OCPP_OK)
            return status;
    }
    return OCPP_OK;
}

enum ocpp_status ocpp_message_copy(const struct ocpp_type *type, const void *message, struct ocpp_arena *arena, const void **copy)
{
    void *base = ocpp_arena_grow(arena, NULL, 0, type->size); /* not zeroed: it is written over */
    if (base == NULL)
        return ocpp_arena_status(arena);
    memcpy(base, message, type->size);
    const enum ocpp_status status = copy_members(type, arena, base);
    if (status == OCPP_OK)
        *copy = base;
    return status;
}

/* --- equal ------------------------------------------------------------------------------------------------------- */

static bool equal_numbers(const void *a, const void *b)
{
    struct ocpp_decimal first;
    struct ocpp_decimal second;
    memcpy(&first, a, sizeof first);
    memcpy(&second, b, sizeof second);
    return ocpp_decimal_compare(first, second) == 0;
}

static bool equal_texts(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool equal_values(const struct ocpp_member *member, const void *a, const void *b)
{
    switch ((enum ocpp_member_kind)member->kind) {
    case OCPP_MEMBER_STRUCT:
        return ocpp_message_equal(member->detail, a, b);
    case OCPP_MEMBER_NUMBER:
        return equal_numbers(a, b);
    case OCPP_MEMBER_STRING:
    case OCPP_MEMBER_CISTRING:
    case OCPP_MEMBER_ANY:
    case OCPP_MEMBER_CUSTOM:
        return equal_texts(ocpp_member_text(a), ocpp_member_text(b));
    case OCPP_MEMBER_BOOLEAN:
    case OCPP_MEMBER_INTEGER:
    case OCPP_MEMBER_DATE_TIME:
    case OCPP_MEMBER_ENUM:
        break;
    }
    return memcmp(a, b, ocpp_member_item_size(member)) == 0;
}

static bool equal_lists(const struct ocpp_member *member, const void *a, const void *b)
{
    const struct ocpp_list first = ocpp_member_list(member, a);
    const struct ocpp_list second = ocpp_member_list(member, b);
    const size_t size = ocpp_member_item_size(member);
    if (first.count != second.count)
        return false;
    for (size_t i = 0; i < first.count; i++) {
        if (!equal_values(member, (const char *)first.items + i * size, (const char *)second.items + i * size))
            return false;
    }
    return true;
}

static bool equal_members(const struct ocpp_member *member, const void *a, const void *b)
{
    const bool present = ocpp_member_present(member, a);
    if (present != ocpp_member_present(member, b))
        return false;
    if (!present)
        return true;
    if (member->flags & OCPP_MEMBER_LIST)
        return equal_lists(member, a, b);
    return equal_values(member, ocpp_member_value(member, a), ocpp_member_value(member, b));
}

bool ocpp_message_equal(const struct ocpp_type *type, const void *a, const void *b)
{
    for (size_t i = 0; i < type->count; i++) {
        if (!equal_members(&type->members[i], a, b))
            return false;
    }
    return true;
}
