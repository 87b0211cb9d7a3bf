/* The bay of a pile through its agent, its charge point and a backend that listens: renting, returning, and what goes wrong at a
 * slot. */
#include "bay_world.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct bay_world *bay_of(void **state)
{
    return bay_world_new(*(enum ocpp_version *)*state);
}

static void member_is(const struct told *told, const char *member, const char *value)
{
    assert_string_equal(value_of(told->json, member), value);
}

/* •1, •3, •4: the pile selects, writes the mark, reads back, ejects, senses removal, reports. */
static void a_bank_is_rented_and_comes_back_and_is_rented_again(void **state)
{
    struct bay_world *bay = bay_of(state);
    bool is_neutral = true;
    rent_from(bay, "CARD", 2);
    member_is(backend_heard(bay, "RentRequest"), "banks/0/slot", "2");
    assert_true(was_told(bay, OCPP_SETTLE_AGENT_TAKE_BANK));
    struct cabinet_bank bank = take_from(bay, 2);
    const struct told *taken = backend_heard(bay, "BankTaken");
    member_is(taken, "rental", "R2");
    member_is(taken, "order", "O1");
    member_is(taken, "generation", "3");
    member_is(taken, "bank", "B2");
    assert_int_equal(shown_at(bay, 2), OCPP_SETTLE_SLOT_STATE_EMPTY);
    push_into(bay, 4, &bank);
    assert_int_equal(generation_in(bay, 4, &is_neutral), 3);
    assert_false(is_neutral);
    const struct told *returned = backend_heard(bay, "BankReturned");
    member_is(returned, "slot", "4");
    member_is(returned, "markState", "Marked");
    member_is(returned, "generation", "3");
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_AWAIT_VERDICT);
    assert_string_equal(backend_frees(bay, 4), "Accepted");
    bay_pass(bay, 1000);
    member_is(backend_heard(bay, "MarkReset"), "generation", "4");
    assert_int_equal(generation_in(bay, 4, &is_neutral), 4);
    assert_true(is_neutral);
    rent_from(bay, "CARD", 4);
    take_from(bay, 4);
    member_is(backend_heard(bay, "BankTaken"), "generation", "5");
    bay_world_free(bay);
}

/* --- what goes wrong before a bank is out
 * ----------------------------------------------------------------------------------------- */

static void nothing_was_rented(struct bay_world *bay, int slot, const char *why, int64_t generation)
{
    bool is_neutral = false;
    const struct told *failed = backend_heard(bay, "RentFailed");
    member_is(failed, "why", why);
    member_is(failed, "isNeutral", "true");
    assert_int_equal(atoi(value_of(failed->json, "generation")), generation);
    assert_int_equal(generation_in(bay, slot, &is_neutral), generation);
    assert_true(is_neutral);
    assert_int_equal(backend_count(bay, "BankTaken"), 0);
}

/* The backend grants a bank of |slot|, and what happens then happens. */
static void grant(struct bay_world *bay, int slot, const char *rental)
{
    const char *request = ask_for(bay, "CARD", 1, OCPP_OK);
    assert_string_equal(backend_grants(bay, request, rental, slot), "Accepted");
    bay_pass(bay, 3000);
}

static void make_fullest(struct bay_world *bay, int chosen)
{
    for (int slot = 1; slot <= BAY_SLOTS; slot++) {
        bay->cabinet.slot[slot - 1].bank.charge = slot == chosen ? 100 : 80;
        bay->cabinet.listener.charge(slot, slot == chosen ? 100 : 80, bay->world->now, bay->cabinet.listener.user);
    }
}

/* A3. Nothing comes of it, the bank is neutral again with the generation after; three times in a row make the slot suspect. */
static void a_rewrite_that_fails_rents_nothing_and_three_make_the_slot_suspect(void **state)
{
    static const char *const rentals[] = { "RA", "RB", "RC" };
    struct bay_world *bay = bay_of(state);
    int64_t generation = 2;
    for (size_t i = 0; i < COUNT_OF(rentals); i++) {
        make_fullest(bay, 1);
        cabinet_fault(&bay->cabinet, 1, CABINET_WRITE_TEARS, 2);
        grant(bay, 1, rentals[i]);
        generation += 2;
        nothing_was_rented(bay, 1, "MarkFailed", generation);
        assert_int_equal(shown_at(bay, 1), i < 2 ? OCPP_SETTLE_SLOT_STATE_IDLE : OCPP_SETTLE_SLOT_STATE_SUSPECT);
    }
    member_is(backend_heard(bay, "SlotNotice"), "state", "Suspect");
    ask_for(bay, "CARD", 1, OCPP_OK); /* another one is chosen */
    assert_string_not_equal(value_of(backend_heard(bay, "RentRequest")->json, "banks/0/slot"), "1");
    bay_world_free(bay);
}

