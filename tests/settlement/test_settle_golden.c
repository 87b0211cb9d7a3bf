/* The examples of OCPI 2.2.1, recomputed: to the exact value and to the last cent. EUR, Berlin. */
#include "unit.h"

#include "price_world.h"

#define VAT(rate) "'taxes':[{'name':'VAT','ratePpm':" #rate "}]"
#define OCPI(id)  "{'id':'" id "','currency':'EUR','dialect':'Ocpi',"
#define ENERGY_25 "{'dimension':'Energy','unit':'Kwh','priceMicro':250000,'step':1," VAT(100000) "}"
#define FLAT_50   "{'dimension':'Flat','unit':'Once','priceMicro':500000," VAT(200000) "}"

static void costs(struct price_world *world, const char *exact_net, const char *exact_gross, int64_t net, int64_t gross)
{
    const enum ocpp_status status = computes(world);

    if (status != OCPP_OK) {
        fail_msg("%s at %s", ocpp_status_sentence(status), world->issue.path);
    }
    assert_string_equal(world->bill->exact_net, exact_net);
    assert_string_equal(world->bill->exact_gross, exact_gross);
    assert_int_equal(world->bill->net_minor, net);
    assert_int_equal(world->bill->gross_minor, gross);
    assert_int_equal(world->bill->anomalies.count, 0);
    price_world_close(world);
}

static void simple_energy_tariff_8(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, OCPI("8") "'elements':[{'components':[" ENERGY_25 "]}]}");
    charges(&world, 3600, 20000, 0);
    costs(&world, "5", "5.5", 500, 550);
}

static void energy_and_a_start_fee_tariff_9(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, OCPI("9") "'elements':[{'components':[" FLAT_50 "," ENERGY_25 "]}]}");
    charges(&world, 3600, 20000, 0);
    costs(&world, "5.5", "6.1", 550, 610);
}

#define TARIFF_12 OCPI("12") "'minPrice':{'netMicro':500000,'grossMicro':550000},'elements':[{'components':[" ENERGY_25 "]}]}"

static void a_minimum_price_is_reached_by_a_line_of_its_own_tariff_12(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF_12);
    charges(&world, 3600, 1000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_string_equal(line(&world, OCPP_SETTLE_LINE_KIND_MINIMUM, 0)->exact_net, "0.25");
    assert_string_equal(line(&world, OCPP_SETTLE_LINE_KIND_MINIMUM, 0)->exact_gross, "0.275");
    costs(&world, "0.5", "0.55", 50, 55);
    price_world_open(&world, TARIFF_12);
    charges(&world, 3600, 20000, 0);
    costs(&world, "5", "5.5", 500, 550);
}

static void idle_time_is_rounded_up_to_its_step_tariff_10(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world,
                     OCPI("10") "'elements':[{'components':[" FLAT_50 "," ENERGY_25
                                ",{'dimension':'Idle','unit':'Hour','priceMicro':2000000,'step':900," VAT(200000) "}]}]}");
    charges(&world, 3600, 20000, 2400);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(line(&world, OCPP_SETTLE_LINE_KIND_IDLE, 0)->measured, 2400);
    assert_int_equal(line(&world, OCPP_SETTLE_LINE_KIND_IDLE, 0)->billed, 2700);
    costs(&world, "7", "7.9", 700, 790);
}

#define TARIFF_6                                                                                                                 \
    OCPI("6")                                                                                                                    \
    "'validTo':'2019-06-30T23:59:59Z','maxPrice':{'netMicro':10000000,'grossMicro':11000000},'elements':[{'components':"         \
    "[" FLAT_50 "," ENERGY_25 "]}]}"

static void a_maximum_price_holds_before_and_after_taxes_tariff_6(void **state)
{
    struct price_world world;
    int64_t net = 0;
    int64_t gross = 0;

    (void)state;
    price_world_open(&world, TARIFF_6);
    begins_at(&world, "2019-06-29T12:00:00Z");
    assert_true(ocpp_settle_tariff_is_valid_at(&world.snapshot.tariff, world.begun_ms));
    charges(&world, 3600, 50000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    for (size_t i = 0; i < lines(&world, OCPP_SETTLE_LINE_KIND_CAP); i++) {
        net += line(&world, OCPP_SETTLE_LINE_KIND_CAP, i)->net_minor;
        gross += line(&world, OCPP_SETTLE_LINE_KIND_CAP, i)->gross_minor;
    }
    assert_int_equal(net, -300);
    assert_int_equal(gross, -335);
    assert_int_equal(line(&world, OCPP_SETTLE_LINE_KIND_CAP, 0)->net_minor, -12);  /* of the flat 0.50 */
    assert_int_equal(line(&world, OCPP_SETTLE_LINE_KIND_CAP, 1)->net_minor, -288); /* of the energy's 12.50 */
    assert_string_equal(line(&world, OCPP_SETTLE_LINE_KIND_CAP, 0)->exact_net, "-3/26");
    costs(&world, "10", "11", 1000, 1100);
    price_world_open(&world, TARIFF_6);
    begins_at(&world, "2019-06-29T12:00:00Z");
    charges(&world, 3600, 30000, 0);
    costs(&world, "8", "8.85", 800, 885);
}

static void time_by_the_hour_tariff_1(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world,
                     OCPI("1") "'elements':[{'components':[{'dimension':'Time','unit':'Hour','priceMicro':2000000,'step':60," VAT(
                         100000) "}]}]}");
    charges(&world, 9000, 0, 0);
    costs(&world, "5", "5.5", 500, 550);
}

