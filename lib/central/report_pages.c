/* report_pages.c: what a page does to its report: in any order, each once, within bounds, told, kept, or passed over. */
#include "item_limits.h"
#include "report_state.h"

#include <inttypes.h>

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

/* The station says where the report ends: what it told as lying behind that is none of it. */
static void end_at(struct open_report *open, int64_t seq_no)
{
    bool is_there;
    struct kept_page *last;
    struct kept_page *page;

    open->final_seq_no = seq_no;
    last = before(open, seq_no, &is_there);
    for (page = last ? last->next : open->first; page; page = page->next) {
        open->page_count--;
    }
    if (last) {
        last->next = NULL;
    } else {
        open->first = NULL;
    }
    open->last = last;
}

/* What |message| says, which is that of |page| or a copy of it. */
static bool read_page(struct ocpp_station *station, const struct report_page *page, const void *message, struct ocpp_arena *arena,
                      struct ocpp_report *report)
{
    if (!page->read(message, arena, report)) {
        return false;
    }
    item_limits_learn_report(station, report);
    return true;
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
    if (!read_page(station, page, page->message, station->central->pages, &told)) {
        told.status = ocpp_arena_status(station->central->pages);
    }
    return handler->reports->on_report_page(station, &told, handler->user) || !handler->reports->on_report;
}

/* A page in the report's own memory, empty unless |with_content|. Errors: OCPP_ERR_LIMIT, OCPP_ERR_NOMEM. */
static enum ocpp_status keep(struct ocpp_station *station, struct open_report *open, const struct report_page *page,
                             bool with_content)
{
    struct ocpp_central *central = station->central;
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
        (with_content && !read_page(station, page, message, open->arena, &kept->content))) {
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
        status = keep(station, open, page, !is_taken);
    }
    open->generated_utc_ms = open->page_count == 0 ? page->generated_utc_ms : open->generated_utc_ms;
    open->page_count++;
    if (page->is_last && open->final_seq_no == NOT_YET) {
        end_at(open, page->seq_no);
    }
    advance(open, page->seq_no);
    report_await_page(station, open);
    if (status != OCPP_OK) {
        report_end(station, open, status);
    } else if (open->final_seq_no != NOT_YET && open->next_seq_no > open->final_seq_no) {
        report_end(station, open, OCPP_OK);
    }
}

static bool is_possible(const struct open_report *open, const struct report_page *page)
{
    return page->seq_no >= 0 && (open->final_seq_no == NOT_YET || page->seq_no <= open->final_seq_no) &&
           !was_heard(open, page->seq_no);
}

void reports_hear(struct ocpp_station *station, const struct report_page *page)
{
    struct open_report *open = report_find(station, page->kind, page->request_id);
    enum ocpp_status status = OCPP_OK;

    if (!open && (page->seq_no < 0 || report_has_ended(station, page->kind, page->request_id))) {
        return;
    }
    if (!open) {
        status = report_open(station, page->kind, page->request_id, &open);
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
