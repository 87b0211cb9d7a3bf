/* transaction.c: the machine of an EVSE: from plug and token to a transaction, and to its end.
 *
 * A transaction is opened when the vehicle is plugged in and somebody is authorised, whichever comes first (1.6 4.8; 2.x
 * TxStartPoint PowerPathClosed), and ends when either is over. It runs when its start is durable, never before: the permit says
 * so. What has to be written down on the way is seen by recording.c from the state. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "require.h"

struct transition {
    bool is_meant; /* a row without it: the event means nothing there */
    enum evse_state next;
    void (*effect)(struct ocpp_charge_point *cp, struct evse *evse, enum evse_event event);
};

/* --- effects: they note what follows; nothing is sent, stored or called here ------------------------------------------- */

static void wait_for_plug(struct ocpp_charge_point *cp, struct evse *evse, enum evse_event event)
{
    (void)event;
    evse->timeout_mono_ms = cp->now.mono_ms + cp->values[VARIABLE_CONNECTION_TIMEOUT_S] * 1000;
}

static void offer_token(struct ocpp_charge_point *cp, struct evse *evse, enum evse_event event)
{
    (void)event;
    ocpp_cp_offer_floating(cp, evse);
}

static void forget_token(struct ocpp_charge_point *cp, struct evse *evse, enum evse_event event)
{
    (void)event;
    ocpp_cp_authorization_forget(cp, evse->number);
}

static void wish_lock(struct ocpp_charge_point *cp, const struct evse *evse, bool locked)
{
    struct connector *connector = ocpp_cp_connector(cp, evse->number, evse->transaction.connector);
    if (connector != NULL && connector->lock_wish != locked && ocpp_cp_has_lock(cp, evse->number, evse->transaction.connector)) {
        connector->lock_wish = locked;
        connector->lock_due = true;
    }
}

static void open_transaction(struct ocpp_charge_point *cp, struct evse *evse, enum evse_event event)
{
    const struct authorization *authorization = &cp->authorizations[evse->number];
    struct transaction *transaction = &evse->transaction;
    memset(transaction, 0, sizeof(*transaction));
    ocpp_cp_uuid(cp, transaction->uuid);
    transaction->evse = evse->number;
    transaction->connector = evse->connector;
    transaction->token = authorization->token;
    memcpy(transaction->group, authorization->group, sizeof(transaction->group));
    transaction->has_remote_start_id = authorization->has_remote_start_id;
    transaction->remote_start_id = authorization->remote_start_id;
    transaction->started = evse->opened = ocpp_cp_moment(cp);
    evse->opened_by = authorization->remote    ? OCPP_TRIGGER_REMOTE_START
                      : event == EVENT_PLUGGED ? OCPP_TRIGGER_CABLE_PLUGGED_IN
                                               : OCPP_TRIGGER_AUTHORIZED;
    evse->wire_id[0] = '\0';
    evse->ending.reason = OCPP_STOP_UNKNOWN;
    evse->retry_mono_ms = cp->now.mono_ms;
    ocpp_cp_authorization_forget(cp, evse->number);
}

static void run(struct ocpp_charge_point *cp, struct evse *evse, enum evse_event event)
{
    (void)event;
    wish_lock(cp, evse, true);
    ocpp_cp_schedule_samples(cp, evse);
    evse->retry_mono_ms = cp->now.mono_ms;
}

/* The cable stays locked after a token was refused, until its owner presents it (1.6 4.8, E05.FR.11) or the cable is out anyway.
 */
static void end_transaction(struct ocpp_charge_point *cp, struct evse *evse, enum evse_event event)
{
    (void)event;
    evse->retry_mono_ms = cp->now.mono_ms;
    evse->sample_due_mono_ms = OCPP_NEVER;
    if (evse->ending.reason != OCPP_STOP_DE_AUTHORIZED) {
        wish_lock(cp, evse, false);
    }
}

static void settle(struct ocpp_charge_point *cp, struct evse *evse, enum evse_event event)
{
    (void)event;
    evse->wire_id[0] = '\0';
    if (evse->connector == 0) {
        ocpp_cp_step(cp, evse, EVENT_UNPLUGGED);
        ocpp_cp_choose_plugged(cp, evse);
    }
}

static void release(struct ocpp_charge_point *cp, struct evse *evse, enum evse_event event)
{
    (void)event;
    wish_lock(cp, evse, false);
}

/* --- the machine --------------------------------------------------------------------------------------------------------- */

