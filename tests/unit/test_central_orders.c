/* test_central_orders.c: what the application may order, of whom, and in which words; and who may connect at all. */
#include "central_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

static const struct ocpp_token token = { "TAG", OCPP_TOKEN_ISO14443 };

static struct central_world *world;
static struct ocpp_station *one; /* speaks 1.6 */
static struct ocpp_station *two; /* speaks 2.0.1 */

static int set_up(void **state)
{
    (void)state;
    world = world_new();
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    return 0;
}

static int set_up_booted(void **state)
{
    set_up(state);
    world_boot(world, one);
    world_boot(world, two);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

static void decide(enum ocpp_registration registration)
{
    world->boot.registration = registration;
    world_says(world, one, "[2,'b','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]");
    world_says(world, two, "[2,'b','BootNotification',{'reason':'PowerUp','chargingStation':{'vendorName':'V','model':'M'}}]");
}

/* --- of whom ------------------------------------------------------------------------------------------------------------ */

/* B03.FR.03; 1.6 edition 2, 4.2 */
static void a_rejected_station_is_sent_no_order(void **state)
{
    struct ocpp_station *const stations[] = { one, two };

    (void)state;
    decide(OCPP_REGISTRATION_REJECTED);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(ocpp_station_start(stations[i], 1, &token, NULL), OCPP_ERR_NOT_ACCEPTED);
        assert_int_equal(ocpp_station_stop(stations[i], "1", NULL), OCPP_ERR_NOT_ACCEPTED);
        assert_int_equal(ocpp_station_unlock(stations[i], 1, 1, NULL), OCPP_ERR_NOT_ACCEPTED);
        assert_int_equal(ocpp_station_reset(stations[i], true, NULL), OCPP_ERR_NOT_ACCEPTED);
        assert_int_equal(ocpp_station_trigger(stations[i], "BootNotification", 0, 0, NULL), OCPP_ERR_NOT_ACCEPTED);
        assert_text(world_hears(world, stations[i]), "");
    }
}

/* B02.FR.05; 1.6 edition 2, 4.2 */
static void a_pending_station_is_not_asked_to_charge_but_may_be_reset(void **state)
{
    struct ocpp_station *const stations[] = { one, two };

    (void)state;
    decide(OCPP_REGISTRATION_PENDING);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(ocpp_station_start(stations[i], 1, &token, NULL), OCPP_ERR_NOT_ACCEPTED);
        assert_int_equal(ocpp_station_stop(stations[i], "1", NULL), OCPP_ERR_NOT_ACCEPTED);
        assert_text(world_hears(world, stations[i]), "");
        assert_int_equal(ocpp_station_reset(stations[i], true, NULL), OCPP_OK);
        assert_holds(world_hears(world, stations[i]), "'Reset'");
    }
}

static void a_station_that_never_booted_is_not_asked_to_charge(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_start(one, 1, &token, NULL), OCPP_ERR_NOT_ACCEPTED);
    assert_int_equal(ocpp_station_stop(two, "T1", NULL), OCPP_ERR_NOT_ACCEPTED);
    assert_int_equal(ocpp_station_trigger(two, "BootNotification", 0, 0, NULL), OCPP_OK);
    assert_holds(world_hears(world, two), "'BootNotification'");
}

/* --- in which words ------------------------------------------------------------------------------------------------------- */

