/* Bills become CDRs: periods, volumes and totals, and what a CDR cannot hold. */
#include "allocator.h"
#include "unit.h"

#include "ocpi_model.h"
#include "plain_keys.h"
#include "price_world.h"

#include <ocpp/settlement/exchange.h>

#include <string.h>

static const struct ocpp_settle_cdr_facts facts = {
    .id = "CDR-1",
    .session_id = "S-1",
    .token = { "DE", "TNM", "012345678", "RFID", "DE8ACC12E46L89" },
    .auth_method = "WHITELIST",
    .location = { .id = "LOC1",
                  .name = "Zuid",
                  .address = "Laan 3",
                  .city = "Gent",
                  .postal_code = "9000",
                  .country = "BEL",
                  .latitude = "51.047599",
                  .longitude = "3.729944",
                  .evse_uid = "3256",
                  .evse_id = "BE*OCC*E041503003",
                  .connector_id = "1",
                  .connector_standard = "IEC_62196_T2",
                  .connector_format = "SOCKET",
                  .connector_power_type = "AC_1_PHASE" },
    .tariff = { .country_code = "BE", .party_id = "OCC", .last_updated_ms = 0 },
    .last_updated_ms = INT64_C(1733429733000),
};

struct told {
    struct ocpp_settle_text text;
    struct ocpp_settle_report report;
};

static enum ocpp_status tell(const struct price_world *world, enum ocpp_settle_ocpi_release release,
                             const struct ocpp_settle_cdr_facts *given, struct told *told)
{
    const struct ocpp_settle_cdr_session session = { &world->snapshot, &world->usage, world->bill };

    told->text = (struct ocpp_settle_text){ NULL, 0 };
    return ocpp_settle_bill_to_cdr(release, &session, given, world->arena, &told->text, &told->report);
}

static void assert_says(const struct told *told, const char *part)
{
    if (!strstr(told->text.text, part)) {
        fail_msg("no %s in %s", part, told->text.text);
    }
}

static void assert_remark(const struct told *told, enum ocpp_settle_remark_weight weight, const char *path)
{
    for (size_t i = 0; i < told->report.count; i++) {
        if (strcmp(told->report.remarks[i].path, path) == 0 && told->report.remarks[i].weight == weight) {
            return;
        }
    }
    fail_msg("no such remark at %s", path);
}

#define VAT(rate) "'taxes':[{'name':'VAT','ratePpm':" #rate "}]"
#define HOURLY                                                                                                                   \
    "{'id':'12','currency':'EUR','dialect':'Ocpi','taxIncluded':false,'elements':[{'components':[{'dimension':'Time','unit':"    \
    "'Hour','priceMicro':2000000,'step':300," VAT(100000) "}]}]}"

static void open_hourly(struct price_world *world)
{
    price_world_open(world, HOURLY);
    begins_at(world, "2024-12-05T17:39:09Z");
    charges(world, 7103, 15342, 0);
    assert_int_equal(computes(world), OCPP_OK);
}

