/* monitor_oracle.c: monitors by the letter of the standard: N07.FR.02, FR.16 to FR.19, N08.FR.06, FR.07. */
#include "monitor_oracle.h"

enum { A_DAY_MS = 86400000 };

/* The latest look with |event|, or with any but silence; -1: there was none. */
static int latest(const struct monitor_oracle *oracle, enum monitor_event event)
{
    for (size_t i = oracle->count; i > 0; i--) {
        if (oracle->events[i - 1] != MONITOR_QUIET && (event == MONITOR_QUIET || oracle->events[i - 1] == event)) {
            return (int)i - 1;
        }
    }
    return -1;
}

static enum monitor_event of_threshold(const struct monitor_oracle *oracle, const struct monitor_view *view)
{
    const int last = latest(oracle, MONITOR_QUIET);
    const bool is_up = last >= 0 && oracle->events[last] == MONITOR_EXCEEDED;
    const int64_t value = oracle->rule.value;
    const bool is_upper = oracle->rule.type == OCPP_MONITOR_UPPER_THRESHOLD;
    if (!is_up) {
        return (is_upper ? view->number > value : view->number < value) ? MONITOR_EXCEEDED : MONITOR_QUIET;
    }
    const int64_t band = oracle->rule.dead_band;
    return (is_upper ? view->number <= value - band : view->number >= value + band) ? MONITOR_CLEARED : MONITOR_QUIET;
}

static enum monitor_event of_change(const struct monitor_oracle *oracle, const struct monitor_view *view)
{
    int from = latest(oracle, MONITOR_CHANGED);
    for (size_t i = 0; from < 0 && i < oracle->count; i++) {
        from = oracle->views[i].has_value ? (int)i : -1;
    }
    if (from < 0) {
        return MONITOR_QUIET;
    }
    const struct monitor_view *before = &oracle->views[from];
    const uint64_t apart = view->number > before->number ? (uint64_t)view->number - (uint64_t)before->number
                                                         : (uint64_t)before->number - (uint64_t)view->number;
    const bool has_changed = oracle->rule.is_number ? apart > (uint64_t)oracle->rule.value : view->text != before->text;
    return has_changed ? MONITOR_CHANGED : MONITOR_QUIET;
}

static enum monitor_event of_period(const struct monitor_oracle *oracle, const struct monitor_view *view)
{
    if (oracle->count == 0) {
        return MONITOR_QUIET;
    }
    const int64_t start = oracle->views[0].mono_ms;
    const int64_t before = oracle->views[oracle->count - 1].mono_ms;
    return (view->mono_ms - start) / oracle->rule.value > (before - start) / oracle->rule.value ? MONITOR_PERIOD : MONITOR_QUIET;
}

/* By the calendar: whether a point of the grid lies behind the last look. While nobody knew the time nobody waited for one. */
static enum monitor_event of_clock(const struct monitor_oracle *oracle, const struct monitor_view *view)
{
    const struct monitor_view *before = oracle->count == 0 ? NULL : &oracle->views[oracle->count - 1];
    if (before == NULL || before->utc_ms == OCPP_UTC_UNKNOWN || view->utc_ms == OCPP_UTC_UNKNOWN) {
        return MONITOR_QUIET;
    }
    const int64_t local = view->utc_ms + view->offset_ms;
    const int64_t into = local % A_DAY_MS;
    const int64_t point = local - into % oracle->rule.value - view->offset_ms;
    return point > before->utc_ms ? MONITOR_PERIOD : MONITOR_QUIET;
}

enum monitor_event monitor_oracle_say(struct monitor_oracle *oracle, const struct monitor_view *view, bool is_skipped)
{
    enum monitor_event event = MONITOR_QUIET;
    switch (oracle->rule.type) {
    case OCPP_MONITOR_UPPER_THRESHOLD:
    case OCPP_MONITOR_LOWER_THRESHOLD:
        event = view->has_value && !is_skipped ? of_threshold(oracle, view) : MONITOR_QUIET;
        break;
    case OCPP_MONITOR_DELTA:
        event = view->has_value && !is_skipped ? of_change(oracle, view) : MONITOR_QUIET;
        break;
    case OCPP_MONITOR_PERIODIC:
        event = is_skipped ? MONITOR_QUIET : of_period(oracle, view);
        break;
    case OCPP_MONITOR_PERIODIC_CLOCK_ALIGNED:
        event = is_skipped ? MONITOR_QUIET : of_clock(oracle, view);
        break;
    case OCPP_MONITOR_TARGET_DELTA:
    case OCPP_MONITOR_TARGET_DELTA_RELATIVE:
        break;
    }
    oracle->views[oracle->count] = *view;
    oracle->events[oracle->count++] = event;
    return event;
}
