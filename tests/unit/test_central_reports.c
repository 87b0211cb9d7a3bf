/* test_central_reports.c: pages put together into reports, events and what else central_reports.h tells. */
#include "report_world.h"

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

static void start(const struct ocpp_report_handler *handler)
{
    world = report_world_new(handler, NULL);
    one = world_connect(world, "PILE-1", OCPP_VERSION_1_6);
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    world_boot(world, one);
    world_boot(world, two);
}

static int set_up(void **state)
{
    (void)state;
    start(&report_handler_whole);
    return 0;
}

static int set_up_pages(void **state)
{
    (void)state;
    start(&report_handler);
    return 0;
}

static int set_up_pages_only(void **state)
{
    (void)state;
    start(&report_handler_pages);
    return 0;
}

static int set_up_deaf(void **state)
{
    (void)state;
    start(NULL);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    world_free(world);
    return 0;
}

/* The report |id| is ordered and accepted. */
static void order(int64_t id)
{
    assert_int_equal(ocpp_station_get_base_report(two, OCPP_REPORT_FULL, id, &report_done), OCPP_OK);
    world_hears(world, two);
    assert_holds(answered(world, two, "{'status':'Accepted'}"), "yes Accepted");
}

/* A page with one variable named after |seq_no|; what the application was told. It is thanked for. */
static const char *page(int id, int seq_no, bool is_last)
{
    char frame[512];

    snprintf(
        frame, sizeof frame,
        "[2,'p','NotifyReport',{'requestId':%d,'generatedAt':'2026-01-01T00:00:0%d.000Z','seqNo':%d%s,'reportData':[{'component':"
        "{'name':'C'},'variable':{'name':'V%d'},'variableAttribute':[{'value':'%d'}]}]}]",
        id, seq_no % 10, seq_no, is_last ? "" : ",'tbc':true", seq_no, seq_no);
    assert_text(world_says(world, two, frame), "[3,'p',{}]");
    return world_told(world);
}

/* B07.FR.03, FR.10 */
static void pages_become_one_report(void **state)
{
    (void)state;
    order(5);
    assert_text(page(5, 0, false), "");
    assert_text(page(5, 1, false), "");
    assert_text(page(5, 2, true), "report variables 5 0 pages 3: C.V0 Actualrw=0; C.V1 Actualrw=1; C.V2 Actualrw=2;\n");
}

static void one_page_is_a_report(void **state)
{
    (void)state;
    order(5);
    assert_text(page(5, 0, true), "report variables 5 0 pages 1: C.V0 Actualrw=0;\n");
}

/* A list that should have an attribute and is tolerated without one says nothing, and nothing is read where it should be. */
static void a_variable_without_attributes_sets_no_limit(void **state)
{
    static const char item[] = "{'component':{'name':'DeviceDataCtrlr'},'variable':{'name':'ItemsPerMessage','instance':"
                               "'GetReport'},'variableAttribute':[%s]}";
    char told[2][256];
    char frame[1280];

    (void)state;
    ocpp_station_set_quirks(two, OCPP_QUIRK_EMPTY_LIST);
    (void)snprintf(told[0], sizeof told[0], item, "{'value':'5'}");
    (void)snprintf(told[1], sizeof told[1], item, "");
    for (int i = 0; i < 2; i++) {
        (void)snprintf(
            frame, sizeof frame,
            "[2,'p','NotifyReport',{'requestId':%d,'generatedAt':'2026-01-01T00:00:00Z','seqNo':0,'reportData':[%s,%s]}]", 5 + i,
            told[i], told[i]);
        assert_text(world_says(world, two, frame), "[3,'p',{}]");
        assert_int_equal(ocpp_station_items_per_message(two, "GetReport"), 5);
    }
}

