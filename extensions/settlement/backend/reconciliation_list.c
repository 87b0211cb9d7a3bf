/* reconciliation_list.c: their side: a line of the list, and how it compares. */
#include "reconciliation_internal.h"

#include <ocpp/settlement/money.h>

#include <string.h>

enum { FIELDS = 4 };

struct theirs {
    const char *operation;
    const char *kind;
    const char *amount;
    const char *currency;
    int64_t minor; /* -1: not as the currency demands */
};

/* --- a line -------------------------------------------------------------------------------------------------------------- */

static bool split(char *line, char *fields[FIELDS])
{
    for (int i = 0; i < FIELDS; i++) {
        fields[i] = line;
        line += strcspn(line, ",");
        if (*line == ',') {
            *line++ = '\0';
        } else if (i < FIELDS - 1) {
            return false;
        }
    }
    return true;
}

static bool read_line(char *line, struct theirs *theirs)
{
    char *fields[FIELDS];
    int64_t minor = -1;

    if (!split(line, fields) || !ocpp_settle_id_is_valid(fields[0]) ||
        ocpp_enum_value(&row_operation_kind_enum, fields[1]) == 0) {
        return false;
    }
    const struct ocpp_settle_currency *currency = ocpp_settle_currency_of(fields[3]);
    if (!currency || ocpp_settle_amount_parse(fields[2], strlen(fields[2]), currency->exponent, &minor) != OCPP_OK) {
        minor = -1;
    }
    *theirs = (struct theirs){ fields[0], fields[1], fields[2], fields[3], minor };
    return true;
}

/* --- comparing ----------------------------------------------------------------------------------------------------------- */

static const char *kind_name(const struct ours *ours)
{
    return ocpp_enum_name(&row_operation_kind_enum, (int)ours->kind);
}

static void tell(struct ocpp_settle_reconciliation *r, enum ocpp_settle_finding_kind kind, const struct ours *ours,
                 const struct theirs *theirs)
{
    struct ocpp_settle_finding finding = { .kind = kind, .utc_ms = OCPP_UTC_UNKNOWN };

    if (ours) {
        finding.operation = ours->id;
        finding.our_kind = kind_name(ours);
        finding.our_minor = ours->minor;
        finding.currency = ours->currency;
        finding.utc_ms = ours->done_utc_ms;
    }
    if (theirs) {
        finding.line = r->summary.lines;
        finding.operation = theirs->operation;
        finding.their_kind = theirs->kind;
        finding.their_amount = theirs->amount;
        finding.their_currency = theirs->currency;
    }
    reconciliation_found(r, &finding);
}

static bool is_told_of(const struct ocpp_settle_reconciliation *r, const struct ours *ours)
{
    const int kind = (int)ours->kind - (int)ROW_OPERATION_KIND_AUTHORIZE;

    return (r->settings.kinds >> kind & 1U) != 0 && ours->was_asked && ours->state == ROW_OPERATION_STATE_DONE &&
           ours->result == ROW_OPERATION_RESULT_OK && reconciliation_in_period(r, ours->done_utc_ms);
}

static bool is_at_edge(const struct ocpp_settle_reconciliation *r, int64_t utc_ms)
{
    return utc_ms - r->settings.from_utc_ms < r->settings.edge_ms || r->settings.to_utc_ms - utc_ms <= r->settings.edge_ms;
}

void reconciliation_missing(struct ocpp_settle_reconciliation *r, const char *operation)
{
    for (const struct ours *ours; (ours = reconciliation_next(r)) != NULL;) {
        if (operation && strcmp(ours->id, operation) >= 0) {
            return;
        }
        if (is_told_of(r, ours)) {
            tell(r, is_at_edge(r, ours->done_utc_ms) ? OCPP_SETTLE_FINDING_AT_EDGE : OCPP_SETTLE_FINDING_MISSING, ours, NULL);
        }
        reconciliation_pass(r);
    }
}

/* KIND_COUNT: they say the same. */
static enum ocpp_settle_finding_kind compare(const struct ours *ours, const struct theirs *theirs)
{
    if (ours->state != ROW_OPERATION_STATE_DONE) {
        return OCPP_SETTLE_FINDING_UNDECIDED;
    }
    if (ours->result != ROW_OPERATION_RESULT_OK) {
        return OCPP_SETTLE_FINDING_DECLINED;
    }
    if (strcmp(kind_name(ours), theirs->kind) != 0) {
        return OCPP_SETTLE_FINDING_KIND;
    }
    if (strcmp(ours->currency, theirs->currency) != 0) {
        return OCPP_SETTLE_FINDING_CURRENCY;
    }
    return ours->minor != theirs->minor ? OCPP_SETTLE_FINDING_AMOUNT : OCPP_SETTLE_FINDING_KIND_COUNT;
}

static void add_to_totals(struct ocpp_settle_reconciliation *r, const struct theirs *theirs)
{
    const bool takes = strcmp(theirs->kind, "Capture") == 0;

    if (theirs->minor < 0 || (!takes && strcmp(theirs->kind, "Refund") != 0)) {
        return;
    }
    struct ocpp_settle_reconciliation_totals *totals = reconciliation_totals(r, theirs->currency);
    if (totals &&
        ocpp_settle_amount_add(totals->theirs_minor, takes ? theirs->minor : -theirs->minor, &totals->theirs_minor) != OCPP_OK) {
        r->status = OCPP_ERR_RANGE;
    }
}

static void match(struct ocpp_settle_reconciliation *r, const struct theirs *theirs)
{
    reconciliation_missing(r, theirs->operation);
    const struct ours *ours = reconciliation_next(r);

    if (r->status != OCPP_OK) {
        return;
    }
    if (!ours || strcmp(ours->id, theirs->operation) != 0) {
        tell(r, OCPP_SETTLE_FINDING_EXTRA, NULL, theirs);
        return;
    }
    const enum ocpp_settle_finding_kind kind = compare(ours, theirs);
    if (kind == OCPP_SETTLE_FINDING_KIND_COUNT) {
        r->summary.matched++;
    } else {
        tell(r, kind, ours, theirs);
    }
    reconciliation_pass(r);
}

void reconciliation_line(struct ocpp_settle_reconciliation *r, char *line)
{
    struct theirs theirs;

    if (r->summary.lines == 1 && strncmp(line, "operation", 9) == 0) {
        return;
    }
    if (!read_line(line, &theirs)) {
        reconciliation_found(r, &(struct ocpp_settle_finding){ .kind = OCPP_SETTLE_FINDING_UNREADABLE,
                                                               .line = r->summary.lines,
                                                               .utc_ms = OCPP_UTC_UNKNOWN });
        return;
    }
    const int order = strcmp(theirs.operation, r->last);
    if (order < 0) {
        r->status = OCPP_ERR_VALUE;
        return;
    }
    add_to_totals(r, &theirs);
    if (order == 0) {
        tell(r, OCPP_SETTLE_FINDING_TWICE, NULL, &theirs);
        return;
    }
    memcpy(r->last, theirs.operation, sizeof r->last);
    match(r, &theirs);
}
