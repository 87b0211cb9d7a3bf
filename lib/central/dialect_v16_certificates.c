/* dialect_v16_certificates.c: certificates of stations in OCPP 1.6: what is ordered, and what is asked for. */
#include "dialect.h"
#include "dialect_orders.h"
#include "dialect_v16_vehicles.h"

#include <ocpp/v16.h>

#include "text.h"

/* What only the messages about ISO 15118 have words for. */
#define VEHICLE_BITS (OCPP_ROOT_BIT(OCPP_ROOT_V2G) | OCPP_ROOT_BIT(OCPP_ROOT_MO) | OCPP_V2G_CHAIN_BIT)

static const enum ocpp16_hash_algorithm algorithms[] = {
    [OCPP_HASH_SHA256] = OCPP16_HASH_ALGORITHM_SHA256,
    [OCPP_HASH_SHA384] = OCPP16_HASH_ALGORITHM_SHA384,
    [OCPP_HASH_SHA512] = OCPP16_HASH_ALGORITHM_SHA512,
};

static const enum ocpp16_certificate_use uses[OCPP_ROOT_USE_COUNT] = {
    [OCPP_ROOT_CSMS] = OCPP16_CERTIFICATE_USE_CENTRAL_SYSTEM_ROOT_CERTIFICATE,
    [OCPP_ROOT_MANUFACTURER] = OCPP16_CERTIFICATE_USE_MANUFACTURER_ROOT_CERTIFICATE,
};

static enum ocpp_hash hash_of(enum ocpp16_hash_algorithm algorithm)
{
    return algorithm == OCPP16_HASH_ALGORITHM_SHA512   ? OCPP_HASH_SHA512
           : algorithm == OCPP16_HASH_ALGORITHM_SHA384 ? OCPP_HASH_SHA384
                                                       : OCPP_HASH_SHA256;
}

/* False: a name is longer than any digest; the wire leaves room for that. */
static bool read_hash(const struct ocpp16_certificate_hash_data *told, struct ocpp_certificate_hash *hash)
{
    hash->algorithm = hash_of(told->hash_algorithm);
    return ocpp_text_copy(hash->issuer_name_hash, sizeof hash->issuer_name_hash, told->issuer_name_hash) <
               sizeof hash->issuer_name_hash &&
           ocpp_text_copy(hash->issuer_key_hash, sizeof hash->issuer_key_hash, told->issuer_key_hash) <
               sizeof hash->issuer_key_hash &&
           ocpp_text_copy(hash->serial_number, sizeof hash->serial_number, told->serial_number) < sizeof hash->serial_number;
}

static bool read_sent(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_certificate_signed_conf *conf = response;

    (void)central;
    result->accepted = conf->status == OCPP16_CERTIFICATE_SIGNED_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp16_certificate_signed_status_enum, (int)conf->status);
    return true;
}

enum ocpp_status central_v16_send_certificate(struct command *command, const void *what)
{
    const struct chain_order *order = what;
    const struct ocpp16_certificate_signed_req req = { .certificate_chain = order->chain };

    if (order->use != OCPP_KEY_STATION) {
        return central_v16_send_vehicle_chain(command, order->chain);
    }
    return command_send(command, &ocpp16_actions[OCPP16_ACTION_CERTIFICATE_SIGNED], &req, read_sent);
}

static bool read_installed(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_install_certificate_conf *conf = response;

    (void)central;
    result->accepted = conf->status == OCPP16_INSTALL_CERTIFICATE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp16_install_certificate_status_enum, (int)conf->status);
    return true;
}

enum ocpp_status central_v16_install_root(struct command *command, const void *what)
{
    const struct root_order *order = what;
    const struct ocpp16_install_certificate_req req = { .certificate_type = uses[order->use], .certificate = order->pem };

    if (req.certificate_type == OCPP16_CERTIFICATE_USE_UNSET) {
        return central_v16_install_vehicle_root(command, order);
    }
    return command_send(command, &ocpp16_actions[OCPP16_ACTION_INSTALL_CERTIFICATE], &req, read_installed);
}

static bool read_deleted(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_delete_certificate_conf *conf = response;

    (void)central;
    result->accepted = conf->status == OCPP16_DELETE_CERTIFICATE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp16_delete_certificate_status_enum, (int)conf->status);
    return true;
}

enum ocpp_status central_v16_delete_certificate(struct command *command, const void *what)
{
    const struct ocpp_certificate_hash *hash = what;
    const struct ocpp16_delete_certificate_req req = {
        .certificate_hash_data = {
            .hash_algorithm = algorithms[hash->algorithm],
            .issuer_name_hash = hash->issuer_name_hash,
            .issuer_key_hash = hash->issuer_key_hash,
            .serial_number = hash->serial_number,
        },
    };

    return command_send(command, &ocpp16_actions[OCPP16_ACTION_DELETE_CERTIFICATE], &req, read_deleted);
}

/* The answer does not say of which kind they are: it is of the one that was asked for. */
static bool read_found(struct ocpp_central *central, const void *response, struct ocpp_command_result *result, uint32_t bit)
{
    const struct ocpp16_get_installed_certificate_ids_conf *conf = response;
    const size_t count = conf->certificate_hash_data.count;
    struct ocpp_station_certificate *found = ocpp_arena_take(central->results, (count + 1) * sizeof *found);

    if (!found) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct ocpp_station_certificate *next = &found[result->certificate_count];
        *next = (struct ocpp_station_certificate){ .bit = bit };
        result->certificate_count += read_hash(&conf->certificate_hash_data.items[i], &next->hash);
    }
    result->accepted = true;
    result->word = ocpp_enum_name(&ocpp16_get_installed_certificate_status_enum, (int)conf->status);
    result->certificates = found;
    return true;
}

static bool read_csms_roots(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    return read_found(central, response, result, OCPP_ROOT_BIT(OCPP_ROOT_CSMS));
}

static bool read_manufacturer_roots(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    return read_found(central, response, result, OCPP_ROOT_BIT(OCPP_ROOT_MANUFACTURER));
}

enum ocpp_status central_v16_get_certificates(struct command *command, const void *what)
{
    const uint32_t *bits = what;
    const bool is_csms = *bits == OCPP_ROOT_BIT(OCPP_ROOT_CSMS);
    const struct ocpp16_get_installed_certificate_ids_req req = {
        .certificate_type = uses[is_csms ? OCPP_ROOT_CSMS : OCPP_ROOT_MANUFACTURER],
    };

    if ((*bits & VEHICLE_BITS) != 0) {
        return central_v16_get_vehicle_certificates(command, *bits);
    }
    if (!is_csms && *bits != OCPP_ROOT_BIT(OCPP_ROOT_MANUFACTURER)) {
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    return command_send(command, &ocpp16_actions[OCPP16_ACTION_GET_INSTALLED_CERTIFICATE_IDS], &req,
                        is_csms ? read_csms_roots : read_manufacturer_roots);
}
