/* events.c: the bus of server-sent events. */
#include "events.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct listener {
    struct ocpp_http_exchange *exchange;
    char station[OCPP_IDENTITY_SIZE]; /* "": all */
};

struct event_bus {
    pthread_mutex_t lock;
    struct listener listeners[EVENT_STREAMS_MAX];
    atomic_size_t count; /* written under the lock */
    uint64_t number;
    _Atomic uint64_t dropped;
    bool closed;
};

struct event_bus *events_new(void)
{
    struct event_bus *bus = calloc(1, sizeof *bus);

    if (bus) {
        pthread_mutex_init(&bus->lock, NULL);
    }
    return bus;
}

void events_free(struct event_bus *bus)
{
    if (bus) {
        events_close(bus);
        pthread_mutex_destroy(&bus->lock);
        free(bus);
    }
}

bool events_wanted(const struct event_bus *bus)
{
    return atomic_load_explicit(&bus->count, memory_order_relaxed) > 0;
}

/* Under the lock. The last listener takes the place of the one that goes. */
static void drop(struct event_bus *bus, size_t place)
{
    size_t last = atomic_load(&bus->count) - 1;

    ocpp_http_stream_end(bus->listeners[place].exchange);
    bus->listeners[place] = bus->listeners[last];
    atomic_store(&bus->count, last);
}

/* Under the lock: |text| to whoever wants events of |station|. */
static void tell(struct event_bus *bus, const char *station, const char *text, size_t size)
{
    for (size_t i = atomic_load(&bus->count); i-- > 0;) {
        const struct listener *listener = &bus->listeners[i];
        enum ocpp_status status;
        if (station && listener->station[0] && strcmp(listener->station, station) != 0) {
            continue;
        }
        status = ocpp_http_stream_write(listener->exchange, text, size);
        if (status != OCPP_OK) {
            atomic_fetch_add(&bus->dropped, status != OCPP_ERR_CLOSED);
            drop(bus, i);
        }
    }
}

void events_publish(struct event_bus *bus, const char *kind, const char *station, cJSON *event)
{
    char *body = event ? cJSON_PrintUnformatted(event) : NULL;
    size_t room = body ? strlen(body) + strlen(kind) + 64 : 0;
    char *text = body ? malloc(room) : NULL;
    int size;

    if (text) {
        pthread_mutex_lock(&bus->lock);
        size = snprintf(text, room, "id: %" PRIu64 "\nevent: %s\ndata: %s\n\n", ++bus->number, kind, body);
        tell(bus, station, text, (size_t)size);
        pthread_mutex_unlock(&bus->lock);
    }
    free(text);
    cJSON_free(body);
    cJSON_Delete(event);
}

bool events_subscribe(struct event_bus *bus, struct ocpp_http_exchange *exchange, const char *station)
{
    bool may;

    pthread_mutex_lock(&bus->lock);
    may = !bus->closed && atomic_load(&bus->count) < EVENT_STREAMS_MAX;
    if (may) {
        struct listener *listener = &bus->listeners[atomic_load(&bus->count)];
        listener->exchange = exchange;
        snprintf(listener->station, sizeof listener->station, "%s", station ? station : "");
        ocpp_http_stream(exchange);
        atomic_fetch_add(&bus->count, 1);
    }
    pthread_mutex_unlock(&bus->lock);
    return may;
}

void events_keep_alive(struct event_bus *bus)
{
    pthread_mutex_lock(&bus->lock);
    tell(bus, NULL, ":\n\n", 3);
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
