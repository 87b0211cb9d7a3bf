/* charge_point.h: the charge point that pile firmware links.
 *
 * Firmware tells what happens at the hardware (plug, token, vehicle, fault, meter) and asks whether energy may flow (permit). The
 * engine keeps registration, authorization, transactions, metering and the durable queue, and speaks whatever version was
 * negotiated. It does no I/O and asks no clock: texts of the central system come in through receive, texts to it come out of
 * next_output, time is a parameter, and deadline tells when advance wants to be called. ocpp_client (adapters.h) does all of that
 * over libwebsockets.
 *
 * Numbering: EVSEs are 1 to evse_count, connectors 1 to connectors_per_evse within their EVSE. OCPP 1.6 sees one row of
 * connectors: EVSE 1's first, then EVSE 2's, and so on; the row is stored at first start and never renumbered.
 *
 * Threads: a handle belongs to one thread. Callbacks run inside the entry points of that thread, after the engine's own state is
 * consistent; they may call the inputs and the getters, not ocpp_charge_point_free() (asserted).
 *
 * docs/hardware.md is the contract with the hardware at a glance: what may wait, what is called again, what is kept.
 */
#ifndef OCPP_CHARGE_POINT_H
#define OCPP_CHARGE_POINT_H

#include <ocpp/device_model.h>
#include <ocpp/message.h>
#include <ocpp/rpc.h>
#include <ocpp/storage.h>
#include <ocpp/vocabulary.h>

OCPP_BEGIN_DECLARATIONS

struct ocpp_charge_point;

/* ocpp_meter_reading: what a meter shows at one moment. |samples| is borrowed until the engine returns from the call or the
 * callback that brought it; |count| is at most OCPP_READING_SAMPLES. Energy.Active.Import.Register without phase is what
 * transactions are measured by: where there are several, the one at the outlet. A register that falls during a transaction is
 * logged and not believed: until it is back where it was, it is neither told nor counted (OCPP 2.0.1 J02.FR.16), and the end
 * tells the highest one that was seen. */
enum { OCPP_READING_SAMPLES = 32 };

struct ocpp_meter_reading {
    const struct ocpp_sample *samples;
    size_t count;
};

/* ocpp_permit: what the hardware may do at one EVSE now. */
struct ocpp_permit {
    bool closed;               /* the contactor may be closed */
    int64_t max_power_w;       /* INT64_MAX: no limit but the hardware's. Both hold, docs/smart-charging.md */
    int64_t max_current_ma[3]; /* per phase; INT64_MAX: no limit but the hardware's */
    int phases;                /* how many phases may be used; 0: as the hardware likes */
    int phase_to_use;          /* 1 to 3 when phases is 1 and the choice matters; else 0 */
    int64_t min_power_w;       /* negative: discharging is allowed down to it */
    enum ocpp_permit_reason {
        OCPP_PERMIT_NO_TRANSACTION,
        OCPP_PERMIT_CHARGING,
        OCPP_PERMIT_SUSPENDED_BY_LIMIT, /* by a limit of 0, or lower than evse_min_current_ma */
        OCPP_PERMIT_NOT_AUTHORIZED,
        OCPP_PERMIT_NOT_DURABLE, /* the start is not stored yet */
        OCPP_PERMIT_FAULTED,
        OCPP_PERMIT_UNAVAILABLE,
        OCPP_PERMIT_STOPPED,
        OCPP_PERMIT_NOT_LOCKED /* the latch has not confirmed yet (the setting confirmed_locks) */
    } reason;
    int64_t valid_until_mono_ms; /* ask again then at the latest; OCPP_NEVER */
};

/* ocpp_fault: why a connector or an EVSE is faulted. |code| is one of the error codes of 1.6 (GroundFailure, OverCurrentFailure,
 * …); any other counts as OtherError. EVCommunicationError, WeakSignal and LocalListConflict are warnings: charging goes on,
 * and 1.6 is told of them beside the status. */
struct ocpp_fault {
    const char *code;
    const char *info;              /* at most 50 characters; NULL: none */
    const char *vendor_id;         /* NULL: none */
    const char *vendor_error_code; /* NULL: none */
};

/* ocpp_judgement: what was found about a token. Texts are borrowed for the call, never NULL. */
struct ocpp_judgement {
    enum ocpp_authorization authorization; /* OCPP_AUTHORIZATION_UNKNOWN_STATUS: nobody could be asked */
    enum ocpp_token_source {
        OCPP_TOKEN_SOURCE_NONE,      /* nobody's: there is no use for a token here now, or nobody could be asked */
        OCPP_TOKEN_SOURCE_CENTRAL,   /* the central system was asked, or sent the token itself */
        OCPP_TOKEN_SOURCE_LIST,      /* the local authorization list */
        OCPP_TOKEN_SOURCE_CACHE,     /* what the central system said before */
        OCPP_TOKEN_SOURCE_OFFLINE,   /* nobody knows it, and nobody can be asked: let pass (C15) */
        OCPP_TOKEN_SOURCE_NOT_NEEDED /* a start button, or no authorization is needed here (C02) */
    } source;
    bool is_master_pass;   /* it starts nothing; Accepted: what runs is stopped, or is to be chosen from (master_pass_display) */
    const char *language;  /* the driver's, as in RFC 5646 (2.x); "": not said */
    const char *language2; /* the driver's second (C01.FR.09); "": none */
    const char *message;   /* of the central system to the driver (2.x), with the answer just heard; "": none */
};

