/* reconciliation_internal.h: what the files of reconciliation.h share. */
#ifndef SETTLEMENT_RECONCILIATION_INTERNAL_H
#define SETTLEMENT_RECONCILIATION_INTERNAL_H

#include "backend_internal.h"
#include "records.h"

#include <ocpp/settlement/id.h>
#include <ocpp/settlement/reconciliation.h>

enum { RECONCILED_AT_ONCE = 32, RECONCILED_LINE = 512 };

/* ours: an operation of the provider, as far as it is compared. */
struct ours {
    char id[OCPP_SETTLE_ID_SIZE];
    char currency[4];
    enum row_operation_kind kind;
    enum row_operation_state state;
    enum row_operation_result result;
    int64_t minor;
    int64_t done_utc_ms;
    bool was_asked; /* of the provider */
};

struct ocpp_settle_reconciliation {
    struct ocpp_settle *settle;
    struct ocpp_settle_reconciliation_settings settings;
    struct ocpp_settle_reconciliation_summary summary;
    struct ocpp_arena *arena;
    enum ocpp_status status; /* what went wrong; it is over then */
    char prefix[OCPP_SETTLE_KEY_SIZE];
    char from[OCPP_SETTLE_KEY_SIZE]; /* the last key that was read */
    struct ours ours[RECONCILED_AT_ONCE];
    size_t count;
    size_t at;
    bool is_read; /* there are no more operations */
    char line[RECONCILED_LINE];
    size_t line_size;
    bool is_too_long;
    char last[OCPP_SETTLE_ID_SIZE]; /* operation of the list */
};

/* --- reconciliation.c --- */

/* reconciliation_found: tells and counts. */
void reconciliation_found(struct ocpp_settle_reconciliation *r, const struct ocpp_settle_finding *finding);

/* reconciliation_totals: of |currency|; NULL: there are too many (|status| says so). */
struct ocpp_settle_reconciliation_totals *reconciliation_totals(struct ocpp_settle_reconciliation *r, const char *currency);

/* reconciliation_in_period: whether |utc_ms| is within it. */
bool reconciliation_in_period(const struct ocpp_settle_reconciliation *r, int64_t utc_ms);

/* --- reconciliation_ours.c --- */

/* reconciliation_next: the operation that is next in order; NULL: there is none (or |status| is an error).
 * reconciliation_pass: it has been dealt with. */
const struct ours *reconciliation_next(struct ocpp_settle_reconciliation *r);
void reconciliation_pass(struct ocpp_settle_reconciliation *r);

/* reconciliation_add_books: what the journal says of the provider within the period, into the totals. */
void reconciliation_add_books(struct ocpp_settle_reconciliation *r);

/* --- reconciliation_list.c --- */

/* reconciliation_line: one line of the list, terminated. */
void reconciliation_line(struct ocpp_settle_reconciliation *r, char *line);

/* reconciliation_missing: every operation before |operation| (NULL: all) that the list has not. */
void reconciliation_missing(struct ocpp_settle_reconciliation *r, const char *operation);

#endif
