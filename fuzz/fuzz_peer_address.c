/* fuzz_peer_address.c: what proxies, and whoever pretends to be one, may write into Forwarded, X-Forwarded-For and -Proto.
 *
 * Whatever the text is: an address that is taken from it is printed and read again as the same; it is one of the text, not made
 * up: with nobody trusted it is that of the last element. With everybody trusted the search comes to the same end by either way
 * of reading when the texts say the same. */
#include "target.h"

#include "peer_address.h"
#include "require.h"

#include <string.h>

static void check(const struct ocpp_forwarded *forwarded)
{
    char text[PEER_TEXT_SIZE];
    struct ocpp_peer_address again;

    ocpp_require(!forwarded->is_https || forwarded->has_scheme);
    if (!forwarded->known) {
        return;
    }
    ocpp_peer_print(&forwarded->address, text);
    ocpp_require(ocpp_peer_read(&again, text, strlen(text)));
    ocpp_require(memcmp(&again, &forwarded->address, sizeof again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char header[2048];
    struct ocpp_peer_network networks[2];
    struct ocpp_forwarded listed = { .known = false }, plain = { .known = false }, named = { .known = false };

    if (size >= sizeof header) {
        return 0;
    }
    memcpy(header, data, size);
    header[size] = '\0';
    ocpp_require(ocpp_peer_network_read(&networks[0], "10.0.0.0/8") && ocpp_peer_network_read(&networks[1], "2001:db8::/32"));
    ocpp_forwarded_read_for(&listed, header, networks, 2);
    check(&listed);
    ocpp_forwarded_read_for(&plain, header, NULL, 0);
    check(&plain);
    ocpp_require(!listed.known || plain.known); /* the last element can be read, or none is */
    ocpp_forwarded_read(&named, header, networks, 2);
    check(&named);
    ocpp_forwarded_read_scheme(&named, header);
    check(&named);
    struct ocpp_peer_network network;
    if (ocpp_peer_network_read(&network, header)) {
        ocpp_require(ocpp_peer_is_in(&network.address, &network, 1));
    }
    return 0;
}
