/* server.c: see server.h. */
#include "server.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

enum { URL_SIZE = 2048 };

static struct curl_slist *headers_of(const struct options *options)
{
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    char line[600];

    if (options->token) {
        snprintf(line, sizeof line, "Authorization: Bearer %s", options->token);
        headers = curl_slist_append(headers, line);
    }
    return headers;
}

static long perform(CURL *handle, const struct options *options, const char *url, const char *body)
{
    struct curl_slist *headers = headers_of(options);
    long code = 0;

    (void)curl_easy_setopt(handle, CURLOPT_URL, url);
    (void)curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
    (void)curl_easy_setopt(handle, CURLOPT_TIMEOUT, (long)options->timeout_s);
    (void)curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    (void)curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    if (body) {
        (void)curl_easy_setopt(handle, CURLOPT_POSTFIELDS, body);
    }
    const CURLcode result = curl_easy_perform(handle); /* what comes goes to standard output */
    if (result != CURLE_OK) {
        fprintf(stderr, "ocpp-phone: %s: %s\n", url, curl_easy_strerror(result));
    } else {
        (void)curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code);
    }
    curl_slist_free_all(headers);
    return code;
}

bool server_call(const struct options *options, const char *path, const char *body)
{
    char url[URL_SIZE];
    long code = 0;

    if ((size_t)snprintf(url, sizeof url, "%s%s%s", options->server, path[0] == '/' ? "" : "/", path) >= sizeof url) {
        fprintf(stderr, "ocpp-phone: the path is too long\n");
        return false;
    }
    CURL *handle = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    if (handle) {
        code = perform(handle, options, url, body);
        curl_easy_cleanup(handle);
    }
    curl_global_cleanup();
    putchar('\n');
    return code >= 200 && code < 300;
}
