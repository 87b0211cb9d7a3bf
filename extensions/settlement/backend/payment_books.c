/* payment_books.c: what an outcome moves in the ledger, by rows of the table in postings.c, and what statements of accounts list.
 */
#include "payment_books.h"
#include "account.h"
#include "ledger_post.h"
#include "payment_providers.h"

#include <string.h>

static bool is_of(const struct row_leg *leg, const char *provider)
{
    return strcmp(leg->provider, provider) == 0;
}

static void list_movement(struct command *command, const struct posting *posting, const char *account, bool is_wallet)
{
    struct account_movement movement = {
        .what = is_wallet ? ACCOUNT_OF_WALLET : ACCOUNT_OF_DEBT,
        .account = account,
        .currency = posting->currency,
        .event = posting_rules[posting->event].name,
        .amount_minor = posting->amount_minor,
        .order = posting->order,
        .leg = posting->leg,
    };

    if (is_wallet) {
        movement.balance_minor = account_wallet_minor(command, account, posting->currency);
    } else if (posting->event == POSTING_HOLD || posting->event == POSTING_RELEASE) {
        return; /* a statement is about what is owed */
    } else {
        movement.balance_minor = account_credit(command, account, posting->currency).owed_minor;
    }
    account_moved(command, &movement);
}

/* Money of a wallet moves between accounts of its user; what a postpaid account owes is kept apart from that of all others. */
static void post(struct command *command, const struct payment *payment, enum posting_event event, int64_t amount_minor,
                 int64_t rest_minor)
{
    const struct row_leg *leg = payment->leg;
    const bool is_wallet = is_of(leg, PROVIDER_WALLET);
    const bool is_within = is_wallet || is_of(leg, PROVIDER_POSTPAID);
    const char *account = is_within && amount_minor + rest_minor > 0 ? account_of(command, leg->payer) : NULL;
    const struct posting posting = {
        .event = event,
        .currency = leg->currency,
        .amount_minor = amount_minor,
        .rest_minor = rest_minor,
        .order = leg->order,
        .leg = leg->id,
        .provider = account && !is_wallet ? account_postpaid_subject(command, account) : leg->provider,
        .wallet = is_wallet ? account : NULL,
    };

    if (amount_minor + rest_minor == 0 || command_failed(command)) {
        return;
    }
    ledger_post(command, &posting);
    if (account) {
        list_movement(command, &posting, account, is_wallet);
    }
}

/* While the order has no bill, what is taken for it is kept apart. */
static bool is_billed(struct command *command, const struct row_leg *leg)
{
    const struct row_order *order = command_read(command, command_key(command, "order", leg->order, NULL), &row_order_type);

    return order && order->bills > 0;
}

void payment_books_hold(struct command *command, const struct payment *payment, int64_t amount_minor)
{
    post(command, payment, POSTING_HOLD, amount_minor, 0);
}

void payment_books_capture(struct command *command, const struct payment *payment, int64_t amount_minor, int64_t rest_minor)
{
    post(command, payment, is_billed(command, payment->leg) ? POSTING_CAPTURE : POSTING_CAPTURE_EARLY, amount_minor, rest_minor);
}

void payment_books_release(struct command *command, const struct payment *payment, int64_t amount_minor)
{
    post(command, payment, POSTING_RELEASE, amount_minor, 0);
}

void payment_books_refund(struct command *command, const struct payment *payment, int64_t amount_minor)
{
    post(command, payment, is_billed(command, payment->leg) ? POSTING_REFUND : POSTING_RETURN_DEPOSIT, amount_minor, 0);
}
