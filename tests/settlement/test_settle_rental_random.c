/* Random days of two piles, six banks and three renters: whatever comes in whatever order, and again, every invariant holds after
 * every step, and every order ends. */
#include "unit.h"

#include "settle_bay.h"

#include <string.h>

enum { HISTORIES = 40, STEPS = 60, GRANTS = 64, SAID = 64, DAY_S = 86400 };

/* What a pile may say again. */
struct saying {
    const char *station;
    enum ocpp_settle_action action;
    const void *message;
};

struct day {
    struct settle_bays *b;
    struct settle_world *w;
    uint64_t seed;
    struct ocpp_settle_bank_grant grants[GRANTS]; /* of PILE-1 and PILE-2, not told yet */
    const char *granted_by[GRANTS];
    size_t grant_count;
    struct saying said[SAID];
    size_t said_count;
    int cars;
    bool is_charging;
};

static uint32_t any(struct day *day, uint32_t below)
{
    day->seed = day->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(day->seed >> 33) % below;
}

static const char *some_pile(struct day *day)
{
    return any(day, 2) ? "PILE-1" : "PILE-2";
}

static void *keep(struct day *day, const void *bytes, size_t size)
{
    void *copy = ocpp_arena_take(day->w->arena, size);

    assert_non_null(copy);
    return memcpy(copy, bytes, size);
}

static void say(struct day *day, const char *station, enum ocpp_settle_action action, const void *message, size_t size)
{
    const struct saying saying = { station, action, keep(day, message, size) };

    (void)pile_says(day->w, station, action, saying.message);
    day->said[day->said_count++ % SAID] = saying;
}

/* --- what may happen
 * -------------------------------------------------------------------------------------------------------------- */

static struct settle_bank *some_bank(struct day *day, bool in_hand)
{
    const size_t first = any(day, (uint32_t)day->b->bank_count);

    for (size_t i = 0; i < day->b->bank_count; i++) {
        struct settle_bank *bank = &day->b->banks[(first + i) % day->b->bank_count];

        if ((bank->slot == 0) == in_hand) {
            return bank;
        }
    }
    return NULL;
}

static bool is_free(const struct day *day, const char *station, int64_t slot)
{
    for (size_t i = 0; i < day->b->bank_count; i++) {
        if (day->b->banks[i].slot == slot && strcmp(day->b->banks[i].station, station) == 0) {
            return false;
        }
    }
    return true;
}

static void somebody_asks(struct day *day)
{
    static const char *const cards[] = { "CARD-A", "CARD-B", "CARD-C" };
    const struct settle_bank *bank = some_bank(day, false);
    const size_t before = bank ? pile_heard_count(day->w, bank->station, OCPP_SETTLE_ACTION_RENT_GRANT) : 0;
    const struct ocpp_settle_rent_grant_req *grant;

    if (!bank || bank->state != OCPP_SETTLE_MARK_STATE_NEUTRAL || day->grant_count == GRANTS) {
        return;
    }
    (void)bay_asks(day->b, bank->station, cards[any(day, 3)], &(const char *){ bank->id }, 1, NULL);
    if (pile_heard_count(day->w, bank->station, OCPP_SETTLE_ACTION_RENT_GRANT) > before) {
        grant = bay_grant(day->b, bank->station);
        day->granted_by[day->grant_count] = bank->station;
        day->grants[day->grant_count++] = grant->banks.items[0];
    }
}

/* A grant is obeyed at once or later: the bank leaves, or nothing comes of it. */
static void a_grant_is_obeyed(struct day *day)
{
    const size_t which = day->grant_count ? any(day, (uint32_t)day->grant_count) : 0;
    struct ocpp_settle_bank_grant grant;
    const char *station;

    if (day->grant_count == 0) {
        return;
    }
    grant = day->grants[which];
    station = day->granted_by[which];
    day->grants[which] = day->grants[--day->grant_count];
    day->granted_by[which] = day->granted_by[day->grant_count];
    if (is_free(day, station, grant.slot)) {
        return;
    }
    if (any(day, 4) == 0) {
        (void)bay_marks(day->b, station, &grant);
        (void)bay_tells_failed(day->b, station, &grant, OCPP_SETTLE_RENT_FAILURE_NOT_TAKEN, true, grant.generation + 1);
        return;
    }
    (void)bay_gives(day->b, station, &grant);
    const struct ocpp_settle_bank_taken_req taken = bay_taken(day->b, station, &grant);
    say(day, station, OCPP_SETTLE_ACTION_BANK_TAKEN, &taken, sizeof taken);
}

