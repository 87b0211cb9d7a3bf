/* replay.h: --replay: a recording is played to a pile without a network, and what the pile does is held to it. */
#ifndef OCPP_SIM_REPLAY_H
#define OCPP_SIM_REPLAY_H

#include "options.h"

/* replay_run: 0 when the pile did the same again, 1 after the first difference, or the line that is no good, with its number. */
int replay_run(const struct options *options);

#endif
