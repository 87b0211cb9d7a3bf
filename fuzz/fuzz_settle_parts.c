/* fuzz_settle_parts.c: messages in parts: any text cut, and any parts put together. The first byte says how narrow the link is;
 * what follows is cut and joined; then every two bytes of it are a part that comes: which, of how many, of which message.
 *
 * What must hold: a part that is valid text keeps to the limit; what was cut is joined to the same; whatever comes, the joiner
 * holds no more than it may and a terminated text.
 */
#include "target.h"
#include "require.h"

#include <ocpp/settlement/wire.h>

#include <stdlib.h>
#include <string.h>

static void cut_and_join(const struct ocpp_settle_wire *wire, const char *text, size_t size, struct ocpp_arena *arena)
{
    struct ocpp_settle_joiner joiner = { .limit = size + 1 };
    const size_t count = ocpp_settle_wire_parts(wire, text, size);
    struct ocpp_settle_chunk_req part;

    ocpp_require(ocpp_settle_wire_part(wire, "Inventory", "M1", text, size, count, arena, &part) == OCPP_ERR_ARGUMENT);
    for (size_t i = 0; i < count && count > 1; i++) {
        struct ocpp_data_transfer data;

        ocpp_require(ocpp_settle_wire_part(wire, "Inventory", "M1", text, size, i, arena, &part) == OCPP_OK);
        ocpp_require(ocpp_settle_joiner_add(&joiner, &part) ==
                     (i + 1 < count ? OCPP_SETTLE_JOINED_MORE : OCPP_SETTLE_JOINED_WHOLE));
        ocpp_require(ocpp_settle_wire_write(wire, &ocpp_settle_actions[OCPP_SETTLE_ACTION_CHUNK], &part, arena, &data) !=
                     OCPP_ERR_TOO_LARGE);
    }
    if (count > 1) {
        ocpp_require(joiner.size == size && memcmp(joiner.text, text, size + 1) == 0);
    }
    ocpp_settle_joiner_drop(&joiner);
}

static void any_parts(const uint8_t *data, size_t size, const char *text)
{
    static const char *const ids[] = { "A", "B", "01234567890123456789012345" };
    enum { LIMIT = 3000 };
    struct ocpp_settle_joiner joiner = { .limit = LIMIT };

    for (size_t i = 0; i + 1 < size && i < 400; i += 2) {
        const size_t from = data[i + 1] < size ? data[i + 1] : 0;
        const struct ocpp_settle_chunk_req part = {
            .id = ids[data[i] % 3],
            .name = data[i] & 64 ? "Inventory" : "BankTaken",
            .index = data[i] >> 2 & 3,
            .count = 2 + (data[i] >> 7),
            .text = text + from,
        };
        const enum ocpp_settle_joined joined = ocpp_settle_joiner_add(&joiner, &part);

        ocpp_require(joiner.size <= LIMIT && (joiner.text == NULL || joiner.size < joiner.room));
        ocpp_require(joined != OCPP_SETTLE_JOINED_WHOLE || strlen(joiner.text) == joiner.size);
    }
    ocpp_settle_joiner_drop(&joiner);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) {
        return 0;
    }
    const struct ocpp_settle_wire wire = { .peer = OCPP_FROM_STATION, .max_bytes = 250U + data[0] };
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 64U << 20);
    char *text = calloc(1, size);
    ocpp_require(arena != NULL && text != NULL);
    for (size_t i = 1; i < size; i++) {
        text[i - 1] = data[i] != 0 ? (char)data[i] : '0';
    }
    if (size <= 4000) { /* it is cut in the square of its length */
        cut_and_join(&wire, text, size - 1, arena);
    }
    any_parts(data + 1, size - 1, text);
    ocpp_arena_free(arena);
    free(text);
    return 0;
}
