/* crypto_roots.c: the roots, a file each, and one root succeeding another.
 *
 * A root that replaces another says so in its own file, so that one rename makes it the newest and the other the previous. When a
 * newest that was never settled is replaced in turn, the file of the third says so too, and the second is removed behind it.
 */
#include "crypto_openssl.h"

#include "adapter_support.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const use_names[OCPP_ROOT_USE_COUNT] = {
    [OCPP_ROOT_CSMS] = "csms",
    [OCPP_ROOT_MANUFACTURER] = "manufacturer",
    [OCPP_ROOT_V2G] = "v2g",
    [OCPP_ROOT_MO] = "mo",
};

static bool write_id(const X509 *certificate, char id[CRYPTO_ID_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size;
    if (X509_digest(certificate, EVP_sha256(), digest, &size) != 1)
        return false;
    for (size_t i = 0; i < (CRYPTO_ID_SIZE - 1) / 2; i++)
        (void)snprintf(id + 2 * i, 3, "%02x", digest[i]);
    return true;
}

static void write_name(enum ocpp_root_use use, const char *id, char name[CRYPTO_NAME_SIZE])
{
    (void)snprintf(name, CRYPTO_NAME_SIZE, "root-%s-%s.pem", use_names[use], id);
}

bool crypto_note_of(const char *text, const char *note, char *value, size_t room)
{
    const char *begin = strstr(text, "-----BEGIN ");
    const char *at = strstr(text, note);
    if (at == NULL || begin == NULL || at > begin)
        return false;
    at += strlen(note);
    const size_t length = strcspn(at, "\n");
    if (length >= room)
        return false;
    memcpy(value, at, length);
    value[length] = '\0';
    return true;
}

/* --- reading -------------------------------------------------------------------------------------------------------------- */

static void free_root(struct crypto_root *root)
{
    X509_free(root->certificate);
    X509_free(root->issuer);
    *root = (struct crypto_root){ 0 };
}

void crypto_free_roots(struct crypto_root *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free_root(&list[i]);
    free(list);
}

static enum ocpp_status parse_root(const char *text, size_t size, struct crypto_root *root)
{
    enum ocpp_certificate_fault fault;
    STACK_OF(X509) * chain;
    const enum ocpp_status status = crypto_parse_chain(text, size, CRYPTO_FILE_LIMIT, &chain, &fault);
    if (status != OCPP_OK)
        return status == OCPP_ERR_VALUE ? OCPP_ERR_CORRUPT : status;
    root->certificate = sk_X509_shift(chain);
    root->issuer = sk_X509_shift(chain);
    if (root->issuer == NULL && X509_up_ref(root->certificate) == 1)
        root->issuer = root->certificate;
    crypto_free_chain(chain);
    (void)crypto_note_of(text, "# replaces ", root->replaces, sizeof root->replaces);
    (void)crypto_note_of(text, "# instead of ", root->instead_of, sizeof root->instead_of);
    return write_id(root->certificate, root->id) ? OCPP_OK : crypto_trouble();
}

static enum ocpp_status load_root(struct crypto_openssl *crypto, enum ocpp_root_use use, const char *name,
                                  struct crypto_root *root)
{
    char *text;
    size_t size;
    *root = (struct crypto_root){ .use = use };
    enum ocpp_status status = crypto_read_file(crypto, name, &text, &size);
    if (status != OCPP_OK)
        return status;
    status = parse_root(text, size, root);
    crypto_forget(text, size);
    memcpy(root->name, name, strlen(name) + 1);
    if (status != OCPP_OK)
        free_root(root);
    return status;
}

static enum ocpp_status load_use(struct crypto_openssl *crypto, enum ocpp_root_use use, struct crypto_root *list, size_t *count)
{
    char prefix[CRYPTO_NAME_SIZE];
    char(*names)[CRYPTO_NAME_SIZE];
    size_t found;
    (void)snprintf(prefix, sizeof prefix, "root-%s-", use_names[use]);
    enum ocpp_status status = crypto_list_files(crypto, prefix, &names, &found);
    if (status != OCPP_OK)
        return status;
    for (size_t i = 0; i < found && *count < CRYPTO_FILES_LIMIT && status == OCPP_OK; i++) {
        status = load_root(crypto, use, names[i], &list[*count]);
        if (status == OCPP_OK)
            (*count)++;
        if (status != OCPP_ERR_CORRUPT)
            continue;
        adapter_log(&crypto->log, OCPP_LOG_ERROR, "the root certificate in %s cannot be read and is not trusted", names[i]);
        status = OCPP_OK;
    }
    free(names);
    return status;
}

static const struct crypto_root *find_id(const struct crypto_root *list, size_t count, enum ocpp_root_use use, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].use == use && strcmp(list[i].id, id) == 0)
            return &list[i];
    }
    return NULL;
}

