/* account.c: the rows of accounts. */
#include "account.h"
#include "ledger_post.h"
#include "payment_providers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *account_digest(struct command *command, const char *text)
{
    const struct ocpp_settle_bytes piece = { text, strlen(text) };

    return command_digest(command, &piece, 1);
}

static const char *account_key(struct command *command, const char *payer)
{
    const char *digest = account_digest(command, payer);

    return digest ? command_key(command, "account", digest, NULL) : NULL;
}

const char *account_find(struct command *command, const char *payer)
{
    const char *key = account_key(command, payer);
    const struct row_account *account = key ? command_read(command, key, &row_account_type) : NULL;

    return account ? account->id : NULL;
}

const char *account_of(struct command *command, const char *payer)
{
    const char *found = account_find(command, payer);
    const char *id = found || command_failed(command) ? NULL : command_id(command);
    const struct row_account account = { .id = id, .payer = payer, .created_at = command_utc_ms(command) };

    if (!id) {
        return found;
    }
    command_put(command, account_key(command, payer), &row_account_type, &account);
    return command_failed(command) ? NULL : id;
}

const char *account_postpaid_subject(struct command *command, const char *account)
{
    char text[sizeof PROVIDER_POSTPAID + OCPP_SETTLE_ID_SIZE];
    const int size = snprintf(text, sizeof text, "%s:%s", PROVIDER_POSTPAID, account);
    const char *kept = size > 0 ? ocpp_arena_text(command_arena(command), text, (size_t)size) : NULL;

    command_fail(command, kept ? OCPP_OK : OCPP_ERR_NOMEM);
    return kept;
}

int64_t account_wallet_minor(struct command *command, const char *account, const char *currency)
{
    return ledger_balance(command, currency, ACCOUNT_WALLET, account);
}

struct account_credit account_credit(struct command *command, const char *account, const char *currency)
{
    const struct row_credit_limit *limit =
        command_read(command, command_key(command, "limit", account, currency, NULL), &row_credit_limit_type);
    struct account_credit credit = { .limit_minor = command_policy(command)->postpaid_limit_minor };
    const char *subject = account_postpaid_subject(command, account);

    if (limit) {
        credit.limit_minor = limit->limit_minor;
    }
    if (subject) {
        credit.owed_minor = -ledger_balance(command, currency, ACCOUNT_CLEARING, subject);
        credit.held_minor = -ledger_balance(command, currency, ACCOUNT_AUTHORIZED, subject);
    }
    return credit;
}

void account_moved(struct command *command, const struct account_movement *movement)
{
    const char *count_key = command_key(command, "movements", movement->what, movement->account, movement->currency, NULL);
    const struct row_movements *before = command_read(command, count_key, &row_movements_type);
    const struct row_movements after = { .count = (before ? before->count : 0) + 1 };
    const struct row_movement row = {
        .number = after.count,
        .at = command_utc_ms(command),
        .event = movement->event,
        .amount_minor = movement->amount_minor,
        .balance_minor = movement->balance_minor,
        .order = movement->order,
        .leg = movement->leg,
        .key = movement->key,
    };
    char number[20];

    (void)snprintf(number, sizeof number, "%012" PRId64, after.count);
    command_put(command, count_key, &row_movements_type, &after);
    command_put(command, command_key(command, "movement", movement->what, movement->account, movement->currency, number, NULL),
                &row_movement_type, &row);
}
