/* central.c: the shard: its stations by identity, whose turn it is to be written, and when time matters. */
#include "central_internal.h"
#include "dialect.h"
#include "profile_reports.h"
#include "reports.h"

#include "require.h"
#include "text.h"
#include <stdlib.h>
#include <string.h>

/* A timer that is set never fails to move, so every station has one from the start, parked beyond all deadlines. */
#define PARKED (OCPP_NEVER - 1)

static void *reallocate(void *pointer, size_t size, void *user)
{
    (void)user;
    if (size == 0) {
        free(pointer);
        return NULL;
    }
    return realloc(pointer, size);
}

static const struct ocpp_allocator plain_allocator = { reallocate, NULL };

void *central_allocate(const struct ocpp_central *central, size_t size)
{
    void *memory = central->settings.allocator->reallocate(NULL, size, central->settings.allocator->user);

    if (memory) {
        memset(memory, 0, size);
    }
    return memory;
}

void central_release(const struct ocpp_central *central, void *memory)
{
    if (memory) {
        central->settings.allocator->reallocate(memory, 0, central->settings.allocator->user);
    }
}

struct ocpp_central_settings ocpp_central_settings_default(void)
{
    return (struct ocpp_central_settings){
        .heartbeat_interval_s = 300,
        .boot_retry_interval_s = 60,
        .call_timeout_ms = 30000,
        .max_waiting_calls = 16,
        .max_stations = 20000,
        .max_display_messages = 200,
        .remote_start_hold_s = 600,
        .max_power_w = 1000000,
        .max_open_reports = 4,
        .max_report_bytes = 2u << 20,
        .max_open_report_bytes = 64u << 20,
        .report_timeout_ms = 60000,
    };
}

struct ocpp_central *ocpp_central_new(const struct ocpp_central_settings *settings, const struct ocpp_central_handler *handler,
                                      struct ocpp_storage *storage)
{
    const struct ocpp_allocator *allocator = settings->allocator ? settings->allocator : &plain_allocator;
    uint64_t seed[2];

    if (!settings->random || !storage || settings->max_stations == 0) {
        ocpp_log_write(&settings->log, OCPP_LOG_ERROR, "central system: random, storage and max_stations are required");
        return NULL;
    }
    struct ocpp_central *central = allocator->reallocate(NULL, sizeof *central, allocator->user);
    if (!central) {
        return NULL;
    }
    memset(central, 0, sizeof *central);
    central->settings = *settings;
    central->settings.allocator = allocator;
    central->handler = *handler;
    central->storage = storage;
    central->now.utc_ms = OCPP_UTC_UNKNOWN;
    settings->random(seed, sizeof seed, settings->random_user);
    /* questions are told apart on all shards: an answer may come when the station has gone to another one, which asks, too */
    central->last_question = (seed[0] ^ seed[1] << 1) >> 1;
    ocpp_map_start(&central->stations, allocator, settings->max_stations, seed);
    ocpp_timers_start(&central->timers, allocator, settings->max_stations);
    central->scratch = ocpp_arena_new(allocator, 0);
    central->results = ocpp_arena_new(allocator, 0);
    central->heard = ocpp_arena_new(allocator, 0);
    central->said = ocpp_arena_new(allocator, 0);
    central->pages = ocpp_arena_new(allocator, 0);
    central->pool = ocpp_rpc_pool_new(allocator, 0, 0);
    if (!central->scratch || !central->results || !central->heard || !central->said || !central->pages || !central->pool) {
        ocpp_central_free(central);
        return NULL;
    }
    return central;
}

void central_enter(struct ocpp_central *central, struct ocpp_now now)
{
    ocpp_require(now.mono_ms >= central->now.mono_ms);
    central->now = now;
    central->entered++;
}

void central_enter_late(struct ocpp_central *central, struct ocpp_now now)
{
    now.mono_ms = central->now.mono_ms;
    central_enter(central, now);
}

void central_leave(struct ocpp_central *central)
{
    central->entered--;
}

/* --- connections ----------------------------------------------------------------------------------------------------- */

/* An identity stands inside keys of the store, so it may not hold their separator, and in front of people, so it is text. Part 4,
 * 3.1.1 forbids ':' for Basic authentication's sake. */
bool central_identity_is_usable(const char *identity)
{
    size_t size = identity ? strlen(identity) : 0;

    if (size == 0 || size >= OCPP_IDENTITY_SIZE || !ocpp_text_valid(identity, size)) {
        return false;
    }
    for (; *identity; identity++) {
        if ((unsigned char)*identity < 0x20 || *identity == 0x7F || *identity == '/' || *identity == ':') {
            return false;
        }
    }
    return true;
}

/* What may fail once the station is made; then it is as if it had not been. */
static enum ocpp_status admit(struct ocpp_station *fresh, const struct ocpp_station_options *options)
{
    struct ocpp_central *central = fresh->central;
    enum ocpp_status status = ocpp_map_put(&central->stations, fresh->identity, fresh);

    if (status != OCPP_OK) {
        return status;
    }
    status = ocpp_timers_set(&central->timers, &fresh->timer, PARKED);
    if (status == OCPP_OK) {
        status = security_connect(fresh, options->security_profile);
    }
    if (status != OCPP_OK) {
        ocpp_timers_unset(&central->timers, &fresh->timer);
        ocpp_map_remove(&central->stations, fresh->identity);
    }
    return status;
}

enum ocpp_status ocpp_central_connect(struct ocpp_central *central, const struct ocpp_station_options *options,
                                      struct ocpp_now now, struct ocpp_station **station)
{
    struct ocpp_station *fresh;
    enum ocpp_status status;

