/* fuzz_ocmf.c: a meter that says anything. The input is lines, each a record; what can be read is checked as one transaction, and
 * each line is also tried as a public key.
 *
 * What must hold: what a record refers to lies within the text; without a leniency no more is read than with it, and the same;
 * what a bill says is wrong has words, and a bill with nothing wrong has energy that does not fall.
 */
#include "target.h"

#include "require.h"

#include <ocpp/ocmf.h>

#include <stdlib.h>
#include <string.h>

enum { RECORDS = 8 };

static const unsigned all_quirks = OCPP_OCMF_TEXT_VALUE | OCPP_OCMF_RAW_SIGNATURE | OCPP_OCMF_UNSIGNED | OCPP_OCMF_SPACE_BEFORE;

static void look_at(const struct ocpp_ocmf_record *record, const char *text, size_t size)
{
    ocpp_require(record->payload >= text && record->payload + record->payload_size < text + size);
    ocpp_require(record->payload[record->payload_size] == '|');
    ocpp_require(record->reading_count > 0 && record->reading_count <= OCPP_OCMF_READINGS);
    ocpp_require(record->signature_size > 0 && record->signature_size <= OCPP_OCMF_SIGNATURE_SIZE);
    for (size_t i = 0; i < record->reading_count; i++) {
        const struct ocpp_ocmf_reading *reading = &record->readings[i];
        ocpp_require(memchr(reading->identification, '\0', sizeof reading->identification) != NULL);
        ocpp_require(memchr(reading->unit, '\0', sizeof reading->unit) != NULL);
        ocpp_require(reading->time_status != '\0' && reading->status != '\0');
    }
}

/* One line; true: |record| was read. */
static bool read_line(const char *line, size_t size, struct ocpp_ocmf_record *record)
{
    static struct ocpp_ocmf_record strict;
    enum ocpp_ocmf_fault fault;
    enum ocpp_ocmf_fault strict_fault;
    const enum ocpp_status status = ocpp_ocmf_parse(line, size, all_quirks, record, &fault);
    const enum ocpp_status strict_status = ocpp_ocmf_parse(line, size, 0, &strict, &strict_fault);
    ocpp_require(strcmp(ocpp_ocmf_fault_words(fault), "?") != 0);
    if (status != OCPP_OK) {
        ocpp_require(strict_status != OCPP_OK && (status == OCPP_ERR_NOMEM || fault != OCPP_OCMF_GOOD));
        return false;
    }
    ocpp_require((strict_status == OCPP_OK) == (record->quirks == 0) || strict_status == OCPP_ERR_NOMEM);
    look_at(record, line, size);
    return true;
}

static void read_key(const char *line, size_t size, const struct ocpp_ocmf_record *record)
{
    unsigned char bytes[100];
    struct ocpp_public_key key;
    if (ocpp_ocmf_key(line, size, record, bytes, sizeof bytes, &key) == OCPP_OK)
        ocpp_require(key.bytes == bytes && key.size <= sizeof bytes);
}

static void check(const struct ocpp_ocmf_record *records, size_t count)
{
    struct ocpp_ocmf_bill bill;
    const enum ocpp_status status = ocpp_ocmf_check(records, count, NULL, NULL, &bill);
    ocpp_require(status == (count > 0 ? OCPP_OK : OCPP_ERR_ARGUMENT));
    if (status != OCPP_OK)
        return;
    ocpp_require((bill.wrong == 0) == (ocpp_ocmf_wrong_words(bill.wrong)[0] == '\0'));
    ocpp_require(bill.wrong_record < count);
    if (bill.wrong == 0)
        ocpp_require(bill.energy_wh.coefficient >= 0 && bill.end_utc_ms >= bill.begin_utc_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ocpp_ocmf_record records[RECORDS];
    size_t count = 0;
    char *text = malloc(size + 1); /* a sanitizer sees the first byte read behind it */
    ocpp_require(text != NULL);
    memcpy(text, data, size);
    text[size] = '\n';
    for (const char *line = text; line < text + size && count < RECORDS;) {
        const char *end = memchr(line, '\n', (size_t)(text + size + 1 - line));
        if (read_line(line, (size_t)(end - line), &records[count]))
            count++;
        read_key(line, (size_t)(end - line), &records[0]);
        line = end + 1;
    }
    check(records, count);
    free(text);
    return 0;
}
