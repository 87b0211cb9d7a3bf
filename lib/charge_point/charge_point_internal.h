/* charge_point_internal.h: the state behind struct ocpp_charge_point and what its files offer one another.
 *
 * An entry point notes what happened and lets the machines step; then ocpp_cp_pump() does what has become due (store, send, call
 * back) until nothing is. So callbacks meet a consistent state and may call the inputs: those only note, and the pump that is
 * running goes on.
 */
#ifndef OCPP_LIB_CHARGE_POINT_INTERNAL_H
#define OCPP_LIB_CHARGE_POINT_INTERNAL_H

#include "block.h"
#include "charge_point_dialect.h"
#include "changes.h"
#include "condition.h"
#include "data_transfer.h"
#include "facts.h"
#include "family_hold.h"
#include "letters.h"
#include "happening.h"
#include "queue.h"
#include "log.h"
#include "metering.h"
#include "reservation.h"
#include "reset.h"
#include "tokens.h"
#include "settings.h"
#include "variables.h"

enum {
    MOST_EVSES = 64,
    MOST_CONNECTORS = 8,
    SIM_CHARACTERS = 20,
    SIM_SIZE = SIM_CHARACTERS * 4 + 1,
    METER_LOOK_MS = 10000,           /* between looks at a meter whose next value decides something */
    STORE_RETRY_MS = 5000,           /* after the store refused something that must be kept */
    SEND_RETRY_MS = 1000,            /* after a message could not be made for want of room */
    HEARTBEAT_AT_LEAST_MS = 86400000 /* for the clock (G02.FR.07) */
};

/* --- pieces of state ---------------------------------------------------------------------------------------------- */

struct connector {
    bool plugged;
    bool inoperative;
    uint32_t faults; /* bits 1 << code, faults.c */
    bool lock_wish;
    bool lock_due;
    bool locked; /* as the firmware told last */
    struct status_track track;
};

enum evse_write { WRITE_NOTHING, WRITE_HAPPENING, WRITE_UPDATE, WRITE_TRANSACTION };

struct evse {
    int number;
    struct reset reset;
    enum evse_state state;
    int connector; /* in use; 0: none plugged */
    bool inoperative;
    uint32_t faults; /* bits 1 << code, faults.c */
    bool draws;
    bool bay_occupied;
    int32_t points; /* that hold, as the session knows them */
    enum session_phase session;
    struct transaction transaction;             /* of the session, or of the last one */
    struct token ender;                         /* who ended the authorization, where somebody did by a token */
    struct happening happened[MOST_HAPPENINGS]; /* oldest first */
    size_t happened_count;
    enum ocpp_charging_state seen_state;
    struct moment state_since; /* of |seen_state| */
    int64_t plugged_mono_ms;
    int64_t timeout_mono_ms;
    int64_t held_mono_ms;     /* until then the vehicle of before the restart is waited for; OCPP_NEVER: it is not */
    int64_t look_due_mono_ms; /* at the meter: for a limit of energy, or for a signature that is waited for */
    int64_t sample_due_mono_ms;
    int64_t retry_mono_ms;
    int64_t last_meter_wh;
    struct moment metered; /* when |last_meter_wh| was read; boot 0: never in this run */
    bool report_triggered; /* the central system asked for a transaction event */
    bool rate_changed;     /* what it may draw is another, and the central system wants to know */
    enum evse_write writing;
    bool is_unwritten;      /* the transaction changed without a fact: a refused token stays refused over a restart */
    size_t reserved;        /* places in the queue for how the session may end … */
    size_t reserved_before; /* … before what is being written */
    struct queued added;    /* what the queue gets when it is written */
    struct write_slot slot;
    char wire_id[UUID_TEXT_SIZE]; /* the transaction as the central system knows it; "" */
    struct ocpp_permit told_permit;
    enum ocpp_trigger opening_trigger; /* what brought vehicle and driver together */
    int lock_connector;                /* whose latch holds the cable; 0: none */
    int64_t lock_until_mono_ms;
    bool uses_reservation;       /* the one of its transaction, which goes with the next fact … */
    bool is_reservation_written; /* … that is being stored */
};

/* A token on its way to an EVSE. Slot 0 is the reader for all of them: whoever plugs in first takes it. */
enum authorization_state {
    AUTHORIZATION_NONE,
    AUTHORIZATION_WANTED, /* to be decided about; |must_ask|: the central system is to be asked */
    AUTHORIZATION_ASKED,
    AUTHORIZATION_GRANTED
};

