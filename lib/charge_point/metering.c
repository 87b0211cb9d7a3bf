/* metering.c: a reading of a meter: read or pushed, freed of what may not be told, and thinned to what is wanted. OCPP 1.6 3.16,
 * errata 3.14; OCPP 2.0.1 J01, J02, F06. When readings are taken is decided in samples.c and aligned.c. */
#include "charge_point_internal.h"

#include <string.h>

#include "arena.h"
#include "decimal.h"

enum { METER_RETRY_MS = 500 }; /* how often a meter that is waited for is asked again */

static const int64_t MOST_POWER_MW = INT64_C(1000000000000); /* of one phase: what is more is no power of an EVSE */

/* --- memory ------------------------------------------------------------------------------------------------------- */

static void *take(const struct ocpp_charge_point *cp, size_t count, size_t size)
{
    if (count * size == 0) {
        return NULL;
    }
    void *memory = ocpp_reallocate(cp->settings.allocator, NULL, count * size);
    if (memory != NULL) {
        memset(memory, 0, count * size);
    }
    return memory;
}

static bool take_pushed(struct ocpp_charge_point *cp, size_t places)
{
    const size_t texts = cp->settings.max_signed_bytes;
    cp->pushed = take(cp, places, sizeof(struct pushed_reading));
    cp->pushed_texts = take(cp, places, texts);
    if (cp->pushed == NULL || (texts > 0 && cp->pushed_texts == NULL)) {
        return false;
    }
    for (size_t i = 0; i < places; i++) {
        cp->meters[i].pushed = &cp->pushed[i];
        cp->pushed[i].texts = texts > 0 ? cp->pushed_texts + i * texts : NULL;
    }
    return true;
}

bool ocpp_cp_take_meters(struct ocpp_charge_point *cp)
{
    const size_t places = (size_t)cp->settings.evse_count + 1;
    const size_t room = (size_t)cp->settings.max_transaction_readings - 2;
    cp->meters = take(cp, places, sizeof(struct meter));
    cp->kept = take(cp, places - 1, room * sizeof(uint32_t));
    cp->signed_bytes = take(cp, 2, cp->settings.max_signed_bytes);
    if (cp->meters == NULL || (room > 0 && cp->kept == NULL) || (cp->settings.max_signed_bytes > 0 && cp->signed_bytes == NULL)) {
        return false;
    }
    for (size_t i = 0; i < places; i++) {
        cp->meters[i].evse = (int)i;
        cp->meters[i].slot.cp = cp;
        cp->meters[i].kept = i == 0 || room == 0 ? NULL : cp->kept + (i - 1) * room;
    }
    for (size_t i = 0; i < GRID_COUNT; i++) {
        cp->grids[i] = (struct clock_grid){ .next_utc_ms = OCPP_UTC_UNKNOWN, .last_mono_ms = INT64_MIN / 2 };
    }
    return cp->settings.pushed_reading_ms == 0 || take_pushed(cp, places);
}

void ocpp_cp_free_meters(struct ocpp_charge_point *cp)
{
    const struct ocpp_allocator *allocator = cp->settings.allocator;
    ocpp_reallocate(allocator, cp->pushed_texts, 0);
    ocpp_reallocate(allocator, cp->pushed, 0);
    ocpp_reallocate(allocator, cp->signed_bytes, 0);
    ocpp_reallocate(allocator, cp->kept, 0);
    ocpp_reallocate(allocator, cp->meters, 0);
}

/* --- pushed readings ------------------------------------------------------------------------------------------------ */

static bool is_reading(const struct ocpp_meter_reading *reading)
{
    return reading != NULL && reading->count > 0 && reading->count <= OCPP_READING_SAMPLES && reading->samples != NULL;
}

