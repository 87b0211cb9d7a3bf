/* A tariff of ours becomes one of OCPP 2.1: the prices of each dimension in a list of their own, in the order of the elements. */
#include "exchange_parts_v21.h"

#include <ocpp/settlement/money.h>

#include <string.h>

enum { RATES_MOST = 5, RATE_NAME_MOST = 20, MINUTES_PER_HOUR = 60, HALF_HOUR = MINUTES_PER_HOUR / 2 };

/* A list while it is filled: room for every price of the tariff, of the kind it is of. */
struct list_builder {
    const struct exchange_v21_list *kind;
    struct ocpp21_tariff_energy_price *energy;
    struct ocpp21_tariff_time_price *time;
    struct ocpp21_tariff_fixed_price *fixed;
    size_t count;
    bool is_closed;                                  /* a price holds always: none behind it ever does */
    const struct ocpp_settle_price_component *first; /* its taxes are those of the list */
    struct ocpp21_tax_rate *rates;
    size_t rate_count;
};

struct builder {
    struct exchange exchange;
    const struct ocpp_settle_tariff *tariff;
    struct list_builder lists[EXCHANGE_V21_LISTS];
};

/* --- taxes --------------------------------------------------------------------------------------------------------------- */

/* The first |size| characters of |name|. */
static const char *cut(struct exchange *exchange, const char *name, size_t size)
{
    size_t bytes = 0;

    for (size_t count = 0; name[bytes]; bytes++) {
        count += ((unsigned char)name[bytes] & 0xC0) != 0x80;
        if (count > size) {
            break;
        }
    }
    const char *text = ocpp_arena_text(exchange->arena, name, bytes);

    exchange->out_of_memory = exchange->out_of_memory || !text;
    return text;
}

static void say_rate(struct exchange *exchange, const struct exchange_place *place, const struct ocpp_settle_tax *own,
                     struct ocpp21_tax_rate *theirs)
{
    const struct exchange_place name = { place, "name", 0 };

    theirs->type = own->name;
    if (exchange_characters(own->name) > RATE_NAME_MOST) {
        exchange_note(exchange, &name, "cut to 20 characters");
        theirs->type = cut(exchange, own->name, RATE_NAME_MOST);
    }
    theirs->tax = exchange_decimal(own->rate_ppm, 4);
    theirs->has_stack = own->has_level && own->level > 0;
    theirs->stack = own->level;
}

/* The taxes of the first price are those of its dimension. */
static void say_rates(struct exchange *exchange, const struct exchange_place *place,
                      const struct ocpp_settle_price_component *component, struct list_builder *list)
{
    const struct exchange_place taxes = { place, "taxes", 0 };
    const size_t count = component->taxes.count;

    list->first = component;
    if (count == 0) {
        return;
    }
    list->rates = exchange_take(exchange, RATES_MOST, sizeof *list->rates);
    exchange->out_of_memory = exchange->out_of_memory || !list->rates;
    for (size_t i = 0; list->rates && i < count; i++) {
        const struct exchange_place here = { &taxes, NULL, i };

        if (i >= RATES_MOST) {
            exchange_loss(exchange, &here, "a dimension has five taxes at most; left out");
            continue;
        }
        say_rate(exchange, &here, &component->taxes.items[i], &list->rates[list->rate_count++]);
    }
}

