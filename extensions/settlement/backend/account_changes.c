/* account_changes.c: what people and programs do to accounts: put money in, take it out, say what may be owed. */
#include "account.h"
#include "ledger_post.h"

#include <ocpp/settlement/accounts.h>
#include <ocpp/settlement/money.h>

#include <string.h>

enum { LONGEST_NAME = 300, LONGEST_THROUGH = 40, LONGEST_KEY = 80 };

static bool is_text(const char *text, size_t most)
{
    size_t count = 0;

    if (!text || !*text) {
        return false;
    }
    for (; *text; text++) {
        count += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return count <= most;
}

static bool is_word(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

    return is_text(text, LONGEST_THROUGH) && text[strspn(text, letters)] == '\0';
}

/* --- into and out of a wallet -------------------------------------------------------------------------------------------- */

struct change {
    const struct ocpp_settle_wallet_change *wanted;
    enum posting_event event;
};

static void post(struct command *command, const struct change *change, const char *account)
{
    const struct ocpp_settle_wallet_change *wanted = change->wanted;

    ledger_post(command, &(struct posting){ .event = change->event,
                                            .currency = wanted->currency,
                                            .amount_minor = wanted->amount_minor,
                                            .provider = wanted->through,
                                            .wallet = account });
    account_moved(command, &(struct account_movement){ .what = ACCOUNT_OF_WALLET,
                                                       .account = account,
                                                       .currency = wanted->currency,
                                                       .event = posting_rules[change->event].name,
                                                       .amount_minor = wanted->amount_minor,
                                                       .balance_minor = account_wallet_minor(command, account, wanted->currency),
                                                       .key = wanted->key });
}

/* I5. True: it was done before; what was answered then is answered again, or it was another change. */
static bool was_done(struct command *command, const struct change *change, const char *key)
{
    const struct row_account_change *before = command_read(command, key, &row_account_change_type);

    if (!before) {
        return command_failed(command);
    }
    if (strcmp(before->event, posting_rules[change->event].name) != 0 ||
        strcmp(before->currency, change->wanted->currency) != 0 || before->amount_minor != change->wanted->amount_minor ||
        strcmp(before->through, change->wanted->through) != 0) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_SAME_ID_OTHER_BODY, "this key was another change");
        return true;
    }
    command_result(command, before->id);
    return true;
}

static void change_wallet(struct command *command, void *args)
{
    const struct change *change = args;
    const struct ocpp_settle_wallet_change *wanted = change->wanted;
    const char *account = account_of(command, wanted->account);
    const char *digest = account ? account_digest(command, wanted->key) : NULL;
    const char *key = digest ? command_key(command, "change", account, digest, NULL) : NULL;

    if (!key || was_done(command, change, key)) {
        return;
    }
    if (change->event == POSTING_PAY_OUT && account_wallet_minor(command, account, wanted->currency) < wanted->amount_minor) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_NO_MONEY, "there is not enough in the wallet");
        return;
    }
    const struct row_account_change row = { .id = command_id(command),
                                            .event = posting_rules[change->event].name,
                                            .currency = wanted->currency,
                                            .amount_minor = wanted->amount_minor,
                                            .through = wanted->through };
    command_put(command, key, &row_account_change_type, &row);
    post(command, change, account);
    command_result(command, row.id);
}

static enum ocpp_status change_money(struct ocpp_settle *settle, const char *name, const struct change *change,
                                     const struct ocpp_settle_done *done, struct ocpp_now now)
{
    const struct ocpp_settle_wallet_change *wanted = change->wanted;
    struct change args = *change;

    if (!is_text(wanted->account, LONGEST_NAME) || !wanted->currency || !ocpp_settle_currency_of(wanted->currency) ||
        !is_word(wanted->through) || !is_text(wanted->key, LONGEST_KEY) || wanted->amount_minor < 1 ||
        wanted->amount_minor > OCPP_SETTLE_MOST_MINOR) {
        return OCPP_ERR_ARGUMENT;
    }
    backend_enter(settle, now);
    return command_run(settle, name, change_wallet, &args, done);
}

enum ocpp_status ocpp_settle_wallet_top_up(struct ocpp_settle *settle, const struct ocpp_settle_wallet_change *change,
                                           const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return change_money(settle, "top up", &(struct change){ change, POSTING_TOP_UP }, done, now);
}

enum ocpp_status ocpp_settle_wallet_pay_out(struct ocpp_settle *settle, const struct ocpp_settle_wallet_change *change,
                                            const struct ocpp_settle_done *done, struct ocpp_now now)
{
    return change_money(settle, "pay out", &(struct change){ change, POSTING_PAY_OUT }, done, now);
}

/* --- what may be owed ---------------------------------------------------------------------------------------------------- */

struct limit {
    const char *account;
    const char *currency;
    int64_t minor;
};

static void set_limit(struct command *command, void *args)
{
    const struct limit *limit = args;
    const char *account = account_of(command, limit->account);
    const struct row_credit_limit row = { .limit_minor = limit->minor };

    if (account) {
        command_put(command, command_key(command, "limit", account, limit->currency, NULL), &row_credit_limit_type, &row);
        command_result(command, account);
    }
}

enum ocpp_status ocpp_settle_credit_limit(struct ocpp_settle *settle, const char *account, const char *currency,
                                          int64_t limit_minor, const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct limit args = { account, currency, limit_minor };

    if (!is_text(account, LONGEST_NAME) || !currency || !ocpp_settle_currency_of(currency) || limit_minor < 0 ||
        limit_minor > OCPP_SETTLE_MOST_MINOR) {
        return OCPP_ERR_ARGUMENT;
    }
    backend_enter(settle, now);
    return command_run(settle, "credit limit", set_limit, &args, done);
}
