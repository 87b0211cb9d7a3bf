/* How somebody comes by a power bank: from afar, again, too late, not after all; and what is agreed with a pile, told to it,
 * shown of it. */
#include "unit.h"

#include "settle_bay.h"

#include <stdio.h>
#include <string.h>

static bool yes(const char *station, void *user)
{
    (void)station, (void)user;
    return true;
}

static void with_keys(struct settle_world *world)
{
    world->settings.may_tell_key = yes;
    world->settings.policy.known_renters = 150;
}

static int setup(void **state)
{
    *state = settle_bays_usual(settle_world_new_with(with_keys));
    return 0;
}

static int teardown(void **state)
{
    struct settle_bays *bays = *state;

    settle_world_free(bays->world);
    return 0;
}

/* --- from afar
 * ------------------------------------------------------------------------------------------------------------------- */

static const char *from_afar(struct settle_bays *b, const char *token, int count)
{
    const struct ocpp_token card = { token, OCPP_TOKEN_ISO14443 };
    const struct ocpp_settle_rent_offer_req *offer;

    assert_int_equal(ocpp_settle_rent(b->world->settle, "PILE-1", &card, count, settle_world_done(b->world), b->world->now),
                     OCPP_OK);
    settle_world_run(b->world);
    assert_string_equal(b->world->done_code, "");
    offer = pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_OFFER);
    assert_non_null(offer);
    assert_string_equal(offer->request, b->world->done_id);
    assert_int_equal(offer->count, count);
    return offer->request;
}

/* The pile hears of no token, and chooses. */
static void somebody_far_away_gets_the_bank_the_pile_chose(void **state)
{
    struct settle_bays *b = *state;
    const char *const ids[] = { "BANK-3" };
    const char *request = from_afar(b, "CARD-A", 1);
    const struct ocpp_settle_rent_request_conf *answer = bay_asks(b, "PILE-1", NULL, ids, 1, request);

    assert_int_equal(answer->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(bay_grant(b, "PILE-1")->request, request);
    assert_string_equal(order_of(b->world, "CARD-A").id, answer->order);
    assert_int_equal(bay_grant(b, "PILE-1")->banks.items[0].slot, 3);
}

static void a_pile_that_has_none_to_give_denies_it(void **state)
{
    struct settle_bays *b = *state;
    const struct ocpp_settle_rent_request_conf *answer = bay_asks(b, "PILE-1", NULL, NULL, 0, from_afar(b, "CARD-A", 1));

    assert_int_equal(answer->receipt.reception, OCPP_SETTLE_RECEPTION_REFUSED);
    assert_int_equal(answer->receipt.code, OCPP_SETTLE_REFUSAL_CODE_TRY_LATER);
    assert_int_equal(told(b->world, OCPP_SETTLE_EVENT_RENTAL, "Denied"), 1);
    assert_int_equal(orders_of(b->world, "CARD-A"), 0);
}

static void an_offer_the_pile_does_not_answer_ends_by_itself(void **state)
{
    struct settle_bays *b = *state;
    const char *const ids[] = { "BANK-1" };
    const char *request = from_afar(b, "CARD-A", 1);

    pass_s(b->world, 121);
    assert_int_equal(told(b->world, OCPP_SETTLE_EVENT_RENTAL, "Denied"), 1);
    assert_int_equal(bay_asks(b, "PILE-1", NULL, ids, 1, request)->receipt.reception, OCPP_SETTLE_RECEPTION_REFUSED);
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
}

/* --- again, not after all
 * ---------------------------------------------------------------------------------------------------------- */

static void the_same_request_gets_the_same_answer_and_one_grant(void **state)
{
    struct settle_bays *b = *state;
    const char *const ids[] = { "BANK-1" };
    const char *request = bay_id(b);
    const struct ocpp_settle_rent_request_conf *first = bay_asks(b, "PILE-1", "CARD-A", ids, 1, request);
    const struct ocpp_settle_rent_request_conf *second = bay_asks(b, "PILE-1", "CARD-A", ids, 1, request);

    assert_int_equal(second->receipt.reception, first->receipt.reception);
    assert_string_equal(second->order, first->order);
    assert_int_equal(pile_heard_count(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_GRANT), 1);
    assert_int_equal(orders_of(b->world, "CARD-A"), 1);
    assert_int_equal(b->world->card.held_minor, 1000);
}

static void a_deposit_that_is_declined_denies_the_request(void **state)
{
    struct settle_bays *b = *state;
    const char *const ids[] = { "BANK-1" };
    const struct ocpp_settle_rent_denied_req *denied;

    b->world->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_DECLINED;
    (void)bay_asks(b, "PILE-1", "CARD-A", ids, 1, NULL);
    denied = pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_DENIED);
    assert_non_null(denied);
    assert_int_equal(denied->code, OCPP_SETTLE_REFUSAL_CODE_NO_MONEY);
    assert_null(pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_GRANT));
    assert_int_equal(order_of(b->world, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_VOID);
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
}

