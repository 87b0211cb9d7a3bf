/* A tariff of OCPP 2.1 becomes one of ours: each of its prices an element. */
#include "exchange_parts_v21.h"

#include <string.h>

enum { ELEMENTS_MOST = 64, LEVEL_MOST = 4 };

/* One list of prices, whatever kind it is of. */
struct list_view {
    const struct ocpp21_tariff_energy *energy;
    const struct ocpp21_tariff_time *time;
    const struct ocpp21_tariff_fixed *fixed;
    size_t count;
    const struct ocpp21_tax_rate *rates;
    size_t rate_count;
    const char *custom_data;
};

/* One price of it. At most one of the two kinds of conditions is there. */
struct price_view {
    struct ocpp_decimal price;
    const struct ocpp21_tariff_conditions *conditions;
    const struct ocpp21_tariff_conditions_fixed *fixed;
    const char *custom_data;
    const struct ocpp_settle_tax *taxes; /* of the list, as ours */
    size_t tax_count;
};

static struct list_view view_list(const struct ocpp21_tariff *tariff, size_t index)
{
    const struct ocpp21_tariff_time *const times[EXCHANGE_V21_LISTS] = { NULL, tariff->charging_time,    tariff->idle_time,
                                                                         NULL, tariff->reservation_time, NULL };
    const struct ocpp21_tariff_fixed *const fixed[EXCHANGE_V21_LISTS] = { NULL, NULL,
                                                                          NULL, tariff->fixed_fee,
                                                                          NULL, tariff->reservation_fixed };
    struct list_view view = { .energy = index == 0 ? tariff->energy : NULL, .time = times[index], .fixed = fixed[index] };

    if (view.energy) {
        view.count = view.energy->prices.count;
        view.rates = view.energy->tax_rates.items;
        view.rate_count = view.energy->tax_rates.count;
        view.custom_data = view.energy->custom_data;
    }
    if (view.time) {
        view.count = view.time->prices.count;
        view.rates = view.time->tax_rates.items;
        view.rate_count = view.time->tax_rates.count;
        view.custom_data = view.time->custom_data;
    }
    if (view.fixed) {
        view.count = view.fixed->prices.count;
        view.rates = view.fixed->tax_rates.items;
        view.rate_count = view.fixed->tax_rates.count;
        view.custom_data = view.fixed->custom_data;
    }
    return view;
}

static struct price_view view_price(const struct list_view *list, size_t index)
{
    if (list->energy) {
        const struct ocpp21_tariff_energy_price *price = &list->energy->prices.items[index];

        return (struct price_view){ price->price_kwh, price->conditions, NULL, price->custom_data, NULL, 0 };
    }
    if (list->time) {
        const struct ocpp21_tariff_time_price *price = &list->time->prices.items[index];

        return (struct price_view){ price->price_minute, price->conditions, NULL, price->custom_data, NULL, 0 };
    }
    const struct ocpp21_tariff_fixed_price *price = &list->fixed->prices.items[index];

    return (struct price_view){ price->price_fixed, NULL, price->conditions, price->custom_data, NULL, 0 };
}

static void note_custom(struct exchange *exchange, const struct exchange_place *place, const char *custom_data)
{
    const struct exchange_place here = { place, "customData", 0 };

    if (custom_data) {
        exchange_note(exchange, &here, "is not kept");
    }
}

/* --- conditions -------------------------------------------------------------------------------------------------------- */

static const char *const time_names[EXCHANGE_TIMES] = { "startTimeOfDay", "endTimeOfDay", "validFromDate", "validToDate" };

static void read_days(const enum ocpp21_day_of_week *days, size_t count, struct ocpp_settle_restrictions *own)
{
    own->has_days = count > 0;
    for (size_t i = 0; i < count; i++) {
        own->days |= INT64_C(1) << (days[i] - OCPP21_DAY_OF_WEEK_MONDAY);
    }
}

static enum ocpp_settle_evse_kind read_evse_kind(enum ocpp21_evse_kind theirs)
{
    if (theirs == OCPP21_EVSE_KIND_AC) {
        return OCPP_SETTLE_EVSE_KIND_AC;
    }
    return theirs == OCPP21_EVSE_KIND_DC ? OCPP_SETTLE_EVSE_KIND_DC : OCPP_SETTLE_EVSE_KIND_UNSET;
}

