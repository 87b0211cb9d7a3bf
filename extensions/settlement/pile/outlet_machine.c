/* outlet_machine.c: the whole machine of an outlet. A restart is no event: sessions that were open then end at their last durable
 * reading, with the contactor open. */
#include "outlet_machine.h"

#include <stddef.h>

static const struct outlet_row rows[] = {
    /* state             event               next                 effect           why */
    { OUTLET_FREE, OUTLET_BEGIN, OUTLET_AWAIT_STORED, OUTLET_NOTE },       /* D7: used up, durably, before anything flows */
    { OUTLET_AWAIT_STORED, OUTLET_STORED, OUTLET_CHARGING, OUTLET_CLOSE }, /* the contactor closes now and not before */
    { OUTLET_AWAIT_STORED, OUTLET_STORED_BARE, OUTLET_AWAIT_PLUG, OUTLET_WAIT },
    { OUTLET_AWAIT_STORED, OUTLET_NOT_STORED, OUTLET_FREE, OUTLET_GIVE_UP }, /* D18: nothing of it happened */
    { OUTLET_AWAIT_PLUG, OUTLET_PLUGGED, OUTLET_CHARGING, OUTLET_CLOSE },
    { OUTLET_AWAIT_PLUG, OUTLET_END, OUTLET_AWAIT_BILL, OUTLET_OPEN }, /* nobody came: a bill of nothing lets the hold go */
    { OUTLET_CHARGING, OUTLET_END, OUTLET_AWAIT_BILL, OUTLET_OPEN },   /* D1, B8 */
    { OUTLET_AWAIT_BILL, OUTLET_BILLED, OUTLET_FREE, OUTLET_FORGET },
};

const struct outlet_row *outlet_row_of(enum outlet_state state, enum outlet_event event)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].state == state && rows[i].event == event) {
            return &rows[i];
        }
    }
    return NULL;
}
