/* ws_server_station.c: a station's connection once its handshake is done: taking its identity, texts in and out, pings, and the
 * end.
 *
 * Pings cost one timer per connection that is hardly ever moved: a text that arrives only notes the time. A peer that does not
 * take what waits for it is not read from, so that it cannot make us gather answers, and is closed when that lasts. So is one
 * that sends more than it may: what it has sent waits in the system's buffers, which are its own.
 */
#include "adapter_support.h"
#include "ws_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    REASON_SIZE = 128,
    QUICK_TEXTS = 16,       /* per turn of a connection, so that one does not keep the others waiting */
    SHORTEST_PAUSE_MS = 50, /* of reading: a station that sends too much shall not be looked at for each message */
    SMALLEST_PIECE = 16,
    CALM_MS = 10000 /* without a pause, before its patience is whole again */
};

static const struct ocpp_server_settings *settings_of(const struct connection *connection)
{
    return &connection->thread->server->settings;
}

static int64_t due_after(const struct connection *connection, int64_t wait_ms)
{
    return wait_ms > 0 ? connection->thread->real_ms + wait_ms : OCPP_NEVER;
}

/* --- coming ------------------------------------------------------------------------------------------------------ */
static void tell_host(const struct connection *connection, bool connected, const char *reason)
{
    const struct ocpp_server_settings *settings = settings_of(connection);
    adapter_log(&settings->log, OCPP_LOG_INFO, "station %s %s: %s", ocpp_station_identity(connection->of.station),
                connected ? "connected" : "disconnected", reason);
    if (settings->on_connection != NULL)
        settings->on_connection(connection->of.station, connected, reason, settings->user);
}

/* The identity is this connection's: the shard gets its station. */
static void begin(struct connection *connection, const struct pending_handshake *handshake)
{
    struct server_thread *thread = connection->thread;
    const struct ocpp_station_options options = {
        .identity = handshake->identity,
        .version = handshake->version,
        .quirks = handshake->quirks,
        .user = handshake->user,
        .transport = connection,
        .security_profile = handshake->security_profile,
        .serial_number = handshake->serial_number[0] != '\0' ? handshake->serial_number : NULL,
    };
    struct ocpp_station *station = NULL;
    const enum ocpp_status status = ocpp_central_connect(thread->central, &options, thread->now, &station);
    if (status != OCPP_OK) {
        adapter_log(&thread->server->settings.log, OCPP_LOG_ERROR, "station %s refused: %s", handshake->identity,
                    ocpp_status_sentence(status));
        if (status == OCPP_ERR_SECURITY)
            ocpp_ws_station_close(connection, LWS_CLOSE_STATUS_POLICY_VIOLATION, "below its security profile");
        else
            ocpp_ws_station_close(connection, LWS_CLOSE_STATUS_UNEXPECTED_CONDITION, "no room for this station now");
        return;
    }
    connection->of.station = station;
    connection->state = CONNECTION_IS_STATION;
    connection->heard_ms = thread->real_ms;
    connection->ping = PING_NONE;
    connection->ping_interval_ms = handshake->ping_interval_ms;
    connection->pong_timeout_ms = handshake->pong_timeout_ms;
    thread->active = true;
    tell_host(connection, true, ocpp_version_subprotocol(handshake->version));
    for (unsigned bit = 0; bit < OCPP_QUIRK_COUNT; bit++) {
        if (connection->state == CONNECTION_IS_STATION && (handshake->survived & UINT32_C(1) << bit) != 0)
            ocpp_station_note_quirk(station, (enum ocpp_quirk)(UINT32_C(1) << bit));
    }
    if (connection->state == CONNECTION_IS_STATION) /* the host may have closed it at once */
        ocpp_ws_station_set_timer(connection);
}

static void begin_as_kept(struct connection *connection)
{
    struct pending_handshake *handshake = connection->of.handshake;
    connection->of.handshake = NULL;
    begin(connection, handshake);
    free(handshake);
}

/* What the handshake came to must be kept until the identity is free. */
static bool keep_handshake(struct connection *connection, const struct pending_handshake *handshake)
{
    connection->of.handshake = malloc(sizeof *handshake);
    if (connection->of.handshake == NULL)
        return false;
    *connection->of.handshake = *handshake;
    return true;
}

