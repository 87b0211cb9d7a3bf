/* A bill becomes a CDR of OCPI. */
#include "exchange_cdr.h"
#include "exchange_ocpi.h"
#include "price_facts.h"
#include "price_issue.h"

#include <ocpp/settlement/compute.h>

#include <string.h>

/* Everything a CDR is written from. */
struct making {
    struct exchange exchange;
    const struct ocpp_settle_cdr_session *session;
    const struct ocpp_settle_cdr_facts *facts;
    struct cdr_periods periods;
    struct cdr_cost costs[CDR_TOTALS];
    enum ocpp_settle_ocpi_auth_method auth_method;
    struct ocpp_settle_ocpi_cdr_token token;
    struct ocpp_settle_ocpi_cdr_location location;
    struct ocpp_settle_ocpi_tariff230 tariff;
    const struct ocpp_settle_ocpi_charging_period *charging_periods;
};

/* What both releases spell in the same way. */
#define SHARED_MEMBERS(making)                                                                                                   \
    .country_code = (making)->facts->tariff.country_code, .party_id = (making)->facts->tariff.party_id,                          \
    .id = (making)->facts->id, .start_date_time = (making)->periods.begin_s * 1000,                                              \
    .end_date_time = (making)->periods.end_s * 1000, .session_id = (making)->facts->session_id, .cdr_token = (making)->token,    \
    .auth_method = (making)->auth_method, .authorization_reference = (making)->facts->authorization_reference,                   \
    .cdr_location = (making)->location, .meter_id = (making)->facts->meter_id, .currency = (making)->session->bill->currency,    \
    .charging_periods = { (making)->charging_periods, (making)->periods.count },                                                 \
    .total_energy = exchange_decimal((making)->periods.energy_mwh, 6), .total_time = hours((making)->periods.session_s),         \
    .has_total_parking_time = (making)->periods.charging_s < (making)->periods.session_s,                                        \
    .total_parking_time = hours((making)->periods.session_s - (making)->periods.charging_s), .remark = (making)->facts->remark,  \
    .invoice_reference_id = (making)->facts->invoice_reference_id, .has_credit = (making)->facts->credit_reference_id != NULL,   \
    .credit = (making)->facts->credit_reference_id != NULL, .credit_reference_id = (making)->facts->credit_reference_id,         \
    .last_updated = (making)->facts->last_updated_ms

/* Four decimals: less than half a second. */
static struct ocpp_decimal hours(int64_t seconds)
{
    return exchange_decimal((seconds * 10000 + 1800) / 3600, 4);
}

static struct ocpp_decimal major(const struct making *making, int64_t minor)
{
    return exchange_decimal(minor, (int)making->session->bill->exponent);
}

/* --- what is given -------------------------------------------------------------------------------------------------- */

static void take_facts(struct making *making)
{
    const struct ocpp_settle_cdr_token *token = &making->facts->token;
    const struct ocpp_settle_cdr_location *place = &making->facts->location;
    const char *method = making->facts->auth_method;

    making->auth_method =
        (enum ocpp_settle_ocpi_auth_method)(method ? ocpp_enum_value(&ocpp_settle_ocpi_auth_method_enum, method) : 0);
    making->token =
        (struct ocpp_settle_ocpi_cdr_token){ token->country_code, token->party_id, token->uid, token->type, token->contract_id };
    making->location = (struct ocpp_settle_ocpi_cdr_location){
        .id = place->id,
        .name = place->name,
        .address = place->address,
        .city = place->city,
        .postal_code = place->postal_code,
        .state = place->state,
        .country = place->country,
        .coordinates = { place->latitude, place->longitude },
        .evse_uid = place->evse_uid,
        .evse_id = place->evse_id,
        .connector_id = place->connector_id,
        .connector_standard = place->connector_standard,
        .connector_format = place->connector_format,
        .connector_power_type = place->connector_power_type,
    };
}

