/* dialect_v201_limits.c: limits in OCPP 2.0.1: charging profiles and what they come to. */
#include "dialect.h"
#include "dialect_orders.h"

#include <ocpp/v201.h>

#include "decimal.h"

static const enum ocpp201_charging_profile_purpose purposes[] = {
    [OCPP_LIMIT_OF_STATION] = OCPP201_CHARGING_PROFILE_PURPOSE_CHARGING_STATION_MAX_PROFILE,
    [OCPP_LIMIT_BY_DEFAULT] = OCPP201_CHARGING_PROFILE_PURPOSE_TX_DEFAULT_PROFILE,
    [OCPP_LIMIT_OF_TRANSACTION] = OCPP201_CHARGING_PROFILE_PURPOSE_TX_PROFILE,
    [OCPP_LIMIT_EXTERNAL] = OCPP201_CHARGING_PROFILE_PURPOSE_CHARGING_STATION_EXTERNAL_CONSTRAINTS,
};

static const struct {
    enum ocpp201_charging_profile_kind kind;
    enum ocpp201_recurrency_kind recurrency;
} kinds[] = {
    [OCPP_LIMIT_ABSOLUTE] = { OCPP201_CHARGING_PROFILE_KIND_ABSOLUTE, OCPP201_RECURRENCY_KIND_UNSET },
    [OCPP_LIMIT_DAILY] = { OCPP201_CHARGING_PROFILE_KIND_RECURRING, OCPP201_RECURRENCY_KIND_DAILY },
    [OCPP_LIMIT_WEEKLY] = { OCPP201_CHARGING_PROFILE_KIND_RECURRING, OCPP201_RECURRENCY_KIND_WEEKLY },
    [OCPP_LIMIT_RELATIVE] = { OCPP201_CHARGING_PROFILE_KIND_RELATIVE, OCPP201_RECURRENCY_KIND_UNSET },
};

static enum ocpp201_charging_rate_unit unit_of(enum ocpp_rate_unit unit)
{
    return unit == OCPP_RATE_CURRENT ? OCPP201_CHARGING_RATE_UNIT_A
           : unit == OCPP_RATE_POWER ? OCPP201_CHARGING_RATE_UNIT_W
                                     : OCPP201_CHARGING_RATE_UNIT_UNSET;
}

static bool read_set(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_set_charging_profile_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_CHARGING_PROFILE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_charging_profile_status_enum, (int)res->status);
    return true;
}

/* What the message points to. */
struct profile_parts {
    struct ocpp201_charging_schedule schedule;
    struct ocpp201_charging_schedule_period periods[];
};

static void fill_parts(const struct ocpp_limit_order *order, struct profile_parts *parts)
{
    for (size_t i = 0; i < order->period_count; i++) {
        const struct ocpp_limit_period *period = &order->periods[i];
        parts->periods[i] = (struct ocpp201_charging_schedule_period){
            .start_period = period->start_s,
            .limit = period->limit,
            .has_number_phases = period->phases > 0,
            .number_phases = period->phases,
            .has_phase_to_use = period->phase_to_use > 0,
            .phase_to_use = period->phase_to_use,
        };
    }
    parts->schedule = (struct ocpp201_charging_schedule){
        .id = 1, /* of its profile, which has one */
        .has_start_schedule = order->start_utc_ms != OCPP_UTC_UNKNOWN,
        .start_schedule = order->start_utc_ms,
        .has_duration = order->duration_s > 0,
        .duration = order->duration_s,
        .charging_rate_unit = unit_of(order->unit),
        .charging_schedule_period = { parts->periods, order->period_count },
        .has_min_charging_rate = order->has_min_rate,
        .min_charging_rate = order->min_rate,
    };
}

enum ocpp_status central_v201_profile(struct command *command, const struct ocpp_limit_order *order,
                                      struct ocpp201_charging_profile *profile)
{
    struct profile_parts *parts = command_take(command, sizeof *parts + order->period_count * sizeof parts->periods[0]);

