/* dialect_v16_vehicle_orders.c: what a station of OCPP 1.6 is ordered about the certificates of ISO 15118, within DataTransfer.
 */
#include "dialect_v16_vehicles.h"

#include <ocpp/v16.h>

#include "text.h"
#include <string.h>

static const enum ocpp16_pnc_hash_algorithm algorithms[] = {
    [OCPP_HASH_SHA256] = OCPP16_PNC_HASH_ALGORITHM_SHA256,
    [OCPP_HASH_SHA384] = OCPP16_PNC_HASH_ALGORITHM_SHA384,
    [OCPP_HASH_SHA512] = OCPP16_PNC_HASH_ALGORITHM_SHA512,
};

static enum ocpp_status send_message(struct command *command, enum ocpp16_pnc_action index, const void *message,
                                     command_reader read)
{
    const struct ocpp_action *action = &ocpp16_pnc_actions[index];
    const char *text;
    size_t size;
    const enum ocpp_status status = ocpp_message_encode(action->request, message, command_arena(command), &text, &size, NULL);
    const struct ocpp16_data_transfer_req req = { .vendor_id = V16_PNC_VENDOR, .message_id = action->name, .data = text };

    return status == OCPP_OK ? command_send(command, &ocpp16_actions[OCPP16_ACTION_DATA_TRANSFER], &req, read) : status;
}

/* What was answered, in the results arena. NULL: nothing, and |result| says why; |*no_memory| where that is why. */
static const void *heard(struct ocpp_central *central, enum ocpp16_pnc_action index, const void *response,
                         struct ocpp_command_result *result, bool *no_memory)
{
    const struct ocpp16_data_transfer_conf *transfer = response;
    const char *data = transfer->data;
    const void *conf = NULL;

    result->word = ocpp_enum_name(&ocpp16_data_transfer_status_enum, (int)transfer->status);
    *no_memory = false;
    if (transfer->status != OCPP16_DATA_TRANSFER_STATUS_ACCEPTED) {
        return NULL;
    }
    const enum ocpp_status status = data ? ocpp_message_decode(ocpp16_pnc_actions[index].response, data, strlen(data),
                                                               &central->settings.limits, NULL, central->results, &conf, NULL)
                                         : OCPP_ERR_MISSING_MEMBER;
    if (status != OCPP_OK) {
        *no_memory = ocpp_status_class_of(status) != OCPP_CLASS_MESSAGE;
        result->status = OCPP_ERR_BAD_ANSWER;
        result->word = "";
    }
    return conf;
}

/* --- the chain for vehicles ---------------------------------------------------------------------------------------------------
 */

static bool read_signed(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    bool no_memory;
    const struct ocpp16_pnc_certificate_signed_conf *conf =
        heard(central, OCPP16_PNC_ACTION_CERTIFICATE_SIGNED, response, result, &no_memory);

    if (conf) {
        result->accepted = conf->status == OCPP16_PNC_CERTIFICATE_SIGNED_STATUS_ACCEPTED;
        result->word = ocpp_enum_name(&ocpp16_pnc_certificate_signed_status_enum, (int)conf->status);
    }
    return !no_memory;
}

enum ocpp_status central_v16_send_vehicle_chain(struct command *command, const char *chain)
{
    const struct ocpp16_pnc_certificate_signed_req req = {
        .certificate_chain = chain,
        .certificate_type = OCPP16_PNC_CERTIFICATE_SIGNING_USE_V2G_CERTIFICATE,
    };

    return send_message(command, OCPP16_PNC_ACTION_CERTIFICATE_SIGNED, &req, read_signed);
}

/* --- roots -------------------------------------------------------------------------------------------------------------------
 */

