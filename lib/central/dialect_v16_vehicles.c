/* dialect_v16_vehicles.c: what stations ask for vehicles that speak ISO 15118 in OCPP 1.6: messages of 2.0.1 as JSON within the
 * DataTransfer of one vendor. What is ordered is in dialect_v16_vehicle_orders.c. */
#include "dialect_v16_vehicles.h"
#include "dialect.h"
#include "vehicles.h"

#include <ocpp/central_drivers.h>
#include <ocpp/v16.h>

#include "text.h"

#include <string.h>

enum { ID_TOKEN_CHARACTERS = 36 };

/* --- answers -------------------------------------------------------------------------------------------------------------- */

static void say(struct pending *pending, enum ocpp16_data_transfer_status status, const char *data)
{
    const struct ocpp16_data_transfer_conf conf = { .status = status, .data = data };

    station_reply(pending->station, pending->token, &conf);
    pending_free(pending);
}

static void answer(struct pending *pending, enum ocpp16_pnc_action index, const void *conf)
{
    const char *text;
    size_t size;
    struct ocpp_issue issue;
    const enum ocpp_status status =
        ocpp_message_encode(ocpp16_pnc_actions[index].response, conf, pending->arena, &text, &size, &issue);

    if (status != OCPP_OK) {
        ocpp_log_write(&pending->central->settings.log, OCPP_LOG_ERROR, "%s: our answer could not be written: %s at \"%s\"",
                       pending->station->identity, ocpp_status_sentence(status), issue.path);
        pending_refuse(pending, ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE ? OCPP_ERR_ARGUMENT : status);
        return;
    }
    say(pending, OCPP16_DATA_TRANSFER_STATUS_ACCEPTED, text);
}

/* --- contracts (C07 of 2.0.1) ----------------------------------------------------------------------------------------------- */

static const enum ocpp16_pnc_authorize_certificate_status certificate_statuses[] = {
    [OCPP_CERTIFICATE_STATUS_NONE] = OCPP16_PNC_AUTHORIZE_CERTIFICATE_STATUS_UNSET,
    [OCPP_CERTIFICATE_STATUS_ACCEPTED] = OCPP16_PNC_AUTHORIZE_CERTIFICATE_STATUS_ACCEPTED,
    [OCPP_CERTIFICATE_STATUS_SIGNATURE_ERROR] = OCPP16_PNC_AUTHORIZE_CERTIFICATE_STATUS_SIGNATURE_ERROR,
    [OCPP_CERTIFICATE_STATUS_EXPIRED] = OCPP16_PNC_AUTHORIZE_CERTIFICATE_STATUS_CERTIFICATE_EXPIRED,
    [OCPP_CERTIFICATE_STATUS_REVOKED] = OCPP16_PNC_AUTHORIZE_CERTIFICATE_STATUS_CERTIFICATE_REVOKED,
    [OCPP_CERTIFICATE_STATUS_NONE_AVAILABLE] = OCPP16_PNC_AUTHORIZE_CERTIFICATE_STATUS_NO_CERTIFICATE_AVAILABLE,
    [OCPP_CERTIFICATE_STATUS_CHAIN_ERROR] = OCPP16_PNC_AUTHORIZE_CERTIFICATE_STATUS_CERT_CHAIN_ERROR,
    [OCPP_CERTIFICATE_STATUS_CONTRACT_CANCELLED] = OCPP16_PNC_AUTHORIZE_CERTIFICATE_STATUS_CONTRACT_CANCELLED,
};

static void answer_authorize(struct pending *pending)
{
    const struct ocpp_authorize_decision *decision = &pending->authorize;
    const char *word = ocpp_authorization_name(decision->authorization);
    const int status = ocpp_enum_value(&ocpp16_pnc_authorization_status_enum, word);
    const bool has_expiry = decision->expires_utc_ms != OCPP_UTC_UNKNOWN;
    const char *group_id = decision->group_id;
    const struct ocpp16_pnc_id_token group = { .id_token = group_id, .type = "Central" };
    const bool has_group = group_id && ocpp_text_count(group_id, strlen(group_id)) <= ID_TOKEN_CHARACTERS;
    const struct ocpp16_pnc_authorize_conf conf = {
        .id_token_info = {
            .status = status ? (enum ocpp16_pnc_authorization_status)status : OCPP16_PNC_AUTHORIZATION_STATUS_INVALID,
            .has_cache_expiry_date_time = has_expiry,
            .cache_expiry_date_time = decision->expires_utc_ms,
            .group_id_token = has_group ? &group : NULL, /* as 2.0.1 has it */
        },
        .certificate_status = certificate_statuses[decision->certificate],
    };

    answer(pending, OCPP16_PNC_ACTION_AUTHORIZE, &conf);
}

