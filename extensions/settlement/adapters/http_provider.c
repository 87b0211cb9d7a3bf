/* http_provider.c: a payment provider behind HTTP: what the backend asks and is told, and the mailbox between its thread and the
 * one that exchanges. */
#define _POSIX_C_SOURCE 200809L
#include "http_provider.h"
#include "http_settings.h"
#include "settle_support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int64_t http_now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* --- signs that something is to be told; with the lock held ------------------------------------------------------------- */

static void mark_pipe(const struct ocpp_settle_http *http)
{
    const char byte = 0;

    while (http->fds[1] >= 0 && write(http->fds[1], &byte, 1) < 0 && errno == EINTR) {
    }
}

static void signal_backend(struct ocpp_settle_http *http)
{
    if (http->is_signalled) {
        return;
    }
    http->is_signalled = true;
    mark_pipe(http);
    if (http->settings.wake != NULL) {
        http->settings.wake(http->settings.user);
    }
}

static void clear_signal(struct ocpp_settle_http *http)
{
    char bytes[8];

    while (http->fds[0] >= 0 && read(http->fds[0], bytes, sizeof bytes) > 0) {
    }
    http->is_signalled = false;
}

/* --- the end of an exchange; on the thread ------------------------------------------------------------------------------- */

/* Exchanges that fail together are one failure. */
static void back_off(struct ocpp_settle_http *http, int64_t asked_ms)
{
    const int64_t now = http_now_ms();
    const int64_t most = http->settings.back_off_most_ms;
    int64_t wait = http->settings.back_off_ms;

    if (now < http->quiet_until_ms) {
        return;
    }
    for (int i = 0; i < http->failures && wait < most; i++) {
        wait *= 2;
    }
    wait = asked_ms > wait ? asked_ms : wait;
    http->failures++;
    http->quiet_until_ms = now + (wait < most ? wait : most);
}

void http_end(struct http_job *job)
{
    struct ocpp_settle_http *http = job->owner;

    (void)pthread_mutex_lock(&http->lock);
    if (job->code == 0 || http_is_overloaded(job->code)) {
        back_off(http, job->retry_after_ms);
    } else {
        http->failures = 0;
        http->quiet_until_ms = 0;
    }
    job->state = HTTP_ENDED;
    http->running--;
    signal_backend(http);
    (void)pthread_mutex_unlock(&http->lock);
}

/* --- what the backend asks ----------------------------------------------------------------------------------------------- */

static enum ocpp_status take_place(struct ocpp_settle_http *http, struct http_job *wanted)
{
    enum ocpp_status status = OCPP_ERR_LIMIT;

    (void)pthread_mutex_lock(&http->lock);
    if (http_now_ms() < http->quiet_until_ms) {
        status = OCPP_ERR_BUSY;
    }
    for (int i = 0; i < http->settings.max_waiting && status == OCPP_ERR_LIMIT; i++) {
        struct http_job *job = &http->jobs[i];

        if (job->state == HTTP_FREE) {
            wanted->order = ++http->last_order;
            *job = *wanted;
            status = OCPP_OK;
        }
    }
    (void)pthread_mutex_unlock(&http->lock);
    return status;
}

static enum ocpp_status exchange(struct ocpp_settle_http *http, const struct ocpp_settle_payment_request *request, bool is_query)
{
    struct http_job wanted = { .owner = http, .state = HTTP_WANTED, .wanted_ms = http_now_ms(), .is_query = is_query };
    enum ocpp_status status = OCPP_OK;

    (void)snprintf(wanted.operation, sizeof wanted.operation, "%s", request->operation);
    wanted.answer = malloc(http->settings.max_answer_bytes);
    if (wanted.answer == NULL || !http_start_thread(http)) {
        status = OCPP_ERR_NOMEM;
    }
    if (status == OCPP_OK && !is_query) {
        status = http_write_act(request, &wanted.body);
    }
    if (status == OCPP_OK) {
        status = take_place(http, &wanted);
    }
    if (status != OCPP_OK) {
        http_free_job(&wanted);
        return status;
    }
    (void)curl_multi_wakeup(http->multi);
    return OCPP_OK;
}

static enum ocpp_status begin(const struct ocpp_settle_payment_request *request, void *user)
{
    return exchange(user, request, false);
}

static enum ocpp_status query(const struct ocpp_settle_payment_request *request, void *user)
{
    return exchange(user, request, true);
}

static enum ocpp_status verify_notification(const char *body, size_t size, const char *signature, int64_t now_utc_ms,
                                            char *operation, struct ocpp_settle_payment_answer *answer, void *user)
{
    struct ocpp_settle_http *http = user;
    const struct http_signature how = { .keys = http->settings.keys,
                                        .key = http->settings.notification_key,
                                        .previous = http->settings.previous_key,
                                        .window_ms = (int64_t)1000 * http->settings.notification_window_s };
    enum ocpp_status status = size <= http->settings.max_answer_bytes ? OCPP_OK : OCPP_ERR_LENGTH;

    if (status == OCPP_OK) {
        status = http_check_signature(&how, signature, body, size, now_utc_ms);
    }
    if (status == OCPP_OK) {
        status = http_read_outcome(body, size, &http->noticed);
    }
    if (status == OCPP_OK) {
        memcpy(operation, http->noticed.operation, OCPP_SETTLE_ID_SIZE);
        *answer = http->noticed.answer;
    }
    return status;
}

/* --- telling ------------------------------------------------------------------------------------------------------------- */