/* B07.FR.08, FR.11: what is told of a variable, and the defaults where it is not. */
static void a_variable_is_told_with_all_that_is_known_of_it(void **state)
{
    (void)state;
    order(5);
    assert_text(
        world_says(
            world, two,
            "[2,'p','NotifyReport',{'requestId':5,'generatedAt':'2026-01-01T00:00:00Z','seqNo':0,'reportData':[{'component':"
            "{'name':'EVSE','instance':'I','evse':{'id':2,'connectorId':1}},'variable':{'name':'Power','instance':'L1'},"
            "'variableAttribute':[{'type':'Actual','value':'7','mutability':'ReadOnly','persistent':true,'constant':true},"
            "{'type':'MaxSet','value':'11.5'},{'type':'Target','mutability':'WriteOnly'}],'variableCharacteristics':"
            "{'unit':'kW','dataType':'decimal','minLimit':-1.5,'maxLimit':22,'valuesList':'a,b','supportsMonitoring':true}},"
            "{'component':{'name':'C'},'variable':{'name':'V'},'variableAttribute':[{}],'variableCharacteristics':"
            "{'dataType':'string','supportsMonitoring':false}}]}]"),
        "[3,'p',{}]");
    assert_text(
        world_told(world),
        "report variables 5 0 pages 1: EVSE[I]@2.1.Power[L1] Actualrpc=7 MaxSetrw=11.5 Targetw=? (decimal kW from -1.5 to 22 "
        "a,b monitored); C.V Actualrw=? (string - -);\n");
}

static void pages_may_come_in_any_order(void **state)
{
    static const int orders[][4] = { { 3, 2, 1, 0 }, { 1, 0, 3, 2 }, { 0, 2, 3, 1 }, { 2, 3, 0, 1 } };

    (void)state;
    for (int i = 0; i < 4; i++) {
        order(5 + i);
        for (int j = 0; j < 3; j++) {
            assert_text(page(5 + i, orders[i][j], orders[i][j] == 3), "");
        }
        char told[200];
        snprintf(told, sizeof told,
                 "report variables %d 0 pages 4: C.V0 Actualrw=0; C.V1 Actualrw=1; C.V2 Actualrw=2; C.V3 Actualrw=3;\n", 5 + i);
        assert_text(page(5 + i, orders[i][3], orders[i][3] == 3), told);
    }
}

static void a_page_that_is_told_twice_counts_once(void **state)
{
    (void)state;
    order(5);
    assert_text(page(5, 0, false), "");
    assert_text(page(5, 0, false), "");
    assert_text(page(5, 2, true), "");
    assert_text(page(5, 2, true), "");
    assert_text(page(5, 1, false), "report variables 5 0 pages 3: C.V0 Actualrw=0; C.V1 Actualrw=1; C.V2 Actualrw=2;\n");
    assert_text(page(5, 2, true), ""); /* its answer was lost, and it says so again */
    assert_text(page(5, 0, true), "");
}

static void reports_may_be_told_at_the_same_time(void **state)
{
    (void)state;
    order(5);
    order(6);
    assert_text(page(5, 0, false), "");
    assert_text(page(6, 0, false), "");
    assert_text(page(6, 1, true), "report variables 6 0 pages 2: C.V0 Actualrw=0; C.V1 Actualrw=1;\n");
    assert_text(page(5, 1, true), "report variables 5 0 pages 2: C.V0 Actualrw=0; C.V1 Actualrw=1;\n");
}

static void a_page_that_does_not_come_makes_the_report_incomplete(void **state)
{
    (void)state;
    order(5);
    page(5, 0, false);
    world_pass(world, 59999);
    assert_text(world_told(world), "");
    page(5, 2, true);
    assert_int_equal(ocpp_central_deadline(world->central), world->now.mono_ms + 60000);
    world_pass(world, 59999);
    assert_text(world_told(world), "");
    world_pass(world, 1);
    assert_text(world_told(world), "report variables 5 -51 pages 2: C.V0 Actualrw=0; C.V2 Actualrw=2;\n");
    assert_text(page(5, 1, false), ""); /* too late */
    world_pass(world, 200000);
    assert_text(world_told(world), "");
}

static void a_report_that_never_begins_is_told_as_such(void **state)
{
    (void)state;
    order(5);
    world_pass(world, 60000);
    assert_text(world_told(world), "report variables 5 -51 seq 0+ pages 0:\n");
}

