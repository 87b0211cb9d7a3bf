/* certificates.h: certificates of the charge point under the central system's hand: its own, which the central system has signed,
 * and the roots it trusts (OCPP 2.0.1 A02, A03, M03 to M05; security whitepaper of 1.6).
 *
 * Keys and certificates live behind settings.crypto (crypto.h), which is needed. What the engine adds is when: it makes a request
 * when the central system, the operator or the calendar asks for it, sends it until it is answered, judges what comes back, and
 * says when a new certificate counts. Which roots it holds is settled by the central system alone.
 */
#ifndef OCPP_CERTIFICATES_H
#define OCPP_CERTIFICATES_H

#include <ocpp/charge_point.h>
#include <ocpp/crypto.h>

OCPP_BEGIN_DECLARATIONS

/* ocpp_certificates_settings: all zero is a good choice. What it points to is borrowed for life. */
struct ocpp_certificates_settings {
    enum ocpp_key_kind key_kind; /* of keys that are made; default P-256, which ISO 15118-2 wants for its own */
    /* where OrganizationName (1.6: CpoName) begins: the O in requests, without which none is made; at most 64 characters; NULL:
     * the central system has to set it first */
    const char *organization;
    /* the CN in requests of the station (A00.FR.511); at most 64 characters; NULL: its serial number, or else its identity */
    const char *common_name;
    enum ocpp_hash hash; /* that GetInstalledCertificateIds tells; default SHA-256. Any is understood */
    /* how long before a certificate of its own expires the station asks for the next (A03.FR.02); 0: 30 days; below 0: never by
     * itself. Nothing is asked for while nobody knows the date */
    int64_t renew_before_s;
    /* AdditionalRootCertificateCheck: one root of the central system at a time, which has to sign the next (M05.FR.09 to FR.14)
     */
    bool additional_root_check;
    /* a new certificate of |use| counts from now on. Of the station: close the link and connect with it (A02.FR.08), where
     * ocpp_client, which does that by itself, is not used. The answer to the central system has left. NULL: not told */
    void (*renewed)(enum ocpp_key_use use, void *user);
    void *user;
};

/* ocpp_charge_point_sign_certificate: the station asks the central system for a new certificate of |use|, with a new key. It is
 * sent with the next link that has words for it, over restarts too, and again as CertSigningWaitMinimum and
 * CertSigningRepeatTimes say. Errors: OCPP_ERR_STATE the station has no certificates (or, V2G, no plug and charge), or what is to
 * stand in them is not set (OrganizationName; V2G: SeccId); OCPP_ERR_ARGUMENT no such use; those of the store. */
OCPP_API enum ocpp_status ocpp_charge_point_sign_certificate(struct ocpp_charge_point *cp, enum ocpp_key_use use,
                                                             struct ocpp_now now);

/* ocpp_signing: how it stands with a certificate of the station's own. */
struct ocpp_signing {
    enum ocpp_signing_step {
        OCPP_SIGNING_RESTS,
        OCPP_SIGNING_WANTED, /* a request will be sent */
        OCPP_SIGNING_ASKED,  /* it was sent, and is not answered yet */
        OCPP_SIGNING_AWAITED /* the central system has taken it; its certificate is waited for */
    } step;
    int repeats;              /* how often the request was sent again */
    int64_t not_after_utc_ms; /* when the certificate in use expires; OCPP_UTC_UNKNOWN: there is none */
    int64_t renewal_mono_ms;  /* when the station will ask for the next by itself; OCPP_NEVER */
};

/* ocpp_charge_point_signing: of |use|. Errors: OCPP_ERR_STATE the station has no certificates; OCPP_ERR_ARGUMENT. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_signing(const struct ocpp_charge_point *cp, enum ocpp_key_use use,
                                                                  struct ocpp_signing *signing);

/* ocpp_charge_point_certificates_used: the link that was made showed |own| and the server was verified under |root|, the newest
 * of the central system's or the one before it. Of two certificates the other is gone then (A02.FR.10); the root before the
 * newest once the newest has served (M05.FR.13). Whoever connects tells it right before ocpp_charge_point_link_up(); where
 * settings.network is given it is known without. Errors: OCPP_ERR_STATE the station has no certificates. */
OCPP_API enum ocpp_status ocpp_charge_point_certificates_used(struct ocpp_charge_point *cp, enum ocpp_which own,
                                                              enum ocpp_which root, struct ocpp_now now);

OCPP_END_DECLARATIONS

#endif
