/* dialect_v16_pnc.c: what a charge point asks of the central system about ISO 15118 in OCPP 1.6. What it hears is in
 * dialect_v16_pnc_calls.c. */
#include "certificates.h"
#include "dialect_v16_pnc.h"
#include "pnc.h"

#include <string.h>

#include "text.h"

static const struct ocpp_action *action(enum ocpp16_pnc_action index)
{
    return &ocpp16_pnc_actions[index];
}

static enum ocpp_status ask(struct ocpp_charge_point *cp, enum ocpp16_pnc_action index, const void *message,
                            void (*on_answer)(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user))
{
    const char *text;
    size_t size;
    ocpp_arena_reset(cp->arena);
    const enum ocpp_status status = ocpp_message_encode(action(index)->request, message, cp->arena, &text, &size, NULL);
    const struct ocpp16_data_transfer_req request = { .vendor_id = PNC_VENDOR, .message_id = action(index)->name, .data = text };
    return status != OCPP_OK ? status : ocpp_cp_send(cp, &ocpp16_actions[OCPP16_ACTION_DATA_TRANSFER], &request, NULL, on_answer);
}

/* What was answered, until the next message is made; |*status| says why there is nothing. */
static const void *heard(struct ocpp_charge_point *cp, enum ocpp16_pnc_action index, const struct ocpp_answer *answer,
                         enum ocpp_status *status)
{
    const void *conf = NULL;
    const struct ocpp16_data_transfer_conf *transfer = answer->response;
    *status = answer->status;
    if (*status != OCPP_OK) {
        return NULL;
    }
    if (transfer->status != OCPP16_DATA_TRANSFER_STATUS_ACCEPTED) {
        *status = OCPP_ERR_CALL_ERROR;
        return NULL;
    }
    ocpp_arena_reset(cp->arena);
    *status = transfer->data == NULL ? OCPP_ERR_BAD_ANSWER
                                     : ocpp_message_decode(action(index)->response, transfer->data, strlen(transfer->data),
                                                           &cp->settings.limits, NULL, cp->arena, &conf, NULL);
    if (*status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "the answer to %s of ISO 15118 cannot be read: %s", action(index)->name,
                    ocpp_status_sentence(*status));
        *status = ocpp_status_class_of(*status) == OCPP_CLASS_MESSAGE ? OCPP_ERR_BAD_ANSWER : *status;
        return NULL;
    }
    return conf;
}

static struct ocpp16_pnc_ocsp_request_data target_of(const struct ocpp_ocsp_target *target)
{
    return (struct ocpp16_pnc_ocsp_request_data){
        .hash_algorithm = (enum ocpp16_pnc_hash_algorithm)(target->certificate.algorithm + OCPP16_PNC_HASH_ALGORITHM_SHA256),
        .issuer_name_hash = target->certificate.issuer_name_hash,
        .issuer_key_hash = target->certificate.issuer_key_hash,
        .serial_number = target->certificate.serial_number,
        .responder_url = target->responder_url,
    };
}

/* --- contracts ----------------------------------------------------------------------------------------------------------------
 */

static enum ocpp_certificate_status status_of(enum ocpp16_pnc_authorize_certificate_status word)
{
    static const enum ocpp_certificate_status words[] = {
        [OCPP16_PNC_AUTHORIZE_CERTIFICATE_STATUS_UNSET] = OCPP_CERTIFICATE_STATUS_NONE,
        [OCPP16_PNC_AUTHORIZE_CERTIFICATE_STATUS_ACCEPTED] = OCPP_CERTIFICATE_STATUS_ACCEPTED,
        [OCPP16_PNC_AUTHORIZE_CERTIFICATE_STATUS_SIGNATURE_ERROR] = OCPP_CERTIFICATE_STATUS_SIGNATURE_ERROR,
        [OCPP16_PNC_AUTHORIZE_CERTIFICATE_STATUS_CERTIFICATE_EXPIRED] = OCPP_CERTIFICATE_STATUS_EXPIRED,
        [OCPP16_PNC_AUTHORIZE_CERTIFICATE_STATUS_CERTIFICATE_REVOKED] = OCPP_CERTIFICATE_STATUS_REVOKED,
        [OCPP16_PNC_AUTHORIZE_CERTIFICATE_STATUS_NO_CERTIFICATE_AVAILABLE] = OCPP_CERTIFICATE_STATUS_NONE_AVAILABLE,
        [OCPP16_PNC_AUTHORIZE_CERTIFICATE_STATUS_CERT_CHAIN_ERROR] = OCPP_CERTIFICATE_STATUS_CHAIN_ERROR,
        [OCPP16_PNC_AUTHORIZE_CERTIFICATE_STATUS_CONTRACT_CANCELLED] = OCPP_CERTIFICATE_STATUS_CONTRACT_CANCELLED,
    };
    return words[word];
}

