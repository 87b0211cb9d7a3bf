/* central_orders.h: what a central system orders of a station beside starting, stopping, unlocking, resetting and triggering
 * (central_system.h), in words of no version.
 *
 * Each order is one call. It fails at once with the errors of all commands (central_system.h), or |done| runs exactly once with
 * the answer. OCPP_ERR_UNSUPPORTED_ACTION: the version at hand has no word for the order, or not for what makes this one special;
 * nothing was sent then, and nothing is ever left out silently. What is pointed to is borrowed for the call.
 */
#ifndef OCPP_CENTRAL_ORDERS_H
#define OCPP_CENTRAL_ORDERS_H

#include <ocpp/central_system.h>
#include <ocpp/crypto.h>

OCPP_BEGIN_DECLARATIONS

/* --- availability and reservation ------------------------------------------------------------------------------------ */

/* ocpp_station_change_availability: ChangeAvailability (1.6 5.2; 2.x G03, G04). |evse| 0: the whole station; |connector| 0: the
 * whole EVSE. In 1.6 EVSE n is connector n. "Scheduled" counts as accepted. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_change_availability(struct ocpp_station *station, int evse, int connector,
                                                                         bool operative, const struct ocpp_command_done *done);

/* ocpp_station_reset_evse: Reset of one EVSE, from 1 (2.x B11, B12); "Scheduled" counts as accepted. 1.6 resets whole stations:
 * OCPP_ERR_UNSUPPORTED_ACTION. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_reset_evse(struct ocpp_station *station, int evse, bool immediately,
                                                                const struct ocpp_command_done *done);

/* ocpp_reservation_order: a place for somebody. */
struct ocpp_reservation_order {
    int64_t id;                 /* the application's; an order with the id of another replaces it (1.6 5.13; H01.FR.02) */
    int evse;                   /* 0: any; 1.6: connector n, 0: any */
    const char *connector_type; /* 2.x ConnectorEnumType ("cCCS2"), together with |evse| 0; NULL: any */
    struct ocpp_token token;
    const char *group_id; /* NULL: none */
    int64_t expires_utc_ms;
};

/* ocpp_station_reserve: ReserveNow (1.6 5.13; 2.x H01). ocpp_station_cancel_reservation: CancelReservation (1.6 5.1; H02). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_reserve(struct ocpp_station *station,
                                                             const struct ocpp_reservation_order *order,
                                                             const struct ocpp_command_done *done);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_cancel_reservation(struct ocpp_station *station, int64_t id,
                                                                        const struct ocpp_command_done *done);

/* --- tokens the station knows ------------------------------------------------------------------------------------------ */

/* ocpp_station_clear_cache: ClearCache (1.6 5.4; C11). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_clear_cache(struct ocpp_station *station,
                                                                 const struct ocpp_command_done *done);

/* ocpp_station_get_list_version: GetLocalListVersion (1.6 5.10; D02); |list_version| of the result. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_get_list_version(struct ocpp_station *station,
                                                                      const struct ocpp_command_done *done);

/* ocpp_list_entry: a token of a local list and what is known of it. */
struct ocpp_list_entry {
    struct ocpp_token token;
    bool removed; /* in an update: the station forgets it; the rest is not looked at */
    enum ocpp_authorization authorization;
    const char *group_id;   /* NULL: none */
    int64_t expires_utc_ms; /* OCPP_UTC_UNKNOWN: never */
};

/* ocpp_list_update: |version| is what the list has afterwards, above 0. |is_whole|: the entries are the list; else they change
 * it. */
struct ocpp_list_update {
    int64_t version;
    bool is_whole;
    const struct ocpp_list_entry *entries;
    size_t count;
};

/* ocpp_station_send_list: SendLocalList (1.6 5.15; D01), in one message; how many entries one may hold is a setting of the
 * station (SendLocalListMaxLength; LocalAuthListCtrlr ItemsPerMessage): OCPP_ERR_LIMIT where it is known and there are more.
 * "VersionMismatch": the station has a list that |version| does not follow; send it whole. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_send_list(struct ocpp_station *station,
                                                               const struct ocpp_list_update *update,
                                                               const struct ocpp_command_done *done);

/* ocpp_list_difference: what leads from the list |before| to the list |after|: writes at most |room| entries to |changes|, those
 * that go first, and returns how many there are, which may be more. Entries of |changes| borrow the texts of both lists. Tokens
 * are the same when their texts are, upper and lower case apart, and their types. Both lists may be in any order, and are not
 * changed; they may not hold a token twice. Errors: SIZE_MAX there was no memory for their indexes. */
OCPP_API size_t ocpp_list_difference(const struct ocpp_allocator *allocator, const struct ocpp_list_entry *before,
                                     size_t before_count, const struct ocpp_list_entry *after, size_t after_count,
                                     struct ocpp_list_entry *changes, size_t room);

/* --- settings ------------------------------------------------------------------------------------------------------------ */

/* ocpp_setting_address: a setting as 1.6 names it, as 2.x names it, or both: the version at hand takes its own, and refuses with
 * OCPP_ERR_UNSUPPORTED_ACTION what has none there. */
