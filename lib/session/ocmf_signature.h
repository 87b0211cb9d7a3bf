/* ocmf_signature.h: the third section of a record of OCMF. */
#ifndef OCPP_LIB_OCMF_SIGNATURE_H
#define OCPP_LIB_OCMF_SIGNATURE_H

#include <ocpp/ocmf.h>

#include "json.h"

/* ocpp_ocmf_take_signature: algorithm and bytes, from the parsed section. */
enum ocpp_ocmf_fault ocpp_ocmf_take_signature(const struct ocpp_json *object, unsigned quirks, struct ocpp_ocmf_record *record);

#endif
