/* backoff.h: how long a station waits before it connects again, as the standard reckons it. For transports of the integrator's
 * own; ocpp_client (adapters.h) uses it already.
 *
 * It asks no clock and no entropy: both come in.
 */
#ifndef OCPP_BACKOFF_H
#define OCPP_BACKOFF_H

#include <ocpp/types.h>

OCPP_BEGIN_DECLARATIONS

/* ocpp_backoff: the three variables of the standard, then what the rule remembers. Set the first three, leave the rest zero.
 * Negative values count as 0. OCPP 2.0.1 part 4, 5.3 and 8.1 to 8.3, errata 2025-09 4.12; OCPP 2.1 part 4, 5.4. */
struct ocpp_backoff {
    int64_t wait_minimum_ms; /* RetryBackOffWaitMinimum */
    int64_t random_range_ms; /* RetryBackOffRandomRange */
    int repeat_times;        /* RetryBackOffRepeatTimes: how often the wait doubles; then it stays */
    int doubled;
    int64_t previous_ms;
    bool started;
};

/* ocpp_backoff_next: the wait in milliseconds before the next attempt: the minimum and a random part at first, then twice the
 * wait before and a new random part, then what it was. |random| is 64 bits of entropy. Never more than a day and the random part,
 * however often it doubles. */
OCPP_API int64_t ocpp_backoff_next(struct ocpp_backoff *backoff, uint64_t random);

/* ocpp_backoff_reset: the connection stands: the next wait is the first again. */
OCPP_API void ocpp_backoff_reset(struct ocpp_backoff *backoff);

OCPP_END_DECLARATIONS

#endif
