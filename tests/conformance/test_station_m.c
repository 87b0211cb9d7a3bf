/* Block M of a station: the roots it trusts, installed, listed and deleted by the central system, in both families of versions.
 */
#include "certificate_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static const char csms[] = "CSMSRootCertificate";
static const char manufacturer[] = "ManufacturerRootCertificate";
static const char v2g[] = "V2GRootCertificate";
static const char mo[] = "MORootCertificate";

static bool has_event(const struct certificate_world *all, const char *event)
{
    return strstr(all->events, event) != NULL;
}

/* A root that |issuer| signed. */
static const char *root_signed_by(const char *name, const char *issuer, char pem[FAKE_CERT_SIZE])
{
    struct fake_cert root = { .ca = true, .key = 901, .serial = "77" };
    snprintf(root.cn, sizeof(root.cn), "%s", name);
    snprintf(root.issuer, sizeof(root.issuer), "%s", issuer);
    return fake_cert_write(&root, pem);
}

static const char *entries(struct certificate_world *all)
{
    return value_of(
        central_asks(all->world, "GetVariables",
                     "{'getVariableData':[{'component':{'name':'SecurityCtrlr'},'variable':{'name':'CertificateEntries'}}]}"),
        "getVariableResult/0/attributeValue");
}

static struct certificate_world *checking(void **state)
{
    struct certificate_world *all = certificates_new();
    all->settings.additional_root_check = true;
    world_power_on(all->world);
    world_connect(all->world, *(enum ocpp_version *)*state);
    return all;
}

/* --- installing
 * ------------------------------------------------------------------------------------------------------------------ */

/* TC_M_01_CS; TC_M_02_CS; TC_M_12_CS; TC_M_13_CS; TC_075_1_CS; TC_075_2_CS; M05.FR.01, FR.02; M03.FR.01, FR.03, FR.04. 1.6:
 * titles only, steps ours. */
static void a_root_that_is_installed_is_listed(void **state)
{
    struct certificate_world *all = certificates_of(state);
    assert_int_equal(installed(all, csms), 1);
    assert_int_equal(installed(all, manufacturer), -1);
    assert_string_equal(install_root(all, csms, "Second"), "Accepted");
    assert_string_equal(install_root(all, manufacturer, "Maker"), "Accepted");
    assert_true(has_event(all, "ReconfigurationOfSecurityParameters"));
    assert_int_equal(installed(all, manufacturer), 1);
    assert_int_equal(installed(all, csms), 2);
    const char *hash = world_is_old(all->world) ? "certificateHashData/0/" : "certificateHashDataChain/0/certificateHashData/";
    static const char *const members[] = { "issuerNameHash", "issuerKeyHash", "serialNumber" };
    for (size_t i = 0; i < COUNT_OF(members); i++) {
        char path[96];
        snprintf(path, sizeof(path), "%s%s", hash, members[i]);
        assert_string_not_equal(value_of(all->world->answer, path), "");
    }
    char path[96];
    snprintf(path, sizeof(path), "%shashAlgorithm", hash);
    assert_string_equal(value_of(all->world->answer, path), "SHA256");
    certificates_free(all);
}

/* TC_M_03_CS; TC_M_04_CS; TC_M_14_CS; TC_M_16_CS; M05.FR.02; M03.FR.04. */
static void roots_of_iso_15118_are_installed_and_listed(void **state)
{
    (void)state;
    struct certificate_world *all = certificates_accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(install_root(all, v2g, "V2G"), "Accepted");
    assert_string_equal(install_root(all, mo, "MO"), "Accepted");
    assert_int_equal(installed(all, v2g), 1);
    assert_string_equal(value_of(all->world->answer, "certificateHashDataChain/0/certificateType"), v2g);
    assert_int_equal(installed(all, mo), 1);
    assert_string_equal(value_of(all->world->answer, "certificateHashDataChain/0/certificateType"), mo);
    certificates_free(all);
}

/* TC_M_07_CS; M05.FR.07; the same in the whitepaper of 1.6. */
static void a_root_that_is_wrong_is_rejected(void **state)
{
    struct certificate_world *all = certificates_of(state);
    struct fake_cert expired = { .cn = "Old", .issuer = "Old", .key = 9, .ca = true, .until_utc_ms = 1000 };
    struct fake_cert leaf = { .cn = "Leaf", .issuer = "Leaf", .key = 9 };
    struct fake_cert weak = { .cn = "Weak", .issuer = "Weak", .key = 9, .ca = true, .weak = true };
    char pem[FAKE_CERT_SIZE];
    assert_string_equal(install(all, csms, fake_cert_write(&expired, pem)), "Rejected");
    if (!world_is_old(all->world)) {
        assert_string_equal(value_of(all->world->answer, "statusInfo/reasonCode"), "InvalidCertificate");
        assert_string_equal(value_of(all->world->answer, "statusInfo/additionalInfo"),
                            ocpp_certificate_fault_words(OCPP_CERTIFICATE_EXPIRED));
    }
    assert_string_equal(install(all, csms, fake_cert_write(&leaf, pem)), "Rejected");
    assert_string_equal(install(all, csms, fake_cert_write(&weak, pem)), "Rejected");
    assert_string_equal(install(all, csms, "nonsense"), "Rejected");
    assert_string_equal(install(all, csms, ""), "Rejected");
    assert_int_equal(installed(all, csms), 1);
    assert_string_equal(all->events, "");
    certificates_free(all);
}

