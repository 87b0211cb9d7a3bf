/* anchor.c: now and then the journal says in itself how far it has come, signed: what stands before an anchor cannot be made anew
 * by somebody who has the file but not the key.
 *
 * An anchor is compared, never parsed: there is one way to write it.
 */
#include "anchor.h"

#include <stdlib.h>
#include <string.h>

#define ANCHOR_ROW       "anchor"
#define BEFORE_NUMBER    "{\"number\":"
#define BEFORE_HASH      ",\"hash\":\""
#define BEFORE_SIGNATURE "\",\"signature\":\""
#define BEHIND           "\"}"
enum { SIGNATURE_DIGITS = 2 * OCPP_SETTLE_SIGNATURE_SIZE };

static size_t add_text(char *to, const char *text)
{
    const size_t size = strlen(text);

    memcpy(to, text, size);
    return size;
}

static size_t add_digits(char *to, const unsigned char *bytes, size_t size)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        to[2 * i] = digits[bytes[i] >> 4];
        to[2 * i + 1] = digits[bytes[i] & 15];
    }
    return 2 * size;
}

size_t anchor_text(const struct ocpp_settle_head *head, char text[ANCHOR_TEXT_SIZE])
{
    size_t size = add_text(text, BEFORE_NUMBER);

    size += ocpp_decimal_format(OCPP_DECIMAL(head->number, 0), text + size);
    size += add_text(text + size, BEFORE_HASH);
    size += add_digits(text + size, head->hash, sizeof head->hash);
    return size + add_text(text + size, BEHIND);
}

static size_t add_signature(char *text, size_t size, const unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE])
{
    size -= strlen(BEHIND);
    size += add_text(text + size, BEFORE_SIGNATURE);
    size += add_digits(text + size, signature, OCPP_SETTLE_SIGNATURE_SIZE);
    return size + add_text(text + size, BEHIND);
}

/* --- reading one ------------------------------------------------------------------------------------------------- */

static bool read_digits(const char *text, unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < 2 * size; i++) {
        const char c = text[i];
        const bool letter = c >= 'a' && c <= 'f';

        if (!letter && (c < '0' || c > '9')) {
            return false;
        }
        const unsigned value = letter ? (unsigned)(c - 'a') + 10U : (unsigned)(c - '0');
        bytes[i / 2] = (unsigned char)(i % 2 == 0 ? value << 4 : bytes[i / 2] | value);
    }
    return true;
}

enum ocpp_status anchor_says(const struct ocpp_settle_keys *keys, const unsigned char *point, const struct ocpp_settle_head *head,
                             const char *body, size_t size)
{
    char expected[ANCHOR_TEXT_SIZE];
    const size_t plain = anchor_text(head, expected);
    const size_t before = plain - strlen(BEHIND);
    const size_t with_signature = before + strlen(BEFORE_SIGNATURE) + SIGNATURE_DIGITS + strlen(BEHIND);
    unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE];

    if (size == plain && memcmp(body, expected, plain) == 0) {
        return point == NULL ? OCPP_OK : OCPP_ERR_SECURITY;
    }
    if (size != with_signature || memcmp(body, expected, before) != 0 ||
        memcmp(body + before, BEFORE_SIGNATURE, strlen(BEFORE_SIGNATURE)) != 0 ||
        memcmp(body + size - strlen(BEHIND), BEHIND, strlen(BEHIND)) != 0 ||
        !read_digits(body + before + strlen(BEFORE_SIGNATURE), signature, sizeof signature)) {
        return OCPP_ERR_SECURITY;
    }
    return point == NULL ? OCPP_OK : keys->verify(point, expected, plain, signature, keys->user);
}

/* --- writing one ------------------------------------------------------------------------------------------------- */

/* What the row says of the last one. */
struct last_anchor {
    int64_t number;
    int64_t version;
};

static bool note_last(const struct ocpp_settle_row *row, void *user)
{
    struct last_anchor *last = user;
    const size_t before = strlen(BEFORE_NUMBER);
    char digits[20] = "";

    last->version = row->version;
    if (row->size > before && memcmp(row->value, BEFORE_NUMBER, before) == 0) {
        const size_t rest = row->size - before;

        memcpy(digits, (const char *)row->value + before, rest < sizeof digits - 1 ? rest : sizeof digits - 1);
        last->number = strtoll(digits, NULL, 10); /* of another text 0: an anchor too many does no harm */
    }
    return true;
}

static enum ocpp_status write_anchor(const struct ocpp_settle_store *store, const struct ocpp_settle_head *head,
                                     const struct last_anchor *last, const char *text, size_t size, int64_t utc_ms)
{
    const struct ocpp_settle_change change = {
        .kind = last->version > 0 ? OCPP_SETTLE_UPDATE : OCPP_SETTLE_INSERT,
        .key = ANCHOR_ROW,
        .version = last->version,
        .value = text,
        .size = size,
    };
    const struct ocpp_settle_entry entry = { .kind = ANCHOR_KIND, .body = text, .size = size };
    const struct ocpp_settle_write write = {
        .changes = &change,
        .change_count = 1,
        .entries = &entry,
        .entry_count = 1,
        .utc_ms = utc_ms,
        .follows = head->number,
    };

    return store->write(&write, NULL, NULL, store->user);
}

enum ocpp_status ocpp_settle_store_anchor(const struct ocpp_settle_store *store, const struct ocpp_settle_keys *keys,
                                          const char *key_name, int64_t every, int64_t utc_ms)
{
    struct last_anchor last = { .number = 0 };
    struct ocpp_settle_head head;
    char text[ANCHOR_SIGNED_SIZE];
    unsigned char signature[OCPP_SETTLE_SIGNATURE_SIZE];
    enum ocpp_status status = store->head(&head, store->user);

    if (status == OCPP_OK) {
        status = store->read(ANCHOR_ROW, note_last, &last, store->user);
    }
    if (status != OCPP_OK && status != OCPP_ERR_NOT_FOUND) {
        return status;
    }
    const int64_t last_number = last.number <= head.number ? last.number : 0; /* somebody wrote nonsense there */
    if (head.number - last_number < (every > 0 ? every : 1)) {
        return OCPP_OK;
    }
    size_t size = anchor_text(&head, text);
    if (key_name != NULL) {
        status = keys->sign(key_name, text, size, signature, keys->user);
        if (status != OCPP_OK) {
            return status;
        }
        size = add_signature(text, size, signature);
    }
    return write_anchor(store, &head, &last, text, size, utc_ms);
}
