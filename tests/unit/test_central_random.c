/* test_central_random.c: random histories against a naive reckoning. Stations of both versions charge, and what they tell is
 * lost, repeated, delayed and shuffled, while the central system restarts and its store loses writes. However it went, in the end
 * each session is recorded once, with its own meter and token, and told as started and as ended once. A failing run prints its
 * seed. */
#include "central_world.h"

#include <ocpp/central_transactions.h>

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SESSIONS = 6, MESSAGES = SESSIONS * 8, TEXT = 512 };

/* What truly happened at one connector. */
struct session {
    int64_t meter_start;
    int64_t meter_stop;
    int from_minute;
    int to_minute;
    long number; /* 1.6: as the station heard it */
    int started; /* how often the application was told */
    int ended;
};

enum kind { START, SAMPLE, STOP };

struct message {
    int session;
    enum kind kind;
    int seq_no; /* 2.0.1 */
    int minute;
    int64_t meter;
    bool is_answered;
};

struct day {
    struct central_world *world;
    struct ocpp_station *station;
    enum ocpp_version version;
    uint64_t random;
    struct session sessions[SESSIONS];
    struct message messages[MESSAGES];
    int count;
    int ids; /* of messages */
};

static int draw(struct day *day, int sides)
{
    day->random = day->random * 6364136223846793005u + 1442695040888963407u;
    return (int)((day->random >> 33) % (uint64_t)sides);
}

/* --- what happens at the station ----------------------------------------------------------------------------------------------
 */

static void add(struct day *day, int session, enum kind kind, int seq_no)
{
    const struct session *truth = &day->sessions[session];
    const int length = truth->to_minute - truth->from_minute;
    const int64_t energy = truth->meter_stop - truth->meter_start;
    const int part = kind == START ? 0 : kind == STOP ? 4 : seq_no;

    day->messages[day->count++] = (struct message){ .session = session,
                                                    .kind = kind,
                                                    .seq_no = seq_no,
                                                    .minute = truth->from_minute + length * part / 4,
                                                    .meter = truth->meter_start + energy * part / 4 };
}

/* Two connectors take turns, so that two sessions overlap: 0 and 1, then 2 and 3 … */
static void live(struct day *day)
{
    for (int i = 0; i < SESSIONS; i++) {
        struct session *session = &day->sessions[i];
        session->meter_start = 1000 + 10000 * i + draw(day, 1000);
        session->meter_stop = session->meter_start + 4 * (1 + draw(day, 1000));
        session->from_minute = i / 2 * 16 + i % 2;
        session->to_minute = session->from_minute + 12;
    }
    for (int i = 0; i < SESSIONS; i += 2) {
        add(day, i, START, 0);
        add(day, i + 1, START, 0);
        for (int part = 1; part <= 3; part++) {
            add(day, i, SAMPLE, part);
            add(day, i + 1, SAMPLE, part);
        }
        add(day, i + 1, STOP, 4);
        add(day, i, STOP, 4);
    }
}

/* Only 2.x may tell in another order. */
static void shuffle(struct day *day)
{
    for (int i = 0; i + 1 < day->count; i++) {
        const int other = i + draw(day, day->count - i < 6 ? day->count - i : 6);
        const struct message kept = day->messages[i];
        day->messages[i] = day->messages[other];
        day->messages[other] = kept;
    }
}

/* --- what it says
 * -------------------------------------------------------------------------------------------------------------------- */

