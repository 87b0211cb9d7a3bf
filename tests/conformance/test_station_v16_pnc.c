/* ISO 15118 in OCPP 1.6: messages of 2.0.1 in DataTransfer, by the application note "Using ISO 15118 Plug & Charge with
 * OCPP 1.6". What goes the same way in 2.0.1 is in the files of its blocks. */
#include "ev_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

#define VENDOR "org.openchargealliance.iso15118pnc"

static struct ev_world *certified(void)
{
    struct ev_world *ev = ev_world_with_certificates();
    world_power_on(ev->world);
    world_connect(ev->world, OCPP_VERSION_1_6);
    central_forgets(ev->world);
    return ev;
}

/* asks: the central system sends |data| (' for ") as |message|; the status of the DataTransfer. */
static const char *asks(struct ev_world *ev, const char *message, const char *data)
{
    static char text[40000];
    static char quoted[32000];
    size_t size = 0;
    for (const char *c = data; *c != '\0'; c++) {
        assert_true(size + 4 < sizeof(quoted));
        if (*c == '\'' || *c == '\\') {
            quoted[size++] = '\\';
        }
        if (*c == '\n') { /* within the JSON, and once more within the text */
            memcpy(quoted + size, "\\\\n", 3);
            size += 3;
            continue;
        }
        quoted[size++] = *c;
    }
    quoted[size] = '\0';
    snprintf(text, sizeof(text), "{'vendorId':'" VENDOR "','messageId':'%s','data':'%s'}", message, quoted);
    return value_of(central_asks(ev->world, "DataTransfer", text), "status");
}

/* told: a member of the JSON in the answer. */
static const char *told(struct ev_world *ev, const char *path)
{
    char data[8192];
    snprintf(data, sizeof(data), "%s", value_of(ev->world->answer, "data"));
    return value_of(data, path);
}

static void the_settings_of_the_note_are_keys(void **state)
{
    (void)state;
    static const char *const keys[] = { "ISO15118PnCEnabled", "CentralContractValidationAllowed", "ContractValidationOffline" };
    struct ev_world *ev = certified();
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        char question[80];
        snprintf(question, sizeof(question), "{'key':['%s']}", keys[i]);
        const char *answer = central_asks(ev->world, "GetConfiguration", question);
        assert_string_equal(value_of(answer, "configurationKey/0/value"), "true");
        assert_string_equal(value_of(answer, "configurationKey/0/readonly"), "false");
        world_set(ev->world, keys[i], "false");
    }
    assert_string_equal(value_of(central_asks(ev->world, "GetConfiguration", "{'key':['CertSigningWaitMinimum']}"),
                                 "configurationKey/0/readonly"),
                        "false");
    ev_world_free(ev);
}

static void a_station_without_it_has_neither_keys_nor_messages(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    assert_string_equal(value_of(central_asks(world, "GetConfiguration", "{'key':['ISO15118PnCEnabled']}"), "unknownKey/0"),
                        "ISO15118PnCEnabled");
    assert_string_equal(
        value_of(central_asks(world, "DataTransfer", "{'vendorId':'" VENDOR "','messageId':'TriggerMessage'}"), "status"),
        "UnknownVendorId");
    world_free(world);
}

/* The note's tables name the token a text: so it goes where the firmware says that the central system wants it. */
static void the_emaid_goes_as_an_object_or_as_a_text(void **state)
{
    (void)state;
    for (int is_text = 0; is_text < 2; is_text++) {
        struct ev_world *ev = ev_world_new();
        ev->settings.v16_id_token_is_text = is_text != 0;
        world_power_on(ev->world);
        world_connect(ev->world, OCPP_VERSION_1_6);
        plug(ev->world, 1);
        assert_int_equal(present(ev, 1, "DE-8AA-1", OCPP_CONTRACT_VALID, NULL), OCPP_OK);
        assert_string_equal(value_of(ev->data, is_text != 0 ? "idToken" : "idToken/idToken"), "DE-8AA-1");
        assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_ACCEPTED);
        ev_world_free(ev);
    }
}

