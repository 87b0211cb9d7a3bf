/* A tariff of ours becomes a Tariff object of OCPI. What it cannot say is left out and told. */
#include "exchange_ocpi.h"

#include <ocpp/settlement/money.h>

#include <string.h>

enum { TEXT_MOST = 512, MINUTES_PER_HOUR = 60 };

/* --- prices -------------------------------------------------------------------------------------------------------- */

static const struct exchange_ocpi_dimension *find_dimension(enum ocpp_settle_dimension own)
{
    for (size_t i = 0; i < EXCHANGE_OCPI_DIMENSIONS; i++) {
        if (exchange_ocpi_dimensions[i].own == own) {
            return &exchange_ocpi_dimensions[i];
        }
    }
    return NULL;
}

/* The price in the unit OCPI has. An hour has 60 minutes, so nothing is lost. */
static enum ocpp_status say_price(struct exchange *exchange, const struct exchange_place *place,
                                  const struct ocpp_settle_price_component *own, enum ocpp_settle_price_unit unit,
                                  struct ocpp_decimal *price)
{
    const struct exchange_place here = { place, "unit", 0 };
    const bool per_minute = own->unit == OCPP_SETTLE_PRICE_UNIT_MINUTE && unit == OCPP_SETTLE_PRICE_UNIT_HOUR;

    if (own->unit != unit && !per_minute) {
        return exchange_fail(exchange, &here, OCPP_ERR_VALUE);
    }
    const int64_t factor = per_minute ? MINUTES_PER_HOUR : 1;

    if (own->price_micro > OCPP_SETTLE_MOST_MINOR / factor) {
        return exchange_fail(exchange, &here, OCPP_ERR_RANGE);
    }
    if (per_minute) {
        exchange_note(exchange, &here, "told per hour");
    }
    *price = exchange_decimal(own->price_micro * factor, 6);
    return OCPP_OK;
}

static enum ocpp_status say_taxes(struct exchange *exchange, const struct exchange_place *place,
                                  const struct ocpp_settle_price_component *own, struct ocpp_settle_ocpi_price_component *theirs)
{
    const struct exchange_place here = { place, "taxes", 0 };
    int64_t rate_ppm = 0;

    if (own->taxes.count == 0) {
        return OCPP_OK;
    }
    const enum ocpp_status status = exchange_one_tax(exchange, place, own, &rate_ppm);

    if (own->taxes.count == 1 && strcmp(own->taxes.items[0].name, "VAT") != 0) {
        exchange_note(exchange, &here, "the name of a tax cannot be told");
    }
    theirs->has_vat = true;
    theirs->vat = exchange_decimal(rate_ppm, 4);
    return status;
}

static enum ocpp_status say_component(struct exchange *exchange, const struct exchange_place *place,
                                      const struct ocpp_settle_price_component *own,
                                      struct ocpp_settle_ocpi_price_component *theirs)
{
    const struct exchange_ocpi_dimension *dimension = find_dimension(own->dimension);
    const struct exchange_place step = { place, "step", 0 };

    theirs->type = dimension->ocpi;
    theirs->step_size = own->has_step ? own->step : 1;
    if (own->dimension == OCPP_SETTLE_DIMENSION_FLAT && theirs->step_size != 1) {
        exchange_note(exchange, &step, "a flat price has no steps");
        theirs->step_size = 1;
    }
    if (own->dimension == OCPP_SETTLE_DIMENSION_ENERGY && !own->has_step) {
        exchange_loss(exchange, &step, "energy that is billed as measured is told in steps of 1 Wh");
    }
    const enum ocpp_status status = say_price(exchange, place, own, dimension->unit, &theirs->price);

    return status == OCPP_OK ? say_taxes(exchange, place, own, theirs) : status;
}

/* --- restrictions ---------------------------------------------------------------------------------------------------- */

static void say_days(struct exchange *exchange, const struct ocpp_settle_restrictions *own,
                     struct ocpp_settle_ocpi_tariff_restrictions *theirs)
{
    size_t count = 0;

