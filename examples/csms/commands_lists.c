/* commands_lists.c: the tokens a station knows by itself: its cache and its local list. */
#include "command.h"

enum { LIST_ENTRIES_MAX = 1000 };

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
    { .name = NULL },
};
