/* Fractions of money: sums, products, rounding, shares, text, and what has no room. */
#include "unit.h"

#include "exact.h"

#include <string.h>

#define MOST OCPP_SETTLE_MOST_MINOR

static struct exact ratio(int64_t numerator, int64_t denominator)
{
    return exact_ratio(numerator, denominator);
}

static void is_text(const struct exact *value, const char *wanted)
{
    char text[EXACT_TEXT_SIZE];

    exact_text(value, text);
    assert_string_equal(text, wanted);
}

static void fractions_are_added_multiplied_and_kept_in_lowest_terms(void **state)
{
    struct exact a = ratio(1, 6);
    struct exact b = ratio(-1, 10);
    struct exact result;

    (void)state;
    exact_add(&a, &b, &result);
    is_text(&result, "1/15");
    exact_subtract(&b, &a, &result);
    is_text(&result, "-4/15");
    exact_subtract(&a, &a, &result);
    is_text(&result, "0");
    assert_false(result.is_negative);
    exact_multiply(&a, &b, &result);
    is_text(&result, "-1/60");
    exact_divide(&a, &b, &result);
    is_text(&result, "-5/3");
    exact_scale(&b, -20, &result);
    is_text(&result, "2");
    exact_scale(&b, 0, &result);
    is_text(&result, "0");
    assert_true(exact_compare(&a, &b) > 0);
    assert_true(exact_compare(&b, &a) < 0);
    assert_int_equal(exact_compare(&a, &a), 0);
}

static void decimals_that_end_are_written_as_such(void **state)
{
    static const struct {
        int64_t numerator, denominator;
        const char *text;
    } known[] = {
        { 0, 7, "0" },
        { 99, 8, "12.375" },
        { 37, 3, "37/3" },
        { -37, 3, "-37/3" },
        { -1, 8, "-0.125" },
        { 1, 1000000, "0.000001" },
        { 10, 1, "10" },
        { 100, 40, "2.5" },
        { INT64_MAX, 1, "9223372036854775807" },
        { -INT64_MAX, 1, "-9223372036854775807" },
        { INT64_MIN, 1, "-9223372036854775808" },
        { 1000000000, 1, "1000000000" },
        { 1000000001, 10, "100000000.1" },
        { 1, 625, "0.0016" },
        { 3, 26, "3/26" },
    };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        const struct exact value = ratio(known[i].numerator, known[i].denominator);

        is_text(&value, known[i].text);
    }
}

/* 2^64 / 3 and its square: limbs carry, long division and the greatest common divisor have work to do. */
static void large_numbers_divide_without_a_rest_where_they_should(void **state)
{
    struct exact value = ratio(INT64_MAX, 3);
    const struct exact factor = value;
    struct exact power = exact_integer(1);

    (void)state;
    for (int i = 0; i < 20; i++) {
        exact_multiply(&power, &factor, &power);
        assert_false(power.is_lost);
    }
    for (int i = 0; i < 19; i++) {
        exact_divide(&power, &factor, &power);
    }
    assert_int_equal(exact_compare(&power, &factor), 0);
    exact_multiply(&value, &value, &value);
    is_text(&value, "85070591730234615847396907784232501249/9");
}

static void factorials_survive_the_way_up_and_down(void **state)
{
    struct exact value = exact_integer(1);
    struct exact sum = exact_integer(0);

    (void)state;
    for (int i = 1; i <= 150; i++) {
        exact_scale(&value, i, &value);
        exact_add(&sum, &value, &sum);
    }
    for (int i = 150; i >= 1; i--) {
        const struct exact divisor = exact_integer(i);

        exact_subtract(&sum, &value, &sum);
        exact_divide(&value, &divisor, &value);
        assert_true(natural_is_one(&value.denominator));
    }
    is_text(&value, "1");
    is_text(&sum, "0");
}

