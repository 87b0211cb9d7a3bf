/* certificates.h: the block of certificates: roots (certificates.c), the station's own (signing.c, signed_certificate.c), and
 * what other blocks may ask of it. OCPP 2.0.1 A02, A03, M03 to M05; 1.6 security whitepaper.
 *
 * The certificates themselves are behind settings.crypto. Kept here is only how far a request has come:
 *   signing               struct signing_records */
#ifndef OCPP_LIB_CHARGE_POINT_CERTIFICATES_H
#define OCPP_LIB_CHARGE_POINT_CERTIFICATES_H

#include <ocpp/certificates.h>

#include "block.h"
#include "record.h"

/* What is installed, as the central system asks for it: bits 1 << enum ocpp_root_use, and one more. */
enum { INSTALLED_V2G_CHAIN = OCPP_ROOT_USE_COUNT, INSTALLED_KINDS = OCPP_ROOT_USE_COUNT + 1 };

/* The values are those of the store. */
enum signing_step {
    SIGNING_RESTS,
    SIGNING_WANTED,  /* a key is to be made, and the request for it sent */
    SIGNING_READY,   /* the request is made, and to be sent */
    SIGNING_AWAITED, /* it was taken; its certificate is waited for */
    SIGNING_ASKED    /* never stored: it was sent, and counts as ready until it is answered */
};

struct signing {
    int32_t step; /* enum signing_step */
    int32_t repeats;
    bool is_combined;            /* of the station's: for vehicles, too */
    int64_t given_up_for_utc_ms; /* the end of the certificate whose renewal came to nothing: only an order starts it again */
    int64_t since_mono_ms;       /* awaited */
    int64_t not_before_mono_ms;  /* making or sending failed, or a renewal was refused: not again before */
    int64_t ordered_link;        /* the link over which it was asked for; -1 */
    int64_t not_after_utc_ms;    /* of the newest certificate; OCPP_UTC_UNKNOWN: there is none */
};

struct v2g_signing;

struct certificates {
    struct signing signings[OCPP_KEY_USE_COUNT];
    enum ocpp_key_use flight;
    unsigned renewed; /* bits 1 << enum ocpp_key_use: the firmware is to be told */
    const struct v2g_signing *v2g;
};

/* What a version has for certificates. */
struct certificate_words {
    unsigned signs; /* bits 1 << enum ocpp_key_use: for what it can ask for a certificate */
    enum ocpp_status (*send_request)(struct ocpp_charge_point *cp, enum ocpp_key_use use, bool is_combined, const char *csr);
};

enum { CERTIFICATE_HEARINGS = 4 };
extern const struct hearing ocpp_cp_v16_certificate_hearings[CERTIFICATE_HEARINGS];
extern const struct certificate_words ocpp_cp_v16_certificate_words;
extern const struct hearing ocpp_cp_v201_certificate_hearings[CERTIFICATE_HEARINGS];
extern const struct certificate_words ocpp_cp_v201_certificate_words;

/* --- certificates.c ------------------------------------------------------------------------------------------------------ */

extern const struct block ocpp_cp_certificates_block;

/* ocpp_cp_certificates_count: brings up to date how many roots there are. */
void ocpp_cp_certificates_count(struct ocpp_charge_point *cp);

/* ocpp_cp_install_root: VERDICT_ACCEPTED; _REJECTED: |*fault| says why, GOOD: there is no room; _FAILED. */
enum verdict ocpp_cp_install_root(struct ocpp_charge_point *cp, enum ocpp_root_use use, const char *pem,
                                  enum ocpp_certificate_fault *fault);

/* ocpp_cp_delete_certificate: VERDICT_ACCEPTED, _UNKNOWN, _FAILED. |spares_used|: the root that the open link stands on stays
 * (1.6 M04.FR.06). The texts are those of the wire, of any length. */
struct named_certificate {
    enum ocpp_hash algorithm;
    const char *issuer_name_hash;
    const char *issuer_key_hash;
    const char *serial_number;
};
enum verdict ocpp_cp_delete_certificate(struct ocpp_charge_point *cp, const struct named_certificate *named, bool spares_used);

