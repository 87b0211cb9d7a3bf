/* dialect_v16_pnc_calls.c: what the central system asks of a charge point about the certificates of ISO 15118 in OCPP 1.6:
 * DataTransfer of one vendor, whose messages are answered by the block of certificates. Other vendors' messages go their way. */
#include "arena.h"
#include "certificates.h"
#include "dialect_v16_pnc.h"

#include <string.h>

#include "text.h"

/* --- answering ---------------------------------------------------------------------------------------------------------------
 */

static void refuse(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call, enum ocpp16_data_transfer_status word)
{
    const struct ocpp16_data_transfer_conf transfer = { .status = word };
    ocpp_cp_reply(cp, call, &transfer);
}

#if OCPP_WITH_CERTIFICATES

static void reply(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call, const struct ocpp_action *action,
                  const void *conf)
{
    const char *text;
    size_t size;
    struct ocpp16_data_transfer_conf transfer = { .status = OCPP16_DATA_TRANSFER_STATUS_ACCEPTED };
    const enum ocpp_status status =
        conf == NULL ? OCPP_ERR_NOMEM : ocpp_message_encode(action->response, conf, cp->arena, &text, &size, NULL);
    if (status == OCPP_OK) {
        transfer.data = text;
    }
    ocpp_cp_reply(cp, call, status == OCPP_OK ? &transfer : NULL);
}

/* --- certificates
 * ---------------------------------------------------------------------------------------------------------------- */

static const void *certificate_signed(struct ocpp_charge_point *cp, const void *request)
{
    const struct ocpp16_pnc_certificate_signed_req *req = request;
    struct ocpp16_pnc_certificate_signed_conf *conf = ocpp_arena_take(cp->arena, sizeof(*conf));
    const bool is_own = req->certificate_type == OCPP16_PNC_CERTIFICATE_SIGNING_USE_CHARGING_STATION_CERTIFICATE;
    enum ocpp_certificate_fault fault;
    if (conf != NULL) {
        const enum verdict verdict =
            ocpp_cp_certificate_signed(cp, is_own ? OCPP_KEY_STATION : OCPP_KEY_V2G, req->certificate_chain, &fault);
        conf->status = verdict == VERDICT_ACCEPTED ? OCPP16_PNC_CERTIFICATE_SIGNED_STATUS_ACCEPTED
                                                   : OCPP16_PNC_CERTIFICATE_SIGNED_STATUS_REJECTED;
    }
    return conf;
}

static const void *install(struct ocpp_charge_point *cp, const void *request)
{
    static const enum ocpp_root_use uses[] = {
        [OCPP16_PNC_INSTALL_CERTIFICATE_USE_V2G_ROOT_CERTIFICATE] = OCPP_ROOT_V2G,
        [OCPP16_PNC_INSTALL_CERTIFICATE_USE_MO_ROOT_CERTIFICATE] = OCPP_ROOT_MO,
        [OCPP16_PNC_INSTALL_CERTIFICATE_USE_CSMS_ROOT_CERTIFICATE] = OCPP_ROOT_CSMS,
        [OCPP16_PNC_INSTALL_CERTIFICATE_USE_MANUFACTURER_ROOT_CERTIFICATE] = OCPP_ROOT_MANUFACTURER,
    };
    const struct ocpp16_pnc_install_certificate_req *req = request;
    struct ocpp16_pnc_install_certificate_conf *conf = ocpp_arena_take(cp->arena, sizeof(*conf));
    enum ocpp_certificate_fault fault;
    if (conf != NULL) {
        const enum verdict verdict = ocpp_cp_install_root(cp, uses[req->certificate_type], req->certificate, &fault);
        conf->status = verdict == VERDICT_ACCEPTED   ? OCPP16_PNC_INSTALL_CERTIFICATE_STATUS_ACCEPTED
                       : verdict == VERDICT_REJECTED ? OCPP16_PNC_INSTALL_CERTIFICATE_STATUS_REJECTED
                                                     : OCPP16_PNC_INSTALL_CERTIFICATE_STATUS_FAILED;
    }
    return conf;
}

