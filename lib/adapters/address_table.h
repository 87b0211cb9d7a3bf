/* address_table.h: what is remembered of the addresses that knock: a table of fixed size in which whoever was not heard of for
 * longest makes room. It locks nothing.
 */
#ifndef OCPP_ADDRESS_TABLE_H
#define OCPP_ADDRESS_TABLE_H

#include "peer_address.h"
#include "rate.h"

#define ADDRESS_NONE UINT32_MAX

/* ocpp_address_entry: one address. As long as something is open, its place is not given to another. */
struct ocpp_address_entry {
    struct ocpp_peer_address host;
    struct ocpp_rate_gate connections;
    struct ocpp_rate_gate failures;
    uint32_t open;
    uint32_t next;         /* in its bucket */
    uint32_t newer, older; /* in the order of use */
};

struct ocpp_address_table {
    struct ocpp_address_entry *entries;
    uint32_t *buckets;
    uint32_t capacity;
    uint32_t count; /* places that were ever used; none is given back, only given on */
    uint32_t newest, oldest;
    uint64_t seed;
    uint64_t evicted;
};

/* ocpp_address_table_start: for |capacity| addresses; |seed| is entropy, so that nobody can choose addresses that meet. False: no
 * memory. */
bool ocpp_address_table_start(struct ocpp_address_table *table, uint32_t capacity, uint64_t seed);
void ocpp_address_table_stop(struct ocpp_address_table *table);

/* ocpp_address_table_place: the place of |host|, which is the newest then. ADDRESS_NONE: all places are held by others. */
uint32_t ocpp_address_table_place(struct ocpp_address_table *table, const struct ocpp_peer_address *host);

#endif
