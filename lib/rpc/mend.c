/* mend.c: texts that are no JSON, as chargers in the field send them, made into what was meant: brackets that are missing, and
 * control characters that belong into no text. See ocpp_rpc_mend().
 *
 * Nothing is guessed that says something. A text that ends inside a string, in a number or before a value is left as it is: what
 * is missing there may have been a meter reading.
 */
#include "arena.h"

#include <ocpp/rpc.h>

#include <string.h>

enum { DEPTH_MAX = 64 };

struct mender {
    const char *at;
    const char *end;
    char *out;
    size_t size;
    size_t string_start; /* in |out|, of the last string */
    char open[DEPTH_MAX];
    size_t depth;
    size_t braces; /* that were put there */
    char last;     /* the last character that is no space */
    bool changed;  /* at all */
};

static void put(struct mender *mender, char c)
{
    mender->out[mender->size++] = c;
}

static bool push(struct mender *mender, char opening)
{
    if (mender->depth == DEPTH_MAX)
        return false;
    mender->open[mender->depth++] = opening;
    return true;
}

/* |at| stands behind the backslash: an escaped NUL is left out with it. */
static void copy_escape(struct mender *mender)
{
    if (mender->end - mender->at >= 5 && memcmp(mender->at, "u0000", 5) == 0) {
        mender->at += 5;
        mender->changed = true;
        return;
    }
    put(mender, '\\');
    if (mender->at < mender->end)
        put(mender, *mender->at++);
}

/* |at| stands behind the opening quote. False: the text ends before the closing one. */
static bool copy_string(struct mender *mender)
{
    mender->string_start = mender->size;
    put(mender, '"');
    while (mender->at < mender->end) {
        const char c = *mender->at++;
        if (c == '\\') {
            copy_escape(mender);
        } else if ((unsigned char)c < 0x20) {
            mender->changed = true;
        } else {
            put(mender, c);
            if (c == '"')
                return true;
        }
    }
    return false;
}

/* Members stand in a list, because the brace before the first is missing: it is put there. The last string is the first name.
 * A text may ask for that behind every brace that closes, so they are counted, for |out| has room for so many only. */
static bool open_brace(struct mender *mender)
{
    if (mender->last != '"' || mender->braces == DEPTH_MAX || !push(mender, '{'))
        return false;
    mender->braces++;
    memmove(mender->out + mender->string_start + 1, mender->out + mender->string_start, mender->size - mender->string_start);
    mender->out[mender->string_start] = '{';
    mender->size++;
    mender->changed = true;
    return true;
}

static bool close_bracket(struct mender *mender, char closing)
{
    const char opening = closing == '}' ? '{' : '[';
    if (mender->depth == 0 || mender->open[mender->depth - 1] != opening)
        return false;
    mender->depth--;
    return true;
}

static bool copy(struct mender *mender, char c)
{
    bool good = true;
    if (c == '{' || c == '[')
        good = push(mender, c);
    else if (c == '}' || c == ']')
        good = close_bracket(mender, c);
    else if (c == ':' && mender->depth > 0 && mender->open[mender->depth - 1] == '[')
        good = open_brace(mender);
    put(mender, c);
    return good;
}

static bool copy_all(struct mender *mender)
{
    while (mender->at < mender->end) {
        const char c = *mender->at++;
        if (c == '\0') {
            mender->changed = true;
            continue;
        }
        if (!(c == '"' ? copy_string(mender) : copy(mender, c)))
            return false;
        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            mender->last = c;
    }
    return true;
}

/* A CALLRESULT, before anything else was looked at. */
static bool is_answer(const char *text, size_t size)
{
    size_t at = 0;
    while (at < size && strchr(" \t\r\n[", text[at]) != NULL)
        at++;
    return at < size && text[at] == '3';
}

/* Only behind something that was closed itself can nothing but brackets be missing, and only an answer may turn out to have lost
 * more: what a station tells of a transaction is not told again once it was thanked for. */
static bool close_all(struct mender *mender, bool may_close)
{
    if (mender->depth > 0 && (!may_close || (mender->last != ']' && mender->last != '}')))
        return false;
    mender->changed = mender->changed || mender->depth > 0;
    while (mender->depth > 0)
        put(mender, mender->open[--mender->depth] == '{' ? '}' : ']');
    return true;
}

enum ocpp_status ocpp_rpc_mend(const char *text, size_t size, struct ocpp_arena *arena, const char **mended, size_t *mended_size)
{
    struct mender mender = { .at = text, .end = text + size };
    if (size > SIZE_MAX - 2 * DEPTH_MAX - 1)
        return OCPP_ERR_NOMEM;
    mender.out = ocpp_arena_take(arena, size + 2 * DEPTH_MAX + 1); /* DEPTH_MAX braces, and a bracket per level at the end */
    if (mender.out == NULL)
        return OCPP_ERR_NOMEM;
    if (!copy_all(&mender) || !close_all(&mender, is_answer(text, size)) || !mender.changed)
        return OCPP_ERR_NOT_JSON;
    mender.out[mender.size] = '\0';
    *mended = mender.out;
    *mended_size = mender.size;
    return OCPP_OK;
}
