/* settlement.c: opening, closing, whose turn it is, and time. What goes to piles and comes from them is in settlement_link.c. */
#include "body.h"
#include "drive.h"
#include "news.h"
#include "settlement_inside.h"
#include "shard.h"

#include <ocpp/settlement/orders.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ZONE_ARENA_BYTES = 262144, ZONE_YEARS = 2, TICK_MAX_MS = 1000 };

static const int64_t year_ms = INT64_C(366) * 86400 * 1000;

struct ocpp_now settlement_now(const struct app *app)
{
    const int64_t offset = atomic_load(&app->clock_offset_ms);
    struct ocpp_now now = ocpp_system_now();

    now.mono_ms += offset;
    now.utc_ms += now.utc_ms == OCPP_UTC_UNKNOWN ? 0 : offset;
    return now;
}

struct ocpp_settle *settlement_enter(struct settlement *settlement)
{
    pthread_mutex_lock(&settlement->lock);
    return settlement->handle;
}

void settlement_leave(struct settlement *settlement)
{
    bell_ring(&settlement->bell);
    pthread_mutex_unlock(&settlement->lock);
}

void settlement_flush(struct settlement *settlement)
{
    settlement->store->flush(settlement->store->user);
}

/* --- what the backend asks ------------------------------------------------------------------------------------------------ */

static const struct settlement_place *place_of(const struct settlement_config *config, const char *station)
{
    const struct settlement_place *others = NULL;

    for (size_t i = 0; i < config->place_count; i++) {
        const struct settlement_place *place = &config->places[i];

        if (place->station && strcmp(place->station, station) == 0) {
            return place;
        }
        others = place->station ? others : place;
    }
    return others;
}

static bool find_tariff(const char *station, const struct ocpp_settle_tariff **tariff, const char **zone, void *user)
{
    const struct settlement *settlement = user;
    const struct settlement_place *place = place_of(&settlement->config, station);

    if (!place || !place->tariff) {
        return false;
    }
    *tariff = place->tariff;
    *zone = place->zone;
    return true;
}

static size_t find_transitions(const char *zone, int64_t utc_ms, struct ocpp_settle_zone_transition *transitions, size_t room,
                               void *user)
{
    struct settlement *settlement = user;
    const struct ocpp_settle_zone_span span = { zone, utc_ms - 86400000, utc_ms + ZONE_YEARS * year_ms };
    struct ocpp_settle_zone_transitions found = { .count = 0 };
    enum ocpp_status status;

    ocpp_arena_reset(settlement->zone_arena);
    status = ocpp_settle_zone_read(NULL, &span, settlement->zone_arena, &found);
    if (status != OCPP_OK || found.count > room) {
        log_event(&settlement->app->log, OCPP_LOG_ERROR, "settlement", NULL, "time zone %s: %s", zone,
                  ocpp_status_sentence(status));
        return 0;
    }
    for (size_t i = 0; i < found.count; i++) {
        transitions[i] = found.items[i];
    }
    return found.count;
}

static bool find_payer(const struct ocpp_token *token, struct ocpp_settle_payer *payer, void *user)
{
    const struct settlement *settlement = user;
    const struct settlement_config *config = &settlement->config;
    const struct settlement_payer *found = NULL;

    if (settlement->drive && settlement->drive->is_open && drive_is_stranger(token)) {
        *payer = (struct ocpp_settle_payer){ NULL, settlement->drive->provider, false };
        return true;
    }

    for (size_t i = 0; i < config->payer_count; i++) {
        const struct settlement_payer *row = &config->payers[i];

        if (row->id && strcmp(row->id, token->id) == 0) {
            found = row;
            break;
        }
        found = row->id ? found : row;
    }
    if (!found) {
        return false;
    }
    *payer = (struct ocpp_settle_payer){ found->account, found->provider, found->known_renter };
    return true;
}

static bool may_tell_key(const char *identity, void *user)
{
    struct settlement *settlement = user;
    struct known_station *station = stations_find(settlement->app->stations, identity);
    bool is_encrypted;

    if (!station) {
        return false;
    }
    pthread_mutex_lock(&station->lock);
    is_encrypted = station->encrypted;
    pthread_mutex_unlock(&station->lock);
    return is_encrypted;
}

static bool is_reached(const char *identity, void *user)
{
    const struct settlement *settlement = user;

    return stations_is_connected(settlement->app->stations, identity);
}

