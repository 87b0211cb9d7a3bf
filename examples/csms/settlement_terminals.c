/* settlement_terminals.c: connections of terminals of vehicles: a WebSocket server of its own beside that of the stations, at
 * ws[s]://--terminals/terminal. What is said on them is the library's matter (terminals.h); here it is carried. */
#include "settlement_inside.h"

#include <ocpp/settlement/terminals.h>

#include <libwebsockets.h>

#include <stdlib.h>
#include <string.h>

#define PATH     "/terminal"
#define PROTOCOL "settlement-terminal"

enum { WORD_BYTES = 8192, PING_S = 30, HANGUP_S = 45 };

struct settlement_terminals {
    struct settlement *settlement;
    struct lws_context *context;
    pthread_t thread;
    bool runs;
    atomic_bool stops;
    uint64_t last; /* number given to a connection */
};

/* Of one connection. */
struct session {
    uint64_t number; /* 0: it was not taken */
    size_t size;
    char text[WORD_BYTES + 1];
};

static struct settlement_terminals *terminals_of(struct lws *wsi)
{
    return lws_context_user(lws_get_context(wsi));
}

static int opened(struct lws *wsi, struct session *session)
{
    struct settlement_terminals *terminals = terminals_of(wsi);
    struct settlement *settlement = terminals->settlement;
    struct ocpp_settle *handle = settlement_enter(settlement);
    const uint64_t number = ++terminals->last;
    const enum ocpp_status status = ocpp_settle_terminal_connected(handle, number, settlement_now(settlement->app));

    settlement_leave(settlement);
    *session = (struct session){ .number = status == OCPP_OK ? number : 0 };
    return status == OCPP_OK ? 0 : -1;
}

static int heard(struct lws *wsi, struct session *session, const void *bytes, size_t size)
{
    struct settlement *settlement = terminals_of(wsi)->settlement;

    if (lws_frame_is_binary(wsi) || size > WORD_BYTES - session->size) {
        lws_close_reason(wsi, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, NULL, 0);
        return -1;
    }
    memcpy(session->text + session->size, bytes, size);
    session->size += size;
    if (lws_is_final_fragment(wsi) && lws_remaining_packet_payload(wsi) == 0) {
        struct ocpp_settle *handle = settlement_enter(settlement);

        ocpp_settle_terminal_receive(handle, session->number, session->text, session->size, settlement_now(settlement->app));
        settlement_leave(settlement);
        session->size = 0;
    }
    return 0;
}

/* One text at a time: the next one when the socket takes more. */
static int tell(struct lws *wsi, const struct session *session)
{
    struct settlement *settlement = terminals_of(wsi)->settlement;
    struct ocpp_settle *handle = settlement_enter(settlement);
    size_t size = 0;
    const char *text = ocpp_settle_terminal_next_output(handle, session->number, &size);
    const bool is_over = !text && ocpp_settle_terminal_is_over(handle, session->number);
    unsigned char *copy = text ? malloc(LWS_PRE + size) : NULL;
    int written = 0;

    if (copy) {
        memcpy(copy + LWS_PRE, text, size);
    }
    settlement_leave(settlement);
    if (copy) {
        written = lws_write(wsi, copy + LWS_PRE, size, LWS_WRITE_TEXT);
        lws_callback_on_writable(wsi);
    }
    free(copy);
    if (is_over) {
        lws_close_reason(wsi, LWS_CLOSE_STATUS_POLICY_VIOLATION, NULL, 0);
    }
    return is_over || (text && !copy) || written < 0 ? -1 : 0;
}

static void closed(struct lws *wsi, const struct session *session)
{
    struct settlement *settlement = terminals_of(wsi)->settlement;

    if (session->number) {
        ocpp_settle_terminal_closed(settlement_enter(settlement), session->number);
        settlement_leave(settlement);
    }
}

