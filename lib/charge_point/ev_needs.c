/* ev_needs.c: what a vehicle tells of its needs, and which of three things comes of it: a profile of the central system
 * (K15.FR.03, FR.05), a refusal (FR.04), or nothing in time. The vehicle gets an offer in any case (ev_offer.c). What it tells in
 * answer to a renegotiation of ours is not passed on (K16.FR.09), and what it tells without a link is not kept: it would be about
 * a session long under way. */
#include "pnc.h"
#include "smart.h"

/* --- told by the SECC --------------------------------------------------------------------------------------------------------
 */

enum ocpp_status ocpp_charge_point_ev_session(struct ocpp_charge_point *cp, int evse, bool is_open, struct ocpp_now now)
{
    struct ev *ev = ocpp_cp_ev(cp, evse);
    const struct evse *there = ocpp_cp_evse(cp, evse);
    if (there == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    if (ev == NULL || (is_open && there->connector == 0)) {
        return OCPP_ERR_STATE;
    }
    ocpp_cp_enter(cp, now);
    ocpp_cp_ev_forget(cp, evse);
    ev->session = is_open;
    ev->seen_revision = cp->smart->revision;
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

static bool is_number(int64_t value, int64_t most)
{
    return value >= 0 && value <= most;
}

static bool is_number_or_unsaid(int64_t value, int64_t most)
{
    return value == OCPP_EV_UNSAID || is_number(value, most);
}

static bool is_sound(const struct ocpp_ev_needs *needs)
{
    enum { MOST = 1000000000 };
    if (needs == NULL || (unsigned)needs->transfer > OCPP_ENERGY_TRANSFER_AC_THREE_PHASE ||
        !is_number(needs->max_current_a, MOST) || !is_number(needs->max_voltage_v, MOST) ||
        (needs->max_schedule_tuples != OCPP_EV_UNSAID && (needs->max_schedule_tuples < 1 || needs->max_schedule_tuples > MOST))) {
        return false;
    }
    if (needs->transfer != OCPP_ENERGY_TRANSFER_DC) { /* K15.FR.06 */
        return is_number(needs->energy_wh, MOST) && is_number(needs->min_current_a, MOST);
    }
    return is_number_or_unsaid(needs->energy_wh, MOST) && is_number_or_unsaid(needs->max_power_w, MOST) &&
           is_number_or_unsaid(needs->state_of_charge, 100) && is_number_or_unsaid(needs->capacity_wh, MOST) &&
           is_number_or_unsaid(needs->full_soc, 100) && is_number_or_unsaid(needs->bulk_soc, 100);
}

static void offer(struct ocpp_charge_point *cp, struct ev *ev, enum ocpp_schedule_origin origin)
{
    ev->has_needs = true;
    ev->state = NEEDS_ANSWERED;
    ev->is_offer_due = true;
    ev->is_anew = false;
    ev->origin = origin;
    cp->dirty = true;
}

static bool can_ask(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_pnc_may_send(cp) && ocpp_cp_pnc_words(cp)->send_needs != NULL && ocpp_cp_smart_is_on(cp);
}

enum ocpp_status ocpp_charge_point_ev_needs(struct ocpp_charge_point *cp, int evse, const struct ocpp_ev_needs *needs,
                                            struct ocpp_now now)
{
    struct ev *ev = ocpp_cp_ev(cp, evse);
    if (ocpp_cp_evse(cp, evse) == NULL || !is_sound(needs)) {
        return OCPP_ERR_ARGUMENT;
    }
    if (ev == NULL || !ev->session) {
        return OCPP_ERR_STATE;
    }
    ocpp_cp_enter(cp, now);
    const bool is_answer = cp->now.mono_ms < ev->renegotiation_mono_ms;
    ev->needs = *needs;
    ev->renegotiation_mono_ms = 0;
    if (is_answer || !can_ask(cp)) {
        offer(cp, ev, is_answer ? OCPP_SCHEDULE_OF_CENTRAL : OCPP_SCHEDULE_OF_STATION);
    } else {
        ev->state = NEEDS_DUE;
        ev->is_offer_due = false;
        ev->until_mono_ms = cp->now.mono_ms + ocpp_cp_pnc(cp)->settings.needs_timeout_ms;
    }
    cp->dirty = true;
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

/* --- told to the central system ----------------------------------------------------------------------------------------------
 */

bool ocpp_cp_ev_needs_send(struct ocpp_charge_point *cp)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    for (int evse = 1; evse <= cp->settings.evse_count; evse++) {
        struct ev *ev = &pnc->evs[evse];
        if (ev->state != NEEDS_DUE || !can_ask(cp)) {
            continue;
        }
        const enum ocpp_status status = ocpp_cp_pnc_words(cp)->send_needs(cp, evse, &ev->needs);
        if (status == OCPP_OK) {
            ev->state = NEEDS_ASKED;
            ev->has_needs = true;
            pnc->flight = PNC_FLIGHT_NEEDS;
            pnc->flight_evse = evse;
            return true;
        }
        if (ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE) {
            offer(cp, ev, OCPP_SCHEDULE_OF_STATION);
        }
    }
    return false;
}

void ocpp_cp_ev_needs_answered(struct ocpp_charge_point *cp, enum ocpp_status status, enum needs_answer answer)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    struct ev *ev = &pnc->evs[pnc->flight_evse];
    if (ev->state != NEEDS_ASKED) { /* its profile came first, or the vehicle has left */
        return;
    }
    if (status != OCPP_OK || answer == NEEDS_REJECTED) { /* K15.FR.04, K17.FR.15 */
        offer(cp, ev, OCPP_SCHEDULE_OF_STATION);
        return;
    }
    ev->state = NEEDS_AWAITED;
}

/* --- as time goes by ----------------------------------------------------------------------------------------------------------
 */

void ocpp_cp_ev_forget(struct ocpp_charge_point *cp, int evse)
{
    struct ev *ev = &ocpp_cp_pnc(cp)->evs[evse];
    ev->has_needs = ev->is_offer_due = ev->is_anew = false;
    ev->state = NEEDS_NONE;
    ev->renegotiation_mono_ms = ev->not_before_mono_ms = 0;
    ev->offered_count = ev->chosen = 0;
    for (size_t i = 0; i < EV_SETS; i++) {
        ocpp_cp_ev_choices_forget(&ev->sets[i]);
    }
}

static bool is_waiting(const struct ev *ev)
{
    return ev->state == NEEDS_DUE || ev->state == NEEDS_ASKED || ev->state == NEEDS_AWAITED;
}

/* K16.FR.02: what was offered holds no longer. */
static void look_at_changes(struct ocpp_charge_point *cp, int evse, struct ev *ev)
{
    if (ev->seen_revision == cp->smart->revision || ev->state != NEEDS_ANSWERED || ev->offered_count == 0) {
        return;
    }
    ev->seen_revision = cp->smart->revision;
    if (!ev->is_offer_due && ocpp_cp_ev_schedule_changed(cp, evse)) {
        ev->is_offer_due = ev->is_anew = true;
        ev->origin = ocpp_cp_ev_choice_count(cp, ev) > 0 ? OCPP_SCHEDULE_OF_CENTRAL : OCPP_SCHEDULE_OF_STATION;
    }
}

void ocpp_cp_ev_needs_work(struct ocpp_charge_point *cp, int evse)
{
    struct ev *ev = &ocpp_cp_pnc(cp)->evs[evse];
    if (ev->session && cp->evses[evse - 1].connector == 0) {
        ocpp_cp_ev_forget(cp, evse);
        ev->session = false;
    }
    if (!ev->session) {
        return;
    }
    if (is_waiting(ev) && ((ev->state == NEEDS_DUE && !can_ask(cp)) || cp->now.mono_ms >= ev->until_mono_ms)) {
        offer(cp, ev, OCPP_SCHEDULE_OF_STATION); /* K15.FR.08, FR.15 */
    }
    look_at_changes(cp, evse, ev);
    if (ev->is_offer_due && (!ev->is_anew || cp->now.mono_ms >= ev->not_before_mono_ms)) {
        ocpp_cp_ev_offer(cp, evse);
    }
}

int64_t ocpp_cp_ev_deadline(const struct ocpp_charge_point *cp, int evse)
{
    const struct ev *ev = &ocpp_cp_pnc(cp)->evs[evse];
    if (is_waiting(ev)) {
        return ev->until_mono_ms;
    }
    return ev->is_offer_due ? ev->not_before_mono_ms : OCPP_NEVER;
}
