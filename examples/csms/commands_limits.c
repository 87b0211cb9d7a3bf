/* commands_limits.c: limits of power and current: charging profiles. */
#include "command.h"
#include "limits.h"

#include <string.h>

enum { PERIODS_MAX = 1024, LIMIT_MAX = 100000000, SECONDS_MAX = 86400 * 366 };

const char *const limit_purposes[] = { "Station", "Default", "Transaction", "External", NULL };
static const char *const purposes_to_set[] = { "Station", "Default", "Transaction", NULL };
static const enum ocpp_limit_purpose purpose_values[] = { OCPP_LIMIT_OF_STATION, OCPP_LIMIT_BY_DEFAULT, OCPP_LIMIT_OF_TRANSACTION,
                                                          OCPP_LIMIT_EXTERNAL };
const char *const limit_kinds[] = { "Absolute", "Daily", "Weekly", "Relative", NULL };
static const enum ocpp_limit_kind kind_values[] = { OCPP_LIMIT_ABSOLUTE, OCPP_LIMIT_DAILY, OCPP_LIMIT_WEEKLY,
                                                    OCPP_LIMIT_RELATIVE };
const char *const limit_sources[] = { "EMS", "Other", "SO", "CSO", NULL };
static const char *const units[] = { "A", "W", NULL };
static const enum ocpp_rate_unit unit_values[] = { OCPP_RATE_CURRENT, OCPP_RATE_POWER };

/* --- setting one ----------------------------------------------------------------------------------------------------------- */

static struct ocpp_limit_period read_period(const cJSON *period)
{
    return (struct ocpp_limit_period){
        .start_s = body_integer(period, "start_s", 0),
        .limit = body_decimal(period, "limit"),
        .phases = (int)body_integer(period, "phases", 0),
        .phase_to_use = (int)body_integer(period, "phaseToUse", 0),
    };
}

/* A schedule without a start begins now, but for those that begin with charging. */
static int64_t start_of(const struct order *order, const cJSON *body, enum ocpp_limit_kind kind)
{
    int64_t start_utc_ms = body_time(body, "start");

    if (start_utc_ms != OCPP_UTC_UNKNOWN || kind == OCPP_LIMIT_RELATIVE) {
        return start_utc_ms;
    }
    start_utc_ms = app_utc_ms(order->app);
    return start_utc_ms == OCPP_UTC_UNKNOWN ? start_utc_ms : start_utc_ms - start_utc_ms % 1000;
}

static struct ocpp_limit_order read_limit(const struct order *order, const cJSON *body)
{
    enum ocpp_limit_kind kind = kind_values[body_word(body, "kind", limit_kinds, 0)];

    return (struct ocpp_limit_order){
        .id = body_integer(body, "id", 0),
        .evse = (int)body_integer(body, "evse", 0),
        .stack_level = (int)body_integer(body, "stackLevel", 0),
        .purpose = purpose_values[body_word(body, "purpose", limit_purposes, 0)],
        .kind = kind,
        .transaction_id = body_text(body, "transaction", NULL),
        .valid_from_utc_ms = body_time(body, "validFrom"),
        .valid_to_utc_ms = body_time(body, "validTo"),
        .start_utc_ms = start_of(order, body, kind),
        .duration_s = body_integer(body, "duration_s", 0),
        .unit = unit_values[body_word(body, "unit", units, 0)],
        .has_min_rate = body_value(body, "minRate"),
        .min_rate = body_decimal(body, "minRate"),
    };
}

/* The periods of |body| at |periods|; returns what is behind them. */
static struct ocpp_limit_period *read_periods(const cJSON *body, struct ocpp_limit_period *periods)
{
    const cJSON *period;

    cJSON_ArrayForEach(period, body_value(body, "periods"))
    {
        *periods++ = read_period(period);
    }
    return periods;
}

enum ocpp_status order_limit(struct order *order, const cJSON *body, struct ocpp_limit_order *limit)
{
    size_t count = body_count(body, "periods");
    struct ocpp_limit_period *periods = order_list(order, count, sizeof *periods);

    if (!periods) {
        return OCPP_ERR_NOMEM;
    }
    (void)read_periods(body, periods);
    *limit = read_limit(order, body);
    limit->periods = periods;
    limit->period_count = count;
    return OCPP_OK;
}

