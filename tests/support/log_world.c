/* log_world.c: see log_world.h. */
#include "log_world.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_log(uint64_t offset, void *bytes, size_t room, size_t *got, void *user)
{
    const struct log_world *logs = user;
    const size_t left = strlen(logs->log) - (size_t)offset;
    *got = left < room ? left : room;
    memcpy(bytes, logs->log + offset, *got);
    return true;
}

struct ocpp_transfer_source log_source(struct log_world *logs)
{
    return (struct ocpp_transfer_source){ .read = read_log, .size = strlen(logs->log), .user = logs };
}

static enum ocpp_log_answer open_log(const struct ocpp_log_window *window, struct ocpp_diagnostics_file *file, void *user)
{
    struct log_world *logs = user;
    logs->window = *window;
    logs->opened += logs->answer != OCPP_LOG_NOTHING;
    assert_in_range(logs->opened - logs->closed, 0, 1);
    if (logs->name != NULL) {
        snprintf(file->name, sizeof(file->name), "%s", logs->name);
    }
    if (logs->answer == OCPP_LOG_READY) {
        file->source = log_source(logs);
    }
    return logs->answer;
}

static void close_log(void *user)
{
    struct log_world *logs = user;
    logs->closed++;
    if (logs->when_closed != NULL) {
        logs->when_closed(logs);
    }
}

struct log_world *log_world_new(void)
{
    struct log_world *logs = calloc(1, sizeof(*logs));
    assert_non_null(logs);
    logs->world = world_new();
    logs->settings = ocpp_diagnostics_settings_default();
    logs->settings.open_log = open_log;
    logs->settings.close_log = close_log;
    logs->settings.user = logs;
    logs->answer = OCPP_LOG_READY;
    logs->log = "one\ntwo\nthree\n";
    fake_transfer_init(&logs->transfer);
    logs->world->settings.diagnostics = &logs->settings;
    logs->world->settings.file_transfer = &logs->transfer.transfer;
    return logs;
}

void log_world_on(struct log_world *logs, enum ocpp_version version)
{
    world_power_on(logs->world);
    world_connect(logs->world, version);
    central_forgets(logs->world);
}

struct log_world *log_world_of(void **state)
{
    struct log_world *logs = log_world_new();
    log_world_on(logs, *(enum ocpp_version *)*state);
    return logs;
}

void log_world_free(struct log_world *logs)
{
    world_free(logs->world);
    free(logs);
}

const char *get_log_to(struct log_world *logs, const char *type, int request_id, const char *more, const char *location)
{
    char payload[4096];
    snprintf(payload, sizeof(payload), "{'logType':'%s','requestId':%d,'log':{'remoteLocation':'%s'}%s}", type, request_id,
             location, more);
    return value_of(central_asks(logs->world, "GetLog", payload), "status");
}

const char *get_log(struct log_world *logs, const char *type, int request_id, const char *more)
{
    return get_log_to(logs, type, request_id, more, "https://user:secret@files.example/logs/");
}

const char *get_diagnostics(struct log_world *logs, const char *more)
{
    char payload[4096];
    snprintf(payload, sizeof(payload), "{'location':'ftp://user:secret@files.example/logs'%s}", more);
    return value_of(central_asks(logs->world, "GetDiagnostics", payload), "fileName");
}

void upload_ends(struct log_world *logs, enum ocpp_transfer_result result)
{
    assert_int_equal(fake_transfer_end(&logs->transfer, logs->world->cp, result, logs->world->now), OCPP_OK);
    world_run(logs->world);
}

const char *uploaded(struct log_world *logs)
{
    logs->transfer.got[logs->transfer.got_size] = '\0';
    return (const char *)logs->transfer.got;
}

void raise_event(struct log_world *logs, const char *type, const char *info)
{
    assert_int_equal(ocpp_charge_point_security_event(logs->world->cp, type, info, logs->world->now), OCPP_OK);
    world_run(logs->world);
}
