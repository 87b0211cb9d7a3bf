/* link_memory.h: the allocator of a handle; NULL is malloc. */
#ifndef SETTLE_LINK_MEMORY_H
#define SETTLE_LINK_MEMORY_H

#include <ocpp/types.h>

/* link_reallocate: as struct ocpp_allocator. */
void *link_reallocate(const struct ocpp_allocator *allocator, void *pointer, size_t size);

#endif