/* ocpp_hardware: what the engine asks of the firmware. Every callback must return at once (no waiting for the network or for
 * mechanics) and may be NULL unless it says otherwise. */
struct ocpp_hardware {
    /* ask ocpp_charge_point_permit() for this EVSE again; the answer has changed. Required. */
    void (*permit_changed)(int evse, void *user);
    /* writes at most |room| samples of the meter of |evse| (0: the main meter) and returns how many; 0: the meter does not answer
     * now, or there is no main meter. Signed values it points to must live until it is called again. Required, unless readings
     * are pushed (pushed_reading_ms). */
    size_t (*read_meter)(int evse, struct ocpp_sample *samples, size_t room, void *user);
    /* lock or open the connector's latch. |locked| is the wish, not the state. */
    void (*lock)(int evse, int connector, bool locked, void *user);
    /* restart the controller: soft lets the software restart, hard is like a power cut. Called when all that had to be stored is
     * stored; again, ResetRetries times, when ocpp_charge_point_reset_failed() is told or nothing has happened for a minute */
    void (*restart)(bool hard, void *user);
    /* the connector's status was changed, for lamps and displays */
    void (*status_changed)(int evse, int connector, enum ocpp_connector_status status, void *user);
    /* somebody's token was judged: for lamps and displays. |evse| is where it was presented; 0: at a reader for all of them */
    void (*token_judged)(int evse, const struct ocpp_token *token, const struct ocpp_judgement *judgement, void *user);
    /* the central system told the time; firmware may set its clock. The engine keeps its own offset in any case */
    void (*clock_told)(int64_t utc_ms, void *user);
    void *user;
    /* restart what belongs to one EVSE; then tell ocpp_charge_point_reset_done() or _failed(). NULL: an EVSE alone cannot be
     * reset (2.x B11.FR.09) */
    void (*restart_evse)(int evse, void *user);
    /* the central system changed a setting: |key| is its name in 1.6 (NULL: none), |name| in the device model (component NULL:
     * none), of the actual value or another. ocpp_charge_point_key_get() and _setting_get() tell the value. Not called for what
     * the firmware changed */
    void (*setting_changed)(const char *key, const struct ocpp_setting_name *name, void *user);
};

/* ocpp_boot_reason: why the controller started, as told in the boot (2.x BootReasonEnumType; 1.6 has no word for it). */
enum ocpp_boot_reason {
    /* in the settings: what ocpp_charge_point_restarting() or a reset noted before this start; else power up */
    OCPP_BOOT_REASON_NOTED,
    OCPP_BOOT_REASON_POWER_UP,
    OCPP_BOOT_REASON_REMOTE_RESET,
    OCPP_BOOT_REASON_LOCAL_RESET,
    OCPP_BOOT_REASON_APPLICATION_RESET,
    OCPP_BOOT_REASON_FIRMWARE_UPDATE,
    OCPP_BOOT_REASON_SCHEDULED_RESET,
    OCPP_BOOT_REASON_TRIGGERED,
    OCPP_BOOT_REASON_UNKNOWN,
    OCPP_BOOT_REASON_WATCHDOG
};

/* ocpp_connector_settings: what one connector is. */
struct ocpp_connector_settings {
    /* ConnectorEnumType of OCPP 2.0.1 ("cCCS2", "sType2"): what a reservation may ask for; NULL: unknown */
    const char *type;
    bool fixed_cable; /* the cable belongs to the station: there is nothing to lock or to unlock (F05.FR.07) */
};

/* Parts of a station, each declared in a header of its own. */
struct ocpp_certificates_settings;    /* certificates.h */
struct ocpp_network_settings;         /* network.h */
struct ocpp_firmware_settings;        /* firmware.h */
struct ocpp_diagnostics_settings;     /* diagnostics.h: logs and security events */
struct ocpp_monitoring_settings;      /* monitoring.h */
struct ocpp_customer_settings;        /* customer.h */
struct ocpp_display_settings;         /* display.h */
struct ocpp_cost_settings;            /* cost.h */
struct ocpp_plug_and_charge_settings; /* plug_and_charge.h */
struct ocpp_crypto;                   /* crypto.h */
struct ocpp_file_transfer;            /* file_transfer.h */

/* ocpp_charge_point_settings: start from ocpp_charge_point_settings_default(). The struct is copied, what it points to is
 * borrowed for life. Lengths are in characters. A setting outside its range makes ocpp_charge_point_new() fail. What has a name
 * of OCPP behind it is where the central system's setting begins (docs/settings.md). */
struct ocpp_charge_point_settings {
    const struct ocpp_allocator *allocator; /* NULL: malloc */
    struct ocpp_log log;

    /* --- what it is --- */
    const char *identity;         /* required; at most 48, no ':' */
    const char *vendor;           /* required; at most 50, of which 1.6 is told the first 20 */
    const char *model;            /* required; at most 20 */
    const char *serial_number;    /* NULL: none; at most 25 */
    const char *firmware_version; /* NULL: none; at most 50 */
    int evse_count;               /* 1 to 64; default 1 */
    int connectors_per_evse;      /* 1 to 8; default 1 */

