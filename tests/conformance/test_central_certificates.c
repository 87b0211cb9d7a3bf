/* test_central_certificates.c: official cases of a central system of 2.0.1 about certificates (block M) and about contracts of
 * ISO 15118 (block C), step by step. Who asks a responder is the application: what it is told is what it needs to ask, and what
 * it says is told. */
#include "energy_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

#define HASHES                                                                                                                   \
    "'hashAlgorithm':'SHA256','issuerNameHash':'aa','issuerKeyHash':'bb','serialNumber':'cc','responderURL':'http://ocsp/'"
#define AUTHORIZED                                                                                                               \
    "[2,'t','TransactionEvent',{'eventType':'Started','timestamp':'2026-01-01T00:00:00Z','triggerReason':'Authorized','seqNo':"  \
    "0,"                                                                                                                         \
    "'transactionInfo':{'transactionId':'T1'},'evse':{'id':1},'idToken':{'idToken':'DE-1','type':'eMAID'}}]"

static struct energy_world *energy;
static struct ocpp_command_done done;

static int set_up(void **state)
{
    energy_world_set_up(state);
    energy = *state;
    done = energy_done(energy);
    return 0;
}

static const char *hears(void)
{
    return world_hears(energy->world, energy->two);
}

static const char *says(const char *frame)
{
    return world_says(energy->world, energy->two, frame);
}

/* --- contracts -------------------------------------------------------------------------------------------------------------- */

/* The application looks the certificates up, later, and decides. */
static void is_decided(enum ocpp_certificate_status status, const char *answer)
{
    const struct ocpp_authorize_decision decision = { .authorization = OCPP_AUTHORIZATION_ACCEPTED, .certificate = status };

    assert_int_equal(ocpp_station_decide_authorize(energy->two, energy->question, &decision, energy->world->now), OCPP_OK);
    assert_holds(hears(), answer);
    energy->decide_later = false;
    energy->authorize = decision;
}

/* TC_C_50_CSMS; C07.FR.04, FR.14. The hashes of the contract come with the address of who knows about it; it is good. */
static void a_contract_is_good_by_its_hashes(void **state)
{
    (void)state;
    energy->decide_later = true;
    assert_text(
        says("[2,'a','Authorize',{'idToken':{'idToken':'DE-1','type':'eMAID'},'iso15118CertificateHashData':[{" HASHES "}]}]"),
        "");
    assert_text(energy_told(energy), "PILE-2 authorize eMAID DE-1 [0 aa bb cc http://ocsp/]\n");
    is_decided(OCPP_CERTIFICATE_STATUS_ACCEPTED, "{'idTokenInfo':{'status':'Accepted'},'certificateStatus':'Accepted'}]");
    assert_holds(says(AUTHORIZED), "'status':'Accepted'");
}

/* TC_C_51_CSMS; C07.FR.16. It is revoked. */
static void a_contract_is_revoked(void **state)
{
    (void)state;
    energy->decide_later = true;
    assert_text(
        says("[2,'a','Authorize',{'idToken':{'idToken':'DE-1','type':'eMAID'},'iso15118CertificateHashData':[{" HASHES "}]}]"),
        "");
    is_decided(OCPP_CERTIFICATE_STATUS_REVOKED, "{'idTokenInfo':{'status':'Invalid'},'certificateStatus':'CertificateRevoked'}]");
}

/* TC_C_52_CSMS; C07.FR.04, FR.05, FR.14. The certificate itself comes, without hashes. */
static void a_contract_is_good_by_its_certificate(void **state)
{
    (void)state;
    energy->decide_later = true;
    assert_text(says("[2,'a','Authorize',{'idToken':{'idToken':'DE-1','type':'eMAID'},'certificate':'PEM'}]"), "");
    assert_text(energy_told(energy), "PILE-2 authorize eMAID DE-1 by PEM\n");
    is_decided(OCPP_CERTIFICATE_STATUS_ACCEPTED, "{'idTokenInfo':{'status':'Accepted'},'certificateStatus':'Accepted'}]");
    assert_holds(says(AUTHORIZED), "'status':'Accepted'");
}

