/* bell.c: see bell.h. */
#include "bell.h"

#include <time.h>

bool bell_make(struct bell *bell)
{
    pthread_condattr_t monotonic;
    bool is_made;

    if (pthread_condattr_init(&monotonic) != 0) {
        return false;
    }
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    bell->has_rung = false;
    is_made = pthread_cond_init(&bell->rung, &monotonic) == 0;
    pthread_condattr_destroy(&monotonic);
    if (is_made && pthread_mutex_init(&bell->lock, NULL) != 0) {
        pthread_cond_destroy(&bell->rung);
        is_made = false;
    }
    return is_made;
}

void bell_break(struct bell *bell)
{
    pthread_cond_destroy(&bell->rung);
    pthread_mutex_destroy(&bell->lock);
}

void bell_ring(struct bell *bell)
{
    pthread_mutex_lock(&bell->lock);
    bell->has_rung = true;
    pthread_cond_signal(&bell->rung);
    pthread_mutex_unlock(&bell->lock);
}

static struct timespec in(int64_t ms)
{
    struct timespec time;

    clock_gettime(CLOCK_MONOTONIC, &time);
    time.tv_sec += ms / 1000;
    time.tv_nsec += ms % 1000 * 1000000;
    time.tv_sec += time.tv_nsec / 1000000000;
    time.tv_nsec %= 1000000000;
    return time;
}

bool bell_wait(struct bell *bell, int64_t ms)
{
    const struct timespec until = in(ms > 0 ? ms : 0);
    bool has_rung;

    pthread_mutex_lock(&bell->lock);
    while (!bell->has_rung && ms > 0 && pthread_cond_timedwait(&bell->rung, &bell->lock, &until) == 0) {
    }
    has_rung = bell->has_rung;
    bell->has_rung = false;
    pthread_mutex_unlock(&bell->lock);
    return has_rung;
}
