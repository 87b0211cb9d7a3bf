/* dialect_v201_meter.c: readings as OCPP 2.0.1 tells them: one sampled value per sample, with its unit. */
#include "dialect_v201.h"

#include <string.h>

#include "vocabulary_v201.h"

static const struct ocpp201_unit_of_measure *unit_of(struct ocpp_arena *arena, enum ocpp_measurand measurand)
{
    const char *name = ocpp_measurand_unit(measurand);
    struct ocpp201_unit_of_measure *unit = name[0] == '\0' ? NULL : ocpp_arena_take(arena, sizeof(*unit));
    if (unit != NULL) {
        unit->unit = name;
    }
    return unit;
}

static bool is_sayable(const struct ocpp_sample *sample, int64_t wanted)
{
    return ocpp_word_to_wire(&ocpp_v201_measurands, (int)sample->measurand) != 0 && (wanted >> sample->measurand & 1) != 0;
}

/* |reading| as a meter value, of the |wanted| measurands those that 2.0.1 can name. With none, or without memory, the count is 0.
 */
void ocpp_cp_v201_fill_meter_value(struct ocpp_charge_point *cp, const struct reading *reading, int64_t wanted,
                                   struct ocpp201_meter_value *meter_value)
{
    struct ocpp201_sampled_value *values = ocpp_arena_take(cp->arena, reading->count * sizeof(*values));
    memset(meter_value, 0, sizeof(*meter_value));
    meter_value->timestamp = ocpp_cp_date(cp, &reading->when);
    size_t count = 0;
    for (size_t i = 0; values != NULL && i < reading->count; i++) {
        const struct ocpp_sample *sample = &reading->samples[i];
        if (!is_sayable(sample, wanted)) {
            continue;
        }
        values[count++] = (struct ocpp201_sampled_value){
            .value = sample->value,
            .context = (enum ocpp201_reading_context)ocpp_word_to_wire(&ocpp_v201_reading_contexts, (int)reading->context),
            .measurand = (enum ocpp201_measurand)ocpp_word_to_wire(&ocpp_v201_measurands, (int)sample->measurand),
            .phase = (enum ocpp201_phase)ocpp_word_to_wire(&ocpp_v201_phases, (int)sample->phase),
            .location = (enum ocpp201_location)ocpp_word_to_wire(&ocpp_v201_locations, (int)sample->location),
            .unit_of_measure = unit_of(cp->arena, sample->measurand),
        };
    }
    meter_value->sampled_value.items = values;
    meter_value->sampled_value.count = count;
}

static void on_reading_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    (void)answer;
    ocpp_cp_reading_answered(user);
}

enum ocpp_status ocpp_cp_v201_send_reading(struct ocpp_charge_point *cp, int evse, const struct reading *reading)
{
    struct ocpp201_meter_value value;
    ocpp_arena_reset(cp->arena);
    ocpp_cp_v201_fill_meter_value(cp, reading, EVERY_MEASURAND, &value);
    const struct ocpp201_meter_values_req request = { .evse_id = evse, .meter_value = { &value, 1 } };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_METER_VALUES], &request, NULL, on_reading_answer);
}
