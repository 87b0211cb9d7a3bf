/* dialect_v201_reports.c: reports in OCPP 2.0.1: how they are ordered, and what their pages say. */
#include "dialect.h"
#include "dialect_orders.h"
#include "dialect_v201_names.h"
#include "dialect_v201_reports.h"
#include "reports.h"

/* --- orders ----------------------------------------------------------------------------------------------------------------- */

static bool read_accepted(struct ocpp_command_result *result, enum ocpp201_generic_device_model_status status)
{
    result->accepted = status == OCPP201_GENERIC_DEVICE_MODEL_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_generic_device_model_status_enum, (int)status);
    return true;
}

static bool read_base_report(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_get_base_report_res *res = response;

    (void)central;
    return read_accepted(result, res->status);
}

enum ocpp_status central_v201_get_base_report(struct command *command, const void *what)
{
    static const enum ocpp201_report_base bases[] = {
        [OCPP_REPORT_CONFIGURATION] = OCPP201_REPORT_BASE_CONFIGURATION_INVENTORY,
        [OCPP_REPORT_FULL] = OCPP201_REPORT_BASE_FULL_INVENTORY,
        [OCPP_REPORT_SUMMARY] = OCPP201_REPORT_BASE_SUMMARY_INVENTORY,
    };
    const struct base_report_order *order = what;
    const struct ocpp201_get_base_report_req req = { .request_id = order->request_id, .report_base = bases[order->base] };

    return command_send(command, &ocpp201_actions[OCPP201_ACTION_GET_BASE_REPORT], &req, read_base_report);
}

static bool read_report(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_get_report_res *res = response;

    (void)central;
    return read_accepted(result, res->status);
}

enum ocpp_status central_v201_get_report(struct command *command, const void *what)
{
    static const enum ocpp201_component_criterion all[] = {
        OCPP201_COMPONENT_CRITERION_ACTIVE,
        OCPP201_COMPONENT_CRITERION_AVAILABLE,
        OCPP201_COMPONENT_CRITERION_ENABLED,
        OCPP201_COMPONENT_CRITERION_PROBLEM,
    };
    const struct ocpp_report_query *query = what;
    enum ocpp201_component_criterion criteria[4];
    struct ocpp201_get_report_req req = { .component_variable.count = query->count, .request_id = query->request_id };
    const enum ocpp_status status = central_v201_write_names(command, query, &req.component_variable.items);

    if (status != OCPP_OK) {
        return status;
    }
    for (size_t i = 0; i < 4; i++) {
        if (query->criteria & (1u << i)) {
            criteria[req.component_criteria.count++] = all[i];
        }
    }
    req.component_criteria.items = req.component_criteria.count > 0 ? criteria : NULL;
    return command_send(command, &ocpp201_actions[OCPP201_ACTION_GET_REPORT], &req, read_report);
}

static bool read_monitoring_report(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_get_monitoring_report_res *res = response;

    (void)central;
    return read_accepted(result, res->status);
}

enum ocpp_status central_v201_get_monitoring_report(struct command *command, const void *what)
{
    static const enum ocpp201_monitoring_criterion all[] = {
        OCPP201_MONITORING_CRITERION_THRESHOLD_MONITORING,
        OCPP201_MONITORING_CRITERION_DELTA_MONITORING,
        OCPP201_MONITORING_CRITERION_PERIODIC_MONITORING,
    };
    const struct ocpp_report_query *query = what;
    enum ocpp201_monitoring_criterion criteria[3];
    struct ocpp201_get_monitoring_report_req req = { .component_variable.count = query->count, .request_id = query->request_id };
    const enum ocpp_status status = central_v201_write_names(command, query, &req.component_variable.items);

    if (status != OCPP_OK) {
        return status;
    }
    for (size_t i = 0; i < 3; i++) {
        if (query->criteria & (1u << i)) {
            criteria[req.monitoring_criteria.count++] = all[i];
        }
    }
    req.monitoring_criteria.items = req.monitoring_criteria.count > 0 ? criteria : NULL;
    return command_send(command, &ocpp201_actions[OCPP201_ACTION_GET_MONITORING_REPORT], &req, read_monitoring_report);
}

static bool read_customer(struct ocpp_central *central, const void *response, struct ocpp_command_result *result)
{
    const struct ocpp201_customer_information_res *res = response;

    (void)central;
    result->accepted = res->status == OCPP201_CUSTOMER_INFORMATION_STATUS_ACCEPTED;
    result->word = ocpp_enum_name(&ocpp201_customer_information_status_enum, (int)res->status);
    return true;
}

enum ocpp_status central_v201_customer_information(struct command *command, const void *what)
{
    const struct ocpp_customer_order *order = what;
    struct ocpp201_id_token token;
    struct ocpp201_certificate_hash_data hash;
    struct ocpp201_customer_information_req req = {
        .request_id = order->request_id,
        .report = order->report,
        .clear = order->clear,
        .customer_identifier = order->identifier,
    };

    if (order->token) {
        token = central_v201_token(command, order->token);
        req.id_token = &token;
    }
    if (order->certificate) {
        hash = central_v201_hash(order->certificate);
        req.customer_certificate = &hash;
    }
    return command_send(command, &ocpp201_actions[OCPP201_ACTION_CUSTOMER_INFORMATION], &req, read_customer);
}

/* --- pages -------------------------------------------------------------------------------------------------------------------
 */

/* With the defaults of the standard: Actual, ReadWrite, neither persistent nor constant. */
static struct ocpp_reported_attribute attribute_of(const struct ocpp201_variable_attribute *told)
{
    const enum ocpp201_attribute type = told->type ? told->type : OCPP201_ATTRIBUTE_ACTUAL;

