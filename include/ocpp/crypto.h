/* crypto.h: keys, certificates, hashes and signatures, as the charge point needs them. A contract the integrator may implement,
 * over a secure element for instance; the one over OpenSSL and a folder on disk is ocpp_crypto_openssl_open() in adapters.h.
 *
 * Keys never come out: a key is made here, signs here, and what leaves is a request for a certificate, a certificate, a verdict.
 * Certificates go in and out as PEM text: |pem| holds |size| bytes and need not be terminated; several certificates stand one
 * behind the other, the leaf first. What is handed out is terminated text, written on success only. Everything is borrowed for
 * the call.
 *
 * Every function is synchronous and bounded; making an RSA key is the slowest (a second or two on a small board). Whatever is
 * answered with OCPP_OK is durable: a power cut afterwards does not undo it, and one before leaves what was there. No function
 * may call the engine. All are called from the thread of the handle the struct was given to.
 *
 * Errors that every function may answer with: OCPP_ERR_NOMEM; OCPP_ERR_STORAGE  a file or the secure element failed;
 * OCPP_ERR_CRYPTO  an operation failed that should not; OCPP_ERR_ARGUMENT  a value no enumeration here has. Nothing was changed.
 */
#ifndef OCPP_CRYPTO_H
#define OCPP_CRYPTO_H

#include <ocpp/types.h>

OCPP_BEGIN_DECLARATIONS

/* --- words ------------------------------------------------------------------------------------------------------------- */

/* ocpp_key_use: what a key and certificate of the station are for. A combined certificate serves both and is kept under STATION
 * (see ocpp_certificate_request); V2G then answers with it for as long as it has none of its own. */
enum ocpp_key_use {
    OCPP_KEY_STATION, /* TLS client towards the central system */
    OCPP_KEY_V2G      /* TLS server towards vehicles (the SECC leaf of ISO 15118) */
};
enum { OCPP_KEY_USE_COUNT = 2 };

enum ocpp_key_kind { OCPP_KEY_EC_P256, OCPP_KEY_EC_P384, OCPP_KEY_RSA_2048, OCPP_KEY_RSA_3072 };

/* ocpp_which: after a renewal there are two certificates (or two roots of the central system), until it is settled which stays.
 */
enum ocpp_which {
    OCPP_NEWEST,  /* the one that came last; the only one while there is one */
    OCPP_PREVIOUS /* the one before it, kept for the case that the newest does not work */
};

/* ocpp_root_use: what a root vouches for. Sets of them are bits: OCPP_ROOT_BIT(OCPP_ROOT_V2G) | OCPP_ROOT_BIT(OCPP_ROOT_MO). */
enum ocpp_root_use {
    OCPP_ROOT_CSMS,         /* the central system, and the station's own certificates for it; 1.6: CentralSystemRootCertificate */
    OCPP_ROOT_MANUFACTURER, /* firmware */
    OCPP_ROOT_V2G,          /* charging stations towards vehicles, and contracts under the same root */
    OCPP_ROOT_MO            /* contracts of mobility operators */
};
enum { OCPP_ROOT_USE_COUNT = 4 };
#define OCPP_ROOT_BIT(use) (1u << (use))

enum ocpp_hash { OCPP_HASH_SHA256, OCPP_HASH_SHA384, OCPP_HASH_SHA512 };

/* OCPP_DIGEST_SIZE: room for the longest. A digest is 32, 48 or 64 bytes. */
enum { OCPP_DIGEST_SIZE = 64 };

/* ocpp_certificate_fault: why a certificate, a chain or a signature is refused (OCPP_ERR_VALUE). The first that applies, in this
 * order. */
