/* http_words.c: bodies, and what a server's answer means. */
#include "http_words.h"
#include "http_messages.h"

#include <ocpp/settlement/money.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_ARENA = 256 * 1024 };

/* --- acts ---------------------------------------------------------------------------------------------------------------- */

static enum settle_http_act_kind kind_of(enum ocpp_settle_payment_kind kind)
{
    return (enum settle_http_act_kind)((int)kind - (int)OCPP_SETTLE_AUTHORIZE + (int)SETTLE_HTTP_ACT_KIND_AUTHORIZE);
}

static enum ocpp_status encode(const struct settle_http_act *act, char **body)
{
    struct ocpp_arena *arena = ocpp_arena_new(NULL, WORDS_ARENA);
    const char *text = NULL;
    size_t size = 0;
    enum ocpp_status status = OCPP_ERR_NOMEM;

    if (arena != NULL) {
        status = ocpp_message_encode(&settle_http_act_type, act, arena, &text, &size, NULL);
    }
    if (status == OCPP_OK) {
        *body = malloc(size + 1);
        status = *body != NULL ? OCPP_OK : OCPP_ERR_NOMEM;
    }
    if (status == OCPP_OK) {
        memcpy(*body, text, size + 1);
    }
    ocpp_arena_free(arena);
    return status;
}

enum ocpp_status http_write_act(const struct ocpp_settle_payment_request *request, char **body)
{
    char amount[OCPP_SETTLE_AMOUNT_TEXT_SIZE];
    const enum ocpp_status status = ocpp_settle_amount_format(request->amount_minor, request->exponent, amount);
    const struct settle_http_act act = {
        .operation = request->operation,
        .kind = kind_of(request->kind),
        .operator_ = request->operator_id,
        .order = request->order,
        .leg = request->leg,
        .payer = request->payer,
        .reference = request->reference[0] != '\0' ? request->reference : NULL,
        .amount = amount,
        .currency = request->currency,
    };

    return status == OCPP_OK ? encode(&act, body) : status;
}

/* --- outcomes ------------------------------------------------------------------------------------------------------------ */

static const enum ocpp_settle_payment_result results[] = {
    [SETTLE_HTTP_ACT_RESULT_UNSET] = OCPP_SETTLE_PAYMENT_UNKNOWN,
    [SETTLE_HTTP_ACT_RESULT_OK] = OCPP_SETTLE_PAYMENT_OK,
    [SETTLE_HTTP_ACT_RESULT_DECLINED] = OCPP_SETTLE_PAYMENT_DECLINED,
    [SETTLE_HTTP_ACT_RESULT_PENDING] = OCPP_SETTLE_PAYMENT_PENDING,
    [SETTLE_HTTP_ACT_RESULT_ACTION_REQUIRED] = OCPP_SETTLE_PAYMENT_ACTION_REQUIRED,
    [SETTLE_HTTP_ACT_RESULT_UNKNOWN] = OCPP_SETTLE_PAYMENT_UNKNOWN,
    [SETTLE_HTTP_ACT_RESULT_UNSUPPORTED] = OCPP_SETTLE_PAYMENT_UNSUPPORTED,
    [SETTLE_HTTP_ACT_RESULT_NEVER_HEARD] = OCPP_SETTLE_PAYMENT_NEVER_HEARD,
};

static int64_t amount_of(const char *amount, const char *currency)
{
    const struct ocpp_settle_currency *known = currency != NULL ? ocpp_settle_currency_of(currency) : NULL;
    int64_t minor = -1;

    if (amount == NULL || known == NULL || ocpp_settle_amount_parse(amount, strlen(amount), known->exponent, &minor) != OCPP_OK) {
        return -1;
    }
    return minor;
}

static const char *keep(char *room, size_t size, const char *text)
{
    if (text == NULL) {
        return NULL;
    }
    (void)snprintf(room, size, "%s", text);
    return room;
}