    if (!own->has_days) {
        return;
    }
    enum ocpp_settle_ocpi_day_of_week *days = exchange_take(exchange, 7, sizeof *days);

    exchange->out_of_memory = exchange->out_of_memory || !days;
    for (int day = 0; days && day < 7; day++) {
        if (own->days & (INT64_C(1) << day)) {
            days[count++] = (enum ocpp_settle_ocpi_day_of_week)(OCPP_SETTLE_OCPI_DAY_OF_WEEK_MONDAY + day);
        }
    }
    theirs->day_of_week.items = days;
    theirs->day_of_week.count = count;
}

/* What OCPI has no word for. */
static bool say_no_others(struct exchange *exchange, const struct exchange_place *place,
                          const struct ocpp_settle_restrictions *own)
{
    const struct {
        const char *name;
        bool is_there;
    } others[] = {
        { "evseKind", own->evse_kind != OCPP_SETTLE_EVSE_KIND_UNSET },
        { "paymentBrand", own->payment_brand != NULL },
        { "paymentRecognition", own->payment_recognition != NULL },
    };
    bool said_all = true;

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const struct exchange_place here = { place, others[i].name, 0 };

        if (others[i].is_there) {
            exchange_loss(exchange, &here, "there is no such restriction; what stands under it is left out");
            said_all = false;
        }
    }
    return said_all;
}

/* False where the element has to be left out: told without one of its restrictions, it would hold for too many. */
static bool say_restrictions(struct exchange *exchange, const struct exchange_place *place,
                             const struct ocpp_settle_restrictions *own, struct ocpp_settle_ocpi_tariff_restrictions *theirs)
{
    const char *texts[EXCHANGE_TIMES];
    const bool times = exchange_times_out(exchange, place, own, texts);
    const bool days = exchange_days_told(exchange, place, own);
    const bool numbers = exchange_numbers_out(exchange, place, exchange_ocpi_numbers, EXCHANGE_OCPI_NUMBERS, own, theirs);
    const bool others = say_no_others(exchange, place, own);

    theirs->start_time = texts[0];
    theirs->end_time = texts[1];
    theirs->start_date = texts[2];
    theirs->end_date = texts[3];
    say_days(exchange, own, theirs);
    if (own->reservation == OCPP_SETTLE_RESERVATION_KIND_USED) {
        theirs->reservation = OCPP_SETTLE_OCPI_RESERVATION_RESTRICTION_RESERVATION;
    }
    if (own->reservation == OCPP_SETTLE_RESERVATION_KIND_EXPIRED) {
        theirs->reservation = OCPP_SETTLE_OCPI_RESERVATION_RESTRICTION_RESERVATION_EXPIRES;
    }
    return times && days && numbers && others;
}

/* --- elements --------------------------------------------------------------------------------------------------------- */

static bool is_of_reservations(const struct ocpp_settle_price_component *component)
{
    return component->dimension == OCPP_SETTLE_DIMENSION_FLAT || component->dimension == OCPP_SETTLE_DIMENSION_TIME;
}

static enum ocpp_status say_components(struct exchange *exchange, const struct exchange_place *place,
                                       const struct ocpp_settle_tariff_element *own,
                                       struct ocpp_settle_ocpi_tariff_element *theirs)
{
    const struct exchange_place list = { place, "components", 0 };
    const bool reservation = own->restrictions && own->restrictions->reservation != OCPP_SETTLE_RESERVATION_KIND_UNSET;
    struct ocpp_settle_ocpi_price_component *components = exchange_take(exchange, own->components.count, sizeof *components);
    size_t count = 0;

