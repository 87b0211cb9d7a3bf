/* dialect_v16_meter.c: readings as OCPP 1.6 tells them: numbers as text in the units it has, and what the meter signed as another
 * sampled value beside the number it belongs to, in the form of the paper on signed meter values (3.2). */
#include "dialect_v16.h"

#include <string.h>

#include "json.h"
#include "vocabulary_v16.h"

/* --- one value ------------------------------------------------------------------------------------------------------ */

static void fill_words(const struct ocpp_sample *sample, int context, struct ocpp16_sampled_value *value)
{
    value->context = (enum ocpp16_reading_context)ocpp_word_to_wire(&ocpp_v16_reading_contexts, context);
    value->measurand = (enum ocpp16_measurand)ocpp_word_to_wire(&ocpp_v16_measurands, (int)sample->measurand);
    value->phase = (enum ocpp16_phase)ocpp_word_to_wire(&ocpp_v16_phases, (int)sample->phase);
    value->location = (enum ocpp16_location)ocpp_word_to_wire(&ocpp_v16_locations, (int)sample->location);
    value->unit = ocpp_v16_unit(sample->measurand);
}

static bool fill_sample(struct ocpp_charge_point *cp, const struct ocpp_sample *sample, int context,
                        struct ocpp16_sampled_value *value)
{
    char text[OCPP_DECIMAL_TEXT_SIZE];
    const size_t size = ocpp_decimal_format(sample->value, text);
    value->value = ocpp_arena_text(cp->arena, text, size);
    fill_words(sample, context, value);
    cp->is_starved = cp->is_starved || value->value == NULL;
    return value->value != NULL;
}

static void write_member(struct ocpp_json_writer *writer, const char *name, const char *text)
{
    ocpp_json_write_name(writer, name);
    ocpp_json_write_string(writer, text == NULL ? "" : text);
}

static bool fill_signed(struct ocpp_charge_point *cp, const struct ocpp_sample *sample, int context, struct key_rule *keys,
                        struct ocpp16_sampled_value *value)
{
    struct ocpp_json_writer writer;
    size_t size;
    ocpp_json_writer_start(&writer, cp->arena);
    ocpp_json_write_begin(&writer, '{');
    write_member(&writer, "signedMeterData", sample->signed_value->data);
    write_member(&writer, "signingMethod", sample->signed_value->signing_method);
    write_member(&writer, "encodingMethod", sample->signed_value->encoding_method);
    write_member(&writer, "publicKey", ocpp_cp_key_of(cp, sample->signed_value, keys));
    ocpp_json_write_end(&writer, '}');
    value->format = OCPP16_VALUE_FORMAT_SIGNED_DATA;
    fill_words(sample, context, value);
    const bool is_written = ocpp_json_writer_finish(&writer, &value->value, &size) == OCPP_OK;
    cp->is_starved = cp->is_starved || !is_written;
    return is_written;
}

/* --- one meter value ---------------------------------------------------------------------------------------------------- */

static bool is_sayable(const struct ocpp_sample *sample, const struct measurands *wanted)
{
    return ocpp_word_to_wire(&ocpp_v16_measurands, (int)sample->measurand) != 0 &&
           (wanted == NULL || ocpp_cp_measurands_want(wanted, sample));
}

bool ocpp_cp_v16_has_sayable(const struct reading *reading)
{
    for (size_t i = 0; i < reading->count; i++) {
        if (is_sayable(&reading->samples[i], NULL)) {
            return true;
        }
    }
    return false;
}

void ocpp_cp_v16_fill_meter_value(struct ocpp_charge_point *cp, const struct reading *reading, const struct measurands *wanted,
                                  struct key_rule *keys, struct ocpp16_meter_value *meter_value)
{
    struct ocpp16_sampled_value *values = ocpp_cp_arena_take(cp, 2 * reading->count * sizeof(*values));
    memset(meter_value, 0, sizeof(*meter_value));
    meter_value->timestamp = ocpp_cp_date(cp, &reading->when);
    size_t count = 0;
    for (size_t i = 0; values != NULL && i < reading->count; i++) {
        const struct ocpp_sample *sample = &reading->samples[i];
        if (!is_sayable(sample, wanted)) {
            continue;
        }
        memset(&values[count], 0, 2 * sizeof(*values));
        count += fill_sample(cp, sample, reading->context, &values[count]);
        if (sample->signed_value != NULL) {
            memset(&values[count], 0, sizeof(*values));
            count += fill_signed(cp, sample, reading->context, keys, &values[count]);
        }
    }
    meter_value->sampled_value.items = values;
    meter_value->sampled_value.count = count;
}

/* --- the account of a transaction ------------------------------------------------------------------------------------------- */

/* The first and the last reading have all measurands of the account (errata 3.16.6); with none configured there is no data at all
 * (errata 3.14.5). */
const struct ocpp16_meter_value *ocpp_cp_v16_account(struct ocpp_charge_point *cp, const struct fact *fact,
                                                     const struct told *told, size_t *count)
{
    struct account account;
    struct key_rule keys = ocpp_cp_key_rule(cp, told);
    const struct measurands wanted = ocpp_cp_data_wanted(cp, FAMILY_NUMBERED);
    *count = 0;
    if (wanted.set == 0) {
        return NULL;
    }
    const size_t room = ocpp_cp_account_open(cp, fact, told, FAMILY_NUMBERED, &account) + 1;
    struct ocpp16_meter_value *values = ocpp_cp_arena_take(cp, room * sizeof(*values));
    if (values == NULL) {
        return NULL;
    }
    for (const struct reading *reading; (reading = ocpp_cp_account_next(&account)) != NULL;) {
        ocpp_cp_v16_fill_meter_value(cp, reading, &wanted, &keys, &values[*count]);
        *count += values[*count].sampled_value.count > 0;
    }
    ocpp_cp_v16_fill_meter_value(cp, &fact->reading, &wanted, &keys, &values[*count]);
    *count += values[*count].sampled_value.count > 0;
    return *count == 0 ? NULL : values;
}

/* --- asked for ----------------------------------------------------------------------------------------------------------------
 */

static void on_reading_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    (void)answer;
    ocpp_cp_reading_answered(user);
}

enum ocpp_status ocpp_cp_v16_send_reading(struct ocpp_charge_point *cp, int evse, const struct reading *reading)
{
    struct ocpp16_meter_value value;
    struct key_rule keys = ocpp_cp_key_rule(cp, NULL);
    const struct evse *there = ocpp_cp_evse(cp, evse);
    ocpp_arena_reset(cp->arena);
    ocpp_cp_v16_fill_meter_value(cp, reading, NULL, &keys, &value);
    struct ocpp16_meter_values_req request = { .meter_value = { &value, 1 } }; /* connector 0: the main meter */
    if (there != NULL) {
        request.connector_id = ocpp_cp_row_number(cp, evse, there->connector == 0 ? 1 : there->connector);
        request.has_transaction_id = ocpp_cp_is_running(there) && there->transaction.has_wire_number;
        request.transaction_id = there->transaction.wire_number;
    }
    return ocpp_cp_send(cp, &ocpp16_actions[OCPP16_ACTION_METER_VALUES], &request, NULL, on_reading_answer);
}
