/* reservation.c: the life of reservations: made, replaced, cancelled, ended, told, forgotten.
 *
 * One is durable before it is accepted. It goes from the store in the same write as the transaction that uses it, so after a
 * power cut there is one of the two. What ends otherwise is stored as ended, told where the version has a word for it, and then
 * forgotten. OCPP 1.6 5.1, 5.13; OCPP 2.0.1 H01, H02, H04, B01.FR.13, errata 2.31. */
#include "charge_point_internal.h"

#include <string.h>

#include "text.h"

size_t ocpp_cp_reservations_room(const struct ocpp_charge_point_settings *settings)
{
    return settings->max_reservations != 0 ? settings->max_reservations : (size_t)settings->evse_count * 2;
}

void ocpp_cp_reservation_key(int64_t id, char key[OCPP_KEY_SIZE])
{
    ocpp_cp_number_key("reservation", id, key);
}

static struct reservation *find(const struct ocpp_charge_point *cp, int64_t id)
{
    for (size_t i = 0; i < cp->reservations.room; i++) {
        struct reservation *entry = &cp->reservations.entries[i];
        if (entry->state != RESERVATION_NONE && entry->id == id) {
            return entry;
        }
    }
    return NULL;
}

static bool has_ended(const struct reservation *entry)
{
    return entry->state > RESERVATION_HELD;
}

/* --- read back ------------------------------------------------------------------------------------------------------------ */

struct loading {
    struct ocpp_charge_point *cp;
    size_t count;
    char unusable[OCPP_KEY_SIZE]; /* the first record that cannot be read, or finds no room; "" */
    bool is_corrupt;
};

static bool load_entry(const char *key, const void *value, size_t size, void *user)
{
    struct loading *loading = user;
    struct reservations *all = &loading->cp->reservations;
    struct reservation spare = { 0 };
    const bool has_room = loading->count < all->room;
    struct reservation *entry = has_room ? &all->entries[loading->count] : &spare;
    loading->is_corrupt = ocpp_record_read(&reservation_layout, value, size, entry) != OCPP_OK;
    if (loading->is_corrupt || !has_room) {
        ocpp_text_copy(loading->unusable, sizeof(loading->unusable), key);
        return false;
    }
    entry->stored = entry->state;
    entry->since_mono_ms = entry->not_before_mono_ms = loading->cp->now.mono_ms;
    if (entry->state <= RESERVATION_NONE || entry->state > RESERVATION_UNUSED) {
        entry->state = RESERVATION_GONE;
    }
    all->next_made = entry->made >= all->next_made ? entry->made + 1 : all->next_made;
    loading->count++;
    all->held_count = loading->count;
    return true;
}

/* A record that cannot be read is set aside; one too many (the table was larger once) is dropped. Each is gone when the records
 * are read again. */
static enum ocpp_status drop_unusable(struct ocpp_charge_point *cp, const struct loading *loading)
{
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = loading->unusable };
    if (loading->is_corrupt) {
        return ocpp_cp_set_aside(cp, loading->unusable);
    }
    ocpp_cp_log(cp, OCPP_LOG_WARNING, "%s finds no room any more and is dropped", loading->unusable);
    return ocpp_cp_write_now(cp, &change, 1);
}

/* Until it is worked out what has to be kept, everything is. */
enum ocpp_status ocpp_cp_reservations_load(struct ocpp_charge_point *cp)
{
    cp->reservations.held_evses = UINT64_MAX;
    for (;;) {
        struct loading loading = { .cp = cp };
        memset(cp->reservations.entries, 0, cp->reservations.room * sizeof(cp->reservations.entries[0]));
        enum ocpp_status status = cp->storage->each("reservation/", NULL, load_entry, &loading, cp->storage->user);
        if (status != OCPP_OK || loading.unusable[0] == '\0') {
            return status;
        }
        status = drop_unusable(cp, &loading);
        if (status != OCPP_OK) {
            return status;
        }
    }
}

/* --- made, replaced, cancelled -------------------------------------------------------------------------------------------- */

/* A place in the table: a free one, else that of the one that ended first, whose end is then told to nobody. NULL: all are kept.
 */
static struct reservation *make_room(const struct ocpp_charge_point *cp)
{
    struct reservation *place = NULL;
    for (size_t i = 0; i < cp->reservations.room; i++) {
        struct reservation *entry = &cp->reservations.entries[i];
        if (entry->state == RESERVATION_NONE) {
            return entry;
        }
        if (has_ended(entry) && (place == NULL || entry->made < place->made)) {
            place = entry;
        }
    }
    return place;
}

