/* transaction.c: the machine of an EVSE: who may have energy.
 *
 * Energy flows when the vehicle is plugged in and somebody is authorised, whichever comes first, and that is durable; no longer
 * than both last (1.6 4.8 to 4.10; 2.0.1 E02, E03, E07, E09, E10). What of it is told, and where a transaction begins and ends,
 * is the session's part (session.c): the machine has the same few states whatever the start and stop points are. */
#include "charge_point_internal.h"

#include <string.h>

struct transition {
    bool is_meant; /* a row without it: the event means nothing there */
    enum evse_state next;
    void (*effect)(struct ocpp_charge_point *cp, struct evse *evse);
};

/* --- effects: they note what follows; nothing is sent, stored or called here ------------------------------------------- */

static void wait_for_plug(struct ocpp_charge_point *cp, struct evse *evse)
{
    evse->timeout_mono_ms = cp->now.mono_ms + cp->values[VARIABLE_CONNECTION_TIMEOUT_S] * 1000;
}

/* A cable that is part of the station is given up after a while (E10.FR.02); one that is locked waits for its owner (FR.01). */
static void wait_for_replug(struct ocpp_charge_point *cp, struct evse *evse)
{
    evse->timeout_mono_ms = OCPP_NEVER;
    if (cp->hardware.lock == NULL) {
        wait_for_plug(cp, evse);
    }
}

static void forget_token(struct ocpp_charge_point *cp, struct evse *evse)
{
    ocpp_cp_authorization_forget(cp, evse->number);
}

static void lock(struct ocpp_charge_point *cp, struct evse *evse)
{
    ocpp_cp_wish_lock(cp, evse, true);
}

/* Vehicle and driver were both there, and nothing came of it. */
static void give_up(struct ocpp_charge_point *cp, struct evse *evse)
{
    ocpp_cp_authorization_forget(cp, evse->number);
    ocpp_cp_wish_lock(cp, evse, false);
}

static void unlock(struct ocpp_charge_point *cp, struct evse *evse)
{
    ocpp_cp_wish_lock(cp, evse, false);
}

/* The cable stays locked after a token was refused, until its owner presents it (1.6 4.8, E05.FR.11). */
static void unlock_unless_refused(struct ocpp_charge_point *cp, struct evse *evse)
{
    if (evse->transaction.reason != OCPP_STOP_DE_AUTHORIZED) {
        ocpp_cp_wish_lock(cp, evse, false);
    }
}

/* The owner of a cable that was pulled at the vehicle finds it unlocked, or unlocks it by the token (E09.FR.02, FR.03; 1.6 9.1.30
 * UnlockConnectorOnEVSideDisconnect). */
static void unlock_where_wished(struct ocpp_charge_point *cp, struct evse *evse)
{
    if (cp->values[VARIABLE_UNLOCK_ON_DISCONNECT] != 0) {
        ocpp_cp_wish_lock(cp, evse, false);
    }
}

