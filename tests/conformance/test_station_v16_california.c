/* Prices and costs of a station in OCPP 1.6, as the application note "OCPP & California Pricing Requirements" of the Open Charge
 * Alliance has them: DataTransfer messages and configuration keys. */
#include "cost_world.h"

#include "unit.h"

#include <stdio.h>
#include <string.h>

static struct cost_world *station(void)
{
    struct cost_world *seen = cost_world_new();
    cost_world_on(seen, OCPP_VERSION_1_6);
    return seen;
}

static int number_of(const struct cost_world *seen)
{
    int number = 0;
    assert_int_equal(sscanf(seen->world->sessions[seen->world->session_count - 1].id, "%d", &number), 1);
    return number;
}

static const char *now_text(const struct cost_world *seen, int seconds)
{
    static char texts[4][OCPP_TIME_TEXT_SIZE];
    static unsigned turn;
    char *text = texts[turn++ % 4];
    assert_int_equal(ocpp_time_format(seen->world->central_utc_ms + seen->world->now.mono_ms + seconds * 1000LL, text), OCPP_OK);
    return text;
}

/* RunningCost of the last transaction, of now, with |members| behind what it must have. */
static const char *running(struct cost_world *seen, const char *cost, const char *state, const char *members)
{
    char data[1200];
    snprintf(data, sizeof(data), "{'transactionId':%d,'timestamp':'%s','meterValue':%lld,'cost':%s,'state':'%s'%s%s}",
             number_of(seen), now_text(seen, 0), (long long)seen->world->meter_wh[1], cost, state, members[0] == '\0' ? "" : ",",
             members);
    return note(seen, "RunningCost", data);
}

static const char *final_cost(struct cost_world *seen, int number, const char *cost)
{
    char data[400];
    snprintf(data, sizeof(data), "{'transactionId':%d,'cost':%s,'priceText':'Thank you','qrCodeText':'https://example/13546'}",
             number, cost);
    return note(seen, "FinalCost", data);
}

/* A value of a key, or its text when it is set. */
static const char *key(struct cost_world *seen, const char *name)
{
    char payload[160];
    snprintf(payload, sizeof(payload), "{'key':['%s']}", name);
    return value_of(central_asks(seen->world, "GetConfiguration", payload), "configurationKey/0/value");
}

static const char *set_key(struct cost_world *seen, const char *name, const char *value)
{
    char payload[2000];
    size_t size = (size_t)snprintf(payload, sizeof(payload), "{'key':'%s','value':'", name);
    for (; *value != '\0'; value++) {
        size += (size_t)snprintf(payload + size, sizeof(payload) - size, *value == '\'' ? "\\%c" : "%c", *value);
    }
    snprintf(payload + size, sizeof(payload) - size, "'}");
    return value_of(central_asks(seen->world, "ChangeConfiguration", payload), "status");
}

static int values_seen(struct cost_world *seen)
{
    return central_counts(seen->world, "MeterValues");
}

/* --- SetUserPrice --------------------------------------------------------------------------------------------------------- */

static void a_price_of_the_driver_is_told_where_he_is(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    card(seen->world, 1, "ABC");
    assert_string_equal(note(seen, "SetUserPrice", "{'idToken':'abc','priceText':'0.12 per kWh'}"), "Accepted");
    assert_int_equal(told_last(seen)->kind, OCPP_PRICE_TARIFF);
    assert_int_equal(told_last(seen)->evse, 1);
    assert_string_equal(told_last(seen)->texts[0], "0.12 per kWh");
    plug(seen->world, 1);
    charge(seen->world, 1, 100);
    assert_string_equal(note(seen, "SetUserPrice", "{'idToken':'ABC','priceText':'0.15 per kWh'}"), "Accepted");
    assert_string_equal(told_last(seen)->texts[0], "0.15 per kWh");
    assert_true(told_last(seen)->transaction[0] != '\0');
    assert_string_equal(note(seen, "SetUserPrice", "{'idToken':'nobody','priceText':'1'}"), "Rejected");
    cost_world_free(seen);
}

