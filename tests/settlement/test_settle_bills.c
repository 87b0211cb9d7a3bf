/* Amounts: taxes beside and within prices, rounding, minimum and maximum, power banks, adjustments, hashes, no memory. */
#include "unit.h"

#include "allocator.h"
#include "plain_keys.h"
#include "price_world.h"

#include <string.h>

#define TARIFF(rest)         "{'id':'T','currency':'EUR','dialect':'Ocpi'," rest "}"
#define DIALECT(name, rest)  "{'id':'T','currency':'EUR','dialect':'" name "'," rest "}"
#define TAX(name, ppm)       "{'name':'" name "','ratePpm':" #ppm "}"
#define ENERGY(price, taxes) "{'dimension':'Energy','unit':'Kwh','priceMicro':" #price ",'taxes':[" taxes "]}"
#define FLAT(price, taxes)   "{'dimension':'Flat','unit':'Once','priceMicro':" #price ",'taxes':[" taxes "]}"
#define TIME(price, taxes)   "{'dimension':'Time','unit':'Minute','priceMicro':" #price ",'taxes':[" taxes "]}"
#define ALWAYS(components)   "'elements':[{'components':[" components "]}]"

static void amounts(const struct price_world *world, int64_t net, int64_t tax, int64_t gross)
{
    assert_int_equal(world->bill->net_minor, net);
    assert_int_equal(world->bill->tax_minor, tax);
    assert_int_equal(world->bill->gross_minor, gross);
}

static void line_is(const struct ocpp_settle_bill_line *line, int64_t net, int64_t tax, int64_t gross)
{
    assert_int_equal(line->net_minor, net);
    assert_int_equal(line->tax_minor, tax);
    assert_int_equal(line->gross_minor, gross);
}

/* --- taxes -------------------------------------------------------------------------------------------------------- */

/* OCPP 2.1 I12.FR.13. */
static void a_tax_of_a_level_is_taken_of_the_taxes_below_as_well(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world,
                     TARIFF(ALWAYS("{'dimension':'Flat','unit':'Once','priceMicro':10000000,'taxes':["
                                   "{'name':'VAT','ratePpm':200000,'level':1},{'name':'Energy','ratePpm':100000},"
                                   "{'name':'City','ratePpm':50000,'level':0},{'name':'Top','ratePpm':10000,'level':4}]}")));
    charges(&world, 10, 0, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    const struct ocpp_settle_bill_line *flat = line(&world, OCPP_SETTLE_LINE_KIND_FLAT, 0);
    assert_int_equal(flat->taxes.items[0].tax_minor, 230); /* of 10 + 1 + 0.50 */
    assert_int_equal(flat->taxes.items[1].tax_minor, 100);
    assert_int_equal(flat->taxes.items[2].tax_minor, 50);
    assert_int_equal(flat->taxes.items[3].tax_minor, 14); /* 1 % of 13.80 */
    assert_string_equal(flat->exact_gross, "13.938");
    amounts(&world, 1000, 394, 1394);
    price_world_close(&world);
}

static void what_a_price_says_with_its_taxes_is_what_is_paid(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(
        &world, TARIFF("'taxIncluded':true," ALWAYS(FLAT(50000, TAX("VAT", 100000)) "," ENERGY(1190000, TAX("VAT", 190000)))));
    charges(&world, 10, 1000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_FLAT, 0), 5, 0, 5); /* 0.04545 is 0.05 */
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_ENERGY, 0), 100, 19, 119);
    assert_string_equal(line(&world, OCPP_SETTLE_LINE_KIND_FLAT, 0)->exact_net, "1/22");
    assert_string_equal(world.bill->exact_gross, "1.24");
    price_world_close(&world);
}

static void a_tax_within_a_price_is_split_over_its_rates(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF("'taxIncluded':true," ALWAYS(
                                 FLAT(1000000, TAX("State", 60000) "," TAX("City", 50000) "," TAX("None", 0)))));
    charges(&world, 10, 0, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    const struct ocpp_settle_bill_line *flat = line(&world, OCPP_SETTLE_LINE_KIND_FLAT, 0);
    line_is(flat, 90, 10, 100);
    assert_int_equal(flat->taxes.items[0].tax_minor, 5); /* 5.45 */
    assert_int_equal(flat->taxes.items[1].tax_minor, 5); /* 4.55: the larger remainder */
    assert_int_equal(flat->taxes.items[2].tax_minor, 0);
    price_world_close(&world);
}

