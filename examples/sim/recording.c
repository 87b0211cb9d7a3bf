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

static const struct key {
    const char *name;
    size_t size; /* of what it gives */
} keys[RECORDING_KEYS] = {
    [RECORDING_KEY_HMAC] = { "hmac", 32 },   [RECORDING_KEY_SIGN] = { "sign", 64 }, [RECORDING_KEY_PUBLIC] = { "public-key", 65 },
    [RECORDING_KEY_AGREE] = { "agree", 32 }, [RECORDING_KEY_KEEP] = { "keep", 0 },
};

/* How asking keys, or for a file, may end. */
static const enum ocpp_status key_ends[] = { OCPP_ERR_NOMEM,   OCPP_ERR_CRYPTO,   OCPP_ERR_NOT_FOUND, OCPP_ERR_LIMIT,
                                             OCPP_ERR_STORAGE, OCPP_ERR_ARGUMENT, OCPP_ERR_SECURITY,  OCPP_ERR_BUSY };

size_t recording_key_size(enum recording_key key)
{
    return keys[key].size;
}

/* --- bytes ------------------------------------------------------------------------------------------------------- */

static const char hexadecimal[] = "0123456789abcdef";

char *recording_digits(const unsigned char *bytes, size_t size)
{
    char *text = malloc(2 * size + 1);

    for (size_t i = 0; text && i < size; i++) {
        text[2 * i] = hexadecimal[bytes[i] >> 4];
        text[2 * i + 1] = hexadecimal[bytes[i] & 15];
    }
    if (text) {
        text[2 * size] = '\0';
    }
    return text;
}

static unsigned char value_of(char digit)
{
    return (unsigned char)(strchr(hexadecimal, digit) - hexadecimal);
}

size_t recording_bytes(const struct recording_line *line, unsigned char *bytes, size_t room)
{
    const size_t size = line->text ? strlen(line->text) / 2 : 0;

    for (size_t i = 0; i < size && i < room; i++) {
        bytes[i] = (unsigned char)(value_of(line->text[2 * i]) << 4 | value_of(line->text[2 * i + 1]));
    }
    return size < room ? size : room;
}

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

static bool is_digits(const cJSON *value, size_t least, size_t most)
{
    const char *text = cJSON_GetStringValue(value);
    const size_t size = text ? strlen(text) : 0;

    return text && size % 2 == 0 && size / 2 >= least && size / 2 <= most && text[strspn(text, hexadecimal)] == '\0';
}

static const char *read_phone_bytes(const cJSON *object, const cJSON *value, struct recording_line *line)
{
    return is_digits(value, 1, RECORDING_PHONE_BYTES) ? read_words(object, value, line)
                                                      : "it takes 1 to 2048 bytes as hexadecimal digits";
}

static const char *read_phone(const cJSON *object, const cJSON *value, struct recording_line *line)
{
    const char *text = cJSON_GetStringValue(value);

    (void)object;
    line->is_there = text && strcmp(text, "comes") == 0;
    return line->is_there || (text && strcmp(text, "goes") == 0) ? NULL : "a phone comes, or goes";
}

/* A status by its name; OCPP_OK: keys do not end so. */
static enum ocpp_status key_end_of(const char *name)
{
    for (size_t i = 0; name && i < sizeof key_ends / sizeof key_ends[0]; i++) {
        if (strcmp(name, ocpp_status_name(key_ends[i])) == 0) {
            return key_ends[i];
        }
    }
    return OCPP_OK;
}

static const char *read_key(const cJSON *object, const cJSON *value, struct recording_line *line)
{
    const char *name = cJSON_GetStringValue(value);
    const cJSON *gives = cJSON_GetObjectItemCaseSensitive(object, "gives");
    const cJSON *fails = cJSON_GetObjectItemCaseSensitive(object, "fails");
    int key = 0;

    while (name && key < RECORDING_KEYS && strcmp(keys[key].name, name) != 0) {
        key++;
    }
    if (!name || key == RECORDING_KEYS) {
        return "keys are not asked for that";
    }
    line->key = (enum recording_key)key;
    line->status = key_end_of(cJSON_GetStringValue(fails));
    if (fails) {
        return line->status != OCPP_OK && !gives ? NULL : "keys do not fail so";
    }
    if (keys[key].size == 0) {
        return gives ? "that gives nothing" : NULL;
    }
    return is_digits(gives, keys[key].size, keys[key].size) ? read_words(object, gives, line) : "keys give other bytes for that";
}