static void sixteen_at_once(struct settle_world *world)
{
    world->settings.policy.banks_per_order = 16;
    world->payment_by = "wallet";
}

/* As many as a message holds, denied in the same breath: the most that one command has to say of banks. */
static void as_many_banks_as_a_request_may_name_are_denied_at_once(void **state)
{
    struct settle_bays *b = settle_bays_new(settle_world_new_with(sixteen_at_once));
    const char *ids[16];
    char names[16][8];

    (void)state;
    for (int i = 0; i < 16; i++) {
        snprintf(names[i], sizeof names[i], "B-%d", i);
        ids[i] = names[i];
        (void)bay_bank(b, names[i], "PILE-1", i + 1);
    }
    bay_open(b, "PILE-1", 16);
    (void)bay_lists(b, "PILE-1");
    assert_int_equal(bay_asks(b, "PILE-1", "CARD-A", ids, 16, NULL)->receipt.reception, OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_non_null(pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_DENIED));
    assert_string_equal(bank_of(b, "B-15").state, "Idle");
    settle_world_free(b->world);
}

/* The provider takes its time: nobody waits any more, and what it holds in the end goes back. */
static void a_hold_that_comes_too_late_is_let_go(void **state)
{
    struct settle_bays *b = *state;
    const char *const ids[] = { "BANK-1" };

    b->world->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_PENDING;
    (void)bay_asks(b, "PILE-1", "CARD-A", ids, 1, NULL);
    pass_s(b->world, 121);
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
    assert_non_null(pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_DENIED));
    b->world->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_OK;
    pass_s(b->world, 7200);
    assert_int_equal(b->world->card.held_minor, 0);
    assert_null(pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_GRANT));
    assert_int_equal(order_of(b->world, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_VOID);
}

static void cancel(struct settle_bays *b, const char *request)
{
    assert_int_equal(ocpp_settle_rent_cancel(b->world->settle, request, settle_world_done(b->world), b->world->now), OCPP_OK);
    settle_world_run(b->world);
    assert_string_equal(b->world->done_code, "");
}

static void what_was_granted_is_taken_back_by_the_pile(void **state)
{
    struct settle_bays *b = *state;
    const char *const ids[] = { "BANK-1" };
    const struct ocpp_settle_bank_grant *grant;

    (void)bay_asks(b, "PILE-1", "CARD-A", ids, 1, NULL);
    grant = &bay_grant(b, "PILE-1")->banks.items[0];
    cancel(b, bay_grant(b, "PILE-1")->request);
    assert_non_null(pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_DENIED));
    assert_string_equal(rental_named(b, grant->rental).state, "Granted"); /* until the pile says what became of it */
    (void)bay_tells_failed(b, "PILE-1", grant, OCPP_SETTLE_RENT_FAILURE_CANCELLED, true, 1);
    assert_string_equal(rental_named(b, grant->rental).state, "Failed");
    assert_int_equal(b->world->card.held_minor, 0);
    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
}

static void an_offer_may_be_cancelled(void **state)
{
    struct settle_bays *b = *state;

    cancel(b, from_afar(b, "CARD-A", 1));
    assert_int_equal(told(b->world, OCPP_SETTLE_EVENT_RENTAL, "Denied"), 1);
}

/* --- what the pile refuses
 * ------------------------------------------------------------------------------------------------------------ */

