/* frame_secrets.c: a secret travels as a value beside its name: {"key": NAME, "value": SECRET} in 1.6, {"variable": {"name":
 * NAME}, "attributeValue": SECRET} in 2.x, and in reports {"variable": {"name": NAME}, "variableAttribute": [{"value": SECRET}]}.
 * Network profiles have members of their own for theirs. */
#include "frame_secrets.h"

#include <stdint.h>
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

void secrets_stand_in(char *secret)
{
    for (; *secret; secret++) {
        const char c = *secret;
        if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F')) {
            *secret = '0';
        } else {
            *secret = (c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z') ? 'x' : '_';
        }
    }
}

/* What a network profile opens modem, VPN and central system with (the last since 2.1). */
static bool is_of_network(const cJSON *value, const cJSON *member)
{
    const bool is_vpn = value->string && strcmp(value->string, "vpn") == 0;

    if (!member->string || !cJSON_IsString(member)) {
        return false;
    }
    return strcmp(member->string, "apnPassword") == 0 || strcmp(member->string, "basicAuthPassword") == 0 ||
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
static bool mask(cJSON *value, bool secret, void (*hide)(char *text))
{
    bool masked = false;
    cJSON *member;

    secret = secret || names_secret(value);
    cJSON_ArrayForEach(member, value)
    {
        masked = cover_pin(member) || masked;
        if ((secret && is_value(member)) || is_of_network(value, member)) {
            hide(member->valuestring);
            masked = true;
        }
        masked = mask(member, secret, hide) || masked;
    }
    return masked;
}

bool secrets_mask(cJSON *frame)
{
    return mask(frame, false, cover);
}

/* --- most frames name none, and are not read again ---------------------------------------------------------------------- */

/* Every frame passes here, so a search looks at every fourth byte only. Whatever stands where, one of the first four pairs of
 * letters of a name does so at such a place; the table has them, by five bits of each character, which leaves no case, as names
 * are compared where they arrive, and takes '"' for a B. */
#define LETTER(c)      ((unsigned char)(c)&31)
#define FOLLOWED_BY(c) (UINT32_C(1) << LETTER(c))

static const uint32_t pairs[32] = {
    [LETTER('a')] = FOLLOWED_BY('u') | FOLLOWED_BY('s') | FOLLOWED_BY('p'),
    [LETTER('b')] = FOLLOWED_BY('a') | FOLLOWED_BY('v'),
    [LETTER('h')] = FOLLOWED_BY('o'),
    [LETTER('i')] = FOLLOWED_BY('c') | FOLLOWED_BY('m'),
    [LETTER('m')] = FOLLOWED_BY('p'),
    [LETTER('n')] = FOLLOWED_BY('p') | FOLLOWED_BY('"'),
    [LETTER('p')] = FOLLOWED_BY('n') | FOLLOWED_BY('a') | FOLLOWED_BY('i'),
    [LETTER('s')] = FOLLOWED_BY('i'),
    [LETTER('t')] = FOLLOWED_BY('h'),
    [LETTER('u')] = FOLLOWED_BY('t'),
    [LETTER('v')] = FOLLOWED_BY('p'),
};

static const char *const names[] = { "AuthorizationKey", "BasicAuthPassword", "apnPassword", "simPin", "\"vpn\"" };

static bool is_name(const char *text, size_t size)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        size_t length = strlen(names[i]);
        if (LETTER(text[0]) == LETTER(names[i][0]) && length <= size && strncasecmp(text, names[i], length) == 0) {
            return true;
        }
    }
    return false;
}

/* A name may be spelled with escapes: a frame that has any is read. */
static bool may_hold_secrets(const char *text, size_t size)
{
    enum { STEP = 4 };

    for (size_t at = STEP - 1; at + 1 < size; at += STEP) {
        if ((pairs[LETTER(text[at])] & FOLLOWED_BY(text[at + 1])) == 0) {
            continue;
        }
        for (size_t start = at - (STEP - 1); start <= at; start++) {
            if (is_name(text + start, size - start)) {
                return true;
            }
        }
    }
    return size > 0 && memchr(text, '\\', size);
}

static char *hide_all(const char *text, size_t size, void (*hide)(char *text))
{
    if (!may_hold_secrets(text, size)) {
        return NULL;
    }
    cJSON *frame = cJSON_ParseWithLength(text, size);
    if (!frame) {
        return strdup("(a frame that names a secret, and cannot be read)");
    }
    char *hidden = mask(frame, false, hide) ? cJSON_PrintUnformatted(frame) : NULL;
    cJSON_Delete(frame);
    return hidden;
}

char *secrets_cover(const char *text, size_t size)
{
    return hide_all(text, size, cover);
}

char *secrets_replace(const char *text, size_t size)
{
    return hide_all(text, size, secrets_stand_in);
}