    /* --- how it speaks --- */
    /* in the order of preference, ended by OCPP_VERSION_NONE; default: all that were built, newest first */
    enum ocpp_version versions[3];
    struct ocpp_json_limits limits;  /* of a message; 0: the default of each */
    struct ocpp_tolerance tolerance; /* of the central system's quirks; default none */
    /* entropy for ids; required */
    void (*random)(void *bytes, size_t size, void *user);
    void *random_user;
    int64_t boot_retry_ms;         /* wait after a boot without an answer, or one with interval 0; above 0; default 60,000 */
    int64_t heartbeat_interval_ms; /* until the central system gives one; above 0; default 300,000 */
    int64_t call_timeout_ms;       /* MessageTimeout; above 0; default 30,000 */

    /* --- transactions and what waits to be told --- */
    int64_t connection_timeout_ms;      /* EVConnectionTimeOut; default 60,000 */
    int64_t sample_interval_ms;         /* MeterValueSampleInterval; 0: no samples; default 60,000 */
    int64_t minimum_status_duration_ms; /* MinimumStatusDuration; default 0 */
    int transaction_attempts;           /* TransactionMessageAttempts; at least 1; default 3 */
    int64_t transaction_retry_ms;       /* TransactionMessageRetryInterval; default 60,000 */
    /* seconds for which only the family of versions is offered that waiting transactions began in; default 86,400 */
    int64_t family_hold_s;
    /* transaction records that wait: at least 2 per EVSE, better 4 where an authorization may end before its transaction (2.x
     * TxStopPoint without Authorized); at most 1,000,000. Without room for its end no transaction starts. Default 1,000 */
    size_t max_queued_records;
    /* security events and events of the device model that wait: 1 to 10,000; default 100. 16 bytes of memory each */
    size_t max_notices;
    bool offline_unknown_allowed; /* AllowOfflineTxForUnknownId; default false */

    /* --- what a boot tells beside that; NULL: none. 2.x has words for the modem and the reason only --- */
    const char *charge_box_serial_number; /* at most 25 */
    const char *meter_type;               /* of the main meter; at most 25 */
    const char *meter_serial_number;      /* at most 25 */
    const char *iccid;                    /* of the SIM at the start; at most 20; later: ocpp_charge_point_modem() */
    const char *imsi;                     /* at most 20 */
    enum ocpp_boot_reason boot_reason;    /* what the hardware knows of this start; default: what was noted before it */

    /* --- connectors and reservations --- */
    const struct ocpp_connector_settings *connectors; /* one per connector, EVSE 1's first; NULL: nothing is known of them */
    size_t max_reservations; /* kept, or ended and not told yet; at most 128; 0 (default): two per EVSE */
    /* the firmware tells of every locking by ocpp_charge_point_latch(), and charging waits for it; default false */
    bool confirmed_locks;

    /* --- tokens --- */
    /* Those of list and cache stand in the store as text: it deserves the protection of personal data (C10.FR.12). */
    size_t local_list_length; /* entries of the local list, in the store; at most 1,000,000; 0: there is none; default 100 */
    size_t local_list_items;  /* of them in one message, which takes memory in proportion; 1 to 1,000,000; default 100 */
    size_t cache_entries;     /* in the store, and 24 bytes of memory each; at most 65,536; 0: there is no cache; default 100 */
    /* who presents a master pass chooses on a display what to stop: ocpp_charge_point_stop() with OCPP_STOP_MASTER_PASS
     * (C16.FR.01); default false: everything stops (C16.FR.02) */
    bool master_pass_display;
    const char *no_authorization_id; /* idTag in 1.6 where nobody was authorised; at most 20; default "NoAuthorization" */

    /* --- reservations and messages of vendors --- */
    bool reservations_off;     /* until the central system switches them on (2.x ReservationCtrlr Enabled); default false */
    bool reservations_by_evse; /* each has to name its EVSE (1.6 ReserveConnectorZeroSupported false); default false */
    size_t max_data_vendors;   /* that somebody speaks for in DataTransfer; at most 1,000; default 4 */
    size_t max_data_transfers; /* of ours on their way at a time; at most 1,000; default 4 */

    /* --- meters --- */
    /* readings that the end of a transaction tells, first and last among them (StopTransactionMaxMeterValues): 2 to 10,000;
     * default 100 */
    int max_transaction_readings;
    /* what the meters can measure, OCPP_MEASURAND_BIT() of each: a list that names another is refused (1.6 errata 3.14.4);
     * 0 (default): anything */
    int64_t measurands;
    /* room for the signed values of one reading: at most 16,000; 5,200 hold the longest one there can be; 0 (default): the meters
     * do not sign, and no setting about it exists */
    size_t max_signed_bytes;
    int64_t pushed_reading_ms; /* how long a reading that was pushed counts; 0 (default): readings are not pushed */
    int64_t meter_wait_ms;     /* how long a start or an end waits for a meter that does not answer; default 0 */

