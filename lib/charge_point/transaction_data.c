/* transaction_data.c: the account a transaction gives at its end: its first reading, samples, its last reading.
 *
 * Each sample is kept durably when it is taken, under data/<uuid>/<slot>, as a fact of its own kind; all go with the record of
 * what was told. There are as many slots as StopTransactionMaxMeterValues leaves beside the first and the last, which are never
 * given up. When they are full the series thins itself: the 1st, 3rd, 5th … make room for new ones, then every second of the
 * rest, so that what is left is spread evenly over the transaction. OCPP 1.6 errata 3.14 (3.16.6), 3.91; OCPP 2.0.1 E06.FR.11 to
 * FR.13, E07.FR.08 to FR.10, J02.FR.20. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

enum { SLOT_FREE = 0, MOST_STRIDE = 1 << 28 };

static const struct source {
    enum family family;
    enum variable interval;
    enum variable measurands;
    enum variable sign;
    bool by_clock;
    enum clock_grid_use grid;
} sources[DATA_SOURCE_COUNT] = {
    [DATA_STOP_SAMPLED] = { FAMILY_NUMBERED, VARIABLE_SAMPLE_INTERVAL_S, VARIABLE_STOP_DATA_MEASURANDS, VARIABLE_SIGN_READINGS,
                            false, GRID_SENT },
    [DATA_END_SAMPLED] = { FAMILY_NAMED, VARIABLE_SAMPLED_END_INTERVAL_S, VARIABLE_END_MEASURANDS, VARIABLE_SIGN_READINGS, false,
                           GRID_AT_END },
    [DATA_STOP_ALIGNED] = { FAMILY_NUMBERED, VARIABLE_ALIGNED_INTERVAL_S, VARIABLE_STOP_ALIGNED_MEASURANDS,
                            VARIABLE_ALIGNED_SIGN_READINGS, true, GRID_SENT },
    [DATA_END_ALIGNED] = { FAMILY_NAMED, VARIABLE_ALIGNED_END_INTERVAL_S, VARIABLE_ALIGNED_END_MEASURANDS,
                           VARIABLE_ALIGNED_SIGN_READINGS, true, GRID_AT_END },
};

/* A slot in memory: the number of its sample, from 1, and the series it belongs to. */
static uint32_t entry_of(uint32_t number, enum data_source source)
{
    return number << 2 | (uint32_t)source;
}

static uint32_t number_of(uint32_t entry)
{
    return entry >> 2;
}

static enum data_source source_of(uint32_t entry)
{
    return (enum data_source)(entry & 3);
}

enum family ocpp_cp_data_family(int source)
{
    return source >= 0 && source < DATA_SOURCE_COUNT ? sources[source].family : FAMILY_NONE;
}

static size_t slots(const struct ocpp_charge_point *cp)
{
    return (size_t)cp->settings.max_transaction_readings - 2;
}

void ocpp_cp_data_prefix(const uint8_t uuid[UUID_BYTES], char key[OCPP_KEY_SIZE])
{
    char text[UUID_TEXT_SIZE];
    ocpp_uuid_text(uuid, text);
    snprintf(key, OCPP_KEY_SIZE, "data/%s/", text);
}

void ocpp_cp_data_key(const uint8_t uuid[UUID_BYTES], int slot, char key[OCPP_KEY_SIZE])
{
    char text[UUID_TEXT_SIZE];
    ocpp_uuid_text(uuid, text);
    if (slot < 0) {
        snprintf(key, OCPP_KEY_SIZE, "data/%s/begin", text);
        return;
    }
    snprintf(key, OCPP_KEY_SIZE, "data/%s/%04x", text, (unsigned)slot);
}

/* The slot a key is of, -1 for the first reading, and whether it is that of the record itself; -2: none of ours. */
int ocpp_cp_data_slot(const char *key, bool *is_record)
{
    const char *text = key + strlen("data/") + UUID_TEXT_SIZE;
    if (strncmp(text, "begin", 5) == 0) {
        *is_record = text[5] == '\0';
        return -1;
    }
    int slot = 0;
    for (int i = 0; i < 4; i++) {
        const char *digits = "0123456789abcdef";
        const char *place = text[i] == '\0' ? NULL : strchr(digits, text[i]);
        if (place == NULL) {
            return -2;
        }
        slot = slot * 16 + (int)(place - digits);
    }
    *is_record = text[4] == '\0';
    return slot;
}

/* --- what is wanted ------------------------------------------------------------------------------------------------ */

