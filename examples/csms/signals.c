/* signals.c: SIGTERM and SIGINT drain, and end the program at once when they come again; SIGHUP reads certificates again. */
#include "signals.h"
#include "settlement.h"
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
    sigaddset(&waited, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &waited, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN); /* a limit on files is an error of the write */
}

/* Certificates may be renewed without anybody being disconnected. */
static void reload(struct app *app)
{
    char reason[STORE_WHY_SIZE] = "";

    if (ocpp_server_reload_certificates(app->server, reason, sizeof reason) == OCPP_OK) {
        log_event(&app->log, OCPP_LOG_INFO, "reload", NULL, "certificates were read again");
    } else {
        log_event(&app->log, OCPP_LOG_ERROR, "reload", NULL, "the certificates stay as they were: %s", reason);
    }
}

static void beat(struct app *app, int beats)
{
    health_beat(app);
    if (beats % KEEP_ALIVE_BEATS == 0) {
        events_keep_alive(app->events);
        settlement_beat(app);
    }
}

void signals_serve(struct app *app)
{
    const struct timespec interval = { .tv_sec = BEAT_S };

    for (int sign = 0, beats = 1; sign != SIGTERM && sign != SIGINT;) {
        sign = sigtimedwait(&waited, NULL, &interval);
        if (sign == SIGHUP) {
            reload(app);
        } else if (sign < 0) {
            beat(app, beats++);
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
    signal(SIGHUP, SIG_IGN);
    pthread_sigmask(SIG_UNBLOCK, &waited, NULL);
}

bool signals_drain(struct app *app)
{
    const struct timespec interval = { .tv_nsec = DRAIN_LOOK_MS * 1000000L };
    const int64_t until_ms = ocpp_system_now().mono_ms + app->options->drain_s * 1000;
    bool again = false;

    atomic_store(&app->draining, true);
    while (!again && atomic_load(&app->calls_waiting) > 0 && ocpp_system_now().mono_ms < until_ms) {
        int sign = sigtimedwait(&waited, NULL, &interval);
        again = sign == SIGTERM || sign == SIGINT;
    }
    let_signals_end();
    return !again;
}
