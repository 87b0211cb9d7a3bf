/* Logs of a station, handed over on request: N01 of 2.0.1, GetDiagnostics of 1.6 (5.9) and GetLog of its security extension. The
 * steps of the cases of 1.6 are not public: title only, steps ours. */
#include "log_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

#define LOG_STATUS "LogStatusNotification"

static const char *asks_for_status(struct log_world *logs)
{
    return world_is_old(logs->world)
               ? value_of(central_asks(logs->world, "ExtendedTriggerMessage", "{'requestedMessage':'" LOG_STATUS "'}"), "status")
               : value_of(central_asks(logs->world, "TriggerMessage", "{'requestedMessage':'" LOG_STATUS "'}"), "status");
}

/* TC_N_25_CS; N01.FR.01, FR.02, FR.04, FR.07, FR.08, FR.09, FR.13. */
static void a_diagnostics_log_is_handed_over(void **state)
{
    struct log_world *logs = log_world_of(state);
    assert_string_equal(get_log(logs, "DiagnosticsLog", 31, ""), "Accepted");
    assert_string_not_equal(value_of(logs->world->answer, "filename"), "");
    assert_string_equal(value_of(logs->world->answer, "filename"), logs->transfer.last.name);
    central_sees(logs->world, LOG_STATUS, "status=Uploading requestId=31");
    assert_string_equal(logs->transfer.last.url, "https://user:secret@files.example/logs/");
    upload_ends(logs, OCPP_TRANSFER_DONE);
    central_sees(logs->world, LOG_STATUS, "status=Uploaded requestId=31");
    assert_string_equal(uploaded(logs), logs->log);
    assert_int_equal(logs->closed, 1);
    central_does_not_see(logs->world, LOG_STATUS);
    log_world_free(logs);
}

/* TC_N_35_CS; TC_079_CS; N01.FR.03. */
static void the_security_log_is_handed_over(void **state)
{
    struct log_world *logs = log_world_of(state);
    raise_event(logs, "MaintenanceLoginFailed", "user fitter");
    assert_string_equal(get_log(logs, "SecurityLog", 32, ""), "Accepted");
    central_sees(logs->world, LOG_STATUS, "status=Uploading requestId=32");
    upload_ends(logs, OCPP_TRANSFER_DONE);
    central_sees(logs->world, LOG_STATUS, "status=Uploaded requestId=32");
    assert_non_null(strstr(uploaded(logs), "\tStartupOfTheDevice\tcritical\tpower up\n"));
    assert_non_null(strstr(uploaded(logs), "\tMaintenanceLoginFailed\tcritical\tuser fitter\n"));
    assert_int_equal(logs->opened, 0);
    log_world_free(logs);
}

/* TC_N_26_CS, errata 6.2.93; N01.FR.10: one Uploading, and after all attempts one failure. */
static void an_upload_that_fails_is_tried_as_often_as_allowed(void **state)
{
    struct log_world *logs = log_world_of(state);
    assert_string_equal(get_log(logs, "DiagnosticsLog", 33, ",'retries':3,'retryInterval':20"), "Accepted");
    central_sees(logs->world, LOG_STATUS, "status=Uploading requestId=33");
    const int64_t began_ms = logs->world->now.mono_ms;
    for (int attempt = 0; attempt < 4; attempt++) {
        assert_int_equal(logs->transfer.started, attempt + 1);
        central_does_not_see(logs->world, LOG_STATUS);
        upload_ends(logs, OCPP_TRANSFER_NOT_FOUND);
        if (attempt < 3) {
            world_pass(logs->world, 19);
            assert_int_equal(logs->transfer.started, attempt + 1);
            world_pass(logs->world, 1);
        }
    }
    central_sees(logs->world, LOG_STATUS, "status=UploadFailure requestId=33");
    assert_int_equal(logs->world->now.mono_ms - began_ms, 60000);
    world_pass(logs->world, 3600);
    assert_int_equal(logs->transfer.started, 4);
    central_does_not_see(logs->world, LOG_STATUS);
    assert_int_equal(logs->closed, 1);
    log_world_free(logs);
}