/* The note, 3.2: in the language of the station first, or of who has said one. */
static void a_price_in_several_languages_begins_with_that_of_the_station(void **state)
{
    (void)state;
    struct cost_world *seen = cost_world_new();
    seen->settings.languages = "en,nl,de";
    seen->settings.max_texts = 3;
    cost_world_on(seen, OCPP_VERSION_1_6);
    static const char price[] = "{'idToken':'A','priceText':'No fee','priceTextExtra':["
                                "{'format':'UTF8','language':'nl','content':'Geen kosten'},"
                                "{'format':'UTF8','language':'de','content':'Keine Kosten'}]}";
    card(seen->world, 1, "A");
    assert_string_equal(note(seen, "SetUserPrice", price), "Accepted");
    assert_string_equal(told_last(seen)->texts[0], "No fee");
    assert_int_equal(told_last(seen)->text_count, 3);
    assert_string_equal(set_key(seen, "Language", "de"), "Accepted");
    assert_string_equal(note(seen, "SetUserPrice", price), "Accepted");
    assert_string_equal(told_last(seen)->texts[0], "No fee"); /* says no language: it is in that of the station */
    assert_string_equal(set_key(seen, "Language", "tlh"), "Rejected");
    cost_world_free(seen);
}

/* WaitForSetUserPriceTimeout: the default price only when the driver's own has not come by then. */
static void the_default_price_waits_for_that_of_the_driver(void **state)
{
    (void)state;
    struct cost_world *seen = cost_world_new();
    seen->settings.default_price = "{\"priceText\":\"0.30 for all\",\"priceTextOffline\":\"0.25 offline\"}";
    seen->settings.price_wait_ms = 3000;
    cost_world_on(seen, OCPP_VERSION_1_6);
    card(seen->world, 1, "A");
    assert_int_equal(seen->told, 0);
    world_pass(seen->world, 4);
    assert_int_equal(told_last(seen)->kind, OCPP_PRICE_TARIFF_FALLBACK);
    assert_string_equal(told_last(seen)->texts[0], "0.30 for all");
    card(seen->world, 1, "A");
    seen->told = 0;
    card(seen->world, 1, "B");
    assert_string_equal(note(seen, "SetUserPrice", "{'idToken':'B','priceText':'0.12'}"), "Accepted");
    world_pass(seen->world, 4);
    assert_int_equal(seen->told, 1);
    assert_string_equal(told_last(seen)->texts[0], "0.12");
    world_pass(seen->world, 61);
    world_disconnect(seen->world);
    card(seen->world, 1, "B"); /* nobody can be asked: nothing is waited for */
    assert_string_equal(told_last(seen)->texts[0], "0.25 offline");
    cost_world_free(seen);
}

/* --- RunningCost and FinalCost --------------------------------------------------------------------------------------------- */

static void the_cost_so_far_is_told_with_its_prices(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    drive(seen, 1, "A");
    assert_string_equal(running(seen, "1.00", "Charging",
                                "'chargingPrice':{'kWhPrice':0.123,'hourPrice':0.00,'flatFee':0.00},"
                                "'idlePrice':{'graceMinutes':30,'hourPrice':1.00}"),
                        "Accepted");
    assert_int_equal(told_last(seen)->kind, OCPP_PRICE_RUNNING);
    assert_string_equal(told_last(seen)->amount, "1");
    assert_true(told_last(seen)->has_prices);
    assert_false(told_last(seen)->is_idle);
    assert_false(told_last(seen)->is_estimate);
    cost_world_free(seen);
}

