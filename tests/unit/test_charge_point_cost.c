/* Prices and costs where something goes wrong, and the cost between two messages against an oracle. What they are there for
 * stands in tests/conformance/test_station_i.c and test_station_v16_california.c. */
#include "allocator.h"
#include "cost_world.h"
#include "pricing.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

/* --- the cost between two messages ------------------------------------------------------------------------------------------ */

struct dice {
    uint64_t random;
};

static int64_t throw(struct dice * dice, int64_t sides)
{
    dice->random = dice->random * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)(dice->random >> 33) % sides;
}

/* Second by second: what each costs, in millionths and 3,600ths of them. */
static int64_t oracle(const struct running *running, int64_t meter_wh, int64_t utc_ms)
{
    int64_t parts = 0;
    for (int64_t second = 0; second < (utc_ms - running->utc_ms) / 1000; second++) {
        const int64_t at = running->utc_ms + second * 1000;
        const bool is_next = running->has_next && at >= running->next_utc_ms;
        const int64_t grace_s = is_next ? running->next_grace_s : running->grace_s;
        if (!running->is_idle) {
            parts += is_next ? running->next_per_hour : running->per_hour;
        } else if (at >= running->idle_since + grace_s * 1000) {
            parts += is_next ? running->next_idle_per_hour : running->idle_per_hour;
        }
    }
    const int64_t energy_wh = meter_wh > running->meter_wh ? meter_wh - running->meter_wh : 0;
    return running->cost + (running->is_idle ? 0 : running->per_kwh * energy_wh / 1000) + parts / 3600;
}

static void the_cost_goes_on_as_the_oracle_says(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 500; seed++) {
        struct dice dice = { seed * 7919 + 3 };
        const int64_t from = 1700000000000;
        struct running running = {
            .is_set = true,
            .is_idle = throw(&dice, 2) == 0,
            .cost = throw(&dice, 10000000),
            .utc_ms = from,
            .meter_wh = throw(&dice, 100000),
            .idle_since = from - throw(&dice, 600) * 1000,
            .per_kwh = throw(&dice, 1000000),
            .per_hour = throw(&dice, 5000000),
            .idle_per_hour = throw(&dice, 5000000),
            .grace_s = throw(&dice, 1200),
            .has_next = throw(&dice, 2) == 0,
            .next_utc_ms = from + (throw(&dice, 3000) - 300) * 1000,
            .next_per_hour = throw(&dice, 5000000),
            .next_idle_per_hour = throw(&dice, 5000000),
            .next_grace_s = throw(&dice, 1200),
        };
        const int64_t meter_wh = running.meter_wh + throw(&dice, 50000) - 100;
        const int64_t utc_ms = from + throw(&dice, 4000) * 1000;
        const int64_t difference = ocpp_running_cost(&running, meter_wh, utc_ms) - oracle(&running, meter_wh, utc_ms);
        if (difference < -2 || difference > 2) { /* each part is cut by itself */
            fail_msg("seed %llu: off by %lld millionths", (unsigned long long)seed, (long long)difference);
        }
    }
}

static void prices_that_begin_to_hold_make_no_jump(void **state)
{
    (void)state;
    struct running running = { .is_set = true,
                               .cost = 1000000,
                               .utc_ms = 0,
                               .per_kwh = 500000,
                               .per_hour = 3600000,
                               .has_next = true,
                               .next_utc_ms = 100000,
                               .next_per_kwh = 900000,
                               .next_per_hour = 7200000 };
    const int64_t before = ocpp_running_cost(&running, 2000, 100000);
    ocpp_running_turn(&running, 2000);
    assert_true(ocpp_running_cost(&running, 2000, 100000) == before);
    assert_true(before == 1000000 + 1000000 + 100000);
    assert_true(ocpp_running_cost(&running, 3000, 200000) == before + 900000 + 200000);
    assert_true(ocpp_running_cost(&running, 1000, 50000) == before); /* a clock put back takes nothing back */
}

/* --- trouble ------------------------------------------------------------------------------------------------------------------
 */

