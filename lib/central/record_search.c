/* record_search.c: the records of a store, shown to whoever hosts the central system: all, page by page, or one. */
#include "records.h"

#include <stdio.h>
#include <string.h>

/* What a walk through the store shows, and how it went. */
struct showing {
    struct ocpp_storage *storage;
    const struct ocpp_type *type;
    struct ocpp_arena *arena;
    bool (*show)(struct showing *showing, const char *key, const void *record);
    bool (*visit_transaction)(const struct ocpp_transaction *transaction, void *user);
    bool (*visit_station)(const struct ocpp_station_record *station, void *user);
    void *user;
    const char *skip; /* the key a page begins behind; NULL: none */
    enum ocpp_status status;
};

/* |key| is "tx/<identity>/<ordinal>". */
static bool show_transaction(struct showing *showing, const char *key, const void *record)
{
    const char *identity = strchr(key, '/') + 1;
    const char *end = strrchr(key, '/');
    struct ocpp_transaction transaction;
    char name[OCPP_KEY_SIZE];

    if (end <= identity) { /* no key of ours */
        showing->status = OCPP_ERR_CORRUPT;
        return true;
    }
    const size_t size = (size_t)(end - identity);
    memcpy(name, identity, size);
    name[size] = '\0';
    transaction_show(record, name, &transaction);
    transaction.cursor = identity;
    return showing->visit_transaction(&transaction, showing->user);
}

static bool show_station(struct showing *showing, const char *key, const void *record)
{
    const struct station_record *stored = record;
    const struct ocpp_station_record station = {
        .identity = strchr(key, '/') + 1,
        .version = ocpp_version_of(stored->version),
        .vendor = stored->vendor,
        .model = stored->model,
        .serial_number = stored->serial_number,
        .firmware_version = stored->firmware_version,
    };

    return showing->visit_station(&station, showing->user);
}

/* A record that cannot be read is passed over, and told in the end. */
static bool show_entry(const char *key, const void *value, size_t size, void *user)
{
    struct showing *showing = user;
    const void *record;
    enum ocpp_status status;

    if (showing->skip && strcmp(key, showing->skip) == 0) {
        return true;
    }
    ocpp_arena_reset(showing->arena);
    status = ocpp_message_decode(showing->type, value, size, NULL, NULL, showing->arena, &record, NULL);
    if (ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE) {
        showing->status = status;
        return false;
    }
    if (status != OCPP_OK) {
        showing->status = OCPP_ERR_CORRUPT;
        return true;
    }
    return showing->show(showing, key, record);
}

/* Reads the record an index names, and shows it. */
static bool show_named(struct showing *showing, const char *key)
{
    struct transaction_record record;
    enum ocpp_status status;

    ocpp_arena_reset(showing->arena);
    status = record_read(showing->storage, key, showing->type, showing->arena, &record);
    if (status == OCPP_OK) {
        return showing->show(showing, key, &record);
    }
    showing->status = status == OCPP_ERR_NOT_FOUND ? OCPP_ERR_CORRUPT : status;
    return ocpp_status_class_of(status) != OCPP_CLASS_RESOURCE;
}

/* |key| is "open/<identity>/<ordinal>". */
static bool show_open_entry(const char *key, const void *value, size_t size, void *user)
{
    struct showing *showing = user;
    char record_place[OCPP_KEY_SIZE];

    (void)value;
    (void)size;
    if (showing->skip && strcmp(key, showing->skip) == 0) {
        return true;
    }
    snprintf(record_place, sizeof record_place, "tx%s", strchr(key, '/'));
    return show_named(showing, record_place);
}

static enum ocpp_status show_all(struct showing *showing, const char *prefix,
                                 bool (*visit)(const char *key, const void *value, size_t size, void *user))
{
    enum ocpp_status status;

    showing->arena = ocpp_arena_new(NULL, 0);
    if (!showing->arena) {
        return OCPP_ERR_NOMEM;
    }
    status = showing->storage->each(prefix, showing->skip, visit, showing, showing->storage->user);
    ocpp_arena_free(showing->arena);
    return status != OCPP_OK ? status : showing->status;
}

