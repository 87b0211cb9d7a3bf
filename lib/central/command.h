/* command.h: how an order of the application becomes a call, and its answer a result. commands.c owns it. */
#ifndef OCPP_CENTRAL_COMMAND_H
#define OCPP_CENTRAL_COMMAND_H

#include "arena.h"
#include "central_internal.h"

#include <ocpp/central_energy.h>
#include <ocpp/central_reports.h>
#include <ocpp/central_orders.h>
#include <ocpp/central_transactions.h>

/* One order on its way. */
struct command;

/* Reads a valid |response| into |result|: the wire word of its status, whether it means yes, and what else the order asked for,
 * in |central|'s results arena. False: there was no memory for it. |status| is OCPP_OK before; OCPP_ERR_BAD_ANSWER may be left in
 * it where an answer within the answer cannot be read. */
typedef bool (*command_reader)(struct ocpp_central *central, const void *response, struct ocpp_command_result *result);

/* The orders of central_orders.h, and what each is about. */
enum order {
    ORDER_AVAILABILITY,       /* struct availability_order */
    ORDER_RESET_EVSE,         /* struct reset_order */
    ORDER_RESERVE,            /* struct ocpp_reservation_order */
    ORDER_CANCEL_RESERVATION, /* int64_t: its id */
    ORDER_CLEAR_CACHE,        /* nothing */
    ORDER_GET_LIST_VERSION,   /* nothing */
    ORDER_SEND_LIST,          /* struct ocpp_list_update */
    ORDER_GET_SETTINGS,       /* struct settings_order */
    ORDER_SET_SETTINGS,       /* struct changes_order */
    ORDER_SET_PROFILE,        /* struct profile_order */
    ORDER_CLEAR_LIMITS,       /* struct ocpp_limit_criteria */
    ORDER_GET_COMPOSITE,      /* struct composite_order */
    ORDER_UPDATE_FIRMWARE,    /* struct ocpp_firmware_order */
    ORDER_GET_LOG,            /* struct ocpp_log_order */
    ORDER_SEND_CERTIFICATE,   /* struct chain_order */
    ORDER_INSTALL_ROOT,       /* struct root_order */
    ORDER_DELETE_CERTIFICATE, /* struct ocpp_certificate_hash */
    ORDER_GET_CERTIFICATES,   /* uint32_t: bits */
    ORDER_SET_MESSAGE,        /* struct ocpp_station_message */
    ORDER_GET_MESSAGES,       /* struct messages_order (drivers.h) */
    ORDER_CLEAR_MESSAGE,      /* int64_t: its id */
    ORDER_TELL_COST,          /* struct ocpp_running_cost */
    ORDER_TELL_FINAL_COST,    /* struct ocpp_final_cost */
    ORDER_TELL_PRICE,         /* struct price_order (drivers.h) */
    ORDER_SEND_DATA,          /* struct ocpp_data_transfer */
    /* central_reports.h */
    ORDER_GET_BASE_REPORT,        /* struct base_report_order */
    ORDER_GET_REPORT,             /* struct ocpp_report_query */
    ORDER_GET_MONITORING_REPORT,  /* struct ocpp_report_query */
    ORDER_CUSTOMER_INFORMATION,   /* struct ocpp_customer_order */
    ORDER_SET_NETWORK_PROFILE,    /* struct network_order */
    ORDER_GET_TRANSACTION_STATUS, /* char: the transaction; NULL: all */
    ORDER_SET_MONITORING_BASE,    /* enum ocpp_monitoring_base */
    ORDER_SET_MONITORING_LEVEL,   /* int: severity */
    ORDER_SET_MONITORS,           /* struct monitors_order */
    ORDER_CLEAR_MONITORS,         /* struct monitor_ids_order */
    ORDER_PUBLISH_FIRMWARE,       /* struct ocpp_publish_order */
    ORDER_UNPUBLISH_FIRMWARE,     /* char: the checksum */
    /* central_energy.h, central_vehicles.h */
    ORDER_GET_PROFILES,               /* struct ocpp_profile_query */
    ORDER_DELETE_VEHICLE_CERTIFICATE, /* struct ocpp_certificate_hash */
    ORDER_COUNT
};

struct availability_order {
    int evse;
    int connector;
    bool operative;
};

struct reset_order {
    int evse;
    bool immediately;
};

struct settings_order {
    const struct ocpp_setting_address *names;
    size_t count;
};

struct changes_order {
    const struct ocpp_setting_change *changes;
    size_t count;
};

