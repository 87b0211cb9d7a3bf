/* price_lines.c: what was used at one price becomes one line, so that it is rounded once. */
#include "price_lines.h"

#include <string.h>

enum { MWH_PER_WH = 1000, MWH_PER_KWH = 1000000, MICRO = 1000000 };

struct price_line *line_add(struct pricing *pricing, enum ocpp_settle_line_kind kind)
{
    struct price_line *line = (struct price_line *)ocpp_arena_take(pricing->arena, sizeof *line);

    if (line == NULL) {
        return NULL;
    }
    line->bill.kind = kind;
    line->bill.unit = OCPP_SETTLE_PRICE_UNIT_ONCE;
    line->bill.measured = line->bill.billed = 1;
    if (pricing->first == NULL) {
        pricing->end = &pricing->first;
    }
    *pricing->end = line;
    pricing->end = &line->next;
    pricing->count++;
    return line;
}

/* --- quantities --------------------------------------------------------------------------------------------------- */

static struct price_line *line_of(struct pricing *pricing, const struct part *part)
{
    for (struct price_line *line = pricing->first; line != NULL; line = line->next) {
        if (line->component == part->component && line->bill.kind == part->kind) {
            return line;
        }
    }
    struct price_line *line = line_add(pricing, part->kind);
    if (line == NULL) {
        return NULL;
    }
    line->component = part->component;
    line->bill.measured = 0;
    line->bill.unit = OCPP_SETTLE_PRICE_UNIT_KWH;
    if (part->component != NULL) {
        line->bill.has_element = true;
        line->bill.element = (int64_t)part->element;
        line->bill.unit = part->component->unit;
        line->bill.price_micro = part->component->price_micro;
    }
    return line;
}

static void note_last(struct pricing *pricing, struct price_line *line)
{
    if (line->component == NULL || line->component->dimension == OCPP_SETTLE_DIMENSION_FLAT) {
        return;
    }
    if (line->bill.kind == OCPP_SETTLE_LINE_KIND_ENERGY) {
        pricing->last_energy = line;
    } else if (line->bill.kind == OCPP_SETTLE_LINE_KIND_RESERVATION) {
        pricing->last_reservation = line;
    } else {
        pricing->last_time = line;
    }
}

static enum ocpp_status measure_piece(const struct piece *piece, void *user)
{
    struct pricing *pricing = (struct pricing *)user;

    for (size_t i = 0; i < piece->count; i++) {
        struct price_line *line = line_of(pricing, &piece->parts[i]);

        if (line == NULL) {
            return OCPP_ERR_NOMEM;
        }
        if (!line->bill.has_from) {
            line->bill.has_from = line->bill.has_to = true;
            line->bill.from = piece->from_s * 1000;
        }
        line->bill.to = piece->to_s * 1000;
        line->bill.measured += piece->parts[i].quantity;
        line->bill.billed = line->bill.measured;
        note_last(pricing, line);
    }
    return OCPP_OK;
}

/* The total of what was billed like |last| becomes a multiple of its step; the last line bears it (OCPI 2.2.1 CDR, step_size). */
static void apply_step(struct pricing *pricing, struct price_line *last, int64_t step_size)
{
    int64_t total = 0;

    if (last == NULL || !last->component->has_step) {
        return;
    }
    const int64_t step = last->component->step * step_size;
    for (struct price_line *line = pricing->first; line != NULL; line = line->next) {
        const bool is_alike = line->component != NULL && line->component->dimension == last->component->dimension;

        total += line->bill.kind == last->bill.kind && is_alike ? line->bill.measured : 0;
    }
    last->bill.billed += total % step == 0 ? 0 : step - total % step;
}

enum ocpp_status lines_measure(struct pricing *pricing)
{
    const struct walk through = { pricing->snapshot, pricing->usage, &pricing->facts, pricing->mode, measure_piece, pricing };
    const enum ocpp_status status = walk(&through);

    if (status == OCPP_OK) {
        apply_step(pricing, pricing->last_energy, MWH_PER_WH);
        apply_step(pricing, pricing->last_time, 1);
        apply_step(pricing, pricing->last_reservation, 1);
    }
    return status;
}

/* --- amounts ------------------------------------------------------------------------------------------------------ */

static int64_t unit_size(enum ocpp_settle_price_unit unit)
{
    return unit == OCPP_SETTLE_PRICE_UNIT_KWH      ? MWH_PER_KWH
           : unit == OCPP_SETTLE_PRICE_UNIT_HOUR   ? 3600
           : unit == OCPP_SETTLE_PRICE_UNIT_MINUTE ? 60
                                                   : 1;
}

struct exact amount_of(const struct ocpp_settle_price_component *component, int64_t quantity)
{
    struct exact amount = exact_integer(0);

    if (component != NULL) {
        amount = exact_ratio(component->price_micro, unit_size(component->unit) * MICRO);
        exact_scale(&amount, quantity, &amount);
    }
    return amount;
}

