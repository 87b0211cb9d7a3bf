/* samples.c: when a transaction is sampled: every interval counted from its start, and where the clock says so. A reading that
 * could not be taken in time leaves a gap; nothing is made up for it. OCPP 1.6 3.16.1, errata 3.15; OCPP 2.0.1 J02.FR.11. */
#include "charge_point_internal.h"

int64_t ocpp_cp_meter_interval(const struct ocpp_charge_point *cp, enum variable variable)
{
    const bool by_clock = variable == VARIABLE_ALIGNED_INTERVAL_S || variable == VARIABLE_ALIGNED_END_INTERVAL_S;
    const bool is_on = cp->values[by_clock ? VARIABLE_ALIGNED_ENABLED : VARIABLE_SAMPLED_ENABLED] != 0;
    return is_on ? cp->values[variable] * 1000 : 0;
}

int64_t ocpp_cp_grid_next(int64_t from_ms, int64_t now_ms, int64_t interval_ms)
{
    return interval_ms <= 0 ? OCPP_NEVER : from_ms + ((now_ms - from_ms) / interval_ms + 1) * interval_ms;
}

/* A transaction that was resumed after a restart is counted from there: its own start was on another clock. */
static int64_t sampled_from(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    const struct moment *started = &evse->transaction.started;
    return started->boot == cp->boot ? started->mono_ms : cp->start_mono_ms;
}

void ocpp_cp_schedule_samples(struct ocpp_charge_point *cp, struct evse *evse)
{
    const int64_t from = sampled_from(cp, evse);
    evse->sample_due_mono_ms = ocpp_cp_grid_next(from, cp->now.mono_ms, ocpp_cp_meter_interval(cp, VARIABLE_SAMPLE_INTERVAL_S));
    ocpp_cp_data_schedule(cp, evse, from);
}

void ocpp_cp_metering_changed(struct ocpp_charge_point *cp)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (cp->evses[i].session == SESSION_OPEN) {
            ocpp_cp_schedule_samples(cp, &cp->evses[i]);
        }
    }
    for (int i = 0; i < GRID_COUNT; i++) {
        cp->grids[i].next_utc_ms = OCPP_UTC_UNKNOWN;
    }
}

void ocpp_cp_record_samples(struct ocpp_charge_point *cp, struct evse *evse)
{
    struct meter *meter = &cp->meters[evse->number];
    struct moment when = ocpp_cp_moment(cp);
    meter->resumed = meter->resumed && evse->transaction.started.boot != cp->boot; /* or it is the one after it */
    if (meter->begun && cp->values[VARIABLE_START_DATA_MEASURANDS] != 0 && ocpp_cp_data_family_of(cp, evse) != FAMILY_NAMED) {
        meter->begun = false;
        ocpp_cp_record_reading(cp, evse, USE_BEGUN, &when);
        return;
    }
    if (meter->resumed && !ocpp_cp_is_held(evse)) {
        meter->resumed = false;
        ocpp_cp_record_reading(cp, evse, USE_RESUMED, &when);
        return;
    }
    if (meter->clock_due && ocpp_cp_is_ongoing(evse)) {
        meter->clock_due = false;
        if (ocpp_cp_clock_moment(cp, &meter->clock_at, &when)) {
            ocpp_cp_record_reading(cp, evse, USE_CLOCK, &when);
            return;
        }
    }
    if (cp->now.mono_ms < evse->sample_due_mono_ms) {
        return;
    }
    evse->sample_due_mono_ms =
        ocpp_cp_grid_next(evse->sample_due_mono_ms, cp->now.mono_ms, ocpp_cp_meter_interval(cp, VARIABLE_SAMPLE_INTERVAL_S));
    when = ocpp_cp_moment(cp);
    ocpp_cp_record_reading(cp, evse, USE_SAMPLED, &when);
}
