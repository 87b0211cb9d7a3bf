/* payment_bank.c: the bank of payment_world.h. */
#include "payment_world_internal.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct bank_act *find(struct bank *bank, const char *operation)
{
    for (size_t i = 0; i < bank->count; i++) {
        if (strcmp(bank->acts[i].operation, operation) == 0) {
            return &bank->acts[i];
        }
    }
    return NULL;
}

/* An id it knows is the same act. */
static struct bank_act *note(struct bank *bank, const struct ocpp_settle_payment_request *request)
{
    struct bank_act *act = find(bank, request->operation);

    if (!act) {
        assert_true(bank->count < BANK_ACTS);
        act = &bank->acts[bank->count++];
        (void)snprintf(act->operation, sizeof act->operation, "%s", request->operation);
        (void)snprintf(act->leg, sizeof act->leg, "%s", request->leg);
        act->kind = request->kind;
        act->minor = request->amount_minor;
    }
    assert_int_equal(act->kind, request->kind);
    assert_int_equal(act->minor, request->amount_minor);
    act->begun++;
    return act;
}

static struct ocpp_settle_payment_answer answer_of(const struct bank_act *act)
{
    struct ocpp_settle_payment_answer answer = { .expires_utc_ms = OCPP_NEVER };

    if (act->happened) {
        answer.result = OCPP_SETTLE_PAYMENT_OK;
        answer.amount_minor = act->minor;
        answer.currency = "EUR";
        answer.reference = "REF";
    } else if (act->declined) {
        answer.result = OCPP_SETTLE_PAYMENT_DECLINED;
        answer.reason = "no money";
    } else {
        answer.result = OCPP_SETTLE_PAYMENT_UNSUPPORTED;
    }
    return answer;
}

static void post(struct bank *bank, const char *operation, struct ocpp_settle_payment_answer answer)
{
    assert_true(bank->letter_count < BANK_LETTERS);
    (void)snprintf(bank->letters[bank->letter_count].operation, 27, "%s", operation);
    bank->letters[bank->letter_count++].answer = answer;
}

static void tell(struct payment_world *world, const char *operation, struct ocpp_settle_payment_answer answer)
{
    (void)ocpp_settle_payment_answered(world->settle, operation, &answer, world->now);
}

static void tell_only(struct payment_world *world, const char *operation, enum ocpp_settle_payment_result result)
{
    tell(world, operation,
         (struct ocpp_settle_payment_answer){
             .result = result,
             .action_url = result == OCPP_SETTLE_PAYMENT_ACTION_REQUIRED ? "https://bank.example/act" : NULL,
             .expires_utc_ms = OCPP_NEVER });
}

/* What the act becomes by the mood; false: nothing of it came to the bank. */
static bool takes(enum bank_mood mood)
{
    return mood != BANK_NEVER_HEARS && mood != BANK_UNKNOWN_UNHEARD && mood != BANK_REFUSES_TO_LISTEN && mood != BANK_NOT_SENT;
}

static void decide(struct bank_act *act, enum bank_mood mood)
{
    if (act->happened || act->declined || act->unsupported) {
        return;
    }
    act->declined = mood == BANK_DECLINES || mood == BANK_PENDS_DECLINES;
    act->unsupported = mood == BANK_CANNOT;
    act->happened = !act->declined && !act->unsupported;
}

static void answer_in_mood(struct payment_world *world, const struct bank_act *act, enum bank_mood mood)
{
    struct ocpp_settle_payment_answer answer = answer_of(act);

    if (mood == BANK_SAYS_OK || mood == BANK_DECLINES || mood == BANK_CANNOT) {
        tell(world, act->operation, answer);
    } else if (mood == BANK_PENDS || mood == BANK_PENDS_DECLINES) {
        tell_only(world, act->operation, OCPP_SETTLE_PAYMENT_PENDING);
    } else if (mood == BANK_WANTS_ACTION) {
        tell_only(world, act->operation, OCPP_SETTLE_PAYMENT_ACTION_REQUIRED);
    } else if (mood == BANK_UNKNOWN_DONE) {
        tell_only(world, act->operation, OCPP_SETTLE_PAYMENT_UNKNOWN);
    } else if (mood == BANK_OTHER_AMOUNT || mood == BANK_OTHER_CURRENCY) {
        answer.amount_minor += mood == BANK_OTHER_AMOUNT;
        answer.currency = mood == BANK_OTHER_CURRENCY ? "USD" : "EUR";
        tell(world, act->operation, answer);
    }
    if (mood == BANK_SAYS_OK_LATER || mood == BANK_SAYS_OK_TWICE || mood == BANK_PENDS || mood == BANK_PENDS_DECLINES ||
        mood == BANK_WANTS_ACTION) {
        post(&world->bank, act->operation, answer_of(act));
    }
    if (mood == BANK_SAYS_OK_TWICE) {
        post(&world->bank, act->operation, answer_of(act));
    }
}

