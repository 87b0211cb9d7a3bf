/* Elements of an OCPI tariff become ours: prices, taxes, restrictions. */
#include "exchange_ocpi.h"

/* --- prices ------------------------------------------------------------------------------------------------------- */

static enum ocpp_status read_vat(struct exchange *exchange, const struct exchange_place *place,
                                 const struct ocpp_settle_ocpi_price_component *theirs, struct ocpp_settle_price_component *own)
{
    const struct exchange_place here = { place, "vat", 0 };

    if (!theirs->has_vat) {
        return OCPP_OK;
    }
    struct ocpp_settle_tax *tax = exchange_take(exchange, 1, sizeof *tax);

    if (!tax) {
        return exchange_fail(exchange, &here, OCPP_ERR_NOMEM);
    }
    tax->name = "VAT";
    own->taxes.items = tax;
    own->taxes.count = 1;
    return exchange_rate(exchange, &here, theirs->vat, &tax->rate_ppm);
}

/* A flat price has no steps: whatever stands there means nothing. */
static enum ocpp_status read_step(struct exchange *exchange, const struct exchange_place *place,
                                  const struct ocpp_settle_ocpi_price_component *theirs, struct ocpp_settle_price_component *own)
{
    const struct exchange_place here = { place, "step_size", 0 };
    const bool flat = theirs->type == OCPP_SETTLE_OCPI_DIMENSION_FLAT;

    if (flat && theirs->step_size > 1) {
        exchange_note(exchange, &here, "a flat price has no steps");
    }
    if (!flat && (theirs->step_size < 1 || theirs->step_size > EXCHANGE_MOST)) {
        return exchange_fail(exchange, &here, OCPP_ERR_RANGE);
    }
    own->has_step = !flat;
    own->step = own->has_step ? theirs->step_size : 0;
    return OCPP_OK;
}

static enum ocpp_status read_component(struct exchange *exchange, const struct exchange_place *place,
                                       const struct ocpp_settle_ocpi_price_component *theirs,
                                       struct ocpp_settle_price_component *own)
{
    const struct exchange_place price = { place, "price", 0 };

    for (size_t i = 0; i < EXCHANGE_OCPI_DIMENSIONS; i++) {
        if (exchange_ocpi_dimensions[i].ocpi == theirs->type) {
            own->dimension = exchange_ocpi_dimensions[i].own;
            own->unit = exchange_ocpi_dimensions[i].unit;
        }
    }
    enum ocpp_status status = exchange_amount(exchange, &price, theirs->price, 6, &own->price_micro);
    if (status == OCPP_OK) {
        status = read_step(exchange, place, theirs, own);
    }
    return status == OCPP_OK ? read_vat(exchange, place, theirs, own) : status;
}

/* Each dimension once: which of two prices counts nobody could say. Of reservations only flat prices and prices of time. */
static enum ocpp_status check_components(struct exchange *exchange, const struct exchange_place *place,
                                         const struct ocpp_settle_price_component *components, size_t count, bool reservation)
{
    unsigned seen = 0;

    for (size_t i = 0; i < count; i++) {
        const struct exchange_place here = { place, NULL, i };
        const struct exchange_place type = { &here, "type", 0 };
        const unsigned bit = 1U << components[i].dimension;
        const bool of_reservations =
            components[i].dimension == OCPP_SETTLE_DIMENSION_FLAT || components[i].dimension == OCPP_SETTLE_DIMENSION_TIME;

        if ((seen & bit) || (reservation && !of_reservations)) {
            return exchange_fail(exchange, &type, OCPP_ERR_VALUE);
        }
        seen |= bit;
    }
    return OCPP_OK;
}

/* --- restrictions --------------------------------------------------------------------------------------------------- */

static enum ocpp_status read_restrictions(struct exchange *exchange, const struct exchange_place *place,
                                          const struct ocpp_settle_ocpi_tariff_restrictions *theirs,
                                          struct ocpp_settle_restrictions *own)
{
    static const char *const names[] = { "start_time", "end_time", "start_date", "end_date" };
    const char *const texts[] = { theirs->start_time, theirs->end_time, theirs->start_date, theirs->end_date };
    enum ocpp_status status = exchange_times_in(exchange, place, names, texts, own);

