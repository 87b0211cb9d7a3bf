/* facts.c: the layouts of what the charge point stores, and small questions about them. Tags are for ever: add, never reuse. */
#include "facts.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

#define COUNT_OF(rows)                        (sizeof(rows) / sizeof((rows)[0]))
#define INTEGER(tag, type, member)            OCPP_FIELD_ROW(tag, OCPP_FIELD_INTEGER, struct type, member)
#define BOOLEAN(tag, type, member)            OCPP_FIELD_ROW(tag, OCPP_FIELD_BOOLEAN, struct type, member)
#define TEXT(tag, type, member)               OCPP_FIELD_ROW(tag, OCPP_FIELD_TEXT, struct type, member)
#define BYTES(tag, type, member)              OCPP_FIELD_ROW(tag, OCPP_FIELD_BYTES, struct type, member)
#define LIST(tag, type, items, count, layout) OCPP_FIELD_ROW_LIST(tag, struct type, items, count, layout)
#define LAYOUT(kind, type, rows)                                                                                                 \
    {                                                                                                                            \
        kind, sizeof(struct type), rows, COUNT_OF(rows)                                                                          \
    }

/* clang-format off */
static const struct ocpp_field sample_rows[] = {
    INTEGER(1, ocpp_sample, measurand),
    INTEGER(2, ocpp_sample, phase),
    INTEGER(3, ocpp_sample, location),
    INTEGER(4, ocpp_sample, value.coefficient),
    INTEGER(5, ocpp_sample, value.scale),
};
static const struct ocpp_layout sample_layout = LAYOUT(0, ocpp_sample, sample_rows);

#define READING_ROWS(first, type, member) \
    INTEGER(first, type, member when.boot), \
    INTEGER(first + 1, type, member when.mono_ms), \
    INTEGER(first + 2, type, member when.utc_ms), \
    INTEGER(first + 3, type, member context), \
    LIST(first + 4, type, member samples, member count, &sample_layout)

static const struct ocpp_field reading_rows[] = { READING_ROWS(1, reading, ) };
const struct ocpp_layout reading_layout = LAYOUT(1, reading, reading_rows);
static const struct ocpp_field first_reading_rows[] = { READING_ROWS(30, reading, ) };
const struct ocpp_layout first_reading_layout = LAYOUT(2, reading, first_reading_rows);

static const struct ocpp_field fact_rows[] = {
    BYTES(1, fact, uuid),
    BYTES(2, fact, id),
    INTEGER(3, fact, number),
    INTEGER(4, fact, evse),
    INTEGER(5, fact, connector),
    INTEGER(6, fact, when.boot),
    INTEGER(7, fact, when.mono_ms),
    INTEGER(8, fact, when.utc_ms),
    INTEGER(9, fact, trigger),
    BOOLEAN(10, fact, plugged),
    BOOLEAN(11, fact, authorized),
    BOOLEAN(12, fact, closed),
    INTEGER(13, fact, charging_state),
    INTEGER(14, fact, reason),
    TEXT(15, fact, token.id),
    INTEGER(16, fact, token.type),
    BOOLEAN(17, fact, has_remote_start_id),
    INTEGER(18, fact, remote_start_id),
    INTEGER(19, fact, meter_wh),
    READING_ROWS(20, fact, reading.),
    INTEGER(40, fact, link),
    TEXT(41, fact, ender.id),
    INTEGER(42, fact, ender.type),
    BOOLEAN(43, fact, has_reservation_id),
    INTEGER(44, fact, reservation_id),
    INTEGER(45, fact, phases),
    BOOLEAN(50, fact, early),
    BOOLEAN(51, fact, kept),
    INTEGER(52, fact, grants),
    INTEGER(55, fact, metered.boot),
    INTEGER(56, fact, metered.mono_ms),
    INTEGER(57, fact, metered.utc_ms),
    BOOLEAN(58, fact, is_reading),
    INTEGER(59, fact, source),
};
const struct ocpp_layout fact_layout = LAYOUT(2, fact, fact_rows);

static const struct ocpp_field transaction_rows[] = {
    BYTES(1, transaction, uuid),
    INTEGER(2, transaction, evse),
    INTEGER(3, transaction, connector),
    TEXT(4, transaction, token.id),
    INTEGER(5, transaction, token.type),
    TEXT(6, transaction, group),
    BOOLEAN(7, transaction, has_remote_start_id),
    INTEGER(8, transaction, remote_start_id),
    INTEGER(9, transaction, started.boot),
    INTEGER(10, transaction, started.mono_ms),
    INTEGER(11, transaction, started.utc_ms),
    INTEGER(12, transaction, meter_start_wh),
    INTEGER(13, transaction, meter_wh),
    INTEGER(14, transaction, next_number),
    INTEGER(15, transaction, charging_state),
    BOOLEAN(16, transaction, has_reservation_id),
    INTEGER(17, transaction, reservation_id),
    INTEGER(30, transaction, start_points),
    INTEGER(31, transaction, stop_points),
    INTEGER(32, transaction, points),
    INTEGER(33, transaction, grants),
    INTEGER(34, transaction, reason),
    BOOLEAN(35, transaction, early),
    BOOLEAN(36, transaction, refused),
    INTEGER(45, transaction, metered.boot),
    INTEGER(46, transaction, metered.mono_ms),
    INTEGER(47, transaction, metered.utc_ms),
    TEXT(48, transaction, language),
    TEXT(49, transaction, language2),
};
const struct ocpp_layout transaction_layout = LAYOUT(3, transaction, transaction_rows);