#define TWO_OF_15 ALWAYS(FLAT(150000, TAX("VAT", 100000)) "," ENERGY(150000, TAX("VAT", 100000)))

static void taxes_are_rounded_by_the_line_or_by_the_group(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF(TWO_OF_15));
    charges(&world, 10, 1000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 30, 4, 34);
    world.snapshot.tax_rounding = OCPP_SETTLE_TAX_ROUNDING_PER_GROUP;
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 30, 3, 33);
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_FLAT, 0), 15, 0, 15);
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_TAX, 0), 0, 3, 3);
    assert_int_equal(lines(&world, OCPP_SETTLE_LINE_KIND_TAX), 1);
    assert_string_equal(world.bill->exact_gross, "0.33");
    price_world_close(&world);
}

static void a_group_of_prices_with_taxes_gives_its_tax_out_of_them(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF("'taxIncluded':true," TWO_OF_15));
    world.snapshot.tax_rounding = OCPP_SETTLE_TAX_ROUNDING_PER_GROUP;
    charges(&world, 10, 1000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 27, 3, 30);
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_TAX, 0), -3, 3, 0);
    price_world_close(&world);
}

static void halves_go_up_or_to_the_even_neighbour(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF(ALWAYS(FLAT(125000, TAX("VAT", 0)))));
    charges(&world, 10, 0, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 13, 0, 13);
    world.snapshot.rounding = OCPP_SETTLE_ROUNDING_MODE_HALF_EVEN;
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 12, 0, 12);
    price_world_close(&world);
}

static void currencies_without_and_with_three_digits(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, "{'id':'T','currency':'JPY','dialect':'Own'," ALWAYS(ENERGY(33333333, TAX("VAT", 100000))) "}");
    world.snapshot.exponent = 0;
    charges(&world, 10, 1500, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 50, 5, 55);
    price_world_close(&world);
    price_world_open(&world, "{'id':'T','currency':'KWD','dialect':'Own'," ALWAYS(ENERGY(33333, TAX("VAT", 100000))) "}");
    world.snapshot.exponent = 3;
    charges(&world, 10, 1500, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 50, 5, 55);
    price_world_close(&world);
}

/* --- minimum and maximum ------------------------------------------------------------------------------------------ */

static void a_limit_before_taxes_alone_takes_the_taxes_with_it(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF("'maxPrice':{'netMicro':10000000}," ALWAYS(
                                 FLAT(4000000, TAX("A", 100000)) "," ENERGY(16000000, TAX("B", 200000)))));
    charges(&world, 10, 1000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_CAP, 0), -200, -20, -220);
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_CAP, 1), -800, -160, -960);
    amounts(&world, 1000, 180, 1180);
    assert_string_equal(world.bill->exact_gross, "11.8");
    price_world_close(&world);
}

static void a_limit_after_taxes_alone_takes_the_net_with_it(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF("'minPrice':{'grossMicro':12000000}," ALWAYS(ENERGY(1000000, TAX("B", 200000)))));
    charges(&world, 10, 1000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_MINIMUM, 0), 900, 180, 1080);
    amounts(&world, 1000, 200, 1200);
    price_world_close(&world);
}

/* Two taxes of half a cent each are rounded to nothing; the net of what is left is found from what is left, not from what is
 * taken. */
static void of_nothing_that_is_left_no_cent_is_net_and_none_is_tax(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF("'maxPrice':{'grossMicro':0}," ALWAYS(FLAT(30000, TAX("A", 150000) "," TAX("B", 150000)))));
    charges(&world, 10, 0, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_FLAT, 0), 3, 0, 3);
    amounts(&world, 0, 0, 0);
    price_world_close(&world);
}