    if (!components) {
        return exchange_fail(exchange, &list, OCPP_ERR_NOMEM);
    }
    for (size_t i = 0; i < own->components.count; i++) {
        const struct exchange_place here = { &list, NULL, i };

        if (reservation && !is_of_reservations(&own->components.items[i])) {
            exchange_loss(exchange, &here, "a reservation has prices of time and flat ones only; left out");
            continue;
        }
        const enum ocpp_status status = say_component(exchange, &here, &own->components.items[i], &components[count]);

        if (status != OCPP_OK) {
            return status;
        }
        count++;
    }
    theirs->price_components.items = components;
    theirs->price_components.count = count;
    return OCPP_OK;
}

/* |*said| tells whether anything of the element is left. */
static enum ocpp_status say_element(struct exchange *exchange, const struct exchange_place *place,
                                    const struct ocpp_settle_tariff_element *own, struct ocpp_settle_ocpi_tariff_element *theirs,
                                    bool *said)
{
    const struct exchange_place here = { place, "restrictions", 0 };

    *said = true;
    if (exchange_is_restricted(own->restrictions)) {
        struct ocpp_settle_ocpi_tariff_restrictions *restrictions = exchange_take(exchange, 1, sizeof *restrictions);

        if (!restrictions) {
            return exchange_fail(exchange, &here, OCPP_ERR_NOMEM);
        }
        *said = say_restrictions(exchange, &here, own->restrictions, restrictions);
        theirs->restrictions = restrictions;
    }
    if (!*said) {
        return OCPP_OK;
    }
    const enum ocpp_status status = say_components(exchange, place, own, theirs);

    *said = theirs->price_components.count > 0;
    return status;
}

static enum ocpp_status say_elements(struct exchange *exchange, const struct ocpp_settle_tariff *tariff,
                                     struct ocpp_settle_ocpi_tariff230 *ocpi)
{
    const struct exchange_place list = { NULL, "elements", 0 };
    struct ocpp_settle_ocpi_tariff_element *elements = exchange_take(exchange, tariff->elements.count, sizeof *elements);
    size_t count = 0;

    if (!elements) {
        return exchange_fail(exchange, &list, OCPP_ERR_NOMEM);
    }
    for (size_t i = 0; i < tariff->elements.count; i++) {
        const struct exchange_place here = { &list, NULL, i };
        struct ocpp_settle_ocpi_tariff_element element = { .restrictions = NULL };
        bool said = false;
        const enum ocpp_status status = say_element(exchange, &here, &tariff->elements.items[i], &element, &said);

        if (status != OCPP_OK) {
            return status;
        }
        if (said) {
            elements[count++] = element;
        }
    }
    ocpi->elements.items = elements;
    ocpi->elements.count = count;
    return count > 0 ? OCPP_OK : exchange_fail(exchange, &list, OCPP_ERR_TOO_FEW);
}

/* --- the whole -------------------------------------------------------------------------------------------------------- */

static void say_limit(struct exchange *exchange, const char *name, const struct ocpp_settle_price_limit *own,
                      const struct ocpp_settle_ocpi_price_limit **theirs)
{
    const struct exchange_place place = { NULL, name, 0 };

    if (!own || (!own->has_net_micro && !own->has_gross_micro)) {
        return;
    }
    if (!own->has_net_micro) {
        exchange_loss(exchange, &place, "a limit that is gross only cannot be told; left out");
        return;
    }
    struct ocpp_settle_ocpi_price_limit *limit = exchange_take(exchange, 1, sizeof *limit);

    exchange->out_of_memory = exchange->out_of_memory || !limit;
    if (limit) {
        limit->before_taxes = exchange_decimal(own->net_micro, 6);
        limit->has_after_taxes = own->has_gross_micro;
        limit->after_taxes = exchange_decimal(own->gross_micro, 6);
    }
    *theirs = limit;
}

static void say_text(struct exchange *exchange, const struct ocpp_settle_tariff *tariff, const struct ocpp_settle_ocpi_head *head,
                     struct ocpp_settle_ocpi_tariff230 *ocpi)
{
    const struct exchange_place place = { NULL, "text", 0 };