static void an_odd_tax_tariff_2(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(
        &world, OCPI("2") "'elements':[{'components':[{'dimension':'Time','unit':'Hour','priceMicro':1900000,'step':300," VAT(
                    52000) "}]}]}");
    charges(&world, 9000, 0, 0);
    costs(&world, "4.75", "4.997", 475, 500);
}

static void time_and_dearer_idle_time_tariff_13(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(
        &world, OCPI("13") "'elements':[{'components':["
                           "{'dimension':'Time','unit':'Hour','priceMicro':3000000,'step':60," VAT(
                               100000) "},"
                                       "{'dimension':'Idle','unit':'Hour','priceMicro':5000000,'step':300," VAT(200000) "}]}]}");
    charges(&world, 9000, 0, 2520);
    costs(&world, "11.25", "12.75", 1125, 1275);
}

#define HOURLY(dimension, price, step, vat)                                                                                      \
    "{'components':[{'dimension':'" dimension "','unit':'Hour','priceMicro':" #price ",'step':" #step "," VAT(vat) "}]"
#define TARIFF_4                                                                                                                             \
    OCPI("4")                                                                                                                                \
    "'elements':[{'components':[{'dimension':'Flat','unit':'Once','priceMicro':2500000," VAT(150000) "}]}," HOURLY(                          \
        "Time", 1000000, 900,                                                                                                                \
        200000) ",'restrictions':{'maxCurrentMa':32000}}," HOURLY("Time", 2000000, 600,                                                      \
                                                                  200000) ",'restrictions':{'minCurrentMa':32000,'days':31}}"                \
                                                                          "," HOURLY("Time", 1250000,                                        \
                                                                                     600, 200000) ",'restrictions':{'"                       \
                                                                                                  "minCurrentMa':32000,'days':"              \
                                                                                                  "96}}," HOURLY("Idle",                     \
                                                                                                                 5000000, 300,               \
                                                                                                                 100000) ",'"                \
                                                                                                                         "restr"             \
                                                                                                                         "ictio"             \
                                                                                                                         "ns':{"             \
                                                                                                                         "'star"             \
                                                                                                                         "tMinu"             \
                                                                                                                         "te':"              \
                                                                                                                         "540,'"             \
                                                                                                                         "endMi"             \
                                                                                                                         "nute'"             \
                                                                                                                         ":1080"             \
                                                                                                                         ",'"                \
                                                                                                                         "days'"             \
                                                                                                                         ":31}}"             \
                                                                                                                         "," HOURLY("Idle",  \
                                                                                                                                    6000000, \
                                                                                                                                    300,     \
                                                                                                                                    100000) ",'restrictions':{'startMinute':600,'endMinute':1020,'days':32}}]}"

static void currents_days_and_hours_on_a_monday_tariff_4(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF_4);
    begins_at(&world, "2026-11-23T09:30:00+01:00");
    charges(&world, 9900, 0, 2520);
    world.events[0].has_current_ma = true;
    world.events[0].current_ma = 16000;
    costs(&world, "9", "10.3", 900, 1031);
}

static void currents_days_and_hours_on_a_saturday_tariff_4(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF_4);
    begins_at(&world, "2026-11-28T13:30:00+01:00");
    charges(&world, 6840, 0, 4260);
    world.events[0].has_current_ma = true;
    world.events[0].current_ma = 43000;
    costs(&world, "12.375", "13.975", 1238, 1399);
}

#define SESSION_50_25  "{'components':[" FLAT_50 "," ENERGY_25 "]}]}"
#define RESERVED(kind) "'restrictions':{'reservation':'" kind "'}},"

