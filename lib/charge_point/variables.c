/* variables.c: which settings there are, what they begin with, what changes with them, and where they are kept. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include <ocpp/certificates.h>
#include <ocpp/crypto.h>

#include "encoding.h"
#include "require.h"
#include "text.h"
#include "transfers.h"

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
        [FEATURE_SECURITY] = cp->blocks[BLOCK_CERTIFICATES] != NULL || cp->blocks[BLOCK_NETWORK] != NULL,
        [FEATURE_FILES] = cp->blocks[BLOCK_FIRMWARE] != NULL || cp->blocks[BLOCK_LOGS] != NULL,
        [FEATURE_CERTIFICATES] = cp->blocks[BLOCK_CERTIFICATES] != NULL,
        [FEATURE_NETWORK] = cp->blocks[BLOCK_NETWORK] != NULL,
        [FEATURE_FIRMWARE] = cp->blocks[BLOCK_FIRMWARE] != NULL,
        [FEATURE_LOGS] = cp->blocks[BLOCK_LOGS] != NULL,
        [FEATURE_MONITORING] = cp->blocks[BLOCK_MONITORING] != NULL,
        [FEATURE_CUSTOMER] = cp->blocks[BLOCK_CUSTOMER] != NULL,
        [FEATURE_DISPLAY] = cp->blocks[BLOCK_DISPLAY] != NULL,
        [FEATURE_COST] = cp->blocks[BLOCK_COST] != NULL,
        [FEATURE_PLUG_AND_CHARGE] = cp->blocks[BLOCK_PLUG_AND_CHARGE] != NULL,
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
enum { GET_ITEM_BYTES = 512, SET_ITEM_BYTES = 1536, MONITOR_ITEM_BYTES = 640, ID_ITEM_BYTES = 64 };

static void put_limits(struct ocpp_charge_point *cp)
{
    const int64_t bytes = message_bytes(cp);
    cp->values[VARIABLE_REPORT_BYTES] = cp->values[VARIABLE_GET_BYTES] = cp->values[VARIABLE_SET_BYTES] = bytes;
    cp->values[VARIABLE_LIST_BYTES_PER_MESSAGE] = bytes;
    cp->values[VARIABLE_SET_MONITORS_BYTES] = cp->values[VARIABLE_CLEAR_MONITORS_BYTES] = bytes;
    cp->values[VARIABLE_SET_MONITORS_ITEMS] = bytes / MONITOR_ITEM_BYTES + 1;
    cp->values[VARIABLE_CLEAR_MONITORS_ITEMS] = bytes / ID_ITEM_BYTES + 1;
    cp->values[VARIABLE_REPORT_ITEMS] = cp->values[VARIABLE_GET_ITEMS] = bytes / GET_ITEM_BYTES + 1;
    cp->values[VARIABLE_SET_ITEMS] = bytes / SET_ITEM_BYTES + 1;
    cp->values[VARIABLE_KEYS_PER_REQUEST] = VARIABLE_COUNT;
}

static void put_certificates(struct ocpp_charge_point *cp)
{
    const struct ocpp_certificates_settings *own = cp->settings.certificates;
    const struct ocpp_crypto *crypto = cp->settings.crypto;
    if (own == NULL) {
        return;
    }
    cp->values[VARIABLE_CERTIFICATE_LENGTH] = (int64_t)crypto->max_roots;
    cp->values[VARIABLE_CERTIFICATE_CHAIN_SIZE] = (int64_t)crypto->max_chain_bytes;
    cp->values[VARIABLE_ROOT_CHECK] = own->additional_root_check;
    put_text(cp, VARIABLE_ORGANIZATION, own->organization);
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
    put_certificates(cp);
    cp->values[VARIABLE_FILE_PROTOCOLS] = ocpp_cp_transfer_words(cp);
    put_text(cp, VARIABLE_IDENTITY, settings->identity);
    put_text(cp, VARIABLE_STATION_MODEL, settings->model);
    put_text(cp, VARIABLE_STATION_VENDOR, settings->vendor);
    put_text(cp, VARIABLE_STATION_SERIAL, settings->serial_number);
    put_text(cp, VARIABLE_STATION_FIRMWARE, settings->firmware_version);
    put_text(cp, VARIABLE_NETWORK_PRIORITY, "1");
    put_text(cp, VARIABLE_TIME_SOURCE, "Heartbeat");
}

/* Nobody told how the phases are turned; where there are too many connectors to say so of each, nothing is said. */
static void put_rotations(struct ocpp_charge_point *cp)
{
    char *text = cp->texts + cp->values[VARIABLE_PHASE_ROTATION];
    const size_t room = text_room(row_of(VARIABLE_PHASE_ROTATION));
    size_t size = 0;
    for (int64_t connector = 0; connector <= cp->values[VARIABLE_CONNECTOR_COUNT] && size < room; connector++) {
        size += (size_t)snprintf(text + size, room - size, "%s%d.Unknown", connector == 0 ? "" : ",", (int)connector);
    }
    if (size >= room) {
        text[0] = '\0';
    }
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
    memset(cp->phases, 0, sizeof(cp->phases));
    put_limits(cp);
    put_settings(cp);
    put_profiles(cp);
    put_rotations(cp);
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
    ocpp_cp_blocks_variable_changed(cp, variable);
    cp->dirty = true;
}

