/* dialect_v201_meter.c: meter values of 2.0.1: numbers with a unit and a multiplier become decimals in the base unit of their
 * measurand. J02. */
#include "dialect_meter.h"
#include "vocabulary_v201.h"

/* An absent member has the default the standard gives it: Energy.Active.Import.Register, read periodically at the outlet. */
static bool sample_of(const struct ocpp201_sampled_value *value, int64_t timestamp, struct ocpp_meter_sample *sample)
{
    *sample = (struct ocpp_meter_sample){
        .sample = { .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
                    .phase = (enum ocpp_phase)ocpp_word_from_wire(&ocpp_v201_phases, (int)value->phase),
                    .location = (enum ocpp_location)ocpp_word_from_wire(&ocpp_v201_locations, (int)value->location),
                    .value = value->value },
        .context = (enum ocpp_reading_context)ocpp_word_from_wire(&ocpp_v201_reading_contexts, (int)value->context),
        .timestamp_utc_ms = timestamp,
    };
    if (value->measurand) {
        sample->sample.measurand = (enum ocpp_measurand)ocpp_word_from_wire(&ocpp_v201_measurands, (int)value->measurand);
    }
    return ocpp_v201_value_to_base(&sample->sample.value, value->unit_of_measure) == OCPP_OK;
}

bool v201_samples(struct pending *pending, const struct ocpp201_meter_value *values, size_t count,
                  struct transaction_facts *facts)
{
    struct ocpp_meter_sample *samples;
    size_t room = 0;
    size_t used = 0;

    for (size_t i = 0; i < count; i++) {
        room += values[i].sampled_value.count;
    }
    if (room == 0) {
        return true;
    }
    samples = ocpp_arena_take(pending->arena, room * sizeof *samples);
    if (!samples) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < values[i].sampled_value.count; j++) {
            used += sample_of(&values[i].sampled_value.items[j], values[i].timestamp, &samples[used]);
        }
    }
    facts->samples = samples;
    facts->sample_count = used;
    return true;
}
