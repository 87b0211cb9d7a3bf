/* What must happen with power banks that a pile lets out without the backend, seen from the backend: A19. */
#include "unit.h"

#include "bank_cases.h"

#include <string.h>

static void one_bank_alone(struct settle_world *world)
{
    bank_cases_keys(world);
    world->settings.policy.offline_rentals = 1;
    world->settings.policy.known_renter_banks = 2;
}

/* What a pile mints with the key it was given. */
static const char *offline_mark(struct settle_bays *b, int64_t generation, const char *key_station)
{
    const struct ocpp_settle_mark_key_req *key = pile_heard(b->world, key_station, OCPP_SETTLE_ACTION_MARK_KEY);
    unsigned char secret[OCPP_SETTLE_DIGEST_SIZE], bytes[OCPP_SETTLE_MARK_SIZE];
    struct ocpp_settle_mint mint = { &b->world->keys.contract, "of-a-pile", 0, 0 };
    char *text = ocpp_arena_take(b->world->arena, OCPP_SETTLE_MARK_TEXT_SIZE);

    assert_non_null(key);
    for (size_t i = 0; i < sizeof secret; i++) {
        const char digits[3] = { key->key[2 * i], key->key[2 * i + 1], '\0' };

        secret[i] = (unsigned char)strtoul(digits, NULL, 16);
    }
    assert_int_equal(mint.keys->keep_secret(mint.key_name, secret, sizeof secret, mint.keys->user), OCPP_OK);
    mint.pile = (uint32_t)key->pile;
    assert_int_equal(ocpp_settle_mark_fleet(mint.keys, "operator", &mint.fleet), OCPP_OK);
    assert_int_equal(ocpp_settle_mark_mint(&mint, OCPP_SETTLE_MARK_PLAIN, (uint32_t)generation, NULL, bytes), OCPP_OK);
    ocpp_settle_mark_write(bytes, text);
    return text;
}

/* The bank leaves, nobody is asked; what is told of it later. */
static struct ocpp_settle_bank_taken_req let_out_alone(struct settle_bays *b, const char *id, const char *token,
                                                       struct ocpp_settle_offline_rental *offline, const char *mark)
{
    struct settle_bank *bank = bank_named(b, id);
    const struct ocpp_settle_bank_taken_req taken = { .rental = bay_id(b),
                                                      .slot = bank->slot,
                                                      .bank = bank->id,
                                                      .hardware_id = bank->hardware,
                                                      .generation = bank->generation + 1,
                                                      .at = bay_moment(b, bank->station),
                                                      .offline = offline };

    *offline = (struct ocpp_settle_offline_rental){ .token = { token, "ISO14443" }, .mark = mark };
    strcpy(bank->mark, mark);
    bank->generation++;
    bank->state = OCPP_SETTLE_MARK_STATE_MARKED;
    bank->slot = 0;
    return taken;
}

struct secret {
    const char *text;
    int found;
};

static bool look_for_key(const struct ocpp_settle_row *row, void *user)
{
    struct secret *secret = user;
    const char *text = row->value;

    for (size_t i = 0; i + strlen(secret->text) <= row->size; i++) {
        secret->found += memcmp(text + i, secret->text, strlen(secret->text)) == 0;
    }
    return true;
}

static bool is_plain;

static bool yes_if_not_plain(const char *station, void *user)
{
    (void)station, (void)user;
    return !is_plain;
}

static void with_keys_over_tls(struct settle_world *world)
{
    world->settings.may_tell_key = yes_if_not_plain;
    is_plain = false;
}

/* Who reads the store learns no key, whether the message waits, arrived, or was given up; over a link that is not encrypted any
 * more it waits. */
static void the_key_of_a_pile_stands_nowhere_in_the_store(void **state)
{
    struct settle_world *w = settle_world_new_with(with_keys_over_tls);
    struct settle_bays *b = settle_bays_new(w);
    struct secret secret = { .found = 0 };

    (void)state;
    w->piles_are_deaf = true;
    bay_open(b, "PILE-1", 8);
    const struct ocpp_settle_mark_key_req *key = pile_heard(w, "PILE-1", OCPP_SETTLE_ACTION_MARK_KEY);
    assert_non_null(key);
    secret.text = key->key;
    assert_int_equal(rows(b, "operator/out/PILE-1/key/"), 1);
    assert_int_equal(w->store->each("", NULL, look_for_key, &secret, w->store->user), OCPP_OK);
    assert_int_equal(secret.found, 0);
    is_plain = true;
    const size_t told_it = pile_heard_count(w, "PILE-1", OCPP_SETTLE_ACTION_MARK_KEY);
    ocpp_settle_connected(w->settle, "PILE-1", false, w->now);
    bay_open(b, "PILE-1", 8);
    pass_s(w, 7200);
    assert_int_equal(pile_heard_count(w, "PILE-1", OCPP_SETTLE_ACTION_MARK_KEY), told_it);
    settle_world_free(w);
}

