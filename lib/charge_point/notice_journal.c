/* notice_journal.c: what notices and the security log write: gathered over a round of the pump and handed to the store in one
 * write, in its order.
 *
 * Flash wears by writes, so what is done with is not deleted by itself while more of it is about to follow. A write that fails is
 * tried again with what has come meanwhile; a record whose write fails may be told all the same, from here. */
#include "charge_point_internal.h"

#include <string.h>

#include "notices.h"

enum { DELETE_DELAY_MS = 10000, MOST_DELETES = 8 };

static const char *const kinds_of_keys[JOURNAL_KEY_COUNT] = { "notice", "security" };

void ocpp_cp_journal_key(enum journal_key key, int64_t number, char text[OCPP_KEY_SIZE])
{
    ocpp_cp_number_key(kinds_of_keys[key], number, text);
}

/* --- what is pending ---------------------------------------------------------------------------------------------------- */

static void forget(struct journal *journal, size_t index)
{
    const size_t offset = journal->pending[index].offset;
    const size_t size = journal->pending[index].size;
    memmove(journal->bytes + offset, journal->bytes + offset + size, journal->used - offset - size);
    journal->used -= size;
    journal->count--;
    memmove(&journal->pending[index], &journal->pending[index + 1], (journal->count - index) * sizeof(journal->pending[0]));
    for (size_t i = index; i < journal->count; i++) {
        journal->pending[i].offset -= size;
    }
}

static struct pending *find_put(struct journal *journal, enum journal_key key, int64_t number)
{
    for (size_t i = 0; i < journal->count; i++) {
        struct pending *pending = &journal->pending[i];
        if (pending->is_put && pending->key == (uint8_t)key && pending->number == number) {
            return pending;
        }
    }
    return NULL;
}

const uint8_t *ocpp_cp_journal_bytes(const struct ocpp_charge_point *cp, enum journal_key key, int64_t number, size_t *size)
{
    struct journal *journal = &ocpp_cp_notices(cp)->journal;
    const struct pending *pending = find_put(journal, key, number);
    if (pending == NULL) {
        return NULL;
    }
    *size = pending->size;
    return journal->bytes + pending->offset;
}

/* --- the write ---------------------------------------------------------------------------------------------------------- */

static void failed(struct ocpp_charge_point *cp, struct journal *journal, enum ocpp_status status)
{
    journal->under_way = 0;
    journal->has_failed = true;
    journal->retry_mono_ms = journal->deletes_due_mono_ms = cp->now.mono_ms + STORE_RETRY_MS;
    ocpp_cp_log(cp, OCPP_LOG_ERROR, "notices and events of security were not stored: %s", ocpp_status_sentence(status));
}

static void look_at_write(struct ocpp_charge_point *cp, struct journal *journal)
{
    enum ocpp_status status;
    if (!ocpp_cp_slot_ended(&journal->slot, &status)) {
        return;
    }
    cp->dirty = true;
    if (status != OCPP_OK) {
        failed(cp, journal, status);
        return;
    }
    journal->has_failed = false;
    for (; journal->under_way > 0; journal->under_way--) {
        forget(journal, 0);
    }
}

static void begin_write(struct ocpp_charge_point *cp, struct journal *journal)
{
    struct ocpp_change changes[MOST_JOURNAL_CHANGES];
    char keys[MOST_JOURNAL_CHANGES][OCPP_KEY_SIZE];
    const size_t count = journal->count < MOST_JOURNAL_CHANGES ? journal->count : MOST_JOURNAL_CHANGES;
    for (size_t i = 0; i < count; i++) {
        const struct pending *pending = &journal->pending[i];
        ocpp_cp_journal_key((enum journal_key)pending->key, pending->number, keys[i]);
        changes[i] = (struct ocpp_change){
            .kind = pending->is_put ? OCPP_CHANGE_PUT : OCPP_CHANGE_DELETE,
            .key = keys[i],
            .value = pending->is_put ? journal->bytes + pending->offset : NULL,
            .size = pending->size,
        };
    }
    journal->under_way = count;
    journal->deletes_due_mono_ms = OCPP_NEVER;
    const enum ocpp_status status = ocpp_cp_write(cp, &journal->slot, changes, count);
    if (status != OCPP_OK) {
        failed(cp, journal, status);
    }
}

static bool has_put(const struct journal *journal)
{
    for (size_t i = 0; i < journal->count; i++) {
        if (journal->pending[i].is_put) {
            return true;
        }
    }
    return false;
}

