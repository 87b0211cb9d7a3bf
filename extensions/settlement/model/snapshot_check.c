/* snapshot_check.c: whether an order can be reckoned by what it was promised. */
#include "price_elements.h"
#include "price_facts.h"
#include "price_issue.h"
#include "price_taxes.h"

#include <ocpp/settlement/compute.h>
#include <ocpp/settlement/money.h>

enum {
    MOST_OFFSET_S = 86399,
    MOST_LEVELS_WITHIN = 12 /* of different taxes in prices that include them: with each the fractions grow */
};

/* --- limits ------------------------------------------------------------------------------------------------------- */

static enum ocpp_status check_limit(const struct ocpp_settle_price_limit *limit, const char *path, struct ocpp_issue *issue)
{
    if (limit == NULL) {
        return OCPP_OK;
    }
    if (!limit->has_net_micro && !limit->has_gross_micro) {
        return issue_at(issue, OCPP_ERR_MISSING_MEMBER, "%s/netMicro", path);
    }
    if (limit->net_micro > OCPP_SETTLE_MOST_MINOR) {
        return issue_at(issue, OCPP_ERR_RANGE, "%s/netMicro", path);
    }
    if (limit->gross_micro > OCPP_SETTLE_MOST_MINOR) {
        return issue_at(issue, OCPP_ERR_RANGE, "%s/grossMicro", path);
    }
    if (limit->has_net_micro && limit->has_gross_micro && limit->net_micro > limit->gross_micro) {
        return issue_at(issue, OCPP_ERR_VALUE, "%s/grossMicro", path);
    }
    return OCPP_OK;
}

static enum ocpp_status check_limits(const struct ocpp_settle_tariff *tariff, struct ocpp_issue *issue)
{
    const struct ocpp_settle_price_limit *least = tariff->min_price;
    const struct ocpp_settle_price_limit *most = tariff->max_price;
    enum ocpp_status status = check_limit(least, "/tariff/minPrice", issue);

    if (status == OCPP_OK) {
        status = check_limit(most, "/tariff/maxPrice", issue);
    }
    if (status != OCPP_OK || least == NULL || most == NULL) {
        return status;
    }
    if (least->has_net_micro && most->has_net_micro && least->net_micro > most->net_micro) {
        return issue_at(issue, OCPP_ERR_VALUE, "/tariff/maxPrice/netMicro");
    }
    if (least->has_gross_micro && most->has_gross_micro && least->gross_micro > most->gross_micro) {
        return issue_at(issue, OCPP_ERR_VALUE, "/tariff/maxPrice/grossMicro");
    }
    return OCPP_OK;
}

/* --- power banks -------------------------------------------------------------------------------------------------- */

static enum ocpp_status check_bank(const struct ocpp_settle_bank_tariff *bank, struct ocpp_issue *issue)
{
    const struct {
        int64_t value, most;
        const char *path;
    } bounds[] = { { bank->deposit_minor, OCPP_SETTLE_MOST_MINOR, "/tariff/bank/depositMinor" },
                   { bank->free_s, MOST_RENTAL_S, "/tariff/bank/freeS" },
                   { bank->unit_s, MOST_RENTAL_S, "/tariff/bank/unitS" },
                   { bank->unit_price_micro, OCPP_SETTLE_MOST_MINOR, "/tariff/bank/unitPriceMicro" },
                   { bank->has_daily_cap_minor ? bank->daily_cap_minor : 0, OCPP_SETTLE_MOST_MINOR,
                     "/tariff/bank/dailyCapMinor" },
                   { bank->buy_out_minor, OCPP_SETTLE_MOST_MINOR, "/tariff/bank/buyOutMinor" } };

    for (size_t i = 0; i < sizeof bounds / sizeof *bounds; i++) {
        if (bounds[i].value > bounds[i].most) {
            return issue_at(issue, OCPP_ERR_RANGE, "%s", bounds[i].path);
        }
    }
    enum ocpp_status status = taxes_check(bank->rental_taxes.items, bank->rental_taxes.count, issue);
    if (status != OCPP_OK) {
        return issue_within(issue, status, "/tariff/bank/rentalTaxes");
    }
    status = taxes_check(bank->purchase_taxes.items, bank->purchase_taxes.count, issue);
    return status != OCPP_OK ? issue_within(issue, status, "/tariff/bank/purchaseTaxes") : OCPP_OK;
}

/* --- taxes within prices ------------------------------------------------------------------------------------------ */

enum { MOST_LISTS = MOST_LEVELS_WITHIN + 1 };

/* lists: the different taxes seen, and how many levels they have in all. */
struct lists {
    struct tax_list items[MOST_LISTS];
    size_t count;
    size_t levels;
};