/* --- the machine --------------------------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct transition transitions[EVSE_STATE_COUNT][EVENT_COUNT] = {
    [EVSE_IDLE] = {
        [EVENT_PLUGGED]   = { true, EVSE_AWAIT_TOKEN,  NULL },
        [EVENT_GRANTED]   = { true, EVSE_AWAIT_PLUG,   wait_for_plug },
    },
    [EVSE_AWAIT_TOKEN] = {
        [EVENT_UNPLUGGED] = { true, EVSE_IDLE,         NULL },
        [EVENT_GRANTED]   = { true, EVSE_OPENING,      ocpp_cp_lock_first },
    },
    [EVSE_AWAIT_PLUG] = {
        [EVENT_PLUGGED]   = { true, EVSE_OPENING,      ocpp_cp_lock_first },
        [EVENT_STOPPED]   = { true, EVSE_IDLE,         forget_token },
        [EVENT_TIMED_OUT] = { true, EVSE_IDLE,         forget_token },          /* C01.FR.26; 1.6 9.1.6 */
    },
    [EVSE_OPENING] = {
        [EVENT_STORED]    = { true, EVSE_RUNNING,      lock },
        [EVENT_UNPLUGGED] = { true, EVSE_IDLE,         give_up },
        [EVENT_STOPPED]   = { true, EVSE_AWAIT_UNPLUG, give_up },
    },
    [EVSE_RUNNING] = {
        [EVENT_PULLED]    = { true, EVSE_AWAIT_REPLUG, wait_for_replug },       /* E10; 1.6 4.10 */
        [EVENT_UNPLUGGED] = { true, EVSE_IDLE,         unlock_where_wished },   /* E09 */
        [EVENT_STOPPED]   = { true, EVSE_AWAIT_UNPLUG, unlock_unless_refused },
    },
    [EVSE_AWAIT_REPLUG] = {
        [EVENT_PLUGGED]   = { true, EVSE_RUNNING,      NULL },
        [EVENT_STOPPED]   = { true, EVSE_IDLE,         unlock },
        [EVENT_TIMED_OUT] = { true, EVSE_IDLE,         unlock },
    },
    [EVSE_AWAIT_UNPLUG] = {
        [EVENT_UNPLUGGED] = { true, EVSE_IDLE,         unlock_where_wished },
        [EVENT_GRANTED]   = { true, EVSE_OPENING,      ocpp_cp_lock_first },    /* 1.6 4.9, F2; E09.FR.01 */
    },
};

static const char *const state_names[EVSE_STATE_COUNT] = {
    "idle", "await-token", "await-plug", "opening", "running", "await-replug", "await-unplug",
};
/* clang-format on */

const char *ocpp_cp_evse_state_name(enum evse_state state)
{
    return state_names[state];
}

bool ocpp_cp_step(struct ocpp_charge_point *cp, struct evse *evse, enum evse_event event)
{
    const struct transition *transition = &transitions[evse->state][event];
    if (!transition->is_meant) {
        return false;
    }
    ocpp_cp_log(cp, OCPP_LOG_DEBUG, "EVSE %d: %s, then %s", evse->number, state_names[evse->state],
                state_names[transition->next]);
    evse->state = transition->next;
    cp->dirty = true;
    if (transition->effect != NULL) {
        transition->effect(cp, evse);
    }
    return true;
}

/* --- what others ask of it ------------------------------------------------------------------------------------------------- */

bool ocpp_cp_is_authorized(const struct evse *evse)
{
    return evse->state == EVSE_AWAIT_PLUG || ocpp_cp_is_running(evse);
}

bool ocpp_cp_is_running(const struct evse *evse)
{
    return evse->state == EVSE_OPENING || evse->state == EVSE_RUNNING || evse->state == EVSE_AWAIT_REPLUG;
}

enum ocpp_charging_state ocpp_cp_charging_state(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    if (ocpp_cp_is_held(evse) && ocpp_cp_is_authorized(evse)) {
        return OCPP_CHARGING_STATE_SUSPENDED_EVSE;
    }
    if (evse->connector == 0 && !ocpp_cp_is_held(evse)) {
        return OCPP_CHARGING_STATE_IDLE;
    }
    if (evse->state != EVSE_RUNNING) {
        return OCPP_CHARGING_STATE_EV_CONNECTED;
    }
    if (!ocpp_charge_point_permit(cp, evse->number, cp->now).closed) {
        return OCPP_CHARGING_STATE_SUSPENDED_EVSE;
    }
    return evse->draws ? OCPP_CHARGING_STATE_CHARGING : OCPP_CHARGING_STATE_SUSPENDED_EV;
}

bool ocpp_cp_release(struct ocpp_charge_point *cp, struct evse *evse, const struct token *token)
{
    const struct connector *connector = ocpp_cp_connector(cp, evse->number, evse->transaction.connector);
    if (ocpp_cp_is_authorized(evse) || connector == NULL || !connector->lock_wish ||
        !ocpp_token_same(&evse->transaction.token, token)) {
        return false;
    }
    ocpp_cp_wish_lock(cp, evse, false);
    cp->dirty = true;
    return true;
}

/* --- what happens to it ------------------------------------------------------------------------------------------------------
 */

