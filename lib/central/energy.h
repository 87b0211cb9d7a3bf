/* energy.h: questions about energy that the dialects bring. */
#ifndef OCPP_CENTRAL_ENERGY_INTERNAL_H
#define OCPP_CENTRAL_ENERGY_INTERNAL_H

#include "central_internal.h"

#include <ocpp/central_energy.h>

/* energy_ask_needs, _schedule: asks the application, which has a function for it; |answer| runs with pending->verdict, now or
 * later: enum ocpp_ev_needs_decision; whether it is accepted. It answers and frees. */
void energy_ask_needs(struct pending *pending, const struct ocpp_ev_needs_told *told, void (*answer)(struct pending *pending));
void energy_ask_schedule(struct pending *pending, const struct ocpp_ev_schedule_told *told,
                         void (*answer)(struct pending *pending));

#endif
