/* Tariffs of OCPI become ours and go back; what cannot be said is told, and what would lose a price is refused. */
#include "allocator.h"
#include "random_tariff.h"
#include "unit.h"

#include <ocpp/settlement/exchange.h>

#include <stdio.h>
#include <string.h>

struct world {
    struct ocpp_arena *arena;
    const struct ocpp_settle_tariff *tariff;
    struct ocpp_settle_ocpi_head head;
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

static enum ocpp_status import(struct world *world, enum ocpp_settle_ocpi_release release, const char *text)
{
    const struct ocpp_settle_text given = { text, strlen(text) };

    return ocpp_settle_tariff_from_ocpi(release, given, world->arena, &world->tariff, &world->head, &world->report);
}

static enum ocpp_status export(struct world *world, enum ocpp_settle_ocpi_release release,
                               const struct ocpp_settle_tariff *tariff) {
    return ocpp_settle_tariff_to_ocpi(release, tariff, &world->head, world->arena, &world->text, &world->report);
}

/* A remark of |weight| at |path|. */
static void assert_remark(const struct world *world, enum ocpp_settle_remark_weight weight, const char *path)
{
    for (size_t i = 0; i < world->report.count; i++) {
        const struct ocpp_settle_remark *remark = &world->report.remarks[i];

        if (strcmp(remark->path, path) == 0 && remark->weight == weight) {
            assert_true(strlen(remark->reason) > 0);
            return;
        }
    }
    fail_msg("no such remark at %s", path);
}

/* A tariff of 2.3 with |elements|, and |more| members before them. */
static const char *tariff_text(char text[4096], const char *more, const char *elements)
{
    snprintf(text, 4096,
             "{\"country_code\":\"NL\",\"party_id\":\"OCC\",\"id\":\"T1\",\"currency\":\"EUR\",%s\"elements\":%s,"
             "\"tax_included\":\"NO\",\"last_updated\":\"2026-11-20T10:00:00Z\"}",
             more, elements);
    return text;
}

#define ENERGY "[{\"price_components\":[{\"type\":\"ENERGY\",\"price\":0.25,\"vat\":21,\"step_size\":1}]}]"

/* --- the happy way ------------------------------------------------------------------------------------------------ */

static const char full_tariff[] =
    "{\"country_code\":\"NL\",\"party_id\":\"OCC\",\"id\":\"FULL\",\"currency\":\"EUR\",\"type\":\"REGULAR\","
    "\"tariff_alt_text\":[{\"language\":\"nl\",\"text\":\"Vraag het de beheerder\"}],"
    "\"min_price\":{\"before_taxes\":0.5,\"after_taxes\":0.605},\"max_price\":{\"before_taxes\":80},"
    "\"elements\":["
    "{\"price_components\":[{\"type\":\"TIME\",\"price\":3,\"vat\":21,\"step_size\":60},"
    "{\"type\":\"FLAT\",\"price\":1,\"step_size\":1}],\"restrictions\":{\"reservation\":\"RESERVATION\"}},"
    "{\"price_components\":[{\"type\":\"FLAT\",\"price\":4,\"step_size\":1}],"
    "\"restrictions\":{\"reservation\":\"RESERVATION_EXPIRES\"}},"
    "{\"price_components\":[{\"type\":\"ENERGY\",\"price\":0.123456,\"vat\":5.2,\"step_size\":100}],"
    "\"restrictions\":{\"start_time\":\"22:00\",\"end_time\":\"06:30\",\"start_date\":\"2026-01-01\",\"end_date\":\"2027-01-01\","
    "\"min_kwh\":0.5,\"max_kwh\":20.000001,\"min_current\":6.5,\"max_current\":32,\"min_power\":-1.5,\"max_power\":11,"
    "\"min_duration\":60,\"max_duration\":7200,\"day_of_week\":[\"MONDAY\",\"SATURDAY\",\"SUNDAY\"]}},"
    "{\"price_components\":[{\"type\":\"PARKING_TIME\",\"price\":6,\"vat\":0,\"step_size\":300}],"
    "\"restrictions\":{\"end_time\":\"00:00\"}}],"
    "\"tax_included\":\"NO\",\"start_date_time\":\"2026-01-01T00:00:00.000Z\",\"end_date_time\":\"2027-01-01T00:00:00.000Z\","
    "\"last_updated\":\"2026-11-20T10:00:00.000Z\"}";

static void every_member_is_read_exactly(void **state)
{
    struct world *world = *state;

    assert_int_equal(import(world, OCPP_SETTLE_OCPI_2_3, full_tariff), OCPP_OK);
    assert_int_equal(world->report.count, 0);
    assert_int_equal(world->report.issue.status, OCPP_OK);
    const struct ocpp_settle_tariff *tariff = world->tariff;
    assert_string_equal(tariff->id, "FULL");
    assert_int_equal(tariff->dialect, OCPP_SETTLE_TARIFF_DIALECT_OCPI);
    assert_true(tariff->has_tax_included && !tariff->tax_included);
    assert_int_equal(tariff->min_price->net_micro, 500000);
    assert_int_equal(tariff->min_price->gross_micro, 605000);
    assert_int_equal(tariff->max_price->net_micro, 80000000);
    assert_false(tariff->max_price->has_gross_micro);
    assert_string_equal(tariff->text, "Vraag het de beheerder");
    assert_string_equal(world->head.language, "nl");
    assert_string_equal(world->head.tariff_type, "REGULAR");
    assert_int_equal(tariff->elements.count, 4);
    assert_int_equal(tariff->elements.items[0].restrictions->reservation, OCPP_SETTLE_RESERVATION_KIND_USED);
    assert_int_equal(tariff->elements.items[1].restrictions->reservation, OCPP_SETTLE_RESERVATION_KIND_EXPIRED);

    const struct ocpp_settle_price_component *energy = &tariff->elements.items[2].components.items[0];
    assert_int_equal(energy->price_micro, 123456);
    assert_int_equal(energy->unit, OCPP_SETTLE_PRICE_UNIT_KWH);
    assert_int_equal(energy->step, 100);
    assert_int_equal(energy->taxes.count, 1);
    assert_int_equal(energy->taxes.items[0].rate_ppm, 52000);

    const struct ocpp_settle_restrictions *when = tariff->elements.items[2].restrictions;
    assert_int_equal(when->start_minute, 22 * 60);
    assert_int_equal(when->end_minute, 6 * 60 + 30);
    assert_int_equal(when->start_day, 20454);
    assert_int_equal(when->end_day, 20454 + 365);
    assert_int_equal(when->min_energy_mwh, 500000);
    assert_int_equal(when->max_energy_mwh, 20000001);
    assert_int_equal(when->min_current_ma, 6500);
    assert_int_equal(when->max_current_ma, 32000);
    assert_int_equal(when->min_power_mw, -1500000);
    assert_int_equal(when->max_power_mw, 11000000);
    assert_int_equal(when->min_duration_s, 60);
    assert_int_equal(when->max_duration_s, 7200);
    assert_int_equal(when->days, 1 + 32 + 64);

    const struct ocpp_settle_tariff_element *parking = &tariff->elements.items[3];
    assert_int_equal(parking->restrictions->end_minute, 1440);
    assert_int_equal(parking->components.items[0].dimension, OCPP_SETTLE_DIMENSION_IDLE);
    assert_int_equal(parking->components.items[0].taxes.items[0].rate_ppm, 0);
}

static void a_tariff_goes_back_to_the_same_text(void **state)
{
    struct world *world = *state;

    assert_int_equal(import(world, OCPP_SETTLE_OCPI_2_3, full_tariff), OCPP_OK);
    assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, world->tariff), OCPP_OK);
    assert_int_equal(world->report.count, 0);
    assert_string_equal(world->text.text, full_tariff);
    assert_int_equal(world->text.size, sizeof full_tariff - 1);
}

