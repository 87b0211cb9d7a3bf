/* dialect_v201_vehicles.c: what stations ask for vehicles that speak ISO 15118 in OCPP 2.0.1 (C07, M01, M02, M06). */
#include "bridge.h"
#include "dialect_energy.h"
#include "vehicles.h"

static enum ocpp_hash hash_of(enum ocpp201_hash_algorithm algorithm)
{
    return algorithm == OCPP201_HASH_ALGORITHM_SHA512   ? OCPP_HASH_SHA512
           : algorithm == OCPP201_HASH_ALGORITHM_SHA384 ? OCPP_HASH_SHA384
                                                        : OCPP_HASH_SHA256;
}

static bool read_target(const struct ocpp201_ocsp_request_data *data, struct ocpp_ocsp_target *target)
{
    const struct target_words words = { data->issuer_name_hash, data->issuer_key_hash, data->serial_number, data->responder_url };

    return vehicles_read_target(hash_of(data->hash_algorithm), &words, target);
}

/* --- contracts
 * ------------------------------------------------------------------------------------------------------------------- */

enum ocpp_status central_v201_read_contract(struct pending *pending, const struct ocpp201_authorize_req *req,
                                            struct ocpp_authorize_request *request)
{
    const size_t count = req->iso15118_certificate_hash_data.count;
    struct ocpp_ocsp_target *targets;

    request->certificate = req->certificate;
    if (count == 0) {
        return OCPP_OK;
    }
    targets = ocpp_arena_take(pending->arena, count * sizeof *targets);
    if (!targets) {
        return OCPP_ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        if (!read_target(&req->iso15118_certificate_hash_data.items[i], &targets[i])) {
            return OCPP_ERR_LENGTH;
        }
    }
    request->targets = targets;
    request->target_count = count;
    return OCPP_OK;
}

enum ocpp201_authorize_certificate_status central_v201_certificate_status(enum ocpp_certificate_status status)
{
    static const enum ocpp201_authorize_certificate_status words[] = {
        [OCPP_CERTIFICATE_STATUS_NONE] = OCPP201_AUTHORIZE_CERTIFICATE_STATUS_UNSET,
        [OCPP_CERTIFICATE_STATUS_ACCEPTED] = OCPP201_AUTHORIZE_CERTIFICATE_STATUS_ACCEPTED,
        [OCPP_CERTIFICATE_STATUS_SIGNATURE_ERROR] = OCPP201_AUTHORIZE_CERTIFICATE_STATUS_SIGNATURE_ERROR,
        [OCPP_CERTIFICATE_STATUS_EXPIRED] = OCPP201_AUTHORIZE_CERTIFICATE_STATUS_CERTIFICATE_EXPIRED,
        [OCPP_CERTIFICATE_STATUS_REVOKED] = OCPP201_AUTHORIZE_CERTIFICATE_STATUS_CERTIFICATE_REVOKED,
        [OCPP_CERTIFICATE_STATUS_NONE_AVAILABLE] = OCPP201_AUTHORIZE_CERTIFICATE_STATUS_NO_CERTIFICATE_AVAILABLE,
        [OCPP_CERTIFICATE_STATUS_CHAIN_ERROR] = OCPP201_AUTHORIZE_CERTIFICATE_STATUS_CERT_CHAIN_ERROR,
        [OCPP_CERTIFICATE_STATUS_CONTRACT_CANCELLED] = OCPP201_AUTHORIZE_CERTIFICATE_STATUS_CONTRACT_CANCELLED,
    };

    return words[status];
}

/* --- contract certificates
 * ------------------------------------------------------------------------------------------------------- */

/* An answer always has an exiResponse; without one it is empty. */
static void answer_certificate(struct pending *pending)
{
    const struct ocpp201_get_15118_ev_certificate_res res = {
        .status = pending->verdict.word ? OCPP201_ISO15118_EV_CERTIFICATE_STATUS_ACCEPTED
                                        : OCPP201_ISO15118_EV_CERTIFICATE_STATUS_FAILED,
        .exi_response = pending->verdict.text ? pending->verdict.text : "",
    };

    station_reply(pending->station, pending->token, &res);
    pending_free(pending);
}

static void handle_certificate(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_get_15118_ev_certificate_req *req = call->request;
    const struct ocpp_ev_certificate_request request = {
        .action = req->action == OCPP201_CERTIFICATE_ACTION_UPDATE ? OCPP_EV_CERTIFICATE_UPDATE : OCPP_EV_CERTIFICATE_INSTALL,
        .schema_version = req->iso15118_schema_version,
        .exi_request = req->exi_request,
    };
    struct pending *pending;

    if (!vehicles_handler(station)->on_ev_certificate) {
        station_thank(station, call, false);
        return;
    }
    pending = pending_for(station, call);
    if (pending) {
        vehicles_ask_certificate(pending, &request, answer_certificate);
    }
}

/* --- revocation
 * -------------------------------------------------------------------------------------------------------------------- */

static void answer_status(struct pending *pending)
{
    const struct ocpp201_get_certificate_status_res res = {
        .status = pending->verdict.word ? OCPP201_GET_CERTIFICATE_STATUS_ACCEPTED : OCPP201_GET_CERTIFICATE_STATUS_FAILED,
        .ocsp_result = pending->verdict.text,
    };

    station_reply(pending->station, pending->token, &res);
    pending_free(pending);
}

static void handle_status(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_get_certificate_status_req *req = call->request;
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp201_get_certificate_status_res failed = { .status = OCPP201_GET_CERTIFICATE_STATUS_FAILED };
    struct ocpp_ocsp_target target;
    struct pending *pending;

    if (!vehicles_handler(station)->on_certificate_status) {
        if (!handler->on_call || !handler->on_call(station, bridge_original(station, call), handler->user)) {
            station_reply(station, call->token, &failed);
        }
        return;
    }
    if (!read_target(&req->ocsp_request_data, &target)) {
        station_refuse(station, call->token, OCPP_ERR_LENGTH);
        return;
    }
    pending = pending_for(station, call);
    if (pending) {
        vehicles_ask_status(pending, &target, answer_status);
    }
}

/* clang-format off */
const struct central_route central_v201_vehicles[] = {
    { &ocpp201_actions[OCPP201_ACTION_GET_15118_EV_CERTIFICATE], handle_certificate },
    { &ocpp201_actions[OCPP201_ACTION_GET_CERTIFICATE_STATUS],   handle_status },
    { 0 },
};
/* clang-format on */
