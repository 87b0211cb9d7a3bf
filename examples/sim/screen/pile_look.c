/* pile_look.c: see pile_look.h. */
#include "pile_look.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* --- EVSEs ----------------------------------------------------------------------------------------------------------- */

static enum style look_of(enum ocpp_connector_status status)
{
    static const enum style looks[] = {
        [OCPP_CONNECTOR_UNKNOWN] = STYLE_DIM,          [OCPP_CONNECTOR_AVAILABLE] = STYLE_PLAIN,
        [OCPP_CONNECTOR_PREPARING] = STYLE_BUSY,       [OCPP_CONNECTOR_CHARGING] = STYLE_GOOD,
        [OCPP_CONNECTOR_SUSPENDED_EV] = STYLE_WARNING, [OCPP_CONNECTOR_SUSPENDED_EVSE] = STYLE_WARNING,
        [OCPP_CONNECTOR_FINISHING] = STYLE_BUSY,       [OCPP_CONNECTOR_RESERVED] = STYLE_BUSY,
        [OCPP_CONNECTOR_UNAVAILABLE] = STYLE_DIM,      [OCPP_CONNECTOR_FAULTED] = STYLE_BAD,
        [OCPP_CONNECTOR_OCCUPIED] = STYLE_BUSY,
    };
    return looks[status];
}

static void look_at_price(struct pile *pile, int number, struct view_evse *view)
{
    struct ocpp_price price;
    char amount[OCPP_DECIMAL_TEXT_SIZE];

    if (ocpp_charge_point_price(pile->cp, number, sim_now(), &price) == OCPP_OK && price.has_amount) {
        ocpp_decimal_format(price.amount, amount);
        snprintf(view->cost, sizeof view->cost, "%s%s%s%s", price.is_estimate ? "about " : "", amount,
                 price.currency[0] ? " " : "", price.currency);
    }
}

static void look_at_session(struct pile *pile, const struct ocpp_evse_view *evse, struct view_evse *view)
{
    const int64_t utc_ms = ocpp_charge_point_utc_ms(pile->cp, sim_now());
    const bool is_dated = evse->started_utc_ms != OCPP_UTC_UNKNOWN && utc_ms != OCPP_UTC_UNKNOWN;
    const struct ocpp_permit permit = ocpp_charge_point_permit(pile->cp, view->number, sim_now());

    view->has_session = true;
    view->energy_wh = evse->energy_wh;
    view->session_s = is_dated && utc_ms >= evse->started_utc_ms ? (utc_ms - evse->started_utc_ms) / 1000 : -1;
    view->allowed_w = permit.closed ? pile->evses[view->number].power_w : view->most_w;
    snprintf(view->token, sizeof view->token, "%s", evse->token);
}

static void look_at_evse(struct pile *pile, int number, struct view_evse *view)
{
    const struct pile_evse *place = &pile->evses[number];
    struct ocpp_evse_view evse = { .status = OCPP_CONNECTOR_UNKNOWN };

    *view = (struct view_evse){
        .number = number,
        .power_w = place->draws ? place->power_w : 0,
        .most_w = PILE_POWER_W,
        .allowed_w = PILE_POWER_W,
        .battery_wh = place->battery_mwh / 1000,
        .charged_wh = smaller(place->charged_mwh, place->battery_mwh) / 1000,
        .register_wh = place->register_mwh / 1000,
        .session_s = -1,
    };
    for (int i = 0; i < pile->options->connectors; i++) {
        view->plugged += place->plugged[i];
        view->locked += place->locked[i];
    }
    if (ocpp_charge_point_evse(pile->cp, number, &evse) == OCPP_OK && evse.transaction) {
        look_at_session(pile, &evse, view);
    }
    view->state = ocpp_connector_status_name(evse.status);
    view->look = look_of(evse.status);
    view->is_idle = evse.status == OCPP_CONNECTOR_AVAILABLE && view->plugged == 0 && !view->has_session;
    look_at_price(pile, number, view);
}

/* --- the rest -------------------------------------------------------------------------------------------------------- */

static void look_at_reservations(const struct pile *pile, struct pile_view *view)
{
    const int64_t utc_ms = ocpp_charge_point_utc_ms(pile->cp, sim_now());
    struct ocpp_reservation_view views[VIEW_RESERVATIONS];
    const size_t count = ocpp_charge_point_reservations(pile->cp, views, VIEW_RESERVATIONS);

    view->reservation_count = (int)smaller((int64_t)count, VIEW_RESERVATIONS);
    for (int i = 0; i < view->reservation_count; i++) {
        struct view_reservation *to = &view->reservations[i];
        *to = (struct view_reservation){ .id = views[i].id, .evse = views[i].evse, .is_presented = views[i].presented };
        to->left_s = utc_ms == OCPP_UTC_UNKNOWN ? -1 : (views[i].expires_utc_ms - utc_ms) / 1000;
        snprintf(to->token, sizeof to->token, "%s", views[i].token.id);
    }
}

static void look_at_display(struct pile *pile, struct pile_view *view)
{
    struct ocpp_display_view display;

    view->notice_count = 0;
    if (ocpp_charge_point_display(pile->cp, 0, sim_now(), &display) == OCPP_OK && display.has_message) {
        snprintf(view->notices[view->notice_count++], sizeof view->notices[0], "Display: %.160s", display.message.content);
    }
}

static const char *link_of(const struct pile *pile)
{
    if (pile->options->no_network) {
        return "no network";
    }
    if (pile->up) {
        return "connected";
    }
    return pile->paused ? "offline" : "connecting";
}

/* Without what may stand there for whoever asks: ws://NAME:PASSWORD@HOST is nobody's business. */
static void look_at_url(const struct pile *pile, struct pile_view *view)
{
    const char *url = pile->options->no_network ? "" : pile->options->url;
    const char *host = strstr(url, "://");
    const char *at = host ? strchr(host, '@') : NULL;

    snprintf(view->url, sizeof view->url, "%.*s%s", at ? (int)(host + 3 - url) : 0, url, at ? at + 1 : url);
}

void pile_look(struct pile *pile, struct pile_view *view)
{
    const struct ocpp_charge_point_view station = ocpp_charge_point_view(pile->cp);

    snprintf(view->identity, sizeof view->identity, "%s", pile->identity);
    look_at_url(pile, view);
    view->link = link_of(pile);
    view->is_up = pile->up;
    view->version = station.version != OCPP_VERSION_NONE ? ocpp_version_name(station.version) : "";
    view->registration = pile->options->no_network ? "" : ocpp_registration_name(station.registration);
    view->waiting = station.queued_records;
    view->given_up = station.dead_letters;
    view->evse_count = pile->options->evses;
    for (int i = 0; i < view->evse_count; i++) {
        look_at_evse(pile, i + 1, &view->evses[i]);
    }
    look_at_reservations(pile, view);
    look_at_display(pile, view);
    view->slot_count = view->banks_out = 0;
    pile_look_banks(pile, view);
}
