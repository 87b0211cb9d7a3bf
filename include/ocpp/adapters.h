/* adapters.h: ready-made implementations of what the core asks for: stores, clock, entropy, and WebSockets over libwebsockets.
 *
 * No foreign header is needed to use it. Everything here does I/O; the core never does.
 */
#ifndef OCPP_ADAPTERS_H
#define OCPP_ADAPTERS_H

#include <ocpp/admission.h>
#include <ocpp/signer.h>
#include <ocpp/central_system.h>
#include <ocpp/charge_point.h>
#include <ocpp/file_transfer.h>
#include <ocpp/crypto.h>
#include <ocpp/network.h>

OCPP_BEGIN_DECLARATIONS

/* --- clock and entropy -------------------------------------------------------------------------------------------- */

/* ocpp_system_now: the machine's monotonic clock (time asleep counted) and its calendar; utc_ms is OCPP_UTC_UNKNOWN while the calendar is before 2020. */
OCPP_API struct ocpp_now ocpp_system_now(void);

/* ocpp_system_random: entropy of the operating system; fits the |random| of every settings struct. Aborts when the system has none. */
OCPP_API void ocpp_system_random(void *bytes, size_t size, void *user);

/* --- stores ------------------------------------------------------------------------------------------------------ */

/* ocpp_memory_storage_new: an empty store that forgets everything when it is freed; every write is done before it returns. Memory comes from |allocator|
 * (NULL: malloc; borrowed for life). |limit_bytes| bounds keys, values and their bookkeeping together (0: no bound); beyond it a write is refused with
 * OCPP_ERR_FULL. Values may be up to 256 KiB. NULL when there is no memory. */
OCPP_API struct ocpp_storage *ocpp_memory_storage_new(const struct ocpp_allocator *allocator, size_t limit_bytes);

/* ocpp_memory_storage_free: forgets everything. NULL is fine. */
OCPP_API void ocpp_memory_storage_free(struct ocpp_storage *storage);

/* ocpp_sqlite_storage_settings: how a database file is used. */
struct ocpp_sqlite_storage_settings {
    struct ocpp_log log;     /* told of every failure of the file while the store is in use, and of a file that was set aside */
    const struct ocpp_allocator *allocator; /* for the handle; SQLite's own memory comes from malloc. NULL: malloc */
    size_t max_value_bytes;  /* of one value; default 256 KiB, at most 256 MiB */
    uint64_t max_bytes;      /* of the file, at least 64 KiB; beyond it a write is refused with OCPP_ERR_FULL. 0: no bound (the default). The log beside
                              * the file (-wal) takes a quarter of it more, at most 4 MiB, and what a single write or group needs. Set it on a small
                              * disk: on one that is full, even deleting needs room in the log */
    int busy_timeout_ms;     /* how long to wait for another handle's lock; default 2,000 */
    bool group;              /* false (default): every write is durable before it returns, right for a board. true: writes gather until flush, right for
                              * a busy server; flush after every round of events */
    size_t group_limit;      /* as many gathered writes force a flush; default 256 */
    bool shared;             /* false (default): the file belongs to this handle, everybody else is refused. true: several handles, each on its own
                              * thread, and other processes may use it at once; what one gathers, the others see after its flush and must wait for */
    bool check;              /* read the whole file at open and look for damage; default true. Reads about 1 GB/s from the cache */
    bool set_aside_corrupt;  /* rename a damaged file (and its -wal) to <path>.corrupt-<n>, tell the log, and begin with an empty one; default false; not when
                              * |shared| */
};

OCPP_API struct ocpp_sqlite_storage_settings ocpp_sqlite_storage_settings_default(void);

/* ocpp_sqlite_storage_open: opens or makes the database |path|. |settings| are copied, NULL means the default. Use the store on one thread, and give it back
 * with ocpp_sqlite_storage_close(). |reason| (may be NULL, |reason_size| bytes) tells in one line what is wrong.
 * Errors: OCPP_ERR_ARGUMENT  a setting is outside its range; OCPP_ERR_STORAGE  the file cannot be opened, made or written; OCPP_ERR_LOCKED  in use
 *         elsewhere; OCPP_ERR_FOREIGN  not made by this library, or by a newer release; OCPP_ERR_CORRUPT  damaged; OCPP_ERR_FULL; OCPP_ERR_NOMEM.
 *         The file is as it was; |storage| is not touched. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_sqlite_storage_open(const char *path, const struct ocpp_sqlite_storage_settings *settings,
                                                                 struct ocpp_storage **storage, char *reason, size_t reason_size);

/* ocpp_sqlite_storage_close: flushes (what still waits is done before this returns) and closes. NULL is fine. Not inside a |visit| or |done|. */
OCPP_API void ocpp_sqlite_storage_close(struct ocpp_storage *storage);

/* --- keys and certificates -------------------------------------------------------------------------------------------- */

