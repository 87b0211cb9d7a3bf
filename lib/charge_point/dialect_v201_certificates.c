/* dialect_v201_certificates.c: certificates in OCPP 2.0.1: the station's own (A02, A03), the roots it trusts (M03 to M05). */
#include "arena.h"
#include "certificates.h"
#include "dialect_v201.h"

/* Why a certificate was not taken: the reason code of the standard, and a few words for people. */
static const struct ocpp201_status_info *why(struct ocpp201_status_info *info, enum verdict verdict,
                                             enum ocpp_certificate_fault fault)
{
    if (verdict == VERDICT_ACCEPTED) {
        return NULL;
    }
    *info = (struct ocpp201_status_info){ .reason_code = "InternalError" };
    if (verdict == VERDICT_REJECTED) {
        info->reason_code = fault == OCPP_CERTIFICATE_TOO_LARGE ? "TooLargeElement" : "InvalidCertificate";
        info->additional_info = ocpp_certificate_fault_words(fault);
    }
    return info;
}

static void on_install(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    static const enum ocpp_root_use uses[] = {
        [OCPP201_INSTALL_CERTIFICATE_USE_V2G_ROOT_CERTIFICATE] = OCPP_ROOT_V2G,
        [OCPP201_INSTALL_CERTIFICATE_USE_MO_ROOT_CERTIFICATE] = OCPP_ROOT_MO,
        [OCPP201_INSTALL_CERTIFICATE_USE_CSMS_ROOT_CERTIFICATE] = OCPP_ROOT_CSMS,
        [OCPP201_INSTALL_CERTIFICATE_USE_MANUFACTURER_ROOT_CERTIFICATE] = OCPP_ROOT_MANUFACTURER,
    };
    static const struct ocpp201_status_info is_full = { .reason_code = "OutOfStorage", .additional_info = "CertificateEntries" };
    const struct ocpp201_install_certificate_req *request = call->request;
    enum ocpp_certificate_fault fault;
    struct ocpp201_status_info info;
    const enum verdict verdict = ocpp_cp_install_root(cp, uses[request->certificate_type], request->certificate, &fault);
    const bool has_no_room = verdict == VERDICT_REJECTED && fault == OCPP_CERTIFICATE_GOOD; /* M05.FR.06 */
    const struct ocpp201_install_certificate_res response = {
        .status = verdict == VERDICT_ACCEPTED   ? OCPP201_INSTALL_CERTIFICATE_STATUS_ACCEPTED
                  : verdict == VERDICT_REJECTED ? OCPP201_INSTALL_CERTIFICATE_STATUS_REJECTED
                                                : OCPP201_INSTALL_CERTIFICATE_STATUS_FAILED,
        .status_info = has_no_room ? &is_full : why(&info, verdict, fault),
    };
    ocpp_cp_reply(cp, call, &response);
}

/* Every root may go, the last one, too (M04, remarks); what crypto refuses is part of the station's own chain (M04.FR.06). */
static void on_delete(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_delete_certificate_req *request = call->request;
    const struct ocpp201_certificate_hash_data *data = &request->certificate_hash_data;
    const struct named_certificate named = {
        .algorithm = (enum ocpp_hash)(data->hash_algorithm - OCPP201_HASH_ALGORITHM_SHA256),
        .issuer_name_hash = data->issuer_name_hash,
        .issuer_key_hash = data->issuer_key_hash,
        .serial_number = data->serial_number,
    };
    const enum verdict verdict = ocpp_cp_delete_certificate(cp, &named, false);
    const struct ocpp201_delete_certificate_res response = {
        .status = verdict == VERDICT_ACCEPTED  ? OCPP201_DELETE_CERTIFICATE_STATUS_ACCEPTED
                  : verdict == VERDICT_UNKNOWN ? OCPP201_DELETE_CERTIFICATE_STATUS_NOT_FOUND
                                               : OCPP201_DELETE_CERTIFICATE_STATUS_FAILED,
    };
    ocpp_cp_reply(cp, call, &response);
}

/* --- what is installed --------------------------------------------------------------------------------------------------------
 */

static const enum ocpp201_get_certificate_id_use id_uses[INSTALLED_KINDS] = {
    [OCPP_ROOT_CSMS] = OCPP201_GET_CERTIFICATE_ID_USE_CSMS_ROOT_CERTIFICATE,
    [OCPP_ROOT_MANUFACTURER] = OCPP201_GET_CERTIFICATE_ID_USE_MANUFACTURER_ROOT_CERTIFICATE,
    [OCPP_ROOT_V2G] = OCPP201_GET_CERTIFICATE_ID_USE_V2G_ROOT_CERTIFICATE,
    [OCPP_ROOT_MO] = OCPP201_GET_CERTIFICATE_ID_USE_MO_ROOT_CERTIFICATE,
    [INSTALLED_V2G_CHAIN] = OCPP201_GET_CERTIFICATE_ID_USE_V2G_CERTIFICATE_CHAIN,
};

enum { MOST_CHILDREN = 4 }; /* of a chain in the schema */

static struct ocpp201_certificate_hash_data hash_data(const struct ocpp_certificate_hash *hash)
{
    return (struct ocpp201_certificate_hash_data){
        .hash_algorithm = (enum ocpp201_hash_algorithm)(hash->algorithm + OCPP201_HASH_ALGORITHM_SHA256),
        .issuer_name_hash = hash->issuer_name_hash,
        .issuer_key_hash = hash->issuer_key_hash,
        .serial_number = hash->serial_number,
    };
}

