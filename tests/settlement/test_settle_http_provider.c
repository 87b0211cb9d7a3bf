/* Tests of the payment provider over HTTP (adapters/http_*.c) against a real server on loopback that times out, fails after
 * having succeeded, answers twice, with another amount, with anything: in each case money moves once or not at all, every
 * operation ends, and the books are the server's. Time-outs are short and real; the backend's clock is moved by hand. */
#define _POSIX_C_SOURCE 200809L
#include "openssl_shell.h"
#include "payment_world.h"
#include "scratch.h"

#include <ocpp/settlement/reconciliation.h>

#include "unit.h"

#include <curl/curl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MOODS = 25, PENDING = 11, ACTION = 21, PATIENCE_MS = 60000, PAGE = 200000 };

struct place {
    struct payment_world world;
    struct ocpp_settle_http *http;
    pid_t server;
    int to_server;
    int total_ms; /* of an exchange */
    int parallel; /* exchanges at a time; 0: as many as by default */
    int port;
    char folder[64];
    char log[8192];
};

static struct place place;

/* --- the server ---------------------------------------------------------------------------------------------------------- */

static void start_server(const char *certificate, const char *key)
{
    int in[2], out[2];
    char line[32] = "";
    size_t size = 0;

    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    place.server = fork();
    assert_true(place.server >= 0);
    if (place.server == 0) {
        (void)dup2(in[0], 0);
        (void)dup2(out[1], 1);
        (void)close(in[1]);
        (void)close(out[0]);
        (void)execlp("python3", "python3", "-B", "tests/support/provider_server.py", certificate, key, (char *)NULL);
        _exit(127);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    place.to_server = in[1];
    while (size < sizeof line - 1 && read(out[0], line + size, 1) == 1 && line[size] != '\n') {
        size++;
    }
    (void)close(out[0]);
    place.port = (int)strtol(line, NULL, 10);
    assert_true(place.port > 0);
}

static void stop_server(void)
{
    int status;

    (void)close(place.to_server);
    (void)waitpid(place.server, &status, 0);
}

static size_t add_page(char *bytes, size_t one, size_t count, void *user)
{
    char *page = user;
    const size_t size = strlen(page);

    assert_true(size + one * count < PAGE);
    memcpy(page + size, bytes, one * count);
    page[size + one * count] = '\0';
    return one * count;
}

/* What the server says of itself. */
static const char *ask(const char *path)
{
    static char page[PAGE];
    char url[128];
    CURL *easy = curl_easy_init();

    page[0] = '\0';
    (void)snprintf(url, sizeof url, "http://127.0.0.1:%d%s", place.port, path);
    (void)curl_easy_setopt(easy, CURLOPT_URL, url);
    (void)curl_easy_setopt(easy, CURLOPT_PROXY, "");
    (void)curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, add_page);
    (void)curl_easy_setopt(easy, CURLOPT_WRITEDATA, page);
    assert_int_equal(curl_easy_perform(easy), CURLE_OK);
    curl_easy_cleanup(easy);
    return page;
}

/* --- the backend --------------------------------------------------------------------------------------------------------- */

static void note_line(enum ocpp_log_level level, const char *line, void *user)
{
    const size_t size = strlen(place.log);

    (void)level;
    (void)user;
    (void)snprintf(place.log + size, sizeof place.log - size, "%s\n", line);
}

static void open_http(const char *scheme, const char *ca)
{
    struct ocpp_settle_http_settings settings = ocpp_settle_http_settings_default();
    char url[64], reason[128];

    (void)snprintf(url, sizeof url, "%s://127.0.0.1:%d/pay", scheme, place.port);
    settings.name = "bank";
    settings.url = url;
    settings.token = "s3cret-token";
    settings.ca_file = ca;
    settings.keys = &place.world.keys.contract;
    settings.notification_key = "notify";
    settings.total_ms = place.total_ms;
    settings.connect_timeout_ms = place.total_ms;
    settings.max_parallel = place.parallel ? place.parallel : settings.max_parallel;
    settings.back_off_ms = 1;
    settings.back_off_most_ms = 20;
    settings.log = (struct ocpp_log){ note_line, NULL, OCPP_LOG_DEBUG };
    place.http = ocpp_settle_http_new(&settings, reason, sizeof reason);
    assert_non_null(place.http);
    place.world.provider = *ocpp_settle_http_provider(place.http);
    payment_world_restart(&place.world);
}

/* Where the server keeps us waiting; and where it does not, however busy this machine is. */
enum { SHORT_MS = 400, LONG_MS = 20000 };

