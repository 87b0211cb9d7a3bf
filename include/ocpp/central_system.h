/* central_system.h: the central system (CSMS) that backends link.
 *
 * One struct ocpp_central is one shard: it holds the stations whose connections one thread serves. Each connection is a struct
 * ocpp_station from connect to disconnect. Stations speak any version; the application hears domain events and gives domain
 * commands that work on all of them, and may reach the call layer of a station for everything else. It does no I/O and asks no
 * clock; ocpp_server (adapters.h) drives shards over libwebsockets.
 *
 * What must survive a restart (accepted boots, transactions) goes through storage.h, and an answer that promises it leaves only
 * when it is durable.
 *
 * What a station tells is recorded in the order it arrived, one request after the other: a request waits until the one before it
 * is durable or lost. A station may have 8 requests open at a time, and 16 that wait for a decision or the store, answered by
 * their time-out or not; one more gets InternalError.
 *
 * Threads: a shard belongs to one thread, its stations too. Callbacks run inside the entry points, and inside the flush of a
 * store that gathers writes; they may give commands and answers, not connect, disconnect or free (asserted).
 */
#ifndef OCPP_CENTRAL_SYSTEM_H
#define OCPP_CENTRAL_SYSTEM_H

#include <ocpp/message.h>
#include <ocpp/rpc.h>
#include <ocpp/storage.h>
#include <ocpp/vehicle.h>
#include <ocpp/vocabulary.h>

OCPP_BEGIN_DECLARATIONS

struct ocpp_central;
struct ocpp_station;
struct ocpp_setting_answer;      /* central_orders.h */
struct ocpp_limit_schedule;      /* likewise */
struct ocpp_station_certificate; /* likewise */
struct ocpp_report_handler;      /* central_reports.h */
struct ocpp_monitor_answer;      /* likewise */
struct ocpp_transaction_state;   /* likewise */
struct ocpp_energy_handler;      /* central_energy.h */
struct ocpp_vehicle_handler;     /* central_vehicles.h */
struct ocpp_driver_handler;      /* central_drivers.h */

/* OCPP_IDENTITY_SIZE: room for a station's identity, at most 48 bytes of UTF-8 without '/', ':' and control characters, and its
 * terminator (part 4, 3.1.1). */
enum { OCPP_IDENTITY_SIZE = 48 + 1 };

/* --- events ------------------------------------------------------------------------------------------------------- */

/* ocpp_question: names a decision that was put off. */
struct ocpp_question {
    uint64_t value;
};

/* ocpp_boot: a station introduced itself. Texts are borrowed for the callback; NULL where not given. */
struct ocpp_boot {
    const char *vendor;
    const char *model;
    const char *serial_number;
    const char *firmware_version;
    const char *reason; /* 2.x: BootReasonEnumType as on the wire; 1.6: NULL */
};

/* ocpp_boot_decision: the answer to a boot. */
struct ocpp_boot_decision {
    enum ocpp_registration registration;
    int64_t interval_s; /* heartbeat interval when accepted, wait before the next boot otherwise; 0: the setting */
};

/* ocpp_authorize_request: whose token is asked about, and what for: the same token may stop what it started while it may start
 * nothing else (ConcurrentTx). */
struct ocpp_authorize_request {
    struct ocpp_token token;
    enum ocpp_authorize_purpose {
        OCPP_AUTHORIZE_ALONE, /* Authorize: what it will be used for is not told */
        OCPP_AUTHORIZE_START, /* a transaction starts with it; also when the station tells of that start again */
        OCPP_AUTHORIZE_LATER  /* told while a transaction runs, or at its end */
    } purpose;
    int evse; /* 0: not told */
    /* a contract of ISO 15118 (C07; OCPP_AUTHORIZE_ALONE only): its chain as PEM, where the station could not check it itself,
     * and whose revocation is to be asked for; borrowed for the callback. NULL and 0: a plain token */
    const char *certificate;
    const struct ocpp_ocsp_target *targets;
    size_t target_count; /* at most OCPP_CONTRACT_HASHES */
};

