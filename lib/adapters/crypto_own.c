/* crypto_own.c: the station's own certificates: the answer to a request, the newest and the previous, and which of them stays.
 *
 *   pending --accept--> newest (.new) --settle newest--> the only one
 *                                     --settle previous--> gone, and the previous is the only one again
 */
#include "crypto_openssl.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

void crypto_own_name(enum ocpp_key_use use, const char *stage, char name[CRYPTO_NAME_SIZE])
{
    static const char *const names[OCPP_KEY_USE_COUNT] = { [OCPP_KEY_STATION] = "station", [OCPP_KEY_V2G] = "v2g" };
    (void)snprintf(name, CRYPTO_NAME_SIZE, "%s%s.pem", names[use], stage);
}

/* Who has locked a key is not asked for its pass phrase: nobody may sit at the terminal. */
static int no_pass_phrase(char *to, int room, int is_new, void *user)
{
    (void)to;
    (void)room;
    (void)is_new;
    (void)user;
    return -1;
}

EVP_PKEY *crypto_parse_key(const char *text, size_t size)
{
    BIO *bio = BIO_new_mem_buf(text, (int)size);
    EVP_PKEY *key = bio != NULL ? PEM_read_bio_PrivateKey(bio, NULL, no_pass_phrase, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    return key;
}

/* --- reading -----------------------------------------------------------------------------------------------------------------
 */

void crypto_free_own(struct crypto_own *own)
{
    EVP_PKEY_free(own->key);
    crypto_free_chain(own->chain);
    *own = (struct crypto_own){ 0 };
}

static enum ocpp_status parse_own(const char *text, size_t size, struct crypto_own *own)
{
    enum ocpp_certificate_fault fault;
    char note[1];
    const char *certificates = strstr(text, "-----BEGIN CERTIFICATE-----");
    *own = (struct crypto_own){ .key = crypto_parse_key(text, size), .is_combined = crypto_note_of(text, "# combined", note, 1) };
    if (own->key == NULL || certificates == NULL)
        return OCPP_ERR_STORAGE;
    return crypto_parse_chain(certificates, size - (size_t)(certificates - text), CRYPTO_FILE_LIMIT, &own->chain, &fault) ==
                   OCPP_OK
               ? OCPP_OK
               : OCPP_ERR_STORAGE;
}

static enum ocpp_status load_file(struct crypto_openssl *crypto, const char *name, struct crypto_own *own)
{
    char *text;
    size_t size;
    enum ocpp_status status = crypto_read_file(crypto, name, &text, &size);
    if (status != OCPP_OK)
        return status == OCPP_ERR_CORRUPT ? OCPP_ERR_STORAGE : status;
    status = parse_own(text, size, own);
    crypto_forget(text, size);
    if (status != OCPP_OK)
        crypto_free_own(own);
    return status;
}

static enum ocpp_status load_exactly(struct crypto_openssl *crypto, enum ocpp_key_use use, enum ocpp_which which,
                                     struct crypto_own *own)
{
    char newest[CRYPTO_NAME_SIZE];
    char settled[CRYPTO_NAME_SIZE];
    crypto_own_name(use, ".new", newest);
    crypto_own_name(use, "", settled);
    const bool has_two = crypto_has_file(crypto, newest);
    if (which == OCPP_PREVIOUS)
        return has_two ? load_file(crypto, settled, own) : OCPP_ERR_NOT_FOUND;
    return load_file(crypto, has_two ? newest : settled, own);
}

bool crypto_v2g_is_own(struct crypto_openssl *crypto)
{
    return crypto_has_file(crypto, "v2g.new.pem") || crypto_has_file(crypto, "v2g.pem");
}

enum ocpp_status crypto_load_own(struct crypto_openssl *crypto, enum ocpp_key_use use, enum ocpp_which which,
                                 struct crypto_own *own)
{
    if (use == OCPP_KEY_STATION || crypto_v2g_is_own(crypto))
        return load_exactly(crypto, use, which, own);
    const enum ocpp_status status = load_exactly(crypto, OCPP_KEY_STATION, which, own);
    if (status != OCPP_OK || own->is_combined)
        return status;
    crypto_free_own(own);
    return OCPP_ERR_NOT_FOUND;
}

enum ocpp_status crypto_read_own_chain(enum ocpp_key_use use, enum ocpp_which which, char *pem, size_t room, size_t *size,
                                       struct ocpp_certificate_info *info, void *user)
{
    struct crypto_own own;
    struct ocpp_certificate_info told;
    if ((unsigned)use >= OCPP_KEY_USE_COUNT || (unsigned)which > OCPP_PREVIOUS)
        return OCPP_ERR_ARGUMENT;
    enum ocpp_status status = crypto_load_own(user, use, which, &own);
    if (status != OCPP_OK)
        return status;
    status = crypto_tell(sk_X509_value(own.chain, 0), &told);
    told.is_combined = own.is_combined;
    BIO *bio = BIO_new(BIO_s_mem());
    if (bio == NULL || !crypto_print_chain(bio, own.chain))
        status = OCPP_ERR_NOMEM;
    if (status == OCPP_OK && pem != NULL)
        status = crypto_hand_out(bio, pem, room, size);
    BIO_free(bio);
    crypto_free_own(&own);
    if (status == OCPP_OK && info != NULL)
        *info = told;
    return status;
}

/* --- the answer to a request ---------------------------------------------------------------------------------------------------
 */

static bool same_entry(const X509_NAME *a, const X509_NAME *b, int nid)
{
    const int at = X509_NAME_get_index_by_NID(a, nid, -1);
    const int other = X509_NAME_get_index_by_NID(b, nid, -1);
    unsigned char *left = NULL;
    unsigned char *right = NULL;
    const int left_size = at >= 0 ? ASN1_STRING_to_UTF8(&left, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(a, at))) : -1;
    const int right_size = other >= 0 ? ASN1_STRING_to_UTF8(&right, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(b, other))) : -1;
    const bool same = left_size >= 0 && left_size == right_size && memcmp(left, right, (size_t)left_size) == 0;
    OPENSSL_free(left);
    OPENSSL_free(right);
    return same;
}