/* Stores |made| over what was in |place|, which may be of another id. */
static enum ocpp_status store_over(struct ocpp_charge_point *cp, const struct reservation *made, const struct reservation *place)
{
    char key[OCPP_KEY_SIZE];
    char old_key[OCPP_KEY_SIZE];
    ocpp_cp_reservation_key(made->id, key);
    ocpp_cp_reservation_key(place->id, old_key);
    struct ocpp_change changes[] = {
        { .kind = OCPP_CHANGE_PUT, .key = key, .value = cp->bytes },
        { .kind = OCPP_CHANGE_DELETE, .key = old_key },
    };
    const bool is_evicted = place->state != RESERVATION_NONE && place->id != made->id;
    const enum ocpp_status status = ocpp_record_write(&reservation_layout, made, cp->bytes, sizeof(cp->bytes), &changes[0].size);
    return status == OCPP_OK ? ocpp_cp_write_now(cp, changes, is_evicted ? 2 : 1) : status;
}

static enum verdict keep(struct ocpp_charge_point *cp, const struct reservation *wanted, struct reservation *before)
{
    struct reservation *place = before != NULL ? before : make_room(cp);
    if (place == NULL) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "no room for another reservation");
        return VERDICT_REJECTED;
    }
    struct reservation made = *wanted;
    made.state = made.stored = RESERVATION_HELD;
    made.lasts_ms = wanted->expires_utc_ms - ocpp_cp_utc(cp, cp->now);
    made.made = cp->reservations.next_made;
    made.since_mono_ms = made.not_before_mono_ms = cp->now.mono_ms;
    made.was_presented = false;
    const enum ocpp_status status = store_over(cp, &made, place);
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "a reservation was not stored: %s", ocpp_status_sentence(status));
        return VERDICT_REJECTED;
    }
    *place = made;
    cp->reservations.next_made++;
    cp->reservations.held_count++;
    cp->dirty = true;
    return VERDICT_ACCEPTED;
}

enum verdict ocpp_cp_reserve(struct ocpp_charge_point *cp, const struct reservation *wanted)
{
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    struct reservation *before = find(cp, wanted->id);
    if (cp->values[VARIABLE_RESERVATION_ENABLED] == 0 || wanted->token.id[0] == '\0' || utc_ms == OCPP_UTC_UNKNOWN ||
        wanted->expires_utc_ms <= utc_ms) { /* H01.FR.01; what is over already keeps nothing */
        return VERDICT_REJECTED;
    }
    if (before != NULL && ocpp_cp_reservation_is_presented(cp, before)) { /* it is used already */
        return VERDICT_REJECTED;
    }
    ocpp_cp_reservations_update(cp);
    const enum verdict verdict =
        ocpp_cp_reservation_judge(cp, wanted, before != NULL && before->state == RESERVATION_HELD ? before : NULL);
    return verdict == VERDICT_ACCEPTED ? keep(cp, wanted, before) : verdict;
}

/* Whoever was granted by it meanwhile stays granted. */
static void forget_in_authorizations(struct ocpp_charge_point *cp, int64_t id)
{
    for (int slot = 0; slot <= cp->settings.evse_count; slot++) {
        struct authorization *authorization = &cp->authorizations[slot];
        authorization->has_reservation_id = authorization->has_reservation_id && authorization->reservation_id != id;
    }
}

static bool is_being_used(const struct ocpp_charge_point *cp, int64_t id)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        const struct evse *evse = &cp->evses[i];
        if (evse->uses_reservation && ocpp_cp_has_transaction(evse) && evse->transaction.reservation_id == id) {
            return true;
        }
    }
    return false;
}

enum verdict ocpp_cp_cancel_reservation(struct ocpp_charge_point *cp, int64_t id)
{
    struct reservation *entry = find(cp, id);
    if (entry == NULL || has_ended(entry) || is_being_used(cp, id)) { /* H02.FR.01 */
        return VERDICT_REJECTED;
    }
    char key[OCPP_KEY_SIZE];
    ocpp_cp_reservation_key(id, key);
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = key };
    const enum ocpp_status status = ocpp_cp_write_now(cp, &change, 1);
    if (status != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "a reservation cannot be cancelled: %s", ocpp_status_sentence(status));
        return VERDICT_REJECTED;
    }
    entry->state = RESERVATION_NONE;
    forget_in_authorizations(cp, id);
    cp->dirty = true;
    return VERDICT_ACCEPTED;
}

/* --- ended ---------------------------------------------------------------------------------------------------------------- */