static void a_write_that_lies_is_found_out_by_reading_back_and_tried_again(void **state)
{
    struct bay_world *bay = bay_of(state);
    make_fullest(bay, 1);
    cabinet_fault(&bay->cabinet, 1, CABINET_WRITE_LIES, 1);
    grant(bay, 1, "R1");
    assert_int_equal(shown_at(bay, 1), OCPP_SETTLE_SLOT_STATE_AWAIT_REMOVAL);
    take_from(bay, 1);
    backend_heard(bay, "BankTaken");
    bay_world_free(bay);
}

/* A3. Where not even the neutral mark can be written the bank is held, and the backend knows that it is not neutral. */
static void a_bank_whose_mark_cannot_be_undone_is_held(void **state)
{
    struct bay_world *bay = bay_of(state);
    make_fullest(bay, 1);
    cabinet_fault(&bay->cabinet, 1, CABINET_WRITE_FAILS, 100);
    grant(bay, 1, "R1");
    member_is(backend_heard(bay, "RentFailed"), "isNeutral", "false");
    member_is(backend_heard(bay, "SlotNotice"), "state", "Held");
    backend_never_heard(bay, "SlotNotice");
    assert_int_equal(shown_at(bay, 1), OCPP_SETTLE_SLOT_STATE_HELD);
    bay_world_free(bay);
}

/* A4. */
static void an_eject_that_jams_undoes_the_mark_and_makes_the_slot_suspect(void **state)
{
    struct bay_world *bay = bay_of(state);
    make_fullest(bay, 3);
    cabinet_fault(&bay->cabinet, 3, CABINET_EJECT_JAMS, 1);
    grant(bay, 3, "R3");
    nothing_was_rented(bay, 3, "EjectFailed", 4);
    assert_int_equal(shown_at(bay, 3), OCPP_SETTLE_SLOT_STATE_SUSPECT);
    bay_world_free(bay);
}

/* A4. It said that it failed, and the bank is out: it is drawn back before its mark is undone. */
static void an_eject_that_fails_halfway_is_drawn_back(void **state)
{
    struct bay_world *bay = bay_of(state);
    make_fullest(bay, 3);
    cabinet_fault(&bay->cabinet, 3, CABINET_EJECT_FAILS, 1);
    grant(bay, 3, "R3");
    assert_false(bay->cabinet.slot[2].is_open);
    nothing_was_rented(bay, 3, "EjectFailed", 4);
    bay_world_free(bay);
}

/* A5. Nobody said that it was out, and it was taken all the same: it is rented. */
static void a_bank_taken_while_its_eject_is_silent_is_rented(void **state)
{
    struct bay_world *bay = bay_of(state);
    make_fullest(bay, 3);
    cabinet_fault(&bay->cabinet, 3, CABINET_EJECT_SILENT, 1);
    grant(bay, 3, "R3");
    take_from(bay, 3);
    member_is(backend_heard(bay, "BankTaken"), "rental", "R3");
    bay_world_free(bay);
}

/* A24. */
static void a_bank_nobody_takes_is_drawn_back_after_30_seconds_and_neutral_again(void **state)
{
    struct bay_world *bay = bay_of(state);
    rent_from(bay, "CARD", 2);
    bay_pass(bay, 27000);
    assert_true(bay->cabinet.slot[1].is_open);
    bay_pass(bay, 4000);
    assert_false(bay->cabinet.slot[1].is_open);
    nothing_was_rented(bay, 2, "NotTaken", 4);
    assert_int_equal(shown_at(bay, 2), OCPP_SETTLE_SLOT_STATE_IDLE);
    bay_world_free(bay);
}

/* A24. Where it cannot be drawn back it may be taken still; after three attempts nobody may. */
static void a_bank_that_cannot_be_drawn_back_is_given_up_after_three_attempts(void **state)
{
    struct bay_world *bay = bay_of(state);
    rent_from(bay, "CARD", 2);
    cabinet_fault(&bay->cabinet, 2, CABINET_RETRACT_JAMS, 100);
    bay_pass(bay, 60000);
    backend_never_heard(bay, "RentFailed");
    bay_pass(bay, 40000);
    nothing_was_rented(bay, 2, "NotTaken", 4);
    assert_int_equal(shown_at(bay, 2), OCPP_SETTLE_SLOT_STATE_SUSPECT);
    bay_world_free(bay);
}

