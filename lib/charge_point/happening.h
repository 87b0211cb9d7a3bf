/* happening.h: what happens at an EVSE: who may have energy (transaction.c), and what is told of it (session.c).
 *
 * Two things that must not be mixed up: energy flows while somebody is authorised and the vehicle is there, whatever version is
 * spoken; where a transaction begins and ends in that differs between versions and is configured. */
#ifndef OCPP_LIB_HAPPENING_H
#define OCPP_LIB_HAPPENING_H

#include "facts.h"

struct evse;

enum { MOST_HAPPENINGS = 8 /* per EVSE; what happens beyond is one with the last of them */ };

/* States of an EVSE, named for what they await: who may have energy. The machine is the table in transaction.c. */
enum evse_state {
    EVSE_IDLE,
    EVSE_AWAIT_TOKEN,  /* plugged, nobody authorised */
    EVSE_AWAIT_PLUG,   /* authorised, nothing plugged: EVConnectionTimeOut runs */
    EVSE_OPENING,      /* both; that is to be durable before energy flows */
    EVSE_RUNNING,      /* energy may flow */
    EVSE_AWAIT_REPLUG, /* authorised still, pulled at the vehicle (E10), or not seen again yet after a power cut */
    EVSE_AWAIT_UNPLUG, /* the authorization is over, the vehicle is there */
    EVSE_STATE_COUNT
};

enum evse_event {
    EVENT_PLUGGED,
    EVENT_PULLED,    /* and whoever was authorised stays it */
    EVENT_UNPLUGGED, /* and the authorization goes with it */
    EVENT_GRANTED,   /* somebody was authorised */
    EVENT_STOPPED,   /* by token, command, fault, reset */
    EVENT_TIMED_OUT, /* nobody plugged in */
    EVENT_STORED,    /* what happened is durable */
    EVENT_COUNT
};

/* The session of an EVSE: what is told of it, from its first fact to its last (session.c). */
enum session_phase {
    SESSION_NONE,
    SESSION_OPEN,
    SESSION_CLOSING /* its last fact is to be stored */
};

/* Something that happened to a session and is not stored yet. */
struct happening {
    struct moment when;
    enum ocpp_trigger trigger;
    enum ocpp_charging_state charging_state;
    int32_t points;       /* that hold since, bits 1 << enum tx_point */
    int32_t grants;       /* how often somebody was authorised by then */
    bool has_reservation; /* … and used one */
    bool is_early;        /* no start point of the session was reached by then */
    bool is_grant;        /* somebody was authorised */
    bool begins;          /* the first start point was reached */
    bool opens;           /* vehicle and driver are both there */
    bool ends;            /* the authorization is over */
    bool closes;          /* everything is */
};

/* --- transaction.c: who may have energy -------------------------------------------------------------------------------- */

/* ocpp_cp_step: lets the machine of an EVSE take |event|; false when there it means nothing. */
bool ocpp_cp_step(struct ocpp_charge_point *cp, struct evse *evse, enum evse_event event);
/* ocpp_cp_plugged, ocpp_cp_pulled: the cable in use was plugged in, or pulled. */
void ocpp_cp_plugged(struct ocpp_charge_point *cp, struct evse *evse);
void ocpp_cp_pulled(struct ocpp_charge_point *cp, struct evse *evse);
/* ocpp_cp_granted: the token in the slot of |evse| is good for it; false: it has no use for one. */
bool ocpp_cp_granted(struct ocpp_charge_point *cp, struct evse *evse);
/* ocpp_cp_locked: the cable in use is held. */
void ocpp_cp_locked(struct ocpp_charge_point *cp, struct evse *evse);
/* ocpp_cp_timed_out: nobody plugged in where somebody was authorised. */
void ocpp_cp_timed_out(struct ocpp_charge_point *cp, struct evse *evse);

/* ocpp_cp_choose_plugged: nothing is in use at |evse|: takes the first connector that is plugged in, if any. */
void ocpp_cp_choose_plugged(struct ocpp_charge_point *cp, struct evse *evse);
/* ocpp_cp_end: ends the authorization at |evse|; whether a transaction ends with it is for its stop points. ocpp_cp_close: ends
 * what there is at all events. |token| may be NULL. */
