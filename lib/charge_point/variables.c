/* variables.c: settings as text and back, what changes with them, and where they are kept. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "encoding.h"
#include "require.h"
#include "text.h"

#define BIT(index) ((int64_t)1 << (index))

static const struct variable_row *row_of(enum variable variable)
{
    return ocpp_cp_variable_row(variable);
}

/* --- what there is
 * --------------------------------------------------------------------------------------------------------------------- */

/* A feature that arrives says so here. */
bool ocpp_cp_has_feature(const struct ocpp_charge_point *cp, enum feature feature)
{
    const bool is_there[FEATURE_COUNT] = {
        [FEATURE_ALWAYS] = true,
        [FEATURE_CACHE] = cp->settings.cache_entries > 0,
        [FEATURE_LIST] = cp->settings.local_list_length > 0,
        [FEATURE_RESERVATION] = true,
        [FEATURE_LATCH] = cp->hardware.lock != NULL,
        [FEATURE_SIGNED_READINGS] = cp->settings.max_signed_bytes > 0,
        [FEATURE_SMART_CHARGING] = cp->settings.max_profiles > 0,
    };
    return is_there[feature];
}

bool ocpp_cp_has_variable(const struct ocpp_charge_point *cp, enum variable variable)
{
    return ocpp_cp_has_feature(cp, (enum feature)row_of(variable)->feature);
}

static bool has_any_lock(const struct ocpp_charge_point *cp)
{
    for (int evse = 1; evse <= cp->settings.evse_count; evse++) {
        for (int connector = 1; connector <= cp->settings.connectors_per_evse; connector++) {
            if (ocpp_cp_has_lock(cp, evse, connector)) {
                return true;
            }
        }
    }
    return false;
}

bool ocpp_cp_variable_is_writable(const struct ocpp_charge_point *cp, enum variable variable)
{
    const enum variable_access access = (enum variable_access)row_of(variable)->access;
    return access == ACCESS_BOTH || access == ACCESS_WRITE || (access == ACCESS_BOTH_WITH_LOCK && has_any_lock(cp));
}

/* --- texts: their values are places in one piece of memory
 * -------------------------------------------------------------------------------------- */

static bool is_text(const struct variable_row *row)
{
    return row->kind >= KIND_TEXT;
}

/* Bytes of the longest text of |row|, its end included. */
static size_t text_room(const struct variable_row *row)
{
    const size_t bytes = row->kind == KIND_TEXT ? 4 : row->kind == KIND_SECRET ? 2 : 1; /* of a character, of any script */
    return (size_t)row->maximum * bytes + 1;
}

size_t ocpp_cp_variable_texts_size(void)
{
    size_t size = 0;
    for (int variable = 0; variable < VARIABLE_COUNT; variable++) {
        const struct variable_row *row = row_of((enum variable)variable);
        size += is_text(row) ? text_room(row) : 0;
    }
    return size;
}

const char *ocpp_cp_variable_string(const struct ocpp_charge_point *cp, enum variable variable)
{
    ocpp_require(is_text(row_of(variable)));
    return cp->texts + cp->values[variable];
}

static void put_text(struct ocpp_charge_point *cp, enum variable variable, const char *text)
{
    if (text != NULL) {
        ocpp_text_copy(cp->texts + cp->values[variable], text_room(row_of(variable)), text);
    }
}

int64_t ocpp_cp_measurable(const struct ocpp_charge_point *cp)
{
    return cp->settings.measurands == 0 ? INT64_MAX : cp->settings.measurands;
}

/* --- defaults
 * -------------------------------------------------------------------------------------------------------------------------- */

static int64_t message_bytes(const struct ocpp_charge_point *cp)
{
    return cp->settings.limits.max_bytes == 0 ? 65536 : (int64_t)cp->settings.limits.max_bytes;
}

/* What one item of a request of the device model takes at most where its names are as long as the standard allows. */
enum { GET_ITEM_BYTES = 512, SET_ITEM_BYTES = 1536 };