/* The figures of the specification's example, with hours to four decimals. */
static void the_whole_of_a_cdr(void **state)
{
    struct price_world world;
    struct told told;

    (void)state;
    open_hourly(&world);
    assert_int_equal(tell(&world, OCPP_SETTLE_OCPI_2_3, &facts, &told), OCPP_OK);
    assert_int_equal(told.report.count, 0);
    assert_string_equal(
        told.text.text,
        "{\"country_code\":\"BE\",\"party_id\":\"OCC\",\"id\":\"CDR-1\",\"start_date_time\":\"2024-12-05T17:39:09.000Z\","
        "\"end_date_time\":\"2024-12-05T19:37:32.000Z\",\"session_id\":\"S-1\",\"cdr_token\":{\"country_code\":\"DE\","
        "\"party_id\":\"TNM\",\"uid\":\"012345678\",\"type\":\"RFID\",\"contract_id\":\"DE8ACC12E46L89\"},"
        "\"auth_method\":\"WHITELIST\",\"cdr_location\":{\"id\":\"LOC1\",\"name\":\"Zuid\",\"address\":\"Laan 3\","
        "\"city\":\"Gent\",\"postal_code\":\"9000\",\"country\":\"BEL\",\"coordinates\":{\"latitude\":\"51.047599\","
        "\"longitude\":\"3.729944\"},\"evse_uid\":\"3256\",\"evse_id\":\"BE*OCC*E041503003\",\"connector_id\":\"1\","
        "\"connector_standard\":\"IEC_62196_T2\",\"connector_format\":\"SOCKET\",\"connector_power_type\":\"AC_1_PHASE\"},"
        "\"currency\":\"EUR\",\"tariffs\":[{\"country_code\":\"BE\",\"party_id\":\"OCC\",\"id\":\"12\",\"currency\":\"EUR\","
        "\"elements\":[{\"price_components\":[{\"type\":\"TIME\",\"price\":2,\"vat\":10,\"step_size\":300}]}],"
        "\"tax_included\":\"NO\",\"last_updated\":\"1970-01-01T00:00:00.000Z\"}],\"charging_periods\":[{"
        "\"start_date_time\":\"2024-12-05T17:39:09.000Z\",\"dimensions\":[{\"type\":\"TIME\",\"volume\":1.9731},"
        "{\"type\":\"ENERGY\",\"volume\":15.342}],\"tariff_id\":\"12\"}],\"total_cost\":{\"before_taxes\":4,\"taxes\":[{"
        "\"name\":\"VAT\",\"percentage\":10,\"amount\":0.4}]},\"total_energy\":15.342,"
        "\"total_energy_cost\":{\"before_taxes\":0},\"total_time\":1.9731,"
        "\"total_time_cost\":{\"before_taxes\":4,\"taxes\":[{\"name\":\"VAT\",\"percentage\":10,\"amount\":0.4}]},"
        "\"last_updated\":\"2024-12-05T20:15:33.000Z\"}");
    price_world_close(&world);
}

static void the_older_release_tells_vat(void **state)
{
    struct price_world world;
    struct told told;

    (void)state;
    open_hourly(&world);
    assert_int_equal(tell(&world, OCPP_SETTLE_OCPI_2_2_1, &facts, &told), OCPP_OK);
    assert_says(&told, "\"total_cost\":{\"excl_vat\":4,\"incl_vat\":4.4}");
    assert_says(&told, "\"total_time_cost\":{\"excl_vat\":4,\"incl_vat\":4.4}");
    assert_null(strstr(told.text.text, "tax_included"));
    price_world_close(&world);
}

static void a_period_begins_where_another_price_or_state_holds(void **state)
{
    struct price_world world;
    struct told told;

    (void)state;
    price_world_open(&world, "{'id':'T','currency':'EUR','dialect':'Ocpi','taxIncluded':false,'elements':["
                             "{'components':[{'dimension':'Energy','unit':'Kwh','priceMicro':200000,'step':1}],"
                             "'restrictions':{'maxEnergyMwh':5000000}},"
                             "{'components':[{'dimension':'Energy','unit':'Kwh','priceMicro':300000,'step':1},"
                             "{'dimension':'Idle','unit':'Hour','priceMicro':6000000,'step':1}]}]}");
    begins_at(&world, "2026-11-23T10:00:00Z");
    happens(&world, 0, OCPP_SETTLE_USAGE_KIND_START, 0);
    happens(&world, 900, OCPP_SETTLE_USAGE_KIND_METER, 2500);
    happens(&world, 3600, OCPP_SETTLE_USAGE_KIND_SUSPENDED_EVSE, 10000);
    happens(&world, 4200, OCPP_SETTLE_USAGE_KIND_CHARGING, 10000);
    happens(&world, 4800, OCPP_SETTLE_USAGE_KIND_SUSPENDED_EV, 12000);
    happens(&world, 6600, OCPP_SETTLE_USAGE_KIND_STOP, 12000);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(tell(&world, OCPP_SETTLE_OCPI_2_3, &facts, &told), OCPP_OK);
    assert_int_equal(told.report.count, 0);
    assert_says(&told,
                "\"charging_periods\":["
                "{\"start_date_time\":\"2026-11-23T10:00:00.000Z\",\"dimensions\":[{\"type\":\"TIME\",\"volume\":0.5},"
                "{\"type\":\"ENERGY\",\"volume\":5}],\"tariff_id\":\"T\"},"
                "{\"start_date_time\":\"2026-11-23T10:30:00.000Z\",\"dimensions\":[{\"type\":\"TIME\",\"volume\":0.5},"
                "{\"type\":\"ENERGY\",\"volume\":5}],\"tariff_id\":\"T\"},"
                "{\"start_date_time\":\"2026-11-23T11:00:00.000Z\",\"dimensions\":[{\"type\":\"ENERGY\",\"volume\":0}],"
                "\"tariff_id\":\"T\"},"
                "{\"start_date_time\":\"2026-11-23T11:10:00.000Z\",\"dimensions\":[{\"type\":\"TIME\",\"volume\":0.1667},"
                "{\"type\":\"ENERGY\",\"volume\":2}],\"tariff_id\":\"T\"},"
                "{\"start_date_time\":\"2026-11-23T11:20:00.000Z\",\"dimensions\":[{\"type\":\"PARKING_TIME\",\"volume\":0.5}],"
                "\"tariff_id\":\"T\"}]");
    assert_says(&told, "\"total_energy\":12,");
    assert_says(&told, "\"total_time\":1.8333,");
    assert_says(&told, "\"total_parking_time\":0.6667,\"total_parking_cost\":{\"before_taxes\":3},");
    assert_says(&told, "\"total_energy_cost\":{\"before_taxes\":3.1}");
    assert_says(&told, "\"total_cost\":{\"before_taxes\":6.1}");
    price_world_close(&world);
}

