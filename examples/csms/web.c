/* web.c: serves the pages of the browser. They may load what lies here, ask this server, and nothing else. */
#include "web.h"
#include "http.h"

#include <stdio.h>
#include <string.h>

enum { WEB_PATH_SIZE = 256, WEB_HEADERS_SIZE = 768 };

/* A file is asked for again each time, and not sent again while it is the same. */
static const char headers[] =
    "Cache-Control: no-cache\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n"
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'\r\n";

const struct web_file *web_find(const char *path)
{
    char name[WEB_PATH_SIZE];
    const size_t size = strlen(path);

    if (snprintf(name, sizeof name, "%s%s", path, size > 0 && path[size - 1] == '/' ? "index.html" : "") >= (int)sizeof name) {
        return NULL;
    }
    for (size_t i = 0; i < web_file_count; i++) {
        if (strcmp(web_files[i].path, name) == 0) {
            return &web_files[i];
        }
    }
    return NULL;
}

static void answer_file(const struct request *request, int status, const struct web_file *file)
{
    char more[WEB_HEADERS_SIZE];

    snprintf(more, sizeof more, "%sETag: %s\r\n", headers, file->tag);
    if (status == 200 && web_tag_matches(request->http->if_none_match, file->tag)) {
        ocpp_http_answer(request->exchange, 304, NULL, more, NULL, 0);
    } else {
        ocpp_http_answer(request->exchange, status, file->type, more, file->bytes, file->size);
    }
}

/* Whether a person asked, who is to see a page: no program's path, and a browser that wants one. */
static bool is_for_people(const struct ocpp_http_request *http)
{
    static const char *const of_programs[] = { "/api/", "/files/", "/metrics", "/pay/" };

    for (size_t i = 0; i < sizeof of_programs / sizeof of_programs[0]; i++) {
        if (strncmp(http->path, of_programs[i], strlen(of_programs[i])) == 0) {
            return false;
        }
    }
    return http->accept && strstr(http->accept, "text/html");
}

/* "/drive" instead of "/drive/": the folder. */
static bool redirect(const struct request *request)
{
    char where[WEB_PATH_SIZE];
    char more[WEB_HEADERS_SIZE];

    if (snprintf(where, sizeof where, "%s/", request->http->path) >= (int)sizeof where || !web_find(where)) {
        return false;
    }
    snprintf(more, sizeof more, "%sLocation: %s\r\n", headers, where); /* a path that is ours: nothing to escape */
    ocpp_http_answer(request->exchange, 301, NULL, more, NULL, 0);
    return true;
}

bool web_serve(struct request *request)
{
    const struct ocpp_http_request *http = request->http;
    const struct web_file *file = web_find(http->path);

    if (strcmp(http->method, "GET") != 0 && strcmp(http->method, "HEAD") != 0) {
        return false;
    }
    if (file) {
        answer_file(request, 200, file);
        return true;
    }
    if (redirect(request)) {
        return true;
    }
    file = is_for_people(http) ? web_find("/404.html") : NULL;
    if (file) {
        answer_file(request, 404, file);
    }
    return file != NULL;
}
