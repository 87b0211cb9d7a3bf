/* monitor_setting.c: monitors that the central system sets, changes and clears, the base and the level. OCPP 2.0.1 N03 to N06.
 *
 * What is accepted is durable before it is answered. The id of a monitor that was cleared is not given again. */
#include "monitors.h"

#include <string.h>

void ocpp_cp_monitor_start_over(struct ocpp_charge_point *cp, struct monitor *monitor)
{
    monitor->memory = (struct monitor_memory){ .is_exceeded = false };
    monitor->look_mono_ms = cp->now.mono_ms;
    cp->dirty = true;
}

/* --- what may be set ------------------------------------------------------------------------------------------------------- */

static bool is_threshold(enum ocpp_monitor_type type)
{
    return type == OCPP_MONITOR_UPPER_THRESHOLD || type == OCPP_MONITOR_LOWER_THRESHOLD;
}

static bool is_in_range(const struct monitoring *all, const struct ocpp_monitor *wanted, const struct entry_traits *traits)
{
    const int64_t value = ocpp_monitor_millionths(wanted->value);
    if (is_threshold(wanted->type)) { /* N04.FR.06 with errata 2025-01 */
        return value < MONITOR_MOST && value > -MONITOR_MOST &&
               (!traits->has_minimum || ocpp_decimal_compare(wanted->value, traits->minimum) >= 0) &&
               (!traits->has_maximum || ocpp_decimal_compare(wanted->value, traits->maximum) <= 0);
    }
    if (wanted->type == OCPP_MONITOR_DELTA) { /* N04.FR.14; edition 4, FR.20: nor zero, where the value counts */
        return value >= 0 && (value > 0 || !ocpp_monitor_is_number(traits->type));
    }
    const int64_t shortest_s = all->settings->shortest_period_s == 0 ? 1 : all->settings->shortest_period_s;
    const int64_t longest_s = wanted->type == OCPP_MONITOR_PERIODIC ? LONGEST_PERIOD_S : DAY_S; /* the clock begins anew then */
    return value >= shortest_s * 1000000 && value <= longest_s * 1000000;
}

/* Another of the same variable, type and severity (N04.FR.10). */
static bool is_duplicate(const struct monitoring *all, const struct ocpp_monitor *wanted, const struct entry *entry)
{
    for (size_t i = 0; i < all->room; i++) {
        const struct monitor *other = &all->monitors[i];
        if (other->id != 0 && other->is_active && other->id != wanted->id && other->type == wanted->type &&
            other->severity == wanted->severity && memcmp(&other->entry, entry, sizeof(*entry)) == 0) {
            return true;
        }
    }
    return false;
}

static struct monitor *free_place(const struct monitoring *all)
{
    for (size_t i = all->declared; i < all->room; i++) {
        if (all->monitors[i].id == 0) {
            return &all->monitors[i];
        }
    }
    return NULL;
}

/* Of a monitor that is to be replaced (N04.FR.12, FR.13, FR.16, FR.18). */
static enum monitor_verdict judge_replaced(const struct monitor *before, const struct entry *entry)
{
    if (before == NULL) {
        return MONITOR_UNKNOWN_ID;
    }
    if (memcmp(&before->entry, entry, sizeof(*entry)) != 0) {
        return MONITOR_OF_ANOTHER;
    }
    return before->origin == OCPP_MONITOR_HARD_WIRED ? MONITOR_FIXED : MONITOR_SET;
}

static enum monitor_verdict judge(struct ocpp_charge_point *cp, const struct ocpp_monitor *wanted, struct entry *entry)
{
    const struct monitoring *all = ocpp_cp_monitoring(cp);
    const enum ocpp_status found = ocpp_cp_entry_find(cp, &wanted->variable, entry);
    if (found != OCPP_OK) {
        return found == OCPP_ERR_NOT_FOUND ? MONITOR_UNKNOWN_COMPONENT : MONITOR_UNKNOWN_VARIABLE;
    }
    const enum monitor_verdict replaced =
        wanted->id == 0 ? MONITOR_SET : judge_replaced(ocpp_cp_monitor_of(all, wanted->id), entry);
    if (replaced != MONITOR_SET) {
        return replaced;
    }
    const struct entry_traits traits = ocpp_cp_entry_traits(cp, entry);
    if (!ocpp_monitor_suits(traits.type, wanted->type)) {
        return MONITOR_UNSUITABLE;
    }
    if (wanted->severity < WORST_SEVERITY || wanted->severity > LEAST_SEVERITY) {
        return MONITOR_BAD_SEVERITY;
    }
    if (!is_in_range(all, wanted, &traits)) {
        return MONITOR_OUT_OF_RANGE;
    }
    if (is_duplicate(all, wanted, entry)) {
        return MONITOR_DUPLICATE;
    }
    const bool is_allowed = all->settings->allows == NULL || all->settings->allows(wanted, all->settings->user);
    return is_allowed ? MONITOR_SET : MONITOR_REFUSED;
}

