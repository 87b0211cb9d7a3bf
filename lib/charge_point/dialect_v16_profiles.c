/* dialect_v16_profiles.c: smart charging of OCPP 1.6 (3.13, 5.5, 5.7, 5.16; errata 3.24 to 3.26, 3.28 to 3.30, 3.34, 3.37
 * to 3.39, 3.41 to 3.45, 3.51, 3.53, 3.56, 3.57, 3.65 to 3.67, 3.69 to 3.71, 3.79). */
#include "dialect_v16.h"

#include <string.h>

enum { COMPOSITE_PERIODS = 128 };

static const enum profile_purpose purposes[] = {
    [OCPP16_CHARGING_PROFILE_PURPOSE_TYPE_UNSET] = PURPOSE_NONE,
    [OCPP16_CHARGING_PROFILE_PURPOSE_TYPE_CHARGE_POINT_MAX_PROFILE] = PURPOSE_STATION_MAX,
    [OCPP16_CHARGING_PROFILE_PURPOSE_TYPE_TX_DEFAULT_PROFILE] = PURPOSE_TX_DEFAULT,
    [OCPP16_CHARGING_PROFILE_PURPOSE_TYPE_TX_PROFILE] = PURPOSE_TX,
};

static const enum schedule_unit units[] = {
    [OCPP16_CHARGING_RATE_UNIT_TYPE_UNSET] = IN_NOTHING,
    [OCPP16_CHARGING_RATE_UNIT_TYPE_A] = IN_AMPERE,
    [OCPP16_CHARGING_RATE_UNIT_TYPE_W] = IN_WATT,
};

/* --- a profile from the wire -------------------------------------------------------------------------------------------- */

/* The start of a schedule may be missing: it is the start of charging then (7.13), or now, for a limit of the whole charge point.
 * What a relative schedule says of a start, and a schedule that does not recur of recurring, means nothing (7.9; errata 3.56). */
static void fill_kind(struct ocpp_charge_point *cp, const struct ocpp16_charging_profile *from, struct profile *profile)
{
    const struct ocpp16_charging_schedule *schedule = &from->charging_schedule;
    profile->kind = from->charging_profile_kind == OCPP16_CHARGING_PROFILE_KIND_TYPE_RELATIVE    ? PROFILE_RELATIVE
                    : from->charging_profile_kind == OCPP16_CHARGING_PROFILE_KIND_TYPE_RECURRING ? PROFILE_RECURRING
                                                                                                 : PROFILE_ABSOLUTE;
    if (profile->kind == PROFILE_RECURRING) {
        profile->recurrency = from->recurrency_kind == OCPP16_RECURRENCY_KIND_TYPE_DAILY    ? RECURS_DAILY
                              : from->recurrency_kind == OCPP16_RECURRENCY_KIND_TYPE_WEEKLY ? RECURS_WEEKLY
                                                                                            : RECURS_NOT;
    }
    if (profile->kind == PROFILE_RELATIVE) {
        return;
    }
    if (schedule->has_start_schedule) {
        profile->start_ms = schedule->start_schedule;
    } else if (profile->kind == PROFILE_ABSOLUTE && profile->purpose == PURPOSE_STATION_MAX) {
        profile->start_ms = ocpp_cp_utc(cp, cp->now);
    } else if (profile->kind == PROFILE_ABSOLUTE) {
        profile->kind = PROFILE_RELATIVE;
    }
}

static enum profile_refusal fill_schedule(struct ocpp_charge_point *cp, const struct ocpp16_charging_schedule *from,
                                          struct profile *profile)
{
    profile->unit = (int8_t)units[from->charging_rate_unit];
    if (from->has_duration) {
        profile->duration_s = ocpp_cp_profile_duration(from->duration);
    }
    if (from->has_min_charging_rate && !ocpp_cp_profile_rate(from->min_charging_rate, &profile->min_rate_milli)) {
        return PROFILE_BAD_SCHEDULE;
    }
    for (size_t i = 0; i < from->charging_schedule_period.count; i++) {
        const struct ocpp16_charging_schedule_period *period = &from->charging_schedule_period.items[i];
        const struct profile_period phases = { .phases = ocpp_cp_profile_phases(cp, profile->evse, period->has_number_phases,
                                                                                period->number_phases) };
        const enum profile_refusal refusal = ocpp_cp_profile_add_period(cp, profile, period->start_period, period->limit, phases);
        if (refusal != PROFILE_TAKEN) {
            return refusal;
        }
    }
    return PROFILE_TAKEN;
}

