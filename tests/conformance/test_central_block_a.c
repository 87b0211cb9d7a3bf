/* test_central_block_a.c: the official cases of block A that are orders and answers: certificates asked for and given, and the
 * way up to a higher security profile. Those about sockets and TLS are in tests/programs/test_csms_security.py. */
#include "central_world.h"

#include <ocpp/central_orders.h>
#include <ocpp/central_reports.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_holds(text, part) assert_non_null(strstr(text, part))

static struct central_world *world;
static struct ocpp_station *one; /* speaks 1.6 */
static struct ocpp_station *two; /* speaks 2.0.1 */
static char asked[128];
static char noticed[128];
static char word[40];

static bool on_sign_request(struct ocpp_station *station, const struct ocpp_station_sign_request *request, void *user)
{
    (void)user;
    (void)snprintf(asked, sizeof asked, "%s %s%s%s", ocpp_station_identity(station), request->csr,
                   request->for_station ? " station" : "", request->for_vehicles ? " vehicles" : "");
    return true;
}

static void on_security_event(struct ocpp_station *station, const struct ocpp_station_security_event *event, void *user)
{
    (void)user;
    (void)snprintf(noticed, sizeof noticed, "%s %s", ocpp_station_identity(station), event->type);
}

static void on_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    (void)user;
    assert_int_equal(result->status, OCPP_OK);
    assert_int_equal(result->accepted, strcmp(result->word, "Accepted") == 0);
    (void)snprintf(word, sizeof word, "%s", result->word);
}

static const struct ocpp_command_done done = { on_done, NULL };

static struct ocpp_station *connect(const char *identity, enum ocpp_version version, enum ocpp_security_profile profile)
{
    const struct ocpp_station_options options = { .identity = identity, .version = version, .security_profile = profile };
    struct ocpp_station *station = NULL;

    return ocpp_central_connect(world->central, &options, world->now, &station) == OCPP_OK ? station : NULL;
}

