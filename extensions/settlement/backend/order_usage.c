/* order_usage.c: everything an order used, put together from what the rows say, and its bill. */
#include "order_internal.h"
#include "rentals.h"
#include "visit.h"

#include <ocpp/central_transactions.h>

#include <string.h>

enum { EVENTS_MAXIMUM = 20000 };

/* --- what the vehicle did --------------------------------------------------------------------------------------------------- */

/* events: rows in the order of their moments. */
struct events {
    struct ocpp_settle_usage_event *items;
    size_t count;
    size_t room;
};

static bool add_event(struct command *command, struct events *events, const struct ocpp_settle_usage_event *event)
{
    if (events->count == events->room) {
        const size_t room = events->room ? 2 * events->room : 32;
        struct ocpp_settle_usage_event *more = order_take(command, room * sizeof *more);

        if (!more) {
            return false;
        }
        if (events->count > 0) {
            memcpy(more, events->items, events->count * sizeof *more);
        }
        events->items = more;
        events->room = room;
    }
    events->items[events->count++] = *event;
    return events->count < EVENTS_MAXIMUM - 2;
}

static bool add_row(struct command *command, const char *key, const void *record, void *user)
{
    (void)key;
    return add_event(command, user, record);
}

static const struct row_vehicle *vehicle_heard(struct command *command, const struct row_order *order)
{
    const struct row_vehicle *heard = command_read(command, command_key(command, "heard", order->id, NULL), &row_vehicle_type);

    return heard && heard->state == ROW_VEHICLE_STATE_ENDED ? heard : order->vehicle;
}

/* Late rows lie among the others; both lists are in order. */
static void merge(struct command *command, const struct events *early, const struct events *late, struct events *all)
{
    size_t e = 0;
    size_t l = 0;

    while (e < early->count || l < late->count) {
        const bool take_early = l == late->count || (e < early->count && early->items[e].at <= late->items[l].at);

        if (!add_event(command, all, take_early ? &early->items[e++] : &late->items[l++])) {
            return;
        }
    }
}

/* A session that came as a whole, in one row. */
static void add_carried(struct command *command, const char *key, struct events *events)
{
    const struct ocpp_settle_usage *usage = command_read(command, key, &ocpp_settle_usage_type);

    for (size_t i = 0; order_must(command, usage) && i < usage->events.count; i++) {
        add_event(command, events, &usage->events.items[i]);
    }
}

/* What an end brings with it is billed with it: the rows of this very command are among them. */
static void read_rows(struct command *command, const struct row_order *order, bool with_late, struct events *all)
{
    const struct row_vehicle *heard = with_late ? vehicle_heard(command, order) : order->vehicle;
    struct events early = { 0 };
    struct events late = { 0 };

    if (order->vehicle->is_carried) {
        add_carried(command, command_key(command, "carried", order->id, NULL), &early);
    } else {
        command_each_now(command, command_key(command, "usage", order->id, "", NULL), &ocpp_settle_usage_event_type, add_row,
                         &early);
    }
    if (heard != order->vehicle && heard->is_carried) {
        add_carried(command, command_key(command, "carried", order->id, "late", NULL), &late);
    } else if (with_late) {
        command_each_now(command, command_key(command, "late", order->id, "", NULL), &ocpp_settle_usage_event_type, add_row,
                         &late);
    }
    merge(command, &early, &late, all);
}

/* A start register of 0 before a jump that no station can deliver was no reading: a meter that had not answered yet. */
static bool is_placeholder(const struct row_vehicle *vehicle)
{
    return vehicle->has_start_mwh && vehicle->start_mwh == 0 && (vehicle->anomalies & OCPP_ANOMALY_METER_JUMPED) != 0;
}

/* The register energy is counted from: the start's, or else the first one read. */
static int64_t first_register(const struct row_vehicle *vehicle, const struct events *rows)
{
    if (vehicle->has_start_mwh && !is_placeholder(vehicle)) {
        return vehicle->start_mwh;
    }
    for (size_t i = 0; i < rows->count; i++) {
        if (rows->items[i].has_energy_mwh && rows->items[i].energy_mwh > 0) {
            return rows->items[i].energy_mwh;
        }
    }
    return vehicle->has_last_mwh ? vehicle->last_mwh : 0;
}

/* The registers as they were read: what was delivered, and whether one fell, is for the bill to say. A meter that says 0 before
 * its first reading has not answered yet. */
