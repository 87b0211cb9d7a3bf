/* ocmf.c: a record of signed meter values, from text. Written by meters, so strict, with the deviations that real ones have by
 * name.
 */
#include <ocpp/ocmf.h>

#include "encoding.h"
#include "json.h"
#include "ocmf_signature.h"
#include "text.h"

#include <string.h>

static const char *const fault_words[OCPP_OCMF_FAULT_COUNT] = {
    [OCPP_OCMF_GOOD] = "good",
    [OCPP_OCMF_TOO_LARGE] = "too large",
    [OCPP_OCMF_NOT_OCMF] = "not OCMF",
    [OCPP_OCMF_NOT_JSON] = "a section is not a JSON object",
    [OCPP_OCMF_MEMBER] = "a member is missing or wrong",
    [OCPP_OCMF_ALGORITHM] = "an unknown signature algorithm",
    [OCPP_OCMF_SIGNATURE] = "the signature is not encoded as it says",
};

const char *ocpp_ocmf_fault_words(enum ocpp_ocmf_fault fault)
{
    return (unsigned)fault < OCPP_OCMF_FAULT_COUNT ? fault_words[fault] : "?";
}

/* --- sections ------------------------------------------------------------------------------------------------------------ */

struct section {
    const char *text;
    size_t size;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct section without_space(struct section text)
{
    while (text.size > 0 && is_space(text.text[0])) {
        text.text++;
        text.size--;
    }
    return text;
}

/* A bar stands between sections and nowhere else. */
static bool split(struct section text, struct section *payload, struct section *signature)
{
    static const char head[] = "OCMF|";
    const size_t head_size = sizeof head - 1;
    if (text.size < head_size || memcmp(text.text, head, head_size) != 0)
        return false;
    payload->text = text.text + head_size;
    const char *bar = memchr(payload->text, '|', text.size - head_size);
    if (bar == NULL)
        return false;
    payload->size = (size_t)(bar - payload->text);
    signature->text = bar + 1;
    signature->size = text.size - head_size - payload->size - 1;
    return memchr(signature->text, '|', signature->size) == NULL;
}

/* --- members ------------------------------------------------------------------------------------------------------------- */

/* Copies a text that may be absent. false: it is no text, or longer than its room. */
static bool take_text(const struct ocpp_json *object, const char *name, char *to, size_t room)
{
    const struct ocpp_json *member = ocpp_json_member(object, name);
    if (member == NULL)
        return true;
    if (ocpp_json_kind(member) != OCPP_JSON_STRING || strlen(ocpp_json_string(member)) >= room)
        return false;
    (void)ocpp_text_copy(to, room, ocpp_json_string(member));
    return true;
}

/* A text of one letter out of |letters|. */
static bool take_letter(const struct ocpp_json *object, const char *name, const char *letters, char *to)
{
    char text[2] = "";
    if (ocpp_json_member(object, name) == NULL)
        return true;
    if (!take_text(object, name, text, sizeof text) || text[0] == '\0' || strchr(letters, text[0]) == NULL)
        return false;
    *to = text[0];
    return true;
}

static bool take_page(const struct ocpp_json *object, struct ocpp_ocmf_record *record)
{
    char text[21] = "";
    if (!take_text(object, "PG", text, sizeof text) || (text[0] != 'T' && text[0] != 'F') || text[1] == '\0' ||
        (text[1] == '0' && text[2] != '\0') || strlen(text) > 19)
        return false;
    record->context = text[0];
    for (const char *digit = text + 1; *digit != '\0'; digit++) {
        if (*digit < '0' || *digit > '9')
            return false;
        record->page = record->page * 10 + (uint64_t)(*digit - '0');
    }
    return true;
}

/* "2018-07-24T13:22:04,000+0200 S": not quite RFC 3339. */
static bool take_time(const struct ocpp_json *object, struct ocpp_ocmf_reading *reading)
{
    char text[31] = "";
    char standard[30];
    if (ocpp_json_member(object, "TM") == NULL)
        return true;
    if (!take_text(object, "TM", text, sizeof text) || strlen(text) != 30 || text[19] != ',' || text[28] != ' ' ||
        strchr("UISR", text[29]) == NULL)
        return false;
    memcpy(standard, text, 26);
    standard[19] = '.';
    standard[26] = ':';
    memcpy(standard + 27, text + 26, 2);
    reading->time_status = text[29];
    return ocpp_time_parse(standard, 29, &reading->utc_ms) == OCPP_OK;
}

/* A number in a text, with spaces before it and zeros, as displays of meters have it. */
static bool value_of_text(const char *text, struct ocpp_decimal *value)
{
    text += strspn(text, " ");
    while (text[0] == '0' && text[1] >= '0' && text[1] <= '9')
        text++;
    return ocpp_decimal_parse(text, strlen(text), value) == OCPP_OK;
}

static bool take_value(const struct ocpp_json *object, unsigned quirks, struct ocpp_ocmf_reading *reading, unsigned *used)
{
    const struct ocpp_json *member = ocpp_json_member(object, "RV");
    if (member == NULL) { /* the same as before, unless there is only an error to tell */
        reading->has_value = reading->has_value && reading->status == 'G';
        return true;
    }
    reading->has_value = true;
    if (ocpp_json_kind(member) == OCPP_JSON_NUMBER) {
        reading->value = ocpp_json_number(member);
        return true;
    }
    *used |= OCPP_OCMF_TEXT_VALUE;
    return ocpp_json_kind(member) == OCPP_JSON_STRING && (quirks & OCPP_OCMF_TEXT_VALUE) != 0 &&
           value_of_text(ocpp_json_string(member), &reading->value);
}

static bool take_flags(const struct ocpp_json *object, struct ocpp_ocmf_reading *reading)
{
    char text[3] = "";
    if (ocpp_json_member(object, "EF") == NULL)
        return true;
    if (!take_text(object, "EF", text, sizeof text) || strspn(text, "Et") != strlen(text))
        return false;
    reading->is_energy_bad = strchr(text, 'E') != NULL;
    reading->is_time_bad = strchr(text, 't') != NULL;
    return true;
}

/* |reading| holds what the one before it said; ST and TM must be said once. */
static bool take_reading(const struct ocpp_json *object, unsigned quirks, struct ocpp_ocmf_reading *reading, unsigned *used)
{
    if (ocpp_json_kind(object) != OCPP_JSON_OBJECT)
        return false;
    return take_time(object, reading) && take_letter(object, "TX", "BCXELRAPST", &reading->reason) &&
           take_letter(object, "ST", "NGTDRMXIOSEF", &reading->status) && take_value(object, quirks, reading, used) &&
           take_text(object, "RI", reading->identification, sizeof reading->identification) &&
           take_text(object, "RU", reading->unit, sizeof reading->unit) && take_flags(object, reading) &&
           reading->time_status != '\0' && reading->status != '\0';
}

static enum ocpp_ocmf_fault take_readings(const struct ocpp_json *payload, unsigned quirks, struct ocpp_ocmf_record *record)
{
    const struct ocpp_json *list = ocpp_json_member(payload, "RD");
    struct ocpp_ocmf_reading reading = { .reason = '\0' };
    if (list == NULL || ocpp_json_kind(list) != OCPP_JSON_ARRAY || ocpp_json_count(list) == 0)
        return OCPP_OCMF_MEMBER;
    if (ocpp_json_count(list) > OCPP_OCMF_READINGS)
        return OCPP_OCMF_TOO_LARGE;
    for (const struct ocpp_json *item = ocpp_json_first(list); item != NULL; item = ocpp_json_next(item)) {
        if (!take_reading(item, quirks, &reading, &record->quirks))
            return OCPP_OCMF_MEMBER;
        record->readings[record->reading_count++] = reading;
    }
    return OCPP_OCMF_GOOD;
}

static enum ocpp_ocmf_fault take_payload(const struct ocpp_json *payload, unsigned quirks, struct ocpp_ocmf_record *record)
{
    if (ocpp_json_kind(payload) != OCPP_JSON_OBJECT)
        return OCPP_OCMF_NOT_JSON;
    if (!take_page(payload, record) || !take_text(payload, "FV", record->format_version, sizeof record->format_version) ||
        !take_text(payload, "GS", record->gateway_serial, sizeof record->gateway_serial) ||
        !take_text(payload, "MS", record->meter_serial, sizeof record->meter_serial) ||
        !take_text(payload, "CI", record->point, sizeof record->point) ||
        !take_text(payload, "ID", record->token, sizeof record->token))
        return OCPP_OCMF_MEMBER;
    return take_readings(payload, quirks, record);
}

/* --- the whole ---------------------------------------------------------------------------------------------------------------
 */

typedef enum ocpp_ocmf_fault (*take_function)(const struct ocpp_json *object, unsigned quirks, struct ocpp_ocmf_record *record);

static enum ocpp_status read_section(struct section section, take_function take, unsigned quirks, struct ocpp_ocmf_record *record,
                                     enum ocpp_ocmf_fault *fault)
{
    static const struct ocpp_json_limits limits = { OCPP_OCMF_SIZE, 2048, 8 };
    struct ocpp_json *root;
    const enum ocpp_status status = ocpp_json_parse(section.text, section.size, &limits, &root, NULL);
    if (status == OCPP_ERR_NOMEM)
        return status;
    if (status != OCPP_OK) {
        *fault = status == OCPP_ERR_NODES ? OCPP_OCMF_TOO_LARGE : OCPP_OCMF_NOT_JSON;
        return OCPP_ERR_VALUE;
    }
    *fault = take(root, quirks, record);
    ocpp_json_free(root);
    return *fault == OCPP_OCMF_GOOD ? OCPP_OK : OCPP_ERR_VALUE;
}

enum ocpp_status ocpp_ocmf_parse(const char *text, size_t size, unsigned quirks, struct ocpp_ocmf_record *record,
                                 enum ocpp_ocmf_fault *fault)
{
    struct section whole = { text, size };
    struct section payload;
    struct section signature;
    struct ocpp_ocmf_record read = { .curve = OCPP_CURVE_SECP256R1, .hash = OCPP_HASH_SHA256 };
    *fault = OCPP_OCMF_TOO_LARGE;
    if (size > OCPP_OCMF_SIZE)
        return OCPP_ERR_VALUE;
    if ((quirks & OCPP_OCMF_SPACE_BEFORE) != 0)
        whole = without_space(whole);
    if (whole.size != size)
        read.quirks |= OCPP_OCMF_SPACE_BEFORE;
    *fault = OCPP_OCMF_NOT_OCMF;
    if (!split(whole, &payload, &signature))
        return OCPP_ERR_VALUE;
    enum ocpp_status status = read_section(payload, take_payload, quirks, &read, fault);
    if (status == OCPP_OK)
        status = read_section(signature, ocpp_ocmf_take_signature, quirks, &read, fault);
    if (status != OCPP_OK)
        return status;
    read.payload = payload.text;
    read.payload_size = payload.size;
    *record = read;
    return OCPP_OK;
}
