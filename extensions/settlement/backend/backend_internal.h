/* backend_internal.h: the handle. What it must not lose is in the store; here stands only what a restart may forget. */
#ifndef SETTLEMENT_BACKEND_INTERNAL_H
#define SETTLEMENT_BACKEND_INTERNAL_H

#include <ocpp/settlement/backend.h>

struct outbox;
struct command;
struct payment_purpose;

struct ocpp_settle {
    struct ocpp_settle_settings settings;
    struct ocpp_arena *scratch; /* of one command at a time, and of what is read meanwhile */
    struct outbox *outbox;      /* who is connected, and what is on its way */
    struct ocpp_settle_lease lease;
    int64_t lease_until_utc_ms;
    int64_t next_timer_utc_ms;    /* OCPP_NEVER: none */
    struct ocpp_now now;          /* of the entry point that runs */
    struct command *free_command; /* kept for the next one */
    int depth;                    /* entry points that run, one within another */
    bool recovered;
    const struct payment_purpose *purposes; /* payments.h; NULL: the backend's own. Tests put theirs */
};

/* backend_allocate: through the settings' allocator; |size| 0 frees. */
void *backend_allocate(struct ocpp_settle *settle, void *pointer, size_t size);

/* backend_event: tells the application; for effects, when it is durable. */
void backend_event(struct ocpp_settle *settle, const struct ocpp_settle_event *event);

#endif
