/* A rental is the same whatever happens to the backend on the way: the power goes at any write, the store says no, there is no
 * memory. The pile tells what was not answered again, byte by byte, as piles do. */
#include "unit.h"

#include "settle_bay.h"

#include <string.h>

enum { TRIES = 8 };

/* story: one bank goes out, and comes back at another pile forty minutes later. */
struct story {
    struct settle_bays *b;
    struct settle_world *w;
    bool happened;
};

/* What was cut goes on, once: true. */
static bool recovers(struct story *story)
{
    struct settle_world *w = story->w;

    if (w->is_cut) {
        settle_world_restart(w);
        story->happened = true;
        return true;
    }
    if ((w->cut != SETTLE_CUT_NEVER && w->writes >= w->cut_at) || (w->memory.fail_at && w->memory.calls >= w->memory.fail_at)) {
        w->cut = SETTLE_CUT_NEVER;
        w->memory.fail_at = 0;
        story->happened = true;
        settle_world_run(w);
        return true;
    }
    return false;
}

static const void *tells(struct story *story, const char *station, enum ocpp_settle_action action, const void *message)
{
    for (int i = 0; i < TRIES; i++) {
        const void *answer = pile_says(story->w, station, action, message);
        const bool was_cut = recovers(story);

        if (answer && !was_cut) {
            return answer;
        }
    }
    fail_msg("%s is never answered", ocpp_settle_actions[action].name);
    return NULL;
}

static void waits_s(struct story *story, int64_t seconds)
{
    const int64_t until = story->w->now.utc_ms + seconds * 1000;

    while (story->w->now.utc_ms < until) {
        const int64_t left_s = (until - story->w->now.utc_ms + 999) / 1000;

        pass_s(story->w, left_s < 60 ? left_s : 60);
        (void)recovers(story);
    }
}

/* NULL: it was denied. What is on its way comes. */
static const struct ocpp_settle_rent_grant_req *awaits_grant(struct story *story, const char *request)
{
    for (int i = 0; i < TRIES; i++) {
        const struct ocpp_settle_rent_grant_req *grant = pile_heard(story->w, "PILE-1", OCPP_SETTLE_ACTION_RENT_GRANT);
        const struct ocpp_settle_rent_denied_req *denied = pile_heard(story->w, "PILE-1", OCPP_SETTLE_ACTION_RENT_DENIED);

        if (grant && strcmp(grant->request, request) == 0) {
            return grant;
        }
        if (denied && strcmp(denied->request, request) == 0) {
            return NULL;
        }
        waits_s(story, 31);
    }
    fail_msg("nothing is heard of a request");
    return NULL;
}

static const struct ocpp_settle_rent_grant_req *asks_until_granted(struct story *story)
{
    const struct ocpp_settle_user_token card = { "CARD-A", "ISO14443" };
    const struct ocpp_settle_bank_choice choice = bay_choice(bank_named(story->b, "BANK-1"));

    for (int i = 0; i < TRIES; i++) {
        const struct ocpp_settle_rent_request_req wish = {
            .request = bay_id(story->b), .token = &card, .banks = { &choice, 1 }, .at = bay_moment(story->b, "PILE-1")
        };
        const struct ocpp_settle_rent_request_conf *answer = tells(story, "PILE-1", OCPP_SETTLE_ACTION_RENT_REQUEST, &wish);

        if (answer->receipt.reception == OCPP_SETTLE_RECEPTION_ACCEPTED) {
            const struct ocpp_settle_rent_grant_req *grant = awaits_grant(story, wish.request);

            if (grant) {
                return grant;
            }
        }
    }
    fail_msg("nothing is granted");
    return NULL;
}

static const struct ocpp_settle_bank_decision_req *awaits_decision(struct story *story, const struct settle_bank *bank)
{
    for (int i = 0; i < TRIES; i++) {
        const struct ocpp_settle_bank_decision_req *decision =
            pile_heard(story->w, bank->station, OCPP_SETTLE_ACTION_BANK_DECISION);

        if (decision && strcmp(decision->insertion, bank->insertion) == 0) {
            return decision;
        }
        waits_s(story, 31);
    }
    fail_msg("nothing is decided");
    return NULL;
}

static bool is_well(const struct ocpp_settle_receipt *receipt)
{
    return receipt->reception == OCPP_SETTLE_RECEPTION_ACCEPTED || receipt->reception == OCPP_SETTLE_RECEPTION_DUPLICATE;
}

