/* M01, M02 and M06 of a station: contract certificates that vehicles fetch through it, and answers about the certificates it
 * shows them. In both versions. */
#include "ev_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct ev_world *plugged(void **state)
{
    struct ev_world *ev = ev_world_in(*(enum ocpp_version *)*state);
    plug(ev->world, 1);
    central_forgets(ev->world);
    return ev;
}

static bool is_old(const struct ev_world *ev)
{
    return world_is_old(ev->world);
}

/* The last message |action|, as it is in 2.0.1; it was sent |count| times. */
static const char *said(struct ev_world *ev, const char *action, int count, const char *path)
{
    static char data[16384];
    int seen = 0;
    data[0] = '\0';
    for (size_t i = 0; i < ev->world->call_count; i++) {
        const struct seen_call *call = &ev->world->calls[i];
        const bool is_it =
            is_old(ev) ? strcmp(call->action, "DataTransfer") == 0 && strcmp(value_of(call->payload, "messageId"), action) == 0
                       : strcmp(call->action, action) == 0;
        if (is_it) {
            seen++;
            snprintf(data, sizeof(data), "%s", is_old(ev) ? value_of(call->payload, "data") : call->payload);
        }
    }
    assert_int_equal(seen, count);
    return value_of(data, path);
}

/* --- contract certificates (M01, M02) ----------------------------------------------------------------------------------------
 */

/* TC_M_26_CS; M01.FR.01. */
static void a_contract_certificate_is_installed(void **state)
{
    struct ev_world *ev = plugged(state);
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, "gJgAAAAB"), OCPP_OK);
    assert_string_equal(said(ev, "Get15118EVCertificate", 1, "action"), "Install");
    assert_string_equal(said(ev, "Get15118EVCertificate", 1, "exiRequest"), "gJgAAAAB");
    assert_string_equal(said(ev, "Get15118EVCertificate", 1, "iso15118SchemaVersion"), "urn:iso:15118:2:2013:MsgDef");
    assert_int_equal(ev->certificates, 1);
    assert_int_equal(ev->certificate_status, OCPP_OK);
    assert_string_equal(ev->exi, "gJgC");
    assert_int_equal(present(ev, 1, "DE-8AA-1A2B3C4D5", OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_ACCEPTED);
    ev_world_free(ev);
}

/* TC_M_27_CS. */
static void a_contract_certificate_that_cannot_be_had_is_told_so(void **state)
{
    struct ev_world *ev = plugged(state);
    ev->ev_certificate_word = "Failed";
    ev->exi_response = "";
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, "gJgAAAAB"), OCPP_OK);
    assert_string_equal(said(ev, "Get15118EVCertificate", 1, "action"), "Install");
    assert_int_equal(ev->certificates, 1);
    assert_int_equal(ev->certificate_status, OCPP_ERR_CALL_ERROR);
    assert_string_equal(ev->exi, "");
    ev_world_free(ev);
}

/* TC_M_28_CS; M02.FR.01. */
static void a_contract_certificate_is_updated(void **state)
{
    struct ev_world *ev = plugged(state);
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_UPDATE, "gJgAAAAB"), OCPP_OK);
    assert_string_equal(said(ev, "Get15118EVCertificate", 1, "action"), "Update");
    assert_int_equal(ev->certificate_status, OCPP_OK);
    ev_world_free(ev);
}

/* TC_M_29_CS; M02.FR.01. */
static void an_update_that_fails_is_told_so(void **state)
{
    struct ev_world *ev = plugged(state);
    ev->ev_certificate_word = "Failed";
    ev->exi_response = "";
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_UPDATE, "gJgAAAAB"), OCPP_OK);
    assert_int_equal(ev->certificate_status, OCPP_ERR_CALL_ERROR);
    ev_world_free(ev);
}

/* M01, M02, error handling: the vehicle waits five seconds and hears of a failure before. */
static void a_vehicle_hears_of_a_failure_in_time(void **state)
{
    struct ev_world *ev = plugged(state);
    ev->world->silent_action = "*";
    ev->world->silent_count = 1;
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, "gJgAAAAB"), OCPP_OK);
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, "gJgAAAAB"), OCPP_ERR_BUSY);
    world_pass(ev->world, 4);
    assert_int_equal(ev->certificates, 0);
    world_pass(ev->world, 1);
    assert_int_equal(ev->certificates, 1);
    assert_int_equal(ev->certificate_status, OCPP_ERR_TIMEOUT);
    world_pass(ev->world, 60);
    assert_int_equal(ev->certificates, 1);
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, "gJgAAAAB"), OCPP_OK);
    assert_int_equal(ev->certificate_status, OCPP_OK);
    ev_world_free(ev);
}

