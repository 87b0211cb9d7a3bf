/* settle_store_check.h: the rules of store.h that every store checks before it touches anything, and the hash of its entries. */
#ifndef OCPP_SETTLE_STORE_CHECK_H
#define OCPP_SETTLE_STORE_CHECK_H

#include <ocpp/settlement/store.h>

/* SETTLE_VALUE_BYTES_DEFAULT: of one value or body. */
enum { SETTLE_VALUE_BYTES_DEFAULT = 256 * 1024 };

/* settle_write_check: OCPP_OK, OCPP_ERR_LIMIT or OCPP_ERR_ARGUMENT, as write of store.h. */
enum ocpp_status settle_write_check(const struct ocpp_settle_write *write, size_t max_value_bytes);

/* settle_lease_check: likewise of the names of a lease and its holder. */
enum ocpp_status settle_lease_check(const char *name, const char *holder);

/* settle_begins_with: whether |key| begins with |prefix|. */
bool settle_begins_with(const char *key, const char *prefix);

/* settle_start: the later of |prefix| and |from| (may be NULL): where each begins to look. */
const char *settle_start(const char *prefix, const char *from);

/* settle_hasher: takes SHA-256 of one entry after another. */
struct settle_hasher;

struct settle_hasher *settle_hasher_new(void);
void settle_hasher_free(struct settle_hasher *hasher);

/* settle_hasher_next: the head behind |head| once |entry| follows it; fills its number and hash in. OCPP_ERR_CRYPTO: |head| is as
 * it was. */
enum ocpp_status settle_hasher_next(struct settle_hasher *hasher, struct ocpp_settle_head *head,
                                    const struct ocpp_settle_entry *entry, int64_t utc_ms);

#endif
