/* Tariffs from a seed. */
#include "random_tariff.h"

#include <assert.h>
#include <string.h>

struct maker {
    uint64_t state;
    struct ocpp_arena *arena;
};

/* xorshift64*: the upper bits are good enough to make tariffs of. */
static uint64_t draw(struct maker *maker, uint64_t below)
{
    maker->state ^= maker->state >> 12;
    maker->state ^= maker->state << 25;
    maker->state ^= maker->state >> 27;
    return ((maker->state * UINT64_C(2685821657736338717)) >> 16) % below;
}

static int64_t amount(struct maker *maker)
{
    static const uint64_t most[] = { 1, 100, 1000000, 100000000, UINT64_C(1000000000000000) / 60 };

    return (int64_t)draw(maker, most[draw(maker, 5)]);
}

static bool sometimes(struct maker *maker, unsigned one_in)
{
    return draw(maker, one_in) == 0;
}

static void *take(struct maker *maker, size_t size)
{
    void *piece = ocpp_arena_take(maker->arena, size);

    assert(piece);
    return piece;
}

enum side { OCPI, OCPI_NET, V21, ANY };

static struct maker start(uint64_t seed, struct ocpp_arena *arena)
{
    struct maker maker = { .state = (seed + 1) * UINT64_C(0x9E3779B97F4A7C15), .arena = arena };

    for (int i = 0; i < 8; i++) {
        draw(&maker, 2);
    }
    return maker;
}

/* OCPI has one nameless tax; OCPP 2.1 up to five. */
static void make_taxes(struct maker *maker, enum side side, struct ocpp_settle_price_component *component)
{
    static const char *const names[] = { "VAT", "federal", "state", "Provinciale belasting", "税" };
    const size_t most = side == V21 ? 5 : side == ANY ? 8 : 1;
    const size_t count = draw(maker, most + 1);

    if (count == 0) {
        return;
    }
    struct ocpp_settle_tax *taxes = take(maker, count * sizeof *taxes);

    for (size_t i = 0; i < count; i++) {
        taxes[i].name = side == OCPI || side == OCPI_NET ? "VAT" : names[draw(maker, side == V21 ? 3 : 5)];
        taxes[i].rate_ppm = (int64_t)draw(maker, 400000);
        taxes[i].level = side == V21 || side == ANY ? (int64_t)draw(maker, 5) : 0;
        taxes[i].has_level = taxes[i].level > 0;
    }
    component->taxes.items = taxes;
    component->taxes.count = count;
}

#define MAYBE(member, below)                                                                                                     \
    do {                                                                                                                         \
        if (sometimes(maker, 4)) {                                                                                               \
            restrictions->has_##member = true;                                                                                   \
            restrictions->member = (int64_t)draw(maker, below);                                                                  \
        }                                                                                                                        \
    } while (0)

static void make_times(struct maker *maker, struct ocpp_settle_restrictions *restrictions)
{
    MAYBE(start_minute, 1440);
    MAYBE(end_minute, 1440);
    if (restrictions->has_end_minute) {
        restrictions->end_minute += 1; /* the end of the day is 1440 */
    }
    MAYBE(days, 127);
    if (restrictions->has_days) {
        restrictions->days += 1;
    }
    MAYBE(start_day, 40000);
    MAYBE(end_day, 40000);
}

static void make_numbers(struct maker *maker, enum side side, struct ocpp_settle_restrictions *restrictions)
{
    MAYBE(min_energy_mwh, 100000000);
    MAYBE(max_energy_mwh, 100000000);
    MAYBE(min_current_ma, 100000);
    MAYBE(max_current_ma, 100000);
    MAYBE(min_power_mw, 100000000);
    MAYBE(max_power_mw, 100000000);
    MAYBE(min_duration_s, 100000);
    MAYBE(max_duration_s, 100000);
    if (side == V21 || side == ANY) {
        MAYBE(min_charging_s, 100000);
        MAYBE(max_charging_s, 100000);
        MAYBE(min_idle_s, 100000);
        MAYBE(max_idle_s, 100000);
    }
}

