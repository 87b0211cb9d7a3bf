/* settings.c: the names --set knows, and where they go: what the engine is made with, the variables of the connection, and all
 * that the engine itself lets be changed. */
#include "settings.h"
#include "setting_name.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum where { CHARGE_POINT, CLIENT };

struct setting {
    const char *name;
    enum where where;
    size_t offset;
    size_t size;   /* of the number there */
    int64_t scale; /* from the unit of the name to the unit of the field */
    const char *unit;
};

/* clang-format off */
#define ROW(name, where, type, field, scale, unit) { name, where, offsetof(struct type, field), sizeof(((struct type *)0)->field), scale, unit }

static const struct setting settings[] = {
    ROW("HeartbeatInterval",               CHARGE_POINT, ocpp_charge_point_settings, heartbeat_interval_ms,       1000, "s"),
    ROW("MeterValueSampleInterval",        CHARGE_POINT, ocpp_charge_point_settings, sample_interval_ms,          1000, "s"),
    ROW("ConnectionTimeOut",               CHARGE_POINT, ocpp_charge_point_settings, connection_timeout_ms,       1000, "s"),
    ROW("MinimumStatusDuration",           CHARGE_POINT, ocpp_charge_point_settings, minimum_status_duration_ms,  1000, "s"),
    ROW("MessageTimeout",                  CHARGE_POINT, ocpp_charge_point_settings, call_timeout_ms,             1000, "s"),
    ROW("TransactionMessageAttempts",      CHARGE_POINT, ocpp_charge_point_settings, transaction_attempts,           1, "times"),
    ROW("TransactionMessageRetryInterval", CHARGE_POINT, ocpp_charge_point_settings, transaction_retry_ms,        1000, "s"),
    ROW("AllowOfflineTxForUnknownId",      CHARGE_POINT, ocpp_charge_point_settings, offline_unknown_allowed,        1, "0 or 1"),
    ROW("ResumeTransactions",              CHARGE_POINT, ocpp_charge_point_settings, resume_transactions_ms,      1000, "s after a restart"),
    ROW("WebSocketPingInterval",           CLIENT,       ocpp_client_settings,       ping_interval_ms,            1000, "s"),
    ROW("RetryBackOffWaitMinimum",         CLIENT,       ocpp_client_settings,       retry_wait_minimum_ms,       1000, "s"),
    ROW("RetryBackOffRandomRange",         CLIENT,       ocpp_client_settings,       retry_random_range_ms,       1000, "s"),
    ROW("RetryBackOffRepeatTimes",         CLIENT,       ocpp_client_settings,       retry_repeat_times,             1, "times"),
};
/* clang-format on */

static const struct setting *find(const char *assignment)
{
    size_t size = strcspn(assignment, "=");

    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        if (strlen(settings[i].name) == size && strncmp(settings[i].name, assignment, size) == 0) {
            return &settings[i];
        }
    }
    return NULL;
}

static bool value_of(const struct setting *setting, const char *assignment, int64_t *value)
{
    const char *text = strchr(assignment, '=');
    char *end;

    if (!text || !text[1]) {
        return false;
    }
    *value = strtoll(text + 1, &end, 10);
    if (*end || *value < 0 || *value > 1000000000 || (setting->size == sizeof(bool) && *value > 1)) {
        return false;
    }
    *value *= setting->scale;
    return true;
}

bool setting_is_good(const char *assignment)
{
    const struct setting *setting = find(assignment);
    int64_t value;

    return setting && value_of(setting, assignment, &value);
}

static void store(void *field, size_t size, int64_t value)
{
    if (size == sizeof(int64_t)) {
        *(int64_t *)field = value;
    } else if (size == sizeof(int)) {
        *(int *)field = (int)value;
    } else {
        *(bool *)field = value != 0;
    }
}

void setting_apply(const char *assignment, struct ocpp_charge_point_settings *charge_point, struct ocpp_client_settings *client)
{
    const struct setting *setting = find(assignment);
    int64_t value;

    if (setting && value_of(setting, assignment, &value)) {
        char *base = setting->where == CHARGE_POINT ? (char *)charge_point : (char *)client;
        store(base + setting->offset, setting->size, value);
    }
}

enum ocpp_status setting_tell(const char *assignment, struct ocpp_charge_point *cp)
{
    const char *value = strchr(assignment, '=');
    char name[SETTING_NAME_SIZE];

    if (!value || (size_t)(value - assignment) >= sizeof name) {
        return OCPP_ERR_NOT_FOUND;
    }
    memcpy(name, assignment, (size_t)(value - assignment));
    name[value - assignment] = '\0';
    return setting_name_set(cp, name, value + 1);
}

static void no_permit(int evse, void *user)
{
    (void)evse;
    (void)user;
}

static size_t no_meter(int evse, struct ocpp_sample *samples, size_t room, void *user)
{
    (void)evse;
    (void)samples;
    (void)room;
    (void)user;
    return 0;
}

/* Tried on an engine that is made for it. */
bool setting_is_of_engine(const char *assignment, int evses, int connectors)
{
    struct ocpp_charge_point_settings made_with = ocpp_charge_point_settings_default();
    const struct ocpp_hardware hardware = { .permit_changed = no_permit, .read_meter = no_meter };
    struct ocpp_storage *storage = ocpp_memory_storage_new(NULL, 1u << 20);

    made_with.identity = made_with.vendor = made_with.model = "probe";
    made_with.evse_count = evses;
    made_with.connectors_per_evse = connectors;
    made_with.random = ocpp_system_random;
    struct ocpp_charge_point *cp = storage ? ocpp_charge_point_new(&made_with, &hardware, storage, ocpp_system_now()) : NULL;
    bool good = cp && setting_tell(assignment, cp) == OCPP_OK;
    ocpp_charge_point_free(cp);
    ocpp_memory_storage_free(storage);
    return good;
}

void settings_print(void)
{
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        printf("%-34s %s\n", settings[i].name, settings[i].unit);
    }
    printf("and every setting of the engine that can be changed: a key of 1.6, or Component.Variable of 2.0.1\n");
}
