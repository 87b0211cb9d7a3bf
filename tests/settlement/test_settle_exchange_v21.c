/* Tariffs of OCPP 2.1 become ours and go back; what cannot be said is told, and what would lose a price is refused. */
#include "allocator.h"
#include "random_tariff.h"
#include "unit.h"

#include <ocpp/settlement/exchange_v21.h>

#include <stdio.h>
#include <string.h>

struct world {
    struct ocpp_arena *arena;
    const struct ocpp_settle_tariff *tariff;
    struct ocpp_settle_text text;
    struct ocpp_settle_report report;
};

static int begin(void **state)
{
    static struct world world;

    memset(&world, 0, sizeof world);
    world.arena = ocpp_arena_new(NULL, 0);
    *state = &world;
    return world.arena == NULL;
}

static int end(void **state)
{
    struct world *world = *state;

    ocpp_arena_free(world->arena);
    return 0;
}

static enum ocpp_status import(struct world *world, const char *text)
{
    const struct ocpp_settle_text given = { text, strlen(text) };

    return ocpp_settle_tariff_from_v21_text(given, world->arena, &world->tariff, &world->report);
}

static enum ocpp_status export(struct world *world, const struct ocpp_settle_tariff *tariff) {
    return ocpp_settle_tariff_to_v21_text(tariff, world->arena, &world->text, &world->report);
}

static void assert_remark(const struct world *world, enum ocpp_settle_remark_weight weight, const char *path)
{
    for (size_t i = 0; i < world->report.count; i++) {
        if (strcmp(world->report.remarks[i].path, path) == 0 && world->report.remarks[i].weight == weight) {
            return;
        }
    }
    fail_msg("no such remark at %s", path);
}

/* --- the happy way ---------------------------------------------------------------------------------------------------- */

static const char full_tariff[] =
    "{\"tariffId\":\"FULL\",\"description\":[{\"format\":\"UTF8\",\"content\":\"Gewoon\"}],\"currency\":\"EUR\","
    "\"energy\":{\"prices\":[{\"priceKwh\":0.4,\"conditions\":{\"startTimeOfDay\":\"08:00\",\"endTimeOfDay\":\"18:00\","
    "\"dayOfWeek\":[\"Monday\",\"Friday\"],\"validFromDate\":\"2026-01-01\",\"validToDate\":\"2027-01-01\",\"evseKind\":\"DC\","
    "\"minEnergy\":0.5,\"maxEnergy\":20000,\"minCurrent\":6,\"maxCurrent\":32,\"minPower\":1000,\"maxPower\":11000.5,"
    "\"minTime\":1,\"maxTime\":2,\"minChargingTime\":3,\"maxChargingTime\":4,\"minIdleTime\":5,\"maxIdleTime\":6}},"
    "{\"priceKwh\":0.250001}],"
    "\"taxRates\":[{\"type\":\"federal\",\"tax\":6},{\"type\":\"state\",\"tax\":4.5,\"stack\":1}]},"
    "\"validFrom\":\"2026-01-01T00:00:00.000Z\","
    "\"chargingTime\":{\"prices\":[{\"priceMinute\":0.01}]},"
    "\"idleTime\":{\"prices\":[{\"priceMinute\":1,\"conditions\":{\"endTimeOfDay\":\"00:00\",\"minIdleTime\":300}}]},"
    "\"fixedFee\":{\"prices\":[{\"conditions\":{\"paymentBrand\":\"Visa\",\"paymentRecognition\":\"CC\"},\"priceFixed\":3},"
    "{\"priceFixed\":2.5}],\"taxRates\":[{\"type\":\"vat\",\"tax\":0}]},"
    "\"reservationTime\":{\"prices\":[{\"priceMinute\":0.05,\"conditions\":{\"maxTime\":600}}]},"
    "\"reservationFixed\":{\"prices\":[{\"priceFixed\":1}]},"
    "\"minCost\":{\"exclTax\":0.5},\"maxCost\":{\"inclTax\":80}}";

