/* family_hold.h: how long the family of versions has been waited for that the transactions in the queue began in. */
#ifndef OCPP_LIB_FAMILY_HOLD_H
#define OCPP_LIB_FAMILY_HOLD_H

#include <ocpp/types.h>

struct ocpp_charge_point;

struct family_hold {
    int64_t since_mono_ms; /* in this start of the software */
    int64_t since_utc_ms;  /* over all starts; OCPP_UTC_UNKNOWN */
    int64_t before_ms;     /* waited in earlier starts */
    int64_t kept_ms;       /* of all that, what the store knows */
    bool is_kept;          /* it knows of it at all */
    int64_t retry_mono_ms;
};

int64_t ocpp_cp_hold_waited_ms(const struct ocpp_charge_point *cp, struct ocpp_now now);
/* ocpp_cp_hold_restart: the family that is waited for was there until now, or nothing waits for one. */
void ocpp_cp_hold_restart(struct ocpp_charge_point *cp);
enum ocpp_status ocpp_cp_hold_load(struct ocpp_charge_point *cp);
void ocpp_cp_hold_work(struct ocpp_charge_point *cp);
int64_t ocpp_cp_hold_deadline(const struct ocpp_charge_point *cp);

#endif
