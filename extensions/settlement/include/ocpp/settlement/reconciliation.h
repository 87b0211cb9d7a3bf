/* reconciliation.h: what a provider says it did, beside what was asked of it and what the books say. The provider's list is read
 * as it comes, in pieces of any size; memory does not grow with it, nor with the number of operations.
 *
 * The list is text, a line for each act that happened:
 *
 *     operation,kind,amount,currency
 *
 * with the operation's id (the idempotency key), Authorize, Increment, Capture, Void or Refund, the amount in major units with
 * exactly the currency's digits, and its ISO 4217 code; what stands behind another comma is passed over, so is a first line that
 * begins with "operation". Lines end with LF or CRLF and are in the order of the ids' bytes (LC_ALL=C sort does it): so ours and
 * theirs are gone through side by side.
 */
#ifndef OCPP_SETTLEMENT_RECONCILIATION_H
#define OCPP_SETTLEMENT_RECONCILIATION_H

#include <ocpp/settlement/backend.h>

OCPP_BEGIN_DECLARATIONS

enum ocpp_settle_finding_kind {
    OCPP_SETTLE_FINDING_MISSING,    /* done here, within the period; the list does not have it */
    OCPP_SETTLE_FINDING_AT_EDGE,    /* likewise, but so near an end of the period that a neighbouring list may have it */
    OCPP_SETTLE_FINDING_EXTRA,      /* nobody asked this provider for it */
    OCPP_SETTLE_FINDING_UNDECIDED,  /* asked for, and no outcome is known here yet */
    OCPP_SETTLE_FINDING_DECLINED,   /* here it did not happen */
    OCPP_SETTLE_FINDING_KIND,       /* something else was asked for */
    OCPP_SETTLE_FINDING_CURRENCY,   /* another currency */
    OCPP_SETTLE_FINDING_AMOUNT,     /* another amount, or one not written as the currency demands */
    OCPP_SETTLE_FINDING_TWICE,      /* the list has it more than once */
    OCPP_SETTLE_FINDING_UNREADABLE, /* a line that is none */
    OCPP_SETTLE_FINDING_BOOKS,      /* of a currency: the books moved another sum than the operations */
    OCPP_SETTLE_FINDING_BILL_GAP,   /* pages of a pile's bills are missing */
    OCPP_SETTLE_FINDING_KIND_COUNT
};

/* ocpp_settle_finding_name: for people and logs: "missing" … Never NULL. */
OCPP_API const char *ocpp_settle_finding_name(enum ocpp_settle_finding_kind kind);

/* ocpp_settle_finding: what is not as it should be. Texts live for the call; "" where there is none. */
struct ocpp_settle_finding {
    enum ocpp_settle_finding_kind kind;
    int64_t line; /* of the list; 0: it is about what is not there */
    const char *operation;
    const char *our_kind;
    int64_t our_minor; /* of BOOKS: of the operations */
    const char *currency;
    int64_t utc_ms; /* when it was done here; OCPP_UTC_UNKNOWN */
    const char *their_kind;
    const char *their_amount; /* as written */
    const char *their_currency;
    int64_t books_minor; /* of BOOKS */
    const char *station; /* of BILL_GAP, with the pages that are missing */
    int64_t first_page;
    int64_t last_page;
};

/* ocpp_settle_bill_gap: pages of a pile's bills that have not come. */
struct ocpp_settle_bill_gap {
    const char *station; /* lives until the next call */
    int64_t first_page;
    int64_t last_page;
};

/* ocpp_settle_reconciliation_settings: zeroed but for what is needed, it does. Copied; texts are borrowed until the end. */
struct ocpp_settle_reconciliation_settings {
    const char *provider; /* one outside of the backend; of the settings, or one that was there once */
    int64_t from_utc_ms;  /* the list is about what happened from then … */
    int64_t to_utc_ms;    /* … until before then */
    int64_t edge_ms;      /* clocks and midnights differ: see AT_EDGE; 0: 300,000 */
    uint32_t kinds;       /* bits 1 << enum ocpp_settle_payment_kind: what the list tells of. 0: captures and refunds */
    void (*found)(const struct ocpp_settle_finding *finding, void *user); /* may not call back. Required */
    /* gaps of bills, one after the other; false: no more. NULL: nobody looks for them */
    bool (*next_bill_gap)(struct ocpp_settle_bill_gap *gap, void *user);
    void *user;
};

/* ocpp_settle_reconciliation_totals: of one currency, captures minus refunds. */
struct ocpp_settle_reconciliation_totals {
    char currency[4];
    int64_t theirs_minor; /* of every line that could be read */
    int64_t ours_minor;   /* of the operations within the period */
    int64_t books_minor;  /* what the provider owes us more by the ledger, within the period */
};

enum { OCPP_SETTLE_RECONCILED_CURRENCIES = 16 };

/* ocpp_settle_reconciliation_summary: what a comparison found, in numbers. */
struct ocpp_settle_reconciliation_summary {
    int64_t lines;
    int64_t matched;
    int64_t findings[OCPP_SETTLE_FINDING_KIND_COUNT]; /* how many of each kind */
    struct ocpp_settle_reconciliation_totals totals[OCPP_SETTLE_RECONCILED_CURRENCIES];
    size_t total_count;
};

struct ocpp_settle_reconciliation;

/* ocpp_settle_reconciliation_new: begins. Free it with ocpp_settle_reconciliation_free(), before |settle|. Errors:
 * OCPP_ERR_ARGUMENT a period that is none, no provider, no |found|; OCPP_ERR_NOMEM; of the store. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_reconciliation_new(struct ocpp_settle *settle,
                                                                       const struct ocpp_settle_reconciliation_settings *settings,
                                                                       struct ocpp_settle_reconciliation **reconciliation);
OCPP_API void ocpp_settle_reconciliation_free(struct ocpp_settle_reconciliation *reconciliation);

/* ocpp_settle_reconciliation_feed: the next |size| bytes of the list. Errors, and it is over: OCPP_ERR_VALUE a line is not behind
 * the one before it in order; OCPP_ERR_LIMIT more than OCPP_SETTLE_RECONCILED_CURRENCIES; OCPP_ERR_NOMEM; of the store. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_reconciliation_feed(struct ocpp_settle_reconciliation *reconciliation,
                                                                        const char *bytes, size_t size);

/* ocpp_settle_reconciliation_finish: the list is at its end: tells what it did not have, adds up the books (reads the whole
 * journal), and fills |summary|. Once. Errors as above. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_settle_reconciliation_finish(struct ocpp_settle_reconciliation *reconciliation,
                                                                          struct ocpp_settle_reconciliation_summary *summary);

OCPP_END_DECLARATIONS

#endif
