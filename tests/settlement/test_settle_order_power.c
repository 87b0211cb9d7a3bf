/* An order is the same whatever happens on the way: the power goes at any write, the store says no, another process is faster,
 * there is no memory. Who told something and got no answer tells it again, as central systems and piles do. */
#include "unit.h"

#include "order_banks.h"

#include <stdio.h>
#include <string.h>

enum { DAY = 86400, DEPOSIT = 1000 };

/* visit: a vehicle whose user rents a bank, leaves with it, and brings it back two days later; then somebody is generous. */
struct visit {
    struct settle_world *w;
    const char *bank;
};

static void begins(struct visit *visit)
{
    struct ocpp_transaction car = car_of(visit->w, "PILE-1", "7", "CARD-A");

    car.started_utc_ms = visit->w->now.utc_ms / DAY / 1000 * DAY * 1000 + 3600000; /* the same, whenever it is told */
    car.has_meter_start = car.has_meter_last = true;
    tell_car(visit->w, OCPP_TRANSACTION_STARTED, &car, NULL, 0);
    settle_world_run(visit->w);
}

static void reads(struct visit *visit)
{
    struct ocpp_transaction car = car_of(visit->w, "PILE-1", "7", "CARD-A");
    const struct ocpp_meter_sample sample = { .sample = { .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
                                                          .value = { 10000, 0 } },
                                              .timestamp_utc_ms = visit->w->now.utc_ms };

    car.started_utc_ms = visit->w->now.utc_ms / DAY / 1000 * DAY * 1000 + 3600000;
    car.has_meter_start = car.has_meter_last = true;
    car.meter_last_wh = 10000;
    tell_car(visit->w, OCPP_TRANSACTION_UPDATED, &car, &sample, 1);
    settle_world_run(visit->w);
}

static void ends(struct visit *visit)
{
    struct ocpp_transaction car = car_of(visit->w, "PILE-1", "7", "CARD-A");

    car.started_utc_ms = visit->w->now.utc_ms / DAY / 1000 * DAY * 1000 + 3600000;
    car.has_meter_start = car.has_meter_last = car.ended = true;
    car.meter_last_wh = 20000;
    car.ended_utc_ms = car.started_utc_ms + 3600000;
    tell_car(visit->w, OCPP_TRANSACTION_ENDED, &car, NULL, 0);
    settle_world_run(visit->w);
}

static void waits_out_the_grace(struct visit *visit)
{
    pass_s(visit->w, DAY + 10);
}

static void brings_it_back(struct visit *visit)
{
    bank_back(visit->w, visit->bank);
}

/* What the test itself looks at takes no part in what fails. */
static struct ocpp_settle_order residual_of(const struct visit *visit)
{
    struct settle_world *w = visit->w;
    const size_t left = w->memory.fail_at > w->memory.calls ? w->memory.fail_at - w->memory.calls : 0;

    w->memory.fail_at = 0;
    const struct ocpp_settle_order residual = settle_world_order(w, order_of_rental(w, visit->bank));
    w->memory.fail_at = left > 0 ? w->memory.calls + left : 0;
    return residual;
}

/* Whose adjustment is there does not give it again. */
static void gets_something_back(struct visit *visit)
{
    struct settle_world *w = visit->w;
    const struct ocpp_settle_order residual = residual_of(visit);

    if (residual.bill_count < 2) {
        const enum ocpp_status status = ocpp_settle_adjust(w->settle, residual.id, -50, "sorry", settle_world_done(w), w->now);

        assert_true(status == OCPP_OK || w->is_cut || w->memory.fail_at || w->cut == SETTLE_CUT_REFUSED);
        settle_world_run(w);
    }
}

static void (*const steps[])(struct visit *visit) = { reads, ends, waits_out_the_grace, brings_it_back, gets_something_back };

