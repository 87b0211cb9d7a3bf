/* The central system when memory runs out, at every allocation there is, and when there is nothing to allocate. */
#include "allocator.h"

#include <ocpp/adapters.h>

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
    return true;
}

static const struct ocpp_now now = { .mono_ms = 1000, .utc_ms = 1767225600000 };

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

static void live_a_day(struct ocpp_central *central, enum ocpp_version version, const char *const *day)
{
    const struct ocpp_station_options options = { .identity = "PILE", .version = version };
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_CENTRAL };
    struct ocpp_station *station = NULL;

    if (ocpp_central_connect(central, &options, now, &station) != OCPP_OK) {
        assert_null(station);
        return;
    }
    for (; *day; day++) {
        say(station, *day);
    }
    enum ocpp_status ordered = ocpp_station_start(station, 1, &token, NULL);
    assert_true(ordered == OCPP_OK || ordered == OCPP_ERR_NOMEM ||
                ocpp_station_registration(station) != OCPP_REGISTRATION_ACCEPTED);
    ocpp_station_disconnect(station, now);
}

/* Returns how often memory was asked for. */
static size_t live(size_t fail_at, enum ocpp_version version, const char *const *day)
{
    struct test_allocator memory;
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    const struct ocpp_central_handler handler = { .on_authorize = on_authorize };
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
    (void)state;
    for (int version = OCPP_VERSION_1_6; version < OCPP_VERSION_COUNT; version++) {
        const char *const *day = version == OCPP_VERSION_1_6 ? day_16 : day_201;
        size_t calls = live(0, (enum ocpp_version)version, day);
        assert_true(calls > 5);
        for (size_t i = 1; i <= calls; i++) {
            (void)live(i, (enum ocpp_version)version, day);
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
