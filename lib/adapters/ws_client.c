/* ws_client.c: the face of the WebSocket client: settings, life, and how its host drives it. */
#define _POSIX_C_SOURCE 200809L

#include "adapter_support.h"
#include "tls_context.h"
#include "ws_client.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST_MESSAGE_BYTES = 1024, LARGEST_MESSAGE_BYTES = 16 * 1024 * 1024 };

struct ocpp_client_settings ocpp_client_settings_default(void)
{
    return (struct ocpp_client_settings){
        .log = { .level = OCPP_LOG_INFO },
        .ping_interval_ms = 54000,
        .pong_timeout_ms = 20000,
        .connect_timeout_ms = 20000,
        .retry_wait_minimum_ms = 10000,
        .retry_random_range_ms = 10000,
        .retry_repeat_times = 5,
        .max_message_bytes = 65536,
        .clock_speed = 1,
    };
}

static const char *numbers_fault(const struct ocpp_client_settings *settings)
{
    if (settings->ping_interval_ms < 0 || settings->pong_timeout_ms < 0)
        return "ping_interval_ms and pong_timeout_ms may not be negative";
    if (settings->connect_timeout_ms <= 0)
        return "connect_timeout_ms must be positive";
    if (settings->retry_wait_minimum_ms < 0 || settings->retry_random_range_ms < 0 || settings->retry_repeat_times < 0)
        return "the retry_ settings may not be negative";
    if (settings->max_message_bytes < SMALLEST_MESSAGE_BYTES || settings->max_message_bytes > LARGEST_MESSAGE_BYTES)
        return "max_message_bytes must be 1 KiB to 16 MiB";
    if (settings->clock_speed < 1)
        return "clock_speed must be at least 1";
    return NULL;
}

static enum ocpp_status read_password(struct ocpp_client *client, const struct ocpp_client_settings *settings)
{
    if (settings->basic_password == NULL)
        return OCPP_OK;
    const size_t size = settings->basic_password_size != 0 ? settings->basic_password_size : strlen(settings->basic_password);
    if (size == 0 || size >= sizeof client->password)
        return OCPP_ERR_ARGUMENT;
    memcpy(client->password, settings->basic_password, size);
    client->password_size = size;
    return OCPP_OK;
}

static enum ocpp_status read_settings(struct ocpp_client *client, const struct ocpp_client_settings *settings, char *reason,
                                      size_t room)
{
    const char *fault = numbers_fault(settings);
    client->asks = settings->url == NULL;
    if (fault == NULL && client->asks && settings->basic_password != NULL)
        fault = "a password without a URL: the charge point has its own";
    if (fault == NULL && read_password(client, settings) != OCPP_OK)
        fault = "basic_password must be 1 to 256 bytes";
    if (fault != NULL || (!client->asks && ocpp_ws_url_read(&client->url, settings->url, ocpp_charge_point_identity(client->cp),
                                                            &fault) != OCPP_OK)) {
        (void)snprintf(reason, room, "%s", fault);
        return OCPP_ERR_ARGUMENT;
    }
    if (client->url.tls || client->asks)
        return ocpp_tls_files_check(settings->certificate_file, settings->key_file, settings->ca_file, reason, room);
    return OCPP_OK;
}

static const char *copy_name(const char *name, bool *has_all)
{
    char *copy = name != NULL ? strdup(name) : NULL;
    *has_all = *has_all && (copy != NULL || name == NULL);
    return copy;
}

static bool keep_settings(struct ocpp_client *client, const struct ocpp_client_settings *settings)
{
    bool has_all = true;
    client->settings = *settings;
    client->settings.url = NULL;
    client->settings.basic_password = NULL;
    client->settings.ca_file = copy_name(settings->ca_file, &has_all);
    client->settings.certificate_file = copy_name(settings->certificate_file, &has_all);
    client->settings.key_file = copy_name(settings->key_file, &has_all);
    client->settings.beside = NULL;
    client->kit.limit = settings->max_message_bytes * 2; /* in between, the call layer answers with its CALLERROR */
    const struct ocpp_transport transport = {
        .ping_interval_ms = settings->ping_interval_ms,
        .retry_wait_minimum_ms = settings->retry_wait_minimum_ms,
        .retry_random_range_ms = settings->retry_random_range_ms,
        .retry_repeat_times = settings->retry_repeat_times,
    };
    ocpp_charge_point_set_transport(client->cp, &transport);
    return has_all;
}

