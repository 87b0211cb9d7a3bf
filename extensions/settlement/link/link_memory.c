/* link_memory.c: see link_memory.h. */
#include "link_memory.h"

#include <stdlib.h>

void *link_reallocate(const struct ocpp_allocator *allocator, void *pointer, size_t size)
{
    if (allocator != NULL) {
        return allocator->reallocate(pointer, size, allocator->user);
    }
    if (size == 0) {
        free(pointer);
        return NULL;
    }
    return realloc(pointer, size);
}
