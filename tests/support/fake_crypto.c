/* fake_crypto.c: the contract over lines of text. */
#include "fake_crypto.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const int64_t far_future_ms = INT64_C(9000000000000);

/* A call that can fail counts, and fails when it is its turn. */
static bool fails(struct fake_crypto *fake)
{
    fake->calls++;
    return fake->fail_at != 0 && (fake->calls == fake->fail_at || (fake->fail_on && fake->calls > fake->fail_at));
}

static enum ocpp_status refuse(enum ocpp_certificate_fault *fault, enum ocpp_certificate_fault found)
{
    *fault = found;
    return found == OCPP_CERTIFICATE_GOOD ? OCPP_OK : OCPP_ERR_VALUE;
}

static enum ocpp_status hand_out(const char *text, char *to, size_t room, size_t *size)
{
    if (strlen(text) >= room)
        return OCPP_ERR_LENGTH;
    memcpy(to, text, strlen(text) + 1);
    if (size != NULL)
        *size = strlen(text);
    return OCPP_OK;
}

/* --- lines -------------------------------------------------------------------------------------------------------------- */

static void field(const char *line, const char *name, char *to, size_t room)
{
    char mark[16];
    (void)snprintf(mark, sizeof mark, " %s=", name);
    const char *at = strstr(line, mark);
    to[0] = '\0';
    if (at != NULL)
        (void)snprintf(to, room, "%.*s", (int)strcspn(at + strlen(mark), " \n"), at + strlen(mark));
}

static int64_t number(const char *line, const char *name)
{
    char text[24];
    field(line, name, text, sizeof text);
    return strtoll(text, NULL, 10);
}

static bool has_word(const char *line, const char *word)
{
    char mark[16];
    (void)snprintf(mark, sizeof mark, " %s", word);
    const char *at = strstr(line, mark);
    return at != NULL && strchr(" \n", at[strlen(mark)]) != NULL;
}

static bool parse_line(const char *line, struct fake_cert *cert)
{
    if (strncmp(line, "CERT ", 5) != 0)
        return false;
    *cert = (struct fake_cert){ .key = (int)number(line, "key"),
                                .from_utc_ms = number(line, "from"),
                                .until_utc_ms = number(line, "until"),
                                .ca = has_word(line, "ca"),
                                .weak = has_word(line, "weak"),
                                .forged = has_word(line, "forged"),
                                .revoked = has_word(line, "revoked"),
                                .nosign = has_word(line, "nosign") };
    field(line, "cn", cert->cn, sizeof cert->cn);
    field(line, "o", cert->o, sizeof cert->o);
    field(line, "issuer", cert->issuer, sizeof cert->issuer);
    field(line, "serial", cert->serial, sizeof cert->serial);
    field(line, "url", cert->url, sizeof cert->url);
    return cert->issuer[0] != '\0';
}

struct chain {
    struct fake_cert certs[OCPP_CHAIN_LENGTH];
    size_t count;
};

static enum ocpp_certificate_fault parse(const struct fake_crypto *fake, const char *pem, size_t size, struct chain *chain)
{
    char text[OCPP_PEM_SIZE];
    chain->count = 0;
    if (size > fake->contract.max_chain_bytes)
        return OCPP_CERTIFICATE_TOO_LARGE;
    (void)snprintf(text, sizeof text, "%.*s\n", (int)size, pem);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char whole[FAKE_CERT_SIZE + 2];
        if (chain->count == OCPP_CHAIN_LENGTH)
            return OCPP_CERTIFICATE_TOO_LARGE;
        if (strlen(line) > FAKE_CERT_SIZE)
            return OCPP_CERTIFICATE_UNREADABLE;
        (void)snprintf(whole, sizeof whole, "%s\n", line);
        if (!parse_line(whole, &chain->certs[chain->count++]))
            return OCPP_CERTIFICATE_UNREADABLE;
    }
    return chain->count > 0 ? OCPP_CERTIFICATE_GOOD : OCPP_CERTIFICATE_UNREADABLE;
}

