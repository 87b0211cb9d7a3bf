/* payment_machine.c: the rows. */
#include "payment_machine.h"

#define WAITING  ROW_OPERATION_STATE_WAITING
#define PREPARED ROW_OPERATION_STATE_PREPARED
#define SENT     ROW_OPERATION_STATE_SENT
#define PENDING  ROW_OPERATION_STATE_PENDING
#define UNKNOWN  ROW_OPERATION_STATE_UNKNOWN
#define DONE     ROW_OPERATION_STATE_DONE

/* Sent is written before the provider is asked, so whoever finds an operation Prepared knows that nothing has left, and whoever
 * finds one Sent asks what became of it. An act is repeated only after the provider said that it never heard of it. */
static const struct {
    enum row_operation_state state;
    enum operation_event event;
    struct operation_step step;
} operation_rows[] = {
    { WAITING, OPERATION_TURN, { SENT, OPERATION_BEGIN } },
    { WAITING, OPERATION_OK, { WAITING, OPERATION_NOTE } }, /* nobody asked for it yet */

    { PREPARED, OPERATION_RETRY_DUE, { SENT, OPERATION_BEGIN } },
    { PREPARED, OPERATION_GIVEN_UP, { DONE, OPERATION_END } },
    { PREPARED, OPERATION_OK, { DONE, OPERATION_END } }, /* it had left after all */
    { PREPARED, OPERATION_DECLINED, { DONE, OPERATION_END } },
    { PREPARED, OPERATION_UNSUPPORTED, { DONE, OPERATION_END } },
    { PREPARED, OPERATION_PENDING, { PENDING, OPERATION_WATCH } },
    { PREPARED, OPERATION_WRONG, { UNKNOWN, OPERATION_DOUBT } },

    { SENT, OPERATION_QUERY_DUE, { UNKNOWN, OPERATION_QUERY } },
    { SENT, OPERATION_NOT_LEFT, { PREPARED, OPERATION_LATER } },
    { SENT, OPERATION_OK, { DONE, OPERATION_END } },
    { SENT, OPERATION_DECLINED, { DONE, OPERATION_END } },
    { SENT, OPERATION_UNSUPPORTED, { DONE, OPERATION_END } },
    { SENT, OPERATION_PENDING, { PENDING, OPERATION_WATCH } },
    { SENT, OPERATION_UNKNOWN, { UNKNOWN, OPERATION_WATCH } },
    { SENT, OPERATION_NEVER_HEARD, { SENT, OPERATION_WATCH } }, /* it is on its way */
    { SENT, OPERATION_FORGOTTEN, { SENT, OPERATION_WATCH } },
    { SENT, OPERATION_WRONG, { UNKNOWN, OPERATION_DOUBT } },

    { PENDING, OPERATION_QUERY_DUE, { PENDING, OPERATION_QUERY } },
    { PENDING, OPERATION_OK, { DONE, OPERATION_END } },
    { PENDING, OPERATION_DECLINED, { DONE, OPERATION_END } },
    { PENDING, OPERATION_UNSUPPORTED, { DONE, OPERATION_END } },
    { PENDING, OPERATION_PENDING, { PENDING, OPERATION_WATCH } },
    { PENDING, OPERATION_UNKNOWN, { PENDING, OPERATION_WATCH } },
    { PENDING, OPERATION_NEVER_HEARD, { UNKNOWN, OPERATION_DOUBT } }, /* it had */
    { PENDING, OPERATION_FORGOTTEN, { UNKNOWN, OPERATION_DOUBT } },
    { PENDING, OPERATION_WRONG, { UNKNOWN, OPERATION_DOUBT } },

    { UNKNOWN, OPERATION_QUERY_DUE, { UNKNOWN, OPERATION_QUERY } },
    { UNKNOWN, OPERATION_OK, { DONE, OPERATION_END } },
    { UNKNOWN, OPERATION_DECLINED, { DONE, OPERATION_END } },
    { UNKNOWN, OPERATION_UNSUPPORTED, { DONE, OPERATION_END } },
    { UNKNOWN, OPERATION_PENDING, { PENDING, OPERATION_WATCH } },
    { UNKNOWN, OPERATION_UNKNOWN, { UNKNOWN, OPERATION_WATCH } },
    { UNKNOWN, OPERATION_NOT_LEFT, { PREPARED, OPERATION_LATER } },
    { UNKNOWN, OPERATION_NEVER_HEARD, { SENT, OPERATION_BEGIN } },
    { UNKNOWN, OPERATION_FORGOTTEN, { DONE, OPERATION_END } },
    { UNKNOWN, OPERATION_WRONG, { UNKNOWN, OPERATION_DOUBT } },

    { DONE, OPERATION_OK, { DONE, OPERATION_NOTE } },
    { DONE, OPERATION_DECLINED, { DONE, OPERATION_NOTE } },
    { DONE, OPERATION_UNSUPPORTED, { DONE, OPERATION_NOTE } },
    { DONE, OPERATION_WRONG, { DONE, OPERATION_NOTE } },
};

