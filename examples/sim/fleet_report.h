/* fleet_report.h: what is told of a fleet: a line now and then, and at the end all there is, as text or as JSON. */
#ifndef OCPP_SIM_FLEET_REPORT_H
#define OCPP_SIM_FLEET_REPORT_H

#include "fleet.h"

/* What was told last, so that rates are of the time since. */
struct fleet_report {
    int64_t told_ms;
    uint64_t out;
    uint64_t in;
};

void fleet_report_line(struct fleet_report *report, const struct fleet *fleet);
void fleet_report_end(const struct fleet *fleet);

#endif
