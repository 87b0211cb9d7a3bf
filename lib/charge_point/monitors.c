/* monitors.c: which monitors there are: those that firmware declares, what the central system made of them, and its own. */
#include "monitors.h"

#include <string.h>

#include "text.h"

struct monitoring_record {
    int64_t next_id;
    int32_t base;
    int32_t level;
    uint8_t removed[OCPP_DECLARED_MONITORS / 8 + 1];
};

struct monitor_record {
    int64_t id;
    int32_t type;
    struct ocpp_decimal value;
    int32_t severity;
    bool only_in_transaction;
    int32_t evse;
    int32_t connector;
    char component[MONITOR_NAME_SIZE];
    char component_instance[MONITOR_NAME_SIZE];
    char variable[MONITOR_NAME_SIZE];
    char instance[MONITOR_NAME_SIZE];
};

struct exceeded_record {
    int64_t id;
};

/* clang-format off */
static const struct ocpp_field monitoring_rows[] = {
    OCPP_FIELD_ROW(1, OCPP_FIELD_INTEGER, struct monitoring_record, next_id),
    OCPP_FIELD_ROW(2, OCPP_FIELD_INTEGER, struct monitoring_record, base),
    OCPP_FIELD_ROW(3, OCPP_FIELD_INTEGER, struct monitoring_record, level),
    OCPP_FIELD_ROW(4, OCPP_FIELD_BYTES, struct monitoring_record, removed),
};
static const struct ocpp_layout monitoring_layout = { 90, sizeof(struct monitoring_record), monitoring_rows, 4 };
static const struct ocpp_field monitor_rows[] = {
    OCPP_FIELD_ROW(1, OCPP_FIELD_INTEGER, struct monitor_record, id),
    OCPP_FIELD_ROW(2, OCPP_FIELD_INTEGER, struct monitor_record, type),
    OCPP_FIELD_ROW(3, OCPP_FIELD_INTEGER, struct monitor_record, value.coefficient),
    OCPP_FIELD_ROW(4, OCPP_FIELD_INTEGER, struct monitor_record, value.scale),
    OCPP_FIELD_ROW(5, OCPP_FIELD_INTEGER, struct monitor_record, severity),
    OCPP_FIELD_ROW(6, OCPP_FIELD_BOOLEAN, struct monitor_record, only_in_transaction),
    OCPP_FIELD_ROW(7, OCPP_FIELD_INTEGER, struct monitor_record, evse),
    OCPP_FIELD_ROW(8, OCPP_FIELD_INTEGER, struct monitor_record, connector),
    OCPP_FIELD_ROW(9, OCPP_FIELD_TEXT, struct monitor_record, component),
    OCPP_FIELD_ROW(10, OCPP_FIELD_TEXT, struct monitor_record, component_instance),
    OCPP_FIELD_ROW(11, OCPP_FIELD_TEXT, struct monitor_record, variable),
    OCPP_FIELD_ROW(12, OCPP_FIELD_TEXT, struct monitor_record, instance),
};
static const struct ocpp_layout monitor_layout = { 91, sizeof(struct monitor_record), monitor_rows, 12 };
static const struct ocpp_field exceeded_rows[] = {
    OCPP_FIELD_ROW(1, OCPP_FIELD_INTEGER, struct exceeded_record, id),
};
static const struct ocpp_layout exceeded_layout = { 92, sizeof(struct exceeded_record), exceeded_rows, 1 };
/* clang-format on */

static const char monitoring_key[] = "monitoring";
static const char monitor_kind[] = "monitor";
static const char exceeded_kind[] = "exceeded";

size_t ocpp_cp_monitors_room(const struct ocpp_monitoring_settings *settings)
{
    return settings->monitor_count + (settings->max_monitors == 0 ? USUAL_CUSTOM : settings->max_monitors);
}

struct monitor *ocpp_cp_monitor_of(const struct monitoring *all, int64_t id)
{
    for (size_t i = 0; i < all->room && id != 0; i++) {
        if (all->monitors[i].id == id && all->monitors[i].is_active) {
            return &all->monitors[i];
        }
    }
    return NULL;
}