enum ocpp_status ocpp_charge_point_meter(struct ocpp_charge_point *cp, int evse, const struct ocpp_meter_reading *reading,
                                         struct ocpp_now now)
{
    if (evse < 0 || evse > cp->settings.evse_count || !is_reading(reading)) {
        return OCPP_ERR_ARGUMENT;
    }
    struct meter *meter = &cp->meters[evse];
    struct pushed_reading *pushed = meter->pushed;
    if (pushed == NULL) {
        return OCPP_ERR_STATE;
    }
    ocpp_cp_enter(cp, now);
    memcpy(pushed->reading.samples, reading->samples, reading->count * sizeof(*reading->samples));
    pushed->reading.count = reading->count;
    pushed->reading.when = ocpp_cp_moment(cp);
    ocpp_cp_signed_check(cp, evse, &pushed->reading);
    pushed->texts_size = ocpp_cp_signed_pack(&pushed->reading, pushed->texts, cp->settings.max_signed_bytes);
    ocpp_cp_reading_unsign(&pushed->reading); /* the texts were borrowed */
    if (meter->is_awaited) {
        cp->evses[evse - 1].retry_mono_ms = cp->now.mono_ms;
    }
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

static void use_pushed(struct ocpp_charge_point *cp, const struct meter *meter, struct reading *reading)
{
    const struct pushed_reading *pushed = meter->pushed;
    if (pushed == NULL || pushed->reading.count == 0 ||
        cp->now.mono_ms - pushed->reading.when.mono_ms > cp->settings.pushed_reading_ms) {
        return;
    }
    *reading = pushed->reading;
    ocpp_cp_signed_unpack(reading, pushed->texts, pushed->texts_size, cp->signed_values);
}

/* --- one reading ------------------------------------------------------------------------------------------------------- */

static void remove_sample(struct reading *reading, size_t index)
{
    reading->count--;
    memmove(&reading->samples[index], &reading->samples[index + 1], (reading->count - index) * sizeof(reading->samples[0]));
}

/* A register that falls is not believed: registers only ever rise within a transaction (J02.FR.16), and what somebody pays for
 * is what they add up to. Said once per fall. */
static void drop_fallen_register(struct ocpp_charge_point *cp, const struct evse *evse, struct reading *reading,
                                 int64_t energy_wh)
{
    struct meter *meter = &cp->meters[evse->number];
    char before[OCPP_INTEGER_TEXT_SIZE];
    char now[OCPP_INTEGER_TEXT_SIZE];
    ocpp_integer_format(evse->last_meter_wh, before);
    ocpp_integer_format(energy_wh, now);
    if (!meter->has_fallen) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "EVSE %d: the meter fell from %s Wh to %s Wh during a transaction; it is not believed",
                    evse->number, before, now);
    }
    meter->has_fallen = true;
    for (size_t i = reading->count; i > 0; i--) {
        if (reading->samples[i - 1].measurand == OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER) {
            remove_sample(reading, i - 1);
        }
    }
}

static void note_register(struct ocpp_charge_point *cp, struct evse *evse, struct reading *reading)
{
    int64_t energy_wh;
    if (!ocpp_reading_energy_wh(reading, &energy_wh)) {
        return;
    }
    const bool is_measuring = ocpp_cp_has_transaction(evse) && evse->transaction.next_number > 0;
    if (is_measuring && energy_wh < evse->last_meter_wh) {
        drop_fallen_register(cp, evse, reading, energy_wh);
        return;
    }
    cp->meters[evse->number].has_fallen = false;
    evse->last_meter_wh = energy_wh;
    evse->metered = reading->when;
}

/* Phases of the register beside its total (2.0.1 RegisterValuesWithoutPhases). */
static void drop_register_phases(struct reading *reading)
{
    for (size_t i = reading->count; i > 0; i--) {
        const struct ocpp_sample *sample = &reading->samples[i - 1];
        if (sample->measurand == OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER && sample->phase != OCPP_PHASE_NONE) {
            remove_sample(reading, i - 1);
        }
    }
}

/* The main meter need not be there; the silence of another is said once, and its end. */
static void note_silence(struct ocpp_charge_point *cp, struct meter *meter, bool is_silent)
{
    if (meter->evse > 0 && is_silent != meter->is_silent) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "EVSE %d: the meter %s", meter->evse, is_silent ? "does not answer" : "answers again");
    }
    meter->is_silent = is_silent;
}