static void the_older_release_has_vat_and_net_prices_only(void **state)
{
    static const char text[] =
        "{\"country_code\":\"BE\",\"party_id\":\"BEC\",\"id\":\"12\",\"currency\":\"EUR\","
        "\"min_price\":{\"excl_vat\":0.5,\"incl_vat\":0.55},\"max_price\":{\"excl_vat\":10},"
        "\"elements\":[{\"price_components\":[{\"type\":\"TIME\",\"price\":2,\"vat\":10,\"step_size\":300}]}],"
        "\"last_updated\":\"2018-12-17T11:16:55.000Z\"}";
    struct world *world = *state;

    assert_int_equal(import(world, OCPP_SETTLE_OCPI_2_2_1, text), OCPP_OK);
    assert_false(world->tariff->has_tax_included);
    assert_int_equal(world->tariff->min_price->gross_micro, 550000);
    assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_2_1, world->tariff), OCPP_OK);
    assert_string_equal(world->text.text, text);

    assert_int_equal(import(world, OCPP_SETTLE_OCPI_2_3, text), OCPP_ERR_MISSING_MEMBER);
}

/* A free tariff with |vat| and |tax_included| as they are written. */
static const char *taxed_text(char text[4096], const char *vat, const char *tax_included)
{
    snprintf(text, 4096,
             "{\"country_code\":\"US\",\"party_id\":\"OCC\",\"id\":\"T\",\"currency\":\"USD\",\"elements\":"
             "[{\"price_components\":[{\"type\":\"FLAT\",\"price\":0,\"step_size\":0%s}]}],"
             "\"tax_included\":\"%s\",\"last_updated\":\"2026-11-20T10:00:00Z\"}",
             vat, tax_included);
    return text;
}