static struct cost_world *with_idle_fee(void)
{
    struct cost_world *seen = cost_world_new();
    seen->settings.idle_fee_after_stop = true;
    cost_world_on(seen, OCPP_VERSION_1_6);
    return seen;
}

static int unplugged_told(const struct cost_world *seen)
{
    return central_counts(seen->world, "DataTransfer");
}

/* Told at least once whatever write fails, and in the end no more. */
static void any_write_of_an_unplugged_vehicle_may_fail_once(void **state)
{
    (void)state;
    for (unsigned nth = 1; nth <= 8; nth++) {
        struct cost_world *seen = with_idle_fee();
        drive(seen, 1, "A");
        card(seen->world, 1, "A");
        world_run(seen->world);
        test_storage_refuse(seen->world->storage, nth, OCPP_ERR_STORAGE);
        unplug(seen->world, 1);
        world_pass(seen->world, 120);
        assert_in_range(unplugged_told(seen), 1, 2);
        const int told = unplugged_told(seen);
        world_disconnect(seen->world);
        world_connect(seen->world, OCPP_VERSION_1_6);
        world_pass(seen->world, 120);
        assert_int_equal(unplugged_told(seen), told);
        cost_world_free(seen);
    }
}

static void an_unplugged_vehicle_is_told_until_it_is_answered(void **state)
{
    (void)state;
    struct cost_world *seen = with_idle_fee();
    world_set(seen->world, "TransactionMessageRetryInterval", "10");
    drive(seen, 1, "A");
    seen->world->silent_action = "DataTransfer";
    seen->world->silent_count = 1;
    unplug(seen->world, 1);
    world_pass(seen->world, 60);
    assert_int_equal(unplugged_told(seen), 2);
    world_pass(seen->world, 600);
    assert_int_equal(unplugged_told(seen), 2);
    cost_world_free(seen);
}

/* … but not for ever: as often as a fact. */
static void an_unplugged_vehicle_nobody_wants_to_hear_of_is_given_up(void **state)
{
    (void)state;
    struct cost_world *seen = with_idle_fee();
    world_set(seen->world, "TransactionMessageRetryInterval", "10");
    drive(seen, 1, "A");
    seen->world->silent_action = "DataTransfer";
    seen->world->silent_count = 100;
    unplug(seen->world, 1);
    world_pass(seen->world, 900);
    assert_int_equal(unplugged_told(seen), 3);
    seen->world->silent_count = 0;
    seen->world->refuse_action = "DataTransfer"; /* a refusal is an answer */
    seen->world->refuse_count = 100;
    drive(seen, 1, "B");
    unplug(seen->world, 1);
    world_pass(seen->world, 900);
    assert_int_equal(unplugged_told(seen), 4);
    cost_world_free(seen);
}

static void in_a_full_table_the_oldest_unplugged_vehicle_gives_way(void **state)
{
    (void)state;
    struct cost_world *seen = cost_world_new();
    seen->settings.idle_fee_after_stop = true;
    seen->settings.max_unplugged = 2;
    seen->world->settings.offline_unknown_allowed = true;
    cost_world_on(seen, OCPP_VERSION_1_6);
    world_disconnect(seen->world);
    for (int i = 0; i < 4; i++) {
        drive(seen, 1, "A");
        unplug(seen->world, 1);
        world_run(seen->world);
    }
    world_connect(seen->world, OCPP_VERSION_1_6);
    world_pass(seen->world, 60);
    assert_int_equal(seen->world->session_count, 4);
    assert_int_equal(unplugged_told(seen), 2);
    cost_world_free(seen);
}

/* A version without a word for it says nothing, and it waits. */
static void an_unplugged_vehicle_waits_for_a_version_that_can_say_it(void **state)
{
    (void)state;
    struct cost_world *seen = with_idle_fee();
    drive(seen, 1, "A");
    seen->world->silent_action = "DataTransfer";
    seen->world->silent_count = 1;
    unplug(seen->world, 1);
    world_disconnect(seen->world);
    world_connect(seen->world, OCPP_VERSION_2_0_1);
    world_pass(seen->world, 120);
    assert_int_equal(unplugged_told(seen), 1);
    world_disconnect(seen->world);
    world_connect(seen->world, OCPP_VERSION_1_6);
    world_pass(seen->world, 10);
    assert_int_equal(unplugged_told(seen), 2);
    cost_world_free(seen);
}