static void add_readings(struct command *command, const struct row_vehicle *vehicle, const struct events *rows,
                         const struct ocpp_settle_usage_event *start, struct events *session)
{
    bool has_answered = false;

    for (size_t i = 0; i < rows->count; i++) {
        struct ocpp_settle_usage_event event = rows->items[i];

        has_answered = has_answered || (event.has_energy_mwh && event.energy_mwh > 0);
        if (event.has_energy_mwh && !has_answered) {
            event.energy_mwh = start->energy_mwh;
        }
        if (event.at >= start->at && (!vehicle->has_ended_at || event.at <= vehicle->ended_at)) {
            add_event(command, session, &event);
        }
    }
}

static void add_session(struct command *command, const struct row_vehicle *vehicle, const struct events *rows,
                        struct events *session)
{
    const int64_t from = vehicle->has_started_at ? vehicle->started_at : rows->count > 0 ? rows->items[0].at : vehicle->heard_at;
    const struct ocpp_settle_usage_event start = {
        .at = from, .kind = OCPP_SETTLE_USAGE_KIND_START, .has_energy_mwh = true, .energy_mwh = first_register(vehicle, rows)
    };

    add_event(command, session, &start);
    add_readings(command, vehicle, rows, &start, session);
    if (vehicle->has_ended_at) {
        const struct ocpp_settle_usage_event stop = { .at = vehicle->ended_at,
                                                      .kind = OCPP_SETTLE_USAGE_KIND_STOP,
                                                      .has_energy_mwh = vehicle->has_last_mwh,
                                                      .energy_mwh = vehicle->has_last_mwh ? vehicle->last_mwh : 0 };
        add_event(command, session, &stop);
    }
}

/* pausing: idle time from |from| to |until| is taken for somebody else's doing. */
struct pausing {
    int64_t from;
    int64_t until;
    enum ocpp_settle_usage_kind kind; /* what it really does */
    int edge;                         /* of the two, the next one */
};

static bool is_paused(const struct pausing *pausing, int64_t at)
{
    return at >= pausing->from && at < pausing->until;
}

static enum ocpp_settle_usage_kind paused_kind(const struct pausing *pausing, int64_t at)
{
    return pausing->kind == OCPP_SETTLE_USAGE_KIND_SUSPENDED_EV && is_paused(pausing, at) ? OCPP_SETTLE_USAGE_KIND_SUSPENDED_EVSE
                                                                                          : pausing->kind;
}

/* Where the pause begins or ends within a state, that state is told anew. */
static void tell_edges(struct command *command, struct pausing *pausing, int64_t before, struct events *paused)
{
    const int64_t edges[] = { pausing->from, pausing->until };

    for (; pausing->edge < 2 && edges[pausing->edge] < before; pausing->edge++) {
        const int64_t at = edges[pausing->edge];

        if (pausing->kind == OCPP_SETTLE_USAGE_KIND_SUSPENDED_EV) {
            add_event(command, paused, &(struct ocpp_settle_usage_event){ .at = at, .kind = paused_kind(pausing, at) });
        }
    }
}

static void pause_idle(struct command *command, struct pausing pausing, const struct events *session, struct events *paused)
{
    bool has_ended = false;

    for (size_t i = 0; i < session->count && !command_failed(command); i++) {
        struct ocpp_settle_usage_event event = session->items[i];

        tell_edges(command, &pausing, event.at, paused);
        has_ended = event.kind == OCPP_SETTLE_USAGE_KIND_STOP;
        if (event.kind != OCPP_SETTLE_USAGE_KIND_METER && !has_ended) {
            pausing.kind = event.kind;
            event.kind = paused_kind(&pausing, event.at);
        }
        add_event(command, paused, &event);
    }
    if (!has_ended) {
        tell_edges(command, &pausing, command_utc_ms(command), paused);
    }
}

static void add_events(struct command *command, const struct row_order *order, bool with_late, struct ocpp_settle_usage *usage)
{
    static const struct ocpp_settle_usage_event none;
    struct events rows = { 0 };
    struct events session = { 0 };
    struct events paused = { 0 };
    struct pausing pausing = { 0 };

    usage->events.items = &none;
    if (!order->vehicle) {
        return;
    }
    read_rows(command, order, with_late, &rows);
    add_session(command, with_late ? vehicle_heard(command, order) : order->vehicle, &rows, &session);
    if (visit_pause(command, order, &pausing.from, &pausing.until)) {
        pause_idle(command, pausing, &session, &paused);
        session = paused;
    }
    if (!command_failed(command)) {
        usage->events.items = session.items;
        usage->events.count = session.count;
    }
}

int64_t order_delivered_mwh(struct command *command, const struct row_order *order)
{
    struct ocpp_settle_usage usage = { 0 };
    int64_t most = 0;

    add_events(command, order, false, &usage);
    for (size_t i = 0; i < usage.events.count; i++) {
        const int64_t delivered = usage.events.items[i].energy_mwh - usage.events.items[0].energy_mwh;

        most = delivered > most ? delivered : most;
    }
    return most;
}