static void put_limits(struct ocpp_charge_point *cp)
{
    const int64_t bytes = message_bytes(cp);
    cp->values[VARIABLE_REPORT_BYTES] = cp->values[VARIABLE_GET_BYTES] = cp->values[VARIABLE_SET_BYTES] = bytes;
    cp->values[VARIABLE_LIST_BYTES_PER_MESSAGE] = bytes;
    cp->values[VARIABLE_REPORT_ITEMS] = cp->values[VARIABLE_GET_ITEMS] = bytes / GET_ITEM_BYTES + 1;
    cp->values[VARIABLE_SET_ITEMS] = bytes / SET_ITEM_BYTES + 1;
    cp->values[VARIABLE_KEYS_PER_REQUEST] = VARIABLE_COUNT;
}

static void put_settings(struct ocpp_charge_point *cp)
{
    const struct ocpp_charge_point_settings *settings = &cp->settings;
    cp->values[VARIABLE_HEARTBEAT_INTERVAL_S] = (settings->heartbeat_interval_ms + 999) / 1000;
    cp->values[VARIABLE_CONNECTION_TIMEOUT_S] = settings->connection_timeout_ms / 1000;
    cp->values[VARIABLE_SAMPLE_INTERVAL_S] = settings->sample_interval_ms / 1000;
    cp->values[VARIABLE_MINIMUM_STATUS_S] = settings->minimum_status_duration_ms / 1000;
    cp->values[VARIABLE_MESSAGE_TIMEOUT_S] = (settings->call_timeout_ms + 999) / 1000;
    cp->values[VARIABLE_MESSAGE_ATTEMPTS] = settings->transaction_attempts;
    cp->values[VARIABLE_MESSAGE_RETRY_S] = settings->transaction_retry_ms / 1000;
    cp->values[VARIABLE_STOP_VALUES] = settings->max_transaction_readings;
    cp->values[VARIABLE_OFFLINE_UNKNOWN] = settings->offline_unknown_allowed;
    cp->values[VARIABLE_RESERVATION_ENABLED] = !settings->reservations_off;
    cp->values[VARIABLE_RESERVE_ANY_EVSE] = !settings->reservations_by_evse;
    cp->values[VARIABLE_CONNECTOR_COUNT] = settings->evse_count * settings->connectors_per_evse;
    cp->values[VARIABLE_EVSE_ALLOW_RESET] = cp->hardware.restart_evse != NULL; /* B11.FR.10 */
    cp->values[VARIABLE_LIST_LENGTH] = (int64_t)settings->local_list_length;
    cp->values[VARIABLE_LIST_ITEMS_PER_MESSAGE] = (int64_t)settings->local_list_items;
    cp->values[VARIABLE_UNLOCK_ON_DISCONNECT] = has_any_lock(cp); /* 1.6 errata 3.85: false where cables are fixed */
    put_text(cp, VARIABLE_IDENTITY, settings->identity);
    put_text(cp, VARIABLE_STATION_MODEL, settings->model);
    put_text(cp, VARIABLE_STATION_VENDOR, settings->vendor);
    put_text(cp, VARIABLE_STATION_SERIAL, settings->serial_number);
    put_text(cp, VARIABLE_STATION_FIRMWARE, settings->firmware_version);
    put_text(cp, VARIABLE_NETWORK_PRIORITY, "1");
    put_text(cp, VARIABLE_TIME_SOURCE, "Heartbeat");
}

static void put_profiles(struct ocpp_charge_point *cp)
{
    static const struct {
        enum feature feature;
        const char *name;
    } profiles[] = {
        { FEATURE_FILES, ",FirmwareManagement" },
        { FEATURE_LIST, ",LocalAuthListManagement" },
        { FEATURE_RESERVATION, ",Reservation" },
        { FEATURE_SMART_CHARGING, ",SmartCharging" },
    };
    char text[128] = "Core,RemoteTrigger";
    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        if (ocpp_cp_has_feature(cp, profiles[i].feature)) {
            ocpp_text_copy(text + strlen(text), sizeof(text) - strlen(text), profiles[i].name);
        }
    }
    put_text(cp, VARIABLE_FEATURE_PROFILES, text);
}

