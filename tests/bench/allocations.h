/* allocations.h: counts what the whole program takes from malloc, libraries included. Link allocations.c into the program. */
#ifndef OCPP_TESTS_ALLOCATIONS_H
#define OCPP_TESTS_ALLOCATIONS_H

#include <stdint.h>

struct allocations {
    uint64_t count;
    uint64_t bytes;
};

struct allocations allocations_now(void);

#endif
