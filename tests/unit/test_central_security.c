/* What a connection proved: the highest security profile of a station only rises, over restarts and failing stores; and a boot
 * tells the serial number of the certificate. */
#include "central_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct central_world *world;
static char noticed[256];

static int set_up(void **state)
{
    (void)state;
    world = world_new();
    noticed[0] = '\0';
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

static enum ocpp_status connect_with(const char *identity, enum ocpp_version version, enum ocpp_security_profile profile,
                                     const char *serial_number, struct ocpp_station **station)
{
    const struct ocpp_station_options options = {
        .identity = identity, .version = version, .user = world, .security_profile = profile, .serial_number = serial_number
    };

    return ocpp_central_connect(world->central, &options, world->now, station);
}

/* How PILE-1 fares with |profile|. */
static enum ocpp_status attempt(enum ocpp_security_profile profile)
{
    struct ocpp_station *station = NULL;
    enum ocpp_status status = connect_with("PILE-1", OCPP_VERSION_2_0_1, profile, NULL, &station);

    assert_true((status == OCPP_OK) == (station != NULL));
    assert_int_equal(ocpp_central_admits(world->central, "PILE-1", profile), status);
    if (station) {
        ocpp_station_disconnect(station, world->now);
    }
    return status;
}

static enum ocpp_security_profile highest(const char *identity)
{
    enum ocpp_security_profile profile = OCPP_SECURITY_NONE;

    assert_int_equal(ocpp_central_security_profile(&world->store, identity, &profile), OCPP_OK);
    return profile;
}

/* --- A05 ------------------------------------------------------------------------------------------------------------------- */

/* A05.FR.07. From each to each, and nobody else is touched. */
static void the_security_profile_of_a_station_only_rises(void **state)
{
    (void)state;
    assert_int_equal(attempt(OCPP_SECURITY_NONE), OCPP_OK);
    for (int profile = OCPP_SECURITY_NONE; profile <= OCPP_SECURITY_CERTIFICATE; profile++) {
        assert_int_equal(attempt((enum ocpp_security_profile)profile), OCPP_OK);
        assert_int_equal(highest("PILE-1"), profile);
        for (int lower = OCPP_SECURITY_NONE; lower < profile; lower++) {
            assert_int_equal(attempt((enum ocpp_security_profile)lower), OCPP_ERR_SECURITY);
            assert_int_equal(highest("PILE-1"), profile);
        }
    }
    assert_int_equal(highest("PILE-2"), OCPP_SECURITY_NONE);
}

/* A05.FR.07. */
static void what_a_station_proved_outlives_a_restart(void **state)
{
    (void)state;
    assert_int_equal(attempt(OCPP_SECURITY_TLS), OCPP_OK);
    world_restart(world);
    assert_int_equal(attempt(OCPP_SECURITY_BASIC), OCPP_ERR_SECURITY);
    assert_int_equal(attempt(OCPP_SECURITY_TLS), OCPP_OK);
}

/* An operator may: a board was replaced, or a station goes from 3 to 2 (A05.FR.08). */
static void an_operator_lets_a_station_come_back_with_less(void **state)
{
    (void)state;
    assert_int_equal(attempt(OCPP_SECURITY_CERTIFICATE), OCPP_OK);
    assert_int_equal(ocpp_central_reset_security_profile(&world->store, "PILE-1", OCPP_SECURITY_TLS, NULL, NULL), OCPP_OK);
    assert_int_equal(attempt(OCPP_SECURITY_BASIC), OCPP_ERR_SECURITY);
    assert_int_equal(attempt(OCPP_SECURITY_TLS), OCPP_OK);
    assert_int_equal(ocpp_central_reset_security_profile(&world->store, "PILE-1", OCPP_SECURITY_NONE, NULL, NULL), OCPP_OK);
    assert_int_equal(attempt(OCPP_SECURITY_NONE), OCPP_OK);
}

static void what_is_no_identity_or_no_profile_is_an_argument_at_fault(void **state)
{
    (void)state;
    const enum ocpp_security_profile beyond = (enum ocpp_security_profile)4;
    enum ocpp_security_profile profile;
    struct ocpp_station *station;

    assert_int_equal(ocpp_central_security_profile(&world->store, "a/b", &profile), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_central_admits(world->central, "", OCPP_SECURITY_NONE), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_central_admits(world->central, "PILE-1", beyond), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_central_reset_security_profile(&world->store, "PILE-1", beyond, NULL, NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_central_reset_security_profile(&world->store, "a:b", OCPP_SECURITY_NONE, NULL, NULL),
                     OCPP_ERR_ARGUMENT);
    assert_int_equal(connect_with("PILE-1", OCPP_VERSION_1_6, beyond, NULL, &station), OCPP_ERR_ARGUMENT);
}

/* Who reconnects meanwhile, on another shard, has to find it. */
static void a_raised_profile_is_durable_when_the_connection_is_gone(void **state)
{
    struct ocpp_station *station;
    (void)state;

    world->hold_writes = true;
    assert_int_equal(connect_with("PILE-1", OCPP_VERSION_1_6, OCPP_SECURITY_TLS, NULL, &station), OCPP_OK);
    assert_int_equal(highest("PILE-1"), OCPP_SECURITY_TLS);
    assert_non_null(world->held);
    ocpp_station_disconnect(station, world->now);
    assert_null(world->held);
}

/* A fleet that reconnects writes nothing. */
static void a_profile_that_did_not_rise_is_not_written(void **state)
{
    (void)state;
    assert_int_equal(attempt(OCPP_SECURITY_TLS), OCPP_OK);
    const int writes = world->writes;
    assert_int_equal(attempt(OCPP_SECURITY_TLS), OCPP_OK);
    assert_int_equal(attempt(OCPP_SECURITY_BASIC), OCPP_ERR_SECURITY);
    assert_int_equal(world->writes, writes);
}

/* What cannot be read or written lets nobody in, and leaves nothing behind. */
static void a_store_that_fails_lets_nobody_in(void **state)
{
    struct ocpp_station *station;
    (void)state;

    world->fail_write = world->writes + 1;
    assert_int_not_equal(connect_with("PILE-1", OCPP_VERSION_1_6, OCPP_SECURITY_BASIC, NULL, &station), OCPP_OK);
    assert_null(ocpp_central_find(world->central, "PILE-1"));
    world->fail_write = 0;
    assert_int_equal(highest("PILE-1"), OCPP_SECURITY_NONE);
    assert_int_equal(attempt(OCPP_SECURITY_BASIC), OCPP_OK);
    for (int read = 1; read <= 2; read++) { /* whether it was accepted, what it proved */
        world->fail_read = world->reads + read;
        assert_int_not_equal(connect_with("PILE-1", OCPP_VERSION_1_6, OCPP_SECURITY_BASIC, NULL, &station), OCPP_OK);
        assert_null(ocpp_central_find(world->central, "PILE-1"));
    }
    world->fail_read = world->reads + 1;
    assert_int_not_equal(ocpp_central_admits(world->central, "PILE-1", OCPP_SECURITY_BASIC), OCPP_OK);
    world->fail_read = 0;
}

/* An attacker who can spoil a record gains nothing by it. */
static void a_record_that_cannot_be_read_lets_nobody_in(void **state)
{
    static const char *const spoilt[] = { "", "4", "22", "x", "/" };
    (void)state;

    for (size_t i = 0; i < sizeof spoilt / sizeof spoilt[0]; i++) {
        const struct ocpp_change change = {
            .kind = OCPP_CHANGE_PUT, .key = "security/PILE-1", .value = spoilt[i], .size = strlen(spoilt[i])
        };
        assert_int_equal(world->store.write(&change, 1, NULL, NULL, world->store.user), OCPP_OK);
        assert_int_equal(attempt(OCPP_SECURITY_CERTIFICATE), OCPP_ERR_CORRUPT);
    }
    assert_int_equal(ocpp_central_reset_security_profile(&world->store, "PILE-1", OCPP_SECURITY_TLS, NULL, NULL), OCPP_OK);
    assert_int_equal(attempt(OCPP_SECURITY_TLS), OCPP_OK);
}

/* --- B01 ------------------------------------------------------------------------------------------------------------------- */

static void on_security_event(struct ocpp_station *station, const struct ocpp_station_security_event *event, void *user)
{
    (void)user;
    (void)snprintf(noticed, sizeof noticed, "%s %s %s", ocpp_station_identity(station), event->type,
                   event->noticed_here ? "noticed here" : "told");
}

static struct ocpp_station *connect_expecting(const char *serial_number, enum ocpp_version version)
{
    const struct ocpp_central_handler handler = { .on_security_event = on_security_event };
    struct ocpp_station *station;

    world_free(world);
    world = world_new_with(&handler);
    assert_int_equal(connect_with("PILE-1", version, OCPP_SECURITY_CERTIFICATE, serial_number, &station), OCPP_OK);
    return station;
}

static const char boot_16[] = "[2,'b','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'%s}]";
static const char boot_201[] =
    "[2,'b','BootNotification',{'reason':'PowerUp','chargingStation':{'vendorName':'V','model':'M'%s}}]";

static const char *boots(struct ocpp_station *station, enum ocpp_version version, const char *told)
{
    char frame[256];

    (void)snprintf(frame, sizeof frame, version == OCPP_VERSION_1_6 ? boot_16 : boot_201, told);
    return world_says(world, station, frame);
}

/* B01.FR.11. In any case of letters, by either name of 1.6, and where none is told. */
static void a_boot_with_the_serial_number_of_the_certificate_is_accepted(void **state)
{
    static const struct {
        enum ocpp_version version;
        const char *told;
    } good[] = {
        { OCPP_VERSION_1_6, ",'chargePointSerialNumber':'SERIAL-1'" },
        { OCPP_VERSION_1_6, ",'chargeBoxSerialNumber':'serial-1'" },
        { OCPP_VERSION_1_6, "" },
        { OCPP_VERSION_2_0_1, ",'serialNumber':'SERIAL-1'" },
        { OCPP_VERSION_2_0_1, "" },
    };
    (void)state;

    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct ocpp_station *station = connect_expecting("SERIAL-1", good[i].version);
        assert_non_null(strstr(boots(station, good[i].version, good[i].told), "'Accepted'"));
        assert_false(ocpp_station_must_close(station));
        assert_string_equal(noticed, "");
    }
}

/* B01.FR.12, A00.FR.408. It is told, refused, not heard any more, and what it was before is not forgotten. */
static void a_boot_with_another_serial_number_ends_the_connection(void **state)
{
    static const enum ocpp_version versions[] = { OCPP_VERSION_1_6, OCPP_VERSION_2_0_1 };
    (void)state;

    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        struct ocpp_station *station = connect_expecting("SERIAL-1", versions[i]);
        const char *other =
            versions[i] == OCPP_VERSION_1_6 ? ",'chargePointSerialNumber':'SERIAL-2'" : ",'serialNumber':'SERIAL-2'";
        assert_non_null(strstr(boots(station, versions[i], ""), "'Accepted'"));
        assert_non_null(strstr(boots(station, versions[i], other), "[4,'b','SecurityError',"));
        assert_true(ocpp_station_must_close(station));
        assert_string_equal(noticed, "PILE-1 InvalidChargingStationCertificate noticed here");
        assert_string_equal(boots(station, versions[i], ""), "");
        assert_string_equal(world_says(world, station, "[2,'h','Heartbeat',{}]"), "");
        ocpp_station_disconnect(station, world->now);
        assert_int_equal(connect_with("PILE-1", versions[i], OCPP_SECURITY_CERTIFICATE, NULL, &station), OCPP_OK);
        assert_int_equal(ocpp_station_registration(station), OCPP_REGISTRATION_ACCEPTED);
    }
}

