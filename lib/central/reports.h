/* reports.h: reports that a station tells in pages, put together. reports.c owns it.
 *
 * A report is expected when it is ordered, or opened by a page nobody asked for. It ends once: whole, or incomplete when a page
 * does not come, it grows too large, or the station goes. Pages of one that ended are passed over.
 */
#ifndef OCPP_CENTRAL_REPORTS_INTERNAL_H
#define OCPP_CENTRAL_REPORTS_INTERNAL_H

#include "central_internal.h"

#include <ocpp/central_reports.h>

/* A page as its dialect read it. */
struct report_page {
    enum ocpp_report_kind kind;
    int64_t request_id;
    int64_t seq_no;
    bool is_last;
    int64_t generated_utc_ms;
    const struct ocpp_type *type; /* of |message|, from which a copy is made if it is kept */
    const void *message;
    /* the content of |message| in |report|: borrows its texts, and takes what it needs of |arena|; false without memory */
    bool (*read)(const void *message, struct ocpp_arena *arena, struct ocpp_report *report);
};

/* reports_are_heard: whether the application has a function for reports. */
bool reports_are_heard(const struct ocpp_central *central);

/* reports_request_id: a fresh one, above 0. */
int64_t reports_request_id(struct ocpp_station *station);

/* reports_expect: a report will be ordered; |*request_id| 0 gets a fresh one. Errors: OCPP_ERR_LIMIT, OCPP_ERR_BUSY,
 * OCPP_ERR_NOMEM. */
enum ocpp_status reports_expect(struct ocpp_station *station, enum ocpp_report_kind kind, int64_t *request_id);

/* reports_forget: the order did not leave. */
void reports_forget(struct ocpp_station *station, enum ocpp_report_kind kind, int64_t request_id);

/* reports_answered: how the order |result->request_id| ended; an answer that holds settings is a report of variables itself. */
void reports_answered(struct ocpp_station *station, enum ocpp_report_kind kind, const struct ocpp_command_result *result);

/* reports_hear: a page came. It does not answer. */
void reports_hear(struct ocpp_station *station, const struct report_page *page);

/* reports_deadline: when the next page must have come; OCPP_NEVER. reports_expire: tells of those that did not. */
int64_t reports_deadline(const struct ocpp_station *station);
void reports_expire(struct ocpp_station *station);

/* reports_close: the connection is gone; what is open is told as it is. reports_free: the memory. */
void reports_close(struct ocpp_station *station);
void reports_free(struct ocpp_station *station);

#endif
