/* central_reports.h: what a central system asks of a station's device model and what it is told of it: reports, several settings
 * at once, monitors and their events, customers, network connection profiles, firmware that stations share (OCPP 2.x B05 to B09,
 * E14, L03, L04, N02 to N10; GetConfiguration of 1.6).
 *
 * A report is ordered with one call and told in pages. The engine numbers the request, puts the pages together, whatever their
 * order, and tells the whole once:
 *
 *     static void on_report(struct ocpp_station *station, const struct ocpp_report *report, void *user)
 *     {
 *         if (report->status != OCPP_OK) { … what came is there, but not all of it … }
 *         for (size_t i = 0; i < report->variable_count; i++)
 *             keep(user, &report->variables[i]);
 *     }
 *     static const struct ocpp_report_handler reports = { .on_report = on_report };
 *     handler.reports = &reports;
 *     …
 *     status = ocpp_station_get_base_report(station, OCPP_REPORT_FULL, 0, &done);
 *
 * The orders are like those of central_orders.h: they fail at once, with the errors of all commands, or |done| runs exactly once.
 * A |request_id| of 0 lets the engine choose one that no other order of this shard has; request_id of the result says which it
 * was.
 */
#ifndef OCPP_CENTRAL_REPORTS_H
#define OCPP_CENTRAL_REPORTS_H

#include <ocpp/central_orders.h>

OCPP_BEGIN_DECLARATIONS

/* --- what is reported --------------------------------------------------------------------------------------------------- */

enum ocpp_report_kind {
    OCPP_REPORT_VARIABLES, /* GetBaseReport, GetReport; GetConfiguration of 1.6 */
    OCPP_REPORT_MONITORS,  /* GetMonitoringReport */
    OCPP_REPORT_CUSTOMER   /* CustomerInformation */
};

enum { OCPP_REPORT_KIND_COUNT = 3 };

/* ocpp_reported_attribute: one attribute of a variable, the defaults of the standard filled in. */
struct ocpp_reported_attribute {
    const char *type;  /* "Actual", "Target", "MinSet", "MaxSet" */
    const char *value; /* NULL: not told, because it is write-only, for example */
    bool is_readable;
    bool is_writable;
    bool is_persistent; /* survives a reboot, in 2.x */
    bool is_constant;
};

/* ocpp_reported_variable: a variable and what is known of it. In 1.6 it is a key with its one attribute. */
struct ocpp_reported_variable {
    struct ocpp_setting_address name; /* without an attribute */
    const struct ocpp_reported_attribute *attributes;
    size_t attribute_count;
    const char *data_type; /* DataEnumType as on the wire ("integer"); NULL: its characteristics were not told, see below */
    const char *unit;      /* NULL: none, or not told */
    bool has_min;
    struct ocpp_decimal min;
    bool has_max;
    struct ocpp_decimal max;
    const char *values;       /* comma separated; NULL: not told */
    bool supports_monitoring; /* with |data_type| only */
};

/* ocpp_reported_monitor: one monitor of one variable. */
struct ocpp_reported_monitor {
    struct ocpp_setting_address name; /* without an attribute */
    int64_t id;
    enum ocpp_monitor_type type;
    struct ocpp_decimal value; /* threshold, delta, or seconds */
    int severity;              /* 0 (danger) to 9 (debug) */
    bool only_in_transaction;
};

/* ocpp_report: a report, or a page of one. Everything is borrowed for the callback. */
struct ocpp_report {
    enum ocpp_report_kind kind;
    int64_t request_id;
    bool is_asked; /* this connection ordered it; a station may also go on with what it was asked before it reconnected */
    /* OCPP_OK: it is whole. Otherwise why it is not, and what came is here: OCPP_ERR_TIMEOUT a page did not come within
     * |report_timeout_ms|; OCPP_ERR_LIMIT it is larger than max_report_bytes, or all that are open are larger than
     * |max_open_report_bytes|; OCPP_ERR_NOMEM; OCPP_ERR_CLOSED the station disconnected */
    enum ocpp_status status;
    int64_t generated_utc_ms; /* of its first page; OCPP_UTC_UNKNOWN: not told (1.6) */
    int64_t seq_no;           /* of a page; 0 otherwise */
    bool is_last;             /* of a page: the station says that it is the last one; true otherwise, if it came */
    size_t page_count;        /* pages that came; those the application took itself (on_report_page) included */
    const struct ocpp_reported_variable *variables;
    size_t variable_count;
    const struct ocpp_reported_monitor *monitors;
    size_t monitor_count;
    const char *text; /* of a customer; "" when nothing is known, NULL when it is another report. Personal: never log it */
};

