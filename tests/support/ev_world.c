/* ev_world.c: see ev_world.h. */
#include "ev_world.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The worlds there are, so that the central system finds what it is to say: it is handed a struct world. */
static struct ev_world *worlds[64];

static struct ev_world *of(const struct world *world)
{
    for (size_t i = 0; i < COUNT_OF(worlds); i++) {
        if (worlds[i] != NULL && worlds[i]->world == world) {
            return worlds[i];
        }
    }
    fail_msg("a world without vehicles");
    return NULL;
}

/* --- what the SECC is told ------------------------------------------------------------------------------------------------- */

static void inside(struct ev_world *ev, const char *which)
{
    if (ev->in_callback != NULL) {
        ev->in_callback(ev, which);
    }
}

static void contract_judged(int evse, const struct ocpp_contract_verdict *verdict, void *user)
{
    struct ev_world *ev = user;
    assert_true(evse >= 1);
    ev->verdicts++;
    ev->verdict = *verdict;
    snprintf(ev->emaid, sizeof(ev->emaid), "%s", verdict->emaid);
    inside(ev, "contract_judged");
}

static void ev_certificate(int evse, enum ocpp_status status, const char *exi_response, void *user)
{
    struct ev_world *ev = user;
    assert_true(evse >= 1);
    ev->certificates++;
    ev->certificate_status = status;
    snprintf(ev->exi, sizeof(ev->exi), "%s", exi_response);
    inside(ev, "ev_certificate");
}

static void note_tariff(const struct ocpp_sales_tariff *tariff, struct offered_schedule *to)
{
    to->has_tariff = tariff != NULL;
    if (tariff == NULL) {
        return;
    }
    to->tariff_entries = (int64_t)tariff->entry_count;
    to->tariff_level = tariff->entries[0].price_level;
    to->tariff_amount = tariff->entries[0].block_count == 0 ? 0 : tariff->entries[0].blocks[0].costs[0].amount;
    snprintf(to->tariff_text, sizeof(to->tariff_text), "%s", tariff->description);
}

static void ev_offer(int evse, const struct ocpp_ev_offer *offer, void *user)
{
    struct ev_world *ev = user;
    assert_true(evse >= 1);
    assert_true(offer->count >= 1 && offer->count <= 3);
    ev->offers++;
    ev->offer = *offer;
    for (size_t i = 0; i < offer->count; i++) {
        const struct ocpp_ev_schedule *schedule = &offer->schedules[i];
        assert_true(schedule->count >= 1 && schedule->count <= EV_OFFERED_PERIODS);
        assert_int_equal(schedule->periods[0].start_s, 0);
        ev->schedules[i].id = schedule->id;
        ev->schedules[i].duration_s = schedule->duration_s;
        ev->schedules[i].count = schedule->count;
        memcpy(ev->schedules[i].periods, schedule->periods, schedule->count * sizeof(schedule->periods[0]));
        note_tariff(schedule->tariff, &ev->schedules[i]);
    }
    inside(ev, "ev_offer");
}

static void ev_choice_answered(int evse, bool is_accepted, void *user)
{
    struct ev_world *ev = user;
    assert_true(evse >= 1);
    ev->choices++;
    ev->choice_accepted = is_accepted;
    inside(ev, "ev_choice_answered");
}

static void ocsp_status(const struct ocpp_ocsp_target *target, enum ocpp_status status, const unsigned char *der, size_t size,
                        void *user)
{
    struct ev_world *ev = user;
    assert_true((status == OCPP_OK) == (der != NULL));
    ev->ocsp_answers++;
    ev->ocsp_status = status;
    ev->ocsp_size = size;
    snprintf(ev->ocsp_serial, sizeof(ev->ocsp_serial), "%s", target->certificate.serial_number);
    inside(ev, "ocsp_status");
}

/* --- what the central system says ------------------------------------------------------------------------------------------- */

static bool answer_of(struct ev_world *ev, const char *action, char *answer, size_t room)
{
    if (strcmp(action, "Authorize") == 0) {
        snprintf(answer, room, "{\"idTokenInfo\":{\"status\":\"%s\"}%s%s%s}", ev->id_status,
                 ev->certificate_word == NULL ? "" : ",\"certificateStatus\":\"",
                 ev->certificate_word == NULL ? "" : ev->certificate_word, ev->certificate_word == NULL ? "" : "\"");
    } else if (strcmp(action, "Get15118EVCertificate") == 0) {
        snprintf(answer, room, "{\"status\":\"%s\",\"exiResponse\":\"%s\"}", ev->ev_certificate_word, ev->exi_response);
    } else if (strcmp(action, "GetCertificateStatus") == 0) {
        snprintf(answer, room, "{\"status\":\"%s\"%s%s%s}", ev->ocsp_word, ev->ocsp_result == NULL ? "" : ",\"ocspResult\":\"",
                 ev->ocsp_result == NULL ? "" : ev->ocsp_result, ev->ocsp_result == NULL ? "" : "\"");
    } else if (strcmp(action, "NotifyEVChargingNeeds") == 0) {
        snprintf(answer, room, "{\"status\":\"%s\"}", ev->needs_word);
    } else if (strcmp(action, "NotifyEVChargingSchedule") == 0) {
        snprintf(answer, room, "{\"status\":\"%s\"}", ev->choice_word);
    } else if (strcmp(action, "SignCertificate") == 0) {
        snprintf(answer, room, "{\"status\":\"Accepted\"}");
    } else {
        return false;
    }
    return true;
}

