/* commands_reports.c: what a station has and how it is set, what is watched, and whom it knows: the device model of 2.x. Reports
 * follow as events. */
#include "command.h"
#include "setting_names.h"

#include <ocpp/central_reports.h>

#include <string.h>

enum { NAMES_MAX = 200, MONITORS_MAX = 100 };

static const char *const bases[] = { "Configuration", "Full", "Summary", NULL };
static const enum ocpp_report_base base_values[] = { OCPP_REPORT_CONFIGURATION, OCPP_REPORT_FULL, OCPP_REPORT_SUMMARY };
static const char *const component_criteria[] = { "Active", "Available", "Enabled", "Problem", NULL };
static const char *const monitor_criteria[] = { "Threshold", "Delta", "Periodic", NULL };
static const char *const monitoring_bases[] = { "All", "FactoryDefault", "HardWiredOnly", NULL };
static const enum ocpp_monitoring_base monitoring_base_values[] = { OCPP_MONITORING_ALL, OCPP_MONITORING_FACTORY_DEFAULT,
                                                                    OCPP_MONITORING_HARD_WIRED_ONLY };

/* --- reports
 * --------------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status give_base_report(struct ocpp_station *station, struct order *order)
{
    return ocpp_station_get_base_report(station, base_values[body_word(order->body, "base", bases, 0)],
                                        body_integer(order->body, "requestId", 0), &order->done);
}

/* The bits of a list of words. */
static unsigned read_bits(const cJSON *list, const char *const *words)
{
    const cJSON *word;
    unsigned bits = 0;

    cJSON_ArrayForEach(word, list)
    {
        for (unsigned i = 0; words[i]; i++) {
            bits |= strcmp(words[i], word->valuestring) == 0 ? 1u << i : 0;
        }
    }
    return bits;
}

/* False: no memory. */
static bool read_query(struct order *order, const char *const *words, struct ocpp_report_query *query)
{
    size_t count = body_count(order->body, "names");
    struct ocpp_setting_address *names = order_list(order, count, sizeof *names);
    const cJSON *given = names ? body_value(order->body, "names") : NULL;
    const cJSON *name;

    *query = (struct ocpp_report_query){ .request_id = body_integer(order->body, "requestId", 0),
                                         .criteria = read_bits(body_value(order->body, "criteria"), words),
                                         .names = names,
                                         .count = count };
    cJSON_ArrayForEach(name, given)
    {
        *names++ = body_setting_name(name);
    }
    return query->names;
}

static enum ocpp_status give_report(struct ocpp_station *station, struct order *order)
{
    struct ocpp_report_query query;

    return read_query(order, component_criteria, &query) ? ocpp_station_get_report(station, &query, &order->done)
                                                         : OCPP_ERR_NOMEM;
}

static enum ocpp_status give_monitoring_report(struct ocpp_station *station, struct order *order)
{
    struct ocpp_report_query query;

    return read_query(order, monitor_criteria, &query) ? ocpp_station_get_monitoring_report(station, &query, &order->done)
                                                       : OCPP_ERR_NOMEM;
}

static enum ocpp_status give_customer(struct ocpp_station *station, struct order *order)
{
    const cJSON *named = body_value(order->body, "token");
    struct ocpp_token token = body_token(named);
    const struct ocpp_customer_order customer = {
        .request_id = body_integer(order->body, "requestId", 0),
        .report = body_flag(order->body, "report", false),
        .clear = body_flag(order->body, "clear", false),
        .token = named ? &token : NULL,
        .identifier = body_text(order->body, "identifier", NULL),
    };

    return ocpp_station_customer_information(station, &customer, &order->done);
}

static enum ocpp_status give_transaction_status(struct ocpp_station *station, struct order *order)
{
    return ocpp_station_get_transaction_status(station, body_text(order->body, "transaction", NULL), &order->done);
}

static void show_transaction_state(cJSON *answer, const struct ocpp_command_result *result)
{
    const struct ocpp_transaction_state *state = result->transaction_state;

    if (state && state->has_ongoing) {
        cJSON_AddBoolToObject(answer, "ongoing", state->is_ongoing);
    }
    if (state) {
        cJSON_AddBoolToObject(answer, "messagesInQueue", state->messages_in_queue);
    }
}

