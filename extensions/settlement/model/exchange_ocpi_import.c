/* A Tariff object of OCPI becomes a tariff of ours. Both releases are read into the struct of 2.3, which can say more. */
#include "exchange_ocpi.h"

#include <string.h>

/* What is being read: the release decides how limits are spelled and whether prices may be gross. */
struct reading {
    struct exchange exchange;
    enum ocpp_settle_ocpi_release release;
    struct ocpp_settle_tariff *tariff;
};

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

/* Told of each breach that was survived. Where prices stand, a member nobody knows could be one. */
static void note_quirk(const struct ocpp_issue *issue, void *user)
{
    struct reading *reading = user;
    const bool prices =
        begins(issue->path, "/elements/") || begins(issue->path, "/min_price/") || begins(issue->path, "/max_price/");

    if (issue->quirk == OCPP_QUIRK_UNKNOWN_MEMBER) {
        exchange_remark_at(&reading->exchange, prices ? OCPP_SETTLE_REMARK_LOSS : OCPP_SETTLE_REMARK_NOTE, issue->path,
                           prices ? "a member nobody knows, where it could change a price" : "a member nobody knows; ignored");
    }
}

static enum ocpp_status decode(struct reading *reading, const struct ocpp_type *type, struct ocpp_settle_text given,
                               const void **message)
{
    const struct ocpp_tolerance tolerance = {
        .quirks = OCPP_QUIRK_UNKNOWN_MEMBER | OCPP_QUIRK_NO_ZONE | OCPP_QUIRK_NULL_AS_ABSENT,
        .report = note_quirk,
        .user = reading,
    };

    return ocpp_message_decode(type, given.text, given.size, NULL, &tolerance, reading->exchange.arena, message,
                               &reading->exchange.report->issue);
}

static enum ocpp_status widen_limit(struct reading *reading, const struct ocpp_settle_ocpi_vat_price *narrow,
                                    const struct ocpp_settle_ocpi_price_limit **wide)
{
    if (!narrow) {
        return OCPP_OK;
    }
    struct ocpp_settle_ocpi_price_limit *limit = exchange_take(&reading->exchange, 1, sizeof *limit);

    if (!limit) {
        return exchange_fail(&reading->exchange, NULL, OCPP_ERR_NOMEM);
    }
    *limit = (struct ocpp_settle_ocpi_price_limit){ .before_taxes = narrow->excl_vat,
                                                    .has_after_taxes = narrow->has_incl_vat,
                                                    .after_taxes = narrow->incl_vat };
    *wide = limit;
    return OCPP_OK;
}

static enum ocpp_status decode_221(struct reading *reading, struct ocpp_settle_text given,
                                   struct ocpp_settle_ocpi_tariff230 *ocpi)
{
    const void *message = NULL;
    enum ocpp_status status = decode(reading, &ocpp_settle_ocpi_tariff221_type, given, &message);

    if (status != OCPP_OK) {
        return status;
    }
    const struct ocpp_settle_ocpi_tariff221 *narrow = message;
    *ocpi = (struct ocpp_settle_ocpi_tariff230){
        .country_code = narrow->country_code,
        .party_id = narrow->party_id,
        .id = narrow->id,
        .currency = narrow->currency,
        .type = narrow->type,
        .tariff_alt_url = narrow->tariff_alt_url,
        .has_start_date_time = narrow->has_start_date_time,
        .start_date_time = narrow->start_date_time,
        .has_end_date_time = narrow->has_end_date_time,
        .end_date_time = narrow->end_date_time,
        .energy_mix = narrow->energy_mix,
        .has_last_updated = narrow->has_last_updated,
        .last_updated = narrow->last_updated,
    };
    ocpi->tariff_alt_text.items = narrow->tariff_alt_text.items;
    ocpi->tariff_alt_text.count = narrow->tariff_alt_text.count;
    ocpi->elements.items = narrow->elements.items;
    ocpi->elements.count = narrow->elements.count;
    status = widen_limit(reading, narrow->min_price, &ocpi->min_price);
    return status == OCPP_OK ? widen_limit(reading, narrow->max_price, &ocpi->max_price) : status;
}

static enum ocpp_status decode_230(struct reading *reading, struct ocpp_settle_text given,
                                   struct ocpp_settle_ocpi_tariff230 *ocpi)
{
    const void *message = NULL;
    const enum ocpp_status status = decode(reading, &ocpp_settle_ocpi_tariff230_type, given, &message);

