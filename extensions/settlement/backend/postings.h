/* postings.h: what each thing that happens to money moves, and between which accounts. One row per event; docs/ledger.md shows
 * the table, a test holds the page to it. Pure: a posting becomes lines here, ledger_post.c writes them.
 *
 * An account is a kind and a subject: "hold:LEG". Balances are credits minus debits: what is owed to somebody is above 0, what
 * somebody owes is below.
 */
#ifndef SETTLEMENT_POSTINGS_H
#define SETTLEMENT_POSTINGS_H

#include "records.h"

#include <ocpp/settlement/money.h>

/* SOURCE and MONEY stand for two accounts each: with the wallet both are the payer's wallet; with any other provider SOURCE is
 * what it promised (authorized) and MONEY what it owes us (clearing). */
enum account_kind {
    ACCOUNT_NONE,
    ACCOUNT_WALLET,     /* :USER      the user's money, kept for him */
    ACCOUNT_HOLD,       /* :LEG       set aside for an order; 0 once the leg is over */
    ACCOUNT_AUTHORIZED, /* :PROVIDER  promised by the provider for the holds */
    ACCOUNT_CLEARING,   /* :PROVIDER  taken by the provider, and owed to us */
    ACCOUNT_RECEIVABLE, /* :ORDER     what the order's payer owes; 0 once it is paid */
    ACCOUNT_DEPOSIT,    /* :ORDER     paid before there was a bill */
    ACCOUNT_REVENUE,    /* :PARTY     earned by the operator or a landlord */
    ACCOUNT_TAX,        /* :NAME      owed to the state */
    ACCOUNT_LOSS,       /* :PARTY     given up */
    ACCOUNT_SUSPENSE,   /* :PROVIDER  came, and nobody knows what for */
    ACCOUNT_BANK,       /* :PARTY     paid out to us by a provider */
    ACCOUNT_FEES,       /* :PROVIDER  kept by a provider for its service */
    ACCOUNT_ROUNDING,   /* :CURRENCY  what sums of rounded amounts differ by */
    ACCOUNT_KIND_COUNT,
    ACCOUNT_SOURCE,
    ACCOUNT_MONEY,
    ACCOUNT_STATED /* what the payer owes by the statement: a receivable of the statement's own order */
};

enum { ACCOUNT_SIZE = 121, POSTING_LINES = 32 };

enum posting_event {
    POSTING_HOLD,           /* a provider holds the amount (also: holds more) */
    POSTING_RELEASE,        /* it lets it go */
    POSTING_CAPTURE,        /* it takes the amount for a sealed order and lets the rest go */
    POSTING_CAPTURE_EARLY,  /* likewise, before there is a bill: the order is open (A1: a hold that is not renewed) */
    POSTING_USE_DEPOSIT,    /* what was taken early pays the bill */
    POSTING_RETURN_DEPOSIT, /* what was taken early is given back */
    POSTING_REFUND,         /* what was paid too much is given back */
    POSTING_CHARGEBACK,     /* the payer's bank took it back */
    POSTING_WRITE_OFF,      /* a debt is given up */
    POSTING_WRITE_OFF_LESS, /* what was given up turned out to be less */
    POSTING_BILL,           /* an order is sealed, or billed again: posting_make_bill() */
    POSTING_TOP_UP,         /* a user puts money into the wallet */
    POSTING_PAY_OUT,        /* and takes it out */
    POSTING_SETTLED,        /* a provider pays us what it owes */
    POSTING_FEE,            /* and keeps a fee */
    POSTING_UNKNOWN_MONEY,  /* a provider took something nobody asked for */
    POSTING_UNKNOWN_GIVEN_BACK,
    POSTING_UNKNOWN_FOUND, /* it was for this order */
    POSTING_STATE,         /* what an order came to is owed by a statement from now on */
    POSTING_STATE_LESS,    /* likewise, what it came to less since it was stated */
    POSTING_EVENT_COUNT
};

enum posting_amount { POSTING_AMOUNT, POSTING_REST };

enum { POSTING_STEPS = 3 };

struct posting_step {
    enum account_kind debit;
    enum account_kind credit;
    enum posting_amount amount;
};

struct posting_rule {
    const char *name; /* in the journal */
    struct posting_step steps[POSTING_STEPS];
    const char *why;
};

extern const struct posting_rule posting_rules[POSTING_EVENT_COUNT];
extern const char *const account_kind_names[ACCOUNT_KIND_COUNT];

/* posting: what a caller knows. What the row of |event| does not name may be NULL. */
struct posting {
    enum posting_event event;
    const char *currency;
    int64_t amount_minor; /* 0 moves nothing */
    int64_t rest_minor;   /* of a capture: what is let go */
    const char *order;
    const char *leg;
    const char *statement; /* the order that is one */
    const char *provider;
    const char *wallet; /* the user whose wallet the provider is; NULL: it is another provider */
    const char *party;  /* NULL: the operator */
    const char *reason;
};

/* account_name: "KIND:SUBJECT" into |name|. What is not safe in a key or a page (anything but letters, digits and "-_.:+@*=|") is
 * written ~XX; OCPP_ERR_LENGTH: no subject, or one that then takes more room than an account has. */
enum ocpp_status account_name(enum account_kind kind, const char *subject, char name[ACCOUNT_SIZE]);

/* posting_lines: lines under way, one per account, credits minus debits. */
struct posting_lines {
    size_t count;
    struct {
        char account[ACCOUNT_SIZE];
        int64_t minor;
    } items[POSTING_LINES];
};

/* posting_make: the lines of |posting|; none when nothing moves. Errors: OCPP_ERR_RANGE an amount below 0 or beyond
 * OCPP_SETTLE_MOST_MINOR; OCPP_ERR_ARGUMENT an event without steps; OCPP_ERR_LENGTH an account that has no name. */
enum ocpp_status posting_make(const struct posting *posting, const char *operator_id, struct posting_lines *lines);

/* posting_make_bill: what |bill| says more or less than |before| (NULL: there was none): the receivable of the order, revenue,
 * taxes by name. Errors: as above; OCPP_ERR_VALUE the bill's sums are further apart than rounding explains, or its currency is
 * not that of |before|; OCPP_ERR_TOO_MANY more taxes than a posting has lines. */
enum ocpp_status posting_make_bill(const struct posting *posting, const struct ocpp_settle_bill *bill,
                                   const struct ocpp_settle_bill *before, const char *operator_id, struct posting_lines *lines);

/* posting_record: |posting| and |lines| as a row_posting in |arena|, debits first. NULL: no memory. Errors of sums:
 * OCPP_ERR_VALUE debits and credits differ. */
enum ocpp_status posting_record(const struct posting *posting, const struct posting_lines *lines, const char *id,
                                const char *operator_id, struct ocpp_arena *arena, struct row_posting *record);

#endif
