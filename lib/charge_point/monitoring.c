/* monitoring.c: the block of monitors: it looks at what they watch, and tells what they make of it (OCPP 2.0.1 N07, N08).
 *
 * Every round looks at the values the engine has itself. What only a callback or a meter can tell is looked at when the firmware
 * says that it changed, and at intervals. A monitor that may tell nothing now, because of its severity or because monitoring is
 * off, is not looked at, so that what it tells later is how things stand then (N07, remarks). */
#include "monitors.h"

#include <string.h>

#include "arena.h"
#include "events.h"
#include "text.h"

struct monitoring *ocpp_cp_monitoring(const struct ocpp_charge_point *cp)
{
    return ocpp_cp_block(cp, BLOCK_MONITORING);
}

/* --- the block -------------------------------------------------------------------------------------------------------------- */

static size_t size_of(const struct ocpp_charge_point_settings *settings)
{
    return settings->monitoring == NULL ? 0 : sizeof(struct monitoring);
}

static bool is_text(const char *text, size_t most)
{
    return text != NULL && ocpp_text_valid(text, strlen(text)) && ocpp_text_count(text, strlen(text)) <= most;
}

static bool is_name(const char *text, bool is_required)
{
    return text == NULL ? !is_required : text[0] != '\0' && is_text(text, EVENT_NAME_CHARACTERS);
}

static bool is_valid_name(const struct ocpp_setting_name *name)
{
    return is_name(name->component, true) && is_name(name->variable, true) && is_name(name->component_instance, false) &&
           is_name(name->instance, false);
}

static bool is_right(const struct ocpp_monitor *monitor)
{
    const int64_t value = ocpp_monitor_millionths(monitor->value);
    const bool has_period = monitor->type >= OCPP_MONITOR_PERIODIC;
    const int64_t longest_s = monitor->type == OCPP_MONITOR_PERIODIC_CLOCK_ALIGNED ? DAY_S : LONGEST_PERIOD_S;
    return monitor->id >= 1 && monitor->id <= OCPP_DECLARED_MONITORS && is_valid_name(&monitor->variable) &&
           (unsigned)monitor->type <= OCPP_MONITOR_PERIODIC_CLOCK_ALIGNED && monitor->severity >= WORST_SEVERITY &&
           monitor->severity <= LEAST_SEVERITY && (unsigned)monitor->origin <= OCPP_MONITOR_PRECONFIGURED &&
           (!has_period || (value >= 1000000 && value <= longest_s * 1000000));
}

static bool are_right(const struct ocpp_monitoring_settings *settings)
{
    for (size_t i = 0; i < settings->monitor_count; i++) {
        for (size_t other = 0; other < i; other++) {
            if (settings->monitors[i].id == settings->monitors[other].id) {
                return false;
            }
        }
        if (!is_right(&settings->monitors[i])) {
            return false;
        }
    }
    return true;
}

static const char *wrong_setting(const struct ocpp_charge_point_settings *all, const struct ocpp_hardware *hardware)
{
    (void)hardware;
    const struct ocpp_monitoring_settings *settings = all->monitoring;
    if (settings == NULL) {
        return NULL;
    }
    if (settings->monitor_count > MOST_DECLARED || (settings->monitor_count > 0 && settings->monitors == NULL)) {
        return "monitoring: monitor_count";
    }
    const struct {
        bool is_right;
        const char *name;
    } rules[] = {
        { are_right(settings), "monitoring: monitors" },
        { settings->max_monitors <= MOST_CUSTOM, "monitoring: max_monitors" },
        { settings->look_interval_ms == 0 || (settings->look_interval_ms >= 100 && settings->look_interval_ms <= 86400000),
          "monitoring: look_interval_ms" },
        { settings->shortest_period_s >= 0 && settings->shortest_period_s <= 86400, "monitoring: shortest_period_s" },
    };
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (!rules[i].is_right) {
            return rules[i].name;
        }
    }
    return NULL;
}

static bool start(struct ocpp_charge_point *cp)
{
    struct monitoring *all = ocpp_cp_monitoring(cp);
    all->settings = cp->settings.monitoring;
    all->declared = all->settings->monitor_count;
    all->room = ocpp_cp_monitors_room(all->settings);
    all->keep_mono_ms = cp->now.mono_ms;
    all->monitors = ocpp_reallocate(cp->settings.allocator, NULL, all->room * sizeof(*all->monitors));
    if (all->monitors == NULL) {
        return false;
    }
    memset(all->monitors, 0, all->room * sizeof(*all->monitors));
    return true;
}