enum ocpp_certificate_fault {
    OCPP_CERTIFICATE_GOOD,
    OCPP_CERTIFICATE_TOO_LARGE,  /* more bytes than max_chain_bytes, more certificates than OCPP_CHAIN_LENGTH */
    OCPP_CERTIFICATE_UNREADABLE, /* no PEM, no certificate, cut short, another kind of block, or no serial number */
    OCPP_CERTIFICATE_WEAK,       /* RSA below 2048 bits, a curve below 224, a signature over MD5 or SHA-1 (A00.FR.501 to 504) */
    OCPP_CERTIFICATE_WRONG_KEY,  /* not for the key of the request, or of no request */
    OCPP_CERTIFICATE_WRONG_SUBJECT,  /* another CN than the request's, or no O (A00.FR.509, FR.511) */
    OCPP_CERTIFICATE_NOT_A_ROOT,     /* no CA, or neither signed by itself nor by a root of its use */
    OCPP_CERTIFICATE_NOT_SUCCEEDING, /* a new root that the one it is to replace did not sign (M05.FR.11) */
    OCPP_CERTIFICATE_TIME_UNKNOWN,   /* who does not know the date cannot tell whether it is valid */
    OCPP_CERTIFICATE_NOT_YET_VALID,  /* (errata 2025-01 of A02.FR.06: there is no certificate for later) */
    OCPP_CERTIFICATE_EXPIRED,
    OCPP_CERTIFICATE_NO_ROOT,       /* the chain ends at no installed root of the uses asked for, or is broken on the way */
    OCPP_CERTIFICATE_WRONG_USE,     /* its key usage, or the CA flag, path length or name constraints above it, forbid it */
    OCPP_CERTIFICATE_BAD_SIGNATURE, /* a signature in the chain, or the one that was checked, does not verify */
    OCPP_CERTIFICATE_REVOKED
};
enum { OCPP_CERTIFICATE_FAULT_COUNT = OCPP_CERTIFICATE_REVOKED + 1 };

/* OCPP_CHAIN_LENGTH: certificates in one chain, the leaf and the root counted. */
enum { OCPP_CHAIN_LENGTH = 8 };

/* OCPP_PEM_SIZE: room for the longest request, certificate or chain of the standard (10,000 characters) and its terminator. */
enum { OCPP_PEM_SIZE = 10001 };

/* ocpp_certificate_request: whose certificate is asked for. Texts are UTF-8, of the lengths X.520 allows (CN, O: 1 to 64
 * characters; country: 2 letters), NULL: left out; |common_name| and |organization| are needed. */
struct ocpp_certificate_request {
    enum ocpp_key_use use;
    bool is_combined; /* with use STATION: for vehicles too (a SignCertificate without certificateType) */
    enum ocpp_key_kind kind;
    const char *common_name; /* the serial number of the station (A00.FR.511), or what ISO 15118 wants for V2G */
    const char *organization;
    const char *country;
    const char *domain_component; /* "CPO" in leaves of ISO 15118-2 */
};

/* ocpp_certificate_hash: names a certificate as RFC 6960 does: the hash over the DER of its issuer's name, the hash over the bits
 * of its issuer's public key (without tag, length and the number of unused bits), and its serial number. Lower-case hexadecimal;
 * no leading zero in |serial_number|, which is "0" for zero. Compared without regard to case. */
struct ocpp_certificate_hash {
    enum ocpp_hash algorithm;
    char issuer_name_hash[2 * OCPP_DIGEST_SIZE + 1];
    char issuer_key_hash[2 * OCPP_DIGEST_SIZE + 1];
    char serial_number[41];
};

/* ocpp_certificate_info: what a certificate says. Texts are UTF-8; one that is absent, or longer than its room, is "". */
struct ocpp_certificate_info {
    char common_name[257];
    char organization[257];
    char issuer_common_name[257];
    char serial_number[41];  /* as in ocpp_certificate_hash */
    char responder_url[513]; /* where its revocation is answered for (authority information access), the first one that is http */
    int64_t not_before_utc_ms;
    int64_t not_after_utc_ms;
    bool is_ca;
    bool is_combined; /* |read_own_chain| of the station's: it serves V2G too */
};

