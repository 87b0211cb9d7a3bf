/* price_limits.c: minimum and maximum price. OCPI 2.2.1 Tariff: the limits before and after taxes hold each by itself. OCPP 2.1
 * I12.FR.38 and 39: where one is missed the minimum takes the place of the price; where one is reached the price freezes. A limit
 * that stands alone takes the other side with it, by the rates of the taxes. */
#include "price_limits.h"

enum { MICRO = 1000000 };

/* goal: where a total has to go, exactly and in minor units. */
struct goal {
    bool has_net, has_gross;
    struct exact net, gross;
    int64_t net_minor, gross_minor;
};

struct totals {
    struct exact net, gross;
    int64_t net_minor, gross_minor;
};

static bool is_included(const struct pricing *pricing)
{
    return pricing->snapshot->tariff.has_tax_included && pricing->snapshot->tariff.tax_included;
}

/* With taxes per group the sums have none yet. */
static enum ocpp_status settle_group(const struct pricing *pricing, struct tax_group *group)
{
    int64_t taxes[MOST_TAXES] = { 0 };

    if (pricing->snapshot->tax_rounding != OCPP_SETTLE_TAX_ROUNDING_PER_GROUP) {
        return OCPP_OK;
    }
    return tax_round(group, group->limited_net_minor, pricing->snapshot->rounding, taxes, &group->limited_net_minor,
                     &group->limited_gross_minor);
}

static enum ocpp_status sum_up(struct pricing *pricing, struct totals *totals)
{
    enum ocpp_status status = OCPP_OK;

    *totals = (struct totals){ exact_integer(0), exact_integer(0), 0, 0 };
    for (struct tax_group *group = pricing->groups.first; group != NULL && status == OCPP_OK; group = group->next) {
        status = settle_group(pricing, group);
        exact_add(&totals->net, &group->limited_net, &totals->net);
        exact_add(&totals->gross, &group->limited_gross, &totals->gross);
        if (status == OCPP_OK) {
            status = ocpp_settle_amount_add(totals->net_minor, group->limited_net_minor, &totals->net_minor);
        }
        if (status == OCPP_OK) {
            status = ocpp_settle_amount_add(totals->gross_minor, group->limited_gross_minor, &totals->gross_minor);
        }
    }
    return status == OCPP_OK && (totals->net.is_lost || totals->gross.is_lost) ? OCPP_ERR_RANGE : status;
}

static enum ocpp_status limit_minor(const struct pricing *pricing, const struct exact *major, int64_t *minor)
{
    const struct exact exact_minor = minor_of(pricing, major);

    return exact_round(&exact_minor, pricing->snapshot->rounding, minor);
}

static enum ocpp_status read_limit(const struct pricing *pricing, const struct ocpp_settle_price_limit *limit, struct goal *goal)
{
    goal->has_net = limit->has_net_micro;
    goal->has_gross = limit->has_gross_micro;
    goal->net = exact_ratio(limit->net_micro, MICRO);
    goal->gross = exact_ratio(limit->gross_micro, MICRO);
    const enum ocpp_status status = limit_minor(pricing, &goal->net, &goal->net_minor);
    return status == OCPP_OK ? limit_minor(pricing, &goal->gross, &goal->gross_minor) : status;
}

/* --- shares of the groups ----------------------------------------------------------------------------------------- */

/* The group that bears what is added to nothing: that of the first price of a session. */
static struct tax_group *group_of_nothing(struct pricing *pricing)
{
    const struct ocpp_settle_tariff *tariff = &pricing->snapshot->tariff;

    for (size_t i = 0; i < tariff->elements.count; i++) {
        const struct ocpp_settle_tariff_element *element = &tariff->elements.items[i];

        if (element->restrictions == NULL || element->restrictions->reservation == OCPP_SETTLE_RESERVATION_KIND_UNSET) {
            return tax_group_of(&pricing->groups, taxes_of(&element->components.items[0]), is_included(pricing), pricing->arena);
        }
    }
    return tax_group_of(&pricing->groups, (struct tax_list){ NULL, 0 }, is_included(pricing), pricing->arena);
}

/* |part| of |whole| of |amount|; all of it for |heir| where there is no whole. */
static struct exact exact_share(const struct exact *amount, const struct exact *part, const struct exact *whole, bool is_heir)
{
    struct exact share;

