/* walk_target.c: see walk_target.h. */
#include "walk_target.h"

#include <stdlib.h>
#include <string.h>

struct fuzz_payload fuzz_payload_of(enum ocpp_version version, const uint8_t *data, size_t size)
{
    struct fuzz_payload payload = { .type = NULL };
    const struct ocpp_protocol *protocol = ocpp_protocol_of(version);
    if (protocol == NULL || size < 2)
        return payload;
    const struct ocpp_action *action = &protocol->actions[data[0] % protocol->count];
    payload.type = data[1] % 2 == 0 ? action->request : action->response;
    payload.text = (const char *)data + 2;
    payload.size = size - 2;
    return payload;
}

enum ocpp_version fuzz_version(uint8_t byte)
{
    return (enum ocpp_version)(OCPP_VERSION_NONE + 1 + byte % (OCPP_VERSION_COUNT - 1));
}

void fuzz_demand(bool holds)
{
    if (!holds)
        abort();
}

/* However little room there is, a printed line stays in it. */
static void demand_printed(const struct ocpp_type *type, const void *message, size_t room)
{
    char *line = malloc(room);
    if (line == NULL)
        return;
    const size_t length = ocpp_message_print(type, message, line, room);
    fuzz_demand(length < room && strlen(line) == length);
    free(line);
}

/* A copy in one piece fits where it says it does, and in nothing smaller. */
static void demand_packed(const struct ocpp_type *type, const void *message)
{
    size_t needed = 0;
    fuzz_demand(ocpp_message_pack(type, message, NULL, 0, &needed) == OCPP_ERR_LIMIT);
    void *room = malloc(needed);
    if (room == NULL)
        return;
    size_t says = 0;
    fuzz_demand(ocpp_message_pack(type, message, room, needed - 1, &says) == OCPP_ERR_LIMIT && says == needed);
    fuzz_demand(ocpp_message_pack(type, message, room, needed, &says) == OCPP_OK && says == needed);
    fuzz_demand(ocpp_message_equal(type, message, room));
    free(room);
}

static void demand_accepted(const struct ocpp_type *type, const void *message, struct ocpp_arena *arena)
{
    const void *copy;
    fuzz_demand(ocpp_message_validate(type, message, NULL) == OCPP_OK);
    fuzz_demand(ocpp_message_copy(type, message, arena, &copy) == OCPP_OK);
    fuzz_demand(ocpp_message_equal(type, message, copy));
    demand_packed(type, message);
    demand_printed(type, message, 1);
    demand_printed(type, message, 100);
    demand_printed(type, message, 100000);
}

int fuzz_decode(enum ocpp_version version, const uint8_t *data, size_t size)
{
    const struct fuzz_payload payload = fuzz_payload_of(version, data, size);
    if (payload.type == NULL)
        return 0;
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 16 << 20);
    struct ocpp_issue issue = { .status = OCPP_OK };
    const void *message = NULL;
    const enum ocpp_status status =
        ocpp_message_decode(payload.type, payload.text, payload.size, NULL, NULL, arena, &message, &issue);
    if (status == OCPP_OK)
        demand_accepted(payload.type, message, arena);
    else
        fuzz_demand(message == NULL && issue.status == status && strlen(issue.path) < sizeof issue.path);
    ocpp_arena_free(arena);
    return 0;
}
