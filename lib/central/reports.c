/* reports.c: reports that a station tells in pages: which are open, and how they begin and end. */
#include "report_state.h"

#include <inttypes.h>
#include <string.h>

/* --- which ---------------------------------------------------------------------------------------------------------------- */

bool reports_are_heard(const struct ocpp_central *central)
{
    const struct ocpp_report_handler *handler = central->handler.reports;

    return handler && (handler->on_report || handler->on_report_page);
}

struct open_report *report_find(const struct ocpp_station *station, enum ocpp_report_kind kind, int64_t request_id)
{
    for (size_t i = 0; station->reports && i < station->central->settings.max_open_reports; i++) {
        struct open_report *open = &station->reports->open[i];
        if (open->state != REPORT_FREE && open->kind == kind && open->request_id == request_id) {
            return open;
        }
    }
    return NULL;
}

static struct ended_report *find_ended(const struct ocpp_station *station, enum ocpp_report_kind kind, int64_t request_id)
{
    for (size_t i = 0; station->reports && i < ENDED; i++) {
        struct ended_report *ended = &station->reports->ended[i];
        if (ended->is_used && ended->kind == kind && ended->request_id == request_id) {
            return ended;
        }
    }
    return NULL;
}

bool report_has_ended(const struct ocpp_station *station, enum ocpp_report_kind kind, int64_t request_id)
{
    return find_ended(station, kind, request_id) != NULL;
}

static bool is_open_id(const struct ocpp_station *station, int64_t id)
{
    for (int kind = 0; kind < OCPP_REPORT_KIND_COUNT; kind++) {
        if (report_find(station, (enum ocpp_report_kind)kind, id)) {
            return true;
        }
    }
    return false;
}

int64_t reports_request_id(struct ocpp_station *station)
{
    struct ocpp_central *central = station->central;
    uint32_t bits;

    if (central->last_request_id == 0) { /* not where the last process began: stations may still speak of its requests */
        central->settings.random(&bits, sizeof bits, central->settings.random_user);
        central->last_request_id = bits & 0x3FFFFFFF;
    }
    do {
        central->last_request_id = central->last_request_id == INT32_MAX ? 1 : central->last_request_id + 1;
    } while (is_open_id(station, central->last_request_id));
    return central->last_request_id;
}

enum ocpp_status report_open(struct ocpp_station *station, enum ocpp_report_kind kind, int64_t request_id,
                             struct open_report **opened)
{
    const size_t count = station->central->settings.max_open_reports;
    const size_t size = sizeof *station->reports + count * sizeof station->reports->open[0];

    if (!station->reports) {
        station->reports = central_allocate(station->central, size);
    }
    if (!station->reports) {
        return OCPP_ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        struct open_report *open = &station->reports->open[i];
        if (open->state == REPORT_FREE) {
            *open = (struct open_report){ .kind = kind, .request_id = request_id, .final_seq_no = NOT_YET };
            *opened = open;
            return OCPP_OK;
        }
    }
    return OCPP_ERR_LIMIT;
}

static void release(struct ocpp_central *central, struct open_report *open)
{
    central->open_report_bytes -= open->charged;
    ocpp_arena_free(open->arena);
    *open = (struct open_report){ .state = REPORT_FREE };
}

void report_await_page(struct ocpp_station *station, struct open_report *open)
{
    open->state = AWAITS_PAGES;
    open->deadline_ms = station->central->now.mono_ms + station->central->settings.report_timeout_ms;
}

/* --- telling ---------------------------------------------------------------------------------------------------------------- */

static void remember_end(struct ocpp_station *station, const struct open_report *open)
{
    struct station_reports *reports = station->reports;

    reports->ended[reports->next_ended] = (struct ended_report){ true, open->kind, open->request_id };
    reports->next_ended = (reports->next_ended + 1) % ENDED;
}

/* It is over: its place is free before the application hears of it, which may order the next. */
void report_end(struct ocpp_station *station, struct open_report *open, enum ocpp_status status)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    struct open_report over = *open;
    struct ocpp_report report = { .kind = over.kind,
                                  .request_id = over.request_id,
                                  .is_asked = over.is_asked,
                                  .status = status,
                                  .generated_utc_ms = over.page_count > 0 ? over.generated_utc_ms : OCPP_UTC_UNKNOWN,
                                  .is_last = over.final_seq_no != NOT_YET,
                                  .page_count = over.page_count };

    remember_end(station, open);
    *open = (struct open_report){ .state = REPORT_FREE };
    if (handler->reports->on_report) {
        report_collect(&over, &report);
        handler->reports->on_report(station, &report, handler->user);
    }
    release(station->central, &over);
}