/* A station may go on with what it was asked before it lost its connection, or the central system its memory. */
static void a_report_nobody_ordered_here_is_told_as_such(void **state)
{
    (void)state;
    assert_text(page(77, 0, false), "");
    assert_text(page(77, 1, true), "report variables 77 unasked 0 pages 2: C.V0 Actualrw=0; C.V1 Actualrw=1;\n");
    assert_text(page(78, 3, true), "");
    world_pass(world, 60000);
    assert_text(world_told(world), "report variables 78 unasked -51 pages 1: C.V3 Actualrw=3;\n");
}

static void an_order_that_is_refused_or_lost_leads_to_no_report(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_get_base_report(two, OCPP_REPORT_FULL, 5, &report_done), OCPP_OK);
    world_hears(world, two);
    assert_text(answered(world, two, "{'status':'EmptyResultSet'}"), "done 0 no EmptyResultSet id 5\n");
    assert_int_equal(ocpp_station_get_base_report(two, OCPP_REPORT_FULL, 6, &report_done), OCPP_OK);
    world_hears(world, two);
    world_pass(world, 30000);
    assert_text(world_told(world), "done -51 no  id 6\n");
    world_pass(world, 100000);
    assert_text(world_told(world), "");
}

/* Nothing forbids a station to be that quick (part 4, 4.1.1). */
static void pages_may_come_before_the_order_is_answered(void **state)
{
    (void)state;
    assert_int_equal(ocpp_station_get_base_report(two, OCPP_REPORT_FULL, 5, &report_done), OCPP_OK);
    world_hears(world, two);
    char ask[FRAME_SIZE];
    strcpy(ask, world->frame);
    assert_text(page(5, 0, false), "");
    assert_text(page(5, 1, true), "report variables 5 0 pages 2: C.V0 Actualrw=0; C.V1 Actualrw=1;\n");
    strcpy(world->frame, ask);
    assert_text(answered(world, two, "{'status':'Accepted'}"), "done 0 yes Accepted id 5\n");
    world_pass(world, 100000);
    assert_text(world_told(world), "");
}

static void a_disconnect_ends_what_is_open(void **state)
{
    (void)state;
    order(5);
    page(5, 0, false);
    assert_int_equal(ocpp_station_get_base_report(two, OCPP_REPORT_FULL, 6, &report_done), OCPP_OK);
    world_hears(world, two);
    ocpp_station_disconnect(two, world->now);
    assert_text(world_told(world), "done -52 no  id 6\nreport variables 5 -52 seq 0+ pages 1: C.V0 Actualrw=0;\n");
    two = world_connect(world, "PILE-2", OCPP_VERSION_2_0_1);
    assert_text(page(5, 1, true), "");
    world_pass(world, 60000);
    assert_text(world_told(world), "report variables 5 unasked -51 pages 1: C.V1 Actualrw=1;\n");
}

static void the_next_report_can_be_ordered_when_one_is_told(void **state)
{
    (void)state;
    order(5);
    report_wishes.order_again = true;
    assert_holds(page(5, 0, true), "report variables 5");
    assert_int_equal(report_wishes.ordered, OCPP_OK);
    assert_holds(world_hears(world, two), "'requestId':5");
    answered(world, two, "{'status':'Accepted'}");
    assert_text(page(5, 0, true), "report variables 5 0 pages 1: C.V0 Actualrw=0;\n");
}

/* A ~ in |frame| stands for what 2.1 also says of a monitor: who set it. */
static void say_monitors(const char *frame)
{
    const char *origin = ocpp_station_version(two) == OCPP_VERSION_2_0_1 ? "" : ",'eventNotificationType':'CustomMonitor'";
    char text[2000] = "";
    size_t used = 0;

    for (; *frame; frame++) {
        used += (size_t)snprintf(text + used, sizeof text - used, *frame == '~' ? "%s" : "%.1s", *frame == '~' ? origin : frame);
        assert_true(used < sizeof text);
    }
    world_says(world, two, text);
}

