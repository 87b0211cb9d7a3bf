/* drive_key.c: the keys of drivers: KIND.VISIT.TYPE.TOKEN.UNTIL.MAC. KIND is v or a; VISIT is - of an account; TOKEN its bytes
 * and UNTIL (UTC seconds) in hexadecimal digits; MAC the first 128 bits of an HMAC-SHA-256 with a secret of this program. One
 * key, one text: whatever is written otherwise is none. */
#include "drive.h"

#include <openssl/crypto.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAC_BYTES = 16, MAC_DIGITS = 2 * MAC_BYTES, PARTS = 6 };

static const char purpose[] = "drive-key/";
static const char secret_name[] = "drive";

static void hex(const unsigned char *bytes, size_t size, char *digits)
{
    for (size_t i = 0; i < size; i++) {
        snprintf(digits + 2 * i, 3, "%02x", bytes[i]);
    }
    digits[2 * size] = '\0';
}

static int digit_of(char digit)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = digit ? strchr(digits, digit) : NULL;

    return at ? (int)(at - digits) : -1;
}

/* Lower-case digits of bytes that are none of them NUL. */
static bool unhex(const char *digits, char *text, size_t room)
{
    const size_t size = strlen(digits) / 2;

    if (size == 0 || size >= room || strlen(digits) % 2 != 0) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        const int high = digit_of(digits[2 * i]), low = digit_of(digits[2 * i + 1]);

        if (high < 0 || low < 0 || high + low == 0) {
            return false;
        }
        text[i] = (char)(high * 16 + low);
    }
    text[size] = '\0';
    return true;
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

static void write_head(const struct drive_claim *claim, char head[DRIVE_KEY_SIZE])
{
    char token[2 * DRIVE_TOKEN_SIZE];

    hex((const unsigned char *)claim->token, strlen(claim->token), token);
    snprintf(head, DRIVE_KEY_SIZE, "%c.%s.%s.%s.%" PRIx64, claim->is_visit ? 'v' : 'a', claim->is_visit ? claim->visit : "-",
             ocpp_token_type_name(claim->type), token, (uint64_t)claim->until_s);
}

bool drive_key_write(struct settlement *settlement, const struct drive_claim *claim, char key[DRIVE_KEY_SIZE])
{
    char digits[MAC_DIGITS + 1];

    write_head(claim, key);
    if (strlen(key) + 1 + MAC_DIGITS >= DRIVE_KEY_SIZE || !mac_of(settlement, key, digits)) {
        return false;
    }
    snprintf(key + strlen(key), DRIVE_KEY_SIZE - strlen(key), ".%s", digits);
    return true;
}

/* Cuts |text| at its dots; false: there are not as many parts as a key has. */
static bool cut(char *text, char *parts[PARTS])
{
    size_t count = 0;

    for (char *dot = text; dot && count < PARTS; text = dot ? dot + 1 : text) {
        parts[count++] = text;
        dot = strchr(text, '.');
        if (dot && count < PARTS) {
            *dot = '\0';
        } else if (!dot) {
            return count == PARTS;
        }
    }
    return false;
}

/* What a key says, whether or not it is ours. */
static bool split(char *text, struct drive_claim *claim, const char **mac)
{
    char *parts[PARTS];

    if (!cut(text, parts) || (strcmp(parts[0], "v") != 0 && strcmp(parts[0], "a") != 0) || strlen(parts[4]) > 10) {
        return false;
    }
    claim->is_visit = parts[0][0] == 'v';
    if (claim->is_visit ? !ocpp_settle_id_is_valid(parts[1]) : strcmp(parts[1], "-") != 0) {
        return false;
    }
    snprintf(claim->visit, sizeof claim->visit, "%s", claim->is_visit ? parts[1] : "");
    claim->type = ocpp_token_type_of(parts[2]);
    claim->until_s = strtoll(parts[4], NULL, 16);
    *mac = parts[5];
    return claim->type != OCPP_TOKEN_UNKNOWN && unhex(parts[3], claim->token, sizeof claim->token);
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
    const bool is_ours = split(text, claim, &mac) && strlen(mac) == MAC_DIGITS && drive_key_write(settlement, claim, whole) &&
                         strlen(whole) == strlen(key) && CRYPTO_memcmp(whole, key, strlen(whole)) == 0;
    return is_ours && claim->until_s * 1000 > utc_ms;
}
