/* curl_transfer.c: transfers on a thread of their own, and the mailbox between it and the thread of the charge point. */
#define _POSIX_C_SOURCE 200809L

#include "curl_transfer.h"
#include "adapter_support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOOK_MS = 1000, REST_MS = 60000 };

/* --- signs that something is to be told; with the lock held ---------------------------------------------------------------- */

static void mark_pipe(const struct ocpp_curl_transfer *transfer)
{
    const char byte = 0;
    while (transfer->fds[1] >= 0 && write(transfer->fds[1], &byte, 1) < 0 && errno == EINTR) {
    }
}

static void signal_caller(struct ocpp_curl_transfer *transfer)
{
    if (transfer->is_signalled)
        return;
    transfer->is_signalled = true;
    mark_pipe(transfer);
    if (transfer->settings.wake != NULL)
        transfer->settings.wake(transfer->settings.user);
}

static void clear_signal(struct ocpp_curl_transfer *transfer)
{
    char bytes[8];
    while (transfer->fds[0] >= 0 && read(transfer->fds[0], bytes, sizeof bytes) > 0) {
    }
    transfer->is_signalled = false;
}

/* --- what the callbacks of a transfer ask ----------------------------------------------------------------------------------- */

bool ocpp_curl_enter(struct curl_job *job)
{
    struct ocpp_curl_transfer *transfer = job->owner;
    (void)pthread_mutex_lock(&transfer->lock);
    const bool may = !job->is_cancelled && !transfer->is_stopping;
    job->is_inside = may;
    (void)pthread_mutex_unlock(&transfer->lock);
    return may;
}

void ocpp_curl_leave(struct curl_job *job)
{
    struct ocpp_curl_transfer *transfer = job->owner;
    (void)pthread_mutex_lock(&transfer->lock);
    job->is_inside = false;
    (void)pthread_cond_broadcast(&transfer->outside);
    (void)pthread_mutex_unlock(&transfer->lock);
}

void ocpp_curl_progress(struct curl_job *job, uint64_t at)
{
    (void)pthread_mutex_lock(&job->owner->lock);
    job->at = at;
    (void)pthread_mutex_unlock(&job->owner->lock);
}

/* --- the thread ------------------------------------------------------------------------------------------------------------- */

static void end_job(struct curl_job *job, enum ocpp_transfer_result result)
{
    (void)pthread_mutex_lock(&job->owner->lock);
    job->result = result;
    job->state = job->is_cancelled ? CURL_FREE : CURL_ENDED;
    if (job->state == CURL_ENDED)
        signal_caller(job->owner);
    (void)pthread_mutex_unlock(&job->owner->lock);
}

static void release(struct ocpp_curl_transfer *transfer, struct curl_job *job)
{
    (void)curl_multi_remove_handle(transfer->multi, job->easy);
    curl_easy_cleanup(job->easy);
    job->easy = NULL;
}

static void begin_job(struct ocpp_curl_transfer *transfer, struct curl_job *job)
{
    if (!ocpp_curl_prepare(job)) {
        end_job(job, OCPP_TRANSFER_LOST);
        return;
    }
    if (curl_multi_add_handle(transfer->multi, job->easy) != CURLM_OK) {
        curl_easy_cleanup(job->easy);
        job->easy = NULL;
        end_job(job, OCPP_TRANSFER_LOST);
    }
}

/* The next one the thread has not seen; it is cancelled before it began, or has to begin. NULL: none. */
static struct curl_job *next_wanted(struct ocpp_curl_transfer *transfer)
{
    struct curl_job *found = NULL;
    (void)pthread_mutex_lock(&transfer->lock);
    for (size_t i = 0; i < MOST_TRANSFERS && found == NULL; i++) {
        struct curl_job *job = &transfer->jobs[i];
        if (job->state == CURL_WANTED) {
            job->state = CURL_RUNNING;
            found = job;
        }
    }
    (void)pthread_mutex_unlock(&transfer->lock);
    return found;
}

static void reap(struct ocpp_curl_transfer *transfer)
{
    int left;
    for (const CURLMsg *message; (message = curl_multi_info_read(transfer->multi, &left)) != NULL;) {
        struct curl_job *job = NULL;
        if (message->msg != CURLMSG_DONE || curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &job) != CURLE_OK)
            continue;
        const enum ocpp_transfer_result result = ocpp_curl_judge(job, message->data.result);
        if (job->why[0] == '\0')
            (void)snprintf(job->why, sizeof job->why, "%s", curl_easy_strerror(message->data.result));
        release(transfer, job);
        end_job(job, result);
    }
}

