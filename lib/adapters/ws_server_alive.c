/* ws_server_alive.c: whether a station is still there: its one timer, pings, and the ends of everybody's patience.
 *
 * The timer is hardly ever moved: what arrives only notes the time, and the timer looks at that when it comes.
 */
#include "ws_server.h"

static const struct ocpp_server_settings *settings_of(const struct connection *connection)
{
    return &connection->thread->server->settings;
}

/* Whether a station is read from: not while it does not read itself, and not while it has sent more than it may. */
void ocpp_ws_station_set_reading(struct connection *connection)
{
    const bool read = connection->stalled_since_ms == 0 && connection->paused_until_ms == 0;
    (void)lws_rx_flow_control(connection->wsi, read);
    if (read)
        ocpp_event_loop_wake(&connection->thread->events); /* libwebsockets looks at what it kept after the next event only */
}

/* Something came of it that shows it alive. */
void ocpp_ws_station_note_alive(struct connection *connection)
{
    connection->heard_ms = connection->thread->real_ms;
    if (!connection->probed) {
        if (connection->ping == PING_AWAITS_PONG) {
            connection->ping = PING_NONE;
            ocpp_ws_station_set_timer(connection); /* the next ping is not as late as this pong could have been */
        }
        return;
    }
    connection->probed = false;
    ocpp_ws_registry_keep(connection);
}

/* --- timers ------------------------------------------------------------------------------------------------------ */

static int64_t pong_due_ms(const struct connection *connection)
{
    const int64_t timeout_ms =
        connection->probed ? settings_of(connection)->limits.probe_timeout_ms : (int64_t)connection->pong_timeout_ms;
    return connection->pinged_ms + timeout_ms;
}

static int64_t earlier(int64_t a_ms, int64_t b_ms)
{
    return a_ms < b_ms ? a_ms : b_ms;
}

/* The earliest of what may come for a station: its next ping, the end of waiting for a pong, for it to read, for its message to
 * be whole, and the end of a pause. */
void ocpp_ws_station_set_timer(struct connection *connection)
{
    const struct ocpp_server_settings *settings = settings_of(connection);
    int64_t due_ms = OCPP_NEVER;
    if (connection->ping != PING_NONE)
        due_ms = pong_due_ms(connection);
    else if (connection->ping_interval_ms > 0)
        due_ms = connection->heard_ms + connection->ping_interval_ms;
    if (connection->stalled_since_ms != 0)
        due_ms = earlier(due_ms, connection->stalled_since_ms + settings->write_timeout_ms);
    if (connection->partial_since_ms != 0)
        due_ms = earlier(due_ms, connection->partial_since_ms + settings->limits.message_timeout_ms);
    if (connection->paused_until_ms != 0)
        due_ms = earlier(due_ms, connection->paused_until_ms);
    if (due_ms != OCPP_NEVER && due_ms <= connection->thread->real_ms)
        due_ms = connection->thread->real_ms + 1;
    ocpp_ws_connection_set_timer(connection, due_ms);
}

/* Counts and tells why a station is let go of. */
void ocpp_ws_station_tell_why(struct connection *connection, enum ocpp_server_count what, const char *words)
{
    struct ocpp_server *server = connection->thread->server;
    char address[PEER_TEXT_SIZE];
    ocpp_ws_peer_text(connection, address);
    ocpp_ws_note(server, what);
    ocpp_ws_complain(server, "station %s at %s is closed: %s", ocpp_station_identity(connection->of.station), address, words);
}

static void kill_station(struct connection *connection, enum ocpp_server_count what, const char *words)
{
    ocpp_ws_station_tell_why(connection, what, words);
    ocpp_ws_connection_kill(connection, words);
}

/* Whether it is time to let go of a station; true: it is gone, or going. */
static bool is_over(struct connection *connection)
{
    const struct ocpp_server_settings *settings = settings_of(connection);
    const int64_t now_ms = connection->thread->real_ms;
    if (connection->stalled_since_ms != 0 && now_ms - connection->stalled_since_ms >= settings->write_timeout_ms) {
        kill_station(connection, OCPP_SERVER_COUNT_CLOSED_SLOW_READER, "it does not read what is sent to it");
        return true;
    }
    if (connection->partial_since_ms != 0 && now_ms - connection->partial_since_ms >= settings->limits.message_timeout_ms) {
        static const char words[] = "a message takes too long";
        ocpp_ws_station_tell_why(connection, OCPP_SERVER_COUNT_CLOSED_SLOW_SENDER, words);
        ocpp_ws_station_close(connection, LWS_CLOSE_STATUS_POLICY_VIOLATION, words);
        return true;
    }
    if (connection->ping != PING_NONE && !connection->probed && connection->heard_ms >= connection->pinged_ms)
        connection->ping = PING_NONE;
    if (connection->ping == PING_NONE || now_ms < pong_due_ms(connection))
        return false;
    kill_station(connection, OCPP_SERVER_COUNT_CLOSED_DEAD,
                 connection->probed ? "it does not answer a ping, and its identity has come again" : "it does not answer pings");
    return true;
}

static void want_ping(struct connection *connection)
{
    connection->ping = PING_WANTED;
    connection->pinged_ms = connection->thread->real_ms; /* counts from here, also when the ping cannot leave */
    ocpp_ws_connection_want_write(connection);
}

void ocpp_ws_station_timer(struct connection *connection)
{
    const int64_t now_ms = connection->thread->real_ms;
    if (is_over(connection))
        return;
    if (connection->ping == PING_NONE && connection->ping_interval_ms > 0 &&
        now_ms - connection->heard_ms >= connection->ping_interval_ms)
        want_ping(connection);
    if (connection->paused_until_ms != 0 && now_ms >= connection->paused_until_ms) {
        connection->paused_until_ms = 0;
        ocpp_ws_station_set_reading(connection);
    }
    ocpp_ws_station_set_timer(connection);
}

void ocpp_ws_station_probe(struct connection *connection)
{
    if (connection->state != CONNECTION_IS_STATION) { /* it has just come itself */
        ocpp_ws_registry_keep(connection);
        return;
    }
    connection->probed = true;
    want_ping(connection);
    ocpp_ws_station_set_timer(connection);
}

/* --- pings of its own -------------------------------------------------------------------------------------------- */

static int32_t chosen_ms(int64_t wanted_ms, int64_t usual_ms)
{
    const int64_t chosen = wanted_ms != 0 ? wanted_ms : usual_ms;
    return chosen < 0 ? 0 : chosen < INT32_MAX ? (int32_t)chosen : INT32_MAX;
}

int32_t ocpp_ws_ping_interval(const struct ocpp_server_settings *settings, int64_t wanted_ms)
{
    return chosen_ms(wanted_ms, settings->ping_interval_ms);
}

int32_t ocpp_ws_pong_timeout(const struct ocpp_server_settings *settings, int64_t wanted_ms)
{
    return chosen_ms(wanted_ms > 0 ? wanted_ms : 0, settings->pong_timeout_ms);
}

void ocpp_ws_station_set_ping(struct connection *connection, int64_t interval_ms, int64_t timeout_ms)
{
    connection->ping_interval_ms = ocpp_ws_ping_interval(settings_of(connection), interval_ms);
    connection->pong_timeout_ms = ocpp_ws_pong_timeout(settings_of(connection), timeout_ms);
    if (connection->state == CONNECTION_IS_STATION)
        ocpp_ws_station_set_timer(connection);
}
