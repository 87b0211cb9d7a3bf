/* ev_offer.c: the schedules a vehicle may choose from, and what it chose. A schedule is what all limits of the station together
 * allow, in watts; where a profile of the transaction has several, there is one for each (K15.FR.07, FR.22, K16.FR.03). What was
 * offered is kept, so that it is seen whether something else holds now (K16.FR.02) and whether the vehicle keeps to it
 * (K15.FR.09). */
#include "pnc.h"
#include "smart.h"

#include <string.h>

#include "arena.h"

/* --- memory -------------------------------------------------------------------------------------------------------------------
 */

static bool take_periods(const struct ocpp_charge_point *cp, struct ocpp_ev_period **periods)
{
    const size_t size = ocpp_cp_pnc(cp)->settings.max_offer_periods * sizeof(**periods);
    *periods = ocpp_reallocate(cp->settings.allocator, NULL, size);
    if (*periods != NULL) {
        memset(*periods, 0, size);
    }
    return *periods != NULL;
}

static bool take_offered(const struct ocpp_charge_point *cp, struct offered offered[EV_CHOICES])
{
    bool has_all = true;
    for (size_t i = 0; i < EV_CHOICES; i++) {
        has_all = take_periods(cp, &offered[i].periods) && has_all;
    }
    return has_all;
}

static void free_offered(const struct ocpp_charge_point *cp, struct offered offered[EV_CHOICES])
{
    for (size_t i = 0; i < EV_CHOICES; i++) {
        ocpp_reallocate(cp->settings.allocator, offered[i].periods, 0);
    }
}

bool ocpp_cp_ev_take(struct ocpp_charge_point *cp, struct ev *ev)
{
    bool has_all = take_offered(cp, ev->offered);
    has_all = take_periods(cp, &ev->choice.periods) && has_all;
    for (size_t i = 0; i < EV_SETS; i++) {
        has_all = ocpp_cp_ev_choices_take(cp, &ev->sets[i]) && has_all;
    }
    return has_all;
}

void ocpp_cp_ev_free(struct ocpp_charge_point *cp, struct ev *ev)
{
    free_offered(cp, ev->offered);
    ocpp_reallocate(cp->settings.allocator, ev->choice.periods, 0);
    for (size_t i = 0; i < EV_SETS; i++) {
        ocpp_cp_ev_choices_free(cp, &ev->sets[i]);
    }
    ocpp_cp_contract_free(cp, &ev->contract);
    ocpp_cp_ev_certificate_free(cp, &ev->certificate);
}

bool ocpp_cp_ev_offers_take(struct ocpp_charge_point *cp)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    const bool has_fresh = take_offered(cp, pnc->fresh);
    return ocpp_cp_ev_choices_take(cp, &pnc->staged) && has_fresh;
}

void ocpp_cp_ev_offers_free(struct ocpp_charge_point *cp)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    free_offered(cp, pnc->fresh);
    ocpp_cp_ev_choices_free(cp, &pnc->staged);
}

/* --- a schedule
 * ----------------------------------------------------------------------------------------------------------------- */

static size_t room_for(const struct ocpp_charge_point *cp, const struct ev *ev)
{
    const size_t room = ocpp_cp_pnc(cp)->settings.max_offer_periods;
    const int64_t tuples = ev->needs.max_schedule_tuples;
    return tuples != OCPP_EV_UNSAID && (uint64_t)tuples < room ? (size_t)tuples : room;
}

/* Up to the departure, or as far as is looked ahead. */
static int64_t length_of(const struct ocpp_charge_point *cp, const struct ev *ev)
{
    const int64_t horizon_s = ocpp_cp_pnc(cp)->settings.offer_horizon_s;
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    if (ev->needs.departure_utc_ms == OCPP_EV_UNSAID || utc_ms == OCPP_UTC_UNKNOWN) {
        return horizon_s;
    }
    const int64_t left_s = (ev->needs.departure_utc_ms - utc_ms) / 1000;
    return left_s < 60 || left_s > horizon_s ? horizon_s : left_s;
}

static int64_t watts(int64_t rate_tenths)
{
    return rate_tenths / 10;
}

/* Without a date nobody can tell what comes: what holds now, until it changes. */
static void compose_now(const struct ocpp_charge_point *cp, int evse, struct offered *offered)
{
    int64_t until_mono_ms;
    const struct limit limit = ocpp_cp_limit_at(cp, &cp->evses[evse - 1], cp->now, &until_mono_ms);
    offered->count = 1;
    offered->periods[0] =
        (struct ocpp_ev_period){ .power_w = watts(ocpp_schedule_tenths(&limit, IN_WATT)), .phases = limit.phases };
}