static void free_all(struct ocpp_charge_point *cp)
{
    ocpp_reallocate(cp->settings.allocator, ocpp_cp_monitoring(cp)->monitors, 0);
}

/* --- what there is to see ----------------------------------------------------------------------------------------------------
 */

static bool is_periodic(const struct monitor *monitor)
{
    return monitor->type == OCPP_MONITOR_PERIODIC || monitor->type == OCPP_MONITOR_PERIODIC_CLOCK_ALIGNED;
}

/* What changes without anybody saying so. */
static bool is_asked_for(const struct ocpp_charge_point *cp, const struct monitor *monitor)
{
    const int row = monitor->entry.row;
    if (row >= VARIABLE_COUNT) {
        return cp->settings.own_settings[row - VARIABLE_COUNT].get != NULL;
    }
    return row == VARIABLE_EVSE_POWER || row == VARIABLE_DATE_TIME;
}

static int64_t look_interval(const struct monitoring *all)
{
    return all->settings->look_interval_ms == 0 ? USUAL_LOOK_MS : all->settings->look_interval_ms;
}

static bool same(const char *a, const char *b)
{
    return ocpp_text_equal_fold(a == NULL ? "" : a, b == NULL ? "" : b);
}

/* Half the width of the dead band around a threshold, in percent of it: the variable Hysteresis of the component. Only firmware
 * brings one. */
static int64_t dead_band(const struct ocpp_charge_point *cp, const struct monitor *monitor, int64_t value)
{
    const struct ocpp_setting_name name = ocpp_cp_monitor_name(cp, monitor);
    for (size_t i = 0; i < cp->settings.own_setting_count; i++) {
        const struct ocpp_own_setting *own = &cp->settings.own_settings[i];
        char text[OCPP_VARIABLE_TEXT_SIZE];
        struct ocpp_decimal percent;
        if (own->name.component == NULL || !same(own->name.variable, "Hysteresis") || own->name.evse != name.evse ||
            own->name.connector != name.connector || !same(own->name.component, name.component) ||
            !same(own->name.component_instance, name.component_instance) ||
            !ocpp_cp_own_text(cp, own, OCPP_SETTING_ACTUAL, text, sizeof(text)) ||
            ocpp_decimal_parse(text, strlen(text), &percent) != OCPP_OK) {
            continue;
        }
        const int64_t width = ocpp_monitor_millionths(percent);
        const int64_t part = width < 0 ? 0 : width > 100000000 ? 100000000 : width;
        const int64_t size = value < 0 ? -value : value;
        return size / 200000000 * part + size % 200000000 * part / 200000000;
    }
    return 0;
}

static struct monitor_rule rule_of(const struct ocpp_charge_point *cp, const struct monitor *monitor)
{
    const int64_t value = ocpp_monitor_millionths(monitor->value);
    const struct monitor_rule rule = {
        .type = monitor->type,
        .is_number = ocpp_monitor_is_number(ocpp_cp_entry_traits(cp, &monitor->entry).type),
        .value = is_periodic(monitor) ? value / 1000 : value,
    };
    return rule;
}

static bool is_threshold(const struct monitor *monitor)
{
    return monitor->type == OCPP_MONITOR_UPPER_THRESHOLD || monitor->type == OCPP_MONITOR_LOWER_THRESHOLD;
}

static bool read_value(struct ocpp_charge_point *cp, const struct monitor *monitor, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    if (monitor->entry.row == VARIABLE_EVSE_POWER) {
        struct reading reading;
        ocpp_cp_read_meter(cp, monitor->entry.evse, OCPP_CONTEXT_OTHER, &reading);
    }
    return ocpp_cp_entry_text(cp, &monitor->entry, OCPP_SETTING_ACTUAL, text);
}

static bool number_of(enum ocpp_setting_type type, const char *text, int64_t *number)
{
    struct ocpp_decimal decimal;
    int64_t utc_ms;
    if (type == OCPP_SETTING_DATE_TIME) {
        const bool is_read = ocpp_time_parse(text, strlen(text), &utc_ms) == OCPP_OK;
        *number = is_read ? utc_ms * 1000 : 0;
        return is_read;
    }
    const bool is_read = ocpp_decimal_parse(text, strlen(text), &decimal) == OCPP_OK;
    *number = is_read ? ocpp_monitor_millionths(decimal) : 0;
    return is_read;
}