static bool look_around(struct ocpp_curl_transfer *transfer)
{
    (void)pthread_mutex_lock(&transfer->lock);
    for (size_t i = 0; i < MOST_TRANSFERS; i++) {
        struct curl_job *job = &transfer->jobs[i];
        if (job->state == CURL_RUNNING && !job->is_cancelled && job->at != job->told) {
            job->has_progress = true;
            signal_caller(transfer);
        }
    }
    const bool goes_on = !transfer->is_stopping;
    (void)pthread_mutex_unlock(&transfer->lock);
    return goes_on;
}

static void *serve(void *argument)
{
    struct ocpp_curl_transfer *transfer = argument;
    while (look_around(transfer)) {
        for (struct curl_job *job; (job = next_wanted(transfer)) != NULL;)
            begin_job(transfer, job);
        int running = 0;
        (void)curl_multi_perform(transfer->multi, &running);
        reap(transfer);
        (void)curl_multi_poll(transfer->multi, NULL, 0, running > 0 ? LOOK_MS : REST_MS, NULL);
    }
    for (size_t i = 0; i < MOST_TRANSFERS; i++) {
        if (transfer->jobs[i].easy != NULL)
            release(transfer, &transfer->jobs[i]);
    }
    return NULL;
}

/* --- what the charge point asks -----------------------------------------------------------------------------------------------
 */

/* A pile that never moves a file needs no thread for it. */
static bool start_thread(struct ocpp_curl_transfer *transfer)
{
    if (transfer->multi != NULL)
        return true;
    transfer->multi = curl_multi_init();
    if (transfer->multi == NULL)
        return false;
    if (pthread_create(&transfer->thread, NULL, serve, transfer) != 0) {
        (void)curl_multi_cleanup(transfer->multi);
        transfer->multi = NULL;
    }
    return transfer->multi != NULL;
}

static enum ocpp_status begin(struct ocpp_curl_transfer *transfer, const struct curl_job *wanted)
{
    const unsigned protocol = ocpp_transfer_protocol_of(wanted->url);
    enum ocpp_status status = OCPP_ERR_BUSY;
    if ((transfer->face.protocols & protocol) == 0)
        return OCPP_ERR_ARGUMENT;
    if (!start_thread(transfer))
        return OCPP_ERR_NOMEM;
    (void)pthread_mutex_lock(&transfer->lock);
    for (size_t i = 0; i < MOST_TRANSFERS && status != OCPP_OK; i++) {
        struct curl_job *job = &transfer->jobs[i];
        if (job->state == CURL_FREE) {
            *job = *wanted;
            job->owner = transfer;
            job->state = CURL_WANTED;
            status = OCPP_OK;
        }
    }
    (void)pthread_mutex_unlock(&transfer->lock);
    (void)curl_multi_wakeup(transfer->multi);
    return status;
}

static enum ocpp_status start_download(int64_t id, const struct ocpp_download *download, void *user)
{
    struct curl_job wanted = {
        .id = id,
        .offset = download->offset,
        .at = download->offset,
        .told = download->offset,
        .max_bytes = download->max_bytes,
        .sink = download->sink,
    };
    const int size = snprintf(wanted.url, sizeof wanted.url, "%s", download->url);
    return size < 0 || (size_t)size >= sizeof wanted.url ? OCPP_ERR_ARGUMENT : begin(user, &wanted);
}

/* A folder gets the name behind it, as it may stand in an address. */
static bool join_name(char url[CURL_URL_SIZE], const char *folder, const char *name)
{
    const size_t folder_size = strlen(folder);
    const bool is_folder = folder_size > 0 && folder[folder_size - 1] == '/' && name != NULL;
    char *escaped = is_folder ? curl_easy_escape(NULL, name, 0) : NULL;
    if (is_folder && escaped == NULL)
        return false;
    const int size = snprintf(url, CURL_URL_SIZE, "%s%s", folder, is_folder ? escaped : "");
    curl_free(escaped);
    return size >= 0 && size < CURL_URL_SIZE;
}