struct judged {
    enum ocpp_authorization authorization;
    enum ocpp_token_source source;
    bool is_master_pass;
    char language[LANGUAGE_SIZE];
    char language2[LANGUAGE_SIZE];
    struct token token;
};

struct authorization {
    enum authorization_state state;
    bool to_stop; /* judged for a transaction that runs */
    bool must_ask;
    bool remote;
    uint64_t evses; /* where it is good, as in struct token_info */
    struct token token;
    char group[TOKEN_SIZE];
    char language[LANGUAGE_SIZE]; /* once it is granted: the driver's … */
    char language2[LANGUAGE_SIZE];
    bool has_remote_start_id;
    int64_t remote_start_id;
    bool has_reservation_id; /* it uses that reservation */
    int64_t reservation_id;
    uint32_t profile;        /* the serial of the charging profile that came with a remote start; 0: none */
    int64_t timeout_mono_ms; /* slot 0, granted: nobody plugged in */
    /* what the firmware is to be told */
    bool judged_due;
    struct judged judged;
    int64_t freed_mono_ms; /* the plug for which no authorization was needed */
};

enum registration_step {
    STEP_NO_LINK,
    STEP_BOOT_DUE, /* at boot_due_mono_ms */
    STEP_BOOT_ASKED,
    STEP_ACCEPTED
};

/* What of ours is outstanding: one call at a time. */
enum flight {
    FLIGHT_NONE,
    FLIGHT_BOOT,
    FLIGHT_HEARTBEAT,
    FLIGHT_STATUS,
    FLIGHT_AUTHORIZE,
    FLIGHT_FACT,
    FLIGHT_READING,
    FLIGHT_REPORT,
    FLIGHT_REST,
    FLIGHT_RESERVATION,
    FLIGHT_PROFILES,
    FLIGHT_BLOCK /* of |flight_block| */
};

/* What is to be stored about the head of the queue before anything else happens to it. */
enum queue_write {
    QUEUE_WRITES_NOTHING,
    QUEUE_WRITES_FAMILY,  /* which family its transaction is bound to from now on */
    QUEUE_WRITES_END,     /* it was told, or there was nothing to tell */
    QUEUE_WRITES_ATTEMPT, /* it failed, and will be tried again */
    QUEUE_WRITES_DEAD     /* it failed for the last time */
};

struct queue {
    struct queued *entries; /* oldest first */
    size_t count;
    size_t room;     /* that it may fill */
    size_t capacity; /* of |entries|: more where a smaller queue was set since */
    size_t pending;  /* being written */
    size_t reserved; /* for the ends of transactions that run */
    int64_t next_number;
    size_t thin_at; /* where the next one to give up is looked for */
    size_t dropped;
    size_t dead;
    int32_t attempts; /* failures of |attempts_number| */
    int64_t attempts_number;
    int64_t retry_mono_ms;       /* the head is not told before */
    int64_t store_retry_mono_ms; /* |wanted| is not stored before */
    bool is_loaded;              /* the head is |loaded_number|, in |fact|, |told| and |telling| */
    bool is_ready;               /* … and may be told */
    int64_t loaded_number;
    struct fact fact;
    struct told told;
    struct told told_before; /* the fact was told, for the last time */
    struct told told_now;    /* of a fact that is told again: where its transaction stands */
    bool is_again;
    bool gives_key; /* the message that tells it has a public key in it */
    enum telling telling;
    enum queue_write wanted;
    struct write_slot slot;
};

struct ocpp_charge_point {
    struct ocpp_charge_point_settings settings;
    struct ocpp_hardware hardware;
    struct ocpp_storage *storage;
    struct ocpp_now now;
    int depth;  /* entry points and callbacks we are inside of */
    bool dirty; /* something may have become due */
    bool has_looked_at_meters;

    struct ocpp_rpc *rpc;
    const struct dialect *dialect; /* of the open link; NULL */
    enum flight flight;
    int flight_slot; /* of an authorization: its slot; of a status: the EVSE */
    int flight_connector;
    int flight_block; /* whose the last message of a block was */
    int flight_word;
    int64_t send_retry_mono_ms;
    int64_t last_sent_mono_ms;
    int64_t last_heartbeat_mono_ms;
    bool heartbeat_triggered;
    unsigned rests_due; /* bits 1 << enum trigger_kind: tasks whose report was asked for */
    bool last_was_fact;
    struct ocpp_arena *arena; /* for building one message */
    bool is_starved;          /* … a part of which found no memory: it is not sent */

