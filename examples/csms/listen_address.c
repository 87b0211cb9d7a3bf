/* listen_address.c: the text of a listening address taken apart. */
#include "options.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool wrong(char *why, const char *text, const char *what)
{
    snprintf(why, OPTIONS_WHY_SIZE, "'%.80s' %s; type it like ws://127.0.0.1:9000, wss://[::]:9443 or 127.0.0.1:9000", text,
             what);
    return false;
}

static const char *skip_scheme(const char *text, bool *tls)
{
    *tls = false;
    if (strncmp(text, "ws://", 5) == 0) {
        return text + 5;
    }
    if (strncmp(text, "wss://", 6) == 0) {
        *tls = true;
        return text + 6;
    }
    return text;
}

static bool parse_port(const char *text, int *port)
{
    char *end;
    long value = strtol(text, &end, 10);

    if (end == text || text[0] < '0' || text[0] > '9' || value > 65535 || (end[0] && strcmp(end, "/") != 0)) {
        return false;
    }
    *port = (int)value;
    return true;
}

static bool is_numeric(const char *address)
{
    struct in6_addr parsed;

    return inet_pton(AF_INET, address, &parsed) == 1 || inet_pton(AF_INET6, address, &parsed) == 1;
}

bool listen_address_parse(struct listen_address *listen, const char *text, char *why)
{
    const char *host = skip_scheme(text, &listen->tls);
    const char *colon = strrchr(host, ':');
    size_t size = colon ? (size_t)(colon - host) : 0;

    if (strstr(host, "://")) {
        return wrong(why, text, "has a scheme other than ws and wss");
    }
    if (!colon || size == 0 || !parse_port(colon + 1, &listen->port)) {
        return wrong(why, text, "is no ADDR:PORT");
    }
    if (host[0] == '[' && host[size - 1] == ']') {
        host++;
        size -= 2;
    } else if (memchr(host, ':', size)) {
        return wrong(why, text, "needs brackets around its IPv6 address");
    }
    if (size >= sizeof listen->address) {
        return wrong(why, text, "is too long");
    }
    snprintf(listen->address, sizeof listen->address, "%.*s", (int)size, host);
    if (strcmp(listen->address, "localhost") == 0) {
        snprintf(listen->address, sizeof listen->address, "127.0.0.1");
    }
    return is_numeric(listen->address) || wrong(why, text, "has no numeric address");
}

bool listen_address_is_loopback(const struct listen_address *listen)
{
    return strncmp(listen->address, "127.", 4) == 0 || strcmp(listen->address, "::1") == 0;
}
