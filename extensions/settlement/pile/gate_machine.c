/* gate_machine.c: the table of gate_machine.h. */
#include "gate_machine.h"

enum { NO = 0, TOLD = 1 };

#define GIVEN OCPP_SETTLE_GATE_WHY_UNSET /* comes with the event */
#define LATE  OCPP_SETTLE_GATE_WHY_DEADLINE
#define HAND  OCPP_SETTLE_GATE_WHY_BY_HAND
#define GONE  OCPP_SETTLE_GATE_WHY_PULLED
#define DARK  OCPP_SETTLE_GATE_WHY_POWER_LOST

/* clang-format off */
static const struct gate_row rows[] = {
    { GATE_FREE,          GATE_CLOSE,      GATE_CLOSED,        NO,   GATE_ACT_NONE,  GIVEN },

    { GATE_CLOSED,        GATE_OVER,       GATE_AWAIT_PAYMENT, TOLD, GATE_ACT_HOLD,  GIVEN },
    { GATE_CLOSED,        GATE_SAID_OPEN,  GATE_FREE,          NO,   GATE_ACT_FREE,  GIVEN }, /* nothing will be due: the latch is the charge point's again */
    { GATE_CLOSED,        GATE_BROKEN,     GATE_AWAIT_OPEN,    TOLD, GATE_ACT_DRIVE, GIVEN }, /* C7: an operator unlocks */
    { GATE_CLOSED,        GATE_PULLED,     GATE_FREE,          TOLD, GATE_ACT_FREE,  GONE },  /* C12 */
    { GATE_CLOSED,        GATE_DARK,       GATE_FREE,          TOLD, GATE_ACT_FREE,  DARK },  /* C13: it charges no more */
    { GATE_CLOSED,        GATE_LIGHT,      GATE_AWAIT_PAYMENT, TOLD, GATE_ACT_HOLD,  GIVEN }, /* likewise, but the cable is there */

    { GATE_AWAIT_PAYMENT, GATE_TRY,        GATE_AWAIT_PAID,    TOLD, GATE_ACT_HURRY, GIVEN }, /* C7: half an hour from here */
    { GATE_AWAIT_PAYMENT, GATE_ASKED,      GATE_AWAIT_PAID,    NO,   GATE_ACT_HURRY, GIVEN },
    { GATE_AWAIT_PAYMENT, GATE_LOCKED,     GATE_CLOSED,        NO,   GATE_ACT_NONE,  GIVEN },
    { GATE_AWAIT_PAYMENT, GATE_SAID_OPEN,  GATE_AWAIT_OPEN,    NO,   GATE_ACT_DRIVE, GIVEN },
    { GATE_AWAIT_PAYMENT, GATE_LATE,       GATE_AWAIT_OPEN,    TOLD, GATE_ACT_DRIVE, LATE },  /* C7: a day */
    { GATE_AWAIT_PAYMENT, GATE_BROKEN,     GATE_AWAIT_OPEN,    TOLD, GATE_ACT_DRIVE, GIVEN }, /* C7: at once */
    { GATE_AWAIT_PAYMENT, GATE_LATCH_OPEN, GATE_FREE,          TOLD, GATE_ACT_FREE,  HAND },  /* C7: the emergency release */
    { GATE_AWAIT_PAYMENT, GATE_PULLED,     GATE_AWAIT_OPEN,    TOLD, GATE_ACT_DRIVE, GONE },  /* C12 */
    { GATE_AWAIT_PAYMENT, GATE_DARK,       GATE_FREE,          TOLD, GATE_ACT_FREE,  DARK },  /* C13 */
    { GATE_AWAIT_PAYMENT, GATE_LIGHT,      GATE_AWAIT_PAYMENT, NO,   GATE_ACT_NONE,  GIVEN }, /* C13: its deadline is what was left of it */

    { GATE_AWAIT_PAID,    GATE_SAID_OPEN,  GATE_AWAIT_OPEN,    NO,   GATE_ACT_DRIVE, GIVEN },
    { GATE_AWAIT_PAID,    GATE_LATE,       GATE_AWAIT_OPEN,    TOLD, GATE_ACT_DRIVE, LATE },
    { GATE_AWAIT_PAID,    GATE_BROKEN,     GATE_AWAIT_OPEN,    TOLD, GATE_ACT_DRIVE, GIVEN },
    { GATE_AWAIT_PAID,    GATE_LATCH_OPEN, GATE_FREE,          TOLD, GATE_ACT_FREE,  HAND },
    { GATE_AWAIT_PAID,    GATE_PULLED,     GATE_AWAIT_OPEN,    TOLD, GATE_ACT_DRIVE, GONE },
    { GATE_AWAIT_PAID,    GATE_DARK,       GATE_FREE,          TOLD, GATE_ACT_FREE,  DARK },
    { GATE_AWAIT_PAID,    GATE_LIGHT,      GATE_AWAIT_PAID,    NO,   GATE_ACT_NONE,  GIVEN },

    { GATE_AWAIT_OPEN,    GATE_LATCH_OPEN, GATE_FREE,          TOLD, GATE_ACT_FREE,  GIVEN },
    { GATE_AWAIT_OPEN,    GATE_SILENT,     GATE_AWAIT_OPEN,    NO,   GATE_ACT_DRIVE, GIVEN },
    { GATE_AWAIT_OPEN,    GATE_STUCK,      GATE_JAMMED,        TOLD, GATE_ACT_DRIVE, GIVEN },
    { GATE_AWAIT_OPEN,    GATE_PULLED,     GATE_FREE,          TOLD, GATE_ACT_FREE,  GIVEN },
    { GATE_AWAIT_OPEN,    GATE_DARK,       GATE_FREE,          TOLD, GATE_ACT_FREE,  GIVEN },
    { GATE_AWAIT_OPEN,    GATE_LIGHT,      GATE_AWAIT_OPEN,    NO,   GATE_ACT_DRIVE, GIVEN },

    { GATE_JAMMED,        GATE_LATCH_OPEN, GATE_FREE,          TOLD, GATE_ACT_FREE,  GIVEN },
    { GATE_JAMMED,        GATE_SILENT,     GATE_JAMMED,        NO,   GATE_ACT_DRIVE, GIVEN }, /* each minute */
    { GATE_JAMMED,        GATE_STUCK,      GATE_JAMMED,        NO,   GATE_ACT_DRIVE, GIVEN },
    { GATE_JAMMED,        GATE_TRY,        GATE_JAMMED,        NO,   GATE_ACT_DRIVE, GIVEN },
    { GATE_JAMMED,        GATE_PULLED,     GATE_FREE,          TOLD, GATE_ACT_FREE,  GIVEN },
    { GATE_JAMMED,        GATE_DARK,       GATE_FREE,          TOLD, GATE_ACT_FREE,  GIVEN },
    { GATE_JAMMED,        GATE_LIGHT,      GATE_JAMMED,        NO,   GATE_ACT_DRIVE, GIVEN },
};
/* clang-format on */

const struct gate_row *gate_row_of(enum gate_state state, enum gate_event event)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].state == state && rows[i].event == event) {
            return &rows[i];
        }
    }
    return NULL;
}

bool gate_keeps(enum gate_state state)
{
    return state == GATE_AWAIT_PAYMENT || state == GATE_AWAIT_PAID;
}
