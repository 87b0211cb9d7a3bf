/* report_world.c: an application that notes down what central_reports.h tells it. */
#include "report_world.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct report_wishes report_wishes;

static void tell(struct central_world *world, const char *format, ...) OCPP_PRINTF(2, 3);

static void tell(struct central_world *world, const char *format, ...)
{
    size_t used = strlen(world->told);
    va_list arguments;

    va_start(arguments, format);
    int size = vsnprintf(world->told + used, TOLD_SIZE - used, format, arguments);
    va_end(arguments);
    assert_true(size >= 0 && (size_t)size < TOLD_SIZE - used);
}

static void tell_name(struct central_world *world, const struct ocpp_setting_address *name)
{
    if (name->key) {
        tell(world, "%s", name->key);
        return;
    }
    tell(world, "%s", name->component ? name->component : "-");
    if (name->component_instance) {
        tell(world, "[%s]", name->component_instance);
    }
    if (name->evse > 0) {
        tell(world, "@%d.%d", name->evse, name->connector);
    }
    tell(world, ".%s", name->variable ? name->variable : "-");
    if (name->variable_instance) {
        tell(world, "[%s]", name->variable_instance);
    }
    if (name->attribute) {
        tell(world, "/%s", name->attribute);
    }
}

static void tell_decimal(struct central_world *world, struct ocpp_decimal value)
{
    char text[OCPP_DECIMAL_TEXT_SIZE];

    (void)ocpp_decimal_format(value, text);
    tell(world, "%s", text);
}

static void tell_variable(struct central_world *world, const struct ocpp_reported_variable *variable)
{
    tell(world, " ");
    tell_name(world, &variable->name);
    for (size_t i = 0; i < variable->attribute_count; i++) {
        const struct ocpp_reported_attribute *attribute = &variable->attributes[i];
        tell(world, " %s%s%s%s%s=%s", attribute->type, attribute->is_readable ? "r" : "", attribute->is_writable ? "w" : "",
             attribute->is_persistent ? "p" : "", attribute->is_constant ? "c" : "", attribute->value ? attribute->value : "?");
    }
    if (variable->data_type) {
        tell(world, " (%s %s", variable->data_type, variable->unit ? variable->unit : "-");
        if (variable->has_min) {
            tell(world, " from ");
            tell_decimal(world, variable->min);
        }
        if (variable->has_max) {
            tell(world, " to ");
            tell_decimal(world, variable->max);
        }
        tell(world, " %s%s)", variable->values ? variable->values : "-", variable->supports_monitoring ? " monitored" : "");
    }
    tell(world, ";");
}

static void tell_monitor(struct central_world *world, const struct ocpp_reported_monitor *monitor)
{
    static const char *const types[] = { "upper", "lower", "delta", "periodic", "aligned", "target", "relative" };

    tell(world, " ");
    tell_name(world, &monitor->name);
    tell(world, " #%" PRId64 " %s ", monitor->id, types[monitor->type]);
    tell_decimal(world, monitor->value);
    tell(world, " severity %d%s;", monitor->severity, monitor->only_in_transaction ? " charging" : "");
}

static void tell_report(struct central_world *world, const char *what, const struct ocpp_report *report)
{
    static const char *const kinds[] = { "variables", "monitors", "customer" };

    tell(world, "%s %s %" PRId64 "%s %d", what, kinds[report->kind], report->request_id, report->is_asked ? "" : " unasked",
         (int)report->status);
    if (report->seq_no > 0 || !report->is_last) {
        tell(world, " seq %" PRId64 "%s", report->seq_no, report->is_last ? "" : "+");
    }
    tell(world, " pages %zu:", report->page_count);
    for (size_t i = 0; i < report->variable_count; i++) {
        tell_variable(world, &report->variables[i]);
    }
    for (size_t i = 0; i < report->monitor_count; i++) {
        tell_monitor(world, &report->monitors[i]);
    }
    if (report->text) {
        tell(world, " <%s>", report->text);
    }
    tell(world, "\n");
}

static void on_report(struct ocpp_station *station, const struct ocpp_report *report, void *user)
{
    tell_report(user, "report", report);
    if (report_wishes.order_again) {
        report_wishes.order_again = false;
        report_wishes.ordered = ocpp_station_get_base_report(station, OCPP_REPORT_FULL, report->request_id, &report_done);
    }
}

static bool on_report_page(struct ocpp_station *station, const struct ocpp_report *page, void *user)
{
    (void)station;
    tell_report(user, "page", page);
    return report_wishes.take_pages;
}