static void a_bank_taken_between_two_attempts_to_draw_it_back_is_rented(void **state)
{
    struct bay_world *bay = bay_of(state);
    rent_from(bay, "CARD", 2);
    cabinet_fault(&bay->cabinet, 2, CABINET_RETRACT_JAMS, 1);
    bay_pass(bay, 33000);
    take_from(bay, 2);
    member_is(backend_heard(bay, "BankTaken"), "rental", "R2");
    bay_world_free(bay);
}

static void nobody_hears(int slot, struct ocpp_now now, void *user)
{
    (void)slot;
    (void)now;
    (void)user;
}

/* A5. The slot fell silent while it let the bank out. Whether it was taken nobody knows until the slot answers again, so nothing
 * is said to have failed. */
static void a_bank_taken_while_its_slot_is_silent_for_minutes_is_rented(void **state)
{
    struct bay_world *bay = bay_of(state);
    rent_from(bay, "CARD", 2);
    const struct ocpp_settle_bay_listener listener = bay->cabinet.listener;
    cabinet_fault(&bay->cabinet, 2, CABINET_DEAD, 1000);
    bay->cabinet.listener.removed = nobody_hears;
    take_from(bay, 2);
    bay_pass(bay, 300000);
    bay->cabinet.listener = listener;
    backend_never_heard(bay, "RentFailed");
    cabinet_fault(&bay->cabinet, 2, CABINET_NO_FAULT, 0);
    bay_pass(bay, 60000);
    member_is(backend_heard(bay, "BankTaken"), "rental", "R2");
    assert_int_equal(shown_at(bay, 2), OCPP_SETTLE_SLOT_STATE_EMPTY);
    bay_world_free(bay);
}

/* --- coming back
 * ------------------------------------------------------------------------------------------------------------------ */

/* A7. The sensor and the ends of acts are told twice. */
static void a_sensor_that_tells_everything_twice_makes_one_return(void **state)
{
    struct bay_world *bay = bay_of(state);
    bay->cabinet.is_telling_twice = true;
    rent_from(bay, "CARD", 2);
    const struct cabinet_bank bank = take_from(bay, 2);
    push_into(bay, 4, &bank);
    bay_pass(bay, 3000);
    assert_int_equal(backend_count(bay, "BankTaken"), 1);
    backend_heard(bay, "BankReturned");
    backend_never_heard(bay, "BankReturned");
    bay_world_free(bay);
}

static void a_contact_that_bounces_is_no_return_and_no_theft(void **state)
{
    struct bay_world *bay = bay_of(state);
    const struct ocpp_settle_bay_listener *tell = &bay->cabinet.listener;
    for (int i = 0; i < 5; i++) {
        tell->inserted(4, bay->world->now, tell->user);
        bay_pass(bay, 100);
        tell->removed(4, bay->world->now, tell->user);
        tell->removed(1, bay->world->now, tell->user);
        bay_pass(bay, 100);
        tell->inserted(1, bay->world->now, tell->user);
        bay_pass(bay, 100);
    }
    bay_pass(bay, 5000);
    backend_never_heard(bay, "BankReturned");
    backend_never_heard(bay, "InventoryDifference");
    assert_int_equal(shown_at(bay, 1), OCPP_SETTLE_SLOT_STATE_IDLE);
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_EMPTY);
    bay_world_free(bay);
}

/* A8. The slot keeps it, says when it came, and tests itself. */
static void a_bank_whose_mark_cannot_be_read_is_held_and_the_slot_tests_itself(void **state)
{
    struct bay_world *bay = bay_of(state);
    rent_from(bay, "CARD", 2);
    struct cabinet_bank bank = take_from(bay, 2);
    bank.is_mute = true;
    char at[40];
    push_into(bay, 4, &bank);
    bay_pass(bay, 3000);
    const struct told *returned = backend_heard(bay, "BankReturned");
    member_is(returned, "markState", "Unreadable");
    member_is(returned, "bank", "B2");
    snprintf(at, sizeof(at), "%s", value_of(returned->json, "at/utc"));
    assert_string_not_equal(at, "");
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_HELD);
    backend_heard(bay, "SlotNotice");
    bay_world_free(bay);
}

