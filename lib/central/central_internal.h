/* central_internal.h: what the files of the central system share: the shard, its stations, and work that waits for a decision or
 * the store.
 *
 * One file per thought: central.c the shard, station.c one connection, registration.c boots, authorization.c tokens,
 * transactions.c what is recorded, records.c how it is recorded, commands.c what the application orders, dialect_*.c the words of
 * one version.
 */
#ifndef OCPP_CENTRAL_INTERNAL_H
#define OCPP_CENTRAL_INTERNAL_H

#include "log.h"
#include "map.h"
#include "timers.h"

#include <ocpp/central_drivers.h>

struct ocpp_central_dialect;

enum {
    STATION_TRIGGERED = 4, /* actions a pending station was told to send */
    STATION_REQUESTS = 16, /* requests of one station that wait for the application or the store; one more is refused */
    /* what fits a key behind "txid/", an identity and "/t": more than the 36 characters of the standard, for stations whose
     * longer ids are tolerated */
    TRANSACTION_ID_BYTES = OCPP_KEY_SIZE - 1 - 7 - (OCPP_IDENTITY_SIZE - 1),
    TOKEN_SIZE = 36 * 4 + 1 /* longer ones are compared by their beginning */
};

/* Messages of ours whose items a station limits (item_limits.h). */
enum item_limit {
    LIMIT_GET_VARIABLES,
    LIMIT_SET_VARIABLES,
    LIMIT_GET_REPORT,
    LIMIT_SET_MONITORS,
    LIMIT_CLEAR_MONITORS,
    LIMIT_GET_CONFIGURATION,
    LIMIT_SEND_LIST,
    ITEM_LIMIT_COUNT
};

struct ocpp_station {
    struct ocpp_central *central;
    const struct ocpp_central_dialect *dialect;
    struct ocpp_rpc *rpc;
    void *user;
    void *transport;
    struct ocpp_timer timer;
    struct ocpp_station *next_with_output; /* list of the shard */
    struct ocpp_station *before_with_output;
    struct remote_starts *remote_starts;    /* remote_starts.c; NULL until they are asked for */
    size_t held_orders;                     /* whose record is not durable: no text leaves before */
    struct profile_report *profile_reports; /* charging profiles it tells in pages, or is asked for (profile_reports.h) */
    struct display_report *display_report;  /* whose last page has not come; NULL: none */
    int64_t told_messages;                  /* with |has_told_messages|: which one came whole last */
    struct list_sync *list_sync;            /* list_sync.c: an order under way; NULL: none */
    struct station_reports *reports;        /* reports it tells in pages, once there was one (reports.h) */
    struct pending *pending;                /* its requests that wait, oldest first */
    size_t pending_count;
    struct recent_transaction *recent; /* transaction_recent.c; NULL: none */
    const struct ocpp_action *triggered[STATION_TRIGGERED];
    uint16_t items_per_message[ITEM_LIMIT_COUNT]; /* told on this connection; 0: not yet */
    enum ocpp_registration registration;
    bool in_output;         /* in the shard's list of stations with output */
    bool storing;           /* one of its requests is in the store */
    bool giving_turns;      /* pending_give_turns() is on the stack */
    bool raising;           /* its security profile is on its way into the store */
    bool has_told_messages; /* and no report of messages was ordered since */
    bool must_close;        /* it is not heard any more */
    enum ocpp_security_profile security_profile;
    const char *serial_number; /* what its boots have to tell; NULL: any */
    bool boot_requested;       /* a TriggerMessage(BootNotification) went out on this connection */
    char identity[];
};