    enum registration_step step;
    enum ocpp_registration registration;
    enum ocpp_version accepted_version; /* in which we were accepted in this run */
    int64_t boot_due_mono_ms;
    int64_t link; /* how many there were */
    int64_t link_down_mono_ms;
    struct family_hold hold;

    int64_t boot;
    enum ocpp_boot_reason boot_reason;
    bool boot_is_triggered; /* the next boot is one the central system asked for */
    bool boots_anew;        /* at the next link: what a boot tells has changed */
    char iccid[SIM_SIZE];
    char imsi[SIM_SIZE];
    int64_t start_mono_ms;
    bool has_undated; /* facts of this start were written without a date, and what dates them is not in the store yet */
    int64_t clock_retry_mono_ms;
    bool has_central_clock;
    int64_t utc_of_mono_zero_ms;
    bool clock_told_due;

    struct evse *evses;
    struct connector *connectors;
    struct authorization *authorizations; /* evse_count + 1 */
    struct token_list list;
    struct token_cache cache;
    bool list_conflict_due; /* the list and the central system disagree */
    struct {
        int wrong; /* in a row */
        int64_t until_mono_ms;
    } key_codes;
    int message_slot;  /* whose judgement came last … */
    char message[512]; /* … and what the driver is to read */
    struct status_track station_track;
    bool station_inoperative;
    uint32_t station_faults;
    struct fault_detail fault_details[MOST_FAULT_DETAILS];
    struct row_record row;
    struct reservations reservations;
    int64_t next_event_id;
    int64_t event_ids_end; /* numbers below are reserved (events.c) */
    struct data_transfers data_transfers;
    struct queue queue;
    size_t corrupt;           /* records under corrupt/ */
    struct write_slot waited; /* of ocpp_cp_write_now() */
    struct meter *meters;     /* evse_count + 1: the main meter first */
    uint32_t *kept;
    struct pushed_reading *pushed;
    uint8_t *pushed_texts;
    uint8_t *signed_bytes;                               /* what is written next; twice max_signed_bytes */
    struct ocpp_signed_value signed_values[MOST_SIGNED]; /* of a pushed reading while it is recorded */
    struct clock_grid grids[GRID_COUNT];
    int64_t values[VARIABLE_COUNT];
    uint16_t phases[PHASED_LISTS][MEASURAND_COUNT]; /* that lists of measurands name (measurand_lists.h) */
    char *texts;                                    /* of the variables that are texts; their values are places in it */

    char *own_texts;       /* the values of the firmware's settings that we keep */
    uint8_t *changed;      /* a bit per setting: the firmware is to be told */
    bool has_changed;      /* any of them */
    bool firmware_changes; /* … and knows */
    struct report report;
    struct smart *smart;             /* smart.h */
    void *blocks[BLOCK_COUNT];       /* the states of those that are there */
    int64_t transfers;               /* of files that were begun */
    struct ocpp_transport transport; /* the defaults of who makes the connection */
    bool must_reconnect;             /* ocpp_cp_reconnect() */

    struct reset reset;
    unsigned resets_held; /* enum reset_holder */
    struct {
        struct ocpp_call_token call;
        int evse;
        int connector;
        bool is_open;
        int64_t until_mono_ms;
    } unlock;

    void (*watch)(enum ocpp_direction from, const char *text, size_t size, const struct ocpp_issue *issue, void *user);
    void *watch_user;

    struct fact scratch; /* the fact that is being written */
    uint8_t bytes[FACT_ROOM];
};

/* --- charge_point.c, pump.c ------------------------------------------------------------------------------------------ */

/* ocpp_cp_enter, ocpp_cp_leave: around every entry point. leave runs the pump when nobody above us does. */
void ocpp_cp_enter(struct ocpp_charge_point *cp, struct ocpp_now now);
void ocpp_cp_leave(struct ocpp_charge_point *cp);
void ocpp_cp_pump(struct ocpp_charge_point *cp);

struct evse *ocpp_cp_evse(const struct ocpp_charge_point *cp, int evse);                          /* NULL: no such one */
struct connector *ocpp_cp_connector(const struct ocpp_charge_point *cp, int evse, int connector); /* NULL: no such one */

/* ocpp_cp_uuid: a fresh random UUID (version 4). */
void ocpp_cp_uuid(struct ocpp_charge_point *cp, uint8_t uuid[UUID_BYTES]);

