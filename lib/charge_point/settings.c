/* settings.c: the settings as the firmware sees them (device_model.h), and telling it what the central system changed. */
#include "charge_point_internal.h"

#include <string.h>

#include "keys.h"
#include "text.h"

static enum ocpp_status copy_out(const char *value, char *text, size_t room)
{
    if (strlen(value) >= room) {
        return OCPP_ERR_LENGTH;
    }
    ocpp_text_copy(text, room, value);
    return OCPP_OK;
}

/* The firmware is who needs a secret: it makes the connection. */
static void read_entry(const struct ocpp_charge_point *cp, const struct entry *entry, char value[OCPP_VARIABLE_TEXT_SIZE])
{
    if (entry->row == VARIABLE_PASSWORD) {
        ocpp_text_copy(value, OCPP_VARIABLE_TEXT_SIZE, ocpp_cp_variable_string(cp, VARIABLE_PASSWORD));
    } else if (!ocpp_cp_entry_text(cp, entry, OCPP_SETTING_ACTUAL, value)) {
        value[0] = '\0';
    }
}

enum ocpp_status ocpp_charge_point_setting_get(const struct ocpp_charge_point *cp, const struct ocpp_setting_name *name,
                                               char *text, size_t room)
{
    struct entry entry;
    char value[OCPP_VARIABLE_TEXT_SIZE];
    if (ocpp_cp_entry_find(cp, name, &entry) != OCPP_OK) {
        return OCPP_ERR_NOT_FOUND;
    }
    read_entry(cp, &entry, value);
    return copy_out(value, text, room);
}

enum ocpp_status ocpp_charge_point_key_get(const struct ocpp_charge_point *cp, const char *key, char *text, size_t room)
{
    char value[OCPP_VARIABLE_TEXT_SIZE];
    const struct ocpp_own_setting *own = ocpp_cp_own_of_key(cp, key);
    const struct key_row *row = ocpp_cp_key_find(cp, key);
    if (own != NULL) {
        ocpp_cp_own_text(cp, own, OCPP_SETTING_ACTUAL, value, sizeof(value));
    } else if (row == NULL) {
        return OCPP_ERR_NOT_FOUND;
    } else if (row->variable == VARIABLE_PASSWORD) {
        ocpp_text_copy(value, sizeof(value), ocpp_cp_variable_string(cp, VARIABLE_PASSWORD));
    } else {
        ocpp_cp_key_text(cp, row, value);
    }
    return copy_out(value, text, room);
}

/* What the firmware changes is no news to it. */
static void begin_change(struct ocpp_charge_point *cp, struct ocpp_now now)
{
    ocpp_cp_enter(cp, now);
    cp->firmware_changes = true;
}

static enum ocpp_status end_change(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    cp->firmware_changes = false;
    ocpp_cp_leave(cp);
    return status;
}

enum ocpp_status ocpp_charge_point_setting_set(struct ocpp_charge_point *cp, const struct ocpp_setting_name *name,
                                               const char *text, struct ocpp_now now)
{
    struct entry entry;
    if (ocpp_cp_entry_find(cp, name, &entry) != OCPP_OK) {
        return OCPP_ERR_NOT_FOUND;
    }
    begin_change(cp, now);
    return end_change(cp, ocpp_cp_entry_set(cp, &entry, OCPP_SETTING_ACTUAL, text));
}

enum ocpp_status ocpp_charge_point_key_set(struct ocpp_charge_point *cp, const char *key, const char *text, struct ocpp_now now)
{
    const struct ocpp_own_setting *own = ocpp_cp_own_of_key(cp, key);
    const struct key_row *row = ocpp_cp_key_find(cp, key);
    if (own == NULL && row == NULL) {
        return OCPP_ERR_NOT_FOUND;
    }
    begin_change(cp, now);
    return end_change(cp, own != NULL ? ocpp_cp_own_set(cp, own, OCPP_SETTING_ACTUAL, text) : ocpp_cp_key_set(cp, row, text));
}

/* --- telling the firmware
 * ---------------------------------------------------------------------------------------------------------------- */

static size_t row_count(const struct ocpp_charge_point *cp)
{
    return VARIABLE_COUNT + cp->settings.own_setting_count;
}

static size_t changed_size(const struct ocpp_charge_point *cp)
{
    return row_count(cp) / 8 + 1;
}

size_t ocpp_cp_settings_size(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_variable_texts_size() + ocpp_cp_own_texts_size(cp) + changed_size(cp) + ocpp_cp_report_marks_size(cp);
}

void ocpp_cp_settings_place(struct ocpp_charge_point *cp)
{
    cp->own_texts = cp->texts + ocpp_cp_variable_texts_size();
    cp->changed = (uint8_t *)cp->own_texts + ocpp_cp_own_texts_size(cp);
    cp->report.marks = cp->changed + changed_size(cp);
}

