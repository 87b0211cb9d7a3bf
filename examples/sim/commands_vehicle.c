/* commands_vehicle.c: the vehicle as the station's ISO 15118 side sees it: what it presents, wants, needs and chooses, and what
 * it is told. There is no TLS and no EXI here: the words say what would have come of them. */
#include "command_arguments.h"

#include <stdio.h>
#include <string.h>

/* --- what the vehicle is told ------------------------------------------------------------------------------------------------
 */

static void contract_judged(int evse, const struct ocpp_contract_verdict *verdict, void *user)
{
    static const char *const words[] = { "",
                                         ", certificate accepted",
                                         ", signature error",
                                         ", certificate expired",
                                         ", certificate revoked",
                                         ", no certificate available",
                                         ", chain error",
                                         ", contract cancelled" }; /* by enum ocpp_certificate_status */

    pile_log(user, "EVSE %d: the contract %s is %s%s%s", evse, verdict->emaid, ocpp_authorization_name(verdict->authorization),
             words[verdict->certificate], verdict->is_offline ? ", offline" : "");
}

static void ev_certificate(int evse, enum ocpp_status status, const char *exi_response, void *user)
{
    pile_log(user, "EVSE %d: contract certificate: %s, %u characters", evse, ocpp_status_sentence(status),
             (unsigned)strlen(exi_response));
}

static void ev_offer(int evse, const struct ocpp_ev_offer *offer, void *user)
{
    pile_log(user, "EVSE %d: %s %s offers %u schedules", evse, offer->renegotiate ? "anew," : "",
             offer->origin == OCPP_SCHEDULE_OF_CENTRAL ? "the central system" : "the station", (unsigned)offer->count);
    for (size_t i = 0; i < offer->count; i++) {
        const struct ocpp_ev_schedule *schedule = &offer->schedules[i];
        pile_log(user, "    schedule %lld: %lld W at first, %u periods over %lld s%s", (long long)schedule->id,
                 (long long)schedule->periods[0].power_w, (unsigned)schedule->count, (long long)schedule->duration_s,
                 schedule->tariff ? ", with a tariff" : "");
    }
}

static void ev_choice_answered(int evse, bool is_accepted, void *user)
{
    pile_log(user, "EVSE %d: the choice is %s", evse, is_accepted ? "accepted" : "rejected");
}

static void ocsp_status(const struct ocpp_ocsp_target *target, enum ocpp_status status, const unsigned char *der, size_t size,
                        void *user)
{
    (void)der;
    pile_log(user, "status of certificate %s: %s, %u bytes", target->certificate.serial_number, ocpp_status_sentence(status),
             (unsigned)size);
}

void pile_serve_vehicles(struct pile *pile, struct ocpp_charge_point_settings *settings)
{
    pile->vehicles = ocpp_plug_and_charge_settings_default();
    pile->vehicles.contract_judged = contract_judged;
    pile->vehicles.ev_certificate = ev_certificate;
    pile->vehicles.ev_offer = ev_offer;
    pile->vehicles.ev_choice_answered = ev_choice_answered;
    pile->vehicles.ocsp_status = ocsp_status;
    pile->vehicles.user = pile;
    settings->plug_and_charge = &pile->vehicles;
}

/* --- what it does
 * --------------------------------------------------------------------------------------------------------------- */

/* A certificate whose status can be asked for; it stands for the chain of a contract, and for the station's own. */
static struct ocpp_ocsp_target some_certificate(const char *serial)
{
    struct ocpp_ocsp_target target = { .certificate = { .algorithm = OCPP_HASH_SHA256 } };

    snprintf(target.certificate.issuer_name_hash, sizeof target.certificate.issuer_name_hash, "%064d", 1);
    snprintf(target.certificate.issuer_key_hash, sizeof target.certificate.issuer_key_hash, "%064d", 2);
    snprintf(target.certificate.serial_number, sizeof target.certificate.serial_number, "%s", serial);
    snprintf(target.responder_url, sizeof target.responder_url, "http://ocsp.example");
    return target;
}

static enum command_outcome run_contract(struct arguments *arguments, int evse)
{
    static const char *const checks[] = { "unchecked", "valid", "unknown-root", "expired", "revoked", "invalid" };
    const struct ocpp_ocsp_target target = some_certificate("1a2b");
    struct ocpp_contract contract = { .emaid = arguments->count > 2 ? arguments->words[2] : "DE-OCP-C00000001",
                                      .chain = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
                                      .check = OCPP_CONTRACT_VALID,
                                      .targets = &target,
                                      .target_count = 1 };

    for (size_t i = 0; arguments->count > 3 && i < sizeof checks / sizeof checks[0]; i++) {
        if (strcmp(checks[i], arguments->words[3]) == 0) {
            contract.check = (enum ocpp_contract_check)i;
            return outcome_of(arguments, ocpp_charge_point_contract(arguments->pile->cp, evse, &contract, sim_now()));
        }
    }
    if (arguments->count > 3) {
        return wrong(arguments, "its chain can be valid, unknown-root, expired, revoked, invalid or unchecked, not",
                     arguments->words[3]);
    }
    return outcome_of(arguments, ocpp_charge_point_contract(arguments->pile->cp, evse, &contract, sim_now()));
}

