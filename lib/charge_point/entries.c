/* entries.c: the walk over the device model. OCPP 2.0.1 part 1, 4; part 2, "Referenced Components and Variables". */
#include "entries.h"

#include <stdio.h>
#include <string.h>

#include "charge_point_internal.h"
#include "text.h"

static const struct ocpp_own_setting *own_of(const struct ocpp_charge_point *cp, const struct entry *entry)
{
    return entry->row < VARIABLE_COUNT ? NULL : &cp->settings.own_settings[entry->row - VARIABLE_COUNT];
}

static const struct variable_row *row_of(const struct entry *entry)
{
    return ocpp_cp_variable_row((enum variable)entry->row);
}

/* --- the walk
 * -------------------------------------------------------------------------------------------------------------------------- */

static int row_count(const struct ocpp_charge_point *cp)
{
    return VARIABLE_COUNT + (int)cp->settings.own_setting_count;
}

static bool next_connector(const struct ocpp_charge_point *cp, struct entry *entry)
{
    if (entry->connector < cp->settings.connectors_per_evse) {
        entry->connector++;
        return true;
    }
    entry->evse++;
    entry->connector = 1;
    return entry->evse <= cp->settings.evse_count;
}

/* The next place of the same row; false when it has no more. */
static bool next_place(const struct ocpp_charge_point *cp, struct entry *entry)
{
    if (entry->row < 0 || entry->row >= VARIABLE_COUNT) {
        return false;
    }
    switch (row_of(entry)->component) {
    case COMPONENT_EVSE:
        return entry->evse++ < cp->settings.evse_count;
    case COMPONENT_CONNECTOR:
    case COMPONENT_LATCH:
        return next_connector(cp, entry);
    default:
        return false;
    }
}

static void first_place(const struct ocpp_charge_point *cp, struct entry *entry)
{
    const struct ocpp_own_setting *own = own_of(cp, entry);
    const uint8_t component = own != NULL ? (uint8_t)COMPONENT_NONE : row_of(entry)->component;
    const bool is_connector = component == COMPONENT_CONNECTOR || component == COMPONENT_LATCH;
    entry->evse = own != NULL ? own->name.evse : is_connector || component == COMPONENT_EVSE;
    entry->connector = own != NULL ? own->name.connector : is_connector;
}

static bool exists(const struct ocpp_charge_point *cp, const struct entry *entry)
{
    const struct ocpp_own_setting *own = own_of(cp, entry);
    if (own != NULL) {
        return own->name.component != NULL;
    }
    return row_of(entry)->component != COMPONENT_NONE && ocpp_cp_has_variable(cp, (enum variable)entry->row);
}

bool ocpp_cp_entry_next(const struct ocpp_charge_point *cp, struct entry *entry)
{
    if (next_place(cp, entry)) {
        return true;
    }
    while (++entry->row < row_count(cp)) {
        if (exists(cp, entry)) {
            first_place(cp, entry);
            return true;
        }
    }
    return false;
}

static size_t places(const struct ocpp_charge_point *cp)
{
    return 1 + (size_t)cp->settings.evse_count * (size_t)(1 + cp->settings.connectors_per_evse);
}

size_t ocpp_cp_entry_count(const struct ocpp_charge_point *cp)
{
    return (size_t)row_count(cp) * places(cp);
}

size_t ocpp_cp_entry_index(const struct ocpp_charge_point *cp, const struct entry *entry)
{
    size_t place = 0;
    if (entry->row < VARIABLE_COUNT && entry->evse > 0) {
        place = (size_t)(entry->evse - 1) * (size_t)(1 + cp->settings.connectors_per_evse) + (size_t)entry->connector + 1;
    }
    return (size_t)entry->row * places(cp) + place;
}

/* --- names
 * -----------------------------------------------------------------------------------------------------------------------------
 */

