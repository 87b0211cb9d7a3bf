/* fuzz_tzif.c: any bytes as a time zone file. What is read gives changes in order, each a change. The first two bytes choose the
 * span. */
#include "target.h"

#include "tzif.h"

#include <stdlib.h>

enum { MOST = 64 };

#define YEAR_S INT64_C(31556952)

static void demand(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void look(const struct tzif *tzif, int64_t from_s, int64_t to_s)
{
    struct ocpp_settle_zone_transition transitions[MOST];
    size_t count = 0;

    if (tzif_transitions(tzif, from_s, to_s, transitions, MOST, &count) != OCPP_OK) {
        return;
    }
    demand(count >= 1 && count <= MOST && transitions[0].from == from_s * 1000);
    for (size_t i = 1; i < count; i++) {
        demand(transitions[i].from > transitions[i - 1].from && transitions[i].from < to_s * 1000);
        demand(transitions[i].offset_s != transitions[i - 1].offset_s);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tzif tzif;

    if (size < 2) {
        return 0;
    }
    const int64_t from_s = (data[0] - 100) * YEAR_S;

    if (tzif_read(data + 2, size - 2, &tzif) == OCPP_OK) {
        look(&tzif, from_s, from_s + data[1] * YEAR_S);
        look(&tzif, from_s, from_s + 1);
        look(&tzif, INT64_C(-62135596800), INT64_C(253402300800));
    }
    return 0;
}
