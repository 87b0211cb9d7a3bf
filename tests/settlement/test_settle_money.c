/* Amounts: currencies, text, sums, rounding, shares. */
#include "unit.h"

#include <ocpp/settlement/money.h>

#include <string.h>

#define MOST OCPP_SETTLE_MOST_MINOR

static void currencies_have_the_digits_of_iso_4217(void **state)
{
    static const struct {
        const char *code;
        int exponent;
    } known[] = {
        { "EUR", 2 }, { "USD", 2 }, { "CNY", 2 }, { "JPY", 0 }, { "KRW", 0 }, { "KWD", 3 }, { "BHD", 3 }, { "CLF", 4 },
        { "UYW", 4 }, { "ISK", 0 }, { "HUF", 2 }, { "AED", 2 }, { "ZWG", 2 }, { "XCG", 2 }, { "MGA", 2 }, { "TND", 3 }
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        const struct ocpp_settle_currency *currency = ocpp_settle_currency_of(known[i].code);

        assert_non_null(currency);
        assert_string_equal(currency->code, known[i].code);
        assert_int_equal(currency->exponent, known[i].exponent);
    }
}

static void what_iso_4217_gives_no_minor_unit_is_no_currency(void **state)
{
    static const char *const unknown[] = { "", "E", "EU", "eur", "EURO", "XUA", "XAU", "XTS", "XDR", "AAA", "ZZZ" };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(unknown); i++) {
        assert_null(ocpp_settle_currency_of(unknown[i]));
    }
}

static void every_currency_is_found_and_they_stand_in_order(void **state)
{
    size_t count = 0;

    (void)state;
    for (const struct ocpp_settle_currency *currency; (currency = ocpp_settle_currency_at(count)) != NULL; count++) {
        assert_ptr_equal(ocpp_settle_currency_of(currency->code), currency);
        assert_true(count == 0 || strcmp(ocpp_settle_currency_at(count - 1)->code, currency->code) < 0);
        assert_true(currency->exponent <= 4);
    }
    assert_in_range(count, 150, 200);
    assert_null(ocpp_settle_currency_at(SIZE_MAX));
}

static const struct {
    int64_t minor;
    int exponent;
    const char *text;
} written[] = {
    { 0, 0, "0" },
    { 0, 2, "0.00" },
    { 5, 2, "0.05" },
    { -5, 2, "-0.05" },
    { 1230, 2, "12.30" },
    { -1230, 2, "-12.30" },
    { 500, 0, "500" },
    { 5, 3, "0.005" },
    { 12345, 4, "1.2345" },
    { MOST, 0, "1000000000000000" },
    { -MOST, 4, "-100000000000.0000" },
    { 100, 2, "1.00" },
    { 99, 2, "0.99" },
    { 10, 1, "1.0" },
};

static void amounts_are_written_with_exactly_the_digits_of_their_currency_and_read_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(written); i++) {
        char text[OCPP_SETTLE_AMOUNT_TEXT_SIZE];
        int64_t minor = 77;

        assert_int_equal(ocpp_settle_amount_format(written[i].minor, written[i].exponent, text), OCPP_OK);
        assert_string_equal(text, written[i].text);
        assert_int_equal(ocpp_settle_amount_parse(text, strlen(text), written[i].exponent, &minor), OCPP_OK);
        assert_int_equal(minor, written[i].minor);
    }
}

static void beyond_the_bounds_nothing_is_written(void **state)
{
    char text[OCPP_SETTLE_AMOUNT_TEXT_SIZE] = "x";

    (void)state;
    assert_int_equal(ocpp_settle_amount_format(MOST + 1, 2, text), OCPP_ERR_RANGE);
    assert_string_equal(text, "");
    assert_int_equal(ocpp_settle_amount_format(INT64_MIN, 2, text), OCPP_ERR_RANGE);
    assert_int_equal(ocpp_settle_amount_format(1, 5, text), OCPP_ERR_RANGE);
    assert_int_equal(ocpp_settle_amount_format(1, -1, text), OCPP_ERR_RANGE);
}

