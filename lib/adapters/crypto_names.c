/* crypto_names.c: what a certificate says of itself, and how OCSP names it (RFC 6960 4.1.1). */
#include "crypto_openssl.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>

const EVP_MD *crypto_md(enum ocpp_hash algorithm)
{
    switch (algorithm) {
    case OCPP_HASH_SHA256:
        return EVP_sha256();
    case OCPP_HASH_SHA384:
        return EVP_sha384();
    case OCPP_HASH_SHA512:
        return EVP_sha512();
    }
    return NULL;
}

static void write_hex(const unsigned char *bytes, size_t size, char *to)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        *to++ = digits[bytes[i] >> 4];
        *to++ = digits[bytes[i] & 15];
    }
    *to = '\0';
}

/* Without leading zeros. A number that is negative, or longer than the 20 octets of RFC 5280 4.1.2.2, has no such text. */
static bool write_serial(const X509 *certificate, char text[41])
{
    const ASN1_INTEGER *serial = X509_get0_serialNumber(certificate);
    const unsigned char *bytes = ASN1_STRING_get0_data(serial);
    size_t size = (size_t)ASN1_STRING_length(serial);
    char digits[2 * 20 + 1];
    while (size > 0 && bytes[0] == 0) {
        bytes++;
        size--;
    }
    if (ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER || size > 20)
        return false;
    write_hex(bytes, size, digits);
    const char *first = digits[0] == '0' ? digits + 1 : digits;
    memcpy(text, size == 0 ? "0" : first, size == 0 ? 2 : strlen(first) + 1);
    return true;
}

/* --- as OCSP names it ------------------------------------------------------------------------------------------------------ */

enum ocpp_status crypto_hash_certificate(const X509 *certificate, const X509 *issuer, enum ocpp_hash algorithm,
                                         struct ocpp_certificate_hash *hash)
{
    const EVP_MD *md = crypto_md(algorithm);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size;
    if (md == NULL)
        return OCPP_ERR_ARGUMENT;
    struct ocpp_certificate_hash result = { .algorithm = algorithm };
    if (!write_serial(certificate, result.serial_number))
        return OCPP_ERR_VALUE;
    if (X509_NAME_digest(X509_get_issuer_name(certificate), md, digest, &size) != 1)
        return crypto_trouble();
    write_hex(digest, size, result.issuer_name_hash);
    const ASN1_BIT_STRING *key = X509_get0_pubkey_bitstr(issuer);
    if (EVP_Digest(ASN1_STRING_get0_data(key), (size_t)ASN1_STRING_length(key), digest, &size, md, NULL) != 1)
        return crypto_trouble();
    write_hex(digest, size, result.issuer_key_hash);
    *hash = result;
    return OCPP_OK;
}

static bool same_text(const char *a, const char *b)
{
    return OPENSSL_strcasecmp(a, b) == 0;
}

bool crypto_same_hash(const struct ocpp_certificate_hash *a, const struct ocpp_certificate_hash *b)
{
    return a->algorithm == b->algorithm && same_text(a->serial_number, b->serial_number) &&
           same_text(a->issuer_name_hash, b->issuer_name_hash) && same_text(a->issuer_key_hash, b->issuer_key_hash);
}

X509 *crypto_issuer_of(const STACK_OF(X509) * chain, size_t index, const struct crypto_root *list, size_t count)
{
    X509 *certificate = sk_X509_value(chain, (int)index);
    for (int i = (int)index; i < sk_X509_num(chain); i++) {
        X509 *candidate = sk_X509_value(chain, i);
        if (X509_check_issued(candidate, certificate) == X509_V_OK && X509_verify(certificate, X509_get0_pubkey(candidate)) == 1)
            return candidate;
    }
    for (size_t i = 0; i < count; i++) {
        if (X509_check_issued(list[i].certificate, certificate) == X509_V_OK &&
            X509_verify(certificate, X509_get0_pubkey(list[i].certificate)) == 1)
            return list[i].certificate;
    }
    ERR_clear_error();
    return NULL;
}

