/* page.h: how a screen is laid out: a title, a body that whoever fills the screen draws, the log, a line that helps, and the line
 * that is typed. Where there is little room the body gives way before the log, and the line that is typed stays to the last.
 * Pure.
 *
 *     +--------------------------------------------------+
 *     | PILE-7  connected  OCPP 2.0.1             12:34:56| title
 *     | EVSE  state ...                                   | body
 *     |-- messages ---------------------------------------|
 *     | 12:34:56.789 > Heartbeat ...                      | log
 *     | plug EVSE [CONNECTOR]        the cable is plugged | hint
 *     | > plug 1_                                         | prompt
 *     +--------------------------------------------------+
 */
#ifndef OCPP_SIM_PAGE_H
#define OCPP_SIM_PAGE_H

#include "canvas.h"
#include "line_editor.h"
#include "message_log.h"

struct area {
    int row;
    int rows;
    int most; /* it could have had */
};

/* What a screen is about. */
struct page_body {
    /* on one row from |pen| to the right */
    void (*title)(const void *view, struct pen *pen);
    /* the rows it would like to have in so many columns, at most |most| */
    int (*rows)(const void *view, int columns, int most);
    /* draws into |area| of all columns, whose rows and most are those of that question */
    void (*draw)(const void *view, struct canvas *canvas, struct area area);
    bool counts_frames; /* in the body; else the line above the log does */
};

struct page {
    const struct page_body *body;
    const void *view;
    int64_t utc_ms; /* below 0: not known */
    const struct message_log *log;
    uint64_t bottom; /* the message at the bottom of the log; 0: the newest */
    bool is_long;    /* messages take the rows they need, else one each */
    const char *hint;
    const struct line_editor *editor;
};

/* page_draw: all of it, for the size of |canvas|. */
void page_draw(const struct page *page, struct canvas *canvas);

/* page_log_area: where it draws the log. page_log_top: the message at the top when |bottom| is at the bottom; page_log_bottom:
 * the other way round, so that |top| is shown first. */
struct area page_log_area(const struct page *page, int rows, int columns);
uint64_t page_log_top(const struct page *page, uint64_t bottom, int rows, int columns);
uint64_t page_log_bottom(const struct page *page, uint64_t top, int rows, int columns);

/* page_log_older, page_log_newer: what is at the bottom a page further up or down; one message is seen on both pages. */
uint64_t page_log_older(const struct page *page, int rows, int columns);
uint64_t page_log_newer(const struct page *page, int rows, int columns);

#endif
