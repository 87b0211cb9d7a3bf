/* ws_client_link.c: the life of one connection of a client: attempt, handshake, texts, ping, end, and the wait before the next
 * attempt.
 *
 *   PAUSED -> AWAITS_ATTEMPT -> AWAITS_NAME -> AWAITS_HANDSHAKE -> UP
 *                 ^                 |               |              |
 *                 +-----------------+---------------+--------------+      every end leads to the back-off, pause() to PAUSED
 *
 * A connection that is given up is let go of at once: libwebsockets may take its time to close it, and says nothing to us any
 * more.
 */
#include "adapter_support.h"
#include "ws_client.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

enum { FAREWELL_SECONDS = 3 };

enum { RAW_CREDENTIALS_SIZE = 4 * WS_IDENTITY_CHARACTERS + 1 + CLIENT_PASSWORD_SIZE, OFFER_SIZE = 64 };

/* --- time -------------------------------------------------------------------------------------------------------- */

struct ocpp_now ocpp_ws_client_now(const struct ocpp_client *client)
{
    return client->settings.clock != NULL ? client->settings.clock(client->settings.clock_user) : ocpp_system_now();
}

static void take_down(const struct ocpp_client *client)
{
    ocpp_ws_client_tell(client, (struct ocpp_client_act){ .kind = OCPP_CLIENT_GOES_DOWN });
    ocpp_charge_point_link_down(client->cp, ocpp_ws_client_now(client));
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* A time of the client's clock in real time, seen from |real_ms|. */
static int64_t real_due_ms(const struct ocpp_client *client, int64_t due_ms, int64_t real_ms)
{
    if (due_ms == OCPP_NEVER)
        return OCPP_NEVER;
    const int64_t ahead_ms = due_ms - ocpp_ws_client_now(client).mono_ms;
    return real_ms + (ahead_ms > 0 ? ahead_ms / client->settings.clock_speed + 1 : 1);
}

/* The central system may have set another interval. */
static void heed_ping_interval(struct ocpp_client *client, int64_t real_ms)
{
    const int64_t interval_ms = ocpp_charge_point_transport(client->cp).ping_interval_ms;
    if (interval_ms == client->ping_interval_ms)
        return;
    client->ping_interval_ms = interval_ms;
    client->ping_due_ms = interval_ms > 0 ? real_ms + interval_ms : OCPP_NEVER;
}

static void set_timer(struct ocpp_client *client)
{
    const int64_t real_ms = ocpp_system_now().mono_ms;
    heed_ping_interval(client, real_ms);
    int64_t due_ms = real_due_ms(client, ocpp_charge_point_deadline(client->cp), real_ms);
    if (client->state == LINK_UP)
        due_ms = earlier(due_ms, earlier(client->ping_due_ms, client->pong_due_ms));
    else if (client->state != LINK_PAUSED)
        due_ms = earlier(due_ms, client->state_due_ms);
    ocpp_wheel_set(&client->loop->wheel, &client->timer, due_ms);
}

/* --- the end of an attempt or of a connection -------------------------------------------------------------------- */

/* What libwebsockets does with the connection from here on is not ours. */
static void forget(struct ocpp_client *client)
{
    if (client->wsi != NULL)
        lws_set_opaque_user_data(client->wsi, NULL);
    client->wsi = NULL;
}

static void kill_connection(struct ocpp_client *client)
{
    if (client->wsi == NULL)
        return;
    lws_set_timeout(client->wsi, PENDING_TIMEOUT_KILLED_BY_PARENT, LWS_TO_KILL_ASYNC);
    ocpp_ws_client_loop_wake(client->loop); /* that time-out is looked at after the next event only */
    forget(client);
}

/* The end of a connection in good manners: a close frame is written when it can be, and the peer has a moment to hang up. Until
 * then its data is read and thrown away: to refuse data in the middle of a frame makes libwebsockets 4.1.6 write behind its
 * buffer. */
static void say_farewell(struct ocpp_client *client, int which)
{
    lws_set_opaque_user_data(client->wsi, &client->loop->farewells[which]);
    lws_set_timeout(client->wsi, PENDING_TIMEOUT_CLOSE_ACK, FAREWELL_SECONDS);
    (void)lws_callback_on_writable(client->wsi);
    client->wsi = NULL;
}

static int farewell_callback(struct client_loop *loop, struct client_farewell *farewell, struct lws *wsi,
                             enum lws_callback_reasons reason)
{
    if (reason != LWS_CALLBACK_CLIENT_WRITEABLE || farewell == &loop->farewells[FAREWELL_SAID])
        return 0;
    lws_set_opaque_user_data(wsi, &loop->farewells[FAREWELL_SAID]);
    return ocpp_ws_close(&loop->kit, wsi, farewell->code, farewell->words, true) ? 0 : -1;
}

static void give_back(struct ocpp_client *client)
{
    ocpp_ws_abandon(client->question);
    client->question = NULL;
    ocpp_ws_taken(&client->kit, &client->wire);
    ocpp_ws_deflate_stop(&client->kit.streams); /* a stream belongs to one connection */
    client->wire = (struct ocpp_ws_wire){ 0 };
}

static void await_attempt(struct ocpp_client *client)
{
    uint64_t random = 0;
    ocpp_system_random(&random, sizeof random, NULL);
    const struct ocpp_transport transport = ocpp_charge_point_transport(client->cp);
    client->backoff.wait_minimum_ms = transport.retry_wait_minimum_ms;
    client->backoff.random_range_ms = transport.retry_random_range_ms;
    client->backoff.repeat_times = transport.retry_repeat_times;
    const int64_t wait_ms = ocpp_backoff_next(&client->backoff, random);
    client->state = LINK_AWAITS_ATTEMPT;
    client->state_due_ms = ocpp_system_now().mono_ms + wait_ms / client->settings.clock_speed + 1;
    adapter_log(&client->settings.log, OCPP_LOG_WARNING, "%s:%d: %s; next attempt in %lld.%03lld s", client->url.host,
                client->url.port, client->reason, (long long)(wait_ms / 1000), (long long)(wait_ms % 1000));
}

/* The charge point hears how the attempt ended that it had asked for, so that it can choose the next one. */
static void tell_failure(struct ocpp_client *client, bool was_up)
{
    if (client->is_asked && !was_up) {
        ocpp_ws_client_tell(
            client, (struct ocpp_client_act){ .kind = OCPP_CLIENT_FAILS, .failure = client->failure, .words = client->reason });
        const enum ocpp_status status =
            ocpp_charge_point_connection_failed(client->cp, client->failure, client->reason, ocpp_ws_client_now(client));
        if (status != OCPP_OK)
            adapter_log(&client->settings.log, OCPP_LOG_ERROR, "the charge point did not ask for this connection");
    }
    client->is_asked = false;
}

/* The connection or the attempt is over, for client->reason; libwebsockets closes what is left of it. */
static void end_link(struct ocpp_client *client)
{
    const bool was_up = client->state == LINK_UP;
    const enum ocpp_version version = client->version;
    kill_connection(client);
    give_back(client);
    client->loop->happened = true;
    client->version = OCPP_VERSION_NONE;
    tell_failure(client, was_up);
    await_attempt(client);
    if (was_up) {
        take_down(client);
        if (client->settings.on_link != NULL)
            client->settings.on_link(false, version, client->reason, client->settings.user);
    }
    set_timer(client);
}

static void end_link_because(struct ocpp_client *client, const char *reason)
{
    client->failure = OCPP_CONNECTION_UNREACHABLE;
    (void)snprintf(client->reason, sizeof client->reason, "%s", reason);
    end_link(client);
}

/* --- the attempt ------------------------------------------------------------------------------------------------- */

/* "ocpp2.1, ocpp2.0.1": what the charge point offers now, in its order. */
static void write_offer(const struct ocpp_client *client, char offer[OFFER_SIZE])
{
    enum ocpp_version versions[4] = { OCPP_VERSION_NONE };
    if (client->is_asked)
        memcpy(versions, client->offer, sizeof versions);
    else
        ocpp_charge_point_offer(client->cp, ocpp_ws_client_now(client), versions);
    size_t used = 0;
    offer[0] = '\0';
    for (size_t i = 0; i < 4 && versions[i] != OCPP_VERSION_NONE && used < OFFER_SIZE; i++)
        used +=
            (size_t)snprintf(offer + used, OFFER_SIZE - used, "%s%s", i > 0 ? ", " : "", ocpp_version_subprotocol(versions[i]));
}

static bool connect_to(struct ocpp_client *client, const char *address)
{
    static const lws_retry_bo_t no_pings = { .secs_since_valid_ping = 0 }; /* we ping ourselves */
    char offer[OFFER_SIZE];
    write_offer(client, offer);
    struct lws_client_connect_info info;
    memset(&info, 0, sizeof info);
    info.context = client->loop->events.context;
    info.vhost = client->vhost->vhost;
    info.address = address;
    info.port = client->url.port;
    info.path = client->url.path;
    info.host = client->url.authority;
    info.protocol = offer;
    info.local_protocol_name = "ocpp";
    info.ssl_connection = LCCSCF_HTTP_NO_FOLLOW_REDIRECT | (client->url.tls ? LCCSCF_USE_SSL : 0);
    info.alpn = "http/1.1";
    info.retry_and_idle_policy = &no_pings;
    info.opaque_user_data = client;
    client->reason[0] = '\0';
    client->failure = OCPP_CONNECTION_UNREACHABLE;
    client->tls = (struct ocpp_tls_report){ .verdict = 0 };
    client->wire = (struct ocpp_ws_wire){ 0 };
    client->state = LINK_AWAITS_HANDSHAKE;
    client->wsi = lws_client_connect_via_info(&info);
    return client->wsi != NULL;
}

static void try_addresses(struct ocpp_client *client)
{
    while (client->address < client->addresses.count) {
        if (connect_to(client, client->addresses.address[client->address]))
            return;
        client->address++;
    }
    end_link_because(client, "no connection could be begun");
}

static void attempt(struct ocpp_client *client)
{
    client->state_due_ms = ocpp_system_now().mono_ms + client->settings.connect_timeout_ms;
    client->address = 0;
    if (client->asks && !ocpp_ws_client_choose(client)) {
        end_link(client);
        return;
    }
    if (client->url.literal) {
        client->addresses.count = 1;
        (void)snprintf(client->addresses.address[0], WS_ADDRESS_SIZE, "%.*s", WS_ADDRESS_SIZE - 1, client->url.host);
        try_addresses(client);
    } else {
        client->state = LINK_AWAITS_NAME;
        client->question = ocpp_ws_ask(client->url.host, ocpp_ws_client_loop_wake, client->loop);
        if (client->question == NULL)
            end_link_because(client, "no memory or no thread to resolve its name");
    }
    set_timer(client);
}

void ocpp_ws_client_link_named(struct ocpp_client *client)
{
    if (client->state != LINK_AWAITS_NAME || !ocpp_ws_answer(client->question, &client->addresses))
        return;
    client->question = NULL;
    if (client->addresses.count == 0)
        end_link_because(client, client->addresses.reason);
    else
        try_addresses(client);
    set_timer(client);
}

/* --- the handshake fails ----------------------------------------------------------------------------------------- */

static void on_connection_error(struct ocpp_client *client, struct lws *wsi, const char *words, size_t size)
{
    const unsigned status = lws_http_client_http_response(wsi);
    forget(client); /* it is going already */
    if (client->reason[0] == '\0' && status != 0 && status != 101)
        ocpp_ws_client_status_reason(client, status);
    if (client->reason[0] == '\0' && status == 0 && client->address + 1 < client->addresses.count) {
        client->address++;
        try_addresses(client); /* within the time of this attempt */
        return;
    }
    if (client->reason[0] == '\0')
        ocpp_ws_client_transport_reason(client, wsi);
    if (client->reason[0] == '\0')
        ocpp_ws_client_failure_reason(client, words != NULL ? words : "", words != NULL ? size : 0);
    end_link(client);
}

/* --- the handshake ----------------------------------------------------------------------------------------------- */

static int append_credentials(const struct ocpp_client *client, char **at, size_t room)
{
    if (client->password_size == 0)
        return 0;
    char raw[RAW_CREDENTIALS_SIZE];
    const int identity_size = snprintf(raw, sizeof raw, "%s:", ocpp_charge_point_identity(client->cp));
    memcpy(raw + identity_size, client->password, client->password_size);
    const size_t raw_size = (size_t)identity_size + client->password_size;
    const size_t needed = strlen("Authorization: Basic \r\n") + (raw_size + 2) / 3 * 4 + 1;
    int outcome = 1;
    if (needed < room) {
        *at += sprintf(*at, "Authorization: Basic ");
        *at += lws_b64_encode_string(raw, (int)raw_size, *at, (int)(room - 32));
        *at += sprintf(*at, "\r\n");
        outcome = 0;
    }
    OPENSSL_cleanse(raw, sizeof raw);
    return outcome;
}

/* The server's choice. libwebsockets has refused what was not offered; none at all is left to us. */
static int check_choice(struct ocpp_client *client, struct lws *wsi)
{
    char chosen[32] = "";
    if (lws_hdr_total_length(wsi, WSI_TOKEN_PROTOCOL) > 0)
        (void)lws_hdr_copy(wsi, chosen, sizeof chosen, WSI_TOKEN_PROTOCOL);
    client->version = ocpp_version_of(chosen);
    if (client->version != OCPP_VERSION_NONE)
        return 0;
    (void)snprintf(client->reason, sizeof client->reason, "it has none of the offered versions");
    client->failure = OCPP_CONNECTION_REFUSED;
    return 1;
}

static int on_established(struct ocpp_client *client, struct lws *wsi)
{
    const int64_t real_ms = ocpp_system_now().mono_ms;
    client->wsi = wsi;
    client->ping_wanted = false;
    client->ping_interval_ms = ocpp_charge_point_transport(client->cp).ping_interval_ms;
    client->ping_due_ms = client->ping_interval_ms > 0 ? real_ms + client->ping_interval_ms : OCPP_NEVER;
    client->pong_due_ms = OCPP_NEVER;
    ocpp_ws_client_tell(client, (struct ocpp_client_act){ .kind = OCPP_CLIENT_GOES_UP, .version = client->version });
    if (ocpp_charge_point_link_up(client->cp, client->version, ocpp_ws_client_now(client)) != OCPP_OK) {
        forget(client);
        end_link_because(client, "the charge point refuses the negotiated version");
        return -1;
    }
    client->state = LINK_UP;
    client->loop->happened = true;
    ocpp_backoff_reset(&client->backoff);
    adapter_log(&client->settings.log, OCPP_LOG_INFO, "%s:%d: connected, OCPP %s", client->url.host, client->url.port,
                ocpp_version_name(client->version));
    if (client->settings.on_link != NULL)
        client->settings.on_link(true, client->version, "connected", client->settings.user);
    (void)lws_callback_on_writable(wsi);
    set_timer(client);
    return 0;
}

/* --- texts and pings --------------------------------------------------------------------------------------------- */

static void heard(struct ocpp_client *client)
{
    client->pong_due_ms = OCPP_NEVER;
    client->loop->happened = true;
}

static void refuse(struct ocpp_client *client, enum ocpp_ws_arrival arrival)
{
    (void)snprintf(client->reason, sizeof client->reason, "closed for what it sent: %s", ocpp_ws_refusal_words(arrival));
    say_farewell(client, FAREWELL_SAID + 1 + (int)arrival);
    end_link(client);
}

static bool passes(const struct ocpp_client *client, enum ocpp_direction from, const char *text, size_t size)
{
    return client->settings.pass == NULL || client->settings.pass(from, text, size, client->settings.user);
}

static int on_receive(struct ocpp_client *client, struct lws *wsi, const void *piece, size_t size)
{
    const char *text = NULL;
    size_t text_size = 0;
    heard(client);
    const enum ocpp_ws_arrival arrival = ocpp_ws_take(&client->kit, wsi, piece, size, &text, &text_size);
    if (arrival == OCPP_WS_MORE)
        return 0;
    enum ocpp_status status = OCPP_OK;
    if (arrival == OCPP_WS_MESSAGE && passes(client, OCPP_FROM_CENTRAL, text, text_size))
        status = ocpp_charge_point_receive(client->cp, text, text_size, ocpp_ws_client_now(client));
    ocpp_ws_taken(&client->kit, &client->wire);
    if (arrival != OCPP_WS_MESSAGE || status == OCPP_ERR_TOO_LARGE) {
        refuse(client, arrival != OCPP_WS_MESSAGE ? arrival : OCPP_WS_TOO_LARGE);
        return 0;
    }
    if (status != OCPP_OK)
        adapter_log(&client->settings.log, OCPP_LOG_ERROR, "%s:%d: a message was lost: %s", client->url.host, client->url.port,
                    ocpp_status_sentence(status));
    (void)lws_callback_on_writable(wsi);
    set_timer(client);
    return 0;
}

/* The charge point wants another connection, and everything it had to say on this one has left: no back-off. */
static void reconnect(struct ocpp_client *client)
{
    const enum ocpp_version version = client->version;
    (void)snprintf(client->reason, sizeof client->reason, "the station connects anew, as it was told to");
    adapter_log(&client->settings.log, OCPP_LOG_INFO, "%s:%d: %s", client->url.host, client->url.port, client->reason);
    say_farewell(client, FAREWELL_GOING_AWAY);
    give_back(client);
    client->loop->happened = true;
    client->version = OCPP_VERSION_NONE;
    client->is_asked = false;
    ocpp_backoff_reset(&client->backoff);
    client->state = LINK_AWAITS_ATTEMPT;
    client->state_due_ms = ocpp_system_now().mono_ms;
    take_down(client);
    if (client->settings.on_link != NULL)
        client->settings.on_link(false, version, client->reason, client->settings.user);
    set_timer(client);
}

static int on_writeable(struct ocpp_client *client, struct lws *wsi)
{
    if (client->ping_wanted) {
        client->ping_wanted = false;
        (void)lws_callback_on_writable(wsi);
        return ocpp_ws_ping(&client->kit, wsi) ? 0 : -1;
    }
    while (!ocpp_ws_choked(wsi)) {
        size_t size = 0;
        const char *text = ocpp_charge_point_next_output(client->cp, &size, ocpp_ws_client_now(client));
        if (text == NULL) {
            ocpp_ws_client_tell(client, (struct ocpp_client_act){ .kind = OCPP_CLIENT_IS_DONE });
            if (ocpp_charge_point_must_reconnect(client->cp))
                reconnect(client);
            else
                set_timer(client);
            return 0;
        }
        client->loop->happened = true;
        if (passes(client, OCPP_FROM_STATION, text, size) && !ocpp_ws_write(&client->kit, wsi, text, size))
            return -1;
    }
    (void)lws_callback_on_writable(wsi);
    set_timer(client);
    return 0;
}

/* The peer's close frame: a code, then words. */
static void on_peer_close(struct ocpp_client *client, const unsigned char *payload, size_t size)
{
    char words[64];
    size_t used = 0;
    for (size_t i = 2; i < size && used + 1 < sizeof words; i++)
        words[used++] = payload[i] >= ' ' && payload[i] < 0x7f ? (char)payload[i] : '?';
    words[used] = '\0';
    const int code = size >= 2 ? payload[0] << 8 | payload[1] : 1005;
    (void)snprintf(client->reason, sizeof client->reason, "closed by the central system with %d%s%s", code, used > 0 ? ": " : "",
                   words);
    forget(client); /* libwebsockets answers with the same code */
    end_link(client);
}

static void on_closed(struct ocpp_client *client)
{
    forget(client);
    if (client->state == LINK_AWAITS_HANDSHAKE && client->tls.alert != 0) /* behind the handshake of TLS 1.3 */
        ocpp_ws_client_tls_reason(client);
    if (client->reason[0] == '\0')
        (void)snprintf(client->reason, sizeof client->reason, "the connection was lost");
    end_link(client);
}

int ocpp_ws_client_link_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size)
{
    (void)user;
    struct client_loop *loop = lws_context_user(lws_get_context(wsi));
    void *owner = lws_get_opaque_user_data(wsi);
    if (owner == NULL)
        return reason == LWS_CALLBACK_CLIENT_ESTABLISHED || reason == LWS_CALLBACK_CLIENT_WRITEABLE ? -1 : 0;
    for (int i = 0; i < FAREWELLS; i++) {
        if (owner == &loop->farewells[i])
            return farewell_callback(loop, owner, wsi, reason);
    }
    struct ocpp_client *client = owner;
    switch ((int)reason) {
    case LWS_CALLBACK_CLIENT_CONFIRM_EXTENSION_SUPPORTED:
        return !client->settings.compress;
    case LWS_CALLBACK_CLIENT_APPEND_HANDSHAKE_HEADER:
        return append_credentials(client, in, size);
    case LWS_CALLBACK_CLIENT_FILTER_PRE_ESTABLISH:
        return check_choice(client, wsi);
    case LWS_CALLBACK_CLIENT_CONNECTION_ERROR:
        on_connection_error(client, wsi, in, size);
        return 0;
    case LWS_CALLBACK_CLIENT_ESTABLISHED:
        return on_established(client, wsi);
    case LWS_CALLBACK_CLIENT_RECEIVE:
        return on_receive(client, wsi, in, size);
    case LWS_CALLBACK_CLIENT_RECEIVE_PONG:
        heard(client);
        set_timer(client);
        return 0;
    case LWS_CALLBACK_CLIENT_WRITEABLE:
        return on_writeable(client, wsi);
    case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
        on_peer_close(client, in, size);
        return 0;
    case LWS_CALLBACK_CLIENT_CLOSED:
    case LWS_CALLBACK_WSI_DESTROY: /* all that is told when a server hangs up before its answer (4.1.6) */
        if (client->wsi == wsi)
            on_closed(client);
        return 0;
    default:
        return 0;
    }
}

