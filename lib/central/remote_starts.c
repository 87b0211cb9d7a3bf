/* remote_starts.c: orders to start, remembered until the transaction comes that they caused.
 *
 * 2.x brings the order's id back. 1.6 does not, so its transaction is told by token, connector and date; and because hours, a
 * restart or another shard may lie in between, what is ordered is durable before it leaves, and goes in the write that records
 * its transaction. Few are remembered per station, and not for ever. */
#include "bridge.h"
#include "command.h"
#include "dialect.h"
#include "transactions.h"
#include "text.h"

#include <string.h>

enum {
    STATION_REMOTE_STARTS = 8,
    /* a start dated that much before its order is no answer to it: it waited in a queue. Stations that call local time UTC are no
     * further behind */
    CLOCKS_APART_MS = 15 * 3600 * 1000
};

struct remote_start {
    int64_t id;    /* 0: free */
    bool is_ready; /* it is durable, and may have left */
    int evse;
    int64_t given_utc_ms; /* OCPP_UTC_UNKNOWN: nobody knew */
    int64_t until_mono_ms;
    char token[TOKEN_SIZE];
};

/* One that is on its way into the store. */
struct order_write {
    struct order_write *next;
    struct ocpp_central *central;
    struct ocpp_station *station; /* NULL once it disconnected; then |command| is gone */
    struct command *command;
    int64_t id;
};

struct remote_starts {
    struct order_write *writing;
    struct remote_start list[STATION_REMOTE_STARTS];
};

enum ocpp_status remote_start_key(char key[OCPP_KEY_SIZE], const char *identity, int64_t id)
{
    char ordinal[ORDINAL_SIZE];

    ordinal_format((uint64_t)id, ordinal);
    return record_key(key, "order", identity, ordinal);
}

/* --- loading ------------------------------------------------------------------------------------------------------------ */

static int64_t hold_ms(const struct ocpp_central *central)
{
    return central->settings.remote_start_hold_s * 1000;
}

/* How long an order given at |given_utc_ms| still counts; 0: no longer. */
static int64_t time_left(const struct ocpp_central *central, int64_t given_utc_ms)
{
    const int64_t now = central->now.utc_ms;

    if (now == OCPP_UTC_UNKNOWN || given_utc_ms == OCPP_UTC_UNKNOWN || given_utc_ms > now) {
        return hold_ms(central);
    }
    return now - given_utc_ms < hold_ms(central) ? hold_ms(central) - (now - given_utc_ms) : 0;
}

static struct remote_start *slot_of(struct remote_starts *starts, int64_t id)
{
    for (size_t i = 0; i < STATION_REMOTE_STARTS; i++) {
        if (starts->list[i].id == id) {
            return &starts->list[i];
        }
    }
    return NULL;
}

struct loading {
    struct ocpp_station *station;
    struct ocpp_arena *arena;
    struct remote_starts *starts;
    enum ocpp_status status;
};

/* A record that cannot be read ties nothing; it goes when its place is needed. */
static bool load_one(const char *key, const void *value, size_t size, void *user)
{
    struct loading *loading = user;
    const struct ocpp_central *central = loading->station->central;
    struct remote_start *slot = slot_of(loading->starts, 0);
    const void *message;
    enum ocpp_status status =
        ocpp_message_decode(&remote_start_record_type, value, size, NULL, NULL, loading->arena, &message, NULL);

    if (ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE) {
        loading->status = status;
        return false;
    }
    if (!slot) {
        return false;
    }
    slot->id = (int64_t)ordinal_parse(strrchr(key, '/') + 1, ORDINAL_SIZE - 1);
    if (status == OCPP_OK) {
        const struct remote_start_record *record = message;
        slot->is_ready = true;
        slot->evse = (int)record->evse;
        slot->given_utc_ms = record->has_given ? record->given : OCPP_UTC_UNKNOWN;
        slot->until_mono_ms = central->now.mono_ms + time_left(central, slot->given_utc_ms);
        (void)ocpp_text_copy(slot->token, sizeof slot->token, record->token);
    }
    return true;
}

static enum ocpp_status load(struct ocpp_station *station, struct ocpp_arena *arena)
{
    struct ocpp_central *central = station->central;
    struct loading loading = { .station = station, .arena = arena };
    char prefix[OCPP_KEY_SIZE];
    enum ocpp_status status = record_key(prefix, "order", station->identity, "");

    if (station->remote_starts || status != OCPP_OK) {
        return status;
    }
    loading.starts = central_allocate(central, sizeof *loading.starts);
    if (!loading.starts) {
        return OCPP_ERR_NOMEM;
    }
    status = central->storage->each(prefix, NULL, load_one, &loading, central->storage->user);
    status = status == OCPP_OK ? loading.status : status;
    if (status != OCPP_OK) {
        central_release(central, loading.starts);
        return status;
    }
    station->remote_starts = loading.starts;
    return OCPP_OK;
}

/* --- matching ------------------------------------------------------------------------------------------------------------ */

