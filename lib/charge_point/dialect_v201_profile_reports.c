/* dialect_v201_profile_reports.c: what a station tells of its charging profiles and of limits from outside in OCPP 2.0.1
 * (K09, K11 to K13). */
#include "dialect_v201.h"

static const enum ocpp201_charging_limit_source sources[] = {
    [OCPP_LIMIT_SOURCE_EMS] = OCPP201_CHARGING_LIMIT_SOURCE_EMS,
    [OCPP_LIMIT_SOURCE_OTHER] = OCPP201_CHARGING_LIMIT_SOURCE_OTHER,
    [OCPP_LIMIT_SOURCE_SO] = OCPP201_CHARGING_LIMIT_SOURCE_SO,
    [OCPP_LIMIT_SOURCE_CSO] = OCPP201_CHARGING_LIMIT_SOURCE_CSO,
};

/* --- what is asked for ------------------------------------------------------------------------------------------------- */

static struct profile_filter filter_of(const struct ocpp201_get_charging_profiles_req *request)
{
    const struct ocpp201_charging_profile_criterion *criterion = &request->charging_profile;
    struct profile_filter filter = {
        .ids = criterion->charging_profile_id.items,
        .id_count = criterion->charging_profile_id.count,
        .has_place = request->has_evse_id,
        .evse = ocpp_cp_v201_place(request->evse_id),
        .purpose = ocpp_cp_v201_purpose(criterion->charging_profile_purpose),
        .has_stack_level = criterion->has_stack_level,
        .stack_level = criterion->stack_level,
    };
    for (size_t i = 0; i < criterion->charging_limit_source.count; i++) {
        for (unsigned source = 0; source < sizeof(sources) / sizeof(sources[0]); source++) {
            filter.sources |= criterion->charging_limit_source.items[i] == sources[source] ? 1U << source : 0;
        }
    }
    return filter;
}

void ocpp_cp_v201_get_charging_profiles(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_get_charging_profiles_req *request = call->request;
    if (ocpp_cp_v201_smart_is_off(cp, call)) {
        return;
    }
    const struct profile_filter filter = filter_of(request);
    const enum ocpp_status status = ocpp_cp_profile_report(cp, request->request_id, &filter);
    if (status == OCPP_ERR_LIMIT) { /* there is no word for "not now" */
        if (ocpp_rpc_refuse(cp->rpc, call->token, OCPP_CALL_ERROR_INTERNAL_ERROR, "too many reports are under way") != OCPP_OK) {
            ocpp_cp_log(cp, OCPP_LOG_ERROR, "%s cannot be refused", call->action_name);
        }
        return;
    }
    const struct ocpp201_get_charging_profiles_res response = {
        .status =
            status == OCPP_OK ? OCPP201_GET_CHARGING_PROFILE_STATUS_ACCEPTED : OCPP201_GET_CHARGING_PROFILE_STATUS_NO_PROFILES,
    };
    ocpp_cp_reply(cp, call, &response);
}

/* --- a profile on the wire ------------------------------------------------------------------------------------------------ */

static const struct ocpp201_charging_schedule_period *periods_of(struct ocpp_charge_point *cp, const struct profile *profile)
{
    struct ocpp201_charging_schedule_period *periods = ocpp_arena_take(cp->arena, profile->period_count * sizeof(*periods));
    for (size_t i = 0; periods != NULL && i < profile->period_count; i++) {
        const struct profile_period *period = &profile->periods[i];
        periods[i] = (struct ocpp201_charging_schedule_period){
            .start_period = period->start_s,
            .limit = OCPP_DECIMAL(period->rate_milli, 3),
            .has_number_phases = period->phases != 0,
            .number_phases = period->phases,
            .has_phase_to_use = period->phase_to_use != 0,
            .phase_to_use = period->phase_to_use,
        };
    }
    return periods;
}

static bool fill_schedule(struct ocpp_charge_point *cp, const struct profile *profile, struct ocpp201_charging_schedule *schedule)
{
    *schedule = (struct ocpp201_charging_schedule){
        .id = profile->schedule_id,
        .has_start_schedule = profile->start_ms != PROFILE_NO_START,
        .start_schedule = profile->start_ms,
        .has_duration = profile->duration_s != PROFILE_UNBOUNDED_S,
        .duration = profile->duration_s,
        .charging_rate_unit = profile->unit == IN_WATT ? OCPP201_CHARGING_RATE_UNIT_W : OCPP201_CHARGING_RATE_UNIT_A,
        .charging_schedule_period = { periods_of(cp, profile), profile->period_count },
        .has_min_charging_rate = profile->min_rate_milli >= 0,
        .min_charging_rate = OCPP_DECIMAL(profile->min_rate_milli, 3),
    };
    return schedule->charging_schedule_period.items != NULL;
}

