/* transfer_probe.c: moves one file with the transfers of the adapters, without an engine, and says how it ended:
 *
 *   transfer_probe [options] download URL FILE     RESULT BYTES
 *   transfer_probe [options] upload URL FILE NAME  RESULT BYTES
 *
 * Options: --offset N, --max N, --ca FILE, --stall MS, --redirects N, --rate N, --cancel N (after so many bytes), --full N (the
 * sink takes no more), --protocols (says the mask and ends). Exit code 0 whatever the result, 2 for misuse, 3 when nothing ends.
 */
#define _POSIX_C_SOURCE 200809L

#include <ocpp/adapters.h>

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool is_done;
static enum ocpp_transfer_result told;
static uint64_t told_bytes;
static atomic_int wakes;
static atomic_bool may_call = true;
static uint64_t full_at = UINT64_MAX;
static atomic_ullong moved;

static struct ocpp_curl_transfer_news news; /* what the host was told last */
static int news_count;

/* The host hears of it first, and of each once. */
static void demand_news(int64_t id, uint64_t bytes, bool is_over, enum ocpp_transfer_result result)
{
    if (news_count != 1 || news.id != id || news.bytes != bytes || news.is_over != is_over ||
        (is_over && news.result != result)) {
        abort();
    }
    news_count = 0;
}

static void on_news(const struct ocpp_curl_transfer_news *said, void *user)
{
    (void)user;
    news = *said;
    news_count++;
}

/* In place of the engine. */
enum ocpp_status ocpp_charge_point_transfer_progress(struct ocpp_charge_point *cp, int64_t id, uint64_t bytes,
                                                     struct ocpp_now now)
{
    (void)cp;
    (void)now;
    demand_news(id, bytes, false, OCPP_TRANSFER_DONE);
    return id == 7 ? OCPP_OK : OCPP_ERR_NOT_FOUND;
}

enum ocpp_status ocpp_charge_point_transfer_done(struct ocpp_charge_point *cp, int64_t id, enum ocpp_transfer_result result,
                                                 uint64_t bytes, struct ocpp_now now)
{
    (void)cp;
    (void)now;
    demand_news(id, bytes, true, result);
    is_done = id == 7;
    told = result;
    told_bytes = bytes;
    return OCPP_OK;
}

static void log_line(enum ocpp_log_level level, const char *line, void *user)
{
    (void)level;
    (void)user;
    fprintf(stderr, "%s\n", line);
}

static bool write_file(uint64_t offset, const void *bytes, size_t size, void *user)
{
    if (!may_call) {
        abort(); /* after cancel returned */
    }
    if (offset + size > full_at) {
        return false;
    }
    moved = offset + size;
    FILE *file = user;
    return fseek(file, (long)offset, SEEK_SET) == 0 && fwrite(bytes, 1, size, file) == size;
}

static bool read_file(uint64_t offset, void *bytes, size_t room, size_t *got, void *user)
{
    if (!may_call) {
        abort();
    }
    if (offset + room > full_at) {
        return false;
    }
    FILE *file = user;
    *got = fseek(file, (long)offset, SEEK_SET) == 0 ? fread(bytes, 1, room, file) : 0;
    return *got > 0;
}

static void wake(void *user)
{
    (void)user;
    wakes++;
}

