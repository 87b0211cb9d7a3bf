/* fuzz_inspect.c: ocpp-inspect over a log. The first byte holds the options; the rest are lines. Whatever they hold, the report
 * has one line of printable text, or one JSON object, for each. */
#include "../examples/inspect/report.h"
#include "json.h"
#include "walk_target.h"

#include <stdlib.h>
#include <string.h>

enum { LENIENT = 1, JSON = 2, FORCED_SHIFT = 2, ARENA_LIMIT = 8 << 20 };

static void demand_printable(const char *text, size_t size)
{
    fuzz_demand(size != 0 && text[size - 1] == '\n');
    for (size_t i = 0; i < size; i++)
        fuzz_demand(text[i] == '\n' || ((unsigned char)text[i] >= 0x20 && text[i] != 0x7F));
}

static void demand_json(const char *text, size_t size)
{
    const struct ocpp_json_limits limits = { .max_bytes = 1 << 20, .max_nodes = 10000 };
    fuzz_demand(ocpp_json_scan(text, size, &limits, NULL) == OCPP_OK);
    fuzz_demand(memchr(text, '\n', size) == text + size - 1);
}

static void report(const struct judge *judge, unsigned options)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return;
    (options & JSON ? report_json : report_text)(out, 1, &judge->verdict);
    if (fclose(out) == 0)
        (options & JSON ? demand_json : demand_printable)(text, size);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct judge *judge = calloc(1, sizeof *judge);
    fuzz_demand(judge != NULL);
    judge->lenient = data[0] & LENIENT;
    judge->forced = (enum ocpp_version)(data[0] >> FORCED_SHIFT) % OCPP_VERSION_COUNT;
    judge->calls = call_memory_new();
    judge->arena = ocpp_arena_new(NULL, ARENA_LIMIT);
    fuzz_demand(judge->calls != NULL && judge->arena != NULL);
    const char *line = (const char *)data + 1;
    const char *end = (const char *)data + size;
    while (line < end) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        const size_t length = (size_t)((stop != NULL ? stop : end) - line);
        judge_line(judge, line, length);
        report(judge, data[0]);
        judge_forget(judge);
        line += length + 1;
    }
    call_memory_free(judge->calls);
    ocpp_arena_free(judge->arena);
    free(judge);
    return 0;
}
