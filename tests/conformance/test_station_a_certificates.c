/* Block A of a station, certificates of its own: asked for, judged, used and given up, in both families of versions. */
#include <ocpp/diagnostics.h>
#include <ocpp/network.h>

#include "certificate_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static bool has_event(const struct certificate_world *all, const char *event)
{
    return strstr(all->events, event) != NULL;
}

static enum ocpp_signing_step step_of(const struct certificate_world *all)
{
    struct ocpp_signing signing;
    assert_int_equal(ocpp_charge_point_signing(all->world->cp, OCPP_KEY_STATION, &signing), OCPP_OK);
    return signing.step;
}

static int requests(const struct certificate_world *all)
{
    return central_counts(all->world, "SignCertificate");
}

static void set_back_off(struct certificate_world *all, const char *wait_s, const char *repeats)
{
    if (world_is_old(all->world)) {
        world_set(all->world, "CertSigningWaitMinimum", wait_s);
        world_set(all->world, "CertSigningRepeatTimes", repeats);
        return;
    }
    world_set_variable(all->world, "SecurityCtrlr", "CertSigningWaitMinimum", NULL, wait_s);
    world_set_variable(all->world, "SecurityCtrlr", "CertSigningRepeatTimes", NULL, repeats);
}

/* --- by order of the central system -------------------------------------------------------------------------------------------
 */

/* TC_A_11_CS; TC_074_CS; A02.FR.02, FR.03, FR.06, FR.08, FR.10, FR.13; F06.FR.04, FR.05, FR.10; A00.FR.509, FR.511.
 * 1.6: title only, steps ours. */
static void a_certificate_is_renewed_by_order_of_the_central_system(void **state)
{
    struct certificate_world *all = certificates_of(state);
    assert_string_equal(order_certificate(all), "Accepted");
    central_sees(all->world, "SignCertificate",
                 world_is_old(all->world) ? "csr=*" : "certificateType=ChargingStationCertificate");
    assert_string_equal(last_request(all), "REQUEST cn=SN-1 o=Operator key=1\n");
    assert_int_equal(step_of(all), OCPP_SIGNING_AWAITED);
    assert_string_equal(certify(all, "Root", 365), "Accepted");
    assert_int_equal(step_of(all), OCPP_SIGNING_RESTS);
    assert_int_equal(own_end(all), central_now(all) + 365LL * DAY_MS);
    assert_true(ocpp_charge_point_must_reconnect(all->world->cp));
    assert_int_equal(all->renewed[OCPP_KEY_STATION], 1);
    assert_true(has_event(all, "ReconfigurationOfSecurityParameters"));
    with_link(all, OCPP_NEWEST, OCPP_NEWEST);
    assert_false(ocpp_charge_point_must_reconnect(all->world->cp));
    certificates_free(all);
}

/* A02.FR.08: the callback may close the link at once, and the central system has its answer. */
static void the_answer_has_left_when_the_firmware_hears_of_a_new_certificate(void **state)
{
    struct certificate_world *all = certificates_of(state);
    struct world *world = all->world;
    char pem[FAKE_CERT_SIZE];
    char frame[2 * FAKE_CERT_SIZE];
    size_t size;
    order_certificate(all);
    fake_sign_request(last_request(all), "Root", 0, 0, pem);
    pem[strlen(pem) - 1] = '\0';
    snprintf(frame, sizeof(frame), "[2,\"x\",\"CertificateSigned\",{\"certificateChain\":\"%s\"}]", pem);
    assert_int_equal(ocpp_charge_point_receive(world->cp, frame, strlen(frame), world->now), OCPP_OK);
    assert_int_equal(all->renewed[OCPP_KEY_STATION], 0);
    const char *answer = ocpp_charge_point_next_output(world->cp, &size, world->now);
    assert_non_null(answer);
    assert_non_null(strstr(answer, "Accepted"));
    world_run(world);
    assert_int_equal(all->renewed[OCPP_KEY_STATION], 1);
    certificates_free(all);
}

/* A02.FR.02, FR.05: every order has a key of its own, and nothing but requests leaves. */
static void each_order_has_a_new_key(void **state)
{
    struct certificate_world *all = certificates_of(state);
    char first[256];
    char pem[FAKE_CERT_SIZE];
    order_certificate(all);
    snprintf(first, sizeof(first), "%s", last_request(all));
    order_certificate(all);
    assert_string_not_equal(last_request(all), first);
    fake_sign_request(first, "Root", 0, 0, pem);
    assert_string_equal(send_chain(all, pem), "Rejected"); /* that key is gone */
    certificates_free(all);
}

