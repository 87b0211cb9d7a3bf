/* signals.h: what the main thread does while the others serve: it waits for signals. */
#ifndef CSMS_SIGNALS_H
#define CSMS_SIGNALS_H

#include "app.h"

#include <signal.h>

/* signals_block: before any thread starts, so that all of them leave the signals to the main one. */
void signals_block(void);

/* signals_serve: returns after the first SIGTERM or SIGINT; keeps the program's pulse meanwhile. */
void signals_serve(struct app *app);

/* signals_drain: nobody new comes in, and what operators asked for may end: returns when nothing of it waits, after --drain-s, or
 * on a second signal; false then. From then on a signal ends the program at once. */
bool signals_drain(struct app *app);

#endif