/* An answer that comes too late for one question is none to the next. */
static void a_late_answer_is_nobodys(void **state)
{
    struct ev_world *ev = plugged(state);
    char late[256];
    ev->world->silent_action = "*";
    ev->world->silent_count = 1;
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, "gJgAAAAB"), OCPP_OK);
    world_pass(ev->world, 5);
    assert_int_equal(ev->certificate_status, OCPP_ERR_TIMEOUT);
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_UPDATE, "gJgBBBBB"), OCPP_OK);
    snprintf(late, sizeof(late),
             is_old(ev) ? "[3,'%s',{'status':'Accepted','data':'{\\'status\\':\\'Accepted\\',\\'exiResponse\\':\\'gJgL\\'}'}]"
                        : "[3,'%s',{'status':'Accepted','exiResponse':'gJgL'}]",
             ev->world->calls[ev->world->call_count - 1].id);
    central_says(ev->world, late);
    assert_int_equal(ev->certificates, 2);
    assert_string_equal(ev->exi, "gJgC");
    ev_world_free(ev);
}

static void without_a_link_there_is_no_contract_certificate(void **state)
{
    struct ev_world *ev = plugged(state);
    ev->world->silent_action = "*";
    ev->world->silent_count = 1;
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, "gJgAAAAB"), OCPP_OK);
    world_disconnect(ev->world);
    assert_int_equal(ev->certificates, 1);
    assert_int_equal(ev->certificate_status, OCPP_ERR_CLOSED);
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, "gJgAAAAB"), OCPP_ERR_STATE);
    world_connect(ev->world, *(enum ocpp_version *)*state);
    assert_int_equal(ev->certificates, 1);
    ev_world_free(ev);
}

static void what_is_no_request_for_a_certificate_is_refused(void **state)
{
    struct ev_world *ev = plugged(state);
    static char long_one[5605];
    memset(long_one, 'A', sizeof(long_one) - 1);
    struct ocpp_ev_certificate_request request = { OCPP_EV_CERTIFICATE_INSTALL,
                                                   "a version with so many characters that nobody could say it", "gJgC" };
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, "no base64!"), OCPP_ERR_VALUE);
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, "AAA"), OCPP_ERR_VALUE);
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, "A==="), OCPP_ERR_VALUE);
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, ""), OCPP_ERR_VALUE);
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, long_one), OCPP_ERR_LENGTH);
    assert_int_equal(want_certificate(ev, 2, OCPP_EV_CERTIFICATE_INSTALL, "gJgC"), OCPP_ERR_ARGUMENT);
    assert_int_equal(want_certificate(ev, 1, (enum ocpp_ev_certificate_action)7, "gJgC"), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_ev_certificate(ev->world->cp, 1, &request, ev->world->now), OCPP_ERR_LENGTH);
    assert_int_equal(ev->certificates, 0);
    long_one[5600] = '\0';
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, long_one), OCPP_OK);
    assert_int_equal(ev->certificates, 1);
    ev_world_free(ev);
}

static void where_it_is_off_no_contract_certificate_is_fetched(void **state)
{
    struct ev_world *ev = ev_world_new();
    ev->settings.certificates_off = true;
    world_power_on(ev->world);
    world_connect(ev->world, *(enum ocpp_version *)*state);
    assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, "gJgC"), OCPP_ERR_STATE);
    ev_world_free(ev);
}

/* --- OCSP (M06)
 * ----------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status tell_targets(struct ev_world *ev, int first, size_t count)
{
    struct ocpp_ocsp_target targets[8];
    for (size_t i = 0; i < count; i++) {
        targets[i] = target_number(first + (int)i);
    }
    const enum ocpp_status status = ocpp_charge_point_ocsp_targets(ev->world->cp, targets, count, ev->world->now);
    world_run(ev->world);
    return status;
}

static bool has_answer(const struct ev_world *ev, int number)
{
    const struct ocpp_ocsp_target target = target_number(number);
    const unsigned char *der = NULL;
    size_t size = 0;
    return ocpp_charge_point_ocsp(ev->world->cp, &target.certificate, &der, &size, ev->world->now) == OCPP_OK && size == 7 &&
           der[0] == 0x30;
}

/* TC_M_24_CS; M06.FR.06, M06.FR.07. One request for each certificate, and the answers are there for the next vehicle. */
static void answers_about_certificates_are_fetched(void **state)
{
    struct ev_world *ev = ev_world_in(*(enum ocpp_version *)*state);
    assert_int_equal(tell_targets(ev, 1, 2), OCPP_OK);
    assert_string_equal(said(ev, "GetCertificateStatus", 2, "ocspRequestData/serialNumber"), "2");
    assert_string_equal(said(ev, "GetCertificateStatus", 2, "ocspRequestData/hashAlgorithm"), "SHA256");
    assert_string_equal(said(ev, "GetCertificateStatus", 2, "ocspRequestData/responderURL"), "http://ocsp.example/2");
    assert_int_equal(ev->ocsp_answers, 2);
    assert_int_equal(ev->ocsp_status, OCPP_OK);
    assert_true(has_answer(ev, 1));
    assert_true(has_answer(ev, 2));
    assert_false(has_answer(ev, 3));
    ev_world_free(ev);
}

