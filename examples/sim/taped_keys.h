/* taped_keys.h: the settlement's keys of a pile that is recorded or replayed. What anybody could compute is computed; what takes
 * a key that stays with the pile is asked of the real keys and recorded, and had from the recording when it is replayed. So no
 * key is in a recording, and none is wanted to replay it. Random bytes are those of the tape.
 */
#ifndef OCPP_SIM_TAPED_KEYS_H
#define OCPP_SIM_TAPED_KEYS_H

#include "pile.h"

#include <ocpp/settlement/keys.h>

struct taped_keys {
    struct ocpp_settle_keys face;
    const struct ocpp_settle_keys *real;
    struct pile *pile;
};

/* taped_keys_use: what |pile| asks: |taped|, which outlives it, or |real| where it has no tape. */
const struct ocpp_settle_keys *taped_keys_use(struct taped_keys *taped, const struct ocpp_settle_keys *real, struct pile *pile);

#endif