static void every_price_becomes_an_element(void **state)
{
    struct world *world = *state;

    assert_int_equal(import(world, full_tariff), OCPP_OK);
    assert_int_equal(world->report.count, 0);
    const struct ocpp_settle_tariff *tariff = world->tariff;
    assert_string_equal(tariff->id, "FULL");
    assert_string_equal(tariff->text, "Gewoon");
    assert_int_equal(tariff->dialect, OCPP_SETTLE_TARIFF_DIALECT_OCPP21);
    assert_int_equal(tariff->elements.count, 9);
    assert_true(tariff->min_price->has_net_micro && !tariff->min_price->has_gross_micro);
    assert_int_equal(tariff->max_price->gross_micro, 80000000);

    const struct ocpp_settle_tariff_element *first = &tariff->elements.items[0];
    assert_int_equal(first->components.items[0].price_micro, 400000);
    assert_int_equal(first->components.items[0].taxes.count, 2);
    assert_int_equal(first->components.items[0].taxes.items[1].rate_ppm, 45000);
    assert_int_equal(first->components.items[0].taxes.items[1].level, 1);
    assert_int_equal(first->restrictions->days, 1 + 16);
    assert_int_equal(first->restrictions->evse_kind, OCPP_SETTLE_EVSE_KIND_DC);
    assert_int_equal(first->restrictions->min_energy_mwh, 500);
    assert_int_equal(first->restrictions->max_energy_mwh, 20000000);
    assert_int_equal(first->restrictions->min_current_ma, 6000);
    assert_int_equal(first->restrictions->min_power_mw, 1000000);
    assert_int_equal(first->restrictions->max_power_mw, 11000500);
    assert_int_equal(first->restrictions->max_idle_s, 6);
    assert_null(tariff->elements.items[1].restrictions);
    assert_int_equal(tariff->elements.items[1].components.items[0].taxes.count, 2);
    assert_int_equal(tariff->elements.items[2].components.items[0].unit, OCPP_SETTLE_PRICE_UNIT_MINUTE);
    assert_int_equal(tariff->elements.items[3].components.items[0].dimension, OCPP_SETTLE_DIMENSION_IDLE);
    assert_int_equal(tariff->elements.items[3].restrictions->end_minute, 1440);
    assert_string_equal(tariff->elements.items[4].restrictions->payment_brand, "Visa");
    assert_int_equal(tariff->elements.items[6].restrictions->reservation, OCPP_SETTLE_RESERVATION_KIND_USED);
    assert_int_equal(tariff->elements.items[7].components.items[0].dimension, OCPP_SETTLE_DIMENSION_FLAT);
    /* I12.FR.06: a reservation is paid for with the transaction that uses it */
    assert_int_equal(tariff->elements.items[8].restrictions->reservation, OCPP_SETTLE_RESERVATION_KIND_EXPIRED);
    assert_int_equal(tariff->elements.items[8].components.count, 2);
    assert_int_equal(tariff->elements.items[8].components.items[0].price_micro, 0);
}

static void a_tariff_goes_back_to_the_same_text(void **state)
{
    struct world *world = *state;

    assert_int_equal(import(world, full_tariff), OCPP_OK);
    assert_int_equal(export(world, world->tariff), OCPP_OK);
    assert_int_equal(world->report.count, 0);
    assert_string_equal(world->text.text, full_tariff);
}

static void structs_go_both_ways_and_share_nothing(void **state)
{
    const struct ocpp21_tariff *made = NULL;
    const struct ocpp_settle_tariff *again = NULL;
    struct world *world = *state;
    struct ocpp_arena *other = ocpp_arena_new(NULL, 0);

    assert_int_equal(import(world, full_tariff), OCPP_OK);
    assert_int_equal(ocpp_settle_tariff_to_v21(world->tariff, other, &made, &world->report), OCPP_OK);
    ocpp_arena_reset(world->arena);
    assert_int_equal(ocpp_settle_tariff_from_v21(made, world->arena, &again, &world->report), OCPP_OK);
    ocpp_arena_free(other);
    assert_int_equal(export(world, again), OCPP_OK);
    assert_string_equal(world->text.text, full_tariff);
}

