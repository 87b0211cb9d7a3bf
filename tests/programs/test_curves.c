/* How power and energy of transactions went, in ocpp-csms: what its pages draw. */
#include "curves.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static struct curves *curves;

static int set_up(void **state)
{
    (void)state;
    curves = curves_new();
    return curves ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    curves_free(curves);
    return 0;
}

static struct ocpp_meter_sample sample(int64_t utc_ms, enum ocpp_measurand measurand, int64_t value)
{
    return (struct ocpp_meter_sample){ .timestamp_utc_ms = utc_ms,
                                       .sample = { .measurand = measurand, .value = OCPP_DECIMAL(value, 0) } };
}

static void tell(const char *identity, const char *id, const struct ocpp_meter_sample *samples, size_t count)
{
    const struct ocpp_transaction transaction = { .identity = identity, .id = id };

    curves_note(curves,
                &(struct ocpp_transaction_event){
                    .transaction = &transaction, .phase = OCPP_TRANSACTION_UPDATED, .samples = samples, .sample_count = count });
}

static void tell_energy(const char *identity, const char *id, int64_t utc_ms, int64_t wh)
{
    const struct ocpp_meter_sample one = sample(utc_ms, OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, wh);

    tell(identity, id, &one, 1);
}

static void what_is_told_at_one_time_is_one_point(void **state)
{
    const struct ocpp_meter_sample samples[] = {
        sample(1000, OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, 500),
        sample(1000, OCPP_MEASURAND_POWER_ACTIVE_IMPORT, 11000),
        sample(1000, OCPP_MEASURAND_SOC, 40),
    };
    struct curve curve;

    (void)state;
    tell("PILE-1", "1", samples, 3);
    tell("PILE-1", "1", samples, 3); /* told again */
    assert_true(curves_copy(curves, "PILE-1", "1", &curve));
    assert_int_equal(curve.count, 1);
    assert_int_equal(curve.points[0].has, CURVE_HAS_ENERGY | CURVE_HAS_POWER | CURVE_HAS_SOC);
    assert_int_equal(curve.points[0].register_wh, 500);
    assert_int_equal(curve.points[0].power_w, 11000);
    assert_int_equal(curve.points[0].soc, 40);
    assert_false(curves_copy(curves, "PILE-2", "1", &curve));
    assert_false(curves_copy(curves, "PILE-1", "2", &curve));
}

static void points_that_come_late_stand_where_their_time_is(void **state)
{
    struct curve curve;

    (void)state;
    tell_energy("PILE-1", "1", 3000, 3);
    tell_energy("PILE-1", "1", 1000, 1);
    tell_energy("PILE-1", "1", 2000, 2);
    assert_true(curves_copy(curves, "PILE-1", "1", &curve));
    assert_int_equal(curve.count, 3);
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(curve.points[i].register_wh, i + 1);
    }
}

static void a_long_transaction_is_thinned_evenly_and_keeps_its_ends(void **state)
{
    struct curve curve;

    (void)state;
    for (int64_t i = 0; i < 10 * CURVE_POINTS; i++) {
        tell_energy("PILE-1", "1", i * 1000, i);
    }
    assert_true(curves_copy(curves, "PILE-1", "1", &curve));
    assert_true(curve.thinned);
    assert_true(curve.count > CURVE_POINTS / 2 && curve.count <= CURVE_POINTS);
    assert_int_equal(curve.points[0].register_wh, 0);
    assert_int_equal(curve.points[curve.count - 1].register_wh, 10 * CURVE_POINTS - 1);
    for (size_t i = 1; i < curve.count; i++) {
        assert_true(curve.points[i].utc_ms > curve.points[i - 1].utc_ms);
    }
}

static void the_oldest_transaction_makes_room(void **state)
{
    struct curve curve;
    char id[16];

    (void)state;
    for (int i = 0; i <= CURVES_MAX; i++) {
        snprintf(id, sizeof id, "%d", i);
        tell_energy("PILE-1", id, 1000, i);
    }
    assert_false(curves_copy(curves, "PILE-1", "0", &curve));
    assert_true(curves_copy(curves, "PILE-1", "1", &curve));
    assert_true(curves_copy(curves, "PILE-1", id, &curve));
    assert_int_equal(curve.points[0].register_wh, CURVES_MAX);
}

static void what_is_no_reading_of_the_whole_is_left_out(void **state)
{
    struct ocpp_meter_sample samples[] = {
        sample(1000, OCPP_MEASURAND_POWER_ACTIVE_IMPORT, 4000),
        sample(OCPP_UTC_UNKNOWN, OCPP_MEASURAND_SOC, 50),
        sample(1000, OCPP_MEASURAND_SOC, 101),
        sample(1000, OCPP_MEASURAND_VOLTAGE, 230),
        sample(1000, OCPP_MEASURAND_POWER_ACTIVE_IMPORT, INT64_C(1) << 40),
        sample(1000, OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, -1),
    };
    char longer[2 * CURVE_ID_SIZE];
    struct curve curve;

    (void)state;
    samples[0].sample.phase = OCPP_PHASE_L1;
    tell("PILE-1", "1", samples, sizeof samples / sizeof samples[0]);
    assert_true(curves_copy(curves, "PILE-1", "1", &curve));
    assert_int_equal(curve.count, 0);
    snprintf(longer, sizeof longer, "%0*d", (int)CURVE_ID_SIZE, 1);
    tell_energy("PILE-1", longer, 1000, 1);
    assert_false(curves_copy(curves, "PILE-1", longer, &curve));
    tell("PILE-1", "nothing", NULL, 0);
    assert_false(curves_copy(curves, "PILE-1", "nothing", &curve));
}

static void the_registers_a_transaction_begins_and_ends_with_are_points(void **state)
{
    struct ocpp_transaction transaction = {
        .identity = "PILE-1", .id = "1", .started_utc_ms = 1000, .ended_utc_ms = OCPP_UTC_UNKNOWN
    };
    struct ocpp_transaction_event event = {
        .transaction = &transaction, .phase = OCPP_TRANSACTION_STARTED, .has_register = true, .register_wh = 7
    };
    struct curve curve;

    (void)state;
    curves_note(curves, &event);
    transaction.ended_utc_ms = 9000;
    event.phase = OCPP_TRANSACTION_ENDED;
    event.register_wh = 70;
    curves_note(curves, &event);
    assert_true(curves_copy(curves, "PILE-1", "1", &curve));
    assert_int_equal(curve.count, 2);
    assert_int_equal(curve.points[1].utc_ms, 9000);
    assert_int_equal(curve.points[1].register_wh, 70);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_told_at_one_time_is_one_point, set_up, tear_down),
        cmocka_unit_test_setup_teardown(points_that_come_late_stand_where_their_time_is, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_long_transaction_is_thinned_evenly_and_keeps_its_ends, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_oldest_transaction_makes_room, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_no_reading_of_the_whole_is_left_out, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_registers_a_transaction_begins_and_ends_with_are_points, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