static void refuse_next(struct settle_bays *b, enum ocpp_settle_action action)
{
    const struct ocpp_data_transfer_answer refused = {
        .status = OCPP_OK,
        .result = OCPP_DATA_TRANSFER_ACCEPTED,
        .kind = OCPP_DATA_JSON,
        .data = "{\"receipt\":{\"reception\":\"Refused\",\"code\":\"WrongState\",\"reason\":\"it moves\"}}"
    };
    struct settle_told *last = &b->world->told[b->world->told_count - 1];

    assert_string_equal(last->name, ocpp_settle_actions[action].name);
    assert_false(last->is_answered);
    last->is_answered = true;
    ocpp_settle_answered(b->world->settle, last->station, last->token, &refused, b->world->now);
    b->world->piles_are_deaf = false;
    settle_world_run(b->world);
}

static void a_grant_the_pile_refuses_costs_nothing(void **state)
{
    struct settle_bays *b = *state;
    const char *const ids[] = { "BANK-1" };

    b->world->piles_are_deaf = true;
    (void)bay_asks(b, "PILE-1", "CARD-A", ids, 1, NULL);
    refuse_next(b, OCPP_SETTLE_ACTION_RENT_GRANT);
    assert_string_equal(rental_named(b, bay_grant(b, "PILE-1")->banks.items[0].rental).state, "Failed");
    assert_int_equal(order_of(b->world, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_VOID);
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
}

static void a_decision_the_pile_refuses_is_somebodys_to_look_at(void **state)
{
    struct settle_bays *b = *state;

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    b->world->piles_are_deaf = true;
    const struct ocpp_settle_bank_returned_req back = bay_returned(b, bank_named(b, "BANK-1"), "PILE-2", 3);
    (void)bay_tells_returned(b, "PILE-2", &back);
    for (size_t i = 0; i + 1 < b->world->told_count; i++) {
        assert_true(strcmp(b->world->told[i].station, "PILE-2") != 0 || b->world->told[i].is_answered ||
                    strcmp(b->world->told[i].name, "BankDecision") == 0);
    }
    while (strcmp(b->world->told[b->world->told_count - 1].name, "BankDecision") != 0) {
        b->world->told_count--; /* what other piles were told meanwhile is never answered */
        free(b->world->told[b->world->told_count].data);
    }
    refuse_next(b, OCPP_SETTLE_ACTION_BANK_DECISION);
    assert_string_equal(bank_of(b, "BANK-1").state, "Held");
    assert_string_equal(suspense_of(b, "NotNeutral").station, "PILE-2");
}

/* --- service -----------------------------------------------------------------------------------------------------------------
 */

static void lets_out_for_service(struct settle_bays *b)
{
    assert_int_equal(ocpp_settle_slot_command(b->world->settle, "PILE-1", 1, OCPP_SETTLE_SLOT_ORDER_EJECT_FOR_SERVICE,
                                              settle_world_done(b->world), b->world->now),
                     OCPP_OK);
    settle_world_run(b->world);
}

static void is_empty_now(struct settle_bays *b)
{
    const struct ocpp_settle_slot_notice_req notice = { .envelope = pile_envelope(b->world, "PILE-1"),
                                                        .at = bay_moment(b, "PILE-1"),
                                                        .slot = 1,
                                                        .state = OCPP_SETTLE_SLOT_STATE_EMPTY };

    assert_non_null(pile_says(b->world, "PILE-1", OCPP_SETTLE_ACTION_SLOT_NOTICE, &notice));
}

/* I14. It has a timer, also over a restart; and that it is gone is no surprise. */
static void a_bank_let_out_for_service_that_does_not_come_back_is_somebodys_to_look_for(void **state)
{
    struct settle_bays *b = *state;

    lets_out_for_service(b);
    is_empty_now(b);
    assert_string_equal(bank_of(b, "BANK-1").state, "Lost");
    assert_int_equal(suspense_count(b), 0);
    settle_world_restart(b->world);
    pass_s(b->world, INT64_C(8) * 86400);
    const struct ocpp_settle_suspense entry = suspense_of(b, "OutForService");
    assert_string_equal(entry.bank, "BANK-1");
    assert_string_equal(entry.station, "PILE-1");
    const struct ocpp_settle_resolve seen = { .suspense = entry.id, .resolution = OCPP_SETTLE_RESOLVE_DISMISS };
    assert_int_equal(ocpp_settle_suspense_resolve(b->world->settle, &seen, settle_world_done(b->world), b->world->now), OCPP_OK);
    settle_world_run(b->world);
    assert_int_equal(suspense_count(b), 0);
}

static void a_bank_that_comes_back_from_service_is_nobodys_to_look_for(void **state)
{
    struct settle_bays *b = *state;

    lets_out_for_service(b);
    is_empty_now(b);
    pass_s(b->world, 86400);
    (void)put_back(b, "BANK-1", "PILE-2", 4);
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
    pass_s(b->world, INT64_C(8) * 86400);
    assert_int_equal(suspense_count(b), 0);
}

static void a_bank_the_pile_does_not_let_out_for_service_stays_where_it_is(void **state)
{
    struct settle_bays *b = *state;

    b->world->piles_are_deaf = true;
    lets_out_for_service(b);
    refuse_next(b, OCPP_SETTLE_ACTION_SLOT_COMMAND);
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
    pass_s(b->world, INT64_C(8) * 86400);
    assert_int_equal(suspense_count(b), 0);
    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
}

static void a_bank_nobody_understands_that_the_pile_does_not_eject_is_held_again(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bank *bank = bank_named(b, "BANK-1");

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    bank->state = OCPP_SETTLE_MARK_STATE_UNREADABLE;
    const struct ocpp_settle_bank_returned_req back = bay_returned(b, bank, "PILE-1", 1);
    (void)bay_tells_returned(b, "PILE-1", &back);
    const struct ocpp_settle_resolve eject = { .suspense = suspense_of(b, "UnreadableMark").id,
                                               .resolution = OCPP_SETTLE_RESOLVE_EJECT };
    b->world->piles_are_deaf = true;
    assert_int_equal(ocpp_settle_suspense_resolve(b->world->settle, &eject, settle_world_done(b->world), b->world->now), OCPP_OK);
    settle_world_run(b->world);
    refuse_next(b, OCPP_SETTLE_ACTION_SLOT_COMMAND);
    assert_string_equal(suspense_of(b, "OutForService").bank, "BANK-1");
}

/* --- piles
 * -------------------------------------------------------------------------------------------------------------------------------
 */

static void a_hello_without_a_common_version_is_rejected(void **state)
{
    struct settle_bays *b = *state;
    static const char *const versions[] = { "7" };
    static const enum ocpp_settle_feature features[] = { OCPP_SETTLE_FEATURE_POWER_BANKS };
    struct ocpp_settle_hello_req hello = { .versions = { versions, 1 },
                                           .features = { features, 1 },
                                           .max_bytes = 100,
                                           .serial = "X",
                                           .now = bay_moment(b, "PILE-1"),
                                           .has_slots = true,
                                           .slots = 2 };
    static const char *const both[] = { "7", "1" };
    const struct ocpp_settle_hello_conf *answer;

    assert_null(pile_says(b->world, "PILE-7", OCPP_SETTLE_ACTION_HELLO, &hello));
    assert_int_equal(b->world->answer_status, OCPP_DATA_TRANSFER_REJECTED);
    hello.versions.items = both;
    hello.versions.count = 2;
    answer = pile_says(b->world, "PILE-7", OCPP_SETTLE_ACTION_HELLO, &hello);
    assert_non_null(answer);
    assert_string_equal(answer->version, "1");
    assert_int_equal(answer->features.count, 1);
    assert_int_equal(answer->max_bytes, 1024);
    assert_string_equal(answer->operator_, "operator");
    assert_int_equal(answer->now, b->world->now.utc_ms);
    assert_int_equal(answer->policy.take_within_s, 30);
    assert_int_equal(answer->policy.suspect_after, 3);
}

static bool no(const char *station, void *user)
{
    (void)station, (void)user;
    return false;
}

static void without(struct settle_world *world)
{
    world->settings.may_tell_key = no;
}

static void a_key_is_told_over_an_encrypted_link_only_and_each_pile_has_its_own(void **state)
{
    struct settle_bays *b = *state;
    struct settle_bays *open = settle_bays_usual(settle_world_new_with(without));
    const struct ocpp_settle_mark_key_req *one = pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_MARK_KEY);
    const struct ocpp_settle_mark_key_req *two = pile_heard(b->world, "PILE-2", OCPP_SETTLE_ACTION_MARK_KEY);

    assert_non_null(one);
    assert_non_null(two);
    assert_int_not_equal(one->pile, two->pile);
    assert_string_not_equal(one->key, two->key);
    assert_null(pile_heard(open->world, "PILE-1", OCPP_SETTLE_ACTION_MARK_KEY));
    settle_world_free(open->world);
}