/* --- what time and the host bring -------------------------------------------------------------------------------- */

static void advance_up(struct ocpp_client *client, int64_t real_ms)
{
    if (real_ms >= client->pong_due_ms) {
        end_link_because(client, "it does not answer pings");
        return;
    }
    if (real_ms < client->ping_due_ms)
        return;
    client->ping_wanted = true;
    client->ping_due_ms = real_ms + client->ping_interval_ms;
    if (client->pong_due_ms == OCPP_NEVER && client->settings.pong_timeout_ms > 0)
        client->pong_due_ms = real_ms + client->settings.pong_timeout_ms; /* also when the ping cannot leave */
    (void)lws_callback_on_writable(client->wsi);
}

void ocpp_ws_client_link_advance(struct ocpp_client *client)
{
    const int64_t real_ms = ocpp_system_now().mono_ms;
    switch (client->state) {
    case LINK_PAUSED:
        break;
    case LINK_AWAITS_ATTEMPT:
        if (real_ms >= client->state_due_ms)
            attempt(client);
        break;
    case LINK_AWAITS_NAME:
        if (real_ms >= client->state_due_ms)
            end_link_because(client, "its name was not resolved in time");
        break;
    case LINK_AWAITS_HANDSHAKE:
        if (real_ms >= client->state_due_ms)
            end_link_because(client, "no connection in time");
        break;
    case LINK_UP:
        advance_up(client, real_ms);
        break;
    }
    ocpp_ws_client_link_kick(client);
}