/* A quotient whose limb is guessed one too large and given back (Knuth's rare case), against 64-bit arithmetic where it fits. */
static void quotients_are_those_of_the_machine(void **state)
{
    uint64_t seed = 88172645463325252U;

    (void)state;
    for (int i = 0; i < 20000; i++) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        const uint64_t a = i % 3 == 0 ? seed | UINT64_C(0xffffffff00000000) : seed;
        const uint64_t b = (seed * 2654435761U) >> (i % 40) | 1;
        struct natural x = natural_of(a);
        const struct natural y = natural_of(b);
        struct natural quotient;
        struct natural rest;
        uint64_t word;

        natural_divide(&x, &y, &quotient, &rest);
        assert_true(natural_to_word(&quotient, &word) && word == a / b);
        assert_true(natural_to_word(&rest, &word) && word == a % b);
        assert_true(natural_multiply(&x, &y, &x) && natural_multiply(&x, &x, &x)); /* (a*b)^2 / b / b / a / a */
        for (int j = 0; j < 4; j++) {
            const struct natural by = j < 2 ? y : natural_of(a);

            natural_divide(&x, &by, &x, &rest);
            assert_true(natural_is_zero(&rest));
        }
        assert_true(a == 0 || natural_is_one(&x));
    }
}

static void quotients_with_limbs_guessed_too_large_are_mended(void **state)
{
    /* (2^96 - 2^64 + 2^63) / (2^64 - 2^32 + 2^31 ...): dividends and divisors of all ones and a one at the end */
    struct natural a = { 5, { 0, 0, 0x80000000, 0x7fffffff, 0x80000000 } };
    const struct natural b = { 3, { 1, 0, 0x80000000 } };
    struct natural quotient;
    struct natural rest;
    struct natural again;

    (void)state;
    for (uint32_t i = 0; i < 64; i++) {
        a.limbs[i % 4] ^= UINT32_C(0xffffffff) >> (i % 31);
        natural_divide(&a, &b, &quotient, &rest);
        assert_true(natural_compare(&rest, &b) < 0);
        assert_true(natural_multiply(&quotient, &b, &again) && natural_add(&again, &rest, &again));
        assert_int_equal(natural_compare(&again, &a), 0);
    }
}

static void halves_are_rounded_as_the_mode_says(void **state)
{
    static const struct {
        int64_t numerator, denominator, half_up, half_even;
    } known[] = { { 1, 2, 1, 0 },    { 3, 2, 2, 2 },    { 5, 2, 3, 2 },         { -1, 2, -1, 0 },     { -3, 2, -2, -2 },
                  { -5, 2, -3, -2 }, { 49, 100, 0, 0 }, { 51, 100, 1, 1 },      { -51, 100, -1, -1 }, { 1, 3, 0, 0 },
                  { 2, 3, 1, 1 },    { 0, 1, 0, 0 },    { MOST, 1, MOST, MOST } };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        const struct exact value = ratio(known[i].numerator, known[i].denominator);
        int64_t rounded;

        assert_int_equal(exact_round(&value, OCPP_SETTLE_ROUNDING_MODE_HALF_UP, &rounded), OCPP_OK);
        assert_int_equal(rounded, known[i].half_up);
        assert_int_equal(exact_round(&value, OCPP_SETTLE_ROUNDING_MODE_HALF_EVEN, &rounded), OCPP_OK);
        assert_int_equal(rounded, known[i].half_even);
    }
}

static void what_no_order_may_reach_is_not_rounded_to(void **state)
{
    const struct exact beyond = exact_integer(MOST + 1);
    const struct exact nearly = ratio(2 * MOST + 1, 2);
    struct exact rest;
    int64_t rounded = 77;

    (void)state;
    assert_int_equal(exact_round(&beyond, OCPP_SETTLE_ROUNDING_MODE_HALF_UP, &rounded), OCPP_ERR_RANGE);
    assert_int_equal(exact_round(&nearly, OCPP_SETTLE_ROUNDING_MODE_HALF_UP, &rounded), OCPP_ERR_RANGE);
    assert_int_equal(exact_floor(&beyond, &rounded, &rest), OCPP_ERR_RANGE);
    assert_int_equal(rounded, 77);
    assert_int_equal(exact_round(&nearly, OCPP_SETTLE_ROUNDING_MODE_HALF_EVEN, &rounded), OCPP_OK);
    assert_int_equal(rounded, MOST);
}

