/* drive_claim.c: a claim as text, and back. */
#include "drive_claim.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 6 };

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

void drive_claim_write(const struct drive_claim *claim, char head[DRIVE_KEY_SIZE])
{
    char token[2 * DRIVE_TOKEN_SIZE];

    for (size_t i = 0; claim->token[i]; i++) {
        snprintf(token + 2 * i, 3, "%02x", (unsigned char)claim->token[i]);
    }
    token[2 * strlen(claim->token)] = '\0';
    snprintf(head, DRIVE_KEY_SIZE, "%c.%s.%s.%s.%" PRIx64, claim->is_visit ? 'v' : 'a', claim->is_visit ? claim->visit : "-",
             ocpp_token_type_name(claim->type), token, (uint64_t)claim->until_s);
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

bool drive_claim_read(char *text, struct drive_claim *claim, const char **mac)
{
    char *parts[PARTS];

    if (!cut(text, parts) || (strcmp(parts[0], "v") != 0 && strcmp(parts[0], "a") != 0) || strlen(parts[4]) > 10 ||
        strspn(parts[4], "0123456789abcdef") != strlen(parts[4]) || !parts[4][0]) {
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
