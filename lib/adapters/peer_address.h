/* peer_address.h: addresses of peers: read, compared with networks, and taken from what a proxy says in front of us. Pure text;
 * nothing here asks a socket or a name server.
 */
#ifndef OCPP_PEER_ADDRESS_H
#define OCPP_PEER_ADDRESS_H

#include <ocpp/adapters.h>

enum { PEER_ADDRESS_BYTES = 16, PEER_TEXT_SIZE = 64 };

/* ocpp_peer_address: IPv6; IPv4 as ::ffff:a.b.c.d. */
struct ocpp_peer_address {
    uint8_t bytes[PEER_ADDRESS_BYTES];
};

/* ocpp_peer_network: the addresses that begin with |bits| bits of |address|. */
struct ocpp_peer_network {
    struct ocpp_peer_address address;
    uint8_t bits;
};

/* ocpp_peer_read: an address as text of |size| bytes; "[…]" around it and ":port" behind it do not matter. */
bool ocpp_peer_read(struct ocpp_peer_address *address, const char *text, size_t size);

/* ocpp_peer_print: at most PEER_TEXT_SIZE bytes with the terminator; IPv4 as such. */
void ocpp_peer_print(const struct ocpp_peer_address *address, char *text);

/* ocpp_peer_network_read: "192.0.2.1", "192.0.2.0/24", "2001:db8::/32". */
bool ocpp_peer_network_read(struct ocpp_peer_network *network, const char *text);

bool ocpp_peer_is_in(const struct ocpp_peer_address *address, const struct ocpp_peer_network *networks, size_t count);
bool ocpp_peer_is_loopback(const struct ocpp_peer_address *address);

/* ocpp_peer_host: what limits count as one peer: an IPv4 address, a /64 of IPv6. */
struct ocpp_peer_address ocpp_peer_host(const struct ocpp_peer_address *address);

/* ocpp_forwarded: whom a trusted proxy speaks for. */
struct ocpp_forwarded {
    bool known; /* |address| is that of the peer in front of all trusted proxies */
    struct ocpp_peer_address address;
    bool has_scheme;
    bool is_https; /* that peer speaks TLS */
};

/* ocpp_forwarded_read_for: X-Forwarded-For, from the right: the first address that is no proxy's. What cannot be read ends the
 * search: whoever wrote what stands left of it is not known. */
void ocpp_forwarded_read_for(struct ocpp_forwarded *forwarded, const char *header, const struct ocpp_peer_network *proxies,
                             size_t count);

/* ocpp_forwarded_read_scheme: X-Forwarded-Proto: the first word. */
void ocpp_forwarded_read_scheme(struct ocpp_forwarded *forwarded, const char *header);

/* ocpp_forwarded_read: Forwarded (RFC 7239), from the right likewise; the scheme is that of the element that names the peer. */
void ocpp_forwarded_read(struct ocpp_forwarded *forwarded, const char *header, const struct ocpp_peer_network *proxies,
                         size_t count);

#endif