static bool take_news(struct ocpp_settle_http *http, int i, struct http_job *news)
{
    (void)pthread_mutex_lock(&http->lock);
    struct http_job *job = &http->jobs[i];
    const bool has_ended = job->state == HTTP_ENDED;
    if (has_ended) {
        *news = *job;
        memset(job, 0, sizeof *job);
    }
    (void)pthread_mutex_unlock(&http->lock);
    return has_ended;
}

static void tell(struct ocpp_settle_http *http, const struct http_job *news, struct ocpp_settle *settle, struct ocpp_now now)
{
    const struct http_exchange exchange = { news->operation, news->is_query, news->code, news->answer, news->size };
    struct http_heard heard;
    enum ocpp_status status;

    http_judge(&exchange, &heard);
    if (!news->is_query && !news->has_left) {
        heard.answer.result = OCPP_SETTLE_PAYMENT_NOT_SENT;
    }
    if (heard.answer.result == OCPP_SETTLE_PAYMENT_UNKNOWN || heard.answer.result == OCPP_SETTLE_PAYMENT_NOT_SENT) {
        settle_log(&http->settings.log, OCPP_LOG_WARNING, "%s: operation %s: HTTP %ld %s", http->settings.name, news->operation,
                   news->code, news->why);
    }
    status = ocpp_settle_payment_answered(settle, news->operation, &heard.answer, now);
    if (status != OCPP_OK) {
        settle_log(&http->settings.log, OCPP_LOG_WARNING, "%s: operation %s: %s", http->settings.name, news->operation,
                   ocpp_status_sentence(status));
    }
}

void ocpp_settle_http_run(struct ocpp_settle_http *http, struct ocpp_settle *settle, struct ocpp_now now)
{
    (void)pthread_mutex_lock(&http->lock);
    const bool is_signalled = http->is_signalled;
    if (is_signalled) {
        clear_signal(http);
    }
    (void)pthread_mutex_unlock(&http->lock);
    for (int i = 0; is_signalled && i < http->settings.max_waiting; i++) {
        struct http_job news;

        if (take_news(http, i, &news)) {
            tell(http, &news, settle, now);
            http_free_job(&news);
        }
    }
}

/* --- the handle ---------------------------------------------------------------------------------------------------------- */

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static void close_pipe(struct ocpp_settle_http *http)
{
    for (int i = 0; i < 2; i++) {
        if (http->fds[i] >= 0) {
            (void)close(http->fds[i]);
        }
        http->fds[i] = -1;
    }
}

static bool open_pipe(struct ocpp_settle_http *http)
{
    if (pipe(http->fds) != 0) {
        http->fds[0] = http->fds[1] = -1;
        return false;
    }
    for (int i = 0; i < 2; i++) {
        if (fcntl(http->fds[i], F_SETFL, O_NONBLOCK) != 0 || fcntl(http->fds[i], F_SETFD, FD_CLOEXEC) != 0) {
            close_pipe(http);
            return false;
        }
    }
    return true;
}

static void free_parts(struct ocpp_settle_http *http)
{
    for (int i = 0; http->jobs != NULL && i < http->settings.max_waiting; i++) {
        http_free_job(&http->jobs[i]);
    }
    http_settings_free(http);
    free(http->jobs);
    (void)pthread_mutex_destroy(&http->lock);
    free(http);
}

static struct ocpp_settle_http *make(const struct ocpp_settle_http_settings *settings)
{
    struct ocpp_settle_http *http = calloc(1, sizeof *http);

    if (http == NULL) {
        return NULL;
    }
    (void)pthread_mutex_init(&http->lock, NULL);
    http->fds[0] = http->fds[1] = -1;
    http->settings = *settings;
    http->jobs = calloc((size_t)settings->max_waiting, sizeof *http->jobs);
    if (!http_settings_copy(http) || http->jobs == NULL) {
        free_parts(http);
        return NULL;
    }
    const bool takes_notifications = http->settings.keys != NULL && http->settings.notification_key != NULL;
    http->face = (struct ocpp_settle_provider){
        .name = http->settings.name,
        .capabilities = http->settings.capabilities,
        .hold_lasts_ms = http->settings.hold_lasts_ms,
        .begin = begin,
        .query = query,
        .verify_notification = takes_notifications ? verify_notification : NULL,
        .user = http,
    };
    return http;
}

struct ocpp_settle_http *ocpp_settle_http_new(const struct ocpp_settle_http_settings *settings, char *reason, size_t reason_size)
{
    const char *wrong = http_settings_wrong(settings);

    (void)pthread_once(&once, init_curl);
    struct ocpp_settle_http *http = wrong == NULL ? make(settings) : NULL;
    if (http == NULL && reason != NULL && reason_size > 0) {
        (void)snprintf(reason, reason_size, "%s", wrong == NULL ? "no memory" : wrong);
    }
    return http;
}

void ocpp_settle_http_free(struct ocpp_settle_http *http)
{
    if (http != NULL) {
        http_stop_thread(http);
        close_pipe(http);
        free_parts(http);
    }
}

const struct ocpp_settle_provider *ocpp_settle_http_provider(const struct ocpp_settle_http *http)
{
    return &http->face;
}

int ocpp_settle_http_fd(struct ocpp_settle_http *http)
{
    (void)pthread_mutex_lock(&http->lock);
    if (http->fds[0] < 0 && open_pipe(http) && http->is_signalled) {
        mark_pipe(http);
    }
    const int fd = http->fds[0];
    (void)pthread_mutex_unlock(&http->lock);
    return fd;
}