/* ocpp_authorize_decision: the answer about a token. */
struct ocpp_authorize_decision {
    enum ocpp_authorization authorization;
    const char *group_id;   /* parentIdTag, groupIdToken; NULL: none. Left out where the version has no room for it (20 and 36
                               characters) */
    int64_t expires_utc_ms; /* cache expiry; 0, OCPP_UTC_UNKNOWN or a date after the year 9999: none */
    /* to the driver, in 2.x: what he understands, the better one first, as in RFC 5646, at most 8 characters each; and what he is
     * to read, a tariff for example (I01), UTF-8, at most 512 characters. NULL: none; what has no room is left out */
    const char *languages[2];
    const char *message;
    /* what became of the contract's certificates, where they were asked about (C07.FR.13 to FR.17). It and |authorization| need
     * not know of each other: a contract that is not Accepted behind good certificates is told as cancelled, and one behind
     * certificates that are not good is not accepted. NONE: not told */
    enum ocpp_certificate_status certificate;
};

/* ocpp_status_event: how a connector, an EVSE or the station stands. Texts are borrowed for the call. */
struct ocpp_status_event {
    int evse;      /* 2.x: as sent; 1.6: 0 for the station, else the connector's number */
    int connector; /* 2.x: as sent; 1.6: 0 for the station, else 1 */
    enum ocpp_connector_status status;
    const char *error_code; /* 1.6; NULL or "NoError": none */
    const char *info;
    const char *vendor_id;
    const char *vendor_error_code;
    int64_t timestamp_utc_ms; /* OCPP_UTC_UNKNOWN: not given */
};

/* ocpp_meter_sample: one value with its circumstances, normalised to the base unit of its measurand. */
struct ocpp_meter_sample {
    struct ocpp_sample sample;
    enum ocpp_reading_context context;
    int64_t timestamp_utc_ms;
};

enum ocpp_transaction_phase { OCPP_TRANSACTION_STARTED, OCPP_TRANSACTION_UPDATED, OCPP_TRANSACTION_ENDED };

/* ocpp_transaction: a transaction as recorded, however often and in whatever order the station told it. */
struct ocpp_transaction {
    const char *identity;
    const char *id; /* 1.6: the number as text */
    enum ocpp_version version;
    int evse;
    int connector;
    const char *token; /* "" when not known */
    enum ocpp_token_type token_type;
    int64_t started_utc_ms; /* OCPP_UTC_UNKNOWN: not known */
    int64_t ended_utc_ms;   /* OCPP_UTC_UNKNOWN: runs */
    bool has_meter_start;
    int64_t meter_start_wh;
    bool has_meter_last;
    int64_t meter_last_wh;        /* the newest register seen; meterStop once ended */
    enum ocpp_stop_reason reason; /* once ended */
    enum ocpp_charging_state charging_state;
    int64_t remote_start_id; /* 0: none; ties it to the ocpp_station_start() that caused it */
    int64_t last_seq_no;     /* 2.x */
    bool ended;
    bool offline;           /* at least one of its records was made offline */
    uint32_t anomalies;     /* bits of enum ocpp_anomaly (central_transactions.h): look before you bill */
    int64_t missing_events; /* 2.x: how many are missing between the first and the last one told, as far as it is known */
    const char *cursor;     /* names its place among the records (struct ocpp_transaction_query); NULL in events */
};

/* ocpp_transaction_event: what on_transaction is told. Borrowed for the call. */
struct ocpp_transaction_event {
    enum ocpp_transaction_phase phase;
    enum ocpp_trigger trigger;
    const struct ocpp_transaction *transaction;
    const struct ocpp_meter_sample *samples;
    size_t sample_count;
    bool has_register; /* the station told a register outright, in Wh: meterStart, meterStop */
    int64_t register_wh;
    uint32_t
        new_anomalies; /* those of the transaction that came with this event. One that brings nothing else comes as UPDATED */
};

/* ocpp_station_security_event: the station tells of something security has to know of (1.6 security extension; A04). Texts are
 * borrowed. */
struct ocpp_station_security_event {
    const char *type; /* one of the list of the standards, or the vendor's own */
    const char *info; /* NULL: none */
    int64_t timestamp_utc_ms;
    bool noticed_here; /* not told by the station: the central system noticed it and closes the connection (A00.FR.408) */
};

/* ocpp_station_task: how far an order that takes its time has come. */
enum ocpp_station_task { OCPP_TASK_FIRMWARE, OCPP_TASK_LOG };

