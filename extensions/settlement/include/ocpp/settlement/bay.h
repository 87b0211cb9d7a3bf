/* bay.h: the bay of a pile, where power banks stand: what its hardware is asked to do and what it tells. A contract the firmware
 * implements; ocpp_settle_agent (agent.h) is who asks. docs/power-bank-bay.md shows it at a glance.
 *
 * Everything takes its time: an act is begun by a callback that returns at once and never waits for mechanics or a bus, and its
 * outcome is told later by ocpp_settle_bay_listener.outcome, never from within the callback. Each act bears a number; an outcome
 * with another number than that of the last act begun at its slot is not looked at, so it may come late, twice or never. We give
 * each act a time (ocpp_settle_agent_settings); after that it counts as failed. Whoever begins the next act at a slot is not
 * interested in the one before: end it, or let it finish first, but never mix the two.
 *
 * Slots are 1 to |slots|. At most one act per slot is under way; acts of different slots may be begun at the same time, and a
 * driver whose slots share a bus or a motor puts them in a row: then choose the times so that a whole row fits.
 *
 * After a restart nothing is known of acts that were under way: the agent queries every slot again and decides by what it finds
 * there and by what it had noted before it acted. So a driver need not remember anything, and must not act by itself. A power cut
 * between any two acts, and within one, is provided for.
 */
#ifndef OCPP_SETTLEMENT_BAY_H
#define OCPP_SETTLEMENT_BAY_H

#include <ocpp/types.h>

OCPP_BEGIN_DECLARATIONS

/* OCPP_SETTLE_SLOTS: a bay has no more. */
enum { OCPP_SETTLE_SLOTS = 64 };

/* ocpp_settle_mark_room: what a bank can hold (mark.h): 24 bytes, or ten characters. All banks of a pile hold the same. */
enum ocpp_settle_mark_room { OCPP_SETTLE_MARK_ROOM_BYTES, OCPP_SETTLE_MARK_ROOM_CHARACTERS };

/* ocpp_settle_bay_half: a mark is written in two halves, 12 bytes or 5 characters each, as two acts. A half is written whole or
 * not at all where the bank can do so; nothing depends on it. */
enum ocpp_settle_bay_half { OCPP_SETTLE_BAY_FIRST_HALF, OCPP_SETTLE_BAY_SECOND_HALF };

/* ocpp_settle_bay: the hardware. Each callback returns OCPP_OK: the act is begun; anything else: nothing was begun, and it counts
 * as failed (it is tried again or given up as after a failure that was told). |slot| and |act| come back in the outcome. Copied;
 * what it points to is borrowed for life. */
struct ocpp_settle_bay {
    int slots; /* 1 to OCPP_SETTLE_SLOTS */
    enum ocpp_settle_mark_room mark_room;

    /* query: is a bank there, which, and how full? Required. Outcome DONE: is_present, and where it is: bank, hardware_id,
     * charge, condition. Must not move anything. */
    enum ocpp_status (*query)(int slot, uint32_t act, void *user);

    /* read_mark: Required. DONE: mark and mark_size, exactly what the bank holds, whole or torn. UNREADABLE: there is a bank and
     * it does not answer, or not with a mark. Must not move anything. */
    enum ocpp_status (*read_mark)(int slot, uint32_t act, void *user);

    /* write_mark: writes one half; |bytes| (|size| of them) are borrowed for the call. Required. DONE: it is in the bank, and
     * stays there without power; it is read back by another act anyway. FAILED: it is not, or half of it is. */
    enum ocpp_status (*write_mark)(int slot, uint32_t act, enum ocpp_settle_bay_half half, const void *bytes, size_t size,
                                   void *user);

    /* eject: lets the bank out so that a hand can take it. Required. DONE: it may be taken. JAMMED, FAILED: it may not. That it
     * was taken is told by removed, also when that is before the outcome. */
    enum ocpp_status (*eject)(int slot, uint32_t act, void *user);

    /* retract: draws an ejected bank back in, or locks it where it stands. DONE: nobody can take it any more. NULL: the bay
     * cannot; a bank that nobody took is then written neutral where it is, and stands open. */
    enum ocpp_status (*retract)(int slot, uint32_t act, void *user);

    /* force_eject: as eject, with what the hardware has against jams; for service only. NULL: eject is asked instead. */
    enum ocpp_status (*force_eject)(int slot, uint32_t act, void *user);

    /* self_test: sensor, lock and reader of the slot, without moving a bank that is there. DONE: it is good. NULL: there is no
     * such test, and a slot counts as good when somebody says so. */
    enum ocpp_status (*self_test)(int slot, uint32_t act, void *user);

    void *user;
};

/* ocpp_settle_bay_result: how an act ended. */
enum ocpp_settle_bay_result {
    OCPP_SETTLE_BAY_DONE,
    OCPP_SETTLE_BAY_FAILED,
    OCPP_SETTLE_BAY_JAMMED,    /* of eject, force_eject, retract: the mechanics are stuck */
    OCPP_SETTLE_BAY_UNREADABLE /* of read_mark */
};

/* ocpp_settle_bay_condition: what the hardware notices about a bank. */
enum ocpp_settle_bay_condition {
    OCPP_SETTLE_BAY_GOOD,
    OCPP_SETTLE_BAY_DAMAGED,
    OCPP_SETTLE_BAY_EMPTY_CELLS,
    OCPP_SETTLE_BAY_FAULTY
};

/* ocpp_settle_bay_outcome: of one act. Zeroed but for what it says; texts and bytes are borrowed for the call. */
struct ocpp_settle_bay_outcome {
    int slot;
    uint32_t act;
    enum ocpp_settle_bay_result result;
    /* of query */
    bool is_present;
    const char *bank;        /* the id printed on it, at most 40 characters; NULL: not known to the hardware */
    const char *hardware_id; /* that nobody can rewrite, at most 40 characters; NULL: there is none */
    int charge;              /* percent; below 0: unknown. Zeroed it is empty */
    enum ocpp_settle_bay_condition condition;
    /* of read_mark */
    const void *mark;
    size_t mark_size;
};

/* ocpp_settle_bay_listener: what the hardware tells. The struct is filled by ocpp_settle_agent_bay_listener() and copied by the
 * driver. Called from the thread of the agent, never from within a callback of ocpp_settle_bay. A slot that is not there is not
 * looked at. */
struct ocpp_settle_bay_listener {
    /* inserted, removed: what the sensor of a slot says. May be told as often as it likes: the same thing twice is one thing, and
     * a bank counts as inserted when nothing else was told for a moment (debounce_ms). Not needed at the start: slots are
     * queried. */
    void (*inserted)(int slot, struct ocpp_now now, void *user);
    void (*removed)(int slot, struct ocpp_now now, void *user);
    /* outcome: of an act. */
    void (*outcome)(const struct ocpp_settle_bay_outcome *outcome, struct ocpp_now now, void *user);
    /* charge: how full the bank is now, percent; to be told when it changes, so that the fullest can be chosen. */
    void (*charge)(int slot, int percent, struct ocpp_now now, void *user);
    /* jammed: lock or mechanics of a slot do not work, outside of an act. */
    void (*jammed)(int slot, struct ocpp_now now, void *user);
    void *user;
};

OCPP_END_DECLARATIONS

#endif