/* N02.FR.03 */
static void monitors_are_reported_one_by_one(void **state)
{
    const struct ocpp_report_query query = { .request_id = 9 };

    (void)state;
    assert_int_equal(ocpp_station_get_monitoring_report(two, &query, &report_done), OCPP_OK);
    world_hears(world, two);
    answered(world, two, "{'status':'Accepted'}");
    say_monitors(
        "[2,'p','NotifyMonitoringReport',{'requestId':9,'seqNo':0,'tbc':true,'generatedAt':'2026-01-01T00:00:00Z','monitor':[{"
        "'component':{'name':'EVSE','evse':{'id':1}},'variable':{'name':'Power'},'variableMonitoring':[{'id':1,'transaction':"
        "true,'value':22.5,'type':'UpperThreshold','severity':3~},{'id':2,'transaction':false,'value':-1,'type':"
        "'LowerThreshold','severity':12~}]}]}]");
    say_monitors("[2,'p','NotifyMonitoringReport',{'requestId':9,'seqNo':1,'tbc':true,'generatedAt':'2026-01-01T00:00:00Z'}]");
    say_monitors(
        "[2,'p','NotifyMonitoringReport',{'requestId':9,'seqNo':2,'generatedAt':'2026-01-01T00:00:00Z','monitor':[{"
        "'component':{'name':'C'},'variable':{'name':'V'},'variableMonitoring':[{'id':3,'transaction':false,'value':1,'type':"
        "'Delta','severity':9~},{'id':4,'transaction':false,'value':60,'type':'Periodic','severity':0~"
        "},{'id':5,'transaction':"
        "false,'value':900,'type':'PeriodicClockAligned','severity':5~}]}]}]");
    assert_text(
        world_told(world),
        "report monitors 9 0 pages 3: EVSE@1.0.Power #1 upper 22.5 severity 3 charging; EVSE@1.0.Power #2 lower -1 severity "
        "9; C.V #3 delta 1 severity 9; C.V #4 periodic 60 severity 0; C.V #5 aligned 900 severity 5;\n");
}

static const char *customer_page(int seq_no, bool is_last, const char *data)
{
    char frame[1200];

    snprintf(frame, sizeof frame,
             "[2,'p','NotifyCustomerInformation',{'requestId':9,'seqNo':%d%s,'generatedAt':'2026-01-01T00:00:00Z','data':'%s'}]",
             seq_no, is_last ? "" : ",'tbc':true", data);
    assert_text(world_says(world, two, frame), "[3,'p',{}]");
    return world_told(world);
}

/* N09.FR.05, FR.06 */
static void what_is_known_of_a_customer_is_one_text(void **state)
{
    const struct ocpp_customer_order customer = { .request_id = 9, .report = true, .identifier = "I" };

    (void)state;
    for (int round = 0; round < 2; round++) {
        assert_int_equal(ocpp_station_customer_information(two, &customer, &report_done), OCPP_OK);
        world_hears(world, two);
        answered(world, two, "{'status':'Accepted'}");
        if (round == 0) {
            assert_text(customer_page(1, false, "two, "), "");
            assert_text(customer_page(0, false, "one, "), "");
            assert_text(customer_page(2, true, "three"), "report customer 9 0 pages 3: <one, two, three>\n");
        } else {
            assert_text(customer_page(0, true, ""), "report customer 9 0 pages 1: <>\n");
        }
    }
}

/* Kinds of reports count by themselves. */
static void reports_of_two_kinds_may_have_one_number(void **state)
{
    const struct ocpp_customer_order customer = { .request_id = 9, .report = true, .identifier = "I" };

    (void)state;
    order(9);
    assert_int_equal(ocpp_station_get_base_report(two, OCPP_REPORT_FULL, 9, &report_done), OCPP_ERR_BUSY);
    assert_int_equal(ocpp_station_customer_information(two, &customer, &report_done), OCPP_OK);
    world_hears(world, two);
    answered(world, two, "{'status':'Accepted'}");
    assert_text(page(9, 0, false), "");
    assert_text(customer_page(0, true, "x"), "report customer 9 0 pages 1: <x>\n");
    assert_text(page(9, 1, true), "report variables 9 0 pages 2: C.V0 Actualrw=0; C.V1 Actualrw=1;\n");
}