    if (!tariff->text) {
        return;
    }
    if (exchange_characters(tariff->text) > TEXT_MOST) {
        exchange_note(exchange, &place, "longer than 512 characters; left out");
        return;
    }
    struct ocpp_settle_ocpi_display_text *text = exchange_take(exchange, 1, sizeof *text);

    exchange->out_of_memory = exchange->out_of_memory || !text;
    if (text) {
        text->language = head->language ? head->language : "en";
        text->text = tariff->text;
        ocpi->tariff_alt_text.items = text;
        ocpi->tariff_alt_text.count = 1;
    }
}

/* A tariff that says nothing of taxes and has none is one that taxes do not concern. */
static const char *tax_included(const struct ocpp_settle_tariff *tariff)
{
    if (tariff->has_tax_included) {
        return tariff->tax_included ? "YES" : "NO";
    }
    return exchange_is_taxed(tariff) ? "NO" : "N/A";
}

static enum ocpp_status say_head(struct exchange *exchange, const struct ocpp_settle_tariff *tariff,
                                 const struct ocpp_settle_ocpi_head *head, struct ocpp_settle_ocpi_tariff230 *ocpi)
{
    const struct exchange_place type = { NULL, "type", 0 };
    const struct exchange_place updated = { NULL, "last_updated", 0 };
    const struct exchange_place currency = { NULL, "currency", 0 };
    const struct exchange_place id = { NULL, "id", 0 };

    *ocpi = (struct ocpp_settle_ocpi_tariff230){
        .country_code = head->country_code,
        .party_id = head->party_id,
        .id = tariff->id,
        .currency = tariff->currency,
        .tax_included = tax_included(tariff),
        .has_start_date_time = tariff->has_valid_from,
        .start_date_time = tariff->valid_from,
        .has_end_date_time = tariff->has_valid_to,
        .end_date_time = tariff->valid_to,
        .has_last_updated = true,
        .last_updated = head->last_updated_ms,
    };
    if (head->last_updated_ms == OCPP_UTC_UNKNOWN) {
        return exchange_fail(exchange, &updated, OCPP_ERR_MISSING_MEMBER);
    }
    if (!exchange_is_currency(tariff->currency)) {
        return exchange_fail(exchange, &currency, OCPP_ERR_VALUE);
    }
    if (!exchange_is_printable(tariff->id)) {
        return exchange_fail(exchange, &id, OCPP_ERR_VALUE);
    }
    if (head->tariff_type) {
        ocpi->type = (enum ocpp_settle_ocpi_tariff_kind)ocpp_enum_value(&ocpp_settle_ocpi_tariff_kind_enum, head->tariff_type);
        return ocpi->type ? OCPP_OK : exchange_fail(exchange, &type, OCPP_ERR_VALUE);
    }
    return OCPP_OK;
}

enum ocpp_status exchange_ocpi_build(struct exchange *exchange, const struct ocpp_settle_tariff *tariff,
                                     const struct ocpp_settle_ocpi_head *head, bool net_only,
                                     struct ocpp_settle_ocpi_tariff230 *ocpi)
{
    const struct exchange_place bank = { NULL, "bank", 0 };
    enum ocpp_status status = ocpp_message_validate(&ocpp_settle_tariff_type, tariff, &exchange->report->issue);

    if (status == OCPP_OK && net_only) {
        status = exchange_net_only(exchange, tariff);
    }
    if (status == OCPP_OK) {
        status = say_head(exchange, tariff, head, ocpi);
    }
    if (status != OCPP_OK) {
        return status;
    }
    say_limit(exchange, "minPrice", tariff->min_price, &ocpi->min_price);
    say_limit(exchange, "maxPrice", tariff->max_price, &ocpi->max_price);
    exchange_limits_told(exchange, tariff, OCPP_SETTLE_TARIFF_DIALECT_OCPI);
    say_text(exchange, tariff, head, ocpi);
    if (tariff->bank) {
        exchange_loss(exchange, &bank, "prices of power banks cannot be told");
    }
    status = say_elements(exchange, tariff, ocpi);
    return status == OCPP_OK ? exchange_export_ends(exchange) : status;
}

