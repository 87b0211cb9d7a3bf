/* history.h: what was typed before, the newest last: bounded, kept in a file from one run to the next where there is one. Who
 * adds lines decides which may be kept (secret_line.h).
 */
#ifndef OCPP_SIM_HISTORY_H
#define OCPP_SIM_HISTORY_H

#include "line_editor.h"

enum { HISTORY_LINES = 500 };

struct history;

/* history_new: empty; NULL: no memory. history_add: an empty line, and one that is the same as the newest, changes nothing. */
struct history *history_new(void);
void history_free(struct history *history);
void history_add(struct history *history, const char *line);
int history_count(const struct history *history);

/* history_older, history_newer: what the arrow keys make of a line: the next one before or after that begins as the draft did
 * that was there when the first arrow was typed, and the draft itself behind the newest. NULL: there is none. history_rest:
 * another key was typed, what is there now is a draft. */
const char *history_older(struct history *history, const char *draft);
const char *history_newer(struct history *history);
void history_rest(struct history *history);

/* history_open: reads |path|, and adds to it from then on (mode 0600; its folder is made where it is missing). A file that has
 * grown past twice the bound is cut to it. False: nothing can be kept there, it stays in memory. */
bool history_open(struct history *history, const char *path);

/* history_path: where it is kept: STATE/IDENTITY.history, without |state| the user's state folder (XDG_STATE_HOME, or
 * .local/state in HOME). False: nowhere. */
bool history_path(const char *state, const char *identity, char *path, size_t size);

#endif