/* --- what else it used --------------------------------------------------------------------------------------------------------
 */

static void add_banks(struct command *command, const struct row_order *order, struct ocpp_settle_usage *usage)
{
    struct ocpp_settle_bank_usage *banks = order_take(command, (order->rentals.count + 1) * sizeof *banks);

    for (size_t i = 0; banks && i < order->rentals.count; i++) {
        if (rental_usage(command, order->rentals.items[i], &banks[usage->banks.count])) {
            usage->banks.count++;
        }
    }
    usage->banks.items = banks;
}

static void take_adjustment(struct command *command, const struct row_adjustment *row, struct ocpp_settle_usage_adjustment *one)
{
    struct ocpp_settle_tax *taxes = order_take(command, (row->taxes.count + 1) * sizeof *taxes);

    for (size_t i = 0; taxes && i < row->taxes.count; i++) {
        const struct row_levy *levy = &row->taxes.items[i];

        taxes[i] = (struct ocpp_settle_tax){ levy->name, levy->rate_ppm, levy->has_level, levy->level };
    }
    *one = (struct ocpp_settle_usage_adjustment){ .reason = row->reason, .net_minor = row->net_minor };
    if (taxes && row->taxes.count > 0) {
        one->taxes.items = taxes;
        one->taxes.count = row->taxes.count;
    }
}

static void add_adjustments(struct command *command, const struct row_order *order, bool with_corrections,
                            struct ocpp_settle_usage *usage)
{
    struct ocpp_settle_usage_adjustment *list = order_take(command, (size_t)(order->adjustments + 1) * sizeof *list);

    for (int64_t i = 1; list && i <= order->adjustments; i++) {
        const struct row_adjustment *row =
            command_read(command, order_numbered_key(command, "adjustment", order->id, i), &row_adjustment_type);

        if (order_must(command, row) && (with_corrections || !row->is_correction)) {
            take_adjustment(command, row, &list[usage->adjustments.count++]);
        }
    }
    usage->adjustments.items = list;
}

static void add_reservation(struct command *command, const struct row_order *order, struct ocpp_settle_usage *usage)
{
    struct ocpp_settle_usage_reservation *reservation = order->visit ? order_take(command, sizeof *reservation) : NULL;

    if (reservation && visit_reservation(command, order, reservation)) {
        usage->reservation = reservation;
    }
}

static const struct ocpp_settle_usage *sealed_usage(struct command *command, const struct row_order *order)
{
    const void *sealed = command_read(command, command_key(command, "sealed", order->id, NULL), &ocpp_settle_usage_type);

    return order_must(command, sealed);
}

const struct ocpp_settle_usage *order_usage(struct command *command, const struct row_order *order)
{
    struct ocpp_settle_usage *usage = order_take(command, sizeof *usage);
    const bool is_sealed = order->bills > 0;
    const struct ocpp_settle_usage *sealed = is_sealed ? sealed_usage(command, order) : NULL;

    if (!usage || command_failed(command)) {
        return NULL;
    }
    add_events(command, order, false, usage);
    add_adjustments(command, order, true, usage);
    add_reservation(command, order, usage);
    if (is_sealed) {
        usage->banks.items = sealed->banks.items; /* as they were then: what changed since is a correction */
        usage->banks.count = sealed->banks.count;
    } else {
        add_banks(command, order, usage);
    }
    return command_failed(command) ? NULL : usage;
}

const struct ocpp_settle_usage *order_usage_now(struct command *command, const struct row_order *order)
{
    struct ocpp_settle_usage *usage = order_take(command, sizeof *usage);

    if (usage) {
        add_events(command, order, true, usage);
        add_adjustments(command, order, false, usage);
        add_reservation(command, order, usage);
        add_banks(command, order, usage);
    }
    return command_failed(command) ? NULL : usage;
}

/* --- the bill ------------------------------------------------------------------------------------------------------------------
 */

const struct ocpp_settle_bill *order_compute(struct command *command, const struct row_order *order,
                                             const struct ocpp_settle_usage *usage, enum ocpp_settle_compute_mode mode)
{
    const struct ocpp_settle_snapshot *snapshot = order_snapshot(command, order);
    const struct ocpp_settle_bill *bill = NULL;

    if (snapshot && usage && !command_failed(command)) {
        command_fail(command, ocpp_settle_compute(snapshot, usage, mode, command_utc_ms(command),
                                                  &command_settle(command)->settings.keys, command_arena(command), &bill, NULL));
    }
    return command_failed(command) ? NULL : bill;
}

const struct ocpp_settle_bill *order_bill(struct command *command, const struct row_order *order,
                                          enum ocpp_settle_compute_mode mode)
{
    return order_compute(command, order, order_usage(command, order), mode);
}