static bool may_answer(const struct ocpp_central *central, const struct remote_start *start,
                       const struct transaction_facts *facts)
{
    const bool is_dated = start->given_utc_ms != OCPP_UTC_UNKNOWN && !transaction_is_odd_date(facts->timestamp_utc_ms, central);

    return start->id != 0 && start->is_ready && start->until_mono_ms > central->now.mono_ms &&
           (start->evse == 0 || facts->evse == 0 || start->evse == facts->evse) &&
           (!is_dated || facts->timestamp_utc_ms >= start->given_utc_ms - CLOCKS_APART_MS) &&
           ocpp_text_equal_fold(start->token, facts->token);
}

/* The one that names the EVSE, then the one that was given first. */
static bool is_likelier(const struct remote_start *a, const struct remote_start *b)
{
    return (a->evse != 0) != (b->evse != 0) ? a->evse != 0 : a->until_mono_ms < b->until_mono_ms;
}

enum ocpp_status remote_start_of(struct ocpp_station *station, const struct transaction_facts *facts, struct ocpp_arena *arena,
                                 int64_t *id)
{
    const struct remote_start *best = NULL;
    const enum ocpp_status status = facts->token ? load(station, arena) : OCPP_OK;

    *id = 0;
    for (size_t i = 0; status == OCPP_OK && facts->token && i < STATION_REMOTE_STARTS; i++) {
        const struct remote_start *start = &station->remote_starts->list[i];
        if (may_answer(station->central, start, facts) && (!best || is_likelier(start, best))) {
            best = start;
        }
    }
    *id = best ? best->id : 0;
    return status;
}

static void forget(struct ocpp_station *station, int64_t id)
{
    struct remote_start *slot = station->remote_starts && id != 0 ? slot_of(station->remote_starts, id) : NULL;

    if (slot) {
        memset(slot, 0, sizeof *slot);
    }
}

void remote_start_answered(struct ocpp_station *station, int64_t id)
{
    forget(station, id);
}

void remote_start_refused(struct ocpp_station *station, int64_t id)
{
    struct ocpp_storage *storage = station->central->storage;
    struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE };
    char key[OCPP_KEY_SIZE];

    if (id == 0) {
        return;
    }
    forget(station, id);
    change.key = key;
    if (remote_start_key(key, station->identity, id) != OCPP_OK ||
        storage->write(&change, 1, NULL, NULL, storage->user) != OCPP_OK) {
        ocpp_log_write(&station->central->settings.log, OCPP_LOG_WARNING,
                       "%s: a refused start stays in the store until it expires", station->identity);
    }
}

/* --- giving an order ------------------------------------------------------------------------------------------------------ */

static void unlink_write(struct order_write *write)
{
    struct order_write **link = &write->station->remote_starts->writing;

    while (*link != write) {
        link = &(*link)->next;
    }
    *link = write->next;
    write->station->held_orders--;
}

/* Nobody waits for the store any more. */
static void let_leave(struct ocpp_station *station, int64_t id)
{
    struct order_write *write = station->remote_starts->writing;

    while (write && write->id != id) {
        write = write->next;
    }
    if (write) { /* else it is durable already */
        struct remote_start *slot = slot_of(station->remote_starts, id);
        unlink_write(write);
        write->station = NULL;
        slot->is_ready = true;
    }
}

/* It may leave; or it never will. */
static void settle(struct order_write *write, enum ocpp_status status)
{
    struct ocpp_station *station = write->station;
    struct remote_start *slot = slot_of(station->remote_starts, write->id);

    unlink_write(write);
    if (status == OCPP_OK) {
        if (slot) {
            slot->is_ready = true;
        }
        station_touch(station);
        return;
    }
    forget(station, write->id);
    (void)ocpp_rpc_cancel(station->rpc, write->command);
    command_fail(write->command, status);
    station_touch(station); /* what waited behind it */
}

static void order_written(enum ocpp_status status, void *user)
{
    struct order_write *write = user;
    struct ocpp_central *central = write->central;

    central_enter(central, central->now);
    if (write->station) {
        settle(write, status);
    }
    central_release(central, write);
    central_leave(central);
}

bool remote_starts_leave(struct ocpp_station *station)
{
    struct order_write *write = station->remote_starts ? station->remote_starts->writing : NULL;
    const bool is_left = write != NULL;

    for (; write; write = write->next) {
        write->station = NULL;
    }
    if (is_left) {
        station->remote_starts->writing = NULL;
    }
    return is_left;
}

/* A free place, or that of the one which counts least: it will not be tied any more. */
static struct remote_start *place_for_one(struct ocpp_station *station)
{
    struct remote_start *list = station->remote_starts->list;
    struct remote_start *place = &list[0];

    for (size_t i = 0; i < STATION_REMOTE_STARTS; i++) {
        if (list[i].id == 0) {
            return &list[i];
        }
        place = list[i].until_mono_ms < place->until_mono_ms ? &list[i] : place;
    }
    return place;
}

