/* What a terminal starts is the same whatever happens to the backend on the way: the power goes at any write, the store says no,
 * another process was faster. Pile and terminal tell again what was not answered. */
#include "terminal_world.h"
#include "unit.h"

#include <ocpp/settlement/wire.h>

#include <stdio.h>
#include <string.h>

enum { TRIES = 6 };

struct story {
    struct settle_world *w;
    bool happened;
};

static bool recovers(struct story *story)
{
    struct settle_world *w = story->w;

    if (w->is_cut) {
        settle_world_restart(w);
        story->happened = true;
        return true;
    }
    if (w->cut != SETTLE_CUT_NEVER && w->writes >= w->cut_at) {
        w->cut = SETTLE_CUT_NEVER;
        story->happened = true;
        settle_world_run(w);
        return true;
    }
    return false;
}

static const void *tells(struct story *story, enum ocpp_settle_action action, const void *message)
{
    for (int i = 0; i < TRIES; i++) {
        const void *answer = pile_says(story->w, "PILE-1", action, message);
        const struct ocpp_settle_receipt *receipt =
            answer ? ocpp_settle_wire_receipt(ocpp_settle_actions[action].response, answer) : NULL;

        if (!recovers(story) && receipt && receipt->reception != OCPP_SETTLE_RECEPTION_RETRY) {
            return answer;
        }
    }
    fail_msg("%s is never answered", ocpp_settle_actions[action].name);
    return NULL;
}

static const struct ocpp_settle_start_grant_req *is_granted(struct story *story, const char *prompt)
{
    const struct ocpp_settle_charging_wish wish = wish_energy(20000);
    const struct ocpp_settle_association_claim claim = {
        .iss = "ANNA", .aud = "PILE-1", .prompt = prompt, .vehicle = terminal_car, .wish = wish
    };
    const struct ocpp_settle_vehicle_connected_req connected = {
        .prompt = prompt, .evse = 1, .vehicle = terminal_car, .at = pile_time(story->w)
    };
    const struct ocpp_settle_start_request_req request = { .prompt = prompt,
                                                           .evse = 1,
                                                           .vehicle = terminal_car,
                                                           .terminal = "ANNA",
                                                           .wish = wish,
                                                           .association = terminal_claim(story->w, &claim, "ANNA"),
                                                           .at = pile_time(story->w) };

    tells(story, OCPP_SETTLE_ACTION_VEHICLE_CONNECTED, &connected);
    tells(story, OCPP_SETTLE_ACTION_START_REQUEST, &request);
    for (int i = 0; i < TRIES; i++) {
        const struct ocpp_settle_start_grant_req *grant = pile_heard(story->w, "PILE-1", OCPP_SETTLE_ACTION_START_GRANT);

        if (grant) {
            assert_string_equal(grant->prompt, prompt);
            return grant;
        }
        pass_s(story->w, 35);
        (void)recovers(story);
    }
    fail_msg("it is never granted");
    return NULL;
}

/* The central system tells each fact again after a start of the backend. */
static void hears_car(struct story *story, int64_t wh, bool ends)
{
    for (int i = 0; i < TRIES; i++) {
        if (ends) {
            car_ends(story->w, "PILE-1", "7", wh);
        } else {
            car_reads(story->w, "PILE-1", "7", wh);
        }
        if (!recovers(story)) {
            return;
        }
    }
}

/* A terminal connects until it is in, and says it again until it is answered. */
static void pays(struct story *story, const char *ticket)
{
    char next[65];

    (void)snprintf(next, sizeof next, "%s", ticket);
    for (int i = 0; i < TRIES; i++) {
        struct terminal_line *line = terminal_connects(story->w, "ANNA", next, 0);

        if (line->ticket[0] != '\0') {
            (void)snprintf(next, sizeof next, "%s", line->ticket);
        }
        if (!recovers(story) && line->fee && terminal_confirms(line, "W1", line->fee->bill)[0] == '\0' && !recovers(story)) {
            return;
        }
        if (story->w->is_cut) {
            (void)recovers(story);
        }
    }
    fail_msg("the fee is never confirmed");
}

/* Whether something happened at write |at|. */
static bool story_with(enum settle_cut cut, int64_t at)
{
    struct story story = { .w = terminal_world_new(NULL) };
    struct settle_world *w = story.w;

    terminal_known(w, "ANNA", "CARD-A", false);
    terminal_joins(w, "ANNA", &terminal_car);
    terminal_money(w, "CARD-A", 10000);
    w->cut = cut;
    w->cut_at = w->writes + at;
    const struct ocpp_settle_start_grant_req *grant = is_granted(&story, terminal_new_prompt(w));
    car_starts(w, "PILE-1", "7", "CARD-A", 1000);
    (void)recovers(&story);
    hears_car(&story, 6000, false);
    hears_car(&story, 11000, true);
    hears_car(&story, 11000, true);
    pays(&story, grant->ticket);
    for (int i = 0; i < TRIES; i++) {
        pass_s(w, 60);
        (void)recovers(&story);
    }
    assert_int_equal(orders_of(w, "CARD-A"), 1);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(terminal_purse(w, "CARD-A"), 10000 - 550);
    assert_string_equal(terminal_start(w).state, "Paid");
    settle_world_free(w);
    return story.happened;
}

static void at_every_write(enum settle_cut cut)
{
    int64_t at = 1;

    while (story_with(cut, at)) {
        at += every();
        assert_true(at < 400);
    }
    assert_true(at > 10);
}

static void the_power_goes_before_any_write(void **state)
{
    (void)state;
    at_every_write(SETTLE_CUT_BEFORE);
}

static void the_power_goes_after_any_write(void **state)
{
    (void)state;
    at_every_write(SETTLE_CUT_AFTER);
}

static void another_process_is_faster_at_any_write(void **state)
{
    (void)state;
    at_every_write(SETTLE_CUT_BUSY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_power_goes_before_any_write),
        cmocka_unit_test(the_power_goes_after_any_write),
        cmocka_unit_test(another_process_is_faster_at_any_write),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