static void an_amount_written_in_any_other_way_is_refused(void **state)
{
    static const struct {
        const char *text;
        int exponent;
        enum ocpp_status status;
    } wrong[] = {
        { "", 2, OCPP_ERR_VALUE },
        { "-", 2, OCPP_ERR_VALUE },
        { ".", 2, OCPP_ERR_VALUE },
        { "1", 2, OCPP_ERR_VALUE },
        { "1.", 2, OCPP_ERR_VALUE },
        { "1.0", 2, OCPP_ERR_VALUE },
        { "1.000", 2, OCPP_ERR_VALUE },
        { "01.00", 2, OCPP_ERR_VALUE },
        { "-0.00", 2, OCPP_ERR_VALUE },
        { "+1.00", 2, OCPP_ERR_VALUE },
        { " 1.00", 2, OCPP_ERR_VALUE },
        { "1.00 ", 2, OCPP_ERR_VALUE },
        { "1,00", 2, OCPP_ERR_VALUE },
        { "1e2", 0, OCPP_ERR_VALUE },
        { "1.0", 0, OCPP_ERR_VALUE },
        { "--1.00", 2, OCPP_ERR_VALUE },
        { "1.0.0", 3, OCPP_ERR_VALUE },
        { ".50", 2, OCPP_ERR_VALUE },
        { "-0", 0, OCPP_ERR_VALUE },
        { "1.00", -1, OCPP_ERR_RANGE },
        { "1.00000", 5, OCPP_ERR_RANGE },
        { "1000000000000001", 0, OCPP_ERR_RANGE },
        { "99999999999999999999999999999", 0, OCPP_ERR_RANGE },
        { "0.0000000000000000000000001", 2, OCPP_ERR_VALUE },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        int64_t minor = 77;

        assert_int_equal(ocpp_settle_amount_parse(wrong[i].text, strlen(wrong[i].text), wrong[i].exponent, &minor),
                         wrong[i].status);
        assert_int_equal(minor, 77);
    }
}

static void sums_stop_at_the_bounds(void **state)
{
    int64_t sum = 77;

    (void)state;
    assert_int_equal(ocpp_settle_amount_add(MOST - 1, 1, &sum), OCPP_OK);
    assert_int_equal(sum, MOST);
    assert_int_equal(ocpp_settle_amount_add(-MOST, MOST, &sum), OCPP_OK);
    assert_int_equal(sum, 0);
    assert_int_equal(ocpp_settle_amount_add(MOST, 1, &sum), OCPP_ERR_RANGE);
    assert_int_equal(ocpp_settle_amount_add(-MOST, -1, &sum), OCPP_ERR_RANGE);
    assert_int_equal(ocpp_settle_amount_add(INT64_MAX, INT64_MIN, &sum), OCPP_ERR_RANGE);
    assert_int_equal(sum, 0);
}

static const struct {
    int64_t amount, factor, divisor, half_up, half_even;
} scaled[] = {
    { 5, 1, 10, 1, 0 },
    { 15, 1, 10, 2, 2 },
    { 25, 1, 10, 3, 2 },
    { -5, 1, 10, -1, 0 },
    { -15, 1, 10, -2, -2 },
    { 25, -1, 10, -3, -2 },
    { -25, -1, 10, 3, 2 },
    { 24, 1, 10, 2, 2 },
    { 26, 1, 10, 3, 3 },
    { 7, 3, 2, 11, 10 },
    { 0, -1, 3, 0, 0 },
    { 1, 1, 3, 0, 0 },
    { 2, 1, 3, 1, 1 },
    { INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX, INT64_MAX },
    { INT64_MIN + 1, INT64_MAX, INT64_MAX, INT64_MIN + 1, INT64_MIN + 1 },
    { INT64_C(1000000000000000), INT64_C(9000000000), INT64_C(3600000000), INT64_C(2500000000000000), INT64_C(2500000000000000) },
    { INT64_C(0x7fffffff00000001), INT64_C(0x7fffffffffffffff), INT64_C(0x7fffffffffffffff), INT64_C(0x7fffffff00000001),
      INT64_C(0x7fffffff00000001) },
};

