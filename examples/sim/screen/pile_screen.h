/* pile_screen.h: the screen of one pile. */
#ifndef OCPP_SIM_PILE_SCREEN_H
#define OCPP_SIM_PILE_SCREEN_H

#include "pile.h"

struct pile_screen;

/* pile_screen_new: for |pile| before pile_open(), which it will watch; pile_screen_free() comes after pile_close(). NULL: no
 * memory. pile_screen_open: after pile_open(). False: there is no terminal to be had. pile_screen_tell: what it would have shown
 * of the pile so far goes to standard output. */
struct pile_screen *pile_screen_new(const struct options *options, struct pile *pile);
bool pile_screen_open(struct pile_screen *screen);
void pile_screen_tell(const struct pile_screen *screen);

/* pile_screen_take: as screen_take(). pile_screen_close: the terminal is as it was. */
bool pile_screen_take(struct pile_screen *screen);
void pile_screen_close(struct pile_screen *screen);
void pile_screen_free(struct pile_screen *screen);

#endif