enum ocpp_status crypto_hash_of(const char *pem, size_t size, size_t index, uint32_t roots, enum ocpp_hash algorithm,
                                struct ocpp_certificate_hash *hash, void *user)
{
    struct crypto_openssl *crypto = user;
    enum ocpp_certificate_fault fault;
    STACK_OF(X509) * chain;
    struct crypto_root *list;
    size_t count;
    enum ocpp_status status = crypto_parse_chain(pem, size, crypto->contract.max_chain_bytes, &chain, &fault);
    if (status != OCPP_OK)
        return status;
    if (index >= (size_t)sk_X509_num(chain))
        status = OCPP_ERR_NOT_FOUND;
    else if ((status = crypto_load_roots(crypto, roots, &list, &count)) == OCPP_OK) {
        const X509 *issuer = crypto_issuer_of(chain, index, list, count);
        status =
            issuer != NULL ? crypto_hash_certificate(sk_X509_value(chain, (int)index), issuer, algorithm, hash) : OCPP_ERR_STATE;
        crypto_free_roots(list, count);
    }
    crypto_free_chain(chain);
    return status;
}

/* --- as it describes itself
 * ----------------------------------------------------------------------------------------------------- */

static void copy_text(const unsigned char *text, size_t size, char *to, size_t room)
{
    if (size >= room || memchr(text, '\0', size) != NULL)
        size = 0; /* half a name is another name */
    memcpy(to, text, size);
    to[size] = '\0';
}

static void copy_name(const X509_NAME *name, int nid, char *to, size_t room)
{
    const int at = X509_NAME_get_index_by_NID(name, nid, -1);
    unsigned char *text = NULL;
    to[0] = '\0';
    const int size = at >= 0 ? ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at))) : -1;
    if (size >= 0)
        copy_text(text, (size_t)size, to, room);
    OPENSSL_free(text);
}

static void copy_responder(X509 *certificate, char *to, size_t room)
{
    STACK_OF(OPENSSL_STRING) *addresses = X509_get1_ocsp(certificate);
    to[0] = '\0';
    for (int i = 0; i < sk_OPENSSL_STRING_num(addresses) && to[0] == '\0'; i++) {
        const char *address = sk_OPENSSL_STRING_value(addresses, i);
        if (OPENSSL_strncasecmp(address, "http", 4) == 0)
            copy_text((const unsigned char *)address, strlen(address), to, room);
    }
    X509_email_free(addresses);
}

enum ocpp_status crypto_tell(X509 *certificate, struct ocpp_certificate_info *info)
{
    struct ocpp_certificate_info told = { .is_ca = X509_check_ca(certificate) == 1 };
    if (!crypto_utc_ms(X509_get0_notBefore(certificate), &told.not_before_utc_ms) ||
        !crypto_utc_ms(X509_get0_notAfter(certificate), &told.not_after_utc_ms))
        return OCPP_ERR_VALUE;
    (void)write_serial(certificate, told.serial_number);
    copy_name(X509_get_subject_name(certificate), NID_commonName, told.common_name, sizeof told.common_name);
    copy_name(X509_get_subject_name(certificate), NID_organizationName, told.organization, sizeof told.organization);
    copy_name(X509_get_issuer_name(certificate), NID_commonName, told.issuer_common_name, sizeof told.issuer_common_name);
    copy_responder(certificate, told.responder_url, sizeof told.responder_url);
    ERR_clear_error();
    *info = told;
    return OCPP_OK;
}

enum ocpp_status crypto_describe(const char *pem, size_t size, size_t index, struct ocpp_certificate_info *info, void *user)
{
    const struct crypto_openssl *crypto = user;
    enum ocpp_certificate_fault fault;
    STACK_OF(X509) * chain;
    enum ocpp_status status = crypto_parse_chain(pem, size, crypto->contract.max_chain_bytes, &chain, &fault);
    if (status != OCPP_OK)
        return status;
    status = index < (size_t)sk_X509_num(chain) ? crypto_tell(sk_X509_value(chain, (int)index), info) : OCPP_ERR_NOT_FOUND;
    crypto_free_chain(chain);
    return status;
}
