/* upkeep.c: what goes out of the store: transactions that are over and billed, stations that will not come again, orders that
 * expired. In steps, each as long as the host likes, for the shard serves nobody meanwhile. */
#include "transactions.h"

#include <ocpp/central_transactions.h>

#include <stdio.h>
#include <string.h>

enum {
    LOOKED_AT_ONCE = 256,
    BATCH = 16,         /* what is handed over and taken out together */
    VICTIM_CHANGES = 6, /* its record, its entries in the indexes */
    ALIASES = 8         /* stops without a number that ended it: one, but for stations that told several */
};

/* --- which ones ----------------------------------------------------------------------------------------------------------------
 */

struct victim {
    char key[OCPP_KEY_SIZE]; /* "tx/<identity>/<ordinal>" */
    struct transaction_record record;
};

struct sweep {
    struct ocpp_central *central;
    struct ocpp_prune *prune;
    struct ocpp_arena *arena;
    size_t looked_at;
    size_t limit;
    size_t count;
    bool is_over; /* the end was reached */
    enum ocpp_status status;
    struct victim victims[BATCH];
};

static bool is_before(bool is_told, int64_t utc_ms, int64_t limit)
{
    return is_told && limit != OCPP_UTC_UNKNOWN && utc_ms < limit;
}

/* When anything was last told of it. */
static int64_t last_told(const struct transaction_record *record)
{
    int64_t last = record->has_started ? record->started : 0;

    last = record->has_meter_last_time && record->meter_last_time > last ? record->meter_last_time : last;
    return record->has_newest && record->newest > last ? record->newest : last;
}

/* Whether enough younger ones of the station were recorded. */
static bool is_beyond_count(struct sweep *sweep, const char *key)
{
    const char *identity = strchr(key, '/') + 1;
    const char *end = strrchr(key, '/');
    char name[OCPP_IDENTITY_SIZE];
    uint64_t last = 0;

    if (sweep->prune->keep_newest == 0 || end <= identity || (size_t)(end - identity) >= sizeof name) {
        return false;
    }
    memcpy(name, identity, (size_t)(end - identity));
    name[end - identity] = '\0';
    return transaction_last_ordinal(sweep->central, name, &last) == OCPP_OK &&
           ordinal_parse(end + 1, ORDINAL_SIZE - 1) + sweep->prune->keep_newest <= last;
}

static bool is_due(struct sweep *sweep, const char *key, const struct transaction_record *record)
{
    const struct ocpp_prune *prune = sweep->prune;

    if (!record->end_told) {
        return is_before(true, last_told(record), prune->abandoned_before_utc_ms);
    }
    return is_before(record->has_ended, record->ended, prune->ended_before_utc_ms) || is_beyond_count(sweep, key);
}

/* A record that cannot be read is nobody's to drop: it is told by those who look for it. */
static bool look_at(const char *key, const void *value, size_t size, void *user)
{
    struct sweep *sweep = user;
    const struct transaction_record *record;
    const void *message;
    enum ocpp_status status;

    if (strcmp(key, sweep->prune->cursor) == 0) {
        return true;
    }
    if (sweep->looked_at == sweep->limit || sweep->count == BATCH) {
        sweep->is_over = false;
        return false;
    }
    sweep->looked_at++;
    memcpy(sweep->prune->cursor, key, strlen(key) + 1);
    status = ocpp_message_decode(&transaction_record_type, value, size, NULL, NULL, sweep->arena, &message, NULL);
    if (ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE) {
        sweep->status = status;
        return false;
    }
    record = message;
    if (status == OCPP_OK && is_due(sweep, key, record)) {
        struct victim *victim = &sweep->victims[sweep->count++];
        memcpy(victim->key, key, strlen(key) + 1);
        victim->record = *record;
    }
    return true;
}

/* --- taking one out
 * ---------------------------------------------------------------------------------------------------------------- */

struct removal {
    struct ocpp_change changes[VICTIM_CHANGES + ALIASES];
    char keys[VICTIM_CHANGES + ALIASES][OCPP_KEY_SIZE];
    size_t count;
    struct ocpp_central *central;
    uint64_t ordinal;
};

static void remove_key(struct removal *removal, enum ocpp_status keyed)
{
    if (keyed == OCPP_OK) {
        removal->changes[removal->count] =
            (struct ocpp_change){ .kind = OCPP_CHANGE_DELETE, .key = removal->keys[removal->count] };
        removal->count++;
    }
}

static char *removed_key(struct removal *removal)
{
    return removal->keys[removal->count];
}