bool ocpp_cp_notices_are_stored(const struct ocpp_charge_point *cp)
{
    const struct notices *notices = ocpp_cp_notices(cp);
    return notices == NULL || !has_put(&notices->journal);
}

void ocpp_cp_journal_work(struct ocpp_charge_point *cp)
{
    struct journal *journal = &ocpp_cp_notices(cp)->journal;
    look_at_write(cp, journal);
    const bool is_due = has_put(journal) || cp->now.mono_ms >= journal->deletes_due_mono_ms || journal->count >= MOST_DELETES;
    if (!journal->slot.busy && journal->count > 0 && is_due && cp->now.mono_ms >= journal->retry_mono_ms) {
        begin_write(cp, journal);
        look_at_write(cp, journal);
    }
}

int64_t ocpp_cp_journal_deadline(const struct ocpp_charge_point *cp)
{
    const struct journal *journal = &ocpp_cp_notices(cp)->journal;
    if (journal->slot.busy || journal->count == 0) {
        return OCPP_NEVER;
    }
    const int64_t due = has_put(journal) ? cp->now.mono_ms : journal->deletes_due_mono_ms;
    return due > journal->retry_mono_ms ? due : journal->retry_mono_ms;
}

/* What does not fit any more is written now, by a store that can. */
static void write_now(struct ocpp_charge_point *cp, struct journal *journal)
{
    cp->depth++; /* writes of ours that end meanwhile only note it */
    if (!journal->slot.busy && !journal->slot.finished && journal->count > 0 && cp->now.mono_ms >= journal->retry_mono_ms) {
        begin_write(cp, journal);
    }
    if (journal->slot.busy && cp->storage->flush != NULL) {
        cp->storage->flush(cp->storage->user);
    }
    cp->depth--;
    look_at_write(cp, journal);
}

/* --- more to write ------------------------------------------------------------------------------------------------------ */

static enum ocpp_status try_put(struct journal *journal, enum journal_key key, int64_t number, const struct ocpp_layout *layout,
                                const void *object)
{
    size_t size;
    if (journal->count == MOST_PENDING) {
        return OCPP_ERR_LIMIT;
    }
    uint8_t *bytes = journal->bytes + journal->used;
    const enum ocpp_status status = ocpp_record_write(layout, object, bytes, journal->room - journal->used, &size);
    if (status != OCPP_OK) {
        return status;
    }
    journal->pending[journal->count++] = (struct pending){ (uint8_t)key, true, journal->used, size, number };
    journal->used += size;
    return OCPP_OK;
}

enum ocpp_status ocpp_cp_journal_put(struct ocpp_charge_point *cp, enum journal_key key, int64_t number,
                                     const struct ocpp_layout *layout, const void *object)
{
    struct journal *journal = &ocpp_cp_notices(cp)->journal;
    enum ocpp_status status = try_put(journal, key, number, layout, object);
    if (status == OCPP_ERR_LIMIT) {
        write_now(cp, journal);
        status = try_put(journal, key, number, layout, object);
    }
    cp->dirty = true;
    return status == OCPP_ERR_LIMIT ? OCPP_ERR_FULL : status;
}

/* Deletions wait while more notices are on their way, and for at most |DELETE_DELAY_MS|. One that finds no room is left out: its
 * record is found again at the next start. */
void ocpp_cp_journal_delete(struct ocpp_charge_point *cp, enum journal_key key, int64_t number)
{
    struct notices *notices = ocpp_cp_notices(cp);
    struct journal *journal = &notices->journal;
    const struct pending *put = find_put(journal, key, number);
    const size_t index = put == NULL ? 0 : (size_t)(put - journal->pending);
    if (put != NULL && index >= journal->under_way) {
        forget(journal, index); /* of which the store may know from a write that failed half: none does, by its contract */
        return;
    }
    if (journal->count == MOST_PENDING) {
        write_now(cp, journal);
    }
    if (journal->count == MOST_PENDING) {
        return;
    }
    journal->pending[journal->count++] = (struct pending){ (uint8_t)key, false, journal->used, 0, number };
    const int64_t due = cp->now.mono_ms + (notices->count == 0 ? 0 : DELETE_DELAY_MS);
    journal->deletes_due_mono_ms = due < journal->deletes_due_mono_ms ? due : journal->deletes_due_mono_ms;
    cp->dirty = true;
}
