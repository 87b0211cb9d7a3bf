/* order_banks.c: see order_banks.h. */
#include "unit.h"

#include "order_banks.h"
#include "orders.h"
#include "payments.h"
#include "rental.h"
#include "settle_checker.h"

#include <string.h>

struct act {
    struct settle_world *world;
    const char *id; /* of an order, a rental, a token */
    int64_t deposit_minor;
    enum row_rental_state state;
    const char *result;
};

static const char *kept(struct settle_world *world, const char *text)
{
    const char *copy = ocpp_arena_text(world->arena, text, strlen(text));

    assert_non_null(copy);
    return copy;
}

static const char *run(struct settle_world *world, command_body *body, struct act *act)
{
    act->world = world;
    settle_checker_believe_rentals(world->checker);
    const enum ocpp_status status = command_run(world->settle, "test", body, act, NULL);

    assert_true(status == OCPP_OK || world->is_cut || world->memory.fail_at || world->cut == SETTLE_CUT_REFUSED);
    settle_world_run(world);
    return act->result;
}

static void put_rental(struct command *command, const struct row_rental *rental)
{
    command_put(command, command_key(command, "rental", rental->id, NULL), &row_rental_type, rental);
}

static void out_body(struct command *command, void *args)
{
    struct act *act = args;
    struct row_order *order = order_edit(command, act->id);
    const struct row_rental rental = { .id = command_id(command),
                                       .order = act->id,
                                       .request = "R",
                                       .state = ROW_RENTAL_STATE_TAKEN,
                                       .renter_class = ROW_RENTER_CLASS_PLAIN,
                                       .handle = "H",
                                       .deposit_minor = act->deposit_minor,
                                       .station = "PILE-1",
                                       .slot = 1,
                                       .asked_at = command_utc_ms(command),
                                       .has_taken_at = true,
                                       .taken_at = command_utc_ms(command) };

    assert_non_null(order);
    act->result = kept(act->world, rental.id);
    put_rental(command, &rental);
    rental_arm(command, &rental);
    order_add_rental(command, order, rental.id);
    order_hold(command, order, act->deposit_minor, PURPOSE_OFFLINE_HOLD, rental.id);
}

const char *bank_out(struct settle_world *world, const char *order, int64_t deposit_minor)
{
    return run(world, out_body, &(struct act){ .id = order, .deposit_minor = deposit_minor });
}

static void end_body(struct command *command, void *args)
{
    struct act *act = args;
    struct row_rental *rental = command_edit(command, command_key(command, "rental", act->id, NULL), &row_rental_type);

    assert_non_null(rental);
    rental->state = act->state;
    rental->has_ended_at = act->state == ROW_RENTAL_STATE_RETURNED;
    rental->ended_at = command_utc_ms(command);
    rental->has_bought_at = act->state == ROW_RENTAL_STATE_BOUGHT || rental->has_bought_at;
    rental->bought_at = act->state == ROW_RENTAL_STATE_BOUGHT ? command_utc_ms(command) : rental->bought_at;
    put_rental(command, rental);
    rental_disarm(command, rental);
    order_recalculate(command, rental->order, "a bank came back");
}

void bank_back(struct settle_world *world, const char *rental)
{
    (void)run(world, end_body, &(struct act){ .id = rental, .state = ROW_RENTAL_STATE_RETURNED });
}

void bank_bought(struct settle_world *world, const char *rental)
{
    (void)run(world, end_body, &(struct act){ .id = rental, .state = ROW_RENTAL_STATE_BOUGHT });
}

static void open_body(struct command *command, void *args)
{
    struct act *act = args;
    const struct ocpp_settle_user_token token = { .id = act->id, .type = "ISO14443" };
    const struct row_order *order = order_open(command, &token, "PILE-1");

    act->result = order ? kept(act->world, order->id) : NULL;
}

const char *order_for_banks(struct settle_world *world, const char *token)
{
    return run(world, open_body, &(struct act){ .id = token });
}

static void vehicle_body(struct command *command, void *args)
{
    struct act *act = args;
    const struct ocpp_settle_user_token token = { .id = act->id, .type = "ISO14443" };
    const struct row_order *order = order_of_vehicle_user(command, &token, "PILE-1");

    act->result = order ? kept(act->world, order->id) : NULL;
}

const char *order_for_vehicle_user(struct settle_world *world, const char *token)
{
    return run(world, vehicle_body, &(struct act){ .id = token });
}

static void whose_body(struct command *command, void *args)
{
    struct act *act = args;
    const struct row_rental *rental = command_read(command, command_key(command, "rental", act->id, NULL), &row_rental_type);

    assert_non_null(rental);
    act->result = kept(act->world, rental->order);
}

const char *order_of_rental(struct settle_world *world, const char *rental)
{
    return run(world, whose_body, &(struct act){ .id = rental });
}