/* --- orders ------------------------------------------------------------------------------------------------------------------
 */

enum ocpp_status reports_expect(struct ocpp_station *station, enum ocpp_report_kind kind, int64_t *request_id)
{
    const int64_t id = *request_id != 0 ? *request_id : reports_request_id(station);
    struct ended_report *ended = find_ended(station, kind, id);
    struct open_report *open;

    if (!reports_are_heard(station->central)) {
        *request_id = id;
        return OCPP_OK;
    }
    if (report_find(station, kind, id)) {
        return OCPP_ERR_BUSY;
    }
    const enum ocpp_status status = report_open(station, kind, id, &open);
    if (status != OCPP_OK) {
        return status;
    }
    if (ended) { /* the application uses a number again */
        ended->is_used = false;
    }
    open->state = AWAITS_ANSWER;
    open->is_asked = true;
    *request_id = id;
    return OCPP_OK;
}

void reports_forget(struct ocpp_station *station, enum ocpp_report_kind kind, int64_t request_id)
{
    struct open_report *open = report_find(station, kind, request_id);

    if (open && open->state == AWAITS_ANSWER) {
        release(station->central, open);
    }
}

/* The answer of a version that has no pages, as a page. */
static bool read_settings(const void *message, struct ocpp_arena *arena, struct ocpp_report *report)
{
    const struct ocpp_command_result *result = message;
    struct ocpp_reported_variable *variables = ocpp_arena_take(arena, (result->setting_count + 1) * sizeof *variables);
    struct ocpp_reported_attribute *attributes = ocpp_arena_take(arena, (result->setting_count + 1) * sizeof *attributes);
    size_t count = 0;

    if (!variables || !attributes) {
        return false;
    }
    for (size_t i = 0; i < result->setting_count; i++) {
        const struct ocpp_setting_answer *setting = &result->settings[i];
        if (!setting->is_unknown) {
            attributes[count] = (struct ocpp_reported_attribute){ .type = "Actual",
                                                                  .value = setting->value,
                                                                  .is_readable = setting->value != NULL,
                                                                  .is_writable = !setting->is_readonly };
            variables[count] =
                (struct ocpp_reported_variable){ .name = setting->name, .attributes = &attributes[count], .attribute_count = 1 };
            count++;
        }
    }
    report->variables = variables;
    report->variable_count = count;
    return true;
}

void reports_answered(struct ocpp_station *station, enum ocpp_report_kind kind, const struct ocpp_command_result *result)
{
    struct open_report *open = report_find(station, kind, result->request_id);
    const struct report_page answer = { .kind = kind,
                                        .request_id = result->request_id,
                                        .is_last = true,
                                        .generated_utc_ms = OCPP_UTC_UNKNOWN,
                                        .message = result,
                                        .read = read_settings };

    if (!open || open->state != AWAITS_ANSWER) { /* its pages came first */
        return;
    }
    if (result->status != OCPP_OK || !result->accepted) {
        release(station->central, open);
        return;
    }
    report_await_page(station, open);
    if (result->settings) {
        reports_hear(station, &answer);
    }
}

/* --- time and the end --------------------------------------------------------------------------------------------------------
 */

int64_t reports_deadline(const struct ocpp_station *station)
{
    int64_t deadline = OCPP_NEVER;

    for (size_t i = 0; station->reports && i < station->central->settings.max_open_reports; i++) {
        const struct open_report *open = &station->reports->open[i];
        if (open->state == AWAITS_PAGES && open->deadline_ms < deadline) {
            deadline = open->deadline_ms;
        }
    }
    return deadline;
}

void reports_expire(struct ocpp_station *station)
{
    const int64_t now = station->central->now.mono_ms;

    for (size_t i = 0; station->reports && i < station->central->settings.max_open_reports; i++) {
        struct open_report *open = &station->reports->open[i];
        if (open->state == AWAITS_PAGES && open->deadline_ms <= now) {
            report_end(station, open, OCPP_ERR_TIMEOUT);
        }
    }
}

void reports_close(struct ocpp_station *station)
{
    for (size_t i = 0; station->reports && i < station->central->settings.max_open_reports; i++) {
        struct open_report *open = &station->reports->open[i];
        if (open->state == AWAITS_PAGES) {
            report_end(station, open, OCPP_ERR_CLOSED);
        } else if (open->state == AWAITS_ANSWER) {
            release(station->central, open);
        }
    }
}

void reports_free(struct ocpp_station *station)
{
    central_release(station->central, station->reports);
    station->reports = NULL;
}
