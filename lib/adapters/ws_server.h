/* ws_server.h: what the files of the WebSocket server share.
 *
 *   ws_server.c            settings, start, stop, what the host calls
 *   ws_server_accept.c     listening sockets and the thread that accepts
 *   ws_server_thread.c     a service thread: its rounds, its timers, the callbacks of libwebsockets
 *   ws_server_mailbox.c    what other threads want of a service thread
 *   ws_server_registry.c   which thread has which station
 *   ws_server_limits.c     what peers may cost before they are stations
 *   ws_server_handshake.c  who may come in, and as what
 *   ws_server_tls.c        what the ports show, whom they believe, and which security profiles they serve
 *   ws_server_station.c    a station's connection once it stands
 *   ws_server_alive.c      whether a station is still there: pings, time-outs
 *   ws_server_http.c       requests that are no handshake
 *   ws_server_exchange.c   answers to them, from any thread
 *
 * Debian's libwebsockets serves one thread per context and cannot share a listening socket, so sockets are accepted on a thread
 * of their own and handed to the service threads, each with its own context (lws_adopt_descriptor_vhost). Only mailboxes and the
 * registry are locked.
 */
#ifndef OCPP_WS_SERVER_H
#define OCPP_WS_SERVER_H

#include "address_table.h"
#include "event_loop.h"
#include "timer_wheel.h"
#include "tls_context.h"
#include "tls_server.h"
#include "ws_wire.h"

#include <pthread.h>
#include <stdatomic.h>

enum {
    SERVER_THREADS = 64,
    SERVER_LISTENS = 16,
    SERVER_ADDRESS_SIZE = PEER_TEXT_SIZE,
    SERVER_SUBPROTOCOL_SIZE = 16,
    SERVER_HEADER_BYTES = 8192, /* of a request, all headers together */
    SERVER_SERIAL_SIZE = 257,   /* ocpp_certificate_info.common_name has no more */
    SERVER_FAREWELL_MS = 3000   /* for the peer to answer a close frame */
};

struct server_thread;
struct connection;
struct pending_handshake;

/* --- mail -------------------------------------------------------------------------------------------------------- */

enum mail_kind {
    MAIL_ADOPT,
    MAIL_EVICT,
    MAIL_PROBE,
    MAIL_PING,
    MAIL_GRANT,
    MAIL_DROP,
    MAIL_WORK,
    MAIL_ALL,
    MAIL_CLOSE,
    MAIL_EXCHANGE,
    MAIL_STOP
};

/* Something for a service thread to do. Mail that must not fail is made before it is needed. */
struct mail {
    struct mail *next;
    enum mail_kind kind;
    int fd;                 /* ADOPT */
    size_t listen;          /* ADOPT */
    uint32_t place;         /* ADOPT: address_table.h */
    uint64_t generation;    /* EVICT, PROBE, GRANT, DROP: of the connection meant */
    const char *words;      /* DROP: static text */
    int64_t interval_ms;    /* PING */
    int64_t timeout_ms;     /* PING */
    int code;               /* CLOSE */
    int64_t drain_until_ms; /* STOP */
    int hops;               /* WORK, CLOSE: how often it was sent on */
    void (*work)(struct ocpp_station *station, struct ocpp_now now, void *user);
    void (*all)(struct ocpp_central *central, struct ocpp_now now, void *user);
    void *user;
    struct ocpp_http_exchange *exchange;
    char identity[]; /* EVICT, PROBE, PING, GRANT, WORK, CLOSE */
};

struct mailbox {
    pthread_mutex_t lock;
    struct mail *first;
    struct mail **last;
    size_t work; /* mail that is counted against the limit */
    bool closed;
};

/* --- connections ------------------------------------------------------------------------------------------------- */

/* Named for what the connection awaits. */
enum connection_state {
    CONNECTION_AWAITS_HEAD,   /* TLS and a request's head: the first, or the next one of a kept connection */
    CONNECTION_AWAITS_BODY,   /* of a request */
    CONNECTION_AWAITS_ANSWER, /* of the host, or its end when it is a stream */
    CONNECTION_AWAITS_OWNER,  /* a station whose old connection is being let go of; nothing is read */
    CONNECTION_IS_STATION,
    CONNECTION_AWAITS_FAREWELL, /* our close frame is to be written */
    CONNECTION_AWAITS_HANGUP,   /* it was; the peer may hang up */
    CONNECTION_IS_DEAD          /* libwebsockets has been told to drop it */
};