/* --- prices --------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status say_amount(struct exchange *exchange, const struct exchange_place *place,
                                   const struct ocpp_settle_price_component *own, enum ocpp_settle_price_unit unit,
                                   struct ocpp_decimal *price)
{
    const struct exchange_place here = { place, "unit", 0 };
    const bool per_hour = own->unit == OCPP_SETTLE_PRICE_UNIT_HOUR && unit == OCPP_SETTLE_PRICE_UNIT_MINUTE;

    if (own->unit != unit && !per_hour) {
        return exchange_fail(exchange, &here, OCPP_ERR_VALUE);
    }
    if (own->price_micro > OCPP_SETTLE_MOST_MINOR) {
        return exchange_fail(exchange, &here, OCPP_ERR_RANGE);
    }
    if (!per_hour) {
        *price = exchange_decimal(own->price_micro, 6);
        return OCPP_OK;
    }
    if (own->price_micro % MINUTES_PER_HOUR == 0) {
        exchange_note(exchange, &here, "told per minute");
    }
    if (own->price_micro % MINUTES_PER_HOUR != 0) {
        exchange_loss(exchange, &here, "the price per minute has more digits than a millionth; rounded");
    }
    *price = exchange_decimal((own->price_micro + HALF_HOUR) / MINUTES_PER_HOUR, 6);
    return OCPP_OK;
}

static void tell_step(struct exchange *exchange, const struct exchange_place *place,
                      const struct ocpp_settle_price_component *own)
{
    const struct exchange_place here = { place, "step", 0 };

    if (own->has_step && own->dimension == OCPP_SETTLE_DIMENSION_FLAT) {
        exchange_note(exchange, &here, "a flat price has no steps");
        return;
    }
    if (own->has_step && (own->step > 1 || own->dimension == OCPP_SETTLE_DIMENSION_ENERGY)) {
        exchange_loss(exchange, &here, "steps cannot be told; there it is billed as measured");
    }
}

static void add_price(struct exchange *exchange, struct list_builder *list, struct ocpp_decimal price,
                      const struct ocpp_settle_restrictions *own, const struct ocpp21_tariff_conditions *conditions)
{
    const size_t at = list->count++;

    if (list->kind->kind == EXCHANGE_V21_ENERGY) {
        list->energy[at] = (struct ocpp21_tariff_energy_price){ .price_kwh = price, .conditions = conditions };
    }
    if (list->kind->kind == EXCHANGE_V21_TIME) {
        list->time[at] = (struct ocpp21_tariff_time_price){ .price_minute = price, .conditions = conditions };
    }
    if (list->kind->kind == EXCHANGE_V21_FIXED) {
        list->fixed[at] = (struct ocpp21_tariff_fixed_price){
            .price_fixed = price,
            .conditions = conditions ? exchange_v21_fixed(exchange, own, conditions) : NULL,
        };
    }
}

/* The list a component belongs to; NULL, and told, where there is none. */
static struct list_builder *find_list(struct builder *builder, const struct exchange_place *place,
                                      const struct ocpp_settle_price_component *component, bool is_reservation)
{
    for (size_t i = 0; i < EXCHANGE_V21_LISTS; i++) {
        struct list_builder *list = &builder->lists[i];

        if (list->kind->dimension == component->dimension && list->kind->is_reservation == is_reservation) {
            return list;
        }
    }
    exchange_loss(&builder->exchange, place, "a reservation has prices of time and fixed ones only; left out");
    return NULL;
}

