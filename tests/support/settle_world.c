/* settle_world.c: the world itself: its store, its clock, its application. Cars are in settle_world_cars.c, piles in
 * settle_world_piles.c, what must always hold in settle_world_check.c. */
#include "unit.h"

#include "settle_world.h"

#include <stdio.h>
#include <string.h>

enum { ROUNDS = 200 };

static const char start_of_time[] = "2026-11-20T08:00:00Z";

/* --- the tariff --------------------------------------------------------------------------------------------------------------
 */

static const struct ocpp_settle_tax reduced[] = { { .name = "VAT", .rate_ppm = 100000 } };
static const struct ocpp_settle_tax full[] = { { .name = "VAT", .rate_ppm = 200000 } };

static const struct ocpp_settle_price_component prices[] = {
    { .dimension = OCPP_SETTLE_DIMENSION_ENERGY,
      .unit = OCPP_SETTLE_PRICE_UNIT_KWH,
      .price_micro = 500000,
      .taxes = { reduced, 1 } },
    { .dimension = OCPP_SETTLE_DIMENSION_IDLE,
      .unit = OCPP_SETTLE_PRICE_UNIT_MINUTE,
      .price_micro = 100000,
      .taxes = { full, 1 } },
};

static const struct ocpp_settle_tariff_element elements[] = { { .components = { prices, 2 } } };

static const struct ocpp_settle_bank_tariff bank = { .deposit_minor = 1000,
                                                     .free_s = 300,
                                                     .unit_s = 1800,
                                                     .unit_price_micro = 1000000,
                                                     .has_daily_cap_minor = true,
                                                     .daily_cap_minor = 600,
                                                     .buy_out_minor = 2000,
                                                     .rental_taxes = { full, 1 },
                                                     .purchase_taxes = { full, 1 } };

static const struct ocpp_settle_tariff tariff = { .id = "world",
                                                  .currency = "EUR",
                                                  .dialect = OCPP_SETTLE_TARIFF_DIALECT_OWN,
                                                  .elements = { elements, 1 },
                                                  .bank = &bank,
                                                  .text = "0.50 EUR/kWh" };

static bool find_tariff(const char *station, const struct ocpp_settle_tariff **found, const char **zone, void *user)
{
    const struct settle_world *world = user;

    (void)station;
    *found = &tariff;
    *zone = "UTC";
    return world->has_tariff;
}

static size_t find_transitions(const char *zone, int64_t utc_ms, struct ocpp_settle_zone_transition *transitions, size_t room,
                               void *user)
{
    (void)zone;
    (void)utc_ms;
    (void)user;
    assert_true(room > 0);
    transitions[0] = (struct ocpp_settle_zone_transition){ 0, 0 };
    return 1;
}

static bool find_payer(const struct ocpp_token *token, struct ocpp_settle_payer *payer, void *user)
{
    const struct settle_world *world = user;

    payer->provider = world->payment_by;
    payer->known_renter = strncmp(token->id, "KNOWN", 5) == 0;
    return strncmp(token->id, "NOBODY", 6) != 0;
}

/* --- what the application is told ----------------------------------------------------------------------------------------------
 */

static void on_event(const struct ocpp_settle_event *event, void *user)
{
    struct settle_world *world = user;

    if (world->event_count < SETTLE_WORLD_EVENTS) {
        const size_t i = world->event_count++;

        snprintf(world->events[i], sizeof world->events[0], "%d %s %s", (int)event->kind, event->id,
                 event->state ? event->state : "");
        snprintf(world->event_text, sizeof world->event_text, "%s", event->text ? event->text : "");
        snprintf(world->event_houses[i], sizeof world->event_houses[0], "%s", event->house ? event->house : "");
        snprintf(world->event_tenants[i], sizeof world->event_tenants[0], "%s", event->tenant ? event->tenant : "");
    }
}

static void stop_transaction(const char *station, const char *transaction, const char *reason, void *user)
{
    struct settle_world *world = user;

    (void)reason;
    assert_true(world->stop_count < 16);
    snprintf(world->stopped[world->stop_count++], sizeof world->stopped[0], "%s %s", station, transaction);
}