static void taxes_that_do_not_apply_are_none(void **state)
{
    char text[4096];
    struct world *world = *state;

    assert_int_equal(import(world, OCPP_SETTLE_OCPI_2_3, taxed_text(text, "", "N/A")), OCPP_OK);
    assert_false(world->tariff->has_tax_included);
    assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, world->tariff), OCPP_OK);
    assert_non_null(strstr(world->text.text, "\"tax_included\":\"N/A\""));

    assert_int_equal(import(world, OCPP_SETTLE_OCPI_2_3, taxed_text(text, ",\"vat\":10", "N/A")), OCPP_ERR_VALUE);
    assert_string_equal(world->report.issue.path, "/elements/0/price_components/0/vat");

    assert_int_equal(import(world, OCPP_SETTLE_OCPI_2_3, taxed_text(text, "", "MAY")), OCPP_ERR_VALUE);
    assert_string_equal(world->report.issue.path, "/tax_included");
}

static void random_tariffs_survive_the_way_there_and_back(void **state)
{
    static const enum ocpp_settle_ocpi_release releases[] = { OCPP_SETTLE_OCPI_2_3, OCPP_SETTLE_OCPI_2_2_1 };
    static const struct ocpp_settle_ocpi_head head = { .country_code = "NL", .party_id = "OCC", .last_updated_ms = 1 };
    struct world *world = *state;

    for (uint64_t seed = 0; seed < 1000; seed += every()) {
        const enum ocpp_settle_ocpi_release release = releases[seed % 2];

        ocpp_arena_reset(world->arena);
        const struct ocpp_settle_tariff *tariff = random_tariff_ocpi(seed, release == OCPP_SETTLE_OCPI_2_2_1, world->arena);

        world->head = head;
        assert_int_equal(export(world, release, tariff), OCPP_OK);
        assert_int_equal(world->report.count, 0);
        assert_int_equal(import(world, release, world->text.text), OCPP_OK);
        assert_int_equal(world->report.count, 0);
        if (!ocpp_message_equal(&ocpp_settle_tariff_type, tariff, world->tariff)) {
            fail_msg("seed %u", (unsigned)seed);
        }
    }
}

/* A loss happens once. */
static void what_is_left_of_any_tariff_can_be_told_without_loss(void **state)
{
    static const struct ocpp_settle_ocpi_head head = { .country_code = "NL", .party_id = "OCC", .last_updated_ms = 1 };
    struct world *world = *state;
    size_t told = 0;

    for (uint64_t seed = 0; seed < 1000; seed += every()) {
        ocpp_arena_reset(world->arena);
        world->head = head;
        const enum ocpp_status status = export(world, OCPP_SETTLE_OCPI_2_3, random_tariff_any(seed, world->arena));

        assert_true(status == OCPP_OK || status == OCPP_ERR_TOO_FEW || status == OCPP_ERR_LENGTH);
        if (status != OCPP_OK) {
            continue;
        }
        const char *first = world->text.text;

        assert_int_equal(import(world, OCPP_SETTLE_OCPI_2_3, first), OCPP_OK);
        assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, world->tariff), OCPP_OK);
        assert_int_equal(world->report.count, 0);
        assert_string_equal(world->text.text, first);
        told++;
    }
    assert_true(told * every() > 100);
}

/* --- what is noted, and what is refused ----------------------------------------------------------------------------- */

static void what_carries_no_price_is_noted_and_not_kept(void **state)
{
    char text[4096];
    struct world *world = *state;

    tariff_text(text,
                "\"tariff_alt_text\":[{\"language\":\"en\",\"text\":\"A\"},{\"language\":\"nl\",\"text\":\"B\"}],"
                "\"tariff_alt_url\":\"https://example.org/t\",\"energy_mix\":{\"is_green_energy\":true},\"x_own\":{\"a\":1},",
                "[{\"price_components\":[{\"type\":\"FLAT\",\"price\":1,\"step_size\":7}]}]");
    assert_int_equal(import(world, OCPP_SETTLE_OCPI_2_3, text), OCPP_OK);
    assert_int_equal(world->report.losses, 0);
    assert_remark(world, OCPP_SETTLE_REMARK_NOTE, "/tariff_alt_text/1");
    assert_remark(world, OCPP_SETTLE_REMARK_NOTE, "/tariff_alt_url");
    assert_remark(world, OCPP_SETTLE_REMARK_NOTE, "/energy_mix");
    assert_remark(world, OCPP_SETTLE_REMARK_NOTE, "/x_own");
    assert_remark(world, OCPP_SETTLE_REMARK_NOTE, "/elements/0/price_components/0/step_size");
    assert_string_equal(world->tariff->text, "A");
}

