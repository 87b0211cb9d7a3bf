/* fuzz_pnc.c: what a central system says about ISO 15118 in OCPP 1.6: JSON within the JSON of DataTransfer, which the call layer
 * does not look into. The first byte says whether it asks (an even one; its half is which message) or answers what the station
 * asked about a contract, a contract certificate, a certificate's status and the leaf to be signed (an odd one); the rest is the
 * text.
 *
 * The station may not fall over, charge by a contract that was not accepted, or leave a question without its one answer. */
#include "target.h"

#include <ocpp/adapters.h>
#include <ocpp/certificates.h>
#include <ocpp/plug_and_charge.h>

#include "fake_crypto.h"
#include "json.h"
#include "require.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VENDOR "org.openchargealliance.iso15118pnc"

struct world {
    struct ocpp_charge_point *cp;
    struct ocpp_now now;
    struct fake_crypto crypto;
    int verdicts;
    int certificates;
    bool is_accepted;
    bool is_asked; /* by the input: our own questions are not answered then */
    const uint8_t *text;
    size_t size;
};

static void contract_judged(int evse, const struct ocpp_contract_verdict *verdict, void *user)
{
    struct world *world = user;
    (void)evse;
    world->verdicts++;
    world->is_accepted = verdict->authorization == OCPP_AUTHORIZATION_ACCEPTED;
}

static void ev_certificate(int evse, enum ocpp_status status, const char *exi_response, void *user)
{
    struct world *world = user;
    (void)evse;
    ocpp_require(exi_response != NULL && (status == OCPP_OK || exi_response[0] == '\0'));
    world->certificates++;
}

static void permit_changed(int evse, void *user)
{
    (void)evse;
    (void)user;
}

static size_t read_meter(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    (void)evse;
    (void)samples;
    (void)room;
    (void)user;
    return 0;
}

static void fill_random(void *bytes, size_t size, void *user)
{
    (void)user;
    memset(bytes, 7, size);
}

/* --- the central system ------------------------------------------------------------------------------------------------------
 */

static void receive(struct world *world, const char *text)
{
    const enum ocpp_status status = ocpp_charge_point_receive(world->cp, text, strlen(text), world->now);
    ocpp_require(status == OCPP_OK || status == OCPP_ERR_TOO_LARGE || status == OCPP_ERR_NOMEM);
}

/* The input as a JSON string. */
static void quote(const struct world *world, char *to, size_t room)
{
    size_t size = 0;
    for (size_t i = 0; i < world->size && size + 8 < room; i++) {
        const uint8_t c = world->text[i];
        if (c < 0x20 || c == '"' || c == '\\') {
            size += (size_t)snprintf(to + size, room - size, "\\u%04x", c);
        } else {
            to[size++] = (char)c;
        }
    }
    to[size] = '\0';
}

static void answer(struct world *world, const struct ocpp_json *frame)
{
    static char quoted[70000];
    static char text[72000];
    const char *id = ocpp_json_string(ocpp_json_item(frame, 1));
    const char *action = ocpp_json_string(ocpp_json_item(frame, 2));
    if (strcmp(action, "BootNotification") == 0) {
        snprintf(text, sizeof(text),
                 "[3,\"%s\",{\"status\":\"Accepted\",\"currentTime\":\"2026-01-01T00:00:00Z\",\"interval\":300}]", id);
    } else if (strcmp(action, "StartTransaction") == 0) {
        snprintf(text, sizeof(text), "[3,\"%s\",{\"idTagInfo\":{\"status\":\"Accepted\"},\"transactionId\":7}]", id);
    } else if (strcmp(action, "DataTransfer") == 0 && !world->is_asked) {
        quote(world, quoted, sizeof(quoted));
        snprintf(text, sizeof(text), "[3,\"%s\",{\"status\":\"Accepted\",\"data\":\"%s\"}]", id, quoted);
    } else if (strcmp(action, "DataTransfer") == 0) {
        return;
    } else {
        snprintf(text, sizeof(text), "[3,\"%s\",{}]", id);
    }
    receive(world, text);
}

static void run(struct world *world)
{
    for (int round = 0; round < 200; round++) {
        size_t size;
        const char *text = ocpp_charge_point_next_output(world->cp, &size, world->now);
        struct ocpp_json *frame = NULL;
        if (text == NULL) {
            return;
        }
        ocpp_require(ocpp_json_parse(text, size, NULL, &frame, NULL) == OCPP_OK);
        int64_t kind = 0;
        ocpp_require(ocpp_json_is_integer(ocpp_json_item(frame, 0), &kind));
        if (kind == 2) {
            answer(world, frame);
        }
        ocpp_json_free(frame);
    }
    ocpp_require(false); /* it never comes to rest */
}

