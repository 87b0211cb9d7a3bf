/* row_key.h: a key of a row with what is asked of it again and again, found out once. */
#ifndef SETTLEMENT_ROW_KEY_H
#define SETTLEMENT_ROW_KEY_H

#include <ocpp/settlement/store.h>

#include <string.h>

struct row_key {
    const char *text; /* borrowed; terminated at |size| where it is a whole key */
    size_t size;
    uint64_t hash; /* not of a secret: places in tables, nothing else */
};

/* row_key_of: of the first |size| bytes of |text|. */
struct row_key row_key_of(const char *text, size_t size);

static inline bool row_key_equal(const struct row_key *a, const struct row_key *b)
{
    return a->hash == b->hash && a->size == b->size && memcmp(a->text, b->text, a->size) == 0;
}

/* row_key_next_id: what could be an id: the last ROW_ID bytes of the next part of |key|, from byte |*at| (0 first) on; |*at| is
 * then behind that part. NULL: there is none. "op/balance/EUR/hold:ID" has one as well as "op/order/ID". */
enum { ROW_ID = 26 };
const char *row_key_next_id(const struct row_key *key, size_t *at);

#endif
