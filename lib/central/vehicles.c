/* vehicles.c: what stations ask for vehicles that speak ISO 15118, and what the application may answer. */
#include "vehicles.h"
#include "command.h"

#include "text.h"

#include <string.h>

/* What fits in an answer of 2.0.1, which 1.6 carries too. */
enum { EXI_CHARACTERS = 5600, OCSP_CHARACTERS = 5500 };

const struct ocpp_vehicle_handler *vehicles_handler(const struct ocpp_station *station)
{
    static const struct ocpp_vehicle_handler none;
    const struct ocpp_vehicle_handler *vehicles = station->central->handler.vehicles;

    return vehicles ? vehicles : &none;
}

bool vehicles_read_target(enum ocpp_hash algorithm, const struct target_words *words, struct ocpp_ocsp_target *target)
{
    struct ocpp_certificate_hash *hash = &target->certificate;
    const char *url = words->responder_url ? words->responder_url : "";

    hash->algorithm = algorithm;
    return ocpp_text_copy(hash->issuer_name_hash, sizeof hash->issuer_name_hash, words->issuer_name_hash) <
               sizeof hash->issuer_name_hash &&
           ocpp_text_copy(hash->issuer_key_hash, sizeof hash->issuer_key_hash, words->issuer_key_hash) <
               sizeof hash->issuer_key_hash &&
           ocpp_text_copy(hash->serial_number, sizeof hash->serial_number, words->serial_number) < sizeof hash->serial_number &&
           ocpp_text_copy(target->responder_url, sizeof target->responder_url, url) < sizeof target->responder_url;
}

/* --- contract certificates (M01, M02) -----------------------------------------------------------------------------------------
 */

static enum ocpp_status check(const char *text, bool is_needed, size_t most)
{
    const bool is_text = text && text[0];

    if (is_needed && !is_text) {
        return OCPP_ERR_ARGUMENT;
    }
    return is_text && strlen(text) > most ? OCPP_ERR_LENGTH : OCPP_OK;
}

static enum ocpp_status check_certificate(const struct ocpp_ev_certificate_decision *decision)
{
    return check(decision->exi_response, decision->accepted, EXI_CHARACTERS);
}

static void complain(const struct ocpp_station *station, const char *about, enum ocpp_status status)
{
    ocpp_log_write(&station->central->settings.log, OCPP_LOG_ERROR, "%s: a decision about %s cannot be told: %s",
                   station->identity, about, ocpp_status_sentence(status));
}

void vehicles_ask_certificate(struct pending *pending, const struct ocpp_ev_certificate_request *request,
                              void (*answer)(struct pending *pending))
{
    const struct ocpp_central_handler *handler = &pending->central->handler;
    struct ocpp_station *station = pending->station;
    struct ocpp_ev_certificate_decision decision = { 0 };
    const struct ocpp_question question = pending_ask(pending, QUESTION_EV_CERTIFICATE, answer);

    if (!handler->vehicles->on_ev_certificate(station, request, question, &decision, handler->user)) {
        return;
    }
    const enum ocpp_status status = check_certificate(&decision);
    if (status != OCPP_OK) {
        complain(station, "a contract certificate", status);
        decision = (struct ocpp_ev_certificate_decision){ 0 };
    }
    (void)pending_settle(station, question, QUESTION_EV_CERTIFICATE,
                         (struct verdict){ decision.accepted, decision.exi_response });
}

enum ocpp_status ocpp_station_decide_ev_certificate(struct ocpp_station *station, struct ocpp_question question,
                                                    const struct ocpp_ev_certificate_decision *decision, struct ocpp_now now)
{
    const enum ocpp_status status = check_certificate(decision);

    return status == OCPP_OK ? pending_decide(station, question, QUESTION_EV_CERTIFICATE,
                                              (struct verdict){ decision->accepted, decision->exi_response }, now)
                             : status;
}

/* --- revocation (M06)
 * ----------------------------------------------------------------------------------------------------------- */

static enum ocpp_status check_response(const struct ocpp_ocsp_decision *decision)
{
    return check(decision->response, false, OCSP_CHARACTERS);
}

static struct verdict verdict_of(const struct ocpp_ocsp_decision *decision)
{
    const bool is_there = decision->response && decision->response[0];

    return (struct verdict){ is_there, is_there ? decision->response : NULL };
}

void vehicles_ask_status(struct pending *pending, const struct ocpp_ocsp_target *target, void (*answer)(struct pending *pending))
{
    const struct ocpp_central_handler *handler = &pending->central->handler;
    struct ocpp_station *station = pending->station;
    struct ocpp_ocsp_decision decision = { 0 };
    const struct ocpp_question question = pending_ask(pending, QUESTION_CERTIFICATE_STATUS, answer);

    if (!handler->vehicles->on_certificate_status(station, target, question, &decision, handler->user)) {
        return;
    }
    const enum ocpp_status status = check_response(&decision);
    if (status != OCPP_OK) {
        complain(station, "revocation", status);
        decision = (struct ocpp_ocsp_decision){ 0 };
    }
    (void)pending_settle(station, question, QUESTION_CERTIFICATE_STATUS, verdict_of(&decision));
}

enum ocpp_status ocpp_station_decide_certificate_status(struct ocpp_station *station, struct ocpp_question question,
                                                        const struct ocpp_ocsp_decision *decision, struct ocpp_now now)
{
    const enum ocpp_status status = check_response(decision);

    return status == OCPP_OK ? pending_decide(station, question, QUESTION_CERTIFICATE_STATUS, verdict_of(decision), now) : status;
}

/* --- orders
 * ----------------------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_station_delete_vehicle_certificate(struct ocpp_station *station, const struct ocpp_certificate_hash *hash,
                                                         const struct ocpp_command_done *done)
{
    return central_is_hash(hash) ? order_give(station, ORDER_DELETE_VEHICLE_CERTIFICATE, hash, done) : OCPP_ERR_ARGUMENT;
}