struct connection {
    struct ocpp_ws_wire wire; /* first: ws_wire.h */
    struct ocpp_wheel_timer timer;
    struct server_thread *thread;
    struct lws *wsi;
    struct connection *next, **link; /* of the thread */
    uint64_t generation;
    int64_t heard_ms; /* real time, of a station */
    int64_t pinged_ms;
    int64_t stalled_since_ms; /* real; 0: what waits for it leaves */
    int64_t paused_until_ms;  /* real; 0: it is read from, as far as its rates go */
    int64_t paused_last_ms;   /* real: the last pause, and the first of those that followed one another */
    int64_t paused_first_ms;
    int64_t partial_since_ms; /* real; 0: no message has come in part */
    struct ocpp_rate_gate messages;
    struct ocpp_rate_gate bytes;
    int32_t ping_interval_ms; /* 0: off */
    int32_t pong_timeout_ms;
    uint32_t place;                   /* address_table.h, until it is a station's; ADDRESS_NONE */
    struct ocpp_forwarded *forwarded; /* by a trusted proxy, of the last request; NULL */
    union {
        struct pending_handshake *handshake; /* AWAITS_OWNER */
        struct ocpp_station *station;
        struct server_request *request; /* while its body comes */
        struct ocpp_http_exchange *exchange;
    } of;
    struct registry_entry *entry; /* a station's, or NULL */
    uint8_t state;
    uint8_t listen;
    uint8_t ping; /* enum ping_state */
    uint16_t close_code;
    bool tls;
    bool asked;                  /* a request came */
    bool probed;                 /* somebody waits for its identity, should it be dead */
    struct tls_watch *tls_watch; /* NULL: no TLS, or no memory for it */
    const char *close_words;     /* static text */
};

/* What is told of a TLS handshake that fails; its socket is closed by then. */
struct tls_watch {
    struct ocpp_tls_failure failure;
    struct ocpp_peer_address address;
    bool was_late; /* and was counted as a failure when its time was over */
};

enum ping_state { PING_NONE, PING_WANTED, PING_AWAITS_PONG };

/* What the handshake that is being answered has come to. It is used up by LWS_CALLBACK_ESTABLISHED, within the same callback of
 * the event loop, so one per thread is enough. */
struct pending_handshake {
    char identity[OCPP_IDENTITY_SIZE];
    enum ocpp_version version;
    uint32_t quirks;
    uint32_t survived; /* quirks of the handshake */
    void *user;
    int32_t ping_interval_ms;
    int32_t pong_timeout_ms;
    enum ocpp_security_profile security_profile;
    char serial_number[SERVER_SERIAL_SIZE]; /* "": any */
    size_t deflate_offers;                  /* seen so far */
    char deflate_parameters[96];            /* to be answered; "": no compression */
    int window_bits;
};

struct server_thread {
    struct ocpp_server *server;
    int index;
    pthread_t thread;
    bool started;
    struct ocpp_event_loop events;
    struct lws_vhost *vhosts[SERVER_LISTENS];
    SSL_CTX *no_client_tls; /* tls_context.h */
    SSL_CTX *opening_tls;   /* of the vhost that is being made */
    struct ocpp_tls_hook tls_hooks[SERVER_LISTENS];
    struct lws_protocols protocols[2];
    char subprotocol[SERVER_SUBPROTOCOL_SIZE]; /* name of protocols[0]: what libwebsockets may choose in the handshake at hand */
    struct ocpp_timer_wheel wheel;
    struct ocpp_ws_kit kit;
    struct mailbox mailbox;
    struct ocpp_central *central;
    struct connection *connections;
    size_t count;
    atomic_size_t load; /* connections here or on their way */
    struct pending_handshake handshake;
    int64_t real_ms; /* the clock, read once per round */
    struct ocpp_now now;
    bool clock_read;
    bool own_mail; /* sent by the thread to itself: nobody wakes it for that */
    enum { ADOPTION_BEGUN, ADOPTION_MADE, ADOPTION_DESTROYED } adoption; /* of the connection at hand */
    bool stopping;
    bool active; /* something happened in this round */
    int64_t drain_until_ms;
};

/* --- the server -------------------------------------------------------------------------------------------------- */

struct server_listen {
    int fd;
    int port;
    enum ocpp_listen_for purpose;
    bool tls;
    uint32_t profiles; /* bits 1 << enum ocpp_security_profile: served here */
    struct ocpp_tls_port tls_port;
    bool has_tls_port;
    struct ocpp_server_listen files; /* what the certificates are read from: only the paths are used, and they are ours */
};

/* What all threads know of peers. */
struct server_guard {
    pthread_mutex_t lock; /* over what has no other rule */
    struct ocpp_address_table addresses;
    struct ocpp_rate_gate complaints;
    int64_t complaints_left_out;
    struct ocpp_peer_network *proxies; /* never changed */
    size_t proxy_count;
    struct ocpp_rate_gate accepted; /* of the acceptor */
    atomic_uint_fast64_t counts[OCPP_SERVER_COUNTS];
};