static enum ocpp_status give_limit(struct ocpp_station *station, struct order *order)
{
    struct ocpp_limit_order limit;
    enum ocpp_status status = order_limit(order, order->body, &limit);

    return status == OCPP_OK ? ocpp_station_set_limit(station, &limit, &order->done) : status;
}

/* --- several schedules ----------------------------------------------------------------------------------------------------- */

static struct ocpp_charging_schedule read_schedule(const struct order *order, const cJSON *body, enum ocpp_limit_kind kind)
{
    return (struct ocpp_charging_schedule){
        .id = body_integer(body, "id", 0),
        .start_utc_ms = start_of(order, body, kind),
        .duration_s = body_integer(body, "duration_s", 0),
        .unit = unit_values[body_word(body, "unit", units, 0)],
        .has_min_rate = body_value(body, "minRate"),
        .min_rate = body_decimal(body, "minRate"),
        .period_count = body_count(body, "periods"),
    };
}

static enum ocpp_status give_profile(struct ocpp_station *station, struct order *order)
{
    const struct ocpp_limit_order head = read_limit(order, order->body);
    struct ocpp_charging_schedule schedules[OCPP_PROFILE_SCHEDULES];
    struct ocpp_limit_period *periods = order_list(order, (size_t)OCPP_PROFILE_SCHEDULES * PERIODS_MAX, sizeof *periods);
    const cJSON *schedule;
    size_t count = 0;

    if (!periods) {
        return OCPP_ERR_NOMEM;
    }
    cJSON_ArrayForEach(schedule, body_value(order->body, "schedules"))
    {
        schedules[count] = read_schedule(order, schedule, head.kind);
        schedules[count++].periods = periods;
        periods = read_periods(schedule, periods);
    }
    const struct ocpp_charging_profile profile = {
        .id = head.id,
        .stack_level = head.stack_level,
        .purpose = head.purpose,
        .kind = head.kind,
        .transaction_id = head.transaction_id,
        .valid_from_utc_ms = head.valid_from_utc_ms,
        .valid_to_utc_ms = head.valid_to_utc_ms,
        .schedules = schedules,
        .schedule_count = count,
    };
    return ocpp_station_set_profile(station, head.evse, &profile, &order->done);
}

/* --- the others ----------------------------------------------------------------------------------------------------------------
 */

static enum ocpp_status give_clear_limits(struct ocpp_station *station, struct order *order)
{
    const cJSON *body = order->body;
    const struct ocpp_limit_criteria criteria = {
        .has_id = body_value(body, "id"),
        .id = body_integer(body, "id", 0),
        .has_evse = body_value(body, "evse"),
        .evse = (int)body_integer(body, "evse", 0),
        .has_purpose = body_value(body, "purpose"),
        .purpose = purpose_values[body_word(body, "purpose", limit_purposes, 0)],
        .has_stack_level = body_value(body, "stackLevel"),
        .stack_level = (int)body_integer(body, "stackLevel", 0),
    };

    return ocpp_station_clear_limits(station, &criteria, &order->done);
}

static enum ocpp_status give_composite_schedule(struct ocpp_station *station, struct order *order)
{
    enum ocpp_rate_unit unit = body_value(order->body, "unit") ? unit_values[body_word(order->body, "unit", units, 0)] : 0;

    return ocpp_station_get_composite_schedule(station, (int)body_integer(order->body, "evse", 0),
                                               body_integer(order->body, "duration_s", 0), unit, &order->done);
}

static cJSON *period_json(const struct ocpp_limit_period *period)
{
    cJSON *json = cJSON_CreateObject();

    json_add_integer(json, "start_s", period->start_s);
    json_add_decimal(json, "limit", period->limit);
    if (period->phases > 0) {
        json_add_integer(json, "phases", period->phases);
    }
    if (period->phase_to_use > 0) {
        json_add_integer(json, "phaseToUse", period->phase_to_use);
    }
    return json;
}

