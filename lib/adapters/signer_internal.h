/* signer_internal.h: what the files of the signer share. */
#ifndef OCPP_SIGNER_INTERNAL_H
#define OCPP_SIGNER_INTERNAL_H

#include "crypto_openssl.h"

#include <ocpp/signer.h>

/* signer_parse: the request; NULL with |fault|. Free it with X509_REQ_free(). */
X509_REQ *signer_parse(const struct ocpp_signer_request *request, enum ocpp_certificate_fault *fault);

/* signer_judge: GOOD, or why it is not signed. */
enum ocpp_certificate_fault signer_judge(X509_REQ *csr, const struct ocpp_signer_request *request);

#endif