static const struct ocpp_field told_rows[] = {
    INTEGER(1, told, family),
    BOOLEAN(2, told, started),
    BOOLEAN(3, told, has_wire_number),
    INTEGER(4, told, wire_number),
    INTEGER(5, told, next_seq_no),
    INTEGER(6, told, next_number),
    BOOLEAN(7, told, place_told),
    BOOLEAN(8, told, token_told),
    BOOLEAN(9, told, reservation_told),
    INTEGER(20, told, grants),
    BOOLEAN(30, told, key_told),
    BOOLEAN(31, told, is_later),
    INTEGER(32, told, began.boot),
    INTEGER(33, told, began.mono_ms),
    INTEGER(34, told, began.utc_ms),
    INTEGER(35, told, phases),
};
const struct ocpp_layout told_layout = LAYOUT(4, told, told_rows);

static const struct ocpp_field boot_rows[] = {
    INTEGER(1, boot_record, number),
    INTEGER(2, boot_record, reason),
};
const struct ocpp_layout boot_layout = LAYOUT(5, boot_record, boot_rows);

static const struct ocpp_field place_rows[] = {
    INTEGER(1, place, evse),
    INTEGER(2, place, connector),
};
static const struct ocpp_layout place_layout = LAYOUT(0, place, place_rows);

static const struct ocpp_field row_rows[] = { LIST(1, row_record, places, count, &place_layout) };
const struct ocpp_layout row_layout = LAYOUT(6, row_record, row_rows);

static const struct ocpp_field availability_rows[] = {
    BOOLEAN(1, availability_record, station_inoperative),
    LIST(2, availability_record, inoperative, count, &place_layout),
};
const struct ocpp_layout availability_layout = LAYOUT(7, availability_record, availability_rows);

static const struct ocpp_field variable_rows[] = { INTEGER(1, variable_record, value), TEXT(2, variable_record, text) };
const struct ocpp_layout variable_layout = LAYOUT(8, variable_record, variable_rows);

static const struct ocpp_field clock_rows[] = { INTEGER(1, clock_record, utc_of_mono_zero_ms) };
const struct ocpp_layout clock_layout = LAYOUT(9, clock_record, clock_rows);

static const struct ocpp_field attempts_rows[] = {
    INTEGER(1, attempts_record, number),
    INTEGER(2, attempts_record, attempts),
};
const struct ocpp_layout attempts_layout = LAYOUT(10, attempts_record, attempts_rows);

static const struct ocpp_field hold_rows[] = {
    INTEGER(1, hold_record, waited_ms),
    INTEGER(2, hold_record, since_utc_ms),
};
const struct ocpp_layout hold_layout = LAYOUT(40, hold_record, hold_rows);

static const struct ocpp_field reservation_rows[] = {
    INTEGER(1, reservation, id),
    INTEGER(2, reservation, state),
    INTEGER(3, reservation, evse),
    INTEGER(4, reservation, connector),
    TEXT(5, reservation, connector_type),
    TEXT(6, reservation, token.id),
    INTEGER(7, reservation, token.type),
    TEXT(8, reservation, group),
    INTEGER(9, reservation, expires_utc_ms),
    INTEGER(10, reservation, lasts_ms),
    BOOLEAN(11, reservation, ends_when_presented),
    INTEGER(12, reservation, made),
};
const struct ocpp_layout reservation_layout = LAYOUT(11, reservation, reservation_rows);
/* clang-format on */

void ocpp_cp_number_key(const char *kind, int64_t number, char key[OCPP_KEY_SIZE])
{
    snprintf(key, OCPP_KEY_SIZE, "%s/%08lx%08lx", kind, (unsigned long)((uint64_t)number >> 32),
             (unsigned long)(number & 0xffffffff));
}

void ocpp_uuid_text(const uint8_t uuid[UUID_BYTES], char text[UUID_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < UUID_BYTES; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            *text++ = '-';
        }
        *text++ = digits[uuid[i] >> 4];
        *text++ = digits[uuid[i] & 15];
    }
    *text = '\0';
}

void ocpp_text_cut(char *to, size_t room, const char *text, size_t characters)
{
    size_t size = 0;
    for (size_t i = 0; i < characters && text[size] != '\0'; i++) {
        const size_t length = ocpp_utf8_length(text + size, strlen(text + size));
        if (length == 0) { /* no text from here on */
            break;
        }
        size += length;
    }
    ocpp_text_copy(to, size + 1 < room ? size + 1 : room, text);
}

bool ocpp_token_same(const struct token *a, const struct token *b)
{
    if (a->type != OCPP_TOKEN_UNKNOWN && b->type != OCPP_TOKEN_UNKNOWN && a->type != b->type) {
        return false;
    }
    return ocpp_text_equal_fold(a->id, b->id);
}

/* Of several registers the one at the outlet counts: it is what the driver got. */
static const struct ocpp_sample *energy_of(const struct reading *reading)
{
    const struct ocpp_sample *found = NULL;
    for (size_t i = 0; i < reading->count; i++) {
        const struct ocpp_sample *sample = &reading->samples[i];
        const bool is_outlet = sample->location == OCPP_LOCATION_UNKNOWN || sample->location == OCPP_LOCATION_OUTLET;
        if (sample->measurand == OCPP_MEASURAND_ENERGY_ACTIVE_IMPORT_REGISTER && sample->phase == OCPP_PHASE_NONE &&
            (found == NULL ||
             (is_outlet && found->location != OCPP_LOCATION_UNKNOWN && found->location != OCPP_LOCATION_OUTLET))) {
            found = sample;
        }
    }
    return found;
}

bool ocpp_reading_energy_wh(const struct reading *reading, int64_t *energy_wh)
{
    const struct ocpp_sample *sample = energy_of(reading);
    return sample != NULL && ocpp_decimal_to_integer(sample->value, 0, energy_wh) == OCPP_OK;
}
