/* The central system when memory runs out, at every allocation there is, and when there is nothing to allocate. */
#include "allocator.h"

#include <ocpp/adapters.h>
#include <ocpp/central_transactions.h>
#include <ocpp/central_drivers.h>
#include <ocpp/central_lists.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const day_16[] = {
    "[2,'1','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]",
    "[2,'2','Authorize',{'idTag':'TAG'}]",
    "[2,'3','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':1000,'timestamp':'2026-01-01T00:00:00Z'}]",
    "[2,'4','MeterValues',{'connectorId':1,'transactionId':1,'meterValue':[{'timestamp':'2026-01-01T00:01:00Z','sampledValue':[{'"
    "value':'1.5','unit':'kWh'}]}]}]",
    "[2,'5','StopTransaction',{'transactionId':1,'meterStop':2000,'timestamp':'2026-01-01T00:02:00Z','idTag':'TAG'}]",
    NULL,
};

static const char *const day_201[] = {
    "[2,'1','BootNotification',{'reason':'PowerUp','chargingStation':{'vendorName':'V','model':'M'}}]",
    "[2,'2','TransactionEvent',{'eventType':'Started','timestamp':'2026-01-01T00:01:00Z','triggerReason':'Authorized','seqNo':0,'"
    "transactionInfo':{'transactionId':'T1'},"
    "'evse':{'id':1},'idToken':{'idToken':'TAG','type':'ISO14443'},'meterValue':[{'timestamp':'2026-01-01T00:01:00Z','"
    "sampledValue':[{'value':1000}]}]}]",
    "[2,'3','TransactionEvent',{'eventType':'Ended','timestamp':'2026-01-01T00:02:00Z','triggerReason':'StopAuthorized','seqNo':"
    "1,'transactionInfo':{'transactionId':'T1'}}]",
    NULL,
};

/* What is told of displays and vendors, with a report that is interrupted and one that stays open. */
static const char *const talk_201[] = {
    "[2,'1','BootNotification',{'reason':'PowerUp','chargingStation':{'vendorName':'V','model':'M'}}]",
    "[2,'2','NotifyDisplayMessages',{'requestId':1,'tbc':true,'messageInfo':[{'id':1,'priority':'InFront','transactionId':'T1',"
    "'display':{'name':'Display','instance':'I'},'message':{'format':'UTF8','language':'en','content':'Hello'}}]}]",
    "[2,'3','NotifyDisplayMessages',{'requestId':2,'messageInfo':[{'id':1,'priority':'InFront','message':{'format':'UTF8',"
    "'content':'Hello'}}]}]",
    "[2,'4','NotifyDisplayMessages',{'requestId':3,'tbc':true,'messageInfo':[{'id':1,'priority':'InFront','message':{'format':"
    "'UTF8','content':'Hello'}}]}]",
    "[2,'5','DataTransfer',{'vendorId':'com.example','data':{'a':1}}]",
    NULL,
};

static const char *const talk_16[] = {
    "[2,'1','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]",
    "[2,'2','DataTransfer',{'vendorId':'com.example','data':'a'}]",
    "[2,'3','DataTransfer',{'vendorId':'org.openchargealliance.costmsg','messageId':'ConnectorUnplugged','data':"
    "'{\\u0022transactionId\\u0022:1,\\u0022timestamp\\u0022:\\u00222026-01-01T00:00:00Z\\u0022}'}]",
    NULL,
};

static void fill(void *bytes, size_t size, void *user)
{
    (void)user;
    memset(bytes, 5, size);
}

static bool on_authorize(struct ocpp_station *station, const struct ocpp_authorize_request *request,
                         struct ocpp_question question, struct ocpp_authorize_decision *decision, void *user)
{
    (void)station;
    (void)request;
    (void)question;
    (void)user;
    decision->authorization = OCPP_AUTHORIZATION_ACCEPTED;
    decision->group_id = "GROUP";
    decision->message = "0.35 a kWh";
    return true;
}

static void on_messages(struct ocpp_station *station, const struct ocpp_message_report *report, void *user)
{
    (void)station;
    (void)user;
    assert_true(report->count <= 1);
}

static bool on_cost(struct ocpp_station *station, const struct ocpp_transaction_event *event, struct ocpp_question question,
                    struct ocpp_driver_answer *answer, void *user)
{
    (void)station;
    (void)event;
    (void)question;
    (void)user;
    *answer = (struct ocpp_driver_answer){ .has_total_cost = true, .text = { .language = "en", .text = "Bye" } };
    return true;
}

static bool on_data(struct ocpp_station *station, const struct ocpp_data_transfer *data, struct ocpp_question question,
                    struct ocpp_data_transfer_answer *answer, void *user)
{
    (void)station;
    (void)data;
    (void)question;
    (void)user;
    *answer = (struct ocpp_data_transfer_answer){ .result = OCPP_DATA_TRANSFER_ACCEPTED, .kind = OCPP_DATA_TEXT, .data = "b" };
    return true;
}

static bool uses_pricing_note(struct ocpp_station *station, void *user)
{
    (void)station;
    (void)user;
    return true;
}

