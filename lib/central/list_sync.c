/* list_sync.c: brings the local list of a station to what is wanted, message by message (central_lists.h).
 *
 *   AWAIT_VERSION  the station was asked for the version of its list; plan() says what is to be sent from there
 *   AWAIT_PAGE     a message with a part of it is on its way; each one accepted is noted before the next one leaves
 *
 * There is always one call open, so the end of a connection ends the order, too. */
#include "list_record.h"

#include "arena.h"

#include <stdio.h>
#include <string.h>

enum { DEFAULT_PAGE = 50, DEFAULT_RESTARTS = 2 };

/* What a message can carry as a version (32 bits, 1.6 and 2.x). */
static const int64_t last_version = INT32_MAX;

struct list_sync {
    struct ocpp_station *station;
    struct ocpp_list_order order;
    struct ocpp_list_done done;
    struct ocpp_arena *arena; /* of the record that is read or written just now */
    enum { AWAIT_VERSION, AWAIT_PAGE } awaits;
    struct ocpp_list_result result;
    int restarts;                    /* that are left */
    bool must_be_whole;              /* a difference was refused, or a page of one */
    struct ocpp_list_entry *changes; /* NULL: the sequence is the list itself */
    size_t change_count;
    size_t sent; /* of the sequence */
    size_t page; /* entries of the message on its way */
    char digest[LIST_DIGEST_SIZE];
    char toward[LIST_DIGEST_SIZE]; /* of the sequence */
};

static void drop_changes(struct list_sync *sync)
{
    central_release(sync->station->central, sync->changes);
    sync->changes = NULL;
    sync->change_count = 0;
}

static void release(struct list_sync *sync)
{
    drop_changes(sync);
    ocpp_arena_free(sync->arena);
    central_release(sync->station->central, sync);
}

static void end(struct list_sync *sync, enum ocpp_list_outcome outcome, enum ocpp_status status)
{
    struct ocpp_station *station = sync->station;

    sync->result.outcome = outcome;
    sync->result.status = status;
    station->list_sync = NULL;
    if (sync->done.run) {
        sync->done.run(station, &sync->result, sync->done.user);
    }
    release(sync);
}

/* --- what is to be sent ------------------------------------------------------------------------------------------------------
 */

static const struct ocpp_list_entry *sequence(const struct list_sync *sync)
{
    return sync->changes ? sync->changes : sync->order.entries;
}

static size_t sequence_count(const struct list_sync *sync)
{
    return sync->changes ? sync->change_count : sync->order.count;
}

/* The difference to the list it may have, as the sequence. */
static enum ocpp_status take_changes(struct list_sync *sync)
{
    const struct ocpp_list_order *order = &sync->order;
    const struct ocpp_allocator *allocator = sync->station->central->settings.allocator;
    const size_t count =
        ocpp_list_difference(allocator, order->before, order->before_count, order->entries, order->count, NULL, 0);

    if (count == SIZE_MAX) {
        return OCPP_ERR_NOMEM;
    }
    sync->changes = central_allocate(sync->station->central, (count + 1) * sizeof *sync->changes);
    sync->change_count = count;
    if (!sync->changes || ocpp_list_difference(allocator, order->before, order->before_count, order->entries, order->count,
                                               sync->changes, count) != count) {
        return OCPP_ERR_NOMEM;
    }
    list_digest_in_order(sync->changes, count, sync->toward);
    return OCPP_OK;
}

static void take_all(struct list_sync *sync)
{
    drop_changes(sync);
    sync->sent = 0;
    list_digest_in_order(sync->order.entries, sync->order.count, sync->toward);
}

static bool is_at(const struct list_record *record, int64_t version)
{
    return version > 0 && record->version == version;
}

/* Where a sequence that was interrupted goes on; false: |record| is not about it. The page whose answer was lost may be there. */
static bool goes_on(struct list_sync *sync, const struct list_record *record)
{
    const int64_t version = sync->result.version;
    const bool has_page = version > 0 && record->version + 1 == version;
    const bool is_same = record->toward && strcmp(record->toward, sync->toward) == 0;
    const int64_t sent = record->sent + (has_page ? record->page : 0);

    if (!is_same || (!has_page && !is_at(record, version)) || sent < 0 || (uint64_t)sent > sequence_count(sync)) {
        return false;
    }
    sync->sent = (size_t)sent;
    return true;
}

