/* variables_text.c: values of settings as text and back, by their kinds. */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

#include "decimal.h"
#include "encoding.h"
#include "text.h"

#define BIT(index) ((int64_t)1 << (index))

static const struct variable_row *row_of(enum variable variable)
{
    return ocpp_cp_variable_row(variable);
}

/* --- as text
 * ----------------------------------------------------------------------------------------------------------------------- */

static const char *word_of(const struct variable_row *row, int index)
{
    return row->words[index];
}

static int last_word(const struct variable_row *row)
{
    int last = -1;
    while (row->words != NULL && row->words[last + 1] != NULL) {
        last++;
    }
    return last;
}

static void set_text(const struct variable_row *row, int64_t set, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    const int last = last_word(row);
    size_t size = 0;
    text[0] = '\0';
    for (int i = 0; i <= last; i++) {
        if ((set & BIT(i)) != 0 && size + strlen(word_of(row, i)) + 2 <= OCPP_VARIABLE_TEXT_SIZE) {
            size += (size_t)snprintf(text + size, OCPP_VARIABLE_TEXT_SIZE - size, "%s%s", size == 0 ? "" : ",", word_of(row, i));
        }
    }
}

void ocpp_cp_variable_words(enum variable variable, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    const struct variable_row *row = row_of(variable);
    text[0] = '\0';
    if (row->kind == KIND_MEASURANDS) {
        ocpp_cp_measurands_text(INT64_MAX, text);
    } else if (row->words != NULL) {
        set_text(row, INT64_MAX, text);
    }
}

void ocpp_cp_measurands_text(int64_t set, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    const struct measurands list = { .set = set };
    ocpp_cp_measurands_write(&list, text);
}

static void measurands_text(const struct ocpp_charge_point *cp, enum variable variable, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    const struct measurands list = ocpp_cp_measurands(cp, variable, FAMILY_NONE);
    ocpp_cp_measurands_write(&list, text);
}

void ocpp_cp_variable_text(const struct ocpp_charge_point *cp, enum variable variable, char text[OCPP_VARIABLE_TEXT_SIZE])
{
    const struct variable_row *row = row_of(variable);
    const int64_t value = cp->values[variable];
    switch ((enum variable_kind)row->kind) {
    case KIND_INTEGER:
        ocpp_integer_format(value, text);
        return;
    case KIND_HUNDREDTHS:
        ocpp_decimal_format(OCPP_DECIMAL(value, 2), text);
        return;
    case KIND_BOOLEAN:
        snprintf(text, OCPP_VARIABLE_TEXT_SIZE, "%s", value != 0 ? "true" : "false");
        return;
    case KIND_OPTION:
        snprintf(text, OCPP_VARIABLE_TEXT_SIZE, "%s", row->words[value]);
        return;
    case KIND_MEMBERS:
        set_text(row, value, text);
        return;
    case KIND_MEASURANDS:
        measurands_text(cp, variable, text);
        return;
    case KIND_SECRET:
        text[0] = '\0';
        return;
    case KIND_TEXT:
    case KIND_IDENTIFIER:
    case KIND_SEQUENCE:
    case KIND_DATE:
    case KIND_OFFSET:
        snprintf(text, OCPP_VARIABLE_TEXT_SIZE, "%s", cp->texts + value);
        return;
    }
}