enum ocpp_installed_kind { OCPP_INSTALLED_ROOT, OCPP_INSTALLED_STATION_CHAIN, OCPP_INSTALLED_V2G_CHAIN };

/* ocpp_installed: one thing |each_installed| shows. Borrowed for the call. */
struct ocpp_installed {
    enum ocpp_installed_kind kind;
    enum ocpp_root_use root; /* of a root */
    enum ocpp_which which;
    const struct ocpp_certificate_hash *certificate;
    const struct ocpp_certificate_hash
        *children; /* of a chain: the sub-CAs, from the leaf's issuer up; the root is none of them */
    size_t child_count;
};

enum ocpp_revocation { OCPP_REVOCATION_GOOD, OCPP_REVOCATION_REVOKED, OCPP_REVOCATION_UNKNOWN };

/* ocpp_public_key_form: how the bytes of a bare public key are to be read. */
enum ocpp_public_key_form {
    OCPP_PUBLIC_KEY_DER,         /* SubjectPublicKeyInfo; it names its curve itself */
    OCPP_PUBLIC_KEY_CERTIFICATE, /* PEM; the key of the first certificate, whose validity is not looked at */
    OCPP_PUBLIC_KEY_POINT        /* the point on |curve|, uncompressed (04 x y, or x y alone) or compressed */
};

/* ocpp_curve: the curves of OCMF. Those below 224 bits are for meter values that were signed by old meters, and nothing else. */
enum ocpp_curve {
    OCPP_CURVE_OF_THE_KEY, /* whatever the key says */
    OCPP_CURVE_SECP192K1,
    OCPP_CURVE_SECP192R1,
    OCPP_CURVE_SECP256K1,
    OCPP_CURVE_SECP256R1,
    OCPP_CURVE_SECP384R1,
    OCPP_CURVE_SECP521R1,
    OCPP_CURVE_BRAINPOOLP256R1,
    OCPP_CURVE_BRAINPOOLP384R1,
    OCPP_CURVE_BRAINPOOLP512R1
};

/* ocpp_public_key: a key as somebody handed it over. Borrowed. */
struct ocpp_public_key {
    enum ocpp_public_key_form form;
    enum ocpp_curve curve; /* POINT needs one; otherwise, if not OF_THE_KEY, the key must be on it */
    const void *bytes;
    size_t size;
};

/* ocpp_digest: a hash being taken. Belongs to the implementation. */
struct ocpp_digest;

/* --- the contract -------------------------------------------------------------------------------------------------------- */

/* No callback may be NULL. */
struct ocpp_crypto {
    /* --- the station's own keys: pending, newest, previous (A02, A03; 1.6 whitepaper A02, A03) ---------------------------------
     */

    /* make_request: makes a key pair and writes a PKCS #10 request for it (A02.FR.02, FR.03). The key is the pending one of its
     * use from now on, over restarts too; a pending one before it is forgotten. Errors: OCPP_ERR_LENGTH  |room| is too small
     * (OCPP_PEM_SIZE never is) or a text too long. */
    enum ocpp_status (*make_request)(const struct ocpp_certificate_request *request, char *pem, size_t room, size_t *size,
                                     void *user);

    /* read_request: the request that is pending, to be sent again (A02.FR.17). |is_combined| may be NULL.
     * Errors: OCPP_ERR_NOT_FOUND  none is; OCPP_ERR_LENGTH. */
    enum ocpp_status (*read_request)(enum ocpp_key_use use, char *pem, size_t room, size_t *size, bool *is_combined, void *user);

    /* drop_request: forgets the pending key. None is no error. */
    enum ocpp_status (*drop_request)(enum ocpp_key_use use, void *user);

