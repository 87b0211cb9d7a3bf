/* payment_steps.c: what happens to an operation: its turn, its timers, what is doubted. */
#include "payment_steps.h"
#include "house.h"
#include "timers.h"
#include "visit.h"

#include <string.h>

enum { LONGEST_WAIT_S = 3600 };

/* Before the |n|-th repetition, counted from 0: the policy's time, doubling up to an hour. */
static int64_t at_after(const struct command *command, int64_t n)
{
    const int64_t first_s = command_policy(command)->payment_query_s;
    int64_t wait_s = first_s < 1 ? 1 : first_s;

    for (int64_t i = 0; i < n && wait_s < LONGEST_WAIT_S; i++) {
        wait_s *= 2;
    }
    return command_utc_ms(command) + 1000 * (wait_s < LONGEST_WAIT_S ? wait_s : LONGEST_WAIT_S);
}

bool payment_load(struct command *command, const char *operation, struct payment *payment)
{
    payment->leg = NULL;
    payment->operation = command_edit(command, command_key(command, "operation", operation, NULL), &row_operation_type);
    if (payment->operation) {
        payment->leg = command_edit(command, command_key(command, "leg", payment->operation->leg, NULL), &row_leg_type);
    }
    if (payment->operation && !payment->leg) {
        command_fail(command, OCPP_ERR_CORRUPT);
    }
    return payment->leg != NULL;
}

void payment_save(struct command *command, const struct payment *payment)
{
    command_put(command, command_key(command, "operation", payment->operation->id, NULL), &row_operation_type,
                payment->operation);
    command_put(command, command_key(command, "leg", payment->leg->id, NULL), &row_leg_type, payment->leg);
}

/* --- acts ---------------------------------------------------------------------------------------------------------------- */

static void tell_operator(struct command *command, const struct row_operation *operation, const char *state, const char *text)
{
    command_tell(command, OCPP_SETTLE_EVENT_PAYMENT, operation->id, NULL, state, text);
}

static void ignore(struct command *command, struct payment *payment, const struct ocpp_settle_payment_answer *said)
{
    (void)command;
    (void)payment;
    (void)said;
}

static void begin(struct command *command, struct payment *payment, const struct ocpp_settle_payment_answer *said)
{
    struct row_operation *operation = payment->operation;

    (void)said;
    operation->attempts++;
    operation->result = ROW_OPERATION_RESULT_UNSET;
    command_timer_stop(command, TIMER_PAYMENT_RETRY, operation->id);
    command_timer(command, TIMER_PAYMENT_QUERY, operation->id, at_after(command, operation->queries));
    payment_save(command, payment);
    payment_ask(command, payment, false);
}

static void query(struct command *command, struct payment *payment, const struct ocpp_settle_payment_answer *said)
{
    struct row_operation *operation = payment->operation;

    (void)said;
    operation->queries++;
    command_timer(command, TIMER_PAYMENT_QUERY, operation->id, at_after(command, operation->queries));
    payment_save(command, payment);
    payment_ask(command, payment, true);
    if (operation->queries == PAYMENT_TELL_AFTER_QUERIES) {
        tell_operator(command, operation, "Unknown", "an outcome has not come for long: ask the provider");
    }
}

static void later(struct command *command, struct payment *payment, const struct ocpp_settle_payment_answer *said)
{
    struct row_operation *operation = payment->operation;

    (void)said;
    operation->result = ROW_OPERATION_RESULT_UNSET;
    command_timer_stop(command, TIMER_PAYMENT_QUERY, operation->id);
    command_timer(command, TIMER_PAYMENT_RETRY, operation->id, at_after(command, operation->attempts - 1));
    payment_save(command, payment);
}

/* Who pays a statement looks at it, and not at its payments. */
static void tell_tenant(struct command *command, const struct row_operation *operation)
{
    const struct row_order *order = command_read(command, command_key(command, "order", operation->order, NULL), &row_order_type);

    if (order && order->statement) {
        house_statement_told(command, order, "ActionRequired");
    }
}

/* The payer is told once where to act. */
static void take_action_url(struct command *command, struct row_operation *operation,
                            const struct ocpp_settle_payment_answer *said)
{
    const bool acts = said && said->result == OCPP_SETTLE_PAYMENT_ACTION_REQUIRED && said->action_url;

    if (acts && (!operation->action_url || strcmp(operation->action_url, said->action_url) != 0)) {
        operation->action_url = said->action_url;
        tell_operator(command, operation, "ActionRequired", said->action_url);
        tell_tenant(command, operation);
    }
    if (said && said->result == OCPP_SETTLE_PAYMENT_PENDING) {
        operation->result = ROW_OPERATION_RESULT_PENDING;
    }
    if (said && said->result == OCPP_SETTLE_PAYMENT_ACTION_REQUIRED) {
        operation->result = ROW_OPERATION_RESULT_ACTION_REQUIRED;
    }
}

/* An answer that decides nothing does not put off the next question. */
static void watch(struct command *command, struct payment *payment, const struct ocpp_settle_payment_answer *said)
{
    struct row_operation *operation = payment->operation;

    if (payment->was == ROW_OPERATION_STATE_PREPARED) {
        command_timer_stop(command, TIMER_PAYMENT_RETRY, operation->id);
        command_timer(command, TIMER_PAYMENT_QUERY, operation->id, at_after(command, operation->queries));
    }
    take_action_url(command, operation, said);
    if (said && said->reference && !payment->leg->reference) {
        payment->leg->reference = said->reference;
    }
    payment_save(command, payment);
}