static void random_tariffs_survive_the_way_there_and_back(void **state)
{
    struct world *world = *state;

    for (uint64_t seed = 0; seed < 500; seed += every()) {
        ocpp_arena_reset(world->arena);
        const struct ocpp_settle_tariff *tariff = random_tariff_v21(seed, world->arena);

        assert_int_equal(export(world, tariff), OCPP_OK);
        assert_int_equal(world->report.count, 0);
        assert_int_equal(import(world, world->text.text), OCPP_OK);
        assert_int_equal(world->report.count, 0);
        if (!ocpp_message_equal(&ocpp_settle_tariff_type, tariff, world->tariff)) {
            fail_msg("seed %u", (unsigned)seed);
        }
    }
}

/* What is told again of a tariff that lost something is the same as what was told first: a loss happens once. */
static void what_is_left_of_any_tariff_can_be_told_without_loss(void **state)
{
    struct world *world = *state;

    for (uint64_t seed = 0; seed < 500; seed += every()) {
        ocpp_arena_reset(world->arena);
        const enum ocpp_status status = export(world, random_tariff_any(seed, world->arena));

        assert_true(status == OCPP_OK || status == OCPP_ERR_VALUE);
        if (status != OCPP_OK) {
            assert_string_equal(world->report.issue.path, "/taxIncluded");
            continue;
        }
        const char *first = world->text.text;

        assert_int_equal(import(world, first), OCPP_OK);
        assert_int_equal(export(world, world->tariff), OCPP_OK);
        assert_int_equal(world->report.losses, 0);
        assert_string_equal(world->text.text, first);
    }
}

/* --- refused ----------------------------------------------------------------------------------------------------------- */

static void what_makes_no_sense_is_refused_with_its_place(void **state)
{
#define TARIFF(members) "{\"tariffId\":\"T\",\"currency\":\"EUR\"," members "}"
#define ENERGY(members) TARIFF("\"energy\":{\"prices\":[{" members "}]}")
    static const struct {
        const char *text;
        enum ocpp_status status;
        const char *path;
    } cases[] = {
        { "{\"tariffId\":\"T\",\"currency\":\"EU\"}", OCPP_ERR_VALUE, "/currency" },
        { "{\"tariffId\":\"T\"}", OCPP_ERR_MISSING_MEMBER, "/currency" },
        { TARIFF("\"price\":1"), OCPP_ERR_UNKNOWN_MEMBER, "/price" },
        { TARIFF("\"energy\":{\"prices\":[]}"), OCPP_ERR_TOO_FEW, "/energy/prices" },
        { ENERGY("\"priceKwh\":-0.1"), OCPP_ERR_RANGE, "/energy/prices/0/priceKwh" },
        { ENERGY("\"priceKwh\":0.1234567"), OCPP_ERR_RANGE, "/energy/prices/0/priceKwh" },
        { ENERGY("\"priceKwh\":1e12"), OCPP_ERR_RANGE, "/energy/prices/0/priceKwh" },
        { ENERGY("\"priceKwh\":1,\"conditions\":{\"startTimeOfDay\":\"8:00\"}"), OCPP_ERR_VALUE,
          "/energy/prices/0/conditions/startTimeOfDay" },
        { ENERGY("\"priceKwh\":1,\"conditions\":{\"validToDate\":\"2026-13-01\"}"), OCPP_ERR_VALUE,
          "/energy/prices/0/conditions/validToDate" },
        { ENERGY("\"priceKwh\":1,\"conditions\":{\"minPower\":-10}"), OCPP_ERR_RANGE, "/energy/prices/0/conditions/minPower" },
        { ENERGY("\"priceKwh\":1,\"conditions\":{\"minTime\":-1}"), OCPP_ERR_RANGE, "/energy/prices/0/conditions/minTime" },
        { ENERGY("\"priceKwh\":1,\"conditions\":{\"minCurrent\":0.0001}"), OCPP_ERR_RANGE,
          "/energy/prices/0/conditions/minCurrent" },
        { TARIFF("\"idleTime\":{\"prices\":[{\"priceMinute\":1}],\"taxRates\":[{\"type\":\"a\",\"tax\":-1}]}"), OCPP_ERR_RANGE,
          "/idleTime/taxRates/0/tax" },
        { TARIFF("\"idleTime\":{\"prices\":[{\"priceMinute\":1}],\"taxRates\":[{\"type\":\"a\",\"tax\":1,\"stack\":5}]}"),
          OCPP_ERR_VALUE, "/idleTime/taxRates/0/stack" },
        { TARIFF("\"minCost\":{}"), OCPP_ERR_MISSING_MEMBER, "/minCost" },
        { TARIFF("\"maxCost\":{\"inclTax\":-1}"), OCPP_ERR_RANGE, "/maxCost/inclTax" },
    };
    struct world *world = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        world->tariff = NULL;
        assert_int_equal(import(world, cases[i].text), cases[i].status);
        assert_string_equal(world->report.issue.path, cases[i].path);
        assert_null(world->tariff);
    }
}

