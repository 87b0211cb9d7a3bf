/* walk.c: what all walkers need: where they stand, how a failure is told, and how a member lies in its C struct.
 *
 * A path is built only when somebody is told of it; a walk without issues never touches text for it.
 */
#include "arena.h"
#include "walk.h"

#include <string.h>

/* Appends one token to |path|; false, and |path| unchanged, when it does not fit whole. */
static bool append_token(char path[OCPP_PATH_SIZE], const struct ocpp_place *place)
{
    size_t length = strlen(path);
    char digits[24];
    const char *token = place->name;
    if (token == NULL) {
        size_t at = sizeof digits - 1;
        size_t index = place->index;
        digits[at] = '\0';
        do {
            digits[--at] = (char)('0' + index % 10);
            index /= 10;
        } while (index != 0);
        token = digits + at;
    }
    char *end = path + length;
    const size_t room = OCPP_PATH_SIZE - length;
    size_t used = 0;
    if (room < 2)
        return false;
    end[used++] = '/';
    for (; *token != '\0'; token++) {
        const bool escape = *token == '~' || *token == '/';
        if (used + (escape ? 2 : 1) >= room) {
            *end = '\0';
            return false;
        }
        if (escape)
            end[used++] = '~';
        end[used++] = (char)(!escape ? *token : *token == '~' ? '0' : '1');
    }
    end[used] = '\0';
    return true;
}

/* The payload's own place has no token; a token that does not fit ends the path. */
static bool append_path(char path[OCPP_PATH_SIZE], const struct ocpp_place *place)
{
    if (place->up == NULL)
        return true;
    return append_path(path, place->up) && append_token(path, place);
}

static void fill_issue(struct ocpp_issue *issue, const struct ocpp_place *place, enum ocpp_status status, uint32_t quirk)
{
    issue->status = status;
    issue->quirk = quirk;
    issue->offset = 0;
    issue->remedy = 0;
    issue->path[0] = '\0';
    append_path(issue->path, place);
}

enum ocpp_status ocpp_walk_fail(const struct ocpp_walk *walk, const struct ocpp_place *place, enum ocpp_status status)
{
    if (walk->issue != NULL)
        fill_issue(walk->issue, place, status, 0);
    return status;
}

bool ocpp_walk_survives(const struct ocpp_walk *walk, const struct ocpp_place *place, enum ocpp_quirk quirk,
                        enum ocpp_status status)
{
    if (walk->tolerance == NULL || (walk->tolerance->quirks & (uint32_t)quirk) == 0)
        return false;
    if (walk->tolerance->report != NULL) {
        struct ocpp_issue issue;
        fill_issue(&issue, place, status, (uint32_t)quirk);
        walk->tolerance->report(&issue, walk->tolerance->user);
    }
    return true;
}

enum ocpp_status ocpp_walk_forgive(const struct ocpp_walk *walk, const struct ocpp_place *place, enum ocpp_quirk quirk,
                                   enum ocpp_status status)
{
    if (ocpp_walk_survives(walk, place, quirk, status))
        return OCPP_OK;
    return ocpp_walk_fail(walk, place, status);
}

enum ocpp_status ocpp_walk_no_memory(const struct ocpp_walk *walk, const struct ocpp_place *place)
{
    return ocpp_walk_fail(walk, place, ocpp_arena_status(walk->arena));
}

static const void *field(const void *base, size_t offset)
{
    return (const char *)base + offset;
}

bool ocpp_member_present(const struct ocpp_member *member, const void *base)
{
    if (member->flags & OCPP_MEMBER_LIST)
        return ocpp_member_list(member, base).items != NULL;
    if (member->has_distance != 0) {
        bool has;
        memcpy(&has, field(base, (size_t)member->offset - member->has_distance), sizeof has);
        return has;
    }
    switch ((enum ocpp_member_kind)member->kind) {
    case OCPP_MEMBER_STRING:
    case OCPP_MEMBER_CISTRING:
    case OCPP_MEMBER_ANY:
    case OCPP_MEMBER_CUSTOM:
        return ocpp_member_text(field(base, member->offset)) != NULL;
    case OCPP_MEMBER_ENUM:
        return ocpp_enum_load(member->detail, field(base, member->offset)) != 0;
    case OCPP_MEMBER_STRUCT:
        return ocpp_member_value(member, base) != NULL;
    case OCPP_MEMBER_BOOLEAN:
    case OCPP_MEMBER_INTEGER:
    case OCPP_MEMBER_NUMBER:
    case OCPP_MEMBER_DATE_TIME:
        break;
    }
    return true;
}

const void *ocpp_member_value(const struct ocpp_member *member, const void *base)
{
    const void *value = field(base, member->offset);
    if (member->kind != OCPP_MEMBER_STRUCT || (member->flags & OCPP_MEMBER_REQUIRED))
        return value;
    const void *pointed;
    memcpy(&pointed, value, sizeof pointed);
    return pointed;
}

struct ocpp_list ocpp_member_list(const struct ocpp_member *member, const void *base)
{
    struct ocpp_list list;
    memcpy(&list, field(base, member->offset), sizeof list);
    return list;
}

size_t ocpp_member_item_size(const struct ocpp_member *member)
{
    switch ((enum ocpp_member_kind)member->kind) {
    case OCPP_MEMBER_BOOLEAN:
        return sizeof(bool);
    case OCPP_MEMBER_INTEGER:
    case OCPP_MEMBER_DATE_TIME:
        return sizeof(int64_t);
    case OCPP_MEMBER_NUMBER:
        return sizeof(struct ocpp_decimal);
    case OCPP_MEMBER_ENUM:
        return ((const struct ocpp_enum *)member->detail)->size;
    case OCPP_MEMBER_STRUCT:
        return ((const struct ocpp_type *)member->detail)->size;
    case OCPP_MEMBER_STRING:
    case OCPP_MEMBER_CISTRING:
    case OCPP_MEMBER_ANY:
    case OCPP_MEMBER_CUSTOM:
        break;
    }
    return sizeof(const char *);
}

const char *ocpp_member_text(const void *value)
{
    const char *text;
    memcpy(&text, value, sizeof text);
    return text;
}

int ocpp_enum_load(const struct ocpp_enum *enumeration, const void *value)
{
    if (enumeration->size == sizeof(uint8_t))
        return *(const uint8_t *)value;
    if (enumeration->size == sizeof(uint16_t)) {
        uint16_t half;
        memcpy(&half, value, sizeof half);
        return half;
    }
    int number;
    memcpy(&number, value, sizeof number);
    return number;
}

void ocpp_enum_store(const struct ocpp_enum *enumeration, void *value, int number)
{
    if (enumeration->size == sizeof(uint8_t)) {
        *(uint8_t *)value = (uint8_t)number;
        return;
    }
    if (enumeration->size == sizeof(uint16_t)) {
        const uint16_t half = (uint16_t)number;
        memcpy(value, &half, sizeof half);
        return;
    }
    memcpy(value, &number, sizeof number);
}