    /* --- the device model --- */
    const struct ocpp_own_setting *own_settings;        /* the firmware's (device_model.h); NULL: none */
    size_t own_setting_count;                           /* at most 256 */
    const struct ocpp_evse_properties *evse_properties; /* one per EVSE; NULL: 22,080 W in three phases are told */

    /* --- after a restart that was no reset of the central system's --- */
    /* how long a transaction is held, without energy, until its connector is told to be plugged in, and goes on then. For a board
     * that can tell that it is the same vehicle; 0 (default): it ends at once */
    int64_t resume_transactions_ms;

    /* --- smart charging (docs/smart-charging.md) --- */
    size_t max_profiles;            /* installed at a time; 0: no smart charging; at most 1,000; default 20 */
    size_t max_periods_per_profile; /* 1 to 200; default 24. A profile takes about 150 bytes and 16 for each of them */
    int max_stack_level;            /* the highest there may be, 0 to 1,000; default 9 */
    unsigned rate_units;            /* enum ocpp_rate_unit: in which limits may be set; default both */
    bool phases_fixed;              /* the contactor closes all: limits for fewer are refused (K01.FR.43); default false */
    bool phase_switching; /* the hardware can choose which one phase to use (ACPhaseSwitchingSupported); default false */
    /* to convert between A and W (K01.FR.50): phase to neutral, or of the direct current; 1 to 2,000; default 230 */
    int nominal_voltage_v;
    int64_t evse_max_current_ma;    /* of one EVSE, per phase; at most 10^7; 0 (default): what evse_properties give */
    int64_t evse_min_current_ma;    /* no vehicle draws less: a lower limit suspends; at most 10^6; default 6,000 (IEC 61851) */
    int64_t station_max_current_ma; /* of all EVSEs together, per phase: the fuse (K04.FR.02); at most 10^8; 0 (default): none */

    /* --- parts a station need not have, each in the header of its name; NULL (default): it has not, its messages are not
     * supported and its variables do not exist. One that was left out of the build may not be asked for --- */
    const struct ocpp_certificates_settings *certificates;
    const struct ocpp_network_settings *network;
    const struct ocpp_firmware_settings *firmware;
    const struct ocpp_diagnostics_settings *diagnostics;
    const struct ocpp_monitoring_settings *monitoring;
    const struct ocpp_customer_settings *customer;
    const struct ocpp_display_settings *display;
    const struct ocpp_cost_settings *cost;
    const struct ocpp_plug_and_charge_settings *plug_and_charge;
    const struct ocpp_crypto *crypto;               /* crypto.h; needed by those that say so */
    const struct ocpp_file_transfer *file_transfer; /* file_transfer.h; likewise */
};

/* ocpp_charge_point_settings_default: each member as its comment says; without one, 0, false or NULL. */
OCPP_API struct ocpp_charge_point_settings ocpp_charge_point_settings_default(void);

/* ocpp_charge_point_new: a charge point, its records read back from |storage|. |settings| and |hardware| are copied; |storage| is
 * borrowed for life. NULL: no memory, or a required setting is missing or outside its range (the log says which). Records that
 * cannot be read are set aside under "corrupt/" and logged. The inputs may be used at once; nothing is sent before
 * ocpp_charge_point_link_up(). */
OCPP_API struct ocpp_charge_point *ocpp_charge_point_new(const struct ocpp_charge_point_settings *settings,
                                                         const struct ocpp_hardware *hardware, struct ocpp_storage *storage,
                                                         struct ocpp_now now);

/* ocpp_charge_point_free: what is stored stays stored and is told after the next start. To a transaction that runs now it is a
 * power cut: the next start ends it, for PowerLoss if its boot reason is power up and else for Reboot; or holds it, where
 * |resume_transactions_ms| is set and the central system asked for no reset. NULL is fine. */
OCPP_API void ocpp_charge_point_free(struct ocpp_charge_point *cp);

/* --- the link --------------------------------------------------------------------------------------------------- */

/* ocpp_charge_point_offer: the versions to offer at the next handshake, in order, ended by OCPP_VERSION_NONE: the settings' list,
 * or only the family of the transactions that wait to be told. */
OCPP_API void ocpp_charge_point_offer(const struct ocpp_charge_point *cp, struct ocpp_now now, enum ocpp_version versions[4]);

/* ocpp_charge_point_link_up: the handshake is complete and |version| was negotiated.
 * Errors: OCPP_ERR_STATE a link is up; OCPP_ERR_ARGUMENT the version is not built in. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_link_up(struct ocpp_charge_point *cp, enum ocpp_version version,
                                                                  struct ocpp_now now);

/* ocpp_charge_point_link_down: the connection is gone; everything that must not be lost stays queued. */
OCPP_API void ocpp_charge_point_link_down(struct ocpp_charge_point *cp, struct ocpp_now now);

