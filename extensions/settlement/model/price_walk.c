/* price_walk.c: time, cut where a price may change. First match wins per dimension (OCPI 2.2.1 Tariff; OCPP 2.1 I12.FR.33 and
 * 34). */
#include "price_walk.h"

#include "price_zone.h"

enum { UNREAD = -1 };

int64_t part_until(const struct piece *piece, const struct part *part, int64_t at_s)
{
    if (at_s >= piece->to_s) {
        return part->quantity;
    }
    if (part->kind == OCPP_SETTLE_LINE_KIND_ENERGY) {
        return slope_at(&piece->energy, at_s) - slope_at(&piece->energy, piece->from_s);
    }
    return at_s - piece->from_s;
}

/* --- which price -------------------------------------------------------------------------------------------------- */

struct choice {
    const struct ocpp_settle_price_component *component; /* NULL: none */
    size_t element;
};

static const struct ocpp_settle_price_component *component_of(const struct ocpp_settle_tariff_element *element,
                                                              enum ocpp_settle_dimension dimension)
{
    for (size_t i = 0; i < element->components.count; i++) {
        if (element->components.items[i].dimension == dimension) {
            return &element->components.items[i];
        }
    }
    return NULL;
}

static enum ocpp_settle_reservation_kind kind_of(const struct ocpp_settle_tariff_element *element)
{
    return element->restrictions != NULL ? element->restrictions->reservation : OCPP_SETTLE_RESERVATION_KIND_UNSET;
}

static struct choice choose(const struct walk *walk, const struct moment *moment, enum ocpp_settle_dimension dimension,
                            enum ocpp_settle_reservation_kind kind)
{
    for (size_t i = 0; i < walk->snapshot->tariff.elements.count; i++) {
        const struct ocpp_settle_tariff_element *element = &walk->snapshot->tariff.elements.items[i];
        const struct ocpp_settle_price_component *component = kind_of(element) == kind ? component_of(element, dimension) : NULL;

        if (component != NULL && when_holds(element->restrictions, moment, walk->snapshot, walk->usage)) {
            return (struct choice){ component, i };
        }
    }
    return (struct choice){ NULL, 0 };
}

/* The first second after |moment|, |end_s| at the latest, at which another price may hold. */
static int64_t next_change(const struct walk *walk, const struct moment *moment, int64_t end_s)
{
    const int64_t transition_s = next_transition(walk->snapshot, moment->at_s);
    int64_t next_s = transition_s < end_s ? transition_s : end_s;

    for (size_t i = 0; i < walk->snapshot->tariff.elements.count; i++) {
        const int64_t change_s = when_changes(walk->snapshot->tariff.elements.items[i].restrictions, moment, walk->snapshot);

        next_s = change_s < next_s ? change_s : next_s;
    }
    return next_s;
}

/* Energy flows even where it takes more than the piece to be a whole unit. */
static void add_part(struct piece *piece, enum ocpp_settle_line_kind kind, struct choice choice, int64_t quantity)
{
    const bool is_flowing = kind == OCPP_SETTLE_LINE_KIND_ENERGY && piece->energy.delta_mwh > 0;

    if (is_flowing || (quantity > 0 && choice.component != NULL)) {
        piece->parts[piece->count++] = (struct part){ kind, choice.component, choice.element, quantity };
    }
}

static enum ocpp_status visit(const struct walk *walk, const struct piece *piece)
{
    return piece->count > 0 ? walk->visit(piece, walk->user) : OCPP_OK;
}

static enum ocpp_status visit_once(const struct walk *walk, const struct moment *moment, enum ocpp_settle_line_kind kind,
                                   struct choice choice)
{
    struct piece piece = { .from_s = moment->at_s, .to_s = moment->at_s };

    add_part(&piece, kind, choice, 1);
    return visit(walk, &piece);
}

/* --- reservation -------------------------------------------------------------------------------------------------- */

