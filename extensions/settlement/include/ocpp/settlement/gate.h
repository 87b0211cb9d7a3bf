/* gate.h: the gate on a pile: the cable of a guided visit stays where it is when the charging is over, until its payment or a
 * deadline. A part of the agent (agent.h), for piles that own a latch.
 *
 *                 the charging is over         somebody pulls, or asks to pay
 *   Free ─► Closed ───────────────► AwaitPayment ───────────────► AwaitPaid
 *     ▲        │                         │ paid, deadline, fault, …    │
 *     │        └─ unlocked by operator ─►│                             │
 *     │                             AwaitOpen ◄────────────────────────┘
 *     │   the latch says that it is open │  ▲  its latch does not move
 *     └──────────────────────────────────┘  └──► Jammed (tried again each minute)
 *
 * The table is gate_machine.c. Each state in which the cable is kept has a reason and a deadline of the pile's own, on its
 * monotonic clock, durable before the cable is kept for it. What is noted once a minute is how much is left: so a power cut, or a
 * calendar that was set back, makes a deadline no longer than by that minute; a calendar that was lost ends it (C13).
 *
 * How firmware wires it:
 *   - hardware.lock of the charge point calls ocpp_settle_agent_lock(), and drive() of the latch does what it says;
 *   - the latch's own switch is told to both: ocpp_charge_point_latch() and ocpp_settle_agent_latch();
 *   - a hand at the cable is told by ocpp_settle_agent_unplug(), a cable that is gone by ocpp_settle_agent_pulled().
 * The emergency release of the latch needs none of this: a latch that is open is open, and the agent believes its switch.
 */
#ifndef OCPP_SETTLEMENT_GATE_H
#define OCPP_SETTLEMENT_GATE_H

#include <ocpp/charge_point.h>
#include <ocpp/settlement/id.h>
#include <ocpp/settlement/model.h>

OCPP_BEGIN_DECLARATIONS

struct ocpp_settle_agent;

/* ocpp_settle_latch: the latches of a pile. Give it in the agent's settings. */
struct ocpp_settle_latch {
    int evses; /* 1 to 64: those of the charge point */
    /* lock or open the latch now; returns at once, ocpp_settle_agent_latch() tells how it went. Opening is asked for again where
     * it does not. May run within hardware.lock and within the agent's functions. Required */
    void (*drive)(int evse, int connector, bool locked, void *user);
    bool is_held_without_power; /* backup power keeps it locked; false (default): it opens when the power goes (C13) */
    void *user;
};

/* ocpp_settle_agent_lock: hardware.lock wants the latch of |evse| locked, or open. May be called from within that callback, and
 * only from there; a wish to open a closed gate is kept for the agent's next advance, which is due at once. */
OCPP_API void ocpp_settle_agent_lock(struct ocpp_settle_agent *agent, int evse, int connector, bool locked);

/* ocpp_settle_agent_latch: the latch of |evse| is locked, or open, for whatever reason: one that is opened by hand is open. */
OCPP_API void ocpp_settle_agent_latch(struct ocpp_settle_agent *agent, int evse, bool locked, struct ocpp_now now);

/* ocpp_settle_agent_unplug: somebody tries to pull the cable of |evse|. OCPP_OK: it is free, or will be at once. Errors:
 * OCPP_ERR_STATE it is kept: ocpp_settle_agent_gate() says for what and how long; OCPP_ERR_BUSY it charges; OCPP_ERR_ARGUMENT no
 * such EVSE, or no latches. */
OCPP_API enum ocpp_status ocpp_settle_agent_unplug(struct ocpp_settle_agent *agent, int evse, struct ocpp_now now);

/* ocpp_settle_agent_pulled: the cable is gone, here or at the vehicle (C12). */
OCPP_API void ocpp_settle_agent_pulled(struct ocpp_settle_agent *agent, int evse, struct ocpp_now now);

/* ocpp_settle_agent_gate_broken: a fault, or an emergency stop (|why| Fault or EmergencyStop) at |evse| (0: at all): nobody is
 * kept for money then. */
OCPP_API void ocpp_settle_agent_gate_broken(struct ocpp_settle_agent *agent, int evse, enum ocpp_settle_gate_why why,
                                            struct ocpp_now now);

/* ocpp_settle_gate_view: a gate as a display would show it. Texts are "" where there is none and live until the next entry point.
 */
struct ocpp_settle_gate_view {
    bool is_closed; /* a gate there is; else nothing below says anything */
    enum ocpp_settle_gate_state state;
    const char *order;
    const char *amount; /* to be paid, in major units */
    const char *currency;
    const char *url;       /* the text of the QR code; "": none, or it has expired */
    int64_t until_mono_ms; /* then the cable is let go; OCPP_NEVER while it charges */
};

/* ocpp_settle_agent_gate. Errors: OCPP_ERR_ARGUMENT no such EVSE, or no latches. */
OCPP_API enum ocpp_status ocpp_settle_agent_gate(const struct ocpp_settle_agent *agent, int evse,
                                                 struct ocpp_settle_gate_view *view);

/* ocpp_settle_agent_number: somebody keyed in |number| (RSV and eight digits, or the digits alone) at |evse| (0: a keypad for
 * all). One that is kept here is presented to the charge point as a token of its reservation; another one is asked of the
 * backend, and what it says comes by on_event. Errors: OCPP_ERR_ARGUMENT it has not the form of one (no attempt); OCPP_ERR_BUSY
 * the last one is not decided; OCPP_ERR_LIMIT too many were wrong: none is taken now (C4); OCPP_ERR_NOT_FOUND nobody knows it. */
OCPP_API enum ocpp_status ocpp_settle_agent_number(struct ocpp_settle_agent *agent, int evse, const char *number,
                                                   struct ocpp_now now);

OCPP_END_DECLARATIONS

#endif
