/* fleet_body.c: see fleet_body.h. A row each; where there are fewer, the last ones are not there, and failures are told instead
 * of the row above them.
 */
#include "fleet_body.h"
#include "fleet_view.h"

#include <inttypes.h>

enum { LABEL = 12, BAR = 30, NARROW = 50, STATES = 5, ROWS = 9 };

/* --- states ------------------------------------------------------------------------------------------------------- */

static void draw_state(const struct fleet_view *view, struct pen *pen, const char *name, enum style style, int count)
{
    const int bar = pen->end < NARROW ? 0 : BAR;

    pen_text(pen, STYLE_PLAIN, name);
    pen_to(pen, LABEL);
    if (bar > 0) {
        pen_bar(pen, style, bar, count, view->stations);
        pen_text(pen, STYLE_PLAIN, " ");
    }
    pen_print(pen, count > 0 ? STYLE_PLAIN : STYLE_DIM, "%d", count);
}

static void draw_states(const struct fleet_view *view, struct canvas *canvas, struct area area)
{
    const struct {
        const char *name;
        enum style style;
        int count;
    } states[STATES] = {
        { "connected", STYLE_GOOD, view->census.connected },
        { "booting", STYLE_WARNING, view->census.booting },
        { "away", STYLE_DIM, view->census.away },
        { "failed", STYLE_BAD, view->census.failed },
        { "charging", STYLE_BUSY, view->census.charging },
    };

    for (int i = 0; i < STATES && i < area.rows; i++) {
        struct pen pen = canvas_pen(canvas, area.row + i, 0, canvas->columns);
        draw_state(view, &pen, states[i].name, states[i].style, states[i].count);
    }
}

/* --- what they say ------------------------------------------------------------------------------------------------ */

static double latency_ms(const struct tally *tally, double share)
{
    return (double)tally_latency_us(tally, share) / 1000;
}

static void draw_messages(const struct fleet_view *view, struct pen *pen)
{
    pen_text(pen, STYLE_PLAIN, "messages");
    pen_to(pen, LABEL);
    pen_print(pen, STYLE_SENT, "%.1f/s out", view->out_per_s);
    pen_print(pen, STYLE_DIM, " (%" PRIu64 ")  ", view->tally->out);
    pen_print(pen, STYLE_RECEIVED, "%.1f/s in", view->in_per_s);
    pen_print(pen, STYLE_DIM, " (%" PRIu64 ")", view->tally->in);
}

static void draw_latencies(const struct fleet_view *view, struct pen *pen)
{
    pen_text(pen, STYLE_PLAIN, "answers");
    pen_to(pen, LABEL);
    pen_print(pen, STYLE_PLAIN, "p50 %.1f  p95 %.1f  p99 %.1f  max %.1f ms", latency_ms(view->tally, 0.5),
              latency_ms(view->tally, 0.95), latency_ms(view->tally, 0.99), (double)view->tally->longest_us / 1000);
}

static void draw_energy(const struct fleet_view *view, struct pen *pen)
{
    pen_text(pen, STYLE_PLAIN, "energy");
    pen_to(pen, LABEL);
    pen_print(pen, STYLE_PLAIN, "%.1f kWh", (double)view->census.energy_wh / 1000);
    if (view->has_drivers) {
        pen_print(pen, STYLE_PLAIN, ", %" PRIu64 " sessions", view->sessions);
    }
}

static void draw_failures(const struct fleet_view *view, struct pen *pen)
{
    bool any = false;

    pen_text(pen, STYLE_PLAIN, "failures");
    pen_to(pen, LABEL);
    for (int i = 0; i < TALLY_FAILURES; i++) {
        if (view->tally->failures[i] > 0) {
            pen_print(pen, STYLE_BAD, "%s%s %" PRIu64, any ? ", " : "", tally_failure_name((enum tally_failure)i),
                      view->tally->failures[i]);
            any = true;
        }
    }
    pen_text(pen, STYLE_DIM, any ? "" : "none");
}

/* --- all of it ---------------------------------------------------------------------------------------------------- */

static void draw_title(const void *of, struct pen *pen)
{
    const struct fleet_view *view = of;

    pen_print(pen, STYLE_TITLE, "%s-1 to %s-%d  %.0f s", view->identity, view->identity, view->stations, view->seconds);
}

static int rows(const void *of, int columns, int most)
{
    (void)of;
    (void)columns;
    return most < ROWS ? most : ROWS;
}

static void draw(const void *of, struct canvas *canvas, struct area area)
{
    static void (*const below[])(const struct fleet_view *, struct pen *) = { draw_messages, draw_latencies, draw_energy,
                                                                              draw_failures };
    const struct fleet_view *view = of;

    draw_states(view, canvas, area);
    for (int i = STATES; i < ROWS && i < area.rows; i++) {
        struct pen pen = canvas_pen(canvas, area.row + i, 0, canvas->columns);
        below[i == area.rows - 1 ? ROWS - 1 - STATES : i - STATES](view, &pen);
    }
}

const struct page_body fleet_body = { .title = draw_title, .rows = rows, .draw = draw, .counts_frames = true };