/* TC_M_25_CS; M06.FR.04. It is asked again later. */
static void an_answer_that_is_not_to_be_had_is_asked_for_again(void **state)
{
    struct ev_world *ev = ev_world_in(*(enum ocpp_version *)*state);
    ev->ocsp_word = "Failed";
    ev->ocsp_result = NULL;
    assert_int_equal(tell_targets(ev, 1, 1), OCPP_OK);
    assert_int_equal(ev->ocsp_status, OCPP_ERR_CALL_ERROR);
    assert_false(has_answer(ev, 1));
    world_pass(ev->world, 3500);
    said(ev, "GetCertificateStatus", 1, "");
    ev->ocsp_word = "Accepted";
    ev->ocsp_result = "MIIBCgoBAA==";
    world_pass(ev->world, 200);
    said(ev, "GetCertificateStatus", 2, "");
    assert_true(has_answer(ev, 1));
    ev_world_free(ev);
}

/* M06.FR.10. */
static void answers_are_fetched_anew_every_week(void **state)
{
    struct ev_world *ev = ev_world_new();
    ev->world->boot_interval = 86400;
    world_power_on(ev->world);
    world_connect(ev->world, *(enum ocpp_version *)*state);
    assert_int_equal(tell_targets(ev, 1, 1), OCPP_OK);
    world_pass(ev->world, 7 * 86400 - 100);
    said(ev, "GetCertificateStatus", 1, "");
    world_pass(ev->world, 200);
    said(ev, "GetCertificateStatus", 2, "");
    ev->ocsp_word = "Failed";
    ev->ocsp_result = NULL;
    world_pass(ev->world, 7 * 86400);
    assert_true(has_answer(ev, 1)); /* the one before is better than none */
    ev_world_free(ev);
}

/* What was fetched is there after a power cut, without a link, and is not fetched again before its time. */
static void answers_outlive_a_power_cut(void **state)
{
    struct ev_world *ev = ev_world_in(*(enum ocpp_version *)*state);
    assert_int_equal(tell_targets(ev, 1, 2), OCPP_OK);
    world_power_back(ev->world, 60);
    assert_true(has_answer(ev, 1));
    assert_int_equal(tell_targets(ev, 2, 2), OCPP_OK);
    assert_false(has_answer(ev, 1));
    assert_true(has_answer(ev, 2));
    world_connect(ev->world, *(enum ocpp_version *)*state);
    assert_string_equal(said(ev, "GetCertificateStatus", 3, "ocspRequestData/serialNumber"), "3");
    assert_true(has_answer(ev, 3));
    ev_world_free(ev);
}

/* M06.FR.07. New certificates are asked about at once, and the old ones no more. */
static void a_new_chain_is_asked_about(void **state)
{
    struct ev_world *ev = ev_world_in(*(enum ocpp_version *)*state);
    assert_int_equal(tell_targets(ev, 1, 2), OCPP_OK);
    assert_int_equal(tell_targets(ev, 5, 1), OCPP_OK);
    assert_string_equal(said(ev, "GetCertificateStatus", 3, "ocspRequestData/serialNumber"), "5");
    assert_false(has_answer(ev, 1));
    assert_true(has_answer(ev, 5));
    assert_int_equal(tell_targets(ev, 1, 5), OCPP_ERR_LIMIT);
    assert_true(has_answer(ev, 5));
    assert_int_equal(tell_targets(ev, 1, 0), OCPP_OK);
    assert_false(has_answer(ev, 5));
    ev_world_free(ev);
}

