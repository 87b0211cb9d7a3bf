/* The state machine of orders, all of it. */
#include "unit.h"

#include "order_states.h"

#include <string.h>

/* Every pair of state and event; what is not named here means nothing. */
static void every_event_means_what_the_design_says_in_every_state(void **state)
{
    static const struct {
        enum row_order_state from;
        enum order_event event;
        enum row_order_state to;
    } means[] = {
        { ROW_ORDER_STATE_OPEN, ORDER_NOTHING_USED, ROW_ORDER_STATE_VOID },
        { ROW_ORDER_STATE_OPEN, ORDER_ALL_ENDED, ROW_ORDER_STATE_SEALED },
        { ROW_ORDER_STATE_SEALED, ORDER_BILLED, ROW_ORDER_STATE_DUE },
        { ROW_ORDER_STATE_DUE, ORDER_COVERED, ROW_ORDER_STATE_PAID },
        { ROW_ORDER_STATE_DUE, ORDER_SHORT, ROW_ORDER_STATE_DEBT },
        { ROW_ORDER_STATE_DEBT, ORDER_COVERED, ROW_ORDER_STATE_PAID },
        { ROW_ORDER_STATE_DEBT, ORDER_GIVEN_UP, ROW_ORDER_STATE_WRITTEN_OFF },
        { ROW_ORDER_STATE_DUE, ORDER_GIVEN_UP, ROW_ORDER_STATE_WRITTEN_OFF }, /* by a statement that was given up */
        { ROW_ORDER_STATE_PAID, ORDER_SHORT, ROW_ORDER_STATE_DEBT },
    };
    size_t found = 0;

    (void)state;
    for (int from = ROW_ORDER_STATE_OPEN; from <= ROW_ORDER_STATE_WRITTEN_OFF; from++) {
        for (int event = 0; event < ORDER_EVENTS; event++) {
            enum row_order_state next = ROW_ORDER_STATE_UNSET;
            const bool moves = order_next_state((enum row_order_state)from, (enum order_event)event, &next);
            size_t at = 0;

            while (at < COUNT_OF(means) && !((int)means[at].from == from && (int)means[at].event == event)) {
                at++;
            }
            assert_int_equal(moves, at < COUNT_OF(means));
            assert_int_equal(next, moves ? means[at].to : ROW_ORDER_STATE_UNSET);
            found += moves;
        }
    }
    assert_int_equal(found, COUNT_OF(means));
}

static void what_is_over_stays_over(void **state)
{
    enum row_order_state next;

    (void)state;
    for (int event = 0; event < ORDER_EVENTS; event++) {
        assert_false(order_next_state(ROW_ORDER_STATE_VOID, (enum order_event)event, &next));
        assert_false(order_next_state(ROW_ORDER_STATE_WRITTEN_OFF, (enum order_event)event, &next));
    }
}

static void every_event_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int event = 0; event < ORDER_EVENTS; event++) {
        for (int other = 0; other < event; other++) {
            assert_string_not_equal(order_event_name((enum order_event)event), order_event_name((enum order_event)other));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_means_what_the_design_says_in_every_state),
        cmocka_unit_test(what_is_over_stays_over),
        cmocka_unit_test(every_event_has_a_name_of_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
