/* Block I of a station: tariffs and costs that the driver is to read. OCPP 2.0.1; what 1.6 has for it is in
 * test_station_v16_california.c. */
#include "cost_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

#define PERSONAL(text) "\"personalMessage\":{\"format\":\"UTF8\",\"language\":\"de\",\"content\":\"" text "\"}"
#define UPDATED(text)  "\"updatedPersonalMessage\":{\"format\":\"UTF8\",\"content\":\"" text "\"}"

static struct cost_world *station(void)
{
    struct cost_world *seen = cost_world_new();
    cost_world_on(seen, OCPP_VERSION_2_0_1);
    return seen;
}

static const char *cost_updated(struct cost_world *seen, const char *cost, const char *id)
{
    char payload[160];
    snprintf(payload, sizeof(payload), "{'totalCost':%s,'transactionId':'%s'}", cost, id);
    return central_asks(seen->world, "CostUpdated", payload);
}

/* TC_I_01_CS; I01.FR.01, FR.03; I02.FR.02, FR.03; I06.FR.02, FR.03. */
static void the_driver_reads_his_tariff_and_the_cost_so_far(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    seen->world->token_info = PERSONAL("0.40 EUR/kWh");
    card(seen->world, 1, "A");
    assert_int_equal(told_last(seen)->kind, OCPP_PRICE_TARIFF);
    assert_int_equal(told_last(seen)->evse, 1);
    assert_string_equal(told_last(seen)->texts[0], "0.40 EUR/kWh");
    assert_string_equal(told_last(seen)->languages[0], "de");
    seen->world->token_info = NULL;
    seen->world->event_members = UPDATED("0.45 EUR/kWh");
    plug(seen->world, 1);
    charge(seen->world, 1, 1000);
    world_run(seen->world);
    assert_int_equal(told_last(seen)->kind, OCPP_PRICE_TARIFF);
    assert_string_equal(told_last(seen)->texts[0], "0.45 EUR/kWh");
    seen->world->event_members = NULL;
    assert_string_equal(cost_updated(seen, "1.25", the_session(seen->world)->id), "{}");
    assert_int_equal(told_last(seen)->kind, OCPP_PRICE_RUNNING);
    assert_string_equal(told_last(seen)->amount, "1.25");
    assert_string_equal(told_last(seen)->currency, "EUR");
    assert_string_equal(told_last(seen)->transaction, the_session(seen->world)->id);
    assert_string_equal(told_last(seen)->texts[0], "0.45 EUR/kWh"); /* and it still stands beside it */
    assert_string_equal(cost_updated(seen, "2.5", the_session(seen->world)->id), "{}");
    assert_string_equal(told_last(seen)->amount, "2.5");
    assert_int_equal(told_kinds(seen, OCPP_PRICE_RUNNING), 2);
    cost_world_free(seen);
}

/* TC_I_02_CS; I03.FR.01 to FR.04. */
static void the_driver_reads_what_it_has_cost(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    drive(seen, 1, "A");
    seen->world->event_members = "\"totalCost\":3.31";
    card(seen->world, 1, "A");
    world_run(seen->world);
    central_sees(seen->world, "TransactionEvent", "eventType=Ended");
    assert_int_equal(told_last(seen)->kind, OCPP_PRICE_FINAL);
    assert_string_equal(told_last(seen)->amount, "3.31");
    assert_string_equal(price_now(seen, 1).amount, "3.31");
    unplug(seen->world, 1);
    seen->world->event_members = NULL;
    drive(seen, 1, "B");
    seen->world->event_members = "\"totalCost\":0.00";
    unplug(seen->world, 1);
    assert_int_equal(told_last(seen)->kind, OCPP_PRICE_FINAL);
    assert_string_equal(told_last(seen)->amount, "0"); /* free is not unknown */
    assert_int_equal(told_kinds(seen, OCPP_PRICE_FINAL), 2);
    cost_world_free(seen);
}

