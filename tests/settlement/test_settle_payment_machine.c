/* Tests of backend/payment_machine.c: every pair of a state and an event of both machines, and what no row may do. */
#include "payment_machine.h"

#include "unit.h"

#include <string.h>

/* A letter for each state, in their order, and one for each act. */
static const char operation_states[] = "?wpsPud"; /* Waiting Prepared Sent Pending Unknown Done */
static const char operation_acts[] = "-bqlWDEN";  /* ignore begin query later Watch Doubt End Note */

/* Events in their order: turn retry query ok declined unsupported pending unknown notLeft neverHeard forgotten wrong givenUp. */
static const char *const operation_grid[] = {
    [ROW_OPERATION_STATE_WAITING] = "sb w- w- wN w- w- w- w- w- w- w- w- w-",
    [ROW_OPERATION_STATE_PREPARED] = "p- sb p- dE dE dE PW p- p- p- p- uD dE",
    [ROW_OPERATION_STATE_SENT] = "s- s- uq dE dE dE PW uW pl sW sW uD s-",
    [ROW_OPERATION_STATE_PENDING] = "P- P- Pq dE dE dE PW PW P- uD uD uD P-",
    [ROW_OPERATION_STATE_UNKNOWN] = "u- u- uq dE dE dE PW uW pl sb dE uD u-",
    [ROW_OPERATION_STATE_DONE] = "d- d- d- dN dN dN d- d- d- d- d- dN d-",
};

static void every_event_does_to_an_operation_what_the_grid_says(void **state)
{
    (void)state;
    for (int from = ROW_OPERATION_STATE_WAITING; from <= ROW_OPERATION_STATE_DONE; from++) {
        for (int event = 0; event < OPERATION_EVENT_COUNT; event++) {
            const struct operation_step step = operation_step((enum row_operation_state)from, (enum operation_event)event);
            const char *cell = operation_grid[from] + 3 * event;

            assert_int_equal(operation_states[step.next], cell[0]);
            assert_int_equal(operation_acts[step.act], cell[1]);
        }
    }
}

/* UNKNOWN leads to a query: the act is asked for again only when nothing has left, or the provider never heard of it. */
static void an_act_is_begun_only_by_its_turn_by_a_retry_and_after_the_provider_never_heard_of_it(void **state)
{
    (void)state;
    for (int from = ROW_OPERATION_STATE_WAITING; from <= ROW_OPERATION_STATE_DONE; from++) {
        for (int event = 0; event < OPERATION_EVENT_COUNT; event++) {
            const struct operation_step step = operation_step((enum row_operation_state)from, (enum operation_event)event);
            const bool may = (from == ROW_OPERATION_STATE_WAITING && event == OPERATION_TURN) ||
                             (from == ROW_OPERATION_STATE_PREPARED && event == OPERATION_RETRY_DUE) ||
                             (from == ROW_OPERATION_STATE_UNKNOWN && event == OPERATION_NEVER_HEARD);

            assert_true(step.act != OPERATION_BEGIN || (may && step.next == ROW_OPERATION_STATE_SENT));
        }
    }
}

static void what_is_done_stays_done(void **state)
{
    (void)state;
    for (int event = 0; event < OPERATION_EVENT_COUNT; event++) {
        const struct operation_step step = operation_step(ROW_OPERATION_STATE_DONE, (enum operation_event)event);

        assert_int_equal(step.next, ROW_OPERATION_STATE_DONE);
        assert_true(step.act == OPERATION_IGNORE || step.act == OPERATION_NOTE);
    }
}

/* I14: from every state that is not Done some event of time leads on. */
static void time_leads_on_from_every_state_but_done_and_waiting(void **state)
{
    (void)state;
    assert_int_not_equal(operation_step(ROW_OPERATION_STATE_PREPARED, OPERATION_RETRY_DUE).act, OPERATION_IGNORE);
    for (int from = ROW_OPERATION_STATE_SENT; from <= ROW_OPERATION_STATE_UNKNOWN; from++) {
        assert_int_equal(operation_step((enum row_operation_state)from, OPERATION_QUERY_DUE).act, OPERATION_QUERY);
    }
}

static const char leg_states[] = "?AHcCrRFf"; /* Authorizing Held Capturing Captured Releasing Released Failed Refunding */
static const char leg_acts[] = "x0?+$-/<.";   /* refuse nothing ask hold take letGo letGoLater giveBack keep */

