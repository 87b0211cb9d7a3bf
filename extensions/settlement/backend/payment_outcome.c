/* payment_outcome.c: the end of an operation: what becomes of its leg, of the books, of the hold's timer, and who is told. */
#include "orders.h"
#include "payment_books.h"
#include "payment_steps.h"
#include "timers.h"

#include <string.h>

/* --- how long a hold lasts ----------------------------------------------------------------------------------------------- */

/* It is renewed so long before it ends as the policy says, or at the half of what is left of it where that is past (A1). */
static void watch_hold(struct command *command, struct row_leg *leg, const struct ocpp_settle_payment_answer *said)
{
    struct payment_provider provider;
    const int64_t now = command_utc_ms(command);
    const bool is_known = payment_provider_of(command_settle(command), leg->provider, &provider);

    if (said && said->expires_utc_ms != OCPP_NEVER && said->expires_utc_ms > now) {
        leg->has_expires_at = true;
        leg->expires_at = said->expires_utc_ms;
    } else if (!leg->has_expires_at && is_known && provider.face.hold_lasts_ms != OCPP_NEVER) {
        leg->has_expires_at = true;
        leg->expires_at = now + provider.face.hold_lasts_ms;
    }
    if (leg->has_expires_at) {
        const int64_t wished = leg->expires_at - 1000 * command_policy(command)->hold_renew_before_s;
        const int64_t half = now + (leg->expires_at - now) / 2;

        command_timer(command, TIMER_HOLD_RENEW, leg->id, wished > now ? wished : half);
    }
}

/* --- what happened to the money ------------------------------------------------------------------------------------------ */

static void let_go(struct command *command, struct payment *payment)
{
    const int64_t rest = payment_held_now(payment->leg);

    payment_books_release(command, payment, rest);
    payment->leg->released_minor += rest;
}

static void take(struct command *command, struct payment *payment)
{
    const int64_t amount = payment->operation->amount_minor;
    const int64_t rest = payment_held_now(payment->leg) - amount;

    payment_books_capture(command, payment, amount, rest);
    payment->leg->captured_minor += amount;
    payment->leg->released_minor += rest;
}

/* In front of all that waits: what could not be taken must not be tried again. */
static void let_go_later(struct command *command, struct payment *payment)
{
    (void)payment_note_operation(
        command, payment->leg,
        &(struct payment_wish){ ROW_OPERATION_KIND_VOID, 0, PURPOSE_TIDY, payment->operation->subject, true });
}

static void move_money(struct command *command, struct payment *payment, enum leg_act act,
                       const struct ocpp_settle_payment_answer *said)
{
    struct row_leg *leg = payment->leg;
    const int64_t amount = payment->operation->amount_minor;

    if (act == LEG_HOLD) {
        payment_books_hold(command, payment, amount);
        leg->held_minor += amount;
        watch_hold(command, leg, said);
    } else if (act == LEG_TAKE) {
        take(command, payment);
    } else if (act == LEG_LET_GO) {
        let_go(command, payment);
    } else if (act == LEG_LET_GO_LATER) {
        let_go_later(command, payment);
    } else if (act == LEG_GIVE_BACK) {
        payment_books_refund(command, payment, amount);
        leg->refunded_minor += amount;
    }
    if (act == LEG_TAKE || act == LEG_LET_GO) {
        command_timer_stop(command, TIMER_HOLD_RENEW, leg->id);
    }
}

/* --- a leg that cannot grow ---------------------------------------------------------------------------------------------- */

static struct row_order *order_of(struct command *command, const struct payment *payment)
{
    struct row_order *order =
        command_edit(command, command_key(command, "order", payment->operation->order, NULL), &row_order_type);

    command_fail(command, order ? OCPP_OK : OCPP_ERR_CORRUPT);
    return order;
}

/* The provider found out only now: another authorisation takes its place, and whoever waits goes on waiting. False: the order has
 * no room for one. */
static bool authorise_instead(struct command *command, const struct payment *payment)
{
    const struct row_operation *operation = payment->operation;
    struct row_order *order = order_of(command, payment);

    if (!order || !order_has_room(command, order)) {
        return false;
    }
    const char *leg = payment_new_leg(command, payment->leg,
                                      &(struct payment_wish){ ROW_OPERATION_KIND_AUTHORIZE, operation->amount_minor,
                                                              operation->purpose, operation->subject, false });

    if (leg) {
        order_note_leg(command, order, leg);
        order_put(command, order);
    }
    return true;
}

/* --- the end ------------------------------------------------------------------------------------------------------------- */

static void close_operation(struct command *command, struct row_operation *operation, enum row_operation_result result,
                            const struct ocpp_settle_payment_answer *said)
{
    operation->state = ROW_OPERATION_STATE_DONE;
    operation->result = result;
    operation->has_done_at = true;
    operation->done_at = command_utc_ms(command);
    operation->action_url = NULL;
    if (said && said->reason && !operation->reason) {
        operation->reason = said->reason;
    }
    command_timer_stop(command, TIMER_PAYMENT_QUERY, operation->id);
    command_timer_stop(command, TIMER_PAYMENT_RETRY, operation->id);
}

static void close_on_leg(struct command *command, struct payment *payment, const struct ocpp_settle_payment_answer *said)
{
    struct row_leg *leg = payment->leg;
    const bool is_ok = payment->operation->result == ROW_OPERATION_RESULT_OK;
    const struct leg_step step = leg_step(leg->state, leg_event_end(payment->operation->kind, is_ok));

    if (step.act == LEG_REFUSE) { /* the rows contradict each other */
        command_fail(command, OCPP_ERR_CORRUPT);
        return;
    }
    leg->operation = NULL;
    if (is_ok && said && said->reference && !leg->reference) {
        leg->reference = said->reference;
    }
    if (!is_ok) {
        leg->reason = payment->operation->reason;
    }
    payment_leg_moves(command, leg, step.next, leg->reason);
    move_money(command, payment, step.act, said);
}

void payment_end(struct command *command, struct payment *payment, enum row_operation_result result,
                 const struct ocpp_settle_payment_answer *said)
{
    struct row_operation *operation = payment->operation;
    const bool works_on_leg = payment->leg->operation && strcmp(payment->leg->operation, operation->id) == 0;

    close_operation(command, operation, result, said);
    if (works_on_leg) {
        close_on_leg(command, payment, said);
    }
    payment_take_turns(command, payment->leg);
    payment_save(command, payment);
    if (command_failed(command)) {
        return;
    }
    if (operation->kind == ROW_OPERATION_KIND_INCREMENT && result == ROW_OPERATION_RESULT_UNSUPPORTED &&
        authorise_instead(command, payment)) {
        return;
    }
    payment_tell(command, operation, payment->leg);
}
