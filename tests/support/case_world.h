/* case_world.h: the reusable states of the official cases of the central system, told frame by frame over a driver_world: a
 * station of 1.6 and one of 2.0.1, both booted. */
#ifndef OCPP_TESTS_CASE_WORLD_H
#define OCPP_TESTS_CASE_WORLD_H

#include "driver_world.h"

extern struct central_world *case_world;
extern struct ocpp_station *case_one; /* PILE-1 speaks 1.6 */
extern struct ocpp_station *case_two; /* PILE-2 speaks 2.0.1 */

int case_set_up(void **state);
int case_tear_down(void **state);

/* case_order: an order was given with |status|, which is OCPP_OK; it is |call|, the station answers it with |payload|, and the
 * application hears |outcome| ("0 yes Accepted"). */
void case_order(enum ocpp_status status, struct ocpp_station *station, const char *call, const char *payload,
                const char *outcome);

/* case_status: PILE-2 tells the status of a connector in both ways there are; each is answered, and the application hears it. */
void case_status(int evse, int connector, const char *word);

/* case_status_16: the same of PILE-1. */
void case_status_16(int connector, const char *word);

/* case_event: PILE-2 tells an event of the transaction |id| at |evse| (0: not told); |info| goes on the transactionInfo
 * (",'chargingState':…"), |more| on the event; returns the answer's payload. */
const char *case_event(const char *type, const char *trigger, int evse, const char *id, const char *info, const char *more);

/* case_authorize: PILE-2 asks about |token|; returns the answer's payload. */
const char *case_authorize(const char *token);

/* The reusable states EVConnectedPreSession; EnergyTransferStarted, with Authorized by |token| before; StopAuthorized by |token|;
 * and EVConnectedPostSession with EVDisconnected, which says how the last event was answered. */
void case_plugged(int evse, const char *id);
void case_charging(int evse, const char *id, const char *token);
void case_stopped(int evse, const char *id, const char *token);
const char *case_unplugged(int evse, const char *id);

#define CASE_TOKEN(id) ",'idToken':{'idToken':'" id "','type':'ISO14443'}"

#endif
