/* reset.h: restarting the station, or one EVSE, when the central system asks for it (reset.c). */
#ifndef OCPP_LIB_RESET_H
#define OCPP_LIB_RESET_H

#include "charge_point_dialect.h"

/* A reset that is due, of the station or of an EVSE; its steps are named for what they await. */
enum reset_step {
    RESET_AWAIT_IDLE,  /* transactions are to end by themselves */
    RESET_AWAIT_TOLD,  /* … were ended, and that is being stored and told */
    RESET_ASKED,       /* the firmware was asked; a restart of the station ends this program */
    RESET_AWAIT_RETRY, /* it did not come about */
};

struct reset {
    bool is_due;
    enum reset_step step;
    bool hard;
    bool is_scheduled;            /* was answered with Scheduled */
    bool is_for_firmware;         /* the station's own doing */
    enum ocpp_stop_reason reason; /* of the transactions it ends */
    int64_t attempts;
    int64_t until_mono_ms; /* the step waits no longer */
};

/* ocpp_cp_reset: |place| is an EVSE or 0, the station; |reason| is that of the transactions it ends; OCPP_STOP_UNKNOWN: it waits
 * until they have ended by themselves. */
enum verdict ocpp_cp_reset(struct ocpp_charge_point *cp, int place, bool hard, enum ocpp_stop_reason reason);
/* ocpp_cp_reset_blocks: nothing starts there, because a reset is due. */
bool ocpp_cp_reset_blocks(const struct ocpp_charge_point *cp, int evse);
/* ocpp_cp_restart: the station restarts for its new firmware, as soon as everything is told. One that was asked for already
 * becomes that. ocpp_cp_restart_forget: there is no need for it any more. */
void ocpp_cp_restart(struct ocpp_charge_point *cp);
void ocpp_cp_restart_forget(struct ocpp_charge_point *cp);
/* ocpp_cp_hold_resets: resets are rejected, and one that is due waits, as long as anybody holds them. */
enum reset_holder { RESETS_HELD_BY_HARDWARE = 1, RESETS_HELD_BY_UPDATE = 2 };
void ocpp_cp_hold_resets(struct ocpp_charge_point *cp, enum reset_holder holder, bool held);
void ocpp_cp_reset_work(struct ocpp_charge_point *cp);
int64_t ocpp_cp_reset_deadline(const struct ocpp_charge_point *cp);

#endif
