/* ws_client.h: what the files of the WebSocket client share. ws_client.c is its face, ws_client_link.c the life of one
 * connection, ws_client_choice.c which connection that is, ws_client_reason.c why there is none, ws_client_loop.c the loop that
 * clients may share.
 */
#ifndef OCPP_WS_CLIENT_H
#define OCPP_WS_CLIENT_H

#include "event_loop.h"
#include "timer_wheel.h"
#include "tls_client.h"
#include "tls_context.h"
#include "ws_resolve.h"
#include "ws_url.h"
#include "ws_wire.h"

#include <ocpp/backoff.h>

enum { CLIENT_REASON_SIZE = 192, CLIENT_PASSWORD_SIZE = 257 };

/* Named for what the link awaits. */
enum client_state {
    LINK_PAUSED,           /* ocpp_client_pause() */
    LINK_AWAITS_ATTEMPT,   /* the back-off */
    LINK_AWAITS_NAME,      /* the resolver */
    LINK_AWAITS_HANDSHAKE, /* TCP, TLS, HTTP */
    LINK_UP
};

/* A vhost of libwebsockets: clients with the same certificate files share one. Those whose certificates are behind a contract of
 * crypto.h have one each, whose context is filled anew before each attempt. Texts are owned. */
struct client_vhost {
    struct client_vhost *next;
    struct lws_vhost *vhost;
    SSL_CTX *tls;    /* NULL: plain */
    bool is_private; /* of |owner|, or of nobody any more */
    struct ocpp_client *owner;
    SSL_CTX *keys; /* … with what was read for its last attempt; NULL: nothing yet */
    char *ca_file;
    char *certificate_file;
    char *key_file;
};

/* What is left of a connection we end: a close frame to write, then to wait until the peer hangs up. Stands where the client
 * stood. */
struct client_farewell {
    struct ocpp_ws_wire wire; /* first, and empty: ws_wire.h */
    int code;
    const char *words;
};

enum { FAREWELL_GOING_AWAY, FAREWELL_SAID, FAREWELLS = FAREWELL_SAID + 1 + OCPP_WS_ARRIVALS };

struct client_loop {
    struct ocpp_event_loop events;
    struct client_farewell farewells[FAREWELLS]; /* the last ones by enum ocpp_ws_arrival */
    struct ocpp_ws_kit kit;                      /* for farewells */
    struct ocpp_timer_wheel wheel;
    struct ocpp_client *clients;
    struct client_vhost *vhosts;
    struct ocpp_tls_watcher watcher;
    size_t count;  /* of clients */
    bool happened; /* something did in this run */
    bool stirred;  /* libwebsockets told something in this round, or a timer expired: the next one may have more to do */
    bool named;    /* a resolver may have answered */
    bool inside;   /* a round is being served */
};

struct ocpp_client {
    struct ocpp_ws_wire wire; /* first: ws_wire.h */
    struct ocpp_wheel_timer timer;
    struct client_loop *loop;
    struct ocpp_client *next;
    struct ocpp_charge_point *cp;
    struct ocpp_client_settings settings; /* its texts are not used any more, but for the names of files, which are owned */
    bool asks;                            /* the charge point says what to connect to, before each attempt */
    bool is_asked;                        /* … and wants to hear how the attempt ended */
    enum ocpp_version offer[4];
    bool wildcards;
    struct ocpp_tls_report tls;
    enum ocpp_connection_failure failure; /* goes with |reason| */
    struct ocpp_ws_url url;
    struct client_vhost *vhost;
    char password[CLIENT_PASSWORD_SIZE];
    size_t password_size;
    struct ocpp_ws_kit kit;
    struct ocpp_backoff backoff;

    enum client_state state;
    struct lws *wsi; /* NULL: no connection, or one that is not cared for any more */
    struct ocpp_ws_question *question;
    struct ocpp_ws_addresses addresses;
    size_t address; /* the one being tried */
    enum ocpp_version version;
    char reason[CLIENT_REASON_SIZE]; /* why the connection ends, where that is known better than libwebsockets does */
    int64_t state_due_ms;            /* real: when the attempt is made or given up */
    int64_t ping_interval_ms;        /* by which |ping_due_ms| was reckoned */
    int64_t ping_due_ms;
    int64_t pong_due_ms;
    bool ping_wanted;
};

/* Of ws_client.c. */
void ocpp_ws_client_tell(const struct ocpp_client *client, struct ocpp_client_act act);

/* Of ws_client_choice.c. */
bool ocpp_ws_client_choose(struct ocpp_client *client); /* false: nothing can be tried; client->reason says why */

/* Of ws_client_reason.c, each filling in client->reason and client->failure: an answer that is no WebSocket; what OpenSSL told,
 * and where that is nothing, what the socket knows; what libwebsockets says. */
void ocpp_ws_client_status_reason(struct ocpp_client *client, unsigned status);
void ocpp_ws_client_tls_reason(struct ocpp_client *client);
void ocpp_ws_client_transport_reason(struct ocpp_client *client, struct lws *wsi);
void ocpp_ws_client_failure_reason(struct ocpp_client *client, const char *words, size_t size);

/* Of ws_client_loop.c: a vhost for |client|: plain, with the files of its settings, or one of its own for the context of its
 * keys. NULL: the files cannot be used, or no memory. */
struct client_vhost *ocpp_ws_client_loop_vhost(struct ocpp_client *client, bool tls, bool with_certificate);
struct client_vhost *ocpp_ws_client_loop_private(struct ocpp_client *client);
enum ocpp_status ocpp_ws_client_loop_join(struct ocpp_client *client, struct client_loop *shared,
                                          const struct ocpp_client_settings *settings);
void ocpp_ws_client_loop_leave(struct ocpp_client *client);
void ocpp_ws_client_loop_serve(struct client_loop *loop, int64_t wait_ms);
void ocpp_ws_client_loop_wake(void *loop); /* from any thread */

/* Of ws_client_link.c. */
struct ocpp_now ocpp_ws_client_now(const struct ocpp_client *client);
void ocpp_ws_client_link_start(struct ocpp_client *client);
void ocpp_ws_client_link_pause(struct ocpp_client *client, bool paused);
void ocpp_ws_client_link_advance(struct ocpp_client *client); /* its timer expired */
void ocpp_ws_client_link_named(struct ocpp_client *client);   /* the resolver may have answered */
void ocpp_ws_client_link_kick(struct ocpp_client *client);    /* the charge point was given something */
void ocpp_ws_client_link_abandon(struct ocpp_client *client); /* the client goes away */
int ocpp_ws_client_link_callback(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t size);

#endif
