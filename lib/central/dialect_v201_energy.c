/* dialect_v201_energy.c: limits of others, profiles in force, and what vehicles need and choose, in OCPP 2.0.1 (K09, K11 to K17).
 */
#include "dialect_energy.h"
#include "dialect_v201_profiles.h"
#include "energy.h"
#include "profile_reports.h"

static const struct ocpp_energy_handler *handler_of(const struct ocpp_station *station)
{
    static const struct ocpp_energy_handler none;
    const struct ocpp_energy_handler *energy = station->central->handler.energy;

    return energy ? energy : &none;
}

/* --- limits of others --------------------------------------------------------------------------------------------------------
 */

static void tell_limit(struct pending *pending, const struct ocpp201_notify_charging_limit_req *req, struct ocpp_limit_told *told)
{
    struct ocpp_station *station = pending->station;

    told->source = central_v201_source_of(req->charging_limit.charging_limit_source);
    told->is_grid_critical = req->charging_limit.has_is_grid_critical && req->charging_limit.is_grid_critical;
    told->schedules = central_v201_read_schedules(pending->arena, req->charging_schedule.items, req->charging_schedule.count);
    told->schedule_count = req->charging_schedule.count;
    if (!told->schedules) {
        pending_refuse(pending, OCPP_ERR_NOMEM);
        return;
    }
    handler_of(station)->on_limit(station, told, station->central->handler.user);
    const struct ocpp201_notify_charging_limit_res res = { 0 };
    station_reply(station, pending->token, &res);
    pending_free(pending);
}

static void handle_limit(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_notify_charging_limit_req *req = call->request;
    struct ocpp_limit_told told = { 0 };
    struct pending *pending;

    if (!handler_of(station)->on_limit) {
        station_thank(station, call, false);
        return;
    }
    if (req->has_evse_id && !station_number(req->evse_id, &told.evse)) {
        station_refuse(station, call->token, OCPP_ERR_RANGE);
        return;
    }
    pending = pending_for(station, call);
    if (pending) {
        tell_limit(pending, req, &told);
    }
}

static void handle_limit_cleared(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_cleared_charging_limit_req *req = call->request;
    const struct ocpp_energy_handler *energy = handler_of(station);
    int evse = 0;

    if (req->has_evse_id && !station_number(req->evse_id, &evse)) {
        station_refuse(station, call->token, OCPP_ERR_RANGE);
        return;
    }
    if (energy->on_limit_cleared) {
        energy->on_limit_cleared(station, evse, central_v201_source_of(req->charging_limit_source),
                                 station->central->handler.user);
    }
    station_thank(station, call, energy->on_limit_cleared != NULL);
}

/* --- profiles in force ---------------------------------------------------------------------------------------------------------
 */

static bool read_asked(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_get_charging_profiles_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_GET_CHARGING_PROFILE_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_get_charging_profile_status_enum, (int)res->status);
    return true;
}

enum ocpp_status central_v201_get_profiles(struct command *command, const void *what)
{
    const struct ocpp_profile_query *query = what;
    enum ocpp201_charging_limit_source sources[OCPP_LIMIT_SOURCE_CSO + 1];
    size_t count = 0;

    for (unsigned i = 0; i <= OCPP_LIMIT_SOURCE_CSO; i++) {
        if ((query->sources & OCPP_LIMIT_SOURCE_BIT(i)) != 0) {
            sources[count++] = central_v201_limit_source((enum ocpp_limit_source)i);
        }
    }
    const struct ocpp201_get_charging_profiles_req req = {
        .request_id = query->request_id,
        .has_evse_id = query->has_evse,
        .evse_id = query->evse,
        .charging_profile = {
            .charging_profile_purpose =
                query->has_purpose ? central_v201_purpose(query->purpose) : OCPP201_CHARGING_PROFILE_PURPOSE_UNSET,
            .has_stack_level = query->has_stack_level,
            .stack_level = query->stack_level,
            .charging_profile_id = { query->id_count > 0 ? query->ids : NULL, query->id_count },
            .charging_limit_source = { count > 0 ? sources : NULL, count },
        },
    };
    return command_send(command, &ocpp201_actions[OCPP201_ACTION_GET_CHARGING_PROFILES], &req, read_asked);
}

