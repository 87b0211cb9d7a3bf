/* open_transactions.h: which token charges where right now, so that a second start with it can be answered ConcurrentTx.
 * Thread-safe. What is recorded for good stands in the store; this is its shadow in memory, bounded: what does not fit is not
 * found.
 */
#ifndef CSMS_OPEN_TRANSACTIONS_H
#define CSMS_OPEN_TRANSACTIONS_H

#include <ocpp/central_system.h>

enum { OPEN_TRANSACTIONS_MAX = 200000 };

struct open_transactions;

struct open_transactions *open_transactions_new(void);
void open_transactions_free(struct open_transactions *open);

/* open_transactions_note: |transaction| was recorded anew; it is kept while it runs. */
void open_transactions_note(struct open_transactions *open, const struct ocpp_transaction *transaction);

/* open_transactions_note_change: the same, for whoever notes one station after the other and keeps |noted| for each, zeroed at
 * first: most of what is recorded, meter readings, changes nothing here, and takes no lock. */
enum { OPEN_NOTED = 4 };

struct open_noted {
    uint64_t prints[OPEN_NOTED]; /* of what was noted last, by EVSE */
};

void open_transactions_note_change(struct open_transactions *open, struct open_noted *noted,
                                   const struct ocpp_transaction *transaction);

/* open_transactions_elsewhere: whether |token| charges at another station or EVSE than this one. */
bool open_transactions_elsewhere(struct open_transactions *open, const struct ocpp_token *token, const char *identity, int evse);

size_t open_transactions_count(struct open_transactions *open);

#endif
