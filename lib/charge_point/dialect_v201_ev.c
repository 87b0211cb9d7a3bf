/* dialect_v201_ev.c: what vehicles need and choose in OCPP 2.0.1 (K15 to K17), and profiles with several schedules and their
 * tariffs. */
#include "dialect_v201.h"
#include "pnc.h"
#include "smart.h"

#include "text.h"

/* --- needs --------------------------------------------------------------------------------------------------------------- */

static void on_needs_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    static const enum needs_answer words[] = {
        [OCPP201_NOTIFY_EV_CHARGING_NEEDS_STATUS_UNSET] = NEEDS_REJECTED,
        [OCPP201_NOTIFY_EV_CHARGING_NEEDS_STATUS_ACCEPTED] = NEEDS_ACCEPTED,
        [OCPP201_NOTIFY_EV_CHARGING_NEEDS_STATUS_REJECTED] = NEEDS_REJECTED,
        [OCPP201_NOTIFY_EV_CHARGING_NEEDS_STATUS_PROCESSING] = NEEDS_PROCESSING,
    };
    struct ocpp_charge_point *cp = user;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(cp, answer->status);
        return;
    }
    const struct ocpp201_notify_ev_charging_needs_res *response = answer->response;
    ocpp_cp_ev_needs_answered(cp, OCPP_OK, words[response->status]);
    ocpp_cp_flight_over(cp);
}

static bool is_said(int64_t value)
{
    return value != OCPP_EV_UNSAID;
}

static struct ocpp201_dc_charging_parameters dc_of(const struct ocpp_ev_needs *needs)
{
    return (struct ocpp201_dc_charging_parameters){
        .ev_max_current = needs->max_current_a,
        .ev_max_voltage = needs->max_voltage_v,
        .has_energy_amount = is_said(needs->energy_wh),
        .energy_amount = needs->energy_wh,
        .has_ev_max_power = is_said(needs->max_power_w),
        .ev_max_power = needs->max_power_w,
        .has_state_of_charge = is_said(needs->state_of_charge),
        .state_of_charge = needs->state_of_charge,
        .has_ev_energy_capacity = is_said(needs->capacity_wh),
        .ev_energy_capacity = needs->capacity_wh,
        .has_full_soc = is_said(needs->full_soc),
        .full_soc = needs->full_soc,
        .has_bulk_soc = is_said(needs->bulk_soc),
        .bulk_soc = needs->bulk_soc,
    };
}

enum ocpp_status ocpp_cp_v201_send_needs(struct ocpp_charge_point *cp, int evse, const struct ocpp_ev_needs *needs)
{
    static const enum ocpp201_energy_transfer_mode modes[] = {
        [OCPP_ENERGY_TRANSFER_DC] = OCPP201_ENERGY_TRANSFER_MODE_DC,
        [OCPP_ENERGY_TRANSFER_AC_SINGLE_PHASE] = OCPP201_ENERGY_TRANSFER_MODE_AC_SINGLE_PHASE,
        [OCPP_ENERGY_TRANSFER_AC_TWO_PHASE] = OCPP201_ENERGY_TRANSFER_MODE_AC_TWO_PHASE,
        [OCPP_ENERGY_TRANSFER_AC_THREE_PHASE] = OCPP201_ENERGY_TRANSFER_MODE_AC_THREE_PHASE,
    };
    const bool is_dc = needs->transfer == OCPP_ENERGY_TRANSFER_DC;
    const struct ocpp201_dc_charging_parameters dc = dc_of(needs);
    const struct ocpp201_ac_charging_parameters ac = {
        .energy_amount = needs->energy_wh,
        .ev_min_current = needs->min_current_a,
        .ev_max_current = needs->max_current_a,
        .ev_max_voltage = needs->max_voltage_v,
    };
    const struct ocpp201_notify_ev_charging_needs_req request = {
        .evse_id = evse,
        .has_max_schedule_tuples = is_said(needs->max_schedule_tuples),
        .max_schedule_tuples = needs->max_schedule_tuples,
        .charging_needs = {
            .ac_charging_parameters = is_dc ? NULL : &ac,
            .dc_charging_parameters = is_dc ? &dc : NULL,
            .requested_energy_transfer = modes[needs->transfer],
            .has_departure_time = is_said(needs->departure_utc_ms),
            .departure_time = needs->departure_utc_ms,
        },
    };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_NOTIFY_EV_CHARGING_NEEDS], &request, NULL, on_needs_answer);
}

