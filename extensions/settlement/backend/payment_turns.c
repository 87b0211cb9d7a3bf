/* payment_turns.c: whose turn it is on a leg. Operations wait for one another, and what one is about is settled when its turn
 * comes. */
#include "payment_steps.h"
#include "timers.h"

int64_t payment_held_now(const struct row_leg *leg)
{
    return leg->held_minor - leg->captured_minor - leg->released_minor;
}

void payment_leg_moves(struct command *command, struct row_leg *leg, enum row_leg_state next, const char *reason)
{
    if (leg->state != next) {
        command_state(command, "leg", leg->id, ocpp_enum_name(&row_leg_state_enum, (int)leg->state),
                      ocpp_enum_name(&row_leg_state_enum, (int)next), reason);
        leg->state = next;
    }
}

/* --- turns --------------------------------------------------------------------------------------------------------------- */

/* What it is about may have changed while it waited. False: there is nothing it could be about. */
static bool settle_amount(struct row_operation *operation, const struct row_leg *leg, uint32_t capabilities)
{
    const int64_t held = payment_held_now(leg);

    if (operation->kind == ROW_OPERATION_KIND_VOID) {
        operation->amount_minor = held;
        return true;
    }
    if (operation->kind == ROW_OPERATION_KIND_REFUND) {
        return operation->amount_minor <= leg->captured_minor - leg->refunded_minor;
    }
    if (operation->kind == ROW_OPERATION_KIND_CAPTURE &&
        (operation->amount_minor > held || !(capabilities & OCPP_SETTLE_CAN_CAPTURE_LESS))) {
        operation->amount_minor = held;
    }
    return operation->amount_minor > 0;
}

static bool can(enum row_operation_kind kind, uint32_t capabilities)
{
    static const uint32_t needs[] = {
        [ROW_OPERATION_KIND_INCREMENT] = OCPP_SETTLE_CAN_INCREMENT,
        [ROW_OPERATION_KIND_VOID] = OCPP_SETTLE_CAN_VOID,
        [ROW_OPERATION_KIND_REFUND] = OCPP_SETTLE_CAN_REFUND,
    };
    const uint32_t need = (size_t)kind < sizeof needs / sizeof *needs ? needs[kind] : 0;

    return (capabilities & need) == need;
}

/* Nobody needs to be asked: it is told by its timer, with the next round of them. */
static void decide(struct command *command, struct payment *payment, enum row_operation_result result, const char *reason)
{
    payment->operation->state = ROW_OPERATION_STATE_PREPARED;
    payment->operation->result = result;
    payment->operation->reason = reason;
    command_timer(command, TIMER_PAYMENT_RETRY, payment->operation->id, command_utc_ms(command));
    payment_save(command, payment);
}

/* A hold that cannot be let go ends by itself. */
static void decide_of_incapable(struct command *command, struct payment *payment)
{
    if (payment->operation->kind == ROW_OPERATION_KIND_VOID) {
        decide(command, payment, ROW_OPERATION_RESULT_OK, "the hold ends by itself");
    } else {
        decide(command, payment, ROW_OPERATION_RESULT_UNSUPPORTED, "the provider cannot do that");
    }
}

static void take_turn(struct command *command, struct payment *payment)
{
    struct row_leg *leg = payment->leg;
    struct row_operation *operation = payment->operation;
    struct payment_provider provider;
    const bool is_known = payment_provider_of(command_settle(command), leg->provider, &provider);
    const uint32_t capabilities = is_known ? provider.face.capabilities : 0;
    const struct leg_step step = leg_step(leg->state, leg_event_begin(operation->kind));

    if (step.act == LEG_NOTHING) {
        operation->amount_minor = 0;
        decide(command, payment, ROW_OPERATION_RESULT_OK, NULL);
        return;
    }
    if (step.act == LEG_REFUSE || !settle_amount(operation, leg, capabilities)) {
        decide(command, payment, ROW_OPERATION_RESULT_DECLINED, "the payment it is for is not in a state for it");
        return;
    }
    payment_leg_moves(command, leg, step.next, NULL);
    leg->operation = operation->id;
    if (is_known && !can(operation->kind, capabilities)) {
        decide_of_incapable(command, payment);
        return;
    }
    payment_happened(command, payment, OPERATION_TURN, NULL);
}

void payment_take_turns(struct command *command, struct row_leg *leg)
{
    while (!leg->operation && leg->waiting.count > 0 && !command_failed(command)) {
        const char *id = leg->waiting.items[0];
        struct payment payment = { .leg = leg };

        payment.operation = command_edit(command, command_key(command, "operation", id, NULL), &row_operation_type);
        leg->waiting.items++;
        leg->waiting.count--;
        if (leg->waiting.count == 0) {
            leg->waiting.items = NULL;
        }
        if (!payment.operation) {
            command_fail(command, OCPP_ERR_CORRUPT);
            return;
        }
        take_turn(command, &payment);
    }
}
