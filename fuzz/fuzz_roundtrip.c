/* fuzz_roundtrip.c: what is decoded can be encoded, comes back the same, and is then written the same. The first byte is the
 * version. */
#include "walk_target.h"

#include <string.h>

/* Times and numbers may grow when they are written our way. */
static const struct ocpp_json_limits roomy = { .max_bytes = 16 << 20, .max_nodes = 100000, .max_depth = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const struct fuzz_payload payload = fuzz_payload_of(fuzz_version(data[0]), data + 1, size - 1);
    if (payload.type == NULL)
        return 0;
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 64 << 20);
    const void *message;
    const void *again;
    const char *text;
    const char *same;
    size_t length;
    size_t same_length;
    if (ocpp_message_decode(payload.type, payload.text, payload.size, NULL, NULL, arena, &message, NULL) == OCPP_OK) {
        fuzz_demand(ocpp_message_encode(payload.type, message, arena, &text, &length, NULL) == OCPP_OK);
        fuzz_demand(ocpp_message_decode(payload.type, text, length, &roomy, NULL, arena, &again, NULL) == OCPP_OK);
        fuzz_demand(ocpp_message_equal(payload.type, message, again));
        fuzz_demand(ocpp_message_encode(payload.type, again, arena, &same, &same_length, NULL) == OCPP_OK);
        fuzz_demand(length == same_length && memcmp(text, same, length) == 0);
    }
    ocpp_arena_free(arena);
    return 0;
}