bool ocpp_cp_are_properties(const struct ocpp_charge_point_settings *settings)
{
    for (int i = 0; settings->evse_properties != NULL && i < settings->evse_count; i++) {
        const struct ocpp_evse_properties *properties = &settings->evse_properties[i];
        if (properties->max_power_w <= 0 || properties->supply_phases < 0 || properties->supply_phases > 3) {
            return false;
        }
    }
    return true;
}

void ocpp_cp_note_changed(struct ocpp_charge_point *cp, int row)
{
    if (!cp->firmware_changes) {
        cp->changed[row / 8] |= (uint8_t)(1u << (row % 8));
        cp->has_changed = true;
        cp->dirty = true;
    }
}

static const char *key_of(const struct ocpp_charge_point *cp, int row)
{
    return row < VARIABLE_COUNT ? ocpp_cp_key_naming(cp, (enum variable)row)
                                : cp->settings.own_settings[row - VARIABLE_COUNT].key;
}

void ocpp_cp_tell_settings(struct ocpp_charge_point *cp)
{
    if (!cp->has_changed) {
        return;
    }
    cp->has_changed = false;
    for (int row = 0; row < (int)row_count(cp); row++) {
        const uint8_t bit = (uint8_t)(1u << (row % 8));
        if ((cp->changed[row / 8] & bit) == 0) {
            continue;
        }
        cp->changed[row / 8] &= (uint8_t)~bit;
        const struct entry entry = { .row = row };
        const struct ocpp_setting_name name = ocpp_cp_entry_name(cp, &entry);
        if (cp->hardware.setting_changed != NULL) {
            cp->hardware.setting_changed(key_of(cp, row), &name, cp->hardware.user);
        }
    }
}

/* --- the list
 * ---------------------------------------------------------------------------------------------------------------------------- */

static bool is_shown(const struct ocpp_charge_point *cp, const struct entry *entry, char value[OCPP_VARIABLE_TEXT_SIZE])
{
    return ocpp_cp_entry_traits(cp, entry).access != OCPP_SETTING_WRITE_ONLY &&
           ocpp_cp_entry_text(cp, entry, OCPP_SETTING_ACTUAL, value);
}

/* Keys of the engine that are no variable of the device model under another name. */
static bool visit_keys(const struct ocpp_charge_point *cp, bool (*visit)(const struct ocpp_setting_view *view, void *user),
                       void *user)
{
    char value[OCPP_VARIABLE_TEXT_SIZE];
    bool goes_on = true;
    for (size_t i = 0; goes_on && i < OCPP_KEY_ROWS; i++) {
        const struct key_row *row = ocpp_cp_key_row(i);
        if (!ocpp_cp_key_is_there(cp, row) || ocpp_cp_key_names_variable(row)) {
            continue;
        }
        ocpp_cp_key_text(cp, row, value);
        const struct ocpp_setting_view view = { .key = row->key,
                                                .access = ocpp_cp_key_is_writable(cp, row) ? OCPP_SETTING_READ_WRITE
                                                                                           : OCPP_SETTING_READ_ONLY,
                                                .value = value };
        goes_on = visit(&view, user);
    }
    return goes_on;
}

void ocpp_charge_point_each_setting(const struct ocpp_charge_point *cp,
                                    bool (*visit)(const struct ocpp_setting_view *view, void *user), void *user)
{
    char value[OCPP_VARIABLE_TEXT_SIZE];
    bool goes_on = true;
    for (struct entry entry = ENTRY_BEFORE_FIRST; goes_on && ocpp_cp_entry_next(cp, &entry);) {
        const struct ocpp_setting_view view = { .key = key_of(cp, entry.row),
                                                .name = ocpp_cp_entry_name(cp, &entry),
                                                .access = ocpp_cp_entry_traits(cp, &entry).access,
                                                .value = is_shown(cp, &entry, value) ? value : NULL };
        goes_on = visit(&view, user);
    }
    goes_on = goes_on && visit_keys(cp, visit, user);
    for (size_t i = 0; goes_on && i < cp->settings.own_setting_count; i++) {
        const struct ocpp_own_setting *own = &cp->settings.own_settings[i];
        if (own->name.component == NULL) {
            const bool is_told =
                own->access != OCPP_SETTING_WRITE_ONLY && ocpp_cp_own_text(cp, own, OCPP_SETTING_ACTUAL, value, sizeof(value));
            const struct ocpp_setting_view view = { .key = own->key, .access = own->access, .value = is_told ? value : NULL };
            goes_on = visit(&view, user);
        }
    }
}
