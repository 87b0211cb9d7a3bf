/* peer_address.c: addresses as text and bytes, networks, and the headers in which proxies name who stands in front of them.
 *
 * A header is read from the right, because whoever is not trusted wrote the left of it: also the elements of Forwarded, where a
 * comma inside quotes parts nothing.
 */
#define _POSIX_C_SOURCE 200809L

#include "peer_address.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

enum { MAPPED_BYTES = 12, MAPPED_BITS = 96, HOST_BYTES = 8 };

static const uint8_t mapped[MAPPED_BYTES] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

/* --- addresses --------------------------------------------------------------------------------------------------- */

static bool is_v4(const struct ocpp_peer_address *address)
{
    return memcmp(address->bytes, mapped, sizeof mapped) == 0;
}

static bool read_plain(struct ocpp_peer_address *address, const char *text, size_t size)
{
    char terminated[PEER_TEXT_SIZE];
    if (size == 0 || size >= sizeof terminated)
        return false;
    memcpy(terminated, text, size);
    terminated[size] = '\0';
    if (inet_pton(AF_INET6, terminated, address->bytes) == 1)
        return true;
    memcpy(address->bytes, mapped, sizeof mapped);
    return inet_pton(AF_INET, terminated, address->bytes + MAPPED_BYTES) == 1;
}

bool ocpp_peer_read(struct ocpp_peer_address *address, const char *text, size_t size)
{
    struct ocpp_peer_address read;
    const char *bracket = size > 0 && text[0] == '[' ? memchr(text, ']', size) : NULL;
    const char *colon = memchr(text, ':', size);
    bool good = false;
    if (bracket != NULL)
        good = read_plain(&read, text + 1, (size_t)(bracket - text - 1));
    else if (colon != NULL && memchr(colon + 1, ':', size - (size_t)(colon + 1 - text)) == NULL)
        good = read_plain(&read, text, (size_t)(colon - text)); /* one colon: a port */
    else
        good = read_plain(&read, text, size);
    if (good)
        *address = read;
    return good;
}

void ocpp_peer_print(const struct ocpp_peer_address *address, char *text)
{
    const bool v4 = is_v4(address);
    if (inet_ntop(v4 ? AF_INET : AF_INET6, address->bytes + (v4 ? MAPPED_BYTES : 0), text, PEER_TEXT_SIZE) == NULL)
        text[0] = '\0';
}

bool ocpp_peer_network_read(struct ocpp_peer_network *network, const char *text)
{
    const size_t size = strcspn(text, "/");
    const char *digits = text[size] == '/' ? text + size + 1 : "";
    struct ocpp_peer_network read = { .bits = 0 };
    unsigned bits = 0;
    if (!read_plain(&read.address, text, size) || strspn(digits, "0123456789") != strlen(digits) || strlen(digits) > 3)
        return false;
    if (text[size] == '/' && digits[0] == '\0')
        return false;
    for (const char *at = digits; *at != '\0'; at++)
        bits = bits * 10 + (unsigned)(*at - '0');
    const bool v4 = memchr(text, ':', size) == NULL;
    if (bits > (v4 ? 32u : 128u))
        return false;
    if (digits[0] == '\0')
        bits = v4 ? 32 : 128;
    read.bits = (uint8_t)(bits + (v4 ? MAPPED_BITS : 0));
    *network = read;
    return true;
}

static bool is_within(const struct ocpp_peer_address *address, const struct ocpp_peer_network *network)
{
    const size_t whole = network->bits / 8;
    const unsigned rest = network->bits % 8;
    if (memcmp(address->bytes, network->address.bytes, whole) != 0)
        return false;
    const unsigned mask = (0xff00u >> rest) & 0xffu;
    return rest == 0 || ((address->bytes[whole] ^ network->address.bytes[whole]) & mask) == 0;
}

bool ocpp_peer_is_in(const struct ocpp_peer_address *address, const struct ocpp_peer_network *networks, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_within(address, &networks[i]))
            return true;
    }
    return false;
}

bool ocpp_peer_is_loopback(const struct ocpp_peer_address *address)
{
    static const uint8_t v6[PEER_ADDRESS_BYTES] = { [PEER_ADDRESS_BYTES - 1] = 1 };
    return (is_v4(address) && address->bytes[MAPPED_BYTES] == 127) || memcmp(address->bytes, v6, sizeof v6) == 0;
}

struct ocpp_peer_address ocpp_peer_host(const struct ocpp_peer_address *address)
{
    struct ocpp_peer_address host = *address;
    if (!is_v4(address))
        memset(host.bytes + HOST_BYTES, 0, sizeof host.bytes - HOST_BYTES);
    return host;
}

