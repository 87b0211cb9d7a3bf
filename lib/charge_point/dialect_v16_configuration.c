/* dialect_v16_configuration.c: reading and changing configuration keys (OCPP 1.6 5.3, 5.8, chapter 9): those of keys.c, and those
 * the firmware brings. */
#include "dialect_v16.h"

#include <string.h>

#include "keys.h"
#include "text.h"
#include "vocabulary_v16.h"

enum { MOST_VALUE_CHARACTERS = 500 }; /* CiString500Type */

/* --- measurands: some of the vocabulary have no word here --------------------------------------------------------------------
 */

static int64_t measurands(void)
{
    int64_t set = 0;
    for (int measurand = 1; measurand <= OCPP_MEASURAND_VOLTAGE; measurand++) {
        const int wire = ocpp_word_to_wire(&ocpp_v16_measurands, measurand);
        set |= (int64_t)(ocpp_word_from_wire(&ocpp_v16_measurands, wire) == measurand) << measurand;
    }
    return set;
}

static bool are_measurands(const struct key_row *row)
{
    return row->mapping != KEY_CHARACTERISTIC && ocpp_cp_variable_row((enum variable)row->variable)->kind == KIND_MEASURANDS;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------
 */

/* What does not fit is cut, a list behind a whole member. */
static const char *fit(struct ocpp_charge_point *cp, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    if (ocpp_text_count(text, strlen(text)) > MOST_VALUE_CHARACTERS) {
        char cut[OCPP_VARIABLE_TEXT_SIZE];
        ocpp_text_cut(cut, sizeof(cut), text, MOST_VALUE_CHARACTERS);
        char *comma = strrchr(cut, ',');
        if (comma != NULL) {
            *comma = '\0';
        }
        ocpp_text_copy(text, OCPP_VARIABLE_TEXT_SIZE, cut);
    }
    return ocpp_arena_text(cp->arena, text, strlen(text));
}

static bool fill_row(struct ocpp_charge_point *cp, const struct key_row *row, struct ocpp16_key_value *value)
{
    char text[OCPP_VARIABLE_TEXT_SIZE];
    if (are_measurands(row)) {
        struct measurands list = ocpp_cp_measurands(cp, (enum variable)row->variable, FAMILY_NUMBERED);
        list.set &= measurands();
        ocpp_cp_measurands_write(&list, text);
    } else {
        ocpp_cp_key_text(cp, row, text);
    }
    value->key = row->key;
    value->readonly = !ocpp_cp_key_is_writable(cp, row);
    value->value = row->access == ACCESS_WRITE ? NULL : fit(cp, text);
    return row->access == ACCESS_WRITE || value->value != NULL;
}

static bool fill_own(struct ocpp_charge_point *cp, const struct ocpp_own_setting *own, struct ocpp16_key_value *value)
{
    char text[OCPP_VARIABLE_TEXT_SIZE];
    value->key = own->key;
    value->readonly = own->access == OCPP_SETTING_READ_ONLY;
    value->value = NULL;
    if (own->access == OCPP_SETTING_WRITE_ONLY || !ocpp_cp_own_text(cp, own, OCPP_SETTING_ACTUAL, text, sizeof(text))) {
        return true;
    }
    value->value = fit(cp, text);
    return value->value != NULL;
}

/* An answer as it grows. */
struct listing {
    struct ocpp16_key_value *known;
    size_t known_count;
    const char **unknown;
    size_t unknown_count;
    bool is_short_of_memory;
};

/* A key that may only be written is told without its value, and only to who asks for it (security whitepaper, chapter 7). */
static void list_key(struct ocpp_charge_point *cp, struct listing *listing, const char *key)
{
    const struct ocpp_own_setting *own = ocpp_cp_own_of_key(cp, key);
    const struct key_row *row = ocpp_cp_key_find(cp, key);
    struct ocpp16_key_value *value = &listing->known[listing->known_count];
    if (own == NULL && row == NULL) {
        listing->unknown[listing->unknown_count++] = key;
        return;
    }
    if (own != NULL ? fill_own(cp, own, value) : fill_row(cp, row, value)) {
        listing->known_count++;
    } else {
        listing->is_short_of_memory = true;
    }
}

static void list_all(struct ocpp_charge_point *cp, struct listing *listing)
{
    for (size_t i = 0; i < OCPP_KEY_ROWS; i++) {
        const struct key_row *row = ocpp_cp_key_row(i);
        if (ocpp_cp_key_is_there(cp, row) && row->access != ACCESS_WRITE) {
            list_key(cp, listing, row->key);
        }
    }
    for (size_t i = 0; i < cp->settings.own_setting_count; i++) {
        const struct ocpp_own_setting *own = &cp->settings.own_settings[i];
        if (own->key != NULL && own->access != OCPP_SETTING_WRITE_ONLY) {
            list_key(cp, listing, own->key);
        }
    }
}

void ocpp_cp_v16_get_configuration(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_get_configuration_req *request = call->request;
    const size_t asked = request->key.count;
    if (asked > (size_t)cp->values[VARIABLE_KEYS_PER_REQUEST]) {
        if (ocpp_rpc_refuse(cp->rpc, call->token, OCPP_CALL_ERROR_OCCURRENCE_CONSTRAINT_VIOLATION,
                            "more keys than GetConfigurationMaxKeys") != OCPP_OK) {
            ocpp_cp_log(cp, OCPP_LOG_ERROR, "%s cannot be refused", call->action_name);
        }
        return;
    }
    ocpp_arena_reset(cp->arena);
    const size_t room = asked > 0 ? asked : OCPP_KEY_ROWS + cp->settings.own_setting_count;
    struct listing listing = { .known = ocpp_arena_take(cp->arena, room * sizeof(*listing.known)),
                               .unknown = ocpp_arena_take(cp->arena, room * sizeof(*listing.unknown)) };
    if (listing.known == NULL || listing.unknown == NULL) {
        ocpp_cp_reply(cp, call, NULL);
        return;
    }
    for (size_t i = 0; i < asked; i++) {
        list_key(cp, &listing, request->key.items[i]);
    }
    if (asked == 0) {
        list_all(cp, &listing);
    }
    const struct ocpp16_get_configuration_conf conf = {
        .configuration_key = { listing.known, listing.known_count },
        .unknown_key = { listing.unknown_count == 0 ? NULL : listing.unknown, listing.unknown_count },
    };
    ocpp_cp_reply(cp, call, listing.is_short_of_memory ? NULL : &conf);
}

/* --- changing -----------------------------------------------------------------------------------------------------------------
 */

static enum ocpp_status change_row(struct ocpp_charge_point *cp, const struct key_row *row, const char *value)
{
    struct measurands list;
    if (are_measurands(row) && ocpp_cp_measurands_read(value, &list) == OCPP_OK && (list.set & ~measurands()) != 0) {
        return OCPP_ERR_VALUE;
    }
    return ocpp_cp_key_set(cp, row, value);
}

void ocpp_cp_v16_change_configuration(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_change_configuration_req *request = call->request;
    const struct ocpp_own_setting *own = ocpp_cp_own_of_key(cp, request->key);
    const struct key_row *row = ocpp_cp_key_find(cp, request->key);
    struct ocpp16_change_configuration_conf conf = { .status = OCPP16_CONFIGURATION_STATUS_NOT_SUPPORTED };
    if (own != NULL || row != NULL) {
        const enum ocpp_status status =
            own != NULL ? ocpp_cp_own_set(cp, own, OCPP_SETTING_ACTUAL, request->value) : change_row(cp, row, request->value);
        const bool needs_reboot = own != NULL && own->needs_reboot;
        conf.status = status != OCPP_OK ? OCPP16_CONFIGURATION_STATUS_REJECTED
                      : needs_reboot    ? OCPP16_CONFIGURATION_STATUS_REBOOT_REQUIRED
                                        : OCPP16_CONFIGURATION_STATUS_ACCEPTED;
    }
    ocpp_cp_reply(cp, call, &conf);
}
