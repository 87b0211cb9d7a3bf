/* price_lines.h: a bill while it is made. */
#ifndef OCPP_SETTLEMENT_PRICE_LINES_H
#define OCPP_SETTLEMENT_PRICE_LINES_H

#include "price_taxes.h"
#include "price_walk.h"

/* price_line: |bill| is what is shown in the end. */
struct price_line {
    struct price_line *next;
    struct ocpp_settle_bill_line bill;
    const struct ocpp_settle_price_component *component;
};

/* pricing: everything on the way from usage to bill. */
struct pricing {
    const struct ocpp_settle_snapshot *snapshot;
    const struct ocpp_settle_usage *usage;
    enum ocpp_settle_compute_mode mode;
    int64_t at_s;
    struct ocpp_arena *arena;
    struct facts facts;
    struct tax_groups groups;
    struct price_line *first;
    struct price_line **end;
    size_t count;
    struct price_line *last_energy, *last_time, *last_reservation; /* whose steps count: priced and not nothing */
    int64_t net_minor, tax_minor, gross_minor;
    struct exact net, gross;
};

/* line_add: a new line of |kind|, empty; NULL: no memory. */
struct price_line *line_add(struct pricing *pricing, enum ocpp_settle_line_kind kind);

/* lines_measure: a line for each price that was used, with what was measured and, steps included, what is billed.
 * Errors: OCPP_ERR_NOMEM, OCPP_ERR_RANGE. */
enum ocpp_status lines_measure(struct pricing *pricing);

/* amount_of: |quantity| at the price of |component| (NULL: nothing), in major units. */
struct exact amount_of(const struct ocpp_settle_price_component *component, int64_t quantity);

/* taxes_of: those of |component|; none of NULL. */
struct tax_list taxes_of(const struct ocpp_settle_price_component *component);

/* minor_of: |major| in minor units, not rounded. */
struct exact minor_of(const struct pricing *pricing, const struct exact *major);

/* line_price: gives |line| its amounts: |basis| major units, |basis_minor| rounded. A |is_limited| one counts for minimum and
 * maximum. Errors: OCPP_ERR_NOMEM, OCPP_ERR_RANGE. */
enum ocpp_status line_price(struct pricing *pricing, struct price_line *line, struct tax_group *group, const struct exact *basis,
                            int64_t basis_minor, bool is_limited);

/* line_fill: gives |line| amounts and taxes as they are, and adds them to the totals. Errors: OCPP_ERR_NOMEM, OCPP_ERR_RANGE. */
enum ocpp_status line_fill(struct pricing *pricing, struct price_line *line, const struct tax_group *group, int64_t net_minor,
                           int64_t gross_minor, const int64_t taxes[MOST_TAXES]);

/* line_explain: adds the exact amounts. Errors: OCPP_ERR_NOMEM. */
enum ocpp_status line_explain(struct pricing *pricing, struct price_line *line, const struct exact *net,
                              const struct exact *gross);

/* exact_copy: |value| as text in the arena, NULL where it takes too much room. Errors: OCPP_ERR_NOMEM. */
enum ocpp_status exact_copy(struct ocpp_arena *arena, const struct exact *value, const char **text);

#endif