static void obey_decision(struct day *day, struct settle_bank *bank)
{
    const struct ocpp_settle_bank_decision_req *decision = pile_heard(day->w, bank->station, OCPP_SETTLE_ACTION_BANK_DECISION);

    if (decision && strcmp(decision->insertion, bank->insertion) == 0 && decision->verdict != OCPP_SETTLE_BANK_VERDICT_HELD &&
        bank->state == OCPP_SETTLE_MARK_STATE_MARKED) {
        (void)bay_resets(day->b, bank);
        bank->condition = OCPP_SETTLE_BANK_CONDITION_GOOD;
    }
}

static void a_bank_comes_back(struct day *day)
{
    struct settle_bank *bank = some_bank(day, true);
    const char *station = some_pile(day);
    const int64_t slot = 1 + (int64_t)any(day, 8);
    const bool is_odd = any(day, 6) == 0;

    if (!bank || !is_free(day, station, slot)) {
        return;
    }
    if (is_odd) {
        bank->state = OCPP_SETTLE_MARK_STATE_UNREADABLE;
    } else if (any(day, 5) == 0) {
        bank->condition = OCPP_SETTLE_BANK_CONDITION_FAULTY;
    }
    const struct ocpp_settle_bank_returned_req back = bay_returned(day->b, bank, station, slot);
    const struct ocpp_settle_bank_returned_req *kept = keep(day, &back, sizeof back);
    say(day, station, OCPP_SETTLE_ACTION_BANK_RETURNED, kept, sizeof back);
    obey_decision(day, bank);
}

static void something_is_said_again(struct day *day)
{
    if (day->said_count > 0) {
        const struct saying *saying = &day->said[any(day, (uint32_t)(day->said_count < SAID ? day->said_count : SAID))];

        (void)pile_says(day->w, saying->station, saying->action, saying->message);
    }
}

static void an_operator_looks(struct day *day)
{
    if (suspense_count(day->b) > 0) {
        const struct ocpp_settle_suspense entry = suspense_of(day->b, NULL);
        struct ocpp_settle_resolve resolve = { .suspense = entry.id, .resolution = OCPP_SETTLE_RESOLVE_RETURNED };

        for (int how = 0; how < 5; how++) {
            resolve.resolution = (enum ocpp_settle_resolution)((how + (int)any(day, 2)) % 5);
            assert_int_equal(ocpp_settle_suspense_resolve(day->w->settle, &resolve, settle_world_done(day->w), day->w->now),
                             OCPP_OK);
            settle_world_run(day->w);
            if (day->w->done_code[0] == '\0') {
                return;
            }
        }
    }
}

static void a_car_comes_or_goes(struct day *day)
{
    static const char *const ids[] = { "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14" };

    if (day->cars < (int)COUNT_OF(ids)) {
        if (!day->is_charging) {
            car_starts(day->w, "PILE-1", ids[day->cars], "CARD-A", 1000);
        } else {
            car_ends(day->w, "PILE-1", ids[day->cars++], 1000 + any(day, 30000));
        }
        day->is_charging = !day->is_charging;
    }
}

/* In large steps: the backend wakes up late, and has to do with it. */
static void leap_s(struct day *day, int64_t seconds)
{
    for (int64_t left = seconds; left > 0; left -= 7200) {
        const int64_t step = left < 7200 ? left : 7200;

        day->w->now.mono_ms += step * 1000;
        day->w->now.utc_ms += step * 1000;
        settle_world_run(day->w);
    }
}

static void time_passes(struct day *day)
{
    static const int64_t spans_s[] = { 10, 120, 1800, 7200, DAY_S, 4 * DAY_S };

    leap_s(day, spans_s[any(day, COUNT_OF(spans_s))]);
}