struct ocpp_setting_name ocpp_cp_monitor_name(const struct ocpp_charge_point *cp, const struct monitor *monitor)
{
    return ocpp_cp_entry_name(cp, &monitor->entry);
}

/* --- into the store -------------------------------------------------------------------------------------------------------- */

static void copy(char to[MONITOR_NAME_SIZE], const char *text)
{
    ocpp_text_copy(to, MONITOR_NAME_SIZE, text == NULL ? "" : text);
}

enum ocpp_status ocpp_cp_monitor_put(struct ocpp_charge_point *cp, const struct monitor *monitor, char key[OCPP_KEY_SIZE],
                                     struct ocpp_change *change)
{
    const struct ocpp_setting_name name = ocpp_cp_monitor_name(cp, monitor);
    struct monitor_record record = {
        .id = monitor->id,
        .type = (int32_t)monitor->type,
        .value = monitor->value,
        .severity = monitor->severity,
        .only_in_transaction = monitor->only_in_transaction,
        .evse = name.evse,
        .connector = name.connector,
    };
    copy(record.component, name.component);
    copy(record.component_instance, name.component_instance);
    copy(record.variable, name.variable);
    copy(record.instance, name.instance);
    ocpp_cp_number_key(monitor_kind, monitor->id, key);
    *change = (struct ocpp_change){ .kind = OCPP_CHANGE_PUT, .key = key, .value = cp->bytes };
    return ocpp_record_write(&monitor_layout, &record, cp->bytes, sizeof(cp->bytes), &change->size);
}

enum ocpp_status ocpp_cp_monitoring_put(const struct monitoring *all, int base, int level, uint8_t bytes[MONITORING_BYTES],
                                        struct ocpp_change *change)
{
    struct monitoring_record record = { .next_id = all->next_id, .base = base, .level = level };
    memcpy(record.removed, all->removed, sizeof(record.removed));
    *change = (struct ocpp_change){ .kind = OCPP_CHANGE_PUT, .key = monitoring_key, .value = bytes };
    return ocpp_record_write(&monitoring_layout, &record, bytes, MONITORING_BYTES, &change->size);
}

/* A mark is written behind the event it goes with: a power cut in between tells it once more. */
void ocpp_cp_monitors_keep(struct ocpp_charge_point *cp)
{
    struct monitoring *all = ocpp_cp_monitoring(cp);
    for (size_t i = 0; i < all->room; i++) {
        struct monitor *monitor = &all->monitors[i];
        if (monitor->id == 0 || monitor->memory.is_exceeded == monitor->is_exceeded_in_store ||
            cp->now.mono_ms < all->keep_mono_ms) {
            continue;
        }
        const struct exceeded_record record = { .id = monitor->id };
        char key[OCPP_KEY_SIZE];
        ocpp_cp_number_key(exceeded_kind, monitor->id, key);
        struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = key };
        enum ocpp_status status = OCPP_OK;
        if (monitor->memory.is_exceeded) {
            change = (struct ocpp_change){ .kind = OCPP_CHANGE_PUT, .key = key, .value = cp->bytes };
            status = ocpp_record_write(&exceeded_layout, &record, cp->bytes, sizeof(cp->bytes), &change.size);
        }
        status = status == OCPP_OK ? ocpp_cp_write_now(cp, &change, 1) : status;
        if (status != OCPP_OK) {
            all->keep_mono_ms = cp->now.mono_ms + STORE_RETRY_MS;
            return;
        }
        monitor->is_exceeded_in_store = monitor->memory.is_exceeded;
    }
}

/* --- which are active ------------------------------------------------------------------------------------------------------ */

static bool was_removed(const struct monitoring *all, int64_t id)
{
    return (all->removed[id / 8] >> (id % 8) & 1) != 0;
}

