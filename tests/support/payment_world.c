/* payment_world.c: the world of payment_world.h: handle, store that loses power, what is asked. The bank is in payment_bank.c. */
#include "payment_world_internal.h"
#include "ledger_post.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

#define ORDER        "0RDER000000000000000000001"
#define START_UTC_MS INT64_C(1795255200000)

/* --- a store that loses power -------------------------------------------------------------------------------------------- */

static enum ocpp_status read_row(const char *key, bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user,
                                 void *user)
{
    const struct ocpp_settle_store *inner = ((struct payment_world *)user)->inner;

    return inner->read(key, visit, visit_user, inner->user);
}

static enum ocpp_status each_row(const char *prefix, const char *from,
                                 bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user, void *user)
{
    const struct ocpp_settle_store *inner = ((struct payment_world *)user)->inner;

    return inner->each(prefix, from, visit, visit_user, inner->user);
}

static enum ocpp_status write_all(const struct ocpp_settle_write *write, void (*done)(enum ocpp_status status, void *user),
                                  void *done_user, void *user)
{
    struct payment_world *world = user;

    if (world->is_cut) {
        return OCPP_ERR_STORAGE;
    }
    if (++world->writes != world->cut_at) {
        return world->inner->write(write, done, done_user, world->inner->user);
    }
    world->is_cut = true;
    if (!world->cut_after) {
        return OCPP_ERR_STORAGE;
    }
    assert_int_equal(world->inner->write(write, NULL, NULL, world->inner->user), OCPP_OK);
    done(OCPP_ERR_STORAGE, done_user);
    return OCPP_OK;
}

static void flush(void *user)
{
    const struct ocpp_settle_store *inner = ((struct payment_world *)user)->inner;

    inner->flush(inner->user);
}

static enum ocpp_status journal(int64_t from, bool (*visit)(const struct ocpp_settle_journal_entry *entry, void *user),
                                void *visit_user, void *user)
{
    const struct ocpp_settle_store *inner = ((struct payment_world *)user)->inner;

    return inner->journal(from, visit, visit_user, inner->user);
}

static enum ocpp_status take_lease(const char *name, const char *holder, int64_t now_utc_ms, int64_t until_utc_ms, int64_t *token,
                                   void *user)
{
    const struct ocpp_settle_store *inner = ((struct payment_world *)user)->inner;

    return inner->take_lease(name, holder, now_utc_ms, until_utc_ms, token, inner->user);
}

/* --- what a handle needs and payments do not ----------------------------------------------------------------------------- */

static enum ocpp_status send(const char *station, const struct ocpp_data_transfer *data, uint64_t token, void *user)
{
    (void)station;
    (void)data;
    (void)token;
    (void)user;
    return OCPP_ERR_STATE;
}

static void answer(const char *station, uint64_t token, const struct ocpp_data_transfer_answer *said, void *user)
{
    (void)station;
    (void)token;
    (void)said;
    (void)user;
}

static bool find_tariff(const char *station, const struct ocpp_settle_tariff **tariff, const char **zone, void *user)
{
    (void)station;
    (void)tariff;
    (void)zone;
    (void)user;
    return false;
}

static size_t find_transitions(const char *zone, int64_t utc_ms, struct ocpp_settle_zone_transition *transitions, size_t room,
                               void *user)
{
    (void)zone;
    (void)utc_ms;
    (void)transitions;
    (void)room;
    (void)user;
    return 0;
}

static bool find_payer(const struct ocpp_token *token, struct ocpp_settle_payer *payer, void *user)
{
    (void)token;
    (void)payer;
    (void)user;
    return false;
}

static void on_event(const struct ocpp_settle_event *event, void *user)
{
    struct payment_world *world = user;

    if (world->event_count < WORLD_EVENTS) {
        (void)snprintf(world->events[world->event_count++], sizeof world->events[0], "%s", event->state ? event->state : "");
    }
}

/* --- whoever waits for outcomes ------------------------------------------------------------------------------------------ */

/* What orders do with an outcome: they know what was paid. */
static void add_up(struct command *command)
{
    const char *key = command_key(command, "order", ORDER, NULL);
    struct row_order *order = command_edit(command, key, &row_order_type);

    if (!order) {
        return;
    }
    order->paid_minor = 0;
    for (size_t i = 0; i < order->legs.count; i++) {
        const struct row_leg *leg = command_read(command, command_key(command, "leg", order->legs.items[i], NULL), &row_leg_type);

        order->paid_minor += leg ? leg->captured_minor - leg->refunded_minor : 0;
    }
    command_put(command, key, &row_order_type, order);
}

/* A row for each that was told, so that a second time is found also behind a power cut. */
static void told(struct command *command, const struct row_operation *operation, const struct row_leg *leg)
{
    const char *key = command_key(command, "told", operation->id, NULL);
    const struct row_vehicle_order row = { .order = operation->id };

    assert_string_equal(operation->leg, leg->id);
    assert_int_equal(operation->state, ROW_OPERATION_STATE_DONE);
    assert_null(command_read(command, key, &row_vehicle_order_type));
    command_put(command, key, &row_vehicle_order_type, &row);
    if (!command_failed(command)) {
        add_up(command);
    }
}

