/* signer_check.c: whether a request for a certificate may be signed: its form, its key, its signature, its subject, what it asks
 * for. Nothing in it is believed. */
#include "signer_internal.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <string.h>

enum { STRONG_BITS = 112 }; /* A00.FR.501 */

/* --- form ---------------------------------------------------------------------------------------------------------------- */

static bool is_blank(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '\0';
}

/* One block, and nothing around it: what stands beside it is nobody's request. */
static X509_REQ *parse(const char *text)
{
    static const char *const ends[] = { "-----END CERTIFICATE REQUEST-----", "-----END NEW CERTIFICATE REQUEST-----" };
    const char *start = text + strspn(text, " \t\r\n");
    const char *end = NULL;
    BIO *bio;
    X509_REQ *csr;

    for (size_t i = 0; i < 2 && !end; i++) {
        end = strstr(start, ends[i]);
        end = end ? end + strlen(ends[i]) : NULL;
    }
    if (strncmp(start, "-----BEGIN ", 11) != 0 || !end || !is_blank(end)) {
        return NULL;
    }
    bio = BIO_new_mem_buf(start, -1);
    csr = bio ? PEM_read_bio_X509_REQ(bio, NULL, NULL, NULL) : NULL;
    BIO_free(bio);
    ERR_clear_error();
    return csr;
}

X509_REQ *signer_parse(const struct ocpp_signer_request *request, enum ocpp_certificate_fault *fault)
{
    const size_t size = strlen(request->csr);
    X509_REQ *csr;

    if (size >= OCPP_PEM_SIZE) {
        *fault = OCPP_CERTIFICATE_TOO_LARGE;
        return NULL;
    }
    csr = parse(request->csr);
    if (!csr) {
        *fault = OCPP_CERTIFICATE_UNREADABLE;
    }
    return csr;
}

/* --- key and signature ----------------------------------------------------------------------------------------------------- */

/* The digest under the signature; a scheme that has none of its own (Ed25519) is as strong as its key. */
static bool has_strong_signature(const X509_REQ *csr)
{
    int digest = NID_undef;
    int key = NID_undef;

    if (OBJ_find_sigid_algs(X509_REQ_get_signature_nid(csr), &digest, &key) != 1) {
        return false;
    }
    if (digest == NID_undef) { /* RSA-PSS says it in its parameters, which X509_REQ_verify() reads */
        return key == NID_rsassaPss || key == NID_ED25519 || key == NID_ED448;
    }
    const EVP_MD *md = EVP_get_digestbynid(digest);
    return md && EVP_MD_get_size(md) * 4 >= STRONG_BITS && digest != NID_sha1;
}

static bool is_strong(X509_REQ *csr)
{
    const EVP_PKEY *key = X509_REQ_get0_pubkey(csr);
    const bool is = key && crypto_is_strong_key(key) && has_strong_signature(csr);

    ERR_clear_error();
    return is;
}

static bool is_signed_by_its_key(X509_REQ *csr)
{
    const bool is = X509_REQ_verify(csr, X509_REQ_get0_pubkey(csr)) == 1;

    ERR_clear_error();
    return is;
}

/* --- subject ---------------------------------------------------------------------------------------------------------------- */

/* What a station is known by; a certificate should vouch for nothing else. */
static bool may_vouch_for(int nid)
{
    switch (nid) {
    case NID_countryName:
    case NID_stateOrProvinceName:
    case NID_localityName:
    case NID_organizationName:
    case NID_organizationalUnitName:
    case NID_commonName:
    case NID_domainComponent:
        return true;
    default:
        return false;
    }
}

/* Whether the value of |entry| is |text|; NULL: whether it is any text. One with a NUL within is none. */
static bool is_value(const X509_NAME_ENTRY *entry, const char *text)
{
    unsigned char *value = NULL;
    const int size = ASN1_STRING_to_UTF8(&value, X509_NAME_ENTRY_get_data(entry));
    const bool is_text = size > 0 && !memchr(value, 0, (size_t)size);
    const bool is = is_text && (!text || (strlen(text) == (size_t)size && memcmp(value, text, (size_t)size) == 0));

    OPENSSL_free(value);
    ERR_clear_error();
    return is;
}

