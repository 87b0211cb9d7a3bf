/* ws_server.c: the face of the WebSocket server: settings, start and stop, and what hosts ask of it from any thread.
 */
#define _POSIX_C_SOURCE 200809L

#include "adapter_support.h"
#include "ws_server.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SMALLEST_MESSAGE_BYTES = 1024, LARGEST_MESSAGE_BYTES = 16 * 1024 * 1024 };

struct ocpp_server_settings ocpp_server_settings_default(void)
{
    struct ocpp_server_settings settings = {
        .log = { .level = OCPP_LOG_INFO },
        .threads = 1,
        .path_prefix = "/ocpp/",
        .ping_interval_ms = 60000,
        .pong_timeout_ms = 30000,
        .handshake_timeout_ms = 20000,
        .write_timeout_ms = 30000,
        .max_message_bytes = 65536,
        .max_output_bytes = 1024 * 1024,
        .max_connections = 20000,
        .max_body_bytes = 1024 * 1024,
        .mailbox_size = 4096,
        .compress = true,
        .limits = {
            .connections = { .per_minute = 300000, .burst = 5000 },
            .connections_per_address = { .per_minute = 600, .burst = 300 },
            .failures_per_address = { .per_minute = 60, .burst = 100 },
            .unauthenticated_per_address = 256,
            .max_addresses = 16384,
            .messages = { .per_minute = 120000, .burst = 20000 },
            .bytes = { .per_minute = 240000000, .burst = 32000000 },
            .throttle_patience_ms = 60000,
            .message_timeout_ms = 120000,
            .replacements = { .per_minute = 6, .burst = 10 },
            .probe_timeout_ms = 5000,
        },
    };
    size_t count = 0;
    for (int version = OCPP_VERSION_NONE + 1; version < OCPP_VERSION_COUNT; version++) {
        if (ocpp_central_speaks((enum ocpp_version)version))
            settings.versions[count++] = (enum ocpp_version)version;
    }
    return settings;
}

/* --- settings ---------------------------------------------------------------------------------------------------- */
static const char *limits_fault(const struct ocpp_server_settings *settings)
{
    if (settings->ping_interval_ms < 0 || settings->pong_timeout_ms <= 0 || settings->handshake_timeout_ms <= 0 ||
        settings->write_timeout_ms <= 0)
        return "the time-outs must be positive";
    if (settings->max_message_bytes < SMALLEST_MESSAGE_BYTES || settings->max_message_bytes > LARGEST_MESSAGE_BYTES)
        return "max_message_bytes must be 1 KiB to 16 MiB";
    if (settings->max_output_bytes == 0 || settings->max_connections == 0 || settings->mailbox_size == 0)
        return "max_output_bytes, max_connections and mailbox_size may not be 0";
    return ocpp_ws_limits_fault(settings);
}

static const char *settings_fault(const struct ocpp_server_settings *settings)
{
    if (settings->listen_count < 1 || settings->listen_count > SERVER_LISTENS)
        return "there must be 1 to 16 addresses to listen on";
    if (settings->threads < 1 || settings->threads > SERVER_THREADS)
        return "there must be 1 to 64 threads";
    if (settings->new_shard == NULL || settings->free_shard == NULL)
        return "new_shard and free_shard are required";
    if (settings->path_prefix == NULL || settings->path_prefix[0] != '/')
        return "path_prefix must begin with a slash";
    if (settings->no_subprotocol != NULL && strncmp(settings->no_subprotocol, "ocpp", 4) != 0)
        return "no_subprotocol must be a subprotocol";
    return limits_fault(settings);
}

static uint32_t version_bits(const struct ocpp_server_settings *settings)
{
    uint32_t bits = 0;
    for (size_t i = 0; i < sizeof settings->versions / sizeof settings->versions[0]; i++) {
        if (settings->versions[i] != OCPP_VERSION_NONE)
            bits |= UINT32_C(1) << settings->versions[i];
    }
    return bits;
}

