/* cost_world.c: see the header. */
#include "cost_world.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct seen_price seen_of(const struct ocpp_price *price)
{
    struct seen_price seen = { .kind = price->kind, .evse = price->evse, .decimals = price->decimals };
    snprintf(seen.transaction, sizeof(seen.transaction), "%s", price->transaction_uuid);
    if (price->has_amount) {
        ocpp_decimal_format(price->amount, seen.amount);
    }
    seen.is_estimate = price->is_estimate;
    snprintf(seen.currency, sizeof(seen.currency), "%s", price->currency);
    seen.text_count = price->text_count;
    for (size_t i = 0; i < price->text_count; i++) {
        snprintf(seen.texts[i], sizeof(seen.texts[i]), "%s", price->texts[i].text);
        snprintf(seen.languages[i], sizeof(seen.languages[i]), "%s", price->texts[i].language);
    }
    snprintf(seen.qr_code, sizeof(seen.qr_code), "%s", price->qr_code);
    seen.has_prices = price->has_prices;
    seen.is_idle = price->is_idle;
    return seen;
}

static void tell(const struct ocpp_price *price, void *user)
{
    struct cost_world *seen = user;
    assert_true(seen->told < SEEN_PRICES);
    seen->prices[seen->told++] = seen_of(price);
    if (seen->world->in_callback != NULL) {
        seen->world->in_callback(seen->world, "price", price->evse);
    }
}

struct cost_world *cost_world_new(void)
{
    struct cost_world *seen = calloc(1, sizeof(*seen));
    assert_non_null(seen);
    seen->world = world_new();
    seen->settings.currency = "EUR";
    seen->settings.tell = tell;
    seen->settings.user = seen;
    seen->world->settings.cost = &seen->settings;
    return seen;
}

void cost_world_on(struct cost_world *seen, enum ocpp_version version)
{
    world_power_on(seen->world);
    world_connect(seen->world, version);
    central_forgets(seen->world);
}

void cost_world_free(struct cost_world *seen)
{
    world_free(seen->world);
    free(seen);
}

const struct seen_price *told_last(const struct cost_world *seen)
{
    assert_true(seen->told > 0);
    return &seen->prices[seen->told - 1];
}

int told_kinds(const struct cost_world *seen, enum ocpp_price_kind kind)
{
    int count = 0;
    for (int i = 0; i < seen->told; i++) {
        count += seen->prices[i].kind == kind;
    }
    return count;
}

struct seen_price price_now(struct cost_world *seen, int evse)
{
    struct ocpp_price price;
    assert_int_equal(ocpp_charge_point_price(seen->world->cp, evse, seen->world->now, &price), OCPP_OK);
    return seen_of(&price);
}

const char *note(struct cost_world *seen, const char *message_id, const char *data)
{
    static char payload[40000];
    size_t size = (size_t)snprintf(payload, sizeof(payload),
                                   "{'vendorId':'org.openchargealliance.costmsg','messageId':'%s','data':'", message_id);
    for (; *data != '\0'; data++) { /* a text within a text */
        size += (size_t)snprintf(payload + size, sizeof(payload) - size, *data == '\'' ? "\\%c" : "%c", *data);
        assert_true(size < sizeof(payload) - 8);
    }
    snprintf(payload + size, sizeof(payload) - size, "'}");
    return value_of(central_asks(seen->world, "DataTransfer", payload), "status");
}

void drive(struct cost_world *seen, int evse, const char *id)
{
    card(seen->world, evse, id);
    plug(seen->world, evse);
    charge(seen->world, evse, 100);
    world_run(seen->world);
}