/* TC_I_07_CS; I02.FR.04; I06.FR.03. */
static void the_cost_so_far_comes_with_the_answer_to_an_event(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    drive(seen, 1, "A");
    seen->world->event_members = "\"totalCost\":0.75," UPDATED("Off-peak from now on");
    world_pass(seen->world, 61);
    assert_int_equal(told_last(seen)->kind, OCPP_PRICE_RUNNING);
    assert_string_equal(told_last(seen)->amount, "0.75");
    assert_string_equal(told_last(seen)->texts[0], "Off-peak from now on");
    assert_string_equal(told_last(seen)->transaction, the_session(seen->world)->id);
    cost_world_free(seen);
}

/* I02.FR.02: there is no status; who does not run has no cost. */
static void a_cost_of_a_transaction_that_does_not_run_is_refused(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    assert_string_equal(cost_updated(seen, "1", "none"), "PropertyConstraintViolation");
    drive(seen, 1, "A");
    const char *id = the_session(seen->world)->id;
    unplug(seen->world, 1);
    assert_string_equal(cost_updated(seen, "1", id), "PropertyConstraintViolation");
    assert_int_equal(told_kinds(seen, OCPP_PRICE_RUNNING), 0);
    cost_world_free(seen);
}

/* I02.FR.03: to each his own. */
static void a_cost_reaches_the_evse_of_its_transaction(void **state)
{
    (void)state;
    struct cost_world *seen = cost_world_new();
    seen->world->settings.evse_count = 2;
    cost_world_on(seen, OCPP_VERSION_2_0_1);
    drive(seen, 1, "A");
    drive(seen, 2, "B");
    assert_int_equal(seen->world->session_count, 2);
    assert_string_equal(cost_updated(seen, "1.5", seen->world->sessions[1].id), "{}");
    assert_int_equal(told_last(seen)->evse, 2);
    assert_string_equal(price_now(seen, 1).amount, "");
    assert_string_equal(price_now(seen, 2).amount, "1.5");
    cost_world_free(seen);
}

/* I04.FR.01, FR.02. */
static void without_a_tariff_of_his_own_the_driver_reads_the_one_for_everybody(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    card(seen->world, 1, "A"); /* nothing is set: nothing is told */
    assert_int_equal(seen->told, 0);
    card(seen->world, 1, "A");
    world_set_variable(seen->world, "TariffCostCtrlr", "TariffFallbackMessage", NULL, "0.50 EUR/kWh for all");
    card(seen->world, 1, "B");
    assert_int_equal(told_last(seen)->kind, OCPP_PRICE_TARIFF_FALLBACK);
    assert_string_equal(told_last(seen)->texts[0], "0.50 EUR/kWh for all");
    world_pass(seen->world, 61);
    world_disconnect(seen->world);
    seen->told = 0;
    card(seen->world, 1, "B"); /* from the cache */
    assert_int_equal(told_last(seen)->kind, OCPP_PRICE_TARIFF_FALLBACK);
    cost_world_free(seen);
}

/* I05.FR.01, FR.02. */
static void who_ends_without_a_link_reads_the_message_for_that(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    world_set_variable(seen->world, "TariffCostCtrlr", "TotalCostFallbackMessage", NULL, "Your bill follows");
    drive(seen, 1, "A");
    world_disconnect(seen->world);
    card(seen->world, 1, "A");
    world_run(seen->world);
    assert_int_equal(told_last(seen)->kind, OCPP_PRICE_FINAL_FALLBACK);
    assert_string_equal(told_last(seen)->texts[0], "Your bill follows");
    assert_string_equal(told_last(seen)->amount, "");
    seen->world->event_members = "\"totalCost\":3.31"; /* I03.FR.03: comes too late for him */
    world_connect(seen->world, OCPP_VERSION_2_0_1);
    world_pass(seen->world, 5);
    assert_int_equal(told_kinds(seen, OCPP_PRICE_FINAL), 0);
    cost_world_free(seen);
}

