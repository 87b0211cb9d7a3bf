/* bay_serial.h: the cabinet of a bay_world on a serial line, between the same agent and the same cabinet: bay_world.c built with
 * BAY_WORLD_SERIAL. The boards are those of serial_cabinet_emulator.h, two slots each; the line takes no time. */
#ifndef OCPP_TESTS_BAY_SERIAL_H
#define OCPP_TESTS_BAY_SERIAL_H

#include "bay_world.h"
#include "serial_cabinet_emulator.h"

#include <ocpp/settlement/serial_cabinet.h>

struct bay_serial {
    struct emulator line;
    struct ocpp_settle_serial *serial;
};

/* bay_serial_on: a new driver, as after a start; its bay is that of |bay|. bay_serial_hear: who listens. bay_serial_off: the
 * driver is gone and the boards have lost their power. bay_serial_run: whatever wants to go over the line now. */
void bay_serial_on(struct bay_world *bay);
void bay_serial_hear(struct bay_world *bay, struct ocpp_settle_bay_listener listener);
void bay_serial_off(struct bay_world *bay);
void bay_serial_run(struct bay_world *bay);

#endif
