/* ws_client_reason.c: why a connection did not come to be: client->reason for people, client->failure for the charge point. */
#include "ws_client.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

static const struct status_words {
    unsigned status;
    const char *words;
} status_words[] = {
    { 400, "it refuses the handshake, perhaps because it has none of the offered versions (400)" },
    { 401, "it does not accept the credentials (401)" },
    { 403, "it forbids the connection (403)" },
    { 404, "it does not know this station (404)" },
    { 503, "it is overloaded (503)" },
};

void ocpp_ws_client_status_reason(struct ocpp_client *client, unsigned status)
{
    client->failure = status == 401 ? OCPP_CONNECTION_PASSWORD_REFUSED : OCPP_CONNECTION_REFUSED;
    for (size_t i = 0; i < sizeof status_words / sizeof status_words[0]; i++) {
        if (status_words[i].status == status) {
            (void)snprintf(client->reason, sizeof client->reason, "%s", status_words[i].words);
            return;
        }
    }
    (void)snprintf(client->reason, sizeof client->reason, "it answers the handshake with HTTP status %u", status);
}

/* What libwebsockets says, without what could break a line or a terminal. */
void ocpp_ws_client_failure_reason(struct ocpp_client *client, const char *words, size_t size)
{
    char clean[CLIENT_REASON_SIZE / 2];
    size_t used = 0;
    for (size_t i = 0; i < size && words[i] != '\0' && used + 1 < sizeof clean; i++)
        clean[used++] = words[i] >= ' ' && words[i] < 0x7f ? words[i] : '?';
    clean[used] = '\0';
    const bool refused = strcmp(clean, "Unable to connect") == 0; /* on the poll loop libwebsockets keeps the error to itself */
    (void)snprintf(client->reason, sizeof client->reason, "no connection: %s",
                   refused    ? "nobody answers there"
                   : used > 0 ? clean
                              : "it was closed");
}

/* OpenSSL told while it happened. */
void ocpp_ws_client_tls_reason(struct ocpp_client *client)
{
    client->failure = ocpp_tls_client_failure(&client->tls);
    ocpp_tls_client_words(&client->tls, client->reason, sizeof client->reason);
}

/* libwebsockets says little of a connection that did not come to be; OpenSSL and the socket still know why. */
void ocpp_ws_client_transport_reason(struct ocpp_client *client, struct lws *wsi)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (client->url.tls && (lws_get_ssl(wsi) != NULL || client->tls.alert != 0))
        ocpp_ws_client_tls_reason(client);
    if (client->failure != OCPP_CONNECTION_UNREACHABLE && client->failure != OCPP_CONNECTION_TLS_FAILED)
        return;
    if (getsockopt(lws_get_socket_fd(wsi), SOL_SOCKET, SO_ERROR, &error, &size) == 0 && error != 0)
        (void)snprintf(client->reason, sizeof client->reason, "no connection: %s", strerror(error));
}