int ocpp_ws_station_established(struct connection *connection)
{
    struct server_thread *thread = connection->thread;
    const struct pending_handshake *handshake = &thread->handshake;
    connection->wire.window_bits = handshake->deflate_parameters[0] != '\0' ? (uint8_t)handshake->window_bits : 0;
    connection->state = CONNECTION_AWAITS_OWNER;
    ocpp_ws_limits_leave(thread->server, &connection->place);
    if (!keep_handshake(connection, handshake))
        return -1;
    switch (ocpp_ws_registry_claim(connection, handshake->identity)) {
    case REGISTRY_NO_MEMORY:
        return -1;
    case REGISTRY_REFUSED:
        ocpp_ws_note(thread->server, OCPP_SERVER_COUNT_KEPT);
        ocpp_ws_station_turn_away(connection, handshake->identity, "this identity is connected already");
        return 0;
    case REGISTRY_WAITING:
        (void)lws_rx_flow_control(connection->wsi, 0);
        ocpp_ws_connection_set_timer(connection, due_after(connection, thread->server->settings.handshake_timeout_ms +
                                                                           thread->server->settings.limits.probe_timeout_ms));
        return 0;
    case REGISTRY_GRANTED:
        begin_as_kept(connection);
        return 0;
    }
    return 0;
}

void ocpp_ws_station_granted(struct connection *connection)
{
    if (connection->state != CONNECTION_AWAITS_OWNER)
        return;
    ocpp_ws_station_set_reading(connection);
    begin_as_kept(connection);
}

/* --- going ------------------------------------------------------------------------------------------------------- */
void ocpp_ws_station_leave(struct connection *connection, const char *why)
{
    if (connection->state == CONNECTION_AWAITS_OWNER) {
        free(connection->of.handshake);
        connection->of.handshake = NULL;
        ocpp_ws_registry_release(connection);
    }
    if (connection->state != CONNECTION_IS_STATION)
        return;
    connection->state = CONNECTION_AWAITS_HANGUP; /* the host may close it again when it is told */
    tell_host(connection, false, why);
    ocpp_station_disconnect(connection->of.station, connection->thread->now);
    connection->of.station = NULL;
    connection->thread->active = true;
    ocpp_ws_registry_release(connection); /* last: whoever waits may come in now */
}

void ocpp_ws_station_close(struct connection *connection, int code, const char *words)
{
    if (connection->state != CONNECTION_IS_STATION && connection->state != CONNECTION_AWAITS_OWNER)
        return;
    ocpp_ws_station_leave(connection, words);
    ocpp_ws_taken(&connection->thread->kit, &connection->wire);
    connection->state = CONNECTION_AWAITS_FAREWELL;
    connection->close_code = (uint16_t)code;
    connection->close_words = words;
    ocpp_ws_connection_set_timer(connection, due_after(connection, SERVER_FAREWELL_MS));
    (void)lws_rx_flow_control(connection->wsi, 1); /* to see its close frame, or that it hangs up */
    ocpp_ws_connection_want_write(connection);
}

void ocpp_ws_station_turn_away(struct connection *connection, const char *identity, const char *words)
{
    char address[PEER_TEXT_SIZE];
    ocpp_ws_peer_text(connection, address);
    ocpp_ws_complain(connection->thread->server, "station %s at %s is turned away: %s", identity, address, words);
    ocpp_ws_station_close(connection, LWS_CLOSE_STATUS_POLICY_VIOLATION, words);
}

int ocpp_ws_station_peer_close(struct connection *connection, const unsigned char *payload, size_t size)
{
    if (connection->state == CONNECTION_AWAITS_HANGUP)
        return -1; /* the answer to ours */
    char reason[REASON_SIZE], words[64];
    size_t used = 0;
    for (size_t i = 2; i < size && used + 1 < sizeof words; i++)
        words[used++] = payload[i] >= ' ' && payload[i] < 0x7f ? (char)payload[i] : '?';
    words[used] = '\0';
    (void)snprintf(reason, sizeof reason, "closed by the station with %d%s%s", size >= 2 ? payload[0] << 8 | payload[1] : 1005,
                   used > 0 ? ": " : "", words);
    ocpp_ws_station_leave(connection, reason);
    connection->state = CONNECTION_AWAITS_HANGUP; /* libwebsockets answers with the same code, and closes */
    ocpp_ws_connection_set_timer(connection, due_after(connection, SERVER_FAREWELL_MS));
    return 0;
}

