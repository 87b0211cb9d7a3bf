/* price_taxes.c: stacked rates. A tax of a level is taken of the net and of all taxes of the levels below (OCPP 2.1 I12.FR.13).
 */
#include "price_taxes.h"

#include <string.h>

enum { MILLION = 1000000 };

static bool is_same_tax(const struct ocpp_settle_tax *a, const struct ocpp_settle_tax *b)
{
    return strcmp(a->name, b->name) == 0 && a->rate_ppm == b->rate_ppm &&
           (a->has_level ? a->level : 0) == (b->has_level ? b->level : 0);
}

bool tax_lists_are_equal(struct tax_list a, struct tax_list b)
{
    if (a.count != b.count) {
        return false;
    }
    for (size_t i = 0; i < a.count; i++) {
        if (!is_same_tax(&a.items[i], &b.items[i])) {
            return false;
        }
    }
    return true;
}

/* Level by level: |factor| is the gross of a net of 1 after all levels below. */
static void fill_shares(struct tax_group *group)
{
    group->factor = exact_integer(1);
    for (int level = 0; level < TAX_LEVELS; level++) {
        struct exact above = group->factor;

        for (size_t i = 0; i < group->taxes.count; i++) {
            const struct ocpp_settle_tax *tax = &group->taxes.items[i];

            if ((tax->has_level ? tax->level : 0) == level) {
                const struct exact rate = exact_ratio(tax->rate_ppm, MILLION);

                exact_multiply(&group->factor, &rate, &group->shares[i]);
                exact_add(&above, &group->shares[i], &above);
            }
        }
        group->factor = above;
    }
}

static struct tax_group *make_group(struct tax_groups *groups, struct tax_list taxes, bool is_included, struct ocpp_arena *arena)
{
    struct tax_group *group = (struct tax_group *)ocpp_arena_take(arena, sizeof *group);
    struct exact *shares = (struct exact *)ocpp_arena_take(arena, (taxes.count + 1) * sizeof *shares);

    if (group == NULL || shares == NULL) {
        return NULL;
    }
    group->taxes = taxes;
    group->is_included = is_included;
    group->shares = shares;
    group->limited_net = group->limited_gross = group->cut_net = group->cut_gross = exact_integer(0);
    fill_shares(group);
    if (groups->first == NULL) {
        groups->end = &groups->first;
    }
    *groups->end = group;
    groups->end = &group->next;
    groups->count++;
    return group;
}

struct tax_group *tax_group_of(struct tax_groups *groups, struct tax_list taxes, bool is_included, struct ocpp_arena *arena)
{
    for (struct tax_group *group = groups->first; group != NULL; group = group->next) {
        if (group->is_included == is_included && tax_lists_are_equal(group->taxes, taxes)) {
            return group;
        }
    }
    return make_group(groups, taxes, is_included, arena);
}

void tax_add(const struct tax_group *group, const struct exact *net, struct exact *gross)
{
    exact_multiply(net, &group->factor, gross);
}

void tax_take(const struct tax_group *group, const struct exact *gross, struct exact *net)
{
    exact_divide(gross, &group->factor, net);
}

/* Without a rate above 0 there is nothing to be in proportion to: the first has it all. */
enum ocpp_status tax_split(const struct tax_group *group, int64_t tax_minor, int64_t taxes[MOST_TAXES])
{
    const struct exact one = exact_integer(1);

    memset(taxes, 0, MOST_TAXES * sizeof *taxes);
    if (exact_compare(&group->factor, &one) == 0) {
        taxes[0] = tax_minor;
        return OCPP_OK;
    }
    return exact_allocate(tax_minor, group->shares, group->taxes.count, taxes);
}

static enum ocpp_status round_within(const struct tax_group *group, int64_t basis_minor, enum ocpp_settle_rounding_mode mode,
                                     int64_t taxes[MOST_TAXES], int64_t *net_minor, int64_t *gross_minor)
{
    struct exact net = exact_integer(basis_minor);
    int64_t rounded;

    tax_take(group, &net, &net);
    enum ocpp_status status = exact_round(&net, mode, &rounded);
    if (status == OCPP_OK) {
        status = tax_split(group, basis_minor - rounded, taxes);
    }
    if (status == OCPP_OK) {
        *net_minor = rounded;
        *gross_minor = basis_minor;
    }
    return status;
}

enum ocpp_status tax_round(const struct tax_group *group, int64_t basis_minor, enum ocpp_settle_rounding_mode mode,
                           int64_t taxes[MOST_TAXES], int64_t *net_minor, int64_t *gross_minor)
{
    enum ocpp_status status = OCPP_OK;
    int64_t gross = basis_minor;

    if (group->is_included) {
        return round_within(group, basis_minor, mode, taxes, net_minor, gross_minor);
    }
    for (size_t i = 0; i < group->taxes.count && status == OCPP_OK; i++) {
        struct exact tax;

        exact_scale(&group->shares[i], basis_minor, &tax);
        status = exact_round(&tax, mode, &taxes[i]);
        if (status == OCPP_OK) {
            status = ocpp_settle_amount_add(gross, taxes[i], &gross);
        }
    }
    if (status == OCPP_OK) {
        *net_minor = basis_minor;
        *gross_minor = gross;
    }
    return status;
}