/* OCPI 2.2.1: each of the two limits holds, and only the one that is missed moves. */
static void limits_before_and_after_taxes_hold_each_by_itself(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world,
                     TARIFF("'minPrice':{'netMicro':1000000,'grossMicro':1150000}," ALWAYS(ENERGY(1000000, TAX("B", 100000)))));
    charges(&world, 10, 1000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 100, 15, 115);
    assert_string_equal(world.bill->exact_gross, "1.15");
    price_world_close(&world);
    price_world_open(&world,
                     TARIFF("'maxPrice':{'netMicro':900000,'grossMicro':1150000}," ALWAYS(ENERGY(1000000, TAX("B", 100000)))));
    charges(&world, 10, 1000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 90, 20, 110);
    price_world_close(&world);
    price_world_open(&world,
                     TARIFF("'maxPrice':{'netMicro':1040000,'grossMicro':1050000}," ALWAYS(ENERGY(1000000, TAX("B", 100000)))));
    charges(&world, 10, 1000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 100, 5, 105);
    assert_string_equal(world.bill->exact_net, "1");
    assert_string_equal(world.bill->exact_gross, "1.05");
    price_world_close(&world);
}

static void a_minimum_of_nothing_has_the_taxes_of_the_first_price(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF("'minPrice':{'netMicro':2000000}," ALWAYS(ENERGY(1000000, TAX("B", 100000)))));
    charges(&world, 10, 0, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_MINIMUM, 0), 200, 20, 220);
    assert_string_equal(line(&world, OCPP_SETTLE_LINE_KIND_MINIMUM, 0)->taxes.items[0].name, "B");
    price_world_close(&world);
}

static void without_a_session_there_is_no_minimum_and_banks_are_not_capped(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF("'minPrice':{'netMicro':500000},'maxPrice':{'netMicro':1000000}," ALWAYS(ENERGY(
                                 1000000, TAX("B", 0))) ",'bank':{'depositMinor':1,'freeS':0,'unitS':60,'unitPriceMicro':1000000,"
                                                        "'buyOutMinor':9900}"));
    rents(&world, 0, 600, OCPP_SETTLE_BANK_END_RETURNED);
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 1000, 0, 1000);
    price_world_close(&world);
}

/* Ten lines of a third of a cent more than a cent: rounded they stay below the limit that they reach exactly, and the other way
 * round. */
static void rounded_amounts_keep_a_limit_that_exact_ones_keep_only_just(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF("'maxPrice':{'netMicro':30000}," ALWAYS(FLAT(14999, "") "," ENERGY(15001, ""))));
    charges(&world, 10, 1000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 3, 0, 3);
    assert_int_equal(lines(&world, OCPP_SETTLE_LINE_KIND_CAP), 0);
    price_world_close(&world);
    price_world_open(&world, TARIFF("'maxPrice':{'netMicro':30000}," ALWAYS(FLAT(15000, "") "," ENERGY(15000, ""))));
    charges(&world, 10, 1000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 3, 0, 3); /* 0.02 and 0.02 less a cent, though 0.015 and 0.015 are no more than 0.03 */
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_CAP, 0), -1, 0, -1);
    assert_string_equal(line(&world, OCPP_SETTLE_LINE_KIND_CAP, 0)->exact_net, "0");
    price_world_close(&world);
}

/* OCPP 2.1 I12.FR.38. */
static void the_minimum_of_ocpp_takes_the_place_of_the_price(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(
        &world, DIALECT("Ocpp21", "'minPrice':{'netMicro':1000000,'grossMicro':1150000}," ALWAYS(ENERGY(1100000, TAX("B", 0)))));
    charges(&world, 10, 1000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_MINIMUM, 0), -10, 15,
            5); /* 1.10 is no less than 1.00, but replaced all the same */
    amounts(&world, 100, 15, 115);
    price_world_close(&world);
}

