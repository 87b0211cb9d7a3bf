/* fuzz_lenient.c: payloads read with some quirks granted. The first byte is the version, three more are the quirks. Leniency only
 * adds: what the strict way accepts, every tolerance accepts without using it; and only what was granted is used. */
#include "walk_target.h"

#include <string.h>

enum { PREFIX = 4 };

struct reports {
    unsigned count;
    uint32_t quirks;
};

static void note(const struct ocpp_issue *issue, void *user)
{
    struct reports *reports = user;
    reports->count++;
    reports->quirks |= issue->quirk;
    fuzz_demand(strlen(issue->path) < sizeof issue->path);
    fuzz_demand(strcmp(ocpp_quirk_name((enum ocpp_quirk)issue->quirk), "?") != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < PREFIX)
        return 0;
    const struct fuzz_payload payload = fuzz_payload_of(fuzz_version(data[0]), data + PREFIX, size - PREFIX);
    if (payload.type == NULL)
        return 0;
    struct reports reports = { 0 };
    const uint32_t granted = (uint32_t)data[1] | (uint32_t)data[2] << 8 | (uint32_t)data[3] << 16;
    const struct ocpp_tolerance tolerance = { granted, note, &reports };
    struct ocpp_arena *arena = ocpp_arena_new(NULL, 16 << 20);
    const void *strictly;
    const void *message;
    const bool strict =
        ocpp_message_decode(payload.type, payload.text, payload.size, NULL, NULL, arena, &strictly, NULL) == OCPP_OK;
    const bool lenient =
        ocpp_message_decode(payload.type, payload.text, payload.size, NULL, &tolerance, arena, &message, NULL) == OCPP_OK;
    fuzz_demand((reports.quirks & ~granted) == 0);
    if (strict)
        fuzz_demand(lenient && reports.count == 0 && ocpp_message_equal(payload.type, strictly, message));
    if (lenient) {
        char line[300];
        fuzz_demand(strict || reports.count != 0);
        fuzz_demand(ocpp_message_print(payload.type, message, line, sizeof line) < sizeof line);
        fuzz_demand(ocpp_message_copy(payload.type, message, arena, &strictly) == OCPP_OK);
        fuzz_demand(ocpp_message_equal(payload.type, message, strictly));
    }
    ocpp_arena_free(arena);
    return 0;
}