/* The eMAID: the member of an object, or a text by itself, which becomes the member of one. NULL: neither. */
static const char *emaid_of(struct pending *pending, const char *json)
{
    static const char head[] = "{\"idToken\":";
    const size_t size = strlen(json);
    const void *token;

    if (json[0] == '"') {
        char *text = ocpp_arena_take(pending->arena, sizeof head + size + 1);
        if (!text) {
            return NULL;
        }
        memcpy(text, head, sizeof head - 1);
        memcpy(text + sizeof head - 1, json, size);
        memcpy(text + sizeof head - 1 + size, "}", 2);
        json = text;
    }
    if (ocpp_message_decode(&ocpp16_pnc_id_token_type, json, strlen(json), NULL, NULL, pending->arena, &token, NULL) != OCPP_OK) {
        return NULL;
    }
    return ((const struct ocpp16_pnc_id_token *)token)->id_token;
}

static bool read_target(const struct ocpp16_pnc_ocsp_request_data *data, struct ocpp_ocsp_target *target)
{
    const struct target_words words = { data->issuer_name_hash, data->issuer_key_hash, data->serial_number, data->responder_url };

    return vehicles_read_target((enum ocpp_hash)(data->hash_algorithm - OCPP16_PNC_HASH_ALGORITHM_SHA256), &words, target);
}

/* The certificates whose revocation is to be asked for; false: they cannot be read. */
static bool read_targets(struct pending *pending, const struct ocpp16_pnc_authorize_req *req,
                         struct ocpp_authorize_request *request)
{
    const size_t count = req->iso15118_certificate_hash_data.count;
    struct ocpp_ocsp_target *targets = ocpp_arena_take(pending->arena, (count + 1) * sizeof *targets);
    bool are = targets != NULL;

    for (size_t i = 0; are && i < count; i++) {
        are = read_target(&req->iso15118_certificate_hash_data.items[i], &targets[i]);
    }
    request->targets = targets;
    request->target_count = count;
    return are;
}

static void handle_authorize(struct pending *pending, const void *message)
{
    const struct ocpp16_pnc_authorize_req *req = message;
    struct ocpp_authorize_request request = {
        .token = { emaid_of(pending, req->id_token), OCPP_TOKEN_EMAID },
        .purpose = OCPP_AUTHORIZE_ALONE,
        .certificate = req->certificate,
    };

    if (!request.token.id || !read_targets(pending, req, &request)) {
        say(pending, OCPP16_DATA_TRANSFER_STATUS_REJECTED, NULL);
        return;
    }
    authorization_ask(pending, &request, answer_authorize);
}

/* --- contract certificates, revocation ------------------------------------------------------------------------------------- */

static void answer_certificate(struct pending *pending)
{
    const struct ocpp16_pnc_get_15118_ev_certificate_conf conf = {
        .status = pending->verdict.word ? OCPP16_PNC_ISO15118_EV_CERTIFICATE_STATUS_ACCEPTED
                                        : OCPP16_PNC_ISO15118_EV_CERTIFICATE_STATUS_FAILED,
        .exi_response = pending->verdict.text ? pending->verdict.text : "",
    };

    answer(pending, OCPP16_PNC_ACTION_GET_15118_EV_CERTIFICATE, &conf);
}

static void handle_certificate(struct pending *pending, const void *message)
{
    const struct ocpp16_pnc_get_15118_ev_certificate_req *req = message;
    const struct ocpp_ev_certificate_request request = {
        .action = req->action == OCPP16_PNC_CERTIFICATE_ACTION_UPDATE ? OCPP_EV_CERTIFICATE_UPDATE : OCPP_EV_CERTIFICATE_INSTALL,
        .schema_version = req->iso15118_schema_version,
        .exi_request = req->exi_request,
    };

    vehicles_ask_certificate(pending, &request, answer_certificate);
}

static bool hears_certificates(const struct ocpp_central_handler *handler)
{
    return handler->vehicles->on_ev_certificate;
}

static void answer_status(struct pending *pending)
{
    const struct ocpp16_pnc_get_certificate_status_conf conf = {
        .status = pending->verdict.word ? OCPP16_PNC_GET_CERTIFICATE_STATUS_ACCEPTED : OCPP16_PNC_GET_CERTIFICATE_STATUS_FAILED,
        .ocsp_result = pending->verdict.text,
    };

    answer(pending, OCPP16_PNC_ACTION_GET_CERTIFICATE_STATUS, &conf);
}

