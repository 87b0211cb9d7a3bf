/* dialect_v201_customer.c: CustomerInformation and NotifyCustomerInformation of OCPP 2.0.1 (N09, N10). */
#include "customer_information.h"
#include "dialect_v201.h"

#include "text.h"
#include "vocabulary_v201.h"

static void read_certificate(const struct ocpp201_certificate_hash_data *wire, struct ocpp_certificate_hash *hash)
{
    static const enum ocpp_hash algorithms[] = {
        [OCPP201_HASH_ALGORITHM_UNSET] = OCPP_HASH_SHA256, /* never: it is required */
        [OCPP201_HASH_ALGORITHM_SHA256] = OCPP_HASH_SHA256,
        [OCPP201_HASH_ALGORITHM_SHA384] = OCPP_HASH_SHA384,
        [OCPP201_HASH_ALGORITHM_SHA512] = OCPP_HASH_SHA512,
    };
    hash->algorithm = algorithms[wire->hash_algorithm];
    ocpp_text_copy(hash->issuer_name_hash, sizeof(hash->issuer_name_hash), wire->issuer_name_hash);
    ocpp_text_copy(hash->issuer_key_hash, sizeof(hash->issuer_key_hash), wire->issuer_key_hash);
    ocpp_text_copy(hash->serial_number, sizeof(hash->serial_number), wire->serial_number);
}

static enum customer_verdict ask(struct ocpp_charge_point *cp, const struct ocpp201_customer_information_req *wire)
{
    struct ocpp_token token;
    struct ocpp_certificate_hash hash;
    struct customer_request request = { .id = wire->request_id, .report = wire->report, .clear = wire->clear };
    if (wire->id_token != NULL) {
        const int type = ocpp_word_from_wire(&ocpp_v201_token_types, (int)wire->id_token->type);
        token = (struct ocpp_token){ wire->id_token->id_token, (enum ocpp_token_type)type };
        request.customer = (struct ocpp_customer){ .kind = OCPP_CUSTOMER_TOKEN, .token = &token };
    } else if (wire->customer_identifier != NULL) {
        request.customer = (struct ocpp_customer){ .kind = OCPP_CUSTOMER_IDENTIFIER, .identifier = wire->customer_identifier };
    } else {
        read_certificate(wire->customer_certificate, &hash);
        request.customer = (struct ocpp_customer){ .kind = OCPP_CUSTOMER_CERTIFICATE, .certificate = &hash };
    }
    return ocpp_cp_customer_ask(cp, &request);
}

static void on_customer_information(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    static const char *const reasons[] = {
        [CUSTOMER_ACCEPTED] = NULL,          [CUSTOMER_NOTHING_ASKED] = "MissingParam", [CUSTOMER_BUSY] = "InvalidMessageSeq",
        [CUSTOMER_CHARGES] = "TxInProgress", [CUSTOMER_NOT_CLEARED] = "OutOfStorage",
    };
    const struct ocpp201_customer_information_req *request = call->request;
    const int names =
        (request->id_token != NULL) + (request->customer_identifier != NULL) + (request->customer_certificate != NULL);
    struct ocpp201_customer_information_res response = { .status = OCPP201_CUSTOMER_INFORMATION_STATUS_INVALID };
    struct ocpp201_status_info info = { .reason_code = NULL };
    if (names == 1) { /* N09.FR.09 */
        const enum customer_verdict verdict = ask(cp, request);
        info.reason_code = reasons[verdict];
        response.status = verdict == CUSTOMER_ACCEPTED ? OCPP201_CUSTOMER_INFORMATION_STATUS_ACCEPTED
                                                       : OCPP201_CUSTOMER_INFORMATION_STATUS_REJECTED;
        response.status_info = verdict == CUSTOMER_ACCEPTED ? NULL : &info;
    }
    ocpp_cp_reply(cp, call, &response);
}

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    if (answer->status == OCPP_OK) {
        ocpp_cp_customer_answered(user);
    } else {
        ocpp_cp_flight_failed(user, answer->status);
    }
}

static enum ocpp_status send_page(struct ocpp_charge_point *cp, const char *text, bool is_last)
{
    const struct customer_information *all = ocpp_cp_customer_information(cp);
    const struct ocpp201_notify_customer_information_req request = {
        .data = text,
        .has_tbc = true,
        .tbc = !is_last,
        .seq_no = all->seq_no,
        .generated_at = ocpp_cp_utc(cp, cp->now),
        .request_id = all->request_id,
    };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_NOTIFY_CUSTOMER_INFORMATION], &request, NULL, on_answer);
}

const struct hearing ocpp_cp_v201_customer_hearings[CUSTOMER_HEARINGS] = {
    { &ocpp201_actions[OCPP201_ACTION_CUSTOMER_INFORMATION], on_customer_information },
};
const struct customer_words ocpp_cp_v201_customer_words = { .send_page = send_page };
