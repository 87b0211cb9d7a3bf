/* compute.c: from a promise and what was used to a bill. */
#include "price_banks.h"
#include "price_issue.h"
#include "price_limits.h"
#include "price_zone.h"

#include <ocpp/settlement/compute.h>

#include <string.h>

enum { HEX_SIZE = 2 * OCPP_SETTLE_DIGEST_SIZE + 1 };

/* --- hashes ------------------------------------------------------------------------------------------------------- */

static enum ocpp_status hash_of(const struct ocpp_settle_bytes *pieces, size_t count, const struct ocpp_settle_keys *keys,
                                char hash[HEX_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[OCPP_SETTLE_DIGEST_SIZE];
    const enum ocpp_status status = keys->sha256(pieces, count, digest, keys->user);

    for (size_t i = 0; i < sizeof digest && status == OCPP_OK; i++) {
        hash[2 * i] = digits[digest[i] >> 4];
        hash[2 * i + 1] = digits[digest[i] & 15];
    }
    if (status == OCPP_OK) {
        hash[HEX_SIZE - 1] = '\0';
    }
    return status;
}

enum ocpp_status ocpp_settle_snapshot_hash(const struct ocpp_settle_snapshot *snapshot, const struct ocpp_settle_keys *keys,
                                           struct ocpp_arena *arena, char hash[HEX_SIZE])
{
    struct ocpp_settle_bytes text;
    const char *written;
    const enum ocpp_status status = ocpp_message_encode(&ocpp_settle_snapshot_type, snapshot, arena, &written, &text.size, NULL);

    text.bytes = written;
    return status == OCPP_OK ? hash_of(&text, 1, keys, hash) : status;
}

static enum ocpp_status hash_input(const struct pricing *pricing, int64_t at_utc_ms, const struct ocpp_settle_keys *keys,
                                   char hash[HEX_SIZE])
{
    const char *snapshot;
    const char *usage;
    char time[OCPP_TIME_TEXT_SIZE];
    const char *mode = ocpp_enum_name(&ocpp_settle_compute_mode_enum, (int)pricing->mode);
    size_t snapshot_size;
    size_t usage_size;
    enum ocpp_status status =
        ocpp_message_encode(&ocpp_settle_snapshot_type, pricing->snapshot, pricing->arena, &snapshot, &snapshot_size, NULL);

    if (status == OCPP_OK) {
        status = ocpp_message_encode(&ocpp_settle_usage_type, pricing->usage, pricing->arena, &usage, &usage_size, NULL);
    }
    if (status == OCPP_OK) {
        status = ocpp_time_format(at_utc_ms, time);
    }
    if (status != OCPP_OK) {
        return status;
    }
    const struct ocpp_settle_bytes pieces[] = { { snapshot, snapshot_size }, { "\n", 1 }, { usage, usage_size },  { "\n", 1 },
                                                { mode, strlen(mode) },      { "\n", 1 }, { time, strlen(time) }, { "\n", 1 } };
    return hash_of(pieces, sizeof pieces / sizeof *pieces, keys, hash);
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

static bool is_included(const struct pricing *pricing)
{
    return pricing->snapshot->tariff.has_tax_included && pricing->snapshot->tariff.tax_included;
}

/* The lines of session and reservation, once everything is measured. */
static enum ocpp_status price_usage(struct pricing *pricing)
{
    enum ocpp_status status = OCPP_OK;

    for (struct price_line *line = pricing->first; line != NULL && status == OCPP_OK; line = line->next) {
        const struct exact basis = amount_of(line->component, line->bill.billed);
        const struct exact in_minor = minor_of(pricing, &basis);
        struct tax_group *group = tax_group_of(&pricing->groups, taxes_of(line->component), is_included(pricing), pricing->arena);
        int64_t minor;

        if (group == NULL) {
            return OCPP_ERR_NOMEM;
        }
        status = exact_round(&in_minor, pricing->snapshot->rounding, &minor);
        if (status == OCPP_OK) {
            status = line_price(pricing, line, group, &basis, minor, true);
        }
    }
    return status;
}

/* An adjustment is a net amount, whatever the prices are. */
static enum ocpp_status price_adjustment(struct pricing *pricing, const struct ocpp_settle_usage_adjustment *adjustment)
{
    const struct tax_list taxes = { adjustment->taxes.items, adjustment->taxes.count };
    struct tax_group *group = tax_group_of(&pricing->groups, taxes, false, pricing->arena);
    struct price_line *line = line_add(pricing, OCPP_SETTLE_LINE_KIND_ADJUSTMENT);
    struct exact basis = exact_integer(adjustment->net_minor);
    const struct exact ten = exact_integer(10);

    if (group == NULL || line == NULL) {
        return OCPP_ERR_NOMEM;
    }
    for (int64_t i = 0; i < pricing->snapshot->exponent; i++) {
        exact_divide(&basis, &ten, &basis);
    }
    line->bill.reason = adjustment->reason;
    return line_price(pricing, line, group, &basis, adjustment->net_minor, false);
}

/* Taxes that are rounded per group are lines of their own; from prices that include them they are taken. */
static enum ocpp_status price_group(struct pricing *pricing, const struct tax_group *group)
{
    const struct exact nothing = exact_integer(0);
    int64_t taxes[MOST_TAXES] = { 0 };
    int64_t net_minor;
    int64_t gross_minor;
    enum ocpp_status status = tax_round(group, group->basis_minor, pricing->snapshot->rounding, taxes, &net_minor, &gross_minor);
    struct price_line *line = line_add(pricing, OCPP_SETTLE_LINE_KIND_TAX);

    if (line == NULL) {
        return OCPP_ERR_NOMEM;
    }
    if (status == OCPP_OK) {
        status = line_fill(pricing, line, group, net_minor - group->basis_minor, gross_minor - group->basis_minor, taxes);
    }
    return status == OCPP_OK ? line_explain(pricing, line, &nothing, &nothing) : status;
}

static enum ocpp_status price_groups(struct pricing *pricing)
{
    enum ocpp_status status = OCPP_OK;

    if (pricing->snapshot->tax_rounding != OCPP_SETTLE_TAX_ROUNDING_PER_GROUP) {
        return OCPP_OK;
    }
    for (const struct tax_group *group = pricing->groups.first; group != NULL && status == OCPP_OK; group = group->next) {
        if (group->has_lines && group->taxes.count > 0) {
            status = price_group(pricing, group);
        }
    }
    return status;
}

static enum ocpp_status price_all(struct pricing *pricing)
{
    enum ocpp_status status = lines_measure(pricing);

    if (status == OCPP_OK) {
        status = price_usage(pricing);
    }
    if (status == OCPP_OK) {
        status = limits_apply(pricing);
    }
    if (status == OCPP_OK) {
        status = banks_price(pricing);
    }
    for (size_t i = 0; i < pricing->usage->adjustments.count && status == OCPP_OK; i++) {
        status = price_adjustment(pricing, &pricing->usage->adjustments.items[i]);
    }
    return status == OCPP_OK ? price_groups(pricing) : status;
}

/* --- the bill ----------------------------------------------------------------------------------------------------- */

static enum ocpp_status gather_lines(const struct pricing *pricing, struct ocpp_settle_bill *bill)
{
    struct ocpp_settle_bill_line *lines =
        (struct ocpp_settle_bill_line *)ocpp_arena_take(pricing->arena, (pricing->count + 1) * sizeof *lines);
    size_t count = 0;

    if (lines == NULL) {
        return OCPP_ERR_NOMEM;
    }
    for (const struct price_line *line = pricing->first; line != NULL; line = line->next) {
        lines[count++] = line->bill;
    }
    bill->lines.items = lines;
    bill->lines.count = count;
    return OCPP_OK;
}

static enum ocpp_status gather_anomalies(const struct pricing *pricing, struct ocpp_settle_bill *bill)
{
    enum { FIRST = OCPP_SETTLE_BILL_ANOMALY_UNSET + 1, LAST = OCPP_SETTLE_BILL_ANOMALY_CLOCK_PINNED };
    enum ocpp_settle_bill_anomaly *items =
        (enum ocpp_settle_bill_anomaly *)ocpp_arena_take(pricing->arena, (LAST + 1) * sizeof *items);
    size_t count = 0;

    if (items == NULL) {
        return OCPP_ERR_NOMEM;
    }
    for (int anomaly = FIRST; anomaly <= LAST; anomaly++) {
        if ((pricing->facts.anomalies >> anomaly & 1) != 0) {
            items[count++] = (enum ocpp_settle_bill_anomaly)anomaly;
        }
    }
    bill->anomalies.items = items;
    bill->anomalies.count = count;
    return OCPP_OK;
}

static enum ocpp_status gather(const struct pricing *pricing, struct ocpp_settle_bill *bill)
{
    enum ocpp_status status = gather_lines(pricing, bill);

    bill->mode = pricing->mode;
    bill->currency = pricing->snapshot->tariff.currency;
    bill->exponent = pricing->snapshot->exponent;
    bill->net_minor = pricing->net_minor;
    bill->tax_minor = pricing->tax_minor;
    bill->gross_minor = pricing->gross_minor;
    if (status == OCPP_OK) {
        status = exact_copy(pricing->arena, &pricing->net, &bill->exact_net);
    }
    if (status == OCPP_OK) {
        status = exact_copy(pricing->arena, &pricing->gross, &bill->exact_gross);
    }
    return status == OCPP_OK ? gather_anomalies(pricing, bill) : status;
}

/* The bill shares nothing with snapshot and usage: it is read back from what was hashed. */
static enum ocpp_status seal(struct ocpp_settle_bill *bill, const struct ocpp_settle_keys *keys, struct ocpp_arena *arena)
{
    char hash[HEX_SIZE];
    struct ocpp_settle_bytes text;
    const char *written;

    bill->output_hash = "";
    enum ocpp_status status = ocpp_message_encode(&ocpp_settle_bill_type, bill, arena, &written, &text.size, NULL);
    if (status != OCPP_OK) {
        return status;
    }
    text.bytes = written;
    status = hash_of(&text, 1, keys, hash);
    if (status == OCPP_OK) {
        bill->output_hash = ocpp_arena_text(arena, hash, HEX_SIZE - 1);
        status = bill->output_hash != NULL ? OCPP_OK : OCPP_ERR_NOMEM;
    }
    return status;
}

static enum ocpp_status make_bill(struct pricing *pricing, int64_t at_utc_ms, const struct ocpp_settle_keys *keys,
                                  const struct ocpp_settle_bill **bill)
{
    struct ocpp_settle_bill *made = (struct ocpp_settle_bill *)ocpp_arena_take(pricing->arena, sizeof *made);
    char hash[HEX_SIZE];
    const void *copy = NULL;

    if (made == NULL) {
        return OCPP_ERR_NOMEM;
    }
    made->at = at_utc_ms;
    enum ocpp_status status = gather(pricing, made);
    if (status == OCPP_OK) {
        status = hash_input(pricing, at_utc_ms, keys, hash);
    }
    made->input_hash = hash;
    if (status == OCPP_OK) {
        status = seal(made, keys, pricing->arena);
    }
    if (status == OCPP_OK) {
        status = ocpp_message_copy(&ocpp_settle_bill_type, made, pricing->arena, &copy);
    }
    if (status == OCPP_OK) {
        *bill = (const struct ocpp_settle_bill *)copy;
    }
    return status;
}

static enum ocpp_status check(const struct pricing *pricing, struct ocpp_issue *issue)
{
    enum ocpp_status status = ocpp_settle_snapshot_check(pricing->snapshot, issue);

    if (status != OCPP_OK) {
        return issue_within(issue, status, "/snapshot");
    }
    status = facts_check(pricing->usage, pricing->snapshot, pricing->mode, issue);
    return status != OCPP_OK ? issue_within(issue, status, "/usage") : OCPP_OK;
}

enum ocpp_status ocpp_settle_compute(const struct ocpp_settle_snapshot *snapshot, const struct ocpp_settle_usage *usage,
                                     enum ocpp_settle_compute_mode mode, int64_t at_utc_ms, const struct ocpp_settle_keys *keys,
                                     struct ocpp_arena *arena, const struct ocpp_settle_bill **bill, struct ocpp_issue *issue)
{
    struct pricing pricing = { .snapshot = snapshot, .usage = usage, .mode = mode, .arena = arena };

    if (mode != OCPP_SETTLE_COMPUTE_MODE_RUNNING && mode != OCPP_SETTLE_COMPUTE_MODE_FINAL) {
        return issue_at(issue, OCPP_ERR_ARGUMENT, "%s", "");
    }
    (void)issue_at(issue, OCPP_OK, "%s", "");
    enum ocpp_status status = check(&pricing, issue);
    if (status != OCPP_OK) {
        return status;
    }
    pricing.at_s = second_of(at_utc_ms);
    pricing.net = pricing.gross = exact_integer(0);
    status = facts_of(usage, snapshot, mode, pricing.at_s, arena, &pricing.facts);
    if (status == OCPP_OK) {
        status = price_all(&pricing);
    }
    if (status == OCPP_OK) {
        status = make_bill(&pricing, at_utc_ms, keys, bill);
    }
    return status != OCPP_OK ? issue_at(issue, status, "%s", "") : status;
}
