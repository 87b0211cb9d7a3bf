/* row_births.h: which rows can not be there. An id this process has made stood in no key before, so a row with it in its key is
 * one that was written since; and what was written since with such an id is noted. Most rows an order asks for and does not find
 * need not be looked for in the store then.
 *
 * Both are remembered in two generations: when the younger is full the older is forgotten. What was forgotten is asked of the
 * store: nothing here fails. Only over a store that belongs to this process (see row_cache.h).
 */
#ifndef SETTLEMENT_ROW_BIRTHS_H
#define SETTLEMENT_ROW_BIRTHS_H

#include "backend_internal.h"
#include "row_key.h"

struct row_births;

/* row_births_new: for as many rows as are cached; NULL: nothing is remembered (also without memory). All others take NULL. */
struct row_births *row_births_new(struct ocpp_settle *settle);
void row_births_free(struct row_births *births, struct ocpp_settle *settle);

/* row_births_note: a row of |key| is about to be inserted. |is_new|: whether an id in it (ROW_ID bytes, need not be terminated)
 * was made now. */
void row_births_note(struct row_births *births, const struct row_key *key, bool (*is_new)(const char *id, const void *user),
                     const void *user);

/* row_births_rule_out: there is no row of |key|; if |key| ends with '/', none whose key begins with it. */
bool row_births_rule_out(const struct row_births *births, const struct row_key *key);

/* row_births_forget: everything. */
void row_births_forget(struct row_births *births);

#endif
