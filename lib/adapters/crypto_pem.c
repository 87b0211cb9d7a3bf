/* crypto_pem.c: certificates as text, in and out. What comes in was written by somebody else, and is read strictly. */
#include "crypto_openssl.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <string.h>

static const char begin_mark[] = "-----BEGIN ";
static const char certificate_begin[] = "-----BEGIN CERTIFICATE-----";
static const char certificate_end[] = "-----END CERTIFICATE-----";

/* Where |what| stands in |size| bytes of |text|; NULL: nowhere. */
static const char *find(const char *text, size_t size, const char *what)
{
    const size_t length = strlen(what);
    while (size >= length) {
        const char *first = memchr(text, what[0], size - length + 1);
        if (first == NULL)
            return NULL;
        if (memcmp(first, what, length) == 0)
            return first;
        size -= (size_t)(first + 1 - text);
        text = first + 1;
    }
    return NULL;
}

/* One block of PEM, whole: nothing encrypted, nothing behind the certificate within it. */
static X509 *parse_block(const char *text, size_t size)
{
    X509 *certificate = NULL;
    char *name = NULL;
    char *header = NULL;
    unsigned char *der = NULL;
    long der_size = 0;
    BIO *bio = BIO_new_mem_buf(text, (int)size);
    if (bio != NULL && PEM_read_bio(bio, &name, &header, &der, &der_size) == 1 && header[0] == '\0') {
        const unsigned char *at = der;
        certificate = d2i_X509(NULL, &at, der_size);
        if (certificate != NULL && at != der + der_size) {
            X509_free(certificate);
            certificate = NULL;
        }
    }
    OPENSSL_free(name);
    OPENSSL_free(header);
    OPENSSL_free(der);
    BIO_free(bio);
    ERR_clear_error();
    return certificate;
}

/* Reads the block |at| begins; |*end| is behind it. NULL: it is none of a certificate. */
static X509 *next_certificate(const char *at, size_t size, const char **end)
{
    if (size < sizeof certificate_begin - 1 || memcmp(at, certificate_begin, sizeof certificate_begin - 1) != 0)
        return NULL;
    const char *last = find(at, size, certificate_end);
    if (last == NULL)
        return NULL;
    *end = last + sizeof certificate_end - 1;
    return parse_block(at, (size_t)(*end - at));
}

static enum ocpp_certificate_fault parse_all(const char *pem, size_t size, STACK_OF(X509) * chain)
{
    const char *const end = pem + size;
    if (memchr(pem, '\0', size) != NULL)
        return OCPP_CERTIFICATE_UNREADABLE;
    for (const char *at = find(pem, size, begin_mark); at != NULL; at = find(at, (size_t)(end - at), begin_mark)) {
        if (sk_X509_num(chain) >= OCPP_CHAIN_LENGTH)
            return OCPP_CERTIFICATE_TOO_LARGE;
        X509 *certificate = next_certificate(at, (size_t)(end - at), &at);
        if (certificate == NULL || sk_X509_push(chain, certificate) <= 0) {
            X509_free(certificate);
            return OCPP_CERTIFICATE_UNREADABLE;
        }
    }
    return sk_X509_num(chain) > 0 ? OCPP_CERTIFICATE_GOOD : OCPP_CERTIFICATE_UNREADABLE;
}

enum ocpp_status crypto_parse_chain(const char *pem, size_t size, size_t limit, STACK_OF(X509) * *chain,
                                    enum ocpp_certificate_fault *fault)
{
    if (size > limit) {
        *fault = OCPP_CERTIFICATE_TOO_LARGE;
        return OCPP_ERR_VALUE;
    }
    *fault = OCPP_CERTIFICATE_UNREADABLE;
    if (size == 0)
        return OCPP_ERR_VALUE;
    STACK_OF(X509) *list = sk_X509_new_null();
    if (list == NULL)
        return OCPP_ERR_NOMEM;
    *fault = parse_all(pem, size, list);
    if (*fault == OCPP_CERTIFICATE_GOOD) {
        *chain = list;
        return OCPP_OK;
    }
    crypto_free_chain(list);
    return OCPP_ERR_VALUE;
}

void crypto_free_chain(STACK_OF(X509) * chain)
{
    sk_X509_pop_free(chain, X509_free);
}

bool crypto_print_chain(BIO *bio, const STACK_OF(X509) * chain)
{
    for (int i = 0; i < sk_X509_num(chain); i++) {
        if (PEM_write_bio_X509(bio, sk_X509_value(chain, i)) != 1)
            return false;
    }
    return true;
}

enum ocpp_status crypto_hand_out(BIO *bio, char *to, size_t room, size_t *size)
{
    char *text;
    const long length = BIO_get_mem_data(bio, &text);
    if (length < 0 || (size_t)length >= room)
        return OCPP_ERR_LENGTH;
    memcpy(to, text, (size_t)length);
    to[length] = '\0';
    if (size != NULL)
        *size = (size_t)length;
    return OCPP_OK;
}