static struct monitor_view view_of(const struct ocpp_charge_point *cp)
{
    return (struct monitor_view){
        .mono_ms = cp->now.mono_ms,
        .utc_ms = ocpp_cp_utc(cp, cp->now),
        .offset_ms = ocpp_charge_point_local_offset_ms(cp, cp->now),
    };
}

/* --- what is told ------------------------------------------------------------------------------------------------------------
 */

static enum ocpp_status tell(struct ocpp_charge_point *cp, const struct monitor *monitor, enum monitor_event what,
                             const char *value)
{
    static const uint8_t triggers[] = {
        [MONITOR_QUIET] = EVENT_ALERTING, [MONITOR_EXCEEDED] = EVENT_ALERTING, [MONITOR_CLEARED] = EVENT_ALERTING,
        [MONITOR_CHANGED] = EVENT_DELTA,  [MONITOR_PERIOD] = EVENT_PERIODIC,
    };
    static const uint8_t origins[] = {
        [OCPP_MONITOR_HARD_WIRED] = EVENT_HARD_WIRED_MONITOR,
        [OCPP_MONITOR_PRECONFIGURED] = EVENT_PRECONFIGURED_MONITOR,
        [OCPP_MONITOR_CUSTOM] = EVENT_CUSTOM_MONITOR,
    };
    const struct ocpp_setting_name name = ocpp_cp_monitor_name(cp, monitor);
    const bool is_secret = ocpp_cp_entry_traits(cp, &monitor->entry).access == OCPP_SETTING_WRITE_ONLY;
    struct event_notice event = {
        .trigger = triggers[what],
        .origin = origins[monitor->origin],
        .is_cleared = what == MONITOR_CLEARED,
        .has_monitor = true,
        .monitor = monitor->id,
    };
    ocpp_cp_event_about(&event, &name);
    ocpp_text_copy(event.value, sizeof(event.value), is_secret ? "" : value); /* N07.FR.10 */
    return ocpp_cp_event(cp, &event, monitor->severity);
}

/* A monitor of transactions begins with each anew. */
static bool is_at_work(struct ocpp_charge_point *cp, struct monitor *monitor)
{
    if (!monitor->only_in_transaction) {
        return true;
    }
    bool is_ongoing = false;
    for (int i = 0; i < cp->settings.evse_count && !is_ongoing; i++) {
        const bool is_meant = monitor->entry.evse == 0 || monitor->entry.evse == i + 1;
        is_ongoing = is_meant && ocpp_cp_is_ongoing(&cp->evses[i]);
    }
    if (is_ongoing != monitor->was_in_transaction) {
        monitor->was_in_transaction = is_ongoing;
        ocpp_cp_monitor_start_over(cp, monitor);
    }
    return is_ongoing;
}

static bool is_heard(const struct ocpp_charge_point *cp, const struct monitor *monitor)
{
    return cp->values[VARIABLE_MONITORING_ENABLED] != 0 && ocpp_cp_event_is_heard(cp, monitor->severity);
}

static void see(struct ocpp_charge_point *cp, const struct monitor *monitor, const struct monitor_rule *rule,
                struct monitor_view *view, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    const enum ocpp_setting_type type = ocpp_cp_entry_traits(cp, &monitor->entry).type;
    view->has_value = read_value(cp, monitor, text) && (!rule->is_number || number_of(type, text, &view->number));
    view->text = ocpp_monitor_digest(text);
}

/* What could not be put into the queue is noticed once more later; a period that ended then is lost. */
static void look(struct ocpp_charge_point *cp, struct monitor *monitor)
{
    struct monitor_rule rule = rule_of(cp, monitor);
    struct monitor_view view = view_of(cp);
    char text[OCPP_VARIABLE_TEXT_SIZE] = "";
    const bool heard = is_heard(cp, monitor);
    const bool begins = monitor->type == OCPP_MONITOR_DELTA && !monitor->memory.has_reference;
    if (!is_periodic(monitor) && (heard || begins)) {
        see(cp, monitor, &rule, &view, text);
    }
    if (!heard) {
        ocpp_monitor_skip(&rule, &monitor->memory, &view);
        return;
    }
    rule.dead_band = is_threshold(monitor) ? dead_band(cp, monitor, rule.value) : 0;
    const struct monitor_memory before = monitor->memory;
    const enum monitor_event what = ocpp_monitor_look(&rule, &monitor->memory, &view);
    if (what == MONITOR_QUIET) {
        return;
    }
    if (what == MONITOR_PERIOD && !read_value(cp, monitor, text)) {
        text[0] = '\0';
    }
    if (tell(cp, monitor, what, text) != OCPP_OK && what != MONITOR_PERIOD) {
        monitor->memory = before;
        monitor->look_mono_ms = cp->now.mono_ms + STORE_RETRY_MS;
    }
}

