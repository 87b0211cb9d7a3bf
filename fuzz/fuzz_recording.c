/* fuzz_recording.c: the lines of a recording of ocpp-sim, one after the other. One that is taken is printed as a line that is
 * taken again and printed the same; the frames of two that stand beside each other are held against each other. */
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