static int setup_with(int total_ms)
{
    memset(&place, 0, sizeof place);
    place.total_ms = total_ms;
    payment_world_start(&place.world, "bank");
    start_server(NULL, NULL);
    open_http("http", NULL);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    return setup_with(LONG_MS);
}

static int setup_hasty(void **state)
{
    (void)state;
    return setup_with(SHORT_MS);
}

static int teardown(void **state)
{
    (void)state;
    payment_world_end(&place.world);
    ocpp_settle_http_free(place.http);
    stop_server();
    return 0;
}

static int64_t real_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Answers come in real time. */
static void listen_for(int milliseconds)
{
    struct pollfd watched = { .fd = ocpp_settle_http_fd(place.http), .events = POLLIN };

    (void)poll(&watched, 1, milliseconds);
    ocpp_settle_http_run(place.http, place.world.settle, place.world.now);
}

static void hear_notifications(void)
{
    char path[64], page[PAGE];

    (void)snprintf(path, sizeof path, "/outbox?t=%lld", (long long)(place.world.now.utc_ms / 1000));
    (void)snprintf(page, sizeof page, "%s", ask(path));
    for (char *line = strtok(page, "\n"); line; line = strtok(NULL, "\n")) {
        char *body = strchr(line, '\t');

        assert_non_null(body);
        *body++ = '\0';
        assert_int_equal(ocpp_settle_notified(place.world.settle, "bank", body, strlen(body), line, place.world.now), OCPP_OK);
    }
}

/* Until nothing is open; the backend's clock runs, so that what has to be asked for is asked for soon. */
static void settle(void)
{
    const int64_t until = real_ms() + PATIENCE_MS;

    while (payment_world_open(&place.world) > 0) {
        assert_true(real_ms() < until);
        listen_for(20);
        hear_notifications();
        payment_world_wait(&place.world, 60);
    }
    payment_world_check(&place.world);
}

/* The server's books are ours: nothing happened that we do not know, and nothing twice. */
static void books_agree(void)
{
    static const char *const kinds[] = { "Authorize", "Increment", "Capture", "Refund" };
    int64_t theirs[WORLD_LEGS][4] = { { 0 } };
    char page[PAGE];

    (void)snprintf(page, sizeof page, "%s", ask("/moved"));
    for (char *line = strtok(page, "\n"); line; line = strtok(NULL, "\n")) {
        char leg[32], kind[16];
        long long sum;
        int count;

        assert_int_equal(sscanf(line, "%31s %15s %lld %d", leg, kind, &sum, &count), 4);
        for (size_t i = 0; i < place.world.leg_count; i++) {
            for (int k = 0; k < 4; k++) {
                if (strcmp(place.world.legs[i], leg) == 0 && strcmp(kinds[k], kind) == 0) {
                    theirs[i][k] = sum;
                    assert_true(k != 2 || count == 1); /* I4 */
                }
            }
        }
    }
    for (int i = 0; i < (int)place.world.leg_count; i++) {
        const struct row_leg leg = *payment_world_leg(&place.world, i);

        assert_int_equal(theirs[i][0] + theirs[i][1], leg.held_minor);
        assert_int_equal(theirs[i][2], leg.captured_minor);
        assert_int_equal(theirs[i][3], leg.refunded_minor);
    }
}

static void note_finding(const struct ocpp_settle_finding *finding, void *user)
{
    (void)user;
    fail_msg("%s %s", ocpp_settle_finding_name(finding->kind), finding->operation);
}

/* The server's list, reconciled. */
static void lists_agree(int64_t lines)
{
    struct ocpp_settle_reconciliation *report = NULL;
    struct ocpp_settle_reconciliation_summary summary;
    const struct ocpp_settle_reconciliation_settings settings = {
        .provider = "bank", .from_utc_ms = 0, .to_utc_ms = INT64_MAX, .found = note_finding
    };
    const char *list = ask("/report");

    assert_int_equal(ocpp_settle_reconciliation_new(place.world.settle, &settings, &report), OCPP_OK);
    assert_int_equal(ocpp_settle_reconciliation_feed(report, list, strlen(list)), OCPP_OK);
    assert_int_equal(ocpp_settle_reconciliation_finish(report, &summary), OCPP_OK);
    ocpp_settle_reconciliation_free(report);
    assert_int_equal(summary.matched, lines);
}

/* --- what goes well ------------------------------------------------------------------------------------------------------ */