/* The first and the last value of every measurand of the account are told in versions that number transactions, those of the
 * sampled ones in the others (2.0.1 2.7.15: none of the clock's when that list is empty, and no more than its points). */
struct measurands ocpp_cp_data_wanted(const struct ocpp_charge_point *cp, enum family family)
{
    static const struct {
        enum family family;
        enum variable list;
    } lists[] = {
        { FAMILY_NUMBERED, VARIABLE_STOP_DATA_MEASURANDS },
        { FAMILY_NUMBERED, VARIABLE_STOP_ALIGNED_MEASURANDS },
        { FAMILY_NAMED, VARIABLE_END_MEASURANDS },
    };
    struct measurands wanted = { .set = 0 };
    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        if (family == FAMILY_NONE || family == lists[i].family) {
            const struct measurands list = ocpp_cp_measurands(cp, lists[i].list, lists[i].family);
            ocpp_cp_measurands_add(&wanted, &list);
        }
    }
    return wanted;
}

/* The family that will take the end, as far as anybody can say. */
enum family ocpp_cp_data_family_of(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    if (evse->transaction.family != FAMILY_NONE) {
        return (enum family)evse->transaction.family;
    }
    return cp->dialect == NULL ? FAMILY_NONE : cp->dialect->family;
}

static bool is_wanted(const struct ocpp_charge_point *cp, const struct evse *evse, enum data_source source)
{
    const enum family family = ocpp_cp_data_family_of(cp, evse);
    return cp->values[sources[source].measurands] != 0 && (family == FAMILY_NONE || family == sources[source].family);
}

/* --- when ------------------------------------------------------------------------------------------------------------ */

void ocpp_cp_data_schedule(struct ocpp_charge_point *cp, struct evse *evse, int64_t from_mono_ms)
{
    struct meter *meter = &cp->meters[evse->number];
    for (int i = 0; i < DATA_SOURCE_COUNT; i++) {
        meter->series[i].clock_due = false;
        meter->series[i].due_mono_ms = sources[i].by_clock ? OCPP_NEVER
                                                           : ocpp_cp_grid_next(from_mono_ms, cp->now.mono_ms,
                                                                               ocpp_cp_meter_interval(cp, sources[i].interval));
    }
}

void ocpp_cp_data_clock_due(struct ocpp_charge_point *cp, struct evse *evse, enum clock_grid_use grid)
{
    for (int i = 0; i < DATA_SOURCE_COUNT && ocpp_cp_is_ongoing(evse); i++) {
        struct data_series *series = &cp->meters[evse->number].series[i];
        series->clock_due = series->clock_due || (sources[i].by_clock && sources[i].grid == grid);
    }
}

/* Whether a sample of the series is to be taken now; |when| is its moment. What is too late is passed over. */
static bool is_due(struct ocpp_charge_point *cp, struct evse *evse, enum data_source source, struct moment *when)
{
    struct meter *meter = &cp->meters[evse->number];
    struct data_series *series = &meter->series[source];
    if (series->clock_due) {
        series->clock_due = false;
        return ocpp_cp_clock_moment(cp, &meter->data_at, when) && is_wanted(cp, evse, source);
    }
    if (cp->now.mono_ms < series->due_mono_ms) {
        return false;
    }
    series->due_mono_ms =
        ocpp_cp_grid_next(series->due_mono_ms, cp->now.mono_ms, ocpp_cp_meter_interval(cp, sources[source].interval));
    *when = ocpp_cp_moment(cp);
    return is_wanted(cp, evse, source);
}

int64_t ocpp_cp_data_deadline(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    const struct meter *meter = &cp->meters[evse->number];
    int64_t deadline = OCPP_NEVER;
    for (int i = 0; i < DATA_SOURCE_COUNT && ocpp_cp_is_ongoing(evse) && !meter->slot.busy; i++) {
        const int64_t due = meter->series[i].due_mono_ms;
        const bool counts = cp->values[sources[i].measurands] != 0 && due < deadline;
        deadline = counts ? due : deadline;
    }
    return deadline;
}

/* --- slots: what is kept where ------------------------------------------------------------------------------------------- */

static size_t count_of(const struct ocpp_charge_point *cp, const struct meter *meter, enum data_source source)
{
    size_t count = 0;
    for (size_t i = 0; i < slots(cp); i++) {
        count += meter->kept[i] != SLOT_FREE && source_of(meter->kept[i]) == source;
    }
    return count;
}