/* The power, as a whole or phase by phase; for the variable of that name. */
static void note_power(const struct ocpp_charge_point *cp, struct meter *meter, const struct reading *reading)
{
    int64_t total_mw = 0;
    bool is_told = false;
    for (size_t i = 0; i < reading->count; i++) {
        const struct ocpp_sample *sample = &reading->samples[i];
        int64_t mw;
        if (sample->measurand != OCPP_MEASURAND_POWER_ACTIVE_IMPORT ||
            (sample->location != OCPP_LOCATION_UNKNOWN && sample->location != OCPP_LOCATION_OUTLET) ||
            ocpp_decimal_to_integer(sample->value, 3, &mw) != OCPP_OK || mw > MOST_POWER_MW || mw < -MOST_POWER_MW) {
            continue;
        }
        is_told = true;
        total_mw = sample->phase == OCPP_PHASE_NONE ? mw : total_mw + mw;
        if (sample->phase == OCPP_PHASE_NONE) {
            break;
        }
    }
    if (is_told) {
        meter->has_power = true;
        meter->power_w = ocpp_decimal_normalize(OCPP_DECIMAL(total_mw, 3));
        meter->power_mono_ms = cp->now.mono_ms;
    }
}

void ocpp_cp_read_meter(struct ocpp_charge_point *cp, int evse, enum ocpp_reading_context context, struct reading *reading)
{
    struct meter *meter = &cp->meters[evse];
    memset(reading, 0, sizeof(*reading));
    reading->when = ocpp_cp_moment(cp);
    if (cp->hardware.read_meter != NULL) {
        reading->count = cp->hardware.read_meter(evse, reading->samples, OCPP_READING_SAMPLES, cp->hardware.user);
    }
    if (reading->count > OCPP_READING_SAMPLES) {
        reading->count = OCPP_READING_SAMPLES;
    }
    if (reading->count == 0) {
        use_pushed(cp, meter, reading);
    }
    reading->context = (int32_t)context;
    note_silence(cp, meter, reading->count == 0);
    note_power(cp, meter, reading);
    if (evse > 0) {
        note_register(cp, &cp->evses[evse - 1], reading);
    }
    if (cp->values[VARIABLE_REGISTER_WITHOUT_PHASES] != 0) {
        drop_register_phases(reading);
    }
    ocpp_cp_signed_check(cp, evse, reading);
}

/* A start whose meter is silent goes by the register that was seen last: each is looked at when the station wakes, lest the whole
 * register be taken for energy of the first transaction. */
void ocpp_cp_look_at_meters(struct ocpp_charge_point *cp)
{
    if (cp->has_looked_at_meters) {
        return;
    }
    cp->has_looked_at_meters = true;
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (!ocpp_cp_has_transaction(&cp->evses[i])) {
            ocpp_cp_read_meter(cp, i + 1, OCPP_CONTEXT_OTHER, &cp->scratch.reading);
        }
    }
}

bool ocpp_cp_awaits_meter(struct ocpp_charge_point *cp, struct evse *evse, const struct reading *reading,
                          const struct moment *since)
{
    struct meter *meter = &cp->meters[evse->number];
    int64_t energy_wh;
    const int64_t until = since->mono_ms + cp->settings.meter_wait_ms;
    meter->is_awaited = cp->now.mono_ms < until && !ocpp_reading_energy_wh(reading, &energy_wh);
    if (meter->is_awaited) {
        const int64_t again = cp->now.mono_ms + METER_RETRY_MS;
        evse->retry_mono_ms = again < until ? again : until;
    }
    return meter->is_awaited;
}

void ocpp_cp_reading_at(struct reading *reading, const struct moment *when)
{
    if (when->mono_ms - reading->when.mono_ms <= CLOCK_SNAP_MS) {
        reading->when = *when;
    }
}

/* --- what is wanted of it ------------------------------------------------------------------------------------------------ */