static void on_event(struct ocpp_station *station, const struct ocpp_station_event *event, void *user)
{
    static const char *const triggers[] = { "alerting", "delta", "periodic" };
    static const char *const origins[] = { "notification", "hard-wired", "preconfigured", "custom" };

    (void)station;
    tell(user, "event %" PRId64 " %s %s ", event->event_id, triggers[event->trigger], origins[event->origin]);
    tell_name(user, &event->name);
    tell(user, "=<%s>", event->value);
    if (event->severity >= 0) {
        tell(user, " severity %d", event->severity);
    }
    if (event->has_monitor) {
        tell(user, " monitor %" PRId64, event->monitor_id);
    }
    if (event->has_cause) {
        tell(user, " cause %" PRId64, event->cause);
    }
    tell(user, "%s %s %s %s seq %" PRId64 "%s\n", event->is_cleared ? " cleared" : "",
         event->transaction_id ? event->transaction_id : "-", event->tech_code ? event->tech_code : "-",
         event->tech_info ? event->tech_info : "-", event->seq_no, event->is_last ? "" : "+");
}

static void on_publish_status(struct ocpp_station *station, const struct ocpp_publish_status *status, void *user)
{
    (void)station;
    tell(user, "published %s %" PRId64, status->word, status->has_request_id ? status->request_id : -1);
    for (size_t i = 0; i < status->location_count; i++) {
        tell(user, " %s", status->locations[i]);
    }
    tell(user, "\n");
}

const struct ocpp_report_handler report_handler = { on_report, on_report_page, on_event, on_publish_status };
const struct ocpp_report_handler report_handler_whole = { on_report, NULL, on_event, on_publish_status };
const struct ocpp_report_handler report_handler_pages = { NULL, on_report_page, on_event, on_publish_status };

/* --- orders ----------------------------------------------------------------------------------------------------------------- */

static void on_done(struct ocpp_station *station, const struct ocpp_command_result *result, void *user)
{
    struct central_world *world = ocpp_station_user(station);

    (void)user;
    tell(world, "done %d %s %s id %" PRId64 "%s%s", (int)result->status, result->accepted ? "yes" : "no", result->word,
         result->request_id, result->file_name ? " file " : "", result->file_name ? result->file_name : "");
    for (size_t i = 0; i < result->setting_count; i++) {
        const struct ocpp_setting_answer *answer = &result->settings[i];
        tell(world, "; ");
        tell_name(world, &answer->name);
        tell(world, " %s%s%s%s", answer->word, answer->value ? " " : "", answer->value ? answer->value : "",
             answer->is_unknown ? " unknown" : "");
    }
    for (size_t i = 0; i < result->monitor_count; i++) {
        const struct ocpp_monitor_answer *answer = &result->monitors[i];
        tell(world, "; %" PRId64 " ", answer->has_id ? answer->id : -1);
        tell_name(world, &answer->name);
        tell(world, " %s %d", answer->word, answer->severity);
    }
    if (result->transaction_state) {
        const struct ocpp_transaction_state *state = result->transaction_state;
        tell(world, "; %s%s%s", state->has_ongoing ? "told " : "", state->is_ongoing ? "ongoing " : "",
             state->messages_in_queue ? "queued" : "");
    }
    tell(world, "\n");
}

const struct ocpp_command_done report_done = { on_done, NULL };

static void on_task(struct ocpp_station *station, const struct ocpp_station_task_status *status, void *user)
{
    (void)station;
    tell(user, "%s %s %" PRId64 "\n", status->task == OCPP_TASK_FIRMWARE ? "firmware" : "log", status->word,
         status->has_request_id ? status->request_id : -1);
}

static void on_security_event(struct ocpp_station *station, const struct ocpp_station_security_event *event, void *user)
{
    (void)station;
    tell(user, "security %s\n", event->type);
}

static const struct ocpp_report_handler *reports_wanted;

static void extend(struct ocpp_central_handler *handler)
{
    handler->reports = reports_wanted;
    handler->on_task = on_task;
    handler->on_security_event = on_security_event;
}

struct central_world *report_world_new(const struct ocpp_report_handler *handler,
                                       void (*change)(struct ocpp_central_settings *settings))
{
    memset(&report_wishes, 0, sizeof report_wishes);
    reports_wanted = handler;
    return world_new_extended(extend, change);
}

const char *answered(struct central_world *world, struct ocpp_station *station, const char *payload)
{
    char frame[FRAME_SIZE];
    char id[64];

    assert_int_equal(sscanf(world->frame, "[2,'%63[^']'", id), 1);
    (void)world_told(world);
    snprintf(frame, sizeof frame, "[3,'%s',%s]", id, payload);
    world_says(world, station, frame);
    return world_told(world);
}

long long ordered_id(const struct central_world *world)
{
    const char *at = strstr(world->frame, "'requestId':");
    long long id = -1;

    assert_non_null(at);
    assert_int_equal(sscanf(at, "'requestId':%lld", &id), 1);
    return id;
}
