/* pile_banks.h: the bay of a simulated pile: a cabinet of power banks, the settlement agent that looks after it, and the hands of
 * people who took banks. What stands in the cabinet survives a power cut, and with --state the program.
 */
#ifndef OCPP_SIM_PILE_BANKS_H
#define OCPP_SIM_PILE_BANKS_H

#include "pile.h"

/* pile_banks_open: --banks. False after a line that says why. pile_banks_close: at the end. */
bool pile_banks_open(struct pile *pile);
void pile_banks_close(struct pile *pile);

/* pile_banks_use: settings of a charge point that is about to be made. */
void pile_banks_use(struct pile *pile, struct ocpp_charge_point_settings *settings);

/* pile_banks_on, pile_banks_off: with the charge point. pile_banks_tick: time passes. */
bool pile_banks_on(struct pile *pile);
void pile_banks_off(struct pile *pile);
void pile_banks_tick(struct pile *pile);

#endif
