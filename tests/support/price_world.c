/* price_world.c: arranges. */
#include "price_world.h"

#include "plain_keys.h"
#include "unit.h"

#include <string.h>

static const struct ocpp_settle_zone_transition berlin[] = {
    { INT64_C(1540688400000), 3600 }, { INT64_C(1553994000000), 7200 }, { INT64_C(1572138000000), 3600 },
    { INT64_C(1585443600000), 7200 }, { INT64_C(1603587600000), 3600 }, { INT64_C(1616893200000), 7200 },
    { INT64_C(1635642000000), 3600 }, { INT64_C(1648342800000), 7200 }, { INT64_C(1667091600000), 3600 },
    { INT64_C(1679792400000), 7200 }, { INT64_C(1698541200000), 3600 }, { INT64_C(1711846800000), 7200 },
    { INT64_C(1729990800000), 3600 }, { INT64_C(1743296400000), 7200 }, { INT64_C(1761440400000), 3600 },
    { INT64_C(1774746000000), 7200 }, { INT64_C(1792890000000), 3600 }, { INT64_C(1806195600000), 7200 },
    { INT64_C(1824944400000), 3600 }, { INT64_C(1837645200000), 7200 }, { INT64_C(1856394000000), 3600 },
};

static const char *const rentals[MOST_WORLD_BANKS] = { "RENTAL0", "RENTAL1", "RENTAL2", "RENTAL3",
                                                       "RENTAL4", "RENTAL5", "RENTAL6", "RENTAL7" };