static bool is_replaced(const struct crypto_root *list, size_t count, const struct crypto_root *root)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].use == root->use && strcmp(list[i].replaces, root->id) == 0)
            return true;
    }
    return false;
}

static int by_use_and_age(const void *left, const void *right)
{
    const struct crypto_root *a = left;
    const struct crypto_root *b = right;
    if (a->use != b->use)
        return (int)a->use - (int)b->use;
    return a->which != b->which ? (int)a->which - (int)b->which : strcmp(a->name, b->name);
}

enum ocpp_status crypto_load_roots(struct crypto_openssl *crypto, uint32_t roots, struct crypto_root **list, size_t *count)
{
    struct crypto_root *found = calloc(CRYPTO_FILES_LIMIT, sizeof *found);
    size_t number = 0;
    enum ocpp_status status = found != NULL ? OCPP_OK : OCPP_ERR_NOMEM;
    for (int use = 0; use < OCPP_ROOT_USE_COUNT && status == OCPP_OK; use++) {
        if ((roots & OCPP_ROOT_BIT(use)) != 0)
            status = load_use(crypto, (enum ocpp_root_use)use, found, &number);
    }
    if (status != OCPP_OK) {
        crypto_free_roots(found, number);
        return status;
    }
    for (size_t i = 0; i < number; i++)
        found[i].which = is_replaced(found, number, &found[i]) ? OCPP_PREVIOUS : OCPP_NEWEST;
    qsort(found, number, sizeof *found, by_use_and_age);
    *list = found;
    *count = number;
    return OCPP_OK;
}

/* --- writing --------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status save(struct crypto_openssl *crypto, const struct crypto_root *root)
{
    BIO *bio = BIO_new(BIO_s_mem());
    bool printed = bio != NULL;
    if (printed && root->replaces[0] != '\0')
        printed = BIO_printf(bio, "# replaces %s\n", root->replaces) > 0;
    if (printed && root->instead_of[0] != '\0')
        printed = BIO_printf(bio, "# instead of %s\n", root->instead_of) > 0;
    printed = printed && PEM_write_bio_X509(bio, root->certificate) == 1;
    if (printed && root->issuer != root->certificate)
        printed = PEM_write_bio_X509(bio, root->issuer) == 1;
    char *text;
    const long size = printed ? BIO_get_mem_data(bio, &text) : 0;
    const enum ocpp_status status = size > 0 ? crypto_write_file(crypto, root->name, text, (size_t)size) : OCPP_ERR_NOMEM;
    BIO_free(bio);
    return status;
}

/* What others say of the root |id| is about one that is gone; one of the same id that comes now is a new one. */
static enum ocpp_status forget_notes_of(struct crypto_openssl *crypto, struct crypto_root *list, size_t count,
                                        enum ocpp_root_use use, const char *id)
{
    for (size_t i = 0; i < count; i++) {
        const bool is_of = strcmp(list[i].replaces, id) == 0 || strcmp(list[i].instead_of, id) == 0;
        if (list[i].use != use || !is_of)
            continue;
        if (strcmp(list[i].replaces, id) == 0)
            list[i].replaces[0] = '\0';
        list[i].instead_of[0] = '\0';
        const enum ocpp_status status = save(crypto, &list[i]);
        if (status != OCPP_OK)
            return status;
    }
    return OCPP_OK;
}

static bool has_signed(X509 *signer, X509 *certificate)
{
    const bool has =
        X509_check_issued(signer, certificate) == X509_V_OK && X509_verify(certificate, X509_get0_pubkey(signer)) == 1;
    ERR_clear_error();
    return has;
}