/* --- the choice ------------------------------------------------------------------------------------------------------------ */

static void on_choice_answer(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user)
{
    (void)rpc;
    struct ocpp_charge_point *cp = user;
    if (answer->status != OCPP_OK) {
        ocpp_cp_flight_failed(cp, answer->status);
        return;
    }
    const struct ocpp201_notify_ev_charging_schedule_res *response = answer->response;
    ocpp_cp_ev_choice_answered(cp, OCPP_OK, response->status == OCPP201_GENERIC_STATUS_ACCEPTED);
    ocpp_cp_flight_over(cp);
}

enum ocpp_status ocpp_cp_v201_send_choice(struct ocpp_charge_point *cp, int evse, const struct ev_choice *choice)
{
    ocpp_arena_reset(cp->arena);
    struct ocpp201_charging_schedule_period *periods = ocpp_cp_arena_take(cp, choice->count * sizeof(*periods));
    for (size_t i = 0; periods != NULL && i < choice->count; i++) {
        periods[i] = (struct ocpp201_charging_schedule_period){
            .start_period = choice->periods[i].start_s,
            .limit = OCPP_DECIMAL(choice->periods[i].power_w, 0),
            .has_number_phases = choice->periods[i].phases != 0,
            .number_phases = choice->periods[i].phases,
        };
    }
    const struct ocpp201_notify_ev_charging_schedule_req request = {
        .time_base = choice->from_ms,
        .evse_id = evse,
        .charging_schedule = {
            .id = choice->id,
            .has_duration = choice->duration_s > 0,
            .duration = choice->duration_s,
            .charging_rate_unit = OCPP201_CHARGING_RATE_UNIT_W,
            .charging_schedule_period = { .items = periods, .count = choice->count },
        },
    };
    return ocpp_cp_send(cp, &ocpp201_actions[OCPP201_ACTION_NOTIFY_EV_CHARGING_SCHEDULE], &request, NULL, on_choice_answer);
}

/* --- tariffs ------------------------------------------------------------------------------------------------------------------
 */

static struct ocpp_tariff_cost cost_of(const struct ocpp201_cost *from)
{
    static const enum ocpp_cost_kind kinds[] = {
        [OCPP201_COST_KIND_UNSET] = OCPP_COST_RELATIVE_PRICE,
        [OCPP201_COST_KIND_CARBON_DIOXIDE_EMISSION] = OCPP_COST_CARBON_DIOXIDE,
        [OCPP201_COST_KIND_RELATIVE_PRICE_PERCENTAGE] = OCPP_COST_RELATIVE_PRICE,
        [OCPP201_COST_KIND_RENEWABLE_GENERATION_PERCENTAGE] = OCPP_COST_RENEWABLE,
    };
    return (struct ocpp_tariff_cost){
        .kind = kinds[from->cost_kind],
        .amount = from->amount,
        .multiplier = from->has_amount_multiplier ? (int)from->amount_multiplier : 0,
    };
}

static bool fill_block(const struct ocpp201_consumption_cost *from, struct ocpp_tariff_block *block)
{
    block->from_value = from->start_value;
    block->cost_count = from->cost.count;
    for (size_t i = 0; i < from->cost.count; i++) {
        const struct ocpp201_cost *cost = &from->cost.items[i];
        if (cost->has_amount_multiplier && (cost->amount_multiplier < -3 || cost->amount_multiplier > 3)) {
            return false;
        }
        block->costs[i] = cost_of(cost);
    }
    return true;
}