static const char *const event_words[] = {
    [OCPP_SETTLE_EVENT_ORDER] = "order",
    [OCPP_SETTLE_EVENT_RENTAL] = "rental",
    [OCPP_SETTLE_EVENT_PAYMENT] = "payment",
    [OCPP_SETTLE_EVENT_SUSPENSE] = "suspense",
    [OCPP_SETTLE_EVENT_SECURITY] = "security",
    [OCPP_SETTLE_EVENT_PILE] = "pile",
    [OCPP_SETTLE_EVENT_DEAD_LETTER] = "dead letter",
    [OCPP_SETTLE_EVENT_VISIT] = "visit",
    [OCPP_SETTLE_EVENT_START] = "start",
    [OCPP_SETTLE_EVENT_HOUSE] = "house",
};

static void on_event(const struct ocpp_settle_event *told, void *user)
{
    struct settlement *settlement = user;
    cJSON *event = app_event(settlement->app, told->station);
    const char *text = told->kind == OCPP_SETTLE_EVENT_PAYMENT ? NULL : told->text; /* an address to pay at may hold a token */
    const bool is_warning = told->kind == OCPP_SETTLE_EVENT_SECURITY || told->kind == OCPP_SETTLE_EVENT_DEAD_LETTER;

    news_tell_event(settlement->news, told);
    log_fields(
        &settlement->app->log, is_warning ? OCPP_LOG_WARNING : OCPP_LOG_INFO, "settlement", told->station,
        LOG_FIELDS(LOG_TEXT_OF("what", event_words[told->kind]), LOG_TEXT_OF("id", told->id), LOG_TEXT_OF("state", told->state)),
        "%s %s %s%s%s", event_words[told->kind], told->id, told->state ? told->state : "", text ? ": " : "", text ? text : "");
    if (event) {
        json_add_text(event, "what", event_words[told->kind]);
        json_add_text(event, "id", told->id);
        json_add_text(event, "state", told->state);
        json_add_text(event, "text", told->text);
        json_add_text(event, "house", told->house);
        events_publish(settlement->app->events, EVENT_SETTLEMENT, told->station, event);
    }
}

static void on_terminal(uint64_t connection, bool is_over, void *user)
{
    (void)connection;
    (void)is_over;
    settlement_terminals_wake(user);
}

/* --- opening --------------------------------------------------------------------------------------------------------------- */

static bool fail(char *why, const char *what, const char *reason)
{
    snprintf(why, STORE_WHY_SIZE, "settlement: %.120s: %.100s", what, reason);
    return false;
}

/* Beside the database: FILE.settlement, and FILE.keys with what marks are authenticated by. */
static bool open_store(struct settlement *settlement, char *why)
{
    const char *db = settlement->app->options->db;
    struct ocpp_settle_sqlite_settings settings = ocpp_settle_sqlite_settings_default();
    char path[4096], reason[STORE_WHY_SIZE] = "";
    enum ocpp_status status;

    settlement->is_memory = !db;
    if (!db) {
        settlement->store = ocpp_settle_memory_store_new(NULL, STORE_MEMORY_BYTES);
        return settlement->store || fail(why, "memory", ocpp_status_sentence(OCPP_ERR_NOMEM));
    }
    settings.log = log_for_library(&settlement->app->log);
    settings.group = true;
    settings.shared = true; /* who keeps the books may look while it runs */
    snprintf(path, sizeof path, "%s.settlement", db);
    status = ocpp_settle_sqlite_open(path, &settings, &settlement->store, reason, sizeof reason);
    return status == OCPP_OK || fail(why, path, reason[0] ? reason : ocpp_status_sentence(status));
}

static bool open_keys(struct settlement *settlement, char *why)
{
    const char *db = settlement->app->options->db;
    char path[4096];
    struct ocpp_settle_given_secret given[SETTLEMENT_PROVIDERS_MAX * 2];
    struct ocpp_settle_keys_settings settings = { .log = log_for_library(&settlement->app->log), .folder = db ? path : NULL };
    unsigned char mac[OCPP_SETTLE_DIGEST_SIZE];
    enum ocpp_status status;

    snprintf(path, sizeof path, "%s.keys", db ? db : "");
    settings.given = given;
    settings.given_count = settlement_secrets(&settlement->config, given);
    status = ocpp_settle_keys_open(&settings, &settlement->keys);
    if (status == OCPP_OK) { /* the fleet's key is made now, so that who puts banks into service finds it */
        status = settlement->keys->hmac_sha256("fleet", NULL, 0, mac, settlement->keys->user);
    }
    return status == OCPP_OK || fail(why, "keys", ocpp_status_sentence(status));
}