static bool has_before(const struct list_sync *sync, const struct list_record *record)
{
    char digest[LIST_DIGEST_SIZE];

    if (!record->digest || !is_at(record, sync->result.version)) {
        return false;
    }
    list_digest(sync->order.before, sync->order.before_count, digest);
    return strcmp(record->digest, digest) == 0;
}

/* Chooses the sequence and where to begin it. |*in_step|: there is nothing to send. */
static enum ocpp_status plan(struct list_sync *sync, const struct list_record *record, bool *in_step)
{
    *in_step = !sync->must_be_whole && is_at(record, sync->result.version) && record->digest &&
               strcmp(record->digest, sync->digest) == 0;
    take_all(sync);
    if (*in_step || sync->must_be_whole || sync->result.version >= last_version ||
        (record->toward && record->is_whole && goes_on(sync, record))) {
        return OCPP_OK;
    }
    const bool is_under_way = record->toward && !record->is_whole;
    if (sync->order.before && (is_under_way || has_before(sync, record))) {
        const enum ocpp_status status = take_changes(sync);
        if (status != OCPP_OK || !is_under_way || goes_on(sync, record)) {
            return status;
        }
    }
    take_all(sync);
    return OCPP_OK;
}

/* --- what is known of it -------------------------------------------------------------------------------------------------- */

static void note(struct list_sync *sync, bool is_there)
{
    const struct list_record record = {
        .version = sync->result.version,
        .digest = is_there ? sync->digest : NULL,
        .toward = is_there ? NULL : sync->toward,
        .is_whole = !sync->changes,
        .sent = (int64_t)sync->sent,
        .page = (int64_t)sync->page,
    };

    ocpp_arena_reset(sync->arena);
    list_record_write(sync->station, sync->arena, &record);
}

/* --- messages
 * -------------------------------------------------------------------------------------------------------------------
 */

static void answered(struct ocpp_station *station, const struct ocpp_command_result *result, void *user);

static enum ocpp_status ask_version(struct list_sync *sync)
{
    const struct ocpp_command_done done = { answered, sync };

    sync->awaits = AWAIT_VERSION;
    return ocpp_station_get_list_version(sync->station, &done);
}

static enum ocpp_status send_page(struct list_sync *sync)
{
    const struct ocpp_command_done done = { answered, sync };
    const struct ocpp_list_update update = {
        .version = sync->result.version >= last_version ? 1 : sync->result.version + 1,
        .is_whole = !sync->changes && sync->sent == 0,
        .entries = sequence(sync) + sync->sent,
        .count = sync->page,
    };

    return ocpp_station_send_list(sync->station, &update, &done);
}

/* The next part of the sequence, smaller where a message of so many entries outgrows what may be sent. */
static enum ocpp_status send_next(struct list_sync *sync)
{
    const size_t left = sequence_count(sync) - sync->sent;
    enum ocpp_status status;

    sync->awaits = AWAIT_PAGE;
    do {
        sync->page = left < sync->order.page_entries ? left : sync->order.page_entries;
        note(sync, false);
        status = send_page(sync);
        if (status == OCPP_ERR_LIMIT) {
            sync->order.page_entries = sync->page / 2;
        }
    } while (status == OCPP_ERR_LIMIT && sync->order.page_entries > 0);
    return status;
}

/* --- events
 * --------------------------------------------------------------------------------------------------------------------- */

static void go_on(struct list_sync *sync, enum ocpp_status status)
{
    if (status != OCPP_OK) {
        end(sync, OCPP_LIST_FAILED, status);
    }
}

static void version_told(struct list_sync *sync, int64_t version)
{
    struct list_record record;
    bool in_step = false;

    if (version < 0) {
        end(sync, OCPP_LIST_NOT_SUPPORTED, OCPP_OK);
        return;
    }
    sync->result.version = version;
    ocpp_arena_reset(sync->arena);
    enum ocpp_status status = list_record_read(sync->station, sync->arena, &record);
    if (status == OCPP_OK) {
        status = plan(sync, &record, &in_step);
    }
    if (status == OCPP_OK && in_step) {
        end(sync, sync->result.messages > 0 ? OCPP_LIST_UPDATED : OCPP_LIST_IN_STEP, OCPP_OK);
        return;
    }
    sync->result.was_whole = !sync->changes;
    if (status == OCPP_OK && sync->sent > 0 && sync->sent == sequence_count(sync)) { /* only the last answer was lost */
        note(sync, true);
        end(sync, OCPP_LIST_UPDATED, OCPP_OK);
        return;
    }
    go_on(sync, status == OCPP_OK ? send_next(sync) : status);
}

