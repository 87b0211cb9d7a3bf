/* pile_screen.c: see pile_screen.h. */
#include "pile_screen.h"
#include "commands.h"
#include "history.h"
#include "pile_body.h"
#include "pile_look.h"
#include "pile_words.h"
#include "screen.h"

#include <stdlib.h>

enum { PATH_SIZE = 1024 };

struct pile_screen {
    struct pile *pile;
    struct screen *screen;
    struct pile_view view;
    char history[PATH_SIZE];
};

static void look(void *user)
{
    struct pile_screen *screen = user;

    pile_look(screen->pile, &screen->view);
}

static enum command_outcome run(const char *line, char *reason, size_t size, void *user)
{
    const struct pile_screen *screen = user;

    return command_run(screen->pile, line, reason, size);
}

struct pile_screen *pile_screen_new(const struct options *options, struct pile *pile)
{
    struct pile_screen *screen = calloc(1, sizeof *screen);

    if (!screen) {
        return NULL;
    }
    const bool has_history = history_path(options->state, options->identity, screen->history, sizeof screen->history);
    const struct screen_host host = {
        .body = &pile_body,
        .view = &screen->view,
        .look = look,
        .run = run,
        .usage = command_usage,
        .words = pile_words(pile),
        .is_one = true,
        .is_quiet = options->quiet,
        .history = has_history ? screen->history : NULL,
        .user = screen,
    };
    screen->pile = pile;
    screen->screen = screen_new(&host);
    if (!screen->screen) {
        free(screen);
        return NULL;
    }
    pile->watchers = screen_watcher(screen->screen);
    return screen;
}

bool pile_screen_open(struct pile_screen *screen)
{
    return screen_open(screen->screen);
}

void pile_screen_tell(const struct pile_screen *screen)
{
    if (screen) {
        screen_tell(screen->screen);
    }
}

bool pile_screen_take(struct pile_screen *screen)
{
    return screen_take(screen->screen);
}

void pile_screen_close(struct pile_screen *screen)
{
    if (screen) {
        screen_close(screen->screen);
    }
}

void pile_screen_free(struct pile_screen *screen)
{
    if (screen) {
        screen_free(screen->screen);
        free(screen);
    }
}