    ocpp_require(central->entered == 0);
    if (!central_identity_is_usable(options->identity) || !central_dialect_of(options->version)) {
        return OCPP_ERR_ARGUMENT;
    }
    if (ocpp_map_get(&central->stations, options->identity)) {
        return OCPP_ERR_BUSY;
    }
    central_enter(central, now);
    status = station_open(central, options, &fresh);
    if (status == OCPP_OK) {
        status = admit(fresh, options);
        if (status == OCPP_OK) {
            *station = fresh;
        } else {
            station_close(fresh);
        }
    }
    central_leave(central);
    return status;
}

/* Takes |station| out of the list of those with output. */
static void output_forget(struct ocpp_station *station)
{
    struct ocpp_central *central = station->central;

    if (!station->in_output) {
        return;
    }
    if (station->before_with_output) {
        station->before_with_output->next_with_output = station->next_with_output;
    } else {
        central->first_with_output = station->next_with_output;
    }
    if (station->next_with_output) {
        station->next_with_output->before_with_output = station->before_with_output;
    } else {
        central->last_with_output = station->before_with_output;
    }
    station->in_output = false;
}

void ocpp_station_disconnect(struct ocpp_station *station, struct ocpp_now now)
{
    struct ocpp_central *central = station->central;
    struct ocpp_storage *storage = central->storage;
    bool is_left;

    ocpp_require(central->entered == 0);
    central_enter(central, now);
    is_left = remote_starts_leave(station); /* before their orders end: a callback may make the store tell of its writes */
    ocpp_rpc_close(station->rpc, now);      /* open orders end, and their callbacks may still look at the station */
    reports_close(station);
    profile_reports_close(station);
    ocpp_map_remove(&central->stations, station->identity);
    output_forget(station);
    is_left = pending_disown(station) || is_left || central->settings.durability == OCPP_ANSWER_AT_ONCE;
    security_disconnect(station);
    ocpp_timers_unset(&central->timers, &station->timer);
    station_close(station);
    if (is_left && storage->flush) { /* the next connection, here or on another shard, has to find what this one told */
        storage->flush(storage->user);
    }
    central_leave(central);
}

void ocpp_central_free(struct ocpp_central *central)
{
    struct ocpp_station *station;
    size_t cursor = 0;

    if (!central) {
        return;
    }
    ocpp_require(central->entered == 0);
    while ((station = ocpp_map_next(&central->stations, &cursor))) {
        ocpp_station_disconnect(station, central->now);
        cursor--;
    }
    if (central->storage->flush) {
        central->storage->flush(central->storage->user);
    }
    pending_free_all(central);
    ocpp_timers_stop(&central->timers);
    ocpp_map_stop(&central->stations);
    ocpp_rpc_pool_free(central->pool);
    ocpp_arena_free(central->scratch);
    ocpp_arena_free(central->results);
    ocpp_arena_free(central->heard);
    ocpp_arena_free(central->said);
    ocpp_arena_free(central->pages);
    central_release(central, central);
}

struct ocpp_station *ocpp_central_find(struct ocpp_central *central, const char *identity)
{
    return ocpp_map_get(&central->stations, identity);
}

void station_list_output(struct ocpp_station *station)
{
    struct ocpp_central *central = station->central;

    if (station->in_output) {
        return;
    }
    station->in_output = true;
    station->next_with_output = NULL;
    station->before_with_output = central->last_with_output;
    if (central->last_with_output) {
        central->last_with_output->next_with_output = station;
    } else {
        central->first_with_output = station;
    }
    central->last_with_output = station;
}

void station_touch(struct ocpp_station *station)
{
    struct ocpp_central *central = station->central;
    int64_t deadline = ocpp_rpc_deadline(station->rpc);
    const int64_t report = reports_deadline(station);
    const int64_t profiles = profile_reports_deadline(station);

    deadline = report < deadline ? report : deadline;
    deadline = profiles < deadline ? profiles : deadline;
    if (ocpp_timer_is_set(&station->timer)) {
        enum ocpp_status moved = ocpp_timers_set(&central->timers, &station->timer, deadline < PARKED ? deadline : PARKED);
        ocpp_require(moved == OCPP_OK);
        (void)moved;
    }
    if (ocpp_rpc_has_output(station->rpc)) {
        station_list_output(station);
    }
}

struct ocpp_station *ocpp_central_next_with_output(struct ocpp_central *central)
{
    struct ocpp_station *station = central->first_with_output;

    if (station) {
        output_forget(station);
    }
    return station;
}

/* --- time -------------------------------------------------------------------------------------------------------------- */

int64_t ocpp_central_deadline(const struct ocpp_central *central)
{
    int64_t deadline = ocpp_timers_deadline(&central->timers);

    return deadline >= PARKED ? OCPP_NEVER : deadline;
}

void ocpp_central_advance(struct ocpp_central *central, struct ocpp_now now)
{
    struct ocpp_timer *timer;

    central_enter(central, now);
    while ((timer = ocpp_timers_expired(&central->timers, now.mono_ms))) {
        struct ocpp_station *station = timer->owner;
        enum ocpp_status kept = ocpp_timers_set(&central->timers, timer, PARKED); /* its room was just freed */
        ocpp_require(kept == OCPP_OK);
        (void)kept;
        ocpp_rpc_advance(station->rpc, now);
        pending_expire(station);
        reports_expire(station);
        profile_reports_expire(station);
        station_touch(station);
    }
    central_leave(central);
}