    if (!parts) {
        return OCPP_ERR_NOMEM;
    }
    fill_parts(order, parts);
    *profile = (struct ocpp201_charging_profile){
        .id = order->id,
        .stack_level = order->stack_level,
        .charging_profile_purpose = purposes[order->purpose],
        .charging_profile_kind = kinds[order->kind].kind,
        .recurrency_kind = kinds[order->kind].recurrency,
        .has_valid_from = order->valid_from_utc_ms != OCPP_UTC_UNKNOWN,
        .valid_from = order->valid_from_utc_ms,
        .has_valid_to = order->valid_to_utc_ms != OCPP_UTC_UNKNOWN,
        .valid_to = order->valid_to_utc_ms,
        .charging_schedule = { &parts->schedule, 1 },
        .transaction_id = order->transaction_id,
    };
    return OCPP_OK;
}

enum ocpp_status central_v201_set_limit(struct command *command, const void *what)
{
    const struct ocpp_limit_order *order = what;
    struct ocpp201_set_charging_profile_req req = { .evse_id = order->evse };

    if (order->purpose == OCPP_LIMIT_OF_TRANSACTION && !order->transaction_id) { /* K01.FR.03 */
        return OCPP_ERR_ARGUMENT;
    }
    const enum ocpp_status status = central_v201_profile(command, order, &req.charging_profile);
    return status == OCPP_OK ? command_send(command, &ocpp201_actions[OCPP201_ACTION_SET_CHARGING_PROFILE], &req, read_set)
                             : status;
}

static bool read_cleared(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_clear_charging_profile_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_CLEAR_CHARGING_PROFILE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_clear_charging_profile_status_enum, (int)res->status);
    return true;
}

enum ocpp_status central_v201_clear_limits(struct command *command, const void *what)
{
    const struct ocpp_limit_criteria *criteria = what;
    const struct ocpp201_clear_charging_profile asked = {
        .has_evse_id = criteria->has_evse,
        .evse_id = criteria->evse,
        .charging_profile_purpose = criteria->has_purpose ? purposes[criteria->purpose] : OCPP201_CHARGING_PROFILE_PURPOSE_UNSET,
        .has_stack_level = criteria->has_stack_level,
        .stack_level = criteria->stack_level,
    };
    const struct ocpp201_clear_charging_profile_req req = {
        .has_charging_profile_id = criteria->has_id,
        .charging_profile_id = criteria->id,
        .charging_profile_criteria = criteria->has_id ? NULL : &asked,
    };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_CLEAR_CHARGING_PROFILE], &req, read_cleared);
}

static bool read_composite(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_get_composite_schedule_res *res = response;
    const struct ocpp201_composite_schedule *told = res->schedule;

    result->accepted = res->status == OCPP201_GENERIC_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_generic_status_enum, (int)res->status);
    if (!told) {
        return true;
    }
    const size_t count = told->charging_schedule_period.count;
    struct ocpp_limit_period *periods = NULL;
    struct ocpp_limit_schedule *schedule = central_new_schedule(central, count, &periods);
    if (!schedule) {
        return false;
    }
    schedule->start_utc_ms = told->schedule_start;
    schedule->duration_s = told->duration;
    schedule->unit = told->charging_rate_unit == OCPP201_CHARGING_RATE_UNIT_A ? OCPP_RATE_CURRENT : OCPP_RATE_POWER;
    for (size_t i = 0; i < count; i++) {
        const struct ocpp201_charging_schedule_period *period = &told->charging_schedule_period.items[i];
        periods[i] = (struct ocpp_limit_period){
            .start_s = period->start_period,
            .limit = period->limit,
            .phases = central_phase(period->has_number_phases, period->number_phases),
            .phase_to_use = central_phase(period->has_phase_to_use, period->phase_to_use),
        };
    }
    result->schedule = schedule;
    return true;
}

enum ocpp_status central_v201_get_composite(struct command *command, const void *what)
{
    const struct composite_order *order = what;
    const struct ocpp201_get_composite_schedule_req req = {
        .evse_id = order->evse,
        .duration = order->duration_s,
        .charging_rate_unit = unit_of(order->unit),
    };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_GET_COMPOSITE_SCHEDULE], &req, read_composite);
}
