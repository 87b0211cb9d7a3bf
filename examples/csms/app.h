/* app.h: the program: what its parts share.
 *
 * One struct app, one struct shard per service thread. A shard's store, engine and counters belong to its thread; the register of
 * stations, the open transactions and the event bus are shared and lock for themselves. HTTP requests are handled on service
 * threads, too: shard_here() is the one of the calling thread.
 */
#ifndef CSMS_APP_H
#define CSMS_APP_H

#include "curves.h"
#include "security_events.h"
#include "events.h"
#include "files.h"
#include "log.h"
#include "metrics.h"
#include "open_transactions.h"
#include "options.h"
#include "stations.h"
#include "store.h"

#include <ocpp/adapters.h>
#include <ocpp/central_drivers.h>
#include <ocpp/central_transactions.h>

enum { STATIONS_MAX = 50000, RING_BUDGET_BYTES = 128 * 1024 * 1024 };
enum { TOKEN_TEXT_SIZE = 255 * 4 + 1, LANGUAGE_TEXT_SIZE = 64, MESSAGE_TEXT_SIZE = 512 * 4 + 1, DRIVER_TEXT_SIZE = 200 };

struct app;
struct settlement;

struct shard {
    struct app *app;
    int index;
    struct store_meter *meter;
    struct ocpp_storage *storage; /* of this thread, through |meter| */
    struct ocpp_central *central;
    struct shard_metrics metrics;
    _Atomic int64_t alive_mono_ms; /* when the thread last said so */
    struct ocpp_prune prune;       /* of the first shard: how far the sweep through old transactions has come */
    int64_t sweep_again_mono_ms;
    int64_t round_utc_ms;           /* the calendar, read once per round of events; OCPP_UTC_UNKNOWN: not yet */
    char group_id[TOKEN_TEXT_SIZE]; /* of the last decision: the engine copies it after the callback returned; so the next ones */
    char languages[2][LANGUAGE_TEXT_SIZE];
    char personal_message[MESSAGE_TEXT_SIZE];
    char driver_text[DRIVER_TEXT_SIZE];
    struct ocpp_driver_handler drivers;
};

struct app {
    const struct options *options;
    struct logger log;
    struct ocpp_server *_Atomic server; /* NULL while it starts: the first requests may come before it is known */
    struct store *store;
    struct stations *stations;
    struct open_transactions *open_transactions;
    struct curves *curves;
    struct security_events *security_events;
    struct event_bus *events;
    struct files *files;           /* NULL: none are served */
    struct ocpp_signer *signer;    /* NULL: none */
    struct settlement *settlement; /* NULL: nothing is settled */
    char files_base[OPTIONS_URL_SIZE];
    struct ring_budget ring_budget;
    struct log_rate refusal_rate;
    struct quick_secret operator_token; /* not known: there is none */
    bool http_is_loopback;
    int64_t started_mono_ms;
    _Atomic bool draining;           /* nobody new comes in */
    _Atomic bool store_works;        /* the last write that was tried became durable */
    _Atomic int64_t probed_mono_ms;  /* when it was tried */
    _Atomic int64_t last_number;     /* of 1.6 transactions */
    _Atomic int64_t last_request;    /* of commands whose outcome is told later */
    _Atomic int64_t clock_offset_ms; /* --test-clock */
    _Atomic int64_t calls_waiting;   /* operator commands without an outcome */
    struct shard *shards;            /* options->threads of them */
};

/* app_utc_ms: the calendar the stations are told. */
int64_t app_utc_ms(const struct app *app);

/* shard_here: the shard of the calling service thread. */
struct shard *shard_here(void);

/* shard_new, shard_free: for ocpp_server_settings. */
struct ocpp_central *shard_new(int index, void *user);
void shard_free(struct ocpp_central *central, int index, void *user);
void shard_after_round(struct ocpp_central *central, int index, void *user);
void shard_on_connection(struct ocpp_station *station, bool connected, const char *reason, void *user);

/* signing_open: the authority of --csr-ca. False: |why| (STORE_WHY_SIZE bytes) says what is wrong. */
bool signing_open(struct app *app, char *why);

/* app_admit: who may connect; for ocpp_server_settings. */
struct ocpp_admission app_admit(const struct ocpp_handshake *handshake, void *user);

/* app_on_refused: for ocpp_server_settings. */
void app_on_refused(const struct ocpp_refusal *refusal, void *user);

/* app_on_http_body: for ocpp_server_settings: files of stations go to their folder. */
bool app_on_http_body(const struct ocpp_http_request *http, struct ocpp_http_sink *sink, void *user);

/* app_on_http: for ocpp_server_settings. */
void app_on_http(struct ocpp_http_exchange *exchange, const struct ocpp_http_request *request, void *user);

#endif
