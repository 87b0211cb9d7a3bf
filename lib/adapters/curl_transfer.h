/* curl_transfer.h: a transfer as its thread and the caller's share it. The lock of the handle guards everything but |easy|, which
 * is the thread's, and what is written before the thread sees it.
 */
#ifndef OCPP_CURL_TRANSFER_H
#define OCPP_CURL_TRANSFER_H

#include <ocpp/adapters.h>

#include <curl/curl.h>
#include <pthread.h>

enum { MOST_TRANSFERS = 4, CURL_URL_SIZE = 4096 };

enum curl_state {
    CURL_FREE,
    CURL_WANTED,  /* the thread has not seen it */
    CURL_RUNNING, /* … has */
    CURL_ENDED    /* to be told */
};

struct curl_job {
    struct ocpp_curl_transfer *owner;
    enum curl_state state;
    bool is_cancelled;
    bool is_inside; /* a call of the sink or the source */
    int64_t id;
    bool is_upload;
    char url[CURL_URL_SIZE];
    uint64_t offset;
    uint64_t max_bytes;
    struct ocpp_transfer_sink sink;
    struct ocpp_transfer_source source;
    uint64_t at; /* the next byte of the file */
    uint64_t told;
    bool has_progress;
    bool is_too_large;
    bool is_local; /* the sink or the source failed */
    enum ocpp_transfer_result result;
    char why[CURL_ERROR_SIZE];
    CURL *easy;
};

struct ocpp_curl_transfer {
    struct ocpp_file_transfer face;
    struct ocpp_curl_transfer_settings settings;
    char *texts[5]; /* of the settings */
    pthread_mutex_t lock;
    pthread_cond_t outside; /* no call of a sink or source is running any more */
    pthread_t thread;
    bool is_stopping;
    CURLM *multi; /* NULL: no transfer began yet, and there is no thread */
    int fds[2];   /* a byte in the pipe: something is to be told; -1: nobody asked for it */
    bool is_signalled;
    struct curl_job jobs[MOST_TRANSFERS];
};

/* --- curl_easy.c: one transfer with libcurl --- */

/* ocpp_curl_prepare: makes |job->easy|; false: no memory. On the thread. */
bool ocpp_curl_prepare(struct curl_job *job);
/* ocpp_curl_judge: what |code| means. On the thread, with the handle still there. */
enum ocpp_transfer_result ocpp_curl_judge(const struct curl_job *job, CURLcode code);
/* ocpp_curl_protocols: those libcurl has. */
unsigned ocpp_curl_protocols(void);

/* --- curl_transfer.c --- */

/* ocpp_curl_enter: a call of the sink or the source may begin; false: the transfer was cancelled. _leave: it is over. */
bool ocpp_curl_enter(struct curl_job *job);
void ocpp_curl_leave(struct curl_job *job);
void ocpp_curl_progress(struct curl_job *job, uint64_t at);

#endif