static enum ocpp_status read_conditions(struct exchange *exchange, const struct exchange_place *place,
                                        const struct ocpp21_tariff_conditions *theirs, struct ocpp_settle_restrictions *own)
{
    const char *const texts[] = { theirs->start_time_of_day, theirs->end_time_of_day, theirs->valid_from_date,
                                  theirs->valid_to_date };
    const enum ocpp_status status = exchange_times_in(exchange, place, time_names, texts, own);

    read_days(theirs->day_of_week.items, theirs->day_of_week.count, own);
    own->evse_kind = read_evse_kind(theirs->evse_kind);
    note_custom(exchange, place, theirs->custom_data);
    return status == OCPP_OK ? exchange_numbers_in(exchange, place, exchange_v21_numbers, EXCHANGE_V21_NUMBERS, theirs, own)
                             : status;
}

static enum ocpp_status read_fixed_conditions(struct exchange *exchange, const struct exchange_place *place,
                                              const struct ocpp21_tariff_conditions_fixed *theirs,
                                              struct ocpp_settle_restrictions *own)
{
    const char *const texts[] = { theirs->start_time_of_day, theirs->end_time_of_day, theirs->valid_from_date,
                                  theirs->valid_to_date };

    read_days(theirs->day_of_week.items, theirs->day_of_week.count, own);
    own->evse_kind = read_evse_kind(theirs->evse_kind);
    own->payment_brand = theirs->payment_brand;
    own->payment_recognition = theirs->payment_recognition;
    note_custom(exchange, place, theirs->custom_data);
    return exchange_times_in(exchange, place, time_names, texts, own);
}

static enum ocpp_status read_restrictions(struct exchange *exchange, const struct exchange_place *place,
                                          const struct price_view *price, bool is_reservation,
                                          const struct ocpp_settle_restrictions **own)
{
    const struct exchange_place here = { place, "conditions", 0 };
    struct ocpp_settle_restrictions *restrictions = exchange_take(exchange, 1, sizeof *restrictions);
    enum ocpp_status status = OCPP_OK;

    if (!restrictions) {
        return exchange_fail(exchange, &here, OCPP_ERR_NOMEM);
    }
    if (price->conditions) {
        status = read_conditions(exchange, &here, price->conditions, restrictions);
    }
    if (price->fixed) {
        status = read_fixed_conditions(exchange, &here, price->fixed, restrictions);
    }
    if (is_reservation) {
        restrictions->reservation = OCPP_SETTLE_RESERVATION_KIND_USED;
    }
    *own = exchange_is_restricted(restrictions) ? restrictions : NULL;
    return status;
}

/* --- prices ------------------------------------------------------------------------------------------------------------ */

static enum ocpp_status read_rate(struct exchange *exchange, const struct exchange_place *place,
                                  const struct ocpp21_tax_rate *theirs, struct ocpp_settle_tax *own)
{
    const struct exchange_place tax = { place, "tax", 0 };
    const struct exchange_place stack = { place, "stack", 0 };
    const int64_t level = theirs->has_stack ? theirs->stack : 0;

    if (level > LEVEL_MOST) {
        exchange_loss(exchange, &stack, "taxes on more than five levels");
    }
    own->name = theirs->type;
    own->has_level = level > 0;
    own->level = level;
    note_custom(exchange, place, theirs->custom_data);
    return exchange_rate(exchange, &tax, theirs->tax, &own->rate_ppm);
}

static enum ocpp_status read_rates(struct exchange *exchange, const struct exchange_place *place, const struct list_view *list,
                                   struct ocpp_settle_tax **taxes)
{
    const struct exchange_place rates = { place, "taxRates", 0 };

    if (list->rate_count == 0) {
        *taxes = NULL;
        return OCPP_OK;
    }
    struct ocpp_settle_tax *read = exchange_take(exchange, list->rate_count, sizeof *read);

    if (!read) {
        return exchange_fail(exchange, &rates, OCPP_ERR_NOMEM);
    }
    for (size_t i = 0; i < list->rate_count; i++) {
        const struct exchange_place here = { &rates, NULL, i };
        const enum ocpp_status status = read_rate(exchange, &here, &list->rates[i], &read[i]);

        if (status != OCPP_OK) {
            return status;
        }
    }
    *taxes = read;
    return OCPP_OK;
}

static enum ocpp_status read_price(struct exchange *exchange, const struct exchange_place *place,
                                   const struct exchange_v21_list *kind, const struct price_view *price,
                                   struct ocpp_settle_tariff_element *element)
{
    const struct exchange_place here = { place, kind->price_name, 0 };
    struct ocpp_settle_price_component *component = exchange_take(exchange, 1, sizeof *component);