static void on_unplugged(struct ocpp_station *station, const char *transaction_id, int64_t timestamp_utc_ms, void *user)
{
    (void)station;
    (void)timestamp_utc_ms;
    (void)user;
    assert_string_equal(transaction_id, "1");
}

static const struct ocpp_driver_handler drivers = { .on_messages = on_messages,
                                                    .on_cost = on_cost,
                                                    .on_data = on_data,
                                                    .uses_pricing_note = uses_pricing_note,
                                                    .on_unplugged = on_unplugged };

static const struct ocpp_now now = { .mono_ms = 1000, .utc_ms = 1767225600000 };

static void send(struct ocpp_station *station, const char *line)
{
    char text[1024];

    assert_true(strlen(line) < sizeof text);
    strcpy(text, line);
    for (char *at = text; *at; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    enum ocpp_status status = ocpp_station_receive(station, text, strlen(text), now);
    assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM);
}

/* The station answers the calls that wait, its list being at |version|, and takes what it is sent. */
static void answer_calls(struct ocpp_station *station, int version)
{
    const char *text;
    size_t size;

    while ((text = ocpp_station_next_output(station, &size, now))) {
        char answer[160];
        char id[64];
        const bool asks = strstr(text, "GetLocalListVersion") != NULL;
        if (sscanf(text, "[2,\"%63[^\"]\"", id) != 1) {
            continue;
        }
        const char *name = ocpp_station_version(station) == OCPP_VERSION_1_6 ? "listVersion" : "versionNumber";
        snprintf(answer, sizeof answer, asks ? "[3,'%s',{'%s':%d}]" : "[3,'%s',{'status':'Accepted'}]", id, name, version++);
        send(station, answer);
    }
}

static void say(struct ocpp_station *station, const char *line)
{
    send(station, line);
    answer_calls(station, 0);
}

/* Each order of central_drivers.h, as far as the version has it. */
static void tell_driver(struct ocpp_station *station)
{
    const struct ocpp_price_text texts[] = { { OCPP_MESSAGE_UTF8, "", "1" }, { OCPP_MESSAGE_UTF8, "de", "2" } };
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_CENTRAL };
    const struct ocpp_data_transfer data = { "com.example", NULL, OCPP_DATA_TEXT, "a" };
    const struct ocpp_running_cost running = { .transaction_id = "1", .has_next = true, .triggers = { .statuses = 2 } };
    const struct ocpp_final_cost final = { .transaction_id = "1", .texts = texts, .text_count = 2, .qr_code = "Q" };
    const struct ocpp_station_message message = { .id = 1, .text = texts[0], .names_display = true, .display_evse = 1 };
    const struct ocpp_message_criteria criteria = { .has_state = true };
    const enum ocpp_status told[] = {
        ocpp_station_send_data(station, &data, NULL),        ocpp_station_tell_cost(station, &running, NULL),
        ocpp_station_tell_final_cost(station, &final, NULL), ocpp_station_tell_price(station, &token, texts, 2, NULL),
        ocpp_station_set_message(station, &message, NULL),   ocpp_station_get_messages(station, 1, &criteria, NULL),
        ocpp_station_clear_message(station, 1, NULL),
    };

    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        assert_true(told[i] == OCPP_OK || told[i] == OCPP_ERR_NOMEM || told[i] == OCPP_ERR_UNSUPPORTED_ACTION);
    }
}

static void on_list(struct ocpp_station *station, const struct ocpp_list_result *result, void *user)
{
    size_t *updated = user;

    (void)station;
    assert_true(result->outcome == OCPP_LIST_UPDATED || result->outcome == OCPP_LIST_FAILED);
    *updated += result->outcome == OCPP_LIST_UPDATED;
}

/* How many lists reached their stations. */
static size_t lists_updated;

/* A list in two pages, and then what leads from it to another. */
static void keep_list(struct ocpp_station *station)
{
    const struct ocpp_list_entry entries[] = {
        { .token = { "A", OCPP_TOKEN_CENTRAL },
          .authorization = OCPP_AUTHORIZATION_ACCEPTED,
          .expires_utc_ms = OCPP_UTC_UNKNOWN },
        { .token = { "B", OCPP_TOKEN_CENTRAL },
          .authorization = OCPP_AUTHORIZATION_ACCEPTED,
          .expires_utc_ms = OCPP_UTC_UNKNOWN },
    };
    const struct ocpp_list_order orders[] = {
        { .entries = entries, .count = 2, .page_entries = 1 },
        { .entries = entries, .count = 1, .before = entries, .before_count = 2 },
    };

    const struct ocpp_list_done done = { on_list, &lists_updated };

    for (size_t i = 0; i < 2; i++) {
        const enum ocpp_status status = ocpp_station_sync_list(station, &orders[i], &done);
        assert_true(status == OCPP_OK || status == OCPP_ERR_NOMEM || status == OCPP_ERR_BUSY);
        answer_calls(station, i == 0 ? 1 : 3);
    }
}

