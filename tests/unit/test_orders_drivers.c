/* test_orders_drivers.c: displays, prices and vendors' messages of central_drivers.h: what they become in each version, what is
 * read from the answers, and what stations tell by themselves. */
#include "driver_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define assert_text(text, expected) assert_string_equal(text, expected)
#define assert_holds(text, part)    assert_non_null(strstr(text, part))

static struct central_world *world;
static struct ocpp_station *one; /* speaks 1.6 */
static struct ocpp_station *two; /* speaks 2.0.1 */

static int set_up(void **state)
{
    (void)state;
    world = driver_world_new();
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    world_boot(world, one);
    world_boot(world, two);
    (void)world_told(world);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

/* --- displays -------------------------------------------------------------------------------------------------------------- */

static struct ocpp_station_message message_order(void)
{
    return (struct ocpp_station_message){
        .id = 4,
        .priority = OCPP_MESSAGE_IN_FRONT,
        .state = OCPP_MESSAGE_ANY_STATE,
        .text = { OCPP_MESSAGE_UTF8, "de", "Guten Tag" },
        .starts_utc_ms = OCPP_UTC_UNKNOWN,
        .ends_utc_ms = OCPP_UTC_UNKNOWN,
    };
}

/* O01.FR.01 */
static void a_message_is_set_on_a_display(void **state)
{
    struct ocpp_station_message order = message_order();

    (void)state;
    assert_int_equal(ocpp_station_set_message(one, &order, &driver_done), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_set_message(two, &order, &driver_done), OCPP_OK);
    assert_text(strstr(world_hears(world, two), "'SetDisplayMessage'"),
                "'SetDisplayMessage',{'message':{'id':4,'priority':'InFront',"
                "'message':{'format':'UTF8','language':'de','content':'Guten Tag'}}}]");
    assert_text(driver_answered(world, two, "{'status':'NotSupportedPriority'}"), "0 no NotSupportedPriority");
    order.state = OCPP_MESSAGE_FAULTED;
    order.text.language = NULL;
    order.starts_utc_ms = 1767225600000;
    order.ends_utc_ms = 1767229200000;
    order.transaction_id = "T1";
    order.names_display = true;
    order.display_evse = 2;
    order.display_instance = "Roof";
    assert_int_equal(ocpp_station_set_message(two, &order, &driver_done), OCPP_OK);
    assert_text(strstr(world_hears(world, two), "{'message'"),
                "{'message':{'display':{'evse':{'id':2},'name':'Display','instance':'Roof'},'id':4,'priority':'InFront',"
                "'state':'Faulted','startDateTime':'2026-01-01T00:00:00.000Z','endDateTime':'2026-01-01T01:00:00.000Z',"
                "'transactionId':'T1','message':{'format':'UTF8','content':'Guten Tag'}}}]");
    assert_text(driver_answered(world, two, "{'status':'Accepted'}"), "0 yes Accepted");
}

static void a_message_that_cannot_be_is_refused(void **state)
{
    struct ocpp_station_message orders[7];
    char text[514];

    (void)state;
    for (size_t i = 0; i < 7; i++) {
        orders[i] = message_order();
    }
    memset(text, 'a', 513);
    text[513] = '\0';
    orders[0].id = -1;
    orders[1].priority = OCPP_MESSAGE_PRIORITIES;
    orders[2].state = (enum ocpp_message_state)(OCPP_MESSAGE_ANY_STATE + 1);
    orders[3].text.format = OCPP_MESSAGE_FORMATS;
    orders[4].text.text = NULL;
    orders[5].names_display = true;
    orders[5].display_evse = -1;
    orders[6].text.text = text;
    for (size_t i = 0; i < 7; i++) {
        assert_int_equal(ocpp_station_set_message(two, &orders[i], &driver_done), OCPP_ERR_ARGUMENT);
    }
    assert_text(world_hears(world, two), "");
}

/* O03.FR.01 and FR.06; O04.FR.01 */
static void messages_are_listed_and_cleared(void **state)
{
    static const int64_t ids[] = { 4, 5 };
    const struct ocpp_message_criteria all = { 0 };
    const struct ocpp_message_criteria some = { .ids = ids,
                                                .id_count = 2,
                                                .has_priority = true,
                                                .priority = OCPP_MESSAGE_ALWAYS_FRONT,
                                                .has_state = true,
                                                .state = OCPP_MESSAGE_CHARGING };
    const struct ocpp_message_criteria wrong = { .has_state = true, .state = OCPP_MESSAGE_ANY_STATE };

    (void)state;
    assert_int_equal(ocpp_station_get_messages(two, 7, &all, &driver_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'GetDisplayMessages',{'requestId':7}]");
    assert_text(driver_answered(world, two, "{'status':'Accepted'}"), "0 yes Accepted");
    assert_int_equal(ocpp_station_get_messages(two, 8, &some, &driver_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'id':[4,5]");
    assert_holds(world->frame, "'priority':'AlwaysFront'");
    assert_holds(world->frame, "'state':'Charging'");
    assert_text(driver_answered(world, two, "{'status':'Unknown'}"), "0 no Unknown");
    assert_int_equal(ocpp_station_clear_message(two, 4, &driver_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'ClearDisplayMessage',{'id':4}]");
    assert_text(driver_answered(world, two, "{'status':'Unknown'}"), "0 no Unknown");
    assert_int_equal(ocpp_station_get_messages(two, -1, &all, &driver_done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_get_messages(two, 1, &wrong, &driver_done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_clear_message(two, -1, &driver_done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_get_messages(one, 1, &all, &driver_done), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_clear_message(one, 1, &driver_done), OCPP_ERR_UNSUPPORTED_ACTION);
}

/* One page of the report |request| with the message |id|. */
static const char *page(int request, int id, bool is_last)
{
    static char frame[400];

    snprintf(frame, sizeof frame,
             "[2,'m%d','NotifyDisplayMessages',{'requestId':%d,'tbc':%s,'messageInfo':[{'id':%d,'priority':'NormalCycle',"
             "'message':{'format':'ASCII','content':'M%d'}}]}]",
             id, request, is_last ? "false" : "true", id, id);
    return frame;
}

/* A page whose answer was lost comes again: the report has each message once, and is told once. */
static void a_page_that_comes_again_changes_nothing(void **state)
{
    static const char whole[] = "PILE-2 messages of 7: 1/2.4.0 'M1' - - 0.- 2/2.4.0 'M2' - - 0.-\n";
    const struct ocpp_message_criteria all = { 0 };

    (void)state;
    world_says(world, two, page(7, 1, false));
    world_says(world, two, page(7, 1, false));
    world_says(world, two, page(7, 2, true));
    assert_text(world_told(world), whole);
    assert_text(world_says(world, two, page(7, 2, true)), "[3,'m2',{}]");
    assert_text(world_told(world), "");
    assert_int_equal(ocpp_station_get_messages(two, 7, &all, NULL), OCPP_OK); /* the application uses its number again */
    world_says(world, two, page(7, 1, false));
    world_says(world, two, page(7, 2, true));
    assert_text(world_told(world), whole);
}

/* O03.FR.04 */
static void the_pages_of_a_report_are_put_together(void **state)
{
    (void)state;
    assert_text(world_says(world, two, page(7, 1, false)), "[3,'m1',{}]");
    assert_text(world_told(world), "");
    world_says(world, two,
               "[2,'m2','NotifyDisplayMessages',{'requestId':7,'messageInfo':[{'id':2,'priority':'AlwaysFront','state':"
               "'Unavailable','startDateTime':'2026-01-01T00:00:00Z','transactionId':'T1','display':{'name':'Display',"
               "'instance':'Roof','evse':{'id':3}},'message':{'format':'URI','language':'en','content':'http://x'}}]}]");
    assert_text(world_told(world), "PILE-2 messages of 7: 1/2.4.0 'M1' - - 0.- 2/0.3.2 'http://x' en T1 at 3.Roof dated\n");
    world_says(world, two, "[2,'m3','NotifyDisplayMessages',{'requestId':8}]"); /* a page without any */
    assert_text(world_told(world), "PILE-2 messages of 8:\n");
}

/* A report that another one interrupts is told as far as it came. */
static void two_reports_are_not_mixed(void **state)
{
    (void)state;
    world_says(world, two, page(7, 1, false));
    world_says(world, two, page(8, 2, true));
    assert_text(world_told(world),
                "PILE-2 messages of 7, not all: 1/2.4.0 'M1' - - 0.-\nPILE-2 messages of 8: 2/2.4.0 'M2' - - 0.-\n");
}

static void a_report_without_end_keeps_no_more_than_its_bound(void **state)
{
    const char *told;
    size_t count = 0;

    (void)state;
    for (int id = 1; id <= 205; id++) {
        assert_holds(world_says(world, two, page(7, id, false)), "[3,");
    }
    assert_text(world_told(world), "");
    world_says(world, two, page(7, 206, true));
    told = world_told(world);
    assert_holds(told, "PILE-2 messages of 7, not all: 1/");
    for (const char *at = told; (at = strstr(at, "'M")); at++) {
        count++;
    }
    assert_int_equal(count, 200);
}

/* --- prices and costs --------------------------------------------------------------------------------------------------------
 */

static struct ocpp_running_cost cost_order(void)
{
    return (struct ocpp_running_cost){
        .transaction_id = "17",
        .amount = { 1234, 2 },
        .timestamp_utc_ms = 1767225600000,
        .meter_wh = 5000,
        .charging = { .has_per_kwh = true, .per_kwh = { 35, 2 }, .has_flat_fee = true, .flat_fee = { 1, 0 } },
        .idle = { .has_grace = true, .grace_s = 600, .has_per_hour = true, .per_hour = { 5, 0 } },
    };
}

/* I02.FR.01 */
static void a_running_cost_is_told_in_every_version(void **state)
{
    const struct ocpp_running_cost order = cost_order();

    (void)state;
    assert_int_equal(ocpp_station_tell_cost(two, &order, &driver_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'CostUpdated',{'totalCost':12.34,'transactionId':'17'}]");
    assert_text(driver_answered(world, two, "{}"), "0 yes ");
    assert_int_equal(ocpp_station_tell_cost(one, &order, &driver_done), OCPP_OK);
    assert_text(
        strstr(world_hears(world, one), "'DataTransfer'"),
        "'DataTransfer',{'vendorId':'org.openchargealliance.costmsg','messageId':'RunningCost','data':'{\\'transactionId\\':"
        "17,\\'timestamp\\':\\'2026-01-01T00:00:00.000Z\\',\\'meterValue\\':5000,\\'cost\\':12.34,\\'state\\':"
        "\\'Charging\\',\\'chargingPrice\\':{\\'kWhPrice\\':0.35,\\'flatFee\\':1},\\'idlePrice\\':"
        "{\\'graceMinutes\\':10,\\'hourPrice\\':5}}'}]");
    assert_text(driver_answered(world, one, "{'status':'Accepted'}"), "0 yes Accepted 0 -");
}

static void a_running_cost_may_announce_prices_and_ask_for_meter_values(void **state)
{
    struct ocpp_running_cost order = cost_order();

    (void)state;
    order.is_idle = true;
    order.has_next = true;
    order.next_utc_ms = 1767229200000;
    order.next_charging = (struct ocpp_unit_prices){ .has_per_hour = true, .per_hour = { 25, 1 } };
    order.triggers = (struct ocpp_cost_triggers){
        .has_time = true,
        .at_utc_ms = 1767229200000,
        .has_energy = true,
        .at_energy_kwh = { 75, 1 },
        .has_power = true,
        .at_power_kw = { 8, 0 },
        .statuses = 1u << OCPP_CONNECTOR_SUSPENDED_EV | 1u << OCPP_CONNECTOR_CHARGING,
    };
    assert_int_equal(ocpp_station_tell_cost(one, &order, &driver_done), OCPP_OK);
    assert_holds(world_hears(world, one), "\\'state\\':\\'Idle\\'");
    assert_holds(world->frame,
                 "\\'nextPeriod\\':{\\'atTime\\':\\'2026-01-01T01:00:00.000Z\\',\\'chargingPrice\\':"
                 "{\\'hourPrice\\':2.5}},\\'triggerMeterValue\\':{\\'atTime\\':\\'2026-01-01T01:00:00.000Z\\',"
                 "\\'atEnergykWh\\':7.5,\\'atPowerkW\\':8,\\'atCPStatus\\':[\\'Charging\\',\\'SuspendedEV\\']}}'}]");
}

static void a_final_cost_and_a_price_are_told_by_the_note(void **state)
{
    const struct ocpp_price_text texts[] = { { OCPP_MESSAGE_UTF8, "", "0.35 a kWh" }, { OCPP_MESSAGE_ASCII, "de", "0,35" } };
    const struct ocpp_final_cost final = { "17", { 99, 1 }, texts, 2, "https://pay.example" };
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_UNKNOWN };

    (void)state;
    assert_int_equal(ocpp_station_tell_final_cost(one, &final, &driver_done), OCPP_OK);
    assert_holds(
        world_hears(world, one),
        "'FinalCost','data':'{\\'transactionId\\':17,\\'cost\\':9.9,\\'priceText\\':\\'0.35 a kWh\\',\\'priceTextExtra\\':"
        "[{\\'format\\':\\'ASCII\\',\\'language\\':\\'de\\',\\'content\\':\\'0,35\\'}],\\'qrCodeText\\':"
        "\\'https://pay.example\\'}'}]");
    assert_text(driver_answered(world, one, "{'status':'UnknownVendorId'}"), "0 no UnknownVendorId 0 -");
    assert_int_equal(ocpp_station_tell_price(one, &token, texts, 1, &driver_done), OCPP_OK);
    assert_holds(world_hears(world, one), "'SetUserPrice','data':'{\\'idToken\\':\\'TAG\\',\\'priceText\\':\\'0.35 a kWh\\'}'}]");
    assert_int_equal(ocpp_station_tell_final_cost(two, &final, &driver_done), OCPP_ERR_UNSUPPORTED_ACTION);
    assert_int_equal(ocpp_station_tell_price(two, &token, texts, 1, &driver_done), OCPP_ERR_UNSUPPORTED_ACTION);
}

static void a_cost_that_cannot_be_is_refused(void **state)
{
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_UNKNOWN };
    const struct ocpp_price_text nothing = { .text = NULL };
    const struct ocpp_final_cost unnamed = { .transaction_id = "" };
    struct ocpp_running_cost orders[6];

    (void)state;
    for (size_t i = 0; i < 6; i++) {
        orders[i] = cost_order();
    }
    orders[0].amount.coefficient = -1;
    orders[1].transaction_id = "T17"; /* is no number of 1.6 */
    orders[2].idle.grace_s = 30;
    orders[3].charging.per_kwh.coefficient = -1;
    orders[4].triggers.statuses = 1u << OCPP_CONNECTOR_FAULTED;
    orders[5].timestamp_utc_ms = OCPP_UTC_UNKNOWN;
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(ocpp_station_tell_cost(one, &orders[i], &driver_done), OCPP_ERR_ARGUMENT);
    }
    assert_int_equal(ocpp_station_tell_final_cost(one, &unnamed, &driver_done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_tell_price(one, &token, &nothing, 1, &driver_done), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_tell_price(one, &token, NULL, 0, &driver_done), OCPP_ERR_ARGUMENT);
    assert_text(world_hears(world, one), "");
}

static const char started[] =
    "[2,'s','TransactionEvent',{'eventType':'Started','timestamp':'2026-01-01T00:00:00Z','triggerReason':'CablePluggedIn',"
    "'seqNo':0,'transactionInfo':{'transactionId':'T1'},'evse':{'id':1}}]";
static const char ended[] =
    "[2,'e','TransactionEvent',{'eventType':'Ended','timestamp':'2026-01-01T01:00:00Z','triggerReason':'EVDeparted',"
    "'seqNo':1,'transactionInfo':{'transactionId':'T1'}}]";

/* I02.FR.01; I03.FR.02 and FR.04; I06.FR.02. A free transaction is told to be free. */
static void the_answer_to_an_event_tells_cost_priority_and_text(void **state)
{
    (void)state;
    assert_text(world_says(world, two, started), "[3,'s',{}]");
    driver_decisions.cost = (struct ocpp_driver_answer){
        .has_total_cost = true, .has_priority = true, .priority = -3, .text = { OCPP_MESSAGE_UTF8, "en", "Bye" }
    };
    assert_text(world_says(world, two, ended), "[3,'e',{'totalCost':0,'chargingPriority':-3,'updatedPersonalMessage':"
                                               "{'format':'UTF8','language':'en','content':'Bye'}}]");
    assert_holds(world_told(world), "PILE-2 cost of T1, ended\n");
    driver_decisions.cost.total_cost = (struct ocpp_decimal){ 125, 2 };
    assert_holds(world_says(world, two, ended), "'totalCost':1.25"); /* a repeated event is answered like the first */
}

/* The answer waits for the price, the record does not. */
static void a_cost_may_be_decided_later(void **state)
{
    const struct ocpp_driver_answer answer = { .has_total_cost = true, .total_cost = { 5, 1 } };
    const struct ocpp_driver_answer wrong[] = { { .has_total_cost = true, .total_cost = { -5, 1 } },
                                                { .has_priority = true, .priority = 10 } };

    (void)state;
    driver_decisions.cost_later = true;
    assert_text(world_says(world, two, started), "");
    assert_holds(world_told(world), "PILE-2 started T1");
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(ocpp_station_decide_cost(two, driver_decisions.cost_question, &wrong[i], world->now), OCPP_ERR_ARGUMENT);
    }
    assert_int_equal(ocpp_station_decide_cost(two, driver_decisions.cost_question, &answer, world->now), OCPP_OK);
    assert_text(world_hears(world, two), "[3,'s',{'totalCost':0.5}]");
    assert_int_equal(ocpp_station_decide_cost(two, driver_decisions.cost_question, &answer, world->now), OCPP_ERR_NOT_FOUND);
}

/* Nobody decides: the station hears InternalError, repeats, and nothing is recorded twice. */
static void a_cost_nobody_decides_costs_no_record(void **state)
{
    (void)state;
    driver_decisions.cost_later = true;
    world_says(world, two, started);
    world_pass(world, 61000);
    assert_holds(world_hears(world, two), "InternalError");
    (void)world_told(world);
    driver_decisions.cost_later = false;
    assert_text(world_says(world, two, started), "[3,'s',{}]");
    assert_text(world_told(world), "PILE-2 cost of T1, started\n");
}

static void an_answer_that_cannot_be_is_none(void **state)
{
    (void)state;
    driver_decisions.cost = (struct ocpp_driver_answer){ .has_priority = true, .priority = 11 };
    assert_text(world_says(world, two, started), "[3,'s',{}]");
}

/* What 1.6 has no room for in its answers is told by the note, to who heeds it. */
static void a_station_that_heeds_the_note_is_told_prices_beside_the_answers(void **state)
{
    static const char start[] = "[2,'s','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':1000,'timestamp':"
                                "'2026-01-01T00:00:00Z'}]";
    static const char stop[] =
        "[2,'e','StopTransaction',{'transactionId':1,'meterStop':2000,'timestamp':'2026-01-01T01:00:00Z'}]";

    (void)state;
    world->authorize.message = "0.35 a kWh";
    driver_decisions.cost =
        (struct ocpp_driver_answer){ .has_total_cost = true, .total_cost = { 5, 1 }, .text = { .text = "Bye" } };
    assert_text(world_says(world, one, "[2,'a','Authorize',{'idTag':'TAG'}]"), "[3,'a',{'idTagInfo':{'status':'Accepted'}}]");
    assert_text(world_hears(world, one), "");
    driver_decisions.heeds_note = true;
    world_says(world, one, "[2,'a','Authorize',{'idTag':'TAG'}]");
    assert_holds(world_hears(world, one), "'SetUserPrice','data':'{\\'idToken\\':\\'TAG\\',\\'priceText\\':\\'0.35 a kWh\\'}'");
    driver_answered(world, one, "{'status':'Accepted'}");
    world_says(world, one, start);
    assert_holds(world_hears(world, one), "'SetUserPrice'");
    assert_holds(driver_answered(world, one, "{'status':'Accepted'}"), "");
    assert_holds(world->frame, "'RunningCost','data':'{\\'transactionId\\':1,");
    driver_answered(world, one, "{'status':'Accepted'}");
    world_says(world, one, stop);
    assert_holds(world_hears(world, one),
                 "'FinalCost','data':'{\\'transactionId\\':1,\\'cost\\':0.5,\\'priceText\\':\\'Bye\\'}'");
    world->authorize.authorization = OCPP_AUTHORIZATION_BLOCKED;
    driver_answered(world, one, "{'status':'Accepted'}");
    world_says(world, one, "[2,'b','Authorize',{'idTag':'TAG'}]");
    assert_text(world_hears(world, one), ""); /* who may not charge reads no price */
}

static void a_pulled_cable_is_heard_in_the_words_of_the_note(void **state)
{
    static const char *const wrong[] = {
        "",
        ",'data':'x'",
        ",'data':'[]'",
        ",'data':'{\\'transactionId\\':17}'",
        ",'data':'{\\'transactionId\\':1.5,\\'timestamp\\':\\'2026-01-01T00:00:00Z\\'}'",
        ",'data':'{\\'transactionId\\':17,\\'timestamp\\':\\'yesterday\\'}'",
    };
    char frame[300];

    (void)state;
    assert_text(world_says(world, one,
                           "[2,'u','DataTransfer',{'vendorId':'org.openchargealliance.costmsg','messageId':'ConnectorUnplugged',"
                           "'data':'{\\'transactionId\\':17,\\'timestamp\\':\\'2026-01-01T00:00:00Z\\'}'}]"),
                "[3,'u',{'status':'Accepted'}]");
    assert_text(world_told(world), "PILE-1 unplugged 17 at 2026-01-01T00:00:00.000Z\n");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(frame, sizeof frame,
                 "[2,'u','DataTransfer',{'vendorId':'org.openchargealliance.costmsg','messageId':'ConnectorUnplugged'%s}]",
                 wrong[i]);
        assert_text(world_says(world, one, frame), "[3,'u',{'status':'Rejected'}]");
    }
    assert_text(world_told(world), "");
}

/* --- reservations ---------------------------------------------------------------------------------------------------------- */

/* H04.FR.01 */
static void the_end_of_a_reservation_is_told(void **state)
{
    (void)state;
    assert_text(
        world_says(world, two, "[2,'r','ReservationStatusUpdate',{'reservationId':5,'reservationUpdateStatus':'Expired'}]"),
        "[3,'r',{}]");
    assert_text(world_told(world), "PILE-2 reservation 5 Expired\n");
}

/* A station that may leave required words out is told of without. */
/* H04 of 2.1: it was used, and no transaction came of it. */
static void the_end_of_a_reservation_is_told_in_words_of_2_1(void **state)
{
    struct ocpp_station *later;

    (void)state;
    if (!ocpp_central_speaks(OCPP_VERSION_2_1)) {
        skip();
    }
    later = world_connect(world, "LATER", OCPP_VERSION_2_1);
    world_boot(world, later);
    (void)world_told(world);
    assert_text(world_says(world, later,
                           "[2,'r','ReservationStatusUpdate',{'reservationId':5,'reservationUpdateStatus':'NoTransaction'}]"),
                "[3,'r',{}]");
    assert_text(world_told(world), "LATER reservation 5 NoTransaction\n");
}

static void the_end_of_a_reservation_may_have_no_word(void **state)
{
    const struct ocpp_station_options options = { .identity = "LAX", .version = OCPP_VERSION_2_0_1, .quirks = OCPP_QUIRK_ALL };
    struct ocpp_station *lax;

    (void)state;
    assert_int_equal(ocpp_central_connect(world->central, &options, world->now, &lax), OCPP_OK);
    world_boot(world, lax);
    (void)world_told(world);
    assert_text(world_says(world, lax, "[2,'r','ReservationStatusUpdate',{'reservationId':5}]"), "[3,'r',{}]");
    assert_text(world_told(world), "LAX reservation 5 \n");
}

/* --- vendors' messages ---------------------------------------------------------------------------------------------------------
 */

/* 1.6 edition 2, 5.6; P01.FR.07. A text travels as a string in 2.x, JSON as a text in 1.6. */
static void data_are_sent_in_every_version(void **state)
{
    struct ocpp_data_transfer data = { "com.example", "Hello", OCPP_DATA_JSON, "{\"a\":1}" };

    (void)state;
    assert_int_equal(ocpp_station_send_data(one, &data, &driver_done), OCPP_OK);
    assert_holds(world_hears(world, one), "'DataTransfer',{'vendorId':'com.example','messageId':'Hello','data':'{\\'a\\':1}'}]");
    assert_text(driver_answered(world, one, "{'status':'Accepted','data':'yes'}"), "0 yes Accepted 1 yes");
    assert_int_equal(ocpp_station_send_data(two, &data, &driver_done), OCPP_OK);
    assert_holds(world_hears(world, two), "'data':{'a':1}");
    assert_text(driver_answered(world, two, "{'status':'Rejected','data':[1]}"), "0 no Rejected 2 [1]");
    data.kind = OCPP_DATA_TEXT;
    data.data = "hello \"you\"";
    data.message_id = NULL;
    assert_int_equal(ocpp_station_send_data(two, &data, &driver_done), OCPP_OK);
    assert_holds(world_hears(world, two), "{'data':'hello \\'you\\'','vendorId':'com.example'}]");
    assert_text(driver_answered(world, two, "{'status':'UnknownMessageId'}"), "0 no UnknownMessageId 0 -");
}

static void data_that_cannot_be_are_not_sent(void **state)
{
    const struct ocpp_data_transfer nobody = { "", NULL, OCPP_DATA_NONE, NULL };
    const struct ocpp_data_transfer nothing = { "com.example", NULL, OCPP_DATA_TEXT, NULL };
    const struct ocpp_data_transfer broken = { "com.example", NULL, OCPP_DATA_JSON, "{" };
    const struct ocpp_data_transfer no_text = { "com.example", NULL, OCPP_DATA_TEXT, "\xff" };

    (void)state;
    assert_int_equal(ocpp_station_send_data(one, &nobody, NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_send_data(two, &nothing, NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_send_data(two, &broken, NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_send_data(two, &no_text, NULL), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_send_data(one, &no_text, NULL), OCPP_ERR_ARGUMENT);
    assert_text(world_hears(world, two), "");
}

static const char vendor_call[] = "[2,'d','DataTransfer',{'vendorId':'com.example','messageId':'Hello','data':'{}'}]";

/* 1.6 edition 2, 4.3; P02.FR.06 and FR.08 */
static void a_vendor_s_message_is_answered_now_or_later(void **state)
{
    const struct ocpp_data_transfer_answer answer = { .result = OCPP_DATA_TRANSFER_ACCEPTED,
                                                      .kind = OCPP_DATA_TEXT,
                                                      .data = "ok" };
    const struct ocpp_data_transfer_answer wrong = { .result = OCPP_DATA_TRANSFER_UNANSWERED };

    (void)state;
    assert_text(world_says(world, one, vendor_call), "[3,'d',{'status':'UnknownVendorId'}]");
    assert_text(world_told(world), "PILE-1 data com.example Hello 1 {}\n");
    driver_decisions.data = answer;
    assert_text(world_says(world, one, vendor_call), "[3,'d',{'status':'Accepted','data':'ok'}]");
    driver_decisions.data_later = true;
    assert_text(world_says(world, two, vendor_call), "");
    assert_holds(world_told(world), "PILE-2 data com.example Hello 2 \"{}\"\n");
    assert_int_equal(ocpp_station_decide_data(two, driver_decisions.data_question, &wrong, world->now), OCPP_ERR_ARGUMENT);
    assert_int_equal(ocpp_station_decide_data(two, driver_decisions.data_question, &answer, world->now), OCPP_OK);
    assert_text(world_hears(world, two), "[3,'d',{'status':'Accepted','data':'ok'}]");
    assert_int_equal(ocpp_station_decide_data(two, driver_decisions.data_question, &answer, world->now), OCPP_ERR_NOT_FOUND);
}

/* Data that are no JSON are the application's mistake, not the station's. */
static void an_answer_with_broken_data_is_an_internal_error(void **state)
{
    (void)state;
    driver_decisions.data =
        (struct ocpp_data_transfer_answer){ .result = OCPP_DATA_TRANSFER_ACCEPTED, .kind = OCPP_DATA_JSON, .data = "{" };
    assert_holds(world_says(world, two, vendor_call), "[4,'d','InternalError'");
}

/* Questions about vendors' messages count among a station's requests that wait. */
static void a_station_asks_no_more_than_its_bound(void **state)
{
    char frame[200];
    int refused = 0;

    (void)state;
    driver_decisions.data_later = true;
    for (int i = 0; i < 20; i++) {
        snprintf(frame, sizeof frame, "[2,'d%d','DataTransfer',{'vendorId':'com.example'}]", i);
        refused += strstr(world_says(world, two, frame), "[4,") != NULL;
    }
    assert_true(refused >= 4);
}

int main(void)
{
#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_message_is_set_on_a_display),
        TEST(a_message_that_cannot_be_is_refused),
        TEST(messages_are_listed_and_cleared),
        TEST(a_page_that_comes_again_changes_nothing),
        TEST(the_pages_of_a_report_are_put_together),
        TEST(two_reports_are_not_mixed),
        TEST(a_report_without_end_keeps_no_more_than_its_bound),
        TEST(a_running_cost_is_told_in_every_version),
        TEST(a_running_cost_may_announce_prices_and_ask_for_meter_values),
        TEST(a_final_cost_and_a_price_are_told_by_the_note),
        TEST(a_cost_that_cannot_be_is_refused),
        TEST(the_answer_to_an_event_tells_cost_priority_and_text),
        TEST(a_cost_may_be_decided_later),
        TEST(a_cost_nobody_decides_costs_no_record),
        TEST(an_answer_that_cannot_be_is_none),
        TEST(a_station_that_heeds_the_note_is_told_prices_beside_the_answers),
        TEST(a_pulled_cable_is_heard_in_the_words_of_the_note),
        TEST(the_end_of_a_reservation_is_told),
        TEST(the_end_of_a_reservation_is_told_in_words_of_2_1),
        TEST(the_end_of_a_reservation_may_have_no_word),
        TEST(data_are_sent_in_every_version),
        TEST(data_that_cannot_be_are_not_sent),
        TEST(a_vendor_s_message_is_answered_now_or_later),
        TEST(an_answer_with_broken_data_is_an_internal_error),
        TEST(a_station_asks_no_more_than_its_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
