/* transaction_repeats.c: whether a station tells again what it told before.
 *
 * Message ids say nothing (errata 2025-04 lets a repetition have a new one), so content does. A start or an end is told once;
 * told again, its print says whether it is the same. An update is known by its number; one whose number was used before and that
 * is newer than all that was told is no repetition, for a repetition keeps its date. */
#include "transactions.h"

#include "sequence.h"

#include <ocpp/central_transactions.h>

#define HASH_START 14695981039346656037u

enum { PRINT_BITS = 48 }; /* exact as a JSON number */

static uint64_t mix(uint64_t hash, int64_t value)
{
    for (int i = 0; i < 8; i++) {
        hash = (hash ^ ((uint64_t)value >> (8 * i) & 0xff)) * 1099511628211u;
    }
    return hash;
}

/* Date, reason and registers: what billing goes by. Other samples may be left out of a repetition for want of room. */
static int64_t print_of(const struct transaction_facts *facts)
{
    uint64_t hash = mix(HASH_START, facts->timestamp_utc_ms);

    hash = mix(hash, facts->has_register ? facts->register_wh : -1);
    hash = mix(hash, facts->phase == OCPP_TRANSACTION_ENDED ? (int64_t)facts->reason : -1);
    for (size_t i = 0; i < facts->sample_count && !facts->numbered; i++) {
        const struct ocpp_meter_sample *sample = &facts->samples[i];
        if (transaction_is_register(sample)) {
            hash = mix(mix(hash, sample->timestamp_utc_ms), sample->sample.value.coefficient);
            hash = mix(hash, sample->sample.value.scale);
        }
    }
    return (int64_t)(hash >> (64 - PRINT_BITS));
}

/* True: the number was not seen before, or there is none. */
static bool note_number(struct transaction_record *record, const struct transaction_facts *facts, char *numbers)
{
    struct sequence sequence;

    if (!facts->has_seq_no) {
        return true;
    }
    record_sequence(record, &sequence);
    const bool had_floor = sequence.has_floor;
    const int64_t floor = sequence.floor;
    const bool is_unseen = sequence_note(&sequence, facts->seq_no);
    if (sequence.has_floor && (!had_floor || sequence.floor != floor)) {
        record->anomalies |= OCPP_ANOMALY_GAP;
    }
    record_keep_sequence(record, &sequence, numbers);
    return is_unseen;
}

static void note_newest(struct transaction_record *record, const struct transaction_facts *facts, int64_t order_ms)
{
    const bool is_older =
        record->has_newest && (order_ms < record->newest || (order_ms == record->newest && facts->seq_no < record->newest_seq));

    if (!facts->has_seq_no || is_older) {
        return;
    }
    record->has_newest = true;
    record->newest = order_ms;
    record->newest_print = print_of(facts);
    record->newest_seq = facts->seq_no;
}

/* Of an update whose number was seen: is it another one? A date that cannot be says nothing. */
static bool is_another(const struct transaction_record *record, const struct transaction_facts *facts, int64_t order_ms)
{
    const bool is_dated = order_ms == facts->timestamp_utc_ms;

    if (!record->has_newest || (is_dated && order_ms < record->newest)) {
        return false;
    }
    if (is_dated && order_ms > record->newest) {
        return true;
    }
    return facts->seq_no == record->newest_seq && print_of(facts) != record->newest_print;
}

static enum transaction_repeat repeat_of_start(struct transaction_record *record, const struct transaction_facts *facts)
{
    if (!record->start_told) {
        record->has_start_print = !facts->numbered; /* numbered ones are found by what they say */
        record->start_print = print_of(facts);
        return REPEAT_NONE;
    }
    if (facts->numbered) {
        return record->end_told ? REPEAT_DIFFERS : REPEAT_EXACT;
    }
    return record->has_start_print && record->start_print != print_of(facts) ? REPEAT_DIFFERS : REPEAT_EXACT;
}

static enum transaction_repeat repeat_of_end(struct transaction_record *record, const struct transaction_facts *facts)
{
    if (!record->end_told) {
        record->has_end_print = true;
        record->end_print = print_of(facts);
        return REPEAT_NONE;
    }
    return record->has_end_print && record->end_print != print_of(facts) ? REPEAT_DIFFERS : REPEAT_EXACT;
}

/* The numbers cannot judge a start or an end: queued ones come long after newer events, and there are stations that number all
 * their events 0. */
enum transaction_repeat transaction_repeat(struct transaction_record *record, const struct transaction_facts *facts,
                                           int64_t order_ms, char *numbers)
{
    enum transaction_repeat repeat = REPEAT_NONE;
    const bool is_unseen = note_number(record, facts, numbers);

    if (facts->phase == OCPP_TRANSACTION_STARTED) {
        repeat = repeat_of_start(record, facts);
    } else if (facts->phase == OCPP_TRANSACTION_ENDED) {
        repeat = repeat_of_end(record, facts);
    } else if (!is_unseen && !is_another(record, facts, order_ms)) {
        repeat = REPEAT_EXACT;
    } else if (!is_unseen) {
        record->anomalies |= OCPP_ANOMALY_NUMBER_REUSED;
    }
    if (repeat == REPEAT_NONE) {
        note_newest(record, facts, order_ms);
    }
    return repeat;
}