static bool read_installed(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    bool no_memory;
    const struct ocpp16_pnc_install_certificate_conf *conf =
        heard(central, OCPP16_PNC_ACTION_INSTALL_CERTIFICATE, response, result, &no_memory);

    if (conf) {
        result->accepted = conf->status == OCPP16_PNC_INSTALL_CERTIFICATE_STATUS_ACCEPTED;
        result->word = ocpp_enum_name(&ocpp16_pnc_install_certificate_status_enum, (int)conf->status);
    }
    return !no_memory;
}

enum ocpp_status central_v16_install_vehicle_root(struct command *command, const struct root_order *order)
{
    const struct ocpp16_pnc_install_certificate_req req = {
        .certificate_type = order->use == OCPP_ROOT_MO ? OCPP16_PNC_INSTALL_CERTIFICATE_USE_MO_ROOT_CERTIFICATE
                                                       : OCPP16_PNC_INSTALL_CERTIFICATE_USE_V2G_ROOT_CERTIFICATE,
        .certificate = order->pem,
    };

    return send_message(command, OCPP16_PNC_ACTION_INSTALL_CERTIFICATE, &req, read_installed);
}

static bool read_deleted(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    bool no_memory;
    const struct ocpp16_pnc_delete_certificate_conf *conf =
        heard(central, OCPP16_PNC_ACTION_DELETE_CERTIFICATE, response, result, &no_memory);

    if (conf) {
        result->accepted = conf->status == OCPP16_PNC_DELETE_CERTIFICATE_STATUS_ACCEPTED;
        result->word = ocpp_enum_name(&ocpp16_pnc_delete_certificate_status_enum, (int)conf->status);
    }
    return !no_memory;
}

enum ocpp_status central_v16_delete_vehicle_certificate(struct command *command, const void *what)
{
    const struct ocpp_certificate_hash *hash = what;
    const struct ocpp16_pnc_delete_certificate_req req = {
        .certificate_hash_data = {
            .hash_algorithm = algorithms[hash->algorithm],
            .issuer_name_hash = hash->issuer_name_hash,
            .issuer_key_hash = hash->issuer_key_hash,
            .serial_number = hash->serial_number,
        },
    };

    return send_message(command, OCPP16_PNC_ACTION_DELETE_CERTIFICATE, &req, read_deleted);
}

/* --- what is installed
 * ---------------------------------------------------------------------------------------------------------- */

/* By the number of the bit. */
static const enum ocpp16_pnc_get_certificate_id_use kinds[] = {
    [OCPP_ROOT_CSMS] = OCPP16_PNC_GET_CERTIFICATE_ID_USE_CSMS_ROOT_CERTIFICATE,
    [OCPP_ROOT_MANUFACTURER] = OCPP16_PNC_GET_CERTIFICATE_ID_USE_MANUFACTURER_ROOT_CERTIFICATE,
    [OCPP_ROOT_V2G] = OCPP16_PNC_GET_CERTIFICATE_ID_USE_V2G_ROOT_CERTIFICATE,
    [OCPP_ROOT_MO] = OCPP16_PNC_GET_CERTIFICATE_ID_USE_MO_ROOT_CERTIFICATE,
    [OCPP_ROOT_USE_COUNT] = OCPP16_PNC_GET_CERTIFICATE_ID_USE_V2G_CERTIFICATE_CHAIN,
};
enum { KIND_COUNT = OCPP_ROOT_USE_COUNT + 1 };

static uint32_t bit_of(enum ocpp16_pnc_get_certificate_id_use kind)
{
    for (unsigned i = 0; i < KIND_COUNT; i++) {
        if (kinds[i] == kind) {
            return 1u << i;
        }
    }
    return 0;
}