/* clang-format off */
static const struct transition transitions[EVSE_STATE_COUNT][EVENT_COUNT] = {
    [EVSE_IDLE] = {
        [EVENT_PLUGGED]   = { true, EVSE_AWAIT_TOKEN,    offer_token },
        [EVENT_GRANTED]   = { true, EVSE_AWAIT_PLUG,     wait_for_plug },
    },
    [EVSE_AWAIT_TOKEN] = {
        [EVENT_UNPLUGGED] = { true, EVSE_IDLE,           NULL },
        [EVENT_GRANTED]   = { true, EVSE_AWAIT_OPENING,  open_transaction },
    },
    [EVSE_AWAIT_PLUG] = {
        [EVENT_PLUGGED]   = { true, EVSE_AWAIT_OPENING,  open_transaction },
        [EVENT_STOPPED]   = { true, EVSE_IDLE,           forget_token },
        [EVENT_TIMED_OUT] = { true, EVSE_IDLE,           forget_token },  /* C01.FR.26; 1.6 9.1.6 */
    },
    [EVSE_AWAIT_OPENING] = {
        [EVENT_WRITTEN]   = { true, EVSE_OPENING,        NULL },
        [EVENT_UNPLUGGED] = { true, EVSE_IDLE,           NULL },          /* nobody has heard of it: it never was */
        [EVENT_STOPPED]   = { true, EVSE_AWAIT_UNPLUG,   NULL },
    },
    [EVSE_OPENING] = {
        [EVENT_STORED]    = { true, EVSE_RUNNING,        run },
        [EVENT_LOST]      = { true, EVSE_AWAIT_OPENING,  NULL },
        [EVENT_UNPLUGGED] = { true, EVSE_OPENING_TO_END, NULL },
        [EVENT_STOPPED]   = { true, EVSE_OPENING_TO_END, NULL },
    },
    [EVSE_OPENING_TO_END] = {
        [EVENT_STORED]    = { true, EVSE_AWAIT_CLOSING,  end_transaction },
        [EVENT_LOST]      = { true, EVSE_AWAIT_UNPLUG,   settle },
    },
    [EVSE_RUNNING] = {
        [EVENT_UNPLUGGED] = { true, EVSE_AWAIT_CLOSING,  end_transaction },
        [EVENT_STOPPED]   = { true, EVSE_AWAIT_CLOSING,  end_transaction },
    },
    [EVSE_AWAIT_CLOSING] = {
        [EVENT_WRITTEN]   = { true, EVSE_CLOSING,        NULL },
    },
    [EVSE_CLOSING] = {
        [EVENT_STORED]    = { true, EVSE_AWAIT_UNPLUG,   settle },
        [EVENT_LOST]      = { true, EVSE_AWAIT_CLOSING,  NULL },
    },
    [EVSE_AWAIT_UNPLUG] = {
        [EVENT_UNPLUGGED] = { true, EVSE_IDLE,           release },
        [EVENT_GRANTED]   = { true, EVSE_AWAIT_OPENING,  open_transaction }, /* 1.6 4.9, F2 */
    },
};

static const char *const state_names[EVSE_STATE_COUNT] = {
    "idle", "await-token", "await-plug", "await-opening", "opening", "opening-to-end", "running", "await-closing", "closing", "await-unplug",
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
        transition->effect(cp, evse, event);
    }
    return true;
}

/* --- what others ask of it ------------------------------------------------------------------------------------------------- */

bool ocpp_cp_release(struct ocpp_charge_point *cp, struct evse *evse, const struct token *token)
{
    const struct connector *connector = ocpp_cp_connector(cp, evse->number, evse->transaction.connector);
    if (evse->state != EVSE_AWAIT_UNPLUG || connector == NULL || !connector->lock_wish ||
        !ocpp_token_same(&evse->transaction.token, token)) {
        return false;
    }
    wish_lock(cp, evse, false);
    cp->dirty = true;
    return true;
}

bool ocpp_cp_has_transaction(const struct evse *evse)
{
    return evse->state >= EVSE_AWAIT_OPENING && evse->state <= EVSE_CLOSING;
}

bool ocpp_cp_is_running(const struct evse *evse)
{
    return evse->state == EVSE_OPENING || evse->state == EVSE_RUNNING;
}

static void note_ending(struct ocpp_charge_point *cp, struct evse *evse, const struct ending *ending)
{
    if (evse->ending.reason == OCPP_STOP_UNKNOWN) { /* the first reason counts */
        evse->ending = *ending;
        evse->ending.when = ocpp_cp_moment(cp);
    }
}

void ocpp_cp_end(struct ocpp_charge_point *cp, struct evse *evse, enum ocpp_stop_reason reason, enum ocpp_trigger trigger,
                 const struct token *token)
{
    struct ending ending = { .reason = reason, .trigger = trigger };
    if (token != NULL) {
        ending.token = *token;
    }
    note_ending(cp, evse, &ending);
    ocpp_cp_step(cp, evse, EVENT_STOPPED);
}

void ocpp_cp_pulled(struct ocpp_charge_point *cp, struct evse *evse)
{
    if (evse->state == EVSE_RUNNING && cp->values[VARIABLE_STOP_ON_DISCONNECT] == 0) {
        cp->dirty = true; /* suspended until it is plugged in again (E10; 1.6 4.10) */
        return;
    }
    const struct ending ending = { .reason = OCPP_STOP_EV_DISCONNECTED, .trigger = OCPP_TRIGGER_EV_COMMUNICATION_LOST };
    note_ending(cp, evse, &ending);
    ocpp_cp_step(cp, evse, EVENT_UNPLUGGED);
}

enum ocpp_charging_state ocpp_cp_charging_state(const struct ocpp_charge_point *cp, const struct evse *evse)
{
    if (evse->connector == 0) {
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

struct evse *ocpp_cp_evse_of(struct ocpp_charge_point *cp, const uint8_t uuid[UUID_BYTES])
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        struct evse *evse = &cp->evses[i];
        if (ocpp_cp_has_transaction(evse) && memcmp(evse->transaction.uuid, uuid, UUID_BYTES) == 0) {
            return evse;
        }
    }
    return NULL;
}