/* ocpp_crypto_openssl_settings: how a folder of keys and certificates is used. */
struct ocpp_crypto_openssl_settings {
    struct ocpp_log log;          /* told of files that cannot be read; never of what is in them */
    size_t max_roots;             /* 1 to 128; default 16 */
    size_t max_chain_bytes;       /* 1,000 to 10,000 (the default) */
    bool accept_pkcs1_signatures; /* of firmware: RSASSA-PKCS1-v1_5 too, which `openssl dgst -sign` makes where nobody tells it otherwise; the standard wants
                                   * RSA-PSS (L01.FR.04). Default false */
};

OCPP_API struct ocpp_crypto_openssl_settings ocpp_crypto_openssl_settings_default(void);

/* ocpp_crypto_openssl_open: crypto.h over OpenSSL 3 and the folder |path|, which is made (mode 0700) if it is not there. Keys are files of mode 0600 in it, not encrypted: the
 * folder belongs on a partition that is. Each change is durable, and a power cut leaves the state before it or behind it. |settings| are copied, NULL means the default. Use it on
 * one thread at a time; a client given it uses it on its own. |path| NULL: no folder, for who only wants hashes, signatures (ocmf.h) and certificates described; everything
 * else is OCPP_ERR_STORAGE then. |reason| (may be NULL) tells in one line what is wrong.
 * Errors: OCPP_ERR_ARGUMENT; OCPP_ERR_STORAGE  the folder cannot be made, read or written; OCPP_ERR_LOCKED  in use elsewhere; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_crypto_openssl_open(const char *path, const struct ocpp_crypto_openssl_settings *settings,
                                                                 struct ocpp_crypto **crypto, char *reason, size_t reason_size);

/* ocpp_crypto_openssl_close: lets go of the folder. NULL is fine. */
OCPP_API void ocpp_crypto_openssl_close(struct ocpp_crypto *crypto);

/* ocpp_crypto_openssl_add_crl: what an issuer revoked, as one PEM X509 CRL of at most 64 KiB, takes the place of the one it gave before; at most 32 issuers have one. It is looked
 * at whenever a chain with that issuer is checked, and believed if the issuer signed it, however old it is. |crypto| comes from ocpp_crypto_openssl_open().
 * Errors: OCPP_ERR_VALUE  it is none; OCPP_ERR_LIMIT; OCPP_ERR_STORAGE; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_crypto_openssl_add_crl(struct ocpp_crypto *crypto, const char *pem, size_t size);

/* ocpp_event_library: what libwebsockets waits with. libev and libuv are run-time plug-ins of it (Debian: libwebsockets-evlib-ev, -evlib-uv); poll() is always there, and
 * pays for every open connection at every wake-up. */
enum ocpp_event_library { OCPP_EVENT_LIBRARY_BEST, OCPP_EVENT_LIBRARY_LIBEV, OCPP_EVENT_LIBRARY_LIBUV, OCPP_EVENT_LIBRARY_POLL };

/* --- WebSocket client ------------------------------------------------------------------------------------------------ */

/* ocpp_client: keeps one charge point connected: handshake with the offered versions, ping, dead-peer detection, reconnect with the standard's back-off, delivery of
 * texts both ways. It runs in its own loop (ocpp_client_run()), or in any loop of the host's that can watch a descriptor (ocpp_client_fd()): poll, epoll, libuv, …
 * One thread per client: the one that calls ocpp_client_new(). Only ocpp_client_wake() may be called from others.
 * Nothing here waits for the network: names are resolved on a thread of their own. */
struct ocpp_client;

/* ocpp_client_act: what a client is about to do with its charge point, beside handing texts over: for those who want to do the same again, as a recorder does. */
struct ocpp_client_act {
    enum ocpp_client_act_kind {
        OCPP_CLIENT_CHOOSES,   /* ocpp_charge_point_next_connection() */
        OCPP_CLIENT_FAILS,     /* ocpp_charge_point_connection_failed(): |failure|, |words| */
        OCPP_CLIENT_GOES_UP,   /* ocpp_charge_point_link_up(): |version| */
        OCPP_CLIENT_GOES_DOWN, /* ocpp_charge_point_link_down(); not told by ocpp_client_free() */
        OCPP_CLIENT_ADVANCES,  /* ocpp_charge_point_advance() */
        OCPP_CLIENT_IS_DONE    /* ocpp_charge_point_next_output() has just given nothing */
    } kind;
    enum ocpp_version version;
    enum ocpp_connection_failure failure;
    const char *words; /* NULL: none */
};