/* A9. Read slowly, pulled out again: no return. */
static void a_bank_pulled_out_while_it_is_read_is_no_return(void **state)
{
    struct bay_world *bay = bay_of(state);
    rent_from(bay, "CARD", 2);
    const struct cabinet_bank bank = take_from(bay, 2);
    backend_heard(bay, "BankTaken");
    bay->cabinet.act_ms = 1000;
    assert_true(cabinet_insert(&bay->cabinet, 4, &bank, bay->world->now));
    bay_pass(bay, 2000);
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_AWAIT_READ);
    assert_true(cabinet_steal(&bay->cabinet, 4, NULL, bay->world->now));
    bay_pass(bay, 5000);
    backend_never_heard(bay, "BankReturned");
    backend_never_heard(bay, "InventoryDifference");
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_EMPTY);
    bay_world_free(bay);
}

/* A6. A mark that tore elsewhere is told as torn: the backend decides. */
static void a_torn_mark_is_told_as_torn(void **state)
{
    struct bay_world *bay = bay_of(state);
    struct cabinet_bank bank;
    assert_true(cabinet_steal(&bay->cabinet, 1, &bank, bay->world->now));
    bay_pass(bay, 1000);
    const char *mark = backend_mark(bay, OCPP_SETTLE_MARK_PLAIN, 9);
    unsigned char bytes[OCPP_SETTLE_MARK_SIZE];
    assert_int_equal(ocpp_settle_mark_parse(mark, bytes), OCPP_OK);
    memcpy(bank.mark, bytes, OCPP_SETTLE_MARK_HALF_SIZE);
    push_into(bay, 4, &bank);
    member_is(backend_heard(bay, "BankReturned"), "markState", "Torn");
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_AWAIT_VERDICT);
    bay_world_free(bay);
}

/* A15. A mark with somebody else's key looks like any other to the pile: it is told, kept, and not for rent until the backend
 * says so. */
static void a_bank_is_not_for_rent_before_the_backend_has_decided(void **state)
{
    struct bay_world *bay = bay_of(state);
    rent_from(bay, "CARD", 2);
    const struct cabinet_bank bank = take_from(bay, 2);
    push_into(bay, 4, &bank);
    for (int slot = 1; slot < 4; slot += 2) {
        assert_true(cabinet_steal(&bay->cabinet, slot, NULL, bay->world->now));
    }
    bay_pass(bay, 1000);
    ask_for(bay, "CARD", 1, OCPP_ERR_NOT_FOUND);
    char insertion[32];
    snprintf(insertion, sizeof(insertion), "%s", value_of(backend_heard(bay, "BankReturned")->json, "insertion"));
    char members[128];
    snprintf(members, sizeof(members), "'insertion':'%s','slot':4,'verdict':'Held'", insertion);
    assert_string_equal(backend_says(bay, "BankDecision", members), "Accepted");
    bay_pass(bay, 1000);
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_HELD);
    ask_for(bay, "CARD", 1, OCPP_ERR_NOT_FOUND);
    assert_string_equal(backend_frees(bay, 4), "Accepted"); /* an operator resolved it */
    bay_pass(bay, 1000);
    ask_for(bay, "CARD", 1, OCPP_OK);
    bay_world_free(bay);
}

/* A21. */
static void a_damaged_bank_is_told_and_goes_out_of_service(void **state)
{
    struct bay_world *bay = bay_of(state);
    rent_from(bay, "CARD", 2);
    struct cabinet_bank bank = take_from(bay, 2);
    bank.condition = OCPP_SETTLE_BAY_DAMAGED;
    push_into(bay, 4, &bank);
    const struct told *returned = backend_heard(bay, "BankReturned");
    member_is(returned, "condition", "Damaged");
    char members[512];
    snprintf(members, sizeof(members), "'insertion':'%s','slot':4,'verdict':'OutOfService','mark':'%s','generation':4",
             value_of(returned->json, "insertion"), backend_mark(bay, OCPP_SETTLE_MARK_NEUTRAL, 4));
    assert_string_equal(backend_says(bay, "BankDecision", members), "Accepted");
    bay_pass(bay, 1000);
    backend_heard(bay, "MarkReset");
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_OUT_OF_SERVICE);
    bay_world_free(bay);
}