static void a_tariff_with_more_prices_than_elements_is_refused(void **state)
{
    static const char price[] = "{\"priceKwh\":1,\"conditions\":{\"maxTime\":60}}";
    char text[4096] = "{\"tariffId\":\"T\",\"currency\":\"EUR\",\"energy\":{\"prices\":[";
    struct world *world = *state;

    for (int i = 0; i < 64; i++) {
        strcat(text, i > 0 ? "," : "");
        strcat(text, price);
    }
    const size_t size = strlen(text);
    strcat(text, "]}}");
    assert_int_equal(import(world, text), OCPP_OK);
    assert_int_equal(world->tariff->elements.count, 64);
    strcpy(text + size, "]},\"idleTime\":{\"prices\":[{\"priceMinute\":1}]}}");
    assert_int_equal(import(world, text), OCPP_ERR_TOO_MANY);
    assert_string_equal(world->report.issue.path, "/idleTime/prices/0");
}

static void a_price_behind_one_that_always_holds_is_noted_and_not_kept(void **state)
{
    struct world *world = *state;

    assert_int_equal(import(world, TARIFF("\"idleTime\":{\"prices\":[{\"priceMinute\":1},{\"priceMinute\":2}]}")), OCPP_OK);
    assert_int_equal(world->tariff->elements.count, 1);
    assert_int_equal(world->report.losses, 0);
    assert_remark(world, OCPP_SETTLE_REMARK_NOTE, "/idleTime/prices/1");
}

/* --- told -------------------------------------------------------------------------------------------------------------- */

static void what_carries_no_price_is_noted_and_not_kept(void **state)
{
    static const char text[] =
        "{\"tariffId\":\"T\",\"currency\":\"EUR\",\"description\":[{\"format\":\"HTML\",\"content\":\"<b>\"},"
        "{\"format\":\"ASCII\",\"content\":\"plain\"},{\"format\":\"ASCII\",\"content\":\"more\"}],"
        "\"energy\":{\"prices\":[{\"priceKwh\":1,\"customData\":{\"vendorId\":\"x\"}}]},"
        "\"minCost\":{\"exclTax\":1,\"taxRates\":[{\"type\":\"a\",\"tax\":1}]},\"customData\":{\"vendorId\":\"x\"}}";
    struct world *world = *state;

    assert_int_equal(import(world, text), OCPP_OK);
    assert_int_equal(world->report.losses, 0);
    assert_int_equal(world->report.count, 5);
    assert_string_equal(world->tariff->text, "plain");
    assert_remark(world, OCPP_SETTLE_REMARK_NOTE, "/description/0");
    assert_remark(world, OCPP_SETTLE_REMARK_NOTE, "/description/2");
    assert_remark(world, OCPP_SETTLE_REMARK_NOTE, "/energy/prices/0/customData");
    assert_remark(world, OCPP_SETTLE_REMARK_NOTE, "/minCost/taxRates");
    assert_remark(world, OCPP_SETTLE_REMARK_NOTE, "/customData");
}

