/* aligned.c: readings by the clock: at every point of a grid that starts anew at midnight. OCPP 1.6 3.16.2, 9.1.5, errata 3.76;
 * OCPP 2.0.1 J01.FR.14, FR.20, FR.22.
 *
 * Midnight is that of the place, where the central system has set TimeOffset, with its next transition; else that of UTC
 * (1.6 3.14 recommends it). While nobody knows the time there are no readings. A point that was passed unseen (a jump of the
 * clock, a sleep) leaves a gap. Where no transaction runs, a reading becomes a fact of its own and waits in the queue like those
 * of transactions (1.6 3.7), but is given up before them. */
#include "charge_point_internal.h"

#include <string.h>

enum { DAY_MS = 86400000, CLOCK_STEP_MS = 60000 };

/* --- the grid ------------------------------------------------------------------------------------------------------- */

static int64_t midnight_of(int64_t local_ms)
{
    const int64_t into = local_ms % DAY_MS;
    return local_ms - (into < 0 ? into + DAY_MS : into);
}

int64_t ocpp_cp_clock_point(int64_t utc_ms, int64_t offset_ms, int64_t interval_ms)
{
    const int64_t local = utc_ms + offset_ms;
    const int64_t midnight = midnight_of(local);
    return midnight + (local - midnight) / interval_ms * interval_ms - offset_ms;
}

/* An interval that does not divide the day has a shorter last one. */
int64_t ocpp_cp_clock_point_after(int64_t utc_ms, int64_t offset_ms, int64_t interval_ms)
{
    const int64_t next = ocpp_cp_clock_point(utc_ms, offset_ms, interval_ms) + interval_ms;
    const int64_t tomorrow = midnight_of(utc_ms + offset_ms) + DAY_MS - offset_ms;
    return next < tomorrow ? next : tomorrow;
}

/* The point to wait for. A clock that is set back by a little would meet the last one again: that one is passed over. */
static int64_t point_to_await(const struct ocpp_charge_point *cp, const struct clock_grid *grid, int64_t utc_ms,
                              int64_t interval_ms)
{
    const int64_t offset_ms = ocpp_charge_point_local_offset_ms(cp, cp->now);
    const int64_t next = ocpp_cp_clock_point_after(utc_ms, offset_ms, interval_ms);
    const int64_t apart = interval_ms / 2 < CLOCK_STEP_MS ? interval_ms / 2 : CLOCK_STEP_MS;
    const int64_t since_last = cp->now.mono_ms - grid->last_mono_ms + next - utc_ms;
    return since_last < apart ? ocpp_cp_clock_point_after(next, offset_ms, interval_ms) : next;
}

/* Whether a point is met now; |due| is when it was. */
static bool meets_point(struct ocpp_charge_point *cp, struct clock_grid *grid, int64_t interval_ms, struct moment *due)
{
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    if (interval_ms <= 0 || utc_ms == OCPP_UTC_UNKNOWN) {
        grid->next_utc_ms = OCPP_UTC_UNKNOWN;
        return false;
    }
    bool is_met = false;
    if (grid->next_utc_ms != OCPP_UTC_UNKNOWN && utc_ms >= grid->next_utc_ms) {
        const int64_t point = ocpp_cp_clock_point(utc_ms, ocpp_charge_point_local_offset_ms(cp, cp->now), interval_ms);
        const int64_t late_ms = utc_ms - point;
        *due = (struct moment){ cp->boot, cp->now.mono_ms - late_ms, point };
        is_met = late_ms <= CLOCK_LATE_MS;
        if (is_met) {
            grid->last_mono_ms = due->mono_ms;
        } else {
            ocpp_cp_log(cp, OCPP_LOG_WARNING, "points of the clock passed unseen; their readings are missing");
        }
    }
    grid->next_utc_ms = point_to_await(cp, grid, utc_ms, interval_ms);
    return is_met;
}

bool ocpp_cp_clock_moment(const struct ocpp_charge_point *cp, const struct moment *due, struct moment *when)
{
    const int64_t late_ms = cp->now.mono_ms - due->mono_ms;
    *when = late_ms <= CLOCK_SNAP_MS ? *due : ocpp_cp_moment(cp);
    return late_ms <= CLOCK_LATE_MS;
}

/* --- what it makes due --------------------------------------------------------------------------------------------------- */

static bool any_transaction(const struct ocpp_charge_point *cp)
{
    for (int i = 0; i < cp->settings.evse_count; i++) {
        if (ocpp_cp_is_ongoing(&cp->evses[i])) {
            return true;
        }
    }
    return false;
}

static void make_due(struct ocpp_charge_point *cp, const struct moment *due)
{
    const bool is_muted = cp->values[VARIABLE_ALIGNED_DURING_IDLE] != 0 && any_transaction(cp); /* J01.FR.20 */
    for (int i = 0; i <= cp->settings.evse_count && !is_muted && cp->values[VARIABLE_ALIGNED_MEASURANDS] != 0; i++) {
        cp->meters[i].clock_due = true;
        cp->meters[i].clock_at = *due;
    }
}