/* A02, prerequisite; 1.6 whitepaper: whose station it is has to be known first. */
static void without_the_name_of_the_operator_nothing_is_asked_for(void **state)
{
    struct certificate_world *all = certificates_new();
    all->settings.organization = NULL;
    world_power_on(all->world);
    world_connect(all->world, *(enum ocpp_version *)*state);
    assert_string_equal(order_certificate(all), "Rejected");
    assert_int_equal(ocpp_charge_point_sign_certificate(all->world->cp, OCPP_KEY_STATION, all->world->now), OCPP_ERR_STATE);
    if (world_is_old(all->world)) {
        world_set(all->world, "CpoName", "Another");
    } else {
        world_set_variable(all->world, "SecurityCtrlr", "OrganizationName", NULL, "Another");
    }
    assert_string_equal(order_certificate(all), "Accepted");
    assert_string_equal(last_request(all), "REQUEST cn=SN-1 o=Another key=1\n");
    certificates_free(all);
}

/* A00.FR.511: the CN is the serial number, or what takes its place. */
static void the_name_in_a_request_is_that_of_the_station(void **state)
{
    static const struct {
        const char *common_name;
        const char *serial_number;
        const char *name;
    } cases[] = {
        { NULL, "SN-1", "cn=SN-1 " },
        { NULL, NULL, "cn=PILE-7 " },
        { "C-9", "SN-1", "cn=C-9 " },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct certificate_world *all = certificates_new();
        all->settings.common_name = cases[i].common_name;
        all->world->settings.serial_number = cases[i].serial_number;
        world_power_on(all->world);
        world_connect(all->world, *(enum ocpp_version *)*state);
        order_certificate(all);
        assert_non_null(strstr(last_request(all), cases[i].name));
        certificates_free(all);
    }
}

/* A station without certificates does not know the order; F06.FR.08. */
static void a_station_without_certificates_says_so(void **state)
{
    struct certificate_world *all = certificates_new();
    all->world->settings.certificates = NULL;
    world_power_on(all->world);
    world_connect(all->world, *(enum ocpp_version *)*state);
    assert_string_equal(order_certificate(all), "NotImplemented");
    central_asks(all->world, "CertificateSigned", "{'certificateChain':'x'}");
    assert_true(strcmp(all->world->answer, "NotSupported") == 0 || strcmp(all->world->answer, "NotImplemented") == 0);
    assert_int_equal(ocpp_charge_point_sign_certificate(all->world->cp, OCPP_KEY_STATION, all->world->now), OCPP_ERR_STATE);
    certificates_free(all);
}

/* F06.FR.08; A02: one for vehicles, or for both, needs a station that serves them by ISO 15118. */
static void certificates_for_vehicles_need_plug_and_charge(void **state)
{
    (void)state;
    struct certificate_world *all = certificates_accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(
        value_of(central_asks(all->world, "TriggerMessage", "{'requestedMessage':'SignV2GCertificate'}"), "status"),
        "NotImplemented");
    assert_string_equal(
        value_of(central_asks(all->world, "TriggerMessage", "{'requestedMessage':'SignCombinedCertificate'}"), "status"),
        "NotImplemented");
    assert_int_equal(ocpp_charge_point_sign_certificate(all->world->cp, OCPP_KEY_V2G, all->world->now), OCPP_ERR_STATE);
    certificates_free(all);
}

/* A00.FR.806; B02.FR.02: who is to get a certificate before he is accepted can be asked for it. */
static void a_station_that_waits_to_be_accepted_can_be_given_a_certificate(void **state)
{
    struct certificate_world *all = certificates_new();
    all->world->boot_status = "Pending";
    world_power_on(all->world);
    world_connect(all->world, *(enum ocpp_version *)*state);
    assert_string_equal(order_certificate(all), "Accepted");
    assert_int_equal(requests(all), 1);
    assert_string_equal(certify(all, "Root", 365), "Accepted");
    certificates_free(all);
}

/* --- what is wrong with what comes back
 * ------------------------------------------------------------------------------------------ */

struct wrong {
    const char *why;
    const char *issuer;
    int from_days;
    int until_days;
    const char *words; /* added to the line */
};