/* --- what proxies say -------------------------------------------------------------------------------------------- */

struct piece {
    const char *start;
    size_t size;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static struct piece trimmed(const char *start, const char *end)
{
    while (start < end && is_space(*start))
        start++;
    while (end > start && is_space(end[-1]))
        end--;
    return (struct piece){ start, (size_t)(end - start) };
}

/* The text up to |separator| outside quotes; |*at| stands behind it then, or at the terminator. */
static struct piece next_piece(const char **at, char separator)
{
    const char *start = *at;
    bool quoted = false;
    const char *end = start;
    for (; *end != '\0' && (quoted || *end != separator); end++) {
        if (quoted && *end == '\\' && end[1] != '\0')
            end++;
        else if (*end == '"')
            quoted = !quoted;
    }
    *at = *end != '\0' ? end + 1 : end;
    return trimmed(start, end);
}

static bool is_escaped(const char *start, const char *at)
{
    const char *before = at;
    while (before > start && before[-1] == '\\')
        before--;
    return (at - before) % 2 != 0;
}

/* The last element of a list that ends at |*end|, which moves to where the next one to the left ends. A strange quote to the left
 * of what a proxy wrote hides nothing of it. */
static struct piece last_piece(const char *start, const char **end, bool may_be_quoted)
{
    const char *stop = *end;
    const char *at = stop;
    bool quoted = false;
    while (at > start && (quoted || at[-1] != ',')) {
        at--;
        if (may_be_quoted && *at == '"' && !(quoted && is_escaped(start, at)))
            quoted = !quoted;
    }
    *end = at > start ? at - 1 : start;
    return trimmed(at, stop);
}

/* True: the search goes on to the left. */
static bool is_proxy(struct ocpp_forwarded *forwarded, struct piece text, const struct ocpp_peer_network *proxies, size_t count)
{
    if (!ocpp_peer_read(&forwarded->address, text.start, text.size))
        return false;
    forwarded->known = true; /* should there be none but proxies: the one that is farthest */
    return ocpp_peer_is_in(&forwarded->address, proxies, count);
}

void ocpp_forwarded_read_for(struct ocpp_forwarded *forwarded, const char *header, const struct ocpp_peer_network *proxies,
                             size_t count)
{
    const char *end = header + strlen(header);
    bool further = true;
    while (end > header && further) {
        const struct piece element = last_piece(header, &end, false);
        further = element.size == 0 || is_proxy(forwarded, element, proxies, count);
    }
}

static void read_scheme(struct ocpp_forwarded *forwarded, struct piece text)
{
    forwarded->is_https = (text.size == 5 && strncasecmp(text.start, "https", 5) == 0) ||
                          (text.size == 3 && strncasecmp(text.start, "wss", 3) == 0);
    forwarded->has_scheme = forwarded->is_https || (text.size == 4 && strncasecmp(text.start, "http", 4) == 0) ||
                            (text.size == 2 && strncasecmp(text.start, "ws", 2) == 0);
}

void ocpp_forwarded_read_scheme(struct ocpp_forwarded *forwarded, const char *header)
{
    read_scheme(forwarded, next_piece(&header, ','));
}

static struct piece unquoted(struct piece text)
{
    if (text.size >= 2 && text.start[0] == '"' && text.start[text.size - 1] == '"')
        return (struct piece){ text.start + 1, text.size - 2 };
    return text;
}

/* The value of |name| among the pairs of an element; empty when it has none. */
static struct piece value_of(struct piece element, const char *name)
{
    const char *at = element.start;
    const char *end = element.start + element.size;
    while (at < end) {
        const struct piece pair = next_piece(&at, ';');
        const char *equals = pair.start < end ? memchr(pair.start, '=', pair.size) : NULL;
        if (equals != NULL && (size_t)(equals - pair.start) == strlen(name) && strncasecmp(pair.start, name, strlen(name)) == 0) {
            const char *stop = pair.start + pair.size < end ? pair.start + pair.size : end;
            return unquoted(trimmed(equals + 1, stop));
        }
    }
    return (struct piece){ element.start, 0 };
}

void ocpp_forwarded_read(struct ocpp_forwarded *forwarded, const char *header, const struct ocpp_peer_network *proxies,
                         size_t count)
{
    const char *end = header + strlen(header);
    bool further = true;
    while (end > header && further) {
        const struct piece element = last_piece(header, &end, true);
        if (element.size == 0)
            continue;
        further = is_proxy(forwarded, value_of(element, "for"), proxies, count);
        read_scheme(forwarded, value_of(element, "proto")); /* a proxy we trust wrote it, whoever it is about */
    }
}
