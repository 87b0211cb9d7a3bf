/* crypto_world.h: the adapter over OpenSSL on a folder, beside a folder of certificates made by the openssl command line. */
#ifndef CRYPTO_WORLD_H
#define CRYPTO_WORLD_H

#include <ocpp/adapters.h>

struct crypto_world {
    char pki[256];    /* the certificate authorities */
    char folder[300]; /* the adapter's */
    struct ocpp_crypto *crypto;
    struct ocpp_crypto_openssl_settings settings;
    int64_t utc_ms;
    enum ocpp_certificate_fault fault; /* of the last call that had one */
};

/* crypto_world_make: a root "root", a CA "sub" below it (path length 0), a stranger "other", an empty adapter. */
void crypto_world_make(struct crypto_world *world);
void crypto_world_end(struct crypto_world *world);

/* crypto_world_empty: the adapter's folder is emptied, and opened. */
void crypto_world_empty(struct crypto_world *world);
void crypto_world_reopen(struct crypto_world *world);

/* install: the root name.pem. */
enum ocpp_status install(struct crypto_world *world, enum ocpp_root_use use, bool replaces, const char *name);

/* ask: makes a request, and leaves it in the PKI's folder as name.csr. */
void ask(struct crypto_world *world, enum ocpp_key_use use, enum ocpp_key_kind kind, bool is_combined, const char *name);

/* accept_files: the files of the PKI, one behind another, as the answer. |names| are separated by spaces. */
enum ocpp_status accept_files(struct crypto_world *world, enum ocpp_key_use use, uint32_t roots, const char *names);
enum ocpp_status check_files(struct crypto_world *world, uint32_t roots, const char *names);
char *join_files(const struct crypto_world *world, const char *names, size_t *size);

/* renew: asks, lets "sub" sign and accepts, for use STATION; leaves name.pem. */
void renew(struct crypto_world *world, const char *name);

/* serial_of: of the newest or the previous certificate; "" where there is none. */
const char *serial_of(struct crypto_world *world, enum ocpp_key_use use, enum ocpp_which which);

/* serial_in: of name.pem, by the command line, as OCPP writes it. */
const char *serial_in(struct crypto_world *world, const char *name);

/* roots_shown: how many roots of |use| there are, newest or previous. */
size_t roots_shown(struct crypto_world *world, enum ocpp_root_use use, enum ocpp_which which);

#endif
