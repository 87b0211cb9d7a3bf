/* dialect_v21.c: OCPP 2.1 as the central system speaks it: what it shares with 2.0.1 in the words of that version (bridge.h);
 * what it added reaches the application through the call layer. */
#include "dialect.h"
#include "vocabulary_v201.h"

#include <ocpp/v21.h>

static int event_severity(const void *request, int64_t event_id)
{
    const struct ocpp21_notify_event_req *req = request;

    for (size_t i = 0; i < req->event_data.count; i++) {
        const struct ocpp21_event_data *event = &req->event_data.items[i];
        if (event->event_id == event_id) {
            return event->has_severity && event->severity >= 0 && event->severity <= 9 ? (int)event->severity : -1;
        }
    }
    return -1;
}

static const struct central_route *const routes[] = { NULL };

const struct ocpp_central_dialect central_dialect_v21 = {
    .version = OCPP_VERSION_2_1,
    .routes = routes,
    .boot = &ocpp21_actions[OCPP21_ACTION_BOOT_NOTIFICATION],
    .base = &central_dialect_v201,
    .beyond = ocpp_v201_beyond,
    .event_severity = event_severity,
};