    if (status == OCPP_OK) {
        memcpy(ocpi, message, sizeof *ocpi);
    }
    return status;
}

/* --- the whole ------------------------------------------------------------------------------------------------------- */

static enum ocpp_status read_limit(struct reading *reading, const char *name, const struct ocpp_settle_ocpi_price_limit *theirs,
                                   const struct ocpp_settle_price_limit **own)
{
    struct exchange *exchange = &reading->exchange;
    const char *const *words = exchange_ocpi_limit_names(reading->release);
    const struct exchange_place place = { NULL, name, 0 };
    const struct exchange_place net = { &place, words[0], 0 };
    const struct exchange_place gross = { &place, words[1], 0 };

    if (!theirs) {
        return OCPP_OK;
    }
    struct ocpp_settle_price_limit *limit = exchange_take(exchange, 1, sizeof *limit);

    if (!limit) {
        return exchange_fail(exchange, &place, OCPP_ERR_NOMEM);
    }
    limit->has_net_micro = true;
    limit->has_gross_micro = theirs->has_after_taxes;
    *own = limit;
    const enum ocpp_status status = exchange_amount(exchange, &net, theirs->before_taxes, 6, &limit->net_micro);

    return status == OCPP_OK && theirs->has_after_taxes
               ? exchange_amount(exchange, &gross, theirs->after_taxes, 6, &limit->gross_micro)
               : status;
}

/* Where the first price with a rate of tax above 0 stands; false where there is none. */
static bool find_taxed(const struct ocpp_settle_tariff *tariff, size_t *element, size_t *component)
{
    for (size_t i = 0; i < tariff->elements.count; i++) {
        for (size_t j = 0; j < tariff->elements.items[i].components.count; j++) {
            const struct ocpp_settle_price_component *price = &tariff->elements.items[i].components.items[j];

            if (price->taxes.count > 0 && price->taxes.items[0].rate_ppm > 0) {
                *element = i;
                *component = j;
                return true;
            }
        }
    }
    return false;
}

/* 2.2.1 has net prices only, and nothing that says so. */
static enum ocpp_status read_tax_included(struct reading *reading, const struct ocpp_settle_ocpi_tariff230 *ocpi)
{
    struct exchange *exchange = &reading->exchange;
    struct ocpp_settle_tariff *tariff = reading->tariff;
    const struct exchange_place place = { NULL, "tax_included", 0 };
    const char *word = ocpi->tax_included;
    size_t element = 0;
    size_t component = 0;
    const bool taxed = find_taxed(tariff, &element, &component);

    if (reading->release == OCPP_SETTLE_OCPI_2_2_1 || word == NULL) {
        return OCPP_OK;
    }
    tariff->has_tax_included = strcmp(word, "N/A") != 0;
    tariff->tax_included = strcmp(word, "YES") == 0;
    if (tariff->has_tax_included && !tariff->tax_included && strcmp(word, "NO") != 0) {
        return exchange_fail(exchange, &place, OCPP_ERR_VALUE);
    }
    if (!tariff->has_tax_included && taxed) {
        const struct exchange_place elements = { NULL, "elements", 0 };
        const struct exchange_place item = { &elements, NULL, element };
        const struct exchange_place list = { &item, "price_components", 0 };
        const struct exchange_place price = { &list, NULL, component };
        const struct exchange_place vat = { &price, "vat", 0 };

        return exchange_fail(exchange, &vat, OCPP_ERR_VALUE);
    }
    return OCPP_OK;
}

static void read_texts(struct reading *reading, const struct ocpp_settle_ocpi_tariff230 *ocpi, struct ocpp_settle_ocpi_head *head)
{
    struct exchange *exchange = &reading->exchange;
    const struct exchange_place texts = { NULL, "tariff_alt_text", 0 };
    const struct exchange_place url = { NULL, "tariff_alt_url", 0 };
    const struct exchange_place mix = { NULL, "energy_mix", 0 };

    if (ocpi->tariff_alt_text.count > 0) {
        reading->tariff->text = ocpi->tariff_alt_text.items[0].text;
        head->language = ocpi->tariff_alt_text.items[0].language;
    }
    for (size_t i = 1; i < ocpi->tariff_alt_text.count; i++) {
        const struct exchange_place here = { &texts, NULL, i };

        exchange_note(exchange, &here, "one text is kept, the first");
    }
    if (ocpi->tariff_alt_url) {
        exchange_note(exchange, &url, "is not kept");
    }
    if (ocpi->energy_mix) {
        exchange_note(exchange, &mix, "is not kept");
    }
}

