/* account.h: accounts of payers: a pseudonym for each, what moved on it, what it may owe. The books know pseudonyms only. */
#ifndef SETTLEMENT_ACCOUNT_H
#define SETTLEMENT_ACCOUNT_H

#include "command.h"

/* What is listed of an account. */
#define ACCOUNT_OF_WALLET "wallet" /* what the wallet holds */
#define ACCOUNT_OF_DEBT   "owed"   /* what the postpaid account owes */

/* account_find: the pseudonym of |payer|; NULL: it has none yet (or an error stuck). account_of: likewise; one that has none gets
 * it. */
const char *account_find(struct command *command, const char *payer);
const char *account_of(struct command *command, const char *payer);

/* account_postpaid_subject: what the books call what |account| owes by statement: the subject of accounts of a provider. NULL
 * after an error. */
const char *account_postpaid_subject(struct command *command, const char *account);

/* account_wallet_minor: what is in the wallet and not held. */
int64_t account_wallet_minor(struct command *command, const char *account, const char *currency);

/* account_credit: of a postpaid account. */
struct account_credit {
    int64_t limit_minor;
    int64_t owed_minor; /* taken */
    int64_t held_minor; /* promised */
};
struct account_credit account_credit(struct command *command, const char *account, const char *currency);

/* account_moved: notes what happened to |what| of |account|. */
struct account_movement {
    const char *what;
    const char *account;
    const char *currency;
    const char *event;
    int64_t amount_minor;
    int64_t balance_minor;
    const char *order;
    const char *leg;
    const char *key;
};
void account_moved(struct command *command, const struct account_movement *movement);

/* account_digest: SHA-256 of |text| in hexadecimal, in the arena; NULL after an error. */
const char *account_digest(struct command *command, const char *text);

#endif