static void what_the_other_side_cannot_say_is_a_loss(void **state)
{
    static const struct ocpp_settle_tax vat = { .name = "VAT", .rate_ppm = 210000 };
    static const struct ocpp_settle_tax long_name = { .name = "a tax of a very long name", .rate_ppm = 210000 };
    static const struct ocpp_settle_restrictions brand = { .payment_brand = "Visa" };
    static const struct ocpp_settle_restrictions energy = { .has_min_energy_mwh = true, .min_energy_mwh = 1 };
    static const struct ocpp_settle_restrictions back = { .has_min_power_mw = true, .min_power_mw = -1 };
    static const struct ocpp_settle_restrictions expired = { .reservation = OCPP_SETTLE_RESERVATION_KIND_EXPIRED };
    static const struct ocpp_settle_restrictions used = { .reservation = OCPP_SETTLE_RESERVATION_KIND_USED };
    static const struct ocpp_settle_restrictions monday = { .has_days = true, .days = 1 };
    static const struct ocpp_settle_price_component kwh = { .dimension = OCPP_SETTLE_DIMENSION_ENERGY,
                                                            .unit = OCPP_SETTLE_PRICE_UNIT_KWH,
                                                            .price_micro = 1 };
    static const struct ocpp_settle_price_component taxed = {
        .dimension = OCPP_SETTLE_DIMENSION_ENERGY, .unit = OCPP_SETTLE_PRICE_UNIT_KWH, .price_micro = 1, .taxes = { &vat, 1 }
    };
    static const struct ocpp_settle_price_component long_taxed = { .dimension = OCPP_SETTLE_DIMENSION_FLAT,
                                                                   .unit = OCPP_SETTLE_PRICE_UNIT_ONCE,
                                                                   .taxes = { &long_name, 1 } };
    static const struct ocpp_settle_price_component hour = { .dimension = OCPP_SETTLE_DIMENSION_TIME,
                                                             .unit = OCPP_SETTLE_PRICE_UNIT_HOUR,
                                                             .price_micro = 2000000,
                                                             .has_step = true,
                                                             .step = 60 };
    static const struct ocpp_settle_tariff_element elements[] = {
        { .components = { &kwh, 1 }, .restrictions = &brand },
        { .components = { &long_taxed, 1 }, .restrictions = &energy },
        { .components = { &kwh, 1 }, .restrictions = &back },
        { .components = { &hour, 1 }, .restrictions = &expired },
        { .components = { &kwh, 1 }, .restrictions = &used },
        { .components = { &kwh, 1 }, .restrictions = &monday },
        { .components = { &taxed, 1 } },
        { .components = { &hour, 1 } },
        { .components = { &long_taxed, 1 } },
        { .components = { &taxed, 1 } },
    };
    static const struct ocpp_settle_bank_tariff bank = { .unit_s = 1 };
    static const struct ocpp_settle_price_limit limit = { .has_net_micro = true };
    const struct ocpp_settle_tariff tariff = {
        .id = "T",
        .currency = "EUR",
        .dialect = OCPP_SETTLE_TARIFF_DIALECT_OCPI,
        .has_valid_to = true,
        .min_price = &limit,
        .elements = { elements, COUNT_OF(elements) },
        .bank = &bank,
    };
    static const char *const losses[] = { "/elements/0/restrictions/paymentBrand",
                                          "/elements/1/restrictions/minEnergyMwh",
                                          "/elements/2/restrictions/minPowerMw",
                                          "/elements/3/restrictions/reservation",
                                          "/elements/4/components/0",
                                          "/elements/6/components/0/taxes",
                                          "/elements/7/components/0/unit",
                                          "/elements/7/components/0/step",
                                          "/dialect",
                                          "/validTo",
                                          "/bank" };
    struct world *world = *state;

    assert_int_equal(export(world, &tariff), OCPP_OK);
    for (size_t i = 0; i < COUNT_OF(losses); i++) {
        assert_remark(world, OCPP_SETTLE_REMARK_LOSS, losses[i]);
    }
    assert_int_equal(world->report.losses, COUNT_OF(losses));
    assert_remark(world, OCPP_SETTLE_REMARK_NOTE, "/elements/8/components/0/taxes/0/name");
    assert_remark(world, OCPP_SETTLE_REMARK_NOTE, "/elements/9/components/0"); /* never holds */
    assert_string_equal(world->text.text,
                        "{\"tariffId\":\"T\",\"currency\":\"EUR\",\"energy\":{\"prices\":[{\"priceKwh\":0.000001,"
                        "\"conditions\":{\"dayOfWeek\":[\"Monday\"]}},"
                        "{\"priceKwh\":0.000001}]},\"chargingTime\":{\"prices\":[{\"priceMinute\":0.033333}]},"
                        "\"fixedFee\":{\"prices\":[{\"priceFixed\":0}],"
                        "\"taxRates\":[{\"type\":\"a tax of a very long\",\"tax\":21}]},\"minCost\":{\"exclTax\":0}}");
}