void ocpp_cp_end(struct ocpp_charge_point *cp, struct evse *evse, enum ocpp_stop_reason reason, enum ocpp_trigger trigger,
                 const struct token *token);
void ocpp_cp_close(struct ocpp_charge_point *cp, struct evse *evse, enum ocpp_stop_reason reason, enum ocpp_trigger trigger);
bool ocpp_cp_is_authorized(const struct evse *evse);
bool ocpp_cp_is_running(const struct evse *evse); /* authorised, and more than waited for: a token ends it */
enum ocpp_charging_state ocpp_cp_charging_state(const struct ocpp_charge_point *cp, const struct evse *evse);
/* ocpp_cp_release: the owner of a cable that stayed locked after its transaction presents the token: it is unlocked. False:
 * nothing is locked for it. */
bool ocpp_cp_release(struct ocpp_charge_point *cp, struct evse *evse, const struct token *token);
const char *ocpp_cp_evse_state_name(enum evse_state state);

/* --- session.c: what is told of it, and where a transaction begins and ends ---------------------------------------------- */

bool ocpp_cp_has_transaction(const struct evse *evse); /* a session, from its birth until its end is stored */
/* ocpp_cp_is_ongoing: a session that has become a transaction and has not ended, whether anybody is authorised or not. */
bool ocpp_cp_is_ongoing(const struct evse *evse);
/* The session of a uuid, where it is still there; NULL. */
struct evse *ocpp_cp_evse_of(struct ocpp_charge_point *cp, const uint8_t uuid[UUID_BYTES]);
/* ocpp_cp_happened: something changed at |evse|: a session is born, goes on or ends with it. _closes: it ends in any case. */
void ocpp_cp_happened(struct ocpp_charge_point *cp, struct evse *evse, enum ocpp_trigger trigger);
void ocpp_cp_happened_last(struct ocpp_charge_point *cp, struct evse *evse, enum ocpp_trigger trigger);
/* ocpp_cp_look_at_energy: whether energy began or ceased to flow, where a start or stop point says so. */
void ocpp_cp_look_at_energy(struct ocpp_charge_point *cp, struct evse *evse);
/* ocpp_cp_awaits_signature: whether a transaction begins with the next signed reading. _signature_begins: whether a transaction
 * begins with |reading|, because it is signed (E01.FR.04). With the happening that is about to be written, where there is one;
 * else it happens now. */
bool ocpp_cp_awaits_signature(const struct ocpp_charge_point *cp, const struct evse *evse);
bool ocpp_cp_signature_begins(struct ocpp_charge_point *cp, struct evse *evse, const struct reading *reading);
/* ocpp_cp_session_ended: its last fact is durable. */
void ocpp_cp_session_ended(struct ocpp_charge_point *cp, struct evse *evse);
/* ocpp_cp_is_settled: whether somebody may be authorised: how the last one ended is stored. */
bool ocpp_cp_is_settled(const struct evse *evse);
/* ocpp_cp_note_reason: why; the first reason counts. */
void ocpp_cp_note_reason(struct evse *evse, enum ocpp_stop_reason reason);
/* ocpp_cp_start_points, ocpp_cp_stop_points: those in force for a session that is born now. */
int32_t ocpp_cp_start_points(const struct ocpp_charge_point *cp);
int32_t ocpp_cp_stop_points(const struct ocpp_charge_point *cp);

/* --- resuming.c: transactions that ran when the software stopped ------------------------------------------------------------ */

enum ocpp_status ocpp_cp_load_transactions(struct ocpp_charge_point *cp);
/* Whether the vehicle of a transaction that ran then is waited for. */
bool ocpp_cp_is_held(const struct evse *evse);
/* ocpp_cp_hold_expires: ends what was waited for in vain. ocpp_cp_not_there: the firmware says that nothing is plugged in. */
void ocpp_cp_hold_expires(struct ocpp_charge_point *cp);
void ocpp_cp_not_there(struct ocpp_charge_point *cp, struct evse *evse, int connector);

#endif
