/* fleet_screen.c: see fleet_screen.h. Rates are of the newest whole second. */
#include "fleet_screen.h"
#include "fleet_body.h"
#include "pile_words.h"
#include "screen.h"
#include "terminal.h"

#include <stdlib.h>

enum { RATE_MS = 1000 };

struct fleet_screen {
    struct fleet *fleet;
    struct screen *screen;
    struct fleet_view view;
    int64_t rated_ms;
    uint64_t out;
    uint64_t in;
};

static void rate(struct fleet_screen *screen)
{
    const struct tally *tally = &screen->fleet->tally;
    const int64_t now_ms = ocpp_system_now().mono_ms;
    const double seconds = (double)(now_ms - screen->rated_ms) / 1000;

    if (now_ms - screen->rated_ms < RATE_MS) {
        return;
    }
    screen->view.out_per_s = (double)(tally->out - screen->out) / seconds;
    screen->view.in_per_s = (double)(tally->in - screen->in) / seconds;
    screen->rated_ms = now_ms;
    screen->out = tally->out;
    screen->in = tally->in;
}

static void look(void *user)
{
    struct fleet_screen *screen = user;

    rate(screen);
    fleet_look(screen->fleet, &screen->view);
}

static enum command_outcome run(const char *line, char *reason, size_t size, void *user)
{
    const struct fleet_screen *screen = user;

    return fleet_command(screen->fleet, line, reason, size);
}

struct fleet_screen *fleet_screen_open(struct fleet *fleet)
{
    struct fleet_screen *screen = terminal_is_built() && terminal_is_there() ? calloc(1, sizeof *screen) : NULL;

    if (!screen) {
        return NULL;
    }
    const struct screen_host host = {
        .body = &fleet_body,
        .view = &screen->view,
        .look = look,
        .run = run,
        .usage = command_usage,
        .words = pile_words(&fleet->piles[0]),
        .user = screen,
    };
    screen->fleet = fleet;
    screen->rated_ms = ocpp_system_now().mono_ms;
    screen->screen = screen_new(&host);
    if (!screen->screen || !screen_open(screen->screen)) {
        fleet_screen_close(screen);
        return NULL;
    }
    return screen;
}

bool fleet_screen_take(struct fleet_screen *screen)
{
    return screen_take(screen->screen);
}

/* What failed was printed while the terminal was ours, and is printed again. */
static bool has_failed(const struct fleet *fleet)
{
    return fleet->tally.failures[TALLY_EXPECTATION] > 0 || fleet->tally.failures[TALLY_BROKEN] > 0;
}

void fleet_screen_close(struct fleet_screen *screen)
{
    if (screen && screen->screen) {
        screen_close(screen->screen);
        if (has_failed(screen->fleet)) {
            screen_tell(screen->screen);
        }
        screen_free(screen->screen);
    }
    free(screen);
}
