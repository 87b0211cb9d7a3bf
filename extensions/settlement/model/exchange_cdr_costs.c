/* The totals of a CDR: sums of the lines of a bill. */
#include "exchange_cdr.h"

#include <string.h>

/* Where the lines of a kind count besides the total; CDR_TOTAL: nowhere else. */
static enum cdr_total total_of(enum ocpp_settle_line_kind kind)
{
    switch (kind) {
    case OCPP_SETTLE_LINE_KIND_ENERGY:
        return CDR_ENERGY;
    case OCPP_SETTLE_LINE_KIND_TIME:
        return CDR_TIME;
    case OCPP_SETTLE_LINE_KIND_IDLE:
        return CDR_PARKING;
    case OCPP_SETTLE_LINE_KIND_FLAT:
        return CDR_FIXED;
    case OCPP_SETTLE_LINE_KIND_RESERVATION:
        return CDR_RESERVATION;
    case OCPP_SETTLE_LINE_KIND_UNSET:
    case OCPP_SETTLE_LINE_KIND_POWER_BANK_RENTAL:
    case OCPP_SETTLE_LINE_KIND_POWER_BANK_PURCHASE:
    case OCPP_SETTLE_LINE_KIND_ADJUSTMENT:
    case OCPP_SETTLE_LINE_KIND_MINIMUM:
    case OCPP_SETTLE_LINE_KIND_CAP:
    case OCPP_SETTLE_LINE_KIND_TAX:
        break;
    }
    return CDR_TOTAL;
}

static bool is_of_banks(const struct ocpp_settle_bill_line *line)
{
    return line->kind == OCPP_SETTLE_LINE_KIND_POWER_BANK_RENTAL || line->kind == OCPP_SETTLE_LINE_KIND_POWER_BANK_PURCHASE;
}

static bool add_tax(struct cdr_cost *cost, const struct ocpp_settle_line_tax *tax)
{
    size_t i = 0;

    while (i < cost->tax_count && (cost->taxes[i].rate_ppm != tax->rate_ppm || strcmp(cost->taxes[i].name, tax->name) != 0)) {
        i++;
    }
    if (i == CDR_TAXES_MOST) {
        return false;
    }
    cost->tax_count += i == cost->tax_count;
    cost->taxes[i].name = tax->name;
    cost->taxes[i].rate_ppm = tax->rate_ppm;
    cost->taxes[i].tax_minor += tax->tax_minor;
    return true;
}

static bool add_line(struct cdr_cost *cost, const struct ocpp_settle_bill_line *line)
{
    bool fits = true;

    cost->is_there = true;
    cost->net_minor += line->net_minor;
    cost->tax_minor += line->tax_minor;
    for (size_t i = 0; i < line->taxes.count; i++) {
        fits = fits && add_tax(cost, &line->taxes.items[i]);
    }
    return fits;
}

/* What the reader of a CDR cannot find the reason of. */
static void tell_line(struct exchange *exchange, const struct exchange_place *place, const struct ocpp_settle_bill_line *line)
{
    if (is_of_banks(line)) {
        exchange_loss(exchange, place, "power banks cannot be told; the totals are without them");
    }
    if (line->kind == OCPP_SETTLE_LINE_KIND_ADJUSTMENT) {
        exchange_loss(exchange, place, "an adjustment is in the total and in nothing that explains it");
    }
    if (line->kind == OCPP_SETTLE_LINE_KIND_MINIMUM || line->kind == OCPP_SETTLE_LINE_KIND_CAP) {
        exchange_note(exchange, place, "is in the total only");
    }
}

/* Whether taxes stand in lines of their own, for all lines together. */
static bool rounds_per_group(const struct ocpp_settle_cdr_session *session)
{
    return session->snapshot->tax_rounding == OCPP_SETTLE_TAX_ROUNDING_PER_GROUP;
}

static bool has_gross_prices(const struct ocpp_settle_cdr_session *session)
{
    return session->snapshot->tariff.has_tax_included && session->snapshot->tariff.tax_included;
}

static enum ocpp_status check_banks(struct exchange *exchange, const struct ocpp_settle_cdr_session *session)
{
    const struct exchange_place bill = { NULL, "bill", 0 };
    const struct exchange_place lines = { &bill, "lines", 0 };

    for (size_t i = 0; rounds_per_group(session) && i < session->bill->lines.count; i++) {
        const struct exchange_place here = { &lines, NULL, i };

        if (is_of_banks(&session->bill->lines.items[i])) {
            exchange_loss(exchange, &here, "taxes are rounded for banks and session together");
            return exchange_fail(exchange, &here, OCPP_ERR_VALUE);
        }
    }
    return OCPP_OK;
}

enum ocpp_status cdr_costs_of(struct exchange *exchange, const struct ocpp_settle_cdr_session *session,
                              struct cdr_cost costs[CDR_TOTALS])
{
    const struct exchange_place bill = { NULL, "bill", 0 };
    const struct exchange_place lines = { &bill, "lines", 0 };
    const bool per_group = rounds_per_group(session);
    enum ocpp_status status = check_banks(exchange, session);

    memset(costs, 0, CDR_TOTALS * sizeof *costs);
    for (size_t i = 0; status == OCPP_OK && i < session->bill->lines.count; i++) {
        const struct ocpp_settle_bill_line *line = &session->bill->lines.items[i];
        const struct exchange_place here = { &lines, NULL, i };
        const enum cdr_total total = total_of(line->kind);

        tell_line(exchange, &here, line);
        if (is_of_banks(line)) {
            continue;
        }
        if (!add_line(&costs[CDR_TOTAL], line) || (total != CDR_TOTAL && !add_line(&costs[total], line))) {
            status = exchange_fail(exchange, &here, OCPP_ERR_TOO_MANY);
        }
    }
    for (size_t i = 0; i < CDR_TOTALS; i++) {
        costs[i].knows_taxes = i == CDR_TOTAL || !per_group;
        costs[i].is_there = costs[i].is_there && (i == CDR_TOTAL || !per_group || !has_gross_prices(session));
    }
    costs[CDR_TOTAL].is_there = true;
    return status;
}