/* A26. A faulty bank comes back: another one is kept for its renter, and given for the same rental. */
static void a_faulty_bank_is_swapped_for_the_one_that_was_kept(void **state)
{
    struct bay_world *bay = bay_of(state);
    rent_from(bay, "CARD", 2);
    struct cabinet_bank bank = take_from(bay, 2);
    bank.condition = OCPP_SETTLE_BAY_FAULTY;
    push_into(bay, 4, &bank);
    const struct told *returned = backend_heard(bay, "BankReturned");
    const int slot = atoi(value_of(returned->json, "replacement/slot"));
    assert_in_range(slot, 1, 3);
    char members[1024];
    char insertion[32];
    snprintf(insertion, sizeof(insertion), "%s", value_of(returned->json, "insertion"));
    snprintf(members, sizeof(members),
             "'insertion':'%s','slot':4,'verdict':'OutOfService','mark':'%s','generation':4,"
             "'swap':{'rental':'R2','slot':%d,'generation':3,'mark':'%s','undo':'%s'}",
             insertion, backend_mark(bay, OCPP_SETTLE_MARK_NEUTRAL, 4), slot, backend_mark(bay, OCPP_SETTLE_MARK_PLAIN, 3),
             backend_mark(bay, OCPP_SETTLE_MARK_NEUTRAL, 4));
    assert_string_equal(backend_says(bay, "BankDecision", members), "Accepted");
    bay_pass(bay, 1000);
    take_from(bay, slot);
    member_is(backend_heard(bay, "BankTaken"), "rental", "R2");
    bay->told_count--; /* the same rental, twice taken: that is what a swap is */
    free(bay->told[bay->told_count].json);
    bay_world_free(bay);
}

/* A25. */
static void a_bank_that_vanishes_is_told_and_charged_to_nobody(void **state)
{
    struct bay_world *bay = bay_of(state);
    assert_true(cabinet_steal(&bay->cabinet, 1, NULL, bay->world->now));
    bay_pass(bay, 2000);
    const struct told *difference = backend_heard(bay, "InventoryDifference");
    member_is(difference, "kind", "Vanished");
    member_is(difference, "bank", "B1");
    backend_never_heard(bay, "BankTaken");
    assert_int_equal(shown_at(bay, 1), OCPP_SETTLE_SLOT_STATE_EMPTY);
    bay_world_free(bay);
}

/* A25. Torn out while its mark is being written: it was not let out, so nobody has rented it. */
static void a_bank_torn_out_while_it_is_marked_is_rented_by_nobody(void **state)
{
    struct bay_world *bay = bay_of(state);
    make_fullest(bay, 1);
    bay->cabinet.act_ms = 2000;
    const char *request = ask_for(bay, "CARD", 1, OCPP_OK);
    assert_string_equal(backend_grants(bay, request, "R1", 1), "Accepted");
    bay_pass(bay, 3000);
    assert_int_equal(shown_at(bay, 1), OCPP_SETTLE_SLOT_STATE_AWAIT_MARK);
    assert_true(cabinet_steal(&bay->cabinet, 1, NULL, bay->world->now));
    bay_pass(bay, 3000);
    member_is(backend_heard(bay, "RentFailed"), "why", "BankGone");
    member_is(backend_heard(bay, "InventoryDifference"), "kind", "Vanished");
    bay_world_free(bay);
}

/* A8. The decision to hold it comes at once; the test goes on and its end is told. */
static void a_self_test_goes_on_when_the_bank_is_decided_to_be_held(void **state)
{
    struct bay_world *bay = bay_of(state);
    char members[160];
    rent_from(bay, "CARD", 2);
    struct cabinet_bank bank = take_from(bay, 2);
    bank.is_mute = true;
    bay->cabinet.act_ms = 3000;
    push_into(bay, 4, &bank);
    const struct told *returned = NULL;
    for (int i = 0; i < 400 && backend_count(bay, "BankReturned") < BAY_SLOTS; i++) {
        bay_pass(bay, 50);
    }
    returned = backend_heard(bay, "BankReturned");
    snprintf(members, sizeof(members), "'insertion':'%s','slot':4,'verdict':'Held'", value_of(returned->json, "insertion"));
    assert_string_equal(backend_says(bay, "BankDecision", members), "Accepted");
    backend_never_heard(bay, "SlotNotice");
    bay_pass(bay, 10000);
    member_is(backend_heard(bay, "SlotNotice"), "state", "Held");
    bay_world_free(bay);
}

