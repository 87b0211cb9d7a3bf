/* settlement_config.c: the file of --settlement:
 *
 *     { "operator": "demo", "zone": "Europe/Berlin",
 *       "tariff": { … },              as in docs/tariffs.md; or "ocpi": { … }, an OCPI 2.2.1 tariff
 *       "stations": { "PILE-7": { "zone": …, "tariff": … } },
 *       "payer": { "provider": "wallet" },                         whoever is not named below
 *       "payers": [ { "id": "TAG", "account": "alice", "provider": "postpaid", "knownRenter": true } ],
 *       "relay": { "rootKid": "fleet", "root": "BE1…" },           piles without a network (docs/offline-piles.md)
 *       "providers": { "shop": { "kind": "http", "url": … } },     as settlement_providers.c reads them
 *       "drive": { "provider": "shop", "minutes": 30 },            pages of drivers, as drive.c reads them
 *       "policy": { "graceS": 86400, … } }
 *
 * A member nobody knows is refused: a tariff that is misspelt would be none, and charging free.
 */
#include "body.h"
#include "drive.h"
#include "settlement_inside.h"

#include <ocpp/settlement/compute.h>
#include <ocpp/settlement/exchange.h>

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX_BYTES = 16 << 20, CONFIG_ARENA_BYTES = 64 << 20, NAME_MAX = 255 };

#define AMOUNT_MAX INT64_C(1000000000000)

#define PAYER_MEMBERS                                                                                                            \
    { .name = "provider", .kind = BODY_TEXT, .minimum = 1, .maximum = SETTLEMENT_NAME_SIZE - 1 },                                \
        { .name = "account", .kind = BODY_TEXT, .minimum = 1, .maximum = NAME_MAX },                                             \
    {                                                                                                                            \
        .name = "knownRenter", .kind = BODY_BOOLEAN                                                                              \
    }
#define PLACE_MEMBERS                                                                                                            \
    { .name = "zone", .kind = BODY_TEXT, .minimum = 1, .maximum = SETTLEMENT_ZONE_SIZE - 1 },                                    \
        { .name = "tariff", .kind = BODY_OBJECT },                                                                               \
    {                                                                                                                            \
        .name = "ocpi", .kind = BODY_OBJECT                                                                                      \
    }
static const struct body_member others_members[] = { PAYER_MEMBERS, BODY_END };
static const struct body_member payer_members[] = {
    { .name = "id", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = NAME_MAX }, PAYER_MEMBERS, BODY_END
};
static const struct body_member place_members[] = { PLACE_MEMBERS, BODY_END };
static const struct body_member relay_members[] = {
    { .name = "rootKid", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = NAME_MAX },
    { .name = "root", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = NAME_MAX },
    { .name = "key", .kind = BODY_TEXT, .minimum = 1, .maximum = NAME_MAX },
    { .name = "authorisationS", .kind = BODY_INTEGER, .minimum = 1, .maximum = AMOUNT_MAX },
    { .name = "holdS", .kind = BODY_INTEGER, .minimum = 1, .maximum = AMOUNT_MAX },
    { .name = "captureBeforeS", .kind = BODY_INTEGER, .minimum = 1, .maximum = AMOUNT_MAX },
    { .name = "frozenMinor", .kind = BODY_INTEGER, .minimum = 1, .maximum = AMOUNT_MAX },
    { .name = "mostFrozenMinor", .kind = BODY_INTEGER, .minimum = 1, .maximum = AMOUNT_MAX },
    { .name = "sessionsPerPile", .kind = BODY_INTEGER, .minimum = 1, .maximum = AMOUNT_MAX },
    BODY_END,
};
static const struct body_member file_members[] = {
    { .name = "operator", .kind = BODY_TEXT, .minimum = 1, .maximum = NAME_MAX },
    { .name = "payUrl", .kind = BODY_TEXT, .minimum = 1, .maximum = SETTLEMENT_PAY_URL_SIZE - 1 },
    { .name = "stations", .kind = BODY_OBJECT },
    { .name = "payer", .kind = BODY_OBJECT, .members = others_members },
    { .name = "payers", .kind = BODY_OBJECTS, .maximum = SETTLEMENT_PAYERS_MAX, .members = payer_members },
    { .name = "providers", .kind = BODY_OBJECT },
    { .name = "relay", .kind = BODY_OBJECT, .members = relay_members },
    { .name = "drive", .kind = BODY_OBJECT, .members = drive_members },
    { .name = "policy", .kind = BODY_OBJECT },
    PLACE_MEMBERS,
    BODY_END,
};

struct policy_number {
    const char *name;
    size_t offset;
};

#define NUMBER(name, member)                                                                                                     \
    {                                                                                                                            \
        name, offsetof(struct ocpp_settle_policy, member)                                                                        \
    }
