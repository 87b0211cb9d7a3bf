/* signals.c: SIGTERM and SIGINT drain, and end the program at once when they come again. */
#include "signals.h"
#include "health.h"

#include <pthread.h>
#include <time.h>
#include <unistd.h>

enum { BEAT_S = 1, KEEP_ALIVE_BEATS = 15, DRAIN_LOOK_MS = 20, EXIT_AT_ONCE = 1 };

static sigset_t waited;

void signals_block(void)
{
    sigemptyset(&waited);
    sigaddset(&waited, SIGTERM);
    sigaddset(&waited, SIGINT);
    pthread_sigmask(SIG_BLOCK, &waited, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a limit on files is an error of the write */
}

void signals_serve(struct app *app)
{
    const struct timespec interval = { .tv_sec = BEAT_S };

    for (int beats = 1; sigtimedwait(&waited, NULL, &interval) < 0; beats++) {
        health_beat(app);
        if (beats % KEEP_ALIVE_BEATS == 0) {
            events_keep_alive(app->events);
        }
    }
}

static void end_at_once(int sign)
{
    (void)sign;
    _exit(EXIT_AT_ONCE);
}

/* From now on nobody waits for signals. */
static void let_signals_end(void)
{
    signal(SIGTERM, end_at_once);
    signal(SIGINT, end_at_once);
    pthread_sigmask(SIG_UNBLOCK, &waited, NULL);
}

bool signals_drain(struct app *app)
{
    const struct timespec interval = { .tv_nsec = DRAIN_LOOK_MS * 1000000L };
    const int64_t until_ms = ocpp_system_now().mono_ms + app->options->drain_s * 1000;
    bool again = false;

    atomic_store(&app->draining, true);
    while (!again && atomic_load(&app->calls_waiting) > 0 && ocpp_system_now().mono_ms < until_ms) {
        again = sigtimedwait(&waited, NULL, &interval) > 0;
    }
    let_signals_end();
    return !again;
}