struct tax_list taxes_of(const struct ocpp_settle_price_component *component)
{
    if (component == NULL) {
        return (struct tax_list){ NULL, 0 };
    }
    return (struct tax_list){ component->taxes.items, component->taxes.count };
}

struct exact minor_of(const struct pricing *pricing, const struct exact *major)
{
    struct exact minor = *major;

    for (int64_t i = 0; i < pricing->snapshot->exponent; i++) {
        exact_scale(&minor, 10, &minor);
    }
    return minor;
}

enum ocpp_status exact_copy(struct ocpp_arena *arena, const struct exact *value, const char **text)
{
    char written[EXACT_TEXT_SIZE];

    exact_text(value, written);
    *text = NULL;
    if (written[0] == '\0') {
        return OCPP_OK;
    }
    *text = ocpp_arena_text(arena, written, strlen(written));
    return *text != NULL ? OCPP_OK : OCPP_ERR_NOMEM;
}

enum ocpp_status line_explain(struct pricing *pricing, struct price_line *line, const struct exact *net,
                              const struct exact *gross)
{
    exact_add(&pricing->net, net, &pricing->net);
    exact_add(&pricing->gross, gross, &pricing->gross);
    const enum ocpp_status status = exact_copy(pricing->arena, net, &line->bill.exact_net);
    return status == OCPP_OK ? exact_copy(pricing->arena, gross, &line->bill.exact_gross) : status;
}

static enum ocpp_status add_to(int64_t *sum, int64_t amount)
{
    return ocpp_settle_amount_add(*sum, amount, sum);
}

static enum ocpp_status fill_taxes(struct pricing *pricing, struct price_line *line, const struct tax_group *group,
                                   const int64_t taxes[MOST_TAXES])
{
    const size_t count = group->taxes.count;

    if (count == 0) {
        return OCPP_OK;
    }
    struct ocpp_settle_line_tax *items = (struct ocpp_settle_line_tax *)ocpp_arena_take(pricing->arena, count * sizeof *items);
    if (items == NULL) {
        return OCPP_ERR_NOMEM;
    }
    for (size_t i = 0; i < count; i++) {
        const struct ocpp_settle_tax *tax = &group->taxes.items[i];

        items[i] = (struct ocpp_settle_line_tax){ tax->name, tax->rate_ppm, tax->has_level, tax->level, taxes[i] };
    }
    line->bill.taxes.items = items;
    line->bill.taxes.count = count;
    return OCPP_OK;
}

enum ocpp_status line_fill(struct pricing *pricing, struct price_line *line, const struct tax_group *group, int64_t net_minor,
                           int64_t gross_minor, const int64_t taxes[MOST_TAXES])
{
    line->bill.net_minor = net_minor;
    line->bill.gross_minor = gross_minor;
    line->bill.tax_minor = gross_minor - net_minor;
    enum ocpp_status status = add_to(&pricing->net_minor, net_minor);
    if (status == OCPP_OK) {
        status = add_to(&pricing->gross_minor, gross_minor);
    }
    if (status == OCPP_OK) {
        status = add_to(&pricing->tax_minor, gross_minor - net_minor);
    }
    return status == OCPP_OK ? fill_taxes(pricing, line, group, taxes) : status;
}

/* What minimum and maximum look at. */
static enum ocpp_status note_limited(struct tax_group *group, const struct exact *net, const struct exact *gross,
                                     int64_t net_minor, int64_t gross_minor)
{
    exact_add(&group->limited_net, net, &group->limited_net);
    exact_add(&group->limited_gross, gross, &group->limited_gross);
    const enum ocpp_status status = add_to(&group->limited_net_minor, net_minor);
    return status == OCPP_OK ? add_to(&group->limited_gross_minor, gross_minor) : status;
}

enum ocpp_status line_price(struct pricing *pricing, struct price_line *line, struct tax_group *group, const struct exact *basis,
                            int64_t basis_minor, bool is_limited)
{
    int64_t taxes[MOST_TAXES] = { 0 };
    int64_t net_minor = basis_minor;
    int64_t gross_minor = basis_minor;
    struct exact net = *basis;
    struct exact gross = *basis;
    enum ocpp_status status = add_to(&group->basis_minor, basis_minor);

    group->has_lines = true;
    if (group->is_included) {
        tax_take(group, basis, &net);
    } else {
        tax_add(group, basis, &gross);
    }
    if (status == OCPP_OK && pricing->snapshot->tax_rounding == OCPP_SETTLE_TAX_ROUNDING_PER_LINE) {
        status = tax_round(group, basis_minor, pricing->snapshot->rounding, taxes, &net_minor, &gross_minor);
    }
    if (status == OCPP_OK && is_limited) {
        status = note_limited(group, &net, &gross, net_minor, gross_minor);
    }
    if (status == OCPP_OK) {
        status = line_fill(pricing, line, group, net_minor, gross_minor, taxes);
    }
    return status == OCPP_OK ? line_explain(pricing, line, &net, &gross) : status;
}
