/* page.c: see page.h. */
#include "page.h"
#include "glyph.h"
#include "log_lines.h"

#include <inttypes.h>
#include <string.h>

enum { LOG_LEAST = 3, RULE = 0x2500 };

/* Which rows belong to what; 0 rows: there is no room for it. */
struct plan {
    int title;
    struct area body;
    int rule;
    struct area log;
    int hint;
    int prompt;
};

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static int body_most(int middle)
{
    const int log = middle / 3 > LOG_LEAST ? middle / 3 : LOG_LEAST;

    return middle - 1 - log > 0 ? middle - 1 - log : 0;
}

static struct plan plan_page(const struct page *page, int rows, int columns)
{
    struct plan plan = { .title = -1, .rule = -1, .hint = -1, .prompt = rows - 1 };
    int first = 0, end = rows - 1;

    if (rows >= 3) {
        plan.title = first++;
    }
    if (rows >= 6) {
        plan.hint = --end;
    }
    const int most = body_most(end - first);
    plan.body = (struct area){ first, most > 0 ? smaller(page->body->rows(page->view, columns, most), most) : 0, most };
    first += plan.body.rows;
    if (end - first >= 2) {
        plan.rule = first++;
    }
    plan.log = (struct area){ first, end - first, end - first };
    return plan;
}

/* --- the log --------------------------------------------------------------------------------------------------------- */

static int rows_of(const struct page *page, uint64_t number, int columns)
{
    return page->is_long ? log_line_rows(message_log_at(page->log, number), columns) : 1;
}

static uint64_t last_shown(const struct page *page, uint64_t bottom)
{
    const uint64_t oldest = message_log_oldest(page->log);

    if (bottom == 0 || bottom > page->log->last) {
        return page->log->last;
    }
    return bottom < oldest ? oldest : bottom;
}

uint64_t page_log_top(const struct page *page, uint64_t bottom, int rows, int columns)
{
    uint64_t top = last_shown(page, bottom);
    int used = top > 0 ? rows_of(page, top, columns) : 0;

    while (top > message_log_oldest(page->log)) {
        used += rows_of(page, top - 1, columns);
        if (used > rows) {
            return top;
        }
        top--;
    }
    return top;
}

uint64_t page_log_bottom(const struct page *page, uint64_t top, int rows, int columns)
{
    uint64_t bottom = top < message_log_oldest(page->log) ? message_log_oldest(page->log) : top;
    int used = bottom <= page->log->last ? rows_of(page, bottom, columns) : 0;

    while (bottom < page->log->last) {
        used += rows_of(page, bottom + 1, columns);
        if (used > rows) {
            return bottom;
        }
        bottom++;
    }
    return 0;
}

uint64_t page_log_older(const struct page *page, int rows, int columns)
{
    const uint64_t first_page = page_log_bottom(page, message_log_oldest(page->log), rows, columns);
    const uint64_t top = page_log_top(page, page->bottom, rows, columns);

    if (first_page == 0) {
        return 0; /* all of it is seen */
    }
    return top > first_page ? top : first_page;
}

uint64_t page_log_newer(const struct page *page, int rows, int columns)
{
    return page->bottom == 0 ? 0 : page_log_bottom(page, page->bottom, rows, columns);
}

struct area page_log_area(const struct page *page, int rows, int columns)
{
    return plan_page(page, rows, columns).log;
}

static void draw_log(const struct page *page, struct canvas *canvas, struct area area)
{
    const uint64_t last = last_shown(page, page->bottom);
    int row = area.row;

    if (area.rows <= 0 || last == 0) {
        return;
    }
    for (uint64_t number = page_log_top(page, page->bottom, area.rows, canvas->columns);
         number <= last && row < area.row + area.rows; number++) {
        const int rows = rows_of(page, number, canvas->columns);
        log_line_draw(message_log_at(page->log, number), canvas, row, smaller(row + rows, area.row + area.rows));
        row += rows;
    }
}

