/* price_taxes.h: taxes. Lines with the same taxes are a group. */
#ifndef OCPP_SETTLEMENT_PRICE_TAXES_H
#define OCPP_SETTLEMENT_PRICE_TAXES_H

#include "exact.h"

enum { MOST_TAXES = 8, TAX_LEVELS = 5 };

/* tax_list: |items| of the model. */
struct tax_list {
    const struct ocpp_settle_tax *items;
    size_t count;
};

/* tax_group: |shares| is what each tax takes of a net of 1, |factor| the gross of it. The basis of a line is its gross where the
 * prices include taxes, else its net. Of the lines that a minimum or a maximum price is about there are sums, exact and rounded.
 */
struct tax_group {
    struct tax_group *next;
    struct tax_list taxes;
    bool is_included;
    struct exact factor;
    struct exact *shares;
    bool has_lines;
    int64_t basis_minor; /* of all lines but MINIMUM and CAP */
    struct exact limited_net, limited_gross;
    int64_t limited_net_minor, limited_gross_minor;
    /* what MINIMUM or CAP adds; the exact ones serve as room while a price is frozen, too */
    struct exact cut_net, cut_gross;
    int64_t cut_net_minor, cut_gross_minor;
};

/* tax_groups: in the order in which they were first needed. */
struct tax_groups {
    struct tax_group *first;
    struct tax_group **end;
    size_t count;
};

/* tax_group_of: the group of |taxes|, made in |arena| if it is new; NULL: no memory. */
struct tax_group *tax_group_of(struct tax_groups *groups, struct tax_list taxes, bool is_included, struct ocpp_arena *arena);

bool tax_lists_are_equal(struct tax_list a, struct tax_list b);

/* tax_round: the taxes of |basis_minor|, rounded, one by one into |taxes|, and |net_minor| and |gross_minor|. Errors:
 * OCPP_ERR_RANGE. */
enum ocpp_status tax_round(const struct tax_group *group, int64_t basis_minor, enum ocpp_settle_rounding_mode mode,
                           int64_t taxes[MOST_TAXES], int64_t *net_minor, int64_t *gross_minor);

/* tax_split: |tax_minor| over the taxes of |group| in proportion to what each takes. Errors: OCPP_ERR_RANGE. */
enum ocpp_status tax_split(const struct tax_group *group, int64_t tax_minor, int64_t taxes[MOST_TAXES]);

/* tax_add, tax_take: the gross of a net, and the net of a gross. */
void tax_add(const struct tax_group *group, const struct exact *net, struct exact *gross);
void tax_take(const struct tax_group *group, const struct exact *gross, struct exact *net);

#endif