static void told_nobody(struct command *command, const struct row_operation *operation, const struct row_leg *leg)
{
    (void)command;
    (void)operation;
    (void)leg;
}

static const struct payment_purpose purposes[] = { { "test", told }, { PURPOSE_TIDY, told_nobody }, { NULL, NULL } };

/* --- birth --------------------------------------------------------------------------------------------------------------- */

static void open_handle(struct payment_world *world)
{
    assert_int_equal(ocpp_settle_new(&world->settings, world->now, &world->settle), OCPP_OK);
    world->settle->purposes = purposes;
}

static void put_order(struct command *command, void *args)
{
    static const char *const none[] = { "" };
    const struct row_order order = {
        .id = ORDER,
        .operator_ = "operator",
        .payer_kind = ROW_PAYER_KIND_ACCOUNT,
        .payer = "alice",
        .provider = args,
        .currency = "EUR",
        .exponent = 2,
        .state = ROW_ORDER_STATE_OPEN,
        .snapshot = "0",
        .station = "PILE",
        .opened_at = command_utc_ms(command),
        .rentals = { none, 0 },
        .legs = { none, 0 },
        .residuals = { none, 0 },
    };

    command_put(command, command_key(command, "order", ORDER, NULL), &row_order_type, &order);
}

void payment_world_run(struct payment_world *world, command_body *body, void *args)
{
    world->now.mono_ms++;
    world->now.utc_ms++;
    world->settle->now = world->now;
    world->status = command_run(world->settle, "test", body, args, NULL);
}

void payment_world_start(struct payment_world *world, const char *provider)
{
    static char names[3][16] = { "bank", "wallet", "postpaid" };
    char *name = names[strcmp(provider, "wallet") == 0 ? 1 : strcmp(provider, "postpaid") == 0 ? 2 : 0];

    memset(world, 0, sizeof *world);
    settle_keys_start(&world->keys, 7);
    test_allocator_start(&world->memory, 0);
    world->inner = ocpp_settle_memory_store_new(NULL, 0);
    world->store = (struct ocpp_settle_store){ .read = read_row,
                                               .each = each_row,
                                               .write = write_all,
                                               .flush = flush,
                                               .journal = journal,
                                               .take_lease = take_lease,
                                               .max_value_bytes = world->inner->max_value_bytes,
                                               .user = world };
    world->checker = settle_checker_new(world->inner, &world->keys.contract);
    settle_checker_believe_rentals(world->checker); /* the order is the test's own */
    world->provider = bank_provider(world);
    world->now = (struct ocpp_now){ .mono_ms = 1000, .utc_ms = START_UTC_MS };
    world->settings = ocpp_settle_settings_default();
    world->settings.allocator = &world->memory.allocator;
    world->settings.keys = world->keys.contract;
    world->settings.store = world->store;
    world->settings.transport = (struct ocpp_settle_transport){ send, answer, world };
    world->settings.providers = &world->provider;
    world->settings.provider_count = 1;
    world->settings.find_tariff = find_tariff;
    world->settings.find_transitions = find_transitions;
    world->settings.find_payer = find_payer;
    world->settings.on_event = on_event;
    world->settings.user = world;
    open_handle(world);
    ocpp_settle_advance(world->settle, world->now);
    payment_world_run(world, put_order, name);
    assert_int_equal(world->status, OCPP_OK);
}

void payment_world_end(struct payment_world *world)
{
    ocpp_settle_free(world->settle);
    settle_checker_free(world->checker);
    ocpp_settle_memory_store_free(world->inner);
    settle_keys_end(&world->keys);
    assert_int_equal(world->memory.blocks, 0);
}

void payment_world_restart(struct payment_world *world)
{
    ocpp_settle_free(world->settle);
    if (world->is_cut) {
        world->is_cut = false;
        world->cut_at = 0;
    }
    world->memory.fail_at = 0;
    world->now.mono_ms += 1000;
    world->now.utc_ms += 1000;
    open_handle(world);
    ocpp_settle_advance(world->settle, world->now);
}

void payment_world_wait(struct payment_world *world, int64_t seconds)
{
    const int64_t until = world->now.utc_ms + 1000 * seconds;

    do {
        const int64_t deadline = ocpp_settle_deadline(world->settle);
        int64_t step = deadline == OCPP_NEVER ? until - world->now.utc_ms : deadline - world->now.mono_ms;

        step = step > until - world->now.utc_ms ? until - world->now.utc_ms : step;
        step = step < 1 && world->now.utc_ms < until ? 1 : step;
        world->now.mono_ms += step;
        world->now.utc_ms += step;
        ocpp_settle_advance(world->settle, world->now);
    } while (world->now.utc_ms < until && !world->is_cut);
}

/* --- what is asked ------------------------------------------------------------------------------------------------------- */

