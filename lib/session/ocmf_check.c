/* ocmf_check.c: whether the records of a transaction prove a bill: complete, in order, of one meter, rising. */
#include <ocpp/ocmf.h>

#include "text.h"

#include <string.h>

/* In the order of their bits. */
static const char *const words[] = {
    "the first reading is no begin of a transaction",
    "the last reading is no end of a transaction",
    "the pages do not follow one another",
    "the serial number of meter or gateway changes or is missing",
    "the person who pays changes",
    "a register is lower than before",
    "a reading is older than the one before it",
    "the meter says that a value is no good",
    "begin and end have no register of energy in common",
    "a signature does not verify",
    "a record outside of transactions is among them",
    "a transaction begins or ends in the middle",
};

const char *ocpp_ocmf_wrong_words(unsigned wrong)
{
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if ((wrong & (1u << i)) != 0)
            return words[i];
    }
    return "";
}

static void note(struct ocpp_ocmf_bill *bill, size_t record, unsigned what)
{
    if (what == 0)
        return;
    if (bill->wrong == 0 || record < bill->wrong_record)
        bill->wrong_record = record;
    bill->wrong |= what;
}

static bool is_end(char reason)
{
    return reason != '\0' && strchr("ELRAP", reason) != NULL;
}

/* --- one record beside the one before it ---------------------------------------------------------------------------------- */

static unsigned judge_source(const struct ocpp_ocmf_record *first, const struct ocpp_ocmf_record *record)
{
    unsigned wrong = 0;
    const bool is_nameless = record->gateway_serial[0] == '\0' && record->meter_serial[0] == '\0';
    if (is_nameless || strcmp(first->gateway_serial, record->gateway_serial) != 0 ||
        strcmp(first->meter_serial, record->meter_serial) != 0)
        wrong |= OCPP_OCMF_OTHER_METER;
    if (strcmp(first->token, record->token) != 0)
        wrong |= OCPP_OCMF_OTHER_TOKEN;
    if (record->context != 'T')
        wrong |= OCPP_OCMF_NOT_CHARGING;
    return wrong;
}

/* --- readings, all records' one behind the other ------------------------------------------------------------------------------
 */

struct place {
    size_t record;
    size_t reading;
};

static bool next_place(const struct ocpp_ocmf_record *records, size_t count, struct place *place)
{
    if (++place->reading < records[place->record].reading_count)
        return true;
    place->reading = 0;
    return ++place->record < count;
}

static const struct ocpp_ocmf_reading *at(const struct ocpp_ocmf_record *records, struct place place)
{
    return &records[place.record].readings[place.reading];
}

static bool is_same_register(const struct ocpp_ocmf_reading *a, const struct ocpp_ocmf_reading *b)
{
    return strcmp(a->identification, b->identification) == 0 && strcmp(a->unit, b->unit) == 0;
}

static bool place_before(const struct ocpp_ocmf_record *records, struct place *place)
{
    if (place->reading > 0) {
        place->reading--;
        return true;
    }
    if (place->record == 0)
        return false;
    place->record--;
    place->reading = records[place->record].reading_count - 1;
    return true;
}

/* The reading of the register of |place| that stands nearest before it; NULL: it is the first. */
static const struct ocpp_ocmf_reading *same_before(const struct ocpp_ocmf_record *records, struct place place)
{
    const struct ocpp_ocmf_reading *wanted = at(records, place);
    while (place_before(records, &place)) {
        const struct ocpp_ocmf_reading *reading = at(records, place);
        if (reading->has_value && is_same_register(reading, wanted))
            return reading;
    }
    return NULL;
}

static unsigned judge_reading(const struct ocpp_ocmf_record *records, struct place place)
{
    const struct ocpp_ocmf_reading *reading = at(records, place);
    const struct ocpp_ocmf_reading *before = same_before(records, place);
    unsigned wrong = 0;
    if (reading->status != 'G' || reading->is_energy_bad || reading->is_time_bad || reading->reason == 'X')
        wrong |= OCPP_OCMF_ERROR_STATE;
    if (before != NULL && reading->has_value && ocpp_decimal_compare(reading->value, before->value) < 0)
        wrong |= OCPP_OCMF_FELL;
    if (before != NULL && reading->utc_ms < before->utc_ms)
        wrong |= OCPP_OCMF_BACK_IN_TIME;
    return wrong;
}

/* Each register begins first and ends last, and so do the readings as a whole. */
static void judge_order(const struct ocpp_ocmf_record *records, size_t count, struct ocpp_ocmf_bill *bill)
{
    struct place place = { 0, 0 };
    struct place last = { 0, 0 };
    if (at(records, place)->reason != 'B')
        note(bill, 0, OCPP_OCMF_NO_BEGIN);
    while (next_place(records, count, &place)) {
        const struct ocpp_ocmf_reading *before = same_before(records, place);
        const struct ocpp_ocmf_reading *reading = at(records, place);
        if (before != NULL && (reading->reason == 'B' || is_end(before->reason)))
            note(bill, place.record, OCPP_OCMF_IN_BETWEEN);
        last = place;
    }
    if (!is_end(at(records, last)->reason))
        note(bill, last.record, OCPP_OCMF_NO_END);
}