static void quote(const char *text, char *to, size_t room)
{
    size_t size = 0;
    for (; *text != '\0' && size + 2 < room; text++) {
        if (*text == '"') {
            to[size++] = '\\';
        }
        to[size++] = *text;
    }
    to[size] = '\0';
}

static bool answers(struct world *world, const char *action, const char *payload, char *answer, size_t room)
{
    struct ev_world *ev = of(world);
    const bool is_wrapped = strcmp(action, "DataTransfer") == 0;
    char inner[4096];
    char quoted[6000];
    if (!is_wrapped) {
        return (strcmp(action, "Authorize") != 0 || value_of(payload, "idToken/type")[0] == 'e') &&
               answer_of(ev, action, answer, room);
    }
    char message[64];
    snprintf(message, sizeof(message), "%s", value_of(payload, "messageId"));
    snprintf(ev->data, sizeof(ev->data), "%s", value_of(payload, "data"));
    if (strcmp(value_of(payload, "vendorId"), "org.openchargealliance.iso15118pnc") != 0 ||
        !answer_of(ev, message, inner, sizeof(inner))) {
        snprintf(answer, room, "{\"status\":\"UnknownVendorId\"}");
        return true;
    }
    quote(ev->transfer_data == NULL ? inner : ev->transfer_data, quoted, sizeof(quoted));
    snprintf(answer, room, "{\"status\":\"%s\",\"data\":\"%s\"}", ev->transfer_word, quoted);
    return true;
}

/* --- the world -----------------------------------------------------------------------------------------------------------------
 */

struct ev_world *ev_world_new(void)
{
    struct ev_world *ev = calloc(1, sizeof(*ev));
    assert_non_null(ev);
    size_t place = 0;
    while (worlds[place] != NULL) {
        place++;
        assert_true(place < COUNT_OF(worlds));
    }
    worlds[place] = ev;
    ev->world = world_new();
    ev->world->answers = answers;
    ev->settings = ocpp_plug_and_charge_settings_default();
    ev->settings.contract_judged = contract_judged;
    ev->settings.ev_certificate = ev_certificate;
    ev->settings.ev_offer = ev_offer;
    ev->settings.ev_choice_answered = ev_choice_answered;
    ev->settings.ocsp_status = ocsp_status;
    ev->settings.user = ev;
    ev->world->settings.plug_and_charge = &ev->settings;
    ev->id_status = ev->certificate_word = ev->ev_certificate_word = ev->needs_word = ev->choice_word = ev->ocsp_word =
        "Accepted";
    ev->transfer_word = "Accepted";
    ev->exi_response = "gJgC";
    ev->ocsp_result = "MIIBCgoBAA==";
    return ev;
}

struct ev_world *ev_world_in(enum ocpp_version version)
{
    struct ev_world *ev = ev_world_new();
    world_power_on(ev->world);
    world_connect(ev->world, version);
    central_forgets(ev->world);
    return ev;
}

static void on_renewed(enum ocpp_key_use use, void *user)
{
    struct ev_world *ev = user;
    ev->renewed += use == OCPP_KEY_V2G;
}

struct ev_world *ev_world_with_certificates(void)
{
    struct ev_world *ev = ev_world_new();
    fake_crypto_init(&ev->crypto);
    fake_add_root(&ev->crypto, OCPP_ROOT_V2G, "V2G");
    fake_add_root(&ev->crypto, OCPP_ROOT_MO, "MO");
    ev->certificate_settings =
        (struct ocpp_certificates_settings){ .organization = "Operator", .renewed = on_renewed, .user = ev };
    ev->world->settings.certificates = &ev->certificate_settings;
    ev->world->settings.crypto = &ev->crypto.contract;
    ev->settings.secc_id = "SECC-1";
    ev->settings.country = "NL";
    return ev;
}

