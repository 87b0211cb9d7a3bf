/* What a loss is: a tariff that was told without one costs the same, to the last fraction, whoever reckons by it. */
#include "unit.h"

#include "price_world.h"
#include "random_tariff.h"

#include <ocpp/settlement/exchange.h>
#if OCPP_WITH_V21
#include <ocpp/settlement/exchange_v21.h>
#endif

#include <string.h>

static const struct ocpp_settle_ocpi_head some_head = { .country_code = "NL", .party_id = "OCC", .last_updated_ms = 1 };

/* A tariff as somebody else understood it; NULL where that was told to lose something. */
typedef const struct ocpp_settle_tariff *(*teller)(const struct ocpp_settle_tariff *tariff, struct ocpp_arena *arena);

static const struct ocpp_settle_tariff *by_ocpi(const struct ocpp_settle_tariff *tariff, struct ocpp_arena *arena)
{
    struct ocpp_settle_ocpi_head head = some_head;
    const struct ocpp_settle_tariff *heard = NULL;
    struct ocpp_settle_report report;
    struct ocpp_settle_text text;

    if (ocpp_settle_tariff_to_ocpi(OCPP_SETTLE_OCPI_2_3, tariff, &head, arena, &text, &report) != OCPP_OK || report.losses > 0) {
        return NULL;
    }
    assert_int_equal(ocpp_settle_tariff_from_ocpi(OCPP_SETTLE_OCPI_2_3, text, arena, &heard, &head, &report), OCPP_OK);
    return heard;
}

#if OCPP_WITH_V21
static const struct ocpp_settle_tariff *by_v21(const struct ocpp_settle_tariff *tariff, struct ocpp_arena *arena)
{
    const struct ocpp_settle_tariff *heard = NULL;
    struct ocpp_settle_report report;
    struct ocpp_settle_text text;

    if (ocpp_settle_tariff_to_v21_text(tariff, arena, &text, &report) != OCPP_OK || report.losses > 0) {
        return NULL;
    }
    assert_int_equal(ocpp_settle_tariff_from_v21_text(text, arena, &heard, &report), OCPP_OK);
    return heard;
}
#endif

/* A reservation, charging, a pause, idle time: something of everything. */
static void use(struct price_world *world, uint32_t seed)
{
    reserves(world, -1 - (int64_t)(seed % 5000), 1 + (int64_t)(seed % 5000),
             seed % 3 == 0 ? OCPP_SETTLE_RESERVATION_KIND_EXPIRED : OCPP_SETTLE_RESERVATION_KIND_USED);
    if (seed % 3 == 0) {
        return;
    }
    happens(world, 0, OCPP_SETTLE_USAGE_KIND_START, 0);
    happens(world, 1000 + seed % 7000, OCPP_SETTLE_USAGE_KIND_METER, 4321);
    happens(world, 9000, OCPP_SETTLE_USAGE_KIND_SUSPENDED_EVSE, 8765);
    happens(world, 10000, OCPP_SETTLE_USAGE_KIND_CHARGING, 8765);
    happens(world, 20000, OCPP_SETTLE_USAGE_KIND_SUSPENDED_EV, 33000);
    happens(world, 20001 + seed % 9000, OCPP_SETTLE_USAGE_KIND_STOP, 33000);
}

static void *take(struct ocpp_arena *arena, size_t size)
{
    void *piece = ocpp_arena_take(arena, size);

    assert_non_null(piece);
    return piece;
}

/* The element with the restrictions that are most often sensible, and steps everywhere or nowhere. */
static struct ocpp_settle_tariff_element tame(const struct ocpp_settle_tariff_element *wild, uint32_t seed,
                                              struct ocpp_arena *arena)
{
    struct ocpp_settle_restrictions *restrictions = take(arena, sizeof *restrictions);
    struct ocpp_settle_price_component *components = take(arena, wild->components.count * sizeof *components);
    struct ocpp_settle_tariff_element element = { .components = { components, wild->components.count } };

    for (size_t i = 0; i < wild->components.count; i++) {
        components[i] = wild->components.items[i];
        components[i].has_step = seed % 2 == 0 && components[i].dimension != OCPP_SETTLE_DIMENSION_FLAT;
        components[i].step = components[i].has_step ? 1 + seed % 600 : 0;
        components[i].price_micro -= seed % 4 == 1 ? components[i].price_micro % 60 : 0;
    }
    if (wild->restrictions) {
        restrictions->reservation = wild->restrictions->reservation;
        restrictions->has_start_minute = wild->restrictions->has_start_minute;
        restrictions->start_minute = wild->restrictions->start_minute;
        restrictions->has_end_minute = wild->restrictions->has_end_minute;
        restrictions->end_minute = wild->restrictions->end_minute;
        restrictions->has_max_duration_s = wild->restrictions->has_max_duration_s;
        restrictions->max_duration_s = wild->restrictions->max_duration_s;
        element.restrictions = restrictions;
    }
    return element;
}

/* Of simple tariffs: wild ones hardly ever make sense. */
static struct ocpp_settle_tariff simple(uint32_t seed, struct ocpp_arena *arena)
{
    struct ocpp_settle_tariff tariff = *random_tariff_any(seed, arena);
    struct ocpp_settle_tariff_element *elements = take(arena, 3 * sizeof *elements);

    tariff.elements.count = tariff.elements.count > 3 ? 3 : tariff.elements.count;
    for (size_t i = 0; i < tariff.elements.count; i++) {
        elements[i] = tame(&tariff.elements.items[i], seed, arena);
    }
    tariff.elements.items = elements;
    tariff.bank = NULL;
    tariff.has_valid_to = false;
    tariff.has_tax_included = false;
    tariff.id = "T";
    tariff.currency = "EUR";
    return tariff;
}

static bool costs_the_same(uint32_t seed, teller tell)
{
    struct price_world world;
    char net[256];
    char gross[256];

    price_world_open(&world, "{'id':'','currency':'EUR','dialect':'Own','elements':[]}");
    const struct ocpp_settle_tariff tariff = simple(seed, world.arena);
    const struct ocpp_settle_tariff *heard = tell(&tariff, world.arena);

    use(&world, seed);
    world.snapshot.tariff = tariff;
    const bool can_be_told = heard && computes(&world) == OCPP_OK && world.bill->exact_net && world.bill->exact_gross;

    if (can_be_told) {
        strcpy(net, world.bill->exact_net);
        strcpy(gross, world.bill->exact_gross);
        world.snapshot.tariff = *heard;
        if (computes(&world) != OCPP_OK || strcmp(net, world.bill->exact_net) != 0 ||
            strcmp(gross, world.bill->exact_gross) != 0) {
            fail_msg("seed %u: %s and %s became %s and %s", seed, net, gross, world.bill->exact_net, world.bill->exact_gross);
        }
    }
    price_world_close(&world);
    return can_be_told;
}

static void compare(teller tell)
{
    size_t compared = 0;

    for (uint32_t seed = 0; seed<16000; seed += every()> 4 ? 4 : every()) { /* few can be compared */
        compared += costs_the_same(seed, tell);
    }
    assert_true(compared > (every() == 1 ? 40 : 0));
}

static void what_ocpi_was_told_without_loss_costs_the_same(void **state)
{
    (void)state;
    compare(by_ocpi);
}

#if OCPP_WITH_V21
static void what_a_station_was_told_without_loss_costs_the_same(void **state)
{
    (void)state;
    compare(by_v21);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_ocpi_was_told_without_loss_costs_the_same),
#if OCPP_WITH_V21
        cmocka_unit_test(what_a_station_was_told_without_loss_costs_the_same),
#endif
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