static void products_of_128_bits_are_rounded_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(scaled); i++) {
        int64_t result = 77;

        assert_int_equal(ocpp_settle_amount_scale(scaled[i].amount, scaled[i].factor, scaled[i].divisor,
                                                  OCPP_SETTLE_ROUNDING_MODE_HALF_UP, &result),
                         OCPP_OK);
        assert_int_equal(result, scaled[i].half_up);
        assert_int_equal(ocpp_settle_amount_scale(scaled[i].amount, scaled[i].factor, scaled[i].divisor,
                                                  OCPP_SETTLE_ROUNDING_MODE_HALF_EVEN, &result),
                         OCPP_OK);
        assert_int_equal(result, scaled[i].half_even);
    }
}

static void a_product_that_does_not_fit_is_refused(void **state)
{
    static const int64_t wrong[][3] = { { INT64_MAX, INT64_MAX, 1 },
                                        { INT64_MIN, INT64_MIN, 1 },
                                        { INT64_MIN, 1, 1 },
                                        { INT64_MAX, 3, 2 },
                                        { 1, 1, 0 },
                                        { 1, 1, -1 },
                                        { INT64_MAX, 2, 1 } };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        int64_t result = 77;

        assert_int_equal(
            ocpp_settle_amount_scale(wrong[i][0], wrong[i][1], wrong[i][2], OCPP_SETTLE_ROUNDING_MODE_HALF_UP, &result),
            OCPP_ERR_RANGE);
        assert_int_equal(result, 77);
    }
}

static void shares_add_up_and_the_largest_remainder_is_served_first(void **state)
{
    static const struct {
        int64_t amount;
        int64_t weights[3];
        int64_t shares[3];
    } known[] = {
        { 100, { 1, 1, 1 }, { 34, 33, 33 } },
        { 101, { 1, 1, 1 }, { 34, 34, 33 } },
        { -100, { 1, 1, 1 }, { -34, -33, -33 } },
        { -300, { 50, 1250, 0 }, { -12, -288, 0 } },
        { 335, { 60, 1375, 0 }, { 14, 321, 0 } },
        { 1, { 1, 2, 2 }, { 0, 1, 0 } },
        { 0, { 5, 0, 0 }, { 0, 0, 0 } },
        { MOST, { MOST, 0, 0 }, { MOST, 0, 0 } },
        { -MOST, { 1, MOST - 2, 1 }, { -1, 2 - MOST, -1 } },
        { 10, { 0, 0, 3 }, { 0, 0, 10 } },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        int64_t shares[3];

        assert_int_equal(ocpp_settle_amount_allocate(known[i].amount, known[i].weights, 3, shares), OCPP_OK);
        assert_memory_equal(shares, known[i].shares, sizeof shares);
    }
}

static void shares_without_weights_are_refused(void **state)
{
    const int64_t none[2] = { 0, 0 };
    const int64_t negative[2] = { 5, -1 };
    const int64_t large[2] = { MOST, 1 };
    const int64_t good[2] = { 1, 1 };
    int64_t shares[2] = { 77, 77 };

    (void)state;
    assert_int_equal(ocpp_settle_amount_allocate(1, none, 2, shares), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_amount_allocate(1, good, 0, shares), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_amount_allocate(1, negative, 2, shares), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_amount_allocate(1, large, 2, shares), OCPP_ERR_RANGE);
    assert_int_equal(ocpp_settle_amount_allocate(MOST + 1, good, 2, shares), OCPP_ERR_RANGE);
    assert_int_equal(shares[0], 77);
    assert_int_equal(shares[1], 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(currencies_have_the_digits_of_iso_4217),
        cmocka_unit_test(what_iso_4217_gives_no_minor_unit_is_no_currency),
        cmocka_unit_test(every_currency_is_found_and_they_stand_in_order),
        cmocka_unit_test(amounts_are_written_with_exactly_the_digits_of_their_currency_and_read_again),
        cmocka_unit_test(beyond_the_bounds_nothing_is_written),
        cmocka_unit_test(an_amount_written_in_any_other_way_is_refused),
        cmocka_unit_test(sums_stop_at_the_bounds),
        cmocka_unit_test(products_of_128_bits_are_rounded_once),
        cmocka_unit_test(a_product_that_does_not_fit_is_refused),
        cmocka_unit_test(shares_add_up_and_the_largest_remainder_is_served_first),
        cmocka_unit_test(shares_without_weights_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