/* --- energy -------------------------------------------------------------------------------------------------------------------
 */

/* How many tens make watt-hours of |unit|; -1: it is none of energy. */
static int tens_of(const char *unit)
{
    return strcmp(unit, "kWh") == 0 ? 3 : strcmp(unit, "Wh") == 0 ? 0 : -1;
}

/* The last reading of the register of |begin|, if it is an end. */
static const struct ocpp_ocmf_reading *find_end(const struct ocpp_ocmf_record *records, size_t count,
                                                const struct ocpp_ocmf_reading *begin)
{
    const struct ocpp_ocmf_reading *found = NULL;
    struct place place = { 0, 0 };
    do {
        const struct ocpp_ocmf_reading *reading = at(records, place);
        if (reading->has_value && is_same_register(reading, begin) && is_end(reading->reason))
            found = reading;
    } while (next_place(records, count, &place));
    return found;
}

/* |a| - |b|, shifted by |tens|, if it can be said exactly. */
static bool subtract(struct ocpp_decimal a, struct ocpp_decimal b, int tens, struct ocpp_decimal *difference)
{
    const int32_t scale = a.scale > b.scale ? a.scale : b.scale;
    int64_t left;
    int64_t right;
    if (scale > 18 || scale < -18 || ocpp_decimal_to_integer(a, scale, &left) != OCPP_OK ||
        ocpp_decimal_to_integer(b, scale, &right) != OCPP_OK || (right < 0 && left > INT64_MAX + right) ||
        (right > 0 && left < INT64_MIN + right))
        return false;
    *difference = (struct ocpp_decimal){ left - right, scale - tens };
    return true;
}

static bool take_energy(const struct ocpp_ocmf_record *records, size_t count, const struct ocpp_ocmf_reading *begin,
                        struct ocpp_ocmf_bill *bill)
{
    const int tens = tens_of(begin->unit);
    const struct ocpp_ocmf_reading *end = tens >= 0 ? find_end(records, count, begin) : NULL;
    if (begin->reason != 'B' || !begin->has_value || end == NULL || !subtract(end->value, begin->value, tens, &bill->energy_wh))
        return false;
    (void)ocpp_text_copy(bill->identification, sizeof bill->identification, begin->identification);
    bill->begin_utc_ms = begin->utc_ms;
    bill->end_utc_ms = end->utc_ms;
    return true;
}

static void find_energy(const struct ocpp_ocmf_record *records, size_t count, struct ocpp_ocmf_bill *bill)
{
    struct place place = { 0, 0 };
    do {
        if (take_energy(records, count, at(records, place), bill))
            return;
    } while (next_place(records, count, &place));
    note(bill, count - 1, OCPP_OCMF_NO_ENERGY);
}

/* --- the whole
 * ------------------------------------------------------------------------------------------------------------------ */

static enum ocpp_status verify_all(const struct ocpp_ocmf_record *records, size_t count, const struct ocpp_public_key *key,
                                   const struct ocpp_crypto *crypto, struct ocpp_ocmf_bill *bill)
{
    for (size_t i = 0; i < count; i++) {
        enum ocpp_certificate_fault fault;
        const enum ocpp_status status = ocpp_ocmf_verify(&records[i], key, crypto, &fault);
        if (status != OCPP_OK && status != OCPP_ERR_VALUE)
            return status;
        note(bill, i, status == OCPP_OK ? 0 : OCPP_OCMF_NOT_SIGNED);
    }
    return OCPP_OK;
}

enum ocpp_status ocpp_ocmf_check(const struct ocpp_ocmf_record *records, size_t count, const struct ocpp_public_key *key,
                                 const struct ocpp_crypto *crypto, struct ocpp_ocmf_bill *bill)
{
    struct ocpp_ocmf_bill found = { .wrong = 0 };
    struct place place = { 0, 0 };
    if (count == 0 || count > OCPP_OCMF_RECORDS || (key == NULL) != (crypto == NULL))
        return OCPP_ERR_ARGUMENT;
    for (size_t i = 0; i < count; i++) {
        if (records[i].reading_count == 0)
            return OCPP_ERR_ARGUMENT;
        note(&found, i, judge_source(&records[0], &records[i]));
        note(&found, i, i > 0 && records[i].page != records[i - 1].page + 1 ? OCPP_OCMF_GAP : 0);
    }
    do {
        note(&found, place.record, judge_reading(records, place));
    } while (next_place(records, count, &place));
    judge_order(records, count, &found);
    find_energy(records, count, &found);
    const enum ocpp_status status = key != NULL ? verify_all(records, count, key, crypto, &found) : OCPP_OK;
    if (status == OCPP_OK)
        *bill = found;
    return status;
}
