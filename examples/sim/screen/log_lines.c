/* log_lines.c: see log_lines.h. */
#include "log_lines.h"
#include "glyph.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include <ocpp/types.h>

enum { WIDE_COLUMNS = 100, NARROW_COLUMNS = 60, ACTION_COLUMNS = 26, TIME_SIZE = 16, SENT = 0x2192, RECEIVED = 0x2190 };

/* Text that runs over several rows. */
struct flow {
    struct canvas *canvas; /* NULL: it is only measured */
    int row;
    int end; /* no row from here on */
    int column;
    int columns;
    int indent; /* of the rows behind the first */
    bool is_cut;
};

/* How much of |text| fits into the columns that are left. */
static size_t fitting(const struct flow *flow, const char *text, size_t size, int *columns)
{
    size_t at = 0, used;

    for (*columns = 0; at < size; at += used) {
        const int width = glyph_width(glyph_read(text + at, size - at, &used));
        const int taken = width > 0 ? width : 1;
        if (flow->column + *columns + taken > flow->columns) {
            return at;
        }
        *columns += taken;
    }
    return at;
}

static void draw(const struct flow *flow, enum style style, const char *text, size_t size)
{
    if (flow->canvas) {
        struct pen pen = canvas_pen(flow->canvas, flow->row, flow->column, flow->columns);
        pen_bytes(&pen, style, text, size);
    }
}

static void flow_text(struct flow *flow, enum style style, const char *text)
{
    size_t size = strlen(text);

    while (size > 0 && !flow->is_cut) {
        int columns;
        const size_t fits = fitting(flow, text, size, &columns);
        const bool is_last = flow->row + 1 >= flow->end;
        draw(flow, style, text, is_last ? size : fits);
        flow->column += columns;
        flow->is_cut = is_last && fits < size;
        text += fits;
        size -= fits;
        if (size > 0 && !flow->is_cut) {
            if (fits == 0 && flow->column <= flow->indent) {
                return; /* too narrow for anything */
            }
            flow->row++;
            flow->column = flow->indent;
        }
    }
}

static void flow_to(struct flow *flow, int column)
{
    flow->column = flow->column < column && column < flow->columns ? column : flow->column;
}

/* --- frames ---------------------------------------------------------------------------------------------------------- */

static void clock_text(int64_t utc_ms, int columns, char text[TIME_SIZE])
{
    char time[OCPP_TIME_TEXT_SIZE] = "";

    (void)ocpp_time_format(utc_ms, time);
    snprintf(text, TIME_SIZE, "%.*s ", columns >= WIDE_COLUMNS ? 12 : 8, time[0] ? time + 11 : "--:--:--.---");
}

static void flow_glyph(struct flow *flow, enum style style, uint32_t code)
{
    char text[GLYPH_BYTES + 2];
    size_t size = glyph_write(code, text);

    text[size++] = ' ';
    text[size] = '\0';
    flow_text(flow, style, text);
}

static void flow_verdict(struct flow *flow, const struct message *message)
{
    if (message->verdict == VERDICT_VALID) {
        flow_glyph(flow, STYLE_GOOD, 0x2713);
    }
    if (message->verdict == VERDICT_INVALID) {
        flow_glyph(flow, STYLE_BAD, 0x2717);
        flow_text(flow, STYLE_BAD, message->fault);
        flow_text(flow, STYLE_PLAIN, " ");
    }
}

static void flow_latency(struct flow *flow, int64_t latency_ms)
{
    char text[32];

    if (latency_ms < 0) {
        return;
    }
    if (latency_ms < 10000) {
        snprintf(text, sizeof text, "%d ms ", (int)latency_ms);
    } else {
        snprintf(text, sizeof text, "%.1f s ", (double)latency_ms / 1000);
    }
    flow_text(flow, latency_ms < 1000 ? STYLE_PLAIN : STYLE_WARNING, text);
}

static void flow_frame(struct flow *flow, const struct message *message)
{
    const bool is_sent = message->kind == MESSAGE_SENT;
    const int began = flow->column;

    flow_glyph(flow, is_sent ? STYLE_SENT : STYLE_RECEIVED, is_sent ? SENT : RECEIVED);
    flow_text(flow, STYLE_STRONG, message->action[0] ? message->action : "?");
    flow_text(flow, STYLE_PLAIN, " ");
    if (message->type[0]) {
        flow_text(flow, STYLE_PLAIN, message->type);
        flow_text(flow, STYLE_PLAIN, " ");
    }
    flow_to(flow, flow->columns >= WIDE_COLUMNS ? began + ACTION_COLUMNS : 0);
    flow_latency(flow, message->latency_ms);
    flow_to(flow, flow->columns >= WIDE_COLUMNS ? began + ACTION_COLUMNS + 9 : 0);
    flow_verdict(flow, message);
    flow_text(flow, STYLE_DIM, message->text);
}

/* --- all ------------------------------------------------------------------------------------------------------------- */

static void flow_plain(struct flow *flow, const struct message *message)
{
    static const struct {
        const char *mark;
        enum style mark_style;
        enum style style;
    } kinds[] = {
        [MESSAGE_NOTE] = { "\xc2\xb7 ", STYLE_DIM, STYLE_PLAIN },
        [MESSAGE_TYPED] = { "> ", STYLE_HEADING, STYLE_HEADING },
        [MESSAGE_PRINTED] = { "", STYLE_PLAIN, STYLE_PLAIN },
        [MESSAGE_COMPLAINT] = { "! ", STYLE_BAD, STYLE_BAD },
    };

    flow_text(flow, kinds[message->kind].mark_style, kinds[message->kind].mark);
    flow_text(flow, kinds[message->kind].style, message->text);
}

static int flow_message(const struct message *message, struct flow *flow)
{
    const int first = flow->row;

    if (message->kind != MESSAGE_PRINTED && flow->columns >= NARROW_COLUMNS) {
        char time[TIME_SIZE];
        clock_text(message->utc_ms, flow->columns, time);
        flow_text(flow, STYLE_DIM, time);
    }
    if (message->station[0]) {
        flow_text(flow, STYLE_PLAIN, message->station);
        flow_text(flow, STYLE_PLAIN, " ");
    }
    flow->indent = flow->columns >= NARROW_COLUMNS ? 4 : 0;
    if (message->kind == MESSAGE_SENT || message->kind == MESSAGE_RECEIVED) {
        flow_frame(flow, message);
    } else {
        flow_plain(flow, message);
    }
    return flow->row - first + 1;
}

int log_line_rows(const struct message *message, int columns)
{
    struct flow flow = { .end = INT_MAX, .columns = columns };

    return flow_message(message, &flow);
}

void log_line_draw(const struct message *message, struct canvas *canvas, int row, int end)
{
    struct flow flow = { .canvas = canvas, .row = row, .end = end, .columns = canvas->columns };

    (void)flow_message(message, &flow);
}