/* Between two messages the display goes on by the prices of the last, and the next message corrects it. */
static void the_cost_goes_on_by_the_prices_between_two_messages(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    drive(seen, 1, "A");
    assert_string_equal(running(seen, "1.00", "Charging", "'chargingPrice':{'kWhPrice':0.5,'hourPrice':3.6}"), "Accepted");
    charge(seen->world, 1, 2000);
    world_pass(seen->world, 61); /* a sample shows the meter */
    const struct seen_price price = price_now(seen, 1);
    assert_true(price.is_estimate);
    assert_string_equal(price.amount, "2.06"); /* 1 + 2 kWh at 0.5 + 61 s at 0.001 */
    assert_string_equal(running(seen, "2.05", "Charging", "'chargingPrice':{'kWhPrice':0.5,'hourPrice':3.6}"), "Accepted");
    assert_string_equal(price_now(seen, 1).amount, "2.05");
    cost_world_free(seen);
}

/* The note, 3.4: idleness costs after a while of grace; energy does not. */
static void idleness_costs_after_its_grace(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    drive(seen, 1, "A");
    static const char prices[] = "'chargingPrice':{'kWhPrice':0.5},'idlePrice':{'graceMinutes':1,'hourPrice':36}";
    assert_string_equal(running(seen, "2.00", "Idle", prices), "Accepted");
    assert_true(told_last(seen)->is_idle);
    world_pass(seen->world, 60);
    assert_string_equal(price_now(seen, 1).amount, "2");
    world_pass(seen->world, 100);
    assert_string_equal(price_now(seen, 1).amount, "3");
    assert_string_equal(running(seen, "3.00", "Idle", prices), "Accepted"); /* the grace was of when it began */
    world_pass(seen->world, 100);
    assert_string_equal(price_now(seen, 1).amount, "4");
    cost_world_free(seen);
}

static void the_next_prices_hold_from_their_moment(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    char members[300];
    drive(seen, 1, "A");
    snprintf(members, sizeof(members),
             "'chargingPrice':{'hourPrice':36},'nextPeriod':{'atTime':'%s','chargingPrice':{'hourPrice':3.6}}",
             now_text(seen, 100));
    assert_string_equal(running(seen, "0", "Charging", members), "Accepted");
    world_pass(seen->world, 50);
    assert_string_equal(price_now(seen, 1).amount, "0.5");
    world_pass(seen->world, 150); /* 100 s at 0.01, 100 s at 0.001 */
    assert_string_equal(price_now(seen, 1).amount, "1.1");
    cost_world_free(seen);
}

static void what_it_has_cost_is_told_with_its_receipt(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    drive(seen, 1, "A");
    const int number = number_of(seen);
    running(seen, "1.00", "Charging", "'chargingPrice':{'kWhPrice':0.5}");
    unplug(seen->world, 1);
    assert_string_equal(final_cost(seen, number, "3.31"), "Accepted");
    assert_int_equal(told_last(seen)->kind, OCPP_PRICE_FINAL);
    assert_string_equal(told_last(seen)->amount, "3.31");
    assert_string_equal(told_last(seen)->texts[0], "Thank you");
    assert_string_equal(told_last(seen)->qr_code, "https://example/13546");
    assert_false(told_last(seen)->has_prices);
    world_pass(seen->world, 60);
    assert_string_equal(price_now(seen, 1).amount, "3.31"); /* and goes on no more */
    drive(seen, 1, "B");
    assert_string_equal(final_cost(seen, number, "3.31"), "Rejected"); /* another driver is there */
    assert_string_equal(final_cost(seen, 4711, "3.31"), "Rejected");
    cost_world_free(seen);
}

/* After the stop only idleness is left to pay for, and the prices of charging may be left out. */
static void a_fee_for_idleness_may_be_told_after_the_stop(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    drive(seen, 1, "A");
    card(seen->world, 1, "A");
    assert_string_equal(running(seen, "3.50", "Idle", "'idlePrice':{'graceMinutes':0,'hourPrice':36}"), "Accepted");
    world_pass(seen->world, 100);
    assert_string_equal(price_now(seen, 1).amount, "4.5");
    assert_string_equal(running(seen, "3.50", "Charging", "'idlePrice':{'graceMinutes':0,'hourPrice':36}"), "Rejected");
    cost_world_free(seen);
}