/* TC_A_14_CS; TC_077_CS; A02.FR.06, FR.07, FR.20; A03.FR.07; A00.FR.502, FR.504. 1.6: title only, steps ours. */
static void a_certificate_that_is_wrong_is_refused_and_told(void **state)
{
    static const struct wrong wrongs[] = {
        { "expired", "Root", -10, -1, "" },
        { "not yet valid", "Root", 1, 10, "" },
        { "of another root", "Stranger", -1, 10, "" },
        { "weak", "Root", -1, 10, " weak" },
        { "forged", "Root", -1, 10, " forged" },
        { "revoked", "Root", -1, 10, " revoked" },
    };
    for (size_t i = 0; i < COUNT_OF(wrongs); i++) {
        struct certificate_world *all = certificates_of(state);
        char pem[FAKE_CERT_SIZE];
        char line[FAKE_CERT_SIZE + 20];
        order_certificate(all);
        fake_sign_request(last_request(all), wrongs[i].issuer, central_now(all) + (int64_t)wrongs[i].from_days * DAY_MS,
                          central_now(all) + (int64_t)wrongs[i].until_days * DAY_MS, pem);
        pem[strlen(pem) - 1] = '\0';
        snprintf(line, sizeof(line), "%s%s\n", pem, wrongs[i].words);
        print_message("    %s\n", wrongs[i].why);
        assert_string_equal(send_chain(all, line), "Rejected");
        assert_true(has_event(all, "InvalidChargingStationCertificate"));
        assert_false(ocpp_charge_point_must_reconnect(all->world->cp));
        assert_int_equal(own_end(all), OCPP_UTC_UNKNOWN);
        world_pass(all->world, 86400); /* A02.FR.20: nothing more, until an order comes */
        assert_int_equal(requests(all), 1);
        assert_string_equal(order_certificate(all), "Accepted");
        assert_int_equal(requests(all), 2);
        certificates_free(all);
    }
}

/* A security event as the central system of either version reads it. */
static void sees_event(struct certificate_world *all, const char *type, const char *old_type)
{
    char members[96];
    snprintf(members, sizeof(members), "type=%s timestamp=* techInfo=*", world_is_old(all->world) ? old_type : type);
    central_sees(all->world, "SecurityEventNotification", members);
}

/* TC_A_14_CS; TC_077_CS; A02.FR.07; A04.FR.01. 1.6: title only, steps ours. */
static void the_central_system_is_told_of_a_wrong_certificate(void **state)
{
    const struct ocpp_diagnostics_settings diagnostics = ocpp_diagnostics_settings_default();
    struct certificate_world *all = certificates_new();
    all->world->settings.diagnostics = &diagnostics;
    world_power_on(all->world);
    world_connect(all->world, *(enum ocpp_version *)*state);
    order_certificate(all);
    assert_string_equal(certify(all, "Stranger", 90), "Rejected");
    sees_event(all, "InvalidChargingStationCertificate", "InvalidChargePointCertificate");
    certificates_free(all);
}

/* TC_078_CS; A00.FR.309 to FR.311; A04.FR.02. 1.6: title only, steps ours: a server whose certificate is wrong is told of over
 * the next link. */
static void the_central_system_is_told_of_a_wrong_certificate_of_a_server(void **state)
{
    const struct ocpp_diagnostics_settings diagnostics = ocpp_diagnostics_settings_default();
    struct ocpp_network_settings network = ocpp_network_settings_default();
    struct certificate_world *all = certificates_new();
    struct ocpp_connection connection;
    network.url = "wss://csms.example/ocpp";
    network.security_profile = OCPP_SECURITY_TLS;
    network.password = "delivered-with-this";
    all->world->settings.network = &network;
    all->world->settings.diagnostics = &diagnostics;
    world_power_on(all->world);
    for (int attempt = 0; attempt < 3; attempt++) {
        assert_int_equal(ocpp_charge_point_next_connection(all->world->cp, &connection, all->world->now), OCPP_OK);
        assert_int_equal(
            ocpp_charge_point_connection_failed(all->world->cp, OCPP_CONNECTION_BAD_CERTIFICATE, "no root", all->world->now),
            OCPP_OK);
    }
    assert_int_equal(ocpp_charge_point_next_connection(all->world->cp, &connection, all->world->now), OCPP_OK);
    world_connect(all->world, *(enum ocpp_version *)*state);
    sees_event(all, "InvalidCsmsCertificate", "InvalidCentralSystemCertificate");
    central_does_not_see(all->world, "SecurityEventNotification"); /* once is enough */
    certificates_free(all);
}