/* The signing settings that must be on for a use; VARIABLE_COUNT: no second one. */
static const struct reading_rule {
    enum variable measurands; /* VARIABLE_COUNT: as the account wants them */
    enum variable sign;
    enum variable sign_also;
} rules[USE_COUNT] = {
    [USE_STARTED] = { VARIABLE_START_MEASURANDS, VARIABLE_SIGN_READINGS, VARIABLE_SIGN_STARTED },
    [USE_BEGUN] = { VARIABLE_START_DATA_MEASURANDS, VARIABLE_SIGN_READINGS, VARIABLE_SIGN_STARTED },
    [USE_SAMPLED] = { VARIABLE_SAMPLED_MEASURANDS, VARIABLE_SIGN_READINGS, VARIABLE_SIGN_UPDATED },
    [USE_CLOCK] = { VARIABLE_ALIGNED_MEASURANDS, VARIABLE_ALIGNED_SIGN_READINGS, VARIABLE_ALIGNED_SIGN_UPDATED },
    [USE_TRIGGERED] = { VARIABLE_SAMPLED_MEASURANDS, VARIABLE_SIGN_READINGS, VARIABLE_SIGN_UPDATED },
    [USE_RESUMED] = { VARIABLE_SAMPLED_MEASURANDS, VARIABLE_SIGN_READINGS, VARIABLE_SIGN_UPDATED },
    [USE_ENDS] = { VARIABLE_COUNT, VARIABLE_SIGN_READINGS, VARIABLE_COUNT },
};

void ocpp_cp_reading_keep(struct reading *reading, const struct measurands *wanted)
{
    size_t kept = 0;
    for (size_t i = 0; i < reading->count; i++) {
        if (ocpp_cp_measurands_want(wanted, &reading->samples[i])) {
            reading->samples[kept++] = reading->samples[i];
        }
    }
    reading->count = kept;
}

void ocpp_cp_reading_unsign(struct reading *reading)
{
    for (size_t i = 0; i < reading->count; i++) {
        reading->samples[i].signed_value = NULL;
    }
}

void ocpp_cp_reading_for(const struct ocpp_charge_point *cp, enum reading_use use, struct reading *reading)
{
    const struct reading_rule *rule = &rules[use];
    const enum family family = cp->dialect == NULL ? FAMILY_NONE : cp->dialect->family;
    const bool is_account = rule->measurands == VARIABLE_COUNT;
    struct measurands wanted = ocpp_cp_measurands(cp, is_account ? VARIABLE_END_MEASURANDS : rule->measurands, family);
    if (is_account) {
        const struct measurands data = ocpp_cp_data_wanted(cp, family);
        ocpp_cp_measurands_add(&wanted, &data);
    }
    ocpp_cp_reading_keep(reading, &wanted);
    if (cp->values[rule->sign] == 0 || (rule->sign_also != VARIABLE_COUNT && cp->values[rule->sign_also] == 0)) {
        ocpp_cp_reading_unsign(reading);
    }
}

/* --- asked for ------------------------------------------------------------------------------------------------------------- */

/* A reading that was asked for says how things are now; nothing is stored for it, and an EVSE whose meter is silent is passed
 * over. */
bool ocpp_cp_send_reading(struct ocpp_charge_point *cp)
{
    for (int evse = 0; evse <= cp->settings.evse_count; evse++) {
        if (!cp->meters[evse].reading_triggered) {
            continue;
        }
        cp->meters[evse].reading_triggered = false;
        struct reading *reading = &cp->scratch.reading;
        cp->is_starved = false;
        ocpp_cp_read_meter(cp, evse, OCPP_CONTEXT_TRIGGER, reading);
        ocpp_cp_reading_for(cp, cp->dialect->triggered_use, reading);
        if (reading->count == 0 || cp->dialect->send_reading(cp, evse, reading) != OCPP_OK) {
            ocpp_cp_log(cp, OCPP_LOG_WARNING, "EVSE %d: no reading for the central system", evse);
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
