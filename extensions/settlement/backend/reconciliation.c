/* reconciliation.c: the handle: bytes become lines, findings are told and counted, totals are kept. */
#include "reconciliation_internal.h"
#include "command.h"

#include <stdio.h>
#include <string.h>

enum { DEFAULT_EDGE_MS = 300000, ARENA_BYTES = 1024 * 1024 };

const char *ocpp_settle_finding_name(enum ocpp_settle_finding_kind kind)
{
    static const char *const names[OCPP_SETTLE_FINDING_KIND_COUNT] = {
        "missing",  "at-edge", "extra", "undecided",  "declined", "other-kind",
        "currency", "amount",  "twice", "unreadable", "books",    "bill-gap",
    };

    return (unsigned)kind < OCPP_SETTLE_FINDING_KIND_COUNT ? names[kind] : "?";
}

/* --- what the parts share ------------------------------------------------------------------------------------------------ */

void reconciliation_found(struct ocpp_settle_reconciliation *r, const struct ocpp_settle_finding *finding)
{
    struct ocpp_settle_finding whole = *finding;
    const char **const texts[] = { &whole.operation,    &whole.our_kind,       &whole.currency, &whole.their_kind,
                                   &whole.their_amount, &whole.their_currency, &whole.station };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        *texts[i] = *texts[i] ? *texts[i] : "";
    }
    r->summary.findings[finding->kind]++;
    r->settings.found(&whole, r->settings.user);
}

struct ocpp_settle_reconciliation_totals *reconciliation_totals(struct ocpp_settle_reconciliation *r, const char *currency)
{
    struct ocpp_settle_reconciliation_summary *summary = &r->summary;

    for (size_t i = 0; i < summary->total_count; i++) {
        if (strcmp(summary->totals[i].currency, currency) == 0) {
            return &summary->totals[i];
        }
    }
    if (summary->total_count == OCPP_SETTLE_RECONCILED_CURRENCIES) {
        r->status = OCPP_ERR_LIMIT;
        return NULL;
    }
    struct ocpp_settle_reconciliation_totals *totals = &summary->totals[summary->total_count++];
    (void)snprintf(totals->currency, sizeof totals->currency, "%s", currency);
    return totals;
}

bool reconciliation_in_period(const struct ocpp_settle_reconciliation *r, int64_t utc_ms)
{
    return utc_ms >= r->settings.from_utc_ms && utc_ms < r->settings.to_utc_ms;
}

/* --- the handle ---------------------------------------------------------------------------------------------------------- */

static void name_prefix(struct command *command, void *args)
{
    struct ocpp_settle_reconciliation *r = args;
    const char *prefix = command_key(command, "operation", "", NULL);

    (void)snprintf(r->prefix, sizeof r->prefix, "%s", prefix ? prefix : "");
}

static bool is_possible(const struct ocpp_settle_reconciliation_settings *settings)
{
    return settings->provider && settings->provider[0] && settings->found && settings->from_utc_ms < settings->to_utc_ms &&
           settings->edge_ms >= 0;
}

static uint32_t bit(enum ocpp_settle_payment_kind kind)
{
    return UINT32_C(1) << kind;
}

enum ocpp_status ocpp_settle_reconciliation_new(struct ocpp_settle *settle,
                                                const struct ocpp_settle_reconciliation_settings *settings,
                                                struct ocpp_settle_reconciliation **reconciliation)
{
    struct ocpp_settle_reconciliation *r = NULL;
    enum ocpp_status status = is_possible(settings) ? OCPP_OK : OCPP_ERR_ARGUMENT;

