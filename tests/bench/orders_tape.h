/* orders_tape.h: a settlement store that writes down what it is told to make durable, and bare SQLite that does the same again:
 * rows and entries of the same sizes under the same keys in the same transactions, and nothing else.
 */
#ifndef ORDERS_TAPE_H
#define ORDERS_TAPE_H

#include <ocpp/settlement/store.h>

struct tape;
struct floor;

/* tape_totals: since the tape was made. |bytes| are those of keys, values and entries. */
struct tape_totals {
    uint64_t rows;
    uint64_t entries;
    uint64_t bytes;
    uint64_t commits; /* that had something in them */
};

/* tape_new: over |store|, which outlives it. tape_store: what a backend writes to. */
struct tape *tape_new(struct ocpp_settle_store *store);
struct ocpp_settle_store tape_store(struct tape *tape);
struct tape_totals tape_totals(const struct tape *tape);
void tape_free(struct tape *tape);

/* floor_open: the file at |path|, as the adapter's is: for one handle, WAL, synchronous=FULL. floor_play: does what was written
 * down since it was played last. */
struct floor *floor_open(const char *path);
void floor_play(struct floor *floor, struct tape *tape);
void floor_close(struct floor *floor);

#endif
