/* visit_charging.h: where the vehicle of a guided visit charges, for what may be done only while it does. */
#ifndef CSMS_VISIT_CHARGING_H
#define CSMS_VISIT_CHARGING_H

#include "settlement_reply.h"

struct visit_charging {
    char station[OCPP_IDENTITY_SIZE];
    char transaction[40];
};

/* visit_charging_find: of the visit |id|. False: there is none (404), or its vehicle does not charge (409); answered. */
bool visit_charging_find(const struct request *request, const char *id, struct visit_charging *charging);

#endif
