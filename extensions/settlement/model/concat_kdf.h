/* concat_kdf.h: the Concat KDF of NIST SP 800-56A with SHA-256, as RFC 7518 (4.6.2) fills it in for ECDH-ES. */
#ifndef SETTLE_CONCAT_KDF_H
#define SETTLE_CONCAT_KDF_H

#include <ocpp/settlement/keys.h>

#include <stdint.h>

/* concat_kdf: what the key is for. One round, so |bits| is at most 256. */
struct concat_kdf {
    const char *algorithm;
    struct ocpp_settle_bytes apu;
    struct ocpp_settle_bytes apv;
    uint32_t bits;
};

/* concat_kdf: |bits| / 8 bytes of |key| out of |shared|. Errors: those of keys->sha256. */
enum ocpp_status concat_kdf(const struct ocpp_settle_keys *keys, const struct concat_kdf *purpose,
                            const unsigned char shared[OCPP_SETTLE_SCALAR_SIZE], unsigned char *key);

#endif
