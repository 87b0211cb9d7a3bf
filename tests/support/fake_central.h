/* fake_central.h: a shard that only carries texts, for tests of the WebSocket server: it links in place of the engine.
 *
 * A text that begins with '=' is sent back without it; "*N" is answered with N bytes; "#N" with N texts of 1000 bytes; the rest
 * is told to the watch.
 */
#ifndef FAKE_CENTRAL_H
#define FAKE_CENTRAL_H

#include <ocpp/central_system.h>

struct fake_central_watch {
    void (*text)(struct ocpp_station *station, const char *text, size_t size, void *user);
    void *user;
};

/* |max_text_bytes|: longer texts get OCPP_ERR_TOO_LARGE. */
struct ocpp_central *fake_central_new(const struct fake_central_watch *watch, size_t max_text_bytes);
void fake_central_free(struct ocpp_central *central);

/* Queues a text for a station; only on its thread. */
void fake_station_say(struct ocpp_station *station, const char *text, size_t size);

/* The next connection is refused with |status|. */
void fake_central_refuse(struct ocpp_central *central, enum ocpp_status status);

/* advance() says |text| to every station once, |wait_ms| after |now|. */
void fake_central_alarm(struct ocpp_central *central, struct ocpp_now now, int64_t wait_ms, const char *text);

#endif