/* Both spellings of what is said about a token are found in the field. */
static void an_answer_is_read_in_either_spelling(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "{\"idTokenInfo\":{\"status\":\"Accepted\",\"expiryDate\":\"2030-01-01T00:00:00Z\",\"parentIdTag\":\"G\"},"
        "\"certificateStatus\":\"Accepted\"}",
        "{\"idTokenInfo\":{\"status\":\"Accepted\",\"cacheExpiryDateTime\":\"2030-01-01T00:00:00Z\",\"groupIdToken\":{"
        "\"idToken\":\"G\",\"type\":\"Central\"},"
        "\"chargingPriority\":3,\"evseId\":[1],\"personalMessage\":{\"format\":\"UTF8\",\"content\":\"hello\"}},"
        "\"certificateStatus\":\"Accepted\"}",
    };
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct ev_world *ev = ev_world_in(OCPP_VERSION_1_6);
        ev->transfer_data = answers[i];
        plug(ev->world, 1);
        assert_int_equal(present(ev, 1, "DE-8AA-1", OCPP_CONTRACT_VALID, NULL), OCPP_OK);
        assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_ACCEPTED);
        assert_int_equal(ev->verdict.certificate, OCPP_CERTIFICATE_STATUS_ACCEPTED);
        ev_world_free(ev);
    }
}

/* An answer that cannot be read is none: it is decided as without a link, and nobody charges by it. */
static void an_answer_that_cannot_be_read_authorises_nothing(void **state)
{
    (void)state;
    static const char *const answers[] = {
        "",
        "{",
        "[]",
        "{}",
        "{\"idTokenInfo\":{}}",
        "{\"idTokenInfo\":{\"status\":\"Fine\"}}",
        "{\"idTokenInfo\":{\"status\":\"Accepted\"},\"certificateStatus\":\"Good\"}",
        "{\"idTokenInfo\":{\"status\":\"Accepted\",\"status\":\"Accepted\"},\"certificateStatus\":\"Accepted\"}",
        "{\"idTokenInfo\":{\"status\":\"Accepted\"},\"certificateStatus\":\"Accepted\",\"extra\":1}",
        "{\"idTokenInfo\":{\"status\":\"Accepted\"},\"certificateStatus\":\"Accepted\"} trailing",
    };
    for (size_t i = 0; i < COUNT_OF(answers); i++) {
        struct ev_world *ev = ev_world_in(OCPP_VERSION_1_6);
        ev->transfer_data = answers[i];
        plug(ev->world, 1);
        assert_int_equal(present(ev, 1, "DE-8AA-1", OCPP_CONTRACT_VALID, NULL), OCPP_OK);
        assert_int_equal(ev->verdicts, 1);
        assert_int_not_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_ACCEPTED);
        assert_false(ev->world->closed[1]);
        ev_world_free(ev);
    }
}

/* A central system that does not know the extension says so, and is no obstacle to anything else. */
static void a_central_system_without_the_extension_is_no_trouble(void **state)
{
    (void)state;
    static const char *const words[] = { "UnknownVendorId", "UnknownMessageId", "Rejected" };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        struct ev_world *ev = ev_world_in(OCPP_VERSION_1_6);
        ev->transfer_word = words[i];
        plug(ev->world, 1);
        assert_int_equal(present(ev, 1, "DE-8AA-1", OCPP_CONTRACT_VALID, NULL), OCPP_OK);
        assert_int_not_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_ACCEPTED);
        assert_true(ev->verdict.is_offline);
        assert_int_equal(want_certificate(ev, 1, OCPP_EV_CERTIFICATE_INSTALL, "gJgC"), OCPP_OK);
        assert_int_equal(ev->certificate_status, OCPP_ERR_CALL_ERROR);
        card(ev->world, 1, "A");
        assert_true(ev->world->closed[1]);
        ev_world_free(ev);
    }
}

/* An eMAID that 1.6 cannot carry as an idTag, or that would break out of the JSON, is refused here. */
static void an_emaid_is_never_more_than_a_text(void **state)
{
    (void)state;
    struct ev_world *ev = ev_world_in(OCPP_VERSION_1_6);
    plug(ev->world, 1);
    assert_int_equal(present(ev, 1, "A\",\"type\":\"Central", OCPP_CONTRACT_VALID, NULL), OCPP_OK);
    assert_int_equal(ev->verdict.authorization, OCPP_AUTHORIZATION_INVALID);
    assert_string_equal(ev->data, "");
    ev_world_free(ev);
}

