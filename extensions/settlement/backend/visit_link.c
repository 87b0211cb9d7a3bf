/* visit_link.c: what the QR code of a visit says behind pay_url: ORDER.UNTIL.MAC. UNTIL is UTC seconds in hexadecimal digits, MAC
 * the first 128 bits of an HMAC-SHA-256 with a key of the backend's, as hexadecimal digits: who cannot make one cannot paste one
 * over ours, and an old one opens nothing (C11). Only the backend reads it, so nobody needs a public key for it. */
#include "visit_link.h"
#include "order_internal.h"
#include "visit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MAC_BYTES = VISIT_LINK_MAC / 2 };

static const char purpose[] = "visit-link/";

static void mac_of(struct command *command, const char *head, char digits[VISIT_LINK_MAC + 1])
{
    const struct ocpp_settle_settings *settings = &command_settle(command)->settings;
    const struct ocpp_settle_bytes pieces[] = { { purpose, sizeof purpose - 1 },
                                                { settings->operator_id, strlen(settings->operator_id) },
                                                { "/", 1 },
                                                { head, strlen(head) } };
    unsigned char mac[OCPP_SETTLE_DIGEST_SIZE] = { 0 };

    command_fail(command, settings->keys.hmac_sha256(settings->link_key, pieces, sizeof pieces / sizeof pieces[0], mac,
                                                     settings->keys.user));
    for (int i = 0; i < MAC_BYTES; i++) {
        snprintf(digits + (size_t)i * 2, 3, "%02x", mac[i]);
    }
}

void visit_link_write(struct command *command, const char *order, int64_t until_utc_ms, char link[OCPP_SETTLE_LINK_SIZE])
{
    char head[VISIT_LINK_HEAD];
    char digits[VISIT_LINK_MAC + 1];

    snprintf(head, sizeof head, "%s.%" PRIx64, order, (uint64_t)(until_utc_ms / 1000));
    mac_of(command, head, digits);
    snprintf(link, OCPP_SETTLE_LINK_SIZE, "%s.%s", head, digits);
}

/* Lower-case hexadecimal digits up to the dot, as they are written: one link, one text. */
static bool read_until(const char *text, const char *end, int64_t *until_s)
{
    const size_t size = (size_t)(end - text);

    *until_s = 0;
    if (size < 1 || size > 10 || (size > 1 && text[0] == '0')) {
        return false;
    }
    for (; text < end; text++) {
        const char *place = *text == '\0' ? NULL : strchr("0123456789abcdef", *text);

        if (!place) {
            return false;
        }
        *until_s = *until_s * 16 + (place - "0123456789abcdef");
    }
    return true;
}

bool visit_link_split(const char *link, struct visit_link *parts)
{
    const char *dot = strchr(link, '.');
    const char *last = dot ? strchr(dot + 1, '.') : NULL;
    const size_t head = last ? (size_t)(last - link) : 0;
    const size_t order = dot ? (size_t)(dot - link) : 0;

    if (!last || head >= sizeof parts->head || order < 1 || order >= sizeof parts->order || strlen(last + 1) != VISIT_LINK_MAC ||
        !read_until(dot + 1, last, &parts->until_s)) {
        return false;
    }
    memcpy(parts->head, link, head);
    parts->head[head] = '\0';
    memcpy(parts->order, link, order);
    parts->order[order] = '\0';
    parts->mac = last + 1;
    return true;
}

static const char *refuse(struct command *command, const char *reason)
{
    command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_BAD_TOKEN, reason);
    return NULL;
}

const char *visit_link_read(struct command *command, const char *link)
{
    struct visit_link parts;
    char digits[VISIT_LINK_MAC + 1];

    if (!visit_link_split(link, &parts)) {
        return refuse(command, "that is no link of ours");
    }
    mac_of(command, parts.head, digits);
    if (command_failed(command)) {
        return NULL;
    }
    if (!ocpp_settle_same_bytes(digits, parts.mac, VISIT_LINK_MAC)) {
        return refuse(command, "that is no link of ours");
    }
    if (1000 * parts.until_s <= command_utc_ms(command)) {
        return refuse(command, "the link has expired: scan the code again");
    }
    return order_text(command, parts.order);
}