/* ocpp_charge_point_receive, _next_output, _deadline, _advance: as in rpc.h. Errors of receive: OCPP_ERR_STATE no link;
 * OCPP_ERR_NOMEM; OCPP_ERR_TOO_LARGE close the connection with 1009. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_receive(struct ocpp_charge_point *cp, const char *text, size_t size,
                                                                  struct ocpp_now now);
OCPP_API const char *ocpp_charge_point_next_output(struct ocpp_charge_point *cp, size_t *size, struct ocpp_now now);
OCPP_API int64_t ocpp_charge_point_deadline(const struct ocpp_charge_point *cp);
OCPP_API void ocpp_charge_point_advance(struct ocpp_charge_point *cp, struct ocpp_now now);

/* ocpp_charge_point_profile_switched: the next link goes to another central system (another network connection profile): whatever
 * was agreed with the last one is void, and a boot asks for acceptance again (OCPP 2.0.1 B10.FR.10). Errors: OCPP_ERR_STATE a
 * link is up (B10.FR.06). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_profile_switched(struct ocpp_charge_point *cp, struct ocpp_now now);

/* ocpp_charge_point_modem: the SIM that is in use, copied; NULL or "": none. A change of what was told is told in a boot with the
 * next link (part 4, 5.3). Errors: OCPP_ERR_ARGUMENT more than 20 characters, or no text. */
OCPP_API enum ocpp_status ocpp_charge_point_modem(struct ocpp_charge_point *cp, const char *iccid, const char *imsi,
                                                  struct ocpp_now now);

/* ocpp_charge_point_restarting: the firmware is about to restart by its own doing; |reason| is kept for exactly the next start.
 * Call it before a local reset, a firmware update, a watchdog that bites; not in the restart callback: the engine has done it.
 * Stop what runs first: a transaction that still runs is ended at the next start, reason Reboot, unless |resume_transactions_ms|
 * holds it and |reason| is no reset of the central system's (RemoteReset, ScheduledReset). Errors: OCPP_ERR_ARGUMENT |reason| is
 * NOTED or none; those of the store: the next boot tells power up. */
OCPP_API enum ocpp_status ocpp_charge_point_restarting(struct ocpp_charge_point *cp, enum ocpp_boot_reason reason,
                                                       struct ocpp_now now);

/* ocpp_charge_point_watch_frames: |watch| sees every frame both ways (rpc.h, on_frame); NULL ends it. */
OCPP_API void ocpp_charge_point_watch_frames(struct ocpp_charge_point *cp,
                                             void (*watch)(enum ocpp_direction from, const char *text, size_t size,
                                                           const struct ocpp_issue *issue, void *user),
                                             void *user);

/* --- inputs of the hardware --------------------------------------------------------------------------------------- */
/* An input never blocks and never fails for want of a link. Errors: OCPP_ERR_ARGUMENT no such EVSE or connector; OCPP_ERR_NOMEM;
 * nothing happened then. */

/* ocpp_charge_point_plug: the cable was plugged into the vehicle, or pulled. A pulled cable ends the authorization (2.x
 * StopTxOnEVSideDisconnect, 1.6 StopTransactionOnEVSideDisconnect) or suspends it until it is plugged in again, for as long as a
 * first plug is waited for where the station has no locks (E10.FR.02). After a restart: tell what is plugged in, and what is not
 * where a transaction is held (|resume_transactions_ms|). */
OCPP_API enum ocpp_status ocpp_charge_point_plug(struct ocpp_charge_point *cp, int evse, int connector, bool plugged,
                                                 struct ocpp_now now);

/* ocpp_charge_point_bay: a detector sees a vehicle in the parking bay of |evse|, or sees it gone. Without a detector it is never
 * called. A transaction may start and stop with it (OCPP 2.0.1 E01.FR.01, E06.FR.01). */
OCPP_API enum ocpp_status ocpp_charge_point_bay(struct ocpp_charge_point *cp, int evse, bool occupied, struct ocpp_now now);

/* ocpp_charge_point_token: somebody presented a token at |evse| (0: at a reader for all of them; the EVSE that waits for one is
 * meant). Presenting the token of a running transaction again, or one of its group, ends it; a master pass ends all. At a reader
 * for all EVSEs a token of the group ends a transaction only where nothing could be started with it. What is known locally is
 * used as LocalPreAuthorize, LocalAuthorizeOffline and their like say; entries with a date count as expired while nobody knows
 * the time. */
OCPP_API enum ocpp_status ocpp_charge_point_token(struct ocpp_charge_point *cp, int evse, const struct ocpp_token *token,
                                                  struct ocpp_now now);

/* ocpp_charge_point_start_button: somebody pressed the button that starts charging without authorization at |evse| (0: one for
 * all of them), or, where it began so, ends it (OCPP 2.0.1 C02). */
OCPP_API enum ocpp_status ocpp_charge_point_start_button(struct ocpp_charge_point *cp, int evse, struct ocpp_now now);

/* ocpp_charge_point_vehicle: whether the vehicle draws (true) or has suspended by its own doing (false). */
OCPP_API enum ocpp_status ocpp_charge_point_vehicle(struct ocpp_charge_point *cp, int evse, bool draws, struct ocpp_now now);

/* ocpp_charge_point_fault: the connector (0: the whole EVSE; EVSE 0: the station) is faulted, perhaps one fault more: the worst
 * is shown. NULL says it recovered from all of them. */
OCPP_API enum ocpp_status ocpp_charge_point_fault(struct ocpp_charge_point *cp, int evse, int connector,
                                                  const struct ocpp_fault *fault, struct ocpp_now now);

/* ocpp_charge_point_recovered: one of several faults of a place is over; the worst of the others is shown then. Errors:
 * OCPP_ERR_ARGUMENT no such place, or no |code|. */
