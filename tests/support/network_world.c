/* network_world.c: see network_world.h. */
#include "network_world.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the station's keys --------------------------------------------------------------------------------------------------------
 */

static bool has_root(enum ocpp_root_use use, int64_t utc_ms, void *user)
{
    const struct network_world *net = user;
    (void)utc_ms;
    return use == OCPP_ROOT_CSMS && net->keys.has_root;
}

static enum ocpp_status read_own_chain(enum ocpp_key_use use, enum ocpp_which which, char *pem, size_t room, size_t *size,
                                       struct ocpp_certificate_info *info, void *user)
{
    const struct network_world *net = user;
    (void)pem;
    (void)room;
    const bool is_there =
        use == OCPP_KEY_STATION && (which == OCPP_NEWEST ? net->keys.has_certificate : net->keys.has_previous_certificate);
    if (!is_there) {
        return OCPP_ERR_NOT_FOUND;
    }
    *size = 0;
    if (info != NULL) {
        memset(info, 0, sizeof(*info));
        info->not_after_utc_ms = net->keys.certificate_ends_utc_ms;
    }
    return OCPP_OK;
}

static enum ocpp_status each_installed(enum ocpp_hash algorithm,
                                       bool (*visit)(const struct ocpp_installed *installed, void *visit_user), void *visit_user,
                                       void *user)
{
    const struct network_world *net = user;
    const struct ocpp_certificate_hash hash = { .algorithm = algorithm, .serial_number = "1" };
    struct ocpp_installed root = { .kind = OCPP_INSTALLED_ROOT, .root = OCPP_ROOT_CSMS, .certificate = &hash };
    if (net->keys.has_root && !visit(&root, visit_user)) {
        return OCPP_OK;
    }
    root.which = OCPP_PREVIOUS;
    if (net->keys.has_previous_root) {
        (void)visit(&root, visit_user);
    }
    return OCPP_OK;
}

static enum ocpp_status settle(enum ocpp_key_use use, enum ocpp_which which, void *user)
{
    struct network_world *net = user;
    if (use != OCPP_KEY_STATION || !net->keys.has_certificate) {
        return OCPP_ERR_NOT_FOUND;
    }
    net->keys.settled[which]++;
    net->keys.has_previous_certificate = false;
    return OCPP_OK;
}

static enum ocpp_status settle_root(enum ocpp_root_use use, void *user)
{
    struct network_world *net = user;
    (void)use;
    net->keys.roots_settled++;
    net->keys.has_previous_root = false;
    return OCPP_OK;
}

static enum ocpp_status read_request(enum ocpp_key_use use, char *pem, size_t room, size_t *size, bool *is_combined, void *user)
{
    (void)use;
    (void)pem;
    (void)room;
    (void)size;
    (void)is_combined;
    (void)user;
    return OCPP_ERR_NOT_FOUND;
}

/* --- its life
 * -------------------------------------------------------------------------------------------------------------------- */

static void keep_line(enum ocpp_log_level level, const char *line, void *user)
{
    struct network_world *net = user;
    (void)level;
    const int size = snprintf(net->log + net->log_size, sizeof(net->log) - net->log_size, "%s\n", line);
    assert_true(size > 0 && (size_t)size < sizeof(net->log) - net->log_size);
    net->log_size += (size_t)size;
}

struct network_world *network_new(void)
{
    struct network_world *net = calloc(1, sizeof(*net));
    assert_non_null(net);
    net->world = world_new();
    net->settings = ocpp_network_settings_default();
    net->settings.url = "ws://one.example/ocpp";
    net->settings.security_profile = OCPP_SECURITY_BASIC;
    net->settings.password = NETWORK_PASSWORD;
    net->keys.certificate_ends_utc_ms = INT64_MAX;
    net->crypto.has_root = has_root;
    net->crypto.read_own_chain = read_own_chain;
    net->crypto.each_installed = each_installed;
    net->crypto.settle = settle;
    net->crypto.settle_root = settle_root;
    net->crypto.read_request = read_request;
    net->crypto.max_chain_bytes = 10000;
    net->crypto.user = net;
    net->world->settings.network = &net->settings;
    net->world->settings.certificates = &net->certificates;
    net->certificates.renew_before_s = -1;
    net->world->settings.crypto = &net->crypto;
    net->world->settings.log = (struct ocpp_log){ .write = keep_line, .level = OCPP_LOG_DEBUG, .user = net };
    return net;
}

