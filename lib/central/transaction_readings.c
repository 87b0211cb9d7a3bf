/* transaction_readings.c: the register a transaction is measured by: the first reading, the newest one, and what is odd about
 * them.
 *
 * A reading counts by the time it was taken at, not by the time it arrived; that of the end is the last one, whatever the clock
 * said before. One that no meter can show is told, and not reckoned with; one that a meter should not show is recorded as it is
 * told, and marked. */
#include "transactions.h"

#include <ocpp/central_transactions.h>

enum { LEAST_INTERVAL_MS = 60 * 1000, CLOCK_AHEAD_MS = 3600 * 1000 };

#define FIRST_DATE_MS INT64_C(1577836800000) /* 2020: before there was nobody to tell it */

bool transaction_is_odd_date(int64_t utc_ms, const struct ocpp_central *central)
{
    const int64_t now = central->now.utc_ms;

    return utc_ms < FIRST_DATE_MS || (now != OCPP_UTC_UNKNOWN && utc_ms > now + CLOCK_AHEAD_MS);
}

int64_t transaction_order_time(int64_t utc_ms, const struct ocpp_central *central)
{
    return transaction_is_odd_date(utc_ms, central) && central->now.utc_ms != OCPP_UTC_UNKNOWN ? central->now.utc_ms : utc_ms;
}

bool transaction_is_register(const struct ocpp_meter_sample *sample)
{
    return sample->sample.measurand == OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER && sample->sample.phase == OCPP_PHASE_NONE &&
           (sample->sample.location == OCPP_LOCATION_UNKNOWN || sample->sample.location == OCPP_LOCATION_OUTLET);
}

bool transaction_is_reading(int64_t wh)
{
    const int64_t limit = INT64_C(1) << 53; /* a meter gone mad reads more than a record can hold */

    return wh >= 0 && wh <= limit;
}

/* --- what is odd --------------------------------------------------------------------------------------------------------------
 */

/* Whether no EVSE brings |wh| within |ms|. A minute is the least that is looked at: clocks are rough. */
static bool is_jump(int64_t wh, int64_t ms, int64_t max_power_w)
{
    const int64_t seconds = (ms < LEAST_INTERVAL_MS ? LEAST_INTERVAL_MS : ms) / 1000;

    return wh / seconds > max_power_w / 3600 + 1;
}

/* Two readings of one meter, the earlier one first. */
static void judge_pair(struct transaction_record *record, int64_t early_wh, int64_t late_wh, int64_t ms, int64_t max_power_w)
{
    if (late_wh < early_wh) {
        record->anomalies |= OCPP_ANOMALY_METER_FELL;
    } else if (is_jump(late_wh - early_wh, ms, max_power_w)) {
        record->anomalies |= OCPP_ANOMALY_METER_JUMPED;
    }
}

static void judge_beside(struct transaction_record *record, int64_t utc_ms, int64_t wh, int64_t other_ms, int64_t other_wh,
                         int64_t max_power_w)
{
    if (utc_ms >= other_ms) {
        judge_pair(record, other_wh, wh, utc_ms - other_ms, max_power_w);
    } else {
        judge_pair(record, wh, other_wh, other_ms - utc_ms, max_power_w);
    }
}

static void judge(struct transaction_record *record, int64_t utc_ms, int64_t wh, const struct ocpp_central *central)
{
    const int64_t max_power_w = central->settings.max_power_w;

    if (record->has_meter_start_wh && record->has_meter_start_time) {
        judge_beside(record, utc_ms, wh, record->meter_start_time, record->meter_start_wh, max_power_w);
    }
    if (record->has_meter_last_wh && record->has_meter_last_time) {
        judge_beside(record, utc_ms, wh, record->meter_last_time, record->meter_last_wh, max_power_w);
    }
}

/* A register that began at 0 may be told so again, with the end for instance (E06.FR.11). */
static bool is_of_before(const struct transaction_record *record, int64_t utc_ms)
{
    return record->has_meter_start_wh && record->meter_start_wh == 0 && record->has_meter_last_time &&
           utc_ms < record->meter_last_time;
}

/* A 0 behind more than that is what a station shows whose meter does not answer. */
static bool is_placeholder(const struct transaction_record *record, int64_t utc_ms, int64_t wh)
{
    return wh < 0 || (wh == 0 && ((record->has_meter_start_wh && record->meter_start_wh > 0) ||
                                  (record->has_meter_last_wh && record->meter_last_wh > 0 && !is_of_before(record, utc_ms))));
}

static bool is_usable(struct transaction_record *record, int64_t utc_ms, int64_t wh)
{
    if (is_placeholder(record, utc_ms, wh)) {
        record->anomalies |= OCPP_ANOMALY_METER_PLACEHOLDER;
        return false;
    }
    record->anomalies |= transaction_is_reading(wh) ? 0 : OCPP_ANOMALY_METER_JUMPED;
    return transaction_is_reading(wh);
}

/* --- readings --------------------------------------------------------------------------------------------------------------- */