void price_world_open(struct price_world *world, const char *tariff)
{
    const void *decoded = NULL;
    char text[8192];

    memset(world, 0, sizeof *world);
    world->arena = ocpp_arena_new(NULL, 0);
    assert_non_null(world->arena);
    assert_true(strlen(tariff) < sizeof text);
    memcpy(text, tariff, strlen(tariff) + 1);
    for (char *at = text; *at != '\0'; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    if (ocpp_message_decode(&ocpp_settle_tariff_type, text, strlen(text), NULL, NULL, world->arena, &decoded, &world->issue) !=
        OCPP_OK) {
        fail_msg("%s: %s at %s", text, ocpp_status_sentence(world->issue.status), world->issue.path);
    }
    world->snapshot.tariff = *(const struct ocpp_settle_tariff *)decoded;
    world->snapshot.exponent = 2;
    world->snapshot.rounding = OCPP_SETTLE_ROUNDING_MODE_HALF_UP;
    world->snapshot.tax_rounding = OCPP_SETTLE_TAX_ROUNDING_PER_LINE;
    world->snapshot.zone = "Europe/Berlin";
    world->snapshot.transitions.items = berlin;
    world->snapshot.transitions.count = COUNT_OF(berlin);
    world->usage.events.items = world->events;
    world->usage.banks.items = world->banks;
    world->usage.adjustments.items = &world->adjustment;
    begins_at(world, "2026-11-23T09:00:00+01:00");
}

void price_world_close(struct price_world *world)
{
    ocpp_arena_free(world->arena);
}

void begins_at(struct price_world *world, const char *time)
{
    assert_int_equal(ocpp_time_parse(time, strlen(time), &world->begun_ms), OCPP_OK);
}

struct ocpp_settle_usage_event *happens(struct price_world *world, int64_t after_s, enum ocpp_settle_usage_kind kind, int64_t wh)
{
    struct ocpp_settle_usage_event *event = &world->events[world->usage.events.count++];

    assert_true(world->usage.events.count <= MOST_WORLD_EVENTS);
    event->at = world->begun_ms + after_s * 1000;
    event->kind = kind;
    event->has_energy_mwh = wh >= 0;
    event->energy_mwh = wh >= 0 ? wh * 1000 : 0;
    return event;
}

void charges(struct price_world *world, int64_t charging_s, int64_t wh, int64_t idle_s)
{
    happens(world, 0, OCPP_SETTLE_USAGE_KIND_START, 0);
    if (idle_s > 0) {
        happens(world, charging_s, OCPP_SETTLE_USAGE_KIND_SUSPENDED_EV, wh);
    }
    happens(world, charging_s + idle_s, OCPP_SETTLE_USAGE_KIND_STOP, wh);
}

void reserves(struct price_world *world, int64_t from_s, int64_t lasts_s, enum ocpp_settle_reservation_kind kind)
{
    world->reservation.from = world->begun_ms + from_s * 1000;
    world->reservation.to = world->reservation.from + lasts_s * 1000;
    world->reservation.kind = kind;
    world->usage.reservation = &world->reservation;
}

struct ocpp_settle_bank_usage *rents(struct price_world *world, int64_t from_s, int64_t lasts_s, enum ocpp_settle_bank_end end)
{
    struct ocpp_settle_bank_usage *bank = &world->banks[world->usage.banks.count];

    bank->rental = rentals[world->usage.banks.count++];
    bank->taken_at = world->begun_ms + from_s * 1000;
    bank->end = end;
    bank->has_ended_at = end != OCPP_SETTLE_BANK_END_OPEN;
    bank->ended_at = bank->has_ended_at ? bank->taken_at + lasts_s * 1000 : 0;
    return bank;
}

/* I11: the energy of the lines is what the meter delivered, as far as it rose. */
static bool energy_is_whole(const struct price_world *world)
{
    int64_t lines_mwh = 0;
    int64_t highest_mwh = 0;
    int64_t base_mwh = world->usage.events.count > 0 ? world->usage.events.items[0].energy_mwh : 0;

    for (size_t i = 0; i < world->usage.events.count; i++) {
        const int64_t delta_mwh = world->usage.events.items[i].energy_mwh - base_mwh;

        highest_mwh = world->usage.events.items[i].has_energy_mwh && delta_mwh > highest_mwh ? delta_mwh : highest_mwh;
    }
    for (size_t i = 0; i < world->bill->lines.count; i++) {
        lines_mwh += world->bill->lines.items[i].kind == OCPP_SETTLE_LINE_KIND_ENERGY ? world->bill->lines.items[i].measured : 0;
    }
    return lines_mwh == highest_mwh;
}

static enum ocpp_status compute(struct price_world *world, enum ocpp_settle_compute_mode mode, int64_t at_ms)
{
    const enum ocpp_status status =
        ocpp_settle_compute(&world->snapshot, &world->usage, mode, at_ms, &plain_keys, world->arena, &world->bill, &world->issue);

    if (status == OCPP_OK) {
        assert_true(bill_adds_up(world->bill));
        assert_true(energy_is_whole(world));
    }
    return status;
}

enum ocpp_status computes(struct price_world *world)
{
    return compute(world, OCPP_SETTLE_COMPUTE_MODE_FINAL, world->begun_ms + 86400000);
}

enum ocpp_status computes_running(struct price_world *world, int64_t after_s)
{
    return compute(world, OCPP_SETTLE_COMPUTE_MODE_RUNNING, world->begun_ms + after_s * 1000);
}

const struct ocpp_settle_bill_line *line(const struct price_world *world, enum ocpp_settle_line_kind kind, size_t nth)
{
    for (size_t i = 0; i < world->bill->lines.count; i++) {
        if (world->bill->lines.items[i].kind == kind && nth-- == 0) {
            return &world->bill->lines.items[i];
        }
    }
    fail_msg("no such line of kind %d", (int)kind);
    return NULL;
}

size_t lines(const struct price_world *world, enum ocpp_settle_line_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < world->bill->lines.count; i++) {
        count += world->bill->lines.items[i].kind == kind ? 1 : 0;
    }
    return count;
}

bool has_anomaly(const struct price_world *world, enum ocpp_settle_bill_anomaly anomaly)
{
    for (size_t i = 0; i < world->bill->anomalies.count; i++) {
        if (world->bill->anomalies.items[i] == anomaly) {
            return true;
        }
    }
    return false;
}

static bool line_adds_up(const struct ocpp_settle_bill_line *line)
{
    int64_t taxes = 0;

    for (size_t i = 0; i < line->taxes.count; i++) {
        taxes += line->taxes.items[i].tax_minor;
    }
    return line->gross_minor == line->net_minor + line->tax_minor && (line->taxes.count == 0 || taxes == line->tax_minor);
}

bool bill_adds_up(const struct ocpp_settle_bill *bill)
{
    int64_t net = 0;
    int64_t tax = 0;

    for (size_t i = 0; i < bill->lines.count; i++) {
        if (!line_adds_up(&bill->lines.items[i])) {
            return false;
        }
        net += bill->lines.items[i].net_minor;
        tax += bill->lines.items[i].tax_minor;
    }
    return net == bill->net_minor && tax == bill->tax_minor && net + tax == bill->gross_minor;
}