/* --- triggers -------------------------------------------------------------------------------------------------------------- */

static struct cost_world *charging_with(const char *trigger)
{
    struct cost_world *seen = station();
    char members[400];
    world_set(seen->world, "MeterValueSampleInterval", "0");
    drive(seen, 1, "A");
    snprintf(members, sizeof(members), "'chargingPrice':{'kWhPrice':0.5},'triggerMeterValue':{%s}", trigger);
    assert_string_equal(running(seen, "0", "Charging", members), "Accepted");
    return seen;
}

static void a_moment_wants_a_meter_value(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    char members[300];
    world_set(seen->world, "MeterValueSampleInterval", "0");
    drive(seen, 1, "A");
    snprintf(members, sizeof(members), "'chargingPrice':{},'triggerMeterValue':{'atTime':'%s'}", now_text(seen, 100));
    assert_string_equal(running(seen, "0", "Charging", members), "Accepted");
    world_pass(seen->world, 98);
    assert_int_equal(values_seen(seen), 0);
    world_pass(seen->world, 4);
    assert_int_equal(values_seen(seen), 1);
    central_sees(seen->world, "MeterValues", "connectorId=1 transactionId=* meterValue/0/sampledValue/0/context=Trigger");
    world_pass(seen->world, 200);
    assert_int_equal(values_seen(seen), 1); /* once */
    cost_world_free(seen);
}

static void an_amount_of_energy_wants_a_meter_value(void **state)
{
    (void)state;
    struct cost_world *seen = charging_with("'atEnergykWh':5.0");
    charge(seen->world, 1, 4000);
    world_pass(seen->world, 20);
    assert_int_equal(values_seen(seen), 0);
    charge(seen->world, 1, 1000);
    world_pass(seen->world, 6);
    assert_int_equal(values_seen(seen), 1);
    charge(seen->world, 1, 1000);
    world_pass(seen->world, 60);
    assert_int_equal(values_seen(seen), 1);
    cost_world_free(seen);
}

static int64_t power_w;

static size_t read_power(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    const struct world *world = user;
    assert_true(room >= 2);
    samples[0] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER,
                                       .location = OCPP_LOCATION_OUTLET,
                                       .value = { world->meter_wh[evse], 0 } };
    samples[1] = (struct ocpp_sample){ .measurand = OCPP_MEASURAND_POWER_ACTIVE_IMPORT, .value = { power_w, 0 } };
    return 2;
}

static int values_at(struct cost_world *seen, int64_t watts)
{
    power_w = watts;
    world_pass(seen->world, 6);
    return values_seen(seen);
}

/* With some room around it, so that a power that hovers there is not told again and again. */
static void a_power_that_is_crossed_either_way_wants_a_meter_value(void **state)
{
    (void)state;
    struct cost_world *seen = cost_world_new();
    seen->world->hardware.read_meter = read_power;
    power_w = 11000;
    cost_world_on(seen, OCPP_VERSION_1_6);
    world_set(seen->world, "MeterValueSampleInterval", "0");
    drive(seen, 1, "A");
    static const char members[] = "'chargingPrice':{},'triggerMeterValue':{'atPowerkW':8.0}";
    assert_string_equal(running(seen, "0", "Charging", members), "Accepted");
    assert_int_equal(values_at(seen, 11000), 0);
    assert_int_equal(values_at(seen, 7900), 0); /* within the room of 5 % */
    assert_int_equal(values_at(seen, 7600), 1);
    assert_int_equal(values_at(seen, 8100), 1);
    assert_int_equal(values_at(seen, 7900), 1);
    assert_int_equal(values_at(seen, 8400), 2);
    assert_string_equal(running(seen, "1", "Charging", members), "Accepted"); /* the same again: the side is known */
    assert_int_equal(values_at(seen, 100), 3);
    cost_world_free(seen);
}

