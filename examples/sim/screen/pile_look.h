/* pile_look.h: fills what a screen shows of a pile. */
#ifndef OCPP_SIM_PILE_LOOK_H
#define OCPP_SIM_PILE_LOOK_H

#include "pile.h"
#include "pile_view.h"

void pile_look(struct pile *pile, struct pile_view *view);

/* pile_look_banks: its bay and its gate; nothing where it has none. */
void pile_look_banks(const struct pile *pile, struct pile_view *view);

#endif