/* --- known renters
 * ------------------------------------------------------------------------------------------------------------------------ */

static void know(struct settle_bays *b, const char *id, int banks)
{
    const struct ocpp_token card = { id, OCPP_TOKEN_ISO14443 };

    assert_int_equal(ocpp_settle_known_renter(b->world->settle, &card, banks, settle_world_done(b->world), b->world->now),
                     OCPP_OK);
    settle_world_run(b->world);
}

/* Each pile by digests of its own, so that a list that is lost tells no cards. */
static void piles_hear_of_known_renters_within_a_minute(void **state)
{
    struct settle_bays *b = *state;
    const struct ocpp_settle_known_renters_req *one, *two;

    know(b, "KNOWN-1", 1);
    assert_null(pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_KNOWN_RENTERS));
    pass_s(b->world, 61);
    one = pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_KNOWN_RENTERS);
    two = pile_heard(b->world, "PILE-2", OCPP_SETTLE_ACTION_KNOWN_RENTERS);
    assert_non_null(one);
    assert_non_null(two);
    assert_true(one->is_full);
    assert_int_equal(one->renters.count, 1);
    assert_string_not_equal(one->renters.items[0].digest, two->renters.items[0].digest);
    know(b, "KNOWN-1", 0);
    pass_s(b->world, 61);
    two = pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_KNOWN_RENTERS);
    assert_false(two->is_full);
    assert_int_equal(two->renters.count, 0);
    assert_int_equal(two->gone.count, 1);
    assert_string_equal(two->gone.items[0], one->renters.items[0].digest);
    assert_true(two->list_version > one->list_version);
}

