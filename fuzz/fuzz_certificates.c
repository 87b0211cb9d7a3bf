/* fuzz_certificates.c: certificates, chains, keys and OCSP answers that somebody else sent, to the adapter over OpenSSL. Its
 * folder is empty, and nothing is ever written to it: the date is not known, so nothing is installed.
 *
 * The first byte says what the rest is: c a chain in PEM, k a key in DER or its point, o an answer in DER of the length the next
 * two bytes say and then the chain it is about.
 *
 * What must hold: who refuses a certificate gives a reason, texts end, and a certificate that can be named names itself the same
 * in every hash but for the hashes.
 */
#define _XOPEN_SOURCE 700
#include "target.h"

#include "require.h"

#include <ocpp/adapters.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const uint32_t all_roots = 15;

/* The adapter, on a folder that goes with the process. */
static char folder[] = "/tmp/ocpp-fuzz-XXXXXX";
static struct ocpp_crypto *crypto;

static void give_back(void)
{
    char lock[64];
    ocpp_crypto_openssl_close(crypto);
    (void)snprintf(lock, sizeof lock, "%s/lock", folder);
    (void)unlink(lock);
    (void)rmdir(folder);
}

static void start(void)
{
    if (crypto != NULL)
        return;
    ocpp_require(mkdtemp(folder) != NULL);
    ocpp_require(ocpp_crypto_openssl_open(folder, NULL, &crypto, NULL, 0) == OCPP_OK);
    (void)atexit(give_back);
}

static void ends(const char *text, size_t room)
{
    ocpp_require(memchr(text, '\0', room) != NULL);
}

/* A verdict: good, or a reason. */
static void judged(enum ocpp_status status, const enum ocpp_certificate_fault *fault)
{
    ocpp_require(status == OCPP_OK || status == OCPP_ERR_VALUE || status == OCPP_ERR_NOMEM);
    ocpp_require(status != OCPP_ERR_VALUE ||
                 (*fault != OCPP_CERTIFICATE_GOOD && strcmp(ocpp_certificate_fault_words(*fault), "?") != 0));
}

static void describe(const char *pem, size_t size)
{
    struct ocpp_certificate_info info;
    for (size_t i = 0; crypto->describe(pem, size, i, &info, crypto->user) == OCPP_OK; i++) {
        ocpp_require(i < OCPP_CHAIN_LENGTH);
        ends(info.common_name, sizeof info.common_name);
        ends(info.organization, sizeof info.organization);
        ends(info.issuer_common_name, sizeof info.issuer_common_name);
        ends(info.serial_number, sizeof info.serial_number);
        ends(info.responder_url, sizeof info.responder_url);
    }
}

static void name(const char *pem, size_t size)
{
    struct ocpp_certificate_hash first;
    struct ocpp_certificate_hash second;
    for (size_t i = 0; i < OCPP_CHAIN_LENGTH; i++) {
        const enum ocpp_status status = crypto->hash_of(pem, size, i, all_roots, OCPP_HASH_SHA256, &first, crypto->user);
        const enum ocpp_status again = crypto->hash_of(pem, size, i, all_roots, OCPP_HASH_SHA512, &second, crypto->user);
        ocpp_require(status == again);
        if (status != OCPP_OK)
            continue;
        ocpp_require(strlen(first.issuer_name_hash) == 64 && strlen(second.issuer_key_hash) == 128);
        ocpp_require(strcmp(first.serial_number, second.serial_number) == 0 && first.serial_number[0] != '\0');
    }
}

static void chain(const char *pem, size_t size)
{
    enum ocpp_certificate_fault fault = OCPP_CERTIFICATE_GOOD;
    describe(pem, size);
    name(pem, size);
    for (int replaces = 0; replaces < 2; replaces++) {
        const enum ocpp_status status =
            crypto->install_root(OCPP_ROOT_CSMS, replaces == 1, pem, size, OCPP_UTC_UNKNOWN, &fault, crypto->user);
        ocpp_require(status != OCPP_OK);
        judged(status, &fault);
    }
    judged(crypto->check_chain(pem, size, all_roots, INT64_C(1800000000000), &fault, crypto->user), &fault);
    judged(crypto->accept_chain(OCPP_KEY_STATION, all_roots, pem, size, INT64_C(1800000000000), &fault, crypto->user), &fault);
}

static void key(const char *bytes, size_t size)
{
    static const unsigned char digest[OCPP_DIGEST_SIZE] = { 1 };
    static const unsigned char signature[] = { 0x30, 6, 2, 1, 1, 2, 1, 1 };
    enum ocpp_certificate_fault fault = OCPP_CERTIFICATE_GOOD;
    for (int form = OCPP_PUBLIC_KEY_DER; form <= OCPP_PUBLIC_KEY_POINT; form++) {
        for (int curve = OCPP_CURVE_OF_THE_KEY; curve <= OCPP_CURVE_SECP256R1; curve++) {
            const struct ocpp_public_key public_key = {
                .form = (enum ocpp_public_key_form)form, .curve = (enum ocpp_curve)curve, .bytes = bytes, .size = size
            };
            judged(crypto->verify(&public_key, OCPP_HASH_SHA256, digest, signature, sizeof signature, &fault, crypto->user),
                   &fault);
        }
    }
}

static void answer(const char *bytes, size_t size)
{
    enum ocpp_revocation revocation;
    int64_t until;
    if (size < 2)
        return;
    const size_t length = (size_t)(unsigned char)bytes[0] * 256 + (unsigned char)bytes[1];
    if (length > size - 2)
        return;
    const enum ocpp_status status = crypto->read_ocsp(bytes + 2, length, bytes + 2 + length, size - 2 - length, 0, all_roots,
                                                      OCPP_UTC_UNKNOWN, &revocation, &until, crypto->user);
    ocpp_require(status == OCPP_OK || status == OCPP_ERR_VALUE || status == OCPP_ERR_STATE || status == OCPP_ERR_NOMEM);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    start();
    if (size == 0)
        return 0;
    char *rest = malloc(size); /* a sanitizer sees the first byte read behind it */
    ocpp_require(rest != NULL);
    memcpy(rest, data + 1, size - 1);
    if (data[0] == 'c')
        chain(rest, size - 1);
    else if (data[0] == 'k')
        key(rest, size - 1);
    else if (data[0] == 'o')
        answer(rest, size - 1);
    free(rest);
    return 0;
}