static enum ocpp_status start_upload(int64_t id, const struct ocpp_upload *upload, void *user)
{
    struct curl_job wanted = { .id = id, .is_upload = true, .source = upload->source };
    return join_name(wanted.url, upload->url, upload->name) ? begin(user, &wanted) : OCPP_ERR_ARGUMENT;
}

static void cancel(int64_t id, void *user)
{
    struct ocpp_curl_transfer *transfer = user;
    (void)pthread_mutex_lock(&transfer->lock);
    for (size_t i = 0; i < MOST_TRANSFERS; i++) {
        struct curl_job *job = &transfer->jobs[i];
        if (job->state == CURL_FREE || job->id != id)
            continue;
        job->is_cancelled = true;
        while (job->is_inside)
            (void)pthread_cond_wait(&transfer->outside, &transfer->lock);
        if (job->state != CURL_RUNNING)
            job->state = CURL_FREE;
    }
    (void)pthread_mutex_unlock(&transfer->lock);
    if (transfer->multi != NULL)
        (void)curl_multi_wakeup(transfer->multi);
}

/* --- telling ------------------------------------------------------------------------------------------------------------------
 */

/* Copies what is to be told of the place |i|, and frees it where that is its end. */
static bool take_news(struct ocpp_curl_transfer *transfer, size_t i, struct curl_job *news)
{
    (void)pthread_mutex_lock(&transfer->lock);
    struct curl_job *job = &transfer->jobs[i];
    const bool has_news = job->state == CURL_ENDED || (job->state == CURL_RUNNING && job->has_progress && !job->is_cancelled);
    if (has_news) {
        *news = (struct curl_job){ .state = job->state, .id = job->id, .at = job->at };
        job->has_progress = false;
        job->told = job->at;
        if (job->state == CURL_ENDED) { /* the thread has done with the rest of it */
            *news = *job;
            job->state = CURL_FREE;
        }
    }
    (void)pthread_mutex_unlock(&transfer->lock);
    return has_news;
}

static void tell_host(const struct ocpp_curl_transfer *transfer, const struct curl_job *job)
{
    const struct ocpp_curl_transfer_news news = { job->id, job->at, job->state == CURL_ENDED, job->result };
    if (transfer->settings.on_news != NULL)
        transfer->settings.on_news(&news, transfer->settings.user);
}

void ocpp_curl_transfer_run(struct ocpp_curl_transfer *transfer, struct ocpp_charge_point *cp, struct ocpp_now now)
{
    (void)pthread_mutex_lock(&transfer->lock);
    const bool is_signalled = transfer->is_signalled;
    if (is_signalled)
        clear_signal(transfer);
    (void)pthread_mutex_unlock(&transfer->lock);
    for (size_t i = 0; is_signalled && i < MOST_TRANSFERS; i++) {
        struct curl_job news;
        if (!take_news(transfer, i, &news))
            continue;
        tell_host(transfer, &news);
        if (news.state != CURL_ENDED) {
            (void)ocpp_charge_point_transfer_progress(cp, news.id, news.at, now);
            continue;
        }
        if (news.result != OCPP_TRANSFER_DONE) {
            char shown[160];
            adapter_log(&transfer->settings.log, OCPP_LOG_WARNING, "%s: %s", ocpp_transfer_show(news.url, shown, sizeof shown),
                        news.why);
        }
        (void)ocpp_charge_point_transfer_done(cp, news.id, news.result, news.at, now);
    }
}

/* --- the handle
 * ----------------------------------------------------------------------------------------------------------------- */

