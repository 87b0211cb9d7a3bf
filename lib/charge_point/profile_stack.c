/* profile_stack.c: the profiles together: which ones a new one replaces, which ones an operation of the central system means.
 *
 * What changes is written in one go and only then true. OCPP 1.6 3.13.1, 3.13.2, 5.5, errata 3.25, 3.26, 3.42; OCPP 2.0.1
 * K01.FR.04 to .06, .09, .14, .15, .33, .39, .52, .53, K05, K10. */
#include "smart.h"

#include <string.h>

static const uint8_t no_transaction[PROFILE_UUID_BYTES];

static bool is_same_transaction(const struct profile *a, const struct profile *b)
{
    return memcmp(a->transaction, b->transaction, PROFILE_UUID_BYTES) == 0 && a->awaits == b->awaits;
}

/* --- rivals: two profiles that could lead at the same place at the same time, with the same right ------------------------ */

static bool is_same_kind_of(const struct profile *a, const struct profile *b)
{
    return a->purpose == b->purpose && a->stack_level == b->stack_level;
}

static bool overlap(const struct profile *a, const struct profile *b)
{
    return a->valid_from_ms < b->valid_to_ms && b->valid_from_ms < a->valid_to_ms;
}

static bool is_replaced(const struct profile *old, const struct profile *profile)
{
    if (!is_same_kind_of(old, profile)) {
        return false;
    }
    return profile->purpose == PURPOSE_TX ? is_same_transaction(old, profile)
                                          : old->evse == profile->evse && old->connector == profile->connector;
}

static bool is_refused(const struct profile *old, const struct profile *profile)
{
    if (!is_same_kind_of(old, profile)) {
        return false;
    }
    if (profile->purpose == PURPOSE_TX) { /* K01.FR.39 */
        return is_same_transaction(old, profile);
    }
    const bool is_for_all = (old->evse == 0) != (profile->evse == 0);           /* K01.FR.52, .53: whenever they are valid */
    return is_for_all || (old->evse == profile->evse && overlap(old, profile)); /* K01.FR.06 */
}

/* --- changes --------------------------------------------------------------------------------------------------------------- */

static void add_delete(struct smart *smart, size_t *count, const struct profile *profile)
{
    if (profile->awaits != 0) { /* it was never stored */
        return;
    }
    ocpp_cp_profile_key(profile->id, smart->keys[*count]);
    smart->changes[*count] = (struct ocpp_change){ .kind = OCPP_CHANGE_DELETE, .key = smart->keys[*count] };
    (*count)++;
}

static bool goes(const struct profile *old, const struct profile *profile, enum profile_rivalry rivalry)
{
    return old->is_used && (old->id == profile->id || (rivalry == RIVALS_ARE_REPLACED && is_replaced(old, profile)));
}

/* The slot the new profile gets: that of one that goes, or an empty one; NULL when there is none. */
static struct profile *slot_for(const struct ocpp_charge_point *cp, const struct profile *profile, enum profile_rivalry rivalry)
{
    struct profile *empty = NULL;
    for (size_t i = 0; i < cp->smart->table.room; i++) {
        struct profile *old = ocpp_smart_slot(cp, i);
        if (goes(old, profile, rivalry)) {
            return old;
        }
        empty = empty == NULL && !old->is_used ? old : empty;
    }
    return empty;
}

static bool has_rival(const struct ocpp_charge_point *cp, const struct profile *profile)
{
    for (size_t i = 0; i < cp->smart->table.room; i++) {
        const struct profile *old = ocpp_smart_slot(cp, i);
        if (old->is_used && old->id != profile->id && is_refused(old, profile)) {
            return true;
        }
    }
    return false;
}

/* An id that an external limit is reported under belongs to it (K01.FR.05). */
static bool is_external_id(const struct ocpp_charge_point *cp, int64_t id)
{
    return id < 0 && id >= -1 - cp->settings.evse_count && cp->smart->externals[-1 - id].is_set;
}

