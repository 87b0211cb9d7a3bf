/* house_prices.c: the landlord's price, in versions. A session is promised the one that holds when it begins, and nothing that
 * comes later changes that (B4, B5). */
#include "house.h"
#include "order_internal.h"

#include <ocpp/settlement/money.h>

#include <stdio.h>
#include <string.h>

/* How many versions a house may have; what stands between two confirmations of a price that cannot be; how high a price may be at
 * all: a bill has to hold it. */
enum { VERSIONS_MOST = 10000, CONFIRMATIONS = 2, BETWEEN_CONFIRMATIONS_MS = 10000 };
static const int64_t price_most_micro = INT64_C(1000000000000);

static const char *price_key(struct command *command, const char *house, int64_t number)
{
    return command_key(command, "houseprice", house, house_number_text(command, number), NULL);
}

/* --- which one ------------------------------------------------------------------------------------------------------------ */

struct choosing {
    int64_t utc_ms;
    const struct house_price *best;
};

static bool choose(struct command *command, const char *key, const void *record, void *user)
{
    const struct house_price *price = record;
    struct choosing *choosing = user;

    (void)command;
    (void)key;
    if (price->state == HOUSE_PRICE_STATE_VALID && price->valid_from <= choosing->utc_ms &&
        (!choosing->best || price->valid_from >= choosing->best->valid_from)) {
        choosing->best = price;
    }
    return true;
}

const struct house_price *house_price_at(struct command *command, const struct house_house *house, int64_t utc_ms)
{
    struct choosing choosing = { .utc_ms = utc_ms };

    command_each(command, command_key(command, "houseprice", house->id, "", NULL), &house_price_type, choose, &choosing);
    return command_failed(command) ? NULL : choosing.best;
}

static const char *tariff_id(struct command *command, const struct house_house *house, const struct house_price *price)
{
    char id[60];

    (void)snprintf(id, sizeof id, "%s-%s", house->id, house_number_text(command, price->number));
    return order_text(command, id);
}

const struct ocpp_settle_tariff *house_tariff(struct command *command, const struct house_house *house,
                                              const struct house_price *price)
{
    struct ocpp_settle_tariff *tariff = order_take(command, sizeof *tariff);
    struct ocpp_settle_tariff_element *element = order_take(command, sizeof *element);
    struct ocpp_settle_price_component *component = order_take(command, sizeof *component);
    struct ocpp_settle_tax *taxes = order_take(command, (price->taxes.count + 1) * sizeof *taxes);

    if (command_failed(command)) {
        return NULL;
    }
    for (size_t i = 0; i < price->taxes.count; i++) {
        taxes[i] = (struct ocpp_settle_tax){ .name = price->taxes.items[i].name, .rate_ppm = price->taxes.items[i].rate_ppm };
    }
    *component = (struct ocpp_settle_price_component){
        .dimension = OCPP_SETTLE_DIMENSION_ENERGY,
        .unit = OCPP_SETTLE_PRICE_UNIT_KWH,
        .price_micro = price->price_micro,
        .taxes = { price->taxes.count ? taxes : NULL, price->taxes.count },
    };
    element->components.items = component;
    element->components.count = 1;
    *tariff = (struct ocpp_settle_tariff){
        .id = tariff_id(command, house, price),
        .currency = house->currency,
        .dialect = OCPP_SETTLE_TARIFF_DIALECT_OWN,
        .has_tax_included = price->tax_included,
        .tax_included = price->tax_included,
        .elements = { element, 1 },
    };
    return command_failed(command) ? NULL : tariff;
}

/* --- setting -------------------------------------------------------------------------------------------------------------- */

struct pricing {
    const struct ocpp_settle_house_caller *caller;
    const struct ocpp_settle_house_price *price;
    int64_t number;
};

static const struct house_price_tax *copy_taxes(struct command *command, const struct ocpp_settle_house_price *price)
{
    struct house_price_tax *taxes = order_take(command, (price->tax_count + 1) * sizeof *taxes);

    for (size_t i = 0; taxes && i < price->tax_count; i++) {
        taxes[i] = (struct house_price_tax){ price->taxes[i].name, price->taxes[i].rate_ppm };
    }
    return taxes;
}

