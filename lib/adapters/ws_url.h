/* ws_url.h: the URL a station connects to, and what of it names the station. */
#ifndef OCPP_WS_URL_H
#define OCPP_WS_URL_H

#include <ocpp/types.h>

enum { WS_HOST_SIZE = 254, WS_PATH_SIZE = 1024, WS_IDENTITY_CHARACTERS = 48 };

/* ocpp_ws_url: a connection URL in its parts. */
struct ocpp_ws_url {
    bool tls;
    bool literal; /* |host| is an address, not a name */
    int port;
    char host[WS_HOST_SIZE];           /* without the brackets of an IPv6 address */
    char authority[WS_HOST_SIZE + 10]; /* for the Host header */
    char path[WS_PATH_SIZE];           /* with the identity, percent-encoded, and the query if there was one */
};

/* ocpp_ws_url_read: |url| (ws or wss) with |identity| appended to its path. |reason| tells in one line what is wrong.
 * Errors: OCPP_ERR_ARGUMENT. OCPP 2.1 part 4, 3.1.1; OCPP-J 1.6 3.1.1. */
OCPP_MUST_USE enum ocpp_status ocpp_ws_url_read(struct ocpp_ws_url *parts, const char *url, const char *identity,
                                                const char **reason);

/* ocpp_ws_identity_fits: whether |identity| may name a station: 1 to 48 characters of UTF-8, no colon (Basic authentication
 * splits there), no control character. */
bool ocpp_ws_identity_fits(const char *identity);

/* ocpp_ws_identity_of: the last segment of |path| (percent-decoded already) that is not empty, if |path| begins with |prefix|;
 * what stands before the last segment does not matter. False when there is none or it does not fit |identity|, |room| bytes. */
bool ocpp_ws_identity_of(const char *path, const char *prefix, char *identity, size_t room);

#endif