const char *fake_cert_write(const struct fake_cert *cert, char pem[FAKE_CERT_SIZE])
{
    (void)snprintf(
        pem, FAKE_CERT_SIZE, "CERT cn=%s o=%s key=%d serial=%s issuer=%s from=%" PRId64 " until=%" PRId64 " url=%s%s%s%s%s%s\n",
        cert->cn, cert->o[0] != '\0' ? cert->o : "Example", cert->key, cert->serial[0] != '\0' ? cert->serial : "1", cert->issuer,
        cert->from_utc_ms, cert->until_utc_ms != 0 ? cert->until_utc_ms : far_future_ms, cert->url, cert->ca ? " ca" : "",
        cert->weak ? " weak" : "", cert->forged ? " forged" : "", cert->revoked ? " revoked" : "", cert->nosign ? " nosign" : "");
    return pem;
}

const char *fake_root_pem(const char *name, char pem[FAKE_CERT_SIZE])
{
    struct fake_cert root = { .ca = true, .key = 900 };
    (void)snprintf(root.cn, sizeof root.cn, "%s", name);
    (void)snprintf(root.issuer, sizeof root.issuer, "%s", name);
    return fake_cert_write(&root, pem);
}

const char *fake_sign_request(const char *request, const char *issuer, int64_t from_utc_ms, int64_t until_utc_ms,
                              char pem[FAKE_CERT_SIZE])
{
    struct fake_cert leaf = { .key = (int)number(request, "key"), .from_utc_ms = from_utc_ms, .until_utc_ms = until_utc_ms };
    field(request, "cn", leaf.cn, sizeof leaf.cn);
    field(request, "o", leaf.o, sizeof leaf.o);
    (void)snprintf(leaf.issuer, sizeof leaf.issuer, "%s", issuer);
    (void)snprintf(leaf.serial, sizeof leaf.serial, "a%d", leaf.key);
    return fake_cert_write(&leaf, pem);
}

void fake_add_root(struct fake_crypto *fake, enum ocpp_root_use use, const char *name)
{
    struct fake_root *root = &fake->roots[fake->root_count++];
    *root = (struct fake_root){ .use = use };
    fake_root_pem(name, root->pem);
}

/* --- judgement ------------------------------------------------------------------------------------------------------------ */

static enum ocpp_certificate_fault judge_dates(const struct fake_cert *cert, int64_t utc_ms)
{
    if (utc_ms == OCPP_UTC_UNKNOWN)
        return OCPP_CERTIFICATE_TIME_UNKNOWN;
    if (utc_ms < cert->from_utc_ms)
        return OCPP_CERTIFICATE_NOT_YET_VALID;
    return utc_ms > cert->until_utc_ms ? OCPP_CERTIFICATE_EXPIRED : OCPP_CERTIFICATE_GOOD;
}

static bool find_root(const struct fake_crypto *fake, const char *name, uint32_t roots, struct fake_cert *cert)
{
    for (size_t i = 0; i < fake->root_count; i++) {
        if ((roots & OCPP_ROOT_BIT(fake->roots[i].use)) != 0 && parse_line(fake->roots[i].pem, cert) &&
            strcmp(cert->cn, name) == 0)
            return true;
    }
    return false;
}

static const struct fake_cert *find_issuer(const struct chain *chain, size_t index)
{
    for (size_t i = index + 1; i < chain->count; i++) {
        if (strcmp(chain->certs[i].cn, chain->certs[index].issuer) == 0)
            return &chain->certs[i];
    }
    return NULL;
}

static void worse(enum ocpp_certificate_fault *fault, enum ocpp_certificate_fault found)
{
    if (found != OCPP_CERTIFICATE_GOOD && (*fault == OCPP_CERTIFICATE_GOOD || found < *fault))
        *fault = found;
}

static void judge_one(const struct fake_cert *cert, int64_t utc_ms, enum ocpp_certificate_fault *fault)
{
    worse(fault, judge_dates(cert, utc_ms));
    worse(fault, cert->weak ? OCPP_CERTIFICATE_WEAK : OCPP_CERTIFICATE_GOOD);
    worse(fault, cert->forged ? OCPP_CERTIFICATE_BAD_SIGNATURE : OCPP_CERTIFICATE_GOOD);
    worse(fault, cert->revoked ? OCPP_CERTIFICATE_REVOKED : OCPP_CERTIFICATE_GOOD);
}