/* Of an index only what still leads here: a younger transaction may have taken the entry over. */
static void remove_index(struct removal *removal, enum ocpp_status keyed)
{
    uint64_t ordinal;

    if (keyed == OCPP_OK && ordinal_read(removal->central->storage, removed_key(removal), &ordinal) == OCPP_OK &&
        ordinal == removal->ordinal) {
        remove_key(removal, OCPP_OK);
    }
}

static bool collect_alias(const char *key, const void *value, size_t size, void *user)
{
    struct removal *removal = user;

    if (size == ORDINAL_SIZE - 1 && ordinal_parse(value, size) == removal->ordinal) {
        memcpy(removed_key(removal), key, strlen(key) + 1);
        remove_key(removal, OCPP_OK);
    }
    return removal->count < VICTIM_CHANGES + ALIASES;
}

/* A stop without a number is known by what it said (transaction_find.c). */
static void remove_aliases(struct removal *removal, const char *identity)
{
    struct ocpp_storage *storage = removal->central->storage;
    char prefix[OCPP_KEY_SIZE];

    if (transaction_id_key(prefix, identity, true, "-1@") == OCPP_OK) {
        (void)storage->each(prefix, NULL, collect_alias, removal, storage->user);
    }
}

static void remove_start(struct removal *removal, const struct victim *victim, const char *identity)
{
    const struct transaction_record *record = &victim->record;
    const struct work work = { .identity = identity,
                               .facts = { .evse = (int)record->evse,
                                          .timestamp_utc_ms = record->started,
                                          .register_wh = record->has_told_start ? record->told_start : record->meter_start_wh,
                                          .token = record->token } };

    if (record->has_started) {
        remove_index(removal, transaction_start_key(removed_key(removal), &work));
    }
}

static enum ocpp_status take_out(struct sweep *sweep, const struct victim *victim, const char *identity, const char *ordinal)
{
    struct ocpp_storage *storage = sweep->central->storage;
    struct removal removal = { .central = sweep->central, .ordinal = ordinal_parse(ordinal, ORDINAL_SIZE - 1) };

    memcpy(removed_key(&removal), victim->key, sizeof victim->key);
    remove_key(&removal, OCPP_OK);
    remove_key(&removal, record_key(removed_key(&removal), "open", identity, ordinal));
    remove_index(&removal, transaction_id_key(removed_key(&removal), identity, true, victim->record.id));
    remove_index(&removal, transaction_id_key(removed_key(&removal), identity, false, victim->record.id));
    remove_start(&removal, victim, identity);
    if (victim->record.anomalies & OCPP_ANOMALY_GUESSED) {
        remove_aliases(&removal, identity);
    }
    return storage->write(removal.changes, removal.count, NULL, NULL, storage->user);
}

static enum ocpp_status drop(struct sweep *sweep, struct victim *victim)
{
    const struct ocpp_prune *prune = sweep->prune;
    const char *ordinal = strrchr(victim->key, '/') + 1;
    const char *name = strchr(victim->key, '/') + 1;
    struct ocpp_transaction transaction;
    struct ocpp_station *station;
    char identity[OCPP_IDENTITY_SIZE] = "";
    enum ocpp_status status;

    if (ordinal <= name || (size_t)(ordinal - 1 - name) >= sizeof identity) {
        return OCPP_OK; /* no key of ours */
    }
    memcpy(identity, name, (size_t)(ordinal - 1 - name));
    transaction_show(&victim->record, identity, &transaction);
    transaction.cursor = name;
    station = ocpp_central_find(sweep->central, identity);
    if (!transaction.ended && station && station->pending) {
        return OCPP_OK; /* it may be speaking of it just now */
    }
    if (prune->hand_over && !prune->hand_over(&transaction, prune->user)) {
        return OCPP_OK;
    }
    if (station) {
        transaction_forget(station);
    }
    status = take_out(sweep, victim, identity, ordinal);
    sweep->prune->dropped += status == OCPP_OK;
    return status;
}

/* --- the sweep
 * ------------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status sweep_batch(struct sweep *sweep)
{
    struct ocpp_storage *storage = sweep->central->storage;
    enum ocpp_status status;

    sweep->count = 0;
    sweep->is_over = true;
    ocpp_arena_reset(sweep->arena);
    status = storage->each("tx/", sweep->prune->cursor[0] ? sweep->prune->cursor : NULL, look_at, sweep, storage->user);
    status = status == OCPP_OK ? sweep->status : status;
    for (size_t i = 0; i < sweep->count && status == OCPP_OK; i++) {
        status = drop(sweep, &sweep->victims[i]);
    }
    return status;
}

/* Orders whose time is over. */
struct expiry {
    struct sweep *sweep;
    char keys[BATCH][OCPP_KEY_SIZE];
    size_t count;
};