    if (!component) {
        return exchange_fail(exchange, &here, OCPP_ERR_NOMEM);
    }
    component->dimension = kind->dimension;
    component->unit = kind->unit;
    component->taxes.items = price->taxes;
    component->taxes.count = price->tax_count;
    element->components.items = component;
    element->components.count = 1;
    note_custom(exchange, place, price->custom_data);
    const enum ocpp_status status = exchange_amount(exchange, &here, price->price, 6, &component->price_micro);

    return status == OCPP_OK ? read_restrictions(exchange, place, price, kind->is_reservation, &element->restrictions) : status;
}

static enum ocpp_status read_list(struct exchange *exchange, const struct exchange_v21_list *kind, const struct list_view *list,
                                  struct ocpp_settle_tariff_element *elements, size_t *count)
{
    const struct exchange_place place = { NULL, kind->name, 0 };
    const struct exchange_place prices = { &place, "prices", 0 };
    struct ocpp_settle_tax *taxes = NULL;
    bool is_closed = false; /* a price holds always */
    enum ocpp_status status = read_rates(exchange, &place, list, &taxes);

    note_custom(exchange, &place, list->custom_data);
    for (size_t i = 0; status == OCPP_OK && i < list->count; i++) {
        const struct exchange_place here = { &prices, NULL, i };
        struct price_view price = view_price(list, i);

        if (is_closed) {
            exchange_note(exchange, &here, "never holds, as one before it always does; not kept");
            continue;
        }
        if (*count == ELEMENTS_MOST) {
            return exchange_fail(exchange, &here, OCPP_ERR_TOO_MANY);
        }
        price.taxes = taxes;
        price.tax_count = list->rate_count;
        status = read_price(exchange, &here, kind, &price, &elements[*count]);
        is_closed = !exchange_v21_is_conditional(elements[*count].restrictions);
        (*count)++;
    }
    return status;
}

/* --- the whole ---------------------------------------------------------------------------------------------------------- */

static enum ocpp_status read_limit(struct exchange *exchange, const char *name, const struct ocpp21_price *theirs,
                                   const struct ocpp_settle_price_limit **own)
{
    const struct exchange_place place = { NULL, name, 0 };
    const struct exchange_place net = { &place, "exclTax", 0 };
    const struct exchange_place gross = { &place, "inclTax", 0 };
    const struct exchange_place rates = { &place, "taxRates", 0 };
    enum ocpp_status status = OCPP_OK;

    if (!theirs) {
        return OCPP_OK;
    }
    if (!theirs->has_excl_tax && !theirs->has_incl_tax) {
        return exchange_fail(exchange, &place, OCPP_ERR_MISSING_MEMBER);
    }
    struct ocpp_settle_price_limit *limit = exchange_take(exchange, 1, sizeof *limit);

    if (!limit) {
        return exchange_fail(exchange, &place, OCPP_ERR_NOMEM);
    }
    limit->has_net_micro = theirs->has_excl_tax;
    limit->has_gross_micro = theirs->has_incl_tax;
    *own = limit;
    if (theirs->tax_rates.count > 0) {
        exchange_note(exchange, &rates, "taxes of a limit are not kept");
    }
    note_custom(exchange, &place, theirs->custom_data);
    if (theirs->has_excl_tax) {
        status = exchange_amount(exchange, &net, theirs->excl_tax, 6, &limit->net_micro);
    }
    return status == OCPP_OK && theirs->has_incl_tax ? exchange_amount(exchange, &gross, theirs->incl_tax, 6, &limit->gross_micro)
                                                     : status;
}

static void read_text(struct exchange *exchange, const struct ocpp21_tariff *given, struct ocpp_settle_tariff *tariff)
{
    const struct exchange_place texts = { NULL, "description", 0 };

    for (size_t i = 0; i < given->description.count; i++) {
        const struct ocpp21_message_content *text = &given->description.items[i];
        const struct exchange_place here = { &texts, NULL, i };
        const bool plain = text->format == OCPP21_MESSAGE_FORMAT_ASCII || text->format == OCPP21_MESSAGE_FORMAT_UTF8;

        if (plain && !tariff->text) {
            tariff->text = text->content;
            continue;
        }
        exchange_note(exchange, &here, "one text is kept, the first that is plain");
    }
}

/* Reservations are paid for with the transaction that uses them (I12.FR.06), so those that expire cost nothing; without an
 * element that says so, ours would cost what used ones cost. */
static enum ocpp_status free_expired(struct exchange *exchange, struct ocpp_settle_tariff_element *elements, size_t *count)
{
    static const struct ocpp_settle_price_component nothing[] = {
        { .dimension = OCPP_SETTLE_DIMENSION_TIME, .unit = OCPP_SETTLE_PRICE_UNIT_MINUTE },
        { .dimension = OCPP_SETTLE_DIMENSION_FLAT, .unit = OCPP_SETTLE_PRICE_UNIT_ONCE },
    };
    static const struct ocpp_settle_restrictions expired = { .reservation = OCPP_SETTLE_RESERVATION_KIND_EXPIRED };

