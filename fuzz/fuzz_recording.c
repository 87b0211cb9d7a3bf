/* fuzz_recording.c: the lines of a recording of ocpp-sim, one after the other. One that is taken is printed as a line that is
 * taken again and printed the same, its bytes are the digits they came as, and the frames of two that stand beside each other are
 * held against each other. */
#include "recording.h"
#include "replay_diff.h"
#include "walk_target.h"

#include <stdlib.h>
#include <string.h>

static char *print_again(const char *text)
{
    struct recording_line line;

    fuzz_demand(recording_parse(text, strlen(text), &line) == NULL);
    char *again = recording_print(&line);
    recording_free(&line);
    return again;
}

/* Whether a recorder could have made it: what holds a NUL was cut. */
static void demand_same(const struct recording_line *line)
{
    char *once = recording_print(line);
    char *twice = once ? print_again(once) : NULL;

    fuzz_demand(once && twice && strcmp(once, twice) == 0);
    free(once);
    free(twice);
}

/* What is said over the phone link, given by keys, or a piece of a file is bytes: so many as fit, and the same digits again. */
static void demand_bytes(const struct recording_line *line)
{
    static unsigned char bytes[RECORDING_PIECE_BYTES];

    if (line->kind != RECORDING_HEARD && line->kind != RECORDING_SAID && line->kind != RECORDING_KEY &&
        line->kind != RECORDING_FILE) {
        return;
    }
    const size_t size = recording_bytes(line, bytes, sizeof bytes);
    char *digits = recording_digits(bytes, size);
    fuzz_demand(digits && strcmp(digits, line->text ? line->text : "") == 0);
    fuzz_demand(line->kind != RECORDING_KEY || line->status != OCPP_OK || size == recording_key_size(line->key));
    free(digits);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *at = (const char *)data;
    const char *end = at + size;
    char *before = NULL;
    char place[64];

    while (at < end) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const size_t length = (size_t)((stop ? stop : end) - at);
        struct recording_line line;
        if (!recording_parse(at, length, &line)) {
            demand_same(&line);
            demand_bytes(&line);
            if (before && line.text) {
                replay_diff(before, line.text, place, sizeof place);
                fuzz_demand(strlen(place) < sizeof place);
            }
            free(before);
            before = line.text ? strdup(line.text) : NULL;
            recording_free(&line);
        }
        at += length + 1;
    }
    free(before);
    return 0;
}
