/* recording_head.c: the options that make a difference to the engine, by the names of their flags, so that they are read and
 * judged as those are. A flag that names a file is not among them: a recording may come from anybody. */
#include "recording_head.h"
#include "frame_secrets.h"

#include <ocpp/file_transfer.h>

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum word { WORD_TEXT, WORD_SECRET, WORD_NUMBER, WORD_COUNT, WORD_SWITCH }; /* a count is not 0, a number not below */

static const struct row {
    const char *name;
    enum word word;
    size_t offset; /* in the options */
} rows[] = {
#define AT(member) offsetof(struct options, member)
    { "url", WORD_TEXT, AT(url) },
    { "id", WORD_TEXT, AT(identity) },
    { "secure-url", WORD_TEXT, AT(secure_url) },
    { "security-profile", WORD_NUMBER, AT(security_profile) },
    { "password", WORD_SECRET, AT(password) },
    { "evses", WORD_NUMBER, AT(evses) },
    { "connectors", WORD_NUMBER, AT(connectors) },
    { "connector-type", WORD_TEXT, AT(connector_type) },
    { "fixed-cable", WORD_SWITCH, AT(fixed_cable) },
    { "signed-meter", WORD_SWITCH, AT(signed_meter) },
    { "banks", WORD_COUNT, AT(banks) },
    { "gate", WORD_TEXT, AT(gate) },
    { "operator", WORD_TEXT, AT(fleet) },
    { "claim-code", WORD_SECRET, AT(claim_code) },
    { "kept-bills", WORD_COUNT, AT(kept_bills) },
#undef AT
};

enum { ROWS = sizeof rows / sizeof rows[0] };

/* --- writing ----------------------------------------------------------------------------------------------------- */

/* "NAME=VALUE", the value of a secret replaced. */
static cJSON *setting_item(const char *setting)
{
    char *copy = strdup(setting);
    char *value = copy ? strchr(copy, '=') : NULL;
    cJSON *item;

    if (value) {
        *value = '\0';
        if (secrets_are_in(copy)) {
            secrets_stand_in(value + 1);
        }
        *value = '=';
    }
    item = cJSON_CreateString(copy ? copy : "");
    free(copy);
    return item;
}

static void add_secret(cJSON *json, const char *name, const char *text)
{
    char *copy = text ? strdup(text) : NULL;

    if (copy) {
        secrets_stand_in(copy);
        cJSON_AddStringToObject(json, name, copy);
    }
    free(copy);
}

/* One that is not as it always is. */
static void add_text(cJSON *json, const struct row *row, const char *text)
{
    const struct options usual = options_default();
    const char *other = *(const char *const *)((const char *)&usual + row->offset);

    if (text && !(other && strcmp(text, other) == 0)) {
        cJSON_AddStringToObject(json, row->name, text);
    }
}

static void add_number(cJSON *json, const struct row *row, int number)
{
    if (number > 0 || (number == 0 && row->word == WORD_NUMBER)) {
        cJSON_AddNumberToObject(json, row->name, number);
    }
}

static void add_option(cJSON *json, const struct options *options, const struct row *row)
{
    const void *place = (const char *)options + row->offset;

    switch (row->word) {
    case WORD_TEXT:
        add_text(json, row, options->no_network && strcmp(row->name, "url") == 0 ? "none" : *(const char *const *)place);
        break;
    case WORD_SECRET:
        add_secret(json, row->name, *(const char *const *)place);
        break;
    case WORD_NUMBER:
    case WORD_COUNT:
        add_number(json, row, *(const int *)place);
        break;
    case WORD_SWITCH:
        if (*(const bool *)place) {
            cJSON_AddTrueToObject(json, row->name);
        }
        break;
    }
}

static void add_options(cJSON *json, const struct options *options)
{
    cJSON *settings;

    for (int i = 0; i < ROWS; i++) {
        add_option(json, options, &rows[i]);
    }
    if (options->version != OCPP_VERSION_NONE) {
        cJSON_AddStringToObject(json, "version", ocpp_version_name(options->version));
    }
    settings = cJSON_AddArrayToObject(json, "set");
    for (int i = 0; i < options->setting_count; i++) {
        cJSON_AddItemToArray(settings, setting_item(options->settings[i]));
    }
}

char *recording_head_print(const struct recording_head *head, const struct options *options)
{
    cJSON *json = cJSON_CreateObject();
    char seed[24];
    char *text;

    snprintf(seed, sizeof seed, "%016" PRIx64, head->seed);
    cJSON_AddNumberToObject(json, "ocpp-sim", RECORDING_FORMAT);
    cJSON_AddStringToObject(json, "seed", seed);
    if (head->utc_ms != OCPP_UTC_UNKNOWN) {
        cJSON_AddNumberToObject(json, "utc_ms", (double)head->utc_ms);
    }
    cJSON_AddStringToObject(json, "firmware", options->firmware);
    cJSON_AddBoolToObject(json, "roots", options->ca_file != NULL);
    cJSON_AddBoolToObject(json, "certificate", options->certificate_file != NULL);
    if (options->link) {
        cJSON_AddTrueToObject(json, "link");
    }
    if (head->protocols != 0) {
        cJSON_AddNumberToObject(json, "protocols", head->protocols);
    }
    add_options(cJSON_AddObjectToObject(json, "options"), options);
    text = cJSON_PrintUnformatted(json);
    cJSON_Delete(json);
    return text;
}

