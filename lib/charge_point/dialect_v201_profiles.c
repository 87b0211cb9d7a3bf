/* dialect_v201_profiles.c: smart charging of OCPP 2.0.1 (block K): profiles that come in and composite schedules. What a station
 * reports of itself is in dialect_v201_profile_reports.c. */
#include "dialect_v201.h"

#include <string.h>

#include "text.h"

enum { COMPOSITE_PERIODS = 128 };

static const enum profile_purpose purposes[] = {
    [OCPP201_CHARGING_PROFILE_PURPOSE_UNSET] = PURPOSE_NONE,
    [OCPP201_CHARGING_PROFILE_PURPOSE_CHARGING_STATION_EXTERNAL_CONSTRAINTS] = PURPOSE_EXTERNAL,
    [OCPP201_CHARGING_PROFILE_PURPOSE_CHARGING_STATION_MAX_PROFILE] = PURPOSE_STATION_MAX,
    [OCPP201_CHARGING_PROFILE_PURPOSE_TX_DEFAULT_PROFILE] = PURPOSE_TX_DEFAULT,
    [OCPP201_CHARGING_PROFILE_PURPOSE_TX_PROFILE] = PURPOSE_TX,
};

static const enum schedule_unit units[] = {
    [OCPP201_CHARGING_RATE_UNIT_UNSET] = IN_NOTHING,
    [OCPP201_CHARGING_RATE_UNIT_W] = IN_WATT,
    [OCPP201_CHARGING_RATE_UNIT_A] = IN_AMPERE,
};

/* The words of the appendix for a refusal. */
static const char *const reason_codes[] = {
    [PROFILE_TAKEN] = NULL,
    [PROFILE_NO_PLACE] = "InvalidValue",
    [PROFILE_NO_TRANSACTION] = "TxNotFound",
    [PROFILE_NOT_SOUND] = "InvalidProfile",
    [PROFILE_BAD_SCHEDULE] = "InvalidSchedule",
    [PROFILE_LEVEL_TOO_HIGH] = "InvalidStackLevel",
    [PROFILE_UNIT_UNSUPPORTED] = "UnsupportedRateUnit",
    [PROFILE_PHASES_UNSUPPORTED] = "UnsupportedParam",
    [PROFILE_IS_DUPLICATE] = "DuplicateProfile",
    [PROFILE_TOO_MANY] = "TooManyElements",
    [PROFILE_NOT_STORED] = "OutOfStorage",
    [PROFILE_TOO_EARLY] = "InvalidMessageSeq",
};

enum profile_purpose ocpp_cp_v201_purpose(enum ocpp201_charging_profile_purpose purpose)
{
    return purposes[purpose];
}

/* --- a profile from the wire -------------------------------------------------------------------------------------------- */

static void fill_kind(const struct ocpp201_charging_profile *from, struct profile *profile)
{
    static const enum profile_kind kinds[] = {
        [OCPP201_CHARGING_PROFILE_KIND_ABSOLUTE] = PROFILE_ABSOLUTE,
        [OCPP201_CHARGING_PROFILE_KIND_RECURRING] = PROFILE_RECURRING,
        [OCPP201_CHARGING_PROFILE_KIND_RELATIVE] = PROFILE_RELATIVE,
    };
    static const enum profile_recurrency recurrencies[] = {
        [OCPP201_RECURRENCY_KIND_UNSET] = RECURS_NOT,
        [OCPP201_RECURRENCY_KIND_DAILY] = RECURS_DAILY,
        [OCPP201_RECURRENCY_KIND_WEEKLY] = RECURS_WEEKLY,
    };
    profile->kind = (int8_t)kinds[from->charging_profile_kind];
    profile->recurrency = (int8_t)recurrencies[from->recurrency_kind];
}