OCPP_API enum ocpp_status ocpp_charge_point_recovered(struct ocpp_charge_point *cp, int evse, int connector, const char *code,
                                                      struct ocpp_now now);

/* ocpp_charge_point_stop: ends the transaction at |evse| for |reason|. What a driver, a vehicle or a limit ends (Local,
 * StoppedByEV, LocalOutOfCredit, MasterPass, EnergyLimitReached, SOCLimitReached, TimeLimitReached) is the authorization: energy
 * ceases, and in 2.x the transaction ends with it or later, as TxStopPoint says (E07, E15). Any other reason (an emergency stop)
 * ends everything at once (E06.FR.16). Errors: OCPP_ERR_ARGUMENT; OCPP_ERR_NOT_FOUND none is running. */
OCPP_API enum ocpp_status ocpp_charge_point_stop(struct ocpp_charge_point *cp, int evse, enum ocpp_stop_reason reason,
                                                 struct ocpp_now now);

/* ocpp_charge_point_latch: the latch of a connector locked or opened: feedback for the lock callback. One that is open although
 * it should lock has failed (1.6 ConnectorLockFailure; 2.x G05): the connector is faulted, nothing is charged, and the latch is
 * opened, until it locks or the cable is pulled. An unlock asked for by the central system counts as done with it, and as failed
 * when it stays away for 10 s. */
OCPP_API enum ocpp_status ocpp_charge_point_latch(struct ocpp_charge_point *cp, int evse, int connector, bool locked,
                                                  struct ocpp_now now);

/* ocpp_charge_point_is_unlocking: the central system asked to unlock |evse|, and waits for its latch: for the lock callback,
 * whose wish may also be the end of a transaction. (1.6 5.18; 2.x F05) */
OCPP_API bool ocpp_charge_point_is_unlocking(const struct ocpp_charge_point *cp, int evse);

/* ocpp_charge_point_reset_failed: a restart that was asked for of the station (|evse| 0) or of an EVSE will not come about;
 * silence for a minute says the same. It is asked for again 10 s later, ResetRetries times; then it is given up and the place
 * works on. ocpp_charge_point_reset_done: the EVSE has restarted and works again. Errors: OCPP_ERR_ARGUMENT no such place;
 * OCPP_ERR_STATE nothing was asked for there. OCPP 2.0.1 B11, B12. */
OCPP_API enum ocpp_status ocpp_charge_point_reset_failed(struct ocpp_charge_point *cp, int evse, struct ocpp_now now);
OCPP_API enum ocpp_status ocpp_charge_point_reset_done(struct ocpp_charge_point *cp, int evse, struct ocpp_now now);

/* ocpp_charge_point_hold_resets: while something runs that must not be interrupted (a firmware update, say) resets are rejected,
 * and one that is due waits (OCPP 2.0.1 B11.FR.06). */
OCPP_API void ocpp_charge_point_hold_resets(struct ocpp_charge_point *cp, bool held, struct ocpp_now now);

/* ocpp_charge_point_meter: what the meter of |evse| (0: the main meter) showed at |now|, for firmware whose meters answer later,
 * or speak by themselves. The engine keeps the latest reading of each meter. When it needs one and read_meter is NULL or returns
 * 0, it uses that, if it is not older than pushed_reading_ms, with the moment it was pushed as its time where that is more than a
 * second ago. A start or an end that waits for the meter (meter_wait_ms) goes on with it at once. |reading| and what it points to
 * are copied. Errors: OCPP_ERR_ARGUMENT also for no samples, or too many; OCPP_ERR_STATE readings are not pushed. OCPP 1.6 4.7;
 * OCPP 2.0.1 J01, J02. */
OCPP_API enum ocpp_status ocpp_charge_point_meter(struct ocpp_charge_point *cp, int evse,
                                                  const struct ocpp_meter_reading *reading, struct ocpp_now now);

/* ocpp_external_limit: a limit that somebody beside the central system sets: an energy manager, the system operator, a smart
 * meter. What is INT64_MAX is not limited; at most 10^9. */
struct ocpp_external_limit {
    enum ocpp_limit_source source;
    bool is_grid_critical;
    int64_t max_current_ma; /* per phase */
    int64_t max_power_w;    /* in all */
};

/* ocpp_charge_point_external_limit: from now on |limit| holds at |evse| (0: for all EVSEs together), beside what the central
 * system has set; NULL: it is gone. The central system is told where its version has words (OCPP 2.0.1 K11 to K13). It is not
 * kept over a restart: tell it again then. Errors: OCPP_ERR_ARGUMENT no such EVSE, a negative limit, none at all, or the source
 * of the central system's own. */
OCPP_API enum ocpp_status ocpp_charge_point_external_limit(struct ocpp_charge_point *cp, int evse,
                                                           const struct ocpp_external_limit *limit, struct ocpp_now now);

/* --- messages of vendors ------------------------------------------------------------------------------------------------- */
/* DataTransfer carries what no version has a message for, in any version (1.6 4.3, 5.6; 2.x P01, P02). A vendor's extension
 * registers for its vendor id, is asked what comes for it, and asks the central system itself. */

