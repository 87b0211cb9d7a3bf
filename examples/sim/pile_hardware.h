/* pile_hardware.h: the hardware of a pile, as the engine sees it. */
#ifndef OCPP_SIM_PILE_HARDWARE_H
#define OCPP_SIM_PILE_HARDWARE_H

#include "pile.h"

struct ocpp_hardware pile_hardware(struct pile *pile);

/* pile_measurands: what its meters, and a vehicle with a battery, can measure. */
int64_t pile_measurands(void);

/* pile_hardware_tick: moves the meters, looks at the permits. */
void pile_hardware_tick(struct pile *pile);

#endif
