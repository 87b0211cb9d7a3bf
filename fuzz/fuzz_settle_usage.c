/* fuzz_settle_usage.c: a tariff from a seed, and a session whose events are bytes: what the check lets through adds up, and once
 * it has stopped the running bill is the final one. Eight bytes are the seed, then each event takes eight. */
#include "target.h"

#include "plain_keys.h"
#include "random_tariff.h"

#include <ocpp/settlement/compute.h>
#include <ocpp/settlement/money.h>

#include <stdlib.h>

enum { MOST_EVENTS = 256, EVENT_SIZE = 8, BEGUN_S = 1774740000 /* some hours before clocks go forward */ };

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static const struct ocpp_settle_zone_transition berlin[] = { { INT64_C(1761440400000), 3600 },
                                                             { INT64_C(1774746000000), 7200 },
                                                             { INT64_C(1792890000000), 3600 } };

/* One event; times and registers mostly rise. */
static void read_event(const uint8_t *bytes, int64_t *at_ms, int64_t *energy_mwh, struct ocpp_settle_usage_event *event)
{
    const int64_t scale_ms = bytes[1] % 4 == 0 ? 1 : bytes[1] % 4 == 1 ? 1000 : bytes[1] % 4 == 2 ? 60000 : 3600000;

    *at_ms += (int64_t)bytes[2] * scale_ms - ((bytes[1] & 0x80) != 0 ? 5000 : 0);
    *energy_mwh += ((int64_t)bytes[3] << 12 | (int64_t)bytes[4]) << (bytes[5] % 24);
    *energy_mwh = bytes[5] >= 0xf0 ? *energy_mwh / 2 : *energy_mwh;
    *event = (struct ocpp_settle_usage_event){
        .at = *at_ms,
        .kind = (enum ocpp_settle_usage_kind)(OCPP_SETTLE_USAGE_KIND_CHARGING + bytes[0] % 4),
        .has_energy_mwh = (bytes[6] & 1) != 0,
        .energy_mwh = (bytes[6] & 1) != 0 ? *energy_mwh : 0,
        .has_power_mw = (bytes[6] & 2) != 0,
        .power_mw = (int64_t)bytes[7] << (bytes[6] >> 4),
        .has_current_ma = (bytes[6] & 4) != 0,
        .current_ma = (int64_t)bytes[7] * 200,
    };
}

static size_t read_events(const uint8_t *data, size_t size, struct ocpp_settle_usage_event *events)
{
    int64_t at_ms = INT64_C(1000) * BEGUN_S;
    int64_t energy_mwh = 0;
    size_t count = 0;

    while (count < MOST_EVENTS && (count + 1) * EVENT_SIZE <= size) {
        read_event(&data[count * EVENT_SIZE], &at_ms, &energy_mwh, &events[count]);
        count++;
    }
    if (count > 1) {
        events[0].kind = OCPP_SETTLE_USAGE_KIND_START;
        events[count - 1].kind = OCPP_SETTLE_USAGE_KIND_STOP;
    }
    return count;
}

static int64_t delivered(const struct ocpp_settle_usage *usage)
{
    const int64_t base_mwh = usage->events.count > 0 ? usage->events.items[0].energy_mwh : 0;
    int64_t highest_mwh = base_mwh;

    for (size_t i = 0; i < usage->events.count; i++) {
        const struct ocpp_settle_usage_event *event = &usage->events.items[i];

        highest_mwh = event->has_energy_mwh && event->energy_mwh > highest_mwh ? event->energy_mwh : highest_mwh;
    }
    return highest_mwh - base_mwh;
}

static void adds_up(const struct ocpp_settle_bill *bill, const struct ocpp_settle_usage *usage)
{
    int64_t net = 0;
    int64_t tax = 0;
    int64_t energy_mwh = 0;

    for (size_t i = 0; i < bill->lines.count; i++) {
        const struct ocpp_settle_bill_line *line = &bill->lines.items[i];

        net += line->net_minor;
        tax += line->tax_minor;
        energy_mwh += line->kind == OCPP_SETTLE_LINE_KIND_ENERGY ? line->measured : 0;
        require(line->gross_minor == line->net_minor + line->tax_minor && line->billed >= line->measured);
    }
    require(net == bill->net_minor && net + tax == bill->gross_minor && energy_mwh == delivered(usage));
    require(bill->net_minor >= 0 && bill->gross_minor >= bill->net_minor);
}

static void reckon(const struct ocpp_settle_snapshot *snapshot, const struct ocpp_settle_usage *usage, struct ocpp_arena *arena)
{
    const struct ocpp_settle_bill *final = NULL;
    const struct ocpp_settle_bill *running = NULL;
    const int64_t at_ms = INT64_C(1000) * BEGUN_S;

    if (ocpp_settle_compute(snapshot, usage, OCPP_SETTLE_COMPUTE_MODE_FINAL, at_ms, &plain_keys, arena, &final, NULL) !=
        OCPP_OK) {
        return;
    }
    adds_up(final, usage);
    if (usage->events.count == 0) {
        return; /* a reservation without a start is another thing while it may still come */
    }
    require(ocpp_settle_compute(snapshot, usage, OCPP_SETTLE_COMPUTE_MODE_RUNNING, at_ms, &plain_keys, arena, &running, NULL) ==
            OCPP_OK);
    require(running->net_minor == final->net_minor && running->gross_minor == final->gross_minor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ocpp_settle_usage_event events[MOST_EVENTS];
    struct ocpp_arena *arena = ocpp_arena_new(NULL, (size_t)1 << 24);
    uint64_t seed = 0;

    require(arena != NULL);
    for (size_t i = 0; i < 8; i++) {
        seed = seed << 8 | (i < size ? data[i] : 0U);
    }
    const struct ocpp_settle_tariff *tariff = random_tariff_any(seed, arena);
    const struct ocpp_settle_currency *currency = ocpp_settle_currency_of(tariff->currency);
    struct ocpp_settle_snapshot snapshot = {
        .tariff = *tariff,
        .exponent = currency != NULL ? currency->exponent : 2,
        .rounding = seed % 2 == 0 ? OCPP_SETTLE_ROUNDING_MODE_HALF_UP : OCPP_SETTLE_ROUNDING_MODE_HALF_EVEN,
        .tax_rounding = seed % 3 == 0 ? OCPP_SETTLE_TAX_ROUNDING_PER_GROUP : OCPP_SETTLE_TAX_ROUNDING_PER_LINE,
        .zone = "Europe/Berlin",
        .transitions = { berlin, sizeof berlin / sizeof *berlin },
    };
    struct ocpp_settle_usage usage = { .events = { events, size > 8 ? read_events(&data[8], size - 8, events) : 0 } };
    reckon(&snapshot, &usage, arena);
    ocpp_arena_free(arena);
    return 0;
}