static bool fill_entry(const struct ocpp201_sales_tariff_entry *from, struct ocpp_tariff_entry *entry)
{
    const struct ocpp201_relative_time_interval *interval = &from->relative_time_interval;
    entry->start_s = interval->start;
    entry->duration_s = interval->has_duration ? interval->duration : OCPP_EV_UNSAID;
    entry->price_level = from->has_e_price_level ? from->e_price_level : OCPP_EV_UNSAID;
    entry->block_count = from->consumption_cost.count;
    if (interval->start < 0 || (interval->has_duration && interval->duration < 0)) {
        return false;
    }
    for (size_t i = 0; i < from->consumption_cost.count; i++) {
        if (!fill_block(&from->consumption_cost.items[i], &entry->blocks[i])) {
            return false;
        }
    }
    return true;
}

static enum profile_refusal fill_tariff(struct ocpp_charge_point *cp, const struct ocpp201_sales_tariff *from,
                                        const struct ocpp_sales_tariff **to)
{
    const struct pnc *pnc = ocpp_cp_pnc(cp);
    const size_t count = from == NULL ? 0 : from->sales_tariff_entry.count;
    *to = NULL;
    if (from == NULL) {
        return PROFILE_TAKEN;
    }
    if (count > pnc->settings.max_tariff_entries) {
        return PROFILE_TOO_MANY;
    }
    struct ocpp_sales_tariff *tariff = ocpp_arena_take(pnc->staged.arena, sizeof(*tariff));
    struct ocpp_tariff_entry *entries = ocpp_arena_take(pnc->staged.arena, count * sizeof(*entries));
    if (tariff == NULL || entries == NULL) {
        return PROFILE_NOT_STORED;
    }
    for (size_t i = 0; i < count; i++) {
        if (!fill_entry(&from->sales_tariff_entry.items[i], &entries[i])) {
            return PROFILE_BAD_SCHEDULE;
        }
    }
    *tariff = (struct ocpp_sales_tariff){
        .id = from->id,
        .price_levels = from->has_num_e_price_levels ? from->num_e_price_levels : OCPP_EV_UNSAID,
        .entries = entries,
        .entry_count = count,
    };
    ocpp_text_copy(tariff->description, sizeof(tariff->description),
                   from->sales_tariff_description == NULL ? "" : from->sales_tariff_description);
    *to = tariff;
    return PROFILE_TAKEN;
}

/* --- a profile for a vehicle
 * ---------------------------------------------------------------------------------------------------- */

enum profile_refusal ocpp_cp_v201_stage_choices(struct ocpp_charge_point *cp, const struct ocpp201_charging_profile *from,
                                                int evse)
{
    const struct ev *ev = ocpp_cp_ev(cp, evse);
    const size_t count = from->charging_schedule.count;
    enum profile_refusal refusal = ocpp_cp_ev_admits(cp, evse, from->id, count);
    if (ev == NULL || !ev->session || refusal != PROFILE_TAKEN) {
        return refusal;
    }
    ocpp_cp_ev_choices_begin(cp);
    for (size_t i = 0; i < count && refusal == PROFILE_TAKEN; i++) {
        const struct ocpp_sales_tariff *tariff = NULL;
        struct profile *profile = ocpp_cp_v201_profile_with(cp, from, evse, i, &refusal);
        if (refusal == PROFILE_TAKEN) {
            refusal = fill_tariff(cp, from->charging_schedule.items[i].sales_tariff, &tariff);
        }
        if (refusal == PROFILE_TAKEN) {
            refusal = ocpp_cp_ev_choices_add(cp, profile, tariff);
        }
    }
    return refusal;
}

void ocpp_cp_v201_count_choices(struct ocpp_charge_point *cp, int evse)
{
    const struct ev *ev = ocpp_cp_ev(cp, evse);
    if (ev != NULL && ev->session) {
        ocpp_cp_ev_choices_done(cp, evse);
    }
}