static void a_member_nobody_knows_beside_prices_is_a_loss(void **state)
{
    static const struct {
        const char *more;
        const char *elements;
        const char *path;
    } cases[] = {
        { "", "[{\"price_components\":[{\"type\":\"FLAT\",\"price\":1,\"step_size\":1,\"per\":\"km\"}]}]",
          "/elements/0/price_components/0/per" },
        { "", "[{\"price_components\":[{\"type\":\"FLAT\",\"price\":1,\"step_size\":1}],\"restrictions\":{\"brand\":\"X\"}}]",
          "/elements/0/restrictions/brand" },
        { "\"min_price\":{\"before_taxes\":1,\"incl_vat\":2},", ENERGY, "/min_price/incl_vat" },
    };
    struct world *world = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[4096];

        world->tariff = NULL;
        assert_int_equal(import(world, OCPP_SETTLE_OCPI_2_3, tariff_text(text, cases[i].more, cases[i].elements)),
                         OCPP_ERR_VALUE);
        assert_remark(world, OCPP_SETTLE_REMARK_LOSS, cases[i].path);
        assert_string_equal(world->report.issue.path, cases[i].path);
        assert_int_equal(world->report.issue.status, OCPP_ERR_VALUE);
        assert_null(world->tariff);
    }
}

static void what_makes_no_sense_is_refused_with_its_place(void **state)
{
#define COMPONENT(members) "[{\"price_components\":[{" members "}]}]"
#define RESTRICTED(members)                                                                                                      \
    "[{\"price_components\":[{\"type\":\"TIME\",\"price\":1,\"step_size\":1}],\"restrictions\":{" members "}}]"
    static const struct {
        const char *elements;
        enum ocpp_status status;
        const char *path;
    } cases[] = {
        { COMPONENT("\"type\":\"ENERGY\",\"price\":-0.1,\"step_size\":1"), OCPP_ERR_RANGE,
          "/elements/0/price_components/0/price" },
        { COMPONENT("\"type\":\"ENERGY\",\"price\":0.1234567,\"step_size\":1"), OCPP_ERR_RANGE,
          "/elements/0/price_components/0/price" },
        { COMPONENT("\"type\":\"ENERGY\",\"price\":1e10,\"step_size\":1"), OCPP_ERR_RANGE,
          "/elements/0/price_components/0/price" },
        { COMPONENT("\"type\":\"ENERGY\",\"price\":1,\"step_size\":0"), OCPP_ERR_RANGE,
          "/elements/0/price_components/0/step_size" },
        { COMPONENT("\"type\":\"ENERGY\",\"price\":1,\"step_size\":1.5"), OCPP_ERR_TYPE,
          "/elements/0/price_components/0/step_size" },
        { COMPONENT("\"type\":\"ENERGY\",\"price\":1"), OCPP_ERR_MISSING_MEMBER, "/elements/0/price_components/0/step_size" },
        { COMPONENT("\"type\":\"ENERGY\",\"price\":\"1\",\"step_size\":1"), OCPP_ERR_TYPE,
          "/elements/0/price_components/0/price" },
        { COMPONENT("\"type\":\"ENERGY\",\"price\":1,\"vat\":-1,\"step_size\":1"), OCPP_ERR_RANGE,
          "/elements/0/price_components/0/vat" },
        { COMPONENT("\"type\":\"ENERGY\",\"price\":1,\"vat\":5.12345,\"step_size\":1"), OCPP_ERR_RANGE,
          "/elements/0/price_components/0/vat" },
        { COMPONENT("\"type\":\"ENERGY\",\"price\":1,\"vat\":1000.0001,\"step_size\":1"), OCPP_ERR_RANGE,
          "/elements/0/price_components/0/vat" },
        { COMPONENT("\"type\":\"DISTANCE\",\"price\":1,\"step_size\":1"), OCPP_ERR_VALUE, "/elements/0/price_components/0/type" },
        { "[{\"price_components\":[{\"type\":\"TIME\",\"price\":1,\"step_size\":1},{\"type\":\"TIME\",\"price\":2,\"step_size\":"
          "1}]}]",
          OCPP_ERR_VALUE, "/elements/0/price_components/1/type" },
        { "[{\"price_components\":[{\"type\":\"ENERGY\",\"price\":1,\"step_size\":1}],"
          "\"restrictions\":{\"reservation\":\"RESERVATION\"}}]",
          OCPP_ERR_VALUE, "/elements/0/price_components/0/type" },
        { "[{\"price_components\":[]}]", OCPP_ERR_TOO_FEW, "/elements/0/price_components" },
        { "[]", OCPP_ERR_TOO_FEW, "/elements" },
        { RESTRICTED("\"start_time\":\"24:00\""), OCPP_ERR_VALUE, "/elements/0/restrictions/start_time" },
        { RESTRICTED("\"start_time\":\"9:00\""), OCPP_ERR_VALUE, "/elements/0/restrictions/start_time" },
        { RESTRICTED("\"end_time\":\"12:60\""), OCPP_ERR_VALUE, "/elements/0/restrictions/end_time" },
        { RESTRICTED("\"start_date\":\"2026-02-29\""), OCPP_ERR_VALUE, "/elements/0/restrictions/start_date" },
        { RESTRICTED("\"end_date\":\"0999-01-01\""), OCPP_ERR_VALUE, "/elements/0/restrictions/end_date" },
        { RESTRICTED("\"min_kwh\":-1"), OCPP_ERR_RANGE, "/elements/0/restrictions/min_kwh" },
        { RESTRICTED("\"max_kwh\":0.0000001"), OCPP_ERR_RANGE, "/elements/0/restrictions/max_kwh" },
        { RESTRICTED("\"min_duration\":-1"), OCPP_ERR_RANGE, "/elements/0/restrictions/min_duration" },
        { RESTRICTED("\"day_of_week\":[\"FUNDAY\"]"), OCPP_ERR_VALUE, "/elements/0/restrictions/day_of_week/0" },
    };
    struct world *world = *state;

    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[4096];

        world->tariff = NULL;
        assert_int_equal(import(world, OCPP_SETTLE_OCPI_2_3, tariff_text(text, "", cases[i].elements)), cases[i].status);
        assert_string_equal(world->report.issue.path, cases[i].path);
        assert_null(world->tariff);
    }
}

