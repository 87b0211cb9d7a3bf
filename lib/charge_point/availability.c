/* availability.c: what the central system took out of service, kept over restarts.
 *
 * A place is operative when neither it nor what it belongs to was taken out. While a transaction runs the change waits for its
 * end: nothing starts there any more, and the status follows by itself. OCPP 1.6 5.2; OCPP 2.0.1 G03, G04. */
#include "charge_point_internal.h"

/* Before anything is plugged in, an EVSE is operative when one of its connectors is. */
static bool has_operative_connector(const struct ocpp_charge_point *cp, int evse)
{
    for (int connector = 1; connector <= cp->settings.connectors_per_evse; connector++) {
        if (!ocpp_cp_connector(cp, evse, connector)->inoperative) {
            return true;
        }
    }
    return false;
}

bool ocpp_cp_is_operative(const struct ocpp_charge_point *cp, int evse, int connector)
{
    return !ocpp_cp_reset_blocks(cp, evse) && !ocpp_cp_blocks_close(cp, evse) && ocpp_cp_is_set_operative(cp, evse, connector);
}

bool ocpp_cp_is_set_operative(const struct ocpp_charge_point *cp, int evse, int connector)
{
    const struct evse *there = ocpp_cp_evse(cp, evse);
    const struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    if (cp->station_inoperative || (there != NULL && there->inoperative)) {
        return false;
    }
    if (outlet != NULL) {
        return !outlet->inoperative;
    }
    return there == NULL || has_operative_connector(cp, evse);
}

/* Whether a transaction runs at the place; at a connector only one that uses it, or may come to. */
static bool is_in_transaction(const struct ocpp_charge_point *cp, int evse, int connector)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        const struct evse *there = &cp->evses[i];
        const int used = there->transaction.connector;
        if ((evse == 0 || evse == there->number) && ocpp_cp_has_transaction(there) &&
            (connector == 0 || used == 0 || used == connector)) {
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

/* Nothing runs yet where somebody was authorised and has not plugged in: nothing is waited for there. */
static void forget_tokens(struct ocpp_charge_point *cp)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        if (evse->state == EVSE_AWAIT_PLUG && !ocpp_cp_has_transaction(evse) && !ocpp_cp_is_operative(cp, evse->number, 0)) {
            ocpp_cp_step(cp, evse, EVENT_STOPPED);
        }
    }
}

enum verdict ocpp_cp_change_availability(struct ocpp_charge_point *cp, int evse, int connector, bool operative)
{
    bool *inoperative = flag_at(cp, evse, connector);
    if (inoperative == NULL) {
        return VERDICT_UNKNOWN;
    }
    const bool before = *inoperative;
    const enum verdict verdict = !operative && is_in_transaction(cp, evse, connector) ? VERDICT_SCHEDULED : VERDICT_ACCEPTED;
    if (before == !operative) { /* it is so already (G03.FR.03, G04.FR.04; 1.6 5.2), or will be as was said before */
        return verdict;
    }
    *inoperative = !operative;
    const enum ocpp_status status = ocpp_cp_keep_availability(cp);
    if (status != OCPP_OK) { /* it would not outlast a restart, as it must */
        *inoperative = before;
        return VERDICT_REJECTED;
    }
    cp->dirty = true;
    forget_tokens(cp);
    return verdict;
}