/* Of a set of measurands those that the meters have; one they lack refuses the list (1.6 errata 3.14.4). Any other value as it
 * is. */
static int64_t known_measurands(const struct ocpp_charge_point *cp, enum variable variable, int64_t value)
{
    return row_of(variable)->kind == KIND_MEASURANDS ? value & ocpp_cp_measurable(cp) : value;
}

void ocpp_cp_variable_defaults(struct ocpp_charge_point *cp)
{
    int64_t place = 0;
    for (int variable = 0; variable < VARIABLE_COUNT; variable++) {
        const struct variable_row *row = row_of((enum variable)variable);
        cp->values[variable] = is_text(row) ? place : known_measurands(cp, (enum variable)variable, row->initial);
        place += is_text(row) ? (int64_t)text_room(row) : 0;
    }
    memset(cp->texts, 0, (size_t)place);
    put_limits(cp);
    put_settings(cp);
    put_profiles(cp);
}

/* --- as text
 * ----------------------------------------------------------------------------------------------------------------------- */

static const char *word_of(const struct variable_row *row, int index)
{
    return row->kind == KIND_MEASURANDS ? ocpp_measurand_name((enum ocpp_measurand)index) : row->words[index];
}

static int last_word(const struct variable_row *row)
{
    int last = OCPP_MEASURAND_VOLTAGE;
    for (last = row->kind == KIND_MEASURANDS ? last : -1; row->words != NULL && row->words[last + 1] != NULL;) {
        last++;
    }
    return last;
}

static void set_text(const struct variable_row *row, int64_t set, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    const int last = last_word(row);
    size_t size = 0;
    text[0] = '\0';
    for (int i = row->kind == KIND_MEASURANDS; i <= last; i++) {
        if ((set & BIT(i)) != 0 && size + strlen(word_of(row, i)) + 2 <= OCPP_VARIABLE_TEXT_SIZE) {
            size += (size_t)snprintf(text + size, OCPP_VARIABLE_TEXT_SIZE - size, "%s%s", size == 0 ? "" : ",", word_of(row, i));
        }
    }
}

void ocpp_cp_variable_words(enum variable variable, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    const struct variable_row *row = row_of(variable);
    text[0] = '\0';
    if (row->words != NULL || row->kind == KIND_MEASURANDS) {
        set_text(row, INT64_MAX, text);
    }
}

void ocpp_cp_measurands_text(int64_t set, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    set_text(row_of(VARIABLE_SAMPLED_MEASURANDS), set, text);
}

void ocpp_cp_variable_text(const struct ocpp_charge_point *cp, enum variable variable, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    const struct variable_row *row = row_of(variable);
    const int64_t value = cp->values[variable];
    switch ((enum variable_kind)row->kind) {
    case KIND_INTEGER:
        ocpp_integer_format(value, text);
        return;
    case KIND_HUNDREDTHS:
        ocpp_decimal_format(OCPP_DECIMAL(value, 2), text);
        return;
    case KIND_BOOLEAN:
        snprintf(text, OCPP_VARIABLE_TEXT_SIZE, "%s", value != 0 ? "true" : "false");
        return;
    case KIND_OPTION:
        snprintf(text, OCPP_VARIABLE_TEXT_SIZE, "%s", row->words[value]);
        return;
    case KIND_MEMBERS:
    case KIND_MEASURANDS:
        set_text(row, value, text);
        return;
    case KIND_SECRET:
        text[0] = '\0';
        return;
    case KIND_TEXT:
    case KIND_IDENTIFIER:
    case KIND_SEQUENCE:
    case KIND_DATE:
    case KIND_OFFSET:
        snprintf(text, OCPP_VARIABLE_TEXT_SIZE, "%s", cp->texts + value);
        return;
    }
}