static void pass(struct world *world, int64_t ms)
{
    world->now.mono_ms += ms;
    ocpp_charge_point_advance(world->cp, world->now);
    run(world);
}

static void ask(struct world *world, unsigned which)
{
    static const char *const messages[] = { "CertificateSigned",          "InstallCertificate", "DeleteCertificate",
                                            "GetInstalledCertificateIds", "TriggerMessage",     "Authorize" };
    static char quoted[70000];
    static char text[72000];
    quote(world, quoted, sizeof(quoted));
    snprintf(text, sizeof(text),
             "[2,\"fuzz\",\"DataTransfer\",{\"vendorId\":\"" VENDOR "\",\"messageId\":\"%s\",\"data\":\"%s\"}]",
             messages[which % (sizeof(messages) / sizeof(messages[0]))], quoted);
    receive(world, text);
    run(world);
    pass(world, 1000);
}

/* The station asks everything there is to ask. */
static void be_asked(struct world *world)
{
    const struct ocpp_contract contract = { .emaid = "DE-8AA-1", .check = OCPP_CONTRACT_UNKNOWN_ROOT, .chain = "CHAIN" };
    const struct ocpp_ev_certificate_request request = { OCPP_EV_CERTIFICATE_INSTALL, "urn:iso:15118:2:2013:MsgDef", "gJgC" };
    const struct ocpp_ocsp_target target = {
        .certificate = { .algorithm = OCPP_HASH_SHA256, .issuer_name_hash = "aa", .issuer_key_hash = "bb", .serial_number = "1" },
        .responder_url = "http://ocsp.example",
    };
    ocpp_require(ocpp_charge_point_plug(world->cp, 1, 1, true, world->now) == OCPP_OK);
    ocpp_require(ocpp_charge_point_ocsp_targets(world->cp, &target, 1, world->now) == OCPP_OK);
    run(world);
    ocpp_require(ocpp_charge_point_contract(world->cp, 1, &contract, world->now) == OCPP_OK);
    run(world);
    ocpp_require(ocpp_charge_point_ev_certificate(world->cp, 1, &request, world->now) == OCPP_OK);
    run(world);
    ocpp_require(ocpp_charge_point_sign_certificate(world->cp, OCPP_KEY_V2G, world->now) == OCPP_OK);
    run(world);
    pass(world, 120000);
    ocpp_require(world->verdicts == 1 && world->certificates == 1);
    ocpp_require(!ocpp_charge_point_permit(world->cp, 1, world->now).closed || world->is_accepted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > 20000) {
        return 0;
    }
    struct world world = { .now = { 1000, OCPP_UTC_UNKNOWN }, .text = data + 1, .size = size - 1, .is_asked = data[0] % 2 == 0 };
    const struct ocpp_certificates_settings certificates = { .organization = "Operator" };
    struct ocpp_plug_and_charge_settings vehicles = ocpp_plug_and_charge_settings_default();
    vehicles.contract_judged = contract_judged;
    vehicles.ev_certificate = ev_certificate;
    vehicles.secc_id = "SECC-1";
    vehicles.user = &world;
    fake_crypto_init(&world.crypto);
    fake_add_root(&world.crypto, OCPP_ROOT_V2G, "V2G");
    struct ocpp_charge_point_settings settings = ocpp_charge_point_settings_default();
    settings.identity = "PILE-7";
    settings.vendor = "Example";
    settings.model = "Two";
    settings.random = fill_random;
    settings.certificates = &certificates;
    settings.plug_and_charge = &vehicles;
    settings.crypto = &world.crypto.contract;
    const struct ocpp_hardware hardware = { .permit_changed = permit_changed, .read_meter = read_meter, .user = &world };
    struct ocpp_storage *store = ocpp_memory_storage_new(NULL, 0);
    world.cp = ocpp_charge_point_new(&settings, &hardware, store, world.now);
    ocpp_require(world.cp != NULL && ocpp_charge_point_link_up(world.cp, OCPP_VERSION_1_6, world.now) == OCPP_OK);
    run(&world);
    if (world.is_asked) {
        ask(&world, data[0] / 2);
    } else {
        be_asked(&world);
    }
    ocpp_charge_point_free(world.cp);
    ocpp_memory_storage_free(store);
    return 0;
}
