/* account_views.c: what can be seen of accounts: balances and statements. Nothing is changed here. */
#include "account.h"

#include <ocpp/settlement/accounts.h>
#include <ocpp/settlement/money.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- balances ------------------------------------------------------------------------------------------------------------ */

struct balance_view {
    const char *account;
    const char *currency;
    struct ocpp_settle_payer_balance balance;
};

static void look_at_balance(struct command *command, void *args)
{
    struct balance_view *view = args;
    const char *account = account_find(command, view->account);

    view->balance = (struct ocpp_settle_payer_balance){ .limit_minor = command_policy(command)->postpaid_limit_minor };
    if (account) {
        const struct account_credit credit = account_credit(command, account, view->currency);

        view->balance = (struct ocpp_settle_payer_balance){
            .wallet_minor = account_wallet_minor(command, account, view->currency),
            .owed_minor = credit.owed_minor,
            .held_minor = credit.held_minor,
            .limit_minor = credit.limit_minor,
        };
    }
}

enum ocpp_status ocpp_settle_payer_balance(struct ocpp_settle *settle, const char *account, const char *currency,
                                           struct ocpp_settle_payer_balance *balance)
{
    struct balance_view view = { .account = account, .currency = currency };

    if (!account || !*account || !currency || !ocpp_settle_currency_of(currency)) {
        return OCPP_ERR_ARGUMENT;
    }
    const enum ocpp_status status = command_run(settle, "balance", look_at_balance, &view, NULL);
    if (status == OCPP_OK) {
        *balance = view.balance;
    }
    return status;
}

/* --- statements ---------------------------------------------------------------------------------------------------------- */

/* So many rows are looked at with the memory of one command. */
enum { MOVEMENTS_AT_ONCE = 64 };

struct statement {
    const char *account;
    const char *currency;
    const char *what;
    int64_t next; /* the number to go on with */
    int shown;    /* of this round */
    bool goes_on;
    bool (*visit)(const struct ocpp_settle_payer_movement *movement, void *user);
    void *user;
};

static bool show(struct statement *statement, const struct row_movement *row)
{
    const struct ocpp_settle_payer_movement movement = {
        .number = row->number,
        .utc_ms = row->at,
        .event = row->event,
        .amount_minor = row->amount_minor,
        .balance_minor = row->balance_minor,
        .order = row->order,
        .key = row->key,
    };

    statement->shown++;
    statement->next = row->number + 1;
    return statement->visit(&movement, statement->user);
}

/* Numbers have no gaps, so each row is known by its key. */
static void show_some(struct command *command, void *args)
{
    struct statement *statement = args;
    const char *account = account_find(command, statement->account);

    statement->shown = 0;
    statement->goes_on = account != NULL;
    while (statement->goes_on && statement->shown < MOVEMENTS_AT_ONCE) {
        char number[24];

        (void)snprintf(number, sizeof number, "%012" PRId64, statement->next);
        const struct row_movement *row =
            command_read(command, command_key(command, "movement", statement->what, account, statement->currency, number, NULL),
                         &row_movement_type);
        statement->goes_on = row && show(statement, row);
    }
}

enum ocpp_status ocpp_settle_payer_movements(struct ocpp_settle *settle, const char *account, const char *currency,
                                             enum ocpp_settle_payer_side side, int64_t from,
                                             bool (*visit)(const struct ocpp_settle_payer_movement *movement, void *user),
                                             void *user)
{
    struct statement statement = {
        .account = account,
        .currency = currency,
        .what = side == OCPP_SETTLE_WALLET ? ACCOUNT_OF_WALLET : ACCOUNT_OF_DEBT,
        .next = from < 1 ? 1 : from,
        .goes_on = true,
        .visit = visit,
        .user = user,
    };
    enum ocpp_status status = OCPP_OK;

    if (!account || !*account || !currency || !ocpp_settle_currency_of(currency)) {
        return OCPP_ERR_ARGUMENT;
    }
    while (status == OCPP_OK && statement.goes_on) {
        status = command_run(settle, "statement", show_some, &statement, NULL);
    }
    return status;
}