/* ocpp_station_task_status: how far a station is with what it was asked to do. Borrowed for the call. */
struct ocpp_station_task_status {
    enum ocpp_station_task task;
    const char
        *word; /* FirmwareStatusEnumType, UploadLogStatusEnumType, DiagnosticsStatus of 1.6, as on the wire; "": left out */
    bool has_request_id;
    int64_t request_id; /* of the order */
};

/* ocpp_station_sign_request: the station wants a certificate. Texts are borrowed. */
struct ocpp_station_sign_request {
    const char *csr; /* PEM */
    bool for_station;
    bool for_vehicles; /* both: a combined certificate (2.x without certificateType) */
};

/* ocpp_central_handler: what the application hears and decides. All may be NULL: without on_boot everybody is accepted; without
 * on_authorize nobody is authorised. */
struct ocpp_central_handler {
    /* true: |decision| was filled; false: ocpp_station_decide_boot() follows with |question| */
    bool (*on_boot)(struct ocpp_station *station, const struct ocpp_boot *boot, struct ocpp_question question,
                    struct ocpp_boot_decision *decision, void *user);
    /* the same with ocpp_station_decide_authorize(). Asked for Authorize, and for every token a station tells with a transaction
     * but those of type NoAuthorization, which are accepted unasked (C02.FR.02) */
    bool (*on_authorize)(struct ocpp_station *station, const struct ocpp_authorize_request *request,
                         struct ocpp_question question, struct ocpp_authorize_decision *decision, void *user);
    void (*on_status)(struct ocpp_station *station, const struct ocpp_status_event *status, void *user);
    /* told when it is durable; |station| is NULL when it disconnected meanwhile. STARTED comes once, with the first start the
     * station tells, ENDED once, with the first end; an end or an update may come first when the station tells out of order, or
     * never told the start. An update the station repeats is told once in 2.x, unless
     * more than 16 gaps lie in what it told; in 1.6 updates have no number, and each is told. What changes the anomalies alone,
     * of this transaction or of the one before it at its EVSE, is told as an update */
    void (*on_transaction)(struct ocpp_station *station, const struct ocpp_transaction_event *event, void *user);
    /* samples outside transactions */
    void (*on_meter)(struct ocpp_station *station, int evse, int connector, const struct ocpp_meter_sample *samples, size_t count,
                     void *user);
    void (*on_heartbeat)(struct ocpp_station *station, void *user);
    /* these three come to on_call where they are NULL */
    void (*on_security_event)(struct ocpp_station *station, const struct ocpp_station_security_event *event, void *user);
    void (*on_task)(struct ocpp_station *station, const struct ocpp_station_task_status *status, void *user);
    /* true: it will be signed, and ocpp_station_send_certificate() follows with the chain; false: it will not */
    bool (*on_sign_request)(struct ocpp_station *station, const struct ocpp_station_sign_request *request, void *user);
    /* a valid request the engine has no word for (DataTransfer, NotifyEvent, …): true: the application answers call->token
     * through ocpp_station_rpc(), now or later; false, or NULL here: the engine answers (an empty response where the type allows
     * it, NotSupported otherwise) */
    bool (*on_call)(struct ocpp_station *station, const struct ocpp_incoming_call *call, void *user);
    /* as in rpc.h; |issue| of a refused frame names the quirks that would have let it pass (ocpp_issue.remedy) */
    void (*on_frame)(struct ocpp_station *station, enum ocpp_direction from, const char *text, size_t size,
                     const struct ocpp_issue *issue, void *user);
    /* each use of a quirk of the station; both may feed a struct ocpp_quirk_tally of the host's */
    void (*on_quirk)(struct ocpp_station *station, const struct ocpp_issue *issue, void *user);
    /* gives the next free transaction number of 1.6 (above 0, never given before, restarts included), on the thread of its shard:
     * shards that share numbers ask at the same time. NULL: the engine counts in its store: right for one shard only */
    int64_t (*next_transaction_number)(void *user);
    /* what belongs to a subject has its functions in the header of that subject; borrowed for the life of the shard. NULL, or a
     * function of it that is NULL: such a request comes to on_call. They are given |user|, too */
    const struct ocpp_report_handler *reports;   /* device model, monitors, events, customers, files shared by stations */
    const struct ocpp_energy_handler *energy;    /* limits from outside, profiles in force, what vehicles need */
    const struct ocpp_vehicle_handler *vehicles; /* ISO 15118: contracts, certificates, their revocation */
    const struct ocpp_driver_handler *drivers;   /* displays, cost, reservations, vendors' messages */
    void *user;
};

