/* C07 of a station: contract certificates instead of cards, in both versions; and what else may come of one. */
#include "ev_world.h"

#include "unit.h"

#include <string.h>

#define EMAID "DE-8AA-1A2B3C4D5"
#define CHAIN "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"

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

/* The central system is asked about the eMAID, with |data| members (2.0.1: of the message; 1.6: of the JSON in it). */
static const char *asked(struct ev_world *ev, const char *path)
{
    if (is_old(ev)) {
        return value_of(ev->data, path);
    }
    for (size_t i = ev->world->call_count; i > 0; i--) {
        if (strcmp(ev->world->calls[i - 1].action, "Authorize") == 0) {
            return value_of(ev->world->calls[i - 1].payload, path);
        }
    }
    return "";
}

static void is_asked(struct ev_world *ev)
{
    central_sees(ev->world, is_old(ev) ? "DataTransfer" : "Authorize",
                 is_old(ev) ? "vendorId=org.openchargealliance.iso15118pnc messageId=Authorize data=*" : "");
}

static void is_not_asked(struct ev_world *ev)
{
    central_does_not_see(ev->world, is_old(ev) ? "DataTransfer" : "Authorize");
}

/* TC_C_50_CS; C07.FR.01, C07.FR.02. A chain that was found good here goes as hash data, and the transaction is authorised. */
static void a_contract_checked_here_starts_charging(void **state)
{
    struct ev_world *ev = plugged(state);
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, CHAIN), OCPP_OK);
    is_asked(ev);
    assert_string_equal(asked(ev, "idToken/idToken"), EMAID);
    assert_string_equal(asked(ev, "idToken/type"), "eMAID");
    assert_string_equal(asked(ev, "iso15118CertificateHashData"), "(2)");
    assert_string_equal(asked(ev, "iso15118CertificateHashData/0/hashAlgorithm"), "SHA256");
    assert_string_equal(asked(ev, "iso15118CertificateHashData/1/serialNumber"), "2");
    assert_string_equal(asked(ev, "iso15118CertificateHashData/0/responderURL"), "http://ocsp.example/1");
    assert_string_equal(asked(ev, "certificate"), "");
    assert_int_equal(ev->verdicts, 1);
    assert_string_equal(ev->emaid, EMAID);
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_ACCEPTED);
    assert_int_equal(ev->verdict.certificate, OCPP_CERTIFICATE_STATUS_ACCEPTED);
    assert_false(ev->verdict.is_offline);
    assert_true(ev->world->closed[1]);
    assert_int_equal(ev->world->judged, OCPP_AUTHORIZATION_ACCEPTED);
    if (is_old(ev)) {
        central_sees(ev->world, "StartTransaction", "idTag=" EMAID);
    } else {
        central_sees(ev->world, "TransactionEvent", "triggerReason=Authorized idToken/idToken=" EMAID " idToken/type=eMAID");
    }
    ev_world_free(ev);
}

/* TC_C_51_CS; C07.FR.01, C07.FR.13. */
static void an_emaid_that_is_invalid_does_not_charge(void **state)
{
    struct ev_world *ev = plugged(state);
    ev->id_status = "Invalid";
    ev->certificate_word = "ContractCancelled";
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    is_asked(ev);
    assert_string_equal(asked(ev, "iso15118CertificateHashData"), "(2)");
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_INVALID);
    assert_int_equal(ev->verdict.certificate, OCPP_CERTIFICATE_STATUS_CONTRACT_CANCELLED);
    assert_false(ev->world->closed[1]);
    central_does_not_see(ev->world, is_old(ev) ? "StartTransaction" : "TransactionEvent");
    ev_world_free(ev);
}

/* TC_C_52_CS; C07.FR.06. The root is not installed: the central system gets the chain. */
static void a_contract_of_an_unknown_root_is_checked_by_the_central_system(void **state)
{
    struct ev_world *ev = plugged(state);
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_UNKNOWN_ROOT, CHAIN), OCPP_OK);
    is_asked(ev);
    assert_string_equal(asked(ev, "certificate"), CHAIN);
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_ACCEPTED);
    assert_true(ev->world->closed[1]);
    ev_world_free(ev);
}

