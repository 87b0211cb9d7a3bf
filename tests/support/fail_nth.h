/* fail_nth.h: an allocator that fails its nth call, and counts what is still held. */
#ifndef OCPP_TEST_FAIL_NTH_H
#define OCPP_TEST_FAIL_NTH_H

#include <ocpp/types.h>

struct fail_nth {
    unsigned fail_at; /* 0: never */
    unsigned calls;   /* that asked for memory */
    int live;
};

/* fail_nth_allocator: an allocator over |nth|, which must outlive it. */
struct ocpp_allocator fail_nth_allocator(struct fail_nth *nth);

#endif