static void an_answer_that_is_none_is_not_kept(void **state)
{
    static const char *const results[] = { "", "no base64", "AAA", NULL };
    struct ev_world *ev = ev_world_in(*(enum ocpp_version *)*state);
    for (size_t i = 0; i < COUNT_OF(results); i++) {
        ev->ocsp_result = results[i];
        assert_int_equal(tell_targets(ev, 10 + (int)i, 1), OCPP_OK);
        assert_int_equal(ev->ocsp_answers, (int)i + 1);
        assert_int_equal(ev->ocsp_status, OCPP_ERR_BAD_ANSWER);
        assert_false(has_answer(ev, 10 + (int)i));
    }
    ev_world_free(ev);
}

/* The link goes while it is asked: the next link asks. */
static void a_question_that_loses_its_link_is_asked_again(void **state)
{
    struct ev_world *ev = ev_world_in(*(enum ocpp_version *)*state);
    ev->world->silent_action = "*";
    ev->world->silent_count = 1;
    assert_int_equal(tell_targets(ev, 1, 1), OCPP_OK);
    world_disconnect(ev->world);
    assert_int_equal(ev->ocsp_answers, 0);
    world_connect(ev->world, *(enum ocpp_version *)*state);
    assert_int_equal(ev->ocsp_answers, 1);
    assert_true(has_answer(ev, 1));
    ev_world_free(ev);
}

