/* canvas.c: see canvas.h. */
#include "canvas.h"
#include "glyph.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLANK = ' ', ELLIPSIS = 0x2026, BAR_FULL = 0x2588, BAR_EMPTY = 0x2591 };

static int within(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

/* --- pages ----------------------------------------------------------------------------------------------------------- */

static size_t cells_of(const struct canvas *canvas)
{
    return (size_t)canvas->rows * (size_t)canvas->columns;
}

bool canvas_resize(struct canvas *canvas, int rows, int columns)
{
    const int height = within(rows, 1, CANVAS_ROWS), width = within(columns, 1, CANVAS_COLUMNS);
    struct cell *cells = calloc((size_t)height * (size_t)width, sizeof *cells);

    if (!cells) {
        return false;
    }
    free(canvas->cells);
    canvas->rows = height;
    canvas->columns = width;
    canvas->cells = cells;
    canvas_clear(canvas);
    return true;
}

void canvas_clear(struct canvas *canvas)
{
    canvas->cursor_row = canvas->cursor_column = -1;
    for (size_t i = 0; i < cells_of(canvas); i++) {
        canvas->cells[i] = (struct cell){ BLANK, STYLE_PLAIN };
    }
}

void canvas_free(struct canvas *canvas)
{
    free(canvas->cells);
    *canvas = (struct canvas){ .cells = NULL };
}

bool canvas_equals(const struct canvas *a, const struct canvas *b)
{
    return a->rows == b->rows && a->columns == b->columns && a->cursor_row == b->cursor_row &&
           a->cursor_column == b->cursor_column && memcmp(a->cells, b->cells, cells_of(a) * sizeof *a->cells) == 0;
}

bool canvas_copy(struct canvas *to, const struct canvas *from)
{
    if ((to->rows != from->rows || to->columns != from->columns) && !canvas_resize(to, from->rows, from->columns)) {
        return false;
    }
    to->is_ascii = from->is_ascii;
    to->cursor_row = from->cursor_row;
    to->cursor_column = from->cursor_column;
    memcpy(to->cells, from->cells, cells_of(from) * sizeof *from->cells);
    return true;
}

void canvas_row(const struct canvas *canvas, int row, char *text, size_t size)
{
    size_t used = 0, inked = 0;

    for (int column = 0; row >= 0 && row < canvas->rows && column < canvas->columns && used + GLYPH_BYTES < size; column++) {
        const uint32_t code = canvas->cells[row * canvas->columns + column].code;
        if (code != 0) {
            used += glyph_write(code, text + used);
            inked = code == BLANK ? inked : used;
        }
    }
    if (size > 0) {
        text[inked] = '\0';
    }
}

/* --- pens ------------------------------------------------------------------------------------------------------------ */

struct pen canvas_pen(struct canvas *canvas, int row, int column, int end)
{
    return (struct pen){ canvas, row, column, end < canvas->columns ? end : canvas->columns };
}

static struct cell *cell_at(const struct pen *pen, int column)
{
    const struct canvas *canvas = pen->canvas;

    return pen->row >= 0 && pen->row < canvas->rows && column >= 0 && column < pen->end
               ? &canvas->cells[pen->row * canvas->columns + column]
               : NULL;
}

static void put(const struct pen *pen, int column, uint32_t code, enum style style)
{
    struct cell *cell = cell_at(pen, column);

    if (cell) {
        *cell = (struct cell){ code, style };
    }
}

/* Half of a wide character is none. */
static void mend(const struct pen *pen, int column, int width)
{
    const struct cell *first = cell_at(pen, column);
    const struct cell *next = cell_at(pen, column + width);

    if (first && first->code == 0) {
        put(pen, column - 1, BLANK, first->style);
    }
    if (next && next->code == 0) {
        put(pen, column + width, BLANK, next->style);
    }
}

/* What is drawn for |code|, and how wide it is. */
static uint32_t shown(const struct pen *pen, uint32_t code, int *width)
{
    code = code == '\n' || code == '\t' || code == '\r' ? BLANK : code;
    code = glyph_width(code) == 0 ? GLYPH_REPLACEMENT : code;
    code = pen->canvas->is_ascii ? (uint32_t)glyph_ascii(code) : code;
    *width = glyph_width(code);
    return code;
}

static bool draw(struct pen *pen, enum style style, uint32_t code)
{
    int width;

    code = shown(pen, code, &width);
    if (pen->column + width > pen->end) {
        return false;
    }
    mend(pen, pen->column, width);
    put(pen, pen->column, code, style);
    if (width == 2) {
        put(pen, pen->column + 1, 0, style);
    }
    pen->column += width;
    return true;
}

/* There was more: the last column says so. */
static void elide(struct pen *pen, enum style style, int began)
{
    const int last = pen->end - 1;

    if (last < began) {
        return;
    }
    for (; pen->column <= last; pen->column++) {
        put(pen, pen->column, BLANK, style);
    }
    mend(pen, last, 1);
    put(pen, last, pen->canvas->is_ascii ? (uint32_t)glyph_ascii(ELLIPSIS) : ELLIPSIS, style);
}

void pen_bytes(struct pen *pen, enum style style, const char *text, size_t size)
{
    const int began = pen->column;
    size_t used;

    for (size_t at = 0; at < size; at += used) {
        if (!draw(pen, style, glyph_read(text + at, size - at, &used))) {
            elide(pen, style, began);
            return;
        }
    }
}

void pen_text(struct pen *pen, enum style style, const char *text)
{
    pen_bytes(pen, style, text, strlen(text));
}

void pen_print(struct pen *pen, enum style style, const char *format, ...)
{
    char text[1024];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    pen_text(pen, style, text);
}

void pen_glyph(struct pen *pen, enum style style, uint32_t code, int times)
{
    for (int i = 0; i < times && draw(pen, style, code); i++) {
    }
}

void pen_to(struct pen *pen, int column)
{
    pen->column = pen->column < column ? column : pen->column;
}

void pen_bar(struct pen *pen, enum style style, int width, int64_t part, int64_t whole)
{
    int filled = 0;

    if (whole > 0 && part > 0) {
        const double share = (double)part / (double)whole;
        filled = within(share >= 1 ? width : (int)(share * width + 0.5), 1, width);
    }
    pen_glyph(pen, style, BAR_FULL, filled);
    pen_glyph(pen, STYLE_DIM, BAR_EMPTY, width - filled);
}

int glyph_columns(const char *text, size_t size)
{
    int columns = 0;
    size_t used;

    for (size_t at = 0; at < size; at += used) {
        const int width = glyph_width(glyph_read(text + at, size - at, &used));
        columns += width > 0 ? width : 1;
    }
    return columns;
}