/* One page into the report. */
static enum ocpp_status read_page(struct ocpp_arena *arena, const void *request, struct ocpp_reported_profile *profiles)
{
    const struct ocpp201_report_charging_profiles_req *req = request;

    for (size_t i = 0; i < req->charging_profile.count; i++) {
        profiles[i].evse = (int)req->evse_id;
        profiles[i].source = central_v201_source_of(req->charging_limit_source);
        if (!central_v201_read_profile(arena, &req->charging_profile.items[i], &profiles[i].profile)) {
            return ocpp_arena_status(arena);
        }
    }
    return OCPP_OK;
}

static void handle_page(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_report_charging_profiles_req *req = call->request;
    const struct profile_page page = {
        .request_id = req->request_id,
        .count = req->charging_profile.count,
        .is_last = !req->has_tbc || !req->tbc,
        .read = read_page,
        .request = req,
    };
    int evse;

    if (!station_number(req->evse_id, &evse)) {
        station_refuse(station, call->token, OCPP_ERR_RANGE);
        return;
    }
    station_thank(station, call, profile_report_page(station, &page));
}

/* --- vehicles ------------------------------------------------------------------------------------------------------------------
 */

static void answer_needs(struct pending *pending)
{
    static const enum ocpp201_notify_ev_charging_needs_status words[] = {
        [OCPP_EV_NEEDS_REJECTED] = OCPP201_NOTIFY_EV_CHARGING_NEEDS_STATUS_REJECTED,
        [OCPP_EV_NEEDS_ACCEPTED] = OCPP201_NOTIFY_EV_CHARGING_NEEDS_STATUS_ACCEPTED,
        [OCPP_EV_NEEDS_PROCESSING] = OCPP201_NOTIFY_EV_CHARGING_NEEDS_STATUS_PROCESSING,
    };
    const struct ocpp201_notify_ev_charging_needs_res res = { .status = words[pending->verdict.word] };

    station_reply(pending->station, pending->token, &res);
    pending_free(pending);
}

static int64_t said(bool is_said, int64_t value)
{
    return is_said ? value : OCPP_EV_UNSAID;
}

static enum ocpp_energy_transfer transfer_of(enum ocpp201_energy_transfer_mode mode)
{
    switch (mode) {
    case OCPP201_ENERGY_TRANSFER_MODE_AC_SINGLE_PHASE:
        return OCPP_ENERGY_TRANSFER_AC_SINGLE_PHASE;
    case OCPP201_ENERGY_TRANSFER_MODE_AC_TWO_PHASE:
        return OCPP_ENERGY_TRANSFER_AC_TWO_PHASE;
    case OCPP201_ENERGY_TRANSFER_MODE_AC_THREE_PHASE:
        return OCPP_ENERGY_TRANSFER_AC_THREE_PHASE;
    case OCPP201_ENERGY_TRANSFER_MODE_DC:
    case OCPP201_ENERGY_TRANSFER_MODE_UNSET:
        break;
    }
    return OCPP_ENERGY_TRANSFER_DC;
}

static void read_dc(const struct ocpp201_dc_charging_parameters *dc, struct ocpp_ev_needs *needs)
{
    needs->energy_wh = said(dc->has_energy_amount, dc->energy_amount);
    needs->max_current_a = dc->ev_max_current;
    needs->max_voltage_v = dc->ev_max_voltage;
    needs->max_power_w = said(dc->has_ev_max_power, dc->ev_max_power);
    needs->state_of_charge = said(dc->has_state_of_charge, dc->state_of_charge);
    needs->capacity_wh = said(dc->has_ev_energy_capacity, dc->ev_energy_capacity);
    needs->full_soc = said(dc->has_full_soc, dc->full_soc);
    needs->bulk_soc = said(dc->has_bulk_soc, dc->bulk_soc);
}

