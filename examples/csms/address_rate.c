/* address_rate.c: buckets of tokens by address. */
#include "address_rate.h"
#include "secrets.h"

#include <arpa/inet.h>

#include <pthread.h>
#include <string.h>

enum { IPV6_NETWORK = 8 };

/* One lock for all: a bucket is looked at for nanoseconds. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* What counts as one: an IPv4 address, also within IPv6, or a network of IPv6; else the text. */
static uint64_t place_of(const char *address)
{
    static const unsigned char mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
    unsigned char bytes[sizeof(struct in6_addr)];

    if (inet_pton(AF_INET, address, bytes) == 1) {
        return keyed_hash(bytes, sizeof(struct in_addr));
    }
    if (inet_pton(AF_INET6, address, bytes) == 1) {
        return memcmp(bytes, mapped, sizeof mapped) == 0 ? keyed_hash(bytes + sizeof mapped, sizeof(struct in_addr))
                                                         : keyed_hash(bytes, IPV6_NETWORK);
    }
    return keyed_hash(address, strlen(address));
}

bool address_rate_take(struct address_rate *rate, const char *address, int64_t mono_ms)
{
    struct address_bucket *bucket = &rate->buckets[place_of(address ? address : "") % ADDRESS_RATE_BUCKETS];
    bool may;

    pthread_mutex_lock(&lock);
    const int64_t full_at_ms = bucket->full_at_ms > mono_ms ? bucket->full_at_ms : mono_ms;
    may = full_at_ms + rate->per_ms <= mono_ms + rate->burst * rate->per_ms;
    bucket->full_at_ms = may ? full_at_ms + rate->per_ms : bucket->full_at_ms;
    pthread_mutex_unlock(&lock);
    return may;
}
