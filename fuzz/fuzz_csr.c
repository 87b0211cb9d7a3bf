/* fuzz_csr.c: requests for certificates as stations send them, before anything in them is believed.
 *
 * Whatever the bytes are: the verdict is good or one of those a request can have; what is good for a station is good for no other
 * name, and for nobody whose organization differs. */
#include "target.h"

#include "require.h"

#include <ocpp/signer.h>

#include <string.h>

static bool is_possible(enum ocpp_certificate_fault fault)
{
    switch ((int)fault) {
    case OCPP_CERTIFICATE_TOO_LARGE:
    case OCPP_CERTIFICATE_UNREADABLE:
    case OCPP_CERTIFICATE_WEAK:
    case OCPP_CERTIFICATE_WRONG_SUBJECT:
    case OCPP_CERTIFICATE_WRONG_USE:
    case OCPP_CERTIFICATE_BAD_SIGNATURE:
        return true;
    default:
        return false;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = { "PILE-7", "PILE-8" };
    char csr[12000];
    enum ocpp_certificate_fault fault;
    struct ocpp_signer_request request = { .csr = csr, .for_station = true, .common_names = names, .common_name_count = 1 };

    if (size >= sizeof csr) {
        return 0;
    }
    memcpy(csr, data, size);
    csr[size] = '\0';
    const enum ocpp_status status = ocpp_signer_check(&request, &fault);
    ocpp_require((status == OCPP_OK) == (fault == OCPP_CERTIFICATE_GOOD));
    ocpp_require(status == OCPP_OK || (status == OCPP_ERR_VALUE && is_possible(fault)));
    if (status == OCPP_OK) {
        request.common_names = names + 1;
        ocpp_require(ocpp_signer_check(&request, &fault) == OCPP_ERR_VALUE && fault == OCPP_CERTIFICATE_WRONG_SUBJECT);
        request.common_names = names;
        request.organization = "Nobody";
        ocpp_require(ocpp_signer_check(&request, &fault) == OCPP_ERR_VALUE && fault == OCPP_CERTIFICATE_WRONG_SUBJECT);
    }
    return 0;
}
