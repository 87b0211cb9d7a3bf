/* ws_client_probe.c: the WebSocket client with a charge point that only carries texts, driven by lines: what a test tells it
 * comes from stdin, what happens goes to stdout. So a test can play the server, and a bad one, in a few lines of a scripting
 * language.
 *
 *   ws_client_probe URL IDENTITY [name=value]...
 */
#define _POSIX_C_SOURCE 200809L

#include "fake_station.h"

#include <ocpp/adapters.h>

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct probe {
    struct ocpp_client_settings settings;
    struct ocpp_charge_point *station;
    struct ocpp_client *client;
    size_t limit;   /* of what the charge point takes; 0: none */
    bool host_loop; /* wait in poll(2), not in the client */
    bool had_input; /* something was given to the charge point: then the client is to be run */
    int profile;    /* the charge point says what to connect to, with this security; -1: it does not */
    bool wildcards;
    const char *keys; /* the folder of ocpp_crypto_openssl_open() */
    struct ocpp_crypto *crypto;
    char line[300000];
    size_t used;
};

static void say(const char *what, const char *text, size_t size)
{
    printf("%s %.*s\n", what, (int)size, text);
    fflush(stdout);
}

static void on_link(bool up, enum ocpp_version version, const char *reason, void *user)
{
    (void)user;
    printf("%s %s %s\n", up ? "up" : "down", ocpp_version_name(version), reason);
    fflush(stdout);
}

static void on_log(enum ocpp_log_level level, const char *line, void *user)
{
    (void)level;
    (void)user;
    say("log", line, strlen(line));
}

static void on_text(const char *text, size_t size, void *user)
{
    (void)user;
    if (size > 200)
        printf("text-of %zu %.40s\n", size, text);
    else
        printf("text %.*s\n", (int)size, text);
    fflush(stdout);
}

static void on_failed(enum ocpp_connection_failure failure, const char *detail, void *user)
{
    static const char *const names[OCPP_CONNECTION_FAILURES] = {
        "unreachable", "password-refused", "refused", "tls-failed", "bad-certificate", "tls-version", "tls-cipher",
        "certificate-refused", "impossible"
    };
    (void)user;
    printf("failed %s %s\n", names[failure], detail);
    fflush(stdout);
}

/* The bench loses what says "lost". */
static bool pass(enum ocpp_direction from, const char *text, size_t size, void *user)
{
    (void)user;
    if (size < 4 || memcmp(text, "lost", 4) != 0)
        return true;
    say(from == OCPP_FROM_STATION ? "lost-out" : "lost-in", text, size);
    return false;
}

static bool set_text(struct probe *probe, const char *name, const char *value)
{
    struct ocpp_client_settings *settings = &probe->settings;
    if (strcmp(name, "password") == 0)
        settings->basic_password = value;
    else if (strcmp(name, "ca") == 0)
        settings->ca_file = value;
    else if (strcmp(name, "cert") == 0)
        settings->certificate_file = value;
    else if (strcmp(name, "key") == 0)
        settings->key_file = value;
    else if (strcmp(name, "keys") == 0)
        probe->keys = value;
    else
        return false;
    return true;
}

static void set(struct probe *probe, const char *name, const char *value)
{
    struct ocpp_client_settings *settings = &probe->settings;
    const long number = strtol(value, NULL, 10);
    if (set_text(probe, name, value))
        return;
    if (strcmp(name, "ping") == 0)
        settings->ping_interval_ms = number;
    else if (strcmp(name, "pong") == 0)
        settings->pong_timeout_ms = number;
    else if (strcmp(name, "connect") == 0)
        settings->connect_timeout_ms = number;
    else if (strcmp(name, "wait") == 0)
        settings->retry_wait_minimum_ms = number;
    else if (strcmp(name, "range") == 0)
        settings->retry_random_range_ms = number;
    else if (strcmp(name, "repeat") == 0)
        settings->retry_repeat_times = (int)number;
    else if (strcmp(name, "compress") == 0)
        settings->compress = number != 0;
    else if (strcmp(name, "max") == 0)
        settings->max_message_bytes = (size_t)number;
    else if (strcmp(name, "library") == 0)
        settings->event_library = (enum ocpp_event_library)number;
    else if (strcmp(name, "limit") == 0)
        probe->limit = (size_t)number;
    else if (strcmp(name, "host-loop") == 0)
        probe->host_loop = number != 0;
    else if (strcmp(name, "profile") == 0)
        probe->profile = (int)number;
    else if (strcmp(name, "wildcards") == 0)
        probe->wildcards = number != 0;
    else if (strcmp(name, "lossy") == 0)
        settings->pass = number != 0 ? pass : NULL;
    else
        abort();
}

/* The central system sets how the connection is kept. */
static void set_transport(struct probe *probe, bool is_ping, long value_ms)
{
    struct ocpp_transport transport = ocpp_charge_point_transport(probe->station);
    *(is_ping ? &transport.ping_interval_ms : &transport.retry_wait_minimum_ms) = value_ms;
    ocpp_charge_point_set_transport(probe->station, &transport);
}

