/* taped_keys.c: see taped_keys.h. Once the tape is over, as a pile that is closed finds it, the real keys answer alone. */
#include "taped_keys.h"
#include "recorder.h"

static bool is_replayed(const struct taped_keys *taped)
{
    const struct pile_tape *tape = taped->pile->tape;

    return !tape->recorder && !tape->is_over;
}

static enum ocpp_status had(const struct taped_keys *taped, enum recording_key key, unsigned char *bytes)
{
    return taped->pile->tape->on_key(key, bytes, taped->pile->tape->user);
}

static enum ocpp_status told(const struct taped_keys *taped, enum recording_key key, enum ocpp_status status,
                             const unsigned char *bytes)
{
    recorder_key(taped->pile->tape->recorder, key, status, bytes);
    return status;
}

/* --- what takes a key -------------------------------------------------------------------------------------------- */

static enum ocpp_status hmac_sha256(const char *name, const struct ocpp_settle_bytes *pieces, size_t count,
                                    unsigned char mac[OCPP_SETTLE_DIGEST_SIZE], void *user)
{
    const struct taped_keys *taped = user;

    if (is_replayed(taped)) {
        return had(taped, RECORDING_KEY_HMAC, mac);
    }
    return told(taped, RECORDING_KEY_HMAC, taped->real->hmac_sha256(name, pieces, count, mac, taped->real->user), mac);
}

static enum ocpp_status sign(const char *name, const void *bytes, size_t size,
                             unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE], void *user)
{
    const struct taped_keys *taped = user;

    if (is_replayed(taped)) {
        return had(taped, RECORDING_KEY_SIGN, signature);
    }
    return told(taped, RECORDING_KEY_SIGN, taped->real->sign(name, bytes, size, signature, taped->real->user), signature);
}

static enum ocpp_status public_key(const char *name, unsigned char point[OCPP_SETTLE_POINT_SIZE], void *user)
{
    const struct taped_keys *taped = user;

    if (is_replayed(taped)) {
        return had(taped, RECORDING_KEY_PUBLIC, point);
    }
    return told(taped, RECORDING_KEY_PUBLIC, taped->real->public_key(name, point, taped->real->user), point);
}

/* With a key in hand, which came of random bytes, anybody could. */
static enum ocpp_status agree(const struct ocpp_settle_private *own, const unsigned char point[OCPP_SETTLE_POINT_SIZE],
                              unsigned char shared[OCPP_SETTLE_SCALAR_SIZE], void *user)
{
    const struct taped_keys *taped = user;

    if (!own->name) {
        return taped->real->agree(own, point, shared, taped->real->user);
    }
    if (is_replayed(taped)) {
        return had(taped, RECORDING_KEY_AGREE, shared);
    }
    return told(taped, RECORDING_KEY_AGREE, taped->real->agree(own, point, shared, taped->real->user), shared);
}

static enum ocpp_status keep_secret(const char *name, const void *bytes, size_t size, void *user)
{
    const struct taped_keys *taped = user;

    if (is_replayed(taped)) {
        return had(taped, RECORDING_KEY_KEEP, NULL);
    }
    return told(taped, RECORDING_KEY_KEEP, taped->real->keep_secret(name, bytes, size, taped->real->user), NULL);
}

/* --- what anybody could compute ---------------------------------------------------------------------------------- */

static enum ocpp_status sha256(const struct ocpp_settle_bytes *pieces, size_t count,
                               unsigned char digest[OCPP_SETTLE_DIGEST_SIZE], void *user)
{
    const struct ocpp_settle_keys *real = ((const struct taped_keys *)user)->real;

    return real->sha256(pieces, count, digest, real->user);
}

static enum ocpp_status verify(const unsigned char point[OCPP_SETTLE_POINT_SIZE], const void *bytes, size_t size,
                               const unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE], void *user)
{
    const struct ocpp_settle_keys *real = ((const struct taped_keys *)user)->real;

    return real->verify(point, bytes, size, signature, real->user);
}

static enum ocpp_status point_of(const unsigned char scalar[OCPP_SETTLE_SCALAR_SIZE], unsigned char point[OCPP_SETTLE_POINT_SIZE],
                                 void *user)
{
    const struct ocpp_settle_keys *real = ((const struct taped_keys *)user)->real;

    return real->point_of(scalar, point, real->user);
}

static enum ocpp_status seal(const struct ocpp_settle_sealing *how, const void *plain, size_t size, void *sealed,
                             unsigned char tag[OCPP_SETTLE_SEAL_TAG_SIZE], void *user)
{
    const struct ocpp_settle_keys *real = ((const struct taped_keys *)user)->real;

    return real->seal(how, plain, size, sealed, tag, real->user);
}

static enum ocpp_status open_sealed(const struct ocpp_settle_sealing *how, const void *sealed, size_t size,
                                    const unsigned char tag[OCPP_SETTLE_SEAL_TAG_SIZE], void *plain, void *user)
{
    const struct ocpp_settle_keys *real = ((const struct taped_keys *)user)->real;

    return real->open(how, sealed, size, tag, plain, real->user);
}

static void random_bytes(void *bytes, size_t size, void *user)
{
    const struct taped_keys *taped = user;

    pile_tape_random(bytes, size, taped->pile);
}

const struct ocpp_settle_keys *taped_keys_use(struct taped_keys *taped, const struct ocpp_settle_keys *real, struct pile *pile)
{
    if (!pile->tape) {
        return real;
    }
    taped->real = real;
    taped->pile = pile;
    taped->face = (struct ocpp_settle_keys){ .sha256 = sha256,
                                             .hmac_sha256 = hmac_sha256,
                                             .sign = sign,
                                             .verify = verify,
                                             .public_key = public_key,
                                             .point_of = point_of,
                                             .agree = agree,
                                             .seal = seal,
                                             .open = open_sealed,
                                             .keep_secret = keep_secret,
                                             .random = random_bytes,
                                             .user = taped };
    return &taped->face;
}
