/* availability.c: what the central system took out of service, kept over restarts.
 *
 * A place is operative when neither it nor what it belongs to was taken out. While a transaction runs the change waits for its
 * end: nothing starts there any more, and the status follows by itself. OCPP 1.6 5.2; OCPP 2.0.1 G03, G04. */
#include "charge_point_internal.h"

bool ocpp_cp_is_operative(const struct ocpp_charge_point *cp, int evse, int connector)
{
    const struct evse *there = ocpp_cp_evse(cp, evse);
    const struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    return !cp->station_inoperative && (there == NULL || !there->inoperative) && (outlet == NULL || !outlet->inoperative);
}

static bool is_in_transaction(const struct ocpp_charge_point *cp, int evse)
{
    for (int i = 1; i <= cp->settings.evse_count; i++) {
        if ((evse == 0 || evse == i) && ocpp_cp_has_transaction(ocpp_cp_evse(cp, i))) {
            return true;
        }
    }
    return false;
}

static bool *flag_at(struct ocpp_charge_point *cp, int evse, int connector)
{
    if (evse == 0) {
        return &cp->station_inoperative;
    }
    if (connector == 0) {
        return ocpp_cp_evse(cp, evse) == NULL ? NULL : &ocpp_cp_evse(cp, evse)->inoperative;
    }
    struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    return outlet == NULL ? NULL : &outlet->inoperative;
}

enum verdict ocpp_cp_change_availability(struct ocpp_charge_point *cp, int evse, int connector, bool operative)
{
    bool *inoperative = flag_at(cp, evse, connector);
    if (inoperative == NULL) {
        return VERDICT_UNKNOWN;
    }
    const bool before = *inoperative;
    if (before == !operative) {
        return VERDICT_ACCEPTED;
    }
    *inoperative = !operative;
    const enum ocpp_status status = ocpp_cp_keep_availability(cp);
    if (status != OCPP_OK) { /* it would not outlast a restart, as it must */
        *inoperative = before;
        return VERDICT_REJECTED;
    }
    cp->dirty = true;
    return !operative && is_in_transaction(cp, evse) ? VERDICT_SCHEDULED : VERDICT_ACCEPTED;
}
