/* own_settings.c: settings the firmware brings: are they well-formed, which values are, where they are kept.
 *
 * Keys of the store: own/<name>, own/<name>/<attribute> for the others than the actual value. */
#include "entries.h"

#include <stdio.h>
#include <string.h>

#include "charge_point_internal.h"
#include "keys.h"
#include "text.h"

enum { MOST_OWN_SETTINGS = 256, MOST_OWN_LENGTH = 1000, NUMBER_ROOM = 48 };

static bool is_listed(const struct ocpp_own_setting *own)
{
    return own->type >= OCPP_SETTING_OPTION_LIST;
}

static bool is_number(const struct ocpp_own_setting *own)
{
    return own->type == OCPP_SETTING_DECIMAL || own->type == OCPP_SETTING_INTEGER;
}

/* --- values
 * ------------------------------------------------------------------------------------------------------------------------------
 */

static bool is_among(const char *values, const char *name)
{
    char value[OCPP_LIST_MEMBER_SIZE];
    while (values != NULL && *values != '\0' && ocpp_cp_list_next(&values, value)) {
        if (ocpp_text_equal_fold(value, name)) {
            return true;
        }
    }
    return false;
}

static enum ocpp_status check_list(const struct ocpp_own_setting *own, const char *text)
{
    if (own->type == OCPP_SETTING_OPTION_LIST) {
        return is_among(own->values, text) ? OCPP_OK : OCPP_ERR_VALUE;
    }
    while (*text != '\0') {
        char name[OCPP_LIST_MEMBER_SIZE];
        if (!ocpp_cp_list_next(&text, name) || !is_among(own->values, name)) {
            return OCPP_ERR_VALUE;
        }
    }
    return OCPP_OK;
}

static enum ocpp_status check_number(const struct ocpp_own_setting *own, const char *text)
{
    struct ocpp_decimal value;
    int64_t whole;
    if (strlen(text) >= NUMBER_ROOM || ocpp_decimal_parse(text, strlen(text), &value) != OCPP_OK) {
        return OCPP_ERR_VALUE;
    }
    const bool is_integer = own->type == OCPP_SETTING_INTEGER;
    if (is_integer &&
        (ocpp_decimal_to_integer(value, 0, &whole) != OCPP_OK || ocpp_decimal_compare(value, OCPP_DECIMAL(whole, 0)) != 0)) {
        return OCPP_ERR_VALUE;
    }
    const bool is_outside =
        own->is_limited && (ocpp_decimal_compare(value, own->minimum) < 0 || ocpp_decimal_compare(value, own->maximum) > 0);
    return is_outside ? OCPP_ERR_RANGE : OCPP_OK;
}

static enum ocpp_status check(const struct ocpp_own_setting *own, const char *text)
{
    const size_t size = strlen(text);
    int64_t utc_ms;
    if (size > (own->length == 0 ? (size_t)MOST_OWN_LENGTH : own->length)) {
        return OCPP_ERR_LENGTH;
    }
    switch (own->type) {
    case OCPP_SETTING_DECIMAL:
    case OCPP_SETTING_INTEGER:
        return check_number(own, text);
    case OCPP_SETTING_BOOLEAN:
        return ocpp_text_equal_fold(text, "true") || ocpp_text_equal_fold(text, "false") ? OCPP_OK : OCPP_ERR_VALUE;
    case OCPP_SETTING_DATE_TIME:
        return ocpp_time_parse(text, size, &utc_ms);
    case OCPP_SETTING_OPTION_LIST:
    case OCPP_SETTING_SEQUENCE_LIST:
    case OCPP_SETTING_MEMBER_LIST:
        return check_list(own, text);
    case OCPP_SETTING_STRING:
        return OCPP_OK;
    }
    return OCPP_ERR_VALUE;
}

/* --- are they well-formed
 * ---------------------------------------------------------------------------------------------------------------- */

static bool is_name(const char *text, size_t most)
{
    const size_t size = text == NULL ? 0 : strlen(text);
    return size > 0 && ocpp_text_valid(text, size) && ocpp_text_count(text, size) <= most;
}

static bool is_optional(const char *text, size_t most)
{
    return text == NULL || is_name(text, most);
}

static bool is_store_name(const char *text)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return is_name(text, 40) && text[strspn(text, letters)] == '\0';
}