/* F06.FR.13 */
static void a_status_is_asked_of_one_connector_in_2_0_1(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_trigger(two, "StatusNotification", 0, 0, NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_trigger(two, "StatusNotification", 1, 0, NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_trigger(two, "StatusNotification", 0, 1, NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_trigger(two, "StatusNotification", 2, 1, NULL), OCPP_OK);
    assert_holds(world_hears(world, two),
                 "'TriggerMessage',{'evse':{'id':2,'connectorId':1},'requestedMessage':'StatusNotification'}]");
    assert_int_equal(ocpp_station_trigger(one, "StatusNotification", 2, 1, NULL), OCPP_OK);
    assert_holds(world_hears(world, one), "'TriggerMessage',{'requestedMessage':'StatusNotification','connectorId':2}]");
    assert_int_equal(ocpp_station_trigger(one, "StatusNotification", 2, 2, NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_trigger(one, "StatusNotification", -1, 0, NULL), OCPP_ERR_ARGUMENT);
}

static void a_stop_in_1_6_takes_a_number_as_it_was_told(void **state)
{
    static const char *const wrong[] = {
        "", " 1", "+1", "-1", "01", "1 ", "1.0", "T1", "99999999999999999999", "9007199254740993"
    };

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(ocpp_station_stop(one, wrong[i], NULL), OCPP_ERR_ARGUMENT);
    }
    assert_text(world_hears(world, one), "");
    assert_int_equal(ocpp_station_stop(one, "9007199254740992", NULL), OCPP_OK);
    assert_holds(world_hears(world, one), "{'transactionId':9007199254740992}");
}

static void the_state_of_a_boot_being_decided_asks_for_no_other(void **state)
{
    (void)state;
    world->decide_later = true;
    world_says(world, one, "[2,'b','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]");
    assert_holds(world_says(world, one, "[2,'1','Heartbeat',{}]"), "SecurityError");
    assert_text(world_hears(world, one), "");
}

/* --- whose turn it is to be written ------------------------------------------------------------------------------------------
 */

static void a_station_that_left_is_not_given_for_output(void **state)
{
    static const char *const names[] = { "A", "B", "C", "D", "E" };
    struct ocpp_station *stations[5];

    (void)state;
    for (size_t i = 0; i < 5; i++) {
        stations[i] = world_connect(world, names[i], OCPP_VERSION_1_6);
        const char text[] = "[2,\"1\",\"Heartbeat\",{}]";
        assert_int_equal(ocpp_station_receive(stations[i], text, sizeof text - 1, world->now), OCPP_OK);
    }
    ocpp_station_disconnect(stations[2], world->now);
    ocpp_station_disconnect(stations[0], world->now);
    ocpp_station_disconnect(stations[4], world->now);
    assert_ptr_equal(ocpp_central_next_with_output(world->central), stations[1]);
    assert_ptr_equal(ocpp_central_next_with_output(world->central), stations[3]);
    assert_null(ocpp_central_next_with_output(world->central));
    assert_int_equal(ocpp_station_trigger(stations[3], "BootNotification", 0, 0, NULL), OCPP_OK);
    assert_ptr_equal(ocpp_central_next_with_output(world->central), stations[3]);
}

/* --- who may connect ---------------------------------------------------------------------------------------------------------
 */

static void an_identity_is_text_a_person_can_read(void **state)
{
    static const char *const wrong[] = { "a\nb", "\x1b[2J", "a\x7f", "\xff", "a\xc0\xaf", "a:b" };
    struct ocpp_station_options options = { .version = OCPP_VERSION_1_6 };
    struct ocpp_station *station = NULL;

    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        options.identity = wrong[i];
        assert_int_equal(ocpp_central_connect(world->central, &options, world->now, &station), OCPP_ERR_ARGUMENT);
    }
    options.identity = "S\xc3\xa4ule 7";
    assert_int_equal(ocpp_central_connect(world->central, &options, world->now, &station), OCPP_OK);
}

int main(void)
{
#define FRESH(test)  cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define BOOTED(test) cmocka_unit_test_setup_teardown(test, set_up_booted, tear_down)
    const struct CMUnitTest tests[] = {
        FRESH(a_rejected_station_is_sent_no_order),
        FRESH(a_pending_station_is_not_asked_to_charge_but_may_be_reset),
        FRESH(a_station_that_never_booted_is_not_asked_to_charge),
        BOOTED(a_status_is_asked_of_one_connector_in_2_0_1),
        BOOTED(a_stop_in_1_6_takes_a_number_as_it_was_told),
        FRESH(the_state_of_a_boot_being_decided_asks_for_no_other),
        FRESH(a_station_that_left_is_not_given_for_output),
        FRESH(an_identity_is_text_a_person_can_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