/* TC_C_53_CS. */
static void a_revoked_contract_does_not_charge(void **state)
{
    struct ev_world *ev = plugged(state);
    ev->id_status = "Invalid";
    ev->certificate_word = "CertificateRevoked";
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_UNKNOWN_ROOT, CHAIN), OCPP_OK);
    is_asked(ev);
    assert_string_equal(asked(ev, "certificate"), CHAIN);
    assert_int_equal(ev->verdict.certificate, OCPP_CERTIFICATE_STATUS_REVOKED);
    assert_false(ev->world->closed[1]);
    central_does_not_see(ev->world, is_old(ev) ? "StartTransaction" : "TransactionEvent");
    ev_world_free(ev);
}

/* TC_C_54_CS; C07.FR.08, C07.FR.09, C07.FR.12. Nobody knows the eMAID here, and unknown ones are let pass. */
static void offline_a_good_contract_charges_where_unknown_tokens_may(void **state)
{
    struct ev_world *ev = ev_world_in(*(enum ocpp_version *)*state);
    world_set(ev->world, "AllowOfflineTxForUnknownId", "true");
    world_set(ev->world, "LocalAuthorizeOffline", "true");
    if (!is_old(ev)) {
        world_set_variable(ev->world, "TxCtrlr", "TxStartPoint", NULL, "EVConnected");
    }
    world_disconnect(ev->world);
    plug(ev->world, 1);
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, CHAIN), OCPP_OK);
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_ACCEPTED);
    assert_int_equal(ev->verdict.certificate, OCPP_CERTIFICATE_STATUS_ACCEPTED);
    assert_true(ev->verdict.is_offline);
    assert_true(ev->world->closed[1]);
    central_forgets(ev->world);
    world_pass(ev->world, 90);
    world_connect(ev->world, *(enum ocpp_version *)*state);
    if (is_old(ev)) {
        central_sees(ev->world, "StartTransaction", "idTag=" EMAID);
    } else {
        central_sees(ev->world, "TransactionEvent", "triggerReason=CablePluggedIn offline=true");
        central_sees(ev->world, "TransactionEvent", "triggerReason=Authorized offline=true idToken/type=eMAID");
    }
    ev_world_free(ev);
}

/* C07.FR.10, C07.FR.11, C07.FR.12. What list and cache say of the eMAID counts, and without either it does not charge. */
static void offline_the_cache_knows_the_emaid(void **state)
{
    struct ev_world *ev = plugged(state);
    world_set(ev->world, "AllowOfflineTxForUnknownId", "false");
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    assert_true(ev->world->closed[1]);
    unplug(ev->world, 1);
    world_disconnect(ev->world);
    plug(ev->world, 1);
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_ACCEPTED);
    assert_true(ev->verdict.is_offline);
    unplug(ev->world, 1);
    plug(ev->world, 1);
    assert_int_equal(present(ev, 1, "DE-8AA-OTHER", OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    assert_int_not_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_ACCEPTED);
    assert_false(ev->world->closed[1]);
    ev_world_free(ev);
}

/* C07.FR.09. */
static void offline_nothing_is_looked_up_where_that_is_off(void **state)
{
    struct ev_world *ev = ev_world_in(*(enum ocpp_version *)*state);
    world_set(ev->world, "AllowOfflineTxForUnknownId", "true");
    world_set(ev->world, "LocalAuthorizeOffline", "false");
    world_disconnect(ev->world);
    plug(ev->world, 1);
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_UNKNOWN_STATUS);
    assert_false(ev->world->closed[1]);
    ev_world_free(ev);
}

/* C07.FR.08. What could not be checked does not charge offline, whatever may pass there. */
static void offline_a_contract_of_an_unknown_root_does_not_charge(void **state)
{
    struct ev_world *ev = ev_world_in(*(enum ocpp_version *)*state);
    world_set(ev->world, "AllowOfflineTxForUnknownId", "true");
    world_disconnect(ev->world);
    plug(ev->world, 1);
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_UNKNOWN_ROOT, CHAIN), OCPP_OK);
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_UNKNOWN_STATUS);
    assert_false(ev->world->closed[1]);
    ev_world_free(ev);
}