    if (status == OCPP_OK) {
        status = exchange_numbers_in(exchange, place, exchange_ocpi_numbers, EXCHANGE_OCPI_NUMBERS, theirs, own);
    }
    for (size_t i = 0; i < theirs->day_of_week.count; i++) {
        own->has_days = true;
        own->days |= INT64_C(1) << (theirs->day_of_week.items[i] - OCPP_SETTLE_OCPI_DAY_OF_WEEK_MONDAY);
    }
    if (theirs->reservation == OCPP_SETTLE_OCPI_RESERVATION_RESTRICTION_RESERVATION) {
        own->reservation = OCPP_SETTLE_RESERVATION_KIND_USED;
    }
    if (theirs->reservation == OCPP_SETTLE_OCPI_RESERVATION_RESTRICTION_RESERVATION_EXPIRES) {
        own->reservation = OCPP_SETTLE_RESERVATION_KIND_EXPIRED;
    }
    return status;
}

/* --- elements ------------------------------------------------------------------------------------------------------- */

static enum ocpp_status read_components(struct exchange *exchange, const struct exchange_place *place,
                                        const struct ocpp_settle_ocpi_tariff_element *theirs,
                                        struct ocpp_settle_tariff_element *own)
{
    const struct exchange_place list = { place, "price_components", 0 };
    const size_t count = theirs->price_components.count;
    struct ocpp_settle_price_component *components = exchange_take(exchange, count, sizeof *components);

    if (!components) {
        return exchange_fail(exchange, &list, OCPP_ERR_NOMEM);
    }
    for (size_t i = 0; i < count; i++) {
        const struct exchange_place here = { &list, NULL, i };
        const enum ocpp_status status = read_component(exchange, &here, &theirs->price_components.items[i], &components[i]);

        if (status != OCPP_OK) {
            return status;
        }
    }
    own->components.items = components;
    own->components.count = count;
    return check_components(exchange, &list, components, count,
                            own->restrictions && own->restrictions->reservation != OCPP_SETTLE_RESERVATION_KIND_UNSET);
}

static enum ocpp_status read_element(struct exchange *exchange, const struct exchange_place *place,
                                     const struct ocpp_settle_ocpi_tariff_element *theirs, struct ocpp_settle_tariff_element *own)
{
    const struct exchange_place here = { place, "restrictions", 0 };

    if (theirs->restrictions) {
        struct ocpp_settle_restrictions *restrictions = exchange_take(exchange, 1, sizeof *restrictions);

        if (!restrictions) {
            return exchange_fail(exchange, &here, OCPP_ERR_NOMEM);
        }
        const enum ocpp_status status = read_restrictions(exchange, &here, theirs->restrictions, restrictions);

        if (status != OCPP_OK) {
            return status;
        }
        own->restrictions = exchange_is_restricted(restrictions) ? restrictions : NULL;
    }
    return read_components(exchange, place, theirs, own);
}

enum ocpp_status exchange_ocpi_elements(struct exchange *exchange, const struct ocpp_settle_ocpi_tariff230 *ocpi,
                                        struct ocpp_settle_tariff *tariff)
{
    const struct exchange_place list = { NULL, "elements", 0 };
    struct ocpp_settle_tariff_element *elements = exchange_take(exchange, ocpi->elements.count, sizeof *elements);

    if (!elements) {
        return exchange_fail(exchange, &list, OCPP_ERR_NOMEM);
    }
    for (size_t i = 0; i < ocpi->elements.count; i++) {
        const struct exchange_place here = { &list, NULL, i };
        const enum ocpp_status status = read_element(exchange, &here, &ocpi->elements.items[i], &elements[i]);

        if (status != OCPP_OK) {
            return status;
        }
    }
    tariff->elements.items = elements;
    tariff->elements.count = ocpi->elements.count;
    return OCPP_OK;
}
