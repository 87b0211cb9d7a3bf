/* Our own tariff as exports look at it: restrictions that are numbers, by tables, and the questions both kinds of export ask. */
#include "exchange_parts.h"

#include <string.h>

static int64_t integer_at(const void *base, uint16_t offset)
{
    int64_t value;

    memcpy(&value, (const char *)base + offset, sizeof value);
    return value;
}

static bool flag_at(const void *base, uint16_t offset)
{
    bool flag;

    memcpy(&flag, (const char *)base + offset, sizeof flag);
    return flag;
}

static void put_flag(void *base, uint16_t offset)
{
    const bool flag = true;

    memcpy((char *)base + offset, &flag, sizeof flag);
}

/* The foreign number as ours. */
static bool read_number(const struct exchange_number *number, const void *foreign, int64_t *value)
{
    struct ocpp_decimal decimal;

    if (number->is_integer) {
        *value = integer_at(foreign, number->value);
        return *value <= EXCHANGE_MOST && *value >= -EXCHANGE_MOST;
    }
    memcpy(&decimal, (const char *)foreign + number->value, sizeof decimal);
    return exchange_scale(decimal, number->shift, value);
}

enum ocpp_status exchange_numbers_in(struct exchange *exchange, const struct exchange_place *place,
                                     const struct exchange_number *numbers, size_t count, const void *foreign,
                                     struct ocpp_settle_restrictions *own)
{
    for (size_t i = 0; i < count; i++) {
        const struct exchange_number *number = &numbers[i];
        const struct exchange_place here = { place, number->name, 0 };
        int64_t value = 0;

        if (!number->name || !flag_at(foreign, number->has)) {
            continue;
        }
        if (!read_number(number, foreign, &value) || (value < 0 && !number->is_signed)) {
            return exchange_fail(exchange, &here, OCPP_ERR_RANGE);
        }
        put_flag(own, number->own_has);
        memcpy((char *)own + number->own_value, &value, sizeof value);
    }
    return OCPP_OK;
}

static void write_number(const struct exchange_number *number, int64_t value, void *foreign)
{
    char *at = (char *)foreign + number->value;

    put_flag(foreign, number->has);
    if (number->is_integer) {
        memcpy(at, &value, sizeof value);
        return;
    }
    const struct ocpp_decimal decimal = exchange_decimal(value, number->shift);
    memcpy(at, &decimal, sizeof decimal);
}

bool exchange_numbers_out(struct exchange *exchange, const struct exchange_place *place, const struct exchange_number *numbers,
                          size_t count, const struct ocpp_settle_restrictions *own, void *foreign)
{
    bool said_all = true;

    for (size_t i = 0; i < count; i++) {
        const struct exchange_number *number = &numbers[i];
        const struct exchange_place here = { place, number->own_name, 0 };

        if (!flag_at(own, number->own_has)) {
            continue;
        }
        if (foreign && number->name && (number->is_signed || integer_at(own, number->own_value) >= 0)) {
            write_number(number, integer_at(own, number->own_value), foreign);
            continue;
        }
        exchange_loss(exchange, &here, "no word there says it; what stands under it is left out");
        said_all = false;
    }
    return said_all;
}

bool exchange_is_restricted(const struct ocpp_settle_restrictions *restrictions)
{
    static const struct ocpp_settle_restrictions none;

    return restrictions && !ocpp_message_equal(&ocpp_settle_restrictions_type, restrictions, &none);
}

static bool element_is_taxed(const struct ocpp_settle_tariff_element *element)
{
    for (size_t i = 0; i < element->components.count; i++) {
        const struct ocpp_settle_price_component *component = &element->components.items[i];

        for (size_t j = 0; j < component->taxes.count; j++) {
            if (component->taxes.items[j].rate_ppm > 0) {
                return true;
            }
        }
    }
    return false;
}

bool exchange_is_taxed(const struct ocpp_settle_tariff *tariff)
{
    for (size_t i = 0; i < tariff->elements.count; i++) {
        if (element_is_taxed(&tariff->elements.items[i])) {
            return true;
        }
    }
    return false;
}

enum ocpp_status exchange_net_only(struct exchange *exchange, const struct ocpp_settle_tariff *tariff)
{
    const struct exchange_place place = { NULL, "taxIncluded", 0 };

    if (!tariff->has_tax_included || !tariff->tax_included) {
        return OCPP_OK;
    }
    if (exchange_is_taxed(tariff)) {
        return exchange_fail(exchange, &place, OCPP_ERR_VALUE);
    }
    exchange_loss(exchange, &place, "that prices have taxes inside cannot be told");
    return OCPP_OK;
}

void exchange_limits_told(struct exchange *exchange, const struct ocpp_settle_tariff *tariff,
                          enum ocpp_settle_tariff_dialect dialect)
{
    const struct exchange_place place = { NULL, "dialect", 0 };

    if (tariff->dialect != dialect && (tariff->min_price || tariff->max_price)) {
        exchange_loss(exchange, &place, "the limits hold by other rules there");
    }
}

bool exchange_same_taxes(const struct ocpp_settle_price_component *a, const struct ocpp_settle_price_component *b)
{
    if (a->taxes.count != b->taxes.count) {
        return false;
    }
    for (size_t i = 0; i < a->taxes.count; i++) {
        if (!ocpp_message_equal(&ocpp_settle_tax_type, &a->taxes.items[i], &b->taxes.items[i])) {
            return false;
        }
    }
    return true;
}
