/* ws_client_choice.c: which connection is made, where the charge point decides it (<ocpp/network.h>): address, password,
 * certificates.
 */
#include "adapter_support.h"
#include "crypto_openssl.h"
#include "ws_client.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

/* --- the context of its keys
 * ----------------------------------------------------------------------------------------------------- */

/* The server wants to see a certificate. A context cannot forget one that it has, so it has none, and a connection takes it from
 * the context that was made for this attempt. */
static int show_certificate(SSL *ssl, void *owner)
{
    const struct client_vhost *vhost = owner;
    STACK_OF(X509) *chain = NULL;
    X509 *certificate = vhost->keys != NULL ? SSL_CTX_get0_certificate(vhost->keys) : NULL;
    EVP_PKEY *key = vhost->keys != NULL ? SSL_CTX_get0_privatekey(vhost->keys) : NULL;
    if (certificate == NULL || key == NULL)
        return 1; /* none to show: the server decides */
    (void)SSL_CTX_get0_chain_certs(vhost->keys, &chain);
    return SSL_use_certificate(ssl, certificate) == 1 && SSL_use_PrivateKey(ssl, key) == 1 && SSL_set1_chain(ssl, chain) == 1;
}

/* The roots and rules of |fresh|, which |vhost| owns from now on, count for its next connection. */
static bool fill_vhost(struct client_vhost *vhost, SSL_CTX *fresh)
{
    SSL_CTX_free(vhost->keys);
    vhost->keys = fresh;
    SSL_CTX_set1_cert_store(vhost->tls, SSL_CTX_get_cert_store(fresh));
    (void)SSL_CTX_set_mode(vhost->tls, SSL_MODE_NO_AUTO_CHAIN);
    (void)SSL_CTX_set_options(vhost->tls, SSL_CTX_get_options(fresh));         /* no compression, no renegotiation (A00.FR.424) */
    SSL_CTX_set_security_level(vhost->tls, SSL_CTX_get_security_level(fresh)); /* A00.FR.501 to FR.504 */
    SSL_CTX_set_verify(vhost->tls, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_cb(vhost->tls, show_certificate, vhost);
    return SSL_CTX_set1_param(vhost->tls, SSL_CTX_get0_param(fresh)) == 1;
}

/* The vhost of the station's own keys and roots into client->vhost. Errors: those of ocpp_crypto_tls_context(). */
static enum ocpp_status use_keys(struct ocpp_client *client, const struct ocpp_connection *connection)
{
    const struct ocpp_crypto_tls tls = {
        .with_certificate = connection->security_profile == OCPP_SECURITY_CERTIFICATE,
        .certificate = connection->previous_certificate ? OCPP_PREVIOUS : OCPP_NEWEST,
        .newest_root_only = !connection->previous_root,
        .utc_ms = ocpp_charge_point_utc_ms(client->cp, ocpp_ws_client_now(client)),
    };
    SSL_CTX *fresh = NULL;
    const enum ocpp_status status = ocpp_crypto_tls_context(client->settings.crypto, &tls, &fresh);
    if (status != OCPP_OK)
        return status;
    struct client_vhost *vhost = ocpp_ws_client_loop_private(client);
    if (vhost == NULL) {
        SSL_CTX_free(fresh);
        return OCPP_ERR_NOMEM;
    }
    client->vhost = fill_vhost(vhost, fresh) ? vhost : NULL;
    return client->vhost != NULL ? OCPP_OK : OCPP_ERR_TLS;
}

/* Whether |status| of use_keys() means that there is nothing yet, and not that what there is cannot be read: to trust the roots
 * of a file, or of the system, instead of an installed one would be a way down. */
static bool is_nothing_installed(const struct ocpp_client *client, enum ocpp_status status)
{
    const struct ocpp_crypto *crypto = client->settings.crypto;
    return status == OCPP_ERR_NOT_FOUND ||
           (status == OCPP_ERR_TLS && !crypto->has_root(OCPP_ROOT_CSMS, OCPP_UTC_UNKNOWN, crypto->user));
}

/* --- what becomes of a choice
 * ------------------------------------------------------------------------------------------------------- */

static bool refuse(struct ocpp_client *client, const char *why)
{
    (void)snprintf(client->reason, sizeof client->reason, "%s", why);
    client->failure = OCPP_CONNECTION_IMPOSSIBLE;
    return false;
}

/* The keys of the contract come first; files are for stations without one, and for the beginning, when nothing is installed. */
static bool choose_vhost(struct ocpp_client *client, const struct ocpp_connection *connection)
{
    const bool shows = connection->security_profile == OCPP_SECURITY_CERTIFICATE;
    enum ocpp_status status = OCPP_ERR_NOT_FOUND;
    client->vhost = NULL;
    if (client->url.tls && ocpp_crypto_is_openssl(client->settings.crypto))
        status = use_keys(client, connection);
    if (status != OCPP_OK && !is_nothing_installed(client, status))
        return refuse(client, "the keys or the roots of the station cannot be read");
    if (client->vhost == NULL && shows && client->settings.certificate_file == NULL)
        return refuse(client, "there is no certificate of the station to show, or no root to trust");
    if (client->vhost == NULL)
        client->vhost = ocpp_ws_client_loop_vhost(client, client->url.tls, shows);
    return client->vhost != NULL || refuse(client, "its certificates cannot be used");
}

static void take_password(struct ocpp_client *client, const struct ocpp_connection *connection)
{
    OPENSSL_cleanse(client->password, sizeof client->password);
    client->password_size = 0;
    if (connection->password != NULL && connection->password_size < sizeof client->password) {
        memcpy(client->password, connection->password, connection->password_size);
        client->password_size = connection->password_size;
    }
}

bool ocpp_ws_client_choose(struct ocpp_client *client)
{
    struct ocpp_connection connection;
    const char *fault = NULL;
    client->is_asked = false;
    ocpp_ws_client_tell(client, (struct ocpp_client_act){ .kind = OCPP_CLIENT_CHOOSES });
    if (ocpp_charge_point_next_connection(client->cp, &connection, ocpp_ws_client_now(client)) != OCPP_OK)
        return refuse(client, "the charge point has no network profile that can be used");
    client->is_asked = true;
    client->wildcards = connection.wildcards;
    memcpy(client->offer, connection.versions, sizeof client->offer);
    take_password(client, &connection);
    client->url = (struct ocpp_ws_url){ .tls = false };
    if (ocpp_ws_url_read(&client->url, connection.url, ocpp_charge_point_identity(client->cp), &fault) != OCPP_OK)
        return refuse(client, fault);
    if (client->settings.on_connection != NULL && !client->settings.on_connection(&connection, client->settings.user))
        return refuse(client, "its network is not there");
    return choose_vhost(client, &connection);
}