/* A02.FR.08, FR.10: below security profile 3 nobody is shown it, so nothing is closed and nothing waits for a proof. */
static void a_certificate_that_is_not_shown_counts_at_once(void **state)
{
    struct ocpp_network_settings network = ocpp_network_settings_default();
    struct certificate_world *all = certificates_new();
    struct ocpp_connection connection;
    size_t size;
    network.url = "wss://csms.example/ocpp";
    network.security_profile = OCPP_SECURITY_TLS;
    network.password = "delivered-with-this";
    all->world->settings.network = &network;
    world_power_on(all->world);
    assert_int_equal(ocpp_charge_point_next_connection(all->world->cp, &connection, all->world->now), OCPP_OK);
    world_connect(all->world, *(enum ocpp_version *)*state);
    for (int round = 0; round < 2; round++) {
        order_certificate(all);
        assert_string_equal(certify(all, "Root", 90 + round), "Accepted");
        assert_false(ocpp_charge_point_must_reconnect(all->world->cp));
        assert_int_equal(all->crypto.contract.read_own_chain(OCPP_KEY_STATION, OCPP_PREVIOUS, NULL, 0, &size, NULL, &all->crypto),
                         OCPP_ERR_NOT_FOUND);
    }
    certificates_free(all);
}

/* A02.FR.08, FR.10, FR.28, FR.29; A03.FR.24: in security profile 3 the link is made anew with the new certificate; the old one is
 * shown again while the new one is refused, and what served stays. */
static void a_certificate_that_is_shown_has_to_prove_itself(void **state)
{
    for (int is_refused = 0; is_refused <= 1; is_refused++) {
        struct ocpp_network_settings network = ocpp_network_settings_default();
        struct certificate_world *all = certificates_new();
        struct ocpp_connection connection;
        network.url = "wss://csms.example/ocpp";
        network.security_profile = OCPP_SECURITY_CERTIFICATE;
        network.has_own_certificate = true; /* the one it was delivered with */
        all->world->settings.network = &network;
        world_power_on(all->world);
        for (int round = 0; round < 2; round++) {
            assert_int_equal(ocpp_charge_point_next_connection(all->world->cp, &connection, all->world->now), OCPP_OK);
            assert_false(connection.previous_certificate);
            world_connect(all->world, *(enum ocpp_version *)*state);
            order_certificate(all);
            assert_string_equal(certify(all, "Root", round == 0 ? 100 : 200), "Accepted");
            assert_true(ocpp_charge_point_must_reconnect(all->world->cp));
            world_disconnect(all->world);
        }
        int attempts = 0;
        do {
            assert_true(attempts++ < 20);
            assert_int_equal(ocpp_charge_point_next_connection(all->world->cp, &connection, all->world->now), OCPP_OK);
            if (!is_refused || connection.previous_certificate) {
                break;
            }
            assert_int_equal(
                ocpp_charge_point_connection_failed(all->world->cp, OCPP_CONNECTION_CERTIFICATE_REFUSED, NULL, all->world->now),
                OCPP_OK);
            world_pass(all->world, 60);
        } while (true);
        all->events[0] = '\0';
        world_connect(all->world, *(enum ocpp_version *)*state);
        assert_int_equal(has_event(all, "DiscardedRenewedClientCertificate"), is_refused);
        assert_in_range(own_end(all) - central_now(all), (is_refused ? 99LL : 199LL) * DAY_MS - 3600000,
                        (is_refused ? 100LL : 200LL) * DAY_MS);
        certificates_free(all);
    }
}

/* A root that the link stands on stays in 1.6 (whitepaper, M04); in 2.0.1 the central system may shoot itself in the foot (M04,
 * remarks). */
static void the_root_that_a_link_stands_on_stays(void **state)
{
    struct ocpp_network_settings network = ocpp_network_settings_default();
    struct certificate_world *all = certificates_new();
    struct ocpp_connection connection;
    char pem[FAKE_CERT_SIZE];
    network.url = "wss://csms.example/ocpp";
    network.security_profile = OCPP_SECURITY_TLS;
    network.password = "delivered-with-this";
    all->world->settings.network = &network;
    world_power_on(all->world);
    assert_int_equal(ocpp_charge_point_next_connection(all->world->cp, &connection, all->world->now), OCPP_OK);
    world_connect(all->world, *(enum ocpp_version *)*state);
    assert_string_equal(install_root(all, "CSMSRootCertificate", "Second"), "Accepted");
    assert_string_equal(delete_certificate(all, fake_root_pem("Second", pem)), "Accepted");
    assert_string_equal(delete_certificate(all, fake_root_pem("Root", pem)), world_is_old(all->world) ? "Failed" : "Accepted");
    certificates_free(all);
}

