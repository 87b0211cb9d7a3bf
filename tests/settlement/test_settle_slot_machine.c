/* The table of a slot: every pair of state and event, and what no row may do. */
#include "unit.h"

#include "slot_machine.h"

#include <string.h>

#define EACH_PAIR(state, event)                                                                                                  \
    for (int state = 0; state < SLOT_STATES; state++)                                                                            \
        for (int event = 0; event < SLOT_EVENTS; event++)

static const struct slot_row *row_of(int state, int event)
{
    return slot_row_of((enum slot_state)state, (enum slot_event)event);
}

static bool is_known(int state)
{
    return state >= 0 && state < SLOT_STATES;
}

static void every_pair_has_at_most_one_row_and_stays_within_the_machine(void **state)
{
    (void)state;
    EACH_PAIR(from, event)
    {
        const struct slot_row *row = row_of(from, event);
        assert_true(slot_state_name((enum slot_state)from) != NULL && slot_event_name((enum slot_event)event) != NULL);
        if (row != NULL) {
            assert_int_equal(row->state, from);
            assert_int_equal(row->event, event);
            assert_true(is_known(row->next));
            assert_false(slot_defers((enum slot_state)from, (enum slot_event)event));
        }
    }
}

static bool is_actuation(int act)
{
    return act == ACT_WRITE || act == ACT_EJECT || act == ACT_FORCE;
}

/* Durable before anything moves. */
static void nothing_is_written_or_let_out_without_a_note(void **state)
{
    (void)state;
    EACH_PAIR(from, event)
    {
        const struct slot_row *row = row_of(from, event);
        if (row == NULL || !is_actuation(row->act) || row->is_noted) {
            continue;
        }
        /* the note of the state is there already: it was stored with a grant, or is what a restart or a repetition goes on with
         */
        assert_true(event == SLOT_STORED || (event == SLOT_FOUND && row->next == from) ||
                    (event == SLOT_RELEASE && from == SLOT_AWAIT_SERVICE));
    }
}

static void nothing_is_told_that_is_not_noted_in_the_same_write(void **state)
{
    (void)state;
    EACH_PAIR(from, event)
    {
        const struct slot_row *row = row_of(from, event);
        if (row != NULL && (row->tell != TELL_NOTHING || row->change != CHANGE_NOTHING)) {
            assert_true(row->is_noted);
        }
    }
}

/* A25. A bank that is gone is told in each state in which there was one, and charged to nobody unless it had been let out. */
static void a_bank_that_is_gone_is_rented_only_where_it_was_let_out(void **state)
{
    static const int gone[] = { SLOT_REMOVED, SLOT_MISSING };
    (void)state;
    for (int from = 0; from < SLOT_STATES; from++) {
        for (size_t i = 0; i < COUNT_OF(gone); i++) {
            const struct slot_row *row = row_of(from, gone[i]);
            const bool is_out = from == SLOT_AWAIT_EJECT || from == SLOT_AWAIT_REMOVAL || from == SLOT_AWAIT_RETRACT;
            if (row != NULL) {
                assert_int_equal(row->next, SLOT_EMPTY);
                assert_int_equal(row->tell == TELL_TAKEN, is_out);
            }
        }
    }
}

static void a_bank_can_be_pulled_out_in_every_state(void **state)
{
    (void)state;
    for (int from = 0; from < SLOT_STATES; from++) {
        assert_true(from == SLOT_EMPTY || row_of(from, SLOT_REMOVED) != NULL || slot_defers((enum slot_state)from, SLOT_REMOVED));
    }
}

/* A restart finds the state of a note: only those need to know what was found. */
static void every_state_that_is_noted_knows_what_a_restart_finds(void **state)
{
    bool is_noted[SLOT_STATES] = { [SLOT_EMPTY] = true, [SLOT_AWAIT_MARK] = true };
    (void)state;
    EACH_PAIR(from, event)
    {
        const struct slot_row *row = row_of(from, event);
        if (row != NULL && row->is_noted) {
            is_noted[row->next] = true;
        }
    }
    for (int from = 0; from < SLOT_STATES; from++) {
        if (is_noted[from]) {
            assert_non_null(row_of(from, SLOT_FOUND));
            assert_non_null(row_of(from, SLOT_MISSING));
        }
    }
    assert_false(is_noted[SLOT_AWAIT_REMOVAL] || is_noted[SLOT_AWAIT_RETRACT] || is_noted[SLOT_AWAIT_RECHECK]);
}

/* The backend's word comes before a bank is rented again: only a mark that was read back makes it so, or the same mark found
 * again. */
static void a_bank_is_for_rent_only_with_a_neutral_mark_that_was_read_back(void **state)
{
    (void)state;
    EACH_PAIR(from, event)
    {
        const struct slot_row *row = row_of(from, event);
        if (row != NULL && row->next == SLOT_IDLE && from != SLOT_IDLE) {
            assert_true(event == SLOT_DONE || event == SLOT_NOT_STORED);
            assert_true(from == SLOT_AWAIT_NEUTRAL || from == SLOT_AWAIT_UNMARK || from == SLOT_AWAIT_RECHECK ||
                        from == SLOT_AWAIT_INTENT);
        }
    }
}

/* I14. No state is for ever: each act that can be begun has both ends. */
static void every_act_that_is_begun_can_end_well_and_badly(void **state)
{
    (void)state;
    EACH_PAIR(from, event)
    {
        const struct slot_row *row = row_of(from, event);
        if (row == NULL || row->act == ACT_NONE) {
            continue;
        }
        const bool is_timer = row->act == ACT_STEADY_TIMER || row->act == ACT_TAKE_TIMER;
        const bool is_query = row->act == ACT_QUERY;
        const bool is_test = row->act == ACT_TEST;
        assert_true(!is_timer || row_of(row->next, SLOT_TIMEOUT) != NULL);
        assert_true(!is_query || (row_of(row->next, SLOT_FOUND) != NULL && row_of(row->next, SLOT_FAILED) != NULL));
        assert_true(!is_test || (row_of(row->next, SLOT_GOOD) != NULL && row_of(row->next, SLOT_BAD) != NULL));
        assert_true(is_timer || is_query || is_test ||
                    (row_of(row->next, SLOT_DONE) != NULL && row_of(row->next, SLOT_FAILED) != NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_has_at_most_one_row_and_stays_within_the_machine),
        cmocka_unit_test(nothing_is_written_or_let_out_without_a_note),
        cmocka_unit_test(nothing_is_told_that_is_not_noted_in_the_same_write),
        cmocka_unit_test(a_bank_that_is_gone_is_rented_only_where_it_was_let_out),
        cmocka_unit_test(a_bank_can_be_pulled_out_in_every_state),
        cmocka_unit_test(every_state_that_is_noted_knows_what_a_restart_finds),
        cmocka_unit_test(a_bank_is_for_rent_only_with_a_neutral_mark_that_was_read_back),
        cmocka_unit_test(every_act_that_is_begun_can_end_well_and_badly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
