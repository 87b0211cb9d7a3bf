/* body.c: checking what operators say, member by member. */
#include "body.h"
#include "text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

bool body_fail(struct body_issue *issue, const char *path, const char *why)
{
    snprintf(issue->path, sizeof issue->path, "%s", path);
    snprintf(issue->why, sizeof issue->why, "%s", why);
    return false;
}

static bool is_whole(const cJSON *value, int64_t minimum, int64_t maximum)
{
    double number = cJSON_GetNumberValue(value);

    return cJSON_IsNumber(value) && floor(number) == number && number >= (double)minimum && number <= (double)maximum;
}

static bool is_list(const cJSON *value, int64_t maximum, bool (*is_item)(const cJSON *item))
{
    const cJSON *item;

    if (!cJSON_IsArray(value) || cJSON_GetArraySize(value) > maximum) {
        return false;
    }
    cJSON_ArrayForEach(item, value)
    {
        if (!is_item(item)) {
            return false;
        }
    }
    return true;
}

static bool is_text_item(const cJSON *item)
{
    return cJSON_IsString(item) && text_characters(item->valuestring) <= 64 &&
           text_is_utf8(item->valuestring, strlen(item->valuestring));
}

static bool is_integer_item(const cJSON *item)
{
    return is_whole(item, 1, INT32_MAX);
}

static bool is_text(const cJSON *value, int64_t minimum, int64_t maximum)
{
    int64_t characters;

    if (!cJSON_IsString(value) || !text_is_utf8(value->valuestring, strlen(value->valuestring))) {
        return false;
    }
    characters = (int64_t)text_characters(value->valuestring);
    return characters >= minimum && characters <= maximum;
}

static bool is_time(const cJSON *value)
{
    int64_t utc_ms;

    return cJSON_IsString(value) && ocpp_time_parse(value->valuestring, strlen(value->valuestring), &utc_ms) == OCPP_OK;
}

static bool member_fits(const cJSON *value, const struct body_member *member)
{
    switch (member->kind) {
    case BODY_TEXT:
        return is_text(value, member->minimum, member->maximum);
    case BODY_INTEGER:
        return is_whole(value, member->minimum, member->maximum);
    case BODY_NUMBER:
        return cJSON_IsNumber(value) && value->valuedouble >= (double)member->minimum &&
               value->valuedouble <= (double)member->maximum;
    case BODY_BOOLEAN:
        return cJSON_IsBool(value);
    case BODY_TIME:
        return is_time(value);
    case BODY_TEXTS:
        return is_list(value, member->maximum, is_text_item);
    case BODY_INTEGERS:
        return is_list(value, member->maximum, is_integer_item);
    case BODY_OBJECT:
        return cJSON_IsObject(value);
    default:
        return false;
    }
}

/* What the member has to be, in words. */
static void expectation(const struct body_member *member, char *text, size_t size)
{
    static const char *const nouns[] = {
        [BODY_TEXT] = "a text with a length",
        [BODY_INTEGER] = "an integer",
        [BODY_NUMBER] = "a number",
        [BODY_BOOLEAN] = "true or false",
        [BODY_TIME] = "a date and time of RFC 3339",
        [BODY_TEXTS] = "a list of texts, with a length",
        [BODY_INTEGERS] = "a list of integers above 0, with a length",
        [BODY_OBJECT] = "an object",
    };

    if (member->maximum > 0) {
        snprintf(text, size, "has to be %s of %" PRId64 " to %" PRId64, nouns[member->kind], member->minimum, member->maximum);
        return;
    }
    snprintf(text, size, "has to be %s", nouns[member->kind]);
}

static const struct body_member *find(const struct body_member *members, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(members[i].name, name) == 0) {
            return &members[i];
        }
    }
    return NULL;
}

static bool fail_member(struct body_issue *issue, const char *name, const char *why)
{
    char path[sizeof issue->path];

    snprintf(path, sizeof path, "/%.120s", name);
    return body_fail(issue, path, why);
}

bool body_check(const cJSON *body, const struct body_member *members, size_t count, struct body_issue *issue)
{
    const cJSON *value;
    char why[160];

    if (!cJSON_IsObject(body)) {
        return body_fail(issue, "", "the body has to be a JSON object");
    }
    cJSON_ArrayForEach(value, body)
    {
        const struct body_member *member = find(members, count, value->string);
        if (!member) {
            return fail_member(issue, value->string, "is not a member of this body");
        }
        if (!cJSON_IsNull(value) && !member_fits(value, member)) {
            expectation(member, why, sizeof why);
            return fail_member(issue, value->string, why);
        }
        if (cJSON_GetObjectItemCaseSensitive(body, value->string) != value) {
            return fail_member(issue, value->string, "is there twice");
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (members[i].required && !body_value(body, members[i].name)) {
            return fail_member(issue, members[i].name, "is required");
        }
    }
    return true;
}

/* --- reading
 * -------------------------------------------------------------------------------------------------------------------- */

const cJSON *body_value(const cJSON *body, const char *name)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(body, name);

    return value && !cJSON_IsNull(value) ? value : NULL;
}

const char *body_text(const cJSON *body, const char *name, const char *otherwise)
{
    const cJSON *value = body_value(body, name);

    return value ? value->valuestring : otherwise;
}

int64_t body_integer(const cJSON *body, const char *name, int64_t otherwise)
{
    const cJSON *value = body_value(body, name);

    return value ? (int64_t)value->valuedouble : otherwise;
}

bool body_flag(const cJSON *body, const char *name, bool otherwise)
{
    const cJSON *value = body_value(body, name);

    return value ? cJSON_IsTrue(value) : otherwise;
}

int64_t body_time(const cJSON *body, const char *name)
{
    const cJSON *value = body_value(body, name);
    int64_t utc_ms;

    if (!value || ocpp_time_parse(value->valuestring, strlen(value->valuestring), &utc_ms) != OCPP_OK) {
        return OCPP_UTC_UNKNOWN;
    }
    return utc_ms;
}

cJSON *body_parse(const char *text, size_t size)
{
    const char *end = NULL;
    cJSON *body = cJSON_ParseWithLengthOpts(text, size, &end, false);

    while (body && end < text + size && strchr(" \t\r\n", *end) && *end) {
        end++;
    }
    if (body && end != text + size) {
        cJSON_Delete(body);
        return NULL;
    }
    return body;
}

/* --- writing
 * ---------------------------------------------------------------------------------------------------------------------- */

void json_add_text(cJSON *object, const char *name, const char *text)
{
    if (text) {
        cJSON_AddStringToObject(object, name, text);
    }
}

void json_add_time(cJSON *object, const char *name, int64_t utc_ms)
{
    char text[OCPP_TIME_TEXT_SIZE];

    if (utc_ms != OCPP_UTC_UNKNOWN && ocpp_time_format(utc_ms, text) == OCPP_OK) {
        cJSON_AddStringToObject(object, name, text);
    }
}

void json_add_integer(cJSON *object, const char *name, int64_t value)
{
    char text[32];

    snprintf(text, sizeof text, "%" PRId64, value);
    cJSON_AddRawToObject(object, name, text);
}