static void a_status_that_is_taken_wants_a_meter_value(void **state)
{
    (void)state;
    struct cost_world *seen = charging_with("'atCPStatus':['SuspendedEV','SuspendedEVSE']");
    world_pass(seen->world, 60);
    assert_int_equal(values_seen(seen), 0);
    assert_int_equal(ocpp_charge_point_vehicle(seen->world->cp, 1, false, seen->world->now), OCPP_OK);
    world_pass(seen->world, 2);
    assert_int_equal(values_seen(seen), 1);
    assert_int_equal(ocpp_charge_point_vehicle(seen->world->cp, 1, true, seen->world->now), OCPP_OK);
    world_pass(seen->world, 2);
    assert_int_equal(values_seen(seen), 1);
    assert_int_equal(ocpp_charge_point_vehicle(seen->world->cp, 1, false, seen->world->now), OCPP_OK);
    world_pass(seen->world, 2);
    assert_int_equal(values_seen(seen), 2);
    cost_world_free(seen);
}

/* A value that was wanted is a fact of its transaction: it waits for the link. */
static void a_meter_value_that_was_wanted_outlasts_a_missing_link(void **state)
{
    (void)state;
    struct cost_world *seen = charging_with("'atEnergykWh':1.0");
    world_disconnect(seen->world);
    charge(seen->world, 1, 1000);
    world_pass(seen->world, 10);
    world_connect(seen->world, OCPP_VERSION_1_6);
    world_pass(seen->world, 5);
    assert_int_equal(values_seen(seen), 1);
    cost_world_free(seen);
}

/* Each RunningCost says anew what it wants. */
static void a_trigger_that_is_not_said_again_is_gone(void **state)
{
    (void)state;
    struct cost_world *seen = charging_with("'atEnergykWh':1.0,'atCPStatus':['SuspendedEV']");
    assert_string_equal(running(seen, "0", "Charging", "'chargingPrice':{}"), "Accepted");
    charge(seen->world, 1, 2000);
    assert_int_equal(ocpp_charge_point_vehicle(seen->world->cp, 1, false, seen->world->now), OCPP_OK);
    world_pass(seen->world, 60);
    assert_int_equal(values_seen(seen), 0);
    cost_world_free(seen);
}

/* --- ConnectorUnplugged ------------------------------------------------------------------------------------------------------
 */

static struct cost_world *with_idle_fee(void)
{
    struct cost_world *seen = station();
    assert_string_equal(set_key(seen, "CustomIdleFeeAfterStop", "true"), "Accepted");
    central_forgets(seen->world);
    return seen;
}

static void sees_unplugged(struct cost_world *seen, int number)
{
    char data[64];
    snprintf(data, sizeof(data), "{\"transactionId\":%d,\"timestamp\":\"", number);
    for (size_t i = 0; i < seen->world->call_count; i++) {
        const struct seen_call *call = &seen->world->calls[i];
        if (strcmp(call->action, "DataTransfer") == 0 && strncmp(value_of(call->payload, "data"), data, strlen(data)) == 0) {
            assert_string_equal(value_of(call->payload, "vendorId"), "org.openchargealliance.costmsg");
            assert_string_equal(value_of(call->payload, "messageId"), "ConnectorUnplugged");
            return;
        }
    }
    fail_msg("ConnectorUnplugged of %d was not told", number);
}

static void that_the_vehicle_left_is_told_after_the_stop(void **state)
{
    (void)state;
    struct cost_world *seen = with_idle_fee();
    drive(seen, 1, "A");
    const int number = number_of(seen);
    card(seen->world, 1, "A");
    central_sees(seen->world, "StopTransaction", "transactionId=*");
    world_pass(seen->world, 600);
    assert_int_equal(central_counts(seen->world, "DataTransfer"), 0);
    unplug(seen->world, 1);
    world_pass(seen->world, 2);
    assert_int_equal(central_counts(seen->world, "DataTransfer"), 1);
    sees_unplugged(seen, number);
    world_pass(seen->world, 600);
    assert_int_equal(central_counts(seen->world, "DataTransfer"), 1);
    cost_world_free(seen);
}

