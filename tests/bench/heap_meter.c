/* heap_meter.c: a library to be loaded in front of glibc's malloc (LD_PRELOAD): counts what a program has of the heap, in a file
 * that others may read while it runs. What is counted is exact and does not depend on how busy the machine is; it costs time, so
 * it is not for runs that measure time.
 *
 * The file of OCPP_HEAP_METER holds struct heap_meter (heap_meter.h).
 */
#include "heap_meter.h"

#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *pointer, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *pointer);

/* Each block of glibc has a word of its own beside what it gives. */
enum { BLOCK_HEAD = sizeof(size_t) };

static struct heap_meter early;
static struct heap_meter *meter = &early;

__attribute__((constructor)) static void open_meter(void)
{
    const char *path = getenv("OCPP_HEAP_METER");
    int fd = path ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;

    if (fd < 0 || ftruncate(fd, sizeof *meter) != 0) {
        return;
    }
    struct heap_meter *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    if (shared != MAP_FAILED) {
        *shared = early; /* nothing runs beside a constructor */
        meter = shared;
    }
}

static void *took(void *pointer)
{
    if (pointer) {
        atomic_fetch_add_explicit(&meter->allocations, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&meter->blocks, 1, memory_order_relaxed);
        atomic_fetch_add_explicit(&meter->bytes, (int64_t)malloc_usable_size(pointer) + BLOCK_HEAD, memory_order_relaxed);
    }
    return pointer;
}

static void gave(size_t usable)
{
    atomic_fetch_sub_explicit(&meter->blocks, 1, memory_order_relaxed);
    atomic_fetch_sub_explicit(&meter->bytes, (int64_t)usable + BLOCK_HEAD, memory_order_relaxed);
}

__attribute__((visibility("default"))) void *malloc(size_t size)
{
    return took(__libc_malloc(size));
}

__attribute__((visibility("default"))) void *calloc(size_t count, size_t size)
{
    return took(__libc_calloc(count, size));
}

__attribute__((visibility("default"))) void *realloc(void *pointer, size_t size)
{
    size_t before = pointer ? malloc_usable_size(pointer) : 0;
    void *moved = __libc_realloc(pointer, size);

    if (pointer && (moved || size == 0)) {
        gave(before);
    }
    return took(moved);
}

__attribute__((visibility("default"))) int posix_memalign(void **pointer, size_t alignment, size_t size)
{
    *pointer = took(__libc_memalign(alignment, size));
    return *pointer ? 0 : 12;
}

__attribute__((visibility("default"))) void *aligned_alloc(size_t alignment, size_t size)
{
    return took(__libc_memalign(alignment, size));
}

__attribute__((visibility("default"))) void free(void *pointer)
{
    if (pointer) {
        gave(malloc_usable_size(pointer));
        __libc_free(pointer);
    }
}