enum ocpp_status ocpp_central_find_transactions(struct ocpp_storage *storage, const struct ocpp_transaction_query *query,
                                                bool (*visit)(const struct ocpp_transaction *transaction, void *user), void *user)
{
    struct showing showing = {
        .storage = storage, .type = &transaction_record_type, .show = show_transaction, .visit_transaction = visit, .user = user
    };
    const char *family = query->open ? "open" : "tx";
    char prefix[OCPP_KEY_SIZE];
    char skip[OCPP_KEY_SIZE];
    int size;

    snprintf(prefix, sizeof prefix, "%s/", family);
    if (query->identity && record_key(prefix, family, query->identity, "") != OCPP_OK) {
        return OCPP_OK; /* no such station can have been recorded */
    }
    if (query->after) {
        size = snprintf(skip, sizeof skip, "%s/%s", family, query->after);
        if (size < 0 || (size_t)size >= sizeof skip || !strchr(query->after, '/')) {
            return OCPP_ERR_ARGUMENT;
        }
        showing.skip = skip;
    }
    return show_all(&showing, prefix, query->open ? show_open_entry : show_entry);
}

enum ocpp_status ocpp_central_transactions(struct ocpp_storage *storage, const char *identity,
                                           bool (*visit)(const struct ocpp_transaction *transaction, void *user), void *user)
{
    const struct ocpp_transaction_query query = { .identity = identity };

    return ocpp_central_find_transactions(storage, &query, visit, user);
}

/* Shows the transaction of that kind of id; OCPP_ERR_NOT_FOUND when there is none. |*on|: whether to go on. */
static enum ocpp_status show_by_id(struct showing *showing, const char *identity, bool numbered, const char *id, bool *on)
{
    char key[OCPP_KEY_SIZE];
    char text[ORDINAL_SIZE];
    uint64_t ordinal;
    enum ocpp_status status;

    if (transaction_id_key(key, identity, numbered, id) != OCPP_OK) {
        return OCPP_ERR_NOT_FOUND; /* such an id cannot have been recorded */
    }
    status = ordinal_read(showing->storage, key, &ordinal);
    if (status != OCPP_OK) {
        return status;
    }
    ordinal_format(ordinal, text);
    status = record_key(key, "tx", identity, text);
    if (status != OCPP_OK) {
        return OCPP_ERR_CORRUPT;
    }
    *on = show_named(showing, key);
    return showing->status;
}

enum ocpp_status ocpp_central_find_transaction(struct ocpp_storage *storage, const char *identity, const char *id,
                                               bool (*visit)(const struct ocpp_transaction *transaction, void *user), void *user)
{
    struct showing showing = {
        .storage = storage, .type = &transaction_record_type, .show = show_transaction, .visit_transaction = visit, .user = user
    };
    enum ocpp_status number = OCPP_ERR_NOT_FOUND;
    enum ocpp_status name = OCPP_ERR_NOT_FOUND;
    bool on = true;

    showing.arena = ocpp_arena_new(NULL, 0);
    if (!showing.arena) {
        return OCPP_ERR_NOMEM;
    }
    number = show_by_id(&showing, identity, true, id, &on);
    if (on) {
        name = show_by_id(&showing, identity, false, id, &on);
    }
    ocpp_arena_free(showing.arena);
    if (number != OCPP_OK && number != OCPP_ERR_NOT_FOUND) {
        return number;
    }
    return number == OCPP_OK && name == OCPP_ERR_NOT_FOUND ? OCPP_OK : name;
}

enum ocpp_status ocpp_central_stations(struct ocpp_storage *storage,
                                       bool (*visit)(const struct ocpp_station_record *station, void *user), void *user)
{
    struct showing showing = {
        .storage = storage, .type = &station_record_type, .show = show_station, .visit_station = visit, .user = user
    };

    return show_all(&showing, "station/", show_entry);
}

static bool read_number(const char *key, const void *value, size_t size, void *user)
{
    int64_t *highest = user;
    struct ocpp_decimal decimal;
    int64_t number;

    (void)key;
    if (ocpp_decimal_parse(value, size, &decimal) != OCPP_OK || ocpp_decimal_to_integer(decimal, 0, &number) != OCPP_OK) {
        *highest = -1;
        return false;
    }
    if (number > *highest) {
        *highest = number;
    }
    return true;
}

enum ocpp_status ocpp_central_highest_number(struct ocpp_storage *storage, int64_t *number)
{
    int64_t highest = 0;
    enum ocpp_status status = storage->each("number/", NULL, read_number, &highest, storage->user);

    if (status != OCPP_OK) {
        return status;
    }
    if (highest < 0) {
        return OCPP_ERR_CORRUPT;
    }
    *number = highest;
    return OCPP_OK;
}