static enum ocpp_status narrow_limit(struct exchange *exchange, const struct ocpp_settle_ocpi_price_limit *wide,
                                     const struct ocpp_settle_ocpi_vat_price **narrow)
{
    if (!wide) {
        return OCPP_OK;
    }
    struct ocpp_settle_ocpi_vat_price *price = exchange_take(exchange, 1, sizeof *price);

    if (!price) {
        return exchange_fail(exchange, NULL, OCPP_ERR_NOMEM);
    }
    *price = (struct ocpp_settle_ocpi_vat_price){ .excl_vat = wide->before_taxes,
                                                  .has_incl_vat = wide->has_after_taxes,
                                                  .incl_vat = wide->after_taxes };
    *narrow = price;
    return OCPP_OK;
}

enum ocpp_status exchange_ocpi_narrow(struct exchange *exchange, const struct ocpp_settle_ocpi_tariff230 *wide,
                                      struct ocpp_settle_ocpi_tariff221 *narrow)
{
    *narrow = (struct ocpp_settle_ocpi_tariff221){
        .country_code = wide->country_code,
        .party_id = wide->party_id,
        .id = wide->id,
        .currency = wide->currency,
        .type = wide->type,
        .has_start_date_time = wide->has_start_date_time,
        .start_date_time = wide->start_date_time,
        .has_end_date_time = wide->has_end_date_time,
        .end_date_time = wide->end_date_time,
        .has_last_updated = wide->has_last_updated,
        .last_updated = wide->last_updated,
    };
    narrow->tariff_alt_text.items = wide->tariff_alt_text.items;
    narrow->tariff_alt_text.count = wide->tariff_alt_text.count;
    narrow->elements.items = wide->elements.items;
    narrow->elements.count = wide->elements.count;
    const enum ocpp_status status = narrow_limit(exchange, wide->min_price, &narrow->min_price);

    return status == OCPP_OK ? narrow_limit(exchange, wide->max_price, &narrow->max_price) : status;
}

static enum ocpp_status encode(struct exchange *exchange, const struct ocpp_settle_ocpi_tariff230 *ocpi, bool narrow,
                               struct ocpp_settle_text *text)
{
    const struct ocpp_type *type = narrow ? &ocpp_settle_ocpi_tariff221_type : &ocpp_settle_ocpi_tariff230_type;
    struct ocpp_settle_ocpi_tariff221 narrowed;
    struct ocpp_settle_text written;
    enum ocpp_status status = narrow ? exchange_ocpi_narrow(exchange, ocpi, &narrowed) : OCPP_OK;

    if (status == OCPP_OK) {
        const void *message = narrow ? (const void *)&narrowed : (const void *)ocpi;

        status = ocpp_message_encode(type, message, exchange->arena, &written.text, &written.size, &exchange->report->issue);
    }
    if (status == OCPP_OK) {
        *text = written;
    }
    return status;
}

enum ocpp_status ocpp_settle_tariff_to_ocpi(enum ocpp_settle_ocpi_release release, const struct ocpp_settle_tariff *tariff,
                                            const struct ocpp_settle_ocpi_head *head, struct ocpp_arena *arena,
                                            struct ocpp_settle_text *text, struct ocpp_settle_report *report)
{
    const bool narrow = release == OCPP_SETTLE_OCPI_2_2_1;
    struct exchange exchange;
    struct ocpp_settle_ocpi_tariff230 ocpi;

    exchange_start(&exchange, arena, report);
    if (!narrow && release != OCPP_SETTLE_OCPI_2_3) {
        return exchange_fail(&exchange, NULL, OCPP_ERR_ARGUMENT);
    }
    const enum ocpp_status status = exchange_ocpi_build(&exchange, tariff, head, narrow, &ocpi);

    return status == OCPP_OK ? encode(&exchange, &ocpi, narrow, text) : status;
}
