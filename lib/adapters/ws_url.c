/* ws_url.c: reading and making connection URLs. Strict: a URL is the operator's, and a wrong one should be told at once. */
#define _POSIX_C_SOURCE 200809L

#include "ws_url.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static bool is_host_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

static bool is_unreserved(unsigned char c)
{
    return is_host_character((char)c) || c == '~';
}

/* Reads the scheme; the default port comes with it. */
static const char *read_scheme(struct ocpp_ws_url *parts, const char *url)
{
    if (strncasecmp(url, "ws://", 5) == 0) {
        parts->port = 80;
        return url + 5;
    }
    if (strncasecmp(url, "wss://", 6) == 0) {
        parts->tls = true;
        parts->port = 443;
        return url + 6;
    }
    return NULL;
}

static bool is_address(int family, const char *host)
{
    unsigned char address[16];
    return inet_pton(family, host, address) == 1;
}

/* A name, an IPv4 address, or an IPv6 address in brackets. */
static const char *read_host(struct ocpp_ws_url *parts, const char *at)
{
    const bool bracketed = *at == '[';
    const char *start = bracketed ? at + 1 : at;
    const char *end = start;
    while (bracketed ? *end != ']' && *end != '\0' : is_host_character(*end))
        end++;
    const size_t size = (size_t)(end - start);
    if (size == 0 || size >= sizeof parts->host || (bracketed && *end != ']'))
        return NULL;
    memcpy(parts->host, start, size);
    parts->host[size] = '\0';
    parts->literal = is_address(bracketed ? AF_INET6 : AF_INET, parts->host);
    if (bracketed && !parts->literal)
        return NULL;
    return bracketed ? end + 1 : end;
}

static const char *read_port(struct ocpp_ws_url *parts, const char *at)
{
    if (*at != ':')
        return at;
    char *end = NULL;
    const long port = at[1] >= '0' && at[1] <= '9' ? strtol(at + 1, &end, 10) : 0;
    if (port < 1 || port > 65535)
        return NULL;
    parts->port = (int)port;
    return end;
}

static void write_authority(struct ocpp_ws_url *parts)
{
    const bool bracketed = strchr(parts->host, ':') != NULL;
    const char *open = bracketed ? "[" : "", *close = bracketed ? "]" : "";
    if (parts->port == (parts->tls ? 443 : 80))
        (void)snprintf(parts->authority, sizeof parts->authority, "%s%s%s", open, parts->host, close);
    else
        (void)snprintf(parts->authority, sizeof parts->authority, "%s%s%s:%d", open, parts->host, close, parts->port);
}

/* Percent-encodes all but the unreserved characters (RFC 3986 2.3) behind the |*used| bytes of |path|. */
static bool append_encoded(char path[WS_PATH_SIZE], size_t *used, const char *text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (; *text != '\0'; text++) {
        const unsigned char c = (unsigned char)*text;
        if (*used + 3 >= WS_PATH_SIZE)
            return false;
        if (is_unreserved(c)) {
            path[(*used)++] = (char)c;
            continue;
        }
        path[(*used)++] = '%';
        path[(*used)++] = digits[c >> 4];
        path[(*used)++] = digits[c & 15];
    }
    path[*used] = '\0';
    return true;
}

static bool write_path(struct ocpp_ws_url *parts, const char *at, const char *identity)
{
    const size_t query_at = strcspn(at, "?");
    size_t used = query_at;
    while (used > 0 && at[used - 1] == '/')
        used--;
    if (used + 1 >= sizeof parts->path)
        return false;
    memcpy(parts->path, at, used);
    parts->path[used++] = '/';
    if (!append_encoded(parts->path, &used, identity))
        return false;
    const size_t query_size = strlen(at + query_at);
    if (used + query_size >= sizeof parts->path)
        return false;
    memcpy(parts->path + used, at + query_at, query_size + 1);
    return true;
}

static bool has_only_url_characters(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text == 0x7f || strchr("\"<>\\^`{|}#", *text) != NULL)
            return false;
    }
    return true;
}

enum ocpp_status ocpp_ws_url_read(struct ocpp_ws_url *parts, const char *url, const char *identity, const char **reason)
{
    *parts = (struct ocpp_ws_url){ 0 };
    *reason = "the URL must begin with ws:// or wss://";
    const char *at = read_scheme(parts, url);
    if (at == NULL)
        return OCPP_ERR_ARGUMENT;
    *reason = "the URL has no valid host";
    at = read_host(parts, at);
    if (at == NULL)
        return OCPP_ERR_ARGUMENT;
    *reason = "the URL has no valid port";
    at = read_port(parts, at);
    if (at == NULL)
        return OCPP_ERR_ARGUMENT;
    *reason = "the URL has something other than a path behind its host";
    if ((*at != '/' && *at != '?' && *at != '\0') || !has_only_url_characters(at))
        return OCPP_ERR_ARGUMENT;
    *reason = "the identity is empty, longer than 48 characters, or has a colon or a control character";
    if (!ocpp_ws_identity_fits(identity))
        return OCPP_ERR_ARGUMENT;
    *reason = "the URL is too long";
    if (!write_path(parts, at, identity))
        return OCPP_ERR_ARGUMENT;
    write_authority(parts);
    *reason = "";
    return OCPP_OK;
}

/* --- identities -------------------------------------------------------------------------------------------------- */

/* The length of the UTF-8 character at |at|; 0 when it is none that an identity may have. */
static size_t character_length(const unsigned char *at)
{
    const unsigned char c = at[0];
    if (c < 0x80)
        return c > 0x1f && c != 0x7f && c != ':';
    const size_t length = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
    if (c < 0xc2 || c > 0xf4)
        return 0;
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
    }
    const bool overlong = (c == 0xe0 && at[1] < 0xa0) || (c == 0xf0 && at[1] < 0x90);
    const bool outside = (c == 0xed && at[1] > 0x9f) || (c == 0xf4 && at[1] > 0x8f); /* surrogates; beyond U+10FFFF */
    return overlong || outside ? 0 : length;
}

bool ocpp_ws_identity_fits(const char *identity)
{
    const unsigned char *at = (const unsigned char *)identity;
    size_t characters = 0;
    while (*at != '\0') {
        const size_t length = character_length(at);
        if (length == 0 || ++characters > WS_IDENTITY_CHARACTERS)
            return false;
        at += length;
    }
    return characters > 0;
}

bool ocpp_ws_identity_of(const char *path, const char *prefix, char *identity, size_t room)
{
    const size_t prefix_size = strlen(prefix);
    if (strncmp(path, prefix, prefix_size) != 0)
        return false;
    const char *start = path + prefix_size;
    const char *end = start + strlen(start);
    while (end > start && end[-1] == '/')
        end--;
    const char *segment = end;
    while (segment > start && segment[-1] != '/')
        segment--;
    const size_t size = (size_t)(end - segment);
    if (size == 0 || size >= room)
        return false;
    memcpy(identity, segment, size);
    identity[size] = '\0';
    return ocpp_ws_identity_fits(identity);
}
