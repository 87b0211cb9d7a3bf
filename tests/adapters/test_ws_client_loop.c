/* A client in a loop of the host's, which knows nothing but the client's descriptor: whatever is to be done must show in it. In each
 * run one round of the client's loop is held until something has happened: a name that was found, a deadline, a text. So all of
 * them happen once within each round there is, the last before the host sleeps included. */
#define _POSIX_C_SOURCE 200809L

#include "event_loop.h"
#include "fake_station.h"
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SLEEPS_FOR_EVER_MS = 5000, HOLD_MS = 200, ROUNDS_HELD = 24 };

/* --- the round that is held ---------------------------------------------------------------------------------------------------- */

static int rounds_until_held; /* counted down; 0: none is any more */

void __real_ocpp_event_loop_round(struct ocpp_event_loop *loop, bool wait);
void __wrap_ocpp_event_loop_round(struct ocpp_event_loop *loop, bool wait);

void __wrap_ocpp_event_loop_round(struct ocpp_event_loop *loop, bool wait)
{
    if (rounds_until_held > 0 && --rounds_until_held == 0) {
        struct pollfd something = { .fd = ocpp_event_loop_fd(loop), .events = POLLIN };
        (void)poll(&something, 1, HOLD_MS);
    }
    __real_ocpp_event_loop_round(loop, wait);
}

/* --- the host ------------------------------------------------------------------------------------------------------------------- */

static struct ocpp_client *client;
static struct ocpp_charge_point *station;

/* Serves the client as ocpp_client_fd() says, until |fd| is readable. */
static void serve_until_readable(int fd)
{
    struct pollfd fds[2] = { { .fd = ocpp_client_fd(client), .events = POLLIN }, { .fd = fd, .events = POLLIN } };
    ocpp_client_run(client, 0);
    for (;;) {
        assert_true(poll(fds, 2, SLEEPS_FOR_EVER_MS) > 0);
        if (fds[1].revents != 0) {
            return;
        }
        ocpp_client_run(client, 0);
    }
}

/* --- the server ------------------------------------------------------------------------------------------------------------------ */

static int bind_to(uint16_t *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t size = sizeof at;
    const int fd = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(fd >= 0 && bind(fd, (struct sockaddr *)&at, sizeof at) == 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    *port = ntohs(at.sin_port);
    return fd;
}

static int listen_on(uint16_t *port)
{
    const int fd = bind_to(port);
    assert_int_equal(listen(fd, 4), 0);
    return fd;
}

static size_t read_some(int wire, char *into, size_t room)
{
    serve_until_readable(wire);
    const ssize_t got = recv(wire, into, room, 0);
    assert_true(got > 0);
    return (size_t)got;
}

static void write_all(int wire, const void *bytes, size_t size)
{
    assert_int_equal(send(wire, bytes, size, 0), size);
}

/* RFC 6455, 4.2.2: what proves that the key of the request was read. */
static void write_accept(const char *key, char accept[32])
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[EVP_MAX_MD_SIZE];
    char both[24 + sizeof guid];
    unsigned size = 0;
    (void)snprintf(both, sizeof both, "%.24s%s", key, guid);
    assert_int_equal(EVP_Digest(both, strlen(both), digest, &size, EVP_sha1(), NULL), 1);
    assert_int_equal(EVP_EncodeBlock((unsigned char *)accept, digest, (int)size), 28);
}

static void shake_hands(int wire)
{
    static const char name[] = "Sec-WebSocket-Key: ";
    char request[2048] = "";
    char accept[32];
    char answer[256];
    for (size_t used = 0; strstr(request, "\r\n\r\n") == NULL;) {
        used += read_some(wire, request + used, sizeof request - 1 - used);
        request[used] = '\0';
    }
    const char *key = strstr(request, name);
    assert_non_null(key);
    write_accept(key + sizeof name - 1, accept);
    const int size = snprintf(answer, sizeof answer,
                              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                              "Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: ocpp1.6\r\n\r\n",
                              accept);
    write_all(wire, answer, (size_t)size);
}

/* The next frame of the client's: short, masked. */
static void expect_text(int wire, const char *expected)
{
    unsigned char frame[6 + 125];
    size_t used = 0;
    while (used < 6 || used < 6 + (size_t)(frame[1] & 0x7f)) {
        used += read_some(wire, (char *)frame + used, used < 6 ? 6 - used : 6 + (size_t)(frame[1] & 0x7f) - used);
    }
    assert_int_equal(frame[0], 0x81);
    assert_int_equal(used - 6, strlen(expected));
    for (size_t i = 0; i < used - 6; i++) {
        assert_int_equal(frame[6 + i] ^ frame[2 + i % 4], expected[i]);
    }
}

/* --- what happens ---------------------------------------------------------------------------------------------------------------- */

static void on_text(const char *text, size_t size, void *user)
{
    (void)text;
    (void)size;
    (void)user;
    fake_station_send(station, "answer", strlen("answer"));
}

static bool is_up;

static void on_link(enum ocpp_version version, void *user)
{
    (void)user;
    is_up = version != OCPP_VERSION_NONE;
}

