/* allocator.h: an allocator for tests that counts what is out and fails when it is told to.
 *
 *     struct test_allocator memory;
 *     test_allocator_start(&memory, n); … the n-th request fails: expect an error, and memory.blocks to be 0 after freeing …
 */
#ifndef OCPP_TESTS_ALLOCATOR_H
#define OCPP_TESTS_ALLOCATOR_H

#include <ocpp/types.h>

#include <stdlib.h>

struct test_allocator {
    struct ocpp_allocator allocator; /* give its address; its user is this struct, so the struct may not move afterwards */
    size_t blocks;                   /* blocks that are out */
    size_t calls;                    /* requests for memory, failed ones included */
    size_t fail_at;                  /* the request that fails, counted from 1; 0: none */
    bool fail_after;                 /* all later ones fail, too */
};

static inline void *test_reallocate(void *pointer, size_t size, void *user)
{
    struct test_allocator *memory = user;

    if (size == 0) {
        memory->blocks -= pointer != NULL;
        free(pointer);
        return NULL;
    }
    memory->calls++;
    if (memory->fail_at && (memory->calls == memory->fail_at || (memory->fail_after && memory->calls > memory->fail_at))) {
        return NULL;
    }
    void *moved = realloc(pointer, size);
    memory->blocks += !pointer && moved;
    return moved;
}

/* test_allocator_start: counts from zero, fails at request |fail_at| (0: never). */
static inline void test_allocator_start(struct test_allocator *memory, size_t fail_at)
{
    *memory = (struct test_allocator){ .allocator = { test_reallocate, memory }, .fail_at = fail_at };
}

#endif
