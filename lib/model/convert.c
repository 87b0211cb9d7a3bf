/* convert.c: a message of one version in the struct of another, member by member, by name. */
#include "convert.h"

#include "arena.h"
#include "walk.h"

#include <string.h>

struct conversion {
    const struct ocpp_beyond *beyond;
    struct ocpp_arena *arena;
};

/* What became of a value. */
enum outcome {
    CONVERTED,
    LEFT_OUT,  /* there is nothing like it */
    SKIP_ITEM, /* what it belongs to would say something else without it */
    NO_MEMORY
};

static enum outcome convert_members(const struct conversion *how, const struct ocpp_type *from, const void *message,
                                    const struct ocpp_type *to, void *base);

/* --- enumerations --------------------------------------------------------------------------------------------------------- */

static const char *const *names_beyond(const struct ocpp_beyond *beyond, const struct ocpp_enum *enumeration)
{
    static const char *const none[] = { NULL };

    for (const struct ocpp_beyond *row = beyond; row && row->enumeration; row++) {
        if (row->enumeration == enumeration)
            return row->names;
    }
    return none;
}

const char *ocpp_beyond_name(const struct ocpp_beyond *beyond, const struct ocpp_enum *enumeration, int value)
{
    if (value <= enumeration->count)
        return ocpp_enum_name(enumeration, value);
    const char *const *name = names_beyond(beyond, enumeration);
    for (int i = enumeration->count + 1; *name != NULL && i < value; i++)
        name++;
    return *name;
}

static int value_of(const struct conversion *how, const struct ocpp_enum *enumeration, const char *name)
{
    int value = ocpp_enum_value(enumeration, name);
    if (value != 0)
        return value;
    value = enumeration->count;
    for (const char *const *beyond = names_beyond(how->beyond, enumeration); *beyond != NULL; beyond++) {
        value++;
        if (strcmp(*beyond, name) == 0)
            return value;
    }
    return ocpp_enum_general(enumeration);
}

/* Members whose value says what the rest is about: without it, that would be taken for something else. */
static bool names_what_it_is(const struct ocpp_member *member)
{
    static const char *const names[] = { "certificateType", "chargingProfileKind", "chargingProfilePurpose",
                                         "requestedEnergyTransfer" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(member->name, names[i]) == 0)
            return true;
    }
    return ocpp_member_changes_item(member);
}

static enum outcome named(const struct conversion *how, const char *name, const struct ocpp_member *to, void *value)
{
    if (to->kind != OCPP_MEMBER_ENUM) {
        memcpy(value, &name, sizeof name);
        return CONVERTED;
    }
    const int number = value_of(how, to->detail, name);
    if (number == 0)
        return names_what_it_is(to) ? SKIP_ITEM : LEFT_OUT;
    ocpp_enum_store(to->detail, value, number);
    return CONVERTED;
}

/* --- one value -------------------------------------------------------------------------------------------------------------- */

static bool is_text(const struct ocpp_member *member)
{
    return member->kind == OCPP_MEMBER_STRING || member->kind == OCPP_MEMBER_CISTRING;
}

static enum outcome convert_number(const void *original, const struct ocpp_member *to, void *value)
{
    struct ocpp_decimal number;
    int64_t integer;
    if (to->kind == OCPP_MEMBER_NUMBER) {
        memcpy(&integer, original, sizeof integer);
        number = OCPP_DECIMAL(integer, 0);
        memcpy(value, &number, sizeof number);
        return CONVERTED;
    }
    memcpy(&number, original, sizeof number);
    if (ocpp_decimal_to_integer(number, 0, &integer) != OCPP_OK)
        return LEFT_OUT;
    memcpy(value, &integer, sizeof integer);
    return CONVERTED;
}

static enum outcome convert_value(const struct conversion *how, const struct ocpp_member *from, const void *original,
                                  const struct ocpp_member *to, void *value)
{
    if (from->kind == OCPP_MEMBER_STRUCT && to->kind == OCPP_MEMBER_STRUCT)
        return convert_members(how, from->detail, original, to->detail, value);
    if (from->kind == OCPP_MEMBER_ENUM && (to->kind == OCPP_MEMBER_ENUM || is_text(to))) {
        const char *name = ocpp_beyond_name(how->beyond, from->detail, ocpp_enum_load(from->detail, original));
        return name != NULL ? named(how, name, to, value) : LEFT_OUT;
    }
    if (is_text(from) && to->kind == OCPP_MEMBER_ENUM)
        return named(how, ocpp_member_text(original), to, value);
    if (from->kind == to->kind || (is_text(from) && is_text(to))) {
        memcpy(value, original, ocpp_member_item_size(to));
        return CONVERTED;
    }
    const bool numbers = (from->kind == OCPP_MEMBER_NUMBER && to->kind == OCPP_MEMBER_INTEGER) ||
                         (from->kind == OCPP_MEMBER_INTEGER && to->kind == OCPP_MEMBER_NUMBER);
    return numbers ? convert_number(original, to, value) : LEFT_OUT;
}