/* OCPP 2.1 I12.FR.39. */
static void the_maximum_of_ocpp_freezes_the_price_when_either_limit_is_reached(void **state)
{
    struct price_world world;

    (void)state; /* a minute costs 0.60 + 0.30; 1 + 0.9 t is 1.45 after half a minute; taxes are 0.10 + 0.06 t / 0.03 t */
    price_world_open(&world, DIALECT("Ocpp21", "'maxPrice':{'netMicro':1450000,'grossMicro':9000000}," ALWAYS(
                                                   FLAT(1000000, TAX("A", 100000)) "," ENERGY(600000, TAX("A", 100000)) "," TIME(
                                                       300000, TAX("C", 200000)))));
    charges(&world, 120, 2000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 145, 16, 161);
    assert_string_equal(world.bill->exact_net, "1.45");
    assert_string_equal(world.bill->exact_gross, "1.61");
    assert_int_equal(line(&world, OCPP_SETTLE_LINE_KIND_ENERGY, 0)->measured, 2000000); /* I12.FR.40 */
    assert_string_equal(line(&world, OCPP_SETTLE_LINE_KIND_CAP, 1)->exact_net, "-0.45");
    price_world_close(&world);
}

static void a_fee_at_the_start_may_reach_the_maximum_of_ocpp_by_itself(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, DIALECT("Ocpp21", "'maxPrice':{'grossMicro':550000}," ALWAYS(
                                                   FLAT(1000000, TAX("A", 100000)) "," TIME(300000, TAX("C", 200000)))));
    charges(&world, 120, 0, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 50, 5, 55);
    price_world_close(&world);
}

static void what_a_step_adds_may_reach_the_maximum_of_ocpp(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, DIALECT("Ocpp21", "'maxPrice':{'netMicro':2500000}," ALWAYS(
                                                   "{'dimension':'Time','unit':'Minute','priceMicro':1000000,'step':600}")));
    charges(&world, 120, 0, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 250, 0, 250);
    price_world_close(&world);
}

/* --- power banks -------------------------------------------------------------------------------------------------- */

#define BANK(more)                                                                                                               \
    TARIFF(                                                                                                                      \
        "'elements':[],'bank':{'depositMinor':9900,'freeS':300,'unitS':1800,'unitPriceMicro':1500000" more                       \
        ",'buyOutMinor':9900,'rentalTaxes':[{'name':'VAT','ratePpm':60000}],'purchaseTaxes':[{'name':'VAT','ratePpm':130000}]}")

/* Asked alone it is what a bill says. */
static void assert_accrued(const struct price_world *world, int64_t lasted_s, int64_t net_minor)
{
    int64_t minor = -1;

    assert_int_equal(ocpp_settle_bank_accrued(&world->snapshot, lasted_s, &minor), OCPP_OK);
    assert_int_equal(minor, net_minor);
}

static void a_bank_is_free_for_a_while_then_each_unit_that_begins_counts(void **state)
{
    static const struct {
        int64_t lasted_s, billed_s, net;
    } known[] = { { 0, 0, 0 },
                  { 300, 0, 0 },
                  { 301, 1800, 150 },
                  { 2100, 1800, 150 },
                  { 2101, 3600, 300 },
                  { 86400, 48 * 1800, 7200 },
                  { 9000000, 5000 * 1800, 9900 } };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        struct price_world world;

        price_world_open(&world, BANK(""));
        rents(&world, 0, known[i].lasted_s, OCPP_SETTLE_BANK_END_RETURNED);
        assert_int_equal(computes(&world), OCPP_OK);
        const struct ocpp_settle_bill_line *rental = line(&world, OCPP_SETTLE_LINE_KIND_POWER_BANK_RENTAL, 0);
        assert_int_equal(rental->measured, known[i].lasted_s);
        assert_int_equal(rental->billed, known[i].billed_s);
        assert_int_equal(rental->net_minor, known[i].net);
        assert_int_equal(rental->tax_minor, known[i].net * 6 / 100);
        assert_accrued(&world, known[i].lasted_s, known[i].net);
        price_world_close(&world);
    }
}