struct ocpp_setting_name ocpp_cp_entry_name(const struct ocpp_charge_point *cp, const struct entry *entry)
{
    const struct ocpp_own_setting *own = own_of(cp, entry);
    if (own != NULL) {
        return own->name;
    }
    return (struct ocpp_setting_name){
        .component = ocpp_cp_component_name((enum component)row_of(entry)->component),
        .evse = entry->evse,
        .connector = entry->connector,
        .variable = row_of(entry)->variable,
        .instance = row_of(entry)->instance,
    };
}

static bool is_same(const char *a, const char *b)
{
    return ocpp_text_equal_fold(a == NULL ? "" : a, b == NULL ? "" : b);
}

enum ocpp_status ocpp_cp_entry_find(const struct ocpp_charge_point *cp, const struct ocpp_setting_name *name, struct entry *entry)
{
    enum ocpp_status status = OCPP_ERR_NOT_FOUND;
    for (*entry = ENTRY_BEFORE_FIRST; ocpp_cp_entry_next(cp, entry);) {
        const struct ocpp_setting_name other = ocpp_cp_entry_name(cp, entry);
        if (entry->evse != name->evse || entry->connector != name->connector || !is_same(other.component, name->component) ||
            !is_same(other.component_instance, name->component_instance)) {
            continue;
        }
        status = OCPP_ERR_VALUE;
        if (is_same(other.variable, name->variable) && is_same(other.instance, name->instance)) {
            return OCPP_OK;
        }
    }
    return status;
}

/* --- traits
 * -----------------------------------------------------------------------------------------------------------------------------
 */

static const uint8_t types[] = {
    [KIND_INTEGER] = OCPP_SETTING_INTEGER,
    [KIND_HUNDREDTHS] = OCPP_SETTING_DECIMAL,
    [KIND_BOOLEAN] = OCPP_SETTING_BOOLEAN,
    [KIND_OPTION] = OCPP_SETTING_OPTION_LIST,
    [KIND_MEMBERS] = OCPP_SETTING_MEMBER_LIST,
    [KIND_MEASURANDS] = OCPP_SETTING_MEMBER_LIST,
    [KIND_TEXT] = OCPP_SETTING_STRING,
    [KIND_IDENTIFIER] = OCPP_SETTING_STRING,
    [KIND_SEQUENCE] = OCPP_SETTING_SEQUENCE_LIST,
    [KIND_SECRET] = OCPP_SETTING_STRING,
    [KIND_DATE] = OCPP_SETTING_DATE_TIME,
    [KIND_OFFSET] = OCPP_SETTING_STRING,
};

static void limit(struct entry_traits *traits, int64_t minimum, int64_t maximum, int places_behind_point)
{
    traits->has_minimum = traits->has_maximum = true;
    traits->minimum = OCPP_DECIMAL(minimum, places_behind_point);
    traits->maximum = OCPP_DECIMAL(maximum, places_behind_point);
}

/* Bounds that are the station's, not the table's: how many there may be of what is counted, and what the hardware can do. */
static void limit_by_station(const struct ocpp_charge_point *cp, const struct entry *entry, struct entry_traits *traits)
{
    const struct ocpp_evse_properties *properties = cp->settings.evse_properties;
    const struct {
        enum variable counted;
        int64_t most;
    } rows[] = {
        { VARIABLE_LIST_ENTRIES, cp->values[VARIABLE_LIST_LENGTH] },
        { VARIABLE_PROFILE_ENTRIES, cp->values[VARIABLE_PROFILE_LENGTH] },
        { VARIABLE_CERTIFICATES, cp->values[VARIABLE_CERTIFICATE_LENGTH] },
        { VARIABLE_DISPLAY_MESSAGES, cp->values[VARIABLE_DISPLAY_ROOM] },
        { VARIABLE_EVSE_POWER,
          properties == NULL ? USUAL_POWER_W : properties[entry->evse > 0 ? entry->evse - 1 : 0].max_power_w },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if ((int)rows[i].counted == entry->row) {
            limit(traits, 0, rows[i].most, 0);
        }
    }
}