static const struct policy_number policy_numbers[] = {
    NUMBER("graceS", grace_s),
    NUMBER("vehicleHoldMinor", vehicle_hold_minor),
    NUMBER("holdRenewBeforeS", hold_renew_before_s),
    NUMBER("lostPileAfterS", lost_pile_after_s),
    NUMBER("unreturnedSealS", unreturned_seal_s),
    NUMBER("userReportPinsS", user_report_pins_s),
    NUMBER("takeWithinS", take_within_s),
    NUMBER("swapWithinS", swap_within_s),
    NUMBER("grantWithinS", grant_within_s),
    NUMBER("suspectAfter", suspect_after),
    NUMBER("offlineRentals", offline_rentals),
    NUMBER("offlineLongestS", offline_longest_s),
    NUMBER("knownRenterBanks", known_renter_banks),
    NUMBER("knownRenters", known_renters),
    NUMBER("rentalLongestS", rental_longest_s),
    NUMBER("banksPerOrder", banks_per_order),
    NUMBER("openOrdersPerPayer", open_orders_per_payer),
    NUMBER("messageRetryS", message_retry_s),
    NUMBER("paymentQueryS", payment_query_s),
    NUMBER("paymentAttempts", payment_attempts),
    NUMBER("postpaidLimitMinor", postpaid_limit_minor),
    NUMBER("confirmWithinS", confirm_within_s),
    NUMBER("reservationLongestS", reservation_longest_s),
    NUMBER("numberTries", number_tries),
    NUMBER("numberLockedS", number_locked_s),
    NUMBER("gateWithinS", gate_within_s),
    NUMBER("gateLongestS", gate_longest_s),
    NUMBER("linkS", link_s),
    NUMBER("idlePauseS", idle_pause_s),
    NUMBER("places", places),
    NUMBER("rememberMessagesS", remember_messages_s),
    NUMBER("rememberClosedS", remember_closed_s),
    NUMBER("anchorEvery", anchor_every),
    NUMBER("anchorAfterS", anchor_after_s),
    NUMBER("housePhonesPerCard", house_phones_per_card),
    NUMBER("houseBindWithinS", house_bind_within_s),
    NUMBER("houseApproveWithinS", house_approve_within_s),
    NUMBER("houseSecretTries", house_secret_tries),
    NUMBER("houseSecretLockS", house_secret_lock_s),
    NUMBER("housePriceMostMicro", house_price_most_micro),
    NUMBER("houseTenants", house_tenants),
    NUMBER("houseCards", house_cards),
    NUMBER("housePiles", house_piles),
    NUMBER("housePayWithinS", house_pay_within_s),
    NUMBER("serviceS", service_s),
};
#undef NUMBER

static bool wrong(char *why, const char *where, const char *reason)
{
    snprintf(why, STORE_WHY_SIZE, "--settlement: %.120s: %.100s", where, reason);
    return false;
}

static bool read_name(const cJSON *json, const char *member, char *name, size_t size, const char *otherwise, char *why)
{
    const cJSON *value = body_value(json, member);
    const char *text = value ? cJSON_GetStringValue(value) : otherwise;

    if (!text || !text[0] || strlen(text) >= size) {
        return wrong(why, member, "has to be a text, and not too long");
    }
    memcpy(name, text, strlen(text) + 1);
    return true;
}

static char *copy_text(const cJSON *json, const char *member)
{
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, member));

    return text ? strdup(text) : NULL;
}

static bool is_right(const cJSON *json, const struct body_member *members, const char *where, char *why)
{
    struct body_issue issue;
    char place[256];

    if (body_check(json, members, &issue)) {
        return true;
    }
    snprintf(place, sizeof place, "%.60s%.180s", where, issue.path);
    return wrong(why, place, issue.why);
}

/* --- tariffs -------------------------------------------------------------------------------------------------------------- */

static bool own_tariff(struct settlement_config *config, const char *text, const struct ocpp_settle_tariff **tariff, char *why)
{
    const void *read = NULL;
    struct ocpp_issue issue = { .path = "" };
    const enum ocpp_status status =
        ocpp_message_decode(&ocpp_settle_tariff_type, text, strlen(text), NULL, NULL, config->arena, &read, &issue);

    *tariff = read;
    if (status == OCPP_OK) {
        return true;
    }
    snprintf(why, STORE_WHY_SIZE, "--settlement: tariff%.120s: %.100s", issue.path, ocpp_status_sentence(status));
    return false;
}

