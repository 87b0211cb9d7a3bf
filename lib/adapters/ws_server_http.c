/* ws_server_http.c: requests that are no WebSocket handshake: reading them, bounding their bodies, and asking the host.
 *
 * One request at a time per connection: while its answer is awaited, nothing is read.
 */
#define _POSIX_C_SOURCE 200809L

#include "ws_server.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FIELD_SIZE = 4096, REFUSAL_SIZE = 512 };

enum field {
    FIELD_PATH,
    FIELD_QUERY,
    FIELD_AUTHORIZATION,
    FIELD_ACCEPT,
    FIELD_CONTENT_TYPE,
    FIELD_ORIGIN,
    FIELD_HOST,
    FIELD_RANGE,
    FIELD_IF_NONE_MATCH,
    FIELD_FETCH_SITE,
    FIELD_LAST_EVENT_ID,
    FIELDS
};

/* A request whose body is awaited. */
struct server_request {
    const char *method;
    char *fields[FIELDS]; /* NULL: not sent */
    bool head;
    bool close_after;
    char *body;
    size_t body_size;
    size_t body_room; /* as announced */
    bool has_sink;
    struct ocpp_http_sink sink; /* instead of |body| */
};

static const struct method {
    enum lws_token_indexes token;
    const char *name;
} methods[] = {
    { WSI_TOKEN_GET_URI, "GET" },     { WSI_TOKEN_POST_URI, "POST" },     { WSI_TOKEN_PUT_URI, "PUT" },
    { WSI_TOKEN_PATCH_URI, "PATCH" }, { WSI_TOKEN_DELETE_URI, "DELETE" }, { WSI_TOKEN_OPTIONS_URI, "OPTIONS" },
    { WSI_TOKEN_HEAD_URI, "HEAD" },
};

static const struct header {
    enum lws_token_indexes token;
    enum field field;
} headers[] = {
    { WSI_TOKEN_HTTP_AUTHORIZATION, FIELD_AUTHORIZATION },
    { WSI_TOKEN_HTTP_ACCEPT, FIELD_ACCEPT },
    { WSI_TOKEN_HTTP_CONTENT_TYPE, FIELD_CONTENT_TYPE },
    { WSI_TOKEN_ORIGIN, FIELD_ORIGIN },
    { WSI_TOKEN_HOST, FIELD_HOST },
    { WSI_TOKEN_HTTP_RANGE, FIELD_RANGE },
    { WSI_TOKEN_HTTP_IF_NONE_MATCH, FIELD_IF_NONE_MATCH },
};

/* Those libwebsockets has no number for. */
static const struct custom_header {
    const char *name;
    enum field field;
} custom_headers[] = {
    { "last-event-id:", FIELD_LAST_EVENT_ID },
    { "sec-fetch-site:", FIELD_FETCH_SITE },
};

/* --- short answers of our own ------------------------------------------------------------------------------------ */

static const struct status_words {
    int status;
    const char *words;
} all_status_words[] = {
    { 200, "OK" },
    { 201, "Created" },
    { 202, "Accepted" },
    { 204, "No Content" },
    { 206, "Partial Content" },
    { 301, "Moved Permanently" },
    { 302, "Found" },
    { 304, "Not Modified" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 406, "Not Acceptable" },
    { 409, "Conflict" },
    { 411, "Length Required" },
    { 412, "Precondition Failed" },
    { 413, "Content Too Large" },
    { 414, "URI Too Long" },
    { 415, "Unsupported Media Type" },
    { 416, "Range Not Satisfiable" },
    { 422, "Unprocessable Content" },
    { 426, "Upgrade Required" },
    { 429, "Too Many Requests" },
    { 500, "Internal Server Error" },
    { 501, "Not Implemented" },
    { 502, "Bad Gateway" },
    { 503, "Service Unavailable" },
    { 504, "Gateway Timeout" },
    { 507, "Insufficient Storage" },
};

const char *ocpp_ws_http_status_words(int status)
{
    for (size_t i = 0; i < sizeof all_status_words / sizeof all_status_words[0]; i++) {
        if (all_status_words[i].status == status)
            return all_status_words[i].words;
    }
    return "Status";
}

