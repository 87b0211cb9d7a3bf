/* Histories of a house by a seed: sessions, cards that are lost, prices, corrections, periods, payments, tenants who move out,
 * restarts and writes that fail. After each step the checker looks (I12 among all the others); at the end all that was used
 * stands on statements, once. OCPP_SETTLE_HOUSES says how many histories there are. */
#include "unit.h"

#include "house_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS = 60, CARDS = 64 };

struct history {
    struct house_world *h;
    uint64_t seed;
    char cards[CARDS][OCPP_SETTLE_ID_SIZE]; /* of Ada, the last one is in use */
    char tokens[CARDS][16];
    int card_count;
    int sessions;
    int64_t register_wh;
    int payments;
};

static uint32_t next(struct history *history, uint32_t below)
{
    history->seed = history->seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(history->seed >> 33) % below;
}

static const char *token_of(struct history *history)
{
    return history->card_count > 0 && next(history, 2) ? history->tokens[history->card_count - 1] : "BEN";
}

/* Told at once, or hours later. */
static void charge(struct history *history)
{
    struct house_world *h = history->h;
    const int64_t wh = 1 + next(history, 5000);
    const int64_t ago_ms = next(history, 4) ? 0 : 1000 * (int64_t)next(history, 3600);
    char id[16];

    (void)snprintf(id, sizeof id, "%d", ++history->sessions);
    struct ocpp_transaction car = car_of(h->w, "PILE-1", id, token_of(history));
    pass_s(h->w, 60);
    car.ended = true;
    car.ended_utc_ms = h->w->now.utc_ms - ago_ms;
    car.started_utc_ms = car.ended_utc_ms - 30000;
    car.has_meter_start = car.has_meter_last = true;
    car.meter_start_wh = history->register_wh;
    history->register_wh += wh;
    car.meter_last_wh = history->register_wh;
    const int before = (int)h->w->stop_count;
    tell_car(h->w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    settle_world_run(h->w);
    assert_int_equal(h->w->stop_count, before);
}

static void lose_card(struct history *history)
{
    struct house_world *h = history->h;
    char secret[OCPP_SETTLE_CARD_SECRET_SIZE];
    const int last = history->card_count - 1;

    if (history->card_count == CARDS || history->card_count == 20) {
        return;
    }
    pass_s(h->w, 7200); /* what is told late began before that */
    house_act(h, history->cards[last], next(history, 2) ? OCPP_SETTLE_CARD_LOST : OCPP_SETTLE_CARD_LOG_OUT);
    (void)snprintf(history->tokens[last + 1], sizeof history->tokens[0], "ADA-%d", last + 1);
    house_ok(h,
             ocpp_settle_card_replace(h->w->settle, house_operator(h), history->cards[last], history->tokens[last + 1], secret,
                                      settle_world_done(h->w), h->w->now),
             history->cards[last + 1]);
    history->card_count++;
}

static void pay_some(struct history *history)
{
    struct house_world *h = history->h;
    const char *tenant = next(history, 2) ? h->ada : h->ben;
    char key[16];

    if (house_statements_of(h, tenant) == 0) {
        return;
    }
    const struct ocpp_settle_statement statement = house_statement_of(h, tenant);
    const int64_t missing = statement.gross_minor - statement.paid_minor;
    (void)snprintf(key, sizeof key, "%d", ++history->payments);
    if (missing > 0 && strcmp(statement.state, "Issued") == 0) {
        house_pays(h, statement.id, 1 + next(history, (uint32_t)missing), key);
    }
}

static void correct(struct history *history)
{
    struct house_world *h = history->h;
    const char *tenant = next(history, 2) ? h->ada : h->ben;

    if (house_statements_of(h, tenant) == 0) {
        return;
    }
    const struct ocpp_settle_statement statement = house_statement_of(h, tenant);
    if (statement.items > 0) {
        const struct ocpp_settle_session item = house_item(h, statement.id, 1 + next(history, (uint32_t)statement.items));
        const int64_t net = (int64_t)next(history, 60) - 30;

        if (net != 0) {
            assert_int_equal(ocpp_settle_adjust(h->w->settle, item.order, net, "a word", settle_world_done(h->w), h->w->now),
                             OCPP_OK);
        }
        settle_world_run(h->w);
    }
}

static void restart(struct history *history)
{
    settle_world_restart(history->h->w);
}

/* A write that fails in the middle of closing: it goes on by itself. */
static void close_with_trouble(struct history *history)
{
    struct house_world *h = history->h;

    pass_s(h->w, 10);
    h->w->cut = next(history, 2) ? SETTLE_CUT_REFUSED : SETTLE_CUT_BUSY;
    h->w->cut_at = h->w->writes + 2 + next(history, 6);
    const enum ocpp_status status =
        ocpp_settle_period_close(h->w->settle, house_operator(h), h->w->now.utc_ms, settle_world_done(h->w), h->w->now);
    assert_int_equal(status, OCPP_OK);
    settle_world_run(h->w);
    pass_s(h->w, 4000); /* what failed is tried again */
    h->w->cut = SETTLE_CUT_NEVER;
}

static void close_period(struct history *history)
{
    house_close(history->h);
}

static void change_price(struct history *history)
{
    house_price(history->h, 100000 + next(history, 900000));
}

static bool add_energy(const struct ocpp_settle_statement *statement, void *user)
{
    *(int64_t *)user += statement->energy_mwh;
    return true;
}

/* I12. All that was measured stands on statements, once, when the last period was closed. */
static void all_is_stated(struct history *history)
{
    struct house_world *h = history->h;
    int64_t stated = 0;

    house_close(h);
    assert_int_equal(ocpp_settle_statements(h->w->settle, house_operator(h), NULL, add_energy, &stated, h->w->now), OCPP_OK);
    assert_int_equal(stated, 1000 * history->register_wh);
    assert_int_equal(house_card_seen(h, history->cards[history->card_count - 1]).open_mwh, 0);
    assert_int_equal(house_card_seen(h, h->ben_card).open_mwh, 0);
}

static void live(uint64_t seed)
{
    static void (*const steps[])(struct history * history) = { charge,   charge,  charge,       charge,       lose_card,
                                                               pay_some, correct, close_period, change_price, close_with_trouble,
                                                               restart };
    struct history history = { .h = house_world_new(), .seed = seed, .card_count = 1 };

    (void)snprintf(history.cards[0], sizeof history.cards[0], "%s", history.h->ada_card);
    (void)snprintf(history.tokens[0], sizeof history.tokens[0], "ADA");
    pass_s(history.h->w, 7200); /* what is told late began when the house had a price */
    for (int i = 0; i < STEPS; i++) {
        steps[next(&history, COUNT_OF(steps))](&history);
    }
    all_is_stated(&history);
    house_world_free(history.h);
}

static void whatever_happens_in_a_house_each_kilowatt_hour_is_stated_once(void **state)
{
    const char *wanted = getenv("OCPP_SETTLE_HOUSES");
    const long count = wanted ? strtol(wanted, NULL, 10) : 4;

    (void)state;
    for (long seed = 1; seed <= count; seed++) {
        print_message("    seed %ld\n", seed);
        live((uint64_t)seed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_happens_in_a_house_each_kilowatt_hour_is_stated_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