static enum ocpp_status say_component(struct builder *builder, const struct exchange_place *element,
                                      const struct exchange_place *place, const struct ocpp_settle_restrictions *restrictions,
                                      const struct ocpp_settle_price_component *own)
{
    struct exchange *exchange = &builder->exchange;
    const struct exchange_place taxes = { place, "taxes", 0 };
    const bool is_reservation = restrictions && restrictions->reservation != OCPP_SETTLE_RESERVATION_KIND_UNSET;
    struct list_builder *list = find_list(builder, place, own, is_reservation);
    struct ocpp21_tariff_conditions *conditions = NULL;
    struct ocpp_decimal price;

    if (!list) {
        return OCPP_OK;
    }
    if (list->is_closed) {
        exchange_note(exchange, place, "never holds; left out");
        return OCPP_OK;
    }
    if (exchange_v21_is_conditional(restrictions)) {
        conditions = exchange_take(exchange, 1, sizeof *conditions);
        if (!conditions) {
            return exchange_fail(exchange, place, OCPP_ERR_NOMEM);
        }
        if (!exchange_v21_conditions(exchange, element, restrictions, list->kind->kind == EXCHANGE_V21_FIXED, conditions)) {
            return OCPP_OK;
        }
    }
    const enum ocpp_status status = say_amount(exchange, place, own, list->kind->unit, &price);

    if (status != OCPP_OK) {
        return status;
    }
    tell_step(exchange, place, own);
    if (is_reservation && own->price_micro > 0 && !exchange_v21_is_free_expired(builder->tariff, own->dimension)) {
        exchange_loss(exchange, place, "a reservation that expires costs nothing there");
    }
    if (!list->first) {
        say_rates(exchange, place, own, list);
    }
    if (!exchange_same_taxes(list->first, own)) {
        exchange_loss(exchange, &taxes, "a dimension has the same taxes everywhere; those of its first price count");
    }
    add_price(exchange, list, price, restrictions, conditions);
    list->is_closed = conditions == NULL;
    return OCPP_OK;
}

static enum ocpp_status say_element(struct builder *builder, const struct exchange_place *place,
                                    const struct ocpp_settle_tariff_element *element)
{
    const struct exchange_place list = { place, "components", 0 };
    const struct exchange_place restrictions = { place, "restrictions", 0 };
    const struct exchange_place reservation = { &restrictions, "reservation", 0 };

    if (exchange_v21_frees_expired(element)) {
        return OCPP_OK;
    }
    if (element->restrictions && element->restrictions->reservation == OCPP_SETTLE_RESERVATION_KIND_EXPIRED) {
        exchange_loss(&builder->exchange, &reservation, "only reservations that were used cost something there; left out");
        return OCPP_OK;
    }
    for (size_t i = 0; i < element->components.count; i++) {
        const struct exchange_place here = { &list, NULL, i };
        const enum ocpp_status status =
            say_component(builder, place, &here, element->restrictions, &element->components.items[i]);

        if (status != OCPP_OK) {
            return status;
        }
    }
    return OCPP_OK;
}

/* --- the whole ------------------------------------------------------------------------------------------------------------- */

static enum ocpp_status start_lists(struct builder *builder)
{
    size_t most = 0;

    for (size_t i = 0; i < builder->tariff->elements.count; i++) {
        most += builder->tariff->elements.items[i].components.count;
    }
    for (size_t i = 0; i < EXCHANGE_V21_LISTS; i++) {
        struct list_builder *list = &builder->lists[i];

        list->kind = &exchange_v21_lists[i];
        if (list->kind->kind == EXCHANGE_V21_ENERGY) {
            list->energy = exchange_take(&builder->exchange, most, sizeof *list->energy);
        }
        if (list->kind->kind == EXCHANGE_V21_TIME) {
            list->time = exchange_take(&builder->exchange, most, sizeof *list->time);
        }
        if (list->kind->kind == EXCHANGE_V21_FIXED) {
            list->fixed = exchange_take(&builder->exchange, most, sizeof *list->fixed);
        }
        if (!list->energy && !list->time && !list->fixed) {
            return exchange_fail(&builder->exchange, NULL, OCPP_ERR_NOMEM);
        }
    }
    return OCPP_OK;
}

static const struct ocpp21_tariff_energy *energy_of(struct exchange *exchange, const struct list_builder *list)
{
    struct ocpp21_tariff_energy *energy = list->count > 0 ? exchange_take(exchange, 1, sizeof *energy) : NULL;

    exchange->out_of_memory = exchange->out_of_memory || (list->count > 0 && !energy);
    if (energy) {
        energy->prices.items = list->energy;
        energy->prices.count = list->count;
        energy->tax_rates.items = list->rates;
        energy->tax_rates.count = list->rate_count;
    }
    return energy;
}

