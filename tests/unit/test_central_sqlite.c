/* test_central_sqlite.c: a central system over a database that gathers writes: what is answered when, a full disk, and the power
 * going at any moment of a day. */
#include "power_vfs.h"
#include "scratch.h"

#include <ocpp/adapters.h>
#include <ocpp/central_transactions.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define assert_holds(text, part) assert_non_null(strstr(text, part))

enum { TEXT = 1024 };

/* A central system on a file, and the two stations it has. */
struct server {
    struct ocpp_storage *storage;
    struct ocpp_central *central;
    struct ocpp_station *one; /* 1.6 */
    struct ocpp_station *two; /* 2.0.1 */
    int started;
    int ended;
};

static char folder[64];
static char path[96];
static const struct ocpp_now now = { .mono_ms = 1000, .utc_ms = 1767225600000 + 3600000 };

static int set_up(void **state)
{
    (void)state;
    scratch_make(folder, sizeof folder);
    snprintf(path, sizeof path, "%s/csms.db", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    power_vfs_forget();
    scratch_remove(folder);
    return 0;
}

static void fill(void *bytes, size_t size, void *user)
{
    (void)user;
    memset(bytes, 7, size);
}

static bool on_authorize(struct ocpp_station *station, const struct ocpp_authorize_request *request,
                         struct ocpp_question question, struct ocpp_authorize_decision *decision, void *user)
{
    (void)station;
    (void)request;
    (void)question;
    (void)user;
    decision->authorization = OCPP_AUTHORIZATION_ACCEPTED;
    return true;
}

static void on_transaction(struct ocpp_station *station, const struct ocpp_transaction_event *event, void *user)
{
    struct server *server = user;

    (void)station;
    server->started += event->phase == OCPP_TRANSACTION_STARTED;
    server->ended += event->phase == OCPP_TRANSACTION_ENDED;
}

static struct ocpp_station *connect_one(struct server *server, const char *identity, enum ocpp_version version)
{
    const struct ocpp_station_options options = { .identity = identity, .version = version };
    struct ocpp_station *station = NULL;

    assert_int_equal(ocpp_central_connect(server->central, &options, now, &station), OCPP_OK);
    return station;
}

static void serve(struct server *server, const char *file, uint64_t max_bytes)
{
    struct ocpp_sqlite_storage_settings storage = ocpp_sqlite_storage_settings_default();
    struct ocpp_central_settings settings = ocpp_central_settings_default();
    const struct ocpp_central_handler handler = { .on_authorize = on_authorize,
                                                  .on_transaction = on_transaction,
                                                  .user = server };
    char reason[256] = "";

    memset(server, 0, sizeof *server);
    storage.group = true;
    storage.max_bytes = max_bytes;
    if (ocpp_sqlite_storage_open(file, &storage, &server->storage, reason, sizeof reason) != OCPP_OK) {
        fail_msg("%s", reason);
    }
    settings.random = fill;
    server->central = ocpp_central_new(&settings, &handler, server->storage);
    assert_non_null(server->central);
    server->one = connect_one(server, "PILE-1", OCPP_VERSION_1_6);
    server->two = connect_one(server, "PILE-2", OCPP_VERSION_2_0_1);
}

static void end(struct server *server)
{
    ocpp_central_free(server->central);
    ocpp_sqlite_storage_close(server->storage);
}

static void swap(char *text, char from, char to)
{
    for (; *text; text++) {
        *text = *text == from ? to : *text;
    }
}

static void says(struct ocpp_station *station, const char *frame)
{
    char text[TEXT];

    snprintf(text, sizeof text, "%s", frame);
    swap(text, '\'', '"');
    assert_int_equal(ocpp_station_receive(station, text, strlen(text), now), OCPP_OK);
}

/* What |station| hears, ' for "; "" for nothing. */
static const char *hears(struct ocpp_station *station)
{
    static char heard[TEXT];
    size_t size = 0;
    const char *text = ocpp_station_next_output(station, &size, now);

    snprintf(heard, sizeof heard, "%.*s", text ? (int)size : 0, text ? text : "");
    swap(heard, '"', '\'');
    return heard;
}

static void flush(struct server *server)
{
    server->storage->flush(server->storage->user);
}

static void boot(struct server *server)
{
    says(server->one, "[2,'b','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]");
    says(server->two, "[2,'b','BootNotification',{'reason':'PowerUp','chargingStation':{'vendorName':'V','model':'M'}}]");
    flush(server);
    assert_holds(hears(server->one), "Accepted");
    assert_holds(hears(server->two), "Accepted");
}

#define START_16                                                                                                                 \
    "[2,'s%d','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':%d,'timestamp':'2026-01-01T00:%02d:00Z'}]"

static void starts(struct server *server, int minute)
{
    char frame[TEXT];

    snprintf(frame, sizeof frame, START_16, minute, 1000 * minute, minute);
    says(server->one, frame);
}

/* --- answers and the flush
 * ------------------------------------------------------------------------------------------------------- */

static void nothing_is_answered_or_told_before_the_flush(void **state)
{
    struct server server;

    (void)state;
    serve(&server, path, 0);
    boot(&server);
    starts(&server, 1);
    assert_string_equal(hears(server.one), "");
    assert_int_equal(server.started, 0);
    flush(&server);
    assert_holds(hears(server.one), "'transactionId':1");
    assert_int_equal(server.started, 1);
    end(&server);
}

static bool take_order(const struct ocpp_transaction *transaction, void *user)
{
    *(int64_t *)user = transaction->remote_start_id;
    return true;
}

/* An order leaves behind the flush, and the central system may be gone before the transaction comes. */
static void an_order_leaves_behind_the_flush_and_is_tied_by_the_next_process(void **state)
{
    const struct ocpp_token token = { "TAG", OCPP_TOKEN_CENTRAL };
    struct server server;
    int64_t order = 0;

    (void)state;
    serve(&server, path, 0);
    boot(&server);
    assert_int_equal(ocpp_station_start(server.one, 1, &token, NULL), OCPP_OK);
    assert_string_equal(hears(server.one), "");
    flush(&server);
    assert_holds(hears(server.one), "'RemoteStartTransaction',{'connectorId':1,'idTag':'TAG'}]");
    end(&server);
    serve(&server, path, 0);
    starts(&server, 59);
    flush(&server);
    assert_holds(hears(server.one), "'transactionId':1");
    assert_int_equal(ocpp_central_transactions(server.storage, "PILE-1", take_order, &order), OCPP_OK);
    assert_true(order > 0);
    end(&server);
}

/* A station that does not wait for its answers: its second request can be written only when the first is durable, and nobody
 * would flush again before somebody says something. */
static void one_flush_brings_home_what_waited_for_it(void **state)
{
    struct server server;

    (void)state;
    serve(&server, path, 0);
    boot(&server);
    starts(&server, 1);
    starts(&server, 2);
    starts(&server, 3);
    flush(&server);
    for (int i = 1; i <= 3; i++) {
        char expected[32];
        snprintf(expected, sizeof expected, "'transactionId':%d", i);
        assert_holds(hears(server.one), expected);
    }
    end(&server);
}

/* --- a full disk
 * ---------------------------------------------------------------------------------------------------------------------- */

static void a_full_store_refuses_and_serves_again_after_a_sweep(void **state)
{
    struct server server;
    struct ocpp_prune prune = { .ended_before_utc_ms = OCPP_UTC_UNKNOWN,
                                .abandoned_before_utc_ms = now.utc_ms + 86400000,
                                .max_looked_at = 50 };
    int minute = 0;
    int answered = 0;
    char again[TEXT];

    (void)state;
    serve(&server, path, 128 * 1024);
    boot(&server);
    for (;;) {
        const char *heard;
        minute++;
        starts(&server, minute % 60);
        snprintf(again, sizeof again,
                 "[2,'again%d','StartTransaction',{'connectorId':1,'idTag':'TAG','meterStart':%d,'timestamp':"
                 "'2026-01-01T00:00:00Z'}]",
                 minute, 100000 + minute);
        says(server.one, again);
        flush(&server);
        (void)hears(server.one);
        heard = hears(server.one);
        if (strstr(heard, "InternalError")) {
            break;
        }
        assert_holds(heard, "'transactionId'");
        answered++;
        assert_true(minute < 2000);
    }
    assert_true(answered > 20);
    do {
        assert_int_equal(ocpp_central_prune(server.central, &prune, now), OCPP_OK);
        flush(&server);
    } while (prune.cursor[0]);
    assert_true(prune.dropped > 20);
    says(server.one, again); /* the station tells it again */
    flush(&server);
    assert_holds(hears(server.one), "'transactionId'");
    end(&server);
}

/* --- the power goes
 * --------------------------------------------------------------------------------------------------------------------- */

/* What both stations tell on that day, in steps; a step of 1.6 that needs the number of its transaction has a # for it. */
static const char *const steps_16[] = {
    "[2,'1','StartTransaction',{'connectorId':1,'idTag':'ANNA','meterStart':1000,'timestamp':'2026-01-01T00:01:00Z'}]",
    "[2,'2','MeterValues',{'connectorId':1,'transactionId':#,'meterValue':[{'timestamp':'2026-01-01T00:02:00Z','sampledValue':[{'"
    "value'"
    ":'1500'}]}]}]",
    "[2,'3','StopTransaction',{'transactionId':#,'meterStop':2000,'timestamp':'2026-01-01T00:03:00Z'}]",
    "[2,'4','StartTransaction',{'connectorId':1,'idTag':'BERT','meterStart':2000,'timestamp':'2026-01-01T00:04:00Z'}]",
    "[2,'5','StopTransaction',{'transactionId':#,'meterStop':4000,'timestamp':'2026-01-01T00:05:00Z'}]",
};

#define EVENT(type, minute, seq, id, wh)                                                                                         \
    "[2,'" seq id "','TransactionEvent',{'eventType':'" type "','timestamp':'2026-01-01T00:" minute                              \
    ":00Z','triggerReason':'Trigger','seqNo':" seq ",'transactionInfo':{'transactionId':'" id                                    \
    "'},'meterValue':[{'timestamp':'2026-01-01T00:" minute ":00Z','sampledValue':[{'value':" wh "}]}]}]"

static const char *const steps_201[] = {
    EVENT("Started", "01", "0", "T1", "1000"), EVENT("Updated", "02", "1", "T1", "1500"), EVENT("Ended", "03", "2", "T1", "2000"),
    EVENT("Started", "04", "0", "T2", "2000"), EVENT("Ended", "05", "1", "T2", "4000"),
};

enum { STEPS = sizeof steps_16 / sizeof steps_16[0] };

/* How far a day has come, as the stations see it. */
struct progress {
    size_t moment;
    int step;    /* the next one */
    long number; /* of the transaction of 1.6 */
};

static void take_step(struct server *server, struct progress *progress)
{
    char frame[TEXT];
    const char *step = steps_16[progress->step];
    const char *mark = strchr(step, '#');

    snprintf(frame, sizeof frame, "%s", step);
    if (mark) {
        snprintf(frame, sizeof frame, "%.*s%ld%s", (int)(mark - step), step, progress->number, mark + 1);
    }
    says(server->one, frame);
    says(server->two, steps_201[progress->step]);
    flush(server);
    const char *number = strstr(hears(server->one), "'transactionId':");
    if (number) {
        progress->number = strtol(number + strlen("'transactionId':"), NULL, 10);
    }
    assert_holds(hears(server->two), "[3,");
    progress->step++;
}

struct bill {
    int transactions;
    int64_t energy_wh;
};

static bool reckon(const struct ocpp_transaction *transaction, void *user)
{
    struct bill *bill = user;

    bill->transactions++;
    bill->energy_wh += transaction->meter_last_wh - transaction->meter_start_wh;
    assert_true(transaction->ended);
    assert_int_equal(transaction->anomalies, 0);
    return true;
}

/* Repeats what was not answered, goes on to the end of the day, and looks at what is billed. */
static void go_on(const char *file, struct progress progress)
{
    struct server server;
    struct bill bill = { 0 };

    serve(&server, file, 0);
    boot(&server);
    while (progress.step < STEPS) {
        take_step(&server, &progress);
    }
    assert_int_equal(ocpp_central_transactions(server.storage, NULL, reckon, &bill), OCPP_OK);
    assert_int_equal(bill.transactions, 4);
    assert_int_equal(bill.energy_wh, 2 * (1000 + 2000));
    end(&server);
}

static void a_day_is_billed_once_whenever_the_power_goes(void **state)
{
    struct progress history[STEPS + 1] = { { 0 } };
    struct progress progress = { 0 };
    struct server server;

    (void)state;
    power_vfs_begin();
    serve(&server, path, 0);
    boot(&server);
    history[0].moment = power_vfs_moment();
    while (progress.step < STEPS) {
        take_step(&server, &progress);
        progress.moment = power_vfs_moment();
        history[progress.step] = progress;
    }
    end(&server);
    power_vfs_end();
    for (size_t moment = 0; moment <= power_vfs_moment(); moment++) {
        char place[64];
        char file[96];
        int known = STEPS;
        while (known > 0 && history[known].moment > moment) {
            known--;
        }
        scratch_make(place, sizeof place);
        snprintf(file, sizeof file, "%s/csms.db", place);
        power_vfs_lay_out(place, moment, (uint32_t)moment * 77u);
        go_on(file, history[known]);
        scratch_remove(place);
    }
    print_message("%zu moments\n", power_vfs_moment() + 1);
}

int main(void)
{
#define FILED(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        FILED(nothing_is_answered_or_told_before_the_flush),
        FILED(an_order_leaves_behind_the_flush_and_is_tied_by_the_next_process),
        FILED(one_flush_brings_home_what_waited_for_it),
        FILED(a_full_store_refuses_and_serves_again_after_a_sweep),
        FILED(a_day_is_billed_once_whenever_the_power_goes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