static void fill_transaction(const struct ocpp_charge_point *cp, int64_t number, struct profile *profile)
{
    memset(profile->transaction, 0xff, PROFILE_UUID_BYTES); /* no transaction is called so */
    for (int i = 0; i < cp->settings.evse_count; i++) {
        const struct evse *evse = &cp->evses[i];
        if (ocpp_cp_has_transaction(evse) && evse->transaction.has_wire_number && evse->transaction.wire_number == number) {
            memcpy(profile->transaction, evse->transaction.uuid, PROFILE_UUID_BYTES);
        }
    }
}

static enum profile_refusal fill_profile(struct ocpp_charge_point *cp, const struct ocpp16_charging_profile *from,
                                         struct profile *profile)
{
    profile->id = from->charging_profile_id;
    profile->purpose = (int8_t)purposes[from->charging_profile_purpose];
    profile->stack_level = ocpp_cp_profile_level(from->stack_level);
    profile->valid_from_ms = from->has_valid_from ? from->valid_from : INT64_MIN;
    profile->valid_to_ms = from->has_valid_to ? from->valid_to : INT64_MAX;
    fill_kind(cp, from, profile);
    if (from->has_transaction_id && profile->purpose == PURPOSE_TX) {
        fill_transaction(cp, from->transaction_id, profile);
    }
    return fill_schedule(cp, &from->charging_schedule, profile);
}

static bool place_of(struct ocpp_charge_point *cp, int64_t number, int *evse, int *connector)
{
    *evse = *connector = 0;
    return number == 0 || ocpp_cp_row_place(cp, number, evse, connector);
}

static void refuse(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call, enum ocpp_call_error error,
                   const char *why)
{
    if (ocpp_rpc_refuse(cp->rpc, call->token, error, why) != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "%s cannot be refused", call->action_name);
    }
}

static bool is_off(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    if (ocpp_cp_smart_is_on(cp)) {
        return false;
    }
    refuse(cp, call, OCPP_CALL_ERROR_NOT_SUPPORTED, "smart charging is switched off"); /* errata 3.39 */
    return true;
}

/* --- operations ------------------------------------------------------------------------------------------------------------ */

void ocpp_cp_v16_set_charging_profile(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_set_charging_profile_req *request = call->request;
    int evse;
    int connector;
    if (is_off(cp, call)) {
        return;
    }
    if (!place_of(cp, request->connector_id, &evse, &connector)) {
        refuse(cp, call, OCPP_CALL_ERROR_PROPERTY_CONSTRAINT_VIOLATION, "there is no such connector"); /* errata 3.39 */
        return;
    }
    struct profile *profile = ocpp_cp_profile_begin(cp);
    profile->evse = evse;
    profile->connector = connector;
    enum profile_refusal refusal = fill_profile(cp, &request->cs_charging_profiles, profile);
    if (refusal == PROFILE_TAKEN) {
        refusal = ocpp_cp_profile_set(cp, profile, RIVALS_ARE_REPLACED);
    }
    const struct ocpp16_set_charging_profile_conf conf = {
        .status = refusal == PROFILE_TAKEN ? OCPP16_CHARGING_PROFILE_STATUS_ACCEPTED : OCPP16_CHARGING_PROFILE_STATUS_REJECTED,
    };
    ocpp_cp_reply(cp, call, &conf);
}

bool ocpp_cp_v16_await_profile(struct ocpp_charge_point *cp, const struct ocpp16_charging_profile *from, int evse, int connector,
                               uint32_t *serial)
{
    *serial = 0;
    if (from == NULL || !ocpp_cp_smart_is_on(cp)) { /* without support it is ignored (5.11) */
        return true;
    }
    struct profile *profile = ocpp_cp_profile_begin(cp);
    profile->evse = evse;
    profile->connector = connector;
    enum profile_refusal refusal = fill_profile(cp, from, profile);
    if (from->has_transaction_id) { /* errata 3.41 */
        return false;
    }
    if (refusal == PROFILE_TAKEN) {
        refusal = ocpp_cp_profile_await(cp, profile, serial);
    }
    return refusal == PROFILE_TAKEN;
}