static const struct crypto_root *find_signer(const struct crypto_root *list, size_t count, const struct crypto_root *of)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].use == of->use && strcmp(list[i].id, of->id) != 0 && has_signed(list[i].certificate, of->certificate))
            return &list[i];
    }
    return NULL;
}

static const struct crypto_root *find_previous(const struct crypto_root *list, size_t count, enum ocpp_root_use use)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].use == use && list[i].which == OCPP_PREVIOUS)
            return &list[i];
    }
    return NULL;
}

static bool has_any(const struct crypto_root *list, size_t count, enum ocpp_root_use use)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].use == use)
            return true;
    }
    return false;
}

/* The newest that |root| comes instead of, when there is a previous already. */
static const struct crypto_root *find_unsettled(const struct crypto_root *list, size_t count, const struct crypto_root *previous)
{
    for (size_t i = 0; i < count; i++) {
        if (list[i].use == previous->use && strcmp(list[i].replaces, previous->id) == 0)
            return &list[i];
    }
    return NULL;
}

static enum ocpp_certificate_fault judge_successor(const struct crypto_root *list, size_t count, struct crypto_root *root)
{
    const struct crypto_root *signer = find_signer(list, count, root);
    if (signer == NULL)
        return OCPP_CERTIFICATE_NOT_SUCCEEDING;
    if (X509_up_ref(signer->certificate) == 1)
        root->issuer = signer->certificate;
    const struct crypto_root *previous = find_previous(list, count, root->use);
    const struct crypto_root *unsettled = previous != NULL ? find_unsettled(list, count, previous) : NULL;
    memcpy(root->replaces, previous != NULL ? previous->id : signer->id, CRYPTO_ID_SIZE);
    if (unsettled != NULL)
        memcpy(root->instead_of, unsettled->id, CRYPTO_ID_SIZE);
    return OCPP_CERTIFICATE_GOOD;
}

static enum ocpp_certificate_fault judge_addition(const struct crypto_root *list, size_t count, struct crypto_root *root)
{
    const struct crypto_root *signer = find_signer(list, count, root);
    X509 *issuer = crypto_signs_itself(root->certificate) ? root->certificate : signer != NULL ? signer->certificate : NULL;
    if (issuer == NULL || X509_up_ref(issuer) != 1)
        return OCPP_CERTIFICATE_NOT_A_ROOT;
    root->issuer = issuer;
    return OCPP_CERTIFICATE_GOOD;
}

/* Fills in what |root| is to say of others. */
static enum ocpp_certificate_fault judge_root(const struct crypto_root *list, size_t count, bool replaces, int64_t utc_ms,
                                              struct crypto_root *root)
{
    struct ocpp_certificate_hash hash;
    if (crypto_is_weak(root->certificate))
        return OCPP_CERTIFICATE_WEAK;
    if (X509_check_ca(root->certificate) != 1)
        return OCPP_CERTIFICATE_NOT_A_ROOT;
    const enum ocpp_certificate_fault fault =
        replaces && has_any(list, count, root->use) ? judge_successor(list, count, root) : judge_addition(list, count, root);
    if (fault != OCPP_CERTIFICATE_GOOD)
        return fault;
    if (crypto_hash_certificate(root->certificate, root->issuer, OCPP_HASH_SHA256, &hash) != OCPP_OK)
        return OCPP_CERTIFICATE_UNREADABLE; /* nobody could name it */
    return crypto_judge_dates(root->certificate, utc_ms);
}

static enum ocpp_status put_root(struct crypto_openssl *crypto, struct crypto_root *list, size_t count, struct crypto_root *root)
{
    const size_t leaves = root->instead_of[0] != '\0' ? 1 : 0;
    char name[CRYPTO_NAME_SIZE];
    if (count - leaves >= crypto->contract.max_roots)
        return OCPP_ERR_LIMIT;
    enum ocpp_status status = forget_notes_of(crypto, list, count, root->use, root->id);
    if (status != OCPP_OK)
        return status;
    write_name(root->use, root->id, root->name);
    status = save(crypto, root);
    if (status != OCPP_OK || leaves == 0)
        return status;
    write_name(root->use, root->instead_of, name);
    return crypto_remove_file(crypto, name);
}