static int carry(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
    char path[32] = "";

    switch ((int)reason) {
    case LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION:
        return lws_hdr_copy(wsi, path, sizeof path, WSI_TOKEN_GET_URI) > 0 && strcmp(path, PATH) == 0 ? 0 : -1;
    case LWS_CALLBACK_ESTABLISHED:
        return opened(wsi, user);
    case LWS_CALLBACK_RECEIVE:
        return heard(wsi, user, in, size);
    case LWS_CALLBACK_SERVER_WRITEABLE:
        return tell(wsi, user);
    case LWS_CALLBACK_CLOSED:
        closed(wsi, user);
        return 0;
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED: /* somebody has something to say, or to hear the end of */
        return lws_callback_on_writable_all_protocol(lws_get_context(wsi), lws_get_protocol(wsi)) < 0 ? -1 : 0;
    default:
        return 0;
    }
}

/* Whoever asks for nothing, or for something else. */
static int refuse(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
    (void)user;
    (void)in;
    (void)size;
    if ((int)reason == LWS_CALLBACK_HTTP) {
        return lws_return_http_status(wsi, HTTP_STATUS_NOT_FOUND, NULL) < 0 ? -1 : -1;
    }
    return (int)reason == LWS_CALLBACK_FILTER_PROTOCOL_CONNECTION || (int)reason == LWS_CALLBACK_ESTABLISHED ? -1 : 0;
}

static const struct lws_protocols protocols[] = {
    { "http", refuse, 0, 0, 0, NULL, 0 },
    { PROTOCOL, carry, sizeof(struct session), 0, 0, NULL, 0 },
    { NULL, NULL, 0, 0, 0, NULL, 0 },
};

void settlement_terminals_wake(struct settlement *settlement)
{
    if (settlement->terminals && settlement->terminals->context) {
        lws_cancel_service(settlement->terminals->context);
    }
}

static void *serve(void *user)
{
    struct settlement_terminals *terminals = user;

    while (!atomic_load(&terminals->stops) && lws_service(terminals->context, 0) >= 0) {
    }
    return NULL;
}

static struct lws_context *make_context(struct settlement_terminals *terminals, const struct listen_address *listen,
                                        const struct ocpp_server_certificate *certificate)
{
    static const lws_retry_bo_t pings = { .secs_since_valid_ping = PING_S, .secs_since_valid_hangup = HANGUP_S };
    struct lws_context_creation_info info = { .port = listen->port,
                                              .iface = listen->address,
                                              .protocols = protocols,
                                              .gid = -1,
                                              .uid = -1,
                                              .user = terminals,
                                              .retry_and_idle_policy = &pings };

    if (listen->tls) {
        info.options = LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
        info.ssl_cert_filepath = certificate->certificate_file;
        info.ssl_private_key_filepath = certificate->key_file;
    }
    lws_set_log_level(LLL_ERR, NULL); /* until the server of the stations says where its log goes */
    return lws_create_context(&info);
}

bool settlement_terminals_start(struct settlement *settlement)
{
    const struct options *options = settlement->app->options;
    struct settlement_terminals *terminals;

    if (!options->has_terminals) {
        return true;
    }
    terminals = calloc(1, sizeof *terminals);
    if (!terminals) {
        return false;
    }
    settlement->terminals = terminals;
    terminals->settlement = settlement;
    terminals->context = make_context(terminals, &options->terminals, &options->certificates[0]);
    terminals->runs = terminals->context && pthread_create(&terminals->thread, NULL, serve, terminals) == 0;
    return terminals->runs;
}

int settlement_terminals_port(const struct app *app)
{
    const struct settlement *settlement = app->settlement;

    return settlement && settlement->terminals
               ? lws_get_vhost_listen_port(lws_get_vhost_by_name(settlement->terminals->context, "default"))
               : 0;
}

/* Before the handle goes: what closes tells it so. */
void settlement_terminals_stop(struct settlement *settlement)
{
    struct settlement_terminals *terminals;

    pthread_mutex_lock(&settlement->lock); /* whoever wakes them has it */
    terminals = settlement->terminals;
    settlement->terminals = NULL;
    pthread_mutex_unlock(&settlement->lock);
    if (!terminals) {
        return;
    }
    if (terminals->runs) {
        atomic_store(&terminals->stops, true);
        lws_cancel_service(terminals->context);
        pthread_join(terminals->thread, NULL);
    }
    if (terminals->context) {
        lws_context_destroy(terminals->context);
    }
    free(terminals);
}