struct ocpp_central {
    struct ocpp_central_settings settings;
    struct ocpp_central_handler handler;
    struct ocpp_storage *storage;
    struct ocpp_map stations;
    struct ocpp_timers timers;
    struct ocpp_now now; /* of the entry point that runs */
    struct ocpp_arena *scratch;
    struct ocpp_arena *results;                /* of the order whose answer the application hears just now */
    struct ocpp_arena *heard;                  /* bridge.c: what arrived, converted */
    struct ocpp_arena *said;                   /* bridge.c: what leaves, converted, until it is written */
    struct ocpp_arena *pages;                  /* of the page of a report the application hears just now */
    const struct ocpp_incoming_call *original; /* bridge.c: of the converted call that is handled just now; NULL: none */
    struct ocpp_rpc_pool *pool;
    struct ocpp_station *first_with_output;
    struct ocpp_station *last_with_output;
    struct pending *orphans; /* writes whose station disconnected */
    struct pending *spare;
    size_t spare_count;
    uint64_t last_question;
    uint64_t losses;          /* writes that were answered before they were lost */
    int64_t last_request_id;  /* of an order; 0: none was given */
    size_t open_report_bytes; /* of all stations */
    int64_t last_number;      /* the highest transaction number of 1.6 given here; 0: not read yet */
    int entered;              /* entry points on the stack */
};

/* --- work that waits ------------------------------------------------------------------------------------------------- */

enum question_kind {
    QUESTION_NONE,
    QUESTION_BOOT,
    QUESTION_AUTHORIZE,
    QUESTION_COST,
    QUESTION_DATA,
    QUESTION_EV_NEEDS,
    QUESTION_EV_SCHEDULE,
    QUESTION_EV_CERTIFICATE,
    QUESTION_CERTIFICATE_STATUS
};

/* A decision that is a word, and perhaps a text: borrowed until it was given. */
struct verdict {
    int word;
    const char *text;
};

/* A request of a station between its arrival and its answer. Its arena holds what it needs of the request; it is pooled.
 *
 * It awaits a decision of the application, then its turn, then the store. One request of a station is in the store at a time, and
 * the next one looks at the records only when that one is durable or lost: what a read shows before is no ground to answer on. */
struct pending {
    struct pending *next;
    struct pending *before;
    struct ocpp_central *central;
    struct ocpp_station *station; /* NULL once it disconnected */
    struct ocpp_arena *arena;
    struct ocpp_call_token token;
    enum question_kind asked; /* QUESTION_NONE: no decision is awaited */
    uint64_t question;
    /* the decision is there: goes on; required while a decision is awaited */
    void (*decided)(struct pending *pending);
    /* its turn has come; NULL: it does not wait for it */
    void (*turn)(struct pending *pending);
    /* what had to be durable is (OCPP_OK), or is lost; required for pending_write() */
    void (*stored)(struct pending *pending, enum ocpp_status status);
    /* the dialect's answer; the station is there */
    void (*answer)(struct pending *pending);
    struct ocpp_boot_decision boot;
    struct ocpp_authorize_decision authorize;
    bool authorized;                  /* |authorize| holds a decision */
    bool is_contract;                 /* |authorize| is asked about certificates, too */
    struct ocpp_driver_answer driver; /* what the driver is told with the answer to a transaction */
    struct verdict verdict;
    const void *work;                  /* of |decided| and |stored|, in the arena */
    bool writing;                      /* the store has it */
    char identity[OCPP_IDENTITY_SIZE]; /* of an orphan */
};

/* pending_for: a waiting request of |station| for |call|. NULL, and the call refused: no memory, or STATION_REQUESTS wait. */
struct pending *pending_for(struct ocpp_station *station, const struct ocpp_incoming_call *call);

/* pending_keep: a copy of |text| that lives as long as |pending|; NULL for NULL, and without memory. */
const char *pending_keep(struct pending *pending, const char *text);

/* pending_free: back to the pool. A call that was not answered stays open: answer or refuse first. */
void pending_free(struct pending *pending);

/* pending_disown: the station is going: what the store has goes on without it, the rest is given up. True when the store has
 * something. */
bool pending_disown(struct ocpp_station *station);

/* pending_expire: gives up what awaits a decision for a call that was answered by its time-out. */
void pending_expire(struct ocpp_station *station);