static struct entry_traits traits_of_row(const struct ocpp_charge_point *cp, const struct entry *entry)
{
    const struct variable_row *row = row_of(entry);
    const enum variable_kind kind = (enum variable_kind)row->kind;
    const bool is_writable = ocpp_cp_variable_is_writable(cp, (enum variable)entry->row);
    struct entry_traits traits = {
        .type = entry->row == VARIABLE_EVSE_POWER ? OCPP_SETTING_DECIMAL : (enum ocpp_setting_type)types[kind],
        .access = row->access == ACCESS_WRITE ? OCPP_SETTING_WRITE_ONLY
                  : is_writable               ? OCPP_SETTING_READ_WRITE
                                              : OCPP_SETTING_READ_ONLY,
        .attributes = 1u << OCPP_SETTING_ACTUAL,
        .unit = row->unit,
        .is_kept = is_writable,
    };
    if (is_writable && (kind == KIND_INTEGER || kind == KIND_HUNDREDTHS)) {
        limit(&traits, row->minimum, row->maximum, kind == KIND_HUNDREDTHS ? 2 : 0);
    }
    if (is_writable && kind >= KIND_TEXT && kind != KIND_DATE) { /* of texts: how long they may be */
        traits.has_maximum = true;
        traits.maximum = OCPP_DECIMAL(row->maximum, 0);
    }
    limit_by_station(cp, entry, &traits);
    return traits;
}

struct entry_traits ocpp_cp_entry_traits(const struct ocpp_charge_point *cp, const struct entry *entry)
{
    const struct ocpp_own_setting *own = own_of(cp, entry);
    if (own == NULL) {
        return traits_of_row(cp, entry);
    }
    struct entry_traits traits = {
        .type = own->type,
        .access = own->access,
        .attributes = own->attributes == 0 ? 1u << OCPP_SETTING_ACTUAL : own->attributes,
        .unit = own->unit,
        .has_minimum = own->is_limited,
        .has_maximum = own->is_limited || own->length > 0,
        .minimum = own->minimum,
        .maximum = own->is_limited ? own->maximum : OCPP_DECIMAL((int64_t)own->length, 0),
        .is_kept = own->get == NULL,
        .needs_reboot = own->needs_reboot,
    };
    return traits;
}

void ocpp_cp_entry_values(const struct ocpp_charge_point *cp, const struct entry *entry, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    const struct ocpp_own_setting *own = own_of(cp, entry);
    if (own == NULL) {
        ocpp_cp_variable_words((enum variable)entry->row, text);
        if (entry->row == VARIABLE_NETWORK_PRIORITY) { /* "1,2,3": as many slots as the station has (B09.FR.06) */
            text[2 * cp->values[VARIABLE_NETWORK_SLOTS] - 1] = '\0';
        }
        return;
    }
    ocpp_text_copy(text, OCPP_VARIABLE_TEXT_SIZE, own->values == NULL ? "" : own->values);
}

/* --- values
 * -----------------------------------------------------------------------------------------------------------------------------
 */

bool ocpp_cp_entry_text(const struct ocpp_charge_point *cp, const struct entry *entry, enum ocpp_setting_attribute attribute,
                        char text[OCPP_VARIABLE_TEXT_SIZE])
{
    const struct ocpp_own_setting *own = own_of(cp, entry);
    if (own != NULL) {
        return ocpp_cp_own_text(cp, own, attribute, text, OCPP_VARIABLE_TEXT_SIZE);
    }
    ocpp_cp_variable_text_at(cp, (enum variable)entry->row, entry->evse, entry->connector, text);
    return text[0] != '\0' || (row_of(entry)->kind >= KIND_MEMBERS && row_of(entry)->kind != KIND_DATE);
}

enum ocpp_status ocpp_cp_entry_set(struct ocpp_charge_point *cp, const struct entry *entry, enum ocpp_setting_attribute attribute,
                                   const char *text)
{
    const struct ocpp_own_setting *own = own_of(cp, entry);
    if (own != NULL) {
        return ocpp_cp_own_set(cp, own, attribute, text);
    }
    return ocpp_cp_variable_set(cp, (enum variable)entry->row, text);
}
