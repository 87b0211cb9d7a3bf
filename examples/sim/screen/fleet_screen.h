/* fleet_screen.h: the summary screen of a fleet: what it shows of it, and a line for commands to all piles. */
#ifndef OCPP_SIM_FLEET_SCREEN_H
#define OCPP_SIM_FLEET_SCREEN_H

#include "fleet.h"

struct fleet_screen;

/* fleet_screen_open: takes over the terminal. NULL: there is none to be had, or no memory; lines do. */
struct fleet_screen *fleet_screen_open(struct fleet *fleet);

/* fleet_screen_take: as screen_take(). fleet_screen_close: the terminal is as it was. */
bool fleet_screen_take(struct fleet_screen *screen);
void fleet_screen_close(struct fleet_screen *screen);

#endif