/* 1.6 edition 2, 5.8 */
static void the_configuration_of_one_dot_six_is_a_report_of_one_page(void **state)
{
    char told[300];

    (void)state;
    assert_int_equal(ocpp_station_get_base_report(one, OCPP_REPORT_CONFIGURATION, 0, &report_done), OCPP_OK);
    assert_holds(world_hears(world, one), "'GetConfiguration',{}]");
    const char *heard = answered(world, one,
                                 "{'configurationKey':[{'key':'HeartbeatInterval','readonly':false,'value':'300'},{'key':"
                                 "'NumberOfConnectors','readonly':true,'value':'2'},{'key':'AuthorizationKey','readonly':false}],"
                                 "'unknownKey':['X']}");
    assert_holds(heard, "done 0 yes  id ");
    assert_holds(
        heard,
        "; HeartbeatInterval Accepted 300; NumberOfConnectors Accepted 2; AuthorizationKey Accepted; X UnknownKey unknown\n");
    snprintf(told, sizeof told,
             " 0 pages 1: HeartbeatInterval Actualrw=300; NumberOfConnectors Actualr=2; AuthorizationKey Actualw=?;\n");
    assert_holds(heard, told);
}

/* --- page by page ----------------------------------------------------------------------------------------------------------- */

static void pages_can_be_looked_at_and_kept(void **state)
{
    (void)state;
    order(5);
    assert_text(page(5, 1, false), "page variables 5 0 seq 1+ pages 1: C.V1 Actualrw=1;\n");
    assert_text(page(5, 1, false), "");
    assert_text(page(5, 0, false), "page variables 5 0 seq 0+ pages 1: C.V0 Actualrw=0;\n");
    assert_text(page(5, 2, true), "page variables 5 0 seq 2 pages 1: C.V2 Actualrw=2;\n"
                                  "report variables 5 0 pages 3: C.V0 Actualrw=0; C.V1 Actualrw=1; C.V2 Actualrw=2;\n");
}

static void pages_can_be_taken_and_the_end_is_still_told(void **state)
{
    (void)state;
    order(5);
    report_wishes.take_pages = true;
    assert_holds(page(5, 2, true), "page variables 5 0 seq 2 pages 1:");
    assert_holds(page(5, 0, false), "page variables 5 0 seq 0+");
    assert_text(page(5, 2, true), "");
    assert_text(page(5, 1, false), "page variables 5 0 seq 1+ pages 1: C.V1 Actualrw=1;\nreport variables 5 0 pages 3:\n");
}

static void pages_can_be_heard_alone(void **state)
{
    (void)state;
    order(5);
    assert_holds(page(5, 0, false), "page variables 5 0 seq 0+");
    assert_text(page(5, 1, true), "page variables 5 0 seq 1 pages 1: C.V1 Actualrw=1;\n");
    assert_text(page(5, 1, true), "");
}

static void who_hears_of_no_reports_gets_them_like_any_request(void **state)
{
    (void)state;
    order(5);
    assert_text(page(5, 0, true), "PILE-2 calls NotifyReport\n");
    customer_page(0, true, "x");
    world_says(world, two,
               "[2,'e','NotifyEvent',{'generatedAt':'2026-01-01T00:00:00Z','seqNo':0,'eventData':[{'eventId':1,'timestamp':"
               "'2026-01-01T00:00:00Z','trigger':'Delta','actualValue':'','eventNotificationType':'CustomMonitor','component':"
               "{'name':'C'},'variable':{'name':'V'}}]}]");
    world_says(world, two, "[2,'p','PublishFirmwareStatusNotification',{'status':'Idle'}]");
    assert_text(world_told(world), "PILE-2 calls NotifyEvent\nPILE-2 calls PublishFirmwareStatusNotification\n");
    assert_int_equal(ocpp_station_get_base_report(one, OCPP_REPORT_FULL, 0, &report_done), OCPP_OK);
    world_hears(world, one);
    assert_holds(answered(world, one, "{'configurationKey':[{'key':'K','readonly':false}]}"), "; K Accepted");
}

/* --- events, and firmware that is shared --------------------------------------------------------------------------------------
 */

