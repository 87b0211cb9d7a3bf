/* settle_provider.c: see settle_provider.h. */
#include "unit.h"

#include "settle_provider.h"

#include <stdio.h>
#include <string.h>

static struct settle_act *find(struct settle_provider *provider, const char *operation)
{
    for (size_t i = 0; i < provider->count; i++) {
        if (strcmp(provider->acts[i].operation, operation) == 0) {
            return &provider->acts[i];
        }
    }
    return NULL;
}

static int64_t sum_of_leg(const struct settle_provider *provider, const char *leg, enum ocpp_settle_payment_kind kind)
{
    int64_t sum = 0;

    for (size_t i = 0; i < provider->count; i++) {
        const struct settle_act *act = &provider->acts[i];

        sum += strcmp(act->leg, leg) == 0 && act->kind == kind && act->result == OCPP_SETTLE_PAYMENT_OK ? act->amount_minor : 0;
    }
    return sum;
}

static int64_t held_of_leg(const struct settle_provider *provider, const char *leg)
{
    return sum_of_leg(provider, leg, OCPP_SETTLE_AUTHORIZE) + sum_of_leg(provider, leg, OCPP_SETTLE_INCREMENT);
}

/* What an honest provider would refuse whatever the script says: an engine that asks for it has a bug. */
static void judge_sense(const struct settle_provider *provider, const struct settle_act *act)
{
    const int64_t captured = sum_of_leg(provider, act->leg, OCPP_SETTLE_CAPTURE);

    assert_true(act->kind != OCPP_SETTLE_CAPTURE || (captured == 0 && act->amount_minor <= held_of_leg(provider, act->leg)));
    assert_true(act->kind != OCPP_SETTLE_REFUND ||
                act->amount_minor + sum_of_leg(provider, act->leg, OCPP_SETTLE_REFUND) <= captured);
}

static void book(struct settle_provider *provider, const struct settle_act *act)
{
    const int64_t held = held_of_leg(provider, act->leg);

    switch (act->kind) {
    case OCPP_SETTLE_AUTHORIZE:
    case OCPP_SETTLE_INCREMENT:
        provider->held_minor += act->amount_minor;
        break;
    case OCPP_SETTLE_CAPTURE:
        provider->held_minor -= held;
        provider->captured_minor += act->amount_minor;
        break;
    case OCPP_SETTLE_VOID:
        provider->held_minor -= held;
        break;
    case OCPP_SETTLE_REFUND:
        provider->refunded_minor += act->amount_minor;
        break;
    default:
        break;
    }
}

static bool is_too_much(const struct settle_provider *provider, const struct settle_act *act)
{
    return (act->kind == OCPP_SETTLE_AUTHORIZE || act->kind == OCPP_SETTLE_INCREMENT) && provider->declines_above_minor > 0 &&
           provider->held_minor + act->amount_minor > provider->declines_above_minor;
}

static void decide(struct settle_provider *provider, struct settle_act *act)
{
    const enum ocpp_settle_payment_result result =
        is_too_much(provider, act) ? OCPP_SETTLE_PAYMENT_DECLINED : provider->script[act->kind];

    if (act->result == OCPP_SETTLE_PAYMENT_OK || act->result == OCPP_SETTLE_PAYMENT_DECLINED ||
        act->result == OCPP_SETTLE_PAYMENT_UNSUPPORTED || act->result == OCPP_SETTLE_PAYMENT_NEVER_HEARD) {
        return;
    }
    if (result == OCPP_SETTLE_PAYMENT_OK) {
        judge_sense(provider, act);
        book(provider, act);
    }
    act->result = result;
}

static enum ocpp_status ask(struct settle_provider *provider, const struct ocpp_settle_payment_request *request, bool is_new)
{
    struct settle_act *act = find(provider, request->operation);

