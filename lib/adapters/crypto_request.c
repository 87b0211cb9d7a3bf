/* crypto_request.c: a new key and the request for its certificate (PKCS #10, RFC 2986), pending until the answer comes. */
#include "crypto_openssl.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

static EVP_PKEY *make_key(enum ocpp_key_kind kind)
{
    switch (kind) {
    case OCPP_KEY_EC_P256:
        return EVP_EC_gen("P-256");
    case OCPP_KEY_EC_P384:
        return EVP_EC_gen("P-384");
    case OCPP_KEY_RSA_2048:
        return EVP_RSA_gen(2048);
    case OCPP_KEY_RSA_3072:
        return EVP_RSA_gen(3072);
    }
    return NULL;
}

/* NULL is left out. OpenSSL knows how long each may be. */
static bool add_name(X509_NAME *name, int nid, const char *text)
{
    return text == NULL || X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8, (const unsigned char *)text, -1, -1, 0) == 1;
}

static bool fill_subject(X509_NAME *name, const struct ocpp_certificate_request *request)
{
    const bool filled =
        add_name(name, NID_countryName, request->country) && add_name(name, NID_organizationName, request->organization) &&
        add_name(name, NID_commonName, request->common_name) && add_name(name, NID_domainComponent, request->domain_component);
    ERR_clear_error();
    return filled;
}

/* What the key is for (A00.FR.512); no extended usage (A00.FR.514). Vehicles may agree on keys with it. */
static bool add_key_usage(X509_REQ *csr, const struct ocpp_certificate_request *request)
{
    const bool serves_vehicles = request->use == OCPP_KEY_V2G || request->is_combined;
    const char *value = serves_vehicles ? "critical,digitalSignature,keyAgreement" : "critical,digitalSignature";
    X509_EXTENSION *usage = X509V3_EXT_conf_nid(NULL, NULL, NID_key_usage, value);
    STACK_OF(X509_EXTENSION) *list = sk_X509_EXTENSION_new_null();
    bool added = false;
    if (usage != NULL && list != NULL && sk_X509_EXTENSION_push(list, usage) > 0) {
        usage = NULL;
        added = X509_REQ_add_extensions(csr, list) == 1;
    }
    X509_EXTENSION_free(usage);
    sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
    return added;
}

static enum ocpp_status make_csr(EVP_PKEY *key, const struct ocpp_certificate_request *request, X509_REQ *csr)
{
    if (!fill_subject(X509_REQ_get_subject_name(csr), request))
        return OCPP_ERR_LENGTH;
    const EVP_MD *md = request->kind == OCPP_KEY_EC_P384 ? EVP_sha384() : EVP_sha256();
    if (X509_REQ_set_version(csr, X509_REQ_VERSION_1) != 1 || X509_REQ_set_pubkey(csr, key) != 1 ||
        !add_key_usage(csr, request) || X509_REQ_sign(csr, key, md) <= 0)
        return crypto_trouble();
    return OCPP_OK;
}

static enum ocpp_status save_pending(struct crypto_openssl *crypto, const struct ocpp_certificate_request *request, EVP_PKEY *key,
                                     X509_REQ *csr)
{
    char name[CRYPTO_NAME_SIZE];
    char *text;
    BIO *bio = BIO_new(BIO_s_secmem());
    const bool printed = bio != NULL && (!request->is_combined || BIO_puts(bio, "# combined\n") > 0) &&
                         PEM_write_bio_PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1 &&
                         PEM_write_bio_X509_REQ(bio, csr) == 1;
    const long size = printed ? BIO_get_mem_data(bio, &text) : 0;
    crypto_own_name(request->use, ".pending", name);
    const enum ocpp_status status = size > 0 ? crypto_write_file(crypto, name, text, (size_t)size) : crypto_trouble();
    BIO_free(bio);
    return status;
}

static enum ocpp_status hand_out(X509_REQ *csr, char *pem, size_t room, size_t *size)
{
    BIO *bio = BIO_new(BIO_s_mem());
    const bool printed = bio != NULL && PEM_write_bio_X509_REQ(bio, csr) == 1;
    const enum ocpp_status status = printed ? crypto_hand_out(bio, pem, room, size) : crypto_trouble();
    BIO_free(bio);
    return status;
}