static enum ocpp_status check_settings(const struct ocpp_server_settings *settings, char *reason, size_t room)
{
    const char *fault = settings_fault(settings);
    if (fault == NULL && version_bits(settings) == 0)
        fault = "no version is accepted";
    if (fault == NULL && settings->no_subprotocol != NULL && ocpp_version_of(settings->no_subprotocol) == OCPP_VERSION_NONE)
        fault = "no_subprotocol must be a subprotocol";
    if (fault != NULL) {
        (void)snprintf(reason, room, "%s", fault);
        return OCPP_ERR_ARGUMENT;
    }
    return OCPP_OK;
}

static enum ocpp_status keep_settings(struct ocpp_server *server, const struct ocpp_server_settings *settings)
{
    server->settings = *settings;
    server->settings.listen = NULL;
    server->settings.path_prefix = NULL;
    server->settings.no_subprotocol = NULL;
    server->settings.limits.proxies = NULL;
    server->versions = version_bits(settings);
    if (settings->no_subprotocol != NULL)
        (void)snprintf(server->no_subprotocol, sizeof server->no_subprotocol, "%s",
                       ocpp_version_subprotocol(ocpp_version_of(settings->no_subprotocol)));
    server->path_prefix = strdup(settings->path_prefix);
    return server->path_prefix != NULL ? ocpp_ws_limits_open(&server->guard, &settings->limits) : OCPP_ERR_NOMEM;
}

/* --- start ------------------------------------------------------------------------------------------------------- */
static struct ocpp_server *new_server(void)
{
    struct ocpp_server *server = calloc(1, sizeof *server);
    if (server == NULL)
        return NULL;
    server->acceptor_wake = -1;
    atomic_init(&server->next_generation, 1);
    if (pthread_mutex_init(&server->registry_lock, NULL) != 0)
        goto fail_registry;
    if (pthread_mutex_init(&server->start_lock, NULL) != 0)
        goto fail_lock;
    if (pthread_cond_init(&server->start_changed, NULL) != 0)
        goto fail_condition;
    if (pthread_mutex_init(&server->guard.lock, NULL) != 0)
        goto fail_guard;
    return server;
fail_guard:
    (void)pthread_cond_destroy(&server->start_changed);
fail_condition:
    (void)pthread_mutex_destroy(&server->start_lock);
fail_lock:
    (void)pthread_mutex_destroy(&server->registry_lock);
fail_registry:
    free(server);
    return NULL;
}

/* All contexts are made here, one after the other: libwebsockets and its plug-ins are not made for it to be done at once. */
static enum ocpp_status open_threads(struct ocpp_server *server, const struct ocpp_server_settings *settings, char *reason,
                                     size_t room)
{
    server->threads = calloc((size_t)settings->threads, sizeof server->threads[0]);
    if (server->threads == NULL)
        return OCPP_ERR_NOMEM;
    for (int i = 0; i < settings->threads; i++) {
        server->thread_count = i + 1;
        const enum ocpp_status status = ocpp_ws_server_thread_open(&server->threads[i], server, i, settings, reason, room);
        if (status != OCPP_OK)
            return status;
    }
    return OCPP_OK;
}

/* Each thread makes its shard; none serves before all have. */
static enum ocpp_status start_threads(struct ocpp_server *server)
{
    int started = 0;
    while (started < server->thread_count && ocpp_ws_server_thread_start(&server->threads[started]) == OCPP_OK)
        started++;
    (void)pthread_mutex_lock(&server->start_lock);
    while (server->shards_ready + server->shards_failed < started)
        (void)pthread_cond_wait(&server->start_changed, &server->start_lock);
    if (started < server->thread_count)
        server->shards_failed++;
    server->may_serve = server->shards_failed == 0;
    const enum ocpp_status status = server->may_serve                ? OCPP_OK
                                    : started < server->thread_count ? OCPP_ERR_NOMEM
                                                                     : OCPP_ERR_STATE;
    (void)pthread_cond_broadcast(&server->start_changed);
    (void)pthread_mutex_unlock(&server->start_lock);
    return status;
}