void ocpp_cp_reservation_end(struct ocpp_charge_point *cp, struct reservation *reservation, enum reservation_state state)
{
    ocpp_cp_log(cp, OCPP_LOG_INFO, "reservation %ld %s", (long)reservation->id,
                state == RESERVATION_EXPIRED ? "expired" : "ended");
    reservation->state = (int32_t)state;
    reservation->not_before_mono_ms = cp->now.mono_ms;
    cp->dirty = true;
}

void ocpp_cp_reservation_used(struct ocpp_charge_point *cp, int64_t id)
{
    struct reservation *entry = find(cp, id);
    if (entry != NULL) {
        entry->state = RESERVATION_NONE;
        cp->dirty = true;
    }
}

static enum ocpp_status store_entry(struct ocpp_charge_point *cp, const struct reservation *entry)
{
    char key[OCPP_KEY_SIZE];
    ocpp_cp_reservation_key(entry->id, key);
    if (entry->state != RESERVATION_GONE) {
        return ocpp_cp_put(cp, key, &reservation_layout, entry);
    }
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = key };
    return ocpp_cp_write_now(cp, &change, 1);
}

void ocpp_cp_reservations_store(struct ocpp_charge_point *cp)
{
    const bool is_untold = cp->dialect != NULL && cp->dialect->send_reservation_end == NULL;
    for (size_t i = 0; i < cp->reservations.room; i++) {
        struct reservation *entry = &cp->reservations.entries[i];
        if (has_ended(entry) && is_untold) { /* the status of the connector says it all */
            entry->state = RESERVATION_GONE;
        }
        if (!has_ended(entry) || entry->state == entry->stored || cp->now.mono_ms < entry->not_before_mono_ms) {
            continue;
        }
        const enum ocpp_status status = store_entry(cp, entry);
        if (status != OCPP_OK) {
            entry->not_before_mono_ms = cp->now.mono_ms + STORE_RETRY_MS;
            ocpp_cp_log(cp, OCPP_LOG_ERROR, "the end of a reservation was not stored: %s", ocpp_status_sentence(status));
            continue;
        }
        entry->stored = entry->state;
        entry->state = entry->state == RESERVATION_GONE ? RESERVATION_NONE : entry->state;
        cp->dirty = true;
    }
}

/* --- told ----------------------------------------------------------------------------------------------------------------- */

static bool is_to_be_told(const struct reservation *entry)
{
    return has_ended(entry) && entry->state != RESERVATION_GONE && entry->state == entry->stored;
}

bool ocpp_cp_send_reservation_end(struct ocpp_charge_point *cp)
{
    for (size_t i = 0; i < cp->reservations.room; i++) {
        struct reservation *entry = &cp->reservations.entries[i];
        if (!is_to_be_told(entry) || cp->now.mono_ms < entry->not_before_mono_ms) {
            continue;
        }
        if (cp->dialect->send_reservation_end(cp, entry->id, (enum reservation_state)entry->state) != OCPP_OK) {
            entry->not_before_mono_ms = cp->now.mono_ms + SEND_RETRY_MS;
            return false;
        }
        cp->reservations.flight_id = entry->id;
        cp->flight = FLIGHT_RESERVATION;
        return true;
    }
    return false;
}

/* An answer that refuses it is an answer. Silence is not. */
void ocpp_cp_reservation_end_answered(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    struct reservation *entry = find(cp, cp->reservations.flight_id);
    ocpp_cp_flight_over(cp);
    if (entry == NULL || !is_to_be_told(entry) || status == OCPP_ERR_CLOSED) {
        return; /* another was made by that id, or the next link is told */
    }
    if (status == OCPP_ERR_TIMEOUT) {
        entry->not_before_mono_ms = cp->now.mono_ms + STATUS_RETRY_MS;
        return;
    }
    entry->state = RESERVATION_GONE;
}

int64_t ocpp_cp_reservations_deadline(const struct ocpp_charge_point *cp)
{
    int64_t deadline = OCPP_NEVER;
    for (size_t i = 0; i < cp->reservations.room; i++) {
        const struct reservation *entry = &cp->reservations.entries[i];
        int64_t at = OCPP_NEVER;
        if (entry->state == RESERVATION_HELD && !ocpp_cp_reservation_is_presented(cp, entry)) {
            at = ocpp_cp_reservation_expires_mono(cp, entry);
        } else if (has_ended(entry) && entry->state != entry->stored) {
            at = entry->not_before_mono_ms;
        } else if (is_to_be_told(entry) && ocpp_cp_may_send(cp) && !ocpp_cp_is_waiting(cp)) {
            at = entry->not_before_mono_ms > cp->send_retry_mono_ms ? entry->not_before_mono_ms : cp->send_retry_mono_ms;
        }
        deadline = at < deadline ? at : deadline;
    }
    return deadline;
}