static bool is_text(const char *text)
{
    return text == NULL || text[0] != '\0';
}

enum ocpp_status crypto_make_request(const struct ocpp_certificate_request *request, char *pem, size_t room, size_t *size,
                                     void *user)
{
    if ((unsigned)request->use >= OCPP_KEY_USE_COUNT || (unsigned)request->kind > OCPP_KEY_RSA_3072 ||
        (request->is_combined && request->use != OCPP_KEY_STATION) || request->common_name == NULL ||
        request->organization == NULL || !is_text(request->common_name) || !is_text(request->organization) ||
        !is_text(request->country) || !is_text(request->domain_component))
        return OCPP_ERR_ARGUMENT;
    EVP_PKEY *key = make_key(request->kind);
    X509_REQ *csr = X509_REQ_new();
    enum ocpp_status status = key != NULL && csr != NULL ? make_csr(key, request, csr) : crypto_trouble();
    char text[OCPP_PEM_SIZE];
    size_t length = 0;
    if (status == OCPP_OK)
        status = hand_out(csr, text, sizeof text, &length);
    if (status == OCPP_OK && length >= room)
        status = OCPP_ERR_LENGTH;
    if (status == OCPP_OK)
        status = save_pending(user, request, key, csr);
    if (status == OCPP_OK) {
        memcpy(pem, text, length + 1);
        *size = length;
    }
    X509_REQ_free(csr);
    EVP_PKEY_free(key);
    return status;
}

/* --- the pending one ---------------------------------------------------------------------------------------------------------
 */

static X509_REQ *parse_csr(const char *text, size_t size)
{
    BIO *bio = BIO_new_mem_buf(text, (int)size);
    X509_REQ *csr = bio != NULL ? PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    return csr;
}

enum ocpp_status crypto_load_pending(struct crypto_openssl *crypto, enum ocpp_key_use use, EVP_PKEY **key, X509_REQ **request,
                                     bool *is_combined)
{
    char name[CRYPTO_NAME_SIZE];
    char note[1];
    char *text;
    size_t size;
    crypto_own_name(use, ".pending", name);
    const enum ocpp_status status = crypto_read_file(crypto, name, &text, &size);
    if (status != OCPP_OK)
        return status == OCPP_ERR_CORRUPT ? OCPP_ERR_STORAGE : status;
    EVP_PKEY *private_key = crypto_parse_key(text, size);
    X509_REQ *csr = parse_csr(text, size);
    const bool combined = crypto_note_of(text, "# combined", note, sizeof note);
    crypto_forget(text, size);
    if (private_key == NULL || csr == NULL) {
        EVP_PKEY_free(private_key);
        X509_REQ_free(csr);
        return OCPP_ERR_STORAGE;
    }
    *key = private_key;
    *request = csr;
    *is_combined = combined;
    return OCPP_OK;
}

enum ocpp_status crypto_read_request(enum ocpp_key_use use, char *pem, size_t room, size_t *size, bool *is_combined, void *user)
{
    EVP_PKEY *key;
    X509_REQ *csr;
    bool combined;
    if ((unsigned)use >= OCPP_KEY_USE_COUNT)
        return OCPP_ERR_ARGUMENT;
    enum ocpp_status status = crypto_load_pending(user, use, &key, &csr, &combined);
    if (status != OCPP_OK)
        return status;
    status = hand_out(csr, pem, room, size);
    if (status == OCPP_OK && is_combined != NULL)
        *is_combined = combined;
    EVP_PKEY_free(key);
    X509_REQ_free(csr);
    return status;
}

enum ocpp_status crypto_drop_request(enum ocpp_key_use use, void *user)
{
    char name[CRYPTO_NAME_SIZE];
    if ((unsigned)use >= OCPP_KEY_USE_COUNT)
        return OCPP_ERR_ARGUMENT;
    crypto_own_name(use, ".pending", name);
    return crypto_remove_file(user, name);
}