static bool has_right_subject(const X509 *leaf, const X509_REQ *request)
{
    const X509_NAME *subject = X509_get_subject_name(leaf);
    return same_entry(subject, X509_REQ_get_subject_name(request), NID_commonName) &&
           X509_NAME_get_index_by_NID(subject, NID_organizationName, -1) >= 0;
}

/* An extended key usage is not wanted (A00.FR.514), but where there is one it must not forbid what the certificate is for. */
static bool has_right_use(X509 *leaf, enum ocpp_key_use use, bool is_combined)
{
    const uint32_t extended = X509_get_extended_key_usage(leaf);
    const uint32_t client = use == OCPP_KEY_STATION ? XKU_SSL_CLIENT : 0;
    const uint32_t server = use == OCPP_KEY_V2G || is_combined ? XKU_SSL_SERVER : 0;
    return X509_check_ca(leaf) == 0 && ((extended & XKU_ANYEKU) != 0 || (extended & (client | server)) == (client | server));
}

struct acceptance {
    struct crypto_openssl *crypto;
    enum ocpp_key_use use;
    uint32_t roots;
    int64_t utc_ms;
    EVP_PKEY *key; /* NULL: none is pending */
    X509_REQ *request;
    bool is_combined;
};

static enum ocpp_certificate_fault judge_leaf(const struct acceptance *a, X509 *leaf)
{
    enum ocpp_certificate_fault fault = OCPP_CERTIFICATE_GOOD;
    if (crypto_is_weak(leaf))
        return OCPP_CERTIFICATE_WEAK;
    if (a->key == NULL || EVP_PKEY_eq(X509_get0_pubkey(leaf), a->key) != 1)
        crypto_worse(&fault, OCPP_CERTIFICATE_WRONG_KEY);
    else if (!has_right_subject(leaf, a->request))
        crypto_worse(&fault, OCPP_CERTIFICATE_WRONG_SUBJECT);
    else if (!has_right_use(leaf, a->use, a->is_combined))
        crypto_worse(&fault, OCPP_CERTIFICATE_WRONG_USE);
    ERR_clear_error();
    return fault;
}