/* What the tariff of a schedule says is for the vehicle, over ISO 15118: dialect_v201_ev.c. */
static enum profile_refusal fill_schedule(struct ocpp_charge_point *cp, const struct ocpp201_charging_schedule *from,
                                          struct profile *profile)
{
    profile->schedule_id = from->id;
    profile->unit = (int8_t)units[from->charging_rate_unit];
    if (from->has_start_schedule) {
        profile->start_ms = from->start_schedule;
    }
    if (from->has_duration) {
        profile->duration_s = ocpp_cp_profile_duration(from->duration);
    }
    if (from->has_min_charging_rate && !ocpp_cp_profile_rate(from->min_charging_rate, &profile->min_rate_milli)) {
        return PROFILE_BAD_SCHEDULE;
    }
    for (size_t i = 0; i < from->charging_schedule_period.count; i++) {
        const struct ocpp201_charging_schedule_period *period = &from->charging_schedule_period.items[i];
        const struct profile_period phases = {
            .phases = ocpp_cp_profile_phases(cp, profile->evse, period->has_number_phases, period->number_phases),
            .phase_to_use = ocpp_cp_profile_phases(cp, profile->evse, period->has_phase_to_use, period->phase_to_use),
        };
        const enum profile_refusal refusal = ocpp_cp_profile_add_period(cp, profile, period->start_period, period->limit, phases);
        if (refusal != PROFILE_TAKEN) {
            return refusal;
        }
    }
    return PROFILE_TAKEN;
}

static void fill_transaction(const struct ocpp_charge_point *cp, const char *id, struct profile *profile)
{
    memset(profile->transaction, 0xff, PROFILE_UUID_BYTES); /* no transaction is called so */
    for (int i = 0; i < cp->settings.evse_count; i++) {
        char uuid[UUID_TEXT_SIZE];
        ocpp_uuid_text(cp->evses[i].transaction.uuid, uuid);
        if (ocpp_cp_has_transaction(&cp->evses[i]) && ocpp_text_equal_fold(uuid, id)) {
            memcpy(profile->transaction, cp->evses[i].transaction.uuid, PROFILE_UUID_BYTES);
        }
    }
}

static enum profile_refusal fill_profile(struct ocpp_charge_point *cp, const struct ocpp201_charging_profile *from,
                                         size_t index, struct profile *profile)
{
    profile->id = from->id;
    profile->purpose = (int8_t)purposes[from->charging_profile_purpose];
    profile->stack_level = ocpp_cp_profile_level(from->stack_level);
    profile->valid_from_ms = from->has_valid_from ? from->valid_from : INT64_MIN;
    profile->valid_to_ms = from->has_valid_to ? from->valid_to : INT64_MAX;
    fill_kind(from, profile);
    return fill_schedule(cp, &from->charging_schedule.items[index], profile);
}

/* The profile of a transaction with one of its schedules. */
struct profile *ocpp_cp_v201_profile_with(struct ocpp_charge_point *cp, const struct ocpp201_charging_profile *from, int evse,
                                          size_t index, enum profile_refusal *refusal)
{
    struct profile *profile = ocpp_cp_profile_begin(cp);
    profile->evse = evse;
    *refusal = fill_profile(cp, from, index, profile);
    if (from->transaction_id != NULL) {
        fill_transaction(cp, from->transaction_id, profile);
    }
    return profile;
}

/* More schedules than one are for a vehicle that told its needs (K01.FR.34). */
static enum profile_refusal stage(struct ocpp_charge_point *cp, const struct ocpp201_charging_profile *from, int evse)
{
#if OCPP_WITH_PLUG_AND_CHARGE
    if (purposes[from->charging_profile_purpose] == PURPOSE_TX) {
        return ocpp_cp_v201_stage_choices(cp, from, evse);
    }
#else
    (void)cp;
    (void)evse;
#endif
    return from->charging_schedule.count == 1 ? PROFILE_TAKEN : PROFILE_TOO_MANY;
}

static void count(struct ocpp_charge_point *cp, const struct profile *profile)
{
#if OCPP_WITH_PLUG_AND_CHARGE
    if (profile->purpose == PURPOSE_TX) {
        ocpp_cp_v201_count_choices(cp, profile->evse);
    }
#else
    (void)cp;
    (void)profile;
#endif
}