static void draw_rule(const struct page *page, struct canvas *canvas, int row)
{
    const struct message_log *log = page->log;
    const uint64_t newer = log->last - last_shown(page, page->bottom);
    struct pen pen = canvas_pen(canvas, row, 0, canvas->columns);
    const char *before = " ";

    pen_glyph(&pen, STYLE_DIM, RULE, 2);
    if (!page->body->counts_frames) {
        pen_print(&pen, STYLE_DIM, "%s%" PRIu64 " sent, %" PRIu64 " received", before, log->sent, log->received);
        before = ", ";
    }
    if (log->invalid > 0) {
        pen_print(&pen, STYLE_BAD, "%s%" PRIu64 " not valid", before, log->invalid);
        before = ", ";
    }
    if (newer > 0) {
        pen_print(&pen, STYLE_WARNING, "%s%" PRIu64 " newer below (PgDn, Esc)", before, newer);
        before = ", ";
    }
    pen_text(&pen, STYLE_DIM, before[0] == ',' ? " " : "");
    pen_glyph(&pen, STYLE_DIM, RULE, canvas->columns);
}

/* --- title, hint, prompt --------------------------------------------------------------------------------------------- */

static void draw_title(const struct page *page, struct canvas *canvas, int row)
{
    char time[OCPP_TIME_TEXT_SIZE] = "";
    const int clock = canvas->columns - 9;
    struct pen pen = canvas_pen(canvas, row, 0, canvas->columns);

    pen_glyph(&pen, STYLE_TITLE, ' ', canvas->columns);
    if (clock >= 30 && ocpp_time_format(page->utc_ms, time) == OCPP_OK) {
        pen = canvas_pen(canvas, row, clock, canvas->columns);
        pen_print(&pen, STYLE_TITLE, "%.8s", time + 11);
        pen = canvas_pen(canvas, row, 0, clock - 1);
    } else {
        pen = canvas_pen(canvas, row, 0, canvas->columns);
    }
    page->body->title(page->view, &pen);
}

/* Where to begin so that the cursor can be seen. */
static size_t prompt_start(const struct line_editor *editor, int columns)
{
    size_t start = 0, used;

    while (start < editor->cursor && glyph_columns(editor->text + start, editor->cursor - start) >= columns) {
        (void)glyph_read(editor->text + start, editor->size - start, &used);
        start += used;
    }
    return start;
}

static void draw_prompt(const struct page *page, struct canvas *canvas, int row)
{
    const struct line_editor *editor = page->editor;
    struct pen pen = canvas_pen(canvas, row, 0, canvas->columns);

    if (canvas->columns > 8) {
        pen_text(&pen, STYLE_HEADING, "> ");
    }
    const size_t start = prompt_start(editor, canvas->columns - pen.column);
    canvas->cursor_row = row;
    canvas->cursor_column = pen.column + glyph_columns(editor->text + start, editor->cursor - start);
    canvas->cursor_column = smaller(canvas->cursor_column, canvas->columns - 1);
    pen_bytes(&pen, STYLE_PLAIN, editor->text + start, editor->size - start);
}

void page_draw(const struct page *page, struct canvas *canvas)
{
    const struct plan plan = plan_page(page, canvas->rows, canvas->columns);

    canvas_clear(canvas);
    if (plan.title >= 0) {
        draw_title(page, canvas, plan.title);
    }
    if (plan.body.rows > 0) {
        page->body->draw(page->view, canvas, plan.body);
    }
    if (plan.rule >= 0) {
        draw_rule(page, canvas, plan.rule);
    }
    draw_log(page, canvas, plan.log);
    if (plan.hint >= 0) {
        struct pen pen = canvas_pen(canvas, plan.hint, 0, canvas->columns);
        pen_text(&pen, STYLE_DIM, page->hint);
    }
    draw_prompt(page, canvas, plan.prompt);
}
