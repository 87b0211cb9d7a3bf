/* dialect_v201_reports.h: what dialect_v201_reports.c, _monitors.c, _events.c and _network.c share. */
#ifndef OCPP_CENTRAL_DIALECT_V201_REPORTS_H
#define OCPP_CENTRAL_DIALECT_V201_REPORTS_H

#include "central_internal.h"

#include <ocpp/central_reports.h>
#include <ocpp/v201.h>

/* dialect_v201_reports.c: the pages of reports. */
void central_v201_hear_report(struct ocpp_station *station, const struct ocpp_incoming_call *call);
void central_v201_hear_monitoring_report(struct ocpp_station *station, const struct ocpp_incoming_call *call);
void central_v201_hear_customer(struct ocpp_station *station, const struct ocpp_incoming_call *call);

/* dialect_v201_monitors.c: a type as it is told; a severity, 0 to 9 whatever is told. */
enum ocpp_monitor_type central_v201_monitor_type(enum ocpp201_monitor type);
int central_v201_severity(int64_t severity);

#endif
