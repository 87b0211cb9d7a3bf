/* adapters.h of the settlement extension: its contracts over OpenSSL, SQLite, libcurl and files. Everything here does I/O. */
#ifndef OCPP_SETTLEMENT_ADAPTERS_H
#define OCPP_SETTLEMENT_ADAPTERS_H

#include <ocpp/settlement/backend.h>
#include <ocpp/settlement/model.h>
#include <ocpp/settlement/store.h>

OCPP_BEGIN_DECLARATIONS

/* --- keys over OpenSSL ------------------------------------------------------------------------------------------- */

/* ocpp_settle_given_secret: a secret the caller hands in. Copied. */
struct ocpp_settle_given_secret {
    const char *name;
    const void *bytes;
    size_t size; /* 32 to OCPP_SETTLE_SECRET_LIMIT */
};

/* ocpp_settle_keys_settings: of ocpp_settle_keys_open(). */
struct ocpp_settle_keys_settings {
    const char *folder;  /* where the keys are kept, made (mode 0700) if it is not there; NULL: in memory, gone when closed */
    bool makes_no_keys;  /* a key that is missing is OCPP_ERR_NOT_FOUND; otherwise it is made when it is first asked for */
    size_t max_keys;     /* 0: 64; one more is OCPP_ERR_LIMIT */
    struct ocpp_log log; /* told when a key is made, and why one cannot be read; never a secret */
    const struct ocpp_settle_given_secret *given;
    size_t given_count;
};

/* ocpp_settle_keys_open: keys.h over OpenSSL 3. The folder holds NAME.secret, the bytes of a secret as hexadecimal digits on a
 * line, and NAME.pem, a P-256 key (PKCS #8, not encrypted), all of mode 0600: a file that others than its owner may read or write
 * is not used (OCPP_ERR_CRYPTO, and the log says so). A key that is made is on the disk whole before it is used, and one that
 * another process made meanwhile is taken instead. Keys are read once and then remembered until the handle is closed; keep_secret
 * replaces what is remembered. A secret that is given stands before the file of its name. The handle may be used by several
 * threads at a time. Close it with ocpp_settle_keys_close(). Errors: OCPP_ERR_ARGUMENT  a given secret has no valid name or size;
 * OCPP_ERR_STORAGE  the folder cannot be used; OCPP_ERR_NOMEM; OCPP_ERR_CRYPTO; OCPP_ERR_LIMIT. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_keys_open(const struct ocpp_settle_keys_settings *settings,
                                                              struct ocpp_settle_keys **keys);

/* ocpp_settle_keys_close: overwrites what it remembers and lets go. NULL is fine. */
OCPP_API void ocpp_settle_keys_close(struct ocpp_settle_keys *keys);

/* --- stores ------------------------------------------------------------------------------------------------------ */

/* ocpp_settle_memory_store_new: an empty store that forgets everything when it is freed; every write is done before it returns.
 * Memory comes from |allocator| (NULL: malloc; borrowed for life). |limit_bytes| bounds rows and entries together (0: no bound);
 * beyond it a write is refused with OCPP_ERR_FULL. Values may be up to 256 KiB. NULL when there is no memory. */
OCPP_API struct ocpp_settle_store *ocpp_settle_memory_store_new(const struct ocpp_allocator *allocator, size_t limit_bytes);

/* ocpp_settle_memory_store_free: forgets everything. NULL is fine. */
OCPP_API void ocpp_settle_memory_store_free(struct ocpp_settle_store *store);

/* ocpp_settle_sqlite_settings: how a database file is used. */
struct ocpp_settle_sqlite_settings {
    struct ocpp_log log;                    /* told of every failure of the file while the store is in use */
    const struct ocpp_allocator *allocator; /* for the handle; SQLite's own memory comes from malloc. NULL: malloc */
    size_t max_value_bytes;                 /* of one value or body; default 256 KiB, at most 256 MiB */
    uint64_t
        max_bytes; /* of the file, at least 64 KiB; beyond it a write is refused with OCPP_ERR_FULL. 0: no bound (the default).
                    * The log beside the file (-wal) takes a quarter of it more, at most 4 MiB, and what a group needs */
    int busy_timeout_ms; /* how long to wait for another handle's lock; default 2,000 */
    bool group;         /* false (default): every write is durable before it returns. true: writes gather until flush: flush after
                         * every round of events */
    size_t group_limit; /* as many gathered writes force a flush; default 256 */
    bool shared; /* false (default): the file belongs to this handle, everybody else is refused. true: several handles, each
                  * on its own thread, and other processes may use it; what one gathers, the others wait for */
    bool check;  /* read the whole file at open and look for damage; default true */
};

OCPP_API struct ocpp_settle_sqlite_settings ocpp_settle_sqlite_settings_default(void);

/* ocpp_settle_sqlite_open: opens or makes the database |path|. |settings| are copied, NULL means the default. Use the store on
 * one thread, and give it back with ocpp_settle_sqlite_close(). |reason| (may be NULL, |reason_size| bytes) tells in one line
 * what is wrong. Errors: OCPP_ERR_ARGUMENT a setting is outside its range; OCPP_ERR_STORAGE the file cannot be opened, made or
 * written; OCPP_ERR_LOCKED in use elsewhere; OCPP_ERR_FOREIGN not made by this library, or by a newer release; OCPP_ERR_CORRUPT
 *         damaged; OCPP_ERR_FULL; OCPP_ERR_NOMEM. The file is as it was; |store| is not touched. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_sqlite_open(const char *path,
                                                                const struct ocpp_settle_sqlite_settings *settings,
                                                                struct ocpp_settle_store **store, char *reason,
                                                                size_t reason_size);

/* ocpp_settle_sqlite_close: flushes (what still waits is done before this returns) and closes. NULL is fine. Not inside a visit
 * or a |done|. */