/* --- certificates
 * ------------------------------------------------------------------------------------------------------------------ */

static void roots_are_installed_listed_and_deleted(void **state)
{
    (void)state;
    struct ev_world *ev = certified();
    char pem[FAKE_CERT_SIZE];
    char data[1200];
    snprintf(data, sizeof(data), "{'certificateType':'MORootCertificate','certificate':'%s'}", fake_root_pem("MO2", pem));
    assert_string_equal(asks(ev, "InstallCertificate", data), "Accepted");
    assert_string_equal(told(ev, "status"), "Accepted");
    assert_int_equal(ev->crypto.root_count, 3);
    assert_string_equal(asks(ev, "GetInstalledCertificateIds", "{'certificateType':['MORootCertificate']}"), "Accepted");
    assert_string_equal(told(ev, "status"), "Accepted");
    assert_string_equal(told(ev, "certificateHashDataChain"), "(2)");
    assert_string_equal(told(ev, "certificateHashDataChain/1/certificateType"), "MORootCertificate");
    char name_hash[160];
    char key_hash[160];
    char serial[48];
    snprintf(name_hash, sizeof(name_hash), "%s", told(ev, "certificateHashDataChain/1/certificateHashData/issuerNameHash"));
    snprintf(key_hash, sizeof(key_hash), "%s", told(ev, "certificateHashDataChain/1/certificateHashData/issuerKeyHash"));
    snprintf(serial, sizeof(serial), "%s", told(ev, "certificateHashDataChain/1/certificateHashData/serialNumber"));
    snprintf(data, sizeof(data),
             "{'certificateHashData':{'hashAlgorithm':'SHA256','issuerNameHash':'%s','issuerKeyHash':'%s','serialNumber':'%s'}}",
             name_hash, key_hash, serial);
    assert_string_equal(asks(ev, "DeleteCertificate", data), "Accepted");
    assert_string_equal(told(ev, "status"), "Accepted");
    assert_string_equal(asks(ev, "DeleteCertificate", data), "Accepted");
    assert_string_equal(told(ev, "status"), "NotFound");
    assert_string_equal(asks(ev, "GetInstalledCertificateIds", "{'certificateType':['CSMSRootCertificate']}"), "Accepted");
    assert_string_equal(told(ev, "status"), "NotFound");
    assert_string_equal(asks(ev, "GetInstalledCertificateIds", "{}"), "Accepted");
    assert_string_equal(told(ev, "certificateHashDataChain"), "(2)");
    ev_world_free(ev);
}

static void a_root_that_is_none_is_rejected(void **state)
{
    (void)state;
    struct ev_world *ev = certified();
    assert_string_equal(asks(ev, "InstallCertificate", "{'certificateType':'V2GRootCertificate','certificate':'no certificate'}"),
                        "Accepted");
    assert_string_equal(told(ev, "status"), "Rejected");
    ev_world_free(ev);
}

/* TriggerMessage, SignCertificate, CertificateSigned: a leaf for the SECC, and then the question about it (A02, M06.FR.07). */
static void the_leaf_for_vehicles_is_signed(void **state)
{
    (void)state;
    struct ev_world *ev = certified();
    char leaf[FAKE_CERT_SIZE];
    char data[2000];
    assert_string_equal(asks(ev, "TriggerMessage", "{'requestedMessage':'SignV2GCertificate'}"), "Accepted");
    assert_string_equal(told(ev, "status"), "Accepted");
    central_sees(ev->world, "DataTransfer", "vendorId=" VENDOR " messageId=SignCertificate");
    assert_string_equal(value_of(ev->data, "certificateType"), "V2GCertificate");
    char csr[FAKE_CERT_SIZE];
    snprintf(csr, sizeof(csr), "%s", value_of(ev->data, "csr"));
    assert_non_null(strstr(csr, "cn=SECC-1"));
    assert_non_null(strstr(csr, "o=Operator"));
    fake_sign_request(csr, "V2G", 0, 1900000000000, leaf);
    snprintf(data, sizeof(data), "{'certificateChain':'%s','certificateType':'V2GCertificate'}", leaf);
    assert_string_equal(asks(ev, "CertificateSigned", data), "Accepted");
    assert_string_equal(told(ev, "status"), "Accepted");
    assert_int_equal(ev->renewed, 1);
    ev_world_free(ev);
}