/* A central system is named so, and a station must not be mistaken for one (A00.FR.511). */
static bool is_address(const char *name)
{
    ASN1_OCTET_STRING *ip = a2i_IPADDRESS(name);
    const bool is = ip || strstr(name, "://");

    ASN1_OCTET_STRING_free(ip);
    ERR_clear_error();
    return is;
}

static bool is_name_of(const X509_NAME_ENTRY *entry, const struct ocpp_signer_request *request)
{
    for (size_t i = 0; i < request->common_name_count; i++) {
        if (is_value(entry, request->common_names[i]) && !is_address(request->common_names[i])) {
            return true;
        }
    }
    return false;
}

static bool is_subject(const X509_NAME *name, const struct ocpp_signer_request *request)
{
    int names = 0;
    int organizations = 0;
    bool is = true;

    for (int i = 0; is && i < X509_NAME_entry_count(name); i++) {
        const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, i);
        const int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
        is = may_vouch_for(nid) && is_value(entry, NULL);
        if (nid == NID_commonName) {
            is = is && is_name_of(entry, request);
            names++;
        }
        if (nid == NID_organizationName) {
            is = is && is_value(entry, request->organization);
            organizations++;
        }
    }
    return is && names == 1 && organizations == 1;
}

/* --- what it asks for ---------------------------------------------------------------------------------------------------------
 */

/* Nobody who asks to be an authority gets anything. False as well where that cannot be read. */
static bool asks_for_too_much(X509_REQ *csr)
{
    STACK_OF(X509_EXTENSION) *list = X509_REQ_get_extensions(csr);
    int critical;
    BASIC_CONSTRAINTS *constraints = X509V3_get_d2i(list, NID_basic_constraints, &critical, NULL);
    bool is_too_much = constraints ? constraints->ca != 0 : critical != -1; /* -1: there is none */
    ASN1_BIT_STRING *usage = X509V3_get_d2i(list, NID_key_usage, &critical, NULL);

    is_too_much = is_too_much || (usage ? ASN1_BIT_STRING_get_bit(usage, 5) == 1 : critical != -1); /* 5: keyCertSign */
    ASN1_BIT_STRING_free(usage);
    BASIC_CONSTRAINTS_free(constraints);
    sk_X509_EXTENSION_pop_free(list, X509_EXTENSION_free);
    ERR_clear_error();
    return is_too_much;
}

enum ocpp_certificate_fault signer_judge(X509_REQ *csr, const struct ocpp_signer_request *request)
{
    if (!is_strong(csr)) {
        return OCPP_CERTIFICATE_WEAK;
    }
    if (!is_signed_by_its_key(csr)) {
        return OCPP_CERTIFICATE_BAD_SIGNATURE;
    }
    if (!is_subject(X509_REQ_get_subject_name(csr), request)) {
        return OCPP_CERTIFICATE_WRONG_SUBJECT;
    }
    if (asks_for_too_much(csr) || (!request->for_station && !request->for_vehicles)) {
        return OCPP_CERTIFICATE_WRONG_USE;
    }
    return OCPP_CERTIFICATE_GOOD;
}

enum ocpp_status ocpp_signer_check(const struct ocpp_signer_request *request, enum ocpp_certificate_fault *fault)
{
    X509_REQ *csr;

    *fault = OCPP_CERTIFICATE_GOOD;
    csr = signer_parse(request, fault);
    if (csr) {
        *fault = signer_judge(csr, request);
    }
    X509_REQ_free(csr);
    return *fault == OCPP_CERTIFICATE_GOOD ? OCPP_OK : OCPP_ERR_VALUE;
}