/* Takes the roots off the end of |path|, which begins with a leaf. */
static enum ocpp_status leave_out_roots(struct crypto_openssl *crypto, uint32_t roots, STACK_OF(X509) * path)
{
    struct crypto_root *list;
    size_t count;
    const enum ocpp_status status = crypto_load_roots(crypto, roots, &list, &count);
    if (status != OCPP_OK)
        return status;
    int keep = 1;
    for (bool is_root = false; keep < sk_X509_num(path); keep++) {
        for (size_t i = 0; i < count && !is_root; i++)
            is_root = X509_cmp(list[i].certificate, sk_X509_value(path, keep)) == 0;
        if (is_root)
            break;
    }
    while (sk_X509_num(path) > keep)
        X509_free(sk_X509_pop(path));
    crypto_free_roots(list, count);
    return OCPP_OK;
}

/* Whether all of it can be named (M03.FR.05) and handed out again. */
static bool can_be_kept(STACK_OF(X509) * path)
{
    struct ocpp_certificate_hash hash;
    char *text;
    BIO *bio = BIO_new(BIO_s_mem());
    bool fits = bio != NULL && crypto_print_chain(bio, path) && BIO_get_mem_data(bio, &text) < OCPP_PEM_SIZE;
    BIO_free(bio);
    for (int i = 0; i < sk_X509_num(path) && fits; i++)
        fits = crypto_hash_certificate(sk_X509_value(path, i), sk_X509_value(path, i), OCPP_HASH_SHA256, &hash) == OCPP_OK;
    return fits;
}

static enum ocpp_status save_newest(const struct acceptance *a, const STACK_OF(X509) * path)
{
    char name[CRYPTO_NAME_SIZE];
    char *text;
    BIO *bio = BIO_new(BIO_s_secmem());
    const bool printed = bio != NULL && (!a->is_combined || BIO_puts(bio, "# combined\n") > 0) &&
                         PEM_write_bio_PrivateKey(bio, a->key, NULL, NULL, 0, NULL, NULL) == 1 && crypto_print_chain(bio, path);
    const long size = printed ? BIO_get_mem_data(bio, &text) : 0;
    crypto_own_name(a->use, ".new", name);
    enum ocpp_status status = size > 0 ? crypto_write_file(a->crypto, name, text, (size_t)size) : crypto_trouble();
    BIO_free(bio);
    return status == OCPP_OK ? crypto_drop_request(a->use, a->crypto) : status;
}

static enum ocpp_status accept(const struct acceptance *a, STACK_OF(X509) * chain, enum ocpp_certificate_fault *fault)
{
    STACK_OF(X509) *path = NULL;
    const enum ocpp_certificate_fault of_leaf = judge_leaf(a, sk_X509_value(chain, 0));
    enum ocpp_status status = crypto_judge_chain(a->crypto, chain, a->roots, a->utc_ms, &path, fault);
    if (status != OCPP_OK && status != OCPP_ERR_VALUE)
        return status;
    crypto_worse(fault, of_leaf);
    if (*fault != OCPP_CERTIFICATE_GOOD)
        status = OCPP_ERR_VALUE;
    if (status == OCPP_OK)
        status = leave_out_roots(a->crypto, a->roots, path);
    if (status == OCPP_OK && !can_be_kept(path)) {
        *fault = OCPP_CERTIFICATE_UNREADABLE;
        status = OCPP_ERR_VALUE;
    }
    if (status == OCPP_OK)
        status = save_newest(a, path);
    crypto_free_chain(path);
    return status;
}