void pending_free_all(struct ocpp_central *central);

/* pending_refuse: answers the call with the CALLERROR of |status| and frees. */
void pending_refuse(struct pending *pending, enum ocpp_status status);

/* pending_take_turn: runs |turn| when no request of the station is in the store, now or later. */
void pending_take_turn(struct pending *pending, void (*turn)(struct pending *pending));

/* pending_write: hands |changes| to the store; pending->stored runs when they are durable, at once when the store refuses them.
 * Only in its turn. */
void pending_write(struct pending *pending, const struct ocpp_change *changes, size_t count);

/* pending_ask: |pending| awaits a decision; returns the question that names it. */
struct ocpp_question pending_ask(struct pending *pending, enum question_kind kind, void (*decided)(struct pending *pending));

/* pending_asked: the waiting request a question of |kind| names, the question taken back; NULL when it was answered or is void.
 */
struct pending *pending_asked(struct ocpp_station *station, struct ocpp_question question, enum question_kind kind);

/* pending_settle: the question of |kind| is decided: it goes on. False: it was answered, or is void. */
bool pending_settle(struct ocpp_station *station, struct ocpp_question question, enum question_kind kind, struct verdict verdict);

/* pending_decide: the same where the application comes from outside. Errors: OCPP_ERR_NOT_FOUND. */
enum ocpp_status pending_decide(struct ocpp_station *station, struct ocpp_question question, enum question_kind kind,
                                struct verdict verdict, struct ocpp_now now);

/* --- the shard and its stations ---------------------------------------------------------------------------------------- */

void *central_allocate(const struct ocpp_central *central, size_t size); /* zeroed; NULL without memory */
void central_release(const struct ocpp_central *central, void *memory);

/* central_enter, central_leave: around everything that may call back. */
void central_enter(struct ocpp_central *central, struct ocpp_now now);
void central_leave(struct ocpp_central *central);

/* central_enter_late: for what applications call with a clock of their own, often inside a callback: it tells the date, and moves
 * no deadline. The transport's next |now| may be older. */
void central_enter_late(struct ocpp_central *central, struct ocpp_now now);

/* station_list_output: |station| has something to send: its transport will be asked to. */
void station_list_output(struct ocpp_station *station);

/* station_touch: after anything that may have given |station| output or moved its deadline. */
void station_touch(struct ocpp_station *station);

/* central_identity_is_usable: see OCPP_IDENTITY_SIZE. */
bool central_identity_is_usable(const char *identity);

enum ocpp_status station_open(struct ocpp_central *central, const struct ocpp_station_options *options,
                              struct ocpp_station **station);
void station_close(struct ocpp_station *station);

/* station_refuse: CALLERROR for a call that no pending stands for. */
void station_refuse(struct ocpp_station *station, struct ocpp_call_token token, enum ocpp_status status);

/* station_reply: answers, and refuses with InternalError should our own answer break the rules of its message. */
void station_reply(struct ocpp_station *station, struct ocpp_call_token token, const void *response);

/* station_thank: answers a call whose answer says nothing; one the application was not told of by a function of
 * its own (|was_told| false) goes to its on_call first. */
void station_thank(struct ocpp_station *station, const struct ocpp_incoming_call *call, bool was_told);

/* station_number: an EVSE or a connector as the wire names it; false when no station can have that many, or less than 0. */
bool station_number(int64_t wire, int *number);

/* --- domain operations the dialects call --------------------------------------------------------------------------------- */

/* registration.c */
void registration_boot(struct ocpp_station *station, const struct ocpp_incoming_call *call, const struct ocpp_boot *boot,
                       void (*answer)(struct pending *pending));
enum ocpp_status registration_admit(struct ocpp_station *station, const struct ocpp_action *action);
enum ocpp_status registration_read(struct ocpp_central *central, const char *identity, enum ocpp_registration *registration);