void ocpp_cp_v16_clear_charging_profile(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_clear_charging_profile_req *request = call->request;
    struct ocpp16_clear_charging_profile_conf conf = { .status = OCPP16_CLEAR_CHARGING_PROFILE_STATUS_UNKNOWN };
    struct profile_filter filter = {
        .has_id = request->has_id,
        .id = request->id,
        .has_place = request->has_connector_id,
        .purpose = purposes[request->charging_profile_purpose],
        .has_stack_level = request->has_stack_level,
        .stack_level = request->stack_level,
    };
    if (is_off(cp, call)) {
        return;
    }
    const bool is_place = !request->has_connector_id || place_of(cp, request->connector_id, &filter.evse, &filter.connector);
    const enum ocpp_status status = is_place || request->has_id ? ocpp_cp_profile_clear(cp, &filter) : OCPP_ERR_NOT_FOUND;
    if (status == OCPP_OK) {
        conf.status = OCPP16_CLEAR_CHARGING_PROFILE_STATUS_ACCEPTED;
    }
    if (status != OCPP_OK && status != OCPP_ERR_NOT_FOUND) { /* neither word would be true */
        refuse(cp, call, OCPP_CALL_ERROR_INTERNAL_ERROR, ocpp_status_sentence(status));
        return;
    }
    ocpp_cp_reply(cp, call, &conf);
}

/* --- the composite schedule --------------------------------------------------------------------------------------------------
 */

static const struct ocpp16_charging_schedule_period *periods_of(struct ocpp_charge_point *cp, const struct composite *composite)
{
    struct ocpp16_charging_schedule_period *periods = ocpp_arena_take(cp->arena, composite->count * sizeof(*periods));
    for (size_t i = 0; periods != NULL && i < composite->count; i++) {
        periods[i] = (struct ocpp16_charging_schedule_period){
            .start_period = composite->periods[i].start_s,
            .limit = OCPP_DECIMAL(composite->periods[i].rate_tenths, 1),
            .has_number_phases = composite->periods[i].phases != 0,
            .number_phases = composite->periods[i].phases,
        };
    }
    return periods;
}

void ocpp_cp_v16_get_composite_schedule(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp16_get_composite_schedule_req *request = call->request;
    struct ocpp16_get_composite_schedule_conf conf = { .status = OCPP16_GET_COMPOSITE_SCHEDULE_STATUS_REJECTED };
    struct ocpp16_charging_schedule schedule = { .has_duration = true };
    int evse;
    int connector;
    if (is_off(cp, call)) {
        return;
    }
    ocpp_arena_reset(cp->arena);
    struct composite composite = { .periods = ocpp_arena_take(cp->arena, COMPOSITE_PERIODS * sizeof(*composite.periods)),
                                   .room = COMPOSITE_PERIODS };
    const bool is_place = place_of(cp, request->connector_id, &evse, &connector);
    const enum schedule_unit unit = ocpp_cp_composite_unit(cp, evse, units[request->charging_rate_unit]);
    if (composite.periods == NULL) {
        ocpp_cp_reply(cp, call, NULL);
        return;
    }
    if (!is_place || unit == IN_NOTHING || request->duration < 0 ||
        ocpp_cp_composite(cp, &(struct composite_question){ evse, connector, unit, request->duration }, &composite,
                          &conf.schedule_start) != OCPP_OK) {
        ocpp_cp_reply(cp, call, &conf);
        return;
    }
    schedule.duration = composite.duration_s;
    schedule.charging_rate_unit = unit == IN_WATT ? OCPP16_CHARGING_RATE_UNIT_TYPE_W : OCPP16_CHARGING_RATE_UNIT_TYPE_A;
    schedule.charging_schedule_period.items = periods_of(cp, &composite);
    schedule.charging_schedule_period.count = composite.count;
    conf.status = OCPP16_GET_COMPOSITE_SCHEDULE_STATUS_ACCEPTED;
    conf.has_connector_id = conf.has_schedule_start = true;
    conf.connector_id = request->connector_id;
    conf.charging_schedule = &schedule;
    ocpp_cp_reply(cp, call, schedule.charging_schedule_period.items == NULL ? NULL : &conf);
}