/* A02.FR.06, FR.07: also one that nobody asked for, or that is for another key or name, or no certificate at all. */
static void a_certificate_for_no_request_is_refused_and_told(void **state)
{
    struct certificate_world *all = certificates_of(state);
    assert_string_equal(send_chain(all, "CERT cn=SN-1 o=Operator key=7 serial=1 issuer=Root from=0 until=9000000000000 url=\n"),
                        "Rejected");
    assert_true(has_event(all, "InvalidChargingStationCertificate"));
    all->events[0] = '\0';
    order_certificate(all);
    assert_string_equal(send_chain(all, "CERT cn=SN-2 o=Operator key=1 serial=1 issuer=Root from=0 until=9000000000000 url=\n"),
                        "Rejected");
    assert_true(has_event(all, "InvalidChargingStationCertificate"));
    all->events[0] = '\0';
    assert_string_equal(send_chain(all, "nonsense"), "Rejected");
    assert_true(has_event(all, "InvalidChargingStationCertificate"));
    assert_string_equal(send_chain(all, ""), "Rejected");
    certificates_free(all);
}

/* A02.FR.07: one that is wrong costs nothing but the order: the right one for the same request is still taken. */
static void the_right_certificate_is_taken_after_a_wrong_one(void **state)
{
    struct certificate_world *all = certificates_of(state);
    order_certificate(all);
    assert_string_equal(certify(all, "Stranger", 30), "Rejected");
    assert_string_equal(certify(all, "Root", 90), "Accepted");
    certificates_free(all);
}

/* A02.FR.16: too long is refused before it is looked at, and says nothing about its worth. */
static void a_chain_that_is_too_long_is_refused(void **state)
{
    struct certificate_world *all = certificates_new();
    char chain[1200];
    all->crypto.contract.max_chain_bytes = 1000;
    world_power_on(all->world);
    world_connect(all->world, *(enum ocpp_version *)*state);
    order_certificate(all);
    memset(chain, 'x', sizeof(chain) - 1);
    chain[sizeof(chain) - 1] = '\0';
    assert_string_equal(send_chain(all, chain), "Rejected");
    assert_string_equal(all->events, "");
    assert_int_equal(step_of(all), OCPP_SIGNING_AWAITED);
    assert_string_equal(certify(all, "Root", 90), "Accepted");
    certificates_free(all);
}

/* A02.FR.06: who does not know the date cannot tell whether a certificate is valid. */
static void a_chain_through_sub_cas_is_taken(void **state)
{
    struct certificate_world *all = certificates_of(state);
    struct fake_cert sub = { .cn = "Sub", .issuer = "Root", .key = 50, .ca = true };
    char leaf[FAKE_CERT_SIZE];
    char ca[FAKE_CERT_SIZE];
    char chain[2 * FAKE_CERT_SIZE];
    order_certificate(all);
    fake_sign_request(last_request(all), "Sub", 0, central_now(all) + DAY_MS, leaf);
    assert_string_equal(send_chain(all, leaf), "Rejected"); /* without the sub-CA it leads nowhere */
    snprintf(chain, sizeof(chain), "%s%s", leaf, fake_cert_write(&sub, ca));
    assert_string_equal(send_chain(all, chain), "Accepted");
    certificates_free(all);
}

/* A02.FR.12: refused by the central system. TC_A_15_CS. */
static void a_request_that_is_refused_is_not_sent_again(void **state)
{
    struct certificate_world *all = certificates_of(state);
    all->world->sign_status = "Rejected";
    assert_string_equal(order_certificate(all), "Accepted");
    assert_int_equal(requests(all), 1);
    assert_int_equal(step_of(all), OCPP_SIGNING_RESTS);
    world_pass(all->world, 2 * 86400);
    assert_int_equal(requests(all), 1);
    assert_string_equal(certify(all, "Root", 90), "Rejected"); /* its key is gone */
    certificates_free(all);
}

/* --- waiting
 * -------------------------------------------------------------------------------------------------------------------- */