struct wish {
    const char *leg;
    int64_t minor;
    char made[27];
};

static const struct row_order *order(struct command *command)
{
    return command_read(command, command_key(command, "order", ORDER, NULL), &row_order_type);
}

/* What orders do with a new leg. */
static void add_leg(struct command *command, struct wish *wish, const char *leg)
{
    const char *key = command_key(command, "order", ORDER, NULL);
    struct row_order *edited = leg ? command_edit(command, key, &row_order_type) : NULL;
    const char **legs = edited ? ocpp_arena_take(command_arena(command), (edited->legs.count + 1) * sizeof *legs) : NULL;

    if (!legs) {
        command_fail(command, OCPP_ERR_NOMEM);
        return;
    }
    (void)snprintf(wish->made, sizeof wish->made, "%s", leg);
    for (size_t i = 0; i < edited->legs.count; i++) {
        legs[i] = edited->legs.items[i];
        if (strcmp(legs[i], leg) == 0) {
            return;
        }
    }
    legs[edited->legs.count++] = leg;
    edited->legs.items = legs;
    command_put(command, key, &row_order_type, edited);
}

static void hold(struct command *command, void *args)
{
    struct wish *wish = args;
    const struct row_order *row = order(command);

    add_leg(command, wish, row ? payment_hold(command, row, wish->minor, "test", ORDER) : NULL);
}

static void grow(struct command *command, void *args)
{
    struct wish *wish = args;
    const struct row_order *row = order(command);

    add_leg(command, wish, row ? payment_grow(command, row, wish->leg, wish->minor, "test", ORDER) : NULL);
}

static void capture(struct command *command, void *args)
{
    const struct wish *wish = args;
    const struct row_order *row = order(command);

    if (row) {
        payment_capture(command, row, wish->leg, wish->minor, "test", ORDER);
    }
}

static void release(struct command *command, void *args)
{
    const struct wish *wish = args;
    const struct row_order *row = order(command);

    if (row) {
        payment_release(command, row, wish->leg, "test", ORDER);
    }
}

static void refund(struct command *command, void *args)
{
    const struct wish *wish = args;
    const struct row_order *row = order(command);

    if (row) {
        payment_refund(command, row, wish->leg, wish->minor, "test", ORDER);
    }
}

/* The legs are those of the order: a provider that could not grow one made another. */
static void list_legs(struct command *command, void *args)
{
    struct payment_world *world = args;
    const struct row_order *row = order(command);

    for (size_t i = 0; row && i < row->legs.count && i < WORLD_LEGS; i++) {
        (void)snprintf(world->legs[i], sizeof world->legs[i], "%s", row->legs.items[i]);
        world->leg_count = i + 1;
    }
}

static int leg_named(struct payment_world *world, const char *id)
{
    payment_world_look(world, list_legs, world);
    for (size_t i = 0; i < world->leg_count; i++) {
        if (strcmp(world->legs[i], id) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* Looking needs neither power nor memory that fails. */
void payment_world_look(struct payment_world *world, command_body *body, void *args)
{
    const size_t fail_at = world->memory.fail_at;

    world->memory.fail_at = 0;
    assert_int_equal(command_run(world->settle, "look", body, args, NULL), OCPP_OK);
    world->memory.fail_at = fail_at;
}

int payment_world_hold(struct payment_world *world, int64_t minor)
{
    struct wish wish = { .minor = minor };

    payment_world_run(world, hold, &wish);
    return leg_named(world, wish.made);
}

int payment_world_grow(struct payment_world *world, int leg, int64_t minor)
{
    struct wish wish = { .leg = world->legs[leg], .minor = minor };

    payment_world_run(world, grow, &wish);
    return leg_named(world, wish.made);
}

void payment_world_capture(struct payment_world *world, int leg, int64_t minor)
{
    payment_world_run(world, capture, &(struct wish){ .leg = world->legs[leg], .minor = minor });
}

void payment_world_release(struct payment_world *world, int leg)
{
    payment_world_run(world, release, &(struct wish){ .leg = world->legs[leg] });
}

void payment_world_refund(struct payment_world *world, int leg, int64_t minor)
{
    payment_world_run(world, refund, &(struct wish){ .leg = world->legs[leg], .minor = minor });
}

/* It owes more than any test pays. */
static void bill(struct command *command, void *args)
{
    const char *key = command_key(command, "order", ORDER, NULL);
    struct row_order *edited = command_edit(command, key, &row_order_type);

    (void)args;
    if (edited && edited->bills == 0) {
        edited->bills = 1;
        edited->state = ROW_ORDER_STATE_DEBT;
        command_put(command, key, &row_order_type, edited);
        ledger_post(command, &(struct posting){ .event = POSTING_CHARGEBACK,
                                                .currency = "EUR",
                                                .amount_minor = PAYMENT_WORLD_BILL,
                                                .provider = "elsewhere",
                                                .order = ORDER });
    }
}

void payment_world_bill(struct payment_world *world)
{
    payment_world_run(world, bill, NULL);
}