static void spell_16(struct day *day, const struct message *message, char text[TEXT])
{
    const struct session *session = &day->sessions[message->session];
    const int connector = 1 + message->session % 2;

    day->ids++;
    if (message->kind == START) {
        snprintf(text, TEXT,
                 "[2,'m%d','StartTransaction',{'connectorId':%d,'idTag':'TAG%d','meterStart':%" PRId64
                 ",'timestamp':'2026-01-01T00:%02d:00Z'}]",
                 day->ids, connector, message->session, message->meter, message->minute);
    } else if (message->kind == SAMPLE) {
        snprintf(
            text, TEXT,
            "[2,'m%d','MeterValues',{'connectorId':%d,'transactionId':%ld,'meterValue':[{'timestamp':'2026-01-01T00:%02d:00Z',"
            "'sampledValue':[{'value':'%" PRId64 "'}]}]}]",
            day->ids, connector, session->number, message->minute, message->meter);
    } else {
        snprintf(text, TEXT,
                 "[2,'m%d','StopTransaction',{'transactionId':%ld,'idTag':'TAG%d','meterStop':%" PRId64
                 ",'timestamp':'2026-01-01T00:%02d:00Z'}]",
                 day->ids, session->number, message->session, message->meter, message->minute);
    }
}

static void spell_201(struct day *day, const struct message *message, char text[TEXT])
{
    static const char *const types[] = { "Started", "Updated", "Ended" };

    snprintf(
        text, TEXT,
        "[2,'m%d','TransactionEvent',{'eventType':'%s','timestamp':'2026-01-01T00:%02d:00Z','triggerReason':'Trigger','seqNo':%d,"
        "'transactionInfo':{'transactionId':'T%d'},'evse':{'id':%d},'idToken':{'idToken':'TAG%d','type':'ISO14443'},"
        "'meterValue':[{'timestamp':'2026-01-01T00:%02d:00Z','sampledValue':[{'value':%" PRId64 "}]}]}]",
        ++day->ids, types[message->kind], message->minute, message->seq_no, message->session, 1 + message->session % 2,
        message->session, message->minute, message->meter);
}

static void reconnect(struct day *day)
{
    ocpp_station_disconnect(day->station, day->world->now);
    day->station = world_connect(day->world, "PILE", day->version);
}

/* Says |message| and takes what comes back, if it may. */
static void say(struct day *day, struct message *message, bool is_heard)
{
    char text[TEXT];
    const char *answer;

    if (day->version == OCPP_VERSION_1_6) {
        spell_16(day, message, text);
    } else {
        spell_201(day, message, text);
    }
    answer = world_says(day->world, day->station, text);
    if (!is_heard || strncmp(answer, "[3,", 3) != 0) {
        return;
    }
    const char *number = strstr(answer, "'transactionId':");
    if (number && message->kind == START) {
        day->sessions[message->session].number = strtol(number + strlen("'transactionId':"), NULL, 10);
    }
    message->is_answered = true;
}

/* --- what goes wrong
 * ---------------------------------------------------------------------------------------------------------------- */

/* The store takes it and loses it, or keeps it and the answer is lost with the connection: a crash between write and answer. */
static void say_into_a_crash(struct day *day, struct message *message, bool is_kept)
{
    day->world->hold_writes = true;
    day->world->lose_writes = !is_kept;
    say(day, message, false);
    ocpp_station_disconnect(day->station, day->world->now);
    day->world->hold_writes = false;
    day->world->lose_writes = false;
    if (draw(day, 2)) {
        world_restart(day->world);
    }
    day->station = world_connect(day->world, "PILE", day->version);
}

static void say_somehow(struct day *day, struct message *message)
{
    switch (draw(day, 8)) {
    case 0:
        say(day, message, false);
        reconnect(day);
        break;
    case 1:
        say_into_a_crash(day, message, false);
        break;
    case 2:
        say_into_a_crash(day, message, true);
        break;
    case 3:
        day->world->fail_write = day->world->writes + 1;
        say(day, message, true);
        day->world->fail_write = 0;
        break;
    case 4:
        world_restart(day->world);
        day->station = world_connect(day->world, "PILE", day->version);
        break;
    default:
        say(day, message, true);
        break;
    }
}