static void begin(struct ocpp_client_settings *settings, uint16_t port)
{
    const struct fake_station_watch watch = { .link = on_link, .text = on_text };
    char url[64];
    char reason[200] = "";

    (void)snprintf(url, sizeof url, "ws://localhost:%u/", (unsigned)port);
    settings->url = url;
    station = fake_station_new("CP1", &watch);
    client = ocpp_client_new(station, settings, reason, sizeof reason);
    settings->url = NULL;
    assert_non_null(client);
}

static void visit(int listener, uint16_t port, int held)
{
    static const unsigned char question[] = { 0x81, 2, '[', ']' };
    struct ocpp_client_settings settings = ocpp_client_settings_default();

    rounds_until_held = held;
    begin(&settings, port);
    serve_until_readable(listener); /* the deadline of the first attempt, and a name */
    const int wire = accept(listener, NULL, NULL);
    assert_true(wire >= 0);
    shake_hands(wire);
    for (int i = 0; i < 2; i++) {
        write_all(wire, question, sizeof question); /* arrives in whatever round there is, and is answered in a later one */
        expect_text(wire, "answer");
    }
    fake_station_beat(station, 1, "beat");
    ocpp_client_kick(client);
    for (int i = 0; i < 3; i++) {
        expect_text(wire, "beat");
    }
    ocpp_client_free(client);
    fake_station_free(station);
    (void)close(wire);
}

static void what_happens_in_any_round_wakes_the_host(void **state)
{
    (void)state;
    uint16_t port;
    const int listener = listen_on(&port);
    for (int held = 0; held <= ROUNDS_HELD; held++) {
        visit(listener, port, held);
    }
    (void)close(listener);
}

/* --- what the host does --------------------------------------------------------------------------------------------------------- */

static void expect_readable(void)
{
    struct pollfd something = { .fd = ocpp_client_fd(client), .events = POLLIN };
    assert_int_equal(poll(&something, 1, SLEEPS_FOR_EVER_MS), 1);
}

/* With nothing else that would wake it: no ping, and the time-out of the attempt is looked at when nobody waits any more. */
static void a_pause_wakes_the_host_and_so_does_the_end_of_the_peers_time_to_hang_up(void **state)
{
    (void)state;
    struct ocpp_client_settings settings = ocpp_client_settings_default();
    char frame[16];
    uint16_t port;
    const int listener = listen_on(&port);
    settings.ping_interval_ms = 0;
    settings.connect_timeout_ms = 24500; /* the wheel looks after it once per turn of 8.2 s, at the end of one */
    begin(&settings, port);
    serve_until_readable(listener);
    const int wire = accept(listener, NULL, NULL);
    shake_hands(wire);
    while (!is_up) {
        expect_readable();
        ocpp_client_run(client, 0);
    }
    ocpp_client_pause(client, true);
    expect_readable();
    for (size_t used = 0; used < 8;) { /* the close frame */
        used += read_some(wire, frame + used, sizeof frame - used);
    }
    serve_until_readable(wire);
    assert_int_equal(recv(wire, frame, sizeof frame, 0), 0); /* it does not wait for us any longer */
    ocpp_client_free(client);
    fake_station_free(station);
    (void)close(wire);
    (void)close(listener);
}

static int failures;

static void on_log(enum ocpp_log_level level, const char *line, void *user)
{
    (void)level;
    (void)user;
    failures += strstr(line, "next attempt") != NULL;
}

static void serve_until_failures(int count)
{
    while (failures < count) {
        expect_readable();
        ocpp_client_run(client, 0);
    }
}

/* What became due for both was taken out of the loop for the one that goes. */
static void a_client_that_goes_takes_no_deadline_of_the_one_beside_it_along(void **state)
{
    (void)state;
    struct ocpp_client_settings settings = ocpp_client_settings_default();
    uint16_t port;
    const int vacant = bind_to(&port); /* nobody is there, and nobody comes */
    failures = 0;
    settings.ping_interval_ms = 0;
    settings.connect_timeout_ms = 24500;
    settings.retry_wait_minimum_ms = 50;
    settings.retry_random_range_ms = 0;
    settings.log = (struct ocpp_log){ .write = on_log, .level = OCPP_LOG_INFO };
    begin(&settings, port);
    struct ocpp_client *const stays = client;
    struct ocpp_charge_point *const its_station = station;
    settings.beside = client;
    begin(&settings, port);
    ocpp_client_run(stays, 0);
    serve_until_failures(2);
    expect_readable(); /* the next attempts are due */
    ocpp_client_free(client);
    fake_station_free(station);
    client = stays;
    serve_until_failures(3);
    ocpp_client_free(client);
    fake_station_free(its_station);
    (void)close(vacant);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_happens_in_any_round_wakes_the_host),
        cmocka_unit_test(a_pause_wakes_the_host_and_so_does_the_end_of_the_peers_time_to_hang_up),
        cmocka_unit_test(a_client_that_goes_takes_no_deadline_of_the_one_beside_it_along),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