static void a_record_of_an_unplugged_vehicle_that_went_bad_is_set_aside(void **state)
{
    (void)state;
    struct cost_world *seen = with_idle_fee();
    const struct ocpp_change change = {
        .kind = OCPP_CHANGE_PUT, .key = "unplugged/0000000000000000", .value = "rubbish", .size = 7
    };
    world_power_off(seen->world);
    assert_int_equal(seen->world->memory->write(&change, 1, NULL, NULL, seen->world->memory->user), OCPP_OK);
    world_power_back(seen->world, 1);
    world_connect(seen->world, OCPP_VERSION_1_6);
    world_pass(seen->world, 10);
    assert_int_equal(unplugged_told(seen), 0);
    cost_world_free(seen);
}

static void a_setting_that_cannot_be_stored_keeps_its_value(void **state)
{
    (void)state;
    struct cost_world *seen = cost_world_new();
    seen->settings.tariff_text = "Old";
    cost_world_on(seen, OCPP_VERSION_2_0_1);
    test_storage_refuse(seen->world->storage, 1, OCPP_ERR_FULL);
    central_asks(seen->world, "SetVariables",
                 "{'setVariableData':[{'component':{'name':'TariffCostCtrlr'},'variable':{'name':'TariffFallbackMessage'},"
                 "'attributeValue':'New'}]}");
    assert_string_equal(value_of(seen->world->answer, "setVariableResult/0/attributeStatus"), "Rejected");
    card(seen->world, 1, "A");
    assert_string_equal(told_last(seen)->texts[0], "Old");
    cost_world_free(seen);
}

/* What is longer than a driver reads is cut at a whole character. */
static void a_text_beyond_all_bounds_is_cut(void **state)
{
    static char data[8000];
    (void)state;
    struct cost_world *seen = cost_world_new();
    cost_world_on(seen, OCPP_VERSION_1_6);
    card(seen->world, 1, "A");
    size_t size = (size_t)snprintf(data, sizeof(data), "{'idToken':'A','priceText':'");
    for (int i = 0; i < 600; i++) {
        size += (size_t)snprintf(data + size, sizeof(data) - size, "\xe2\x82\xac");
    }
    snprintf(data + size, sizeof(data) - size, "'}");
    assert_string_equal(note(seen, "SetUserPrice", data), "Accepted");
    struct ocpp_price price;
    assert_int_equal(ocpp_charge_point_price(seen->world->cp, 1, seen->world->now, &price), OCPP_OK);
    assert_int_equal(strlen(price.texts[0].text), 512 * 3);
    cost_world_free(seen);
}

static void asks_back(struct world *world, const char *which, int evse)
{
    struct ocpp_price price;
    if (strcmp(which, "price") == 0) {
        assert_int_equal(ocpp_charge_point_price(world->cp, evse, world->now, &price), OCPP_OK);
        assert_int_equal(ocpp_charge_point_plug(world->cp, 1, 1, true, world->now), OCPP_OK);
    }
}

static void the_firmware_may_ask_and_tell_from_within(void **state)
{
    (void)state;
    struct cost_world *seen = cost_world_new();
    seen->settings.tariff_text = "0.50";
    cost_world_on(seen, OCPP_VERSION_2_0_1);
    seen->world->in_callback = asks_back;
    card(seen->world, 1, "A");
    assert_int_equal(seen->told, 1);
    assert_int_equal(seen->world->shown[1], OCPP_CONNECTOR_CHARGING);
    seen->world->in_callback = NULL;
    struct ocpp_price price;
    assert_int_equal(ocpp_charge_point_price(seen->world->cp, 2, seen->world->now, &price), OCPP_ERR_ARGUMENT);
    cost_world_free(seen);
}

