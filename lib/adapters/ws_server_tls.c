/* ws_server_tls.c: what the server's ports show and whom they believe: read at the start, and again when the host says so.
 */
#define _POSIX_C_SOURCE 200809L

#include "adapter_support.h"
#include "ws_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the security profiles of a port --------------------------------------------------------------------------------------- */

#define PROFILE_BIT(profile) (UINT32_C(1) << (profile))

/* Behind a trusted proxy a port is with and without TLS, as the proxy says. */
static uint32_t possible_profiles(const struct ocpp_server_listen *listen, bool has_proxies)
{
    uint32_t profiles = PROFILE_BIT(OCPP_SECURITY_NONE);
    if (!listen->tls || has_proxies)
        profiles |= PROFILE_BIT(OCPP_SECURITY_BASIC);
    if (listen->tls || has_proxies)
        profiles |= PROFILE_BIT(OCPP_SECURITY_TLS);
    if (listen->tls && listen->client_ca_file != NULL)
        profiles |= PROFILE_BIT(OCPP_SECURITY_CERTIFICATE);
    return profiles;
}

static const char *fault_of(const struct ocpp_server_listen *listen, bool has_proxies)
{
    if (listen->tls && listen->certificates[0].certificate_file == NULL)
        return "needs a certificate and its key";
    if ((listen->security_profiles & ~possible_profiles(listen, has_proxies)) != 0)
        return "cannot serve one of its security profiles: 1 is without TLS, 2 with it, 3 with client certificates";
    return NULL;
}

/* --- paths ----------------------------------------------------------------------------------------------------------------- */

static bool keep_path(const char **kept)
{
    if (*kept == NULL)
        return true;
    *kept = strdup(*kept);
    return *kept != NULL;
}

static void free_paths(struct ocpp_server_listen *files)
{
    for (size_t i = 0; i < OCPP_SERVER_CERTIFICATES; i++) {
        free((void *)(uintptr_t)files->certificates[i].certificate_file);
        free((void *)(uintptr_t)files->certificates[i].key_file);
    }
    free((void *)(uintptr_t)files->client_ca_file);
    free((void *)(uintptr_t)files->crl_file);
    memset(files, 0, sizeof *files);
}

static bool keep_paths(struct ocpp_server_listen *files, const struct ocpp_server_listen *wanted)
{
    *files = *wanted;
    files->address = NULL;
    /* all of them, also when one fails: what is there is freed then, and must be ours */
    bool kept = keep_path(&files->client_ca_file);
    kept = keep_path(&files->crl_file) && kept;
    for (size_t i = 0; i < OCPP_SERVER_CERTIFICATES; i++) {
        kept = keep_path(&files->certificates[i].certificate_file) && kept;
        kept = keep_path(&files->certificates[i].key_file) && kept;
    }
    return kept;
}

/* --- ports ----------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status open_port(struct server_listen *port, const struct ocpp_server_settings *settings, size_t index,
                                  char *reason, size_t room)
{
    const struct ocpp_server_listen *wanted = &settings->listen[index];
    const bool has_proxies = settings->limits.proxy_count > 0;
    const char *fault = fault_of(wanted, has_proxies);
    if (fault != NULL) {
        (void)snprintf(reason, room, "%s:%d %s", wanted->address, wanted->port, fault);
        return wanted->tls && wanted->certificates[0].certificate_file == NULL ? OCPP_ERR_TLS : OCPP_ERR_ARGUMENT;
    }
    port->tls = wanted->tls;
    port->profiles = wanted->security_profiles != 0 ? wanted->security_profiles : possible_profiles(wanted, has_proxies);
    if (!wanted->tls)
        return OCPP_OK;
    if (!keep_paths(&port->files, wanted))
        return OCPP_ERR_NOMEM;
    struct ocpp_tls_material *material = ocpp_tls_material_read(wanted, reason, room);
    if (material == NULL)
        return OCPP_ERR_TLS;
    port->has_tls_port = ocpp_tls_port_open(&port->tls_port, wanted, material);
    if (!port->has_tls_port)
        ocpp_tls_material_release(material);
    return port->has_tls_port ? OCPP_OK : OCPP_ERR_NOMEM;
}

enum ocpp_status ocpp_ws_server_ports_open(struct ocpp_server *server, const struct ocpp_server_settings *settings, char *reason,
                                           size_t room)
{
    enum ocpp_status status = OCPP_OK;
    for (size_t i = 0; i < settings->listen_count && status == OCPP_OK; i++)
        status = open_port(&server->listens[i], settings, i, reason, room);
    return status;
}

void ocpp_ws_server_ports_close(struct ocpp_server *server)
{
    for (size_t i = 0; i < SERVER_LISTENS; i++) {
        struct server_listen *port = &server->listens[i];
        if (port->has_tls_port)
            ocpp_tls_port_close(&port->tls_port);
        port->has_tls_port = false;
        free_paths(&port->files);
    }
}

/* --- again ----------------------------------------------------------------------------------------------------------------- */

static void release_all(struct ocpp_tls_material **materials)
{
    for (size_t i = 0; i < SERVER_LISTENS; i++)
        ocpp_tls_material_release(materials[i]);
}

enum ocpp_status ocpp_server_reload_certificates(struct ocpp_server *server, char *reason, size_t reason_size)
{
    struct ocpp_tls_material *materials[SERVER_LISTENS] = { NULL };
    char nobody[1];
    if (reason == NULL) {
        reason = nobody;
        reason_size = sizeof nobody;
    }
    for (size_t i = 0; i < server->listen_count; i++) {
        if (!server->listens[i].has_tls_port)
            continue;
        materials[i] = ocpp_tls_material_read(&server->listens[i].files, reason, reason_size);
        if (materials[i] == NULL) {
            release_all(materials);
            return OCPP_ERR_TLS;
        }
    }
    for (size_t i = 0; i < server->listen_count; i++) {
        if (materials[i] != NULL)
            materials[i] = ocpp_tls_port_exchange(&server->listens[i].tls_port, materials[i]);
    }
    release_all(materials); /* those before */
    if (reason_size > 0)
        reason[0] = '\0';
    adapter_log(&server->settings.log, OCPP_LOG_INFO, "the certificates were read again");
    return OCPP_OK;
}
