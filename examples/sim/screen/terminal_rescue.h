/* terminal_rescue.h: a program that dies of a signal while it has taken over its terminal gives it back first. */
#ifndef OCPP_SIM_TERMINAL_RESCUE_H
#define OCPP_SIM_TERMINAL_RESCUE_H

#include <stdbool.h>
#include <termios.h>

/* terminal_rescue_is_possible: whether the type of the terminal behind |output| is known, and is one whose cursor can be placed.
 * Asked before ncurses takes it over. */
bool terminal_rescue_is_possible(int output);

/* terminal_rescue_arm: from now on, the terminal behind |output| would be given back with |modes|; ncurses has it already.
 * terminal_rescue_disarm: no longer: it has been given back. */
void terminal_rescue_arm(int output, const struct termios *modes);
void terminal_rescue_disarm(void);

#endif