static bool look_at_order(const char *key, const void *value, size_t size, void *user)
{
    struct expiry *expiry = user;
    const struct ocpp_central *central = expiry->sweep->central;
    const void *message;

    if (ocpp_message_decode(&remote_start_record_type, value, size, NULL, NULL, expiry->sweep->arena, &message, NULL) ==
        OCPP_OK) {
        const struct remote_start_record *record = message;
        const int64_t until = record->given + central->settings.remote_start_hold_s * 1000;
        if (record->has_given && central->now.utc_ms != OCPP_UTC_UNKNOWN && until < central->now.utc_ms) {
            memcpy(expiry->keys[expiry->count++], key, strlen(key) + 1);
        }
    }
    return expiry->count < BATCH;
}

static enum ocpp_status drop_orders(struct sweep *sweep)
{
    struct ocpp_storage *storage = sweep->central->storage;
    struct expiry expiry = { .sweep = sweep };
    struct ocpp_change changes[BATCH];
    enum ocpp_status status;

    ocpp_arena_reset(sweep->arena);
    status = storage->each("order/", NULL, look_at_order, &expiry, storage->user);
    for (size_t i = 0; i < expiry.count; i++) {
        changes[i] = (struct ocpp_change){ .kind = OCPP_CHANGE_DELETE, .key = expiry.keys[i] };
    }
    return status == OCPP_OK && expiry.count > 0 ? storage->write(changes, expiry.count, NULL, NULL, storage->user) : status;
}

static enum ocpp_status prune_on(struct sweep *sweep)
{
    enum ocpp_status status = OCPP_OK;

    do {
        status = sweep_batch(sweep);
    } while (status == OCPP_OK && !sweep->is_over && sweep->looked_at < sweep->limit);
    if (status == OCPP_OK && sweep->is_over) {
        sweep->prune->cursor[0] = '\0';
        status = drop_orders(sweep);
    }
    return status;
}

enum ocpp_status ocpp_central_prune(struct ocpp_central *central, struct ocpp_prune *prune, struct ocpp_now now)
{
    struct sweep *sweep = central_allocate(central, sizeof *sweep);
    enum ocpp_status status = OCPP_ERR_NOMEM;

    if (!sweep) {
        return OCPP_ERR_NOMEM;
    }
    central_enter_late(central, now);
    sweep->central = central;
    sweep->prune = prune;
    sweep->limit = prune->max_looked_at > 0 ? prune->max_looked_at : LOOKED_AT_ONCE;
    sweep->arena = ocpp_arena_new(central->settings.allocator, 0);
    if (sweep->arena) {
        status = prune_on(sweep);
        ocpp_arena_free(sweep->arena);
    }
    central_release(central, sweep);
    central_leave(central);
    return status;
}

/* --- stations
 * ------------------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_central_forget(struct ocpp_central *central, const char *identity)
{
    static const char *const families[] = { "last", "tx", "txid", "start", "open", "order" };
    static const char *const singles[] = { "station", "security", "list" };
    enum { FAMILIES = sizeof families / sizeof families[0], SINGLES = sizeof singles / sizeof singles[0] };
    struct ocpp_storage *storage = central->storage;
    struct ocpp_change changes[FAMILIES + SINGLES];
    char keys[FAMILIES + SINGLES][OCPP_KEY_SIZE];

    if (!identity || !identity[0] || strchr(identity, '/') || strlen(identity) >= OCPP_IDENTITY_SIZE) {
        return OCPP_ERR_ARGUMENT;
    }
    if (ocpp_central_find(central, identity)) {
        return OCPP_ERR_BUSY;
    }
    for (size_t i = 0; i < FAMILIES; i++) {
        changes[i] = (struct ocpp_change){ .kind = OCPP_CHANGE_DELETE_PREFIX, .key = keys[i] };
        (void)snprintf(keys[i], OCPP_KEY_SIZE, "%s/%s/", families[i], identity);
    }
    for (size_t i = FAMILIES; i < FAMILIES + SINGLES; i++) {
        changes[i] = (struct ocpp_change){ .kind = OCPP_CHANGE_DELETE, .key = keys[i] };
        (void)snprintf(keys[i], OCPP_KEY_SIZE, "%s/%s", singles[i - FAMILIES], identity);
    }
    return storage->write(changes, FAMILIES + SINGLES, NULL, NULL, storage->user);
}
