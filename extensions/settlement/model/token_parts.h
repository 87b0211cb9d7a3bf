/* token_parts.h: what tokens in compact form have in common: parts in base64url with dots between them, the first a header in
 * JSON. */
#ifndef SETTLE_TOKEN_PARTS_H
#define SETTLE_TOKEN_PARTS_H

#include <ocpp/message.h>
#include <ocpp/settlement/keys.h>

/* token_is_visible: 1 to |limit| visible ASCII characters. */
bool token_is_visible(const char *text, size_t limit);

/* token_split: the |count| parts of |token|, borrowed. False: it has more, or fewer. */
bool token_split(const char *token, size_t size, struct ocpp_settle_bytes *parts, size_t count);

/* token_decode: |*size| bytes of |part| in the arena, and a terminator. Errors: OCPP_ERR_VALUE; OCPP_ERR_NOMEM, OCPP_ERR_LIMIT.
 */
enum ocpp_status token_decode(const struct ocpp_settle_bytes *part, struct ocpp_arena *arena, const char **text, size_t *size);

/* token_header: |part| of at most |limit| bytes as a header of |type|. Errors: OCPP_ERR_VALUE; OCPP_ERR_NOMEM, OCPP_ERR_LIMIT. */
enum ocpp_status token_header(const struct ocpp_settle_bytes *part, size_t limit, const struct ocpp_type *type,
                              struct ocpp_arena *arena, const void **header);

#endif