/* A8. Who has it read again later does not move the moment it came. */
static void a_held_bank_that_is_read_again_came_when_it_came(void **state)
{
    struct bay_world *bay = bay_of(state);
    char at[40];
    rent_from(bay, "CARD", 2);
    struct cabinet_bank bank = take_from(bay, 2);
    bank.is_mute = true;
    push_into(bay, 4, &bank);
    bay_pass(bay, 3000);
    const struct told *returned = backend_heard(bay, "BankReturned");
    snprintf(at, sizeof(at), "%s", value_of(returned->json, "at/utc"));
    char insertion[32];
    snprintf(insertion, sizeof(insertion), "%s", value_of(returned->json, "insertion"));
    bay_pass(bay, 600000);
    bay_agent_off(bay);
    bay_agent_on(bay);
    bay->cabinet.slot[3].bank.is_mute = false;
    bay_link(bay, false);
    bay_link(bay, true);
    bay_pass(bay, 5000);
    assert_string_equal(backend_says(bay, "SlotCommand", "'slot':4,'order':'BackInService'"), "Accepted");
    bay_pass(bay, 3000);
    returned = backend_heard(bay, "BankReturned");
    member_is(returned, "markState", "Marked");
    assert_string_not_equal(value_of(returned->json, "insertion"), insertion);
    member_is(returned, "at/utc", at);
    bay_world_free(bay);
}

/* What a reader says of a bank may be noise, or longer than it should: the bank came all the same, and its clock stops. */
static void a_bank_with_an_id_that_is_no_text_comes_back_too(void **state)
{
    static const char *const noise[] = { "B\xff\xfe", "\xc3", "\xed\xa0\x80", "B\x01",
                                         "1234567890123456789012345678901234567\xe2\x82\xac\xe2\x82\xac" };
    for (size_t i = 0; i < COUNT_OF(noise); i++) {
        struct bay_world *bay = bay_of(state);
        rent_from(bay, "CARD", 2);
        struct cabinet_bank bank = take_from(bay, 2);
        snprintf(bank.id, sizeof(bank.id), "%s", noise[i]);
        snprintf(bank.hardware_id, sizeof(bank.hardware_id), "%s", noise[i]);
        push_into(bay, 4, &bank);
        member_is(backend_heard(bay, "BankReturned"), "generation", "3");
        assert_string_equal(backend_frees(bay, 4), "Accepted");
#ifndef BAY_WORLD_SERIAL /* there it is the board that has to say what makes sense */
        bay_power_cut(bay, 0);
        bay_power_back(bay, 10);
        bay_pass(bay, 2000);
        backend_never_heard(bay, "InventoryDifference");
#endif
        bay_pass(bay, 2000);
        assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_IDLE);
        bay_world_free(bay);
    }
}

/* --- several, and slots that do not work
 * ------------------------------------------------------------------------------------------- */

/* A13. */
static void several_banks_of_one_grant_leave_on_one_order(void **state)
{
    struct bay_world *bay = bay_of(state);
    char members[2048];
    char request[32];
    snprintf(request, sizeof(request), "%s", ask_for(bay, "CARD", 3, OCPP_OK));
    snprintf(members, sizeof(members), "'request':'%s','order':'O1','renterClass':'Vehicle','withinS':120,'banks':[", request);
    for (int slot = 1; slot <= 3; slot++) {
        snprintf(members + strlen(members), sizeof(members) - strlen(members),
                 "%s{'rental':'R%d','slot':%d,'generation':3,'mark':'%s','undo':'%s'}", slot == 1 ? "" : ",", slot, slot,
                 backend_mark(bay, OCPP_SETTLE_MARK_VEHICLE, 3), backend_mark(bay, OCPP_SETTLE_MARK_NEUTRAL, 4));
    }
    strcat(members, "]");
    assert_string_equal(backend_says(bay, "RentGrant", members), "Accepted");
    bay_pass(bay, 1000);
    for (int slot = 1; slot <= 3; slot++) {
        take_from(bay, slot);
        member_is(backend_heard(bay, "BankTaken"), "order", "O1");
    }
    bay_world_free(bay);
}

static void a_slot_that_never_answers_is_suspect_and_does_not_hold_up_the_others(void **state)
{
    struct bay_world *bay = bay_of(state);
    bay_agent_off(bay);
    cabinet_fault(&bay->cabinet, 1, CABINET_DEAD, 1000);
    bay_agent_on(bay);
    bay_pass(bay, 40000);
    struct ocpp_settle_slot_view view;
    assert_int_equal(ocpp_settle_agent_slot(bay->agent, 1, &view), OCPP_OK);
    assert_false(view.may_be_rented);
    rent_from(bay, "CARD", 3);
    take_from(bay, 3);
    backend_heard(bay, "BankTaken");
    bay_world_free(bay);
}