/* N03.FR.03 to FR.05. A declared one that the central system changed is its own from then on. */
void ocpp_cp_monitors_activate(struct monitoring *all, enum monitoring_base base)
{
    for (size_t i = 0; i < all->declared; i++) {
        struct monitor *monitor = &all->monitors[i];
        const bool is_in_base =
            base == MONITORING_ALL || (base == MONITORING_FACTORY_DEFAULT && !all->settings->monitors[i].only_with_all);
        const bool is_wanted = monitor->origin != OCPP_MONITOR_PRECONFIGURED || (is_in_base && !was_removed(all, monitor->id));
        monitor->is_active = monitor->id != 0 && is_wanted;
    }
}

/* The firmware may have changed since: then the variable may be gone. */
static bool take_declared(struct ocpp_charge_point *cp, const struct ocpp_monitor *declared, struct monitor *monitor)
{
    *monitor = (struct monitor){ .id = 0 };
    if (ocpp_cp_entry_find(cp, &declared->variable, &monitor->entry) != OCPP_OK ||
        !ocpp_monitor_suits(ocpp_cp_entry_traits(cp, &monitor->entry).type, declared->type)) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "monitor %ld: there is no such variable, or not of a type that can be monitored so",
                    (long)declared->id);
        return false;
    }
    monitor->id = declared->id;
    monitor->type = declared->type;
    monitor->origin = declared->origin;
    monitor->value = declared->value;
    monitor->severity = (uint8_t)declared->severity;
    monitor->only_in_transaction = declared->only_in_transaction;
    return true;
}

/* --- read back ------------------------------------------------------------------------------------------------------------- */

/* What a walk over records finds; it ends with the first that cannot stay. */
struct loading {
    struct ocpp_charge_point *cp;
    size_t count;                 /* of custom ones */
    char unusable[OCPP_KEY_SIZE]; /* "" */
    bool is_corrupt;
};

static bool drops(struct loading *loading, const char *key)
{
    ocpp_text_copy(loading->unusable, sizeof(loading->unusable), key);
    return false;
}

/* The place of a record: that of the declared one it changed, else a free one; NULL: there is none. */
static struct monitor *place_of(struct loading *loading, int64_t id)
{
    struct monitoring *all = ocpp_cp_monitoring(loading->cp);
    for (size_t i = 0; i < all->declared; i++) {
        if (all->settings->monitors[i].id == id) {
            return &all->monitors[i];
        }
    }
    const bool is_ours = id > OCPP_DECLARED_MONITORS && all->declared + loading->count < all->room;
    return is_ours ? &all->monitors[all->declared + loading->count++] : NULL;
}

static bool is_plausible(const struct monitor_record *record)
{
    return record->id > 0 && record->type >= OCPP_MONITOR_UPPER_THRESHOLD &&
           record->type <= OCPP_MONITOR_PERIODIC_CLOCK_ALIGNED && record->severity >= WORST_SEVERITY &&
           record->severity <= LEAST_SEVERITY && record->value.scale >= -330 && record->value.scale <= 330;
}

