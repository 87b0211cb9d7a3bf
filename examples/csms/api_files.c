/* api_files.c: files to stations and from them, by ticket, and to operators. */
#include "files.h"
#include "http.h"
#include "range.h"
#include "shard.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LISTED_MAX = 10000 };

/* --- sending
 * ---------------------------------------------------------------------------------------------------------------------- */

struct outgoing {
    int descriptor;
    uint64_t at;
};

static size_t read_on(void *bytes, size_t room, void *user)
{
    struct outgoing *outgoing = user;
    ssize_t got = pread(outgoing->descriptor, bytes, room, (off_t)outgoing->at);

    if (got <= 0) {
        return 0;
    }
    outgoing->at += (uint64_t)got;
    return (size_t)got;
}

static void close_outgoing(void *user)
{
    struct outgoing *outgoing = user;

    close(outgoing->descriptor);
    free(outgoing);
}

/* Takes |descriptor| over. */
static void answer_file(struct request *request, int descriptor, uint64_t size)
{
    struct outgoing *outgoing = malloc(sizeof *outgoing);
    uint64_t from = 0;
    uint64_t count = size;
    bool part = request->http->range;
    char headers[256];

    if (!outgoing || (part && !range_read(request->http->range, size, &from, &count))) {
        close(descriptor);
        if (outgoing) {
            answer_problem(request->exchange, 416, NULL, "the file has %" PRIu64 " bytes", size);
        } else {
            answer_status(request->exchange, OCPP_ERR_NOMEM);
        }
        free(outgoing);
        return;
    }
    *outgoing = (struct outgoing){ descriptor, from };
    part = part && count < size;
    snprintf(headers, sizeof headers,
             "Accept-Ranges: bytes\r\nX-Content-Type-Options: nosniff\r\nContent-Disposition: attachment\r\n");
    if (part) {
        size_t used = strlen(headers);
        snprintf(headers + used, sizeof headers - used, "Content-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64 "\r\n", from,
                 from + count - 1, size);
    }
    const struct ocpp_http_source source = { .size = count, .read = read_on, .close = close_outgoing, .user = outgoing };
    ocpp_http_answer_from(request->exchange, part ? 206 : 200, "application/octet-stream", headers, &source);
}

static void send_file(struct request *request, bool received, const char *name)
{
    uint64_t size = 0;
    int descriptor = files_read(request->app->files, received, name, &size);

    if (descriptor < 0) {
        answer_problem(request->exchange, 404, NULL, "no such file");
        return;
    }
    answer_file(request, descriptor, size);
}

void api_file_get(struct request *request)
{
    const char *const *parts = request->parameters;

    if (!files_ticket_holds(request->app->files, parts[0], FILE_ACT_GET, parts[1], parts[2], app_utc_ms(request->app))) {
        answer_problem(request->exchange, 404, NULL, "no such file");
        return;
    }
    log_fields(&request->app->log, OCPP_LOG_INFO, "file", parts[1],
               LOG_FIELDS(LOG_TEXT_OF("file", parts[2]), LOG_TEXT_OF("direction", "out")), "fetches %s", parts[2]);
    send_file(request, false, parts[2]);
}

/* --- receiving
 * -------------------------------------------------------------------------------------------------------------------- */

bool app_on_http_body(const struct ocpp_http_request *http, struct ocpp_http_sink *sink, void *user)
{
    struct app *app = user;
    char path[REQUEST_TEXT_SIZE];
    char *parts[4];
    struct incoming_file *incoming;

    if (!app->files || strcmp(http->method, "PUT") != 0 || strlen(http->path) >= sizeof path ||
        !files_path_cut(strcpy(path, http->path), parts) ||
        !files_ticket_holds(app->files, parts[0], FILE_ACT_PUT, parts[1], parts[2], app_utc_ms(app))) {
        return false;
    }
    incoming = files_receive(app->files, parts[1], parts[2], parts[3], http->body_size);
    *sink = (struct ocpp_http_sink){ .write = incoming_file_write, .drop = incoming_file_drop, .user = incoming };
    sink->max_bytes = incoming ? http->body_size : 0;
    return incoming;
}

static void tell_received(struct app *app, char *const parts[4], const char *name, size_t size)
{
    cJSON *event = app_event(app, parts[1]);

    log_fields(&app->log, OCPP_LOG_INFO, "file", parts[1],
               LOG_FIELDS(LOG_TEXT_OF("file", name), LOG_TEXT_OF("direction", "in"), LOG_NUMBER_OF("size", (int64_t)size)),
               "handed over %s, %zu bytes", name, size);
    if (event) {
        json_add_text(event, "name", name);
        json_add_integer(event, "size", (int64_t)size);
        json_add_integer(event, "requestId", strtoll(parts[2], NULL, 10));
        events_publish(app->events, EVENT_FILE, parts[1], event);
    }
}

void api_file_whole(struct request *request)
{
    char name[FILE_NAME_SIZE];
    char *parts[4];
    cJSON *answer;

    if (!files_path_cut(strcpy(request->text, request->http->path), parts) || !incoming_file_keep(request->http->sink, name)) {
        answer_problem(request->exchange, 507, NULL, "the file could not be kept");
        return;
    }
    tell_received(request->app, parts, name, request->http->body_size);
    answer = cJSON_CreateObject();
    json_add_text(answer, "name", name);
    answer_json(request->exchange, 201, answer);
}

/* A body that got no sink: it is small, and goes nowhere. */
void api_file_put(struct request *request)
{
    answer_problem(request->exchange, 404, NULL, "nobody asked for that file, or there is no room for it");
}

/* --- to operators
 * -------------------------------------------------------------------------------------------------------------------- */

struct listing {
    cJSON *list;
    int left;
};

static bool list_file(const char *name, uint64_t size, int64_t modified_utc_ms, void *user)
{
    struct listing *listing = user;
    cJSON *file = cJSON_CreateObject();

    json_add_text(file, "name", name);
    json_add_integer(file, "size", (int64_t)size);
    json_add_time(file, "time", modified_utc_ms);
    cJSON_AddItemToArray(listing->list, file);
    return --listing->left > 0;
}

void api_files(struct request *request)
{
    cJSON *answer = cJSON_CreateObject();
    struct listing served = { cJSON_AddArrayToObject(answer, "files"), LISTED_MAX };
    struct listing received = { cJSON_AddArrayToObject(answer, "received"), LISTED_MAX };

    if (files_each(request->app->files, false, list_file, &served) &&
        files_each(request->app->files, true, list_file, &received)) {
        answer_json(request->exchange, 200, answer);
        return;
    }
    cJSON_Delete(answer);
    answer_status(request->exchange, OCPP_ERR_STORAGE);
}

void api_file_received(struct request *request)
{
    send_file(request, true, request->parameters[0]);
}
