/* settle_world_cars.c: transactions as a central system tells them, and orders as the backend shows them. */
#include "unit.h"

#include "settle_world.h"

#include <stdio.h>
#include <string.h>

/* --- cars ---------------------------------------------------------------------------------------------------------------------
 */

struct ocpp_transaction car_of(const struct settle_world *world, const char *station, const char *id, const char *token)
{
    return (struct ocpp_transaction){
        .identity = station,
        .id = id,
        .version = OCPP_VERSION_2_0_1,
        .evse = 1,
        .connector = 1,
        .token = token,
        .token_type = OCPP_TOKEN_ISO14443,
        .started_utc_ms = world->now.utc_ms,
        .ended_utc_ms = OCPP_UTC_UNKNOWN,
        .charging_state = OCPP_CHARGING_STATE_CHARGING,
    };
}

void tell_car(struct settle_world *world, enum ocpp_transaction_phase phase, const struct ocpp_transaction *car,
              const struct ocpp_meter_sample *samples, size_t count)
{
    const struct ocpp_transaction_event event = { .phase = phase,
                                                  .transaction = car,
                                                  .samples = samples,
                                                  .sample_count = count,
                                                  .trigger = OCPP_TRIGGER_METER_VALUE_PERIODIC };
    const enum ocpp_status status = ocpp_settle_transaction(world->settle, &event, world->now);

    assert_true(status == OCPP_OK || world->is_cut || world->memory.fail_at || world->cut == SETTLE_CUT_REFUSED);
}

static struct settle_car *known_car(struct settle_world *world, const char *station, const char *id)
{
    for (size_t i = world->car_count; i > 0; i--) {
        struct settle_car *car = &world->cars[(i - 1) % COUNT_OF(world->cars)];

        if (strcmp(car->station, station) == 0 && strcmp(car->id, id) == 0) {
            return car;
        }
    }
    fail_msg("no such car: %s %s", station, id);
    return NULL;
}

void car_starts(struct settle_world *world, const char *station, const char *id, const char *token, int64_t wh)
{
    struct settle_car *car = &world->cars[world->car_count++ % COUNT_OF(world->cars)];

    snprintf(car->station, sizeof car->station, "%s", station);
    snprintf(car->id, sizeof car->id, "%s", id);
    snprintf(car->token, sizeof car->token, "%s", token);
    car->transaction = car_of(world, car->station, car->id, car->token);
    car->transaction.has_meter_start = car->transaction.has_meter_last = true;
    car->transaction.meter_start_wh = car->transaction.meter_last_wh = wh;
    tell_car(world, OCPP_TRANSACTION_STARTED, &car->transaction, NULL, 0);
    settle_world_run(world);
}

void car_reads(struct settle_world *world, const char *station, const char *id, int64_t wh)
{
    struct settle_car *car = known_car(world, station, id);
    const struct ocpp_meter_sample sample = { .sample = { .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
                                                          .value = { wh, 0 } },
                                              .context = OCPP_CONTEXT_SAMPLE_PERIODIC,
                                              .timestamp_utc_ms = world->now.utc_ms };

    car->transaction.meter_last_wh = wh;
    tell_car(world, OCPP_TRANSACTION_UPDATED, &car->transaction, &sample, 1);
    settle_world_run(world);
}

void car_ends(struct settle_world *world, const char *station, const char *id, int64_t wh)
{
    struct settle_car *car = known_car(world, station, id);

    car->transaction.ended = true;
    car->transaction.ended_utc_ms = world->now.utc_ms;
    car->transaction.meter_last_wh = wh;
    tell_car(world, OCPP_TRANSACTION_ENDED, &car->transaction, NULL, 0);
    settle_world_run(world);
}

/* --- orders -------------------------------------------------------------------------------------------------------------------
 */

struct taking {
    struct settle_world *world;
    struct ocpp_settle_order order;
    const char *payer;
    size_t count;
};