/* registration_ordered: a call of ours leaves for a station that is pending: what it asks for may come back. */
void registration_ordered(struct ocpp_station *station, const char *text, size_t size);

/* security.c: what the connection proved is recorded. Errors: OCPP_ERR_SECURITY  less than before; those of the store. */
enum ocpp_status security_connect(struct ocpp_station *station, enum ocpp_security_profile profile);

/* security_disconnect: what security_connect() began is durable or lost when this returns. */
void security_disconnect(struct ocpp_station *station);

/* security_allows_boot: false: it tells another serial number than it may; the connection is to be closed. */
bool security_allows_boot(struct ocpp_station *station, const struct ocpp_boot *boot);

/* authorization.c: asks the application; pending->authorize is filled when |then| runs, now or later. */
void authorization_ask(struct pending *pending, const struct ocpp_authorize_request *request,
                       void (*then)(struct pending *pending));

/* authorization_grant: a token that needs no asking. */
void authorization_grant(struct pending *pending);

/* transactions.c: what a station told of a transaction, in base units. Texts and samples live in the pending's arena. */
struct transaction_facts {
    enum ocpp_transaction_phase phase;
    enum ocpp_trigger trigger;
    bool numbered;  /* 1.6: the central system gives the number, STARTED comes without one */
    const char *id; /* NULL: a numbered STARTED, or a numbered record whose station never heard the number (errata 3.18) */
    int evse;       /* 0: not told */
    int connector;
    const char *token; /* NULL: not told */
    enum ocpp_token_type token_type;
    const char *group; /* what the application says of the token; NULL: none */
    bool is_refused;
    int64_t timestamp_utc_ms;
    bool has_register;
    int64_t register_wh; /* meterStart, meterStop */
    const struct ocpp_meter_sample *samples;
    size_t sample_count;
    enum ocpp_stop_reason reason;
    enum ocpp_charging_state charging_state;
    int64_t remote_start_id;
    bool has_seq_no;
    int64_t seq_no;
    bool offline;
};

/* transaction_record: asks for the token where one was told, writes what is new, tells the application, and runs |answer|. */
void transaction_record(struct pending *pending, const struct transaction_facts *facts, void (*answer)(struct pending *pending));

/* transaction_forget_for_good: |station| goes, or its transaction ended: what transaction_recent.c has of it is freed. */
void transaction_forget_for_good(struct ocpp_station *station);

/* transaction_number: the number of the recorded transaction for the answer to a numbered STARTED. */
int64_t transaction_number(const struct pending *pending);

/* transaction_of: the transaction |pending| is about, as it is recorded; borrowed from |pending|. In |answer| only. */
void transaction_of(const struct pending *pending, struct ocpp_transaction *transaction);

/* drivers.c: asks what the transaction of |event| costs; |pending->driver| is filled when |then| runs, now or later. */
void cost_ask(struct pending *pending, const struct ocpp_transaction_event *event, void (*then)(struct pending *pending));

/* remote_starts.c: the order the transaction of |facts| answers, 0 for none that is remembered, into |*id|. Errors: those of the
 * store; OCPP_ERR_NOMEM. */
enum ocpp_status remote_start_of(struct ocpp_station *station, const struct transaction_facts *facts, struct ocpp_arena *arena,
                                 int64_t *id);

/* remote_start_key: where the order |id| of a station is stored. Errors: OCPP_ERR_LIMIT. */
enum ocpp_status remote_start_key(char key[OCPP_KEY_SIZE], const char *identity, int64_t id);

/* remote_start_answered: the order |id| has its transaction, whose record took it out of the store. 0 is fine. */
void remote_start_answered(struct ocpp_station *station, int64_t id);

/* remote_start_refused: it will never have one. */
void remote_start_refused(struct ocpp_station *station, int64_t id);

/* remote_starts_leave: the connection is going. True: the store still has something of theirs. */
bool remote_starts_leave(struct ocpp_station *station);

#endif