/* --- from text
 * --------------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status read_number(const struct variable_row *row, const char *text, int64_t *value)
{
    const int places = row->kind == KIND_HUNDREDTHS ? 2 : 0;
    struct ocpp_decimal decimal;
    if (ocpp_decimal_parse(text, strlen(text), &decimal) != OCPP_OK) {
        return OCPP_ERR_VALUE;
    }
    if (ocpp_decimal_to_integer(decimal, places, value) != OCPP_OK) {
        return OCPP_ERR_RANGE;
    }
    if (ocpp_decimal_compare(decimal, OCPP_DECIMAL(*value, places)) != 0) {
        return OCPP_ERR_VALUE;
    }
    return *value >= row->minimum && *value <= row->maximum ? OCPP_OK : OCPP_ERR_RANGE;
}

static enum ocpp_status read_boolean(const char *text, int64_t *value)
{
    *value = ocpp_text_equal_fold(text, "true");
    return *value == 1 || ocpp_text_equal_fold(text, "false") ? OCPP_OK : OCPP_ERR_VALUE;
}

static int index_of(const struct variable_row *row, const char *name)
{
    if (row->kind == KIND_MEASURANDS) {
        const enum ocpp_measurand measurand = ocpp_measurand_of(name);
        return measurand == OCPP_MEASURAND_UNKNOWN ? -1 : (int)measurand;
    }
    for (int i = 0; row->words[i] != NULL; i++) {
        if (ocpp_text_equal_fold(row->words[i], name)) {
            return i;
        }
    }
    return -1;
}

static enum ocpp_status read_option(const struct variable_row *row, const char *text, int64_t *value)
{
    *value = index_of(row, text);
    return *value < 0 ? OCPP_ERR_VALUE : OCPP_OK;
}

bool ocpp_cp_list_next(const char **text, char name[OCPP_LIST_MEMBER_SIZE])
{
    const char *begin = *text + strspn(*text, " ");
    size_t size = strcspn(begin, ",");
    const char *next = begin + size;
    while (size > 0 && begin[size - 1] == ' ') {
        size--;
    }
    if (size == 0 || size >= OCPP_LIST_MEMBER_SIZE || (*next == ',' && next[1] == '\0')) {
        return false;
    }
    memcpy(name, begin, size);
    name[size] = '\0';
    *text = *next == ',' ? next + 1 : next;
    return true;
}

/* One unknown name refuses the list whole (1.6 errata 3.14.4). */
static enum ocpp_status read_members(const struct variable_row *row, const char *text, int64_t *value)
{
    *value = 0;
    while (*text != '\0') {
        char name[OCPP_LIST_MEMBER_SIZE];
        const int index = ocpp_cp_list_next(&text, name) ? index_of(row, name) : -1;
        if (index < 0) {
            return OCPP_ERR_VALUE;
        }
        *value |= BIT(index);
    }
    return *value >= row->minimum ? OCPP_OK : OCPP_ERR_RANGE;
}

bool ocpp_cp_measurands_of(const char *text, int64_t *set)
{
    return read_members(row_of(VARIABLE_SAMPLED_MEASURANDS), text, set) == OCPP_OK;
}

static bool is_printable(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~') {
            return false;
        }
    }
    return true;
}

static enum ocpp_status read_sequence(const struct variable_row *row, const char *text)
{
    while (*text != '\0') {
        char name[OCPP_LIST_MEMBER_SIZE];
        if (!ocpp_cp_list_next(&text, name) || (row->words != NULL && index_of(row, name) < 0)) {
            return OCPP_ERR_VALUE;
        }
    }
    return OCPP_OK;
}