static void a_visit_is_held_captured_and_refunded_over_http(void **state)
{
    (void)state;
    const int leg = payment_world_hold(&place.world, 5000);
    settle();
    assert_int_equal(payment_world_grow(&place.world, leg, 300), leg);
    settle();
    payment_world_capture(&place.world, leg, 1200);
    settle();
    payment_world_refund(&place.world, leg, 200);
    settle();
    assert_int_equal(payment_world_leg(&place.world, leg)->captured_minor, 1200);
    assert_int_equal(payment_world_leg(&place.world, leg)->refunded_minor, 200);
    books_agree();
    lists_agree(4);
    payment_world_check(&place.world);
}

/* --- whatever the server does -------------------------------------------------------------------------------------------- */

static void however_the_server_answers_a_hold_it_is_held_once_or_not_at_all(void **state)
{
    (void)state;
    for (int from = 0; from < MOODS; from += WORLD_LEGS) {
        for (int mood = from; mood < MOODS && mood < from + WORLD_LEGS; mood++) {
            assert_true(payment_world_hold(&place.world, 1000 + mood) >= 0);
        }
        settle();
        books_agree();
        assert_null(strstr(place.log, "s3cret")); /* nor is a secret logged */
        if (from + WORLD_LEGS < MOODS) {
            teardown(NULL);
            setup_hasty(NULL);
        }
    }
}

static void however_the_server_answers_a_capture_it_is_taken_once_or_not_at_all(void **state)
{
    (void)state;
    for (int from = 0; from < MOODS; from += WORLD_LEGS) {
        int legs[WORLD_LEGS], count = 0;

        for (int mood = from; mood < MOODS && mood < from + WORLD_LEGS; mood++) {
            legs[count++] = payment_world_hold(&place.world, 5000);
        }
        settle();
        for (int i = 0; i < count; i++) {
            payment_world_capture(&place.world, legs[i], 1000 + from + i);
        }
        settle();
        books_agree();
        for (int i = 0; i < count; i++) {
            const enum row_leg_state after = payment_world_leg(&place.world, legs[i])->state;

            assert_true(after == ROW_LEG_STATE_CAPTURED || after == ROW_LEG_STATE_RELEASED);
        }
        if (from + WORLD_LEGS < MOODS) {
            teardown(NULL);
            setup_hasty(NULL);
        }
    }
}

static void a_server_that_is_not_there_takes_nothing(void **state)
{
    (void)state;
    stop_server();
    const int leg = payment_world_hold(&place.world, 5000);
    const int64_t until = real_ms() + PATIENCE_MS;

    while (payment_world_open(&place.world) > 0) {
        assert_true(real_ms() < until);
        listen_for(20);
        payment_world_wait(&place.world, 5);
    }
    assert_int_equal(payment_world_leg(&place.world, leg)->state, ROW_LEG_STATE_FAILED);
    assert_string_equal(payment_world_leg(&place.world, leg)->reason, "the provider cannot be reached");
    start_server(NULL, NULL);
}

static int setup_narrow(void **state)
{
    (void)state;
    memset(&place, 0, sizeof place);
    place.total_ms = LONG_MS;
    place.parallel = 1;
    payment_world_start(&place.world, "bank");
    start_server(NULL, NULL);
    open_http("http", NULL);
    return 0;
}

/* The place that an exchange leaves is the next one's, though nobody asks for more and nobody has heard of the first yet. */
static void an_exchange_that_waits_for_a_place_begins_when_there_is_one(void **state)
{
    const int64_t until = real_ms() + LONG_MS / 2;

    (void)state;
    for (int i = 0; i < 6; i++) {
        (void)payment_world_hold(&place.world, 1000 + 100 * i);
    }
    while (strcmp(ask("/posts"), "6") != 0) {
        assert_true(real_ms() < until);
        (void)poll(NULL, 0, 10);
    }
    settle();
    books_agree();
}

/* I14. A process that ends knows nothing of what runs; the next one asks. */
static void what_runs_when_the_backend_ends_is_asked_for_by_the_next_one(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        (void)payment_world_hold(&place.world, 1003 + 100 * i); /* done, and nobody hears of it */
    }
    const int64_t until = real_ms() + PATIENCE_MS;
    while (strcmp(ask("/posts"), "4") != 0) {
        assert_true(real_ms() < until);
        (void)poll(NULL, 0, 10);
    }
    ocpp_settle_http_free(place.http);
    open_http("http", NULL);
    settle();
    books_agree();
    assert_int_equal(payment_world_leg(&place.world, 3)->held_minor, 1303);
    assert_string_equal(ask("/posts"), "4");
}

/* --- notifications ------------------------------------------------------------------------------------------------------- */

