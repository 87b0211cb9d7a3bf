/* line_editor.h: a line that is being typed, with the keys of every shell: arrows, Home, End, words with Alt or Ctrl, Ctrl-A E B
 * F D K U W Y. Pure: keys in, text out. Characters that could not be seen are not taken.
 */
#ifndef OCPP_SIM_LINE_EDITOR_H
#define OCPP_SIM_LINE_EDITOR_H

#include "typed.h"

#include <stdbool.h>
#include <stddef.h>

enum { EDITOR_SIZE = 4096 };

/* A zeroed one is empty. Sizes are bytes of UTF-8; the text is terminated. */
struct line_editor {
    char text[EDITOR_SIZE];
    size_t size;
    size_t cursor;
    char cut[EDITOR_SIZE]; /* what was cut last, for Ctrl-Y */
};

/* line_editor_type: whether the key was one for a line. What does not fit is not taken. */
bool line_editor_type(struct line_editor *editor, struct typed typed);

/* line_editor_set: |text| instead of what is there, the cursor behind it. */
void line_editor_set(struct line_editor *editor, const char *text);

/* line_editor_replace: |text| instead of what stands between |from| and the cursor; false: it does not fit, nothing happened. */
bool line_editor_replace(struct line_editor *editor, size_t from, const char *text);

#endif
