/* settlement_inside.h: what the files of the settlement share. */
#ifndef CSMS_SETTLEMENT_INSIDE_H
#define CSMS_SETTLEMENT_INSIDE_H

#include "address_rate.h"
#include "bell.h"
#include "settlement.h"

#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/backend.h>
#include <ocpp/settlement/relay.h>

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdatomic.h>

enum {
    SETTLEMENT_NAME_SIZE = 41,
    SETTLEMENT_ZONE_SIZE = 65,
    SETTLEMENT_PAY_URL_SIZE = 301,
    SETTLEMENT_PAYERS_MAX = 100000,
    SETTLEMENT_PLACES_MAX = 10000
};
enum { SETTLEMENT_PROVIDERS_MAX = 16, SETTLEMENT_PATH_SIZE = 1024, SETTLEMENT_URL_SIZE = 1001, SETTLEMENT_TOKEN_SIZE = 1001 };

/* Where stations stand: a tariff and a zone. The one without a station is for all that have none of their own. */
struct settlement_place {
    char *station; /* NULL: all others */
    char zone[SETTLEMENT_ZONE_SIZE];
    const struct ocpp_settle_tariff *tariff; /* in the arena of the configuration; NULL: nothing can be opened there */
};

struct settlement_payer {
    char *id;      /* of the token; NULL: all others */
    char *account; /* NULL: the token itself */
    char provider[SETTLEMENT_NAME_SIZE];
    bool known_renter;
};

/* SETTLEMENT_ANCHOR_KEY: the journal's anchors are signed by it. */
#define SETTLEMENT_ANCHOR_KEY "anchor"

/* A secret that notifications are signed with, under its name among the keys. */
struct settlement_secret {
    char name[OCPP_SETTLE_KEY_NAME_SIZE];
    char text[OCPP_SETTLE_SECRET_LIMIT + 1];
    size_t size; /* 0: none */
};

/* A server that takes money (docs/payments.md). */
struct settlement_provider {
    char name[SETTLEMENT_NAME_SIZE];
    char url[SETTLEMENT_URL_SIZE];
    char token[SETTLEMENT_TOKEN_SIZE];
    char ca_file[SETTLEMENT_PATH_SIZE];
    char certificate_file[SETTLEMENT_PATH_SIZE];
    char key_file[SETTLEMENT_PATH_SIZE];
    struct settlement_secret secret;
    struct settlement_secret previous;
    uint32_t capabilities; /* 0: all */
    int64_t hold_lasts_s;  /* 0: the default; so the other */
    int64_t timeout_ms;
    struct ocpp_settle_http *http;
    cJSON *report; /* of the last reconciliation; NULL: there was none */
};

/* What the file of --settlement says. */
struct settlement_config {
    char operator_id[SETTLEMENT_NAME_SIZE];
    char pay_url[SETTLEMENT_PAY_URL_SIZE]; /* what stands before the link in a QR code */
    struct ocpp_settle_policy policy;
    struct settlement_place *places;
    size_t place_count;
    struct settlement_payer *payers;
    size_t payer_count;
    struct settlement_provider *providers;
    size_t provider_count;
    struct ocpp_settle_relay relay; /* |root_kid| NULL: there are no piles without a network */
    char root_kid[OCPP_SETTLE_JWS_KID_SIZE];
    char relay_key[OCPP_SETTLE_KEY_NAME_SIZE];
    struct ocpp_arena *arena;
};

struct drive;
struct news;

struct settlement {
    struct app *app;
    struct settlement_config config;
    struct address_rate binds; /* of phones, by who knows what a card's code says */
    struct drive *drive;       /* what drivers' pages ask for; NULL: nothing is served to them */
    struct news *news;         /* pages that wait for it */
    pthread_mutex_t lock;      /* one thread at a time is the handle's */
    struct bell bell;          /* of the thread that lets time pass */
    pthread_t ticker;
    bool ticks;
    bool stops;
    struct ocpp_settle_store *store;
    bool is_memory;
    struct ocpp_settle_keys *keys;
    struct ocpp_arena *zone_arena;
    struct ocpp_settle_provider faces[SETTLEMENT_PROVIDERS_MAX]; /* of those over HTTP */
    atomic_bool has_news;                                        /* a provider over HTTP has answers to be told */
    struct settlement_terminals *terminals;                      /* NULL: none connect */
    struct ocpp_settle *handle;
};

/* settlement_config_read: what |path| says; |*drive| is for settlement.drive. False: |why| tells what is wrong.
 * settlement_config_free: also after false. */
bool settlement_config_read(struct settlement_config *config, struct drive **drive, const char *path, char *why);
void settlement_config_free(struct settlement_config *config);

/* settlement_providers_read: what |json|, the file, says of them; |why| likewise. settlement_providers_free: also after false. */
bool settlement_providers_read(struct settlement_config *config, const cJSON *json, char *why);
void settlement_providers_free(struct settlement_config *config);

/* settlement_provider_named: NULL: there is none. */
struct settlement_provider *settlement_provider_named(const struct settlement_config *config, const char *name);

/* settlement_secrets: the secrets of notifications, into |given|, which has room for SETTLEMENT_PROVIDERS_MAX * 2; how many. */
size_t settlement_secrets(const struct settlement_config *config, struct ocpp_settle_given_secret *given);

/* settlement_providers_open: with the keys. settlement_providers_run: tells
 * the handle what they answered. settlement_providers_close: after the handle is gone. */
bool settlement_providers_open(struct settlement *settlement, char *why);
void settlement_providers_run(struct settlement *settlement);
void settlement_providers_close(struct settlement *settlement);

/* settlement_terminals_start: a thread of its own serves them, where --terminals says so. _stop: before the handle goes. _wake:
 * there is something to tell; while the handle is yours. */
struct settlement_terminals;
bool settlement_terminals_start(struct settlement *settlement);
void settlement_terminals_stop(struct settlement *settlement);
void settlement_terminals_wake(struct settlement *settlement);

/* settlement_news_…: something happened at a pile: pages of its house hear of it, and of a transaction also a driver's (news.h).
 * While the handle is yours. */
void settlement_news_at(struct settlement *settlement, const char *station);
void settlement_news_of(struct settlement *settlement, const struct ocpp_transaction_event *event);

/* settlement_flush: what was done becomes durable, while the handle is yours. */
void settlement_flush(struct settlement *settlement);

/* settlement_stop_transaction: of the handle's settings. */
void settlement_stop_transaction(const char *station, const char *transaction, const char *reason, void *user);

/* settlement_transport: DataTransfer to and from the threads of the stations. */
struct ocpp_settle_transport settlement_transport(struct settlement *settlement);

/* settlement_visits_use: what guided visits want of OCPP (settlement_visits.c). */
void settlement_visits_use(struct settlement *settlement, struct ocpp_settle_settings *settings);

/* settlement_enter: the handle is the caller's until settlement_leave(). */
struct ocpp_settle *settlement_enter(struct settlement *settlement);
void settlement_leave(struct settlement *settlement);

/* settlement_now: the clock, moved by --test-clock. Read it while the handle is yours, never beside settlement_enter() among the
 * arguments of one call: these are evaluated in any order, and the time of a handle must not go back. */
struct ocpp_now settlement_now(const struct app *app);

#endif