static const void *delete_certificate(struct ocpp_charge_point *cp, const void *request)
{
    const struct ocpp16_pnc_certificate_hash_data *data =
        &((const struct ocpp16_pnc_delete_certificate_req *)request)->certificate_hash_data;
    struct ocpp16_pnc_delete_certificate_conf *conf = ocpp_arena_take(cp->arena, sizeof(*conf));
    const struct named_certificate named = {
        .algorithm = (enum ocpp_hash)(data->hash_algorithm - OCPP16_PNC_HASH_ALGORITHM_SHA256),
        .issuer_name_hash = data->issuer_name_hash,
        .issuer_key_hash = data->issuer_key_hash,
        .serial_number = data->serial_number,
    };
    if (conf != NULL) {
        const enum verdict verdict = ocpp_cp_delete_certificate(cp, &named, true);
        conf->status = verdict == VERDICT_ACCEPTED  ? OCPP16_PNC_DELETE_CERTIFICATE_STATUS_ACCEPTED
                       : verdict == VERDICT_UNKNOWN ? OCPP16_PNC_DELETE_CERTIFICATE_STATUS_NOT_FOUND
                                                    : OCPP16_PNC_DELETE_CERTIFICATE_STATUS_FAILED;
    }
    return conf;
}

static const enum ocpp16_pnc_get_certificate_id_use id_uses[INSTALLED_KINDS] = {
    [OCPP_ROOT_CSMS] = OCPP16_PNC_GET_CERTIFICATE_ID_USE_CSMS_ROOT_CERTIFICATE,
    [OCPP_ROOT_MANUFACTURER] = OCPP16_PNC_GET_CERTIFICATE_ID_USE_MANUFACTURER_ROOT_CERTIFICATE,
    [OCPP_ROOT_V2G] = OCPP16_PNC_GET_CERTIFICATE_ID_USE_V2G_ROOT_CERTIFICATE,
    [OCPP_ROOT_MO] = OCPP16_PNC_GET_CERTIFICATE_ID_USE_MO_ROOT_CERTIFICATE,
    [INSTALLED_V2G_CHAIN] = OCPP16_PNC_GET_CERTIFICATE_ID_USE_V2G_CERTIFICATE_CHAIN,
};

static unsigned wanted(const struct ocpp16_pnc_get_installed_certificate_ids_req *req)
{
    unsigned kinds = 0;
    for (size_t i = 0; i < req->certificate_type.count; i++) {
        for (int kind = 0; kind < INSTALLED_KINDS; kind++) {
            kinds |= id_uses[kind] == req->certificate_type.items[i] ? 1u << kind : 0;
        }
    }
    return req->certificate_type.count == 0 ? (1u << INSTALLED_KINDS) - 1 : kinds;
}

static struct ocpp16_pnc_certificate_hash_data hash_data(const struct ocpp_certificate_hash *hash)
{
    return (struct ocpp16_pnc_certificate_hash_data){
        .hash_algorithm = (enum ocpp16_pnc_hash_algorithm)(hash->algorithm + OCPP16_PNC_HASH_ALGORITHM_SHA256),
        .issuer_name_hash = hash->issuer_name_hash,
        .issuer_key_hash = hash->issuer_key_hash,
        .serial_number = hash->serial_number,
    };
}

static bool fill_chain(struct ocpp_charge_point *cp, const struct installed *installed,
                       struct ocpp16_pnc_certificate_hash_data_chain *chain)
{
    enum { MOST_CHILDREN = 4 };
    const size_t count = installed->child_count < MOST_CHILDREN ? installed->child_count : MOST_CHILDREN;
    struct ocpp16_pnc_certificate_hash_data *children = ocpp_arena_take(cp->arena, (count + 1) * sizeof(*children));
    for (size_t i = 0; children != NULL && i < count; i++) {
        children[i] = hash_data(&installed->children[i]);
    }
    *chain = (struct ocpp16_pnc_certificate_hash_data_chain){
        .certificate_hash_data = hash_data(&installed->hash),
        .certificate_type = id_uses[installed->kind],
        .child_certificate_hash_data = { count > 0 ? children : NULL, count },
    };
    return children != NULL;
}

static const void *get_installed(struct ocpp_charge_point *cp, const void *request)
{
    const struct installed *installed;
    size_t count;
    struct ocpp16_pnc_get_installed_certificate_ids_conf *conf = ocpp_arena_take(cp->arena, sizeof(*conf));
    if (conf == NULL || ocpp_cp_installed(cp, wanted(request), &installed, &count) != OCPP_OK) {
        return NULL;
    }
    struct ocpp16_pnc_certificate_hash_data_chain *items = ocpp_arena_take(cp->arena, (count + 1) * sizeof(*items));
    for (size_t i = 0; items != NULL && i < count; i++) {
        if (!fill_chain(cp, &installed[i], &items[i])) {
            return NULL;
        }
    }
    conf->status =
        count > 0 ? OCPP16_PNC_GET_INSTALLED_CERTIFICATE_STATUS_ACCEPTED : OCPP16_PNC_GET_INSTALLED_CERTIFICATE_STATUS_NOT_FOUND;
    conf->certificate_hash_data_chain.items = count > 0 ? items : NULL;
    conf->certificate_hash_data_chain.count = count;
    return items == NULL ? NULL : conf;
}