    if (status == OCPP_OK) {
        r = backend_allocate(settle, NULL, sizeof *r);
        status = r ? OCPP_OK : OCPP_ERR_NOMEM;
    }
    if (status != OCPP_OK) {
        return status;
    }
    memset(r, 0, sizeof *r);
    r->settle = settle;
    r->settings = *settings;
    r->settings.edge_ms = settings->edge_ms ? settings->edge_ms : DEFAULT_EDGE_MS;
    r->settings.kinds = settings->kinds ? settings->kinds : bit(OCPP_SETTLE_CAPTURE) | bit(OCPP_SETTLE_REFUND);
    r->arena = ocpp_arena_new(settle->settings.allocator, ARENA_BYTES);
    status = r->arena ? command_run(settle, "reconcile", name_prefix, r, NULL) : OCPP_ERR_NOMEM;
    if (status != OCPP_OK) {
        ocpp_settle_reconciliation_free(r);
        return status;
    }
    *reconciliation = r;
    return OCPP_OK;
}

void ocpp_settle_reconciliation_free(struct ocpp_settle_reconciliation *r)
{
    if (r) {
        ocpp_arena_free(r->arena);
        (void)backend_allocate(r->settle, r, 0);
    }
}

/* --- bytes --------------------------------------------------------------------------------------------------------------- */

static void end_line(struct ocpp_settle_reconciliation *r)
{
    r->summary.lines++;
    if (r->line_size > 0 && r->line[r->line_size - 1] == '\r') {
        r->line_size--;
    }
    r->line[r->line_size] = '\0';
    if (r->is_too_long || strlen(r->line) != r->line_size) {
        reconciliation_found(r, &(struct ocpp_settle_finding){ .kind = OCPP_SETTLE_FINDING_UNREADABLE,
                                                               .line = r->summary.lines,
                                                               .utc_ms = OCPP_UTC_UNKNOWN });
    } else if (r->line_size > 0) {
        reconciliation_line(r, r->line);
    }
    r->line_size = 0;
    r->is_too_long = false;
}

enum ocpp_status ocpp_settle_reconciliation_feed(struct ocpp_settle_reconciliation *r, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size && r->status == OCPP_OK; i++) {
        if (bytes[i] == '\n') {
            end_line(r);
        } else if (r->line_size + 1 < sizeof r->line) {
            r->line[r->line_size++] = bytes[i];
        } else {
            r->is_too_long = true;
        }
    }
    return r->status;
}

/* --- the end ------------------------------------------------------------------------------------------------------------- */

static void compare_books(struct ocpp_settle_reconciliation *r)
{
    for (size_t i = 0; i < r->summary.total_count && r->status == OCPP_OK; i++) {
        const struct ocpp_settle_reconciliation_totals *totals = &r->summary.totals[i];

        if (totals->ours_minor != totals->books_minor) {
            reconciliation_found(r, &(struct ocpp_settle_finding){ .kind = OCPP_SETTLE_FINDING_BOOKS,
                                                                   .currency = totals->currency,
                                                                   .our_minor = totals->ours_minor,
                                                                   .books_minor = totals->books_minor,
                                                                   .utc_ms = OCPP_UTC_UNKNOWN });
        }
    }
}

static void tell_bill_gaps(struct ocpp_settle_reconciliation *r)
{
    struct ocpp_settle_bill_gap gap = { .station = "" };

    while (r->status == OCPP_OK && r->settings.next_bill_gap && r->settings.next_bill_gap(&gap, r->settings.user)) {
        reconciliation_found(r, &(struct ocpp_settle_finding){ .kind = OCPP_SETTLE_FINDING_BILL_GAP,
                                                               .station = gap.station,
                                                               .first_page = gap.first_page,
                                                               .last_page = gap.last_page,
                                                               .utc_ms = OCPP_UTC_UNKNOWN });
    }
}

enum ocpp_status ocpp_settle_reconciliation_finish(struct ocpp_settle_reconciliation *r,
                                                   struct ocpp_settle_reconciliation_summary *summary)
{
    if (r->status == OCPP_OK && (r->line_size > 0 || r->is_too_long)) {
        end_line(r);
    }
    reconciliation_missing(r, NULL);
    reconciliation_add_books(r);
    compare_books(r);
    tell_bill_gaps(r);
    if (r->status == OCPP_OK) {
        *summary = r->summary;
    }
    return r->status;
}
