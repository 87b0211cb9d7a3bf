/* town_provider.c: who takes money: decides by chance, answers late, twice, wrongly or never, and keeps its own books. */
#include "town.h"

#include <stdio.h>
#include <string.h>

static struct town_act *find(struct town *town, const char *operation)
{
    for (size_t i = 0; i < town->provider.count; i++) {
        if (strcmp(town->provider.acts[i].operation, operation) == 0) {
            return &town->provider.acts[i];
        }
    }
    return NULL;
}

static int64_t sum_of_leg(const struct town *town, const char *leg, enum ocpp_settle_payment_kind kind)
{
    int64_t sum = 0;

    for (size_t i = 0; i < town->provider.count; i++) {
        const struct town_act *act = &town->provider.acts[i];

        sum += strcmp(act->leg, leg) == 0 && act->kind == kind && act->result == OCPP_SETTLE_PAYMENT_OK ? act->amount_minor : 0;
    }
    return sum;
}

static int count_of_leg(const struct town *town, const char *leg, enum ocpp_settle_payment_kind kind)
{
    int count = 0;

    for (size_t i = 0; i < town->provider.count; i++) {
        const struct town_act *act = &town->provider.acts[i];

        count += strcmp(act->leg, leg) == 0 && act->kind == kind && act->result == OCPP_SETTLE_PAYMENT_OK;
    }
    return count;
}

int64_t town_provider_sum(const struct town *town, const char *order, enum ocpp_settle_payment_kind kind)
{
    int64_t sum = 0;

    for (size_t i = 0; i < town->provider.count; i++) {
        const struct town_act *act = &town->provider.acts[i];

        sum +=
            strcmp(act->order, order) == 0 && act->kind == kind && act->result == OCPP_SETTLE_PAYMENT_OK ? act->amount_minor : 0;
    }
    return sum;
}

/* What is still held for |order| on legs that were neither captured nor let go. */
int64_t town_provider_held(const struct town *town, const char *order)
{
    int64_t held = 0;

    for (size_t i = 0; i < town->provider.count; i++) {
        const struct town_act *act = &town->provider.acts[i];

        if (act->result == OCPP_SETTLE_PAYMENT_OK && strcmp(act->order, order) == 0 &&
            (act->kind == OCPP_SETTLE_AUTHORIZE || act->kind == OCPP_SETTLE_INCREMENT) &&
            count_of_leg(town, act->leg, OCPP_SETTLE_CAPTURE) + count_of_leg(town, act->leg, OCPP_SETTLE_VOID) == 0) {
            held += act->amount_minor;
        }
    }
    return held;
}

/* What nobody honest asks for. */
static void judge(const struct town *town, const struct town_act *act)
{
    const int64_t held = sum_of_leg(town, act->leg, OCPP_SETTLE_AUTHORIZE) + sum_of_leg(town, act->leg, OCPP_SETTLE_INCREMENT);
    const int64_t captured = sum_of_leg(town, act->leg, OCPP_SETTLE_CAPTURE);
    const int64_t refunded = sum_of_leg(town, act->leg, OCPP_SETTLE_REFUND);
    const bool is_over = count_of_leg(town, act->leg, OCPP_SETTLE_CAPTURE) + count_of_leg(town, act->leg, OCPP_SETTLE_VOID) > 0;

    town_require(town, act->kind != OCPP_SETTLE_CAPTURE || (!is_over && act->amount_minor <= held),
                 "leg %s: a capture of %d of %d that is held", act->leg, (int)act->amount_minor, (int)held);
    town_require(town, act->kind != OCPP_SETTLE_VOID || !is_over, "leg %s: a void of what is over", act->leg);
    town_require(town, act->kind != OCPP_SETTLE_REFUND || act->amount_minor + refunded <= captured,
                 "leg %s: a refund of %d of %d", act->leg, (int)act->amount_minor, (int)(captured - refunded));
}

static void decide(struct town *town, struct town_act *act)
{
    const unsigned no = act->kind == OCPP_SETTLE_VOID ? 0 : act->kind == OCPP_SETTLE_REFUND ? 10 : 6;

    if (act->result != OCPP_SETTLE_PAYMENT_UNKNOWN) {
        return;
    }
    if (!town->provider.is_honest && no > 0 && town_chance(town, no) == 0) {
        act->result = OCPP_SETTLE_PAYMENT_DECLINED;
        return;
    }
    judge(town, act);
    act->result = OCPP_SETTLE_PAYMENT_OK;
}

static void answer_after(struct town *town, struct town_act *act, int64_t ms)
{
    act->answer_ms = town->now_ms + ms;
    act->lie = TOWN_TRUTH;
}

static enum ocpp_status begin(const struct ocpp_settle_payment_request *request, void *user)
{
    struct town *town = user;
    struct town_act *act = find(town, request->operation);
    const unsigned mood = town->provider.is_honest ? 0 : town_chance(town, 20);

