/* secrets.c: a secret travels as a value beside its name: {"key": NAME, "value": SECRET} in 1.6, {"variable": {"name": NAME},
 * "attributeValue": SECRET} in 2.x, and in reports {"variable": {"name": NAME}, "variableAttribute": [{"value": SECRET}]}. */
#include "secrets.h"

#include <string.h>
#include <strings.h>

bool secrets_are_in(const char *name)
{
    const char *dot = strchr(name, '.');
    const char *last = dot ? dot + 1 : name;

    return strcasecmp(last, "AuthorizationKey") == 0 || strcasecmp(last, "BasicAuthPassword") == 0;
}

static bool is_secret(const cJSON *name)
{
    const char *text = cJSON_GetStringValue(name);

    return text && secrets_are_in(text);
}

/* Whether the values in this object are of a secret. */
static bool names_secret(const cJSON *object)
{
    return is_secret(cJSON_GetObjectItemCaseSensitive(object, "key")) ||
           is_secret(cJSON_GetObjectItemCaseSensitive(cJSON_GetObjectItemCaseSensitive(object, "variable"), "name"));
}

static bool is_value(const cJSON *member)
{
    return member->string && (strcmp(member->string, "value") == 0 || strcmp(member->string, "attributeValue") == 0) &&
           cJSON_IsString(member);
}

/* In place: a longer text is cut. */
static void cover(char *text)
{
    size_t size = strlen(text);

    memset(text, '*', size < 4 ? size : 4);
    text[size < 4 ? size : 4] = '\0';
}

/* As deep as the parser let the tree become. */
static bool mask(cJSON *value, bool secret)
{
    bool masked = false;
    cJSON *member;

    secret = secret || names_secret(value);
    cJSON_ArrayForEach(member, value)
    {
        if (secret && is_value(member)) {
            cover(member->valuestring);
            masked = true;
        }
        masked = mask(member, secret) || masked;
    }
    return masked;
}

bool secrets_mask(cJSON *frame)
{
    return mask(frame, false);
}
