/* security_events.h: the newest security events that stations told of, for operators who look at them. Bounded, and each station
 * has its share, so that a loud one does not make others' forgotten; lost when the program ends (the log has them, too).
 * Thread-safe.
 */
#ifndef CSMS_SECURITY_EVENTS_H
#define CSMS_SECURITY_EVENTS_H

#include <ocpp/central_system.h>

enum { SECURITY_EVENTS_KEPT = 2000, SECURITY_EVENTS_OF_STATION = 100 };

/* security_event: texts live as long as it is kept. */
struct security_event {
    uint64_t number; /* from 1, of all stations together */
    int64_t utc_ms;  /* when it was heard */
    int64_t timestamp_utc_ms;
    bool noticed_here; /* by the central system, at this station */
    char *station;
    const char *type;
    const char *info; /* NULL: none */
};

struct security_events;

/* security_events_new: NULL without memory. */
struct security_events *security_events_new(void);
void security_events_free(struct security_events *events);

/* security_events_note: its number. Without memory it is not kept. */
uint64_t security_events_note(struct security_events *events, const char *station, const struct ocpp_station_security_event *told,
                              int64_t utc_ms);

/* security_events_each: shows those below |before| (0: all), newest first, until |visit| says false. It may not call back. */
void security_events_each(struct security_events *events, uint64_t before,
                          bool (*visit)(const struct security_event *event, void *user), void *user);

#endif