static void show_schedule(cJSON *answer, const struct ocpp_command_result *result)
{
    const struct ocpp_limit_schedule *schedule = result->schedule;
    cJSON *json;
    cJSON *periods;

    if (!schedule) {
        return;
    }
    json = cJSON_AddObjectToObject(answer, "schedule");
    json_add_time(json, "start", schedule->start_utc_ms);
    if (schedule->duration_s > 0) {
        json_add_integer(json, "duration_s", schedule->duration_s);
    }
    json_add_text(json, "unit", schedule->unit == OCPP_RATE_POWER ? "W" : "A");
    periods = cJSON_AddArrayToObject(json, "periods");
    for (size_t i = 0; i < schedule->period_count; i++) {
        cJSON_AddItemToArray(periods, period_json(&schedule->periods[i]));
    }
}

cJSON *schedule_json(const struct ocpp_charging_schedule *schedule)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *periods;

    json_add_integer(json, "id", schedule->id);
    json_add_time(json, "start", schedule->start_utc_ms);
    if (schedule->duration_s > 0) {
        json_add_integer(json, "duration_s", schedule->duration_s);
    }
    json_add_text(json, "unit", schedule->unit == OCPP_RATE_POWER ? "W" : "A");
    if (schedule->has_min_rate) {
        json_add_decimal(json, "minRate", schedule->min_rate);
    }
    periods = cJSON_AddArrayToObject(json, "periods");
    for (size_t i = 0; i < schedule->period_count; i++) {
        cJSON_AddItemToArray(periods, period_json(&schedule->periods[i]));
    }
    return json;
}

/* --- which there are ------------------------------------------------------------------------------------------------------- */

static unsigned read_sources(const cJSON *body)
{
    const cJSON *word;
    unsigned bits = 0;

    cJSON_ArrayForEach(word, body_value(body, "sources"))
    {
        for (unsigned i = 0; limit_sources[i]; i++) {
            bits |= strcmp(limit_sources[i], word->valuestring) == 0 ? OCPP_LIMIT_SOURCE_BIT(i) : 0;
        }
    }
    return bits;
}

static enum ocpp_status give_profiles(struct ocpp_station *station, struct order *order)
{
    const cJSON *body = order->body;
    struct ocpp_profile_query query = {
        .request_id = body_integer(body, "requestId", 0),
        .has_evse = body_value(body, "evse"),
        .evse = (int)body_integer(body, "evse", 0),
        .id_count = body_count(body, "ids"),
        .has_purpose = body_value(body, "purpose"),
        .purpose = purpose_values[body_word(body, "purpose", limit_purposes, 0)],
        .has_stack_level = body_value(body, "stackLevel"),
        .stack_level = (int)body_integer(body, "stackLevel", 0),
        .sources = read_sources(body),
    };
    int64_t *ids = order_list(order, query.id_count, sizeof *ids);
    const cJSON *given = ids ? body_value(body, "ids") : NULL;
    const cJSON *id;

    query.ids = ids;
    cJSON_ArrayForEach(id, given)
    {
        *ids++ = (int64_t)id->valuedouble;
    }
    return query.ids ? ocpp_station_get_profiles(station, &query, &order->done) : OCPP_ERR_NOMEM;
}

/* --- the table
 * -------------------------------------------------------------------------------------------------------------------- */

static const struct body_member period_members[] = {
    { .name = "start_s", .kind = BODY_INTEGER, .required = true, .maximum = SECONDS_MAX },
    { .name = "limit", .kind = BODY_NUMBER, .required = true, .maximum = LIMIT_MAX },
    { .name = "phases", .kind = BODY_INTEGER, .minimum = 1, .maximum = 3 },
    { .name = "phaseToUse", .kind = BODY_INTEGER, .minimum = 1, .maximum = 3 },
    BODY_END,
};

const struct body_member limit_members[] = {
    { .name = "id", .kind = BODY_INTEGER, .required = true, .maximum = INT32_MAX },
    { .name = "evse", .kind = BODY_INTEGER, .maximum = INT32_MAX },
    { .name = "stackLevel", .kind = BODY_INTEGER, .maximum = INT32_MAX },
    { .name = "purpose", .kind = BODY_WORD, .required = true, .words = purposes_to_set },
    { .name = "kind", .kind = BODY_WORD, .words = limit_kinds },
    { .name = "transaction", .kind = BODY_TEXT, .minimum = 1, .maximum = 36 },
    { .name = "validFrom", .kind = BODY_TIME },
    { .name = "validTo", .kind = BODY_TIME },
    { .name = "start", .kind = BODY_TIME },
    { .name = "duration_s", .kind = BODY_INTEGER, .minimum = 1, .maximum = SECONDS_MAX },
    { .name = "unit", .kind = BODY_WORD, .required = true, .words = units },
    { .name = "minRate", .kind = BODY_NUMBER, .maximum = LIMIT_MAX },
    { .name = "periods",
      .kind = BODY_OBJECTS,
      .required = true,
      .minimum = 1,
      .maximum = PERIODS_MAX,
      .members = period_members },
    BODY_END,
};

