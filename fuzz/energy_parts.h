/* energy_parts.h: the application of fuzz_central.c as far as energy and vehicles go, and what it orders about them. */
#ifndef OCPP_FUZZ_ENERGY_PARTS_H
#define OCPP_FUZZ_ENERGY_PARTS_H

#include <ocpp/central_energy.h>
#include <ocpp/central_vehicles.h>

extern const struct ocpp_energy_handler energy_parts_energy;
extern const struct ocpp_vehicle_handler energy_parts_vehicles;

/* energy_parts_start: decisions come later while |*later|. */
void energy_parts_start(const bool *later);

/* energy_parts_order: gives each order there is; how many left. */
int energy_parts_order(struct ocpp_station *station, const struct ocpp_command_done *done);

/* energy_parts_decide: decides what was asked last of each kind. */
void energy_parts_decide(struct ocpp_station *station, struct ocpp_now now);

#endif
