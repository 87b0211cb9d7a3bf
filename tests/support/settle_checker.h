/* settle_checker.h: one checker that reads a settlement store and says which invariant of the design does not hold, and where. It
 * knows nothing of how the backend works: it adds up the journal itself and compares records with one another.
 *
 *     struct settle_checker *checker = settle_checker_new(store, &keys.contract);
 *     … after each step: assert_null(settle_checker_run(checker)) …
 *     … at the end: assert_null(settle_checker_run_in_full(checker)) …
 *
 * Run it when what was accepted is durable (after flush): effects that still wait have not moved what they will move.
 * Link ocpp_settle_checker beside ocpp_settlement_backend.
 */
#ifndef SETTLE_CHECKER_H
#define SETTLE_CHECKER_H

#include <ocpp/settlement/store.h>

struct settle_checker;

/* settle_checker_new: |store| and |keys| are copied, what they point to is borrowed for life. Aborts without memory. */
struct settle_checker *settle_checker_new(const struct ocpp_settle_store *store, const struct ocpp_settle_keys *keys);
void settle_checker_free(struct settle_checker *checker);

/* settle_checker_run: looks at what was added to the journal since the last run, and at the rows that have another version than
 * then. NULL: every invariant holds as far as that shows; otherwise which one does not, and why: "I3: leg L: …". The text lives
 * until the next run. Once broken, always broken. */
const char *settle_checker_run(struct settle_checker *checker);

/* settle_checker_run_in_full: looks at the whole journal and at every row. */
const char *settle_checker_run_in_full(struct settle_checker *checker);

/* settle_checker_run_at_rest: likewise, where everything has ended: orders, rentals, payments, messages, entries; and no money is
 * on its way (I14). */
const char *settle_checker_run_at_rest(struct settle_checker *checker);

/* settle_checker_refused: what happened since the last run was refused (I6): nothing was changed but what a refusal may note.
 * Then runs. */
const char *settle_checker_refused(struct settle_checker *checker);

/* settle_checker_believe_rentals: from now on a test writes rentals, and the orders they are on, by hand: what they wait for, and
 * who finds them, is not asked. */
void settle_checker_believe_rentals(struct settle_checker *checker);

#endif
