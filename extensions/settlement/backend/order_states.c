/* order_states.c: the whole machine.
 *
 *   OPEN ──► VOID
 *   OPEN ──► SEALED ──► DUE ──► PAID ──► DEBT (a correction, a chargeback)
 *                        DUE ──► DEBT ──► PAID | WRITTEN_OFF
 */
#include "order_states.h"

#include <assert.h>
#include <stddef.h>

static const struct {
    enum row_order_state state;
    enum order_event event;
    enum row_order_state next;
} transitions[] = {
    { ROW_ORDER_STATE_OPEN, ORDER_NOTHING_USED, ROW_ORDER_STATE_VOID }, /* no bank came out, no energy flowed: nothing to bill */
    { ROW_ORDER_STATE_OPEN, ORDER_ALL_ENDED, ROW_ORDER_STATE_SEALED },  /* from here on no line changes */
    { ROW_ORDER_STATE_SEALED, ORDER_BILLED, ROW_ORDER_STATE_DUE },      /* in the same write: no order waits between the two */
    { ROW_ORDER_STATE_DUE, ORDER_COVERED, ROW_ORDER_STATE_PAID },       /* also where nothing is due */
    { ROW_ORDER_STATE_DUE, ORDER_SHORT, ROW_ORDER_STATE_DEBT },         /* A20: what was held is taken, the rest is owed */
    { ROW_ORDER_STATE_DEBT, ORDER_COVERED, ROW_ORDER_STATE_PAID },      /* by a second leg, or by a correction */
    { ROW_ORDER_STATE_DEBT, ORDER_GIVEN_UP, ROW_ORDER_STATE_WRITTEN_OFF }, /* for good: later money is given back */
    { ROW_ORDER_STATE_DUE, ORDER_GIVEN_UP, ROW_ORDER_STATE_WRITTEN_OFF }, /* due by a statement that was given up */
    { ROW_ORDER_STATE_PAID, ORDER_SHORT, ROW_ORDER_STATE_DEBT }, /* A27: a correction; D20: the payer's bank took it back */
};

bool order_next_state(enum row_order_state state, enum order_event event, enum row_order_state *next)
{
    for (size_t i = 0; i < sizeof transitions / sizeof transitions[0]; i++) {
        if (transitions[i].state == state && transitions[i].event == event) {
            *next = transitions[i].next;
            return true;
        }
    }
    return false;
}

const char *order_event_name(enum order_event event)
{
    static const char *const names[] = { "NothingUsed", "AllEnded", "Billed", "Covered", "Short", "GivenUp" };

    assert((size_t)event < sizeof names / sizeof names[0]);
    return names[event];
}
