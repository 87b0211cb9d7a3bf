/* cost_triggers.c: meter values that RunningCost wants: at a moment, at an amount of energy, when the power crosses a value, when
 * the connector takes a status. They are facts of their transaction, as durable as any. Application note on pricing, Triggers.
 *
 * While energy or power is watched the meter is looked at every |look_ms|. Around a power there is some room, so that one that
 * hovers there is not told again and again. */
#include <string.h>

#include "charge_point_internal.h"
#include "pricing.h"

static int64_t look_ms(const struct ocpp_charge_point *cp)
{
    return cp->settings.cost->look_ms == 0 ? USUAL_METER_LOOK_MS : cp->settings.cost->look_ms;
}

static enum ocpp_connector_status status_of(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    const int connector = evse->transaction.connector != 0 ? evse->transaction.connector : 1;
    return ocpp_cp_connector_status(cp, evse->number, connector);
}

/* Each RunningCost says anew what it wants. A power that is on the same side still has been seen there. */
void ocpp_cp_triggers_set(struct ocpp_charge_point *cp, const struct evse *evse, const struct price_triggers *triggers)
{
    struct price_place *place = &ocpp_cp_cost(cp)->places[evse->number];
    const bool is_same_power = place->triggers.has_power && triggers->has_power && place->triggers.power_mw == triggers->power_mw;
    const bool is_over = !ocpp_cp_has_transaction(evse);
    if (is_over) {
        memset(&place->triggers, 0, sizeof(place->triggers));
    } else {
        place->triggers = *triggers;
    }
    place->power_side = is_same_power ? place->power_side : 0;
    place->seen_status = status_of(cp, evse);
    const bool needs_meter = place->triggers.has_energy || place->triggers.has_power;
    place->look_mono_ms = needs_meter ? cp->now.mono_ms : OCPP_NEVER;
    cp->dirty = true;
}

/* --- what crosses ------------------------------------------------------------------------------------------------------- */

/* The power of a reading in thousandths of a watt; false: it has none. Phases by themselves are not it. */
static bool power_of(const struct reading *reading, int64_t *power_mw)
{
    for (size_t i = 0; i < reading->count; i++) {
        const struct ocpp_sample *sample = &reading->samples[i];
        if (sample->measurand == OCPP_MEASURAND_POWER_ACTIVE_IMPORT && sample->phase == OCPP_PHASE_NONE &&
            ocpp_decimal_to_integer(sample->value, 3, power_mw) == OCPP_OK) {
            return true;
        }
    }
    return false;
}

static bool crosses(const struct ocpp_charge_point *cp, struct price_place *place, int64_t power_mw)
{
    const int percent = cp->settings.cost->hysteresis_percent == 0 ? USUAL_HYSTERESIS : cp->settings.cost->hysteresis_percent;
    const int64_t room = place->triggers.power_mw * percent / 100;
    const int before = place->power_side;
    if (power_mw >= place->triggers.power_mw + room) {
        place->power_side = 1;
    } else if (power_mw <= place->triggers.power_mw - room) {
        place->power_side = -1;
    }
    return before != 0 && place->power_side != before;
}

static bool is_due_by_meter(struct ocpp_charge_point *cp, const struct evse *evse, struct price_place *place)
{
    struct reading *reading = &cp->scratch.reading;
    bool is_due = false;
    int64_t wh;
    int64_t power_mw;
    if (cp->now.mono_ms < place->look_mono_ms || evse->slot.busy || evse->slot.finished) {
        return false;
    }
    place->look_mono_ms = cp->now.mono_ms + look_ms(cp);
    ocpp_cp_read_meter(cp, evse->number, OCPP_CONTEXT_TRIGGER, reading);
    if (place->triggers.has_energy && ocpp_reading_energy_wh(reading, &wh) &&
        wh - evse->transaction.meter_start_wh >= place->triggers.energy_wh) {
        place->triggers.has_energy = false; /* once */
        is_due = true;
    }
    if (place->triggers.has_power && power_of(reading, &power_mw)) {
        is_due = crosses(cp, place, power_mw) || is_due;
    }
    if (!place->triggers.has_energy && !place->triggers.has_power) {
        place->look_mono_ms = OCPP_NEVER;
    }
    return is_due;
}

static bool is_due_by_time(const struct ocpp_charge_point *cp, struct price_place *place)
{
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    if (!place->triggers.has_time || utc_ms == OCPP_UTC_UNKNOWN || utc_ms < place->triggers.utc_ms) {
        return false;
    }
    place->triggers.has_time = false; /* once */
    return true;
}

static bool is_due_by_status(const struct ocpp_charge_point *cp, const struct evse *evse, struct price_place *place)
{
    const enum ocpp_connector_status status = status_of(cp, evse);
    const bool is_entered = status != place->seen_status && (place->triggers.statuses >> status & 1) != 0;
    place->seen_status = status;
    return is_entered;
}

/* The prices that were announced for now hold from now on. */
static void turn(const struct ocpp_charge_point *cp, const struct evse *evse, struct price_place *place)
{
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    if (place->running.is_set && place->running.has_next && utc_ms != OCPP_UTC_UNKNOWN && utc_ms >= place->running.next_utc_ms) {
        ocpp_running_turn(&place->running, evse->last_meter_wh);
    }
}

void ocpp_cp_triggers_work(struct ocpp_charge_point *cp)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        struct price_place *place = &ocpp_cp_cost(cp)->places[evse->number];
        turn(cp, evse, place);
        if (!ocpp_cp_is_ongoing(evse)) {
            continue;
        }
        const bool is_due_now = is_due_by_time(cp, place);
        const bool is_due_there = is_due_by_status(cp, evse, place);
        if (is_due_by_meter(cp, evse, place) || is_due_now || is_due_there) {
            evse->report_triggered = true;
            cp->dirty = true;
        }
    }
}

static int64_t mono_of(const struct ocpp_charge_point *cp, int64_t utc_ms)
{
    const int64_t now = ocpp_cp_utc(cp, cp->now);
    return now == OCPP_UTC_UNKNOWN ? OCPP_NEVER : cp->now.mono_ms + (utc_ms > now ? utc_ms - now : 0);
}

int64_t ocpp_cp_triggers_deadline(const struct ocpp_charge_point *cp)
{
    int64_t earliest = OCPP_NEVER;
    for (int i = 0; i < cp->settings.evse_count; i++) {
        const struct evse *evse = &cp->evses[i];
        const struct price_place *place = &ocpp_cp_cost(cp)->places[evse->number];
        const bool is_ongoing = ocpp_cp_is_ongoing(evse);
        const int64_t dues[] = {
            is_ongoing && !evse->slot.busy ? place->look_mono_ms : OCPP_NEVER,
            is_ongoing && place->triggers.has_time ? mono_of(cp, place->triggers.utc_ms) : OCPP_NEVER,
            place->running.is_set && place->running.has_next ? mono_of(cp, place->running.next_utc_ms) : OCPP_NEVER,
        };
        for (size_t d = 0; d < sizeof(dues) / sizeof(dues[0]); d++) {
            earliest = dues[d] < earliest ? dues[d] : earliest;
        }
    }
    return earliest;
}