/* N01.FR.10: as precisely as it is known. */
static void a_failure_is_told_by_its_reason(void **state)
{
    static const struct {
        enum ocpp_transfer_result result;
        const char *status;
    } reasons[] = {
        { OCPP_TRANSFER_LOST, "UploadFailure" },
        { OCPP_TRANSFER_DENIED, "PermissionDenied" },
        { OCPP_TRANSFER_NOT_SUPPORTED, "NotSupportedOperation" },
        { OCPP_TRANSFER_UNTRUSTED, "UploadFailure" },
        { OCPP_TRANSFER_TOO_LARGE, "PermissionDenied" },
        { OCPP_TRANSFER_LOCAL, "UploadFailure" },
    };
    struct log_world *logs = log_world_of(state);
    for (size_t i = 0; i < COUNT_OF(reasons); i++) {
        char members[64];
        assert_string_equal(get_log(logs, "DiagnosticsLog", (int)i, ",'retries':0"), "Accepted");
        upload_ends(logs, reasons[i].result);
        snprintf(members, sizeof(members), "status=%s requestId=%zu", reasons[i].status, i);
        central_sees(logs->world, LOG_STATUS, members);
    }
    log_world_free(logs);
}

/* An address nothing can be sent to: it is said, and not tried again. */
static void an_address_that_is_none_ends_at_once(void **state)
{
    struct log_world *logs = log_world_of(state);
    assert_string_equal(get_log_to(logs, "DiagnosticsLog", 1, ",'retries':3", "somewhere"), "Accepted");
    central_sees(logs->world, LOG_STATUS, "status=BadMessage requestId=1");
    logs->transfer.transfer.protocols = OCPP_TRANSFER_HTTPS;
    assert_string_equal(get_log_to(logs, "DiagnosticsLog", 2, ",'retries':3", "ftp://files.example/"), "Accepted");
    central_sees(logs->world, LOG_STATUS, "status=NotSupportedOperation requestId=2");
    world_pass(logs->world, 600);
    assert_int_equal(logs->transfer.started, 0);
    assert_int_equal(logs->closed, 2);
    log_world_free(logs);
}

/* TC_N_34_CS; N01.FR.05. */
static void a_log_that_is_not_there_is_rejected(void **state)
{
    struct log_world *logs = log_world_of(state);
    logs->answer = OCPP_LOG_NOTHING;
    assert_string_equal(get_log(logs, "DiagnosticsLog", 34, ""), "Rejected");
    assert_string_equal(value_of(logs->world->answer, "filename"), "");
    assert_string_equal(get_log(logs, "SecurityLog", 35, ",'log':{}"), ""); /* two members of one name are no request */
    assert_int_equal(logs->transfer.started, 0);
    world_pass(logs->world, 3600);
    central_does_not_see(logs->world, LOG_STATUS);
    assert_int_equal(logs->closed, 0);
    log_world_free(logs);
}

/* Of a window in which nothing happened there is no security log either. */
static void a_window_is_heeded(void **state)
{
    struct log_world *logs = log_world_of(state);
#define ASK(type)                                                                                                                \
    "{'logType':'" type "','requestId':1,'log':{'remoteLocation':'https://files.example/',"                                      \
    "'oldestTimestamp':'2020-01-01T00:00:00Z','latestTimestamp':'2020-01-02T00:00:00Z'}}"
    assert_string_equal(value_of(central_asks(logs->world, "GetLog", ASK("SecurityLog")), "status"), "Rejected");
    assert_string_equal(value_of(central_asks(logs->world, "GetLog", ASK("DiagnosticsLog")), "status"), "Accepted");
    assert_int_equal(logs->window.oldest_utc_ms, 1577836800000);
    assert_int_equal(logs->window.latest_utc_ms, 1577923200000);
    assert_string_equal(get_log(logs, "DiagnosticsLog", 2, ""), "AcceptedCanceled");
    assert_true(logs->window.oldest_utc_ms == OCPP_UTC_UNKNOWN && logs->window.latest_utc_ms == OCPP_UTC_UNKNOWN);
    log_world_free(logs);
}

