/* drive_key.c: the keys of drivers: a claim (drive_claim.h), a dot, and the first 128 bits of an HMAC-SHA-256 over it with a
 * secret of this program, in hexadecimal digits. One key, one text: whatever is written otherwise is none. */
#include "drive.h"

#include <openssl/crypto.h>

#include <stdio.h>
#include <string.h>

enum { MAC_BYTES = 16, MAC_DIGITS = 2 * MAC_BYTES };

static const char purpose[] = "drive-key/";
static const char secret_name[] = "drive";

static void hex(const unsigned char *bytes, size_t size, char *digits)
{
    for (size_t i = 0; i < size; i++) {
        snprintf(digits + 2 * i, 3, "%02x", bytes[i]);
    }
    digits[2 * size] = '\0';
}

static bool mac_of(struct settlement *settlement, const char *head, char digits[MAC_DIGITS + 1])
{
    const char *operator_id = settlement->config.operator_id;
    const struct ocpp_settle_bytes pieces[] = {
        { purpose, sizeof purpose - 1 }, { operator_id, strlen(operator_id) }, { "/", 1 }, { head, strlen(head) }
    };
    unsigned char mac[OCPP_SETTLE_DIGEST_SIZE];

    if (settlement->keys->hmac_sha256(secret_name, pieces, sizeof pieces / sizeof pieces[0], mac, settlement->keys->user) !=
        OCPP_OK) {
        return false;
    }
    hex(mac, MAC_BYTES, digits);
    return true;
}

bool drive_key_write(struct settlement *settlement, const struct drive_claim *claim, char key[DRIVE_KEY_SIZE])
{
    char digits[MAC_DIGITS + 1];

    drive_claim_write(claim, key);
    if (strlen(key) + 1 + MAC_DIGITS >= DRIVE_KEY_SIZE || !mac_of(settlement, key, digits)) {
        return false;
    }
    snprintf(key + strlen(key), DRIVE_KEY_SIZE - strlen(key), ".%s", digits);
    return true;
}

bool drive_key_read(struct settlement *settlement, const char *key, int64_t utc_ms, struct drive_claim *claim)
{
    char text[DRIVE_KEY_SIZE], whole[DRIVE_KEY_SIZE];
    const char *mac;

    *claim = (struct drive_claim){ .is_visit = false };
    if (strlen(key) >= sizeof text) {
        return false;
    }
    snprintf(text, sizeof text, "%s", key);
    /* written again it has to be the same text, to the last digit of the MAC */
    const bool is_ours = drive_claim_read(text, claim, &mac) && strlen(mac) == MAC_DIGITS &&
                         drive_key_write(settlement, claim, whole) && strlen(whole) == strlen(key) &&
                         CRYPTO_memcmp(whole, key, strlen(whole)) == 0;
    return is_ours && claim->until_s * 1000 > utc_ms;
}