/* Without a function for it nobody is asked, and it failed (M06.FR.04). */
static void handle_status(struct pending *pending, const void *message)
{
    const struct ocpp16_pnc_get_certificate_status_req *req = message;
    struct ocpp_ocsp_target target;

    if (!read_target(&req->ocsp_request_data, &target)) {
        say(pending, OCPP16_DATA_TRANSFER_STATUS_REJECTED, NULL);
    } else if (pending->central->handler.vehicles->on_certificate_status) {
        vehicles_ask_status(pending, &target, answer_status);
    } else {
        answer_status(pending);
    }
}

/* --- the station's certificate for vehicles ----------------------------------------------------------------------------------
 */

static void handle_sign_request(struct pending *pending, const void *message)
{
    const struct ocpp16_pnc_sign_certificate_req *req = message;
    const struct ocpp_central_handler *handler = &pending->central->handler;
    const struct ocpp_station_sign_request request = {
        .csr = req->csr,
        .for_station = req->certificate_type == OCPP16_PNC_CERTIFICATE_SIGNING_USE_CHARGING_STATION_CERTIFICATE,
        .for_vehicles = req->certificate_type != OCPP16_PNC_CERTIFICATE_SIGNING_USE_CHARGING_STATION_CERTIFICATE,
    };
    struct ocpp16_pnc_sign_certificate_conf conf = { .status = OCPP16_PNC_GENERIC_STATUS_REJECTED };

    if (handler->on_sign_request(pending->station, &request, handler->user)) {
        conf.status = OCPP16_PNC_GENERIC_STATUS_ACCEPTED;
    }
    answer(pending, OCPP16_PNC_ACTION_SIGN_CERTIFICATE, &conf);
}

static bool hears_sign_requests(const struct ocpp_central_handler *handler)
{
    return handler->on_sign_request;
}

/* --- which is it ---------------------------------------------------------------------------------------------------------------
 */

static const struct vehicle_route {
    enum ocpp16_pnc_action action;
    void (*handle)(struct pending *pending, const void *message); /* answers, or awaits a decision */
    bool (*is_heard)(const struct ocpp_central_handler *handler); /* NULL: always */
} routes[] = {
    { OCPP16_PNC_ACTION_AUTHORIZE, handle_authorize, NULL },
    { OCPP16_PNC_ACTION_GET_15118_EV_CERTIFICATE, handle_certificate, hears_certificates },
    { OCPP16_PNC_ACTION_GET_CERTIFICATE_STATUS, handle_status, NULL },
    { OCPP16_PNC_ACTION_SIGN_CERTIFICATE, handle_sign_request, hears_sign_requests },
};

static const struct vehicle_route *route_of(const char *message_id)
{
    for (size_t i = 0; message_id && i < sizeof routes / sizeof routes[0]; i++) {
        if (strcmp(ocpp16_pnc_actions[routes[i].action].name, message_id) == 0) {
            return &routes[i];
        }
    }
    return NULL;
}

static void take(struct pending *pending, const struct vehicle_route *route, const char *data)
{
    const struct ocpp_action *action = &ocpp16_pnc_actions[route->action];
    struct ocpp_issue issue;
    const void *message;
    const enum ocpp_status status =
        data ? ocpp_message_decode(action->request, data, strlen(data), &pending->central->settings.limits, NULL, pending->arena,
                                   &message, &issue)
             : OCPP_ERR_MISSING_MEMBER;

    if (status == OCPP_OK) {
        route->handle(pending, message);
    } else if (ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE) {
        ocpp_log_write(&pending->central->settings.log, OCPP_LOG_WARNING, "%s: %s of ISO 15118 cannot be read: %s",
                       pending->station->identity, action->name, ocpp_status_sentence(status));
        say(pending, OCPP16_DATA_TRANSFER_STATUS_REJECTED, NULL);
    } else {
        pending_refuse(pending, status);
    }
}

/* What the application has no function for goes the way of all DataTransfer, and is unknown where nobody takes it. */
bool central_v16_vehicle_call(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    const struct ocpp16_data_transfer_req *req = call->request;
    const struct ocpp16_data_transfer_conf unknown = { .status = OCPP16_DATA_TRANSFER_STATUS_UNKNOWN_MESSAGE_ID };
    const struct vehicle_route *route = route_of(req->message_id);
    struct pending *pending;

    if (!handler->vehicles || strcmp(req->vendor_id, V16_PNC_VENDOR) != 0) {
        return false;
    }
    if (!route || (route->is_heard && !route->is_heard(handler))) {
        if (handler->drivers && handler->drivers->on_data) {
            return false;
        }
        if (!handler->on_call || !handler->on_call(station, call, handler->user)) {
            station_reply(station, call->token, &unknown);
        }
        return true;
    }
    pending = pending_for(station, call);
    if (pending) {
        take(pending, route, req->data);
    }
    return true;
}