static bool write_refusal(struct connection *connection, int status, const char *more_headers, bool close)
{
    unsigned char answer[LWS_PRE + REFUSAL_SIZE];
    const int size = snprintf((char *)answer + LWS_PRE, REFUSAL_SIZE, "HTTP/1.1 %d %s\r\nContent-Length: 0\r\n%s%s\r\n", status,
                              ocpp_ws_http_status_words(status), more_headers != NULL ? more_headers : "",
                              close ? "Connection: close\r\n" : "");
    return size > 0 && size < REFUSAL_SIZE &&
           lws_write(connection->wsi, answer + LWS_PRE, (size_t)size, LWS_WRITE_HTTP_HEADERS) == size;
}

int ocpp_ws_http_refuse(struct connection *connection, int status, const char *more_headers)
{
    (void)write_refusal(connection, status, more_headers, true);
    return -1;
}

/* Refuses a request whose body is still to come: it is read and thrown away, for as long as a body may take. */
static int refuse_body(struct connection *connection, int status)
{
    if (!write_refusal(connection, status, NULL, false))
        return -1;
    ocpp_ws_connection_set_timer(connection,
                                 connection->thread->real_ms + connection->thread->server->settings.handshake_timeout_ms);
    return lws_http_transaction_completed(connection->wsi) ? -1 : 0;
}

/* --- reading ----------------------------------------------------------------------------------------------------- */
static void free_request(struct server_request *request)
{
    if (request == NULL)
        return;
    if (request->fields[FIELD_AUTHORIZATION] != NULL)
        OPENSSL_cleanse(request->fields[FIELD_AUTHORIZATION], strlen(request->fields[FIELD_AUTHORIZATION]));
    for (int i = 0; i < FIELDS; i++)
        free(request->fields[i]);
    if (request->has_sink)
        request->sink.drop(request->sink.user);
    free(request->body);
    free(request);
}

static bool read_field(struct lws *wsi, enum lws_token_indexes token, char **field)
{
    const int size = lws_hdr_total_length(wsi, token);
    if (size <= 0)
        return true;
    if (size >= FIELD_SIZE)
        return false;
    *field = malloc((size_t)size + 1);
    return *field != NULL && lws_hdr_copy(wsi, *field, size + 1, token) >= 0;
}

static bool read_custom_field(struct lws *wsi, const char *name, char **field)
{
    const int size = lws_hdr_custom_length(wsi, name, (int)strlen(name));
    if (size <= 0)
        return true;
    if (size >= FIELD_SIZE)
        return false;
    *field = malloc((size_t)size + 1);
    return *field != NULL && lws_hdr_custom_copy(wsi, *field, size + 1, name, (int)strlen(name)) >= 0;
}

static size_t encode(char *to, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    size_t used = 0;
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || strchr("-._~", c) != NULL) {
            to[used++] = (char)c;
        } else {
            to[used++] = '%';
            to[used++] = digits[c >> 4];
            to[used++] = digits[c & 15];
        }
    }
    to[used] = '\0';
    return used;
}

/* libwebsockets has decoded each "name=value" of the query; they are encoded again so that '&' and '=' still part them. */
static bool read_query(struct lws *wsi, char **query)
{
    const int total = lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_URI_ARGS);
    char part[FIELD_SIZE];
    if (total <= 0)
        return true;
    if (total >= FIELD_SIZE)
        return false;
    char *text = malloc((size_t)total * 3 + 1);
    if (text == NULL)
        return false;
    size_t used = 0;
    for (int i = 0; lws_hdr_copy_fragment(wsi, part, (int)sizeof part, WSI_TOKEN_HTTP_URI_ARGS, i) >= 0; i++) {
        char *value = strchr(part, '=');
        if (value != NULL)
            *value++ = '\0';
        if (i > 0)
            text[used++] = '&';
        used += encode(text + used, part);
        if (value != NULL) {
            text[used++] = '=';
            used += encode(text + used, value);
        }
    }
    text[used] = '\0';
    *query = text;
    return true;
}

static const char *read_method(struct lws *wsi)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (lws_hdr_total_length(wsi, methods[i].token) > 0)
            return methods[i].name;
    }
    return NULL;
}

/* Whether the client wants the connection to end with this answer, by its words or its version of HTTP. */
static bool wants_close(struct lws *wsi)
{
    char text[64] = "";
    if (lws_hdr_total_length(wsi, WSI_TOKEN_CONNECTION) > 0 &&
        lws_hdr_copy(wsi, text, (int)sizeof text, WSI_TOKEN_CONNECTION) > 0)
        return strcasecmp(text, "close") == 0;
    return lws_hdr_copy(wsi, text, (int)sizeof text, WSI_TOKEN_HTTP) <= 0 || strcmp(text, "HTTP/1.1") != 0;
}

