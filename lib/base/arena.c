/* arena.c: memory for one message, taken piece by piece and given back at once.
 *
 * An arena is a chain of blocks, each at least twice as large as the one before it until BLOCK_MOST, filled from |first| on.
 * A reset empties the blocks and keeps them; a block that is too small for a piece is passed over until the next reset.
 * Sizes are counted with the blocks' heads, so that the limit is what the arena costs its host.
 */
#include "arena.h"

#include <stdlib.h>
#include <string.h>

enum { BLOCK_LEAST = 1024, BLOCK_MOST = 64 * 1024, LIMIT_DEFAULT = 1024 * 1024 };

struct block {
    struct block *next;
    size_t size; /* of |data| */
    size_t used; /* of |data|; always a multiple of the alignment */
    _Alignas(max_align_t) unsigned char data[];
};

struct ocpp_arena {
    struct ocpp_allocator allocator;
    bool has_allocator;
    size_t limit;
    size_t total; /* what all blocks cost, heads included */
    size_t used;
    struct block *first;
    struct block *current;
    unsigned char *last; /* the piece that can still grow in |current| */
    enum ocpp_status status;
};

void *ocpp_reallocate(const struct ocpp_allocator *allocator, void *pointer, size_t size)
{
    if (allocator) {
        return allocator->reallocate(pointer, size, allocator->user);
    }
    if (size == 0) {
        free(pointer);
        return NULL;
    }
    return realloc(pointer, size);
}

static const struct ocpp_allocator *allocator_of(const struct ocpp_arena *arena)
{
    return arena->has_allocator ? &arena->allocator : NULL;
}

/* The bytes a piece of |size| occupies; 0 where that cannot be counted. Nothing is taken as one byte: pieces are distinct. */
static size_t padded(size_t size)
{
    const size_t unit = _Alignof(max_align_t);

    if (size > SIZE_MAX - unit) {
        return 0;
    }
    return (size == 0 ? 1 : (size + unit - 1) / unit) * unit;
}

struct ocpp_arena *ocpp_arena_new(const struct ocpp_allocator *allocator, size_t limit)
{
    struct ocpp_arena *arena = ocpp_reallocate(allocator, NULL, sizeof *arena);

    if (!arena) {
        return NULL;
    }
    memset(arena, 0, sizeof *arena);
    if (allocator) {
        arena->allocator = *allocator;
        arena->has_allocator = true;
    }
    arena->limit = limit ? limit : LIMIT_DEFAULT;
    return arena;
}

static void free_blocks(struct ocpp_arena *arena, struct block *block)
{
    while (block) {
        struct block *next = block->next;
        arena->total -= sizeof *block + block->size;
        ocpp_reallocate(allocator_of(arena), block, 0);
        block = next;
    }
}

void ocpp_arena_free(struct ocpp_arena *arena)
{
    if (!arena) {
        return;
    }
    free_blocks(arena, arena->first);
    const struct ocpp_allocator allocator = arena->allocator;
    ocpp_reallocate(arena->has_allocator ? &allocator : NULL, arena, 0);
}

void ocpp_arena_reset(struct ocpp_arena *arena)
{
    for (struct block *block = arena->first; block; block = block->next) {
        block->used = 0;
    }
    arena->current = arena->first;
    arena->used = 0;
    arena->last = NULL;
    arena->status = OCPP_OK;
}

/* The data size of the next block when a piece of |need| bytes must fit; 0 beyond the limit. */
static size_t next_block_size(const struct ocpp_arena *arena, size_t need)
{
    const size_t left = arena->limit - arena->total;
    size_t wanted = arena->current ? 2 * arena->current->size : BLOCK_LEAST;

    if (left <= sizeof(struct block) || need > left - sizeof(struct block)) {
        return 0;
    }
    wanted = wanted > BLOCK_MOST ? BLOCK_MOST : wanted;
    wanted = wanted < need ? need : wanted;
    return wanted > left - sizeof(struct block) ? left - sizeof(struct block) : wanted;
}

/* Hangs a new block behind |current| and makes it current. Empty blocks kept from larger messages stand behind |current| too;
 * they were too small for this piece, and are given back when they stand in the way of the limit. */
static bool add_block(struct ocpp_arena *arena, size_t need)
{
    struct block **link = arena->current ? &arena->current->next : &arena->first;
    size_t size = next_block_size(arena, need);

    if (size == 0) {
        free_blocks(arena, *link);
        *link = NULL;
        size = next_block_size(arena, need);
    }
    if (size == 0) {
        arena->status = OCPP_ERR_LIMIT;
        return false;
    }
    struct block *block = ocpp_reallocate(allocator_of(arena), NULL, sizeof *block + size);
    if (!block) {
        arena->status = OCPP_ERR_NOMEM;
        return false;
    }
    block->size = size;
    block->used = 0;
    block->next = *link;
    *link = block;
    arena->total += sizeof *block + size;
    arena->current = block;
    return true;
}

/* Makes a block with room for |need| bytes current. */
static bool find_room(struct ocpp_arena *arena, size_t need)
{
    for (struct block *block = arena->current; block; block = block->next) {
        if (block->size - block->used >= need) {
            arena->current = block;
            return true;
        }
    }
    return add_block(arena, need);
}

static void *take_raw(struct ocpp_arena *arena, size_t size)
{
    const size_t need = padded(size);

    if (need == 0) {
        arena->status = OCPP_ERR_LIMIT;
        return NULL;
    }
    if (!find_room(arena, need)) {
        return NULL;
    }
    struct block *block = arena->current;
    arena->last = block->data + block->used;
    block->used += need;
    arena->used += need;
    return arena->last;
}

void *ocpp_arena_take(struct ocpp_arena *arena, size_t size)
{
    void *piece = take_raw(arena, size);

    return piece ? memset(piece, 0, size) : NULL;
}

char *ocpp_arena_text(struct ocpp_arena *arena, const char *text, size_t size)
{
    char *copy = size < SIZE_MAX ? take_raw(arena, size + 1) : NULL;

    if (!copy) {
        return NULL;
    }
    if (size) {
        memcpy(copy, text, size);
    }
    copy[size] = '\0';
    return copy;
}

/* Changes the length of the last piece where it stands; false, and nothing changed, when its block has no room. */
static bool resize_last(struct ocpp_arena *arena, size_t new_size)
{
    struct block *block = arena->current;
    const size_t start = (size_t)(arena->last - block->data);
    const size_t need = padded(new_size);

    if (need == 0 || need > block->size - start) {
        return false;
    }
    arena->used = arena->used - block->used + start + need;
    block->used = start + need;
    return true;
}

void *ocpp_arena_grow(struct ocpp_arena *arena, void *piece, size_t old_size, size_t new_size)
{
    if (piece && piece == arena->last && resize_last(arena, new_size)) {
        return piece;
    }
    void *moved = take_raw(arena, new_size);
    if (moved && piece) {
        memcpy(moved, piece, old_size < new_size ? old_size : new_size);
    }
    return moved;
}

void ocpp_arena_trim(struct ocpp_arena *arena, const void *piece, size_t size)
{
    if (piece && piece == arena->last) {
        resize_last(arena, size);
    }
}

size_t ocpp_arena_used(const struct ocpp_arena *arena)
{
    return arena->used;
}

enum ocpp_status ocpp_arena_status(const struct ocpp_arena *arena)
{
    return arena->status;
}