/* M05.FR.06; the same in the whitepaper of 1.6, CertificateStoreMaxLength. */
static void there_are_no_more_roots_than_there_may_be(void **state)
{
    struct certificate_world *all = certificates_new();
    all->crypto.contract.max_roots = 2;
    world_power_on(all->world);
    world_connect(all->world, *(enum ocpp_version *)*state);
    assert_string_equal(install_root(all, manufacturer, "Maker"), "Accepted");
    assert_string_equal(install_root(all, manufacturer, "Second"), "Rejected");
    if (world_is_old(all->world)) {
        const char *answer = central_asks(all->world, "GetConfiguration", "{'key':['CertificateStoreMaxLength']}");
        assert_string_equal(value_of(answer, "configurationKey/0/value"), "2");
    } else {
        assert_string_equal(value_of(all->world->answer, "statusInfo/reasonCode"), "OutOfStorage");
        assert_string_equal(entries(all), "2");
    }
    assert_string_equal(install_root(all, manufacturer, "Maker"), "Accepted"); /* M05.FR.17: in its own place */
    certificates_free(all);
}

/* M05.FR.03; the same in the whitepaper of 1.6. */
static void a_store_that_fails_is_told_as_failed(void **state)
{
    struct certificate_world *all = certificates_of(state);
    all->crypto.fail_at = all->crypto.calls + 1;
    assert_string_equal(install_root(all, manufacturer, "Maker"), "Failed");
    assert_int_equal(installed(all, manufacturer), -1);
    certificates_free(all);
}

/* --- AdditionalRootCertificateCheck
 * ------------------------------------------------------------------------------------------------ */

/* TC_M_09_CS; M05.FR.09 to FR.11; the same in the whitepaper of 1.6. */
static void a_root_that_the_old_one_did_not_sign_is_rejected(void **state)
{
    struct certificate_world *all = checking(state);
    assert_string_equal(install_root(all, csms, "Stranger"), "Rejected");
    assert_int_equal(installed(all, csms), 1);
    assert_string_equal(install_root(all, manufacturer, "Maker"), "Accepted"); /* it is about the central system's only */
    certificates_free(all);
}

/* TC_M_30_CS; M05.FR.12, FR.13; the same in the whitepaper of 1.6. */
static void the_old_root_goes_once_the_new_one_has_served(void **state)
{
    struct certificate_world *all = checking(state);
    char pem[FAKE_CERT_SIZE];
    assert_string_equal(install(all, csms, root_signed_by("Next", "Root", pem)), "Accepted");
    assert_int_equal(installed(all, csms), 2);
    with_link(all, OCPP_NEWEST, OCPP_NEWEST);
    assert_int_equal(installed(all, csms), 1);
    assert_string_equal(delete_certificate(all, fake_root_pem("Root", pem)), "NotFound");
    certificates_free(all);
}

/* TC_M_31_CS; M05.FR.14; the same in the whitepaper of 1.6. */
static void the_old_root_stays_while_only_it_serves(void **state)
{
    struct certificate_world *all = checking(state);
    char pem[FAKE_CERT_SIZE];
    install(all, csms, root_signed_by("Next", "Root", pem));
    with_link(all, OCPP_NEWEST, OCPP_PREVIOUS);
    assert_int_equal(installed(all, csms), 2);
    with_link(all, OCPP_NEWEST, OCPP_NEWEST);
    assert_int_equal(installed(all, csms), 1);
    certificates_free(all);
}

/* --- listing
 * ------------------------------------------------------------------------------------------------------------------------ */

/* TC_M_17_CS; TC_M_18_CS; M03.FR.01, FR.03, FR.04. */
static void several_kinds_are_listed_together(void **state)
{
    (void)state;
    struct certificate_world *all = certificates_accepted(OCPP_VERSION_2_0_1);
    install_root(all, manufacturer, "Maker");
    install_root(all, mo, "MO");
    const char *answer =
        central_asks(all->world, "GetInstalledCertificateIds",
                     "{'certificateType':['CSMSRootCertificate','ManufacturerRootCertificate','CSMSRootCertificate']}");
    assert_string_equal(value_of(answer, "certificateHashDataChain"), "(2)");
    assert_int_equal(installed(all, NULL), 3);
    assert_string_equal(entries(all), "3");
    certificates_free(all);
}

