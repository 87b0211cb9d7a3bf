/* fuzz_settle_messages.c: every message of the settlement extension, read, written and read again. The input is the name of a
 * message on a line, with a '?' behind it for its answer, and the text.
 *
 * What must hold: what was read can be written, and what was written is the same message; its hash does not hang on its spelling.
 */
#include "target.h"
#include "toy_keys.h"
#include "require.h"

#include <ocpp/settlement/wire.h>

#include <string.h>

static const struct ocpp_type *type_of(const char *name, size_t size, const struct ocpp_action **action)
{
    const bool is_answer = size > 0 && name[size - 1] == '?';

    *action = ocpp_protocol_action(&ocpp_settle_protocol, name, size - (is_answer ? 1 : 0));
    if (*action == NULL) {
        return size == 7 && memcmp(name, "Refusal", 7) == 0 ? &ocpp_settle_refusal_type : NULL;
    }
    return is_answer ? (*action)->response : (*action)->request;
}

static void hash_alike(const struct ocpp_action *action, const void *a, const void *b, struct ocpp_arena *arena)
{
    unsigned char hashes[2][OCPP_SETTLE_DIGEST_SIZE];

    ocpp_require(ocpp_settle_wire_hash(&toy_keys, action, a, arena, hashes[0]) == OCPP_OK);
    ocpp_require(ocpp_settle_wire_hash(&toy_keys, action, b, arena, hashes[1]) == OCPP_OK);
    ocpp_require(memcmp(hashes[0], hashes[1], sizeof hashes[0]) == 0);
}

static void look_at(const struct ocpp_action *action, const struct ocpp_type *type, const void *message, struct ocpp_arena *arena)
{
    const char *text;
    size_t size;
    const void *again;
    const struct ocpp_json_limits large = { .max_bytes = 4U << 20 };

    ocpp_require(ocpp_message_encode(type, message, arena, &text, &size, NULL) == OCPP_OK);
    ocpp_require(ocpp_message_decode(type, text, size, &large, NULL, arena, &again, NULL) == OCPP_OK);
    ocpp_require(ocpp_message_equal(type, message, again));
    if (action != NULL && type == action->request) {
        hash_alike(action, message, again, arena);
    }
    if (action != NULL) {
        (void)ocpp_settle_wire_envelope(type, message);
        (void)ocpp_settle_wire_receipt(type, message);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *line = size > 0 ? memchr(text, '\n', size) : NULL;
    const struct ocpp_action *action;
    const struct ocpp_type *type = line != NULL ? type_of(text, (size_t)(line - text), &action) : NULL;
    const void *message;

    if (type == NULL) {
        return 0;
    }
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 16U << 20);
    const size_t rest = size - (size_t)(line + 1 - text);
    if (arena != NULL && ocpp_message_decode(type, line + 1, rest, NULL, NULL, arena, &message, NULL) == OCPP_OK) {
        look_at(action, type, message, arena);
    }
    ocpp_arena_free(arena);
    return 0;
}
