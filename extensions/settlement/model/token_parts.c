/* token_parts.c: taking tokens in compact form apart. */
#include "token_parts.h"

#include "base64url.h"

#include <string.h>

bool token_is_visible(const char *text, size_t limit)
{
    size_t length = 0;

    while (text[length] > ' ' && text[length] <= '~') {
        length++;
    }
    return text[length] == '\0' && length >= 1 && length <= limit;
}

bool token_split(const char *token, size_t size, struct ocpp_settle_bytes *parts, size_t count)
{
    const char *at = token;
    const char *end = token + size;

    for (size_t i = 0; i < count; i++) {
        const char *dot = memchr(at, '.', (size_t)(end - at));

        if ((dot == NULL) != (i + 1 == count)) {
            return false;
        }
        parts[i] = (struct ocpp_settle_bytes){ at, (size_t)((dot != NULL ? dot : end) - at) };
        at = dot != NULL ? dot + 1 : end;
    }
    return true;
}

enum ocpp_status token_decode(const struct ocpp_settle_bytes *part, struct ocpp_arena *arena, const char **text, size_t *size)
{
    *size = base64url_size(part->size);
    unsigned char *bytes = ocpp_arena_take(arena, *size + 1);

    if (bytes == NULL) {
        return OCPP_ERR_NOMEM;
    }
    *text = (const char *)bytes;
    return base64url_read(part->bytes, part->size, bytes) ? OCPP_OK : OCPP_ERR_VALUE;
}

enum ocpp_status token_header(const struct ocpp_settle_bytes *part, size_t limit, const struct ocpp_type *type,
                              struct ocpp_arena *arena, const void **header)
{
    const struct ocpp_json_limits limits = { .max_bytes = limit, .max_nodes = 16, .max_depth = 3 };
    const char *text;
    size_t size;

    if (base64url_size(part->size) > limit) {
        return OCPP_ERR_VALUE;
    }
    enum ocpp_status status = token_decode(part, arena, &text, &size);
    if (status == OCPP_OK) {
        status = ocpp_message_decode(type, text, size, &limits, NULL, arena, header, NULL);
    }
    return status == OCPP_OK || ocpp_status_class_of(status) == OCPP_CLASS_RESOURCE ? status : OCPP_ERR_VALUE;
}
