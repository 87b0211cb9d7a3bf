/* crypto_revoked.c: lists of what issuers revoked. OCPP has no message that brings one; the host puts it there. Nobody must have
 * a list, and one that is old still tells what it tells, so OpenSSL's own check, which demands fresh ones, is not used.
 */
#include "crypto_openssl.h"

#include <ocpp/adapters.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>

enum { CRL_LIMIT = 32 };

static X509_CRL *parse_crl(const char *pem, size_t size)
{
    BIO *bio = BIO_new_mem_buf(pem, (int)size);
    X509_CRL *crl = bio != NULL ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    return crl;
}

static enum ocpp_status add_crl(struct crypto_openssl *crypto, X509_STORE *store, const char *name)
{
    char *text;
    size_t size;
    const enum ocpp_status status = crypto_read_file(crypto, name, &text, &size);
    if (status != OCPP_OK)
        return status;
    X509_CRL *crl = parse_crl(text, size);
    const bool added = crl != NULL && X509_STORE_add_crl(store, crl) == 1;
    X509_CRL_free(crl);
    crypto_forget(text, size);
    return added ? OCPP_OK : OCPP_ERR_STORAGE;
}

static bool is_listed(X509_STORE_CTX *context, X509 *certificate, X509 *issuer)
{
    STACK_OF(X509_CRL) *lists = X509_STORE_CTX_get1_crls(context, X509_get_issuer_name(certificate));
    X509_REVOKED *entry;
    bool listed = false;
    for (int i = 0; i < sk_X509_CRL_num(lists) && !listed; i++) {
        X509_CRL *list = sk_X509_CRL_value(lists, i);
        listed = X509_CRL_verify(list, X509_get0_pubkey(issuer)) == 1 && X509_CRL_get0_by_cert(list, &entry, certificate) == 1;
    }
    sk_X509_CRL_pop_free(lists, X509_CRL_free);
    return listed;
}

static int look_for_revoked(X509_STORE_CTX *context)
{
    const STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(context);
    const X509_STORE_CTX_verify_cb tell = X509_STORE_CTX_get_verify_cb(context);
    for (int i = 0; i + 1 < sk_X509_num(chain); i++) {
        if (!is_listed(context, sk_X509_value(chain, i), sk_X509_value(chain, i + 1)))
            continue;
        X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_REVOKED);
        X509_STORE_CTX_set_error_depth(context, i);
        X509_STORE_CTX_set_current_cert(context, sk_X509_value(chain, i));
        if (tell(0, context) != 1)
            return 0;
    }
    return 1;
}

enum ocpp_status crypto_add_crls(struct crypto_openssl *crypto, X509_STORE *store)
{
    char(*names)[CRYPTO_NAME_SIZE];
    size_t count;
    enum ocpp_status status = crypto_list_files(crypto, "crl-", &names, &count);
    if (status != OCPP_OK)
        return status;
    for (size_t i = 0; i < count && status == OCPP_OK; i++)
        status = add_crl(crypto, store, names[i]);
    free(names);
    X509_STORE_set_check_revocation(store, look_for_revoked);
    return status;
}

/* --- from the host -------------------------------------------------------------------------------------------------------- */

static bool name_after_issuer(const X509_CRL *crl, char name[CRYPTO_NAME_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size;
    if (X509_NAME_digest(X509_CRL_get_issuer(crl), EVP_sha256(), digest, &size) != 1)
        return false;
    int length = snprintf(name, CRYPTO_NAME_SIZE, "crl-");
    for (size_t i = 0; i < (CRYPTO_ID_SIZE - 1) / 2; i++)
        length += snprintf(name + length, 3, "%02x", digest[i]);
    (void)snprintf(name + length, 5, ".pem");
    return true;
}

static enum ocpp_status has_room(struct crypto_openssl *crypto, const char *name)
{
    char(*names)[CRYPTO_NAME_SIZE];
    size_t count;
    const enum ocpp_status status = crypto_list_files(crypto, "crl-", &names, &count);
    if (status != OCPP_OK)
        return status;
    free(names);
    return count < CRL_LIMIT || crypto_has_file(crypto, name) ? OCPP_OK : OCPP_ERR_LIMIT;
}

enum ocpp_status ocpp_crypto_openssl_add_crl(struct ocpp_crypto *contract, const char *pem, size_t size)
{
    struct crypto_openssl *crypto = contract->user;
    char name[CRYPTO_NAME_SIZE];
    if (size == 0 || size > CRYPTO_FILE_LIMIT)
        return OCPP_ERR_VALUE;
    X509_CRL *crl = parse_crl(pem, size);
    if (crl == NULL)
        return OCPP_ERR_VALUE;
    BIO *bio = BIO_new(BIO_s_mem());
    enum ocpp_status status = bio != NULL && name_after_issuer(crl, name) && PEM_write_bio_X509_CRL(bio, crl) == 1
                                  ? has_room(crypto, name)
                                  : OCPP_ERR_NOMEM;
    char *text;
    if (status == OCPP_OK) {
        const long length = BIO_get_mem_data(bio, &text);
        status = length <= CRYPTO_FILE_LIMIT ? crypto_write_file(crypto, name, text, (size_t)length) : OCPP_ERR_VALUE;
    }
    BIO_free(bio);
    X509_CRL_free(crl);
    return status;
}