static enum profile_refusal put(struct ocpp_charge_point *cp, const struct profile *profile, enum profile_rivalry rivalry)
{
    struct smart *smart = cp->smart;
    size_t count = 0;
    struct profile *slot = slot_for(cp, profile, rivalry);
    if (slot == NULL) {
        return PROFILE_TOO_MANY;
    }
    for (size_t i = 0; i < smart->table.room; i++) {
        const struct profile *old = ocpp_smart_slot(cp, i);
        if (goes(old, profile, rivalry)) {
            add_delete(smart, &count, old);
        }
    }
    struct ocpp_change *change = &smart->changes[count];
    *change = (struct ocpp_change){ .kind = OCPP_CHANGE_PUT, .key = smart->keys[count], .value = cp->bytes };
    ocpp_cp_profile_key(profile->id, smart->keys[count++]);
    if (ocpp_cp_profile_write(cp, profile, &change->size) != OCPP_OK) {
        return PROFILE_TOO_MANY;
    }
    const enum ocpp_status status = ocpp_cp_write_now(cp, smart->changes, count);
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "a charging profile was not stored: %s", ocpp_status_sentence(status));
        return PROFILE_NOT_STORED;
    }
    for (size_t i = 0; i < smart->table.room; i++) {
        struct profile *old = ocpp_smart_slot(cp, i);
        old->is_used = old->is_used && !goes(old, profile, rivalry);
    }
    memcpy(slot, profile, smart->table.stride);
    ocpp_cp_limits_stale(cp);
    return PROFILE_TAKEN;
}

/* --- what is asked for ---------------------------------------------------------------------------------------------------------
 */

/* The transaction the profile is for: the one that was named, or the one that runs there (1.6 5.16). */
static bool find_transaction(const struct ocpp_charge_point *cp, struct profile *profile)
{
    const struct evse *evse = ocpp_cp_evse(cp, profile->evse);
    if (!ocpp_cp_is_ongoing(evse) || (profile->connector != 0 && profile->connector != evse->transaction.connector)) {
        return false;
    }
    if (memcmp(profile->transaction, no_transaction, PROFILE_UUID_BYTES) != 0) {
        return memcmp(profile->transaction, evse->transaction.uuid, PROFILE_UUID_BYTES) == 0;
    }
    memcpy(profile->transaction, evse->transaction.uuid, PROFILE_UUID_BYTES);
    return true;
}

enum profile_refusal ocpp_cp_profile_set(struct ocpp_charge_point *cp, struct profile *profile, enum profile_rivalry rivalry)
{
    const enum profile_refusal refusal = ocpp_cp_profile_check(cp, profile);
    if (refusal != PROFILE_TAKEN) {
        return refusal;
    }
    if (profile->purpose == PURPOSE_TX && !find_transaction(cp, profile)) {
        return PROFILE_NO_TRANSACTION; /* K01.FR.09, .33; 1.6 3.13.1 */
    }
    if (is_external_id(cp, profile->id)) {
        return PROFILE_NOT_SOUND;
    }
    if (rivalry == RIVALS_REFUSE && has_rival(cp, profile)) {
        return PROFILE_IS_DUPLICATE;
    }
    return put(cp, profile, rivalry);
}

enum profile_refusal ocpp_cp_profile_await(struct ocpp_charge_point *cp, struct profile *profile, uint32_t *serial)
{
    const bool names_transaction = memcmp(profile->transaction, no_transaction, PROFILE_UUID_BYTES) != 0;
    if (profile->purpose != PURPOSE_TX || names_transaction || is_external_id(cp, profile->id)) {
        return PROFILE_NOT_SOUND; /* F01.FR.09, .11; 1.6 5.16.2 */
    }
    const int32_t evse = profile->evse;
    profile->evse = evse == 0 ? 1 : evse; /* which one is seen when it starts */
    const enum profile_refusal refusal = ocpp_cp_profile_check(cp, profile);
    profile->evse = evse;
    if (refusal != PROFILE_TAKEN) {
        return refusal;
    }
    for (size_t i = 0; i < cp->smart->table.room; i++) {
        struct profile *slot = ocpp_smart_slot(cp, i);
        if (slot->is_used) {
            continue;
        }
        cp->smart->next_serial += cp->smart->next_serial == UINT32_MAX ? 2 : 1;
        *serial = profile->awaits = cp->smart->next_serial;
        memcpy(slot, profile, cp->smart->table.stride);
        ocpp_cp_limits_stale(cp);
        return PROFILE_TAKEN;
    }
    return PROFILE_TOO_MANY;
}