static void page_accepted(struct list_sync *sync)
{
    sync->result.version = sync->result.version >= last_version ? 1 : sync->result.version + 1;
    sync->sent += sync->page;
    if (sync->sent < sequence_count(sync)) {
        go_on(sync, send_next(sync));
        return;
    }
    note(sync, true);
    end(sync, OCPP_LIST_UPDATED, OCPP_OK);
}

/* What the station has now is anybody's guess. */
static void page_refused(struct list_sync *sync)
{
    list_record_write(sync->station, sync->arena, NULL);
    if (strcmp(sync->result.word, "NotSupported") == 0) {
        end(sync, OCPP_LIST_NOT_SUPPORTED, OCPP_OK);
        return;
    }
    if (sync->restarts == 0) {
        end(sync, OCPP_LIST_REFUSED, OCPP_OK);
        return;
    }
    sync->restarts--;
    sync->must_be_whole = true;
    go_on(sync, ask_version(sync));
}

static void answered(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    struct list_sync *sync = user;

    (void)station;
    sync->result.word = result->word;
    if (result->status != OCPP_OK) {
        end(sync, OCPP_LIST_FAILED, result->status);
        return;
    }
    if (sync->awaits == AWAIT_VERSION) {
        version_told(sync, result->list_version);
        return;
    }
    sync->result.messages++;
    if (result->accepted) {
        page_accepted(sync);
    } else {
        page_refused(sync);
    }
}

/* --- the order
 * ------------------------------------------------------------------------------------------------------------------ */

static bool is_list(const struct ocpp_list_entry *entries, size_t count)
{
    for (size_t i = 0; entries && i < count; i++) {
        if (!entries[i].token.id || !entries[i].token.id[0] || entries[i].removed) {
            return false;
        }
    }
    return count == 0 || entries;
}

/* What is wanted, or what the station takes, whichever is less. */
static size_t page_of(const struct ocpp_station *station, const struct ocpp_list_order *order)
{
    const size_t wanted = order->page_entries ? order->page_entries : DEFAULT_PAGE;
    const size_t taken = station->items_per_message[LIMIT_SEND_LIST];

    return taken > 0 && taken < wanted ? taken : wanted;
}

static struct list_sync *make(struct ocpp_station *station, const struct ocpp_list_order *order,
                              const struct ocpp_list_done *done)
{
    struct list_sync *sync = central_allocate(station->central, sizeof *sync);

    if (!sync) {
        return NULL;
    }
    sync->station = station;
    sync->order = *order;
    sync->order.page_entries = page_of(station, order);
    sync->restarts = order->restarts < 0 ? 0 : order->restarts ? order->restarts : DEFAULT_RESTARTS;
    sync->result.word = "";
    sync->arena = ocpp_arena_new(station->central->settings.allocator, 0);
    if (!sync->arena) {
        central_release(station->central, sync);
        return NULL;
    }
    if (done) {
        sync->done = *done;
    }
    list_digest(order->entries, order->count, sync->digest);
    return sync;
}

enum ocpp_status ocpp_station_sync_list(struct ocpp_station *station, const struct ocpp_list_order *order,
                                        const struct ocpp_list_done *done)
{
    if (!is_list(order->entries, order->count) || !is_list(order->before, order->before_count)) {
        return OCPP_ERR_ARGUMENT;
    }
    if (station->list_sync) {
        return OCPP_ERR_BUSY;
    }
    struct list_sync *sync = make(station, order, done);
    if (!sync) {
        return OCPP_ERR_NOMEM;
    }
    const enum ocpp_status status = ask_version(sync);
    if (status != OCPP_OK) {
        release(sync);
        return status;
    }
    station->list_sync = sync;
    return OCPP_OK;
}