/* --- the shard ------------------------------------------------------------------------------------------------------ */

/* ocpp_durability: when a station is answered what it wants recorded. */
enum ocpp_durability {
    OCPP_ANSWER_WHEN_DURABLE, /* the default */
    OCPP_ANSWER_AT_ONCE       /* when the store has accepted it: what a crash or a failing flush loses then, nobody tells again */
};

/* ocpp_central_settings: start from ocpp_central_settings_default(). */
struct ocpp_central_settings {
    const struct ocpp_allocator *allocator; /* NULL: malloc */
    struct ocpp_log log;
    struct ocpp_json_limits limits;
    void (*random)(void *bytes, size_t size, void *user); /* required */
    void *random_user;
    int64_t heartbeat_interval_s;  /* default 300 */
    int64_t boot_retry_interval_s; /* told with Pending and Rejected; default 60 */
    int64_t call_timeout_ms;       /* default 30,000 */
    size_t max_waiting_calls;      /* per station; default 16 */
    size_t max_stations;           /* of this shard; default 20,000. One more is refused */
    int shard;                     /* which of the shards that share a store this is, from 0; default 0 */
    size_t max_display_messages;   /* of a report that are kept until its last page came; default 200 */
    enum ocpp_durability durability;
    int64_t remote_start_hold_s; /* how long an order to start waits for its transaction; default 600 */
    int64_t max_power_w; /* no EVSE brings more: beyond, readings are told as OCPP_ANOMALY_METER_JUMPED; default 1,000,000 */
    /* reports that stations tell in pages (central_reports.h), as they are put together */
    size_t max_open_reports;      /* per station; default 4. One more is not ordered, and not put together */
    size_t max_report_bytes;      /* of one, in memory; default 2 MiB. What is larger ends incomplete */
    size_t max_open_report_bytes; /* of all that are open in this shard; default 64 MiB; the same */
    int64_t report_timeout_ms;    /* for its next page; default 60,000; the same */
};

OCPP_API struct ocpp_central_settings ocpp_central_settings_default(void);

/* ocpp_central_speaks: whether the engine of this build speaks |version|. What 2.1 has in common with 2.0.1 is told and ordered
 * in words of no version like that; what it added comes to on_call and leaves through the call layer (v21_calls.h). */
OCPP_API bool ocpp_central_speaks(enum ocpp_version version);

/* ocpp_central_new: an empty shard. |settings| and |handler| are copied; |storage| is borrowed for life. NULL when there is no
 * memory or a required setting is missing. */
OCPP_API struct ocpp_central *ocpp_central_new(const struct ocpp_central_settings *settings,
                                               const struct ocpp_central_handler *handler, struct ocpp_storage *storage);

/* ocpp_central_free: disconnects whoever is left and flushes the store, calling back for what ends by that. NULL is fine. */
OCPP_API void ocpp_central_free(struct ocpp_central *central);

/* ocpp_station_options: what is known of a station when it connects. Borrowed for the call of connect. */
struct ocpp_station_options {
    const char *identity; /* percent-decoded; 1 to 48 bytes of UTF-8, no '/', no ':', no control characters */
    enum ocpp_version version;
    uint32_t quirks; /* bits of enum ocpp_quirk that are survived for this station */
    void *user;      /* the application's; ocpp_station_user() */
    void *transport; /* the transport's own; ocpp_station_transport() */
    /* what the connection proved. It is recorded, and one that proves less is not taken any more (A05.FR.07; 1.6 security
     * A05.FR.09) */
    enum ocpp_security_profile security_profile;
    /* a boot that tells another one is refused with SecurityError, and the connection has to be closed (B01.FR.11, FR.12).
     * Compared without regard to ASCII case; a boot that tells none passes. NULL: any */
    const char *serial_number;
};