static enum ocpp_certificate_fault judge_chain(const struct fake_crypto *fake, const struct chain *chain, uint32_t roots,
                                               int64_t utc_ms)
{
    enum ocpp_certificate_fault fault = chain->certs[0].nosign ? OCPP_CERTIFICATE_WRONG_USE : OCPP_CERTIFICATE_GOOD;
    const struct fake_cert *cert = &chain->certs[0];
    struct fake_cert root;
    for (size_t depth = 0; depth < OCPP_CHAIN_LENGTH; depth++) {
        judge_one(cert, utc_ms, &fault);
        if (depth > 0 && !cert->ca)
            worse(&fault, OCPP_CERTIFICATE_WRONG_USE);
        if (find_root(fake, cert->issuer, roots, &root)) {
            judge_one(&root, utc_ms, &fault);
            return fault;
        }
        cert = find_issuer(chain, (size_t)(cert - chain->certs));
        if (cert == NULL)
            break;
    }
    worse(&fault, OCPP_CERTIFICATE_NO_ROOT);
    return fault;
}

/* --- the station's own ------------------------------------------------------------------------------------------------------ */

static enum ocpp_status make_request(const struct ocpp_certificate_request *request, char *pem, size_t room, size_t *size,
                                     void *user)
{
    struct fake_crypto *fake = user;
    if (fails(fake))
        return fake->failure;
    struct fake_own *own = &fake->own[request->use];
    fake->last_request = *request;
    own->pending_key = ++fake->last_key;
    own->pending_is_combined = request->is_combined;
    (void)snprintf(own->request, sizeof own->request, "REQUEST cn=%s o=%s key=%d\n", request->common_name, request->organization,
                   own->pending_key);
    return hand_out(own->request, pem, room, size);
}

static enum ocpp_status read_request(enum ocpp_key_use use, char *pem, size_t room, size_t *size, bool *is_combined, void *user)
{
    struct fake_crypto *fake = user;
    const struct fake_own *own = &fake->own[use];
    if (fails(fake))
        return fake->failure;
    if (own->pending_key == 0)
        return OCPP_ERR_NOT_FOUND;
    if (is_combined != NULL)
        *is_combined = own->pending_is_combined;
    return hand_out(own->request, pem, room, size);
}

static enum ocpp_status drop_request(enum ocpp_key_use use, void *user)
{
    struct fake_crypto *fake = user;
    if (fails(fake))
        return fake->failure;
    fake->own[use].pending_key = 0;
    return OCPP_OK;
}

static enum ocpp_certificate_fault judge_answer(const struct fake_own *own, const struct fake_cert *leaf)
{
    char cn[65];
    field(own->request, "cn", cn, sizeof cn);
    if (leaf->weak)
        return OCPP_CERTIFICATE_WEAK;
    if (own->pending_key == 0 || leaf->key != own->pending_key)
        return OCPP_CERTIFICATE_WRONG_KEY;
    return strcmp(cn, leaf->cn) == 0 ? OCPP_CERTIFICATE_GOOD : OCPP_CERTIFICATE_WRONG_SUBJECT;
}

static enum ocpp_status accept_chain(enum ocpp_key_use use, uint32_t roots, const char *pem, size_t size, int64_t utc_ms,
                                     enum ocpp_certificate_fault *fault, void *user)
{
    struct fake_crypto *fake = user;
    struct fake_own *own = &fake->own[use];
    struct chain chain;
    if (fails(fake))
        return fake->failure;
    enum ocpp_certificate_fault found = parse(fake, pem, size, &chain);
    if (found == OCPP_CERTIFICATE_GOOD) {
        worse(&found, judge_answer(own, &chain.certs[0]));
        worse(&found, judge_chain(fake, &chain, roots, utc_ms));
    }
    if (found != OCPP_CERTIFICATE_GOOD)
        return refuse(fault, found);
    (void)snprintf(own->newest, sizeof own->newest, "%.*s", (int)size, pem);
    own->newest_is_combined = own->pending_is_combined;
    own->pending_key = 0;
    return OCPP_OK;
}

