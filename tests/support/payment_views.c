/* payment_views.c: what can be seen of the world of payment_world.h, and what always holds in it. */
#include "payment_world_internal.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

#define PREFIX "operator/"

/* --- rows ---------------------------------------------------------------------------------------------------------------- */

struct look {
    const char *kind;
    const char *id;
    const struct ocpp_type *type;
    const void *record;
    /* for lists */
    struct payment_world *world;
    const char *leg;
    char last[27];
    int64_t last_at;
    size_t count;
    enum row_operation_result result;
    int64_t sum;
    char account[140];
};

static void look_at(struct command *command, void *args)
{
    struct look *look = args;

    look->record = command_read(command, command_key(command, look->kind, look->id, NULL), look->type);
}

const struct row_leg *payment_world_leg(struct payment_world *world, int leg)
{
    struct look look = { .kind = "leg", .id = world->legs[leg], .type = &row_leg_type };

    payment_world_look(world, look_at, &look);
    assert_non_null(look.record);
    return look.record;
}

const struct row_operation *payment_world_operation(struct payment_world *world, const char *id)
{
    struct look look = { .kind = "operation", .id = id, .type = &row_operation_type };

    payment_world_look(world, look_at, &look);
    assert_non_null(look.record);
    return look.record;
}

/* --- lists --------------------------------------------------------------------------------------------------------------- */

static bool visit_last(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_operation *operation = record;
    struct look *look = user;

    (void)command;
    (void)key;
    if (strcmp(operation->leg, look->leg) == 0 && operation->created_at >= look->last_at) {
        (void)snprintf(look->last, sizeof look->last, "%s", operation->id);
        look->last_at = operation->created_at;
    }
    return true;
}

static bool visit_open(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_operation *operation = record;
    struct look *look = user;

    (void)command;
    (void)key;
    look->count += operation->state != ROW_OPERATION_STATE_DONE;
    return true;
}

static bool visit_told(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_vehicle_order *told = record;
    struct look *look = user;
    const struct row_operation *operation =
        command_read(command, command_key(command, "operation", told->order, NULL), &row_operation_type);

    (void)key;
    look->count += operation->result == look->result;
    return true;
}

static void list_last(struct command *command, void *args)
{
    command_each(command, command_key(command, "operation", "", NULL), &row_operation_type, visit_last, args);
}

static void list_open(struct command *command, void *args)
{
    command_each(command, command_key(command, "operation", "", NULL), &row_operation_type, visit_open, args);
}

static void list_told(struct command *command, void *args)
{
    command_each(command, command_key(command, "told", "", NULL), &row_vehicle_order_type, visit_told, args);
}

const struct row_operation *payment_world_last(struct payment_world *world, int leg)
{
    struct look look = { .leg = world->legs[leg], .last_at = -1 };

    payment_world_look(world, list_last, &look);
    return payment_world_operation(world, look.last);
}

size_t payment_world_open(struct payment_world *world)
{
    struct look look = { .count = 0 };

    payment_world_look(world, list_open, &look);
    return look.count;
}

size_t payment_world_told(struct payment_world *world, enum row_operation_result result)
{
    struct look look = { .result = result };

    payment_world_look(world, list_told, &look);
    return look.count;
}

static void look_at_balance(struct command *command, void *args)
{
    struct look *look = args;
    const struct row_balance *balance =
        command_read(command, command_key(command, "balance", "EUR", look->account, NULL), &row_balance_type);

    look->sum = balance ? balance->minor : 0;
}

int64_t payment_world_balance(struct payment_world *world, const char *account)
{
    struct look look = { .sum = 0 };

    (void)snprintf(look.account, sizeof look.account, "%s", account);
    payment_world_look(world, look_at_balance, &look);
    return look.sum;
}

static void look_at_timer(struct command *command, void *args)
{
    struct look *look = args;

    look->sum = command_timer_at(command, look->kind, look->id);
}

