/* admission.h: who may connect to the WebSocket server of the central system, and what proves it (block A of 2.x; security
 * whitepaper of 1.6).
 *
 * The server shows every handshake to the host (ocpp_server_settings.admit, adapters.h), which knows its stations and decides.
 * ocpp_admission_check() is what the standard decides, so that a host need only tell what is registered of the station.
 */
#ifndef OCPP_ADMISSION_H
#define OCPP_ADMISSION_H

#include <ocpp/crypto.h>
#include <ocpp/vocabulary.h>

OCPP_BEGIN_DECLARATIONS

/* ocpp_client_certificate: what a station showed in the TLS handshake, verified up to the port's client_ca_file. */
struct ocpp_client_certificate {
    const char *subject;               /* RFC 2253 */
    const char *issuer;                /* likewise */
    struct ocpp_certificate_info info; /* its common name is "" when the subject has more than one */
    unsigned char sha256[32];          /* of its DER */
    bool has_expired;                  /* the port lets such in (A00.FR.429) */
};

/* ocpp_handshake: what a station showed. Texts are borrowed. */
struct ocpp_handshake {
    const char *identity; /* percent-decoded last segment of the path */
    const char *path;
    const char *address; /* of the peer */
    size_t listen;       /* which of ocpp_server_settings.listen */
    bool has_basic;      /* an Authorization: Basic header was sent … */
    const char *basic_user;
    const char *basic_password;
    size_t basic_password_size; /* may hold any byte */
    bool tls;
    const struct ocpp_client_certificate *certificate; /* NULL: none */
    /* the profile this handshake would have, were all it shows right: 3 with a certificate, 2 or 1 with a password, else 0 */
    enum ocpp_security_profile security_profile;
};

enum ocpp_admission_verdict {
    OCPP_ADMISSION_ACCEPT,
    OCPP_ADMISSION_UNKNOWN_STATION, /* 404 */
    OCPP_ADMISSION_UNAUTHORIZED,    /* 401 with WWW-Authenticate: Basic */
    OCPP_ADMISSION_FORBIDDEN,       /* 403 */
    OCPP_ADMISSION_OVERLOADED       /* 503 */
};

/* ocpp_admission: what the host says to a handshake. */
struct ocpp_admission {
    enum ocpp_admission_verdict verdict;
    const char *reason; /* of a refusal, for the log and on_refused; one line, of static life. NULL: the verdict's own words */
    uint32_t quirks;    /* ocpp_station_options.quirks */
    uint32_t versions;  /* bits 1 << enum ocpp_version this station may speak; 0: all of the server */
    void *user;         /* ocpp_station_user() of the station; borrowed for the life of the connection */
    int64_t ping_interval_ms; /* of this station; 0: the server's; below 0: off */
    int64_t pong_timeout_ms;  /* likewise; 0: the server's */
    /* what the station has proved. The server refuses (403) what its port does not serve and what is below the highest profile
     * the station ever connected with (A05.FR.07; ocpp_central_security_profile()). 0, OCPP_SECURITY_NONE: nothing */
    enum ocpp_security_profile security_profile;
    const char *serial_number; /* ocpp_station_options.serial_number; borrowed until |admit| is called again on that
                                * thread. NULL: any */
};

/* ocpp_admission_rules: what is registered of a station. All may be 0: then nothing is asked of it but a certificate that is its
 * own, where it shows one. */
struct ocpp_admission_rules {
    enum ocpp_security_profile lowest_profile; /* it has to prove at least this */
    const char *serial_number;        /* of the station: the common name of its certificate (A00.FR.405, FR.511), and what
                                       * its boots have to tell (B01.FR.11). NULL: not registered, and the common name has to
                                       * be the identity */
    bool common_name_is_identity;     /* the common name has to be the identity although a serial number is registered */
    const char *const *organizations; /* O of the certificate has to be one of these (A00.FR.404) */
    size_t organization_count;        /* 0: O is not looked at */
    bool may_have_expired;            /* its certificate, to get a new one: answer its boot with Pending (A00.FR.429) */
    /* whether this is the station's password; the user name was compared already. It may take its time (ocpp_secret_matches()),
     * but the thread serves nobody meanwhile; OCPP_ADMISSION_OVERLOADED puts the station off. NULL: no password is registered,
     * and one that is sent proves nothing */
    enum ocpp_admission_verdict (*check_password)(const void *password, size_t size, void *user);
    void *user;
};

/* ocpp_admission_check: the standard's answer to |handshake|: the highest security profile that it proves, or why it is refused.
 * A certificate that is right proves 3, and no password is looked at. Else a password that is right proves 2 or 1 (A00.FR.204,
 * FR.207), also where a certificate of somebody else came with it; without, such a certificate is refused (A00.FR.404, FR.405,
 * FR.407), and so is who shows no password although one is registered. |quirks|, |versions| and |user| are left 0. */
OCPP_API struct ocpp_admission ocpp_admission_check(const struct ocpp_handshake *handshake,
                                                    const struct ocpp_admission_rules *rules);

/* --- passwords at rest -------------------------------------------------------------------------------------------- */

/* OCPP_SECRET_SIZE: room for a hashed password and its terminator. */
enum { OCPP_SECRET_SIZE = 160 };

/* ocpp_secret_hash: |password| (any bytes) as a text to keep: scrypt (RFC 7914) with a salt. It costs 1 MiB and some
 * milliseconds: little, because the passwords of the standard are random, and after a restart a whole fleet is checked. False: no
 * memory. */
OCPP_API OCPP_MUST_USE bool ocpp_secret_hash(const void *password, size_t size, char hashed[OCPP_SECRET_SIZE]);

/* ocpp_secret_matches: whether |hashed| was made of |password|; false for a text that is none. In constant time, but for the cost
 * of the hash. */
OCPP_API OCPP_MUST_USE bool ocpp_secret_matches(const char *hashed, const void *password, size_t size);

OCPP_END_DECLARATIONS

#endif