static int64_t mono_ms(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Until it ends, or has to be cancelled; false: nothing of both within half a minute. */
static bool await(struct ocpp_curl_transfer *transfer, uint64_t cancel_at)
{
    const int64_t until = mono_ms() + 30000;
    while (!is_done && moved < cancel_at && mono_ms() < until) {
        struct pollfd fd = { .fd = ocpp_curl_transfer_fd(transfer), .events = POLLIN };
        (void)poll(&fd, 1, cancel_at == UINT64_MAX ? 1000 : 5);
        ocpp_curl_transfer_run(transfer, NULL, (struct ocpp_now){ mono_ms(), OCPP_UTC_UNKNOWN });
    }
    return mono_ms() < until;
}

static enum ocpp_status begin(const struct ocpp_file_transfer *face, char **arguments, FILE *file, uint64_t offset, uint64_t most)
{
    if (strcmp(arguments[0], "download") == 0) {
        const struct ocpp_download download = { arguments[1], offset, most, { write_file, file } };
        return face->start_download(7, &download, face->user);
    }
    (void)fseek(file, 0, SEEK_END);
    const struct ocpp_upload upload = { arguments[1], arguments[3], { read_file, (uint64_t)ftell(file), file } };
    return face->start_upload(7, &upload, face->user);
}

static int move(const struct ocpp_curl_transfer_settings *settings, char **arguments, uint64_t offset, uint64_t most,
                uint64_t cancel_at)
{
    char reason[128] = "";
    struct ocpp_curl_transfer *transfer = ocpp_curl_transfer_new(settings, reason, sizeof reason);
    if (transfer == NULL) {
        fprintf(stderr, "%s\n", reason);
        return 2;
    }
    const struct ocpp_file_transfer *face = ocpp_curl_transfer_face(transfer);
    if (arguments[0] == NULL) {
        printf("mask %u\n", face->protocols);
        ocpp_curl_transfer_free(transfer);
        return 0;
    }
    const bool is_download = strcmp(arguments[0], "download") == 0;
    FILE *file = fopen(arguments[2], is_download ? (offset > 0 ? "r+b" : "w+b") : "rb");
    if (file == NULL) {
        return 2;
    }
    int code = 0;
    const enum ocpp_status status = begin(face, arguments, file, offset, most);
    if (status != OCPP_OK) {
        printf("refused %d\n", (int)status);
    } else if (!await(transfer, cancel_at)) {
        code = 3;
    } else if (!is_done) {
        face->cancel(7, face->user);
        may_call = false;
        (void)poll(NULL, 0, 300);
        ocpp_curl_transfer_run(transfer, NULL, (struct ocpp_now){ mono_ms(), OCPP_UTC_UNKNOWN });
        printf("cancelled%s\n", is_done ? " and told" : "");
    } else {
        printf("%d %llu%s\n", (int)told, (unsigned long long)told_bytes, wakes > 0 ? "" : " unwoken");
    }
    ocpp_curl_transfer_free(transfer);
    (void)fclose(file);
    return code;
}

int main(int count, char **arguments)
{
    struct ocpp_curl_transfer_settings settings = ocpp_curl_transfer_settings_default();
    uint64_t offset = 0;
    uint64_t most = 10000000;
    uint64_t cancel_at = UINT64_MAX;
    int at = 1;
    settings.log = (struct ocpp_log){ log_line, NULL, OCPP_LOG_DEBUG };
    settings.wake = wake;
    settings.on_news = on_news;
    for (; at + 1 < count && strncmp(arguments[at], "--", 2) == 0; at += 2) {
        const char *value = arguments[at + 1];
        const unsigned long long number = strtoull(value, NULL, 10);
        if (strcmp(arguments[at], "--offset") == 0) {
            offset = number;
        } else if (strcmp(arguments[at], "--max") == 0) {
            most = number;
        } else if (strcmp(arguments[at], "--ca") == 0) {
            settings.ca_file = value;
        } else if (strcmp(arguments[at], "--stall") == 0) {
            settings.stall_ms = (int64_t)number;
        } else if (strcmp(arguments[at], "--redirects") == 0) {
            settings.max_redirects = atoi(value);
        } else if (strcmp(arguments[at], "--rate") == 0) {
            settings.max_bytes_per_s = (int64_t)number;
        } else if (strcmp(arguments[at], "--cancel") == 0) {
            cancel_at = number;
        } else if (strcmp(arguments[at], "--full") == 0) {
            full_at = number;
        } else {
            return 2;
        }
    }
    if (at < count && strcmp(arguments[at], "--protocols") != 0 && count - at < 3) {
        return 2;
    }
    arguments[at < count && strcmp(arguments[at], "--protocols") == 0 ? at : count] = NULL;
    return move(&settings, arguments + at, offset, most, cancel_at);
}
