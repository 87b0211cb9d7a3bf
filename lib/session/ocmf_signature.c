/* ocmf_signature.c: signatures and public keys of OCMF: what algorithm, in what encoding, and whether they verify. */
#include "ocmf_signature.h"

#include "encoding.h"

#include <string.h>

/* OCMF 1.4, table 22; |block| is the length of both numbers of a signature. The standard spells the curves of Brainpool without
 * their P, keys and real meters with it. */
static const struct algorithm {
    const char *name;
    enum ocpp_curve curve;
    enum ocpp_hash hash;
    size_t block;
} algorithms[] = {
    { "ECDSA-secp256r1-SHA256", OCPP_CURVE_SECP256R1, OCPP_HASH_SHA256, 64 }, /* the default */
    { "ECDSA-secp192k1-SHA256", OCPP_CURVE_SECP192K1, OCPP_HASH_SHA256, 48 },
    { "ECDSA-secp256k1-SHA256", OCPP_CURVE_SECP256K1, OCPP_HASH_SHA256, 64 },
    { "ECDSA-secp192r1-SHA256", OCPP_CURVE_SECP192R1, OCPP_HASH_SHA256, 48 },
    { "ECDSA-brainpool256r1-SHA256", OCPP_CURVE_BRAINPOOLP256R1, OCPP_HASH_SHA256, 64 },
    { "ECDSA-brainpoolP256r1-SHA256", OCPP_CURVE_BRAINPOOLP256R1, OCPP_HASH_SHA256, 64 },
    { "ECDSA-secp384r1-SHA256", OCPP_CURVE_SECP384R1, OCPP_HASH_SHA256, 96 },
    { "ECDSA-brainpool384r1-SHA256", OCPP_CURVE_BRAINPOOLP384R1, OCPP_HASH_SHA256, 96 },
    { "ECDSA-brainpoolP384r1-SHA256", OCPP_CURVE_BRAINPOOLP384R1, OCPP_HASH_SHA256, 96 },
};

/* NULL: there is none, or it is no text. */
static const char *text_of(const struct ocpp_json *object, const char *name)
{
    const struct ocpp_json *member = ocpp_json_member(object, name);
    return member != NULL && ocpp_json_kind(member) == OCPP_JSON_STRING ? ocpp_json_string(member) : NULL;
}

/* What may be left out has |absent|; NULL: it is there and no text. */
static const char *text_or(const struct ocpp_json *object, const char *name, const char *absent)
{
    return ocpp_json_member(object, name) == NULL ? absent : text_of(object, name);
}

static const struct algorithm *find_algorithm(const char *name)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        if (strcmp(algorithms[i].name, name) == 0)
            return &algorithms[i];
    }
    return NULL;
}

/* --- DER ------------------------------------------------------------------------------------------------------------------- */

/* A positive INTEGER of |size| bytes; returns what was written. */
static size_t write_number(const unsigned char *bytes, size_t size, unsigned char *to)
{
    while (size > 1 && bytes[0] == 0) {
        bytes++;
        size--;
    }
    const size_t zero = bytes[0] >= 0x80 ? 1 : 0;
    to[0] = 0x02;
    to[1] = (unsigned char)(size + zero);
    to[2] = 0;
    memcpy(to + 2 + zero, bytes, size);
    return 2 + zero + size;
}

struct number {
    const unsigned char *bytes;
    size_t size;
};

/* Two numbers (of at most 48 bytes each, so that every length is one byte) as a SEQUENCE. */
static void write_der(struct number r, struct number s, struct ocpp_ocmf_record *record)
{
    unsigned char der[OCPP_OCMF_SIGNATURE_SIZE];
    size_t size = 2 + write_number(r.bytes, r.size, der + 2);
    size += write_number(s.bytes, s.size, der + size);
    der[0] = 0x30;
    der[1] = (unsigned char)(size - 2);
    memcpy(record->signature, der, size);
    record->signature_size = size;
}

/* Whether it looks like a SEQUENCE as long as it says. */
static bool is_der(const unsigned char *bytes, size_t size)
{
    return size >= 8 && bytes[0] == 0x30 && bytes[1] == size - 2 && bytes[1] < 0x80;
}

/* The INTEGER that |at| begins, and where it ends; false: there is none before |end|, or one that is too long. */
static bool read_number(const unsigned char **at, const unsigned char *end, struct number *number)
{
    if (end - *at < 3 || (*at)[0] != 0x02 || (*at)[1] == 0 || (*at)[1] > 49 || (*at)[1] > end - *at - 2)
        return false;
    *number = (struct number){ *at + 2, (*at)[1] };
    *at += 2 + number->size;
    return true;
}

/* Numbers that somebody wrote without a sign. What is no pair of numbers is left for the verification to refuse. */
static enum ocpp_ocmf_fault mend_signs(unsigned quirks, struct ocpp_ocmf_record *record)
{
    const unsigned char *const end = record->signature + record->signature_size;
    const unsigned char *at = record->signature + 2;
    struct number r;
    struct number s;
    if (!read_number(&at, end, &r) || !read_number(&at, end, &s) || at != end)
        return OCPP_OCMF_GOOD;
    if (r.bytes[0] < 0x80 && s.bytes[0] < 0x80)
        return OCPP_OCMF_GOOD;
    if ((quirks & OCPP_OCMF_UNSIGNED) == 0)
        return OCPP_OCMF_SIGNATURE;
    write_der(r, s, record);
    record->quirks |= OCPP_OCMF_UNSIGNED;
    return OCPP_OCMF_GOOD;
}

