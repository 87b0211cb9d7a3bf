/* An offline visit is settled once whatever happens to the backend on the way: the power goes at any write, the store says no,
 * another process was faster, there is no memory. Phones ask again, as phones do. OCPP_SETTLE_RELAY_CUTS=all looks at every
 * moment, otherwise at one of five. */
#include "relay_world.h"

#include "unit.h"

#include <string.h>

enum { TRIES = 6, MOST_WRITES = 60, MOST_CALLS = 4000 };

struct story {
    struct relay_world world;
    bool happened;
};

static struct settle_world *backend_of(struct story *story)
{
    return story->world.backend;
}

/* What was cut goes on, once: true. */
static bool recovers(struct story *story)
{
    struct settle_world *w = backend_of(story);

    if (w->is_cut) {
        settle_world_restart(w);
        settle_world_run(w);
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

static bool is_done(struct story *story, enum ocpp_status status)
{
    if (status == OCPP_OK) {
        settle_world_run(backend_of(story));
    }
    return !recovers(story) && status == OCPP_OK;
}

struct found {
    char parcel[20000];
    char state[20];
};

static void find_authorisation(const struct ocpp_settle_relay_authorisation *shown, void *user)
{
    struct found *found = user;

    memcpy(found->state, shown->state, strlen(shown->state) + 1);
    if (shown->parcel && strlen(shown->parcel) < sizeof found->parcel) {
        memcpy(found->parcel, shown->parcel, strlen(shown->parcel) + 1);
    }
}

/* A phone that heard nothing asks anew, with another nonce; what came of the first wish is let go in time. */
static void wishes(struct story *story, struct found *found)
{
    struct settle_world *w = backend_of(story);

    for (int i = 0; i < TRIES; i++) {
        const char *status = relay_status_of(&story->world, 0, 1);
        const struct ocpp_settle_relay_wish wish = { .token = "CARD-A",
                                                     .type = "ISO14443",
                                                     .status = status,
                                                     .status_size = strlen(status),
                                                     .outlet = 1,
                                                     .frozen_minor = 2000 };
        char jti[OCPP_SETTLE_ID_SIZE] = "";

        const int before = w->done_count;
        const bool done = is_done(story, ocpp_settle_relay_ask(w->settle, &wish, settle_world_done(w), w->now));
        if (!done || w->done_count == before || w->done_code[0] || w->done_status != OCPP_OK) {
            continue;
        }
        memcpy(jti, w->done_id, sizeof jti);
        memset(found, 0, sizeof *found);
        if (ocpp_settle_relay_authorisation(w->settle, jti, find_authorisation, found) == OCPP_OK && found->parcel[0]) {
            return;
        }
        (void)recovers(story);
    }
    fail_msg("nobody is authorised");
}

static void brings(struct story *story)
{
    struct settle_world *w = backend_of(story);
    const char *bill = bill_token(&story->world, 0, 1);

    for (int i = 0; i < TRIES; i++) {
        (void)is_done(story, ocpp_settle_relay_page(w->settle, bill, strlen(bill), settle_world_done(w), w->now));
        if (shown_page(&story->world, "PILE-1", 1)) {
            assert_int_equal(give(&story->world.pile[0], story->world.page.parcel, NULL), OCPP_OK);
            return;
        }
    }
    fail_msg("the bill is never taken");
}

static void tells(struct story *story)
{
    struct settle_world *w = backend_of(story);
    const char *status = relay_status_of(&story->world, 0, 0);

    for (int i = 0; i < TRIES; i++) {
        if (is_done(story, ocpp_settle_relay_status(w->settle, status, strlen(status), settle_world_done(w), w->now))) {
            return;
        }
    }
    fail_msg("the status is never taken");
}

static void waits_s(struct story *story, int64_t seconds)
{
    relay_pass_s(&story->world, seconds);
    (void)recovers(story);
}

struct sum {
    int64_t paid_minor;
    int open;
};

static void add_order(const struct ocpp_settle_order *order, void *user)
{
    struct sum *sum = user;

    sum->paid_minor += order->paid_minor;
    sum->open += order->state == OCPP_SETTLE_ORDER_STATE_OPEN || order->state == OCPP_SETTLE_ORDER_STATE_DUE;
}

/* Charged for ten minutes, 0.6 kWh: 0.33. |late|: the bill comes after what was frozen was taken. */
static void visit(struct story *story, bool late)
{
    struct ocpp_settle_order_query query = { .limit = OCPP_SETTLE_PAGE };
    static struct found found;
    struct sum sum = { 0 };

    wishes(story, &found);
    assert_int_equal(give(&story->world.pile[0], found.parcel, NULL), OCPP_OK);
    plug(&story->world.pile[0], 1);
    waits_s(story, 600);
    tells(story);
    unplug(&story->world.pile[0], 1);
    for (int hour = 0; late && hour < 8 * 24; hour += 6) { /* who is away for longer than a hold has a debt (D20) */
        waits_s(story, 6 * 3600);
    }
    brings(story);
    waits_s(story, 3600);
    backend_of(story)->cut = SETTLE_CUT_NEVER;
    backend_of(story)->memory.fail_at = 0;
    waits_s(story, 9 * 86400); /* wishes nobody heard of are let go */
    assert_int_equal(ocpp_settle_orders(backend_of(story)->settle, &query, add_order, &sum), OCPP_OK);
    assert_int_equal(sum.paid_minor, 33);
    assert_int_equal(sum.open, 0);
    assert_int_equal(backend_of(story)->card.captured_minor - backend_of(story)->card.refunded_minor, 33);
    assert_int_equal(backend_of(story)->card.held_minor, 0);
    assert_int_equal(pile_at_server(&story->world, 0).open_authorisations, 0);
}

static bool cut_at(enum settle_cut cut, int64_t write, bool late)
{
    static struct story story;

    memset(&story, 0, sizeof story);
    relay_world_open(&story.world, 1);
    backend_of(&story)->cut = cut;
    backend_of(&story)->cut_at = backend_of(&story)->writes + write;
    visit(&story, late);
    const bool happened = story.happened;
    relay_world_close(&story.world);
    return happened;
}

static unsigned strides(void)
{
    return getenv("OCPP_SETTLE_RELAY_CUTS") ? 1 : 5;
}

/* Each so manieth write, and the one the story does not reach. */
static void every_write(enum settle_cut cut, bool late, unsigned stride)
{
    const int64_t step = (int64_t)stride * strides() * every();
    bool happened = true;

    for (int64_t write = 1; happened && write < MOST_WRITES + step; write += step) {
        happened = cut_at(cut, write, late);
    }
    assert_false(happened);
}

static void a_visit_is_settled_once_whenever_the_power_goes_before_a_write(void **state)
{
    (void)state;
    every_write(SETTLE_CUT_BEFORE, false, 1);
}

static void a_visit_is_settled_once_whenever_the_power_goes_after_a_write(void **state)
{
    (void)state;
    every_write(SETTLE_CUT_AFTER, false, 1);
}

/* D6. */
static void what_was_taken_without_a_bill_is_corrected_once_whenever_the_power_goes(void **state)
{
    (void)state;
    every_write(SETTLE_CUT_AFTER, true, 2);
}

static void a_visit_is_settled_once_when_the_store_says_no_or_another_was_faster(void **state)
{
    (void)state;
    every_write(SETTLE_CUT_REFUSED, false, 3);
    every_write(SETTLE_CUT_BUSY, false, 3);
}

static void a_visit_is_settled_once_where_memory_fails_anywhere(void **state)
{
    static struct story story;
    bool happened = true;

    (void)state;
    for (size_t call = 1; happened && call < MOST_CALLS; call += call < 4 ? every() : 131 * strides()) {
        memset(&story, 0, sizeof story);
        relay_world_open(&story.world, 1);
        backend_of(&story)->memory.fail_at = backend_of(&story)->memory.calls + call;
        visit(&story, false);
        happened = story.happened;
        relay_world_close(&story.world);
    }
    assert_false(happened);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_visit_is_settled_once_whenever_the_power_goes_before_a_write),
        cmocka_unit_test(a_visit_is_settled_once_whenever_the_power_goes_after_a_write),
        cmocka_unit_test(what_was_taken_without_a_bill_is_corrected_once_whenever_the_power_goes),
        cmocka_unit_test(a_visit_is_settled_once_when_the_store_says_no_or_another_was_faster),
        cmocka_unit_test(a_visit_is_settled_once_where_memory_fails_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
