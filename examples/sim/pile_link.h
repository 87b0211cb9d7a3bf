/* pile_link.h: the phone link of a simulated pile (--link), and with --url none what such a pile does by itself: its EVSEs are
 * outlets that only phones can reach.
 */
#ifndef OCPP_SIM_PILE_LINK_H
#define OCPP_SIM_PILE_LINK_H

#include "pile.h"

/* pile_link_open: --link. False after a line that says why. pile_link_close: at the end. */
bool pile_link_open(struct pile *pile);
void pile_link_close(struct pile *pile);

/* pile_link_on, pile_link_off: with the charge point. pile_link_tick: time passes, and what came is heard. */
bool pile_link_on(struct pile *pile);
void pile_link_off(struct pile *pile);
void pile_link_tick(struct pile *pile);

#endif