static void take_value(struct ocpp_charge_point *cp, enum variable variable, const struct variable_record *record)
{
    if (is_text(row_of(variable))) {
        put_text(cp, variable, record->text);
    } else {
        cp->values[variable] = known_measurands(cp, variable, record->value);
        ocpp_cp_measurands_keep_phases(cp, variable, record->text);
    }
}

enum ocpp_status ocpp_cp_variable_change(enum variable variable, const struct variable_record *record, uint8_t *bytes,
                                         size_t room, char key[OCPP_KEY_SIZE], struct ocpp_change *change)
{
    size_t size;
    const enum ocpp_status status = ocpp_record_write(&variable_layout, record, bytes, room, &size);
    variable_key(variable, key);
    *change = (struct ocpp_change){ .kind = OCPP_CHANGE_PUT, .key = key, .value = bytes, .size = status == OCPP_OK ? size : 0 };
    return status;
}

void ocpp_cp_variable_begin(struct ocpp_charge_point *cp, enum variable variable, const struct variable_record *record)
{
    take_value(cp, variable, record);
}

void ocpp_cp_variable_take(struct ocpp_charge_point *cp, enum variable variable, const struct variable_record *record)
{
    take_value(cp, variable, record);
    apply(cp, variable);
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

/* A block may have something against a value, or keep it in its own way. */
static enum ocpp_status ask_blocks(struct ocpp_charge_point *cp, const enum variable *variables, size_t count,
                                   const struct variable_record *record, bool *is_done)
{
    enum ocpp_status status = OCPP_OK;
    *is_done = false;
    for (size_t i = 0; i < count && status == OCPP_OK && !*is_done; i++) {
        status = ocpp_cp_blocks_variable_wanted(cp, variables[i], record, is_done);
    }
    return status;
}

static enum ocpp_status keep_and_take(struct ocpp_charge_point *cp, const enum variable *variables, size_t count,
                                      const struct variable_record *record)
{
    bool is_done;
    enum ocpp_status status = ask_blocks(cp, variables, count, record, &is_done);
    if (status != OCPP_OK || is_done) {
        return status;
    }
    status = keep(cp, variables, count, record);
    for (size_t i = 0; status == OCPP_OK && i < count; i++) {
        take_value(cp, variables[i], record);
        apply(cp, variables[i]);
    }
    return status;
}

/* "0.RST": a connector, 0 for the station's own connection, and how its phases are turned (1.6 edition 2, 9.1.7). */
static bool is_rotation(const struct ocpp_charge_point *cp, const char *member)
{
    static const char *const words[] = { "NotApplicable", "Unknown", "RST", "RTS", "SRT", "STR", "TRS", "TSR" };
    int64_t connector = 0;
    const char *at = member;
    for (; *at >= '0' && *at <= '9' && connector <= MOST_ROW_PLACES; at++) {
        connector = connector * 10 + (*at - '0');
    }
    if (at == member || *at != '.' || connector > cp->values[VARIABLE_CONNECTOR_COUNT]) {
        return false;
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(words[i], at + 1) == 0) {
            return true;
        }
    }
    return false;
}

static bool are_rotations(const struct ocpp_charge_point *cp, const char *list)
{
    char member[OCPP_LIST_MEMBER_SIZE];
    int64_t count = 0;
    while (*list != '\0') {
        if (!ocpp_cp_list_next(&list, member) || !is_rotation(cp, member) || ++count > cp->values[VARIABLE_CONNECTOR_COUNT] + 1) {
            return false;
        }
    }
    return true;
}

/* What a value has to be beside well-formed and within bounds. */
static enum ocpp_status judge(const struct ocpp_charge_point *cp, enum variable variable, const struct variable_record *record)
{
    if (variable == VARIABLE_PHASE_ROTATION && !are_rotations(cp, record->text)) {
        return OCPP_ERR_VALUE;
    }
    if (row_of(variable)->kind == KIND_MEASURANDS && record->text[0] != '\0' && !ocpp_cp_measurands_may_be_phased(variable)) {
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
        enum ocpp_status status = ocpp_cp_variable_read(row_of(variables[i]), text, &record);
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