/* TC_N_36_CS, errata 6.2.97; N01.FR.12, FR.20; the security extension has no word for the end of the first one. */
static void a_second_request_takes_the_place_of_the_first(void **state)
{
    struct log_world *logs = log_world_of(state);
    assert_string_equal(get_log(logs, "DiagnosticsLog", 1, ""), "Accepted");
    central_sees(logs->world, LOG_STATUS, "status=Uploading requestId=1");
    const struct fake_running first = *fake_transfer_running(&logs->transfer);
    assert_string_equal(get_log(logs, "DiagnosticsLog", 2, ""), "AcceptedCanceled");
    assert_int_equal(logs->transfer.cancelled, 1);
    if (!world_is_old(logs->world)) {
        central_sees(logs->world, LOG_STATUS, "status=AcceptedCanceled requestId=1");
    }
    central_sees(logs->world, LOG_STATUS, "status=Uploading requestId=2");
    assert_int_equal(ocpp_charge_point_transfer_done(logs->world->cp, first.id, OCPP_TRANSFER_DONE, 14, logs->world->now),
                     OCPP_ERR_NOT_FOUND);
    upload_ends(logs, OCPP_TRANSFER_DONE);
    central_sees(logs->world, LOG_STATUS, "status=Uploaded requestId=2");
    central_does_not_see(logs->world, LOG_STATUS);
    assert_int_equal(logs->opened, 2);
    assert_int_equal(logs->closed, 2);
    log_world_free(logs);
}

/* N01.FR.12: also while it is being put together, or waits for its next attempt. */
static void a_second_request_does_so_at_any_moment(void **state)
{
    struct log_world *logs = log_world_of(state);
    logs->answer = OCPP_LOG_LATER;
    assert_string_equal(get_log(logs, "DiagnosticsLog", 1, ""), "Accepted");
    assert_int_equal(logs->transfer.started, 0);
    assert_string_equal(get_log(logs, "SecurityLog", 2, ""), "AcceptedCanceled");
    assert_int_equal(logs->closed, 1);
    upload_ends(logs, OCPP_TRANSFER_LOST);
    logs->answer = OCPP_LOG_READY;
    assert_string_equal(get_log(logs, "DiagnosticsLog", 3, ""), "AcceptedCanceled");
    central_forgets(logs->world);
    upload_ends(logs, OCPP_TRANSFER_DONE);
    central_sees(logs->world, LOG_STATUS, "status=Uploaded requestId=3");
    log_world_free(logs);
}

/* TC_F_15_CS; F06.FR.15; N01.FR.13: without a number where nothing is uploaded. */
static void at_rest_the_status_is_idle(void **state)
{
    struct log_world *logs = log_world_of(state);
    assert_string_equal(asks_for_status(logs), "Accepted");
    central_sees(logs->world, LOG_STATUS, "status=Idle requestId=");
    central_does_not_see(logs->world, LOG_STATUS);
    log_world_free(logs);
}

/* TC_F_16_CS; F06.FR.14. */
static void during_an_upload_the_status_is_uploading(void **state)
{
    struct log_world *logs = log_world_of(state);
    get_log(logs, "DiagnosticsLog", 7, "");
    central_forgets(logs->world);
    assert_string_equal(asks_for_status(logs), "Accepted");
    central_sees(logs->world, LOG_STATUS, "status=Uploading requestId=7");
    upload_ends(logs, OCPP_TRANSFER_DONE);
    central_sees(logs->world, LOG_STATUS, "status=Uploaded requestId=7");
    assert_string_equal(asks_for_status(logs), "Accepted");
    central_sees(logs->world, LOG_STATUS, "status=Idle requestId=");
    log_world_free(logs);
}

/* --- GetDiagnostics of 1.6 ---------------------------------------------------------------------------------------------- */

static struct log_world *old(void)
{
    struct log_world *logs = log_world_new();
    log_world_on(logs, OCPP_VERSION_1_6);
    return logs;
}