static enum ocpp_status begin(const struct ocpp_settle_payment_request *request, void *user)
{
    struct payment_world *world = user;
    struct bank *bank = &world->bank;
    const enum bank_mood mood = bank->mood;

    bank->begins++;
    if (mood == BANK_REFUSES_TO_LISTEN) {
        return OCPP_ERR_BUSY;
    }
    if (takes(mood)) {
        struct bank_act *act = note(bank, request);

        decide(act, mood);
        answer_in_mood(world, act, mood);
    } else if (mood == BANK_NOT_SENT) {
        post(bank, request->operation,
             (struct ocpp_settle_payment_answer){ .result = OCPP_SETTLE_PAYMENT_NOT_SENT, .expires_utc_ms = OCPP_NEVER });
    } else if (mood == BANK_UNKNOWN_UNHEARD) {
        char operation[27];

        (void)snprintf(operation, sizeof operation, "%s", request->operation);
        tell_only(world, operation, OCPP_SETTLE_PAYMENT_UNKNOWN);
    }
    return OCPP_OK;
}

static enum ocpp_status query(const struct ocpp_settle_payment_request *request, void *user)
{
    struct payment_world *world = user;
    struct bank *bank = &world->bank;
    const struct bank_act *act = find(bank, request->operation);
    struct ocpp_settle_payment_answer answer = { .result = OCPP_SETTLE_PAYMENT_NEVER_HEARD, .expires_utc_ms = OCPP_NEVER };

    bank->queries++;
    if (bank->is_silent) {
        return OCPP_OK;
    }
    if (act) {
        answer = answer_of(act);
        answer.amount_minor += bank->keeps_lying;
    }
    post(bank, request->operation, answer);
    return OCPP_OK;
}

struct ocpp_settle_provider bank_provider(struct payment_world *world)
{
    return (struct ocpp_settle_provider){
        .name = "bank",
        .capabilities = OCPP_SETTLE_CAN_INCREMENT | OCPP_SETTLE_CAN_CAPTURE_LESS | OCPP_SETTLE_CAN_VOID | OCPP_SETTLE_CAN_REFUND |
                        OCPP_SETTLE_CAN_QUERY,
        .hold_lasts_ms = OCPP_NEVER,
        .begin = begin,
        .query = query,
        .user = world,
    };
}

enum ocpp_status bank_repeat(struct payment_world *world, size_t n)
{
    const struct bank_letter letter = world->bank.letters[n];

    return ocpp_settle_payment_answered(world->settle, letter.operation, &letter.answer, world->now);
}

enum ocpp_status bank_deliver(struct payment_world *world, size_t n)
{
    struct bank *bank = &world->bank;
    const struct bank_letter letter = bank->letters[n];

    memmove(&bank->letters[n], &bank->letters[n + 1], (bank->letter_count - n - 1) * sizeof *bank->letters);
    bank->letter_count--;
    return ocpp_settle_payment_answered(world->settle, letter.operation, &letter.answer, world->now);
}

int64_t bank_minor(const struct payment_world *world, int leg, enum ocpp_settle_payment_kind kind)
{
    int64_t sum = 0;

    for (size_t i = 0; i < world->bank.count; i++) {
        const struct bank_act *act = &world->bank.acts[i];

        if (act->happened && act->kind == kind && strcmp(act->leg, world->legs[leg]) == 0) {
            sum += act->minor;
        }
    }
    return sum;
}