/* --- set and clear --------------------------------------------------------------------------------------------------------- */

static enum ocpp_status store(struct ocpp_charge_point *cp, const struct monitor *monitor)
{
    const struct monitoring *all = ocpp_cp_monitoring(cp);
    char key[OCPP_KEY_SIZE];
    uint8_t bytes[MONITORING_BYTES];
    struct ocpp_change changes[2];
    enum ocpp_status status = ocpp_cp_monitor_put(cp, monitor, key, &changes[0]);
    if (status == OCPP_OK) {
        status = ocpp_cp_monitoring_put(all, (int)cp->values[VARIABLE_MONITORING_BASE],
                                        (int)cp->values[VARIABLE_MONITORING_LEVEL], bytes, &changes[1]);
    }
    return status == OCPP_OK ? ocpp_cp_write_now(cp, changes, 2) : status;
}

/* A threshold that is changed stays exceeded until a look says otherwise (N07.FR.11); anything else starts over. */
static void replace(struct ocpp_charge_point *cp, struct monitor *place, const struct monitor *made)
{
    const bool stays = place->id == made->id && place->type == made->type && is_threshold(made->type);
    const struct monitor before = *place;
    *place = *made;
    ocpp_cp_monitor_start_over(cp, place);
    place->memory.is_exceeded = stays && before.memory.is_exceeded;
    place->is_exceeded_in_store = before.id == made->id && before.is_exceeded_in_store;
    place->was_in_transaction = stays && before.was_in_transaction;
}

enum monitor_verdict ocpp_cp_monitor_set(struct ocpp_charge_point *cp, const struct ocpp_monitor *wanted, int64_t *id)
{
    struct monitoring *all = ocpp_cp_monitoring(cp);
    struct entry entry;
    const enum monitor_verdict verdict = judge(cp, wanted, &entry);
    if (verdict != MONITOR_SET) {
        return verdict;
    }
    struct monitor *place = wanted->id == 0 ? free_place(all) : ocpp_cp_monitor_of(all, wanted->id);
    if (place == NULL || all->next_id >= INT32_MAX) {
        return MONITOR_NO_ROOM;
    }
    const struct monitor made = {
        .id = wanted->id == 0 ? all->next_id++ : wanted->id,
        .entry = entry,
        .type = wanted->type,
        .origin = OCPP_MONITOR_CUSTOM, /* N04.FR.15 */
        .value = wanted->value,
        .severity = (uint8_t)wanted->severity,
        .only_in_transaction = wanted->only_in_transaction,
        .is_active = true,
    };
    if (store(cp, &made) != OCPP_OK) {
        return MONITOR_NO_STORAGE;
    }
    replace(cp, place, &made);
    *id = made.id;
    return MONITOR_SET;
}

/* |monitor| is again what firmware declared. */
static void take_over(struct ocpp_charge_point *cp, struct monitor *monitor, const struct ocpp_monitor *declared)
{
    monitor->type = declared->type;
    monitor->origin = declared->origin;
    monitor->value = declared->value;
    monitor->severity = (uint8_t)declared->severity;
    monitor->only_in_transaction = declared->only_in_transaction;
    ocpp_cp_monitor_start_over(cp, monitor);
}

/* The records of |monitor| go, and one that firmware declared stays away until the next base (N03.FR.03, FR.04). */
static enum ocpp_status store_without(struct ocpp_charge_point *cp, const struct monitor *monitor)
{
    const struct monitoring *all = ocpp_cp_monitoring(cp);
    struct monitoring after = *all;
    char key[OCPP_KEY_SIZE];
    char exceeded[OCPP_KEY_SIZE];
    uint8_t bytes[MONITORING_BYTES];
    ocpp_cp_number_key("monitor", monitor->id, key);
    ocpp_cp_number_key("exceeded", monitor->id, exceeded);
    struct ocpp_change changes[3] = {
        { .kind = OCPP_CHANGE_DELETE, .key = key },
        { .kind = OCPP_CHANGE_DELETE, .key = exceeded },
    };
    if (monitor->id <= OCPP_DECLARED_MONITORS) {
        after.removed[monitor->id / 8] |= (uint8_t)(1u << (monitor->id % 8));
    }
    const enum ocpp_status status = ocpp_cp_monitoring_put(&after, (int)cp->values[VARIABLE_MONITORING_BASE],
                                                           (int)cp->values[VARIABLE_MONITORING_LEVEL], bytes, &changes[2]);
    return status == OCPP_OK ? ocpp_cp_write_now(cp, changes, 3) : status;
}