/* --- in ---------------------------------------------------------------------------------------------------------- */
static void refuse(struct connection *connection, enum ocpp_ws_arrival arrival)
{
    ocpp_ws_station_tell_why(connection, OCPP_SERVER_COUNT_CLOSED_BAD_MESSAGE, ocpp_ws_refusal_words(arrival));
    ocpp_ws_station_close(connection, ocpp_ws_refusal_code(arrival), ocpp_ws_refusal_words(arrival));
}

/* A message began to come in part: it may not take for ever. The timer that is set comes early enough, or is moved. */
static void begin_partial(struct connection *connection)
{
    if (connection->partial_since_ms != 0)
        return;
    connection->partial_since_ms = connection->thread->real_ms;
    if (connection->partial_since_ms + settings_of(connection)->limits.message_timeout_ms < connection->timer.due_ms ||
        connection->timer.link == NULL)
        ocpp_ws_station_set_timer(connection);
}

/* It has sent more than it may: it is not read from for a while, or closed when that was so for long. */
static void throttle(struct connection *connection, int64_t wait_ms)
{
    static const char words[] = "it sends too much";
    const int64_t now_ms = connection->thread->real_ms;
    if (connection->paused_first_ms == 0 || now_ms - connection->paused_last_ms >= CALM_MS)
        connection->paused_first_ms = now_ms;
    if (now_ms - connection->paused_first_ms >= settings_of(connection)->limits.throttle_patience_ms) {
        ocpp_ws_station_tell_why(connection, OCPP_SERVER_COUNT_CLOSED_RATE, words);
        ocpp_ws_station_close(connection, LWS_CLOSE_STATUS_POLICY_VIOLATION, words);
        return;
    }
    if (connection->paused_first_ms == now_ms)
        ocpp_ws_complain(connection->thread->server, "station %s sends too much and is read from more slowly",
                         ocpp_station_identity(connection->of.station));
    ocpp_ws_note(connection->thread->server, OCPP_SERVER_COUNT_THROTTLED);
    connection->paused_until_ms = now_ms + (wait_ms > SHORTEST_PAUSE_MS ? wait_ms : SHORTEST_PAUSE_MS);
    connection->paused_last_ms = connection->paused_until_ms;
    ocpp_ws_station_set_reading(connection);
    ocpp_ws_station_set_timer(connection);
}

/* Charges what arrived: a message, or a piece of one; pieces of next to nothing cost as much as a message does. */
static void charge(struct connection *connection, size_t messages, size_t bytes)
{
    const struct ocpp_server_limits *limits = &settings_of(connection)->limits;
    const int64_t now_ms = connection->thread->real_ms;
    ocpp_rate_charge(&connection->messages, &limits->messages, messages, now_ms);
    ocpp_rate_charge(&connection->bytes, &limits->bytes, bytes, now_ms);
    const int64_t messages_ms = ocpp_rate_wait_ms(&connection->messages, &limits->messages, now_ms);
    const int64_t bytes_ms = ocpp_rate_wait_ms(&connection->bytes, &limits->bytes, now_ms);
    const int64_t wait_ms = messages_ms > bytes_ms ? messages_ms : bytes_ms;
    if (wait_ms > 0 && connection->paused_until_ms == 0)
        throttle(connection, wait_ms);
}

int ocpp_ws_station_receive(struct connection *connection, const void *piece, size_t size)
{
    struct server_thread *thread = connection->thread;
    if (connection->state != CONNECTION_IS_STATION)
        return 0; /* it is being closed: what it still says is not heard */
    ocpp_ws_station_note_alive(connection);
    const char *text = NULL;
    size_t text_size = 0;
    const enum ocpp_ws_arrival arrival = ocpp_ws_take(&thread->kit, connection->wsi, piece, size, &text, &text_size);
    if (arrival == OCPP_WS_MORE) {
        begin_partial(connection);
        charge(connection, size < SMALLEST_PIECE, size);
        return 0;
    }
    connection->partial_since_ms = 0;
    enum ocpp_status status = OCPP_OK;
    if (arrival == OCPP_WS_MESSAGE)
        status = ocpp_station_receive(connection->of.station, text, text_size, thread->now);
    ocpp_ws_taken(&thread->kit, &connection->wire);
    if (arrival != OCPP_WS_MESSAGE || status == OCPP_ERR_TOO_LARGE)
        refuse(connection, arrival != OCPP_WS_MESSAGE ? arrival : OCPP_WS_TOO_LARGE);
    else if (ocpp_station_must_close(connection->of.station))
        ocpp_ws_connection_want_write(connection); /* its refusal, and then our close */
    else if (status != OCPP_OK)
        adapter_log(&thread->server->settings.log, OCPP_LOG_ERROR, "a message of station %s was lost: %s",
                    ocpp_station_identity(connection->of.station), ocpp_status_sentence(status));
    if (connection->state == CONNECTION_IS_STATION)
        charge(connection, 1, size);
    return 0;
}

