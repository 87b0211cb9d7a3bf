/* bay_serial.c: see bay_serial.h. */
#include "bay_serial.h"

#include "unit.h"

static struct bay_serial there; /* there is one world at a time */

void bay_serial_on(struct bay_world *bay)
{
    struct ocpp_settle_serial_settings settings = ocpp_settle_serial_settings_default();

    settings.boards = BAY_SLOTS / 2;
    settings.slots_per_board = 2;
    settings.mark_room = bay->cabinet.room;
    settings.turn_ms = 0;
    settings.poll_ms = 10; /* the world goes on in steps of 50 */
    settings.busy_poll_ms = 1;
    emulator_init(&there.line, &bay->cabinet, 2);
    there.line.answer_ms = 0;
    there.serial = ocpp_settle_serial_new(&settings, bay->world->now);
    assert_non_null(there.serial);
    bay->bay = ocpp_settle_serial_bay(there.serial);
}

void bay_serial_hear(struct bay_world *bay, struct ocpp_settle_bay_listener listener)
{
    ocpp_settle_serial_listen(there.serial, &listener);
    bay_serial_run(bay);
    if (!test_storage_is_cut(bay->world->storage)) { /* or else nothing would be tested */
        assert_int_equal(ocpp_settle_serial_view(there.serial).boards_ready, BAY_SLOTS / 2);
    }
}

void bay_serial_off(struct bay_world *bay)
{
    bay->cabinet.listener = (struct ocpp_settle_bay_listener){ .user = NULL };
    ocpp_settle_serial_free(there.serial);
    there.serial = NULL;
}

void bay_serial_run(struct bay_world *bay)
{
    unsigned char bytes[EMULATOR_OUT];
    const unsigned char *frame;
    size_t size;

    if (there.serial == NULL || test_storage_is_cut(bay->world->storage)) {
        return;
    }
    emulator_run(&there.line, bay->world->now);
    ocpp_settle_serial_advance(there.serial, bay->world->now);
    for (int i = 0; i < 1000 && !test_storage_is_cut(bay->world->storage) &&
                    (frame = ocpp_settle_serial_next_output(there.serial, &size, bay->world->now)) != NULL;
         i++) {
        emulator_hear(&there.line, frame, size, bay->world->now);
        size = emulator_say(&there.line, bytes, bay->world->now);
        ocpp_settle_serial_receive(there.serial, bytes, size, bay->world->now);
    }
}
