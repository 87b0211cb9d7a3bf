/* Tests of what the HTTP provider says and believes (adapters/http_words.c, http_signature.c). */
#include "http_words.h"
#include "settle_keys.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

#define OPERATION    "0PERAT10N00000000000000001"
#define OK_BODY      "{\"operation\":\"" OPERATION "\",\"result\":\"Ok\",\"amount\":\"50.00\",\"currency\":\"EUR\"}"
#define SAYS(result) "{\"operation\":\"" OPERATION "\",\"result\":\"" result "\"}"
#define NOW          INT64_C(1795255200000)

static void an_act_is_written_with_its_amount_in_major_units(void **state)
{
    struct ocpp_settle_payment_request request = { .operation = OPERATION,
                                                   .kind = OCPP_SETTLE_CAPTURE,
                                                   .operator_id = "operator",
                                                   .order = "0RDER000000000000000000001",
                                                   .leg = "1EG00000000000000000000001",
                                                   .payer = "ISO14443:04\"A2",
                                                   .reference = "R-1",
                                                   .amount_minor = 1250,
                                                   .currency = "EUR",
                                                   .exponent = 2 };
    char *body = NULL;

    (void)state;
    assert_int_equal(http_write_act(&request, &body), OCPP_OK);
    assert_string_equal(body, "{\"operation\":\"" OPERATION "\",\"kind\":\"Capture\",\"operator\":\"operator\","
                              "\"order\":\"0RDER000000000000000000001\",\"leg\":\"1EG00000000000000000000001\","
                              "\"payer\":\"ISO14443:04\\\"A2\",\"reference\":\"R-1\",\"amount\":\"12.50\",\"currency\":\"EUR\"}");
    free(body);
    request.reference = "";
    request.kind = OCPP_SETTLE_AUTHORIZE;
    request.currency = "JPY";
    request.exponent = 0;
    assert_int_equal(http_write_act(&request, &body), OCPP_OK);
    assert_null(strstr(body, "reference"));
    assert_non_null(strstr(body, "\"amount\":\"1250\""));
    free(body);
    request.amount_minor = INT64_MAX;
    assert_int_equal(http_write_act(&request, &body), OCPP_ERR_RANGE);
}

/* --- what is believed ---------------------------------------------------------------------------------------------------- */

static enum ocpp_settle_payment_result judged(long code, bool is_query, const char *body)
{
    const struct http_exchange exchange = { OPERATION, is_query, code, body, strlen(body) };
    struct http_heard heard;

    http_judge(&exchange, &heard);
    assert_string_equal(heard.operation, OPERATION);
    return heard.answer.result;
}

static void what_is_believed_depends_on_the_code(void **state)
{
    static const struct {
        long code;
        const char *body;
        enum ocpp_settle_payment_result act;
        enum ocpp_settle_payment_result query;
    } rows[] = {
        { 200, OK_BODY, OCPP_SETTLE_PAYMENT_OK, OCPP_SETTLE_PAYMENT_OK },
        { 201, OK_BODY, OCPP_SETTLE_PAYMENT_OK, OCPP_SETTLE_PAYMENT_UNKNOWN },
        { 202, OK_BODY, OCPP_SETTLE_PAYMENT_UNKNOWN, OCPP_SETTLE_PAYMENT_UNKNOWN },
        { 202, SAYS("Pending"), OCPP_SETTLE_PAYMENT_PENDING, OCPP_SETTLE_PAYMENT_PENDING },
        { 402, SAYS("Declined"), OCPP_SETTLE_PAYMENT_DECLINED, OCPP_SETTLE_PAYMENT_DECLINED },
        { 402, OK_BODY, OCPP_SETTLE_PAYMENT_UNKNOWN, OCPP_SETTLE_PAYMENT_UNKNOWN },
        { 422, SAYS("Unsupported"), OCPP_SETTLE_PAYMENT_UNSUPPORTED, OCPP_SETTLE_PAYMENT_UNKNOWN },
        { 404, SAYS("NeverHeard"), OCPP_SETTLE_PAYMENT_UNKNOWN, OCPP_SETTLE_PAYMENT_NEVER_HEARD },
        { 404, "<html>", OCPP_SETTLE_PAYMENT_UNKNOWN, OCPP_SETTLE_PAYMENT_UNKNOWN },
        { 200, SAYS("NeverHeard"), OCPP_SETTLE_PAYMENT_UNKNOWN, OCPP_SETTLE_PAYMENT_UNKNOWN },
        { 200, SAYS("Unknown"), OCPP_SETTLE_PAYMENT_UNKNOWN, OCPP_SETTLE_PAYMENT_UNKNOWN },
        { 200, SAYS("Perhaps"), OCPP_SETTLE_PAYMENT_UNKNOWN, OCPP_SETTLE_PAYMENT_UNKNOWN },
        { 301, OK_BODY, OCPP_SETTLE_PAYMENT_UNKNOWN, OCPP_SETTLE_PAYMENT_UNKNOWN },
        { 401, SAYS("Declined"), OCPP_SETTLE_PAYMENT_UNKNOWN, OCPP_SETTLE_PAYMENT_UNKNOWN },
        { 429, SAYS("Declined"), OCPP_SETTLE_PAYMENT_UNKNOWN, OCPP_SETTLE_PAYMENT_UNKNOWN },
        { 500, SAYS("Declined"), OCPP_SETTLE_PAYMENT_UNKNOWN, OCPP_SETTLE_PAYMENT_UNKNOWN },
        { 503, OK_BODY, OCPP_SETTLE_PAYMENT_UNKNOWN, OCPP_SETTLE_PAYMENT_UNKNOWN },
        { 0, OK_BODY, OCPP_SETTLE_PAYMENT_UNKNOWN, OCPP_SETTLE_PAYMENT_UNKNOWN },
        { 200, "", OCPP_SETTLE_PAYMENT_UNKNOWN, OCPP_SETTLE_PAYMENT_UNKNOWN },
        { 200, "[]", OCPP_SETTLE_PAYMENT_UNKNOWN, OCPP_SETTLE_PAYMENT_UNKNOWN },
        { 200, "{\"operation\":\"00000000000000000000000000\",\"result\":\"Declined\"}", OCPP_SETTLE_PAYMENT_UNKNOWN,
          OCPP_SETTLE_PAYMENT_UNKNOWN },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(judged(rows[i].code, false, rows[i].body), rows[i].act);
        assert_int_equal(judged(rows[i].code, true, rows[i].body), rows[i].query);
    }
    assert_true(http_is_overloaded(429) && http_is_overloaded(503) && !http_is_overloaded(500));
}