static enum ocpp_status read_head(struct reading *reading, const struct ocpp_settle_ocpi_tariff230 *ocpi,
                                  struct ocpp_settle_ocpi_head *head)
{
    const struct {
        const char *name;
        bool holds;
    } checks[] = {
        { "country_code", exchange_is_printable(ocpi->country_code) && strlen(ocpi->country_code) == 2 },
        { "party_id", exchange_is_printable(ocpi->party_id) },
        { "id", exchange_is_printable(ocpi->id) },
        { "currency", exchange_is_currency(ocpi->currency) },
    };

    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        const struct exchange_place place = { NULL, checks[i].name, 0 };

        if (!checks[i].holds) {
            return exchange_fail(&reading->exchange, &place, OCPP_ERR_VALUE);
        }
    }
    *head = (struct ocpp_settle_ocpi_head){
        .country_code = ocpi->country_code,
        .party_id = ocpi->party_id,
        .tariff_type = ocpp_enum_name(&ocpp_settle_ocpi_tariff_kind_enum, (int)ocpi->type),
        .last_updated_ms = ocpi->has_last_updated ? ocpi->last_updated : OCPP_UTC_UNKNOWN,
    };
    return OCPP_OK;
}

static enum ocpp_status read_tariff(struct reading *reading, const struct ocpp_settle_ocpi_tariff230 *ocpi,
                                    struct ocpp_settle_ocpi_head *head)
{
    struct ocpp_settle_tariff *tariff = reading->tariff;
    enum ocpp_status status = read_head(reading, ocpi, head);

    tariff->id = ocpi->id;
    tariff->currency = ocpi->currency;
    tariff->dialect = OCPP_SETTLE_TARIFF_DIALECT_OCPI;
    tariff->has_valid_from = ocpi->has_start_date_time;
    tariff->valid_from = ocpi->start_date_time;
    tariff->has_valid_to = ocpi->has_end_date_time;
    tariff->valid_to = ocpi->end_date_time;
    if (status == OCPP_OK) {
        status = read_limit(reading, "min_price", ocpi->min_price, &tariff->min_price);
    }
    if (status == OCPP_OK) {
        status = read_limit(reading, "max_price", ocpi->max_price, &tariff->max_price);
    }
    if (status == OCPP_OK) {
        status = exchange_ocpi_elements(&reading->exchange, ocpi, tariff);
    }
    if (status == OCPP_OK) {
        status = read_tax_included(reading, ocpi);
    }
    read_texts(reading, ocpi, head);
    return status == OCPP_OK ? exchange_import_ends(&reading->exchange) : status;
}

enum ocpp_status ocpp_settle_tariff_from_ocpi(enum ocpp_settle_ocpi_release release, struct ocpp_settle_text given,
                                              struct ocpp_arena *arena, const struct ocpp_settle_tariff **tariff,
                                              struct ocpp_settle_ocpi_head *head, struct ocpp_settle_report *report)
{
    struct reading reading = { .release = release };
    struct ocpp_settle_ocpi_tariff230 ocpi;
    struct ocpp_settle_ocpi_head found;

    exchange_start(&reading.exchange, arena, report);
    if (release != OCPP_SETTLE_OCPI_2_2_1 && release != OCPP_SETTLE_OCPI_2_3) {
        return exchange_fail(&reading.exchange, NULL, OCPP_ERR_ARGUMENT);
    }
    reading.tariff = exchange_take(&reading.exchange, 1, sizeof *reading.tariff);
    if (!reading.tariff) {
        return exchange_fail(&reading.exchange, NULL, OCPP_ERR_NOMEM);
    }
    enum ocpp_status status =
        release == OCPP_SETTLE_OCPI_2_2_1 ? decode_221(&reading, given, &ocpi) : decode_230(&reading, given, &ocpi);

    if (status == OCPP_OK) {
        status = read_tariff(&reading, &ocpi, &found);
    }
    if (status == OCPP_OK) {
        *tariff = reading.tariff;
        *head = found;
    }
    return status;
}
