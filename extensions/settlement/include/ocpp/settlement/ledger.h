/* ledger.h: looking at the books of the settlement backend: accounts, their balances, their statements, and whether the journal
 * adds up to them. Reads a store and nothing else, so a program beside the backend may use it. Which accounts there are and what
 * is posted to them: docs/ledger.md.
 *
 * Balances are credits minus debits: what is owed to somebody is above 0, what somebody owes is below. Errors of every function:
 * OCPP_ERR_ARGUMENT a name that no operator, currency or account has; OCPP_ERR_CORRUPT a record that cannot be read;
 * OCPP_ERR_NOMEM, OCPP_ERR_LIMIT; of the store.
 */
#ifndef OCPP_SETTLEMENT_LEDGER_H
#define OCPP_SETTLEMENT_LEDGER_H

#include <ocpp/settlement/store.h>

OCPP_BEGIN_DECLARATIONS

/* ocpp_settle_account: borrowed for the visit. */
struct ocpp_settle_account {
    const char *currency;
    const char *name; /* "wallet:USER" */
    int64_t balance_minor;
    int64_t entries; /* lines of postings that moved it */
};

/* ocpp_settle_accounts: shows the accounts of |operator_id|, by currency and name, whose name begins with |prefix| ("hold:";
 * NULL: all), until |visit| returns false. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_accounts(const struct ocpp_settle_store *store, const char *operator_id,
                                                             const char *prefix,
                                                             bool (*visit)(const struct ocpp_settle_account *account, void *user),
                                                             void *user);

/* ocpp_settle_account_balance: 0 where nothing was ever posted. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_account_balance(const struct ocpp_settle_store *store,
                                                                    const char *operator_id, const char *currency,
                                                                    const char *account, int64_t *balance_minor);

/* ocpp_settle_trial_balance: of one currency: the sum of the balances below 0 and that of those above. In sound books the two
 * differ in their sign only. Errors: OCPP_ERR_RANGE a sum does not fit in 64 bits. */
struct ocpp_settle_trial_balance {
    int64_t debit_minor; /* 0 or more */
    int64_t credit_minor;
    int64_t accounts;
};

OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_trial_balance(const struct ocpp_settle_store *store, const char *operator_id,
                                                                  const char *currency,
                                                                  struct ocpp_settle_trial_balance *balance);

/* ocpp_settle_statement_line: one posting to an account. Borrowed for the visit; texts may be NULL where nothing is known. */
struct ocpp_settle_statement_line {
    int64_t number; /* of the entry in the journal */
    int64_t utc_ms;
    const char *event;
    const char *order;
    const char *leg;
    const char *reason;
    int64_t minor; /* credit, or minus the debit */
};

/* ocpp_settle_statement: shows what was posted to |account|, from entry |from| of the journal on (1: all of it), in order, until
 * |visit| returns false. Reads the journal: to go on later, remember how far it was read. Memory comes from |allocator| (NULL:
 * malloc). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_statement(
    const struct ocpp_settle_store *store, const struct ocpp_allocator *allocator, const char *operator_id, const char *currency,
    const char *account, int64_t from, bool (*visit)(const struct ocpp_settle_statement_line *line, void *user), void *user);

/* ocpp_settle_books: what adding up the journal says of the balances of all operators. */
struct ocpp_settle_books {
    int64_t postings;
    int64_t accounts;
    int64_t wrong; /* accounts whose balance is another, or that have none, or that were never moved */
    /* the first posting whose debits are not its credits, or that cannot be read; 0: none. Nothing behind it was added up */
    int64_t unbalanced;
    char account[OCPP_SETTLE_KEY_SIZE]; /* one that is wrong, as "OPERATOR/CURRENCY/ACCOUNT"; "" */
};

/* ocpp_settle_books_check: adds up the journal and compares it with every balance. Takes memory in proportion to the number of
 * accounts, at most |limit_bytes| (0: 64 MiB), from |allocator| (NULL: malloc). OCPP_OK: see |books|. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_books_check(const struct ocpp_settle_store *store,
                                                                const struct ocpp_allocator *allocator, size_t limit_bytes,
                                                                struct ocpp_settle_books *books);

OCPP_END_DECLARATIONS

#endif
