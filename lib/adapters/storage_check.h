/* storage_check.h: the rules of storage.h that every store checks before it touches anything, and small key arithmetic. */
#ifndef OCPP_STORAGE_CHECK_H
#define OCPP_STORAGE_CHECK_H

#include <ocpp/storage.h>

/* STORAGE_VALUE_BYTES_DEFAULT: four times the largest message. */
enum { STORAGE_VALUE_BYTES_DEFAULT = 256 * 1024 };

/* storage_changes_check: OCPP_OK, OCPP_ERR_LIMIT or OCPP_ERR_ARGUMENT, as write() of storage.h. */
enum ocpp_status storage_changes_check(const struct ocpp_change *changes, size_t count, size_t max_value_bytes);

/* storage_begins_with: whether |key| begins with |prefix|. */
bool storage_begins_with(const char *key, const char *prefix);

/* storage_start: the later of |prefix| and |from| (may be NULL): where each() begins to look. */
const char *storage_start(const char *prefix, const char *from);

/* storage_stream_key: the key of entry |number| of |stream|, which storage_changes_check() has seen. */
void storage_stream_key(char key[OCPP_KEY_SIZE], const char *stream, uint64_t number);

#endif
