/* dialect_v201_meter.c: readings as OCPP 2.0.1 tells them: one sampled value per sample, with its unit, and what the meter signed
 * in it. */
#include "dialect_v201.h"

#include <string.h>

#include "vocabulary_v201.h"

/* --- one value ------------------------------------------------------------------------------------------------------ */

static const struct ocpp201_unit_of_measure *unit_of(struct ocpp_charge_point *cp, enum ocpp_measurand measurand)
{
    const char *name = ocpp_measurand_unit(measurand);
    struct ocpp201_unit_of_measure *unit = name[0] == '\0' ? NULL : ocpp_cp_arena_take(cp, sizeof(*unit));
    if (unit != NULL) {
        unit->unit = name;
    }
    return unit;
}

static const char *text_of(const char *text)
{
    return text == NULL ? "" : text;
}

/* The key is a required member: "" where it is not given (PublicKeyWithSignedMeterValue). */
static const struct ocpp201_signed_meter_value *signed_of(struct ocpp_charge_point *cp, const struct ocpp_signed_value *value,
                                                          struct key_rule *keys)
{
    struct ocpp201_signed_meter_value *told = value == NULL ? NULL : ocpp_cp_arena_take(cp, sizeof(*told));
    if (told != NULL) {
        told->signed_meter_data = text_of(value->data);
        told->signing_method = text_of(value->signing_method);
        told->encoding_method = text_of(value->encoding_method);
        told->public_key = ocpp_cp_key_of(cp, value, keys);
    }
    return told;
}

/* --- one meter value ---------------------------------------------------------------------------------------------------- */

static bool is_sayable(const struct ocpp_sample *sample, int64_t wanted)
{
    return ocpp_word_to_wire(&ocpp_v201_measurands, (int)sample->measurand) != 0 && (wanted >> sample->measurand & 1) != 0;
}

void ocpp_cp_v201_fill_meter_value(struct ocpp_charge_point *cp, const struct reading *reading, int64_t wanted,
                                   struct key_rule *keys, struct ocpp201_meter_value *meter_value)
{
    struct ocpp201_sampled_value *values = ocpp_cp_arena_take(cp, reading->count * sizeof(*values));
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
            .signed_meter_value = signed_of(cp, sample->signed_value, keys),
            .unit_of_measure = unit_of(cp, sample->measurand),
        };
    }
    meter_value->sampled_value.items = values;
    meter_value->sampled_value.count = count;
}

/* --- the account of a transaction ------------------------------------------------------------------------------------------- */

/* A meter that is silent at the start or at the end, or not believed: the last register that was read stands for it, with its own
 * time. */
static bool fill_last_register(struct ocpp_charge_point *cp, const struct fact *fact, enum telling telling,
                               struct ocpp201_meter_value *value)
{
    int64_t energy_wh;
    const enum variable measurands = telling == TELL_START ? VARIABLE_START_MEASURANDS : VARIABLE_END_MEASURANDS;
    const int64_t wanted = cp->values[measurands] & OCPP_MEASURAND_BIT(OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER);
    if (wanted == 0 || fact->metered.boot == 0 || ocpp_reading_energy_wh(&fact->reading, &energy_wh) ||
        ocpp_cp_date(cp, &fact->metered) == OCPP_UTC_UNKNOWN) {
        return false;
    }
    struct reading *last = &cp->scratch.reading;
    struct key_rule keys = { .gives = false };
    memset(last, 0, sizeof(*last));
    last->when = fact->metered;
    last->context = telling == TELL_START ? OCPP_CONTEXT_TRANSACTION_BEGIN : OCPP_CONTEXT_TRANSACTION_END;
    last->count = 1;
    last->samples[0] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
                                             .value = OCPP_DECIMAL(fact->meter_wh, 0) };
    ocpp_cp_v201_fill_meter_value(cp, last, wanted, &keys, value);
    return value->sampled_value.count > 0;
}

static size_t fill_account(struct ocpp_charge_point *cp, struct account *account, struct key_rule *keys,
                           struct ocpp201_meter_value *values)
{
    const int64_t wanted = cp->values[VARIABLE_END_MEASURANDS];
    size_t count = 0;
    for (const struct reading *reading; (reading = ocpp_cp_account_next(account)) != NULL;) {
        const bool is_begin = reading->context == OCPP_CONTEXT_TRANSACTION_BEGIN;
        ocpp_cp_v201_fill_meter_value(cp, reading, is_begin ? wanted : EVERY_MEASURAND, keys, &values[count]);
        count += values[count].sampled_value.count > 0;
    }
    count += fill_last_register(cp, account->fact, TELL_END, &values[count]);
    ocpp_cp_v201_fill_meter_value(cp, &account->fact->reading, wanted, keys, &values[count]);
    return count + (values[count].sampled_value.count > 0);
}

/* What is read where the transaction begins goes with the message that tells its place (E01.FR.09; E02.FR.21); what is read where
 * it ends is told there and nowhere else (E06.FR.11). */
static bool is_told_elsewhere(enum telling telling, const struct fact *fact, const struct told *told)
{
    if (fact->reading.context == OCPP_CONTEXT_TRANSACTION_BEGIN) {
        return told->place_told || !fact->plugged;
    }
    return telling == TELL_UPDATE && fact->reading.context == OCPP_CONTEXT_TRANSACTION_END;
}

const struct ocpp201_meter_value *ocpp_cp_v201_account(struct ocpp_charge_point *cp, enum telling telling,
                                                       const struct fact *fact, const struct told *told, size_t *count)
{
    struct account account = { .count = 0 };
    struct key_rule keys = ocpp_cp_key_rule(cp, told);
    const size_t kept = telling == TELL_END ? ocpp_cp_account_open(cp, fact, NULL, FAMILY_NAMED, &account) : 0;
    struct ocpp201_meter_value *values = ocpp_cp_arena_take(cp, (kept + 2) * sizeof(*values));
    *count = 0;
    if (values == NULL) {
        return NULL;
    }
    if (telling == TELL_END) {
        *count = fill_account(cp, &account, &keys, values);
    } else if (!is_told_elsewhere(telling, fact, told)) {
        ocpp_cp_v201_fill_meter_value(cp, &fact->reading, EVERY_MEASURAND, &keys, values);
        *count = values->sampled_value.count > 0;
        if (*count == 0 && telling == TELL_START) {
            *count = fill_last_register(cp, fact, TELL_START, values);
        }
    }
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

enum ocpp_status ocpp_cp_v201_send_reading(struct ocpp_charge_point *cp, int evse, const struct reading *reading)
{
    struct ocpp201_meter_value value;
    struct key_rule keys = ocpp_cp_key_rule(cp, NULL);
    ocpp_arena_reset(cp->arena);
    ocpp_cp_v201_fill_meter_value(cp, reading, EVERY_MEASURAND, &keys, &value);
    const struct ocpp201_meter_values_req request = { .evse_id = evse, .meter_value = { &value, 1 } };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_METER_VALUES], &request, NULL, on_reading_answer);
}