static enum ocpp_status install(struct crypto_openssl *crypto, bool replaces, int64_t utc_ms, struct crypto_root *root,
                                enum ocpp_certificate_fault *fault)
{
    struct crypto_root *list;
    size_t count;
    enum ocpp_status status = crypto_load_roots(crypto, UINT32_MAX, &list, &count);
    if (status != OCPP_OK)
        return status;
    const struct crypto_root *present = find_id(list, count, root->use, root->id);
    const bool is_there = present != NULL && (!replaces || present->which == OCPP_NEWEST);
    *fault = is_there ? crypto_judge_dates(root->certificate, utc_ms) : judge_root(list, count, replaces, utc_ms, root);
    if (*fault != OCPP_CERTIFICATE_GOOD)
        status = OCPP_ERR_VALUE;
    else if (!is_there)
        status = put_root(crypto, list, count, root);
    crypto_free_roots(list, count);
    return status;
}

enum ocpp_status crypto_install_root(enum ocpp_root_use use, bool replaces, const char *pem, size_t size, int64_t utc_ms,
                                     enum ocpp_certificate_fault *fault, void *user)
{
    struct crypto_openssl *crypto = user;
    STACK_OF(X509) * chain;
    if ((unsigned)use >= OCPP_ROOT_USE_COUNT)
        return OCPP_ERR_ARGUMENT;
    enum ocpp_status status = crypto_parse_chain(pem, size, crypto->contract.max_chain_bytes, &chain, fault);
    if (status != OCPP_OK)
        return status;
    struct crypto_root root = { .use = use };
    *fault = OCPP_CERTIFICATE_UNREADABLE;
    status = OCPP_ERR_VALUE;
    if (sk_X509_num(chain) == 1) {
        root.certificate = sk_X509_shift(chain);
        status = write_id(root.certificate, root.id) ? install(crypto, replaces, utc_ms, &root, fault) : crypto_trouble();
    }
    free_root(&root);
    crypto_free_chain(chain);
    return status;
}

enum ocpp_status crypto_settle_root(enum ocpp_root_use use, void *user)
{
    struct crypto_openssl *crypto = user;
    struct crypto_root *list;
    size_t count;
    if ((unsigned)use >= OCPP_ROOT_USE_COUNT)
        return OCPP_ERR_ARGUMENT;
    enum ocpp_status status = crypto_load_roots(crypto, OCPP_ROOT_BIT(use), &list, &count);
    if (status != OCPP_OK)
        return status;
    for (size_t i = 0; i < count && status == OCPP_OK; i++) {
        if (list[i].which == OCPP_PREVIOUS)
            status = crypto_remove_file(crypto, list[i].name);
    }
    crypto_free_roots(list, count);
    return status;
}

enum ocpp_status crypto_repair_roots(struct crypto_openssl *crypto)
{
    struct crypto_root *list;
    size_t count;
    char name[CRYPTO_NAME_SIZE];
    enum ocpp_status status = crypto_load_roots(crypto, UINT32_MAX, &list, &count);
    if (status != OCPP_OK)
        return status;
    for (size_t i = 0; i < count && status == OCPP_OK; i++) {
        if (list[i].instead_of[0] == '\0')
            continue;
        write_name(list[i].use, list[i].instead_of, name);
        status = crypto_remove_file(crypto, name);
    }
    crypto_free_roots(list, count);
    return status;
}

bool crypto_has_root(enum ocpp_root_use use, int64_t utc_ms, void *user)
{
    struct crypto_root *list;
    size_t count;
    bool has = false;
    if ((unsigned)use >= OCPP_ROOT_USE_COUNT || crypto_load_roots(user, OCPP_ROOT_BIT(use), &list, &count) != OCPP_OK)
        return false;
    for (size_t i = 0; i < count && !has; i++)
        has = utc_ms == OCPP_UTC_UNKNOWN || crypto_judge_dates(list[i].certificate, utc_ms) == OCPP_CERTIFICATE_GOOD;
    crypto_free_roots(list, count);
    return has;
}