struct ocpp_setting_address {
    const char *key;       /* 1.6; NULL: none */
    const char *component; /* 2.x; NULL: none */
    const char *component_instance;
    int evse;      /* of the component; 0: none */
    int connector; /* likewise, with |evse| */
    const char *variable;
    const char *variable_instance;
    const char *attribute; /* "Actual", "Target", "MinSet", "MaxSet"; NULL: Actual */
};

/* ocpp_setting_answer: one setting as the station told it. */
struct ocpp_setting_answer {
    struct ocpp_setting_address name;
    const char *word;  /* 2.x GetVariableStatusEnumType; 1.6 "Accepted", "UnknownKey" */
    const char *value; /* NULL: not told */
    bool is_readonly;  /* 1.6; 2.x does not say it here */
    bool is_unknown;   /* the station has no such setting */
};

/* ocpp_station_get_settings: GetConfiguration (1.6 5.8; |count| 0: all) or GetVariables (B06; at least one). How many may be
 * asked for at a time is a setting of the station. |settings| of the result. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_get_settings(struct ocpp_station *station,
                                                                  const struct ocpp_setting_address *names, size_t count,
                                                                  const struct ocpp_command_done *done);

/* ocpp_station_set_setting: ChangeConfiguration (1.6 5.3) or SetVariables (B05) with one setting. "RebootRequired" counts as
 * accepted: it was stored. |value| is never logged. Several at once: ocpp_station_set_settings() in central_reports.h. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_set_setting(struct ocpp_station *station,
                                                                 const struct ocpp_setting_address *name, const char *value,
                                                                 const struct ocpp_command_done *done);

/* --- limits (smart charging) ---------------------------------------------------------------------------------------------- */

/* ocpp_limit_purpose: what a charging profile is for. */
enum ocpp_limit_purpose {
    OCPP_LIMIT_OF_STATION,     /* ChargePointMaxProfile, ChargingStationMaxProfile */
    OCPP_LIMIT_BY_DEFAULT,     /* TxDefaultProfile */
    OCPP_LIMIT_OF_TRANSACTION, /* TxProfile */
    OCPP_LIMIT_EXTERNAL        /* ChargingStationExternalConstraints: in criteria of 2.x only */
};

/* ocpp_limit_kind: from when the periods of a profile count. */
enum ocpp_limit_kind { OCPP_LIMIT_ABSOLUTE, OCPP_LIMIT_DAILY, OCPP_LIMIT_WEEKLY, OCPP_LIMIT_RELATIVE };

/* ocpp_limit_period: from when on which limit holds. */
struct ocpp_limit_period {
    int64_t start_s;           /* from the start of the schedule; the first one is 0 */
    struct ocpp_decimal limit; /* A or W; 1.6 knows tenths */
    int phases;                /* 1 to 3; 0: not told */
    int phase_to_use;          /* 1 to 3, with |phases| 1, in 2.x; 0: not told */
};

/* ocpp_limit_order: a charging profile with one schedule. More schedules than one, sales tariffs: ocpp_station_set_profile() in
 * central_energy.h. */
struct ocpp_limit_order {
    int64_t id;
    int evse; /* 0: the station, or each EVSE for a default; 1.6: connector n */
    int stack_level;
    enum ocpp_limit_purpose purpose;
    enum ocpp_limit_kind kind;
    const char *transaction_id; /* of a running transaction (ocpp_transaction), OF_TRANSACTION only; in 1.6 it may be NULL */
    int64_t valid_from_utc_ms;  /* OCPP_UTC_UNKNOWN: not limited; so below */
    int64_t valid_to_utc_ms;
    int64_t start_utc_ms; /* needed but for RELATIVE (1.6 3.13.3; K01.FR.40) */
    int64_t duration_s;   /* 0: without end */
    enum ocpp_rate_unit unit;
    bool has_min_rate;
    struct ocpp_decimal min_rate;
    const struct ocpp_limit_period *periods;
    size_t period_count; /* at least 1 */
};

/* ocpp_station_set_limit: SetChargingProfile (1.6 5.16; K01). One with the id of another replaces it. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_set_limit(struct ocpp_station *station, const struct ocpp_limit_order *order,
                                                               const struct ocpp_command_done *done);

/* ocpp_limit_criteria: which charging profiles. What is not asked for is not looked at. */
struct ocpp_limit_criteria {
    bool has_id; /* then nothing else counts */
    int64_t id;
    bool has_evse;
    int evse;
    bool has_purpose;
    enum ocpp_limit_purpose purpose;
    bool has_stack_level;
    int stack_level;
};

/* ocpp_station_clear_limits: ClearChargingProfile (1.6 5.5; K10). Not accepted ("Unknown"): there was none such. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_clear_limits(struct ocpp_station *station,
                                                                  const struct ocpp_limit_criteria *criteria,
                                                                  const struct ocpp_command_done *done);

/* ocpp_limit_schedule: what holds for a while from |start_utc_ms| on (OCPP_UTC_UNKNOWN: not told). */
struct ocpp_limit_schedule {
    int64_t start_utc_ms;
    int64_t duration_s; /* 0: not told */
    enum ocpp_rate_unit unit;
    const struct ocpp_limit_period *periods;
    size_t period_count;
};