/* I05.FR.02: the link goes while the total is on its way. */
static void a_link_that_goes_before_the_total_came_leaves_the_message_for_that(void **state)
{
    (void)state;
    struct cost_world *seen = cost_world_new();
    seen->settings.cost_text = "Your bill follows";
    cost_world_on(seen, OCPP_VERSION_2_0_1);
    drive(seen, 1, "A");
    seen->world->silent_action = "TransactionEvent";
    seen->world->silent_count = 1;
    card(seen->world, 1, "A");
    world_run(seen->world);
    assert_int_equal(told_kinds(seen, OCPP_PRICE_FINAL_FALLBACK), 0);
    world_disconnect(seen->world);
    assert_int_equal(told_last(seen)->kind, OCPP_PRICE_FINAL_FALLBACK);
    cost_world_free(seen);
}

/* I03.FR.05. */
static void where_a_transaction_ends_with_the_departure_nobody_reads_the_total(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    world_set_variable(seen->world, "TxCtrlr", "TxStartPoint", NULL, "ParkingBayOccupancy");
    world_set_variable(seen->world, "TxCtrlr", "TxStopPoint", NULL, "ParkingBayOccupancy");
    assert_int_equal(ocpp_charge_point_bay(seen->world->cp, 1, true, seen->world->now), OCPP_OK);
    drive(seen, 1, "A");
    unplug(seen->world, 1);
    seen->world->event_members = "\"totalCost\":3.31";
    assert_int_equal(ocpp_charge_point_bay(seen->world->cp, 1, false, seen->world->now), OCPP_OK);
    world_run(seen->world);
    central_sees(seen->world, "TransactionEvent", "eventType=Ended");
    assert_int_equal(told_kinds(seen, OCPP_PRICE_FINAL), 0);
    cost_world_free(seen);
}

/* I01, I04; C01.FR.09: of a message in several languages the driver's comes first. */
static void a_message_for_everybody_is_there_in_the_languages_of_the_station(void **state)
{
    (void)state;
    struct cost_world *seen = cost_world_new();
    seen->settings.languages = "en,de,fr";
    cost_world_on(seen, OCPP_VERSION_2_0_1);
    world_set_variable(seen->world, "TariffCostCtrlr", "TariffFallbackMessage", NULL, "0.50/kWh");
    world_set_variable(seen->world, "TariffCostCtrlr", "TariffFallbackMessage", "de", "0,50 je kWh");
    world_set_variable(seen->world, "TariffCostCtrlr", "TariffFallbackMessage", "fr", "0,50 par kWh");
    world_set_variable(seen->world, "TariffCostCtrlr", "TotalCostFallbackMessage", "de", "Die Rechnung folgt");
    seen->world->token_info = "\"language1\":\"de-AT\"";
    drive(seen, 1, "A");
    assert_string_equal(told_last(seen)->texts[0], "0,50 je kWh");
    world_disconnect(seen->world);
    unplug(seen->world, 1);
    assert_string_equal(told_last(seen)->texts[0], "Die Rechnung folgt");
    seen->world->token_info = NULL;
    world_connect(seen->world, OCPP_VERSION_2_0_1);
    world_set_variable(seen->world, "DisplayMessageCtrlr", "Language", NULL, "fr"); /* of who says none */
    card(seen->world, 1, "B");
    assert_string_equal(told_last(seen)->texts[0], "0,50 par kWh");
    cost_world_free(seen);
}

/* A token at the reader for all: what was said goes with it to where it is plugged in. */
static void a_tariff_follows_its_driver_to_the_evse(void **state)
{
    (void)state;
    struct cost_world *seen = cost_world_new();
    seen->world->settings.evse_count = 2;
    cost_world_on(seen, OCPP_VERSION_2_0_1);
    seen->world->token_info = PERSONAL("0.40 EUR/kWh");
    card(seen->world, 0, "A");
    assert_int_equal(told_last(seen)->evse, 0);
    seen->world->token_info = NULL;
    plug(seen->world, 2);
    world_run(seen->world);
    assert_string_equal(price_now(seen, 2).texts[0], "0.40 EUR/kWh");
    assert_int_equal(price_now(seen, 0).kind, OCPP_PRICE_NONE);
    assert_string_equal(price_now(seen, 2).transaction, the_session(seen->world)->id);
    cost_world_free(seen);
}

