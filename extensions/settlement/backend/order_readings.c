/* order_readings.c: what a meter tells becomes rows, keyed by their moment: a repetition is the same row, a late reading stands
 * where it belongs. There are as many as policy.vehicle_events; then readings become one, and later idle time ends. */
#include "order_vehicle.h"

#include <inttypes.h>
#include <stdio.h>

/* Of one event; a command writes up to COMMAND_CHANGES rows, and an end is more than its readings. */
enum { MOMENTS_AT_ONCE = 120 };

int64_t vehicle_moment(const struct command *command, int64_t utc_ms)
{
    const int64_t now = command_utc_ms(command);

    if (utc_ms == OCPP_UTC_UNKNOWN || utc_ms > now) {
        return now;
    }
    return utc_ms < 0 ? 0 : utc_ms;
}

/* Records hold integers up to 2^53. */
bool vehicle_register_mwh(int64_t wh, int64_t *mwh)
{
    if (wh < 0 || wh > (INT64_C(1) << 53) / 1000) {
        return false;
    }
    *mwh = wh * 1000;
    return true;
}

/* --- rows ------------------------------------------------------------------------------------------------------------------ */

static const char *row_key(const struct vehicle_notes *notes, int64_t at, enum ocpp_settle_usage_kind kind)
{
    char moment[24];

    snprintf(moment, sizeof moment, "%016" PRIx64 "%d", (uint64_t)at, kind == OCPP_SETTLE_USAGE_KIND_METER ? 0 : (int)kind);
    return command_key(notes->command, notes->rows, notes->order->id, moment, NULL);
}

/* What the first telling lacked, the second may add; it changes nothing. True: there was something to add. */
static bool add_what_lacks(struct ocpp_settle_usage_event *known, const struct ocpp_settle_usage_event *told)
{
    bool added = false;

    if (told->has_energy_mwh && !known->has_energy_mwh) {
        known->has_energy_mwh = added = true;
        known->energy_mwh = told->energy_mwh;
    }
    if (told->has_power_mw && !known->has_power_mw) {
        known->has_power_mw = added = true;
        known->power_mw = told->power_mw;
    }
    if (told->has_current_ma && !known->has_current_ma) {
        known->has_current_ma = added = true;
        known->current_ma = told->current_ma;
    }
    return added;
}

/* Enough readings are kept apart: the newest takes the place of the one before it. */
static void make_room(const struct vehicle_notes *notes, const struct ocpp_settle_usage_event *event)
{
    struct row_vehicle *vehicle = notes->vehicle;
    const int64_t most = command_policy(notes->command)->vehicle_events;

    if (event->kind != OCPP_SETTLE_USAGE_KIND_METER) {
        vehicle->has_meter_at = false; /* a reading before a change stays */
        return;
    }
    if (vehicle->events >= most && vehicle->has_meter_at && vehicle->meter_at < event->at) {
        command_remove(notes->command, row_key(notes, vehicle->meter_at, OCPP_SETTLE_USAGE_KIND_METER));
        vehicle->events--;
    }
    if (!vehicle->has_meter_at || event->at > vehicle->meter_at) {
        vehicle->has_meter_at = true;
        vehicle->meter_at = event->at;
    }
}

static void note(const struct vehicle_notes *notes, const struct ocpp_settle_usage_event *event)
{
    const char *key = row_key(notes, event->at, event->kind);
    struct ocpp_settle_usage_event *known = command_edit(notes->command, key, &ocpp_settle_usage_event_type);

    if (known) {
        if (add_what_lacks(known, event)) {
            command_put(notes->command, key, &ocpp_settle_usage_event_type, known);
        }
        return;
    }
    make_room(notes, event);
    if (notes->vehicle->events < 2 * command_policy(notes->command)->vehicle_events + 2) {
        command_put(notes->command, key, &ocpp_settle_usage_event_type, event);
        notes->vehicle->events++;
    }
}

/* --- samples ---------------------------------------------------------------------------------------------------------------- */

static bool is_at_the_outlet(const struct ocpp_sample *sample)
{
    return sample->location == OCPP_LOCATION_UNKNOWN || sample->location == OCPP_LOCATION_OUTLET;
}

static void take_register(struct ocpp_settle_usage_event *event, const struct ocpp_sample *sample)
{
    int64_t mwh;

    if (sample->phase == OCPP_PHASE_NONE && ocpp_decimal_to_integer(sample->value, 3, &mwh) == OCPP_OK && mwh >= 0 &&
        mwh <= INT64_C(1) << 53) {
        event->has_energy_mwh = true;
        event->energy_mwh = mwh;
    }
}