void ocpp_ws_client_link_kick(struct ocpp_client *client)
{
    const struct ocpp_now now = ocpp_ws_client_now(client);
    if (ocpp_charge_point_deadline(client->cp) <= now.mono_ms) {
        ocpp_ws_client_tell(client, (struct ocpp_client_act){ .kind = OCPP_CLIENT_ADVANCES });
        ocpp_charge_point_advance(client->cp, now);
        client->loop->happened = true;
    }
    if (client->state == LINK_UP)
        (void)lws_callback_on_writable(client->wsi);
    set_timer(client);
}

void ocpp_ws_client_link_start(struct ocpp_client *client)
{
    client->state = LINK_AWAITS_ATTEMPT; /* the first attempt is no reconnection: it does not wait */
    client->state_due_ms = ocpp_system_now().mono_ms;
    set_timer(client);
}

void ocpp_ws_client_link_abandon(struct ocpp_client *client)
{
    if (client->state == LINK_UP && client->wsi != NULL)
        say_farewell(client, FAREWELL_GOING_AWAY);
    kill_connection(client);
    give_back(client);
    client->is_asked = false;
}

void ocpp_ws_client_link_pause(struct ocpp_client *client, bool paused)
{
    if (paused == (client->state == LINK_PAUSED))
        return;
    if (!paused) {
        ocpp_backoff_reset(&client->backoff);
        ocpp_ws_client_link_start(client);
        return;
    }
    const bool was_up = client->state == LINK_UP;
    const enum ocpp_version version = client->version;
    ocpp_ws_client_link_abandon(client);
    client->state = LINK_PAUSED;
    client->version = OCPP_VERSION_NONE;
    if (was_up) {
        take_down(client);
        if (client->settings.on_link != NULL)
            client->settings.on_link(false, version, "paused", client->settings.user);
    }
    set_timer(client);
}
