/* bridge.h: a version spoken with the routes and builders of another one of its family (struct ocpp_central_dialect |base|).
 *
 * What arrives is converted to the struct of the base before a route sees it, what leaves is converted from it. For a dialect
 * without a base all of these do nothing. Requests and answers the base cannot say go to the application as they are.
 */
#ifndef OCPP_CENTRAL_BRIDGE_H
#define OCPP_CENTRAL_BRIDGE_H

#include "dialect.h"

/* bridge_handle: hands |call| to the route the base has for it. False: it has none, or cannot say what the call says. */
bool bridge_handle(struct ocpp_station *station, const struct ocpp_incoming_call *call);

/* bridge_original: |call| as it came; |call| itself when it was not converted. */
const struct ocpp_incoming_call *bridge_original(const struct ocpp_station *station, const struct ocpp_incoming_call *call);

/* bridge_response: |*response| of the base for the open call |token|, in the words of the station. */
enum ocpp_status bridge_response(struct ocpp_station *station, struct ocpp_call_token token, const void **response);

/* bridge_order: |*message| of |*action| in the words of the station. Errors: OCPP_ERR_UNSUPPORTED_ACTION it has no such. */
enum ocpp_status bridge_order(struct ocpp_station *station, const struct ocpp_action **action, const void **message);

/* bridge_answer: the station's |*response| to |action| in the words of that action's version; lives until the next answer or
 * call.
 */
enum ocpp_status bridge_answer(struct ocpp_station *station, const struct ocpp_action *action, const void **response);

#endif
