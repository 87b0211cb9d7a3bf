/* dialect_v16.h: what the files of the dialect of OCPP 1.6 share. */
#ifndef OCPP_LIB_CHARGE_POINT_DIALECT_V16_H
#define OCPP_LIB_CHARGE_POINT_DIALECT_V16_H

#include <ocpp/v16.h>

#include "charge_point_internal.h"

bool ocpp_cp_v16_supports(const struct ocpp_action *action);
void ocpp_cp_v16_on_call(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v16_answer_unlock(struct ocpp_charge_point *cp, struct ocpp_call_token call, enum verdict verdict);

#endif
