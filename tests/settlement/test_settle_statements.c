/* Periods are closed, statements issued, paid, owed; tenants move out; two houses know nothing of one another. */
#include "unit.h"

#include "house_world.h"

#include <ocpp/central_transactions.h>

#include <stdio.h>
#include <string.h>

static int setup(void **state)
{
    *state = house_world_new();
    return 0;
}

static int teardown(void **state)
{
    house_world_free(*state);
    return 0;
}

static enum ocpp_settle_order_state state_of(struct house_world *h, const char *order)
{
    return settle_world_order(h->w, order).state;
}

/* --- closing --------------------------------------------------------------------------------------------------------------- */

static void a_statement_lists_its_sessions_and_pays_them_all_by_one_leg(void **state)
{
    struct house_world *h = *state;

    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    house_session(h, "PILE-1", "8", "ADA", 10000, 12500);
    house_session(h, "PILE-1", "9", "BEN", 12500, 13500);
    house_close(h);
    const struct ocpp_settle_statement statement = house_statement_of(h, h->ada);
    assert_string_equal(statement.state, "Issued");
    assert_string_equal(statement.order_state, "Due");
    assert_string_equal(statement.tenant_name, "Ada");
    assert_int_equal(statement.items, 2);
    assert_int_equal(statement.energy_mwh, 12500000);
    assert_int_equal(statement.gross_minor, 550);
    assert_int_equal(house_statement_of(h, h->ben).gross_minor, 44);
    const struct ocpp_settle_session first = house_item(h, statement.id, 1);
    const struct ocpp_settle_session second = house_item(h, statement.id, 2);
    assert_true(first.has_registers);
    assert_int_equal(first.end_mwh - first.start_mwh, first.energy_mwh);
    assert_int_equal(first.energy_mwh + second.energy_mwh, 12500000);
    assert_int_equal(state_of(h, first.order), OCPP_SETTLE_ORDER_STATE_DUE);
    house_pays(h, statement.id, 550, "transfer 1");
    assert_int_equal(state_of(h, statement.id), OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(state_of(h, first.order), OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(state_of(h, second.order), OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(settle_world_order(h->w, first.order).paid_minor + settle_world_order(h->w, second.order).paid_minor, 550);
}

static void the_same_end_closes_once_and_who_used_nothing_gets_nothing(void **state)
{
    struct house_world *h = *state;

    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    pass_s(h->w, 10);
    const int64_t end = h->w->now.utc_ms;
    for (int i = 0; i < 3; i++) {
        house_ok(h, ocpp_settle_period_close(h->w->settle, house_operator(h), end, settle_world_done(h->w), h->w->now), NULL);
        assert_string_equal(h->w->done_id, "000001");
        pass_s(h->w, 10);
    }
    assert_int_equal(house_statements_of(h, h->ada), 1);
    assert_int_equal(house_statements_of(h, h->ben), 0);
    house_refused(h, ocpp_settle_period_close(h->w->settle, house_operator(h), end - 1, settle_world_done(h->w), h->w->now),
                  "Invalid");
    house_refused(
        h, ocpp_settle_period_close(h->w->settle, house_operator(h), h->w->now.utc_ms + 1, settle_world_done(h->w), h->w->now),
        "Invalid");
}

/* I12. A session that ended after the end, runs over it, or is told late, goes on the next one. */
static void what_is_heard_late_goes_on_the_next_statement(void **state)
{
    struct house_world *h = *state;

    house_session(h, "PILE-1", "7", "ADA", 0, 1000);
    car_starts(h->w, "PILE-1", "8", "ADA", 1000);
    house_close(h);
    car_ends(h->w, "PILE-1", "8", 2000);
    assert_int_equal(house_statement_of(h, h->ada).gross_minor, 44);
    house_close(h);
    assert_int_equal(house_statements_of(h, h->ada), 2);
    assert_int_equal(house_statement_of(h, h->ada).gross_minor, 44);
    assert_int_equal(house_statement_of(h, h->ada).number, 2);
}

static void many_sessions_and_tenants_are_closed_a_few_at_a_time(void **state)
{
    struct house_world *h = *state;
    char id[16];

    for (int i = 0; i < 35; i++) {
        (void)snprintf(id, sizeof id, "%d", 100 + i);
        struct ocpp_transaction car = car_of(h->w, "PILE-1", id, "ADA");
        car.ended = true;
        car.ended_utc_ms = h->w->now.utc_ms;
        car.has_meter_start = car.has_meter_last = true;
        car.meter_start_wh = 1000 * i;
        car.meter_last_wh = 1000 * i + 1000;
        tell_car(h->w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
        settle_world_run(h->w);
        pass_s(h->w, 1);
    }
    for (int i = 0; i < 20; i++) {
        const struct ocpp_settle_tenant_wish wish = { .name = "T", .flat = "x" };

        house_ok(h, ocpp_settle_tenant_add(h->w->settle, house_operator(h), &wish, settle_world_done(h->w), h->w->now), NULL);
    }
    house_close(h);
    assert_int_equal(house_statement_of(h, h->ada).items, 35);
    assert_int_equal(house_statement_of(h, h->ada).gross_minor, 35 * 44);
    house_pays(h, house_statement_of(h, h->ada).id, 35 * 44, "all");
    for (int i = 1; i <= 35; i++) {
        assert_int_equal(state_of(h, house_item(h, house_statement_of(h, h->ada).id, i).order), OCPP_SETTLE_ORDER_STATE_PAID);
    }
}

static void a_cut_anywhere_in_closing_and_paying_changes_nothing_in_the_end(void **state)
{
    struct house_world *h = *state;

    for (int64_t cut = 1; cut < 40; cut += 3) {
        const size_t before = house_statements_of(h, h->ada);
        char id[16];

        (void)snprintf(id, sizeof id, "%d", (int)cut);
        struct ocpp_transaction car = car_of(h->w, "PILE-1", id, "ADA");
        car.ended = true;
        car.ended_utc_ms = h->w->now.utc_ms;
        car.has_meter_start = car.has_meter_last = true;
        car.meter_last_wh = 1000;
        tell_car(h->w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
        settle_world_run(h->w);
        pass_s(h->w, 5);
        const int64_t end = h->w->now.utc_ms;
        h->w->cut = cut % 2 ? SETTLE_CUT_AFTER : SETTLE_CUT_BEFORE;
        h->w->cut_at = h->w->writes + 1 + cut % 7;
        const enum ocpp_status status =
            ocpp_settle_period_close(h->w->settle, house_operator(h), end, settle_world_done(h->w), h->w->now);
        assert_true(status == OCPP_OK || status == OCPP_ERR_STORAGE);
        settle_world_run(h->w);
        settle_world_restart(h->w);
        house_ok(h, ocpp_settle_period_close(h->w->settle, house_operator(h), end, settle_world_done(h->w), h->w->now), NULL);
        assert_int_equal(house_statements_of(h, h->ada), before + 1);
        assert_int_equal(house_statement_of(h, h->ada).gross_minor, 44);
    }
}

/* --- paying ---------------------------------------------------------------------------------------------------------------- */

static void what_comes_in_parts_is_paid_by_several_legs(void **state)
{
    struct house_world *h = *state;

    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    house_close(h);
    const struct ocpp_settle_statement statement = house_statement_of(h, h->ada);
    const char *session = house_item(h, statement.id, 1).order;
    house_pays(h, statement.id, 100, "a");
    house_pays(h, statement.id, 100, "a"); /* the same payment, noted once */
    assert_int_equal(settle_world_order(h->w, statement.id).paid_minor, 100);
    assert_int_equal(state_of(h, statement.id), OCPP_SETTLE_ORDER_STATE_DUE);
    house_refused(
        h,
        ocpp_settle_statement_paid(h->w->settle, house_operator(h), statement.id, 200, "a", settle_world_done(h->w), h->w->now),
        "SameIdOtherBody");
    house_refused(
        h,
        ocpp_settle_statement_paid(h->w->settle, house_operator(h), statement.id, 341, "b", settle_world_done(h->w), h->w->now),
        "BadAmount");
    pass_s(h->w, 2592000);
    assert_int_equal(state_of(h, statement.id), OCPP_SETTLE_ORDER_STATE_DEBT);
    assert_int_equal(state_of(h, session), OCPP_SETTLE_ORDER_STATE_DUE);
    house_pays(h, statement.id, 340, "c");
    assert_int_equal(state_of(h, statement.id), OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(state_of(h, session), OCPP_SETTLE_ORDER_STATE_PAID);
    house_refused(
        h, ocpp_settle_statement_paid(h->w->settle, house_operator(h), statement.id, 1, "d", settle_world_done(h->w), h->w->now),
        "WrongState");
}

static void a_provider_is_asked_for_the_whole_statement_at_once(void **state)
{
    struct house_world *h = house_world_new_with("card", NULL);

    (void)state;
    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    house_session(h, "PILE-1", "8", "ADA", 10000, 20000);
    house_close(h);
    assert_string_equal(house_statement_of(h, h->ada).order_state, "Paid");
    assert_int_equal(house_statement_of(h, h->ada).paid_minor, 880);
    assert_int_equal(state_of(h, house_item(h, house_statement_of(h, h->ada).id, 2).order), OCPP_SETTLE_ORDER_STATE_PAID);
    house_world_free(h);
}

static void a_statement_nobody_pays_is_a_debt_and_may_be_given_up(void **state)
{
    struct house_world *h = house_world_new_with("wallet", NULL);

    (void)state;
    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    house_close(h);
    const struct ocpp_settle_statement statement = house_statement_of(h, h->ada);
    assert_string_equal(statement.order_state, "Debt");
    house_session(h, "PILE-1", "8", "ADA", 10000, 11000); /* whoever owes may charge: the landlord minds it */
    assert_int_equal(house_card_seen(h, h->ada_card).open_minor, 44);
    house_ok(h, ocpp_settle_write_off(h->w->settle, statement.id, "moved abroad", settle_world_done(h->w), h->w->now), NULL);
    assert_int_equal(state_of(h, house_item(h, statement.id, 1).order), OCPP_SETTLE_ORDER_STATE_WRITTEN_OFF);
    house_world_free(h);
}

static void what_is_taken_off_after_a_statement_goes_on_the_next_one(void **state)
{
    struct house_world *h = *state;

    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    house_close(h);
    const struct ocpp_settle_statement first = house_statement_of(h, h->ada);
    const char *session = house_item(h, first.id, 1).order;
    house_ok(h, ocpp_settle_adjust(h->w->settle, session, -100, "goodwill", settle_world_done(h->w), h->w->now), NULL);
    assert_int_equal(settle_world_order(h->w, first.id).due_minor, 440); /* I7: what was stated stays */
    house_close(h);
    assert_int_equal(house_statements_of(h, h->ada), 1); /* less than nothing waits */
    house_session(h, "PILE-1", "8", "ADA", 10000, 20000);
    house_close(h);
    const struct ocpp_settle_statement second = house_statement_of(h, h->ada);
    assert_int_equal(second.gross_minor, 340);
    assert_int_equal(second.items, 2);
    assert_string_equal(house_item(h, second.id, 2).kind, "Correction");
    house_refused(h, ocpp_settle_adjust(h->w->settle, second.id, -1, "no", settle_world_done(h->w), h->w->now), "WrongState");
}

static void what_is_taken_off_after_it_was_paid_comes_off_the_next_one_too(void **state)
{
    struct house_world *h = *state;

    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    house_close(h);
    const struct ocpp_settle_statement first = house_statement_of(h, h->ada);
    const char *session = house_item(h, first.id, 1).order;
    house_pays(h, first.id, 440, "a");
    house_ok(h, ocpp_settle_adjust(h->w->settle, session, -100, "goodwill", settle_world_done(h->w), h->w->now), NULL);
    assert_int_equal(state_of(h, session), OCPP_SETTLE_ORDER_STATE_PAID);
    house_session(h, "PILE-1", "8", "ADA", 10000, 20000);
    house_close(h);
    const struct ocpp_settle_statement second = house_statement_of(h, h->ada);
    assert_int_equal(second.gross_minor, 340);
    house_pays(h, second.id, 340, "b");
    assert_int_equal(settle_world_order(h->w, session).paid_minor, 340);
    assert_int_equal(settle_world_order(h->w, session).due_minor, 340);
}

static void note_leg(const struct ocpp_settle_leg *leg, void *user)
{
    (void)snprintf(user, OCPP_SETTLE_ID_SIZE, "%s", leg->id);
}

/* D20. The tenant's bank takes it back: the statement is a debt again, and paying it again pays nothing twice. */
static void a_statement_whose_payment_is_taken_back_is_a_debt_until_it_is_paid_again(void **state)
{
    struct house_world *h = house_world_new_with("card", NULL);
    char leg[OCPP_SETTLE_ID_SIZE] = "";

    (void)state;
    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    house_close(h);
    const struct ocpp_settle_statement statement = house_statement_of(h, h->ada);
    const char *session = house_item(h, statement.id, 1).order;
    assert_string_equal(statement.order_state, "Paid");
    assert_int_equal(ocpp_settle_legs(h->w->settle, statement.id, note_leg, leg), OCPP_OK);
    const struct ocpp_settle_chargeback taken = { statement.id, leg, 440, "dispute", "disputed" };
    house_ok(h, ocpp_settle_chargeback(h->w->settle, &taken, settle_world_done(h->w), h->w->now), NULL);
    assert_string_equal(house_statement_of(h, h->ada).order_state, "Debt");
    assert_int_equal(state_of(h, session), OCPP_SETTLE_ORDER_STATE_PAID); /* the debt is the statement's */
    house_pays(h, statement.id, 440, "again");
    assert_string_equal(house_statement_of(h, h->ada).order_state, "Paid");
    assert_int_equal(settle_world_order(h->w, session).paid_minor, 440);
    house_world_free(h);
}

/* --- odd readings ---------------------------------------------------------------------------------------------------------- */

static void odd_session(struct house_world *h, const char *id)
{
    struct ocpp_transaction car = car_of(h->w, "PILE-1", id, "ADA");

    car.ended = true;
    car.ended_utc_ms = h->w->now.utc_ms;
    car.has_meter_start = car.has_meter_last = true;
    car.meter_start_wh = 99000;
    car.meter_last_wh = 1000; /* another meter, or one that began anew */
    car.anomalies = OCPP_ANOMALY_METER_FELL;
    tell_car(h->w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    settle_world_run(h->w);
}

/* B7. */
static void B7_readings_that_cannot_be_wait_for_the_landlord_and_are_never_negative(void **state)
{
    struct house_world *h = *state;

    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    odd_session(h, "8");
    house_close(h);
    struct ocpp_settle_statement statement = house_statement_of(h, h->ada);
    assert_string_equal(statement.state, "Review");
    assert_int_equal(statement.unconfirmed, 1);
    assert_null(statement.order_state);
    const int64_t odd = house_item(h, statement.id, 1).anomaly ? 1 : 2;
    const struct ocpp_settle_session item = house_item(h, statement.id, odd);
    assert_true(item.energy_mwh >= 0);
    assert_int_equal(strncmp(item.anomaly, "METER_ANOMALY", 13), 0);
    house_refused(
        h,
        ocpp_settle_statement_confirm(h->w->settle, house_operator(h), statement.id, 3 - odd, settle_world_done(h->w), h->w->now),
        "WrongState");
    house_ok(
        h, ocpp_settle_statement_confirm(h->w->settle, house_operator(h), statement.id, odd, settle_world_done(h->w), h->w->now),
        NULL);
    statement = house_statement_of(h, h->ada);
    assert_string_equal(statement.state, "Issued");
    assert_true(house_item(h, statement.id, odd).is_confirmed);
}

/* B7. The register jumped: the landlord does not ask for what cannot have been used. */
static void B7_what_the_landlord_does_not_stand_by_costs_nothing(void **state)
{
    struct house_world *h = *state;
    struct ocpp_transaction car = car_of(h->w, "PILE-1", "8", "ADA");

    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    car.ended = true;
    car.ended_utc_ms = h->w->now.utc_ms;
    car.has_meter_start = car.has_meter_last = true;
    car.meter_start_wh = 10000;
    car.meter_last_wh = 900000;
    car.anomalies = OCPP_ANOMALY_METER_JUMPED;
    tell_car(h->w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    settle_world_run(h->w);
    house_close(h);
    struct ocpp_settle_statement statement = house_statement_of(h, h->ada);
    const int64_t odd = house_item(h, statement.id, 1).anomaly ? 1 : 2;
    house_ok(h,
             ocpp_settle_statement_waive(h->w->settle, house_operator(h), statement.id, odd, settle_world_done(h->w), h->w->now),
             NULL);
    statement = house_statement_of(h, h->ada);
    assert_string_equal(statement.state, "Issued");
    assert_int_equal(statement.gross_minor, 440);
    assert_int_equal(statement.items, 3);
    assert_int_equal(house_statements_of(h, h->ada), 1);
}

/* B7. What waits for the next statement waits once, however often this one is put together. */
static void B7_what_waits_is_told_once_although_a_reading_was_waived(void **state)
{
    struct house_world *h = *state;
    struct ocpp_transaction car = car_of(h->w, "PILE-1", "8", "ADA");

    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    house_close(h);
    const struct ocpp_settle_statement first = house_statement_of(h, h->ada);
    const char *session = house_item(h, first.id, 1).order;
    house_ok(h, ocpp_settle_adjust(h->w->settle, session, -400, "goodwill", settle_world_done(h->w), h->w->now), NULL);
    pass_s(h->w, 86400);
    car.started_utc_ms = h->w->now.utc_ms - 3600000;
    car.ended = car.has_meter_start = car.has_meter_last = true;
    car.ended_utc_ms = h->w->now.utc_ms;
    car.meter_start_wh = 10000;
    car.meter_last_wh = 11000;
    car.anomalies = OCPP_ANOMALY_METER_JUMPED;
    tell_car(h->w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    settle_world_run(h->w);
    house_close(h);
    struct ocpp_settle_statement second = house_statement_of(h, h->ada);
    assert_string_equal(second.state, "Review");
    assert_int_equal(second.waiting_minor, -400);
    house_ok(h, ocpp_settle_statement_waive(h->w->settle, house_operator(h), second.id, 1, settle_world_done(h->w), h->w->now),
             NULL);
    second = house_statement_of(h, h->ada);
    assert_int_equal(second.gross_minor, 0);
    assert_int_equal(second.waiting_minor, -400);
}

struct summing {
    int64_t count;
    int64_t items;
    int64_t gross_minor;
    bool is_each_issued;
};

static bool sum_up(const struct ocpp_settle_statement *statement, void *user)
{
    struct summing *sum = user;

    sum->count++;
    sum->items += statement->items;
    sum->gross_minor += statement->gross_minor;
    sum->is_each_issued &= strcmp(statement->state, "Issued") == 0;
    return true;
}

/* B6, B7, I12. A statement that is put together anew because a reading was waived, while another one is, and a tenant who moves
 * out: one after the other, each with a number of its own. The store says no once, so that the second one takes its time. */
static void B7_statements_of_one_tenant_are_put_together_one_after_the_other(void **state)
{
    struct house_world *h = *state;
    struct ocpp_transaction car = car_of(h->w, "PILE-1", "8", "ADA");
    char id[16];

    pass_s(h->w, 3600);
    car.ended = car.has_meter_start = car.has_meter_last = true;
    car.started_utc_ms = h->w->now.utc_ms - 60000;
    car.ended_utc_ms = h->w->now.utc_ms;
    car.meter_start_wh = 0;
    car.meter_last_wh = 9000;
    car.anomalies = OCPP_ANOMALY_METER_JUMPED;
    tell_car(h->w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    settle_world_run(h->w);
    house_close(h);
    const struct ocpp_settle_statement odd = house_statement_of(h, h->ada);
    assert_string_equal(odd.state, "Review");
    for (int i = 0; i < 5; i++) {
        (void)snprintf(id, sizeof id, "%d", 100 + i);
        house_session(h, "PILE-1", id, "ADA", 10000 + 1000 * i, 11000 + 1000 * i);
    }
    pass_s(h->w, 10);
    h->w->cut = SETTLE_CUT_REFUSED;
    h->w->cut_at = h->w->writes + 3;
    struct ocpp_settle *settle = h->w->settle;
    const struct ocpp_settle_done *done = settle_world_done(h->w);
    assert_int_equal(ocpp_settle_period_close(settle, house_operator(h), h->w->now.utc_ms, done, h->w->now), OCPP_OK);
    settle_world_run(h->w);
    h->w->cut = SETTLE_CUT_NEVER;
    assert_string_equal(house_statement_of(h, h->ada).id, odd.id); /* the other one is not told of yet */
    assert_int_equal(ocpp_settle_statement_waive(settle, house_operator(h), odd.id, 1, done, h->w->now), OCPP_OK);
    assert_int_equal(ocpp_settle_tenant_move_out(settle, house_operator(h), h->ada, done, h->w->now), OCPP_OK);
    settle_world_run(h->w);
    pass_s(h->w, 7200);
    struct summing sum = { .is_each_issued = true };
    assert_int_equal(ocpp_settle_statements(settle, house_operator(h), h->ada, sum_up, &sum, h->w->now), OCPP_OK);
    assert_true(sum.is_each_issued);
    assert_int_equal(sum.items, 5 + 2);
    assert_int_equal(sum.gross_minor, 5 * 44);
    assert_int_equal(sum.count, 3);
    assert_int_equal(house_statement_of(h, h->ada).number, 3);
    assert_string_equal(house_statement_of(h, h->ada).kind, "Closing");
}

/* --- moving out ------------------------------------------------------------------------------------------------------------ */

/* B6. */
static void B6_who_moves_out_gets_a_closing_statement_when_the_last_session_has_ended(void **state)
{
    struct house_world *h = *state;

    house_session(h, "PILE-1", "7", "ADA", 0, 10000);
    car_starts(h->w, "PILE-1", "8", "ADA", 10000);
    house_ok(h, ocpp_settle_tenant_move_out(h->w->settle, house_operator(h), h->ada, settle_world_done(h->w), h->w->now), NULL);
    assert_int_equal(h->w->stop_count, 1);
    assert_string_equal(house_card_seen(h, h->ada_card).state, "Ended");
    assert_int_equal(house_statements_of(h, h->ada), 0);
    pass_s(h->w, 20);
    car_ends(h->w, "PILE-1", "8", 11000);
    const struct ocpp_settle_statement statement = house_statement_of(h, h->ada);
    assert_string_equal(statement.kind, "Closing");
    assert_int_equal(statement.gross_minor, 484);
    house_refused(h, ocpp_settle_tenant_move_out(h->w->settle, house_operator(h), h->ada, settle_world_done(h->w), h->w->now),
                  "WrongState");
    house_close(h);
    assert_int_equal(house_statements_of(h, h->ada), 1);
    house_ok(h, ocpp_settle_tenant_forget(h->w->settle, house_operator(h), h->ada, settle_world_done(h->w), h->w->now), NULL);
    assert_null(house_statement_of(h, h->ada).tenant_name);
}

static void who_used_nothing_and_moves_out_is_told_so(void **state)
{
    struct house_world *h = *state;

    house_ok(h, ocpp_settle_tenant_move_out(h->w->settle, house_operator(h), h->ben, settle_world_done(h->w), h->w->now), NULL);
    assert_string_equal(house_statement_of(h, h->ben).kind, "Closing");
    assert_string_equal(house_statement_of(h, h->ben).order_state, "Paid");
}

/* --- the pile itself ------------------------------------------------------------------------------------------------------- */

static bool see_pile(const struct ocpp_settle_house_pile *pile, void *user)
{
    *(struct ocpp_settle_house_pile *)user = *pile;
    return true;
}

/* B16. B7. */
static void B16_what_the_pile_used_itself_is_the_landlords_and_on_no_statement(void **state)
{
    struct house_world *h = *state;
    struct ocpp_settle_house_pile pile = { 0 };
    static const int64_t registers[] = { 5000, 5100, 5400, 20, 120 };

    for (size_t i = 0; i < COUNT_OF(registers); i++) {
        pass_s(h->w, 60);
        assert_int_equal(ocpp_settle_own_meter(h->w->settle, "PILE-1", registers[i], h->w->now.utc_ms, h->w->now), OCPP_OK);
        settle_world_run(h->w);
    }
    assert_int_equal(ocpp_settle_own_meter(h->w->settle, "PILE-9", 5, h->w->now.utc_ms, h->w->now), OCPP_OK);
    assert_int_equal(ocpp_settle_house_piles(h->w->settle, house_operator(h), see_pile, &pile, h->w->now), OCPP_OK);
    assert_true(pile.has_own_meter);
    assert_int_equal(pile.own_used_mwh, 500000);
    assert_int_equal(pile.own_anomalies, 1);
    house_close(h);
    assert_int_equal(house_statements_of(h, h->ada), 0);
}

#define IN_HOUSE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_HOUSE(a_statement_lists_its_sessions_and_pays_them_all_by_one_leg),
        IN_HOUSE(the_same_end_closes_once_and_who_used_nothing_gets_nothing),
        IN_HOUSE(what_is_heard_late_goes_on_the_next_statement),
        IN_HOUSE(many_sessions_and_tenants_are_closed_a_few_at_a_time),
        IN_HOUSE(a_cut_anywhere_in_closing_and_paying_changes_nothing_in_the_end),
        IN_HOUSE(what_comes_in_parts_is_paid_by_several_legs),
        cmocka_unit_test(a_provider_is_asked_for_the_whole_statement_at_once),
        cmocka_unit_test(a_statement_nobody_pays_is_a_debt_and_may_be_given_up),
        IN_HOUSE(what_is_taken_off_after_a_statement_goes_on_the_next_one),
        IN_HOUSE(what_is_taken_off_after_it_was_paid_comes_off_the_next_one_too),
        cmocka_unit_test(a_statement_whose_payment_is_taken_back_is_a_debt_until_it_is_paid_again),
        IN_HOUSE(B7_readings_that_cannot_be_wait_for_the_landlord_and_are_never_negative),
        IN_HOUSE(B7_what_the_landlord_does_not_stand_by_costs_nothing),
        IN_HOUSE(B7_what_waits_is_told_once_although_a_reading_was_waived),
        IN_HOUSE(B7_statements_of_one_tenant_are_put_together_one_after_the_other),
        IN_HOUSE(B6_who_moves_out_gets_a_closing_statement_when_the_last_session_has_ended),
        IN_HOUSE(who_used_nothing_and_moves_out_is_told_so),
        IN_HOUSE(B16_what_the_pile_used_itself_is_the_landlords_and_on_no_statement),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