static void take(const struct settle_http_outcome *outcome, struct http_heard *heard)
{
    (void)snprintf(heard->operation, sizeof heard->operation, "%s", outcome->operation);
    heard->answer = (struct ocpp_settle_payment_answer){
        .result = results[outcome->result],
        .reference = keep(heard->reference, sizeof heard->reference, outcome->reference),
        .amount_minor = amount_of(outcome->amount, outcome->currency),
        .currency = keep(heard->currency, sizeof heard->currency, outcome->currency),
        .action_url = keep(heard->action_url, sizeof heard->action_url, outcome->action_url),
        .expires_utc_ms = outcome->has_expires_at ? outcome->expires_at : OCPP_NEVER,
        .reason = keep(heard->reason, sizeof heard->reason, outcome->reason),
    };
}

enum ocpp_status http_read_outcome(const char *body, size_t size, struct http_heard *heard)
{
    const struct ocpp_json_limits limits = { .max_bytes = WORDS_ARENA / 4, .max_nodes = 256, .max_depth = 8 };
    const struct ocpp_tolerance tolerance = { .quirks = OCPP_QUIRK_UNKNOWN_MEMBER };
    struct ocpp_arena *arena = ocpp_arena_new(NULL, WORDS_ARENA);
    const void *outcome = NULL;
    enum ocpp_status status = OCPP_ERR_NOMEM;

    if (arena != NULL) {
        status = ocpp_message_decode(&settle_http_outcome_type, body, size, &limits, &tolerance, arena, &outcome, NULL);
    }
    if (status == OCPP_OK) {
        take(outcome, heard);
    }
    ocpp_arena_free(arena);
    return status;
}

/* --- what a code may say ------------------------------------------------------------------------------------------------- */

#define SAYS(result) (1U << OCPP_SETTLE_PAYMENT_##result)

/* What is believed with which code; with any other code nothing is. A bare 404 may come from anybody on the way. */
static const struct {
    long code;
    unsigned act;
    unsigned query;
} believed[] = {
    { 200, SAYS(OK) | SAYS(DECLINED) | SAYS(PENDING) | SAYS(ACTION_REQUIRED) | SAYS(UNSUPPORTED),
      SAYS(OK) | SAYS(DECLINED) | SAYS(PENDING) | SAYS(ACTION_REQUIRED) | SAYS(UNSUPPORTED) },
    { 201, SAYS(OK) | SAYS(DECLINED) | SAYS(PENDING) | SAYS(ACTION_REQUIRED), 0 },
    { 202, SAYS(PENDING) | SAYS(ACTION_REQUIRED), SAYS(PENDING) | SAYS(ACTION_REQUIRED) },
    { 402, SAYS(DECLINED), SAYS(DECLINED) },
    { 404, 0, SAYS(NEVER_HEARD) },
    { 422, SAYS(DECLINED) | SAYS(UNSUPPORTED), 0 },
};

static bool is_believed(const struct http_exchange *exchange, enum ocpp_settle_payment_result result)
{
    for (size_t i = 0; i < sizeof believed / sizeof *believed; i++) {
        if (believed[i].code == exchange->code) {
            return ((exchange->is_query ? believed[i].query : believed[i].act) & 1U << result) != 0;
        }
    }
    return false;
}

void http_judge(const struct http_exchange *exchange, struct http_heard *heard)
{
    const bool is_read = exchange->code != 0 && http_read_outcome(exchange->body, exchange->size, heard) == OCPP_OK &&
                         strcmp(heard->operation, exchange->operation) == 0 && is_believed(exchange, heard->answer.result);

    if (!is_read) {
        heard->answer =
            (struct ocpp_settle_payment_answer){ .result = OCPP_SETTLE_PAYMENT_UNKNOWN, .expires_utc_ms = OCPP_NEVER };
    }
    (void)snprintf(heard->operation, sizeof heard->operation, "%s", exchange->operation);
}

bool http_is_overloaded(long code)
{
    return code == 429 || code == 503;
}
