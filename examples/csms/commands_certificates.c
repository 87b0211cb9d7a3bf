/* commands_certificates.c: certificates of a station and the roots it believes. */
#include "command.h"

#include <ocpp/central_vehicles.h>

#include <stdio.h>

enum { PEM_MAX = 10000 };

static const char *const uses[] = { "Station", "V2G", NULL };
static const enum ocpp_key_use use_values[] = { OCPP_KEY_STATION, OCPP_KEY_V2G };
static const char *const roots[] = { "CSMS", "Manufacturer", "V2G", "MO", NULL };
static const enum ocpp_root_use root_values[] = { OCPP_ROOT_CSMS, OCPP_ROOT_MANUFACTURER, OCPP_ROOT_V2G, OCPP_ROOT_MO };
static const char *const kinds[] = { "CSMS", "Manufacturer", "V2G", "MO", "V2GChain", NULL };
static const uint32_t kind_bits[] = { OCPP_ROOT_BIT(OCPP_ROOT_CSMS), OCPP_ROOT_BIT(OCPP_ROOT_MANUFACTURER),
                                      OCPP_ROOT_BIT(OCPP_ROOT_V2G), OCPP_ROOT_BIT(OCPP_ROOT_MO), OCPP_V2G_CHAIN_BIT };
static const char *const hashes[] = { "SHA256", "SHA384", "SHA512", NULL };
static const enum ocpp_hash hash_values[] = { OCPP_HASH_SHA256, OCPP_HASH_SHA384, OCPP_HASH_SHA512 };

static enum ocpp_status give_send(struct ocpp_station *station, struct order *order)
{
    return ocpp_station_send_certificate(station, use_values[body_word(order->body, "use", uses, 0)],
                                         body_text(order->body, "chain", ""), &order->done);
}

static enum ocpp_status give_install(struct ocpp_station *station, struct order *order)
{
    return ocpp_station_install_root(station, root_values[body_word(order->body, "root", roots, 0)],
                                     body_text(order->body, "pem", ""), &order->done);
}

static struct ocpp_certificate_hash read_hash(const struct order *order)
{
    struct ocpp_certificate_hash hash = { .algorithm = hash_values[body_word(order->body, "algorithm", hashes, 0)] };

    snprintf(hash.issuer_name_hash, sizeof hash.issuer_name_hash, "%s", body_text(order->body, "issuerNameHash", ""));
    snprintf(hash.issuer_key_hash, sizeof hash.issuer_key_hash, "%s", body_text(order->body, "issuerKeyHash", ""));
    snprintf(hash.serial_number, sizeof hash.serial_number, "%s", body_text(order->body, "serialNumber", ""));
    return hash;
}

static enum ocpp_status give_delete(struct ocpp_station *station, struct order *order)
{
    const struct ocpp_certificate_hash hash = read_hash(order);

    return ocpp_station_delete_certificate(station, &hash, &order->done);
}

static enum ocpp_status give_delete_of_vehicles(struct ocpp_station *station, struct order *order)
{
    const struct ocpp_certificate_hash hash = read_hash(order);

    return ocpp_station_delete_vehicle_certificate(station, &hash, &order->done);
}

static enum ocpp_status give_certificates(struct ocpp_station *station, struct order *order)
{
    int kind = body_word(order->body, "kind", kinds, -1);

    return ocpp_station_get_certificates(station, kind < 0 ? 0 : kind_bits[kind], &order->done);
}

static cJSON *hash_json(const struct ocpp_certificate_hash *hash)
{
    cJSON *json = cJSON_CreateObject();

    json_add_text(json, "algorithm", hashes[hash->algorithm]);
    json_add_text(json, "issuerNameHash", hash->issuer_name_hash);
    json_add_text(json, "issuerKeyHash", hash->issuer_key_hash);
    json_add_text(json, "serialNumber", hash->serial_number);
    return json;
}

static void show_certificates(cJSON *answer, const struct ocpp_command_result *result)
{
    cJSON *list = cJSON_AddArrayToObject(answer, "certificates");

    for (size_t i = 0; i < result->certificate_count; i++) {
        const struct ocpp_station_certificate *certificate = &result->certificates[i];
        cJSON *json = hash_json(&certificate->hash);
        cJSON *children = cJSON_AddArrayToObject(json, "children");
        for (size_t kind = 0; kinds[kind]; kind++) {
            json_add_text(json, "kind", kind_bits[kind] == certificate->bit ? kinds[kind] : NULL);
        }
        for (size_t child = 0; child < certificate->child_count; child++) {
            cJSON_AddItemToArray(children, hash_json(&certificate->children[child]));
        }
        cJSON_AddItemToArray(list, json);
    }
}

static const struct body_member send_members[] = {
    { .name = "chain", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = PEM_MAX },
    { .name = "use", .kind = BODY_WORD, .words = uses },
    BODY_END,
};

static const struct body_member install_members[] = {
    { .name = "root", .kind = BODY_WORD, .required = true, .words = roots },
    { .name = "pem", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = PEM_MAX },
    BODY_END,
};

static const struct body_member delete_members[] = {
    { .name = "algorithm", .kind = BODY_WORD, .required = true, .words = hashes },
    { .name = "issuerNameHash", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 128 },
    { .name = "issuerKeyHash", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 128 },
    { .name = "serialNumber", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 40 },
    BODY_END,
};

static const struct body_member certificates_members[] = {
    { .name = "kind", .kind = BODY_WORD, .words = kinds },
    BODY_END,
};

const struct command commands_of_certificates[] = {
    { .name = "send-certificate", .members = send_members, .give = give_send },
    { .name = "install-root", .members = install_members, .give = give_install },
    { .name = "delete-certificate", .members = delete_members, .give = give_delete },
    { .name = "delete-vehicle-certificate", .members = delete_members, .give = give_delete_of_vehicles },
    { .name = "certificates", .members = certificates_members, .give = give_certificates, .show = show_certificates },
    { .name = NULL },
};
