/* canvas.h: what is to be seen, as cells: a page that layouts write on with pens and a terminal shows. Nothing but glyphs gets
 * onto it (glyph.h), and nothing beyond its edges. Pure, so what a layout makes of a size is tested without a terminal.
 *
 *     struct pen pen = canvas_pen(&canvas, 0, 0, canvas.columns);
 *     pen_print(&pen, STYLE_TITLE, " %s ", name);
 *     pen_to(&pen, 20);
 *     pen_bar(&pen, STYLE_GOOD, 10, power_w, most_w);
 */
#ifndef OCPP_SIM_CANVAS_H
#define OCPP_SIM_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ocpp/types.h>

/* What something is, not how it looks: the terminal knows that. */
enum style {
    STYLE_PLAIN,
    STYLE_TITLE, /* the line that says what is seen */
    STYLE_HEADING,
    STYLE_DIM,
    STYLE_STRONG,
    STYLE_GOOD,
    STYLE_BUSY,
    STYLE_WARNING,
    STYLE_BAD,
    STYLE_SENT,
    STYLE_RECEIVED,
    STYLES
};

/* Beyond these a page is cut: no terminal is so large. */
enum { CANVAS_ROWS = 500, CANVAS_COLUMNS = 1000 };

struct cell {
    uint32_t code; /* as glyph_read() has it; 0: the right half of a wide one */
    enum style style;
};

struct canvas {
    int rows;
    int columns;
    bool is_ascii; /* only ASCII gets onto it */
    int cursor_row;
    int cursor_column; /* below 0: it is not shown */
    struct cell *cells;
};

/* canvas_resize: at least one cell, all of it blank; false: no memory, and it is as it was. A zeroed canvas has no cells.
 * canvas_clear: blank again. canvas_free: zeroed again. */
OCPP_MUST_USE bool canvas_resize(struct canvas *canvas, int rows, int columns);
void canvas_clear(struct canvas *canvas);
void canvas_free(struct canvas *canvas);

/* canvas_equals: whether both show the same. canvas_copy: |to| shows what |from| does; false: no memory. */
bool canvas_equals(const struct canvas *a, const struct canvas *b);
OCPP_MUST_USE bool canvas_copy(struct canvas *to, const struct canvas *from);

/* canvas_row: a row as UTF-8, without the blanks at its end; what does not fit into |size| is cut. */
void canvas_row(const struct canvas *canvas, int row, char *text, size_t size);

/* A place on a row from which is written to the right, up to before |end|. Rows and columns outside of the page are allowed, and
 * nothing is written there. */
struct pen {
    struct canvas *canvas;
    int row;
    int column;
    int end;
};

struct pen canvas_pen(struct canvas *canvas, int row, int column, int end);

/* pen_bytes: text of whoever wrote it; what cannot be drawn becomes a replacement, line breaks and tabs a blank, and what does
 * not fit ends in an ellipsis. pen_text: the same, terminated. pen_print: formatted, at most 1,023 bytes. */
void pen_bytes(struct pen *pen, enum style style, const char *text, size_t size);
void pen_text(struct pen *pen, enum style style, const char *text);
void pen_print(struct pen *pen, enum style style, const char *format, ...) OCPP_PRINTF(3, 4);

/* pen_glyph: one character, |times| times. pen_to: on to |column|, never back. pen_bar: |width| columns, filled as |part| is to
 * |whole|; one column at least where part is above 0, none where whole is not. */
void pen_glyph(struct pen *pen, enum style style, uint32_t code, int times);
void pen_to(struct pen *pen, int column);
void pen_bar(struct pen *pen, enum style style, int width, int64_t part, int64_t whole);

/* glyph_columns: how many columns |text| takes, as pen_bytes() draws it. */
int glyph_columns(const char *text, size_t size);

#endif