static void make_kinds(struct maker *maker, enum side side, bool is_fixed, struct ocpp_settle_restrictions *restrictions)
{
    if (side == V21 || side == ANY) {
        restrictions->evse_kind = (enum ocpp_settle_evse_kind)draw(maker, 3);
    }
    if ((side == V21 && is_fixed) || side == ANY) {
        restrictions->payment_brand = sometimes(maker, 4) ? "Visa" : NULL;
        restrictions->payment_recognition = sometimes(maker, 4) ? "CC" : NULL;
    }
}

static const struct ocpp_settle_restrictions *make_restrictions(struct maker *maker, enum side side, bool is_fixed,
                                                                enum ocpp_settle_reservation_kind reservation)
{
    static const struct ocpp_settle_restrictions none;
    struct ocpp_settle_restrictions *restrictions = take(maker, sizeof *restrictions);

    restrictions->reservation = reservation;
    if (!sometimes(maker, 3)) {
        make_times(maker, restrictions);
        make_kinds(maker, side, is_fixed, restrictions);
    }
    if (!sometimes(maker, 3) && !(side == V21 && is_fixed)) {
        make_numbers(maker, side, restrictions);
    }
    return ocpp_message_equal(&ocpp_settle_restrictions_type, restrictions, &none) ? NULL : restrictions;
}

static enum ocpp_settle_price_unit unit_of(struct maker *maker, enum side side, enum ocpp_settle_dimension dimension)
{
    if (dimension == OCPP_SETTLE_DIMENSION_ENERGY) {
        return OCPP_SETTLE_PRICE_UNIT_KWH;
    }
    if (dimension == OCPP_SETTLE_DIMENSION_FLAT) {
        return OCPP_SETTLE_PRICE_UNIT_ONCE;
    }
    if (side == ANY) {
        return sometimes(maker, 2) ? OCPP_SETTLE_PRICE_UNIT_HOUR : OCPP_SETTLE_PRICE_UNIT_MINUTE;
    }
    return side == V21 ? OCPP_SETTLE_PRICE_UNIT_MINUTE : OCPP_SETTLE_PRICE_UNIT_HOUR;
}

static struct ocpp_settle_price_component make_component(struct maker *maker, enum side side,
                                                         enum ocpp_settle_dimension dimension)
{
    struct ocpp_settle_price_component component = { .dimension = dimension, .unit = unit_of(maker, side, dimension) };

    component.price_micro = amount(maker);
    if (side != V21 && dimension != OCPP_SETTLE_DIMENSION_FLAT) {
        component.has_step = side != ANY || sometimes(maker, 2);
        component.step = component.has_step ? 1 + (int64_t)draw(maker, 1000) : 0;
    }
    make_taxes(maker, side, &component);
    return component;
}

static const struct ocpp_settle_price_limit *make_limit(struct maker *maker, enum side side)
{
    struct ocpp_settle_price_limit *limit = take(maker, sizeof *limit);

    if (sometimes(maker, 2)) {
        return NULL;
    }
    limit->has_net_micro = side == OCPI || side == OCPI_NET || sometimes(maker, 2);
    limit->has_gross_micro = !limit->has_net_micro || sometimes(maker, 2);
    limit->net_micro = limit->has_net_micro ? amount(maker) : 0;
    limit->gross_micro = limit->has_gross_micro ? amount(maker) : 0;
    return limit;
}

static struct ocpp_settle_tariff *make_head(struct maker *maker, enum side side)
{
    static const enum ocpp_settle_tariff_dialect dialects[] = { OCPP_SETTLE_TARIFF_DIALECT_OCPI, OCPP_SETTLE_TARIFF_DIALECT_OCPI,
                                                                OCPP_SETTLE_TARIFF_DIALECT_OCPP21,
                                                                OCPP_SETTLE_TARIFF_DIALECT_OWN };
    struct ocpp_settle_tariff *tariff = take(maker, sizeof *tariff);

