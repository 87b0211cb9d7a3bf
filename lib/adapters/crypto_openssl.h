/* crypto_openssl.h: the contract of crypto.h over OpenSSL and a folder, for the files of this adapter and for the WebSocket
 * client.
 *
 * The folder, all files of it with mode 0600:
 *   lock                      held while the folder is in use
 *   station.pending.pem       private key, then the request for its certificate         the same for v2g
 *   station.new.pem           private key, then its chain: the newest, not settled
 *   station.pem               private key, then its chain: the only one, or the previous
 *   root-<use>-<id>.pem       a root, and behind it the issuer of one that does not sign itself; <id> begins its SHA-256
 *   crl-<id>.pem              what an issuer revoked
 *   *.tmp                     was being written when the power went; removed at the next start
 * Lines before the first block say what PEM has no word for: "# combined", "# replaces <id>", "# instead of <id>".
 *
 * Each change is one rename of a file that is on the disk whole, or one removal; where two files change, the order makes every
 * state in between one that is read rightly.
 */
#ifndef OCPP_CRYPTO_OPENSSL_H
#define OCPP_CRYPTO_OPENSSL_H

#include <ocpp/crypto.h>

#include <openssl/ssl.h>
#include <openssl/x509.h>

/* --- for the WebSocket client ------------------------------------------------------------------------------------------- */

/* ocpp_crypto_tls: what a connection is to be made with. */
struct ocpp_crypto_tls {
    bool with_certificate;       /* show the station's certificate (security profile 3) */
    enum ocpp_which certificate; /* which of the two, while they are not settled */
    bool newest_root_only;       /* do not trust the previous root (M05.FR.15: while migrating to another central system) */
    bool previous_root_only;     /* trust the previous root instead of the newest that replaced it */
    int64_t utc_ms;              /* the date certificates are judged at; OCPP_UTC_UNKNOWN: dates are not looked at, because the
                                  * station learns the date over this very connection */
};

/* ocpp_crypto_is_openssl: whether |crypto| (may be NULL) came from ocpp_crypto_openssl_open(). */
bool ocpp_crypto_is_openssl(const struct ocpp_crypto *crypto);

/* ocpp_crypto_tls_context: a context for a client: TLS 1.2 or above, security level 2, peers verified up to the installed roots
 * of the central system, the station's key and chain where asked for. It stands alone: files that change later do not change it,
 * so make one for every attempt. Free it with SSL_CTX_free(). The name of the peer is the caller's to check (SSL_set1_host()).
 * Errors: OCPP_ERR_ARGUMENT  |crypto| is another one; OCPP_ERR_NOT_FOUND  no such certificate; OCPP_ERR_TLS  no root to trust, or
 * OpenSSL refuses key or chain; OCPP_ERR_STORAGE; OCPP_ERR_NOMEM. */
OCPP_MUST_USE enum ocpp_status ocpp_crypto_tls_context(const struct ocpp_crypto *crypto, const struct ocpp_crypto_tls *tls,
                                                       SSL_CTX **context);

/* ocpp_crypto_tls_under_newest_root: after a handshake: whether the chain of the peer leads through a root that is not the
 * previous one, so that settle_root may be called (M05.FR.13). */
bool ocpp_crypto_tls_under_newest_root(const struct ocpp_crypto *crypto, const SSL *ssl);

/* --- inside: the handle ---------------------------------------------------------------------------------------------------- */

struct crypto_openssl {
    struct ocpp_crypto contract; /* first: a pointer to one is a pointer to the other; |user| is this struct */
    struct ocpp_log log;
    int folder;
    int lock;
    bool accept_pkcs1;
};

/* --- files (crypto_files.c): names are relative to the folder --------------------------------------------------------------- */

enum { CRYPTO_NAME_SIZE = 64, CRYPTO_FILE_LIMIT = 64 * 1024, CRYPTO_ID_SIZE = 25, CRYPTO_FILES_LIMIT = 256 };

/* crypto_read_file: the whole file, terminated; give it back with crypto_forget(). Errors: OCPP_ERR_NOT_FOUND; OCPP_ERR_CORRUPT
 * larger than CRYPTO_FILE_LIMIT; OCPP_ERR_STORAGE; OCPP_ERR_NOMEM. */
enum ocpp_status crypto_read_file(struct crypto_openssl *crypto, const char *name, char **text, size_t *size);
void crypto_forget(char *text, size_t size); /* overwrites; NULL is fine */

/* crypto_write_file: the file is replaced as a whole, durably. */
enum ocpp_status crypto_write_file(struct crypto_openssl *crypto, const char *name, const void *bytes, size_t size);
enum ocpp_status crypto_rename_file(struct crypto_openssl *crypto, const char *from, const char *to);
enum ocpp_status crypto_remove_file(struct crypto_openssl *crypto, const char *name); /* none is no error */
bool crypto_has_file(struct crypto_openssl *crypto, const char *name);