static enum command_outcome run_certificate(struct arguments *arguments, int evse)
{
    const bool updates = arguments->count > 2 && strcmp(arguments->words[2], "update") == 0;
    const struct ocpp_ev_certificate_request request = { updates ? OCPP_EV_CERTIFICATE_UPDATE : OCPP_EV_CERTIFICATE_INSTALL,
                                                         "urn:iso:15118:2:2013:MsgDef", "gJgCAAAA" };

    return outcome_of(arguments, ocpp_charge_point_ev_certificate(arguments->pile->cp, evse, &request, sim_now()));
}

static enum command_outcome run_session(struct arguments *arguments, int evse)
{
    const bool ends = arguments->count > 2 && strcmp(arguments->words[2], "end") == 0;

    return outcome_of(arguments, ocpp_charge_point_ev_session(arguments->pile->cp, evse, !ends, sim_now()));
}

static enum command_outcome run_needs(struct arguments *arguments, int evse)
{
    struct ocpp_ev_needs needs = { .transfer = OCPP_ENERGY_TRANSFER_AC_THREE_PHASE,
                                   .departure_utc_ms = OCPP_EV_UNSAID,
                                   .max_schedule_tuples = OCPP_EV_UNSAID,
                                   .energy_wh = 20000,
                                   .max_current_a = 16,
                                   .max_voltage_v = 400,
                                   .min_current_a = 6,
                                   .max_power_w = OCPP_EV_UNSAID,
                                   .state_of_charge = OCPP_EV_UNSAID,
                                   .capacity_wh = OCPP_EV_UNSAID,
                                   .full_soc = OCPP_EV_UNSAID,
                                   .bulk_soc = OCPP_EV_UNSAID };
    int64_t leaves_s = 0;

    if (arguments->count > 2 && !read_integer(arguments->words[2], 0, 1000000, &needs.energy_wh)) {
        return wrong(arguments, "it needs 0 to 1000000 Wh, not", arguments->words[2]);
    }
    if (arguments->count > 3) {
        if (!read_integer(arguments->words[3], 1, 1000000, &leaves_s)) {
            return wrong(arguments, "it leaves in 1 to 1000000 seconds, not", arguments->words[3]);
        }
        needs.departure_utc_ms = ocpp_charge_point_utc_ms(arguments->pile->cp, sim_now()) + leaves_s * 1000;
    }
    return outcome_of(arguments, ocpp_charge_point_ev_needs(arguments->pile->cp, evse, &needs, sim_now()));
}

static enum command_outcome run_choose(struct arguments *arguments, int evse)
{
    struct ocpp_ev_period period = { .phases = 3 };
    struct ocpp_ev_choice choice = { .from_utc_ms = OCPP_UTC_UNKNOWN };

    if (arguments->count < 3 || !read_integer(arguments->words[2], INT32_MIN, INT32_MAX, &choice.schedule_id)) {
        return wrong(arguments, "say which schedule, by its number", NULL);
    }
    if (arguments->count > 3) {
        if (!read_integer(arguments->words[3], 0, 1000000000, &period.power_w)) {
            return wrong(arguments, "it takes 0 W or more, not", arguments->words[3]);
        }
        choice.periods = &period;
        choice.count = 1;
    }
    return outcome_of(arguments, ocpp_charge_point_ev_choice(arguments->pile->cp, evse, &choice, sim_now()));
}

static enum command_outcome run_shows(struct arguments *arguments, int evse)
{
    const struct ocpp_ocsp_target targets[] = { some_certificate("11"), some_certificate("12") };

    (void)evse; /* the whole station shows the same */
    return outcome_of(arguments, ocpp_charge_point_ocsp_targets(arguments->pile->cp, targets, 2, sim_now()));
}

enum command_outcome run_vehicle(struct arguments *arguments)
{
    static const struct {
        const char *word;
        enum command_outcome (*run)(struct arguments *arguments, int evse);
    } deeds[] = {
        { "session", run_session }, { "contract", run_contract }, { "certificate", run_certificate },
        { "needs", run_needs },     { "choose", run_choose },     { "chain", run_shows },
    };
    int evse;

    for (size_t i = 0; i < sizeof deeds / sizeof deeds[0]; i++) {
        if (strcmp(deeds[i].word, arguments->words[0]) != 0) {
            continue;
        }
        evse = evse_of(arguments, arguments->words[1], 1);
        return evse < 0 ? COMMAND_WRONG : deeds[i].run(arguments, evse);
    }
    return wrong(arguments, "the vehicle can suspend, resume, session, contract, certificate, needs, choose or chain, not",
                 arguments->words[0]);
}
