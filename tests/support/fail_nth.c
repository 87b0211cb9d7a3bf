/* fail_nth.c: see fail_nth.h. */
#include "fail_nth.h"

#include <stdlib.h>

static void *reallocate(void *pointer, size_t size, void *user)
{
    struct fail_nth *nth = user;
    if (size == 0) {
        nth->live -= pointer != NULL;
        free(pointer);
        return NULL;
    }
    if (++nth->calls == nth->fail_at)
        return NULL;
    void *moved = realloc(pointer, size);
    nth->live += pointer == NULL && moved != NULL;
    return moved;
}

struct ocpp_allocator fail_nth_allocator(struct fail_nth *nth)
{
    return (struct ocpp_allocator){ .reallocate = reallocate, .user = nth };
}