static void a_long_list_goes_in_pieces_and_is_bounded(void **state)
{
    struct settle_bays *b = *state;
    char name[32];
    size_t heard = 0;
    int64_t version = 0;

    for (int i = 0; i < 151; i++) {
        snprintf(name, sizeof name, "KNOWN-%d", i);
        know(b, name, 1);
        assert_string_equal(b->world->done_code, i < 150 ? "" : "LimitReached");
    }
    pass_s(b->world, 70);
    for (size_t i = 0; i < b->world->told_count; i++) {
        const struct settle_told *message = &b->world->told[i];
        const struct ocpp_settle_known_renters_req *part = NULL;
        const void *decoded = NULL;

        if (strcmp(message->station, "PILE-1") == 0 && strcmp(message->name, "KnownRenters") == 0) {
            assert_true(strlen(message->data) < 8192);
            assert_int_equal(ocpp_message_decode(ocpp_settle_actions[OCPP_SETTLE_ACTION_KNOWN_RENTERS].request, message->data,
                                                 strlen(message->data), NULL, NULL, b->world->arena, &decoded, NULL),
                             OCPP_OK);
            part = decoded;
            assert_int_equal(part->is_full, heard == 0);
            assert_true(part->list_version > version);
            version = part->list_version;
            heard += part->renters.count;
        }
    }
    assert_int_equal(heard, 150);
    assert_int_equal(version, 150);
}

static bool count_row(const struct ocpp_settle_row *row, void *user)
{
    (void)row;
    ++*(size_t *)user;
    return true;
}

/* Who is gone is remembered for a while only: a pile with an older list begins anew. */
static void who_comes_and_goes_does_not_make_the_list_grow(void **state)
{
    struct settle_bays *b = *state;
    char name[32];
    size_t rows = 0;

    for (int i = 0; i < 400; i++) {
        snprintf(name, sizeof name, "KNOWN-%d", i);
        know(b, name, 1);
        assert_string_equal(b->world->done_code, "");
        know(b, name, 0);
    }
    assert_int_equal(b->world->store->each("operator/knownat/", NULL, count_row, &rows, b->world->store->user), OCPP_OK);
    assert_true(rows > 0 && rows <= 151);
    rows = 0;
    assert_int_equal(b->world->store->each("operator/known/", NULL, count_row, &rows, b->world->store->user), OCPP_OK);
    assert_true(rows <= 151);
}