/* The central system waits for it in any case: also when the pull itself is the stop. */
static void that_the_vehicle_left_is_told_when_the_pull_was_the_stop(void **state)
{
    (void)state;
    struct cost_world *seen = with_idle_fee();
    drive(seen, 1, "A");
    const int number = number_of(seen);
    unplug(seen->world, 1);
    world_pass(seen->world, 2);
    sees_unplugged(seen, number);
    cost_world_free(seen);
}

/* Over a missing link, a power cut, and a transaction that had no number yet; behind what is told of it. */
static void that_the_vehicle_left_is_not_lost(void **state)
{
    (void)state;
    struct cost_world *seen = with_idle_fee();
    seen->world->settings.offline_unknown_allowed = true;
    world_power_off(seen->world);
    world_power_back(seen->world, 1);
    world_connect(seen->world, OCPP_VERSION_1_6);
    central_forgets(seen->world);
    world_disconnect(seen->world);
    drive(seen, 1, "A");
    unplug(seen->world, 1);
    world_pass(seen->world, 30);
    world_power_off(seen->world);
    world_power_back(seen->world, 60);
    world_connect(seen->world, OCPP_VERSION_1_6);
    world_pass(seen->world, 10);
    central_sees(seen->world, "StartTransaction", "idTag=A");
    central_sees(seen->world, "StopTransaction", "");
    central_sees(seen->world, "DataTransfer", "messageId=ConnectorUnplugged");
    sees_unplugged(seen, number_of(seen));
    world_power_off(seen->world);
    world_power_back(seen->world, 1);
    central_forgets(seen->world);
    world_connect(seen->world, OCPP_VERSION_1_6);
    world_pass(seen->world, 10);
    central_does_not_see(seen->world, "DataTransfer");
    cost_world_free(seen);
}

static void without_the_key_nothing_is_told_of_the_cable(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    drive(seen, 1, "A");
    unplug(seen->world, 1);
    world_pass(seen->world, 10);
    assert_int_equal(central_counts(seen->world, "DataTransfer"), 0);
    assert_string_equal(set_key(seen, "CustomIdleFeeAfterStop", "true"), "Accepted");
    world_pass(seen->world, 10);
    assert_int_equal(central_counts(seen->world, "DataTransfer"), 0); /* that one is over */
    cost_world_free(seen);
}

/* --- keys ------------------------------------------------------------------------------------------------------------------- */

static void the_keys_of_the_note_are_there(void **state)
{
    (void)state;
    struct cost_world *seen = cost_world_new();
    seen->settings.languages = "en,de";
    cost_world_on(seen, OCPP_VERSION_1_6);
    assert_string_equal(key(seen, "CustomDisplayCostAndPrice"), "true");
    assert_string_equal(key(seen, "NumberOfDecimalsForCostValues"), "2");
    assert_string_equal(key(seen, "DefaultPrice"), "");
    assert_string_equal(key(seen, "DefaultPriceText,de"), "");
    assert_string_equal(key(seen, "CustomIdleFeeAfterStop"), "false");
    assert_string_equal(key(seen, "SupportedLanguages"), "en,de");
    assert_string_equal(key(seen, "CustomMultiLanguageMessages"), "true");
    assert_string_equal(key(seen, "Language"), "en");
    assert_string_equal(key(seen, "WaitForSetUserPriceTimeout"), "0");
    assert_string_equal(key(seen, "TimeOffset"), "");
    assert_string_equal(key(seen, "NextTimeOffsetTransitionDateTime"), "");
    assert_string_equal(key(seen, "TimeOffsetNextTransition"), "");
    assert_string_equal(set_key(seen, "CustomDisplayCostAndPrice", "false"), "Rejected");
    assert_string_equal(set_key(seen, "WaitForSetUserPriceTimeout", "30001"), "Rejected");
    assert_string_equal(set_key(seen, "WaitForSetUserPriceTimeout", "2000"), "Accepted");
    assert_string_equal(set_key(seen, "DefaultPriceText,fr", "{'priceText':'x'}"), "NotSupported");
    cost_world_free(seen);
}