/* ocpp_cp_installed: what is installed of |wanted|, in cp->arena; |*count| may be 0. Errors: OCPP_ERR_NOMEM; those of crypto. */
struct installed {
    int kind;
    struct ocpp_certificate_hash hash;
    size_t child_count;
    struct ocpp_certificate_hash children[OCPP_CHAIN_LENGTH];
};
enum ocpp_status ocpp_cp_installed(struct ocpp_charge_point *cp, unsigned wanted, const struct installed **list, size_t *count);

/* --- signing.c ----------------------------------------------------------------------------------------------------------- */

enum ocpp_status ocpp_cp_signing_load(struct ocpp_charge_point *cp);
/* ocpp_cp_signing_refresh: the certificates in use may be others: when they expire is looked at anew. */
void ocpp_cp_signing_refresh(struct ocpp_charge_point *cp);
void ocpp_cp_signing_work(struct ocpp_charge_point *cp);
int64_t ocpp_cp_signing_deadline(const struct ocpp_charge_point *cp);
bool ocpp_cp_signing_send(struct ocpp_charge_point *cp, bool is_early);
int64_t ocpp_cp_signing_send_deadline(const struct ocpp_charge_point *cp);
void ocpp_cp_signing_failed(struct ocpp_charge_point *cp, enum ocpp_status status);
void ocpp_cp_signing_link_down(struct ocpp_charge_point *cp);
/* ocpp_cp_signing_answered: the central system took the request that is on its way, or did not. */
void ocpp_cp_signing_answered(struct ocpp_charge_point *cp, bool is_accepted);

/* ocpp_cp_sign: a new certificate of |use| is wanted. VERDICT_ACCEPTED; _REJECTED: what is to stand in it is not set, or the wish
 * cannot be kept; _NOT_SUPPORTED. */
enum verdict ocpp_cp_sign(struct ocpp_charge_point *cp, enum ocpp_key_use use, bool is_combined);

/* ocpp_cp_signing_keep: writes down how far the requests have come. ocpp_cp_signing_give_up: nothing more is done about |signing|
 * until an order comes. */
enum ocpp_status ocpp_cp_signing_keep(struct ocpp_charge_point *cp);
void ocpp_cp_signing_give_up(struct ocpp_charge_point *cp, struct signing *signing);

/* --- signed_certificate.c --------------------------------------------------------------------------------------------------- */

/* ocpp_cp_certificate_signed: the central system sends |chain| for |use|. VERDICT_ACCEPTED; _REJECTED: |*fault| says why;
 * _FAILED. */
enum verdict ocpp_cp_certificate_signed(struct ocpp_charge_point *cp, enum ocpp_key_use use, const char *chain,
                                        enum ocpp_certificate_fault *fault);

/* --- for the block that makes connections ---------------------------------------------------------------------------------- */
/* All may be called where there is no block of certificates. */

/* ocpp_cp_certificates_connected_with, _under: a connection was made that showed |own| (security profile 3) or was verified under
 * |root| (2, 3): the other one goes (A02.FR.10, M05.FR.13). The newest root that was not used stays with the one before it
 * (M05.FR.14).
 */
void ocpp_cp_certificates_connected_with(struct ocpp_charge_point *cp, enum ocpp_which own);
void ocpp_cp_certificates_connected_under(struct ocpp_charge_point *cp, enum ocpp_which root);

/* --- for the block of ISO 15118 ----------------------------------------------------------------------------------------------
 */

struct v2g_signing {
    /* fills CN, O, C and DC of a leaf for vehicles; false: what is to stand there is not set */
    bool (*subject)(const struct ocpp_charge_point *cp, struct ocpp_certificate_request *request);
    void (*renewed)(struct ocpp_charge_point *cp); /* its chain is another (M06.FR.07); may be NULL */
    void (*refused)(struct ocpp_charge_point *cp); /* the central system will not sign it (A02.FR.21); may be NULL */
};

/* ocpp_cp_certificates_serve_v2g: from now on V2G certificates are asked for, too. Called by |start| of the block. */
void ocpp_cp_certificates_serve_v2g(struct ocpp_charge_point *cp, const struct v2g_signing *v2g);

#endif