struct base_report_order {
    enum ocpp_report_base base;
    int64_t request_id;
};

struct network_order {
    int64_t slot;
    const struct ocpp_network_profile *profile;
};

struct monitors_order {
    const struct ocpp_monitor_order *monitors;
    size_t count;
};

struct monitor_ids_order {
    const int64_t *ids;
    size_t count;
};

struct profile_order {
    int evse;
    const struct ocpp_charging_profile *profile;
};

struct composite_order {
    int evse;
    int64_t duration_s;
    enum ocpp_rate_unit unit;
};

struct chain_order {
    enum ocpp_key_use use;
    const char *chain;
};

struct root_order {
    enum ocpp_root_use use;
    const char *pem;
};

/* orders.c: whether |hash| names a certificate. */
bool central_is_hash(const struct ocpp_certificate_hash *hash);

/* energy.c: |order| as a profile with one schedule. */
struct ocpp_charging_profile central_profile_of(const struct ocpp_limit_order *order, struct ocpp_charging_schedule *schedule);

/* energy.c: whether |profile| is one that may be sent, where and to whom apart. */
bool central_is_profile(const struct ocpp_charging_profile *profile);

/* Builds the message of an order in a version and gives it to command_send(). Errors: OCPP_ERR_UNSUPPORTED_ACTION the version
 * cannot say it; OCPP_ERR_NOMEM. */
typedef enum ocpp_status (*order_builder)(struct command *command, const void *what);

/* command_begin: |*command| for |station|, which is one that may be ordered about: to charge only once it was accepted.
 * Errors: OCPP_ERR_NOT_ACCEPTED, OCPP_ERR_NOMEM. */
enum ocpp_status command_begin(struct ocpp_station *station, bool charging, const struct ocpp_command_done *done,
                               struct command **command);

/* command_sent: hands the outcome of sending on; a command that did not leave is forgotten. */
enum ocpp_status command_sent(struct ocpp_station *station, struct command *command, enum ocpp_status status);

/* command_send: hands the order to the call layer; |message| is borrowed. */
enum ocpp_status command_send(struct command *command, const struct ocpp_action *action, const void *message,
                              command_reader read);

/* command_station: whom the order is for. */
const struct ocpp_station *command_station(const struct command *command);

/* command_is_bridged: whether the message will be converted for a later version of its family (bridge.h). */
bool command_is_bridged(const struct command *command);

/* command_starts: the order is a remote start, known by |remote_start_id|. */
void command_starts(struct command *command, int64_t remote_start_id);

/* command_fail: tells the application that its order ended with |status| before it left, and forgets it. */
void command_fail(struct command *command, enum ocpp_status status);

/* command_take: memory for a part of the message, which lives until command_send() returns; NULL without. */
void *command_take(struct command *command, size_t size);

/* command_arena: where a builder writes what the message points to; it lives as long as what command_take() gives. */
struct ocpp_arena *command_arena(struct command *command);

/* order_give: the order |kind| about |what|, which is what enum order says: begun, built in the words of the station's version,
 * and sent. Errors: OCPP_ERR_UNSUPPORTED_ACTION the version has no word for it; as the commands of central_system.h. */
enum ocpp_status order_give(struct ocpp_station *station, enum order kind, const void *what,
                            const struct ocpp_command_done *done);

/* What an order with a request id is beside its message. */
struct order_request {
    int64_t id;             /* the result tells it */
    bool leads_to_profiles; /* expected with profile_report_expect(), and told how the order ended */
    bool leads_to_report;
    enum ocpp_report_kind report; /* expected with reports_expect(), and told how the order ended */
};

/* order_give_request: order_give() with a request id. */
enum ocpp_status order_give_request(struct ocpp_station *station, enum order kind, const void *what,
                                    const struct order_request *request, const struct ocpp_command_done *done);

/* command_request: what the order is beside its message. */
void command_request(struct command *command, const struct order_request *request);

/* command_request_id: the request id |given| by the application, or a fresh one for 0; the result will tell it. For builders. */
int64_t command_request_id(struct command *command, int64_t given);

/* order_is_setting: whether |name| can name a setting in one version at least. */
bool order_is_setting(const struct ocpp_setting_address *name);

/* energy.c: whether a limit for a transaction that is yet to start says what it must (F01.FR.09, FR.11; 1.6 5.16.2). */
bool order_is_start_limit(const struct ocpp_limit_order *limit, int evse);

#endif