void ev_put_chain(struct ev_world *ev)
{
    const struct fake_cert leaf = {
        .cn = "SECC-1", .o = "Operator", .issuer = "Sub", .serial = "11", .url = "http://leaf.example", .key = 900
    };
    const struct fake_cert sub = {
        .cn = "Sub", .o = "Operator", .issuer = "V2G", .serial = "12", .url = "http://sub.example", .key = 901, .ca = true
    };
    char pem[2][FAKE_CERT_SIZE];
    struct fake_own *own = &ev->crypto.own[OCPP_KEY_V2G];
    snprintf(own->settled, sizeof(own->settled), "%s%s", fake_cert_write(&leaf, pem[0]), fake_cert_write(&sub, pem[1]));
}

void ev_world_free(struct ev_world *ev)
{
    for (size_t i = 0; i < COUNT_OF(worlds); i++) {
        worlds[i] = worlds[i] == ev ? NULL : worlds[i];
    }
    world_free(ev->world);
    free(ev);
}

/* --- what a vehicle does
 * ---------------------------------------------------------------------------------------------------------- */

struct ocpp_ocsp_target target_number(int number)
{
    struct ocpp_ocsp_target target = { .certificate = { .algorithm = OCPP_HASH_SHA256 } };
    snprintf(target.certificate.issuer_name_hash, sizeof(target.certificate.issuer_name_hash), "aa%02x", (unsigned)number & 0xff);
    snprintf(target.certificate.issuer_key_hash, sizeof(target.certificate.issuer_key_hash), "bb%02x", (unsigned)number & 0xff);
    snprintf(target.certificate.serial_number, sizeof(target.certificate.serial_number), "%d", number);
    snprintf(target.responder_url, sizeof(target.responder_url), "http://ocsp.example/%d", number);
    return target;
}

enum ocpp_status present(struct ev_world *ev, int evse, const char *emaid, enum ocpp_contract_check check, const char *chain)
{
    const struct ocpp_ocsp_target targets[] = { target_number(1), target_number(2) };
    const struct ocpp_contract contract = {
        .emaid = emaid, .chain = chain, .check = check, .targets = targets, .target_count = COUNT_OF(targets)
    };
    const enum ocpp_status status = ocpp_charge_point_contract(ev->world->cp, evse, &contract, ev->world->now);
    world_run(ev->world);
    return status;
}

enum ocpp_status want_certificate(struct ev_world *ev, int evse, enum ocpp_ev_certificate_action action, const char *exi)
{
    const struct ocpp_ev_certificate_request request = { action, "urn:iso:15118:2:2013:MsgDef", exi };
    const enum ocpp_status status = ocpp_charge_point_ev_certificate(ev->world->cp, evse, &request, ev->world->now);
    world_run(ev->world);
    return status;
}

struct ocpp_ev_needs ac_needs(void)
{
    return (struct ocpp_ev_needs){
        .transfer = OCPP_ENERGY_TRANSFER_AC_THREE_PHASE,
        .departure_utc_ms = OCPP_EV_UNSAID,
        .max_schedule_tuples = OCPP_EV_UNSAID,
        .energy_wh = 30000,
        .max_current_a = 32,
        .max_voltage_v = 400,
        .min_current_a = 6,
        .max_power_w = OCPP_EV_UNSAID,
        .state_of_charge = OCPP_EV_UNSAID,
        .capacity_wh = OCPP_EV_UNSAID,
        .full_soc = OCPP_EV_UNSAID,
        .bulk_soc = OCPP_EV_UNSAID,
    };
}

enum ocpp_status tell_needs(struct ev_world *ev, int evse, const struct ocpp_ev_needs *needs)
{
    const struct ocpp_ev_needs usual = ac_needs();
    const enum ocpp_status status =
        ocpp_charge_point_ev_needs(ev->world->cp, evse, needs == NULL ? &usual : needs, ev->world->now);
    world_run(ev->world);
    return status;
}

enum ocpp_status open_session(struct ev_world *ev, int evse)
{
    const enum ocpp_status status = ocpp_charge_point_ev_session(ev->world->cp, evse, true, ev->world->now);
    world_run(ev->world);
    return status;
}

enum ocpp_status choose(struct ev_world *ev, int evse, int64_t id, int64_t power_w)
{
    const struct ocpp_ev_period period = { .power_w = power_w, .phases = 3 };
    const struct ocpp_ev_choice choice = {
        .schedule_id = id,
        .from_utc_ms = OCPP_UTC_UNKNOWN,
        .periods = power_w == 0 ? NULL : &period,
        .count = power_w == 0 ? 0 : 1,
    };
    const enum ocpp_status status = ocpp_charge_point_ev_choice(ev->world->cp, evse, &choice, ev->world->now);
    world_run(ev->world);
    return status;
}