/* crypto_list_files: the names that begin with |prefix|, sorted; at most CRYPTO_FILES_LIMIT of them. Free *names with free(). */
enum ocpp_status crypto_list_files(struct crypto_openssl *crypto, const char *prefix, char (**names)[CRYPTO_NAME_SIZE],
                                   size_t *count);

/* --- PEM (crypto_pem.c) ------------------------------------------------------------------------------------------------------
 */

/* crypto_parse_chain: the certificates of |pem|, in their order; only certificates, at least one, at most OCPP_CHAIN_LENGTH. Text
 * outside of the blocks means nothing (RFC 7468, 2). Errors: OCPP_ERR_VALUE with |fault| TOO_LARGE or UNREADABLE; OCPP_ERR_NOMEM.
 */
enum ocpp_status crypto_parse_chain(const char *pem, size_t size, size_t limit, STACK_OF(X509) * *chain,
                                    enum ocpp_certificate_fault *fault);
void crypto_free_chain(STACK_OF(X509) * chain);

/* crypto_print_chain: as PEM into |bio|, from number |from| on. */
bool crypto_print_chain(BIO *bio, const STACK_OF(X509) * chain);

/* crypto_hand_out: what |bio| holds, as terminated text. Errors: OCPP_ERR_LENGTH. */
enum ocpp_status crypto_hand_out(BIO *bio, char *to, size_t room, size_t *size);

/* --- judgement (crypto_judge.c) ------------------------------------------------------------------------------------------------
 */

bool crypto_is_strong_key(const EVP_PKEY *key);
bool crypto_is_weak(X509 *certificate);
bool crypto_signs_itself(X509 *certificate);
void crypto_worse(enum ocpp_certificate_fault *fault, enum ocpp_certificate_fault found);
enum ocpp_certificate_fault crypto_judge_dates(const X509 *certificate, int64_t utc_ms);

/* crypto_judge_chain: the first of |chain| up to a root of |roots|. |path| (may be NULL) gets what was found, the root last,
 * where the verdict is good; free it with crypto_free_chain(). Errors: OCPP_ERR_VALUE; OCPP_ERR_NOMEM; OCPP_ERR_STORAGE. */
enum ocpp_status crypto_judge_chain(struct crypto_openssl *crypto, STACK_OF(X509) * chain, uint32_t roots, int64_t utc_ms,
                                    STACK_OF(X509) * *path, enum ocpp_certificate_fault *fault);

/* crypto_add_crls: what is known to be revoked. */
enum ocpp_status crypto_add_crls(struct crypto_openssl *crypto, X509_STORE *store);

/* --- roots (crypto_roots.c)
 * ------------------------------------------------------------------------------------------------------- */

struct crypto_root {
    enum ocpp_root_use use;
    enum ocpp_which which;
    X509 *certificate;
    X509 *issuer; /* itself, or who signed it */
    char name[CRYPTO_NAME_SIZE];
    char id[CRYPTO_ID_SIZE];
    char replaces[CRYPTO_ID_SIZE];   /* "": none */
    char instead_of[CRYPTO_ID_SIZE]; /* "": none */
};

/* crypto_load_roots: those of the uses |roots|, newest before previous. A file that cannot be read is told to the log and left
 * out. */
enum ocpp_status crypto_load_roots(struct crypto_openssl *crypto, uint32_t roots, struct crypto_root **list, size_t *count);
void crypto_free_roots(struct crypto_root *list, size_t count);

/* crypto_repair_roots: ends a replacement that a power cut left half done. */
enum ocpp_status crypto_repair_roots(struct crypto_openssl *crypto);

enum ocpp_status crypto_install_root(enum ocpp_root_use use, bool replaces, const char *pem, size_t size, int64_t utc_ms,
                                     enum ocpp_certificate_fault *fault, void *user);
enum ocpp_status crypto_settle_root(enum ocpp_root_use use, void *user);
bool crypto_has_root(enum ocpp_root_use use, int64_t utc_ms, void *user);

/* --- the station's own (crypto_own.c, crypto_request.c)
 * ----------------------------------------------------------------------------- */

struct crypto_own {
    EVP_PKEY *key;
    STACK_OF(X509) * chain;
    bool is_combined;
};

/* crypto_load_own: key and chain. V2G falls back on the station's where that is combined. Errors: OCPP_ERR_NOT_FOUND; … */
enum ocpp_status crypto_load_own(struct crypto_openssl *crypto, enum ocpp_key_use use, enum ocpp_which which,
                                 struct crypto_own *own);
void crypto_free_own(struct crypto_own *own);
bool crypto_v2g_is_own(struct crypto_openssl *crypto);
enum ocpp_status crypto_remove_own(struct crypto_openssl *crypto, enum ocpp_key_use use);

