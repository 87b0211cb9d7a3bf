/* fake_station.h: a charge point that only carries texts, for tests of the WebSocket client: it links in place of the engine.
 */
#ifndef FAKE_STATION_H
#define FAKE_STATION_H

#include <ocpp/charge_point.h>
#include <ocpp/network.h>

/* What happens is told here. */
struct fake_station_watch {
    void (*link)(enum ocpp_version version, void *user); /* OCPP_VERSION_NONE: down */
    void (*text)(const char *text, size_t size, void *user);
    void (*failed)(enum ocpp_connection_failure failure, const char *detail, void *user);
    void *user;
};

struct ocpp_charge_point *fake_station_new(const char *identity, const struct fake_station_watch *watch);
void fake_station_free(struct ocpp_charge_point *station);

/* What is offered at the next handshake, ended by OCPP_VERSION_NONE. */
void fake_station_offer(struct ocpp_charge_point *station, const enum ocpp_version *versions);

/* Queues a text; it leaves when there is a link. */
void fake_station_send(struct ocpp_charge_point *station, const char *text, size_t size);

/* Sends |text| every |every_ms| from now on, from advance(). */
void fake_station_beat(struct ocpp_charge_point *station, int64_t every_ms, const char *text);

/* The connection it wants, when it is asked; until then there is none. What it points to is borrowed. */
void fake_station_connect_to(struct ocpp_charge_point *station, const struct ocpp_connection *connection);

/* It wants another connection, once what it has to send has left. */
void fake_station_reconnect(struct ocpp_charge_point *station);

/* Texts longer than this are answered OCPP_ERR_TOO_LARGE. */
void fake_station_limit(struct ocpp_charge_point *station, size_t bytes);

#endif