static void the_provider_changes_its_mind(struct day *day)
{
    static const enum ocpp_settle_payment_result words[] = { OCPP_SETTLE_PAYMENT_OK, OCPP_SETTLE_PAYMENT_OK,
                                                             OCPP_SETTLE_PAYMENT_DECLINED, OCPP_SETTLE_PAYMENT_UNKNOWN,
                                                             OCPP_SETTLE_PAYMENT_PENDING };

    day->w->card.script[OCPP_SETTLE_AUTHORIZE] = words[any(day, COUNT_OF(words))];
    day->w->card.script[OCPP_SETTLE_INCREMENT] = words[any(day, 3)];
    day->w->card.loses_answers = any(day, 3) == 0;
}

static void the_backend_starts_again(struct day *day)
{
    settle_world_restart(day->w);
}

static void a_wish(struct day *day)
{
    const struct settle_bank *bank = some_bank(day, true);
    const struct ocpp_settle_bank known = bank ? bank_of(day->b, bank->id) : (struct ocpp_settle_bank){ .id = NULL };
    const struct ocpp_settle_done *done = settle_world_done(day->w);

    if (known.rental) {
        assert_int_equal(any(day, 2) ? ocpp_settle_rental_report(day->w->settle, known.rental, done, day->w->now)
                                     : ocpp_settle_rental_swap(day->w->settle, known.rental, done, day->w->now),
                         OCPP_OK);
        settle_world_run(day->w);
    }
}

static void (*const happenings[])(struct day *day) = {
    somebody_asks,
    somebody_asks,
    a_grant_is_obeyed,
    a_grant_is_obeyed,
    a_bank_comes_back,
    a_bank_comes_back,
    something_is_said_again,
    an_operator_looks,
    a_car_comes_or_goes,
    time_passes,
    the_provider_changes_its_mind,
    the_backend_starts_again,
    a_wish,
};

/* --- the end
 * ------------------------------------------------------------------------------------------------------------------------ */

static void is_over(const struct ocpp_settle_order *order, void *user)
{
    (void)user;
    if (order->state == OCPP_SETTLE_ORDER_STATE_OPEN || order->state == OCPP_SETTLE_ORDER_STATE_DUE) {
        print_error("order %s is %s\n", order->id, ocpp_enum_name(&ocpp_settle_order_state_enum, (int)order->state));
    }
    assert_true(order->state != OCPP_SETTLE_ORDER_STATE_OPEN && order->state != OCPP_SETTLE_ORDER_STATE_DUE);
    assert_true(order->paid_minor <= order->due_minor || order->refund_reason);
}

/* Everybody has looked, the car is gone, and a quarter of a year passes: every order has ended (I14). */
static void ends(struct day *day)
{
    struct ocpp_settle_order_query query = { .limit = 0 };

    day->w->card.loses_answers = false;
    for (int kind = 0; kind < SETTLE_PROVIDER_KINDS; kind++) {
        day->w->card.script[kind] = OCPP_SETTLE_PAYMENT_OK;
    }
    if (day->is_charging) {
        a_car_comes_or_goes(day);
    }
    for (int i = 0; i < 40 && suspense_count(day->b) > 0; i++) {
        an_operator_looks(day);
    }
    assert_int_equal(suspense_count(day->b), 0);
    for (int i = 0; i < 10; i++) {
        leap_s(day, 10 * DAY_S);
    }
    do {
        assert_int_equal(ocpp_settle_orders(day->w->settle, &query, is_over, NULL), OCPP_OK);
    } while (query.cursor[0]);
    assert_int_equal(day->w->card.held_minor, 0);
    settle_world_check_in_full(day->w);
}

/* A history that fails tells its seed: run it alone by putting it here. */
static void whatever_happens_every_invariant_holds_and_every_order_ends(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= HISTORIES; seed += every()) {
        struct day day = { .b = settle_bays_usual(settle_world_new()), .seed = seed };

        day.w = day.b->world;
        print_message("seed %u\n", (unsigned)seed);
        for (int i = 0; i < STEPS; i++) {
            happenings[any(&day, COUNT_OF(happenings))](&day);
        }
        ends(&day);
        settle_world_free(day.w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_happens_every_invariant_holds_and_every_order_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
