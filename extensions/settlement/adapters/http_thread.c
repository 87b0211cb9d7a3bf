/* http_thread.c: the thread that exchanges, one act after the other as far as places go. */
#include "http_provider.h"

#include <stdlib.h>
#include <string.h>

enum { LOOK_MS = 250, REST_MS = 60000 };

void http_free_job(struct http_job *job)
{
    struct ocpp_settle_http *owner = job->owner;

    free(job->body);
    free(job->answer);
    memset(job, 0, sizeof *job);
    job->owner = owner;
}

static void release(struct http_job *job)
{
    if (job->easy != NULL) {
        curl_easy_cleanup(job->easy);
    }
    curl_slist_free_all(job->headers);
    job->easy = NULL;
    job->headers = NULL;
}

/* The one that waits longest, where there is a place for it. */
static struct http_job *next_wanted(struct ocpp_settle_http *http)
{
    struct http_job *found = NULL;

    (void)pthread_mutex_lock(&http->lock);
    for (int i = 0; i < http->settings.max_waiting && http->running < http->settings.max_parallel; i++) {
        struct http_job *job = &http->jobs[i];

        if (job->state == HTTP_WANTED && (found == NULL || job->order < found->order)) {
            found = job;
        }
    }
    if (found != NULL) {
        found->state = HTTP_RUNNING;
        http->running++;
    }
    (void)pthread_mutex_unlock(&http->lock);
    return found;
}

/* One that has waited for a place as long as it may take in all does not leave any more. */
static void begin(struct ocpp_settle_http *http, struct http_job *job)
{
    const bool is_stale = http_now_ms() - job->wanted_ms > http->settings.total_ms;

    if (!is_stale && http_prepare(job) && curl_multi_add_handle(http->multi, job->easy) == CURLM_OK) {
        return;
    }
    release(job);
    http_end(job);
}

static void reap(struct ocpp_settle_http *http)
{
    int left;

    for (const CURLMsg *message; (message = curl_multi_info_read(http->multi, &left)) != NULL;) {
        struct http_job *job = NULL;

        if (message->msg != CURLMSG_DONE || curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job) != CURLE_OK) {
            continue;
        }
        http_took(job, message->data.result);
        (void)curl_multi_remove_handle(http->multi, job->easy);
        release(job);
        http_end(job);
    }
}

static bool goes_on(struct ocpp_settle_http *http)
{
    (void)pthread_mutex_lock(&http->lock);
    const bool is_stopping = http->is_stopping;
    (void)pthread_mutex_unlock(&http->lock);
    return !is_stopping;
}

/* Whether there was any. */
static bool begin_wanted(struct ocpp_settle_http *http)
{
    bool has_begun = false;

    for (struct http_job *job; (job = next_wanted(http)) != NULL; has_begun = true) {
        begin(http, job);
    }
    return has_begun;
}

/* Whoever waits for a place was told of long ago: that one is free again wakes nobody, so it is looked for before the wait. */
static void *serve(void *argument)
{
    struct ocpp_settle_http *http = argument;

    while (goes_on(http)) {
        int running = 0;

        do {
            (void)curl_multi_perform(http->multi, &running);
            reap(http);
        } while (begin_wanted(http));
        (void)curl_multi_poll(http->multi, NULL, 0, running > 0 ? LOOK_MS : REST_MS, NULL);
    }
    for (int i = 0; i < http->settings.max_waiting; i++) {
        if (http->jobs[i].easy != NULL) {
            (void)curl_multi_remove_handle(http->multi, http->jobs[i].easy);
            release(&http->jobs[i]);
        }
    }
    return NULL;
}

bool http_start_thread(struct ocpp_settle_http *http)
{
    if (http->multi != NULL) {
        return true;
    }
    http->multi = curl_multi_init();
    if (http->multi == NULL) {
        return false;
    }
    if (pthread_create(&http->thread, NULL, serve, http) != 0) {
        (void)curl_multi_cleanup(http->multi);
        http->multi = NULL;
    }
    return http->multi != NULL;
}

void http_stop_thread(struct ocpp_settle_http *http)
{
    if (http->multi == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&http->lock);
    http->is_stopping = true;
    (void)pthread_mutex_unlock(&http->lock);
    (void)curl_multi_wakeup(http->multi);
    (void)pthread_join(http->thread, NULL);
    (void)curl_multi_cleanup(http->multi);
    http->multi = NULL;
}