/* TC_045_1_CS; 5.9, errata 3.31; 6.25: the location is a folder. */
static void diagnostics_are_handed_over(void **state)
{
    (void)state;
    struct log_world *logs = old();
    assert_string_equal(get_diagnostics(logs, ",'startTime':'2020-01-01T00:00:00Z','stopTime':'2020-01-02T00:00:00Z'"),
                        "PILE-7-diagnostics-20231114T221321.log");
    assert_string_equal(logs->transfer.last.url, "ftp://user:secret@files.example/logs/");
    assert_int_equal(logs->window.oldest_utc_ms, 1577836800000);
    central_sees(logs->world, "DiagnosticsStatusNotification", "status=Uploading");
    upload_ends(logs, OCPP_TRANSFER_DONE);
    central_sees(logs->world, "DiagnosticsStatusNotification", "status=Uploaded");
    assert_string_equal(uploaded(logs), logs->log);
    central_does_not_see(logs->world, LOG_STATUS);
    log_world_free(logs);
}

/* TC_045_2_CS; 4.4; errata 3.50: so many more attempts. */
static void diagnostics_that_cannot_be_uploaded_are_told_to_have_failed(void **state)
{
    (void)state;
    struct log_world *logs = old();
    get_diagnostics(logs, ",'retries':1,'retryInterval':5");
    central_sees(logs->world, "DiagnosticsStatusNotification", "status=Uploading");
    upload_ends(logs, OCPP_TRANSFER_DENIED);
    world_pass(logs->world, 5);
    assert_int_equal(logs->transfer.started, 2);
    upload_ends(logs, OCPP_TRANSFER_DENIED);
    central_sees(logs->world, "DiagnosticsStatusNotification", "status=UploadFailed");
    log_world_free(logs);
}

/* 5.9: without a name where there is nothing. */
static void diagnostics_that_are_not_there_have_no_name(void **state)
{
    (void)state;
    struct log_world *logs = old();
    logs->answer = OCPP_LOG_NOTHING;
    assert_string_equal(get_diagnostics(logs, ""), "");
    assert_string_equal(logs->world->answer, "{}");
    world_pass(logs->world, 600);
    central_does_not_see(logs->world, "DiagnosticsStatusNotification");
    log_world_free(logs);
}

/* 5.17; 7.24: Idle is told where somebody asks, and only then; another kind of upload is none of diagnostics. */
static void the_status_of_diagnostics_is_told_when_asked_for(void **state)
{
    (void)state;
    struct log_world *logs = old();
    const char *const ask = "{'requestedMessage':'DiagnosticsStatusNotification'}";
    assert_string_equal(value_of(central_asks(logs->world, "TriggerMessage", ask), "status"), "Accepted");
    central_sees(logs->world, "DiagnosticsStatusNotification", "status=Idle");
    get_log(logs, "SecurityLog", 9, "");
    central_asks(logs->world, "TriggerMessage", ask);
    central_sees(logs->world, "DiagnosticsStatusNotification", "status=Idle");
    get_diagnostics(logs, "");
    central_asks(logs->world, "TriggerMessage", ask);
    central_sees(logs->world, "DiagnosticsStatusNotification", "status=Uploading");
    log_world_free(logs);
}

/* --- events of security ------------------------------------------------------------------------------------------------- */

/* A04.FR.01, FR.02, FR.04; security extension A04: told when it happens, with the date it had, also where nobody was there to
 * hear it. */
static void a_critical_event_is_told(void **state)
{
    struct log_world *logs = log_world_of(state);
    raise_event(logs, "TamperDetectionActivated", "door");
    central_sees(logs->world, "SecurityEventNotification",
                 "type=TamperDetectionActivated techInfo=door timestamp=2023-11-14T22:13:21.000Z");
    world_disconnect(logs->world);
    world_pass(logs->world, 60);
    raise_event(logs, "TamperDetectionActivated", NULL);
    world_pass(logs->world, 600);
    world_connect(logs->world, logs->world->version);
    central_sees(logs->world, "SecurityEventNotification", "type=TamperDetectionActivated timestamp=2023-11-14T22:14:21.000Z");
    central_does_not_see(logs->world, "SecurityEventNotification");
    log_world_free(logs);
}

