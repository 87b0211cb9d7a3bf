/* pile_body.c: see pile_body.h. Where there is too little room, what is idle gives way first: EVSEs at which nothing goes on,
 * then the rows below them.
 */
#include "pile_body.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    WIDE = 110,  /* from here on a session stands beside its EVSE, else below it */
    MIDDLE = 60, /* from here on there are bars */
    SLOT = 14,   /* columns of one */
    HEADING = 4, /* from so many rows on there is one */
    FULL = 0x25a0,
    NONE = 0x25a1
};

/* --- columns --------------------------------------------------------------------------------------------------------- */

struct columns {
    int cable, state, power, energy, session;
    int bar;
};

static struct columns columns_of(int width)
{
    if (width < MIDDLE) {
        return (struct columns){ .cable = 3, .state = 6, .power = 20, .energy = 29, .session = 41, .bar = 0 };
    }
    if (width < WIDE) {
        return (struct columns){ .cable = 5, .state = 14, .power = 29, .energy = 50, .session = width, .bar = 10 };
    }
    return (struct columns){ .cable = 5, .state = 14, .power = 29, .energy = 52, .session = 80, .bar = 12 };
}

static void in_thousands(char *text, size_t size, int64_t value, int decimals, const char *unit)
{
    snprintf(text, size, "%.*f %s", decimals, (double)value / 1000, unit);
}

static void duration(char *text, size_t size, int64_t seconds)
{
    if (seconds < 0) {
        snprintf(text, size, "--:--");
        return;
    }
    snprintf(text, size, seconds < 3600 ? "%02d:%02d" : "%02d:%02d:%02d", (int)(seconds < 3600 ? seconds / 60 : seconds / 3600),
             (int)(seconds < 3600 ? seconds % 60 : seconds / 60 % 60), (int)(seconds % 60));
}

/* --- EVSEs ----------------------------------------------------------------------------------------------------------- */

static void draw_heading(struct canvas *canvas, int row)
{
    const struct columns at = columns_of(canvas->columns);
    struct pen pen = canvas_pen(canvas, row, 0, canvas->columns);

    pen_text(&pen, STYLE_HEADING, at.bar > 0 ? "EVSE" : "#");
    pen_to(&pen, at.cable);
    pen_text(&pen, STYLE_HEADING, at.bar > 0 ? "Cable" : "");
    pen_to(&pen, at.state);
    pen_text(&pen, STYLE_HEADING, "State");
    pen_to(&pen, at.power);
    pen_text(&pen, STYLE_HEADING, "Power");
    pen_to(&pen, at.energy);
    pen_text(&pen, STYLE_HEADING, "Energy");
    if (canvas->columns >= WIDE) {
        pen_to(&pen, at.session);
        pen_text(&pen, STYLE_HEADING, "Session");
    }
}

/* Of several connectors, how many. */
static void draw_cable(const struct view_evse *evse, struct pen *pen)
{
    const int count = evse->locked > 0 ? evse->locked : evse->plugged;

    if (count > 1) {
        pen_print(pen, STYLE_PLAIN, evse->locked > 0 ? "%d locked" : "%d plugs", count);
        return;
    }
    pen_text(pen, count > 0 ? STYLE_PLAIN : STYLE_DIM, evse->locked > 0 ? "locked" : count > 0 ? "plugged" : "-");
}

/* Without a battery to fill, the bar shows the next power of ten. */
static int64_t energy_scale(const struct view_evse *evse)
{
    int64_t scale = 1000;

    if (evse->battery_wh > 0) {
        return evse->battery_wh;
    }
    while (scale < evse->energy_wh) {
        scale *= 10;
    }
    return scale;
}

static void draw_energy(const struct view_evse *evse, struct pen *pen, int bar)
{
    char text[40];

    if (!evse->has_session && evse->battery_wh == 0) {
        in_thousands(text, sizeof text, evse->register_wh, 3, "kWh");
        pen_glyph(pen, STYLE_PLAIN, ' ', bar > 0 ? bar + 1 : 0);
        pen_text(pen, STYLE_DIM, text);
        return;
    }
    if (bar > 0) {
        pen_bar(pen, STYLE_BUSY, bar, evse->battery_wh > 0 ? evse->charged_wh : evse->energy_wh, energy_scale(evse));
        pen_text(pen, STYLE_PLAIN, " ");
    }
    in_thousands(text, sizeof text, evse->energy_wh, 3, "kWh");
    pen_text(pen, STYLE_PLAIN, text);
    if (evse->battery_wh > 0) {
        pen_print(pen, STYLE_PLAIN, " %d %%", (int)(evse->charged_wh * 100 / evse->battery_wh));
    }
}

static void draw_power(const struct view_evse *evse, struct pen *pen, int bar)
{
    char text[40];

    if (bar > 0) {
        pen_bar(pen, evse->allowed_w < evse->most_w ? STYLE_WARNING : STYLE_GOOD, bar, evse->power_w, evse->most_w);
        pen_text(pen, STYLE_PLAIN, " ");
    }
    in_thousands(text, sizeof text, evse->power_w, 2, "kW");
    pen_text(pen, evse->power_w > 0 ? STYLE_PLAIN : STYLE_DIM, text);
}

