/* http_signature.c: whether a notification was written by who shares the secret, and lately. What is signed is the time, a point
 * and the body, so that an old notification cannot be given another time. */
#include "http_words.h"

#include <string.h>

enum { MOST_MACS = 4, HEX_SIZE = 2 * OCPP_SETTLE_DIGEST_SIZE, MOST_DIGITS = 12, LONGEST_HEADER = 512 };

struct signed_by {
    const char *time; /* as it is written: that is what is signed */
    size_t time_size;
    int64_t seconds;
    unsigned char macs[MOST_MACS][OCPP_SETTLE_DIGEST_SIZE];
    size_t mac_count;
};

static bool read_time(const char *text, size_t size, struct signed_by *by)
{
    if (by->time != NULL || size == 0 || size > MOST_DIGITS) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        by->seconds = 10 * by->seconds + (text[i] - '0');
    }
    by->time = text;
    by->time_size = size;
    return true;
}

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c != '\0' ? strchr(digits, c) : NULL;

    return at != NULL ? (int)(at - digits) : -1;
}

static bool read_mac(const char *text, size_t size, struct signed_by *by)
{
    if (size != HEX_SIZE || by->mac_count == MOST_MACS) {
        return false;
    }
    for (size_t i = 0; i < OCPP_SETTLE_DIGEST_SIZE; i++) {
        const int high = digit(text[2 * i]);
        const int low = digit(text[2 * i + 1]);

        if (high < 0 || low < 0) {
            return false;
        }
        by->macs[by->mac_count][i] = (unsigned char)(16 * high + low);
    }
    by->mac_count++;
    return true;
}

/* Parts of other versions are passed over: there may be a v2 one day. */
static bool read_part(const char *part, size_t size, struct signed_by *by)
{
    if (size > 2 && memcmp(part, "t=", 2) == 0) {
        return read_time(part + 2, size - 2, by);
    }
    if (size > 3 && memcmp(part, "v1=", 3) == 0) {
        return read_mac(part + 3, size - 3, by);
    }
    return memchr(part, '=', size) != NULL;
}

static bool read_header(const char *header, struct signed_by *by)
{
    if (header == NULL || strlen(header) > LONGEST_HEADER) {
        return false;
    }
    for (const char *part = header; *part != '\0';) {
        const size_t size = strcspn(part, ",");

        if (!read_part(part, size, by)) {
            return false;
        }
        part += size + (part[size] == ',');
        part += strspn(part, " ");
    }
    return by->time != NULL && by->mac_count > 0;
}

/* Every mac is looked at, so that the time does not tell which was right. */
static bool holds_mac(const struct signed_by *by, const unsigned char mac[OCPP_SETTLE_DIGEST_SIZE])
{
    bool is_same = false;

    for (size_t i = 0; i < by->mac_count; i++) {
        is_same |= ocpp_settle_same_bytes(by->macs[i], mac, OCPP_SETTLE_DIGEST_SIZE);
    }
    return is_same;
}

static enum ocpp_status check_with(const struct http_signature *signature, const char *key, const struct signed_by *by,
                                   const char *body, size_t size)
{
    const struct ocpp_settle_bytes pieces[] = { { by->time, by->time_size }, { ".", 1 }, { body, size } };
    unsigned char mac[OCPP_SETTLE_DIGEST_SIZE];
    const enum ocpp_status status = signature->keys->hmac_sha256(key, pieces, 3, mac, signature->keys->user);

    if (status != OCPP_OK) {
        return status;
    }
    return holds_mac(by, mac) ? OCPP_OK : OCPP_ERR_SECURITY;
}

enum ocpp_status http_check_signature(const struct http_signature *signature, const char *header, const char *body, size_t size,
                                      int64_t now_utc_ms)
{
    struct signed_by by = { .mac_count = 0 };

    if (!read_header(header, &by) || now_utc_ms == OCPP_UTC_UNKNOWN) {
        return OCPP_ERR_SECURITY;
    }
    const int64_t age_ms = now_utc_ms - 1000 * by.seconds;
    if (age_ms > signature->window_ms || age_ms < -signature->window_ms) {
        return OCPP_ERR_SECURITY;
    }
    const enum ocpp_status status = check_with(signature, signature->key, &by, body, size);
    if (status != OCPP_ERR_SECURITY || signature->previous == NULL) {
        return status;
    }
    return check_with(signature, signature->previous, &by, body, size);
}