/* ocpp_central_connect: a handshake is complete. A station that was accepted once is known from the store and may send at once.
 * Errors: OCPP_ERR_BUSY this shard has that identity already (disconnect it first); OCPP_ERR_LIMIT max_stations;
 * OCPP_ERR_ARGUMENT; OCPP_ERR_SECURITY below the security profile it proved before; OCPP_ERR_NOMEM; OCPP_ERR_STORAGE. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_central_connect(struct ocpp_central *central,
                                                             const struct ocpp_station_options *options, struct ocpp_now now,
                                                             struct ocpp_station **station);

/* ocpp_station_disconnect: the connection is gone: open calls end with OCPP_ERR_CLOSED, |station| is gone. What it told and the
 * store has not made durable yet is flushed, so that its next connection, on whatever shard, finds it. */
OCPP_API void ocpp_station_disconnect(struct ocpp_station *station, struct ocpp_now now);

/* ocpp_station_must_close: whether the transport has to close the connection, with 1008, once the output is written: the station
 * may not go on (B01.FR.12). What it still sends is not heard. Ask after each ocpp_station_receive(). */
OCPP_API bool ocpp_station_must_close(const struct ocpp_station *station);

/* ocpp_station_set_quirks: what is survived for this station from its next message on, instead of ocpp_station_options.quirks. */
OCPP_API void ocpp_station_set_quirks(struct ocpp_station *station, uint32_t quirks);

/* ocpp_station_note_quirk: a transport survived |quirk| in the handshake: on_quirk is told. */
OCPP_API void ocpp_station_note_quirk(struct ocpp_station *station, enum ocpp_quirk quirk);

/* ocpp_station_receive, _next_output, _has_output: as in rpc.h. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_receive(struct ocpp_station *station, const char *text, size_t size,
                                                             struct ocpp_now now);
OCPP_API const char *ocpp_station_next_output(struct ocpp_station *station, size_t *size, struct ocpp_now now);
OCPP_API bool ocpp_station_has_output(const struct ocpp_station *station);

/* ocpp_central_next_with_output: a station that got output since it was last given here, or NULL: so a transport asks for write
 * events without walking all stations. */
OCPP_API struct ocpp_station *ocpp_central_next_with_output(struct ocpp_central *central);

/* ocpp_central_deadline, _advance: over all stations of the shard. */
OCPP_API int64_t ocpp_central_deadline(const struct ocpp_central *central);
OCPP_API void ocpp_central_advance(struct ocpp_central *central, struct ocpp_now now);

/* What is known of a station: its identity, what the handshake settled on, whether it was accepted; the |user| and |transport| it
 * was connected with (ocpp_station_options); its shard. Texts live as long as the station. */
OCPP_API const char *ocpp_station_identity(const struct ocpp_station *station);
OCPP_API enum ocpp_version ocpp_station_version(const struct ocpp_station *station);
OCPP_API enum ocpp_registration ocpp_station_registration(const struct ocpp_station *station);
OCPP_API enum ocpp_security_profile ocpp_station_security_profile(const struct ocpp_station *station); /* of this connection */
OCPP_API void *ocpp_station_user(const struct ocpp_station *station);
OCPP_API void *ocpp_station_transport(const struct ocpp_station *station);
OCPP_API struct ocpp_central *ocpp_station_central(const struct ocpp_station *station);

/* ocpp_station_rpc: the call layer of the connection: typed messages of any version, raw messages. It belongs to the station. */
OCPP_API struct ocpp_rpc *ocpp_station_rpc(struct ocpp_station *station);

/* ocpp_central_find: the connected station of that identity in this shard, or NULL. */
OCPP_API struct ocpp_station *ocpp_central_find(struct ocpp_central *central, const char *identity);

/* --- decisions that were put off -------------------------------------------------------------------------------------- */

/* Both may be called inside the question's callback and any time later. Of |now| only the date counts, so that it may come from
 * another clock than the transport's. Errors of both: OCPP_ERR_NOT_FOUND the question is of the other kind, was answered, or is
 * void: it ends with its connection, and after 60 s, when the station gets InternalError; OCPP_ERR_ARGUMENT no registration at
 * all was decided, and the question still stands. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_decide_boot(struct ocpp_station *station, struct ocpp_question question,
                                                                 const struct ocpp_boot_decision *decision, struct ocpp_now now);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_decide_authorize(struct ocpp_station *station, struct ocpp_question question,
                                                                      const struct ocpp_authorize_decision *decision,
                                                                      struct ocpp_now now);

/* --- commands --------------------------------------------------------------------------------------------------------- */

