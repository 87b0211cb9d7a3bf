/* profile_reports.h: the charging profiles of a station, put together from the pages it tells them in (K09). Pages bear no
 * number: they come in order, the last one says so. A report ends once: whole, or incomplete; what comes for it afterwards is
 * passed over. */
#ifndef OCPP_CENTRAL_PROFILE_REPORTS_H
#define OCPP_CENTRAL_PROFILE_REPORTS_H

#include "central_internal.h"

#include <ocpp/central_energy.h>

/* A page as its dialect has it. */
struct profile_page {
    int64_t request_id;
    size_t count;
    bool is_last;
    /* its profiles into |profiles|, which has room for |count|, their parts into |arena|. Errors: OCPP_ERR_NOMEM, OCPP_ERR_LIMIT
     */
    enum ocpp_status (*read)(struct ocpp_arena *arena, const void *request, struct ocpp_reported_profile *profiles);
    const void *request;
};

/* profile_report_expect: a report will be ordered. Errors: OCPP_ERR_LIMIT, OCPP_ERR_BUSY, OCPP_ERR_NOMEM. */
enum ocpp_status profile_report_expect(struct ocpp_station *station, int64_t request_id);

/* profile_report_answered: the order was answered, or ended without: no report follows one that was not accepted. */
void profile_report_answered(struct ocpp_station *station, int64_t request_id, bool accepted);

/* profile_report_page: a page came. False: nobody asked for it. It does not answer. */
bool profile_report_page(struct ocpp_station *station, const struct profile_page *page);

/* profile_reports_deadline: when the next page must have come; OCPP_NEVER. profile_reports_expire: tells of those that did not.
 */
int64_t profile_reports_deadline(const struct ocpp_station *station);
void profile_reports_expire(struct ocpp_station *station);

/* profile_reports_close: the connection is gone: what is open is told as it is, and forgotten. */
void profile_reports_close(struct ocpp_station *station);

#endif