/* Kinds in their order, for each: wanted, done, not done. */
static const char *const leg_grid[] = {
    [ROW_LEG_STATE_AUTHORIZING] = "A? H+ F. | Ax Ax Ax | Ax Ax Ax | Ax Ax Ax | Ax Ax Ax",
    [ROW_LEG_STATE_HELD] = "Hx Hx Hx | H? H+ H. | c? Hx Hx | r? Hx Hx | Hx Hx Hx",
    [ROW_LEG_STATE_CAPTURING] = "cx cx cx | cx cx cx | cx C$ H/ | cx cx cx | cx cx cx",
    [ROW_LEG_STATE_CAPTURED] = "Cx Cx Cx | Cx Cx Cx | Cx Cx Cx | C0 Cx Cx | f? Cx Cx",
    [ROW_LEG_STATE_RELEASING] = "rx rx rx | rx rx rx | rx rx rx | rx R- R- | rx rx rx",
    [ROW_LEG_STATE_RELEASED] = "Rx Rx Rx | Rx Rx Rx | Rx Rx Rx | R0 Rx Rx | Rx Rx Rx",
    [ROW_LEG_STATE_FAILED] = "Fx Fx Fx | Fx Fx Fx | Fx Fx Fx | F0 Fx Fx | Fx Fx Fx",
    [ROW_LEG_STATE_REFUNDING] = "fx fx fx | fx fx fx | fx fx fx | fx fx fx | fx C< C.",
};

static void every_event_does_to_a_leg_what_the_grid_says(void **state)
{
    (void)state;
    for (int from = ROW_LEG_STATE_AUTHORIZING; from <= ROW_LEG_STATE_REFUNDING; from++) {
        for (int event = 0; event < LEG_EVENT_COUNT; event++) {
            const struct leg_step step = leg_step((enum row_leg_state)from, (enum leg_event)event);
            const char *cell = leg_grid[from] + 3 * event + 2 * (event / 3);

            assert_int_equal(leg_states[step.next], cell[0]);
            assert_int_equal(leg_acts[step.act], cell[1]);
        }
    }
}

/* I4. From Captured and Refunding no row leads to where something could be captured. */
static void a_leg_is_captured_at_most_once(void **state)
{
    (void)state;
    for (int event = 0; event < LEG_EVENT_COUNT; event++) {
        const enum row_leg_state after = leg_step(ROW_LEG_STATE_CAPTURED, (enum leg_event)event).next;
        const enum row_leg_state later = leg_step(ROW_LEG_STATE_REFUNDING, (enum leg_event)event).next;

        assert_true(after == ROW_LEG_STATE_CAPTURED || after == ROW_LEG_STATE_REFUNDING);
        assert_true(later == ROW_LEG_STATE_CAPTURED || later == ROW_LEG_STATE_REFUNDING);
    }
}

static void each_kind_of_operation_has_its_three_events(void **state)
{
    (void)state;
    assert_int_equal(leg_event_begin(ROW_OPERATION_KIND_AUTHORIZE), LEG_AUTHORIZE);
    assert_int_equal(leg_event_end(ROW_OPERATION_KIND_AUTHORIZE, true), LEG_AUTHORIZED);
    assert_int_equal(leg_event_begin(ROW_OPERATION_KIND_INCREMENT), LEG_GROW);
    assert_int_equal(leg_event_end(ROW_OPERATION_KIND_INCREMENT, false), LEG_NOT_GROWN);
    assert_int_equal(leg_event_begin(ROW_OPERATION_KIND_CAPTURE), LEG_CAPTURE);
    assert_int_equal(leg_event_begin(ROW_OPERATION_KIND_VOID), LEG_RELEASE);
    assert_int_equal(leg_event_end(ROW_OPERATION_KIND_VOID, true), LEG_RELEASED);
    assert_int_equal(leg_event_begin(ROW_OPERATION_KIND_REFUND), LEG_REFUND);
    assert_int_equal(leg_event_end(ROW_OPERATION_KIND_REFUND, false), LEG_NOT_REFUNDED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_does_to_an_operation_what_the_grid_says),
        cmocka_unit_test(an_act_is_begun_only_by_its_turn_by_a_retry_and_after_the_provider_never_heard_of_it),
        cmocka_unit_test(what_is_done_stays_done),
        cmocka_unit_test(time_leads_on_from_every_state_but_done_and_waiting),
        cmocka_unit_test(every_event_does_to_a_leg_what_the_grid_says),
        cmocka_unit_test(a_leg_is_captured_at_most_once),
        cmocka_unit_test(each_kind_of_operation_has_its_three_events),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
