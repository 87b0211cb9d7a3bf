/* outbox_station.c: who is connected. A pile that goes takes its questions with it; its messages wait in the store. */
#include "outbox_station.h"

#include <string.h>

static size_t place_of(const struct outbox *outbox, const char *name)
{
    size_t low = 0, high = outbox->count;

    while (low < high) {
        const size_t middle = low + (high - low) / 2;

        if (strcmp(outbox->stations[middle]->name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

struct outbox_station *outbox_station_find(const struct ocpp_settle *settle, const char *name)
{
    const struct outbox *outbox = settle->outbox;
    const size_t place = place_of(outbox, name);

    return place < outbox->count && strcmp(outbox->stations[place]->name, name) == 0 ? outbox->stations[place] : NULL;
}

static bool make_room(struct ocpp_settle *settle)
{
    struct outbox *outbox = settle->outbox;
    const size_t room = outbox->room ? 2 * outbox->room : 16;
    struct outbox_station **stations;

    if (outbox->count < outbox->room) {
        return true;
    }
    if (outbox->count >= OUTBOX_STATIONS) {
        return false;
    }
    stations = backend_allocate(settle, outbox->stations, room * sizeof *stations);
    if (stations) {
        outbox->stations = stations;
        outbox->room = room;
    }
    return stations != NULL;
}

static struct outbox_station *station_new(struct ocpp_settle *settle, const char *name)
{
    const size_t size = strlen(name) + 1;
    struct outbox_station *station = backend_allocate(settle, NULL, sizeof *station + size);

    if (station) {
        char *copy = (char *)(station + 1);

        memcpy(copy, name, size);
        *station = (struct outbox_station){ .name = copy,
                                            .is_off = true, /* until it says Hello */
                                            .not_before_utc_ms = OCPP_NEVER,
                                            .joiner.allocator = settle->settings.allocator };
    }
    return station;
}

static void station_free(struct ocpp_settle *settle, struct outbox_station *station)
{
    ocpp_settle_joiner_drop(&station->joiner);
    (void)backend_allocate(settle, station->whole_answer, 0);
    (void)backend_allocate(settle, station, 0);
}

static void come(struct ocpp_settle *settle, const char *name)
{
    struct outbox *outbox = settle->outbox;
    struct outbox_station *station = make_room(settle) ? station_new(settle, name) : NULL;
    const size_t place = place_of(outbox, name);

    if (!station) {
        backend_log(settle, OCPP_LOG_ERROR, "%s: no room for what it is to be told; it is told after its next connection", name);
        return;
    }
    memmove(&outbox->stations[place + 1], &outbox->stations[place], (outbox->count - place) * sizeof *outbox->stations);
    outbox->stations[place] = station;
    outbox->count++;
}

/* Its questions are answered with nothing. What that leads to may meet no half-removed station: it is out of the list first. */
static void go(struct ocpp_settle *settle, struct outbox_station *station)
{
    struct outbox *outbox = settle->outbox;
    const size_t place = place_of(outbox, station->name);

    outbox->count--;
    memmove(&outbox->stations[place], &outbox->stations[place + 1], (outbox->count - place) * sizeof *outbox->stations);
    while (station->ask_count > 0) {
        outbox_ask_answered(settle, station, NULL);
    }
    station_free(settle, station);
}

void outbox_connected(struct ocpp_settle *settle, const char *name, bool connected)
{
    struct outbox_station *station = outbox_station_find(settle, name);

    if (station) {
        go(settle, station);
    }
    if (connected) {
        come(settle, name);
    }
}

void outbox_greeted(struct ocpp_settle *settle, const void *name)
{
    struct outbox_station *station = outbox_station_find(settle, name);

    if (station) {
        station->is_off = false;
        station->nothing_waits = false;
        station->only[0] = '\0';
        outbox_wake(settle, name);
    }
}

enum ocpp_status outbox_new(struct ocpp_settle *settle)
{
    settle->outbox = backend_allocate(settle, NULL, sizeof *settle->outbox);
    if (!settle->outbox) {
        return OCPP_ERR_NOMEM;
    }
    *settle->outbox = (struct outbox){ .stations = NULL };
    return OCPP_OK;
}

/* Nothing is told any more: questions just go. */
void outbox_free(struct ocpp_settle *settle)
{
    struct outbox *outbox = settle->outbox;

    for (size_t i = 0; outbox && i < outbox->count; i++) {
        struct outbox_station *station = outbox->stations[i];

        for (size_t k = 0; k < station->ask_count; k++) {
            (void)backend_allocate(settle, station->asks[k], 0);
        }
        station_free(settle, station);
    }
    if (outbox) {
        (void)backend_allocate(settle, outbox->stations, 0);
        (void)backend_allocate(settle, outbox, 0);
    }
}

/* Whoever is to answer first, and whoever is told nothing, waits for no moment. */
int64_t outbox_deadline(const struct ocpp_settle *settle)
{
    int64_t deadline = OCPP_NEVER;

    for (size_t i = 0; i < settle->outbox->count; i++) {
        const struct outbox_station *station = settle->outbox->stations[i];
        const int64_t at = station->token || station->is_off ? OCPP_NEVER : station->not_before_utc_ms;

        deadline = at < deadline ? at : deadline;
    }
    return deadline;
}

/* The list may change under a wake: it begins again behind the name it was at. */
void outbox_run(struct ocpp_settle *settle)
{
    for (size_t i = 0; i < settle->outbox->count; i++) {
        struct outbox_station *station = settle->outbox->stations[i];

        if (station->not_before_utc_ms <= settle->now.utc_ms) {
            outbox_wake(settle, station->name);
        }
    }
}