/* --- from text
 * --------------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status read_number(const struct variable_row *row, const char *text, int64_t *value)
{
    const int places = row->kind == KIND_HUNDREDTHS ? 2 : 0;
    struct ocpp_decimal decimal;
    if (ocpp_decimal_parse(text, strlen(text), &decimal) != OCPP_OK) {
        return OCPP_ERR_VALUE;
    }
    if (ocpp_decimal_to_integer(decimal, places, value) != OCPP_OK) {
        return OCPP_ERR_RANGE;
    }
    if (ocpp_decimal_compare(decimal, OCPP_DECIMAL(*value, places)) != 0) {
        return OCPP_ERR_VALUE;
    }
    return *value >= row->minimum && *value <= row->maximum ? OCPP_OK : OCPP_ERR_RANGE;
}

static enum ocpp_status read_boolean(const char *text, int64_t *value)
{
    *value = ocpp_text_equal_fold(text, "true");
    return *value == 1 || ocpp_text_equal_fold(text, "false") ? OCPP_OK : OCPP_ERR_VALUE;
}

static int index_of(const struct variable_row *row, const char *name)
{
    for (int i = 0; row->words[i] != NULL; i++) {
        if (ocpp_text_equal_fold(row->words[i], name)) {
            return i;
        }
    }
    return -1;
}

static enum ocpp_status read_option(const struct variable_row *row, const char *text, int64_t *value)
{
    *value = index_of(row, text);
    return *value < 0 ? OCPP_ERR_VALUE : OCPP_OK;
}

bool ocpp_cp_list_next(const char **text, char name[OCPP_LIST_MEMBER_SIZE])
{
    const char *begin = *text + strspn(*text, " ");
    size_t size = strcspn(begin, ",");
    const char *next = begin + size;
    while (size > 0 && begin[size - 1] == ' ') {
        size--;
    }
    if (size == 0 || size >= OCPP_LIST_MEMBER_SIZE || (*next == ',' && next[1] == '\0')) {
        return false;
    }
    memcpy(name, begin, size);
    name[size] = '\0';
    *text = *next == ',' ? next + 1 : next;
    return true;
}

/* One unknown name refuses the list whole. */
static enum ocpp_status read_members(const struct variable_row *row, const char *text, int64_t *value)
{
    *value = 0;
    while (*text != '\0') {
        char name[OCPP_LIST_MEMBER_SIZE];
        const int index = ocpp_cp_list_next(&text, name) ? index_of(row, name) : -1;
        if (index < 0) {
            return OCPP_ERR_VALUE;
        }
        *value |= BIT(index);
    }
    return *value >= row->minimum ? OCPP_OK : OCPP_ERR_RANGE;
}

/* The value is the set, as it was before lists named phases; those are in the text. */
static enum ocpp_status read_measurands(const char *text, struct variable_record *record)
{
    struct measurands list;
    const enum ocpp_status status = ocpp_cp_measurands_read(text, &list);
    record->value = list.set;
    if (status == OCPP_OK && list.is_phased) {
        ocpp_cp_measurands_write(&list, record->text);
    }
    return status;
}

static bool is_printable(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~') {
            return false;
        }
    }
    return true;
}

static enum ocpp_status read_sequence(const struct variable_row *row, const char *text)
{
    while (*text != '\0') {
        char name[OCPP_LIST_MEMBER_SIZE];
        if (!ocpp_cp_list_next(&text, name) || (row->words != NULL && index_of(row, name) < 0)) {
            return OCPP_ERR_VALUE;
        }
    }
    return OCPP_OK;
}

static enum ocpp_status read_text(const struct variable_row *row, const char *text)
{
    const size_t size = strlen(text);
    const size_t length = row->kind == KIND_TEXT ? ocpp_text_count(text, size) : size;
    if (length > (size_t)row->maximum || size >= OCPP_VARIABLE_TEXT_SIZE) {
        return OCPP_ERR_LENGTH;
    }
    if (row->kind != KIND_TEXT && !is_printable(text)) {
        return OCPP_ERR_VALUE;
    }
    int64_t utc_ms;
    if (row->kind == KIND_DATE && size > 0 && ocpp_time_parse(text, size, &utc_ms) != OCPP_OK) {
        return OCPP_ERR_DATE_TIME;
    }
    if (row->kind == KIND_OFFSET && size > 0 && !ocpp_cp_offset_of(text, &utc_ms)) {
        return OCPP_ERR_VALUE;
    }
    return row->kind == KIND_SEQUENCE ? read_sequence(row, text) : OCPP_OK;
}

enum ocpp_status ocpp_cp_variable_read(const struct variable_row *row, const char *text, struct variable_record *record)
{
    memset(record, 0, sizeof(*record));
    switch ((enum variable_kind)row->kind) {
    case KIND_INTEGER:
    case KIND_HUNDREDTHS:
        return read_number(row, text, &record->value);
    case KIND_BOOLEAN:
        return read_boolean(text, &record->value);
    case KIND_OPTION:
        return read_option(row, text, &record->value);
    case KIND_MEMBERS:
        return read_members(row, text, &record->value);
    case KIND_MEASURANDS:
        return read_measurands(text, record);
    case KIND_TEXT:
    case KIND_IDENTIFIER:
    case KIND_SEQUENCE:
    case KIND_DATE:
    case KIND_OFFSET:
        ocpp_text_copy(record->text, sizeof(record->text), text);
        return read_text(row, text);
    case KIND_SECRET:
        if (strlen(text) < (size_t)row->minimum || strlen(text) > (size_t)row->maximum) {
            return OCPP_ERR_LENGTH;
        }
        return ocpp_hex_encode(text, strlen(text), record->text, sizeof(record->text), NULL);
    }
    return OCPP_ERR_STATE;
}