static void reserved_time_tariff_15(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, OCPI("15") "'elements':[" HOURLY("Time", 5000000, 60, 200000) "," RESERVED("Used") SESSION_50_25);
    reserves(&world, -900, 900, OCPP_SETTLE_RESERVATION_KIND_USED);
    charges(&world, 3600, 20000, 0);
    costs(&world, "6.75", "7.6", 675, 760);
}

static void a_reservation_fee_and_reserved_time_tariff_16(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(
        &world,
        OCPI("16") "'elements':[{'components':[{'dimension':'Flat','unit':'Once','priceMicro':2000000," VAT(
            200000) "},{'dimension':'Time','unit':'Hour','priceMicro':5000000,'step':300," VAT(200000) "}]," RESERVED("Used")
            SESSION_50_25);
    reserves(&world, -780, 780, OCPP_SETTLE_RESERVATION_KIND_USED);
    charges(&world, 3600, 20000, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(line(&world, OCPP_SETTLE_LINE_KIND_RESERVATION, 1)->measured, 780);
    assert_int_equal(line(&world, OCPP_SETTLE_LINE_KIND_RESERVATION, 1)->billed, 900);
    costs(&world, "8.75", "10", 875, 1000);
}

#define TARIFF_17                                                                                                                \
    OCPI("17")                                                                                                                   \
    "'elements':[{'components':[{'dimension':'Flat','unit':'Once','priceMicro':4000000," VAT(200000) "}]," RESERVED("Expired")   \
        HOURLY("Time", 2000000, 600, 200000) "," RESERVED("Used") SESSION_50_25

static void a_fee_for_what_expired_beside_the_time_tariff_17(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF_17);
    reserves(&world, -1320, 1320, OCPP_SETTLE_RESERVATION_KIND_USED);
    charges(&world, 3600, 20000, 0);
    costs(&world, "6.5", "7.3", 650, 730);
    price_world_open(&world, TARIFF_17);
    reserves(&world, 0, 3600, OCPP_SETTLE_RESERVATION_KIND_EXPIRED);
    costs(&world, "6", "7.2", 600, 720);
}

#define TARIFF_18                                                                                                                \
    OCPI("18")                                                                                                                   \
    "'elements':[" HOURLY("Time", 6000000, 600, 200000) "," RESERVED("Expired")                                                  \
        HOURLY("Time", 3000000, 600, 200000) "," RESERVED("Used") SESSION_50_25

static void dearer_time_for_what_expired_tariff_18(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF_18);
    reserves(&world, -1320, 1320, OCPP_SETTLE_RESERVATION_KIND_USED);
    charges(&world, 3600, 20000, 0);
    costs(&world, "7", "7.9", 700, 790);
    price_world_open(&world, TARIFF_18);
    reserves(&world, 0, 5400, OCPP_SETTLE_RESERVATION_KIND_EXPIRED);
    costs(&world, "9", "10.8", 900, 1080);
}

#define UNTAXED(dimension, price, step) "{'dimension':'" dimension "','unit':'Hour','priceMicro':" #price ",'step':" #step "}"
#define TARIFF_14                                                                                                                \
    OCPI("14")                                                                                                                   \
    "'elements':[{'components':[" UNTAXED(                                                                                       \
        "Time", 1200000, 1800) "," UNTAXED("Idle",                                                                               \
                                           1000000, 900) "],'restrictions':{'startMinute':0,'endMinute':1020}},{'components':"   \
                                                         "[" UNTAXED("Time", 2400000,                                            \
                                                                     900) "," UNTAXED("Idle", 1000000,                           \
                                                                                      900) "],'restrictions':{'startMinute':"    \
                                                                                           "1020,'endMinute':1200}},{'"          \
                                                                                           "components':[" UNTAXED("Time",       \
                                                                                                                   2400000,      \
                                                                                                                   900) "],'"    \
                                                                                                                        "restri" \
                                                                                                                        "ctions" \
                                                                                                                        "':{'"   \
                                                                                                                        "startM" \
                                                                                                                        "inute'" \
                                                                                                                        ":1200," \
                                                                                                                        "'endMi" \
                                                                                                                        "nute':" \
                                                                                                                        "0}}]}"

static void a_step_counts_once_for_the_last_dimension_of_time_tariff_14(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, TARIFF_14);
    begins_at(&world, "2026-11-23T16:55:00+01:00");
    charges(&world, 600, 0, 120);
    costs(&world, "0.55", "0.55", 55, 55);
    price_world_open(&world, TARIFF_14);
    begins_at(&world, "2026-11-23T16:35:00+01:00");
    charges(&world, 2100, 0, 0);
    costs(&world, "1.3", "1.3", 130, 130);
    price_world_open(&world, TARIFF_14);
    begins_at(&world, "2026-11-23T19:40:00+01:00");
    charges(&world, 720, 0, 1200);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(line(&world, OCPP_SETTLE_LINE_KIND_IDLE, 0)->measured, 480);
    assert_int_equal(line(&world, OCPP_SETTLE_LINE_KIND_IDLE, 0)->billed, 900);
    costs(&world, "0.73", "0.73", 73, 73);
}

