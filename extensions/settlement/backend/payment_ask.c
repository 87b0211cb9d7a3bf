/* payment_ask.c: asking providers, once it is durable that they are asked: those outside by their callbacks, those of the backend
 * by a command of their own. */
#include "payment_steps.h"

#include <stdio.h>
#include <string.h>

/* ask: what the effect needs, texts and all: rows are gone by then. A character has up to four bytes. */
struct ask {
    bool is_query;
    enum ocpp_settle_payment_kind kind;
    int64_t amount_minor;
    int exponent;
    char operation[OCPP_SETTLE_ID_SIZE];
    char order[OCPP_SETTLE_ID_SIZE];
    char leg[OCPP_SETTLE_ID_SIZE];
    char currency[4];
    char provider[4 * 40 + 1];
    char payer[4 * 300 + 1];
    char reference[4 * 200 + 1];
};

static enum ocpp_settle_payment_kind kind_of(enum row_operation_kind kind)
{
    return (enum ocpp_settle_payment_kind)((int)kind - (int)ROW_OPERATION_KIND_AUTHORIZE + (int)OCPP_SETTLE_AUTHORIZE);
}

static void could_not_leave(struct command *command, void *operation)
{
    struct payment payment;

    if (payment_load(command, operation, &payment)) {
        payment_not_left(command, &payment);
    }
}

static void act_within(struct command *command, void *operation)
{
    struct ocpp_settle_payment_answer answer = { .expires_utc_ms = OCPP_NEVER };
    struct payment_provider provider;
    struct payment payment;

    if (!payment_load(command, operation, &payment) || payment.operation->state == ROW_OPERATION_STATE_DONE ||
        !payment_provider_of(command_settle(command), payment.leg->provider, &provider)) {
        return;
    }
    provider.local(command, &payment, &answer);
    if (!command_failed(command)) {
        (void)payment_heard(command, &payment, &answer);
    }
}

/* A command that cannot be written leaves the operation Sent: its timer asks what became of it. */
static void run(struct ocpp_settle *settle, const char *name, command_body *body, const char *operation)
{
    char id[OCPP_SETTLE_ID_SIZE];

    (void)snprintf(id, sizeof id, "%s", operation);
    (void)command_run(settle, name, body, id, NULL);
}

static struct ocpp_settle_payment_request request_of(const struct ocpp_settle *settle, const struct ask *wanted)
{
    return (struct ocpp_settle_payment_request){
        .operation = wanted->operation,
        .kind = wanted->kind,
        .operator_id = settle->settings.operator_id,
        .order = wanted->order,
        .leg = wanted->leg,
        .payer = wanted->payer,
        .reference = wanted->reference,
        .amount_minor = wanted->amount_minor,
        .currency = wanted->currency,
        .exponent = wanted->exponent,
    };
}

static enum ocpp_status begin(const struct ocpp_settle_provider *provider, const struct ocpp_settle_payment_request *request)
{
    return provider->begin(request, provider->user);
}

static enum ocpp_status query(const struct ocpp_settle_provider *provider, const struct ocpp_settle_payment_request *request)
{
    const bool can = provider->query && (provider->capabilities & OCPP_SETTLE_CAN_QUERY);

    return can ? provider->query(request, provider->user) : OCPP_ERR_STATE;
}

static void ask(struct ocpp_settle *settle, const void *data)
{
    const struct ask *wanted = data;
    const struct ocpp_settle_payment_request request = request_of(settle, wanted);
    struct payment_provider provider;
    enum ocpp_status status = OCPP_ERR_NOT_FOUND;

    if (payment_provider_of(settle, wanted->provider, &provider)) {
        if (provider.local) {
            run(settle, "payment within", act_within, wanted->operation);
            return;
        }
        status = wanted->is_query ? query(&provider.face, &request) : begin(&provider.face, &request);
    }
    if (status != OCPP_OK && !wanted->is_query) {
        run(settle, "payment not sent", could_not_leave, wanted->operation);
    }
}

/* Rows hold no longer texts than there is room for; one that was tampered with is cut. */
static void take_text(char *to, size_t room, const char *text)
{
    const size_t size = strlen(text);
    const size_t kept = size < room ? size : room - 1;

    memcpy(to, text, kept);
    to[kept] = '\0';
}

void payment_ask(struct command *command, const struct payment *payment, bool is_query)
{
    const struct row_operation *operation = payment->operation;
    const struct row_leg *leg = payment->leg;
    struct ask wanted = {
        .is_query = is_query,
        .kind = kind_of(operation->kind),
        .amount_minor = operation->amount_minor,
        .exponent = (int)leg->exponent,
    };

    take_text(wanted.operation, sizeof wanted.operation, operation->id);
    take_text(wanted.order, sizeof wanted.order, leg->order);
    take_text(wanted.leg, sizeof wanted.leg, leg->id);
    take_text(wanted.currency, sizeof wanted.currency, leg->currency);
    take_text(wanted.provider, sizeof wanted.provider, leg->provider);
    take_text(wanted.payer, sizeof wanted.payer, leg->payer);
    take_text(wanted.reference, sizeof wanted.reference, leg->reference ? leg->reference : "");
    command_effect(command, ask, &wanted, sizeof wanted);
}