static bool open_handle(struct settlement *settlement, char *why)
{
    struct ocpp_settle_settings settings = ocpp_settle_settings_default();
    enum ocpp_status status;

    if (!settlement_providers_open(settlement, why)) {
        return false;
    }
    settings.providers = settlement->faces;
    settings.provider_count = settlement->config.provider_count;
    settings.log = log_for_library(&settlement->app->log);
    settings.operator_id = settlement->config.operator_id;
    settings.policy = settlement->config.policy;
    settings.relay = settlement->config.relay.root_kid ? &settlement->config.relay : NULL;
    settings.anchor_key = SETTLEMENT_ANCHOR_KEY;
    settings.keys = *settlement->keys;
    settings.store = *settlement->store;
    settings.transport = settlement_transport(settlement);
    settings.find_tariff = find_tariff;
    settings.find_transitions = find_transitions;
    settings.find_payer = find_payer;
    settings.may_tell_key = may_tell_key;
    settings.is_reached = is_reached;
    settings.stop_transaction = settlement_stop_transaction;
    settlement_visits_use(settlement, &settings);
    settings.on_terminal = on_terminal;
    settings.on_event = on_event;
    settings.user = settlement;
    status = ocpp_settle_new(&settings, settlement_now(settlement->app), &settlement->handle);
    if (status != OCPP_OK) {
        return fail(why, "start", ocpp_status_sentence(status));
    }
    return settlement_terminals_start(settlement) || fail(why, "--terminals", "nothing can be served there");
}

bool settlement_open(struct app *app, char *why)
{
    struct settlement *settlement;

    if (!app->options->settlement) {
        return true;
    }
    settlement = calloc(1, sizeof *settlement);
    if (!settlement) {
        return fail(why, "start", ocpp_status_sentence(OCPP_ERR_NOMEM));
    }
    settlement->app = app;
    settlement->binds = (struct address_rate){ .burst = 20, .per_ms = 3000 };
    if (!bell_make(&settlement->bell)) {
        free(settlement);
        return fail(why, "start", ocpp_status_sentence(OCPP_ERR_NOMEM));
    }
    pthread_mutex_init(&settlement->lock, NULL);
    app->settlement = settlement;
    settlement->news = news_new();
    settlement->zone_arena = ocpp_arena_new(NULL, ZONE_ARENA_BYTES);
    if (!settlement->news || !settlement->zone_arena) {
        return fail(why, "start", ocpp_status_sentence(OCPP_ERR_NOMEM));
    }
    return settlement_config_read(&settlement->config, &settlement->drive, app->options->settlement, why) &&
           open_store(settlement, why) && open_keys(settlement, why) && open_handle(settlement, why);
}

/* --- time ------------------------------------------------------------------------------------------------------------------ */

/* Until the deadline; the test clock may be moved meanwhile. */
static int64_t rest_ms(struct settlement *settlement)
{
    const int64_t left = ocpp_settle_deadline(settlement->handle) - settlement_now(settlement->app).mono_ms;

    return left < 0 ? 0 : left < TICK_MAX_MS ? left : TICK_MAX_MS;
}

/* Whoever does something rings when it is done, and so does a provider that answered, whose thread may not take the lock: what
 * falls between the look at the deadline and the wait ends the wait. */
static void *tick(void *user)
{
    struct settlement *settlement = user;

    pthread_mutex_lock(&settlement->lock);
    while (!settlement->stops) {
        settlement_providers_run(settlement);
        ocpp_settle_advance(settlement->handle, settlement_now(settlement->app));
        settlement_flush(settlement);
        const int64_t ms = rest_ms(settlement);
        pthread_mutex_unlock(&settlement->lock);
        (void)bell_wait(&settlement->bell, ms);
        pthread_mutex_lock(&settlement->lock);
    }
    pthread_mutex_unlock(&settlement->lock);
    return NULL;
}

void settlement_after_round(struct app *app)
{
    struct settlement *settlement = app->settlement;

    if (settlement && settlement->handle) {
        pthread_mutex_lock(&settlement->lock);
        settlement_flush(settlement);
        pthread_mutex_unlock(&settlement->lock);
    }
}

bool settlement_has_drive(const struct app *app)
{
    return app->settlement && app->settlement->drive;
}

void settlement_rest(struct app *app)
{
    struct settlement *settlement = app->settlement;

    if (!settlement) {
        return;
    }
    if (settlement->ticks) {
        settlement->ticks = false;
        pthread_mutex_lock(&settlement->lock);
        settlement->stops = true;
        bell_ring(&settlement->bell);
        pthread_mutex_unlock(&settlement->lock);
        pthread_join(settlement->ticker, NULL);
    }
    settlement_terminals_stop(settlement);
}