/* ocpp_station_get_composite_schedule: GetCompositeSchedule (1.6 5.7; K08) for |duration_s| from now on, |evse| 0: of the grid
 * connection; |unit| 0: the station chooses. |schedule| of the result; NULL where there is none. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_get_composite_schedule(struct ocpp_station *station, int evse,
                                                                            int64_t duration_s, enum ocpp_rate_unit unit,
                                                                            const struct ocpp_command_done *done);

/* --- files ---------------------------------------------------------------------------------------------------------------- */

/* OCPP_AS_IT_LIKES: as a number of retries, or seconds between them: it is not told. */
enum { OCPP_AS_IT_LIKES = -1 };

/* ocpp_firmware_order: which firmware to fetch and to install. */
struct ocpp_firmware_order {
    int64_t request_id; /* comes back with the station's reports; 0: the engine chooses one, and the result tells it. 1.6 without
                           a certificate has no room for it */
    const char *url;
    int64_t retrieve_utc_ms;         /* not before */
    int64_t install_utc_ms;          /* not before; OCPP_UTC_UNKNOWN: any time; 1.6 without a certificate cannot say another */
    const char *signing_certificate; /* PEM, with |signature| (base64); both NULL: unsigned */
    const char *signature;
    int64_t retries; /* or OCPP_AS_IT_LIKES; so below */
    int64_t retry_interval_s;
};

/* ocpp_station_update_firmware: UpdateFirmware (1.6 5.19; L01, L02), SignedUpdateFirmware of 1.6 where a certificate is given. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_update_firmware(struct ocpp_station *station,
                                                                     const struct ocpp_firmware_order *order,
                                                                     const struct ocpp_command_done *done);

enum ocpp_log_file { OCPP_LOG_FILE_DIAGNOSTICS, OCPP_LOG_FILE_SECURITY };

/* ocpp_log_order: which log to hand over, and where. */
struct ocpp_log_order {
    enum ocpp_log_file kind;
    int64_t request_id;    /* 0: the engine chooses one, and the result tells it; but with DIAGNOSTICS in 1.6: GetDiagnostics, for
                              stations without the security extension */
    const char *url;       /* the folder */
    int64_t oldest_utc_ms; /* OCPP_UTC_UNKNOWN: from the beginning */
    int64_t latest_utc_ms; /* OCPP_UTC_UNKNOWN: until now */
    int64_t retries;       /* or OCPP_AS_IT_LIKES; so below */
    int64_t retry_interval_s;
};

/* ocpp_station_get_log: GetDiagnostics (1.6 5.9), GetLog (1.6 security extension; N01). |file_name| of the result; NULL: there is
 * nothing to hand over, or the name is not told. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_get_log(struct ocpp_station *station, const struct ocpp_log_order *order,
                                                             const struct ocpp_command_done *done);

/* --- certificates --------------------------------------------------------------------------------------------------------- */

/* ocpp_station_send_certificate: CertificateSigned (1.6 security extension A02; 2.x A02, A03): the chain for a request the
 * station made (on_sign_request), PEM, leaf first. Towards vehicles a station of 1.6 gets it by DataTransfer
 * (central_vehicles.h). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_send_certificate(struct ocpp_station *station, enum ocpp_key_use use,
                                                                      const char *chain, const struct ocpp_command_done *done);

/* ocpp_station_install_root: InstallCertificate (M05) with one CA certificate, PEM. The message of 1.6 knows the roots of the
 * central system and of the manufacturer; those of V2G and MO go by DataTransfer there (central_vehicles.h). */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_install_root(struct ocpp_station *station, enum ocpp_root_use use,
                                                                  const char *pem, const struct ocpp_command_done *done);

/* ocpp_station_delete_certificate: DeleteCertificate (M04). What a station of 1.6 has for vehicles:
 * ocpp_station_delete_vehicle_certificate() in central_vehicles.h. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_delete_certificate(struct ocpp_station *station,
                                                                        const struct ocpp_certificate_hash *hash,
                                                                        const struct ocpp_command_done *done);

/* OCPP_V2G_CHAIN_BIT: beside OCPP_ROOT_BIT() of the roots, the station's own chain for vehicles. */
#define OCPP_V2G_CHAIN_BIT (1u << OCPP_ROOT_USE_COUNT)

/* ocpp_station_get_certificates: GetInstalledCertificateIds (M03) of the kinds |bits|; 0: of all. 1.6 is asked for one kind at a
 * time. |certificates| of the result; none ("NotFound") counts as accepted. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_get_certificates(struct ocpp_station *station, uint32_t bits,
                                                                      const struct ocpp_command_done *done);

/* ocpp_station_certificate: one that is installed. One whose names are longer than any digest is left out. */
struct ocpp_station_certificate {
    uint32_t bit; /* OCPP_ROOT_BIT(), OCPP_V2G_CHAIN_BIT */
    struct ocpp_certificate_hash hash;
    const struct ocpp_certificate_hash *children; /* of a chain: the sub-CAs */
    size_t child_count;
};

OCPP_END_DECLARATIONS

#endif