static void what_is_no_target_is_refused(void **state)
{
    struct ev_world *ev = ev_world_in(*(enum ocpp_version *)*state);
    struct ocpp_ocsp_target target = target_number(1);
    target.responder_url[0] = '\0';
    assert_int_equal(ocpp_charge_point_ocsp_targets(ev->world->cp, &target, 1, ev->world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_ocsp_targets(ev->world->cp, NULL, 1, ev->world->now), OCPP_ERR_ARGUMENT);
    target = target_number(1);
    target.certificate.algorithm = (enum ocpp_hash)9;
    assert_int_equal(ocpp_charge_point_ocsp_targets(ev->world->cp, &target, 1, ev->world->now), OCPP_ERR_ARGUMENT);
    ev_world_free(ev);
}

/* --- with the crypto provider
 * ------------------------------------------------------------------------------------------------------ */

static struct ev_world *with_chain(void **state)
{
    struct ev_world *ev = ev_world_with_certificates();
    ev_put_chain(ev);
    ev->crypto.next_update_utc_ms = 1700000000000 + (int64_t)2 * 86400000;
    ev->ocsp_result = "T0NTUCBhbnN3ZXI="; /* "OCSP answer" */
    ev->world->boot_interval = 86400;
    world_power_on(ev->world);
    world_connect(ev->world, *(enum ocpp_version *)*state);
    return ev;
}

/* M06.FR.06. The chain of the station is known: nobody has to tell it. */
static void the_chain_that_is_held_is_asked_about(void **state)
{
    struct ev_world *ev = with_chain(state);
    assert_string_equal(said(ev, "GetCertificateStatus", 2, "ocspRequestData/serialNumber"), "12");
    assert_string_equal(said(ev, "GetCertificateStatus", 2, "ocspRequestData/responderURL"), "http://sub.example");
    assert_int_equal(ev->ocsp_answers, 2);
    assert_int_equal(ev->ocsp_status, OCPP_OK);
    ev_world_free(ev);
}

/* An answer says itself how long it is good: it is replaced before. */
static void an_answer_is_replaced_before_it_is_outdated(void **state)
{
    struct ev_world *ev = with_chain(state);
    world_pass(ev->world, 86400 - 600);
    said(ev, "GetCertificateStatus", 2, "");
    world_pass(ev->world, 1200);
    said(ev, "GetCertificateStatus", 4, "");
    ev_world_free(ev);
}

/* … and one that is about something else, or signed by anybody, is not used. */
static void an_answer_that_does_not_verify_is_not_used(void **state)
{
    struct ev_world *ev = ev_world_with_certificates();
    ev_put_chain(ev);
    world_power_on(ev->world);
    world_connect(ev->world, *(enum ocpp_version *)*state);
    assert_int_equal(ev->ocsp_answers, 2);
    assert_int_equal(ev->ocsp_status, OCPP_ERR_BAD_ANSWER);
    ev_world_free(ev);
}

/* C07.FR.02, FR.06. The chain of a contract is checked here, and its hash data worked out. */
static void a_contract_is_checked_against_the_installed_roots(void **state)
{
    static const struct {
        const char *name;
        struct fake_cert leaf;
        enum ocpp_authorization authorization;
        enum ocpp_certificate_status word;
        const char *hashes;
        bool is_passed_on;
    } rows[] = {
        { "good",
          { .cn = "DE-8AA-1", .o = "MO", .issuer = "MO", .serial = "21", .url = "http://mo.example", .key = 7 },
          OCPP_AUTHORIZATION_ACCEPTED,
          OCPP_CERTIFICATE_STATUS_ACCEPTED,
          "(1)",
          false },
        { "unknown root",
          { .cn = "DE-8AA-1", .o = "MO", .issuer = "Other", .serial = "22", .url = "http://mo.example", .key = 7 },
          OCPP_AUTHORIZATION_ACCEPTED,
          OCPP_CERTIFICATE_STATUS_ACCEPTED,
          "",
          true },
        { "expired",
          { .cn = "DE-8AA-1", .o = "MO", .issuer = "MO", .serial = "23", .key = 7, .until_utc_ms = 1600000000000 },
          OCPP_AUTHORIZATION_EXPIRED,
          OCPP_CERTIFICATE_STATUS_EXPIRED,
          NULL,
          false },
        { "forged",
          { .cn = "DE-8AA-1", .o = "MO", .issuer = "MO", .serial = "24", .key = 7, .forged = true },
          OCPP_AUTHORIZATION_INVALID,
          OCPP_CERTIFICATE_STATUS_CHAIN_ERROR,
          NULL,
          false },
        { "revoked",
          { .cn = "DE-8AA-1", .o = "MO", .issuer = "MO", .serial = "25", .key = 7, .revoked = true },
          OCPP_AUTHORIZATION_INVALID,
          OCPP_CERTIFICATE_STATUS_REVOKED,
          NULL,
          false },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct ev_world *ev = ev_world_with_certificates();
        char pem[FAKE_CERT_SIZE];
        const struct ocpp_contract contract = { .emaid = "DE-8AA-1", .chain = fake_cert_write(&rows[i].leaf, pem) };
        world_power_on(ev->world);
        world_connect(ev->world, *(enum ocpp_version *)*state);
        plug(ev->world, 1);
        print_message("%s\n", rows[i].name);
        assert_int_equal(ocpp_charge_point_contract(ev->world->cp, 1, &contract, ev->world->now), OCPP_OK);
        world_run(ev->world);
        assert_int_equal(ev->verdict.authorization, rows[i].authorization);
        assert_int_equal(ev->verdict.certificate, rows[i].word);
        assert_int_equal(ev->world->closed[1], rows[i].authorization == OCPP_AUTHORIZATION_ACCEPTED);
        if (rows[i].hashes != NULL) {
            assert_string_equal(said(ev, "Authorize", 1, "iso15118CertificateHashData"), rows[i].hashes);
            assert_string_equal(said(ev, "Authorize", 1, "certificate"), rows[i].is_passed_on ? pem : "");
        } else {
            said(ev, "Authorize", 0, "");
        }
        ev_world_free(ev);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_contract_certificate_is_installed),
        IN_EACH_VERSION(a_contract_certificate_that_cannot_be_had_is_told_so),
        IN_EACH_VERSION(a_contract_certificate_is_updated),
        IN_EACH_VERSION(an_update_that_fails_is_told_so),
        IN_EACH_VERSION(a_vehicle_hears_of_a_failure_in_time),
        IN_EACH_VERSION(a_late_answer_is_nobodys),
        IN_EACH_VERSION(without_a_link_there_is_no_contract_certificate),
        IN_EACH_VERSION(what_is_no_request_for_a_certificate_is_refused),
        IN_EACH_VERSION(where_it_is_off_no_contract_certificate_is_fetched),
        IN_EACH_VERSION(answers_about_certificates_are_fetched),
        IN_EACH_VERSION(an_answer_that_is_not_to_be_had_is_asked_for_again),
        IN_EACH_VERSION(answers_are_fetched_anew_every_week),
        IN_EACH_VERSION(answers_outlive_a_power_cut),
        IN_EACH_VERSION(a_new_chain_is_asked_about),
        IN_EACH_VERSION(an_answer_that_is_none_is_not_kept),
        IN_EACH_VERSION(a_question_that_loses_its_link_is_asked_again),
        IN_EACH_VERSION(what_is_no_target_is_refused),
        IN_EACH_VERSION(the_chain_that_is_held_is_asked_about),
        IN_EACH_VERSION(an_answer_is_replaced_before_it_is_outdated),
        IN_EACH_VERSION(an_answer_that_does_not_verify_is_not_used),
        IN_EACH_VERSION(a_contract_is_checked_against_the_installed_roots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
