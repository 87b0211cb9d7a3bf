/* test_central_energy_memory.c: what is told and asked about energy and vehicles when memory runs out, at every allocation there
 * is. */
#include "allocator.h"

#include <ocpp/adapters.h>
#include <ocpp/central_energy.h>
#include <ocpp/central_vehicles.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct ocpp_now now = { .mono_ms = 1000, .utc_ms = 1767225600000 };
static size_t reports;

#define TARIFF                                                                                                                   \
    "'salesTariff':{'id':1,'salesTariffEntry':[{'relativeTimeInterval':{'start':0},'consumptionCost':[{'startValue':1,'cost':[{" \
    "'costKind':'RelativePricePercentage','amount':5}]}]}]}"
#define SCHEDULE "{'id':1,'chargingRateUnit':'A','chargingSchedulePeriod':[{'startPeriod':0,'limit':6}]," TARIFF "}"
#define HASHES                                                                                                                   \
    "'hashAlgorithm':'SHA256','issuerNameHash':'aa','issuerKeyHash':'bb','serialNumber':'cc','responderURL':'http://ocsp/'"
#define PNC(id, message, data)                                                                                                   \
    "[2,'" id "','DataTransfer',{'vendorId':'org.openchargealliance.iso15118pnc','messageId':'" message "','data':'" data "'}]"

static const char *const day_201[] = {
    "[2,'1','BootNotification',{'reason':'PowerUp','chargingStation':{'vendorName':'V','model':'M'}}]",
    "[2,'2','NotifyChargingLimit',{'chargingLimit':{'chargingLimitSource':'EMS'},'chargingSchedule':[" SCHEDULE "]}]",
    "[2,'3','NotifyEVChargingNeeds',{'chargingNeeds':{'requestedEnergyTransfer':'DC'},'evseId':1}]",
    "[2,'4','NotifyEVChargingSchedule',{'timeBase':'2026-01-01T00:00:00Z','evseId':1,'chargingSchedule':" SCHEDULE "}]",
    "[2,'5','Authorize',{'idToken':{'idToken':'DE-1','type':'eMAID'},'certificate':'PEM','iso15118CertificateHashData':[{" HASHES
    "}]}]",
    "[2,'6','GetCertificateStatus',{'ocspRequestData':{" HASHES "}}]",
    "[2,'7','Get15118EVCertificate',{'iso15118SchemaVersion':'urn:x','action':'Install','exiRequest':'RVhJ'}]",
    NULL,
};

static const char *const day_16[] = {
    "[2,'1','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]",
    PNC("2", "Authorize", "{\\'idToken\\':\\'DE-1\\',\\'certificate\\':\\'PEM\\'}"),
    PNC("3", "Get15118EVCertificate",
        "{\\'iso15118SchemaVersion\\':\\'u\\',\\'action\\':\\'Update\\',\\'exiRequest\\':\\'RVhJ\\'}"),
    PNC("4", "SignCertificate", "{\\'csr\\':\\'CSR\\'}"),
    NULL,
};

static const char page[] =
    "[2,'p','ReportChargingProfiles',{'requestId':9,'chargingLimitSource':'CSO','tbc':%s,'evseId':1,'chargingProfile':[{'id':1,"
    "'stackLevel':0,'chargingProfilePurpose':'TxProfile','chargingProfileKind':'Absolute','transactionId':'T1','chargingSchedule'"
    ":["
    "" SCHEDULE "]}]}]";

/* --- the application ----------------------------------------------------------------------------------------------------------
 */

static void on_profiles(struct ocpp_station *station, const struct ocpp_profile_report *report, void *user)
{
    (void)station;
    (void)user;
    reports++;
    assert_true(report->status != OCPP_OK || report->count == 2);
}

static void on_limit(struct ocpp_station *station, const struct ocpp_limit_told *limit, void *user)
{
    (void)station;
    (void)user;
    assert_int_equal(limit->schedules[0].tariff->entry_count, 1);
}