/* --- reading ----------------------------------------------------------------------------------------------------- */

static const struct row *row_of(const char *name)
{
    for (int i = 0; i < ROWS; i++) {
        if (strcmp(rows[i].name, name) == 0) {
            return &rows[i];
        }
    }
    return NULL;
}

static bool take_number(const cJSON *item, struct options *options)
{
    char number[32];

    snprintf(number, sizeof number, "%.0f", item->valuedouble);
    return cJSON_IsNumber(item) && options_take(options, item->string, number);
}

static bool take_option(const cJSON *item, struct options *options)
{
    const struct row *row = row_of(item->string);

    if (strcmp(item->string, "version") == 0) {
        return cJSON_IsString(item) && options_take(options, "version", item->valuestring);
    }
    if (!row) {
        return false;
    }
    switch (row->word) {
    case WORD_TEXT:
    case WORD_SECRET:
        return cJSON_IsString(item) && options_take(options, row->name, item->valuestring);
    case WORD_NUMBER:
    case WORD_COUNT:
        return take_number(item, options);
    case WORD_SWITCH:
        return cJSON_IsTrue(item) && options_take(options, row->name, NULL);
    }
    return false;
}

static bool take_settings(const cJSON *array, struct options *options)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, array)
    {
        if (!cJSON_IsString(item) || !options_take(options, "set", item->valuestring)) {
            return false;
        }
    }
    return cJSON_IsArray(array);
}

static bool take_options(const cJSON *json, struct options *options)
{
    const cJSON *item;

    cJSON_ArrayForEach(item, json)
    {
        if (!(strcmp(item->string, "set") == 0 ? take_settings(item, options) : take_option(item, options))) {
            return false;
        }
    }
    return cJSON_IsObject(json);
}

static bool read_seed(const cJSON *item, uint64_t *seed)
{
    char *end = NULL;
    const char *text = cJSON_GetStringValue(item);

    if (!text || strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16) {
        return false;
    }
    *seed = strtoull(text, &end, 16);
    return true;
}

static bool read_protocols(const cJSON *item, unsigned *protocols)
{
    *protocols = 0;
    if (item && (!cJSON_IsNumber(item) || item->valueint < 0 || item->valueint > OCPP_TRANSFER_ALL ||
                 item->valuedouble != item->valueint)) {
        return false;
    }
    *protocols = item ? (unsigned)item->valueint : 0;
    return true;
}

/* Between 2000 and 2200. */
static bool read_utc(const cJSON *item, int64_t *utc_ms)
{
    *utc_ms = OCPP_UTC_UNKNOWN;
    if (!item) {
        return true;
    }
    if (!cJSON_IsNumber(item) || item->valuedouble < 946684800e3 || item->valuedouble > 7258118400e3) {
        return false;
    }
    *utc_ms = (int64_t)item->valuedouble;
    return true;
}

/* What stands where a file was named; nobody opens it. */
static const char recorded[] = "recorded";

static const char *read_head(const cJSON *json, struct recording_head *head, struct options *options)
{
    const cJSON *format = cJSON_GetObjectItemCaseSensitive(json, "ocpp-sim");
    const char *firmware = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "firmware"));

    if (!cJSON_IsNumber(format)) {
        return "it is no recording of ocpp-sim";
    }
    if (format->valueint != RECORDING_FORMAT) {
        return "its format is not known here";
    }
    if (!read_seed(cJSON_GetObjectItemCaseSensitive(json, "seed"), &head->seed)) {
        return "a seed has 16 hexadecimal digits";
    }
    if (!read_utc(cJSON_GetObjectItemCaseSensitive(json, "utc_ms"), &head->utc_ms)) {
        return "its date is none";
    }
    if (!read_protocols(cJSON_GetObjectItemCaseSensitive(json, "protocols"), &head->protocols)) {
        return "files are not moved by such protocols";
    }
    if (!firmware || !*firmware || strlen(firmware) > 50) {
        return "there is no version of the firmware";
    }
    options->firmware = firmware;
    options->ca_file = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "roots")) ? recorded : NULL;
    options->certificate_file = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "certificate")) ? recorded : NULL;
    options->key_file = options->certificate_file;
    options->link = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "link")) ? recorded : NULL;
    if (!take_options(cJSON_GetObjectItemCaseSensitive(json, "options"), options)) {
        return "an option is not known, or has no such value";
    }
    return options_are_good(options) ? NULL : "";
}

const char *recording_head_parse(const char *text, size_t size, struct recording_head *head, struct options *options,
                                 void **memory)
{
    cJSON *json = cJSON_ParseWithLengthOpts(text, size, NULL, false);
    const char *why = cJSON_IsObject(json) ? read_head(json, head, options) : "it is no recording of ocpp-sim";

    *memory = why ? NULL : json;
    if (why) {
        cJSON_Delete(json);
    }
    return why;
}

void recording_head_free(void *memory)
{
    cJSON_Delete(memory);
}
