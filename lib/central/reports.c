/* reports.c: reports that a station tells in pages, put together within bounds: in any order, each page once, whole or with the
 * reason why not. */
#include "reports.h"

#include "arena.h"

#include <inttypes.h>
#include <string.h>

enum { ENDED = 8, NOT_YET = -1 };

/* A page that is kept, or one behind a gap. */
struct kept_page {
    struct kept_page *next;
    int64_t seq_no;
    struct ocpp_report content; /* the lists and the text only */
};

/* Named for what it awaits. */
enum report_state { REPORT_FREE, AWAITS_ANSWER, AWAITS_PAGES };

struct open_report {
    enum report_state state;
    enum ocpp_report_kind kind;
    int64_t request_id;
    bool is_asked;
    struct ocpp_arena *arena; /* of its pages; NULL: none is kept */
    size_t charged;           /* bytes of it that the shard counts */
    struct kept_page *first;  /* by number */
    struct kept_page *last;
    size_t page_count;
    int64_t next_seq_no;  /* all before it came */
    int64_t final_seq_no; /* NOT_YET: the last page did not come */
    int64_t generated_utc_ms;
    int64_t deadline_ms; /* while it awaits pages */
};

struct ended_report {
    bool is_used;
    enum ocpp_report_kind kind;
    int64_t request_id;
};

struct station_reports {
    struct ended_report ended[ENDED]; /* the newest of them, in a ring */
    size_t next_ended;
    struct open_report open[]; /* max_open_reports */
};

/* --- which ---------------------------------------------------------------------------------------------------------------- */

bool reports_are_heard(const struct ocpp_central *central)
{
    const struct ocpp_report_handler *handler = central->handler.reports;

    return handler && (handler->on_report || handler->on_report_page);
}

static struct open_report *find(const struct ocpp_station *station, enum ocpp_report_kind kind, int64_t request_id)
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

