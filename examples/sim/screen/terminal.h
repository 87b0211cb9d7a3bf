/* terminal.h: a terminal that shows canvases and hands over keys: ncurses, or nothing where the program was built without it.
 * There is at most one. While it is open nobody else may write to the terminal (capture.h); it is given back as it was by
 * terminal_close(), at exit(), and when the program dies of a signal.
 */
#ifndef OCPP_SIM_TERMINAL_H
#define OCPP_SIM_TERMINAL_H

#include "canvas.h"
#include "typed.h"

struct terminal;

/* terminal_is_built: whether this program can open one. terminal_is_there: whether standard input and output are one that knows
 * more than lines (TERM is not "dumb"). */
bool terminal_is_built(void);
bool terminal_is_there(void);

/* terminal_open: takes over the terminal of standard input and output; what others print goes to capture_read() from then on.
 * NULL: it cannot be used, and nothing has changed. Colours unless NO_COLOR is set; UTF-8 or ASCII as the locale says. */
struct terminal *terminal_open(void);
void terminal_close(struct terminal *terminal);

bool terminal_is_ascii(const struct terminal *terminal);
void terminal_size(const struct terminal *terminal, int *rows, int *columns);

/* terminal_show: makes it show |canvas|; only what differs is written. terminal_redraw: the next time all of it. */
void terminal_show(struct terminal *terminal, const struct canvas *canvas);
void terminal_redraw(struct terminal *terminal);

/* terminal_read: the next key; does not wait. */
struct typed terminal_read(struct terminal *terminal);

#endif
