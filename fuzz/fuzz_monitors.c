/* fuzz_monitors.c: a monitor of any kind, and any series of values and moments, against the oracle (tests/support/monitor_oracle.h).
 *
 * The first bytes are the monitor, then each look takes eight; the input's end reads as zeros. */
#include "target.h"

#include "monitor_oracle.h"

#include "charge_point_internal.h"
#include "require.h"

struct input {
    const uint8_t *bytes;
    size_t size;
    size_t at;
};

static uint64_t take(struct input *input, int count)
{
    uint64_t value = 0;
    for (int i = 0; i < count; i++) {
        value = value << 8 | (input->at < input->size ? input->bytes[input->at] : 0u);
        input->at++;
    }
    return value;
}

/* A number of any size: its first byte says how many follow. */
static int64_t number(struct input *input)
{
    const uint64_t shape = take(input, 1);
    const int64_t size = (int64_t)(take(input, 1 + (int)(shape & 3)) << (shape >> 3 & 31)) % MONITOR_MOST;
    return (shape & 4) != 0 ? -size : size;
}

static struct monitor_rule rule_of(struct input *input)
{
    struct monitor_rule rule = { .type = (enum ocpp_monitor_type)(take(input, 1) % 5) };
    const int64_t value = number(input);
    rule.is_number = (take(input, 1) & 1) != 0;
    if (rule.type == OCPP_MONITOR_PERIODIC || rule.type == OCPP_MONITOR_PERIODIC_CLOCK_ALIGNED) {
        rule.value = 1000 + (value < 0 ? -value : value) % 86399001;
        return rule;
    }
    const int64_t band = number(input);
    rule.value = rule.type == OCPP_MONITOR_DELTA && value < 0 ? -value : value;
    rule.dead_band = rule.type == OCPP_MONITOR_DELTA ? 0 : band < 0 ? -band : band;
    return rule;
}

static void step(struct input *input, struct monitor_view *view)
{
    const uint64_t flags = take(input, 1);
    const int64_t by = (int64_t)(take(input, 2) << (flags & 15));
    view->has_value = (flags & 16) == 0;
    view->mono_ms += by;
    view->utc_ms = (flags & 32) != 0 ? OCPP_UTC_UNKNOWN : INT64_C(1700000000000) + view->mono_ms;
    view->number = number(input);
    view->text = (uint64_t)view->number & 3;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = { .bytes = data, .size = size };
    struct monitor_oracle oracle = { .rule = rule_of(&input) };
    struct monitor_memory memory = { .is_exceeded = false };
    struct monitor_view view = { .offset_ms = (int64_t)(take(&input, 1) % 25) * 3600000 - 43200000 };
    while (input.at < size && oracle.count < ORACLE_LOOKS) {
        step(&input, &view);
        const bool is_skipped = (take(&input, 1) & 7) == 7;
        const enum monitor_event expected = monitor_oracle_say(&oracle, &view, is_skipped);
        if (is_skipped) {
            ocpp_monitor_skip(&oracle.rule, &memory, &view);
            continue;
        }
        ocpp_require(ocpp_monitor_look(&oracle.rule, &memory, &view) == expected);
        const int64_t due = ocpp_monitor_due(&oracle.rule, &memory, view.mono_ms, view.utc_ms);
        ocpp_require(due == OCPP_NEVER || (due > view.mono_ms && due <= view.mono_ms + oracle.rule.value));
    }
    return 0;
}
