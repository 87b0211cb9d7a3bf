/* fake_crypto.h: crypto.h for tests of the core. Certificates are lines a test can write and read, keys are numbers, nothing is
 * random, and any call can be made to fail. It keeps what it has for as long as the struct lives, so a station that is freed and
 * made again finds it as after a restart.
 *
 * A certificate is one line, a chain is several:
 *   CERT cn=PILE-7 o=Example key=3 serial=1f issuer=Root from=0 until=9000000000000 url=http://ocsp.example
 * with the words "ca", "weak", "forged" (its signature does not verify), "revoked" and "nosign" (it may not sign) where they
 * hold; a root names itself as issuer. A request is  REQUEST cn=PILE-7 o=Example key=3 . A signature is  SIGNED key=3
 * digest=<first 16 hexadecimal digits> .
 */
#ifndef FAKE_CRYPTO_H
#define FAKE_CRYPTO_H

#include <ocpp/crypto.h>

enum { FAKE_CERT_SIZE = 520, FAKE_CHAIN_SIZE = 2600, FAKE_ROOTS = 16 };

struct fake_cert {
    char cn[65];
    char o[65];
    char issuer[65];
    char serial[41];
    char url[129];
    int key;
    int64_t from_utc_ms;
    int64_t until_utc_ms;
    bool ca, weak, forged, revoked, nosign;
};

struct fake_root {
    enum ocpp_root_use use;
    enum ocpp_which which;
    char pem[FAKE_CERT_SIZE];
};

struct fake_own {
    int pending_key; /* 0: none */
    bool pending_is_combined;
    char request[FAKE_CERT_SIZE];
    char newest[FAKE_CHAIN_SIZE]; /* "": none that is not settled */
    char settled[FAKE_CHAIN_SIZE];
    bool newest_is_combined, settled_is_combined;
};

struct fake_crypto {
    struct ocpp_crypto contract; /* what the charge point is given */
    struct fake_root roots[FAKE_ROOTS];
    size_t root_count;
    struct fake_own own[OCPP_KEY_USE_COUNT];
    int last_key;
    struct ocpp_certificate_request last_request; /* texts live as long as the call */
    size_t calls;                                 /* that can fail, so far */
    size_t fail_at;                               /* this one does; 0: none */
    bool fail_on;                                 /* and all behind it */
    enum ocpp_status failure;                     /* with this; default OCPP_ERR_STORAGE */
    size_t open_digests;                          /* begun and neither ended nor dropped */
    enum ocpp_revocation revocation;              /* what read_ocsp finds in any answer that begins with "OCSP" */
    int64_t next_update_utc_ms;
};

/* fake_crypto_init: nothing is installed; 8 roots, chains of 10,000 bytes. */
void fake_crypto_init(struct fake_crypto *fake);

/* fake_cert_write: the line of |cert|. Empty fields get a value: serial 1, dates from 0 to the year 2255. Returns |pem|. */
const char *fake_cert_write(const struct fake_cert *cert, char pem[FAKE_CERT_SIZE]);

/* fake_root_pem: a root that signs itself. Returns |pem|. */
const char *fake_root_pem(const char *name, char pem[FAKE_CERT_SIZE]);

/* fake_sign_request: what a CA called |issuer| makes of a request: a leaf, valid |from| |until|. Returns |pem|. */
const char *fake_sign_request(const char *request, const char *issuer, int64_t from_utc_ms, int64_t until_utc_ms,
                              char pem[FAKE_CERT_SIZE]);

/* fake_add_root: puts one there without asking. */
void fake_add_root(struct fake_crypto *fake, enum ocpp_root_use use, const char *name);

/* fake_signature: what a key makes of a digest of |size| bytes. Returns its length. */
size_t fake_signature(int key, const unsigned char *digest, size_t size, char text[64]);

/* fake_digest: what hashing |bytes| with the contract gives. */
void fake_digest(enum ocpp_hash algorithm, const void *bytes, size_t size, unsigned char digest[OCPP_DIGEST_SIZE]);

#endif
