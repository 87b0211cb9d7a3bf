/* guard.c: who may use the operator interface.
 *
 * Off loopback: whoever shows the token. On loopback: whoever is on this machine, and that is not a web page from elsewhere: the
 * Host header has to name loopback (a name that was rebound to it does not), an Origin has to be the page of this very server,
 * and what a browser says of its page (Sec-Fetch-Site) may not be another site. A token is never sent by a browser on its own. */
#include "http.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool shows_token(const struct request *request)
{
    const char *header = request->http->authorization;

    if (!header || strncasecmp(header, "Bearer ", 7) != 0) {
        return false;
    }
    header += 7 + strspn(header + 7, " ");
    return quick_secret_matches(&request->app->operator_token, header, strlen(header));
}

/* "localhost", "127.x.x.x" or "[::1]", with or without a port. */
static bool names_loopback(const char *host)
{
    static const char *const names[] = { "localhost", "[::1]" };
    size_t size = host[0] == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i]) == size && strncasecmp(host, names[i], size) == 0) {
            return true;
        }
    }
    return strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == size;
}

static bool is_own_page(const char *origin, const char *host)
{
    const char *at = strstr(origin, "://");

    return at && strcasecmp(at + 3, host) == 0;
}

/* "none": a person typed the address. A page of the same host with another port is not ours. */
static bool is_own_site(const char *site)
{
    return strcmp(site, "same-origin") == 0 || strcmp(site, "none") == 0;
}

/* A driver's key (drive_key.c) is never an operator's, also where the interface is bound to loopback. */
static bool shows_drivers_key(const struct ocpp_http_request *http)
{
    return http->authorization &&
           (strncasecmp(http->authorization, "Bearer v.", 9) == 0 || strncasecmp(http->authorization, "Bearer a.", 9) == 0);
}

bool request_is_allowed(const struct request *request)
{
    const struct ocpp_http_request *http = request->http;

    if (shows_token(request)) {
        return true;
    }
    if (!request->app->http_is_loopback && !request->app->operator_token.known) { /* asking for a token would lead nowhere */
        answer_problem(request->exchange, 403, NULL,
                       "operators need a token here, and there is none: start the program with --token-file");
        return false;
    }
    if (!request->app->http_is_loopback || shows_drivers_key(http)) {
        answer_problem(request->exchange, 401, NULL, "show the operators' token as Authorization: Bearer");
        return false;
    }
    if (http->host && !names_loopback(http->host)) {
        answer_problem(request->exchange, 403, NULL, "the Host header does not name this machine");
        return false;
    }
    if ((http->origin && (!http->host || !is_own_page(http->origin, http->host))) ||
        (http->fetch_site && !is_own_site(http->fetch_site))) {
        answer_problem(request->exchange, 403, NULL, "a page of another origin may not ask");
        return false;
    }
    return true;
}
