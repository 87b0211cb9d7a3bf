/* recording.c: a table of kinds: the member that names each, and what else belongs to it. */
#include "recording.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

static const char *const failures[OCPP_CONNECTION_FAILURES] = {
    [OCPP_CONNECTION_UNREACHABLE] = "unreachable",
    [OCPP_CONNECTION_PASSWORD_REFUSED] = "password-refused",
    [OCPP_CONNECTION_REFUSED] = "refused",
    [OCPP_CONNECTION_TLS_FAILED] = "tls-failed",
    [OCPP_CONNECTION_BAD_CERTIFICATE] = "bad-certificate",
    [OCPP_CONNECTION_TLS_VERSION] = "tls-version",
    [OCPP_CONNECTION_TLS_CIPHER] = "tls-cipher",
    [OCPP_CONNECTION_CERTIFICATE_REFUSED] = "certificate-refused",
    [OCPP_CONNECTION_IMPOSSIBLE] = "impossible",
};

/* --- reading ----------------------------------------------------------------------------------------------------- */

static bool read_integer(const cJSON *value, int64_t least, int64_t most, int64_t *number)
{
    if (!cJSON_IsNumber(value) || !(value->valuedouble >= (double)least && value->valuedouble <= (double)most)) {
        return false;
    }
    *number = (int64_t)value->valuedouble;
    return (double)*number == value->valuedouble;
}

static const char *keep_text(const char *text, struct recording_line *line)
{
    line->text = text ? strdup(text) : NULL;
    return line->text ? NULL : "out of memory";
}

static const char *read_tick(const cJSON *object, const cJSON *value, struct recording_line *line)
{
    const cJSON *times = cJSON_GetObjectItemCaseSensitive(object, "times");
    const cJSON *idle = cJSON_GetObjectItemCaseSensitive(object, "idle");

    line->times = 1;
    line->idle = idle != NULL;
    if (!read_integer(value, 0, RECORDING_STEP_MS, &line->step_ms)) {
        return "a tick takes milliseconds";
    }
    if (times && !read_integer(times, 1, RECORDING_TIMES, &line->times)) {
        return "ticks take a number of times";
    }
    return !idle || cJSON_IsTrue(idle) ? NULL : "idle is true, or not there";
}

static const char *read_words(const cJSON *object, const cJSON *value, struct recording_line *line)
{
    (void)object;
    return cJSON_IsString(value) ? keep_text(value->valuestring, line) : "it takes a text";
}

/* A frame that would be printed just as it was is in the line as it is, any other as a text. */
static const char *read_frame(const cJSON *object, const cJSON *value, struct recording_line *line)
{
    if (!cJSON_IsArray(value)) {
        return cJSON_IsString(value) ? read_words(object, value, line) : "a frame is an array, or a text";
    }
    line->text = cJSON_PrintUnformatted(value);
    return line->text ? NULL : "out of memory";
}

static const char *read_failure(const cJSON *object, const cJSON *value, struct recording_line *line)
{
    const cJSON *why = cJSON_GetObjectItemCaseSensitive(object, "why");

    for (int i = 0; cJSON_IsString(value) && i < OCPP_CONNECTION_FAILURES; i++) {
        if (strcmp(value->valuestring, failures[i]) == 0) {
            line->failure = (enum ocpp_connection_failure)i;
            return why ? read_words(object, why, line) : NULL;
        }
    }
    return "no such failure of a connection";
}

static const char *read_version(const cJSON *object, const cJSON *value, struct recording_line *line)
{
    (void)object;
    line->version = cJSON_IsString(value) ? ocpp_version_of(value->valuestring) : OCPP_VERSION_NONE;
    return line->version != OCPP_VERSION_NONE ? NULL : "no such version";
}

static const char *read_true(const cJSON *object, const cJSON *value, struct recording_line *line)
{
    (void)object;
    (void)line;
    return cJSON_IsTrue(value) ? NULL : "it takes true";
}

static const char *read_end(const cJSON *object, const cJSON *value, struct recording_line *line)
{
    const cJSON *cut = cJSON_GetObjectItemCaseSensitive(object, "cut");

    line->cut = cut != NULL;
    return !cut || cJSON_IsTrue(cut) ? read_true(object, value, line) : "cut is true, or not there";
}