/* TC_M_19_CS; M03.FR.02. */
static void nothing_that_matches_is_not_found(void **state)
{
    struct certificate_world *all = certificates_of(state);
    assert_int_equal(installed(all, world_is_old(all->world) ? manufacturer : mo), -1);
    certificates_free(all);
}

static void put_v2g_chain(struct certificate_world *all, int children)
{
    char *chain = all->crypto.own[OCPP_KEY_V2G].settled;
    struct fake_cert cert = { .cn = "SECC", .key = 70, .serial = "70" };
    char pem[FAKE_CERT_SIZE];
    for (int i = 0; i <= children; i++) {
        snprintf(cert.issuer, sizeof(cert.issuer), i == children ? "V2G" : "Sub%d", i);
        strcat(chain, fake_cert_write(&cert, pem));
        snprintf(cert.cn, sizeof(cert.cn), "Sub%d", i);
        cert.ca = true;
        cert.key++;
    }
}

/* TC_M_15_CS; M03.FR.05. */
static void the_chain_for_vehicles_is_listed_with_its_sub_cas(void **state)
{
    (void)state;
    struct certificate_world *all = certificates_accepted(OCPP_VERSION_2_0_1);
    assert_int_equal(installed(all, "V2GCertificateChain"), -1);
    put_v2g_chain(all, 2);
    assert_int_equal(installed(all, "V2GCertificateChain"), 1);
    assert_string_equal(value_of(all->world->answer, "certificateHashDataChain/0/certificateType"), "V2GCertificateChain");
    assert_string_equal(value_of(all->world->answer, "certificateHashDataChain/0/childCertificateHashData"), "(2)");
    assert_int_equal(installed(all, NULL), 2);
    certificates_free(all);
}

/* M03.FR.05: the schema has room for four sub-CAs. */
static void a_longer_chain_than_the_schema_has_room_for_is_listed_with_its_first(void **state)
{
    (void)state;
    struct certificate_world *all = certificates_accepted(OCPP_VERSION_2_0_1);
    put_v2g_chain(all, 5);
    assert_int_equal(installed(all, "V2GCertificateChain"), 1);
    assert_string_equal(value_of(all->world->answer, "certificateHashDataChain/0/childCertificateHashData"), "(4)");
    certificates_free(all);
}

/* M03.FR.04: the largest store there can be is one answer. */
static void a_full_store_is_one_answer(void **state)
{
    struct certificate_world *all = certificates_of(state);
    char name[16];
    for (int i = 2; i <= 8; i++) {
        snprintf(name, sizeof(name), "Root%d", i);
        assert_string_equal(install_root(all, csms, name), "Accepted");
    }
    assert_int_equal(installed(all, csms), 8);
    certificates_free(all);
}

/* A list that cannot be read is no empty list. */
static void a_list_that_cannot_be_read_is_an_error(void **state)
{
    struct certificate_world *all = certificates_of(state);
    all->crypto.fail_at = all->crypto.calls + 1;
    central_asks(all->world, "GetInstalledCertificateIds",
                 world_is_old(all->world) ? "{'certificateType':'CentralSystemRootCertificate'}" : "{}");
    assert_string_equal(all->world->answer, "InternalError");
    certificates_free(all);
}

/* --- deleting
 * ----------------------------------------------------------------------------------------------------------------------- */

/* TC_M_20_CS; TC_076_CS; M04.FR.01, FR.02, FR.07; the same in the whitepaper of 1.6. 1.6: title only, steps ours. */
static void a_root_that_is_deleted_is_listed_no_more(void **state)
{
    struct certificate_world *all = certificates_of(state);
    char pem[FAKE_CERT_SIZE];
    install_root(all, csms, "Second");
    assert_string_equal(delete_certificate(all, fake_root_pem("Second", pem)), "Accepted");
    assert_int_equal(installed(all, csms), 1);
    assert_true(has_event(all, "ReconfigurationOfSecurityParameters"));
    assert_string_equal(delete_certificate(all, pem), "NotFound");
    certificates_free(all);
}