/* TC_C_55_CS; C07.FR.07. */
static void offline_no_contract_charges_where_that_is_off(void **state)
{
    struct ev_world *ev = ev_world_in(*(enum ocpp_version *)*state);
    world_set(ev->world, "AllowOfflineTxForUnknownId", "true");
    if (is_old(ev)) {
        world_set(ev->world, "ContractValidationOffline", "false");
    } else {
        world_set_variable(ev->world, "ISO15118Ctrlr", "ContractValidationOffline", NULL, "false");
    }
    world_disconnect(ev->world);
    plug(ev->world, 1);
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, CHAIN), OCPP_OK);
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_UNKNOWN_STATUS);
    assert_false(ev->world->closed[1]);
    central_forgets(ev->world);
    world_connect(ev->world, *(enum ocpp_version *)*state);
    central_does_not_see(ev->world, "StartTransaction");
    ev_world_free(ev);
}

/* C07.FR.06. Nobody can check it: it is not asked about, because the answer would be about the eMAID alone. */
static void where_central_validation_is_off_an_unknown_root_is_refused(void **state)
{
    struct ev_world *ev = plugged(state);
    if (is_old(ev)) {
        world_set(ev->world, "CentralContractValidationAllowed", "false");
    } else {
        world_set_variable(ev->world, "ISO15118Ctrlr", "CentralContractValidationAllowed", NULL, "false");
    }
    central_forgets(ev->world);
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_UNKNOWN_ROOT, CHAIN), OCPP_OK);
    is_not_asked(ev);
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_INVALID);
    assert_int_equal(ev->verdict.certificate, OCPP_CERTIFICATE_STATUS_CHAIN_ERROR);
    assert_false(ev->world->closed[1]);
    ev_world_free(ev);
}

static void a_chain_that_is_no_good_is_refused_without_asking(void **state)
{
    static const struct {
        enum ocpp_contract_check check;
        enum ocpp_authorization authorization;
        enum ocpp_certificate_status word;
    } rows[] = {
        { OCPP_CONTRACT_EXPIRED, OCPP_AUTHORIZATION_EXPIRED, OCPP_CERTIFICATE_STATUS_EXPIRED },
        { OCPP_CONTRACT_REVOKED, OCPP_AUTHORIZATION_INVALID, OCPP_CERTIFICATE_STATUS_REVOKED },
        { OCPP_CONTRACT_INVALID, OCPP_AUTHORIZATION_INVALID, OCPP_CERTIFICATE_STATUS_CHAIN_ERROR },
    };
    struct ev_world *ev = plugged(state);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(present(ev, 1, EMAID, rows[i].check, CHAIN), OCPP_OK);
        assert_int_equal(ev->verdicts, (int)i + 1);
        assert_int_equal(ev->verdict.authorization, rows[i].authorization);
        assert_int_equal(ev->verdict.certificate, rows[i].word);
    }
    is_not_asked(ev);
    assert_false(ev->world->closed[1]);
    ev_world_free(ev);
}

/* Who does not speak of the certificate has not looked at it. */
static void an_answer_without_a_word_on_the_chain_counts_only_for_a_checked_one(void **state)
{
    struct ev_world *ev = plugged(state);
    ev->certificate_word = NULL;
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_UNKNOWN_ROOT, CHAIN), OCPP_OK);
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_INVALID);
    assert_false(ev->world->closed[1]);
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_ACCEPTED);
    assert_true(ev->world->closed[1]);
    ev_world_free(ev);
}

/* The certificate is revoked and the eMAID is fine: the worse of the two counts. */
static void an_accepted_emaid_with_a_bad_chain_does_not_charge(void **state)
{
    struct ev_world *ev = plugged(state);
    ev->certificate_word = "CertificateRevoked";
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_INVALID);
    assert_int_equal(ev->verdict.certificate, OCPP_CERTIFICATE_STATUS_REVOKED);
    assert_false(ev->world->closed[1]);
    ev_world_free(ev);
}