static bool fill_profile(struct ocpp_charge_point *cp, const struct profile *from, struct ocpp201_charging_profile *profile)
{
    static const enum ocpp201_charging_profile_purpose purposes[] = {
        [PURPOSE_EXTERNAL] = OCPP201_CHARGING_PROFILE_PURPOSE_CHARGING_STATION_EXTERNAL_CONSTRAINTS,
        [PURPOSE_STATION_MAX] = OCPP201_CHARGING_PROFILE_PURPOSE_CHARGING_STATION_MAX_PROFILE,
        [PURPOSE_TX_DEFAULT] = OCPP201_CHARGING_PROFILE_PURPOSE_TX_DEFAULT_PROFILE,
        [PURPOSE_TX] = OCPP201_CHARGING_PROFILE_PURPOSE_TX_PROFILE,
    };
    static const enum ocpp201_charging_profile_kind kinds[] = {
        [PROFILE_ABSOLUTE] = OCPP201_CHARGING_PROFILE_KIND_ABSOLUTE,
        [PROFILE_RECURRING] = OCPP201_CHARGING_PROFILE_KIND_RECURRING,
        [PROFILE_RELATIVE] = OCPP201_CHARGING_PROFILE_KIND_RELATIVE,
    };
    static const enum ocpp201_recurrency_kind recurrencies[] = {
        [RECURS_NOT] = OCPP201_RECURRENCY_KIND_UNSET,
        [RECURS_DAILY] = OCPP201_RECURRENCY_KIND_DAILY,
        [RECURS_WEEKLY] = OCPP201_RECURRENCY_KIND_WEEKLY,
    };
    struct ocpp201_charging_schedule *schedule = ocpp_arena_take(cp->arena, sizeof(*schedule));
    char uuid[UUID_TEXT_SIZE];
    ocpp_uuid_text(from->transaction, uuid);
    *profile = (struct ocpp201_charging_profile){
        .id = from->id,
        .stack_level = from->stack_level,
        .charging_profile_purpose = purposes[from->purpose],
        .charging_profile_kind = kinds[from->kind],
        .recurrency_kind = recurrencies[from->recurrency],
        .has_valid_from = from->valid_from_ms != INT64_MIN,
        .valid_from = from->valid_from_ms,
        .has_valid_to = from->valid_to_ms != INT64_MAX,
        .valid_to = from->valid_to_ms,
        .charging_schedule = { schedule, 1 },
        .transaction_id = from->purpose == PURPOSE_TX ? ocpp_arena_text(cp->arena, uuid, UUID_TEXT_SIZE - 1) : NULL,
    };
    return schedule != NULL && fill_schedule(cp, from, schedule) &&
           (from->purpose != PURPOSE_TX || profile->transaction_id != NULL);
}

/* --- messages -----------------------------------------------------------------------------------------------------------------
 */

static void on_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    ocpp_cp_profiles_answered(user, answer->status);
}

enum ocpp_status ocpp_cp_v201_send_profiles(struct ocpp_charge_point *cp, const struct profile_page *page)
{
    ocpp_arena_reset(cp->arena);
    struct ocpp201_charging_profile *profiles = ocpp_arena_take(cp->arena, page->count * sizeof(*profiles));
    for (size_t i = 0; i < page->count; i++) {
        if (profiles == NULL || !fill_profile(cp, page->profiles[i], &profiles[i])) {
            cp->send_retry_mono_ms = cp->now.mono_ms + SEND_RETRY_MS;
            return OCPP_ERR_NOMEM;
        }
    }
    const struct ocpp201_report_charging_profiles_req request = {
        .request_id = page->request_id,
        .charging_limit_source = sources[page->source],
        .charging_profile = { profiles, page->count },
        .has_tbc = !page->is_last,
        .tbc = true,
        .evse_id = page->evse,
    };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_REPORT_CHARGING_PROFILES], &request, NULL, on_answer);
}

static enum ocpp_status send_cleared(struct ocpp_charge_point *cp, const struct limit_report *report)
{
    const struct ocpp201_cleared_charging_limit_req request = {
        .charging_limit_source = sources[report->limit->source],
        .has_evse_id = report->evse != 0,
        .evse_id = report->evse,
    };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_CLEARED_CHARGING_LIMIT], &request, NULL, on_answer);
}

enum ocpp_status ocpp_cp_v201_send_limit(struct ocpp_charge_point *cp, const struct limit_report *report)
{
    if (!report->is_set) {
        return send_cleared(cp, report);
    }
    struct ocpp201_charging_schedule schedule;
    ocpp_arena_reset(cp->arena);
    if (report->schedule != NULL && !fill_schedule(cp, report->schedule, &schedule)) {
        cp->send_retry_mono_ms = cp->now.mono_ms + SEND_RETRY_MS;
        return OCPP_ERR_NOMEM;
    }
    const struct ocpp201_notify_charging_limit_req request = {
        .charging_schedule = { report->schedule == NULL ? NULL : &schedule, report->schedule == NULL ? 0 : 1 },
        .has_evse_id = report->evse != 0,
        .evse_id = report->evse,
        .charging_limit = { .charging_limit_source = sources[report->limit->source],
                            .has_is_grid_critical = report->limit->is_grid_critical,
                            .is_grid_critical = true },
    };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_NOTIFY_CHARGING_LIMIT], &request, NULL, on_answer);
}
