/* dialect_v201_profiles.c: charging profiles in OCPP 2.0.1, as they are ordered and as they are told. Tariffs are in
 * dialect_v201_tariffs.c. */
#include "dialect_v201_profiles.h"
#include "dialect_orders.h"
#include "dialect_v201_tariffs.h"

#include <limits.h>
#include <string.h>

static const enum ocpp201_charging_profile_purpose purposes[] = {
    [OCPP_LIMIT_OF_STATION] = OCPP201_CHARGING_PROFILE_PURPOSE_CHARGING_STATION_MAX_PROFILE,
    [OCPP_LIMIT_BY_DEFAULT] = OCPP201_CHARGING_PROFILE_PURPOSE_TX_DEFAULT_PROFILE,
    [OCPP_LIMIT_OF_TRANSACTION] = OCPP201_CHARGING_PROFILE_PURPOSE_TX_PROFILE,
    [OCPP_LIMIT_EXTERNAL] = OCPP201_CHARGING_PROFILE_PURPOSE_CHARGING_STATION_EXTERNAL_CONSTRAINTS,
};

static const enum ocpp201_charging_limit_source sources[] = {
    [OCPP_LIMIT_SOURCE_EMS] = OCPP201_CHARGING_LIMIT_SOURCE_EMS,
    [OCPP_LIMIT_SOURCE_OTHER] = OCPP201_CHARGING_LIMIT_SOURCE_OTHER,
    [OCPP_LIMIT_SOURCE_SO] = OCPP201_CHARGING_LIMIT_SOURCE_SO,
    [OCPP_LIMIT_SOURCE_CSO] = OCPP201_CHARGING_LIMIT_SOURCE_CSO,
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

enum ocpp201_charging_rate_unit central_v201_rate_unit(enum ocpp_rate_unit unit)
{
    return unit == OCPP_RATE_CURRENT ? OCPP201_CHARGING_RATE_UNIT_A
           : unit == OCPP_RATE_POWER ? OCPP201_CHARGING_RATE_UNIT_W
                                     : OCPP201_CHARGING_RATE_UNIT_UNSET;
}

enum ocpp201_charging_profile_purpose central_v201_purpose(enum ocpp_limit_purpose purpose)
{
    return purposes[purpose];
}

enum ocpp201_charging_limit_source central_v201_limit_source(enum ocpp_limit_source source)
{
    return sources[source];
}

enum ocpp_limit_source central_v201_source_of(enum ocpp201_charging_limit_source source)
{
    unsigned i = 0;

    while (i < OCPP_LIMIT_SOURCE_CSO && sources[i] != source) {
        i++;
    }
    return (enum ocpp_limit_source)i;
}

/* --- as ordered ------------------------------------------------------------------------------------------------------------ */

static struct ocpp201_charging_schedule_period period_of(const struct ocpp_limit_period *period)
{
    return (struct ocpp201_charging_schedule_period){
        .start_period = period->start_s,
        .limit = period->limit,
        .has_number_phases = period->phases > 0,
        .number_phases = period->phases,
        .has_phase_to_use = period->phase_to_use > 0,
        .phase_to_use = period->phase_to_use,
    };
}

static enum ocpp_status write_schedule(struct command *command, const struct ocpp_charging_schedule *schedule,
                                       struct ocpp201_charging_schedule *wire)
{
    struct ocpp201_charging_schedule_period *periods = command_take(command, schedule->period_count * sizeof *periods);

    if (!periods) {
        return OCPP_ERR_NOMEM;
    }
    for (size_t i = 0; i < schedule->period_count; i++) {
        periods[i] = period_of(&schedule->periods[i]);
    }
    *wire = (struct ocpp201_charging_schedule){
        .id = schedule->id,
        .has_start_schedule = schedule->start_utc_ms != OCPP_UTC_UNKNOWN,
        .start_schedule = schedule->start_utc_ms,
        .has_duration = schedule->duration_s > 0,
        .duration = schedule->duration_s,
        .charging_rate_unit = central_v201_rate_unit(schedule->unit),
        .charging_schedule_period = { periods, schedule->period_count },
        .has_min_charging_rate = schedule->has_min_rate,
        .min_charging_rate = schedule->min_rate,
    };
    return schedule->tariff ? central_v201_write_tariff(command, schedule->tariff, &wire->sales_tariff) : OCPP_OK;
}

enum ocpp_status central_v201_write_profile(struct command *command, const struct ocpp_charging_profile *profile,
                                            struct ocpp201_charging_profile *wire)
{
    struct ocpp201_charging_schedule *schedules = command_take(command, profile->schedule_count * sizeof *schedules);
    enum ocpp_status status = schedules ? OCPP_OK : OCPP_ERR_NOMEM;

    for (size_t i = 0; i < profile->schedule_count && status == OCPP_OK; i++) {
        status = write_schedule(command, &profile->schedules[i], &schedules[i]);
    }
    *wire = (struct ocpp201_charging_profile){
        .id = profile->id,
        .stack_level = profile->stack_level,
        .charging_profile_purpose = purposes[profile->purpose],
        .charging_profile_kind = kinds[profile->kind].kind,
        .recurrency_kind = kinds[profile->kind].recurrency,
        .has_valid_from = profile->valid_from_utc_ms != OCPP_UTC_UNKNOWN,
        .valid_from = profile->valid_from_utc_ms,
        .has_valid_to = profile->valid_to_utc_ms != OCPP_UTC_UNKNOWN,
        .valid_to = profile->valid_to_utc_ms,
        .charging_schedule = { schedules, profile->schedule_count },
        .transaction_id = profile->transaction_id,
    };
    return status;
}

/* --- as told --------------------------------------------------------------------------------------------------------------- */

static bool read_schedule(struct ocpp_arena *arena, const struct ocpp201_charging_schedule *wire,
                          struct ocpp_charging_schedule *schedule)
{
    const size_t count = wire->charging_schedule_period.count;
    struct ocpp_limit_period *periods = ocpp_arena_take(arena, (count + 1) * sizeof *periods);

    for (size_t i = 0; periods && i < count; i++) {
        const struct ocpp201_charging_schedule_period *period = &wire->charging_schedule_period.items[i];
        periods[i] = (struct ocpp_limit_period){
            .start_s = period->start_period,
            .limit = period->limit,
            .phases = central_phase(period->has_number_phases, period->number_phases),
            .phase_to_use = central_phase(period->has_phase_to_use, period->phase_to_use),
        };
    }
    *schedule = (struct ocpp_charging_schedule){
        .id = wire->id,
        .start_utc_ms = wire->has_start_schedule ? wire->start_schedule : OCPP_UTC_UNKNOWN,
        .duration_s = wire->has_duration ? wire->duration : 0,
        .unit = wire->charging_rate_unit == OCPP201_CHARGING_RATE_UNIT_A ? OCPP_RATE_CURRENT : OCPP_RATE_POWER,
        .has_min_rate = wire->has_min_charging_rate,
        .min_rate = wire->min_charging_rate,
        .periods = periods,
        .period_count = count,
    };
    if (wire->sales_tariff) {
        schedule->tariff = central_v201_read_tariff(arena, wire->sales_tariff);
    }
    return periods && !schedule->tariff == !wire->sales_tariff;
}

const struct ocpp_charging_schedule *central_v201_read_schedules(struct ocpp_arena *arena,
                                                                 const struct ocpp201_charging_schedule *wire, size_t count)
{
    struct ocpp_charging_schedule *schedules = ocpp_arena_take(arena, (count + 1) * sizeof *schedules);

    for (size_t i = 0; schedules && i < count; i++) {
        if (!read_schedule(arena, &wire[i], &schedules[i])) {
            return NULL;
        }
    }
    return schedules;
}

static enum ocpp_limit_purpose purpose_of(enum ocpp201_charging_profile_purpose purpose)
{
    unsigned i = 0;

    while (i < OCPP_LIMIT_EXTERNAL && purposes[i] != purpose) {
        i++;
    }
    return (enum ocpp_limit_purpose)i;
}

/* A recurring profile that does not say how often recurs daily, as our stations hold it. */
static enum ocpp_limit_kind kind_of(const struct ocpp201_charging_profile *wire)
{
    switch (wire->charging_profile_kind) {
    case OCPP201_CHARGING_PROFILE_KIND_RECURRING:
        return wire->recurrency_kind == OCPP201_RECURRENCY_KIND_WEEKLY ? OCPP_LIMIT_WEEKLY : OCPP_LIMIT_DAILY;
    case OCPP201_CHARGING_PROFILE_KIND_RELATIVE:
        return OCPP_LIMIT_RELATIVE;
    case OCPP201_CHARGING_PROFILE_KIND_ABSOLUTE:
    case OCPP201_CHARGING_PROFILE_KIND_UNSET:
        break;
    }
    return OCPP_LIMIT_ABSOLUTE;
}

bool central_v201_read_profile(struct ocpp_arena *arena, const struct ocpp201_charging_profile *wire,
                               struct ocpp_charging_profile *profile)
{
    const char *transaction = wire->transaction_id;

    *profile = (struct ocpp_charging_profile){
        .id = wire->id,
        .stack_level = wire->stack_level > INT_MAX ? INT_MAX : (int)wire->stack_level,
        .purpose = purpose_of(wire->charging_profile_purpose),
        .kind = kind_of(wire),
        .transaction_id = transaction ? ocpp_arena_text(arena, transaction, strlen(transaction)) : NULL,
        .valid_from_utc_ms = wire->has_valid_from ? wire->valid_from : OCPP_UTC_UNKNOWN,
        .valid_to_utc_ms = wire->has_valid_to ? wire->valid_to : OCPP_UTC_UNKNOWN,
        .schedules = central_v201_read_schedules(arena, wire->charging_schedule.items, wire->charging_schedule.count),
        .schedule_count = wire->charging_schedule.count,
    };
    return profile->schedules && !profile->transaction_id == !transaction;
}
