/* bell.h: what a thread waits for that has to sleep: a time, or that somebody rings. A ring is kept until it is waited for, so that none is
 * lost that comes between the last look and the sleep; several are one. */
#ifndef CSMS_BELL_H
#define CSMS_BELL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct bell {
    pthread_mutex_t lock; /* nothing else is locked while it is */
    pthread_cond_t rung;
    bool has_rung;
};

/* bell_make: false: there is no memory; then there is nothing to break. */
bool bell_make(struct bell *bell);
void bell_break(struct bell *bell);

/* bell_ring: from any thread, whatever it has locked. */
void bell_ring(struct bell *bell);

/* bell_wait: until it rings or has rung, which counts as heard then, and for |ms| at the most. False: nobody rang. */
bool bell_wait(struct bell *bell, int64_t ms);

#endif
