/* profile_reports.c: charging profiles that a station tells in pages, put together within bounds (K09). */
#include "profile_reports.h"
#include "reports.h"

#include "arena.h"

#include <string.h>

struct kept_profiles {
    struct kept_profiles *next;
    size_t count;
    struct ocpp_reported_profile profiles[];
};

/* Named for what it awaits. */
enum report_wait {
    AWAITS_ANSWER,
    AWAITS_PAGE,
    AWAITS_NOTHING /* it was told; the rest of its pages is passed over until its time is up */
};

struct profile_report {
    struct profile_report *next;
    enum report_wait wait;
    int64_t request_id;
    int64_t deadline_ms; /* but for AWAITS_ANSWER */
    struct ocpp_arena *arena;
    size_t charged; /* bytes of it that the shard counts */
    struct kept_profiles *first;
    struct kept_profiles *last;
    size_t count;
    size_t page_count;
};

static struct profile_report *find(const struct ocpp_station *station, int64_t request_id)
{
    struct profile_report *report = station->profile_reports;

    while (report && report->request_id != request_id) {
        report = report->next;
    }
    return report;
}

static void unlist(struct ocpp_station *station, const struct profile_report *report)
{
    struct profile_report **at = &station->profile_reports;

    while (*at && *at != report) {
        at = &(*at)->next;
    }
    if (*at) {
        *at = report->next;
    }
}

/* Its pages are gone, its place stays. */
static void empty(struct ocpp_central *central, struct profile_report *report)
{
    central->open_report_bytes -= report->charged;
    ocpp_arena_free(report->arena);
    report->arena = NULL;
    report->charged = 0;
    report->first = report->last = NULL;
}

static void drop(struct ocpp_station *station, struct profile_report *report)
{
    unlist(station, report);
    empty(station->central, report);
    central_release(station->central, report);
}

/* --- telling ---------------------------------------------------------------------------------------------------------------- */

/* All pages as one list; NULL without memory. */
static struct ocpp_reported_profile *join(const struct ocpp_central *central, const struct profile_report *report)
{
    struct ocpp_reported_profile *all = central_allocate(central, (report->count + 1) * sizeof *all);
    size_t count = 0;

    for (const struct kept_profiles *page = report->first; all && page; page = page->next) {
        memcpy(all + count, page->profiles, page->count * sizeof *all);
        count += page->count;
    }
    return all;
}

/* It is over. It keeps its number, so that a late page is known; the application may order the next meanwhile, and nothing it can
 * do frees |report|: another order takes the place of one that was told, so it is out of the list. */
static void tell(struct ocpp_station *station, struct profile_report *report, enum ocpp_status status)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    struct ocpp_reported_profile *all = join(station->central, report);
    const struct ocpp_profile_report told = {
        .request_id = report->request_id,
        .status = all ? status : OCPP_ERR_NOMEM,
        .profiles = all             ? all
                    : report->first ? report->first->profiles
                                    : NULL,
        .count = all             ? report->count
                 : report->first ? report->first->count
                                 : 0,
        .page_count = report->page_count,
    };

    unlist(station, report);
    handler->energy->on_profiles(station, &told, handler->user);
    central_release(station->central, all);
    empty(station->central, report);
}

/* |is_awaited|: pages of it may still come. */
static void end(struct ocpp_station *station, struct profile_report *report, enum ocpp_status status, bool is_awaited)
{
    tell(station, report, status);
    if (!is_awaited || find(station, report->request_id)) { /* or the application uses its number again */
        central_release(station->central, report);
        return;
    }
    report->wait = AWAITS_NOTHING;
    report->deadline_ms = station->central->now.mono_ms + station->central->settings.report_timeout_ms;
    report->next = station->profile_reports;
    station->profile_reports = report;
}

/* --- orders ------------------------------------------------------------------------------------------------------------------
 */

/* Whether there is room for one more; one that only waits for stray pages makes it. */
static bool make_room(struct ocpp_station *station)
{
    struct profile_report *told = NULL;
    size_t count = 0;

    for (struct profile_report *report = station->profile_reports; report; report = report->next) {
        told = report->wait == AWAITS_NOTHING ? report : told;
        count++;
    }
    if (count < station->central->settings.max_open_reports) {
        return true;
    }
    if (told) {
        drop(station, told);
    }
    return told;
}

enum ocpp_status profile_report_expect(struct ocpp_station *station, int64_t request_id)
{
    struct ocpp_central *central = station->central;
    struct profile_report *report = find(station, request_id);