void ocpp_ws_station_pong(struct connection *connection)
{
    if (connection->state == CONNECTION_IS_STATION)
        ocpp_ws_station_note_alive(connection);
}

/* --- out --------------------------------------------------------------------------------------------------------- */
static void stalled(struct connection *connection)
{
    if (connection->stalled_since_ms == 0) {
        connection->stalled_since_ms = connection->thread->real_ms;
        ocpp_ws_station_set_reading(connection);
        ocpp_ws_station_set_timer(connection);
    }
    ocpp_ws_connection_want_write(connection);
}

static void flows_again(struct connection *connection)
{
    if (connection->stalled_since_ms == 0)
        return;
    connection->stalled_since_ms = 0;
    ocpp_ws_station_set_reading(connection);
    ocpp_ws_station_set_timer(connection);
}

static int write_texts(struct connection *connection)
{
    struct server_thread *thread = connection->thread;
    if (connection->stalled_since_ms != 0)
        connection->stalled_since_ms = thread->real_ms; /* it took what there was */
    for (int i = 0; i < QUICK_TEXTS; i++) {
        size_t size = 0;
        const char *text = ocpp_station_next_output(connection->of.station, &size, thread->now);
        if (text == NULL) {
            flows_again(connection);
            return 0;
        }
        if (!ocpp_ws_write(&thread->kit, connection->wsi, text, size))
            return -1;
        if (!ocpp_station_has_output(connection->of.station) && lws_partial_buffered(connection->wsi) == 0) {
            (void)ocpp_station_next_output(connection->of.station, &size, thread->now); /* takes the text back: it may be large */
            flows_again(connection);
            return 0;
        }
        if (ocpp_ws_choked(connection->wsi)) {
            stalled(connection);
            return 0;
        }
    }
    ocpp_ws_connection_want_write(connection);
    return 0;
}

/* A station that may not go on is closed once it has our last answer. */
static int write_all(struct connection *connection)
{
    const struct ocpp_station *station = connection->of.station;
    if (write_texts(connection) != 0)
        return -1;
    if (ocpp_station_must_close(station) && !ocpp_station_has_output(station))
        ocpp_ws_station_close(connection, LWS_CLOSE_STATUS_POLICY_VIOLATION, "its serial number is not its certificate's");
    return 0;
}

/* An idle socket takes an answer at once; to ask epoll first would cost as much again as the answer itself (two changes of what
 * is watched, one more wait). What it does not take, libwebsockets keeps, and asks then. */
void ocpp_ws_station_send(struct connection *connection)
{
    if (connection->stalled_since_ms != 0 || connection->ping == PING_WANTED || lws_partial_buffered(connection->wsi) != 0)
        ocpp_ws_connection_want_write(connection);
    else if (write_all(connection) != 0)
        ocpp_ws_connection_kill(connection, "the connection was lost");
}

int ocpp_ws_station_writeable(struct connection *connection)
{
    struct server_thread *thread = connection->thread;
    if (connection->state == CONNECTION_AWAITS_FAREWELL) {
        connection->state = CONNECTION_AWAITS_HANGUP;
        return ocpp_ws_close(&thread->kit, connection->wsi, connection->close_code, connection->close_words, false) ? 0 : -1;
    }
    if (connection->ping == PING_WANTED) {
        connection->ping = PING_AWAITS_PONG;
        ocpp_ws_connection_want_write(connection);
        return ocpp_ws_ping(&thread->kit, connection->wsi) ? 0 : -1;
    }
    return write_all(connection);
}
