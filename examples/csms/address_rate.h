/* address_rate.h: how often strangers may ask what is open to everybody. Each address has a bucket of tokens that fills with
 * time; an IPv6 address counts by its first 64 bits, which one household has. Bounded: addresses share buckets where there are
 * too many, by a hash nobody can foretell. Thread-safe. */
#ifndef CSMS_ADDRESS_RATE_H
#define CSMS_ADDRESS_RATE_H

#include <stdbool.h>
#include <stdint.h>

enum { ADDRESS_RATE_BUCKETS = 1024 };

struct address_bucket {
    int64_t full_at_ms; /* when it is full again; each token moves it on */
};

/* address_rate: of one kind of asking. Zeros but for the first two. */
struct address_rate {
    int64_t burst;  /* tokens in a full bucket */
    int64_t per_ms; /* a token comes back after so long */
    struct address_bucket buckets[ADDRESS_RATE_BUCKETS];
};

/* address_rate_take: whether |address| may now; a token is gone then. */
bool address_rate_take(struct address_rate *rate, const char *address, int64_t mono_ms);

#endif
