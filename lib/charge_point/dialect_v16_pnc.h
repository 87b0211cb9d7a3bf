/* dialect_v16_pnc.h: what the files about ISO 15118 in OCPP 1.6 share: messages of 2.0.1 as JSON in DataTransfer, by the
 * application note "Using ISO 15118 Plug & Charge with OCPP 1.6". */
#ifndef OCPP_LIB_DIALECT_V16_PNC_H
#define OCPP_LIB_DIALECT_V16_PNC_H

#include <ocpp/v16_pnc.h>

#include "dialect_v16.h"

#define PNC_VENDOR "org.openchargealliance.iso15118pnc"

enum { PNC_HEARINGS = 1 };
extern const struct hearing ocpp_cp_v16_pnc_hearings[PNC_HEARINGS];

/* ocpp_cp_v16_pnc_sign: SignCertificate for the SECC's leaf, which ends in ocpp_cp_signing_answered(). */
enum ocpp_status ocpp_cp_v16_pnc_sign(struct ocpp_charge_point *cp, const char *csr);

#endif