/* N07.FR.02, FR.05, FR.06; N08.FR.05 */
static void each_event_of_a_message_is_told(void **state)
{
    (void)state;
    assert_text(
        world_says(
            world, two,
            "[2,'e','NotifyEvent',{'generatedAt':'2026-01-01T00:00:00Z','seqNo':0,'tbc':true,'eventData':[{'eventId':1,"
            "'timestamp':'2026-01-01T00:00:00Z','trigger':'Alerting','actualValue':'95.5','eventNotificationType':"
            "'CustomMonitor','component':{'name':'EVSE','evse':{'id':1,'connectorId':2}},'variable':{'name':'Temperature'},"
            "'variableMonitoringId':7,'cause':3,'cleared':true,'transactionId':'T1','techCode':'E1','techInfo':'hot'},"
            "{'eventId':2,'timestamp':'2026-01-01T00:00:00Z','trigger':'Periodic','actualValue':'','eventNotificationType':"
            "'PreconfiguredMonitor','component':{'name':'C'},'variable':{'name':'V'}}]}]"),
        "[3,'e',{}]");
    assert_text(world_told(world),
                "event 1 alerting custom EVSE@1.2.Temperature=<95.5> monitor 7 cause 3 cleared T1 E1 hot seq 0+\n"
                "event 2 periodic preconfigured C.V=<> - - - seq 0+\n");
    world_says(
        world, two,
        "[2,'e','NotifyEvent',{'generatedAt':'2026-01-01T00:00:00Z','seqNo':1,'eventData':[{'eventId':3,'timestamp':"
        "'2026-01-01T00:00:00Z','trigger':'Delta','actualValue':'1','eventNotificationType':'HardWiredMonitor','component':"
        "{'name':'C'},'variable':{'name':'V'}},{'eventId':4,'timestamp':'2026-01-01T00:00:00Z','trigger':'Delta',"
        "'actualValue':'1','eventNotificationType':'HardWiredNotification','component':{'name':'C'},'variable':{'name':'V'}}]}]");
    assert_text(world_told(world),
                "event 3 delta hard-wired C.V=<1> - - - seq 1+\nevent 4 delta notification C.V=<1> - - - seq 1\n");
}

/* 2.1 N02, N07: what it added to monitors and events is told, too. */
static void what_2_1_added_to_monitors_and_events_is_told(void **state)
{
    (void)state;
    if (ocpp_station_version(two) == OCPP_VERSION_2_0_1) { /* told in 2.1 only (central_world) */
        return;
    }
    world_says(
        world, two,
        "[2,'p','NotifyMonitoringReport',{'requestId':9,'seqNo':0,'generatedAt':'2026-01-01T00:00:00Z','monitor':[{'component':"
        "{'name':'C'},'variable':{'name':'V'},'variableMonitoring':[{'id':3,'transaction':false,'value':1,'type':'TargetDelta',"
        "'severity':9,'eventNotificationType':'CustomMonitor'},{'id':4,'transaction':false,'value':0.1,'type':"
        "'TargetDeltaRelative','severity':8,'eventNotificationType':'CustomMonitor'}]}]}]");
    assert_text(world_told(world),
                "report monitors 9 unasked 0 pages 1: C.V #3 target 1 severity 9; C.V #4 relative 0.1 severity 8;\n");
    world_says(
        world, two,
        "[2,'e','NotifyEvent',{'generatedAt':'2026-01-01T00:00:00Z','seqNo':0,'eventData':[{'eventId':3,'timestamp':"
        "'2026-01-01T00:00:00Z','trigger':'Delta','actualValue':'1','eventNotificationType':'CustomMonitor','component':"
        "{'name':'C'},'variable':{'name':'V'}},{'eventId':4,'timestamp':'2026-01-01T00:00:00Z','trigger':'Delta',"
        "'actualValue':'1','eventNotificationType':'CustomMonitor','severity':2,'component':{'name':'C'},'variable':{'name':"
        "'V'}}]}]");
    assert_text(world_told(world),
                "event 3 delta custom C.V=<1> - - - seq 0+\nevent 4 delta custom C.V=<1> severity 2 - - - seq 0\n");
}
/* L03.FR.01 */
static void how_far_publishing_has_come_is_told_with_its_locations(void **state)
{
    (void)state;
    assert_text(world_says(world, two, "[2,'p','PublishFirmwareStatusNotification',{'status':'Downloading','requestId':4}]"),
                "[3,'p',{}]");
    world_says(
        world, two,
        "[2,'p','PublishFirmwareStatusNotification',{'status':'Published','location':['http://a/f','ftp://a/f'],'requestId':4}]");
    world_says(world, two, "[2,'p','PublishFirmwareStatusNotification',{'status':'Idle'}]");
    assert_text(world_told(world), "published Downloading 4\npublished Published 4 http://a/f ftp://a/f\npublished Idle -1\n");
}

