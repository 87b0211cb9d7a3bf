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

/* What happens at the outlets of a pile without a network. False: this pile is none, and it is for its charge point.
 *
 * pile_link_pass: so much time is over, and its outlets saw it pass. pile_link_vehicle: what is plugged in next, or stands there,
 * says who it is. pile_link_stop: the button. pile_link_fault: an outlet cannot be used, or can again. */
bool pile_link_pass(struct pile *pile, int64_t seconds);
bool pile_link_vehicle(struct pile *pile, int evse, const char *vehicle);
bool pile_link_stop(struct pile *pile, int evse);
bool pile_link_fault(struct pile *pile, int evse, bool on);

/* What a recording says of the phone link: somebody else is there now, or nobody any more; bytes that came; the next frame that
 * wants to leave (0: none does). False: this pile has no link. */
bool pile_link_phone(struct pile *pile, bool is_there);
bool pile_link_heard(struct pile *pile, const unsigned char *bytes, size_t size);
size_t pile_link_said(struct pile *pile, const unsigned char **bytes);

/* pile_link_card: a card at the reader of |evse| (0: of all). */
bool pile_link_card(struct pile *pile, int evse, const char *token);

#endif