/* A cabinet that starts more slowly than its pile is asked until it answers, and is as good then as it was before. */
static void slots_that_answer_late_after_a_start_are_for_rent_again(void **state)
{
    struct bay_world *bay = bay_of(state);
    bay_agent_off(bay);
    cabinet_fault(&bay->cabinet, 1, CABINET_DEAD, 1000);
    bay_agent_on(bay);
    bay_link(bay, false);
    bay_link(bay, true);
    bay_pass(bay, 60000);
    assert_int_equal(shown_at(bay, 1), OCPP_SETTLE_SLOT_STATE_SUSPECT);
    cabinet_fault(&bay->cabinet, 1, CABINET_NO_FAULT, 0);
    bay_pass(bay, 20000);
    assert_int_equal(shown_at(bay, 1), OCPP_SETTLE_SLOT_STATE_IDLE);
    rent_from(bay, "CARD", 1);
    take_from(bay, 1);
    backend_heard(bay, "BankTaken");
    bay_world_free(bay);
}

static void an_operator_closes_a_slot_opens_it_and_lets_a_held_bank_out(void **state)
{
    struct bay_world *bay = bay_of(state);
    assert_string_equal(backend_says(bay, "SlotCommand", "'slot':1,'order':'OutOfService'"), "Accepted");
    bay_pass(bay, 500);
    assert_int_equal(shown_at(bay, 1), OCPP_SETTLE_SLOT_STATE_OUT_OF_SERVICE);
    assert_string_equal(backend_says(bay, "SlotCommand", "'slot':1,'order':'BackInService'"), "Accepted");
    bay_pass(bay, 500);
    assert_int_equal(shown_at(bay, 1), OCPP_SETTLE_SLOT_STATE_IDLE);
    assert_string_equal(backend_says(bay, "SlotCommand", "'slot':1,'order':'SelfTest'"), "Accepted");
    bay_pass(bay, 500);
    assert_string_equal(backend_says(bay, "SlotCommand", "'slot':1,'order':'EjectForService'"), "Accepted");
    bay_pass(bay, 500);
    take_from(bay, 1);
    bay_pass(bay, 1000);
    backend_never_heard(bay, "InventoryDifference");
    backend_never_heard(bay, "BankTaken");
    assert_string_equal(backend_says(bay, "SlotCommand", "'slot':9,'order':'SelfTest'"), "Refused");
    bay_world_free(bay);
}

/* --- ten characters
 * -------------------------------------------------------------------------------------------------------------- */

static struct bay_world *world_of_short_marks(void **state)
{
    struct bay_world *bay = bay_world_bare(*(enum ocpp_version *)*state);
    bay_agent_off(bay);
    bay_link(bay, false);
    test_storage_face(bay->world->storage)
        ->write(&(struct ocpp_change){ .kind = OCPP_CHANGE_DELETE_PREFIX, .key = "settle/" }, 1, NULL, NULL,
                test_storage_face(bay->world->storage)->user);
    cabinet_init(&bay->cabinet, BAY_SLOTS, OCPP_SETTLE_MARK_ROOM_CHARACTERS);
    cabinet_bay(&bay->cabinet, &bay->bay); /* over a serial line the agent's start joins it in another way */
    for (int slot = 1; slot < BAY_SLOTS; slot++) {
        cabinet_stock(&bay->cabinet, slot,
                      slot == 1   ? "B1"
                      : slot == 2 ? "B2"
                                  : "B3",
                      backend_mark(bay, OCPP_SETTLE_MARK_NEUTRAL, 1), 90);
    }
    while (bay->told_count > 0) {
        free(bay->told[--bay->told_count].json);
    }
    bay->looked_at = 0;
    bay_agent_on(bay);
    bay_link(bay, true);
    bay_pass(bay, 2000);
    for (int slot = 1; slot < BAY_SLOTS; slot++) {
        assert_string_equal(backend_frees(bay, slot), "Accepted");
    }
    bay_pass(bay, 2000);
    backend_looks_away(bay);
    return bay;
}

static void a_bank_with_ten_characters_is_rented_and_comes_back(void **state)
{
    struct bay_world *bay = world_of_short_marks(state);
    rent_from(bay, "CARD", 2);
    assert_string_equal(value_of(backend_heard(bay, "RentRequest")->json, "banks/0/form"), "Short");
    const struct cabinet_bank bank = take_from(bay, 2);
    backend_heard(bay, "BankTaken");
    push_into(bay, 4, &bank);
    const struct told *returned = backend_heard(bay, "BankReturned");
    char held[11];
    memcpy(held, bank.mark, 10);
    held[10] = '\0';
    assert_string_equal(value_of(returned->json, "mark"), held);
    assert_string_equal(backend_frees(bay, 4), "Accepted");
    bay_pass(bay, 1000);
    assert_int_equal(shown_at(bay, 4), OCPP_SETTLE_SLOT_STATE_IDLE);
    bay_world_free(bay);
}

