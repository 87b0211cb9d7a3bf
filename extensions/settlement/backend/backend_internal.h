/* backend_internal.h: the handle. What it must not lose is in the store; here stands only what a restart may forget. */
#ifndef SETTLEMENT_BACKEND_INTERNAL_H
#define SETTLEMENT_BACKEND_INTERNAL_H

#include <ocpp/settlement/backend.h>

struct outbox;
struct command;
struct row_cache;
struct payment_purpose;
struct terminal_hub;

/* relay_junk: what was brought in the name of a pile and nobody signed; relay_junk.c. */
enum { RELAY_JUNK_PLACES = 8, RELAY_PILE_SIZE = 49 };

struct relay_junk {
    char pile[RELAY_PILE_SIZE];
    bool is_used;
    int64_t told_mono_ms;
    int64_t count; /* since then */
};

struct ocpp_settle {
    struct ocpp_settle_settings settings;
    struct command *command;  /* the one that may run */
    struct row_cache *rows;   /* what need not be read again; NULL: nothing */
    struct terminal_hub *hub; /* connections of terminals; NULL: none yet */
    struct outbox *outbox;    /* who is connected, and what is on its way */
    struct ocpp_settle_lease lease;
    char lease_name[64];
    int64_t lease_until_utc_ms;
    int64_t next_timer_utc_ms; /* OCPP_NEVER: none */
    char failed_timer[384];    /* the last one that found no memory, or no store */
    struct ocpp_now now;       /* of the entry point that runs */
    bool recovered;
    const struct payment_purpose *purposes; /* payments.h; NULL: the backend's own. Tests put theirs */
    /* inbox.h, timers.h: NULL: the backend's own tables. Tests put theirs */
    void (*(*find_body)(const struct ocpp_action *action))(struct command *command, void *args);
    void (*(*find_timer)(const char *kind))(struct command *command, void *args);
    int64_t refusals_since_mono_ms;
    int refusals;                              /* that were noted since */
    char closed_from[7][OCPP_SETTLE_KEY_SIZE]; /* closed.h: where the next look begins; "": at the first row */
    int64_t anchor_entries;                    /* of the journal since the last anchor; anchors.h */
    int64_t anchor_at_utc_ms;                  /* when one is written, whatever their number */
    int64_t anchor_not_before_utc_ms;          /* after one that could not be written */
    struct relay_junk junk[RELAY_JUNK_PLACES];
    int writes_waiting; /* accepted, and not durable yet */
};

/* backend_allocate: through the settings' allocator; |size| 0 frees. */
void *backend_allocate(struct ocpp_settle *settle, void *pointer, size_t size);

/* backend_enter: an entry point runs at |now|; mono_ms never runs backwards (asserted). */
void backend_enter(struct ocpp_settle *settle, struct ocpp_now now);

/* backend_log: one line. */
void backend_log(const struct ocpp_settle *settle, enum ocpp_log_level level, const char *format, ...) OCPP_PRINTF(3, 4);

/* backend_hex: |size| bytes as twice as many hexadecimal digits, small ones, and a terminator. */
void backend_hex(const unsigned char *bytes, size_t size, char *text);

/* backend_may_note_refusal: who is refused all the time may not fill the journal. */
bool backend_may_note_refusal(struct ocpp_settle *settle);

/* backend_event: tells the application; for effects, when it is durable. */
void backend_event(struct ocpp_settle *settle, const struct ocpp_settle_event *event);

#endif
