/* dialect_v16_certificates.c: certificates in the security extension of OCPP 1.6 (whitepaper edition 3, 5.1 to 5.4, 5.7, 5.8,
 * 5.11, 5.12, 5.17): the station's own towards the central system, and two kinds of roots. */
#include "arena.h"
#include "certificates.h"
#include "dialect_v16.h"
#include "dialect_v16_pnc.h"

static const enum ocpp_root_use uses[] = {
    [OCPP16_CERTIFICATE_USE_CENTRAL_SYSTEM_ROOT_CERTIFICATE] = OCPP_ROOT_CSMS,
    [OCPP16_CERTIFICATE_USE_MANUFACTURER_ROOT_CERTIFICATE] = OCPP_ROOT_MANUFACTURER,
};

static void on_install(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_install_certificate_req *request = call->request;
    enum ocpp_certificate_fault fault;
    const enum verdict verdict = ocpp_cp_install_root(cp, uses[request->certificate_type], request->certificate, &fault);
    const struct ocpp16_install_certificate_conf conf = {
        .status = verdict == VERDICT_ACCEPTED   ? OCPP16_INSTALL_CERTIFICATE_STATUS_ACCEPTED
                  : verdict == VERDICT_REJECTED ? OCPP16_INSTALL_CERTIFICATE_STATUS_REJECTED
                                                : OCPP16_INSTALL_CERTIFICATE_STATUS_FAILED,
    };
    ocpp_cp_reply(cp, call, &conf);
}

/* A root that the link stands on stays (M04.FR.06). */
static void on_delete(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_delete_certificate_req *request = call->request;
    const struct ocpp16_certificate_hash_data *data = &request->certificate_hash_data;
    const struct named_certificate named = {
        .algorithm = (enum ocpp_hash)(data->hash_algorithm - OCPP16_HASH_ALGORITHM_SHA256),
        .issuer_name_hash = data->issuer_name_hash,
        .issuer_key_hash = data->issuer_key_hash,
        .serial_number = data->serial_number,
    };
    const enum verdict verdict = ocpp_cp_delete_certificate(cp, &named, true);
    const struct ocpp16_delete_certificate_conf conf = {
        .status = verdict == VERDICT_ACCEPTED  ? OCPP16_DELETE_CERTIFICATE_STATUS_ACCEPTED
                  : verdict == VERDICT_UNKNOWN ? OCPP16_DELETE_CERTIFICATE_STATUS_NOT_FOUND
                                               : OCPP16_DELETE_CERTIFICATE_STATUS_FAILED,
    };
    ocpp_cp_reply(cp, call, &conf);
}

static enum ocpp_status list(struct ocpp_charge_point *cp, enum ocpp_root_use use,
                             struct ocpp16_get_installed_certificate_ids_conf *conf)
{
    const struct installed *installed;
    size_t count;
    const enum ocpp_status status = ocpp_cp_installed(cp, OCPP_ROOT_BIT(use), &installed, &count);
    if (status != OCPP_OK) {
        return status;
    }
    struct ocpp16_certificate_hash_data *items = ocpp_arena_take(cp->arena, (count + 1) * sizeof(*items));
    if (items == NULL) {
        return OCPP_ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        items[i] = (struct ocpp16_certificate_hash_data){
            .hash_algorithm = (enum ocpp16_hash_algorithm)(installed[i].hash.algorithm + OCPP16_HASH_ALGORITHM_SHA256),
            .issuer_name_hash = installed[i].hash.issuer_name_hash,
            .issuer_key_hash = installed[i].hash.issuer_key_hash,
            .serial_number = installed[i].hash.serial_number,
        };
    }
    conf->status =
        count > 0 ? OCPP16_GET_INSTALLED_CERTIFICATE_STATUS_ACCEPTED : OCPP16_GET_INSTALLED_CERTIFICATE_STATUS_NOT_FOUND;
    conf->certificate_hash_data.items = count > 0 ? items : NULL; /* an empty list is none */
    conf->certificate_hash_data.count = count;
    return OCPP_OK;
}

static void on_get_installed(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_get_installed_certificate_ids_req *request = call->request;
    struct ocpp16_get_installed_certificate_ids_conf conf = { .certificate_hash_data = { NULL, 0 } };
    ocpp_arena_reset(cp->arena);
    const enum ocpp_status status = list(cp, uses[request->certificate_type], &conf);
    ocpp_cp_reply(cp, call, status == OCPP_OK ? &conf : NULL);
}

static void on_signed(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_certificate_signed_req *request = call->request;
    enum ocpp_certificate_fault fault;
    const enum verdict verdict = ocpp_cp_certificate_signed(cp, OCPP_KEY_STATION, request->certificate_chain, &fault);
    const struct ocpp16_certificate_signed_conf conf = {
        .status =
            verdict == VERDICT_ACCEPTED ? OCPP16_CERTIFICATE_SIGNED_STATUS_ACCEPTED : OCPP16_CERTIFICATE_SIGNED_STATUS_REJECTED,
    };
    ocpp_cp_reply(cp, call, &conf);
}

const struct hearing ocpp_cp_v16_certificate_hearings[CERTIFICATE_HEARINGS] = {
    { &ocpp16_actions[OCPP16_ACTION_INSTALL_CERTIFICATE], on_install },
    { &ocpp16_actions[OCPP16_ACTION_DELETE_CERTIFICATE], on_delete },
    { &ocpp16_actions[OCPP16_ACTION_GET_INSTALLED_CERTIFICATE_IDS], on_get_installed },
    { &ocpp16_actions[OCPP16_ACTION_CERTIFICATE_SIGNED], on_signed },
};

/* --- asking ----------------------------------------------------------------------------------------------------------------- */

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    struct ocpp_charge_point *cp = user;
    const struct ocpp16_sign_certificate_conf *conf = answer->response;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(cp, answer->status);
        return;
    }
    ocpp_cp_signing_answered(cp, conf->status == OCPP16_GENERIC_STATUS_ACCEPTED);
}

static enum ocpp_status send_request(struct ocpp_charge_point *cp, enum ocpp_key_use use, bool is_combined, const char *csr)
{
    (void)is_combined;
#if OCPP_WITH_PLUG_AND_CHARGE
    if (use == OCPP_KEY_V2G) { /* the application note on ISO 15118 */
        return ocpp_cp_v16_pnc_sign(cp, csr);
    }
#else
    (void)use; /* there is only the one towards the central system */
#endif
    const struct ocpp16_sign_certificate_req request = { .csr = csr };
    return ocpp_cp_send(cp, &ocpp16_actions[OCPP16_ACTION_SIGN_CERTIFICATE], &request, NULL, on_answer);
}

const struct certificate_words ocpp_cp_v16_certificate_words = {
    .signs = 1u << OCPP_KEY_STATION | OCPP_WITH_PLUG_AND_CHARGE << OCPP_KEY_V2G,
    .send_request = send_request,
};
