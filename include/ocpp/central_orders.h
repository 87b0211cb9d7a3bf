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

OCPP_BEGIN_DECLARATIONS

/* --- availability and reservation ------------------------------------------------------------------------------------ */

/* ocpp_station_change_availability: ChangeAvailability (1.6 5.2; 2.x G03, G04). |evse| 0: the whole station; |connector| 0: the
 * whole EVSE. In 1.6 EVSE n is connector n. "Scheduled" counts as accepted. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_change_availability(struct ocpp_station *station, int evse, int connector,
                                                                         bool operative, const struct ocpp_command_done *done);

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
 * station (SendLocalListMaxLength; LocalAuthListCtrlr ItemsPerMessage). "VersionMismatch": the station has a list that |version|
 * does not follow; send it whole. */
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
};

/* ocpp_station_get_settings: GetConfiguration (1.6 5.8; |count| 0: all) or GetVariables (B06; at least one). How many may be
 * asked for at a time is a setting of the station. |settings| of the result. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_get_settings(struct ocpp_station *station,
                                                                  const struct ocpp_setting_address *names, size_t count,
                                                                  const struct ocpp_command_done *done);

/* ocpp_station_set_setting: ChangeConfiguration (1.6 5.3) or SetVariables (B05) with one setting. "RebootRequired" counts as
 * accepted: it was stored. |value| is never logged. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_set_setting(struct ocpp_station *station,
                                                                 const struct ocpp_setting_address *name, const char *value,
                                                                 const struct ocpp_command_done *done);

OCPP_END_DECLARATIONS

#endif