static int free_slot(const struct ocpp_charge_point *cp, const struct meter *meter)
{
    for (size_t i = 0; i < slots(cp); i++) {
        if (meter->kept[i] == SLOT_FREE) {
            return (int)i;
        }
    }
    return -1;
}

/* The oldest of a series that its stride gives up; -1: none. */
static int slot_to_give_up(const struct ocpp_charge_point *cp, const struct meter *meter, enum data_source source)
{
    int found = -1;
    for (size_t i = 0; i < slots(cp); i++) {
        const uint32_t entry = meter->kept[i];
        const bool goes =
            entry != SLOT_FREE && source_of(entry) == source && number_of(entry) % meter->series[source].stride != 0;
        if (goes && (found < 0 || number_of(entry) < number_of(meter->kept[found]))) {
            found = (int)i;
        }
    }
    return found;
}

static enum data_source longest(const struct ocpp_charge_point *cp, const struct meter *meter, enum data_source own)
{
    enum data_source found = own;
    for (int i = 0; i < DATA_SOURCE_COUNT; i++) {
        if (count_of(cp, meter, (enum data_source)i) > count_of(cp, meter, found)) {
            found = (enum data_source)i;
        }
    }
    return found;
}

/* The place for the sample that was just counted; -1: it is one of those that are given up. */
static int choose_slot(const struct ocpp_charge_point *cp, struct meter *meter, enum data_source source)
{
    const struct data_series *series = &meter->series[source];
    while (slots(cp) > 0 && series->taken % series->stride == 0) {
        int slot = free_slot(cp, meter);
        if (slot >= 0) {
            return slot;
        }
        const enum data_source from = longest(cp, meter, source);
        slot = slot_to_give_up(cp, meter, from);
        if (slot >= 0) {
            return slot;
        }
        if (meter->series[from].stride >= MOST_STRIDE) {
            return -1;
        }
        meter->series[from].stride *= 2;
    }
    return -1;
}

/* --- starting, and going on after a restart -------------------------------------------------------------------------------- */

struct data_load {
    struct ocpp_charge_point *cp;
    struct meter *meter;
};

static bool load_slot(const char *key, const void *value, size_t size, void *user)
{
    struct data_load *load = user;
    struct fact *fact = &load->cp->scratch;
    bool is_record = false;
    const int slot = ocpp_cp_data_slot(key, &is_record);
    if (!is_record || slot < 0 || slot >= (int)slots(load->cp) || ocpp_record_read(&fact_layout, value, size, fact) != OCPP_OK ||
        fact->source < 0 || fact->source >= DATA_SOURCE_COUNT || fact->number <= 0 || fact->number >= MOST_STRIDE) {
        return true;
    }
    struct data_series *series = &load->meter->series[fact->source];
    const uint32_t number = (uint32_t)fact->number;
    load->meter->kept[slot] = entry_of(number, (enum data_source)fact->source);
    series->taken = number > series->taken ? number : series->taken;
    return true;
}

/* The first sample of a transaction in this run: those of an earlier one, if any, are counted on. */
static bool begin_series(struct ocpp_charge_point *cp, struct meter *meter, const uint8_t uuid[UUID_BYTES])
{
    struct data_load load = { cp, meter };
    char prefix[OCPP_KEY_SIZE];
    if (memcmp(meter->data_uuid, uuid, UUID_BYTES) == 0) {
        return true;
    }
    for (size_t i = 0; i < slots(cp); i++) {
        meter->kept[i] = SLOT_FREE;
    }
    for (int i = 0; i < DATA_SOURCE_COUNT; i++) {
        meter->series[i].taken = 0;
        meter->series[i].stride = 1;
    }
    ocpp_cp_data_prefix(uuid, prefix);
    if (cp->storage->each(prefix, NULL, load_slot, &load, cp->storage->user) != OCPP_OK) {
        return false;
    }
    memcpy(meter->data_uuid, uuid, UUID_BYTES);
    return true;
}

/* --- keeping one -------------------------------------------------------------------------------------------------------------
 */

static void fill_record(struct ocpp_charge_point *cp, enum data_source source, uint32_t number, const struct moment *when)
{
    struct fact *fact = &cp->scratch;
    const struct reading reading = fact->reading;
    memset(fact, 0, sizeof(*fact));
    fact->reading = reading;
    fact->when = *when;
    fact->number = number;
    fact->source = (int32_t)source;
    cp->has_undated = cp->has_undated || when->utc_ms == OCPP_UTC_UNKNOWN;
}