static void join_threads(struct ocpp_server *server)
{
    for (int i = 0; i < server->thread_count; i++) {
        if (server->threads[i].started)
            (void)pthread_join(server->threads[i].thread, NULL);
        server->threads[i].started = false;
    }
}

static void free_server(struct ocpp_server *server)
{
    join_threads(server);
    for (int i = 0; i < server->thread_count; i++)
        ocpp_ws_server_thread_close(&server->threads[i]);
    free(server->threads);
    ocpp_ws_server_listens_close(server);
    ocpp_ws_server_ports_close(server);
    free(server->path_prefix);
    ocpp_ws_limits_close(&server->guard);
    (void)pthread_mutex_destroy(&server->guard.lock);
    (void)pthread_cond_destroy(&server->start_changed);
    (void)pthread_mutex_destroy(&server->start_lock);
    (void)pthread_mutex_destroy(&server->registry_lock);
    free(server);
}

static void tell_start(const struct ocpp_server *server)
{
    const enum ocpp_event_library library = server->threads[0].events.library;
    const char *name = ocpp_event_library_name(library);
    if (library == OCPP_EVENT_LIBRARY_POLL && server->settings.event_library == OCPP_EVENT_LIBRARY_BEST)
        adapter_log(&server->settings.log, OCPP_LOG_WARNING,
                    "libwebsockets has neither its libev nor its libuv plug-in here and polls every connection at every event: "
                    "with thousands of "
                    "stations this costs many times the processor. Debian: libwebsockets-evlib-ev");
    adapter_log(&server->settings.log, OCPP_LOG_INFO, "serving on %zu port%s with %d thread%s (%s)", server->listen_count,
                server->listen_count == 1 ? "" : "s", server->thread_count, server->thread_count == 1 ? "" : "s", name);
}

static enum ocpp_status start(struct ocpp_server *server, const struct ocpp_server_settings *settings, char *reason, size_t room)
{
    enum ocpp_status status = keep_settings(server, settings);
    if (status == OCPP_OK)
        status = ocpp_ws_server_ports_open(server, settings, reason, room);
    if (status == OCPP_OK)
        status = ocpp_ws_server_listen_all(server, settings, reason, room);
    if (status == OCPP_OK)
        status = open_threads(server, settings, reason, room);
    if (status != OCPP_OK)
        return status;
    status = start_threads(server);
    if (status == OCPP_ERR_STATE)
        (void)snprintf(reason, room, "a shard could not be made");
    return status;
}

enum ocpp_status ocpp_server_start(const struct ocpp_server_settings *settings, struct ocpp_server **started, char *reason,
                                   size_t reason_size)
{
    char nobody[1];
    if (reason == NULL) {
        reason = nobody;
        reason_size = sizeof nobody;
    }
    (void)snprintf(reason, reason_size, "out of memory");
    enum ocpp_status status = check_settings(settings, reason, reason_size);
    if (status != OCPP_OK)
        return status;
    struct ocpp_server *server = new_server();
    if (server == NULL)
        return OCPP_ERR_NOMEM;
    status = start(server, settings, reason, reason_size);
    if (status != OCPP_OK) {
        free_server(server);
        return status;
    }
    struct ocpp_server *const before = *started;
    *started = server; /* before the acceptor's thread begins: whoever is called back may use it */
    status = ocpp_ws_server_acceptor_start(server);
    if (status != OCPP_OK) {
        *started = before;
        ocpp_server_stop(server, 0);
        return status;
    }
    (void)snprintf(reason, reason_size, "%s", "");
    tell_start(server);
    return OCPP_OK;
}

int ocpp_server_port(const struct ocpp_server *server, size_t index)
{
    return index < server->listen_count ? server->listens[index].port : 0;
}

/* --- stop -------------------------------------------------------------------------------------------------------- */

