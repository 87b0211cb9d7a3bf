/* store.h: where stations, tokens and transactions are kept: one SQLite file, or memory. Every service thread has a storage of
 * its own; they all show the same.
 *
 * Keys of this program begin with "csms/"; the others belong to the central system.
 */
#ifndef CSMS_STORE_H
#define CSMS_STORE_H

#include "log.h"

#include <ocpp/storage.h>

enum { STORE_WHY_SIZE = 256, STORE_MEMORY_BYTES = 512 * 1024 * 1024 };

struct store;

/* store_open: for |threads| threads; |path| NULL is memory. NULL: |why| (STORE_WHY_SIZE bytes) says what is wrong. */
struct store *store_open(const char *path, int threads, struct logger *log, char *why);

/* store_close: after the last thread is gone. NULL is fine. */
void store_close(struct store *store);

/* store_of: the storage of thread |index|. */
struct ocpp_storage *store_of(struct store *store, int index);

/* store_write: one change; |done| runs once, whatever happens, possibly before it returns. */
void store_write(struct ocpp_storage *storage, const struct ocpp_change *change,
                 void (*done)(enum ocpp_status status, void *user), void *user);

/* store_read_text: a copy of the value of |key| as a terminated text, to free(). Errors: OCPP_ERR_NOT_FOUND, those of storage.h.
 */
enum ocpp_status store_read_text(struct ocpp_storage *storage, const char *key, char **text);

#endif