static enum ocpp_ocmf_fault take_bytes(const char *data, bool is_hex, size_t block, unsigned quirks,
                                       struct ocpp_ocmf_record *record)
{
    const size_t room = sizeof record->signature;
    const enum ocpp_status status =
        is_hex ? ocpp_hex_decode(data, strlen(data), record->signature, room, &record->signature_size)
               : ocpp_base64_decode(data, strlen(data), record->signature, room, &record->signature_size);
    if (status != OCPP_OK)
        return OCPP_OCMF_SIGNATURE;
    if (is_der(record->signature, record->signature_size))
        return mend_signs(quirks, record);
    if (record->signature_size != block || (quirks & OCPP_OCMF_RAW_SIGNATURE) == 0)
        return OCPP_OCMF_SIGNATURE;
    write_der((struct number){ record->signature, block / 2 }, (struct number){ record->signature + block / 2, block / 2 },
              record);
    record->quirks |= OCPP_OCMF_RAW_SIGNATURE;
    return OCPP_OCMF_GOOD;
}

enum ocpp_ocmf_fault ocpp_ocmf_take_signature(const struct ocpp_json *object, unsigned quirks, struct ocpp_ocmf_record *record)
{
    if (ocpp_json_kind(object) != OCPP_JSON_OBJECT)
        return OCPP_OCMF_NOT_JSON;
    const char *data = text_of(object, "SD");
    const char *name = text_or(object, "SA", algorithms[0].name);
    const char *encoding = text_or(object, "SE", "hex");
    const char *type = text_or(object, "SM", "application/x-der");
    if (data == NULL || name == NULL || encoding == NULL || type == NULL)
        return OCPP_OCMF_MEMBER;
    const struct algorithm *algorithm = find_algorithm(name);
    const bool is_hex = strcmp(encoding, "hex") == 0;
    if (algorithm == NULL || (!is_hex && strcmp(encoding, "base64") != 0) || strcmp(type, "application/x-der") != 0)
        return OCPP_OCMF_ALGORITHM;
    record->curve = algorithm->curve;
    record->hash = algorithm->hash;
    return take_bytes(data, is_hex, algorithm->block, quirks, record);
}

/* --- public keys ---------------------------------------------------------------------------------------------------------------
 */

enum { KEY_TEXT_SIZE = 1024 };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_hex_digit(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

enum ocpp_status ocpp_ocmf_key(const char *text, size_t size, const struct ocpp_ocmf_record *record, unsigned char *bytes,
                               size_t room, struct ocpp_public_key *key)
{
    char plain[KEY_TEXT_SIZE];
    size_t length = 0;
    size_t written;
    bool is_hex = true;
    for (size_t i = 0; i < size; i++) {
        if (is_space(text[i]))
            continue;
        if (length == sizeof plain)
            return OCPP_ERR_LENGTH;
        is_hex = is_hex && is_hex_digit(text[i]);
        plain[length++] = text[i];
    }
    if (length == 0)
        return OCPP_ERR_VALUE;
    const enum ocpp_status status =
        is_hex ? ocpp_hex_decode(plain, length, bytes, room, &written) : ocpp_base64_decode(plain, length, bytes, room, &written);
    if (status != OCPP_OK)
        return status;
    const bool has_der = written > 2 && bytes[0] == 0x30 && bytes[1] == written - 2;
    *key = (struct ocpp_public_key){
        .form = has_der ? OCPP_PUBLIC_KEY_DER : OCPP_PUBLIC_KEY_POINT, .curve = record->curve, .bytes = bytes, .size = written
    };
    return OCPP_OK;
}

enum ocpp_status ocpp_ocmf_verify(const struct ocpp_ocmf_record *record, const struct ocpp_public_key *key,
                                  const struct ocpp_crypto *crypto, enum ocpp_certificate_fault *fault)
{
    struct ocpp_public_key on_curve = *key;
    struct ocpp_digest *digest;
    unsigned char bytes[OCPP_DIGEST_SIZE];
    size_t size;
    if (key->curve != OCPP_CURVE_OF_THE_KEY && key->curve != record->curve) {
        *fault = OCPP_CERTIFICATE_UNREADABLE;
        return OCPP_ERR_VALUE;
    }
    on_curve.curve = record->curve; /* the record says on which, and it is not for the key to say otherwise */
    enum ocpp_status status = crypto->digest_begin(record->hash, &digest, crypto->user);
    if (status != OCPP_OK)
        return status;
    status = crypto->digest_add(digest, record->payload, record->payload_size, crypto->user);
    if (status != OCPP_OK) {
        crypto->digest_drop(digest, crypto->user);
        return status;
    }
    status = crypto->digest_end(digest, bytes, &size, crypto->user);
    if (status != OCPP_OK)
        return status;
    return crypto->verify(&on_curve, record->hash, bytes, record->signature, record->signature_size, fault, crypto->user);
}
