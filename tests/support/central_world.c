/* central_world.c: the virtual clock, the scripted application and the store that fails and waits on demand. */
#include "central_world.h"

#include <ocpp/central_transactions.h>

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

struct held_write {
    struct held_write *next;
    void (*done)(enum ocpp_status status, void *user);
    void *done_user;
};

void world_tell(struct central_world *world, const char *format, ...)
{
    size_t used = strlen(world->told);
    va_list arguments;

    va_start(arguments, format);
    int size = vsnprintf(world->told + used, TOLD_SIZE - used, format, arguments);
    va_end(arguments);
    assert_true(size >= 0 && (size_t)size < TOLD_SIZE - used);
}

const char *world_told(struct central_world *world)
{
    static char told[TOLD_SIZE];

    memcpy(told, world->told, TOLD_SIZE);
    world->told[0] = '\0';
    return told;
}

const char *world_anomalies(uint32_t bits)
{
    static char text[512];
    size_t used = 0;

    text[0] = '\0';
    for (int i = 0; i < 32; i++) {
        const char *name = ocpp_anomaly_name(bits & (uint32_t)1 << i);
        if (name) {
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", used > 0 ? "," : "", name);
        }
    }
    return text;
}

/* --- the application ---------------------------------------------------------------------------------------------------- */

static bool on_boot(struct ocpp_station *station, const struct ocpp_boot *boot, struct ocpp_question question,
                    struct ocpp_boot_decision *decision, void *user)
{
    struct central_world *world = user;

    world_tell(world, "%s boot %s %s\n", ocpp_station_identity(station), boot->vendor, boot->model);
    world->question = question;
    *decision = world->boot;
    return !world->decide_later;
}

static bool on_authorize(struct ocpp_station *station, const struct ocpp_authorize_request *request,
                         struct ocpp_question question, struct ocpp_authorize_decision *decision, void *user)
{
    struct central_world *world = user;

    world_tell(world, "%s authorize %s\n", ocpp_station_identity(station), request->token.id);
    world->authorize_request = *request;
    world->question = question;
    *decision = world->authorize;
    return !world->decide_later;
}

static void on_status(struct ocpp_station *station, const struct ocpp_status_event *status, void *user)
{
    world_tell(user, "%s status %d.%d %s\n", ocpp_station_identity(station), status->evse, status->connector,
               ocpp_connector_status_name(status->status));
}

static void note_contexts(struct central_world *world, const struct ocpp_meter_sample *samples, size_t count)
{
    size_t used = 0;

    world->contexts[0] = '\0';
    for (size_t i = 0; i < count && used < sizeof world->contexts; i++) {
        used += (size_t)snprintf(world->contexts + used, sizeof world->contexts - used, "%s ",
                                 ocpp_reading_context_name(samples[i].context));
    }
}

static void on_transaction(struct ocpp_station *station, const struct ocpp_transaction_event *event, void *user)
{
    static const char *const phases[] = { "started", "updated", "ended" };
    const struct ocpp_transaction *transaction = event->transaction;
    struct central_world *world = user;

    (void)station;
    world->trigger = event->trigger;
    note_contexts(world, event->samples, event->sample_count);
    const bool shown = world->tell_anomalies && event->new_anomalies != 0;

    world_tell(user, "%s %s %s evse %d token %s meter %" PRId64 "..%" PRId64 " samples %zu%s%s%s%s\n", transaction->identity,
               phases[event->phase], transaction->id, transaction->evse, transaction->token,
               transaction->has_meter_start ? transaction->meter_start_wh : -1,
               transaction->has_meter_last ? transaction->meter_last_wh : -1, event->sample_count, transaction->ended ? " " : "",
               transaction->ended ? ocpp_stop_reason_name(transaction->reason) : "", shown ? " +" : "",
               shown ? world_anomalies(event->new_anomalies) : "");
}

static void on_meter(struct ocpp_station *station, int evse, int connector, const struct ocpp_meter_sample *samples, size_t count,
                     void *user)
{
    note_contexts(user, samples, count);
    world_tell(user, "%s meter %d.%d", ocpp_station_identity(station), evse, connector);
    for (size_t i = 0; i < count; i++) {
        char text[OCPP_DECIMAL_TEXT_SIZE];
        (void)ocpp_decimal_format(samples[i].sample.value, text);
        world_tell(user, " %s=%s%s", ocpp_measurand_name(samples[i].sample.measurand), text,
                   ocpp_measurand_unit(samples[i].sample.measurand));
    }
    world_tell(user, "\n");
}

