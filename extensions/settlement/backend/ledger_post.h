/* ledger_post.h: postings within a command: one entry in the journal and the balances of its accounts, in the command's write. */
#ifndef SETTLEMENT_LEDGER_POST_H
#define SETTLEMENT_LEDGER_POST_H

#include "command.h"
#include "postings.h"

/* ledger_post: notes |posting|. What makes no sense (an amount below 0, a balance beyond OCPP_SETTLE_MOST_MINOR) sticks as an
 * error of the command, and nothing is written. An amount of 0 notes nothing. */
void ledger_post(struct command *command, const struct posting *posting);

/* ledger_post_bill: notes what |bill| says more or less than |before| (NULL: the first one) for the order of |posting|. */
void ledger_post_bill(struct command *command, const struct posting *posting, const struct ocpp_settle_bill *bill,
                      const struct ocpp_settle_bill *before);

/* ledger_balance: credits minus debits of an account as this command sees it, its own postings included; 0: nothing was ever
 * posted (or an error stuck). */
int64_t ledger_balance(struct command *command, const char *currency, enum account_kind kind, const char *subject);

#endif