static const char *variable(struct cost_world *seen, const char *name, const char *instance)
{
    char payload[200];
    char of[40] = "";
    if (instance != NULL) {
        snprintf(of, sizeof(of), ",'instance':'%s'", instance);
    }
    snprintf(payload, sizeof(payload),
             "{'getVariableData':[{'component':{'name':'TariffCostCtrlr'},'variable':{'name':'%s'%s}}]}", name, of);
    return value_of(central_asks(seen->world, "GetVariables", payload), "getVariableResult/0/attributeValue");
}

/* Part 2, 2.10. */
static void the_device_model_says_what_is_shown(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    assert_string_equal(variable(seen, "Available", "Tariff"), "true");
    assert_string_equal(variable(seen, "Available", "Cost"), "true");
    assert_string_equal(variable(seen, "Enabled", "Tariff"), "true");
    assert_string_equal(variable(seen, "Enabled", "Cost"), "true");
    assert_string_equal(variable(seen, "Currency", NULL), "EUR");
    assert_string_equal(variable(seen, "NumberOfDecimalsForCostValues", NULL), "2");
    world_set_variable(seen->world, "TariffCostCtrlr", "Currency", NULL, "CHF");
    world_set_variable(seen->world, "TariffCostCtrlr", "Enabled", "Cost", "false");
    drive(seen, 1, "A");
    assert_string_equal(cost_updated(seen, "1", the_session(seen->world)->id), "{}");
    assert_int_equal(seen->told, 0);
    world_set_variable(seen->world, "TariffCostCtrlr", "Enabled", "Cost", "true");
    assert_string_equal(cost_updated(seen, "1", the_session(seen->world)->id), "{}");
    assert_string_equal(told_last(seen)->currency, "CHF");
    world_power_off(seen->world); /* settings outlast it */
    world_power_back(seen->world, 1);
    world_connect(seen->world, OCPP_VERSION_2_0_1);
    assert_string_equal(variable(seen, "Currency", NULL), "CHF");
    cost_world_free(seen);
}

/* Part 2, 2.10.1. */
static void tariffs_can_be_switched_off(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    world_set_variable(seen->world, "TariffCostCtrlr", "Enabled", "Tariff", "false");
    seen->world->token_info = PERSONAL("0.40 EUR/kWh");
    drive(seen, 1, "A");
    assert_int_equal(seen->told, 0);
    assert_string_equal(seen->world->judged_message, "0.40 EUR/kWh"); /* whoever judged says it all the same */
    cost_world_free(seen);
}

static void a_station_without_prices_knows_none_of_it(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_2_0_1);
    assert_string_equal(central_asks(world, "CostUpdated", "{'totalCost':1,'transactionId':'x'}"), "NotSupported");
    assert_string_equal(
        value_of(central_asks(world, "GetVariables",
                              "{'getVariableData':[{'component':{'name':'TariffCostCtrlr'},'variable':{'name':'Currency'}}]}"),
                 "getVariableResult/0/attributeStatus"),
        "UnknownComponent");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_driver_reads_his_tariff_and_the_cost_so_far),
        cmocka_unit_test(the_driver_reads_what_it_has_cost),
        cmocka_unit_test(the_cost_so_far_comes_with_the_answer_to_an_event),
        cmocka_unit_test(a_cost_of_a_transaction_that_does_not_run_is_refused),
        cmocka_unit_test(a_cost_reaches_the_evse_of_its_transaction),
        cmocka_unit_test(without_a_tariff_of_his_own_the_driver_reads_the_one_for_everybody),
        cmocka_unit_test(who_ends_without_a_link_reads_the_message_for_that),
        cmocka_unit_test(a_link_that_goes_before_the_total_came_leaves_the_message_for_that),
        cmocka_unit_test(where_a_transaction_ends_with_the_departure_nobody_reads_the_total),
        cmocka_unit_test(a_message_for_everybody_is_there_in_the_languages_of_the_station),
        cmocka_unit_test(a_tariff_follows_its_driver_to_the_evse),
        cmocka_unit_test(the_device_model_says_what_is_shown),
        cmocka_unit_test(tariffs_can_be_switched_off),
        cmocka_unit_test(a_station_without_prices_knows_none_of_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