static bool ocpi_tariff(struct settlement_config *config, const char *text, const struct ocpp_settle_tariff **tariff, char *why)
{
    const struct ocpp_settle_text given = { text, strlen(text) };
    struct ocpp_settle_ocpi_head head;
    struct ocpp_settle_report report = { .count = 0 };
    const enum ocpp_status status =
        ocpp_settle_tariff_from_ocpi(OCPP_SETTLE_OCPI_2_2_1, given, config->arena, tariff, &head, &report);

    return status == OCPP_OK || wrong(why, "ocpi", report.count > 0 ? report.remarks[0].reason : ocpp_status_sentence(status));
}

static bool read_tariff(struct settlement_config *config, const cJSON *json, const struct ocpp_settle_tariff **tariff, char *why)
{
    const cJSON *own = body_value(json, "tariff"), *ocpi = body_value(json, "ocpi");
    char *text = own || ocpi ? cJSON_PrintUnformatted(own ? own : ocpi) : NULL;
    bool is_good;

    if (!own && !ocpi) {
        return true;
    }
    if (!text) {
        return wrong(why, "tariff", ocpp_status_sentence(OCPP_ERR_NOMEM));
    }
    is_good = own ? own_tariff(config, text, tariff, why) : ocpi_tariff(config, text, tariff, why);
    cJSON_free(text);
    return is_good;
}

static bool read_place(struct settlement_config *config, const cJSON *json, const char *station, char *why)
{
    struct settlement_place *place = &config->places[config->place_count++];

    *place = (struct settlement_place){ .station = station ? strdup(station) : NULL };
    if (station && !place->station) {
        return wrong(why, station, ocpp_status_sentence(OCPP_ERR_NOMEM));
    }
    return read_name(json, "zone", place->zone, sizeof place->zone,
                     config->places[0].zone[0] ? config->places[0].zone : "Etc/UTC", why) &&
           read_tariff(config, json, &place->tariff, why);
}

static bool read_places(struct settlement_config *config, const cJSON *json, char *why)
{
    const cJSON *stations = body_value(json, "stations");
    const int count = cJSON_GetArraySize(stations);
    const cJSON *station;

    if (count > SETTLEMENT_PLACES_MAX) {
        return wrong(why, "stations", "has to be an object of at most 10,000 stations");
    }
    config->places = calloc((size_t)count + 1, sizeof *config->places);
    if (!config->places) {
        return wrong(why, "stations", ocpp_status_sentence(OCPP_ERR_NOMEM));
    }
    if (!read_place(config, json, NULL, why)) {
        return false;
    }
    cJSON_ArrayForEach(station, stations)
    {
        if (!is_right(station, place_members, station->string, why) || !read_place(config, station, station->string, why)) {
            return false;
        }
    }
    return true;
}

/* --- payers, policy ------------------------------------------------------------------------------------------------------------
 */

static bool is_provider(const struct settlement_config *config, const char *name)
{
    return strcmp(name, "wallet") == 0 || strcmp(name, "postpaid") == 0 || settlement_provider_named(config, name) != NULL;
}

static bool read_payer(struct settlement_config *config, const cJSON *json, char *why)
{
    struct settlement_payer *payer = &config->payers[config->payer_count++];

    *payer = (struct settlement_payer){ .id = copy_text(json, "id"),
                                        .account = copy_text(json, "account"),
                                        .known_renter = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "knownRenter")) };
    return read_name(json, "provider", payer->provider, sizeof payer->provider, "wallet", why) &&
           (is_provider(config, payer->provider) ||
            wrong(why, payer->provider, "is no provider: wallet, postpaid, or one of \"providers\""));
}

static bool read_payers(struct settlement_config *config, const cJSON *json, char *why)
{
    const cJSON *others = body_value(json, "payer");
    const cJSON *payers = body_value(json, "payers");
    const int count = cJSON_GetArraySize(payers);
    const cJSON *payer;

    config->payers = calloc((size_t)count + 1, sizeof *config->payers);
    if (!config->payers) {
        return wrong(why, "payers", ocpp_status_sentence(OCPP_ERR_NOMEM));
    }
    cJSON_ArrayForEach(payer, payers)
    {
        if (!read_payer(config, payer, why)) {
            return false;
        }
        if (!config->payers[config->payer_count - 1].id) {
            return wrong(why, "payers", ocpp_status_sentence(OCPP_ERR_NOMEM));
        }
    }
    return !others || read_payer(config, others, why);
}

static bool read_policy(struct settlement_config *config, const cJSON *json, char *why)
{
    const cJSON *policy = body_value(json, "policy"), *member;

    config->policy = ocpp_settle_policy_default();
    cJSON_ArrayForEach(member, policy)
    {
        size_t i = 0;

        while (i < sizeof policy_numbers / sizeof policy_numbers[0] && strcmp(policy_numbers[i].name, member->string) != 0) {
            i++;
        }
        if (i == sizeof policy_numbers / sizeof policy_numbers[0] || !cJSON_IsNumber(member) || member->valuedouble < 0 ||
            member->valuedouble > (double)AMOUNT_MAX || member->valuedouble != (double)(int64_t)member->valuedouble) {
            return wrong(why, member->string, "is no number of the policy");
        }
        *(int64_t *)(void *)((char *)&config->policy + policy_numbers[i].offset) = (int64_t)member->valuedouble;
    }
    return true;
}