static void draw_session(const struct view_evse *evse, struct pen *pen)
{
    char text[40];

    if (evse->has_session) {
        duration(text, sizeof text, evse->session_s);
        pen_print(pen, STYLE_STRONG, "%s ", text);
        pen_text(pen, STYLE_PLAIN, evse->token);
        pen_text(pen, STYLE_PLAIN, " ");
    }
    if (evse->cost[0]) {
        pen_print(pen, STYLE_STRONG, "%s ", evse->cost);
    }
    if (evse->has_session && evse->allowed_w < evse->most_w) {
        in_thousands(text, sizeof text, evse->allowed_w, 1, "kW");
        pen_print(pen, STYLE_WARNING, "limit %s ", text);
    }
    pen_text(pen, STYLE_WARNING, evse->gate);
}

static bool has_more(const struct view_evse *evse)
{
    return evse->has_session || evse->cost[0] || evse->gate[0];
}

static void draw_evse(const struct view_evse *evse, struct canvas *canvas, int row)
{
    const struct columns at = columns_of(canvas->columns);
    struct pen pen = canvas_pen(canvas, row, 0, canvas->columns);

    pen_print(&pen, STYLE_STRONG, at.bar > 0 ? " %2d" : "%d", evse->number);
    pen_to(&pen, at.cable);
    if (at.bar > 0) {
        draw_cable(evse, &pen);
    } else {
        pen_glyph(&pen, STYLE_PLAIN, evse->plugged > 0 ? FULL : NONE, 1);
    }
    pen_to(&pen, at.state);
    pen_text(&pen, evse->look, evse->state);
    pen_to(&pen, at.power);
    draw_power(evse, &pen, at.bar);
    pen_to(&pen, at.energy);
    draw_energy(evse, &pen, at.bar);
    if (canvas->columns >= WIDE) {
        pen_to(&pen, at.session);
        draw_session(evse, &pen);
    }
}

static void draw_session_row(const struct view_evse *evse, struct canvas *canvas, int row)
{
    struct pen pen = canvas_pen(canvas, row, columns_of(canvas->columns).cable, canvas->columns);

    draw_session(evse, &pen);
}

/* --- banks, reservations, notices ------------------------------------------------------------------------------------ */

static int slots_per_row(int columns)
{
    return columns > 6 + SLOT ? (columns - 6) / SLOT : 1;
}

static int slot_rows(const struct pile_view *view, int columns)
{
    const int each = slots_per_row(columns);

    return (view->slot_count + each - 1) / each;
}

static void draw_slot(const struct view_slot *slot, struct pen *pen)
{
    const int began = pen->column;

    pen_print(pen, STYLE_DIM, "%2d ", slot->number);
    pen_glyph(pen, slot->look, slot->has_bank ? FULL : NONE, 1);
    if (slot->is_open) {
        pen_text(pen, STYLE_WARNING, " open");
    } else if (slot->has_bank && (slot->look == STYLE_GOOD || slot->look == STYLE_PLAIN) && slot->charge >= 0) {
        pen_print(pen, STYLE_PLAIN, " %d%%", slot->charge);
    } else {
        pen_print(pen, slot->look, " %.8s", slot->state);
    }
    pen_to(pen, began + SLOT);
}

static void draw_slots(const struct pile_view *view, struct canvas *canvas, int row, int rows)
{
    const int each = slots_per_row(canvas->columns);

    struct pen pen = { .canvas = canvas };

    for (int i = 0; i < view->slot_count && i < rows * each; i++) {
        pen = canvas_pen(canvas, row + i / each, 6 + i % each * SLOT, canvas->columns);
        draw_slot(&view->slots[i], &pen);
    }
    if (rows > 0 && view->banks_out > 0) {
        pen_print(&pen, STYLE_PLAIN, "%d out", view->banks_out);
    }
    if (rows > 0) {
        pen = canvas_pen(canvas, row, 0, 6);
        pen_text(&pen, STYLE_HEADING, "Banks");
    }
}

static void draw_reservation(const struct view_reservation *reservation, struct canvas *canvas, int row)
{
    char left[40];
    struct pen pen = canvas_pen(canvas, row, 0, canvas->columns);

    duration(left, sizeof left, reservation->left_s);
    pen_text(&pen, STYLE_HEADING, "Reserved ");
    if (reservation->evse > 0) {
        pen_print(&pen, STYLE_PLAIN, "EVSE %d", reservation->evse);
    } else {
        pen_text(&pen, STYLE_PLAIN, "any EVSE");
    }
    pen_print(&pen, STYLE_PLAIN, " for %s, ", reservation->token);
    pen_print(&pen, reservation->is_presented ? STYLE_GOOD : STYLE_PLAIN, "%s",
              reservation->is_presented ? "who is there" : left);
}