struct operation_step operation_step(enum row_operation_state state, enum operation_event event)
{
    for (size_t i = 0; i < sizeof operation_rows / sizeof *operation_rows; i++) {
        if (operation_rows[i].state == state && operation_rows[i].event == event) {
            return operation_rows[i].step;
        }
    }
    return (struct operation_step){ state, OPERATION_IGNORE };
}

#define AUTHORIZING ROW_LEG_STATE_AUTHORIZING
#define HELD        ROW_LEG_STATE_HELD
#define CAPTURING   ROW_LEG_STATE_CAPTURING
#define CAPTURED    ROW_LEG_STATE_CAPTURED
#define RELEASING   ROW_LEG_STATE_RELEASING
#define RELEASED    ROW_LEG_STATE_RELEASED
#define FAILED      ROW_LEG_STATE_FAILED
#define REFUNDING   ROW_LEG_STATE_REFUNDING

/* At most one row leads to Captured (I4), and nothing leads back from it to Held: a leg is taken from once. What could not be
 * taken is let go, and owed (D20). */
static const struct {
    enum row_leg_state state;
    enum leg_event event;
    struct leg_step step;
} leg_rows[] = {
    { AUTHORIZING, LEG_AUTHORIZE, { AUTHORIZING, LEG_ASK } },
    { AUTHORIZING, LEG_AUTHORIZED, { HELD, LEG_HOLD } },
    { AUTHORIZING, LEG_NOT_AUTHORIZED, { FAILED, LEG_KEEP } },

    { HELD, LEG_GROW, { HELD, LEG_ASK } },
    { HELD, LEG_GROWN, { HELD, LEG_HOLD } },
    { HELD, LEG_NOT_GROWN, { HELD, LEG_KEEP } },
    { HELD, LEG_CAPTURE, { CAPTURING, LEG_ASK } },
    { HELD, LEG_RELEASE, { RELEASING, LEG_ASK } },

    { CAPTURING, LEG_CAPTURED, { CAPTURED, LEG_TAKE } },
    { CAPTURING, LEG_NOT_CAPTURED, { HELD, LEG_LET_GO_LATER } },

    { RELEASING, LEG_RELEASED, { RELEASED, LEG_LET_GO } },
    { RELEASING, LEG_NOT_RELEASED, { RELEASED, LEG_LET_GO } }, /* it ends by itself */

    { CAPTURED, LEG_REFUND, { REFUNDING, LEG_ASK } },
    { REFUNDING, LEG_REFUNDED, { CAPTURED, LEG_GIVE_BACK } },
    { REFUNDING, LEG_NOT_REFUNDED, { CAPTURED, LEG_KEEP } },

    { RELEASED, LEG_RELEASE, { RELEASED, LEG_NOTHING } },
    { FAILED, LEG_RELEASE, { FAILED, LEG_NOTHING } },
    { CAPTURED, LEG_RELEASE, { CAPTURED, LEG_NOTHING } }, /* the rest was let go with it */
};

struct leg_step leg_step(enum row_leg_state state, enum leg_event event)
{
    for (size_t i = 0; i < sizeof leg_rows / sizeof *leg_rows; i++) {
        if (leg_rows[i].state == state && leg_rows[i].event == event) {
            return leg_rows[i].step;
        }
    }
    return (struct leg_step){ state, LEG_REFUSE };
}

enum leg_event leg_event_begin(enum row_operation_kind kind)
{
    return (enum leg_event)(((int)kind - (int)ROW_OPERATION_KIND_AUTHORIZE) * 3);
}

enum leg_event leg_event_end(enum row_operation_kind kind, bool is_ok)
{
    return (enum leg_event)((int)leg_event_begin(kind) + (is_ok ? 1 : 2));
}