    /* accept_chain: the certificate for the pending key came back (CertificateSigned). Looked at: its key, its subject, its
     * strength, its dates at |utc_ms|, its chain up to an installed root of |roots|, its key usage (A02.FR.06). On OCPP_OK it is
     * the newest of its use and its request is gone. The one in use until now becomes the previous; with a newest that was not
     * settled yet, the previous stays what it was. Certificates in |pem| that are no part of the chain, and the root, are not
     * kept. Errors: OCPP_ERR_VALUE  refused, see |fault|; the key stays pending, so that a right answer may still come. */
    enum ocpp_status (*accept_chain)(enum ocpp_key_use use, uint32_t roots, const char *pem, size_t size, int64_t utc_ms,
                                     enum ocpp_certificate_fault *fault, void *user);

    /* settle: a connection was made with |which| (A02.FR.10, A03.FR.10), or V2G simply goes on with the newest: the other of the
     * two is gone. With one alone and NEWEST: nothing happens. A combined certificate that stays takes the place of V2G's own.
     * Errors: OCPP_ERR_NOT_FOUND  there is no such. */
    enum ocpp_status (*settle)(enum ocpp_key_use use, enum ocpp_which which, void *user);

    /* read_own_chain: the certificate of the station and its sub-CAs, leaf first, without the root. |pem| may be NULL with |room|
     * 0; |info|, of the leaf, may be NULL. This is also how the end of its validity is found (A03.FR.02). Validity is not looked
     * at. Errors: OCPP_ERR_NOT_FOUND; OCPP_ERR_LENGTH. */
    enum ocpp_status (*read_own_chain)(enum ocpp_key_use use, enum ocpp_which which, char *pem, size_t room, size_t *size,
                                       struct ocpp_certificate_info *info, void *user);

    /* --- roots (M03, M04, M05) ------------------------------------------------------------------------------------------------
     */

    /* install_root: adds one CA certificate to those of |use|; one that is there already takes its own place (M05.FR.17). It must
     * be valid at |utc_ms| and sign itself, or be signed by a root of its use that is installed. |replaces| true
     * (AdditionalRootCertificateCheck, M05.FR.09 to FR.12; CSMS only): the newest or the previous root of |use| must have signed
     * it; it becomes the newest and the other the previous. An unsettled newest that is replaced is gone. Where no root of |use|
     * is installed yet, it is added. Errors: OCPP_ERR_VALUE  refused, see |fault|; OCPP_ERR_LIMIT  |max_roots| are installed
     * (M05.FR.06). */
    enum ocpp_status (*install_root)(enum ocpp_root_use use, bool replaces, const char *pem, size_t size, int64_t utc_ms,
                                     enum ocpp_certificate_fault *fault, void *user);

    /* settle_root: a connection was made under the newest root of |use|: the previous is gone (M05.FR.13). None is no error. */
    enum ocpp_status (*settle_root)(enum ocpp_root_use use, void *user);

    /* each_installed: shows every root, then the station's chains, each newest before previous, and everything in an order that
     * stays the same. |visit| returns false to stop; it may not install or delete. */
    enum ocpp_status (*each_installed)(enum ocpp_hash algorithm,
                                       bool (*visit)(const struct ocpp_installed *installed, void *visit_user), void *visit_user,
                                       void *user);

    /* delete_certificate: the root that |hash| names, or the V2G chain with a certificate it names, key included.
     * Errors: OCPP_ERR_NOT_FOUND  nothing has it; OCPP_ERR_STATE  it is in the chain of the station certificate (M04.FR.06), or
     * the only root of the central system while the station has a certificate under it. */
    enum ocpp_status (*delete_certificate)(const struct ocpp_certificate_hash *hash, void *user);

    /* has_root: whether a root of |use| is installed that is valid at |utc_ms| (A05.FR.02); with the date unknown, one at all. */
    bool (*has_root)(enum ocpp_root_use use, int64_t utc_ms, void *user);

    /* --- certificates of others (C07, L01, M06) -------------------------------------------------------------------------------
     */