    if (!central->handler.energy || !central->handler.energy->on_profiles) {
        return OCPP_OK;
    }
    if (report && report->wait != AWAITS_NOTHING) {
        return OCPP_ERR_BUSY;
    }
    if (report) { /* the application uses a number again */
        drop(station, report);
    }
    if (!make_room(station)) {
        return OCPP_ERR_LIMIT;
    }
    report = central_allocate(central, sizeof *report);
    if (!report) {
        return OCPP_ERR_NOMEM;
    }
    report->arena = ocpp_arena_new(central->settings.allocator, central->settings.max_report_bytes);
    if (!report->arena) {
        central_release(central, report);
        return OCPP_ERR_NOMEM;
    }
    report->request_id = request_id;
    report->next = station->profile_reports;
    station->profile_reports = report;
    return OCPP_OK;
}

void profile_report_answered(struct ocpp_station *station, int64_t request_id, bool accepted)
{
    struct profile_report *report = find(station, request_id);

    if (!report || report->wait != AWAITS_ANSWER) {
        return;
    }
    if (!accepted) {
        drop(station, report);
        return;
    }
    report->wait = AWAITS_PAGE;
    report->deadline_ms = station->central->now.mono_ms + station->central->settings.report_timeout_ms;
}

/* --- pages -------------------------------------------------------------------------------------------------------------------
 */

static enum ocpp_status keep(struct ocpp_central *central, struct profile_report *report, const struct profile_page *page)
{
    struct kept_profiles *kept = ocpp_arena_take(report->arena, sizeof *kept + page->count * sizeof kept->profiles[0]);
    enum ocpp_status status = kept ? page->read(report->arena, page->request, kept->profiles) : ocpp_arena_status(report->arena);
    const size_t used = ocpp_arena_used(report->arena);

    central->open_report_bytes += used - report->charged;
    report->charged = used;
    if (!kept || status != OCPP_OK) {
        return status;
    }
    kept->next = NULL;
    kept->count = page->count;
    if (report->last) {
        report->last->next = kept;
    } else {
        report->first = kept;
    }
    report->last = kept;
    report->count += page->count;
    report->page_count++;
    return central->open_report_bytes > central->settings.max_open_report_bytes ? OCPP_ERR_LIMIT : OCPP_OK;
}

bool profile_report_page(struct ocpp_station *station, const struct profile_page *page)
{
    struct profile_report *report = find(station, page->request_id);
    enum ocpp_status status;

    if (!report) {
        return false;
    }
    if (report->wait == AWAITS_NOTHING) {
        report->deadline_ms = station->central->now.mono_ms + station->central->settings.report_timeout_ms;
        if (page->is_last) {
            drop(station, report);
        }
        return true;
    }
    report->wait = AWAITS_PAGE;
    report->deadline_ms = station->central->now.mono_ms + station->central->settings.report_timeout_ms;
    status = keep(station->central, report, page);
    if (status != OCPP_OK || page->is_last) {
        end(station, report, status, !page->is_last);
    }
    return true;
}

/* --- time and the end ----------------------------------------------------------------------------------------------------------
 */

int64_t profile_reports_deadline(const struct ocpp_station *station)
{
    int64_t deadline = OCPP_NEVER;

    for (const struct profile_report *report = station->profile_reports; report; report = report->next) {
        if (report->wait != AWAITS_ANSWER && report->deadline_ms < deadline) {
            deadline = report->deadline_ms;
        }
    }
    return deadline;
}

/* One that is late, or NULL. */
static struct profile_report *late(const struct ocpp_station *station)
{
    struct profile_report *report = station->profile_reports;

    while (report && (report->wait == AWAITS_ANSWER || report->deadline_ms > station->central->now.mono_ms)) {
        report = report->next;
    }
    return report;
}

/* From the first again after each: the application may order while it is told. */
void profile_reports_expire(struct ocpp_station *station)
{
    for (struct profile_report *report = late(station); report; report = late(station)) {
        if (report->wait == AWAITS_PAGE) {
            end(station, report, OCPP_ERR_TIMEOUT, true);
        } else {
            drop(station, report);
        }
    }
}

void profile_reports_close(struct ocpp_station *station)
{
    while (station->profile_reports) {
        struct profile_report *report = station->profile_reports;
        if (report->wait == AWAITS_PAGE) {
            end(station, report, OCPP_ERR_CLOSED, false);
        } else {
            drop(station, report);
        }
    }
}