/* The first notification that waits, signed at |utc_ms|; its body is behind the terminator. */
static char *notification_at(int64_t utc_ms, char *page)
{
    char path[64];

    (void)snprintf(path, sizeof path, "/outbox?t=%lld", (long long)(utc_ms / 1000));
    (void)snprintf(page, PAGE, "%s", ask(path));
    char *end = strchr(page, '\n');
    char *body = strchr(page, '\t');
    assert_non_null(end);
    assert_non_null(body);
    *end = '\0';
    *body = '\0';
    return body + 1;
}

static enum ocpp_status notify(const char *body, const char *signature)
{
    return ocpp_settle_notified(place.world.settle, "bank", body, strlen(body), signature, place.world.now);
}

static void wait_for_pending(void)
{
    const int64_t until = real_ms() + PATIENCE_MS;

    while (payment_world_last(&place.world, 0)->state != ROW_OPERATION_STATE_PENDING) {
        assert_true(real_ms() < until);
        listen_for(20);
    }
}

static void forged_stale_and_early_notifications_change_nothing_a_good_one_does_and_its_repetition_not(void **state)
{
    char page[PAGE], other[PAGE], forged[512];

    (void)state;
    const int leg = payment_world_hold(&place.world, 1000 + PENDING);
    wait_for_pending();
    const int64_t now = place.world.now.utc_ms;
    const char *body = notification_at(now, page);

    (void)snprintf(forged, sizeof forged, "%s ", body);
    assert_int_equal(notify(forged, page), OCPP_ERR_SECURITY);
    assert_int_equal(notify(body, NULL), OCPP_ERR_SECURITY);
    assert_int_equal(notify(body, ""), OCPP_ERR_SECURITY);
    assert_int_equal(notify(body, "t=1,v1=00"), OCPP_ERR_SECURITY);
    const char *old = notification_at(now - 302 * 1000, other);
    assert_int_equal(notify(old, other), OCPP_ERR_SECURITY);
    const char *early = notification_at(now + 302 * 1000, other);
    assert_int_equal(notify(early, other), OCPP_ERR_SECURITY);
    assert_int_equal(payment_world_leg(&place.world, leg)->state, ROW_LEG_STATE_AUTHORIZING);

    assert_int_equal(notify(body, page), OCPP_OK);
    assert_int_equal(payment_world_leg(&place.world, leg)->held_minor, 1011);
    assert_int_equal(notify(body, page), OCPP_OK);
    assert_int_equal(payment_world_leg(&place.world, leg)->held_minor, 1011);
    assert_int_equal(payment_world_notes(&place.world, "payment"), 0);
    settle();
    books_agree();
}

static void a_provider_tells_of_its_own_operations_only(void **state)
{
    char page[PAGE];

    (void)state;
    (void)payment_world_hold(&place.world, 1000 + PENDING);
    wait_for_pending();
    const char *body = notification_at(place.world.now.utc_ms, page);

    assert_int_equal(ocpp_settle_notified(place.world.settle, "nobody", body, strlen(body), page, place.world.now),
                     OCPP_ERR_NOT_FOUND);
    assert_int_equal(ocpp_settle_notified(place.world.settle, "wallet", body, strlen(body), page, place.world.now),
                     OCPP_ERR_NOT_FOUND);
    settle();
}

static void a_payer_who_has_to_act_is_told_where_and_the_outcome_comes_by_notification(void **state)
{
    (void)state;
    const int leg = payment_world_hold(&place.world, 1000 + ACTION);
    wait_for_pending();
    assert_string_equal(payment_world_last(&place.world, leg)->action_url, "https://bank.example/3ds");
    settle();
    books_agree();
}

/* --- TLS ----------------------------------------------------------------------------------------------------------------- */

static int setup_tls(void **state)
{
    char certificate[96], key[96];

    (void)state;
    memset(&place, 0, sizeof place);
    place.total_ms = LONG_MS;
    scratch_make(place.folder, sizeof place.folder);
    make_ca(place.folder, "server", "-addext subjectAltName=IP:127.0.0.1");
    (void)snprintf(certificate, sizeof certificate, "%s/server.pem", place.folder);
    (void)snprintf(key, sizeof key, "%s/server.key", place.folder);
    payment_world_start(&place.world, "bank");
    start_server(certificate, key);
    return 0;
}

static int teardown_tls(void **state)
{
    teardown(state);
    scratch_remove(place.folder);
    return 0;
}

