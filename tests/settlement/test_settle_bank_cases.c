/* What must happen when things go wrong with power banks, seen from the backend: A8, A15 to A27: marks, bays, clocks. What is let
 * out offline: test_settle_bank_alone.c. */
#include "unit.h"

#include "bank_cases.h"

#include <string.h>

/* --- what is over
 * ---------------------------------------------------------------------------------------------------------------- */

enum { HOUR_S = 3600 };

/* What is over is forgotten after a day: months would be thousands of messages told again, and each is looked at. */
static void remember_a_day(struct settle_world *world)
{
    bank_cases_keys(world);
    world->settings.policy.remember_messages_s = DAY_S;
    world->settings.policy.remember_closed_s = DAY_S;
}

static int remembers_a_day(void **state)
{
    *state = settle_bays_usual(settle_world_new_with(remember_a_day));
    return 0;
}

/* What a pile tells of banks is kept for a while; it would be there for ever otherwise. */
static void what_is_over_is_forgotten_in_the_end_and_what_is_not_stays(void **state)
{
    struct settle_bays *b = *state;

    for (int i = 0; i < 3; i++) {
        (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
        pass_s(b->world, 3600);
        assert_received(put_back(b, "BANK-1", "PILE-1", 1), OCPP_SETTLE_RECEPTION_ACCEPTED);
    }
    (void)rent(b, "PILE-1", "CARD-B", "BANK-2");
    bank_named(b, "BANK-2")->state = OCPP_SETTLE_MARK_STATE_UNREADABLE;
    const char *id = put_in_and_held(b, bank_named(b, "BANK-2"), "PILE-1", 2, "UnreadableMark").id;
    assert_int_equal(rows(b, "operator/insertion/"), 4);
    const int streams = rows(b, "operator/stream/PILE-1/");
    assert_true(rows(b, "operator/heard/PILE-1/") > 0);
    pass_s(b->world, 22 * HOUR_S);
    assert_int_equal(rows(b, "operator/insertion/"), 4);
    assert_true(rows(b, "operator/heard/PILE-1/") > 0);
    assert_int_equal(rows(b, "operator/stream/PILE-1/"), streams);
    pass_s(b->world, 2 * DAY_S);
    assert_int_equal(rows(b, "operator/stream/PILE-1/"), streams - 2); /* those of the two insertions that are over */
    assert_int_equal(rows(b, "operator/insertion/"), 2); /* the one that lies there, the one somebody has to look at */
    assert_int_equal(rows(b, "operator/heard/PILE-1/"), 0);
    assert_int_equal(rows(b, "operator/suspense/"), 1);
    resolved(b, id, OCPP_SETTLE_RESOLVE_RETURNED, NULL, NULL);
    pass_s(b->world, 22 * HOUR_S);
    assert_int_equal(rows(b, "operator/suspense/"), 1);
    pass_s(b->world, 2 * DAY_S);
    assert_int_equal(rows(b, "operator/suspense/"), 0);
    (void)rent(b, "PILE-1", "CARD-C", "BANK-1");
}

/* What the pile was told of it still waits: its number is not given again, so that it is not forgotten. */
static void what_a_pile_was_not_told_yet_is_not_forgotten(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1");

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    b->world->piles_are_deaf = true;
    const struct ocpp_settle_bank_returned_req back = bay_returned(b, bank, "PILE-1", 1);
    assert_received(bay_tells_returned(b, "PILE-1", &back), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_received(bay_resets(b, bank), OCPP_SETTLE_RECEPTION_ACCEPTED);
    struct settle_bank *other = bank_named(b, "BANK-5"); /* lies there instead */
    const struct ocpp_settle_bank_returned_req again = bay_returned(b, other, "PILE-1", 1);
    assert_received(bay_tells_returned(b, "PILE-1", &again), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_int_equal(rows(b, "operator/insertion/"), 2);
    pass_s(b->world, 4 * DAY_S);
    assert_int_equal(rows(b, "operator/insertion/"), 2);
    b->world->piles_are_deaf = false;
    pass_s(b->world, 3 * DAY_S);
    assert_int_equal(rows(b, "operator/insertion/"), 1); /* the other one lies there */
}

/* --- marks nobody understands
 * ---------------------------------------------------------------------------------------------------- */

/* A8. The clock stopped at the insertion, however long the operator takes; the slot tests itself. */
static void an_unreadable_bank_is_held_its_clock_stands_and_an_operator_ends_it(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1");
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
    struct ocpp_settle_suspense entry;

    pass_s(b->world, 2400);
    bank->state = OCPP_SETTLE_MARK_STATE_UNREADABLE;
    entry = put_in_and_held(b, bank, "PILE-2", 3, "UnreadableMark");
    assert_string_equal(entry.rental, rental);
    assert_string_equal(rental_named(b, rental).state, "Suspense");
    assert_non_null(pile_heard(b->world, "PILE-2", OCPP_SETTLE_ACTION_SLOT_COMMAND));
    assert_string_equal(bank_of(b, "BANK-1").state, "Held");
    pass_s(b->world, 6 * DAY_S); /* longer than it takes to cost the buy-out */
    assert_string_equal(rental_named(b, rental).state, "Suspense");
    resolved(b, entry.id, OCPP_SETTLE_RESOLVE_RETURNED, NULL, NULL);
    assert_string_equal(rental_named(b, rental).state, "Returned");
    assert_paid(b, "CARD-A", 240);
    assert_received(bay_resets(b, bank), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
    assert_int_equal(suspense_count(b), 0);
    resolve(b, entry.id, OCPP_SETTLE_RESOLVE_RETURNED, NULL, NULL);
    assert_string_equal(b->world->done_code, "WrongState");
}

/* A8. Nothing can be read of it: the operator says whose it was. */
static void a_bank_that_says_nothing_at_all_is_named_by_the_operator(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1");
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
    struct ocpp_settle_bank_returned_req back;

    pass_s(b->world, 2400);
    bank->state = OCPP_SETTLE_MARK_STATE_UNREADABLE;
    back = bay_returned(b, bank, "PILE-2", 3);
    back.bank = back.hardware_id = NULL;
    assert_received(bay_tells_returned(b, "PILE-2", &back), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(rental_named(b, rental).state, "Taken");
    pass_s(b->world, 7200);
    resolve(b, suspense_of(b, NULL).id, OCPP_SETTLE_RESOLVE_RETURNED, NULL, NULL);
    assert_string_equal(b->world->done_code, "UnknownRental");
    resolved(b, suspense_of(b, NULL).id, OCPP_SETTLE_RESOLVE_RETURNED, rental, NULL);
    assert_paid(b, "CARD-A", 240);
}

/* A8. It was somebody else's: the clock goes on as if it had never stood. */
static void a_clock_that_stood_for_nothing_goes_on(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1");
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
    struct ocpp_settle_suspense entry;

    bank->state = OCPP_SETTLE_MARK_STATE_UNREADABLE;
    entry = put_in_and_held(b, bank, "PILE-2", 3, "UnreadableMark");
    pass_s(b->world, 2400);
    resolved(b, entry.id, OCPP_SETTLE_RESOLVE_EJECT, NULL, NULL);
    assert_string_equal(rental_named(b, rental).state, "Taken");
    assert_int_equal(rental_named(b, rental).pinned_utc_ms, OCPP_UTC_UNKNOWN);
    bank->state = OCPP_SETTLE_MARK_STATE_MARKED;
    (void)put_back(b, "BANK-1", "PILE-1", 1);
    assert_paid(b, "CARD-A", 240);
}

/* A15. */
static void a_forged_mark_is_held_with_a_security_event(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1");
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
    struct ocpp_settle_mint forger = { &b->world->keys.contract, "forger", 0, 0 };
    unsigned char bytes[OCPP_SETTLE_MARK_SIZE];

    assert_int_equal(ocpp_settle_mark_fleet(forger.keys, "operator", &forger.fleet), OCPP_OK);
    assert_int_equal(ocpp_settle_mark_mint(&forger, OCPP_SETTLE_MARK_PLAIN, 9, NULL, bytes), OCPP_OK);
    ocpp_settle_mark_write(bytes, bank->mark);
    pass_s(b->world, 2400);
    assert_string_equal(put_in_and_held(b, bank, "PILE-2", 3, "ForgedMark").rental, rental);
    assert_int_equal(told(b->world, OCPP_SETTLE_EVENT_SECURITY, "ForgedMark"), 1);
    assert_string_equal(rental_named(b, rental).state, "Suspense");
}

/* A15. A copy of the mark of the rental before: the generation is over. */
static void a_mark_that_was_written_over_is_held(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1"), *copy;
    const char *rental;

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    copy = &b->banks[b->bank_count++];
    *copy = *bank;
    (void)put_back(b, "BANK-1", "PILE-1", 1);
    rental = rent(b, "PILE-1", "CARD-B", "BANK-1");
    (void)put_in_and_held(b, copy, "PILE-2", 3, "OldMark");
    assert_int_equal(told(b->world, OCPP_SETTLE_EVENT_SECURITY, "OldMark"), 1);
    assert_string_equal(rental_named(b, rental).state, "Suspense");
    (void)put_back(b, "BANK-1", "PILE-1", 1);
    assert_string_equal(rental_named(b, rental).state, "Returned");
}

/* A16. */
static void a_mark_of_an_order_nobody_knows_is_held(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1");
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
    struct ocpp_settle_mint ours = { &b->world->keys.contract, "fleet", 0, 0 };
    unsigned char bytes[OCPP_SETTLE_MARK_SIZE];

    assert_int_equal(ocpp_settle_mark_fleet(ours.keys, "operator", &ours.fleet), OCPP_OK);
    assert_int_equal(ocpp_settle_mark_mint(&ours, OCPP_SETTLE_MARK_PLAIN, 9, NULL, bytes), OCPP_OK);
    ocpp_settle_mark_write(bytes, bank->mark);
    pass_s(b->world, 2400);
    (void)put_in_and_held(b, bank, "PILE-2", 3, "UnknownOrder");
    pass_s(b->world, 7200);
    resolved(b, suspense_of(b, NULL).id, OCPP_SETTLE_RESOLVE_RETURNED, rental, NULL);
    assert_paid(b, "CARD-A", 240);
}

/* A17. The good one is still out: its clock stands until somebody looked, then goes on. */
static void a_good_mark_on_another_bank_is_held(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1"), *other = bank_named(b, "BANK-2");
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");

    memcpy(other->mark, bank->mark, sizeof other->mark);
    other->state = OCPP_SETTLE_MARK_STATE_MARKED;
    other->generation = bank->generation;
    (void)put_in_and_held(b, other, "PILE-2", 3, "OtherHardware");
    assert_int_equal(told(b->world, OCPP_SETTLE_EVENT_SECURITY, "OtherHardware"), 1);
    assert_string_equal(rental_named(b, rental).state, "Suspense");
    assert_string_equal(bank_of(b, "BANK-1").state, "Rented");
}

/* A18. */
static void a_bank_of_another_fleet_is_held_and_may_be_adopted(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bay_bank(b, "STRANGER", "PILE-1", 0);
    struct ocpp_settle_mint theirs = { &b->world->keys.contract, "theirs", 4711, 0 };
    unsigned char bytes[OCPP_SETTLE_MARK_SIZE];

    assert_int_equal(ocpp_settle_mark_mint(&theirs, OCPP_SETTLE_MARK_PLAIN, 900, NULL, bytes), OCPP_OK);
    ocpp_settle_mark_write(bytes, bank->mark);
    bank->state = OCPP_SETTLE_MARK_STATE_MARKED;
    (void)put_in_and_held(b, bank, "PILE-2", 3, "ForeignFleet");
    resolved(b, suspense_of(b, NULL).id, OCPP_SETTLE_RESOLVE_ADOPT, NULL, NULL);
    assert_received(bay_resets(b, bank), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(bank_of(b, "STRANGER").state, "Idle");
    (void)rent(b, "PILE-2", "CARD-A", "STRANGER");
}

/* --- money, conditions, wishes
 * ----------------------------------------------------------------------------------------------------------- */

/* A20. 18.00 net and tax are 21.60, 10.00 are held: more is asked for, and declined. */
static void what_the_deposit_does_not_cover_is_a_debt_once_more_was_refused(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle_order order;

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    pass_s(b->world, 2 * DAY_S + 43200);
    b->world->card.declines_above_minor = 1500;
    (void)put_back(b, "BANK-1", "PILE-1", 1);
    order = order_of(b->world, "CARD-A");
    assert_int_equal(order.state, OCPP_SETTLE_ORDER_STATE_DEBT);
    assert_int_equal(order.due_minor, 2160);
    assert_int_equal(order.paid_minor, 1000);
}

/* A21. */
static void a_damaged_bank_goes_out_of_service_and_the_order_goes_on_as_usual(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1");

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    pass_s(b->world, 2400);
    bank->condition = OCPP_SETTLE_BANK_CONDITION_DAMAGED;
    (void)put_back(b, "BANK-1", "PILE-1", 1);
    assert_paid(b, "CARD-A", 240);
    assert_string_equal(bank_of(b, "BANK-1").state, "OutOfService");
    assert_string_equal(bank_of(b, "BANK-1").condition, "Damaged");
    assert_int_equal(ocpp_settle_bank_serve(b->world->settle, "BANK-1", settle_world_done(b->world), b->world->now), OCPP_OK);
    settle_world_run(b->world);
    (void)rent(b, "PILE-1", "CARD-B", "BANK-1");
}

static void report(struct settle_bays *b, const char *rental)
{
    assert_int_equal(ocpp_settle_rental_report(b->world->settle, rental, settle_world_done(b->world), b->world->now), OCPP_OK);
    settle_world_run(b->world);
}

/* A22. */
static void who_finds_nowhere_to_return_pays_until_the_report(void **state)
{
    struct settle_bays *b = *state;
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");

    pass_s(b->world, 2400);
    report(b, rental);
    assert_string_equal(b->world->done_code, "");
    report(b, rental);
    assert_string_equal(b->world->done_code, "WrongState");
    pass_s(b->world, 7000);
    (void)put_back(b, "BANK-1", "PILE-1", 1);
    assert_paid(b, "CARD-A", 240);
}

/* A22. Two hours and no bank: 10,400 s are 6 half hours begun, at most 6.00 a day. */
static void who_does_not_return_it_in_time_pays_as_if_nothing_had_been_said(void **state)
{
    struct settle_bays *b = *state;
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");

    pass_s(b->world, 2400);
    report(b, rental);
    pass_s(b->world, 8000);
    (void)put_back(b, "BANK-1", "PILE-1", 1);
    assert_paid(b, "CARD-A", 720);
}

/* A23. Clocks that are off by a quarter of an hour, one each way, do not change what 40 minutes cost. */
static void piles_whose_clocks_differ_make_no_difference(void **state)
{
    struct settle_bays *b = *state;

    pile_named(b, "PILE-1")->skew_ms = 900000;
    pile_named(b, "PILE-2")->skew_ms = -900000;
    bay_open(b, "PILE-1", 8);
    bay_open(b, "PILE-2", 8);
    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    pass_s(b->world, 2400);
    (void)put_back(b, "BANK-1", "PILE-2", 3);
    assert_paid(b, "CARD-A", 240);
}

/* A23. Told after the pile had started again: by its calendar, corrected as it was measured at the last Hello. */
static void what_happened_before_a_restart_of_the_pile_is_corrected_too(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle_bank_returned_req back;

    pile_named(b, "PILE-2")->skew_ms = 900000;
    bay_open(b, "PILE-2", 8);
    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    pass_s(b->world, 2400);
    back = bay_returned(b, bank_named(b, "BANK-1"), "PILE-2", 3);
    pass_s(b->world, 7200);
    pile_named(b, "PILE-2")->boot = 2;
    bay_open(b, "PILE-2", 8);
    back.envelope = pile_envelope(b->world, "PILE-2");
    (void)bay_tells_returned(b, "PILE-2", &back);
    assert_paid(b, "CARD-A", 240);
}

/* A23. Never negative, never in the future. */
static void a_moment_that_cannot_be_counts_as_the_nearest_that_can(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle_bank_returned_req back;
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");

    pass_s(b->world, 600);
    back = bay_returned(b, bank_named(b, "BANK-1"), "PILE-2", 3);
    back.at.boot = 7;
    back.at.utc = 0;
    (void)bay_tells_returned(b, "PILE-2", &back);
    assert_int_equal(rental_named(b, rental).ended_utc_ms, rental_named(b, rental).taken_utc_ms);
    (void)bay_resets(b, bank_named(b, "BANK-1"));
    rental = rent(b, "PILE-2", "CARD-B", "BANK-1");
    back = bay_returned(b, bank_named(b, "BANK-1"), "PILE-2", 3);
    back.at.mono_ms += 86400000;
    (void)bay_tells_returned(b, "PILE-2", &back);
    assert_true(rental_named(b, rental).ended_utc_ms <= b->world->now.utc_ms);
}

/* A25. */
static void a_bank_that_vanishes_without_an_intent_charges_nobody(void **state)
{
    struct settle_bays *b = *state;
    const struct ocpp_settle_inventory_difference_req gone = { .envelope = pile_envelope(b->world, "PILE-1"),
                                                               .at = bay_moment(b, "PILE-1"),
                                                               .kind = OCPP_SETTLE_DIFFERENCE_KIND_VANISHED,
                                                               .slot = 2,
                                                               .bank = "BANK-2" };

    assert_non_null(pile_says(b->world, "PILE-1", OCPP_SETTLE_ACTION_INVENTORY_DIFFERENCE, &gone));
    assert_string_equal(bank_of(b, "BANK-2").state, "Lost");
    assert_string_equal(suspense_of(b, "InventoryDifference").bank, "BANK-2");
    assert_int_equal(told(b->world, OCPP_SETTLE_EVENT_SECURITY, "InventoryDifference"), 1);
    assert_int_equal(b->world->card.count, 0);
    resolved(b, suspense_of(b, NULL).id, OCPP_SETTLE_RESOLVE_DISMISS, NULL, NULL);
}

/* A25. The pile told nothing, but its next inventory does; one that is rented is not missed, one that moved neither. */
static void what_an_inventory_misses_is_found_out(void **state)
{
    struct settle_bays *b = *state;

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    bank_named(b, "BANK-2")->slot = 0;
    bank_named(b, "BANK-3")->slot = 8;
    assert_received(bay_lists(b, "PILE-1"), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_int_equal(suspense_count(b), 1);
    assert_string_equal(suspense_of(b, NULL).bank, "BANK-2");
    assert_int_equal(bank_of(b, "BANK-3").slot, 8);
    assert_string_equal(bank_of(b, "BANK-1").state, "Rented");
    bank_named(b, "BANK-2")->slot = 2;
    (void)bay_lists(b, "PILE-1");
    assert_string_equal(bank_of(b, "BANK-2").state, "Idle");
}

/* The bay is told of at any time, also while a bank that came with a neutral mark is given its new one: that it still bears the
 * one before is nothing that somebody has to look at. */
static void a_bank_that_is_listed_while_it_becomes_neutral_is_for_rent_afterwards(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bay_bank(b, "BANK-7", "PILE-1", 6);
    const struct ocpp_settle_bank_returned_req back = bay_returned(b, bank, "PILE-1", 6);

    assert_received(bay_tells_returned(b, "PILE-1", &back), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_received(bay_lists(b, "PILE-1"), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_int_equal(suspense_count(b), 0);
    assert_string_equal(bank_of(b, "BANK-7").state, "Returning");
    assert_received(bay_resets(b, bank), OCPP_SETTLE_RECEPTION_ACCEPTED);
    (void)rent(b, "PILE-1", "CARD-A", "BANK-7");
}

/* A25. One of two banks with the same names is a copy: neither is let before somebody looked. */
static void a_bank_that_turns_up_where_it_cannot_be_is_held(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *copy = &b->banks[b->bank_count++];
    const char *const ids[] = { "BANK-1" };

    *copy = *bank_named(b, "BANK-1");
    strcpy(copy->station, "PILE-2");
    copy->slot = 7;
    (void)bay_lists(b, "PILE-2");
    assert_string_equal(suspense_of(b, "Twice").bank, "BANK-1");
    assert_int_equal(bay_asks(b, "PILE-1", "CARD-A", ids, 1, NULL)->receipt.code, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE);
    resolved(b, suspense_of(b, "Twice").id, OCPP_SETTLE_RESOLVE_DISMISS, NULL, NULL);
    assert_int_equal(ocpp_settle_bank_serve(b->world->settle, "BANK-1", settle_world_done(b->world), b->world->now), OCPP_OK);
    settle_world_run(b->world);
    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
}

/* A26. */
static void a_faulty_bank_is_swapped_free_on_the_same_rental(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1"), *other = bank_named(b, "BANK-2");
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
    const struct ocpp_settle_bank_choice choice = bay_choice(other);
    const int64_t began = b->world->now.utc_ms;
    struct ocpp_settle_bank_returned_req back;
    const struct ocpp_settle_bank_decision_req *decision;

    pass_s(b->world, 120);
    bank->condition = OCPP_SETTLE_BANK_CONDITION_FAULTY;
    back = bay_returned(b, bank, "PILE-1", 1);
    back.replacement = &choice;
    assert_received(bay_tells_returned(b, "PILE-1", &back), OCPP_SETTLE_RECEPTION_ACCEPTED);
    decision = bay_decision(b, bank);
    assert_int_equal(decision->verdict, OCPP_SETTLE_BANK_VERDICT_OUT_OF_SERVICE);
    assert_non_null(decision->swap);
    assert_string_equal(decision->swap->rental, rental);
    assert_string_equal(rental_named(b, rental).state, "Swapping");
    (void)bay_resets(b, bank);
    (void)bay_gives(b, "PILE-1", decision->swap);
    const struct ocpp_settle_bank_taken_req taken = bay_taken(b, "PILE-1", decision->swap);
    assert_received(bay_tells_taken(b, "PILE-1", &taken), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(rental_named(b, rental).state, "Taken");
    assert_string_equal(rental_named(b, rental).bank, "BANK-2");
    assert_int_equal(rental_named(b, rental).taken_utc_ms, began);
    assert_string_equal(bank_of(b, "BANK-1").state, "OutOfService");
    pass_s(b->world, 2280);
    (void)put_back(b, "BANK-2", "PILE-2", 3);
    assert_paid(b, "CARD-A", 240);
    assert_int_equal(orders_of(b->world, "CARD-A"), 1);
}

/* A26. Nothing to swap it for: nothing is asked for a bank that did not work. */
static void a_faulty_bank_without_another_costs_nothing(void **state)
{
    struct settle_bays *b = *state;
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");

    pass_s(b->world, 120);
    bank_named(b, "BANK-1")->condition = OCPP_SETTLE_BANK_CONDITION_FAULTY;
    (void)put_back(b, "BANK-1", "PILE-1", 1);
    assert_string_equal(rental_named(b, rental).state, "Failed");
    assert_int_equal(order_of(b->world, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_VOID);
    assert_int_equal(b->world->card.held_minor, 0);
}

/* --- marks that cannot be made neutral
 * ------------------------------------------------------------------------------------------
 */

static void tells_slot(struct settle_bays *b, const char *station, int64_t slot, enum ocpp_settle_slot_state state)
{
    const struct ocpp_settle_slot_notice_req notice = {
        .envelope = pile_envelope(b->world, station), .at = bay_moment(b, station), .slot = slot, .state = state, .reason = "HELD"
    };
    const struct ocpp_settle_slot_notice_conf *answer = pile_says(b->world, station, OCPP_SETTLE_ACTION_SLOT_NOTICE, &notice);

    assert_non_null(answer);
    assert_received(&answer->receipt, OCPP_SETTLE_RECEPTION_ACCEPTED);
}

/* Brought back, decided Rentable; its mark cannot be written, and the pile holds it. */
static struct settle_bank *held_while_written(struct settle_bays *b)
{
    struct settle_bank *bank = bank_named(b, "BANK-1");

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    pass_s(b->world, 2400);
    const struct ocpp_settle_bank_returned_req back = bay_returned(b, bank, "PILE-1", 1);
    assert_received(bay_tells_returned(b, "PILE-1", &back), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_int_equal(bay_decision(b, bank)->verdict, OCPP_SETTLE_BANK_VERDICT_RENTABLE);
    assert_int_equal(suspense_count(b), 0);
    tells_slot(b, "PILE-1", 1, OCPP_SETTLE_SLOT_STATE_HELD);
    return bank;
}

/* A3's other end, I14: nothing of it is anybody's who waits for ever: somebody looks, and says what becomes of the bank. */
static void a_bank_whose_mark_cannot_be_made_neutral_waits_for_somebody(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = held_while_written(b);
    const struct ocpp_settle_suspense entry = suspense_of(b, "NotNeutral");

    assert_paid(b, "CARD-A", 240);
    assert_string_equal(entry.bank, "BANK-1");
    assert_string_equal(bank_of(b, "BANK-1").state, "Held");
    tells_slot(b, "PILE-1", 1, OCPP_SETTLE_SLOT_STATE_HELD);
    assert_int_equal(suspense_count(b), 1);
    resolved(b, entry.id, OCPP_SETTLE_RESOLVE_ADOPT, NULL, NULL);
    assert_received(bay_resets(b, bank), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
    (void)rent(b, "PILE-1", "CARD-B", "BANK-1");
}

/* The notice was older than what the pile did: nobody has to look any more. */
static void a_mark_that_becomes_neutral_after_all_needs_nobody(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = held_while_written(b);

    assert_int_equal(suspense_count(b), 1);
    assert_received(bay_resets(b, bank), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_int_equal(suspense_count(b), 0);
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
}

/* What is still to become neutral and vanishes is not waited for. */
static void a_bank_that_vanishes_while_its_mark_is_written_is_missing(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1");

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    pass_s(b->world, 2400);
    const struct ocpp_settle_bank_returned_req back = bay_returned(b, bank, "PILE-1", 1);
    assert_received(bay_tells_returned(b, "PILE-1", &back), OCPP_SETTLE_RECEPTION_ACCEPTED);
    const struct ocpp_settle_inventory_difference_req gone = { .envelope = pile_envelope(b->world, "PILE-1"),
                                                               .at = bay_moment(b, "PILE-1"),
                                                               .kind = OCPP_SETTLE_DIFFERENCE_KIND_VANISHED,
                                                               .slot = 1,
                                                               .bank = "BANK-1",
                                                               .hardware_id = "HW-BANK-1" };
    assert_non_null(pile_says(b->world, "PILE-1", OCPP_SETTLE_ACTION_INVENTORY_DIFFERENCE, &gone));
    assert_string_equal(bank_of(b, "BANK-1").state, "Lost");
    assert_string_equal(suspense_of(b, NULL).kind, "InventoryDifference");
    resolved(b, suspense_of(b, NULL).id, OCPP_SETTLE_RESOLVE_DISMISS, NULL, NULL);
    settle_world_check_at_rest(b->world);
}

/* A26. A21: later it is a bank that came back damaged. */
static void a_bank_that_fails_later_is_not_swapped(void **state)
{
    struct settle_bays *b = *state;
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");

    pass_s(b->world, 400);
    assert_int_equal(ocpp_settle_rental_swap(b->world->settle, rental, settle_world_done(b->world), b->world->now), OCPP_OK);
    settle_world_run(b->world);
    assert_string_equal(b->world->done_code, "NotAllowed");
    bank_named(b, "BANK-1")->condition = OCPP_SETTLE_BANK_CONDITION_FAULTY;
    (void)put_back(b, "BANK-1", "PILE-1", 1);
    assert_string_equal(rental_named(b, rental).state, "Returned");
    assert_paid(b, "CARD-A", 120);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, bank_cases_setup, bank_cases_teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_over_is_forgotten_in_the_end_and_what_is_not_stays, remembers_a_day,
                                        bank_cases_teardown),
        cmocka_unit_test_setup_teardown(what_a_pile_was_not_told_yet_is_not_forgotten, remembers_a_day, bank_cases_teardown),
        CASE(an_unreadable_bank_is_held_its_clock_stands_and_an_operator_ends_it),
        CASE(a_bank_that_says_nothing_at_all_is_named_by_the_operator),
        CASE(a_clock_that_stood_for_nothing_goes_on),
        CASE(a_forged_mark_is_held_with_a_security_event),
        CASE(a_mark_that_was_written_over_is_held),
        CASE(a_mark_of_an_order_nobody_knows_is_held),
        CASE(a_good_mark_on_another_bank_is_held),
        CASE(a_bank_of_another_fleet_is_held_and_may_be_adopted),
        CASE(what_the_deposit_does_not_cover_is_a_debt_once_more_was_refused),
        CASE(a_damaged_bank_goes_out_of_service_and_the_order_goes_on_as_usual),
        CASE(who_finds_nowhere_to_return_pays_until_the_report),
        CASE(who_does_not_return_it_in_time_pays_as_if_nothing_had_been_said),
        CASE(piles_whose_clocks_differ_make_no_difference),
        CASE(what_happened_before_a_restart_of_the_pile_is_corrected_too),
        CASE(a_moment_that_cannot_be_counts_as_the_nearest_that_can),
        CASE(a_bank_that_vanishes_without_an_intent_charges_nobody),
        CASE(what_an_inventory_misses_is_found_out),
        CASE(a_bank_that_is_listed_while_it_becomes_neutral_is_for_rent_afterwards),
        CASE(a_bank_that_turns_up_where_it_cannot_be_is_held),
        CASE(a_faulty_bank_is_swapped_free_on_the_same_rental),
        CASE(a_faulty_bank_without_another_costs_nothing),
        CASE(a_bank_whose_mark_cannot_be_made_neutral_waits_for_somebody),
        CASE(a_mark_that_becomes_neutral_after_all_needs_nobody),
        CASE(a_bank_that_vanishes_while_its_mark_is_written_is_missing),
        CASE(a_bank_that_fails_later_is_not_swapped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
