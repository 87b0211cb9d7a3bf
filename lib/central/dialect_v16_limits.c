/* dialect_v16_limits.c: limits in OCPP 1.6: charging profiles and what they come to. */
#include "dialect.h"
#include "dialect_orders.h"

#include <ocpp/v16.h>

static const enum ocpp16_charging_profile_purpose_type purposes[] = {
    [OCPP_LIMIT_OF_STATION] = OCPP16_CHARGING_PROFILE_PURPOSE_TYPE_CHARGE_POINT_MAX_PROFILE,
    [OCPP_LIMIT_BY_DEFAULT] = OCPP16_CHARGING_PROFILE_PURPOSE_TYPE_TX_DEFAULT_PROFILE,
    [OCPP_LIMIT_OF_TRANSACTION] = OCPP16_CHARGING_PROFILE_PURPOSE_TYPE_TX_PROFILE,
    [OCPP_LIMIT_EXTERNAL] = OCPP16_CHARGING_PROFILE_PURPOSE_TYPE_UNSET,
};

static const struct {
    enum ocpp16_charging_profile_kind_type kind;
    enum ocpp16_recurrency_kind_type recurrency;
} kinds[] = {
    [OCPP_LIMIT_ABSOLUTE] = { OCPP16_CHARGING_PROFILE_KIND_TYPE_ABSOLUTE, OCPP16_RECURRENCY_KIND_TYPE_UNSET },
    [OCPP_LIMIT_DAILY] = { OCPP16_CHARGING_PROFILE_KIND_TYPE_RECURRING, OCPP16_RECURRENCY_KIND_TYPE_DAILY },
    [OCPP_LIMIT_WEEKLY] = { OCPP16_CHARGING_PROFILE_KIND_TYPE_RECURRING, OCPP16_RECURRENCY_KIND_TYPE_WEEKLY },
    [OCPP_LIMIT_RELATIVE] = { OCPP16_CHARGING_PROFILE_KIND_TYPE_RELATIVE, OCPP16_RECURRENCY_KIND_TYPE_UNSET },
};

static enum ocpp16_charging_rate_unit_type unit_of(enum ocpp_rate_unit unit)
{
    return unit == OCPP_RATE_CURRENT ? OCPP16_CHARGING_RATE_UNIT_TYPE_A
           : unit == OCPP_RATE_POWER ? OCPP16_CHARGING_RATE_UNIT_TYPE_W
                                     : OCPP16_CHARGING_RATE_UNIT_TYPE_UNSET;
}

static bool read_set(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_set_charging_profile_conf *conf = response;

    (void)central;
    result->accepted = conf->status == OCPP16_CHARGING_PROFILE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp16_charging_profile_status_enum, (int)conf->status);
    return true;
}

/* Without numberPhases three are meant; a choice of one is beyond 1.6. */
static enum ocpp_status write_periods(const struct ocpp_charging_schedule *schedule,
                                      struct ocpp16_charging_schedule_period *periods)
{
    for (size_t i = 0; i < schedule->period_count; i++) {
        const struct ocpp_limit_period *period = &schedule->periods[i];
        if (period->phase_to_use != 0) {
            return OCPP_ERR_UNSUPPORTED_ACTION;
        }
        periods[i] = (struct ocpp16_charging_schedule_period){
            .start_period = period->start_s,
            .limit = period->limit,
            .has_number_phases = period->phases > 0,
            .number_phases = period->phases,
        };
    }
    return OCPP_OK;
}

static struct ocpp16_charging_schedule schedule_of(const struct ocpp_charging_schedule *schedule,
                                                   const struct ocpp16_charging_schedule_period *periods)
{
    return (struct ocpp16_charging_schedule){
        .has_duration = schedule->duration_s > 0,
        .duration = schedule->duration_s,
        .has_start_schedule = schedule->start_utc_ms != OCPP_UTC_UNKNOWN,
        .start_schedule = schedule->start_utc_ms,
        .charging_rate_unit = unit_of(schedule->unit),
        .charging_schedule_period = { periods, schedule->period_count },
        .has_min_charging_rate = schedule->has_min_rate,
        .min_charging_rate = schedule->min_rate,
    };
}

static enum ocpp_status write_profile(struct command *command, const struct ocpp_charging_profile *profile,
                                      struct ocpp16_charging_profile *wire)
{
    const struct ocpp_charging_schedule *schedule = &profile->schedules[0];
    struct ocpp16_charging_schedule_period *periods = command_take(command, schedule->period_count * sizeof *periods);
    int64_t transaction_id = 0;