/* What has the same id is replaced when the transaction begins, not before (K01.FR.05). The record is written by the next work,
 * before the start is stored. */
static void bind(struct ocpp_charge_point *cp, struct evse *evse, struct profile *profile)
{
    for (size_t i = 0; i < cp->smart->table.room; i++) {
        struct profile *old = ocpp_smart_slot(cp, i);
        old->is_used = old->is_used && (old == profile || old->awaits != 0 || old->id != profile->id);
    }
    profile->awaits = 0;
    profile->evse = evse->number;
    profile->connector = 0;
    profile->is_unstored = true;
    memcpy(profile->transaction, evse->transaction.uuid, PROFILE_UUID_BYTES);
    ocpp_cp_limits_stale(cp);
}

void ocpp_cp_profile_bind(struct ocpp_charge_point *cp, struct evse *evse, const struct authorization *authorization)
{
    for (size_t i = 0; authorization->remote && authorization->profile != 0 && i < cp->smart->table.room; i++) {
        struct profile *profile = ocpp_smart_slot(cp, i);
        if (profile->is_used && profile->awaits == authorization->profile) {
            bind(cp, evse, profile);
        }
    }
}

static bool is_listed(int64_t id, const struct profile_filter *filter)
{
    for (size_t i = 0; i < filter->id_count; i++) {
        if (filter->ids[i] == id) {
            return true;
        }
    }
    return filter->id_count == 0;
}

bool ocpp_cp_profile_matches(const struct profile *profile, const struct profile_filter *filter)
{
    if (filter->has_id) {
        return profile->id == filter->id;
    }
    const bool is_there =
        !filter->has_place || (profile->evse == filter->evse &&
                               (filter->connector == 0 || profile->connector == 0 || profile->connector == filter->connector));
    const bool is_from = filter->sources == 0 || (filter->sources >> OCPP_LIMIT_SOURCE_CSO & 1) != 0;
    return is_there && is_from && is_listed(profile->id, filter) &&
           (filter->purpose == PURPOSE_NONE || profile->purpose == (int8_t)filter->purpose) &&
           (!filter->has_stack_level || profile->stack_level == filter->stack_level);
}

enum ocpp_status ocpp_cp_profile_clear(struct ocpp_charge_point *cp, const struct profile_filter *filter)
{
    struct smart *smart = cp->smart;
    size_t count = 0;
    bool is_any = false;
    for (size_t i = 0; i < smart->table.room; i++) {
        const struct profile *profile = ocpp_smart_slot(cp, i);
        if (profile->is_used && ocpp_cp_profile_matches(profile, filter)) {
            is_any = true;
            add_delete(smart, &count, profile);
        }
    }
    if (!is_any) {
        return OCPP_ERR_NOT_FOUND; /* K10.FR.01 */
    }
    const enum ocpp_status status = count == 0 ? OCPP_OK : ocpp_cp_write_now(cp, smart->changes, count);
    for (size_t i = 0; status == OCPP_OK && i < smart->table.room; i++) {
        struct profile *profile = ocpp_smart_slot(cp, i);
        profile->is_used = profile->is_used && !ocpp_cp_profile_matches(profile, filter);
    }
    ocpp_cp_limits_stale(cp);
    return status;
}

size_t ocpp_cp_profile_count(const struct ocpp_charge_point *cp)
{
    size_t count = 0;
    for (size_t i = 0; i < cp->smart->table.room; i++) {
        count += ocpp_smart_slot(cp, i)->is_used;
    }
    return count;
}