static const char *const results[OCPP_TRANSFER_RESULT_COUNT] = {
    [OCPP_TRANSFER_DONE] = "done",
    [OCPP_TRANSFER_LOST] = "lost",
    [OCPP_TRANSFER_NOT_FOUND] = "not-found",
    [OCPP_TRANSFER_DENIED] = "denied",
    [OCPP_TRANSFER_NOT_SUPPORTED] = "not-supported",
    [OCPP_TRANSFER_UNTRUSTED] = "untrusted",
    [OCPP_TRANSFER_TOO_LARGE] = "too-large",
    [OCPP_TRANSFER_NOT_RESUMED] = "not-resumed",
    [OCPP_TRANSFER_LOCAL] = "local",
};

static bool read_transfer(const cJSON *value, struct recording_line *line)
{
    return read_integer(value, 0, (int64_t)1 << 53, &line->transfer);
}

static const char *read_file(const cJSON *object, const cJSON *value, struct recording_line *line)
{
    const cJSON *bytes = cJSON_GetObjectItemCaseSensitive(object, "bytes");

    if (!read_transfer(value, line)) {
        return "a file has the number of its transfer";
    }
    return is_digits(bytes, 1, RECORDING_PIECE_BYTES) ? read_words(object, bytes, line)
                                                      : "it takes 1 to 65536 bytes as hexadecimal digits";
}

static const char *read_moved(const cJSON *object, const cJSON *value, struct recording_line *line)
{
    const cJSON *result = cJSON_GetObjectItemCaseSensitive(object, "result");
    int i = 0;

    if (!read_transfer(value, line) ||
        !read_integer(cJSON_GetObjectItemCaseSensitive(object, "bytes"), 0, (int64_t)1 << 53, &line->bytes)) {
        return "so many bytes of a transfer were moved";
    }
    while (cJSON_IsString(result) && i < OCPP_TRANSFER_RESULT_COUNT && strcmp(results[i], result->valuestring) != 0) {
        i++;
    }
    line->is_over = result != NULL;
    line->result = (enum ocpp_transfer_result)i;
    return !result || (cJSON_IsString(result) && i < OCPP_TRANSFER_RESULT_COUNT) ? NULL : "a transfer does not end so";
}

static const char *read_move(const cJSON *object, const cJSON *value, struct recording_line *line)
{
    const cJSON *fails = cJSON_GetObjectItemCaseSensitive(object, "fails");

    line->status = key_end_of(cJSON_GetStringValue(fails));
    if (fails && line->status == OCPP_OK) {
        return "it does not fail so";
    }
    return read_transfer(value, line) ? NULL : "what is moved has a number";
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
    [RECORDING_PHONE] = { "phone", read_phone, { NULL } },
    [RECORDING_HEARD] = { "phone-in", read_phone_bytes, { NULL } },
    [RECORDING_FILE] = { "file", read_file, { "bytes" } },
    [RECORDING_MOVED] = { "moved", read_moved, { "bytes", "result" } },
    [RECORDING_OUT] = { "out", read_frame, { NULL } },
    [RECORDING_DONE] = { "done", read_true, { NULL } },
    [RECORDING_NOTE] = { "note", read_words, { NULL } },
    [RECORDING_SAID] = { "phone-out", read_phone_bytes, { NULL } },
    [RECORDING_SILENT] = { "phone-done", read_true, { NULL } },
    [RECORDING_KEY] = { "key", read_key, { "gives", "fails" } },
    [RECORDING_MOVE] = { "move", read_move, { "fails" } },
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
    case RECORDING_HEARD:
    case RECORDING_SAID:
        cJSON_AddStringToObject(object, name, line->text);
        break;
    case RECORDING_FILE:
    case RECORDING_MOVED:
    case RECORDING_MOVE:
        cJSON_AddNumberToObject(object, name, (double)line->transfer);
        break;
    case RECORDING_PHONE:
        cJSON_AddStringToObject(object, name, line->is_there ? "comes" : "goes");
        break;
    case RECORDING_KEY:
        cJSON_AddStringToObject(object, name, keys[line->key].name);
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
    case RECORDING_SILENT:
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
    if (line->kind == RECORDING_FILE && line->text) {
        cJSON_AddStringToObject(object, "bytes", line->text);
    }
    if (line->kind == RECORDING_MOVED) {
        cJSON_AddNumberToObject(object, "bytes", (double)line->bytes);
    }
    if (line->kind == RECORDING_MOVED && line->is_over) {
        cJSON_AddStringToObject(object, "result", results[line->result]);
    }
    if ((line->kind == RECORDING_KEY || line->kind == RECORDING_MOVE) && line->status != OCPP_OK) {
        cJSON_AddStringToObject(object, "fails", ocpp_status_name(line->status));
    } else if (line->kind == RECORDING_KEY && line->text) {
        cJSON_AddStringToObject(object, "gives", line->text);
    }
    text = cJSON_PrintUnformatted(object);
    cJSON_Delete(object);
    return text;
}
