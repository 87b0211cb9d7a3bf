/* fleet_body.h: a fleet on a screen: how many piles stand how, what they say and how fast they are answered, what failed. Pure.
 */
#ifndef OCPP_SIM_FLEET_BODY_H
#define OCPP_SIM_FLEET_BODY_H

#include "page.h"

/* Its view is a struct fleet_view. */
extern const struct page_body fleet_body;

#endif