/* "" is no instance. */
static const char *or_null(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

static bool load_monitor(const char *key, const void *value, size_t size, void *user)
{
    struct loading *loading = user;
    struct monitor_record record;
    loading->is_corrupt = ocpp_record_read(&monitor_layout, value, size, &record) != OCPP_OK || !is_plausible(&record);
    if (loading->is_corrupt) {
        return drops(loading, key);
    }
    const struct ocpp_setting_name name = {
        .component = record.component,
        .component_instance = or_null(record.component_instance),
        .evse = record.evse,
        .connector = record.connector,
        .variable = record.variable,
        .instance = or_null(record.instance),
    };
    struct entry entry;
    struct monitor *monitor = NULL;
    if (ocpp_cp_entry_find(loading->cp, &name, &entry) == OCPP_OK &&
        ocpp_monitor_suits(ocpp_cp_entry_traits(loading->cp, &entry).type, (enum ocpp_monitor_type)record.type)) {
        monitor = place_of(loading, record.id);
    }
    if (monitor == NULL || (monitor->id != 0 && monitor->origin == OCPP_MONITOR_HARD_WIRED)) {
        return drops(loading, key);
    }
    *monitor = (struct monitor){
        .id = record.id,
        .entry = entry,
        .type = (enum ocpp_monitor_type)record.type,
        .origin = OCPP_MONITOR_CUSTOM,
        .value = record.value,
        .severity = (uint8_t)record.severity,
        .only_in_transaction = record.only_in_transaction,
        .is_active = true,
    };
    return true;
}

static bool load_exceeded(const char *key, const void *value, size_t size, void *user)
{
    struct loading *loading = user;
    struct exceeded_record record;
    loading->is_corrupt = ocpp_record_read(&exceeded_layout, value, size, &record) != OCPP_OK;
    struct monitor *monitor = loading->is_corrupt ? NULL : ocpp_cp_monitor_of(ocpp_cp_monitoring(loading->cp), record.id);
    if (monitor == NULL) {
        return drops(loading, key);
    }
    monitor->memory.is_exceeded = monitor->is_exceeded_in_store = true;
    monitor->was_in_transaction = true;
    return true;
}

/* One that cannot be read is set aside, one whose variable, place or monitor is gone is dropped (N04, remarks). */
static enum ocpp_status drop(struct ocpp_charge_point *cp, const struct loading *loading)
{
    const struct ocpp_change change = { .kind = OCPP_CHANGE_DELETE, .key = loading->unusable };
    if (loading->is_corrupt) {
        return ocpp_cp_set_aside(cp, loading->unusable);
    }
    ocpp_cp_log(cp, OCPP_LOG_WARNING, "%s is of nothing that there is any more, or finds no room", loading->unusable);
    return ocpp_cp_write_now(cp, &change, 1);
}

static void begin(struct ocpp_charge_point *cp)
{
    struct monitoring *all = ocpp_cp_monitoring(cp);
    memset(all->monitors, 0, all->room * sizeof(*all->monitors));
    for (size_t i = 0; i < all->declared; i++) {
        (void)take_declared(cp, &all->settings->monitors[i], &all->monitors[i]);
    }
}

static enum ocpp_status load_all(struct ocpp_charge_point *cp)
{
    struct monitoring *all = ocpp_cp_monitoring(cp);
    for (;;) {
        struct loading loading = { .cp = cp };
        begin(cp);
        enum ocpp_status status = cp->storage->each("monitor/", NULL, load_monitor, &loading, cp->storage->user);
        ocpp_cp_monitors_activate(all, (enum monitoring_base)cp->values[VARIABLE_MONITORING_BASE]);
        if (status == OCPP_OK && loading.unusable[0] == '\0') {
            status = cp->storage->each("exceeded/", NULL, load_exceeded, &loading, cp->storage->user);
        }
        if (status != OCPP_OK || loading.unusable[0] == '\0') {
            return status;
        }
        status = drop(cp, &loading);
        if (status != OCPP_OK) {
            return status;
        }
    }
}

static int64_t highest_id(const struct monitoring *all)
{
    int64_t highest = OCPP_DECLARED_MONITORS;
    for (size_t i = 0; i < all->room; i++) {
        highest = all->monitors[i].id > highest ? all->monitors[i].id : highest;
    }
    return highest;
}

enum ocpp_status ocpp_cp_monitors_load(struct ocpp_charge_point *cp)
{
    struct monitoring *all = ocpp_cp_monitoring(cp);
    struct monitoring_record record;
    enum ocpp_status status = ocpp_cp_read_record(cp, monitoring_key, &monitoring_layout, &record);
    if (status == OCPP_OK && record.base >= MONITORING_ALL && record.base <= MONITORING_HARD_WIRED_ONLY &&
        record.level >= WORST_SEVERITY && record.level <= LEAST_SEVERITY) {
        cp->values[VARIABLE_MONITORING_BASE] = record.base;
        cp->values[VARIABLE_MONITORING_LEVEL] = record.level;
        memcpy(all->removed, record.removed, sizeof(all->removed));
        all->next_id = record.next_id;
    }
    status = status == OCPP_ERR_NOT_FOUND ? OCPP_OK : status;
    status = status == OCPP_OK ? load_all(cp) : status;
    const int64_t behind = highest_id(all) + 1;
    all->next_id = all->next_id > behind ? all->next_id : behind;
    return status;
}