/* Nothing is told of a threshold that was passed (N07.FR.12). */
enum clear_verdict ocpp_cp_monitor_clear(struct ocpp_charge_point *cp, int64_t id)
{
    struct monitoring *all = ocpp_cp_monitoring(cp);
    struct monitor *monitor = ocpp_cp_monitor_of(all, id);
    if (monitor == NULL) {
        return MONITOR_NOT_FOUND;
    }
    if (monitor->origin == OCPP_MONITOR_HARD_WIRED || store_without(cp, monitor) != OCPP_OK) {
        return MONITOR_CANNOT_BE_CLEARED;
    }
    if (id <= OCPP_DECLARED_MONITORS) {
        all->removed[id / 8] |= (uint8_t)(1u << (id % 8));
        monitor->is_active = monitor->is_marked = monitor->is_exceeded_in_store = false;
        take_over(cp, monitor, &all->settings->monitors[monitor - all->monitors]);
    } else {
        *monitor = (struct monitor){ .id = 0 };
    }
    return MONITOR_CLEARED_NOW;
}

/* --- base and level -------------------------------------------------------------------------------------------------------- */

/* The declared ones as firmware has them, and no others. */
static void restore_declared(struct ocpp_charge_point *cp)
{
    struct monitoring *all = ocpp_cp_monitoring(cp);
    for (size_t i = 0; i < all->declared; i++) {
        struct monitor *monitor = &all->monitors[i];
        if (monitor->id != 0 && monitor->origin == OCPP_MONITOR_CUSTOM) {
            take_over(cp, monitor, &all->settings->monitors[i]);
        }
    }
    memset(all->monitors + all->declared, 0, (all->room - all->declared) * sizeof(*all->monitors));
}

/* Those that were off begin anew; what was exceeded when they were switched off does not count any more. */
static void activate(struct ocpp_charge_point *cp, enum monitoring_base base)
{
    struct monitoring *all = ocpp_cp_monitoring(cp);
    bool was_active[MOST_DECLARED] = { false };
    for (size_t i = 0; i < all->declared; i++) {
        was_active[i] = all->monitors[i].is_active;
    }
    ocpp_cp_monitors_activate(all, base);
    for (size_t i = 0; i < all->declared; i++) {
        if (was_active[i] != all->monitors[i].is_active) {
            ocpp_cp_monitor_start_over(cp, &all->monitors[i]);
            all->monitors[i].is_marked = false;
        }
    }
}

static bool has_custom(const struct monitoring *all)
{
    for (size_t i = 0; i < all->room; i++) {
        if (all->monitors[i].id != 0 && all->monitors[i].origin == OCPP_MONITOR_CUSTOM) {
            return true;
        }
    }
    return false;
}

/* One write: a power cut leaves what was before, or what is wanted. */
bool ocpp_cp_monitoring_set_base(struct ocpp_charge_point *cp, enum monitoring_base base)
{
    struct monitoring *all = ocpp_cp_monitoring(cp);
    const bool keeps_custom = base == MONITORING_ALL;
    uint8_t bytes[MONITORING_BYTES];
    struct ocpp_change changes[2];
    struct monitoring after = *all;
    memset(after.removed, 0, sizeof(after.removed));
    if (ocpp_cp_monitoring_put(&after, (int)base, (int)cp->values[VARIABLE_MONITORING_LEVEL], bytes, &changes[0]) != OCPP_OK) {
        return false;
    }
    changes[1] = (struct ocpp_change){ .kind = OCPP_CHANGE_DELETE_PREFIX, .key = "monitor/" };
    if (ocpp_cp_write_now(cp, changes, keeps_custom || !has_custom(all) ? 1 : 2) != OCPP_OK) {
        return false;
    }
    memset(all->removed, 0, sizeof(all->removed));
    cp->values[VARIABLE_MONITORING_BASE] = base;
    if (!keeps_custom) {
        restore_declared(cp);
    }
    activate(cp, base);
    ocpp_cp_note_changed(cp, VARIABLE_MONITORING_BASE);
    return true;
}

bool ocpp_cp_monitoring_set_level(struct ocpp_charge_point *cp, int64_t severity)
{
    const struct monitoring *all = ocpp_cp_monitoring(cp);
    uint8_t bytes[MONITORING_BYTES];
    struct ocpp_change change;
    if (severity < WORST_SEVERITY || severity > LEAST_SEVERITY ||
        ocpp_cp_monitoring_put(all, (int)cp->values[VARIABLE_MONITORING_BASE], (int)severity, bytes, &change) != OCPP_OK ||
        ocpp_cp_write_now(cp, &change, 1) != OCPP_OK) {
        return false;
    }
    cp->values[VARIABLE_MONITORING_LEVEL] = severity;
    ocpp_cp_note_changed(cp, VARIABLE_MONITORING_LEVEL);
    cp->dirty = true;
    return true;
}
