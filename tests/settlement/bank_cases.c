/* bank_cases.c: the usual bays, and what becomes of banks in them. */
#include "bank_cases.h"

#include "unit.h"

static bool yes(const char *station, void *user)
{
    (void)station, (void)user;
    return true;
}

void bank_cases_keys(struct settle_world *world)
{
    world->settings.may_tell_key = yes;
}

int bank_cases_setup(void **state)
{
    *state = settle_bays_usual(settle_world_new_with(bank_cases_keys));
    return 0;
}

int bank_cases_teardown(void **state)
{
    struct settle_bays *bays = *state;

    settle_world_free(bays->world);
    return 0;
}

void assert_received(const struct ocpp_settle_receipt *receipt, enum ocpp_settle_reception reception)
{
    assert_non_null(receipt);
    assert_int_equal(receipt->reception, reception);
}

void assert_paid(struct settle_bays *bays, const char *payer, int64_t minor)
{
    const struct ocpp_settle_order order = order_of(bays->world, payer);

    assert_int_equal(order.state, OCPP_SETTLE_ORDER_STATE_PAID);
    assert_int_equal(order.due_minor, minor);
    assert_int_equal(order.paid_minor, minor);
}

void resolve(struct settle_bays *b, const char *suspense, enum ocpp_settle_resolution how, const char *rental, const char *bank)
{
    const struct ocpp_settle_resolve asked = { .suspense = suspense, .resolution = how, .rental = rental, .bank = bank };

    assert_int_equal(ocpp_settle_suspense_resolve(b->world->settle, &asked, settle_world_done(b->world), b->world->now), OCPP_OK);
    settle_world_run(b->world);
}

void resolved(struct settle_bays *b, const char *suspense, enum ocpp_settle_resolution how, const char *rental, const char *bank)
{
    resolve(b, suspense, how, rental, bank);
    assert_int_equal(b->world->done_status, OCPP_OK);
    assert_string_equal(b->world->done_code, "");
}

struct ocpp_settle_suspense put_in_and_held(struct settle_bays *b, struct settle_bank *bank, const char *station, int64_t slot,
                                            const char *kind)
{
    const struct ocpp_settle_bank_returned_req back = bay_returned(b, bank, station, slot);

    assert_received(bay_tells_returned(b, station, &back), OCPP_SETTLE_RECEPTION_ACCEPTED);
    assert_int_equal(bay_decision(b, bank)->verdict, OCPP_SETTLE_BANK_VERDICT_HELD);
    return suspense_of(b, kind);
}

static bool count_row(const struct ocpp_settle_row *row, void *user)
{
    (void)row;
    ++*(int *)user;
    return true;
}

int rows(const struct settle_bays *b, const char *prefix)
{
    const struct ocpp_settle_store *store = b->world->store;
    int count = 0;

    assert_int_equal(store->each(prefix, NULL, count_row, &count, store->user), OCPP_OK);
    return count;
}