static void doubt(struct command *command, struct payment *payment, const struct ocpp_settle_payment_answer *said)
{
    struct row_operation *operation = payment->operation;

    operation->wrong_answers++;
    payment_note(command, operation, "not believed", said, NULL);
    if (operation->wrong_answers == PAYMENT_TELL_AFTER_WRONG) {
        tell_operator(command, operation, "Wrong", "the provider keeps telling what was not asked: ask it");
    }
    watch(command, payment, NULL);
}

static void note(struct command *command, struct payment *payment, const struct ocpp_settle_payment_answer *said)
{
    struct row_operation *operation = payment->operation;

    if (!operation->is_contradicted) {
        operation->is_contradicted = true;
        payment_note(command, operation, "contradicted", said, NULL);
        tell_operator(command, operation, "Contradicted", "the provider told another outcome before: ask it");
        payment_save(command, payment);
    }
}

static enum row_operation_result result_of(enum operation_event event)
{
    if (event == OPERATION_OK) {
        return ROW_OPERATION_RESULT_OK;
    }
    return event == OPERATION_UNSUPPORTED ? ROW_OPERATION_RESULT_UNSUPPORTED : ROW_OPERATION_RESULT_DECLINED;
}

/* Done says the same once more: that is no contradiction. */
static bool says_nothing_new(const struct row_operation *operation, enum operation_event event)
{
    return operation->state == ROW_OPERATION_STATE_DONE && event != OPERATION_WRONG && operation->result == result_of(event);
}

/* Without the provider; it is only to be told. */
static bool is_decided(const struct row_operation *operation)
{
    return operation->state == ROW_OPERATION_STATE_PREPARED && operation->result != ROW_OPERATION_RESULT_UNSET;
}

void payment_happened(struct command *command, struct payment *payment, enum operation_event event,
                      const struct ocpp_settle_payment_answer *said)
{
    static void (*const acts[])(struct command *, struct payment *, const struct ocpp_settle_payment_answer *) = {
        [OPERATION_IGNORE] = ignore, [OPERATION_BEGIN] = begin, [OPERATION_QUERY] = query, [OPERATION_LATER] = later,
        [OPERATION_WATCH] = watch,   [OPERATION_DOUBT] = doubt, [OPERATION_NOTE] = note,
    };
    const struct operation_step step = operation_step(payment->operation->state, event);

    if (says_nothing_new(payment->operation, event)) {
        return;
    }
    if (is_decided(payment->operation)) { /* nobody was asked */
        note(command, payment, said);
        return;
    }
    payment->was = payment->operation->state;
    payment->operation->state = step.next;
    if (step.act == OPERATION_END) {
        payment_end(command, payment, result_of(event), said);
        return;
    }
    acts[step.act](command, payment, said);
}

void payment_not_left(struct command *command, struct payment *payment)
{
    struct row_operation *operation = payment->operation;
    const bool is_asked = operation->state == ROW_OPERATION_STATE_SENT || operation->state == ROW_OPERATION_STATE_UNKNOWN;

    if (is_asked && operation->not_left < operation->attempts) {
        operation->not_left++;
        if (strcmp(operation->purpose, PURPOSE_GUIDED) == 0) {
            visit_provider_away(command, operation->order);
        }
        payment_happened(command, payment, operation->not_left == operation->attempts ? OPERATION_NOT_LEFT : OPERATION_UNKNOWN,
                         NULL);
    }
}

/* --- timers -------------------------------------------------------------------------------------------------------------- */

void payment_query_due(struct command *command, void *operation_id)
{
    struct payment payment;

    if (payment_load(command, operation_id, &payment)) {
        payment_happened(command, &payment, OPERATION_QUERY_DUE, NULL);
    }
}

/* Somebody waits behind it to let go what it was to hold. */
static bool is_unwanted(struct command *command, const struct row_leg *leg)
{
    for (size_t i = 0; i < leg->waiting.count; i++) {
        const struct row_operation *next =
            command_read(command, command_key(command, "operation", leg->waiting.items[i], NULL), &row_operation_type);

        if (next && next->kind == ROW_OPERATION_KIND_VOID) {
            return true;
        }
    }
    return false;
}

static bool is_hopeless(struct command *command, const struct payment *payment)
{
    const struct row_operation *operation = payment->operation;
    const bool asks_for_money =
        operation->kind == ROW_OPERATION_KIND_AUTHORIZE || operation->kind == ROW_OPERATION_KIND_INCREMENT;

    return asks_for_money && operation->not_left >= operation->attempts &&
           (operation->attempts >= command_policy(command)->payment_attempts || is_unwanted(command, payment->leg));
}

void payment_retry_due(struct command *command, void *operation_id)
{
    struct payment payment;

    if (!payment_load(command, operation_id, &payment)) {
        return;
    }
    if (payment.operation->state != ROW_OPERATION_STATE_PREPARED) { /* it had left after all */
        payment_happened(command, &payment, OPERATION_QUERY_DUE, NULL);
    } else if (is_decided(payment.operation)) {
        payment_end(command, &payment, payment.operation->result, NULL);
    } else if (is_hopeless(command, &payment)) {
        payment.operation->reason = "the provider cannot be reached";
        payment_happened(command, &payment, OPERATION_GIVEN_UP, NULL);
    } else {
        payment_happened(command, &payment, OPERATION_RETRY_DUE, NULL);
    }
}