static void heads_and_releases_are_checked(void **state)
{
    static const char *const wrong[] = {
        "{\"country_code\":\"N\",\"party_id\":\"OCC\",\"id\":\"T\",\"currency\":\"EUR\",\"elements\":" ENERGY
        ",\"tax_included\":\"NO\"}",
        "{\"country_code\":\"NL\",\"party_id\":\"\",\"id\":\"T\",\"currency\":\"EUR\",\"elements\":" ENERGY
        ",\"tax_included\":\"NO\"}",
        "{\"country_code\":\"NL\",\"party_id\":\"OCC\",\"id\":\"\\n\",\"currency\":\"EUR\",\"elements\":" ENERGY
        ",\"tax_included\":\"NO\"}",
        "{\"country_code\":\"NL\",\"party_id\":\"OCC\",\"id\":\"T\",\"currency\":\"Eur\",\"elements\":" ENERGY
        ",\"tax_included\":\"NO\"}",
        "{\"country_code\":\"NL\",\"party_id\":\"OCC\",\"id\":\"T\",\"currency\":\"EU\",\"elements\":" ENERGY
        ",\"tax_included\":\"NO\"}",
    };
    struct world *world = *state;

    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        assert_int_equal(import(world, OCPP_SETTLE_OCPI_2_3, wrong[i]), OCPP_ERR_VALUE);
    }
    assert_int_equal(import(world, (enum ocpp_settle_ocpi_release)7, full_tariff), OCPP_ERR_ARGUMENT);
    assert_int_equal(import(world, OCPP_SETTLE_OCPI_2_3, ""), OCPP_ERR_NOT_JSON);
    assert_int_equal(import(world, OCPP_SETTLE_OCPI_2_3, "[]"), OCPP_ERR_TYPE);
}

/* OCPI 2.3 types: no zone is UTC, and fields that are not there count as null. */
static void a_time_without_zone_is_utc_and_null_is_absent(void **state)
{
    char text[4096];
    struct world *world = *state;

    tariff_text(text, "\"start_date_time\":\"2026-11-20T10:00:00\",\"min_price\":null,\"type\":null,", ENERGY);
    assert_int_equal(import(world, OCPP_SETTLE_OCPI_2_3, text), OCPP_OK);
    assert_int_equal(world->tariff->valid_from, INT64_C(1795168800000));
    assert_null(world->tariff->min_price);
    assert_int_equal(world->report.count, 0);
}

/* --- exports that cannot say all --------------------------------------------------------------------------------------- */

static const struct ocpp_settle_ocpi_head head = { .country_code = "NL", .party_id = "OCC", .last_updated_ms = 0 };

static struct ocpp_settle_price_component energy_price(void)
{
    return (struct ocpp_settle_price_component){ .dimension = OCPP_SETTLE_DIMENSION_ENERGY,
                                                 .unit = OCPP_SETTLE_PRICE_UNIT_KWH,
                                                 .price_micro = 250000,
                                                 .has_step = true,
                                                 .step = 1 };
}