/* --- all ------------------------------------------------------------------------------------------------------------- */

/* How many rows each of them gets. */
struct plan {
    int heading;
    int evses;
    bool sessions; /* each has a row of its own */
    int slots;
    int reservations;
    int notices;
};

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static int session_rows(const struct pile_view *view, int columns)
{
    int rows = 0;

    for (int i = 0; i < view->evse_count && columns < WIDE; i++) {
        rows += has_more(&view->evses[i]);
    }
    return rows;
}

static struct plan plan_body(const struct pile_view *view, int columns, int most)
{
    struct plan plan = { .heading = columns >= 30 && most >= HEADING };
    const int sessions = session_rows(view, columns);
    const int below = slot_rows(view, columns) + view->reservation_count + view->notice_count;
    int left = most - plan.heading;
    const int room = left - smaller(below, left / 3);

    plan.sessions = sessions > 0 && 2 * sessions < room;
    plan.evses = smaller(view->evse_count, room - (plan.sessions ? sessions : 0));
    left -= plan.evses + (plan.sessions ? sessions : 0);
    plan.slots = smaller(slot_rows(view, columns), left);
    left -= plan.slots;
    plan.reservations = smaller(view->reservation_count, left);
    left -= plan.reservations;
    plan.notices = smaller(view->notice_count, left);
    return plan;
}

static int rows(const void *user, int columns, int most)
{
    const struct pile_view *view = user;
    const struct plan plan = plan_body(view, columns, most);

    return plan.heading + plan.evses + (plan.sessions ? session_rows(view, columns) : 0) + plan.slots + plan.reservations +
           plan.notices;
}

/* The smaller, the sooner an EVSE is drawn when not all can be. */
static int rank_of(const struct view_evse *evse)
{
    return has_more(evse) ? 0 : evse->is_idle ? 2 : 1;
}

static void choose_evses(const struct pile_view *view, int count, bool chosen[VIEW_EVSES])
{
    memset(chosen, 0, VIEW_EVSES * sizeof *chosen);
    for (int rank = 0; rank <= 2; rank++) {
        for (int i = 0; i < view->evse_count && count > 0; i++) {
            if (rank_of(&view->evses[i]) == rank) {
                chosen[i] = true;
                count--;
            }
        }
    }
}

static int draw_evses(const struct pile_view *view, struct canvas *canvas, int row, const struct plan *plan)
{
    bool chosen[VIEW_EVSES];
    const int hidden = view->evse_count - plan->evses;
    const int count = hidden > 0 && plan->evses > 1 ? plan->evses - 1 : plan->evses;

    choose_evses(view, count, chosen);
    for (int i = 0; i < view->evse_count; i++) {
        if (!chosen[i]) {
            continue;
        }
        draw_evse(&view->evses[i], canvas, row++);
        if (plan->sessions && has_more(&view->evses[i])) {
            draw_session_row(&view->evses[i], canvas, row++);
        }
    }
    if (count < plan->evses) {
        struct pen pen = canvas_pen(canvas, row++, 1, canvas->columns);
        pen_print(&pen, STYLE_DIM, "and %d more (status shows them)", view->evse_count - count);
    }
    return row;
}

static void draw(const void *user, struct canvas *canvas, struct area area)
{
    const struct pile_view *view = user;
    const struct plan plan = plan_body(view, canvas->columns, area.most);
    int row = area.row;

    if (plan.heading) {
        draw_heading(canvas, row++);
    }
    row = draw_evses(view, canvas, row, &plan);
    draw_slots(view, canvas, row, plan.slots);
    row += plan.slots;
    for (int i = 0; i < plan.reservations; i++) {
        draw_reservation(&view->reservations[i], canvas, row++);
    }
    for (int i = 0; i < plan.notices; i++) {
        struct pen pen = canvas_pen(canvas, row++, 0, canvas->columns);
        pen_text(&pen, STYLE_PLAIN, view->notices[i]);
    }
}

static void title(const void *user, struct pen *pen)
{
    const struct pile_view *view = user;

    pen_print(pen, STYLE_TITLE, " %s ", view->identity);
    pen_glyph(pen, STYLE_TITLE, view->is_up ? 0x25cf : 0x25cb, 1);
    pen_print(pen, STYLE_TITLE, " %s", view->link);
    if (view->version[0]) {
        pen_print(pen, STYLE_TITLE, "  OCPP %s", view->version);
    }
    if (view->registration[0]) {
        pen_print(pen, STYLE_TITLE, "  %s", view->registration);
    }
    if (view->waiting > 0) {
        pen_print(pen, STYLE_TITLE, "  %zu queued", view->waiting);
    }
    if (view->given_up > 0) {
        pen_print(pen, STYLE_TITLE, "  %zu given up", view->given_up);
    }
    pen_print(pen, STYLE_TITLE, "  %s", view->url);
}

const struct page_body pile_body = { .title = title, .rows = rows, .draw = draw };