/* ocpp_command_result: how a command ended: |status| as in ocpp_answer; |accepted| whether the station agreed; |word| its status
 * as on the wire ("" when there is no answer); |error| and |description| of a CALLERROR, NULL where there is none but for an
 * order that never left, of which |description| tells |status| as a sentence. All of it is borrowed for the callback. */
struct ocpp_command_result {
    enum ocpp_status status;
    bool accepted;
    const char *word;
    enum ocpp_call_error error;
    const char *description;
    int64_t remote_start_id;                    /* of ocpp_station_start() */
    int64_t list_version;                       /* of ocpp_station_get_list_version(): 0 no list, -1 (1.6) none is supported */
    int64_t request_id;                         /* of orders that have one: the one given, or chosen by the engine */
    const struct ocpp_setting_answer *settings; /* of ocpp_station_get_settings(), _set_settings(); borrowed for the callback */
    size_t setting_count;
    const struct ocpp_limit_schedule *schedule;          /* of ocpp_station_get_composite_schedule(); likewise */
    const char *file_name;                               /* of ocpp_station_get_log(); likewise */
    const struct ocpp_station_certificate *certificates; /* of ocpp_station_get_certificates(); likewise */
    size_t certificate_count;
    const struct ocpp_data_transfer_answer *data; /* of ocpp_station_send_data(); likewise */
    const struct ocpp_monitor_answer *monitors;   /* of ocpp_station_set_monitors(), _clear_monitors(); likewise */
    size_t monitor_count;
    const struct ocpp_transaction_state *transaction_state; /* of ocpp_station_get_transaction_status(); likewise */
};

/* ocpp_command_done: runs exactly once per accepted command. */
struct ocpp_command_done {
    void (*run)(struct ocpp_station *station, const struct ocpp_command_result *result, void *user);
    void *user;
};

/* Errors of all commands: OCPP_ERR_BUSY too many calls wait; OCPP_ERR_LIMIT no room for the text; OCPP_ERR_ARGUMENT;
 * OCPP_ERR_NOMEM; OCPP_ERR_STATE the connection is going; OCPP_ERR_UNSUPPORTED_ACTION this version has no such command;
 * OCPP_ERR_NOT_ACCEPTED the station was rejected (B03.FR.03; 1.6 4.2), or, to start and to stop, it was not accepted yet
 * (B02.FR.05; 1.6 4.2). |done| (NULL: nobody cares) does not run after an error. */

/* ocpp_station_start: RemoteStartTransaction (1.6 5.11), RequestStartTransaction (2.x F01, F02). |evse| 0: the station chooses.
 * With a group or a limit, and how it is tied to its transaction: ocpp_station_start_with() (central_transactions.h). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_start(struct ocpp_station *station, int evse, const struct ocpp_token *token,
                                                           const struct ocpp_command_done *done);
/* ocpp_station_stop: RemoteStopTransaction (1.6 5.12), RequestStopTransaction (2.x F03). |transaction_id| as in ocpp_transaction.
 * Whether such a transaction runs is for the station to say. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_stop(struct ocpp_station *station, const char *transaction_id,
                                                          const struct ocpp_command_done *done);
/* ocpp_station_unlock: UnlockConnector. In 1.6 EVSE n is connector n. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_unlock(struct ocpp_station *station, int evse, int connector,
                                                            const struct ocpp_command_done *done);
/* ocpp_station_reset: Reset, Soft and Hard of 1.6, OnIdle and Immediate of 2.x. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_reset(struct ocpp_station *station, bool immediately,
                                                           const struct ocpp_command_done *done);
/* ocpp_station_trigger: TriggerMessage (1.6 5.17, F06); |message| as the version spells it ("BootNotification"). |evse| 0: none
 * named; |connector| 0: none named. In 1.6 EVSE n is connector n. In 2.x a StatusNotification is asked of one connector
 * (F06.FR.13): OCPP_ERR_ARGUMENT without. In 1.6 a
 * station that was accepted is not asked to boot: OCPP_ERR_STATE (1.6 errata 3.40). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_trigger(struct ocpp_station *station, const char *message, int evse,
                                                             int connector, const struct ocpp_command_done *done);

/* --- records ---------------------------------------------------------------------------------------------------------- */