/* What elements of expired reservations give no price for costs what a used one costs (OCPI 2.2.1 ReservationRestrictionType). */
static struct choice choose_reserved(const struct walk *walk, const struct moment *moment, enum ocpp_settle_dimension dimension,
                                     enum ocpp_settle_reservation_kind kind)
{
    const struct choice choice = choose(walk, moment, dimension, kind);

    if (choice.component != NULL || kind == OCPP_SETTLE_RESERVATION_KIND_USED) {
        return choice;
    }
    return choose(walk, moment, dimension, OCPP_SETTLE_RESERVATION_KIND_USED);
}

/* A reservation that was used without a start costs nothing, or as one that expired (the policy says). */
static enum ocpp_settle_reservation_kind kind_of_reservation(const struct walk *walk)
{
    const bool is_unused = walk->mode == OCPP_SETTLE_COMPUTE_MODE_FINAL && walk->usage->events.count == 0;

    if (walk->usage->reservation->kind == OCPP_SETTLE_RESERVATION_KIND_EXPIRED || !is_unused) {
        return walk->usage->reservation->kind;
    }
    return walk->snapshot->policy.reservation_no_start_fee ? OCPP_SETTLE_RESERVATION_KIND_EXPIRED
                                                           : OCPP_SETTLE_RESERVATION_KIND_UNSET;
}

static enum ocpp_status walk_reservation(const struct walk *walk)
{
    const enum ocpp_settle_reservation_kind kind = kind_of_reservation(walk);
    struct moment moment = { .at_s = walk->facts->reserved_from_s, .begun_s = walk->facts->reserved_from_s, .has_power = true };

    if (kind == OCPP_SETTLE_RESERVATION_KIND_UNSET) {
        return OCPP_OK;
    }
    enum ocpp_status status = visit_once(walk, &moment, OCPP_SETTLE_LINE_KIND_RESERVATION,
                                         choose_reserved(walk, &moment, OCPP_SETTLE_DIMENSION_FLAT, kind));
    while (status == OCPP_OK && moment.at_s < walk->facts->reserved_to_s) {
        const int64_t next_s = next_change(walk, &moment, walk->facts->reserved_to_s);
        struct piece piece = { .from_s = moment.at_s, .to_s = next_s };

        add_part(&piece, OCPP_SETTLE_LINE_KIND_RESERVATION, choose_reserved(walk, &moment, OCPP_SETTLE_DIMENSION_TIME, kind),
                 next_s - moment.at_s);
        status = visit(walk, &piece);
        moment.at_s = next_s;
    }
    return status;
}

/* --- session ------------------------------------------------------------------------------------------------------ */

/* A piece of the session; the moment goes on to its end. A jump of the meter is a piece without length. */
static enum ocpp_status step(const struct walk *walk, struct moment *moment, int64_t next_s)
{
    const struct choice energy = choose(walk, moment, OCPP_SETTLE_DIMENSION_ENERGY, OCPP_SETTLE_RESERVATION_KIND_UNSET);
    const int64_t lasts_s = next_s - moment->at_s;
    const int64_t before_mwh = lasts_s > 0 ? slope_at(&moment->energy, moment->at_s) : moment->energy.base_mwh;
    struct piece piece = { .from_s = moment->at_s, .to_s = next_s, .energy = moment->energy };

    add_part(&piece, OCPP_SETTLE_LINE_KIND_ENERGY, energy, slope_at(&moment->energy, next_s) - before_mwh);
    if (moment->is_charging) {
        add_part(&piece, OCPP_SETTLE_LINE_KIND_TIME,
                 choose(walk, moment, OCPP_SETTLE_DIMENSION_TIME, OCPP_SETTLE_RESERVATION_KIND_UNSET), lasts_s);
        moment->charging_s += lasts_s;
    }
    if (moment->is_idle) {
        add_part(&piece, OCPP_SETTLE_LINE_KIND_IDLE,
                 choose(walk, moment, OCPP_SETTLE_DIMENSION_IDLE, OCPP_SETTLE_RESERVATION_KIND_UNSET), lasts_s);
        moment->idle_s += lasts_s;
    }
    moment->at_s = next_s;
    return visit(walk, &piece);
}