/* Somebody plays an old queue back. */
static void repeat_something(struct day *day, int told)
{
    struct message *message = &day->messages[draw(day, told + 1)];

    if (message->is_answered) {
        say(day, message, false);
    }
}

/* --- what the application hears
 * ------------------------------------------------------------------------------------------------------- */

static struct session *session_of(struct day *day, const struct ocpp_transaction *transaction)
{
    const int session = transaction->token[0] ? atoi(transaction->token + 3) : 0;

    assert_in_range(session, 0, SESSIONS - 1);
    return &day->sessions[session];
}

static struct day *today;

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
    struct session *session = session_of(today, event->transaction);

    (void)station;
    (void)user;
    session->started += event->phase == OCPP_TRANSACTION_STARTED;
    session->ended += event->phase == OCPP_TRANSACTION_ENDED;
}

/* --- the reckoning
 * --------------------------------------------------------------------------------------------------------------------- */

struct bill {
    struct day *day;
    int recorded[SESSIONS];
};

static bool check(const struct ocpp_transaction *transaction, void *user)
{
    struct bill *bill = user;
    const struct session *truth = session_of(bill->day, transaction);
    const uint32_t repeated = OCPP_ANOMALY_SECOND_START; /* an old queue was played back after the end */

    bill->recorded[truth - bill->day->sessions]++;
    assert_true(transaction->ended);
    assert_true(transaction->meter_start_wh == truth->meter_start);
    assert_true(transaction->meter_last_wh == truth->meter_stop);
    assert_int_equal(transaction->evse, 1 + (truth - bill->day->sessions) % 2);
    if (transaction->anomalies & ~repeated) {
        fail_msg("%s: %s", transaction->id, world_anomalies(transaction->anomalies));
    }
    return true;
}

static void run_seed(enum ocpp_version version, uint64_t seed)
{
    static const struct ocpp_central_handler handler = { .on_authorize = on_authorize, .on_transaction = on_transaction };
    struct day day = { .version = version, .random = seed };
    struct bill bill = { .day = &day };

    today = &day;
    day.world = world_new_with(&handler);
    day.world->now.utc_ms += 3600000;
    day.station = world_connect(day.world, "PILE", version);
    world_boot(day.world, day.station);
    live(&day);
    if (version != OCPP_VERSION_1_6) {
        shuffle(&day);
    }
    for (int i = 0; i < day.count; i++) {
        while (!day.messages[i].is_answered) {
            say_somehow(&day, &day.messages[i]);
        }
        if (draw(&day, 4) == 0) {
            repeat_something(&day, i);
        }
    }
    assert_int_equal(ocpp_central_transactions(&day.world->store, "PILE", check, &bill), OCPP_OK);
    for (int i = 0; i < SESSIONS; i++) {
        assert_int_equal(bill.recorded[i], 1);
        assert_int_equal(day.sessions[i].started, 1);
        assert_int_equal(day.sessions[i].ended, 1);
    }
    world_free(day.world);
}

static uint64_t running;

static int tell_seed(void **state)
{
    (void)state;
    if (running != 0) {
        print_message("    seed %" PRIu64 "\n", running);
    }
    return 0;
}

static void however_it_is_told_it_is_billed_once(void **state)
{
    const char *one = getenv("SEED");

    for (uint64_t seed = 1; seed <= 200; seed++) {
        running = one ? strtoull(one, NULL, 10) : seed;
        run_seed(*(enum ocpp_version *)*state, running);
    }
    running = 0;
}

int main(void)
{
    static enum ocpp_version versions[2] = { OCPP_VERSION_1_6, OCPP_VERSION_2_0_1 };
    const struct CMUnitTest tests[] = {
        { "however_it_is_told_it_is_billed_once (1.6)", however_it_is_told_it_is_billed_once, NULL, tell_seed, &versions[0] },
        { "however_it_is_told_it_is_billed_once (2.0.1)", however_it_is_told_it_is_billed_once, NULL, tell_seed, &versions[1] },
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