static void set_body(struct command *command, void *args)
{
    const struct pricing *pricing = args;
    const struct ocpp_settle_house_price *wish = pricing->price;
    const int64_t now = command_utc_ms(command);
    struct house_scope scope;

    if (!house_enter(command, pricing->caller, OCPP_SETTLE_RIGHT_SET_PRICES, &scope)) {
        return;
    }
    if (wish->valid_from_utc_ms != OCPP_UTC_UNKNOWN && wish->valid_from_utc_ms < now) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_INVALID, "what was used already is not priced again");
        return;
    }
    if (scope.house->prices >= VERSIONS_MOST) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_LIMIT_REACHED, "as many prices as a house may have had");
        return;
    }
    const bool is_absurd = wish->price_micro > command_policy(command)->house_price_most_micro;
    const struct house_price price = {
        .number = scope.house->prices + 1,
        .state = is_absurd ? HOUSE_PRICE_STATE_ASKED : HOUSE_PRICE_STATE_VALID,
        .price_micro = wish->price_micro,
        .taxes = { copy_taxes(command, wish), wish->tax_count },
        .tax_included = wish->tax_included,
        .valid_from = wish->valid_from_utc_ms == OCPP_UTC_UNKNOWN ? now : wish->valid_from_utc_ms,
        .set_at = now,
        .set_by = scope.by,
    };
    scope.house->prices++;
    house_put(command, scope.house);
    command_put(command, price_key(command, scope.house->id, price.number), &house_price_type, &price);
    house_did(
        command, &scope,
        &(struct house_act){ .what = "set price", .subject = scope.house->id, .state = is_absurd ? "PriceAsked" : "PriceValid" });
    command_result(command, house_number_text(command, price.number));
}

static bool is_price(const struct ocpp_settle_house_price *price)
{
    if (price->price_micro < 0 || price->price_micro > price_most_micro || price->tax_count > OCPP_SETTLE_HOUSE_TAXES) {
        return false;
    }
    for (size_t i = 0; i < price->tax_count; i++) {
        if (!house_text_fits(price->taxes[i].name, 32) || price->taxes[i].rate_ppm < 0 || price->taxes[i].rate_ppm > 1000000) {
            return false;
        }
    }
    return true;
}

enum ocpp_status ocpp_settle_price_set(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                       const struct ocpp_settle_house_price *price, const struct ocpp_settle_done *done,
                                       struct ocpp_now now)
{
    if (!caller->house || !is_price(price)) {
        return OCPP_ERR_ARGUMENT;
    }
    return house_run(settle, "set price", set_body, &(struct pricing){ .caller = caller, .price = price }, done, now);
}

/* B14. Twice, and not by one hand that shakes. */
static void confirm_body(struct command *command, void *args)
{
    const struct pricing *pricing = args;
    const int64_t now = command_utc_ms(command);
    struct house_scope scope;
    struct house_price *price;

    if (!house_enter(command, pricing->caller, OCPP_SETTLE_RIGHT_SET_PRICES, &scope)) {
        return;
    }
    price = command_edit(command, price_key(command, scope.house->id, pricing->number), &house_price_type);
    if (!price || price->state != HOUSE_PRICE_STATE_ASKED ||
        (price->has_confirmed_at && now < price->confirmed_at + BETWEEN_CONFIRMATIONS_MS)) {
        command_refuse(command, OCPP_SETTLE_REFUSAL_CODE_WRONG_STATE,
                       "the price does not wait to be confirmed, or not yet again");
        return;
    }
    price->confirmations++;
    price->has_confirmed_at = true;
    price->confirmed_at = now;
    if (price->confirmations == CONFIRMATIONS) {
        price->state = HOUSE_PRICE_STATE_VALID;
        price->valid_from = price->valid_from > now ? price->valid_from : now;
    }
    command_put(command, price_key(command, scope.house->id, price->number), &house_price_type, price);
    house_did(command, &scope,
              &(struct house_act){ .what = "confirm price",
                                   .subject = scope.house->id,
                                   .state = price->state == HOUSE_PRICE_STATE_VALID ? "PriceValid" : "PriceAsked" });
    command_result(command, house_number_text(command, price->number));
}

enum ocpp_status ocpp_settle_price_confirm(struct ocpp_settle *settle, const struct ocpp_settle_house_caller *caller,
                                           int64_t number, const struct ocpp_settle_done *done, struct ocpp_now now)
{
    if (!caller->house || number < 1 || number > VERSIONS_MOST) {
        return OCPP_ERR_ARGUMENT;
    }
    return house_run(settle, "confirm price", confirm_body, &(struct pricing){ .caller = caller, .number = number }, done, now);
}