enum ocpp_status crypto_accept_chain(enum ocpp_key_use use, uint32_t roots, const char *pem, size_t size, int64_t utc_ms,
                                     enum ocpp_certificate_fault *fault, void *user)
{
    struct acceptance acceptance = { .crypto = user, .use = use, .roots = roots, .utc_ms = utc_ms };
    STACK_OF(X509) * chain;
    if ((unsigned)use >= OCPP_KEY_USE_COUNT)
        return OCPP_ERR_ARGUMENT;
    enum ocpp_status status = crypto_parse_chain(pem, size, acceptance.crypto->contract.max_chain_bytes, &chain, fault);
    if (status != OCPP_OK)
        return status;
    status = crypto_load_pending(acceptance.crypto, use, &acceptance.key, &acceptance.request, &acceptance.is_combined);
    if (status == OCPP_OK || status == OCPP_ERR_NOT_FOUND)
        status = accept(&acceptance, chain, fault);
    EVP_PKEY_free(acceptance.key);
    X509_REQ_free(acceptance.request);
    crypto_free_chain(chain);
    return status;
}

/* --- which stays
 * ------------------------------------------------------------------------------------------------------------------ */

enum ocpp_status crypto_remove_own(struct crypto_openssl *crypto, enum ocpp_key_use use)
{
    char name[CRYPTO_NAME_SIZE];
    crypto_own_name(use, "", name);
    const enum ocpp_status status =
        crypto_remove_file(crypto, name); /* the older one first: the newer would else give way to it */
    if (status != OCPP_OK)
        return status;
    crypto_own_name(use, ".new", name);
    return crypto_remove_file(crypto, name);
}

static enum ocpp_status settle_newest(struct crypto_openssl *crypto, enum ocpp_key_use use, const char *newest,
                                      const char *settled)
{
    struct crypto_own own;
    enum ocpp_status status = load_file(crypto, newest, &own);
    if (status != OCPP_OK)
        return status;
    const bool is_combined = own.is_combined;
    crypto_free_own(&own);
    if (is_combined && use == OCPP_KEY_STATION)
        status = crypto_remove_own(crypto, OCPP_KEY_V2G); /* before: without one of its own, V2G has the combined one already */
    return status == OCPP_OK ? crypto_rename_file(crypto, newest, settled) : status;
}

enum ocpp_status crypto_settle(enum ocpp_key_use use, enum ocpp_which which, void *user)
{
    struct crypto_openssl *crypto = user;
    char newest[CRYPTO_NAME_SIZE];
    char settled[CRYPTO_NAME_SIZE];
    if ((unsigned)use >= OCPP_KEY_USE_COUNT || (unsigned)which > OCPP_PREVIOUS)
        return OCPP_ERR_ARGUMENT;
    crypto_own_name(use, ".new", newest);
    crypto_own_name(use, "", settled);
    const bool has_new = crypto_has_file(crypto, newest);
    const bool has_settled = crypto_has_file(crypto, settled);
    if (which == OCPP_PREVIOUS)
        return has_new && has_settled ? crypto_remove_file(crypto, newest) : OCPP_ERR_NOT_FOUND;
    if (has_new)
        return settle_newest(crypto, use, newest, settled);
    return has_settled ? OCPP_OK : OCPP_ERR_NOT_FOUND;
}

static enum ocpp_status repair(struct crypto_openssl *crypto, enum ocpp_key_use use)
{
    struct crypto_own own;
    EVP_PKEY *key;
    X509_REQ *request;
    bool is_combined;
    if (crypto_load_pending(crypto, use, &key, &request, &is_combined) != OCPP_OK)
        return OCPP_OK;
    bool is_answered = false;
    if (load_exactly(crypto, use, OCPP_NEWEST, &own) == OCPP_OK) {
        is_answered = EVP_PKEY_eq(own.key, key) == 1;
        crypto_free_own(&own);
    }
    EVP_PKEY_free(key);
    X509_REQ_free(request);
    return is_answered ? crypto_drop_request(use, crypto) : OCPP_OK;
}

enum ocpp_status crypto_repair_own(struct crypto_openssl *crypto)
{
    const enum ocpp_status status = repair(crypto, OCPP_KEY_STATION);
    return status == OCPP_OK ? repair(crypto, OCPP_KEY_V2G) : status;
}