/* --- periods --------------------------------------------------------------------------------------------------------- */

enum { DIMENSIONS_MOST = 4 };

/* What was used in a period; where that is nothing, no energy was. */
static enum ocpp_status say_dimensions(struct exchange *exchange, const struct cdr_period *period,
                                       struct ocpp_settle_ocpi_charging_period *said)
{
    const struct {
        enum ocpp_settle_ocpi_cdr_dimension_type type;
        bool is_there;
        struct ocpp_decimal volume;
    } rows[] = {
        { OCPP_SETTLE_OCPI_CDR_DIMENSION_TYPE_RESERVATION_TIME, period->reserved_s > 0, hours(period->reserved_s) },
        { OCPP_SETTLE_OCPI_CDR_DIMENSION_TYPE_TIME, period->charging_s > 0, hours(period->charging_s) },
        { OCPP_SETTLE_OCPI_CDR_DIMENSION_TYPE_PARKING_TIME, period->idle_s > 0, hours(period->idle_s) },
        { OCPP_SETTLE_OCPI_CDR_DIMENSION_TYPE_ENERGY,
          period->energy_mwh > 0 || period->reserved_s + period->charging_s + period->idle_s == 0,
          exchange_decimal(period->energy_mwh, 6) },
    };
    struct ocpp_settle_ocpi_cdr_dimension *dimensions = exchange_take(exchange, DIMENSIONS_MOST, sizeof *dimensions);
    size_t count = 0;

    if (!dimensions) {
        return exchange_fail(exchange, NULL, OCPP_ERR_NOMEM);
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].is_there) {
            dimensions[count++] = (struct ocpp_settle_ocpi_cdr_dimension){ rows[i].type, rows[i].volume };
        }
    }
    said->dimensions.items = dimensions;
    said->dimensions.count = count;
    return OCPP_OK;
}

static enum ocpp_status say_periods(struct making *making)
{
    struct exchange *exchange = &making->exchange;
    struct ocpp_settle_ocpi_charging_period *said = exchange_take(exchange, making->periods.count, sizeof *said);

    if (!said) {
        return exchange_fail(exchange, NULL, OCPP_ERR_NOMEM);
    }
    for (size_t i = 0; i < making->periods.count; i++) {
        const enum ocpp_status status = say_dimensions(exchange, &making->periods.items[i], &said[i]);

        said[i].start_date_time = making->periods.items[i].from_s * 1000;
        said[i].tariff_id = making->session->snapshot->tariff.id;
        if (status != OCPP_OK) {
            return status;
        }
    }
    making->charging_periods = said;
    return OCPP_OK;
}

/* --- costs ------------------------------------------------------------------------------------------------------------ */

/* Only the total of a Credit CDR is negative. */
static int64_t sign_of(const struct making *making, enum cdr_total total)
{
    return total == CDR_TOTAL && making->facts->credit_reference_id ? -1 : 1;
}

static struct ocpp_settle_ocpi_taxed_price taxed_price(struct making *making, enum cdr_total total)
{
    const struct cdr_cost *cost = &making->costs[total];
    const int64_t sign = sign_of(making, total);
    struct ocpp_settle_ocpi_taxed_price price = { .before_taxes = major(making, sign * cost->net_minor) };

    if (!cost->knows_taxes || cost->tax_count == 0) {
        return price;
    }
    struct ocpp_settle_ocpi_tax_amount *taxes = exchange_take(&making->exchange, cost->tax_count, sizeof *taxes);

    making->exchange.out_of_memory = making->exchange.out_of_memory || !taxes;
    for (size_t i = 0; taxes && i < cost->tax_count; i++) {
        taxes[i] = (struct ocpp_settle_ocpi_tax_amount){ .name = cost->taxes[i].name,
                                                         .has_percentage = true,
                                                         .percentage = exchange_decimal(cost->taxes[i].rate_ppm, 4),
                                                         .amount = major(making, sign * cost->taxes[i].tax_minor) };
    }
    price.taxes.items = taxes;
    price.taxes.count = cost->tax_count;
    return price;
}