void settlement_close(struct app *app)
{
    struct settlement *settlement = app->settlement;

    if (!settlement) {
        return;
    }
    settlement_rest(app);
    ocpp_settle_free(settlement->handle);
    settlement_providers_close(settlement);
    if (settlement->is_memory) {
        ocpp_settle_memory_store_free(settlement->store);
    } else {
        ocpp_settle_sqlite_close(settlement->store);
    }
    ocpp_settle_keys_close(settlement->keys);
    ocpp_arena_free(settlement->zone_arena);
    settlement_config_free(&settlement->config);
    drive_free(settlement->drive);
    news_free(settlement->news);
    bell_break(&settlement->bell);
    pthread_mutex_destroy(&settlement->lock);
    free(settlement);
    app->settlement = NULL;
}

static void complain(struct app *app, const char *station, const char *what, enum ocpp_status status)
{
    if (status != OCPP_OK) {
        log_event(&app->log, OCPP_LOG_ERROR, "settlement", station, "%s was not settled: %s", what, ocpp_status_sentence(status));
    }
}

/* --- what it missed -----------------------------------------------------------------------------------------------------------
 */

enum { RESUME_DAYS = 7 };

/* The central system's record is durable before the settlement hears of it: what happened in between is told once more. */
static bool tell_again(const struct ocpp_transaction *transaction, void *user)
{
    struct settlement *settlement = user;
    const struct ocpp_transaction_event event = { .phase = transaction->ended ? OCPP_TRANSACTION_ENDED : OCPP_TRANSACTION_UPDATED,
                                                  .transaction = transaction };
    const struct ocpp_now now = settlement_now(settlement->app);

    if (transaction->ended && transaction->ended_utc_ms < now.utc_ms - RESUME_DAYS * INT64_C(86400000)) {
        return true;
    }
    complain(settlement->app, transaction->identity, transaction->id, ocpp_settle_transaction(settlement->handle, &event, now));
    return true;
}

bool settlement_resume(struct app *app, char *why)
{
    struct settlement *settlement = app->settlement;
    const struct ocpp_transaction_query all = { .identity = NULL };

    if (!settlement) {
        return true;
    }
    pthread_mutex_lock(&settlement->lock);
    complain(app, NULL, "what happened meanwhile",
             ocpp_central_find_transactions(store_of(app->store, 0), &all, tell_again, settlement));
    settlement_flush(settlement);
    pthread_mutex_unlock(&settlement->lock);
    settlement->ticks = pthread_create(&settlement->ticker, NULL, tick, settlement) == 0;
    return settlement->ticks || fail(why, "start", "there is no thread to let time pass");
}

/* --- what it is told ----------------------------------------------------------------------------------------------------------
 */

void settlement_beat(struct app *app)
{
    if (app->settlement) {
        news_keep_alive(app->settlement->news);
    }
}

void settlement_end_streams(struct app *app)
{
    if (app->settlement) {
        news_end(app->settlement->news);
    }
}

size_t settlement_streams(struct app *app)
{
    return app->settlement ? news_count(app->settlement->news) : 0;
}

void settlement_connected(struct app *app, const char *station, bool connected)
{
    if (app->settlement) {
        struct ocpp_settle *handle = settlement_enter(app->settlement);

        ocpp_settle_connected(handle, station, connected, settlement_now(app));
        settlement_news_at(app->settlement, station);
        settlement_leave(app->settlement);
    }
}

void settlement_status(struct app *app, const char *station, const struct ocpp_status_event *status)
{
    if (app->settlement) {
        struct ocpp_settle *handle = settlement_enter(app->settlement);

        complain(app, station, "a status", ocpp_settle_status(handle, station, status, settlement_now(app)));
        settlement_news_at(app->settlement, station);
        settlement_leave(app->settlement);
    }
}

void settlement_transaction(struct app *app, const struct ocpp_transaction_event *event)
{
    if (app->settlement) {
        if (app->settlement->drive) {
            drive_hear(app->settlement->drive, event);
        }
        struct ocpp_settle *handle = settlement_enter(app->settlement);

        complain(app, event->transaction->identity, event->transaction->id,
                 ocpp_settle_transaction(handle, event, settlement_now(app)));
        settlement_news_of(app->settlement, event);
        settlement_leave(app->settlement);
    }
}
