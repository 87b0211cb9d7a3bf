/* monitor_reports.c: reports on monitors: one at a time, page by page, each made when the one before was answered (OCPP 2.0.1
 * N02). What is wanted is marked when the report is asked for; a monitor that goes meanwhile is not told. It ends with its link.
 */
#include "monitors.h"

enum { MOST_PAGE_ATTEMPTS = 3 };

bool ocpp_cp_monitors_are_of_one(const struct monitor *a, const struct monitor *b)
{
    return a->entry.row == b->entry.row && a->entry.evse == b->entry.evse && a->entry.connector == b->entry.connector;
}

bool ocpp_cp_monitor_leads(const struct monitoring *all, size_t place)
{
    const struct monitor *monitor = &all->monitors[place];
    if (!monitor->is_marked) {
        return false;
    }
    for (size_t i = 0; i < place; i++) {
        if (all->monitors[i].is_marked && ocpp_cp_monitors_are_of_one(&all->monitors[i], monitor)) {
            return false;
        }
    }
    return true;
}

enum verdict ocpp_cp_monitor_report_open(struct ocpp_charge_point *cp, int64_t request_id,
                                         bool (*is_wanted)(const struct ocpp_charge_point *cp, const struct monitor *monitor,
                                                           const void *user),
                                         const void *user)
{
    struct monitoring *all = ocpp_cp_monitoring(cp);
    size_t count = 0;
    if (all->report.is_open || ocpp_cp_utc(cp, cp->now) == OCPP_UTC_UNKNOWN) { /* a page has to be dated */
        return VERDICT_REJECTED;
    }
    for (size_t i = 0; i < all->room; i++) {
        struct monitor *monitor = &all->monitors[i];
        monitor->is_marked = monitor->id != 0 && monitor->is_active && is_wanted(cp, monitor, user);
        count += monitor->is_marked;
    }
    if (count == 0) { /* N02.FR.10 */
        return VERDICT_UNKNOWN;
    }
    all->report = (struct monitor_report){
        .is_open = true,
        .request_id = request_id,
        .page_items = REPORTED_MONITORS,
        .retry_mono_ms = cp->now.mono_ms,
    };
    cp->dirty = true;
    return VERDICT_ACCEPTED;
}

/* A page that finds no room is made smaller, down to one variable. */
static void make_smaller(struct ocpp_charge_point *cp, struct monitor_report *report)
{
    if (report->page_items == 1) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "report %ld on monitors ends before its end: no room for a page",
                    (long)report->request_id);
        report->is_open = false;
        return;
    }
    report->page_items /= 2;
    cp->send_retry_mono_ms = cp->now.mono_ms; /* the smaller one at once */
    cp->dirty = true;
}

bool ocpp_cp_monitor_report_send(struct ocpp_charge_point *cp)
{
    struct monitoring *all = ocpp_cp_monitoring(cp);
    struct monitor_report *report = &all->report;
    const struct monitoring_words *words = ocpp_cp_words(cp, BLOCK_MONITORING);
    if (!report->is_open || words == NULL || cp->now.mono_ms < report->retry_mono_ms) {
        return false;
    }
    if (words->send_report(cp, &report->page_end) != OCPP_OK) {
        make_smaller(cp, report);
        return false;
    }
    report->is_on_its_way = true;
    return true;
}

/* The last page says that it is: behind it there is nothing. */
void ocpp_cp_monitor_report_answered(struct ocpp_charge_point *cp)
{
    struct monitoring *all = ocpp_cp_monitoring(cp);
    struct monitor_report *report = &all->report;
    report->is_on_its_way = false;
    report->next = report->page_end;
    report->seq_no++;
    report->attempts = 0;
    report->is_open = report->next < all->room;
    ocpp_cp_flight_over(cp);
}

/* The central system asked for it and may still want it: the same page again, a few times. */
void ocpp_cp_monitor_report_failed(struct ocpp_charge_point *cp)
{
    struct monitor_report *report = &ocpp_cp_monitoring(cp)->report;
    report->is_on_its_way = false;
    if (++report->attempts == MOST_PAGE_ATTEMPTS) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "report %ld on monitors ends before its end: a page was not taken",
                    (long)report->request_id);
        report->is_open = false;
    }
    report->retry_mono_ms = cp->now.mono_ms + SEND_RETRY_MS;
}