/* ocpp_report_find: the variable |name| of a whole report, upper and lower case apart (names are identifiers, which know no
 * case); by |key| where the report is of 1.6. |name->attribute| is not looked at. NULL: it is not there. */
OCPP_API const struct ocpp_reported_variable *ocpp_report_find(const struct ocpp_report *report,
                                                               const struct ocpp_setting_address *name);

/* ocpp_items_per_message: how many items a station takes in one |action| ("GetVariables", "SetVariables", "GetReport",
 * "SetVariableMonitoring", "ClearVariableMonitoring"; "SendLocalList"; "GetConfiguration" of 1.6), as a setting that
 * ocpp_station_get_settings() and ocpp_report_find() take. False: no setting limits that action. */
OCPP_API bool ocpp_items_per_message(const char *action, struct ocpp_setting_address *setting);

/* ocpp_station_items_per_message: the number the station told for |action| on this connection, in a report or as a setting that
 * was asked for; 0: none yet. An order with more items fails with OCPP_ERR_LIMIT (B05.FR.11, B06.FR.05, B08.FR.06, N06.FR.04):
 * orders are not split, so an application gives one for each portion. */
OCPP_API size_t ocpp_station_items_per_message(const struct ocpp_station *station, const char *action);

/* --- what the application hears ------------------------------------------------------------------------------------------- */

/* ocpp_station_event: a monitor, or the station by itself, found something worth telling (N07, N08). Texts are borrowed. */
struct ocpp_station_event {
    int64_t event_id; /* the station's; |cause| of others refers to it */
    int64_t timestamp_utc_ms;
    struct ocpp_setting_address name; /* without an attribute */
    const char *value;                /* "" of a write-only variable (N07.FR.10) */
    enum ocpp_event_trigger {
        OCPP_EVENT_ALERTING, /* a threshold was passed */
        OCPP_EVENT_DELTA,
        OCPP_EVENT_PERIODIC
    } trigger;
    enum ocpp_event_origin {
        OCPP_EVENT_NOTIFICATION, /* hard wired, without a monitor */
        OCPP_EVENT_HARD_WIRED,
        OCPP_EVENT_PRECONFIGURED,
        OCPP_EVENT_CUSTOM
    } origin;
    bool has_monitor;
    int64_t monitor_id;
    bool has_cause;
    int64_t cause;              /* the event that led to this one */
    int severity;               /* 0 (danger) to 9 (debug); -1: not told, as always in 2.0.1 */
    bool is_cleared;            /* what was alerted is over */
    const char *transaction_id; /* NULL: none; so below */
    const char *tech_code;
    const char *tech_info;
    int64_t generated_utc_ms; /* of the message */
    int64_t seq_no;           /* of the message; those that follow one another belong together */
    bool is_last;             /* no message follows, and no event behind this one */
};

/* ocpp_publish_status: how far a local controller has come with ocpp_station_publish_firmware() (L03). Borrowed. */
struct ocpp_publish_status {
    const char *word; /* PublishFirmwareStatusEnumType as on the wire */
    bool has_request_id;
    int64_t request_id;
    const char *const *locations; /* URLs, once it is published */
    size_t location_count;
};

/* ocpp_report_handler: central_system.h says how it gets there. Each is answered as soon as it was heard. */
struct ocpp_report_handler {
    /* once for each report that was accepted, and for each the station tells of its own accord. Pages of a request that is over
     * are passed over: a page that is told twice is told once here. NULL: nothing is put together */
    void (*on_report)(struct ocpp_station *station, const struct ocpp_report *report, void *user);
    /* each page when it came, in that order, but none twice. True: the application takes care of it, and on_report will not have
     * it; false: it is kept for on_report. NULL: all are. With on_report or without */
    bool (*on_report_page)(struct ocpp_station *station, const struct ocpp_report *page, void *user);
    void (*on_event)(struct ocpp_station *station, const struct ocpp_station_event *event, void *user);
    void (*on_publish_status)(struct ocpp_station *station, const struct ocpp_publish_status *status, void *user);
};

/* --- orders: reports ------------------------------------------------------------------------------------------------------- */