static void free_name(const char *name)
{
    free((void *)(uintptr_t)name); /* ours: keep_settings() */
}

static void free_client(struct ocpp_client *client)
{
    free_name(client->settings.ca_file);
    free_name(client->settings.certificate_file);
    free_name(client->settings.key_file);
    ocpp_ws_kit_stop(&client->kit);
    OPENSSL_cleanse(client->password, sizeof client->password);
    free(client);
}

struct ocpp_client *ocpp_client_new(struct ocpp_charge_point *cp, const struct ocpp_client_settings *settings, char *reason,
                                    size_t reason_size)
{
    char nobody[1];
    if (reason == NULL) {
        reason = nobody;
        reason_size = sizeof nobody;
    }
    struct ocpp_client *client = calloc(1, sizeof *client);
    if (client == NULL) {
        (void)snprintf(reason, reason_size, "out of memory");
        return NULL;
    }
    client->cp = cp;
    if (read_settings(client, settings, reason, reason_size) != OCPP_OK)
        goto fail;
    if (!keep_settings(client, settings)) {
        (void)snprintf(reason, reason_size, "out of memory");
        goto fail;
    }
    struct client_loop *shared = settings->beside != NULL ? settings->beside->loop : NULL;
    const enum ocpp_status status = ocpp_ws_client_loop_join(client, shared, settings);
    if (status != OCPP_OK) {
        (void)snprintf(reason, reason_size, "%s",
                       status == OCPP_ERR_TLS ? "the certificates cannot be used"
                                              : "libwebsockets does not start with that event library");
        goto fail;
    }
    ocpp_ws_client_link_start(client);
    return client;
fail:
    free_client(client);
    return NULL;
}

void ocpp_ws_client_tell(const struct ocpp_client *client, struct ocpp_client_act act)
{
    if (client->settings.on_act != NULL)
        client->settings.on_act(&act, client->settings.user);
}

void ocpp_client_free(struct ocpp_client *client)
{
    if (client == NULL)
        return;
    if (client->loop->inside)
        abort(); /* from one of its own callbacks */
    if (client->state == LINK_UP)
        ocpp_charge_point_link_down(client->cp, ocpp_ws_client_now(client));
    ocpp_ws_client_link_abandon(client);
    ocpp_ws_client_loop_leave(client);
    free_client(client);
}

void ocpp_client_run(struct ocpp_client *client, int64_t wait_ms)
{
    ocpp_ws_client_link_kick(client);
    ocpp_ws_client_loop_serve(client->loop, wait_ms > 0 ? wait_ms : 0);
}

void ocpp_client_kick(struct ocpp_client *client)
{
    ocpp_ws_client_link_kick(client);
}

int64_t ocpp_client_deadline(const struct ocpp_client *client)
{
    const int64_t next_ms = ocpp_wheel_next_ms(&client->loop->wheel);
    if (next_ms == OCPP_NEVER)
        return OCPP_NEVER;
    const int64_t ahead_ms = next_ms - ocpp_system_now().mono_ms;
    return ocpp_ws_client_now(client).mono_ms + (ahead_ms > 0 ? ahead_ms * client->settings.clock_speed : 0);
}

void ocpp_client_wake(struct ocpp_client *client)
{
    ocpp_ws_client_loop_wake(client->loop);
}

void ocpp_client_pause(struct ocpp_client *client, bool paused)
{
    ocpp_ws_client_link_pause(client, paused);
    ocpp_ws_client_loop_wake(client->loop); /* a host that waits for the descriptor need not be told to run it */
}

int ocpp_client_fd(struct ocpp_client *client)
{
    return ocpp_event_loop_fd(&client->loop->events);
}
