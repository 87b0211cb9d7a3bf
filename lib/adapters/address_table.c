/* address_table.c: a hash table over a fixed array, and the order of use threaded through it. */
#include "address_table.h"

#include <stdlib.h>
#include <string.h>

/* How many places are looked at for one that may be given away. */
enum { EVICTION_STEPS = 32 };

bool ocpp_address_table_start(struct ocpp_address_table *table, uint32_t capacity, uint64_t seed)
{
    *table = (struct ocpp_address_table){ .capacity = capacity, .newest = ADDRESS_NONE, .oldest = ADDRESS_NONE, .seed = seed };
    table->entries = calloc(capacity, sizeof table->entries[0]);
    table->buckets = malloc(capacity * sizeof table->buckets[0]);
    if (table->entries == NULL || table->buckets == NULL) {
        ocpp_address_table_stop(table);
        return false;
    }
    memset(table->buckets, 0xff, capacity * sizeof table->buckets[0]);
    return true;
}

void ocpp_address_table_stop(struct ocpp_address_table *table)
{
    free(table->entries);
    free(table->buckets);
    *table = (struct ocpp_address_table){ 0 };
}

static uint32_t *bucket_of(struct ocpp_address_table *table, const struct ocpp_peer_address *host)
{
    uint64_t hash = table->seed;
    for (size_t i = 0; i < sizeof host->bytes; i++) {
        hash = (hash ^ host->bytes[i]) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 29;
    }
    return &table->buckets[hash % table->capacity];
}

/* --- the order of use -------------------------------------------------------------------------------------------- */

static void take_out(struct ocpp_address_table *table, uint32_t place)
{
    const struct ocpp_address_entry *entry = &table->entries[place];
    if (entry->newer != ADDRESS_NONE)
        table->entries[entry->newer].older = entry->older;
    else
        table->newest = entry->older;
    if (entry->older != ADDRESS_NONE)
        table->entries[entry->older].newer = entry->newer;
    else
        table->oldest = entry->newer;
}

static void put_first(struct ocpp_address_table *table, uint32_t place)
{
    struct ocpp_address_entry *entry = &table->entries[place];
    entry->newer = ADDRESS_NONE;
    entry->older = table->newest;
    if (table->newest != ADDRESS_NONE)
        table->entries[table->newest].newer = place;
    else
        table->oldest = place;
    table->newest = place;
}

/* --- places ------------------------------------------------------------------------------------------------------ */

static void forget(struct ocpp_address_table *table, uint32_t place)
{
    uint32_t *link = bucket_of(table, &table->entries[place].host);
    while (*link != place)
        link = &table->entries[*link].next;
    *link = table->entries[place].next;
    take_out(table, place);
    table->evicted++;
}

static uint32_t free_place(struct ocpp_address_table *table)
{
    if (table->count < table->capacity)
        return table->count++;
    for (int steps = 0; steps < EVICTION_STEPS; steps++) {
        const uint32_t place = table->oldest;
        if (table->entries[place].open == 0) {
            forget(table, place);
            return place;
        }
        take_out(table, place); /* held: out of the way of the next search */
        put_first(table, place);
    }
    return ADDRESS_NONE;
}

uint32_t ocpp_address_table_place(struct ocpp_address_table *table, const struct ocpp_peer_address *host)
{
    uint32_t place = *bucket_of(table, host);
    while (place != ADDRESS_NONE && memcmp(&table->entries[place].host, host, sizeof *host) != 0)
        place = table->entries[place].next;
    if (place != ADDRESS_NONE) {
        take_out(table, place);
        put_first(table, place);
        return place;
    }
    place = free_place(table);
    if (place == ADDRESS_NONE)
        return place;
    uint32_t *bucket = bucket_of(table, host);
    table->entries[place] = (struct ocpp_address_entry){ .host = *host, .next = *bucket };
    *bucket = place;
    put_first(table, place);
    return place;
}
