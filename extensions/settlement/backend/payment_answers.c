/* payment_answers.c: what providers say, asked or not, and what a person decided who asked one. */
#include "payment_steps.h"

#include <string.h>

enum { TEXT_OF_REASON = 80, TEXT_OF_URL = 512, TEXT_OF_REFERENCE = 200 };

/* A hold that is said to last longer is said to last. */
#define LONGEST_HOLD_MS INT64_C(315360000000)

/* An operation so old is not on its way any more when its provider has never heard of it. */
#define FORGOTTEN_AFTER_MS INT64_C(86400000)

/* --- what is believed ---------------------------------------------------------------------------------------------------- */

/* The bytes of the character at |text|; 0: it is none of UTF-8. */
static size_t character_size(const char *text)
{
    const unsigned char *bytes = (const unsigned char *)text;
    const size_t size = bytes[0] < 0x80 ? 1 : bytes[0] < 0xC2 ? 0 : bytes[0] < 0xE0 ? 2 : bytes[0] < 0xF0 ? 3 : 4;

    for (size_t i = 1; i < size; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    const bool is_long = (bytes[0] == 0xE0 && bytes[1] < 0xA0) || (bytes[0] == 0xF0 && bytes[1] < 0x90);
    const bool is_beyond = bytes[0] > 0xF4 || (bytes[0] == 0xF4 && bytes[1] > 0x8F);
    const bool is_surrogate = bytes[0] == 0xED && bytes[1] > 0x9F;
    return is_long || is_beyond || is_surrogate ? 0 : size;
}

/* As many whole characters of |text| as a row has room for; what is no text ends it. */
static size_t size_of(const char *text, size_t most)
{
    size_t size = 0;

    for (size_t count = 0; text[size] && count < most; count++) {
        const size_t more = character_size(text + size);

        if (more == 0) {
            break;
        }
        size += more;
    }
    return size;
}

static const char *cut(struct command *command, const char *text, size_t most)
{
    const char *kept = ocpp_arena_text(command_arena(command), text, size_of(text, most));

    command_fail(command, kept ? OCPP_OK : OCPP_ERR_NOMEM);
    return kept;
}

static bool fits(const char *text, size_t most)
{
    return text && *text && text[size_of(text, most)] == '\0';
}

static const char *fitting(const char *text, size_t most)
{
    return fits(text, most) ? text : NULL;
}

/* The texts of |said| as rows can keep them. */
static struct ocpp_settle_payment_answer kept(struct command *command, const struct ocpp_settle_payment_answer *said)
{
    struct ocpp_settle_payment_answer answer = *said;

    answer.reference = fitting(said->reference, TEXT_OF_REFERENCE);
    answer.action_url = fitting(said->action_url, TEXT_OF_URL);
    answer.reason = said->reason ? cut(command, said->reason, TEXT_OF_REASON) : NULL;
    if (said->expires_utc_ms > command_utc_ms(command) + LONGEST_HOLD_MS) {
        answer.expires_utc_ms = OCPP_NEVER;
    }
    return answer;
}

static bool is_as_asked(const struct payment *payment, const struct ocpp_settle_payment_answer *said)
{
    return said->amount_minor == payment->operation->amount_minor && said->currency &&
           strcmp(said->currency, payment->leg->currency) == 0;
}

static enum operation_event event_of(const struct command *command, const struct payment *payment,
                                     const struct ocpp_settle_payment_answer *said)
{
    static const enum operation_event events[] = {
        [OCPP_SETTLE_PAYMENT_UNKNOWN] = OPERATION_UNKNOWN,         [OCPP_SETTLE_PAYMENT_OK] = OPERATION_OK,
        [OCPP_SETTLE_PAYMENT_DECLINED] = OPERATION_DECLINED,       [OCPP_SETTLE_PAYMENT_PENDING] = OPERATION_PENDING,
        [OCPP_SETTLE_PAYMENT_ACTION_REQUIRED] = OPERATION_PENDING, [OCPP_SETTLE_PAYMENT_UNSUPPORTED] = OPERATION_UNSUPPORTED,
        [OCPP_SETTLE_PAYMENT_NOT_SENT] = OPERATION_NOT_LEFT,       [OCPP_SETTLE_PAYMENT_NEVER_HEARD] = OPERATION_NEVER_HEARD,
    };
    const size_t result = (size_t)said->result;

    if (result >= sizeof events / sizeof *events) {
        return OPERATION_UNKNOWN;
    }
    if (said->result == OCPP_SETTLE_PAYMENT_OK && !is_as_asked(payment, said)) {
        return OPERATION_WRONG;
    }
    if (said->result == OCPP_SETTLE_PAYMENT_NEVER_HEARD &&
        command_utc_ms(command) - payment->operation->created_at >= FORGOTTEN_AFTER_MS) {
        return OPERATION_FORGOTTEN;
    }
    return events[result];
}

enum ocpp_status payment_heard(struct command *command, struct payment *payment, const struct ocpp_settle_payment_answer *said)
{
    const struct ocpp_settle_payment_answer answer = kept(command, said);
    const enum operation_event event = event_of(command, payment, &answer);

    if (event == OPERATION_FORGOTTEN && payment->operation->state == ROW_OPERATION_STATE_UNKNOWN) {
        payment->operation->reason = "the provider never heard of it";
    }
    if (event == OPERATION_NOT_LEFT) {
        payment_not_left(command, payment);
    } else {
        payment_happened(command, payment, event, &answer);
    }
    return event == OPERATION_WRONG ? OCPP_ERR_VALUE : OCPP_OK;
}

/* --- the journal --------------------------------------------------------------------------------------------------------- */

static enum row_operation_result said_result(const struct ocpp_settle_payment_answer *said)
{
    static const enum row_operation_result results[] = {
        [OCPP_SETTLE_PAYMENT_UNKNOWN] = ROW_OPERATION_RESULT_UNKNOWN,
        [OCPP_SETTLE_PAYMENT_OK] = ROW_OPERATION_RESULT_OK,
        [OCPP_SETTLE_PAYMENT_DECLINED] = ROW_OPERATION_RESULT_DECLINED,
        [OCPP_SETTLE_PAYMENT_PENDING] = ROW_OPERATION_RESULT_PENDING,
        [OCPP_SETTLE_PAYMENT_ACTION_REQUIRED] = ROW_OPERATION_RESULT_ACTION_REQUIRED,
        [OCPP_SETTLE_PAYMENT_UNSUPPORTED] = ROW_OPERATION_RESULT_UNSUPPORTED,
    };
    const size_t result = said ? (size_t)said->result : 0;

    return result < sizeof results / sizeof *results ? results[result] : ROW_OPERATION_RESULT_UNKNOWN;
}

void payment_note(struct command *command, const struct row_operation *operation, const char *what,
                  const struct ocpp_settle_payment_answer *said, const char *by)
{
    const struct row_payment_note note = {
        .operation = operation->id,
        .what = what,
        .said_result = said_result(said),
        .has_said_minor = said && said->result == OCPP_SETTLE_PAYMENT_OK && said->amount_minor <= OCPP_SETTLE_MOST_MINOR &&
                          said->amount_minor >= -OCPP_SETTLE_MOST_MINOR,
        .said_minor = said ? said->amount_minor : 0,
        .said_currency = said && said->result == OCPP_SETTLE_PAYMENT_OK ? fitting(said->currency, 10) : NULL,
        .by = by,
    };

    command_journal(command, "payment", &row_payment_note_type, &note);
}

/* --- from outside -------------------------------------------------------------------------------------------------------- */

struct heard {
    const char *operation;
    const char *provider; /* who says it; NULL: whoever was asked */
    const struct ocpp_settle_payment_answer *answer;
    enum ocpp_status status;
};

static void hear(struct command *command, void *args)
{
    struct heard *heard = args;
    struct payment payment;

    heard->status = OCPP_OK;
    const bool is_there = payment_load(command, heard->operation, &payment);
    if (is_there && (!heard->provider || strcmp(heard->provider, payment.leg->provider) == 0)) {
        heard->status = payment_heard(command, &payment, heard->answer);
    } else if (!command_failed(command)) {
        heard->status = OCPP_ERR_NOT_FOUND;
    }
}

static enum ocpp_status hear_of(struct ocpp_settle *settle, struct heard *heard, struct ocpp_now now)
{
    if (!ocpp_settle_id_is_valid(heard->operation)) {
        return OCPP_ERR_NOT_FOUND;
    }
    backend_enter(settle, now);
    const enum ocpp_status status = command_run(settle, "payment answer", hear, heard, NULL);
    return status == OCPP_OK ? heard->status : status;
}

enum ocpp_status ocpp_settle_payment_answered(struct ocpp_settle *settle, const char *operation,
                                              const struct ocpp_settle_payment_answer *answer, struct ocpp_now now)
{
    return hear_of(settle, &(struct heard){ operation, NULL, answer, OCPP_OK }, now);
}

/* A provider tells of its own operations only. */
enum ocpp_status ocpp_settle_notified(struct ocpp_settle *settle, const char *provider_name, const char *body, size_t size,
                                      const char *signature, struct ocpp_now now)
{
    char operation[OCPP_SETTLE_ID_SIZE] = "";
    struct ocpp_settle_payment_answer answer = { .expires_utc_ms = OCPP_NEVER };
    struct payment_provider provider;

    if (!payment_provider_of(settle, provider_name, &provider) || !provider.face.verify_notification) {
        return OCPP_ERR_NOT_FOUND;
    }
    const enum ocpp_status status =
        provider.face.verify_notification(body, size, signature, now.utc_ms, operation, &answer, provider.face.user);
    return status == OCPP_OK ? hear_of(settle, &(struct heard){ operation, provider_name, &answer, OCPP_OK }, now) : status;
}

/* --- a person ------------------------------------------------------------------------------------------------------------ */

struct decided {
    const char *operation;
    enum ocpp_settle_payment_result result;
    const char *by;
};

static bool can_be_decided(const struct row_operation *operation)
{
    return operation->state == ROW_OPERATION_STATE_SENT || operation->state == ROW_OPERATION_STATE_PENDING ||
           operation->state == ROW_OPERATION_STATE_UNKNOWN;
}

static void decide(struct command *command, void *args)
{
    const struct decided *decided = args;
    struct payment payment;

    if (!payment_load(command, decided->operation, &payment)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "there is no such operation");
        return;
    }
    if (!can_be_decided(payment.operation)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE, "the operation is done, or nothing of it has left");
        return;
    }
    const struct ocpp_settle_payment_answer answer = {
        .result = decided->result,
        .amount_minor = payment.operation->amount_minor,
        .currency = payment.leg->currency,
        .expires_utc_ms = OCPP_NEVER,
    };
    payment_note(command, payment.operation, "decided", &answer, decided->by);
    (void)payment_heard(command, &payment, &answer);
    command_result(command, payment.operation->id);
}

enum ocpp_status ocpp_settle_payment_resolve(struct ocpp_settle *settle, const char *operation,
                                             enum ocpp_settle_payment_result result, const char *by,
                                             const struct ocpp_settle_done *done, struct ocpp_now now)
{
    struct decided decided = { operation, result, by };
    const bool decides =
        result == OCPP_SETTLE_PAYMENT_OK || result == OCPP_SETTLE_PAYMENT_DECLINED || result == OCPP_SETTLE_PAYMENT_UNSUPPORTED;

    if (!decides || !fits(by, TEXT_OF_REASON)) {
        return OCPP_ERR_ARGUMENT;
    }
    backend_enter(settle, now);
    return command_run(settle, "resolve payment", decide, &decided, done);
}