static struct ocpp_settle_tariff tariff_of(const struct ocpp_settle_tariff_element *elements, size_t count)
{
    struct ocpp_settle_tariff tariff = { .id = "T", .currency = "EUR", .dialect = OCPP_SETTLE_TARIFF_DIALECT_OCPI };

    tariff.elements.items = elements;
    tariff.elements.count = count;
    return tariff;
}

static void an_element_with_a_restriction_that_has_no_word_is_left_out_and_told(void **state)
{
    static const struct {
        struct ocpp_settle_restrictions restrictions;
        const char *path;
    } cases[] = {
        { { .payment_brand = "Card" }, "/elements/0/restrictions/paymentBrand" },
        { { .payment_recognition = "CC" }, "/elements/0/restrictions/paymentRecognition" },
        { { .evse_kind = OCPP_SETTLE_EVSE_KIND_DC }, "/elements/0/restrictions/evseKind" },
        { { .has_min_charging_s = true, .min_charging_s = 1 }, "/elements/0/restrictions/minChargingS" },
        { { .has_max_charging_s = true, .max_charging_s = 1 }, "/elements/0/restrictions/maxChargingS" },
        { { .has_min_idle_s = true, .min_idle_s = 1 }, "/elements/0/restrictions/minIdleS" },
        { { .has_max_idle_s = true, .max_idle_s = 1 }, "/elements/0/restrictions/maxIdleS" },
        { { .has_days = true }, "/elements/0/restrictions/days" },
        { { .has_start_day = true, .start_day = INT64_C(99999999999) }, "/elements/0/restrictions/startDay" },
        { { .has_end_minute = true, .end_minute = 1441 }, "/elements/0/restrictions/endMinute" },
    };
    struct world *world = *state;

    world->head = head;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        const struct ocpp_settle_price_component price = energy_price();
        const struct ocpp_settle_tariff_element elements[] = {
            { .components = { &price, 1 }, .restrictions = &cases[i].restrictions },
            { .components = { &price, 1 } },
        };
        const struct ocpp_settle_tariff tariff = tariff_of(elements, 2);
        const struct ocpp_settle_tariff alone = tariff_of(elements, 1);

        assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, &tariff), OCPP_OK);
        assert_int_equal(world->report.losses, 1);
        assert_remark(world, OCPP_SETTLE_REMARK_LOSS, cases[i].path);
        assert_int_equal(import(world, OCPP_SETTLE_OCPI_2_3, world->text.text), OCPP_OK);
        assert_int_equal(world->tariff->elements.count, 1);
        assert_null(world->tariff->elements.items[0].restrictions);

        assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, &alone), OCPP_ERR_TOO_FEW);
        assert_string_equal(world->report.issue.path, "/elements");
        assert_remark(world, OCPP_SETTLE_REMARK_LOSS, cases[i].path);
    }
}

static void power_banks_and_foreign_limits_are_losses(void **state)
{
    const struct ocpp_settle_price_component price = energy_price();
    const struct ocpp_settle_tariff_element element = { .components = { &price, 1 } };
    const struct ocpp_settle_bank_tariff bank = { .deposit_minor = 9900, .unit_s = 1800, .buy_out_minor = 9900 };
    const struct ocpp_settle_price_limit gross = { .has_gross_micro = true, .gross_micro = 1000000 };
    const struct ocpp_settle_price_limit net = { .has_net_micro = true, .net_micro = 1000000 };
    struct ocpp_settle_tariff tariff = tariff_of(&element, 1);
    struct world *world = *state;

    world->head = head;
    tariff.bank = &bank;
    tariff.min_price = &gross;
    tariff.max_price = &net;
    tariff.dialect = OCPP_SETTLE_TARIFF_DIALECT_OCPP21;
    assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, &tariff), OCPP_OK);
    assert_int_equal(world->report.losses, 3);
    assert_remark(world, OCPP_SETTLE_REMARK_LOSS, "/bank");
    assert_remark(world, OCPP_SETTLE_REMARK_LOSS, "/minPrice");
    assert_remark(world, OCPP_SETTLE_REMARK_LOSS, "/dialect");
    assert_null(strstr(world->text.text, "min_price"));
    assert_non_null(strstr(world->text.text, "\"max_price\":{\"before_taxes\":1}"));
}

