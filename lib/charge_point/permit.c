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
    return reasons[evse->state];
}

struct ocpp_permit ocpp_charge_point_permit(const struct ocpp_charge_point *cp, int evse, struct ocpp_now now)
{
    (void)now;
    const struct evse *there = ocpp_cp_evse(cp, evse);
    struct ocpp_permit permit = { .reason = OCPP_PERMIT_NO_TRANSACTION, .valid_until_mono_ms = OCPP_NEVER };
    if (there == NULL) {
        return permit;
    }
    permit.reason = reason_at(cp, there);
    permit.closed = permit.reason == OCPP_PERMIT_CHARGING && there->connector != 0;
    if (permit.closed) {
        permit.max_power_w = INT64_MAX;
        for (size_t phase = 0; phase < 3; phase++) {
            permit.max_current_ma[phase] = INT64_MAX;
        }
    }
    return permit;
}

void ocpp_cp_tell_permits(struct ocpp_charge_point *cp)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        const struct ocpp_permit permit = ocpp_charge_point_permit(cp, evse->number, cp->now);
        if (permit.closed == evse->told_permit.closed && permit.reason == evse->told_permit.reason) {
            continue;
        }
        evse->told_permit = permit;
        cp->dirty = true;
        cp->hardware.permit_changed(evse->number, cp->hardware.user);
    }
}