/* --- monitors
 * ---------------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status give_monitoring_base(struct ocpp_station *station, struct order *order)
{
    return ocpp_station_set_monitoring_base(station, monitoring_base_values[body_word(order->body, "base", monitoring_bases, 0)],
                                            &order->done);
}

static enum ocpp_status give_monitoring_level(struct ocpp_station *station, struct order *order)
{
    return ocpp_station_set_monitoring_level(station, (int)body_integer(order->body, "severity", 0), &order->done);
}

static struct ocpp_monitor_order read_monitor(const cJSON *monitor)
{
    return (struct ocpp_monitor_order){
        .name = body_setting_name(monitor),
        .has_id = body_value(monitor, "id"),
        .id = body_integer(monitor, "id", 0),
        .type = (enum ocpp_monitor_type)body_word(monitor, "type", monitor_type_words, 0),
        .value = body_decimal(monitor, "value"),
        .severity = (int)body_integer(monitor, "severity", 0),
        .only_in_transaction = body_flag(monitor, "onlyInTransaction", false),
    };
}

static enum ocpp_status give_monitors(struct ocpp_station *station, struct order *order)
{
    size_t count = body_count(order->body, "monitors");
    struct ocpp_monitor_order *monitors = order_list(order, count, sizeof *monitors);
    const cJSON *given = monitors ? body_value(order->body, "monitors") : NULL;
    const cJSON *monitor;
    size_t i = 0;

    cJSON_ArrayForEach(monitor, given)
    {
        monitors[i++] = read_monitor(monitor);
    }
    return monitors ? ocpp_station_set_monitors(station, monitors, count, &order->done) : OCPP_ERR_NOMEM;
}

static enum ocpp_status give_clear_monitors(struct ocpp_station *station, struct order *order)
{
    size_t count = body_count(order->body, "ids");
    int64_t *ids = order_list(order, count, sizeof *ids);
    const cJSON *given = ids ? body_value(order->body, "ids") : NULL;
    const cJSON *id;
    size_t i = 0;

    cJSON_ArrayForEach(id, given)
    {
        ids[i++] = (int64_t)id->valuedouble;
    }
    return ids ? ocpp_station_clear_monitors(station, ids, count, &order->done) : OCPP_ERR_NOMEM;
}

static void show_monitors(cJSON *answer, const struct ocpp_command_result *result)
{
    cJSON *list = cJSON_AddArrayToObject(answer, "monitors");

    for (size_t i = 0; i < result->monitor_count; i++) {
        cJSON *json = cJSON_CreateObject();
        json_add_text(json, "status", result->monitors[i].word);
        if (result->monitors[i].has_id) {
            json_add_integer(json, "id", result->monitors[i].id);
        }
        json_add_setting_name(json, &result->monitors[i].name);
        cJSON_AddItemToArray(list, json);
    }
}

/* --- firmware that stations share
 * ---------------------------------------------------------------------------------------------------- */

static enum ocpp_status give_publish(struct ocpp_station *station, struct order *order)
{
    const struct ocpp_publish_order publish = {
        .request_id = body_integer(order->body, "requestId", 0),
        .url = body_text(order->body, "url", ""),
        .checksum = body_text(order->body, "checksum", ""),
        .retries = body_integer(order->body, "retries", OCPP_AS_IT_LIKES),
        .retry_interval_s = body_integer(order->body, "retryInterval_s", OCPP_AS_IT_LIKES),
    };

    return ocpp_station_publish_firmware(station, &publish, &order->done);
}

static enum ocpp_status give_unpublish(struct ocpp_station *station, struct order *order)
{
    return ocpp_station_unpublish_firmware(station, body_text(order->body, "checksum", ""), &order->done);
}

/* --- the table
 * --------------------------------------------------------------------------------------------------------------------------- */

/* clang-format off */
#define REQUEST_ID { .name = "requestId", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX }
#define NAMES { .name = "names", .kind = BODY_OBJECTS, .maximum = NAMES_MAX, .members = setting_name_members }
/* clang-format on */

static const struct body_member base_report_members[] = {
    { .name = "base", .kind = BODY_WORD, .required = true, .words = bases },
    REQUEST_ID,
    BODY_END,
};

