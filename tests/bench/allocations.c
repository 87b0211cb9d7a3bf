/* allocations.c: the program's own malloc in front of glibc's, so that shared libraries are counted too. Not for sanitizer
 * builds, which do the same. */
#include "allocations.h"

#include <stddef.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);

static _Thread_local struct allocations total;

struct allocations allocations_now(void)
{
    return total;
}

static void count(size_t size)
{
    total.count++;
    total.bytes += size;
}

/* Shared libraries find these before glibc's only when they are seen from outside. */
__attribute__((visibility("default"))) void *malloc(size_t size);
__attribute__((visibility("default"))) void *calloc(size_t items, size_t size);
__attribute__((visibility("default"))) void *realloc(void *pointer, size_t size);

void *malloc(size_t size)
{
    count(size);
    return __libc_malloc(size);
}

void *calloc(size_t items, size_t size)
{
    count(items * size);
    return __libc_calloc(items, size);
}

void *realloc(void *pointer, size_t size)
{
    count(size);
    return __libc_realloc(pointer, size);
}