static enum ocpp_status settle(enum ocpp_key_use use, enum ocpp_which which, void *user)
{
    struct fake_crypto *fake = user;
    struct fake_own *own = &fake->own[use];
    if (fails(fake))
        return fake->failure;
    if (which == OCPP_PREVIOUS && (own->newest[0] == '\0' || own->settled[0] == '\0'))
        return OCPP_ERR_NOT_FOUND;
    if (which == OCPP_NEWEST && own->newest[0] != '\0') {
        memcpy(own->settled, own->newest, sizeof own->settled);
        own->settled_is_combined = own->newest_is_combined;
        if (own->settled_is_combined)
            fake->own[OCPP_KEY_V2G].newest[0] = fake->own[OCPP_KEY_V2G].settled[0] = '\0';
    }
    own->newest[0] = '\0';
    return own->settled[0] != '\0' ? OCPP_OK : OCPP_ERR_NOT_FOUND;
}

/* The chain itself, or NULL. */
static const char *find_own(const struct fake_crypto *fake, enum ocpp_key_use use, enum ocpp_which which, bool *is_combined)
{
    const struct fake_own *own = &fake->own[use];
    const bool is_newest = own->newest[0] != '\0';
    const char *chain = which == OCPP_NEWEST && is_newest ? own->newest : own->settled;
    *is_combined = chain == own->newest ? own->newest_is_combined : own->settled_is_combined;
    if (which == OCPP_PREVIOUS && !is_newest)
        chain = "";
    if (chain[0] != '\0')
        return chain;
    if (use != OCPP_KEY_V2G || own->settled[0] != '\0')
        return NULL;
    chain = find_own(fake, OCPP_KEY_STATION, which, is_combined);
    return chain != NULL && *is_combined ? chain : NULL;
}

static void tell(const struct fake_cert *cert, struct ocpp_certificate_info *info)
{
    *info = (struct ocpp_certificate_info){ .not_before_utc_ms = cert->from_utc_ms,
                                            .not_after_utc_ms = cert->until_utc_ms,
                                            .is_ca = cert->ca };
    (void)snprintf(info->common_name, sizeof info->common_name, "%s", cert->cn);
    (void)snprintf(info->organization, sizeof info->organization, "%s", cert->o);
    (void)snprintf(info->issuer_common_name, sizeof info->issuer_common_name, "%s", cert->issuer);
    (void)snprintf(info->serial_number, sizeof info->serial_number, "%s", cert->serial);
    (void)snprintf(info->responder_url, sizeof info->responder_url, "%s", cert->url);
}

static enum ocpp_status read_own_chain(enum ocpp_key_use use, enum ocpp_which which, char *pem, size_t room, size_t *size,
                                       struct ocpp_certificate_info *info, void *user)
{
    struct fake_crypto *fake = user;
    struct chain parsed;
    bool is_combined;
    if (fails(fake))
        return fake->failure;
    const char *chain = find_own(fake, use, which, &is_combined);
    if (chain == NULL)
        return OCPP_ERR_NOT_FOUND;
    if (info != NULL && parse(fake, chain, strlen(chain), &parsed) == OCPP_CERTIFICATE_GOOD) {
        tell(&parsed.certs[0], info);
        info->is_combined = is_combined;
    }
    return pem != NULL ? hand_out(chain, pem, room, size) : OCPP_OK;
}

/* --- roots ---------------------------------------------------------------------------------------------------------------------
 */

static struct fake_root *find_use(struct fake_crypto *fake, enum ocpp_root_use use, enum ocpp_which which)
{
    for (size_t i = 0; i < fake->root_count; i++) {
        if (fake->roots[i].use == use && fake->roots[i].which == which)
            return &fake->roots[i];
    }
    return NULL;
}

static void remove_root(struct fake_crypto *fake, struct fake_root *root)
{
    const size_t behind = fake->root_count - (size_t)(root - fake->roots) - 1;
    memmove(root, root + 1, behind * sizeof *root);
    fake->root_count--;
}

static struct fake_root *find_pem(struct fake_crypto *fake, enum ocpp_root_use use, const char *pem)
{
    for (size_t i = 0; i < fake->root_count; i++) {
        if (fake->roots[i].use == use && strcmp(fake->roots[i].pem, pem) == 0)
            return &fake->roots[i];
    }
    return NULL;
}