static void live_a_day(struct ocpp_central *central, enum ocpp_version version, const char *const *day)
{
    const struct ocpp_station_options options = {
        .identity = "PILE", .version = version, .security_profile = OCPP_SECURITY_TLS, .serial_number = "S"
    };
    const struct ocpp_limit_period period = { .limit = { 6, 0 } };
    const struct ocpp_limit_order limit = { .id = 1,
                                            .purpose = OCPP_LIMIT_OF_TRANSACTION,
                                            .kind = OCPP_LIMIT_RELATIVE,
                                            .valid_from_utc_ms = OCPP_UTC_UNKNOWN,
                                            .valid_to_utc_ms = OCPP_UTC_UNKNOWN,
                                            .start_utc_ms = OCPP_UTC_UNKNOWN,
                                            .unit = OCPP_RATE_CURRENT,
                                            .periods = &period,
                                            .period_count = 1 };
    const struct ocpp_start_order order = { .evse = 1, .token = { "LATER", OCPP_TOKEN_CENTRAL }, .limit = &limit };
    struct ocpp_station *station = NULL;

    if (ocpp_central_connect(central, &options, now, &station) != OCPP_OK) {
        assert_null(station);
        return;
    }
    for (; *day; day++) {
        say(station, *day);
    }
    enum ocpp_status ordered = ocpp_station_start_with(station, &order, NULL);
    if (version == OCPP_VERSION_1_6) {
        say(station,
            "[2,'6','StartTransaction',{'connectorId':1,'idTag':'LATER','meterStart':2000,'timestamp':'2026-01-01T00:03:00Z'}]");
        say(station,
            "[2,'7','StartTransaction',{'connectorId':1,'idTag':'OTHER','meterStart':2000,'timestamp':'2026-01-01T00:04:00Z'}]");
    }
    assert_true(ordered == OCPP_OK || ordered == OCPP_ERR_NOMEM ||
                ocpp_station_registration(station) != OCPP_REGISTRATION_ACCEPTED);
    tell_driver(station);
    answer_calls(station, 0);
    keep_list(station);
    ocpp_station_disconnect(station, now);
}

/* Returns how often memory was asked for. */
static size_t live(size_t fail_at, enum ocpp_version version, const char *const *day)
{
    struct test_allocator memory;
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    const struct ocpp_central_handler handler = { .on_authorize = on_authorize, .drivers = &drivers };
    struct ocpp_storage *storage = ocpp_memory_storage_new(NULL, 0);

    test_allocator_start(&memory, fail_at);
    assert_non_null(storage);
    settings.allocator = &memory.allocator;
    settings.random = fill;
    struct ocpp_central *central = ocpp_central_new(&settings, &handler, storage);
    if (central) {
        live_a_day(central, version, day);
    }
    ocpp_central_free(central);
    assert_int_equal(memory.blocks, 0);
    ocpp_memory_storage_free(storage);
    return memory.calls;
}

static void every_allocation_may_fail_and_nothing_breaks_or_leaks(void **state)
{
    static const struct {
        enum ocpp_version version;
        const char *const *day;
    } rounds[] = {
        { OCPP_VERSION_1_6, day_16 },     { OCPP_VERSION_2_0_1, day_201 }, { OCPP_VERSION_1_6, talk_16 },
        { OCPP_VERSION_2_0_1, talk_201 }, { OCPP_VERSION_2_1, day_201 },   { OCPP_VERSION_2_1, talk_201 },
    };

    (void)state;
    for (size_t round = 0; round < sizeof rounds / sizeof rounds[0]; round++) {
        lists_updated = 0;
        const size_t calls = live(0, rounds[round].version, rounds[round].day);
        assert_true(calls > 5);
        assert_int_equal(lists_updated, 2);
        for (size_t i = 1; i <= calls; i++) {
            (void)live(i, rounds[round].version, rounds[round].day);
        }
    }
}

static void a_steady_state_allocates_nothing(void **state)
{
    struct test_allocator memory;
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    const struct ocpp_central_handler handler = { .on_authorize = on_authorize };
    const struct ocpp_station_options options = { .identity = "PILE", .version = OCPP_VERSION_1_6 };
    struct ocpp_storage *storage = ocpp_memory_storage_new(NULL, 0);
    struct ocpp_station *station = NULL;
    size_t calls = 0;

    (void)state;
    test_allocator_start(&memory, 0);
    settings.allocator = &memory.allocator;
    settings.random = fill;
    struct ocpp_central *central = ocpp_central_new(&settings, &handler, storage);
    assert_non_null(central);
    assert_int_equal(ocpp_central_connect(central, &options, now, &station), OCPP_OK);
    for (int round = 0; round < 10; round++) {
        calls = round == 2 ? memory.calls : calls;
        for (const char *const *line = day_16; *line; line++) {
            say(station, *line);
        }
    }
    assert_int_equal(memory.calls, calls);
    ocpp_station_disconnect(station, now);
    ocpp_central_free(central);
    ocpp_memory_storage_free(storage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_allocation_may_fail_and_nothing_breaks_or_leaks),
        cmocka_unit_test(a_steady_state_allocates_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
