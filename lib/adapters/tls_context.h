/* tls_context.h: certificates, and the OpenSSL contexts made of them.
 *
 * libwebsockets 4.1.6 is given contexts of ours wherever it takes them. With LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT it numbers its
 * data in OpenSSL's objects anew for each context of its own, so that with two of them it looks in the wrong place; without the
 * option it uses one number for all, and leaks the client contexts it makes itself.
 */
#ifndef OCPP_TLS_CONTEXT_H
#define OCPP_TLS_CONTEXT_H

#include <ocpp/types.h>

#include <openssl/ssl.h>

/* ocpp_tls_files_check: reads what is given (NULL: not given) as OpenSSL will: a PEM chain, its key, PEM certificates to trust.
 * |reason| gets one line. Errors: OCPP_ERR_TLS. */
OCPP_MUST_USE enum ocpp_status ocpp_tls_files_check(const char *certificate_file, const char *key_file, const char *ca_file,
                                                    char *reason, size_t reason_size);

/* ocpp_tls_client_context: what a client connects with; NULL |ca_file|: the system's. NULL: the files cannot be used any more, or
 * no memory. */
SSL_CTX *ocpp_tls_client_context(const char *certificate_file, const char *key_file, const char *ca_file);

/* ocpp_tls_client_nothing: for a server, so that libwebsockets does not read the system's certificates for it. NULL: no memory.
 */
SSL_CTX *ocpp_tls_client_nothing(void);

/* ocpp_tls_harden: TLS 1.2 or above, the suites of the standard, keys of 112 bits, neither compression nor renegotiation. False:
 * OpenSSL does not have them. */
bool ocpp_tls_harden(SSL_CTX *context);

/* ocpp_tls_new_context: one that is. NULL: no memory. */
SSL_CTX *ocpp_tls_new_context(const SSL_METHOD *method);

/* ocpp_tls_use_pair: |context| shows that certificate; nothing where both files are NULL. Errors: OCPP_ERR_TLS; |reason| gets one
 * line. */
OCPP_MUST_USE enum ocpp_status ocpp_tls_use_pair(SSL_CTX *context, const char *certificate_file, const char *key_file,
                                                 char *reason, size_t reason_size);

/* ocpp_tls_refuse: OCPP_ERR_TLS; |reason| tells that |file| cannot be used as |what|, and what OpenSSL says to it. */
enum ocpp_status ocpp_tls_refuse(const char *what, const char *file, char *reason, size_t reason_size);

#endif
