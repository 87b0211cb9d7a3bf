/* parse.c: cJSON's tree, built from text that was scanned, and the questions asked of it. No other file knows cJSON.
 *
 * The scan leaves cJSON nothing to refuse, so the only reason for it to return no tree is that there is no memory.
 * A struct ocpp_json is a cJSON by another name; it is never defined.
 */
#include "json.h"

#include <cjson/cJSON.h>
#include <string.h>

static const cJSON *node_of(const struct ocpp_json *value)
{
    return (const cJSON *)(const void *)value;
}

static const struct ocpp_json *value_of(const cJSON *node)
{
    return (const struct ocpp_json *)(const void *)node;
}

enum ocpp_status ocpp_json_parse(const char *text, size_t size, const struct ocpp_json_limits *limits, struct ocpp_json **root,
                                 size_t *offset)
{
    const enum ocpp_status status = ocpp_json_scan(text, size, limits, offset);

    if (status != OCPP_OK) {
        return status;
    }
    cJSON *node = cJSON_ParseWithLength(text, size);
    if (!node) {
        return OCPP_ERR_NOMEM;
    }
    *root = (struct ocpp_json *)(void *)node;
    return OCPP_OK;
}

void ocpp_json_free(struct ocpp_json *root)
{
    cJSON_Delete((cJSON *)(void *)root);
}

enum ocpp_json_kind ocpp_json_kind(const struct ocpp_json *value)
{
    switch (node_of(value)->type & 0xFF) {
    case cJSON_False:
    case cJSON_True:
        return OCPP_JSON_BOOLEAN;
    case cJSON_Number:
        return OCPP_JSON_NUMBER;
    case cJSON_String:
        return OCPP_JSON_STRING;
    case cJSON_Array:
        return OCPP_JSON_ARRAY;
    case cJSON_Object:
        return OCPP_JSON_OBJECT;
    default:
        return OCPP_JSON_NULL;
    }
}

const struct ocpp_json *ocpp_json_first(const struct ocpp_json *container)
{
    return value_of(node_of(container)->child);
}

const struct ocpp_json *ocpp_json_next(const struct ocpp_json *value)
{
    return value_of(node_of(value)->next);
}

size_t ocpp_json_count(const struct ocpp_json *container)
{
    size_t count = 0;

    for (const cJSON *child = node_of(container)->child; child; child = child->next) {
        count++;
    }
    return count;
}

const char *ocpp_json_member_name(const struct ocpp_json *value)
{
    return node_of(value)->string;
}

const struct ocpp_json *ocpp_json_member(const struct ocpp_json *object, const char *name)
{
    for (const cJSON *child = node_of(object)->child; child; child = child->next) {
        if (child->string && strcmp(child->string, name) == 0) {
            return value_of(child);
        }
    }
    return NULL;
}

const struct ocpp_json *ocpp_json_item(const struct ocpp_json *array, size_t index)
{
    const cJSON *child = node_of(array)->child;

    while (child && index > 0) {
        child = child->next;
        index--;
    }
    return value_of(child);
}

const char *ocpp_json_string(const struct ocpp_json *value)
{
    return node_of(value)->valuestring;
}

bool ocpp_json_boolean(const struct ocpp_json *value)
{
    return (node_of(value)->type & 0xFF) == cJSON_True;
}

struct ocpp_decimal ocpp_json_number(const struct ocpp_json *value)
{
    struct ocpp_decimal decimal = { 0 };
    const enum ocpp_status status = ocpp_decimal_from_double(node_of(value)->valuedouble, &decimal);

    (void)status; /* the scan let only finite numbers in */
    return decimal;
}

bool ocpp_json_is_integer(const struct ocpp_json *value, int64_t *integer)
{
    const double number = node_of(value)->valuedouble;

    if (ocpp_json_kind(value) != OCPP_JSON_NUMBER || !(number >= -9007199254740992.0 && number <= 9007199254740992.0)) {
        return false;
    }
    const int64_t whole = (int64_t)number;
    if ((double)whole < number || (double)whole > number) {
        return false;
    }
    *integer = whole;
    return true;
}
