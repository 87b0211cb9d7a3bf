/* dialect_v201.h: what the files of the dialect of OCPP 2.0.1 share. */
#ifndef OCPP_LIB_CHARGE_POINT_DIALECT_V201_H
#define OCPP_LIB_CHARGE_POINT_DIALECT_V201_H

#include <ocpp/v201.h>

#include "charge_point_internal.h"

bool ocpp_cp_v201_supports(const struct ocpp_action *action);
void ocpp_cp_v201_on_call(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v201_answer_unlock(struct ocpp_charge_point *cp, struct ocpp_call_token call, enum verdict verdict);

/* dialect_v201_variables.c */
void ocpp_cp_v201_get_variables(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);
void ocpp_cp_v201_set_variables(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);

#endif