/* --- members ---------------------------------------------------------------------------------------------------------------- */

static enum outcome convert_list(const struct conversion *how, const struct ocpp_member *from, const void *message,
                                 const struct ocpp_member *to, void *value)
{
    const struct ocpp_list originals = ocpp_member_list(from, message);
    const size_t from_size = ocpp_member_item_size(from);
    const size_t to_size = ocpp_member_item_size(to);
    char *items = ocpp_arena_take(how->arena, originals.count != 0 ? originals.count * to_size : 1);
    struct ocpp_list list = { items, 0 };
    if (items == NULL)
        return NO_MEMORY;
    for (size_t i = 0; i < originals.count; i++) {
        char *item = items + list.count * to_size;
        const enum outcome outcome = convert_value(how, from, (const char *)originals.items + i * from_size, to, item);
        if (outcome == NO_MEMORY)
            return NO_MEMORY;
        if (outcome == CONVERTED)
            list.count++;
        else
            memset(item, 0, to_size);
    }
    memcpy(value, &list, sizeof list);
    return CONVERTED;
}

static enum outcome convert_pointed(const struct conversion *how, const struct ocpp_member *from, const void *original,
                                    const struct ocpp_member *to, void *value)
{
    void *pointed = ocpp_arena_take(how->arena, ((const struct ocpp_type *)to->detail)->size);
    if (pointed == NULL)
        return NO_MEMORY;
    const enum outcome outcome = convert_value(how, from, original, to, pointed);
    if (outcome == CONVERTED)
        memcpy(value, &pointed, sizeof pointed);
    return outcome;
}

static void set_has(const struct ocpp_member *member, void *base)
{
    const bool has = true;
    if (member->has_distance != 0)
        memcpy((char *)base + member->offset - member->has_distance, &has, sizeof has);
}

static enum outcome convert_member(const struct conversion *how, const struct ocpp_member *from, const void *message,
                                   const struct ocpp_member *to, void *base)
{
    void *value = (char *)base + to->offset;
    enum outcome outcome;
    if ((from->flags & OCPP_MEMBER_LIST) != (to->flags & OCPP_MEMBER_LIST))
        return LEFT_OUT;
    if (to->flags & OCPP_MEMBER_LIST)
        return convert_list(how, from, message, to, value);
    if (to->kind == OCPP_MEMBER_STRUCT && !(to->flags & OCPP_MEMBER_REQUIRED))
        outcome = convert_pointed(how, from, ocpp_member_value(from, message), to, value);
    else
        outcome = convert_value(how, from, ocpp_member_value(from, message), to, value);
    if (outcome == CONVERTED)
        set_has(to, base);
    return outcome;
}

static const struct ocpp_member *member_called(const struct ocpp_type *type, const char *name)
{
    for (size_t i = 0; i < type->count; i++) {
        if (strcmp(type->members[i].name, name) == 0)
            return &type->members[i];
    }
    return NULL;
}

/* A required member that is not there. Texts and enumerations may be empty; a quantity is never made up. */
static enum outcome without(const struct ocpp_member *to, void *base)
{
    static const char *const empty = "";
    if (is_text(to) && !(to->flags & OCPP_MEMBER_LIST)) {
        memcpy((char *)base + to->offset, &empty, sizeof empty);
        return CONVERTED;
    }
    return to->kind == OCPP_MEMBER_ENUM || (to->flags & OCPP_MEMBER_LIST) ? CONVERTED : SKIP_ITEM;
}

static enum outcome convert_members(const struct conversion *how, const struct ocpp_type *from, const void *message,
                                    const struct ocpp_type *to, void *base)
{
    for (size_t i = 0; i < to->count; i++) {
        const struct ocpp_member *wanted = &to->members[i];
        const struct ocpp_member *member = member_called(from, wanted->name);
        enum outcome outcome = LEFT_OUT;
        if (member != NULL && ocpp_member_present(member, message))
            outcome = convert_member(how, member, message, wanted, base);
        if (outcome == LEFT_OUT && (wanted->flags & OCPP_MEMBER_REQUIRED))
            outcome = without(wanted, base);
        if (outcome == SKIP_ITEM || outcome == NO_MEMORY)
            return outcome;
    }
    return CONVERTED;
}

enum ocpp_status ocpp_message_convert(const struct ocpp_type *from, const void *message, const struct ocpp_type *to,
                                      const struct ocpp_beyond *beyond, struct ocpp_arena *arena, const void **converted)
{
    const struct conversion how = { beyond, arena };
    void *base = ocpp_arena_take(arena, to->size);
    if (base == NULL)
        return ocpp_arena_status(arena);
    const enum outcome outcome = convert_members(&how, from, message, to, base);
    if (outcome == NO_MEMORY)
        return ocpp_arena_status(arena);
    if (outcome != CONVERTED)
        return OCPP_ERR_VALUE;
    *converted = base;
    return OCPP_OK;
}
