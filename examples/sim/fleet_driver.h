/* fleet_driver.h: somebody who comes to an EVSE again and again, and does at random what drivers do. The same seed, number and
 * EVSE make the same driver. */
#ifndef OCPP_SIM_FLEET_DRIVER_H
#define OCPP_SIM_FLEET_DRIVER_H

#include "pile.h"

/* Named for what is there. */
enum driver_state { DRIVER_NOBODY, DRIVER_CABLE, DRIVER_SESSION, DRIVER_PAUSE, DRIVER_OUTAGE, DRIVER_END, DRIVER_STATES };

struct driver {
    uint64_t random;
    int64_t due_mono_ms; /* when it acts next */
    enum driver_state state;
    int evse;
    int number;  /* of its pile, which is its card's, too */
    bool judged; /* whether this session has energy was looked at */
};

struct driver driver_new(uint64_t seed, int number, int evse, int64_t now_mono_ms);

enum driver_news { DRIVER_NOTHING, DRIVER_CHARGED, DRIVER_GOT_NOTHING };

/* driver_act: does what is due. DRIVER_CHARGED: a session that was begun goes on to its end; DRIVER_GOT_NOTHING: it was none. */
enum driver_news driver_act(struct driver *driver, struct pile *pile);

#endif