/* Errors of the orders that lead to a report, beside those of all commands: OCPP_ERR_LIMIT max_open_reports of this station are
 * open; OCPP_ERR_BUSY a report of that kind with that |request_id| is. "EmptyResultSet" (nothing fits) counts as not accepted,
 * and no report follows. A report that was ordered without a function to hear of it is told like any request (on_call). */

enum ocpp_report_base {
    OCPP_REPORT_CONFIGURATION, /* what an operator can set */
    OCPP_REPORT_FULL,          /* everything; 1.6 knows no difference */
    OCPP_REPORT_SUMMARY        /* availability and trouble; not in 1.6 */
};

/* ocpp_station_get_base_report: GetBaseReport (B07); in 1.6 GetConfiguration of all keys, whose answer becomes a report of one
 * page and |settings| of the result. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_get_base_report(struct ocpp_station *station, enum ocpp_report_base base,
                                                                     int64_t request_id, const struct ocpp_command_done *done);

/* ocpp_component_criterion: components in a state, as bits; those in any of them are meant. */
enum ocpp_component_criterion {
    OCPP_COMPONENT_ACTIVE = 1,
    OCPP_COMPONENT_AVAILABLE = 2,
    OCPP_COMPONENT_ENABLED = 4,
    OCPP_COMPONENT_PROBLEM = 8
};

/* ocpp_report_query: which variables. |names| without a variable mean the whole component; no attribute may be named. Either may
 * be empty; 1.6 takes keys only. */
struct ocpp_report_query {
    int64_t request_id;
    unsigned criteria; /* of enum ocpp_component_criterion; 0: not looked at */
    const struct ocpp_setting_address *names;
    size_t count;
};

/* ocpp_station_get_report: GetReport (B08); in 1.6 GetConfiguration, as above. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_get_report(struct ocpp_station *station,
                                                                const struct ocpp_report_query *query,
                                                                const struct ocpp_command_done *done);

/* ocpp_monitor_criterion: monitors of a sort, as bits. */
enum ocpp_monitor_criterion { OCPP_MONITORS_OF_THRESHOLD = 1, OCPP_MONITORS_OF_DELTA = 2, OCPP_MONITORS_PERIODIC = 4 };

/* ocpp_station_get_monitoring_report: GetMonitoringReport (N02); |criteria| are of enum ocpp_monitor_criterion. Not in 1.6; so
 * all that follow here. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_get_monitoring_report(struct ocpp_station *station,
                                                                           const struct ocpp_report_query *query,
                                                                           const struct ocpp_command_done *done);

/* ocpp_customer_order: whose data; exactly one of |token|, |certificate| and |identifier| (at most 64 characters) is given
 * (N09.FR.04, N09.FR.09), and at least one of |report| and |clear| is true. |certificate| with the algorithm it was installed
 * with (N09.FR.08). */
struct ocpp_customer_order {
    int64_t request_id;
    bool report;
    bool clear; /* the local list is the application's to change (N10.FR.02) */
    const struct ocpp_token *token;
    const struct ocpp_certificate_hash *certificate;
    const char *identifier;
};

/* ocpp_station_customer_information: CustomerInformation (N09, N10). A report follows also where it is only cleared (N10.FR.06).
 */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_customer_information(struct ocpp_station *station,
                                                                          const struct ocpp_customer_order *order,
                                                                          const struct ocpp_command_done *done);

/* --- orders: settings and the network ----------------------------------------------------------------------------------------
 */

/* ocpp_setting_change: a setting, and what it is to be. */
struct ocpp_setting_change {
    struct ocpp_setting_address name;
    const char *value; /* never logged */
};

/* ocpp_station_set_settings: SetVariables (B05) with one or more settings, none twice (B05.FR.13). |settings| of the result say
 * how each ended, in the station's order; it is accepted when all are, "RebootRequired" included, and |word| is that of the first
 * that is not, else of the first. In 1.6 one at a time: OCPP_ERR_UNSUPPORTED_ACTION for more. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_set_settings(struct ocpp_station *station,
                                                                  const struct ocpp_setting_change *changes, size_t count,
                                                                  const struct ocpp_command_done *done);

/* ocpp_network_profile: how a station is to reach a central system. */
struct ocpp_network_profile {
    const char *url; /* without the identity, at most 512 characters */
    enum ocpp_version version;
    int security_profile;
    int64_t message_timeout_s;
    enum ocpp_network_interface network_interface;
    const struct ocpp_apn *apn; /* NULL: none */
    const struct ocpp_vpn *vpn; /* NULL: none */
};

