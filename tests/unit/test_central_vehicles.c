/* test_central_vehicles.c: what stations ask for vehicles that speak ISO 15118, in 2.0.1 and within DataTransfer of 1.6, and what
 * they are ordered about certificates of vehicles. */
#include "energy_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

#define HASHES                                                                                                                   \
    "'hashAlgorithm':'SHA384','issuerNameHash':'aa','issuerKeyHash':'bb','serialNumber':'cc','responderURL':'http://ocsp/'"
#define AUTHORIZE_201                                                                                                            \
    "[2,'a','Authorize',{'idToken':{'idToken':'DE-1','type':'eMAID'},'certificate':'PEM','iso15118CertificateHashData':["        \
    "{" HASHES "}]}]"
#define EV_CERTIFICATE_201                                                                                                       \
    "[2,'e','Get15118EVCertificate',{'iso15118SchemaVersion':'urn:x','action':'Update','exiRequest':'RVhJ'}]"
#define STATUS_201 "[2,'s','GetCertificateStatus',{'ocspRequestData':{" HASHES "}}]"

static const char long_text[] = "0123456789012345678901234567890123456789";

/* --- contracts ------------------------------------------------------------------------------------------------------------ */

/* C07.FR.04 to FR.06; C07.FR.13 to FR.17 */
static void a_contract_is_asked_about_with_its_certificates(void **state)
{
    struct energy_world *energy = *state;
    static const struct {
        enum ocpp_authorization authorization;
        enum ocpp_certificate_status certificate;
        const char *answer;
    } rows[] = {
        { OCPP_AUTHORIZATION_ACCEPTED, OCPP_CERTIFICATE_STATUS_ACCEPTED, "'status':'Accepted'},'certificateStatus':'Accepted'}" },
        { OCPP_AUTHORIZATION_ACCEPTED, OCPP_CERTIFICATE_STATUS_NONE, "'status':'Accepted'}}" },
        { OCPP_AUTHORIZATION_BLOCKED, OCPP_CERTIFICATE_STATUS_ACCEPTED, "'Blocked'},'certificateStatus':'ContractCancelled'" },
        { OCPP_AUTHORIZATION_UNKNOWN, OCPP_CERTIFICATE_STATUS_ACCEPTED, "'Unknown'},'certificateStatus':'ContractCancelled'" },
        { OCPP_AUTHORIZATION_NO_CREDIT, OCPP_CERTIFICATE_STATUS_ACCEPTED, "'NoCredit'},'certificateStatus':'Accepted'" },
        { OCPP_AUTHORIZATION_ACCEPTED, OCPP_CERTIFICATE_STATUS_EXPIRED, "'Expired'},'certificateStatus':'CertificateExpired'" },
        { OCPP_AUTHORIZATION_ACCEPTED, OCPP_CERTIFICATE_STATUS_REVOKED, "'Invalid'},'certificateStatus':'CertificateRevoked'" },
        { OCPP_AUTHORIZATION_ACCEPTED, OCPP_CERTIFICATE_STATUS_CHAIN_ERROR, "'Invalid'},'certificateStatus':'CertChainError'" },
        { OCPP_AUTHORIZATION_ACCEPTED, OCPP_CERTIFICATE_STATUS_SIGNATURE_ERROR,
          "'Invalid'},'certificateStatus':'SignatureError'" },
        { OCPP_AUTHORIZATION_ACCEPTED, OCPP_CERTIFICATE_STATUS_NONE_AVAILABLE,
          "'Invalid'},'certificateStatus':'NoCertificateAvailable'" },
        { OCPP_AUTHORIZATION_ACCEPTED, OCPP_CERTIFICATE_STATUS_CONTRACT_CANCELLED,
          "'Invalid'},'certificateStatus':'ContractCancelled'" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        energy->authorize.authorization = rows[i].authorization;
        energy->authorize.certificate = rows[i].certificate;
        assert_holds(world_says(energy->world, energy->two, AUTHORIZE_201), rows[i].answer);
        assert_text(energy_told(energy), "PILE-2 authorize eMAID DE-1 by PEM [1 aa bb cc http://ocsp/]\n");
        const char *heard = pnc_says(energy, "Authorize",
                                     "{'idToken':{'idToken':'DE-1','type':'eMAID'},'certificate':'PEM',"
                                     "'iso15118CertificateHashData':[{" HASHES "}]}");
        assert_holds(heard, "Accepted {'idTokenInfo':{");
        assert_holds(heard, rows[i].answer);
        assert_text(energy_told(energy), "PILE-1 authorize eMAID DE-1 by PEM [1 aa bb cc http://ocsp/]\n");
    }
}

static void a_plain_token_is_told_nothing_of_certificates(void **state)
{
    struct energy_world *energy = *state;

    energy->authorize.certificate = OCPP_CERTIFICATE_STATUS_REVOKED;
    assert_text(world_says(energy->world, energy->two, "[2,'a','Authorize',{'idToken':{'idToken':'T','type':'ISO14443'}}]"),
                "[3,'a',{'idTokenInfo':{'status':'Accepted'}}]");
}

static void a_contract_may_be_decided_later(void **state)
{
    struct energy_world *energy = *state;
    const struct ocpp_authorize_decision decision = { .authorization = OCPP_AUTHORIZATION_ACCEPTED,
                                                      .group_id = "FLEET",
                                                      .expires_utc_ms = 1800000000000,
                                                      .certificate = OCPP_CERTIFICATE_STATUS_ACCEPTED };

    energy->decide_later = true;
    assert_text(world_says(energy->world, energy->two, AUTHORIZE_201), "");
    assert_int_equal(ocpp_station_decide_authorize(energy->two, energy->question, &decision, energy->world->now), OCPP_OK);
    assert_holds(world_hears(energy->world, energy->two), "'certificateStatus':'Accepted'");
    assert_text(pnc_says(energy, "Authorize", "{'idToken':'DE-1','certificate':'PEM'}"), "");
    assert_int_equal(ocpp_station_decide_authorize(energy->one, energy->question, &decision, energy->world->now), OCPP_OK);
    assert_holds(
        world_hears(energy->world, energy->one),
        "{\\'idTokenInfo\\':{\\'status\\':\\'Accepted\\',\\'cacheExpiryDateTime\\':\\'2027-01-15T08:00:00.000Z\\',"
        "\\'groupIdToken\\':{\\'idToken\\':\\'FLEET\\',\\'type\\':\\'Central\\'}},\\'certificateStatus\\':\\'Accepted\\'}");
}

static void names_no_certificate_has_are_refused(void **state)
{
    struct energy_world *energy = *state;
    char frame[1000];

    /* 40 characters of more than one byte each */
    snprintf(
        frame, sizeof frame,
        "[2,'s','GetCertificateStatus',{'ocspRequestData':{'hashAlgorithm':'SHA256','issuerNameHash':'aa','issuerKeyHash':'bb',"
        "'serialNumber':'%.39s\xc3\xa4\xc3\xa4','responderURL':'u'}}]",
        long_text);
    assert_holds(world_says(energy->world, energy->two, frame), "[4,'s','");
    snprintf(frame, sizeof frame,
             "[2,'a','Authorize',{'idToken':{'idToken':'DE-1','type':'eMAID'},'iso15118CertificateHashData':[{'hashAlgorithm':"
             "'SHA256','issuerNameHash':'aa','issuerKeyHash':'bb','serialNumber':'%.38s\xc3\xa4\xc3\xa4','responderURL':'u'}]}]",
             long_text);
    assert_holds(world_says(energy->world, energy->two, frame), "[4,'a','");
    assert_text(energy_told(energy), "");
}

/* --- contract certificates, revocation -------------------------------------------------------------------------------------- */

/* M01.FR.01, M02.FR.01 */
static void a_contract_certificate_is_given_now_or_later(void **state)
{
    struct energy_world *energy = *state;
    static const char asked[] = "{'iso15118SchemaVersion':'urn:x','action':'Install','exiRequest':'RVhJ'}";

    energy->certificate = (struct ocpp_ev_certificate_decision){ true, "UkVT" };
    assert_text(world_says(energy->world, energy->two, EV_CERTIFICATE_201), "[3,'e',{'status':'Accepted','exiResponse':'UkVT'}]");
    assert_text(pnc_says(energy, "Get15118EVCertificate", asked), "Accepted {'status':'Accepted','exiResponse':'UkVT'}");
    assert_text(energy_told(energy), "PILE-2 wants a contract certificate: update urn:x RVhJ\n"
                                     "PILE-1 wants a contract certificate: install urn:x RVhJ\n");
    energy->certificate = (struct ocpp_ev_certificate_decision){ false, NULL };
    assert_text(world_says(energy->world, energy->two, EV_CERTIFICATE_201), "[3,'e',{'status':'Failed','exiResponse':''}]");
    energy->decide_later = true;
    assert_text(pnc_says(energy, "Get15118EVCertificate", asked), "");
    energy->certificate = (struct ocpp_ev_certificate_decision){ true, NULL };
    assert_int_equal(ocpp_station_decide_ev_certificate(energy->one, energy->question, &energy->certificate, energy->world->now),
                     OCPP_ERR_ARGUMENT);
    energy->certificate.exi_response = "TEFURVI=";
    assert_int_equal(ocpp_station_decide_ev_certificate(energy->one, energy->question, &energy->certificate, energy->world->now),
                     OCPP_OK);
    assert_holds(world_hears(energy->world, energy->one), "TEFURVI=");
    assert_int_equal(ocpp_station_decide_ev_certificate(energy->one, energy->question, &energy->certificate, energy->world->now),
                     OCPP_ERR_NOT_FOUND);
}

static void an_answer_that_does_not_fit_is_none(void **state)
{
    struct energy_world *energy = *state;
    static char large[5602];

    memset(large, 'A', sizeof large - 1);
    energy->certificate = (struct ocpp_ev_certificate_decision){ true, large };
    assert_text(world_says(energy->world, energy->two, EV_CERTIFICATE_201), "[3,'e',{'status':'Failed','exiResponse':''}]");
    energy->ocsp.response = large + 100;
    assert_text(world_says(energy->world, energy->two, STATUS_201), "[3,'s',{'status':'Failed'}]");
    energy->decide_later = true;
    assert_text(world_says(energy->world, energy->two, STATUS_201), "");
    assert_int_equal(ocpp_station_decide_certificate_status(energy->two, energy->question, &energy->ocsp, energy->world->now),
                     OCPP_ERR_LENGTH);
    energy->ocsp.response = large + 101;
    assert_int_equal(ocpp_station_decide_certificate_status(energy->two, energy->question, &energy->ocsp, energy->world->now),
                     OCPP_OK);
    assert_holds(world_hears(energy->world, energy->two), "'status':'Accepted','ocspResult':'AAA");
}

/* M06.FR.01 to FR.04 */
static void revocation_is_answered_now_or_later(void **state)
{
    struct energy_world *energy = *state;

    energy->ocsp.response = "T0NTUA==";
    assert_text(world_says(energy->world, energy->two, STATUS_201), "[3,'s',{'status':'Accepted','ocspResult':'T0NTUA=='}]");
    assert_text(pnc_says(energy, "GetCertificateStatus", "{'ocspRequestData':{" HASHES "}}"),
                "Accepted {'status':'Accepted','ocspResult':'T0NTUA=='}");
    assert_text(energy_told(energy),
                "PILE-2 asks about [1 aa bb cc http://ocsp/]\nPILE-1 asks about [1 aa bb cc http://ocsp/]\n");
    energy->ocsp.response = NULL;
    assert_text(world_says(energy->world, energy->two, STATUS_201), "[3,'s',{'status':'Failed'}]");
    energy->decide_later = true;
    assert_text(pnc_says(energy, "GetCertificateStatus", "{'ocspRequestData':{" HASHES "}}"), "");
    assert_int_equal(ocpp_station_decide_certificate_status(energy->one, energy->question, &energy->ocsp, energy->world->now),
                     OCPP_OK);
    assert_holds(world_hears(energy->world, energy->one), "{\\'status\\':\\'Failed\\'}");
}

/* --- within DataTransfer
 * --------------------------------------------------------------------------------------------------------- */

static void a_certificate_towards_vehicles_is_wanted_within_data_transfer(void **state)
{
    struct energy_world *energy = *state;

    energy->signs = true;
    assert_text(pnc_says(energy, "SignCertificate", "{'csr':'CSR','certificateType':'V2GCertificate'}"),
                "Accepted {'status':'Accepted'}");
    energy->signs = false;
    assert_text(pnc_says(energy, "SignCertificate", "{'csr':'CSR','certificateType':'ChargingStationCertificate'}"),
                "Accepted {'status':'Rejected'}");
    assert_text(energy_told(energy), "PILE-1 wants a certificate towards vehicles for CSR\n"
                                     "PILE-1 wants a certificate of the station for CSR\n");
}

static void what_cannot_be_read_within_data_transfer_is_rejected(void **state)
{
    struct energy_world *energy = *state;
    static const char *const rows[][2] = {
        { "Authorize", "" },
        { "Authorize", "nonsense" },
        { "Authorize", "{'idToken':7}" },
        { "Authorize", "{'idToken':{'type':'eMAID'}}" },
        { "Authorize", "{'idToken':'DE-1','iso15118CertificateHashData':[]}" },
        { "GetCertificateStatus", "{'ocspRequestData':{}}" },
        { "Get15118EVCertificate", "{'iso15118SchemaVersion':'urn:x','action':'Replace','exiRequest':'RVhJ'}" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_text(pnc_says(energy, rows[i][0], rows[i][1]), "Rejected ");
    }
    assert_text(energy_told(energy), "");
    assert_text(world_says(energy->world, energy->one,
                           "[2,'p','DataTransfer',{'vendorId':'org.openchargealliance.iso15118pnc','messageId':'Authorize'}]"),
                "[3,'p',{'status':'Rejected'}]");
}

static void a_message_without_a_function_comes_to_on_call(void **state)
{
    struct energy_world *energy = *state;

    assert_text(pnc_says(energy, "DeleteCertificate", "{}"), "UnknownMessageId ");
    assert_text(energy_told(energy), "PILE-1 calls DataTransfer\n");
    assert_text(
        world_says(energy->world, energy->one, "[2,'p','DataTransfer',{'vendorId':'org.openchargealliance.iso15118pnc'}]"),
        "[3,'p',{'status':'UnknownMessageId'}]");
    assert_text(world_says(energy->world, energy->one, "[2,'p','DataTransfer',{'vendorId':'else','messageId':'Authorize'}]"),
                "[3,'p',{'status':'UnknownVendorId'}]");
    energy->takes_calls = true;
    assert_text(pnc_says(energy, "TriggerMessage", "{}"), "");
}

/* --- orders
 * ---------------------------------------------------------------------------------------------------------------------- */

static void orders_about_certificates_of_vehicles_reach_1_6_by_data_transfer(void **state)
{
    struct energy_world *energy = *state;
    const struct ocpp_command_done done = energy_done(energy);
    const struct ocpp_certificate_hash hash = { OCPP_HASH_SHA256, "aa", "bb", "cc" };

    assert_int_equal(ocpp_station_send_certificate(energy->one, OCPP_KEY_V2G, "PEM", &done), OCPP_OK);
    assert_text(pnc_heard(energy), "CertificateSigned {'certificateChain':'PEM','certificateType':'V2GCertificate'}");
    assert_text(pnc_answered(energy, "{'status':'Accepted'}"), "0 yes Accepted");
    assert_int_equal(ocpp_station_install_root(energy->one, OCPP_ROOT_MO, "PEM", &done), OCPP_OK);
    assert_text(pnc_heard(energy), "InstallCertificate {'certificateType':'MORootCertificate','certificate':'PEM'}");
    assert_text(pnc_answered(energy, "{'status':'Failed'}"), "0 no Failed");
    assert_int_equal(ocpp_station_install_root(energy->one, OCPP_ROOT_V2G, "PEM", &done), OCPP_OK);
    assert_text(pnc_heard(energy), "InstallCertificate {'certificateType':'V2GRootCertificate','certificate':'PEM'}");
    assert_text(pnc_answered(energy, "{'status':'Rejected'}"), "0 no Rejected");
    assert_int_equal(ocpp_station_delete_vehicle_certificate(energy->one, &hash, &done), OCPP_OK);
    assert_text(pnc_heard(energy), "DeleteCertificate {'certificateHashData':{'hashAlgorithm':'SHA256','issuerNameHash':'aa',"
                                   "'issuerKeyHash':'bb','serialNumber':'cc'}}");
    assert_text(pnc_answered(energy, "{'status':'NotFound'}"), "0 no NotFound");
    assert_int_equal(ocpp_station_delete_vehicle_certificate(energy->two, &hash, &done), OCPP_OK);
    assert_holds(world_hears(energy->world, energy->two), "'DeleteCertificate'");
    assert_int_equal(ocpp_station_trigger(energy->one, "SignV2GCertificate", 0, 0, &done), OCPP_OK);
    assert_text(pnc_heard(energy), "TriggerMessage {'requestedMessage':'SignV2GCertificate'}");
    assert_text(pnc_answered(energy, "{'status':'NotImplemented'}"), "0 no NotImplemented");
    assert_int_equal(ocpp_station_trigger(energy->one, "Nonsense", 0, 0, &done), OCPP_ERR_ARGUMENT);
}

static void what_is_installed_for_vehicles_is_told_with_its_kind(void **state)
{
    struct energy_world *energy = *state;
    const struct ocpp_command_done done = energy_done(energy);
    const uint32_t bits = OCPP_ROOT_BIT(OCPP_ROOT_V2G) | OCPP_V2G_CHAIN_BIT;

    assert_int_equal(ocpp_station_get_certificates(energy->one, bits, &done), OCPP_OK);
    assert_text(pnc_heard(energy), "GetInstalledCertificateIds {'certificateType':['V2GRootCertificate','V2GCertificateChain']}");
    assert_text(pnc_answered(energy,
                             "{'status':'Accepted','certificateHashDataChain':[{'certificateType':'V2GRootCertificate',"
                             "'certificateHashData':{'hashAlgorithm':'SHA256','issuerNameHash':'a','issuerKeyHash':'b',"
                             "'serialNumber':'c1'}},{'certificateType':'V2GCertificateChain','certificateHashData':{"
                             "'hashAlgorithm':'SHA512','issuerNameHash':'a','issuerKeyHash':'b','serialNumber':'c2'},"
                             "'childCertificateHashData':[{'hashAlgorithm':'SHA256','issuerNameHash':'a','issuerKeyHash':'b',"
                             "'serialNumber':'c3'}]}]}"),
                "0 yes Accepted; 4 c1+0; 10 c2+1");
    assert_int_equal(ocpp_station_get_certificates(energy->one, bits, &done), OCPP_OK);
    pnc_heard(energy);
    assert_text(pnc_answered(energy, "{'status':'NotFound'}"), "0 yes NotFound");
}

static void a_station_that_does_not_know_the_vendor_did_not_accept(void **state)
{
    struct energy_world *energy = *state;
    const struct ocpp_command_done done = energy_done(energy);
    static const char *const bad[] = { "{'status':'Accepted','data':'nonsense'}", "{'status':'Accepted'}" };
    char expected[40];

    assert_int_equal(ocpp_station_install_root(energy->one, OCPP_ROOT_V2G, "PEM", &done), OCPP_OK);
    pnc_heard(energy);
    assert_text(energy_answered(energy, energy->one, "{'status':'UnknownVendorId'}"), "0 no UnknownVendorId");
    snprintf(expected, sizeof expected, "%d no ", (int)OCPP_ERR_BAD_ANSWER);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(ocpp_station_install_root(energy->one, OCPP_ROOT_V2G, "PEM", &done), OCPP_OK);
        pnc_heard(energy);
        assert_text(energy_answered(energy, energy->one, bad[i]), expected);
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, energy_world_set_up, energy_world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_contract_is_asked_about_with_its_certificates),
        TEST(a_plain_token_is_told_nothing_of_certificates),
        TEST(a_contract_may_be_decided_later),
        TEST(names_no_certificate_has_are_refused),
        TEST(a_contract_certificate_is_given_now_or_later),
        TEST(an_answer_that_does_not_fit_is_none),
        TEST(revocation_is_answered_now_or_later),
        TEST(a_certificate_towards_vehicles_is_wanted_within_data_transfer),
        TEST(what_cannot_be_read_within_data_transfer_is_rejected),
        TEST(a_message_without_a_function_comes_to_on_call),
        TEST(orders_about_certificates_of_vehicles_reach_1_6_by_data_transfer),
        TEST(what_is_installed_for_vehicles_is_told_with_its_kind),
        TEST(a_station_that_does_not_know_the_vendor_did_not_accept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