static void set_start(struct transaction_record *record, int64_t utc_ms, int64_t wh)
{
    record->has_meter_start_wh = true;
    record->meter_start_wh = wh;
    record->has_meter_start_time = true;
    record->meter_start_time = utc_ms;
}

static void set_last(struct transaction_record *record, int64_t utc_ms, int64_t wh)
{
    record->has_meter_last_wh = true;
    record->meter_last_wh = wh;
    record->has_meter_last_time = true;
    record->meter_last_time = utc_ms;
}

static void note_reading(struct transaction_record *record, int64_t utc_ms, int64_t wh, bool may_start)
{
    if (may_start && (!record->has_meter_start_wh || (record->has_meter_start_time && utc_ms < record->meter_start_time))) {
        set_start(record, utc_ms, wh);
    }
    /* a told meterStop is final; samples may still come that were read before the end, or at it */
    if ((may_start || !record->end_told) &&
        (!record->has_meter_last_wh || !record->has_meter_last_time || utc_ms >= record->meter_last_time)) {
        set_last(record, utc_ms, wh);
    }
}

/* What is dated behind a reading at the end was read by a clock that was wrong, or is of no session. */
static bool is_behind_the_end(const struct transaction_record *record, int64_t utc_ms)
{
    return record->end_told && record->has_ended && record->has_meter_last_time && record->meter_last_time == record->ended &&
           utc_ms > record->ended;
}

static void note_sample(struct transaction_record *record, int64_t utc_ms, int64_t wh, bool may_start,
                        const struct ocpp_central *central)
{
    if (is_usable(record, utc_ms, wh) && !is_behind_the_end(record, utc_ms)) {
        judge(record, utc_ms, wh, central);
        note_reading(record, utc_ms, wh, may_start);
    }
}

/* The register at the end is the last one, however those before it are dated: how long before, nobody knows then. */
static void note_end(struct transaction_record *record, int64_t utc_ms, int64_t wh, bool may_start,
                     const struct ocpp_central *central)
{
    const bool is_dated_before = record->has_meter_last_wh && record->has_meter_last_time && record->meter_last_time > utc_ms;

    if (!is_usable(record, is_dated_before ? record->meter_last_time : utc_ms, wh)) {
        return;
    }
    if (is_dated_before) {
        record->anomalies |= OCPP_ANOMALY_AFTER_END;
        record->anomalies |= wh < record->meter_last_wh ? OCPP_ANOMALY_METER_FELL : 0;
        record->has_meter_last_time = false;
    }
    judge(record, utc_ms, wh, central);
    if (may_start) {
        note_reading(record, utc_ms, wh, true);
    }
    set_last(record, utc_ms, wh);
}

/* 2.x; in 1.6 meterStop says it, and stations mistake Transaction.End for the beginning (errata 4.25). */
static bool is_of_the_end(const struct transaction_facts *facts, const struct ocpp_meter_sample *sample)
{
    return facts->phase == OCPP_TRANSACTION_ENDED && !facts->numbered && sample->context == OCPP_CONTEXT_TRANSACTION_END;
}

/* A numbered transaction is told its registers outright (meterStart, meterStop), so its samples start it only where meterStart
 * was none; otherwise the samples are searched. */
static void note_samples(struct transaction_record *record, const struct transaction_facts *facts,
                         const struct ocpp_central *central)
{
    for (size_t i = 0; i < facts->sample_count; i++) {
        const struct ocpp_meter_sample *sample = &facts->samples[i];
        const int64_t utc_ms = transaction_order_time(sample->timestamp_utc_ms, central);
        int64_t wh;
        if (!transaction_is_register(sample) || ocpp_decimal_to_integer(sample->sample.value, 0, &wh) != OCPP_OK) {
            continue;
        }
        if (is_of_the_end(facts, sample)) {
            note_end(record, utc_ms, wh, true, central);
        } else {
            note_sample(record, utc_ms, wh, !facts->numbered || record->has_told_start, central);
        }
    }
}

/* meterStart that is none: the samples are searched for it. */
static void note_told_start(struct transaction_record *record, int64_t utc_ms, int64_t wh, const struct ocpp_central *central)
{
    if (!is_usable(record, utc_ms, wh)) {
        record->has_told_start = true;
        record->told_start = wh;
        return;
    }
    judge(record, utc_ms, wh, central);
    note_reading(record, utc_ms, wh, true);
}

static void note_told(struct transaction_record *record, const struct transaction_facts *facts,
                      const struct ocpp_central *central)
{
    const int64_t utc_ms = transaction_order_time(facts->timestamp_utc_ms, central);

    if (facts->phase == OCPP_TRANSACTION_STARTED) {
        note_told_start(record, utc_ms, facts->register_wh, central);
    } else {
        note_end(record, utc_ms, facts->register_wh, false, central);
    }
}

void transaction_read_meter(struct transaction_record *record, const struct transaction_facts *facts,
                            const struct ocpp_central *central)
{
    note_samples(record, facts, central);
    if (facts->has_register) {
        note_told(record, facts, central);
    }
}
