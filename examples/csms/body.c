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

static bool is_number(const cJSON *value, int64_t minimum, int64_t maximum)
{
    return cJSON_IsNumber(value) && value->valuedouble >= (double)minimum && value->valuedouble <= (double)maximum;
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

static bool is_decimal(const cJSON *value)
{
    struct ocpp_decimal decimal;

    return cJSON_IsString(value) && strlen(value->valuestring) <= 20 &&
           strspn(value->valuestring, "0123456789.") == strlen(value->valuestring) &&
           ocpp_decimal_parse(value->valuestring, strlen(value->valuestring), &decimal) == OCPP_OK;
}

static int place_among(const char *const *words, const char *word)
{
    for (int i = 0; words[i]; i++) {
        if (strcmp(words[i], word) == 0) {
            return i;
        }
    }
    return -1;
}

static bool is_word(const cJSON *value, const char *const *words)
{
    return cJSON_IsString(value) && place_among(words, value->valuestring) >= 0;
}

static bool is_time(const cJSON *value)
{
    int64_t utc_ms;

    return cJSON_IsString(value) && ocpp_time_parse(value->valuestring, strlen(value->valuestring), &utc_ms) == OCPP_OK;
}

static bool is_list(const cJSON *value, const struct body_member *member)
{
    return cJSON_IsArray(value) && cJSON_GetArraySize(value) >= member->minimum && cJSON_GetArraySize(value) <= member->maximum;
}

static bool is_texts(const cJSON *value, const struct body_member *member)
{
    const cJSON *item;

    if (!is_list(value, member)) {
        return false;
    }
    cJSON_ArrayForEach(item, value)
    {
        if (member->words ? !is_word(item, member->words) : !is_text(item, 1, 64)) {
            return false;
        }
    }
    return true;
}

static bool is_integers(const cJSON *value, const struct body_member *member)
{
    const cJSON *item;

    if (!is_list(value, member)) {
        return false;
    }
    cJSON_ArrayForEach(item, value)
    {
        if (!is_whole(item, 1, INT32_MAX)) {
            return false;
        }
    }
    return true;
}

/* Whether |value| is what the member has to be, not looking into objects. */
static bool member_fits(const cJSON *value, const struct body_member *member)
{
    switch (member->kind) {
    case BODY_TEXT:
        return is_text(value, member->minimum, member->maximum);
    case BODY_WORD:
        return is_word(value, member->words);
    case BODY_INTEGER:
        return is_whole(value, member->minimum, member->maximum);
    case BODY_NUMBER:
        return is_number(value, member->minimum, member->maximum);
    case BODY_DECIMAL:
        return is_decimal(value);
    case BODY_ANY:
        return true;
    case BODY_BOOLEAN:
        return cJSON_IsBool(value);
    case BODY_TIME:
        return is_time(value);
    case BODY_TEXTS:
        return is_texts(value, member);
    case BODY_INTEGERS:
        return is_integers(value, member);
    case BODY_OBJECT:
        return cJSON_IsObject(value);
    case BODY_OBJECTS:
        return is_list(value, member);
    default:
        return false;
    }
}

static void list_words(const char *const *words, char *text, size_t size)
{
    size_t used = strlen(text);

    for (; *words && used < size; words++) {
        used += (size_t)snprintf(text + used, size - used, " %s%s", *words, words[1] ? "," : "");
    }
}

/* What the member has to be, in words. */
static void expectation(const struct body_member *member, char *text, size_t size)
{
    static const struct {
        const char *noun;
        const char *unit; /* NULL: it has no bounds */
    } kinds[] = {
        [BODY_TEXT] = { "a text", " characters" },
        [BODY_WORD] = { "one of", NULL },
        [BODY_INTEGER] = { "an integer", "" },
        [BODY_NUMBER] = { "a number", "" },
        [BODY_DECIMAL] = { "a text of digits with or without a point, like \"12.50\"", NULL },
        [BODY_ANY] = { "anything", NULL },
        [BODY_BOOLEAN] = { "true or false", NULL },
        [BODY_TIME] = { "a date and time of RFC 3339", NULL },
        [BODY_TEXTS] = { "a list of texts of 1 to 64 characters", " entries" },
        [BODY_INTEGERS] = { "a list of integers above 0", " entries" },
        [BODY_OBJECT] = { "an object", NULL },
        [BODY_OBJECTS] = { "a list of objects", " entries" },
    };
    int used = snprintf(text, size, "has to be %s", kinds[member->kind].noun);

    if (kinds[member->kind].unit) {
        snprintf(text + used, size - (size_t)used, " of %" PRId64 " to %" PRId64 "%s", member->minimum, member->maximum,
                 kinds[member->kind].unit);
    }
    if (member->words) {
        list_words(member->words, text, size);
    }
}

static const struct body_member *find(const struct body_member *members, const char *name)
{
    for (; members->name; members++) {
        if (strcmp(members->name, name) == 0) {
            return members;
        }
    }
    return NULL;
}

/* |path| with one more segment; '~' and '/' are written as RFC 6901 says. What has no room is left out. */
static void path_add(char *path, size_t size, const char *name)
{
    size_t used = strlen(path);

    if (used + 2 < size) {
        path[used++] = '/';
    }
    for (; *name && used + 3 < size; name++) {
        if (*name == '~' || *name == '/') {
            path[used++] = '~';
            path[used++] = *name == '~' ? '0' : '1';
        } else {
            path[used++] = *name;
        }
    }
    path[used] = '\0';
}

static bool fail_at(struct body_issue *issue, const char *path, const char *name, const char *why)
{
    char place[sizeof issue->path];

    snprintf(place, sizeof place, "%s", path);
    path_add(place, sizeof place, name);
    return body_fail(issue, place, why);
}

static bool check_object(const cJSON *object, const struct body_member *members, const char *path, struct body_issue *issue);

/* Each object of a list. */
static bool check_objects(const cJSON *list, const struct body_member *members, const char *path, struct body_issue *issue)
{
    char place[sizeof issue->path];
    const cJSON *item;
    char index[24];
    int i = 0;

    cJSON_ArrayForEach(item, list)
    {
        snprintf(place, sizeof place, "%s", path);
        snprintf(index, sizeof index, "%d", i++);
        path_add(place, sizeof place, index);
        if (!check_object(item, members, place, issue)) {
            return false;
        }
    }
    return true;
}

static bool check_inside(const cJSON *value, const struct body_member *member, const char *path, struct body_issue *issue)
{
    char place[sizeof issue->path];

    if (!member->members) {
        return true;
    }
    snprintf(place, sizeof place, "%s", path);
    path_add(place, sizeof place, member->name);
    return member->kind == BODY_OBJECTS ? check_objects(value, member->members, place, issue)
                                        : check_object(value, member->members, place, issue);
}

static bool check_member(const cJSON *object, const cJSON *value, const struct body_member *members, const char *path,
                         struct body_issue *issue)
{
    const struct body_member *member = find(members, value->string);
    char why[sizeof issue->why];

    if (!member) {
        return fail_at(issue, path, value->string, "is not a member of this body");
    }
    if (cJSON_GetObjectItemCaseSensitive(object, value->string) != value) {
        return fail_at(issue, path, value->string, "is there twice");
    }
    if (cJSON_IsNull(value)) {
        return true;
    }
    if (!member_fits(value, member)) {
        expectation(member, why, sizeof why);
        return fail_at(issue, path, value->string, why);
    }
    return check_inside(value, member, path, issue);
}

static bool check_object(const cJSON *object, const struct body_member *members, const char *path, struct body_issue *issue)
{
    const cJSON *value;

    if (!cJSON_IsObject(object)) {
        return body_fail(issue, path, "has to be an object");
    }
    cJSON_ArrayForEach(value, object)
    {
        if (!check_member(object, value, members, path, issue)) {
            return false;
        }
    }
    for (; members->name; members++) {
        if (members->required && !body_value(object, members->name)) {
            return fail_at(issue, path, members->name, "is required");
        }
    }
    return true;
}

bool body_check(const cJSON *body, const struct body_member *members, struct body_issue *issue)
{
    if (!cJSON_IsObject(body)) {
        return body_fail(issue, "", "the body has to be a JSON object");
    }
    return check_object(body, members, "", issue);
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

struct ocpp_decimal body_decimal(const cJSON *body, const char *name)
{
    const cJSON *value = body_value(body, name);
    struct ocpp_decimal decimal = { 0 };

    enum ocpp_status status = OCPP_ERR_NOT_FOUND;

    if (value) {
        status = cJSON_IsString(value) ? ocpp_decimal_parse(value->valuestring, strlen(value->valuestring), &decimal)
                                       : ocpp_decimal_from_double(value->valuedouble, &decimal);
    }
    return status == OCPP_OK ? decimal : (struct ocpp_decimal){ 0 };
}

size_t body_count(const cJSON *body, const char *name)
{
    const cJSON *list = body_value(body, name);

    return list ? (size_t)cJSON_GetArraySize(list) : 0;
}

int body_word(const cJSON *body, const char *name, const char *const *words, int otherwise)
{
    const cJSON *value = body_value(body, name);
    int place = value ? place_among(words, value->valuestring) : -1;

    return place < 0 ? otherwise : place;
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

void json_add_decimal(cJSON *object, const char *name, struct ocpp_decimal value)
{
    char text[OCPP_DECIMAL_TEXT_SIZE];

    ocpp_decimal_format(value, text);
    cJSON_AddRawToObject(object, name, text);
}