static bool is_open_id(const struct ocpp_station *station, int64_t id)
{
    for (int kind = 0; kind < OCPP_REPORT_KIND_COUNT; kind++) {
        if (find(station, (enum ocpp_report_kind)kind, id)) {
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

/* A free one, made the report |kind| and |request_id|. Errors: OCPP_ERR_LIMIT, OCPP_ERR_NOMEM. */
static enum ocpp_status open_one(struct ocpp_station *station, enum ocpp_report_kind kind, int64_t request_id,
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

static void await_page(struct ocpp_station *station, struct open_report *open)
{
    open->state = AWAITS_PAGES;
    open->deadline_ms = station->central->now.mono_ms + station->central->settings.report_timeout_ms;
}

/* --- telling ---------------------------------------------------------------------------------------------------------------- */

/* All lists of |from| behind those of |to|, which have room. */
static void append(struct ocpp_report *to, struct ocpp_reported_variable *variables, struct ocpp_reported_monitor *monitors,
                   const struct ocpp_report *from)
{
    if (from->variable_count > 0) {
        memcpy(variables + to->variable_count, from->variables, from->variable_count * sizeof *variables);
        to->variable_count += from->variable_count;
    }
    if (from->monitor_count > 0) {
        memcpy(monitors + to->monitor_count, from->monitors, from->monitor_count * sizeof *monitors);
        to->monitor_count += from->monitor_count;
    }
}

/* The texts of all pages as one; NULL without memory. */
static const char *join_texts(const struct open_report *open)
{
    size_t size = 0;
    char *text;
    char *at;

    for (const struct kept_page *page = open->first; page; page = page->next) {
        size += page->content.text ? strlen(page->content.text) : 0;
    }
    text = at = ocpp_arena_take(open->arena, size + 1);
    for (const struct kept_page *page = open->first; text && page; page = page->next) {
        size_t length = page->content.text ? strlen(page->content.text) : 0;
        memcpy(at, page->content.text ? page->content.text : "", length);
        at += length;
    }
    return text;
}

/* The content of all pages that were kept, in their order. False: there was no room for all of it at once. */
static bool gather(const struct open_report *open, struct ocpp_report *report)
{
    size_t variable_count = 0;
    size_t monitor_count = 0;

    for (const struct kept_page *page = open->first; page; page = page->next) {
        variable_count += page->content.variable_count;
        monitor_count += page->content.monitor_count;
    }
    struct ocpp_reported_variable *variables = ocpp_arena_take(open->arena, (variable_count + 1) * sizeof *variables);
    struct ocpp_reported_monitor *monitors = ocpp_arena_take(open->arena, (monitor_count + 1) * sizeof *monitors);
    const char *text = open->kind == OCPP_REPORT_CUSTOMER ? join_texts(open) : NULL;
    if (!variables || !monitors || (open->kind == OCPP_REPORT_CUSTOMER && !text)) {
        return false;
    }
    for (const struct kept_page *page = open->first; page; page = page->next) {
        append(report, variables, monitors, &page->content);
    }
    report->variables = variables;
    report->monitors = monitors;
    report->text = text;
    return true;
}

/* Fills in what came; the first page only where there is no room to put all together. */
static void collect(const struct open_report *open, struct ocpp_report *report)
{
    const bool is_single = open->first && !open->first->next;

    if (open->first && (is_single || !gather(open, report))) {
        report->variables = open->first->content.variables;
        report->variable_count = open->first->content.variable_count;
        report->monitors = open->first->content.monitors;
        report->monitor_count = open->first->content.monitor_count;
        report->text = open->first->content.text;
        if (!is_single && report->status == OCPP_OK) {
            report->status = ocpp_arena_status(open->arena);
        }
    }
    if (open->kind == OCPP_REPORT_CUSTOMER && !report->text) {
        report->text = "";
    }
}

static void remember_end(struct ocpp_station *station, const struct open_report *open)
{
    struct station_reports *reports = station->reports;

    reports->ended[reports->next_ended] = (struct ended_report){ true, open->kind, open->request_id };
    reports->next_ended = (reports->next_ended + 1) % ENDED;
}

/* It is over: its place is free before the application hears of it, which may order the next. */
static void end(struct ocpp_station *station, struct open_report *open, enum ocpp_status status)
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
        collect(&over, &report);
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
    if (find(station, kind, id)) {
        return OCPP_ERR_BUSY;
    }
    const enum ocpp_status status = open_one(station, kind, id, &open);
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
    struct open_report *open = find(station, kind, request_id);

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
    struct open_report *open = find(station, kind, result->request_id);
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
    await_page(station, open);
    if (result->settings) {
        reports_hear(station, &answer);
    }
}

/* --- pages -------------------------------------------------------------------------------------------------------------------
 */

/* Where a page stands that is not in the list yet; |*is_there|: it is. */
static struct kept_page *before(const struct open_report *open, int64_t seq_no, bool *is_there)
{
    struct kept_page *at = open->last && open->last->seq_no <= seq_no ? open->last : NULL;

    for (struct kept_page *next = at ? NULL : open->first; next && next->seq_no <= seq_no; next = next->next) {
        at = next;
    }
    *is_there = at && at->seq_no == seq_no;
    return at;
}

static void insert(struct open_report *open, struct kept_page *page)
{
    bool is_there;
    struct kept_page *at = before(open, page->seq_no, &is_there);
    struct kept_page **link = at ? &at->next : &open->first;

    page->next = *link;
    *link = page;
    if (!page->next) {
        open->last = page;
    }
}

static bool was_heard(const struct open_report *open, int64_t seq_no)
{
    bool is_there;

    (void)before(open, seq_no, &is_there);
    return is_there || seq_no < open->next_seq_no;
}

/* The page |seq_no| came: what is whole from the beginning on grows. */
static void advance(struct open_report *open, int64_t seq_no)
{
    if (seq_no != open->next_seq_no) {
        return;
    }
    open->next_seq_no++;
    if (open->last && open->last->seq_no >= open->next_seq_no) {
        for (const struct kept_page *page = open->first; page; page = page->next) {
            open->next_seq_no += page->seq_no == open->next_seq_no;
        }
    }
}

/* The application's own look at the page. True: it is not to be kept. */
static bool tell_page(struct ocpp_station *station, const struct open_report *open, const struct report_page *page)
{
    const struct ocpp_central_handler *handler = &station->central->handler;
    struct ocpp_report told = { .kind = page->kind,
                                .request_id = page->request_id,
                                .is_asked = open->is_asked,
                                .generated_utc_ms = page->generated_utc_ms,
                                .seq_no = page->seq_no,
                                .is_last = page->is_last,
                                .page_count = 1 };

    if (!handler->reports->on_report_page) {
        return false;
    }
    ocpp_arena_reset(station->central->pages);
    if (!page->read(page->message, station->central->pages, &told)) {
        told.status = ocpp_arena_status(station->central->pages);
    }
    return handler->reports->on_report_page(station, &told, handler->user) || !handler->reports->on_report;
}

/* A page in the report's own memory, empty unless |with_content|. Errors: OCPP_ERR_LIMIT, OCPP_ERR_NOMEM. */
static enum ocpp_status keep(struct ocpp_central *central, struct open_report *open, const struct report_page *page,
                             bool with_content)
{
    const void *message = page->message;
    struct kept_page *kept;

    if (!open->arena) {
        open->arena = ocpp_arena_new(central->settings.allocator, central->settings.max_report_bytes);
    }
    if (!open->arena) {
        return OCPP_ERR_NOMEM;
    }
    const size_t used = ocpp_arena_used(open->arena);
    kept = ocpp_arena_take(open->arena, sizeof *kept);
    if (!kept || (with_content && page->type && ocpp_message_copy(page->type, message, open->arena, &message) != OCPP_OK) ||
        (with_content && !page->read(message, open->arena, &kept->content))) {
        return ocpp_arena_status(open->arena);
    }
    open->charged += ocpp_arena_used(open->arena) - used;
    central->open_report_bytes += ocpp_arena_used(open->arena) - used;
    kept->seq_no = page->seq_no;
    insert(open, kept);
    return central->open_report_bytes > central->settings.max_open_report_bytes ? OCPP_ERR_LIMIT : OCPP_OK;
}

static void take_page(struct ocpp_station *station, struct open_report *open, const struct report_page *page)
{
    const bool is_taken = tell_page(station, open, page);
    enum ocpp_status status = OCPP_OK;

    if (!is_taken || page->seq_no > open->next_seq_no) {
        status = keep(station->central, open, page, !is_taken);
    }
    open->generated_utc_ms = open->page_count == 0 ? page->generated_utc_ms : open->generated_utc_ms;
    open->page_count++;
    if (page->is_last && open->final_seq_no == NOT_YET) {
        open->final_seq_no = page->seq_no;
    }
    advance(open, page->seq_no);
    await_page(station, open);
    if (status != OCPP_OK) {
        end(station, open, status);
    } else if (open->final_seq_no != NOT_YET && open->next_seq_no > open->final_seq_no) {
        end(station, open, OCPP_OK);
    }
}

static bool is_possible(const struct open_report *open, const struct report_page *page)
{
    return page->seq_no >= 0 && (open->final_seq_no == NOT_YET || page->seq_no <= open->final_seq_no) &&
           !was_heard(open, page->seq_no);
}

void reports_hear(struct ocpp_station *station, const struct report_page *page)
{
    struct open_report *open = find(station, page->kind, page->request_id);
    enum ocpp_status status = OCPP_OK;

    if (!open && (page->seq_no < 0 || find_ended(station, page->kind, page->request_id))) {
        return;
    }
    if (!open) {
        status = open_one(station, page->kind, page->request_id, &open);
    }
    if (status != OCPP_OK) {
        ocpp_log_write(&station->central->settings.log, OCPP_LOG_INFO, "%s: a page of report %" PRId64 " is passed over: %s",
                       station->identity, page->request_id, ocpp_status_sentence(status));
        return;
    }
    if (is_possible(open, page)) {
        take_page(station, open, page);
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
            end(station, open, OCPP_ERR_TIMEOUT);
        }
    }
}

void reports_close(struct ocpp_station *station)
{
    for (size_t i = 0; station->reports && i < station->central->settings.max_open_reports; i++) {
        struct open_report *open = &station->reports->open[i];
        if (open->state == AWAITS_PAGES) {
            end(station, open, OCPP_ERR_CLOSED);
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