static void read_ac(const struct ocpp201_ac_charging_parameters *ac, struct ocpp_ev_needs *needs)
{
    needs->energy_wh = ac->energy_amount;
    needs->min_current_a = ac->ev_min_current;
    needs->max_current_a = ac->ev_max_current;
    needs->max_voltage_v = ac->ev_max_voltage;
}

static struct ocpp_ev_needs needs_of(const struct ocpp201_notify_ev_charging_needs_req *req)
{
    const struct ocpp201_charging_needs *told = &req->charging_needs;
    struct ocpp_ev_needs needs = {
        .transfer = transfer_of(told->requested_energy_transfer),
        .departure_utc_ms = said(told->has_departure_time, told->departure_time),
        .max_schedule_tuples = said(req->has_max_schedule_tuples, req->max_schedule_tuples),
        .energy_wh = OCPP_EV_UNSAID,
        .max_current_a = OCPP_EV_UNSAID,
        .max_voltage_v = OCPP_EV_UNSAID,
        .min_current_a = OCPP_EV_UNSAID,
        .max_power_w = OCPP_EV_UNSAID,
        .state_of_charge = OCPP_EV_UNSAID,
        .capacity_wh = OCPP_EV_UNSAID,
        .full_soc = OCPP_EV_UNSAID,
        .bulk_soc = OCPP_EV_UNSAID,
    };

    if (told->dc_charging_parameters) {
        read_dc(told->dc_charging_parameters, &needs);
    }
    if (told->ac_charging_parameters) {
        read_ac(told->ac_charging_parameters, &needs);
    }
    return needs;
}

/* Without the parameters of either kind nobody can plan (K15.FR.06); with both, the kind asked for decides. */
static void handle_needs(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_notify_ev_charging_needs_req *req = call->request;
    struct ocpp_ev_needs_told told = { .needs = needs_of(req) };
    struct pending *pending;

    if (!handler_of(station)->on_ev_needs) {
        station_thank(station, call, false);
        return;
    }
    if (!station_number(req->evse_id, &told.evse)) {
        station_refuse(station, call->token, OCPP_ERR_RANGE);
        return;
    }
    pending = pending_for(station, call);
    if (pending) {
        energy_ask_needs(pending, &told, answer_needs);
    }
}

static void answer_schedule(struct pending *pending)
{
    const struct ocpp201_notify_ev_charging_schedule_res res = {
        .status = pending->verdict.word ? OCPP201_GENERIC_STATUS_ACCEPTED : OCPP201_GENERIC_STATUS_REJECTED,
    };

    station_reply(pending->station, pending->token, &res);
    pending_free(pending);
}

static void handle_schedule(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_notify_ev_charging_schedule_req *req = call->request;
    struct ocpp_ev_schedule_told told = { .from_utc_ms = req->time_base };
    const struct ocpp_charging_schedule *schedule;
    struct pending *pending;

    if (!handler_of(station)->on_ev_schedule) {
        station_thank(station, call, false);
        return;
    }
    if (!station_number(req->evse_id, &told.evse)) {
        station_refuse(station, call->token, OCPP_ERR_RANGE);
        return;
    }
    pending = pending_for(station, call);
    if (!pending) {
        return;
    }
    schedule = central_v201_read_schedules(pending->arena, &req->charging_schedule, 1);
    if (!schedule) {
        pending_refuse(pending, OCPP_ERR_NOMEM);
        return;
    }
    told.schedule = *schedule;
    energy_ask_schedule(pending, &told, answer_schedule);
}

/* clang-format off */
const struct central_route central_v201_energy[] = {
    { &ocpp201_actions[OCPP201_ACTION_NOTIFY_CHARGING_LIMIT],       handle_limit },
    { &ocpp201_actions[OCPP201_ACTION_CLEARED_CHARGING_LIMIT],      handle_limit_cleared },
    { &ocpp201_actions[OCPP201_ACTION_REPORT_CHARGING_PROFILES],    handle_page },
    { &ocpp201_actions[OCPP201_ACTION_NOTIFY_EV_CHARGING_NEEDS],    handle_needs },
    { &ocpp201_actions[OCPP201_ACTION_NOTIFY_EV_CHARGING_SCHEDULE], handle_schedule },
    { 0 },
};
/* clang-format on */