static void wrong_settings_make_no_charge_point(void **state)
{
    static const struct ocpp_own_setting taken = { .key = "Language", .stored_as = "Mine", .type = OCPP_SETTING_BOOLEAN };
    const struct ocpp_cost_settings wrong[] = {
        { .currency = "EURO" },
        { .decimals = 7 },
        { .decimals = -2 },
        { .languages = "en,,de" },
        { .languages = "a,b,c,d,e,f,g,h,i" },
        { .languages = "en", .language = "de" },
        { .language = "de" },
        { .languages = "e n" },
        { .default_price = "0.15" },
        { .price_wait_ms = 30001 },
        { .max_texts = 9 },
        { .max_unplugged = 1001 },
        { .look_ms = 499 },
        { .hysteresis_percent = 51 },
    };
    (void)state;
    for (size_t i = 0; i <= COUNT_OF(wrong); i++) {
        static const struct ocpp_cost_settings right = { .decimals = 0 };
        struct world *world = world_new();
        world->settings.cost = i < COUNT_OF(wrong) ? &wrong[i] : &right;
        if (i == COUNT_OF(wrong)) {
            world->settings.own_settings = &taken;
            world->settings.own_setting_count = 1;
        }
        assert_null(ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now));
        world_free(world);
    }
}

/* The firmware's own settings stand before ours, and stay what they were. */
static void the_firmware_keeps_its_own_settings_beside_them(void **state)
{
    static const struct ocpp_own_setting own[] = {
        { .key = "BlinkRepeat",
          .stored_as = "Blink",
          .type = OCPP_SETTING_INTEGER,
          .access = OCPP_SETTING_READ_WRITE,
          .initial = "3" },
    };
    (void)state;
    struct cost_world *seen = cost_world_new();
    seen->world->settings.own_settings = own;
    seen->world->settings.own_setting_count = 1;
    cost_world_on(seen, OCPP_VERSION_1_6);
    assert_string_equal(value_of(central_asks(seen->world, "ChangeConfiguration", "{'key':'BlinkRepeat','value':'5'}"), "status"),
                        "Accepted");
    assert_string_equal(
        value_of(central_asks(seen->world, "GetConfiguration", "{'key':['BlinkRepeat']}"), "configurationKey/0/value"), "5");
    cost_world_free(seen);
}

static void a_charge_point_that_finds_no_memory_for_them_is_none(void **state)
{
    struct test_allocator memory;
    struct cost_world *seen = cost_world_new();
    struct world *world = seen->world;
    (void)state;
    seen->settings.languages = "en,de";
    for (size_t nth = 1;; nth++) {
        test_allocator_start(&memory, nth);
        world->settings.allocator = &memory.allocator;
        struct ocpp_charge_point *cp =
            ocpp_charge_point_new(&world->settings, &world->hardware, test_storage_face(world->storage), world->now);
        const bool is_made = cp != NULL;
        ocpp_charge_point_free(cp);
        assert_int_equal(memory.blocks, 0);
        if (is_made) {
            assert_true(nth > 5);
            break;
        }
    }
    world->settings.allocator = NULL;
    cost_world_free(seen);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cost_goes_on_as_the_oracle_says),
        cmocka_unit_test(prices_that_begin_to_hold_make_no_jump),
        cmocka_unit_test(any_write_of_an_unplugged_vehicle_may_fail_once),
        cmocka_unit_test(an_unplugged_vehicle_is_told_until_it_is_answered),
        cmocka_unit_test(an_unplugged_vehicle_nobody_wants_to_hear_of_is_given_up),
        cmocka_unit_test(in_a_full_table_the_oldest_unplugged_vehicle_gives_way),
        cmocka_unit_test(an_unplugged_vehicle_waits_for_a_version_that_can_say_it),
        cmocka_unit_test(a_record_of_an_unplugged_vehicle_that_went_bad_is_set_aside),
        cmocka_unit_test(a_setting_that_cannot_be_stored_keeps_its_value),
        cmocka_unit_test(a_text_beyond_all_bounds_is_cut),
        cmocka_unit_test(the_firmware_may_ask_and_tell_from_within),
        cmocka_unit_test(wrong_settings_make_no_charge_point),
        cmocka_unit_test(the_firmware_keeps_its_own_settings_beside_them),
        cmocka_unit_test(a_charge_point_that_finds_no_memory_for_them_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