static const struct body_member schedule_members[] = {
    { .name = "id", .kind = BODY_INTEGER, .required = true, .maximum = INT32_MAX },
    { .name = "start", .kind = BODY_TIME },
    { .name = "duration_s", .kind = BODY_INTEGER, .minimum = 1, .maximum = SECONDS_MAX },
    { .name = "unit", .kind = BODY_WORD, .required = true, .words = units },
    { .name = "minRate", .kind = BODY_NUMBER, .maximum = LIMIT_MAX },
    { .name = "periods",
      .kind = BODY_OBJECTS,
      .required = true,
      .minimum = 1,
      .maximum = PERIODS_MAX,
      .members = period_members },
    BODY_END,
};

static const struct body_member profile_members[] = {
    { .name = "id", .kind = BODY_INTEGER, .required = true, .maximum = INT32_MAX },
    { .name = "evse", .kind = BODY_INTEGER, .maximum = INT32_MAX },
    { .name = "stackLevel", .kind = BODY_INTEGER, .maximum = INT32_MAX },
    { .name = "purpose", .kind = BODY_WORD, .required = true, .words = purposes_to_set },
    { .name = "kind", .kind = BODY_WORD, .words = limit_kinds },
    { .name = "transaction", .kind = BODY_TEXT, .minimum = 1, .maximum = 36 },
    { .name = "validFrom", .kind = BODY_TIME },
    { .name = "validTo", .kind = BODY_TIME },
    { .name = "schedules",
      .kind = BODY_OBJECTS,
      .required = true,
      .minimum = 1,
      .maximum = OCPP_PROFILE_SCHEDULES,
      .members = schedule_members },
    BODY_END,
};

static const struct body_member clear_members[] = {
    { .name = "id", .kind = BODY_INTEGER, .maximum = INT32_MAX },
    { .name = "evse", .kind = BODY_INTEGER, .maximum = INT32_MAX },
    { .name = "purpose", .kind = BODY_WORD, .words = limit_purposes },
    { .name = "stackLevel", .kind = BODY_INTEGER, .maximum = INT32_MAX },
    BODY_END,
};

static const struct body_member profiles_members[] = {
    { .name = "requestId", .kind = BODY_INTEGER, .minimum = 1, .maximum = INT32_MAX },
    { .name = "evse", .kind = BODY_INTEGER, .maximum = INT32_MAX },
    { .name = "ids", .kind = BODY_INTEGERS, .maximum = 100 },
    { .name = "purpose", .kind = BODY_WORD, .words = limit_purposes },
    { .name = "stackLevel", .kind = BODY_INTEGER, .maximum = INT32_MAX },
    { .name = "sources", .kind = BODY_TEXTS, .maximum = 4, .words = limit_sources },
    BODY_END,
};

static const struct body_member composite_members[] = {
    { .name = "duration_s", .kind = BODY_INTEGER, .required = true, .minimum = 1, .maximum = SECONDS_MAX },
    { .name = "evse", .kind = BODY_INTEGER, .maximum = INT32_MAX },
    { .name = "unit", .kind = BODY_WORD, .words = units },
    BODY_END,
};

const struct command commands_of_limits[] = {
    { .name = "limit", .members = limit_members, .give = give_limit },
    { .name = "profile", .members = profile_members, .give = give_profile },
    { .name = "profiles", .members = profiles_members, .give = give_profiles },
    { .name = "clear-limits", .members = clear_members, .give = give_clear_limits },
    { .name = "composite-schedule", .members = composite_members, .give = give_composite_schedule, .show = show_schedule },
    { .name = NULL },
};
