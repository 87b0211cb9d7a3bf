/* fake_central.c: the functions of central_system.h that the WebSocket server calls, without an engine behind them. */
#include "fake_central.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct letter {
    struct letter *next;
    size_t size;
    char text[];
};

struct ocpp_station {
    struct ocpp_central *central;
    struct ocpp_station *next;
    char identity[OCPP_IDENTITY_SIZE];
    enum ocpp_version version;
    void *user, *transport;
    struct letter *first, **last, *handed;
    bool noted;
};

struct ocpp_central {
    struct fake_central_watch watch;
    size_t max_text_bytes;
    struct ocpp_station *stations;
    enum ocpp_status refusal;
    int64_t alarm_ms;
    char alarm[64];
};

struct ocpp_central *fake_central_new(const struct fake_central_watch *watch, size_t max_text_bytes)
{
    struct ocpp_central *central = calloc(1, sizeof *central);
    if (central == NULL)
        abort();
    if (watch != NULL)
        central->watch = *watch;
    central->max_text_bytes = max_text_bytes;
    central->alarm_ms = OCPP_NEVER;
    return central;
}

void fake_central_free(struct ocpp_central *central)
{
    if (central->stations != NULL)
        abort(); /* the server must have said goodbye to each */
    free(central);
}

void fake_central_refuse(struct ocpp_central *central, enum ocpp_status status)
{
    central->refusal = status;
}

void fake_central_alarm(struct ocpp_central *central, struct ocpp_now now, int64_t wait_ms, const char *text)
{
    central->alarm_ms = now.mono_ms + wait_ms;
    (void)snprintf(central->alarm, sizeof central->alarm, "%s", text);
}

void fake_station_say(struct ocpp_station *station, const char *text, size_t size)
{
    struct letter *letter = malloc(sizeof *letter + size);
    if (letter == NULL)
        abort();
    letter->next = NULL;
    letter->size = size;
    memcpy(letter->text, text, size);
    *station->last = letter;
    station->last = &letter->next;
    station->noted = true;
}

/* --- what the server calls --------------------------------------------------------------------------------------- */

bool ocpp_central_speaks(enum ocpp_version version)
{
    return ocpp_protocol_of(version) != NULL;
}

enum ocpp_status ocpp_central_connect(struct ocpp_central *central, const struct ocpp_station_options *options,
                                      struct ocpp_now now, struct ocpp_station **made)
{
    (void)now;
    if (central->refusal != OCPP_OK)
        return central->refusal;
    if (ocpp_central_find(central, options->identity) != NULL)
        abort(); /* the old connection must have been let go of */
    struct ocpp_station *station = calloc(1, sizeof *station);
    if (station == NULL)
        abort();
    station->central = central;
    (void)snprintf(station->identity, sizeof station->identity, "%s", options->identity);
    station->version = options->version;
    station->user = options->user;
    station->transport = options->transport;
    station->last = &station->first;
    station->next = central->stations;
    central->stations = station;
    *made = station;
    return OCPP_OK;
}

enum ocpp_status ocpp_central_admits(struct ocpp_central *central, const char *identity, enum ocpp_security_profile profile)
{
    (void)central;
    (void)identity;
    (void)profile;
    return OCPP_OK;
}

bool ocpp_station_must_close(const struct ocpp_station *station)
{
    (void)station;
    return false;
}

void ocpp_station_disconnect(struct ocpp_station *station, struct ocpp_now now)
{
    (void)now;
    struct ocpp_station **link = &station->central->stations;
    while (*link != station)
        link = &(*link)->next;
    *link = station->next;
    free(station->handed);
    while (station->first != NULL) {
        struct letter *next = station->first->next;
        free(station->first);
        station->first = next;
    }
    free(station);
}

enum ocpp_status ocpp_station_receive(struct ocpp_station *station, const char *text, size_t size, struct ocpp_now now)
{
    (void)now;
    if (size > station->central->max_text_bytes)
        return OCPP_ERR_TOO_LARGE;
    if (size > 1 && (text[0] == '*' || text[0] == '#')) {
        char number[16] = "";
        memcpy(number, text + 1, size - 1 < 15 ? size - 1 : 15);
        const size_t count = (size_t)strtoul(number, NULL, 10);
        const size_t length = text[0] == '*' ? count : 1000;
        char *filled = malloc(length + 1);
        if (filled == NULL)
            abort();
        memset(filled, 'y', length);
        for (size_t i = 0; i < (text[0] == '*' ? 1 : count); i++)
            fake_station_say(station, filled, length);
        free(filled);
    } else if (size > 0 && text[0] == '=') {
        fake_station_say(station, text + 1, size - 1);
    } else if (station->central->watch.text != NULL) {
        station->central->watch.text(station, text, size, station->central->watch.user);
    }
    return OCPP_OK;
}

void ocpp_station_note_quirk(struct ocpp_station *station, enum ocpp_quirk quirk)
{
    printf("survived %s %s\n", station->identity, ocpp_quirk_name(quirk));
}

const char *ocpp_station_next_output(struct ocpp_station *station, size_t *size, struct ocpp_now now)
{
    (void)now;
    free(station->handed);
    station->handed = station->first;
    if (station->first == NULL)
        return NULL;
    station->first = station->first->next;
    if (station->first == NULL)
        station->last = &station->first;
    *size = station->handed->size;
    return station->handed->text;
}

bool ocpp_station_has_output(const struct ocpp_station *station)
{
    return station->first != NULL;
}

struct ocpp_station *ocpp_central_next_with_output(struct ocpp_central *central)
{
    for (struct ocpp_station *station = central->stations; station != NULL; station = station->next) {
        if (station->noted) {
            station->noted = false;
            return station;
        }
    }
    return NULL;
}

int64_t ocpp_central_deadline(const struct ocpp_central *central)
{
    return central->alarm_ms;
}

void ocpp_central_advance(struct ocpp_central *central, struct ocpp_now now)
{
    if (now.mono_ms < central->alarm_ms)
        return;
    central->alarm_ms = OCPP_NEVER;
    for (struct ocpp_station *station = central->stations; station != NULL; station = station->next)
        fake_station_say(station, central->alarm, strlen(central->alarm));
}

const char *ocpp_station_identity(const struct ocpp_station *station)
{
    return station->identity;
}

enum ocpp_version ocpp_station_version(const struct ocpp_station *station)
{
    return station->version;
}

void *ocpp_station_user(const struct ocpp_station *station)
{
    return station->user;
}

void *ocpp_station_transport(const struct ocpp_station *station)
{
    return station->transport;
}

struct ocpp_central *ocpp_station_central(const struct ocpp_station *station)
{
    return station->central;
}

struct ocpp_station *ocpp_central_find(struct ocpp_central *central, const char *identity)
{
    struct ocpp_station *station = central->stations;
    while (station != NULL && strcmp(station->identity, identity) != 0)
        station = station->next;
    return station;
}
