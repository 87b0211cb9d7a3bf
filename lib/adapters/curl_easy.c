/* curl_easy.c: one transfer with libcurl: what is set, where its bytes go, and what its end means.
 *
 * Nothing of what a server says is believed further than it must be: where it may send us on, how much it may send, how slowly.
 */
#include "curl_transfer.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* --- protocols ------------------------------------------------------------------------------------------------------------ */

static const struct {
    const char *name;
    unsigned bit;
#if LIBCURL_VERSION_NUM < 0x075500
    long number;
#endif
} protocols[] = {
#if LIBCURL_VERSION_NUM < 0x075500
    { "http", OCPP_TRANSFER_HTTP, CURLPROTO_HTTP }, { "https", OCPP_TRANSFER_HTTPS, CURLPROTO_HTTPS },
    { "ftp", OCPP_TRANSFER_FTP, CURLPROTO_FTP },    { "ftps", OCPP_TRANSFER_FTPS, CURLPROTO_FTPS },
    { "sftp", OCPP_TRANSFER_SFTP, CURLPROTO_SFTP },
#else
    { "http", OCPP_TRANSFER_HTTP }, { "https", OCPP_TRANSFER_HTTPS }, { "ftp", OCPP_TRANSFER_FTP },
    { "ftps", OCPP_TRANSFER_FTPS }, { "sftp", OCPP_TRANSFER_SFTP },
#endif
};
enum { PROTOCOLS = sizeof(protocols) / sizeof(protocols[0]) };

unsigned ocpp_curl_protocols(void)
{
    const curl_version_info_data *info = curl_version_info(CURLVERSION_NOW);
    unsigned found = 0;
    for (size_t i = 0; info->protocols[i] != NULL; i++) {
        for (size_t p = 0; p < PROTOCOLS; p++) {
            found |= strcmp(info->protocols[i], protocols[p].name) == 0 ? protocols[p].bit : 0;
        }
    }
    return found;
}

#if LIBCURL_VERSION_NUM < 0x075500
static bool allow(CURL *easy, CURLoption option, unsigned bits)
{
    long numbers = 0;
    for (size_t p = 0; p < PROTOCOLS; p++) {
        numbers |= (bits & protocols[p].bit) != 0 ? protocols[p].number : 0;
    }
    return curl_easy_setopt(easy, option, numbers) == CURLE_OK;
}
enum { FIRST_PROTOCOLS = CURLOPT_PROTOCOLS, NEXT_PROTOCOLS = CURLOPT_REDIR_PROTOCOLS };
#else
static bool allow(CURL *easy, CURLoption option, unsigned bits)
{
    char names[64] = "";
    size_t size = 0;
    for (size_t p = 0; p < PROTOCOLS; p++) {
        if ((bits & protocols[p].bit) != 0) {
            size += (size_t)snprintf(names + size, sizeof names - size, "%s%s", size == 0 ? "" : ",", protocols[p].name);
        }
    }
    return curl_easy_setopt(easy, option, names) == CURLE_OK;
}
enum { FIRST_PROTOCOLS = CURLOPT_PROTOCOLS_STR, NEXT_PROTOCOLS = CURLOPT_REDIR_PROTOCOLS_STR };
#endif

/* A redirect stays within HTTP, and does not lose the encryption. */
static unsigned redirects_of(const struct curl_job *job)
{
    const unsigned first = ocpp_transfer_protocol_of(job->url);
    const unsigned next = first == OCPP_TRANSFER_HTTP ? OCPP_TRANSFER_HTTP | OCPP_TRANSFER_HTTPS : OCPP_TRANSFER_HTTPS;
    return next & job->owner->face.protocols;
}

static bool is_http(const struct curl_job *job)
{
    return (ocpp_transfer_protocol_of(job->url) & (OCPP_TRANSFER_HTTP | OCPP_TRANSFER_HTTPS)) != 0;
}

/* --- bytes ---------------------------------------------------------------------------------------------------------------- */

/* Only the body of a success is the file. */
static bool is_file(const struct curl_job *job)
{
    long code = 0;
    (void)curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &code);
    return !is_http(job) || code == (job->offset > 0 ? 206 : 200);
}

static size_t write_bytes(char *bytes, size_t one, size_t count, void *user)
{
    struct curl_job *job = user;
    const size_t size = one * count;
    if (size == 0)
        return 0;
    if (!is_file(job))
        return 0;
    if (size > job->max_bytes || job->at > job->max_bytes - size) {
        job->is_too_large = true;
        return 0;
    }
    if (!ocpp_curl_enter(job))
        return 0;
    const bool is_kept = job->sink.write(job->at, bytes, size, job->sink.user);
    ocpp_curl_leave(job);
    if (!is_kept) {
        job->is_local = true;
        return 0;
    }
    ocpp_curl_progress(job, job->at + size);
    return size;
}

