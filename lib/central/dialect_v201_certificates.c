/* dialect_v201_certificates.c: certificates of stations in OCPP 2.0.1: what is ordered, and what is asked for. */
#include "dialect.h"
#include "dialect_orders.h"
#include "dialect_v201_names.h"

#include <ocpp/v201.h>

#include "text.h"

static const enum ocpp201_hash_algorithm algorithms[] = {
    [OCPP_HASH_SHA256] = OCPP201_HASH_ALGORITHM_SHA256,
    [OCPP_HASH_SHA384] = OCPP201_HASH_ALGORITHM_SHA384,
    [OCPP_HASH_SHA512] = OCPP201_HASH_ALGORITHM_SHA512,
};

static enum ocpp_hash hash_of(enum ocpp201_hash_algorithm algorithm)
{
    return algorithm == OCPP201_HASH_ALGORITHM_SHA512   ? OCPP_HASH_SHA512
           : algorithm == OCPP201_HASH_ALGORITHM_SHA384 ? OCPP_HASH_SHA384
                                                        : OCPP_HASH_SHA256;
}

/* False: a name is longer than any digest; the wire leaves room for that. */
static bool read_hash(const struct ocpp201_certificate_hash_data *told, struct ocpp_certificate_hash *hash)
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
    const struct ocpp201_certificate_signed_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_CERTIFICATE_SIGNED_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_certificate_signed_status_enum, (int)res->status);
    return true;
}

enum ocpp_status central_v201_send_certificate(struct command *command, const void *what)
{
    const struct chain_order *order = what;
    const struct ocpp201_certificate_signed_req req = {
        .certificate_chain = order->chain,
        .certificate_type = order->use == OCPP_KEY_STATION ? OCPP201_CERTIFICATE_SIGNING_USE_CHARGING_STATION_CERTIFICATE
                                                           : OCPP201_CERTIFICATE_SIGNING_USE_V2G_CERTIFICATE,
    };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_CERTIFICATE_SIGNED], &req, read_sent);
}

static bool read_installed(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_install_certificate_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_INSTALL_CERTIFICATE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_install_certificate_status_enum, (int)res->status);
    return true;
}

enum ocpp_status central_v201_install_root(struct command *command, const void *what)
{
    static const enum ocpp201_install_certificate_use uses[] = {
        [OCPP_ROOT_CSMS] = OCPP201_INSTALL_CERTIFICATE_USE_CSMS_ROOT_CERTIFICATE,
        [OCPP_ROOT_MANUFACTURER] = OCPP201_INSTALL_CERTIFICATE_USE_MANUFACTURER_ROOT_CERTIFICATE,
        [OCPP_ROOT_V2G] = OCPP201_INSTALL_CERTIFICATE_USE_V2G_ROOT_CERTIFICATE,
        [OCPP_ROOT_MO] = OCPP201_INSTALL_CERTIFICATE_USE_MO_ROOT_CERTIFICATE,
    };
    const struct root_order *order = what;
    const struct ocpp201_install_certificate_req req = { .certificate_type = uses[order->use], .certificate = order->pem };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_INSTALL_CERTIFICATE], &req, read_installed);
}

static bool read_deleted(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_delete_certificate_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_DELETE_CERTIFICATE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_delete_certificate_status_enum, (int)res->status);
    return true;
}

struct ocpp201_certificate_hash_data central_v201_hash(const struct ocpp_certificate_hash *hash)
{
    return (struct ocpp201_certificate_hash_data){
        .hash_algorithm = algorithms[hash->algorithm],
        .issuer_name_hash = hash->issuer_name_hash,
        .issuer_key_hash = hash->issuer_key_hash,
        .serial_number = hash->serial_number,
    };
}

enum ocpp_status central_v201_delete_certificate(struct command *command, const void *what)
{
    const struct ocpp201_delete_certificate_req req = { .certificate_hash_data = central_v201_hash(what) };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_DELETE_CERTIFICATE], &req, read_deleted);
}

/* By the number of the bit. */
static const enum ocpp201_get_certificate_id_use kinds[] = {
    [OCPP_ROOT_CSMS] = OCPP201_GET_CERTIFICATE_ID_USE_CSMS_ROOT_CERTIFICATE,
    [OCPP_ROOT_MANUFACTURER] = OCPP201_GET_CERTIFICATE_ID_USE_MANUFACTURER_ROOT_CERTIFICATE,
    [OCPP_ROOT_V2G] = OCPP201_GET_CERTIFICATE_ID_USE_V2G_ROOT_CERTIFICATE,
    [OCPP_ROOT_MO] = OCPP201_GET_CERTIFICATE_ID_USE_MO_ROOT_CERTIFICATE,
    [OCPP_ROOT_USE_COUNT] = OCPP201_GET_CERTIFICATE_ID_USE_V2G_CERTIFICATE_CHAIN,
};
enum { KIND_COUNT = OCPP_ROOT_USE_COUNT + 1 };

static uint32_t bit_of(enum ocpp201_get_certificate_id_use kind)
{
    for (unsigned i = 0; i < KIND_COUNT; i++) {
        if (kinds[i] == kind) {
            return 1u << i;
        }
    }
    return 0;
}

/* The sub-CAs of a chain into |children|, which has room for them. */
static size_t read_children(const struct ocpp201_certificate_hash_data_chain *told, struct ocpp_certificate_hash *children)
{
    size_t count = 0;

    for (size_t i = 0; i < told->child_certificate_hash_data.count; i++) {
        count += read_hash(&told->child_certificate_hash_data.items[i], &children[count]);
    }
    return count;
}

static bool read_found(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_get_installed_certificate_ids_res *res = response;
    const size_t count = res->certificate_hash_data_chain.count;
    struct ocpp_station_certificate *found = ocpp_arena_take(central->results, (count + 1) * sizeof *found);

    if (!found) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        const struct ocpp201_certificate_hash_data_chain *told = &res->certificate_hash_data_chain.items[i];
        struct ocpp_certificate_hash *children =
            ocpp_arena_take(central->results, (told->child_certificate_hash_data.count + 1) * sizeof *children);
        struct ocpp_station_certificate *next = &found[result->certificate_count];
        if (!children) {
            return false;
        }
        *next = (struct ocpp_station_certificate){ .bit = bit_of(told->certificate_type), .children = children };
        next->child_count = read_children(told, children);
        result->certificate_count += read_hash(&told->certificate_hash_data, &next->hash);
    }
    result->accepted = true;
    result->word = ocpp_enum_name(&ocpp201_get_installed_certificate_status_enum, (int)res->status);
    result->certificates = found;
    return true;
}

enum ocpp_status central_v201_get_certificates(struct command *command, const void *what)
{
    const uint32_t *bits = what;
    enum ocpp201_get_certificate_id_use asked[KIND_COUNT];
    size_t count = 0;

    for (unsigned i = 0; i < KIND_COUNT; i++) {
        if ((*bits >> i & 1) != 0) {
            asked[count++] = kinds[i];
        }
    }
    const struct ocpp201_get_installed_certificate_ids_req req = { .certificate_type = { count > 0 ? asked : NULL, count } };
    return command_send(command, &ocpp201_actions[OCPP201_ACTION_GET_INSTALLED_CERTIFICATE_IDS], &req, read_found);
}