/* A19. Settled later, at the pile's time. */
static void what_a_pile_let_out_alone_is_settled_when_it_is_heard_of(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle_offline_rental offline;
    struct ocpp_settle_bank_taken_req taken = let_out_alone(b, "BANK-1", "KNOWN-1", &offline, offline_mark(b, 2, "PILE-1"));
    const int64_t began = b->world->now.utc_ms;

    pass_s(b->world, 1800);
    taken.envelope = pile_envelope(b->world, "PILE-1");
    assert_received(bay_tells_taken(b, "PILE-1", &taken), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_int_equal(rental_named(b, taken.rental).taken_utc_ms, began);
    assert_true(rental_named(b, taken.rental).is_offline);
    assert_int_equal(b->world->card.held_minor, 1000);
    pass_s(b->world, 600);
    (void)put_back(b, "BANK-1", "PILE-2", 3);
    assert_paid(b, "KNOWN-1", 240);
}

/* A19. The bank was back elsewhere before its pile was heard of: it waits, and is settled by itself. */
static void a_bank_of_an_unheard_rental_waits_for_its_pile(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle_offline_rental offline;
    struct ocpp_settle_bank_taken_req taken = let_out_alone(b, "BANK-1", "KNOWN-1", &offline, offline_mark(b, 2, "PILE-1"));

    pass_s(b->world, 2400);
    (void)put_in_and_held(b, bank_named(b, "BANK-1"), "PILE-2", 3, "UnknownOrder");
    pass_s(b->world, DAY_S);
    taken.envelope = pile_envelope(b->world, "PILE-1");
    assert_received(bay_tells_taken(b, "PILE-1", &taken), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(rental_named(b, taken.rental).state, "Returned");
    assert_paid(b, "KNOWN-1", 240);
    assert_int_equal(suspense_count(b), 0);
    assert_received(bay_resets(b, bank_named(b, "BANK-1")), OCPP_SETTLE_RECEPTION_ACCEPTED);
}

/* A19. Whoever looked did not know whose it was, and let it be rented again: it had come back then. */
static void a_bank_that_was_adopted_before_its_rental_was_heard_of_came_back_then(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle_offline_rental offline;
    struct ocpp_settle_bank_taken_req taken = let_out_alone(b, "BANK-1", "KNOWN-1", &offline, offline_mark(b, 2, "PILE-1"));

    pass_s(b->world, 2400);
    const struct ocpp_settle_suspense entry = put_in_and_held(b, bank_named(b, "BANK-1"), "PILE-2", 3, "UnknownOrder");
    pass_s(b->world, 3600);
    resolved(b, entry.id, OCPP_SETTLE_RESOLVE_ADOPT, NULL, "BANK-1");
    assert_received(bay_resets(b, bank_named(b, "BANK-1")), OCPP_SETTLE_RECEPTION_ACCEPTED);
    pass_s(b->world, DAY_S);
    taken.envelope = pile_envelope(b->world, "PILE-1");
    assert_received(bay_tells_taken(b, "PILE-1", &taken), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(rental_named(b, taken.rental).state, "Returned");
    assert_paid(b, "KNOWN-1", 240);
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
    settle_world_check_at_rest(b->world);
}

/* A19. Likewise where somebody else has it by then: both pay for their own. */
static void a_bank_that_was_let_again_before_its_rental_was_heard_of_came_back_in_between(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle_offline_rental offline;
    struct ocpp_settle_bank_taken_req taken = let_out_alone(b, "BANK-1", "KNOWN-1", &offline, offline_mark(b, 2, "PILE-1"));

    pass_s(b->world, 2400);
    const struct ocpp_settle_suspense entry = put_in_and_held(b, bank_named(b, "BANK-1"), "PILE-2", 3, "UnknownOrder");
    resolved(b, entry.id, OCPP_SETTLE_RESOLVE_ADOPT, NULL, "BANK-1");
    assert_received(bay_resets(b, bank_named(b, "BANK-1")), OCPP_SETTLE_RECEPTION_ACCEPTED);
    (void)rent(b, "PILE-2", "CARD-B", "BANK-1");
    pass_s(b->world, 2400);
    taken.envelope = pile_envelope(b->world, "PILE-1");
    assert_received(bay_tells_taken(b, "PILE-1", &taken), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(rental_named(b, taken.rental).state, "Returned");
    assert_paid(b, "KNOWN-1", 240);
    assert_string_equal(bank_of(b, "BANK-1").state, "Rented");
    (void)put_back(b, "BANK-1", "PILE-1", 1);
    assert_paid(b, "CARD-B", 240);
    settle_world_check_at_rest(b->world);
}

/* A15, A19. Its mark was spoilt meanwhile, so that nobody knew how far its generation had come: it was put in before it was let
 * again all the same. Both pay for their own, whether it lies in a bay by then or not. */
static void a_spoilt_bank_is_back(struct settle_bays *b, bool is_let_again)
{
    struct ocpp_settle_offline_rental offline;

    bank_named(b, "BANK-1")->generation = 5; /* the pile tried before, alone */
    struct ocpp_settle_bank_taken_req taken = let_out_alone(b, "BANK-1", "KNOWN-1", &offline, offline_mark(b, 6, "PILE-1"));
    pass_s(b->world, 2400);
    struct settle_bank *bank = bank_named(b, "BANK-1");
    bank->state = OCPP_SETTLE_MARK_STATE_UNREADABLE;
    bank->generation = 1; /* as far as anybody can read */
    const struct ocpp_settle_suspense entry = put_in_and_held(b, bank, "PILE-2", 3, "UnreadableMark");
    resolved(b, entry.id, OCPP_SETTLE_RESOLVE_ADOPT, NULL, "BANK-1");
    assert_received(bay_resets(b, bank), OCPP_SETTLE_RECEPTION_ACCEPTED);
    if (is_let_again) {
        (void)rent(b, "PILE-2", "CARD-B", "BANK-1");
    }
    pass_s(b->world, 2400);
    taken.envelope = pile_envelope(b->world, "PILE-1");
    assert_received(bay_tells_taken(b, "PILE-1", &taken), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(rental_named(b, taken.rental).state, "Returned");
    assert_paid(b, "KNOWN-1", 240);
    assert_string_equal(bank_of(b, "BANK-1").state, is_let_again ? "Rented" : "Idle");
    if (is_let_again) {
        (void)put_back(b, "BANK-1", "PILE-1", 1);
        assert_paid(b, "CARD-B", 240);
    }
    settle_world_check_at_rest(b->world);
}

static void a_bank_with_a_spoilt_mark_that_was_let_again_before_its_rental_was_heard_of_came_back_in_between(void **state)
{
    a_spoilt_bank_is_back(*state, true);
}

static void a_bank_with_a_spoilt_mark_that_lies_in_a_bay_when_its_rental_is_heard_of_is_back(void **state)
{
    a_spoilt_bank_is_back(*state, false);
}

/* A4. Of what a pile began alone nobody knows the rental: that is no reason not to be done with it. */
static void an_entry_about_a_rental_nobody_heard_of_can_be_dismissed(void **state)
{
    struct settle_bays *b = *state;
    const struct ocpp_settle_rent_failed_req failed = { .envelope = pile_envelope(b->world, "PILE-1"),
                                                        .rental = bay_id(b),
                                                        .slot = 1,
                                                        .why = OCPP_SETTLE_RENT_FAILURE_NOT_TAKEN,
                                                        .generation = 2,
                                                        .at = bay_moment(b, "PILE-1") };

    assert_non_null(pile_says(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_FAILED, &failed));
    resolved(b, suspense_of(b, "NotNeutral").id, OCPP_SETTLE_RESOLVE_DISMISS, NULL, NULL);
    assert_int_equal(suspense_count(b), 0);
}

/* A19. What happened already is billed, also to who has a debt; what it wants next is not given. */
static void a_debtor_who_rented_of_a_pile_alone_pays_for_it(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle_offline_rental offline;

    b->world->card.declines_above_minor = 1500;
    (void)rent(b, "PILE-1", "KNOWN-1", "BANK-2");
    pass_s(b->world, 2 * DAY_S + 43200);
    (void)put_back(b, "BANK-2", "PILE-1", 2);
    assert_int_equal(order_of(b->world, "KNOWN-1").state, OCPP_SETTLE_ORDER_STATE_DEBT);
    struct ocpp_settle_bank_taken_req taken = let_out_alone(b, "BANK-1", "KNOWN-1", &offline, offline_mark(b, 2, "PILE-1"));
    taken.envelope = pile_envelope(b->world, "PILE-1");
    assert_received(bay_tells_taken(b, "PILE-1", &taken), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_int_equal(suspense_count(b), 0);
    pass_s(b->world, 2400);
    (void)put_back(b, "BANK-1", "PILE-2", 3);
    assert_paid(b, "KNOWN-1", 240);
}

/* A19. I6: a pile can mint with its own key only. */
static void a_pile_that_rents_with_another_piles_key_is_refused(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle_offline_rental offline;
    struct ocpp_settle_bank_taken_req taken = let_out_alone(b, "BANK-1", "KNOWN-1", &offline, offline_mark(b, 2, "PILE-2"));
    const struct ocpp_settle_receipt *receipt;

    taken.envelope = pile_envelope(b->world, "PILE-1");
    receipt = bay_tells_taken(b, "PILE-1", &taken);
    assert_received(receipt, OCPP_SETTLE_RECEPTION_REFUSED);
    assert_int_equal(receipt->code, OCPP_SETTLE_REFUSAL_CODE_BAD_MARK);
    assert_int_equal(told(b->world, OCPP_SETTLE_EVENT_SECURITY, "ForgedMark"), 1);
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
    assert_int_equal(orders_of(b->world, "KNOWN-1"), 0);
}

/* A19. The bank is out, whoever pays. */
static void a_bank_that_nobody_pays_for_is_somebodys_to_look_at(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle_offline_rental offline;
    struct ocpp_settle_bank_taken_req taken = let_out_alone(b, "BANK-1", "NOBODY-1", &offline, offline_mark(b, 2, "PILE-1"));

    taken.envelope = pile_envelope(b->world, "PILE-1");
    assert_received(bay_tells_taken(b, "PILE-1", &taken), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(suspense_of(b, "NoPayer").rental, taken.rental);
    assert_string_equal(bank_of(b, "BANK-1").state, "Rented");
    pass_s(b->world, 600);
    (void)put_back(b, "BANK-1", "PILE-2", 3);
    assert_string_equal(rental_named(b, taken.rental).state, "Returned");
    resolved(b, suspense_of(b, "NoPayer").id, OCPP_SETTLE_RESOLVE_DISMISS, NULL, NULL);
}

static void know(struct settle_bays *b, const char *id, int banks)
{
    const struct ocpp_token token = { .id = id, .type = OCPP_TOKEN_ISO14443 };

    assert_int_equal(ocpp_settle_known_renter(b->world->settle, &token, banks, settle_world_done(b->world), b->world->now),
                     OCPP_OK);
    settle_world_run(b->world);
    assert_string_equal(b->world->done_code, "");
}

static void tells_alone(struct settle_bays *b, struct ocpp_settle_bank_taken_req *taken)
{
    taken->envelope = pile_envelope(b->world, "PILE-1");
    assert_received(bay_tells_taken(b, "PILE-1", taken), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(rental_named(b, taken->rental).state, "Taken");
}

static struct ocpp_settle_bank_taken_req alone(struct settle_bays *b, const char *bank, const char *token,
                                               struct ocpp_settle_offline_rental *offline)
{
    return let_out_alone(b, bank, token, offline, offline_mark(b, bank_named(b, bank)->generation + 1, "PILE-1"));
}

static size_t not_allowed(const struct settle_bays *b)
{
    return told(b->world, OCPP_SETTLE_EVENT_SECURITY, "NotAllowed");
}

/* A19. What a pile was not to do is settled all the same, and the operator hears of it. */
static void a_pile_that_lets_out_more_than_it_was_to_is_settled_and_told_of(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle_offline_rental offline[3];
    struct ocpp_settle_bank_taken_req taken[3];

    know(b, "KNOWN-1", 1);
    taken[0] = alone(b, "BANK-1", "KNOWN-1", &offline[0]);
    taken[1] = alone(b, "BANK-2", "KNOWN-1", &offline[1]);
    pass_s(b->world, 60);
    tells_alone(b, &taken[0]);
    assert_int_equal(not_allowed(b), 0);
    tells_alone(b, &taken[1]); /* one more than the renter may have */
    assert_int_equal(not_allowed(b), 1);
    (void)put_back(b, "BANK-1", "PILE-1", 1);
    pass_s(b->world, 60);
    taken[2] = alone(b, "BANK-1", "CARD-X", &offline[2]);
    pass_s(b->world, 60);
    tells_alone(b, &taken[2]); /* nobody the pile knows */
    assert_int_equal(not_allowed(b), 2);
    (void)put_back(b, "BANK-2", "PILE-2", 3);
    (void)put_back(b, "BANK-1", "PILE-2", 4);
    assert_int_equal(order_of(b->world, "CARD-X").state, OCPP_SETTLE_ORDER_STATE_PAID);
}

/* A19. So many may be open without the backend at a time. */
static void more_banks_than_a_pile_may_let_out_at_a_time_are_told_of(void **state)
{
    struct settle_bays *b = settle_bays_usual(settle_world_new_with(one_bank_alone));
    struct ocpp_settle_offline_rental offline[2];
    struct ocpp_settle_bank_taken_req taken[2];

    (void)state;
    know(b, "KNOWN-1", 2);
    taken[0] = alone(b, "BANK-1", "KNOWN-1", &offline[0]);
    taken[1] = alone(b, "BANK-2", "KNOWN-1", &offline[1]);
    pass_s(b->world, 60);
    tells_alone(b, &taken[0]);
    assert_int_equal(told(b->world, OCPP_SETTLE_EVENT_SECURITY, NULL), 0);
    tells_alone(b, &taken[1]);
    assert_int_equal(not_allowed(b), 1);
    settle_world_free(b->world);
}

/* A19. A pile may not invent a past for what it let out, nor a future. */
static void a_rental_that_began_when_it_cannot_have_begins_when_it_is_told(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle_offline_rental offline;
    const int64_t wrong_ms[] = { -31 * INT64_C(86400000), -3600000, 3600000 };

    know(b, "KNOWN-1", 1);
    for (size_t i = 0; i < COUNT_OF(wrong_ms); i++) {
        pass_s(b->world, 60);
        struct ocpp_settle_bank_taken_req taken = alone(b, "BANK-1", "KNOWN-1", &offline);

        taken.at.boot = 77;
        taken.at.has_utc = true;
        taken.at.status = OCPP_SETTLE_TIME_STATUS_SYNCHRONISED;
        taken.at.utc = b->world->now.utc_ms + wrong_ms[i]; /* the second one: before the pile said Hello for the first time */
        tells_alone(b, &taken);
        assert_int_equal(rental_named(b, taken.rental).taken_utc_ms, b->world->now.utc_ms);
        assert_int_equal(told(b->world, OCPP_SETTLE_EVENT_SECURITY, "OddTime"), i + 1);
        (void)put_back(b, "BANK-1", "PILE-1", 1);
    }
    assert_int_equal(told(b->world, OCPP_SETTLE_EVENT_SECURITY, NULL), COUNT_OF(wrong_ms));
}

/* --- while a deposit is waited for
 * ------------------------------------------------------------------------------------------------------ */

static void asks_and_waits(struct settle_bays *b)
{
    const char *const ids[] = { "BANK-1" };

    b->world->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_PENDING;
    (void)bay_asks(b, "PILE-1", "CARD-A", ids, 1, NULL);
    assert_string_equal(bank_of(b, "BANK-1").state, "Reserved");
    b->world->card.script[OCPP_SETTLE_AUTHORIZE] = OCPP_SETTLE_PAYMENT_OK;
}

static void assert_hold_comes_and_nothing_is_let(struct settle_bays *b)
{
    pass_s(b->world, 60);
    assert_null(pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_GRANT));
    const struct ocpp_settle_rent_denied_req *denied = pile_heard(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_DENIED);
    assert_non_null(denied);
    assert_int_equal(denied->code, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE);
    assert_int_equal(order_of(b->world, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_VOID);
}

/* A19, I9. The pile was alone meanwhile and let the same bank: who asked first gets the deposit back, who has it pays. */
static void a_bank_that_was_let_out_alone_is_not_granted_when_the_deposit_comes(void **state)
{
    struct settle_bays *b = *state;
    struct ocpp_settle_offline_rental offline;

    asks_and_waits(b);
    struct ocpp_settle_bank_taken_req taken = alone(b, "BANK-1", "KNOWN-1", &offline);
    tells_alone(b, &taken);
    assert_hold_comes_and_nothing_is_let(b);
    assert_int_equal(b->world->card.held_minor, 1000); /* for the one that is out */
    assert_string_equal(bank_of(b, "BANK-1").state, "Rented");
    pass_s(b->world, 2340);
    (void)put_back(b, "BANK-1", "PILE-2", 3);
    assert_paid(b, "KNOWN-1", 240);
    settle_world_check_at_rest(b->world);
}

/* A19, I9. What it began alone came to nothing, but the bank bears a later mark than the grant would say. */
static void a_bank_whose_mark_was_written_anew_is_not_granted_when_the_deposit_comes(void **state)
{
    struct settle_bays *b = *state;

    asks_and_waits(b);
    bank_named(b, "BANK-1")->generation += 2;
    assert_received(bay_lists(b, "PILE-1"), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_hold_comes_and_nothing_is_let(b);
    assert_int_equal(b->world->card.held_minor, 0);
    assert_string_equal(bank_of(b, "BANK-1").state, "Idle");
    (void)rent(b, "PILE-1", "CARD-B", "BANK-1");
}

/* A15. Somebody has to look at it first: that nothing comes of the request says nothing of its mark. */
static void a_bank_that_is_held_while_its_deposit_is_waited_for_stays_held(void **state)
{
    struct settle_bays *b = *state;

    (void)rent(b, "PILE-1", "CARD-B", "BANK-1");
    assert_received(put_back(b, "BANK-1", "PILE-1", 1), OCPP_SETTLE_RECEPTION_ACCEPTED);
    const size_t granted = pile_heard_count(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_GRANT);
    asks_and_waits(b);
    bank_named(b, "BANK-1")->generation--;
    assert_received(bay_lists(b, "PILE-1"), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_string_equal(suspense_of(b, "OldMark").bank, "BANK-1");
    pass_s(b->world, 60);
    assert_int_equal(pile_heard_count(b->world, "PILE-1", OCPP_SETTLE_ACTION_RENT_GRANT), granted);
    assert_int_equal(b->world->card.held_minor, 0);
    assert_string_equal(bank_of(b, "BANK-1").state, "Held");
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, bank_cases_setup, bank_cases_teardown)
    const struct CMUnitTest tests[] = {
        CASE(a_pile_that_lets_out_more_than_it_was_to_is_settled_and_told_of),
        CASE(a_rental_that_began_when_it_cannot_have_begins_when_it_is_told),
        cmocka_unit_test(more_banks_than_a_pile_may_let_out_at_a_time_are_told_of),
        cmocka_unit_test(the_key_of_a_pile_stands_nowhere_in_the_store),
        CASE(what_a_pile_let_out_alone_is_settled_when_it_is_heard_of),
        CASE(a_bank_of_an_unheard_rental_waits_for_its_pile),
        CASE(a_bank_that_was_adopted_before_its_rental_was_heard_of_came_back_then),
        CASE(a_bank_that_was_let_again_before_its_rental_was_heard_of_came_back_in_between),
        CASE(a_bank_with_a_spoilt_mark_that_was_let_again_before_its_rental_was_heard_of_came_back_in_between),
        CASE(a_bank_with_a_spoilt_mark_that_lies_in_a_bay_when_its_rental_is_heard_of_is_back),
        CASE(an_entry_about_a_rental_nobody_heard_of_can_be_dismissed),
        CASE(a_debtor_who_rented_of_a_pile_alone_pays_for_it),
        CASE(a_pile_that_rents_with_another_piles_key_is_refused),
        CASE(a_bank_that_nobody_pays_for_is_somebodys_to_look_at),
        CASE(a_bank_that_was_let_out_alone_is_not_granted_when_the_deposit_comes),
        CASE(a_bank_whose_mark_was_written_anew_is_not_granted_when_the_deposit_comes),
        CASE(a_bank_that_is_held_while_its_deposit_is_waited_for_stays_held),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