/* --- pages
 * -----------------------------------------------------------------------------------------------------------------------------------
 */

static void count_bank(const struct ocpp_settle_bank *bank, void *user)
{
    (void)bank;
    ++*(size_t *)user;
}

static void count_slot(const struct ocpp_settle_slot *slot, void *user)
{
    assert_string_equal(slot->station, "PILE-1");
    ++*(size_t *)user;
}

static void count_pile(const struct ocpp_settle_pile *pile, void *user)
{
    assert_int_equal(pile->slots, 8);
    ++*(size_t *)user;
}

static void count_rental(const struct ocpp_settle_rental *rental, void *user)
{
    assert_string_equal(rental->state, "Taken");
    ++*(size_t *)user;
}

static void what_there_is_is_shown_page_by_page(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle *s = b->world->settle;
    struct ocpp_settle_rentals_query query = { .limit = 4 };
    size_t banks = 0, slots = 0, piles = 0, rentals = 0, calls = 0;

    (void)rent(b, "PILE-1", "CARD-A", "BANK-1");
    (void)rent(b, "PILE-1", "CARD-B", "BANK-2");
    (void)put_back(b, "BANK-2", "PILE-1", 2);
    do {
        assert_int_equal(ocpp_settle_banks(s, &query, count_bank, &banks), OCPP_OK);
        calls++;
    } while (query.cursor[0]);
    assert_int_equal(banks, 6);
    assert_int_equal(calls, 2);
    query = (struct ocpp_settle_rentals_query){ .state = "Taken" };
    assert_int_equal(ocpp_settle_rentals(s, &query, count_rental, &rentals), OCPP_OK);
    assert_int_equal(rentals, 1);
    query = (struct ocpp_settle_rentals_query){ .station = "PILE-1" };
    assert_int_equal(ocpp_settle_slots(s, &query, count_slot, &slots), OCPP_OK);
    assert_int_equal(slots, 8);
    query = (struct ocpp_settle_rentals_query){ .limit = 0 };
    assert_int_equal(ocpp_settle_piles(s, &query, count_pile, &piles), OCPP_OK);
    assert_int_equal(piles, 2);
    strcpy(query.cursor, "another/operator");
    assert_int_equal(ocpp_settle_piles(s, &query, count_pile, &piles), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_settle_find_rental(s, "0NONE", count_rental, &rentals), OCPP_ERR_NOT_FOUND);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        CASE(somebody_far_away_gets_the_bank_the_pile_chose),
        CASE(a_pile_that_has_none_to_give_denies_it),
        CASE(an_offer_the_pile_does_not_answer_ends_by_itself),
        CASE(the_same_request_gets_the_same_answer_and_one_grant),
        CASE(a_deposit_that_is_declined_denies_the_request),
        cmocka_unit_test(as_many_banks_as_a_request_may_name_are_denied_at_once),
        CASE(a_hold_that_comes_too_late_is_let_go),
        CASE(what_was_granted_is_taken_back_by_the_pile),
        CASE(an_offer_may_be_cancelled),
        CASE(a_grant_the_pile_refuses_costs_nothing),
        CASE(a_decision_the_pile_refuses_is_somebodys_to_look_at),
        CASE(a_bank_let_out_for_service_that_does_not_come_back_is_somebodys_to_look_for),
        CASE(a_bank_that_comes_back_from_service_is_nobodys_to_look_for),
        CASE(a_bank_the_pile_does_not_let_out_for_service_stays_where_it_is),
        CASE(a_bank_nobody_understands_that_the_pile_does_not_eject_is_held_again),
        CASE(a_hello_without_a_common_version_is_rejected),
        CASE(a_key_is_told_over_an_encrypted_link_only_and_each_pile_has_its_own),
        CASE(piles_hear_of_known_renters_within_a_minute),
        CASE(a_long_list_goes_in_pieces_and_is_bounded),
        CASE(who_comes_and_goes_does_not_make_the_list_grow),
        CASE(what_there_is_is_shown_page_by_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