OCPP_API void ocpp_settle_sqlite_close(struct ocpp_settle_store *store);

/* --- time zones -------------------------------------------------------------------------------------------------- */

/* ocpp_settle_zone_span: a zone by its name ("Europe/Berlin") and the time somebody wants to know about, up to year 9999. */
struct ocpp_settle_zone_span {
    const char *zone;
    int64_t from_utc_ms;
    int64_t to_utc_ms;
};

/* ocpp_settle_zone_transitions: as a snapshot keeps them. */
struct ocpp_settle_zone_transitions {
    const struct ocpp_settle_zone_transition *items;
    size_t count;
};

/* ocpp_settle_zone_read: reads the zone from the system's files (|folder| NULL: /usr/share/zoneinfo; TZif of RFC 8536, versions 2
 * and later, with the rule at their end for years to come) and writes the offset at the start of |span| and every change within
 * it, at most 64, into |arena|. A file of more than 64 KiB is not read. Errors: OCPP_ERR_ARGUMENT |zone| is no name of a zone, or
 * |span| is none; OCPP_ERR_NOT_FOUND there is no such file; OCPP_ERR_CORRUPT it is no time zone, or one with leap seconds;
 * OCPP_ERR_FOREIGN a file of the first version, which ends in 2037; OCPP_ERR_LIMIT more changes; OCPP_ERR_STORAGE it cannot be
 * read; OCPP_ERR_NOMEM. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_zone_read(const char *folder, const struct ocpp_settle_zone_span *span,
                                                              struct ocpp_arena *arena,
                                                              struct ocpp_settle_zone_transitions *transitions);

/* --- a payment provider over HTTP --------------------------------------------------------------------------------- */

/* ocpp_settle_http_settings: a server that speaks docs/payments.md: your own in front of an acquirer, mostly. Start from
 * ocpp_settle_http_settings_default(). Copied, texts too; |keys| is borrowed for life. Secrets are never logged. */
struct ocpp_settle_http_settings {
    const char *name;    /* of the provider; default "http" */
    const char *url;     /* https://HOST[:PORT][/PATH], at most 1,000 bytes, without user, query and fragment. http:// only
                            to 127.0.0.1, [::1] and localhost */
    const char *token;   /* sent as Authorization: Bearer; NULL: none */
    const char *ca_file; /* whom to trust; NULL: whom the system trusts */
    const char *certificate_file; /* of this client, with |key_file|; NULL: none */
    const char *key_file;
    const char *proxy;                   /* NULL: none, whatever the environment says */
    const struct ocpp_settle_keys *keys; /* for notifications; NULL: none are taken */
    const char *notification_key;        /* the name of the secret in |keys|; NULL: none are taken */
    const char *previous_key;            /* counts as well while secrets are changed; NULL: none does */
    int notification_window_s;           /* a notification may be as much older or newer; default 300 */
    uint32_t capabilities;               /* of the server; default all */
    int64_t hold_lasts_ms;               /* where the server does not tell; default 6 days */
    int connect_timeout_ms;              /* default 5,000 */
    int total_ms;                        /* of a whole exchange, and of waiting for a place; default 20,000 */
    size_t max_answer_bytes;             /* default 16 KiB, at most 64 KiB */
    int max_parallel;                    /* exchanges at a time; default 8, at most 64 */
    int max_waiting;                     /* those that wait, run, or are to be told; beyond it begin and query are
                                            OCPP_ERR_LIMIT, and nothing leaves; default 256, at most 4,096 */
    int back_off_ms;                     /* after a failure nothing is sent for so long, doubling; default 1,000 */
    int back_off_most_ms;                /* up to here, also where the server asks for more; default 60,000 */
    struct ocpp_log log;                 /* called on the backend's thread */
    void (*wake)(void *user);            /* something is to be run; called on another thread, may not call
                                            back. NULL: watch the descriptor */
    void *user;
};

OCPP_API struct ocpp_settle_http_settings ocpp_settle_http_settings_default(void);

struct ocpp_settle_http;

/* ocpp_settle_http_new: nothing is connected yet, and there is no thread before the first act. NULL: a setting is outside its
 * range, no memory, or a build without libcurl; |reason| (may be NULL, |reason_size| bytes) tells in one line.
 *
 * Exchanges run on a thread of their own, since names, TLS and slow servers take their time; answers come back on the backend's
 * thread: watch ocpp_settle_http_fd() (or have |wake| called) and then call ocpp_settle_http_run(). Each act is one POST on a
 * connection of its own, never sent twice by itself; redirects are not followed; an answer that is not certain is UNKNOWN. */
OCPP_API struct ocpp_settle_http *ocpp_settle_http_new(const struct ocpp_settle_http_settings *settings, char *reason,
                                                       size_t reason_size);

/* ocpp_settle_http_free: ends the thread, and what runs with it: acts whose outcome the backend asks for after its next start.
 * Free the backend first. NULL is fine. */
OCPP_API void ocpp_settle_http_free(struct ocpp_settle_http *http);

/* ocpp_settle_http_provider: for the settings of a backend; lives as long as |http|. */
OCPP_API const struct ocpp_settle_provider *ocpp_settle_http_provider(const struct ocpp_settle_http *http);

/* ocpp_settle_http_fd: readable while something is to be run; -1: none can be had. Of |http|, not to be read or closed. */
OCPP_API int ocpp_settle_http_fd(struct ocpp_settle_http *http);

/* ocpp_settle_http_run: tells |settle| the answers that have come, at most |max_waiting| of them. */
OCPP_API void ocpp_settle_http_run(struct ocpp_settle_http *http, struct ocpp_settle *settle, struct ocpp_now now);

OCPP_END_DECLARATIONS

#endif
