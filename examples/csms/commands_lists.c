/* commands_lists.c: the tokens a station knows by itself: its cache and its local list. */
#include "command.h"
#include "tokens.h"

#include <ocpp/central_lists.h>

enum { LIST_ENTRIES_MAX = 1000, SYNC_ENTRIES_MAX = 20000 };

static void show_list_version(cJSON *answer, const struct ocpp_command_result *result)
{
    json_add_integer(answer, "listVersion", result->list_version);
}

static enum ocpp_status give_clear_cache(struct ocpp_station *station, struct order *order)
{
    return ocpp_station_clear_cache(station, &order->done);
}

static enum ocpp_status give_list_version(struct ocpp_station *station, struct order *order)
{
    return ocpp_station_get_list_version(station, &order->done);
}

static struct ocpp_list_entry read_entry(const cJSON *entry)
{
    return (struct ocpp_list_entry){
        .token = body_token(body_value(entry, "token")),
        .removed = body_flag(entry, "removed", false),
        .authorization = ocpp_authorization_of(body_text(entry, "status", "Accepted")),
        .group_id = body_text(entry, "group", NULL),
        .expires_utc_ms = body_time(entry, "expires"),
    };
}

static enum ocpp_status give_list(struct ocpp_station *station, struct order *order)
{
    size_t count = body_count(order->body, "entries");
    struct ocpp_list_entry *entries = order_list(order, count, sizeof *entries);
    const struct ocpp_list_update update = {
        .version = body_integer(order->body, "version", 0),
        .is_whole = body_flag(order->body, "whole", false),
        .entries = entries,
        .count = count,
    };
    const cJSON *entry;
    size_t i = 0;

    if (!entries) {
        return OCPP_ERR_NOMEM;
    }
    cJSON_ArrayForEach(entry, body_value(order->body, "entries"))
    {
        entries[i++] = read_entry(entry);
    }
    return ocpp_station_send_list(station, &update, &order->done);
}

/* --- keeping a list in step with the tokens of this program
 * ---------------------------------------------------------------------- */

static bool keep_token(const char *key, const void *value, size_t size, void *user)
{
    struct order *order = user;
    cJSON *record = body_parse(value, size);

    (void)key;
    if (record) {
        cJSON_AddItemToArray(order->kept, record);
    }
    return cJSON_GetArraySize(order->kept) <= SYNC_ENTRIES_MAX;
}

static struct ocpp_list_entry entry_of(const cJSON *record)
{
    return (struct ocpp_list_entry){
        .token = { .id = body_text(record, "idToken", ""), .type = ocpp_token_type_of(body_text(record, "type", "ISO14443")) },
        .authorization = ocpp_authorization_of(body_text(record, "status", "Invalid")),
        .group_id = body_text(record, "group", NULL),
        .expires_utc_ms = body_time(record, "expires"),
    };
}

static void on_synced(struct ocpp_station *station, const struct ocpp_list_result *result, void *user)
{
    static const char *const words[] = { [OCPP_LIST_FAILED] = "Failed",
                                         [OCPP_LIST_IN_STEP] = "InStep",
                                         [OCPP_LIST_UPDATED] = "Updated",
                                         [OCPP_LIST_NOT_SUPPORTED] = "NotSupported",
                                         [OCPP_LIST_REFUSED] = "Refused" };
    struct order *order = user;
    cJSON *answer;

    (void)station;
    if (result->outcome == OCPP_LIST_FAILED && result->status == OCPP_ERR_CALL_ERROR) {
        order_answer_error(order, "GenericError", "the station answered with an error; its messages show which", NULL);
    } else if (result->outcome == OCPP_LIST_FAILED) {
        order_answer_failure(order, result->status, NULL);
    } else {
        answer = cJSON_CreateObject();
        cJSON_AddBoolToObject(answer, "accepted", result->outcome == OCPP_LIST_IN_STEP || result->outcome == OCPP_LIST_UPDATED);
        json_add_text(answer, "status", words[result->outcome]);
        json_add_integer(answer, "listVersion", result->version);
        json_add_integer(answer, "messages", (int64_t)result->messages);
        answer_json(order->exchange, 200, answer);
    }
    order_free(order);
}

/* The tokens as they are now; thousands of stations would share one list in a backend that has them in memory. */
static enum ocpp_status give_sync_list(struct ocpp_station *station, struct order *order)
{
    struct ocpp_storage *storage = shard_here()->storage;
    const struct ocpp_list_done done = { on_synced, order };
    struct ocpp_list_order list = { .page_entries = (size_t)body_integer(order->body, "pageEntries", 0) };
    struct ocpp_list_entry *entries;
    const cJSON *record;

    order->kept = cJSON_CreateArray();
    if (!order->kept || storage->each(TOKEN_PREFIX, NULL, keep_token, order, storage->user) != OCPP_OK) {
        return OCPP_ERR_STORAGE;
    }
    list.count = (size_t)cJSON_GetArraySize(order->kept);
    entries = order_list(order, list.count, sizeof *entries);
    if (!entries || list.count > SYNC_ENTRIES_MAX) {
        return entries ? OCPP_ERR_LIMIT : OCPP_ERR_NOMEM;
    }
    list.entries = entries;
    cJSON_ArrayForEach(record, order->kept)
    {
        *entries++ = entry_of(record);
    }
    return ocpp_station_sync_list(station, &list, &done);
}

static const struct body_member sync_members[] = {
    { .name = "pageEntries", .kind = BODY_INTEGER, .minimum = 1, .maximum = LIST_ENTRIES_MAX },
    BODY_END,
};

static const struct body_member no_members[] = { BODY_END };

static const struct body_member entry_members[] = {
    { .name = "token", .kind = BODY_OBJECT, .required = true, .members = token_members },
    { .name = "removed", .kind = BODY_BOOLEAN },
    { .name = "status", .kind = BODY_WORD, .words = token_status_words },
    { .name = "group", .kind = BODY_TEXT, .minimum = 1, .maximum = 36 },
    { .name = "expires", .kind = BODY_TIME },
    BODY_END,
};

static const struct body_member list_members[] = {
    { .name = "version", .kind = BODY_INTEGER, .required = true, .minimum = 1, .maximum = INT32_MAX },
    { .name = "whole", .kind = BODY_BOOLEAN },
    { .name = "entries", .kind = BODY_OBJECTS, .required = true, .maximum = LIST_ENTRIES_MAX, .members = entry_members },
    BODY_END,
};

const struct command commands_of_lists[] = {
    { .name = "clear-cache", .members = no_members, .give = give_clear_cache },
    { .name = "list-version", .members = no_members, .give = give_list_version, .show = show_list_version },
    { .name = "list", .members = list_members, .give = give_list },
    { .name = "sync-list", .members = sync_members, .give = give_sync_list },
    { .name = NULL },
};
