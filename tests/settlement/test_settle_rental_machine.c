/* The machines of rentals and banks: every state with every event, and what must hold of them as a whole. */
#include "unit.h"

#include "rental_machine.h"

enum { FIRST_RENTAL = ROW_RENTAL_STATE_REQUESTED, LAST_RENTAL = ROW_RENTAL_STATE_SILENT };
enum { FIRST_BANK = ROW_BANK_STATE_IDLE, LAST_BANK = ROW_BANK_STATE_LOST };

static int rental_after(int state, int event)
{
    enum row_rental_state next = (enum row_rental_state)state;

    (void)rental_next((enum row_rental_state)state, (enum rental_event)event, &next);
    return (int)next;
}

static int bank_after(int state, int event)
{
    enum row_bank_state next = (enum row_bank_state)state;

    (void)bank_next((enum row_bank_state)state, (enum bank_event)event, &next);
    return (int)next;
}

static bool rental_is_over(int state)
{
    return state == ROW_RENTAL_STATE_RETURNED || state == ROW_RENTAL_STATE_BOUGHT || state == ROW_RENTAL_STATE_FAILED ||
           state == ROW_RENTAL_STATE_SILENT;
}

static void what_is_refused_or_known_already_changes_nothing(void **state)
{
    (void)state;
    for (int s = FIRST_RENTAL; s <= LAST_RENTAL; s++) {
        for (int e = 0; e < RENTAL_EVENTS; e++) {
            enum row_rental_state next = ROW_RENTAL_STATE_UNSET;
            const enum move_outcome outcome = rental_next((enum row_rental_state)s, (enum rental_event)e, &next);

            assert_int_equal(outcome == MOVE_MADE, next != ROW_RENTAL_STATE_UNSET);
        }
    }
    for (int s = FIRST_BANK; s <= LAST_BANK; s++) {
        for (int e = 0; e < BANK_EVENTS; e++) {
            enum row_bank_state next = ROW_BANK_STATE_UNSET;
            const enum move_outcome outcome = bank_next((enum row_bank_state)s, (enum bank_event)e, &next);

            assert_int_equal(outcome == MOVE_MADE, next != ROW_BANK_STATE_UNSET);
        }
    }
}

/* A message that comes twice, or the same fact by two messages. */
static void an_event_that_was_taken_is_known_when_it_comes_again(void **state)
{
    (void)state;
    for (int s = FIRST_RENTAL; s <= LAST_RENTAL; s++) {
        for (int e = 0; e < RENTAL_EVENTS; e++) {
            enum row_rental_state next = (enum row_rental_state)s;
            enum row_rental_state after;

            if (rental_next(next, (enum rental_event)e, &next) == MOVE_MADE) {
                assert_int_equal(rental_next(next, (enum rental_event)e, &after), MOVE_AGAIN);
            }
        }
    }
}

/* I14. No state without a way to an end, and the way is one that a timer, a pile or an operator goes. */
static void every_rental_can_end(void **state)
{
    (void)state;
    for (int s = FIRST_RENTAL; s <= LAST_RENTAL; s++) {
        bool reached[LAST_RENTAL + 1] = { [0] = false };
        bool ends = false;

        reached[s] = true;
        for (int round = 0; round <= LAST_RENTAL; round++) {
            for (int from = FIRST_RENTAL; from <= LAST_RENTAL; from++) {
                for (int e = 0; reached[from] && e < RENTAL_EVENTS; e++) {
                    reached[rental_after(from, e)] = true;
                }
            }
        }
        for (int to = FIRST_RENTAL; to <= LAST_RENTAL; to++) {
            ends = ends || (reached[to] && rental_is_over(to));
        }
        assert_true(ends);
    }
}

static void a_rental_that_ended_does_not_begin_again_but_where_its_pile_was_silent(void **state)
{
    (void)state;
    for (int e = 0; e < RENTAL_EVENTS; e++) {
        const int bought = rental_after(ROW_RENTAL_STATE_BOUGHT, e);

        assert_int_equal(rental_after(ROW_RENTAL_STATE_RETURNED, e), ROW_RENTAL_STATE_RETURNED);
        assert_int_equal(rental_after(ROW_RENTAL_STATE_FAILED, e), ROW_RENTAL_STATE_FAILED);
        assert_true(bought == ROW_RENTAL_STATE_BOUGHT || bought == ROW_RENTAL_STATE_RETURNED);
    }
    assert_int_equal(rental_after(ROW_RENTAL_STATE_SILENT, RENTAL_TAKEN), ROW_RENTAL_STATE_TAKEN);
}

/* Step 2. Nothing is let out whose deposit is not held. */
static void nothing_is_granted_but_by_a_hold(void **state)
{
    (void)state;
    for (int s = FIRST_RENTAL; s <= LAST_RENTAL; s++) {
        for (int e = 0; e < RENTAL_EVENTS; e++) {
            if (rental_after(s, e) == ROW_RENTAL_STATE_GRANTED && s != ROW_RENTAL_STATE_GRANTED) {
                assert_int_equal(s, ROW_RENTAL_STATE_REQUESTED);
                assert_int_equal(e, RENTAL_HELD);
            }
        }
    }
}

/* I9. One open rental at most: whoever is not Idle is not let. */
static void only_an_idle_bank_can_be_reserved(void **state)
{
    (void)state;
    for (int s = FIRST_BANK; s <= LAST_BANK; s++) {
        assert_int_equal(bank_after(s, BANK_RESERVE) == ROW_BANK_STATE_RESERVED && s != ROW_BANK_STATE_RESERVED,
                         s == ROW_BANK_STATE_IDLE);
    }
}

/* Step 8. */
static void a_bank_that_came_back_is_rentable_only_once_it_is_neutral(void **state)
{
    (void)state;
    for (int e = 0; e < BANK_EVENTS; e++) {
        assert_int_equal(bank_after(ROW_BANK_STATE_RETURNING, e) == ROW_BANK_STATE_IDLE, e == BANK_RESET);
        assert_true(bank_after(ROW_BANK_STATE_RENTED, e) != ROW_BANK_STATE_IDLE);
        assert_true(bank_after(ROW_BANK_STATE_SOLD, e) != ROW_BANK_STATE_IDLE);
    }
}

static void a_bank_that_is_put_in_is_heard_of_whatever_was_known(void **state)
{
    (void)state;
    for (int s = FIRST_BANK; s <= LAST_BANK; s++) {
        assert_int_equal(bank_after(s, BANK_BACK), ROW_BANK_STATE_RETURNING);
        assert_true(bank_after(s, BANK_HOLD) == ROW_BANK_STATE_HELD);
        assert_true(bank_after(s, BANK_LEAVE) == ROW_BANK_STATE_RENTED || s == ROW_BANK_STATE_SOLD);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_refused_or_known_already_changes_nothing),
        cmocka_unit_test(an_event_that_was_taken_is_known_when_it_comes_again),
        cmocka_unit_test(every_rental_can_end),
        cmocka_unit_test(a_rental_that_ended_does_not_begin_again_but_where_its_pile_was_silent),
        cmocka_unit_test(nothing_is_granted_but_by_a_hold),
        cmocka_unit_test(only_an_idle_bank_can_be_reserved),
        cmocka_unit_test(a_bank_that_came_back_is_rentable_only_once_it_is_neutral),
        cmocka_unit_test(a_bank_that_is_put_in_is_heard_of_whatever_was_known),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