/* C07.FR.01. List and cache may spare the question for a card, not for a contract. */
static void a_contract_is_asked_about_even_where_the_cache_knows_it(void **state)
{
    struct ev_world *ev = plugged(state);
    world_set(ev->world, "LocalPreAuthorize", "true");
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    unplug(ev->world, 1);
    plug(ev->world, 1);
    central_forgets(ev->world);
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    is_asked(ev);
    ev_world_free(ev);
}

/* A vehicle comes back from a pause and presents its contract again; a card would end the transaction. */
static void the_same_contract_again_does_not_end_the_transaction(void **state)
{
    struct ev_world *ev = plugged(state);
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    central_forgets(ev->world);
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    assert_int_equal(ev->verdicts, 2);
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_ACCEPTED);
    is_not_asked(ev);
    assert_true(ev->world->closed[1]);
    assert_int_equal(the_session(ev->world)->ended, 0);
    ev_world_free(ev);
}

static void another_contract_at_a_running_transaction_is_turned_away(void **state)
{
    struct ev_world *ev = plugged(state);
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    ev->id_status = "Invalid";
    assert_int_equal(present(ev, 1, "DE-8AA-OTHER", OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    assert_int_equal(ev->verdicts, 2);
    assert_int_not_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_ACCEPTED);
    assert_true(ev->world->closed[1]);
    ev_world_free(ev);
}

/* The vehicle hears something in time, and what comes later authorises nothing. */
static void a_contract_without_an_answer_is_over_in_time(void **state)
{
    struct ev_world *ev = ev_world_new();
    ev->settings.contract_timeout_ms = 5000;
    world_power_on(ev->world);
    world_connect(ev->world, *(enum ocpp_version *)*state);
    plug(ev->world, 1);
    ev->world->silent_action = "*";
    ev->world->silent_count = 1;
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_ERR_BUSY);
    world_pass(ev->world, 4);
    assert_int_equal(ev->verdicts, 0);
    world_pass(ev->world, 2);
    assert_int_equal(ev->verdicts, 1);
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_UNKNOWN_STATUS);
    world_pass(ev->world, 60);
    assert_int_equal(ev->verdicts, 1);
    assert_false(ev->world->closed[1]);
    ev_world_free(ev);
}

/* The link goes while the answer is awaited: it is decided as offline. */
static void a_contract_that_loses_the_link_is_decided_here(void **state)
{
    struct ev_world *ev = plugged(state);
    world_set(ev->world, "AllowOfflineTxForUnknownId", "true");
    ev->world->silent_action = "*";
    ev->world->silent_count = 1;
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    assert_int_equal(ev->verdicts, 0);
    world_disconnect(ev->world);
    assert_int_equal(ev->verdicts, 1);
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_ACCEPTED);
    assert_true(ev->verdict.is_offline);
    ev_world_free(ev);
}

static void a_vehicle_that_leaves_ends_the_question(void **state)
{
    struct ev_world *ev = plugged(state);
    ev->world->silent_action = "*";
    ev->world->silent_count = 1;
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    unplug(ev->world, 1);
    world_pass(ev->world, 120);
    assert_int_equal(ev->verdicts, 1);
    assert_int_not_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_ACCEPTED);
    ev_world_free(ev);
}

