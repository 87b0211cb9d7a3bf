/* pack.c: deep copies of messages in one piece of memory.
 *
 * A walk over the original beside its copy. Where the room ends only the bytes are counted: |to| is NULL from there on.
 */
#include "walk.h"

#include <string.h>

/* What members of messages are made of, of the strictest alignment. */
union unit {
    int64_t integer;
    const void *pointer;
    struct ocpp_decimal number;
    struct ocpp_list list;
};

struct pack {
    char *room;
    size_t size;
    size_t used; /* more than |size|: it does not fit */
};

static void pack_members(struct pack *pack, const struct ocpp_type *type, const char *from, char *to);

static char *take(struct pack *pack, size_t size, size_t alignment)
{
    const size_t start = (pack->used + alignment - 1) / alignment * alignment;

    pack->used = start + size;
    return pack->used <= pack->size ? pack->room + start : NULL;
}

static void pack_text(struct pack *pack, const char *from, char *to)
{
    const char *text = ocpp_member_text(from);
    const size_t size = text != NULL ? strlen(text) + 1 : 0;
    char *copy = text != NULL ? take(pack, size, 1) : NULL;

    if (copy != NULL && to != NULL) {
        memcpy(copy, text, size);
        memcpy(to, &copy, sizeof copy);
    }
}

static void pack_value(struct pack *pack, const struct ocpp_member *member, const char *from, char *to)
{
    switch ((enum ocpp_member_kind)member->kind) {
    case OCPP_MEMBER_STRUCT:
        pack_members(pack, member->detail, from, to);
        break;
    case OCPP_MEMBER_STRING:
    case OCPP_MEMBER_CISTRING:
    case OCPP_MEMBER_ANY:
    case OCPP_MEMBER_CUSTOM:
        pack_text(pack, from, to);
        break;
    case OCPP_MEMBER_BOOLEAN:
    case OCPP_MEMBER_INTEGER:
    case OCPP_MEMBER_NUMBER:
    case OCPP_MEMBER_DATE_TIME:
    case OCPP_MEMBER_ENUM:
        break;
    }
}

static void pack_list(struct pack *pack, const struct ocpp_member *member, const char *base, char *to)
{
    struct ocpp_list list = ocpp_member_list(member, base);
    const size_t size = ocpp_member_item_size(member);
    const char *items = list.items;
    char *copies = items != NULL ? take(pack, list.count * size, _Alignof(union unit)) : NULL;

    if (copies != NULL && to != NULL) {
        memcpy(copies, items, list.count * size);
        list.items = copies;
        memcpy(to, &list, sizeof list);
    }
    for (size_t i = 0; items != NULL && i < list.count; i++) {
        pack_value(pack, member, items + i * size, copies != NULL ? copies + i * size : NULL);
    }
}

static char *pack_struct(struct pack *pack, const struct ocpp_type *type, const char *from)
{
    char *to = take(pack, type->size, _Alignof(union unit));

    if (to != NULL) {
        memcpy(to, from, type->size);
    }
    pack_members(pack, type, from, to);
    return to;
}

static void pack_pointed(struct pack *pack, const struct ocpp_member *member, const char *base, char *to)
{
    const char *from = ocpp_member_value(member, base);
    const char *copy = from != NULL ? pack_struct(pack, member->detail, from) : NULL;

    if (copy != NULL && to != NULL) {
        memcpy(to, &copy, sizeof copy);
    }
}

/* |to|: a bitwise copy of |from|. */
static void pack_members(struct pack *pack, const struct ocpp_type *type, const char *from, char *to)
{
    for (size_t i = 0; i < type->count; i++) {
        const struct ocpp_member *member = &type->members[i];
        char *value = to != NULL ? to + member->offset : NULL;

        if (member->has_distance != 0 && !ocpp_member_present(member, from)) {
            if (value != NULL) {
                memset(value, 0, ocpp_member_item_size(member));
            }
        } else if (member->flags & OCPP_MEMBER_LIST) {
            pack_list(pack, member, from, value);
        } else if (member->kind == OCPP_MEMBER_STRUCT && !(member->flags & OCPP_MEMBER_REQUIRED)) {
            pack_pointed(pack, member, from, value);
        } else {
            pack_value(pack, member, from + member->offset, value);
        }
    }
}

enum ocpp_status ocpp_message_pack(const struct ocpp_type *type, const void *message, void *room, size_t size, size_t *needed)
{
    struct pack pack = { .room = room, .size = room != NULL ? size : 0 };

    (void)pack_struct(&pack, type, message);
    *needed = pack.used;
    return pack.used <= pack.size ? OCPP_OK : OCPP_ERR_LIMIT;
}
