/* price_freeze.c: costs in the order of time, until a maximum is reached. */
#include "price_limits.h"

enum { MICRO = 1000000 };

struct freezing {
    struct pricing *pricing;
    const struct ocpp_settle_price_limit *limit;
    struct exact most_net, most_gross;
    struct exact net, gross;
    bool is_frozen;
};

/* cost: of a piece, or of what is in it so far. */
struct cost {
    struct exact net, gross;
};

static struct tax_group *group_of(const struct freezing *freezing, const struct part *part)
{
    const bool is_included =
        freezing->pricing->snapshot->tariff.has_tax_included && freezing->pricing->snapshot->tariff.tax_included;

    return tax_group_of(&freezing->pricing->groups, taxes_of(part->component), is_included, freezing->pricing->arena);
}

static void cost_of(const struct tax_group *group, const struct part *part, int64_t quantity, struct cost *cost)
{
    cost->net = cost->gross = amount_of(part->component, quantity);
    if (group->is_included) {
        tax_take(group, &cost->gross, &cost->net);
    } else {
        tax_add(group, &cost->net, &cost->gross);
    }
}

/* All that |piece| costs from |from_s| until |to_s|. */
static void cost_between(const struct freezing *freezing, const struct piece *piece, int64_t from_s, int64_t to_s,
                         struct cost *sum)
{
    sum->net = sum->gross = exact_integer(0);
    for (size_t i = 0; i < piece->count; i++) {
        const struct part *part = &piece->parts[i];
        const int64_t before = from_s == piece->from_s ? 0 : part_until(piece, part, from_s);
        struct cost cost;

        cost_of(group_of(freezing, part), part, part_until(piece, part, to_s) - before, &cost);
        exact_add(&sum->net, &cost.net, &sum->net);
        exact_add(&sum->gross, &cost.gross, &sum->gross);
    }
}

static bool reaches(const struct exact *so_far, const struct exact *more, bool has_limit, const struct exact *limit)
{
    struct exact sum;

    exact_add(so_far, more, &sum);
    return has_limit && exact_compare(&sum, limit) >= 0;
}

static bool cost_reaches(const struct freezing *freezing, const struct cost *cost)
{
    return reaches(&freezing->net, &cost->net, freezing->limit->has_net_micro, &freezing->most_net) ||
           reaches(&freezing->gross, &cost->gross, freezing->limit->has_gross_micro, &freezing->most_gross);
}

/* Counts |share| of what |piece| costs from |from_s| until |to_s|. */
static void count(struct freezing *freezing, const struct piece *piece, int64_t from_s, int64_t to_s, const struct exact *share)
{
    for (size_t i = 0; i < piece->count; i++) {
        const struct part *part = &piece->parts[i];
        const int64_t before = from_s == piece->from_s ? 0 : part_until(piece, part, from_s);
        struct tax_group *group = group_of(freezing, part);
        struct cost cost;

        cost_of(group, part, part_until(piece, part, to_s) - before, &cost);
        exact_multiply(&cost.net, share, &cost.net);
        exact_multiply(&cost.gross, share, &cost.gross);
        exact_add(&group->cut_net, &cost.net, &group->cut_net);
        exact_add(&group->cut_gross, &cost.gross, &group->cut_gross);
        exact_add(&freezing->net, &cost.net, &freezing->net);
        exact_add(&freezing->gross, &cost.gross, &freezing->gross);
    }
}

/* Makes |*share| smaller, if |more| leads beyond |limit|. */
static void share_until(const struct exact *so_far, const struct exact *more, bool has_limit, const struct exact *limit,
                        struct exact *share)
{
    struct exact room;

    if (!has_limit || exact_is_zero(more)) {
        return;
    }
    exact_subtract(limit, so_far, &room);
    exact_divide(&room, more, &room);
    if (exact_compare(&room, share) < 0) {
        *share = room;
    }
}

/* The first second of |piece| at whose end a limit is reached; costs only rise. */
static int64_t second_reached(const struct freezing *freezing, const struct piece *piece)
{
    int64_t before_s = piece->from_s;
    int64_t reached_s = piece->to_s;

    while (reached_s - before_s > 1) {
        const int64_t middle_s = before_s + (reached_s - before_s) / 2;
        struct cost cost;

        cost_between(freezing, piece, piece->from_s, middle_s, &cost);
        if (cost_reaches(freezing, &cost)) {
            reached_s = middle_s;
        } else {
            before_s = middle_s;
        }
    }
    return reached_s;
}

static enum ocpp_status look(const struct piece *piece, void *user)
{
    struct freezing *freezing = (struct freezing *)user;
    const struct exact whole = exact_integer(1);
    struct exact share = whole;
    struct cost cost;

    for (size_t i = 0; i < piece->count; i++) {
        if (group_of(freezing, &piece->parts[i]) == NULL) {
            return OCPP_ERR_NOMEM;
        }
    }
    cost_between(freezing, piece, piece->from_s, piece->to_s, &cost);
    if (!cost_reaches(freezing, &cost)) {
        count(freezing, piece, piece->from_s, piece->to_s, &whole);
        return OCPP_OK;
    }
    const int64_t reached_s = second_reached(freezing, piece);
    const int64_t begun_s = reached_s > piece->from_s ? reached_s - 1 : reached_s;
    if (begun_s > piece->from_s) {
        count(freezing, piece, piece->from_s, begun_s, &whole);
    }
    cost_between(freezing, piece, begun_s, reached_s, &cost);
    share_until(&freezing->net, &cost.net, freezing->limit->has_net_micro, &freezing->most_net, &share);
    share_until(&freezing->gross, &cost.gross, freezing->limit->has_gross_micro, &freezing->most_gross, &share);
    count(freezing, piece, begun_s, reached_s, &share);
    freezing->is_frozen = true;
    return OCPP_ERR_STATE;
}

/* What steps added to |line|, at the end of everything. */
static enum ocpp_status look_at_step(struct freezing *freezing, const struct price_line *line)
{
    struct piece piece = { .from_s = freezing->pricing->at_s, .to_s = freezing->pricing->at_s, .count = 1 };

    piece.parts[0] = (struct part){ line->bill.kind, line->component, 0, line->bill.billed - line->bill.measured };
    return line->bill.billed > line->bill.measured ? look(&piece, freezing) : OCPP_OK;
}

enum ocpp_status freeze(struct pricing *pricing, const struct ocpp_settle_price_limit *limit, bool *is_frozen)
{
    struct freezing freezing = { .pricing = pricing, .limit = limit, .is_frozen = false };
    const struct walk again = { pricing->snapshot, pricing->usage, &pricing->facts, pricing->mode, look, &freezing };

    freezing.most_net = exact_ratio(limit->net_micro, MICRO);
    freezing.most_gross = exact_ratio(limit->gross_micro, MICRO);
    freezing.net = freezing.gross = exact_integer(0);
    for (struct tax_group *group = pricing->groups.first; group != NULL; group = group->next) {
        group->cut_net = group->cut_gross = exact_integer(0);
    }
    enum ocpp_status status = walk(&again);
    for (const struct price_line *line = pricing->first; line != NULL && status == OCPP_OK; line = line->next) {
        status = look_at_step(&freezing, line);
    }
    *is_frozen = freezing.is_frozen;
    return freezing.is_frozen ? OCPP_OK : status;
}