static void a_day_of_a_rental_is_24_hours_whatever_clocks_do_and_has_a_cap(void **state)
{
    static const struct {
        int64_t lasted_s, net;
    } known[] = { { 3600, 300 }, { 86400, 2000 }, { 86700, 2000 }, { 86701, 2150 }, { 2 * 86400, 4000 }, { 9 * 86400, 9900 } };

    (void)state;
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        struct price_world world;

        price_world_open(&world, BANK(",'dailyCapMinor':2000"));
        begins_at(&world, "2026-10-24T15:00:00+02:00");
        rents(&world, 0, known[i].lasted_s, OCPP_SETTLE_BANK_END_RETURNED);
        assert_int_equal(computes(&world), OCPP_OK);
        assert_int_equal(world.bill->net_minor, known[i].net);
        assert_accrued(&world, known[i].lasted_s, known[i].net);
        price_world_close(&world);
    }
}

static void what_a_bank_has_accrued_is_asked_within_ten_years_and_is_nothing_without_a_price(void **state)
{
    struct price_world world;
    int64_t minor = -1;

    (void)state;
    price_world_open(&world, TARIFF("'elements':[]"));
    assert_accrued(&world, 3600, 0);
    assert_int_equal(ocpp_settle_bank_accrued(&world.snapshot, -1, &minor), OCPP_ERR_RANGE);
    assert_int_equal(ocpp_settle_bank_accrued(&world.snapshot, INT64_MAX, &minor), OCPP_ERR_RANGE);
    assert_int_equal(minor, -1);
    price_world_close(&world);
}

/* A1. What is missing to the buy-out, with its own tax. */
static void a_bank_that_is_bought_costs_the_buy_out_in_two_lines(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, BANK(""));
    rents(&world, 0, 3600, OCPP_SETTLE_BANK_END_BOUGHT);
    rents(&world, 0, 90 * 86400, OCPP_SETTLE_BANK_END_BOUGHT);
    assert_int_equal(computes(&world), OCPP_OK);
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_POWER_BANK_RENTAL, 0), 300, 18, 318);
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_POWER_BANK_PURCHASE, 0), 9600, 1248, 10848);
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_POWER_BANK_RENTAL, 1), 9900, 594, 10494);
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_POWER_BANK_PURCHASE, 1), 0, 0, 0);
    assert_string_equal(line(&world, OCPP_SETTLE_LINE_KIND_POWER_BANK_PURCHASE, 1)->rental, "RENTAL1");
    price_world_close(&world);
}

/* A8, A16, A22. */
static void a_clock_that_was_pinned_counts_no_further(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, BANK(""));
    struct ocpp_settle_bank_usage *bank = rents(&world, 0, 90000, OCPP_SETTLE_BANK_END_RETURNED);
    bank->has_pinned_at = true;
    bank->pinned_at = bank->taken_at + 2100 * 1000;
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(world.bill->net_minor, 150);
    assert_true(has_anomaly(&world, OCPP_SETTLE_BILL_ANOMALY_CLOCK_PINNED));
    bank->pinned_at = bank->ended_at;
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(world.bill->anomalies.count, 0);
    price_world_close(&world);
}

/* A23. */
static void a_bank_that_came_back_before_it_left_costs_nothing(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, BANK(""));
    rents(&world, 0, -60, OCPP_SETTLE_BANK_END_RETURNED);
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 0, 0, 0);
    assert_true(has_anomaly(&world, OCPP_SETTLE_BILL_ANOMALY_TIME_FELL));
    price_world_close(&world);
}

static void a_bank_that_is_out_costs_what_it_would_if_it_came_back_now(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, BANK(""));
    rents(&world, 0, 0, OCPP_SETTLE_BANK_END_OPEN);
    assert_int_equal(computes_running(&world, 2101), OCPP_OK);
    assert_int_equal(world.bill->net_minor, 300);
    assert_int_equal(computes_running(&world, -5), OCPP_OK);
    assert_int_equal(world.bill->net_minor, 0);
    world.bill = NULL;
    assert_int_equal(computes(&world), OCPP_ERR_STATE);
    assert_string_equal(world.issue.path, "/usage/banks/0/end");
    assert_null(world.bill);
    price_world_close(&world);
}

