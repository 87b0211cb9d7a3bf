/* row_cache.h: rows as they were last read or written, decoded, so that the next command need not ask the store. Only over a
 * store that counts its changes: what somebody else did, or what was lost, shows there, and everything is read anew.
 *
 * A record that was found lives until the next command is committed, or until the next one begins. What does not fit is not kept:
 * nothing here fails.
 */
#ifndef SETTLEMENT_ROW_CACHE_H
#define SETTLEMENT_ROW_CACHE_H

#include "backend_internal.h"
#include "row_key.h"

#include <ocpp/message.h>

struct row_cache;
struct row_room;

struct kept_row {
    int64_t version;
    const struct ocpp_type *type; /* of |record| */
    const void *record;
};

/* row_cache_new: as many as the settings say; NULL: none is kept (also without memory). All others take NULL. */
struct row_cache *row_cache_new(struct ocpp_settle *settle);
void row_cache_free(struct row_cache *cache);

/* row_cache_begin: a command begins: forgets everything if the store is not as this backend left it. */
void row_cache_begin(struct row_cache *cache);

/* row_cache_write: a write is about to be given to the store. row_cache_drop: it was not taken; forgets everything. */
void row_cache_write(struct row_cache *cache);
void row_cache_drop(struct row_cache *cache);

bool row_cache_find(struct row_cache *cache, const struct row_key *key, struct kept_row *row);

/* row_cache_room: a copy of |record| for |key| that may be kept later; NULL: there is none. row_cache_record: that copy.
 * row_cache_keep: it is the row of |key| from now on, in its |version|; row_cache_give_back: it is not, after all. */
struct row_room *row_cache_room(struct row_cache *cache, const struct row_key *key, const struct ocpp_type *type,
                                const void *record);
const void *row_cache_record(const struct row_room *room);
void row_cache_keep(struct row_cache *cache, struct row_room *room, int64_t version);
void row_cache_give_back(struct row_cache *cache, struct row_room *room);

/* row_cache_forget: nothing is known of the row of |key|. */
void row_cache_forget(struct row_cache *cache, const struct row_key *key);

/* row_cache_births: what is known of rows that are not there (row_births.h). */
struct row_births *row_cache_births(const struct row_cache *cache);

#endif
