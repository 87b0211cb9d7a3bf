/* test_central_report_memory.c: reports and their orders when memory runs out, at every allocation there is: nothing breaks or
 * leaks, every order that was taken ends once, and no report is told twice or whole when it is not. */
#include "allocator.h"

#include <ocpp/adapters.h>
#include <ocpp/central_reports.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define BOOT "[2,'1','BootNotification',{'reason':'PowerUp','chargingStation':{'vendorName':'V','model':'M'}}]"
#define PAGE(number, more)                                                                                                       \
    "[2,'2','NotifyReport',{'requestId':5,'generatedAt':'2026-01-01T00:00:00Z','seqNo':" number more                             \
    ",'reportData':[{'component':{'name':'C','instance':'I','evse':{'id':1}},'variable':{'name':'V'},'variableAttribute':[{"     \
    "'value':'1'},{'type':'MaxSet'}],'variableCharacteristics':{'dataType':'integer','supportsMonitoring':true}}]}]"
#define MORE ",'tbc':true"

static const char *const day[] = {
    PAGE("2", ""), /* out of order */
    PAGE("0", MORE),
    PAGE("0", MORE), /* twice */
    PAGE("1", MORE),
    "[2,'3','NotifyMonitoringReport',{'requestId':6,'seqNo':0,'generatedAt':'2026-01-01T00:00:00Z','monitor':[{'component':{'"
    "name':"
    "'C'},'variable':{'name':'V'},'variableMonitoring':[{'id':3,'transaction':false,'value':1,'type':'Delta','severity':9}]}]}]",
    "[2,'4','NotifyCustomerInformation',{'requestId':7,'seqNo':0,'tbc':true,'generatedAt':'2026-01-01T00:00:00Z','data':'one'}]",
    "[2,'4','NotifyCustomerInformation',{'requestId':7,'seqNo':1,'generatedAt':'2026-01-01T00:00:00Z','data':'two'}]",
    "[2,'5','NotifyReport',{'requestId':8,'generatedAt':'2026-01-01T00:00:00Z','seqNo':0,'tbc':true}]", /* never ended */
    "[2,'6','NotifyEvent',{'generatedAt':'2026-01-01T00:00:00Z','seqNo':0,'eventData':[{'eventId':1,'timestamp':"
    "'2026-01-01T00:00:00Z','trigger':'Delta','actualValue':'','eventNotificationType':'CustomMonitor','component':{'name':'C'},"
    "'variable':{'name':'V'}}]}]",
    NULL,
};

static const struct ocpp_now now = { .mono_ms = 1000, .utc_ms = 1767225600000 };

/* What was told of the reports 5 to 8, and of orders. */
static int told[4];
static int open_orders;
static bool takes_pages;

static void on_report(struct ocpp_station *station, const struct ocpp_report *report, void *user)
{
    (void)station;
    (void)user;
    assert_in_range(report->request_id, 5, 8);
    told[report->request_id - 5]++;
    if (report->status != OCPP_OK) {
        return;
    }
    assert_int_not_equal(report->request_id, 8);
    if (report->kind == OCPP_REPORT_VARIABLES) {
        assert_int_equal(report->page_count, 3);
        assert_int_equal(report->variable_count, takes_pages ? 0 : 3);
    } else if (report->kind == OCPP_REPORT_CUSTOMER) {
        assert_string_equal(report->text, takes_pages ? "" : "onetwo");
    } else {
        assert_int_equal(report->monitor_count, takes_pages ? 0 : 1);
    }
}

static bool on_report_page(struct ocpp_station *station, const struct ocpp_report *page, void *user)
{
    (void)station;
    (void)user;
    assert_true(page->status == OCPP_OK || page->status == OCPP_ERR_NOMEM);
    return takes_pages;
}

static void on_event(struct ocpp_station *station, const struct ocpp_station_event *event, void *user)
{
    (void)station;
    (void)user;
    assert_int_equal(event->event_id, 1);
}

static const struct ocpp_report_handler reports = { .on_report = on_report,
                                                    .on_report_page = on_report_page,
                                                    .on_event = on_event };

static void fill(void *bytes, size_t size, void *user)
{
    (void)user;
    memset(bytes, 5, size);
}

static void say(struct ocpp_station *station, const char *line)
{
    char text[1024];
    size_t size;

    assert_true(strlen(line) < sizeof text);
    strcpy(text, line);
    for (char *at = text; *at; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    enum ocpp_status status = ocpp_station_receive(station, text, strlen(text), now);
    assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM);
    while (ocpp_station_next_output(station, &size, now)) {
    }
}