static void several_taxes_become_the_one_with_their_sum(void **state)
{
    static const struct {
        struct ocpp_settle_tax taxes[3];
        size_t count;
        const char *vat;
        size_t notes, losses;
    } cases[] = {
        { { { .name = "VAT", .rate_ppm = 210000 } }, 1, "\"vat\":21,", 0, 0 },
        { { { .name = "GST", .rate_ppm = 50000 } }, 1, "\"vat\":5,", 1, 0 },
        { { { .name = "GST", .rate_ppm = 50000 }, { .name = "QST", .rate_ppm = 99750 } }, 2, "\"vat\":14.975,", 1, 0 },
        { { { .name = "A", .rate_ppm = 100000 }, { .name = "B", .rate_ppm = 200000, .has_level = true, .level = 1 } },
          2,
          "\"vat\":32,",
          1,
          0 },
        { { { .name = "A", .rate_ppm = 1 }, { .name = "B", .rate_ppm = 3, .has_level = true, .level = 1 } },
          2,
          "\"vat\":0.0004,",
          1,
          1 },
    };
    struct world *world = *state;

    world->head = head;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct ocpp_settle_price_component price = energy_price();
        const struct ocpp_settle_tariff_element element = { .components = { &price, 1 } };
        const struct ocpp_settle_tariff tariff = tariff_of(&element, 1);

        price.taxes.items = cases[i].taxes;
        price.taxes.count = cases[i].count;
        assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, &tariff), OCPP_OK);
        assert_non_null(strstr(world->text.text, cases[i].vat));
        assert_int_equal(world->report.losses, cases[i].losses);
        assert_int_equal(world->report.count - world->report.losses, cases[i].notes);
    }
}

static void a_price_per_minute_is_told_per_hour(void **state)
{
    struct ocpp_settle_price_component price = { .dimension = OCPP_SETTLE_DIMENSION_IDLE,
                                                 .unit = OCPP_SETTLE_PRICE_UNIT_MINUTE,
                                                 .price_micro = 33333 };
    const struct ocpp_settle_tariff_element element = { .components = { &price, 1 } };
    const struct ocpp_settle_tariff tariff = tariff_of(&element, 1);
    struct world *world = *state;

    world->head = head;
    assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, &tariff), OCPP_OK);
    assert_non_null(strstr(world->text.text, "\"price\":1.99998,"));
    assert_int_equal(world->report.losses, 0);
    assert_remark(world, OCPP_SETTLE_REMARK_NOTE, "/elements/0/components/0/unit");

    price.unit = OCPP_SETTLE_PRICE_UNIT_KWH;
    assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, &tariff), OCPP_ERR_VALUE);
    price.unit = OCPP_SETTLE_PRICE_UNIT_MINUTE;
    price.price_micro = INT64_C(9007199254740991);
    assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, &tariff), OCPP_ERR_RANGE);
}

static void gross_prices_cannot_be_told_in_the_older_release(void **state)
{
    const struct ocpp_settle_tax vat = { .name = "VAT", .rate_ppm = 210000 };
    struct ocpp_settle_price_component price = energy_price();
    const struct ocpp_settle_tariff_element element = { .components = { &price, 1 } };
    struct ocpp_settle_tariff tariff = tariff_of(&element, 1);
    struct world *world = *state;

    world->head = head;
    tariff.has_tax_included = true;
    tariff.tax_included = true;
    assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_2_1, &tariff), OCPP_OK);
    assert_remark(world, OCPP_SETTLE_REMARK_LOSS, "/taxIncluded");
    price.taxes.items = &vat;
    price.taxes.count = 1;
    assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_2_1, &tariff), OCPP_ERR_VALUE);
    assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, &tariff), OCPP_OK);
    assert_non_null(strstr(world->text.text, "\"tax_included\":\"YES\""));
}

static void a_head_that_lacks_something_is_refused(void **state)
{
    const struct ocpp_settle_price_component price = energy_price();
    const struct ocpp_settle_tariff_element element = { .components = { &price, 1 } };
    struct ocpp_settle_tariff tariff = tariff_of(&element, 1);
    struct world *world = *state;

    world->head = (struct ocpp_settle_ocpi_head){ .last_updated_ms = 0 };
    assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, &tariff), OCPP_ERR_MISSING_MEMBER);
    world->head = head;
    world->head.last_updated_ms = OCPP_UTC_UNKNOWN;
    assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, &tariff), OCPP_ERR_MISSING_MEMBER);
    world->head = head;
    world->head.tariff_type = "NO_SUCH_TYPE";
    assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, &tariff), OCPP_ERR_VALUE);
    world->head = head;
    tariff.id = "an-id-that-is-longer-than-36-characters";
    assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, &tariff), OCPP_ERR_LENGTH);
    assert_string_equal(world->report.issue.path, "/id");
    tariff.id = "not\nprintable";
    assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, &tariff), OCPP_ERR_VALUE);
    tariff.id = "T";
    tariff.currency = "eur";
    assert_int_equal(export(world, OCPP_SETTLE_OCPI_2_3, &tariff), OCPP_ERR_VALUE);
    assert_string_equal(world->report.issue.path, "/currency");
}