static void on_heartbeat(struct ocpp_station *station, void *user)
{
    world_tell(user, "%s heartbeat\n", ocpp_station_identity(station));
}

static bool on_call(struct ocpp_station *station, const struct ocpp_incoming_call *call, void *user)
{
    struct central_world *world = user;

    world_tell(world, "%s calls %s\n", ocpp_station_identity(station), call->action_name);
    world->taken = call->token;
    return world->take_calls;
}

/* --- the store ----------------------------------------------------------------------------------------------------------- */

static enum ocpp_status store_read(const char *key, bool (*visit)(const char *key, const void *value, size_t size, void *user),
                                   void *visit_user, void *user)
{
    struct central_world *world = user;

    if (++world->reads == world->fail_read) {
        return OCPP_ERR_STORAGE;
    }
    return world->memory->read(key, visit, visit_user, world->memory->user);
}

static enum ocpp_status store_each(const char *prefix, const char *from,
                                   bool (*visit)(const char *key, const void *value, size_t size, void *user), void *visit_user,
                                   void *user)
{
    struct central_world *world = user;

    return world->fail_each ? OCPP_ERR_STORAGE : world->memory->each(prefix, from, visit, visit_user, world->memory->user);
}

static bool copy_entry(const char *key, const void *value, size_t size, void *user)
{
    struct ocpp_storage *copy = user;
    const struct ocpp_change change = { .kind = OCPP_CHANGE_PUT, .key = key, .value = value, .size = size };

    assert_int_equal(copy->write(&change, 1, NULL, NULL, copy->user), OCPP_OK);
    return true;
}

static struct ocpp_storage *copy_of(struct ocpp_storage *storage)
{
    struct ocpp_storage *copy = ocpp_memory_storage_new(NULL, 0);

    assert_non_null(copy);
    assert_int_equal(storage->each("", NULL, copy_entry, copy, storage->user), OCPP_OK);
    return copy;
}

static enum ocpp_status store_write(const struct ocpp_change *changes, size_t count,
                                    void (*done)(enum ocpp_status status, void *user), void *done_user, void *user)
{
    struct central_world *world = user;
    struct held_write **last = &world->held;

    if (++world->writes == world->fail_write) {
        return OCPP_ERR_STORAGE;
    }
    if (!world->hold_writes) {
        return world->memory->write(changes, count, done, done_user, world->memory->user);
    }
    if (!world->held) {
        world->before = copy_of(world->memory);
    }
    enum ocpp_status status = world->memory->write(changes, count, NULL, NULL, world->memory->user);
    assert_int_equal(status, OCPP_OK);
    while (*last) {
        last = &(*last)->next;
    }
    *last = calloc(1, sizeof **last);
    assert_non_null(*last);
    (*last)->done = done;
    (*last)->done_user = done_user;
    return OCPP_OK;
}

void world_release(struct central_world *world, enum ocpp_status status)
{
    struct held_write *held = world->held;
    struct held_write *next;

    if (held && status != OCPP_OK) { /* nothing of it happened */
        ocpp_memory_storage_free(world->memory);
        world->memory = world->before;
    } else {
        ocpp_memory_storage_free(world->before);
    }
    world->before = NULL;
    world->held = NULL; /* what is written from now on waits for the next release */
    for (; held; held = next) {
        next = held->next;
        if (held->done) {
            held->done(status, held->done_user);
        }
        free(held);
    }
}

static void store_flush(void *user)
{
    struct central_world *world = user;

    while (world->held) {
        world_release(world, world->lose_writes ? OCPP_ERR_STORAGE : OCPP_OK);
    }
}

/* --- the world ------------------------------------------------------------------------------------------------------------- */

static void fill(void *bytes, size_t size, void *user)
{
    static unsigned counter;

    (void)user;
    for (size_t i = 0; i < size; i++) {
        ((unsigned char *)bytes)[i] = (unsigned char)(++counter * 37);
    }
}

static void start(struct central_world *world)
{
    struct ocpp_central_settings settings = ocpp_central_settings_default();

    settings.random = fill;
    settings.durability = world->durability;
    if (world->change_settings) {
        world->change_settings(&settings);
    }
    world->central = ocpp_central_new(&settings, &world->handler, &world->store);
    assert_non_null(world->central);
}

