/* price_world.h: tariffs as text, sessions as a few events, and the bill that comes of them. */
#ifndef OCPP_TESTS_PRICE_WORLD_H
#define OCPP_TESTS_PRICE_WORLD_H

#include <ocpp/settlement/compute.h>
#include <ocpp/settlement/money.h>

#include <ocpp/message.h>

enum { MOST_WORLD_EVENTS = 64, MOST_WORLD_BANKS = 8 };

/* price_world: |snapshot| and |usage| may be changed by the test before it computes. */
struct price_world {
    struct ocpp_arena *arena;
    struct ocpp_settle_snapshot snapshot;
    struct ocpp_settle_usage usage;
    struct ocpp_settle_usage_event events[MOST_WORLD_EVENTS];
    struct ocpp_settle_bank_usage banks[MOST_WORLD_BANKS];
    struct ocpp_settle_usage_reservation reservation;
    struct ocpp_settle_usage_adjustment adjustment;
    int64_t begun_ms; /* what the seconds of events count from */
    struct ocpp_issue issue;
    const struct ocpp_settle_bill *bill;
};

/* price_world_open: EUR in Berlin, half up, taxes per line; |tariff| is JSON of the model with ' for ". */
void price_world_open(struct price_world *world, const char *tariff);
void price_world_close(struct price_world *world);

/* begins_at: from when events count: "2026-11-23T09:30:00+01:00". */
void begins_at(struct price_world *world, const char *time);

/* happens: an event |after_s| seconds; |wh| -1: nobody read the meter. Returns it for more. */
struct ocpp_settle_usage_event *happens(struct price_world *world, int64_t after_s, enum ocpp_settle_usage_kind kind, int64_t wh);

/* charges: a session that charges |wh| in |charging_s|, draws nothing for |idle_s|, and stops. */
void charges(struct price_world *world, int64_t charging_s, int64_t wh, int64_t idle_s);

/* reserves: from |from_s| for |lasts_s|. */
void reserves(struct price_world *world, int64_t from_s, int64_t lasts_s, enum ocpp_settle_reservation_kind kind);

/* rents: a bank taken at |from_s|, for |lasts_s|. */
struct ocpp_settle_bank_usage *rents(struct price_world *world, int64_t from_s, int64_t lasts_s, enum ocpp_settle_bank_end end);

/* computes: FINAL, a day after the beginning, and looks whether the bill adds up. computes_running: at |after_s|. */
enum ocpp_status computes(struct price_world *world);
enum ocpp_status computes_running(struct price_world *world, int64_t after_s);

/* line: the |nth| line of |kind|, counted from 0; fails without. lines: how many there are. */
const struct ocpp_settle_bill_line *line(const struct price_world *world, enum ocpp_settle_line_kind kind, size_t nth);
size_t lines(const struct price_world *world, enum ocpp_settle_line_kind kind);

bool has_anomaly(const struct price_world *world, enum ocpp_settle_bill_anomaly anomaly);

/* bill_adds_up: whether totals are the sums of lines and every line that of its parts. */
bool bill_adds_up(const struct ocpp_settle_bill *bill);

#endif
