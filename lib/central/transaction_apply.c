/* transaction_apply.c: what a record becomes by what a station told. No store, no station: facts in, record out.
 *
 * A station repeats itself, tells in any order (2.x) and after hours. The start is the first STARTED, the end the first ENDED. */
#include "transactions.h"

#include "sequence.h"
#include "text.h"

#include <ocpp/central_transactions.h>

/* --- tokens ------------------------------------------------------------------------------------------------------------------
 */

static bool is_same_group(const char *a, const char *b)
{
    return a && b && ocpp_text_equal_fold(a, b);
}

/* The first event in the station's order says whose transaction it is; the token of a later one may only be meant to end it, and
 * one of the same group may (1.6 4.10; E07.FR.01). */
static void note_token(struct transaction_record *record, const struct transaction_facts *facts)
{
    const bool is_earlier = facts->has_seq_no && record->has_token_seq && facts->seq_no < record->token_seq;
    const bool is_other = facts->token && record->token && !ocpp_text_equal_fold(facts->token, record->token);

    if (is_other && !is_same_group(facts->group, record->group)) {
        record->anomalies |= OCPP_ANOMALY_OTHER_TOKEN;
    }
    if (!facts->token || (record->token && !is_earlier)) {
        return;
    }
    record->token = facts->token;
    record->token_type = ocpp_token_type_name(facts->token_type);
    record->has_token_seq = facts->has_seq_no;
    record->token_seq = facts->seq_no;
    record->group = facts->group;
    if (facts->is_refused) {
        record->anomalies |= OCPP_ANOMALY_TOKEN_REFUSED;
    }
}

/* --- circumstances ------------------------------------------------------------------------------------------------------------
 */

/* Where a transaction is does not change, whatever a later message names. */
static void note_circumstances(struct transaction_record *record, const struct transaction_facts *facts, int64_t order_ms)
{
    const bool is_newest = !facts->has_seq_no || facts->seq_no == record->seq_no ||
                           (record->has_newest && order_ms == record->newest && facts->seq_no == record->newest_seq);

    if (record->evse == 0) {
        record->evse = facts->evse;
    }
    if (record->connector == 0) {
        record->connector = facts->connector;
    }
    if (facts->charging_state != OCPP_CHARGING_STATE_UNKNOWN && is_newest && !record->end_told) {
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

static void note_dates(struct transaction_record *record, const struct transaction_facts *facts,
                       const struct ocpp_central *central)
{
    const bool is_backwards = record->has_started && record->has_ended && record->ended < record->started;
    const bool is_late = facts->phase != OCPP_TRANSACTION_ENDED && record->has_ended && facts->timestamp_utc_ms > record->ended;

    if (is_backwards ||
        (facts->timestamp_utc_ms != OCPP_UTC_UNKNOWN && transaction_is_odd_date(facts->timestamp_utc_ms, central))) {
        record->anomalies |= OCPP_ANOMALY_CLOCK;
    }
    if (is_late) {
        record->anomalies |= OCPP_ANOMALY_AFTER_END;
    }
}

static void note_start(struct transaction_record *record, const struct transaction_facts *facts)
{
    record->start_told = true;
    record->has_started = facts->timestamp_utc_ms != OCPP_UTC_UNKNOWN;
    record->started = facts->timestamp_utc_ms;
}

static void note_end(struct transaction_record *record, const struct transaction_facts *facts)
{
    record->end_told = true;
    record->has_ended = facts->timestamp_utc_ms != OCPP_UTC_UNKNOWN;
    record->ended = facts->timestamp_utc_ms;
    record->reason = facts->reason != OCPP_STOP_UNKNOWN ? ocpp_stop_reason_name(facts->reason) : NULL;
    record->charging_state = OCPP_CHARGING_STATE_UNKNOWN;
    if (record->has_superseded && record->has_ended && record->ended > record->superseded) {
        record->anomalies |= OCPP_ANOMALY_OVERLAP;
    }
}

static enum transaction_outcome differs(struct transaction_record *record, const struct transaction_facts *facts)
{
    const int64_t bit = facts->phase == OCPP_TRANSACTION_ENDED ? OCPP_ANOMALY_SECOND_END : OCPP_ANOMALY_SECOND_START;
    const bool is_known = record->anomalies & bit;

    record->anomalies |= bit;
    return is_known ? TRANSACTION_NOTHING_NEW : TRANSACTION_ODD;
}

static void apply(struct transaction_record *record, const struct transaction_facts *facts, int64_t order_ms,
                  const struct ocpp_central *central)
{
    note_circumstances(record, facts, order_ms);
    if (facts->phase == OCPP_TRANSACTION_STARTED) {
        note_start(record, facts);
    }
    transaction_read_meter(record, facts, central);
    if (facts->phase == OCPP_TRANSACTION_ENDED) {
        note_end(record, facts);
    }
    note_dates(record, facts, central);
}

enum transaction_outcome transaction_take(struct transaction_record *record, const struct transaction_facts *facts,
                                          const struct ocpp_central *central, struct ocpp_arena *arena)
{
    const int64_t order_ms = transaction_order_time(facts->timestamp_utc_ms, central);
    char *numbers = facts->has_seq_no ? ocpp_arena_take(arena, SEQUENCE_TEXT_SIZE) : NULL;

    if (facts->has_seq_no && !numbers) {
        return TRANSACTION_NO_ROOM;
    }
    switch (transaction_repeat(record, facts, order_ms, numbers)) {
    case REPEAT_EXACT:
        return TRANSACTION_NOTHING_NEW;
    case REPEAT_DIFFERS:
        return differs(record, facts);
    case REPEAT_NONE:
        break;
    }
    apply(record, facts, order_ms, central);
    return TRANSACTION_NEWS;
}