/* ocpp_central_transactions: shows the recorded transactions of a store, oldest first per station; |identity| NULL: of all.
 * Returning false stops. The struct is borrowed. Errors: OCPP_ERR_STORAGE, OCPP_ERR_CORRUPT (the others were shown). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_central_transactions(struct ocpp_storage *storage, const char *identity,
                                                                  bool (*visit)(const struct ocpp_transaction *transaction,
                                                                                void *user),
                                                                  void *user);

/* ocpp_transaction_query: which recorded transactions, page by page. All members may be 0. */
struct ocpp_transaction_query {
    const char *identity; /* NULL: of all stations */
    const char *after;    /* the cursor of the last one seen; NULL: from the first. Need not exist any more */
    bool open;            /* only those that run: costs nothing for the others */
};

/* ocpp_central_find_transactions: shows what |query| asks for in the order of ocpp_central_transactions(). Returning false stops.
 * Errors: as there; OCPP_ERR_ARGUMENT |after| is no cursor. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_central_find_transactions(
    struct ocpp_storage *storage, const struct ocpp_transaction_query *query,
    bool (*visit)(const struct ocpp_transaction *transaction, void *user), void *user);

/* ocpp_central_find_transaction: shows the transaction |id| of one station: two, should it be the number of one and the name of
 * another. Errors: OCPP_ERR_NOT_FOUND; as ocpp_central_transactions(). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_central_find_transaction(
    struct ocpp_storage *storage, const char *identity, const char *id,
    bool (*visit)(const struct ocpp_transaction *transaction, void *user), void *user);

/* ocpp_station_record: a station that was accepted. Texts are borrowed; NULL where not told. */
struct ocpp_station_record {
    const char *identity;
    enum ocpp_version version; /* of its last boot */
    const char *vendor;
    const char *model;
    const char *serial_number;
    const char *firmware_version;
};

/* ocpp_central_stations: shows the accepted stations of a store in the order of their identities. Returning false stops. Errors:
 * as ocpp_central_transactions(). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_central_stations(
    struct ocpp_storage *storage, bool (*visit)(const struct ocpp_station_record *station, void *user), void *user);

/* ocpp_central_security_profile: the highest security profile |identity| ever connected with: below it nobody comes in under that
 * name (A05.FR.07). 0 for a station that proved nothing yet. Errors: OCPP_ERR_ARGUMENT no identity; OCPP_ERR_STORAGE,
 * OCPP_ERR_CORRUPT, OCPP_ERR_NOMEM: not known, so let nobody in. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_central_security_profile(struct ocpp_storage *storage, const char *identity,
                                                                      enum ocpp_security_profile *profile);

/* ocpp_central_admits: what ocpp_central_connect() will say to |profile|, for a transport that has to know before the handshake
 * is complete. Errors: OCPP_ERR_SECURITY below the profile it proved before; as ocpp_central_security_profile(). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_central_admits(struct ocpp_central *central, const char *identity,
                                                            enum ocpp_security_profile profile);

/* ocpp_central_reset_security_profile: by an operator's hand, and not over OCPP: the station may come back with |profile| from
 * now on, the one way down there is: when it was replaced, or allows itself to go from 3 to 2 (A05.FR.08). A connection that
 * stands is not touched. |done| (may be NULL) as in storage.h. Errors: OCPP_ERR_ARGUMENT; those of storage write. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_central_reset_security_profile(struct ocpp_storage *storage, const char *identity,
                                                                            enum ocpp_security_profile profile,
                                                                            void (*done)(enum ocpp_status status, void *user),
                                                                            void *user);

/* ocpp_central_highest_number: the highest transaction number of 1.6 in a store, 0 when none was given: where a host's
 * next_transaction_number() goes on. Errors: OCPP_ERR_STORAGE, OCPP_ERR_CORRUPT. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_central_highest_number(struct ocpp_storage *storage, int64_t *number);

OCPP_END_DECLARATIONS

#endif