static void that_reservations_cost_something_when_they_expire_is_a_loss(void **state)
{
    static const struct ocpp_settle_restrictions used = { .reservation = OCPP_SETTLE_RESERVATION_KIND_USED };
    static const struct ocpp_settle_restrictions expired = { .reservation = OCPP_SETTLE_RESERVATION_KIND_EXPIRED };
    static const struct ocpp_settle_price_component fee = { .dimension = OCPP_SETTLE_DIMENSION_FLAT,
                                                            .unit = OCPP_SETTLE_PRICE_UNIT_ONCE,
                                                            .price_micro = 1000000 };
    static const struct ocpp_settle_price_component nothing = { .dimension = OCPP_SETTLE_DIMENSION_FLAT,
                                                                .unit = OCPP_SETTLE_PRICE_UNIT_ONCE };
    static const struct ocpp_settle_tariff_element elements[] = {
        { .components = { &fee, 1 }, .restrictions = &used },
        { .components = { &nothing, 1 }, .restrictions = &expired },
    };
    struct ocpp_settle_tariff tariff = {
        .id = "T", .currency = "EUR", .dialect = OCPP_SETTLE_TARIFF_DIALECT_OCPI, .elements = { elements, 1 }
    };
    struct world *world = *state;

    assert_int_equal(export(world, &tariff), OCPP_OK);
    assert_int_equal(world->report.losses, 1);
    assert_remark(world, OCPP_SETTLE_REMARK_LOSS, "/elements/0/components/0");
    tariff.elements.count = 2;
    assert_int_equal(export(world, &tariff), OCPP_OK);
    assert_int_equal(world->report.count, 0);
}

static void gross_prices_that_are_taxed_are_refused(void **state)
{
    static const struct ocpp_settle_tax vat = { .name = "VAT", .rate_ppm = 210000 };
    struct ocpp_settle_price_component kwh = { .dimension = OCPP_SETTLE_DIMENSION_ENERGY, .unit = OCPP_SETTLE_PRICE_UNIT_KWH };
    const struct ocpp_settle_tariff_element element = { .components = { &kwh, 1 } };
    const struct ocpp_settle_tariff tariff = { .id = "T",
                                               .currency = "EUR",
                                               .dialect = OCPP_SETTLE_TARIFF_DIALECT_OWN,
                                               .has_tax_included = true,
                                               .tax_included = true,
                                               .elements = { &element, 1 } };
    struct world *world = *state;

    assert_int_equal(export(world, &tariff), OCPP_OK);
    assert_remark(world, OCPP_SETTLE_REMARK_LOSS, "/taxIncluded");
    kwh.taxes.items = &vat;
    kwh.taxes.count = 1;
    assert_int_equal(export(world, &tariff), OCPP_ERR_VALUE);
    assert_string_equal(world->report.issue.path, "/taxIncluded");
}