static void bank_usage_that_contradicts_itself_is_refused(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, BANK(""));
    rents(&world, 0, 60, OCPP_SETTLE_BANK_END_RETURNED)->has_ended_at = false;
    assert_int_equal(computes(&world), OCPP_ERR_MISSING_MEMBER);
    assert_string_equal(world.issue.path, "/usage/banks/0/endedAt");
    world.banks[0].end = OCPP_SETTLE_BANK_END_OPEN;
    world.banks[0].has_ended_at = true;
    assert_int_equal(computes(&world), OCPP_ERR_VALUE);
    world.banks[0].end = OCPP_SETTLE_BANK_END_RETURNED;
    rents(&world, 0, 60, OCPP_SETTLE_BANK_END_RETURNED)->rental = "RENTAL0";
    assert_int_equal(computes(&world), OCPP_ERR_VALUE);
    assert_string_equal(world.issue.path, "/usage/banks/1/rental");
    world.usage.banks.count = 1;
    world.banks[0].ended_at = world.banks[0].taken_at + INT64_C(1000) * (10 * 366 * 86400 + 1);
    assert_int_equal(computes(&world), OCPP_ERR_RANGE);
    world.snapshot.tariff.bank = NULL;
    assert_int_equal(computes(&world), OCPP_ERR_VALUE);
    assert_string_equal(world.issue.path, "/usage/banks");
    price_world_close(&world);
}

/* A13. One line each, one payment. */
static void banks_and_vehicle_are_one_bill(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world,
                     TARIFF(ALWAYS(ENERGY(500000, TAX("VAT", 60000))) ",'bank':{'depositMinor':9900,'freeS':0,'unitS':3600,"
                                                                      "'unitPriceMicro':2000000,'buyOutMinor':9900}"));
    charges(&world, 3600, 10000, 0);
    rents(&world, 60, 3600, OCPP_SETTLE_BANK_END_RETURNED);
    rents(&world, 120, 3601, OCPP_SETTLE_BANK_END_RETURNED);
    assert_int_equal(computes(&world), OCPP_OK);
    amounts(&world, 500 + 200 + 400, 30, 1130);
    assert_int_equal(lines(&world, OCPP_SETTLE_LINE_KIND_POWER_BANK_RENTAL), 2);
    price_world_close(&world);
}

/* --- adjustments -------------------------------------------------------------------------------------------------- */

static void an_adjustment_is_a_net_amount_of_either_sign(void **state)
{
    static const struct ocpp_settle_tax vat = { .name = "VAT", .rate_ppm = 190000 };
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF("'taxIncluded':true," ALWAYS(FLAT(1190000, TAX("VAT", 190000)))));
    charges(&world, 10, 0, 0);
    world.adjustment = (struct ocpp_settle_usage_adjustment){ .reason = "sorry", .net_minor = -150, .taxes = { &vat, 1 } };
    world.usage.adjustments.count = 1;
    assert_int_equal(computes(&world), OCPP_OK);
    line_is(line(&world, OCPP_SETTLE_LINE_KIND_ADJUSTMENT, 0), -150, -29, -179); /* 28.5 goes away from zero */
    assert_string_equal(line(&world, OCPP_SETTLE_LINE_KIND_ADJUSTMENT, 0)->reason, "sorry");
    amounts(&world, -50, -10, -60);
    world.bill = NULL;
    world.adjustment.net_minor = OCPP_SETTLE_MOST_MINOR + 1;
    assert_int_equal(computes(&world), OCPP_ERR_RANGE);
    assert_string_equal(world.issue.path, "/usage/adjustments/0/netMinor");
    assert_null(world.bill);
    price_world_close(&world);
}

/* --- hashes ------------------------------------------------------------------------------------------------------- */