/* crypto_repair_own: forgets a request whose certificate came before the power went. */
enum ocpp_status crypto_repair_own(struct crypto_openssl *crypto);

void crypto_own_name(enum ocpp_key_use use, const char *stage, char name[CRYPTO_NAME_SIZE]); /* ".pending", ".new", "" */
bool crypto_note_of(const char *text, const char *note, char *value, size_t room);           /* a line "# note value" */
EVP_PKEY *crypto_parse_key(const char *text, size_t size);

/* crypto_load_pending: the key and request of a use. */
enum ocpp_status crypto_load_pending(struct crypto_openssl *crypto, enum ocpp_key_use use, EVP_PKEY **key, X509_REQ **request,
                                     bool *is_combined);

enum ocpp_status crypto_make_request(const struct ocpp_certificate_request *request, char *pem, size_t room, size_t *size,
                                     void *user);
enum ocpp_status crypto_read_request(enum ocpp_key_use use, char *pem, size_t room, size_t *size, bool *is_combined, void *user);
enum ocpp_status crypto_drop_request(enum ocpp_key_use use, void *user);
enum ocpp_status crypto_accept_chain(enum ocpp_key_use use, uint32_t roots, const char *pem, size_t size, int64_t utc_ms,
                                     enum ocpp_certificate_fault *fault, void *user);
enum ocpp_status crypto_settle(enum ocpp_key_use use, enum ocpp_which which, void *user);
enum ocpp_status crypto_read_own_chain(enum ocpp_key_use use, enum ocpp_which which, char *pem, size_t room, size_t *size,
                                       struct ocpp_certificate_info *info, void *user);

/* --- names of certificates (crypto_names.c)
 * ------------------------------------------------------------------------------------------ */

enum ocpp_status crypto_hash_certificate(const X509 *certificate, const X509 *issuer, enum ocpp_hash algorithm,
                                         struct ocpp_certificate_hash *hash);
enum ocpp_status crypto_tell(X509 *certificate, struct ocpp_certificate_info *info);
bool crypto_same_hash(const struct ocpp_certificate_hash *a, const struct ocpp_certificate_hash *b);
const EVP_MD *crypto_md(enum ocpp_hash algorithm); /* NULL: no such */

/* crypto_issuer_of: who signed number |index| of |chain|: the next, or a root of |list|. NULL: not there. Borrowed. */
X509 *crypto_issuer_of(const STACK_OF(X509) * chain, size_t index, const struct crypto_root *list, size_t count);

enum ocpp_status crypto_describe(const char *pem, size_t size, size_t index, struct ocpp_certificate_info *info, void *user);
enum ocpp_status crypto_hash_of(const char *pem, size_t size, size_t index, uint32_t roots, enum ocpp_hash algorithm,
                                struct ocpp_certificate_hash *hash, void *user);

/* --- what is installed, together (crypto_installed.c)
 * ---------------------------------------------------------------------------------- */

enum ocpp_status crypto_each_installed(enum ocpp_hash algorithm,
                                       bool (*visit)(const struct ocpp_installed *installed, void *visit_user), void *visit_user,
                                       void *user);
enum ocpp_status crypto_delete_certificate(const struct ocpp_certificate_hash *hash, void *user);

/* --- the rest (crypto_ocsp.c, crypto_signature.c)
 * ----------------------------------------------------------------------------------------- */

enum ocpp_status crypto_read_ocsp(const void *der, size_t der_size, const char *pem, size_t size, size_t index, uint32_t roots,
                                  int64_t utc_ms, enum ocpp_revocation *revocation, int64_t *next_update_utc_ms, void *user);
enum ocpp_status crypto_digest_begin(enum ocpp_hash algorithm, struct ocpp_digest **digest, void *user);
enum ocpp_status crypto_digest_add(struct ocpp_digest *digest, const void *bytes, size_t size, void *user);
enum ocpp_status crypto_digest_end(struct ocpp_digest *digest, unsigned char bytes[OCPP_DIGEST_SIZE], size_t *size, void *user);
void crypto_digest_drop(struct ocpp_digest *digest, void *user);
enum ocpp_status crypto_verify(const struct ocpp_public_key *key, enum ocpp_hash algorithm, const unsigned char *digest,
                               const void *signature, size_t signature_size, enum ocpp_certificate_fault *fault, void *user);

/* crypto_trouble: clears OpenSSL's queue of errors; what it means where nothing should have failed. */
enum ocpp_status crypto_trouble(void);

/* crypto_seconds: of a time of ASN.1, since 1970, in milliseconds. false: it cannot be read. */
bool crypto_utc_ms(const ASN1_TIME *time, int64_t *utc_ms);

#endif