static void a_leaf_nobody_asked_for_is_rejected(void **state)
{
    (void)state;
    struct ev_world *ev = certified();
    assert_string_equal(asks(ev, "CertificateSigned", "{'certificateChain':'CERT cn=X'}"), "Accepted");
    assert_string_equal(told(ev, "status"), "Rejected");
    assert_int_equal(ev->renewed, 0);
    ev_world_free(ev);
}

static void a_leaf_without_a_name_is_not_asked_for(void **state)
{
    (void)state;
    struct ev_world *ev = ev_world_with_certificates();
    ev->settings.secc_id = NULL;
    world_power_on(ev->world);
    world_connect(ev->world, OCPP_VERSION_1_6);
    central_forgets(ev->world);
    assert_string_equal(asks(ev, "TriggerMessage", "{'requestedMessage':'SignV2GCertificate'}"), "Accepted");
    assert_string_equal(told(ev, "status"), "Rejected");
    central_does_not_see(ev->world, "DataTransfer");
    ev_world_free(ev);
}

/* What is no message of the note is told apart from what cannot be read. */
static void strange_messages_are_refused_in_the_words_of_1_6(void **state)
{
    (void)state;
    static const char *const unreadable[] = { "",
                                              "{",
                                              "[]",
                                              "{'requestedMessage':'Heartbeat'}",
                                              "{'requestedMessage':7}",
                                              "{'requestedMessage':'SignV2GCertificate','more':1}" };
    struct ev_world *ev = certified();
    for (size_t i = 0; i < COUNT_OF(unreadable); i++) {
        assert_string_equal(asks(ev, "TriggerMessage", unreadable[i]), "Rejected");
    }
    assert_string_equal(asks(ev, "Authorize", "{}"), "UnknownMessageId");
    assert_string_equal(asks(ev, "Whatever", "{}"), "UnknownMessageId");
    assert_string_equal(value_of(central_asks(ev->world, "DataTransfer", "{'vendorId':'" VENDOR "'}"), "status"),
                        "UnknownMessageId");
    assert_string_equal(
        value_of(central_asks(ev->world, "DataTransfer", "{'vendorId':'" VENDOR "','messageId':'TriggerMessage'}"), "status"),
        "Rejected");
    assert_string_equal(
        value_of(central_asks(ev->world, "DataTransfer", "{'vendorId':'com.example','messageId':'TriggerMessage'}"), "status"),
        "UnknownVendorId");
    ev_world_free(ev);
}

/* Without certificates under the central system's hand there is nothing to ask about them. */
static void without_the_block_of_certificates_its_messages_are_unknown(void **state)
{
    (void)state;
    struct ev_world *ev = ev_world_in(OCPP_VERSION_1_6);
    assert_string_equal(asks(ev, "InstallCertificate", "{}"), "UnknownMessageId");
    assert_string_equal(asks(ev, "TriggerMessage", "{'requestedMessage':'SignV2GCertificate'}"), "UnknownMessageId");
    ev_world_free(ev);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_settings_of_the_note_are_keys),
        cmocka_unit_test(a_station_without_it_has_neither_keys_nor_messages),
        cmocka_unit_test(the_emaid_goes_as_an_object_or_as_a_text),
        cmocka_unit_test(an_answer_is_read_in_either_spelling),
        cmocka_unit_test(an_answer_that_cannot_be_read_authorises_nothing),
        cmocka_unit_test(a_central_system_without_the_extension_is_no_trouble),
        cmocka_unit_test(an_emaid_is_never_more_than_a_text),
        cmocka_unit_test(roots_are_installed_listed_and_deleted),
        cmocka_unit_test(a_root_that_is_none_is_rejected),
        cmocka_unit_test(the_leaf_for_vehicles_is_signed),
        cmocka_unit_test(a_leaf_nobody_asked_for_is_rejected),
        cmocka_unit_test(a_leaf_without_a_name_is_not_asked_for),
        cmocka_unit_test(strange_messages_are_refused_in_the_words_of_1_6),
        cmocka_unit_test(without_the_block_of_certificates_its_messages_are_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