static void goes_out_and_comes_back(struct story *story)
{
    struct settle_bays *b = story->b;
    struct settle_bank *bank = bank_named(b, "BANK-1");
    const struct ocpp_settle_bank_grant *grant = &asks_until_granted(story)->banks.items[0];
    const struct ocpp_settle_bank_taken_conf *took;
    const struct ocpp_settle_bank_returned_conf *came;
    const struct ocpp_settle_mark_reset_conf *reset;

    (void)bay_gives(b, "PILE-1", grant);
    const struct ocpp_settle_bank_taken_req taken = bay_taken(b, "PILE-1", grant);
    took = tells(story, "PILE-1", OCPP_SETTLE_ACTION_BANK_TAKEN, &taken);
    assert_true(is_well(&took->receipt));
    waits_s(story, 2400);
    const struct ocpp_settle_bank_returned_req back = bay_returned(b, bank, "PILE-2", 3);
    came = tells(story, "PILE-2", OCPP_SETTLE_ACTION_BANK_RETURNED, &back);
    assert_true(is_well(&came->receipt));
    const struct ocpp_settle_bank_decision_req *decision = awaits_decision(story, bank);
    assert_int_equal(decision->verdict, OCPP_SETTLE_BANK_VERDICT_RENTABLE);
    const struct ocpp_settle_mark_reset_req neutral = { .envelope = pile_envelope(story->w, "PILE-2"),
                                                        .insertion = decision->insertion,
                                                        .slot = 3,
                                                        .bank = bank->id,
                                                        .generation = decision->generation,
                                                        .at = bay_moment(b, "PILE-2") };
    reset = tells(story, "PILE-2", OCPP_SETTLE_ACTION_MARK_RESET, &neutral);
    assert_true(is_well(&reset->receipt));
}

static void count_order(const struct ocpp_settle_order *order, void *user)
{
    *(size_t *)user += order->state != OCPP_SETTLE_ORDER_STATE_VOID;
}

/* A provider that never heard of the capture when the power went declines to have done it: the payer is asked again. */
static void is_told_whole(struct story *story)
{
    struct settle_world *w = story->w;
    struct ocpp_settle_order_query query = { .limit = 0 };
    size_t counted = 0;

    w->memory.fail_at = 0;
    w->cut = SETTLE_CUT_NEVER;
    pass_s(w, 7200);
    assert_int_equal(ocpp_settle_orders(w->settle, &query, count_order, &counted), OCPP_OK);
    assert_int_equal(counted, 1);
    if (order_of(w, "CARD-A").state == OCPP_SETTLE_ORDER_STATE_DEBT) {
        assert_int_equal(ocpp_settle_try_again(w->settle, order_of(w, "CARD-A").id, settle_world_done(w), w->now), OCPP_OK);
        settle_world_run(w);
    }
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(order_of(w, "CARD-A").paid_minor, 240);
    assert_int_equal(w->card.captured_minor - w->card.refunded_minor, 240);
    assert_int_equal(w->card.held_minor, 0);
    assert_string_equal(bank_of(story->b, "BANK-1").state, "Idle");
    assert_string_equal(bank_of(story->b, "BANK-1").station, "PILE-2");
    assert_int_equal(suspense_count(story->b), 0);
    settle_world_check_in_full(w);
}

static struct story story_begun(void)
{
    struct story story = { .b = settle_bays_usual(settle_world_new()) };

    story.w = story.b->world;
    return story;
}

static int every_write(enum settle_cut cut)
{
    bool happens = true;
    int at = 0;

    while (happens) {
        struct story story = story_begun();

        at += (int)every();
        story.w->cut = cut;
        story.w->cut_at = story.w->writes + at;
        goes_out_and_comes_back(&story);
        happens = story.happened;
        is_told_whole(&story);
        settle_world_free(story.w);
    }
    return at;
}

static void the_power_goes_before_any_write(void **state)
{
    (void)state;
    assert_in_range(every_write(SETTLE_CUT_BEFORE), 8, 100);
}

static void the_power_goes_after_any_write(void **state)
{
    (void)state;
    assert_in_range(every_write(SETTLE_CUT_AFTER), 8, 100);
}

static void the_store_refuses_any_write(void **state)
{
    (void)state;
    assert_in_range(every_write(SETTLE_CUT_REFUSED), 8, 100);
}

static void another_process_is_faster_at_any_write(void **state)
{
    (void)state;
    assert_in_range(every_write(SETTLE_CUT_BUSY), 8, 100);
}

static void there_is_no_memory_at_any_moment(void **state)
{
    bool happens = true;
    size_t at = 0;

    (void)state;
    while (happens) {
        struct story story = story_begun();

        at += every();
        story.w->memory.fail_at = story.w->memory.calls + at;
        goes_out_and_comes_back(&story);
        happens = story.happened;
        is_told_whole(&story);
        settle_world_free(story.w);
    }
    assert_in_range(at, 10, 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_power_goes_before_any_write),  cmocka_unit_test(the_power_goes_after_any_write),
        cmocka_unit_test(the_store_refuses_any_write),      cmocka_unit_test(another_process_is_faster_at_any_write),
        cmocka_unit_test(there_is_no_memory_at_any_moment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