static bool compose(struct ocpp_charge_point *cp, int evse, struct offered *offered, int64_t *from_ms)
{
    struct ev *ev = ocpp_cp_ev(cp, evse);
    const struct composite_question question = { .evse = evse, .unit = IN_WATT, .duration_s = length_of(cp, ev) };
    const size_t room = room_for(cp, ev);
    ocpp_arena_reset(cp->arena);
    struct composite composite = { .periods = ocpp_arena_take(cp->arena, room * sizeof(*composite.periods)), .room = room };
    if (composite.periods == NULL) {
        return false;
    }
    offered->duration_s = (int32_t)question.duration_s;
    *from_ms = OCPP_UTC_UNKNOWN;
    if (ocpp_cp_composite(cp, &question, &composite, from_ms) != OCPP_OK || composite.count == 0) {
        compose_now(cp, evse, offered);
        return true;
    }
    offered->duration_s = composite.duration_s;
    offered->count = composite.count;
    for (size_t i = 0; i < composite.count; i++) {
        const struct composite_period *period = &composite.periods[i];
        offered->periods[i] = (struct ocpp_ev_period){ .start_s = period->start_s,
                                                       .power_w = watts(period->rate_tenths),
                                                       .phases = period->phases };
    }
    return true;
}

static const struct ocpp_ev_period *period_at(const struct ocpp_ev_period *periods, size_t count, int64_t at_s)
{
    const struct ocpp_ev_period *there = &periods[0];
    for (size_t i = 1; i < count && periods[i].start_s <= at_s; i++) {
        there = &periods[i];
    }
    return there;
}

/* --- whether it is another one
 * ------------------------------------------------------------------------------------------------------ */

static bool differ_at(const struct offered *old, int64_t ahead_s, const struct offered *fresh, int64_t at_s)
{
    return period_at(old->periods, old->count, at_s + ahead_s)->power_w != period_at(fresh->periods, fresh->count, at_s)->power_w;
}

/* |fresh| begins |ahead_s| after |old|. What lies beyond the end of either is not compared. */
static bool differ(const struct offered *old, int64_t ahead_s, const struct offered *fresh)
{
    const int64_t left_s = old->duration_s - ahead_s;
    const int64_t end_s = left_s < fresh->duration_s ? left_s : fresh->duration_s;
    bool differs = left_s <= 0;
    for (size_t i = 0; i < fresh->count && !differs; i++) {
        differs = fresh->periods[i].start_s < end_s && differ_at(old, ahead_s, fresh, fresh->periods[i].start_s);
    }
    for (size_t i = 0; i < old->count && !differs; i++) {
        const int64_t at_s = old->periods[i].start_s - ahead_s;
        differs = at_s >= 0 && at_s < end_s && differ_at(old, ahead_s, fresh, at_s);
    }
    return differs;
}

/* How long ago the schedules were offered. */
static int64_t age_of(const struct ocpp_charge_point *cp, const struct ev *ev)
{
    return (cp->now.mono_ms - ev->offered_mono_ms) / 1000;
}

bool ocpp_cp_ev_schedule_changed(struct ocpp_charge_point *cp, int evse)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    const struct ev *ev = &pnc->evs[evse];
    int64_t from_ms;
    if (!compose(cp, evse, &pnc->fresh[0], &from_ms)) {
        return false;
    }
    const struct offered *old = &ev->offered[ev->chosen];
    const bool has_dates = from_ms != OCPP_UTC_UNKNOWN && ev->offered_from_ms != OCPP_UTC_UNKNOWN;
    return differ(old, has_dates ? (from_ms - ev->offered_from_ms) / 1000 : age_of(cp, ev), &pnc->fresh[0]);
}

/* --- the offer
 * ------------------------------------------------------------------------------------------------------------------- */

static bool compose_all(struct ocpp_charge_point *cp, int evse, int64_t *from_ms)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    struct ev *ev = &pnc->evs[evse];
    const size_t choices = ocpp_cp_ev_choice_count(cp, ev);
    ev->offered_count = choices == 0 ? 1 : choices;
    for (size_t i = 0; i < ev->offered_count; i++) {
        struct offered *offered = &ev->offered[i];
        const struct profile *profile = ocpp_cp_ev_choice_at(ev, i, &offered->tariff);
        offered->id = profile == NULL ? 1 : profile->schedule_id;
        if (choices > 0) {
            ocpp_cp_ev_choices_lay(cp, ev, i);
        }
        const bool is_made = compose(cp, evse, offered, from_ms);
        if (choices > 0) {
            ocpp_cp_ev_choices_lift(cp, ev);
        }
        if (!is_made) {
            ev->offered_count = 0;
            return false;
        }
    }
    return true;
}