static void what_is_no_contract_is_refused(void **state)
{
    struct ev_world *ev = plugged(state);
    struct ocpp_charge_point *cp = ev->world->cp;
    const struct ocpp_contract nameless = { .emaid = "" };
    const struct ocpp_contract long_one = { .emaid = "1234567890123456789012345678901234567" };
    const struct ocpp_contract many = { .emaid = EMAID,
                                        .targets = (struct ocpp_ocsp_target[5]){ { .responder_url = "" } },
                                        .target_count = 5 };
    assert_int_equal(ocpp_charge_point_contract(cp, 1, &nameless, ev->world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_contract(cp, 1, NULL, ev->world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_charge_point_contract(cp, 1, &long_one, ev->world->now), OCPP_ERR_LENGTH);
    assert_int_equal(ocpp_charge_point_contract(cp, 1, &many, ev->world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(present(ev, 0, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(present(ev, 9, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_ERR_ARGUMENT);
    if (is_old(ev)) {
        world_set(ev->world, "ISO15118PnCEnabled", "false");
    } else {
        world_set_variable(ev->world, "ISO15118Ctrlr", "PnCEnabled", NULL, "false");
    }
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_ERR_STATE);
    assert_int_equal(ev->verdicts, 0);
    ev_world_free(ev);
}

static void a_station_without_it_has_no_contracts(void **state)
{
    struct world *world = world_accepted(*(enum ocpp_version *)*state);
    const struct ocpp_contract contract = { .emaid = EMAID, .check = OCPP_CONTRACT_VALID };
    assert_int_equal(ocpp_charge_point_contract(world->cp, 1, &contract, world->now), OCPP_ERR_STATE);
    world_free(world);
}

/* Without anybody to check it, a contract is one of an unknown root. */
static void an_unchecked_contract_without_crypto_goes_to_the_central_system(void **state)
{
    struct ev_world *ev = plugged(state);
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_UNCHECKED, CHAIN), OCPP_OK);
    is_asked(ev);
    assert_string_equal(asked(ev, "certificate"), CHAIN);
    ev_world_free(ev);
}

/* E15.FR.04; TC_E_46_CS: the vehicle ends the session: SessionStopReq(Terminate). */
static void a_vehicle_ends_its_session(void **state)
{
    struct ev_world *ev = ev_world_in(OCPP_VERSION_2_0_1);
    (void)state;
    world_set_variable(ev->world, "TxCtrlr", "TxStopPoint", NULL, "Authorized");
    plug(ev->world, 1);
    assert_int_equal(present(ev, 1, EMAID, OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    assert_int_equal(ocpp_charge_point_vehicle(ev->world->cp, 1, true, ev->world->now), OCPP_OK);
    world_run(ev->world);
    central_forgets(ev->world);
    assert_int_equal(ocpp_charge_point_stop(ev->world->cp, 1, OCPP_STOP_STOPPED_BY_EV, ev->world->now), OCPP_OK);
    world_run(ev->world);
    central_sees(ev->world, "TransactionEvent",
                 "eventType=Ended triggerReason=StopAuthorized transactionInfo/stoppedReason=StoppedByEV "
                 "transactionInfo/chargingState=EVConnected");
    ev_world_free(ev);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_contract_checked_here_starts_charging),
        IN_EACH_VERSION(an_emaid_that_is_invalid_does_not_charge),
        IN_EACH_VERSION(a_contract_of_an_unknown_root_is_checked_by_the_central_system),
        IN_EACH_VERSION(a_revoked_contract_does_not_charge),
        IN_EACH_VERSION(offline_a_good_contract_charges_where_unknown_tokens_may),
        IN_EACH_VERSION(offline_the_cache_knows_the_emaid),
        IN_EACH_VERSION(offline_nothing_is_looked_up_where_that_is_off),
        IN_EACH_VERSION(offline_a_contract_of_an_unknown_root_does_not_charge),
        IN_EACH_VERSION(offline_no_contract_charges_where_that_is_off),
        IN_EACH_VERSION(where_central_validation_is_off_an_unknown_root_is_refused),
        IN_EACH_VERSION(a_chain_that_is_no_good_is_refused_without_asking),
        IN_EACH_VERSION(an_answer_without_a_word_on_the_chain_counts_only_for_a_checked_one),
        IN_EACH_VERSION(an_accepted_emaid_with_a_bad_chain_does_not_charge),
        IN_EACH_VERSION(a_contract_is_asked_about_even_where_the_cache_knows_it),
        IN_EACH_VERSION(the_same_contract_again_does_not_end_the_transaction),
        IN_EACH_VERSION(another_contract_at_a_running_transaction_is_turned_away),
        IN_EACH_VERSION(a_contract_without_an_answer_is_over_in_time),
        IN_EACH_VERSION(a_contract_that_loses_the_link_is_decided_here),
        IN_EACH_VERSION(a_vehicle_that_leaves_ends_the_question),
        IN_EACH_VERSION(what_is_no_contract_is_refused),
        IN_EACH_VERSION(a_station_without_it_has_no_contracts),
        IN_EACH_VERSION(an_unchecked_contract_without_crypto_goes_to_the_central_system),
        cmocka_unit_test(a_vehicle_ends_its_session),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
