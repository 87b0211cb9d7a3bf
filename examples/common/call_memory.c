/* call_memory.c: see call_memory.h. A table of buckets of a few places each, as a processor's cache is made. */
#include "call_memory.h"

#include <stdlib.h>
#include <string.h>

enum { BUCKETS = 2048, PLACES = 8 };

struct remembered {
    const struct ocpp_action *action; /* NULL: free */
    uint64_t since;
    char id[OCPP_MESSAGE_ID_SIZE];
};

struct call_memory {
    uint64_t puts;
    struct remembered places[BUCKETS][PLACES];
};

struct call_memory *call_memory_new(void)
{
    return calloc(1, sizeof(struct call_memory));
}

void call_memory_free(struct call_memory *memory)
{
    free(memory);
}

/* FNV-1a. */
static size_t bucket_of(const char *id)
{
    uint32_t hash = 2166136261u;
    for (; *id != '\0'; id++)
        hash = (hash ^ (unsigned char)*id) * 16777619u;
    return (hash ^ hash >> 16) % BUCKETS;
}

static size_t find(const struct remembered *places, const char *id)
{
    size_t at = 0;
    while (at < PLACES && (places[at].action == NULL || strcmp(places[at].id, id) != 0))
        at++;
    return at;
}

/* A free place has never been taken and is the oldest of all. */
static size_t oldest(const struct remembered *places)
{
    size_t found = 0;
    for (size_t i = 1; i < PLACES; i++) {
        if (places[i].since < places[found].since)
            found = i;
    }
    return found;
}

void call_memory_put(struct call_memory *memory, const char *id, const struct ocpp_action *action)
{
    const size_t size = strlen(id) + 1;
    if (size > OCPP_MESSAGE_ID_SIZE)
        return;
    struct remembered *places = memory->places[bucket_of(id)];
    const size_t known = find(places, id);
    struct remembered *place = &places[known < PLACES ? known : oldest(places)];
    place->action = action;
    place->since = ++memory->puts;
    memcpy(place->id, id, size);
}

const struct ocpp_action *call_memory_get(const struct call_memory *memory, const char *id)
{
    const struct remembered *places = memory->places[bucket_of(id)];
    const size_t known = find(places, id);
    return known < PLACES ? places[known].action : NULL;
}