/* --- piles without a network -------------------------------------------------------------------------------------------------
 */

static bool read_relay_numbers(struct ocpp_settle_relay *relay, const cJSON *json, char *why)
{
    relay->authorisation_s = body_integer(json, "authorisationS", relay->authorisation_s);
    relay->hold_s = body_integer(json, "holdS", relay->hold_s);
    relay->capture_before_s = body_integer(json, "captureBeforeS", relay->capture_before_s);
    relay->frozen_minor = body_integer(json, "frozenMinor", relay->frozen_minor);
    relay->most_frozen_minor = body_integer(json, "mostFrozenMinor", relay->most_frozen_minor);
    relay->sessions_per_pile = body_integer(json, "sessionsPerPile", relay->sessions_per_pile);
    return relay->capture_before_s < relay->hold_s || wrong(why, "captureBeforeS", "has to be less than holdS");
}

static bool read_relay(struct settlement_config *config, const cJSON *json, char *why)
{
    const cJSON *relay = body_value(json, "relay");
    char root[OCPP_SETTLE_POINT_TEXT_SIZE] = "";

    config->relay = ocpp_settle_relay_default();
    if (!relay) {
        return true;
    }
    if (!read_name(relay, "rootKid", config->root_kid, sizeof config->root_kid, NULL, why) ||
        !read_name(relay, "root", root, sizeof root, NULL, why) ||
        !read_name(relay, "key", config->relay_key, sizeof config->relay_key, "server", why)) {
        return false;
    }
    config->relay.root_kid = config->root_kid;
    config->relay.key_name = config->relay_key;
    return (ocpp_settle_point_read(root, config->relay.root) || wrong(why, "root", "is no public key")) &&
           read_relay_numbers(&config->relay, relay, why);
}

/* --- the file ------------------------------------------------------------------------------------------------------------------
 */

static cJSON *read_file(const char *path, char *why)
{
    FILE *file = fopen(path, "rb");
    char *text = file ? malloc(FILE_MAX_BYTES) : NULL;
    const size_t size = text ? fread(text, 1, FILE_MAX_BYTES, file) : 0;
    cJSON *json = NULL;

    if (!file) {
        (void)wrong(why, path, strerror(errno));
    } else if (!text || size == FILE_MAX_BYTES) {
        (void)wrong(why, path, "too large");
    } else {
        json = body_parse(text, size);
        if (!json) {
            (void)wrong(why, path, "no JSON text");
        }
    }
    if (file) {
        fclose(file);
    }
    free(text);
    return json;
}

static bool read_drive(const struct settlement_config *config, const cJSON *json, struct drive **drive, char *why)
{
    const cJSON *member = body_value(json, "drive");

    *drive = member ? drive_new(member, why) : NULL;
    return (!member || *drive) && (!*drive || !(*drive)->is_open || is_provider(config, (*drive)->provider) ||
                                   wrong(why, (*drive)->provider, "is no provider: wallet, postpaid, or one of \"providers\""));
}

bool settlement_config_read(struct settlement_config *config, struct drive **drive, const char *path, char *why)
{
    cJSON *json = read_file(path, why);
    bool is_good = json != NULL;

    config->arena = is_good ? ocpp_arena_new(NULL, CONFIG_ARENA_BYTES) : NULL;
    if (is_good && !config->arena) {
        is_good = wrong(why, path, ocpp_status_sentence(OCPP_ERR_NOMEM));
    }
    is_good = is_good && is_right(json, file_members, "", why) &&
              read_name(json, "payUrl", config->pay_url, sizeof config->pay_url, "/pay/", why) &&
              read_name(json, "operator", config->operator_id, sizeof config->operator_id, "operator", why) &&
              read_policy(config, json, why) && read_places(config, json, why) && settlement_providers_read(config, json, why) &&
              read_payers(config, json, why) && read_relay(config, json, why) && read_drive(config, json, drive, why);
    cJSON_Delete(json);
    return is_good;
}

void settlement_config_free(struct settlement_config *config)
{
    for (size_t i = 0; i < config->place_count; i++) {
        free(config->places[i].station);
    }
    for (size_t i = 0; i < config->payer_count; i++) {
        free(config->payers[i].id);
        free(config->payers[i].account);
    }
    free(config->places);
    free(config->payers);
    settlement_providers_free(config);
    ocpp_arena_free(config->arena);
}