/* False: a name is longer than any digest. */
static bool read_hash(const struct ocpp16_pnc_certificate_hash_data *told, struct ocpp_certificate_hash *hash)
{
    hash->algorithm = (enum ocpp_hash)(told->hash_algorithm - OCPP16_PNC_HASH_ALGORITHM_SHA256);
    return ocpp_text_copy(hash->issuer_name_hash, sizeof hash->issuer_name_hash, told->issuer_name_hash) <
               sizeof hash->issuer_name_hash &&
           ocpp_text_copy(hash->issuer_key_hash, sizeof hash->issuer_key_hash, told->issuer_key_hash) <
               sizeof hash->issuer_key_hash &&
           ocpp_text_copy(hash->serial_number, sizeof hash->serial_number, told->serial_number) < sizeof hash->serial_number;
}

static bool read_chain(struct ocpp_central *central, const struct ocpp16_pnc_certificate_hash_data_chain *told,
                       struct ocpp_command_result *result, struct ocpp_station_certificate *found)
{
    const size_t count = told->child_certificate_hash_data.count;
    struct ocpp_certificate_hash *children = ocpp_arena_take(central->results, (count + 1) * sizeof *children);

    if (!children) {
        return false;
    }
    *found = (struct ocpp_station_certificate){ .bit = bit_of(told->certificate_type), .children = children };
    for (size_t i = 0; i < count; i++) {
        found->child_count += read_hash(&told->child_certificate_hash_data.items[i], &children[found->child_count]);
    }
    result->certificate_count += read_hash(&told->certificate_hash_data, &found->hash);
    return true;
}

static bool read_found(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    bool no_memory;
    const struct ocpp16_pnc_get_installed_certificate_ids_conf *conf =
        heard(central, OCPP16_PNC_ACTION_GET_INSTALLED_CERTIFICATE_IDS, response, result, &no_memory);

    if (!conf) {
        return !no_memory;
    }
    const size_t count = conf->certificate_hash_data_chain.count;
    struct ocpp_station_certificate *found = ocpp_arena_take(central->results, (count + 1) * sizeof *found);
    for (size_t i = 0; found && i < count; i++) {
        if (!read_chain(central, &conf->certificate_hash_data_chain.items[i], result, &found[result->certificate_count])) {
            return false;
        }
    }
    result->accepted = true;
    result->word = ocpp_enum_name(&ocpp16_pnc_get_installed_certificate_status_enum, (int)conf->status);
    result->certificates = found;
    return found != NULL;
}

enum ocpp_status central_v16_get_vehicle_certificates(struct command *command, uint32_t bits)
{
    enum ocpp16_pnc_get_certificate_id_use asked[KIND_COUNT];
    size_t count = 0;

    for (unsigned i = 0; i < KIND_COUNT; i++) {
        if ((bits >> i & 1) != 0) {
            asked[count++] = kinds[i];
        }
    }
    const struct ocpp16_pnc_get_installed_certificate_ids_req req = { .certificate_type = { count > 0 ? asked : NULL, count } };
    return send_message(command, OCPP16_PNC_ACTION_GET_INSTALLED_CERTIFICATE_IDS, &req, read_found);
}

/* --- triggering
 * ------------------------------------------------------------------------------------------------------------------- */

static bool read_triggered(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    bool no_memory;
    const struct ocpp16_pnc_trigger_message_conf *conf =
        heard(central, OCPP16_PNC_ACTION_TRIGGER_MESSAGE, response, result, &no_memory);

    if (conf) {
        result->accepted = conf->status == OCPP16_PNC_TRIGGER_MESSAGE_STATUS_ACCEPTED;
        result->word = ocpp_enum_name(&ocpp16_pnc_trigger_message_status_enum, (int)conf->status);
    }
    return !no_memory;
}

enum ocpp_status central_v16_vehicle_trigger(struct command *command, const char *message)
{
    const struct ocpp16_pnc_trigger_message_req req = {
        .requested_message = (enum ocpp16_pnc_message_trigger)ocpp_enum_value(&ocpp16_pnc_message_trigger_enum, message),
    };

    return req.requested_message ? send_message(command, OCPP16_PNC_ACTION_TRIGGER_MESSAGE, &req, read_triggered)
                                 : OCPP_ERR_ARGUMENT;
}