    tariff->id = sometimes(maker, 2) ? "T-1" : "a tariff with a long but printable id";
    tariff->id = sometimes(maker, 8) ? "123456789012345678901234567890123456" : tariff->id;
    if (side != V21 && side != ANY && strlen(tariff->id) > 36) {
        tariff->id = "T-2";
    }
    tariff->currency = sometimes(maker, 2) ? "EUR" : "JPY";
    tariff->dialect = dialects[side];
    tariff->has_valid_from = sometimes(maker, 2);
    tariff->valid_from = tariff->has_valid_from ? (int64_t)draw(maker, UINT64_C(4000000000000)) : 0;
    tariff->has_valid_to = side != V21 && sometimes(maker, 2);
    tariff->valid_to = tariff->has_valid_to ? (int64_t)draw(maker, UINT64_C(4000000000000)) : 0;
    tariff->min_price = make_limit(maker, side);
    tariff->max_price = make_limit(maker, side);
    tariff->text = sometimes(maker, 2) ? "Prijs per kWh, naar boven afgerond: \"€\"" : NULL;
    return tariff;
}

/* --- as OCPI has it: several prices share their restrictions ---------------------------------------------------------------- */

static void make_ocpi_element(struct maker *maker, enum side side, struct ocpp_settle_tariff_element *element)
{
    static const enum ocpp_settle_dimension dimensions[] = { OCPP_SETTLE_DIMENSION_FLAT, OCPP_SETTLE_DIMENSION_TIME,
                                                             OCPP_SETTLE_DIMENSION_ENERGY, OCPP_SETTLE_DIMENSION_IDLE };
    const enum ocpp_settle_reservation_kind reservation =
        sometimes(maker, 3) ? (enum ocpp_settle_reservation_kind)draw(maker, 3) : OCPP_SETTLE_RESERVATION_KIND_UNSET;
    const size_t kinds = reservation == OCPP_SETTLE_RESERVATION_KIND_UNSET || side == ANY ? 4 : 2;
    struct ocpp_settle_price_component *components = take(maker, kinds * sizeof *components);
    const size_t first = draw(maker, kinds);
    const size_t count = 1 + draw(maker, kinds - first);

    for (size_t i = 0; i < count; i++) {
        components[i] = make_component(maker, side, dimensions[first + i]);
    }
    element->components.items = components;
    element->components.count = count;
    element->restrictions = make_restrictions(maker, side, false, reservation);
}

static struct ocpp_settle_tariff *make_elements(struct maker *maker, enum side side)
{
    struct ocpp_settle_tariff *tariff = make_head(maker, side);
    const size_t count = 1 + draw(maker, 8);
    struct ocpp_settle_tariff_element *elements = take(maker, count * sizeof *elements);

    for (size_t i = 0; i < count; i++) {
        make_ocpi_element(maker, side, &elements[i]);
    }
    tariff->elements.items = elements;
    tariff->elements.count = count;
    return tariff;
}

static bool has_rate(const struct ocpp_settle_tariff *tariff)
{
    for (size_t i = 0; i < tariff->elements.count; i++) {
        for (size_t j = 0; j < tariff->elements.items[i].components.count; j++) {
            const struct ocpp_settle_price_component *component = &tariff->elements.items[i].components.items[j];

            if (component->taxes.count > 0 && component->taxes.items[0].rate_ppm > 0) {
                return true;
            }
        }
    }
    return false;
}

const struct ocpp_settle_tariff *random_tariff_ocpi(uint64_t seed, bool net_only, struct ocpp_arena *arena)
{
    struct maker maker = start(seed, arena);
    struct ocpp_settle_tariff *tariff = make_elements(&maker, net_only ? OCPI_NET : OCPI);

    tariff->has_tax_included = !net_only && (has_rate(tariff) || sometimes(&maker, 2));
    tariff->tax_included = tariff->has_tax_included && sometimes(&maker, 2);
    return tariff;
}