    if (mood == 19 || town->is_cut) {
        return OCPP_ERR_CLOSED;
    }
    if (!act) {
        if (mood == 18) {
            return OCPP_OK; /* it never arrives */
        }
        town_require(town, town->provider.count < TOWN_ACTS, "too many payments");
        act = &town->provider.acts[town->provider.count++];
        *act = (struct town_act){
            .kind = request->kind, .amount_minor = request->amount_minor, .answer_ms = OCPP_NEVER, .decides_ms = OCPP_NEVER
        };
        (void)snprintf(act->operation, sizeof act->operation, "%s", request->operation);
        (void)snprintf(act->order, sizeof act->order, "%s", request->order);
        (void)snprintf(act->leg, sizeof act->leg, "%s", request->leg);
    }
    town_require(town,
                 act->kind == request->kind && act->amount_minor == request->amount_minor &&
                     strcmp(act->leg, request->leg) == 0 && strcmp(act->order, request->order) == 0,
                 "operation %s is another one now", request->operation);
    if (mood >= 16) { /* PENDING: it takes its time */
        answer_after(town, act, town_chance(town, 2000));
        act->lie = TOWN_SAYS_PENDING;
        act->decides_ms = town->now_ms + 1000 + town_chance(town, 400000);
        return OCPP_OK;
    }
    decide(town, act);
    answer_after(town, act, mood == 0 ? 0 : town_chance(town, 3000));
    if (mood == 15) {
        act->answer_ms = OCPP_NEVER; /* lost */
    } else if (mood == 14) {
        act->answer_ms += 600000; /* late */
    } else if (mood >= 11) {
        act->lie = mood == 13 ? TOWN_OTHER_AMOUNT : mood == 12 ? TOWN_OTHER_CURRENCY : TOWN_SAYS_UNKNOWN;
    }
    return OCPP_OK;
}

static enum ocpp_status query(const struct ocpp_settle_payment_request *request, void *user)
{
    struct town *town = user;
    struct town_act *act = find(town, request->operation);
    const unsigned mood = town->provider.is_honest ? 0 : town_chance(town, 8);

    if (mood == 7 || town->is_cut) {
        return OCPP_ERR_CLOSED;
    }
    if (!act) { /* remembered as never heard of: a begin makes it another */
        struct ocpp_settle_payment_answer answer = { .result = OCPP_SETTLE_PAYMENT_NEVER_HEARD };

        (void)ocpp_settle_payment_answered(town->settle, request->operation, &answer, town_now(town));
        return OCPP_OK;
    }
    if (town->provider.is_honest) {
        decide(town, act);
    }
    if (mood != 6) {
        answer_after(town, act, town_chance(town, 1000));
        act->lie = act->result == OCPP_SETTLE_PAYMENT_UNKNOWN ? TOWN_SAYS_PENDING : TOWN_TRUTH;
    }
    return OCPP_OK;
}

void town_provider_start(struct town *town)
{
    town->provider.contract = (struct ocpp_settle_provider){
        .name = "card",
        .capabilities = OCPP_SETTLE_CAN_INCREMENT | OCPP_SETTLE_CAN_CAPTURE_LESS | OCPP_SETTLE_CAN_VOID | OCPP_SETTLE_CAN_REFUND |
                        OCPP_SETTLE_CAN_QUERY,
        .hold_lasts_ms = INT64_C(7) * 86400 * 1000,
        .begin = begin,
        .query = query,
        .user = town,
    };
    if (town_chance(town, 6) == 0) {
        town->provider.contract.capabilities &= ~(uint32_t)OCPP_SETTLE_CAN_INCREMENT;
    }
}

static void tell(struct town *town, const struct town_act *act)
{
    char reference[OCPP_SETTLE_ID_SIZE + 8];
    struct ocpp_settle_payment_answer answer = {
        .result = act->result,
        .reference = reference,
        .amount_minor = act->amount_minor,
        .currency = "EUR",
        .expires_utc_ms = OCPP_NEVER,
    };

    (void)snprintf(reference, sizeof reference, "ref-%s", act->leg);
    answer.amount_minor += act->lie == TOWN_OTHER_AMOUNT ? 1 : 0;
    answer.currency = act->lie == TOWN_OTHER_CURRENCY ? "JPY" : "EUR";
    answer.result = act->lie == TOWN_SAYS_UNKNOWN   ? OCPP_SETTLE_PAYMENT_UNKNOWN
                    : act->lie == TOWN_SAYS_PENDING ? OCPP_SETTLE_PAYMENT_PENDING
                                                    : act->result;
    (void)ocpp_settle_payment_answered(town->settle, act->operation, &answer, town_now(town));
}

void town_provider_again(struct town *town)
{
    if (town->provider.count > 0 && town->settle) {
        const struct town_act act = town->provider.acts[town_chance(town, (unsigned)town->provider.count)];

        if (act.result != OCPP_SETTLE_PAYMENT_UNKNOWN) {
            town_note(town, "the provider says again what became of %s", act.operation);
            tell(town, &act);
        }
    }
}

bool town_provider_run(struct town *town)
{
    bool did = false;

    for (size_t i = 0; i < town->provider.count; i++) {
        struct town_act *act = &town->provider.acts[i];

        if (act->decides_ms <= town->now_ms) {
            act->decides_ms = OCPP_NEVER;
            decide(town, act);
            if (town->provider.is_honest || town_chance(town, 3) > 0) {
                answer_after(town, act, 0);
            }
            did = true;
        }
        if (act->answer_ms <= town->now_ms) {
            act->answer_ms = OCPP_NEVER;
            did = true;
            if (town->settle && !town->is_cut) { /* lost where nobody listens */
                tell(town, act);
            }
        }
    }
    return did;
}

int64_t town_provider_deadline(const struct town *town)
{
    int64_t deadline = OCPP_NEVER;

    for (size_t i = 0; i < town->provider.count; i++) {
        const struct town_act *act = &town->provider.acts[i];

        deadline = act->decides_ms < deadline ? act->decides_ms : deadline;
        deadline = act->answer_ms < deadline ? act->answer_ms : deadline;
    }
    return deadline;
}