static enum ocpp_status put_root(struct fake_crypto *fake, enum ocpp_root_use use, bool replaces, const char *pem)
{
    struct fake_root *newest = find_use(fake, use, OCPP_NEWEST);
    const bool leaves = replaces && newest != NULL && find_use(fake, use, OCPP_PREVIOUS) != NULL;
    if (fake->root_count - (leaves ? 1 : 0) >= fake->contract.max_roots)
        return OCPP_ERR_LIMIT;
    if (leaves)
        remove_root(fake, newest);
    else if (replaces && newest != NULL)
        newest->which = OCPP_PREVIOUS;
    struct fake_root *root = &fake->roots[fake->root_count++];
    *root = (struct fake_root){ .use = use };
    (void)snprintf(root->pem, sizeof root->pem, "%s", pem);
    return OCPP_OK;
}

static enum ocpp_status install_root(enum ocpp_root_use use, bool replaces, const char *pem, size_t size, int64_t utc_ms,
                                     enum ocpp_certificate_fault *fault, void *user)
{
    struct fake_crypto *fake = user;
    struct chain chain;
    struct fake_cert signer;
    char line[FAKE_CERT_SIZE];
    if (fails(fake))
        return fake->failure;
    enum ocpp_certificate_fault found = parse(fake, pem, size, &chain);
    if (found != OCPP_CERTIFICATE_GOOD || chain.count != 1)
        return refuse(fault, found != OCPP_CERTIFICATE_GOOD ? found : OCPP_CERTIFICATE_UNREADABLE);
    const struct fake_cert *root = &chain.certs[0];
    const bool signs_itself = strcmp(root->cn, root->issuer) == 0;
    const bool is_signed = find_root(fake, root->issuer, OCPP_ROOT_BIT(use), &signer);
    judge_one(root, utc_ms, &found);
    if (!root->ca || (!signs_itself && !is_signed))
        worse(&found, OCPP_CERTIFICATE_NOT_A_ROOT);
    (void)snprintf(line, sizeof line, "%.*s", (int)size, pem);
    const struct fake_root *present = find_pem(fake, use, line);
    const bool is_there = present != NULL && (!replaces || present->which == OCPP_NEWEST);
    if (!is_there && replaces && find_use(fake, use, OCPP_NEWEST) != NULL && (!is_signed || signs_itself))
        worse(&found, OCPP_CERTIFICATE_NOT_SUCCEEDING);
    if (found != OCPP_CERTIFICATE_GOOD)
        return refuse(fault, found);
    return is_there ? OCPP_OK : put_root(fake, use, replaces, line);
}

static enum ocpp_status settle_root(enum ocpp_root_use use, void *user)
{
    struct fake_crypto *fake = user;
    if (fails(fake))
        return fake->failure;
    struct fake_root *previous = find_use(fake, use, OCPP_PREVIOUS);
    if (previous != NULL)
        remove_root(fake, previous);
    return OCPP_OK;
}

static bool has_root(enum ocpp_root_use use, int64_t utc_ms, void *user)
{
    const struct fake_crypto *fake = user;
    for (size_t i = 0; i < fake->root_count; i++) {
        struct fake_cert cert;
        if (fake->roots[i].use == use && parse_line(fake->roots[i].pem, &cert) &&
            (utc_ms == OCPP_UTC_UNKNOWN || judge_dates(&cert, utc_ms) == OCPP_CERTIFICATE_GOOD))
            return true;
    }
    return false;
}

/* A hash that anybody can read: the name of the issuer, and what would be its key. */
static void hash_cert(const struct fake_cert *cert, enum ocpp_hash algorithm, struct ocpp_certificate_hash *hash)
{
    *hash = (struct ocpp_certificate_hash){ .algorithm = algorithm };
    (void)snprintf(hash->issuer_name_hash, sizeof hash->issuer_name_hash, "name-of-%s", cert->issuer);
    (void)snprintf(hash->issuer_key_hash, sizeof hash->issuer_key_hash, "key-of-%s", cert->issuer);
    (void)snprintf(hash->serial_number, sizeof hash->serial_number, "%s", cert->serial);
}

struct visitor {
    bool (*visit)(const struct ocpp_installed *installed, void *visit_user);
    void *user;
    enum ocpp_hash algorithm;
};

