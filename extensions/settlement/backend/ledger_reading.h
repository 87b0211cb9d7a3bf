/* ledger_reading.h: what ledger.c and ledger_books.c share. */
#ifndef SETTLEMENT_LEDGER_READING_H
#define SETTLEMENT_LEDGER_READING_H

#include "postings.h"

#include <ocpp/settlement/ledger.h>

#define LEDGER_POSTING  "post"      /* the kind of entries */
#define LEDGER_BALANCES "/balance/" /* between operator and currency in a key */

enum { LEDGER_OPERATOR_SIZE = 41, LEDGER_CURRENCY_SIZE = 4, LEDGER_ARENA_BYTES = 8 * 1024 * 1024 };

/* ledger_is_name: whether |name| is 1 to |size| - 1 characters that stand for themselves in a key. */
bool ledger_is_name(const char *name, size_t size);

/* ledger_decode: a record into |arena|; what is not one is OCPP_ERR_CORRUPT. */
enum ocpp_status ledger_decode(const struct ocpp_type *type, const void *text, size_t size, struct ocpp_arena *arena,
                               const void **record);

/* ledger_decode_balance: likewise of a balance, which needs no memory afterwards. */
enum ocpp_status ledger_decode_balance(const struct ocpp_settle_row *row, struct row_balance *balance);

#endif
