/* fake_station.c: the functions of charge_point.h that the WebSocket client calls, without an engine behind them. */
#include "fake_station.h"

#include <stdlib.h>
#include <string.h>

struct letter {
    struct letter *next;
    size_t size;
    char text[];
};

struct ocpp_charge_point {
    struct fake_station_watch watch;
    char identity[256];
    enum ocpp_version offer[4];
    struct ocpp_transport transport;
    struct ocpp_connection connection;
    bool wants_connection;
    bool reconnects;
    bool up;
    struct letter *first, **last, *handed;
    size_t limit;
    int64_t beat_ms, beat_due_ms;
    char beat[128];
};

struct ocpp_charge_point *fake_station_new(const char *identity, const struct fake_station_watch *watch)
{
    struct ocpp_charge_point *station = calloc(1, sizeof *station);
    if (station == NULL)
        abort();
    strncpy(station->identity, identity, sizeof station->identity - 1);
    if (watch != NULL)
        station->watch = *watch;
    station->last = &station->first;
    station->limit = SIZE_MAX;
    station->offer[0] = OCPP_VERSION_2_0_1;
    station->offer[1] = OCPP_VERSION_1_6;
    station->beat_due_ms = OCPP_NEVER;
    return station;
}

static void drop_handed(struct ocpp_charge_point *station)
{
    free(station->handed);
    station->handed = NULL;
}

void fake_station_free(struct ocpp_charge_point *station)
{
    drop_handed(station);
    while (station->first != NULL) {
        struct letter *next = station->first->next;
        free(station->first);
        station->first = next;
    }
    free(station);
}

void fake_station_offer(struct ocpp_charge_point *station, const enum ocpp_version *versions)
{
    memset(station->offer, 0, sizeof station->offer);
    for (size_t i = 0; i < 3 && versions[i] != OCPP_VERSION_NONE; i++)
        station->offer[i] = versions[i];
}

void fake_station_send(struct ocpp_charge_point *station, const char *text, size_t size)
{
    struct letter *letter = malloc(sizeof *letter + size);
    if (letter == NULL)
        abort();
    letter->next = NULL;
    letter->size = size;
    memcpy(letter->text, text, size);
    *station->last = letter;
    station->last = &letter->next;
}

void fake_station_beat(struct ocpp_charge_point *station, int64_t every_ms, const char *text)
{
    station->beat_ms = every_ms;
    station->beat_due_ms = 0;
    strncpy(station->beat, text, sizeof station->beat - 1);
}

void fake_station_connect_to(struct ocpp_charge_point *station, const struct ocpp_connection *connection)
{
    station->connection = *connection;
    station->wants_connection = true;
}

void fake_station_reconnect(struct ocpp_charge_point *station)
{
    station->reconnects = true;
}

void fake_station_limit(struct ocpp_charge_point *station, size_t bytes)
{
    station->limit = bytes;
}

/* --- what the client calls --------------------------------------------------------------------------------------- */

const char *ocpp_charge_point_identity(const struct ocpp_charge_point *cp)
{
    return cp->identity;
}

void ocpp_charge_point_set_transport(struct ocpp_charge_point *cp, const struct ocpp_transport *transport)
{
    cp->transport = *transport;
}

struct ocpp_transport ocpp_charge_point_transport(const struct ocpp_charge_point *cp)
{
    return cp->transport;
}

void ocpp_charge_point_offer(const struct ocpp_charge_point *cp, struct ocpp_now now, enum ocpp_version versions[4])
{
    (void)now;
    memcpy(versions, cp->offer, sizeof cp->offer);
}

enum ocpp_status ocpp_charge_point_next_connection(struct ocpp_charge_point *cp, struct ocpp_connection *connection,
                                                   struct ocpp_now now)
{
    (void)now;
    if (cp->up)
        abort();
    *connection = cp->connection;
    memcpy(connection->versions, cp->offer, sizeof connection->versions);
    return cp->wants_connection ? OCPP_OK : OCPP_ERR_NOT_FOUND;
}

enum ocpp_status ocpp_charge_point_connection_failed(struct ocpp_charge_point *cp, enum ocpp_connection_failure failure,
                                                     const char *detail, struct ocpp_now now)
{
    (void)now;
    if (cp->up || !cp->wants_connection)
        abort(); /* nobody asked */
    if (cp->watch.failed != NULL)
        cp->watch.failed(failure, detail, cp->watch.user);
    return OCPP_OK;
}

bool ocpp_charge_point_must_reconnect(const struct ocpp_charge_point *cp)
{
    return cp->up && cp->reconnects && cp->first == NULL;
}

int64_t ocpp_charge_point_utc_ms(const struct ocpp_charge_point *cp, struct ocpp_now now)
{
    (void)cp;
    return now.utc_ms;
}

enum ocpp_status ocpp_charge_point_link_up(struct ocpp_charge_point *cp, enum ocpp_version version, struct ocpp_now now)
{
    (void)now;
    if (cp->up)
        abort(); /* a client that tells twice is wrong */
    cp->up = true;
    if (cp->watch.link != NULL)
        cp->watch.link(version, cp->watch.user);
    return OCPP_OK;
}

void ocpp_charge_point_link_down(struct ocpp_charge_point *cp, struct ocpp_now now)
{
    (void)now;
    if (!cp->up)
        abort();
    cp->up = false;
    cp->reconnects = false;
    if (cp->watch.link != NULL)
        cp->watch.link(OCPP_VERSION_NONE, cp->watch.user);
}

enum ocpp_status ocpp_charge_point_receive(struct ocpp_charge_point *cp, const char *text, size_t size, struct ocpp_now now)
{
    (void)now;
    if (!cp->up)
        abort();
    if (size > cp->limit)
        return OCPP_ERR_TOO_LARGE;
    if (cp->watch.text != NULL)
        cp->watch.text(text, size, cp->watch.user);
    return OCPP_OK;
}

const char *ocpp_charge_point_next_output(struct ocpp_charge_point *cp, size_t *size, struct ocpp_now now)
{
    (void)now;
    drop_handed(cp);
    if (!cp->up || cp->first == NULL)
        return NULL;
    cp->handed = cp->first;
    cp->first = cp->handed->next;
    if (cp->first == NULL)
        cp->last = &cp->first;
    *size = cp->handed->size;
    return cp->handed->text;
}

int64_t ocpp_charge_point_deadline(const struct ocpp_charge_point *cp)
{
    return cp->beat_due_ms;
}

void ocpp_charge_point_advance(struct ocpp_charge_point *cp, struct ocpp_now now)
{
    if (now.mono_ms < cp->beat_due_ms)
        return;
    cp->beat_due_ms = now.mono_ms + cp->beat_ms;
    if (cp->up)
        fake_station_send(cp, cp->beat, strlen(cp->beat));
}