    if (*count == ELEMENTS_MOST) {
        return exchange_fail(exchange, NULL, OCPP_ERR_TOO_MANY);
    }
    elements[(*count)++] = (struct ocpp_settle_tariff_element){ .components = { nothing, sizeof nothing / sizeof nothing[0] },
                                                                .restrictions = &expired };
    return OCPP_OK;
}

static enum ocpp_status read_prices(struct exchange *exchange, const struct ocpp21_tariff *given,
                                    struct ocpp_settle_tariff *tariff)
{
    struct ocpp_settle_tariff_element *elements = exchange_take(exchange, ELEMENTS_MOST, sizeof *elements);
    size_t count = 0;

    if (!elements) {
        return exchange_fail(exchange, NULL, OCPP_ERR_NOMEM);
    }
    for (size_t i = 0; i < EXCHANGE_V21_LISTS; i++) {
        const struct list_view list = view_list(given, i);
        const enum ocpp_status status = read_list(exchange, &exchange_v21_lists[i], &list, elements, &count);

        if (status != OCPP_OK) {
            return status;
        }
    }
    const enum ocpp_status status =
        given->reservation_time || given->reservation_fixed ? free_expired(exchange, elements, &count) : OCPP_OK;

    tariff->elements.items = elements;
    tariff->elements.count = count;
    return status;
}

static enum ocpp_status read_tariff(struct exchange *exchange, const struct ocpp21_tariff *given,
                                    struct ocpp_settle_tariff *tariff)
{
    const struct exchange_place currency = { NULL, "currency", 0 };

    *tariff = (struct ocpp_settle_tariff){
        .id = given->tariff_id,
        .currency = given->currency,
        .dialect = OCPP_SETTLE_TARIFF_DIALECT_OCPP21,
        .has_valid_from = given->has_valid_from,
        .valid_from = given->valid_from,
    };
    if (!exchange_is_currency(given->currency)) {
        return exchange_fail(exchange, &currency, OCPP_ERR_VALUE);
    }
    note_custom(exchange, NULL, given->custom_data);
    read_text(exchange, given, tariff);
    enum ocpp_status status = read_limit(exchange, "minCost", given->min_cost, &tariff->min_price);

    if (status == OCPP_OK) {
        status = read_limit(exchange, "maxCost", given->max_cost, &tariff->max_price);
    }
    if (status == OCPP_OK) {
        status = read_prices(exchange, given, tariff);
    }
    return status == OCPP_OK ? exchange_import_ends(exchange) : status;
}

static enum ocpp_status copy_tariff(struct exchange *exchange, const struct ocpp_settle_tariff *read,
                                    const struct ocpp_settle_tariff **tariff)
{
    const void *copy = NULL;
    const enum ocpp_status status = ocpp_message_copy(&ocpp_settle_tariff_type, read, exchange->arena, &copy);

    if (status != OCPP_OK) {
        return exchange_fail(exchange, NULL, status);
    }
    *tariff = copy;
    return OCPP_OK;
}

enum ocpp_status ocpp_settle_tariff_from_v21(const struct ocpp21_tariff *given, struct ocpp_arena *arena,
                                             const struct ocpp_settle_tariff **tariff, struct ocpp_settle_report *report)
{
    struct exchange exchange;
    struct ocpp_settle_tariff read;

    exchange_start(&exchange, arena, report);
    enum ocpp_status status = ocpp_message_validate(&ocpp21_tariff_type, given, &report->issue);

    if (status == OCPP_OK) {
        status = read_tariff(&exchange, given, &read);
    }
    return status == OCPP_OK ? copy_tariff(&exchange, &read, tariff) : status;
}

enum ocpp_status ocpp_settle_tariff_from_v21_text(struct ocpp_settle_text given, struct ocpp_arena *arena,
                                                  const struct ocpp_settle_tariff **tariff, struct ocpp_settle_report *report)
{
    struct exchange exchange;
    struct ocpp_settle_tariff read;
    const void *message = NULL;

    exchange_start(&exchange, arena, report);
    enum ocpp_status status =
        ocpp_message_decode(&ocpp21_tariff_type, given.text, given.size, NULL, NULL, arena, &message, &report->issue);

    if (status == OCPP_OK) {
        status = read_tariff(&exchange, message, &read);
    }
    return status == OCPP_OK ? copy_tariff(&exchange, &read, tariff) : status;
}