void ocpp_cp_align(struct ocpp_charge_point *cp)
{
    static const enum variable intervals[GRID_COUNT] = { VARIABLE_ALIGNED_INTERVAL_S, VARIABLE_ALIGNED_END_INTERVAL_S };
    for (int use = 0; use < GRID_COUNT; use++) {
        struct moment due;
        if (!meets_point(cp, &cp->grids[use], ocpp_cp_meter_interval(cp, intervals[use]), &due)) {
            continue;
        }
        if (use == GRID_SENT) {
            make_due(cp, &due);
        }
        for (int i = 0; i < cp->settings.evse_count; i++) {
            cp->meters[i + 1].data_at = due;
            ocpp_cp_data_clock_due(cp, &cp->evses[i], (enum clock_grid_use)use);
        }
    }
}

/* --- a reading without a transaction ---------------------------------------------------------------------------------------- */

static void fill_fact(struct ocpp_charge_point *cp, const struct meter *meter, const struct moment *when)
{
    struct fact *fact = &cp->scratch;
    const struct reading reading = fact->reading;
    const struct evse *evse = ocpp_cp_evse(cp, meter->evse);
    memset(fact, 0, sizeof(*fact));
    fact->reading = reading;
    fact->is_reading = true;
    ocpp_cp_uuid(cp, fact->id);
    fact->evse = meter->evse;
    fact->connector = evse == NULL ? 0 : evse->connector == 0 ? 1 : evse->connector;
    fact->when = *when;
    fact->link = cp->dialect == NULL ? 0 : cp->link;
    fact->trigger = OCPP_TRIGGER_METER_VALUE_CLOCK;
    fact->closed = true; /* nothing follows it */
}

static enum ocpp_status write_fact(struct ocpp_charge_point *cp, struct meter *meter)
{
    struct changes changes = { .count = 0 };
    const enum ocpp_status status = ocpp_cp_add_fact(cp, 1, &meter->added, &changes);
    return status == OCPP_OK ? ocpp_cp_write_fact(cp, &meter->slot, &changes) : status;
}

static void record_alone(struct ocpp_charge_point *cp, struct meter *meter)
{
    struct moment when;
    meter->clock_due = false;
    if (!ocpp_cp_clock_moment(cp, &meter->clock_at, &when)) {
        return;
    }
    ocpp_cp_read_meter(cp, meter->evse, OCPP_CONTEXT_SAMPLE_CLOCK, &cp->scratch.reading);
    ocpp_cp_reading_for(cp, USE_CLOCK, &cp->scratch.reading);
    if (cp->scratch.reading.count == 0) {
        return;
    }
    ocpp_cp_reading_at(&cp->scratch.reading, &when);
    fill_fact(cp, meter, &when);
    meter->added = (struct queued){ .family = FAMILY_NONE };
    meter->writing = METER_WRITES_READING;
    const enum ocpp_status status = write_fact(cp, meter);
    if (status == OCPP_OK) {
        return;
    }
    meter->writing = METER_WRITES_NOTHING;
    cp->queue.dropped++;
    if (status != OCPP_ERR_FULL) {
        ocpp_cp_log(cp, OCPP_LOG_ERROR, "meter %d: a reading was not stored: %s", meter->evse, ocpp_status_sentence(status));
    }
}

/* --- the work of the pump ------------------------------------------------------------------------------------------------------
 */

static void look_at_write(struct ocpp_charge_point *cp, struct meter *meter)
{
    enum ocpp_status status;
    if (!ocpp_cp_slot_ended(&meter->slot, &status)) {
        return;
    }
    const enum meter_write written = meter->writing;
    meter->writing = METER_WRITES_NOTHING;
    cp->dirty = true;
    if (written == METER_WRITES_DATA) {
        ocpp_cp_data_ended(cp, meter->evse, status);
        return;
    }
    ocpp_cp_queue_written(cp, &meter->added, status == OCPP_OK);
    if (status == OCPP_OK) {
        return;
    }
    cp->queue.dropped++;
    ocpp_cp_log(cp, OCPP_LOG_ERROR, "meter %d: a reading was lost: %s", meter->evse, ocpp_status_sentence(status));
}

/* Without a transaction, or with none that anybody was told of yet. */
static bool is_alone(const struct evse *evse)
{
    return evse->session == SESSION_NONE || (evse->session == SESSION_OPEN && evse->transaction.early);
}

void ocpp_cp_meter_work(struct ocpp_charge_point *cp)
{
    for (int i = 0; i <= cp->settings.evse_count; i++) {
        struct meter *meter = &cp->meters[i];
        struct evse *evse = ocpp_cp_evse(cp, i);
        look_at_write(cp, meter);
        if (meter->clock_due && !meter->slot.busy && !meter->slot.finished && (evse == NULL || is_alone(evse))) {
            record_alone(cp, meter);
        }
        if (evse != NULL && !meter->slot.busy && !meter->slot.finished) {
            ocpp_cp_data_keep(cp, evse);
        }
    }
}

int64_t ocpp_cp_meter_deadline(const struct ocpp_charge_point *cp)
{
    const int64_t utc_ms = ocpp_cp_utc(cp, cp->now);
    int64_t deadline = OCPP_NEVER;
    for (int use = 0; use < GRID_COUNT; use++) {
        const int64_t next = cp->grids[use].next_utc_ms;
        if (next != OCPP_UTC_UNKNOWN && utc_ms != OCPP_UTC_UNKNOWN) {
            const int64_t at = cp->now.mono_ms + next - utc_ms;
            deadline = at < deadline ? at : deadline;
        }
    }
    for (int i = 0; i < cp->settings.evse_count; i++) {
        const int64_t at = ocpp_cp_data_deadline(cp, &cp->evses[i]);
        deadline = at < deadline ? at : deadline;
    }
    return deadline;
}