/* ocpp_cp_log: a line for people. Never a token of a kind that is a secret. */
void ocpp_cp_log(const struct ocpp_charge_point *cp, enum ocpp_log_level level, const char *format, ...) OCPP_PRINTF(3, 4);

/* ocpp_cp_write: hands |changes| to the store on behalf of |slot|, which must be free. */
enum ocpp_status ocpp_cp_write(struct ocpp_charge_point *cp, struct write_slot *slot, const struct ocpp_change *changes,
                               size_t count);

/* ocpp_cp_write_now: the same for small and rare things, waiting until it is durable or has failed. */
enum ocpp_status ocpp_cp_write_now(struct ocpp_charge_point *cp, const struct ocpp_change *changes, size_t count);

/* ocpp_cp_slot_ended: whether a write of |slot| has ended; it is free then and |status| tells how. */
bool ocpp_cp_slot_ended(struct write_slot *slot, enum ocpp_status *status);

/* --- clock.c --------------------------------------------------------------------------------------------------------- */

int64_t ocpp_cp_utc(const struct ocpp_charge_point *cp, struct ocpp_now now);
struct moment ocpp_cp_moment(const struct ocpp_charge_point *cp);
/* ocpp_cp_date: when a moment was; OCPP_UTC_UNKNOWN while nobody knows. */
int64_t ocpp_cp_date(const struct ocpp_charge_point *cp, const struct moment *moment);
/* ocpp_cp_settle_date: makes sure that |moment| will always have the date it has now. Errors: OCPP_ERR_STATE nobody knows the
 * time; those of the store. */
enum ocpp_status ocpp_cp_settle_date(struct ocpp_charge_point *cp, const struct moment *moment);
/* ocpp_cp_keep_clock: stores what dates the undated facts of this start, once that is known. */
void ocpp_cp_keep_clock(struct ocpp_charge_point *cp);
void ocpp_cp_central_time(struct ocpp_charge_point *cp, int64_t utc_ms);
/* ocpp_cp_clock_offset: the central system's clock minus the firmware's; 0 while one of them is unknown. */
int64_t ocpp_cp_clock_offset(const struct ocpp_charge_point *cp);
/* ocpp_cp_offset_of: an offset of local time, "+01:00", in milliseconds; false: it is none. */
bool ocpp_cp_offset_of(const char *text, int64_t *offset_ms);

/* ocpp_cp_offer: the versions to offer at the next handshake, only those of |family| (FAMILY_NONE: what is waited for decides).
 * ocpp_cp_speaks_family: whether there are any. */
void ocpp_cp_offer(const struct ocpp_charge_point *cp, enum family family, enum ocpp_version versions[4]);
bool ocpp_cp_speaks_family(const struct ocpp_charge_point *cp, enum family family);

/* --- transport.c --------------------------------------------------------------------------------------------------------- */

/* ocpp_cp_reconnect: once what waits has left, the link is closed by whoever made it, and another one is made (A01, A02.FR.08).
 * Without a link: nothing. A block sees in its link_down whether it was so: cp->must_reconnect. */
void ocpp_cp_reconnect(struct ocpp_charge_point *cp);

/* --- registration.c -------------------------------------------------------------------------------------------------- */

/* ocpp_cp_forget_acceptance: whatever was agreed with a central system is void; the next thing is a boot. */
void ocpp_cp_forget_acceptance(struct ocpp_charge_point *cp);
/* ocpp_cp_central_switched: the same, for it may be another central system, to which what the last one asked for is not told. */
void ocpp_cp_central_switched(struct ocpp_charge_point *cp);
void ocpp_cp_registration_link_up(struct ocpp_charge_point *cp);
void ocpp_cp_registration_link_down(struct ocpp_charge_point *cp);
int64_t ocpp_cp_registration_deadline(const struct ocpp_charge_point *cp);
/* Whether calls of ours other than BootNotification may leave. */
bool ocpp_cp_may_send(const struct ocpp_charge_point *cp);
bool ocpp_cp_boot_is_due(const struct ocpp_charge_point *cp);
void ocpp_cp_send_boot(struct ocpp_charge_point *cp);
void ocpp_cp_boot_now(struct ocpp_charge_point *cp);
void ocpp_cp_boot_answered(struct ocpp_charge_point *cp, enum ocpp_registration registration, int64_t interval_s, int64_t utc_ms);
void ocpp_cp_boot_failed(struct ocpp_charge_point *cp, enum ocpp_status status);
int64_t ocpp_cp_heartbeat_due(const struct ocpp_charge_point *cp);
void ocpp_cp_heartbeat_answered(struct ocpp_charge_point *cp, int64_t utc_ms);

