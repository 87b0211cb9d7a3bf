/* What piles and people may not do with power banks: refused with a code and a reason, and nothing is changed (I6). */
#include "unit.h"

#include "settle_bay.h"
#include "settle_checker.h"

#include <string.h>

static int setup(void **state)
{
    *state = settle_bays_usual(settle_world_new());
    return 0;
}

static int teardown(void **state)
{
    struct settle_bays *bays = *state;

    settle_world_free(bays->world);
    return 0;
}

static const struct ocpp_settle_bank_grant *granted(struct settle_bays *b)
{
    const char *const bank = "BANK-1";
    const struct ocpp_settle_rent_request_conf *asked = bay_asks(b, "PILE-1", "CARD-A", &bank, 1, NULL);

    assert_int_equal(asked->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
    return &bay_grant(b, "PILE-1")->banks.items[0];
}

/* --- requests
 * ------------------------------------------------------------------------------------------------------------------- */

/* What is asked, and what is wrong with it. */
struct wish {
    struct ocpp_settle_rent_request_req message;
    struct ocpp_settle_bank_choice choices[10];
    struct ocpp_settle_user_token token;
};

static struct wish *wish_for(struct settle_bays *b, struct wish *wish)
{
    *wish = (struct wish){ .token = { "CARD-A", "ISO14443" } };
    wish->choices[0] = bay_choice(bank_named(b, "BANK-1"));
    wish->message = (struct ocpp_settle_rent_request_req){
        .request = bay_id(b), .token = &wish->token, .banks = { wish->choices, 1 }, .at = bay_moment(b, "PILE-1")
    };
    return wish;
}

static void asks_in_vain(struct settle_bays *b, const struct wish *wish, const char *station, enum ocpp_settle_refusal_code code)
{
    bay_refused(b, station, OCPP_SETTLE_ACTION_RENT_REQUEST, &wish->message, code);
}

static void a_request_for_what_cannot_be_let_is_refused(void **state)
{
    struct settle_bays *b = *state;
    struct wish wish;

    wish_for(b, &wish);
    wish.choices[0].bank = wish.choices[0].hardware_id = "NEVER-SEEN";
    asks_in_vain(b, &wish, "PILE-1", OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_BANK);
    wish_for(b, &wish)->choices[0].hardware_id = "HW-BANK-2";
    asks_in_vain(b, &wish, "PILE-1", OCPP_SETTLE_REFUSAL_CODE_BAD_MARK);
    wish_for(b, &wish)->choices[0].generation = 0;
    asks_in_vain(b, &wish, "PILE-1", OCPP_SETTLE_REFUSAL_CODE_OLD_GENERATION);
    asks_in_vain(b, wish_for(b, &wish), "PILE-2", OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE);
    wish_for(b, &wish);
    wish.choices[1] = wish.choices[0];
    wish.message.banks.count = 2; /* the same one twice */
    asks_in_vain(b, &wish, "PILE-1", OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE);
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
    assert_int_equal(b->world->card.count, 0);
}

static void a_request_nobody_can_pay_for_is_refused(void **state)
{
    struct settle_bays *b = *state;
    struct wish wish;

    wish_for(b, &wish)->token.id = "NOBODY-1";
    asks_in_vain(b, &wish, "PILE-1", OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN);
    wish_for(b, &wish)->message.token = NULL;
    asks_in_vain(b, &wish, "PILE-1", OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN);
    b->world->has_tariff = false;
    asks_in_vain(b, wish_for(b, &wish), "PILE-1", OCPP_SETTLE_REFUSAL_CODE_NOT_SUPPORTED);
}

static void a_request_that_makes_no_sense_is_refused(void **state)
{
    struct settle_bays *b = *state;
    struct wish wish;

    wish_for(b, &wish)->message.banks.count = 0;
    asks_in_vain(b, &wish, "PILE-1", OCPP_SETTLE_REFUSAL_CODE_INVALID);
    wish_for(b, &wish)->message.banks.count = 9;
    for (size_t i = 1; i < 9; i++) {
        wish.choices[i] = wish.choices[0];
    }
    asks_in_vain(b, &wish, "PILE-1", OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED);
    wish_for(b, &wish)->message.request = "my request";
    asks_in_vain(b, &wish, "PILE-1", OCPP_SETTLE_REFUSAL_CODE_INVALID);
    asks_in_vain(b, wish_for(b, &wish), "PILE-9", OCPP_SETTLE_REFUSAL_CODE_NOT_AGREED);
}

static void a_request_of_another_pile_is_refused(void **state)
{
    struct settle_bays *b = *state;
    struct wish wish;

    wish_for(b, &wish);
    assert_non_null(pile_says(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_REQUEST, &wish.message));
    asks_in_vain(b, &wish, "PILE-2", OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE);
}

/* --- reports
 * ----------------------------------------------------------------------------------------------------------------------- */

static void taken_in_vain(struct settle_bays *b, const char *station, struct ocpp_settle_bank_taken_req message,
                          enum ocpp_settle_refusal_code code)
{
    bay_refused(b, station, OCPP_SETTLE_ACTION_BANK_TAKEN, &message, code);
}

static void a_start_that_does_not_fit_its_grant_is_refused(void **state)
{
    struct settle_bays *b = *state;
    const struct ocpp_settle_bank_grant *grant = granted(b);
    struct ocpp_settle_bank_taken_req taken;

    (void)bay_gives(b, "PILE-1", grant);
    taken = bay_taken(b, "PILE-1", grant);
    taken.rental = bay_id(b);
    taken_in_vain(b, "PILE-1", taken, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_RENTAL);
    taken = bay_taken(b, "PILE-1", grant);
    taken.slot = 2;
    taken_in_vain(b, "PILE-1", taken, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT);
    taken = bay_taken(b, "PILE-1", grant);
    taken.slot = 99;
    taken_in_vain(b, "PILE-1", taken, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT);
    taken = bay_taken(b, "PILE-1", grant);
    taken.generation--;
    taken_in_vain(b, "PILE-1", taken, OCPP_SETTLE_REFUSAL_CODE_OLD_GENERATION);
    taken = bay_taken(b, "PILE-1", grant);
    taken.hardware_id = "HW-BANK-3";
    taken_in_vain(b, "PILE-1", taken, OCPP_SETTLE_REFUSAL_CODE_BAD_MARK);
    taken = bay_taken(b, "PILE-1", grant);
    taken.order = bay_id(b);
    taken_in_vain(b, "PILE-1", taken, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_ORDER);
    taken = bay_taken(b, "PILE-2", grant);
    taken_in_vain(b, "PILE-2", taken, OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE);
    assert_int_equal(told(b->world, OCPP_SETTLE_EVENT_SECURITY, "WrongPile"), 1);
    assert_string_equal(rental_named(b, grant->rental).state, "Granted");
    taken = bay_taken(b, "PILE-1", grant);
    assert_int_equal(bay_tells_taken(b, "PILE-1", &taken)->reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
}

static void a_failure_of_what_is_out_or_anothers_is_refused(void **state)
{
    struct settle_bays *b = *state;
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
    struct ocpp_settle_rent_failed_req failed = { .envelope = pile_envelope(b->world, "PILE-1"),
                                                  .rental = rental,
                                                  .slot = 1,
                                                  .why = OCPP_SETTLE_RENT_FAILURE_NOT_TAKEN,
                                                  .generation = 3,
                                                  .is_neutral = true,
                                                  .at = bay_moment(b, "PILE-1") };

    bay_refused(b, "PILE-1", OCPP_SETTLE_ACTION_RENT_FAILED, &failed, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE);
    failed.envelope = pile_envelope(b->world, "PILE-2");
    bay_refused(b, "PILE-2", OCPP_SETTLE_ACTION_RENT_FAILED, &failed, OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE);
    failed.envelope = pile_envelope(b->world, "PILE-1");
    failed.rental = bay_id(b);
    failed.slot = 99;
    bay_refused(b, "PILE-1", OCPP_SETTLE_ACTION_RENT_FAILED, &failed, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT);
    assert_string_equal(rental_named(b, rental).state, "Taken");
}

static void a_reset_nobody_ordered_is_refused(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1");
    struct ocpp_settle_bank_returned_req back;
    struct ocpp_settle_mark_reset_req reset;

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    back = bay_returned(b, bank, "PILE-1", 1);
    (void)bay_tells_returned(b, "PILE-1", &back);
    reset = (struct ocpp_settle_mark_reset_req){ .envelope = pile_envelope(b->world, "PILE-1"),
                                                 .insertion = bay_id(b),
                                                 .slot = 1,
                                                 .generation = bay_decision(b, bank)->generation,
                                                 .at = bay_moment(b, "PILE-1") };
    bay_refused(b, "PILE-1", OCPP_SETTLE_ACTION_MARK_RESET, &reset, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT);
    reset.insertion = back.insertion;
    reset.envelope = pile_envelope(b->world, "PILE-1");
    reset.generation--;
    bay_refused(b, "PILE-1", OCPP_SETTLE_ACTION_MARK_RESET, &reset, OCPP_SETTLE_REFUSAL_CODE_OLD_GENERATION);
    reset.generation++;
    reset.envelope = pile_envelope(b->world, "PILE-2");
    bay_refused(b, "PILE-2", OCPP_SETTLE_ACTION_MARK_RESET, &reset, OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE);
    assert_string_equal(bank_of(b, "BANK-1").state, "Returning");
    bank->state = OCPP_SETTLE_MARK_STATE_UNREADABLE;
    back = bay_returned(b, bank, "PILE-1", 2);
    (void)bay_tells_returned(b, "PILE-1", &back);
    reset.envelope = pile_envelope(b->world, "PILE-1");
    reset.insertion = back.insertion;
    reset.slot = 2;
    bay_refused(b, "PILE-1", OCPP_SETTLE_ACTION_MARK_RESET, &reset, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE);
}

static void a_return_into_a_slot_that_is_not_or_of_another_pile_is_refused(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1");
    struct ocpp_settle_bank_returned_req back;

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    back = bay_returned(b, bank, "PILE-1", 9);
    bay_refused(b, "PILE-1", OCPP_SETTLE_ACTION_BANK_RETURNED, &back, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT);
    back = bay_returned(b, bank, "PILE-1", 1);
    (void)bay_tells_returned(b, "PILE-1", &back);
    back.envelope = pile_envelope(b->world, "PILE-2");
    bay_refused(b, "PILE-2", OCPP_SETTLE_ACTION_BANK_RETURNED, &back, OCPP_SETTLE_REFUSAL_CODE_WRONG_PILE);
}

static void what_a_pile_tells_of_slots_it_does_not_have_is_refused(void **state)
{
    struct settle_bays *b = *state;
    const struct ocpp_settle_slot_report report = { .slot = 9, .state = OCPP_SETTLE_SLOT_STATE_EMPTY };
    const struct ocpp_settle_inventory_req inventory = { .envelope = pile_envelope(b->world, "PILE-1"),
                                                         .at = bay_moment(b, "PILE-1"),
                                                         .slots = { &report, 1 } };
    const struct ocpp_settle_slot_notice_req notice = { .envelope = pile_envelope(b->world, "PILE-1"),
                                                        .at = bay_moment(b, "PILE-1"),
                                                        .slot = 9,
                                                        .state = OCPP_SETTLE_SLOT_STATE_SUSPECT };
    const struct ocpp_settle_inventory_difference_req gone = { .envelope = pile_envelope(b->world, "PILE-1"),
                                                               .at = bay_moment(b, "PILE-1"),
                                                               .kind = OCPP_SETTLE_DIFFERENCE_KIND_VANISHED,
                                                               .slot = 9 };

    bay_refused(b, "PILE-1", OCPP_SETTLE_ACTION_INVENTORY, &inventory, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT);
    bay_refused(b, "PILE-1", OCPP_SETTLE_ACTION_SLOT_NOTICE, &notice, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT);
    bay_refused(b, "PILE-1", OCPP_SETTLE_ACTION_INVENTORY_DIFFERENCE, &gone, OCPP_SETTLE_REFUSAL_CODE_UNKNOWN_SLOT);
}

/* --- commands
 * ---------------------------------------------------------------------------------------------------------------------- */

static void assert_refused(struct settle_bays *b, enum ocpp_status status, const char *code)
{
    const char *broken;

    assert_int_equal(status, OCPP_OK);
    b->world->store->flush(b->world->store->user);
    broken = settle_checker_refused(b->world->checker);
    if (broken) {
        print_error("%s\n", broken);
    }
    assert_null(broken);
    assert_string_equal(b->world->done_code, code);
}

static void commands_about_what_is_not_are_refused(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle *s = b->world->settle;
    const struct ocpp_settle_done *done = settle_world_done(b->world);
    const struct ocpp_token nobody = { "NOBODY-1", OCPP_TOKEN_CENTRAL }, card = { "CARD-A", OCPP_TOKEN_CENTRAL };
    const struct ocpp_settle_resolve resolve = { .suspense = "0NONE", .resolution = OCPP_SETTLE_RESOLVE_DISMISS };
    const struct ocpp_now now = b->world->now;

    assert_refused(b, ocpp_settle_rent_cancel(s, "0NONE", done, now), "Invalid");
    assert_refused(b, ocpp_settle_rental_report(s, "0NONE", done, now), "UnknownRental");
    assert_refused(b, ocpp_settle_rental_swap(s, "0NONE", done, now), "UnknownRental");
    assert_refused(b, ocpp_settle_rental_keep(s, "0NONE", done, now), "UnknownRental");
    assert_refused(b, ocpp_settle_bank_retire(s, "NO-BANK", done, now), "UnknownBank");
    assert_refused(b, ocpp_settle_bank_serve(s, "NO-BANK", done, now), "UnknownBank");
    assert_refused(b, ocpp_settle_suspense_resolve(s, &resolve, done, now), "Invalid");
    assert_refused(b, ocpp_settle_rent(s, "PILE-9", &card, 1, done, now), "NotAgreed");
    assert_refused(b, ocpp_settle_rent(s, "PILE-1", &nobody, 1, done, now), "BadToken");
    assert_refused(b, ocpp_settle_rent(s, "PILE-1", &card, 9, done, now), "LimitReached");
    assert_refused(b, ocpp_settle_slot_command(s, "PILE-1", 9, OCPP_SETTLE_SLOT_ORDER_SELF_TEST, done, now), "UnknownSlot");
    assert_refused(b, ocpp_settle_slot_command(s, "PILE-9", 1, OCPP_SETTLE_SLOT_ORDER_SELF_TEST, done, now), "NotAgreed");
}

static void commands_that_make_no_sense_are_the_callers_mistake(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle *s = b->world->settle;
    const struct ocpp_token card = { "CARD-A", OCPP_TOKEN_CENTRAL }, nameless = { "", OCPP_TOKEN_CENTRAL };
    const struct ocpp_now now = b->world->now;
    const struct ocpp_settle_resolve resolve = { .suspense = "" };
    static const char long_text[] = "0123456789012345678901234567890123456789012345678901234567890123456789";

    assert_int_equal(ocpp_settle_rent(s, "PILE-1", &card, 0, NULL, now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_rent(s, "PILE-1", &card, 17, NULL, now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_rent(s, "PILE-1", &nameless, 1, NULL, now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_rent(s, long_text, &card, 1, NULL, now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_rental_report(s, "", NULL, now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_rental_keep(s, NULL, NULL, now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_rental_swap(s, long_text, NULL, now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_suspense_resolve(s, &resolve, NULL, now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_slot_command(s, "PILE-1", 0, OCPP_SETTLE_SLOT_ORDER_SELF_TEST, NULL, now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_slot_command(s, "PILE-1", 1, OCPP_SETTLE_SLOT_ORDER_UNSET, NULL, now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_known_renter(s, &card, 17, NULL, now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_known_renter(s, &card, -1, NULL, now), OCPP_ERR_ARGUMENT);
}

static void commands_in_the_wrong_moment_are_refused(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle *s = b->world->settle;
    const struct ocpp_settle_done *done = settle_world_done(b->world);
    const char *rental = rent(b, "PILE-1", "CARD-A", "BANK-1");
    const char *request = bay_grant(b, "PILE-1")->request;

    assert_refused(b, ocpp_settle_rent_cancel(s, request, done, b->world->now), "WrongState");
    assert_refused(b, ocpp_settle_bank_serve(s, "BANK-1", done, b->world->now), "WrongState");
    (void)put_back(b, "BANK-1", "PILE-1", 1);
    assert_refused(b, ocpp_settle_rental_report(s, rental, done, b->world->now), "WrongState");
    assert_refused(b, ocpp_settle_rental_swap(s, rental, done, b->world->now), "WrongState");
    assert_refused(b, ocpp_settle_rental_keep(s, rental, done, b->world->now), "WrongState");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_request_for_what_cannot_be_let_is_refused),
        CASE(a_request_nobody_can_pay_for_is_refused),
        CASE(a_request_that_makes_no_sense_is_refused),
        CASE(a_request_of_another_pile_is_refused),
        CASE(a_start_that_does_not_fit_its_grant_is_refused),
        CASE(a_failure_of_what_is_out_or_anothers_is_refused),
        CASE(a_reset_nobody_ordered_is_refused),
        CASE(a_return_into_a_slot_that_is_not_or_of_another_pile_is_refused),
        CASE(what_a_pile_tells_of_slots_it_does_not_have_is_refused),
        CASE(commands_about_what_is_not_are_refused),
        CASE(commands_that_make_no_sense_are_the_callers_mistake),
        CASE(commands_in_the_wrong_moment_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