static void settle_tls(void)
{
    const int64_t until = real_ms() + PATIENCE_MS;

    while (payment_world_open(&place.world) > 0) {
        assert_true(real_ms() < until);
        listen_for(20);
        payment_world_wait(&place.world, 5);
    }
}

static void a_server_whose_certificate_is_trusted_is_paid_through(void **state)
{
    char ca[96];

    (void)state;
    (void)snprintf(ca, sizeof ca, "%s/server.pem", place.folder);
    open_http("https", ca);
    const int leg = payment_world_hold(&place.world, 5000);
    settle_tls();
    assert_int_equal(payment_world_leg(&place.world, leg)->held_minor, 5000);
}

static void a_server_whose_certificate_nobody_vouches_for_hears_nothing(void **state)
{
    (void)state;
    open_http("https", NULL);
    const int leg = payment_world_hold(&place.world, 5000);
    settle_tls();
    assert_int_equal(payment_world_leg(&place.world, leg)->state, ROW_LEG_STATE_FAILED);
    assert_string_equal(payment_world_leg(&place.world, leg)->reason, "the provider cannot be reached");
}

/* --- settings ------------------------------------------------------------------------------------------------------------ */

static void refuses(struct ocpp_settle_http_settings settings)
{
    char reason[128] = "";

    assert_null(ocpp_settle_http_new(&settings, reason, sizeof reason));
    assert_true(reason[0] != '\0');
    assert_null(ocpp_settle_http_new(&settings, NULL, 0));
}

static void addresses_that_would_tell_the_world_and_other_nonsense_are_refused(void **state)
{
    static const char *const bad[] = { "http://example.com/pay",
                                       "ftp://127.0.0.1",
                                       "https://",
                                       "https://user:pw@bank/",
                                       "https://bank/?x=1",
                                       "https://bank/#f",
                                       "http://127.0.0.1.evil/",
                                       "http://localhost.evil",
                                       "https://bank/a b",
                                       "https://bank/\r\nX: 1",
                                       "",
                                       "bank.example" };
    struct ocpp_settle_http_settings settings = ocpp_settle_http_settings_default();

    (void)state;
    refuses(settings);
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        settings.url = bad[i];
        refuses(settings);
    }
    settings.url = "https://bank.example/pay";
    settings.token = "two\r\nlines";
    refuses(settings);
    settings.token = NULL;
    settings.key_file = "key.pem";
    refuses(settings);
    settings.key_file = NULL;
    settings.notification_key = "notify";
    refuses(settings);
    settings.notification_key = NULL;
    settings.max_answer_bytes = 1 << 20;
    refuses(settings);
    settings.max_answer_bytes = 4096;
    settings.total_ms = 0;
    refuses(settings);
    settings.total_ms = 1000;
    struct ocpp_settle_http *http = ocpp_settle_http_new(&settings, NULL, 0);
    assert_non_null(http);
    assert_null(ocpp_settle_http_provider(http)->verify_notification);
    ocpp_settle_http_free(http);
    ocpp_settle_http_free(NULL);
}

int main(void)
{
#define TEST(name)     cmocka_unit_test_setup_teardown(name, setup, teardown)
#define HASTY(name)    cmocka_unit_test_setup_teardown(name, setup_hasty, teardown)
#define TLS_TEST(name) cmocka_unit_test_setup_teardown(name, setup_tls, teardown_tls)
    const struct CMUnitTest tests[] = {
        TEST(a_visit_is_held_captured_and_refunded_over_http),
        HASTY(however_the_server_answers_a_hold_it_is_held_once_or_not_at_all),
        HASTY(however_the_server_answers_a_capture_it_is_taken_once_or_not_at_all),
        TEST(a_server_that_is_not_there_takes_nothing),
        cmocka_unit_test_setup_teardown(an_exchange_that_waits_for_a_place_begins_when_there_is_one, setup_narrow, teardown),
        TEST(what_runs_when_the_backend_ends_is_asked_for_by_the_next_one),
        TEST(forged_stale_and_early_notifications_change_nothing_a_good_one_does_and_its_repetition_not),
        TEST(a_provider_tells_of_its_own_operations_only),
        TEST(a_payer_who_has_to_act_is_told_where_and_the_outcome_comes_by_notification),
        TLS_TEST(a_server_whose_certificate_is_trusted_is_paid_through),
        TLS_TEST(a_server_whose_certificate_nobody_vouches_for_hears_nothing),
        cmocka_unit_test(addresses_that_would_tell_the_world_and_other_nonsense_are_refused),
    };

    (void)signal(SIGPIPE, SIG_IGN);
    if (!openssl_is_there()) {
        return 77;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
