/* crypto_words.c: the faults of certificates, in words. */
#include <ocpp/crypto.h>

static const char *const fault_words[OCPP_CERTIFICATE_FAULT_COUNT] = {
    [OCPP_CERTIFICATE_GOOD] = "good",
    [OCPP_CERTIFICATE_TOO_LARGE] = "too large",
    [OCPP_CERTIFICATE_UNREADABLE] = "unreadable",
    [OCPP_CERTIFICATE_WEAK] = "weak key or signature algorithm",
    [OCPP_CERTIFICATE_WRONG_KEY] = "not for the key of the request",
    [OCPP_CERTIFICATE_WRONG_SUBJECT] = "wrong subject",
    [OCPP_CERTIFICATE_NOT_A_ROOT] = "not a root",
    [OCPP_CERTIFICATE_NOT_SUCCEEDING] = "not signed by the root it is to replace",
    [OCPP_CERTIFICATE_TIME_UNKNOWN] = "the date is not known",
    [OCPP_CERTIFICATE_NOT_YET_VALID] = "not yet valid",
    [OCPP_CERTIFICATE_EXPIRED] = "expired",
    [OCPP_CERTIFICATE_NO_ROOT] = "no installed root above it",
    [OCPP_CERTIFICATE_WRONG_USE] = "not meant for this use",
    [OCPP_CERTIFICATE_BAD_SIGNATURE] = "bad signature",
    [OCPP_CERTIFICATE_REVOKED] = "revoked",
};

const char *ocpp_certificate_fault_words(enum ocpp_certificate_fault fault)
{
    if ((unsigned)fault >= OCPP_CERTIFICATE_FAULT_COUNT)
        return "?";
    return fault_words[fault];
}