static size_t levels_of(struct tax_list list)
{
    unsigned seen = 0;
    size_t levels = 0;

    for (size_t i = 0; i < list.count; i++) {
        const unsigned bit = 1U << (list.items[i].has_level ? list.items[i].level : 0);

        levels += (seen & bit) == 0 ? 1 : 0;
        seen |= bit;
    }
    return levels;
}

static void note_list(struct lists *lists, struct tax_list list)
{
    for (size_t i = 0; i < lists->count; i++) {
        if (tax_lists_are_equal(lists->items[i], list)) {
            return;
        }
    }
    if (list.count > 0 && lists->levels <= MOST_LEVELS_WITHIN) {
        lists->items[lists->count++] = list;
        lists->levels += levels_of(list);
    }
}

static enum ocpp_status check_included(const struct ocpp_settle_tariff *tariff, struct ocpp_issue *issue)
{
    struct lists lists = { .count = 0, .levels = 0 };

    if (!tariff->has_tax_included || !tariff->tax_included) {
        return OCPP_OK;
    }
    for (size_t i = 0; i < tariff->elements.count; i++) {
        for (size_t j = 0; j < tariff->elements.items[i].components.count; j++) {
            const struct ocpp_settle_price_component *component = &tariff->elements.items[i].components.items[j];

            note_list(&lists, (struct tax_list){ component->taxes.items, component->taxes.count });
        }
    }
    if (tariff->bank != NULL) {
        note_list(&lists, (struct tax_list){ tariff->bank->rental_taxes.items, tariff->bank->rental_taxes.count });
        note_list(&lists, (struct tax_list){ tariff->bank->purchase_taxes.items, tariff->bank->purchase_taxes.count });
    }
    return lists.levels > MOST_LEVELS_WITHIN ? issue_at(issue, OCPP_ERR_TOO_MANY, "/tariff/taxIncluded") : OCPP_OK;
}

/* --- the rest ----------------------------------------------------------------------------------------------------- */

static enum ocpp_status check_zone(const struct ocpp_settle_snapshot *snapshot, struct ocpp_issue *issue)
{
    for (size_t i = 0; i < snapshot->transitions.count; i++) {
        const struct ocpp_settle_zone_transition *transition = &snapshot->transitions.items[i];

        if (transition->offset_s > MOST_OFFSET_S || transition->offset_s < -MOST_OFFSET_S) {
            return issue_at(issue, OCPP_ERR_RANGE, "/transitions/%u/offsetS", (unsigned)i);
        }
        if (i > 0 && transition->from <= snapshot->transitions.items[i - 1].from) {
            return issue_at(issue, OCPP_ERR_VALUE, "/transitions/%u/from", (unsigned)i);
        }
    }
    return OCPP_OK;
}

static enum ocpp_status check_currency(const struct ocpp_settle_snapshot *snapshot, struct ocpp_issue *issue)
{
    const struct ocpp_settle_currency *currency = ocpp_settle_currency_of(snapshot->tariff.currency);

    if (currency == NULL) {
        return issue_at(issue, OCPP_ERR_VALUE, "/tariff/currency");
    }
    return currency->exponent != snapshot->exponent ? issue_at(issue, OCPP_ERR_VALUE, "/exponent") : OCPP_OK;
}

static enum ocpp_status check_tariff(const struct ocpp_settle_tariff *tariff, struct ocpp_issue *issue)
{
    enum ocpp_status status = OCPP_OK;

    if (tariff->has_valid_from && tariff->has_valid_to && tariff->valid_from >= tariff->valid_to) {
        return issue_at(issue, OCPP_ERR_VALUE, "/tariff/validTo");
    }
    status = elements_check(tariff, issue);
    if (status == OCPP_OK) {
        status = check_limits(tariff, issue);
    }
    if (status == OCPP_OK && tariff->bank != NULL) {
        status = check_bank(tariff->bank, issue);
    }
    return status == OCPP_OK ? check_included(tariff, issue) : status;
}

enum ocpp_status ocpp_settle_snapshot_check(const struct ocpp_settle_snapshot *snapshot, struct ocpp_issue *issue)
{
    enum ocpp_status status = ocpp_message_validate(&ocpp_settle_snapshot_type, snapshot, issue);

    if (status == OCPP_OK) {
        status = check_currency(snapshot, issue);
    }
    if (status == OCPP_OK) {
        status = check_tariff(&snapshot->tariff, issue);
    }
    return status == OCPP_OK ? check_zone(snapshot, issue) : status;
}

bool ocpp_settle_tariff_is_valid_at(const struct ocpp_settle_tariff *tariff, int64_t utc_ms)
{
    return (!tariff->has_valid_from || utc_ms >= tariff->valid_from) && (!tariff->has_valid_to || utc_ms < tariff->valid_to);
}
