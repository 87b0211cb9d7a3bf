/* accounts.h: money of payers that is kept within the backend: wallets (provider "wallet"), and what accounts owe by statement
 * (provider "postpaid"). An account has the name that ocpp_settle_payer.account, or the token ("TYPE:ID"), gives it; books and
 * journals know it by a pseudonym. One account may have a wallet, and a debt, in several currencies.
 *
 * Commands end as ocpp_settle_done says. Errors of all of them: OCPP_ERR_ARGUMENT a text that is empty or too long, a currency
 * nobody knows, an amount below 1 or beyond OCPP_SETTLE_MOST_MINOR; OCPP_ERR_NOMEM; of the store.
 */
#ifndef OCPP_SETTLEMENT_ACCOUNTS_H
#define OCPP_SETTLEMENT_ACCOUNTS_H

#include <ocpp/settlement/backend.h>

OCPP_BEGIN_DECLARATIONS

/* ocpp_settle_wallet_change: money that comes into a wallet or leaves it. Texts are borrowed for the call. */
struct ocpp_settle_wallet_change {
    const char *account; /* at most 300 characters */
    const char *currency;
    int64_t amount_minor;
    const char
        *through;    /* who took or pays the money: an account of the ledger is named so. At most 40 letters, digits, '-', '_' */
    const char *key; /* at most 80 characters: the same key is the same change, done once and answered again (I5) */
};

/* ocpp_settle_wallet_top_up: the user has put money in. ocpp_settle_wallet_pay_out: the user gets money back; no overdraft:
 * NoMoney. Both refuse SameIdOtherBody where |key| was another change. Told to |done|: the id of the change. */
OCPP_API enum ocpp_status ocpp_settle_wallet_top_up(struct ocpp_settle *settle, const struct ocpp_settle_wallet_change *change,
                                                    const struct ocpp_settle_done *done, struct ocpp_now now);
OCPP_API enum ocpp_status ocpp_settle_wallet_pay_out(struct ocpp_settle *settle, const struct ocpp_settle_wallet_change *change,
                                                     const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_credit_limit: what |account| may owe from now on, holds counted; |limit_minor| is 0 or more. What it owes already
 * stays. Without a limit of its own an account has that of the policy. */
OCPP_API enum ocpp_status ocpp_settle_credit_limit(struct ocpp_settle *settle, const char *account, const char *currency,
                                                   int64_t limit_minor, const struct ocpp_settle_done *done, struct ocpp_now now);

/* ocpp_settle_payer_balance: of one account in one currency; all 0 for an account nobody has used (but for the limit). */
struct ocpp_settle_payer_balance {
    int64_t wallet_minor; /* that can be spent: what is held is not there any more */
    int64_t owed_minor;   /* by statement */
    int64_t held_minor;   /* promised, and not owed yet */
    int64_t limit_minor;  /* of what is owed and held */
};
OCPP_API enum ocpp_status ocpp_settle_payer_balance(struct ocpp_settle *settle, const char *account, const char *currency,
                                                    struct ocpp_settle_payer_balance *balance);

enum ocpp_settle_payer_side { OCPP_SETTLE_WALLET, OCPP_SETTLE_POSTPAID };

/* ocpp_settle_payer_movement: a line of a statement. Texts live for the call. Events are those of docs/ledger.md: "top-up",
 * "hold", "capture" … Holds of a postpaid account are not listed: they are not owed. */
struct ocpp_settle_payer_movement {
    int64_t number; /* from 1 on, without gaps */
    int64_t utc_ms;
    const char *event;
    int64_t amount_minor;  /* of the event */
    int64_t balance_minor; /* in the wallet afterwards, or owed afterwards */
    const char *order;     /* NULL: none */
    const char *key;       /* of a change; NULL: none */
};

/* ocpp_settle_payer_movements: shows the movements of |account| from number |from| on, oldest first, until |visit| returns
 * false. |visit| may not call back. Memory does not grow with their number. */
OCPP_API enum ocpp_status ocpp_settle_payer_movements(
    struct ocpp_settle *settle, const char *account, const char *currency, enum ocpp_settle_payer_side side, int64_t from,
    bool (*visit)(const struct ocpp_settle_payer_movement *movement, void *user), void *user);

OCPP_END_DECLARATIONS

#endif
