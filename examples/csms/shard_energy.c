/* shard_energy.c: limits that others set, what vehicles need and choose, and the profiles a station holds: told to listeners.
 *
 * The program plans nothing. Whoever listens for the kind "needs" by name does, and has 60 s for a profile (K15.FR.05, FR.08);
 * where nobody does, the needs are rejected (K15.FR.04). What a vehicle chose is accepted: which limits were sent is known to
 * whoever sent them. A backend that keeps them compares with ocpp_schedule_is_within() (K15.FR.11). */
#include "limits.h"
#include "shard.h"

enum { PROFILES_TOLD_MAX = 100 };

static cJSON *schedules_json(const struct ocpp_charging_schedule *schedules, size_t count)
{
    cJSON *list = cJSON_CreateArray();

    for (size_t i = 0; i < count; i++) {
        cJSON_AddItemToArray(list, schedule_json(&schedules[i]));
    }
    return list;
}

/* --- limits ----------------------------------------------------------------------------------------------------------------- */

static cJSON *limit_event(const struct shard *shard, const struct ocpp_station *peer, int evse, enum ocpp_limit_source source,
                          bool is_set)
{
    cJSON *event = app_event(shard->app, ocpp_station_identity(peer));

    if (event) {
        json_add_integer(event, "evse", evse);
        json_add_text(event, "source", limit_sources[source]);
        cJSON_AddBoolToObject(event, "set", is_set);
    }
    return event;
}

static void on_limit(struct ocpp_station *peer, const struct ocpp_limit_told *limit, void *user)
{
    struct shard *shard = user;
    cJSON *event = limit_event(shard, peer, limit->evse, limit->source, true);

    if (event && limit->schedule_count > 0) {
        cJSON_AddItemToObject(event, "schedules", schedules_json(limit->schedules, limit->schedule_count));
    }
    events_publish(shard->app->events, EVENT_LIMIT, ocpp_station_identity(peer), event);
}

static void on_limit_cleared(struct ocpp_station *peer, int evse, enum ocpp_limit_source source, void *user)
{
    struct shard *shard = user;

    events_publish(shard->app->events, EVENT_LIMIT, ocpp_station_identity(peer), limit_event(shard, peer, evse, source, false));
}

/* --- vehicles --------------------------------------------------------------------------------------------------------------- */

static void add_said(cJSON *json, const char *name, int64_t value)
{
    if (value != OCPP_EV_UNSAID) {
        json_add_integer(json, name, value);
    }
}

static void add_needs(cJSON *event, const struct ocpp_ev_needs *needs)
{
    static const char *const transfers[] = { "DC", "AC_single_phase", "AC_two_phase", "AC_three_phase" };

    json_add_text(event, "transfer", transfers[needs->transfer]);
    if (needs->departure_utc_ms != OCPP_EV_UNSAID) {
        json_add_time(event, "departure", needs->departure_utc_ms);
    }
    add_said(event, "maxPeriods", needs->max_schedule_tuples);
    add_said(event, "energy_Wh", needs->energy_wh);
    add_said(event, "maxCurrent_A", needs->max_current_a);
    add_said(event, "maxVoltage_V", needs->max_voltage_v);
    add_said(event, "minCurrent_A", needs->min_current_a);
    add_said(event, "maxPower_W", needs->max_power_w);
    add_said(event, "stateOfCharge", needs->state_of_charge);
    add_said(event, "capacity_Wh", needs->capacity_wh);
    add_said(event, "fullSoC", needs->full_soc);
    add_said(event, "bulkSoC", needs->bulk_soc);
}

static bool on_ev_needs(struct ocpp_station *peer, const struct ocpp_ev_needs_told *told, struct ocpp_question question,
                        enum ocpp_ev_needs_decision *decision, void *user)
{
    struct shard *shard = user;
    const char *identity = ocpp_station_identity(peer);
    const bool is_planned = events_named(shard->app->events, EVENT_NEEDS, identity);
    cJSON *event = app_event(shard->app, identity);

    (void)question;
    *decision = is_planned ? OCPP_EV_NEEDS_PROCESSING : OCPP_EV_NEEDS_REJECTED;
    if (event) {
        json_add_integer(event, "evse", told->evse);
        cJSON_AddBoolToObject(event, "rejected", !is_planned);
        add_needs(event, &told->needs);
    }
    events_publish(shard->app->events, EVENT_NEEDS, identity, event);
    return true;
}

static bool on_ev_schedule(struct ocpp_station *peer, const struct ocpp_ev_schedule_told *told, struct ocpp_question question,
                           bool *accepted, void *user)
{
    struct shard *shard = user;
    cJSON *event = app_event(shard->app, ocpp_station_identity(peer));

    (void)question;
    if (event) {
        json_add_integer(event, "evse", told->evse);
        json_add_time(event, "from", told->from_utc_ms);
        cJSON_AddItemToObject(event, "schedule", schedule_json(&told->schedule));
    }
    events_publish(shard->app->events, EVENT_SCHEDULE, ocpp_station_identity(peer), event);
    *accepted = true;
    return true;
}

/* --- profiles --------------------------------------------------------------------------------------------------------------- */

static cJSON *profile_json(const struct ocpp_reported_profile *reported)
{
    const struct ocpp_charging_profile *profile = &reported->profile;
    cJSON *json = cJSON_CreateObject();

    json_add_integer(json, "evse", reported->evse);
    json_add_text(json, "source", limit_sources[reported->source]);
    json_add_integer(json, "id", profile->id);
    json_add_integer(json, "stackLevel", profile->stack_level);
    json_add_text(json, "purpose", limit_purposes[profile->purpose]);
    json_add_text(json, "kind", limit_kinds[profile->kind]);
    json_add_text(json, "transaction", profile->transaction_id);
    json_add_time(json, "validFrom", profile->valid_from_utc_ms);
    json_add_time(json, "validTo", profile->valid_to_utc_ms);
    cJSON_AddItemToObject(json, "schedules", schedules_json(profile->schedules, profile->schedule_count));
    return json;
}

static void on_profiles(struct ocpp_station *peer, const struct ocpp_profile_report *report, void *user)
{
    struct shard *shard = user;
    cJSON *event = app_event(shard->app, ocpp_station_identity(peer));

    if (event) {
        json_add_integer(event, "requestId", report->request_id);
        cJSON_AddBoolToObject(event, "whole", report->status == OCPP_OK);
        json_add_integer(event, "count", (int64_t)report->count);
        cJSON *list = cJSON_AddArrayToObject(event, "profiles");
        for (size_t i = 0; i < report->count && i < PROFILES_TOLD_MAX; i++) {
            cJSON_AddItemToArray(list, profile_json(&report->profiles[i]));
        }
    }
    events_publish(shard->app->events, EVENT_PROFILES, ocpp_station_identity(peer), event);
}

void shard_hear_energy(struct ocpp_central_handler *handler)
{
    static const struct ocpp_energy_handler energy = {
        .on_profiles = on_profiles,
        .on_limit = on_limit,
        .on_limit_cleared = on_limit_cleared,
        .on_ev_needs = on_ev_needs,
        .on_ev_schedule = on_ev_schedule,
    };

    handler->energy = &energy;
}