static bool show_own(const struct fake_crypto *fake, const struct visitor *visitor, enum ocpp_key_use use, enum ocpp_which which)
{
    struct ocpp_certificate_hash hashes[OCPP_CHAIN_LENGTH];
    struct chain chain;
    bool is_combined;
    const char *pem = find_own(fake, use, which, &is_combined);
    if (pem == NULL || parse(fake, pem, strlen(pem), &chain) != OCPP_CERTIFICATE_GOOD)
        return true;
    for (size_t i = 0; i < chain.count; i++)
        hash_cert(&chain.certs[i], visitor->algorithm, &hashes[i]);
    const struct ocpp_installed installed = {
        .kind = use == OCPP_KEY_V2G ? OCPP_INSTALLED_V2G_CHAIN : OCPP_INSTALLED_STATION_CHAIN,
        .which = which,
        .certificate = &hashes[0],
        .children = &hashes[1],
        .child_count = chain.count - 1,
    };
    return visitor->visit(&installed, visitor->user);
}

static bool show_roots(const struct fake_crypto *fake, const struct visitor *visitor, enum ocpp_root_use use,
                       enum ocpp_which which)
{
    bool more = true;
    for (size_t i = 0; i < fake->root_count && more; i++) {
        const struct fake_root *root = &fake->roots[i];
        struct fake_cert cert;
        struct ocpp_certificate_hash hash;
        if (root->use != use || root->which != which || !parse_line(root->pem, &cert))
            continue;
        hash_cert(&cert, visitor->algorithm, &hash);
        const struct ocpp_installed installed = {
            .kind = OCPP_INSTALLED_ROOT, .root = use, .which = which, .certificate = &hash
        };
        more = visitor->visit(&installed, visitor->user);
    }
    return more;
}

static enum ocpp_status each_installed(enum ocpp_hash algorithm,
                                       bool (*visit)(const struct ocpp_installed *installed, void *visit_user), void *visit_user,
                                       void *user)
{
    struct fake_crypto *fake = user;
    const struct visitor visitor = { visit, visit_user, algorithm };
    bool more = true;
    if (fails(fake))
        return fake->failure;
    for (int use = 0; use < OCPP_ROOT_USE_COUNT && more; use++)
        more = show_roots(fake, &visitor, (enum ocpp_root_use)use, OCPP_NEWEST) &&
               show_roots(fake, &visitor, (enum ocpp_root_use)use, OCPP_PREVIOUS);
    for (int use = 0; use < OCPP_KEY_USE_COUNT && more; use++)
        more = show_own(fake, &visitor, (enum ocpp_key_use)use, OCPP_NEWEST) &&
               show_own(fake, &visitor, (enum ocpp_key_use)use, OCPP_PREVIOUS);
    return OCPP_OK;
}

static bool same_hash(const struct ocpp_certificate_hash *hash, const struct fake_cert *cert)
{
    struct ocpp_certificate_hash other;
    hash_cert(cert, hash->algorithm, &other);
    return strcmp(hash->issuer_name_hash, other.issuer_name_hash) == 0 &&
           strcmp(hash->issuer_key_hash, other.issuer_key_hash) == 0 && strcmp(hash->serial_number, other.serial_number) == 0;
}

static bool is_in(const struct fake_crypto *fake, const struct ocpp_certificate_hash *hash, const char *pem)
{
    struct chain chain;
    if (parse(fake, pem, strlen(pem), &chain) != OCPP_CERTIFICATE_GOOD)
        return false;
    for (size_t i = 0; i < chain.count; i++) {
        if (same_hash(hash, &chain.certs[i]))
            return true;
    }
    return false;
}

static enum ocpp_status delete_certificate(const struct ocpp_certificate_hash *hash, void *user)
{
    struct fake_crypto *fake = user;
    struct fake_own *station = &fake->own[OCPP_KEY_STATION];
    struct fake_own *v2g = &fake->own[OCPP_KEY_V2G];
    size_t csms_roots = 0;
    if (fails(fake))
        return fake->failure;
    for (size_t i = 0; i < fake->root_count; i++)
        csms_roots += fake->roots[i].use == OCPP_ROOT_CSMS;
    for (size_t i = 0; i < fake->root_count; i++) {
        if (!is_in(fake, hash, fake->roots[i].pem))
            continue;
        if (fake->roots[i].use == OCPP_ROOT_CSMS && csms_roots == 1 &&
            (station->newest[0] != '\0' || station->settled[0] != '\0'))
            return OCPP_ERR_STATE;
        remove_root(fake, &fake->roots[i]);
        return OCPP_OK;
    }
    if (is_in(fake, hash, station->newest) || is_in(fake, hash, station->settled))
        return OCPP_ERR_STATE;
    if (!is_in(fake, hash, v2g->newest) && !is_in(fake, hash, v2g->settled))
        return OCPP_ERR_NOT_FOUND;
    v2g->newest[0] = v2g->settled[0] = '\0';
    return OCPP_OK;
}