static const char *kept(struct taking *taking, const char *text)
{
    const char *copy = text ? ocpp_arena_text(taking->world->arena, text, strlen(text)) : NULL;

    assert_true(!text || copy);
    return copy;
}

static void take_order(const struct ocpp_settle_order *shown, void *user)
{
    struct taking *taking = user;
    const char **rentals = ocpp_arena_take(taking->world->arena, (shown->rental_count + 1) * sizeof *rentals);

    assert_non_null(rentals);
    taking->order = *shown;
    taking->order.id = kept(taking, shown->id);
    taking->order.payer = kept(taking, shown->payer);
    taking->order.provider = kept(taking, shown->provider);
    taking->order.station = kept(taking, shown->station);
    taking->order.currency = kept(taking, shown->currency);
    taking->order.transaction = kept(taking, shown->transaction);
    taking->order.debt_reason = kept(taking, shown->debt_reason);
    taking->order.refund_reason = kept(taking, shown->refund_reason);
    taking->order.residual_of = kept(taking, shown->residual_of);
    taking->order.house = kept(taking, shown->house);
    taking->order.statement = kept(taking, shown->statement);
    taking->order.snapshot_hash = kept(taking, shown->snapshot_hash);
    for (size_t i = 0; i < shown->rental_count; i++) {
        rentals[i] = kept(taking, shown->rentals[i]);
    }
    taking->order.rentals = rentals;
    taking->order.residuals = NULL; /* follow residual_of the other way */
}

struct ocpp_settle_order settle_world_order(struct settle_world *world, const char *id)
{
    struct taking taking = { .world = world };

    assert_int_equal(ocpp_settle_find_order(world->settle, id, take_order, &taking), OCPP_OK);
    return taking.order;
}

static void take_newest(const struct ocpp_settle_order *shown, void *user)
{
    struct taking *taking = user;
    const char *colon = strchr(shown->payer, ':');

    if (strcmp(shown->payer, taking->payer) != 0 && (!colon || strcmp(colon + 1, taking->payer) != 0)) {
        return;
    }
    if (taking->count == 0 || shown->opened_utc_ms >= taking->order.opened_utc_ms) {
        take_order(shown, taking);
    }
    taking->count++;
}

static struct taking all_of(struct settle_world *world, const char *payer)
{
    struct taking taking = { .world = world, .payer = payer };
    struct ocpp_settle_order_query query = { .limit = 0 };

    do {
        assert_int_equal(ocpp_settle_orders(world->settle, &query, take_newest, &taking), OCPP_OK);
    } while (query.cursor[0]);
    return taking;
}

struct ocpp_settle_order order_of(struct settle_world *world, const char *payer)
{
    const struct taking taking = all_of(world, payer);

    assert_true(taking.count > 0);
    return taking.order;
}

size_t orders_of(struct settle_world *world, const char *payer)
{
    return all_of(world, payer).count;
}

struct copying {
    struct settle_world *world;
    const struct ocpp_settle_bill *bill;
};

static void take_bill(const struct ocpp_settle_bill *bill, void *user)
{
    struct copying *copying = user;
    const void *copy = NULL;

    assert_int_equal(ocpp_message_copy(&ocpp_settle_bill_type, bill, copying->world->arena, &copy), OCPP_OK);
    copying->bill = copy;
}

const struct ocpp_settle_bill *settle_world_bill(struct settle_world *world, const char *order, int64_t number)
{
    struct copying copying = { .world = world };

    assert_int_equal(ocpp_settle_find_bill(world->settle, order, number, take_bill, &copying, world->now), OCPP_OK);
    return copying.bill;
}

const struct ocpp_settle_bill_line *bill_line(const struct ocpp_settle_bill *bill, enum ocpp_settle_line_kind kind)
{
    for (size_t i = 0; i < bill->lines.count; i++) {
        if (bill->lines.items[i].kind == kind) {
            return &bill->lines.items[i];
        }
    }
    return NULL;
}