/* --- operations ------------------------------------------------------------------------------------------------------------ */

static void refuse(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call, enum ocpp_call_error error,
                   const char *why)
{
    if (ocpp_rpc_refuse(cp->rpc, call->token, error, why) != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "%s cannot be refused", call->action_name);
    }
}

bool ocpp_cp_v201_smart_is_off(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    if (ocpp_cp_smart_is_on(cp)) {
        return false;
    }
    refuse(cp, call, OCPP_CALL_ERROR_NOT_SUPPORTED, "smart charging is switched off"); /* K01.FR.29 */
    return true;
}

static enum profile_refusal set_profile(struct ocpp_charge_point *cp, const struct ocpp201_set_charging_profile_req *request)
{
    const struct ocpp201_charging_profile *from = &request->charging_profile;
    const int evse = ocpp_cp_v201_place(request->evse_id);
    enum profile_refusal refusal = stage(cp, from, evse);
    if (refusal != PROFILE_TAKEN) {
        return refusal;
    }
    struct profile *profile = ocpp_cp_v201_profile_with(cp, from, evse, 0, &refusal);
    if (refusal != PROFILE_TAKEN) {
        return refusal;
    }
    if (profile->purpose == PURPOSE_TX && from->transaction_id == NULL) { /* K01.FR.03 */
        return PROFILE_NOT_SOUND;
    }
    refusal = ocpp_cp_profile_set(cp, profile, RIVALS_REFUSE);
    if (refusal == PROFILE_TAKEN) {
        count(cp, profile);
    }
    return refusal;
}

void ocpp_cp_v201_set_charging_profile(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    if (ocpp_cp_v201_smart_is_off(cp, call)) {
        return;
    }
    const enum profile_refusal refusal = set_profile(cp, call->request);
    const struct ocpp201_status_info info = { .reason_code = reason_codes[refusal] };
    const bool is_taken = refusal == PROFILE_TAKEN;
    const struct ocpp201_set_charging_profile_res response = {
        .status = is_taken ? OCPP201_CHARGING_PROFILE_STATUS_ACCEPTED : OCPP201_CHARGING_PROFILE_STATUS_REJECTED,
        .status_info = is_taken ? NULL : &info,
    };
    ocpp_cp_reply(cp, call, &response);
}

const char *ocpp_cp_v201_await_profile(struct ocpp_charge_point *cp, const struct ocpp201_charging_profile *from, int evse,
                                       uint32_t *serial)
{
    *serial = 0;
    if (from == NULL || !ocpp_cp_smart_is_on(cp)) { /* F01.FR.12, F02.FR.20 */
        return NULL;
    }
    struct profile *profile = ocpp_cp_profile_begin(cp);
    profile->evse = evse;
    enum profile_refusal refusal = from->charging_schedule.count == 1 ? PROFILE_TAKEN : PROFILE_TOO_MANY;
    if (refusal == PROFILE_TAKEN) {
        refusal = fill_profile(cp, from, 0, profile);
    }
    if (refusal == PROFILE_TAKEN) {
        refusal = from->transaction_id != NULL ? PROFILE_NOT_SOUND : ocpp_cp_profile_await(cp, profile, serial); /* F01.FR.11 */
    }
    return reason_codes[refusal];
}