    if (exact_is_zero(whole)) {
        return is_heir ? *amount : exact_integer(0);
    }
    exact_multiply(amount, part, &share);
    exact_divide(&share, whole, &share);
    return share;
}

static void cut_exactly(struct pricing *pricing, const struct totals *totals, const struct goal *goal,
                        const struct tax_group *heir)
{
    struct exact net;
    struct exact gross;

    exact_subtract(&goal->net, &totals->net, &net);
    exact_subtract(&goal->gross, &totals->gross, &gross);
    for (struct tax_group *group = pricing->groups.first; group != NULL; group = group->next) {
        group->cut_net = exact_share(&net, &group->limited_net, &totals->net, group == heir);
        group->cut_gross = exact_share(&gross, &group->limited_gross, &totals->gross, group == heir);
        if (!goal->has_gross) {
            tax_add(group, &group->cut_net, &group->cut_gross);
        } else if (!goal->has_net) {
            tax_take(group, &group->cut_gross, &group->cut_net);
        }
    }
}

/* |amount| over the groups by largest remainder, in proportion to what |weigh| says of each. */
static enum ocpp_status allocate(struct pricing *pricing, int64_t amount, bool of_gross, const struct tax_group *heir)
{
    const size_t count = pricing->groups.count;
    int64_t *weights = (int64_t *)ocpp_arena_take(pricing->arena, 2 * count * sizeof *weights);
    size_t i = 0;
    int64_t sum = 0;

    if (weights == NULL) {
        return OCPP_ERR_NOMEM;
    }
    for (struct tax_group *group = pricing->groups.first; group != NULL; group = group->next) {
        weights[i] = of_gross ? group->limited_gross_minor : group->limited_net_minor;
        sum += weights[i++];
    }
    i = 0;
    for (struct tax_group *group = pricing->groups.first; group != NULL && sum == 0; group = group->next) {
        weights[i++] = group == heir ? 1 : 0;
    }
    const enum ocpp_status status = ocpp_settle_amount_allocate(amount, weights, count, &weights[count]);
    i = count;
    for (struct tax_group *group = pricing->groups.first; group != NULL && status == OCPP_OK; group = group->next) {
        *(of_gross ? &group->cut_gross_minor : &group->cut_net_minor) = weights[i++];
    }
    return status;
}

/* The side of a limit that was not given is what the rates make of what is left, so that of nothing nothing is left. */
static enum ocpp_status follow(const struct pricing *pricing, struct tax_group *group, bool has_net)
{
    const int64_t left =
        has_net ? group->limited_net_minor + group->cut_net_minor : group->limited_gross_minor + group->cut_gross_minor;
    int64_t taxes[MOST_TAXES];
    int64_t net_minor;
    int64_t gross_minor;
    struct tax_group like = *group;

    if ((has_net ? group->cut_net_minor : group->cut_gross_minor) == 0) {
        return OCPP_OK;
    }
    like.is_included = !has_net;
    const enum ocpp_status status = tax_round(&like, left, pricing->snapshot->rounding, taxes, &net_minor, &gross_minor);
    if (status == OCPP_OK) {
        group->cut_net_minor = net_minor - group->limited_net_minor;
        group->cut_gross_minor = gross_minor - group->limited_gross_minor;
    }
    return status;
}

static enum ocpp_status cut_minor(struct pricing *pricing, const struct totals *totals, const struct goal *goal,
                                  const struct tax_group *heir)
{
    enum ocpp_status status = OCPP_OK;

    if (goal->has_net) {
        status = allocate(pricing, goal->net_minor - totals->net_minor, false, heir);
    }
    if (status == OCPP_OK && goal->has_gross) {
        status = allocate(pricing, goal->gross_minor - totals->gross_minor, true, heir);
    }
    for (struct tax_group *group = pricing->groups.first; group != NULL && status == OCPP_OK; group = group->next) {
        if (!goal->has_net || !goal->has_gross) {
            status = follow(pricing, group, goal->has_net);
        }
    }
    return status;
}

/* --- lines -------------------------------------------------------------------------------------------------------- */