/* --- memory --------------------------------------------------------------------------------------------------------------- */

static void no_memory_is_told_and_nothing_is_handed_out(void **state)
{
    const struct ocpp_settle_text given = { full_tariff, sizeof full_tariff - 1 };
    size_t failed = 0;

    (void)state;
    for (size_t n = 1;; n++) {
        struct test_allocator memory;
        struct world world = { .tariff = NULL };

        test_allocator_start(&memory, n);
        memory.fail_after = true;
        world.arena = ocpp_arena_new(&memory.allocator, 0);
        if (!world.arena) {
            continue;
        }
        enum ocpp_status status =
            ocpp_settle_tariff_from_ocpi(OCPP_SETTLE_OCPI_2_3, given, world.arena, &world.tariff, &world.head, &world.report);
        assert_true(status == OCPP_OK || (status == OCPP_ERR_NOMEM && !world.tariff));
        if (status == OCPP_OK) {
            status = ocpp_settle_tariff_to_ocpi(OCPP_SETTLE_OCPI_2_2_1, world.tariff, &world.head, world.arena, &world.text,
                                                &world.report);
            assert_true(status == OCPP_OK || (status == OCPP_ERR_NOMEM && !world.text.text));
        }
        failed += status != OCPP_OK;
        ocpp_arena_free(world.arena);
        assert_int_equal(memory.blocks, 0);
        if (status == OCPP_OK) {
            break;
        }
    }
    assert_true(failed > 2);
}

/* Small limits of the arena instead of blocks: every single piece is missed once. */
static void every_arena_that_is_too_small_is_told(void **state)
{
    const struct ocpp_settle_text given = { full_tariff, sizeof full_tariff - 1 };
    bool done = false;

    (void)state;
    for (size_t limit = 64; !done; limit += 16 * every()) {
        struct world world = { .arena = ocpp_arena_new(NULL, limit) };

        enum ocpp_status status =
            ocpp_settle_tariff_from_ocpi(OCPP_SETTLE_OCPI_2_3, given, world.arena, &world.tariff, &world.head, &world.report);
        if (status == OCPP_OK) {
            status = ocpp_settle_tariff_to_ocpi(OCPP_SETTLE_OCPI_2_2_1, world.tariff, &world.head, world.arena, &world.text,
                                                &world.report);
        }
        assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM || status == OCPP_ERR_LIMIT);
        assert_true(status == OCPP_OK || !world.text.text);
        done = status == OCPP_OK;
        ocpp_arena_free(world.arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_member_is_read_exactly, begin, end),
        cmocka_unit_test_setup_teardown(a_tariff_goes_back_to_the_same_text, begin, end),
        cmocka_unit_test_setup_teardown(the_older_release_has_vat_and_net_prices_only, begin, end),
        cmocka_unit_test_setup_teardown(taxes_that_do_not_apply_are_none, begin, end),
        cmocka_unit_test_setup_teardown(random_tariffs_survive_the_way_there_and_back, begin, end),
        cmocka_unit_test_setup_teardown(what_is_left_of_any_tariff_can_be_told_without_loss, begin, end),
        cmocka_unit_test_setup_teardown(what_carries_no_price_is_noted_and_not_kept, begin, end),
        cmocka_unit_test_setup_teardown(a_member_nobody_knows_beside_prices_is_a_loss, begin, end),
        cmocka_unit_test_setup_teardown(what_makes_no_sense_is_refused_with_its_place, begin, end),
        cmocka_unit_test_setup_teardown(heads_and_releases_are_checked, begin, end),
        cmocka_unit_test_setup_teardown(a_time_without_zone_is_utc_and_null_is_absent, begin, end),
        cmocka_unit_test_setup_teardown(an_element_with_a_restriction_that_has_no_word_is_left_out_and_told, begin, end),
        cmocka_unit_test_setup_teardown(power_banks_and_foreign_limits_are_losses, begin, end),
        cmocka_unit_test_setup_teardown(several_taxes_become_the_one_with_their_sum, begin, end),
        cmocka_unit_test_setup_teardown(a_price_per_minute_is_told_per_hour, begin, end),
        cmocka_unit_test_setup_teardown(gross_prices_cannot_be_told_in_the_older_release, begin, end),
        cmocka_unit_test_setup_teardown(a_head_that_lacks_something_is_refused, begin, end),
        cmocka_unit_test(no_memory_is_told_and_nothing_is_handed_out),
        cmocka_unit_test(every_arena_that_is_too_small_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