static void a_default_price_is_json_as_the_note_has_it(void **state)
{
    (void)state;
    struct cost_world *seen = cost_world_new();
    seen->settings.languages = "en,de";
    cost_world_on(seen, OCPP_VERSION_1_6);
    assert_string_equal(set_key(seen, "DefaultPrice", "0.15"), "Rejected");
    assert_string_equal(set_key(seen, "DefaultPrice", "{'priceTextOffline':'x'}"), "Rejected");
    assert_string_equal(set_key(seen, "DefaultPrice", "{'priceText':'0.15','chargingPrice':{'kWhPrice':'dear'}}"), "Rejected");
    assert_string_equal(set_key(seen, "DefaultPrice",
                                "{'priceText':'0.15 per kWh','priceTextOffline':'0.10 offline',"
                                "'chargingPrice':{'kWhPrice':0.15,'hourPrice':0.00,'flatFee':0.00}}"),
                        "Accepted");
    assert_string_equal(set_key(seen, "DefaultPriceText,de", "{'priceText':'0,15 je kWh'}"), "Accepted");
    card(seen->world, 1, "A");
    assert_int_equal(told_last(seen)->kind, OCPP_PRICE_TARIFF_FALLBACK);
    assert_string_equal(told_last(seen)->texts[0], "0.15 per kWh");
    card(seen->world, 1, "A");
    assert_string_equal(set_key(seen, "Language", "de"), "Accepted");
    card(seen->world, 1, "A");
    assert_string_equal(told_last(seen)->texts[0], "0,15 je kWh");
    world_power_off(seen->world);
    world_power_back(seen->world, 1);
    world_connect(seen->world, OCPP_VERSION_1_6);
    assert_string_equal(key(seen, "DefaultPriceText,de"), "{\"priceText\":\"0,15 je kWh\"}");
    cost_world_free(seen);
}

/* --- what is none -------------------------------------------------------------------------------------------------------------
 */

static void a_message_that_is_none_is_rejected(void **state)
{
    static const struct {
        const char *id;
        const char *data;
        const char *status;
    } rows[] = {
        { "SetUserPrice", "{'idToken':'A'}", "Rejected" },
        { "SetUserPrice", "{'priceText':'x'}", "Rejected" },
        { "SetUserPrice", "{'idToken':'A','priceText':5}", "Rejected" },
        { "SetUserPrice", "{'idToken':'A','priceText':'x','priceTextExtra':'y'}", "Rejected" },
        { "SetUserPrice", "{'idToken':'A','priceText':'x','priceTextExtra':[{'content':'y','format':'PDF'}]}", "Rejected" },
        { "SetUserPrice", "[]", "Rejected" },
        { "SetUserPrice", "{'idToken':'A','priceText':'x'} ", "Accepted" },
        { "SetUserPrice", "{'idToken':'A','priceText':'x','unheard':{'of':[1,2]}}", "Accepted" },
        { "SetUserPrice", "{'idToken':'A','idToken':'B','priceText':'x'}", "Rejected" },
        { "RunningCost", "{}", "Rejected" },
        { "FinalCost", "{'transactionId':1,'cost':1}", "Rejected" },
        { "FinalCost", "{'transactionId':'1','cost':1,'priceText':'x'}", "Rejected" },
        { "FinalCost", "{'transactionId':1,'cost':-1,'priceText':'x'}", "Rejected" },
        { "FinalCost", "{'transactionId':1,'cost':1e300,'priceText':'x'}", "Rejected" },
        { "FinalCost", "", "Rejected" },
        { "ConnectorUnplugged", "{}", "UnknownMessageId" },
        { "SetPrice", "{}", "UnknownMessageId" },
    };
    (void)state;
    struct cost_world *seen = station();
    drive(seen, 1, "A");
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_string_equal(note(seen, rows[i].id, rows[i].data), rows[i].status);
    }
    assert_string_equal(running(seen, "1", "Sleeping", "'chargingPrice':{}"), "Rejected");
    assert_string_equal(running(seen, "1", "Charging", "'chargingPrice':{'kWhPrice':1000000}"), "Rejected");
    assert_string_equal(running(seen, "1", "Charging", "'chargingPrice':{},'triggerMeterValue':{'atCPStatus':['Asleep']}"),
                        "Rejected");
    assert_string_equal(running(seen, "1", "Charging", "'chargingPrice':{},'nextPeriod':{'chargingPrice':{}}"), "Rejected");
    assert_int_equal(told_kinds(seen, OCPP_PRICE_RUNNING), 0);
    cost_world_free(seen);
}