static const void *trigger(struct ocpp_charge_point *cp, const void *request)
{
    const struct ocpp16_pnc_trigger_message_req *req = request;
    struct ocpp16_pnc_trigger_message_conf *conf = ocpp_arena_take(cp->arena, sizeof(*conf));
    const bool is_v2g = req->requested_message == OCPP16_PNC_MESSAGE_TRIGGER_SIGN_V2G_CERTIFICATE;
    if (conf != NULL) {
        const enum verdict verdict =
            ocpp_cp_trigger(cp, is_v2g ? TRIGGER_SIGN_V2G_CERTIFICATE : TRIGGER_SIGN_STATION_CERTIFICATE, -1, 0);
        conf->status = verdict == VERDICT_ACCEPTED        ? OCPP16_PNC_TRIGGER_MESSAGE_STATUS_ACCEPTED
                       : verdict == VERDICT_NOT_SUPPORTED ? OCPP16_PNC_TRIGGER_MESSAGE_STATUS_NOT_IMPLEMENTED
                                                          : OCPP16_PNC_TRIGGER_MESSAGE_STATUS_REJECTED;
    }
    return conf;
}

/* Each gives what to answer, in cp->arena; NULL: it cannot be said. */
static const struct {
    enum ocpp16_pnc_action action;
    const void *(*answer)(struct ocpp_charge_point *cp, const void *request);
} calls[] = {
    { OCPP16_PNC_ACTION_CERTIFICATE_SIGNED, certificate_signed },
    { OCPP16_PNC_ACTION_INSTALL_CERTIFICATE, install },
    { OCPP16_PNC_ACTION_DELETE_CERTIFICATE, delete_certificate },
    { OCPP16_PNC_ACTION_GET_INSTALLED_CERTIFICATE_IDS, get_installed },
    { OCPP16_PNC_ACTION_TRIGGER_MESSAGE, trigger },
};

/* The request lies in an arena of its own: what answers it uses cp->arena. */
static void answer_call(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call, size_t index, const char *data)
{
    const struct ocpp_action *action = &ocpp16_pnc_actions[calls[index].action];
    struct ocpp_arena *arena = ocpp_arena_new(cp->settings.allocator, 0);
    const void *request = NULL;
    const enum ocpp_status status = arena == NULL  ? OCPP_ERR_NOMEM
                                    : data == NULL ? OCPP_ERR_MISSING_MEMBER
                                                   : ocpp_message_decode(action->request, data, strlen(data),
                                                                         &cp->settings.limits, NULL, arena, &request, NULL);
    if (status == OCPP_OK) {
        ocpp_arena_reset(cp->arena);
        reply(cp, call, action, calls[index].answer(cp, request));
    } else if (ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE) {
        refuse(cp, call, OCPP16_DATA_TRANSFER_STATUS_REJECTED);
    } else {
        ocpp_cp_reply(cp, call, NULL);
    }
    ocpp_arena_free(arena);
}

static bool answer_known(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call,
                         const struct ocpp16_data_transfer_req *transfer)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]) && transfer->message_id != NULL; i++) {
        if (ocpp_cp_block(cp, BLOCK_CERTIFICATES) != NULL &&
            strcmp(ocpp16_pnc_actions[calls[i].action].name, transfer->message_id) == 0) {
            answer_call(cp, call, i, transfer->data);
            return true;
        }
    }
    return false;
}

#else

static bool answer_known(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call,
                         const struct ocpp16_data_transfer_req *transfer)
{
    (void)cp;
    (void)call;
    (void)transfer;
    return false;
}

#endif

static void on_data_transfer(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_data_transfer_req *transfer = call->request;
    if (!ocpp_text_equal_fold(transfer->vendor_id, PNC_VENDOR)) {
        ocpp_cp_blocks_pass_on(cp, BLOCK_PLUG_AND_CHARGE, call);
        return;
    }
    if (!answer_known(cp, call, transfer)) {
        refuse(cp, call, OCPP16_DATA_TRANSFER_STATUS_UNKNOWN_MESSAGE_ID);
    }
}

const struct hearing ocpp_cp_v16_pnc_hearings[PNC_HEARINGS] = {
    { &ocpp16_actions[OCPP16_ACTION_DATA_TRANSFER], on_data_transfer },
};