/* The sub-CAs of a chain under its leaf (M03.FR.05). */
static bool fill_chain(struct ocpp_charge_point *cp, const struct installed *installed,
                       struct ocpp201_certificate_hash_data_chain *chain)
{
    const size_t count = installed->child_count < MOST_CHILDREN ? installed->child_count : MOST_CHILDREN;
    struct ocpp201_certificate_hash_data *children = ocpp_arena_take(cp->arena, (count + 1) * sizeof(*children));
    if (children == NULL) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        children[i] = hash_data(&installed->children[i]);
    }
    *chain = (struct ocpp201_certificate_hash_data_chain){
        .certificate_hash_data = hash_data(&installed->hash),
        .certificate_type = id_uses[installed->kind],
        .child_certificate_hash_data = { count > 0 ? children : NULL, count },
    };
    return true;
}

static unsigned wanted(const struct ocpp201_get_installed_certificate_ids_req *request)
{
    unsigned kinds = 0;
    for (size_t i = 0; i < request->certificate_type.count; i++) {
        for (int kind = 0; kind < INSTALLED_KINDS; kind++) {
            kinds |= id_uses[kind] == request->certificate_type.items[i] ? 1u << kind : 0;
        }
    }
    return request->certificate_type.count == 0 ? (1u << INSTALLED_KINDS) - 1 : kinds;
}

static enum ocpp_status list(struct ocpp_charge_point *cp, unsigned kinds,
                             struct ocpp201_get_installed_certificate_ids_res *response)
{
    const struct installed *installed;
    size_t count;
    const enum ocpp_status status = ocpp_cp_installed(cp, kinds, &installed, &count);
    if (status != OCPP_OK) {
        return status;
    }
    struct ocpp201_certificate_hash_data_chain *items = ocpp_arena_take(cp->arena, (count + 1) * sizeof(*items));
    if (items == NULL) {
        return OCPP_ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        if (!fill_chain(cp, &installed[i], &items[i])) {
            return OCPP_ERR_NOMEM;
        }
    }
    response->status =
        count > 0 ? OCPP201_GET_INSTALLED_CERTIFICATE_STATUS_ACCEPTED : OCPP201_GET_INSTALLED_CERTIFICATE_STATUS_NOT_FOUND;
    response->certificate_hash_data_chain.items = count > 0 ? items : NULL; /* an empty list is none */
    response->certificate_hash_data_chain.count = count;
    return OCPP_OK;
}

static void on_get_installed(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    struct ocpp201_get_installed_certificate_ids_res response = { .certificate_hash_data_chain = { NULL, 0 } };
    ocpp_arena_reset(cp->arena);
    const enum ocpp_status status = list(cp, wanted(call->request), &response);
    ocpp_cp_reply(cp, call, status == OCPP_OK ? &response : NULL);
}

/* --- the station's own --------------------------------------------------------------------------------------------------------
 */

static void on_signed(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_certificate_signed_req *request = call->request;
    const bool is_v2g = request->certificate_type == OCPP201_CERTIFICATE_SIGNING_USE_V2G_CERTIFICATE;
    enum ocpp_certificate_fault fault;
    struct ocpp201_status_info info;
    const enum verdict verdict =
        ocpp_cp_certificate_signed(cp, is_v2g ? OCPP_KEY_V2G : OCPP_KEY_STATION, request->certificate_chain, &fault);
    const struct ocpp201_certificate_signed_res response = {
        .status =
            verdict == VERDICT_ACCEPTED ? OCPP201_CERTIFICATE_SIGNED_STATUS_ACCEPTED : OCPP201_CERTIFICATE_SIGNED_STATUS_REJECTED,
        .status_info = why(&info, verdict, fault),
    };
    ocpp_cp_reply(cp, call, &response);
}

const struct hearing ocpp_cp_v201_certificate_hearings[CERTIFICATE_HEARINGS] = {
    { &ocpp201_actions[OCPP201_ACTION_INSTALL_CERTIFICATE], on_install },
    { &ocpp201_actions[OCPP201_ACTION_DELETE_CERTIFICATE], on_delete },
    { &ocpp201_actions[OCPP201_ACTION_GET_INSTALLED_CERTIFICATE_IDS], on_get_installed },
    { &ocpp201_actions[OCPP201_ACTION_CERTIFICATE_SIGNED], on_signed },
};

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    struct ocpp_charge_point *cp = user;
    const struct ocpp201_sign_certificate_res *response = answer->response;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(cp, answer->status);
        return;
    }
    ocpp_cp_signing_answered(cp, response->status == OCPP201_GENERIC_STATUS_ACCEPTED);
}

/* One for both connections says no type (A02.FR.13). */
static enum ocpp_status send_request(struct ocpp_charge_point *cp, enum ocpp_key_use use, bool is_combined, const char *csr)
{
    const struct ocpp201_sign_certificate_req request = {
        .csr = csr,
        .certificate_type = is_combined           ? OCPP201_CERTIFICATE_SIGNING_USE_UNSET
                            : use == OCPP_KEY_V2G ? OCPP201_CERTIFICATE_SIGNING_USE_V2G_CERTIFICATE
                                                  : OCPP201_CERTIFICATE_SIGNING_USE_CHARGING_STATION_CERTIFICATE,
    };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_SIGN_CERTIFICATE], &request, NULL, on_answer);
}

const struct certificate_words ocpp_cp_v201_certificate_words = {
    .signs = 1u << OCPP_KEY_STATION | 1u << OCPP_KEY_V2G,
    .send_request = send_request,
};