/* TC_A_23_CS; A02.FR.17, FR.18, FR.19; A03.FR.17 to FR.19; errata 2025-02 of TC_A_23_CS. */
static void a_certificate_that_does_not_come_is_asked_for_again_at_doubled_times(void **state)
{
    struct certificate_world *all = certificates_of(state);
    char first[256];
    set_back_off(all, "30", "1");
    order_certificate(all);
    snprintf(first, sizeof(first), "%s", last_request(all));
    world_pass(all->world, 29);
    assert_int_equal(requests(all), 1);
    world_pass(all->world, 1);
    assert_int_equal(requests(all), 2);
    world_pass(all->world, 59);
    assert_int_equal(requests(all), 2);
    world_pass(all->world, 1);
    assert_int_equal(requests(all), 3);
    assert_string_equal(last_request(all), first); /* whichever of them is signed, the key is the same */
    world_pass(all->world, 119);
    assert_int_equal(step_of(all), OCPP_SIGNING_AWAITED);
    world_pass(all->world, 86400);
    assert_int_equal(requests(all), 3);
    assert_int_equal(step_of(all), OCPP_SIGNING_RESTS);
    assert_string_equal(certify(all, "Root", 90), "Accepted"); /* late, and right */
    certificates_free(all);
}

/* TC_A_23_CS, errata 2025-02: what is signed for each of the requests comes one behind the other. */
static void the_second_certificate_for_one_request_is_refused(void **state)
{
    struct certificate_world *all = certificates_of(state);
    set_back_off(all, "30", "1");
    order_certificate(all);
    world_pass(all->world, 30);
    assert_string_equal(certify(all, "Root", 90), "Accepted");
    assert_string_equal(certify(all, "Root", 90), "Rejected");
    world_pass(all->world, 86400);
    assert_int_equal(requests(all), 2);
    certificates_free(all);
}

/* A02.FR.19: an order begins anew. */
static void an_order_begins_the_waiting_anew(void **state)
{
    struct certificate_world *all = certificates_of(state);
    set_back_off(all, "10", "0");
    order_certificate(all);
    world_pass(all->world, 3600);
    assert_int_equal(requests(all), 2);
    assert_string_equal(order_certificate(all), "Accepted");
    world_pass(all->world, 3600);
    assert_int_equal(requests(all), 4);
    certificates_free(all);
}

/* A02.FR.17: an error answer says nothing about the request; nor does silence. */
static void a_request_that_is_not_answered_is_sent_again(void **state)
{
    for (int is_silent = 0; is_silent <= 1; is_silent++) {
        struct certificate_world *all = certificates_of(state);
        set_back_off(all, "30", "3");
        all->world->refuse_action = all->world->silent_action = "SignCertificate";
        all->world->silent_count = is_silent;
        all->world->refuse_count = !is_silent;
        order_certificate(all);
        world_pass(all->world, 61);
        assert_int_equal(requests(all), 2);
        assert_string_equal(certify(all, "Root", 90), "Accepted");
        certificates_free(all);
    }
}

/* A02.FR.17: the link goes before the answer. */
static void a_request_whose_link_goes_is_sent_over_the_next(void **state)
{
    struct certificate_world *all = certificates_of(state);
    char first[256];
    all->world->silent_action = "SignCertificate";
    all->world->silent_count = 1;
    order_certificate(all);
    assert_int_equal(step_of(all), OCPP_SIGNING_ASKED);
    snprintf(first, sizeof(first), "%s", last_request(all));
    world_disconnect(all->world);
    assert_int_equal(step_of(all), OCPP_SIGNING_WANTED);
    world_connect(all->world, all->world->version);
    assert_int_equal(requests(all), 2);
    assert_string_equal(last_request(all), first);
    certificates_free(all);
}

/* A certificate that is faster than the answer to its request ends the waiting. */
static void a_certificate_may_come_before_the_answer(void **state)
{
    struct certificate_world *all = certificates_of(state);
    char answer[128];
    all->world->silent_action = "SignCertificate";
    all->world->silent_count = 1;
    order_certificate(all);
    assert_string_equal(certify(all, "Root", 90), "Accepted");
    snprintf(answer, sizeof(answer), "[3,'%s',{'status':'Accepted'}]", all->world->calls[all->world->call_count - 1].id);
    central_says(all->world, answer);
    assert_int_equal(step_of(all), OCPP_SIGNING_RESTS);
    certificates_free(all);
}

/* --- by the calendar
 * ------------------------------------------------------------------------------------------------------------- */