/* A04.FR.04: what is not critical is kept, and told to nobody. */
static void an_event_that_is_not_critical_is_kept(void **state)
{
    struct log_world *logs = log_world_of(state);
    raise_event(logs, "ReconfigurationOfSecurityParameters", "password");
    central_does_not_see(logs->world, "SecurityEventNotification");
    get_log(logs, "SecurityLog", 1, "");
    upload_ends(logs, OCPP_TRANSFER_DONE);
    assert_non_null(strstr(uploaded(logs), "\tReconfigurationOfSecurityParameters\t-\tpassword\n"));
    log_world_free(logs);
}

/* Reusable state Booted: after a boot one of the two is told, in each version. */
static void a_start_is_told_by_its_kind(void **state)
{
    struct log_world *logs = log_world_new();
    world_power_on(logs->world);
    world_connect(logs->world, *(enum ocpp_version *)*state);
    central_sees(logs->world, "SecurityEventNotification", "type=StartupOfTheDevice");
    central_does_not_see(logs->world, "SecurityEventNotification");
    central_asks(logs->world, "Reset", world_is_old(logs->world) ? "{'type':'Soft'}" : "{'type':'Immediate'}");
    assert_int_equal(logs->world->restarts, 1);
    central_forgets(logs->world);
    world_power_off(logs->world);
    world_power_back(logs->world, 5);
    world_connect(logs->world, *(enum ocpp_version *)*state);
    central_sees(logs->world, "SecurityEventNotification", "type=ResetOrReboot");
    central_does_not_see(logs->world, "SecurityEventNotification");
    log_world_free(logs);
}

/* Each version has its own name for some. */
static void events_are_told_by_the_names_of_the_version(void **state)
{
    static const char *const names[][2] = {
        { "InvalidCsmsCertificate", "InvalidCentralSystemCertificate" },
        { "InvalidChargingStationCertificate", "InvalidChargePointCertificate" },
    };
    for (size_t i = 0; i < COUNT_OF(names) * 2; i++) {
        char members[64];
        struct log_world *logs = log_world_of(state);
        raise_event(logs, names[i / 2][i % 2], NULL);
        snprintf(members, sizeof(members), "type=%s", names[i / 2][world_is_old(logs->world)]);
        central_sees(logs->world, "SecurityEventNotification", members);
        log_world_free(logs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_diagnostics_log_is_handed_over),
        IN_EACH_VERSION(the_security_log_is_handed_over),
        IN_EACH_VERSION(an_upload_that_fails_is_tried_as_often_as_allowed),
        IN_EACH_VERSION(a_failure_is_told_by_its_reason),
        IN_EACH_VERSION(an_address_that_is_none_ends_at_once),
        IN_EACH_VERSION(a_log_that_is_not_there_is_rejected),
        IN_EACH_VERSION(a_window_is_heeded),
        IN_EACH_VERSION(a_second_request_takes_the_place_of_the_first),
        IN_EACH_VERSION(a_second_request_does_so_at_any_moment),
        IN_EACH_VERSION(at_rest_the_status_is_idle),
        IN_EACH_VERSION(during_an_upload_the_status_is_uploading),
        cmocka_unit_test(diagnostics_are_handed_over),
        cmocka_unit_test(diagnostics_that_cannot_be_uploaded_are_told_to_have_failed),
        cmocka_unit_test(diagnostics_that_are_not_there_have_no_name),
        cmocka_unit_test(the_status_of_diagnostics_is_told_when_asked_for),
        IN_EACH_VERSION(a_critical_event_is_told),
        IN_EACH_VERSION(an_event_that_is_not_critical_is_kept),
        IN_EACH_VERSION(a_start_is_told_by_its_kind),
        IN_EACH_VERSION(events_are_told_by_the_names_of_the_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
