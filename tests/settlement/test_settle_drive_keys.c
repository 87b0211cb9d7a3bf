/* The keys of drivers, and how often strangers may ask: parts of ocpp-csms (examples/csms/drive_key.c, address_rate.c). */
#include "drive.h"

#include <ocpp/settlement/adapters.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

static const int64_t now_ms = INT64_C(1795255200000);

static struct settlement *settlement_of(void **state)
{
    return *state;
}

static int setup(void **state)
{
    static struct settlement settlement;
    const struct ocpp_settle_keys_settings settings = { .folder = NULL };

    memset(&settlement, 0, sizeof settlement);
    snprintf(settlement.config.operator_id, sizeof settlement.config.operator_id, "operator");
    *state = &settlement;
    return !secrets_start() || ocpp_settle_keys_open(&settings, &settlement.keys) != OCPP_OK;
}

static int teardown(void **state)
{
    ocpp_settle_keys_close(settlement_of(state)->keys);
    return 0;
}

static struct drive_claim visit_claim(void)
{
    struct drive_claim claim = { .is_visit = true, .type = OCPP_TOKEN_CENTRAL, .until_s = now_ms / 1000 + 60 };

    snprintf(claim.visit, sizeof claim.visit, "01J8Z6M0X2V7Q4K9T3B5N1D6F8");
    snprintf(claim.token, sizeof claim.token, "DRV0123456789ABCDEF");
    return claim;
}

static void a_key_says_what_was_put_into_it(void **state)
{
    struct drive_claim claim = visit_claim(), read;
    char key[DRIVE_KEY_SIZE];

    assert_true(drive_key_write(settlement_of(state), &claim, key));
    assert_true(drive_key_read(settlement_of(state), key, now_ms, &read));
    assert_true(read.is_visit);
    assert_string_equal(read.visit, claim.visit);
    assert_string_equal(read.token, claim.token);
    assert_int_equal(read.type, claim.type);
    assert_int_equal(read.until_s, claim.until_s);
}

static void a_token_of_any_characters_stands_in_a_key(void **state)
{
    struct drive_claim claim = { .type = OCPP_TOKEN_EMAID, .until_s = now_ms / 1000 + 60 }, read;
    char key[DRIVE_KEY_SIZE];

    snprintf(claim.token, sizeof claim.token, "a.b-c \xc3\xa9\xff\x01");
    assert_true(drive_key_write(settlement_of(state), &claim, key));
    assert_int_equal(strspn(key, "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-"), strlen(key));
    assert_true(drive_key_read(settlement_of(state), key, now_ms, &read));
    assert_false(read.is_visit);
    assert_string_equal(read.visit, "");
    assert_string_equal(read.token, claim.token);
}

static void the_longest_token_has_a_key(void **state)
{
    struct drive_claim claim = visit_claim(), read;
    char key[DRIVE_KEY_SIZE];

    memset(claim.token, 'x', sizeof claim.token - 1);
    claim.until_s = INT64_C(0xffffffffff);
    assert_true(drive_key_write(settlement_of(state), &claim, key));
    assert_true(drive_key_read(settlement_of(state), key, now_ms, &read));
    assert_string_equal(read.token, claim.token);
}

static void a_key_that_differs_anywhere_is_none(void **state)
{
    static const char others[] = "0aAvZ.-\x01";
    struct drive_claim claim = visit_claim(), read;
    char key[DRIVE_KEY_SIZE], other[DRIVE_KEY_SIZE + 2];

    assert_true(drive_key_write(settlement_of(state), &claim, key));
    for (size_t at = 0; key[at]; at++) {
        for (size_t i = 0; i < sizeof others; i++) { /* the last one ends the text there */
            memcpy(other, key, sizeof key);
            other[at] = others[i];
            assert_int_equal(drive_key_read(settlement_of(state), other, now_ms, &read), other[at] == key[at]);
        }
    }
    snprintf(other, sizeof other, "%s0", key);
    assert_false(drive_key_read(settlement_of(state), other, now_ms, &read));
    snprintf(other, sizeof other, "%s.", key);
    assert_false(drive_key_read(settlement_of(state), other, now_ms, &read));
}