static void the_same_input_makes_the_same_bytes_and_any_other_another_hash(void **state)
{
    struct price_world world;
    char input[65];
    char output[65];

    (void)state;
    price_world_open(&world, TARIFF(ALWAYS(ENERGY(500000, TAX("VAT", 60000)))));
    charges(&world, 3600, 10000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    strcpy(input, world.bill->input_hash);
    strcpy(output, world.bill->output_hash);
    assert_int_equal(strlen(input), 64);
    const struct ocpp_settle_bill *before = world.bill;
    assert_int_equal(computes(&world), OCPP_OK);
    assert_true(ocpp_message_equal(&ocpp_settle_bill_type, before, world.bill));
    world.events[1].energy_mwh++;
    assert_int_equal(computes(&world), OCPP_OK);
    assert_string_not_equal(world.bill->input_hash, input);
    assert_string_not_equal(world.bill->output_hash, output);
    world.events[1].energy_mwh--;
    assert_int_equal(computes_running(&world, 86400), OCPP_OK);
    assert_string_not_equal(world.bill->input_hash, input);
    price_world_close(&world);
}

static void a_bill_shares_nothing_with_what_it_was_made_of(void **state)
{
    struct price_world world;
    char currency[4] = "EUR";
    char reason[8] = "sorry";

    (void)state;
    price_world_open(&world, TARIFF(ALWAYS(ENERGY(500000, TAX("VAT", 60000)))));
    world.snapshot.tariff.currency = currency;
    charges(&world, 3600, 10000, 0);
    world.adjustment = (struct ocpp_settle_usage_adjustment){ .reason = reason };
    world.usage.adjustments.count = 1;
    assert_int_equal(computes(&world), OCPP_OK);
    memset(currency, 'X', 3);
    memset(reason, 'X', 5);
    assert_string_equal(world.bill->currency, "EUR");
    assert_string_equal(line(&world, OCPP_SETTLE_LINE_KIND_ADJUSTMENT, 0)->reason, "sorry");
    price_world_close(&world);
}

/* --- no memory ---------------------------------------------------------------------------------------------------- */

#define EVERYTHING                                                                                                               \
    DIALECT(                                                                                                                     \
        "Ocpp21",                                                                                                                \
        "'minPrice':{'netMicro':1},'maxPrice':{'netMicro':900000}," ALWAYS(                                                      \
            FLAT(1000000, TAX("A", 100000)) "," ENERGY(600000, TAX("B", 100000)) "," TIME(                                       \
                300000,                                                                                                          \
                TAX("C",                                                                                                         \
                    200000))) ",'bank':{'depositMinor':9900,'freeS':0,'unitS':3600,'unitPriceMicro':2000000,'buyOutMinor':9900," \
                              "'rentalTaxes':[{'name':'R','ratePpm':1}],'purchaseTaxes':[{'name':'P','ratePpm':2}]}")

static void makes_everything(struct price_world *world)
{
    price_world_open(world, EVERYTHING);
    world->snapshot.tax_rounding = OCPP_SETTLE_TAX_ROUNDING_PER_GROUP;
    reserves(world, -60, 60, OCPP_SETTLE_RESERVATION_KIND_USED);
    charges(world, 120, 2000, 10);
    rents(world, 0, 4000, OCPP_SETTLE_BANK_END_BOUGHT);
    world->adjustment = (struct ocpp_settle_usage_adjustment){ .reason = "sorry", .net_minor = -1 };
    world->usage.adjustments.count = 1;
}

static enum ocpp_status computes_in(const struct price_world *world, struct ocpp_arena *arena,
                                    const struct ocpp_settle_bill **bill)
{
    struct ocpp_issue issue;

    return ocpp_settle_compute(&world->snapshot, &world->usage, OCPP_SETTLE_COMPUTE_MODE_FINAL, world->begun_ms, &plain_keys,
                               arena, bill, &issue);
}

/* An arena that holds less than what is needed, byte by byte: every piece that is taken is the one that fails once. */
static void wherever_memory_ends_nothing_is_handed_out(void **state)
{
    struct price_world world;
    const struct ocpp_settle_bill *bill = NULL;
    size_t refused = 0;

    (void)state;
    makes_everything(&world);
    for (size_t limit = 64; bill == NULL; limit += 64 * every()) {
        struct ocpp_arena *arena = ocpp_arena_new(NULL, limit);

        assert_non_null(arena);
        const enum ocpp_status status = computes_in(&world, arena, &bill);
        assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM || status == OCPP_ERR_LIMIT);
        assert_int_equal(status == OCPP_OK, bill != NULL);
        refused += status != OCPP_OK ? 1 : 0;
        if (bill != NULL) {
            assert_true(bill_adds_up(bill));
        }
        ocpp_arena_free(arena);
    }
    assert_true(refused > 10);
    price_world_close(&world);
}