/* --- certificates of others
 * -------------------------------------------------------------------------------------------------------- */

static enum ocpp_status check_chain(const char *pem, size_t size, uint32_t roots, int64_t utc_ms,
                                    enum ocpp_certificate_fault *fault, void *user)
{
    struct fake_crypto *fake = user;
    struct chain chain;
    if (fails(fake))
        return fake->failure;
    const enum ocpp_certificate_fault found = parse(fake, pem, size, &chain);
    return refuse(fault, found != OCPP_CERTIFICATE_GOOD ? found : judge_chain(fake, &chain, roots, utc_ms));
}

static enum ocpp_status describe(const char *pem, size_t size, size_t index, struct ocpp_certificate_info *info, void *user)
{
    struct fake_crypto *fake = user;
    struct chain chain;
    if (fails(fake))
        return fake->failure;
    if (parse(fake, pem, size, &chain) != OCPP_CERTIFICATE_GOOD)
        return OCPP_ERR_VALUE;
    if (index >= chain.count)
        return OCPP_ERR_NOT_FOUND;
    tell(&chain.certs[index], info);
    return OCPP_OK;
}

/* OCPP_OK: |cert| is there and its issuer is known. */
static enum ocpp_status find_named(struct fake_crypto *fake, const char *pem, size_t size, size_t index, uint32_t roots,
                                   struct fake_cert *cert)
{
    struct chain chain;
    struct fake_cert root;
    if (parse(fake, pem, size, &chain) != OCPP_CERTIFICATE_GOOD)
        return OCPP_ERR_VALUE;
    if (index >= chain.count)
        return OCPP_ERR_NOT_FOUND;
    *cert = chain.certs[index];
    return find_issuer(&chain, index) != NULL || find_root(fake, cert->issuer, roots, &root) ? OCPP_OK : OCPP_ERR_STATE;
}

static enum ocpp_status hash_of(const char *pem, size_t size, size_t index, uint32_t roots, enum ocpp_hash algorithm,
                                struct ocpp_certificate_hash *hash, void *user)
{
    struct fake_crypto *fake = user;
    struct fake_cert cert;
    if (fails(fake))
        return fake->failure;
    const enum ocpp_status status = find_named(fake, pem, size, index, roots, &cert);
    if (status == OCPP_OK)
        hash_cert(&cert, algorithm, hash);
    return status;
}

static enum ocpp_status read_ocsp(const void *der, size_t der_size, const char *pem, size_t size, size_t index, uint32_t roots,
                                  int64_t utc_ms, enum ocpp_revocation *revocation, int64_t *next_update_utc_ms, void *user)
{
    struct fake_crypto *fake = user;
    struct fake_cert cert;
    if (fails(fake))
        return fake->failure;
    const enum ocpp_status status = find_named(fake, pem, size, index, roots, &cert);
    if (status != OCPP_OK)
        return status == OCPP_ERR_NOT_FOUND ? OCPP_ERR_VALUE : status;
    if (der_size < 4 || memcmp(der, "OCSP", 4) != 0 || (utc_ms != OCPP_UTC_UNKNOWN && utc_ms > fake->next_update_utc_ms))
        return OCPP_ERR_VALUE;
    *revocation = fake->revocation;
    *next_update_utc_ms = fake->next_update_utc_ms;
    return OCPP_OK;
}

/* --- hashes and signatures
 * ------------------------------------------------------------------------------------------------------------ */

struct ocpp_digest {
    enum ocpp_hash algorithm;
    uint64_t state;
};

static const size_t digest_sizes[] = { [OCPP_HASH_SHA256] = 32, [OCPP_HASH_SHA384] = 48, [OCPP_HASH_SHA512] = 64 };

/* FNV-1a: every byte and its place count. */
static void mix(struct ocpp_digest *digest, const void *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        digest->state = (digest->state ^ ((const unsigned char *)bytes)[i]) * UINT64_C(1099511628211);
}

static struct ocpp_digest begin(enum ocpp_hash algorithm)
{
    return (struct ocpp_digest){ .algorithm = algorithm, .state = UINT64_C(14695981039346656037) + algorithm };
}

