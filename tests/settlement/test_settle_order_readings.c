/* What of a meter's samples becomes usage, and what does not. */
#include "unit.h"

#include "orders.h"
#include "settle_world.h"

#include <string.h>

struct look {
    struct settle_world *w;
    const char *order;
    const struct ocpp_settle_usage *usage;
};

static void look_body(struct command *command, void *args)
{
    struct look *look = args;
    const struct row_order *order = order_read(command, look->order);
    const struct ocpp_settle_usage *usage = order ? order_usage(command, order) : NULL;
    const void *copy = NULL;

    assert_non_null(usage);
    assert_int_equal(ocpp_message_copy(&ocpp_settle_usage_type, usage, look->w->arena, &copy), OCPP_OK);
    look->usage = copy;
}

static const struct ocpp_settle_usage *usage_of(struct settle_world *w)
{
    struct look look = { .w = w, .order = order_of(w, "CARD-A").id };

    assert_int_equal(command_run(w->settle, "look", look_body, &look, NULL), OCPP_OK);
    return look.usage;
}

static struct ocpp_meter_sample sample(const struct settle_world *w, enum ocpp_measurand measurand, int64_t value, int scale)
{
    return (struct ocpp_meter_sample){ .sample = { .measurand = measurand, .value = { value, scale } },
                                       .timestamp_utc_ms = w->now.utc_ms };
}

/* A session that began at register 1000 Wh a minute ago, and |samples| now. */
static const struct ocpp_settle_usage *read_now(struct settle_world *w, const struct ocpp_meter_sample *samples, size_t count)
{
    struct ocpp_transaction car = car_of(w, "PILE-1", "7", "CARD-A");

    car.started_utc_ms = w->now.utc_ms - 60000;
    car.has_meter_start = true;
    car.meter_start_wh = 1000;
    tell_car(w, OCPP_TRANSACTION_STARTED, &car, NULL, 0);
    tell_car(w, OCPP_TRANSACTION_UPDATED, &car, samples, count);
    return usage_of(w);
}

static int setup(void **state)
{
    *state = settle_world_new();
    return 0;
}

static int teardown(void **state)
{
    settle_world_free(*state);
    return 0;
}

static void the_samples_of_a_moment_are_one_event(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_meter_sample samples[] = {
        sample(w, OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, 15005, 1),
        sample(w, OCPP_MEASURAND_POWER_ACTIVE_IMPORT, 11000, 0),
        sample(w, OCPP_MEASURAND_CURRENT_IMPORT, 16, 0),
        sample(w, OCPP_MEASURAND_CURRENT_IMPORT, 155, 1),
        sample(w, OCPP_MEASURAND_CURRENT_IMPORT, 16, 0),
        sample(w, OCPP_MEASURAND_SOC, 50, 0),
    };

    for (size_t i = 2; i < 5; i++) {
        samples[i].sample.phase = (enum ocpp_phase)(OCPP_PHASE_L1 + (int)i - 2);
    }
    const struct ocpp_settle_usage *usage = read_now(w, samples, COUNT_OF(samples));
    assert_int_equal(usage->events.count, 2);
    assert_int_equal(usage->events.items[0].kind, OCPP_SETTLE_USAGE_KIND_START);
    assert_int_equal(usage->events.items[1].kind, OCPP_SETTLE_USAGE_KIND_METER);
    assert_int_equal(usage->events.items[1].energy_mwh - usage->events.items[0].energy_mwh, 500500);
    assert_int_equal(usage->events.items[1].power_mw, 11000000);
    assert_int_equal(usage->events.items[1].current_ma, 47500);
}

static void what_is_measured_elsewhere_or_by_phase_or_cannot_be_is_not_reckoned_with(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_meter_sample samples[] = {
        sample(w, OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, 9000, 0),
        sample(w, OCPP_MEASURAND_POWER_ACTIVE_IMPORT, 11000, 0),
        sample(w, OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, 9000, 0),
        sample(w, OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, -1, 0),
        sample(w, OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, INT64_C(1) << 53, 0),
        sample(w, OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, 9, -300),
        sample(w, OCPP_MEASURAND_CURRENT_IMPORT, -5, 0),
        sample(w, OCPP_MEASURAND_ENERGY_ACTIVE_EXPORT_REGISTER, 9000, 0),
    };

    samples[0].sample.location = OCPP_LOCATION_INLET;
    samples[1].sample.location = OCPP_LOCATION_EV;
    samples[2].sample.phase = OCPP_PHASE_L1;
    assert_int_equal(read_now(w, samples, COUNT_OF(samples))->events.count, 1);
}

static void a_second_telling_of_a_moment_adds_what_was_lacking_and_changes_nothing(void **state)
{
    struct settle_world *w = *state;
    const struct ocpp_meter_sample first = sample(w, OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, 2000, 0);
    const struct ocpp_meter_sample again[] = { sample(w, OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, 9000, 0),
                                               sample(w, OCPP_MEASURAND_POWER_ACTIVE_IMPORT, 7, 0) };

    (void)read_now(w, &first, 1);
    const struct ocpp_settle_usage *usage = read_now(w, again, COUNT_OF(again));
    assert_int_equal(usage->events.count, 2);
    assert_int_equal(usage->events.items[1].energy_mwh - usage->events.items[0].energy_mwh, 1000000);
    assert_int_equal(usage->events.items[1].power_mw, 7000);
}

static void moments_that_cannot_be_are_now_or_left_out(void **state)
{
    struct settle_world *w = *state;
    struct ocpp_meter_sample samples[] = {
        sample(w, OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, 2000, 0),
        sample(w, OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, 3000, 0),
        sample(w, OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, 4000, 0),
    };

    samples[0].timestamp_utc_ms = w->now.utc_ms + 3600000; /* not yet: now */
    samples[1].timestamp_utc_ms = -5;                      /* before there was a date, and before the session */
    samples[2].timestamp_utc_ms = OCPP_UTC_UNKNOWN;        /* now, and something is known of now already */
    const struct ocpp_settle_usage *usage = read_now(w, samples, COUNT_OF(samples));
    assert_int_equal(usage->events.count, 2);
    assert_true(usage->events.items[1].at == w->now.utc_ms);
    assert_int_equal(usage->events.items[1].energy_mwh - usage->events.items[0].energy_mwh, 1000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_samples_of_a_moment_are_one_event, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_measured_elsewhere_or_by_phase_or_cannot_be_is_not_reckoned_with, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_second_telling_of_a_moment_adds_what_was_lacking_and_changes_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(moments_that_cannot_be_are_now_or_left_out, setup, teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
