/* Charging periods: the pieces that were priced, put together while prices and states stay the same. */
#include "exchange_cdr.h"
#include "price_walk.h"

#include <string.h>

/* The pieces as they come. The first walk counts, the second fills. */
struct cutting {
    struct cdr_period *items; /* NULL: only counted */
    struct cdr_period last;
    size_t count;
    int64_t last_to_s;
    struct cdr_periods *periods;
    int64_t session_from_s;
    int64_t pending_mwh; /* a jump of the meter before anything lasted */
};

static void end_period(struct cutting *cutting)
{
    if (cutting->count > 0 && cutting->items) {
        cutting->items[cutting->count - 1] = cutting->last;
    }
}

static void begin_period(struct cutting *cutting, int64_t at_s)
{
    end_period(cutting);
    cutting->last = (struct cdr_period){ .from_s = at_s, .energy_mwh = cutting->pending_mwh };
    cutting->pending_mwh = 0;
    cutting->count++;
}

/* Time in which nothing was priced and nothing delivered: the EVSE had suspended. */
static void fill_gap(struct cutting *cutting, int64_t until_s)
{
    const int64_t from_s = cutting->last_to_s > cutting->session_from_s ? cutting->last_to_s : cutting->session_from_s;

    if (until_s > from_s) {
        begin_period(cutting, from_s);
        cutting->last_to_s = until_s;
    }
}

/* Energy that was not asked for yet may go with any price of energy. */
static bool goes_on(const struct cutting *cutting, const struct cdr_period *piece)
{
    const struct cdr_period *last = &cutting->last;
    const bool same_energy = !last->energy || !piece->energy || last->energy == piece->energy;
    const bool same_state = (last->idle_s > 0) == (piece->idle_s > 0) && (last->charging_s > 0) == (piece->charging_s > 0) &&
                            (last->reserved_s > 0) == (piece->reserved_s > 0);

    return cutting->count > 0 && cutting->last_to_s == piece->from_s && same_energy && same_state && last->time == piece->time;
}

static struct cdr_period period_of(const struct piece *piece)
{
    struct cdr_period period = { .from_s = piece->from_s };

    for (size_t i = 0; i < piece->count; i++) {
        const struct part *part = &piece->parts[i];

        if (part->kind == OCPP_SETTLE_LINE_KIND_ENERGY) {
            period.energy_mwh += part->quantity;
            period.energy = part->component;
            continue;
        }
        period.time = part->component;
        period.charging_s += part->kind == OCPP_SETTLE_LINE_KIND_TIME ? part->quantity : 0;
        period.idle_s += part->kind == OCPP_SETTLE_LINE_KIND_IDLE ? part->quantity : 0;
        period.reserved_s += part->kind == OCPP_SETTLE_LINE_KIND_RESERVATION ? part->quantity : 0;
    }
    return period;
}

static void add_to_last(struct cutting *cutting, const struct cdr_period *piece)
{
    struct cdr_period *last = &cutting->last;

    last->energy_mwh += piece->energy_mwh;
    last->charging_s += piece->charging_s;
    last->idle_s += piece->idle_s;
    last->reserved_s += piece->reserved_s;
    last->energy = last->energy ? last->energy : piece->energy;
    last->time = piece->time;
}

/* A jump of the meter takes no time: it lies within what went before it in the session, else within what comes. */
static void add_jump(struct cutting *cutting, int64_t energy_mwh)
{
    if (cutting->count > 0 && cutting->last.reserved_s == 0) {
        cutting->last.energy_mwh += energy_mwh;
        return;
    }
    cutting->pending_mwh += energy_mwh;
}

static enum ocpp_status cut_piece(const struct piece *piece, void *user)
{
    struct cutting *cutting = user;
    const struct cdr_period period = period_of(piece);
    const bool is_once = piece->from_s == piece->to_s;

    if (is_once && period.energy_mwh == 0) {
        return OCPP_OK; /* what is paid once has no volume */
    }
    if (period.reserved_s == 0) {
        fill_gap(cutting, piece->from_s);
    }
    cutting->periods->energy_mwh += period.energy_mwh;
    cutting->periods->charging_s += period.charging_s;
    if (is_once) {
        add_jump(cutting, period.energy_mwh);
        return OCPP_OK;
    }
    if (!goes_on(cutting, &period)) {
        begin_period(cutting, piece->from_s);
    }
    add_to_last(cutting, &period);
    cutting->last_to_s = piece->to_s;
    return OCPP_OK;
}

