/* settlement_reply.h: a request that waits for a command of the settlement. */
#ifndef CSMS_SETTLEMENT_REPLY_H
#define CSMS_SETTLEMENT_REPLY_H

#include "http.h"
#include "settlement_inside.h"

/* reply_done: what to hand to a command so that |request| is answered with how it ended: {"id"} or a problem. NULL run: it was
 * answered with the reason why not. reply_failed: the command returned |status| instead of taking |done|; OCPP_OK does nothing.
 */
struct ocpp_settle_done reply_done(const struct request *request);
void reply_failed(const struct ocpp_settle_done *done, enum ocpp_status status);

/* settlement_wanted: false: nothing is settled here; that was answered. */
bool settlement_wanted(const struct request *request);

#endif