    if (provider->is_down) {
        return OCPP_ERR_CLOSED;
    }
    if (!act) {
        assert_true(provider->count < SETTLE_PROVIDER_ACTS);
        act = &provider->acts[provider->count++];
        *act = (struct settle_act){ .kind = request->kind, .amount_minor = request->amount_minor };
        snprintf(act->operation, sizeof act->operation, "%s", request->operation);
        snprintf(act->order, sizeof act->order, "%s", request->order);
        snprintf(act->leg, sizeof act->leg, "%s", request->leg);
        act->result = OCPP_SETTLE_PAYMENT_NEVER_HEARD;
    }
    if (is_new && act->result == OCPP_SETTLE_PAYMENT_NEVER_HEARD) {
        act->result = OCPP_SETTLE_PAYMENT_UNKNOWN;
    }
    assert_true(act->amount_minor == request->amount_minor && act->kind == request->kind);
    act->asked++;
    act->is_asked = true;
    act->is_lost = is_new && provider->loses_answers;
    return OCPP_OK;
}

static enum ocpp_status begin(const struct ocpp_settle_payment_request *request, void *user)
{
    return ask(user, request, true);
}

static enum ocpp_status query(const struct ocpp_settle_payment_request *request, void *user)
{
    return ask(user, request, false);
}

void settle_provider_start(struct settle_provider *provider, const char *name)
{
    *provider = (struct settle_provider){
        .contract = { .name = name,
                      .capabilities = OCPP_SETTLE_CAN_INCREMENT | OCPP_SETTLE_CAN_CAPTURE_LESS | OCPP_SETTLE_CAN_VOID |
                                      OCPP_SETTLE_CAN_REFUND | OCPP_SETTLE_CAN_QUERY,
                      .hold_lasts_ms = INT64_C(7) * 86400 * 1000,
                      .begin = begin,
                      .query = query },
        .expires_utc_ms = OCPP_NEVER,
    };
    provider->contract.user = provider;
    for (size_t i = 0; i < SETTLE_PROVIDER_KINDS; i++) {
        provider->script[i] = OCPP_SETTLE_PAYMENT_OK;
    }
}

static void tell(const struct settle_provider *provider, const struct settle_act *act, struct ocpp_settle *settle,
                 struct ocpp_now now)
{
    char reference[OCPP_SETTLE_ID_SIZE + 8];
    const struct ocpp_settle_payment_answer answer = {
        .result = act->result,
        .reference = reference,
        .amount_minor = act->amount_minor,
        .currency = "EUR",
        .expires_utc_ms = provider->expires_utc_ms,
        .reason = act->result == OCPP_SETTLE_PAYMENT_DECLINED ? "insufficient funds" : NULL,
    };

    snprintf(reference, sizeof reference, "ref-%s", act->leg);
    (void)ocpp_settle_payment_answered(settle, act->operation, &answer, now); /* it asks again where this was lost */
}

int settle_provider_answer(struct settle_provider *provider, struct ocpp_settle *settle, struct ocpp_now now)
{
    int told = 0;

    for (size_t i = 0; i < provider->count; i++) {
        struct settle_act *act = &provider->acts[i];

        if (!act->is_asked) {
            continue;
        }
        act->is_asked = false;
        decide(provider, act);
        if (act->is_lost) {
            act->is_lost = false;
            continue;
        }
        told++;
        tell(provider, act, settle, now);
    }
    return told;
}

int settle_provider_count(const struct settle_provider *provider, const char *order, enum ocpp_settle_payment_kind kind,
                          enum ocpp_settle_payment_result result)
{
    int count = 0;

    for (size_t i = 0; i < provider->count; i++) {
        const struct settle_act *act = &provider->acts[i];

        count += act->kind == kind && act->result == result && (!order || strcmp(order, act->order) == 0);
    }
    return count;
}

void settle_provider_forget_owed(struct settle_provider *provider)
{
    for (size_t i = 0; i < provider->count; i++) {
        if (provider->acts[i].is_asked) {
            decide(provider, &provider->acts[i]);
            provider->acts[i].is_asked = false;
        }
    }
}