/* ocpp_client_settings: start from ocpp_client_settings_default(). Copied; what it points to is borrowed for life unless a member says otherwise. */
struct ocpp_client_settings {
    struct ocpp_log log;
    const char *url;              /* ws://host[:port]/path or wss://…; the identity is appended percent-encoded (part 4, 3.1.1). NULL: the charge point says before each
                                   * attempt what to connect to and with what password (network.h) */
    const char *basic_password;   /* NULL: no Basic authentication; at most 256 bytes. NULL without |url| */
    size_t basic_password_size;   /* 0: the password is terminated text */
    const char *ca_file;          /* PEM; NULL: the system's */
    const char *certificate_file; /* PEM chain of the client; NULL: none */
    const char *key_file;
    int64_t ping_interval_ms;     /* WebSocketPingInterval until the central system sets it; 0: off; default 54,000 */
    int64_t pong_timeout_ms;      /* a silent peer is dead after this; default 20,000 */
    int64_t connect_timeout_ms;   /* default 20,000 */
    int64_t retry_wait_minimum_ms; /* RetryBackOffWaitMinimum until the central system sets it; default 10,000 */
    int64_t retry_random_range_ms; /* RetryBackOffRandomRange, the same; default 10,000 */
    int retry_repeat_times;       /* RetryBackOffRepeatTimes, the same; default 5 */
    bool compress;                /* offer permessage-deflate; default false */
    size_t max_message_bytes;     /* default 65,536 */
    enum ocpp_event_library event_library; /* default: libuv, or else poll */
    struct ocpp_client *beside;   /* share the loop of that client (thousands of simulated stations on one thread); NULL: a loop of its own */
    /* the time the charge point and the back-off live by; NULL: ocpp_system_now(). Ping, pong and connect are measured in real time in any case */
    struct ocpp_now (*clock)(void *clock_user);
    void *clock_user;
    int clock_speed;              /* how much faster than real time |clock| runs; default 1 */
    /* told when the link comes up or goes down, with one line of why; may be NULL */
    void (*on_link)(bool up, enum ocpp_version version, const char *reason, void *user);
    void *user;
    /* for test benches: asked for every text before the charge point gets it (from the central system) or the socket (from the station); false loses the
     * text, as a peer that dies at the wrong moment would. A text from the central system may be kept and handed to ocpp_charge_point_receive() later, outside
     * of this callback, while the link is up. NULL: all pass */
    bool (*pass)(enum ocpp_direction from, const char *text, size_t size, void *user);
    /* without |url|: the keys and roots to connect with, of ocpp_crypto_openssl_open(), borrowed for life. The files above are for what it does not have: a CA for the
     * time before a root is installed, a certificate for the time before one was signed. NULL: the files alone */
    const struct ocpp_crypto *crypto;
    /* without |url|: what is about to be connected to; the place to bring up a modem or a VPN, or to say false: this network is not there. It may not wait. NULL: any is */
    bool (*on_connection)(const struct ocpp_connection *connection, void *user);
    /* told of each act, in the order in which the charge point sees them; texts are told by |pass|. NULL: nobody is told */
    void (*on_act)(const struct ocpp_client_act *act, void *user);
};

OCPP_API struct ocpp_client_settings ocpp_client_settings_default(void);

/* ocpp_client_new: starts connecting as soon as the loop runs. |cp| is borrowed for life. |reason| (may be NULL, |reason_size| bytes) says what is wrong with the settings.
 * NULL: see |reason|. */
OCPP_API struct ocpp_client *ocpp_client_new(struct ocpp_charge_point *cp, const struct ocpp_client_settings *settings, char *reason, size_t reason_size);

/* ocpp_client_free: closes with 1001 (going away) without waiting. NULL is fine. */
OCPP_API void ocpp_client_free(struct ocpp_client *client);

/* ocpp_client_run: serves sockets and timers of client and charge point, and of the clients beside it, for at most |wait_ms| of real time (0: what is ready now). Returns
 * when something has happened and nothing more is ready, or after some rounds where a peer never stops. Call it after every input to the charge point too, so that what it queued leaves; with clients beside it, ocpp_client_kick()
 * the one that was given something. */
OCPP_API void ocpp_client_run(struct ocpp_client *client, int64_t wait_ms);

/* ocpp_client_kick: the next ocpp_client_run(), of any client beside it, sends what the charge point queued, and looks at its deadline again. Cheap. */
OCPP_API void ocpp_client_kick(struct ocpp_client *client);

/* ocpp_client_deadline: mono_ms (of the client's clock) at which ocpp_client_run() wants to be called at the latest. */
OCPP_API int64_t ocpp_client_deadline(const struct ocpp_client *client);

/* ocpp_client_wake: makes a waiting ocpp_client_run() return soon. From any thread. */
OCPP_API void ocpp_client_wake(struct ocpp_client *client);

/* ocpp_client_pause: closes the link and stays closed (true), or connects again (false). on_link() hears of a link that goes before it
 * returns; what leaves for it leaves in the next ocpp_client_run(), which it asks for as ocpp_client_wake() does. */
OCPP_API void ocpp_client_pause(struct ocpp_client *client, bool paused);