static void take_place(struct ocpp_station *station, struct remote_start *place, const struct ocpp_start_order *order, int64_t id)
{
    const struct ocpp_central *central = station->central;

    *place = (struct remote_start){
        .id = id,
        .evse = order->evse,
        .given_utc_ms = central->now.utc_ms,
        .until_mono_ms = central->now.mono_ms + hold_ms(central),
    };
    (void)ocpp_text_copy(place->token, sizeof place->token, order->token.id);
}

/* Writes the order at |place|, and takes the one that had it out of the store. */
static enum ocpp_status write_order(struct order_write *write, const struct remote_start *place, int64_t replaced)
{
    struct ocpp_central *central = write->central;
    const struct remote_start_record record = { .evse = place->evse,
                                                .token = place->token,
                                                .has_given = place->given_utc_ms != OCPP_UTC_UNKNOWN,
                                                .given = place->given_utc_ms };
    struct ocpp_change changes[2] = { { .kind = OCPP_CHANGE_PUT }, { .kind = OCPP_CHANGE_DELETE } };
    char keys[2][OCPP_KEY_SIZE];
    const char *text = NULL;
    enum ocpp_status status =
        ocpp_message_encode(&remote_start_record_type, &record, central->scratch, &text, &changes[0].size, NULL);

    if (status == OCPP_OK) {
        status = remote_start_key(keys[0], write->station->identity, place->id);
    }
    if (status == OCPP_OK) {
        status = remote_start_key(keys[1], write->station->identity, replaced);
    }
    if (status != OCPP_OK) {
        return status;
    }
    /* a store may tell of earlier writes before it looks at this one, and whoever hears of them may order something */
    char *own = central_allocate(central, changes[0].size);
    if (!own) {
        return OCPP_ERR_NOMEM;
    }
    memcpy(own, text, changes[0].size);
    changes[0].value = own;
    changes[0].key = keys[0];
    changes[1].key = keys[1];
    status = central->storage->write(changes, replaced != 0 ? 2 : 1, order_written, write, central->storage->user);
    central_release(central, own);
    return status;
}

static enum ocpp_status remember(struct ocpp_station *station, struct command *command, const struct ocpp_start_order *order,
                                 int64_t id)
{
    struct ocpp_central *central = station->central;
    struct order_write *write = central_allocate(central, sizeof *write);
    struct remote_start *place = place_for_one(station);
    const int64_t replaced = place->id;
    enum ocpp_status status;

    if (!write) {
        return OCPP_ERR_NOMEM;
    }
    *write = (struct order_write){
        .next = station->remote_starts->writing, .central = central, .station = station, .command = command, .id = id
    };
    station->remote_starts->writing = write;
    station->held_orders++;
    take_place(station, place, order, id);
    status = write_order(write, place, replaced);
    if (status == OCPP_OK && central->settings.durability == OCPP_ANSWER_AT_ONCE) {
        let_leave(station, id);
    }
    if (status != OCPP_OK) {
        unlink_write(write);
        forget(station, id);
        central_release(central, write);
    }
    return status;
}

static int64_t fresh_id(struct ocpp_central *central)
{
    uint32_t bits = 0;

    while (bits == 0) {
        central->settings.random(&bits, sizeof bits, central->settings.random_user);
        bits &= 0x7FFFFFFF;
    }
    return bits;
}

static bool is_start_order(const struct ocpp_start_order *order)
{
    return order->evse >= 0 && order->token.id && (!order->group_id || order->group_id[0]) &&
           (!order->limit || order_is_start_limit(order->limit, order->evse));
}

enum ocpp_status ocpp_station_start_with(struct ocpp_station *station, const struct ocpp_start_order *order,
                                         const struct ocpp_command_done *done)
{
    struct ocpp_central *central = station->central;
    struct command *command;
    enum ocpp_status status = is_start_order(order) ? command_begin(station, true, done, &command) : OCPP_ERR_ARGUMENT;

    if (status != OCPP_OK) {
        return status;
    }
    status = load(station, central->scratch);
    if (status != OCPP_OK) {
        return command_sent(station, command, status);
    }
    const int64_t id = fresh_id(central);
    command_starts(command, id);
    status = dialect_speaker(station)->start(command, order, id);
    if (status != OCPP_OK) {
        return command_sent(station, command, status);
    }
    status = remember(station, command, order, id);
    if (status != OCPP_OK) {
        (void)ocpp_rpc_cancel(station->rpc, command);
        return command_sent(station, command, status);
    }
    station_touch(station);
    return OCPP_OK;
}

enum ocpp_status ocpp_station_start(struct ocpp_station *station, int evse, const struct ocpp_token *token,
                                    const struct ocpp_command_done *done)
{
    if (!token) {
        return OCPP_ERR_ARGUMENT;
    }
    const struct ocpp_start_order order = { .evse = evse, .token = *token };
    return ocpp_station_start_with(station, &order, done);
}