const struct ocpp_settle_tariff *random_tariff_any(uint64_t seed, struct ocpp_arena *arena)
{
    struct maker maker = start(seed, arena);
    struct ocpp_settle_tariff *tariff = make_elements(&maker, ANY);

    tariff->dialect = (enum ocpp_settle_tariff_dialect)(1 + draw(&maker, 3));
    tariff->has_tax_included = sometimes(&maker, 3);
    tariff->tax_included = tariff->has_tax_included && sometimes(&maker, 2);
    if (sometimes(&maker, 4)) {
        struct ocpp_settle_bank_tariff *bank = take(&maker, sizeof *bank);

        *bank = (struct ocpp_settle_bank_tariff){
            .deposit_minor = 9900, .unit_s = 3600, .unit_price_micro = 2000000, .buy_out_minor = 9900
        };
        tariff->bank = bank;
    }
    return tariff;
}

/* --- as OCPP 2.1 has it: a price is an element, in the order of the lists, and the taxes of a list are the same
 * -------------------- */

static bool holds_always(const struct ocpp_settle_restrictions *restrictions)
{
    static const struct ocpp_settle_restrictions none;
    struct ocpp_settle_restrictions others = restrictions ? *restrictions : none;

    others.reservation = OCPP_SETTLE_RESERVATION_KIND_UNSET;
    return ocpp_message_equal(&ocpp_settle_restrictions_type, &others, &none);
}

static size_t make_list(struct maker *maker, enum ocpp_settle_dimension dimension, bool is_reservation,
                        struct ocpp_settle_tariff_element *elements)
{
    size_t count = sometimes(maker, 2) ? 0 : 1 + draw(maker, 4);
    struct ocpp_settle_price_component common = make_component(maker, V21, dimension);

    for (size_t i = 0; i < count; i++) {
        struct ocpp_settle_price_component *component = take(maker, sizeof *component);

        *component = common;
        component->price_micro = amount(maker);
        elements[i].components.items = component;
        elements[i].components.count = 1;
        elements[i].restrictions =
            make_restrictions(maker, V21, dimension == OCPP_SETTLE_DIMENSION_FLAT,
                              is_reservation ? OCPP_SETTLE_RESERVATION_KIND_USED : OCPP_SETTLE_RESERVATION_KIND_UNSET);
        if (holds_always(elements[i].restrictions)) {
            count = i + 1; /* none behind it ever would */
        }
    }
    return count;
}

const struct ocpp_settle_tariff *random_tariff_v21(uint64_t seed, struct ocpp_arena *arena)
{
    /* reservations that expire cost nothing in OCPP 2.1 */
    static const struct ocpp_settle_price_component nothing[] = {
        { .dimension = OCPP_SETTLE_DIMENSION_TIME, .unit = OCPP_SETTLE_PRICE_UNIT_MINUTE },
        { .dimension = OCPP_SETTLE_DIMENSION_FLAT, .unit = OCPP_SETTLE_PRICE_UNIT_ONCE },
    };
    static const struct ocpp_settle_restrictions expired = { .reservation = OCPP_SETTLE_RESERVATION_KIND_EXPIRED };
    struct maker maker = start(seed, arena);
    struct ocpp_settle_tariff *tariff = make_head(&maker, V21);
    struct ocpp_settle_tariff_element *elements = take(&maker, 25 * sizeof *elements);
    size_t before = 0;
    size_t count = 0;

    count += make_list(&maker, OCPP_SETTLE_DIMENSION_ENERGY, false, elements + count);
    count += make_list(&maker, OCPP_SETTLE_DIMENSION_TIME, false, elements + count);
    count += make_list(&maker, OCPP_SETTLE_DIMENSION_IDLE, false, elements + count);
    count += make_list(&maker, OCPP_SETTLE_DIMENSION_FLAT, false, elements + count);
    before = count;
    count += make_list(&maker, OCPP_SETTLE_DIMENSION_TIME, true, elements + count);
    count += make_list(&maker, OCPP_SETTLE_DIMENSION_FLAT, true, elements + count);
    if (count > before) {
        elements[count++] = (struct ocpp_settle_tariff_element){ .components = { nothing, 2 }, .restrictions = &expired };
    }
    tariff->elements.items = elements;
    tariff->elements.count = count;
    return tariff;
}