static enum ocpp_status add_line(struct pricing *pricing, const struct tax_group *group, enum ocpp_settle_line_kind kind)
{
    int64_t taxes[MOST_TAXES] = { 0 };
    struct price_line *line = line_add(pricing, kind);

    if (line == NULL) {
        return OCPP_ERR_NOMEM;
    }
    enum ocpp_status status = tax_split(group, group->cut_gross_minor - group->cut_net_minor, taxes);
    if (status == OCPP_OK) {
        status = line_fill(pricing, line, group, group->cut_net_minor, group->cut_gross_minor, taxes);
    }
    return status == OCPP_OK ? line_explain(pricing, line, &group->cut_net, &group->cut_gross) : status;
}

static enum ocpp_status add_lines(struct pricing *pricing, enum ocpp_settle_line_kind kind)
{
    enum ocpp_status status = OCPP_OK;

    for (const struct tax_group *group = pricing->groups.first; group != NULL && status == OCPP_OK; group = group->next) {
        if (!exact_is_zero(&group->cut_net) || !exact_is_zero(&group->cut_gross) || group->cut_net_minor != 0 ||
            group->cut_gross_minor != 0) {
            status = add_line(pricing, group, kind);
        }
    }
    return status;
}

/* Forgets what was cut, so that a side that needs nothing adds nothing. */
static void clear(struct pricing *pricing)
{
    for (struct tax_group *group = pricing->groups.first; group != NULL; group = group->next) {
        group->cut_net = group->cut_gross = exact_integer(0);
        group->cut_net_minor = group->cut_gross_minor = 0;
    }
}

/* --- which goal --------------------------------------------------------------------------------------------------- */

/* misses: whether a side of the totals is on the wrong side of its limit: |sign| 1: too high, -1: too low. */
struct misses {
    bool net, gross;
};

static struct misses exact_misses(const struct totals *totals, const struct goal *goal, int sign)
{
    return (struct misses){ goal->has_net && sign * exact_compare(&totals->net, &goal->net) > 0,
                            goal->has_gross && sign * exact_compare(&totals->gross, &goal->gross) > 0 };
}

static struct misses minor_misses(const struct totals *totals, const struct goal *goal, int sign)
{
    return (struct misses){ goal->has_net && sign * (totals->net_minor - goal->net_minor) > 0,
                            goal->has_gross && sign * (totals->gross_minor - goal->gross_minor) > 0 };
}

/* What is not missed stays as it is: each side by itself. */
static void keep_what_holds(const struct totals *totals, struct misses exactly, struct misses minor, struct goal *goal)
{
    goal->net = exactly.net ? goal->net : totals->net;
    goal->gross = exactly.gross ? goal->gross : totals->gross;
    goal->net_minor = minor.net ? goal->net_minor : totals->net_minor;
    goal->gross_minor = minor.gross ? goal->gross_minor : totals->gross_minor;
}

/* Exact and rounded amounts are judged each by themselves, so that neither misses its limit. */
static enum ocpp_status move(struct pricing *pricing, const struct totals *totals, struct goal *goal, int sign, bool replaces,
                             bool *has_moved)
{
    const struct misses exactly = exact_misses(totals, goal, sign);
    const struct misses minor = minor_misses(totals, goal, sign);
    enum ocpp_status status = OCPP_OK;

    *has_moved = exactly.net || exactly.gross || minor.net || minor.gross;
    if (!*has_moved) {
        return OCPP_OK;
    }
    if (!replaces) {
        keep_what_holds(totals, exactly, minor, goal);
    }
    const struct tax_group *heir = group_of_nothing(pricing);
    if (heir == NULL) {
        return OCPP_ERR_NOMEM;
    }
    clear(pricing);
    if (exactly.net || exactly.gross) {
        cut_exactly(pricing, totals, goal, heir);
    }
    if (minor.net || minor.gross) {
        status = cut_minor(pricing, totals, goal, heir);
    }
    return status;
}

/* --- freezing ----------------------------------------------------------------------------------------------------- */