static void on_done(enum ocpp_status status, const char *code, const char *reason, const char *id, void *user)
{
    struct settle_world *world = user;

    (void)reason;
    world->done_status = status;
    world->done_count++;
    snprintf(world->done_code, sizeof world->done_code, "%s", code ? code : "");
    snprintf(world->done_id, sizeof world->done_id, "%s", id);
}

const struct ocpp_settle_done *settle_world_done(struct settle_world *world)
{
    struct ocpp_settle_done *done = ocpp_arena_take(world->arena, sizeof *done);

    assert_non_null(done);
    *done = (struct ocpp_settle_done){ on_done, world };
    world->done_code[0] = world->done_id[0] = '\0';
    world->done_status = OCPP_ERR_STATE;
    return done;
}

/* --- the store, and the power -------------------------------------------------------------------------------------------------
 */

static enum ocpp_status read_row(const char *key, bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user,
                                 void *user)
{
    const struct settle_world *world = user;

    return world->store->read(key, visit, visit_user, world->store->user);
}

static enum ocpp_status each_row(const char *prefix, const char *from,
                                 bool (*visit)(const struct ocpp_settle_row *row, void *user), void *visit_user, void *user)
{
    const struct settle_world *world = user;

    return world->store->each(prefix, from, visit, visit_user, world->store->user);
}

struct unheard {
    void (*done)(enum ocpp_status status, void *user);
    void *user;
};

static void hear_nothing(enum ocpp_status status, void *user)
{
    const struct unheard *unheard = user;

    (void)status;
    if (unheard->done) {
        unheard->done(OCPP_ERR_STORAGE, unheard->user);
    }
}

static enum ocpp_status write_rows(const struct ocpp_settle_write *write, void (*done)(enum ocpp_status status, void *user),
                                   void *done_user, void *user)
{
    struct settle_world *world = user;
    struct unheard unheard = { done, done_user };

    world->writes++;
    if (world->is_cut) {
        return OCPP_ERR_STORAGE;
    }
    if (world->cut == SETTLE_CUT_NEVER || world->writes != world->cut_at) {
        return world->store->write(write, done, done_user, world->store->user);
    }
    if (world->cut == SETTLE_CUT_REFUSED || world->cut == SETTLE_CUT_BUSY) {
        return world->cut == SETTLE_CUT_BUSY ? OCPP_ERR_BUSY : OCPP_ERR_STORAGE;
    }
    world->is_cut = true;
    if (world->cut == SETTLE_CUT_BEFORE) {
        return OCPP_ERR_STORAGE;
    }
    return world->store->write(write, hear_nothing, &unheard, world->store->user);
}

static uint64_t changes(void *user)
{
    const struct settle_world *world = user;

    return world->store->changes(world->store->user);
}

static void flush(void *user)
{
    const struct settle_world *world = user;

    world->store->flush(world->store->user);
}

static enum ocpp_status journal(int64_t from, bool (*visit)(const struct ocpp_settle_journal_entry *entry, void *user),
                                void *visit_user, void *user)
{
    const struct settle_world *world = user;

    return world->store->journal(from, visit, visit_user, world->store->user);
}

static enum ocpp_status head(struct ocpp_settle_head *found, void *user)
{
    const struct settle_world *world = user;

    return world->store->head(found, world->store->user);
}

static enum ocpp_status take_lease(const char *name, const char *holder, int64_t now_utc_ms, int64_t until_utc_ms, int64_t *token,
                                   void *user)
{
    const struct settle_world *world = user;

    return world->store->take_lease(name, holder, now_utc_ms, until_utc_ms, token, world->store->user);
}

/* --- birth and death ----------------------------------------------------------------------------------------------------------
 */

static void make_settings(struct settle_world *world)
{
    world->settings = ocpp_settle_settings_default();
    world->settings.allocator = &world->memory.allocator;
    world->settings.keys = world->keys.contract;
    world->settings.store = (struct ocpp_settle_store){ .read = read_row,
                                                        .each = each_row,
                                                        .write = write_rows,
                                                        .flush = flush,
                                                        .journal = journal,
                                                        .head = head,
                                                        .take_lease = take_lease,
                                                        .max_value_bytes = world->store->max_value_bytes,
                                                        .user = world,
                                                        .changes = world->store->changes ? changes : NULL };
    settle_world_piles_transport(world, &world->settings.transport);
    world->providers[0] = world->card.contract;
    world->settings.providers = world->providers;
    world->settings.provider_count = 1;
    world->settings.find_tariff = find_tariff;
    world->settings.find_transitions = find_transitions;
    world->settings.find_payer = find_payer;
    world->settings.stop_transaction = stop_transaction;
    world->settings.on_event = on_event;
    world->settings.user = world;
}

