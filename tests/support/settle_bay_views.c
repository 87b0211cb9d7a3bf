/* settle_bay_views.c: rentals, banks and entries as the getters show them. */
#include "unit.h"

#include "settle_bay.h"

#include <stdio.h>
#include <string.h>

/* What is looked for, and what was found. */
struct looking {
    struct settle_world *world;
    const char *wanted;
    size_t count;
    struct ocpp_settle_rental rental;
    struct ocpp_settle_bank bank;
    struct ocpp_settle_suspense suspense;
};

static const char *keep(const struct looking *looking, const char *text)
{
    const char *copy = text ? ocpp_arena_text(looking->world->arena, text, strlen(text)) : NULL;

    assert_true(!text || copy);
    return copy;
}

static void see_rental(const struct ocpp_settle_rental *rental, void *user)
{
    struct looking *looking = user;

    looking->count++;
    looking->rental = *rental;
    looking->rental.id = keep(looking, rental->id);
    looking->rental.order = keep(looking, rental->order);
    looking->rental.state = keep(looking, rental->state);
    looking->rental.bank = keep(looking, rental->bank);
    looking->rental.station = keep(looking, rental->station);
    looking->rental.end_station = keep(looking, rental->end_station);
    looking->rental.suspense = keep(looking, rental->suspense);
    looking->rental.condition = keep(looking, rental->condition);
    looking->rental.reason = keep(looking, rental->reason);
}

struct ocpp_settle_rental rental_named(struct settle_bays *bays, const char *id)
{
    struct looking looking = { .world = bays->world };

    assert_int_equal(ocpp_settle_find_rental(bays->world->settle, id, see_rental, &looking), OCPP_OK);
    return looking.rental;
}

static void see_bank(const struct ocpp_settle_bank *bank, void *user)
{
    struct looking *looking = user;

    if (strcmp(bank->id, looking->wanted) == 0) {
        looking->count++;
        looking->bank = *bank;
        looking->bank.id = keep(looking, bank->id);
        looking->bank.state = keep(looking, bank->state);
        looking->bank.station = keep(looking, bank->station);
        looking->bank.rental = keep(looking, bank->rental);
        looking->bank.condition = keep(looking, bank->condition);
    }
}

struct ocpp_settle_bank bank_of(struct settle_bays *bays, const char *id)
{
    struct looking looking = { .world = bays->world, .wanted = id };
    struct ocpp_settle_rentals_query query = { .limit = 0 };

    assert_int_equal(ocpp_settle_banks(bays->world->settle, &query, see_bank, &looking), OCPP_OK);
    assert_int_equal(looking.count, 1);
    return looking.bank;
}

static void see_suspense(const struct ocpp_settle_suspense *entry, void *user)
{
    struct looking *looking = user;

    if (!looking->wanted || strcmp(looking->wanted, entry->kind) == 0) {
        looking->count++;
        looking->suspense = *entry;
        looking->suspense.id = keep(looking, entry->id);
        looking->suspense.kind = keep(looking, entry->kind);
        looking->suspense.station = keep(looking, entry->station);
        looking->suspense.bank = keep(looking, entry->bank);
        looking->suspense.rental = keep(looking, entry->rental);
    }
}

static void look(struct settle_bays *bays, struct looking *looking)
{
    struct ocpp_settle_rentals_query query = { .state = "Waiting" };

    assert_int_equal(ocpp_settle_suspenses(bays->world->settle, &query, see_suspense, looking), OCPP_OK);
}

struct ocpp_settle_suspense suspense_of(struct settle_bays *bays, const char *kind)
{
    struct looking looking = { .world = bays->world, .wanted = kind };

    look(bays, &looking);
    assert_true(looking.count > 0);
    return looking.suspense;
}

size_t suspense_count(struct settle_bays *bays)
{
    struct looking looking = { .world = bays->world };

    look(bays, &looking);
    return looking.count;
}

size_t told(const struct settle_world *world, enum ocpp_settle_event_kind kind, const char *state)
{
    size_t count = 0;

    for (size_t i = 0; i < world->event_count; i++) {
        int event_kind = -1;
        char event_state[64] = "";

        (void)sscanf(world->events[i], "%d %*s %63s", &event_kind, event_state);
        count += event_kind == (int)kind && (!state || strcmp(event_state, state) == 0);
    }
    return count;
}