int64_t payment_world_timer(struct payment_world *world, const char *kind, int leg)
{
    struct look look = { .kind = kind, .id = world->legs[leg] };

    payment_world_look(world, look_at_timer, &look);
    return look.sum;
}

static bool count_entry(const struct ocpp_settle_journal_entry *entry, void *user)
{
    struct look *look = user;

    look->count += strcmp(entry->kind, look->kind) == 0;
    return true;
}

size_t payment_world_notes(struct payment_world *world, const char *kind)
{
    struct look look = { .kind = kind };

    assert_int_equal(world->inner->journal(1, count_entry, &look, world->inner->user), OCPP_OK);
    return look.count;
}

/* --- what always holds --------------------------------------------------------------------------------------------------- */

static bool add_balance(struct command *command, const char *key, const void *record, void *user)
{
    const struct row_balance *balance = record;
    struct look *look = user;

    (void)command;
    (void)key;
    look->sum += balance->minor;
    return true;
}

static void add_balances(struct command *command, void *args)
{
    command_each(command, command_key(command, "balance", "", NULL), &row_balance_type, add_balance, args);
}

static bool is_over(const struct row_leg *leg)
{
    return leg->state == ROW_LEG_STATE_CAPTURED || leg->state == ROW_LEG_STATE_RELEASED || leg->state == ROW_LEG_STATE_FAILED ||
           leg->state == ROW_LEG_STATE_REFUNDING;
}

/* I3: what is held stands on the leg's account, and nothing does once the leg is over. */
static void check_leg(struct payment_world *world, int number)
{
    const struct row_leg leg = *payment_world_leg(world, number);
    const int64_t now = leg.held_minor - leg.captured_minor - leg.released_minor;
    char account[64];

    (void)snprintf(account, sizeof account, "hold:%s", leg.id);
    assert_int_equal(payment_world_balance(world, account), now);
    assert_true(now >= 0 && leg.refunded_minor <= leg.captured_minor);
    if (is_over(&leg)) {
        assert_int_equal(now, 0);
    }
}

/* I4: the bank has captured nothing twice. */
static void check_captures(const struct payment_world *world, const char *leg)
{
    int captures = 0;

    for (size_t i = 0; i < world->bank.count; i++) {
        const struct bank_act *act = &world->bank.acts[i];

        captures += act->happened && act->kind == OCPP_SETTLE_CAPTURE && strcmp(act->leg, leg) == 0;
    }
    assert_true(captures <= 1);
}

void payment_world_check(struct payment_world *world)
{
    struct look look = { .sum = 0 };
    const char *broken = settle_checker_run(world->checker);

    if (broken) {
        fail_msg("%s", broken);
    }
    payment_world_look(world, add_balances, &look);
    assert_int_equal(look.sum, 0); /* I1 */
    for (size_t i = 0; i < world->leg_count; i++) {
        check_leg(world, (int)i);
        check_captures(world, world->legs[i]);
    }
}

void payment_world_check_end(struct payment_world *world)
{
    payment_world_check(world);
    const char *broken = settle_checker_run_in_full(world->checker);
    if (broken) {
        fail_msg("%s", broken);
    }
    assert_int_equal(payment_world_open(world), 0);
    for (int i = 0; i < (int)world->leg_count; i++) {
        const struct row_leg leg = *payment_world_leg(world, i);

        if (strcmp(leg.provider, "bank") != 0) {
            continue;
        }
        assert_int_equal(bank_minor(world, i, OCPP_SETTLE_AUTHORIZE) + bank_minor(world, i, OCPP_SETTLE_INCREMENT),
                         leg.held_minor);
        assert_int_equal(bank_minor(world, i, OCPP_SETTLE_CAPTURE), leg.captured_minor);
        assert_int_equal(bank_minor(world, i, OCPP_SETTLE_REFUND), leg.refunded_minor);
    }
}