static void every_allocation_that_fails_is_told(void **state)
{
    struct price_world world;
    const struct ocpp_settle_bill *bill = NULL;

    (void)state;
    makes_everything(&world);
    for (size_t n = 1; bill == NULL; n += every()) {
        struct test_allocator memory;

        test_allocator_start(&memory, n);
        struct ocpp_arena *arena = ocpp_arena_new(&memory.allocator, 0);
        if (arena != NULL) {
            const enum ocpp_status status = computes_in(&world, arena, &bill);
            assert_int_equal(status, bill != NULL ? OCPP_OK : OCPP_ERR_NOMEM);
            ocpp_arena_free(arena);
        }
        assert_int_equal(memory.blocks, 0);
        assert_true(n < 1000);
    }
    price_world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tax_of_a_level_is_taken_of_the_taxes_below_as_well),
        cmocka_unit_test(what_a_price_says_with_its_taxes_is_what_is_paid),
        cmocka_unit_test(a_tax_within_a_price_is_split_over_its_rates),
        cmocka_unit_test(taxes_are_rounded_by_the_line_or_by_the_group),
        cmocka_unit_test(a_group_of_prices_with_taxes_gives_its_tax_out_of_them),
        cmocka_unit_test(halves_go_up_or_to_the_even_neighbour),
        cmocka_unit_test(currencies_without_and_with_three_digits),
        cmocka_unit_test(a_limit_before_taxes_alone_takes_the_taxes_with_it),
        cmocka_unit_test(a_limit_after_taxes_alone_takes_the_net_with_it),
        cmocka_unit_test(of_nothing_that_is_left_no_cent_is_net_and_none_is_tax),
        cmocka_unit_test(limits_before_and_after_taxes_hold_each_by_itself),
        cmocka_unit_test(a_minimum_of_nothing_has_the_taxes_of_the_first_price),
        cmocka_unit_test(without_a_session_there_is_no_minimum_and_banks_are_not_capped),
        cmocka_unit_test(rounded_amounts_keep_a_limit_that_exact_ones_keep_only_just),
        cmocka_unit_test(the_minimum_of_ocpp_takes_the_place_of_the_price),
        cmocka_unit_test(the_maximum_of_ocpp_freezes_the_price_when_either_limit_is_reached),
        cmocka_unit_test(a_fee_at_the_start_may_reach_the_maximum_of_ocpp_by_itself),
        cmocka_unit_test(what_a_step_adds_may_reach_the_maximum_of_ocpp),
        cmocka_unit_test(a_bank_is_free_for_a_while_then_each_unit_that_begins_counts),
        cmocka_unit_test(a_day_of_a_rental_is_24_hours_whatever_clocks_do_and_has_a_cap),
        cmocka_unit_test(what_a_bank_has_accrued_is_asked_within_ten_years_and_is_nothing_without_a_price),
        cmocka_unit_test(a_bank_that_is_bought_costs_the_buy_out_in_two_lines),
        cmocka_unit_test(a_clock_that_was_pinned_counts_no_further),
        cmocka_unit_test(a_bank_that_came_back_before_it_left_costs_nothing),
        cmocka_unit_test(a_bank_that_is_out_costs_what_it_would_if_it_came_back_now),
        cmocka_unit_test(bank_usage_that_contradicts_itself_is_refused),
        cmocka_unit_test(banks_and_vehicle_are_one_bill),
        cmocka_unit_test(an_adjustment_is_a_net_amount_of_either_sign),
        cmocka_unit_test(the_same_input_makes_the_same_bytes_and_any_other_another_hash),
        cmocka_unit_test(a_bill_shares_nothing_with_what_it_was_made_of),
        cmocka_unit_test(wherever_memory_ends_nothing_is_handed_out),
        cmocka_unit_test(every_allocation_that_fails_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