/* The dates and the group in both spellings. */
static void fill_info(const struct ocpp16_pnc_id_token_info *wire, struct token_info *info)
{
    memset(info, 0, sizeof(*info));
    info->authorization =
        (int32_t)ocpp_authorization_of(ocpp_enum_name(&ocpp16_pnc_authorization_status_enum, (int)wire->status));
    info->expires = wire->has_expiry_date || wire->has_cache_expiry_date_time;
    info->expires_utc_ms = wire->has_expiry_date              ? wire->expiry_date
                           : wire->has_cache_expiry_date_time ? wire->cache_expiry_date_time
                                                              : 0;
    const char *group = wire->parent_id_tag != NULL    ? wire->parent_id_tag
                        : wire->group_id_token != NULL ? wire->group_id_token->id_token
                                                       : "";
    ocpp_text_copy(info->group, sizeof(info->group), group);
}

static void on_authorize_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    struct ocpp_charge_point *cp = user;
    enum ocpp_status status;
    const struct ocpp16_pnc_authorize_conf *conf = heard(cp, OCPP16_PNC_ACTION_AUTHORIZE, answer, &status);
    if (conf == NULL) {
        ocpp_cp_flight_failed(cp, status);
        return;
    }
    struct token_info info;
    fill_info(&conf->id_token_info, &info);
    ocpp_cp_contract_answered(cp, &info, status_of(conf->certificate_status));
}

/* The eMAID as JSON: an object as in 2.0.1, or a text. Nothing in an eMAID needs escaping (DIN SPEC 91286, ISO 15118). */
static const char *id_token_of(struct ocpp_charge_point *cp, const struct token *token, char *text, size_t room)
{
    static const char *const parts[][2] = { { "{\"idToken\":\"", "\",\"type\":\"eMAID\"}" }, { "\"", "\"" } };
    const char *const *part = parts[ocpp_cp_pnc(cp)->settings.v16_id_token_is_text ? 1 : 0];
    const size_t size = strlen(part[0]);
    const size_t id_size = strlen(token->id);
    if (strpbrk(token->id, "\"\\") != NULL || size + id_size + strlen(part[1]) >= room) {
        return NULL;
    }
    memcpy(text, part[0], size);
    memcpy(text + size, token->id, id_size);
    ocpp_text_copy(text + size + id_size, room - size - id_size, part[1]);
    return text;
}

static enum ocpp_status authorize(struct ocpp_charge_point *cp, const struct contract *contract)
{
    char id_token[TOKEN_SIZE + 48];
    const struct contract_question *question = contract->question;
    struct ocpp16_pnc_ocsp_request_data targets[OCPP_CONTRACT_HASHES];
    for (size_t i = 0; i < question->target_count; i++) {
        targets[i] = target_of(&question->targets[i]);
    }
    const struct ocpp16_pnc_authorize_req request = {
        .id_token = id_token_of(cp, &contract->token, id_token, sizeof(id_token)),
        .certificate = question->chain[0] == '\0' ? NULL : question->chain,
        .iso15118_certificate_hash_data = { .items = question->target_count == 0 ? NULL : targets,
                                            .count = question->target_count },
    };
    return request.id_token == NULL ? OCPP_ERR_VALUE : ask(cp, OCPP16_PNC_ACTION_AUTHORIZE, &request, on_authorize_answer);
}

/* --- contract certificates
 * ------------------------------------------------------------------------------------------------------ */

