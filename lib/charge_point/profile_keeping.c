/* profile_keeping.c: profiles over a restart and over the end of what they were for.
 *
 * A record that cannot be read, or that says what no rule lets in, is set aside. A profile of a transaction that is no more is
 * deleted at the next work or start, whenever the store lets it go. OCPP 1.6 errata 3.37; OCPP 2.0.1 K01.FR.27, K02.FR.05. */
#include "smart.h"

#include <string.h>

#include "text.h"

/* --- the start --------------------------------------------------------------------------------------------------------- */

struct loader {
    struct ocpp_charge_point *cp;
    size_t count;
    bool is_bad;
    bool is_beyond; /* there is no room for it any more: the settings were lowered */
    char key[OCPP_KEY_SIZE];
};

static bool load_one(const char *key, const void *value, size_t size, void *user)
{
    struct loader *loader = user;
    struct ocpp_charge_point *cp = loader->cp;
    struct profile *profile = cp->smart->candidate;
    char own_key[PROFILE_KEY_SIZE];
    if (ocpp_cp_profile_read(&cp->smart->table, value, size, profile) == OCPP_OK) {
        ocpp_cp_profile_key(profile->id, own_key);
        if (ocpp_cp_profile_shape(profile) == PROFILE_TAKEN && strcmp(own_key, key) == 0) {
            loader->is_beyond =
                loader->count == cp->smart->table.room || (profile->evse != 0 && ocpp_cp_evse(cp, profile->evse) == NULL);
            if (!loader->is_beyond) {
                memcpy(ocpp_smart_slot(cp, loader->count++), profile, cp->smart->table.stride);
                return true;
            }
        }
    }
    loader->is_bad = true;
    ocpp_text_copy(loader->key, sizeof(loader->key), key);
    return false;
}

static void forget_all(struct ocpp_charge_point *cp)
{
    for (size_t i = 0; i < cp->smart->table.room; i++) {
        ocpp_smart_slot(cp, i)->is_used = false;
    }
}

/* One bad record ends a round: nothing may be written while the store is looked through. */
enum ocpp_status ocpp_cp_profiles_load(struct ocpp_charge_point *cp)
{
    for (;;) {
        struct loader loader = { .cp = cp };
        forget_all(cp);
        enum ocpp_status status = cp->storage->each("profile/", NULL, load_one, &loader, cp->storage->user);
        if (status != OCPP_OK || !loader.is_bad) {
            ocpp_cp_limits_stale(cp);
            return status;
        }
        status = ocpp_cp_set_aside(cp, loader.key);
        if (status != OCPP_OK) {
            return status;
        }
    }
}

/* --- while it runs --------------------------------------------------------------------------------------------------------- */

static bool is_awaited(const struct ocpp_charge_point *cp, uint32_t serial)
{
    for (int slot = 0; slot <= cp->settings.evse_count; slot++) {
        const struct authorization *authorization = &cp->authorizations[slot];
        if (authorization->state != AUTHORIZATION_NONE && authorization->remote && authorization->profile == serial) {
            return true;
        }
    }
    return false;
}

static bool is_over(struct ocpp_charge_point *cp, const struct profile *profile)
{
    if (profile->awaits != 0) {
        return !is_awaited(cp, profile->awaits);
    }
    return profile->purpose == PURPOSE_TX && ocpp_cp_evse_of(cp, profile->transaction) == NULL;
}

static enum ocpp_status delete_one(struct ocpp_charge_point *cp, const struct profile *profile)
{
    char key[PROFILE_KEY_SIZE];
    ocpp_cp_profile_key(profile->id, key);
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = key };
    return ocpp_cp_write_now(cp, &change, 1);
}

static enum ocpp_status keep_one(struct ocpp_charge_point *cp, const struct profile *profile)
{
    char key[PROFILE_KEY_SIZE];
    struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = key, .value = cp->bytes };
    ocpp_cp_profile_key(profile->id, key);
    const enum ocpp_status status = ocpp_cp_profile_write(cp, profile, &change.size);
    return status == OCPP_OK ? ocpp_cp_write_now(cp, &change, 1) : status;
}

/* What is over is forgotten once the store has forgotten it. */
static enum ocpp_status work_on(struct ocpp_charge_point *cp, struct profile *profile)
{
    if (is_over(cp, profile)) {
        const enum ocpp_status status = profile->awaits == 0 ? delete_one(cp, profile) : OCPP_OK;
        profile->is_used = status != OCPP_OK;
        ocpp_cp_limits_stale(cp);
        return status;
    }
    if (!profile->is_unstored) {
        return OCPP_OK;
    }
    const enum ocpp_status status = keep_one(cp, profile);
    profile->is_unstored = status != OCPP_OK;
    return status;
}

void ocpp_cp_profiles_work(struct ocpp_charge_point *cp)
{
    if (cp->now.mono_ms < cp->smart->retry_mono_ms) {
        return;
    }
    for (size_t i = 0; i < cp->smart->table.room; i++) {
        struct profile *profile = ocpp_smart_slot(cp, i);
        const enum ocpp_status status = profile->is_used ? work_on(cp, profile) : OCPP_OK;
        if (status != OCPP_OK) {
            cp->smart->retry_mono_ms = cp->now.mono_ms + STORE_RETRY_MS;
            ocpp_cp_log(cp, OCPP_LOG_ERROR, "the charging profile of a transaction is not kept as it should: %s",
                        ocpp_status_sentence(status));
            return;
        }
    }
}

int64_t ocpp_cp_profiles_deadline(const struct ocpp_charge_point *cp)
{
    return cp->smart->retry_mono_ms > cp->now.mono_ms ? cp->smart->retry_mono_ms : OCPP_NEVER;
}