/* ocpp_client_fd: one descriptor for the loop of the host: it is readable whenever ocpp_client_run(client, 0) has something to do, its deadline included. Watch it for
 * reading only, level-triggered; it stays the same for life. Call ocpp_client_run(client, 0) once before the first wait. -1 when libwebsockets' libuv plug-in is missing: then call ocpp_client_run() every few milliseconds. */
OCPP_API int ocpp_client_fd(struct ocpp_client *client);

/* --- files on their way ------------------------------------------------------------------------------------------------ */

/* ocpp_curl_transfer: file_transfer.h over libcurl, for one charge point: http, https, ftp, ftps, and sftp where libcurl has it. It works on a thread of its own, because
 * names, TLS, SSH and the flash a sink writes to may all take their time, and no loop of a client's may wait for them; what happened waits until ocpp_curl_transfer_run()
 * tells it to the charge point, on the thread of the caller. To be called in time, let |wake| be ocpp_client_wake() around ocpp_client_run(), or watch ocpp_curl_transfer_fd()
 * in the loop that watches ocpp_client_fd(). Addresses are logged without user, password and query. A build without libcurl (CMake OCPP_CURL off) has these functions, and
 * ocpp_curl_transfer_new() says so. */
struct ocpp_curl_transfer;

/* ocpp_curl_transfer_news: what became of the transfer |id|: how many |bytes| were moved so far, those before its offset included;
 * |is_over|: it has ended so. */
struct ocpp_curl_transfer_news {
    int64_t id;
    uint64_t bytes;
    bool is_over;
    enum ocpp_transfer_result result;
};

/* ocpp_curl_transfer_settings: start from ocpp_curl_transfer_settings_default(). */
struct ocpp_curl_transfer_settings {
    struct ocpp_log log;           /* called on the thread of ocpp_curl_transfer_run() only */
    unsigned protocols;            /* enum ocpp_transfer_protocol; those libcurl lacks are left out; default all */
    const char *ca_file;           /* PEM, what servers are believed by; NULL: the system's */
    const char *certificate_file;  /* PEM chain of the client; NULL: none */
    const char *key_file;
    const char *known_hosts_file;  /* of sftp servers, as OpenSSH writes it; NULL (default): there is no sftp, since nothing would tell one server from another */
    const char *proxy;             /* NULL: none, whatever the environment says */
    int max_redirects;             /* default 3; -1: none. Never to a protocol without TLS from one with, never to anything but http and https */
    int64_t connect_timeout_ms;    /* until the connection stands, TLS included; default 20,000 */
    int64_t stall_ms;              /* a transfer slower than |min_bytes_per_s| for that long is given up; default 60,000 */
    int64_t min_bytes_per_s;       /* default 64 */
    int64_t total_ms;              /* a transfer may take; default 6 hours */
    int64_t max_bytes_per_s;       /* not to fill a thin line that charging needs; 0: no limit (default) */
    /* from the thread of the transfers: ocpp_curl_transfer_run() has something to tell. It may not call anything of the charge point; ocpp_client_wake() is made for it. NULL: nobody */
    void (*wake)(void *user);
    /* by ocpp_curl_transfer_run(), for who writes down what happens: the charge point is told this next. NULL: nobody */
    void (*on_news)(const struct ocpp_curl_transfer_news *news, void *user);
    void *user;
};

/* ocpp_curl_transfer_settings_default: each member as its comment says; without one, 0, false or NULL. */
OCPP_API struct ocpp_curl_transfer_settings ocpp_curl_transfer_settings_default(void);

/* ocpp_curl_transfer_new: |settings| are copied, texts too. NULL: |reason| (may be NULL, |reason_size| bytes) says why. */
OCPP_API struct ocpp_curl_transfer *ocpp_curl_transfer_new(const struct ocpp_curl_transfer_settings *settings, char *reason, size_t reason_size);

/* ocpp_curl_transfer_free: what is on its way ends, and nobody is told. After the charge point. NULL is fine. */
OCPP_API void ocpp_curl_transfer_free(struct ocpp_curl_transfer *transfer);

/* ocpp_curl_transfer_face: for ocpp_charge_point_settings.file_transfer. At most 4 transfers at a time; one more is OCPP_ERR_BUSY. */
OCPP_API const struct ocpp_file_transfer *ocpp_curl_transfer_face(struct ocpp_curl_transfer *transfer);

/* ocpp_curl_transfer_fd: readable while ocpp_curl_transfer_run() has something to tell. Made when it is asked for first, and the same from then on; -1: there are no descriptors. */
OCPP_API int ocpp_curl_transfer_fd(struct ocpp_curl_transfer *transfer);

/* ocpp_curl_transfer_run: tells |cp| what became of its transfers. Cheap when that is nothing. */
OCPP_API void ocpp_curl_transfer_run(struct ocpp_curl_transfer *transfer, struct ocpp_charge_point *cp, struct ocpp_now now);