/* What finds no place in the queue now has one when this is written. */
static bool has_room(const struct ocpp_charge_point *cp)
{
    const struct journal *journal = &ocpp_cp_notices(cp)->journal;
    return journal->count + MOST_EVENTS_TOGETHER < MOST_PENDING && journal->used + NOTICE_ROOM <= journal->room;
}

static bool is_event_unwritten(const struct ocpp_charge_point *cp)
{
    const struct journal *journal = &ocpp_cp_notices(cp)->journal;
    for (size_t i = 0; i < journal->count; i++) {
        if (journal->pending[i].is_put) {
            return true;
        }
    }
    return false;
}

static void work(struct ocpp_charge_point *cp)
{
    struct monitoring *all = ocpp_cp_monitoring(cp);
    for (size_t i = 0; i < all->room && has_room(cp); i++) {
        struct monitor *monitor = &all->monitors[i];
        if (monitor->id == 0 || !monitor->is_active || !is_at_work(cp, monitor) || cp->now.mono_ms < monitor->look_mono_ms) {
            continue;
        }
        if (is_asked_for(cp, monitor) && !is_periodic(monitor)) {
            monitor->look_mono_ms = cp->now.mono_ms + look_interval(all);
        }
        look(cp, monitor);
    }
    if (!is_event_unwritten(cp)) {
        ocpp_cp_monitors_keep(cp);
    }
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* A monitor that nobody hears wakes nobody. */
static int64_t deadline(const struct ocpp_charge_point *cp)
{
    const struct monitoring *all = ocpp_cp_monitoring(cp);
    int64_t earliest = OCPP_NEVER;
    for (size_t i = 0; i < all->room && has_room(cp); i++) { /* without room nobody looks; the write that makes it wakes us */
        const struct monitor *monitor = &all->monitors[i];
        const bool is_resting = monitor->only_in_transaction && !monitor->was_in_transaction;
        if (monitor->id == 0 || !monitor->is_active || is_resting || !is_heard(cp, monitor)) {
            continue;
        }
        const struct monitor_rule rule = rule_of(cp, monitor);
        const bool waits = monitor->look_mono_ms > cp->now.mono_ms || (is_asked_for(cp, monitor) && !is_periodic(monitor));
        earliest = earlier(earliest, waits ? monitor->look_mono_ms : OCPP_NEVER);
        earliest = earlier(earliest, ocpp_monitor_due(&rule, &monitor->memory, cp->now.mono_ms, ocpp_cp_utc(cp, cp->now)));
        if (monitor->memory.is_exceeded != monitor->is_exceeded_in_store && all->keep_mono_ms > cp->now.mono_ms) {
            earliest = earlier(earliest, all->keep_mono_ms);
        }
    }
    return earliest;
}

/* --- on a link ---------------------------------------------------------------------------------------------------------------
 */

static bool send(struct ocpp_charge_point *cp, bool is_early)
{
    (void)is_early; /* what was asked for is told while we wait to be accepted (B02.FR.02) */
    return ocpp_cp_monitor_report_send(cp);
}

static int64_t send_deadline(const struct ocpp_charge_point *cp)
{
    const struct monitor_report *report = &ocpp_cp_monitoring(cp)->report;
    return report->is_open && cp->registration != OCPP_REGISTRATION_REJECTED ? report->retry_mono_ms : OCPP_NEVER;
}

static void failed(struct ocpp_charge_point *cp, enum ocpp_status status)
{
    (void)status;
    if (ocpp_cp_monitoring(cp)->report.is_on_its_way) {
        ocpp_cp_monitor_report_failed(cp);
    }
}

/* A report ends with its link: nobody who connects later asked for it. */
static void link_down(struct ocpp_charge_point *cp)
{
    ocpp_cp_monitoring(cp)->report = (struct monitor_report){ .is_open = false };
}

const struct block ocpp_cp_monitoring_block = {
    .size = size_of,
    .wrong_setting = wrong_setting,
    .start = start,
    .free = free_all,
    .load = ocpp_cp_monitors_load,
    .work = work,
    .deadline = deadline,
    .send = send,
    .send_deadline = send_deadline,
    .failed = failed,
    .link_down = link_down,
};

/* --- what the firmware says and asks ------------------------------------------------------------------------------------------
 */

enum ocpp_status ocpp_charge_point_variable_reported(struct ocpp_charge_point *cp, const struct ocpp_setting_name *name,
                                                     struct ocpp_now now)
{
    struct monitoring *all = ocpp_cp_monitoring(cp);
    struct entry entry;
    if (all == NULL) {
        return OCPP_ERR_STATE;
    }
    if (name == NULL || ocpp_cp_entry_find(cp, name, &entry) != OCPP_OK) {
        return OCPP_ERR_NOT_FOUND;
    }
    ocpp_cp_enter(cp, now);
    for (size_t i = 0; i < all->room; i++) {
        struct monitor *monitor = &all->monitors[i];
        if (monitor->id != 0 && monitor->entry.row == entry.row && monitor->entry.evse == entry.evse &&
            monitor->entry.connector == entry.connector) {
            monitor->look_mono_ms = cp->now.mono_ms;
        }
    }
    ocpp_cp_leave(cp);
    return OCPP_OK;
}

static bool is_event(const struct ocpp_charge_point *cp, const struct ocpp_event *event)
{
    const struct ocpp_setting_name *name = &event->variable;
    const bool is_place = (name->evse == 0 && name->connector == 0) ||
                          ocpp_cp_connector(cp, name->evse, name->connector) != NULL ||
                          (name->connector == 0 && ocpp_cp_evse(cp, name->evse) != NULL);
    const char *value = event->value == NULL ? "" : event->value;
    return is_place && is_valid_name(name) && event->severity >= WORST_SEVERITY && event->severity <= LEAST_SEVERITY &&
           ocpp_text_valid(value, strlen(value)) && strlen(value) < EVENT_VALUE_SIZE &&
           (event->tech_code == NULL || is_text(event->tech_code, EVENT_CODE_CHARACTERS)) &&
           (event->tech_info == NULL || is_text(event->tech_info, EVENT_INFO_CHARACTERS));
}

enum ocpp_status ocpp_charge_point_event(struct ocpp_charge_point *cp, const struct ocpp_event *event, struct ocpp_now now)
{
    if (event == NULL || !is_event(cp, event)) {
        return OCPP_ERR_ARGUMENT;
    }
    ocpp_cp_enter(cp, now);
    enum ocpp_status status = OCPP_ERR_STATE;
    if (ocpp_cp_monitoring(cp) != NULL && ocpp_cp_event_is_heard(cp, event->severity)) {
        struct event_notice notice = {
            .trigger = EVENT_ALERTING,
            .origin = EVENT_HARD_WIRED_NOTIFICATION,
            .is_cleared = event->is_cleared,
        };
        ocpp_cp_event_about(&notice, &event->variable);
        ocpp_text_copy(notice.value, sizeof(notice.value), event->value == NULL ? "" : event->value);
        ocpp_text_copy(notice.tech_code, sizeof(notice.tech_code), event->tech_code == NULL ? "" : event->tech_code);
        ocpp_text_copy(notice.tech_info, sizeof(notice.tech_info), event->tech_info == NULL ? "" : event->tech_info);
        status = ocpp_cp_event(cp, &notice, event->severity);
    }
    ocpp_cp_leave(cp);
    return status;
}

void ocpp_charge_point_each_monitor(const struct ocpp_charge_point *cp,
                                    bool (*visit)(const struct ocpp_monitor *monitor, bool is_exceeded, void *user), void *user)
{
    const struct monitoring *all = ocpp_cp_monitoring(cp);
    for (size_t i = 0; all != NULL && i < all->room; i++) {
        const struct monitor *monitor = &all->monitors[i];
        if (monitor->id == 0 || !monitor->is_active) {
            continue;
        }
        const struct ocpp_monitor view = {
            .id = monitor->id,
            .variable = ocpp_cp_monitor_name(cp, monitor),
            .type = monitor->type,
            .value = monitor->value,
            .severity = monitor->severity,
            .only_in_transaction = monitor->only_in_transaction,
            .origin = monitor->origin,
        };
        if (!visit(&view, monitor->memory.is_exceeded, user)) {
            return;
        }
    }
}