/* The tariff with a price of nothing behind its elements, so that all time is seen. First match wins: nothing else changes. */
static enum ocpp_status see_all(struct exchange *exchange, const struct ocpp_settle_snapshot *snapshot,
                                struct ocpp_settle_snapshot *seeing)
{
    static const struct ocpp_settle_restrictions reserved = { .reservation = OCPP_SETTLE_RESERVATION_KIND_USED };
    static const struct ocpp_settle_price_component nothing[] = {
        { .dimension = OCPP_SETTLE_DIMENSION_TIME, .unit = OCPP_SETTLE_PRICE_UNIT_HOUR },
        { .dimension = OCPP_SETTLE_DIMENSION_IDLE, .unit = OCPP_SETTLE_PRICE_UNIT_HOUR },
        { .dimension = OCPP_SETTLE_DIMENSION_ENERGY, .unit = OCPP_SETTLE_PRICE_UNIT_KWH },
    };
    const size_t count = snapshot->tariff.elements.count;
    struct ocpp_settle_tariff_element *elements = exchange_take(exchange, count + 2, sizeof *elements);

    if (!elements) {
        return exchange_fail(exchange, NULL, OCPP_ERR_NOMEM);
    }
    if (count > 0) {
        memcpy(elements, snapshot->tariff.elements.items, count * sizeof *elements);
    }
    elements[count] = (struct ocpp_settle_tariff_element){ .components = { nothing, 3 } };
    elements[count + 1] = (struct ocpp_settle_tariff_element){ .components = { nothing, 1 }, .restrictions = &reserved };
    *seeing = *snapshot;
    seeing->tariff.elements.items = elements;
    seeing->tariff.elements.count = count + 2;
    return OCPP_OK;
}

static enum ocpp_status cut(const struct walk *through, const struct facts *facts, struct cutting *cutting)
{
    const bool has_session = through->usage->events.count > 0;

    cutting->periods->energy_mwh = 0;
    cutting->periods->charging_s = 0;
    cutting->session_from_s = has_session ? facts->items[0].at_s : INT64_MAX;
    cutting->last_to_s = INT64_MIN;
    const enum ocpp_status status = walk(through);

    if (status == OCPP_OK && has_session) {
        fill_gap(cutting, facts->end_s);
    }
    if (status == OCPP_OK && (cutting->pending_mwh > 0 || (has_session && cutting->count == 0))) {
        begin_period(cutting, cutting->session_from_s); /* a session that took no time */
    }
    end_period(cutting);
    return status;
}

static void find_bounds(const struct ocpp_settle_usage *usage, const struct facts *facts, struct cdr_periods *periods)
{
    const bool has_session = usage->events.count > 0;

    periods->begin_s = has_session ? facts->items[0].at_s : facts->reserved_from_s;
    periods->end_s = has_session ? facts->end_s : facts->reserved_to_s;
    periods->session_s = has_session ? periods->end_s - periods->begin_s : 0;
    if (usage->reservation && facts->reserved_from_s < periods->begin_s) {
        periods->begin_s = facts->reserved_from_s;
    }
}

enum ocpp_status cdr_periods_of(struct exchange *exchange, const struct ocpp_settle_cdr_session *session,
                                struct cdr_periods *periods)
{
    const struct ocpp_settle_bill *bill = session->bill;
    struct ocpp_settle_snapshot seeing;
    struct facts facts;
    struct walk through = { &seeing, session->usage, &facts, bill->mode, cut_piece, NULL };
    struct cutting cutting = { .periods = periods };
    enum ocpp_status status = see_all(exchange, session->snapshot, &seeing);

    *periods = (struct cdr_periods){ .items = NULL };
    if (status == OCPP_OK) {
        status = facts_of(session->usage, session->snapshot, bill->mode, bill->at / 1000, exchange->arena, &facts);
    }
    through.user = &cutting;
    if (status == OCPP_OK) {
        status = cut(&through, &facts, &cutting);
    }
    if (status != OCPP_OK) {
        return exchange_fail(exchange, NULL, status);
    }
    if (cutting.count == 0) {
        return exchange_fail(exchange, NULL, OCPP_ERR_TOO_FEW);
    }
    periods->items = exchange_take(exchange, cutting.count, sizeof *periods->items);
    if (!periods->items) {
        return exchange_fail(exchange, NULL, OCPP_ERR_NOMEM);
    }
    periods->count = cutting.count;
    cutting = (struct cutting){ .items = periods->items, .periods = periods };
    find_bounds(session->usage, &facts, periods);
    return cut(&through, &facts, &cutting);
}