/* --- WebSocket server -------------------------------------------------------------------------------------------------- */

/* ocpp_server: N threads, each with one shard (struct ocpp_central) and its connections. Ownership follows the connection: a locked registry, used at connect, at close and by
 * ocpp_server_post() and its like, knows which shard has which identity; a new connection of an identity is not read until the old one's owner has let go of it. */
struct ocpp_server;

/* ocpp_identity_policy: what becomes of a connection whose identity is connected already. */
enum ocpp_identity_policy {
    OCPP_IDENTITY_NEWEST, /* the old one is closed with 1008, its open calls end with OCPP_ERR_CLOSED first; the default, since a station that lost its network comes
                           * back long before anybody can know that its old connection is dead */
    OCPP_IDENTITY_LIVING, /* the old one is pinged and stays if it answers within |probe_timeout_ms|: the new one is closed with 1008 then */
    OCPP_IDENTITY_OLDEST  /* the new one is closed with 1008 */
};

/* ocpp_rate: a bucket that |per_minute| fill, evenly, and that holds |burst| (0: one). |per_minute| 0: no limit. */
struct ocpp_rate {
    uint32_t per_minute;
    uint32_t burst;
};

/* ocpp_proxy_header: in which header the trusted proxies say whom they speak for. Each of them has to write it itself, over what its client sent: what they do not
 * write, anybody may. X-Forwarded-Proto and Forwarded have to come as one line. */
enum ocpp_proxy_header { OCPP_PROXY_X_FORWARDED, OCPP_PROXY_FORWARDED /* RFC 7239 */ };

/* ocpp_server_limits: what peers may cost. Addresses count as one by /64 in IPv6. Limits by address do not hold for trusted proxies, whose clients they hold for
 * instead where their handshakes fail (429), nor for this machine's own addresses unless |limit_loopback|. Each limit that is reached is counted (ocpp_server_count()) and told to the log, which
 * is told 10 lines a second at most. */
struct ocpp_server_limits {
    struct ocpp_rate connections;             /* accepted, of everybody; more of them wait in the system's queue; default 300,000 per minute, burst 5,000 */
    struct ocpp_rate connections_per_address; /* more are closed at once; default 600, 300 */
    struct ocpp_rate failures_per_address;    /* handshakes refused as malformed, unknown, unauthorized or forbidden, or never finished, and requests answered with 401; beyond it connections are closed at once; default 60, 100 */
    size_t unauthenticated_per_address;       /* open at once that are no station's: handshakes, requests, event streams; more are closed at once; default 256. 0: no limit */
    size_t max_addresses;                     /* remembered; the one not heard of for longest gives way; default 16,384 (1.5 MB) */
    bool limit_loopback;
    /* of each station. One that sends more is not read from for a while, which keeps nobody else waiting; when that goes on for |throttle_patience_ms| (with less
     * than 10 s in between), it is closed with 1008 */
    struct ocpp_rate messages;    /* default 120,000 per minute, burst 20,000 */
    struct ocpp_rate bytes;       /* as they arrive, packed or not; default 240,000,000 per minute, burst 32,000,000 */
    int64_t throttle_patience_ms; /* default 60,000 */
    int64_t message_timeout_ms;   /* a message has to be whole after this, or its sender is closed with 1008; default 120,000 */
    /* how often an identity may change its connection. More often, two devices have it: then the old connection stays if it is alive, as with OCPP_IDENTITY_LIVING */
    struct ocpp_rate replacements; /* default 6 per minute, burst 10 */
    int64_t probe_timeout_ms;      /* default 5,000 */
    const char *const *proxies;    /* trusted: addresses and networks ("192.0.2.7", "2001:db8::/32"), at most 64; copied */
    size_t proxy_count;
    enum ocpp_proxy_header proxy_header;
};

/* clang-format off */
#define OCPP_SERVER_COUNT_MAP(X) \
    X(ACCEPTED,             "accepted",             "connections taken") \
    X(ACCEPTANCE_DELAYED,   "acceptance_delayed",   "times that connections had to wait because too many came") \
    X(AWAY_FULL,            "away_full",            "connections turned away: max_connections are open") \
    X(AWAY_RATE,            "away_rate",            "connections turned away: too many of one address in a short time") \
    X(AWAY_UNAUTHENTICATED, "away_unauthenticated", "connections turned away: too many of one address that are no station's") \
    X(AWAY_FAILURES,        "away_failures",        "connections turned away: too many failed handshakes of one address") \
    X(FAILED_HANDSHAKES,    "failed_handshakes",    "handshakes that were refused or never finished") \
    X(ADDRESSES_FORGOTTEN,  "addresses_forgotten",  "addresses that made room for others") \
    X(REPLACED,             "replaced",             "connections of stations that gave way to a newer one") \
    X(KEPT,                 "kept",                 "newer connections of stations that were closed in favour of the old one") \
    X(FIGHTS,               "fights",               "times that an identity changed its connection too often") \
    X(THROTTLED,            "throttled",            "times that a station was not read from because it sends too much") \
    X(CLOSED_RATE,          "closed_rate",          "stations closed because they went on sending too much") \
    X(CLOSED_SLOW_SENDER,   "closed_slow_sender",   "stations closed because a message took too long") \
    X(CLOSED_SLOW_READER,   "closed_slow_reader",   "stations closed because they did not read") \
    X(CLOSED_DEAD,          "closed_dead",          "stations closed because they did not answer pings") \
    X(CLOSED_BAD_MESSAGE,   "closed_bad_message",   "stations closed for a message too large, binary or broken")