static void more_remarks_than_there_is_room_for_are_counted(void **state)
{
    struct ocpp_settle_price_component kwh[16];
    struct ocpp_settle_tariff_element elements[64];
    struct ocpp_settle_tariff tariff = { .id = "T", .currency = "EUR", .dialect = OCPP_SETTLE_TARIFF_DIALECT_OWN };
    struct world *world = *state;

    for (size_t i = 0; i < COUNT_OF(kwh); i++) {
        kwh[i] = (struct ocpp_settle_price_component){
            .dimension = OCPP_SETTLE_DIMENSION_ENERGY, .unit = OCPP_SETTLE_PRICE_UNIT_KWH, .has_step = true, .step = 10
        };
    }
    for (size_t i = 0; i < COUNT_OF(elements); i++) {
        elements[i] = (struct ocpp_settle_tariff_element){ .components = { kwh, COUNT_OF(kwh) } };
    }
    tariff.elements.items = elements;
    tariff.elements.count = COUNT_OF(elements);
    assert_int_equal(export(world, &tariff), OCPP_OK);
    assert_int_equal(world->report.count, OCPP_SETTLE_REMARKS_MOST);
    assert_int_equal(world->report.losses, 1); /* the rest never holds, which is noted */
    assert_int_equal(world->report.beyond, 64 * 16 - OCPP_SETTLE_REMARKS_MOST);
}

/* --- memory ------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status there_and_back(struct world *world)
{
    const struct ocpp21_tariff *made = NULL;
    enum ocpp_status status = import(world, full_tariff);

    if (status == OCPP_OK) {
        status = export(world, world->tariff);
    }
    if (status == OCPP_OK) {
        status = ocpp_settle_tariff_to_v21(world->tariff, world->arena, &made, &world->report);
        assert_true(status == OCPP_OK || !made);
    }
    if (status == OCPP_OK) {
        world->tariff = NULL;
        status = ocpp_settle_tariff_from_v21(made, world->arena, &world->tariff, &world->report);
    }
    return status;
}

static void no_memory_is_told_and_nothing_is_handed_out(void **state)
{
    size_t failed = 0;
    bool done = false;

    (void)state;
    for (size_t n = 1; !done; n++) {
        struct test_allocator memory;
        struct world world = { .tariff = NULL };

        test_allocator_start(&memory, n);
        memory.fail_after = true;
        world.arena = ocpp_arena_new(&memory.allocator, 0);
        if (!world.arena) {
            continue;
        }
        const enum ocpp_status status = there_and_back(&world);

        assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM);
        done = status == OCPP_OK;
        failed += !done;
        ocpp_arena_free(world.arena);
        assert_int_equal(memory.blocks, 0);
    }
    assert_true(failed > 2);
}

static void every_arena_that_is_too_small_is_told(void **state)
{
    bool done = false;

    (void)state;
    for (size_t limit = 64; !done; limit += 16 * every()) {
        struct world world = { .arena = ocpp_arena_new(NULL, limit) };
        const enum ocpp_status status = there_and_back(&world);

        assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM || status == OCPP_ERR_LIMIT);
        done = status == OCPP_OK;
        ocpp_arena_free(world.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_price_becomes_an_element, begin, end),
        cmocka_unit_test_setup_teardown(a_tariff_goes_back_to_the_same_text, begin, end),
        cmocka_unit_test_setup_teardown(structs_go_both_ways_and_share_nothing, begin, end),
        cmocka_unit_test_setup_teardown(random_tariffs_survive_the_way_there_and_back, begin, end),
        cmocka_unit_test_setup_teardown(what_is_left_of_any_tariff_can_be_told_without_loss, begin, end),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused_with_its_place, begin, end),
        cmocka_unit_test_setup_teardown(a_tariff_with_more_prices_than_elements_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(a_price_behind_one_that_always_holds_is_noted_and_not_kept, begin, end),
        cmocka_unit_test_setup_teardown(what_carries_no_price_is_noted_and_not_kept, begin, end),
        cmocka_unit_test_setup_teardown(what_the_other_side_cannot_say_is_a_loss, begin, end),
        cmocka_unit_test_setup_teardown(that_reservations_cost_something_when_they_expire_is_a_loss, begin, end),
        cmocka_unit_test_setup_teardown(gross_prices_that_are_taxed_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(more_remarks_than_there_is_room_for_are_counted, begin, end),
        cmocka_unit_test(no_memory_is_told_and_nothing_is_handed_out),
        cmocka_unit_test(every_arena_that_is_too_small_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