static const char *wrong_shape(const struct ocpp_own_setting *own)
{
    const struct ocpp_setting_name *name = &own->name;
    const struct {
        bool is_right;
        const char *what;
    } rules[] = {
        { own->key != NULL || name->component != NULL, "own_settings: a name" },
        { is_optional(own->key, 50), "own_settings: key" },
        { is_optional(name->component, 50) && is_optional(name->component_instance, 50), "own_settings: component" },
        { (name->component == NULL) == (name->variable == NULL), "own_settings: variable" },
        { is_optional(name->variable, 50) && is_optional(name->instance, 50), "own_settings: variable" },
        { is_optional(own->unit, 16), "own_settings: unit" },
        { own->length <= MOST_OWN_LENGTH && strlen(own->values == NULL ? "" : own->values) <= MOST_OWN_LENGTH,
          "own_settings: length" },
        { (own->values != NULL) == is_listed(own), "own_settings: values" },
        { own->attributes < 1u << OCPP_SETTING_ATTRIBUTES, "own_settings: attributes" },
        { own->get != NULL || is_store_name(own->stored_as), "own_settings: stored_as" },
        { own->get != NULL || own->length > 0 || (own->type != OCPP_SETTING_STRING && !is_listed(own)), "own_settings: length" },
        { own->get != NULL || own->initial == NULL || check(own, own->initial) == OCPP_OK, "own_settings: initial" },
    };
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (!rules[i].is_right) {
            return rules[i].what;
        }
    }
    return NULL;
}

static bool is_same(const char *a, const char *b)
{
    return ocpp_text_equal_fold(a == NULL ? "" : a, b == NULL ? "" : b);
}

static bool is_same_name(const struct ocpp_setting_name *a, const struct ocpp_setting_name *b)
{
    return a->component != NULL && b->component != NULL && a->evse == b->evse && a->connector == b->connector &&
           is_same(a->component, b->component) && is_same(a->component_instance, b->component_instance) &&
           is_same(a->variable, b->variable) && is_same(a->instance, b->instance);
}

/* Whether two settings claim one name, one key or one place in the store. */
static bool do_clash(const struct ocpp_own_setting *a, const struct ocpp_own_setting *b)
{
    return (a->key != NULL && is_same(a->key, b->key)) || is_same_name(&a->name, &b->name) ||
           (a->get == NULL && b->get == NULL && strcmp(a->stored_as, b->stored_as) == 0);
}

/* Whether a row of the engine has the name, feature or not: what comes later must find its name free. */
static bool is_taken(const struct ocpp_own_setting *own)
{
    for (int i = 0; i < VARIABLE_COUNT; i++) {
        const struct variable_row *row = ocpp_cp_variable_row((enum variable)i);
        const struct ocpp_setting_name name = { .component = ocpp_cp_component_name((enum component)row->component),
                                                .evse = own->name.evse,
                                                .connector = own->name.connector,
                                                .variable = row->variable,
                                                .instance = row->instance };
        if (is_same_name(&name, &own->name)) {
            return true;
        }
    }
    return own->key != NULL && ocpp_cp_key_is_ours(own->key);
}

static bool is_place(const struct ocpp_charge_point_settings *settings, const struct ocpp_setting_name *name)
{
    return name->evse >= 0 && name->evse <= settings->evse_count && name->connector >= 0 &&
           name->connector <= (name->evse == 0 ? 0 : settings->connectors_per_evse);
}

const char *ocpp_cp_own_wrong(const struct ocpp_charge_point_settings *settings)
{
    const struct ocpp_own_setting *own = settings->own_settings;
    const size_t count = settings->own_setting_count;
    if (count > MOST_OWN_SETTINGS || (count > 0 && own == NULL)) {
        return "own_setting_count";
    }
    for (size_t i = 0; i < count; i++) {
        const char *wrong = is_place(settings, &own[i].name) ? wrong_shape(&own[i]) : "own_settings: place";
        for (size_t other = 0; wrong == NULL && other < i; other++) {
            wrong = do_clash(&own[i], &own[other]) ? "own_settings: twice" : NULL;
        }
        if (wrong != NULL || is_taken(&own[i])) {
            return wrong != NULL ? wrong : "own_settings: taken";
        }
    }
    return NULL;
}

/* --- where they are kept
 * ------------------------------------------------------------------------------------------------------------------ */

static size_t room_of(const struct ocpp_own_setting *own)
{
    return own->get != NULL ? 0 : own->length > 0 && !is_number(own) ? own->length + 1 : (size_t)NUMBER_ROOM;
}

static bool has_attribute(const struct ocpp_own_setting *own, unsigned attribute)
{
    return own->attributes == 0 ? attribute == OCPP_SETTING_ACTUAL : (own->attributes >> attribute & 1) != 0;
}

static size_t size_of(const struct ocpp_own_setting *own)
{
    size_t size = 0;
    for (unsigned attribute = 0; attribute < OCPP_SETTING_ATTRIBUTES; attribute++) {
        size += has_attribute(own, attribute) ? room_of(own) : 0;
    }
    return size;
}

