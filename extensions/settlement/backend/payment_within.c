/* payment_within.c: the providers of the backend itself. The wallet's money is here already, and what it holds is taken out
 * of it; what a postpaid account may owe is known: so nothing that comes after a hold can fail. */
#include "account.h"
#include "payment_providers.h"

static bool wants_money(enum row_operation_kind kind)
{
    return kind == ROW_OPERATION_KIND_AUTHORIZE || kind == ROW_OPERATION_KIND_INCREMENT;
}

void payment_wallet(struct command *command, const struct payment *payment, struct ocpp_settle_payment_answer *answer)
{
    const struct row_operation *operation = payment->operation;

    answer->result = OCPP_SETTLE_PAYMENT_OK;
    answer->amount_minor = operation->amount_minor;
    answer->currency = payment->leg->currency;
    if (wants_money(operation->kind)) {
        const char *account = account_find(command, payment->leg->payer);
        const int64_t there = account ? account_wallet_minor(command, account, payment->leg->currency) : 0;

        if (operation->amount_minor > there) {
            answer->result = OCPP_SETTLE_PAYMENT_DECLINED;
            answer->reason = "there is not enough in the wallet";
        }
    }
}

void payment_postpaid(struct command *command, const struct payment *payment, struct ocpp_settle_payment_answer *answer)
{
    const struct row_operation *operation = payment->operation;

    answer->result = OCPP_SETTLE_PAYMENT_OK;
    answer->amount_minor = operation->amount_minor;
    answer->currency = payment->leg->currency;
    if (wants_money(operation->kind)) {
        const char *account = account_of(command, payment->leg->payer);
        const struct account_credit credit =
            account ? account_credit(command, account, payment->leg->currency) : (struct account_credit){ 0 };

        if (operation->amount_minor > credit.limit_minor - credit.owed_minor - credit.held_minor) {
            answer->result = OCPP_SETTLE_PAYMENT_DECLINED;
            answer->reason = "the account may not owe more";
        }
    }
}

void payment_by_hand(struct command *command, const struct payment *payment, struct ocpp_settle_payment_answer *answer)
{
    (void)command;
    answer->result = OCPP_SETTLE_PAYMENT_OK;
    answer->amount_minor = payment->operation->amount_minor;
    answer->currency = payment->leg->currency;
}