void ocpp_server_stop(struct ocpp_server *server, int64_t drain_ms)
{
    if (server == NULL)
        return;
    ocpp_ws_server_acceptor_stop(server);
    ocpp_ws_server_listens_close(server);
    for (int i = 0; i < server->thread_count; i++) {
        struct mail *mail = NULL;
        while ((mail = ocpp_ws_mail_new(MAIL_STOP, NULL)) == NULL)
            (void)sched_yield(); /* nothing else ends a thread; memory comes back as connections go */
        mail->drain_until_ms = ocpp_system_now().mono_ms + (drain_ms > 0 ? drain_ms : 0);
        if (!ocpp_ws_mail_send(&server->threads[i], mail))
            free(mail);
    }
    free_server(server);
}

/* --- from any thread --------------------------------------------------------------------------------------------- */
static enum ocpp_status post(struct ocpp_server *server, struct mail *mail, struct server_thread *thread)
{
    (void)server;
    const enum ocpp_status status = ocpp_ws_mail_send_counted(thread, mail);
    if (status != OCPP_OK)
        free(mail);
    return status;
}

enum ocpp_status ocpp_server_post(struct ocpp_server *server, const char *identity,
                                  void (*work)(struct ocpp_station *station, struct ocpp_now now, void *user), void *user)
{
    struct mail *mail = ocpp_ws_mail_new(MAIL_WORK, identity);
    if (mail == NULL)
        return OCPP_ERR_NOMEM;
    mail->work = work;
    mail->user = user;
    struct server_thread *thread = ocpp_ws_registry_thread_of(server, identity);
    return post(server, mail, thread != NULL ? thread : &server->threads[0]);
}

enum ocpp_status ocpp_server_post_all(struct ocpp_server *server,
                                      void (*work)(struct ocpp_central *central, struct ocpp_now now, void *user), void *user)
{
    struct mail *mails[SERVER_THREADS];
    for (int i = 0; i < server->thread_count; i++) {
        mails[i] = ocpp_ws_mail_new(MAIL_ALL, NULL);
        if (mails[i] == NULL) {
            while (i-- > 0)
                free(mails[i]);
            return OCPP_ERR_NOMEM;
        }
        mails[i]->all = work;
        mails[i]->user = user;
    }
    /* All or nothing, so it does not count: a box that is full now must not leave the work half done. */
    for (int i = 0; i < server->thread_count; i++) {
        if (!ocpp_ws_mail_send(&server->threads[i], mails[i]))
            free(mails[i]); /* that thread has stopped */
    }
    return OCPP_OK;
}

enum ocpp_status ocpp_server_close_station(struct ocpp_server *server, const char *identity, int code)
{
    struct server_thread *thread = ocpp_ws_registry_thread_of(server, identity);
    if (thread == NULL)
        return OCPP_ERR_NOT_FOUND;
    struct mail *mail = ocpp_ws_mail_new(MAIL_CLOSE, identity);
    if (mail == NULL)
        return OCPP_ERR_NOMEM;
    mail->code = code;
    return post(server, mail, thread);
}

enum ocpp_status ocpp_server_set_ping(struct ocpp_server *server, const char *identity, int64_t interval_ms,
                                      int64_t pong_timeout_ms)
{
    struct server_thread *thread = ocpp_ws_registry_thread_of(server, identity);
    if (thread == NULL)
        return OCPP_ERR_NOT_FOUND;
    struct mail *mail = ocpp_ws_mail_new(MAIL_PING, identity);
    if (mail == NULL)
        return OCPP_ERR_NOMEM;
    mail->interval_ms = interval_ms;
    mail->timeout_ms = pong_timeout_ms;
    return post(server, mail, thread);
}

void ocpp_server_advance_clock(struct ocpp_server *server, int64_t offset_ms)
{
    if (offset_ms <= 0)
        return;
    atomic_fetch_add(&server->clock_offset_ms, offset_ms);
    for (int i = 0; i < server->thread_count; i++)
        ocpp_event_loop_wake(&server->threads[i].events); /* deadlines may have come */
}
