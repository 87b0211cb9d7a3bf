/* events.h: what happens, for whoever listens at /api/events. Listeners are few and bounded; one that does not read is dropped.
 * The last events are kept for a while, so that a listener whose connection broke goes on where it was. Thread-safe. */
#ifndef CSMS_EVENTS_H
#define CSMS_EVENTS_H

#include <ocpp/adapters.h>

#include <cjson/cJSON.h>

enum {
    EVENT_STREAMS_MAX = 64,
    EVENTS_KEPT = 4096,
    EVENTS_KEPT_BYTES = 1 << 20,
    EVENT_STREAM_BYTES = 4 << 20, /* what a listener may leave unread: all that is kept, and more */
    EVENTS_REMEMBERED_MS = 600000 /* after the last listener went, events go on being kept for that long */
};

enum event_kind {
    EVENT_CONNECTION,
    EVENT_REFUSED, /* a handshake */
    EVENT_BOOT,
    EVENT_STATUS,
    EVENT_TRANSACTION,
    EVENT_METER,
    EVENT_SECURITY,
    EVENT_FIRMWARE,
    EVENT_LOG,
    EVENT_FILE, /* a station handed one over */
    EVENT_QUIRK,
    EVENT_INVALID, /* a frame that breaks a rule */
    EVENT_SIGN,    /* a station wants a certificate, and operators are to sign it */
    EVENT_REPORT,
    EVENT_MONITOR, /* a monitor found something */
    EVENT_PUBLISH,
    EVENT_DISPLAY,
    EVENT_RESERVATION,
    EVENT_LIMIT,      /* somebody else set one, or took it away */
    EVENT_PROFILES,   /* that a station holds */
    EVENT_NEEDS,      /* of a vehicle */
    EVENT_SCHEDULE,   /* that a vehicle chose */
    EVENT_SETTLEMENT, /* an order, a rental, a payment */
    EVENT_KIND_COUNT
};

/* event_filter: which events a listener wants. */
struct event_filter {
    char station[OCPP_IDENTITY_SIZE]; /* "": of all */
    uint32_t kinds;                   /* bits 1 << enum event_kind; 0: all */
};

struct event_bus;

/* events_new: |run| names this run of the program: events of another are not gone on from. */
struct event_bus *events_new(int64_t run);
void events_free(struct event_bus *bus);

/* event_kind_of: EVENT_KIND_COUNT when no kind has that name. */
enum event_kind event_kind_of(const char *name, size_t size);

/* events_wanted: whether anybody listens, or did a short while ago; asked before an event is put together. */
bool events_wanted(struct event_bus *bus);

/* events_named: whether somebody listens for such events of |station| by the name of the kind. */
bool events_named(struct event_bus *bus, enum event_kind kind, const char *station);

/* events_publish: tells |event| (taken over, may be NULL) to whoever wants such events of |station| (NULL: of none). */
void events_publish(struct event_bus *bus, enum event_kind kind, const char *station, cJSON *event);

/* events_subscribe: |exchange| becomes a stream of what |filter| lets through, beginning behind the event |last_id| (NULL: with
 * the next one). Where events behind it are not kept any more, it begins with an event "gap". False: too many listen, |exchange|
 * is still unanswered. */
bool events_subscribe(struct event_bus *bus, struct ocpp_http_exchange *exchange, const struct event_filter *filter,
                      const char *last_id);

/* events_keep_alive: a comment to everybody, so that proxies keep the stream and the gone are noticed. */
void events_keep_alive(struct event_bus *bus);

/* events_close: ends all streams; nobody may subscribe any more. */
void events_close(struct event_bus *bus);

size_t events_count(struct event_bus *bus);
uint64_t events_dropped(struct event_bus *bus);
uint64_t events_told(struct event_bus *bus);

#endif