/* --- delivery.c: calls of ours ---------------------------------------------------------------------------------------- */

/* ocpp_cp_send: the one way a dialect sends a request. |id| NULL: a fresh one. */
enum ocpp_status ocpp_cp_send(struct ocpp_charge_point *cp, const struct ocpp_action *action, const void *message, const char *id,
                              void (*on_answer)(struct ocpp_rpc *rpc, const struct ocpp_answer *answer, void *user));
/* ocpp_cp_arena_take: memory for a part of the message; without it the message is not sent, so that nothing in it is missing. */
void *ocpp_cp_arena_take(struct ocpp_charge_point *cp, size_t size);
/* ocpp_cp_reply: answers |call|; where that cannot be done (|response| NULL: no memory) it is refused with InternalError. */
void ocpp_cp_reply(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call, const void *response);
/* ocpp_cp_send_next: sends what is most urgent, when nothing of ours is outstanding. */
void ocpp_cp_send_next(struct ocpp_charge_point *cp);
/* ocpp_cp_is_waiting: whether a call, ours or of whoever else uses the call layer, keeps the next one of ours back. */
bool ocpp_cp_is_waiting(const struct ocpp_charge_point *cp);
/* ocpp_cp_waits_for_store: whether facts and statuses are held back until a write has ended; its end wakes the pump. */
bool ocpp_cp_waits_for_store(const struct ocpp_charge_point *cp);
/* ocpp_cp_flight_failed: the outstanding call ended without a valid answer. */
void ocpp_cp_flight_failed(struct ocpp_charge_point *cp, enum ocpp_status status);
/* ocpp_cp_flight_over: a call whose answer means nothing was answered, or never will be. */
void ocpp_cp_flight_over(struct ocpp_charge_point *cp);

/* --- authorization.c ------------------------------------------------------------------------------------------------- */

void ocpp_cp_token_presented(struct ocpp_charge_point *cp, int evse, const struct token *token);
/* ocpp_cp_want: |token| is to be decided about. */
void ocpp_cp_want(struct ocpp_charge_point *cp, int slot, const struct token *token, bool to_stop);
/* ocpp_cp_authorizations_decide: about those that wait for it. */
void ocpp_cp_authorizations_decide(struct ocpp_charge_point *cp);
/* ocpp_cp_grant: the token of |slot| is good, and its group is known. */
void ocpp_cp_grant(struct ocpp_charge_point *cp, int slot);
/* ocpp_cp_judge: the firmware is to be told. |why| may be NULL. */
void ocpp_cp_judge(struct ocpp_charge_point *cp, int slot, const struct token *token, enum ocpp_authorization authorization,
                   const struct decision *why);
/* ocpp_cp_offer_floating: gives the token that was presented to no EVSE in particular to |evse|, which waits for one. */
void ocpp_cp_offer_floating(struct ocpp_charge_point *cp, struct evse *evse);
/* ocpp_cp_is_any_evse_free: whether anything could be started with a token. */
bool ocpp_cp_is_any_evse_free(const struct ocpp_charge_point *cp);
/* ocpp_cp_evse_that_waits: plugged in last of those that wait for a token and let this one in; NULL. |group| as for
 * ocpp_cp_reservation_admits(). */
struct evse *ocpp_cp_evse_that_waits(struct ocpp_charge_point *cp, const struct token *token, const char *group);
void ocpp_cp_authorization_forget(struct ocpp_charge_point *cp, int slot);
bool ocpp_cp_send_authorize(struct ocpp_charge_point *cp);
void ocpp_cp_authorize_answered(struct ocpp_charge_point *cp, const struct token_info *info);
void ocpp_cp_authorize_failed(struct ocpp_charge_point *cp);
void ocpp_cp_token_set(struct token *token, const char *id, enum ocpp_token_type type);
/* ocpp_cp_driver_languages: what whoever is authorised at |evse| understands, the better one first; "" where it is not known. */
struct languages {
    const char *first;
    const char *second;
};
struct languages ocpp_cp_driver_languages(const struct ocpp_charge_point *cp, const struct evse *evse);

/* --- token_stop.c ---------------------------------------------------------------------------------------------------- */