void ocpp_cp_v201_clear_charging_profile(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_clear_charging_profile_req *request = call->request;
    const struct ocpp201_clear_charging_profile *criteria = request->charging_profile_criteria;
    struct ocpp201_clear_charging_profile_res response = { .status = OCPP201_CLEAR_CHARGING_PROFILE_STATUS_UNKNOWN };
    struct profile_filter filter = { .has_id = request->has_charging_profile_id, .id = request->charging_profile_id };
    if (ocpp_cp_v201_smart_is_off(cp, call)) {
        return;
    }
    if (criteria != NULL) {
        filter.has_place = criteria->has_evse_id;
        filter.evse = ocpp_cp_v201_place(criteria->evse_id);
        filter.purpose = purposes[criteria->charging_profile_purpose];
        filter.has_stack_level = criteria->has_stack_level;
        filter.stack_level = criteria->stack_level;
    }
    const enum ocpp_status status = ocpp_cp_profile_clear(cp, &filter);
    if (status != OCPP_OK && status != OCPP_ERR_NOT_FOUND) { /* neither word would be true */
        refuse(cp, call, OCPP_CALL_ERROR_INTERNAL_ERROR, ocpp_status_sentence(status));
        return;
    }
    if (status == OCPP_OK) {
        response.status = OCPP201_CLEAR_CHARGING_PROFILE_STATUS_ACCEPTED;
    }
    ocpp_cp_reply(cp, call, &response);
}

/* --- the composite schedule --------------------------------------------------------------------------------------------------
 */

static const struct ocpp201_charging_schedule_period *periods_of(struct ocpp_charge_point *cp, const struct composite *composite)
{
    struct ocpp201_charging_schedule_period *periods = ocpp_arena_take(cp->arena, composite->count * sizeof(*periods));
    for (size_t i = 0; periods != NULL && i < composite->count; i++) {
        const struct composite_period *period = &composite->periods[i];
        periods[i] = (struct ocpp201_charging_schedule_period){
            .start_period = period->start_s,
            .limit = OCPP_DECIMAL(period->rate_tenths, 1),
            .has_number_phases = period->phases != 0,
            .number_phases = period->phases,
            .has_phase_to_use = period->phase_to_use != 0,
            .phase_to_use = period->phase_to_use,
        };
    }
    return periods;
}

static bool compose(struct ocpp_charge_point *cp, const struct ocpp201_get_composite_schedule_req *request,
                    struct composite *composite, struct ocpp201_composite_schedule *schedule)
{
    const struct composite_question question = {
        .evse = ocpp_cp_v201_place(request->evse_id),
        .unit =
            ocpp_cp_composite_unit(cp, ocpp_cp_v201_place(request->evse_id), units[request->charging_rate_unit]), /* K08.FR.07 */
        .duration_s = request->duration,
    };
    if (question.evse > cp->settings.evse_count || question.unit == IN_NOTHING || question.duration_s < 0 ||
        ocpp_cp_composite(cp, &question, composite, &schedule->schedule_start) != OCPP_OK) {
        return false; /* K08.FR.05 */
    }
    schedule->evse_id = request->evse_id;
    schedule->duration = composite->duration_s;
    schedule->charging_rate_unit = question.unit == IN_WATT ? OCPP201_CHARGING_RATE_UNIT_W : OCPP201_CHARGING_RATE_UNIT_A;
    return true;
}

void ocpp_cp_v201_get_composite_schedule(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call)
{
    struct ocpp201_get_composite_schedule_res response = { .status = OCPP201_GENERIC_STATUS_REJECTED };
    struct ocpp201_composite_schedule schedule = { .evse_id = 0 };
    if (ocpp_cp_v201_smart_is_off(cp, call)) {
        return;
    }
    ocpp_arena_reset(cp->arena);
    struct composite composite = { .periods = ocpp_arena_take(cp->arena, COMPOSITE_PERIODS * sizeof(*composite.periods)),
                                   .room = COMPOSITE_PERIODS };
    if (composite.periods == NULL) {
        ocpp_cp_reply(cp, call, NULL);
        return;
    }
    if (!compose(cp, call->request, &composite, &schedule)) {
        ocpp_cp_reply(cp, call, &response);
        return;
    }
    schedule.charging_schedule_period.items = periods_of(cp, &composite);
    schedule.charging_schedule_period.count = composite.count;
    response.status = OCPP201_GENERIC_STATUS_ACCEPTED;
    response.schedule = &schedule;
    ocpp_cp_reply(cp, call, schedule.charging_schedule_period.items == NULL ? NULL : &response);
}
