/* line_faults.c: one text after the other is judged; what is held waits in a few places. */
#include "line_faults.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

/* The message type of a frame, 0 when it has none: the first number behind the bracket. */
static int type_of(const char *text, size_t size)
{
    size_t at = 0;

    while (at < size && strchr(" \t\r\n[", text[at])) {
        at++;
    }
    return at < size && text[at] >= '2' && text[at] <= '6' ? text[at] - '0' : 0;
}

/* The text in the quotes that begin at or behind |at|; |*end| is behind them. NULL: none. */
static const char *quoted(const char *at, const char *limit, const char **end)
{
    const char *start = memchr(at, '"', (size_t)(limit - at));

    if (!start) {
        return NULL;
    }
    for (at = start + 1; at < limit && *at != '"'; at++) {
        at += *at == '\\';
    }
    *end = at + 1;
    return at < limit ? start + 1 : NULL;
}

/* [2, "id", "action", ... */
static void remember_call(struct line_faults *faults, const char *text, size_t size)
{
    const char *end = text;
    const char *action = quoted(text, text + size, &end) ? quoted(end, text + size, &end) : NULL;
    size_t length = action ? (size_t)(end - 1 - action) : 0;

    if (length < sizeof faults->asked) {
        memcpy(faults->asked, action ? action : "", length);
        faults->asked[length] = '\0';
    }
}

static bool hold(struct line_faults *faults, const char *text, size_t size, int64_t due_mono_ms)
{
    for (size_t i = 0; i < LINE_FAULTS_HELD; i++) {
        struct held_text *place = &faults->held[i];
        if (place->text) {
            continue;
        }
        place->text = malloc(size + 1);
        if (!place->text) {
            return false;
        }
        memcpy(place->text, text, size);
        place->text[size] = '\0';
        place->size = size;
        place->due_mono_ms = due_mono_ms;
        return true;
    }
    return false;
}

enum line_fate line_faults_judge(struct line_faults *faults, enum ocpp_direction from, const char *text, size_t size,
                                 int64_t now_mono_ms)
{
    int type = type_of(text, size);
    bool answer = from == OCPP_FROM_CENTRAL && (type == 3 || type == 4);

    if (from == OCPP_FROM_STATION && type == 2) {
        remember_call(faults, text, size);
    }
    if (from == OCPP_FROM_STATION && type == 2 && faults->lost_calls > 0) {
        faults->lost_calls--;
        return LINE_LOSES;
    }
    if (answer && faults->lost_answers > 0 && (!faults->only[0] || fnmatch(faults->only, faults->asked, 0) == 0)) {
        faults->lost_answers--;
        return LINE_LOSES;
    }
    if (answer && faults->late_answers > 0 && hold(faults, text, size, now_mono_ms + faults->late_ms)) {
        faults->late_answers--;
        return LINE_HOLDS;
    }
    return LINE_PASSES;
}

char *line_faults_due(struct line_faults *faults, int64_t now_mono_ms, size_t *size)
{
    struct held_text *first = NULL;

    for (size_t i = 0; i < LINE_FAULTS_HELD; i++) {
        struct held_text *place = &faults->held[i];
        if (place->text && place->due_mono_ms <= now_mono_ms && (!first || place->due_mono_ms < first->due_mono_ms)) {
            first = place;
        }
    }
    if (!first) {
        return NULL;
    }
    char *text = first->text;
    *size = first->size;
    first->text = NULL;
    return text;
}

void line_faults_forget(struct line_faults *faults)
{
    for (size_t i = 0; i < LINE_FAULTS_HELD; i++) {
        free(faults->held[i].text);
        faults->held[i].text = NULL;
    }
}