/* clang-format on */

enum ocpp_server_count {
#define OCPP_SERVER_COUNT_VALUE(name, text, sentence) OCPP_SERVER_COUNT_##name,
    OCPP_SERVER_COUNT_MAP(OCPP_SERVER_COUNT_VALUE)
#undef OCPP_SERVER_COUNT_VALUE
        OCPP_SERVER_COUNTS
};

enum ocpp_subprotocol_mismatch {
    OCPP_MISMATCH_REFUSE,  /* 400; the default */
    OCPP_MISMATCH_COMPLETE /* complete the handshake without Sec-WebSocket-Protocol, then close (part 4, 3.2) */
};

enum ocpp_listen_for { OCPP_LISTEN_FOR_BOTH, OCPP_LISTEN_FOR_STATIONS, OCPP_LISTEN_FOR_HTTP };

/* ocpp_server_certificate: what a server shows of itself. */
struct ocpp_server_certificate {
    const char *certificate_file; /* PEM: the certificate, then its sub-CAs; NULL: none */
    const char *key_file;         /* PEM */
};

enum { OCPP_SERVER_CERTIFICATES = 4 };

/* ocpp_server_listen: a port. With |tls| it speaks TLS 1.2 and 1.3 with the suites of the standard (A00.FR.313, FR.318) and neither
 * compression nor renegotiation (A00.FR.321). Several certificates stand side by side, of which the station's suites choose: RSA and ECDSA
 * (A00.FR.318); each has a key of its own kind. Where client certificates are asked for, no session is resumed, so that each connection
 * shows its own. */
struct ocpp_server_listen {
    const char *address; /* "127.0.0.1", "::", … */
    int port;            /* 0: any free one */
    enum ocpp_listen_for purpose; /* what the port does not serve is 404 there */
    bool tls;
    struct ocpp_server_certificate certificates[OCPP_SERVER_CERTIFICATES]; /* the first is required with |tls| */
    const char *client_ca_file;   /* PEM: whom client certificates are believed from; NULL: they are not asked for */
    const char *crl_file;         /* PEM: what those issuers revoked, believed however old; NULL: nothing */
    bool expired_certificates;    /* let a station in whose certificate has expired, for the host to decide (A00.FR.429) */
    /* the security profiles served here, bits 1 << enum ocpp_security_profile: 0 and 1 without |tls|; 0, 2 and, with |client_ca_file|, 3 with
     * it; with trusted proxies also 1 and 2, as they say. 0 (default): all of these. With 3 alone a connection without a certificate ends in the TLS handshake. Several at once are what a
     * station needs that goes from one to the next (A05) */
    uint32_t security_profiles;
};

/* ocpp_http_request: a request that is no WebSocket handshake, for the host's own pages and REST. Borrowed. */
struct ocpp_http_request {
    size_t listen;      /* which of ocpp_server_settings.listen */
    const char *method; /* "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"; others are answered 405 without asking */
    const char *path;   /* percent-decoded, without the query */
    const char *query; /* NULL: none; still encoded */
    const char *address;
    const char *authorization; /* the header, or NULL */
    const char *accept;        /* the header, or NULL */
    const char *content_type;  /* the header, or NULL */
    const char *origin;        /* the header, or NULL */
    const char *body;
    size_t body_size;
    const char *host;          /* the header, or NULL: a page on loopback tells by it that its name was rebound to it */
    const char *range;         /* the header, or NULL */
    const char *last_event_id; /* the header, or NULL: where a client of server-sent events wants to go on */
    void *sink;                /* |user| of the sink the body went to, which is the host's again; |body| is NULL then, |body_size| what went there. NULL: there was none */
    const char *if_none_match; /* the header, or NULL */
    const char *fetch_site;    /* the header Sec-Fetch-Site, or NULL: from where a browser says that its page is: "same-origin", "same-site", "cross-site", "none" */
};

/* ocpp_http_sink: where a body goes piece by piece, instead of into memory. Called on the service thread. */
struct ocpp_http_sink {
    uint64_t max_bytes; /* a longer body is answered with 413 */
    /* the next piece; false: it cannot be kept, which is answered with 507 */
    bool (*write)(const void *bytes, size_t size, void *user);
    /* the body will not be whole, and on_http will not see the request: the end of the sink */
    void (*drop)(void *user);
    void *user;
};

