/* latch.c: the latch of a cable: locked before energy flows, where the firmware confirms that; what becomes of one that does not
 * lock, and what is told of it.
 *
 * A latch that fails faults its connector and starts nothing; the cable is set free, and another try may go better. OCPP 1.6 4.9
 * (ConnectorLockFailure); OCPP 2.0.1 G05, where it is an event of the component ConnectorPlugRetentionLock. */
#include "charge_point_internal.h"
#include "events.h"
#include "text.h"

enum { LOCK_MS = 10000 }; /* how long a confirmation may take */

static const char lock_failure[] = "ConnectorLockFailure";

bool ocpp_cp_has_lock(const struct ocpp_charge_point *cp, int evse, int connector)
{
    const struct ocpp_connector_settings *described = cp->settings.connectors;
    const int place = (evse - 1) * cp->settings.connectors_per_evse + connector - 1;
    return cp->hardware.lock != NULL && (described == NULL || !described[place].fixed_cable);
}

bool ocpp_cp_is_locked(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    const struct connector *connector = ocpp_cp_connector(cp, evse->number, evse->connector);
    return !cp->settings.confirmed_locks || connector == NULL || !ocpp_cp_has_lock(cp, evse->number, evse->connector) ||
           connector->locked;
}

void ocpp_cp_wish_lock(struct ocpp_charge_point *cp, struct evse *evse, bool locked)
{
    const int before = evse->lock_connector != 0 ? evse->lock_connector : evse->transaction.connector;
    const int place = locked && evse->connector != 0 ? evse->connector : before;
    struct connector *connector = ocpp_cp_connector(cp, evse->number, place);
    evse->lock_connector = locked ? place : 0;
    if (connector != NULL && connector->lock_wish != locked && ocpp_cp_has_lock(cp, evse->number, place)) {
        connector->lock_wish = locked;
        connector->lock_due = true;
    }
}

void ocpp_cp_lock_first(struct ocpp_charge_point *cp, struct evse *evse)
{
    if (!ocpp_cp_is_locked(cp, evse)) {
        evse->lock_until_mono_ms = cp->now.mono_ms + LOCK_MS;
        ocpp_cp_wish_lock(cp, evse, true);
    }
}

/* --- failure and recovery ------------------------------------------------------------------------------------------------- */

/* It waits in the queue of notices; where no version spoken has a word for it, the status says it. */
static void tell(struct ocpp_charge_point *cp, int evse, int connector, bool is_trouble)
{
    const struct ocpp_setting_name name = {
        .component = "ConnectorPlugRetentionLock", .evse = evse, .connector = connector, .variable = "Problem"
    };
    struct event_notice event = {
        .trigger = EVENT_DELTA,
        .origin = EVENT_HARD_WIRED_NOTIFICATION,
        .is_cleared = !is_trouble,
    };
    if (!ocpp_cp_event_is_heard(cp, LATCH_SEVERITY)) {
        return;
    }
    ocpp_cp_event_about(&event, &name);
    ocpp_text_copy(event.value, sizeof(event.value), is_trouble ? "true" : "false");
    if (ocpp_cp_event(cp, &event, LATCH_SEVERITY) != OCPP_OK) {
        ocpp_cp_log(cp, OCPP_LOG_WARNING, "EVSE %d: nobody is told that its latch %s", evse,
                    is_trouble ? "fails" : "works again");
    }
}

static void fail(struct ocpp_charge_point *cp, int evse, int connector)
{
    struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    const struct ocpp_fault fault = { .code = lock_failure };
    ocpp_cp_log(cp, OCPP_LOG_ERROR, "EVSE %d: the cable does not lock", evse);
    if (!ocpp_cp_has_fault(cp, evse, connector, lock_failure)) {
        tell(cp, evse, connector, true);
    }
    outlet->lock_wish = false;
    outlet->lock_due = true;
    ocpp_cp_set_fault(cp, evse, connector, &fault);
}

void ocpp_cp_lock_recovers(struct ocpp_charge_point *cp, int evse, int connector)
{
    if (ocpp_cp_has_fault(cp, evse, connector, lock_failure)) {
        tell(cp, evse, connector, false);
        ocpp_cp_clear_fault(cp, evse, connector, lock_failure);
    }
}

static bool awaits_lock(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    return evse->state == EVSE_OPENING && !ocpp_cp_is_locked(cp, evse);
}

void ocpp_cp_locks_expire(struct ocpp_charge_point *cp)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        const struct evse *evse = &cp->evses[i];
        if (awaits_lock(cp, evse) && cp->now.mono_ms >= evse->lock_until_mono_ms) {
            fail(cp, evse->number, evse->connector);
        }
    }
}

int64_t ocpp_cp_lock_deadline(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    return awaits_lock(cp, evse) ? evse->lock_until_mono_ms : OCPP_NEVER;
}

enum ocpp_status ocpp_charge_point_latch(struct ocpp_charge_point *cp, int evse, int connector, bool locked, struct ocpp_now now)
{
    struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    if (outlet == NULL) {
        return OCPP_ERR_ARGUMENT;
    }
    ocpp_cp_enter(cp, now);
    outlet->locked = locked;
    if (cp->unlock.is_open && cp->unlock.evse == evse && cp->unlock.connector == connector) {
        ocpp_cp_unlock_ended(cp, locked ? VERDICT_FAILED : VERDICT_ACCEPTED);
    }
    if (locked) {
        ocpp_cp_lock_recovers(cp, evse, connector);
        ocpp_cp_locked(cp, ocpp_cp_evse(cp, evse));
    } else if (outlet->lock_wish) {
        fail(cp, evse, connector);
    }
    ocpp_cp_leave(cp);
    return OCPP_OK;
}
