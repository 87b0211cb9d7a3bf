/* dialect_v201_pnc.c: contracts, contract certificates and OCSP in OCPP 2.0.1 (C07, M01, M02, M06). */
#include "dialect_v201.h"
#include "pnc.h"

#include "vocabulary_v201.h"

static struct ocpp201_ocsp_request_data target_of(const struct ocpp_ocsp_target *target)
{
    static const enum ocpp201_hash_algorithm algorithms[] = {
        [OCPP_HASH_SHA256] = OCPP201_HASH_ALGORITHM_SHA256,
        [OCPP_HASH_SHA384] = OCPP201_HASH_ALGORITHM_SHA384,
        [OCPP_HASH_SHA512] = OCPP201_HASH_ALGORITHM_SHA512,
    };
    return (struct ocpp201_ocsp_request_data){
        .hash_algorithm = algorithms[target->certificate.algorithm],
        .issuer_name_hash = target->certificate.issuer_name_hash,
        .issuer_key_hash = target->certificate.issuer_key_hash,
        .serial_number = target->certificate.serial_number,
        .responder_url = target->responder_url,
    };
}

/* --- contracts ------------------------------------------------------------------------------------------------------------ */

static enum ocpp_certificate_status status_of(enum ocpp201_authorize_certificate_status word)
{
    static const enum ocpp_certificate_status words[] = {
        [OCPP201_AUTHORIZE_CERTIFICATE_STATUS_UNSET] = OCPP_CERTIFICATE_STATUS_NONE,
        [OCPP201_AUTHORIZE_CERTIFICATE_STATUS_ACCEPTED] = OCPP_CERTIFICATE_STATUS_ACCEPTED,
        [OCPP201_AUTHORIZE_CERTIFICATE_STATUS_SIGNATURE_ERROR] = OCPP_CERTIFICATE_STATUS_SIGNATURE_ERROR,
        [OCPP201_AUTHORIZE_CERTIFICATE_STATUS_CERTIFICATE_EXPIRED] = OCPP_CERTIFICATE_STATUS_EXPIRED,
        [OCPP201_AUTHORIZE_CERTIFICATE_STATUS_CERTIFICATE_REVOKED] = OCPP_CERTIFICATE_STATUS_REVOKED,
        [OCPP201_AUTHORIZE_CERTIFICATE_STATUS_NO_CERTIFICATE_AVAILABLE] = OCPP_CERTIFICATE_STATUS_NONE_AVAILABLE,
        [OCPP201_AUTHORIZE_CERTIFICATE_STATUS_CERT_CHAIN_ERROR] = OCPP_CERTIFICATE_STATUS_CHAIN_ERROR,
        [OCPP201_AUTHORIZE_CERTIFICATE_STATUS_CONTRACT_CANCELLED] = OCPP_CERTIFICATE_STATUS_CONTRACT_CANCELLED,
    };
    return words[word];
}

static void on_authorize_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(user, answer->status);
        return;
    }
    const struct ocpp201_authorize_res *response = answer->response;
    struct token_info info;
    ocpp_cp_v201_token_info(&response->id_token_info, &info);
    ocpp_cp_contract_answered(user, &info, status_of(response->certificate_status));
}

static enum ocpp_status authorize(struct ocpp_charge_point *cp, const struct contract *contract)
{
    const struct contract_question *question = contract->question;
    struct ocpp201_ocsp_request_data targets[OCPP_CONTRACT_HASHES];
    for (size_t i = 0; i < question->target_count; i++) {
        targets[i] = target_of(&question->targets[i]);
    }
    const struct ocpp201_authorize_req request = {
        .id_token = { .id_token = contract->token.id, .type = OCPP201_ID_TOKEN_KIND_EMAID },
        .certificate = question->chain[0] == '\0' ? NULL : question->chain,
        .iso15118_certificate_hash_data = { .items = question->target_count == 0 ? NULL : targets,
                                            .count = question->target_count },
    };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_AUTHORIZE], &request, NULL, on_authorize_answer);
}

/* --- contract certificates -------------------------------------------------------------------------------------------------- */

static void on_certificate_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    struct ocpp_charge_point *cp = user;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(cp, answer->status);
        return;
    }
    const struct ocpp201_get_15118_ev_certificate_res *response = answer->response;
    const bool is_there = response->status == OCPP201_ISO15118_EV_CERTIFICATE_STATUS_ACCEPTED;
    ocpp_cp_ev_certificate_answered(cp, is_there ? OCPP_OK : OCPP_ERR_CALL_ERROR, response->exi_response);
    ocpp_cp_flight_over(cp);
}

static enum ocpp_status send_certificate(struct ocpp_charge_point *cp, const struct ev_certificate *certificate)
{
    const bool is_new = certificate->action == OCPP_EV_CERTIFICATE_INSTALL;
    const struct ocpp201_get_15118_ev_certificate_req request = {
        .iso15118_schema_version = certificate->texts->schema_version,
        .action = is_new ? OCPP201_CERTIFICATE_ACTION_INSTALL : OCPP201_CERTIFICATE_ACTION_UPDATE,
        .exi_request = certificate->texts->exi,
    };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_GET_15118_EV_CERTIFICATE], &request, NULL, on_certificate_answer);
}

/* --- OCSP ---------------------------------------------------------------------------------------------------------------------
 */

static void on_ocsp_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    struct ocpp_charge_point *cp = user;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(cp, answer->status);
        return;
    }
    const struct ocpp201_get_certificate_status_res *response = answer->response;
    const bool is_there = response->status == OCPP201_GET_CERTIFICATE_STATUS_ACCEPTED;
    ocpp_cp_ocsp_answered(cp, is_there ? OCPP_OK : OCPP_ERR_CALL_ERROR, response->ocsp_result);
    ocpp_cp_flight_over(cp);
}

static enum ocpp_status send_ocsp(struct ocpp_charge_point *cp, const struct ocpp_ocsp_target *target)
{
    const struct ocpp201_get_certificate_status_req request = { .ocsp_request_data = target_of(target) };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_GET_CERTIFICATE_STATUS], &request, NULL, on_ocsp_answer);
}

const struct pnc_words ocpp_cp_v201_pnc_words = {
    .authorize = authorize,
    .send_certificate = send_certificate,
    .send_ocsp = send_ocsp,
    .send_needs = ocpp_cp_v201_send_needs,
    .send_choice = ocpp_cp_v201_send_choice,
};
