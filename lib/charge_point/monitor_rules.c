/* monitor_rules.c: the rules of monitors. Nothing here knows a charge point. */
#include "monitor_rules.h"

#include "metering.h"

/* --- values ---------------------------------------------------------------------------------------------------------------- */

int64_t ocpp_monitor_millionths(struct ocpp_decimal number)
{
    int64_t value;
    if (ocpp_decimal_to_integer(number, 6, &value) != OCPP_OK || value > MONITOR_MOST || value < -MONITOR_MOST) {
        return number.coefficient < 0 ? -MONITOR_MOST : MONITOR_MOST;
    }
    return value;
}

/* FNV-1a. */
uint64_t ocpp_monitor_digest(const char *text)
{
    uint64_t digest = UINT64_C(14695981039346656037);
    for (; *text != '\0'; text++) {
        digest = (digest ^ (uint8_t)*text) * UINT64_C(1099511628211);
    }
    return digest;
}

bool ocpp_monitor_is_number(enum ocpp_setting_type type)
{
    return type == OCPP_SETTING_DECIMAL || type == OCPP_SETTING_INTEGER || type == OCPP_SETTING_DATE_TIME;
}

bool ocpp_monitor_suits(enum ocpp_setting_type type, enum ocpp_monitor_type monitor)
{
    switch (monitor) {
    case OCPP_MONITOR_UPPER_THRESHOLD:
    case OCPP_MONITOR_LOWER_THRESHOLD:
        return type == OCPP_SETTING_DECIMAL || type == OCPP_SETTING_INTEGER;
    case OCPP_MONITOR_DELTA:
        return true;
    case OCPP_MONITOR_PERIODIC:
    case OCPP_MONITOR_PERIODIC_CLOCK_ALIGNED:
        return type != OCPP_SETTING_DATE_TIME;
    case OCPP_MONITOR_TARGET_DELTA:
    case OCPP_MONITOR_TARGET_DELTA_RELATIVE:
        return false; /* of 2.1 */
    }
    return false;
}

/* --- thresholds ------------------------------------------------------------------------------------------------------------ */

/* An event when the value passes, not on the threshold; another when it is back (N07.FR.02, FR.16, FR.17). */
static enum monitor_event look_at_threshold(const struct monitor_rule *rule, struct monitor_memory *memory, int64_t number)
{
    const bool is_upper = rule->type == OCPP_MONITOR_UPPER_THRESHOLD;
    const int64_t beyond = is_upper ? number - rule->value : rule->value - number;
    if (!memory->is_exceeded && beyond > 0) {
        memory->is_exceeded = true;
        return MONITOR_EXCEEDED;
    }
    if (memory->is_exceeded && beyond <= -rule->dead_band) {
        memory->is_exceeded = false;
        return MONITOR_CLEARED;
    }
    return MONITOR_QUIET;
}

/* --- changes --------------------------------------------------------------------------------------------------------------- */

/* More than the amount, counted from what was told last (N07.FR.18, FR.19). */
static enum monitor_event look_at_change(const struct monitor_rule *rule, struct monitor_memory *memory,
                                         const struct monitor_view *view)
{
    const int64_t apart = view->number - memory->reference;
    const bool has_changed = rule->is_number ? apart > rule->value || -apart > rule->value : view->text != memory->text;
    const bool is_first = !memory->has_reference;
    if (!is_first && !has_changed) {
        return MONITOR_QUIET;
    }
    memory->has_reference = true;
    memory->reference = view->number;
    memory->text = view->text;
    return is_first ? MONITOR_QUIET : MONITOR_CHANGED;
}

/* --- periods --------------------------------------------------------------------------------------------------------------- */

static bool is_aligned(const struct monitor_rule *rule)
{
    return rule->type == OCPP_MONITOR_PERIODIC_CLOCK_ALIGNED;
}

/* The end of the period behind |now_ms|. */
static int64_t next_end(const struct monitor_rule *rule, const struct monitor_memory *memory, const struct monitor_view *view,
                        int64_t now_ms)
{
    if (is_aligned(rule)) {
        return ocpp_cp_clock_point_after(now_ms, view->offset_ms, rule->value);
    }
    return memory->has_due ? now_ms + rule->value - (now_ms - memory->due_ms) % rule->value : now_ms + rule->value;
}

/* Several ends that were missed are one. A calendar that was set back waits for no end further away than a period. */
static enum monitor_event look_at_period(const struct monitor_rule *rule, struct monitor_memory *memory,
                                         const struct monitor_view *view)
{
    const int64_t now_ms = is_aligned(rule) ? view->utc_ms : view->mono_ms;
    if (is_aligned(rule) && view->utc_ms == OCPP_UTC_UNKNOWN) {
        memory->has_due = false;
        return MONITOR_QUIET;
    }
    const bool is_due = memory->has_due && now_ms >= memory->due_ms;
    if (is_due || !memory->has_due || memory->due_ms - now_ms > rule->value) {
        memory->due_ms = next_end(rule, memory, view, now_ms);
        memory->has_due = true;
    }
    return is_due ? MONITOR_PERIOD : MONITOR_QUIET;
}

static bool is_periodic(const struct monitor_rule *rule)
{
    return rule->type == OCPP_MONITOR_PERIODIC || is_aligned(rule);
}

int64_t ocpp_monitor_due(const struct monitor_rule *rule, const struct monitor_memory *memory, int64_t mono_ms, int64_t utc_ms)
{
    if (!is_periodic(rule) || !memory->has_due || (is_aligned(rule) && utc_ms == OCPP_UTC_UNKNOWN)) {
        return OCPP_NEVER;
    }
    return is_aligned(rule) ? mono_ms + (memory->due_ms - utc_ms) : memory->due_ms;
}

/* --- all of them ----------------------------------------------------------------------------------------------------------- */

enum monitor_event ocpp_monitor_look(const struct monitor_rule *rule, struct monitor_memory *memory,
                                     const struct monitor_view *view)
{
    if (is_periodic(rule)) { /* also of a variable that has no value now */
        return look_at_period(rule, memory, view);
    }
    if (!view->has_value) {
        return MONITOR_QUIET;
    }
    return rule->type == OCPP_MONITOR_DELTA ? look_at_change(rule, memory, view) : look_at_threshold(rule, memory, view->number);
}

void ocpp_monitor_skip(const struct monitor_rule *rule, struct monitor_memory *memory, const struct monitor_view *view)
{
    if (is_periodic(rule)) {
        (void)look_at_period(rule, memory, view);
    }
    if (rule->type == OCPP_MONITOR_DELTA && view->has_value && !memory->has_reference) {
        (void)look_at_change(rule, memory, view);
    }
}