/* A token that was waited with is used up once both are there. */
static void use_up_token(struct ocpp_charge_point *cp, struct evse *evse)
{
    if (evse->state == EVSE_OPENING && evse->session == SESSION_OPEN) {
        ocpp_cp_authorization_forget(cp, evse->number);
    }
}

void ocpp_cp_plugged(struct ocpp_charge_point *cp, struct evse *evse)
{
    evse->opening_trigger = OCPP_TRIGGER_CABLE_PLUGGED_IN;
    ocpp_cp_step(cp, evse, EVENT_PLUGGED);
    if (ocpp_cp_is_held(evse)) { /* it was there all the time */
        evse->held_mono_ms = OCPP_NEVER;
        evse->look_due_mono_ms = cp->now.mono_ms;
    } else {
        ocpp_cp_happened(cp, evse, OCPP_TRIGGER_CABLE_PLUGGED_IN);
    }
    use_up_token(cp, evse);
    if (evse->state == EVSE_AWAIT_TOKEN) {
        ocpp_cp_offer_floating(cp, evse);
    }
}

void ocpp_cp_locked(struct ocpp_charge_point *cp, struct evse *evse)
{
    if (evse->state == EVSE_OPENING) {
        ocpp_cp_happened(cp, evse, evse->opening_trigger);
        use_up_token(cp, evse);
    }
}

bool ocpp_cp_granted(struct ocpp_charge_point *cp, struct evse *evse)
{
    const bool is_remote = cp->authorizations[evse->number].remote;
    if (!ocpp_cp_step(cp, evse, EVENT_GRANTED)) {
        return false;
    }
    evse->opening_trigger = is_remote ? OCPP_TRIGGER_REMOTE_START : OCPP_TRIGGER_AUTHORIZED;
    ocpp_cp_happened(cp, evse, evse->opening_trigger);
    use_up_token(cp, evse);
    return true;
}

void ocpp_cp_end(struct ocpp_charge_point *cp, struct evse *evse, enum ocpp_stop_reason reason, enum ocpp_trigger trigger,
                 const struct token *token)
{
    if (ocpp_cp_is_authorized(evse)) {
        evse->ender = (struct token){ .type = 0 };
        if (token != NULL) {
            evse->ender = *token;
        }
    }
    ocpp_cp_note_reason(evse, reason);
    ocpp_cp_step(cp, evse, EVENT_STOPPED);
    ocpp_cp_happened(cp, evse, trigger);
}

void ocpp_cp_close(struct ocpp_charge_point *cp, struct evse *evse, enum ocpp_stop_reason reason, enum ocpp_trigger trigger)
{
    ocpp_cp_note_reason(evse, reason);
    ocpp_cp_step(cp, evse, EVENT_STOPPED);
    ocpp_cp_happened_last(cp, evse, trigger);
}

void ocpp_cp_pulled(struct ocpp_charge_point *cp, struct evse *evse)
{
    const bool is_kept = evse->state == EVSE_RUNNING && cp->values[VARIABLE_STOP_ON_DISCONNECT] == 0;
    if (!is_kept && ocpp_cp_is_authorized(evse)) {
        ocpp_cp_note_reason(evse, OCPP_STOP_EV_DISCONNECTED);
    }
    ocpp_cp_step(cp, evse, is_kept ? EVENT_PULLED : EVENT_UNPLUGGED);
    ocpp_cp_happened(cp, evse, OCPP_TRIGGER_EV_COMMUNICATION_LOST);
}

/* A transaction that has started by then is over, except where the vehicle stands in a bay that it ends with (E03.FR.05, FR.15;
 * F02.FR.07, FR.08). */
void ocpp_cp_timed_out(struct ocpp_charge_point *cp, struct evse *evse)
{
    const bool goes_on = evse->bay_occupied && (evse->transaction.stop_points & 1 << TX_POINT_PARKING_BAY) != 0;
    ocpp_cp_note_reason(evse, OCPP_STOP_TIMEOUT);
    if (!ocpp_cp_step(cp, evse, EVENT_TIMED_OUT)) {
        return;
    }
    (goes_on ? ocpp_cp_happened : ocpp_cp_happened_last)(cp, evse, OCPP_TRIGGER_EV_CONNECT_TIMEOUT);
}