    return (struct ocpp_reported_attribute){
        .type = ocpp_enum_name(&ocpp201_attribute_enum, (int)type),
        .value = told->value,
        .is_readable = told->mutability != OCPP201_MUTABILITY_WRITE_ONLY,
        .is_writable = told->mutability != OCPP201_MUTABILITY_READ_ONLY,
        .is_persistent = told->persistent,
        .is_constant = told->constant,
    };
}

static void read_characteristics(const struct ocpp201_variable_characteristics *told, struct ocpp_reported_variable *variable)
{
    variable->data_type = ocpp_enum_name(&ocpp201_data_enum, (int)told->data_type);
    variable->unit = told->unit;
    variable->has_min = told->has_min_limit;
    variable->min = told->min_limit;
    variable->has_max = told->has_max_limit;
    variable->max = told->max_limit;
    variable->values = told->values_list;
    variable->supports_monitoring = told->supports_monitoring;
}

static bool read_variable(const struct ocpp201_report_data *told, struct ocpp_arena *arena,
                          struct ocpp_reported_variable *variable)
{
    const size_t count = told->variable_attribute.count;
    struct ocpp_reported_attribute *attributes = ocpp_arena_take(arena, count * sizeof *attributes);

    if (!attributes) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        attributes[i] = attribute_of(&told->variable_attribute.items[i]);
    }
    *variable = (struct ocpp_reported_variable){
        .name = central_v201_read_name(&told->component, &told->variable, OCPP201_ATTRIBUTE_UNSET),
        .attributes = attributes,
        .attribute_count = count,
    };
    if (told->variable_characteristics) {
        read_characteristics(told->variable_characteristics, variable);
    }
    return true;
}

static bool read_variables(const void *message, struct ocpp_arena *arena, struct ocpp_report *report)
{
    const struct ocpp201_notify_report_req *req = message;
    struct ocpp_reported_variable *variables = ocpp_arena_take(arena, req->report_data.count * sizeof *variables);

    for (size_t i = 0; variables && i < req->report_data.count; i++) {
        if (!read_variable(&req->report_data.items[i], arena, &variables[i])) {
            return false;
        }
    }
    report->variables = variables;
    report->variable_count = variables ? req->report_data.count : 0;
    return variables != NULL;
}

/* One row for each monitor. */
static size_t read_monitors_of(const struct ocpp201_monitoring_data *told, struct ocpp_reported_monitor *monitors)
{
    const struct ocpp_setting_address name = central_v201_read_name(&told->component, &told->variable, OCPP201_ATTRIBUTE_UNSET);

    for (size_t i = 0; i < told->variable_monitoring.count; i++) {
        const struct ocpp201_variable_monitoring *monitor = &told->variable_monitoring.items[i];
        monitors[i] = (struct ocpp_reported_monitor){
            .name = name,
            .id = monitor->id,
            .type = central_v201_monitor_type(monitor->type),
            .value = monitor->value,
            .severity = central_v201_severity(monitor->severity),
            .only_in_transaction = monitor->transaction,
        };
    }
    return told->variable_monitoring.count;
}

static bool read_monitors(const void *message, struct ocpp_arena *arena, struct ocpp_report *report)
{
    const struct ocpp201_notify_monitoring_report_req *req = message;
    struct ocpp_reported_monitor *monitors;
    size_t count = 0;

    for (size_t i = 0; i < req->monitor.count; i++) {
        count += req->monitor.items[i].variable_monitoring.count;
    }
    monitors = ocpp_arena_take(arena, count * sizeof *monitors);
    if (!monitors) {
        return false;
    }
    for (size_t i = 0; i < req->monitor.count; i++) {
        report->monitor_count += read_monitors_of(&req->monitor.items[i], monitors + report->monitor_count);
    }
    report->monitors = monitors;
    return true;
}

static bool read_text(const void *message, struct ocpp_arena *arena, struct ocpp_report *report)
{
    const struct ocpp201_notify_customer_information_req *req = message;

    (void)arena;
    report->text = req->data;
    return true;
}

static void hear_page(struct ocpp_station *station, const struct ocpp_incoming_call *call, struct report_page *page)
{
    const bool is_heard = reports_are_heard(station->central);

    page->type = call->action->request;
    page->message = call->request;
    if (is_heard) {
        reports_hear(station, page);
    }
    station_thank(station, call, is_heard);
}

void central_v201_hear_report(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_notify_report_req *req = call->request;
    struct report_page page = { .kind = OCPP_REPORT_VARIABLES,
                                .request_id = req->request_id,
                                .seq_no = req->seq_no,
                                .is_last = !req->tbc,
                                .generated_utc_ms = req->generated_at,
                                .read = read_variables };

    hear_page(station, call, &page);
}

void central_v201_hear_monitoring_report(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_notify_monitoring_report_req *req = call->request;
    struct report_page page = { .kind = OCPP_REPORT_MONITORS,
                                .request_id = req->request_id,
                                .seq_no = req->seq_no,
                                .is_last = !req->tbc,
                                .generated_utc_ms = req->generated_at,
                                .read = read_monitors };

    hear_page(station, call, &page);
}

void central_v201_hear_customer(struct ocpp_station *station, const struct ocpp_incoming_call *call)
{
    const struct ocpp201_notify_customer_information_req *req = call->request;
    struct report_page page = { .kind = OCPP_REPORT_CUSTOMER,
                                .request_id = req->request_id,
                                .seq_no = req->seq_no,
                                .is_last = !req->tbc,
                                .generated_utc_ms = req->generated_at,
                                .read = read_text };

    hear_page(station, call, &page);
}
