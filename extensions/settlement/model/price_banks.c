/* price_banks.c: units that have begun, days of 24 hours since the bank was taken, the buy-out. */
#include "price_banks.h"

#include "price_zone.h"
#include "wide.h"

#include <ocpp/settlement/compute.h>

/* The units that have begun before |until_s| seconds of a rental have passed. */
static int64_t units_until(const struct ocpp_settle_bank_tariff *bank, int64_t until_s)
{
    const int64_t charged_s = until_s - bank->free_s;

    return charged_s <= 0 ? 0 : (charged_s - 1) / bank->unit_s + 1;
}

/* How many units reach the cap of a day. */
static int64_t units_of_cap(const struct ocpp_settle_bank_tariff *bank, int64_t micro_per_minor)
{
    if (!bank->has_daily_cap_minor || bank->unit_price_micro == 0) {
        return INT64_MAX;
    }
    return wide_ceiling(bank->daily_cap_minor, micro_per_minor, bank->unit_price_micro);
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

struct exact bank_accrued(const struct ocpp_settle_bank_tariff *bank, int exponent, int64_t lasted_s, int64_t *units)
{
    int64_t micro_per_minor = 1000000;
    int64_t full_days = 0;
    int64_t counted = 0;

    for (int i = 0; i < exponent; i++) {
        micro_per_minor /= 10;
    }
    const int64_t most = units_of_cap(bank, micro_per_minor);
    *units = units_until(bank, lasted_s);
    for (int64_t day = 0; day * DAY_S < lasted_s; day++) {
        const int64_t begun =
            smaller(*units, units_until(bank, (day + 1) * DAY_S)) - smaller(*units, units_until(bank, day * DAY_S));

        full_days += begun >= most ? 1 : 0;
        counted += begun >= most ? 0 : begun;
    }
    struct exact sum = exact_integer(bank->unit_price_micro);
    struct exact caps = exact_integer(bank->daily_cap_minor);
    struct exact buy_out = exact_integer(bank->buy_out_minor);
    const struct exact million = exact_integer(1000000);
    exact_scale(&sum, counted, &sum);
    exact_scale(&caps, full_days, &caps);
    exact_scale(&caps, micro_per_minor, &caps);
    exact_add(&sum, &caps, &sum);
    exact_scale(&buy_out, micro_per_minor, &buy_out);
    sum = exact_compare(&sum, &buy_out) > 0 ? buy_out : sum;
    exact_divide(&sum, &million, &sum);
    return sum;
}

enum ocpp_status ocpp_settle_bank_accrued(const struct ocpp_settle_snapshot *snapshot, int64_t lasted_s, int64_t *minor)
{
    const struct pricing pricing = { .snapshot = snapshot };
    int64_t units;

    if (lasted_s < 0 || lasted_s > MOST_RENTAL_S) {
        return OCPP_ERR_RANGE;
    }
    if (snapshot->tariff.bank == NULL) {
        *minor = 0;
        return OCPP_OK;
    }
    const struct exact accrued = bank_accrued(snapshot->tariff.bank, (int)snapshot->exponent, lasted_s, &units);
    const struct exact in_minor = minor_of(&pricing, &accrued);
    return exact_round(&in_minor, snapshot->rounding, minor);
}

static struct tax_group *group_of(struct pricing *pricing, const struct ocpp_settle_tax *taxes, size_t count)
{
    const bool is_included = pricing->snapshot->tariff.has_tax_included && pricing->snapshot->tariff.tax_included;

    return tax_group_of(&pricing->groups, (struct tax_list){ taxes, count }, is_included, pricing->arena);
}

static struct price_line *add_line(struct pricing *pricing, const struct ocpp_settle_bank_usage *usage,
                                   enum ocpp_settle_line_kind kind, int64_t from_s, int64_t to_s)
{
    struct price_line *line = line_add(pricing, kind);

    if (line != NULL) {
        line->bill.rental = usage->rental;
        line->bill.has_from = line->bill.has_to = true;
        line->bill.from = from_s * 1000;
        line->bill.to = to_s * 1000;
    }
    return line;
}

/* What is missing to the buy-out; in minor units, too, so that both lines are the buy-out to the last of them. */
static enum ocpp_status price_purchase(struct pricing *pricing, const struct ocpp_settle_bank_usage *usage, int64_t to_s,
                                       const struct exact *accrued, int64_t accrued_minor)
{
    const struct ocpp_settle_bank_tariff *bank = pricing->snapshot->tariff.bank;
    struct tax_group *group = group_of(pricing, bank->purchase_taxes.items, bank->purchase_taxes.count);
    struct price_line *line = add_line(pricing, usage, OCPP_SETTLE_LINE_KIND_POWER_BANK_PURCHASE, to_s, to_s);
    struct exact basis = exact_integer(bank->buy_out_minor);

    if (group == NULL || line == NULL) {
        return OCPP_ERR_NOMEM;
    }
    for (int64_t i = 0; i < pricing->snapshot->exponent; i++) {
        const struct exact ten = exact_integer(10);

        exact_divide(&basis, &ten, &basis);
    }
    exact_subtract(&basis, accrued, &basis);
    return line_price(pricing, line, group, &basis, bank->buy_out_minor - accrued_minor, false);
}

static enum ocpp_status price_bank(struct pricing *pricing, const struct ocpp_settle_bank_usage *usage)
{
    const struct ocpp_settle_bank_tariff *bank = pricing->snapshot->tariff.bank;
    int64_t to_s;
    int64_t lasted_s;
    int64_t units;
    int64_t minor;
    enum ocpp_status status = rental_of(usage, pricing->at_s, &pricing->facts, &to_s, &lasted_s);

    if (status != OCPP_OK) {
        return status;
    }
    const struct exact accrued = bank_accrued(bank, (int)pricing->snapshot->exponent, lasted_s, &units);
    const struct exact in_minor = minor_of(pricing, &accrued);
    struct tax_group *group = group_of(pricing, bank->rental_taxes.items, bank->rental_taxes.count);
    struct price_line *line = add_line(pricing, usage, OCPP_SETTLE_LINE_KIND_POWER_BANK_RENTAL, to_s - lasted_s, to_s);
    if (group == NULL || line == NULL) {
        return OCPP_ERR_NOMEM;
    }
    line->bill.unit = OCPP_SETTLE_PRICE_UNIT_UNIT;
    line->bill.price_micro = bank->unit_price_micro;
    line->bill.measured = lasted_s;
    line->bill.billed = units * bank->unit_s;
    status = exact_round(&in_minor, pricing->snapshot->rounding, &minor);
    if (status == OCPP_OK) {
        status = line_price(pricing, line, group, &accrued, minor, false);
    }
    if (status == OCPP_OK && usage->end == OCPP_SETTLE_BANK_END_BOUGHT) {
        status = price_purchase(pricing, usage, to_s, &accrued, minor);
    }
    return status;
}

enum ocpp_status banks_price(struct pricing *pricing)
{
    enum ocpp_status status = OCPP_OK;

    for (size_t i = 0; i < pricing->usage->banks.count && status == OCPP_OK; i++) {
        status = price_bank(pricing, &pricing->usage->banks.items[i]);
    }
    return status;
}
