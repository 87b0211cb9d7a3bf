/* test_orders_certificates.c: orders about certificates, and what stations tell beside their charging. */
#include "central_world.h"

#include <ocpp/central_orders.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

static struct central_world *world;
static struct ocpp_station *one; /* speaks 1.6 */
static struct ocpp_station *two; /* speaks 2.0.1 */
static char answers[2000];       /* what was heard of the answers, one line each */

static void OCPP_PRINTF(1, 2) add(const char *format, ...)
{
    const size_t used = strlen(answers);
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(answers + used, sizeof answers - used, format, arguments);
    va_end(arguments);
}

static void on_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    (void)user;
    add("%d %s %s", (int)result->status, result->accepted ? "yes" : "no", result->word);
    for (size_t i = 0; i < result->certificate_count; i++) {
        const struct ocpp_station_certificate *found = &result->certificates[i];
        add("; %u:%d %s %s %s +%zu", (unsigned)found->bit, (int)found->hash.algorithm, found->hash.issuer_name_hash,
            found->hash.issuer_key_hash, found->hash.serial_number, found->child_count);
    }
}

static const struct ocpp_command_done done = { on_done, NULL };

static int set_up(void **state)
{
    (void)state;
    world = world_new();
    answers[0] = '\0';
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
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

/* The last call of |station| is answered with |payload|; what the application heard of it. */
static const char *answered(struct ocpp_station *station, const char *payload)
{
    char frame[1500];
    char id[64];

    assert_int_equal(sscanf(world->frame, "[2,'%63[^']'", id), 1);
    snprintf(frame, sizeof frame, "[3,'%s',%s]", id, payload);
    answers[0] = '\0';
    world_says(world, station, frame);
    return answers;
}

/* --- orders --------------------------------------------------------------------------------------------------------------- */

/* TC_074_CSMS; A02.FR.04, A03.FR.04 */
static void a_signed_chain_goes_back_to_the_station(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_send_certificate(one, OCPP_KEY_STATION, "PEM", &done), OCPP_OK);
    assert_holds(world_hears(world, one), "'CertificateSigned',{'certificateChain':'PEM'}]");
    assert_text(answered(one, "{'status':'Rejected'}"), "0 no Rejected");
    assert_int_equal(ocpp_station_send_certificate(two, OCPP_KEY_V2G, "PEM", &done), OCPP_OK);
    assert_holds(world_hears(world, two), "{'certificateChain':'PEM','certificateType':'V2GCertificate'}]");
    assert_text(answered(two, "{'status':'Accepted'}"), "0 yes Accepted");
    assert_int_equal(ocpp_station_send_certificate(two, OCPP_KEY_STATION, "PEM", &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'certificateType':'ChargingStationCertificate'}]");
    assert_int_equal(ocpp_station_send_certificate(two, (enum ocpp_key_use)7, "PEM", &done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_send_certificate(two, OCPP_KEY_STATION, "", &done), OCPP_ERR_ARGUMENT);
}

/* TC_075_1_CSMS; TC_075_2_CSMS; M05.FR.01 */
static void a_root_is_installed_by_its_use(void **state)
{
    static const char *const names[] = { "CSMSRootCertificate", "ManufacturerRootCertificate", "V2GRootCertificate",
                                         "MORootCertificate" };

    (void)state;
    for (int use = 0; use < OCPP_ROOT_USE_COUNT; use++) {
        char expected[80];
        snprintf(expected, sizeof expected, "{'certificateType':'%s','certificate':'PEM'}]", names[use]);
        assert_int_equal(ocpp_station_install_root(two, (enum ocpp_root_use)use, "PEM", &done), OCPP_OK);
        assert_holds(world_hears(world, two), expected);
        assert_text(answered(two, "{'status':'Failed'}"), "0 no Failed");
    }
    assert_int_equal(ocpp_station_install_root(one, OCPP_ROOT_CSMS, "PEM", &done), OCPP_OK);
    assert_holds(world_hears(world, one), "{'certificateType':'CentralSystemRootCertificate','certificate':'PEM'}]");
    assert_text(answered(one, "{'status':'Accepted'}"), "0 yes Accepted");
    assert_int_equal(ocpp_station_install_root(one, OCPP_ROOT_MANUFACTURER, "PEM", &done), OCPP_OK);
    assert_holds(world_hears(world, one), "{'certificateType':'ManufacturerRootCertificate','certificate':'PEM'}]");
    assert_text(answered(one, "{'status':'Accepted'}"), "0 yes Accepted");
    assert_int_equal(ocpp_station_install_root(two, OCPP_ROOT_CSMS, NULL, &done), OCPP_ERR_ARGUMENT);
}

/* TC_076_CSMS; M04.FR.01 */
static void a_certificate_is_deleted_by_its_hash(void **state)
{
    struct ocpp_certificate_hash hash = { OCPP_HASH_SHA384, "aa", "bb", "cc" };

    (void)state;
    assert_int_equal(ocpp_station_delete_certificate(one, &hash, &done), OCPP_OK);
    assert_holds(world_hears(world, one),
                 "'DeleteCertificate',{'certificateHashData':{'hashAlgorithm':'SHA384','issuerNameHash':'aa',"
                 "'issuerKeyHash':'bb','serialNumber':'cc'}}]");
    assert_text(answered(one, "{'status':'NotFound'}"), "0 no NotFound");
    hash.algorithm = OCPP_HASH_SHA512;
    assert_int_equal(ocpp_station_delete_certificate(one, &hash, &done), OCPP_OK);
    assert_holds(world_hears(world, one), "'hashAlgorithm':'SHA512'");
    assert_text(answered(one, "{'status':'Accepted'}"), "0 yes Accepted");
    hash.algorithm = OCPP_HASH_SHA384;
    assert_int_equal(ocpp_station_delete_certificate(two, &hash, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'hashAlgorithm':'SHA384'");
    assert_text(answered(two, "{'status':'Accepted'}"), "0 yes Accepted");
    hash.serial_number[0] = '\0';
    assert_int_equal(ocpp_station_delete_certificate(two, &hash, &done), OCPP_ERR_ARGUMENT);
}

/* M03.FR.01, FR.02 */
static void what_is_installed_is_told_with_its_kind(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_get_certificates(two, OCPP_ROOT_BIT(OCPP_ROOT_MO) | OCPP_V2G_CHAIN_BIT, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "{'certificateType':['MORootCertificate','V2GCertificateChain']}]");
    assert_text(answered(two, "{'status':'Accepted','certificateHashDataChain':[{'certificateType':'V2GCertificateChain',"
                              "'certificateHashData':{'hashAlgorithm':'SHA256','issuerNameHash':'a','issuerKeyHash':'b',"
                              "'serialNumber':'c'},'childCertificateHashData':[{'hashAlgorithm':'SHA512','issuerNameHash':'d',"
                              "'issuerKeyHash':'e','serialNumber':'f'}]}]}"),
                "0 yes Accepted; 16:0 a b c +1");
    assert_int_equal(ocpp_station_get_certificates(two, 0, &done), OCPP_OK);
    assert_holds(world_hears(world, two), "'GetInstalledCertificateIds',{}]");
    assert_text(answered(two, "{'status':'NotFound'}"), "0 yes NotFound");
    assert_int_equal(ocpp_station_get_certificates(two, 32, &done), OCPP_ERR_ARGUMENT);
}

/* TC_076_CSMS */
static void one_kind_is_asked_for_in_1_6(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_get_certificates(one, OCPP_ROOT_BIT(OCPP_ROOT_CSMS), &done), OCPP_OK);
    assert_holds(world_hears(world, one), "{'certificateType':'CentralSystemRootCertificate'}]");
    assert_text(answered(one, "{'status':'Accepted','certificateHashData':[{'hashAlgorithm':'SHA512','issuerNameHash':'a',"
                              "'issuerKeyHash':'b','serialNumber':'c'}]}"),
                "0 yes Accepted; 1:2 a b c +0");
    assert_int_equal(ocpp_station_get_certificates(one, OCPP_ROOT_BIT(OCPP_ROOT_MANUFACTURER), &done), OCPP_OK);
    assert_holds(world_hears(world, one), "{'certificateType':'ManufacturerRootCertificate'}]");
    assert_text(answered(one, "{'status':'Accepted','certificateHashData':[{'hashAlgorithm':'SHA384','issuerNameHash':'a',"
                              "'issuerKeyHash':'b','serialNumber':'c'}]}"),
                "0 yes Accepted; 2:1 a b c +0");
    assert_int_equal(ocpp_station_get_certificates(one, 0, &done), OCPP_ERR_UNSUPPORTED_ACTION);
}

/* The wire lets a name be 128 characters, which are more bytes than a digest has digits. */
static void a_name_longer_than_any_digest_is_left_out(void **state)
{
    char payload[1200];
    char wide[128 * 2 + 1];

    (void)state;
    for (size_t i = 0; i < 128; i++) {
        memcpy(wide + 2 * i, "\xc3\xa4", 3);
    }
    snprintf(payload, sizeof payload,
             "{'status':'Accepted','certificateHashData':[{'hashAlgorithm':'SHA256','issuerNameHash':'%s','issuerKeyHash':'b',"
             "'serialNumber':'c'},{'hashAlgorithm':'SHA256','issuerNameHash':'a','issuerKeyHash':'b','serialNumber':'d'}]}",
             wide);
    assert_int_equal(ocpp_station_get_certificates(one, OCPP_ROOT_BIT(OCPP_ROOT_CSMS), &done), OCPP_OK);
    world_hears(world, one);
    assert_text(answered(one, payload), "0 yes Accepted; 1:0 a b d +0");
}

/* --- what stations tell -------------------------------------------------------------------------------------------------------
 */

static void on_security_event(struct ocpp_station *station, const struct ocpp_station_security_event *event, void *user)
{
    (void)user;
    add("%s %s %s %lld\n", ocpp_station_identity(station), event->type, event->info ? event->info : "-",
        (long long)event->timestamp_utc_ms);
}

static void on_task(struct ocpp_station *station, const struct ocpp_station_task_status *status, void *user)
{
    (void)user;
    add("%s %s %s %lld\n", ocpp_station_identity(station), status->task == OCPP_TASK_FIRMWARE ? "firmware" : "log", status->word,
        status->has_request_id ? (long long)status->request_id : -1LL);
}

static bool signs;

static bool on_sign_request(struct ocpp_station *station, const struct ocpp_station_sign_request *request, void *user)
{
    (void)user;
    add("%s %s%s%s\n", ocpp_station_identity(station), request->csr, request->for_station ? " station" : "",
        request->for_vehicles ? " vehicles" : "");
    return signs;
}

static int set_up_listening(void **state)
{
    const struct ocpp_central_handler handler = { .on_security_event = on_security_event,
                                                  .on_task = on_task,
                                                  .on_sign_request = on_sign_request };

    (void)state;
    world = world_new_with(&handler);
    answers[0] = '\0';
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    world_boot(world, one);
    world_boot(world, two);
    return 0;
}

/* TC_077_CSMS; A04.FR.01 */
static void security_events_are_told(void **state)
{
    (void)state;
    assert_text(world_says(world, one,
                           "[2,'1','SecurityEventNotification',{'type':'InvalidChargePointCertificate',"
                           "'timestamp':'2023-11-14T22:13:20Z','techInfo':'door'}]"),
                "[3,'1',{}]");
    assert_text(world_says(world, two,
                           "[2,'2','SecurityEventNotification',{'type':'InvalidCsmsCertificate',"
                           "'timestamp':'2023-11-14T22:13:20Z'}]"),
                "[3,'2',{}]");
    assert_text(answers,
                "PILE-1 InvalidChargePointCertificate door 1700000000000\nPILE-2 InvalidCsmsCertificate - 1700000000000\n");
}

/* L01.FR.01, N01.FR.01 */
static void how_far_a_task_has_come_is_told(void **state)
{
    (void)state;
    assert_text(world_says(world, one, "[2,'1','FirmwareStatusNotification',{'status':'Downloaded'}]"), "[3,'1',{}]");
    assert_text(world_says(world, one, "[2,'2','SignedFirmwareStatusNotification',{'status':'InvalidSignature','requestId':4}]"),
                "[3,'2',{}]");
    assert_text(world_says(world, one, "[2,'3','DiagnosticsStatusNotification',{'status':'UploadFailed'}]"), "[3,'3',{}]");
    assert_text(world_says(world, one, "[2,'4','LogStatusNotification',{'status':'Uploaded','requestId':5}]"), "[3,'4',{}]");
    assert_text(world_says(world, two, "[2,'5','FirmwareStatusNotification',{'status':'Installed','requestId':6}]"),
                "[3,'5',{}]");
    assert_text(world_says(world, two, "[2,'6','LogStatusNotification',{'status':'Idle'}]"), "[3,'6',{}]");
    assert_text(answers, "PILE-1 firmware Downloaded -1\nPILE-1 firmware InvalidSignature 4\nPILE-1 log UploadFailed -1\n"
                         "PILE-1 log Uploaded 5\nPILE-2 firmware Installed 6\nPILE-2 log Idle -1\n");
}

/* TC_074_CSMS; A02.FR.02, A03.FR.02 */
static void a_request_for_a_certificate_is_decided(void **state)
{
    (void)state;
    signs = true;
    assert_text(world_says(world, one, "[2,'1','SignCertificate',{'csr':'CSR'}]"), "[3,'1',{'status':'Accepted'}]");
    assert_text(world_says(world, two, "[2,'2','SignCertificate',{'csr':'CSR'}]"), "[3,'2',{'status':'Accepted'}]");
    assert_text(world_says(world, two, "[2,'3','SignCertificate',{'csr':'CSR','certificateType':'V2GCertificate'}]"),
                "[3,'3',{'status':'Accepted'}]");
    signs = false;
    assert_text(world_says(world, two, "[2,'4','SignCertificate',{'csr':'CSR','certificateType':'ChargingStationCertificate'}]"),
                "[3,'4',{'status':'Rejected'}]");
    assert_text(answers, "PILE-1 CSR station\nPILE-2 CSR station vehicles\nPILE-2 CSR vehicles\nPILE-2 CSR station\n");
}

static void who_does_not_listen_is_asked_in_general(void **state)
{
    (void)state;
    assert_text(world_says(world, one, "[2,'1','FirmwareStatusNotification',{'status':'Downloaded'}]"), "[3,'1',{}]");
    assert_holds(world_told(world), "FirmwareStatusNotification");
    assert_holds(world_says(world, two, "[2,'2','SignCertificate',{'csr':'CSR'}]"), "'NotSupported'");
    assert_holds(world_told(world), "SignCertificate");
}

int main(void)
{
#define TEST(test)      cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define LISTENING(test) cmocka_unit_test_setup_teardown(test, set_up_listening, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_signed_chain_goes_back_to_the_station),
        TEST(a_root_is_installed_by_its_use),
        TEST(a_certificate_is_deleted_by_its_hash),
        TEST(what_is_installed_is_told_with_its_kind),
        TEST(one_kind_is_asked_for_in_1_6),
        TEST(a_name_longer_than_any_digest_is_left_out),
        LISTENING(security_events_are_told),
        LISTENING(how_far_a_task_has_come_is_told),
        LISTENING(a_request_for_a_certificate_is_decided),
        TEST(who_does_not_listen_is_asked_in_general),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
