/* dialect_v201_limits.c: limits in OCPP 2.0.1: charging profiles and what they come to. */
#include "dialect.h"
#include "dialect_orders.h"
#include "dialect_v201_profiles.h"

#include <ocpp/v201.h>

static bool read_set(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_set_charging_profile_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_CHARGING_PROFILE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_charging_profile_status_enum, (int)res->status);
    return true;
}

enum ocpp_status central_v201_profile(struct command *command, const struct ocpp_limit_order *order,
                                      struct ocpp201_charging_profile *wire)
{
    struct ocpp_charging_schedule schedule;
    const struct ocpp_charging_profile profile = central_profile_of(order, &schedule);

    return central_v201_write_profile(command, &profile, wire);
}

enum ocpp_status central_v201_set_profile(struct command *command, const void *what)
{
    const struct profile_order *order = what;
    const struct ocpp_charging_profile *profile = order->profile;
    struct ocpp201_set_charging_profile_req req = { .evse_id = order->evse };
    const bool is_nameless = profile->purpose == OCPP_LIMIT_OF_TRANSACTION && !profile->transaction_id;       /* K01.FR.03 */
    const bool is_adrift = profile->purpose == OCPP_LIMIT_OF_STATION && profile->kind == OCPP_LIMIT_RELATIVE; /* K01.FR.38 */

    if (is_nameless || is_adrift) {
        return OCPP_ERR_ARGUMENT;
    }
    const enum ocpp_status status = central_v201_write_profile(command, profile, &req.charging_profile);
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
        .charging_profile_purpose =
            criteria->has_purpose ? central_v201_purpose(criteria->purpose) : OCPP201_CHARGING_PROFILE_PURPOSE_UNSET,
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
        .charging_rate_unit = central_v201_rate_unit(order->unit),
    };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_GET_COMPOSITE_SCHEDULE], &req, read_composite);
}