static struct central_world *make(const struct ocpp_central_handler *instead,
                                  void (*extend)(struct ocpp_central_handler *handler),
                                  void (*change)(struct ocpp_central_settings *settings))
{
    struct central_world *world = calloc(1, sizeof *world);

    assert_non_null(world);
    world->now = (struct ocpp_now){ .mono_ms = 1000, .utc_ms = 1767225600000 }; /* 2026-01-01 */
    world->boot = (struct ocpp_boot_decision){ .registration = OCPP_REGISTRATION_ACCEPTED };
    world->authorize =
        (struct ocpp_authorize_decision){ .authorization = OCPP_AUTHORIZATION_ACCEPTED, .expires_utc_ms = OCPP_UTC_UNKNOWN };
    world->handler = (struct ocpp_central_handler){ .on_boot = on_boot,
                                                    .on_authorize = on_authorize,
                                                    .on_status = on_status,
                                                    .on_transaction = on_transaction,
                                                    .on_meter = on_meter,
                                                    .on_heartbeat = on_heartbeat,
                                                    .on_call = on_call,
                                                    .user = world };
    world->change_settings = change;
    if (extend) {
        extend(&world->handler);
    }
    if (instead) {
        world->handler = *instead;
        world->handler.user = world;
    }
    world->memory = ocpp_memory_storage_new(NULL, 0);
    assert_non_null(world->memory);
    world->store = (struct ocpp_storage){ .read = store_read,
                                          .each = store_each,
                                          .write = store_write,
                                          .flush = store_flush,
                                          .max_value_bytes = world->memory->max_value_bytes,
                                          .user = world };
    start(world);
    return world;
}

struct central_world *world_new_with(const struct ocpp_central_handler *instead)
{
    return make(instead, NULL, NULL);
}

struct central_world *world_new_extended(void (*extend)(struct ocpp_central_handler *handler),
                                         void (*change)(struct ocpp_central_settings *settings))
{
    return make(NULL, extend, change);
}

struct central_world *world_new(void)
{
    return make(NULL, NULL, NULL);
}

void world_free(struct central_world *world)
{
    ocpp_central_free(world->central);
    ocpp_memory_storage_free(world->memory);
    free(world);
}

void world_restart(struct central_world *world)
{
    ocpp_central_free(world->central);
    start(world);
}

/* Run with WORLD_SPEAKS=2.1, a test tells its stories of 2.0.1 with stations of 2.1: what both have is the same in both. */
static enum ocpp_version spoken(enum ocpp_version version)
{
    const char *instead = getenv("WORLD_SPEAKS");

    return instead && version == OCPP_VERSION_2_0_1 ? ocpp_version_of(instead) : version;
}

struct ocpp_station *world_connect(struct central_world *world, const char *identity, enum ocpp_version version)
{
    const struct ocpp_station_options options = { .identity = identity, .version = spoken(version), .user = world };
    struct ocpp_station *station = NULL;

    assert_int_equal(ocpp_central_connect(world->central, &options, world->now, &station), OCPP_OK);
    return station;
}

static void swap_quotes(char *text, char from, char to)
{
    for (; *text; text++) {
        if (*text == from) {
            *text = to;
        }
    }
}

const char *world_hears(struct central_world *world, struct ocpp_station *station)
{
    size_t size;
    const char *text = ocpp_station_next_output(station, &size, world->now);

    world->frame[0] = '\0';
    if (text) {
        assert_true(size < FRAME_SIZE);
        memcpy(world->frame, text, size);
        world->frame[size] = '\0';
        swap_quotes(world->frame, '"', '\'');
    }
    return world->frame;
}

const char *world_says(struct central_world *world, struct ocpp_station *station, const char *frame)
{
    char text[FRAME_SIZE];

    assert_true(strlen(frame) < sizeof text);
    strcpy(text, frame);
    swap_quotes(text, '\'', '"');
    assert_int_equal(ocpp_station_receive(station, text, strlen(text), world->now), OCPP_OK);
    return world_hears(world, station);
}

void world_boot(struct central_world *world, struct ocpp_station *station)
{
    if (ocpp_station_version(station) == OCPP_VERSION_1_6) {
        world_says(world, station, "[2,'boot','BootNotification',{'chargePointVendor':'V','chargePointModel':'M'}]");
    } else {
        world_says(world, station,
                   "[2,'boot','BootNotification',{'reason':'PowerUp','chargingStation':{'vendorName':'V','model':'M'}}]");
    }
    assert_int_equal(ocpp_station_registration(station), OCPP_REGISTRATION_ACCEPTED);
    world->told[0] = '\0';
}

void world_pass(struct central_world *world, int64_t ms)
{
    world->now.mono_ms += ms;
    world->now.utc_ms += ms;
    ocpp_central_advance(world->central, world->now);
}