/* One line of the test's: send TEXT, big N, beat MS, offer V…, ping MS, wait MS, reconnect, pause, resume. */
static void obey(struct probe *probe, char *line)
{
    char *rest = strchr(line, ' ');
    if (rest != NULL)
        *rest++ = '\0';
    if (strcmp(line, "send") == 0) {
        fake_station_send(probe->station, rest, strlen(rest));
    } else if (strcmp(line, "big") == 0) {
        const size_t size = (size_t)strtol(rest, NULL, 10);
        char *text = malloc(size);
        memset(text, 'x', size);
        fake_station_send(probe->station, text, size);
        free(text);
    } else if (strcmp(line, "beat") == 0) {
        fake_station_beat(probe->station, strtol(rest, NULL, 10), "beat");
    } else if (strcmp(line, "offer") == 0) {
        enum ocpp_version versions[4] = { OCPP_VERSION_NONE };
        size_t count = 0;
        for (char *word = strtok(rest, " "); word != NULL && count < 3; word = strtok(NULL, " "))
            versions[count++] = ocpp_version_of(word);
        fake_station_offer(probe->station, versions);
    } else if (strcmp(line, "ping") == 0 || strcmp(line, "wait") == 0) {
        set_transport(probe, line[0] == 'p', strtol(rest, NULL, 10));
    } else if (strcmp(line, "reconnect") == 0) {
        fake_station_reconnect(probe->station);
    } else if (strcmp(line, "pause") == 0 || strcmp(line, "resume") == 0) {
        ocpp_client_pause(probe->client, strcmp(line, "pause") == 0);
        return; /* that shows in the descriptor by itself */
    } else {
        abort();
    }
    probe->had_input = true;
    ocpp_client_kick(probe->client);
}

/* False at the end of stdin. */
static bool read_lines(struct probe *probe)
{
    const ssize_t got = read(STDIN_FILENO, probe->line + probe->used, sizeof probe->line - probe->used - 1);
    if (got <= 0)
        return false;
    probe->used += (size_t)got;
    char *start = probe->line;
    char *end;
    while ((end = memchr(start, '\n', (size_t)(probe->line + probe->used - start))) != NULL) {
        *end = '\0';
        obey(probe, start);
        start = end + 1;
    }
    probe->used = (size_t)(probe->line + probe->used - start);
    memmove(probe->line, start, probe->used);
    return true;
}

static bool serve(struct probe *probe)
{
    struct pollfd fds[2] = { { .fd = STDIN_FILENO, .events = POLLIN }, { .fd = -1, .events = POLLIN } };
    int wait_ms = 0;
    if (probe->host_loop) {
        fds[1].fd = ocpp_client_fd(probe->client); /* its own deadlines are in it: no time-out is needed */
        wait_ms = -1;
    } else {
        ocpp_client_run(probe->client, 20);
    }
    if (poll(fds, 2, wait_ms) < 0)
        return false;
    const bool goes_on = (fds[0].revents & (POLLIN | POLLHUP)) == 0 || read_lines(probe);
    if (probe->host_loop && (fds[1].revents != 0 || probe->had_input))
        ocpp_client_run(probe->client, 0);
    probe->had_input = false;
    return goes_on;
}

/* From here on the charge point decides, as one with a network block does. */
static bool decide(struct probe *probe, char *reason, size_t room)
{
    const char *password = probe->settings.basic_password;
    const struct ocpp_connection connection = {
        .slot = 1,
        .url = probe->settings.url,
        .security_profile = probe->profile,
        .password = password,
        .password_size = password != NULL ? strlen(password) : 0,
        .wildcards = probe->wildcards,
    };
    fake_station_connect_to(probe->station, &connection);
    probe->settings.url = probe->settings.basic_password = NULL;
    if (probe->keys != NULL && ocpp_crypto_openssl_open(probe->keys, NULL, &probe->crypto, reason, room) != OCPP_OK)
        return false;
    probe->settings.crypto = probe->crypto;
    return true;
}

int main(int count, char **arguments)
{
    static struct probe probe;
    char reason[200] = "";
    if (count < 3)
        return 2;
    probe.settings = ocpp_client_settings_default();
    probe.settings.url = arguments[1];
    probe.settings.log.write = on_log;
    probe.settings.on_link = on_link;
    probe.profile = -1;
    for (int i = 3; i < count; i++) {
        char *value = strchr(arguments[i], '=');
        *value++ = '\0';
        set(&probe, arguments[i], value);
    }
    const struct fake_station_watch watch = { .text = on_text, .failed = on_failed };
    probe.station = fake_station_new(arguments[2], &watch);
    if (probe.limit != 0)
        fake_station_limit(probe.station, probe.limit);
    if (probe.profile < 0 || decide(&probe, reason, sizeof reason))
        probe.client = ocpp_client_new(probe.station, &probe.settings, reason, sizeof reason);
    if (probe.client == NULL) {
        say("refused", reason, strlen(reason));
        fake_station_free(probe.station);
        return 1;
    }
    ocpp_client_run(probe.client, 0);
    while (serve(&probe))
        continue;
    ocpp_client_free(probe.client);
    ocpp_crypto_openssl_close(probe.crypto);
    fake_station_free(probe.station);
    say("end", "", 0);
    return 0;
}
