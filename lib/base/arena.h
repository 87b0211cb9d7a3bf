/* arena.h: what the floors of the library may do with an arena beyond types.h: let the last piece grow, and ask why a piece
 * could not be had. Also the one way to call a struct ocpp_allocator that may be NULL. */
#ifndef OCPP_LIB_ARENA_H
#define OCPP_LIB_ARENA_H

#include <ocpp/types.h>

/* ocpp_arena_grow: makes |piece| (|old_size| bytes, or NULL with 0) |new_size| bytes long and returns where it is now. The
 * last piece taken grows and shrinks where it stands while its block has room; any other piece moves and its old place
 * is lost until the reset. Bytes beyond |old_size| are not zeroed. NULL on exhaustion, with |piece| as it was. */
void *ocpp_arena_grow(struct ocpp_arena *arena, void *piece, size_t old_size, size_t new_size);

/* ocpp_arena_trim: leaves |piece| with |size| bytes and gives what lies behind them back, if it is the last piece taken. */
void ocpp_arena_trim(struct ocpp_arena *arena, const void *piece, size_t size);

/* ocpp_arena_status: why the latest piece that could not be had was refused since the reset: OCPP_ERR_LIMIT or
 * OCPP_ERR_NOMEM; OCPP_OK when none was. */
enum ocpp_status ocpp_arena_status(const struct ocpp_arena *arena);

/* ocpp_reallocate: the call of ocpp_allocator.reallocate, with malloc's family where |allocator| is NULL. */
void *ocpp_reallocate(const struct ocpp_allocator *allocator, void *pointer, size_t size);

#endif