/* ocpp_http_source: a body that is read when there is room to send it. Called on the service thread, |close| on any. */
struct ocpp_http_source {
    uint64_t size;
    /* the next bytes, at most |room|; returns how many, 0: they cannot be had, and the connection is closed in the middle */
    size_t (*read)(void *bytes, size_t room, void *user);
    void (*close)(void *user); /* once, whatever happens */
    void *user;
};

/* ocpp_http_exchange: a request that waits for its answer. Answer it once, from any thread; it stays valid until then even when the client has gone. */
struct ocpp_http_exchange;

/* ocpp_refusal: a connection that came to nothing. Texts are borrowed. */
struct ocpp_refusal {
    enum ocpp_refusal_stage {
        OCPP_REFUSAL_TLS,      /* the TLS handshake failed, on either side's account (A00.FR.315, FR.322, FR.407) */
        OCPP_REFUSAL_REQUEST,  /* no WebSocket handshake that can be read, another path, no common version */
        OCPP_REFUSAL_ADMISSION /* the host, or the security profile */
    } stage;
    size_t listen;
    const char *address;  /* of the peer */
    const char *identity; /* NULL: it did not come so far */
    int http_status;      /* 0: none was answered */
    const char *reason;   /* one line */
};

/* ocpp_server_settings: start from ocpp_server_settings_default(). */
struct ocpp_server_settings {
    struct ocpp_log log;
    const struct ocpp_server_listen *listen;
    size_t listen_count;
    int threads;                  /* default 1; at most 64 */
    const char *path_prefix;      /* default "/ocpp/"; the last segment behind it is the identity */
    enum ocpp_version versions[3]; /* accepted, in any order; OCPP_VERSION_NONE is skipped; default: all the engine speaks */
    enum ocpp_subprotocol_mismatch mismatch;
    const char *no_subprotocol;   /* the subprotocol of clients that offer none; NULL: they are refused */
    int64_t ping_interval_ms;     /* 0: off; default 60,000 */
    int64_t pong_timeout_ms;      /* default 30,000 */
    int64_t handshake_timeout_ms; /* for TLS and the request's headers; also for a request's body and an idle keep-alive; default 20,000 */
    int64_t write_timeout_ms;     /* a peer that takes nothing of what waits for it is closed after this; it is not read from meanwhile; default 30,000 */
    size_t max_message_bytes;     /* default 65,536; beyond twice that the connection is closed with 1009 */
    size_t max_output_bytes;      /* of one event stream that is not read; default 1 MiB */
    size_t max_connections;       /* of all ports and kinds; one more is closed at once; default 20,000 */
    size_t max_body_bytes;        /* of HTTP requests; default 1 MiB */
    size_t mailbox_size;          /* posted work per thread; default 4,096 */
    bool compress;                /* permessage-deflate without context takeover; default true */
    enum ocpp_event_library event_library; /* default: libev, else libuv, else poll with a loud warning */
    /* makes the shard of thread |index|; runs once per thread before it serves; NULL fails the start. Required */
    struct ocpp_central *(*new_shard)(int index, void *user);
    /* after the thread's last connection is gone. Required when new_shard is */
    void (*free_shard)(struct ocpp_central *central, int index, void *user);
    /* may be called on any service thread; NULL accepts everybody */
    struct ocpp_admission (*admit)(const struct ocpp_handshake *handshake, void *user);
    /* told of each station that was not let in, on any service thread; it may not wait. The place for counters and for a log that limits its
     * rate: whoever floods the port decides how often this is called. NULL: nobody */
    void (*on_refused)(const struct ocpp_refusal *refusal, void *user);
    /* a station came or went, on its thread */
    void (*on_connection)(struct ocpp_station *station, bool connected, const char *reason, void *user);
    /* NULL: 404 to everything that is no handshake */
    void (*on_http)(struct ocpp_http_exchange *exchange, const struct ocpp_http_request *request, void *user);
    /* runs on each thread after a round of events: the place to flush a grouping store */
    void (*after_round)(struct ocpp_central *central, int index, void *user);
    void *user;
    enum ocpp_identity_policy identity_policy;
    struct ocpp_server_limits limits;
    /* a request with a body begins (|request| without it, |body_size| as announced): true: the body goes to |sink|, which was filled, and on_http follows when it is whole. False, or NULL here: it
     * goes to memory, at most |max_body_bytes| of it. A body that stands still for |handshake_timeout_ms| is given up */
    bool (*on_http_body)(const struct ocpp_http_request *request, struct ocpp_http_sink *sink, void *user);
};

OCPP_API struct ocpp_server_settings ocpp_server_settings_default(void);