static int64_t amount(const char *members)
{
    char body[300];
    struct http_heard heard;

    (void)snprintf(body, sizeof body, "{\"operation\":\"" OPERATION "\",\"result\":\"Ok\"%s,\"x\":1}", members);
    assert_int_equal(http_read_outcome(body, strlen(body), &heard), OCPP_OK);
    return heard.answer.amount_minor;
}

static void an_amount_counts_only_as_its_currency_writes_it(void **state)
{
    (void)state;
    assert_int_equal(amount(",\"amount\":\"12.50\",\"currency\":\"EUR\""), 1250);
    assert_int_equal(amount(",\"amount\":\"1250\",\"currency\":\"JPY\""), 1250);
    assert_int_equal(amount(",\"amount\":\"1.250\",\"currency\":\"KWD\""), 1250);
    assert_int_equal(amount(",\"amount\":\"12.5\",\"currency\":\"EUR\""), -1);
    assert_int_equal(amount(",\"amount\":\"12.500\",\"currency\":\"EUR\""), -1);
    assert_int_equal(amount(",\"amount\":\"1250\",\"currency\":\"EUR\""), -1);
    assert_int_equal(amount(",\"amount\":\"1e3\",\"currency\":\"JPY\""), -1);
    assert_int_equal(amount(",\"amount\":\" 1\",\"currency\":\"JPY\""), -1);
    assert_int_equal(amount(",\"amount\":\"12.50\",\"currency\":\"eur\""), -1);
    assert_int_equal(amount(",\"amount\":\"12.50\",\"currency\":\"XXQ\""), -1);
    assert_int_equal(amount(",\"amount\":\"12.50\""), -1);
    assert_int_equal(amount(",\"currency\":\"EUR\""), -1);
}

static void an_outcome_that_is_none_is_not_read(void **state)
{
    static const char *const bad[] = { "{}",
                                       "{\"result\":\"Ok\"}",
                                       "{\"operation\":5,\"result\":\"Ok\"}",
                                       "{\"operation\":\"" OPERATION
                                       "\",\"result\":\"Ok\",\"amount\":50.00,\"currency\":\"EUR\"}",
                                       "{\"operation\":\"" OPERATION "\",\"operation\":\"" OPERATION "\",\"result\":\"Ok\"}",
                                       OK_BODY "x",
                                       "\xef\xbb\xbf" OK_BODY };
    struct http_heard heard;

    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_int_not_equal(http_read_outcome(bad[i], strlen(bad[i]), &heard), OCPP_OK);
    }
}

/* --- signatures ---------------------------------------------------------------------------------------------------------- */

static struct settle_keys keys;