/* A6. */
static void ten_characters_cut_in_the_middle_are_undone(void **state)
{
    struct bay_world *bay = world_of_short_marks(state);
    bay->cabinet.act_ms = 1000;
    const char *request = ask_for(bay, "CARD", 1, OCPP_OK);
    const int slot = atoi(value_of(backend_heard(bay, "RentRequest")->json, "banks/0/slot"));
    unsigned char neutral[10];
    assert_string_equal(backend_grants(bay, request, "R1", slot), "Accepted");
    bay_pass(bay, 500);
    memcpy(neutral, bay->cabinet.slot[slot - 1].bank.mark, sizeof(neutral));
    bay_power_cut(bay, 3);
    assert_memory_not_equal(neutral, bay->cabinet.slot[slot - 1].bank.mark, sizeof(neutral));
    bay->cabinet.act_ms = 100;
    bay_power_back(bay, 10);
    bay_pass(bay, 5000);
    assert_string_equal(value_of(backend_heard(bay, "RentFailed")->json, "why"), "PowerLost");
    assert_int_equal(shown_at(bay, slot), OCPP_SETTLE_SLOT_STATE_IDLE);
    assert_int_equal(generation_at(bay, slot), 3);
    bay_world_free(bay);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_EACH_VERSION(a_bank_is_rented_and_comes_back_and_is_rented_again),
        IN_EACH_VERSION(a_rewrite_that_fails_rents_nothing_and_three_make_the_slot_suspect),
        IN_EACH_VERSION(a_write_that_lies_is_found_out_by_reading_back_and_tried_again),
        IN_EACH_VERSION(a_bank_whose_mark_cannot_be_undone_is_held),
        IN_EACH_VERSION(an_eject_that_jams_undoes_the_mark_and_makes_the_slot_suspect),
        IN_EACH_VERSION(an_eject_that_fails_halfway_is_drawn_back),
        IN_EACH_VERSION(a_bank_taken_while_its_eject_is_silent_is_rented),
        IN_EACH_VERSION(a_bank_nobody_takes_is_drawn_back_after_30_seconds_and_neutral_again),
        IN_EACH_VERSION(a_bank_that_cannot_be_drawn_back_is_given_up_after_three_attempts),
        IN_EACH_VERSION(a_bank_taken_between_two_attempts_to_draw_it_back_is_rented),
        IN_EACH_VERSION(a_sensor_that_tells_everything_twice_makes_one_return),
        IN_EACH_VERSION(a_contact_that_bounces_is_no_return_and_no_theft),
        IN_EACH_VERSION(a_bank_whose_mark_cannot_be_read_is_held_and_the_slot_tests_itself),
        IN_EACH_VERSION(a_bank_pulled_out_while_it_is_read_is_no_return),
        IN_EACH_VERSION(a_torn_mark_is_told_as_torn),
        IN_EACH_VERSION(a_bank_is_not_for_rent_before_the_backend_has_decided),
        IN_EACH_VERSION(a_damaged_bank_is_told_and_goes_out_of_service),
        IN_EACH_VERSION(a_faulty_bank_is_swapped_for_the_one_that_was_kept),
        IN_EACH_VERSION(a_bank_that_vanishes_is_told_and_charged_to_nobody),
        IN_EACH_VERSION(a_bank_torn_out_while_it_is_marked_is_rented_by_nobody),
        IN_EACH_VERSION(several_banks_of_one_grant_leave_on_one_order),
        IN_EACH_VERSION(a_bank_taken_while_its_slot_is_silent_for_minutes_is_rented),
        IN_EACH_VERSION(a_self_test_goes_on_when_the_bank_is_decided_to_be_held),
        IN_EACH_VERSION(a_held_bank_that_is_read_again_came_when_it_came),
        IN_EACH_VERSION(a_bank_with_an_id_that_is_no_text_comes_back_too),
        IN_EACH_VERSION(slots_that_answer_late_after_a_start_are_for_rent_again),
        IN_EACH_VERSION(a_slot_that_never_answers_is_suspect_and_does_not_hold_up_the_others),
        IN_EACH_VERSION(an_operator_closes_a_slot_opens_it_and_lets_a_held_bank_out),
        IN_EACH_VERSION(a_bank_with_ten_characters_is_rented_and_comes_back),
        IN_EACH_VERSION(ten_characters_cut_in_the_middle_are_undone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