/* ocpp_server_start: listens and serves on its own threads until ocpp_server_stop(). |*server| is written before the first connection is taken, so that what is called back may use
 * it, from any thread. Errors: OCPP_ERR_ADDRESS_IN_USE, OCPP_ERR_TLS, OCPP_ERR_ARGUMENT, OCPP_ERR_NOMEM, OCPP_ERR_NETWORK;
 * |reason| says what in one line. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_server_start(const struct ocpp_server_settings *settings, struct ocpp_server **server, char *reason, size_t reason_size);

/* ocpp_server_reload_certificates: reads the files of all ports again; handshakes that begin from now on see what they say now, connections that
 * stand are not touched. All or nothing: where one of the files cannot be used, |reason| (may be NULL) says which and why, and the ones before
 * stay in use. From any thread. Errors: OCPP_ERR_TLS; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_server_reload_certificates(struct ocpp_server *server, char *reason, size_t reason_size);

/* ocpp_server_port: the port of listen[index]. */
OCPP_API int ocpp_server_port(const struct ocpp_server *server, size_t index);

/* ocpp_server_stop: takes no new connection, closes every one with 1001, lets open writes finish for at most |drain_ms|, joins the threads and frees. */
OCPP_API void ocpp_server_stop(struct ocpp_server *server, int64_t drain_ms);

/* ocpp_server_post: runs |work| on the thread that has |identity|'s connection, with its station; with NULL for the station when it is not connected, or when the connection went before the
 * work's turn came (then on any service thread). From any thread. Errors: OCPP_ERR_BUSY the mailbox is full, |work| will not run; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_server_post(struct ocpp_server *server, const char *identity,
                                                         void (*work)(struct ocpp_station *station, struct ocpp_now now, void *user), void *user);

/* ocpp_server_post_all: runs |work| once on every thread with its shard, whatever waits there already; a thread that has stopped runs nothing. From any thread. Errors: OCPP_ERR_NOMEM, and
 * it runs nowhere. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_server_post_all(struct ocpp_server *server,
                                                             void (*work)(struct ocpp_central *central, struct ocpp_now now, void *user), void *user);

/* ocpp_server_close_station: closes the connection of |identity| with |code| (RFC 6455 7.4). From any thread. Errors: OCPP_ERR_NOT_FOUND; OCPP_ERR_BUSY the mailbox is full; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_server_close_station(struct ocpp_server *server, const char *identity, int code);

/* ocpp_server_set_ping: how often the station is pinged from now on, and when it counts as dead, as in ocpp_admission; for this connection. From any thread. Errors: OCPP_ERR_NOT_FOUND;
 * OCPP_ERR_BUSY the mailbox is full; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_server_set_ping(struct ocpp_server *server, const char *identity, int64_t interval_ms, int64_t pong_timeout_ms);

/* ocpp_server_count: how often |which| happened since the start. From any thread. */
OCPP_API uint64_t ocpp_server_count(const struct ocpp_server *server, enum ocpp_server_count which);

/* ocpp_server_waiting_work: how much posted work waits for its turn, on all threads. From any thread. */
OCPP_API size_t ocpp_server_waiting_work(struct ocpp_server *server);

/* ocpp_server_count_name, _sentence: for metrics and people; "?" beyond the enumeration. */
OCPP_API const char *ocpp_server_count_name(enum ocpp_server_count which);
OCPP_API const char *ocpp_server_count_sentence(enum ocpp_server_count which);

/* ocpp_server_advance_clock: adds |offset_ms| to both clocks from now on (tests on loopback; never negative). */
OCPP_API void ocpp_server_advance_clock(struct ocpp_server *server, int64_t offset_ms);

/* ocpp_http_answer: sends status, type and body; |headers| are further "Name: value" lines each ended by "\r\n", or NULL. All is copied. The body of an answer to HEAD is
 * counted, not sent. From any thread, exactly once; |exchange| is gone then. */
OCPP_API void ocpp_http_answer(struct ocpp_http_exchange *exchange, int status, const char *content_type, const char *headers, const void *body, size_t size);

/* ocpp_http_answer_from: ocpp_http_answer() with a body that is read piece by piece; |source| is copied. */
OCPP_API void ocpp_http_answer_from(struct ocpp_http_exchange *exchange, int status, const char *content_type, const char *headers, const struct ocpp_http_source *source);

/* ocpp_http_stream: answers with an open text/event-stream; ocpp_http_stream_write() adds to it (OCPP_ERR_CLOSED once the client has gone, OCPP_ERR_LIMIT when it does not read) and
 * ocpp_http_stream_end() closes it, and |exchange| is gone then. From any thread. */
OCPP_API void ocpp_http_stream(struct ocpp_http_exchange *exchange);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_http_stream_write(struct ocpp_http_exchange *exchange, const void *text, size_t size);
OCPP_API void ocpp_http_stream_end(struct ocpp_http_exchange *exchange);

OCPP_END_DECLARATIONS

#endif