static void without_an_expected_serial_number_any_will_do(void **state)
{
    (void)state;
    struct ocpp_station *station = connect_expecting(NULL, OCPP_VERSION_2_0_1);

    assert_non_null(strstr(boots(station, OCPP_VERSION_2_0_1, ",'serialNumber':'SERIAL-2'"), "'Accepted'"));
    assert_false(ocpp_station_must_close(station));
}

static void a_boot_that_is_refused_where_nobody_listens_is_refused_all_the_same(void **state)
{
    struct ocpp_station *station;
    (void)state;

    assert_int_equal(connect_with("PILE-1", OCPP_VERSION_2_0_1, OCPP_SECURITY_CERTIFICATE, "SERIAL-1", &station), OCPP_OK);
    assert_non_null(strstr(boots(station, OCPP_VERSION_2_0_1, ",'serialNumber':'SERIAL-2'"), "SecurityError"));
    assert_true(ocpp_station_must_close(station));
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_WORLD(the_security_profile_of_a_station_only_rises),
        IN_WORLD(what_a_station_proved_outlives_a_restart),
        IN_WORLD(an_operator_lets_a_station_come_back_with_less),
        IN_WORLD(what_is_no_identity_or_no_profile_is_an_argument_at_fault),
        IN_WORLD(a_raised_profile_is_durable_when_the_connection_is_gone),
        IN_WORLD(a_profile_that_did_not_rise_is_not_written),
        IN_WORLD(a_store_that_fails_lets_nobody_in),
        IN_WORLD(a_record_that_cannot_be_read_lets_nobody_in),
        IN_WORLD(a_boot_with_the_serial_number_of_the_certificate_is_accepted),
        IN_WORLD(a_boot_with_another_serial_number_ends_the_connection),
        IN_WORLD(without_an_expected_serial_number_any_will_do),
        IN_WORLD(a_boot_that_is_refused_where_nobody_listens_is_refused_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