/* --- looking up --------------------------------------------------------------------------------------------------------------
 */

static void a_variable_is_found_in_a_report_whatever_its_case(void **state)
{
    const struct ocpp_reported_variable variables[] = {
        { .name = { .component = "EVSE", .evse = 1, .variable = "Power" } },
        { .name = { .component = "EVSE", .evse = 2, .variable = "Power" } },
        { .name = { .component = "DeviceDataCtrlr", .variable = "ItemsPerMessage", .variable_instance = "GetVariables" } },
        { .name = { .key = "HeartbeatInterval" } },
    };
    const struct ocpp_report report = { .variables = variables, .variable_count = 4 };
    struct ocpp_setting_address name = { .component = "evse", .evse = 2, .variable = "POWER" };

    (void)state;
    assert_ptr_equal(ocpp_report_find(&report, &name), &variables[1]);
    name.connector = 1;
    assert_null(ocpp_report_find(&report, &name));
    assert_true(ocpp_items_per_message("getvariables", &name));
    assert_ptr_equal(ocpp_report_find(&report, &name), &variables[2]);
    name.variable_instance = NULL;
    assert_null(ocpp_report_find(&report, &name));
    name = (struct ocpp_setting_address){ .key = "heartbeatinterval" };
    assert_ptr_equal(ocpp_report_find(&report, &name), &variables[3]);
}

int main(void)
{
#define WHOLE(test)      cmocka_unit_test_setup_teardown(test, set_up, tear_down)
#define PAGES(test)      cmocka_unit_test_setup_teardown(test, set_up_pages, tear_down)
#define PAGES_ONLY(test) cmocka_unit_test_setup_teardown(test, set_up_pages_only, tear_down)
#define DEAF(test)       cmocka_unit_test_setup_teardown(test, set_up_deaf, tear_down)
    const struct CMUnitTest tests[] = {
        WHOLE(pages_become_one_report),
        WHOLE(one_page_is_a_report),
        PAGES(a_variable_without_attributes_sets_no_limit),
        WHOLE(a_variable_is_told_with_all_that_is_known_of_it),
        WHOLE(pages_may_come_in_any_order),
        WHOLE(a_page_that_is_told_twice_counts_once),
        WHOLE(reports_may_be_told_at_the_same_time),
        WHOLE(a_page_that_does_not_come_makes_the_report_incomplete),
        WHOLE(a_report_that_never_begins_is_told_as_such),
        WHOLE(a_report_nobody_ordered_here_is_told_as_such),
        WHOLE(an_order_that_is_refused_or_lost_leads_to_no_report),
        WHOLE(pages_may_come_before_the_order_is_answered),
        WHOLE(a_disconnect_ends_what_is_open),
        WHOLE(the_next_report_can_be_ordered_when_one_is_told),
        WHOLE(monitors_are_reported_one_by_one),
        WHOLE(what_is_known_of_a_customer_is_one_text),
        WHOLE(reports_of_two_kinds_may_have_one_number),
        WHOLE(the_configuration_of_one_dot_six_is_a_report_of_one_page),
        PAGES(pages_can_be_looked_at_and_kept),
        PAGES(pages_can_be_taken_and_the_end_is_still_told),
        PAGES_ONLY(pages_can_be_heard_alone),
        DEAF(who_hears_of_no_reports_gets_them_like_any_request),
        WHOLE(each_event_of_a_message_is_told),
        WHOLE(what_2_1_added_to_monitors_and_events_is_told),
        WHOLE(how_far_publishing_has_come_is_told_with_its_locations),
        cmocka_unit_test(a_variable_is_found_in_a_report_whatever_its_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
