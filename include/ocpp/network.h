/* network.h: which central system a charge point connects to and how it proves who it is: network connection profiles in slots,
 * security profiles 0 to 3, the password (OCPP 2.0.1 A00, A01, A05, B09, B10; security whitepaper of 1.6).
 *
 * The charge point decides, whoever makes the connection asks: ocpp_charge_point_next_connection() before each attempt,
 * ocpp_charge_point_connection_failed() after one that came to nothing, ocpp_charge_point_must_reconnect() while the link is up.
 * ocpp_client (adapters.h) does all of it when it is given no URL of its own. docs/security.md tells the whole story.
 */
#ifndef OCPP_NETWORK_H
#define OCPP_NETWORK_H

#include <ocpp/charge_point.h>

OCPP_BEGIN_DECLARATIONS

enum { OCPP_NETWORK_URL_SIZE = 513, OCPP_NETWORK_SLOTS = 9 };

/* ocpp_network_settings: the profile the station is delivered with, and what it can do. Start from
 * ocpp_network_settings_default(). Copied; what it points to is borrowed for life. */
struct ocpp_network_settings {
    const char *url;        /* ws://host[:port]/path or wss://…, without the identity. Required; at most 512 characters */
    const char *secure_url; /* for when the security profile of that is raised from 0 or 1 to 2 or 3 (1.6, SecurityProfile); NULL:
                               |url| with wss */
    int security_profile;   /* of |url|; 2 and 3 make wss of ws; default 0 */
    const void *password;   /* until the central system sets another (BasicAuthPassword, AuthorizationKey): 16 to 40 bytes */
    size_t password_size;   /* 0: |password| is terminated text */
    int slots;           /* of network connection profiles: 2 to OCPP_NETWORK_SLOTS; default 3. The delivered one is slot 1 until
                            the central system writes another there */
    unsigned interfaces; /* bits 1 << enum ocpp_network_interface: a profile that names another is refused; 0 (default): any */
    bool has_modem;      /* profiles may bring an APN; default false: they are refused */
    bool has_vpn;        /* … a VPN */
    bool allows_downgrade; /* the central system may set AllowSecurityProfileDowngrade, and then go from 3 to 2 (A05.FR.08);
                              default false */
    bool has_own_roots; /* whoever makes the connection trusts roots that |crypto| does not know (a CA file): A05.FR.02 holds */
    bool has_own_certificate; /* … and has a certificate of the station that it does not know: A05.FR.03 holds */
};

OCPP_API struct ocpp_network_settings ocpp_network_settings_default(void);

/* ocpp_connection: the connection to make now. Texts and bytes live until the next entry point is called. */
struct ocpp_connection {
    int slot;
    const char *url; /* its scheme is what the security profile demands; append the identity */
    int security_profile;
    const void *password; /* Basic authentication with the identity as user name (A00.FR.204); NULL: none. Never log it */
    size_t password_size;
    enum ocpp_version versions[4]; /* to offer, in order, ended by OCPP_VERSION_NONE; instead of ocpp_charge_point_offer() */
    /* which certificate of the station to show (security profile 3): PREVIOUS where the one that came last does not work
     * (A02.FR.28) */
    bool previous_certificate;
    /* trust the root before the newest, too: not while migrating to another central system (M05.FR.14 to FR.16) */
    bool previous_root;
    bool wildcards; /* the name in the server's certificate may be a wildcard (AllowCSMSTLSWildcards) */
    enum ocpp_network_interface network_interface;
    const struct ocpp_apn *apn; /* NULL: none is named */
    const struct ocpp_vpn *vpn;
};

/* ocpp_charge_point_next_connection: which connection to make now. Ask before each attempt; wait before it as
 * ocpp_charge_point_transport() says, unless it is the first one or follows ocpp_charge_point_must_reconnect().
 * Errors: OCPP_ERR_STATE a link is up; OCPP_ERR_NOT_FOUND the station was not given |network|, or no profile can be used. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_next_connection(struct ocpp_charge_point *cp,
                                                                          struct ocpp_connection *connection,
                                                                          struct ocpp_now now);

/* ocpp_connection_failure: why an attempt came to nothing, as exactly as is known. */
enum ocpp_connection_failure {
    OCPP_CONNECTION_UNREACHABLE,      /* no address, no answer, not in time, closed without a word */
    OCPP_CONNECTION_PASSWORD_REFUSED, /* HTTP 401 */
    OCPP_CONNECTION_REFUSED,          /* another HTTP status; none of the offered versions; a redirection, which nobody follows */
    OCPP_CONNECTION_TLS_FAILED,       /* the peer speaks no TLS, or fails in another way */
    OCPP_CONNECTION_BAD_CERTIFICATE,  /* the server's: its chain, dates, name, strength or revocation (A00.FR.310) */
    OCPP_CONNECTION_TLS_VERSION,      /* the server wants one below 1.2 (A00.FR.316) */
    OCPP_CONNECTION_TLS_CIPHER,       /* … or a cipher suite that is not allowed (A00.FR.323) */
    OCPP_CONNECTION_CERTIFICATE_REFUSED, /* the server refuses the station's, or misses it */
    OCPP_CONNECTION_IMPOSSIBLE           /* it cannot be made here: no TLS, no such interface */
};
enum { OCPP_CONNECTION_FAILURES = OCPP_CONNECTION_IMPOSSIBLE + 1 };

/* ocpp_charge_point_connection_failed: the attempt at what ocpp_charge_point_next_connection() gave came to nothing. |detail|
 * (NULL: none; at most 200 characters are kept) becomes the info of a security event, where the reason is one: it may not hold a
 * secret. A success is told by ocpp_charge_point_link_up(). Errors: OCPP_ERR_STATE nothing was asked for, or a link is up. */
OCPP_API enum ocpp_status ocpp_charge_point_connection_failed(struct ocpp_charge_point *cp, enum ocpp_connection_failure failure,
                                                              const char *detail, struct ocpp_now now);

/* ocpp_charge_point_forget_network: the station is as delivered again: no profile, password or security profile that a central
 * system has set remains. For the hands of a service technician: it is the only way down to a lower security profile
 * (A00.FR.005). Errors: OCPP_ERR_STATE a link is up; OCPP_ERR_NOT_FOUND the station was not given |network|; those of the store:
 * nothing has changed. */
OCPP_API enum ocpp_status ocpp_charge_point_forget_network(struct ocpp_charge_point *cp, struct ocpp_now now);

OCPP_END_DECLARATIONS

#endif