static const struct kind {
    const char *name;
    const char *(*read)(const cJSON *object, const cJSON *value, struct recording_line *line);
    const char *others[2]; /* members that may stand behind it */
} kinds[RECORDING_KINDS] = {
    [RECORDING_TICK] = { "tick", read_tick, { "times", "idle" } },
    [RECORDING_DO] = { "do", read_words, { NULL } },
    [RECORDING_CONNECT] = { "connect", read_true, { NULL } },
    [RECORDING_FAILED] = { "failed", read_failure, { "why" } },
    [RECORDING_UP] = { "up", read_version, { NULL } },
    [RECORDING_DOWN] = { "down", read_true, { NULL } },
    [RECORDING_IN] = { "in", read_frame, { NULL } },
    [RECORDING_ADVANCE] = { "advance", read_true, { NULL } },
    [RECORDING_OUT] = { "out", read_frame, { NULL } },
    [RECORDING_DONE] = { "done", read_true, { NULL } },
    [RECORDING_NOTE] = { "note", read_words, { NULL } },
    [RECORDING_END] = { "end", read_end, { "cut" } },
};

static bool is_other(const struct kind *kind, const char *name)
{
    for (int i = 0; i < 2 && kind->others[i]; i++) {
        if (strcmp(kind->others[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static const char *read_object(const cJSON *object, struct recording_line *line)
{
    const cJSON *first = cJSON_IsObject(object) ? object->child : NULL;
    int kind = 0;

    if (!first) {
        return "it is no object with members";
    }
    while (kind < RECORDING_KINDS && strcmp(kinds[kind].name, first->string) != 0) {
        kind++;
    }
    if (kind == RECORDING_KINDS) {
        return "no such kind of line";
    }
    for (const cJSON *other = first->next; other; other = other->next) {
        if (!is_other(&kinds[kind], other->string)) {
            return "a member does not belong there";
        }
    }
    line->kind = (enum recording_kind)kind;
    return kinds[kind].read(object, first, line);
}

const char *recording_parse(const char *text, size_t size, struct recording_line *line)
{
    const char *end = NULL;
    const char *why = "it is no JSON";
    cJSON *object = size <= RECORDING_LINE_BYTES ? cJSON_ParseWithLengthOpts(text, size, &end, false) : NULL;

    *line = (struct recording_line){ .times = 1 };
    if (size > RECORDING_LINE_BYTES) {
        why = "it is too long";
    }
    if (object) {
        why = end == text + size ? read_object(object, line) : "something stands behind it";
    }
    if (why) {
        recording_free(line);
    }
    cJSON_Delete(object);
    return why;
}

void recording_free(struct recording_line *line)
{
    free(line->text);
    line->text = NULL;
}

/* --- writing ----------------------------------------------------------------------------------------------------- */

/* Whether the text of a frame is what cJSON makes of it. */
static bool is_plain(const char *frame)
{
    cJSON *array = cJSON_Parse(frame);
    char *again = cJSON_IsArray(array) ? cJSON_PrintUnformatted(array) : NULL;
    const bool is_same = again && strcmp(again, frame) == 0;

    free(again);
    cJSON_Delete(array);
    return is_same;
}

static void add_first(cJSON *object, const struct recording_line *line)
{
    const char *name = kinds[line->kind].name;

    switch (line->kind) {
    case RECORDING_TICK:
        cJSON_AddNumberToObject(object, name, (double)line->step_ms);
        break;
    case RECORDING_IN:
    case RECORDING_OUT:
        if (is_plain(line->text)) {
            cJSON_AddRawToObject(object, name, line->text);
            break;
        }
        cJSON_AddStringToObject(object, name, line->text);
        break;
    case RECORDING_DO:
    case RECORDING_NOTE:
        cJSON_AddStringToObject(object, name, line->text);
        break;
    case RECORDING_FAILED:
        cJSON_AddStringToObject(object, name, failures[line->failure]);
        break;
    case RECORDING_UP:
        cJSON_AddStringToObject(object, name, ocpp_version_name(line->version));
        break;
    case RECORDING_CONNECT:
    case RECORDING_DOWN:
    case RECORDING_ADVANCE:
    case RECORDING_DONE:
    case RECORDING_END:
    case RECORDING_KINDS:
        cJSON_AddTrueToObject(object, name);
        break;
    }
}

char *recording_print(const struct recording_line *line)
{
    cJSON *object = cJSON_CreateObject();
    char *text;

    add_first(object, line);
    if (line->kind == RECORDING_TICK && line->times > 1) {
        cJSON_AddNumberToObject(object, "times", (double)line->times);
    }
    if (line->kind == RECORDING_TICK && line->idle) {
        cJSON_AddTrueToObject(object, "idle");
    }
    if (line->kind == RECORDING_END && line->cut) {
        cJSON_AddTrueToObject(object, "cut");
    }
    if (line->kind == RECORDING_FAILED && line->text) {
        cJSON_AddStringToObject(object, "why", line->text);
    }
    text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    return text;
}