struct ocpp_curl_transfer_settings ocpp_curl_transfer_settings_default(void)
{
    return (struct ocpp_curl_transfer_settings){
        .protocols = OCPP_TRANSFER_ALL,
        .max_redirects = 3,
        .connect_timeout_ms = 20000,
        .stall_ms = 60000,
        .min_bytes_per_s = 64,
        .total_ms = 6 * 3600 * 1000,
    };
}

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void init_curl(void)
{
    (void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

static const char *wrong_setting(const struct ocpp_curl_transfer_settings *settings)
{
    if (settings->connect_timeout_ms <= 0 || settings->stall_ms <= 0 || settings->total_ms <= 0 ||
        settings->min_bytes_per_s < 0 || settings->max_bytes_per_s < 0)
        return "a time or a rate is outside its range";
    if ((settings->protocols & OCPP_TRANSFER_ALL) == 0)
        return "no protocol is left";
    return (settings->certificate_file == NULL) != (settings->key_file == NULL) ? "a certificate and its key go together" : NULL;
}

/* The texts of the settings, as the handle's own. */
static bool copy_texts(struct ocpp_curl_transfer *transfer)
{
    const char **const texts[] = { &transfer->settings.ca_file, &transfer->settings.certificate_file,
                                   &transfer->settings.key_file, &transfer->settings.known_hosts_file,
                                   &transfer->settings.proxy };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (*texts[i] == NULL)
            continue;
        transfer->texts[i] = strdup(*texts[i]);
        *texts[i] = transfer->texts[i];
        if (transfer->texts[i] == NULL)
            return false;
    }
    return true;
}

static void close_pipe(struct ocpp_curl_transfer *transfer)
{
    for (int i = 0; i < 2; i++) {
        if (transfer->fds[i] >= 0)
            (void)close(transfer->fds[i]);
        transfer->fds[i] = -1;
    }
}

static bool open_pipe(struct ocpp_curl_transfer *transfer)
{
    if (pipe(transfer->fds) != 0) {
        transfer->fds[0] = transfer->fds[1] = -1;
        return false;
    }
    for (int i = 0; i < 2; i++) {
        if (fcntl(transfer->fds[i], F_SETFL, O_NONBLOCK) != 0 || fcntl(transfer->fds[i], F_SETFD, FD_CLOEXEC) != 0) {
            close_pipe(transfer);
            return false;
        }
    }
    return true;
}

static void free_parts(struct ocpp_curl_transfer *transfer)
{
    for (size_t i = 0; i < sizeof transfer->texts / sizeof transfer->texts[0]; i++)
        free(transfer->texts[i]);
    if (transfer->multi != NULL)
        (void)curl_multi_cleanup(transfer->multi);
    (void)pthread_cond_destroy(&transfer->outside);
    (void)pthread_mutex_destroy(&transfer->lock);
    free(transfer);
}

static struct ocpp_curl_transfer *make(const struct ocpp_curl_transfer_settings *settings)
{
    struct ocpp_curl_transfer *transfer = calloc(1, sizeof *transfer);
    if (transfer == NULL)
        return NULL;
    (void)pthread_mutex_init(&transfer->lock, NULL);
    (void)pthread_cond_init(&transfer->outside, NULL);
    transfer->settings = *settings;
    unsigned protocols = settings->protocols & ocpp_curl_protocols();
    if (settings->known_hosts_file == NULL)
        protocols &= ~(unsigned)OCPP_TRANSFER_SFTP;
    transfer->face = (struct ocpp_file_transfer){ protocols, start_download, start_upload, cancel, transfer };
    transfer->fds[0] = transfer->fds[1] = -1;
    if (!copy_texts(transfer)) {
        free_parts(transfer);
        return NULL;
    }
    return transfer;
}

struct ocpp_curl_transfer *ocpp_curl_transfer_new(const struct ocpp_curl_transfer_settings *settings, char *reason,
                                                  size_t reason_size)
{
    const char *wrong = wrong_setting(settings);
    (void)pthread_once(&once, init_curl);
    struct ocpp_curl_transfer *transfer = wrong == NULL ? make(settings) : NULL;
    if (transfer == NULL && reason != NULL && reason_size > 0)
        (void)snprintf(reason, reason_size, "%s", wrong == NULL ? "no memory" : wrong);
    return transfer;
}

void ocpp_curl_transfer_free(struct ocpp_curl_transfer *transfer)
{
    if (transfer == NULL)
        return;
    (void)pthread_mutex_lock(&transfer->lock);
    transfer->is_stopping = true;
    (void)pthread_mutex_unlock(&transfer->lock);
    if (transfer->multi != NULL) {
        (void)curl_multi_wakeup(transfer->multi);
        (void)pthread_join(transfer->thread, NULL);
    }
    close_pipe(transfer);
    free_parts(transfer);
}

const struct ocpp_file_transfer *ocpp_curl_transfer_face(struct ocpp_curl_transfer *transfer)
{
    return &transfer->face;
}

int ocpp_curl_transfer_fd(struct ocpp_curl_transfer *transfer)
{
    (void)pthread_mutex_lock(&transfer->lock);
    if (transfer->fds[0] < 0 && open_pipe(transfer) && transfer->is_signalled)
        mark_pipe(transfer);
    const int fd = transfer->fds[0];
    (void)pthread_mutex_unlock(&transfer->lock);
    return fd;
}
