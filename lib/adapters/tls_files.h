/* tls_files.h: are the certificate files what they should be? libwebsockets says so on its log only, in many lines or not at all.
 */
#ifndef OCPP_TLS_FILES_H
#define OCPP_TLS_FILES_H

#include <ocpp/types.h>

/* ocpp_tls_files_check: reads what is given (NULL: not given) as OpenSSL will: a PEM chain, its key, PEM certificates to trust.
 * |reason| gets one line. Errors: OCPP_ERR_TLS. */
OCPP_MUST_USE enum ocpp_status ocpp_tls_files_check(const char *certificate_file, const char *key_file, const char *ca_file,
                                                    char *reason, size_t reason_size);

#endif