static void open_backend(struct settle_world *world)
{
    assert_int_equal(ocpp_settle_new(&world->settings, world->now, &world->settle), OCPP_OK);
}

struct settle_world *settle_world_new_on(struct ocpp_settle_store *store, void (*change)(struct settle_world *world))
{
    struct settle_world *world = calloc(1, sizeof *world);

    assert_non_null(world);
    world->arena = ocpp_arena_new(NULL, 64 * 1024 * 1024);
    assert_non_null(world->arena);
    test_allocator_start(&world->memory, 0);
    settle_keys_start(&world->keys, 7);
    world->own_store = store ? NULL : ocpp_settle_memory_store_new(NULL, 0);
    world->store = store ? store : world->own_store;
    assert_non_null(world->store);
    settle_provider_start(&world->card, "card");
    world->payment_by = "card";
    world->has_tariff = true;
    world->now.mono_ms = 1000;
    assert_int_equal(ocpp_time_parse(start_of_time, strlen(start_of_time), &world->now.utc_ms), OCPP_OK);
    make_settings(world);
    if (change) {
        change(world);
    }
    settle_world_check_begin(world);
    open_backend(world);
    settle_world_run(world);
    return world;
}

struct settle_world *settle_world_new_with(void (*change)(struct settle_world *world))
{
    return settle_world_new_on(NULL, change);
}

struct settle_world *settle_world_new(void)
{
    return settle_world_new_with(NULL);
}

void settle_world_free(struct settle_world *world)
{
    world->memory.fail_at = 0;
    ocpp_settle_free(world->settle);
    assert_int_equal(world->memory.blocks, 0);
    settle_world_check_end(world);
    for (size_t i = 0; i < world->told_count; i++) {
        free(world->told[i].data);
    }
    free(world->answer);
    ocpp_settle_memory_store_free(world->own_store);
    settle_keys_end(&world->keys);
    ocpp_arena_free(world->arena);
    free(world);
}

void settle_world_stop(struct settle_world *world)
{
    ocpp_settle_free(world->settle);
    world->settle = NULL;
    assert_int_equal(world->memory.blocks, 0);
    world->is_cut = false;
    world->cut = SETTLE_CUT_NEVER;
    world->memory.fail_at = 0;
    settle_provider_forget_owed(&world->card);
}

void settle_world_start(struct settle_world *world, struct ocpp_settle_store *store)
{
    if (store != world->store) {
        settle_world_check_end(world);
        world->store = store;
        settle_world_check_begin(world);
    }
    world->now.mono_ms += 10;
    world->now.utc_ms += 10;
    open_backend(world);
    settle_world_piles_connect(world);
    settle_world_run(world);
}

void settle_world_restart(struct settle_world *world)
{
    settle_world_stop(world);
    settle_world_start(world, world->store);
}

/* --- time ---------------------------------------------------------------------------------------------------------------------
 */

void settle_world_run(struct settle_world *world)
{
    for (int i = 0; i < ROUNDS; i++) {
        int done = 0;

        ocpp_settle_advance(world->settle, world->now);
        world->store->flush(world->store->user);
        done += settle_provider_answer(&world->card, world->settle, world->now);
        done += settle_world_piles_answer(world);
        world->store->flush(world->store->user);
        if (done == 0 && (world->is_cut || ocpp_settle_deadline(world->settle) > world->now.mono_ms)) {
            settle_world_check(world);
            return;
        }
    }
    fail_msg("the world does not come to rest");
}

void pass_s(struct settle_world *world, int64_t seconds)
{
    const int64_t end = world->now.mono_ms + 1000 * seconds;

    while (world->now.mono_ms < end) {
        const int64_t deadline = ocpp_settle_deadline(world->settle);
        const int64_t next = deadline < end ? deadline : end;
        const int64_t step = next > world->now.mono_ms ? next - world->now.mono_ms : 1;

        world->now.mono_ms += step;
        world->now.utc_ms += step;
        settle_world_run(world);
    }
}
