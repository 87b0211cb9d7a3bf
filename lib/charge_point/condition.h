/* condition.h: what a place is like and what may be done about it from afar: its status, its faults, whether it is in service,
 * its latch, and what can be asked about it. */
#ifndef OCPP_LIB_CONDITION_H
#define OCPP_LIB_CONDITION_H

#include "charge_point_dialect.h"

enum {
    MOST_FAULT_DETAILS = 8,
    STATUS_RETRY_MS = 60000, /* after a status report was not answered, if it would say the same */
    UNLOCK_MS = 10000        /* how long an unlock waits for the latch */
};

struct evse;

struct status_track {
    enum ocpp_connector_status status;
    int fault_code;          /* 0: none; an index into the names of faults.c */
    bool fault_is_inherited; /* it is of what the connector belongs to */
    struct moment since;
    int reported;     /* the dialect's word as last told; 0: none */
    bool must_report; /* whether or not it says anything new */
    bool told;        /* to the firmware */
    int unanswered;   /* the word nobody answered: not again before */
    int64_t again_mono_ms;
    int64_t not_before_mono_ms;
};

struct fault_detail {
    int evse;
    int connector;
    int code; /* 0: the place is free */
    char info[51 * 4];
    char vendor_id[256];
    char vendor_error_code[51 * 4];
};

/* --- status.c -------------------------------------------------------------------------------------------------------- */

enum ocpp_connector_status ocpp_cp_connector_status(const struct ocpp_charge_point *cp, int evse, int connector);
void ocpp_cp_status_update(struct ocpp_charge_point *cp);
void ocpp_cp_status_must_report(struct ocpp_charge_point *cp, int evse, int connector);
void ocpp_cp_status_after_boot(struct ocpp_charge_point *cp);
void ocpp_cp_status_after_offline(struct ocpp_charge_point *cp);
bool ocpp_cp_send_status(struct ocpp_charge_point *cp);
void ocpp_cp_status_answered(struct ocpp_charge_point *cp, enum ocpp_status status);
int64_t ocpp_cp_status_deadline(const struct ocpp_charge_point *cp);

/* --- faults.c -------------------------------------------------------------------------------------------------------- */

int ocpp_cp_fault_code_of(const char *name); /* never 0: what is unknown is OtherError */
const char *ocpp_cp_fault_name(int code);
enum ocpp_stop_reason ocpp_cp_fault_reason(int code);
bool ocpp_cp_fault_is_warning(const char *name); /* charging goes on */
/* ocpp_cp_set_fault, _clear_fault, _has_fault: one of those a place may have at once. */
void ocpp_cp_set_fault(struct ocpp_charge_point *cp, int evse, int connector, const struct ocpp_fault *fault);
void ocpp_cp_clear_fault(struct ocpp_charge_point *cp, int evse, int connector, const char *code);
bool ocpp_cp_has_fault(const struct ocpp_charge_point *cp, int evse, int connector, const char *code);
/* ocpp_cp_own_fault_at: the worst of its own; 0: none. _warning_at: the worst of what does not keep it from charging and is worth
 * telling with |status|. */
int ocpp_cp_own_fault_at(const struct ocpp_charge_point *cp, int evse, int connector);
int ocpp_cp_warning_at(const struct ocpp_charge_point *cp, int evse, int connector, enum ocpp_connector_status status);
/* ocpp_cp_fault_at: the code that holds at a connector (0: its EVSE, EVSE 0: the station); 0: none. */
int ocpp_cp_fault_at(const struct ocpp_charge_point *cp, int evse, int connector);
void ocpp_cp_fault_describe(const struct ocpp_charge_point *cp, int evse, int connector, int code, struct ocpp_fault *fault);

/* --- availability.c -------------------------------------------------------------------------------------------------- */

/* ocpp_cp_is_operative: whether something may start there. ocpp_cp_is_set_operative: whether it is meant to be in service, whatever
 * a reset that is due keeps from starting for the moment. */
bool ocpp_cp_is_operative(const struct ocpp_charge_point *cp, int evse, int connector);
bool ocpp_cp_is_set_operative(const struct ocpp_charge_point *cp, int evse, int connector);
enum verdict ocpp_cp_change_availability(struct ocpp_charge_point *cp, int evse, int connector, bool operative);

/* --- latch.c ---------------------------------------------------------------------------------------------------------- */

/* ocpp_cp_is_locked: whether nothing waits for the latch of the connector in use. _lock_first: it has to lock before anything
 * else. _locks_expire: one that says nothing has failed. _lock_recovers: the next try may go better. */
bool ocpp_cp_is_locked(const struct ocpp_charge_point *cp, const struct evse *evse);
void ocpp_cp_wish_lock(struct ocpp_charge_point *cp, struct evse *evse, bool locked);
void ocpp_cp_lock_first(struct ocpp_charge_point *cp, struct evse *evse);
void ocpp_cp_lock_recovers(struct ocpp_charge_point *cp, int evse, int connector);
void ocpp_cp_locks_expire(struct ocpp_charge_point *cp);
int64_t ocpp_cp_lock_deadline(const struct ocpp_charge_point *cp, const struct evse *evse);

/* --- unlock.c -------------------------------------------------------------------------------------------------------- */

/* ocpp_cp_has_lock: whether the cable of a connector can be locked and unlocked. */
bool ocpp_cp_has_lock(const struct ocpp_charge_point *cp, int evse, int connector);
enum verdict ocpp_cp_unlock(struct ocpp_charge_point *cp, int evse, int connector, struct ocpp_call_token call);
void ocpp_cp_unlock_ended(struct ocpp_charge_point *cp, enum verdict verdict);

/* --- trigger.c ------------------------------------------------------------------------------------------------------- */

/* |evse| -1: all that are meant. */
enum verdict ocpp_cp_trigger(struct ocpp_charge_point *cp, enum trigger_kind kind, int evse, int connector);
bool ocpp_cp_send_rest(struct ocpp_charge_point *cp); /* true: a report of a task at rest is on its way */

#endif