static enum ocpp_status read_text(const struct variable_row *row, const char *text)
{
    const size_t size = strlen(text);
    const size_t length = row->kind == KIND_TEXT ? ocpp_text_count(text, size) : size;
    if (length > (size_t)row->maximum || size >= OCPP_VARIABLE_TEXT_SIZE) {
        return OCPP_ERR_LENGTH;
    }
    if (row->kind != KIND_TEXT && !is_printable(text)) {
        return OCPP_ERR_VALUE;
    }
    int64_t utc_ms;
    if (row->kind == KIND_DATE && size > 0 && ocpp_time_parse(text, size, &utc_ms) != OCPP_OK) {
        return OCPP_ERR_DATE_TIME;
    }
    if (row->kind == KIND_OFFSET && size > 0 && !ocpp_cp_offset_of(text, &utc_ms)) {
        return OCPP_ERR_VALUE;
    }
    return row->kind == KIND_SEQUENCE ? read_sequence(row, text) : OCPP_OK;
}

static enum ocpp_status read_value(const struct variable_row *row, const char *text, struct variable_record *record)
{
    memset(record, 0, sizeof(*record));
    switch ((enum variable_kind)row->kind) {
    case KIND_INTEGER:
    case KIND_HUNDREDTHS:
        return read_number(row, text, &record->value);
    case KIND_BOOLEAN:
        return read_boolean(text, &record->value);
    case KIND_OPTION:
        return read_option(row, text, &record->value);
    case KIND_MEMBERS:
    case KIND_MEASURANDS:
        return read_members(row, text, &record->value);
    case KIND_TEXT:
    case KIND_IDENTIFIER:
    case KIND_SEQUENCE:
    case KIND_DATE:
    case KIND_OFFSET:
        ocpp_text_copy(record->text, sizeof(record->text), text);
        return read_text(row, text);
    case KIND_SECRET:
        if (strlen(text) < (size_t)row->minimum || strlen(text) > (size_t)row->maximum) {
            return OCPP_ERR_LENGTH;
        }
        return ocpp_hex_encode(text, strlen(text), record->text, sizeof(record->text), NULL);
    }
    return OCPP_ERR_STATE;
}

/* --- keeping
 * --------------------------------------------------------------------------------------------------------------------------- */

enum { MOST_CHANGED = 2 };

static void variable_key(enum variable variable, char key[OCPP_KEY_SIZE])
{
    snprintf(key, OCPP_KEY_SIZE, "variable/%s", row_of(variable)->name);
}

/* What goes on and depends on a value starts anew with it. */
static void apply(struct ocpp_charge_point *cp, enum variable variable)
{
    if (variable >= VARIABLE_SAMPLED_AVAILABLE && variable <= VARIABLE_STOP_VALUES) {
        ocpp_cp_metering_changed(cp);
    }
    ocpp_cp_note_changed(cp, (int)variable);
    cp->dirty = true;
}

static void take_value(struct ocpp_charge_point *cp, enum variable variable, const struct variable_record *record)
{
    if (is_text(row_of(variable))) {
        put_text(cp, variable, record->text);
    } else {
        cp->values[variable] = known_measurands(cp, variable, record->value);
    }
}

/* The records of all are one write: a power cut leaves all of them or none. */
static enum ocpp_status keep(struct ocpp_charge_point *cp, const enum variable *variables, size_t count,
                             const struct variable_record *record)
{
    struct ocpp_change changes[MOST_CHANGED];
    char keys[MOST_CHANGED][OCPP_KEY_SIZE];
    size_t size;
    const enum ocpp_status status = ocpp_record_write(&variable_layout, record, cp->bytes, sizeof(cp->bytes), &size);
    if (status != OCPP_OK) {
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        variable_key(variables[i], keys[i]);
        changes[i] = (struct ocpp_change){ .kind = OCPP_CHANGE_PUT, .key = keys[i], .value = cp->bytes, .size = size };
    }
    return ocpp_cp_write_now(cp, changes, count);
}

