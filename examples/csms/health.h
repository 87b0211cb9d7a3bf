/* health.h: whether this program can do its work: its threads turn, its store takes writes, and it is not going down. */
#ifndef CSMS_HEALTH_H
#define CSMS_HEALTH_H

#include "app.h"

enum { HEALTH_STUCK_MS = 10000, HEALTH_PROBE_MS = 5000 };

/* health_beat: makes every service thread say that it is alive; a second or so apart. */
void health_beat(struct app *app);

/* health_threads_turn: whether all did so lately. */
bool health_threads_turn(const struct app *app);

#endif
