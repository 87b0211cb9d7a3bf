/* reports.c: reports on the device model: one at a time, page by page, each made when the one before was answered.
 *
 * What is wanted is marked when the report is asked for, a bit per entry; values are read when their page is made. A report ends
 * with its link: nobody who connects later asked for it. OCPP 2.0.1 B07, B08. */
#include "charge_point_internal.h"

#include <string.h>

enum { MOST_PAGE_ITEMS = 64, MOST_PAGE_ATTEMPTS = 3 };

size_t ocpp_cp_report_marks_size(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_entry_count(cp) / 8 + 1;
}

static bool is_marked(const struct ocpp_charge_point *cp, const struct entry *entry)
{
    const size_t index = ocpp_cp_entry_index(cp, entry);
    return (cp->report.marks[index / 8] >> (index % 8) & 1) != 0;
}

enum verdict ocpp_cp_report_open(struct ocpp_charge_point *cp, int64_t request_id,
                                 bool (*is_wanted)(const struct ocpp_charge_point *cp, const struct entry *entry,
                                                   const void *user),
                                 const void *user)
{
    struct report *report = &cp->report;
    if (report->is_open || ocpp_cp_utc(cp, cp->now) == OCPP_UTC_UNKNOWN) { /* B07.FR.13, B08.FR.16; a page has to be dated */
        return VERDICT_REJECTED;
    }
    size_t count = 0;
    memset(report->marks, 0, ocpp_cp_report_marks_size(cp));
    for (struct entry entry = ENTRY_BEFORE_FIRST; ocpp_cp_entry_next(cp, &entry);) {
        if (is_wanted(cp, &entry, user)) {
            const size_t index = ocpp_cp_entry_index(cp, &entry);
            report->marks[index / 8] |= (uint8_t)(1u << (index % 8));
            count++;
        }
    }
    if (count == 0) {
        return VERDICT_UNKNOWN;
    }
    report->is_open = true;
    report->request_id = request_id;
    report->seq_no = 0;
    report->told = ENTRY_BEFORE_FIRST;
    report->page_items = MOST_PAGE_ITEMS;
    report->attempts = 0;
    cp->dirty = true;
    return VERDICT_ACCEPTED;
}

bool ocpp_cp_report_next(const struct ocpp_charge_point *cp, struct entry *entry)
{
    while (ocpp_cp_entry_next(cp, entry)) {
        if (is_marked(cp, entry)) {
            return true;
        }
    }
    return false;
}

/* A page that finds no room is made smaller, down to one entry; what does not go even so ends the report. */
static void make_smaller(struct ocpp_charge_point *cp)
{
    struct report *report = &cp->report;
    if (report->page_items == 1) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "report %ld ends before its end: no room for a page", (long)report->request_id);
        report->is_open = false;
        return;
    }
    report->page_items /= 2;
    cp->send_retry_mono_ms = cp->now.mono_ms; /* the smaller one at once */
    cp->dirty = true;
}

bool ocpp_cp_send_report(struct ocpp_charge_point *cp)
{
    struct report *report = &cp->report;
    if (!report->is_open) {
        return false;
    }
    struct entry next = report->told;
    if (!ocpp_cp_report_next(cp, &next)) { /* the last page was answered */
        report->is_open = false;
        return false;
    }
    if (cp->dialect->send_report(cp, &report->page_end) != OCPP_OK) {
        make_smaller(cp);
        return false;
    }
    cp->flight = FLIGHT_REPORT;
    return true;
}

void ocpp_cp_report_answered(struct ocpp_charge_point *cp)
{
    struct report *report = &cp->report;
    report->told = report->page_end;
    report->seq_no++;
    report->attempts = 0;
    ocpp_cp_flight_over(cp);
}

/* The central system asked for it and may still want it: the same page again, a few times. */
void ocpp_cp_report_failed(struct ocpp_charge_point *cp)
{
    struct report *report = &cp->report;
    if (++report->attempts == MOST_PAGE_ATTEMPTS) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "report %ld ends before its end: a page was not taken", (long)report->request_id);
        report->is_open = false;
    }
    cp->send_retry_mono_ms = cp->now.mono_ms + SEND_RETRY_MS;
    ocpp_cp_flight_over(cp);
}