static struct server_request *read_request(struct lws *wsi, const char *path, size_t path_size)
{
    struct server_request *request = calloc(1, sizeof *request);
    if (request == NULL)
        return NULL;
    request->method = read_method(wsi);
    request->head = request->method != NULL && strcmp(request->method, "HEAD") == 0;
    request->close_after = wants_close(wsi);
    request->fields[FIELD_PATH] = strndup(path, path_size);
    bool whole = request->fields[FIELD_PATH] != NULL && read_query(wsi, &request->fields[FIELD_QUERY]);
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        whole = whole && read_field(wsi, headers[i].token, &request->fields[headers[i].field]);
    for (size_t i = 0; i < sizeof custom_headers / sizeof custom_headers[0]; i++)
        whole = whole && read_custom_field(wsi, custom_headers[i].name, &request->fields[custom_headers[i].field]);
    if (whole)
        return request;
    free_request(request);
    return NULL;
}

/* --- asking the host --------------------------------------------------------------------------------------------- */
static struct ocpp_http_request show(const struct connection *connection, const struct server_request *request,
                                     const char *address)
{
    return (struct ocpp_http_request){
        .listen = connection->listen,
        .method = request->method,
        .path = request->fields[FIELD_PATH],
        .query = request->fields[FIELD_QUERY],
        .address = address,
        .authorization = request->fields[FIELD_AUTHORIZATION],
        .accept = request->fields[FIELD_ACCEPT],
        .content_type = request->fields[FIELD_CONTENT_TYPE],
        .origin = request->fields[FIELD_ORIGIN],
        .host = request->fields[FIELD_HOST],
        .body = request->body,
        .body_size = request->body_size,
        .range = request->fields[FIELD_RANGE],
        .last_event_id = request->fields[FIELD_LAST_EVENT_ID],
        .if_none_match = request->fields[FIELD_IF_NONE_MATCH],
        .fetch_site = request->fields[FIELD_FETCH_SITE],
        .sink = request->has_sink ? request->sink.user : NULL,
    };
}

static int dispatch(struct connection *connection)
{
    struct server_thread *thread = connection->thread;
    const struct ocpp_server_settings *settings = &thread->server->settings;
    struct server_request *request = connection->of.request;
    struct ocpp_http_exchange *exchange = ocpp_ws_exchange_new(connection, request->head, request->close_after);
    connection->of.request = NULL;
    if (exchange == NULL) {
        free_request(request);
        return ocpp_ws_http_refuse(connection, 503, NULL);
    }
    char address[SERVER_ADDRESS_SIZE];
    ocpp_ws_peer_text(connection, address);
    const struct ocpp_http_request shown = show(connection, request, address);
    request->has_sink = false; /* it is the host's now */
    connection->of.exchange = exchange;
    connection->state = CONNECTION_AWAITS_ANSWER;
    lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0); /* a host may take its time */
    (void)lws_rx_flow_control(connection->wsi, 0);
    ocpp_ws_exchange_timer(connection);
    settings->on_http(exchange, &shown, settings->user);
    free_request(request);
    return 0;
}

/* The announced length of the body; -1 when it cannot be told. */
static int64_t body_length(struct lws *wsi, const char *method)
{
    char text[24] = "";
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0)
        return -1; /* libwebsockets reads no chunked requests */
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) <= 0)
        return strcmp(method, "POST") == 0 || strcmp(method, "PUT") == 0 || strcmp(method, "PATCH") == 0 ? -1 : 0;
    if (lws_hdr_copy(wsi, text, (int)sizeof text, WSI_TOKEN_HTTP_CONTENT_LENGTH) <= 0 ||
        strspn(text, "0123456789") != strlen(text))
        return INT64_MAX;
    return strlen(text) > 18 ? INT64_MAX : strtoll(text, NULL, 10);
}

/* 0, or what the request is refused with. */
static int place_body(struct connection *connection, size_t size)
{
    const struct ocpp_server_settings *settings = &connection->thread->server->settings;
    struct server_request *request = connection->of.request;
    char address[SERVER_ADDRESS_SIZE];
    ocpp_ws_peer_text(connection, address);
    struct ocpp_http_request shown = show(connection, request, address);
    shown.body_size = size;
    request->has_sink = settings->on_http_body != NULL && settings->on_http_body(&shown, &request->sink, settings->user);
    if (size > (request->has_sink ? request->sink.max_bytes : settings->max_body_bytes))
        return 413;
    request->body_room = size;
    if (request->has_sink)
        return 0;
    request->body = malloc(size);
    return request->body != NULL ? 0 : 503;
}

