/* tls_context.c: OpenSSL contexts, and certificate files tried out in one. */
#include "tls_context.h"

#include <openssl/err.h>
#include <stdio.h>

/* The last word of OpenSSL's queue is the cause ("no such file", "bad base64 decode"). */
enum ocpp_status ocpp_tls_refuse(const char *what, const char *file, char *reason, size_t reason_size)
{
    const unsigned long code = ERR_peek_error();
    const char *words = code != 0 ? ERR_reason_error_string(code) : NULL;
    (void)snprintf(reason, reason_size, "%s %s: %s", what, file, words != NULL ? words : "cannot be used");
    ERR_clear_error();
    return OCPP_ERR_TLS;
}

enum ocpp_status ocpp_tls_use_pair(SSL_CTX *context, const char *certificate_file, const char *key_file, char *reason,
                                   size_t reason_size)
{
    if (certificate_file == NULL && key_file == NULL)
        return OCPP_OK;
    if (certificate_file == NULL || key_file == NULL) {
        (void)snprintf(reason, reason_size, "a certificate and its key go together: one of them is missing");
        return OCPP_ERR_TLS;
    }
    if (SSL_CTX_use_certificate_chain_file(context, certificate_file) != 1)
        return ocpp_tls_refuse("certificate", certificate_file, reason, reason_size);
    if (SSL_CTX_use_PrivateKey_file(context, key_file, SSL_FILETYPE_PEM) != 1)
        return ocpp_tls_refuse("key", key_file, reason, reason_size);
    if (SSL_CTX_check_private_key(context) != 1)
        return ocpp_tls_refuse("key", key_file, reason, reason_size);
    return OCPP_OK;
}

enum ocpp_status ocpp_tls_files_check(const char *certificate_file, const char *key_file, const char *ca_file, char *reason,
                                      size_t reason_size)
{
    SSL_CTX *context = SSL_CTX_new(TLS_method());
    if (context == NULL) {
        (void)snprintf(reason, reason_size, "OpenSSL does not start");
        return OCPP_ERR_TLS;
    }
    ERR_clear_error();
    enum ocpp_status status = ocpp_tls_use_pair(context, certificate_file, key_file, reason, reason_size);
    if (status == OCPP_OK && ca_file != NULL && SSL_CTX_load_verify_file(context, ca_file) != 1)
        status = ocpp_tls_refuse("CA file", ca_file, reason, reason_size);
    SSL_CTX_free(context);
    return status;
}

/* --- contexts ---------------------------------------------------------------------------------------------------- */

/* The suites of A00.FR.318, FR.319, FR.421 and FR.422 (1.6 whitepaper: the same), their like with an RSA certificate and forward
 * secrecy, which the standard recommends, and the two of TLS 1.3 with the same ciphers. Nothing with CBC, nothing below 128 bits
 * (FR.320, FR.423). */
#define SUITES_OF_TLS_1_2                                                                                                        \
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-RSA-AES256-GCM-SHA384:"       \
    "AES128-GCM-SHA256:AES256-GCM-SHA384"
#define SUITES_OF_TLS_1_3 "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384"

bool ocpp_tls_harden(SSL_CTX *context)
{
    SSL_CTX_set_security_level(context, 2); /* 112 bits, no SHA-1: A00.FR.501 to FR.504 */
    (void)SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION); /* A00.FR.321, FR.424 */
    (void)SSL_CTX_set_mode(context, SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_RELEASE_BUFFERS);        /* libwebsockets counts on the first */
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 && /* A00.FR.313, FR.416 */
           SSL_CTX_set_cipher_list(context, SUITES_OF_TLS_1_2) == 1 && SSL_CTX_set_ciphersuites(context, SUITES_OF_TLS_1_3) == 1;
}

SSL_CTX *ocpp_tls_new_context(const SSL_METHOD *method)
{
    SSL_CTX *context = SSL_CTX_new(method);
    if (context == NULL || ocpp_tls_harden(context))
        return context;
    SSL_CTX_free(context);
    return NULL;
}

static SSL_CTX *new_client_context(void)
{
    SSL_CTX *context = ocpp_tls_new_context(TLS_client_method());
    if (context != NULL) /* where the server has an answer at hand */
        (void)SSL_CTX_set_tlsext_status_type(context, TLSEXT_STATUSTYPE_ocsp);
    return context;
}

SSL_CTX *ocpp_tls_client_context(const char *certificate_file, const char *key_file, const char *ca_file)
{
    SSL_CTX *context = new_client_context();
    if (context == NULL)
        return NULL;
    char reason[1];
    const bool trusted =
        ca_file != NULL ? SSL_CTX_load_verify_file(context, ca_file) == 1 : SSL_CTX_set_default_verify_paths(context) == 1;
    if (trusted && ocpp_tls_use_pair(context, certificate_file, key_file, reason, sizeof reason) == OCPP_OK)
        return context;
    SSL_CTX_free(context);
    ERR_clear_error();
    return NULL;
}

SSL_CTX *ocpp_tls_client_nothing(void)
{
    return new_client_context();
}
