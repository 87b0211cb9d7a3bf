/* keys_openssl.h: the contract of keys.h over OpenSSL and a folder, for the files of this adapter. */
#ifndef SETTLE_KEYS_OPENSSL_H
#define SETTLE_KEYS_OPENSSL_H

#include <ocpp/settlement/adapters.h>

#include <openssl/evp.h>
#include <pthread.h>

/* A key that is remembered: a secret, or a P-256 key. It keeps its place until the handle is closed. */
struct keys_entry {
    char name[OCPP_SETTLE_KEY_NAME_SIZE];
    EVP_PKEY *pair; /* NULL: a secret */
    size_t size;
    unsigned char secret[OCPP_SETTLE_SECRET_LIMIT];
};

/* Public keys that were verified with lately: making one of a point costs as much as half a verification. */
enum { KEYS_POINTS = 32 };
struct keys_point {
    unsigned char point[OCPP_SETTLE_POINT_SIZE];
    EVP_PKEY *key; /* NULL: the place is free */
};

struct keys_openssl {
    struct ocpp_settle_keys contract; /* first: a pointer to one is a pointer to the other; |user| is this struct */
    struct ocpp_log log;
    int folder; /* -1: in memory */
    bool makes_no_keys;
    EVP_MD *sha256;
    EVP_MAC *hmac;
    EVP_CIPHER *aes;
    pthread_mutex_t lock; /* of what follows */
    struct keys_entry *entries;
    size_t count;
    size_t limit;
    struct keys_point points[KEYS_POINTS];
    size_t next_point;
};

/* keys_log: one line, if somebody listens. |name| of a key, no secret. */
void keys_log(const struct keys_openssl *keys, enum ocpp_log_level level, const char *name, const char *what);

/* keys_trouble: what OpenSSL last failed of, which is forgotten: OCPP_ERR_NOMEM, or |otherwise|. */
enum ocpp_status keys_trouble(enum ocpp_status otherwise);

/* keys_pair: the P-256 key |name|, read or made if need be; borrowed until the handle is closed. */
enum ocpp_status keys_pair(struct keys_openssl *keys, const char *name, EVP_PKEY **pair);

/* --- files (keys_files.c)
 * ------------------------------------------------------------------------------------------------------- */

enum { KEYS_FILE_LIMIT = 4096 };

/* keys_folder_open: makes the folder if it is not there. */
enum ocpp_status keys_folder_open(const char *path, int *folder);

/* keys_file_read: the bytes of the file; |*size| of them. Errors: OCPP_ERR_NOT_FOUND; OCPP_ERR_CRYPTO  it is readable by others,
 * too large, or cannot be read. */
enum ocpp_status keys_file_read(const struct keys_openssl *keys, const char *file, unsigned char bytes[KEYS_FILE_LIMIT],
                                size_t *size);

/* keys_file_write: the file, whole and on the disk. |replaces| false: one that is there already stays, and the status is
 * OCPP_ERR_STATE. */
enum ocpp_status keys_file_write(const struct keys_openssl *keys, const char *file, const void *bytes, size_t size,
                                 bool replaces);

/* --- P-256 (keys_signature.c)
 * --------------------------------------------------------------------------------------------------- */

EVP_PKEY *keys_pair_make(void);                                             /* NULL: it failed */
EVP_PKEY *keys_pair_parse(const unsigned char *pem, size_t size);           /* NULL: no P-256 key */
size_t keys_pair_print(EVP_PKEY *pair, unsigned char pem[KEYS_FILE_LIMIT]); /* 0: it failed */

enum ocpp_status keys_sign(const char *name, const void *bytes, size_t size, unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE],
                           void *user);
enum ocpp_status keys_verify(const unsigned char point[OCPP_SETTLE_POINT_SIZE], const void *bytes, size_t size,
                             const unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE], void *user);
enum ocpp_status keys_public(const char *name, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user);

/* keys_key_of_point: a public key. NULL: the point is none of the curve, or no memory. */
EVP_PKEY *keys_key_of_point(const unsigned char point[OCPP_SETTLE_POINT_SIZE]);

/* keys_blamed: the status where OpenSSL says that others did wrong: OCPP_ERR_SECURITY, or OCPP_ERR_NOMEM. */
enum ocpp_status keys_blamed(void);

/* --- agreement and encryption (keys_sealing.c)
 * ---------------------------------------------------------------------------------- */

enum ocpp_status keys_point_of(const unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE], unsigned char point[OCPP_SETTLE_POINT_SIZE],
                               void *user);
enum ocpp_status keys_agree(const struct ocpp_settle_private *own, const unsigned char point[OCPP_SETTLE_POINT_SIZE],
                            unsigned char shared[OCPP_SETTLE_SCALAR_SIZE], void *user);
enum ocpp_status keys_seal(const struct ocpp_settle_sealing *how, const void *plain, size_t size, void *sealed,
                           unsigned char tag[OCPP_SETTLE_SEAL_TAG_SIZE], void *user);
enum ocpp_status keys_open(const struct ocpp_settle_sealing *how, const void *sealed, size_t size,
                           const unsigned char tag[OCPP_SETTLE_SEAL_TAG_SIZE], void *plain, void *user);

#endif