#define RESERVED                                                                                                                 \
    "{'id':'T','currency':'EUR','dialect':'Ocpi','elements':[{'components':["                                                    \
    "{'dimension':'Time','unit':'Hour','priceMicro':5000000,'step':60," VAT(                                                     \
        200000) "}],'restrictions':{'reservation':'Used'}},"                                                                     \
                "{'components':[{'dimension':'Flat','unit':'Once','priceMicro':500000," VAT(200000) "}]}]}"

static void a_reservation_is_a_period_before_the_session(void **state)
{
    struct price_world world;
    struct told told;

    (void)state;
    price_world_open(&world, RESERVED);
    begins_at(&world, "2026-11-23T10:00:00Z");
    reserves(&world, -900, 900, OCPP_SETTLE_RESERVATION_KIND_USED);
    charges(&world, 3600, 1000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(tell(&world, OCPP_SETTLE_OCPI_2_3, &facts, &told), OCPP_OK);
    assert_says(&told, "\"start_date_time\":\"2026-11-23T09:45:00.000Z\",\"end_date_time\":\"2026-11-23T11:00:00.000Z\"");
    assert_says(&told, "[{\"start_date_time\":\"2026-11-23T09:45:00.000Z\",\"dimensions\":[{\"type\":\"RESERVATION_TIME\","
                       "\"volume\":0.25}],\"tariff_id\":\"T\"},{\"start_date_time\":\"2026-11-23T10:00:00.000Z\"");
    assert_says(&told, "\"total_time\":1,");
    assert_says(&told, "\"total_reservation_cost\":{\"before_taxes\":1.25,");
    assert_says(&told, "\"total_fixed_cost\":{\"before_taxes\":0.5,");
    price_world_close(&world);
}

static void a_reservation_that_nobody_came_for_is_a_cdr_of_its_own(void **state)
{
    struct price_world world;
    struct told told;

    (void)state;
    price_world_open(&world, RESERVED);
    begins_at(&world, "2026-11-23T10:00:00Z");
    reserves(&world, 0, 1800, OCPP_SETTLE_RESERVATION_KIND_EXPIRED);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(tell(&world, OCPP_SETTLE_OCPI_2_3, &facts, &told), OCPP_OK);
    assert_says(&told, "\"total_energy\":0,\"total_time\":0,");
    assert_says(&told, "\"total_reservation_cost\":{\"before_taxes\":2.5,");
    assert_says(&told, "\"end_date_time\":\"2026-11-23T10:30:00.000Z\"");
    price_world_close(&world);
}

static void a_credit_cdr_has_a_negative_total(void **state)
{
    struct ocpp_settle_cdr_facts credit = facts;
    struct price_world world;
    struct told told;

    (void)state;
    open_hourly(&world);
    credit.id = "CDR-1-C";
    credit.credit_reference_id = "CDR-1";
    assert_int_equal(tell(&world, OCPP_SETTLE_OCPI_2_3, &credit, &told), OCPP_OK);
    assert_says(&told, "\"total_cost\":{\"before_taxes\":-4,\"taxes\":[{\"name\":\"VAT\",\"percentage\":10,\"amount\":-0.4}]}");
    assert_says(&told, "\"total_time_cost\":{\"before_taxes\":4,");
    assert_says(&told, "\"credit\":true,\"credit_reference_id\":\"CDR-1\"");
    assert_int_equal(tell(&world, OCPP_SETTLE_OCPI_2_2_1, &credit, &told), OCPP_OK);
    assert_says(&told, "\"total_cost\":{\"excl_vat\":-4,\"incl_vat\":-4.4}");
    price_world_close(&world);
}

/* --- what a CDR cannot hold ------------------------------------------------------------------------------------------------ */

#define WITH_BANKS                                                                                                               \
    "{'id':'12','currency':'EUR','dialect':'Ocpi','minPrice':{'netMicro':9000000},'elements':[{'components':[{'dimension':"      \
    "'Energy','unit':'Kwh','priceMicro':250000,'step':1," VAT(                                                                   \
        100000) "}]}],'bank':{'depositMinor':9900,'freeS':0,'unitS':3600,"                                                       \
                "'unitPriceMicro':2000000,'buyOutMinor':9900,'rentalTaxes':[{'name':'VAT','ratePpm':210000}]}}"

static void power_banks_and_adjustments_are_told(void **state)
{
    struct price_world world;
    struct told told;

    (void)state;
    price_world_open(&world, WITH_BANKS);
    begins_at(&world, "2026-11-23T10:00:00Z");
    charges(&world, 3600, 20000, 0);
    rents(&world, 0, 3600, OCPP_SETTLE_BANK_END_RETURNED);
    world.adjustment = (struct ocpp_settle_usage_adjustment){ .reason = "late", .net_minor = -100 };
    world.usage.adjustments.items = &world.adjustment;
    world.usage.adjustments.count = 1;
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(world.bill->net_minor, 500 + 400 + 200 - 100);
    assert_int_equal(tell(&world, OCPP_SETTLE_OCPI_2_3, &facts, &told), OCPP_OK);
    assert_remark(&told, OCPP_SETTLE_REMARK_LOSS, "/snapshot/tariff/bank");
    assert_remark(&told, OCPP_SETTLE_REMARK_NOTE, "/bill/lines/1");
    assert_remark(&told, OCPP_SETTLE_REMARK_LOSS, "/bill/lines/2");
    assert_remark(&told, OCPP_SETTLE_REMARK_LOSS, "/bill/lines/3");
    assert_says(&told, "\"total_cost\":{\"before_taxes\":8,");

    world.snapshot.tax_rounding = OCPP_SETTLE_TAX_ROUNDING_PER_GROUP;
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(tell(&world, OCPP_SETTLE_OCPI_2_3, &facts, &told), OCPP_ERR_VALUE);
    assert_string_equal(told.report.issue.path, "/bill/lines/2");
    price_world_close(&world);
}

static void taxes_that_are_rounded_together_are_in_the_total_only(void **state)
{
    struct price_world world;
    struct told told;

    (void)state;
    price_world_open(&world, HOURLY);
    begins_at(&world, "2024-12-05T17:39:09Z");
    charges(&world, 7103, 15342, 0);
    world.snapshot.tax_rounding = OCPP_SETTLE_TAX_ROUNDING_PER_GROUP;
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(tell(&world, OCPP_SETTLE_OCPI_2_3, &facts, &told), OCPP_OK);
    assert_says(&told, "\"total_cost\":{\"before_taxes\":4,\"taxes\":[{\"name\":\"VAT\",\"percentage\":10,\"amount\":0.4}]}");
    assert_says(&told, "\"total_time_cost\":{\"before_taxes\":4},");
    price_world_close(&world);
}

static void what_is_no_final_bill_of_that_usage_is_refused(void **state)
{
    struct ocpp_settle_cdr_facts wrong = facts;
    struct price_world world;
    struct told told;

    (void)state;
    open_hourly(&world);
    struct ocpp_settle_bill bill = *world.bill;
    const struct ocpp_settle_bill *good = world.bill;
    world.bill = &bill;
    bill.mode = OCPP_SETTLE_COMPUTE_MODE_RUNNING;
    assert_int_equal(tell(&world, OCPP_SETTLE_OCPI_2_3, &facts, &told), OCPP_ERR_STATE);
    assert_string_equal(told.report.issue.path, "/bill/mode");
    bill = *good;
    bill.currency = "USD";
    assert_int_equal(tell(&world, OCPP_SETTLE_OCPI_2_3, &facts, &told), OCPP_ERR_VALUE);
    bill = *good;
    bill.lines.count = 0;
    assert_int_equal(tell(&world, OCPP_SETTLE_OCPI_2_3, &facts, &told), OCPP_ERR_VALUE);
    assert_string_equal(told.report.issue.path, "/bill");
    world.bill = good;
    wrong.auth_method = "GUESSED";
    assert_int_equal(tell(&world, OCPP_SETTLE_OCPI_2_3, &wrong, &told), OCPP_ERR_MISSING_MEMBER);
    assert_string_equal(told.report.issue.path, "/auth_method");
    wrong = facts;
    wrong.id = NULL;
    assert_int_equal(tell(&world, OCPP_SETTLE_OCPI_2_3, &wrong, &told), OCPP_ERR_MISSING_MEMBER);
    assert_int_equal(tell(&world, (enum ocpp_settle_ocpi_release)0, &facts, &told), OCPP_ERR_ARGUMENT);
    price_world_close(&world);

    price_world_open(&world, WITH_BANKS);
    begins_at(&world, "2026-11-23T10:00:00Z");
    rents(&world, 0, 3600, OCPP_SETTLE_BANK_END_RETURNED);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(tell(&world, OCPP_SETTLE_OCPI_2_3, &facts, &told), OCPP_ERR_TOO_FEW);
    price_world_close(&world);
}

/* --- random sessions -------------------------------------------------------------------------------------------------------- */

/* A small generator: which numbers come does not matter, only that they come again. */
static uint32_t draw(uint32_t *state, uint32_t below)
{
    *state = *state * 1664525U + 1013904223U;
    return (*state >> 8) % below;
}

static const char *const random_tariffs[] = {
    HOURLY,
    RESERVED,
    "{'id':'T','currency':'EUR','dialect':'Ocpi','taxIncluded':true,'elements':["
    "{'components':[{'dimension':'Energy','unit':'Kwh','priceMicro':200000,'step':1," VAT(
        210000) "},"
                "{'dimension':'Time','unit':'Hour','priceMicro':1000000,'step':60}],"
                "'restrictions':{'startMinute':540,'endMinute':615}},"
                "{'components':[{'dimension':'Energy','unit':'Kwh','priceMicro':300000,'step':100," VAT(
                    90000) "},"
                           "{'dimension':'Idle','unit':'Hour','priceMicro':6000000,'step':1}]}]}",
    "{'id':'T','currency':'EUR','dialect':'Ocpi','elements':[{'components':[{'dimension':'Energy','unit':'Kwh',"
    "'priceMicro':310000,'step':1}],'restrictions':{'maxPowerMw':11000000}},{'components':[{'dimension':'Flat','unit':'Once',"
    "'priceMicro':1000000}]}]}",
};

static void random_session(struct price_world *world, uint32_t *state)
{
    static const enum ocpp_settle_usage_kind kinds[] = { OCPP_SETTLE_USAGE_KIND_CHARGING, OCPP_SETTLE_USAGE_KIND_SUSPENDED_EV,
                                                         OCPP_SETTLE_USAGE_KIND_SUSPENDED_EVSE, OCPP_SETTLE_USAGE_KIND_METER,
                                                         OCPP_SETTLE_USAGE_KIND_METER };
    const uint32_t count = draw(state, 12);
    int64_t at_s = 0;
    int64_t wh = draw(state, 2) == 0 ? 0 : 123456;

    if (draw(state, 3) == 0) {
        reserves(world, -1 - (int64_t)draw(state, 3600), 1, OCPP_SETTLE_RESERVATION_KIND_USED);
        world->reservation.to = world->begun_ms;
    }
    happens(world, 0, OCPP_SETTLE_USAGE_KIND_START, wh);
    for (uint32_t i = 0; i < count; i++) {
        at_s += draw(state, 4) == 0 ? 0 : draw(state, 2000);
        wh += draw(state, 2) == 0 ? 0 : draw(state, 5000);
        happens(world, at_s, kinds[draw(state, 5)], draw(state, 4) == 0 ? -1 : wh);
    }
    happens(world, at_s + draw(state, 1000), OCPP_SETTLE_USAGE_KIND_STOP, wh);
}

static int64_t seconds_of(struct ocpp_decimal hours)
{
    int64_t parts = 0;

    assert_int_equal(ocpp_decimal_to_integer(hours, 4, &parts), OCPP_OK);
    return (parts * 3600 + 5000) / 10000;
}

static int64_t integer_of(struct ocpp_decimal value, int shift)
{
    int64_t integer = 0;

    assert_int_equal(ocpp_decimal_to_integer(value, shift, &integer), OCPP_OK);
    return integer;
}

static int64_t volume_of(const struct ocpp_settle_ocpi_charging_period *period, enum ocpp_settle_ocpi_cdr_dimension_type type)
{
    for (size_t i = 0; i < period->dimensions.count; i++) {
        if (period->dimensions.items[i].type == type) {
            return type == OCPP_SETTLE_OCPI_CDR_DIMENSION_TYPE_ENERGY ? integer_of(period->dimensions.items[i].volume, 6)
                                                                      : seconds_of(period->dimensions.items[i].volume);
        }
    }
    return 0;
}

/* Periods without a hole, each as long as what lasted in it, and their volumes those of the whole. */
static void look_at_periods(const struct ocpp_settle_ocpi_cdr230 *cdr)
{
    int64_t energy_mwh = 0;
    int64_t charging_s = 0;
    int64_t parking_s = 0;
    int64_t reserved_s = 0;

    assert_int_equal(cdr->charging_periods.items[0].start_date_time, cdr->start_date_time);
    for (size_t i = 0; i < cdr->charging_periods.count; i++) {
        const struct ocpp_settle_ocpi_charging_period *period = &cdr->charging_periods.items[i];
        const int64_t ends =
            i + 1 < cdr->charging_periods.count ? cdr->charging_periods.items[i + 1].start_date_time : cdr->end_date_time;
        const int64_t lasts_s = (ends - period->start_date_time) / 1000;
        const int64_t time_s = volume_of(period, OCPP_SETTLE_OCPI_CDR_DIMENSION_TYPE_TIME);
        const int64_t idle_s = volume_of(period, OCPP_SETTLE_OCPI_CDR_DIMENSION_TYPE_PARKING_TIME);
        const int64_t kept_s = volume_of(period, OCPP_SETTLE_OCPI_CDR_DIMENSION_TYPE_RESERVATION_TIME);

        assert_true(lasts_s > 0 || cdr->charging_periods.count == 1);
        assert_true(time_s + idle_s + kept_s == lasts_s || time_s + idle_s + kept_s == 0);
        assert_true((time_s > 0) + (idle_s > 0) + (kept_s > 0) <= 1);
        energy_mwh += volume_of(period, OCPP_SETTLE_OCPI_CDR_DIMENSION_TYPE_ENERGY);
        charging_s += time_s;
        reserved_s += kept_s;
        parking_s += time_s + kept_s == 0 ? lasts_s : 0;
    }
    assert_int_equal(energy_mwh, integer_of(cdr->total_energy, 6));
    assert_int_equal(charging_s + parking_s, seconds_of(cdr->total_time));
    assert_int_equal(parking_s, cdr->has_total_parking_time ? seconds_of(cdr->total_parking_time) : 0);
    assert_int_equal(reserved_s + charging_s + parking_s, (cdr->end_date_time - cdr->start_date_time) / 1000);
}

static void look_at_costs(const struct ocpp_settle_ocpi_cdr230 *cdr, const struct ocpp_settle_bill *bill)
{
    int64_t taxes = 0;

    for (size_t i = 0; i < cdr->total_cost.taxes.count; i++) {
        taxes += integer_of(cdr->total_cost.taxes.items[i].amount, 2);
    }
    assert_int_equal(integer_of(cdr->total_cost.before_taxes, 2), bill->net_minor);
    assert_int_equal(taxes, bill->tax_minor);
}

static void periods_of_random_sessions_have_no_holes_and_add_up(void **state)
{
    size_t seen = 0;

    (void)state;
    for (uint32_t seed = 0; seed < 800; seed += every()) {
        uint32_t random = seed * 2654435761U + 1;
        struct price_world world;
        struct told told;
        const void *cdr = NULL;

        price_world_open(&world, random_tariffs[seed % COUNT_OF(random_tariffs)]);
        random_session(&world, &random);
        assert_int_equal(computes(&world), OCPP_OK);
        if (tell(&world, OCPP_SETTLE_OCPI_2_3, &facts, &told) != OCPP_OK) {
            fail_msg("seed %u: %s at %s", seed, ocpp_status_sentence(told.report.issue.status), told.report.issue.path);
        }
        assert_int_equal(told.report.losses, 0);
        assert_int_equal(ocpp_message_decode(&ocpp_settle_ocpi_cdr230_type, told.text.text, told.text.size, NULL, NULL,
                                             world.arena, &cdr, NULL),
                         OCPP_OK);
        look_at_periods(cdr);
        look_at_costs(cdr, world.bill);
        seen += ((const struct ocpp_settle_ocpi_cdr230 *)cdr)->charging_periods.count > 2;
        price_world_close(&world);
    }
    assert_true(seen * every() > 100);
}

static void no_memory_is_told_and_nothing_is_handed_out(void **state)
{
    struct price_world world;
    bool done = false;

    (void)state;
    open_hourly(&world);
    for (size_t limit = 64; !done; limit += 16 * every()) {
        const struct ocpp_settle_cdr_session session = { &world.snapshot, &world.usage, world.bill };
        struct ocpp_arena *arena = ocpp_arena_new(NULL, limit);
        struct told told = { .text = { NULL, 0 } };
        enum ocpp_status status =
            ocpp_settle_bill_to_cdr(OCPP_SETTLE_OCPI_2_3, &session, &facts, arena, &told.text, &told.report);

        assert_true(status == OCPP_OK || ((status == OCPP_ERR_NOMEM || status == OCPP_ERR_LIMIT) && !told.text.text));
        done = status == OCPP_OK;
        ocpp_arena_reset(arena);
        told.text.text = NULL;
        status = ocpp_settle_bill_to_cdr(OCPP_SETTLE_OCPI_2_2_1, &session, &facts, arena, &told.text, &told.report);
        assert_true(status == OCPP_OK || ((status == OCPP_ERR_NOMEM || status == OCPP_ERR_LIMIT) && !told.text.text));
        ocpp_arena_free(arena);
    }
    price_world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_of_a_cdr),
        cmocka_unit_test(the_older_release_tells_vat),
        cmocka_unit_test(a_period_begins_where_another_price_or_state_holds),
        cmocka_unit_test(a_reservation_is_a_period_before_the_session),
        cmocka_unit_test(a_reservation_that_nobody_came_for_is_a_cdr_of_its_own),
        cmocka_unit_test(a_credit_cdr_has_a_negative_total),
        cmocka_unit_test(power_banks_and_adjustments_are_told),
        cmocka_unit_test(taxes_that_are_rounded_together_are_in_the_total_only),
        cmocka_unit_test(what_is_no_final_bill_of_that_usage_is_refused),
        cmocka_unit_test(periods_of_random_sessions_have_no_holes_and_add_up),
        cmocka_unit_test(no_memory_is_told_and_nothing_is_handed_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