/* The header that |key| signs |body| with at |seconds|. */
static const char *header_of(const char *key, int64_t seconds, const char *body)
{
    static char header[200];
    char time[24];
    const int size = snprintf(time, sizeof time, "%lld", (long long)seconds);
    const struct ocpp_settle_bytes pieces[] = { { time, (size_t)size }, { ".", 1 }, { body, strlen(body) } };
    unsigned char mac[OCPP_SETTLE_DIGEST_SIZE];
    size_t at = (size_t)snprintf(header, sizeof header, "t=%s,v1=", time);

    assert_int_equal(keys.contract.hmac_sha256(key, pieces, 3, mac, keys.contract.user), OCPP_OK);
    for (size_t i = 0; i < sizeof mac; i++) {
        at += (size_t)snprintf(header + at, sizeof header - at, "%02x", mac[i]);
    }
    return header;
}

static enum ocpp_status check(const char *header, const char *body)
{
    const struct http_signature signature = { &keys.contract, "new", "old", 300000 };

    return http_check_signature(&signature, header, body, strlen(body), NOW);
}

static void a_notification_counts_with_the_present_and_the_previous_secret_within_the_window(void **state)
{
    (void)state;
    settle_keys_start(&keys, 1);
    assert_int_equal(check(header_of("new", NOW / 1000, OK_BODY), OK_BODY), OCPP_OK);
    assert_int_equal(check(header_of("old", NOW / 1000, OK_BODY), OK_BODY), OCPP_OK);
    assert_int_equal(check(header_of("other", NOW / 1000, OK_BODY), OK_BODY), OCPP_ERR_SECURITY);
    assert_int_equal(check(header_of("new", NOW / 1000, OK_BODY), OK_BODY " "), OCPP_ERR_SECURITY);
    assert_int_equal(check(header_of("new", NOW / 1000 - 300, OK_BODY), OK_BODY), OCPP_OK);
    assert_int_equal(check(header_of("new", NOW / 1000 + 300, OK_BODY), OK_BODY), OCPP_OK);
    assert_int_equal(check(header_of("new", NOW / 1000 - 301, OK_BODY), OK_BODY), OCPP_ERR_SECURITY);
    assert_int_equal(check(header_of("new", NOW / 1000 + 301, OK_BODY), OK_BODY), OCPP_ERR_SECURITY);
    settle_keys_end(&keys);
}

static void headers_that_are_odd_are_refused_and_what_may_come_one_day_is_passed_over(void **state)
{
    static const char *const odd[] = { "%.11s", "%.13s", "v1=%s", "%s,t=1", "x%s", "%s,v1=00", "%s,nonsense", "T=%s" };
    char header[400];
    const struct http_signature alone = { &keys.contract, "new", NULL, 300000 };

    (void)state;
    settle_keys_start(&keys, 1);
    for (size_t i = 0; i < COUNT_OF(odd); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        (void)snprintf(header, sizeof header, odd[i], header_of("new", NOW / 1000, OK_BODY));
#pragma GCC diagnostic pop
        assert_int_equal(check(header, OK_BODY), OCPP_ERR_SECURITY);
    }
    (void)snprintf(header, sizeof header, "v2=future, %s", header_of("new", NOW / 1000, OK_BODY));
    assert_int_equal(check(header, OK_BODY), OCPP_OK);
    (void)snprintf(header, sizeof header, "%s,v1=%064d", header_of("new", NOW / 1000, OK_BODY), 0);
    assert_int_equal(check(header, OK_BODY), OCPP_OK);
    const char *good = header_of("new", NOW / 1000, OK_BODY);
    assert_int_equal(http_check_signature(&alone, good, OK_BODY, strlen(OK_BODY), OCPP_UTC_UNKNOWN), OCPP_ERR_SECURITY);
    assert_int_equal(http_check_signature(&alone, good, OK_BODY, strlen(OK_BODY), NOW), OCPP_OK);
    keys.fail_at = keys.calls + 1;
    assert_int_equal(http_check_signature(&alone, good, OK_BODY, strlen(OK_BODY), NOW), OCPP_ERR_CRYPTO);
    settle_keys_end(&keys);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_act_is_written_with_its_amount_in_major_units),
        cmocka_unit_test(what_is_believed_depends_on_the_code),
        cmocka_unit_test(an_amount_counts_only_as_its_currency_writes_it),
        cmocka_unit_test(an_outcome_that_is_none_is_not_read),
        cmocka_unit_test(a_notification_counts_with_the_present_and_the_previous_secret_within_the_window),
        cmocka_unit_test(headers_that_are_odd_are_refused_and_what_may_come_one_day_is_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
