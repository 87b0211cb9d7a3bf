/* transaction_apply.c: what a record becomes by what a station told. No store, no station: facts in, record out.
 *
 * A station repeats itself, tells in any order (2.x) and after hours. The start is the first STARTED, the end the first ENDED; a
 * register counts by the time it was read at, not by the time it arrived. */
#include "transactions.h"

/* Marks a number as seen; false when it was. One too old to tell counts as unseen. */
static bool note_number(struct transaction_record *record, int64_t seq_no)
{
    const uint64_t window = ((uint64_t)1 << SEQ_WINDOW) - 1;
    uint64_t seen = (uint64_t)record->seq_seen;
    int64_t ahead = seq_no - record->seq_no;

    if (!record->has_seq_no) {
        record->has_seq_no = true;
        record->seq_no = seq_no;
        record->seq_seen = 1;
        return true;
    }
    if (ahead > 0) {
        seen = ahead < SEQ_WINDOW ? (seen << ahead | 1) & window : 1;
        record->seq_no = seq_no;
        record->seq_seen = (int64_t)seen;
        return true;
    }
    if (-ahead >= SEQ_WINDOW) {
        return true;
    }
    record->seq_seen = (int64_t)(seen | (uint64_t)1 << -ahead);
    return (seen >> -ahead & 1) == 0;
}

/* The numbers cannot judge a start or an end: queued ones come long after newer events, and there are stations that number all
 * their events 0. */
bool transaction_is_new(struct transaction_record *record, const struct transaction_facts *facts)
{
    const bool unseen = !facts->has_seq_no || note_number(record, facts->seq_no);

    switch (facts->phase) {
    case OCPP_TRANSACTION_STARTED:
        return !record->start_told;
    case OCPP_TRANSACTION_ENDED:
        return !record->end_told;
    case OCPP_TRANSACTION_UPDATED:
        break;
    }
    return unseen;
}

/* The register a transaction is measured by: all phases together, imported. */
static bool is_register(const struct ocpp_meter_sample *sample)
{
    return sample->sample.measurand == OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER && sample->sample.phase == OCPP_PHASE_NONE &&
           (sample->sample.location == OCPP_LOCATION_UNKNOWN || sample->sample.location == OCPP_LOCATION_OUTLET);
}

static void note_register(struct transaction_record *record, int64_t utc_ms, int64_t wh, bool may_start)
{
    if (may_start && (!record->has_meter_start_wh || (record->has_meter_start_time && utc_ms < record->meter_start_time))) {
        record->has_meter_start_wh = true;
        record->meter_start_wh = wh;
        record->has_meter_start_time = utc_ms != OCPP_UTC_UNKNOWN;
        record->meter_start_time = utc_ms;
    }
    /* a told meterStop is final; samples may still come that were read before the end, or at it */
    if ((may_start || !record->end_told) &&
        (!record->has_meter_last_wh || !record->has_meter_last_time || utc_ms >= record->meter_last_time)) {
        record->has_meter_last_wh = true;
        record->meter_last_wh = wh;
        record->has_meter_last_time = utc_ms != OCPP_UTC_UNKNOWN;
        record->meter_last_time = utc_ms;
    }
}

/* A meter gone mad reads more than a record can hold; its sample is told, and not reckoned with. */
static bool is_exact(int64_t wh)
{
    const int64_t limit = INT64_C(1) << 53;

    return wh >= -limit && wh <= limit;
}

/* A numbered transaction is told its registers outright (meterStart, meterStop); otherwise the samples are searched. */
static void note_samples(struct transaction_record *record, const struct transaction_facts *facts)
{
    for (size_t i = 0; i < facts->sample_count; i++) {
        const struct ocpp_meter_sample *sample = &facts->samples[i];
        int64_t wh;
        if (is_register(sample) && ocpp_decimal_to_integer(sample->sample.value, 0, &wh) == OCPP_OK && is_exact(wh)) {
            note_register(record, sample->timestamp_utc_ms, wh, !facts->numbered);
        }
    }
}

/* The first event in the station's order says whose transaction it is; the token of a later one may only be meant to end it. */
static void note_token(struct transaction_record *record, const struct transaction_facts *facts)
{
    const bool earlier = facts->has_seq_no && record->has_token_seq && facts->seq_no < record->token_seq;

    if (!facts->token || (record->token && !earlier)) {
        return;
    }
    record->token = facts->token;
    record->token_type = ocpp_token_type_name(facts->token_type);
    record->has_token_seq = facts->has_seq_no;
    record->token_seq = facts->seq_no;
}

/* Where a transaction is does not change, whatever a later message names. */
static void note_circumstances(struct transaction_record *record, const struct transaction_facts *facts)
{
    const bool newest = !facts->has_seq_no || facts->seq_no == record->seq_no;

    if (record->evse == 0) {
        record->evse = facts->evse;
    }
    if (record->connector == 0) {
        record->connector = facts->connector;
    }
    if (facts->charging_state != OCPP_CHARGING_STATE_UNKNOWN && newest && !record->end_told) {
        record->charging_state = facts->charging_state;
    }
    if (facts->remote_start_id != 0) {
        record->has_remote_start_id = true;
        record->remote_start_id = facts->remote_start_id;
    }
    record->number_used = record->number_used || (facts->numbered && facts->phase == OCPP_TRANSACTION_UPDATED);
    record->offline = record->offline || facts->offline;
    note_token(record, facts);
}

static void note_start(struct transaction_record *record, const struct transaction_facts *facts)
{
    record->start_told = true;
    record->has_started = facts->timestamp_utc_ms != OCPP_UTC_UNKNOWN;
    record->started = facts->timestamp_utc_ms;
    if (facts->has_register) {
        note_register(record, facts->timestamp_utc_ms, facts->register_wh, true);
    }
}

static void note_end(struct transaction_record *record, const struct transaction_facts *facts)
{
    record->end_told = true;
    record->has_ended = facts->timestamp_utc_ms != OCPP_UTC_UNKNOWN;
    record->ended = facts->timestamp_utc_ms;
    record->reason = facts->reason != OCPP_STOP_UNKNOWN ? ocpp_stop_reason_name(facts->reason) : NULL;
    record->charging_state = OCPP_CHARGING_STATE_UNKNOWN;
    if (facts->has_register) {
        record->has_meter_last_wh = true;
        record->meter_last_wh = facts->register_wh;
        record->has_meter_last_time = record->has_ended;
        record->meter_last_time = record->ended;
    }
}

void transaction_apply(struct transaction_record *record, const struct transaction_facts *facts)
{
    note_circumstances(record, facts);
    note_samples(record, facts);
    if (facts->phase == OCPP_TRANSACTION_STARTED) {
        note_start(record, facts);
    }
    if (facts->phase == OCPP_TRANSACTION_ENDED) {
        note_end(record, facts);
    }
}
