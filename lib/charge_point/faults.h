/* faults.h: what is faulted, and what it is called. Included by charge_point_internal.h. */
#ifndef OCPP_LIB_FAULTS_H
#define OCPP_LIB_FAULTS_H

#include <ocpp/charge_point.h>

int ocpp_cp_fault_code_of(const char *name); /* never 0: what is unknown is OtherError */
const char *ocpp_cp_fault_name(int code);
enum ocpp_stop_reason ocpp_cp_fault_reason(int code);
/* ocpp_cp_fault_at: the code that holds at a connector (0: its EVSE, EVSE 0: the station); 0: none. */
int ocpp_cp_fault_at(const struct ocpp_charge_point *cp, int evse, int connector);
void ocpp_cp_fault_describe(const struct ocpp_charge_point *cp, int evse, int connector, int code, struct ocpp_fault *fault);

#endif