    /* check_chain: whether the first certificate of |pem| may sign (its key usage, where it has one, allows digital signatures)
     * and its chain leads, by way of the others in |pem|, to an installed root of |roots|, all valid at |utc_ms|, none known to
     * be revoked. Errors: OCPP_ERR_VALUE, see |fault|. */
    enum ocpp_status (*check_chain)(const char *pem, size_t size, uint32_t roots, int64_t utc_ms,
                                    enum ocpp_certificate_fault *fault, void *user);

    /* describe: reads the certificate number |index| (0: the leaf) of |pem|. Nothing about it is verified.
     * Errors: OCPP_ERR_NOT_FOUND  there are fewer; OCPP_ERR_VALUE  |pem| cannot be read. */
    enum ocpp_status (*describe)(const char *pem, size_t size, size_t index, struct ocpp_certificate_info *info, void *user);

    /* hash_of: names the certificate number |index| of |pem|; its issuer must stand behind it, or be an installed root of |roots|
     * (C07.FR.02, M06.FR.01). Errors: OCPP_ERR_NOT_FOUND  there are fewer; OCPP_ERR_STATE  its issuer is not known;
     * OCPP_ERR_VALUE. */
    enum ocpp_status (*hash_of)(const char *pem, size_t size, size_t index, uint32_t roots, enum ocpp_hash algorithm,
                                struct ocpp_certificate_hash *hash, void *user);

    /* read_ocsp: what the DER OCSPResponse in |der| says of the certificate number |index| of |pem|, whose issuer is found as in
     * hash_of. Its signature must be its issuer's, or of one the issuer lets answer. |next_update_utc_ms| is OCPP_UTC_UNKNOWN
     * where it says none. Errors: OCPP_ERR_VALUE  no answer to this, not signed by who may, or not valid at |utc_ms| (a date that
     * is unknown is not compared); OCPP_ERR_STATE  its issuer is not known. */
    enum ocpp_status (*read_ocsp)(const void *der, size_t der_size, const char *pem, size_t size, size_t index, uint32_t roots,
                                  int64_t utc_ms, enum ocpp_revocation *revocation, int64_t *next_update_utc_ms, void *user);

    /* --- hashes and signatures
     * -------------------------------------------------------------------------------------------------- */

    /* digest_begin: starts a hash. It ends with digest_end or digest_drop, once. */
    enum ocpp_status (*digest_begin)(enum ocpp_hash algorithm, struct ocpp_digest **digest, void *user);
    enum ocpp_status (*digest_add)(struct ocpp_digest *digest, const void *bytes, size_t size, void *user);
    /* digest_end: writes 32, 48 or 64 bytes and gives the hash back, also on an error. */
    enum ocpp_status (*digest_end)(struct ocpp_digest *digest, unsigned char bytes[OCPP_DIGEST_SIZE], size_t *size, void *user);
    void (*digest_drop)(struct ocpp_digest *digest, void *user); /* NULL is fine */

    /* verify: whether |signature| is one by |key| over what has the digest |digest| of |algorithm|: ECDSA as a DER SEQUENCE of
     * two numbers, or RSA-PSS with MGF1 of the same hash and any length of salt (L01.FR.04). Errors: OCPP_ERR_VALUE: UNREADABLE
     * the key cannot be read, or is on another curve; BAD_SIGNATURE  it does not verify, or is no signature. */
    enum ocpp_status (*verify)(const struct ocpp_public_key *key, enum ocpp_hash algorithm, const unsigned char *digest,
                               const void *signature, size_t signature_size, enum ocpp_certificate_fault *fault, void *user);

    size_t max_roots; /* how many roots it holds, all uses together (CertificateEntries.maxLimit, CertificateStoreMaxLength) */
    size_t max_chain_bytes; /* of the PEM it takes (MaxCertificateChainSize, CertificateSignedMaxChainSize); at most 10,000 */
    void *user;
};

/* ocpp_certificate_fault_words: a few words for a log or a report ("expired"); "?" for a value of no fault. Never NULL. */
OCPP_API const char *ocpp_certificate_fault_words(enum ocpp_certificate_fault fault);

OCPP_END_DECLARATIONS

#endif
