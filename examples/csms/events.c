/* events.c: the bus of server-sent events, and the ring of those that were told. */
#include "event_id.h"
#include "events.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[EVENT_KIND_COUNT] = {
    [EVENT_CONNECTION] = "connection",
    [EVENT_REFUSED] = "refused",
    [EVENT_BOOT] = "boot",
    [EVENT_STATUS] = "status",
    [EVENT_TRANSACTION] = "transaction",
    [EVENT_METER] = "meter",
    [EVENT_SECURITY] = "security",
    [EVENT_FIRMWARE] = "firmware",
    [EVENT_LOG] = "log",
    [EVENT_SIGN] = "sign",
    [EVENT_REPORT] = "report",
    [EVENT_MONITOR] = "monitor",
    [EVENT_PUBLISH] = "publish",
    [EVENT_DISPLAY] = "display",
    [EVENT_RESERVATION] = "reservation",
    [EVENT_LIMIT] = "limit",
    [EVENT_PROFILES] = "profiles",
    [EVENT_NEEDS] = "needs",
    [EVENT_SCHEDULE] = "schedule",
    [EVENT_SETTLEMENT] = "settlement",
    [EVENT_FILE] = "file",
    [EVENT_QUIRK] = "quirk",
    [EVENT_INVALID] = "invalid",
};

struct listener {
    struct ocpp_http_exchange *exchange;
    struct event_filter filter;
};

struct kept_event {
    char *text; /* as it is sent; NULL: nothing is kept here */
    size_t size;
    uint64_t number;
    enum event_kind kind;
    char station[OCPP_IDENTITY_SIZE];
};

struct event_bus {
    pthread_mutex_t lock;
    int64_t run;
    struct listener listeners[EVENT_STREAMS_MAX];
    atomic_size_t count;             /* written under the lock */
    _Atomic int64_t wanted_until_ms; /* while nobody listens; 0: nobody ever did */
    _Atomic uint64_t number;         /* of the newest event; written under the lock */
    uint64_t oldest;                 /* number of the oldest event that is kept; number + 1: none is */
    size_t kept_bytes;
    struct kept_event kept[EVENTS_KEPT]; /* at number % EVENTS_KEPT */
    _Atomic uint64_t dropped;
    bool closed;
};

struct event_bus *events_new(int64_t run)
{
    struct event_bus *bus = calloc(1, sizeof *bus);

    if (bus) {
        pthread_mutex_init(&bus->lock, NULL);
        bus->run = run;
        bus->oldest = 1;
    }
    return bus;
}

void events_free(struct event_bus *bus)
{
    if (!bus) {
        return;
    }
    events_close(bus);
    for (size_t i = 0; i < EVENTS_KEPT; i++) {
        free(bus->kept[i].text);
    }
    pthread_mutex_destroy(&bus->lock);
    free(bus);
}

enum event_kind event_kind_of(const char *name, size_t size)
{
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        if (strlen(names[kind]) == size && memcmp(names[kind], name, size) == 0) {
            return (enum event_kind)kind;
        }
    }
    return EVENT_KIND_COUNT;
}

bool events_wanted(struct event_bus *bus)
{
    int64_t until_ms;

    if (atomic_load_explicit(&bus->count, memory_order_relaxed) > 0) {
        return true;
    }
    until_ms = atomic_load_explicit(&bus->wanted_until_ms, memory_order_relaxed);
    return until_ms > 0 && ocpp_system_now().mono_ms < until_ms;
}

/* --- the ring, under the lock --------------------------------------------------------------------------------------------- */

static void forget_oldest(struct event_bus *bus)
{
    struct kept_event *event = &bus->kept[bus->oldest++ % EVENTS_KEPT];

    bus->kept_bytes -= event->size;
    free(event->text);
    *event = (struct kept_event){ 0 };
}

/* Takes |text| over. */
static struct kept_event *keep(struct event_bus *bus, enum event_kind kind, const char *station, char *text, size_t size)
{
    uint64_t number = atomic_load(&bus->number) + 1;
    struct kept_event *event = &bus->kept[number % EVENTS_KEPT];

    while (bus->oldest < number && (bus->kept_bytes + size > EVENTS_KEPT_BYTES || number - bus->oldest >= EVENTS_KEPT)) {
        forget_oldest(bus);
    }
    atomic_store(&bus->number, number);
    *event = (struct kept_event){ .text = text, .size = size, .number = number, .kind = kind };
    snprintf(event->station, sizeof event->station, "%s", station ? station : "");
    bus->kept_bytes += size;
    return event;
}

/* --- listeners, under the lock ---------------------------------------------------------------------------------------------- */

static bool wants(const struct event_filter *filter, const struct kept_event *event)
{
    return (filter->kinds == 0 || (filter->kinds >> event->kind & 1)) &&
           (!filter->station[0] || strcmp(filter->station, event->station) == 0);
}

bool events_named(struct event_bus *bus, enum event_kind kind, const char *station)
{
    bool is_named = false;

    pthread_mutex_lock(&bus->lock);
    for (size_t i = 0; i < atomic_load(&bus->count) && !is_named; i++) {
        const struct event_filter *filter = &bus->listeners[i].filter;
        is_named = (filter->kinds >> kind & 1) && (!filter->station[0] || strcmp(filter->station, station) == 0);
    }
    pthread_mutex_unlock(&bus->lock);
    return is_named;
}