/* What had no answer is told again, after a restart where the power went. */
static bool go_through(struct visit *visit)
{
    struct settle_world *w = visit->w;
    bool happened = false;

    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        const size_t calls = w->memory.fail_at;

        steps[i](visit);
        if (w->is_cut) {
            settle_world_restart(w);
            happened = true;
            steps[i](visit);
        } else if ((w->cut == SETTLE_CUT_REFUSED && w->writes >= w->cut_at) || (calls && w->memory.calls >= calls)) {
            happened = w->cut != SETTLE_CUT_NEVER || calls;
            w->cut = SETTLE_CUT_NEVER;
            w->memory.fail_at = 0;
            steps[i](visit);
        }
        happened |= w->cut == SETTLE_CUT_BUSY && w->writes >= w->cut_at;
    }
    return happened;
}

static void assert_told_whole(struct visit *visit)
{
    struct settle_world *w = visit->w;

    pass_s(w, 7200); /* what nobody heard the end of is asked for */
    settle_world_check_in_full(w);
    assert_int_equal(orders_of(w, "CARD-A"), 2);
    const struct ocpp_settle_order residual = settle_world_order(w, order_of_rental(w, visit->bank));
    const struct ocpp_settle_order order = settle_world_order(w, residual.residual_of);
    assert_int_equal(order.state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(order.paid_minor, 1100);
    assert_int_equal(residual.state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(residual.bill_count, 2);
    assert_int_equal(residual.paid_minor, residual.due_minor);
    assert_int_equal(w->card.captured_minor - w->card.refunded_minor, order.paid_minor + residual.paid_minor);
    assert_int_equal(w->card.held_minor, 0);
    assert_int_equal(settle_provider_count(&w->card, order.id, OCPP_SETTLE_CAPTURE, OCPP_SETTLE_PAYMENT_OK), 1);
}

static struct visit visit_begun(void)
{
    struct visit visit = { .w = settle_world_new() };

    begins(&visit);
    visit.bank = bank_out(visit.w, order_of(visit.w, "CARD-A").id, DEPOSIT);
    return visit;
}

static int every_write(enum settle_cut cut)
{
    bool happens = true;
    int at = 0;

    while (happens) {
        struct visit visit = visit_begun();

        at += (int)every();
        visit.w->cut = cut;
        visit.w->cut_at = visit.w->writes + at;
        happens = go_through(&visit);
        assert_told_whole(&visit);
        settle_world_free(visit.w);
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
        struct visit visit = visit_begun();

        at += every();
        visit.w->memory.fail_at = visit.w->memory.calls + at;
        happens = go_through(&visit);
        visit.w->memory.fail_at = 0;
        assert_told_whole(&visit);
        settle_world_free(visit.w);
    }
    assert_in_range(at, 10, 1000);
}

/* The first process slept for longer than its lease: what it would write is refused, whatever it believed. */
static void a_process_that_slept_too_long_changes_nothing(void **state)
{
    struct settle_world *w = settle_world_new();
    struct ocpp_settle *sleeper = w->settle;
    struct ocpp_transaction car;

    (void)state;
    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    w->settings.holder = "another";
    assert_int_equal(ocpp_settle_new(&w->settings, w->now, &w->settle), OCPP_ERR_BUSY);
    w->now.mono_ms += 120000;
    w->now.utc_ms += 120000;
    assert_int_equal(ocpp_settle_new(&w->settings, w->now, &w->settle), OCPP_OK);
    settle_world_run(w);
    car = car_of(w, "PILE-2", "8", "CARD-B");
    const struct ocpp_transaction_event event = { .phase = OCPP_TRANSACTION_STARTED, .transaction = &car };
    assert_int_not_equal(ocpp_settle_transaction(sleeper, &event, w->now), OCPP_OK);
    assert_int_equal(orders_of(w, "CARD-B"), 0);
    car_ends(w, "PILE-1", "7", 20000);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
    ocpp_settle_free(sleeper);
    settle_world_free(w);
}

/* --- anchors --------------------------------------------------------------------------------------------------------------- */

static void anchor_often(struct settle_world *w)
{
    w->settings.anchor_key = "anchor";
    w->settings.policy.anchor_every = 20;
    w->settings.policy.anchor_after_s = 600;
}

/* What a walk says that believes one key alone. */
static struct ocpp_settle_verification walk(struct settle_world *w)
{
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    const struct ocpp_settle_verify how = { .anchor_point = point };
    struct ocpp_settle_verification found;

    assert_int_equal(w->keys.contract.public_key("anchor", point, w->keys.contract.user), OCPP_OK);
    w->store->flush(w->store->user);
    assert_int_equal(ocpp_settle_store_verify(w->store, &w->keys.contract, &how, &found), OCPP_OK);
    assert_int_equal(found.wrong, OCPP_SETTLE_UNBROKEN);
    return found;
}

/* Somebody who has the file can make a good chain of lies; so the backend signs how far it has come. */
static void a_journal_is_anchored_after_so_many_entries_and_after_so_long(void **state)
{
    struct settle_world *w = settle_world_new_with(anchor_often);
    char token[16];

    (void)state;
    assert_int_equal(walk(w).anchors, 0);
    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    pass_s(w, 599);
    assert_int_equal(walk(w).anchors, 0);
    pass_s(w, 2);
    assert_int_equal(walk(w).anchors, 1);
    car_ends(w, "PILE-1", "7", 1000);
    pass_s(w, 601);
    assert_int_equal(walk(w).anchors, 2);
    pass_s(w, 7 * 86400);
    assert_int_equal(walk(w).anchors, 2); /* for an anchor alone there is none */
    for (int i = 0; i < 12; i++) {
        snprintf(token, sizeof token, "%d", i);
        car_starts(w, "PILE-1", token, token, 0);
    }
    const struct ocpp_settle_verification found = walk(w);
    assert_in_range(found.anchors, 3, found.entries / 20 + 3);
    settle_world_restart(w);
    assert_int_equal(walk(w).head.number, walk(w).entries);
    settle_world_free(w);
}

/* A key that cannot be had stops nobody: it is tried again. */
static bool key_is_there;
static enum ocpp_status (*sign)(const char *name, const void *bytes, size_t size,
                                unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE], void *user);

static enum ocpp_status sign_or_not(const char *name, const void *bytes, size_t size,
                                    unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE], void *user)
{
    return key_is_there ? sign(name, bytes, size, signature, user) : OCPP_ERR_CRYPTO;
}

