/* visit_machine.c: the table of visit_machine.h.
 *
 *            ┌► Told ──┐
 *   Asked ───┤         ├► Confirmed ──► Matched ──► Paying ──► Done
 *            └► Heard ─┘      │                        └─────► Owed ──► Done
 *     └► Refused, Cancelled   └► Expired, Cancelled
 */
#include "visit_machine.h"

#include <assert.h>
#include <stddef.h>

enum {
    OVER = VISIT_ACT_FREE | VISIT_ACT_SETTLE,
    TAKEN_BACK = VISIT_ACT_UNRESERVE | OVER,
};

/* clang-format off */
static const struct {
    enum row_visit_state state;
    enum visit_event event;
    enum row_visit_state next;
    int acts;
} rows[] = {
    { ROW_VISIT_STATE_ASKED,     VISIT_PILE_HAS,     ROW_VISIT_STATE_TOLD,      VISIT_ACT_NONE },
    { ROW_VISIT_STATE_ASKED,     VISIT_PHONE_HAS,    ROW_VISIT_STATE_HEARD,     VISIT_ACT_NONE },
    { ROW_VISIT_STATE_ASKED,     VISIT_PILE_SAYS_NO, ROW_VISIT_STATE_REFUSED,   OVER },                /* C2 */
    { ROW_VISIT_STATE_ASKED,     VISIT_NO_ANSWER,    ROW_VISIT_STATE_CANCELLED, TAKEN_BACK },          /* C3 */
    { ROW_VISIT_STATE_ASKED,     VISIT_UNWANTED,     ROW_VISIT_STATE_CANCELLED, TAKEN_BACK },
    { ROW_VISIT_STATE_ASKED,     VISIT_DROPPED,      ROW_VISIT_STATE_CANCELLED, OVER },
    { ROW_VISIT_STATE_ASKED,     VISIT_MATCH,        ROW_VISIT_STATE_MATCHED,   VISIT_ACT_CLOSE },             /* who uses it shows that both have it */

    { ROW_VISIT_STATE_TOLD,      VISIT_PHONE_HAS,    ROW_VISIT_STATE_CONFIRMED, VISIT_ACT_KEEP },
    { ROW_VISIT_STATE_TOLD,      VISIT_NO_ANSWER,    ROW_VISIT_STATE_CANCELLED, TAKEN_BACK },          /* C3 */
    { ROW_VISIT_STATE_TOLD,      VISIT_UNWANTED,     ROW_VISIT_STATE_CANCELLED, TAKEN_BACK },
    { ROW_VISIT_STATE_TOLD,      VISIT_DROPPED,      ROW_VISIT_STATE_CANCELLED, OVER },
    { ROW_VISIT_STATE_TOLD,      VISIT_MATCH,        ROW_VISIT_STATE_MATCHED,   VISIT_ACT_CLOSE },

    { ROW_VISIT_STATE_HEARD,     VISIT_PILE_HAS,     ROW_VISIT_STATE_CONFIRMED, VISIT_ACT_KEEP },
    { ROW_VISIT_STATE_HEARD,     VISIT_PILE_SAYS_NO, ROW_VISIT_STATE_REFUSED,   OVER },                /* C2 */
    { ROW_VISIT_STATE_HEARD,     VISIT_NO_ANSWER,    ROW_VISIT_STATE_CANCELLED, TAKEN_BACK },          /* C3 */
    { ROW_VISIT_STATE_HEARD,     VISIT_UNWANTED,     ROW_VISIT_STATE_CANCELLED, TAKEN_BACK },
    { ROW_VISIT_STATE_HEARD,     VISIT_DROPPED,      ROW_VISIT_STATE_CANCELLED, OVER },
    { ROW_VISIT_STATE_HEARD,     VISIT_MATCH,        ROW_VISIT_STATE_MATCHED,   VISIT_ACT_CLOSE },             /* the pile's answer was lost */

    { ROW_VISIT_STATE_CONFIRMED, VISIT_MATCH,        ROW_VISIT_STATE_MATCHED,   VISIT_ACT_CLOSE },
    { ROW_VISIT_STATE_CONFIRMED, VISIT_TIME_OVER,    ROW_VISIT_STATE_EXPIRED,   TAKEN_BACK },          /* C1, C6: by our own clock */
    { ROW_VISIT_STATE_CONFIRMED, VISIT_UNWANTED,     ROW_VISIT_STATE_CANCELLED, TAKEN_BACK },
    { ROW_VISIT_STATE_CONFIRMED, VISIT_DROPPED,      ROW_VISIT_STATE_CANCELLED, OVER },                /* no fee: not the user's doing */

    { ROW_VISIT_STATE_CANCELLED, VISIT_PILE_HAS,     ROW_VISIT_STATE_CANCELLED, VISIT_ACT_UNRESERVE }, /* C3: its answer came too late */
    { ROW_VISIT_STATE_EXPIRED,   VISIT_PILE_HAS,     ROW_VISIT_STATE_EXPIRED,   VISIT_ACT_UNRESERVE },

    { ROW_VISIT_STATE_MATCHED,   VISIT_CHARGED,      ROW_VISIT_STATE_PAYING,    VISIT_ACT_FREE | VISIT_ACT_ASK },
    { ROW_VISIT_STATE_MATCHED,   VISIT_COVERED,      ROW_VISIT_STATE_DONE,      VISIT_ACT_FREE | VISIT_ACT_OPEN }, /* nothing was used */
    { ROW_VISIT_STATE_PAYING,    VISIT_COVERED,      ROW_VISIT_STATE_DONE,      VISIT_ACT_OPEN },
    { ROW_VISIT_STATE_PAYING,    VISIT_LET_GO,       ROW_VISIT_STATE_OWED,      VISIT_ACT_OPEN | VISIT_ACT_SETTLE }, /* C7, C12, C13 */
    { ROW_VISIT_STATE_OWED,      VISIT_COVERED,      ROW_VISIT_STATE_DONE,      VISIT_ACT_NONE },
};
/* clang-format on */

bool visit_step(enum row_visit_state state, enum visit_event event, enum row_visit_state *next, int *acts)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].state == state && rows[i].event == event) {
            *next = rows[i].next;
            *acts = rows[i].acts;
            return true;
        }
    }
    return false;
}

const char *visit_event_name(enum visit_event event)
{
    static const char *const names[] = { "PileHas",  "PhoneHas", "PileSaysNo", "NoAnswer", "Unwanted", "Dropped",
                                         "TimeOver", "Match",    "Charged",    "Covered",  "LetGo" };

    assert((size_t)event < sizeof names / sizeof names[0]);
    return names[event];
}

bool visit_is_live(enum row_visit_state state)
{
    return state == ROW_VISIT_STATE_ASKED || state == ROW_VISIT_STATE_TOLD || state == ROW_VISIT_STATE_HEARD ||
           state == ROW_VISIT_STATE_CONFIRMED;
}

bool visit_is_over(enum row_visit_state state)
{
    return !visit_is_live(state) && state != ROW_VISIT_STATE_MATCHED && state != ROW_VISIT_STATE_PAYING;
}
