/* report_orders.c: the orders of central_reports.h: what they must say is checked here, the dialect says it, and a report that
 * follows is expected. */
#include "dialect.h"
#include "item_limits.h"
#include "reports.h"
#include "text.h"

#include <string.h>

static bool is_text(const char *text)
{
    return text && text[0];
}

static bool is_place(const struct ocpp_setting_address *name)
{
    return name->evse >= 0 && name->connector >= 0 && (name->connector == 0 || name->evse > 0);
}

/* --- reports ---------------------------------------------------------------------------------------------------------------- */

/* An order whose report is expected already. */
static enum ocpp_status give_report(struct ocpp_station *station, enum order kind, const void *what, enum ocpp_report_kind report,
                                    int64_t request_id, const struct ocpp_command_done *done)
{
    const struct order_request request = { .id = request_id, .leads_to_report = true, .report = report };
    const enum ocpp_status status = order_give_request(station, kind, what, &request, done);

    if (status != OCPP_OK) {
        reports_forget(station, report, request_id);
    }
    return status;
}

enum ocpp_status ocpp_station_get_base_report(struct ocpp_station *station, enum ocpp_report_base base, int64_t request_id,
                                              const struct ocpp_command_done *done)
{
    struct base_report_order what = { base, request_id };

    if ((unsigned)base > OCPP_REPORT_SUMMARY || request_id < 0) {
        return OCPP_ERR_ARGUMENT;
    }
    const enum ocpp_status status = reports_expect(station, OCPP_REPORT_VARIABLES, &what.request_id);
    return status == OCPP_OK ? give_report(station, ORDER_GET_BASE_REPORT, &what, OCPP_REPORT_VARIABLES, what.request_id, done)
                             : status;
}

static bool is_query(const struct ocpp_report_query *query, unsigned criteria)
{
    for (size_t i = 0; i < query->count; i++) {
        const struct ocpp_setting_address *name = &query->names[i];
        if ((!is_text(name->key) && !is_text(name->component)) || name->attribute || !is_place(name)) {
            return false;
        }
    }
    return query->request_id >= 0 && (query->criteria & ~criteria) == 0;
}

/* GetReport and GetMonitoringReport differ in their words only. */
static enum ocpp_status ask(struct ocpp_station *station, enum order kind, const struct ocpp_report_query *query,
                            enum ocpp_report_kind report, const struct ocpp_command_done *done)
{
    struct ocpp_report_query what = *query;
    const enum ocpp_status status = reports_expect(station, report, &what.request_id);

    return status == OCPP_OK ? give_report(station, kind, &what, report, what.request_id, done) : status;
}

