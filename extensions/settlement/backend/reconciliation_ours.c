/* reconciliation_ours.c: our side: the operations of a provider in the order of their ids, some at a time, and what the journal
 * says of its clearing account. */
#include "postings.h"
#include "reconciliation_internal.h"

#include <stdio.h>
#include <string.h>

enum { ENTRY_NODES = 1024, ENTRY_DEPTH = 8 };

static const void *decode(struct ocpp_settle_reconciliation *r, const struct ocpp_type *type, const void *text, size_t size)
{
    const struct ocpp_json_limits limits = { .max_bytes = size + 1, .max_nodes = ENTRY_NODES, .max_depth = ENTRY_DEPTH };
    const void *record = NULL;
    const enum ocpp_status status = ocpp_message_decode(type, text, size, &limits, NULL, r->arena, &record, NULL);

    if (status != OCPP_OK) {
        r->status = ocpp_status_class_of(status) == OCPP_CLASS_MESSAGE ? OCPP_ERR_CORRUPT : status;
    }
    return record;
}

/* --- operations ---------------------------------------------------------------------------------------------------------- */

static void keep(struct ocpp_settle_reconciliation *r, const struct row_operation *operation)
{
    struct ours *ours = &r->ours[r->count++];

    *ours = (struct ours){
        .kind = operation->kind,
        .state = operation->state,
        .result = operation->result,
        .minor = operation->amount_minor,
        .done_utc_ms = operation->has_done_at ? operation->done_at : OCPP_UTC_UNKNOWN,
        .was_asked = operation->attempts > 0,
    };
    (void)snprintf(ours->id, sizeof ours->id, "%s", operation->id);
    (void)snprintf(ours->currency, sizeof ours->currency, "%s", operation->currency);
}

static bool visit_operation(const struct ocpp_settle_row *row, void *user)
{
    struct ocpp_settle_reconciliation *r = user;

    if (strcmp(row->key, r->from) == 0) {
        return true;
    }
    ocpp_arena_reset(r->arena);
    const struct row_operation *operation = decode(r, &row_operation_type, row->value, row->size);
    if (!operation) {
        return false;
    }
    (void)snprintf(r->from, sizeof r->from, "%s", row->key);
    if (strcmp(operation->provider, r->settings.provider) == 0) {
        keep(r, operation);
    }
    return r->count < RECONCILED_AT_ONCE;
}

static void read_some(struct ocpp_settle_reconciliation *r)
{
    const struct ocpp_settle_store *store = &r->settle->settings.store;

    r->at = r->count = 0;
    const enum ocpp_status status = store->each(r->prefix, r->from[0] ? r->from : NULL, visit_operation, r, store->user);
    if (r->status == OCPP_OK) {
        r->status = status;
    }
    r->is_read = r->count < RECONCILED_AT_ONCE;
}

const struct ours *reconciliation_next(struct ocpp_settle_reconciliation *r)
{
    if (r->at == r->count && !r->is_read && r->status == OCPP_OK) {
        read_some(r);
    }
    return r->status == OCPP_OK && r->at < r->count ? &r->ours[r->at] : NULL;
}

/* What is done is added up, whatever the list says of it. */
void reconciliation_pass(struct ocpp_settle_reconciliation *r)
{
    const struct ours *ours = &r->ours[r->at++];
    const bool moves = ours->kind == ROW_OPERATION_KIND_CAPTURE || ours->kind == ROW_OPERATION_KIND_REFUND;

    if (moves && ours->state == ROW_OPERATION_STATE_DONE && ours->result == ROW_OPERATION_RESULT_OK &&
        reconciliation_in_period(r, ours->done_utc_ms)) {
        struct ocpp_settle_reconciliation_totals *totals = reconciliation_totals(r, ours->currency);

        if (totals) {
            totals->ours_minor += ours->kind == ROW_OPERATION_KIND_CAPTURE ? ours->minor : -ours->minor;
        }
    }
}

/* --- the books ----------------------------------------------------------------------------------------------------------- */

/* What a provider pays us and keeps moves its account, too. */
static bool is_of_operations(const char *event)
{
    static const enum posting_event events[] = { POSTING_CAPTURE, POSTING_CAPTURE_EARLY, POSTING_REFUND, POSTING_RETURN_DEPOSIT };

    for (size_t i = 0; i < sizeof events / sizeof *events; i++) {
        if (strcmp(posting_rules[events[i]].name, event) == 0) {
            return true;
        }
    }
    return false;
}

static void add_posting(struct ocpp_settle_reconciliation *r, const struct row_posting *posting)
{
    char account[ACCOUNT_SIZE];

    if (!is_of_operations(posting->event) || strcmp(posting->operator_, r->settle->settings.operator_id) != 0 ||
        account_name(ACCOUNT_CLEARING, r->settings.provider, account) != OCPP_OK) {
        return;
    }
    for (size_t i = 0; i < posting->lines.count; i++) {
        const struct row_posting_line *line = &posting->lines.items[i];

        if (strcmp(line->account, account) == 0) {
            struct ocpp_settle_reconciliation_totals *totals = reconciliation_totals(r, posting->currency);

            if (totals) {
                totals->books_minor +=
                    (line->has_debit_minor ? line->debit_minor : 0) - (line->has_credit_minor ? line->credit_minor : 0);
            }
        }
    }
}

static bool visit_entry(const struct ocpp_settle_journal_entry *entry, void *user)
{
    struct ocpp_settle_reconciliation *r = user;

    if (strcmp(entry->kind, "post") == 0 && reconciliation_in_period(r, entry->utc_ms)) {
        ocpp_arena_reset(r->arena);
        const struct row_posting *posting = decode(r, &row_posting_type, entry->body, entry->size);

        if (posting) {
            add_posting(r, posting);
        }
    }
    return r->status == OCPP_OK;
}

void reconciliation_add_books(struct ocpp_settle_reconciliation *r)
{
    const struct ocpp_settle_store *store = &r->settle->settings.store;

    if (r->status == OCPP_OK) {
        const enum ocpp_status status = store->journal(1, visit_entry, r, store->user);

        r->status = r->status == OCPP_OK ? status : r->status;
    }
}
