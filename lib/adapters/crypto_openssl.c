/* crypto_openssl.c: opening and closing the folder of keys and certificates. */
#define _DEFAULT_SOURCE
#include "crypto_openssl.h"

#include "adapter_support.h"

#include <ocpp/adapters.h>

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum ocpp_status crypto_trouble(void)
{
    const unsigned long code = ERR_peek_error();
    const bool no_memory = ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE;
    ERR_clear_error();
    return no_memory ? OCPP_ERR_NOMEM : OCPP_ERR_CRYPTO;
}

/* --- certificates of others ---------------------------------------------------------------------------------------------------
 */

static enum ocpp_status check_chain(const char *pem, size_t size, uint32_t roots, int64_t utc_ms,
                                    enum ocpp_certificate_fault *fault, void *user)
{
    struct crypto_openssl *crypto = user;
    STACK_OF(X509) * chain;
    enum ocpp_status status = crypto_parse_chain(pem, size, crypto->contract.max_chain_bytes, &chain, fault);
    if (status != OCPP_OK)
        return status;
    status = crypto_judge_chain(crypto, chain, roots, utc_ms, NULL, fault);
    crypto_free_chain(chain);
    return status;
}

static const struct ocpp_crypto contract = {
    .make_request = crypto_make_request,
    .read_request = crypto_read_request,
    .drop_request = crypto_drop_request,
    .accept_chain = crypto_accept_chain,
    .settle = crypto_settle,
    .read_own_chain = crypto_read_own_chain,
    .install_root = crypto_install_root,
    .settle_root = crypto_settle_root,
    .each_installed = crypto_each_installed,
    .delete_certificate = crypto_delete_certificate,
    .has_root = crypto_has_root,
    .check_chain = check_chain,
    .describe = crypto_describe,
    .hash_of = crypto_hash_of,
    .read_ocsp = crypto_read_ocsp,
    .digest_begin = crypto_digest_begin,
    .digest_add = crypto_digest_add,
    .digest_end = crypto_digest_end,
    .digest_drop = crypto_digest_drop,
    .verify = crypto_verify,
};

bool ocpp_crypto_is_openssl(const struct ocpp_crypto *crypto)
{
    return crypto != NULL && crypto->make_request == crypto_make_request;
}

/* --- opening ------------------------------------------------------------------------------------------------------------------
 */

struct ocpp_crypto_openssl_settings ocpp_crypto_openssl_settings_default(void)
{
    return (struct ocpp_crypto_openssl_settings){ .max_roots = 16, .max_chain_bytes = OCPP_PEM_SIZE - 1 };
}

static enum ocpp_status fail(enum ocpp_status status, char *reason, size_t room, const char *format, ...) OCPP_PRINTF(4, 5);

static enum ocpp_status fail(enum ocpp_status status, char *reason, size_t room, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (reason != NULL)
        (void)vsnprintf(reason, room, format, arguments);
    va_end(arguments);
    return status;
}

static enum ocpp_status open_folder(struct crypto_openssl *crypto, const char *path, char *reason, size_t room)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return fail(OCPP_ERR_STORAGE, reason, room, "%s: %s", path, strerror(errno));
    crypto->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (crypto->folder < 0)
        return fail(OCPP_ERR_STORAGE, reason, room, "%s: %s", path, strerror(errno));
    crypto->lock = openat(crypto->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (crypto->lock < 0)
        return fail(OCPP_ERR_STORAGE, reason, room, "%s: cannot be written: %s", path, strerror(errno));
    if (flock(crypto->lock, LOCK_EX | LOCK_NB) != 0)
        return fail(OCPP_ERR_LOCKED, reason, room, "%s: in use by another process", path);
    return OCPP_OK;
}

/* What was being written when the power went. */
static enum ocpp_status remove_temporary(struct crypto_openssl *crypto)
{
    char(*names)[CRYPTO_NAME_SIZE];
    size_t count;
    enum ocpp_status status = crypto_list_files(crypto, "", &names, &count);
    if (status != OCPP_OK)
        return status;
    for (size_t i = 0; i < count && status == OCPP_OK; i++) {
        const size_t length = strlen(names[i]);
        if (length > 4 && strcmp(names[i] + length - 4, ".tmp") == 0)
            status = crypto_remove_file(crypto, names[i]);
    }
    free(names);
    return status;
}

static enum ocpp_status repair(struct crypto_openssl *crypto, const char *path, char *reason, size_t room)
{
    enum ocpp_status status = remove_temporary(crypto);
    if (status == OCPP_OK)
        status = crypto_repair_roots(crypto);
    if (status == OCPP_OK)
        status = crypto_repair_own(crypto);
    return status == OCPP_OK ? status : fail(status, reason, room, "%s: %s", path, ocpp_status_sentence(status));
}

enum ocpp_status ocpp_crypto_openssl_open(const char *path, const struct ocpp_crypto_openssl_settings *settings,
                                          struct ocpp_crypto **crypto, char *reason, size_t reason_size)
{
    const struct ocpp_crypto_openssl_settings used = settings != NULL ? *settings : ocpp_crypto_openssl_settings_default();
    if (used.max_roots < 1 || used.max_roots > 128)
        return fail(OCPP_ERR_ARGUMENT, reason, reason_size, "max_roots is not 1 to 128");
    if (used.max_chain_bytes < 1000 || used.max_chain_bytes >= OCPP_PEM_SIZE)
        return fail(OCPP_ERR_ARGUMENT, reason, reason_size, "max_chain_bytes is not 1,000 to 10,000");
    struct crypto_openssl *made = calloc(1, sizeof *made);
    if (made == NULL)
        return fail(OCPP_ERR_NOMEM, reason, reason_size, "no memory");
    made->contract = contract;
    made->contract.max_roots = used.max_roots;
    made->contract.max_chain_bytes = used.max_chain_bytes;
    made->contract.user = made;
    made->log = used.log;
    made->accept_pkcs1 = used.accept_pkcs1_signatures;
    made->folder = -1;
    made->lock = -1;
    enum ocpp_status status = path != NULL ? open_folder(made, path, reason, reason_size) : OCPP_OK;
    if (status == OCPP_OK && path != NULL)
        status = repair(made, path, reason, reason_size);
    if (status == OCPP_OK)
        *crypto = &made->contract;
    else
        ocpp_crypto_openssl_close(&made->contract);
    return status;
}

void ocpp_crypto_openssl_close(struct ocpp_crypto *crypto)
{
    if (crypto == NULL)
        return;
    struct crypto_openssl *made = crypto->user;
    if (made->lock >= 0)
        (void)close(made->lock);
    if (made->folder >= 0)
        (void)close(made->folder);
    free(made);
}