/* TC_M_22_CS; M04.FR.04. */
static void what_is_not_there_is_not_found(void **state)
{
    struct certificate_world *all = certificates_of(state);
    static const char *const hashes[] = {
        "{'hashAlgorithm':'SHA256','issuerNameHash':'00','issuerKeyHash':'00','serialNumber':'0'}",
        "{'hashAlgorithm':'SHA512','issuerNameHash':'','issuerKeyHash':'','serialNumber':''}",
        "{'hashAlgorithm':'SHA384','issuerNameHash':'no hexadecimal','issuerKeyHash':'€€€','serialNumber':'%s%n'}",
    };
    for (size_t i = 0; i < COUNT_OF(hashes); i++) {
        char payload[512];
        snprintf(payload, sizeof(payload), "{'certificateHashData':%s}", hashes[i]);
        assert_string_equal(value_of(central_asks(all->world, "DeleteCertificate", payload), "status"), "NotFound");
    }
    char longest[2048] =
        "{'certificateHashData':{'hashAlgorithm':'SHA256','issuerKeyHash':'00','serialNumber':'1','issuerNameHash':'";
    for (int i = 0; i < 128; i++) { /* characters, of three bytes each */
        strcat(longest, "€");
    }
    strcat(longest, "'}}");
    assert_string_equal(value_of(central_asks(all->world, "DeleteCertificate", longest), "status"), "NotFound");
    assert_int_equal(installed(all, csms), 1);
    certificates_free(all);
}

/* TC_M_23_CS; M04.FR.06; the same in the whitepaper of 1.6. */
static void the_certificate_of_the_station_cannot_be_deleted(void **state)
{
    struct certificate_world *all = certificates_of(state);
    order_certificate(all);
    certify(all, "Root", 365);
    with_link(all, OCPP_NEWEST, OCPP_NEWEST);
    assert_string_equal(delete_certificate(all, all->crypto.own[OCPP_KEY_STATION].settled), "Failed");
    assert_int_not_equal(own_end(all), OCPP_UTC_UNKNOWN);
    certificates_free(all);
}

/* M04.FR.03: a store that fails. */
static void a_deletion_that_fails_is_told_as_failed(void **state)
{
    struct certificate_world *all = certificates_of(state);
    char pem[FAKE_CERT_SIZE];
    install_root(all, csms, "Second");
    all->crypto.fail_at = all->crypto.calls + 2; /* behind the hash that the test takes */
    assert_string_equal(delete_certificate(all, fake_root_pem("Second", pem)), "Failed");
    assert_int_equal(installed(all, csms), 2);
    certificates_free(all);
}

/* M04.FR.02, remarks; a chain for vehicles goes with its key. */
static void a_chain_for_vehicles_can_be_deleted(void **state)
{
    (void)state;
    struct certificate_world *all = certificates_accepted(OCPP_VERSION_2_0_1);
    char leaf[FAKE_CHAIN_SIZE];
    install_root(all, v2g, "V2G");
    put_v2g_chain(all, 0);
    snprintf(leaf, sizeof(leaf), "%s", all->crypto.own[OCPP_KEY_V2G].settled);
    assert_string_equal(delete_certificate(all, leaf), "Accepted");
    assert_int_equal(installed(all, "V2GCertificateChain"), -1);
    certificates_free(all);
}

/* M04, remarks: the last root may go; the central system was warned. In the whitepaper of 1.6 that is about one that is in use.
 */
static void the_last_root_may_go_where_it_is_not_in_use(void **state)
{
    struct certificate_world *all = certificates_of(state);
    char pem[FAKE_CERT_SIZE];
    assert_string_equal(delete_certificate(all, fake_root_pem("Root", pem)), "Accepted");
    assert_int_equal(installed(all, csms), -1);
    certificates_free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_root_that_is_installed_is_listed),
        cmocka_unit_test(roots_of_iso_15118_are_installed_and_listed),
        IN_EACH_VERSION(a_root_that_is_wrong_is_rejected),
        IN_EACH_VERSION(there_are_no_more_roots_than_there_may_be),
        IN_EACH_VERSION(a_store_that_fails_is_told_as_failed),
        IN_EACH_VERSION(a_root_that_the_old_one_did_not_sign_is_rejected),
        IN_EACH_VERSION(the_old_root_goes_once_the_new_one_has_served),
        IN_EACH_VERSION(the_old_root_stays_while_only_it_serves),
        cmocka_unit_test(several_kinds_are_listed_together),
        IN_EACH_VERSION(nothing_that_matches_is_not_found),
        cmocka_unit_test(the_chain_for_vehicles_is_listed_with_its_sub_cas),
        cmocka_unit_test(a_longer_chain_than_the_schema_has_room_for_is_listed_with_its_first),
        IN_EACH_VERSION(a_full_store_is_one_answer),
        IN_EACH_VERSION(a_list_that_cannot_be_read_is_an_error),
        IN_EACH_VERSION(a_root_that_is_deleted_is_listed_no_more),
        IN_EACH_VERSION(what_is_not_there_is_not_found),
        IN_EACH_VERSION(the_certificate_of_the_station_cannot_be_deleted),
        IN_EACH_VERSION(a_deletion_that_fails_is_told_as_failed),
        cmocka_unit_test(a_chain_for_vehicles_can_be_deleted),
        IN_EACH_VERSION(the_last_root_may_go_where_it_is_not_in_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