static bool on_ev_needs(struct ocpp_station *station, const struct ocpp_ev_needs_told *told, struct ocpp_question question,
                        enum ocpp_ev_needs_decision *decision, void *user)
{
    (void)station;
    (void)told;
    (void)question;
    (void)user;
    *decision = OCPP_EV_NEEDS_ACCEPTED;
    return true;
}

static bool on_ev_schedule(struct ocpp_station *station, const struct ocpp_ev_schedule_told *told, struct ocpp_question question,
                           bool *accepted, void *user)
{
    (void)station;
    (void)told;
    (void)question;
    (void)user;
    *accepted = true;
    return true;
}

static bool on_ev_certificate(struct ocpp_station *station, const struct ocpp_ev_certificate_request *request,
                              struct ocpp_question question, struct ocpp_ev_certificate_decision *decision, void *user)
{
    (void)station;
    (void)request;
    (void)question;
    (void)user;
    *decision = (struct ocpp_ev_certificate_decision){ true, "UkVT" };
    return true;
}

static bool on_certificate_status(struct ocpp_station *station, const struct ocpp_ocsp_target *target,
                                  struct ocpp_question question, struct ocpp_ocsp_decision *decision, void *user)
{
    (void)station;
    (void)target;
    (void)question;
    (void)user;
    decision->response = "T0NTUA==";
    return true;
}

static bool on_authorize(struct ocpp_station *station, const struct ocpp_authorize_request *request,
                         struct ocpp_question question, struct ocpp_authorize_decision *decision, void *user)
{
    (void)station;
    (void)request;
    (void)question;
    (void)user;
    *decision = (struct ocpp_authorize_decision){ .authorization = OCPP_AUTHORIZATION_ACCEPTED,
                                                  .group_id = "GROUP",
                                                  .certificate = OCPP_CERTIFICATE_STATUS_ACCEPTED };
    return true;
}

static bool on_sign_request(struct ocpp_station *station, const struct ocpp_station_sign_request *request, void *user)
{
    (void)station;
    (void)request;
    (void)user;
    return true;
}

/* --- a day -------------------------------------------------------------------------------------------------------------------
 */

static void fill(void *bytes, size_t size, void *user)
{
    (void)user;
    memset(bytes, 5, size);
}

static void send(struct ocpp_station *station, const char *line)
{
    char text[1500];

    assert_true(strlen(line) < sizeof text);
    strcpy(text, line);
    for (char *at = text; *at; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    enum ocpp_status status = ocpp_station_receive(station, text, strlen(text), now);
    assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM);
}

/* Takes what it is sent, and accepts what it is ordered: within DataTransfer, too. */
static void answer_calls(struct ocpp_station *station)
{
    const char *text;
    size_t size;

    while ((text = ocpp_station_next_output(station, &size, now))) {
        char answer[160];
        char id[64];
        if (sscanf(text, "[2,\"%63[^\"]\"", id) == 1) {
            snprintf(answer, sizeof answer,
                     strstr(text, "DataTransfer") ? "[3,'%s',{'status':'Accepted','data':'{\\'status\\':\\'Accepted\\'}'}]"
                                                  : "[3,'%s',{'status':'Accepted'}]",
                     id);
            send(station, answer);
        }
    }
}

static bool is_possible(enum ocpp_status status)
{
    return status == OCPP_OK || status == OCPP_ERR_NOMEM || status == OCPP_ERR_UNSUPPORTED_ACTION ||
           status == OCPP_ERR_NOT_ACCEPTED;
}