struct ocpp_server {
    struct ocpp_server_settings settings; /* its texts and lists are not used any more, but for those below */
    char *path_prefix;
    char no_subprotocol[SERVER_SUBPROTOCOL_SIZE]; /* "": clients that offer none are refused */
    uint32_t versions;                            /* bits 1 << enum ocpp_version */
    struct server_listen listens[SERVER_LISTENS];
    size_t listen_count;
    struct server_thread *threads;
    int thread_count;
    pthread_t acceptor;
    bool acceptor_started;
    int acceptor_wake; /* eventfd */
    atomic_bool stopping;
    atomic_size_t connections;
    atomic_uint_fast64_t next_generation;
    atomic_int_fast64_t clock_offset_ms;
    struct server_guard guard;
    pthread_mutex_t registry_lock;
    void *registry; /* tsearch() */
    /* Start waits for the threads to have their shards. */
    pthread_mutex_t start_lock;
    pthread_cond_t start_changed;
    int shards_ready;
    int shards_failed;
    bool may_serve;
};

/* Of ws_server_accept.c. */
enum ocpp_status ocpp_ws_server_listen_all(struct ocpp_server *server, const struct ocpp_server_settings *settings, char *reason,
                                           size_t room);
enum ocpp_status ocpp_ws_server_acceptor_start(struct ocpp_server *server);
void ocpp_ws_server_acceptor_stop(struct ocpp_server *server);
void ocpp_ws_server_listens_close(struct ocpp_server *server);

/* Of ws_server_tls.c. Open before anybody listens, close after the last thread. */
enum ocpp_status ocpp_ws_server_ports_open(struct ocpp_server *server, const struct ocpp_server_settings *settings, char *reason,
                                           size_t room);
void ocpp_ws_server_ports_close(struct ocpp_server *server);

/* Of ws_server_thread.c. */
enum ocpp_status ocpp_ws_server_thread_open(struct server_thread *thread, struct ocpp_server *server, int index,
                                            const struct ocpp_server_settings *settings, char *reason, size_t room);
enum ocpp_status ocpp_ws_server_thread_start(struct server_thread *thread);
void ocpp_ws_server_thread_close(struct server_thread *thread); /* joined, or never started */
void ocpp_ws_server_thread_adopt(struct server_thread *thread, int fd, size_t listen, uint32_t place);
void ocpp_ws_server_thread_tick(struct server_thread *thread); /* reads the clock, once per round */
void ocpp_ws_connection_set_timer(struct connection *connection, int64_t due_ms);
void ocpp_ws_connection_want_write(struct connection *connection);
void ocpp_ws_connection_kill(struct connection *connection, const char *why);

/* Of ws_server_mailbox.c. */
enum ocpp_status ocpp_ws_mailbox_open(struct mailbox *mailbox);
void ocpp_ws_mailbox_close(struct mailbox *mailbox);
struct mail *ocpp_ws_mail_new(enum mail_kind kind, const char *identity); /* NULL: no memory */
/* False: the thread serves no more; |mail| is still the caller's. */
bool ocpp_ws_mail_send(struct server_thread *thread, struct mail *mail);
/* As ocpp_ws_mail_send(), for mail that counts. Errors: OCPP_ERR_BUSY, OCPP_ERR_CLOSED; |mail| is still the caller's. */
enum ocpp_status ocpp_ws_mail_send_counted(struct server_thread *thread, struct mail *mail);
void ocpp_ws_mail_deliver(struct server_thread *thread);     /* everything that is there */
void ocpp_ws_mail_refuse_more(struct server_thread *thread); /* closes the box and does what is left in it */

/* Of ws_server_registry.c. */
struct registry_entry;
enum registry_claim { REGISTRY_GRANTED, REGISTRY_WAITING, REGISTRY_REFUSED, REGISTRY_NO_MEMORY };
enum registry_claim ocpp_ws_registry_claim(struct connection *connection, const char *identity);
void ocpp_ws_registry_release(struct connection *connection);
/* |connection| owns its identity and is alive: whoever waits for it is sent away. */
void ocpp_ws_registry_keep(struct connection *connection);
/* The thread that has or awaits |identity|; NULL. */
struct server_thread *ocpp_ws_registry_thread_of(struct ocpp_server *server, const char *identity);
/* The connection of |thread| that owns |identity| with |generation| (0: any); NULL. */
struct connection *ocpp_ws_registry_owner(struct server_thread *thread, const char *identity, uint64_t generation);

