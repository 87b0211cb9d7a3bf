/* permit.c: whether energy may flow at an EVSE, and why not. Derived from the state each time it is asked. */
#include "charge_point_internal.h"

static const enum ocpp_permit_reason reasons[EVSE_STATE_COUNT] = {
    [EVSE_IDLE] = OCPP_PERMIT_NO_TRANSACTION,       [EVSE_AWAIT_TOKEN] = OCPP_PERMIT_NOT_AUTHORIZED,
    [EVSE_AWAIT_PLUG] = OCPP_PERMIT_NO_TRANSACTION, [EVSE_OPENING] = OCPP_PERMIT_NOT_DURABLE,
    [EVSE_RUNNING] = OCPP_PERMIT_CHARGING,          [EVSE_AWAIT_REPLUG] = OCPP_PERMIT_STOPPED,
    [EVSE_AWAIT_UNPLUG] = OCPP_PERMIT_STOPPED,
};

/* A refused token may have so much energy all the same (E05.FR.02, FR.03; 1.6 9.1.15 MaxEnergyOnInvalidId). */
static bool has_used_up(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    return evse->last_meter_wh - evse->transaction.meter_start_wh >= cp->values[VARIABLE_MAX_ENERGY_ON_INVALID_WH];
}

static enum ocpp_permit_reason reason_at(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    if (ocpp_cp_fault_at(cp, evse->number, evse->connector) != 0) {
        return OCPP_PERMIT_FAULTED;
    }
    if (evse->state <= EVSE_AWAIT_TOKEN && !ocpp_cp_is_operative(cp, evse->number, evse->connector)) {
        return OCPP_PERMIT_UNAVAILABLE;
    }
    if (evse->state == EVSE_RUNNING && evse->transaction.refused && has_used_up(cp, evse)) {
        return OCPP_PERMIT_NOT_AUTHORIZED;
    }
    if (evse->state == EVSE_OPENING && !ocpp_cp_is_locked(cp, evse)) { /* G05.FR.01 */
        return OCPP_PERMIT_NOT_LOCKED;
    }
    return reasons[evse->state];
}

bool ocpp_cp_may_charge(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    return reason_at(cp, evse) == OCPP_PERMIT_CHARGING && evse->connector != 0;
}

/* The hardware's own limits are not told: it knows them. */
static void fill_limit(const struct ocpp_charge_point *cp, const struct evse *evse, struct ocpp_now now,
                       struct ocpp_permit *permit)
{
    const struct limit limit = ocpp_cp_limit_at(cp, evse, now, &permit->valid_until_mono_ms);
    permit->closed = !ocpp_cp_limit_suspends(cp, &limit);
    permit->reason = permit->closed ? OCPP_PERMIT_CHARGING : OCPP_PERMIT_SUSPENDED_BY_LIMIT;
    if (!permit->closed) {
        return;
    }
    permit->max_power_w = ocpp_cp_limit_is_of_hardware(cp, evse->number, &limit, true) ? INT64_MAX : limit.power_mw / 1000;
    for (size_t phase = 0; phase < 3; phase++) {
        permit->max_current_ma[phase] =
            ocpp_cp_limit_is_of_hardware(cp, evse->number, &limit, false) ? INT64_MAX : limit.current_ma;
    }
    permit->phases = limit.phases < ocpp_cp_phases_at(cp, evse->number) ? limit.phases : 0;
    permit->phase_to_use = limit.phase_to_use;
}

struct ocpp_permit ocpp_charge_point_permit(const struct ocpp_charge_point *cp, int evse, struct ocpp_now now)
{
    const struct evse *there = ocpp_cp_evse(cp, evse);
    struct ocpp_permit permit = { .reason = OCPP_PERMIT_NO_TRANSACTION, .valid_until_mono_ms = OCPP_NEVER };
    if (there == NULL) {
        return permit;
    }
    permit.reason = reason_at(cp, there);
    if (permit.reason == OCPP_PERMIT_CHARGING && there->connector != 0) {
        fill_limit(cp, there, now, &permit);
    }
    return permit;
}

static bool is_same(const struct ocpp_permit *a, const struct ocpp_permit *b)
{
    return a->closed == b->closed && a->reason == b->reason && a->max_power_w == b->max_power_w &&
           a->max_current_ma[0] == b->max_current_ma[0] && a->phases == b->phases && a->phase_to_use == b->phase_to_use;
}

void ocpp_cp_tell_permits(struct ocpp_charge_point *cp)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        const struct ocpp_permit permit = ocpp_charge_point_permit(cp, evse->number, cp->now);
        if (is_same(&permit, &evse->told_permit)) {
            continue;
        }
        evse->told_permit = permit;
        cp->dirty = true;
        cp->hardware.permit_changed(evse->number, cp->hardware.user);
    }
}