static void give_orders(struct ocpp_station *station)
{
    static const struct ocpp_limit_period period = { .limit = { 6, 0 } };
    static const struct ocpp_tariff_entry entry = { .block_count = 1, .blocks = { { .cost_count = 1 } } };
    static const struct ocpp_sales_tariff tariff = { .entries = &entry, .entry_count = 1 };
    static const struct ocpp_charging_schedule schedules[] = {
        { .id = 1, .start_utc_ms = 0, .unit = OCPP_RATE_POWER, .periods = &period, .period_count = 1, .tariff = &tariff },
        { .id = 2, .start_utc_ms = 0, .unit = OCPP_RATE_POWER, .periods = &period, .period_count = 1 },
    };
    const struct ocpp_charging_profile profile = { .purpose = OCPP_LIMIT_OF_TRANSACTION,
                                                   .transaction_id = "1",
                                                   .valid_from_utc_ms = OCPP_UTC_UNKNOWN,
                                                   .valid_to_utc_ms = OCPP_UTC_UNKNOWN,
                                                   .schedules = schedules,
                                                   .schedule_count = 2 };
    const struct ocpp_profile_query query = { .request_id = 9, .has_stack_level = true };
    const struct ocpp_certificate_hash hash = { OCPP_HASH_SHA256, "aa", "bb", "cc" };
    char text[1500];

    assert_true(is_possible(ocpp_station_set_profile(station, 1, &profile, NULL)));
    assert_true(is_possible(ocpp_station_delete_vehicle_certificate(station, &hash, NULL)));
    assert_true(is_possible(ocpp_station_install_root(station, OCPP_ROOT_V2G, "PEM", NULL)));
    assert_true(is_possible(ocpp_station_get_certificates(station, OCPP_V2G_CHAIN_BIT, NULL)));
    assert_true(is_possible(ocpp_station_get_profiles(station, &query, NULL)));
    answer_calls(station);
    for (int i = 0; i < 2; i++) {
        snprintf(text, sizeof text, page, i == 0 ? "true" : "false");
        send(station, text);
        answer_calls(station);
    }
}

static void live(struct ocpp_central *central, enum ocpp_version version, const char *const *day)
{
    const struct ocpp_station_options options = { .identity = "PILE", .version = version };
    struct ocpp_station *station = NULL;

    if (ocpp_central_connect(central, &options, now, &station) != OCPP_OK) {
        assert_null(station);
        return;
    }
    for (; *day; day++) {
        send(station, *day);
        answer_calls(station);
    }
    give_orders(station);
    ocpp_station_disconnect(station, now);
}

static const struct ocpp_energy_handler energy = {
    .on_profiles = on_profiles, .on_limit = on_limit, .on_ev_needs = on_ev_needs, .on_ev_schedule = on_ev_schedule
};
static const struct ocpp_vehicle_handler vehicles = { .on_ev_certificate = on_ev_certificate,
                                                      .on_certificate_status = on_certificate_status };

/* How often memory was asked for. */
static size_t live_with(size_t fail_at, bool fail_after)
{
    const struct ocpp_central_handler handler = {
        .on_authorize = on_authorize, .on_sign_request = on_sign_request, .energy = &energy, .vehicles = &vehicles
    };
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    struct ocpp_storage *storage = ocpp_memory_storage_new(NULL, 0);
    struct test_allocator memory;
    struct ocpp_central *central;

    test_allocator_start(&memory, fail_at);
    memory.fail_after = fail_after;
    settings.allocator = &memory.allocator;
    settings.random = fill;
    central = ocpp_central_new(&settings, &handler, storage);
    if (central) {
        live(central, OCPP_VERSION_2_0_1, day_201);
        live(central, OCPP_VERSION_1_6, day_16);
        ocpp_central_free(central);
    }
    ocpp_memory_storage_free(storage);
    assert_int_equal(memory.blocks, 0);
    return memory.calls;
}

static void no_lack_of_memory_does_harm(void **state)
{
    size_t calls;

    (void)state;
    reports = 0;
    calls = live_with(0, false);
    assert_int_equal(reports, 1);
    for (size_t n = 1; n <= calls; n++) {
        live_with(n, false);
        live_with(n, true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(no_lack_of_memory_does_harm) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
