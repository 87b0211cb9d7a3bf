/* settlement_inside.h: what the files of the settlement share. */
#ifndef CSMS_SETTLEMENT_INSIDE_H
#define CSMS_SETTLEMENT_INSIDE_H

#include "settlement.h"

#include <ocpp/settlement/adapters.h>
#include <ocpp/settlement/backend.h>

#include <cjson/cJSON.h>
#include <pthread.h>

enum { SETTLEMENT_NAME_SIZE = 41, SETTLEMENT_ZONE_SIZE = 65, SETTLEMENT_PAYERS_MAX = 100000, SETTLEMENT_PLACES_MAX = 10000 };

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

/* What the file of --settlement says. */
struct settlement_config {
    char operator_id[SETTLEMENT_NAME_SIZE];
    struct ocpp_settle_policy policy;
    struct settlement_place *places;
    size_t place_count;
    struct settlement_payer *payers;
    size_t payer_count;
    struct ocpp_arena *arena;
};

struct settlement {
    struct app *app;
    struct settlement_config config;
    pthread_mutex_t lock; /* one thread at a time is the handle's */
    pthread_cond_t wake;  /* of the thread that lets time pass */
    pthread_t ticker;
    bool ticks;
    bool stops;
    struct ocpp_settle_store *store;
    bool is_memory;
    struct ocpp_settle_keys *keys;
    struct ocpp_arena *zone_arena;
    struct ocpp_settle *handle;
};

/* settlement_config_read: what |path| says. False: |why| tells what is wrong. settlement_config_free: also after false. */
bool settlement_config_read(struct settlement_config *config, const char *path, char *why);
void settlement_config_free(struct settlement_config *config);

/* settlement_transport: DataTransfer to and from the threads of the stations. */
struct ocpp_settle_transport settlement_transport(struct settlement *settlement);

/* settlement_enter: the handle is the caller's until settlement_leave(). */
struct ocpp_settle *settlement_enter(struct settlement *settlement);
void settlement_leave(struct settlement *settlement);

/* settlement_now: the clock, moved by --test-clock. Read it while the handle is yours, never beside settlement_enter() among the
 * arguments of one call: these are evaluated in any order, and the time of a handle must not go back. */
struct ocpp_now settlement_now(const struct app *app);

#endif