static enum ocpp_status keep_and_take(struct ocpp_charge_point *cp, const enum variable *variables, size_t count,
                                      const struct variable_record *record)
{
    const enum ocpp_status status = keep(cp, variables, count, record);
    for (size_t i = 0; status == OCPP_OK && i < count; i++) {
        take_value(cp, variables[i], record);
        apply(cp, variables[i]);
    }
    return status;
}

/* What a value has to be beside well-formed and within bounds. */
static enum ocpp_status judge(const struct ocpp_charge_point *cp, enum variable variable, const struct variable_record *record)
{
    if (variable == VARIABLE_SECURITY_PROFILE && record->value <= cp->values[variable]) { /* security whitepaper, A05 */
        return OCPP_ERR_VALUE;
    }
    return record->value == known_measurands(cp, variable, record->value) ? OCPP_OK : OCPP_ERR_VALUE;
}

enum ocpp_status ocpp_cp_variables_change(struct ocpp_charge_point *cp, const enum variable *variables, size_t count,
                                          const char *text)
{
    struct variable_record record;
    ocpp_require(count <= MOST_CHANGED);
    for (size_t i = 0; i < count; i++) {
        enum ocpp_status status = read_value(row_of(variables[i]), text, &record);
        if (status == OCPP_OK) {
            status = judge(cp, variables[i], &record);
        }
        if (status != OCPP_OK) {
            return status;
        }
    }
    return keep_and_take(cp, variables, count, &record);
}

enum ocpp_status ocpp_cp_variable_set(struct ocpp_charge_point *cp, enum variable variable, const char *text)
{
    return ocpp_cp_variable_is_writable(cp, variable) ? ocpp_cp_variables_change(cp, &variable, 1, text) : OCPP_ERR_STATE;
}

enum ocpp_status ocpp_cp_password_set_hex(struct ocpp_charge_point *cp, const char *digits)
{
    const enum variable variable = VARIABLE_PASSWORD;
    const struct variable_row *row = row_of(variable);
    uint8_t bytes[64];
    size_t size;
    struct variable_record record = { .value = 0 };
    enum ocpp_status status = ocpp_hex_decode(digits, strlen(digits), bytes, sizeof(bytes), &size);
    if (status == OCPP_OK && (size < (size_t)row->minimum || size > (size_t)row->maximum)) {
        status = OCPP_ERR_LENGTH;
    }
    if (status == OCPP_OK) {
        status = ocpp_hex_encode(bytes, size, record.text, sizeof(record.text), NULL);
    }
    return status == OCPP_OK ? keep_and_take(cp, &variable, 1, &record) : status;
}

bool ocpp_cp_variable_is_kept(const struct ocpp_charge_point *cp, enum variable variable)
{
    struct variable_record record;
    char key[OCPP_KEY_SIZE];
    variable_key(variable, key);
    return ocpp_cp_peek(cp, key, &variable_layout, &record) == OCPP_OK;
}

/* Bounds may have become narrower since the record was written. */
static bool is_in_bounds(const struct variable_row *row, const struct variable_record *record)
{
    if (is_text(row)) {
        return strlen(record->text) < text_room(row);
    }
    return record->value >= row->minimum && record->value <= row->maximum;
}

enum ocpp_status ocpp_cp_variables_load(struct ocpp_charge_point *cp)
{
    for (int variable = 0; variable < VARIABLE_COUNT; variable++) {
        char key[OCPP_KEY_SIZE];
        struct variable_record record;
        variable_key((enum variable)variable, key);
        const enum ocpp_status status = ocpp_cp_read_record(cp, key, &variable_layout, &record);
        if (status == OCPP_OK && is_in_bounds(row_of((enum variable)variable), &record)) {
            take_value(cp, (enum variable)variable, &record);
        }
        if (status != OCPP_OK && status != OCPP_ERR_NOT_FOUND) {
            return status;
        }
    }
    return OCPP_OK;
}