static void what_is_no_key_is_none(void **state)
{
    static const char *const texts[] = { "",
                                         ".",
                                         ".....",
                                         "v",
                                         "v.....",
                                         "a.-.Central.41.1.",
                                         "x.-.Central.41.1.00000000000000000000000000000000",
                                         "a.-.Nonsense.41.7fffffff.00000000000000000000000000000000",
                                         "a.-.Central.4.7fffffff.00000000000000000000000000000000",
                                         "a.-.Central.00.7fffffff.00000000000000000000000000000000",
                                         "a.-.Central.41.-1.00000000000000000000000000000000" };
    struct drive_claim read;
    char longest[4 * DRIVE_KEY_SIZE];

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_false(drive_key_read(settlement_of(state), texts[i], now_ms, &read));
    }
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    assert_false(drive_key_read(settlement_of(state), longest, now_ms, &read));
}

static void a_key_is_over_when_its_time_is(void **state)
{
    struct drive_claim claim = visit_claim(), read;
    char key[DRIVE_KEY_SIZE];

    assert_true(drive_key_write(settlement_of(state), &claim, key));
    assert_true(drive_key_read(settlement_of(state), key, claim.until_s * 1000 - 1, &read));
    assert_false(drive_key_read(settlement_of(state), key, claim.until_s * 1000, &read));
}

static void another_operators_key_is_none(void **state)
{
    struct drive_claim claim = visit_claim(), read;
    struct settlement other = *settlement_of(state);
    char key[DRIVE_KEY_SIZE];

    snprintf(other.config.operator_id, sizeof other.config.operator_id, "another");
    assert_true(drive_key_write(&other, &claim, key));
    assert_true(drive_key_read(&other, key, now_ms, &read));
    assert_false(drive_key_read(settlement_of(state), key, now_ms, &read));
}

static void an_address_gets_its_burst_and_then_one_at_a_time(void **state)
{
    struct address_rate rate = { .burst = 3, .per_ms = 1000 };

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_true(address_rate_take(&rate, "192.0.2.1", 5000));
    }
    assert_false(address_rate_take(&rate, "192.0.2.1", 5000));
    assert_false(address_rate_take(&rate, "192.0.2.1", 5999));
    assert_true(address_rate_take(&rate, "192.0.2.1", 6000));
    assert_false(address_rate_take(&rate, "192.0.2.1", 6000));
    for (int i = 0; i < 3; i++) { /* it is full again, and no fuller */
        assert_true(address_rate_take(&rate, "192.0.2.1", 1000000));
    }
    assert_false(address_rate_take(&rate, "192.0.2.1", 1000000));
}

static void a_household_of_ipv6_counts_as_one(void **state)
{
    struct address_rate rate = { .burst = 1, .per_ms = 1000 };

    (void)state;
    assert_true(address_rate_take(&rate, "2001:db8:1:2::1", 0));
    assert_false(address_rate_take(&rate, "2001:db8:1:2:ffff::2", 0));
    memset(rate.buckets, 0, sizeof rate.buckets);
    assert_true(address_rate_take(&rate, "::ffff:192.0.2.7", 0));
    assert_false(address_rate_take(&rate, "192.0.2.7", 0));
}

static void many_addresses_take_no_more_room(void **state)
{
    struct address_rate rate = { .burst = 1, .per_ms = 1000 };
    char address[32];
    int taken = 0;

    (void)state;
    for (int i = 0; i < 5000; i++) {
        snprintf(address, sizeof address, "10.0.%d.%d", i / 256, i % 256);
        taken += address_rate_take(&rate, address, 0);
    }
    assert_in_range(taken, ADDRESS_RATE_BUCKETS / 2, ADDRESS_RATE_BUCKETS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_key_says_what_was_put_into_it),
        cmocka_unit_test(a_token_of_any_characters_stands_in_a_key),
        cmocka_unit_test(the_longest_token_has_a_key),
        cmocka_unit_test(a_key_that_differs_anywhere_is_none),
        cmocka_unit_test(what_is_no_key_is_none),
        cmocka_unit_test(a_key_is_over_when_its_time_is),
        cmocka_unit_test(another_operators_key_is_none),
        cmocka_unit_test(an_address_gets_its_burst_and_then_one_at_a_time),
        cmocka_unit_test(a_household_of_ipv6_counts_as_one),
        cmocka_unit_test(many_addresses_take_no_more_room),
    };

    return cmocka_run_group_tests(tests, setup, teardown);
}
