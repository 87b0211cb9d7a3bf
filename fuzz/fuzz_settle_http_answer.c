/* fuzz_settle_http_answer.c: a payment server that answers anything. The first two bytes choose the HTTP code and whether it is
 * an answer to an act or to a query, the rest is the body.
 *
 * What must hold: nothing is believed of a server's failure, nor with a code that does not go with it, nor of another operation;
 * what is OK has an amount that is none but -1 or one written rightly; what was never heard of is said to queries only.
 */
#include "http_words.h"
#include "target.h"

#include "require.h"

#include <ocpp/settlement/money.h>

#include <stdlib.h>
#include <string.h>

static const long codes[] = { 0, 200, 201, 202, 204, 301, 307, 400, 401, 402, 403, 404, 409, 422, 429, 500, 503 };

static void look_at(const struct http_exchange *exchange, const struct http_heard *heard)
{
    const enum ocpp_settle_payment_result result = heard->answer.result;

    ocpp_require(strcmp(heard->operation, exchange->operation) == 0);
    ocpp_require(result != OCPP_SETTLE_PAYMENT_NOT_SENT);
    ocpp_require(result != OCPP_SETTLE_PAYMENT_NEVER_HEARD || (exchange->is_query && exchange->code == 404));
    ocpp_require(result == OCPP_SETTLE_PAYMENT_UNKNOWN || (exchange->code >= 200 && exchange->code < 500));
    if (result == OCPP_SETTLE_PAYMENT_OK) {
        ocpp_require(exchange->code == 200 || exchange->code == 201);
        ocpp_require(heard->answer.amount_minor >= -OCPP_SETTLE_MOST_MINOR &&
                     heard->answer.amount_minor <= OCPP_SETTLE_MOST_MINOR);
    }
    if (result == OCPP_SETTLE_PAYMENT_UNKNOWN) {
        ocpp_require(heard->answer.reference == NULL && heard->answer.reason == NULL && heard->answer.currency == NULL);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct http_heard heard;
    struct http_exchange exchange = { .operation = "0PERAT10N00000000000000001" };
    char *body = NULL;

    if (size < 2) {
        return 0;
    }
    body = malloc(size - 1); /* a sanitizer sees the first byte read behind it */
    ocpp_require(body != NULL);
    memcpy(body, data + 2, size - 2);
    exchange.code = codes[data[0] % (sizeof codes / sizeof *codes)];
    exchange.is_query = (data[1] & 1) != 0;
    exchange.body = body;
    exchange.size = size - 2;
    http_judge(&exchange, &heard);
    look_at(&exchange, &heard);
    free(body);
    return 0;
}
