/* station_world.h: a charge point on a virtual clock, its firmware, its store, and a scripted central system at the other end.
 *
 * The central system answers by itself as a correct one would, and keeps a record of sessions: a message it has seen before (1.6:
 * by its id; 2.x: by transaction and number) is answered again and recorded once. A test says what the firmware and the link do,
 * and asserts what the central system sees. */
#ifndef OCPP_TESTS_STATION_WORLD_H
#define OCPP_TESTS_STATION_WORLD_H

#include <ocpp/adapters.h>

#include "test_storage.h"

enum { WORLD_EVSES = 64, WORLD_SESSIONS = 64, WORLD_CALLS = 512, WORLD_SEEN = 2048 };

/* What the central system recorded of one transaction. */
struct session {
    char id[40]; /* 1.6: the number */
    int evse;    /* 1.6: the connector's number */
    char token[64];
    int started; /* how often it was recorded, repetitions excepted */
    int ended;
    long long meter_start;
    long long meter_stop;
    int updates;
    char reason[32];
    char started_at[32];
    char ended_at[32];
    bool offline;               /* 2.x: of the last event */
    unsigned char numbers[256]; /* 2.x: sequence numbers seen */
};

struct seen_call {
    char action[40];
    char id[40];
    char *payload;
};

struct world {
    struct ocpp_charge_point_settings settings;
    struct ocpp_hardware hardware;
    struct ocpp_charge_point *cp;
    struct ocpp_storage *memory;
    struct test_storage *storage;
    struct ocpp_now now;
    enum ocpp_version version; /* of the link */
    uint64_t random;
    bool is_starved; /* there is no memory any more, and nothing can be expected */
    bool flushes;    /* the store's writes are done when the firmware's loop flushes it, not at once */

    /* the firmware */
    int64_t meter_wh[WORLD_EVSES + 1];
    bool meter_is_silent;
    bool closed[WORLD_EVSES + 1]; /* the contactor, as the permit said when it last changed */
    int permit_changes;
    int restarts;
    bool restarted_hard;
    int locks;
    bool locked;
    enum ocpp_authorization judged;
    enum ocpp_token_source judged_source;
    bool judged_master_pass;
    char judged_message[600];
    char judged_language[16];
    char judged_language2[16];
    int judgements;
    enum ocpp_connector_status shown[WORLD_EVSES + 1];
    int64_t clock_told;
    void (*in_callback)(struct world *world, const char *which, int evse); /* runs inside every callback */

    /* the central system */
    const char *boot_status;
    int boot_interval;
    const char *authorize_status;
    const char *authorize_group;
    const char *token_info; /* further members of what is said of tokens, instead of the group; NULL: none */
    const char *event_members; /* 2.x: of the answer to a transaction event, beside what is said of the token; NULL: none */
    const char *start_status;
    const char *sign_status;   /* of requests for a certificate */
    /* answers what a test wants answered otherwise: writes the payload and returns true; NULL: nothing */
    bool (*answers)(struct world *world, const char *action, const char *payload, char *answer, size_t room);
    const char *refuse_action; /* answered with CALLERROR … */
    int refuse_count;          /* … this many times */
    const char *refuse_code;   /* NULL: InternalError */
    const char *silent_action; /* not answered … */
    int silent_count;          /* … this many times */
    int64_t central_utc_ms;    /* at mono 0 */
    struct session sessions[WORLD_SESSIONS];
    size_t session_count;
    struct seen_call calls[WORLD_CALLS];
    size_t call_count;
    size_t looked_at;  /* calls the test has looked at */
    char answer[32768]; /* to the last thing the central system asked */
    int protocol_errors;
    char seen_ids[WORLD_SEEN][40];
    int seen_session[WORLD_SEEN];
    size_t seen_count;
    int next_number;
    size_t frames_out;
};

/* world_new: settings with defaults, a store, no charge point yet. world_boot_up: makes one; the store stays. */
struct world *world_new(void);
void world_free(struct world *world);
void world_power_on(struct world *world);

/* world_power_off: the charge point is gone as by a power cut: nothing is flushed, the link is down, contactors are open. */
void world_power_off(struct world *world);

/* world_power_back: after a cut of |seconds|, with what the disk has; the monotonic clock starts anew. */
void world_power_back(struct world *world, int seconds);

/* world_connect: a link in |version|. world_disconnect. world_accepted: power on, connect, boot, and everything told that
 * follows. */
void world_connect(struct world *world, enum ocpp_version version);
void world_disconnect(struct world *world);
struct world *world_accepted(enum ocpp_version version);

/* world_run: texts both ways and whatever is due now. world_pass: the same while |seconds| go by. */
void world_run(struct world *world);
void world_pass(struct world *world, int seconds);

/* IN_EACH_VERSION: a test as two rows of a table, in 1.6 and in 2.0.1. world_of: its world, accepted in the version of |state|.
 */
extern enum ocpp_version world_versions[2];
#define IN_EACH_VERSION(test)                                                                                                    \
    { #test " (1.6)", test, NULL, NULL, &world_versions[0] },                                                                    \
    {                                                                                                                            \
#test " (2.0.1)", test, NULL, NULL, &world_versions[1]                                                                   \
    }
struct world *world_of(void **state);
bool world_is_old(const struct world *world); /* speaks 1.6 */

/* world_set: changes a setting by its name in 1.6, through the central system; fails the test when it is refused. */
void world_set(struct world *world, const char *name, const char *value);

/* world_set_variable: the same by its names in 2.x; |instance| may be NULL. For settings 1.6 does not have. */
void world_set_variable(struct world *world, const char *component, const char *variable, const char *instance,
                        const char *value);

/* --- the firmware ---------------------------------------------------------------------------------------------- */

void plug(struct world *world, int evse);
void unplug(struct world *world, int evse);
void card(struct world *world, int evse, const char *id);
void charge(struct world *world, int evse, int64_t wh); /* energy flows; fails the test when the contactor is open */

/* --- the central system ------------------------------------------------------------------------------------------ */

/* central_sees: asserts that among the calls not looked at yet there is one of |action| with the given members, and looks past
 * it. |members| is text like "connectorId=1 idTag=A timestamp=*", with / between levels; "" for any. */
void central_sees(struct world *world, const char *action, const char *members);
/* central_does_not_see: among the calls not looked at. central_forgets: all of them. central_counts: calls of |action| so far. */
void central_does_not_see(struct world *world, const char *action);
void central_forgets(struct world *world);
int central_counts(const struct world *world, const char *action);

/* central_asks: sends a request (' stands for ") and gives the payload of the answer, or "CODE" of a CALLERROR, or "" for
 * silence. */
const char *central_asks(struct world *world, const char *action, const char *payload);

/* central_starts, central_stops: remote start at |evse| (0: none named) and remote stop of the only session; the status of the
 * answer. */
const char *central_starts(struct world *world, int evse, const char *token);
const char *central_stops(struct world *world);

/* central_says: any text. */
void central_says(struct world *world, const char *text);

/* value_of: the member at |path| of a JSON text, as text; "" when there is none. The buffer is reused by the next call but three.
 */
const char *value_of(const char *json, const char *path);

/* the_session: the only session there is; fails the test when there are none or several. */
struct session *the_session(struct world *world);

#endif