/* ocpp_station_set_network_profile: SetNetworkProfile (B09) into configuration slot |slot|. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_set_network_profile(struct ocpp_station *station, int64_t slot,
                                                                         const struct ocpp_network_profile *profile,
                                                                         const struct ocpp_command_done *done);

/* ocpp_transaction_state: what a station said of a transaction and of its queue. */
struct ocpp_transaction_state {
    bool has_ongoing; /* false: no transaction was named (E14.FR.06) */
    bool is_ongoing;
    bool messages_in_queue; /* of that transaction, or of any */
};

/* ocpp_station_get_transaction_status: GetTransactionStatus (E14) of |transaction_id|, NULL: of all. |transaction_state| of the
 * result. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_get_transaction_status(struct ocpp_station *station,
                                                                            const char *transaction_id,
                                                                            const struct ocpp_command_done *done);

/* --- orders: monitors ----------------------------------------------------------------------------------------------------------
 */

enum ocpp_monitoring_base {
    OCPP_MONITORING_ALL,
    OCPP_MONITORING_FACTORY_DEFAULT, /* removes those the central system set (N03.FR.04) */
    OCPP_MONITORING_HARD_WIRED_ONLY  /* removes these and those that were preconfigured (N03.FR.05) */
};

/* ocpp_station_set_monitoring_base: SetMonitoringBase (N03). ocpp_station_set_monitoring_level: SetMonitoringLevel (N05),
 * |severity| 0 to 9; what is above is not told. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_set_monitoring_base(struct ocpp_station *station,
                                                                         enum ocpp_monitoring_base base,
                                                                         const struct ocpp_command_done *done);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_set_monitoring_level(struct ocpp_station *station, int severity,
                                                                          const struct ocpp_command_done *done);

/* ocpp_monitor_order: a monitor to set. */
struct ocpp_monitor_order {
    struct ocpp_setting_address name; /* no attribute */
    bool has_id;                      /* it replaces the one with that id; the station numbers new ones */
    int64_t id;
    enum ocpp_monitor_type type;
    struct ocpp_decimal value; /* threshold, delta (1 of what is no number: N04.FR.17), or seconds */
    int severity;              /* 0 (danger) to 9 (debug) */
    bool only_in_transaction;
};

/* ocpp_monitor_answer: what became of one monitor. */
struct ocpp_monitor_answer {
    const char *word; /* SetMonitoringStatusEnumType, ClearMonitoringStatusEnumType as on the wire */
    bool has_id;      /* set: accepted ones only */
    int64_t id;
    struct ocpp_setting_address name; /* of a monitor that was set; empty otherwise; so below */
    enum ocpp_monitor_type type;
    int severity;
};

/* ocpp_station_set_monitors: SetVariableMonitoring (N04). ocpp_station_clear_monitors: ClearVariableMonitoring (N06). |monitors|
 * of the result say how each ended; it is accepted when all are, and |word| is that of the first that is not, else of the first.
 */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_set_monitors(struct ocpp_station *station,
                                                                  const struct ocpp_monitor_order *monitors, size_t count,
                                                                  const struct ocpp_command_done *done);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_clear_monitors(struct ocpp_station *station, const int64_t *ids,
                                                                    size_t count, const struct ocpp_command_done *done);

/* --- orders: firmware that stations share
 * ---------------------------------------------------------------------------------------- */

/* ocpp_publish_order: which firmware a local controller fetches and offers to the stations behind it. */
struct ocpp_publish_order {
    int64_t request_id;
    const char *url;
    const char *checksum; /* MD5 of the whole file, 32 hex digits */
    int64_t retries;      /* or OCPP_AS_IT_LIKES; so below */
    int64_t retry_interval_s;
};

/* ocpp_station_publish_firmware: PublishFirmware (L03); on_publish_status tells the rest. ocpp_station_unpublish_firmware:
 * UnpublishFirmware (L04) of the file with that checksum; "NoFirmware" and "DownloadOngoing" count as not accepted. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_publish_firmware(struct ocpp_station *station,
                                                                      const struct ocpp_publish_order *order,
                                                                      const struct ocpp_command_done *done);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_unpublish_firmware(struct ocpp_station *station, const char *checksum,
                                                                        const struct ocpp_command_done *done);

OCPP_END_DECLARATIONS

#endif