/* A03.FR.01, FR.02, FR.03, FR.13; 1.6 A03. */
static void a_certificate_is_renewed_a_month_before_its_end(void **state)
{
    struct certificate_world *all = certificates_of(state);
    order_certificate(all);
    certify(all, "Root", 60);
    with_link(all, OCPP_NEWEST, OCPP_NEWEST);
    world_pass(all->world, 30 * 86400 - 10);
    assert_int_equal(requests(all), 1);
    world_pass(all->world, 20);
    assert_int_equal(requests(all), 2);
    assert_string_equal(last_request(all), "REQUEST cn=SN-1 o=Operator key=2\n");
    assert_string_equal(certify(all, "Root", 365), "Accepted");
    world_pass(all->world, 86400);
    assert_int_equal(requests(all), 2);
    certificates_free(all);
}

/* A03.FR.19, FR.07: what came to nothing is left to the central system, also over a restart. */
static void a_renewal_that_comes_to_nothing_is_not_begun_again(void **state)
{
    struct certificate_world *all = certificates_of(state);
    order_certificate(all);
    certify(all, "Root", 20); /* which is less than a month */
    world_pass(all->world, 1);
    assert_int_equal(requests(all), 2);
    assert_string_equal(certify(all, "Stranger", 20), "Rejected");
    world_pass(all->world, 3 * 86400);
    assert_int_equal(requests(all), 2);
    world_power_back(all->world, 60);
    world_connect(all->world, all->world->version);
    world_pass(all->world, 86400);
    assert_int_equal(requests(all), 2);
    certificates_free(all);
}

/* A03: refused today, it is asked for again tomorrow; a certificate that runs out is a station that is gone. */
static void a_renewal_that_is_refused_is_tried_again_the_next_day(void **state)
{
    struct certificate_world *all = certificates_of(state);
    order_certificate(all);
    all->world->sign_status = "Rejected";
    certify(all, "Root", 20);
    world_pass(all->world, 3600);
    assert_int_equal(requests(all), 2);
    world_pass(all->world, 86400);
    assert_int_equal(requests(all), 3);
    certificates_free(all);
}

/* A03.FR.02: how long before is the operator's affair; below 0 it is left to the central system. */
static void the_lead_of_a_renewal_can_be_set(void **state)
{
    struct certificate_world *all = certificates_new();
    struct ocpp_signing signing;
    all->settings.renew_before_s = 86400;
    world_power_on(all->world);
    world_connect(all->world, *(enum ocpp_version *)*state);
    order_certificate(all);
    certify(all, "Root", 2);
    world_pass(all->world, 86400 - 10);
    assert_int_equal(requests(all), 1);
    assert_int_equal(ocpp_charge_point_signing(all->world->cp, OCPP_KEY_STATION, &signing), OCPP_OK);
    assert_in_range(signing.renewal_mono_ms, all->world->now.mono_ms + 1, all->world->now.mono_ms + 20000);
    world_pass(all->world, 20);
    assert_int_equal(requests(all), 2);
    certificates_free(all);

    all = certificates_new();
    all->settings.renew_before_s = -1;
    world_power_on(all->world);
    world_connect(all->world, *(enum ocpp_version *)*state);
    order_certificate(all);
    certify(all, "Root", 2);
    world_pass(all->world, 3 * 86400);
    assert_int_equal(requests(all), 1);
    certificates_free(all);
}

/* A03: without a date nothing expires. */
static void nobody_who_does_not_know_the_date_renews(void **state)
{
    struct certificate_world *all = certificates_of(state);
    struct ocpp_signing signing;
    order_certificate(all);
    certify(all, "Root", 20);
    world_power_back(all->world, 60);
    world_pass(all->world, 86400);
    assert_int_equal(ocpp_charge_point_signing(all->world->cp, OCPP_KEY_STATION, &signing), OCPP_OK);
    assert_int_equal(signing.renewal_mono_ms, OCPP_NEVER);
    assert_int_equal(signing.step, OCPP_SIGNING_WANTED); /* from before the power went */
    certificates_free(all);
}

/* --- by the operator
 * ------------------------------------------------------------------------------------------------------------- */

/* A03.FR.01: before there is a link, and before there is a certificate. */
static void the_operator_can_have_a_certificate_asked_for(void **state)
{
    struct certificate_world *all = certificates_new();
    world_power_on(all->world);
    assert_int_equal(ocpp_charge_point_sign_certificate(all->world->cp, OCPP_KEY_STATION, all->world->now), OCPP_OK);
    assert_int_equal(ocpp_charge_point_sign_certificate(all->world->cp, (enum ocpp_key_use)7, all->world->now),
                     OCPP_ERR_ARGUMENT);
    world_connect(all->world, *(enum ocpp_version *)*state);
    assert_int_equal(requests(all), 1);
    assert_string_equal(certify(all, "Root", 365), "Accepted");
    certificates_free(all);
}

