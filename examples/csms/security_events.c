/* security_events.c: see security_events.h. They stand by age; the texts of one are one piece of memory. */
#include "security_events.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct security_events {
    pthread_mutex_t lock;
    uint64_t number; /* of the newest */
    size_t count;
    struct security_event kept[SECURITY_EVENTS_KEPT]; /* |station| owns the texts */
};

struct security_events *security_events_new(void)
{
    struct security_events *events = calloc(1, sizeof *events);

    if (events) {
        pthread_mutex_init(&events->lock, NULL);
    }
    return events;
}

void security_events_free(struct security_events *events)
{
    if (!events) {
        return;
    }
    for (size_t i = 0; i < events->count; i++) {
        free(events->kept[i].station);
    }
    pthread_mutex_destroy(&events->lock);
    free(events);
}

/* --- noting ------------------------------------------------------------------------------------------------------ */

static void forget(struct security_events *events, size_t place)
{
    free(events->kept[place].station);
    events->count--;
    memmove(&events->kept[place], &events->kept[place + 1], (events->count - place) * sizeof events->kept[0]);
}

/* A station that has its share makes room by its own oldest, else the oldest of all goes. */
static void make_room(struct security_events *events, const char *station)
{
    size_t oldest = 0;
    size_t of_station = 0;

    for (size_t i = events->count; i-- > 0;) {
        if (strcmp(events->kept[i].station, station) == 0) {
            oldest = i;
            of_station++;
        }
    }
    if (of_station >= SECURITY_EVENTS_OF_STATION) {
        forget(events, oldest);
    } else if (events->count == SECURITY_EVENTS_KEPT) {
        forget(events, 0);
    }
}

static char *append(char **at, const char *text)
{
    char *start = *at;

    *at += strlen(text) + 1;
    return memcpy(start, text, strlen(text) + 1);
}

static bool keep_texts(struct security_event *event, const char *station, const struct ocpp_station_security_event *told)
{
    char *at = malloc(strlen(station) + strlen(told->type) + (told->info ? strlen(told->info) : 0) + 3);

    if (!at) {
        return false;
    }
    event->station = append(&at, station);
    event->type = append(&at, told->type);
    event->info = told->info ? append(&at, told->info) : NULL;
    return true;
}

uint64_t security_events_note(struct security_events *events, const char *station, const struct ocpp_station_security_event *told,
                              int64_t utc_ms)
{
    struct security_event event = { .utc_ms = utc_ms,
                                    .timestamp_utc_ms = told->timestamp_utc_ms,
                                    .noticed_here = told->noticed_here };
    const bool is_kept = keep_texts(&event, station, told);

    pthread_mutex_lock(&events->lock);
    const uint64_t number = event.number = ++events->number;
    if (is_kept) {
        make_room(events, station);
        events->kept[events->count++] = event;
    }
    pthread_mutex_unlock(&events->lock);
    return number;
}

/* --- showing ----------------------------------------------------------------------------------------------------- */

void security_events_each(struct security_events *events, uint64_t before,
                          bool (*visit)(const struct security_event *event, void *user), void *user)
{
    pthread_mutex_lock(&events->lock);
    for (size_t i = events->count; i-- > 0;) {
        if ((before == 0 || events->kept[i].number < before) && !visit(&events->kept[i], user)) {
            break;
        }
    }
    pthread_mutex_unlock(&events->lock);
}
