/* numbering.h: the row of connectors that versions without EVSEs number. Included by charge_point_internal.h. */
#ifndef OCPP_LIB_NUMBERING_H
#define OCPP_LIB_NUMBERING_H

#include <ocpp/charge_point.h>

/* ocpp_cp_row_number: the number of a connector in the row; 0: it is not in it. _place: the other way; false: no such number. */
int ocpp_cp_row_number(const struct ocpp_charge_point *cp, int evse, int connector);
bool ocpp_cp_row_place(const struct ocpp_charge_point *cp, int64_t number, int *evse, int *connector);
/* ocpp_cp_row_complete: appends the connectors the row does not have yet; true when it grew. */
bool ocpp_cp_row_complete(struct ocpp_charge_point *cp);

#endif