#define KWH(price) "{'components':[{'dimension':'Energy','unit':'Kwh','priceMicro':" #price ",'step':1," VAT(200000) "}]"

static void power_between_readings_max_power(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, OCPI("1") "'elements':[" KWH(200000) ",'restrictions':{'maxPowerMw':16000000}}," KWH(
                                 350000) ",'restrictions':{'maxPowerMw':32000000}}," KWH(500000) "}]}");
    happens(&world, 0, OCPP_SETTLE_USAGE_KIND_START, 0);
    happens(&world, 600, OCPP_SETTLE_USAGE_KIND_METER, 1000);
    happens(&world, 3600, OCPP_SETTLE_USAGE_KIND_METER, 41000);
    happens(&world, 4050, OCPP_SETTLE_USAGE_KIND_STOP, 41500);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(line(&world, OCPP_SETTLE_LINE_KIND_ENERGY, 0)->measured, 1500000);
    assert_int_equal(line(&world, OCPP_SETTLE_LINE_KIND_ENERGY, 1)->measured, 40000000);
    costs(&world, "20.3", "24.36", 2030, 2436);
}

static void half_an_hour_for_nothing_max_duration(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(&world, OCPI("2") "'elements':[" KWH(0) ",'restrictions':{'maxDurationS':1800}}," KWH(
                                 250000) ",'restrictions':{'maxDurationS':3600}}," KWH(400000) "}]}");
    happens(&world, 0, OCPP_SETTLE_USAGE_KIND_START, 0);
    happens(&world, 1800, OCPP_SETTLE_USAGE_KIND_METER, 5000);
    happens(&world, 2400, OCPP_SETTLE_USAGE_KIND_STOP, 6200);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(line(&world, OCPP_SETTLE_LINE_KIND_ENERGY, 0)->measured, 5000000);
    assert_int_equal(line(&world, OCPP_SETTLE_LINE_KIND_ENERGY, 0)->gross_minor, 0);
    costs(&world, "0.3", "0.36", 30, 36);
}

static void the_example_of_a_cdr(void **state)
{
    struct price_world world;

    (void)state;
    price_world_open(
        &world, OCPI("12") "'elements':[{'components':[{'dimension':'Time','unit':'Hour','priceMicro':2000000,'step':300," VAT(
                    100000) "}]}]}");
    begins_at(&world, "2024-12-05T17:39:09Z");
    charges(&world, 7103, 15342, 0);
    assert_int_equal(computes(&world), OCPP_OK);
    assert_int_equal(line(&world, OCPP_SETTLE_LINE_KIND_TIME, 0)->measured, 7103);
    assert_int_equal(line(&world, OCPP_SETTLE_LINE_KIND_TIME, 0)->billed, 7200);
    assert_int_equal(line(&world, OCPP_SETTLE_LINE_KIND_ENERGY, 0)->measured, 15342000);
    costs(&world, "4", "4.4", 400, 440);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simple_energy_tariff_8),
        cmocka_unit_test(energy_and_a_start_fee_tariff_9),
        cmocka_unit_test(a_minimum_price_is_reached_by_a_line_of_its_own_tariff_12),
        cmocka_unit_test(idle_time_is_rounded_up_to_its_step_tariff_10),
        cmocka_unit_test(a_maximum_price_holds_before_and_after_taxes_tariff_6),
        cmocka_unit_test(time_by_the_hour_tariff_1),
        cmocka_unit_test(an_odd_tax_tariff_2),
        cmocka_unit_test(time_and_dearer_idle_time_tariff_13),
        cmocka_unit_test(currents_days_and_hours_on_a_monday_tariff_4),
        cmocka_unit_test(currents_days_and_hours_on_a_saturday_tariff_4),
        cmocka_unit_test(reserved_time_tariff_15),
        cmocka_unit_test(a_reservation_fee_and_reserved_time_tariff_16),
        cmocka_unit_test(a_fee_for_what_expired_beside_the_time_tariff_17),
        cmocka_unit_test(dearer_time_for_what_expired_tariff_18),
        cmocka_unit_test(a_step_counts_once_for_the_last_dimension_of_time_tariff_14),
        cmocka_unit_test(power_between_readings_max_power),
        cmocka_unit_test(half_an_hour_for_nothing_max_duration),
        cmocka_unit_test(the_example_of_a_cdr),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
