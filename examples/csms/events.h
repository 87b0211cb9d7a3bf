/* events.h: what happens, for whoever listens at /api/events. Listeners are few and bounded; one that does not read is dropped.
 * Thread-safe. */
#ifndef CSMS_EVENTS_H
#define CSMS_EVENTS_H

#include <ocpp/adapters.h>

#include <cjson/cJSON.h>

enum { EVENT_STREAMS_MAX = 64 };

struct event_bus;

struct event_bus *events_new(void);
void events_free(struct event_bus *bus);

/* events_wanted: whether anybody listens; asked before an event is put together. */
bool events_wanted(const struct event_bus *bus);

/* events_publish: tells |event| (taken over, may be NULL) to whoever wants events of |station| (NULL: everybody). */
void events_publish(struct event_bus *bus, const char *kind, const char *station, cJSON *event);

/* events_subscribe: |exchange| becomes a stream of the events of |station| (NULL: all). False: too many listen, |exchange| is
 * still unanswered. */
bool events_subscribe(struct event_bus *bus, struct ocpp_http_exchange *exchange, const char *station);

/* events_keep_alive: a comment to everybody, so that proxies keep the stream and the gone are noticed. */
void events_keep_alive(struct event_bus *bus);

/* events_close: ends all streams; nobody may subscribe any more. */
void events_close(struct event_bus *bus);

size_t events_count(struct event_bus *bus);
uint64_t events_dropped(struct event_bus *bus);

#endif