static const struct ocpp21_tariff_time *time_of(struct exchange *exchange, const struct list_builder *list)
{
    struct ocpp21_tariff_time *time = list->count > 0 ? exchange_take(exchange, 1, sizeof *time) : NULL;

    exchange->out_of_memory = exchange->out_of_memory || (list->count > 0 && !time);
    if (time) {
        time->prices.items = list->time;
        time->prices.count = list->count;
        time->tax_rates.items = list->rates;
        time->tax_rates.count = list->rate_count;
    }
    return time;
}

static const struct ocpp21_tariff_fixed *fixed_of(struct exchange *exchange, const struct list_builder *list)
{
    struct ocpp21_tariff_fixed *fixed = list->count > 0 ? exchange_take(exchange, 1, sizeof *fixed) : NULL;

    exchange->out_of_memory = exchange->out_of_memory || (list->count > 0 && !fixed);
    if (fixed) {
        fixed->prices.items = list->fixed;
        fixed->prices.count = list->count;
        fixed->tax_rates.items = list->rates;
        fixed->tax_rates.count = list->rate_count;
    }
    return fixed;
}

static const struct ocpp21_price *say_limit(struct exchange *exchange, const struct ocpp_settle_price_limit *own)
{
    if (!own || (!own->has_net_micro && !own->has_gross_micro)) {
        return NULL;
    }
    struct ocpp21_price *limit = exchange_take(exchange, 1, sizeof *limit);

    exchange->out_of_memory = exchange->out_of_memory || !limit;
    if (limit) {
        limit->has_excl_tax = own->has_net_micro;
        limit->excl_tax = exchange_decimal(own->net_micro, 6);
        limit->has_incl_tax = own->has_gross_micro;
        limit->incl_tax = exchange_decimal(own->gross_micro, 6);
    }
    return limit;
}

static void say_text(struct exchange *exchange, const char *own, struct ocpp21_tariff *made)
{
    struct ocpp21_message_content *text = own ? exchange_take(exchange, 1, sizeof *text) : NULL;

    exchange->out_of_memory = exchange->out_of_memory || (own && !text);
    if (text) {
        text->format = OCPP21_MESSAGE_FORMAT_UTF8;
        text->content = own;
        made->description.items = text;
        made->description.count = 1;
    }
}

static void say_head(struct exchange *exchange, const struct ocpp_settle_tariff *tariff, struct ocpp21_tariff *made)
{
    const struct exchange_place bank = { NULL, "bank", 0 };
    const struct exchange_place valid_to = { NULL, "validTo", 0 };

    *made = (struct ocpp21_tariff){
        .tariff_id = tariff->id,
        .currency = tariff->currency,
        .has_valid_from = tariff->has_valid_from,
        .valid_from = tariff->valid_from,
        .min_cost = say_limit(exchange, tariff->min_price),
        .max_cost = say_limit(exchange, tariff->max_price),
    };
    exchange_limits_told(exchange, tariff, OCPP_SETTLE_TARIFF_DIALECT_OCPP21);
    say_text(exchange, tariff->text, made);
    if (tariff->has_valid_to) {
        exchange_loss(exchange, &valid_to, "until when a tariff holds cannot be told");
    }
    if (tariff->bank) {
        exchange_loss(exchange, &bank, "prices of power banks cannot be told");
    }
}

static void take_lists(struct builder *builder, struct ocpp21_tariff *made)
{
    struct exchange *exchange = &builder->exchange;

    made->energy = energy_of(exchange, &builder->lists[0]);
    made->charging_time = time_of(exchange, &builder->lists[1]);
    made->idle_time = time_of(exchange, &builder->lists[2]);
    made->fixed_fee = fixed_of(exchange, &builder->lists[3]);
    made->reservation_time = time_of(exchange, &builder->lists[4]);
    made->reservation_fixed = fixed_of(exchange, &builder->lists[5]);
}