static const struct ocpp_settle_ocpi_taxed_price *part_taxed(struct making *making, enum cdr_total total)
{
    struct ocpp_settle_ocpi_taxed_price *price =
        making->costs[total].is_there ? exchange_take(&making->exchange, 1, sizeof *price) : NULL;

    making->exchange.out_of_memory = making->exchange.out_of_memory || (making->costs[total].is_there && !price);
    if (price) {
        *price = taxed_price(making, total);
    }
    return price;
}

static struct ocpp_settle_ocpi_vat_price vat_price(const struct making *making, enum cdr_total total)
{
    const struct cdr_cost *cost = &making->costs[total];
    const int64_t sign = sign_of(making, total);

    return (struct ocpp_settle_ocpi_vat_price){ .excl_vat = major(making, sign * cost->net_minor),
                                                .has_incl_vat = cost->knows_taxes,
                                                .incl_vat = major(making, sign * (cost->net_minor + cost->tax_minor)) };
}

static const struct ocpp_settle_ocpi_vat_price *part_vat(struct making *making, enum cdr_total total)
{
    struct ocpp_settle_ocpi_vat_price *price =
        making->costs[total].is_there ? exchange_take(&making->exchange, 1, sizeof *price) : NULL;

    making->exchange.out_of_memory = making->exchange.out_of_memory || (making->costs[total].is_there && !price);
    if (price) {
        *price = vat_price(making, total);
    }
    return price;
}

/* --- the whole --------------------------------------------------------------------------------------------------------- */

static enum ocpp_status encode(struct making *making, const struct ocpp_type *type, const void *cdr,
                               struct ocpp_settle_text *text)
{
    struct ocpp_settle_text written;
    enum ocpp_status status = exchange_export_ends(&making->exchange);

    if (status == OCPP_OK) {
        status =
            ocpp_message_encode(type, cdr, making->exchange.arena, &written.text, &written.size, &making->exchange.report->issue);
    }
    if (status == OCPP_OK) {
        *text = written;
    }
    return status;
}

static enum ocpp_status write_230(struct making *making, struct ocpp_settle_text *text)
{
    const struct ocpp_settle_ocpi_cdr230 cdr = {
        SHARED_MEMBERS(making),
        .tariffs = { &making->tariff, 1 },
        .total_cost = taxed_price(making, CDR_TOTAL),
        .total_fixed_cost = part_taxed(making, CDR_FIXED),
        .total_energy_cost = part_taxed(making, CDR_ENERGY),
        .total_time_cost = part_taxed(making, CDR_TIME),
        .total_parking_cost = part_taxed(making, CDR_PARKING),
        .total_reservation_cost = part_taxed(making, CDR_RESERVATION),
    };

    return encode(making, &ocpp_settle_ocpi_cdr230_type, &cdr, text);
}

static enum ocpp_status write_221(struct making *making, struct ocpp_settle_text *text)
{
    struct ocpp_settle_ocpi_tariff221 tariff;
    const enum ocpp_status status = exchange_ocpi_narrow(&making->exchange, &making->tariff, &tariff);
    const struct ocpp_settle_ocpi_cdr221 cdr = {
        SHARED_MEMBERS(making),
        .tariffs = { &tariff, 1 },
        .total_cost = vat_price(making, CDR_TOTAL),
        .total_fixed_cost = part_vat(making, CDR_FIXED),
        .total_energy_cost = part_vat(making, CDR_ENERGY),
        .total_time_cost = part_vat(making, CDR_TIME),
        .total_parking_cost = part_vat(making, CDR_PARKING),
        .total_reservation_cost = part_vat(making, CDR_RESERVATION),
    };

    return status == OCPP_OK ? encode(making, &ocpp_settle_ocpi_cdr221_type, &cdr, text) : status;
}

