/* screen.h: a program on a terminal: what goes on there is drawn when it has changed, at most ten times a second; what is typed
 * is a line with history and completion, and is drawn at once. Whoever has one fills it and takes its lines:
 *
 *     struct screen *screen = screen_new(&host);
 *     pile.watchers = screen_watcher(screen);     from the first event on
 *     if (screen_open(screen))                    else there is no terminal, and lines do
 *         while (screen_take(screen))
 *             serve_for_some_ms();
 *     screen_free(screen);                        the terminal is as it was
 */
#ifndef OCPP_SIM_SCREEN_H
#define OCPP_SIM_SCREEN_H

#include "commands.h"
#include "completion.h"
#include "page.h"
#include "transcript.h"

/* What the screen is of. Borrowed for life. */
struct screen_host {
    const struct page_body *body;
    const void *view;         /* for the body */
    void (*look)(void *user); /* fills the view; before it is drawn */
    /* runs a line; COMMAND_WRONG with a reason */
    enum command_outcome (*run)(const char *line, char *reason, size_t size, void *user);
    const char *(*usage)(const char *command); /* its line of help, for life; NULL: there is no such command */
    struct completion_source words;
    bool is_one;         /* pile: messages need not name it */
    bool is_quiet;       /* the log has neither frames nor notes */
    const char *history; /* file; NULL: in memory */
    void *user;
};

struct screen;

/* screen_new: NULL: no memory. */
struct screen *screen_new(const struct screen_host *host);
void screen_free(struct screen *screen);

/* screen_watcher: fills its log. */
const struct transcript_watcher *screen_watcher(const struct screen *screen);

/* screen_open: false: there is no terminal to be had, or the program was built without; nothing changed. */
bool screen_open(struct screen *screen);

/* screen_tell: the messages in its log, as lines on standard output: for a program that cannot show them. */
void screen_tell(const struct screen *screen);

/* screen_close: gives the terminal back; the screen may be told of more, and shows it nowhere. */
void screen_close(struct screen *screen);

/* screen_take: takes what was typed, and draws where there is something new; does not wait. False: the program is to end. */
bool screen_take(struct screen *screen);

#endif
