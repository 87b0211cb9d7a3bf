/* replay_diff.h: where two frames differ. */
#ifndef OCPP_SIM_REPLAY_DIFF_H
#define OCPP_SIM_REPLAY_DIFF_H

#include <stddef.h>

/* replay_diff: the first place where |sent| is not |recorded|, as a JSON pointer with both values: "/3/status: "A", and now "B"".
 * "" where one is no JSON, or they say the same in other characters. */
void replay_diff(const char *recorded, const char *sent, char *place, size_t room);

#endif
