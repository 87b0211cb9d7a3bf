/* certificate_world.c: see certificate_world.h. */
#include "certificate_world.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_renewed(enum ocpp_key_use use, void *user)
{
    struct certificate_world *all = user;
    all->renewed[use]++;
}

static void on_log(enum ocpp_log_level level, const char *line, void *user)
{
    struct certificate_world *all = user;
    const char *event = strstr(line, "security event ");
    (void)level;
    if (event != NULL) {
        const size_t used = strlen(all->events);
        snprintf(all->events + used, sizeof(all->events) - used, "%s;", event + strlen("security event "));
    }
}

struct certificate_world *certificates_new(void)
{
    struct certificate_world *all = calloc(1, sizeof(*all));
    assert_non_null(all);
    all->world = world_new();
    fake_crypto_init(&all->crypto);
    fake_add_root(&all->crypto, OCPP_ROOT_CSMS, "Root");
    all->settings = (struct ocpp_certificates_settings){ .organization = "Operator", .renewed = on_renewed, .user = all };
    all->world->boot_interval = DAY_MS / 1000; /* between heartbeats: the record of calls is to hold months */
    all->world->settings.serial_number = "SN-1";
    all->world->settings.certificates = &all->settings;
    all->world->settings.crypto = &all->crypto.contract;
    all->world->settings.log = (struct ocpp_log){ .write = on_log, .user = all, .level = OCPP_LOG_WARNING };
    return all;
}

struct certificate_world *certificates_accepted(enum ocpp_version version)
{
    struct certificate_world *all = certificates_new();
    world_power_on(all->world);
    world_connect(all->world, version);
    central_forgets(all->world);
    return all;
}

struct certificate_world *certificates_of(void **state)
{
    return certificates_accepted(*(enum ocpp_version *)*state);
}

void certificates_free(struct certificate_world *all)
{
    world_free(all->world);
    free(all);
}

/* --- JSON ------------------------------------------------------------------------------------------------------------------- */

static const char *escaped(const char *text)
{
    static char texts[2][32768];
    static unsigned turn;
    char *to = texts[turn++ % 2];
    size_t size = 0;
    for (; *text != '\0'; text++) {
        assert_true(size + 3 < sizeof(texts[0]));
        if (*text == '\n') {
            to[size++] = '\\';
        }
        to[size++] = *text == '\n' ? 'n' : *text;
    }
    to[size] = '\0';
    return to;
}

static const char *ask(struct certificate_world *all, const char *action, const char *payload)
{
    return value_of(central_asks(all->world, action, payload), "status");
}

/* --- the station's own --------------------------------------------------------------------------------------------------------
 */

const char *order_certificate(struct certificate_world *all)
{
    return world_is_old(all->world) ? ask(all, "ExtendedTriggerMessage", "{'requestedMessage':'SignChargePointCertificate'}")
                                    : ask(all, "TriggerMessage", "{'requestedMessage':'SignChargingStationCertificate'}");
}

const char *last_request(const struct certificate_world *all)
{
    for (size_t i = all->world->call_count; i > 0; i--) {
        if (strcmp(all->world->calls[i - 1].action, "SignCertificate") == 0) {
            return value_of(all->world->calls[i - 1].payload, "csr");
        }
    }
    fail_msg("the central system saw no request");
    return "";
}

const char *send_chain(struct certificate_world *all, const char *chain)
{
    static char payload[40000];
    snprintf(payload, sizeof(payload), "{'certificateChain':'%s'}", escaped(chain));
    return ask(all, "CertificateSigned", payload);
}

const char *certify(struct certificate_world *all, const char *issuer, int days)
{
    char pem[FAKE_CERT_SIZE];
    const int64_t now_ms = central_now(all);
    return send_chain(all, fake_sign_request(last_request(all), issuer, now_ms - DAY_MS, now_ms + (int64_t)days * DAY_MS, pem));
}

/* --- roots --------------------------------------------------------------------------------------------------------------------
 */

/* 1.6 has another word for the central system's. */
static const char *use_word(const struct certificate_world *all, const char *use)
{
    const bool is_renamed = world_is_old(all->world) && strcmp(use, "CSMSRootCertificate") == 0;
    return is_renamed ? "CentralSystemRootCertificate" : use;
}

const char *install(struct certificate_world *all, const char *use, const char *pem)
{
    static char payload[40000];
    snprintf(payload, sizeof(payload), "{'certificateType':'%s','certificate':'%s'}", use_word(all, use), escaped(pem));
    return ask(all, "InstallCertificate", payload);
}

const char *install_root(struct certificate_world *all, const char *use, const char *name)
{
    char pem[FAKE_CERT_SIZE];
    return install(all, use, fake_root_pem(name, pem));
}

int installed(struct certificate_world *all, const char *use)
{
    char payload[128] = "{}";
    const bool is_old = world_is_old(all->world);
    if (use != NULL) {
        snprintf(payload, sizeof(payload), is_old ? "{'certificateType':'%s'}" : "{'certificateType':['%s']}",
                 use_word(all, use));
    }
    const char *answer = central_asks(all->world, "GetInstalledCertificateIds", payload);
    const char *list = value_of(answer, is_old ? "certificateHashData" : "certificateHashDataChain");
    if (strcmp(value_of(answer, "status"), "NotFound") == 0) {
        assert_string_equal(list, "");
        return -1;
    }
    assert_string_equal(value_of(answer, "status"), "Accepted");
    return atoi(list + 1);
}

const char *delete_certificate(struct certificate_world *all, const char *pem)
{
    struct ocpp_certificate_hash hash;
    char payload[1024];
    const uint32_t roots = OCPP_ROOT_BIT(OCPP_ROOT_CSMS) | OCPP_ROOT_BIT(OCPP_ROOT_MANUFACTURER) | OCPP_ROOT_BIT(OCPP_ROOT_V2G) |
                           OCPP_ROOT_BIT(OCPP_ROOT_MO);
    char twice[2 * FAKE_CHAIN_SIZE]; /* its issuer stands behind it: itself, of a root */
    snprintf(twice, sizeof(twice), "%s%s", pem, pem);
    assert_int_equal(all->crypto.contract.hash_of(twice, strlen(twice), 0, roots, OCPP_HASH_SHA384, &hash, &all->crypto),
                     OCPP_OK);
    snprintf(
        payload, sizeof(payload),
        "{'certificateHashData':{'hashAlgorithm':'SHA384','issuerNameHash':'%s','issuerKeyHash':'%s','serialNumber':'00%s'}}",
        hash.issuer_name_hash, hash.issuer_key_hash, hash.serial_number);
    return ask(all, "DeleteCertificate", payload);
}

/* --- links and time -----------------------------------------------------------------------------------------------------------
 */

void with_link(struct certificate_world *all, enum ocpp_which own, enum ocpp_which root)
{
    world_disconnect(all->world);
    assert_int_equal(ocpp_charge_point_certificates_used(all->world->cp, own, root, all->world->now), OCPP_OK);
    world_connect(all->world, all->world->version);
}

int64_t own_end(const struct certificate_world *all)
{
    struct ocpp_signing signing;
    assert_int_equal(ocpp_charge_point_signing(all->world->cp, OCPP_KEY_STATION, &signing), OCPP_OK);
    return signing.not_after_utc_ms;
}

int64_t central_now(const struct certificate_world *all)
{
    return all->world->central_utc_ms + all->world->now.mono_ms;
}
