/* rate.h: how often something may happen: buckets of tokens that fill by themselves, each kept as one number. */
#ifndef OCPP_RATE_H
#define OCPP_RATE_H

#include <ocpp/adapters.h>

/* ocpp_rate_gate: the bucket of one thing that is limited: the moment at which it will be full again. Zeroed, it is full. */
struct ocpp_rate_gate {
    int64_t full_at_ns;
};

/* ocpp_rate_charge: takes |amount| out, though there be less: the debt is paid by waiting. An |amount| beyond 64 MiB counts as
 * that. */
void ocpp_rate_charge(struct ocpp_rate_gate *gate, const struct ocpp_rate *rate, size_t amount, int64_t now_ms);

/* ocpp_rate_wait_ms: until something may be taken again; 0: now. */
int64_t ocpp_rate_wait_ms(const struct ocpp_rate_gate *gate, const struct ocpp_rate *rate, int64_t now_ms);

/* ocpp_rate_take: takes one, if it is there. */
bool ocpp_rate_take(struct ocpp_rate_gate *gate, const struct ocpp_rate *rate, int64_t now_ms);

/* ocpp_rate_is_full: whether nothing was taken for so long that the bucket is full: what it says is forgotten without loss. */
bool ocpp_rate_is_full(const struct ocpp_rate_gate *gate, int64_t now_ms);

#endif