static size_t read_bytes(char *bytes, size_t one, size_t count, void *user)
{
    struct curl_job *job = user;
    const uint64_t left = job->source.size - job->at;
    const size_t room = one * count < left ? one * count : (size_t)left;
    size_t got = 0;
    if (room == 0)
        return 0;
    if (!ocpp_curl_enter(job))
        return CURL_READFUNC_ABORT;
    const bool is_read = job->source.read(job->at, bytes, room, &got, job->source.user) && got > 0 && got <= room;
    ocpp_curl_leave(job);
    if (!is_read) {
        job->is_local = true;
        return CURL_READFUNC_ABORT;
    }
    ocpp_curl_progress(job, job->at + got);
    return got;
}

/* The server wants it again from some place. */
static int seek(void *user, curl_off_t offset, int origin)
{
    struct curl_job *job = user;
    if (origin != SEEK_SET || offset < 0 || (uint64_t)offset > job->source.size)
        return CURL_SEEKFUNC_FAIL;
    ocpp_curl_progress(job, (uint64_t)offset);
    return CURL_SEEKFUNC_OK;
}

/* A cancelled transfer ends also while nothing moves. */
static int look(void *user, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up)
{
    (void)down_total;
    (void)down;
    (void)up_total;
    (void)up;
    struct curl_job *job = user;
    if (!ocpp_curl_enter(job))
        return 1;
    ocpp_curl_leave(job);
    return 0;
}

/* --- one handle ----------------------------------------------------------------------------------------------------------- */

static bool number(CURL *easy, CURLoption option, int64_t value)
{
    return curl_easy_setopt(easy, option, (long)(value < LONG_MAX ? value : LONG_MAX)) == CURLE_OK;
}

static bool large(CURL *easy, CURLoption option, uint64_t value)
{
    return curl_easy_setopt(easy, option, (curl_off_t)(value < INT64_MAX ? value : INT64_MAX)) == CURLE_OK;
}

static bool text(CURL *easy, CURLoption option, const char *value)
{
    return value == NULL || curl_easy_setopt(easy, option, value) == CURLE_OK;
}

static bool set_limits(const struct curl_job *job, CURL *easy)
{
    const struct ocpp_curl_transfer_settings *settings = &job->owner->settings;
    return number(easy, CURLOPT_NOSIGNAL, 1) && number(easy, CURLOPT_CONNECTTIMEOUT_MS, settings->connect_timeout_ms) &&
           number(easy, CURLOPT_TIMEOUT_MS, settings->total_ms) &&
           number(easy, CURLOPT_LOW_SPEED_LIMIT, settings->min_bytes_per_s) &&
           number(easy, CURLOPT_LOW_SPEED_TIME, (settings->stall_ms + 999) / 1000) &&
           number(easy, CURLOPT_FTP_RESPONSE_TIMEOUT, (settings->stall_ms + 999) / 1000) &&
           large(easy, CURLOPT_MAX_RECV_SPEED_LARGE, (uint64_t)settings->max_bytes_per_s) &&
           large(easy, CURLOPT_MAX_SEND_SPEED_LARGE, (uint64_t)settings->max_bytes_per_s);
}

static bool set_trust(const struct curl_job *job, CURL *easy)
{
    const struct ocpp_curl_transfer_settings *settings = &job->owner->settings;
    return number(easy, CURLOPT_SSL_VERIFYPEER, 1) && number(easy, CURLOPT_SSL_VERIFYHOST, 2) &&
           number(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2) && text(easy, CURLOPT_CAINFO, settings->ca_file) &&
           text(easy, CURLOPT_SSLCERT, settings->certificate_file) && text(easy, CURLOPT_SSLKEY, settings->key_file) &&
           text(easy, CURLOPT_SSH_KNOWNHOSTS, settings->known_hosts_file) &&
           text(easy, CURLOPT_PROXY, settings->proxy == NULL ? "" : settings->proxy);
}

static bool set_way(const struct curl_job *job, CURL *easy)
{
    const unsigned redirects = redirects_of(job);
    const int most = job->owner->settings.max_redirects;
    const bool may_follow = is_http(job) && most > 0 && redirects != 0;
    return text(easy, CURLOPT_URL, job->url) && allow(easy, (CURLoption)FIRST_PROTOCOLS, job->owner->face.protocols) &&
           (!may_follow || allow(easy, (CURLoption)NEXT_PROTOCOLS, redirects)) &&
           number(easy, CURLOPT_FOLLOWLOCATION, may_follow) && number(easy, CURLOPT_MAXREDIRS, may_follow ? most : 0) &&
           number(easy, CURLOPT_FAILONERROR, 1);
}

static bool set_download(struct curl_job *job, CURL *easy)
{
    return curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, write_bytes) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEDATA, job) == CURLE_OK && large(easy, CURLOPT_RESUME_FROM_LARGE, job->offset) &&
           large(easy, CURLOPT_MAXFILESIZE_LARGE, job->max_bytes);
}

static size_t drop_bytes(char *bytes, size_t one, size_t count, void *user)
{
    (void)bytes;
    (void)user;
    return one * count; /* what a server says of an upload is not for us */
}

