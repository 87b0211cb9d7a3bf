/* remote.c: what the central system may ask of a charge point, in domain words: start, stop, unlock, trigger.
 * OCPP 1.6 5.11, 5.12, 5.17, 5.18; OCPP 2.0.1 F01, F02, F03, F05, F06. */
#include "charge_point_internal.h"

#include "text.h"

/* --- start and stop
 * ----------------------------------------------------------------------------------------------------------------------- */

static bool can_start(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    const bool is_free = evse->state == EVSE_IDLE || evse->state == EVSE_AWAIT_TOKEN || evse->state == EVSE_AWAIT_UNPLUG;
    return is_free && cp->authorizations[evse->number].state == AUTHORIZATION_NONE &&
           ocpp_cp_is_operative(cp, evse->number, evse->connector) && ocpp_cp_fault_at(cp, evse->number, evse->connector) == 0;
}

/* The slot a remote start goes to: the EVSE that was named, else the one where somebody waits, else whichever is plugged in next.
 * -1: none. */
static int slot_for(struct ocpp_charge_point *cp, const struct remote_start *start)
{
    if (start->evse != 0) {
        const struct evse *evse = ocpp_cp_evse(cp, start->evse);
        const bool is_place = start->connector == 0 || (ocpp_cp_connector(cp, start->evse, start->connector) != NULL &&
                                                        ocpp_cp_is_operative(cp, start->evse, start->connector) &&
                                                        ocpp_cp_fault_at(cp, start->evse, start->connector) == 0);
        return evse != NULL && is_place && can_start(cp, evse) ? start->evse : -1;
    }
    const struct evse *waiting = ocpp_cp_evse_that_waits(cp);
    if (waiting != NULL && can_start(cp, waiting)) {
        return waiting->number;
    }
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (cp->evses[i].state == EVSE_IDLE && can_start(cp, &cp->evses[i]) &&
            cp->authorizations[0].state == AUTHORIZATION_NONE) {
            return 0;
        }
    }
    return -1;
}

enum verdict ocpp_cp_remote_start(struct ocpp_charge_point *cp, const struct remote_start *start)
{
    if (!ocpp_cp_may_send(cp) || cp->reset.is_due) { /* B02.FR.05; 1.6 4.2 */
        return VERDICT_REJECTED;
    }
    const int slot = slot_for(cp, start);
    if (slot < 0) {
        return VERDICT_REJECTED;
    }
    struct authorization *authorization = &cp->authorizations[slot];
    ocpp_cp_authorization_forget(cp, slot);
    authorization->remote = true;
    authorization->token = start->token;
    ocpp_text_copy(authorization->group, sizeof(authorization->group), start->group == NULL ? "" : start->group);
    authorization->has_remote_start_id = start->has_remote_start_id;
    authorization->remote_start_id = start->remote_start_id;
    if (start->must_authorize) {
        authorization->state = AUTHORIZATION_WANTED;
        return VERDICT_ACCEPTED;
    }
    ocpp_cp_grant(cp, slot);
    return VERDICT_ACCEPTED;
}

enum verdict ocpp_cp_remote_stop(struct ocpp_charge_point *cp, struct evse *evse)
{
    if (evse == NULL || !ocpp_cp_is_running(evse) || !ocpp_cp_may_send(cp)) {
        return VERDICT_REJECTED;
    }
    ocpp_cp_end(cp, evse, OCPP_STOP_REMOTE, OCPP_TRIGGER_REMOTE_STOP, NULL);
    return VERDICT_ACCEPTED;
}

/* --- unlock
 * ---------------------------------------------------------------------------------------------------------------------------------
 */

enum verdict ocpp_cp_unlock(struct ocpp_charge_point *cp, int evse, int connector, struct ocpp_call_token call)
{
    struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    if (outlet == NULL) {
        return VERDICT_UNKNOWN;
    }
    if (cp->hardware.lock == NULL) {
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

/* --- trigger
 * ----------------------------------------------------------------------------------------------------------------------------------
 */

static enum verdict trigger_boot(struct ocpp_charge_point *cp)
{
    if (cp->step == STEP_ACCEPTED || cp->step == STEP_BOOT_ASKED) { /* F06.FR.17; 1.6 errata 3.35 */
        return VERDICT_REJECTED;
    }
    ocpp_cp_boot_now(cp);
    return VERDICT_ACCEPTED;
}

static void trigger_statuses(struct ocpp_charge_point *cp, int evse, int connector)
{
    if ((evse <= 0) && cp->dialect->has_station_status) {
        ocpp_cp_status_must_report(cp, 0, 0);
    }
    for (int e = 1; e <= cp->settings.evse_count; e++) {
        for (int c = 1; c <= cp->settings.connectors_per_evse; c++) {
            if ((evse < 0 || evse == e) && (connector == 0 || connector == c)) {
                ocpp_cp_status_must_report(cp, e, c);
            }
        }
    }
}

static enum verdict trigger_evses(struct ocpp_charge_point *cp, enum trigger_kind kind, int evse)
{
    enum verdict verdict = VERDICT_REJECTED;
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *there = &cp->evses[i];
        if (evse > 0 && evse != there->number) {
            continue;
        }
        if (kind == TRIGGER_READING) {
            there->reading_triggered = true;
            verdict = VERDICT_ACCEPTED;
        }
        if (kind == TRIGGER_TRANSACTION && there->state == EVSE_RUNNING) {
            there->report_triggered = true;
            verdict = VERDICT_ACCEPTED;
        }
    }
    return verdict;
}

enum verdict ocpp_cp_trigger(struct ocpp_charge_point *cp, enum trigger_kind kind, int evse, int connector)
{
    if (evse > 0 && (ocpp_cp_evse(cp, evse) == NULL || (connector > 0 && ocpp_cp_connector(cp, evse, connector) == NULL))) {
        return VERDICT_REJECTED;
    }
    cp->dirty = true;
    if (kind == TRIGGER_BOOT) {
        return trigger_boot(cp);
    }
    if (!ocpp_cp_may_send(cp)) { /* only a boot may be sent before we are accepted, and nothing here may wait for that */
        return VERDICT_REJECTED;
    }
    if (kind == TRIGGER_HEARTBEAT) {
        cp->heartbeat_triggered = true;
        return VERDICT_ACCEPTED;
    }
    if (kind == TRIGGER_STATUS) {
        trigger_statuses(cp, evse, connector);
        return VERDICT_ACCEPTED;
    }
    return trigger_evses(cp, kind, evse);
}