static void on_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    (void)station;
    (void)user;
    assert_true(result->status == OCPP_OK || !result->accepted);
    open_orders--;
}

static const struct ocpp_command_done done = { on_done, NULL };

/* The order that was just given leaves, and is answered with |payload|. */
static void answer(struct ocpp_station *station, enum ocpp_status status, const char *payload)
{
    char frame[1024];
    char id[64];
    size_t size;

    assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM || status == OCPP_ERR_NOT_ACCEPTED);
    if (status != OCPP_OK) {
        return;
    }
    open_orders++;
    const char *text = ocpp_station_next_output(station, &size, now);
    if (text && sscanf(text, "[2,\"%63[^\"]\"", id) == 1) {
        snprintf(frame, sizeof frame, "[3,'%s',%s]", id, payload);
        say(station, frame);
    }
}

static void give_orders(struct ocpp_station *station)
{
    const struct ocpp_setting_address name = { .component = "C", .evse = 1, .variable = "V" };
    const struct ocpp_setting_change changes[] = { { name, "1" }, { { .component = "D", .variable = "V" }, "2" } };
    const struct ocpp_monitor_order monitor = { .name = name, .type = OCPP_MONITOR_DELTA };
    const struct ocpp_report_query query = { .request_id = 5, .criteria = 1, .names = &name, .count = 1 };
    const int64_t id = 1;

    answer(station, ocpp_station_set_settings(station, changes, 2, &done),
           "{'setVariableResult':[{'attributeStatus':'Accepted','component':{'name':'C'},'variable':{'name':'V'}}]}");
    answer(station, ocpp_station_set_monitors(station, &monitor, 1, &done),
           "{'setMonitoringResult':[{'id':1,'status':'Accepted','type':'Delta','severity':8,'component':{'name':'C'},'variable':{"
           "'name':'V'}}]}");
    answer(station, ocpp_station_clear_monitors(station, &id, 1, &done),
           "{'clearMonitoringResult':[{'status':'Accepted','id':1}]}");
    answer(station, ocpp_station_get_transaction_status(station, NULL, &done), "{'messagesInQueue':false}");
    answer(station, ocpp_station_get_report(station, &query, &done), "{'status':'Accepted'}");
}

static void live_a_day(struct ocpp_central *central)
{
    const struct ocpp_station_options options = { .identity = "PILE", .version = OCPP_VERSION_2_0_1 };
    struct ocpp_station *station = NULL;

    if (ocpp_central_connect(central, &options, now, &station) != OCPP_OK) {
        return;
    }
    say(station, BOOT);
    give_orders(station);
    for (const char *const *line = day; *line; line++) {
        say(station, *line);
    }
    ocpp_station_disconnect(station, now);
    assert_int_equal(open_orders, 0);
}

/* Returns how often memory was asked for. */
static size_t live(size_t fail_at)
{
    struct test_allocator memory;
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    const struct ocpp_central_handler handler = { .reports = &reports };
    struct ocpp_storage *storage = ocpp_memory_storage_new(NULL, 0);

    memset(told, 0, sizeof told);
    open_orders = 0;
    test_allocator_start(&memory, fail_at);
    assert_non_null(storage);
    settings.allocator = &memory.allocator;
    settings.random = fill;
    struct ocpp_central *central = ocpp_central_new(&settings, &handler, storage);
    if (central) {
        live_a_day(central);
    }
    ocpp_central_free(central);
    assert_int_equal(memory.blocks, 0);
    ocpp_memory_storage_free(storage);
    for (int i = 0; i < 4; i++) {
        assert_in_range(told[i], 0, 1);
    }
    return memory.calls;
}

static void live_with_every_failure(void)
{
    const size_t calls = live(0);

    assert_true(told[0] && told[1] && told[2] && told[3]);
    for (size_t i = 1; i <= calls; i++) {
        (void)live(i);
    }
}

static void every_allocation_may_fail_while_reports_are_put_together(void **state)
{
    (void)state;
    takes_pages = false;
    live_with_every_failure();
}

static void every_allocation_may_fail_while_pages_are_streamed(void **state)
{
    (void)state;
    takes_pages = true;
    live_with_every_failure();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail_while_reports_are_put_together),
        cmocka_unit_test(every_allocation_may_fail_while_pages_are_streamed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