void network_free(struct network_world *net)
{
    world_free(net->world);
    free(net);
}

struct network_world *network_up(enum ocpp_version version)
{
    struct network_world *net = network_new();
    world_power_on(net->world);
    (void)network_asks(net);
    network_connects(net, version);
    return net;
}

void network_reset(struct network_world *net)
{
    world_power_off(net->world);
    world_power_back(net->world, 5);
}

/* --- connections
 * ----------------------------------------------------------------------------------------------------------------- */

const char *network_asks(struct network_world *net)
{
    static char text[1024];
    struct ocpp_connection *asked = &net->connection;
    const enum ocpp_status status = ocpp_charge_point_next_connection(net->world->cp, asked, net->world->now);
    if (status != OCPP_OK) {
        assert_int_equal(status, OCPP_ERR_NOT_FOUND);
        return "none";
    }
    snprintf(text, sizeof(text), "%d %d %s %.*s%s%s%s", asked->slot, asked->security_profile, asked->url,
             asked->password == NULL ? 1 : (int)asked->password_size,
             asked->password == NULL ? "-" : (const char *)asked->password, asked->previous_certificate ? " old-certificate" : "",
             asked->previous_root ? " old-root" : "", asked->wildcards ? " wildcards" : "");
    return text;
}

void network_fails(struct network_world *net, enum ocpp_connection_failure failure)
{
    assert_int_equal(ocpp_charge_point_connection_failed(net->world->cp, failure, "as the test wants", net->world->now), OCPP_OK);
}

void network_connects(struct network_world *net, enum ocpp_version version)
{
    bool is_offered = false;
    for (int i = 0; i < 4 && net->connection.versions[i] != OCPP_VERSION_NONE; i++) {
        is_offered = is_offered || net->connection.versions[i] == version;
    }
    assert_true(is_offered);
    world_connect(net->world, version);
}

void network_reconnects(struct network_world *net)
{
    assert_true(ocpp_charge_point_must_reconnect(net->world->cp));
    world_disconnect(net->world);
}

int network_logged(const struct network_world *net, const char *text)
{
    int count = 0;
    for (const char *at = net->log; (at = strstr(at, text)) != NULL; at++) {
        count++;
    }
    return count;
}

/* --- the central system
 * ------------------------------------------------------------------------------------------------------------- */

const char *network_set_profile(struct network_world *net, int slot, int security_profile, const char *url)
{
    char payload[1024];
    snprintf(payload, sizeof(payload),
             "{'configurationSlot':%d,'connectionData':{'ocppVersion':'OCPP20','ocppTransport':'JSON','ocppCsmsUrl':'%s',"
             "'messageTimeout':30,'securityProfile':%d,'ocppInterface':'Wired0'}}",
             slot, url, security_profile);
    return value_of(central_asks(net->world, "SetNetworkProfile", payload), "status");
}

const char *network_set(struct network_world *net, const char *component, const char *variable, const char *value)
{
    char payload[512];
    if (world_is_old(net->world)) {
        snprintf(payload, sizeof(payload), "{'key':'%s','value':'%s'}", variable, value);
        return value_of(central_asks(net->world, "ChangeConfiguration", payload), "status");
    }
    snprintf(payload, sizeof(payload),
             "{'setVariableData':[{'attributeValue':'%s','component':{'name':'%s'},'variable':{'name':'%s'}}]}", value, component,
             variable);
    return value_of(central_asks(net->world, "SetVariables", payload), "setVariableResult/0/attributeStatus");
}

const char *network_get(struct network_world *net, const char *component, const char *variable)
{
    char payload[512];
    if (world_is_old(net->world)) {
        snprintf(payload, sizeof(payload), "{'key':['%s']}", variable);
        return value_of(central_asks(net->world, "GetConfiguration", payload), "configurationKey/0/value");
    }
    snprintf(payload, sizeof(payload), "{'getVariableData':[{'component':{'name':'%s'},'variable':{'name':'%s'}}]}", component,
             variable);
    return value_of(central_asks(net->world, "GetVariables", payload), "getVariableResult/0/attributeValue");
}