/* One side of what each group cost when the price froze, rounded as a whole and shared out. */
static enum ocpp_status share_frozen(struct pricing *pricing, bool of_gross)
{
    const size_t count = pricing->groups.count;
    struct exact *weights = (struct exact *)ocpp_arena_take(pricing->arena, count * sizeof *weights);
    int64_t *shares = (int64_t *)ocpp_arena_take(pricing->arena, count * sizeof *shares);
    struct exact sum = exact_integer(0);
    size_t i = 0;
    int64_t minor = 0;

    if (weights == NULL || shares == NULL) {
        return OCPP_ERR_NOMEM;
    }
    for (const struct tax_group *group = pricing->groups.first; group != NULL; group = group->next) {
        weights[i] = of_gross ? group->cut_gross : group->cut_net;
        exact_add(&sum, &weights[i++], &sum);
    }
    enum ocpp_status status = limit_minor(pricing, &sum, &minor);
    if (status == OCPP_OK && !exact_is_zero(&sum)) {
        status = exact_allocate(minor, weights, count, shares);
    }
    i = 0;
    for (struct tax_group *group = pricing->groups.first; group != NULL; group = group->next) {
        *(of_gross ? &group->cut_gross_minor : &group->cut_net_minor) =
            shares[i++] - (of_gross ? group->limited_gross_minor : group->limited_net_minor);
    }
    return status;
}

static enum ocpp_status cap_by_freezing(struct pricing *pricing, const struct ocpp_settle_price_limit *limit, bool *is_frozen)
{
    enum ocpp_status status = freeze(pricing, limit, is_frozen);

    if (status == OCPP_OK && *is_frozen) {
        status = share_frozen(pricing, false);
    }
    if (status == OCPP_OK && *is_frozen) {
        status = share_frozen(pricing, true);
    }
    for (struct tax_group *group = pricing->groups.first; group != NULL && *is_frozen; group = group->next) {
        exact_subtract(&group->cut_net, &group->limited_net, &group->cut_net);
        exact_subtract(&group->cut_gross, &group->limited_gross, &group->cut_gross);
    }
    return status;
}

/* --- both --------------------------------------------------------------------------------------------------------- */

static enum ocpp_status cap(struct pricing *pricing, const struct totals *totals, bool *has_moved)
{
    const struct ocpp_settle_price_limit *limit = pricing->snapshot->tariff.max_price;
    struct goal goal;
    enum ocpp_status status = read_limit(pricing, limit, &goal);
    const struct misses exactly = exact_misses(totals, &goal, 1);

    if (status != OCPP_OK) {
        return status;
    }
    if (pricing->snapshot->tariff.dialect == OCPP_SETTLE_TARIFF_DIALECT_OCPP21 && (exactly.net || exactly.gross)) {
        status = cap_by_freezing(pricing, limit, has_moved);
    } else {
        status = move(pricing, totals, &goal, 1, false, has_moved);
    }
    return status == OCPP_OK && *has_moved ? add_lines(pricing, OCPP_SETTLE_LINE_KIND_CAP) : status;
}

static enum ocpp_status raise(struct pricing *pricing, const struct totals *totals)
{
    struct goal goal;
    bool has_moved = false;
    enum ocpp_status status = read_limit(pricing, pricing->snapshot->tariff.min_price, &goal);

    if (status == OCPP_OK) {
        const bool replaces = pricing->snapshot->tariff.dialect == OCPP_SETTLE_TARIFF_DIALECT_OCPP21;

        status = move(pricing, totals, &goal, -1, replaces, &has_moved);
    }
    return status == OCPP_OK && has_moved ? add_lines(pricing, OCPP_SETTLE_LINE_KIND_MINIMUM) : status;
}

/* A price is raised or capped, never both; without a session nothing is raised. */
enum ocpp_status limits_apply(struct pricing *pricing)
{
    const struct ocpp_settle_tariff *tariff = &pricing->snapshot->tariff;
    struct totals totals;
    bool is_capped = false;

    if (tariff->min_price == NULL && tariff->max_price == NULL) {
        return OCPP_OK;
    }
    enum ocpp_status status = sum_up(pricing, &totals);
    if (status == OCPP_OK && tariff->max_price != NULL) {
        status = cap(pricing, &totals, &is_capped);
    }
    if (status == OCPP_OK && !is_capped && tariff->min_price != NULL && pricing->usage->events.count > 0) {
        status = raise(pricing, &totals);
    }
    return status;
}