/* Measured energy over the lines is what the meter delivered, or the bill is another usage's. */
static enum ocpp_status check_energy(struct making *making)
{
    const struct exchange_place bill = { NULL, "bill", 0 };
    int64_t measured = 0;

    for (size_t i = 0; i < making->session->bill->lines.count; i++) {
        const struct ocpp_settle_bill_line *line = &making->session->bill->lines.items[i];

        measured += line->kind == OCPP_SETTLE_LINE_KIND_ENERGY ? line->measured : 0;
    }
    return measured == making->periods.energy_mwh ? OCPP_OK : exchange_fail(&making->exchange, &bill, OCPP_ERR_VALUE);
}

/* Snapshot and usage are looked at as for a bill. */
static enum ocpp_status check_session(struct making *making)
{
    const struct ocpp_settle_cdr_session *session = making->session;
    struct ocpp_issue *issue = &making->exchange.report->issue;
    enum ocpp_status status = ocpp_settle_snapshot_check(session->snapshot, issue);

    if (status != OCPP_OK) {
        return issue_within(issue, status, "/snapshot");
    }
    status = facts_check(session->usage, session->snapshot, session->bill->mode, issue);
    return status != OCPP_OK ? issue_within(issue, status, "/usage") : OCPP_OK;
}

static enum ocpp_status check_bill(struct making *making)
{
    const struct ocpp_settle_cdr_session *session = making->session;
    const struct exchange_place bill = { NULL, "bill", 0 };
    const struct exchange_place mode = { &bill, "mode", 0 };
    const struct exchange_place currency = { &bill, "currency", 0 };

    if (session->bill->mode != OCPP_SETTLE_COMPUTE_MODE_FINAL) {
        return exchange_fail(&making->exchange, &mode, OCPP_ERR_STATE);
    }
    if (strcmp(session->bill->currency, session->snapshot->tariff.currency) != 0) {
        return exchange_fail(&making->exchange, &currency, OCPP_ERR_VALUE);
    }
    return check_session(making);
}

static enum ocpp_status say_tariff(struct making *making, bool net_only)
{
    const struct exchange_place snapshot = { NULL, "snapshot", 0 };
    const struct exchange_place tariff = { &snapshot, "tariff", 0 };

    making->exchange.root = &tariff;
    const enum ocpp_status status = exchange_ocpi_build(&making->exchange, &making->session->snapshot->tariff,
                                                        &making->facts->tariff, net_only, &making->tariff);
    making->exchange.root = NULL;
    return status;
}

enum ocpp_status ocpp_settle_bill_to_cdr(enum ocpp_settle_ocpi_release release, const struct ocpp_settle_cdr_session *session,
                                         const struct ocpp_settle_cdr_facts *facts, struct ocpp_arena *arena,
                                         struct ocpp_settle_text *text, struct ocpp_settle_report *report)
{
    struct making making = { .session = session, .facts = facts };
    const bool narrow = release == OCPP_SETTLE_OCPI_2_2_1;

    exchange_start(&making.exchange, arena, report);
    if (!narrow && release != OCPP_SETTLE_OCPI_2_3) {
        return exchange_fail(&making.exchange, NULL, OCPP_ERR_ARGUMENT);
    }
    take_facts(&making);
    enum ocpp_status status = check_bill(&making);

    if (status == OCPP_OK) {
        status = cdr_periods_of(&making.exchange, session, &making.periods);
    }
    if (status == OCPP_OK) {
        status = check_energy(&making);
    }
    if (status == OCPP_OK) {
        status = cdr_costs_of(&making.exchange, session, making.costs);
    }
    if (status == OCPP_OK) {
        status = say_tariff(&making, narrow);
    }
    if (status == OCPP_OK) {
        status = say_periods(&making);
    }
    if (status != OCPP_OK) {
        return status;
    }
    return narrow ? write_221(&making, text) : write_230(&making, text);
}
