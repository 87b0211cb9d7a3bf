/* charge_point_dialect.h: what a version of the protocol must be able to say and to hear for a charge point.
 *
 * A dialect turns domain events into messages of its version and messages into domain operations (charge_point_internal.h). It
 * keeps no state: what it must remember about a transaction stands in struct told. Everything that differs between versions is
 * behind this table; nothing else names one.
 */
#ifndef OCPP_LIB_CHARGE_POINT_DIALECT_H
#define OCPP_LIB_CHARGE_POINT_DIALECT_H

#include "entries.h"
#include "facts.h"
#include "metering.h"
#include "profiles.h"

/* What becomes of a fact when it is told. */
enum telling { TELL_NOTHING, TELL_START, TELL_UPDATE, TELL_END, TELL_READING };

/* What a status report says. |evse| 0: the station itself. */
struct status_report {
    int evse;
    int connector;
    enum ocpp_connector_status status;
    bool plugged;
    bool is_pulled;                 /* at the vehicle, and its transaction goes on */
    int fault_code;                 /* 0: none */
    bool fault_is_inherited;        /* it is of what the connector belongs to */
    const struct ocpp_fault *fault; /* NULL: none */
    struct moment since;
};

/* Verdicts of domain operations; each dialect has its words for them. */
enum verdict {
    VERDICT_ACCEPTED,
    VERDICT_REJECTED,
    VERDICT_SCHEDULED,
    VERDICT_REBOOT_REQUIRED,
    VERDICT_NOT_SUPPORTED,
    VERDICT_UNKNOWN,      /* no such place, variable or component */
    VERDICT_UNKNOWN_NAME, /* the component is known, the variable is not */
    VERDICT_IN_USE,       /* an authorised transaction runs there */
    VERDICT_OCCUPIED,     /* somebody is there, or it is kept for somebody */
    VERDICT_FAULTED,
    VERDICT_UNAVAILABLE,
    VERDICT_FAILED,
    VERDICT_LATER /* the answer follows */
};

/* Messages the central system may ask for. The last ones are reports of tasks. */
enum trigger_kind {
    TRIGGER_BOOT,
    TRIGGER_HEARTBEAT,
    TRIGGER_STATUS,
    TRIGGER_READING,
    TRIGGER_TRANSACTION,
    TRIGGER_FIRMWARE_STATUS,
    TRIGGER_SIGNED_FIRMWARE_STATUS,
    TRIGGER_DIAGNOSTICS_STATUS,
    TRIGGER_LOG_STATUS,
    TRIGGER_SIGN_STATION_CERTIFICATE, /* from here on those that only a block knows */
    TRIGGER_SIGN_V2G_CERTIFICATE,
    TRIGGER_SIGN_COMBINED_CERTIFICATE,
    TRIGGER_COUNT
};

struct transfer;
struct block_words; /* block.h */

struct dialect {
    enum ocpp_version version;
    enum family family;
    /* what a call of the central system meets while it rejects us: OCPP_ERR_CLOSED is silence */
    enum ocpp_status when_rejected;
    bool has_station_status; /* the station itself has a status of its own */
    bool has_tx_points;      /* where a transaction starts and stops can be chosen */

    bool (*supports)(const struct ocpp_action *action);
    void (*on_call)(struct ocpp_charge_point *cp, const struct ocpp_incoming_call *call);

    /* Each sends one request through ocpp_cp_send() and gives what that gave. */
    enum ocpp_status (*send_boot)(struct ocpp_charge_point *cp, enum ocpp_boot_reason reason);
    enum ocpp_status (*send_heartbeat)(struct ocpp_charge_point *cp);
    enum ocpp_status (*send_status)(struct ocpp_charge_point *cp, const struct status_report *report);
    enum ocpp_status (*send_authorize)(struct ocpp_charge_point *cp, const struct token *token);
    /* a reading asked for by the central system, outside the order of facts */
    enum ocpp_status (*send_reading)(struct ocpp_charge_point *cp, int evse, const struct reading *reading);
    enum reading_use triggered_use; /* whose measurands it has */

    /* the word of the version for a status, to see whether it says anything new */
    int (*status_word)(const struct status_report *report);
    /* what |fact| becomes after what was |told| */
    enum telling (*judge)(const struct fact *fact, const struct told *told);
    enum ocpp_status (*send_fact)(struct ocpp_charge_point *cp, enum telling telling, const struct fact *fact,
                                  const struct told *told);
    /* |told| after the fact was told, or given up */
    void (*note)(enum telling telling, const struct fact *fact, struct told *told);

    /* answers an unlock that took its time */
    void (*answer_unlock)(struct ocpp_charge_point *cp, struct ocpp_call_token call, enum verdict verdict);

    /* tells that a reservation ended unused; NULL: there is no word for it */
    enum ocpp_status (*send_reservation_end)(struct ocpp_charge_point *cp, int64_t id, enum reservation_state state);
    /* sends the next page of the open report; |end| gets its last entry. NULL: there are no reports */
    enum ocpp_status (*send_report)(struct ocpp_charge_point *cp, struct entry *end);

    /* messages of vendors */
    enum ocpp_status (*answer_data_transfer)(struct ocpp_charge_point *cp, struct ocpp_call_token call,
                                             const struct ocpp_data_transfer_answer *answer);
    enum ocpp_status (*send_data_transfer)(struct ocpp_charge_point *cp, const struct ocpp_data_transfer *request,
                                           struct transfer *transfer);

    /* tells that the task a trigger asked for rests */
    enum ocpp_status (*send_rest)(struct ocpp_charge_point *cp, enum trigger_kind kind);

    /* a page of the charging profiles there are, and a limit from outside; NULL: the version has no words for either */
    enum ocpp_status (*send_profiles)(struct ocpp_charge_point *cp, const struct profile_page *page);
    enum ocpp_status (*send_limit)(struct ocpp_charge_point *cp, const struct limit_report *report);

    const struct block_words *blocks; /* what the version has for each block, by enum block_id */
};

extern const struct dialect ocpp_cp_dialect_v16;
extern const struct dialect ocpp_cp_dialect_v201;

/* ocpp_cp_dialect: the dialect of a version; NULL when there is none in this build. */
const struct dialect *ocpp_cp_dialect(enum ocpp_version version);

/* ocpp_cp_dialect_versions: those there are, newest first, ended by OCPP_VERSION_NONE where there is room. */
void ocpp_cp_dialect_versions(enum ocpp_version versions[3]);

#endif
