/* test_central_firmware.c: official test cases of the central system about firmware and logs, step by step: the station's side is
 * written frame by frame, the operator's side are orders. The steps of 1.6 are ours, from titles. */
#include "report_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

/* The official cases configure these. */
#define CERTIFICATE "CERTIFICATE"
#define SIGNATURE   "c2ln"
#define CHECKSUM    "0123456789abcdef0123456789abcdef"

static struct central_world *world;
static struct ocpp_station *one; /* speaks 1.6 */
static struct ocpp_station *two; /* speaks 2.0.1 */

static int set_up(void **state)
{
    (void)state;
    world = report_world_new(&report_handler_whole, NULL);
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

/* |station| says |action| with |payload| and is thanked; the application is told |told|. */
static void says(struct ocpp_station *station, const char *action, const char *payload, const char *told)
{
    char frame[600];

    snprintf(frame, sizeof frame, "[2,'s','%s',%s]", action, payload);
    assert_text(world_says(world, station, frame), "[3,'s',{}]");
    assert_text(world_told(world), told);
}

/* --- firmware of 2.0.1 --------------------------------------------------------------------------------------------------------
 */

static struct ocpp_firmware_order signed_firmware(int64_t request_id)
{
    return (struct ocpp_firmware_order){ .request_id = request_id,
                                         .url = "https://f.example/fw.bin",
                                         .retrieve_utc_ms = world->now.utc_ms,
                                         .install_utc_ms = OCPP_UTC_UNKNOWN,
                                         .signing_certificate = CERTIFICATE,
                                         .signature = SIGNATURE,
                                         .retries = OCPP_AS_IT_LIKES,
                                         .retry_interval_s = OCPP_AS_IT_LIKES };
}

/* The order |firmware| leaves and is answered with |status|, which the operator is told. */
static void ordered(const struct ocpp_firmware_order *firmware, const char *status, bool is_accepted)
{
    char answer[64];
    char told[96];

    assert_int_equal(ocpp_station_update_firmware(two, firmware, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'UpdateFirmware'");
    assert_int_equal(ordered_id(world), firmware->request_id);
    assert_holds(world->frame, "'signingCertificate':'" CERTIFICATE "','signature':'" SIGNATURE "'");
    snprintf(answer, sizeof answer, "{'status':'%s'}", status);
    snprintf(told, sizeof told, "done 0 %s %s id %d\n", is_accepted ? "yes" : "no", status, (int)firmware->request_id);
    assert_text(answered(world, two, answer), told);
}

/* The station goes through |statuses|, ended by NULL. */
static void goes_on(int request_id, const char *const *statuses)
{
    char payload[96];
    char told[96];

    for (; *statuses; statuses++) {
        snprintf(payload, sizeof payload, "{'status':'%s','requestId':%d}", *statuses, request_id);
        snprintf(told, sizeof told, "firmware %s %d\n", *statuses, request_id);
        says(two, "FirmwareStatusNotification", payload, told);
    }
}

#define GOES_ON(request_id, ...) goes_on(request_id, (const char *const[]){ __VA_ARGS__, NULL })

/* The connector of |evse|, in both ways there are. */
static void tells_its_connector(int evse, const char *status)
{
    char payload[600];
    char told[96];

    snprintf(payload, sizeof payload, "{'timestamp':'2026-01-01T00:00:00Z','connectorStatus':'%s','evseId':%d,'connectorId':1}",
             status, evse);
    snprintf(told, sizeof told, "PILE-2 status %d.1 %s\n", evse, status);
    says(two, "StatusNotification", payload, told);
    snprintf(
        payload, sizeof payload,
        "{'generatedAt':'2026-01-01T00:00:00Z','seqNo':0,'eventData':[{'eventId':1,'timestamp':'2026-01-01T00:00:00Z','trigger':"
        "'Delta','actualValue':'%s','eventNotificationType':'HardWiredNotification','component':{'name':'Connector','evse':{"
        "'id':%d,'connectorId':1}},'variable':{'name':'AvailabilityState'}}]}",
        status, evse);
    snprintf(told, sizeof told, "event 1 delta notification Connector@%d.1.AvailabilityState=<%s> - - - seq 0\n", evse, status);
    says(two, "NotifyEvent", payload, told);
}

/* A new firmware has started: it boots, is accepted, and tells of its connectors. */
static void boots(void)
{
    assert_holds(
        world_says(world, two,
                   "[2,'b','BootNotification',{'reason':'FirmwareUpdate','chargingStation':{'vendorName':'V','model':'M'}}]"),
        "'status':'Accepted'");
    assert_text(world_told(world), "PILE-2 boot V M\n");
    tells_its_connector(1, "Available");
}

/* TC_L_01_CSMS; L01.FR.01, FR.11, FR.15 */
static void an_update_is_installed(void **state)
{
    const struct ocpp_firmware_order firmware = signed_firmware(5);

    (void)state;
    ordered(&firmware, "Accepted", true);
    GOES_ON(5, "Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting");
    boots();
    GOES_ON(5, "Installed");
}

/* TC_L_02_CSMS; L01.FR.01, FR.11, FR.15. The moment of installation is named, and lies ahead. */
static void an_update_is_installed_later(void **state)
{
    struct ocpp_firmware_order firmware = signed_firmware(5);

    (void)state;
    firmware.install_utc_ms = world->now.utc_ms + 3600000;
    assert_int_equal(ocpp_station_update_firmware(two, &firmware, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'installDateTime':'2026-01-01T01:00:00.000Z'");
    assert_text(answered(world, two, "{'status':'Accepted'}"), "done 0 yes Accepted id 5\n");
    GOES_ON(5, "Downloading", "Downloaded", "SignatureVerified", "InstallScheduled");
    world_pass(world, 3600000);
    GOES_ON(5, "Installing", "InstallRebooting");
    boots();
    GOES_ON(5, "Installed");
}

/* TC_L_03_CSMS; L01.FR.01, FR.11, FR.15. The moment of the download is named, and lies ahead. */
static void an_update_is_downloaded_later(void **state)
{
    struct ocpp_firmware_order firmware = signed_firmware(5);

    (void)state;
    firmware.retrieve_utc_ms = world->now.utc_ms + 3600000;
    assert_int_equal(ocpp_station_update_firmware(two, &firmware, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'retrieveDateTime':'2026-01-01T01:00:00.000Z'");
    assert_text(answered(world, two, "{'status':'Accepted'}"), "done 0 yes Accepted id 5\n");
    GOES_ON(5, "DownloadScheduled");
    world_pass(world, 3600000);
    GOES_ON(5, "Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting");
    boots();
    GOES_ON(5, "Installed");
}

/* TC_L_04_CSMS; L01.FR.01 */
static void a_revoked_certificate_is_refused(void **state)
{
    const struct ocpp_firmware_order firmware = signed_firmware(5);

    (void)state;
    ordered(&firmware, "RevokedCertificate", false);
}

/* TC_L_05_CSMS; L01.FR.01 */
static void a_bad_certificate_is_refused_and_security_is_told(void **state)
{
    const struct ocpp_firmware_order firmware = signed_firmware(5);

    (void)state;
    ordered(&firmware, "InvalidCertificate", false);
    says(two, "SecurityEventNotification", "{'type':'InvalidFirmwareSigningCertificate','timestamp':'2026-01-01T00:00:00Z'}",
         "security InvalidFirmwareSigningCertificate\n");
}

/* TC_L_06_CSMS; L01.FR.01, FR.11 */
static void a_bad_signature_ends_an_update_and_security_is_told(void **state)
{
    const struct ocpp_firmware_order firmware = signed_firmware(5);

    (void)state;
    ordered(&firmware, "Accepted", true);
    GOES_ON(5, "Downloading", "Downloaded", "InvalidSignature");
    says(two, "SecurityEventNotification", "{'type':'InvalidFirmwareSignature','timestamp':'2026-01-01T00:00:00Z'}",
         "security InvalidFirmwareSignature\n");
}

/* TC_L_07_CSMS; L01.FR.01, FR.11 */
static void a_download_fails(void **state)
{
    const struct ocpp_firmware_order firmware = signed_firmware(5);

    (void)state;
    ordered(&firmware, "Accepted", true);
    GOES_ON(5, "Downloading", "DownloadFailed");
}

/* TC_L_08_CSMS; L01.FR.01, FR.11 */
static void a_firmware_does_not_pass_its_check(void **state)
{
    const struct ocpp_firmware_order firmware = signed_firmware(5);

    (void)state;
    ordered(&firmware, "Accepted", true);
    GOES_ON(5, "Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallVerificationFailed");
}

/* TC_L_09_CSMS; L01.FR.01, FR.11 */
static void an_installation_fails_after_the_restart(void **state)
{
    const struct ocpp_firmware_order firmware = signed_firmware(5);

    (void)state;
    ordered(&firmware, "Accepted", true);
    GOES_ON(5, "Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting");
    boots();
    GOES_ON(5, "InstallationFailed");
}

/* TC_L_10_CSMS; L01.FR.01, FR.11, FR.24. The second order takes the place of the first. */
static void a_second_order_replaces_the_first(void **state)
{
    const struct ocpp_firmware_order first = signed_firmware(5);
    const struct ocpp_firmware_order second = signed_firmware(6);

    (void)state;
    ordered(&first, "Accepted", true);
    GOES_ON(5, "Downloading");
    ordered(&second, "AcceptedCanceled", true);
    GOES_ON(6, "Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting");
    boots();
    GOES_ON(6, "Installed");
}

/* TC_L_11_CSMS; L01.FR.01, FR.11, FR.27. The second order is refused, and the first goes on. */
static void a_second_order_is_refused_and_the_first_goes_on(void **state)
{
    const struct ocpp_firmware_order first = signed_firmware(5);
    const struct ocpp_firmware_order second = signed_firmware(6);

    (void)state;
    ordered(&first, "Accepted", true);
    GOES_ON(5, "Downloading");
    ordered(&second, "Rejected", false);
    GOES_ON(5, "Downloaded", "SignatureVerified", "Installing", "InstallRebooting");
    boots();
    GOES_ON(5, "Installed");
}

static void charges(const char *event, int seq_no, const char *trigger, const char *state, const char *told)
{
    char frame[500];

    snprintf(frame, sizeof frame,
             "[2,'t','TransactionEvent',{'eventType':'%s','timestamp':'2026-01-01T00:00:00Z','triggerReason':'%s','seqNo':%d,"
             "'transactionInfo':{'transactionId':'T1','chargingState':'%s'%s},'evse':{'id':1,'connectorId':1}}]",
             event, trigger, seq_no, state, strcmp(event, "Ended") == 0 ? ",'stoppedReason':'Local'" : "");
    assert_text(world_says(world, two, frame), "[3,'t',{}]");
    assert_holds(world_told(world), told);
}

/* TC_L_13_CSMS; L01.FR.01, FR.11. A charge is finished first, and nobody starts another: the connectors without one are out of
 * service at once, the other one behind it. */
static void an_update_waits_for_the_charge_that_runs(void **state)
{
    const struct ocpp_firmware_order firmware = signed_firmware(5);

    (void)state;
    charges("Started", 0, "CablePluggedIn", "Charging", "started T1");
    ordered(&firmware, "Accepted", true);
    GOES_ON(5, "DownloadScheduled");
    tells_its_connector(2, "Unavailable");
    charges("Updated", 1, "StopAuthorized", "Charging", "updated T1");
    charges("Updated", 2, "ChargingStateChanged", "EVConnected", "updated T1");
    tells_its_connector(1, "Unavailable");
    charges("Ended", 3, "EVCommunicationLost", "Idle", "ended T1");
    GOES_ON(5, "Downloading", "Downloaded", "SignatureVerified", "Installing", "InstallRebooting");
    boots();
    GOES_ON(5, "Installed");
}

/* --- firmware that stations share ----------------------------------------------------------------------------------------------
 */

/* Publishing is ordered and accepted, and comes through |statuses|, ended by NULL; the last one brings |locations|. */
static void is_published(const char *const *statuses, const char *locations, const char *told_locations)
{
    const struct ocpp_publish_order order = { .request_id = 8,
                                              .url = "https://f.example/fw.bin",
                                              .checksum = CHECKSUM,
                                              .retries = OCPP_AS_IT_LIKES,
                                              .retry_interval_s = OCPP_AS_IT_LIKES };
    char payload[200];
    char told[200];

    assert_int_equal(ocpp_station_publish_firmware(two, &order, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two),
                 "'PublishFirmware',{'location':'https://f.example/fw.bin','checksum':'" CHECKSUM "','requestId':8}]");
    assert_text(answered(world, two, "{'status':'Accepted'}"), "done 0 yes Accepted id 8\n");
    for (; *statuses; statuses++) {
        const bool is_last = statuses[1] == NULL;
        snprintf(payload, sizeof payload, "{'status':'%s'%s,'requestId':8}", *statuses, is_last ? locations : "");
        snprintf(told, sizeof told, "published %s 8%s\n", *statuses, is_last ? told_locations : "");
        says(two, "PublishFirmwareStatusNotification", payload, told);
    }
}

#define IS_PUBLISHED(locations, told, ...) is_published((const char *const[]){ __VA_ARGS__, NULL }, locations, told)

/* TC_L_17_CSMS; L03.FR.01, FR.04 */
static void firmware_is_published(void **state)
{
    (void)state;
    IS_PUBLISHED(",'location':['http://lc.local/fw.bin']", " http://lc.local/fw.bin", "Downloading", "Downloaded",
                 "ChecksumVerified", "Published");
}

/* TC_L_19_CSMS; L03.FR.01 */
static void firmware_with_another_checksum_is_not_published(void **state)
{
    (void)state;
    IS_PUBLISHED("", "", "Downloading", "Downloaded", "InvalidChecksum");
}

/* TC_L_20_CSMS; L03.FR.01 */
static void publishing_fails(void **state)
{
    (void)state;
    IS_PUBLISHED("", "", "Downloading", "Downloaded", "ChecksumVerified", "PublishFailed");
}

/* TC_L_24_CSMS; L03.FR.01 */
static void firmware_that_cannot_be_fetched_is_not_published(void **state)
{
    (void)state;
    IS_PUBLISHED("", "", "Downloading", "DownloadFailed");
}

static void is_unpublished(const char *answer, const char *told)
{
    assert_int_equal(ocpp_station_unpublish_firmware(two, CHECKSUM, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'UnpublishFirmware',{'checksum':'" CHECKSUM "'}]");
    assert_text(answered(world, two, answer), told);
}

/* TC_L_21_CSMS; L04.FR.01 */
static void firmware_is_offered_no_longer(void **state)
{
    (void)state;
    is_unpublished("{'status':'Unpublished'}", "done 0 yes Unpublished id 0\n");
}

/* TC_L_22_CSMS; L04.FR.02 */
static void firmware_that_was_not_offered_cannot_be_taken_back(void **state)
{
    (void)state;
    is_unpublished("{'status':'NoFirmware'}", "done 0 no NoFirmware id 0\n");
}

/* TC_L_23_CSMS; L04.FR.03 */
static void firmware_that_is_being_fetched_cannot_be_taken_back(void **state)
{
    (void)state;
    is_unpublished("{'status':'DownloadOngoing'}", "done 0 no DownloadOngoing id 0\n");
}

/* --- firmware of 1.6
 * ------------------------------------------------------------------------------------------------------------ */

static void one_goes_on(const char *action, const char *more, const char *number, const char *const *statuses)
{
    char payload[96];
    char told[96];

    for (; *statuses; statuses++) {
        snprintf(payload, sizeof payload, "{'status':'%s'%s}", *statuses, more);
        snprintf(told, sizeof told, "%s %s %s\n", strstr(action, "Firmware") ? "firmware" : "log", *statuses, number);
        says(one, action, payload, told);
    }
}

#define ONE_GOES_ON(action, more, number, ...) one_goes_on(action, more, number, (const char *const[]){ __VA_ARGS__, NULL })

static void plain_firmware_is_ordered(void)
{
    struct ocpp_firmware_order firmware = signed_firmware(0);

    firmware.signing_certificate = firmware.signature = NULL;
    assert_int_equal(ocpp_station_update_firmware(one, &firmware, &report_done), OCPP_OK);
    assert_holds(world_hears(world, one), "'UpdateFirmware',{'location':'https://f.example/fw.bin','retrieveDate':"
                                          "'2026-01-01T00:00:00.000Z'}]");
    assert_text(answered(world, one, "{}"), "done 0 yes  id 0\n");
}

static void one_boots(void)
{
    assert_holds(world_says(world, one, "[2,'b','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]"),
                 "'status':'Accepted'");
    assert_text(world_told(world), "PILE-1 boot V M\n");
}

/* TC_044_1_CSMS; 1.6 edition 2, 4.5, 5.19 */
static void plain_firmware_is_installed(void **state)
{
    (void)state;
    plain_firmware_is_ordered();
    ONE_GOES_ON("FirmwareStatusNotification", "", "-1", "Downloading", "Downloaded", "Installing");
    one_boots();
    ONE_GOES_ON("FirmwareStatusNotification", "", "-1", "Installed");
}

/* TC_044_2_CSMS; 1.6 edition 2, 4.5, 5.19 */
static void plain_firmware_cannot_be_fetched(void **state)
{
    (void)state;
    plain_firmware_is_ordered();
    ONE_GOES_ON("FirmwareStatusNotification", "", "-1", "Downloading", "DownloadFailed");
}

/* TC_044_3_CSMS; 1.6 edition 2, 4.5, 5.19 */
static void plain_firmware_cannot_be_installed(void **state)
{
    (void)state;
    plain_firmware_is_ordered();
    ONE_GOES_ON("FirmwareStatusNotification", "", "-1", "Downloading", "Downloaded", "Installing", "InstallationFailed");
}

static void signed_firmware_is_ordered_in_one_dot_six(void)
{
    const struct ocpp_firmware_order firmware = signed_firmware(5);

    assert_int_equal(ocpp_station_update_firmware(one, &firmware, &report_done), OCPP_OK);
    assert_holds(world_hears(world, one),
                 "'SignedUpdateFirmware',{'requestId':5,'firmware':{'location':'https://f.example/fw.bin'");
    assert_holds(world->frame, "'signingCertificate':'" CERTIFICATE "','signature':'" SIGNATURE "'");
    assert_text(answered(world, one, "{'status':'Accepted'}"), "done 0 yes Accepted id 5\n");
}

/* TC_080_CSMS; 1.6 security extension, L01 */
static void signed_firmware_is_installed_in_one_dot_six(void **state)
{
    (void)state;
    signed_firmware_is_ordered_in_one_dot_six();
    ONE_GOES_ON("SignedFirmwareStatusNotification", ",'requestId':5", "5", "Downloading", "Downloaded", "SignatureVerified",
                "Installing", "InstallRebooting");
    one_boots();
    ONE_GOES_ON("SignedFirmwareStatusNotification", ",'requestId':5", "5", "Installed");
}

/* TC_081_CSMS; 1.6 security extension, L01 */
static void a_bad_signature_ends_an_update_in_one_dot_six(void **state)
{
    (void)state;
    signed_firmware_is_ordered_in_one_dot_six();
    ONE_GOES_ON("SignedFirmwareStatusNotification", ",'requestId':5", "5", "Downloading", "Downloaded", "InvalidSignature");
    says(one, "SecurityEventNotification", "{'type':'InvalidFirmwareSignature','timestamp':'2026-01-01T00:00:00Z'}",
         "security InvalidFirmwareSignature\n");
}

/* --- logs
 * -------------------------------------------------------------------------------------------------------------------------- */

static struct ocpp_log_order log_order(enum ocpp_log_file kind, int64_t request_id)
{
    return (struct ocpp_log_order){ .kind = kind,
                                    .request_id = request_id,
                                    .url = "https://f.example/logs/",
                                    .oldest_utc_ms = OCPP_UTC_UNKNOWN,
                                    .latest_utc_ms = OCPP_UTC_UNKNOWN,
                                    .retries = OCPP_AS_IT_LIKES,
                                    .retry_interval_s = OCPP_AS_IT_LIKES };
}

/* The log of |kind| is asked for as request |id| and |status| is the answer. */
static void log_is_ordered(enum ocpp_log_file kind, int id, const char *status, bool is_accepted)
{
    const struct ocpp_log_order order = log_order(kind, id);
    char text[128];

    assert_int_equal(ocpp_station_get_log(two, &order, &report_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'GetLog'");
    assert_holds(world->frame, kind == OCPP_LOG_FILE_SECURITY ? "'logType':'SecurityLog'" : "'logType':'DiagnosticsLog'");
    assert_int_equal(ordered_id(world), id);
    snprintf(text, sizeof text, "{'status':'%s'%s}", status, is_accepted ? ",'filename':'f.txt'" : "");
    const char *told = answered(world, two, text);
    snprintf(text, sizeof text, "done 0 %s %s id %d%s\n", is_accepted ? "yes" : "no", status, id,
             is_accepted ? " file f.txt" : "");
    assert_text(told, text);
}

static void log_goes_on(const char *status, int id)
{
    char payload[96];
    char told[96];

    snprintf(payload, sizeof payload, "{'status':'%s','requestId':%d}", status, id);
    snprintf(told, sizeof told, "log %s %d\n", status, id);
    says(two, "LogStatusNotification", payload, told);
}

/* TC_N_25_CSMS; N01 */
static void diagnostics_are_handed_over(void **state)
{
    (void)state;
    log_is_ordered(OCPP_LOG_FILE_DIAGNOSTICS, 5, "Accepted", true);
    log_goes_on("Uploading", 5);
    log_goes_on("Uploaded", 5);
}

/* TC_N_34_CSMS; N01 */
static void a_log_is_refused(void **state)
{
    (void)state;
    log_is_ordered(OCPP_LOG_FILE_DIAGNOSTICS, 5, "Rejected", false);
}

/* TC_N_35_CSMS; N01 */
static void the_log_of_security_is_handed_over(void **state)
{
    (void)state;
    log_is_ordered(OCPP_LOG_FILE_SECURITY, 5, "Accepted", true);
    log_goes_on("Uploading", 5);
    log_goes_on("Uploaded", 5);
}

/* TC_N_36_CSMS; N01 */
static void a_second_log_takes_the_place_of_the_first(void **state)
{
    (void)state;
    log_is_ordered(OCPP_LOG_FILE_DIAGNOSTICS, 5, "Accepted", true);
    log_goes_on("Uploading", 5);
    log_is_ordered(OCPP_LOG_FILE_DIAGNOSTICS, 6, "AcceptedCanceled", true);
    log_goes_on("AcceptedCanceled", 5);
    log_goes_on("Uploading", 6);
    log_goes_on("Uploaded", 6);
}

static void one_is_asked_for_diagnostics(void)
{
    const struct ocpp_log_order order = log_order(OCPP_LOG_FILE_DIAGNOSTICS, 0);

    assert_int_equal(ocpp_station_get_log(one, &order, &report_done), OCPP_OK);
    assert_holds(world_hears(world, one), "'GetDiagnostics',{'location':'https://f.example/logs/'}]");
    assert_text(answered(world, one, "{'fileName':'d.zip'}"), "done 0 yes  id 0 file d.zip\n");
}

/* TC_045_1_CSMS; 1.6 edition 2, 4.4, 5.9 */
static void diagnostics_of_one_dot_six_are_handed_over(void **state)
{
    (void)state;
    one_is_asked_for_diagnostics();
    ONE_GOES_ON("DiagnosticsStatusNotification", "", "-1", "Uploading", "Uploaded");
}

/* TC_045_2_CSMS; 1.6 edition 2, 4.4, 5.9 */
static void diagnostics_of_one_dot_six_cannot_be_handed_over(void **state)
{
    (void)state;
    one_is_asked_for_diagnostics();
    ONE_GOES_ON("DiagnosticsStatusNotification", "", "-1", "Uploading", "UploadFailed");
}

/* TC_079_CSMS; 1.6 security extension, N01 */
static void the_log_of_security_of_one_dot_six_is_handed_over(void **state)
{
    const struct ocpp_log_order order = log_order(OCPP_LOG_FILE_SECURITY, 5);

    (void)state;
    assert_int_equal(ocpp_station_get_log(one, &order, &report_done), OCPP_OK);
    assert_holds(world_hears(world, one), "'GetLog',{'logType':'SecurityLog','requestId':5");
    assert_text(answered(world, one, "{'status':'Accepted','filename':'s.txt'}"), "done 0 yes Accepted id 5 file s.txt\n");
    ONE_GOES_ON("LogStatusNotification", ",'requestId':5", "5", "Uploading", "Uploaded");
}

int main(void)
{
#define IN_A_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        IN_A_WORLD(an_update_is_installed),
        IN_A_WORLD(an_update_is_installed_later),
        IN_A_WORLD(an_update_is_downloaded_later),
        IN_A_WORLD(a_revoked_certificate_is_refused),
        IN_A_WORLD(a_bad_certificate_is_refused_and_security_is_told),
        IN_A_WORLD(a_bad_signature_ends_an_update_and_security_is_told),
        IN_A_WORLD(a_download_fails),
        IN_A_WORLD(a_firmware_does_not_pass_its_check),
        IN_A_WORLD(an_installation_fails_after_the_restart),
        IN_A_WORLD(a_second_order_replaces_the_first),
        IN_A_WORLD(a_second_order_is_refused_and_the_first_goes_on),
        IN_A_WORLD(an_update_waits_for_the_charge_that_runs),
        IN_A_WORLD(firmware_is_published),
        IN_A_WORLD(firmware_with_another_checksum_is_not_published),
        IN_A_WORLD(publishing_fails),
        IN_A_WORLD(firmware_that_cannot_be_fetched_is_not_published),
        IN_A_WORLD(firmware_is_offered_no_longer),
        IN_A_WORLD(firmware_that_was_not_offered_cannot_be_taken_back),
        IN_A_WORLD(firmware_that_is_being_fetched_cannot_be_taken_back),
        IN_A_WORLD(plain_firmware_is_installed),
        IN_A_WORLD(plain_firmware_cannot_be_fetched),
        IN_A_WORLD(plain_firmware_cannot_be_installed),
        IN_A_WORLD(signed_firmware_is_installed_in_one_dot_six),
        IN_A_WORLD(a_bad_signature_ends_an_update_in_one_dot_six),
        IN_A_WORLD(diagnostics_are_handed_over),
        IN_A_WORLD(a_log_is_refused),
        IN_A_WORLD(the_log_of_security_is_handed_over),
        IN_A_WORLD(a_second_log_takes_the_place_of_the_first),
        IN_A_WORLD(diagnostics_of_one_dot_six_are_handed_over),
        IN_A_WORLD(diagnostics_of_one_dot_six_cannot_be_handed_over),
        IN_A_WORLD(the_log_of_security_of_one_dot_six_is_handed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
