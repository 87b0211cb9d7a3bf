/* fuzz_network_url.c: addresses of network profiles as a central system may send them. The first byte is the security they are
 * for.
 *
 * What is accepted is printable, has the scheme that its security demands, is the same when it is read again, can be connected to
 * by the WebSocket client (an address in brackets is looked at more closely there), and holds nothing that could end a line of a
 * handshake. */
#include "target.h"

#include "network_block.h"
#include "require.h"
#include "ws_url.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char url[1024];
    char to[OCPP_NETWORK_URL_SIZE];
    char again[OCPP_NETWORK_URL_SIZE];
    struct ocpp_ws_url parts = { .tls = false };
    const char *reason = NULL;
    if (size < 1 || size > sizeof(url)) {
        return 0;
    }
    const int security = data[0] & 3;
    memcpy(url, data + 1, size - 1);
    url[size - 1] = '\0';
    if (!ocpp_cp_network_url(url, security, to)) {
        return 0;
    }
    ocpp_require(strncmp(to, security >= OCPP_SECURITY_TLS ? "wss://" : "ws://", security >= OCPP_SECURITY_TLS ? 6 : 5) == 0);
    for (const char *at = to; *at != '\0'; at++) {
        ocpp_require(*at > ' ' && *at <= '~');
    }
    ocpp_require(ocpp_cp_network_url(to, security, again) && strcmp(to, again) == 0);
    const enum ocpp_status status = ocpp_ws_url_read(&parts, to, "PILE 7", &reason);
    ocpp_require(status == OCPP_OK || strchr(to, '[') != NULL);
    ocpp_require(status != OCPP_OK || parts.tls == (security >= OCPP_SECURITY_TLS));
    return 0;
}