/* Of ws_server_limits.c. */
const char *ocpp_ws_limits_fault(const struct ocpp_server_settings *settings); /* NULL: none */
enum ocpp_status ocpp_ws_limits_open(struct server_guard *guard, const struct ocpp_server_limits *limits);
void ocpp_ws_limits_close(struct server_guard *guard);
void ocpp_ws_note(struct ocpp_server *server, enum ocpp_server_count what);
/* A warning about a peer, a few a second. */
void ocpp_ws_complain(struct ocpp_server *server, const char *format, ...) OCPP_PRINTF(2, 3);
bool ocpp_ws_socket_address(int fd, struct ocpp_peer_address *address);
void ocpp_ws_peer_text(const struct connection *connection, char text[PEER_TEXT_SIZE]);
/* Whether a connection may come in; |*place| is held then until ocpp_ws_limits_leave(), which is done once. */
bool ocpp_ws_limits_enter(struct ocpp_server *server, int fd, uint32_t *place);
void ocpp_ws_limits_leave(struct ocpp_server *server, uint32_t *place);
void ocpp_ws_limits_failed(struct connection *connection); /* its handshake */
/* Reads for whom a trusted proxy asks. False: that one asks too often. */
bool ocpp_ws_limits_request(struct connection *connection);
bool ocpp_ws_came_by_tls(const struct connection *connection);

/* Of ws_server_handshake.c. */
int ocpp_ws_handshake_confirm(struct connection *connection, const char *upgrade);
/* Tells the host who was turned away; |identity| may be NULL, |http_status| 0. */
void ocpp_ws_tell_refusal(struct connection *connection, enum ocpp_refusal_stage stage, const char *identity, int http_status,
                          const char *reason);
int ocpp_ws_handshake_allow_deflate(struct connection *connection);
int ocpp_ws_handshake_add_headers(struct connection *connection, struct lws_process_html_args *arguments);

/* Of ws_server_station.c. */
int ocpp_ws_station_established(struct connection *connection);
void ocpp_ws_station_granted(struct connection *connection);
int ocpp_ws_station_receive(struct connection *connection, const void *piece, size_t size);
void ocpp_ws_station_pong(struct connection *connection);
int ocpp_ws_station_peer_close(struct connection *connection, const unsigned char *payload, size_t size);
int ocpp_ws_station_writeable(struct connection *connection);
void ocpp_ws_station_send(struct connection *connection); /* it has output, after a round */
/* Lets go of the station, if the connection is one; |why| is told to the host. */
void ocpp_ws_station_leave(struct connection *connection, const char *why);
void ocpp_ws_station_close(struct connection *connection, int code, const char *words);
/* Closes one that waits for its identity, and tells why. */
void ocpp_ws_station_turn_away(struct connection *connection, const char *identity, const char *words);

/* Of ws_server_alive.c. */
void ocpp_ws_station_timer(struct connection *connection);
void ocpp_ws_station_set_timer(struct connection *connection);   /* to the earliest of what may come */
void ocpp_ws_station_set_reading(struct connection *connection); /* as stalls and pauses say */
void ocpp_ws_station_note_alive(struct connection *connection);  /* something came of it */
void ocpp_ws_station_tell_why(struct connection *connection, enum ocpp_server_count what, const char *words);
void ocpp_ws_station_probe(struct connection *connection); /* is it alive? */
void ocpp_ws_station_set_ping(struct connection *connection, int64_t interval_ms, int64_t timeout_ms);
/* What an admission says of pings, and the server where it says nothing. */
int32_t ocpp_ws_ping_interval(const struct ocpp_server_settings *settings, int64_t wanted_ms);
int32_t ocpp_ws_pong_timeout(const struct ocpp_server_settings *settings, int64_t wanted_ms);

/* Of ws_server_http.c. */
int ocpp_ws_http_request(struct connection *connection, const char *path, size_t size);
int ocpp_ws_http_body(struct connection *connection, const void *piece, size_t size);
int ocpp_ws_http_body_end(struct connection *connection);
void ocpp_ws_http_drop(struct connection *connection); /* the connection goes */
/* A short answer of our own, after which the connection is closed. For use as the result of a callback. */
int ocpp_ws_http_refuse(struct connection *connection, int status, const char *headers);

/* Of ws_server_exchange.c. */
struct ocpp_http_exchange *ocpp_ws_exchange_new(struct connection *connection, bool head, bool close_after);
void ocpp_ws_exchange_detach(struct ocpp_http_exchange *exchange); /* the client is gone */
void ocpp_ws_exchange_mail(struct ocpp_http_exchange *exchange, struct server_thread *thread);
int ocpp_ws_exchange_writeable(struct connection *connection);
void ocpp_ws_exchange_timer(struct connection *connection);
void ocpp_ws_exchange_stop(struct connection *connection); /* the server does: a stream ends, an answer is awaited */
const char *ocpp_ws_http_status_words(int status);

#endif