/* --- installing --------------------------------------------------------------------------------------------------------------
 */

static const char *const roots[OCPP_ROOT_USE_COUNT] = {
    [OCPP_ROOT_CSMS] = "CSMSRootCertificate",
    [OCPP_ROOT_MANUFACTURER] = "ManufacturerRootCertificate",
    [OCPP_ROOT_V2G] = "V2GRootCertificate",
    [OCPP_ROOT_MO] = "MORootCertificate",
};

static void install(enum ocpp_root_use use, const char *answer, const char *outcome)
{
    char call[120];

    snprintf(call, sizeof call, "'InstallCertificate',{'certificateType':'%s','certificate':'PEM'}]", roots[use]);
    assert_int_equal(ocpp_station_install_root(energy->two, use, "PEM", &done), OCPP_OK);
    assert_holds(hears(), call);
    assert_text(energy_answered(energy, energy->two, answer), outcome);
}

/* TC_M_01_CSMS; TC_M_02_CSMS; TC_M_03_CSMS; TC_M_04_CSMS; M05.FR.01. Roots of each use. */
static void roots_of_each_use_are_installed(void **state)
{
    (void)state;
    for (int use = 0; use < OCPP_ROOT_USE_COUNT; use++) {
        install((enum ocpp_root_use)use, "{'status':'Accepted'}", "0 yes Accepted");
    }
}

/* TC_M_05_CSMS; M05.FR.01, FR.03. The station fails to. */
static void a_station_fails_to_install(void **state)
{
    (void)state;
    install(OCPP_ROOT_CSMS, "{'status':'Failed'}", "0 no Failed");
}

/* --- retrieving --------------------------------------------------------------------------------------------------------------
 */

#define CHAIN(type, algorithm, serial, more)                                                                                     \
    "{'certificateType':'" type "','certificateHashData':{'hashAlgorithm':'" algorithm                                           \
    "','issuerNameHash':'aa','issuerKeyHash':"                                                                                   \
    "'bb','serialNumber':'" serial "'}" more "}"
#define FOUND(chains) "{'status':'Accepted','certificateHashDataChain':[" chains "]}"

static void retrieve(uint32_t bits, const char *types, const char *answer, const char *outcome)
{
    char call[160];

    snprintf(call, sizeof call, "'GetInstalledCertificateIds',{%s}]", types);
    assert_int_equal(ocpp_station_get_certificates(energy->two, bits, &done), OCPP_OK);
    assert_holds(hears(), call);
    assert_text(energy_answered(energy, energy->two, answer), outcome);
}

static struct ocpp_certificate_hash told;

static void keep_hash(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    (void)user;
    assert_int_equal(result->certificate_count, 1);
    told = result->certificates[0].hash;
}

/* TC_M_12_CSMS; M03.FR.01. By each hash algorithm, which is told with the hash. */
static void roots_are_listed_by_any_hash(void **state)
{
    static const struct {
        const char *answer;
        enum ocpp_hash algorithm;
        const char *serial_number;
    } rows[] = {
        { FOUND(CHAIN("CSMSRootCertificate", "SHA256", "c1", "")), OCPP_HASH_SHA256, "c1" },
        { FOUND(CHAIN("CSMSRootCertificate", "SHA384", "c2", "")), OCPP_HASH_SHA384, "c2" },
        { FOUND(CHAIN("CSMSRootCertificate", "SHA512", "c3", "")), OCPP_HASH_SHA512, "c3" },
    };
    const struct ocpp_command_done keep = { keep_hash, NULL };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        memset(&told, 0, sizeof told);
        assert_int_equal(ocpp_station_get_certificates(energy->two, OCPP_ROOT_BIT(OCPP_ROOT_CSMS), &keep), OCPP_OK);
        assert_holds(hears(), "'GetInstalledCertificateIds',{'certificateType':['CSMSRootCertificate']}]");
        (void)energy_answered(energy, energy->two, rows[i].answer);
        assert_int_equal(told.algorithm, rows[i].algorithm);
        assert_text(told.issuer_name_hash, "aa");
        assert_text(told.issuer_key_hash, "bb");
        assert_text(told.serial_number, rows[i].serial_number);
    }
}