static void what_has_no_room_is_lost_and_stays_lost(void **state)
{
    struct exact value = exact_integer(INT64_MAX);
    const struct exact zero = exact_integer(0);
    const struct exact one = exact_integer(1);
    struct exact sum;
    struct exact rest;
    int64_t rounded;
    int times = 0;

    (void)state;
    for (; !value.is_lost; times++) {
        exact_multiply(&value, &value, &value);
    }
    assert_int_equal(times, 5); /* 63, 126, 252, 504, 1008 bits; 2016 are too many */
    is_text(&value, "");
    exact_add(&value, &one, &sum);
    assert_true(sum.is_lost);
    exact_multiply(&zero, &value, &sum);
    assert_true(sum.is_lost);
    exact_divide(&one, &value, &sum);
    assert_true(sum.is_lost);
    exact_subtract(&one, &value, &sum);
    assert_true(sum.is_lost);
    exact_divide(&one, &zero, &sum);
    assert_true(sum.is_lost);
    assert_int_equal(exact_round(&value, OCPP_SETTLE_ROUNDING_MODE_HALF_UP, &rounded), OCPP_ERR_RANGE);
    assert_int_equal(exact_floor(&value, &rounded, &rest), OCPP_ERR_RANGE);
    assert_int_equal(exact_allocate(5, &value, 1, &rounded), OCPP_ERR_RANGE);
    assert_false(exact_is_zero(&value));
}

static void a_text_that_takes_more_room_is_left_out(void **state)
{
    struct exact value = exact_integer(1);
    const struct exact ten = exact_integer(10);
    const struct exact third = ratio(1, 3);
    char text[EXACT_TEXT_SIZE];

    (void)state;
    for (int i = 0; i < 199; i++) {
        exact_multiply(&value, &ten, &value);
    }
    exact_text(&value, text);
    assert_int_equal(strlen(text), 200);
    value.is_negative = true;
    is_text(&value, "");
    value.is_negative = false;
    exact_multiply(&value, &ten, &value);
    is_text(&value, "");
    exact_divide(&third, &value, &value);
    is_text(&value, "");
    value = exact_integer(1);
    for (int i = 0; i < 198; i++) {
        exact_divide(&value, &ten, &value);
    }
    exact_text(&value, text);
    assert_int_equal(strlen(text), 200);
    exact_divide(&value, &ten, &value);
    is_text(&value, "");
}

static void shares_by_fractions_add_up(void **state)
{
    const struct exact weights[3] = { ratio(1, 7), ratio(1, 3), ratio(0, 1) };
    int64_t shares[3];

    (void)state;
    assert_int_equal(exact_allocate(100, weights, 3, shares), OCPP_OK);
    assert_int_equal(shares[0], 30);
    assert_int_equal(shares[1], 70);
    assert_int_equal(shares[2], 0);
    const struct exact alike[3] = { ratio(2, 7), ratio(2, 7), ratio(2, 7) };
    assert_int_equal(exact_allocate(101, alike, 3, shares), OCPP_OK);
    assert_int_equal(shares[0], 34); /* of equals the earlier ones */
    assert_int_equal(shares[1], 34);
    assert_int_equal(shares[2], 33);
    assert_int_equal(exact_allocate(-1, weights, 3, shares), OCPP_OK);
    assert_int_equal(shares[0], 0);
    assert_int_equal(shares[1], -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fractions_are_added_multiplied_and_kept_in_lowest_terms),
        cmocka_unit_test(decimals_that_end_are_written_as_such),
        cmocka_unit_test(large_numbers_divide_without_a_rest_where_they_should),
        cmocka_unit_test(factorials_survive_the_way_up_and_down),
        cmocka_unit_test(quotients_are_those_of_the_machine),
        cmocka_unit_test(quotients_with_limbs_guessed_too_large_are_mended),
        cmocka_unit_test(halves_are_rounded_as_the_mode_says),
        cmocka_unit_test(what_no_order_may_reach_is_not_rounded_to),
        cmocka_unit_test(what_has_no_room_is_lost_and_stays_lost),
        cmocka_unit_test(a_text_that_takes_more_room_is_left_out),
        cmocka_unit_test(shares_by_fractions_add_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