static void anchor_without_key(struct settle_world *w)
{
    anchor_often(w);
    sign = w->settings.keys.sign;
    w->settings.keys.sign = sign_or_not;
    key_is_there = false;
}

static void without_its_key_the_journal_goes_on_and_is_anchored_later(void **state)
{
    struct settle_world *w = settle_world_new_with(anchor_without_key);

    (void)state;
    car_starts(w, "PILE-1", "7", "CARD-A", 0);
    car_ends(w, "PILE-1", "7", 1000);
    assert_int_equal(order_of(w, "CARD-A").state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(walk(w).anchors, 0);
    pass_s(w, 601);
    assert_int_equal(walk(w).anchors, 0);
    key_is_there = true;
    pass_s(w, 61);
    assert_int_equal(walk(w).anchors, 1);
    settle_world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_journal_is_anchored_after_so_many_entries_and_after_so_long),
        cmocka_unit_test(without_its_key_the_journal_goes_on_and_is_anchored_later),
        cmocka_unit_test(the_power_goes_before_any_write),
        cmocka_unit_test(the_power_goes_after_any_write),
        cmocka_unit_test(the_store_refuses_any_write),
        cmocka_unit_test(another_process_is_faster_at_any_write),
        cmocka_unit_test(there_is_no_memory_at_any_moment),
        cmocka_unit_test(a_process_that_slept_too_long_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