/* TC_M_13_CSMS; TC_M_14_CSMS; TC_M_15_CSMS; TC_M_16_CSMS; M03.FR.01, FR.05. One kind at a time; a chain tells its sub-CAs. */
static void each_kind_is_listed(void **state)
{
    (void)state;
    retrieve(OCPP_ROOT_BIT(OCPP_ROOT_MANUFACTURER), "'certificateType':['ManufacturerRootCertificate']",
             FOUND(CHAIN("ManufacturerRootCertificate", "SHA256", "c1", "")), "0 yes Accepted; 2 c1+0");
    retrieve(OCPP_ROOT_BIT(OCPP_ROOT_V2G), "'certificateType':['V2GRootCertificate']",
             FOUND(CHAIN("V2GRootCertificate", "SHA256", "c1", "")), "0 yes Accepted; 4 c1+0");
    retrieve(OCPP_V2G_CHAIN_BIT, "'certificateType':['V2GCertificateChain']",
             FOUND(CHAIN("V2GCertificateChain", "SHA256", "c1",
                         ",'childCertificateHashData':[{'hashAlgorithm':'SHA256','issuerNameHash':'aa','issuerKeyHash':'bb',"
                         "'serialNumber':'c2'}]")),
             "0 yes Accepted; 10 c1+1");
    retrieve(OCPP_ROOT_BIT(OCPP_ROOT_MO), "'certificateType':['MORootCertificate']",
             FOUND(CHAIN("MORootCertificate", "SHA256", "c1", "")), "0 yes Accepted; 8 c1+0");
}

/* TC_M_17_CSMS; TC_M_18_CSMS; M03.FR.01. Two kinds, and all of them. */
static void several_kinds_are_listed_together(void **state)
{
    (void)state;
    retrieve(OCPP_ROOT_BIT(OCPP_ROOT_CSMS) | OCPP_ROOT_BIT(OCPP_ROOT_MANUFACTURER),
             "'certificateType':['CSMSRootCertificate','ManufacturerRootCertificate']",
             FOUND(CHAIN("CSMSRootCertificate", "SHA256", "c1", "") "," CHAIN("ManufacturerRootCertificate", "SHA256", "c2", "")),
             "0 yes Accepted; 1 c1+0; 2 c2+0");
    retrieve(0, "", FOUND(CHAIN("CSMSRootCertificate", "SHA256", "c1", "") "," CHAIN("V2GCertificateChain", "SHA256", "c3", "")),
             "0 yes Accepted; 1 c1+0; 10 c3+0");
}

/* TC_M_19_CSMS; M03.FR.01, FR.02. There is none. */
static void there_is_no_such_certificate(void **state)
{
    (void)state;
    retrieve(OCPP_ROOT_BIT(OCPP_ROOT_MANUFACTURER), "'certificateType':['ManufacturerRootCertificate']", "{'status':'NotFound'}",
             "0 yes NotFound");
}

/* --- deleting ----------------------------------------------------------------------------------------------------------------
 */

/* What is listed is what is deleted. */
static void delete_one(const char *algorithm, const char *answer, const char *outcome)
{
    const struct ocpp_command_done keep = { keep_hash, NULL };
    char chain[300];
    char call[300];

    snprintf(chain, sizeof chain,
             "{'status':'Accepted','certificateHashDataChain':[{'certificateType':'CSMSRootCertificate','certificateHashData':{"
             "'hashAlgorithm':'%s','issuerNameHash':'aa','issuerKeyHash':'bb','serialNumber':'cc'}}]}",
             algorithm);
    snprintf(call, sizeof call,
             "'DeleteCertificate',{'certificateHashData':{'hashAlgorithm':'%s','issuerNameHash':'aa','issuerKeyHash':'bb','"
             "serialNumber':"
             "'cc'}}]",
             algorithm);
    assert_int_equal(ocpp_station_get_certificates(energy->two, OCPP_ROOT_BIT(OCPP_ROOT_CSMS), &keep), OCPP_OK);
    assert_holds(hears(), "'certificateType':['CSMSRootCertificate']");
    (void)energy_answered(energy, energy->two, chain);
    assert_int_equal(ocpp_station_delete_certificate(energy->two, &told, &done), OCPP_OK);
    assert_holds(hears(), call);
    assert_text(energy_answered(energy, energy->two, answer), outcome);
}