static int set_up(void **state)
{
    const struct ocpp_central_handler handler = { .on_sign_request = on_sign_request, .on_security_event = on_security_event };
    (void)state;

    world = world_new_with(&handler);
    one = connect("PILE-1", OCPP_VERSION_1_6, OCPP_SECURITY_BASIC);
    two = connect("PILE-2", OCPP_VERSION_2_0_1, OCPP_SECURITY_BASIC);
    world_boot(world, one);
    world_boot(world, two);
    asked[0] = noticed[0] = word[0] = '\0';
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

/* The order that left is |call|; the station answers it with |payload|, and the application hears |expected|. */
static void order_is_answered(struct ocpp_station *station, const char *call, const char *payload, const char *expected)
{
    const char *heard = world_hears(world, station);
    char answer[512];
    char id[64];

    assert_holds(heard, call);
    assert_int_equal(sscanf(heard, "[2,'%63[^']'", id), 1);
    (void)snprintf(answer, sizeof answer, "[3,'%s',%s]", id, payload);
    world_says(world, station, answer);
    assert_string_equal(word, expected);
    word[0] = '\0';
}

/* What RenewChargingStationCertificate and its like are made of: the order, the station's request, the chain, and what it says.
 */
static void certificate_is_renewed(struct ocpp_station *station, const char *order, const char *request, enum ocpp_key_use use,
                                   const char *verdict)
{
    char payload[40];

    assert_int_equal(ocpp_station_trigger(station, order, 0, 0, &done), OCPP_OK);
    order_is_answered(station, order, "{'status':'Accepted'}", "Accepted");
    assert_holds(world_says(world, station, request), "{'status':'Accepted'}");
    assert_int_equal(ocpp_station_send_certificate(station, use, "CHAIN", &done), OCPP_OK);
    (void)snprintf(payload, sizeof payload, "{'status':'%s'}", verdict);
    order_is_answered(station, "'CertificateSigned',{'certificateChain':'CHAIN'", payload, verdict);
}

/* TC_A_11_CSMS; A02.FR.11, FR.14; F06.FR.01 */
static void a_station_is_told_to_renew_its_certificate(void **state)
{
    (void)state;
    certificate_is_renewed(two, "SignChargingStationCertificate",
                           "[2,'1','SignCertificate',{'csr':'CSR','certificateType':'ChargingStationCertificate'}]",
                           OCPP_KEY_STATION, "Accepted");
    assert_string_equal(asked, "PILE-2 CSR station");
}

/* TC_A_12_CSMS; A02.FR.11; F06.FR.01 */
static void a_station_is_told_to_renew_its_certificate_for_vehicles(void **state)
{
    (void)state;
    certificate_is_renewed(two, "SignV2GCertificate",
                           "[2,'1','SignCertificate',{'csr':'CSR','certificateType':'V2GCertificate'}]", OCPP_KEY_V2G,
                           "Accepted");
    assert_string_equal(asked, "PILE-2 CSR vehicles");
}

/* TC_A_13_CSMS; A02.FR.11 */
static void a_station_is_told_to_renew_a_certificate_for_both(void **state)
{
    (void)state;
    certificate_is_renewed(two, "SignCombinedCertificate", "[2,'1','SignCertificate',{'csr':'CSR'}]", OCPP_KEY_STATION,
                           "Accepted");
    assert_string_equal(asked, "PILE-2 CSR station vehicles");
}

/* TC_A_14_CSMS; A02.FR.07. The station does not want it, tells why, and goes on. */
static void a_station_refuses_the_certificate_it_is_given(void **state)
{
    (void)state;
    certificate_is_renewed(two, "SignChargingStationCertificate",
                           "[2,'1','SignCertificate',{'csr':'CSR','certificateType':'ChargingStationCertificate'}]",
                           OCPP_KEY_STATION, "Rejected");
    assert_holds(world_says(world, two,
                            "[2,'2','SecurityEventNotification',{'type':'InvalidChargingStationCertificate','timestamp':"
                            "'2026-01-01T00:00:00Z'}]"),
                 "[3,'2',{}]");
    assert_string_equal(noticed, "PILE-2 InvalidChargingStationCertificate");
    assert_holds(world_says(world, two, "[2,'3','Heartbeat',{}]"), "currentTime");
}

/* TC_074_CSMS; 1.6 security A02: order, request and chain in one go. */
static void a_charge_point_is_told_to_renew_its_certificate(void **state)
{
    (void)state;
    certificate_is_renewed(one, "SignChargePointCertificate", "[2,'1','SignCertificate',{'csr':'CSR'}]", OCPP_KEY_STATION,
                           "Accepted");
    assert_string_equal(asked, "PILE-1 CSR station");
}

/* TC_077_CSMS; TC_078_CSMS; 1.6 security A04: it is thanked, and the application hears of it. */
static void a_charge_point_tells_of_certificates_that_are_no_good(void **state)
{
    static const char *const types[] = { "InvalidChargePointCertificate", "InvalidCentralSystemCertificate" };
    (void)state;

    for (size_t i = 0; i < 2; i++) {
        char frame[160], expected[64];
        (void)snprintf(frame, sizeof frame,
                       "[2,'e','SecurityEventNotification',{'type':'%s','timestamp':'2026-01-01T00:00:00Z'}]", types[i]);
        (void)snprintf(expected, sizeof expected, "PILE-1 %s", types[i]);
        assert_string_equal(world_says(world, one, frame), "[3,'e',{}]");
        assert_string_equal(noticed, expected);
    }
}

/* What it had is not enough any more, and what it has now is. */
static void comes_back_with(const char *identity, enum ocpp_version version, enum ocpp_security_profile profile)
{
    struct ocpp_station *station = connect(identity, version, profile);

    assert_non_null(station);
    world_boot(world, station);
    ocpp_station_disconnect(station, world->now);
    assert_null(connect(identity, version, (enum ocpp_security_profile)(profile - 1)));
    assert_non_null(connect(identity, version, profile));
}

/* TC_A_19_CSMS; A05.FR.04, FR.07. The profile is set, comes first, the station restarts, and the lower one is gone. */
static void a_station_goes_up_by_a_network_profile_and_stays_there(void **state)
{
    const struct ocpp_network_profile profile = { .url = "wss://csms.example/ocpp",
                                                  .version = OCPP_VERSION_2_0_1,
                                                  .security_profile = 2,
                                                  .message_timeout_s = 30,
                                                  .network_interface = OCPP_NETWORK_WIRED_0 };
    const struct ocpp_setting_address priority = { .component = "OCPPCommCtrlr", .variable = "NetworkConfigurationPriority" };
    const char *heard;
    char id[64], answer[320];
    (void)state;

    assert_int_equal(ocpp_station_set_network_profile(two, 2, &profile, &done), OCPP_OK);
    order_is_answered(two, "'securityProfile':2", "{'status':'Accepted'}", "Accepted");
    assert_int_equal(ocpp_station_set_setting(two, &priority, "2,1", &done), OCPP_OK);
    heard = world_hears(world, two);
    assert_holds(heard, "'attributeValue':'2,1'");
    assert_int_equal(sscanf(heard, "[2,'%63[^']'", id), 1);
    (void)snprintf(answer, sizeof answer,
                   "[3,'%s',{'setVariableResult':[{'attributeStatus':'Accepted','component':{'name':'OCPPCommCtrlr'},'variable':"
                   "{'name':'NetworkConfigurationPriority'}}]}]",
                   id);
    world_says(world, two, answer);
    assert_string_equal(word, "Accepted");
    assert_int_equal(ocpp_station_reset(two, false, &done), OCPP_OK);
    order_is_answered(two, "'Reset',{'type':'OnIdle'}", "{'status':'Accepted'}", "Accepted");
    ocpp_station_disconnect(two, world->now);
    comes_back_with("PILE-2", OCPP_VERSION_2_0_1, OCPP_SECURITY_TLS);
}

/* TC_083_CSMS; 1.6 security A05.FR.05, FR.09. */
static void a_charge_point_goes_up_by_its_key_and_stays_there(void **state)
{
    const struct ocpp_setting_address key = { .key = "SecurityProfile" };
    (void)state;

    assert_int_equal(ocpp_station_set_setting(one, &key, "2", &done), OCPP_OK);
    order_is_answered(one, "'ChangeConfiguration',{'key':'SecurityProfile','value':'2'}", "{'status':'Accepted'}", "Accepted");
    ocpp_station_disconnect(one, world->now);
    comes_back_with("PILE-1", OCPP_VERSION_1_6, OCPP_SECURITY_TLS);
}

int main(void)
{
#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_WORLD(a_station_is_told_to_renew_its_certificate),
        IN_WORLD(a_station_is_told_to_renew_its_certificate_for_vehicles),
        IN_WORLD(a_station_is_told_to_renew_a_certificate_for_both),
        IN_WORLD(a_station_refuses_the_certificate_it_is_given),
        IN_WORLD(a_charge_point_is_told_to_renew_its_certificate),
        IN_WORLD(a_charge_point_tells_of_certificates_that_are_no_good),
        IN_WORLD(a_station_goes_up_by_a_network_profile_and_stays_there),
        IN_WORLD(a_charge_point_goes_up_by_its_key_and_stays_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