/* ocpp_data_transfer_handler: who speaks for a vendor. The struct is copied; |vendor_id| is borrowed as long as it is registered.
 */
struct ocpp_data_transfer_handler {
    const char *vendor_id; /* upper and lower case are the same */
    /* a request: answer it now or later with ocpp_charge_point_answer_data_transfer(). Who does not know |message_id| says so
     * (P01.FR.06). Not answered within a minute, it is answered with InternalError. NULL: nobody speaks for the vendor any more
     */
    void (*on_request)(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request, struct ocpp_call_token call,
                       void *user);
    /* whether messages may be sent now: after the registration, after each acceptance by the central system, and when the link
     * went. NULL: not told */
    void (*on_link)(struct ocpp_charge_point *cp, bool accepted, void *user);
    void *user;
};

/* ocpp_charge_point_on_data_transfer: registers |handler|, in the place of the one that was registered for its vendor id.
 * Errors: OCPP_ERR_ARGUMENT no vendor id; OCPP_ERR_LIMIT max_data_vendors are registered. */
OCPP_API enum ocpp_status ocpp_charge_point_on_data_transfer(struct ocpp_charge_point *cp,
                                                             const struct ocpp_data_transfer_handler *handler,
                                                             struct ocpp_now now);

/* ocpp_charge_point_answer_data_transfer: answers |call|, from within on_request or later.
 * Errors: OCPP_ERR_NOT_FOUND nobody waits for it any more; OCPP_ERR_ARGUMENT |result| is none, or |call| is of another message;
 * those of class MESSAGE the data are no JSON, or no text; OCPP_ERR_LIMIT, OCPP_ERR_NOMEM. The call is open still but after the
 * first. */
OCPP_API enum ocpp_status ocpp_charge_point_answer_data_transfer(struct ocpp_charge_point *cp, struct ocpp_call_token call,
                                                                 const struct ocpp_data_transfer_answer *answer,
                                                                 struct ocpp_now now);

/* ocpp_charge_point_data_transfer: asks the central system. |on_answer| (may be NULL) runs once, never inside this function,
 * except that nothing runs any more once the charge point is freed. Nothing is kept for a link that is not there.
 * Errors, and nothing was sent: OCPP_ERR_STATE no link, or we are not accepted; OCPP_ERR_BUSY max_data_transfers are on their
 * way; OCPP_ERR_ARGUMENT no vendor id, or no data of that kind; those of class MESSAGE too long, no JSON, no text;
 * OCPP_ERR_LIMIT, OCPP_ERR_NOMEM. */
OCPP_API enum ocpp_status ocpp_charge_point_data_transfer(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request,
                                                          void (*on_answer)(struct ocpp_charge_point *cp,
                                                                            const struct ocpp_data_transfer_answer *answer,
                                                                            void *user),
                                                          void *user, struct ocpp_now now);

/* --- what the firmware asks ---------------------------------------------------------------------------------------- */

/* ocpp_charge_point_permit: what the hardware may do at |evse|. For an EVSE that does not exist nothing is allowed. */
OCPP_API struct ocpp_permit ocpp_charge_point_permit(const struct ocpp_charge_point *cp, int evse, struct ocpp_now now);

/* ocpp_evse_view: an EVSE as a display would show it. Texts live until the next entry point is called. */
struct ocpp_evse_view {
    enum ocpp_connector_status status; /* of the connector in use, else of the first */
    bool transaction;
    char transaction_uuid[37];
    const char *transaction_id; /* as the central system knows it (1.6: its number); "" until it is known */
    const char *token;          /* "" when nobody is authorised */
    int64_t started_utc_ms;     /* OCPP_UTC_UNKNOWN */
    /* of the transaction so far: the register now minus the register at the start, each rounded to whole Wh, half away from
     * zero, as meterStart and meterStop are */
    int64_t energy_wh;
    enum ocpp_charging_state charging_state;
};

OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_evse(const struct ocpp_charge_point *cp, int evse,
                                                               struct ocpp_evse_view *view);

/* ocpp_reservation_view: a place that is kept for somebody. Texts live until the next entry point is called. */
struct ocpp_reservation_view {
    int64_t id;
    int evse;                   /* 0: any */
    int connector;              /* as it was named; its whole EVSE is kept. 0: none */
    const char *connector_type; /* "": any */
    struct ocpp_token token;    /* for whom */
    const char *group;          /* and for all of that group; "" */
    int64_t expires_utc_ms;
    bool presented; /* its owner is there; the place is no longer kept for anybody else */
};

/* ocpp_charge_point_reservations: writes at most |room| of them and returns how many there are, which may be more. */
OCPP_API size_t ocpp_charge_point_reservations(const struct ocpp_charge_point *cp, struct ocpp_reservation_view *views,
                                               size_t room);

/* ocpp_charge_point_view: the station as a display would show it. */
struct ocpp_charge_point_view {
    enum ocpp_version version;           /* of the open link; OCPP_VERSION_NONE */
    enum ocpp_registration registration; /* as last told; kept over a loss of the link */
    size_t queued_records;               /* transaction records the central system has not acknowledged */
    size_t parked_records;               /* of them, those of transactions that began in another family than the open link's */
    size_t dropped_records;              /* intermediate records given up for want of room, in this run */
    size_t dead_letters;                 /* records given up after the last attempt */
    int64_t utc_offset_ms;               /* the central system's clock minus ours */
    size_t corrupt_records;              /* of the store, that could not be read and are kept aside */
    size_t queued_notices;               /* security events and events of the device model that nobody has acknowledged */
    size_t dropped_notices;              /* of them, those given up in this run: no room, no word for them, no valid answer */
};