static const struct body_member report_members[] = {
    { .name = "criteria", .kind = BODY_TEXTS, .maximum = 4, .words = component_criteria },
    NAMES,
    REQUEST_ID,
    BODY_END,
};

static const struct body_member monitoring_report_members[] = {
    { .name = "criteria", .kind = BODY_TEXTS, .maximum = 3, .words = monitor_criteria },
    NAMES,
    REQUEST_ID,
    BODY_END,
};

static const struct body_member customer_members[] = {
    { .name = "report", .kind = BODY_BOOLEAN },
    { .name = "clear", .kind = BODY_BOOLEAN },
    { .name = "token", .kind = BODY_OBJECT, .members = token_members },
    { .name = "identifier", .kind = BODY_TEXT, .minimum = 1, .maximum = 64 },
    REQUEST_ID,
    BODY_END,
};

static const struct body_member transaction_status_members[] = {
    { .name = "transaction", .kind = BODY_TEXT, .minimum = 1, .maximum = 36 },
    BODY_END,
};

static const struct body_member monitoring_base_members[] = {
    { .name = "base", .kind = BODY_WORD, .required = true, .words = monitoring_bases },
    BODY_END,
};

static const struct body_member monitoring_level_members[] = {
    { .name = "severity", .kind = BODY_INTEGER, .required = true, .maximum = 9 },
    BODY_END,
};

static const struct body_member monitor_members[] = {
    SETTING_NAME_MEMBERS,
    { .name = "id", .kind = BODY_INTEGER, .maximum = INT32_MAX },
    { .name = "type", .kind = BODY_WORD, .required = true, .words = monitor_type_words },
    { .name = "value", .kind = BODY_NUMBER, .required = true, .minimum = -1000000000000, .maximum = 1000000000000 },
    { .name = "severity", .kind = BODY_INTEGER, .required = true, .maximum = 9 },
    { .name = "onlyInTransaction", .kind = BODY_BOOLEAN },
    BODY_END,
};

static const struct body_member monitors_members[] = {
    { .name = "monitors",
      .kind = BODY_OBJECTS,
      .required = true,
      .minimum = 1,
      .maximum = MONITORS_MAX,
      .members = monitor_members },
    BODY_END,
};

static const struct body_member clear_monitors_members[] = {
    { .name = "ids", .kind = BODY_INTEGERS, .required = true, .minimum = 1, .maximum = MONITORS_MAX },
    BODY_END,
};

static const struct body_member publish_members[] = {
    { .name = "url", .kind = BODY_TEXT, .required = true, .minimum = 1, .maximum = 512 },
    { .name = "checksum", .kind = BODY_TEXT, .required = true, .minimum = 32, .maximum = 32 },
    { .name = "retries", .kind = BODY_INTEGER, .maximum = 100 },
    { .name = "retryInterval_s", .kind = BODY_INTEGER, .maximum = 86400 },
    REQUEST_ID,
    BODY_END,
};

static const struct body_member unpublish_members[] = {
    { .name = "checksum", .kind = BODY_TEXT, .required = true, .minimum = 32, .maximum = 32 },
    BODY_END,
};

const struct command commands_of_reports[] = {
    { .name = "base-report", .members = base_report_members, .give = give_base_report },
    { .name = "report", .members = report_members, .give = give_report },
    { .name = "monitoring-report", .members = monitoring_report_members, .give = give_monitoring_report },
    { .name = "customer", .members = customer_members, .give = give_customer },
    { .name = "transaction-status",
      .members = transaction_status_members,
      .give = give_transaction_status,
      .show = show_transaction_state },
    { .name = "monitoring-base", .members = monitoring_base_members, .give = give_monitoring_base },
    { .name = "monitoring-level", .members = monitoring_level_members, .give = give_monitoring_level },
    { .name = "monitors", .members = monitors_members, .give = give_monitors, .show = show_monitors },
    { .name = "clear-monitors", .members = clear_monitors_members, .give = give_clear_monitors, .show = show_monitors },
    { .name = "publish-firmware", .members = publish_members, .give = give_publish },
    { .name = "unpublish-firmware", .members = unpublish_members, .give = give_unpublish },
    { .name = NULL },
};
