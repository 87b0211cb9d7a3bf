/* frame_secrets.c: a secret travels as a value beside its name: {"key": NAME, "value": SECRET} in 1.6, {"variable": {"name":
 * NAME}, "attributeValue": SECRET} in 2.x, and in reports {"variable": {"name": NAME}, "variableAttribute": [{"value": SECRET}]}.
 * Network profiles have members of their own for theirs. */
#include "frame_secrets.h"

#include <stdlib.h>
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

/* What a network profile opens modem and VPN with. */
static bool is_of_network(const cJSON *value, const cJSON *member)
{
    const bool is_vpn = value->string && strcmp(value->string, "vpn") == 0;

    if (!member->string || !cJSON_IsString(member)) {
        return false;
    }
    return strcmp(member->string, "apnPassword") == 0 ||
           (is_vpn && (strcmp(member->string, "password") == 0 || strcmp(member->string, "key") == 0));
}

static bool cover_pin(cJSON *member)
{
    if (!member->string || strcmp(member->string, "simPin") != 0 || !cJSON_IsNumber(member)) {
        return false;
    }
    cJSON_SetNumberValue(member, 0);
    return true;
}

/* As deep as the parser let the tree become. */
static bool mask(cJSON *value, bool secret)
{
    bool masked = false;
    cJSON *member;

    secret = secret || names_secret(value);
    cJSON_ArrayForEach(member, value)
    {
        masked = cover_pin(member) || masked;
        if ((secret && is_value(member)) || is_of_network(value, member)) {
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

/* Most frames name none, and are not read again. Names are compared without regard to case, as they are when they arrive. */
static bool may_hold_secrets(const char *text, size_t size)
{
    static const char *const names[] = { "AuthorizationKey", "BasicAuthPassword", "apnPassword", "simPin", "vpn" };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t length = strlen(names[i]);
        for (size_t at = 0; at + length <= size; at++) {
            if (strncasecmp(text + at, names[i], length) == 0) {
                return true;
            }
        }
    }
    return false;
}

char *secrets_cover(const char *text, size_t size)
{
    if (!may_hold_secrets(text, size)) {
        return NULL;
    }
    cJSON *frame = cJSON_ParseWithLength(text, size);
    if (!frame) {
        return strdup("(a frame that names a secret, and cannot be read)");
    }
    char *covered = secrets_mask(frame) ? cJSON_PrintUnformatted(frame) : NULL;
    cJSON_Delete(frame);
    return covered;
}