static void tell(struct ocpp_charge_point *cp, int evse, bool is_anew)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    const struct ev *ev = &pnc->evs[evse];
    struct ocpp_ev_schedule schedules[EV_CHOICES];
    for (size_t i = 0; i < ev->offered_count; i++) {
        const struct offered *offered = &ev->offered[i];
        schedules[i] = (struct ocpp_ev_schedule){
            .id = offered->id,
            .duration_s = offered->duration_s,
            .periods = offered->periods,
            .count = offered->count,
            .tariff = offered->tariff,
        };
    }
    const struct ocpp_ev_offer offer = {
        .origin = ev->origin,
        .renegotiate = is_anew,
        .from_utc_ms = ev->offered_from_ms,
        .schedules = schedules,
        .count = ev->offered_count,
    };
    if (pnc->settings.ev_offer != NULL) {
        pnc->settings.ev_offer(evse, &offer, pnc->settings.user);
    }
}

void ocpp_cp_ev_offer(struct ocpp_charge_point *cp, int evse)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    struct ev *ev = &pnc->evs[evse];
    const bool is_anew = ev->is_anew;
    if (!compose_all(cp, evse, &ev->offered_from_ms)) { /* no memory now */
        ev->is_anew = true;
        ev->not_before_mono_ms = cp->now.mono_ms + SEND_RETRY_MS;
        return;
    }
    ev->is_offer_due = ev->is_anew = false;
    ev->chosen = 0;
    ev->offered_mono_ms = cp->now.mono_ms;
    ev->seen_revision = cp->smart->revision;
    ev->not_before_mono_ms = cp->now.mono_ms + pnc->settings.renegotiation_wait_ms;
    ev->renegotiation_mono_ms = is_anew ? cp->now.mono_ms + pnc->settings.needs_timeout_ms : 0;
    cp->dirty = true;
    tell(cp, evse, is_anew);
}

/* --- the choice
 * ------------------------------------------------------------------------------------------------------------------- */

static size_t index_of(const struct ev *ev, int64_t id)
{
    size_t index = 0;
    while (index < ev->offered_count && ev->offered[index].id != id) {
        index++;
    }
    return index;
}

static bool is_sound(const struct ocpp_ev_choice *choice)
{
    bool is_right = choice != NULL && (choice->periods == NULL ? choice->count == 0 : choice->count > 0);
    for (size_t i = 0; is_right && i < choice->count; i++) {
        const struct ocpp_ev_period *period = &choice->periods[i];
        is_right = period->power_w >= 0 && period->power_w <= 1000000000 && period->phases >= 0 && period->phases <= 3 &&
                   (i == 0 ? period->start_s == 0 : period->start_s > period[-1].start_s) && period->start_s <= INT32_MAX;
    }
    return is_right;
}

/* K15.FR.09. |ahead_s|: how long after the schedule the profile begins. */
static bool is_within(const struct offered *offered, int64_t ahead_s, const struct ocpp_ev_choice *choice)
{
    bool is_right = true;
    for (size_t i = 0; i < choice->count && is_right; i++) {
        const struct ocpp_ev_period *period = &choice->periods[i];
        is_right = period->power_w <= period_at(offered->periods, offered->count, period->start_s + ahead_s)->power_w;
    }
    for (size_t i = 0; i < offered->count && is_right && choice->count > 0; i++) {
        const int64_t at_s = offered->periods[i].start_s - ahead_s;
        is_right = at_s < 0 || period_at(choice->periods, choice->count, at_s)->power_w <= offered->periods[i].power_w;
    }
    return is_right;
}

/* What is told of the choice: the vehicle's own profile, or the schedule it follows (K15.FR.19). */
static void note(struct ocpp_charge_point *cp, struct ev *ev, const struct offered *offered, const struct ocpp_ev_choice *from)
{
    struct ev_choice *choice = &ev->choice;
    const bool is_own = from->periods != NULL;
    const size_t count = is_own ? from->count : offered->count;
    memcpy(choice->periods, is_own ? from->periods : offered->periods, count * sizeof(choice->periods[0]));
    choice->count = count;
    choice->id = offered->id;
    choice->duration_s = offered->duration_s;
    choice->from_ms = is_own ? from->from_utc_ms : ev->offered_from_ms;
    choice->from_mono_ms = is_own ? cp->now.mono_ms : ev->offered_mono_ms;
    choice->state = CHOICE_DUE;
    choice->has_answer = false;
    cp->dirty = true;
}