/* --- which of the two
 * --------------------------------------------------------------------------------------------------------------- */

/* A02.FR.10, FR.28, FR.29; A03.FR.10, FR.24, FR.25. */
static void the_certificate_that_is_not_in_use_goes(void **state)
{
    for (int is_new = 0; is_new <= 1; is_new++) {
        struct certificate_world *all = certificates_of(state);
        order_certificate(all);
        certify(all, "Root", 100);
        with_link(all, OCPP_NEWEST, OCPP_NEWEST);
        order_certificate(all);
        certify(all, "Root", 200);
        all->events[0] = '\0';
        with_link(all, is_new ? OCPP_NEWEST : OCPP_PREVIOUS, OCPP_NEWEST);
        assert_in_range(own_end(all) - central_now(all), (is_new ? 199LL : 99LL) * DAY_MS, (is_new ? 200LL : 100LL) * DAY_MS);
        assert_int_equal(has_event(all, "DiscardedRenewedClientCertificate"), !is_new);
        size_t size;
        assert_int_equal(all->crypto.contract.read_own_chain(OCPP_KEY_STATION, OCPP_PREVIOUS, NULL, 0, &size, NULL, &all->crypto),
                         OCPP_ERR_NOT_FOUND);
        certificates_free(all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_certificate_is_renewed_by_order_of_the_central_system),
        IN_EACH_VERSION(the_answer_has_left_when_the_firmware_hears_of_a_new_certificate),
        IN_EACH_VERSION(each_order_has_a_new_key),
        IN_EACH_VERSION(without_the_name_of_the_operator_nothing_is_asked_for),
        IN_EACH_VERSION(the_name_in_a_request_is_that_of_the_station),
        IN_EACH_VERSION(a_station_without_certificates_says_so),
        cmocka_unit_test(certificates_for_vehicles_need_plug_and_charge),
        IN_EACH_VERSION(a_station_that_waits_to_be_accepted_can_be_given_a_certificate),
        IN_EACH_VERSION(a_certificate_that_is_wrong_is_refused_and_told),
        IN_EACH_VERSION(the_central_system_is_told_of_a_wrong_certificate),
        IN_EACH_VERSION(the_central_system_is_told_of_a_wrong_certificate_of_a_server),
        IN_EACH_VERSION(a_certificate_that_is_not_shown_counts_at_once),
        IN_EACH_VERSION(a_certificate_that_is_shown_has_to_prove_itself),
        IN_EACH_VERSION(the_root_that_a_link_stands_on_stays),
        IN_EACH_VERSION(a_certificate_for_no_request_is_refused_and_told),
        IN_EACH_VERSION(the_right_certificate_is_taken_after_a_wrong_one),
        IN_EACH_VERSION(a_chain_that_is_too_long_is_refused),
        IN_EACH_VERSION(a_chain_through_sub_cas_is_taken),
        IN_EACH_VERSION(a_request_that_is_refused_is_not_sent_again),
        IN_EACH_VERSION(a_certificate_that_does_not_come_is_asked_for_again_at_doubled_times),
        IN_EACH_VERSION(the_second_certificate_for_one_request_is_refused),
        IN_EACH_VERSION(an_order_begins_the_waiting_anew),
        IN_EACH_VERSION(a_request_that_is_not_answered_is_sent_again),
        IN_EACH_VERSION(a_request_whose_link_goes_is_sent_over_the_next),
        IN_EACH_VERSION(a_certificate_may_come_before_the_answer),
        IN_EACH_VERSION(a_certificate_is_renewed_a_month_before_its_end),
        IN_EACH_VERSION(a_renewal_that_comes_to_nothing_is_not_begun_again),
        IN_EACH_VERSION(a_renewal_that_is_refused_is_tried_again_the_next_day),
        IN_EACH_VERSION(the_lead_of_a_renewal_can_be_set),
        IN_EACH_VERSION(nobody_who_does_not_know_the_date_renews),
        IN_EACH_VERSION(the_operator_can_have_a_certificate_asked_for),
        IN_EACH_VERSION(the_certificate_that_is_not_in_use_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
