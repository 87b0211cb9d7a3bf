/* metering.c: readings of the meters: taken, thinned to the measurands that are wanted, sent when the central system asks for
 * one. OCPP 1.6 3.16, errata 3.14; OCPP 2.0.1 J01, J02, F06. */
#include "charge_point_internal.h"

#include <string.h>

void ocpp_cp_read_meter(struct ocpp_charge_point *cp, int evse, enum ocpp_reading_context context, struct reading *reading)
{
    memset(reading, 0, sizeof(*reading));
    reading->when = ocpp_cp_moment(cp);
    reading->context = (int32_t)context;
    reading->count = cp->hardware.read_meter(evse, reading->samples, OCPP_READING_SAMPLES, cp->hardware.user);
    if (reading->count > OCPP_READING_SAMPLES) {
        reading->count = OCPP_READING_SAMPLES;
    }
    struct evse *there = ocpp_cp_evse(cp, evse);
    int64_t energy_wh;
    if (there != NULL && ocpp_reading_energy_wh(reading, &energy_wh)) {
        there->last_meter_wh = energy_wh;
    }
}

void ocpp_cp_reading_keep(struct reading *reading, int64_t wanted)
{
    size_t kept = 0;
    for (size_t i = 0; i < reading->count; i++) {
        const unsigned measurand = (unsigned)reading->samples[i].measurand;
        if (measurand < 63 && (wanted >> measurand & 1) != 0) {
            reading->samples[kept++] = reading->samples[i];
        }
    }
    reading->count = kept;
}

void ocpp_cp_schedule_samples(const struct ocpp_charge_point *cp, struct evse *evse)
{
    const int64_t interval_ms = cp->values[VARIABLE_SAMPLE_INTERVAL_S] * 1000;
    evse->sample_due_mono_ms = interval_ms > 0 ? cp->now.mono_ms + interval_ms : OCPP_NEVER;
}

/* A reading that was asked for says how things are now; nothing is stored for it, and an EVSE whose meter is silent is passed
 * over. */
bool ocpp_cp_send_reading(struct ocpp_charge_point *cp)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        if (!evse->reading_triggered) {
            continue;
        }
        evse->reading_triggered = false;
        struct reading *reading = &cp->scratch.reading;
        ocpp_cp_read_meter(cp, evse->number, OCPP_CONTEXT_TRIGGER, reading);
        ocpp_cp_reading_keep(reading, cp->values[VARIABLE_SAMPLED_MEASURANDS]);
        if (reading->count == 0 || cp->dialect->send_reading(cp, evse->number, reading) != OCPP_OK) {
            ocpp_cp_log(cp, OCPP_LOG_WARNING, "EVSE %d: no reading for the central system", evse->number);
            continue;
        }
        cp->flight = FLIGHT_READING;
        return true;
    }
    return false;
}

void ocpp_cp_reading_answered(struct ocpp_charge_point *cp)
{
    cp->flight = FLIGHT_NONE;
    cp->dirty = true;
}
