/* stations.c: the register: an array sorted by identity, and what is heard of each. */
#include "stations.h"
#include "text.h"

#include <stdlib.h>
#include <string.h>

struct stations {
    pthread_mutex_t lock; /* for the array, not for what it points to */
    struct known_station **sorted;
    size_t count;
    size_t room;
    size_t limit;
};

struct stations *stations_new(size_t limit)
{
    struct stations *stations = calloc(1, sizeof *stations);

    if (stations) {
        pthread_mutex_init(&stations->lock, NULL);
        stations->limit = limit;
    }
    return stations;
}

static void free_station(struct known_station *station)
{
    for (size_t i = 0; i < station->connector_count; i++) {
        free(station->connectors[i].error_code);
        free(station->connectors[i].info);
    }
    free(station->connectors);
    free(station->vendor);
    free(station->model);
    free(station->serial_number);
    free(station->firmware_version);
    free(station->boot_reason);
    ring_free(&station->ring);
    pthread_mutex_destroy(&station->lock);
    free(station);
}

void stations_free(struct stations *stations)
{
    if (!stations) {
        return;
    }
    for (size_t i = 0; i < stations->count; i++) {
        free_station(stations->sorted[i]);
    }
    free(stations->sorted);
    pthread_mutex_destroy(&stations->lock);
    free(stations);
}

/* The first place whose identity is not below |identity|. */
static size_t place_of(const struct stations *stations, const char *identity)
{
    size_t low = 0;
    size_t high = stations->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(stations->sorted[middle]->identity, identity) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_at(const struct stations *stations, size_t place, const char *identity)
{
    return place < stations->count && strcmp(stations->sorted[place]->identity, identity) == 0;
}

struct known_station *stations_find(struct stations *stations, const char *identity)
{
    struct known_station *found = NULL;
    size_t place;

    pthread_mutex_lock(&stations->lock);
    place = place_of(stations, identity);
    if (is_at(stations, place, identity)) {
        found = stations->sorted[place];
    }
    pthread_mutex_unlock(&stations->lock);
    return found;
}

bool stations_is_connected(struct stations *stations, const char *identity)
{
    struct known_station *station = stations_find(stations, identity);
    bool is_connected = false;

    if (station) {
        pthread_mutex_lock(&station->lock);
        is_connected = station->connected;
        pthread_mutex_unlock(&station->lock);
    }
    return is_connected;
}

static struct known_station *make(const char *identity)
{
    size_t size = strlen(identity) + 1;
    struct known_station *station = calloc(1, sizeof *station + size);

    if (station) {
        memcpy(station->identity, identity, size);
        pthread_mutex_init(&station->lock, NULL);
        station->settings.boot = OCPP_REGISTRATION_ACCEPTED;
        station->connected_utc_ms = station->seen_utc_ms = station->boot_utc_ms = OCPP_UTC_UNKNOWN;
    }
    return station;
}

static bool make_room(struct stations *stations)
{
    size_t room = stations->room ? stations->room * 2 : 64;
    struct known_station **sorted;

    if (stations->count == stations->limit) {
        return false;
    }
    if (stations->count < stations->room) {
        return true;
    }
    sorted = realloc(stations->sorted, room * sizeof(*sorted));
    if (!sorted) {
        return false;
    }
    stations->sorted = sorted;
    stations->room = room;
    return true;
}

struct known_station *stations_add(struct stations *stations, const char *identity)
{
    struct known_station *station = NULL;
    size_t place;

    pthread_mutex_lock(&stations->lock);
    place = place_of(stations, identity);
    if (is_at(stations, place, identity)) {
        station = stations->sorted[place];
    } else if (make_room(stations)) {
        station = make(identity);
        if (station) {
            memmove(stations->sorted + place + 1, stations->sorted + place,
                    (stations->count - place) * sizeof(*stations->sorted));
            stations->sorted[place] = station;
            stations->count++;
        }
    }
    pthread_mutex_unlock(&stations->lock);
    return station;
}

size_t stations_after(struct stations *stations, const char *after, struct known_station **list, size_t limit)
{
    size_t count = 0;
    size_t place;

    pthread_mutex_lock(&stations->lock);
    place = after ? place_of(stations, after) : 0;
    if (after && is_at(stations, place, after)) {
        place++;
    }
    while (count < limit && place < stations->count) {
        list[count++] = stations->sorted[place++];
    }
    pthread_mutex_unlock(&stations->lock);
    return count;
}

size_t stations_count(struct stations *stations)
{
    size_t count;

    pthread_mutex_lock(&stations->lock);
    count = stations->count;
    pthread_mutex_unlock(&stations->lock);
    return count;
}

/* --- what is heard --------------------------------------------------------------------------------------------------------- */

void station_note_boot(struct known_station *station, const struct ocpp_boot *boot, enum ocpp_registration registration,
                       int64_t utc_ms)
{
    station->registration = registration;
    station->boot_utc_ms = utc_ms;
    text_replace(&station->vendor, boot->vendor);
    text_replace(&station->model, boot->model);
    text_replace(&station->serial_number, boot->serial_number);
    text_replace(&station->firmware_version, boot->firmware_version);
    text_replace(&station->boot_reason, boot->reason);
}

void station_note_record(struct known_station *station, const struct ocpp_station_record *record)
{
    station->registration = OCPP_REGISTRATION_ACCEPTED;
    station->version = record->version;
    text_replace(&station->vendor, record->vendor);
    text_replace(&station->model, record->model);
    text_replace(&station->serial_number, record->serial_number);
    text_replace(&station->firmware_version, record->firmware_version);
}

static struct known_connector *connector_of(struct known_station *station, int evse, int connector)
{
    struct known_connector *list;

    for (size_t i = 0; i < station->connector_count; i++) {
        if (station->connectors[i].evse == evse && station->connectors[i].connector == connector) {
            return &station->connectors[i];
        }
    }
    if (station->connector_count == CONNECTORS_MAX) {
        return NULL;
    }
    list = realloc(station->connectors, (station->connector_count + 1) * sizeof *list);
    if (!list) {
        return NULL;
    }
    station->connectors = list;
    list[station->connector_count] = (struct known_connector){ .evse = evse, .connector = connector };
    return &list[station->connector_count++];
}

void station_note_status(struct known_station *station, const struct ocpp_status_event *status, int64_t utc_ms)
{
    struct known_connector *connector = connector_of(station, status->evse, status->connector);

    if (!connector) {
        return; /* beyond CONNECTORS_MAX: still told as an event */
    }
    connector->status = status->status;
    connector->utc_ms = status->timestamp_utc_ms != OCPP_UTC_UNKNOWN ? status->timestamp_utc_ms : utc_ms;
    text_replace(&connector->error_code,
                 status->error_code && strcmp(status->error_code, "NoError") != 0 ? status->error_code : NULL);
    text_replace(&connector->info, status->info);
}

bool station_identity_is_usable(const char *identity)
{
    size_t size = strlen(identity);

    for (size_t i = 0; i < size; i++) {
        if ((unsigned char)identity[i] < 0x20 || identity[i] == 0x7F || identity[i] == '/' || identity[i] == ':') {
            return false;
        }
    }
    return size > 0 && text_is_utf8(identity, size) && size <= 48;
}
