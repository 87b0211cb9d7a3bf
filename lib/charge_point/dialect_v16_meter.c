/* dialect_v16_meter.c: readings as OCPP 1.6 tells them: one sampled value per sample, numbers as text, in the units it has. */
#include "dialect_v16.h"

#include <string.h>

#include "vocabulary_v16.h"

static bool fill_sample(struct ocpp_arena *arena, const struct ocpp_sample *sample, int context,
                        struct ocpp16_sampled_value *value)
{
    char text[OCPP_DECIMAL_TEXT_SIZE];
    const size_t size = ocpp_decimal_format(sample->value, text);
    value->value = ocpp_arena_text(arena, text, size);
    value->context = (enum ocpp16_reading_context)ocpp_word_to_wire(&ocpp_v16_reading_contexts, (int)context);
    value->measurand = (enum ocpp16_measurand)ocpp_word_to_wire(&ocpp_v16_measurands, (int)sample->measurand);
    value->phase = (enum ocpp16_phase)ocpp_word_to_wire(&ocpp_v16_phases, (int)sample->phase);
    value->location = (enum ocpp16_location)ocpp_word_to_wire(&ocpp_v16_locations, (int)sample->location);
    value->unit = ocpp_v16_unit(sample->measurand);
    return value->value != NULL;
}

static bool is_sayable(const struct ocpp_sample *sample, int64_t wanted)
{
    return ocpp_word_to_wire(&ocpp_v16_measurands, (int)sample->measurand) != 0 && (wanted >> sample->measurand & 1) != 0;
}

bool ocpp_cp_v16_has_sayable(const struct reading *reading, int64_t wanted)
{
    for (size_t i = 0; i < reading->count; i++) {
        if (is_sayable(&reading->samples[i], wanted)) {
            return true;
        }
    }
    return false;
}

/* |reading| as a meter value, of the |wanted| measurands those that 1.6 can name. Without memory |count| stays 0. */
void ocpp_cp_v16_fill_meter_value(struct ocpp_charge_point *cp, const struct reading *reading, int64_t wanted,
                                  struct ocpp16_meter_value *meter_value)
{
    struct ocpp16_sampled_value *values = ocpp_arena_take(cp->arena, reading->count * sizeof(*values));
    memset(meter_value, 0, sizeof(*meter_value));
    meter_value->timestamp = ocpp_cp_date(cp, &reading->when);
    size_t count = 0;
    for (size_t i = 0; values != NULL && i < reading->count; i++) {
        const struct ocpp_sample *sample = &reading->samples[i];
        if (is_sayable(sample, wanted) && fill_sample(cp->arena, sample, reading->context, &values[count])) {
            count++;
        }
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

enum ocpp_status ocpp_cp_v16_send_reading(struct ocpp_charge_point *cp, int evse, const struct reading *reading)
{
    struct ocpp16_meter_value value;
    const struct evse *there = ocpp_cp_evse(cp, evse);
    ocpp_arena_reset(cp->arena);
    ocpp_cp_v16_fill_meter_value(cp, reading, EVERY_MEASURAND, &value);
    const int connector = there->connector == 0 ? 1 : there->connector;
    const struct ocpp16_meter_values_req request = {
        .connector_id = ocpp_cp_row_number(cp, evse, connector),
        .has_transaction_id = ocpp_cp_is_running(there) && there->transaction.has_wire_number,
        .transaction_id = there->transaction.wire_number,
        .meter_value = { &value, 1 },
    };
    return ocpp_cp_send(cp, &ocpp16_actions[OCPP16_ACTION_METER_VALUES], &request, NULL, on_reading_answer);
}