/* The slope from the reading of event |index| to the next one; level for ever where there is none. */
static struct slope slope_from(const struct walk *walk, size_t index)
{
    const struct fact *from = &walk->facts->items[index];

    for (size_t i = index + 1; i < walk->usage->events.count; i++) {
        const struct fact *to = &walk->facts->items[i];

        if (to->energy_mwh != UNREAD) {
            return (struct slope){ from->at_s, to->at_s, from->energy_mwh, to->energy_mwh - from->energy_mwh };
        }
    }
    return (struct slope){ from->at_s, INT64_MAX, from->energy_mwh, 0 };
}

static void take_state(const struct ocpp_settle_usage_event *event, struct moment *moment)
{
    const bool is_suspended =
        event->kind == OCPP_SETTLE_USAGE_KIND_SUSPENDED_EV || event->kind == OCPP_SETTLE_USAGE_KIND_SUSPENDED_EVSE;
    const bool is_charging = event->kind == OCPP_SETTLE_USAGE_KIND_START || event->kind == OCPP_SETTLE_USAGE_KIND_CHARGING;

    if (is_suspended || is_charging) {
        moment->is_charging = is_charging;
        moment->is_idle = event->kind == OCPP_SETTLE_USAGE_KIND_SUSPENDED_EV;
    }
    if (is_suspended || event->has_current_ma) {
        moment->has_current = true;
        moment->current_ma = event->has_current_ma ? event->current_ma : 0;
    }
    moment->has_power = event->has_power_mw;
    moment->power_mw = event->power_mw;
}

/* What event |index| tells, at its time. */
static enum ocpp_status take_event(const struct walk *walk, size_t index, struct moment *moment)
{
    enum ocpp_status status = OCPP_OK;

    if (walk->facts->items[index].energy_mwh != UNREAD) {
        if (moment->energy.from_s == moment->energy.to_s && moment->energy.delta_mwh > 0) {
            status = step(walk, moment, moment->at_s);
        }
        moment->energy = slope_from(walk, index);
    }
    take_state(&walk->usage->events.items[index], moment);
    return status;
}

static enum ocpp_status walk_until(const struct walk *walk, struct moment *moment, int64_t end_s)
{
    enum ocpp_status status = OCPP_OK;

    while (status == OCPP_OK && moment->at_s < end_s) {
        status = step(walk, moment, next_change(walk, moment, end_s));
    }
    return status;
}

static enum ocpp_status walk_session(const struct walk *walk)
{
    const size_t count = walk->usage->events.count;
    const int64_t begun_s = walk->facts->items[0].at_s;
    struct moment moment = { .at_s = begun_s, .begun_s = begun_s, .is_charging = true };
    enum ocpp_status status = take_event(walk, 0, &moment);

    if (status == OCPP_OK) {
        status = visit_once(walk, &moment, OCPP_SETTLE_LINE_KIND_FLAT,
                            choose(walk, &moment, OCPP_SETTLE_DIMENSION_FLAT, OCPP_SETTLE_RESERVATION_KIND_UNSET));
    }
    for (size_t i = 1; i < count && status == OCPP_OK; i++) {
        status = walk_until(walk, &moment, walk->facts->items[i].at_s);
        if (status == OCPP_OK) {
            status = take_event(walk, i, &moment);
        }
    }
    return status == OCPP_OK ? walk_until(walk, &moment, walk->facts->end_s) : status;
}

enum ocpp_status walk(const struct walk *walk)
{
    enum ocpp_status status = walk->usage->reservation != NULL ? walk_reservation(walk) : OCPP_OK;

    if (status == OCPP_OK && walk->usage->events.count > 0) {
        status = walk_session(walk);
    }
    return status;
}