static enum ocpp_status add_record(struct ocpp_charge_point *cp, const uint8_t uuid[UUID_BYTES], int slot,
                                   struct changes *changes, size_t used)
{
    size_t size;
    char key[OCPP_KEY_SIZE];
    ocpp_cp_data_key(uuid, slot, key);
    const enum ocpp_status status =
        ocpp_record_write(&fact_layout, &cp->scratch, cp->bytes + used, sizeof(cp->bytes) - used, &size);
    if (status != OCPP_OK) {
        return status;
    }
    ocpp_text_copy(ocpp_cp_change(changes, OCPP_CHANGE_PUT, cp->bytes + used, size), OCPP_KEY_SIZE, key);
    return ocpp_cp_signed_put(cp, &cp->scratch.reading, key, changes);
}

static enum ocpp_status write_sample(struct ocpp_charge_point *cp, struct meter *meter, int slot)
{
    struct changes changes = { .count = 0 };
    if (cp->settings.max_signed_bytes > 0) { /* those of the sample that was there */
        char key[OCPP_KEY_SIZE];
        ocpp_cp_data_key(meter->data_uuid, slot, key);
        snprintf(ocpp_cp_change(&changes, OCPP_CHANGE_DELETE_PREFIX, NULL, 0), OCPP_KEY_SIZE, "%.100s/", key);
    }
    const enum ocpp_status status = add_record(cp, meter->data_uuid, slot, &changes, 0);
    return status == OCPP_OK ? ocpp_cp_write(cp, &meter->slot, changes.items, changes.count) : status;
}

static void keep_sample(struct ocpp_charge_point *cp, struct evse *evse, enum data_source source, const struct moment *when)
{
    struct meter *meter = &cp->meters[evse->number];
    struct reading *reading = &cp->scratch.reading;
    if (!begin_series(cp, meter, evse->transaction.uuid)) {
        return;
    }
    meter->series[source].taken++;
    const int slot = choose_slot(cp, meter, source);
    if (slot < 0) {
        return;
    }
    ocpp_cp_read_meter(cp, evse->number, sources[source].by_clock ? OCPP_CONTEXT_SAMPLE_CLOCK : OCPP_CONTEXT_SAMPLE_PERIODIC,
                       reading);
    const struct measurands wanted = ocpp_cp_measurands(cp, sources[source].measurands, sources[source].family);
    ocpp_cp_reading_keep(reading, &wanted);
    if (!ocpp_cp_is_ongoing(evse) || reading->count == 0 || meter->slot.busy) {
        return;
    }
    if (cp->values[sources[source].sign] == 0) {
        ocpp_cp_reading_unsign(reading);
    }
    ocpp_cp_reading_at(reading, when);
    fill_record(cp, source, meter->series[source].taken, when);
    meter->data_slot = slot;
    meter->data_before = meter->kept[slot];
    meter->kept[slot] = entry_of(meter->series[source].taken, source);
    meter->writing = METER_WRITES_DATA;
    const enum ocpp_status status = write_sample(cp, meter, slot);
    if (status != OCPP_OK) {
        meter->writing = METER_WRITES_NOTHING;
        ocpp_cp_data_ended(cp, evse->number, status);
    }
}

void ocpp_cp_data_ended(struct ocpp_charge_point *cp, int evse, enum ocpp_status status)
{
    struct meter *meter = &cp->meters[evse];
    if (status != OCPP_OK) { /* a gap; what was there still is */
        meter->kept[meter->data_slot] = meter->data_before;
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "EVSE %d: a sample for the end was not stored: %s", evse, ocpp_status_sentence(status));
    }
}

void ocpp_cp_data_keep(struct ocpp_charge_point *cp, struct evse *evse)
{
    const struct meter *meter = &cp->meters[evse->number];
    for (int i = 0; i < DATA_SOURCE_COUNT && ocpp_cp_is_ongoing(evse) && !meter->slot.busy && !meter->slot.finished; i++) {
        struct moment when;
        if (is_due(cp, evse, (enum data_source)i, &when)) {
            keep_sample(cp, evse, (enum data_source)i, &when);
        }
    }
}

enum ocpp_status ocpp_cp_data_begin(struct ocpp_charge_point *cp, const uint8_t uuid[UUID_BYTES], struct changes *changes,
                                    size_t used)
{
    return add_record(cp, uuid, -1, changes, used);
}
