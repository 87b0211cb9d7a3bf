/* ledger_post.c: lines become an entry of the journal and the balances beside it. */
#include "ledger_post.h"

static const char *operator_of(const struct command *command)
{
    return command_settle(command)->settings.operator_id;
}

static void add_to_balance(struct command *command, const char *currency, const char *account, int64_t minor)
{
    const char *key = command_key(command, "balance", currency, account, NULL);
    const struct row_balance *before = key != NULL ? command_read(command, key, &row_balance_type) : NULL;
    struct row_balance after = { .minor = 0 };

    if (command_failed(command)) {
        return;
    }
    if (before != NULL) {
        after = *before;
    }
    command_fail(command, ocpp_settle_amount_add(after.minor, minor, &after.minor));
    after.entries++;
    command_put(command, key, &row_balance_type, &after);
}

static void note(struct command *command, const struct posting *posting, const struct posting_lines *lines)
{
    struct row_posting record;

    if (lines == NULL || lines->count == 0) {
        return;
    }
    command_fail(command,
                 posting_record(posting, lines, command_id(command), operator_of(command), command_arena(command), &record));
    if (command_failed(command)) {
        return;
    }
    command_journal(command, "post", &row_posting_type, &record);
    for (size_t i = 0; i < lines->count; i++) {
        add_to_balance(command, posting->currency, lines->items[i].account, lines->items[i].minor);
    }
}

void ledger_post(struct command *command, const struct posting *posting)
{
    struct posting_lines *lines = ocpp_arena_take(command_arena(command), sizeof *lines);

    command_fail(command, lines == NULL ? OCPP_ERR_NOMEM : posting_make(posting, operator_of(command), lines));
    if (!command_failed(command)) {
        note(command, posting, lines);
    }
}

void ledger_post_bill(struct command *command, const struct posting *posting, const struct ocpp_settle_bill *bill,
                      const struct ocpp_settle_bill *before)
{
    struct posting_lines *lines = ocpp_arena_take(command_arena(command), sizeof *lines);

    command_fail(command, lines == NULL ? OCPP_ERR_NOMEM : posting_make_bill(posting, bill, before, operator_of(command), lines));
    if (!command_failed(command)) {
        note(command, posting, lines);
    }
}

int64_t ledger_balance(struct command *command, const char *currency, enum account_kind kind, const char *subject)
{
    char account[ACCOUNT_SIZE];
    const enum ocpp_status status = account_name(kind, subject, account);

    command_fail(command, status);
    const char *key = command_failed(command) ? NULL : command_key(command, "balance", currency, account, NULL);
    const struct row_balance *balance = key != NULL ? command_read(command, key, &row_balance_type) : NULL;
    return balance != NULL ? balance->minor : 0;
}