/* ocpp_cp_present_to_stop: |token| is presented where a transaction runs. */
void ocpp_cp_present_to_stop(struct ocpp_charge_point *cp, struct evse *evse, const struct token *token);
bool ocpp_cp_is_anything_running(const struct ocpp_charge_point *cp);
/* ocpp_cp_stop_by_group: |token| is good and of the group in |why|. ocpp_cp_master_pass: it is a master pass. */
void ocpp_cp_stop_by_group(struct ocpp_charge_point *cp, int slot, const struct token *token, const struct decision *why);
void ocpp_cp_master_pass(struct ocpp_charge_point *cp, int slot, const struct token *token, const struct decision *why);

/* --- recording.c: facts into the store ---------------------------------------------------------------------------------- */

void ocpp_cp_record(struct ocpp_charge_point *cp, struct evse *evse);
/* ocpp_cp_record_reading: reads the meter of a running transaction and records what |use| wants of it, at |when|. */
void ocpp_cp_record_reading(struct ocpp_charge_point *cp, struct evse *evse, enum reading_use use, const struct moment *when);
/* ocpp_cp_add_fact: the fact in cp->scratch becomes |added|: adds it to |changes|, and gives up others where |needed|
 * places are not free.
 * ocpp_cp_write_fact: hands them to the store. */
enum ocpp_status ocpp_cp_add_fact(struct ocpp_charge_point *cp, size_t needed, struct queued *added, struct changes *changes);
enum ocpp_status ocpp_cp_write_fact(struct ocpp_charge_point *cp, struct write_slot *slot, const struct changes *changes);
/* ocpp_cp_places_kept: places in the queue for what must follow while |points| hold: the end of the session, and that of an
 * authorization which does not end it. */
size_t ocpp_cp_places_kept(const struct transaction *transaction, int32_t points);
int64_t ocpp_cp_record_deadline(const struct ocpp_charge_point *cp, const struct evse *evse);

/* --- keeping.c: what is read at the start and kept beside the queue -------------------------------------------------------- */

enum ocpp_status ocpp_cp_load(struct ocpp_charge_point *cp);
enum ocpp_status ocpp_cp_keep_availability(struct ocpp_charge_point *cp);
enum ocpp_status ocpp_cp_keep_boot_reason(struct ocpp_charge_point *cp, enum ocpp_boot_reason reason);
/* ocpp_cp_put: keeps |object| under |key|, durably. */
enum ocpp_status ocpp_cp_put(struct ocpp_charge_point *cp, const char *key, const struct ocpp_layout *layout, const void *object);
/* ocpp_cp_read_record: reads |key| into |object|; what cannot be read is set aside under corrupt/ and counts as not found. */
enum ocpp_status ocpp_cp_read_record(struct ocpp_charge_point *cp, const char *key, const struct ocpp_layout *layout,
                                     void *object);
/* ocpp_cp_peek: the same, but leaves a record it cannot read where it is. */
enum ocpp_status ocpp_cp_peek(const struct ocpp_charge_point *cp, const char *key, const struct ocpp_layout *layout,
                              void *object);
enum ocpp_status ocpp_cp_set_aside(struct ocpp_charge_point *cp, const char *key);

/* --- permit.c ------------------------------------------------------------------------------------------------------------ */

void ocpp_cp_tell_permits(struct ocpp_charge_point *cp);
/* ocpp_cp_may_charge: energy may flow at |evse|, but for limits. */
bool ocpp_cp_may_charge(const struct ocpp_charge_point *cp, const struct evse *evse);

/* --- remote.c: operations of the central system
 * ------------------------------------------------------------------------ */

struct remote_start {
    int evse;      /* 0: we choose */
    int connector; /* 0: any */
    struct token token;
    const char *group; /* NULL: none is known */
    bool has_remote_start_id;
    int64_t remote_start_id;
    bool group_unknown;   /* the version does not tell it, and asking about the token may */
    bool must_authorize;  /* the token may not be trusted as it is */
    struct evse *ongoing; /* out: where it was taken for a transaction that had started without anybody; NULL: for none */
    uint32_t profile;     /* ocpp_cp_profile_await(); 0: none */
};

enum verdict ocpp_cp_remote_start(struct ocpp_charge_point *cp, struct remote_start *start);
enum verdict ocpp_cp_remote_stop(struct ocpp_charge_point *cp, struct evse *evse);

#include "numbering.h"

#endif