static void on_certificate_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    struct ocpp_charge_point *cp = user;
    enum ocpp_status status;
    const struct ocpp16_pnc_get_15118_ev_certificate_conf *conf =
        heard(cp, OCPP16_PNC_ACTION_GET_15118_EV_CERTIFICATE, answer, &status);
    if (conf == NULL) {
        ocpp_cp_flight_failed(cp, status);
        return;
    }
    const bool is_there = conf->status == OCPP16_PNC_ISO15118_EV_CERTIFICATE_STATUS_ACCEPTED;
    ocpp_cp_ev_certificate_answered(cp, is_there ? OCPP_OK : OCPP_ERR_CALL_ERROR, conf->exi_response);
    ocpp_cp_flight_over(cp);
}

static enum ocpp_status send_certificate(struct ocpp_charge_point *cp, const struct ev_certificate *certificate)
{
    const bool is_new = certificate->action == OCPP_EV_CERTIFICATE_INSTALL;
    const struct ocpp16_pnc_get_15118_ev_certificate_req request = {
        .iso15118_schema_version = certificate->texts->schema_version,
        .action = is_new ? OCPP16_PNC_CERTIFICATE_ACTION_INSTALL : OCPP16_PNC_CERTIFICATE_ACTION_UPDATE,
        .exi_request = certificate->texts->exi,
    };
    return ask(cp, OCPP16_PNC_ACTION_GET_15118_EV_CERTIFICATE, &request, on_certificate_answer);
}

/* --- OCSP
 * ------------------------------------------------------------------------------------------------------------------------ */

static void on_ocsp_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    struct ocpp_charge_point *cp = user;
    enum ocpp_status status;
    const struct ocpp16_pnc_get_certificate_status_conf *conf =
        heard(cp, OCPP16_PNC_ACTION_GET_CERTIFICATE_STATUS, answer, &status);
    if (conf == NULL) {
        ocpp_cp_flight_failed(cp, status);
        return;
    }
    const bool is_there = conf->status == OCPP16_PNC_GET_CERTIFICATE_STATUS_ACCEPTED;
    ocpp_cp_ocsp_answered(cp, is_there ? OCPP_OK : OCPP_ERR_CALL_ERROR, conf->ocsp_result);
    ocpp_cp_flight_over(cp);
}

static enum ocpp_status send_ocsp(struct ocpp_charge_point *cp, const struct ocpp_ocsp_target *target)
{
    const struct ocpp16_pnc_get_certificate_status_req request = { .ocsp_request_data = target_of(target) };
    return ask(cp, OCPP16_PNC_ACTION_GET_CERTIFICATE_STATUS, &request, on_ocsp_answer);
}

/* There are no words for needs and choices: the vehicle is offered what the profiles of 1.6 allow. */
const struct pnc_words ocpp_cp_v16_pnc_words = {
    .authorize = authorize,
    .send_certificate = send_certificate,
    .send_ocsp = send_ocsp,
};

/* --- the SECC's own certificate
 * ----------------------------------------------------------------------------------------------------- */

#if OCPP_WITH_CERTIFICATES
static void on_sign_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    struct ocpp_charge_point *cp = user;
    enum ocpp_status status;
    const struct ocpp16_pnc_sign_certificate_conf *conf = heard(cp, OCPP16_PNC_ACTION_SIGN_CERTIFICATE, answer, &status);
    if (conf == NULL) {
        ocpp_cp_flight_failed(cp, status);
        return;
    }
    ocpp_cp_signing_answered(cp, conf->status == OCPP16_PNC_GENERIC_STATUS_ACCEPTED);
}

enum ocpp_status ocpp_cp_v16_pnc_sign(struct ocpp_charge_point *cp, const char *csr)
{
    const struct ocpp16_pnc_sign_certificate_req request = {
        .csr = csr,
        .certificate_type = OCPP16_PNC_CERTIFICATE_SIGNING_USE_V2G_CERTIFICATE,
    };
    return ask(cp, OCPP16_PNC_ACTION_SIGN_CERTIFICATE, &request, on_sign_answer);
}
#endif