static enum ocpp_status choose(struct ocpp_charge_point *cp, struct ev *ev, size_t index, const struct ocpp_ev_choice *choice)
{
    const bool has_dates = choice->from_utc_ms != OCPP_UTC_UNKNOWN && ev->offered_from_ms != OCPP_UTC_UNKNOWN;
    const int64_t ahead_s = has_dates ? (choice->from_utc_ms - ev->offered_from_ms) / 1000 : age_of(cp, ev);
    const bool is_right = is_within(&ev->offered[index], ahead_s, choice);
    note(cp, ev, &ev->offered[index], choice);
    if (!is_right) {
        return OCPP_ERR_RANGE;
    }
    ev->renegotiation_mono_ms = 0;
    if (ocpp_cp_ev_choice_count(cp, ev) > 0 && !ocpp_cp_ev_choose(cp, ev, index)) {
        return OCPP_ERR_STORAGE;
    }
    ev->chosen = index;
    return OCPP_OK;
}

enum ocpp_status ocpp_charge_point_ev_choice(struct ocpp_charge_point *cp, int evse, const struct ocpp_ev_choice *choice,
                                             struct ocpp_now now)
{
    struct ev *ev = ocpp_cp_ev(cp, evse);
    if (ocpp_cp_evse(cp, evse) == NULL || !is_sound(choice)) {
        return OCPP_ERR_ARGUMENT;
    }
    if (ev == NULL || !ev->session) {
        return OCPP_ERR_STATE;
    }
    if (choice->count > ocpp_cp_pnc(cp)->settings.max_offer_periods) {
        return OCPP_ERR_LIMIT;
    }
    const size_t index = index_of(ev, choice->schedule_id);
    if (index == ev->offered_count) {
        return OCPP_ERR_NOT_FOUND;
    }
    ocpp_cp_enter(cp, now);
    const enum ocpp_status status = choose(cp, ev, index, choice);
    ocpp_cp_leave(cp);
    return status;
}

/* When the periods of a choice count from, now that the date may be known. */
static void date(const struct ocpp_charge_point *cp, struct ev_choice *choice)
{
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    if (choice->from_ms == OCPP_UTC_UNKNOWN && utc_ms != OCPP_UTC_UNKNOWN) {
        choice->from_ms = utc_ms - (cp->now.mono_ms - choice->from_mono_ms);
    }
}

bool ocpp_cp_ev_choice_send(struct ocpp_charge_point *cp)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    const struct pnc_words *words = ocpp_cp_pnc_words(cp);
    for (int evse = 1; evse <= cp->settings.evse_count; evse++) {
        struct ev_choice *choice = &pnc->evs[evse].choice;
        if (choice->state != CHOICE_DUE || words->send_choice == NULL) {
            continue;
        }
        date(cp, choice);
        if (choice->from_ms == OCPP_UTC_UNKNOWN) {
            continue;
        }
        const enum ocpp_status status = words->send_choice(cp, evse, choice);
        if (status == OCPP_OK) {
            choice->state = CHOICE_ASKED;
            pnc->flight = PNC_FLIGHT_CHOICE;
            pnc->flight_evse = evse;
            return true;
        }
        if (ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE) { /* it can never be said */
            choice->state = CHOICE_NONE;
        }
    }
    return false;
}

void ocpp_cp_ev_choice_answered(struct ocpp_charge_point *cp, enum ocpp_status status, bool is_accepted)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    struct ev_choice *choice = &pnc->evs[pnc->flight_evse].choice;
    if (choice->state != CHOICE_ASKED) { /* there is a later one */
        return;
    }
    choice->state = status == OCPP_ERR_CLOSED ? CHOICE_DUE : CHOICE_NONE;
    choice->has_answer = status == OCPP_OK;
    choice->is_accepted = is_accepted;
    cp->dirty = true;
}

void ocpp_cp_ev_choice_work(struct ocpp_charge_point *cp, int evse)
{
    struct pnc *pnc = ocpp_cp_pnc(cp);
    struct ev_choice *choice = &pnc->evs[evse].choice;
    if (!choice->has_answer) {
        return;
    }
    choice->has_answer = false;
    cp->dirty = true;
    if (pnc->settings.ev_choice_answered != NULL) {
        pnc->settings.ev_choice_answered(evse, choice->is_accepted, pnc->settings.user);
    }
}
