/* http_provider.h: an exchange as its thread and the backend's share it. The lock of the handle guards everything but |easy|,
 * |headers| and what libcurl fills, which are the thread's while the exchange runs. */
#ifndef OCPP_SETTLE_HTTP_PROVIDER_H
#define OCPP_SETTLE_HTTP_PROVIDER_H

#include "http_words.h"

#include <ocpp/settlement/adapters.h>

#include <curl/curl.h>
#include <pthread.h>

enum { HTTP_TEXTS = 9, HTTP_URL_SIZE = 1100 };

enum http_state {
    HTTP_FREE,
    HTTP_WANTED,  /* the thread has not seen it */
    HTTP_RUNNING, /* … has */
    HTTP_ENDED    /* to be told */
};

struct http_job {
    struct ocpp_settle_http *owner;
    enum http_state state;
    int64_t order;     /* the smaller the earlier */
    int64_t wanted_ms; /* since when it waits */
    char operation[OCPP_SETTLE_ID_SIZE];
    bool is_query;
    char *body;   /* of an act */
    char *answer; /* max_answer_bytes */
    size_t size;
    bool is_too_large;
    bool has_left; /* something of it may have come to the server */
    long code;
    int64_t retry_after_ms; /* the server asks for; 0: it does not */
    char why[CURL_ERROR_SIZE];
    CURL *easy;
    struct curl_slist *headers;
};

struct ocpp_settle_http {
    struct ocpp_settle_http_settings settings;
    char *texts[HTTP_TEXTS]; /* of the settings */
    struct ocpp_settle_provider face;
    struct http_heard noticed; /* the last notification */
    pthread_mutex_t lock;
    pthread_t thread;
    CURLM *multi; /* NULL: there is no thread yet */
    bool is_stopping;
    bool is_signalled;
    int fds[2];
    struct http_job *jobs; /* max_waiting */
    int64_t last_order;
    int running;
    int failures; /* in a row */
    int64_t quiet_until_ms;
};

/* --- http_provider.c --- */

/* http_end: |job| has run, or never will; on the thread. */
void http_end(struct http_job *job);

/* http_now_ms: of a clock that never runs backwards. */
int64_t http_now_ms(void);

/* --- http_thread.c --- */

/* http_start_thread: there is one afterwards; false: it cannot be had. http_stop_thread: there is none. */
bool http_start_thread(struct ocpp_settle_http *http);
void http_stop_thread(struct ocpp_settle_http *http);

/* http_free_job: whatever it has; its place is free. With the lock held, or without a thread. */
void http_free_job(struct http_job *job);

/* --- http_exchange.c --- */

/* http_prepare: makes |job->easy|; false: no memory. http_took: what libcurl says of its end. On the thread. */
bool http_prepare(struct http_job *job);
void http_took(struct http_job *job, CURLcode code);

#endif