/* The first price of a session, by ours and by theirs: its taxes are those of a minimum that stands alone. */
static void tell_minimum(struct builder *builder)
{
    const struct exchange_place place = { NULL, "minPrice", 0 };
    const struct ocpp_settle_price_component *own = NULL;
    const struct ocpp_settle_price_component *theirs = NULL;

    for (size_t i = 0; !own && i < builder->tariff->elements.count; i++) {
        const struct ocpp_settle_tariff_element *element = &builder->tariff->elements.items[i];
        const bool is_reservation =
            element->restrictions && element->restrictions->reservation != OCPP_SETTLE_RESERVATION_KIND_UNSET;

        own = is_reservation ? NULL : &element->components.items[0];
    }
    for (size_t i = 0; !theirs && i < EXCHANGE_V21_LISTS; i++) {
        theirs = builder->lists[i].kind->is_reservation ? NULL : builder->lists[i].first;
    }
    if (builder->tariff->min_price && own && theirs && !exchange_same_taxes(own, theirs)) {
        exchange_loss(&builder->exchange, &place, "where nothing else was used, it has the taxes of another price there");
    }
}

static enum ocpp_status build(struct builder *builder, struct ocpp21_tariff *made)
{
    struct exchange *exchange = &builder->exchange;
    const struct ocpp_settle_tariff *tariff = builder->tariff;
    const struct exchange_place elements = { NULL, "elements", 0 };
    const struct exchange_place currency = { NULL, "currency", 0 };
    enum ocpp_status status = ocpp_message_validate(&ocpp_settle_tariff_type, tariff, &exchange->report->issue);

    if (status == OCPP_OK) {
        status = exchange_net_only(exchange, tariff);
    }
    if (status == OCPP_OK && !exchange_is_currency(tariff->currency)) {
        status = exchange_fail(exchange, &currency, OCPP_ERR_VALUE);
    }
    if (status == OCPP_OK) {
        status = start_lists(builder);
    }
    for (size_t i = 0; status == OCPP_OK && i < tariff->elements.count; i++) {
        const struct exchange_place here = { &elements, NULL, i };

        status = say_element(builder, &here, &tariff->elements.items[i]);
    }
    if (status == OCPP_OK) {
        tell_minimum(builder);
        say_head(exchange, tariff, made);
        take_lists(builder, made);
        status = exchange_export_ends(exchange);
    }
    return status;
}

enum ocpp_status ocpp_settle_tariff_to_v21(const struct ocpp_settle_tariff *tariff, struct ocpp_arena *arena,
                                           const struct ocpp21_tariff **made, struct ocpp_settle_report *report)
{
    struct builder builder = { .tariff = tariff };
    struct ocpp21_tariff built;
    const void *copy = NULL;

    exchange_start(&builder.exchange, arena, report);
    enum ocpp_status status = build(&builder, &built);

    if (status == OCPP_OK) {
        status = ocpp_message_validate(&ocpp21_tariff_type, &built, &report->issue);
    }
    if (status != OCPP_OK) {
        return status;
    }
    status = ocpp_message_copy(&ocpp21_tariff_type, &built, arena, &copy);
    if (status != OCPP_OK) {
        return exchange_fail(&builder.exchange, NULL, status);
    }
    *made = copy;
    return OCPP_OK;
}

enum ocpp_status ocpp_settle_tariff_to_v21_text(const struct ocpp_settle_tariff *tariff, struct ocpp_arena *arena,
                                                struct ocpp_settle_text *text, struct ocpp_settle_report *report)
{
    struct builder builder = { .tariff = tariff };
    struct ocpp21_tariff built;
    struct ocpp_settle_text written;

    exchange_start(&builder.exchange, arena, report);
    enum ocpp_status status = build(&builder, &built);

    if (status == OCPP_OK) {
        status = ocpp_message_encode(&ocpp21_tariff_type, &built, arena, &written.text, &written.size, &report->issue);
    }
    if (status == OCPP_OK) {
        *text = written;
    }
    return status;
}