static void take_power(struct ocpp_settle_usage_event *event, const struct ocpp_sample *sample)
{
    int64_t mw;

    if (sample->phase == OCPP_PHASE_NONE && ocpp_decimal_to_integer(sample->value, 3, &mw) == OCPP_OK &&
        mw >= -(INT64_C(1) << 53) && mw <= INT64_C(1) << 53) {
        event->has_power_mw = true;
        event->power_mw = mw;
    }
}

/* Told as a whole, or by phases. */
static void take_current(struct ocpp_settle_usage_event *event, const struct ocpp_sample *sample)
{
    const bool is_whole = sample->phase == OCPP_PHASE_NONE;
    int64_t ma;

    if ((is_whole || (sample->phase >= OCPP_PHASE_L1 && sample->phase <= OCPP_PHASE_L3)) &&
        ocpp_decimal_to_integer(sample->value, 3, &ma) == OCPP_OK && ma >= 0 && ma <= INT64_C(1) << 40) {
        event->current_ma = is_whole || !event->has_current_ma ? ma : event->current_ma + ma;
        event->has_current_ma = true;
    }
}

static const struct {
    enum ocpp_measurand measurand;
    void (*take)(struct ocpp_settle_usage_event *event, const struct ocpp_sample *sample);
} readings[] = {
    { OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER, take_register },
    { OCPP_MEASURAND_POWER_ACTIVE_IMPORT, take_power },
    { OCPP_MEASURAND_CURRENT_IMPORT, take_current },
};

static void take(struct ocpp_settle_usage_event *event, const struct ocpp_sample *sample)
{
    if (!is_at_the_outlet(sample)) {
        return;
    }
    for (size_t i = 0; i < sizeof readings / sizeof readings[0]; i++) {
        if (readings[i].measurand == sample->measurand) {
            readings[i].take(event, sample);
        }
    }
}

/* The samples of one moment from |*next| on, which goes behind them. False: none that matters. */
static bool take_moment(const struct vehicle_notes *notes, const struct ocpp_meter_sample *samples, size_t count, size_t *next,
                        struct ocpp_settle_usage_event *event)
{
    const int64_t told = samples[*next].timestamp_utc_ms;

    *event = (struct ocpp_settle_usage_event){ .at = vehicle_moment(notes->command, told), .kind = OCPP_SETTLE_USAGE_KIND_METER };
    for (; *next < count && samples[*next].timestamp_utc_ms == told; ++*next) {
        take(event, &samples[*next].sample);
    }
    return event->has_energy_mwh || event->has_power_mw || event->has_current_ma;
}

static size_t count_moments(const struct vehicle_notes *notes, const struct ocpp_meter_sample *samples, size_t count)
{
    struct ocpp_settle_usage_event event;
    size_t moments = 0;

    for (size_t i = 0; i < count;) {
        moments += take_moment(notes, samples, count, &i, &event) ? 1 : 0;
    }
    return moments;
}

/* An end may bring readings of many hours (E06.FR.11), and one write has room for so many rows. Of more, one in so many is kept:
 * the last one always, so that no energy is lost. */
void vehicle_note_samples(const struct vehicle_notes *notes, const struct ocpp_meter_sample *samples, size_t count)
{
    const size_t moments = count_moments(notes, samples, count);
    const size_t stride = 1 + (moments > 0 ? (moments - 1) / MOMENTS_AT_ONCE : 0);
    size_t left = moments;

    for (size_t i = 0; i < count && !command_failed(notes->command);) {
        struct ocpp_settle_usage_event event;

        if (take_moment(notes, samples, count, &i, &event) && --left % stride == 0) {
            note(notes, &event);
        }
    }
}

/* --- states ------------------------------------------------------------------------------------------------------------------
 */

void vehicle_note_charging(const struct vehicle_notes *notes, enum row_charging_kind charging, int64_t at)
{
    static const enum ocpp_settle_usage_kind kinds[] = { [ROW_CHARGING_KIND_CHARGING] = OCPP_SETTLE_USAGE_KIND_CHARGING,
                                                         [ROW_CHARGING_KIND_SUSPENDED_EV] = OCPP_SETTLE_USAGE_KIND_SUSPENDED_EV,
                                                         [ROW_CHARGING_KIND_SUSPENDED_EVSE] =
                                                             OCPP_SETTLE_USAGE_KIND_SUSPENDED_EVSE };
    struct row_vehicle *vehicle = notes->vehicle;
    const bool is_too_much = vehicle->events >= 2 * command_policy(notes->command)->vehicle_events;

    /* beyond what is kept nobody stands idle any more: the last that is noted is the end of it */
    if (vehicle->charging == charging || (is_too_much && vehicle->charging != ROW_CHARGING_KIND_SUSPENDED_EV)) {
        return;
    }
    vehicle->charging = charging;
    note(notes, &(struct ocpp_settle_usage_event){ .at = at, .kind = kinds[charging] });
}