static void other_vendors_go_their_way(void **state)
{
    (void)state;
    struct cost_world *seen = station();
    assert_string_equal(value_of(central_asks(seen->world, "DataTransfer", "{'vendorId':'com.example'}"), "status"),
                        "UnknownVendorId");
    cost_world_free(seen);
}

/* Without the feature the vendor is unknown, as any. */
static void a_station_without_prices_does_not_know_the_vendor(void **state)
{
    (void)state;
    struct world *world = world_accepted(OCPP_VERSION_1_6);
    assert_string_equal(
        value_of(central_asks(world, "DataTransfer", "{'vendorId':'org.openchargealliance.costmsg','messageId':'SetUserPrice'}"),
                 "status"),
        "UnknownVendorId");
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_price_of_the_driver_is_told_where_he_is),
        cmocka_unit_test(a_price_in_several_languages_begins_with_that_of_the_station),
        cmocka_unit_test(the_default_price_waits_for_that_of_the_driver),
        cmocka_unit_test(the_cost_so_far_is_told_with_its_prices),
        cmocka_unit_test(the_cost_goes_on_by_the_prices_between_two_messages),
        cmocka_unit_test(idleness_costs_after_its_grace),
        cmocka_unit_test(the_next_prices_hold_from_their_moment),
        cmocka_unit_test(what_it_has_cost_is_told_with_its_receipt),
        cmocka_unit_test(a_fee_for_idleness_may_be_told_after_the_stop),
        cmocka_unit_test(a_moment_wants_a_meter_value),
        cmocka_unit_test(an_amount_of_energy_wants_a_meter_value),
        cmocka_unit_test(a_power_that_is_crossed_either_way_wants_a_meter_value),
        cmocka_unit_test(a_status_that_is_taken_wants_a_meter_value),
        cmocka_unit_test(a_meter_value_that_was_wanted_outlasts_a_missing_link),
        cmocka_unit_test(a_trigger_that_is_not_said_again_is_gone),
        cmocka_unit_test(that_the_vehicle_left_is_told_after_the_stop),
        cmocka_unit_test(that_the_vehicle_left_is_told_when_the_pull_was_the_stop),
        cmocka_unit_test(that_the_vehicle_left_is_not_lost),
        cmocka_unit_test(without_the_key_nothing_is_told_of_the_cable),
        cmocka_unit_test(the_keys_of_the_note_are_there),
        cmocka_unit_test(a_default_price_is_json_as_the_note_has_it),
        cmocka_unit_test(a_message_that_is_none_is_rejected),
        cmocka_unit_test(other_vendors_go_their_way),
        cmocka_unit_test(a_station_without_prices_does_not_know_the_vendor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
