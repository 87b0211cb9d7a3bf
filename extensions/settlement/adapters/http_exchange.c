/* http_exchange.c: one exchange with libcurl: what is set, how much of an answer is taken, and whether anything has left. */
#include "http_provider.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if LIBCURL_VERSION_NUM < 0x075500
#define SETTLE_PROTOCOLS CURLOPT_PROTOCOLS
#else
#define SETTLE_PROTOCOLS CURLOPT_PROTOCOLS_STR
#endif

static bool number(CURL *easy, CURLoption option, int64_t value)
{
    return curl_easy_setopt(easy, option, (long)(value < LONG_MAX ? value : LONG_MAX)) == CURLE_OK;
}

static bool text(CURL *easy, CURLoption option, const char *value)
{
    return value == NULL || curl_easy_setopt(easy, option, value) == CURLE_OK;
}

/* Whether plain HTTP may be spoken was judged with the settings. */
static bool set_protocol(CURL *easy, const char *url)
{
    const bool is_plain = strncmp(url, "http:", 5) == 0;
#if LIBCURL_VERSION_NUM < 0x075500
    return number(easy, SETTLE_PROTOCOLS, is_plain ? CURLPROTO_HTTP : CURLPROTO_HTTPS);
#else
    return text(easy, SETTLE_PROTOCOLS, is_plain ? "http" : "https");
#endif
}

/* --- bytes --------------------------------------------------------------------------------------------------------------- */

static size_t take_bytes(char *bytes, size_t one, size_t count, void *user)
{
    struct http_job *job = user;
    const size_t size = one * count;

    if (size > job->owner->settings.max_answer_bytes - job->size) {
        job->is_too_large = true;
        return 0;
    }
    memcpy(job->answer + job->size, bytes, size);
    job->size += size;
    return size;
}

static int look(void *user, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
    struct ocpp_settle_http *http = ((struct http_job *)user)->owner;

    (void)down_total;
    (void)down;
    (void)up_total;
    (void)up;
    (void)pthread_mutex_lock(&http->lock);
    const bool is_stopping = http->is_stopping;
    (void)pthread_mutex_unlock(&http->lock);
    return is_stopping;
}

/* --- what is set --------------------------------------------------------------------------------------------------------- */

static bool add_header(struct http_job *job, const char *name, const char *value)
{
    const size_t size = strlen(name) + strlen(value) + 3;
    char *line = malloc(size);

    if (line == NULL) {
        return false;
    }
    (void)snprintf(line, size, "%s: %s", name, value);
    struct curl_slist *longer = curl_slist_append(job->headers, line);
    memset(line, 0, size); /* it may hold the token */
    free(line);
    job->headers = longer != NULL ? longer : job->headers;
    return longer != NULL;
}

static bool set_headers(struct http_job *job, CURL *easy)
{
    const char *token = job->owner->settings.token;
    char bearer[1100];

    if (!add_header(job, "Accept", "application/json") || !add_header(job, "Idempotency-Key", job->operation)) {
        return false;
    }
    if (!job->is_query && (!add_header(job, "Content-Type", "application/json") || !add_header(job, "Expect", ""))) {
        return false;
    }
    if (token != NULL) {
        (void)snprintf(bearer, sizeof bearer, "Bearer %s", token);
        const bool is_added = add_header(job, "Authorization", bearer);
        memset(bearer, 0, sizeof bearer);
        if (!is_added) {
            return false;
        }
    }
    return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, job->headers) == CURLE_OK;
}

static bool set_way(const struct http_job *job, CURL *easy)
{
    const struct ocpp_settle_http_settings *settings = &job->owner->settings;
    char url[HTTP_URL_SIZE];
    const size_t size = strlen(settings->url);

    (void)snprintf(url, sizeof url, "%s%soperations%s%s", settings->url, settings->url[size - 1] == '/' ? "" : "/",
                   job->is_query ? "/" : "", job->is_query ? job->operation : "");
    return text(easy, CURLOPT_URL, url) && set_protocol(easy, url) && number(easy, CURLOPT_FOLLOWLOCATION, 0) &&
           text(easy, CURLOPT_PROXY, settings->proxy == NULL ? "" : settings->proxy) && number(easy, CURLOPT_NOSIGNAL, 1) &&
           number(easy, CURLOPT_CONNECTTIMEOUT_MS, settings->connect_timeout_ms) &&
           number(easy, CURLOPT_TIMEOUT_MS, settings->total_ms) && number(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) &&
           text(easy, CURLOPT_USERAGENT, "ocpp-settlement");
}

static bool set_trust(const struct http_job *job, CURL *easy)
{
    const struct ocpp_settle_http_settings *settings = &job->owner->settings;

    return number(easy, CURLOPT_SSL_VERIFYPEER, 1) && number(easy, CURLOPT_SSL_VERIFYHOST, 2) &&
           number(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2) && text(easy, CURLOPT_CAINFO, settings->ca_file) &&
           text(easy, CURLOPT_SSLCERT, settings->certificate_file) && text(easy, CURLOPT_SSLKEY, settings->key_file);
}

/* libcurl sends a request again when a connection that was used before turns out to be dead: an act goes on a new one. */
static bool set_act(const struct http_job *job, CURL *easy)
{
    return job->is_query || (number(easy, CURLOPT_POST, 1) && text(easy, CURLOPT_POSTFIELDS, job->body) &&
                             number(easy, CURLOPT_POSTFIELDSIZE, (int64_t)strlen(job->body)) &&
                             number(easy, CURLOPT_FRESH_CONNECT, 1) && number(easy, CURLOPT_FORBID_REUSE, 1));
}

static bool set_bytes(struct http_job *job, CURL *easy)
{
    return curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_bytes) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, job) == CURLE_OK && number(easy, CURLOPT_NOPROGRESS, 0) &&
           curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, look) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_XFERINFODATA, job) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, job->why) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_PRIVATE, job) == CURLE_OK;
}

bool http_prepare(struct http_job *job)
{
    CURL *easy = curl_easy_init();

    job->easy = easy;
    return easy != NULL && set_way(job, easy) && set_trust(job, easy) && set_headers(job, easy) && set_act(job, easy) &&
           set_bytes(job, easy);
}

void http_took(struct http_job *job, CURLcode code)
{
    long sent = 0;

    (void)curl_easy_getinfo(job->easy, CURLINFO_REQUEST_SIZE, &sent);
#if LIBCURL_VERSION_NUM >= 0x074200
    curl_off_t after_s = 0;
    (void)curl_easy_getinfo(job->easy, CURLINFO_RETRY_AFTER, &after_s);
    job->retry_after_ms = after_s > 0 && after_s < 86400 ? 1000 * (int64_t)after_s : 0;
#endif
    job->has_left = sent > 0;
    job->code = 0;
    if (code == CURLE_OK) {
        (void)curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &job->code);
    } else if (job->why[0] == '\0') {
        (void)snprintf(job->why, sizeof job->why, "%s", job->is_too_large ? "the answer is too large" : curl_easy_strerror(code));
    }
}