    if (profile->schedule_count > 1 || schedule->tariff) {
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    if (profile->transaction_id && !central_v16_number(profile->transaction_id, &transaction_id)) {
        return OCPP_ERR_ARGUMENT;
    }
    *wire = (struct ocpp16_charging_profile){
        .charging_profile_id = profile->id,
        .has_transaction_id = profile->transaction_id != NULL,
        .transaction_id = transaction_id,
        .stack_level = profile->stack_level,
        .charging_profile_purpose = purposes[profile->purpose],
        .charging_profile_kind = kinds[profile->kind].kind,
        .recurrency_kind = kinds[profile->kind].recurrency,
        .has_valid_from = profile->valid_from_utc_ms != OCPP_UTC_UNKNOWN,
        .valid_from = profile->valid_from_utc_ms,
        .has_valid_to = profile->valid_to_utc_ms != OCPP_UTC_UNKNOWN,
        .valid_to = profile->valid_to_utc_ms,
        .charging_schedule = schedule_of(schedule, periods),
    };
    return periods ? write_periods(schedule, periods) : OCPP_ERR_NOMEM;
}

enum ocpp_status central_v16_profile(struct command *command, const struct ocpp_limit_order *order,
                                     struct ocpp16_charging_profile *wire)
{
    struct ocpp_charging_schedule schedule;
    const struct ocpp_charging_profile profile = central_profile_of(order, &schedule);

    return write_profile(command, &profile, wire);
}

enum ocpp_status central_v16_set_profile(struct command *command, const void *what)
{
    const struct profile_order *order = what;
    struct ocpp16_set_charging_profile_req req = { .connector_id = order->evse };
    const enum ocpp_status status = write_profile(command, order->profile, &req.cs_charging_profiles);

    return status == OCPP_OK ? command_send(command, &ocpp16_actions[OCPP16_ACTION_SET_CHARGING_PROFILE], &req, read_set)
                             : status;
}

static bool read_cleared(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_clear_charging_profile_conf *conf = response;

    (void)central;
    result->accepted = conf->status == OCPP16_CLEAR_CHARGING_PROFILE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp16_clear_charging_profile_status_enum, (int)conf->status);
    return true;
}

enum ocpp_status central_v16_clear_limits(struct command *command, const void *what)
{
    const struct ocpp_limit_criteria *criteria = what;
    const struct ocpp16_clear_charging_profile_req by_id = { .has_id = true, .id = criteria->id };
    const struct ocpp16_clear_charging_profile_req by_criteria = {
        .has_connector_id = criteria->has_evse,
        .connector_id = criteria->evse,
        .charging_profile_purpose =
            criteria->has_purpose ? purposes[criteria->purpose] : OCPP16_CHARGING_PROFILE_PURPOSE_TYPE_UNSET,
        .has_stack_level = criteria->has_stack_level,
        .stack_level = criteria->stack_level,
    };

    if (criteria->has_purpose && criteria->purpose == OCPP_LIMIT_EXTERNAL) {
        return OCPP_ERR_UNSUPPORTED_ACTION;
    }
    return command_send(command, &ocpp16_actions[OCPP16_ACTION_CLEAR_CHARGING_PROFILE], criteria->has_id ? &by_id : &by_criteria,
                        read_cleared);
}

static bool read_composite(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp16_get_composite_schedule_conf *conf = response;
    const struct ocpp16_charging_schedule *told = conf->charging_schedule;

    result->accepted = conf->status == OCPP16_GET_COMPOSITE_SCHEDULE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp16_get_composite_schedule_status_enum, (int)conf->status);
    if (!told) {
        return true;
    }
    const size_t count = told->charging_schedule_period.count;
    struct ocpp_limit_period *periods = NULL;
    struct ocpp_limit_schedule *schedule = central_new_schedule(central, count, &periods);
    if (!schedule) {
        return false;
    }
    schedule->start_utc_ms = conf->has_schedule_start ? conf->schedule_start : OCPP_UTC_UNKNOWN;
    schedule->duration_s = told->has_duration ? told->duration : 0;
    schedule->unit = told->charging_rate_unit == OCPP16_CHARGING_RATE_UNIT_TYPE_A ? OCPP_RATE_CURRENT : OCPP_RATE_POWER;
    for (size_t i = 0; i < count; i++) {
        const struct ocpp16_charging_schedule_period *period = &told->charging_schedule_period.items[i];
        periods[i] = (struct ocpp_limit_period){
            .start_s = period->start_period,
            .limit = period->limit,
            .phases = central_phase(period->has_number_phases, period->number_phases),
        };
    }
    result->schedule = schedule;
    return true;
}

enum ocpp_status central_v16_get_composite(struct command *command, const void *what)
{
    const struct composite_order *order = what;
    const struct ocpp16_get_composite_schedule_req req = {
        .connector_id = order->evse,
        .duration = order->duration_s,
        .charging_rate_unit = unit_of(order->unit),
    };

    return command_send(command, &ocpp16_actions[OCPP16_ACTION_GET_COMPOSITE_SCHEDULE], &req, read_composite);
}
