/* crypto_installed.c: everything that is installed, shown by its hashes, and deleted by them (M03, M04). */
#include "crypto_openssl.h"

#include <string.h>

/* --- showing -----------------------------------------------------------------------------------------------------------------
 */

struct showing {
    struct crypto_openssl *crypto;
    const struct crypto_root *roots;
    size_t root_count;
    enum ocpp_hash algorithm;
    bool (*visit)(const struct ocpp_installed *installed, void *visit_user);
    void *visit_user;
    bool is_over;
};

static enum ocpp_status show_roots(struct showing *show)
{
    for (size_t i = 0; i < show->root_count && !show->is_over; i++) {
        const struct crypto_root *root = &show->roots[i];
        struct ocpp_certificate_hash hash;
        const enum ocpp_status status = crypto_hash_certificate(root->certificate, root->issuer, show->algorithm, &hash);
        if (status != OCPP_OK)
            return status;
        const struct ocpp_installed installed = {
            .kind = OCPP_INSTALLED_ROOT, .root = root->use, .which = root->which, .certificate = &hash
        };
        show->is_over = !show->visit(&installed, show->visit_user);
    }
    return OCPP_OK;
}

/* The hashes of |chain|, as many as there are: who signed the last may have been deleted, and then nothing can name it. */
static enum ocpp_status hash_chain(const struct showing *show, const STACK_OF(X509) * chain,
                                   struct ocpp_certificate_hash hashes[OCPP_CHAIN_LENGTH], size_t *count)
{
    enum ocpp_status status = OCPP_OK;
    size_t i = 0;
    for (; i < (size_t)sk_X509_num(chain) && i < OCPP_CHAIN_LENGTH && status == OCPP_OK; i++) {
        const X509 *issuer = crypto_issuer_of(chain, i, show->roots, show->root_count);
        if (issuer == NULL)
            break;
        status = crypto_hash_certificate(sk_X509_value(chain, (int)i), issuer, show->algorithm, &hashes[i]);
    }
    *count = i;
    return status;
}

static enum ocpp_status show_own(struct showing *show, enum ocpp_installed_kind kind, enum ocpp_which which)
{
    struct ocpp_certificate_hash hashes[OCPP_CHAIN_LENGTH];
    struct crypto_own own;
    size_t count = 0;
    if (show->is_over)
        return OCPP_OK;
    const enum ocpp_key_use use = kind == OCPP_INSTALLED_V2G_CHAIN ? OCPP_KEY_V2G : OCPP_KEY_STATION;
    enum ocpp_status status = crypto_load_own(show->crypto, use, which, &own);
    if (status != OCPP_OK)
        return status == OCPP_ERR_NOT_FOUND ? OCPP_OK : status;
    status = hash_chain(show, own.chain, hashes, &count);
    if (status == OCPP_OK && count > 0) {
        const struct ocpp_installed installed = {
            .kind = kind, .which = which, .certificate = &hashes[0], .children = &hashes[1], .child_count = count - 1
        };
        show->is_over = !show->visit(&installed, show->visit_user);
    }
    crypto_free_own(&own);
    return status;
}

static enum ocpp_status show_all(struct showing *show)
{
    enum ocpp_status status = show_roots(show);
    if (status == OCPP_OK)
        status = show_own(show, OCPP_INSTALLED_STATION_CHAIN, OCPP_NEWEST);
    if (status == OCPP_OK)
        status = show_own(show, OCPP_INSTALLED_STATION_CHAIN, OCPP_PREVIOUS);
    if (status == OCPP_OK)
        status = show_own(show, OCPP_INSTALLED_V2G_CHAIN, OCPP_NEWEST);
    return status == OCPP_OK ? show_own(show, OCPP_INSTALLED_V2G_CHAIN, OCPP_PREVIOUS) : status;
}

enum ocpp_status crypto_each_installed(enum ocpp_hash algorithm,
                                       bool (*visit)(const struct ocpp_installed *installed, void *visit_user), void *visit_user,
                                       void *user)
{
    struct crypto_root *roots;
    struct showing show = { .crypto = user, .algorithm = algorithm, .visit = visit, .visit_user = visit_user };
    if (crypto_md(algorithm) == NULL)
        return OCPP_ERR_ARGUMENT;
    enum ocpp_status status = crypto_load_roots(user, UINT32_MAX, &roots, &show.root_count);
    if (status != OCPP_OK)
        return status;
    show.roots = roots;
    status = show_all(&show);
    crypto_free_roots(roots, show.root_count);
    return status;
}

/* --- deleting
 * ------------------------------------------------------------------------------------------------------------------- */

enum found { FOUND_NOTHING, FOUND_ROOT, FOUND_STATION, FOUND_V2G };

struct search {
    const struct ocpp_certificate_hash *hash;
    enum found found;
    size_t index;      /* how many roots were shown before the one that was found */
    size_t csms_roots; /* how many the central system has */
    enum ocpp_root_use root;
    bool has_station;
};

static bool is_among(const struct ocpp_certificate_hash *hash, const struct ocpp_installed *installed)
{
    bool is = crypto_same_hash(hash, installed->certificate);
    for (size_t i = 0; i < installed->child_count && !is; i++)
        is = crypto_same_hash(hash, &installed->children[i]);
    return is;
}

static bool look(const struct ocpp_installed *installed, void *user)
{
    struct search *search = user;
    const bool is_root = installed->kind == OCPP_INSTALLED_ROOT;
    search->csms_roots += is_root && installed->root == OCPP_ROOT_CSMS;
    search->has_station |= installed->kind == OCPP_INSTALLED_STATION_CHAIN;
    if (search->found != FOUND_NOTHING)
        return true;
    if (!is_among(search->hash, installed)) {
        search->index += is_root;
        return true;
    }
    search->root = installed->root;
    search->found = is_root ? FOUND_ROOT : installed->kind == OCPP_INSTALLED_STATION_CHAIN ? FOUND_STATION : FOUND_V2G;
    return true;
}

static enum ocpp_status delete_root(struct crypto_openssl *crypto, const struct search *search)
{
    struct crypto_root *roots;
    size_t count;
    if (search->root == OCPP_ROOT_CSMS && search->csms_roots == 1 && search->has_station)
        return OCPP_ERR_STATE;
    enum ocpp_status status = crypto_load_roots(crypto, UINT32_MAX, &roots, &count);
    if (status != OCPP_OK)
        return status;
    status = search->index < count ? crypto_remove_file(crypto, roots[search->index].name) : OCPP_ERR_NOT_FOUND;
    crypto_free_roots(roots, count);
    return status;
}

enum ocpp_status crypto_delete_certificate(const struct ocpp_certificate_hash *hash, void *user)
{
    struct search search = { .hash = hash };
    const enum ocpp_status status = crypto_each_installed(hash->algorithm, look, &search, user);
    if (status != OCPP_OK)
        return status;
    switch (search.found) {
    case FOUND_ROOT:
        return delete_root(user, &search);
    case FOUND_STATION:
        return OCPP_ERR_STATE;
    case FOUND_V2G:
        return crypto_remove_own(user, OCPP_KEY_V2G);
    case FOUND_NOTHING:
        break;
    }
    return OCPP_ERR_NOT_FOUND;
}