OCPP_API struct ocpp_charge_point_view ocpp_charge_point_view(const struct ocpp_charge_point *cp);

/* ocpp_transport: how the connection is kept (OCPP 2.0.1 part 4, 8; 1.6-J, 7). */
struct ocpp_transport {
    int64_t ping_interval_ms;      /* WebSocketPingInterval; 0: no pings */
    int64_t retry_wait_minimum_ms; /* RetryBackOffWaitMinimum */
    int64_t retry_random_range_ms; /* RetryBackOffRandomRange */
    int retry_repeat_times;        /* RetryBackOffRepeatTimes */
};

/* ocpp_charge_point_set_transport: the defaults of whoever makes the connection; the central system reads them (rounded up to
 * seconds), unless it has set others. ocpp_charge_point_transport: what counts now; ask before each attempt and each ping.
 * ocpp_client (adapters.h) does both. */
OCPP_API void ocpp_charge_point_set_transport(struct ocpp_charge_point *cp, const struct ocpp_transport *transport);
OCPP_API struct ocpp_transport ocpp_charge_point_transport(const struct ocpp_charge_point *cp);

/* ocpp_charge_point_must_reconnect: the open link is to be closed and the next connection made at once: the password, the
 * security profile or the station's certificate has changed (OCPP 2.0.1 A01, A02.FR.08; 1.6 whitepaper A05.FR.06). Becomes true
 * when everything that was waiting to leave has left: look whenever ocpp_charge_point_next_output() has no more. */
OCPP_API bool ocpp_charge_point_must_reconnect(const struct ocpp_charge_point *cp);

/* ocpp_kept_record: something that is kept in the store and not used: a dead letter (a transaction record given up after the last
 * attempt), or a record that could not be read. At most 100 dead letters and 64 others are kept; the oldest make room, others in
 * the order of their keys. Borrowed for the visit. */
struct ocpp_kept_record {
    const char *key;   /* its name for the functions below */
    const void *bytes; /* as they are in the store */
    size_t size;
    bool is_dead_letter;  /* what follows is known of those only */
    char transaction[37]; /* its UUID */
    int evse;
    enum ocpp_trigger trigger;
    bool is_first;    /* the start of the transaction */
    bool is_last;     /* its end */
    int64_t utc_ms;   /* when it happened; OCPP_UTC_UNKNOWN */
    int64_t meter_wh; /* the register then */
};

/* ocpp_charge_point_each_kept: shows what is kept, dead letters first, oldest first, until |visit| returns false. |visit| may not
 * call anything of |cp|. _requeue: the dead letter |key| is told again, in its old place in the queue and with the number it had;
 * the attempts count from the beginning. The central system may have given up on its transaction meanwhile. _discard: the record
 * |key| is gone. Errors: OCPP_ERR_STATE called from a callback; OCPP_ERR_NOT_FOUND nothing is kept under |key|; OCPP_ERR_FULL the
 * queue has no room; those of the store. */
OCPP_API enum ocpp_status ocpp_charge_point_each_kept(struct ocpp_charge_point *cp,
                                                      bool (*visit)(const struct ocpp_kept_record *record, void *user),
                                                      void *user);
OCPP_API enum ocpp_status ocpp_charge_point_requeue(struct ocpp_charge_point *cp, const char *key, struct ocpp_now now);
OCPP_API enum ocpp_status ocpp_charge_point_discard(struct ocpp_charge_point *cp, const char *key, struct ocpp_now now);

/* ocpp_charge_point_identity: as in the settings. Lives as long as |cp|. */
OCPP_API const char *ocpp_charge_point_identity(const struct ocpp_charge_point *cp);

/* ocpp_charge_point_utc_ms: the present time with the central system's offset applied; OCPP_UTC_UNKNOWN when nobody knows. */
OCPP_API int64_t ocpp_charge_point_utc_ms(const struct ocpp_charge_point *cp, struct ocpp_now now);

/* ocpp_charge_point_now: the latest time the engine was told: what to use within its callbacks, which are not given one. */
OCPP_API struct ocpp_now ocpp_charge_point_now(const struct ocpp_charge_point *cp);

/* ocpp_charge_point_local_offset_ms: what a display adds to UTC to show local time: TimeOffset, or from its date on the next one
 * (OCPP 2.0.1 ClockCtrlr; 1.6: keys of the same names). 0 while none is set. */
OCPP_API int64_t ocpp_charge_point_local_offset_ms(const struct ocpp_charge_point *cp, struct ocpp_now now);

/* ocpp_charge_point_rpc: the call layer, for typed messages the vocabulary does not have. It belongs to the charge point. */
OCPP_API struct ocpp_rpc *ocpp_charge_point_rpc(struct ocpp_charge_point *cp);

OCPP_END_DECLARATIONS

#endif
