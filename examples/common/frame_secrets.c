/* frame_secrets.c: a secret travels as a value beside its name: {"key": NAME, "value": SECRET} in 1.6, {"variable": {"name":
 * NAME}, "attributeValue": SECRET} in 2.x, and in reports {"variable": {"name": NAME}, "variableAttribute": [{"value": SECRET}]}.
 * Network profiles have members of their own for theirs. The settlement hands a pile the key of its marks in the data of a
 * DataTransfer (MarkKey), which is an object in 2.x and a text in 1.6. Where files are to be fetched from or handed over to is an
 * address that may hold a password. */
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

static bool hide_key(const cJSON *data, void (*hide)(char *text))
{
    cJSON *key = cJSON_GetObjectItemCaseSensitive(data, "key");

    if (!cJSON_IsString(key)) {
        return false;
    }
    hide(key->valuestring);
    return true;
}

static bool hide_key_in_text(cJSON *data, void (*hide)(char *text))
{
    cJSON *inner = cJSON_Parse(data->valuestring);
    char *text = hide_key(inner, hide) ? cJSON_PrintUnformatted(inner) : NULL;

    if (text) {
        cJSON_free(data->valuestring);
        data->valuestring = text;
    }
    cJSON_Delete(inner);
    return text != NULL;
}

/* The key of a pile's marks, in a DataTransfer that hands it over. */
static bool hide_mark_key(const cJSON *transfer, void (*hide)(char *text))
{
    const char *message = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(transfer, "messageId"));
    cJSON *data = cJSON_GetObjectItemCaseSensitive(transfer, "data");

    if (!message || strcmp(message, "MarkKey") != 0) {
        return false;
    }
    return cJSON_IsString(data) ? hide_key_in_text(data, hide) : hide_key(data, hide);
}

/* The next password of an address in |text| (scheme://user:password@host), up to |*end|; NULL: there is none. */
static char *next_password(char *text, char **end)
{
    for (char *at = strstr(text, "://"); at; at = strstr(at, "://")) {
        at += 3;
        *end = at + strcspn(at, "@/?# \"\\");
        char *colon = **end == '@' ? memchr(at, ':', (size_t)(*end - at)) : NULL;
        if (colon) {
            return colon + 1;
        }
    }
    return NULL;
}

/* In place: none gets longer. */
static bool hide_passwords(char *text, void (*hide)(char *text))
{
    bool hidden = false;
    char *end;

    for (char *password; (password = next_password(text, &end)) != NULL; text = end) {
        *end = '\0';
        hide(password);
        char *behind = password + strlen(password);
        *end = '@';
        memmove(behind, end, strlen(end) + 1);
        end = behind;
        hidden = true;
    }
    return hidden;
}

/* As deep as the parser let the tree become. */
static bool mask(cJSON *value, bool secret, void (*hide)(char *text))
{
    bool masked = hide_mark_key(value, hide);
    cJSON *member;

    secret = secret || names_secret(value);
    cJSON_ArrayForEach(member, value)
    {
        masked = cover_pin(member) || masked;
        masked = (cJSON_IsString(member) && hide_passwords(member->valuestring, hide)) || masked;
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
    [LETTER('a')] = FOLLOWED_BY('u') | FOLLOWED_BY('s') | FOLLOWED_BY('p') | FOLLOWED_BY('r'),
    [LETTER('b')] = FOLLOWED_BY('a') | FOLLOWED_BY('v'),
    [LETTER('h')] = FOLLOWED_BY('o'),
    [LETTER('i')] = FOLLOWED_BY('c') | FOLLOWED_BY('m'),
    [LETTER('k')] = FOLLOWED_BY('k'),
    [LETTER('m')] = FOLLOWED_BY('p') | FOLLOWED_BY('a'),
    [LETTER('n')] = FOLLOWED_BY('p') | FOLLOWED_BY('"'),
    [LETTER('p')] = FOLLOWED_BY('n') | FOLLOWED_BY('a') | FOLLOWED_BY('i'),
    [LETTER('r')] = FOLLOWED_BY('k'),
    [LETTER('s')] = FOLLOWED_BY('i'),
    [LETTER('t')] = FOLLOWED_BY('h'),
    [LETTER('u')] = FOLLOWED_BY('t'),
    [LETTER('v')] = FOLLOWED_BY('p'),
};

static const char *const names[] = { "AuthorizationKey", "BasicAuthPassword", "apnPassword", "simPin", "\"vpn\"", "MarkKey" };

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

/* A name may be spelled with escapes, and an address has a sign before its host: a frame that has any is read. */
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
    return size > 0 && (memchr(text, '\\', size) || (memchr(text, '@', size) && memmem(text, size, "://", 3)));
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