static void end(const struct ocpp_digest *digest, unsigned char bytes[OCPP_DIGEST_SIZE])
{
    for (size_t i = 0; i < digest_sizes[digest->algorithm]; i++)
        bytes[i] = (unsigned char)(digest->state >> (8 * (i % 8)));
}

void fake_digest(enum ocpp_hash algorithm, const void *bytes, size_t size, unsigned char digest[OCPP_DIGEST_SIZE])
{
    struct ocpp_digest state = begin(algorithm);
    mix(&state, bytes, size);
    end(&state, digest);
}

static enum ocpp_status digest_begin(enum ocpp_hash algorithm, struct ocpp_digest **digest, void *user)
{
    struct fake_crypto *fake = user;
    if (fails(fake))
        return fake->failure;
    *digest = malloc(sizeof **digest);
    if (*digest == NULL)
        abort();
    **digest = begin(algorithm);
    fake->open_digests++;
    return OCPP_OK;
}

static enum ocpp_status digest_add(struct ocpp_digest *digest, const void *bytes, size_t size, void *user)
{
    struct fake_crypto *fake = user;
    if (fails(fake))
        return fake->failure;
    mix(digest, bytes, size);
    return OCPP_OK;
}

static void digest_drop(struct ocpp_digest *digest, void *user)
{
    struct fake_crypto *fake = user;
    fake->open_digests -= digest != NULL;
    free(digest);
}

static enum ocpp_status digest_end(struct ocpp_digest *digest, unsigned char bytes[OCPP_DIGEST_SIZE], size_t *size, void *user)
{
    struct fake_crypto *fake = user;
    const bool failed = fails(fake);
    if (!failed) {
        end(digest, bytes);
        *size = digest_sizes[digest->algorithm];
    }
    digest_drop(digest, fake);
    return failed ? fake->failure : OCPP_OK;
}

size_t fake_signature(int key, const unsigned char *digest, size_t size, char text[64])
{
    (void)size;
    int length = snprintf(text, 64, "SIGNED key=%d digest=", key);
    for (int i = 0; i < 8; i++)
        length += snprintf(text + length, 64 - (size_t)length, "%02x", digest[i]);
    return (size_t)length;
}

static enum ocpp_status verify(const struct ocpp_public_key *key, enum ocpp_hash algorithm, const unsigned char *digest,
                               const void *signature, size_t signature_size, enum ocpp_certificate_fault *fault, void *user)
{
    struct fake_crypto *fake = user;
    struct chain chain;
    char wanted[64];
    if (fails(fake))
        return fake->failure;
    if (key->form != OCPP_PUBLIC_KEY_CERTIFICATE || parse(fake, key->bytes, key->size, &chain) != OCPP_CERTIFICATE_GOOD)
        return refuse(fault, OCPP_CERTIFICATE_UNREADABLE);
    const size_t length = fake_signature(chain.certs[0].key, digest, digest_sizes[algorithm], wanted);
    const bool same = signature_size == length && memcmp(signature, wanted, length) == 0;
    return refuse(fault, same ? OCPP_CERTIFICATE_GOOD : OCPP_CERTIFICATE_BAD_SIGNATURE);
}

void fake_crypto_init(struct fake_crypto *fake)
{
    *fake = (struct fake_crypto){ .failure = OCPP_ERR_STORAGE, .next_update_utc_ms = far_future_ms };
    fake->contract = (struct ocpp_crypto){
        .make_request = make_request,
        .read_request = read_request,
        .drop_request = drop_request,
        .accept_chain = accept_chain,
        .settle = settle,
        .read_own_chain = read_own_chain,
        .install_root = install_root,
        .settle_root = settle_root,
        .each_installed = each_installed,
        .delete_certificate = delete_certificate,
        .has_root = has_root,
        .check_chain = check_chain,
        .describe = describe,
        .hash_of = hash_of,
        .read_ocsp = read_ocsp,
        .digest_begin = digest_begin,
        .digest_add = digest_add,
        .digest_end = digest_end,
        .digest_drop = digest_drop,
        .verify = verify,
        .max_roots = 8,
        .max_chain_bytes = OCPP_PEM_SIZE - 1,
        .user = fake,
    };
}
