/* latch.c: the latch of a cable: locked before energy flows, where the firmware confirms that; what becomes of one that does not
 * lock, and what is told of it.
 *
 * A latch that fails faults its connector and starts nothing; the cable is set free, and another try may go better. OCPP 1.6 4.9
 * (ConnectorLockFailure); OCPP 2.0.1 G05, where it is an event of the component ConnectorPlugRetentionLock. */
#include "charge_point_internal.h"

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

static void note_event(struct ocpp_charge_point *cp, struct connector *connector, bool is_trouble)
{
    struct lock_events *events = &connector->lock_events;
    events->due[is_trouble] = true;
    events->when[is_trouble] = ocpp_cp_moment(cp);
    events->due[!is_trouble] = is_trouble ? false : events->due[true]; /* the first trouble of a row is always told */
    cp->dirty = true;
}

static void fail(struct ocpp_charge_point *cp, int evse, int connector)
{
    struct connector *outlet = ocpp_cp_connector(cp, evse, connector);
    const struct ocpp_fault fault = { .code = lock_failure };
    ocpp_cp_log(cp, OCPP_LOG_ERROR, "EVSE %d: the cable does not lock", evse);
    if (!ocpp_cp_has_fault(cp, evse, connector, lock_failure)) {
        note_event(cp, outlet, true);
    }
    outlet->lock_wish = false;
    outlet->lock_due = true;
    ocpp_cp_set_fault(cp, evse, connector, &fault);
}

void ocpp_cp_lock_recovers(struct ocpp_charge_point *cp, int evse, int connector)
{
    if (ocpp_cp_has_fault(cp, evse, connector, lock_failure)) {
        note_event(cp, ocpp_cp_connector(cp, evse, connector), false);
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

/* --- told ----------------------------------------------------------------------------------------------------------------- */

static struct connector *next_event(const struct ocpp_charge_point *cp, int *place, bool *is_trouble)
{
    for (*place = 0; *place < cp->settings.evse_count * cp->settings.connectors_per_evse; ++*place) {
        struct connector *connector = &cp->connectors[*place];
        if (connector->lock_events.due[true] || connector->lock_events.due[false]) {
            *is_trouble = connector->lock_events.due[true];
            return connector;
        }
    }
    return NULL;
}

bool ocpp_cp_send_lock_event(struct ocpp_charge_point *cp)
{
    int place;
    bool is_trouble;
    struct connector *connector = next_event(cp, &place, &is_trouble);
    if (connector == NULL || cp->now.mono_ms < cp->lock_event_retry_mono_ms) {
        return false;
    }
    if (cp->dialect->send_lock_event == NULL) { /* the status says it */
        connector->lock_events.due[true] = connector->lock_events.due[false] = false;
        return false;
    }
    const struct lock_event event = {
        .evse = place / cp->settings.connectors_per_evse + 1,
        .connector = place % cp->settings.connectors_per_evse + 1,
        .is_trouble = is_trouble,
        .when = connector->lock_events.when[is_trouble],
    };
    if (cp->dialect->send_lock_event(cp, &event) != OCPP_OK) {
        cp->lock_event_retry_mono_ms = cp->now.mono_ms + SEND_RETRY_MS;
        return false;
    }
    cp->flight_slot = place;
    cp->flight_word = is_trouble;
    cp->flight = FLIGHT_LOCK_EVENT;
    return true;
}

void ocpp_cp_lock_event_answered(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    ocpp_cp_flight_over(cp);
    if (status == OCPP_ERR_TIMEOUT) {
        cp->lock_event_retry_mono_ms = cp->now.mono_ms + STATUS_RETRY_MS;
        return;
    }
    if (status != OCPP_ERR_CLOSED) {
        cp->connectors[cp->flight_slot].lock_events.due[cp->flight_word] = false;
    }
}

int64_t ocpp_cp_lock_event_deadline(const struct ocpp_charge_point *cp)
{
    int place;
    bool is_trouble;
    return ocpp_cp_may_send(cp) && next_event(cp, &place, &is_trouble) != NULL ? cp->lock_event_retry_mono_ms : OCPP_NEVER;
}