/* The last listener takes the place of the one that goes. */
static void drop(struct event_bus *bus, size_t place)
{
    size_t last = atomic_load(&bus->count) - 1;

    ocpp_http_stream_end(bus->listeners[place].exchange);
    bus->listeners[place] = bus->listeners[last];
    atomic_store(&bus->wanted_until_ms, ocpp_system_now().mono_ms + EVENTS_REMEMBERED_MS);
    atomic_store(&bus->count, last);
}

static void write_to(struct event_bus *bus, size_t place, const char *text, size_t size)
{
    enum ocpp_status status = ocpp_http_stream_write(bus->listeners[place].exchange, text, size);

    if (status != OCPP_OK) {
        atomic_fetch_add(&bus->dropped, status != OCPP_ERR_CLOSED);
        drop(bus, place);
    }
}

void events_publish(struct event_bus *bus, enum event_kind kind, const char *station, cJSON *event)
{
    char *body = event ? cJSON_PrintUnformatted(event) : NULL;
    size_t room = body ? strlen(body) + 128 : 0;
    char *text = body ? malloc(room) : NULL;

    if (text) {
        pthread_mutex_lock(&bus->lock);
        char id[EVENT_ID_SIZE];
        event_id_print(id, (uint64_t)bus->run, atomic_load(&bus->number) + 1);
        int size = snprintf(text, room, "id: %s\nevent: %s\ndata: %s\n\n", id, names[kind], body);
        const struct kept_event *kept = keep(bus, kind, station, text, (size_t)size);
        for (size_t i = atomic_load(&bus->count); i-- > 0;) {
            if (wants(&bus->listeners[i].filter, kept)) {
                write_to(bus, i, kept->text, kept->size);
            }
        }
        pthread_mutex_unlock(&bus->lock);
    }
    cJSON_free(body);
    cJSON_Delete(event);
}

/* --- subscribing
 * ----------------------------------------------------------------------------------------------------------------- */

/* Some of what the listener asks for is not kept: it has to look at the state of things itself. */
static bool tell_gap(const struct event_bus *bus, struct ocpp_http_exchange *exchange)
{
    char id[EVENT_ID_SIZE];
    char text[128];
    int size;

    event_id_print(id, (uint64_t)bus->run, bus->oldest - 1);
    size = snprintf(text, sizeof text, "id: %s\nevent: gap\ndata: {}\n\n", id);
    return ocpp_http_stream_write(exchange, text, (size_t)size) == OCPP_OK;
}

/* So that a client that was told nothing yet knows where to go on. */
static void tell_place(const struct event_bus *bus, struct ocpp_http_exchange *exchange)
{
    char id[EVENT_ID_SIZE];
    char text[64];
    int size;

    event_id_print(id, (uint64_t)bus->run, atomic_load(&bus->number));
    size = snprintf(text, sizeof text, "id: %s\n\n", id);
    if (ocpp_http_stream_write(exchange, text, (size_t)size) != OCPP_OK) {
        return; /* the next event finds out that it is gone */
    }
}

static void go_on(struct event_bus *bus, const struct listener *listener, const char *last_id)
{
    uint64_t number = 0;
    bool is_ours = event_id_read(last_id, (uint64_t)bus->run, atomic_load(&bus->number), &number);

    if (!is_ours || number + 1 < bus->oldest) {
        if (!tell_gap(bus, listener->exchange)) {
            return;
        }
        number = bus->oldest - 1;
    }
    for (number++; number <= atomic_load(&bus->number); number++) {
        const struct kept_event *event = &bus->kept[number % EVENTS_KEPT];
        if (event->text && wants(&listener->filter, event) &&
            ocpp_http_stream_write(listener->exchange, event->text, event->size) != OCPP_OK) {
            return; /* the next event or comment finds out that it is gone */
        }
    }
}

bool events_subscribe(struct event_bus *bus, struct ocpp_http_exchange *exchange, const struct event_filter *filter,
                      const char *last_id)
{
    bool may;

    pthread_mutex_lock(&bus->lock);
    may = !bus->closed && atomic_load(&bus->count) < EVENT_STREAMS_MAX;
    if (may) {
        struct listener *listener = &bus->listeners[atomic_load(&bus->count)];
        *listener = (struct listener){ .exchange = exchange, .filter = *filter };
        ocpp_http_stream(exchange);
        if (last_id) {
            go_on(bus, listener, last_id);
        } else {
            tell_place(bus, exchange);
        }
        atomic_fetch_add(&bus->count, 1);
    }
    pthread_mutex_unlock(&bus->lock);
    return may;
}

void events_keep_alive(struct event_bus *bus)
{
    pthread_mutex_lock(&bus->lock);
    for (size_t i = atomic_load(&bus->count); i-- > 0;) {
        write_to(bus, i, ":\n\n", 3);
    }
    pthread_mutex_unlock(&bus->lock);
}

void events_close(struct event_bus *bus)
{
    pthread_mutex_lock(&bus->lock);
    bus->closed = true;
    while (atomic_load(&bus->count) > 0) {
        drop(bus, atomic_load(&bus->count) - 1);
    }
    pthread_mutex_unlock(&bus->lock);
}

size_t events_count(struct event_bus *bus)
{
    return atomic_load(&bus->count);
}

uint64_t events_dropped(struct event_bus *bus)
{
    return atomic_load(&bus->dropped);
}

uint64_t events_told(struct event_bus *bus)
{
    return atomic_load(&bus->number);
}
