/* unlock.c: opening a latch because the central system asks for it. The answer waits for the latch, not longer than UNLOCK_MS.
 * OCPP 1.6 5.18, errata 3.87; OCPP 2.0.1 F05. What it means for a transaction is the dialects' to say. */
#include "charge_point_internal.h"

enum verdict ocpp_cp_unlock(struct ocpp_charge_point *cp, int evse, int connector, struct ocpp_call_token call)
{
    struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    if (outlet == NULL) {
        return VERDICT_UNKNOWN;
    }
    if (!ocpp_cp_has_lock(cp, evse, connector)) {
        return VERDICT_NOT_SUPPORTED;
    }
    if (cp->unlock.is_open) {
        return VERDICT_FAILED;
    }
    outlet->lock_wish = false;
    outlet->lock_due = true;
    cp->unlock.is_open = true;
    cp->unlock.call = call;
    cp->unlock.evse = evse;
    cp->unlock.connector = connector;
    cp->unlock.until_mono_ms = cp->now.mono_ms + UNLOCK_MS;
    return VERDICT_LATER;
}

void ocpp_cp_unlock_ended(struct ocpp_charge_point *cp, enum verdict verdict)
{
    cp->unlock.is_open = false;
    cp->dirty = true;
    if (cp->dialect != NULL) {
        cp->dialect->answer_unlock(cp, cp->unlock.call, verdict);
    }
}

bool ocpp_charge_point_is_unlocking(const struct ocpp_charge_point *cp, int evse)
{
    return cp->unlock.is_open && cp->unlock.evse == evse;
}
