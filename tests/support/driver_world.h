/* driver_world.h: a central world whose application hears what is told of displays, costs, reservations and vendors' messages,
 * and decides about them as a test wants. */
#ifndef OCPP_TESTS_DRIVER_WORLD_H
#define OCPP_TESTS_DRIVER_WORLD_H

#include "central_world.h"

#include <ocpp/central_drivers.h>

/* What the application decides; all 0 at the start of a world. */
struct driver_decisions {
    struct ocpp_driver_answer cost;
    bool cost_later;
    struct ocpp_question cost_question;    /* the last one */
    struct ocpp_data_transfer_answer data; /* |result| 0: as it comes */
    bool data_later;
    struct ocpp_question data_question; /* the last one */
    bool heeds_note;                    /* stations of 1.6 heed the pricing note */
};

extern struct driver_decisions driver_decisions;

/* driver_world_new: as world_new(), with handler.drivers. */
struct central_world *driver_world_new(void);

/* driver_done: what became of the last order, "status yes|no word"; of a vendor's message with " kind data" behind it. */
extern const struct ocpp_command_done driver_done;
extern char driver_answer[1024];

/* driver_answered: the last call |station| heard is answered with |payload|, ' for "; returns driver_answer. */
const char *driver_answered(struct central_world *world, struct ocpp_station *station, const char *payload);

#endif
