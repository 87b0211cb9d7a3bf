/* line_editor.c: see line_editor.h. The cursor stands before a character, never within one. */
#include "line_editor.h"
#include "glyph.h"

#include <string.h>

static bool is_within(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

static size_t before(const struct line_editor *editor, size_t at)
{
    while (at > 0 && is_within(editor->text[--at])) {
    }
    return at;
}

static size_t behind(const struct line_editor *editor, size_t at)
{
    if (at < editor->size) {
        at++;
    }
    while (at < editor->size && is_within(editor->text[at])) {
        at++;
    }
    return at;
}

static size_t word_before(const struct line_editor *editor, size_t at)
{
    while (at > 0 && editor->text[at - 1] == ' ') {
        at--;
    }
    while (at > 0 && editor->text[at - 1] != ' ') {
        at--;
    }
    return at;
}

static size_t word_behind(const struct line_editor *editor, size_t at)
{
    while (at < editor->size && editor->text[at] == ' ') {
        at++;
    }
    while (at < editor->size && editor->text[at] != ' ') {
        at++;
    }
    return at;
}

static void erase(struct line_editor *editor, size_t from, size_t to)
{
    memmove(editor->text + from, editor->text + to, editor->size - to + 1);
    editor->size -= to - from;
    editor->cursor = from;
}

static void cut(struct line_editor *editor, size_t from, size_t to)
{
    if (from < to) {
        memcpy(editor->cut, editor->text + from, to - from);
        editor->cut[to - from] = '\0';
        erase(editor, from, to);
    }
}

bool line_editor_replace(struct line_editor *editor, size_t from, const char *text)
{
    const size_t size = strlen(text);

    if (from > editor->cursor || editor->size - (editor->cursor - from) + size >= EDITOR_SIZE) {
        return false;
    }
    erase(editor, from, editor->cursor);
    memmove(editor->text + from + size, editor->text + from, editor->size - from + 1);
    memcpy(editor->text + from, text, size);
    editor->size += size;
    editor->cursor = from + size;
    return true;
}

void line_editor_set(struct line_editor *editor, const char *text)
{
    editor->cursor = editor->size;
    erase(editor, 0, editor->size);
    (void)line_editor_replace(editor, 0, text);
}

static void insert(struct line_editor *editor, uint32_t code)
{
    char text[GLYPH_BYTES + 1];

    if (glyph_width(code) > 0) {
        text[glyph_write(code, text)] = '\0';
        (void)line_editor_replace(editor, editor->cursor, text);
    }
}

/* Ctrl and a letter, as the key it stands for. */
static enum typed_kind key_of(uint32_t letter)
{
    switch (letter) {
    case 'A':
        return TYPED_HOME;
    case 'B':
        return TYPED_LEFT;
    case 'D':
        return TYPED_DELETE;
    case 'E':
        return TYPED_END;
    case 'F':
        return TYPED_RIGHT;
    default:
        return TYPED_CONTROL;
    }
}

static bool type_control(struct line_editor *editor, uint32_t letter)
{
    switch (letter) {
    case 'K':
        cut(editor, editor->cursor, editor->size);
        return true;
    case 'U':
        cut(editor, 0, editor->cursor);
        return true;
    case 'W':
        cut(editor, word_before(editor, editor->cursor), editor->cursor);
        return true;
    case 'Y':
        (void)line_editor_replace(editor, editor->cursor, editor->cut);
        return true;
    default:
        return key_of(letter) != TYPED_CONTROL && line_editor_type(editor, (struct typed){ key_of(letter), 0 });
    }
}

/* Where a key moves the cursor; false: it moves nothing. */
static bool move(struct line_editor *editor, enum typed_kind kind)
{
    const size_t places[] = {
        [TYPED_LEFT] = before(editor, editor->cursor),
        [TYPED_RIGHT] = behind(editor, editor->cursor),
        [TYPED_WORD_LEFT] = word_before(editor, editor->cursor),
        [TYPED_WORD_RIGHT] = word_behind(editor, editor->cursor),
        [TYPED_HOME] = 0,
        [TYPED_END] = editor->size,
    };
    const bool moves = (kind >= TYPED_LEFT && kind <= TYPED_WORD_RIGHT) || kind == TYPED_HOME || kind == TYPED_END;

    if (moves) {
        editor->cursor = places[kind];
    }
    return moves;
}

bool line_editor_type(struct line_editor *editor, struct typed typed)
{
    if (typed.kind == TYPED_TEXT) {
        insert(editor, typed.code);
        return true;
    }
    if (typed.kind == TYPED_CONTROL) {
        return type_control(editor, typed.code);
    }
    if (typed.kind == TYPED_BACKSPACE) {
        erase(editor, before(editor, editor->cursor), editor->cursor);
        return true;
    }
    if (typed.kind == TYPED_DELETE) {
        erase(editor, editor->cursor, behind(editor, editor->cursor));
        return true;
    }
    return move(editor, typed.kind);
}
