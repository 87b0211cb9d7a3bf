/* entries.h: the device model as a walk: every variable that exists, at every place where it does, the firmware's own included.
 *
 * Nothing is built: an entry is a row and a place, and what belongs to it is worked out when it is asked for. */
#ifndef OCPP_LIB_ENTRIES_H
#define OCPP_LIB_ENTRIES_H

#include <ocpp/charge_point.h>

#include "variables.h"

/* An entry: |row| is an enum variable, or VARIABLE_COUNT + the index of a setting of the firmware. */
struct entry {
    int row;
    int evse;
    int connector;
};

#define ENTRY_BEFORE_FIRST ((struct entry){ -1, 0, 0 })

/* What a variable is, beside its value. */
struct entry_traits {
    enum ocpp_setting_type type;
    enum ocpp_setting_access access;
    unsigned attributes; /* bits 1 << enum ocpp_setting_attribute */
    const char *unit;
    bool has_minimum;
    bool has_maximum;
    struct ocpp_decimal minimum;
    struct ocpp_decimal maximum;
    bool is_kept; /* over a power cut */
    bool needs_reboot;
};

/* ocpp_cp_entry_next: goes to the next entry; false behind the last. ocpp_cp_entry_count: how many there can be at most.
 * ocpp_cp_entry_index: the number of an entry among them. */
bool ocpp_cp_entry_next(const struct ocpp_charge_point *cp, struct entry *entry);
size_t ocpp_cp_entry_count(const struct ocpp_charge_point *cp);
size_t ocpp_cp_entry_index(const struct ocpp_charge_point *cp, const struct entry *entry);

struct ocpp_setting_name ocpp_cp_entry_name(const struct ocpp_charge_point *cp, const struct entry *entry);
struct entry_traits ocpp_cp_entry_traits(const struct ocpp_charge_point *cp, const struct entry *entry);

/* ocpp_cp_entry_find: the entry of |name|. Errors: OCPP_ERR_NOT_FOUND no such component; OCPP_ERR_VALUE it has no such
 * variable. */
enum ocpp_status ocpp_cp_entry_find(const struct ocpp_charge_point *cp, const struct ocpp_setting_name *name,
                                    struct entry *entry);

/* ocpp_cp_entry_text: the value; false when it has none now. Of a secret, too: ask the traits first. */
bool ocpp_cp_entry_text(const struct ocpp_charge_point *cp, const struct entry *entry, enum ocpp_setting_attribute attribute,
                        char text[OCPP_VARIABLE_TEXT_SIZE]);

/* ocpp_cp_entry_values: the values a list may have, with commas; "" for what is no list. */
void ocpp_cp_entry_values(const struct ocpp_charge_point *cp, const struct entry *entry, char text[OCPP_VARIABLE_TEXT_SIZE]);

/* ocpp_cp_entry_set: changes a value that is not read-only. Errors: those of ocpp_cp_variable_set(). */
enum ocpp_status ocpp_cp_entry_set(struct ocpp_charge_point *cp, const struct entry *entry, enum ocpp_setting_attribute attribute,
                                   const char *text);

/* --- own_settings.c: what the firmware brings ----------------------------------------------------------------------------- */

/* ocpp_cp_own_wrong: what is wrong with the firmware's settings, for the log; NULL: nothing. */
const char *ocpp_cp_own_wrong(const struct ocpp_charge_point_settings *settings);
size_t ocpp_cp_own_texts_size(const struct ocpp_charge_point *cp);
enum ocpp_status ocpp_cp_own_load(struct ocpp_charge_point *cp); /* defaults, then what the store remembers */
const struct ocpp_own_setting *ocpp_cp_own_of_key(const struct ocpp_charge_point *cp, const char *key); /* NULL: none */
bool ocpp_cp_own_text(const struct ocpp_charge_point *cp, const struct ocpp_own_setting *own,
                      enum ocpp_setting_attribute attribute, char *text, size_t room);
enum ocpp_status ocpp_cp_own_set(struct ocpp_charge_point *cp, const struct ocpp_own_setting *own,
                                 enum ocpp_setting_attribute attribute, const char *text);

#endif