static bool set_upload(struct curl_job *job, CURL *easy)
{
    return curl_easy_setopt(easy, CURLOPT_READFUNCTION, read_bytes) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_READDATA, job) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, seek) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_SEEKDATA, job) == CURLE_OK &&
           curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, drop_bytes) == CURLE_OK && number(easy, CURLOPT_UPLOAD, 1) &&
           large(easy, CURLOPT_INFILESIZE_LARGE, job->source.size);
}

bool ocpp_curl_prepare(struct curl_job *job)
{
    CURL *easy = curl_easy_init();
    if (easy == NULL)
        return false;
    job->easy = easy;
    const bool is_set = set_limits(job, easy) && set_trust(job, easy) && set_way(job, easy) &&
                        (job->is_upload ? set_upload(job, easy) : set_download(job, easy)) &&
                        number(easy, CURLOPT_NOPROGRESS, 0) &&
                        curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, look) == CURLE_OK &&
                        curl_easy_setopt(easy, CURLOPT_XFERINFODATA, job) == CURLE_OK &&
                        curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, job->why) == CURLE_OK &&
                        curl_easy_setopt(easy, CURLOPT_PRIVATE, job) == CURLE_OK;
    if (!is_set) {
        curl_easy_cleanup(easy);
        job->easy = NULL;
    }
    return is_set;
}

/* --- the end -------------------------------------------------------------------------------------------------------------- */

static enum ocpp_transfer_result judge_response(const struct curl_job *job, long code)
{
    if (code == 404 || code == 410)
        return OCPP_TRANSFER_NOT_FOUND;
    if (code == 413)
        return OCPP_TRANSFER_TOO_LARGE;
    if (code == 405 || code == 501)
        return OCPP_TRANSFER_NOT_SUPPORTED;
    if (code == 416 && job->offset > 0)
        return OCPP_TRANSFER_NOT_RESUMED;
    if (code == 408 || code == 425 || code == 429 || code >= 500)
        return OCPP_TRANSFER_LOST;
    if (code >= 400)
        return OCPP_TRANSFER_DENIED;
    return code >= 300 ? OCPP_TRANSFER_NOT_SUPPORTED : OCPP_TRANSFER_LOST;
}

static const struct {
    CURLcode code;
    enum ocpp_transfer_result result;
} ends[] = {
    { CURLE_UNSUPPORTED_PROTOCOL, OCPP_TRANSFER_NOT_SUPPORTED },
    { CURLE_URL_MALFORMAT, OCPP_TRANSFER_NOT_SUPPORTED },
    { CURLE_TOO_MANY_REDIRECTS, OCPP_TRANSFER_NOT_SUPPORTED },
    { CURLE_REMOTE_ACCESS_DENIED, OCPP_TRANSFER_DENIED },
    { CURLE_LOGIN_DENIED, OCPP_TRANSFER_DENIED },
    { CURLE_UPLOAD_FAILED, OCPP_TRANSFER_DENIED },
    { CURLE_REMOTE_FILE_NOT_FOUND, OCPP_TRANSFER_NOT_FOUND },
    { CURLE_FTP_COULDNT_RETR_FILE, OCPP_TRANSFER_NOT_FOUND },
    { CURLE_REMOTE_DISK_FULL, OCPP_TRANSFER_TOO_LARGE },
    { CURLE_FILESIZE_EXCEEDED, OCPP_TRANSFER_TOO_LARGE },
    { CURLE_PEER_FAILED_VERIFICATION, OCPP_TRANSFER_UNTRUSTED },
    { CURLE_SSL_CACERT_BADFILE, OCPP_TRANSFER_UNTRUSTED },
    { CURLE_SSL_ISSUER_ERROR, OCPP_TRANSFER_UNTRUSTED },
    { CURLE_RANGE_ERROR, OCPP_TRANSFER_NOT_RESUMED },
    { CURLE_BAD_DOWNLOAD_RESUME, OCPP_TRANSFER_NOT_RESUMED },
    { CURLE_FTP_COULDNT_USE_REST, OCPP_TRANSFER_NOT_RESUMED },
    { CURLE_SSL_CERTPROBLEM, OCPP_TRANSFER_LOCAL },
    { CURLE_READ_ERROR, OCPP_TRANSFER_LOCAL },
};

enum ocpp_transfer_result ocpp_curl_judge(const struct curl_job *job, CURLcode code)
{
    long response = 0;
    (void)curl_easy_getinfo(job->easy, CURLINFO_RESPONSE_CODE, &response);
    if (job->is_too_large)
        return OCPP_TRANSFER_TOO_LARGE;
    if (job->is_local)
        return OCPP_TRANSFER_LOCAL;
    const bool is_odd = is_http(job) && code == CURLE_OK && !job->is_upload && !is_file(job);
    if (code == CURLE_HTTP_RETURNED_ERROR || is_odd || (code == CURLE_WRITE_ERROR && !is_file(job)))
        return judge_response(job, response);
    if (code == CURLE_OK)
        return OCPP_TRANSFER_DONE;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        if (ends[i].code == code)
            return ends[i].result;
    }
    return OCPP_TRANSFER_LOST;
}