enum ocpp_status ocpp_station_get_report(struct ocpp_station *station, const struct ocpp_report_query *query,
                                         const struct ocpp_command_done *done)
{
    const unsigned all = OCPP_COMPONENT_ACTIVE | OCPP_COMPONENT_AVAILABLE | OCPP_COMPONENT_ENABLED | OCPP_COMPONENT_PROBLEM;

    if (!item_limits_allow(station, LIMIT_GET_REPORT, query->count) ||
        !item_limits_allow(station, LIMIT_GET_CONFIGURATION, query->count)) {
        return OCPP_ERR_LIMIT;
    }
    return is_query(query, all) ? ask(station, ORDER_GET_REPORT, query, OCPP_REPORT_VARIABLES, done) : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_station_get_monitoring_report(struct ocpp_station *station, const struct ocpp_report_query *query,
                                                    const struct ocpp_command_done *done)
{
    const unsigned all = OCPP_MONITORS_OF_THRESHOLD | OCPP_MONITORS_OF_DELTA | OCPP_MONITORS_PERIODIC;

    return is_query(query, all) ? ask(station, ORDER_GET_MONITORING_REPORT, query, OCPP_REPORT_MONITORS, done)
                                : OCPP_ERR_ARGUMENT;
}

static bool is_hash(const struct ocpp_certificate_hash *hash)
{
    return (unsigned)hash->algorithm <= OCPP_HASH_SHA512 && is_text(hash->issuer_name_hash) && is_text(hash->issuer_key_hash) &&
           is_text(hash->serial_number);
}

/* N09.FR.04, FR.07, FR.09 */
static bool is_customer(const struct ocpp_customer_order *order)
{
    const int count = (order->token != NULL) + (order->certificate != NULL) + (order->identifier != NULL);

    return count == 1 && order->request_id >= 0 && (order->report || order->clear) &&
           (!order->token || is_text(order->token->id)) && (!order->certificate || is_hash(order->certificate)) &&
           (!order->identifier || is_text(order->identifier));
}

enum ocpp_status ocpp_station_customer_information(struct ocpp_station *station, const struct ocpp_customer_order *order,
                                                   const struct ocpp_command_done *done)
{
    struct ocpp_customer_order what = *order;

    if (!is_customer(order)) {
        return OCPP_ERR_ARGUMENT;
    }
    const enum ocpp_status status = reports_expect(station, OCPP_REPORT_CUSTOMER, &what.request_id);
    return status == OCPP_OK
               ? give_report(station, ORDER_CUSTOMER_INFORMATION, &what, OCPP_REPORT_CUSTOMER, what.request_id, done)
               : status;
}

/* --- settings and the network ------------------------------------------------------------------------------------------------
 */

static bool is_same(const char *a, const char *b, const char *by_default)
{
    return ocpp_text_equal_fold(a ? a : by_default, b ? b : by_default);
}

/* In 2.x; two keys of 1.6 are not in one message. */
static bool is_same_setting(const struct ocpp_setting_address *a, const struct ocpp_setting_address *b)
{
    return a->component && b->component && is_same(a->component, b->component, "") &&
           is_same(a->component_instance, b->component_instance, "") && a->evse == b->evse && a->connector == b->connector &&
           is_same(a->variable, b->variable, "") && is_same(a->variable_instance, b->variable_instance, "") &&
           is_same(a->attribute, b->attribute, "Actual");
}

static bool is_among(const struct ocpp_setting_change *changes, size_t count, const struct ocpp_setting_address *name)
{
    for (size_t i = 0; i < count; i++) {
        if (is_same_setting(&changes[i].name, name)) {
            return true;
        }
    }
    return false;
}

enum ocpp_status ocpp_station_set_settings(struct ocpp_station *station, const struct ocpp_setting_change *changes, size_t count,
                                           const struct ocpp_command_done *done)
{
    const struct changes_order what = { changes, count };

    for (size_t i = 0; i < count; i++) {
        if (!changes[i].value || !order_is_setting(&changes[i].name) || is_among(changes, i, &changes[i].name)) { /* B05.FR.13 */
            return OCPP_ERR_ARGUMENT;
        }
    }
    if (!item_limits_allow(station, LIMIT_SET_VARIABLES, count)) {
        return OCPP_ERR_LIMIT;
    }
    return count > 0 ? order_give(station, ORDER_SET_SETTINGS, &what, done) : OCPP_ERR_ARGUMENT;
}

static bool is_apn(const struct ocpp_apn *apn)
{
    return !apn || (is_text(apn->name) && (unsigned)apn->authentication <= OCPP_APN_AUTO);
}

static bool is_vpn(const struct ocpp_vpn *vpn)
{
    return !vpn || (vpn->server && vpn->user && vpn->password && vpn->key && (unsigned)vpn->kind <= OCPP_VPN_PPTP);
}

enum ocpp_status ocpp_station_set_network_profile(struct ocpp_station *station, int64_t slot,
                                                  const struct ocpp_network_profile *profile,
                                                  const struct ocpp_command_done *done)
{
    const struct network_order what = { slot, profile };
    const bool is_profile = is_text(profile->url) && profile->version != OCPP_VERSION_NONE &&
                            (unsigned)profile->version < OCPP_VERSION_COUNT && profile->message_timeout_s >= 0 &&
                            profile->security_profile >= 0 && profile->security_profile <= 3 &&
                            (unsigned)profile->network_interface <= OCPP_NETWORK_ANY_INTERFACE;

    return slot >= 0 && is_profile && is_apn(profile->apn) && is_vpn(profile->vpn)
               ? order_give(station, ORDER_SET_NETWORK_PROFILE, &what, done)
               : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_station_get_transaction_status(struct ocpp_station *station, const char *transaction_id,
                                                     const struct ocpp_command_done *done)
{
    return transaction_id && !transaction_id[0] ? OCPP_ERR_ARGUMENT
                                                : order_give(station, ORDER_GET_TRANSACTION_STATUS, transaction_id, done);
}

/* --- monitors ------------------------------------------------------------------------------------------------------------------
 */

enum ocpp_status ocpp_station_set_monitoring_base(struct ocpp_station *station, enum ocpp_monitoring_base base,
                                                  const struct ocpp_command_done *done)
{
    return (unsigned)base <= OCPP_MONITORING_HARD_WIRED_ONLY ? order_give(station, ORDER_SET_MONITORING_BASE, &base, done)
                                                             : OCPP_ERR_ARGUMENT;
}

static bool is_severity(int severity)
{
    return severity >= 0 && severity <= 9;
}

enum ocpp_status ocpp_station_set_monitoring_level(struct ocpp_station *station, int severity,
                                                   const struct ocpp_command_done *done)
{
    return is_severity(severity) ? order_give(station, ORDER_SET_MONITORING_LEVEL, &severity, done) : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_station_set_monitors(struct ocpp_station *station, const struct ocpp_monitor_order *monitors, size_t count,
                                           const struct ocpp_command_done *done)
{
    const struct monitors_order what = { monitors, count };

    for (size_t i = 0; i < count; i++) {
        const struct ocpp_monitor_order *monitor = &monitors[i];
        if (!is_text(monitor->name.component) || !is_text(monitor->name.variable) || monitor->name.attribute ||
            !is_place(&monitor->name) || (unsigned)monitor->type > OCPP_MONITOR_TARGET_DELTA_RELATIVE ||
            !is_severity(monitor->severity)) {
            return OCPP_ERR_ARGUMENT;
        }
    }
    if (!item_limits_allow(station, LIMIT_SET_MONITORS, count)) {
        return OCPP_ERR_LIMIT;
    }
    return count > 0 ? order_give(station, ORDER_SET_MONITORS, &what, done) : OCPP_ERR_ARGUMENT;
}

enum ocpp_status ocpp_station_clear_monitors(struct ocpp_station *station, const int64_t *ids, size_t count,
                                             const struct ocpp_command_done *done)
{
    const struct monitor_ids_order what = { ids, count };

    if (!item_limits_allow(station, LIMIT_CLEAR_MONITORS, count)) {
        return OCPP_ERR_LIMIT;
    }
    return count > 0 ? order_give(station, ORDER_CLEAR_MONITORS, &what, done) : OCPP_ERR_ARGUMENT;
}

/* --- firmware that stations share
 * ------------------------------------------------------------------------------------------------ */

static bool is_checksum(const char *text)
{
    return text && strlen(text) == 32 && strspn(text, "0123456789abcdefABCDEF") == 32;
}

enum ocpp_status ocpp_station_publish_firmware(struct ocpp_station *station, const struct ocpp_publish_order *order,
                                               const struct ocpp_command_done *done)
{
    struct ocpp_publish_order what = *order;
    struct order_request request = { 0 };

    if (!is_text(order->url) || !is_checksum(order->checksum) || order->request_id < 0 || order->retries < OCPP_AS_IT_LIKES ||
        order->retry_interval_s < OCPP_AS_IT_LIKES) {
        return OCPP_ERR_ARGUMENT;
    }
    what.request_id = order->request_id != 0 ? order->request_id : reports_request_id(station);
    request.id = what.request_id;
    return order_give_request(station, ORDER_PUBLISH_FIRMWARE, &what, &request, done);
}

enum ocpp_status ocpp_station_unpublish_firmware(struct ocpp_station *station, const char *checksum,
                                                 const struct ocpp_command_done *done)
{
    return is_checksum(checksum) ? order_give(station, ORDER_UNPUBLISH_FIRMWARE, checksum, done) : OCPP_ERR_ARGUMENT;
}