size_t ocpp_cp_own_texts_size(const struct ocpp_charge_point *cp)
{
    size_t size = 0;
    for (size_t i = 0; i < cp->settings.own_setting_count; i++) {
        size += size_of(&cp->settings.own_settings[i]);
    }
    return size;
}

static char *text_of(const struct ocpp_charge_point *cp, const struct ocpp_own_setting *own, unsigned attribute)
{
    char *text = cp->own_texts;
    for (const struct ocpp_own_setting *before = cp->settings.own_settings; before != own; before++) {
        text += size_of(before);
    }
    for (unsigned before = 0; before < attribute; before++) {
        text += has_attribute(own, before) ? room_of(own) : 0;
    }
    return text;
}

static void store_key(const struct ocpp_own_setting *own, unsigned attribute, char key[OCPP_KEY_SIZE])
{
    static const char *const suffixes[] = { "", "/Target", "/MinSet", "/MaxSet" };
    snprintf(key, OCPP_KEY_SIZE, "own/%s%s", own->stored_as, suffixes[attribute]);
}

static enum ocpp_status load(struct ocpp_charge_point *cp, const struct ocpp_own_setting *own, unsigned attribute)
{
    struct variable_record record;
    char key[OCPP_KEY_SIZE];
    store_key(own, attribute, key);
    char *text = text_of(cp, own, attribute);
    ocpp_text_copy(text, room_of(own), own->initial == NULL || attribute != OCPP_SETTING_ACTUAL ? "" : own->initial);
    const enum ocpp_status status = ocpp_cp_read_record(cp, key, &variable_layout, &record);
    if (status == OCPP_OK && check(own, record.text) == OCPP_OK) { /* else the bounds have changed since */
        ocpp_text_copy(text, room_of(own), record.text);
    }
    return status == OCPP_ERR_NOT_FOUND ? OCPP_OK : status;
}

enum ocpp_status ocpp_cp_own_load(struct ocpp_charge_point *cp)
{
    enum ocpp_status status = OCPP_OK;
    for (size_t i = 0; i < cp->settings.own_setting_count; i++) {
        const struct ocpp_own_setting *own = &cp->settings.own_settings[i];
        for (unsigned attribute = 0; own->get == NULL && attribute < OCPP_SETTING_ATTRIBUTES; attribute++) {
            if (status == OCPP_OK && has_attribute(own, attribute)) {
                status = load(cp, own, attribute);
            }
        }
    }
    return status;
}

const struct ocpp_own_setting *ocpp_cp_own_of_key(const struct ocpp_charge_point *cp, const char *key)
{
    for (size_t i = 0; i < cp->settings.own_setting_count; i++) {
        const struct ocpp_own_setting *own = &cp->settings.own_settings[i];
        if (own->key != NULL && ocpp_text_equal_fold(own->key, key)) {
            return own;
        }
    }
    return NULL;
}

/* --- reading and changing
 * ---------------------------------------------------------------------------------------------------------------- */

bool ocpp_cp_own_text(const struct ocpp_charge_point *cp, const struct ocpp_own_setting *own,
                      enum ocpp_setting_attribute attribute, char *text, size_t room)
{
    text[0] = '\0';
    if (own->get != NULL) {
        return own->get(own, attribute, text, room, own->user);
    }
    ocpp_text_copy(text, room, text_of(cp, own, attribute));
    return text[0] != '\0' || (attribute == OCPP_SETTING_ACTUAL && (own->type == OCPP_SETTING_STRING || is_listed(own)));
}

enum ocpp_status ocpp_cp_own_set(struct ocpp_charge_point *cp, const struct ocpp_own_setting *own,
                                 enum ocpp_setting_attribute attribute, const char *text)
{
    enum ocpp_status status = own->access == OCPP_SETTING_READ_ONLY ? OCPP_ERR_STATE : check(own, text);
    if (status != OCPP_OK) {
        return status;
    }
    if (own->set == NULL ? own->get != NULL : !own->set(own, attribute, text, own->user)) {
        return OCPP_ERR_VALUE;
    }
    if (own->get != NULL) {
        ocpp_cp_note_changed(cp, VARIABLE_COUNT + (int)(own - cp->settings.own_settings));
        return OCPP_OK;
    }
    struct variable_record record = { .value = 0 };
    char key[OCPP_KEY_SIZE];
    ocpp_text_copy(record.text, sizeof(record.text), text);
    store_key(own, attribute, key);
    status = ocpp_cp_put(cp, key, &variable_layout, &record);
    if (status == OCPP_OK) {
        ocpp_text_copy(text_of(cp, own, attribute), room_of(own), text);
        ocpp_cp_note_changed(cp, VARIABLE_COUNT + (int)(own - cp->settings.own_settings));
    }
    return status;
}