/* TC_M_20_CSMS; M04.FR.01, FR.07. By the hash that was told, whatever its algorithm. */
static void a_certificate_is_deleted_by_the_hash_that_was_told(void **state)
{
    static const char *const algorithms[] = { "SHA256", "SHA384", "SHA512" };

    (void)state;
    for (size_t i = 0; i < 3; i++) {
        install(OCPP_ROOT_CSMS, "{'status':'Accepted'}", "0 yes Accepted");
        delete_one(algorithms[i], "{'status':'Accepted'}", "0 yes Accepted");
    }
}

/* TC_M_21_CSMS; M04.FR.01, FR.07. The station fails to. */
static void a_station_fails_to_delete(void **state)
{
    (void)state;
    install(OCPP_ROOT_CSMS, "{'status':'Accepted'}", "0 yes Accepted");
    delete_one("SHA256", "{'status':'Failed'}", "0 no Failed");
}

/* --- for vehicles --------------------------------------------------------------------------------------------------------------
 */

/* TC_M_24_CSMS; M06.FR.01, FR.02, FR.03, FR.08, FR.09. One question after the other; what the responder said is passed on as it
 * is. */
static void the_status_of_a_certificate_is_told(void **state)
{
    (void)state;
    energy->ocsp.response = "MIIB0woBAKCC";
    for (int i = 0; i < 2; i++) {
        assert_text(says("[2,'s','GetCertificateStatus',{'ocspRequestData':{" HASHES "}}]"),
                    "[3,'s',{'status':'Accepted','ocspResult':'MIIB0woBAKCC'}]");
        assert_text(energy_told(energy), "PILE-2 asks about [0 aa bb cc http://ocsp/]\n");
    }
}

/* TC_M_26_CSMS; TC_M_28_CSMS; M01.FR.01; M02.FR.01. A vehicle gets its contract certificate, or the next one. */
static void a_vehicle_gets_its_contract_certificate(void **state)
{
    static const char *const actions[] = { "Install", "Update" };

    (void)state;
    energy->certificate = (struct ocpp_ev_certificate_decision){ true, "gJgCAA==" };
    for (size_t i = 0; i < 2; i++) {
        char frame[200];
        snprintf(
            frame, sizeof frame,
            "[2,'e','Get15118EVCertificate',{'iso15118SchemaVersion':'urn:iso:15118:2:2013:MsgDef','action':'%s','exiRequest':"
            "'gJgC'}]",
            actions[i]);
        assert_text(says(frame), "[3,'e',{'status':'Accepted','exiResponse':'gJgCAA=='}]");
        assert_holds(energy_told(energy), i == 0 ? ": install urn" : ": update urn");
    }
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, energy_world_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_contract_is_good_by_its_hashes),
        TEST(a_contract_is_revoked),
        TEST(a_contract_is_good_by_its_certificate),
        TEST(roots_of_each_use_are_installed),
        TEST(a_station_fails_to_install),
        TEST(roots_are_listed_by_any_hash),
        TEST(each_kind_is_listed),
        TEST(several_kinds_are_listed_together),
        TEST(there_is_no_such_certificate),
        TEST(a_certificate_is_deleted_by_the_hash_that_was_told),
        TEST(a_station_fails_to_delete),
        TEST(the_status_of_a_certificate_is_told),
        TEST(a_vehicle_gets_its_contract_certificate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