static void drop_request(struct connection *connection)
{
    free_request(connection->of.request);
    connection->of.request = NULL;
}

static void await_more(struct connection *connection)
{
    ocpp_ws_connection_set_timer(connection,
                                 connection->thread->real_ms + connection->thread->server->settings.handshake_timeout_ms);
}

static int await_body(struct connection *connection, size_t size)
{
    char expect[32] = "";
    const int fault = place_body(connection, size);
    if (fault != 0) {
        drop_request(connection);
        return refuse_body(connection, fault);
    }
    connection->state = CONNECTION_AWAITS_BODY;
    lws_set_timeout(connection->wsi, NO_PENDING_TIMEOUT, 0); /* a long body may take its time, as long as it comes: our timer */
    await_more(connection);
    if (lws_hdr_copy(connection->wsi, expect, (int)sizeof expect, WSI_TOKEN_HTTP_EXPECT) > 0 &&
        strcasecmp(expect, "100-continue") == 0) {
        unsigned char go_on[LWS_PRE + 32];
        const int length = snprintf((char *)go_on + LWS_PRE, 32, "HTTP/1.1 100 Continue\r\n\r\n");
        (void)lws_write(connection->wsi, go_on + LWS_PRE, (size_t)length, LWS_WRITE_HTTP_HEADERS);
    }
    return 0;
}

int ocpp_ws_http_request(struct connection *connection, const char *path, size_t size)
{
    struct ocpp_server *server = connection->thread->server;
    const char *method = read_method(connection->wsi);
    connection->asked = true;
    if (!ocpp_ws_limits_request(connection))
        return ocpp_ws_http_refuse(connection, 429, NULL);
    if (method == NULL)
        return ocpp_ws_http_refuse(connection, 405, "Allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n");
    if (connection->thread->stopping)
        return ocpp_ws_http_refuse(connection, 503, NULL);
    const int64_t length = body_length(connection->wsi, method);
    if (length < 0)
        return ocpp_ws_http_refuse(connection, 411, NULL);
    if (length == INT64_MAX)
        return ocpp_ws_http_refuse(connection, 400, NULL);
    if ((uint64_t)length > server->settings.max_body_bytes && server->settings.on_http_body == NULL)
        return refuse_body(connection, 413);
    if (server->settings.on_http == NULL || server->listens[connection->listen].purpose == OCPP_LISTEN_FOR_STATIONS)
        return length > 0 ? refuse_body(connection, 404) : ocpp_ws_http_refuse(connection, 404, NULL);
    connection->of.request = read_request(connection->wsi, path, size);
    if (connection->of.request == NULL)
        return ocpp_ws_http_refuse(connection, 431, NULL);
    return length > 0 ? await_body(connection, (size_t)length) : dispatch(connection);
}

int ocpp_ws_http_body(struct connection *connection, const void *piece, size_t size)
{
    struct server_request *request = connection->of.request;
    if (connection->state != CONNECTION_AWAITS_BODY)
        return 0; /* an empty body, told after the request was asked about */
    if (size > request->body_room - request->body_size)
        return -1;
    if (!request->has_sink) {
        memcpy(request->body + request->body_size, piece, size);
    } else if (!request->sink.write(piece, size, request->sink.user)) {
        return ocpp_ws_http_refuse(connection, 507, NULL);
    } else {
        await_more(connection);
    }
    request->body_size += size;
    return 0;
}

int ocpp_ws_http_body_end(struct connection *connection)
{
    return connection->state == CONNECTION_AWAITS_BODY ? dispatch(connection) : 0;
}

void ocpp_ws_http_drop(struct connection *connection)
{
    if (connection->state == CONNECTION_AWAITS_BODY) {
        drop_request(connection);
        connection->state = CONNECTION_AWAITS_HEAD;
    }
    if (connection->state == CONNECTION_AWAITS_ANSWER) {
        ocpp_ws_exchange_detach(connection->of.exchange);
        connection->of.exchange = NULL;
        connection->state = CONNECTION_AWAITS_HEAD;
    }
}
